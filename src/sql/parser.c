/* SPDX-License-Identifier: Apache-2.0
 * sql/parser.c - entry points, and the helpers that all rules use. */
#include "sql/parser_priv.h"

static void parse_init(Parse *p, Str text, size_t offset, Arena *arena) {
    *p = (Parse){.arena = arena, .end = (uint32_t)offset};
    lexer_init(&p->lexer, text, offset, arena);
}

static Status check_text(Str text, Error *err) {
    if (text.size < UINT32_MAX) return STATUS_OK; /* offsets and spans have 32 bits */
    return error_set(err, STATUS_LIMIT, "SQL text of %zu bytes is too long", text.size);
}

void parser_init(Parser *parser, Str text) {
    static const char mark[] = "\xEF\xBB\xBF"; /* byte order mark: some editors write it */
    *parser = (Parser){.text = text, .offset = str_starts_with(text, STR(mark)) ? 3 : 0};
}

/* The statement at the current token, up to its semicolon or the end. */
static Status parse_whole_statement(Parse *p, AstStatement **out, Error *err) {
    TRY(parse_statement(p, out, err));
    ASSERT(*out != NULL);
    ASSERT(p->depth == 0);
    ASSERT((*out)->span.start < (*out)->span.end);
    ASSERT((*out)->span.end <= p->token.start); /* within the text, whose end is the last token */
    if (!parse_at(p, TOKEN_SEMICOLON) && !parse_at(p, TOKEN_END)) return parse_unexpected(p, err);
    return STATUS_OK;
}

static Status parse_next(Parse *p, AstStatement **out, Error *err) {
    do TRY(parse_advance(p, err));
    while (parse_at(p, TOKEN_SEMICOLON));
    if (parse_at(p, TOKEN_END)) return STATUS_OK;
    return parse_whole_statement(p, out, err);
}

/* Behind the semicolon that ends the failed statement, or the end when the text has no more tokens to tell
 * by. */
static size_t skip_statement(Parse *p, size_t text_size) {
    Error ignored = {0};
    ASSERT(p->lexer.at <= p->lexer.end);
    /* The tokens are only looked at: what they allocate goes again, the failed statement's nodes stay. */
    ArenaMark mark = arena_mark(p->arena);
    Status status = STATUS_OK;
    while (status == STATUS_OK && !parse_at(p, TOKEN_SEMICOLON) && !parse_at(p, TOKEN_END))
        status = parse_advance(p, &ignored);
    size_t end = status == STATUS_OK ? p->token.end : text_size;
    arena_rewind(p->arena, mark);
    return end;
}

Status parser_next(Parser *parser, Arena *arena, AstStatement **out, Error *err) {
    ASSERT(arena != NULL && out != NULL && err != NULL);
    ASSERT(parser->offset <= parser->text.size);
    *out = NULL;
    TRY(check_text(parser->text, err));
    Parse p;
    parse_init(&p, parser->text, parser->offset, arena);
    AstStatement *statement = NULL;
    size_t before = parser->offset;
    Status status = parse_next(&p, &statement, err);
    if (status != STATUS_OK) {
        parser->offset = skip_statement(&p, parser->text.size);
        ASSERT(parser->offset <= parser->text.size);
        ASSERT(parser->offset > before); /* who goes on after errors comes to an end */
        return status;
    }
    parser->offset = p.token.end;
    ASSERT(parser->offset <= parser->text.size);
    if (statement != NULL) ASSERT(parser->offset > before);
    if (statement == NULL) ASSERT(parser->offset == parser->text.size);
    *out = statement;
    return STATUS_OK;
}

Status parser_parse_one(Str text, Arena *arena, AstStatement **out, Error *err) {
    *out = NULL;
    Parser parser;
    parser_init(&parser, text);
    AstStatement *statement, *second;
    TRY(parser_next(&parser, arena, &statement, err));
    if (statement == NULL) return error_set_at(err, STATUS_SYNTAX, 0, "the text holds no statement");
    TRY(parser_next(&parser, arena, &second, err));
    if (second != NULL)
        return error_set_at(err, STATUS_SYNTAX, second->span.start,
                            "one statement was expected, a second one follows");
    *out = statement;
    return STATUS_OK;
}

