/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_primary.c - operands: literals, names, parentheses, CASE, CAST, arrays, rows, maps. */
#include "sql/parser_priv.h"

/* ---- literals ---------------------------------------------------------------------------------------- */

static Status parse_number(Parse *p, AstExpr **out, Error *err) {
    Token token = p->token;
    TRY(parse_advance(p, err));
    TRY(parse_new_expr(p, AST_EXPR_NUMBER, token.start, out, err));
    (*out)->number.digits = token.str;
    (*out)->number.integer = token.kind == TOKEN_INTEGER;
    return STATUS_OK;
}

static Status parse_string(Parse *p, AstExpr **out, Error *err) {
    Token token = p->token;
    TRY(parse_advance(p, err));
    TRY(parse_new_expr(p, AST_EXPR_STRING, token.start, out, err));
    (*out)->string = token.str;
    return STATUS_OK;
}

/* $n: the highest is how many the statement has, whether all are used or not. */
static Status parse_parameter(Parse *p, AstExpr **out, Error *err) {
    Token token = p->token;
    TRY(parse_advance(p, err));
    TRY(parse_new_expr(p, AST_EXPR_PARAMETER, token.start, out, err));
    (*out)->parameter = token.number;
    DEBUG_ASSERT(token.number >= 1 && token.number <= LEXER_PARAMETER_MAX);
    if (p->parameter_count == 0) p->parameter_start = token.start;
    if (token.number > p->parameter_count) p->parameter_count = token.number;
    return parse_postfix(p, out, true, err);
}

static Status parse_keyword_value(Parse *p, AstExprKind kind, AstExpr **out, Error *err) {
    Token token = p->token;
    TRY(parse_advance(p, err));
    TRY(parse_new_expr(p, kind, token.start, out, err));
    if (kind == AST_EXPR_BOOLEAN) (*out)->boolean = token.kind == KW_TRUE;
    return STATUS_OK;
}

/* The 'text' behind a type. */
static Status parse_typed_text(Parse *p, AstTypeName *type, AstExpr **out, Error *err) {
    DEBUG_ASSERT(type->span.start < type->span.end);
    DEBUG_ASSERT(type->span.end <= p->token.start);
    Token token = p->token;
    TRY(parse_expect(p, TOKEN_STRING, err));
    TRY(parse_new_expr(p, AST_EXPR_TYPED_LITERAL, type->span.start, out, err));
    (*out)->typed.type = type;
    (*out)->typed.value = token.str;
    (*out)->typed.value_span = (AstSpan){token.start, token.end};
    return STATUS_OK;
}

static Status parse_typed_literal(Parse *p, AstExpr **out, Error *err) {
    AstTypeName *type;
    TRY(parse_type(p, &type, err));
    return parse_typed_text(p, type, out, err);
}

/* ---- brackets, fields -------------------------------------------------------------------------------- */

/* [i] or [i:j] behind an operand, which becomes the node's. */
static Status parse_subscript(Parse *p, AstExpr **expr, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_LEFT_BRACKET));
    uint32_t position = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    TRY(parse_advance(p, err));
    AstExpr *index = NULL, *upper = NULL, *result;
    if (!parse_at(p, TOKEN_COLON)) TRY(parse_expr(p, &index, err));
    bool slice;
    TRY(parse_accept(p, TOKEN_COLON, &slice, err));
    if (slice && !parse_at(p, TOKEN_RIGHT_BRACKET)) TRY(parse_expr(p, &upper, err));
    TRY(parse_expect(p, TOKEN_RIGHT_BRACKET, err));
    parse_leave(p, outer);
    TRY(parse_grow(p, err));
    TRY(parse_new_expr(p, AST_EXPR_SUBSCRIPT, (*expr)->span.start, &result, err));
    result->position = position;
    result->flag = slice;
    result->subscript.operand = *expr;
    result->subscript.index = index;
    DEBUG_ASSERT(slice || (index != NULL && upper == NULL)); /* a bound may be left out of a slice only */
    result->subscript.upper = upper;
    *expr = result;
    return STATUS_OK;
}

/* .name or .* behind an operand that is no plain name: (x).f */
static Status parse_field(Parse *p, AstExpr **expr, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_DOT));
    TRY(parse_advance(p, err));
    uint32_t position = p->token.start;
    AstName name = {0};
    bool star;
    TRY(parse_accept(p, TOKEN_STAR, &star, err));
    if (!star) TRY(parse_label(p, &name, err));
    TRY(parse_grow(p, err));
    AstExpr *result;
    TRY(parse_new_expr(p, star ? AST_EXPR_FIELD_STAR : AST_EXPR_FIELD, (*expr)->span.start, &result, err));
    result->position = position;
    if (star) {
        result->operand = *expr;
    } else {
        result->field.operand = *expr;
        result->field.name = name;
    }
    *expr = result;
    return STATUS_OK;
}

