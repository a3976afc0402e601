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

typedef struct Case {
    BindPurpose purpose;
    const char *sql;
    const char
        *expected; /* EXPLAIN and notices, or "42703 7 message / hint" with the position of the token */
} Case;

static void append_error(Text *out, const Error *err) {
    text_append_format(out, "%s %lld %s", status_sqlstate(err->status), (long long)err->position,
                       err->message);
    if (err->hint[0] != 0) text_append_format(out, " / %s", err->hint);
}

static void explain_or_error(World *world, const char *sql, BindPurpose purpose, Text *out) {
    Error err = {0};
    Plan *plan;
    Arena arena;
    arena_init(&arena, &world->memory);
    if (ask(world, &arena, sql, purpose, &plan, &err) == STATUS_OK) {
        plan_explain(plan, str_from_c(sql), out);
        for (uint32_t i = 0; i < plan->notice_count; i++)
            text_append_format(out, "NOTICE %d %.*s / %.*s\n", plan->notices[i].position,
                               STR_ARGS(plan->notices[i].message), STR_ARGS(plan->notices[i].hint));
    } else {
        append_error(out, &err);
    }
    arena_deinit(&arena);
}

/* The columns: names, types, "!" where NULL cannot be. */
static void types_or_error(World *world, const char *sql, BindPurpose purpose, Text *out) {
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

static void state_or_error(World *world, const char *sql, BindPurpose purpose, Text *out) {
    Error err = {0};
    Plan *plan;
    Arena arena;
    arena_init(&arena, &world->memory);
    if (ask(world, &arena, sql, purpose, &plan, &err) == STATUS_OK)
        plan_explain_state(plan, str_from_c(sql), out);
    else
        append_error(out, &err);
    arena_deinit(&arena);
}

typedef void (*Answer)(World *world, const char *sql, BindPurpose purpose, Text *out);

/* Writes what it got where it differs. */
static int compare(World *world, Answer answer, const Case *one) {
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

static void check_cases(Answer answer, const Case *cases, size_t count) {
    World *world = world_new();
    int wrong = 0;
    for (size_t i = 0; i < count; i++) wrong += compare(world, answer, &cases[i]);
    world_free(world);
    assert_int_equal(wrong, 0);
}

/* ---- statements
 * -------------------------------------------------------------------------------------------------------- */

/* clang-format off */
static const Case NAMES[] = {
    {BIND_SNAPSHOT,
     "SELECT * FROM trades EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  SCAN trades (symbol, price, qty, ts) | append-only, watermark ts, unbounded | 1:15 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT e.* , e.price AS p FROM ended e",
     "EMIT final rows\n"
     "  PROJECT symbol, price, qty, ts, p | append-only, bounded | 1:1 \"SELECT e.* , e.price AS p FROM ended e\"\n"
     "    SCAN ended (symbol, price, qty, ts) | append-only, bounded | 1:32 \"ended e\"\n"},
    {BIND_SNAPSHOT,
     "SELECT a, b FROM (SELECT symbol, qty FROM ended) AS x(a, b)",
     "EMIT final rows\n"
     "  SCAN ended (a, b) | append-only, bounded | 1:43 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "WITH a AS (SELECT symbol, qty FROM ended), b (s) AS (SELECT * FROM a WHERE qty > 1) SELECT s, qty FROM b",
     "EMIT final rows\n"
     "  FILTER qty > 1 | append-only, bounded | 1:70 \"WHERE qty > 1\"\n"
     "    SCAN ended (symbol, qty) | append-only, bounded | 1:36 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT amount FROM big WHERE symbol = 'x' AND amount > 10 AND ts > '2020-01-01'",
     "EMIT final rows\n"
     "  FILTER amount > 10 | append-only, bounded | 1:24 \"WHERE symbol = 'x' AND amount > 10 AND ts > '2020-01-01'\"\n"
     "    PROJECT amount | append-only, bounded | 1:20 \"big\"\n"
     "      FILTER big AND symbol = 'x' AND ts > '2020-01-01' | append-only, bounded | 1:20 \"big\"\n"
     "        SCAN ended (symbol, price, qty, ts) | append-only, bounded | 1:20 \"big\"\n"},
    {BIND_SNAPSHOT,
     "SELECT * FROM totals",
     "EMIT final rows\n"
     "  SCAN totals (symbol, n) | append-only, key (symbol), bounded | 1:15 \"totals\"\n"},
    {BIND_MAINTAINED,
     "SELECT * FROM minutes WHERE volume > 10",
     "EMIT rows as they come\n"
     "  FILTER volume > 10 | append-only, key (symbol, window_start, window_end), watermark window_start - 00:01:00, window_end, unbounded | 1:23 \"WHERE volume > 10\"\n"
     "    SCAN minutes (symbol, window_start, window_end, volume) | append-only, key (symbol, window_start, window_end), watermark window_start - 00:01:00, window_end, unbounded | 1:15 \"minutes\"\n"},
    {BIND_SNAPSHOT,
     "SELECT pirce FROM ended",
     "42703 7 column \"pirce\" does not exist / Perhaps you meant \"price\"."},
    {BIND_SNAPSHOT,
     "SELECT t.pirce FROM ended t",
     "42703 7 column t.pirce does not exist / Perhaps you meant \"price\"."},
    {BIND_SNAPSHOT,
     "SELECT x.price FROM ended t",
     "42P01 7 missing FROM-clause entry for table \"x\""},
    {BIND_SNAPSHOT,
     "SELECT ended.price FROM ended e",
     "42P01 7 missing FROM-clause entry for table \"ended\""},
    {BIND_SNAPSHOT,
     "SELECT * FROM treades",
     "42P01 14 relation \"treades\" does not exist / Perhaps you meant \"trades\"."},
    {BIND_SNAPSHOT,
     "SELECT * FROM nowhere.trades",
     "42P01 14 relation \"nowhere.trades\" does not exist / Perhaps you meant \"trades\"."},
    {BIND_SNAPSHOT,
     "SELECT x.* FROM ended e",
     "42P01 7 missing FROM-clause entry for table \"x\""},
    {BIND_SNAPSHOT,
     "SELECT *",
     "42601 7 SELECT * with no tables specified is not valid"},
    {BIND_SNAPSHOT,
     "SELECT * FROM out",
     "42809 14 \"out\" is a sink and cannot be read"},
    {BIND_SNAPSHOT,
     "SELECT a.symbol FROM ended a, ended a",
     "42712 30 table name \"a\" specified more than once"},
    {BIND_SNAPSHOT,
     "SELECT a, b FROM (SELECT symbol, qty FROM ended) AS x(a, b, c)",
     "42P10 54 table \"x\" has 2 columns available but 3 columns specified"},
    {BIND_SNAPSHOT,
     "WITH a AS (SELECT nope FROM ended) SELECT 1",
     "42703 18 column \"nope\" does not exist"},
    {BIND_SNAPSHOT,
     "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1",
     "42712 22 WITH query name \"a\" specified more than once"},
    {BIND_SNAPSHOT,
     "SELECT price FROM (SELECT symbol FROM ended) x",
     "42703 7 column \"price\" does not exist"},
    {BIND_SNAPSHOT,
     "SELECT $1",
     "42P02 7 there is no parameter $1"},
};

static const Case FROM_LESS[] = {
    {BIND_SNAPSHOT,
     "SELECT 1",
     "EMIT final rows\n"
     "  VALUES 1 row | append-only, one row, bounded | 1:1 \"SELECT 1\"\n"},
    {BIND_SNAPSHOT,
     "SELECT 1 WHERE 1 > 2",
     "EMIT final rows\n"
     "  PROJECT ?column? | append-only, one row, bounded | 1:1 \"SELECT 1 WHERE 1 > 2\"\n"
     "    FILTER 1 > 2 | append-only, one row, bounded | 1:10 \"WHERE 1 > 2\"\n"
     "      VALUES 1 row | append-only, one row, bounded\n"},
    {BIND_SNAPSHOT,
     "VALUES (1, 'a'), (2.5, NULL)",
     "EMIT final rows\n"
     "  VALUES 2 rows | append-only, bounded | 1:1 \"VALUES (1, 'a'), (2.5, NULL)\"\n"},
    {BIND_SNAPSHOT,
     "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(id, name) WHERE id > 1 ORDER BY name DESC",
     "EMIT final rows\n"
     "  SORT by name DESC | append-only, bounded, ordered | 1:71 \"ORDER BY name DESC\"\n"
     "    FILTER id > 1 | append-only, bounded | 1:58 \"WHERE id > 1\"\n"
     "      VALUES 2 rows | append-only, bounded | 1:15 \"(VALUES (1, 'a'), (2, 'b'))\"\n"},
    {BIND_SNAPSHOT,
     "VALUES (1), (random())",
     "EMIT final rows\n"
     "  UNION of 2 | append-only, bounded | 1:1 \"VALUES (1), (random())\"\n"
     "    VALUES 1 row | append-only, one row, bounded | 1:1 \"VALUES (1), (random())\"\n"
     "    PROJECT column1 | append-only, one row, bounded | 1:1 \"VALUES (1), (random())\"\n"
     "      VALUES 1 row | append-only, one row, bounded | 1:1 \"VALUES (1), (random())\"\n"},
    {BIND_SNAPSHOT,
     "VALUES (1), (2, 3)",
     "42601 13 VALUES lists must all be the same length"},
    {BIND_SNAPSHOT,
     "VALUES (1), ('x')",
     "22P02 13 invalid input syntax for type integer: \"x\""},
};

static const Case GROUPING[] = {
    {BIND_SNAPSHOT,
     "SELECT symbol AS s, count(*) FROM ended GROUP BY s ORDER BY 2 DESC LIMIT 10",
     "EMIT final rows\n"
     "  LIMIT 10 | append-only, key (s), bounded, ordered | 1:68 \"LIMIT 10\"\n"
     "    SORT by count DESC, first 10 | append-only, key (s), bounded, ordered | 1:52 \"ORDER BY 2 DESC\"\n"
     "      AGGREGATE by s: count(*) | append-only, key (s), bounded | 1:41 \"GROUP BY s\"\n"
     "        SCAN ended (symbol) | append-only, bounded | 1:35 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol AS s, count(*) FROM ended GROUP BY 1 HAVING count(*) > 3 AND symbol = 'a' ORDER BY count(*) DESC, sum(qty) NULLS FIRST LIMIT 10 OFFSET 2",
     "EMIT final rows\n"
     "  LIMIT 10 after 2 | append-only, key (s), bounded, ordered | 1:134 \"LIMIT 10\"\n"
     "    SORT by count DESC, (computed) NULLS FIRST, first 12 | append-only, key (s), bounded, ordered | 1:89 \"ORDER BY count(*) DESC, sum(qty) NULLS FIRST\"\n"
     "      FILTER count(*) > 3 | append-only, key (s), bounded | 1:52 \"HAVING count(*) > 3 AND symbol = 'a'\"\n"
     "        AGGREGATE by s: count(*), sum(qty) | append-only, key (s), bounded | 1:41 \"GROUP BY 1\"\n"
     "          FILTER symbol = 'a' | append-only, bounded | 1:52 \"HAVING count(*) > 3 AND symbol = 'a'\"\n"
     "            SCAN ended (symbol, qty) | append-only, bounded | 1:35 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT qty % 10 AS digit, sum(qty), sum(qty) / count(*), max(price) FILTER (WHERE qty > 1) FROM ended GROUP BY qty % 10",
     "EMIT final rows\n"
     "  PROJECT digit, sum, ?column?, max | append-only, key (digit), bounded | 1:1 \"SELECT qty % 10 AS digit, sum(qty), sum(qty) / count(*), max ...\"\n"
     "    AGGREGATE by qty % 10: sum(qty), count(*), max(price) FILTER (WHERE qty > 1) | append-only, key (qty % 10), bounded | 1:103 \"GROUP BY qty % 10\"\n"
     "      PROJECT qty % 10, qty, price, qty > 1 | append-only, bounded | 1:103 \"GROUP BY qty % 10\"\n"
     "        SCAN ended (price, qty) | append-only, bounded | 1:97 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT id, owner, sum(balance) FROM accounts GROUP BY id",
     "EMIT final rows\n"
     "  AGGREGATE by id, owner: sum(balance) | append-only, key (id), bounded | 1:46 \"GROUP BY id\"\n"
     "    SCAN accounts (id, owner, balance) | append-only, key (id), bounded | 1:37 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(DISTINCT symbol), min(DISTINCT qty), count(id) FROM accounts, ended",
     "0A000 75 joins are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT count(DISTINCT symbol), min(DISTINCT qty), count(qty) FROM ended",
     "EMIT final rows\n"
     "  AGGREGATE count(DISTINCT symbol), min(DISTINCT qty), count(qty) | append-only, one row, bounded | 1:1 \"SELECT count(DISTINCT symbol), min(DISTINCT qty), count(qty) ...\"\n"
     "    SCAN ended (symbol, qty) | append-only, bounded | 1:67 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM accounts HAVING count(*) > 1",
     "EMIT final rows\n"
     "  FILTER count(*) > 1 | append-only, one row, bounded | 1:31 \"HAVING count(*) > 1\"\n"
     "    AGGREGATE count(*) | append-only, one row, bounded | 1:1 \"SELECT count(*) FROM accounts HAVING count(*) > 1\"\n"
     "      SCAN accounts () | append-only, bounded | 1:22 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT symbol FROM ended ORDER BY symbol",
     "EMIT final rows\n"
     "  SORT by symbol | append-only, key (symbol), bounded, ordered | 1:35 \"ORDER BY symbol\"\n"
     "    AGGREGATE by symbol | append-only, key (symbol), bounded | 1:1 \"SELECT DISTINCT symbol FROM ended ORDER BY symbol\"\n"
     "      SCAN ended (symbol) | append-only, bounded | 1:29 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT symbol, qty + 1 FROM ended",
     "EMIT final rows\n"
     "  AGGREGATE by symbol, ?column? | append-only, key (symbol, ?column?), bounded | 1:1 \"SELECT DISTINCT symbol, qty + 1 FROM ended\"\n"
     "    PROJECT symbol, ?column? | append-only, bounded | 1:1 \"SELECT DISTINCT symbol, qty + 1 FROM ended\"\n"
     "      SCAN ended (symbol, qty) | append-only, bounded | 1:38 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT (qty + 1) * 2, count(*) FROM ended GROUP BY qty + 1",
     "EMIT final rows\n"
     "  PROJECT ?column?, count | append-only, bounded | 1:1 \"SELECT (qty + 1) * 2, count(*) FROM ended GROUP BY qty + 1\"\n"
     "    AGGREGATE by qty + 1: count(*) | append-only, key (qty + 1), bounded | 1:43 \"GROUP BY qty + 1\"\n"
     "      PROJECT qty + 1 | append-only, bounded | 1:43 \"GROUP BY qty + 1\"\n"
     "        SCAN ended (qty) | append-only, bounded | 1:37 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, price, count(*) FROM ended GROUP BY symbol",
     "42803 15 column \"ended.price\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT owner FROM accounts GROUP BY owner HAVING balance > 1",
     "42803 49 column \"accounts.balance\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT symbol, sum(qty) FROM ended GROUP BY symbol ORDER BY price",
     "42803 60 column \"ended.price\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT sum(price) FROM ended WHERE sum(qty) > 1",
     "42803 35 aggregate functions are not allowed in WHERE"},
    {BIND_SNAPSHOT,
     "SELECT max(max(qty)) FROM ended",
     "42803 11 aggregate function calls cannot be nested"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended GROUP BY sum(qty)",
     "42803 34 aggregate functions are not allowed in GROUP BY"},
    {BIND_SNAPSHOT,
     "SELECT sum(qty) AS s FROM ended GROUP BY s",
     "42803 41 aggregate functions are not allowed in GROUP BY"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended GROUP BY 5",
     "42P10 34 GROUP BY position 5 is not in select list"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY 0",
     "42P10 34 ORDER BY position 0 is not in select list"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY 'x'",
     "42601 34 non-integer constant in ORDER BY"},
    {BIND_SNAPSHOT,
     "SELECT symbol s, qty s FROM ended ORDER BY s",
     "42702 43 ORDER BY \"s\" is ambiguous"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT symbol FROM ended ORDER BY qty",
     "42P10 43 for SELECT DISTINCT, ORDER BY expressions must appear in select list"},
    {BIND_SNAPSHOT,
     "SELECT count() FROM ended",
     "42809 7 count(*) must be used to call a parameterless aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT abs(DISTINCT qty) FROM ended",
     "42809 7 DISTINCT specified, but abs is not an aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended LIMIT -1",
     "2201W 31 LIMIT must not be negative"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended LIMIT 'x'",
     "22P02 31 invalid input syntax for type bigint: \"x\""},
};

static const Case EXPRESSIONS[] = {
    {BIND_SNAPSHOT,
     "SELECT id FROM accounts WHERE balance BETWEEN 1 AND 10 AND id IN (1, 2, 3) AND active AND NOT (id = 7 OR owner IS NULL)",
     "EMIT final rows\n"
     "  PROJECT id | append-only, key (id), bounded | 1:1 \"SELECT id FROM accounts WHERE balance BETWEEN 1 AND 10 AND i ...\"\n"
     "    FILTER balance BETWEEN 1 AND 10 AND id IN (1, 2, 3) AND active AND NOT (id = 7 OR owner IS NULL) | append-only, key (id), bounded | 1:25 \"WHERE balance BETWEEN 1 AND 10 AND id IN (1, 2, 3) AND activ ...\"\n"
     "      SCAN accounts (id, owner, balance, active) | append-only, key (id), bounded | 1:16 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT price + symbol FROM ended",
     "42883 13 operator does not exist: double precision + text / No operator matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT -symbol FROM ended",
     "42883 7 operator does not exist: - text / No operator matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT CASE WHEN qty THEN 1 END FROM ended",
     "42804 17 argument of CASE/WHEN must be type boolean, not type bigint"},
    {BIND_SNAPSHOT,
     "SELECT CASE WHEN true THEN 1 ELSE 'a' END",
     "22P02 34 invalid input syntax for type integer: \"a\""},
    {BIND_SNAPSHOT,
     "SELECT CASE WHEN true THEN 1 ELSE symbol END FROM ended",
     "42804 27 CASE types text and integer cannot be matched"},
    {BIND_SNAPSHOT,
     "SELECT 1 WHERE 1",
     "42804 15 argument of WHERE must be type boolean, not type integer"},
    {BIND_SNAPSHOT,
     "SELECT NOT 1",
     "42804 11 argument of NOT must be type boolean, not type integer"},
    {BIND_SNAPSHOT,
     "SELECT lwoer('a')",
     "42883 7 function lwoer(unknown) does not exist / Perhaps you meant \"power\"."},
    {BIND_SNAPSHOT,
     "SELECT abs()",
     "42883 7 function abs() does not exist / No function matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT abs(1, 2)",
     "42883 7 function abs(integer, integer) does not exist / No function matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT abs(true)",
     "42883 7 function abs(boolean) does not exist / No function matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT 'abc'::integer",
     "22P02 7 invalid input syntax for type integer: \"abc\""},
    {BIND_SNAPSHOT,
     "SELECT timestamp '2020-13-01'",
     "22008 17 date/time field value out of range: \"2020-13-01\""},
    {BIND_SNAPSHOT,
     "SELECT qty = 'x' FROM ended",
     "22P02 13 invalid input syntax for type bigint: \"x\""},
    {BIND_SNAPSHOT,
     "SELECT qty IN (1, 2, 'x') FROM ended",
     "22P02 21 invalid input syntax for type bigint: \"x\""},
    {BIND_SNAPSHOT,
     "SELECT CAST(active AS date) FROM accounts",
     "42846 7 cannot cast type boolean to date"},
    {BIND_SNAPSHOT,
     "SELECT 1::foo",
     "42704 10 type \"foo\" does not exist / Perhaps you meant \"bool\"."},
    {BIND_SNAPSHOT,
     "SELECT 1::numeric(40)",
     "22023 10 NUMERIC precision 40 must be between 1 and 38"},
    {BIND_SNAPSHOT,
     "SELECT symbol COLLATE \"de_DE\" FROM ended",
     "42704 22 collation \"de_DE\" does not exist / Text orders by bytes: the only collation is \"C\"."},
    {BIND_SNAPSHOT,
     "SELECT 99999999999999999999999999999999999999999",
     "22003 7 value \"99999999999999999999999999999999999999999\" is out of range for type numeric"},
    {BIND_SNAPSHOT,
     "SELECT coalesce(qty, active) FROM accounts, ended",
     "42804 21 COALESCE types bigint and boolean cannot be matched"},
    {BIND_SNAPSHOT,
     "SELECT coalesce(id, active) FROM accounts",
     "42804 20 COALESCE types integer and boolean cannot be matched"},
};

static const Case SETS[] = {
    {BIND_SNAPSHOT,
     "SELECT 1 AS a UNION SELECT 2.5 UNION ALL SELECT NULL ORDER BY a",
     "EMIT final rows\n"
     "  SORT by a | append-only, bounded, ordered | 1:54 \"ORDER BY a\"\n"
     "    UNION of 2 | append-only, bounded | 1:1 \"SELECT 1 AS a UNION SELECT 2.5 UNION ALL SELECT NULL ORDER B ...\"\n"
     "      AGGREGATE by a | append-only, key (a), bounded | 1:1 \"SELECT 1 AS a UNION SELECT 2.5\"\n"
     "        UNION of 2 | append-only, bounded | 1:1 \"SELECT 1 AS a UNION SELECT 2.5\"\n"
     "          VALUES 1 row | append-only, one row, bounded | 1:1 \"SELECT 1 AS a\"\n"
     "          VALUES 1 row | append-only, one row, bounded | 1:21 \"SELECT 2.5\"\n"
     "      VALUES 1 row | append-only, one row, bounded | 1:42 \"SELECT NULL\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, qty FROM trades WHERE qty > 1 UNION ALL SELECT symbol, qty FROM ended EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  UNION of 2 | append-only, unbounded | 1:1 \"SELECT symbol, qty FROM trades WHERE qty > 1 UNION ALL SELEC ...\"\n"
     "    FILTER qty > 1 | append-only, unbounded | 1:32 \"WHERE qty > 1\"\n"
     "      SCAN trades (symbol, qty) | append-only, unbounded | 1:25 \"trades\"\n"
     "    SCAN ended (symbol, qty) | append-only, bounded | 1:80 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades UNION SELECT symbol FROM ended EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol | append-only, key (symbol), unbounded | 1:1 \"SELECT symbol FROM trades UNION SELECT symbol FROM ended EMI ...\"\n"
     "    UNION of 2 | append-only, unbounded | 1:1 \"SELECT symbol FROM trades UNION SELECT symbol FROM ended EMI ...\"\n"
     "      SCAN trades (symbol) | append-only, unbounded | 1:20 \"trades\"\n"
     "      SCAN ended (symbol) | append-only, bounded | 1:52 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT qty FROM (SELECT symbol, qty FROM ended UNION ALL SELECT symbol, qty + 1 FROM ended) x WHERE symbol = 'a'",
     "EMIT final rows\n"
     "  UNION of 2 | append-only, bounded | 1:17 \"(SELECT symbol, qty FROM ended UNION ALL SELECT symbol, qty + ...\"\n"
     "    PROJECT qty | append-only, bounded | 1:18 \"SELECT symbol, qty FROM ended\"\n"
     "      FILTER symbol = 'a' | append-only, bounded | 1:95 \"WHERE symbol = 'a'\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:42 \"ended\"\n"
     "    PROJECT qty | append-only, bounded | 1:58 \"SELECT symbol, qty + 1 FROM ended\"\n"
     "      FILTER symbol = 'a' | append-only, bounded | 1:95 \"WHERE symbol = 'a'\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:86 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT 1 UNION SELECT 1, 2",
     "42601 15 each UNION query must have the same number of columns"},
    {BIND_SNAPSHOT,
     "SELECT 1 UNION SELECT symbol FROM ended",
     "42804 22 UNION types integer and text cannot be matched"},
    {BIND_SNAPSHOT,
     "SELECT 1 AS a UNION SELECT 2 ORDER BY a + 1",
     "0A000 38 invalid UNION/INTERSECT/EXCEPT ORDER BY clause / Move the UNION into a FROM clause."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended INTERSECT SELECT symbol FROM ended",
     "0A000 0 INTERSECT is not supported yet"},
};

static const Case WINDOWS[] = {
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end, sum(price * qty) / sum(qty) AS vwap, count(*) AS n FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT symbol, window_start, window_end, vwap, n | append-only, key (symbol, window_start, window_end), watermark window_start - 00:01:00, window_end, unbounded | 1:1 \"SELECT symbol, window_start, window_end, sum(price * qty) / s ...\"\n"
     "    AGGREGATE by symbol, window_start, window_end: sum(price * qty), sum(qty), count(*), once when the window closes | append-only, key (symbol, window_start, window_end), watermark window_start - 00:01:00, window_end, unbounded | 1:138 \"GROUP BY symbol, window_start, window_end\"\n"
     "      PROJECT symbol, window_start, window_end, price * qty, qty | append-only, watermark window_start - 00:01:00, window_end, unbounded | 1:138 \"GROUP BY symbol, window_start, window_end\"\n"
     "        WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:98 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "          SCAN trades (symbol, price, qty, ts) | append-only, watermark ts, unbounded | 1:105 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM ended GROUP BY symbol, TUMBLE(ts, INTERVAL '1' MINUTE, INTERVAL '10' SECOND)",
     "EMIT final rows\n"
     "  PROJECT symbol, window_start, sum | append-only, bounded | 1:1 \"SELECT symbol, window_start, sum(qty) FROM ended GROUP BY sy ...\"\n"
     "    AGGREGATE by window_start, window_end, symbol: sum(qty) | append-only, key (window_start, window_end, symbol), bounded | 1:50 \"GROUP BY symbol, TUMBLE(ts, INTERVAL '1' MINUTE, INTERVAL '1 ...\"\n"
     "      WINDOW TUMBLE of ts, size 00:01:00, offset 00:00:10 | append-only, bounded | 1:67 \"TUMBLE(ts, INTERVAL '1' MINUTE, INTERVAL '10' SECOND)\"\n"
     "        SCAN ended (symbol, qty, ts) | append-only, bounded | 1:44 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_end, count(*) AS n FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_end EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol, window_end: count(*), dropped when the window closes | weighted, key (symbol, window_end), watermark window_end, unbounded | 1:87 \"GROUP BY symbol, window_end\"\n"
     "    WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:47 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "      SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:54 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT tumble_start(ts, INTERVAL '1' MINUTE) AS s, tumble_end(ts, INTERVAL '1' MINUTE), count(*) FROM trades GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE) EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by s, tumble_end: count(*), dropped when the window closes | weighted, key (s, tumble_end), watermark s - 00:01:00, tumble_end, unbounded | 1:110 \"GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)\"\n"
     "    WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:119 \"TUMBLE(ts, INTERVAL '1' MINUTE)\"\n"
     "      SCAN trades (ts) | append-only, watermark ts, unbounded | 1:103 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, count(*) FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by window_start: count(*), dropped when the window closes | weighted, key (window_start), watermark window_start - 00:00:10, unbounded | 1:102 \"GROUP BY window_start\"\n"
     "    WINDOW TUMBLE of ts, size 00:00:10 | append-only, watermark ts, window_start - 00:00:10, window_end, unbounded | 1:36 \"TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SEC ...\"\n"
     "      SCAN trades (ts) | append-only, watermark ts, unbounded | 1:49 \"TABLE trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, count(*) FROM TABLE(TUMBLE(DATA => TABLE trades, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '10' SECOND)) GROUP BY window_start EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by window_start: count(*), dropped when the window closes | weighted, key (window_start), watermark window_start - 00:00:10, unbounded | 1:129 \"GROUP BY window_start\"\n"
     "    WINDOW TUMBLE of ts, size 00:00:10 | append-only, watermark ts, window_start - 00:00:10, window_end, unbounded | 1:36 \"TABLE(TUMBLE(DATA => TABLE trades, TIMECOL => DESCRIPTOR(ts) ...\"\n"
     "      SCAN trades (ts) | append-only, watermark ts, unbounded | 1:57 \"TABLE trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT x.window_start FROM TUMBLE((SELECT symbol, ts FROM trades), ts, INTERVAL '1' MINUTE) x GROUP BY x.window_start EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by window_start, dropped when the window closes | append-only, key (window_start), watermark window_start - 00:01:00, unbounded | 1:95 \"GROUP BY x.window_start\"\n"
     "    WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:28 \"TUMBLE((SELECT symbol, ts FROM trades), ts, INTERVAL '1' MIN ...\"\n"
     "      SCAN trades (ts) | append-only, watermark ts, unbounded | 1:59 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end, sum(qty) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  AGGREGATE by symbol, window_start, window_end: sum(qty), once when the window closes | append-only, key (symbol, window_start, window_end), watermark window_start - 00:05:00, window_end, unbounded | 1:114 \"GROUP BY symbol, window_start, window_end\"\n"
     "    WINDOW HOP of ts, size 00:05:00, slide 00:01:00 | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:56 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "      SCAN trades (symbol, qty, ts) | append-only, watermark ts, unbounded | 1:60 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) WHERE qty > 1 GROUP BY symbol, window_start EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol, window_start: sum(qty), dropped when the window closes | weighted, key (symbol, window_start), watermark window_start - 00:05:00, unbounded | 1:116 \"GROUP BY symbol, window_start\"\n"
     "    WINDOW HOP of ts, size 00:05:00, slide 00:01:00 | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:44 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "      FILTER qty > 1 | append-only, watermark ts, unbounded | 1:102 \"WHERE qty > 1\"\n"
     "        SCAN trades (symbol, qty, ts) | append-only, watermark ts, unbounded | 1:48 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) WHERE window_start > '2020-01-01' GROUP BY window_start EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT count | append-only, unbounded | 1:1 \"SELECT count(*) FROM HOP(trades, ts, INTERVAL '1' MINUTE, IN ...\"\n"
     "    AGGREGATE by window_start: count(*), once when the window closes | append-only, key (window_start), watermark window_start - 00:05:00, unbounded | 1:114 \"GROUP BY window_start\"\n"
     "      FILTER window_start > '2020-01-01' | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:80 \"WHERE window_start > '2020-01-01'\"\n"
     "        WINDOW HOP of ts, size 00:05:00, slide 00:01:00 | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:22 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "          SCAN trades (ts) | append-only, watermark ts, unbounded | 1:26 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) GROUP BY window_start HAVING window_start > '2020-01-01' EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT count | append-only, unbounded | 1:1 \"SELECT count(*) FROM HOP(trades, ts, INTERVAL '1' MINUTE, IN ...\"\n"
     "    FILTER window_start > '2020-01-01' | append-only, key (window_start), watermark window_start - 00:05:00, unbounded | 1:102 \"HAVING window_start > '2020-01-01'\"\n"
     "      AGGREGATE by window_start: count(*), once when the window closes, from slices | append-only, key (window_start), watermark window_start - 00:05:00, unbounded | 1:80 \"GROUP BY window_start\"\n"
     "        WINDOW HOP of ts, size 00:05:00, slide 00:01:00, in slices | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:22 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "          SCAN trades (ts) | append-only, watermark ts, unbounded | 1:26 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM CUMULATE(trades, ts, INTERVAL '1' MINUTE, INTERVAL '1' HOUR) GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT symbol, window_start, sum | append-only, watermark window_start - 01:00:00, unbounded | 1:1 \"SELECT symbol, window_start, sum(qty) FROM CUMULATE(trades, t ...\"\n"
     "    AGGREGATE by symbol, window_start, window_end: sum(qty), once when the window closes | append-only, key (symbol, window_start, window_end), watermark window_start - 01:00:00, window_end, unbounded | 1:105 \"GROUP BY symbol, window_start, window_end\"\n"
     "      WINDOW CUMULATE of ts, size 01:00:00, step 00:01:00 | append-only, watermark ts, window_start - 01:00:00, window_end, unbounded | 1:44 \"CUMULATE(trades, ts, INTERVAL '1' MINUTE, INTERVAL '1' HOUR)\"\n"
     "        SCAN trades (symbol, qty, ts) | append-only, watermark ts, unbounded | 1:53 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end, count(*) FROM trades GROUP BY symbol, SESSION(ts, INTERVAL '10' SECOND) EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  SESSION by symbol: count(*), gap 00:00:10, once when the window closes | append-only, key (symbol, window_start), watermark window_end, unbounded | 1:63 \"GROUP BY symbol, SESSION(ts, INTERVAL '10' SECOND)\"\n"
     "    SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:56 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_end, count(*) FROM SESSION(trades PARTITION BY symbol, ts, INTERVAL '10' SECOND) s GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT symbol, window_end, count | append-only, watermark window_end, unbounded | 1:1 \"SELECT symbol, window_end, count(*) FROM SESSION(trades PART ...\"\n"
     "    SESSION by symbol: count(*), gap 00:00:10, once when the window closes | append-only, key (symbol, window_start), watermark window_end, unbounded | 1:106 \"GROUP BY symbol, window_start, window_end\"\n"
     "      SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:50 \"trades PARTITION BY symbol, ts, INTERVAL '10' SECOND\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, max(price) FROM SESSION(ended, ts, INTERVAL '10' SECOND) GROUP BY window_start, window_end",
     "EMIT final rows\n"
     "  PROJECT window_start, max | append-only, key (window_start), bounded | 1:1 \"SELECT window_start, max(price) FROM SESSION(ended, ts, INTE ...\"\n"
     "    SESSION max(price), gap 00:00:10 | append-only, key (window_start), bounded | 1:79 \"GROUP BY window_start, window_end\"\n"
     "      SCAN ended (price, ts) | append-only, bounded | 1:46 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, sum(volume) FROM TUMBLE(minutes, window_end, INTERVAL '1' HOUR) GROUP BY window_start EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  AGGREGATE by window_start: sum(volume), once when the window closes | append-only, key (window_start), watermark window_start - 01:00:00, unbounded | 1:86 \"GROUP BY window_start\"\n"
     "    WINDOW TUMBLE of window_end, size 01:00:00 | append-only, watermark window_end, window_start - 01:00:00, window_end, unbounded | 1:39 \"TUMBLE(minutes, window_end, INTERVAL '1' HOUR)\"\n"
     "      SCAN minutes (window_end, volume) | append-only, watermark window_end, unbounded | 1:46 \"minutes\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, sum(volume) FROM minutes GROUP BY TUMBLE(window_end, INTERVAL '1' HOUR) EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT window_start, sum | append-only, watermark window_start - 01:00:00, unbounded | 1:1 \"SELECT window_start, sum(volume) FROM minutes GROUP BY TUMBL ...\"\n"
     "    AGGREGATE by window_start, window_end: sum(volume), once when the window closes | append-only, key (window_start, window_end), watermark window_start - 01:00:00, window_end, unbounded | 1:47 \"GROUP BY TUMBLE(window_end, INTERVAL '1' HOUR)\"\n"
     "      WINDOW TUMBLE of window_end, size 01:00:00 | append-only, watermark window_end, window_start - 01:00:00, window_end, unbounded | 1:56 \"TUMBLE(window_end, INTERVAL '1' HOUR)\"\n"
     "        SCAN minutes (window_end, volume) | append-only, watermark window_end, unbounded | 1:39 \"minutes\"\n"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT symbol, window_start FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  AGGREGATE by symbol, window_start, once when the window closes | append-only, key (symbol, window_start), watermark window_start - 00:01:00, unbounded | 1:1 \"SELECT DISTINCT symbol, window_start FROM TUMBLE(trades, ts, ...\"\n"
     "    WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:43 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "      SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:50 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, n FROM (SELECT window_start, count(*) AS n, symbol FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY window_start, symbol) x WHERE symbol = 'a' AND n > 5 EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT window_start, n | append-only, watermark window_start - 00:01:00, unbounded | 1:1 \"SELECT window_start, n FROM (SELECT window_start, count(*) A ...\"\n"
     "    FILTER n > 5 | append-only, key (window_start, symbol), watermark window_start - 00:01:00, unbounded | 1:151 \"WHERE symbol = 'a' AND n > 5\"\n"
     "      AGGREGATE by window_start, symbol: count(*), once when the window closes | append-only, key (window_start, symbol), watermark window_start - 00:01:00, unbounded | 1:118 \"GROUP BY window_start, symbol\"\n"
     "        WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:78 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "          FILTER symbol = 'a' | append-only, watermark ts, unbounded | 1:151 \"WHERE symbol = 'a' AND n > 5\"\n"
     "            SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:85 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, symbol, INTERVAL '1' MINUTE)",
     "42804 33 the time column of tumble must be a timestamp or a date, not text"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, qty, INTERVAL '1' MINUTE)",
     "42804 33 the time column of tumble must be a timestamp or a date, not bigint / Declare the column TIMESTAMP, or convert it in a view: to_timestamp(seconds)."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, tss, INTERVAL '1' MINUTE)",
     "42703 33 column \"tss\" does not exist / Perhaps you meant \"ts\"."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(endde, ts, INTERVAL '1' MINUTE)",
     "42P01 26 relation \"endde\" does not exist / Perhaps you meant \"ended\"."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts, INTERVAL '1' MONTH)",
     "22023 37 the size of a window must be a fixed length of time / Months and years differ in length: use days or smaller units."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts, INTERVAL '0' MINUTE)",
     "22023 37 the size of a window must be greater than zero"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts, 5)",
     "42804 37 the size of a window must be an interval, not integer"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts)",
     "42601 19 wrong number of arguments of tumble / Write tumble(table, time_column, size [, offset])."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM CUMULATE(ended, ts, INTERVAL '2' MINUTE, INTERVAL '5' MINUTE)",
     "22023 60 the size of CUMULATE must be a multiple of its step"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM HOP(ended, ts, INTERVAL '1' SECOND, INTERVAL '90' DAY)",
     "54000 34 a row would belong to more than 100000 windows"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM SESSION(ended, ts, INTERVAL '5' MINUTE)",
     "0A000 19 SESSION without GROUP BY is not supported yet / GROUP BY window_start and window_end."},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end FROM SESSION(ended, ts, INTERVAL '5' MINUTE) GROUP BY symbol, window_start, window_end",
     "0A000 45 grouping sessions by other columns than those of their PARTITION BY is not supported yet / Write SESSION(table PARTITION BY the grouped columns, time_column, gap), or GROUP BY SESSION(time_column, gap)."},
    {BIND_SNAPSHOT,
     "SELECT window_start FROM trades WHERE window_start > '2020-01-01' GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE) EMIT CHANGES",
     "42703 38 column \"window_start\" does not exist"},
    {BIND_SNAPSHOT,
     "SELECT TUMBLE(ts, INTERVAL '1' MINUTE) FROM ended",
     "42P20 7 tumble is not allowed here / Windows stand in FROM or in GROUP BY; the SELECT list names window_start and window_end."},
    {BIND_SNAPSHOT,
     "SELECT 1 FROM ended GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), TUMBLE(ts, INTERVAL '2' MINUTE)",
     "42P20 62 only one window may be grouped by"},
};