Status parser_parse_expression(Str text, Arena *arena, AstExpr **out, Error *err) {
    *out = NULL;
    TRY(check_text(text, err));
    Parse p;
    parse_init(&p, text, 0, arena);
    TRY(parse_advance(&p, err));
    AstExpr *expr;
    TRY(parse_expr(&p, &expr, err));
    if (!parse_at(&p, TOKEN_END)) return parse_unexpected(&p, err);
    ASSERT(p.depth == 0); /* each rule that was entered has been left */
    *out = expr;
    return STATUS_OK;
}

Status parser_parse_name(Str text, Arena *arena, AstQualifiedName *out, Error *err) {
    TRY(check_text(text, err));
    Parse p;
    parse_init(&p, text, 0, arena);
    TRY(parse_advance(&p, err));
    TRY(parse_qualified_name(&p, out, err));
    if (!parse_at(&p, TOKEN_END)) return parse_unexpected(&p, err);
    ASSERT(out->count > 0);
    return STATUS_OK;
}

Status parser_parse_type(Str text, Arena *arena, AstTypeName **out, Error *err) {
    *out = NULL;
    TRY(check_text(text, err));
    Parse p;
    parse_init(&p, text, 0, arena);
    TRY(parse_advance(&p, err));
    AstTypeName *type;
    TRY(parse_type(&p, &type, err));
    if (!parse_at(&p, TOKEN_END)) return parse_unexpected(&p, err);
    ASSERT(p.depth == 0);
    *out = type;
    return STATUS_OK;
}

/* ---- tokens ------------------------------------------------------------------------------------------ */

Status parse_at_two(Parse *p, TokenKind kind, TokenKind next, bool *out, Error *err) {
    *out = false;
    if (p->token.kind != kind) return STATUS_OK;
    TRY(parse_peek(p, err));
    *out = p->next.kind == next;
    return STATUS_OK;
}

Status parse_accept(Parse *p, TokenKind kind, bool *out, Error *err) {
    *out = p->token.kind == kind;
    return *out ? parse_advance(p, err) : STATUS_OK;
}

Status parse_expect(Parse *p, TokenKind kind, Error *err) {
    if (p->token.kind == kind) return parse_advance(p, err);
    char what[32];
    Str text = token_text(kind);
    bool is_word = token_is(kind, TOKEN_IS_KEYWORD) || str_starts_with(text, STR("a "));
    size_t size = text_format(what, sizeof(what), is_word ? "%.*s" : "\"%.*s\"", STR_ARGS(text));
    ASSERT(size < sizeof(what)); /* the longest keyword fits */
    if (!token_is(kind, TOKEN_IS_KEYWORD)) return parse_expected(p, what, err);
    for (size_t i = 0; i < size; i++)
        if (what[i] >= 'a' && what[i] <= 'z') what[i] = (char)(what[i] - ('a' - 'A'));
    return EXPECTED_WORD(p, err, what);
}

Status parse_close(Parse *p, uint32_t open, Error *err) {
    DEBUG_ASSERT(open < p->token.start || parse_at(p, TOKEN_END));
    if (parse_at(p, TOKEN_RIGHT_PAREN)) return parse_advance(p, err);
    parse_unexpected(p, err);
    if (err->hint[0] == '\0')
        error_add_hint(err, "Expected \",\" or \")\": the \"(\" at byte %u is still open.", open);
    return err->status;
}

/* ---- limits and nodes -------------------------------------------------------------------------------- */

Status parse_enter(Parse *p, uint32_t *outer_height, Error *err) {
    STATIC_ASSERT(2 * (int)PARSER_DEPTH_MAX < (int)AST_HEIGHT_MAX, "parse_grow leaves room for the nesting");
    ASSERT(p->depth <= PARSER_DEPTH_MAX);
    *outer_height = p->height;
    p->height = 0;
    if (++p->depth <= PARSER_DEPTH_MAX) return STATUS_OK;
    return error_set_at(err, STATUS_LIMIT, p->token.start, "statement is nested more than %d levels deep",
                        PARSER_DEPTH_MAX);
}

Status parse_grow(Parse *p, Error *err) {
    if (++p->height + p->depth < AST_HEIGHT_MAX - PARSER_DEPTH_MAX) return STATUS_OK;
    error_set_at(err, STATUS_LIMIT, p->token.start,
                 "a chain of operators, joins or set operations is too long");
    return error_add_hint(err, "Split it into subqueries of their own; AND, OR and IN lists may be longer.");
}

