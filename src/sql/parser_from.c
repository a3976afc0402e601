/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_from.c - FROM: tables, functions, subqueries, joins. */
#include "sql/parser_priv.h"

/* ---- aliases ----------------------------------------------------------------------------------------- */

/* Words that begin a clause of ours where an alias without AS could stand. */
static Status begins_clause(Parse *p, bool *out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    *out = kind == KW_EMIT || kind == KW_QUALIFY;
    if (kind != KW_ALLOW && kind != KW_LATE && kind != KW_ASOF && kind != KW_SEMI && kind != KW_ANTI &&
        kind != KW_MATCH_RECOGNIZE && kind != KW_MATCH_CONDITION)
        return STATUS_OK;
    TRY(parse_peek(p, err));
    TokenKind next = (TokenKind)p->next.kind;
    switch (kind) {
        case KW_ALLOW: *out = next == KW_LATENESS; break;
        case KW_LATE: *out = next == KW_DATA; break;
        case KW_SEMI:
        case KW_ANTI: *out = next == KW_JOIN; break;
        case KW_ASOF: *out = next == KW_JOIN || next == KW_LEFT || next == KW_INNER; break;
        default: *out = next == TOKEN_LEFT_PAREN; break; /* the two that begin with MATCH */
    }
    return STATUS_OK;
}

/* (a, b) or, for functions, (a int, b text). */
static Status parse_alias_columns(Parse *p, bool function, AstFromItem *item, Error *err) {
    DEBUG_ASSERT(item->columns.count + item->column_defs.count == 0); /* an item has one alias */
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    for (bool more = true; more;) {
        TRY(parse_peek(p, err));
        if (function && p->next.kind != TOKEN_COMMA && p->next.kind != TOKEN_RIGHT_PAREN) {
            AstColumnDef column;
            TRY(parse_column_def(p, false, &column, err));
            LIST_PUSH(p, &item->column_defs, column);
        } else {
            AstName name;
            TRY(parse_name(p, &name, err));
            LIST_PUSH(p, &item->columns, name);
        }
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return parse_close(p, open, err);
}

/* [AS] name [(columns)] */
static Status parse_alias(Parse *p, AstFromItem *item, Error *err) {
    bool function = item->kind == AST_FROM_FUNCTION, as, clause;
    TRY(parse_accept(p, KW_AS, &as, err));
    if (as && function && parse_at(p, TOKEN_LEFT_PAREN)) return parse_alias_columns(p, function, item, err);
    if (!as) {
        if (!parse_at_class(p, TOKEN_IS_COLUMN_ID)) return STATUS_OK;
        TRY(begins_clause(p, &clause, err));
        if (clause) return STATUS_OK;
        p->bare_alias = p->token;
    }
    TRY(parse_name(p, &item->alias, err));
    return parse_at(p, TOKEN_LEFT_PAREN) ? parse_alias_columns(p, function, item, err) : STATUS_OK;
}

/* ---- tables ------------------------------------------------------------------------------------------ */

/* FOR SYSTEM_TIME AS OF expr: before the alias or behind it. */
static Status parse_system_time(Parse *p, AstFromItem *item, Error *err) {
    bool found;
    TRY(parse_at_two(p, KW_FOR, KW_SYSTEM_TIME, &found, err));
    if (!found || item->table.system_time != NULL) return STATUS_OK;
    TRY(parse_advance(p, err));
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_AS, err));
    TRY(parse_expect(p, KW_OF, err));
    return parse_expr(p, &item->table.system_time, err);
}