static const Case EMIT[] = {
    {BIND_MAINTAINED,
     "SELECT symbol, sum(qty) FROM trades GROUP BY symbol",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol: sum(qty) | weighted, key (symbol), unbounded | 1:37 \"GROUP BY symbol\"\n"
     "    SCAN trades (symbol, qty) | append-only, unbounded | 1:30 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT symbol, qty FROM trades WHERE qty > 1",
     "EMIT rows as they come\n"
     "  FILTER qty > 1 | append-only, unbounded | 1:32 \"WHERE qty > 1\"\n"
     "    SCAN trades (symbol, qty) | append-only, unbounded | 1:25 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT n, count(*) FROM totals GROUP BY n",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by n: count(*) | weighted, key (n), unbounded | 1:32 \"GROUP BY n\"\n"
     "    SCAN totals (n) | weighted, unbounded | 1:25 \"totals\"\n"},
    {BIND_MAINTAINED,
     "SELECT symbol, window_start, sum(qty) FROM TUMBLE(unmarked, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol, window_start: sum(qty) | weighted, key (symbol, window_start), unbounded | 1:86 \"GROUP BY symbol, window_start\"\n"
     "    WINDOW TUMBLE of ts, size 00:01:00 | append-only, unbounded | 1:44 \"TUMBLE(unmarked, ts, INTERVAL '1' MINUTE)\"\n"
     "      SCAN unmarked (symbol, qty, ts) | append-only, unbounded | 1:51 \"unmarked\"\n"
     "NOTICE 85 the time column of this window has no watermark: its windows never close and their state grows / Declare WATERMARK FOR the time column on the source.\n"},
    {BIND_MAINTAINED,
     "SELECT window_start, count(*) FROM (SELECT opened AS d FROM accounts) a GROUP BY TUMBLE(d, INTERVAL '7' DAY)",
     "EMIT changes, with __weight\n"
     "  PROJECT window_start, count | weighted, unbounded | 1:1 \"SELECT window_start, count(*) FROM (SELECT opened AS d FROM a ...\"\n"
     "    AGGREGATE by window_start, window_end: count(*) | weighted, key (window_start, window_end), unbounded | 1:73 \"GROUP BY TUMBLE(d, INTERVAL '7' DAY)\"\n"
     "      WINDOW TUMBLE of d, size 168:00:00 | weighted, unbounded | 1:82 \"TUMBLE(d, INTERVAL '7' DAY)\"\n"
     "        SCAN accounts (d) | weighted, unbounded | 1:61 \"accounts\"\n"
     "NOTICE 72 the time column of this window has no watermark: its windows never close and their state grows / Declare WATERMARK FOR the time column on the source.\n"},
    {BIND_SNAPSHOT,
     "SELECT sum(qty) FROM trades EMIT ON UPDATE",
     "EMIT the latest row per key, with __weight\n"
     "  AGGREGATE sum(qty) | weighted, one row, unbounded | 1:1 \"SELECT sum(qty) FROM trades EMIT ON UPDATE\"\n"
     "    SCAN trades (qty) | append-only, unbounded | 1:22 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT id, owner FROM accounts EMIT ON UPDATE",
     "EMIT the latest row per key, with __weight\n"
     "  SCAN accounts (id, owner) | weighted, key (id), unbounded | 1:23 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades EMIT EVERY INTERVAL '1' SECOND",
     "EMIT net changes every 00:00:01\n"
     "  SCAN trades (symbol) | append-only, unbounded | 1:20 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades LIMIT 3 EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  LIMIT 3 | append-only, unbounded | 1:27 \"LIMIT 3\"\n"
     "    SCAN trades (symbol) | append-only, unbounded | 1:20 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, count(*) FROM TUMBLE(ended, ts, INTERVAL '1' MINUTE) GROUP BY window_start ORDER BY 2 LIMIT 1 EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  LIMIT 1 | append-only, key (window_start), watermark window_start - 00:01:00, bounded, ordered | 1:108 \"LIMIT 1\"\n"
     "    SORT by count, first 1 | append-only, key (window_start), watermark window_start - 00:01:00, bounded, ordered | 1:97 \"ORDER BY 2\"\n"
     "      AGGREGATE by window_start: count(*), once when the window closes | append-only, key (window_start), watermark window_start - 00:01:00, bounded | 1:75 \"GROUP BY window_start\"\n"
     "        WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, bounded | 1:36 \"TUMBLE(ended, ts, INTERVAL '1' MINUTE)\"\n"
     "          SCAN ended (ts) | append-only, watermark ts, bounded | 1:43 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty * 2) FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start EMIT ON WINDOW CLOSE ALLOW LATENESS INTERVAL '1' MINUTE LATE DATA TO late",
     "EMIT rows as they come, late rows to late\n"
     "  AGGREGATE by symbol, window_start: sum(qty * 2), once when the window closes, lateness 00:01:00, late rows aside | append-only, key (symbol, window_start), watermark window_start - 00:02:00, unbounded | 1:88 \"GROUP BY symbol, window_start\"\n"
     "    PROJECT symbol, price, qty, ts, window_start, qty * 2 | append-only, watermark ts, window_start - 00:02:00, unbounded | 1:88 \"GROUP BY symbol, window_start\"\n"
     "      WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:02:00, window_end - 00:01:00, unbounded | 1:48 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "        SCAN trades (symbol, price, qty, ts) | append-only, watermark ts, unbounded | 1:55 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, count(*) FROM trades GROUP BY symbol, SESSION(ts, INTERVAL '10' SECOND) EMIT CHANGES ALLOW LATENESS INTERVAL '1' MINUTE LATE DATA TO late",
     "EMIT changes, with __weight, late rows to late\n"
     "  PROJECT symbol, window_start, count | weighted, key (symbol, window_start), unbounded | 1:1 \"SELECT symbol, window_start, count(*) FROM trades GROUP BY s ...\"\n"
     "    SESSION by symbol: count(*), gap 00:00:10, dropped when the window closes, lateness 00:01:00, late rows aside | weighted, key (symbol, window_start), watermark window_end - 00:01:00, unbounded | 1:51 \"GROUP BY symbol, SESSION(ts, INTERVAL '10' SECOND)\"\n"
     "      SCAN trades (symbol, price, qty, ts) | append-only, watermark ts, unbounded | 1:44 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, max(n) FROM (SELECT symbol, window_start, count(*) AS n FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start) x GROUP BY window_start EMIT ON WINDOW CLOSE ALLOW LATENESS INTERVAL '5' SECOND",
     "EMIT rows as they come\n"
     "  AGGREGATE by window_start: max(n), once when the window closes, lateness 00:00:05 | append-only, key (window_start), watermark window_start - 00:01:05, unbounded | 1:156 \"GROUP BY window_start\"\n"
     "    AGGREGATE by symbol, window_start: count(*), once when the window closes, lateness 00:00:05 | append-only, key (symbol, window_start), watermark window_start - 00:01:05, unbounded | 1:123 \"GROUP BY symbol, window_start\"\n"
     "      WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:05, window_end - 00:00:05, unbounded | 1:83 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "        SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:90 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT * FROM trades",
     "42P17 14 a SELECT over the unbounded source \"trades\" would never end / Add EMIT CHANGES (or EMIT ON WINDOW CLOSE) to follow it, or CREATE MATERIALIZED VIEW .. AS this query and read that."},
    {BIND_SNAPSHOT,
     "SELECT * FROM minutes",
     "42P17 14 a SELECT over the unbounded source \"trades\" would never end / Add EMIT CHANGES (or EMIT ON WINDOW CLOSE) to follow it, or CREATE MATERIALIZED VIEW .. AS this query and read that."},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM TUMBLE(unmarked, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start EMIT ON WINDOW CLOSE",
     "42P17 115 EMIT ON WINDOW CLOSE over \"window_start\", which has no watermark: its windows would never close / Declare WATERMARK FOR the time column on the source, or use EMIT CHANGES."},
    {BIND_SNAPSHOT,
     "SELECT symbol, sum(qty) FROM trades GROUP BY symbol EMIT ON WINDOW CLOSE",
     "42P17 52 EMIT ON WINDOW CLOSE needs an aggregate over windows / Group by window_start and window_end of TUMBLE(table, time_column, size), or write EMIT CHANGES alone."},
    {BIND_SNAPSHOT,
     "SELECT sum(n) FROM (SELECT symbol, window_start, count(*) AS n FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start) x EMIT ON WINDOW CLOSE",
     "42P17 141 EMIT ON WINDOW CLOSE needs rows that never change, but something above or beside the windows changes its rows / Group by the window's columns at every level, or use EMIT CHANGES."},
    {BIND_SNAPSHOT,
     "SELECT price FROM trades EMIT ON UPDATE",
     "42P17 25 EMIT ON UPDATE shows the latest row per key, and these rows have no unique key / Keep the grouped columns (or the primary key) in the SELECT list, or use EMIT CHANGES."},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM trades ALLOW LATENESS INTERVAL '1' MINUTE",
     "42P17 28 a SELECT without EMIT knows no lateness: every row counts / Add EMIT ON WINDOW CLOSE or EMIT CHANGES before it, or leave it out."},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM trades EMIT CHANGES ALLOW LATENESS INTERVAL '1' MINUTE",
     "42P17 56 ALLOW LATENESS needs an aggregate over windows / Group by window_start and window_end of TUMBLE(table, time_column, size), or write EMIT CHANGES alone."},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM trades EMIT CHANGES LATE DATA TO late",
     "42P17 28 LATE DATA TO needs an aggregate over windows / Group by window_start and window_end of TUMBLE(table, time_column, size), or write EMIT CHANGES alone."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades ORDER BY symbol EMIT CHANGES",
     "0A000 26 ORDER BY in a continuous query over unbounded input is not supported yet"},
    {BIND_MAINTAINED,
     "SELECT symbol FROM trades LIMIT 3",
     "0A000 26 LIMIT in a continuous query over unbounded input is not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades EMIT EVERY INTERVAL '0' SECOND",
     "22023 37 EMIT EVERY must be greater than zero"},
};

