/* SPDX-License-Identifier: Apache-2.0
 * Functions of JSON values over columns: short and long ones, NULLs, failing rows. What is expected is what PostgreSQL 15 answers. */
#include "expr/test_harness.h"

#define JSONB type_of(TYPE_JSONB)

static const char *const values = "{\"a\": [1, {\"b\": \"a text that is no short one\"}]}|NULL|[10, \"a\", null]|\"a\"|{\"a\": null}";

static void check_text(const char *name, const char *text, const char *expected) {
    Bench b;
    bench_init(&b);
    bench_column_separated(&b, JSONB, values, '|');
    CHECK(&b, call2(&b, name, col(&b, 0), lit(&b, type_of(TYPE_TEXT), text)), expected);
    bench_deinit(&b);
}

static void check_index(const char *name, const char *index, const char *expected) {
    Bench b;
    bench_init(&b);
    bench_column_separated(&b, JSONB, values, '|');
    CHECK(&b, call2(&b, name, col(&b, 0), lit_i32(&b, index)), expected);
    bench_deinit(&b);
}

static void check_json(const char *name, const char *json, const char *expected) {
    Bench b;
    bench_init(&b);
    bench_column_separated(&b, JSONB, values, '|');
    CHECK(&b, call2(&b, name, col(&b, 0), lit(&b, JSONB, json)), expected);
    bench_deinit(&b);
}

static void test_parts(void **state) {
    check_text("->", "a", "[1, {\"b\": \"a text that is no short one\"}] NULL NULL NULL null");
    check_text("->>", "a", "[1, {\"b\": \"a text that is no short one\"}] NULL NULL NULL NULL");
    check_index("->", "1", "NULL NULL \"a\" NULL NULL");
    check_index("->>", "-1", "NULL NULL NULL a NULL");
    check_text("-", "a", "{} NULL [10, null] !cannot delete from scalar {}");
    check_index("-", "0",
                "!cannot delete from object using integer index NULL [\"a\", null] !cannot delete from scalar "
                "!cannot delete from object using integer index");
    Bench b;
    bench_init(&b);
    bench_column_separated(&b, JSONB, values, '|');
    const Expr *path[] = {col(&b, 0), lit(&b, type_of(TYPE_TEXT), "a"), lit(&b, type_of(TYPE_TEXT), "1"), lit(&b, type_of(TYPE_TEXT), "b")};
    CHECK(&b, call_n(&b, "jsonb_extract_path", path, 4), "\"a text that is no short one\" NULL NULL NULL NULL");
    CHECK(&b, call_n(&b, "jsonb_extract_path_text", path, 4), "a text that is no short one NULL NULL NULL NULL");
    bench_deinit(&b);
}

static void test_questions(void **state) {
    check_text("?", "a", "t NULL t t t");
    check_json("@>", "\"a\"", "f NULL t t f");
    check_json("<@", "[\"a\", 10, null, 3]", "f NULL t t f");
    check_json("=", "{\"a\":null}", "f NULL f f t");
    check_json("<", "[10]", "f NULL f t f");
    check_json("is distinct from", "\"a\"", "t t t f t");
    Bench b;
    bench_init(&b);
    bench_column_separated(&b, JSONB, values, '|');
    CHECK(&b, call1(&b, "jsonb_typeof", col(&b, 0)), "object NULL array string object");
    CHECK(&b, call1(&b, "jsonb_array_length", col(&b, 0)),
          "!cannot get array length of a non-array NULL 3 !cannot get array length of a scalar !cannot get array length of a non-array");
    bench_deinit(&b);
}

static void test_new_values(void **state) {
    check_json("||", "{\"z\":1}", "{\"a\": [1, {\"b\": \"a text that is no short one\"}], \"z\": 1} NULL [10, \"a\", null, {\"z\": 1}] [\"a\", {\"z\": 1}] {\"a\": null, \"z\": 1}");
    Bench b;
    bench_init(&b);
    bench_column_separated(&b, JSONB, values, '|');
    CHECK(&b, call1(&b, "jsonb_strip_nulls", col(&b, 0)), "{\"a\": [1, {\"b\": \"a text that is no short one\"}]} NULL [10, \"a\", null] \"a\" {}");
    const Expr *pair[] = {lit_i32(&b, "7"), call1(&b, "jsonb_typeof", col(&b, 0))};
    CHECK(&b, call_n(&b, "jsonb_build_object", pair, 2), "{\"7\": \"object\"} {\"7\": null} {\"7\": \"array\"} {\"7\": \"string\"} {\"7\": \"object\"}");
    CHECK(&b, call_n(&b, "jsonb_build_array", pair, 2), "[7, \"object\"] [7, null] [7, \"array\"] [7, \"string\"] [7, \"object\"]");
    const Expr *turned[] = {pair[1], pair[0]};
    CHECK(&b, call_n(&b, "jsonb_build_object", turned, 2),
          "{\"object\": 7} !argument 1: key must not be null {\"array\": 7} {\"string\": 7} {\"object\": 7}");
    bench_deinit(&b);
}

