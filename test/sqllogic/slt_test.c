/* SPDX-License-Identifier: Apache-2.0
 * The runner itself: an engine that answers from a table, files that must pass and files that must fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sqllogic/slt.h"

static bool fake_open(void *context, Text *reason) {
    (void)reason;
    return *(int *)context >= 0;
}

static void fake_close(void *context) {
    (void)context;
}

/* "two" gives (b, NULL), (a b, empty text); "fail" fails; all else runs without rows. */
static void fake_run(void *context, Str sql, Arena *arena, SltResult *result) {
    (void)context;
    if (str_equal(str_trim(sql), STR("two"))) {
        result->values = ARENA_ARRAY(arena, Str, 4);
        assert_non_null(result->values);
        result->values[0] = STR("b");
        result->values[2] = STR("a b");
        result->values[3] = STR("");
        result->column_count = result->row_count = 2;
    } else if (str_starts_with(sql, STR("fail"))) {
        *result = (SltResult){.failed = true, .sqlstate = STR("42703"), .message = STR("no column x")};
    }
}

static int context = 0;
static const SltEngine engine = {"weir", &context, fake_open, fake_run, fake_close};

static void check(const char *text, size_t passed, size_t failed, size_t skipped, const char *output_start) {
    Memory memory;
    memory_init(&memory, 0);
    Text out;
    text_init(&out, &memory);
    SltReport report = {.out = &out};
    slt_run("t.slt", str_from_c(text), &engine, &memory, &report);
    if (!str_starts_with(text_str(&out), str_from_c(output_start)))
        fail_msg("output: %.*s", STR_ARGS(text_str(&out)));
    assert_int_equal(report.passed_count, passed);
    assert_int_equal(report.failed_count, failed);
    assert_int_equal(report.skipped_count, skipped);
    text_deinit(&out);
    memory_deinit(&memory);
}

static void test_passes(void **state) {
    (void)state;
    check("", 0, 0, 0, "");
    check("# comment\n\nstatement ok\nCREATE\n\nstatement ok\nx", 2, 0, 0, "");
    check("query TT\ntwo\n----\nb\tNULL\na b\t(empty)\n", 1, 0, 0, "");
    check("query TT\r\ntwo\r\n----\r\nb  NULL\r\na   b (empty)\r\n", 1, 0, 0, "");
    check("query TT rowsort\ntwo\n----\nb NULL\na b (empty)\n", 1, 0, 0, "");
    check("query TT valuesort\ntwo\n----\na b\nb\n(empty)\nNULL\n", 1, 0, 0, "");
    check(
        "query TT rowsort same\ntwo\n----\nb NULL\na b (empty)\n\nquery TT rowsort same\ntwo\n----\na b "
        "(empty)\nb NULL\n",
        2, 0, 0, "");
    check("statement error\nfail\n\nstatement error 42703\nfail\n\nquery error ^42703: no col\nfail\n", 3, 0,
          0, "");
    check(
        "skipif weir\nstatement ok\nfail\n\nonlyif other\nstatement ok\nfail\n\nonlyif weir\nstatement "
        "ok\nx\n",
        1, 0, 2, "");
    check("statement ok\nx\n\nhalt\n\nstatement ok\nfail\n", 1, 0, 0, "");
}

static void test_failures_name_file_and_line(void **state) {
    (void)state;
    check("\nstatement ok\nfail\n\nstatement ok\nx\n", 1, 1, 0, "t.slt:2: failed: 42703\n  no column x\n");
    check("statement error 42601\nfail\n", 0, 1, 0, "t.slt:1: another error: 42703\n");
    check("statement error no row\nfail\n", 0, 1, 0, "t.slt:1: another error");
    check("statement error\nx\n", 0, 1, 0, "t.slt:1: expected an error\n");
    check("query T\ntwo\n----\nb NULL\na b (empty)\n", 0, 1, 0, "t.slt:1: wrong number of columns\n");
    check("query TT\ntwo\n----\na b (empty)\nb NULL\n", 0, 1, 0, "t.slt:1: wrong rows\n");
    check("query TT\ntwo\n----\nb\tNULL\na\tb\t(empty)\n", 0, 1, 0, "t.slt:1: wrong rows\n");
    check("query TT\ntwo\n----\nb NULL\n", 0, 1, 0,
          "t.slt:1: wrong rows\n  expected rows, 1:\n    b NULL\n  found rows, 2:\n");
    check("statement maybe\nx\n", 0, 1, 0, "t.slt:1: not understood: statement maybe\n");
    check("sattement ok\n\nstatement ok\nx\n", 1, 1, 0, "t.slt:1: not understood: sattement ok\n");
}

static void test_no_database(void **state) {
    (void)state;
    context = -1;
    check("statement ok\nx\n", 0, 1, 0, "t.slt:0: no database");
    context = 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passes),
        cmocka_unit_test(test_failures_name_file_and_line),
        cmocka_unit_test(test_no_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
