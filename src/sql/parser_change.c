/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_change.c - INSERT, UPDATE, DELETE, TRUNCATE, COPY. */
#include "sql/parser_priv.h"

static Status parse_returning(Parse *p, AstSelectList *out, Error *err) {
    bool found;
    TRY(parse_accept(p, KW_RETURNING, &found, err));
    return found ? parse_select_list(p, out, err) : STATUS_OK;
}

/* [WHERE condition | WHERE CURRENT OF cursor]; *out stays as it is without one. */
static Status parse_where(Parse *p, AstExpr **out, Error *err) {
    bool found;
    TRY(parse_accept(p, KW_WHERE, &found, err));
    if (!found) return STATUS_OK;
    bool current;
    TRY(parse_at_two(p, KW_CURRENT, KW_OF, &current, err));
    if (!current) return parse_expr(p, out, err);
    uint32_t start = p->token.start;
    AstName cursor;
    TRY(parse_advance(p, err));
    TRY(parse_advance(p, err));
    TRY(parse_name(p, &cursor, err));
    TRY(parse_new_expr(p, AST_EXPR_CURRENT_OF, start, out, err));
    (*out)->name = cursor;
    return STATUS_OK;
}

/* a = x | (a, b) = (x, y) */
static Status parse_assignment(Parse *p, AstAssignment *out, Error *err) {
    *out = (AstAssignment){0};
    uint32_t start = p->token.start;
    if (parse_at(p, TOKEN_LEFT_PAREN)) {
        out->is_multiple = true;
        TRY(parse_name_list(p, &out->columns, err));
    } else {
        AstName name;
        TRY(parse_name(p, &name, err));
        LIST_PUSH(p, &out->columns, name);
        if (parse_at(p, TOKEN_LEFT_BRACKET) || parse_at(p, TOKEN_DOT))
            return parse_not_supported(&p->token, "assignment to a part of a column", err);
    }
    DEBUG_ASSERT(out->is_multiple || out->columns.count == 1);
    TRY(parse_expect(p, TOKEN_EQUAL, err));
    TRY(parse_expr(p, &out->value, err));
    out->span = parse_span(p, start);
    return STATUS_OK;
}

