/* SPDX-License-Identifier: Apache-2.0
 * plan/test_world.h - a small catalog, and statements asked of it; shared by the tests of this folder.
 *
 *     static const Case CASES[] = {{BIND_SNAPSHOT, "SELECT 1", "EMIT final rows\n ..."}};
 *     check_cases(explain_or_error, CASES, sizeof(CASES) / sizeof(CASES[0]));
 *
 * The catalog has a relation of each kind: trades (a source with a watermark), ended (a file), unmarked (a source without a time column),
 * accounts (a table with a key), out (a sink), big (a view), minutes (a stream), totals (a materialized view). Nothing runs. */
#ifndef WEIR_PLAN_TEST_WORLD_H
#define WEIR_PLAN_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plan/bind.h"
#include "sql/parser.h"

#define TEST_UNUSED __attribute__((unused)) /* not every test asks everything */

/* ---- the catalog
 * ------------------------------------------------------------------------------------------------------ */

typedef struct World {
    Memory memory;
    Arena arena;
    BufferPool *pool;
    Catalog catalog;
} World;

/* A column without a window's part. */
TEST_UNUSED static PlanColumn column(const char *name, Type type, bool not_null) {
    return (PlanColumn){.name = str_from_c(name), .type = type, .not_null = not_null};
}

