/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_query.c - queries: WITH, SELECT, VALUES, set operations, ORDER BY, LIMIT, EMIT. */
#include "sql/parser_priv.h"

bool token_begins_query(TokenKind kind) {
    return kind == KW_SELECT || kind == KW_VALUES || kind == KW_WITH || kind == KW_TABLE;
}

bool token_continues_query(TokenKind kind) {
    return kind == KW_UNION || kind == KW_INTERSECT || kind == KW_EXCEPT || kind == KW_ORDER ||
           kind == KW_LIMIT || kind == KW_OFFSET || kind == KW_FETCH || kind == KW_FOR;
}

static Status new_query(Parse *p, AstQueryKind kind, AstQuery **out, Error *err) {
    AstQuery *query = NEW_NODE(p, AstQuery);
    TRY_ALLOC(query);
    query->kind = kind;
    *out = query;
    return STATUS_OK;
}

/* ---- WITH -------------------------------------------------------------------------------------------- */

static Status parse_common_table(Parse *p, AstCommonTable *table, Error *err) {
    *table = (AstCommonTable){0};
    uint32_t start = p->token.start;
    TRY(parse_name(p, &table->name, err));
    if (parse_at(p, TOKEN_LEFT_PAREN)) TRY(parse_name_list(p, &table->columns, err));
    TRY(parse_expect(p, KW_AS, err));
    bool not_materialized, materialized;
    TRY(parse_accept(p, KW_NOT, &not_materialized, err));
    TRY(parse_accept(p, KW_MATERIALIZED, &materialized, err));
    if (not_materialized && !materialized) return EXPECTED_WORD(p, err, "MATERIALIZED");
    if (materialized) table->materialize = not_materialized ? AST_MATERIALIZE_NEVER : AST_MATERIALIZE_ALWAYS;
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    if (parse_at(p, KW_INSERT) || parse_at(p, KW_UPDATE) || parse_at(p, KW_DELETE))
        return parse_not_supported(&p->token, "a data-modifying statement in WITH", err);
    TRY(parse_query(p, false, &table->query, err));
    TRY(parse_close(p, open, err));
    if (parse_at_word(p, STR("search")) || parse_at_word(p, STR("cycle")))
        return parse_not_supported(&p->token, "SEARCH and CYCLE", err);
    table->span = parse_span(p, start);
    return STATUS_OK;
}

