/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_command.c - what a session says besides queries, changes and definitions; and which statement it
 * is. */
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

/* ISOLATION LEVEL x, READ ONLY, READ WRITE, [NOT] DEFERRABLE, with commas or without. */
static Status parse_isolation(Parse *p, AstTransaction *transaction, Error *err) {
    bool word;
    TRY(parse_expect(p, KW_LEVEL, err));
    if (parse_at(p, KW_SERIALIZABLE)) {
        transaction->isolation = AST_ISOLATION_SERIALIZABLE;
        return parse_advance(p, err);
    }
    TRY(parse_accept(p, KW_REPEATABLE, &word, err));
    if (word) {
        transaction->isolation = AST_ISOLATION_REPEATABLE_READ;
        return parse_expect(p, KW_READ, err);
    }
    TRY(parse_expect(p, KW_READ, err));
    if (!parse_at(p, KW_COMMITTED) && !parse_at(p, KW_UNCOMMITTED))
        return EXPECTED_WORD(p, err, "COMMITTED", "UNCOMMITTED");
    transaction->isolation =
        parse_at(p, KW_COMMITTED) ? AST_ISOLATION_READ_COMMITTED : AST_ISOLATION_READ_UNCOMMITTED;
    return parse_advance(p, err);
}

static Status parse_transaction_modes(Parse *p, AstTransaction *transaction, Error *err) {
    for (bool comma = false;;) {
        TokenKind kind = (TokenKind)p->token.kind;
        if (kind != KW_ISOLATION && kind != KW_READ && kind != KW_NOT && kind != KW_DEFERRABLE)
            return comma ? parse_unexpected(p, err) : STATUS_OK;
        TRY(parse_advance(p, err));
        if (kind == KW_ISOLATION) {
            TRY(parse_isolation(p, transaction, err));
        } else if (kind == KW_READ) {
            if (!parse_at(p, KW_ONLY) && !parse_at(p, KW_WRITE))
                return EXPECTED_WORD(p, err, "ONLY", "WRITE");
            transaction->access = parse_at(p, KW_ONLY) ? AST_ACCESS_READ_ONLY : AST_ACCESS_READ_WRITE;
            TRY(parse_advance(p, err));
        } else {
            if (kind == KW_NOT) TRY(parse_expect(p, KW_DEFERRABLE, err));
            transaction->deferrable = kind == KW_DEFERRABLE;
        }
        TRY(parse_accept(p, TOKEN_COMMA, &comma, err));
    }
}

static Status new_transaction(Parse *p, AstTransactionKind kind, AstStatement **out, Error *err) {
    TRY(parse_new_statement(p, AST_STATEMENT_TRANSACTION, out, err));
    (*out)->transaction = NEW_NODE(p, AstTransaction);
    TRY_ALLOC((*out)->transaction);
    (*out)->transaction->kind = kind;
    return STATUS_OK;
}

/* SET TRANSACTION modes, behind SET. */
static Status parse_set_transaction(Parse *p, AstStatement **out, Error *err) {
    TRY(parse_advance(p, err));
    TRY(new_transaction(p, AST_TRANSACTION_SET, out, err));
    return parse_transaction_modes(p, (*out)->transaction, err);
}

Status parse_set(Parse *p, AstStatement **out, Error *err) {
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
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_RESET, out, err));
    (*out)->set = NEW_NODE(p, AstSet);
    TRY_ALLOC((*out)->set);
    bool all;
    TRY(parse_accept(p, KW_ALL, &all, err));
    return all ? STATUS_OK : parse_setting_name(p, &(*out)->set->name, err);
}

/* Words behind SHOW that name a kind of objects; any other word is a setting. */
static const char *const object_words[] = {"tables",    "sources",      "streams",     "views",      "sinks",
                                           "secrets",   "functions",    "connections", "connectors", "jobs",
                                           "databases", "schemas",      "indexes",     "settings",   "types",
                                           "formats",   "subscriptions", "relations"};

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

