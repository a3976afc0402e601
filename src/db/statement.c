/* SPDX-License-Identifier: Apache-2.0
 * db/statement.c - prepare: text to tree to plan, once; run: what each kind of statement does. */
#include "db/statement.h"

#include "db/change.h"
#include "db/create.h"
#include "db/define.h"
#include "db/delivery.h"
#include "db/drop.h"
#include "db/halt.h"
#include "db/handle.h"
#include "db/object.h"
#include "db/settings.h"
#include "db/show.h"
#include "db/sources.h"
#include "db/turn.h"
#include "sql/parser.h"
#include "sql/split.h"

/* --- life ------------------------------------------------------------------------------------- */

void statement_retain(weir_stmt *stmt) {
    atomic_fetch_add(&stmt->reference_count, 1);
}

void statement_release(weir_stmt *stmt) {
    if (stmt == NULL) return;
    ASSERT(atomic_load(&stmt->reference_count) > 0);
    if (atomic_fetch_sub(&stmt->reference_count, 1) > 1) return;
    weir_conn *conn = stmt->conn;
    parameter_values_release(stmt->values);
    arena_deinit(&stmt->arena);
    handle_free(stmt, sizeof(*stmt));
    conn_release(conn);
}

/* --- binding ---------------------------------------------------------------------------------- */

static Binder binder_of(weir_stmt *stmt) {
    weir_db *db = stmt->conn->db;
    return (Binder){.catalog = &db->catalog,
                    .arena = &stmt->arena,
                    .pool = db->pool,
                    .zones = &db->zones.source,
                    .zone = stmt->zone,
                    .parameters = stmt->parameters.count > 0 ? &stmt->parameters : NULL,
                    .text = stmt->text};
}

static Status bind(weir_stmt *stmt, const AstQuery *query, BindPurpose purpose, Plan **out, Error *err) {
    Binder binder = binder_of(stmt);
    return bind_query(&binder, query, purpose, out, err);
}

/* What users may ask for after the objects that the plan points to have been dropped. */
static Status take_shape(weir_stmt *stmt, const Plan *plan, Error *err) {
    Schema schema;
    TRY(plan_schema(&stmt->arena, plan->root, &schema, err));
    schema.zone = stmt->zone;
    stmt->schema = schema_copy(&stmt->arena, &schema);
    uint32_t *key = ARENA_ARRAY(&stmt->arena, uint32_t, plan->root->key_count + 1);
    TRY_ALLOC(key);
    if (schema.count > 0) TRY_ALLOC(stmt->schema.fields);
    if (plan->root->key_count > 0) memcpy(key, plan->root->key, plan->root->key_count * sizeof(*key));
    stmt->key = key;
    stmt->key_count = plan->root->key_count;
    return STATUS_OK;
}

static Status bind_rows(weir_stmt *stmt, const AstQuery *query, BindPurpose purpose, Error *err) {
    Plan *plan = NULL;
    TRY(bind(stmt, query, purpose, &plan, err));
    stmt->plan = plan;
    stmt->query = query;
    stmt->flags |= WEIR_STMT_ROWS;
    if (plan->continuous) stmt->flags |= WEIR_STMT_CONTINUOUS;
    if (plan->weights) stmt->flags |= WEIR_STMT_WEIGHTS;
    if (plan->root->ordered) stmt->flags |= WEIR_STMT_ORDERED;
    if (plan->emit == EMIT_ON_UPDATE) stmt->flags |= WEIR_STMT_ON_UPDATE;
    if (plan->continuous && sources_wait_for_pushes(stmt->conn->db, plan)) stmt->flags |= WEIR_STMT_PUSHED;
    return take_shape(stmt, plan, err);
}