Status parse_postfix(Parse *p, AstExpr **expr, bool fields, Error *err) {
    for (;;) {
        if (parse_at(p, TOKEN_LEFT_BRACKET)) {
            TRY(parse_subscript(p, expr, err));
            fields = true;
        } else if (fields && parse_at(p, TOKEN_DOT)) {
            TRY(parse_field(p, expr, err));
        } else {
            return STATUS_OK;
        }
    }
}

/* ---- parentheses ------------------------------------------------------------------------------------- */

/* Behind the `(`. A `(` that follows may open a query or a value: only what stands behind its `)` tells, so
 * it is read as a value, and a subquery that a set operation follows becomes a query's first part. */
static Status parse_group_content(Parse *p, AstExprList *list, AstQuery **query, Error *err) {
    if (token_begins_query((TokenKind)p->token.kind)) return parse_query(p, false, query, err);
    bool may_be_query = parse_at(p, TOKEN_LEFT_PAREN);
    AstExpr *first;
    TRY(parse_expr(p, &first, err));
    if (may_be_query && first->kind == AST_EXPR_SUBQUERY) {
        bool continues = token_continues_query((TokenKind)p->token.kind);
        if (continues || parse_at(p, TOKEN_RIGHT_PAREN)) {
            *query = first->query;
            return continues ? parse_query_rest(p, query, err) : STATUS_OK;
        }
    }
    LIST_PUSH(p, list, first);
    bool more;
    TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    return more ? parse_expr_list(p, list, err) : STATUS_OK;
}

Status parse_group(Parse *p, AstExprList *list, AstQuery **query, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_LEFT_PAREN));
    DEBUG_ASSERT(list->count == 0 && *query == NULL);
    uint32_t outer, open = p->token.start;
    TRY(parse_enter(p, &outer, err));
    TRY(parse_advance(p, err));
    TRY(parse_group_content(p, list, query, err));
    TRY(parse_close(p, open, err));
    if (*query != NULL) {
        (*query)->span = parse_span(p, open);
        (*query)->parenthesized = true;
    }
    parse_leave(p, outer);
    DEBUG_ASSERT((*query != NULL) != (list->count > 0)); /* one of the two, and never nothing */
    return STATUS_OK;
}

/* (expr), (a, b) a row, or (SELECT ..) */
static Status parse_parentheses(Parse *p, AstExpr **out, Error *err) {
    uint32_t start = p->token.start;
    AstExprList list = {0};
    AstQuery *query = NULL;
    TRY(parse_group(p, &list, &query, err));
    DEBUG_ASSERT(query != NULL || list.count > 0); /* () is no expression */
    if (query != NULL) {
        TRY(parse_new_expr(p, AST_EXPR_SUBQUERY, start, out, err));
        (*out)->query = query;
    } else if (list.count > 1) {
        TRY(parse_new_expr(p, AST_EXPR_ROW, start, out, err));
        (*out)->list = list;
    } else {
        *out = list.items[0];
        (*out)->span = parse_span(p, start);
        (*out)->parenthesized = true;
    }
    return parse_postfix(p, out, true, err);
}

/* ---- constructors ------------------------------------------------------------------------------------ */