/* SHOW CREATE [kind] object, behind CREATE. */
static Status parse_show_create(Parse *p, AstShow *show, Error *err) {
    show->kind = AST_SHOW_CREATE;
    TRY(parse_peek(p, err));
    bool has_kind = p->next.kind != TOKEN_END && p->next.kind != TOKEN_SEMICOLON && p->next.kind != TOKEN_DOT;
    AstRelationKind kind;
    if (has_kind) TRY(parse_relation_kind(p, &kind, err));
    return parse_qualified_name(p, &show->object, err);
}

static Status parse_show_objects(Parse *p, AstShow *show, Error *err) {
    uint32_t start = p->token.start;
    bool materialized, lookup;
    show->kind = AST_SHOW_OBJECTS;
    TRY(parse_accept(p, KW_MATERIALIZED, &materialized, err));
    lookup = false;
    if (!materialized) TRY(parse_accept(p, KW_LOOKUP, &lookup, err));
    if (materialized && !parse_at(p, KW_VIEWS)) return EXPECTED_WORD(p, err, "VIEWS");
    if (lookup && !parse_at(p, KW_TABLES)) return EXPECTED_WORD(p, err, "TABLES");
    TRY(parse_take_name(p, &show->name, err));
    if (materialized) show->name.str = STR("materialized views");
    if (lookup) show->name.str = STR("lookup tables");
    show->name.span.start = start;
    return parse_show_pattern(p, show, err);
}

static Status parse_show_columns(Parse *p, AstShow *show, Error *err) {
    show->kind = AST_SHOW_COLUMNS;
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_FROM) && !parse_at(p, KW_IN)) return EXPECTED_WORD(p, err, "FROM");
    TRY(parse_advance(p, err));
    TRY(parse_qualified_name(p, &show->object, err));
    return parse_show_pattern(p, show, err);
}

Status parse_show(Parse *p, AstStatement **out, Error *err) {
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
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_DESCRIBE, out, err));
    AstDescribe *describe = NEW_NODE(p, AstDescribe);
    TRY_ALLOC(describe);
    (*out)->describe = describe;
    if (token_begins_query((TokenKind)p->token.kind) && !parse_at(p, KW_TABLE))
        return parse_query(p, true, &describe->query, err);
    if (parse_at(p, TOKEN_LEFT_PAREN)) return parse_query(p, true, &describe->query, err);
    TRY(parse_peek(p, err));
    bool has_kind = p->next.kind != TOKEN_END && p->next.kind != TOKEN_SEMICOLON && p->next.kind != TOKEN_DOT;
    AstRelationKind kind;
    if (has_kind) TRY(parse_relation_kind(p, &kind, err));
    return parse_qualified_name(p, &describe->object, err);
}

/* An option says true unless its value is false, off or 0. */
static bool option_is_on(const AstOption *option) {
    return option->kind == AST_OPTION_NONE ||
           !(str_equal(option->value, STR("false")) || str_equal(option->value, STR("off")) ||
             str_equal(option->value, STR("0")));
}

static void note_explain_options(AstExplain *explain) {
    for (uint32_t i = 0; i < explain->options.count; i++) {
        const AstOption *option = &explain->options.items[i];
        if (str_equal(option->key.str, STR("analyze"))) explain->analyze = option_is_on(option);
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
        if (parse_at(p, KW_ANALYZE) || parse_at(p, KW_ANALYSE))
            explain->analyze = true;
        else if (parse_at(p, KW_STATE))
            explain->state = true;
        else if (parse_at(p, KW_VERBOSE))
            explain->verbose = true;
        else
            return STATUS_OK;
        TRY(parse_advance(p, err));
    }
}