Status parse_with(Parse *p, AstWith **out, Error *err) {
    uint32_t start = p->token.start;
    AstWith *with = NEW_NODE(p, AstWith);
    TRY_ALLOC(with);
    TRY(parse_expect(p, KW_WITH, err));
    TRY(parse_accept(p, KW_RECURSIVE, &with->recursive, err));
    for (bool more = true; more;) {
        AstCommonTable table;
        TRY(parse_common_table(p, &table, err));
        LIST_PUSH(p, &with->tables, table);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    with->span = parse_span(p, start);
    *out = with;
    return STATUS_OK;
}

/* ---- SELECT ------------------------------------------------------------------------------------------ */

static Status parse_star(Parse *p, AstExpr **out, Error *err) {
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    return parse_new_expr(p, AST_EXPR_STAR, start, out, err);
}

/* expr [[AS] alias]. Without AS the alias is kept in mind: SELECT a FORM t is one item a with the alias form, and the error comes later. */
static Status parse_select_item(Parse *p, AstSelectItem *item, Error *err) {
    *item = (AstSelectItem){0};
    uint32_t start = p->token.start;
    if (parse_at(p, TOKEN_STAR)) {
        TRY(parse_star(p, &item->expr, err));
    } else {
        TRY(parse_expr(p, &item->expr, err));
        bool as;
        TRY(parse_accept(p, KW_AS, &as, err));
        if (as) {
            TRY(parse_label(p, &item->alias, err));
        } else if (parse_at_class(p, TOKEN_IS_BARE_LABEL)) {
            p->bare_alias = p->token;
            TRY(parse_take_name(p, &item->alias, err));
        }
    }
    item->span = parse_span(p, start);
    return STATUS_OK;
}

Status parse_select_list(Parse *p, AstSelectList *out, Error *err) {
    for (bool more = true; more;) {
        AstSelectItem item;
        TRY(parse_select_item(p, &item, err));
        LIST_PUSH(p, out, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

static Status parse_group_item(Parse *p, AstGroupItem *item, Error *err);

/* At the ( of ROLLUP, CUBE or GROUPING SETS: items that may be groups again. */
static Status parse_group_items(Parse *p, AstGroupItem *item, AstGroupKind kind, Error *err) {
    uint32_t open = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    item->kind = kind;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    for (bool more = true; more;) {
        AstGroupItem inner;
        TRY(parse_group_item(p, &inner, err));
        LIST_PUSH(p, &item->items, inner);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    parse_leave(p, outer);
    return parse_close(p, open, err);
}

/* (), GROUPING SETS (..), ROLLUP (..), CUBE (..), or an expression: rollup and cube are names without the parenthesis. */
static Status parse_group_content(Parse *p, AstGroupItem *item, Error *err) {
    bool found;
    TRY(parse_at_two(p, TOKEN_LEFT_PAREN, TOKEN_RIGHT_PAREN, &found, err));
    if (found) {
        item->kind = AST_GROUP_EMPTY;
        TRY(parse_advance(p, err));
        return parse_advance(p, err);
    }
    TRY(parse_at_two(p, KW_GROUPING, KW_SETS, &found, err));
    if (found) {
        TRY(parse_advance(p, err));
        TRY(parse_advance(p, err));
        return parse_group_items(p, item, AST_GROUP_SETS, err);
    }
    AstGroupKind kind = parse_at(p, KW_CUBE) ? AST_GROUP_CUBE : AST_GROUP_ROLLUP;
    TRY(parse_at_two(p, parse_at(p, KW_CUBE) ? KW_CUBE : KW_ROLLUP, TOKEN_LEFT_PAREN, &found, err));
    if (found) {
        TRY(parse_advance(p, err));
        return parse_group_items(p, item, kind, err);
    }
    item->kind = AST_GROUP_EXPR;
    return parse_expr(p, &item->expr, err);
}

static Status parse_group_item(Parse *p, AstGroupItem *item, Error *err) {
    *item = (AstGroupItem){0};
    uint32_t start = p->token.start;
    TRY(parse_group_content(p, item, err));
    item->span = parse_span(p, start);
    return STATUS_OK;
}

/* GROUP BY .., at GROUP. */
static Status parse_group_by(Parse *p, AstSelect *select, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_GROUP));
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_BY)) return EXPECTED_WORD(p, err, "BY");
    TRY(parse_advance(p, err));
    if (parse_at(p, KW_ALL) || parse_at(p, KW_DISTINCT)) {
        select->group_quantifier = parse_at(p, KW_ALL) ? AST_QUANTIFIER_ALL : AST_QUANTIFIER_DISTINCT;
        TRY(parse_advance(p, err));
    }
    for (bool more = true; more;) {
        AstGroupItem item;
        TRY(parse_group_item(p, &item, err));
        LIST_PUSH(p, &select->group_by, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    select->group_by_span = parse_span(p, start);
    return STATUS_OK;
}

/* ksqlDB's WINDOW TUMBLING (SIZE 1 MINUTE) is another thing under the same word. */
static Status parse_window_clause(Parse *p, AstSelect *select, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_WINDOW));
    Token word = p->token;
    TRY(parse_advance(p, err));
    for (bool more = true; more;) {
        AstNamedWindow window;
        Token token = p->token;
        TRY(parse_name(p, &window.name, err));
        if (parse_at(p, TOKEN_LEFT_PAREN)) {
            parse_not_supported(&word, "the WINDOW clause of ksqlDB", err);
            return error_add_hint(err,
                                  "Write GROUP BY TUMBLE(ts, size), HOP(ts, slide, size) or SESSION(ts, gap) "
                                  "instead of WINDOW %.*s.",
                                  STR_ARGS(token.str));
        }
        TRY(parse_expect(p, KW_AS, err));
        TRY(parse_window_spec(p, &window.spec, err));
        LIST_PUSH(p, &select->windows, window);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

/* FROM item, ..: the comma is a join for the binder. */
static Status parse_from_clause(Parse *p, AstSelect *select, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_FROM));
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    for (bool more = true; more;) {
        AstFromItem *item;
        TRY(parse_from_item(p, &item, err));
        LIST_PUSH(p, &select->from, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    DEBUG_ASSERT(select->from.count > 0);
    select->from_span = parse_span(p, start);
    return STATUS_OK;
}

/* WHERE or HAVING: the word and a condition. */
static Status parse_condition(Parse *p, AstExpr **out, AstSpan *span, Error *err) {
    DEBUG_ASSERT(*out == NULL); /* each clause once */
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_expr(p, out, err));
    *span = parse_span(p, start);
    return STATUS_OK;
}

/* [ALL | DISTINCT [ON (exprs)]] */
static Status parse_distinct(Parse *p, AstSelect *select, Error *err) {
    bool all, on;
    TRY(parse_accept(p, KW_ALL, &all, err));
    if (!all) TRY(parse_accept(p, KW_DISTINCT, &select->distinct, err));
    if (!select->distinct) return STATUS_OK;
    TRY(parse_accept(p, KW_ON, &on, err));
    if (!on) return STATUS_OK;
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    TRY(parse_expr_list(p, &select->distinct_on, err));
    return parse_close(p, open, err);
}

/* Does a select list end before it began (SELECT FROM t, SELECT)? */
static bool at_empty_list(const Parse *p) {
    TokenKind kind = (TokenKind)p->token.kind;
    return kind == KW_FROM || kind == KW_WHERE || kind == KW_GROUP || kind == KW_HAVING ||
           kind == KW_WINDOW || kind == KW_WITH || kind == KW_INTO || kind == TOKEN_SEMICOLON ||
           kind == TOKEN_END || kind == TOKEN_RIGHT_PAREN || token_continues_query(kind);
}

/* What follows the list, in the one order there is; QUALIFY before WINDOW (Snowflake) or behind it (BigQuery). */
static Status parse_select_clauses(Parse *p, AstSelect *select, Error *err) {
    AstSpan ignored;
    if (parse_at(p, KW_INTO)) {
        parse_not_supported(&p->token, "SELECT INTO", err);
        return error_add_hint(err, "Write CREATE TABLE name AS SELECT ..");
    }
    if (parse_at(p, KW_FROM)) TRY(parse_from_clause(p, select, err));
    if (parse_at(p, KW_WHERE)) TRY(parse_condition(p, &select->where, &select->where_span, err));
    if (parse_at(p, KW_GROUP)) TRY(parse_group_by(p, select, err));
    if (parse_at(p, KW_HAVING)) TRY(parse_condition(p, &select->having, &select->having_span, err));
    if (parse_at(p, KW_QUALIFY)) TRY(parse_condition(p, &select->qualify, &ignored, err));
    if (parse_at(p, KW_WINDOW)) TRY(parse_window_clause(p, select, err));
    if (parse_at(p, KW_QUALIFY) && select->qualify == NULL)
        TRY(parse_condition(p, &select->qualify, &ignored, err));
    return STATUS_OK;
}

/* SELECT [DISTINCT] [list] clauses; the list may be empty, as in PostgreSQL, but not with DISTINCT. */
static Status parse_select(Parse *p, AstQuery **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_SELECT));
    TRY(new_query(p, AST_QUERY_SELECT, out, err));
    AstSelect *select = NEW_NODE(p, AstSelect);
    TRY_ALLOC(select);
    (*out)->select = select;
    TRY(parse_advance(p, err));
    TRY(parse_distinct(p, select, err));
    if (select->distinct || !at_empty_list(p)) TRY(parse_select_list(p, &select->items, err));
    return parse_select_clauses(p, select, err);
}

