/* SPDX-License-Identifier: Apache-2.0
 * Carets stand under the character they mean. */
#include "shell/report.h"

#include <setjmp.h>
#include <cmocka.h>

static void check(const char *text, size_t from, size_t size, size_t position, const char *expected) {
    Memory memory;
    Text out;
    memory_init(&memory, 0);
    text_init(&out, &memory);
    Place place = {.name = "x", .text = str_from_c(text), .line = 1, .from = from, .size = size};
    report_write_caret(&out, &place, position);
    text_append_char(&out, '\0');
    assert_string_equal(out.data, expected);
    text_deinit(&out);
    memory_deinit(&memory);
}

static void check_whole(const char *text, size_t position, const char *expected) {
    check(text, 0, strlen(text), position, expected);
}

static void test_plain(void **state) {
    check_whole("SELECT a", 7, "SELECT a\n       ^\n");
    check_whole("a", 0, "a\n^\n");
    check_whole("one\ntwo\nthree", 5, "two\n ^\n");
}

static void test_ends(void **state) {
    check_whole("", 0, "\n^\n");
    check_whole("SELECT", 6, "SELECT\n      ^\n");
    check_whole("SELECT \n\n", 9, "SELECT \n      ^\n");
    check_whole("SELECT", 100, "SELECT\n      ^\n");
    check_whole("a\r\nb", 0, "a\n^\n");
    check("SELECT 1;\nrest", 0, 9, 9, "SELECT 1;\n         ^\n");
}

static void test_tabs(void **state) {
    check_whole("\ta", 1, "        a\n        ^\n");
    check_whole("abc\ta\tb", 4, "abc     a       b\n        ^\n");
    check_whole("abc\ta\tb", 6, "abc     a       b\n                ^\n");
}

static void test_wide(void **state) {
    check_whole("日本 a", 7, "日本 a\n     ^\n");
    check_whole("e\xCC\x81 a", 4, "e\xCC\x81 a\n  ^\n"); /* a combining accent takes no column */
    check_whole("\xFF a", 2, "\xEF\xBF\xBD a\n  ^\n");
    check_whole("\x1B[31m a", 6, "?[31m a\n      ^\n");
}

static void test_long(void **state) {
    char text[1001];
    memset(text, 'x', 1000);
    text[1000] = '\0';
    text[500] = '!';
    Memory memory;
    Text out;
    memory_init(&memory, 0);
    text_init(&out, &memory);
    Place place = {.text = str_from(text, 1000), .line = 1, .size = 1000};
    report_write_caret(&out, &place, 500);
    const char *line_end = memchr(out.data, '\n', out.size);
    const char *mark = memchr(out.data, '!', out.size), *caret = memchr(line_end, '^', 200);
    assert_non_null(mark);
    assert_non_null(caret);
    assert_true(line_end - out.data < 170);
    assert_int_equal(mark - out.data - 2, caret - line_end - 1); /* the ellipsis: three bytes, one column */
    text_deinit(&out);
    memory_deinit(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_ends), cmocka_unit_test(test_tabs),
        cmocka_unit_test(test_wide),  cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