static Status bind_subscribe(weir_stmt *stmt, const AstSubscribe *subscribe, Error *err) {
    if (subscribe->epoch != NULL)
        return error_set_at(err, STATUS_NOT_SUPPORTED, subscribe->epoch->span.start,
                            "AS OF EPOCH is not supported yet");
    AstQuery *query = subscribe->query;
    if (query == NULL)
        TRY(define_select_all(&stmt->arena, &subscribe->name, subscribe->where, &query, err));
    else if (subscribe->where != NULL)
        return error_set_at(err, STATUS_SYNTAX, subscribe->where_span.start,
                            "write WHERE inside the query that is subscribed to");
    if (subscribe->options.count > 0)
        return error_set_at(err, STATUS_NOT_SUPPORTED, subscribe->options.items[0].span.start,
                            "options of SUBSCRIBE are not supported yet");
    if (subscribe->emit != NULL && query->emit != NULL)
        return error_set_at(err, STATUS_SYNTAX, subscribe->emit->span.start,
                            "multiple EMIT clauses not allowed");
    if (subscribe->emit != NULL)
        query->emit = subscribe->emit;
    else if (subscribe->query == NULL)
        TRY(define_inherit_emit(stmt->conn->db, &stmt->arena, &subscribe->name, query, err));
    return bind_rows(stmt, query, BIND_MAINTAINED, err);
}

static bool is_one_of(Str word, const char *const *words) {
    while (*words != NULL && !str_equal_ignore_case(word, str_from_c(*words))) words++;
    return *words != NULL;
}

/* Ours may be true or false; of PostgreSQL's others those that say what is done anyway: FORMAT text, COSTS
 * off. */
static Status check_explain_option(const AstOption *option, Error *err) {
    static const char *const OURS[] = {"analyze", "verbose", "state", NULL};
    static const char *const OTHERS[] = {"costs", "settings", "buffers", "wal", "timing", "summary", NULL};
    static const char *const BOOLEANS[] = {"true", "on", "1", "false", "off", "0", NULL};
    static const char *const NO[] = {"false", "off", "0", NULL};
    Str key = option->key.str;
    bool is_format = str_equal(key, STR("format")), is_ours = is_one_of(key, OURS);
    if (!is_format && !is_ours && !is_one_of(key, OTHERS)) {
        (void)error_set_at(err, STATUS_SYNTAX, option->span.start, "unrecognized EXPLAIN option \"%.*s\"",
                           STR_ARGS(key));
        return error_add_hint(err, "EXPLAIN takes VERBOSE and STATE.");
    }
    if (!is_format && option->kind != AST_OPTION_NONE && !is_one_of(option->value, BOOLEANS))
        return error_set_at(err, STATUS_SYNTAX, option->value_span.start, "%.*s requires a Boolean value",
                            STR_ARGS(key));
    if (is_ours || (is_format && str_equal_ignore_case(option->value, STR("text")))) return STATUS_OK;
    if (!is_format && option->kind != AST_OPTION_NONE && is_one_of(option->value, NO)) return STATUS_OK;
    return error_set_at(
        err, STATUS_NOT_SUPPORTED,
        is_format && option->kind != AST_OPTION_NONE ? option->value_span.start : option->span.start,
        "this EXPLAIN option is not supported yet");
}

static Status check_explain(const AstExplain *explain, Error *err) {
    for (uint32_t i = 0; i < explain->options.count; i++)
        TRY(check_explain_option(&explain->options.items[i], err));
    if (!explain->analyze) return STATUS_OK;
    return error_set_at(err, STATUS_NOT_SUPPORTED, explain->analyze_span.start,
                        "EXPLAIN ANALYZE is not supported yet");
}

static Status bind_explain(weir_stmt *stmt, const AstExplain *explain, Error *err) {
    TRY(check_explain(explain, err));
    const AstStatement *inner = explain->statement;
    const AstQuery *query = inner->kind == AST_STATEMENT_QUERY    ? inner->query
                            : inner->kind == AST_STATEMENT_CREATE ? inner->create->query
                                                                  : NULL;
    if (query == NULL)
        return error_set_at(err, STATUS_NOT_SUPPORTED, inner->span.start,
                            "only queries, and statements made of one, can be explained yet");
    bool is_maintained = inner->kind == AST_STATEMENT_CREATE && inner->create->relation != AST_RELATION_TABLE;
    const Plan *rows;
    if (inner->kind == AST_STATEMENT_CREATE) /* what it could not create it does not explain */
        TRY(create_check(stmt->conn->db, inner->create, stmt->text, &stmt->arena, &rows, err));
    Plan *plan = NULL;
    BindPurpose purpose = is_maintained ? BIND_MAINTAINED : BIND_SNAPSHOT;
    TRY(bind(stmt, query, purpose, &plan, err));
    stmt->plan = plan;
    stmt->flags = WEIR_STMT_ROWS;
    return show_schema(stmt->ast, &stmt->arena, &stmt->schema, err);
}

