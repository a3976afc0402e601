/* SPDX-License-Identifier: Apache-2.0
 * Statements against a small catalog: the plan that EXPLAIN shows, or the error with SQLSTATE, position and
 * hint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "plan/bind.h"
#include "sql/parser.h"

/* ---- the catalog
 * ------------------------------------------------------------------------------------------------------ */

typedef struct World {
    Memory memory;
    Arena arena;
    BufferPool *pool;
    Catalog catalog;
} World;

static PlanColumn column(const char *name, Type type, bool not_null) {
    return (PlanColumn){.name = str_from_c(name), .type = type, .not_null = not_null};
}

static Relation *add_relation(World *world, RelationKind kind, const char *name, const PlanColumn *columns,
                              uint32_t count) {
    Relation *relation = ARENA_NEW(&world->arena, Relation);
    assert_non_null(relation);
    relation->kind = kind;
    relation->name = str_from_c(name);
    relation->columns = arena_copy(&world->arena, columns, count * sizeof(*columns));
    relation->column_count = count;
    relation->time_column = -1;
    assert_true(vector_push(&world->catalog.relations, &world->memory, relation));
    return relation;
}

static void add_query(World *world, Relation *relation, const char *text, bool plan_it) {
    Error err = {0};
    AstStatement *statement;
    relation->query_text = str_from_c(text);
    assert_int_equal(parser_parse_one(relation->query_text, &world->arena, &statement, &err), STATUS_OK);
    relation->query = statement->query;
    Binder binder = {.catalog = &world->catalog,
                     .arena = &world->arena,
                     .pool = world->pool,
                     .text = relation->query_text};
    Plan *plan;
    if (bind_query(&binder, relation->query, BIND_MAINTAINED, &plan, &err) != STATUS_OK)
        fail_msg("%s: %s", text, err.message);
    relation->columns = plan->root->columns;
    relation->column_count = plan->root->column_count;
    relation->change = plan->root->change;
    relation->key = plan->root->key;
    relation->key_count = plan->root->key_count;
    if (plan_it) relation->plan = plan;
}

static World *world_new(void) {
    static World world;
    world = (World){0};
    memory_init(&world.memory, 0);
    arena_init(&world.arena, &world.memory);
    world.pool = buffer_pool_create(&world.memory);
    assert_non_null(world.pool);
    static const uint32_t FIRST[] = {0};
    const PlanColumn trades[] = {
        column("symbol", type_of(TYPE_TEXT), false), column("price", type_of(TYPE_DOUBLE), false),
        column("qty", type_of(TYPE_BIGINT), false), column("ts", type_of(TYPE_TIMESTAMP), false)};
    const PlanColumn accounts[] = {
        column("id", type_of(TYPE_INTEGER), true), column("owner", type_of(TYPE_VARCHAR), false),
        column("balance", type_numeric(12, 2), false), column("opened", type_of(TYPE_DATE), false),
        column("active", type_of(TYPE_BOOLEAN), true)};
    Relation *source = add_relation(&world, RELATION_SOURCE, "trades", trades, 4);
    source->time_column = 3;
    source->watermark_delay = 5000000;
    source = add_relation(&world, RELATION_SOURCE, "ended", trades, 4); /* a file */
    source->time_column = 3;
    source->bounded = true;
    source = add_relation(&world, RELATION_SOURCE, "unmarked", trades, 4);
    Relation *table = add_relation(&world, RELATION_TABLE, "accounts", accounts, 5);
    table->key = FIRST;
    table->key_count = 1;
    table->change = CHANGE_WEIGHTED;
    add_relation(&world, RELATION_SINK, "out", trades, 4);
    add_query(&world, add_relation(&world, RELATION_VIEW, "big", trades, 0),
              "SELECT symbol, price * qty AS amount, ts FROM ended WHERE qty > 100", false);
    add_query(&world, add_relation(&world, RELATION_STREAM, "minutes", trades, 0),
              "SELECT symbol, window_start, window_end, sum(qty) AS volume FROM TUMBLE(trades, ts, INTERVAL "
              "'1' MINUTE) "
              "GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
              true);
    add_query(&world, add_relation(&world, RELATION_MATERIALIZED_VIEW, "totals", trades, 0),
              "SELECT symbol, count(*) AS n FROM trades GROUP BY symbol", true);
    return &world;
}

static void world_free(World *world) {
    vector_deinit(&world->catalog.relations, &world->memory);
    arena_deinit(&world->arena);
    buffer_pool_destroy(world->pool);
    memory_deinit(&world->memory);
}

/* ---- asking
 * -------------------------------------------------------------------------------------------------------------
 */

static Status ask(World *world, Arena *arena, const char *sql, BindPurpose purpose, Plan **plan, Error *err) {
    AstStatement *statement;
    Str text = str_from_c(sql);
    Binder binder = {.catalog = &world->catalog, .arena = arena, .pool = world->pool, .text = text};
    TRY(parser_parse_one(text, arena, &statement, err));
    if (statement->kind == AST_STATEMENT_INSERT) {
        const AstInsert *insert = statement->insert;
        const Relation *table =
            catalog_find(&world->catalog, (Str){0}, insert->table.items[insert->table.count - 1].str);
        assert_non_null(table);
        return bind_insert(&binder, insert, table, plan, err);
    }
    assert_int_equal(statement->kind, AST_STATEMENT_QUERY);
    return bind_query(&binder, statement->query, purpose, plan, err);
}

typedef struct PlanCase {
    const char *sql;
    const char *plan;
    BindPurpose purpose;
} PlanCase;

typedef struct ErrorCase {
    const char *sql;
    const char *error; /* "42703 7 message / hint" with the position of the token */
    BindPurpose purpose;
} ErrorCase;

static void explain_or_error(World *world, const char *sql, BindPurpose purpose, Text *out) {
    Error err = {0};
    Plan *plan;
    Arena arena;
    arena_init(&arena, &world->memory);
    Status status = ask(world, &arena, sql, purpose, &plan, &err);
    if (status == STATUS_OK) {
        plan_explain(plan, str_from_c(sql), out);
    } else {
        text_append_format(out, "%s %lld %s", status_sqlstate(status), (long long)err.position, err.message);
        if (err.hint[0] != 0) text_append_format(out, " / %s", err.hint);
    }
    arena_deinit(&arena);
}

/* Writes what it got where it differs, in a form to paste here. */
static int compare(World *world, const char *sql, BindPurpose purpose, const char *expected) {
    Text text;
    text_init(&text, &world->memory);
    explain_or_error(world, sql, purpose, &text);
    bool same = str_equal(text_str(&text), str_from_c(expected));
    if (!same) {
        print_message("%s\n", sql);
        print_message("  expected:\n%s\n  got:\n%.*s\n", expected, (int)text.size, text.data);
    }
    text_deinit(&text);
    return same ? 0 : 1;
}
