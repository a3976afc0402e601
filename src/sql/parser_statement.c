/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_statement.c - which statement it is. */
#include "sql/parser_priv.h"

/* WITH .. may begin a query or a change. */
static Status parse_with_statement(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_WITH));
    uint32_t start = p->token.start;
    AstWith *with;
    TRY(parse_with(p, &with, err));
    if (parse_at(p, KW_INSERT)) return parse_insert(p, with, out, err);
    if (parse_at(p, KW_UPDATE)) return parse_update(p, with, out, err);
    if (parse_at(p, KW_DELETE)) return parse_delete(p, with, out, err);
    TRY(parse_new_statement(p, AST_STATEMENT_QUERY, out, err));
    if (parse_at(p, KW_WITH)) return parse_unexpected(p, err);
    TRY(parse_query(p, true, &(*out)->query, err));
    /* WITH a AS (..) (WITH b AS (..) SELECT ..): the parenthesized one kept its own. */
    if ((*out)->query->with != NULL)
        return error_set_at(err, STATUS_SYNTAX, start, "multiple WITH clauses not allowed");
    DEBUG_ASSERT(start < (*out)->query->span.start);
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
    DEBUG_ASSERT(size < sizeof(what) - 1); /* a word of the list: lower-case letters only */
    for (size_t i = 0; i < size; i++) what[i] = (char)(what[i] - ('a' - 'A'));
    return parse_not_supported(&p->token, what, err);
}

/* The first word decides. */
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
    (*out)->parameter_start = p->parameter_start;
    return STATUS_OK;
}