static Status bind_describe(weir_stmt *stmt, const AstDescribe *describe, Error *err) {
    stmt->flags = WEIR_STMT_ROWS;
    if (describe->query != NULL) {
        Plan *plan = NULL;
        TRY(bind(stmt, describe->query, BIND_SNAPSHOT, &plan, err));
        stmt->plan = plan;
    }
    return show_schema(stmt->ast, &stmt->arena, &stmt->schema, err);
}

static Status bind_change(weir_stmt *stmt, Error *err) {
    Binder binder = binder_of(stmt);
    DmlChange *change = NULL;
    TRY(change_bind(stmt->conn->db, &binder, stmt->ast, &change, err));
    stmt->change = change;
    stmt->plan = change->rows;
    if (change->returning == NULL) return STATUS_OK;
    stmt->flags |= WEIR_STMT_ROWS;
    return take_shape(stmt, change->returning, err);
}

static Status not_yet(const weir_stmt *stmt, const char *what, Error *err) {
    return error_set_at(err, STATUS_NOT_SUPPORTED, stmt->ast->span.start, "%s is not supported yet", what);
}

/* What a CREATE makes goes on when the statement, and its values, are gone. */
static Status refuse_parameters(const AstStatement *ast, Error *err) {
    (void)error_set_at(err, STATUS_UNDEFINED_PARAMETER, ast->parameter_start, "there are no parameters in CREATE");
    return error_add_hint(err, "What it makes goes on after the call that gives values: write the value into the text.");
}

static Status bind_kind(weir_stmt *stmt, Error *err) {
    const AstStatement *ast = stmt->ast;
    if (ast->parameter_count > 0 && ast->kind == AST_STATEMENT_CREATE) return refuse_parameters(ast, err);
    stmt->flags = 0;
    switch (ast->kind) {
        case AST_STATEMENT_QUERY: return bind_rows(stmt, ast->query, BIND_SNAPSHOT, err);
        case AST_STATEMENT_SUBSCRIBE: return bind_subscribe(stmt, ast->subscribe, err);
        case AST_STATEMENT_CREATE: return create_check(stmt->conn->db, ast->create, stmt->text, &stmt->arena, &stmt->plan, err);
        case AST_STATEMENT_INSERT:
        case AST_STATEMENT_DELETE:
        case AST_STATEMENT_UPDATE:
        case AST_STATEMENT_TRUNCATE: return bind_change(stmt, err);
        case AST_STATEMENT_EXPLAIN: return bind_explain(stmt, ast->explain, err);
        case AST_STATEMENT_DESCRIBE: return bind_describe(stmt, ast->describe, err);
        case AST_STATEMENT_SHOW:
            stmt->flags = WEIR_STMT_ROWS;
            return show_schema(ast, &stmt->arena, &stmt->schema, err);
        case AST_STATEMENT_DROP:
        case AST_STATEMENT_SET:
        case AST_STATEMENT_RESET: return STATUS_OK;
        case AST_STATEMENT_COPY:
            (void)not_yet(stmt, "COPY", err);
            return error_add_hint(err, "INSERT INTO t SELECT .. FROM a source with connector = 'file' reads a file, a sink writes one; the command has \\copy.");
        case AST_STATEMENT_ALTER: return not_yet(stmt, "ALTER", err);
        case AST_STATEMENT_CHECKPOINT: return not_yet(stmt, "CHECKPOINT", err);
        case AST_STATEMENT_TRANSACTION: return not_yet(stmt, "a transaction of several statements", err);
        case AST_STATEMENT_PREPARE:
        case AST_STATEMENT_EXECUTE:
        case AST_STATEMENT_DEALLOCATE: return not_yet(stmt, "PREPARE", err);
        case AST_STATEMENT_DECLARE:
        case AST_STATEMENT_FETCH:
        case AST_STATEMENT_CLOSE: return not_yet(stmt, "a cursor", err);
        case AST_STATEMENT_DISCARD: return not_yet(stmt, "DISCARD", err);
    }
    return error_set(err, STATUS_INTERNAL, "statement of unknown kind");
}