Status parse_explain(Parse *p, AstStatement **out, Error *err) {
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
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_OF, err));
    if (!parse_at(p, KW_EPOCH)) return EXPECTED_WORD(p, err, "EPOCH");
    TRY(parse_advance(p, err));
    return parse_expr_from(p, PRECEDENCE_SIGN, EXPR_MODE_FULL, &subscribe->epoch, err);
}

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
    return parse_subscribe_clauses(p, subscribe, err);
}

/* ---- transactions ------------------------------------------------------------------------------------ */

/* [WORK | TRANSACTION] */
static Status skip_work(Parse *p, Error *err) {
    return parse_at(p, KW_WORK) || parse_at(p, KW_TRANSACTION) ? parse_advance(p, err) : STATUS_OK;
}

static Status parse_savepoint_name(Parse *p, AstTransaction *transaction, Error *err) {
    bool word;
    TRY(parse_accept(p, KW_SAVEPOINT, &word, err));
    return parse_name(p, &transaction->savepoint, err);
}

/* [AND [NO] CHAIN] */
static Status parse_chain(Parse *p, AstTransaction *transaction, Error *err) {
    bool found, no;
    TRY(parse_accept(p, KW_AND, &found, err));
    if (!found) return STATUS_OK;
    TRY(parse_accept(p, KW_NO, &no, err));
    transaction->chain = !no;
    return parse_expect(p, KW_CHAIN, err);
}

static Status parse_rollback(Parse *p, AstTransaction *transaction, Error *err) {
    TRY(skip_work(p, err));
    bool to;
    TRY(parse_accept(p, KW_TO, &to, err));
    if (!to) return parse_chain(p, transaction, err);
    transaction->kind = AST_TRANSACTION_ROLLBACK_TO;
    return parse_savepoint_name(p, transaction, err);
}

Status parse_transaction(Parse *p, AstStatement **out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    TRY(parse_advance(p, err));
    TRY(new_transaction(p, AST_TRANSACTION_BEGIN, out, err));
    AstTransaction *transaction = (*out)->transaction;
    switch (kind) {
        case KW_START:
            TRY(parse_expect(p, KW_TRANSACTION, err));
            return parse_transaction_modes(p, transaction, err);
        case KW_COMMIT:
        case KW_END:
            transaction->kind = AST_TRANSACTION_COMMIT;
            TRY(skip_work(p, err));
            return parse_chain(p, transaction, err);
        case KW_ROLLBACK:
        case KW_ABORT:
            transaction->kind = AST_TRANSACTION_ROLLBACK;
            return parse_rollback(p, transaction, err);
        case KW_SAVEPOINT:
            transaction->kind = AST_TRANSACTION_SAVEPOINT;
            return parse_name(p, &transaction->savepoint, err);
        case KW_RELEASE:
            transaction->kind = AST_TRANSACTION_RELEASE;
            return parse_savepoint_name(p, transaction, err);
        default: /* BEGIN */ TRY(skip_work(p, err)); return parse_transaction_modes(p, transaction, err);
    }
}

/* ---- prepared statements, cursors -------------------------------------------------------------------- */

