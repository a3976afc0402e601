/* SPDX-License-Identifier: Apache-2.0
 * Tables for eyes: widths, rows that come later, text that a terminal must not see, refused memory. */
#include "shell/table.h"

#include <setjmp.h>
#include <cmocka.h>

static const Field fields[] = {{.name = {"name", 4}, .type = {.id = TYPE_TEXT}},
                               {.name = {"n", 1}, .type = {.id = TYPE_BIGINT}}};
static const Schema schema = {fields, 2};

static void add(Table *table, const char *name, const char *number) {
    table_add_texts(table, (Str[]){str_from_c(name), str_from_c(number)});
}

/* The rows given, in pairs, up to NULL. */
static void check(Mode mode, bool has_header, const char *const *cells, const char *expected) {
    Memory memory;
    Table table;
    Text text;
    Error err = {0};
    memory_init(&memory, 0);
    text_init(&text, &memory);
    assert_int_equal(table_init(&table, &memory, &schema, mode, has_header, &err), STATUS_OK);
    for (; *cells != NULL; cells += 2) add(&table, cells[0], cells[1]);
    table_write_end(&table, &text);
    text_append_char(&text, '\0');
    assert_string_equal(text.data, expected);
    table_deinit(&table);
    text_deinit(&text);
    memory_deinit(&memory);
}

static void test_styles(void **state) {
    const char *const cells[] = {"a", "1", "日本語", "200", NULL};
    check(MODE_TABLE, true, cells, " name   |   n\n--------+-----\n a      |   1\n 日本語 | 200\n");
}

static void test_markdown(void **state) {
    const char *const cells[] = {"a", "1", "bcdef", "200", NULL};
    check(MODE_MARKDOWN, true, cells, "| name  |   n |\n|-------|----:|\n| a     |   1 |\n| bcdef | 200 |\n");
    check(MODE_MARKDOWN, false, cells, "| a     |   1 |\n| bcdef | 200 |\n");
}

static void test_box(void **state) {
    const char *const cells[] = {"a", "1", NULL};
    check(MODE_BOX, true, cells, "┌──────┬───┐\n│ name │ n │\n├──────┼───┤\n│ a    │ 1 │\n└──────┴───┘\n");
    check(MODE_BOX, false, cells, "┌───┬───┐\n│ a │ 1 │\n└───┴───┘\n");
}

static void test_harmless(void **state) {
    const char *const cells[] = {"a\nb\tc\r", "1", "\x1B[2J\x07\x7F", "2", "\xC2\x9B\xFF", "3", NULL};
    check(MODE_TABLE, true, cells,
          " name            | n\n-----------------+---\n a\\nb\\tc\\r       | 1\n \\x1B[2J\\x07\\x7F | 2\n"
          " \\u009B\xEF\xBF\xBD         | 3\n");
}

/* What comes later may be wider: it widens its column from there on. */
static void test_later_rows(void **state) {
    Memory memory;
    Table table;
    Text text;
    Error err = {0};
    memory_init(&memory, 0);
    text_init(&text, &memory);
    assert_int_equal(table_init(&table, &memory, &schema, MODE_TABLE, true, &err), STATUS_OK);
    add(&table, "a", "1");
    table_write(&table, &text);
    add(&table, "abcdef", "12");
    table_write(&table, &text);
    add(&table, "b", "3");
    table_write_end(&table, &text);
    text_append_char(&text, '\0');
    assert_string_equal(text.data, " name | n\n------+---\n a    | 1\n abcdef | 12\n b      |  3\n");
    assert_int_equal(table.row_total, 3);
    table_deinit(&table);
    text_deinit(&text);
    memory_deinit(&memory);
}

static void test_refused_memory(void **state) {
    for (int64_t nth = 1; nth < 8; nth++) {
        Memory memory;
        Table table;
        Text text;
        Error err = {0};
        memory_init(&memory, 0);
        text_init(&text, &memory);
        atomic_store(&memory.fail_at, nth);
        Status status = table_init(&table, &memory, &schema, MODE_BOX, true, &err);
        if (status == STATUS_OK) {
            for (int i = 0; i < 100; i++) add(&table, "some text with a \n in it", "1");
            table_write_end(&table, &text);
        }
        bool was_refused = atomic_load(&memory.fail_at) <= 0;
        atomic_store(&memory.fail_at, 0);
        assert_true(!was_refused || text.failed || status != STATUS_OK);
        table_deinit(&table);
        text_deinit(&text);
        memory_deinit(&memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_styles),     cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_box),        cmocka_unit_test(test_harmless),
        cmocka_unit_test(test_later_rows), cmocka_unit_test(test_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