/* Zeros at the end of a fraction, in short values and long ones, beside values without: what is read and made keeps them, what compares does not
 * look at them. */
static void test_zeros(void **state) {
    (void)state;
    static const char *const zeros = "{\"a\": [1.50, {\"b\": \"a text that is no short one\"}]}|NULL|[1.0, 2]|2.00|{\"a\": 7}|[1, 2.000, \"1.0\"]|{\"a\": 7.0}|7";
    static const char *const equal = "{\"a\": 7}|NULL|[1, 2.0]|2|{\"a\": 7.0}|[1.00, 2, \"1\"]|{\"a\": 7.00}|7.0";
    Bench b;
    bench_init(&b);
    bench_column_separated(&b, JSONB, zeros, '|');
    bench_column_separated(&b, JSONB, equal, '|');
    const Expr *j = col(&b, 0), *k = col(&b, 1), *a = lit(&b, type_of(TYPE_TEXT), "a"), *one = lit_i32(&b, "1");
    CHECK(&b, call2(&b, "->", j, a), "[1.50, {\"b\": \"a text that is no short one\"}] NULL NULL NULL 7 NULL 7.0 NULL");
    CHECK(&b, call2(&b, "->>", j, a), "[1.50, {\"b\": \"a text that is no short one\"}] NULL NULL NULL 7 NULL 7.0 NULL");
    CHECK(&b, call2(&b, "->", j, one), "NULL NULL 2 NULL NULL 2.000 NULL NULL");
    CHECK(&b, call2(&b, "->", j, lit_i32(&b, "0")), "NULL NULL 1.0 2.00 NULL 1 NULL 7");
    CHECK(&b, call2(&b, "=", j, k), "f NULL t t t f t t");
    CHECK(&b, call2(&b, "<>", j, k), "t NULL f f f t f f");
    CHECK(&b, call2(&b, "=", j, lit(&b, JSONB, "7.00")), "f NULL f f f f f t");
    CHECK(&b, call2(&b, "=", k, lit(&b, JSONB, "{\"a\":7}")), "t NULL f f t f t f");
    CHECK(&b, call2(&b, "<", j, k), "f NULL f f f f f f");
    CHECK(&b, call2(&b, ">=", j, k), "t NULL t t t t t t");
    CHECK(&b, call2(&b, "@>", j, k), "f NULL t t t f t t");
    CHECK(&b, call2(&b, "<@", lit(&b, JSONB, "1.000"), j), "f NULL t f f t f f");
    CHECK(&b, call2(&b, "||", j, lit(&b, JSONB, "[0.10]")),
          "[{\"a\": [1.50, {\"b\": \"a text that is no short one\"}]}, 0.10] NULL [1.0, 2, 0.10] [2.00, 0.10] [{\"a\": 7}, 0.10] [1, 2.000, \"1.0\", 0.10] [{\"a\": 7.0}, 0.10] [7, 0.10]");
    CHECK(&b, call1(&b, "jsonb_typeof", j), "object NULL array number object array object number");
    CHECK(&b, call1(&b, "jsonb_strip_nulls", j), "{\"a\": [1.50, {\"b\": \"a text that is no short one\"}]} NULL [1.0, 2] 2.00 {\"a\": 7} [1, 2.000, \"1.0\"] {\"a\": 7.0} 7");
    CHECK(&b, call2(&b, "nullif", j, k), "{\"a\": [1.50, {\"b\": \"a text that is no short one\"}]} NULL NULL NULL NULL [1, 2.000, \"1.0\"] NULL NULL");
    CHECK(&b, call2(&b, "greatest", j, k), "{\"a\": [1.50, {\"b\": \"a text that is no short one\"}]} NULL [1.0, 2] 2.00 {\"a\": 7} [1, 2.000, \"1.0\"] {\"a\": 7.0} 7");
    bench_deinit(&b);
    bench_init(&b);
    bench_column_separated(&b, JSONB, "[1.0, 2]|NULL|[3, 2.00]|[1, \"1.0\"]|[4]", '|');
    CHECK(&b, call2(&b, "-", col(&b, 0), lit_i32(&b, "0")), "[2] NULL [2.00] [\"1.0\"] []");
    CHECK(&b, call2(&b, "-", col(&b, 0), lit(&b, type_of(TYPE_TEXT), "1.0")), "[1.0, 2] NULL [3, 2.00] [1] [4]");
    bench_deinit(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts), cmocka_unit_test(test_questions), cmocka_unit_test(test_new_values),
                                       cmocka_unit_test(test_zeros)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
