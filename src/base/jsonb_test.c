/* SPDX-License-Identifier: Apache-2.0
 * Values of JSON texts, their two forms, and what is read from them: the answers are PostgreSQL's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/jsonb.h"

/* The value's bytes, or "!" with the SQLSTATE and the message. */
static void parse(Memory *memory, Str json, Text *out) {
    Error err = {0};
    text_init(out, memory);
    if (jsonb_parse(json, out, &err) == STATUS_OK) return;
    text_append_format(out, "!%s %s", status_sqlstate(err.status), err.message);
}

static void expect_text(Str json, Str found, const char *wanted) {
    if (!str_equal(found, str_from_c(wanted))) fail_msg("%.*s\n    wanted %s\n    found  %.*s", STR_ARGS(json), wanted, STR_ARGS(found));
}

/* `shown` is shown of it, and it is equal by `key`. */
static void expect_both(Str json, const char *shown, const char *key) {
    Memory memory;
    Text value, again;
    memory_init(&memory, 0);
    parse(&memory, json, &value);
    expect_text(json, jsonb_shown(text_str(&value)), shown);
    expect_text(json, jsonb_key(text_str(&value)), key);
    bool is_value = value.data[0] != '!';
    assert_int_equal(jsonb_has_zeros(text_str(&value)), strcmp(shown, key) != 0);
    if (is_value) {
        parse(&memory, str_from_c(shown), &again); /* what is shown is the same value */
        assert_true(str_equal(text_str(&again), text_str(&value)));
        text_deinit(&again);
        parse(&memory, str_from_c(key), &again); /* and its key is a value without zeros */
        expect_text(json, text_str(&again), key);
        text_deinit(&again);
        assert_int_equal(jsonb_compare(jsonb_key(text_str(&value)), str_from_c(key)), 0);
    }
    text_deinit(&value);
    memory_deinit(&memory);
}

static void expect(Str json, const char *wanted) {
    expect_both(json, wanted, wanted);
}

#define SYNTAX "!22P02 invalid input syntax for type json"