/* SET column = value, .. */
static Status parse_assignments(Parse *p, AstAssignmentList *out, Error *err) {
    if (!parse_at(p, KW_SET)) return EXPECTED_WORD(p, err, "SET");
    TRY(parse_advance(p, err));
    for (bool more = true; more;) {
        AstAssignment assignment;
        TRY(parse_assignment(p, &assignment, err));
        LIST_PUSH(p, out, assignment);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

/* ---- INSERT ------------------------------------------------------------------------------------------ */

/* [(a, b)] | [ON CONSTRAINT c] */
static Status parse_conflict_target(Parse *p, AstInsert *insert, Error *err) {
    if (parse_at(p, TOKEN_LEFT_PAREN)) {
        TRY(parse_name_list(p, &insert->conflict_columns, err));
        return parse_at(p, KW_WHERE) ? parse_not_supported(&p->token, "a partial conflict target", err)
                                     : STATUS_OK;
    }
    bool on;
    TRY(parse_accept(p, KW_ON, &on, err));
    if (!on) return STATUS_OK;
    TRY(parse_expect(p, KW_CONSTRAINT, err));
    return parse_name(p, &insert->conflict_constraint, err);
}

/* [ON CONFLICT [target] DO NOTHING | DO UPDATE SET .. [WHERE ..]] */
static Status parse_conflict(Parse *p, AstInsert *insert, Error *err) {
    bool found;
    TRY(parse_at_two(p, KW_ON, KW_CONFLICT, &found, err));
    if (!found) return STATUS_OK;
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_advance(p, err));
    TRY(parse_conflict_target(p, insert, err));
    TRY(parse_expect(p, KW_DO, err));
    if (parse_at(p, KW_NOTHING)) {
        insert->on_conflict = AST_CONFLICT_NOTHING;
        TRY(parse_advance(p, err));
    } else if (parse_at(p, KW_UPDATE)) {
        insert->on_conflict = AST_CONFLICT_UPDATE;
        TRY(parse_advance(p, err));
        TRY(parse_assignments(p, &insert->conflict_set, err));
        TRY(parse_where(p, &insert->conflict_where, err));
    } else {
        return EXPECTED_WORD(p, err, "NOTHING", "UPDATE");
    }
    DEBUG_ASSERT(insert->on_conflict != AST_CONFLICT_ERROR);
    DEBUG_ASSERT(insert->on_conflict != AST_CONFLICT_UPDATE || insert->conflict_set.count > 0);
    insert->conflict_span = parse_span(p, start);
    return STATUS_OK;
}

/* `(` begins a column list unless a query stands in it. */
static Status parse_insert_columns(Parse *p, AstInsert *insert, Error *err) {
    if (!parse_at(p, TOKEN_LEFT_PAREN)) return STATUS_OK;
    TRY(parse_peek(p, err));
    if (token_begins_query((TokenKind)p->next.kind) && p->next.kind != KW_VALUES) return STATUS_OK;
    if (p->next.kind == KW_VALUES || p->next.kind == TOKEN_LEFT_PAREN) return STATUS_OK;
    return parse_name_list(p, &insert->columns, err);
}

/* VALUES, a query, or DEFAULT VALUES */
static Status parse_insert_source(Parse *p, AstInsert *insert, Error *err) {
    bool defaults;
    TRY(parse_at_two(p, KW_DEFAULT, KW_VALUES, &defaults, err));
    if (defaults) { /* told by insert->query, which stays NULL */
        TRY(parse_advance(p, err));
        return parse_advance(p, err);
    }
    if (parse_at_word(p, STR("overriding"))) return parse_not_supported(&p->token, "OVERRIDING", err);
    if (!token_begins_query((TokenKind)p->token.kind) && !parse_at(p, TOKEN_LEFT_PAREN))
        return EXPECTED_WORD(p, err, "VALUES", "SELECT", "DEFAULT VALUES");
    return parse_query(p, false, &insert->query, err);
}

Status parse_insert(Parse *p, AstWith *with, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_INSERT));
    TRY(parse_new_statement(p, AST_STATEMENT_INSERT, out, err));
    AstInsert *insert = NEW_NODE(p, AstInsert);
    TRY_ALLOC(insert);
    (*out)->insert = insert;
    insert->with = with;
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_INTO)) return EXPECTED_WORD(p, err, "INTO");
    TRY(parse_advance(p, err));
    TRY(parse_qualified_name(p, &insert->table, err));
    bool as;
    TRY(parse_accept(p, KW_AS, &as, err));
    if (as) TRY(parse_name(p, &insert->alias, err));
    TRY(parse_insert_columns(p, insert, err));
    TRY(parse_insert_source(p, insert, err));
    TRY(parse_conflict(p, insert, err));
    return parse_returning(p, &insert->returning, err);
}

/* ---- UPDATE, DELETE, TRUNCATE ------------------------------------------------------------------------ */

/* [ONLY] name [*] [[AS] alias] */
static Status parse_target(Parse *p, AstQualifiedName *table, AstName *alias, Error *err) {
    bool word;
    TRY(parse_accept(p, KW_ONLY, &word, err));
    TRY(parse_qualified_name(p, table, err));
    TRY(parse_accept(p, TOKEN_STAR, &word, err));
    TRY(parse_accept(p, KW_AS, &word, err));
    if (word || (parse_at_class(p, TOKEN_IS_COLUMN_ID) && !parse_at(p, KW_SET))) {
        if (!word) p->bare_alias = p->token;
        return parse_name(p, alias, err);
    }
    return STATUS_OK;
}