/* What the statement is bound with from here on: also by those who make an object for it. */
static Status take_session(weir_stmt *stmt, Error *err) {
    weir_conn *conn = stmt->conn;
    conn->db->missing_error.status = STATUS_OK;
    conn_use_settings(conn);
    if (stmt->zone_version == conn->zone_version) return STATUS_OK;
    stmt->is_bound = false;
    stmt->zone = zone_copy(&stmt->arena, conn->zone);
    if (conn->zone != NULL) TRY_ALLOC(stmt->zone);
    stmt->zone_version = conn->zone_version;
    return STATUS_OK;
}

/* An error of reading standard input, met while a name was looked up, is the one to tell. */
static Status settle_missing(const weir_stmt *stmt, Status status, Error *err) {
    const Error *missing = &stmt->conn->db->missing_error;
    if (status == STATUS_OK || missing->status == STATUS_OK) return status;
    *err = *missing;
    return err->status;
}

/* Names are looked up in the catalog as it is now; FROM stdin may add to it. */
static Status bind_statement(weir_stmt *stmt, Error *err) {
    stmt->is_bound = false;
    TRY(bind_kind(stmt, err));
    TRY(parameters_check(&stmt->parameters, err));
    stmt->catalog_version = stmt->conn->db->catalog_version;
    stmt->is_bound = true;
    return STATUS_OK;
}

static Status parse_and_bind(weir_stmt *stmt, Error *err) {
    AstStatement *ast = NULL;
    Parser parser;
    parser_init(&parser, stmt->text);
    TRY(parser_next(&parser, &stmt->arena, &ast, err));
    stmt->ast = ast;
    if (ast == NULL) return STATUS_OK;
    TRY(parameters_make(&stmt->arena, ast->parameter_count, &stmt->parameters, err));
    return bind_statement(stmt, err);
}

/* A name alone means its relation; a query is maintained whether it says EMIT or not. */
static Status parse_and_bind_subscription(weir_stmt *stmt, Error *err) {
    AstExpr *name = NULL;
    Error ignored;
    AstQuery *query = NULL;
    bool is_name = parser_parse_expression(stmt->text, &stmt->arena, &name, &ignored) == STATUS_OK &&
                   name->kind == AST_EXPR_COLUMN;
    if (!is_name) {
        AstStatement *ast = NULL;
        TRY(parser_parse_one(stmt->text, &stmt->arena, &ast, err));
        stmt->ast = ast;
        TRY(parameters_make(&stmt->arena, ast->parameter_count, &stmt->parameters, err));
        if (ast->kind == AST_STATEMENT_SUBSCRIBE) return bind_statement(stmt, err);
        if (ast->kind != AST_STATEMENT_QUERY)
            return error_set_at(err, STATUS_SYNTAX, ast->span.start,
                                "a subscription is to a name or a query");
        query = ast->query;
    } else {
        AstStatement *ast = ARENA_NEW(&stmt->arena, AstStatement);
        TRY_ALLOC(ast);
        TRY(define_select_all(&stmt->arena, &name->column, NULL, &query, err));
        *ast = (AstStatement){.kind = AST_STATEMENT_QUERY, .span = name->span, .query = query};
        stmt->ast = ast;
    }
    return bind_rows(stmt, query, BIND_MAINTAINED, err);
}

/* Bytes of the first statement. Most texts are one, which a look for semicolons tells. */
static size_t first_statement_size(Str text) {
    const char *semicolon = text.size == 0 ? NULL : memchr(text.data, ';', text.size);
    if (semicolon == NULL || semicolon + 1 == text.data + text.size) return text.size;
    Split split = {0};
    size_t end = split_next(&split, text);
    return end > 0 ? end : text.size;
}

typedef Status (*PrepareStep)(weir_stmt *stmt, Error *err);