/* VALUES (..), (..) */
static Status parse_values(Parse *p, AstQuery **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_VALUES));
    TRY(new_query(p, AST_QUERY_VALUES, out, err));
    TRY(parse_advance(p, err));
    for (bool more = true; more;) {
        uint32_t open = p->token.start;
        AstExprList row = {0};
        TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
        TRY(parse_expr_list(p, &row, err));
        TRY(parse_close(p, open, err));
        LIST_PUSH(p, &(*out)->values, row);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

/* TABLE t is SELECT * FROM t. */
static Status parse_table_query(Parse *p, AstQuery **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_TABLE));
    uint32_t start = p->token.start;
    TRY(new_query(p, AST_QUERY_SELECT, out, err));
    AstSelect *select = NEW_NODE(p, AstSelect);
    AstFromItem *item = NEW_NODE(p, AstFromItem);
    if (select == NULL || item == NULL) return error_out_of_memory(err);
    (*out)->select = select;
    TRY(parse_advance(p, err));
    AstSelectItem star = {.span = {start, p->end}};
    TRY(parse_new_expr(p, AST_EXPR_STAR, start, &star.expr, err));
    uint32_t name = p->token.start;
    TRY(parse_accept(p, KW_ONLY, &item->table.only, err));
    TRY(parse_qualified_name(p, &item->table.name, err));
    item->span = parse_span(p, name);
    LIST_PUSH(p, &select->items, star);
    LIST_PUSH(p, &select->from, item);
    select->from_span = item->span;
    return STATUS_OK;
}