Status parse_prepare(Parse *p, AstStatement **out, Error *err) {
    uint32_t outer;
    TRY(parse_enter(p, &outer, err));
    TRY(parse_advance(p, err));
    if (parse_at(p, KW_TRANSACTION)) return parse_not_supported(&p->token, "PREPARE TRANSACTION", err);
    TRY(parse_new_statement(p, AST_STATEMENT_PREPARE, out, err));
    AstPrepare *prepare = NEW_NODE(p, AstPrepare);
    TRY_ALLOC(prepare);
    (*out)->prepare = prepare;
    TRY(parse_name(p, &prepare->name, err));
    uint32_t open = p->token.start;
    bool types;
    TRY(parse_accept(p, TOKEN_LEFT_PAREN, &types, err));
    for (bool more = types; more;) {
        AstTypeName *type;
        TRY(parse_type(p, &type, err));
        LIST_PUSH(p, &prepare->types, type);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    if (types) TRY(parse_close(p, open, err));
    TRY(parse_expect(p, KW_AS, err));
    if (parse_at(p, KW_PREPARE)) return parse_unexpected(p, err);
    TRY(parse_statement(p, &prepare->statement, err));
    parse_leave(p, outer);
    return STATUS_OK;
}

Status parse_execute(Parse *p, AstStatement **out, Error *err) {
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_EXECUTE, out, err));
    AstExecute *execute = NEW_NODE(p, AstExecute);
    TRY_ALLOC(execute);
    (*out)->execute = execute;
    TRY(parse_name(p, &execute->name, err));
    uint32_t open = p->token.start;
    bool arguments;
    TRY(parse_accept(p, TOKEN_LEFT_PAREN, &arguments, err));
    if (!arguments) return STATUS_OK;
    TRY(parse_expr_list(p, &execute->arguments, err));
    return parse_close(p, open, err);
}

/* BINARY, INSENSITIVE, [NO] SCROLL before CURSOR. */
static Status parse_cursor_options(Parse *p, AstDeclare *declare, Error *err) {
    while (!parse_at(p, KW_CURSOR)) {
        bool no;
        TRY(parse_accept(p, KW_NO, &no, err));
        if (parse_at(p, KW_SCROLL))
            *(no ? &declare->no_scroll : &declare->scroll) = true;
        else if (parse_at(p, KW_BINARY) && !no)
            declare->binary = true;
        else if (!(parse_at_word(p, STR("insensitive")) || parse_at_word(p, STR("asensitive"))) || no)
            return EXPECTED_WORD(p, err, "CURSOR", "SCROLL", "NO SCROLL", "BINARY");
        TRY(parse_advance(p, err));
    }
    return parse_advance(p, err);
}

Status parse_declare(Parse *p, AstStatement **out, Error *err) {
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_DECLARE, out, err));
    AstDeclare *declare = NEW_NODE(p, AstDeclare);
    TRY_ALLOC(declare);
    (*out)->declare = declare;
    TRY(parse_name(p, &declare->name, err));
    TRY(parse_cursor_options(p, declare, err));
    if (parse_at(p, KW_WITH) || parse_at(p, KW_WITHOUT)) {
        declare->hold = parse_at(p, KW_WITH);
        TRY(parse_advance(p, err));
        TRY(parse_expect(p, KW_HOLD, err));
    }
    TRY(parse_expect(p, KW_FOR, err));
    return parse_query(p, true, &declare->query, err);
}

static Status parse_fetch_count(Parse *p, int64_t *out, Error *err) {
    bool negative;
    TRY(parse_accept(p, TOKEN_MINUS, &negative, err));
    if (!negative && parse_at(p, TOKEN_PLUS)) TRY(parse_advance(p, err));
    if (!parse_at(p, TOKEN_INTEGER) || p->token.str.size > 18)
        return parse_expected(p, "a number of rows", err);
    int64_t value = 0;
    for (size_t i = 0; i < p->token.str.size; i++) value = value * 10 + (p->token.str.data[i] - '0');
    *out = negative ? -value : value;
    return parse_advance(p, err);
}