/* [TABLESAMPLE method (arguments) [REPEATABLE (seed)]] */
static Status parse_sample(Parse *p, AstFromItem *item, Error *err) {
    if (!parse_at(p, KW_TABLESAMPLE)) return STATUS_OK;
    uint32_t start = p->token.start, open;
    AstTableSample *sample = NEW_NODE(p, AstTableSample);
    TRY_ALLOC(sample);
    TRY(parse_advance(p, err));
    TRY(parse_label(p, &sample->method, err));
    open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    TRY(parse_expr_list(p, &sample->arguments, err));
    TRY(parse_close(p, open, err));
    bool repeatable;
    TRY(parse_accept(p, KW_REPEATABLE, &repeatable, err));
    if (repeatable) {
        open = p->token.start;
        TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
        TRY(parse_expr(p, &sample->repeatable, err));
        TRY(parse_close(p, open, err));
    }
    DEBUG_ASSERT(item->kind == AST_FROM_TABLE); /* the union's member */
    DEBUG_ASSERT(sample->arguments.count > 0);
    sample->span = parse_span(p, start);
    item->table.sample = sample;
    return STATUS_OK;
}

/* Behind the name: [*] [FOR SYSTEM_TIME ..] [alias] [TABLESAMPLE ..]. */
static Status parse_table_rest(Parse *p, AstFromItem *item, Error *err) {
    DEBUG_ASSERT(item->kind == AST_FROM_TABLE); /* item->table is written below */
    DEBUG_ASSERT(item->table.name.count > 0);
    if (parse_at(p, TOKEN_STAR)) TRY(parse_advance(p, err));
    TRY(parse_system_time(p, item, err));
    TRY(parse_alias(p, item, err));
    TRY(parse_system_time(p, item, err)); /* Flink's place and SQL's; item->table says whether it was read */
    return parse_sample(p, item, err);
}

/* ONLY t, ONLY (t) */
static Status parse_only(Parse *p, AstFromItem *item, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_ONLY));
    TRY(parse_advance(p, err));
    item->kind = AST_FROM_TABLE;
    item->table.only = true;
    uint32_t open = p->token.start;
    bool parenthesis;
    TRY(parse_accept(p, TOKEN_LEFT_PAREN, &parenthesis, err));
    TRY(parse_qualified_name(p, &item->table.name, err));
    if (parenthesis) TRY(parse_close(p, open, err));
    return parse_table_rest(p, item, err);
}

/* ---- functions --------------------------------------------------------------------------------------- */

/* [WITH ORDINALITY] [alias] */
static Status parse_function_rest(Parse *p, AstFromItem *item, Error *err) {
    DEBUG_ASSERT(item->kind == AST_FROM_FUNCTION);
    bool ordinality;
    TRY(parse_at_two(p, KW_WITH, KW_ORDINALITY, &ordinality, err));
    if (ordinality) {
        TRY(parse_advance(p, err));
        TRY(parse_advance(p, err));
        item->with_ordinality = true;
    }
    return parse_alias(p, item, err);
}

/* TABLE(TUMBLE(..)) */
static Status parse_wrapped_function(Parse *p, AstFromItem *item, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_TABLE));
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    item->kind = AST_FROM_FUNCTION;
    item->wrapped = true;
    TRY(parse_primary(p, &item->function, err));
    if (item->function->kind != AST_EXPR_CALL)
        return error_set_at(err, STATUS_SYNTAX, item->function->span.start,
                            "TABLE(..) in FROM takes a function call");
    TRY(parse_close(p, open, err));
    return parse_function_rest(p, item, err);
}

Status parser_hint_file(Str path, Error *err) {
    err->hint[0] = '\0';
    return error_add_hint(err, "Make it a source: CREATE SOURCE s WITH (connector = 'file', path = %.*s); SELECT .. FROM s. FROM stdin reads standard input.",
                          STR_ARGS(path));
}

/* FROM 'events.ndjson', as DuckDB has it. */
static Status file_in_from(Parse *p, Error *err) {
    Str path = str_from(p->lexer.text + p->token.start, p->token.end - p->token.start);
    parse_unexpected(p, err);
    return parser_hint_file(path.data[0] == '\'' ? path : STR("'..'"), err);
}