static void test_shown(void **state) {
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
        {"1e2", "100"},
        {"1.25E+1", "12.5"},
        {"12e-1", "1.2"},
        {"-1e-3", "-0.001"},
        {"100", "100"},
        {"123456789012345678901234567890123456789012345678901234567890", "123456789012345678901234567890123456789012345678901234567890"},
        {"0e5", "0"},
        {"0.0e5", "0"},
        {"0e1073741822", "0"},
        {"0e1073741823", "!22003 value overflows numeric format"},
        {"0e99999999999999999999", "!22003 value overflows numeric format"},
        {"0e-99999999999999999999", "!22003 value overflows numeric format"},
        {"0e-1001", "!22003 value overflows numeric format"},
        {"1.0e1", "10"},
        {"1.00e2", "100"},
        {"0.050e3", "50"},
        {"\"1.50\"", "\"1.50\""},
        {"{\"1.0\":\"a.0\\\"2.00\"}", "{\"1.0\": \"a.0\\\"2.00\"}"},
        {"{\"a\":1.0,\"a\":2}", "{\"a\": 2}"},
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

/* Zeros at the end of a fraction are shown and do not count. */
static void test_zeros(void **state) {
    (void)state;
    static const struct {
        const char *json, *shown, *key;
    } rows[] = {
        {"1.50", "1.50", "1.5"},
        {"1.0", "1.0", "1"},
        {"-10.00", "-10.00", "-10"},
        {"0.0", "0.0", "0"},
        {"-0.0", "0.0", "0"},
        {"-0.00", "0.00", "0"},
        {"0e-3", "0.000", "0"},
        {"-0e-1", "0.0", "0"},
        {"1.50e1", "15.0", "15"},
        {"1.100E+1", "11.00", "11"},
        {"1.10e-1", "0.110", "0.11"},
        {"10e-1", "1.0", "1"},
        {"1000e-2", "10.00", "10"},
        {"100e-5", "0.00100", "0.001"},
        {"100.50", "100.50", "100.5"},
        {"[1.0,2.00 , 3]", "[1.0, 2.00, 3]", "[1, 2, 3]"},
        {"{\"bb\":1.50,\"a\":[10.0,\"1.0\"]}", "{\"a\": [10.0, \"1.0\"], \"bb\": 1.50}", "{\"a\": [10, \"1.0\"], \"bb\": 1.5}"},
        {"{\"a\":1,\"a\":2.0}", "{\"a\": 2.0}", "{\"a\": 2}"},
        {"[1.5,0.10,1.05,\"\\\\\",1.0]", "[1.5, 0.10, 1.05, \"\\\\\", 1.0]", "[1.5, 0.1, 1.05, \"\\\\\", 1]"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) expect_both(str_from_c(rows[i].json), rows[i].shown, rows[i].key);
    char digits[2 + JSONB_NUMBER_DIGITS_MAX + 2] = "0.";
    memset(digits + 2, '0', JSONB_NUMBER_DIGITS_MAX + 1);
    expect_both(str_from(digits, 2 + JSONB_NUMBER_DIGITS_MAX + 1), "!22003 value overflows numeric format", "!22003 value overflows numeric format");
    digits[2 + JSONB_NUMBER_DIGITS_MAX] = '\0';
    expect_both(str_from_c(digits), digits, "0");
}

/* Bytes that stand before the value stay; a text without zeros stays as it is; a buffer without the room is failed. */
static void test_finish(void **state) {
    (void)state;
    char room[32];
    Text out = {.data = room, .capacity = sizeof(room)};
    text_append_c(&out, "1.0[2.50]");
    jsonb_finish(&out, 3);
    assert_true(str_equal(text_str(&out), STR("1.0\1[2.5]\1[2.50]")));
    text_reset(&out);
    text_append_c(&out, "[2.5, \"1.0\"]");
    jsonb_finish(&out, 0);
    assert_true(str_equal(text_str(&out), STR("[2.5, \"1.0\"]")));
    text_reset(&out);
    text_append_c(&out, "[2.50, \"twelve bytes\"]");
    jsonb_finish(&out, 0);
    assert_true(out.failed);
    /* As a whole: refused, and nothing is left. */
    Error err;
    text_reset(&out);
    assert_int_equal(jsonb_parse(STR("[2.50, \"twelve bytes\"]"), &out, &err), STATUS_OUT_OF_MEMORY);
    assert_int_equal(out.size, 0);
    assert_int_equal(jsonb_parse(STR("2.50"), &out, &err), STATUS_OK);
    assert_true(str_equal(jsonb_shown(text_str(&out)), STR("2.50")));
}

static uint32_t draw(uint64_t *seed, uint32_t below) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

/* A number with more or fewer zeros at its end, and other values: texts that differ in the zeros alone. */
static void append_value(uint64_t *seed, uint64_t *zeros, Text *out, int depth) {
    uint32_t kind = draw(seed, depth < 3 ? 6 : 3), count = draw(seed, 4);
    if (kind < 2) {
        text_append_i64(out, (int64_t)draw(seed, 2000) - 1000);
        uint32_t fraction = draw(seed, 10), extra = draw(zeros, 3);
        if (fraction == 0 && extra == 0) return;
        text_append_char(out, '.');
        if (fraction > 0) text_append_i64(out, fraction);
        text_append_repeated(out, '0', extra);
    } else if (kind == 2) {
        static const char *const texts[] = {"\"\"", "\"1.0\"", "\"\\\"2.00\"", "true", "null", "\"\\\\\""};
        text_append_c(out, texts[draw(seed, 6)]);
    } else {
        text_append_char(out, kind == 3 ? '{' : '[');
        for (uint32_t i = 0; i < count; i++) {
            if (i > 0) text_append_c(out, ", ");
            if (kind == 3) text_append_format(out, "\"%d.0\": ", (int)i);
            append_value(seed, zeros, out, depth + 1);
        }
        text_append_char(out, kind == 3 ? '}' : ']');
    }
}

static void test_zeros_at_random(void **state) {
    (void)state;
    Memory memory;
    memory_init(&memory, 0);
    size_t differing = 0;
    for (uint64_t round = 0; round < 20000; round++) {
        Text json[2], value[2];
        for (uint64_t k = 0; k < 2; k++) {
            uint64_t seed = round, zeros = 2 * round + k;
            text_init(&json[k], &memory);
            append_value(&seed, &zeros, &json[k], 0);
            parse(&memory, text_str(&json[k]), &value[k]);
            assert_true(str_equal(jsonb_shown(text_str(&value[k])), text_str(&json[k])));
            assert_true(jsonb_contains(jsonb_key(text_str(&value[k])), jsonb_key(text_str(&value[k]))));
        }
        assert_true(str_equal(jsonb_key(text_str(&value[0])), jsonb_key(text_str(&value[1]))));
        assert_int_equal(str_equal(text_str(&value[0]), text_str(&value[1])), str_equal(text_str(&json[0]), text_str(&json[1])));
        differing += !str_equal(text_str(&value[0]), text_str(&value[1]));
        for (int k = 0; k < 2; k++) text_deinit(&json[k]), text_deinit(&value[k]);
    }
    assert_true(differing > 5000);
    memory_deinit(&memory);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shown), cmocka_unit_test(test_zeros), cmocka_unit_test(test_finish), cmocka_unit_test(test_zeros_at_random), cmocka_unit_test(test_large_objects), cmocka_unit_test(test_depth),
                                       cmocka_unit_test(test_parts), cmocka_unit_test(test_contains)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
