/* SPDX-License-Identifier: Apache-2.0
 * shell/with_clause_test.c - unfinished statements, and what is told of their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "shell/with_clause.h"

typedef struct Case {
    const char *text;
    const char *told; /* state, object, connector, format, key, word */
} Case;

static const Case cases[] = {
    {"CREATE SOURCE s (a INT) WITH (", "key source - - - -"},
    {"CREATE SOURCE s (a INT) WITH (conn", "key source - - - conn"},
    {"create sink k from v with (connector", "key sink - - - connector"},
    {"CREATE SOURCE s (a INT) WITH (connector ", "equals source - - connector -"},
    {"CREATE SOURCE s (a INT) WITH (connector=", "value source - - connector -"},
    {"CREATE SOURCE s (a INT) WITH (connector = 'fi", "value source - - connector 'fi"},
    {"CREATE SOURCE s (a INT) WITH (connector = 'file'", "comma source file - connector -"},
    {"CREATE SOURCE s (a INT) WITH (connector = 'file', format = csv, he", "key source file csv format he"},
    {"CREATE SOURCE s (a INT) WITH (connector = 'generator', fields.a.k",
     "key source generator - connector fields.a.k"},
    {"CREATE OR REPLACE MATERIALIZED VIEW v WITH (", "key materialized view - - - -"},
    {"CREATE STREAM v WITH (on_error = ", "value stream - - on_error -"},
    {"CREATE SOURCE s (a NUMERIC(10, 2)) -- 'quote\nWITH /* ( */ (path = 'a,b)(', ", "key source - - path -"},
    {"CREATE SOURCE s (a INT) WITH (path = 'x'); SELECT f(", "outside"},
    {"CREATE SOURCE s (a INT) WITH (path = 'x')", "outside"},
    {"CREATE SOURCE s (a INT) WITH (step = INTERVAL '5' SECOND, s", "key source - - step s"},
    {"CREATE SOURCE s (", "outside"},
    {"WITH (", "outside"},
    {"WITH a AS (SELECT ", "outside"},
    {"))) ; , = '", "outside"},
    {"", "outside"},
};

static void append_part(Text *text, Str part) {
    text_append_format(text, " %.*s", STR_ARGS(part.size > 0 ? part : STR("-")));
}

static void ends_are_told(void **state) {
    static const char *const states[] = {"key", "equals", "value", "comma"};
    (void)state;
    Memory memory;
    memory_init(&memory, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Text text;
        text_init(&text, &memory);
        WithClause with = with_clause_read(str_from_c(cases[i].text));
        text_append_c(&text, with.is_inside ? states[with.state] : "outside");
        const Str parts[] = {with.object, with.connector, with.format, with.key, with.word};
        for (size_t k = 0; k < 5 && with.is_inside; k++) append_part(&text, parts[k]);
        text_append_char(&text, '\0');
        assert_string_equal(text.data, cases[i].told);
        text_deinit(&text);
    }
    memory_deinit(&memory);
}

static void given_options_are_listed(void **state) {
    (void)state;
    WithClause with = with_clause_read(STR("CREATE SOURCE s WITH (connector = 'file', header, path = 'x', "));
    assert_int_equal(with.given_count, 3);
    assert_true(str_equal(with.given[1], STR("header")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_told),
        cmocka_unit_test(given_options_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