Status parse_update(Parse *p, AstWith *with, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_UPDATE));
    TRY(parse_new_statement(p, AST_STATEMENT_UPDATE, out, err));
    AstUpdate *update = NEW_NODE(p, AstUpdate);
    TRY_ALLOC(update);
    (*out)->update = update;
    update->with = with;
    TRY(parse_advance(p, err));
    TRY(parse_target(p, &update->table, &update->alias, err));
    TRY(parse_assignments(p, &update->assignments, err));
    bool more;
    TRY(parse_accept(p, KW_FROM, &more, err));
    while (more) {
        AstFromItem *item;
        TRY(parse_from_item(p, &item, err));
        LIST_PUSH(p, &update->from, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    TRY(parse_where(p, &update->where, err));
    return parse_returning(p, &update->returning, err);
}

Status parse_delete(Parse *p, AstWith *with, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_DELETE));
    TRY(parse_new_statement(p, AST_STATEMENT_DELETE, out, err));
    AstDelete *statement = NEW_NODE(p, AstDelete);
    TRY_ALLOC(statement);
    (*out)->delete_ = statement;
    statement->with = with;
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_FROM)) return EXPECTED_WORD(p, err, "FROM");
    TRY(parse_advance(p, err));
    TRY(parse_target(p, &statement->table, &statement->alias, err));
    bool more;
    TRY(parse_accept(p, KW_USING, &more, err));
    while (more) {
        AstFromItem *item;
        TRY(parse_from_item(p, &item, err));
        LIST_PUSH(p, &statement->using_items, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    TRY(parse_where(p, &statement->where, err));
    return parse_returning(p, &statement->returning, err);
}

Status parse_truncate(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_TRUNCATE));
    TRY(parse_new_statement(p, AST_STATEMENT_TRUNCATE, out, err));
    AstTruncate *truncate = NEW_NODE(p, AstTruncate);
    TRY_ALLOC(truncate);
    (*out)->truncate = truncate;
    TRY(parse_advance(p, err));
    bool word;
    TRY(parse_accept(p, KW_TABLE, &word, err));
    for (bool more = true; more;) {
        AstQualifiedName name;
        TRY(parse_accept(p, KW_ONLY, &word, err));
        TRY(parse_qualified_name(p, &name, err));
        TRY(parse_accept(p, TOKEN_STAR, &word, err));
        LIST_PUSH(p, &truncate->names, name);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    if (parse_at(p, KW_RESTART) || parse_at_word(p, STR("continue"))) {
        bool restart = parse_at(p, KW_RESTART);
        uint32_t start = p->token.start;
        TRY(parse_advance(p, err));
        TRY(parse_expect(p, KW_IDENTITY, err));
        if (restart) truncate->restart_identity = parse_span(p, start);
    }
    uint32_t start = p->token.start;
    TRY(parse_cascade(p, &word, err));
    if (word) truncate->cascade = parse_span(p, start);
    return STATUS_OK;
}

/* ---- COPY -------------------------------------------------------------------------------------------- */

static Status push_option(Parse *p, AstOptionList *list, Str key, AstOptionKind kind, Str value,
                          const Token *token, Error *err) {
    AstSpan span = {token->start, token->end};
    AstOption option = {.key = {key, span}, .kind = kind, .value = value, .value_span = span, .span = span};
    LIST_PUSH(p, list, option);
    return STATUS_OK;
}

/* DELIMITER [AS] ',', NULL [AS] '', QUOTE, ESCAPE, ENCODING: behind the word. */
static Status parse_old_value(Parse *p, AstOptionList *list, const Token *key, Error *err) {
    bool as;
    TRY(parse_accept(p, KW_AS, &as, err));
    Token value = p->token;
    TRY(parse_expect(p, TOKEN_STRING, err));
    TRY(push_option(p, list, key->str, AST_OPTION_STRING, value.str, key, err));
    DEBUG_ASSERT(list->count > 0);
    AstOption *option = &list->items[list->count - 1]; /* its spans go on to the value, unlike the others' */
    option->value_span = (AstSpan){value.start, value.end};
    option->span.end = value.end;
    return STATUS_OK;
}