/* A table or a function: the parenthesis tells. */
static Status parse_named_item(Parse *p, AstFromItem *item, Error *err) {
    Token first = p->token;
    TRY(parse_peek(p, err));
    if (token_is((TokenKind)first.kind, TOKEN_IS_KEYWORD)) {
        AstExpr *special = NULL;
        TRY(parse_special_call(p, &special, err));
        if (special != NULL) {
            item->kind = AST_FROM_FUNCTION;
            item->function = special;
            return parse_function_rest(p, item, err);
        }
    }
    bool may_call = parse_at_class(p, TOKEN_IS_FUNCTION_ID);
    if (!parse_at_class(p, TOKEN_IS_COLUMN_ID) && !(may_call && p->next.kind == TOKEN_LEFT_PAREN))
        return parse_at(p, TOKEN_STRING) ? file_in_from(p, err) : parse_expected(p, "a name", err);
    AstQualifiedName name = {0};
    for (bool more = true; more;) {
        AstName part;
        TRY(parse_label(p, &part, err));
        LIST_PUSH(p, &name, part);
        TRY(parse_accept(p, TOKEN_DOT, &more, err));
    }
    if (parse_at(p, TOKEN_LEFT_PAREN) && (may_call || name.count > 1)) {
        item->kind = AST_FROM_FUNCTION;
        TRY(parse_call(p, &name, first.start, &item->function, err));
        return parse_function_rest(p, item, err);
    }
    item->kind = AST_FROM_TABLE;
    item->table.name = name;
    return parse_table_rest(p, item, err);
}

/* ---- parentheses ------------------------------------------------------------------------------------- */

/* At the ) of a query whose ( stood at `open`. */
static Status parse_subquery_rest(Parse *p, AstFromItem *item, AstQuery *query, uint32_t open, Error *err) {
    DEBUG_ASSERT(query != NULL);
    TRY(parse_close(p, open, err));
    query->parenthesized = true;
    query->span = parse_span(p, open);
    item->kind = AST_FROM_QUERY;
    item->query = query;
    return parse_alias(p, item, err);
}

static Status parse_joins(Parse *p, AstFromItem **left, Error *err);

/* ( .. ): a query, or joins. What begins with another ( is read as joins; a lone subquery in it that a set
 * operation follows was a query's first part. */
static Status parse_parenthesized_item(Parse *p, AstFromItem *item, AstFromItem **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_LEFT_PAREN));
    uint32_t open = p->token.start;
    TRY(parse_advance(p, err));
    AstQuery *query;
    if (token_begins_query((TokenKind)p->token.kind)) {
        bool wrapped;
        TRY(parse_at_two(p, KW_TABLE, TOKEN_LEFT_PAREN, &wrapped, err));
        if (!wrapped) {
            TRY(parse_query(p, false, &query, err));
            return parse_subquery_rest(p, item, query, open, err);
        }
    }
    AstFromItem *inner;
    TRY(parse_from_item(p, &inner, err));
    if (inner->kind == AST_FROM_QUERY && inner->alias.str.size == 0 && !inner->lateral) {
        query = inner->query;
        if (token_continues_query((TokenKind)p->token.kind)) TRY(parse_query_rest(p, &query, err));
        return parse_subquery_rest(p, item, query, open, err);
    }
    /* PostgreSQL: nothing but a join stands in parentheses, and its alias behind them. */
    if (inner->kind != AST_FROM_JOIN && inner->kind != AST_FROM_MATCH) return parse_unexpected(p, err);
    if (inner->alias.str.size > 0) return parse_unexpected(p, err);
    TRY(parse_close(p, open, err));
    inner->span = parse_span(p, open);
    *out = inner;
    return parse_alias(p, inner, err);
}

