/* SPDX-License-Identifier: Apache-2.0
 * format/infer_test.c - what the first bytes of an input are taken for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "format/infer.h"

/* The DDL that is made of `head`, or the error's message. */
static void check_with(const FormatOptions *csv, const char *head, const char *expected) {
    Memory memory;
    Arena arena;
    Error err;
    Inference inference;
    Text text;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    text_init(&text, &memory);
    if (infer_schema(str_from_c(head), csv, &arena, &inference, &err) == STATUS_OK)
        infer_append_ddl(&text, STR("stdin"), STR("-"), &inference);
    else
        text_append_c(&text, err.message);
    text_append_char(&text, '\0');
    bool same = strcmp(text.data, expected) == 0;
    if (!same) print_message("got:\n%s\nexpected:\n%s\n", text.data, expected);
    text_deinit(&text);
    arena_deinit(&arena);
    memory_deinit(&memory);
    assert_true(same);
}

static void check(const char *head, const char *expected) {
    check_with(NULL, head, expected);
}

#define WITH_JSON "\n  WITH (connector = 'file', path = '-', format = 'json')"
#define WITH_CSV  "\n  WITH (connector = 'file', path = '-', format = 'csv')"

static void test_json(void **state) {
    (void)state;
    check(
        "{\"user_id\":7,\"price\":1,\"ok\":true,\"at\":\"2026-11-24T10:00:00Z\",\"day\":\"2026-11-24\"}\n"
        "{\"user_id\":8,\"price\":1.5,\"t\":\"2026-11-24 "
        "10:00\",\"nested\":{\"a\":[1,\"}\"]},\"nothing\":null}\n"
        "{\"cut\":1",
        "CREATE SOURCE stdin (user_id BIGINT, price DOUBLE PRECISION, ok BOOLEAN, at TIMESTAMPTZ, day DATE, "
        "t TIMESTAMP, "
        "nested JSONB, nothing TEXT)" WITH_JSON);
    check("{\"a\":1}", "CREATE SOURCE stdin (a BIGINT)" WITH_JSON);
    check("{\"a\":1}\n{\"a\":\"x\"}\n", "CREATE SOURCE stdin (a TEXT)" WITH_JSON);
    check("{\"a\":\"2026-11-24\"}\n{\"a\":\"2026-11-24T10:00\"}\n{\"a\":null}\n",
          "CREATE SOURCE stdin (a TIMESTAMP)" WITH_JSON);
    check("{\"a\":\"\"}\n", "CREATE SOURCE stdin (a TEXT)" WITH_JSON);
    check("{\"a\":null,\"b\":{}}\n{\"a\":[1],\"b\":7}\n", "CREATE SOURCE stdin (a JSONB, b TEXT)" WITH_JSON);
    check("{\"a\":1}\n{\"a\":\"202:}\n",
          "CREATE SOURCE stdin (a BIGINT)" WITH_JSON); /* a string without end */
    check("{\"Order\":1,\"order\":2,\"a \\\"b\":3,\"_x1\":4,\"1x\":5}\n",
          "CREATE SOURCE stdin (\"Order\" BIGINT, \"order\" BIGINT, \"a \"\"b\" BIGINT, _x1 BIGINT, \"1x\" "
          "BIGINT)" WITH_JSON);
    check("not json}\n{\"a\":1,}\n{\"b\":1}\n", "CREATE SOURCE stdin (\"not json}\" TEXT)" WITH_CSV);
    check("{\"\\u00e9\\ud83d\\ude00\\t\\/\":1}\n",
          "CREATE SOURCE stdin (\"\xc3\xa9\xf0\x9f\x98\x80\t/\" BIGINT)" WITH_JSON);
    check("{\"a\":1,}\n{\"b\":1}\n", "CREATE SOURCE stdin (b BIGINT)" WITH_JSON);
    check("\xEF\xBB\xBF [\n {\"a\": 1},\n {\"a\": 2, \"b\": []}, {\"cut",
          "CREATE SOURCE stdin (a BIGINT, b JSONB)" WITH_JSON);
    check("{}\n", "the JSON objects at the start of the input have no fields");
    check("{\n \"a\": 1\n}\n", "no JSON object can be read at the start of the input (byte offset 1)");
    check("\xEF\xBB\xBF\n{\"a\":1,\"b\":x}\n", "no JSON object can be read at the start of the input (byte offset 15)");
    check("{\"a\":1} x\n{\"b\":1}\n", "CREATE SOURCE stdin (b BIGINT)" WITH_JSON); /* a record is a whole line */
    check("{\"a\":1}\r{\"a\":2}\r", "the lines of the input end in CR alone: LF or CR LF is needed");
    check("[{\"a\":1},\r{\"a\":2}]\r", "CREATE SOURCE stdin (a BIGINT)" WITH_JSON);
    check("[{\"a\":1 \"b\"}]\n", "no JSON object can be read at the start of the input (byte offset 8)");
    check(" \n", "the input is empty: its columns cannot be told");
}

