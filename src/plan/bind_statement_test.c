/* SPDX-License-Identifier: Apache-2.0
 * The entries other than queries; limits; failing memory. */
#include "plan/test_world.h"

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
                                        "integer[]",  "json",          "char(3)",       "integre",
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

/* "integer, text", or the error: what is found out about the parameters of a query. */
static const char *parameters_of(World *world, const char *sql, Text *text) {
    Error err = {0};
    AstStatement *statement;
    Plan *plan;
    Parameter items[4];
    assert_int_equal(parser_parse_one(str_from_c(sql), &world->arena, &statement, &err), STATUS_OK);
    Parameters parameters = {items, statement->parameter_count};
    for (uint32_t i = 0; i < parameters.count; i++) items[i] = (Parameter){.position = -1, .open_position = -1};
    Binder binder = {
        .catalog = &world->catalog, .arena = &world->arena, .pool = world->pool, .text = str_from_c(sql), .parameters = &parameters};
    Status status = bind_query(&binder, statement->query, BIND_SNAPSHOT, &plan, &err);
    if (status == STATUS_OK) status = parameters_check(&parameters, &err);
    text_reset(text);
    if (status != STATUS_OK) text_append_format(text, "%s %lld %s", status_sqlstate(status), (long long)err.position, err.message);
    for (uint32_t i = 0; i < parameters.count && status == STATUS_OK; i++)
        text_append_format(text, "%s%s", i > 0 ? ", " : "", type_name((TypeId)items[i].type.id));
    text_append_char(text, 0);
    return text->data;
}

/* The types are PostgreSQL's: test/oracle/parameters_test.py asks it. */
static void test_parameters(void **state) {
    static const char *const CASES[][2] = {
        {"SELECT symbol FROM ended WHERE qty > $1", "bigint"},
        {"SELECT $1, $2::INT, $3 || 'x'", "text, integer, text"},
        {"SELECT $1", "text"},
        {"SELECT symbol FROM ended WHERE qty IN ($1, $2) LIMIT $3", "bigint, bigint, bigint"},
        {"SELECT $1 FROM ended WHERE qty = $1", "42P08 7 inconsistent types deduced for parameter $1"},
        {"SELECT $1 IS NULL", "42P18 7 could not determine data type of parameter $1"},
        {"SELECT $1 IS NULL, $1 = 5", "42P08 7 could not determine data type of parameter $1"},
        {"SELECT $1 = 5, $1 IS NULL", "integer"},
        {"SELECT $2::INT", "42P18 -1 could not determine data type of parameter $1"},
        {"SELECT $1 + $2", "42725 10 operator is not unique: unknown + unknown"},
        {"SELECT count(*) FROM ended EMIT CHANGES", ""},
        {"SELECT count(*) FROM ended WHERE qty = $1 EMIT CHANGES", "0A000 39 parameters in a continuous query are not supported"},
    };
    World *world = world_new();
    Text text;
    text_init(&text, &world->memory);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) assert_string_equal(parameters_of(world, CASES[i][0], &text), CASES[i][1]);
    text_deinit(&text);
    world_free(world);
}

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
        ("SELECT symbol, window_start, window_end, sum(price * qty) / sum(qty) AS vwap, count(*) AS n FROM "
         "TUMBLE(trades, ts, INTERVAL '1' "
         "MINUTE) WHERE qty IN (1, 2, 3) GROUP BY symbol, window_start, window_end HAVING count(*) > 1 EMIT "
         "ON WINDOW CLOSE"),
        "SELECT id, (SELECT max(id) FROM accounts) FROM accounts WHERE opened > '2020-01-01' ORDER BY id + 1 "
        "LIMIT 3",
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
        cmocka_unit_test(test_type_names),       cmocka_unit_test(test_watermarks),
        cmocka_unit_test(test_expression_alone), cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_long_statements),  cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