/* Append-only, unbounded, without a key and without a time column, until the caller says otherwise; `columns` are copied. */
TEST_UNUSED static Relation *add_relation(World *world, RelationKind kind, const char *name,
                                          const PlanColumn *columns, uint32_t count) {
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

/* Makes it what `text` gives, as CREATE would. plan_it: its plan is kept, as for what is maintained; a view has none of its own. */
TEST_UNUSED static void add_query(World *world, Relation *relation, const char *text, bool plan_it) {
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

/* One at a time: it is static. */
TEST_UNUSED static World *world_new(void) {
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

TEST_UNUSED static void world_free(World *world) {
    vector_deinit(&world->catalog.relations, &world->memory);
    arena_deinit(&world->arena);
    buffer_pool_destroy(world->pool);
    memory_deinit(&world->memory);
}

/* ---- asking
 * -------------------------------------------------------------------------------------------------------------
 */

/* Parses and binds one query or INSERT; the plan lies in `arena`. An INSERT's table must be in the catalog. */
TEST_UNUSED static Status ask(World *world, Arena *arena, const char *sql, BindPurpose purpose, Plan **plan,
                              Error *err) {
    AstStatement *statement;
    Str text = str_from_c(sql);
    Binder binder = {.catalog = &world->catalog, .arena = arena, .pool = world->pool, .text = text};
    TRY(parser_parse_one(text, arena, &statement, err));
    if (statement->kind == AST_STATEMENT_INSERT) {
        const AstInsert *insert = statement->insert;
        const Relation *table =
            catalog_find(&world->catalog, (Str){0}, ast_name_last(&insert->table)->str);
        assert_non_null(table);
        return bind_insert(&binder, insert, table, plan, err);
    }
    assert_int_equal(statement->kind, AST_STATEMENT_QUERY);
    return bind_query(&binder, statement->query, purpose, plan, err);
}

typedef struct Case {
    BindPurpose purpose;
    const char *sql;
    const char
        *expected; /* EXPLAIN and notices, or "42703 7 message / hint" with the position of the token */
} Case;

/* "42703 7 message / hint" */
TEST_UNUSED static void append_error(Text *out, const Error *err) {
    text_append_format(out, "%s %lld %s", status_sqlstate(err->status), (long long)err->position,
                       err->message);
    if (err->hint[0] != 0) text_append_format(out, " / %s", err->hint);
}

/* Numbers of columns in a plan are those of its inputs, ids come from below. */
TEST_UNUSED static void check_node(const PlanNode *node) {
    for (uint32_t i = 0; i < node->input_count; i++) {
        assert_true(node->inputs[i]->id < node->id);
        check_node(node->inputs[i]);
    }
    for (uint32_t i = 0; i < node->key_count; i++) assert_true(node->key[i] < node->column_count);
    uint64_t used[64] = {0};
    uint32_t width = node->input_count > 0 ? node->inputs[0]->column_count : 0;
    if (node->kind == PLAN_FILTER) expr_collect_columns(node->filter.predicate, used);
    for (uint32_t i = 0; node->kind == PLAN_PROJECT && i < node->column_count; i++) {
        expr_collect_columns(node->project.exprs[i], used);
        assert_true(type_equal(node->project.exprs[i]->type, node->columns[i].type));
    }
    for (size_t i = width; i < 64 * 64; i++) assert_false(bits_get(used, i));
    if (node->kind == PLAN_FILTER || node->kind == PLAN_LIMIT) assert_int_equal(node->column_count, width);
    if (node->kind == PLAN_WINDOW) assert_int_equal(node->column_count, width + 2);
    if (node->kind != PLAN_AGGREGATE) return;
    for (uint32_t i = 0; i < node->aggregate.group_count; i++) {
        assert_true(node->aggregate.groups[i] < width);
        assert_true(
            type_equal(node->columns[i].type, node->inputs[0]->columns[node->aggregate.groups[i]].type));
    }
    for (uint32_t i = 0; i < node->aggregate.aggregate_count; i++) {
        const PlanAggregate *one = &node->aggregate.aggregates[i];
        assert_true(one->column < (int32_t)width && one->filter < (int32_t)width);
        if (one->column >= 0)
            assert_true(type_equal(one->aggregate.argument, node->inputs[0]->columns[one->column].type));
    }
}

/* EXPLAIN's text, then the notices, each in a line; every plan's numbers are checked. */
TEST_UNUSED static void explain_or_error(World *world, const char *sql, BindPurpose purpose, Text *out) {
    Error err = {0};
    Plan *plan;
    Arena arena;
    arena_init(&arena, &world->memory);
    if (ask(world, &arena, sql, purpose, &plan, &err) == STATUS_OK) {
        check_node(plan->root);
        plan_explain(plan, str_from_c(sql), false, out);
        for (uint32_t i = 0; i < plan->notice_count; i++)
            text_append_format(out, "NOTICE %d %.*s / %.*s\n", plan->notices[i].position,
                               STR_ARGS(plan->notices[i].message), STR_ARGS(plan->notices[i].hint));
    } else {
        append_error(out, &err);
    }
    arena_deinit(&arena);
}

/* The columns: names, types, "!" where NULL cannot be. */
TEST_UNUSED static void types_or_error(World *world, const char *sql, BindPurpose purpose, Text *out) {
    Error err = {0};
    Plan *plan;
    Arena arena;
    arena_init(&arena, &world->memory);
    if (ask(world, &arena, sql, purpose, &plan, &err) == STATUS_OK) {
        for (uint32_t i = 0; i < plan->root->column_count; i++) {
            const PlanColumn *column = &plan->root->columns[i];
            text_append_format(out, "%s%.*s ", i > 0 ? ", " : "", STR_ARGS(column->name));
            text_append_type(out, column->type);
            if (column->not_null) text_append_char(out, '!');
        }
    } else {
        append_error(out, &err);
    }
    arena_deinit(&arena);
}

/* EXPLAIN STATE. */
TEST_UNUSED static void state_or_error(World *world, const char *sql, BindPurpose purpose, Text *out) {
    Error err = {0};
    Plan *plan;
    Arena arena;
    arena_init(&arena, &world->memory);
    if (ask(world, &arena, sql, purpose, &plan, &err) == STATUS_OK)
        plan_explain_state(plan, str_from_c(sql), false, out);
    else
        append_error(out, &err);
    arena_deinit(&arena);
}

/* Whether + of a timestamp and an interval is in the function table. */
TEST_UNUSED static bool can_add_interval(void) {
    FunctionList list = function_find(STR("+"));
    for (uint32_t i = 0; i < list.count; i++)
        if (list.functions[i]->arguments[0] == TYPE_TIMESTAMP &&
            list.functions[i]->arguments[1] == TYPE_INTERVAL)
            return true;
    return false;
}

/* What a test asks of a statement; the text is compared with Case.expected. */
typedef void (*Answer)(World *world, const char *sql, BindPurpose purpose, Text *out);

/* Writes what it got where it differs. */
TEST_UNUSED static int compare(World *world, Answer answer, const Case *one) {
    Text text;
    text_init(&text, &world->memory);
    answer(world, one->sql, one->purpose, &text);
    bool same = str_equal(text_str(&text), str_from_c(one->expected));
    if (!same)
        print_message("%s\n  expected:\n%s\n  got:\n%.*s\n", one->sql, one->expected, (int)text.size,
                      text.data);
    text_deinit(&text);
    return same ? 0 : 1;
}

/* All cases are asked, in one world, before the test fails: each that differs is printed. */
TEST_UNUSED static void check_cases(Answer answer, const Case *cases, size_t count) {
    World *world = world_new();
    int wrong = 0;
    for (size_t i = 0; i < count; i++) wrong += compare(world, answer, &cases[i]);
    world_free(world);
    assert_int_equal(wrong, 0);
}

#endif