/* A column of these numbers, in JSON and in CSV. */
static void check_numbers(const char *numbers, const char *type) {
    char json[1024], csv[1024], expected[256];
    size_t json_size = 0, csv_size = text_format(csv, sizeof(csv), "a\n");
    for (const char *at = numbers; *at != '\0';) {
        size_t size = strcspn(at, " ");
        json_size += text_format(json + json_size, sizeof(json) - json_size, "{\"a\":%.*s}\n", (int)size, at);
        csv_size += text_format(csv + csv_size, sizeof(csv) - csv_size, "%.*s\n", (int)size, at);
        at += size + (at[size] == ' ');
    }
    text_format(expected, sizeof(expected), "CREATE SOURCE stdin (a %s)" WITH_JSON, type);
    check(json, expected);
    text_format(expected, sizeof(expected), "CREATE SOURCE stdin (a %s)" WITH_CSV, type);
    check(csv, expected);
}

/* The type holds every value: what went in comes out. */
static void test_numbers(void **state) {
    (void)state;
    check_numbers("0 -9223372036854775808 9223372036854775807", "BIGINT");
    check_numbers("18446744073709551614 1", "NUMERIC(38, 0)");
    check_numbers("1 -9223372036854775809", "NUMERIC(38, 0)");
    check_numbers("99999999999999999999999999999999999999", "NUMERIC(38, 0)");
    check_numbers("100000000000000000000000000000000000000", "TEXT");
    /* fractions */
    check_numbers("0.1 1 -3.25", "DOUBLE PRECISION");
    check_numbers("0.30000000000000004 0.1", "DOUBLE PRECISION");
    check_numbers("0.10000000000000001 1.0000000000000000000000000000000000000000000", "DOUBLE PRECISION");
    check_numbers("0.12345678901234567890", "NUMERIC(38, 20)");
    check_numbers("12345678901234567.89", "NUMERIC(38, 2)");
    check_numbers("0.1000000000000000055511151231257827021181583404541015625", "TEXT");
    /* integers among them */
    check_numbers("0.5 9007199254740992", "DOUBLE PRECISION");
    check_numbers("0.5 9007199254740993", "NUMERIC(38, 1)");
    check_numbers("9007199254740993 0.5", "NUMERIC(38, 1)");
    check_numbers("1152921504606846976 0.25", "NUMERIC(38, 2)");
    check_numbers("100000000000000000000 0.25", "DOUBLE PRECISION");
    check_numbers("0.25 1234567890123456789012345678901234567", "TEXT");
    check_numbers("0.5 1234567890123456789012345678901234567", "NUMERIC(38, 1)");
    /* exponents */
    check_numbers("1e3 2.5E-2", "DOUBLE PRECISION");
    check_numbers("1.000000000000000055e-01 1", "DOUBLE PRECISION");
    check_numbers("1.5e3 9007199254740993 2e-2", "NUMERIC(38, 2)");
    check_numbers("1e30 9007199254740993 1e-30", "TEXT");
    check_numbers("1e400", "TEXT");
    check_numbers("1e-400 1", "TEXT");
    check_numbers("0e-400 0.0", "DOUBLE PRECISION");
    check_numbers("1e99999999999999999999", "TEXT");
}