static const Case SUBQUERIES[] = {
    {BIND_SNAPSHOT,
     "SELECT id, balance, (SELECT max(balance) FROM accounts) AS m FROM accounts WHERE balance > (SELECT avg(balance) FROM accounts)",
     "EMIT final rows\n"
     "  PROJECT id, balance, m | append-only, key (id), bounded | 1:1 \"SELECT id, balance, (SELECT max(balance) FROM accounts) AS m ...\"\n"
     "    SCALAR | append-only, key (id), bounded | 1:21 \"(SELECT max(balance) FROM accounts)\"\n"
     "      FILTER balance > (SELECT avg(balance) FROM accounts) | append-only, key (id), bounded | 1:76 \"WHERE balance > (SELECT avg(balance) FROM accounts)\"\n"
     "        SCALAR | append-only, key (id), bounded | 1:92 \"(SELECT avg(balance) FROM accounts)\"\n"
     "          SCAN accounts (id, balance) | append-only, key (id), bounded | 1:67 \"accounts\"\n"
     "          AGGREGATE avg(balance) | append-only, one row, bounded | 1:92 \"(SELECT avg(balance) FROM accounts)\"\n"
     "            SCAN accounts (balance) | append-only, bounded | 1:118 \"accounts\"\n"
     "      AGGREGATE max(balance) | append-only, one row, bounded | 1:21 \"(SELECT max(balance) FROM accounts)\"\n"
     "        SCAN accounts (balance) | append-only, bounded | 1:47 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT owner, sum(balance) / (SELECT sum(balance) FROM accounts) FROM accounts GROUP BY owner HAVING sum(balance) > (SELECT 1)",
     "EMIT final rows\n"
     "  PROJECT owner, ?column? | append-only, key (owner), bounded | 1:1 \"SELECT owner, sum(balance) / (SELECT sum(balance) FROM accou ...\"\n"
     "    FILTER sum(balance) > (SELECT 1) | append-only, key (owner), bounded | 1:95 \"HAVING sum(balance) > (SELECT 1)\"\n"
     "      SCALAR | append-only, key (owner), bounded | 1:117 \"(SELECT 1)\"\n"
     "        SCALAR | append-only, key (owner), bounded | 1:30 \"(SELECT sum(balance) FROM accounts)\"\n"
     "          AGGREGATE by owner: sum(balance) | append-only, key (owner), bounded | 1:80 \"GROUP BY owner\"\n"
     "            SCAN accounts (owner, balance) | append-only, bounded | 1:71 \"accounts\"\n"
     "          AGGREGATE sum(balance) | append-only, one row, bounded | 1:30 \"(SELECT sum(balance) FROM accounts)\"\n"
     "            SCAN accounts (balance) | append-only, bounded | 1:56 \"accounts\"\n"
     "        VALUES 1 row | append-only, one row, bounded | 1:117 \"(SELECT 1)\"\n"},
    {BIND_SNAPSHOT,
     "SELECT (SELECT id, owner FROM accounts)",
     "42601 7 subquery must return only one column"},
    {BIND_MAINTAINED,
     "SELECT qty > (SELECT max(id) FROM accounts) FROM trades",
     "0A000 13 subqueries in a continuous query are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT id FROM accounts a WHERE EXISTS (SELECT 1 FROM ended WHERE qty = a.id)",
     "0A000 72 correlated subqueries are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT id FROM accounts a WHERE EXISTS (SELECT 1 FROM ended WHERE qtt = a.id)",
     "42703 66 column \"qtt\" does not exist / Perhaps you meant \"qty\"."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended WHERE qty IN (SELECT id FROM accounts)",
     "0A000 31 IN (SELECT ..) is not supported yet"},
};

