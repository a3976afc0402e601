/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_command.c - SET, RESET, SHOW, DESCRIBE, EXPLAIN, SUBSCRIBE. */
#include "sql/parser_priv.h"

/* ---- SET, RESET, SHOW -------------------------------------------------------------------------------- */

/* The setting's name: TIME ZONE is timezone, NAMES client_encoding; takes the words. */
static Status parse_setting_name(Parse *p, AstName *out, Error *err) {
    bool zone;
    TRY(parse_at_two(p, KW_TIME, KW_ZONE, &zone, err));
    if (zone) {
        uint32_t start = p->token.start;
        TRY(parse_advance(p, err));
        TRY(parse_advance(p, err));
        *out = (AstName){STR("timezone"), parse_span(p, start)};
        return STATUS_OK;
    }
    bool names = parse_at(p, KW_NAMES);
    TRY(parse_dotted_name(p, out, err));
    if (names) out->str = STR("client_encoding");
    return STATUS_OK;
}

/* DEFAULT, or value, ..: what a setting may be is db's to say. */
static Status parse_set_values(Parse *p, AstSet *set, Error *err) {
    if (parse_at(p, KW_DEFAULT)) {
        set->to_default = true;
        return parse_advance(p, err);
    }
    for (bool more = true; more;) {
        AstOption value = {0};
        uint32_t start = p->token.start;
        TRY(parse_option_value(p, &value, err));
        value.span = parse_span(p, start);
        LIST_PUSH(p, &set->values, value);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

Status parse_set(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_SET));
    TRY(parse_advance(p, err));
    if (parse_at(p, KW_TRANSACTION)) return parse_set_transaction(p, out, err);
    TRY(parse_new_statement(p, AST_STATEMENT_SET, out, err));
    AstSet *set = NEW_NODE(p, AstSet);
    TRY_ALLOC(set);
    (*out)->set = set;
    if (parse_at(p, KW_SESSION) || parse_at(p, KW_LOCAL)) {
        set->scope = parse_at(p, KW_LOCAL) ? AST_SCOPE_LOCAL : AST_SCOPE_SESSION;
        TRY(parse_advance(p, err));
    }
    if (parse_at_word(p, STR("constraints")) || parse_at(p, KW_ROLE) ||
        parse_at_word(p, STR("characteristics")) || parse_at(p, KW_AUTHORIZATION))
        return parse_not_supported(&p->token, "this form of SET", err);
    bool assign;
    bool assignless = parse_at(p, KW_TIME) || parse_at(p, KW_NAMES);
    TRY(parse_setting_name(p, &set->name, err));
    TRY(parse_accept(p, TOKEN_EQUAL, &assign, err));
    if (!assign) TRY(parse_accept(p, KW_TO, &assign, err));
    if (!assign && !assignless) return parse_expected(p, "= or TO", err);
    if (parse_at(p, KW_LOCAL)) {
        set->to_default = true; /* SET TIME ZONE LOCAL */
        return parse_advance(p, err);
    }
    return parse_set_values(p, set, err);
}

Status parse_reset(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_RESET));
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_RESET, out, err));
    (*out)->set = NEW_NODE(p, AstSet);
    TRY_ALLOC((*out)->set);
    bool all;
    TRY(parse_accept(p, KW_ALL, &all, err));
    return all ? STATUS_OK : parse_setting_name(p, &(*out)->set->name, err);
}

/* Words behind SHOW that name a kind of objects; any other word is a setting. */
static const char *const object_words[] = {"tables",    "sources",       "streams",     "views",      "sinks",
                                           "secrets",   "functions",     "connections", "connectors", "jobs",
                                           "databases", "schemas",       "indexes",     "settings",   "types",
                                           "formats",   "subscriptions", "relations",   "options"};

static bool at_object_word(const Parse *p) {
    for (size_t i = 0; i < sizeof(object_words) / sizeof(object_words[0]); i++)
        if (parse_at_word(p, str_from_c(object_words[i]))) return true;
    return false;
}

/* [LIKE | ILIKE 'pattern'] */
static Status parse_show_pattern(Parse *p, AstShow *show, Error *err) {
    if (!parse_at(p, KW_LIKE) && !parse_at(p, KW_ILIKE)) return STATUS_OK;
    show->case_insensitive = parse_at(p, KW_ILIKE);
    show->has_pattern = true;
    TRY(parse_advance(p, err));
    show->pattern = p->token.str;
    return parse_expect(p, TOKEN_STRING, err);
}