/* [NEXT | PRIOR | FIRST | LAST | ABSOLUTE n | RELATIVE n | n | ALL | FORWARD .. | BACKWARD ..] */
static Status parse_fetch_direction(Parse *p, AstFetch *fetch, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    fetch->count = 1;
    switch (kind) {
        case KW_NEXT: return parse_advance(p, err);
        case KW_PRIOR: fetch->direction = AST_FETCH_BACKWARD; return parse_advance(p, err);
        case KW_FIRST: fetch->direction = AST_FETCH_ABSOLUTE; return parse_advance(p, err);
        case KW_LAST:
            fetch->direction = AST_FETCH_ABSOLUTE;
            fetch->count = -1;
            return parse_advance(p, err);
        case KW_ABSOLUTE:
        case KW_RELATIVE:
            fetch->direction = kind == KW_ABSOLUTE ? AST_FETCH_ABSOLUTE : AST_FETCH_RELATIVE;
            TRY(parse_advance(p, err));
            return parse_fetch_count(p, &fetch->count, err);
        case KW_FORWARD:
        case KW_BACKWARD:
            fetch->direction = kind == KW_FORWARD ? AST_FETCH_FORWARD : AST_FETCH_BACKWARD;
            TRY(parse_advance(p, err));
            break;
        default: break; /* a count, ALL or nothing */
    }
    TRY(parse_accept(p, KW_ALL, &fetch->all, err));
    bool count = parse_at(p, TOKEN_INTEGER) || parse_at(p, TOKEN_MINUS) || parse_at(p, TOKEN_PLUS);
    return count && !fetch->all ? parse_fetch_count(p, &fetch->count, err) : STATUS_OK;
}

Status parse_fetch(Parse *p, AstStatement **out, Error *err) {
    bool is_move = parse_at(p, KW_MOVE);
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_FETCH, out, err));
    AstFetch *fetch = NEW_NODE(p, AstFetch);
    TRY_ALLOC(fetch);
    (*out)->fetch = fetch;
    fetch->is_move = is_move;
    TRY(parse_fetch_direction(p, fetch, err));
    if (parse_at(p, KW_FROM) || parse_at(p, KW_IN)) TRY(parse_advance(p, err));
    return parse_name(p, &fetch->cursor, err);
}

/* DISCARD {ALL | PLANS | SEQUENCES | TEMP}, behind DISCARD. */
static Status parse_discard(Parse *p, AstName *name, Error *err) {
    if (!parse_at(p, KW_ALL) && !parse_at(p, KW_PLANS) && !parse_at(p, KW_SEQUENCES) &&
        !parse_at(p, KW_TEMP) && !parse_at(p, KW_TEMPORARY))
        return EXPECTED_WORD(p, err, "ALL", "PLANS", "SEQUENCES", "TEMP");
    return parse_take_name(p, name, err);
}

Status parse_small_statement(Parse *p, AstStatement **out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    AstStatementKind statement = kind == KW_DEALLOCATE ? AST_STATEMENT_DEALLOCATE
                                 : kind == KW_CLOSE    ? AST_STATEMENT_CLOSE
                                 : kind == KW_DISCARD  ? AST_STATEMENT_DISCARD
                                                       : AST_STATEMENT_CHECKPOINT;
    TRY(parse_new_statement(p, statement, out, err));
    TRY(parse_advance(p, err));
    bool all, prepare;
    if (statement == AST_STATEMENT_CHECKPOINT) return STATUS_OK;
    if (statement == AST_STATEMENT_DISCARD) return parse_discard(p, &(*out)->name, err);
    if (statement == AST_STATEMENT_DEALLOCATE) TRY(parse_accept(p, KW_PREPARE, &prepare, err));
    TRY(parse_accept(p, KW_ALL, &all, err));
    return all ? STATUS_OK : parse_name(p, &(*out)->name, err);
}

/* ---- which statement --------------------------------------------------------------------------------- */

/* WITH .. may begin a query or a change. */
static Status parse_with_statement(Parse *p, AstStatement **out, Error *err) {
    uint32_t start = p->token.start;
    AstWith *with;
    TRY(parse_with(p, &with, err));
    if (parse_at(p, KW_INSERT)) return parse_insert(p, with, out, err);
    if (parse_at(p, KW_UPDATE)) return parse_update(p, with, out, err);
    if (parse_at(p, KW_DELETE)) return parse_delete(p, with, out, err);
    TRY(parse_new_statement(p, AST_STATEMENT_QUERY, out, err));
    if (parse_at(p, KW_WITH)) return parse_unexpected(p, err);
    TRY(parse_query(p, true, &(*out)->query, err));
    if ((*out)->query->with != NULL)
        return error_set_at(err, STATUS_SYNTAX, start, "multiple WITH clauses not allowed");
    (*out)->query->with = with;
    (*out)->query->span.start = start;
    return STATUS_OK;
}