/* One item without the joins behind it, MATCH_RECOGNIZE (..) included: that takes the item as its input. */
static Status parse_from_primary(Parse *p, AstFromItem **out, Error *err) {
    uint32_t start = p->token.start;
    AstFromItem *item = NEW_NODE(p, AstFromItem);
    TRY_ALLOC(item);
    *out = item;
    TRY(parse_accept(p, KW_LATERAL, &item->lateral, err));
    bool rows_from, match;
    TRY(parse_at_two(p, KW_ROWS, KW_FROM, &rows_from, err));
    if (rows_from) return parse_not_supported(&p->token, "ROWS FROM", err);
    if (parse_at(p, TOKEN_LEFT_PAREN))
        TRY(parse_parenthesized_item(p, item, out, err));
    else if (parse_at(p, KW_ONLY))
        TRY(parse_only(p, item, err));
    else if (parse_at(p, KW_TABLE))
        TRY(parse_wrapped_function(p, item, err));
    else
        TRY(parse_named_item(p, item, err));
    if (item->lateral && (*out)->kind != AST_FROM_QUERY && (*out)->kind != AST_FROM_FUNCTION)
        return error_set_at(err, STATUS_SYNTAX, start, "LATERAL takes a subquery or a function");
    (*out)->span = parse_span(p, start);
    TRY(parse_at_two(p, KW_MATCH_RECOGNIZE, TOKEN_LEFT_PAREN, &match, err));
    if (!match) return STATUS_OK;
    TRY(parse_match_recognize(p, *out, out, err));
    TRY(parse_alias(p, *out, err));
    (*out)->span = parse_span(p, start);
    return STATUS_OK;
}

/* ---- joins ------------------------------------------------------------------------------------------- */

/* asof, semi and anti are names too, so they count only with what must follow them. */
static Status begins_join(Parse *p, bool *out, Error *err) {
    switch (p->token.kind) {
        case KW_JOIN:
        case KW_INNER:
        case KW_LEFT:
        case KW_RIGHT:
        case KW_FULL:
        case KW_CROSS:
        case KW_NATURAL: *out = true; return STATUS_OK;
        case KW_ASOF:
        case KW_SEMI:
        case KW_ANTI: return begins_clause(p, out, err);
        default: *out = false; return STATUS_OK; /* the item ends here */
    }
}

/* LEFT [OUTER | SEMI | ANTI], behind LEFT. */
static Status parse_left_kind(Parse *p, AstJoinKind *kind, Error *err) {
    bool found;
    *kind = AST_JOIN_LEFT;
    TRY(parse_accept(p, KW_SEMI, &found, err));
    if (found) *kind = AST_JOIN_SEMI;
    if (found) return STATUS_OK;
    TRY(parse_accept(p, KW_ANTI, &found, err));
    if (found) *kind = AST_JOIN_ANTI;
    return found ? STATUS_OK : parse_accept(p, KW_OUTER, &found, err);
}

static Status parse_asof_kind(Parse *p, AstJoinKind *kind, Error *err) {
    bool left, word;
    TRY(parse_accept(p, KW_LEFT, &left, err));
    *kind = left ? AST_JOIN_ASOF_LEFT : AST_JOIN_ASOF;
    return parse_accept(p, left ? KW_OUTER : KW_INNER, &word, err);
}

/* [NATURAL] [INNER | LEFT [OUTER | SEMI | ANTI] | RIGHT [OUTER] | FULL [OUTER] | CROSS | ASOF [LEFT] | SEMI | ANTI] JOIN */
static Status parse_join_kind(Parse *p, AstJoin *join, Error *err) {
    TRY(parse_accept(p, KW_NATURAL, &join->natural, err));
    TokenKind kind = (TokenKind)p->token.kind;
    bool outer;
    join->kind = AST_JOIN_INNER;
    if (kind == KW_JOIN) return parse_advance(p, err);
    bool known =
        kind == KW_INNER || kind == KW_LEFT || kind == KW_RIGHT || kind == KW_FULL ||
        (!join->natural && (kind == KW_CROSS || kind == KW_ASOF || kind == KW_SEMI || kind == KW_ANTI));
    if (!known) return EXPECTED_WORD(p, err, "JOIN");
    TRY(parse_advance(p, err));
    if (kind == KW_LEFT) TRY(parse_left_kind(p, &join->kind, err));
    if (kind == KW_ASOF) TRY(parse_asof_kind(p, &join->kind, err));
    if (kind == KW_CROSS) join->kind = AST_JOIN_CROSS;
    if (kind == KW_SEMI) join->kind = AST_JOIN_SEMI;
    if (kind == KW_ANTI) join->kind = AST_JOIN_ANTI;
    if (kind == KW_RIGHT || kind == KW_FULL) {
        join->kind = kind == KW_RIGHT ? AST_JOIN_RIGHT : AST_JOIN_FULL;
        TRY(parse_accept(p, KW_OUTER, &outer, err));
    }
    if (!parse_at(p, KW_JOIN)) return EXPECTED_WORD(p, err, "JOIN");
    return parse_advance(p, err);
}