static const Case RULES[] = {
    {BIND_SNAPSHOT,
     "SELECT * FROM (SELECT * FROM (SELECT symbol AS s, qty + 1 AS q FROM ended) a WHERE q > 1) b WHERE s = 'x' AND q + 1 > 3",
     "EMIT final rows\n"
     "  FILTER q > 1 AND q + 1 > 3 | append-only, bounded | 1:78 \"WHERE q > 1\"\n"
     "    PROJECT s, q | append-only, bounded | 1:30 \"(SELECT symbol AS s, qty + 1 AS q FROM ended)\"\n"
     "      FILTER s = 'x' | append-only, bounded | 1:93 \"WHERE s = 'x' AND q + 1 > 3\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:69 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT q + 1 AS r FROM (SELECT qty * 2 AS q FROM ended) x",
     "EMIT final rows\n"
     "  PROJECT r | append-only, bounded | 1:1 \"SELECT q + 1 AS r FROM (SELECT qty * 2 AS q FROM ended) x\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:50 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT q + q AS r FROM (SELECT qty * 2 AS q FROM ended) x",
     "EMIT final rows\n"
     "  PROJECT r | append-only, bounded | 1:1 \"SELECT q + q AS r FROM (SELECT qty * 2 AS q FROM ended) x\"\n"
     "    PROJECT q | append-only, bounded | 1:24 \"(SELECT qty * 2 AS q FROM ended)\"\n"
     "      SCAN ended (qty) | append-only, bounded | 1:50 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT owner FROM (SELECT owner, count(*) AS n, sum(balance) AS s FROM accounts GROUP BY owner) x WHERE n > 1 AND owner > 'a'",
     "EMIT final rows\n"
     "  PROJECT owner | append-only, key (owner), bounded | 1:1 \"SELECT owner FROM (SELECT owner, count(*) AS n, sum(balance) ...\"\n"
     "    FILTER n > 1 | append-only, key (owner), bounded | 1:99 \"WHERE n > 1 AND owner > 'a'\"\n"
     "      AGGREGATE by owner: count(*) | append-only, key (owner), bounded | 1:81 \"GROUP BY owner\"\n"
     "        FILTER owner > 'a' | append-only, bounded | 1:99 \"WHERE n > 1 AND owner > 'a'\"\n"
     "          SCAN accounts (owner) | append-only, bounded | 1:72 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT id FROM (SELECT id, 10 / id AS q FROM accounts WHERE id <> 0) x WHERE q > 1",
     "EMIT final rows\n"
     "  PROJECT id | append-only, key (id), bounded | 1:1 \"SELECT id FROM (SELECT id, 10 / id AS q FROM accounts WHERE i ...\"\n"
     "    FILTER q > 1 | append-only, key (id), bounded | 1:72 \"WHERE q > 1\"\n"
     "      PROJECT id, q | append-only, key (id), bounded | 1:16 \"(SELECT id, 10 / id AS q FROM accounts WHERE id <> 0)\"\n"
     "        FILTER id <> 0 | append-only, key (id), bounded | 1:55 \"WHERE id <> 0\"\n"
     "          SCAN accounts (id) | append-only, key (id), bounded | 1:46 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM (SELECT symbol, qty FROM ended ORDER BY qty LIMIT 5) x WHERE symbol = 'a'",
     "EMIT final rows\n"
     "  PROJECT symbol | append-only, bounded, ordered | 1:1 \"SELECT symbol FROM (SELECT symbol, qty FROM ended ORDER BY q ...\"\n"
     "    FILTER symbol = 'a' | append-only, bounded, ordered | 1:75 \"WHERE symbol = 'a'\"\n"
     "      LIMIT 5 | append-only, bounded, ordered | 1:64 \"LIMIT 5\"\n"
     "        SORT by qty, first 5 | append-only, bounded, ordered | 1:51 \"ORDER BY qty\"\n"
     "          SCAN ended (symbol, qty) | append-only, bounded | 1:45 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM (SELECT symbol, qty FROM ended ORDER BY qty) x WHERE symbol = 'a'",
     "EMIT final rows\n"
     "  PROJECT symbol | append-only, bounded, ordered | 1:1 \"SELECT symbol FROM (SELECT symbol, qty FROM ended ORDER BY q ...\"\n"
     "    SORT by qty | append-only, bounded, ordered | 1:51 \"ORDER BY qty\"\n"
     "      FILTER symbol = 'a' | append-only, bounded | 1:67 \"WHERE symbol = 'a'\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:45 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT 2 * 3 + qty FROM ended WHERE true AND 1 < 2",
     "EMIT final rows\n"
     "  PROJECT ?column? | append-only, bounded | 1:1 \"SELECT 2 * 3 + qty FROM ended WHERE true AND 1 < 2\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:25 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT qty FROM ended WHERE false",
     "EMIT final rows\n"
     "  FILTER false | append-only, bounded | 1:23 \"WHERE false\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:17 \"ended\"\n"},
};