static Status prepare_with(weir_conn *conn, Str text, int64_t offset, PrepareStep step, weir_stmt **out,
                           size_t *size, Error *err) {
    weir_stmt *stmt = handle_alloc(sizeof(*stmt));
    *out = NULL;
    TRY_ALLOC(stmt);
    *stmt = (weir_stmt){.conn = conn, .reference_count = 1, .offset = offset, .change_count = -1};
    conn_retain(conn);
    arena_init(&stmt->arena, &conn->db->memory);
    size_t one = first_statement_size(text); /* copied alone: a script is not copied per statement */
    stmt->text = str_copy(&stmt->arena, str_from(text.data, one));
    Status status = stmt->text.data == NULL ? error_out_of_memory(err) : STATUS_OK;
    if (status == STATUS_OK) status = take_session(stmt, err); /* FROM stdin makes a source */
    if (status == STATUS_OK) status = settle_missing(stmt, step(stmt, err), err);
    *size = one;
    if (status != STATUS_OK && err->position >= 0) err->position += offset;
    if (status != STATUS_OK || stmt->ast == NULL) {
        statement_release(stmt);
        return status;
    }
    *out = stmt;
    return STATUS_OK;
}

Status statement_prepare(weir_conn *conn, Str text, int64_t offset, weir_stmt **out, size_t *size,
                         Error *err) {
    return prepare_with(conn, text, offset, parse_and_bind, out, size, err);
}

Status statement_prepare_subscription(weir_conn *conn, Str text, weir_stmt **out, size_t *size, Error *err) {
    return prepare_with(conn, text, 0, parse_and_bind_subscription, out, size, err);
}

/* --- running ---------------------------------------------------------------------------------- */

/* The catalog, or the session's zone, has changed since the plan was made: names are looked up again. */
static Status rebind(weir_stmt *stmt, Error *err) {
    if (stmt->is_bound && stmt->catalog_version == stmt->conn->db->catalog_version) return STATUS_OK;
    Schema before = stmt->schema;
    int flags = stmt->flags;
    Status status = bind_statement(stmt, err);
    if (status == STATUS_OK && stmt->flags == flags && schema_fits(&before, &stmt->schema)) return STATUS_OK;
    /* The user has been told the columns, and may hold buffers for them: they stay what was said. */
    stmt->schema = before;
    stmt->flags = flags;
    stmt->is_bound = false;
    if (status != STATUS_OK) return status;
    (void)error_set(err, STATUS_NOT_SUPPORTED, "cached plan must not change result type");
    return error_add_hint(err, "What the statement reads was made anew with other columns: prepare it again.");
}

static Status run_rows(weir_stmt *stmt, Result *out, Error *err) {
    weir_db *db = stmt->conn->db;
    object_give_notices(db, stmt->plan);
    if (stmt->plan->continuous) {
        TRY(halt_check(db, stmt->plan, true, err));
        return result_open_live(db, stmt->plan, out, err);
    }
    TRY(turn_wait_for_sources(stmt->conn->db, stmt->plan, err));
    return result_open_snapshot(db, stmt->plan, stmt->values, out, err);
}

static Status run_create(weir_stmt *stmt, Error *err) {
    const AstCreate *create = stmt->ast->create;
    if (stmt->plan != NULL && object_find(stmt->conn->db, ast_name_last(&create->name)->str) == NULL) {
        TRY(delivery_check_room(stmt->conn->db, err));
        TRY(turn_wait_for_sources(stmt->conn->db, stmt->plan, err));
    }
    Status status = create_run(stmt->conn->db, create, stmt->text, &stmt->arena, err);
    stmt->is_spent = status == STATUS_OK;
    return status;
}

static Status run_change(weir_stmt *stmt, Result *out, Error *err) {
    TRY(change_run(stmt->conn->db, stmt->ast, stmt->change, stmt->values, out, err));
    stmt->change_count = stmt->change->row_count;
    return STATUS_OK;
}