/* [a, b] or [[a], [b]], at the bracket. */
static Status parse_array_items(Parse *p, uint32_t start, AstExpr **out, Error *err) {
    uint32_t outer;
    TRY(parse_enter(p, &outer, err));
    TRY(parse_expect(p, TOKEN_LEFT_BRACKET, err));
    AstExprList list = {0};
    for (bool more = !parse_at(p, TOKEN_RIGHT_BRACKET); more;) {
        AstExpr *item;
        if (parse_at(p, TOKEN_LEFT_BRACKET))
            TRY(parse_array_items(p, p->token.start, &item, err));
        else
            TRY(parse_expr(p, &item, err));
        LIST_PUSH(p, &list, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    TRY(parse_expect(p, TOKEN_RIGHT_BRACKET, err));
    parse_leave(p, outer);
    TRY(parse_new_expr(p, AST_EXPR_ARRAY, start, out, err));
    (*out)->list = list;
    return STATUS_OK;
}

/* (SELECT ..) behind EXISTS or ARRAY, and nothing else. */
static Status parse_query_operand(Parse *p, AstExprKind kind, uint32_t start, AstExpr **out, Error *err) {
    if (!parse_at(p, TOKEN_LEFT_PAREN)) return parse_expected(p, "\"(\" and a subquery", err);
    uint32_t open = p->token.start;
    AstExprList list = {0};
    AstQuery *query = NULL;
    TRY(parse_group(p, &list, &query, err));
    if (query == NULL) {
        error_set_at(err, STATUS_SYNTAX, open, "syntax error at or near \"(\"");
        return error_add_hint(err, "Expected a subquery: (SELECT ..).");
    }
    TRY(parse_new_expr(p, kind, start, out, err));
    (*out)->query = query;
    return STATUS_OK;
}

static Status parse_array(Parse *p, AstExpr **out, Error *err) {
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    if (parse_at(p, TOKEN_LEFT_PAREN)) return parse_query_operand(p, AST_EXPR_ARRAY_QUERY, start, out, err);
    if (!parse_at(p, TOKEN_LEFT_BRACKET)) return parse_expected(p, "\"[\" or \"(\"", err);
    TRY(parse_array_items(p, start, out, err));
    return parse_postfix(p, out, false, err);
}

static Status parse_exists(Parse *p, AstExpr **out, Error *err) {
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    return parse_query_operand(p, AST_EXPR_EXISTS, start, out, err);
}

/* ROW(..), which may have one field or none, where (a) is a itself. */
static Status parse_row(Parse *p, AstExpr **out, Error *err) {
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    AstExprList list = {0};
    if (!parse_at(p, TOKEN_RIGHT_PAREN)) TRY(parse_expr_list(p, &list, err));
    TRY(parse_close(p, open, err));
    TRY(parse_new_expr(p, AST_EXPR_ROW, start, out, err));
    (*out)->list = list;
    (*out)->flag = true;
    return parse_postfix(p, out, true, err);
}

/* MAP {k: v, ..}, behind the brace. */
static Status parse_map_braces(Parse *p, AstExprList *list, Error *err) {
    for (bool more = !parse_at(p, TOKEN_RIGHT_BRACE); more;) {
        AstExpr *item;
        TRY(parse_expr(p, &item, err));
        LIST_PUSH(p, list, item);
        TRY(parse_expect(p, TOKEN_COLON, err));
        TRY(parse_expr(p, &item, err));
        LIST_PUSH(p, list, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return parse_expect(p, TOKEN_RIGHT_BRACE, err);
}

/* MAP[k, v, ..]; map[i] is a subscript of a column called map. */
static Status parse_map_brackets(Parse *p, const AstName *name, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_LEFT_BRACKET));
    uint32_t position = p->token.start;
    AstExpr *column;
    TRY(parse_new_expr(p, AST_EXPR_COLUMN, name->span.start, &column, err));
    LIST_PUSH(p, &column->column, *name);
    TRY(parse_peek(p, err));
    AstExprList list = {0};
    if (p->next.kind == TOKEN_COLON) {
        *out = column;
        return parse_postfix(p, out, false, err);
    }
    TRY(parse_advance(p, err));
    if (!parse_at(p, TOKEN_RIGHT_BRACKET)) TRY(parse_expr_list(p, &list, err));
    if (list.count == 1 && parse_at(p, TOKEN_COLON))
        return parse_not_supported(&p->token, "a slice of a column named map", err);
    TRY(parse_expect(p, TOKEN_RIGHT_BRACKET, err));
    TRY(parse_new_expr(p, list.count == 1 ? AST_EXPR_SUBSCRIPT : AST_EXPR_MAP, name->span.start, out, err));
    (*out)->position = position;
    if (list.count == 1) {
        (*out)->subscript.operand = column;
        (*out)->subscript.index = list.items[0];
        return parse_postfix(p, out, true, err);
    }
    if (list.count % 2 != 0)
        return error_set_at(err, STATUS_SYNTAX, position, "MAP[..] takes keys and values in pairs");
    (*out)->list = list;
    return parse_postfix(p, out, false, err);
}

/* MAP[k, v, ..] (Flink) or MAP {k: v, ..} (DuckDB) */
static Status parse_map(Parse *p, AstExpr **out, Error *err) {
    AstName name;
    TRY(parse_take_name(p, &name, err));
    if (parse_at(p, TOKEN_LEFT_BRACKET)) return parse_map_brackets(p, &name, out, err);
    TRY(parse_expect(p, TOKEN_LEFT_BRACE, err));
    AstExprList list = {0};
    TRY(parse_map_braces(p, &list, err));
    DEBUG_ASSERT(list.count % 2 == 0); /* keys and values in turn */
    TRY(parse_new_expr(p, AST_EXPR_MAP, name.span.start, out, err));
    (*out)->list = list;
    return parse_postfix(p, out, false, err);
}

/* ---- CASE, CAST -------------------------------------------------------------------------------------- */

/* CASE [operand] WHEN .. THEN .. [ELSE ..] END */
static Status parse_case(Parse *p, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_CASE));
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    AstExpr *expr, *operand = NULL;
    if (!parse_at(p, KW_WHEN)) TRY(parse_expr(p, &operand, err));
    if (!parse_at(p, KW_WHEN)) return parse_expected(p, "WHEN", err);
    TRY(parse_new_expr(p, AST_EXPR_CASE, start, &expr, err));
    expr->case_.operand = operand;
    while (parse_at(p, KW_WHEN)) {
        AstCaseArm arm;
        TRY(parse_advance(p, err));
        TRY(parse_expr(p, &arm.when, err));
        TRY(parse_expect(p, KW_THEN, err));
        TRY(parse_expr(p, &arm.then, err));
        LIST_PUSH(p, &expr->case_.arms, arm);
    }
    bool otherwise;
    TRY(parse_accept(p, KW_ELSE, &otherwise, err));
    if (otherwise) TRY(parse_expr(p, &expr->case_.otherwise, err));
    if (!parse_at(p, KW_END)) return parse_expected(p, otherwise ? "END" : "WHEN, ELSE or END", err);
    TRY(parse_advance(p, err));
    expr->span.end = p->end;
    DEBUG_ASSERT(expr->case_.arms.count > 0);
    *out = expr;
    return STATUS_OK;
}