static const Case LATER[] = {
    {BIND_SNAPSHOT,
     "SELECT a.id FROM accounts a JOIN ended b ON a.id = b.qtyy",
     "42703 51 column b.qtyy does not exist / Perhaps you meant \"qty\"."},
    {BIND_SNAPSHOT,
     "SELECT a.id FROM accounts a JOIN ended b ON a.id = b.qty WHERE b.prise > 1",
     "42703 63 column b.prise does not exist / Perhaps you meant \"price\"."},
    {BIND_SNAPSHOT,
     "SELECT a.id FROM accounts a JOIN ended b ON a.id = b.qty",
     "0A000 17 joins are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT row_number() OVER (PARTITION BY symbol ORDER BY tss) FROM ended",
     "42703 55 column \"tss\" does not exist / Perhaps you meant \"ts\"."},
    {BIND_SNAPSHOT,
     "SELECT row_number() OVER (PARTITION BY symbol ORDER BY ts) FROM ended",
     "0A000 7 window functions (OVER) are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT symbol, count(*) FROM ended GROUP BY ROLLUP (symbol, qtyy)",
     "42703 60 column \"qtyy\" does not exist / Perhaps you meant \"qty\"."},
    {BIND_SNAPSHOT,
     "SELECT symbol, count(*) FROM ended GROUP BY ROLLUP (symbol, qty)",
     "0A000 44 GROUPING SETS, ROLLUP and CUBE are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT ON (symbol) symbol FROM ended",
     "0A000 20 DISTINCT ON is not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT ARRAY[1, x] FROM ended",
     "42703 16 column \"x\" does not exist"},
    {BIND_SNAPSHOT,
     "SELECT ARRAY[1, qty] FROM ended",
     "0A000 7 arrays are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT (1, 2), 3",
     "0A000 7 ROW values are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM generate_series(1, 10)",
     "0A000 21 functions other than windows in FROM are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended FOR UPDATE",
     "0A000 25 FOR UPDATE and FOR SHARE are not supported yet"},
    {BIND_SNAPSHOT,
     "WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r",
     "0A000 0 WITH RECURSIVE is not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended TABLESAMPLE bernoulli(10)",
     "0A000 25 TABLESAMPLE is not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT '{}'::jsonb",
     "0A000 13 JSON values are not supported yet"},
};