/* ---- set operations ---------------------------------------------------------------------------------- */

/* What set operations stand between. ORDER BY and LIMIT belong to it only inside its own parentheses. */
static Status parse_query_term(Parse *p, AstQuery **out, Error *err) {
    uint32_t start = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    if (parse_at(p, KW_SELECT)) {
        TRY(parse_select(p, out, err));
    } else if (parse_at(p, KW_VALUES)) {
        TRY(parse_values(p, out, err));
    } else if (parse_at(p, KW_TABLE)) {
        TRY(parse_table_query(p, out, err));
    } else if (parse_at(p, TOKEN_LEFT_PAREN)) {
        TRY(parse_advance(p, err));
        TRY(parse_query(p, false, out, err));
        TRY(parse_close(p, start, err));
        (*out)->parenthesized = true;
    } else {
        return EXPECTED_WORD(p, err, "SELECT", "VALUES", "WITH", "TABLE", "a query in parentheses");
    }
    (*out)->span = parse_span(p, start);
    parse_leave(p, outer);
    return STATUS_OK;
}

enum { SET_LEVEL_UNION = 1, SET_LEVEL_INTERSECT = 2 };

static int set_level(TokenKind kind) {
    if (kind == KW_INTERSECT) return SET_LEVEL_INTERSECT;
    return kind == KW_UNION || kind == KW_EXCEPT ? SET_LEVEL_UNION : 0;
}

/* Operators of at least `least` behind *left; INTERSECT binds tighter, all are left-associative. */
static Status parse_set_operations(Parse *p, int least, AstQuery **left, Error *err) {
    DEBUG_ASSERT(least >= SET_LEVEL_UNION && least <= SET_LEVEL_INTERSECT + 1);
    for (;;) {
        TokenKind kind = (TokenKind)p->token.kind;
        int level = set_level(kind);
        if (level == 0 || level < least) return STATUS_OK;
        AstQuery *set = NULL, *right;
        TRY(new_query(p, AST_QUERY_SET, &set, err));
        set->set_op = kind == KW_UNION    ? AST_SET_UNION
                      : kind == KW_EXCEPT ? AST_SET_EXCEPT
                                          : AST_SET_INTERSECT;
        TRY(parse_advance(p, err));
        TRY(parse_accept(p, KW_ALL, &set->set_all, err));
        if (!set->set_all && parse_at(p, KW_DISTINCT)) TRY(parse_advance(p, err));
        TRY(parse_query_term(p, &right, err));
        /* Tighter ones first: their result is the right side. Recursion is one level deep, there are two
         * levels. */
        TRY(parse_set_operations(p, level + 1, &right, err));
        TRY(parse_grow(p, err));
        set->set.left = *left;
        set->set.right = right;
        set->span = parse_span(p, (*left)->span.start);
        *left = set;
    }
}

/* ---- what follows ------------------------------------------------------------------------------------ */

static Status duplicate_clause(const Parse *p, const char *what, Error *err) {
    return error_set_at(err, STATUS_SYNTAX, p->token.start, "multiple %s clauses not allowed", what);
}