/* [MATCH_CONDITION (a.ts >= b.ts)] of an ASOF join (Snowflake); it may also stand in ON. */
static Status parse_match_condition(Parse *p, AstJoin *join, Error *err) {
    bool found;
    TRY(parse_at_two(p, KW_MATCH_CONDITION, TOKEN_LEFT_PAREN, &found, err));
    if (!found) return STATUS_OK;
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_expr(p, &join->match_condition, err));
    return parse_close(p, open, err);
}

static bool is_asof(const AstJoin *join) {
    return join->kind == AST_JOIN_ASOF || join->kind == AST_JOIN_ASOF_LEFT;
}

/* ON condition | USING (a, b) [AS alias] */
static Status parse_join_condition(Parse *p, AstJoin *join, Error *err) {
    DEBUG_ASSERT(!join->natural && join->kind != AST_JOIN_CROSS); /* these have none */
    bool found;
    if (is_asof(join)) TRY(parse_match_condition(p, join, err));
    TRY(parse_accept(p, KW_ON, &found, err));
    if (found) return parse_expr(p, &join->on, err);
    TRY(parse_accept(p, KW_USING, &found, err));
    if (found) {
        TRY(parse_name_list(p, &join->using_columns, err));
        TRY(parse_accept(p, KW_AS, &found, err));
        return found ? parse_name(p, &join->using_alias, err) : STATUS_OK;
    }
    if (join->match_condition != NULL) return STATUS_OK;
    return EXPECTED_WORD(p, err, "ON", "USING");
}

/* left JOIN right [ON .. | USING (..)], with *left replaced by the join. */
static Status parse_join(Parse *p, AstFromItem **left, Error *err) {
    DEBUG_ASSERT(*left != NULL);
    AstJoin *join = NEW_NODE(p, AstJoin);
    AstFromItem *item = NEW_NODE(p, AstFromItem);
    if (join == NULL || item == NULL) return error_out_of_memory(err);
    TRY(parse_join_kind(p, join, err));
    join->left = *left;
    TRY(parse_from_primary(p, &join->right, err));
    if (!join->natural && join->kind != AST_JOIN_CROSS) {
        /* a JOIN b JOIN c ON .. ON ..: what comes before our own ON belongs to the right side */
        if (!parse_at(p, KW_ON) && !parse_at(p, KW_USING)) TRY(parse_joins(p, &join->right, err));
        TRY(parse_join_condition(p, join, err));
    }
    DEBUG_ASSERT((*left)->span.end <= join->right->span.start); /* sides in the order of the text */
    TRY(parse_grow(p, err));
    item->kind = AST_FROM_JOIN;
    item->join = join;
    item->span = parse_span(p, (*left)->span.start);
    *left = item;
    return STATUS_OK;
}

static Status parse_joins(Parse *p, AstFromItem **left, Error *err) {
    uint32_t outer;
    TRY(parse_enter(p, &outer, err));
    for (bool more;;) {
        TRY(begins_join(p, &more, err));
        if (!more) break;
        TRY(parse_join(p, left, err));
    }
    parse_leave(p, outer);
    return STATUS_OK;
}

Status parse_from_item(Parse *p, AstFromItem **out, Error *err) {
    uint32_t outer;
    TRY(parse_enter(p, &outer, err));
    TRY(parse_from_primary(p, out, err));
    TRY(parse_joins(p, out, err));
    parse_leave(p, outer);
    return STATUS_OK;
}