static const Case INSERT[] = {
    {BIND_SNAPSHOT,
     "INSERT INTO accounts VALUES (1, 'a', 3.5, '2020-01-01', true), (2, NULL, 1e3, DEFAULT, false)",
     "EMIT final rows\n"
     "  VALUES 2 rows | append-only, bounded | 1:22 \"VALUES (1, 'a', 3.5, '2020-01-01', true), (2, NULL, 1e3, DEF ...\"\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, id) VALUES ('a', 1), ('b', 2)",
     "EMIT final rows\n"
     "  VALUES 2 rows | append-only, bounded | 1:34 \"VALUES ('a', 1), ('b', 2)\"\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, id) SELECT symbol, qty FROM ended",
     "EMIT final rows\n"
     "  PROJECT id, owner, balance, opened, active | append-only, bounded | 1:34 \"SELECT symbol, qty FROM ended\"\n"
     "    SCAN ended (symbol, qty) | append-only, bounded | 1:58 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts SELECT 1, 'x', 2.555, '2020-01-01', 'true'",
     "EMIT final rows\n"
     "  VALUES 1 row | append-only, one row, bounded | 1:22 \"SELECT 1, 'x', 2.555, '2020-01-01', 'true'\"\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, idd) VALUES ('a', 1)",
     "42703 29 column \"idd\" of relation \"accounts\" does not exist / Perhaps you meant \"id\"."},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, owner) VALUES ('a', 1)",
     "42701 29 column \"owner\" specified more than once"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner) VALUES ('a', 1)",
     "42601 42 INSERT has more expressions than target columns"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, id) VALUES ('a')",
     "42601 29 INSERT has more target columns than expressions"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (id) VALUES ('x')",
     "22P02 34 invalid input syntax for type integer: \"x\""},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (id) VALUES (true)",
     "42804 34 column \"id\" is of type integer but expression is of type boolean / You will need to rewrite or cast the expression."},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (id) SELECT active FROM accounts",
     "42804 33 column \"id\" is of type integer but expression is of type boolean / You will need to rewrite or cast the expression."},
};

static const Case STATE[] = {
    {BIND_MAINTAINED,
     "SELECT symbol, count(DISTINCT qty) FROM trades WHERE qty > 1 GROUP BY symbol",
     "AGGREGATE by symbol: count(DISTINCT qty) | state: grows with keys (symbol); each group keeps the distinct values of count | 1:62 \"GROUP BY symbol\"\n"
     "  FILTER qty > 1 | state: none | 1:48 \"WHERE qty > 1\"\n"
     "    SCAN trades (symbol, qty) | state: none | 1:41 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT count(*) FROM trades",
     "AGGREGATE count(*) | state: bounded: one row | 1:1 \"SELECT count(*) FROM trades\"\n"
     "  SCAN trades () | state: none | 1:22 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT symbol, window_start, sum(qty) FROM TUMBLE(unmarked, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start",
     "AGGREGATE by symbol, window_start: sum(qty) | state: grows for ever: its windows never close; WATERMARK FOR the time column on the source would bound it | 1:86 \"GROUP BY symbol, window_start\"\n"
     "  WINDOW TUMBLE of ts, size 00:01:00 | state: none | 1:44 \"TUMBLE(unmarked, ts, INTERVAL '1' MINUTE)\"\n"
     "    SCAN unmarked (symbol, qty, ts) | state: none | 1:51 \"unmarked\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) GROUP BY symbol, window_start EMIT ON WINDOW CLOSE",
     "AGGREGATE by symbol, window_start: sum(qty), once when the window closes, from slices | state: bounded: the groups of windows still open | 1:102 \"GROUP BY symbol, window_start\"\n"
     "  WINDOW HOP of ts, size 00:05:00, slide 00:01:00, in slices | state: none | 1:44 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "    SCAN trades (symbol, qty, ts) | state: none | 1:48 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT id, window_start, count(*) FROM (SELECT id, opened AS d FROM accounts) a GROUP BY id, SESSION(d, INTERVAL '1' DAY)",
     "PROJECT id, window_start, count | state: none | 1:1 \"SELECT id, window_start, count(*) FROM (SELECT id, opened AS ...\"\n"
     "  SESSION by id: count(*), gap 24:00:00 | state: grows for ever: its windows never close; WATERMARK FOR the time column on the source would bound it; sessions keep their rows, since a withdrawn row can split one | 1:81 \"GROUP BY id, SESSION(d, INTERVAL '1' DAY)\"\n"
     "    SCAN accounts (id, d) | state: none | 1:69 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, sum(qty) FROM ended GROUP BY symbol ORDER BY 2 DESC LIMIT 3 OFFSET 1",
     "LIMIT 3 after 1 | state: bounded: a count | 1:68 \"LIMIT 3\"\n"
     "  SORT by sum DESC, first 4 | state: bounded: 4 rows | 1:52 \"ORDER BY 2 DESC\"\n"
     "    AGGREGATE by symbol: sum(qty) | state: bounded: its input ends | 1:36 \"GROUP BY symbol\"\n"
     "      SCAN ended (symbol, qty) | state: none | 1:30 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT (SELECT 1) FROM nowhere",
     "42P01 23 relation \"nowhere\" does not exist"},
};

