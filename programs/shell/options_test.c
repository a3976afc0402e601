/* SPDX-License-Identifier: Apache-2.0
 * The command line, right and wrong. */
#include "shell/options.h"

#include <setjmp.h>
#include <cmocka.h>

typedef struct Fixture {
    Memory memory;
    Arena arena;
    Options options;
    Error err;
} Fixture;

static Status read(Fixture *fixture, const char *line) {
    char *words[16] = {"weir"};
    int count = 1;
    memory_init(&fixture->memory, 0);
    arena_init(&fixture->arena, &fixture->memory);
    fixture->err = (Error){0};
    for (Str rest = str_from_c(line); rest.size > 0;) {
        ptrdiff_t space = str_find(rest, STR(" "));
        size_t size = space < 0 ? rest.size : (size_t)space;
        words[count++] = (char *)str_copy(&fixture->arena, str_from(rest.data, size)).data;
        size += space >= 0;
        rest = str_from(rest.data + size, rest.size - size);
    }
    return options_read(&fixture->options, &fixture->arena, count, words, &fixture->err);
}

static void done(Fixture *fixture) {
    arena_deinit(&fixture->arena);
    memory_deinit(&fixture->memory);
}

static void test_defaults(void **state) {
    Fixture fixture;
    assert_int_equal(read(&fixture, ""), STATUS_OK);
    assert_int_equal(fixture.options.mode, MODE_AUTO);
    assert_true(fixture.options.has_header);
    assert_int_equal(fixture.options.input_count, 0);
    assert_int_equal(fixture.options.subcommand, SUBCOMMAND_NONE);
    done(&fixture);
}

static void test_forms(void **state) {
    Fixture fixture;
    assert_int_equal(read(&fixture, "-c one --file=two -fthree -f - --mode box -k --no-header"), STATUS_OK);
    assert_int_equal(fixture.options.input_count, 4);
    assert_string_equal(fixture.options.inputs[0].text, "one");
    assert_false(fixture.options.inputs[0].is_file);
    assert_string_equal(fixture.options.inputs[1].text, "two");
    assert_string_equal(fixture.options.inputs[2].text, "three");
    assert_string_equal(fixture.options.inputs[3].text, "-");
    assert_int_equal(fixture.options.mode, MODE_BOX);
    assert_true(fixture.options.keeps_going);
    assert_false(fixture.options.has_header);
    done(&fixture);
    assert_int_equal(read(&fixture, "check a.sql b.sql"), STATUS_OK);
    assert_int_equal(fixture.options.subcommand, SUBCOMMAND_CHECK);
    assert_int_equal(fixture.options.input_count, 2);
    done(&fixture);
    assert_int_equal(read(&fixture, "demo --seconds 3"), STATUS_OK);
    assert_int_equal(fixture.options.seconds, 3);
    done(&fixture);
}

static void test_wrong(void **state) {
    static const struct {
        const char *line, *message, *hint;
    } cases[] = {
        {"--kep-going", "unknown option --kep-going", "did you mean --keep-going?"},
        {"-z", "unknown option -z", "weir --help lists what there is"},
        {"--no-headerx", "unknown option --no-headerx", "did you mean --no-header?"},
        {"--no-header=1", "unknown option --no-header=1", "did you mean --no-header?"},
        {"-f", "-f needs FILE after it", ""},
        {"explian", "there is no command \"explian\"", "did you mean weir explain?"},
        {"--threads x", "--threads takes a number, not \"x\"", ""},
        {"--threads 1", "--threads 1: workers do not exist yet",
         "--threads 0 runs everything on the command's own thread"},
        {"demo --seconds -1", "--seconds takes a number from 1 to 1000000, not \"-1\"", ""},
        {"--mode tabel", "there is no mode \"tabel\"", "did you mean table?"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Fixture fixture;
        assert_int_not_equal(read(&fixture, cases[i].line), STATUS_OK);
        assert_string_equal(fixture.err.message, cases[i].message);
        assert_string_equal(fixture.err.hint, cases[i].hint);
        done(&fixture);
    }
}

/* Every option is in the help, and no line of it is too long for a terminal. */
static void test_help(void **state) {
    Memory memory;
    Text text;
    memory_init(&memory, 0);
    text_init(&text, &memory);
    options_write_help(&text);
    assert_true(str_find(text_str(&text), STR("--keep-going")) >= 0);
    assert_true(str_find(text_str(&text), STR("weir check FILE.sql ...")) >= 0);
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '\n') continue;
        assert_true(i - start <= 110);
        start = i + 1;
    }
    text_deinit(&text);
    memory_deinit(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
