/* SPDX-License-Identifier: Apache-2.0
 * Canonical texts of JSON values, and what is read from them: the answers are PostgreSQL's but for zeros at the end of a fraction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/jsonb.h"

/* The canonical text, or "!" with the SQLSTATE and the message. */
static void canonical(Memory *memory, Str json, Text *out) {
    Error err = {0};
    text_init(out, memory);
    if (jsonb_parse(json, out, &err) == STATUS_OK) return;
    text_append_format(out, "!%s %s", status_sqlstate(err.status), err.message);
}

static void expect(Str json, const char *wanted) {
    Memory memory;
    Text out, again;
    memory_init(&memory, 0);
    canonical(&memory, json, &out);
    if (!str_equal(text_str(&out), str_from_c(wanted))) print_message("%.*s\n", STR_ARGS(json));
    text_append_char(&out, '\0');
    assert_string_equal(out.data, wanted);
    if (out.data[0] != '!') {
        canonical(&memory, str_from_c(wanted), &again);
        text_append_char(&again, '\0');
        assert_string_equal(again.data, wanted); /* what is canonical stays */
        text_deinit(&again);
    }
    text_deinit(&out);
    memory_deinit(&memory);
}

#define SYNTAX "!22P02 invalid input syntax for type json"

static void test_canonical(void **state) {
    (void)state;
    static const struct {
        const char *json, *wanted;
    } rows[] = {
        {" null ", "null"},
        {"\ttrue\r\n", "true"},
        {"false", "false"},
        {"[]", "[]"},
        {"{ }", "{}"},
        {"[1,2 , [3,{}]]", "[1, 2, [3, {}]]"},
        {"{\"b\":1,\"a\":2}", "{\"a\": 2, \"b\": 1}"},
        {"{\"bb\":1,\"a\":{\"y\":1,\"x\":[{\"d\":1,\"c\":2}]}}", "{\"a\": {\"x\": [{\"c\": 2, \"d\": 1}], \"y\": 1}, \"bb\": 1}"},
        {"{\"a\":1,\"a\":2,\"b\":3,\"a\":4}", "{\"a\": 4, \"b\": 3}"},
        {"{\"a\":1,\"\\u0061\":2}", "{\"a\": 2}"},
        {"{\"\\\"\":1,\"zz\":2,\"\":3}", "{\"\": 3, \"\\\"\": 1, \"zz\": 2}"},
        {"\"\\u00e9\\ud83d\\ude00\\/\\n\\u001f\\u007f\"", "\"\xC3\xA9\xF0\x9F\x98\x80/\\n\\u001f\x7F\""},
        {"0", "0"},
        {"-0", "0"},
        {"-0.00", "0"},
        {"1e2", "100"},
        {"1.25E+1", "12.5"},
        {"12e-1", "1.2"},
        {"-1e-3", "-0.001"},
        {"1.50", "1.5"},
        {"100", "100"},
        {"123456789012345678901234567890123456789012345678901234567890", "123456789012345678901234567890123456789012345678901234567890"},
        {"0e99999999999999999999", "0"},
        {"1e1001", "!22003 value overflows numeric format"},
        {"1e-1001", "!22003 value overflows numeric format"},
        {"1e99999999999999999999", "!22003 value overflows numeric format"},
        {"\"\\u0000\"", "!22P05 unsupported Unicode escape sequence"},
        {"\"\\ud800\"", SYNTAX},
        {"\"\\ud800\\ud800\"", SYNTAX},
        {"\"\\udc00\"", SYNTAX},
        {"\"\\u12\"", SYNTAX},
        {"\"\\x\"", SYNTAX},
        {"\"\n\"", SYNTAX},
        {"\"", SYNTAX},
        {"", SYNTAX},
        {"01", SYNTAX},
        {"1.", SYNTAX},
        {".5", SYNTAX},
        {"-", SYNTAX},
        {"1e", SYNTAX},
        {"+1", SYNTAX},
        {"1 2", SYNTAX},
        {"nullx", SYNTAX},
        {"[1,]", SYNTAX},
        {"[1", SYNTAX},
        {"[1}", SYNTAX},
        {"{\"a\"}", SYNTAX},
        {"{\"a\":1,}", SYNTAX},
        {"{a:1}", SYNTAX},
        {"{\"a\":}", SYNTAX},
        {"]", SYNTAX},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) expect(str_from_c(rows[i].json), rows[i].wanted);
}