static void test_csv(void **state) {
    (void)state;
    check("id,name,price,at\r\n1,x,2.5,2026-11-24\r\n2,,3,2026-11-25 10:00:00+01\r\n",
          "CREATE SOURCE stdin (id BIGINT, name TEXT, price DOUBLE PRECISION, at TIMESTAMPTZ)" WITH_CSV);
    check("a;b\n1;\"x, y\"\n",
          "CREATE SOURCE stdin (a BIGINT, b TEXT)\n"
          "  WITH (connector = 'file', path = '-', format = 'csv', delimiter = ';')");
    check("a\tb\n1\ttrue\n",
          "CREATE SOURCE stdin (a BIGINT, b BOOLEAN)\n"
          "  WITH (connector = 'file', path = '-', format = 'csv', delimiter = '\\t')");
    check("\"a,b\",c,\n1,\"x\ny\"\"z\",3\n",
          "CREATE SOURCE stdin (\"a,b\" BIGINT, c TEXT, column3 BIGINT)" WITH_CSV);
    check("a,b,a\n1,2,3\n", "the header names \"a\" twice (byte offset 4)");
    check("\na,b\x07\n1,2\n", "the input is neither JSON nor CSV: its first line is not UTF-8 text (byte offset 3)");
    check("a,b\r1,2\r", "the lines of the input end in CR alone: LF or CR LF is needed");
    check("one\n\n1\n\n", "CREATE SOURCE stdin (one BIGINT)" WITH_CSV);
    check("one\n\n\n", "CREATE SOURCE stdin (one TEXT)" WITH_CSV);
    check("one\n1\n", "CREATE SOURCE stdin (one BIGINT)" WITH_CSV);
}

/* A first line of a megabyte without a delimiter (a file of another kind) is looked at once, not once per
 * byte: that took a minute. */
static void test_long_first_line(void **state) {
    (void)state;
    enum { SIZE = INFER_HEAD_SIZE_MAX - 1, SECONDS_MAX = 5 };
    Memory memory;
    Arena arena;
    Error err;
    Inference inference;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    char *head = arena_alloc(&arena, SIZE);
    assert_non_null(head);
    memset(head, 'a', SIZE);
    clock_t start = clock();
    assert_int_equal(infer_schema(str_from(head, SIZE), '\0', &arena, &inference, &err), STATUS_OK);
    assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
    assert_int_equal(inference.schema.count, 1);
    arena_deinit(&arena);
    memory_deinit(&memory);
}

static void test_has_record(void **state) {
    static const struct {
        const char *head;
        bool has_record;
    } cases[] = {
        {"", false},          {"\n \n", false},       {"\xEF\xBB\xBF", false}, {"a,b\n", false},       {"a,b", false},
        {"a,b\n1,2\n", true}, {"a,b\n1,", false},    {"a\n\n", true},         {"\"a\nb\",c\n", false}, {"\"a\nb\",c\n1,2\n", true},
        {"{}\n", false},      {"{}\n{\"a\"\n", false}, {"{\"a\":1}\n", true},   {"nonsense\n", false},  {"[", false},
        {"[\n", false},       {"[{}", false},         {"[{\"a\":1},\n", true}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Memory memory;
        Arena arena;
        memory_init(&memory, 0);
        arena_init(&arena, &memory);
        bool found = infer_has_record(str_from_c(cases[i].head), NULL, &arena);
        if (found != cases[i].has_record) fail_msg("%s", cases[i].head);
        arena_deinit(&arena);
        memory_deinit(&memory);
    }
    char zero[] = "ab\0\n";
    Memory memory;
    Arena arena;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    assert_true(infer_has_record(str_from(zero, 4), NULL, &arena)); /* nothing can make it text */
    arena_deinit(&arena);
    memory_deinit(&memory);
}

