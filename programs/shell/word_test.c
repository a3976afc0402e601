/* SPDX-License-Identifier: Apache-2.0
 * shell/word_test.c - lines of commands, in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "shell/word.h"

typedef struct Case {
    const char *line, *ends, *marks;
    const char *words; /* each in [] */
} Case;

static const Case cases[] = {
    {"\\mode  csv\t", "", "", "[\\mode][csv]"},
    {"", "", "", ""},
    {" \n", ";", "()", ""},
    {"\\echo 'a b'c \"d 'e\" f", "", "", "[\\echo]['a b'c][\"d 'e\"][f]"},
    {"'never closed; (", ";", "(", "['never closed; (]"},
    {"t(a,\"b, c\" )", ";", "(),", "[t][(][a][,][\"b, c\"][)]"},
    {"t(a,b)", "", "", "[t(a,b)]"},
    {"()", "", "()", "[(][)]"},
};

static void test_words(void **state) {
    Memory memory;
    Text words;
    memory_init(&memory, 0);
    text_init(&words, &memory);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Str rest = str_from_c(cases[i].line);
        text_reset(&words);
        for (;;) {
            Str word = word_take(&rest, str_from_c(cases[i].ends), str_from_c(cases[i].marks));
            if (word.size == 0) break;
            text_append_format(&words, "[%.*s]", STR_ARGS(word));
        }
        text_append_char(&words, '\0');
        assert_string_equal(words.data, cases[i].words);
        assert_int_equal(rest.size, 0);
    }
    text_deinit(&words);
    memory_deinit(&memory);
}

/* What ends a word stays for the caller. */
static void test_ends_stay(void **state) {
    Str rest = STR("file;more");
    Str word = word_take(&rest, STR(";"), STR(""));
    assert_true(str_equal(word, STR("file")));
    assert_true(str_equal(rest, STR(";more")));
    word = word_take(&rest, STR(";"), STR(""));
    assert_int_equal(word.size, 0);
    assert_true(str_equal(rest, STR(";more")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_ends_stay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