/* CAST(x AS t), TRY_CAST(x AS t). */
static Status parse_cast(Parse *p, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_CAST) || parse_at(p, KW_TRY_CAST));
    Token token = p->token;
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    AstExpr *operand;
    TRY(parse_expr(p, &operand, err));
    if (!parse_at(p, KW_AS)) return parse_expected(p, "AS and a type", err);
    TRY(parse_advance(p, err));
    AstTypeName *type;
    TRY(parse_type(p, &type, err));
    TRY(parse_close(p, open, err));
    TRY(parse_new_expr(p, AST_EXPR_CAST, token.start, out, err));
    (*out)->flag = token.kind == KW_TRY_CAST;
    (*out)->cast.operand = operand;
    (*out)->cast.type = type;
    return STATUS_OK;
}

/* ---- names ------------------------------------------------------------------------------------------- */

/* name 'text': a literal of a type called name. The current token is the string. */
static Status parse_named_literal(Parse *p, const AstQualifiedName *name, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_STRING));
    DEBUG_ASSERT(name->count > 0);
    AstTypeName *type = NEW_NODE(p, AstTypeName);
    TRY_ALLOC(type);
    if (name->count > 2) return parse_unexpected(p, err);
    type->name = *ast_name_last(name);
    if (name->count == 2) type->schema = name->items[0];
    type->span = parse_span(p, name->items[0].span.start);
    return parse_typed_text(p, type, out, err);
}

static Status parse_descriptor(Parse *p, uint32_t start, AstExpr **out, Error *err) {
    AstNameList names;
    TRY(parse_name_list(p, &names, err));
    TRY(parse_new_expr(p, AST_EXPR_DESCRIPTOR, start, out, err));
    (*out)->names = names;
    return STATUS_OK;
}

/* a.b.c behind a, whose name is in the list already; true when it ends in .* */
static Status parse_name_parts(Parse *p, AstQualifiedName *name, bool *star, Error *err) {
    *star = false;
    while (parse_at(p, TOKEN_DOT) && !*star) {
        TRY(parse_advance(p, err));
        TRY(parse_accept(p, TOKEN_STAR, star, err));
        if (*star) break;
        AstName part;
        TRY(parse_label(p, &part, err));
        LIST_PUSH(p, name, part);
    }
    return STATUS_OK;
}