static Status run_kind(weir_stmt *stmt, Result *out, Error *err) {
    weir_db *db = stmt->conn->db;
    const AstStatement *ast = stmt->ast;
    *out = (Result){.kind = RESULT_NONE, .db = db};
    switch (ast->kind) {
        case AST_STATEMENT_QUERY:
        case AST_STATEMENT_SUBSCRIBE: return run_rows(stmt, out, err);
        case AST_STATEMENT_CREATE: return run_create(stmt, err);
        case AST_STATEMENT_DROP: return drop_run(db, ast->drop, err);
        case AST_STATEMENT_INSERT:
        case AST_STATEMENT_UPDATE:
        case AST_STATEMENT_TRUNCATE:
        case AST_STATEMENT_DELETE: return run_change(stmt, out, err);
        case AST_STATEMENT_EXPLAIN:
        case AST_STATEMENT_DESCRIBE:
        case AST_STATEMENT_SHOW: return show_run(stmt->conn, ast, stmt->plan, stmt->text, out, err);
        case AST_STATEMENT_SET: return settings_set(stmt->conn, ast->set, false, err);
        case AST_STATEMENT_RESET: return settings_set(stmt->conn, ast->set, true, err);
        case AST_STATEMENT_COPY:
        case AST_STATEMENT_ALTER:
        case AST_STATEMENT_CHECKPOINT:
        case AST_STATEMENT_TRANSACTION:
        case AST_STATEMENT_PREPARE:
        case AST_STATEMENT_EXECUTE:
        case AST_STATEMENT_DEALLOCATE:
        case AST_STATEMENT_DECLARE:
        case AST_STATEMENT_FETCH:
        case AST_STATEMENT_CLOSE:
        case AST_STATEMENT_DISCARD: break;
    }
    return not_yet(stmt, "this statement", err);
}

/* EXPLAIN and DESCRIBE tell of a statement without running it. */
static bool needs_values(const AstStatement *ast) {
    return ast->kind != AST_STATEMENT_EXPLAIN && ast->kind != AST_STATEMENT_DESCRIBE;
}

Status statement_bind_value(weir_stmt *stmt, uint32_t number, const weir_value *value, Error *err) {
    if (number == 0 || number > stmt->parameters.count)
        return error_set(err, STATUS_UNDEFINED_PARAMETER, "there is no parameter $%u", number);
    return parameter_values_set(stmt->conn->db, &stmt->values, &stmt->parameters, number - 1, stmt->conn->zone, value, err);
}

Status statement_run(weir_stmt *stmt, Result *out, Error *err) {
    ASSERT(stmt->ast != NULL); /* what holds no statement is not prepared */
    if (stmt->is_spent)
        return error_set(err, STATUS_MISUSE, "a prepared CREATE can be run once: prepare it again");
    stmt->conn->db->notice_offset = stmt->offset;
    stmt->change_count = -1;
    Status status = flow_check_interrupt(stmt->conn->db->flow, err);
    if (status == STATUS_OK) status = take_session(stmt, err);
    if (status == STATUS_OK) status = settle_missing(stmt, rebind(stmt, err), err);
    if (status == STATUS_OK && needs_values(stmt->ast)) status = parameter_values_check(stmt->values, &stmt->parameters, err);
    if (status == STATUS_OK) status = run_kind(stmt, out, err);
    if (status != STATUS_OK && err->position >= 0) err->position += stmt->offset;
    return status;
}

/* --- scripts ---------------------------------------------------------------------------------- */

static Status drain(weir_stmt *stmt, Result *result, Error *err) {
    for (;;) {
        Batch batch;
        bool ended;
        TRY(flow_check_interrupt(stmt->conn->db->flow, err));
        TRY(result_next(result, &batch, &ended, err));
        if (ended) return STATUS_OK;
        if (batch.row_count == 0) TRY(result_wait(result, INT64_C(100000000), err));
    }
}

static Status run_and_drop(weir_stmt *stmt, Error *err) {
    Result result;
    TRY(statement_run(stmt, &result, err));
    Status status = drain(stmt, &result, err);
    if (status != STATUS_OK && err->position >= 0) err->position += stmt->offset;
    result_close(&result);
    return status;
}

Status statement_run_script(weir_conn *conn, Str text, Error *err) {
    int64_t offset = 0;
    while (text.size > 0) {
        weir_stmt *stmt;
        size_t size;
        TRY(statement_prepare(conn, text, offset, &stmt, &size, err));
        if (stmt != NULL) {
            Status status = run_and_drop(stmt, err);
            statement_release(stmt);
            TRY(status);
            halt_tell(conn->db);
        }
        text = str_from(text.data + size, text.size - size);
        offset += (int64_t)size;
    }
    return turn_wait_for_sources(conn->db, NULL, err);
}