static const Case TYPES[] = {
    {BIND_SNAPSHOT,
     "SELECT 1, -2147483648, 2147483648, -9223372036854775808, 9223372036854775808, 1.50, 1e3, .5, true, NULL, 'x'",
     "?column? integer!, ?column? integer!, ?column? bigint!, ?column? bigint!, ?column? numeric(19,0)!, ?column? numeric(3,2)!, ?column? numeric(4,0)!, ?column? numeric(1,1)!, bool boolean!, ?column? text, ?column? text!"},
    {BIND_SNAPSHOT,
     "SELECT id + 1, id + 3000000000, id::smallint + id, id / 2, id / 2.0, id % 3, -id, id * 1.5 FROM accounts",
     "?column? integer!, ?column? bigint!, ?column? integer!, ?column? integer!, ?column? numeric(27,16)!, ?column? integer!, ?column? integer!, ?column? numeric(12,1)!"},
    {BIND_SNAPSHOT,
     "SELECT balance * 2, balance + 1.255, balance / 3, balance * balance, balance * 1.5::double precision, balance::numeric(5,1), balance::numeric FROM accounts",
     "?column? numeric(22,2), ?column? numeric(14,3), ?column? numeric(26,16), ?column? numeric(24,4), ?column? double precision, balance numeric(5,1), balance numeric(12,2)"},
    {BIND_SNAPSHOT,
     "SELECT sum(id), sum(balance), avg(id), avg(balance), count(*), min(owner), max(opened), sum(id::bigint), sum(id::double precision) FROM accounts",
     "sum bigint, sum numeric(38,2), avg numeric(38,16), avg numeric(38,16), count bigint!, min character varying, max date, sum numeric(38,0), sum double precision"},
    {BIND_SNAPSHOT,
     "SELECT CASE WHEN active THEN 1 ELSE 2.5 END, coalesce(id, 2), coalesce(owner, 'x'), nullif(id, 3), greatest(id, 2.5), least(1, 2::bigint) FROM accounts",
     "case numeric(11,1)!, coalesce integer!, coalesce character varying!, nullif integer, greatest numeric(11,1), least bigint!"},
    {BIND_SNAPSHOT,
     "SELECT 1::int4, '5'::int8, 1.5::float4, '1.25'::numeric, 'x'::varchar(3), 'x'::text, '2020-01-01'::date, 1::double precision AS d FROM accounts",
     "int4 integer!, int8 bigint!, float4 real!, numeric numeric(3,2)!, varchar character varying(3)!, text text!, date date!, d double precision!"},
    {BIND_SNAPSHOT,
     "SELECT date '2020-01-01', timestamp '2020-01-01 00:00:00', interval '1' hour, time '10:00', timestamptz '2020-01-01 00:00:00+02'",
     "date date!, timestamp timestamp without time zone!, interval interval!, time time without time zone!, timestamptz timestamp with time zone!"},
    {BIND_SNAPSHOT,
     "SELECT id IS NULL, owner IS NOT NULL, active IS TRUE, id IS DISTINCT FROM 1, id IN (1, 2), id BETWEEN 1 AND 2, NOT active, active AND true FROM accounts",
     "?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!"},
    {BIND_SNAPSHOT,
     "SELECT opened = '2020-01-01', opened < timestamp '2020-01-02', id = 1.5, balance > 1, owner = 'x', 'a' = 'b', NULL = NULL FROM accounts",
     "?column? boolean, ?column? boolean, ?column? boolean!, ?column? boolean, ?column? boolean, ?column? boolean!, ?column? boolean"},
    {BIND_SNAPSHOT,
     "SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT 3::bigint",
     "a numeric(20,1)!"},
    {BIND_SNAPSHOT,
     "SELECT NULL AS a UNION ALL SELECT 1",
     "a integer"},
    {BIND_SNAPSHOT,
     "SELECT 'x' AS a UNION ALL SELECT owner FROM accounts",
     "a character varying"},
    {BIND_SNAPSHOT,
     "VALUES (1, 'a', NULL), (2.5, NULL, true)",
     "column1 numeric(11,1)!, column2 text, column3 boolean"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end, count(*) FROM TUMBLE(ended, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start, window_end",
     "symbol text, window_start timestamp without time zone!, window_end timestamp without time zone!, count bigint!"},
    {BIND_SNAPSHOT,
     "SELECT power(2, 3), abs(-1.5), round(2.567, 1), round(2.5), sqrt(2), floor(2.5), mod(5, 3::bigint)",
     "power double precision!, abs numeric(2,1)!, round numeric(3,1)!, round numeric(38,0)!, sqrt double precision!, floor numeric(38,0)!, mod bigint!"},
    {BIND_SNAPSHOT,
     "SELECT id::text, CAST(id AS real), CAST(1 AS boolean), 1 = 1, count(*) OVER () FROM accounts",
     "0A000 62 window functions (OVER) are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT (SELECT 1), (SELECT max(id) FROM accounts)",
     "?column? integer, max integer"},
    {BIND_SNAPSHOT,
     "SELECT price::integer, price AS p, x.price + 1, -x.price, (x.price), x.qty::text::integer, coalesce(x.qty) FROM ended x",
     "price integer, p double precision, ?column? double precision, ?column? double precision, price double precision, qty integer, coalesce bigint"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (id, balance) SELECT qty, price FROM ended",
     "id integer, owner character varying, balance numeric(12,2), opened date, active boolean"},
};

/* clang-format on */

static void test_names(void **state) {
    (void)state;
    check_cases(explain_or_error, NAMES, sizeof(NAMES) / sizeof(NAMES[0]));
}

static void test_from_less(void **state) {
    (void)state;
    check_cases(explain_or_error, FROM_LESS, sizeof(FROM_LESS) / sizeof(FROM_LESS[0]));
}

static void test_grouping(void **state) {
    (void)state;
    check_cases(explain_or_error, GROUPING, sizeof(GROUPING) / sizeof(GROUPING[0]));
}

static void test_expressions(void **state) {
    (void)state;
    check_cases(explain_or_error, EXPRESSIONS, sizeof(EXPRESSIONS) / sizeof(EXPRESSIONS[0]));
}

static void test_sets(void **state) {
    (void)state;
    check_cases(explain_or_error, SETS, sizeof(SETS) / sizeof(SETS[0]));
}

static void test_windows(void **state) {
    (void)state;
    check_cases(explain_or_error, WINDOWS, sizeof(WINDOWS) / sizeof(WINDOWS[0]));
}

static void test_emit(void **state) {
    (void)state;
    check_cases(explain_or_error, EMIT, sizeof(EMIT) / sizeof(EMIT[0]));
}

static void test_subqueries(void **state) {
    (void)state;
    check_cases(explain_or_error, SUBQUERIES, sizeof(SUBQUERIES) / sizeof(SUBQUERIES[0]));
}

static void test_rules(void **state) {
    (void)state;
    check_cases(explain_or_error, RULES, sizeof(RULES) / sizeof(RULES[0]));
}

static void test_later(void **state) {
    (void)state;
    check_cases(explain_or_error, LATER, sizeof(LATER) / sizeof(LATER[0]));
}

static void test_insert(void **state) {
    (void)state;
    check_cases(explain_or_error, INSERT, sizeof(INSERT) / sizeof(INSERT[0]));
}

static void test_state(void **state) {
    (void)state;
    check_cases(state_or_error, STATE, sizeof(STATE) / sizeof(STATE[0]));
}

static void test_types(void **state) {
    (void)state;
    check_cases(types_or_error, TYPES, sizeof(TYPES) / sizeof(TYPES[0]));
}

/* ---- the other entries
 * ---------------------------------------------------------------------------------------------- */

static AstTypeName *parse_type_name(World *world, const char *text) {
    Error err = {0};
    AstTypeName *name = NULL;
    if (parser_parse_type(str_from_c(text), &world->arena, &name, &err) != STATUS_OK)
        fail_msg("%s: %s", text, err.message);
    return name;
}

static void test_type_names(void **state) {
    (void)state;
    static const char *const PAIRS[][2] = {{"int", "integer"},
                                           {"int2", "smallint"},
                                           {"INT8", "bigint"},
                                           {"float4", "real"},
                                           {"float(24)", "real"},
                                           {"float(25)", "double precision"},
                                           {"double precision", "double precision"},
                                           {"DOUBLE", "double precision"},
                                           {"numeric", "numeric(38,16)"},
                                           {"decimal(10, 2)", "numeric(10,2)"},
                                           {"numeric(5)", "numeric(5,0)"},
                                           {"bool", "boolean"},
                                           {"string", "text"},
                                           {"character varying(20)", "character varying(20)"},
                                           {"varchar", "character varying"},
                                           {"varchar(2147483647)", "character varying"},
                                           {"bytes", "bytea"},
                                           {"timestamp(3)", "timestamp without time zone"},
                                           {"timestamp with time zone", "timestamp with time zone"},
                                           {"timestamp_ltz(3)", "timestamp with time zone"},
                                           {"time", "time without time zone"},
                                           {"uuid", "uuid"},
                                           {"interval day to second", "interval"}};
    World *world = world_new();
    for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++) {
        Error err = {0};
        Type type;
        Text text;
        if (bind_type(parse_type_name(world, PAIRS[i][0]), &type, &err) != STATUS_OK)
            fail_msg("%s: %s", PAIRS[i][0], err.message);
        text_init(&text, &world->memory);
        text_append_type(&text, type);
        text_append_char(&text, 0);
        assert_string_equal(text.data, PAIRS[i][1]);
        text_deinit(&text);
    }
    static const char *const WRONG[] = {"numeric(0)", "numeric(39)",   "numeric(4, 5)", "varchar(0)",
                                        "integer[]",  "jsonb",         "char(3)",       "integre",
                                        "text(3)",    "timestamp(10)", "row(a int)",    "map<int, text>"};
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        Error err = {0};
        Type type;
        assert_int_not_equal(bind_type(parse_type_name(world, WRONG[i]), &type, &err), STATUS_OK);
        assert_true(err.position >= 0);
    }
    world_free(world);
}

static AstExpr *parse_expression(World *world, Str text) {
    Error err = {0};
    AstExpr *expr = NULL;
    if (parser_parse_expression(text, &world->arena, &expr, &err) != STATUS_OK)
        fail_msg("%.*s: %s", (int)text.size, text.data, err.message);
    return expr;
}

typedef struct WatermarkCase {
    const char *column;
    const char *expr;
    Status status;
    int64_t delay;
} WatermarkCase;

static void test_watermarks(void **state) {
    (void)state;
    static const WatermarkCase CASES[] = {
        {"ts", NULL, STATUS_OK, 0},
        {"ts", "ts", STATUS_OK, 0},
        {"ts", "ts - INTERVAL '5' SECOND", STATUS_OK, 5000000},
        {"ts", "ts - INTERVAL '1 day 1 minute'", STATUS_OK, 86460000000},
        {"ts", "ts - INTERVAL '1' MONTH", STATUS_INVALID_ARGUMENT, 0},
        {"ts", "ts - INTERVAL '-5' SECOND", STATUS_INVALID_ARGUMENT, 0},
        {"ts", "tss - INTERVAL '5' SECOND", STATUS_UNDEFINED_COLUMN, 0},
        {"ts", "ts + INTERVAL '5' SECOND", STATUS_NOT_SUPPORTED, 0},
        {"ts", "ts - qty", STATUS_UNDEFINED_COLUMN, 0},
        {"tss", NULL, STATUS_UNDEFINED_COLUMN, 0},
        {"qty", NULL, STATUS_DATATYPE_MISMATCH, 0},
    };
    World *world = world_new();
    const Relation *trades = catalog_find(&world->catalog, (Str){0}, STR("trades"));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const WatermarkCase *one = &CASES[i];
        Error err = {0};
        Str text = str_from_c(one->expr);
        Binder binder = {
            .catalog = &world->catalog, .arena = &world->arena, .pool = world->pool, .text = text};
        AstWatermark watermark = {.column = {.str = str_from_c(one->column)}};
        if (one->expr != NULL) watermark.expr = parse_expression(world, text);
        int32_t column = -1;
        int64_t delay = -1;
        Status status =
            bind_watermark(&binder, &watermark, trades->columns, trades->column_count, &column, &delay, &err);
        if (status != one->status) fail_msg("%s AS %s: %s", one->column, one->expr, err.message);
        if (status != STATUS_OK) continue;
        assert_int_equal(column, 3);
        assert_int_equal(delay, one->delay);
    }
    world_free(world);
}