static Status parse_tail_order(Parse *p, AstQuery *query, Error *err) {
    if (query->order_by.count > 0) return duplicate_clause(p, "ORDER BY", err);
    uint32_t start = p->token.start;
    TRY(parse_order_by(p, &query->order_by, err));
    query->order_by_span = parse_span(p, start);
    return STATUS_OK;
}

static Status parse_rows_word(Parse *p, bool *out, Error *err) {
    *out = parse_at(p, KW_ROW) || parse_at(p, KW_ROWS);
    return *out ? parse_advance(p, err) : STATUS_OK;
}

/* LIMIT n | ALL. MySQL's LIMIT a, b is told by PostgreSQL's message. */
static Status parse_tail_limit(Parse *p, AstQuery *query, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_LIMIT));
    if (query->limit_span.end > 0) return duplicate_clause(p, "LIMIT", err);
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    bool all;
    TRY(parse_accept(p, KW_ALL, &all, err));
    if (!all) TRY(parse_expr(p, &query->limit, err));
    query->limit_span = parse_span(p, start);
    if (!parse_at(p, TOKEN_COMMA)) return STATUS_OK;
    error_set_at(err, STATUS_SYNTAX, p->token.start, "LIMIT #,# syntax is not supported");
    return error_add_hint(err, "Use separate LIMIT and OFFSET clauses.");
}

static Status parse_tail_offset(Parse *p, AstQuery *query, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_OFFSET));
    if (query->offset != NULL) return duplicate_clause(p, "OFFSET", err);
    TRY(parse_advance(p, err));
    TRY(parse_expr(p, &query->offset, err));
    bool rows;
    return parse_rows_word(p, &rows, err);
}

/* FETCH FIRST [n] ROWS ONLY | WITH TIES */
static Status parse_tail_fetch(Parse *p, AstQuery *query, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_FETCH));
    if (query->limit_span.end > 0) return duplicate_clause(p, "LIMIT", err);
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_FIRST) && !parse_at(p, KW_NEXT)) return EXPECTED_WORD(p, err, "FIRST", "NEXT");
    TRY(parse_advance(p, err));
    bool rows, only;
    TRY(parse_rows_word(p, &rows, err));
    if (!rows) {
        /* No operators: FETCH FIRST 2 ROWS must not read on into ROWS. */
        TRY(parse_expr_from(p, PRECEDENCE_SIGN, EXPR_MODE_FULL, &query->limit, err));
        TRY(parse_rows_word(p, &rows, err));
        if (!rows) return EXPECTED_WORD(p, err, "ROW", "ROWS");
    } else {
        TRY(parse_new_expr(p, AST_EXPR_NUMBER, start, &query->limit, err));
        query->limit->number.digits = STR("1");
        query->limit->number.integer = true;
    }
    TRY(parse_accept(p, KW_ONLY, &only, err));
    if (!only) {
        TRY(parse_expect(p, KW_WITH, err));
        TRY(parse_expect(p, KW_TIES, err));
        query->limit_with_ties = true;
    }
    query->limit_span = parse_span(p, start);
    return STATUS_OK;
}

/* UPDATE, NO KEY UPDATE, SHARE, KEY SHARE */
static Status parse_lock_strength(Parse *p, AstLockStrength *out, Error *err) {
    bool no, key;
    TRY(parse_accept(p, KW_NO, &no, err));
    TRY(parse_accept(p, KW_KEY, &key, err));
    if (parse_at(p, KW_UPDATE) && no == key)
        *out = no ? AST_LOCK_NO_KEY_UPDATE : AST_LOCK_UPDATE;
    else if (parse_at(p, KW_SHARE) && !no)
        *out = key ? AST_LOCK_KEY_SHARE : AST_LOCK_SHARE;
    else
        return EXPECTED_WORD(p, err, "UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE");
    return parse_advance(p, err);
}