/* More fields and more bytes than the rooms on the stack hold, in falling order; an object that is not sorted inside one that is. */
static void test_large_objects(void **state) {
    (void)state;
    enum { COUNT = 500 };
    Memory memory;
    Text json, wanted, out;
    Error err;
    memory_init(&memory, 0);
    text_init(&json, &memory);
    text_init(&wanted, &memory);
    text_init(&out, &memory);
    text_append_c(&json, "[{");
    text_append_c(&wanted, "[{");
    for (int i = 0; i < COUNT; i++) {
        text_append_format(&json, "%s\"k%d\":{\"y\":1,\"x\":%d}", i == 0 ? "" : ",", 999 - i, i);
        text_append_format(&wanted, "%s\"k%d\": {\"x\": %d, \"y\": 1}", i == 0 ? "" : ", ", 999 - COUNT + 1 + i, COUNT - 1 - i);
    }
    text_append_c(&json, "}]");
    text_append_c(&wanted, "}]");
    assert_int_equal(jsonb_parse(text_str(&json), &out, &err), STATUS_OK);
    assert_true(str_equal(text_str(&out), text_str(&wanted)));
    /* Into a buffer that does not grow: refused, and nothing is left in it. */
    char room[4096];
    Text fixed = {.data = room, .capacity = sizeof(room)};
    assert_int_equal(jsonb_parse(text_str(&json), &fixed, &err), STATUS_OUT_OF_MEMORY);
    assert_int_equal(fixed.size, 0);
    assert_int_equal(jsonb_parse(STR("[1]"), &fixed, &err), STATUS_OK);
    assert_true(str_equal(text_str(&fixed), STR("[1]")));
    text_deinit(&out);
    text_deinit(&wanted);
    text_deinit(&json);
    memory_deinit(&memory);
}

static void test_depth(void **state) {
    (void)state;
    char json[2 * JSONB_DEPTH_MAX + 3];
    memset(json, '[', JSONB_DEPTH_MAX + 1);
    memset(json + JSONB_DEPTH_MAX + 1, ']', JSONB_DEPTH_MAX + 1);
    Memory memory;
    memory_init(&memory, 0);
    Text out;
    Error err = {0};
    text_init(&out, &memory);
    text_append_c(&out, "before");
    /* The innermost pair is empty and opens no level. */
    assert_int_equal(jsonb_parse(str_from(json, 2 * JSONB_DEPTH_MAX + 2), &out, &err), STATUS_OK);
    out.size = 6;
    json[JSONB_DEPTH_MAX + 1] = '[';
    assert_int_equal(jsonb_parse(str_from(json, 2 * JSONB_DEPTH_MAX + 2), &out, &err), STATUS_LIMIT);
    assert_int_equal(out.size, 6);
    assert_memory_equal(out.data, "before", 6);
    text_deinit(&out);
    memory_deinit(&memory);
}

static void test_parts(void **state) {
    (void)state;
    Str value = STR("{\"a\": [1, \"x\\ny\", {\"k\": null}], \"\\\"\": true, \"bb\": {\"c\": 1.5}}"), part;
    assert_int_equal(jsonb_count(value), 3);
    assert_true(jsonb_field(value, STR("\""), &part) && str_equal(part, STR("true")));
    assert_true(jsonb_field(value, STR("bb"), &part) && str_equal(part, STR("{\"c\": 1.5}")));
    assert_false(jsonb_field(value, STR("c"), &part));
    assert_false(jsonb_field(value, STR("\\\""), &part));
    assert_true(jsonb_step(value, STR("a"), &part) && jsonb_count(part) == 3);
    Str list = part;
    assert_true(jsonb_element(list, -2, &part) && str_equal(part, STR("\"x\\ny\"")));
    Memory memory;
    memory_init(&memory, 0);
    Text out;
    text_init(&out, &memory);
    jsonb_append_plain(&out, part);
    assert_true(str_equal(text_str(&out), STR("x\ny")));
    assert_true(jsonb_step(list, STR(" -1"), &part) && str_equal(part, STR("{\"k\": null}")));
    assert_false(jsonb_step(list, STR("3"), &part) || jsonb_step(list, STR("1 "), &part) || jsonb_element(list, -4, &part));
    text_reset(&out);
    jsonb_append_stripped(&out, value);
    assert_true(str_equal(text_str(&out), STR("{\"a\": [1, \"x\\ny\", {}], \"\\\"\": true, \"bb\": {\"c\": 1.5}}")));
    text_reset(&out);
    jsonb_append_pretty(&out, STR("{\"a\": [1, {}]}"));
    assert_true(str_equal(text_str(&out), STR("{\n    \"a\": [\n        1,\n        {\n        }\n    ]\n}")));
    text_deinit(&out);
    memory_deinit(&memory);
}

static void test_contains(void **state) {
    (void)state;
    assert_true(jsonb_contains(STR("{\"a\": 1, \"b\": [1, {\"x\": 1}]}"), STR("{\"b\": [{\"x\": 1}]}")));
    assert_true(jsonb_contains(STR("[1, [2, 3]]"), STR("[[3], 1, 1]")) && jsonb_contains(STR("[1, \"a\"]"), STR("\"a\"")));
    assert_false(jsonb_contains(STR("[1, [2]]"), STR("[2]")) || jsonb_contains(STR("\"a\""), STR("[\"a\"]")));
    assert_false(jsonb_contains(STR("{\"a\": 1}"), STR("{\"b\": 1}")) || jsonb_contains(STR("{\"a\": 1}"), STR("{\"a\": 2}")));
    assert_true(jsonb_contains(STR("{\"a\": 1}"), STR("{}")) && jsonb_contains(STR("[]"), STR("[]")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_canonical), cmocka_unit_test(test_large_objects), cmocka_unit_test(test_depth),
                                       cmocka_unit_test(test_parts), cmocka_unit_test(test_contains)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