static void test_comments(void **state) {
    (void)state;
#define WITH_COMMENT "\n  WITH (connector = 'file', path = '-', format = 'csv', comment = '#')"
    check("# made by x, y, z\n#\n\na,b\n# in between, x\n1,2.5\n", "CREATE SOURCE stdin (a BIGINT, b DOUBLE PRECISION)" WITH_COMMENT);
    check("# one; two\r\na;b\r\n1;2\r\n", "CREATE SOURCE stdin (\"# one\" TEXT, two TEXT)\n  WITH (connector = 'file', path = '-', format = 'csv', delimiter = ';')");
    check("#id,name\n1,x\n#2,y\n", "CREATE SOURCE stdin (\"#id\" TEXT, name TEXT)" WITH_CSV); /* a header, as bioinformatics has it */
    check("# a\n1\n", "CREATE SOURCE stdin (\"# a\" BIGINT)" WITH_CSV);
    check("a,b\n#1,2\n", "CREATE SOURCE stdin (a TEXT, b BIGINT)" WITH_CSV); /* none at the start */
    FormatOptions csv = format_options_default(FORMAT_CSV);
    csv.comment = '%';
    check_with(&csv, "% x\n%,y\na,b\n%1\n1,2\n", "CREATE SOURCE stdin (a BIGINT, b BIGINT)\n  WITH (connector = 'file', path = '-', format = 'csv', comment = '%')");
}

static void test_options(void **state) {
    (void)state;
    FormatOptions csv = format_options_default(FORMAT_CSV);
    csv.header = false;
    check_with(&csv, "1,x,\n2.5,y,\n", "CREATE SOURCE stdin (column1 DOUBLE PRECISION, column2 TEXT, column3 TEXT)" WITH_CSV);
    check_with(&csv, "1,\"a\nb\"", "CREATE SOURCE stdin (column1 BIGINT, column2 TEXT)" WITH_CSV);
    csv.header = true;
    csv.quote = csv.escape = '\'';
    csv.delimiter = '\0';
    check_with(&csv, "'a;''b';c\n'1;1';2\n", "CREATE SOURCE stdin (\"a;'b\" TEXT, c BIGINT)\n  WITH (connector = 'file', path = '-', format = 'csv', delimiter = ';')");
    csv.escape = '\\';
    check_with(&csv, "a,b\n'\\',1',2\n'\\\\',3\n", "CREATE SOURCE stdin (a TEXT, b BIGINT)" WITH_CSV);
    csv = format_options_default(FORMAT_CSV);
    csv.null_text = STR("NA");
    check_with(&csv, "a,b,c\n1,NA,3\nNA,NA,\n", "CREATE SOURCE stdin (a BIGINT, b TEXT, c TEXT)" WITH_CSV); /* c: the empty text is no number */
    check("a,b,\"x\"\"y\"\n1,\"\",3\n2,3,4\n", "CREATE SOURCE stdin (a BIGINT, b TEXT, \"x\"\"y\" BIGINT)" WITH_CSV); /* a quoted one is not NULL */
    Memory memory;
    Arena arena;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    csv.header = false;
    assert_false(infer_has_record(STR(""), &csv, &arena));
    assert_true(infer_has_record(STR("1,2\n"), &csv, &arena));
    assert_false(infer_has_record(STR("# a, b, c\na,b\n"), NULL, &arena));
    assert_false(infer_has_record(STR("# a, b, c\na,b\n# d\n"), NULL, &arena));
    assert_true(infer_has_record(STR("# a, b, c\na,b\n# d\n1,2\n"), NULL, &arena));
    arena_deinit(&arena);
    memory_deinit(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_long_first_line),
        cmocka_unit_test(test_has_record),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