/* FOR UPDATE [OF a, b] [NOWAIT | SKIP LOCKED]; FOR READ ONLY asks for nothing. */
static Status parse_tail_lock(Parse *p, AstQuery *query, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_FOR));
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    bool read, found;
    TRY(parse_accept(p, KW_READ, &read, err));
    if (read) return parse_expect(p, KW_ONLY, err);
    TRY(parse_lock_strength(p, &query->lock, err));
    TRY(parse_accept(p, KW_OF, &found, err));
    while (found) {
        AstQualifiedName name;
        TRY(parse_qualified_name(p, &name, err));
        TRY(parse_accept(p, TOKEN_COMMA, &found, err));
    }
    TRY(parse_accept(p, KW_NOWAIT, &found, err));
    if (!found) {
        TRY(parse_accept(p, KW_SKIP, &found, err));
        if (found) TRY(parse_expect(p, KW_LOCKED, err));
    }
    query->lock_span = parse_span(p, start);
    return STATUS_OK;
}

/* ---- EMIT -------------------------------------------------------------------------------------------- */

Status parse_at_emit(Parse *p, bool *out, Error *err) {
    *out = parse_at(p, KW_EMIT);
    if (*out) return STATUS_OK;
    if (parse_at(p, KW_ALLOW)) return parse_at_two(p, KW_ALLOW, KW_LATENESS, out, err);
    return parse_at_two(p, KW_LATE, KW_DATA, out, err);
}

/* ON WINDOW CLOSE, ON UPDATE: behind ON. */
static Status parse_emit_on(Parse *p, AstEmit *emit, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_ON));
    TRY(parse_advance(p, err));
    if (parse_at(p, KW_UPDATE)) {
        emit->mode = AST_EMIT_ON_UPDATE;
        return parse_advance(p, err);
    }
    if (!parse_at(p, KW_WINDOW)) return EXPECTED_WORD(p, err, "WINDOW CLOSE", "UPDATE");
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_CLOSE)) return EXPECTED_WORD(p, err, "CLOSE");
    emit->mode = AST_EMIT_ON_WINDOW_CLOSE;
    return parse_advance(p, err);
}

/* EMIT ON WINDOW CLOSE (AFTER WATERMARK and FINAL, of other systems, say the same) | ON UPDATE | CHANGES | EVERY interval */
static Status parse_emit_mode(Parse *p, AstEmit *emit, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_EMIT));
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    switch (p->token.kind) {
        case KW_ON: TRY(parse_emit_on(p, emit, err)); break;
        case KW_CHANGES:
            emit->mode = AST_EMIT_CHANGES;
            TRY(parse_advance(p, err));
            break;
        case KW_FINAL:
            emit->mode = AST_EMIT_ON_WINDOW_CLOSE;
            TRY(parse_advance(p, err));
            break;
        case KW_AFTER:
            emit->mode = AST_EMIT_ON_WINDOW_CLOSE;
            TRY(parse_advance(p, err));
            if (!parse_at(p, KW_WATERMARK)) return EXPECTED_WORD(p, err, "WATERMARK");
            TRY(parse_advance(p, err));
            break;
        case KW_EVERY:
            emit->mode = AST_EMIT_EVERY;
            TRY(parse_advance(p, err));
            TRY(parse_expr(p, &emit->every, err));
            break;
        default:
            return EXPECTED_WORD(p, err, "ON WINDOW CLOSE", "ON UPDATE", "AFTER WATERMARK", "FINAL",
                                 "CHANGES", "EVERY INTERVAL");
    }
    DEBUG_ASSERT(emit->mode != AST_EMIT_NONE);
    DEBUG_ASSERT((emit->mode == AST_EMIT_EVERY) == (emit->every != NULL));
    emit->mode_span = parse_span(p, start);
    return STATUS_OK;
}

/* EMIT mode, ALLOW LATENESS interval, or LATE DATA TO name: parse_at_emit has seen that it is one of them. */
static Status parse_emit_clause(Parse *p, AstEmit *emit, Error *err) {
    if (parse_at(p, KW_EMIT)) {
        if (emit->mode != AST_EMIT_NONE) return duplicate_clause(p, "EMIT", err);
        return parse_emit_mode(p, emit, err);
    }
    if (parse_at(p, KW_ALLOW)) {
        if (emit->lateness != NULL) return duplicate_clause(p, "ALLOW LATENESS", err);
        TRY(parse_advance(p, err));
        TRY(parse_advance(p, err));
        return parse_expr(p, &emit->lateness, err);
    }
    DEBUG_ASSERT(parse_at(p, KW_LATE));
    if (emit->late_data.count > 0) return duplicate_clause(p, "LATE DATA", err);
    TRY(parse_advance(p, err));
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_TO, err));
    return parse_qualified_name(p, &emit->late_data, err);
}