static Status parse_query_statement(Parse *p, AstStatement **out, Error *err) {
    TRY(parse_new_statement(p, AST_STATEMENT_QUERY, out, err));
    return parse_query(p, true, &(*out)->query, err);
}

/* Statements of PostgreSQL and its neighbours that are known and not there. */
static bool at_unsupported_statement(const Parse *p) {
    static const char *const words[] = {"grant",   "revoke",   "vacuum",   "analyze", "analyse", "listen",
                                        "notify",  "unlisten", "lock",     "comment", "cluster", "reindex",
                                        "refresh", "reassign", "security", "do",      "call",    "merge",
                                        "import",  "load",     "use"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (parse_at_word(p, str_from_c(words[i]))) return true;
    return false;
}

static Status parse_other_statement(Parse *p, AstStatement **out, Error *err) {
    if (!at_unsupported_statement(p)) return parse_unknown_statement(p, err);
    char what[32];
    size_t size = text_format(what, sizeof(what), "%.*s", STR_ARGS(p->token.str));
    for (size_t i = 0; i < size; i++) what[i] = (char)(what[i] - ('a' - 'A'));
    return parse_not_supported(&p->token, what, err);
}

static Status parse_statement_kind(Parse *p, AstStatement **out, Error *err) {
    switch (p->token.kind) {
        case KW_SELECT:
        case KW_VALUES:
        case KW_TABLE:
        case TOKEN_LEFT_PAREN: return parse_query_statement(p, out, err);
        case KW_WITH: return parse_with_statement(p, out, err);
        case KW_CREATE: return parse_create(p, out, err);
        case KW_DROP: return parse_drop(p, out, err);
        case KW_ALTER: return parse_alter(p, out, err);
        case KW_SUBSCRIBE: return parse_subscribe(p, out, err);
        case KW_INSERT: return parse_insert(p, NULL, out, err);
        case KW_UPDATE: return parse_update(p, NULL, out, err);
        case KW_DELETE: return parse_delete(p, NULL, out, err);
        case KW_TRUNCATE: return parse_truncate(p, out, err);
        case KW_COPY: return parse_copy(p, out, err);
        case KW_SHOW: return parse_show(p, out, err);
        case KW_DESCRIBE:
        case KW_DESC: return parse_describe(p, out, err);
        case KW_EXPLAIN: return parse_explain(p, out, err);
        case KW_SET: return parse_set(p, out, err);
        case KW_RESET: return parse_reset(p, out, err);
        case KW_BEGIN:
        case KW_START:
        case KW_COMMIT:
        case KW_END:
        case KW_ROLLBACK:
        case KW_ABORT:
        case KW_SAVEPOINT:
        case KW_RELEASE: return parse_transaction(p, out, err);
        case KW_PREPARE: return parse_prepare(p, out, err);
        case KW_EXECUTE: return parse_execute(p, out, err);
        case KW_DECLARE: return parse_declare(p, out, err);
        case KW_FETCH:
        case KW_MOVE: return parse_fetch(p, out, err);
        case KW_DEALLOCATE:
        case KW_CLOSE:
        case KW_DISCARD:
        case KW_CHECKPOINT: return parse_small_statement(p, out, err);
        default: return parse_other_statement(p, out, err); /* no statement of ours */
    }
}

Status parse_statement(Parse *p, AstStatement **out, Error *err) {
    uint32_t start = p->token.start;
    TRY(parse_statement_kind(p, out, err));
    (*out)->span = parse_span(p, start);
    (*out)->parameter_count = p->parameter_count;
    return STATUS_OK;
}