/* The spelling of before PostgreSQL 9: CSV HEADER DELIMITER ';' .. */
static Status parse_old_options(Parse *p, AstOptionList *list, Error *err) {
    while (parse_at_class(p, TOKEN_IS_LABEL) && !parse_at(p, KW_WHERE)) {
        Token word = p->token;
        bool is_format = parse_at_word(p, STR("csv")) || parse_at(p, KW_BINARY);
        bool takes_value = parse_at_word(p, STR("delimiter")) || parse_at_word(p, STR("quote")) ||
                           parse_at(p, KW_NULL) || parse_at(p, KW_ESCAPE) ||
                           parse_at_word(p, STR("encoding"));
        if (!is_format && !takes_value && !parse_at(p, KW_HEADER)) return parse_unexpected(p, err);
        TRY(parse_advance(p, err));
        if (takes_value)
            TRY(parse_old_value(p, list, &word, err));
        else if (is_format)
            TRY(push_option(p, list, STR("format"), AST_OPTION_WORD, word.str, &word, err));
        else
            TRY(push_option(p, list, STR("header"), AST_OPTION_NONE, (Str){0}, &word, err));
    }
    return STATUS_OK;
}

/* STDIN or STDOUT, 'file', PROGRAM 'command' */
static Status parse_copy_end(Parse *p, AstCopy *copy, Error *err) {
    bool found;
    TRY(parse_accept(p, KW_PROGRAM, &found, err));
    if (found) copy->end = AST_COPY_PROGRAM;
    TokenKind stdio = copy->is_from ? KW_STDIN : KW_STDOUT;
    if (!found && parse_at(p, stdio)) {
        copy->end = AST_COPY_STDIO;
        return parse_advance(p, err);
    }
    if (!parse_at(p, TOKEN_STRING))
        return parse_expected(p, copy->is_from ? "STDIN or a 'file'" : "STDOUT or a 'file'", err);
    if (!found) copy->end = AST_COPY_FILE;
    copy->path = p->token.str;
    copy->path_span = (AstSpan){p->token.start, p->token.end};
    return parse_advance(p, err);
}

/* table [(columns)], or (query) */
static Status parse_copy_object(Parse *p, AstCopy *copy, Error *err) {
    uint32_t open = p->token.start;
    bool query;
    TRY(parse_accept(p, TOKEN_LEFT_PAREN, &query, err));
    if (query) {
        TRY(parse_query(p, false, &copy->query, err));
        return parse_close(p, open, err);
    }
    TRY(parse_qualified_name(p, &copy->table, err));
    return parse_at(p, TOKEN_LEFT_PAREN) ? parse_name_list(p, &copy->columns, err) : STATUS_OK;
}

Status parse_copy(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_COPY));
    TRY(parse_new_statement(p, AST_STATEMENT_COPY, out, err));
    AstCopy *copy = NEW_NODE(p, AstCopy);
    TRY_ALLOC(copy);
    (*out)->copy = copy;
    TRY(parse_advance(p, err));
    TRY(parse_copy_object(p, copy, err));
    DEBUG_ASSERT((copy->query != NULL) != (copy->table.count > 0)); /* a query or a name */
    if (!parse_at(p, KW_FROM) && !parse_at(p, KW_TO)) return EXPECTED_WORD(p, err, "FROM", "TO");
    copy->is_from = parse_at(p, KW_FROM);
    if (copy->is_from && copy->query != NULL) return parse_unexpected(p, err);
    TRY(parse_advance(p, err));
    TRY(parse_copy_end(p, copy, err));
    bool with;
    TRY(parse_accept(p, KW_WITH, &with, err));
    if (parse_at(p, TOKEN_LEFT_PAREN))
        TRY(parse_options(p, &copy->options, err));
    else
        TRY(parse_old_options(p, &copy->options, err));
    return copy->is_from ? parse_where(p, &copy->where, err) : STATUS_OK;
}