/* At EMIT, ALLOW or LATE; *emit may hold what was read before. */
Status parse_emit(Parse *p, AstEmit **emit, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_EMIT) || parse_at(p, KW_ALLOW) || parse_at(p, KW_LATE));
    uint32_t start = p->token.start;
    if (*emit == NULL) {
        *emit = NEW_NODE(p, AstEmit);
        TRY_ALLOC(*emit);
        (*emit)->span.start = start;
    }
    for (bool more = true; more;) {
        TRY(parse_emit_clause(p, *emit, err));
        TRY(parse_at_emit(p, &more, err));
    }
    (*emit)->span.end = p->end;
    DEBUG_ASSERT((*emit)->span.start < (*emit)->span.end);
    return STATUS_OK;
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static Status order_too_late(Parse *p, Error *err) {
    parse_unexpected(p, err);
    return error_add_hint(err, "ORDER BY stands before LIMIT, OFFSET, FETCH, FOR and EMIT, and once.");
}

/* ORDER BY first; LIMIT, OFFSET, FETCH, FOR and EMIT in any order, each once, as PostgreSQL takes its own. */
static Status parse_tail(Parse *p, bool top, AstQuery *query, Error *err) {
    for (bool first = true;; first = false) {
        bool emit;
        switch (p->token.kind) {
            case KW_ORDER:
                if (!first) return order_too_late(p, err);
                TRY(parse_tail_order(p, query, err));
                break;
            case KW_LIMIT: TRY(parse_tail_limit(p, query, err)); break;
            case KW_OFFSET: TRY(parse_tail_offset(p, query, err)); break;
            case KW_FETCH: TRY(parse_tail_fetch(p, query, err)); break;
            case KW_FOR: TRY(parse_tail_lock(p, query, err)); break;
            case KW_EMIT:
            case KW_ALLOW:
            case KW_LATE:
                TRY(parse_at_emit(p, &emit, err));
                if (!emit) return STATUS_OK;
                if (!top) {
                    error_set_at(err, STATUS_SYNTAX, p->token.start,
                                 "EMIT belongs to a whole statement, not to a subquery");
                    return error_add_hint(err,
                                          "Move it to the end of the statement, outside the parentheses.");
                }
                TRY(parse_emit(p, &query->emit, err));
                break;
            default: return STATUS_OK; /* the query ends here */
        }
    }
}

static Status parse_set_and_tail(Parse *p, bool top, AstQuery **query, Error *err) {
    DEBUG_ASSERT(*query != NULL);
    uint32_t start = (*query)->span.start;
    TRY(parse_set_operations(p, SET_LEVEL_UNION, query, err));
    TRY(parse_tail(p, top, *query, err));
    (*query)->span = parse_span(p, start);
    return STATUS_OK;
}

Status parse_query_rest(Parse *p, AstQuery **query, Error *err) {
    DEBUG_ASSERT((*query)->parenthesized); /* else the caller could not have known that it is a query */
    return parse_set_and_tail(p, false, query, err);
}

Status parse_query(Parse *p, bool top, AstQuery **out, Error *err) {
    uint32_t start = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    AstWith *with = NULL;
    if (parse_at(p, KW_WITH)) TRY(parse_with(p, &with, err));
    AstQuery *query;
    TRY(parse_query_term(p, &query, err));
    TRY(parse_set_and_tail(p, top, &query, err));
    if (with != NULL && query->with != NULL)
        return error_set_at(err, STATUS_SYNTAX, query->with->span.start, "multiple WITH clauses not allowed");
    if (with != NULL) query->with = with;
    query->span = parse_span(p, start);
    parse_leave(p, outer);
    *out = query;
    return STATUS_OK;
}