Status parse_list_grow(Parse *p, void **items, uint32_t *count, uint32_t *capacity, size_t item_size,
                       Error *err) {
    if (*count >= PARSER_LIST_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, p->token.start, "a list has more than %d items",
                            PARSER_LIST_COUNT_MAX);
    ASSERT(*count == *capacity);
    uint32_t wanted = *capacity == 0 ? (item_size <= 16 ? 4 : 2) : *capacity * 2;
    /* The old items stay in the arena: less than what the list holds in the end, as it doubles. */
    void *grown = parse_alloc(p, wanted * item_size);
    TRY_ALLOC(grown);
    if (*count > 0) memcpy(grown, *items, *count * item_size);
    ASSERT(wanted > *count);
    *items = grown;
    *capacity = wanted;
    return STATUS_OK;
}

Status parse_new_expr(Parse *p, AstExprKind kind, uint32_t start, AstExpr **out, Error *err) {
    DEBUG_ASSERT(start <= p->end); /* it ends with the last token taken, and began before it */
    DEBUG_ASSERT(p->end <= p->token.start);
    AstExpr *expr = NEW_NODE(p, AstExpr);
    TRY_ALLOC(expr);
    expr->kind = kind;
    expr->span = parse_span(p, start);
    expr->position = start;
    *out = expr;
    return STATUS_OK;
}

Status parse_new_statement(Parse *p, AstStatementKind kind, AstStatement **out, Error *err) {
    ASSERT(kind <= AST_STATEMENT_DISCARD);
    AstStatement *statement = NEW_NODE(p, AstStatement);
    TRY_ALLOC(statement);
    statement->kind = kind;
    *out = statement;
    return STATUS_OK;
}

/* ---- names ------------------------------------------------------------------------------------------- */

Status parse_take_name(Parse *p, AstName *out, Error *err) {
    *out = (AstName){p->token.str, {p->token.start, p->token.end}};
    return parse_advance(p, err);
}

Status parse_name(Parse *p, AstName *out, Error *err) {
    if (!parse_at_class(p, TOKEN_IS_COLUMN_ID)) return parse_expected(p, "a name", err);
    DEBUG_ASSERT(p->token.str.size > 0); /* SQL has no empty name: size 0 means absent */
    return parse_take_name(p, out, err);
}

Status parse_label(Parse *p, AstName *out, Error *err) {
    if (!parse_at_class(p, TOKEN_IS_LABEL)) return parse_expected(p, "a name", err);
    DEBUG_ASSERT(p->token.str.size > 0);
    return parse_take_name(p, out, err);
}

Status parse_qualified_name(Parse *p, AstQualifiedName *out, Error *err) {
    *out = (AstQualifiedName){0};
    AstName part;
    TRY(parse_name(p, &part, err));
    LIST_PUSH(p, out, part);
    while (parse_at(p, TOKEN_DOT)) {
        TRY(parse_advance(p, err));
        TRY(parse_label(p, &part, err));
        LIST_PUSH(p, out, part);
    }
    return STATUS_OK;
}

Status parse_name_list(Parse *p, AstNameList *out, Error *err) {
    *out = (AstNameList){0};
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    for (bool more = true; more;) {
        AstName name;
        TRY(parse_name(p, &name, err));
        LIST_PUSH(p, out, name);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return parse_close(p, open, err);
}

Status parse_join_name(Parse *p, AstName *head, AstName part, Error *err) {
    if (head->str.size == 0) {
        *head = part;
        return STATUS_OK;
    }
    DEBUG_ASSERT(part.span.start >= head->span.end);
    char *joined = parse_alloc(p, head->str.size + part.str.size + 1);
    TRY_ALLOC(joined);
    memcpy(joined, head->str.data, head->str.size);
    joined[head->str.size] = '.';
    memcpy(joined + head->str.size + 1, part.str.data, part.str.size);
    head->str = str_from(joined, head->str.size + part.str.size + 1);
    head->span.end = part.span.end;
    return STATUS_OK;
}

Status parse_dotted_name(Parse *p, AstName *out, Error *err) {
    if (!parse_at_class(p, TOKEN_IS_LABEL)) return parse_expected(p, "a name", err);
    TRY(parse_take_name(p, out, err));
    while (parse_at(p, TOKEN_DOT)) {
        TRY(parse_advance(p, err));
        AstName part = {0};
        TRY(parse_label(p, &part, err));
        TRY(parse_join_name(p, out, part, err));
    }
    return STATUS_OK;
}