/* [VIEW | TABLE ..] before a name: told from the name by what follows. */
static Status parse_optional_kind(Parse *p, bool *found, AstRelationKind *out, Error *err) {
    TRY(parse_peek(p, err));
    *found = p->next.kind != TOKEN_END && p->next.kind != TOKEN_SEMICOLON && p->next.kind != TOKEN_DOT;
    return *found ? parse_relation_kind(p, out, err) : STATUS_OK;
}

/* SHOW CREATE [kind] object, behind CREATE. */
static Status parse_show_create(Parse *p, AstShow *show, Error *err) {
    show->kind = AST_SHOW_CREATE;
    TRY(parse_optional_kind(p, &show->has_kind, &show->relation, err));
    return parse_qualified_name(p, &show->object, err);
}

/* TABLES, SOURCES, .., MATERIALIZED VIEWS, LOOKUP TABLES: the two words as one name. */
static Status parse_show_objects(Parse *p, AstShow *show, Error *err) {
    uint32_t start = p->token.start;
    bool materialized, lookup;
    show->kind = AST_SHOW_OBJECTS;
    TRY(parse_accept(p, KW_MATERIALIZED, &materialized, err));
    lookup = false;
    if (!materialized) TRY(parse_accept(p, KW_LOOKUP, &lookup, err));
    if (materialized && !parse_at(p, KW_VIEWS)) return EXPECTED_WORD(p, err, "VIEWS");
    if (lookup && !parse_at(p, KW_TABLES)) return EXPECTED_WORD(p, err, "TABLES");
    DEBUG_ASSERT(at_object_word(p)); /* the caller's condition, or one of the two words above */
    TRY(parse_take_name(p, &show->name, err));
    if (materialized) show->name.str = STR("materialized views");
    if (lookup) show->name.str = STR("lookup tables");
    show->name.span.start = start;
    return parse_show_pattern(p, show, err);
}

/* COLUMNS FROM | IN object [LIKE ..] */
static Status parse_show_columns(Parse *p, AstShow *show, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_COLUMNS));
    show->kind = AST_SHOW_COLUMNS;
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_FROM) && !parse_at(p, KW_IN)) return EXPECTED_WORD(p, err, "FROM");
    TRY(parse_advance(p, err));
    TRY(parse_qualified_name(p, &show->object, err));
    return parse_show_pattern(p, show, err);
}

Status parse_show(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_SHOW));
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_SHOW, out, err));
    AstShow *show = NEW_NODE(p, AstShow);
    TRY_ALLOC(show);
    (*out)->show = show;
    bool create;
    TRY(parse_accept(p, KW_CREATE, &create, err));
    if (create) return parse_show_create(p, show, err);
    if (parse_at(p, KW_COLUMNS)) return parse_show_columns(p, show, err);
    if (at_object_word(p) || parse_at(p, KW_MATERIALIZED) || parse_at(p, KW_LOOKUP))
        return parse_show_objects(p, show, err);
    if (parse_at(p, KW_ALL)) {
        show->kind = AST_SHOW_ALL;
        return parse_advance(p, err);
    }
    bool isolation;
    TRY(parse_at_two(p, KW_TRANSACTION, KW_ISOLATION, &isolation, err));
    if (!isolation) return parse_setting_name(p, &show->name, err);
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_LEVEL, err));
    show->name = (AstName){STR("transaction_isolation"), parse_span(p, start)};
    return STATUS_OK;
}

/* ---- DESCRIBE, EXPLAIN, SUBSCRIBE -------------------------------------------------------------------- */

Status parse_describe(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_DESCRIBE) || parse_at(p, KW_DESC));
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_DESCRIBE, out, err));
    AstDescribe *describe = NEW_NODE(p, AstDescribe);
    TRY_ALLOC(describe);
    (*out)->describe = describe;
    if (token_begins_query((TokenKind)p->token.kind) && !parse_at(p, KW_TABLE))
        return parse_query(p, true, &describe->query, err);
    if (parse_at(p, TOKEN_LEFT_PAREN)) return parse_query(p, true, &describe->query, err);
    TRY(parse_optional_kind(p, &describe->has_kind, &describe->relation, err));
    return parse_qualified_name(p, &describe->object, err);
}

/* An option says true unless its value is false, off or 0. */
static bool option_is_on(const AstOption *option) {
    return option->kind == AST_OPTION_NONE ||
           !(str_equal(option->value, STR("false")) || str_equal(option->value, STR("off")) ||
             str_equal(option->value, STR("0")));
}