/* A column, a call, a typed literal: told apart by what stands behind the name. */
static Status parse_named(Parse *p, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at_class(p, TOKEN_IS_LABEL));
    Token first = p->token;
    AstName part;
    TRY(parse_take_name(p, &part, err));
    AstQualifiedName name = {0};
    LIST_PUSH(p, &name, part);
    bool star;
    TRY(parse_name_parts(p, &name, &star, err));
    bool qualified = name.count > 1;
    if (!star && (qualified || token_is((TokenKind)first.kind, TOKEN_IS_FUNCTION_ID))) {
        if (parse_at(p, TOKEN_LEFT_PAREN) && first.kind == KW_DESCRIPTOR && !qualified)
            return parse_descriptor(p, first.start, out, err);
        if (parse_at(p, TOKEN_LEFT_PAREN)) return parse_call(p, &name, first.start, out, err);
        if (parse_at(p, TOKEN_STRING)) return parse_named_literal(p, &name, out, err);
    }
    if (!token_is((TokenKind)first.kind, TOKEN_IS_COLUMN_ID)) return parse_unexpected(p, err);
    TRY(parse_new_expr(p, star ? AST_EXPR_STAR : AST_EXPR_COLUMN, first.start, out, err));
    (*out)->column = name;
    return star ? STATUS_OK : parse_postfix(p, out, false, err);
}

/* A keyword that begins a type is one only before what a typed literal needs; else it names a column. */
static bool follows_type(TokenKind kind, TokenKind next) {
    if (next == TOKEN_STRING || next == TOKEN_LEFT_PAREN || next == KW_VARYING) return true;
    if (kind == KW_DOUBLE) return next == KW_PRECISION;
    if (kind == KW_INTERVAL) return next == TOKEN_INTEGER;
    if (kind == KW_NATIONAL) return next == KW_CHARACTER || next == KW_CHAR;
    return (kind == KW_TIMESTAMP || kind == KW_TIME) && (next == KW_WITH || next == KW_WITHOUT);
}

static Status parse_type_or_name(Parse *p, AstExpr **out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    TRY(parse_peek(p, err));
    if (!follows_type(kind, (TokenKind)p->next.kind)) return parse_named(p, out, err);
    return kind == KW_INTERVAL ? parse_interval(p, out, err) : parse_typed_literal(p, out, err);
}

/* A word: the start of a typed literal, of a form that the token behind it shows, of a special call, or a name. */
static Status parse_word_operand(Parse *p, AstExpr **out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    if (token_begins_type(kind)) return parse_type_or_name(p, out, err);
    if (kind == KW_MAP || kind == KW_ROW || kind == KW_TRY_CAST || kind == KW_EXISTS) {
        TRY(parse_peek(p, err));
        TokenKind next = (TokenKind)p->next.kind;
        if (kind == KW_MAP && (next == TOKEN_LEFT_BRACKET || next == TOKEN_LEFT_BRACE))
            return parse_map(p, out, err);
        if (kind == KW_ROW && next == TOKEN_LEFT_PAREN) return parse_row(p, out, err);
        if (kind == KW_TRY_CAST && next == TOKEN_LEFT_PAREN) return parse_cast(p, out, err);
        if (kind == KW_EXISTS && next == TOKEN_LEFT_PAREN) return parse_exists(p, out, err);
        return parse_named(p, out, err);
    }
    *out = NULL;
    TRY(parse_special_call(p, out, err));
    if (*out != NULL) return STATUS_OK;
    if (!parse_at_class(p, TOKEN_IS_COLUMN_ID | TOKEN_IS_FUNCTION_ID))
        return parse_expected(p, "an expression", err);
    return parse_named(p, out, err);
}

Status parse_primary(Parse *p, AstExpr **out, Error *err) {
    switch (p->token.kind) {
        case TOKEN_IDENTIFIER: return parse_named(p, out, err);
        case TOKEN_INTEGER:
        case TOKEN_DECIMAL: return parse_number(p, out, err);
        case TOKEN_STRING: return parse_string(p, out, err);
        case TOKEN_PARAMETER: return parse_parameter(p, out, err);
        case TOKEN_LEFT_PAREN: return parse_parentheses(p, out, err);
        case KW_NULL: return parse_keyword_value(p, AST_EXPR_NULL, out, err);
        case KW_TRUE:
        case KW_FALSE: return parse_keyword_value(p, AST_EXPR_BOOLEAN, out, err);
        case KW_DEFAULT: return parse_keyword_value(p, AST_EXPR_DEFAULT, out, err);
        case KW_CASE: return parse_case(p, out, err);
        case KW_CAST: return parse_cast(p, out, err);
        case KW_ARRAY: return parse_array(p, out, err);
        default: break; /* words, or nothing that begins an operand */
    }
    if (parse_at_class(p, TOKEN_IS_KEYWORD)) return parse_word_operand(p, out, err);
    return parse_expected(p, "an expression", err);
}