static void test_expression_alone(void **state) {
    (void)state;
    World *world = world_new();
    const Relation *trades = catalog_find(&world->catalog, (Str){0}, STR("trades"));
    Error err = {0};
    const Expr *expr;
    Str text = STR("qty > 3");
    Binder binder = {.catalog = &world->catalog, .arena = &world->arena, .pool = world->pool, .text = text};
    assert_int_equal(bind_expression(&binder, parse_expression(world, text), trades->columns, 4,
                                     type_of(TYPE_BOOLEAN), &expr, &err),
                     STATUS_OK);
    assert_int_equal(expr->kind, EXPR_CALL);
    assert_int_equal(expr->arguments[0]->column, 2);
    text = STR("1.25");
    assert_int_equal(
        bind_expression(&binder, parse_expression(world, text), NULL, 0, type_numeric(6, 1), &expr, &err),
        STATUS_OK);
    assert_int_equal(expr->kind, EXPR_CONSTANT);
    assert_true(array_decimal(&expr->constant)[0] == 13);
    text = STR("true");
    assert_int_equal(
        bind_expression(&binder, parse_expression(world, text), NULL, 0, type_of(TYPE_BIGINT), &expr, &err),
        STATUS_DATATYPE_MISMATCH);
    text = STR("(SELECT 1)");
    assert_int_equal(
        bind_expression(&binder, parse_expression(world, text), NULL, 0, type_of(TYPE_BIGINT), &expr, &err),
        STATUS_NOT_SUPPORTED);
    int64_t length;
    text = STR("INTERVAL '2' MINUTE");
    assert_int_equal(bind_interval_us(&binder, parse_expression(world, text), &length, &err), STATUS_OK);
    assert_int_equal(length, 120000000);
    world_free(world);
}

static void test_parameters(void **state) {
    (void)state;
    World *world = world_new();
    Error err = {0};
    AstStatement *statement;
    Plan *plan;
    Str text = STR("SELECT symbol FROM ended WHERE qty > $1");
    const Type types[] = {type_of(TYPE_BIGINT)};
    const Expr *value = expr_i64(&world->arena, types[0], 7, (SqlSpan){-1, -1});
    assert_int_equal(parser_parse_one(text, &world->arena, &statement, &err), STATUS_OK);
    Binder binder = {.catalog = &world->catalog,
                     .arena = &world->arena,
                     .pool = world->pool,
                     .text = text,
                     .parameters = types,
                     .parameter_count = 1,
                     .parameter_values = &value->constant};
    assert_int_equal(bind_query(&binder, statement->query, BIND_SNAPSHOT, &plan, &err), STATUS_OK);
    const PlanNode *filter = plan->root->inputs[0];
    assert_int_equal(filter->kind, PLAN_FILTER);
    assert_int_equal(array_i64(&filter->filter.predicate->arguments[1]->constant)[0], 7);
    world_free(world);
}

/* ---- the data of plans
 * --------------------------------------------------------------------------------------------------- */

static Plan *plan_of(World *world, const char *sql) {
    Error err = {0};
    Plan *plan;
    if (ask(world, &world->arena, sql, BIND_SNAPSHOT, &plan, &err) != STATUS_OK)
        fail_msg("%s: %s", sql, err.message);
    return plan;
}

static void test_late_columns(void **state) {
    (void)state;
    World *world = world_new();
    const Plan *plan = plan_of(
        world,
        "SELECT symbol, window_start, sum(qty * 2) FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY "
        "symbol, window_start EMIT CHANGES ALLOW LATENESS INTERVAL '3' SECOND LATE DATA TO late");
    const PlanNode *node = plan->late_from;
    assert_non_null(node);
    assert_int_equal(node->kind, PLAN_AGGREGATE);
    assert_int_equal(plan->late_column_count, 4);
    assert_true(str_equal(plan->late_data, STR("late")));
    for (uint32_t i = 0; i < 4; i++) {
        const PlanColumn *late = &plan->late_columns[i],
                         *input = &node->inputs[0]->columns[node->aggregate.late_columns[i]];
        assert_true(str_equal(late->name, input->name));
        assert_true(type_equal(late->type, input->type));
    }
    assert_true(str_equal(node->inputs[0]->columns[node->aggregate.late_time_column].name, STR("ts")));
    assert_int_equal(node->aggregate.lateness, 3000000);
    assert_int_equal(node->aggregate.time_delay, 0);
    assert_int_equal(node->aggregate.close, CLOSE_WINDOW);
    assert_false(node->aggregate.emit_on_close);
    world_free(world);
}

static void test_values_data(void **state) {
    (void)state;
    World *world = world_new();
    const PlanNode *root =
        plan_of(
            world,
            "VALUES (1, 'a text that is longer than a view', true), (2.5, NULL, NULL), (NULL, 'b', false)")
            ->root;
    assert_int_equal(root->kind, PLAN_VALUES);
    assert_int_equal(root->values.row_count, 3);
    const Array *columns = root->values.columns;
    assert_true(array_decimal(&columns[0])[0] == 10 && array_decimal(&columns[0])[1] == 25);
    assert_true(array_is_null(&columns[0], 2) && array_is_null(&columns[1], 1) &&
                array_is_null(&columns[2], 1));
    assert_true(str_equal(array_text(&columns[1], 0), STR("a text that is longer than a view")));
    assert_true(str_equal(array_text(&columns[1], 2), STR("b")));
    assert_true(bits_get(array_bits(&columns[2]), 0) && !bits_get(array_bits(&columns[2]), 2));
    root = plan_of(world, "INSERT INTO accounts (owner, id) VALUES ('x', '12')")->root;
    assert_int_equal(array_i32(&root->values.columns[0])[0], 12);
    assert_true(array_is_null(&root->values.columns[2], 0));
    world_free(world);
}

/* Numbers of columns in a plan are those of its inputs, ids come from below. */
static void check_node(const PlanNode *node) {
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

static void check_plans(const Case *cases, size_t count) {
    World *world = world_new();
    for (size_t i = 0; i < count; i++) {
        Error err = {0};
        Plan *plan;
        if (ask(world, &world->arena, cases[i].sql, cases[i].purpose, &plan, &err) == STATUS_OK)
            check_node(plan->root);
    }
    world_free(world);
}

static void test_plans_hold_together(void **state) {
    (void)state;
    check_plans(NAMES, sizeof(NAMES) / sizeof(NAMES[0]));
    check_plans(GROUPING, sizeof(GROUPING) / sizeof(GROUPING[0]));
    check_plans(WINDOWS, sizeof(WINDOWS) / sizeof(WINDOWS[0]));
    check_plans(EMIT, sizeof(EMIT) / sizeof(EMIT[0]));
    check_plans(SUBQUERIES, sizeof(SUBQUERIES) / sizeof(SUBQUERIES[0]));
    check_plans(RULES, sizeof(RULES) / sizeof(RULES[0]));
    check_plans(SETS, sizeof(SETS) / sizeof(SETS[0]));
    check_plans(INSERT, sizeof(INSERT) / sizeof(INSERT[0]));
}

/* ---- limits and failing memory
 * ------------------------------------------------------------------------------------------- */

static void repeat(Text *text, const char *piece, int count) {
    for (int i = 0; i < count; i++) text_append_c(text, piece);
}

static Status ask_text(World *world, Text *text, Error *err) {
    Arena arena;
    Plan *plan;
    arena_init(&arena, &world->memory);
    text_append_char(text, 0);
    assert_false(text->failed);
    Status status = ask(world, &arena, text->data, BIND_SNAPSHOT, &plan, err);
    arena_deinit(&arena);
    text_reset(text);
    return status;
}

static void test_long_statements(void **state) {
    (void)state;
    World *world = world_new();
    Error err = {0};
    Text text;
    text_init(&text, &world->memory);
    text_append_c(&text, "SELECT qty");
    repeat(&text, " + qty", 700);
    text_append_c(&text, " FROM ended");
    assert_int_equal(ask_text(world, &text, &err), STATUS_OK);
    text_append_c(&text, "SELECT 1 FROM ended WHERE qty = 0");
    repeat(&text, " OR qty = 1", 5000);
    assert_int_equal(ask_text(world, &text, &err), STATUS_OK);
    text_append_c(&text, "SELECT 1");
    repeat(&text, " UNION ALL SELECT 1", 500);
    assert_int_equal(ask_text(world, &text, &err), STATUS_OK);
    repeat(&text, "SELECT * FROM (", 60);
    text_append_c(&text, "SELECT 1 AS a");
    repeat(&text, ") x", 60);
    assert_int_equal(ask_text(world, &text, &err), STATUS_OK);
    text_append_c(&text, "WITH c0 AS (SELECT 1 AS a)");
    for (int i = 1; i < 20; i++)
        text_append_format(&text,
                           ", c%d AS (SELECT * FROM (SELECT * FROM c%d UNION ALL SELECT * FROM c%d) z)", i,
                           i - 1, i - 1);
    text_append_c(&text, " SELECT * FROM c19");
    assert_int_equal(ask_text(world, &text, &err), STATUS_LIMIT);
    text_append_c(&text, "SELECT qty");
    repeat(&text, ", qty", 1700);
    text_append_c(&text, " FROM ended");
    assert_int_equal(ask_text(world, &text, &err), STATUS_LIMIT);
    text_deinit(&text);
    world_free(world);
}

/* Whatever allocation fails, the answer is OUT_OF_MEMORY and nothing is left behind. */
static void test_failing_memory(void **state) {
    (void)state;
    static const char *const SQL[] = {
        "SELECT symbol, window_start, window_end, sum(price * qty) / sum(qty) AS vwap, count(*) AS n FROM "
        "TUMBLE(trades, ts, INTERVAL '1' "
        "MINUTE) WHERE qty IN (1, 2, 3) GROUP BY symbol, window_start, window_end HAVING count(*) > 1 EMIT "
        "ON WINDOW CLOSE",
        "SELECT id, (SELECT max(balance) FROM accounts) FROM accounts WHERE opened > '2020-01-01' ORDER BY "
        "balance + 1 LIMIT 3",
        "INSERT INTO accounts VALUES (1, 'a', 3.5, '2020-01-01', true), (2, NULL, 1e3, DEFAULT, false)",
        "SELECT 1 UNION SELECT 2.5",
    };
    World *world = world_new();
    for (size_t i = 0; i < sizeof(SQL) / sizeof(SQL[0]); i++) {
        Status status = STATUS_OUT_OF_MEMORY;
        for (int64_t nth = 1; status != STATUS_OK; nth++) {
            Error err = {0};
            Plan *plan;
            Arena arena;
            arena_init(&arena, &world->memory);
            world->memory.fail_at = nth;
            status = ask(world, &arena, SQL[i], BIND_SNAPSHOT, &plan, &err);
            world->memory.fail_at = 0;
            arena_deinit(&arena);
            if (status != STATUS_OK) assert_int_equal(status, STATUS_OUT_OF_MEMORY);
            assert_true(nth < 1000);
        }
    }
    world_free(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_from_less),
        cmocka_unit_test(test_grouping),
        cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_emit),
        cmocka_unit_test(test_subqueries),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_later),
        cmocka_unit_test(test_insert),
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_type_names),
        cmocka_unit_test(test_watermarks),
        cmocka_unit_test(test_expression_alone),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_late_columns),
        cmocka_unit_test(test_values_data),
        cmocka_unit_test(test_plans_hold_together),
        cmocka_unit_test(test_long_statements),
        cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