/* EXPLAIN (ANALYZE false) too: the flags are what is said last. */
static void note_explain_options(AstExplain *explain) {
    for (uint32_t i = 0; i < explain->options.count; i++) {
        const AstOption *option = &explain->options.items[i];
        if (str_equal(option->key.str, STR("analyze"))) explain->analyze = option_is_on(option);
        if (str_equal(option->key.str, STR("analyze"))) explain->analyze_span = option->span;
        if (str_equal(option->key.str, STR("verbose"))) explain->verbose = option_is_on(option);
        if (str_equal(option->key.str, STR("state"))) explain->state = option_is_on(option);
    }
}

/* EXPLAIN (SELECT ..) has no options: a parenthesis before a word that is no query's has. */
static Status parse_explain_options(Parse *p, AstExplain *explain, Error *err) {
    if (parse_at(p, TOKEN_LEFT_PAREN)) {
        TRY(parse_peek(p, err));
        if (token_begins_query((TokenKind)p->next.kind) || p->next.kind == TOKEN_LEFT_PAREN) return STATUS_OK;
        TRY(parse_options(p, &explain->options, err));
        note_explain_options(explain);
        return STATUS_OK;
    }
    for (;;) {
        if (parse_at(p, KW_ANALYZE) || parse_at(p, KW_ANALYSE)) {
            explain->analyze = true;
            explain->analyze_span = (AstSpan){p->token.start, p->token.end};
        } else if (parse_at(p, KW_STATE))
            explain->state = true;
        else if (parse_at(p, KW_VERBOSE))
            explain->verbose = true;
        else
            return STATUS_OK;
        TRY(parse_advance(p, err));
    }
}

Status parse_explain(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_EXPLAIN));
    uint32_t outer;
    TRY(parse_enter(p, &outer, err));
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_EXPLAIN, out, err));
    AstExplain *explain = NEW_NODE(p, AstExplain);
    TRY_ALLOC(explain);
    (*out)->explain = explain;
    TRY(parse_explain_options(p, explain, err));
    if (parse_at(p, KW_EXPLAIN) || parse_at(p, TOKEN_END) || parse_at(p, TOKEN_SEMICOLON))
        return parse_expected(p, "a statement to explain", err);
    TRY(parse_statement(p, &explain->statement, err));
    parse_leave(p, outer);
    return STATUS_OK;
}

/* AS OF EPOCH n */
static Status parse_as_of(Parse *p, AstSubscribe *subscribe, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_AS));
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_OF, err));
    if (!parse_at(p, KW_EPOCH)) return EXPECTED_WORD(p, err, "EPOCH");
    TRY(parse_advance(p, err));
    return parse_expr_from(p, PRECEDENCE_SIGN, EXPR_MODE_FULL, &subscribe->epoch, err);
}

/* [WHERE ..] [AS OF EPOCH n] [WITH (..)] [EMIT ..], in this order. */
static Status parse_subscribe_clauses(Parse *p, AstSubscribe *subscribe, Error *err) {
    uint32_t start = p->token.start;
    bool found;
    TRY(parse_accept(p, KW_WHERE, &found, err));
    if (found) TRY(parse_expr(p, &subscribe->where, err));
    if (found) subscribe->where_span = parse_span(p, start);
    if (parse_at(p, KW_AS)) TRY(parse_as_of(p, subscribe, err));
    TRY(parse_accept(p, KW_WITH, &found, err));
    if (found) TRY(parse_options(p, &subscribe->options, err));
    TRY(parse_at_emit(p, &found, err));
    return found ? parse_emit(p, &subscribe->emit, err) : STATUS_OK;
}

Status parse_subscribe(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_SUBSCRIBE));
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_SUBSCRIBE, out, err));
    AstSubscribe *subscribe = NEW_NODE(p, AstSubscribe);
    TRY_ALLOC(subscribe);
    (*out)->subscribe = subscribe;
    bool to;
    TRY(parse_accept(p, KW_TO, &to, err));
    uint32_t open = p->token.start;
    if (parse_at(p, TOKEN_LEFT_PAREN)) {
        TRY(parse_advance(p, err));
        TRY(parse_query(p, true, &subscribe->query, err));
        TRY(parse_close(p, open, err));
        subscribe->query->parenthesized = true;
        subscribe->query->span = parse_span(p, open);
    } else if (parse_at(p, KW_SELECT) || parse_at(p, KW_WITH)) {
        TRY(parse_query(p, true, &subscribe->query, err));
    } else {
        TRY(parse_qualified_name(p, &subscribe->name, err));
    }
    DEBUG_ASSERT((subscribe->query != NULL) != (subscribe->name.count > 0)); /* a query or a name */
    return parse_subscribe_clauses(p, subscribe, err);
}
