/* SPDX-License-Identifier: Apache-2.0
 * The rows of a changing result: keyed and whole, in place, under refused memory, and against a plain count.
 */
#include "shell/live_rows.h"

#include <setjmp.h>
#include <cmocka.h>

#include "column/builder.h"

static const Field fields[] = {{.name = {"k", 1}, .type = {.id = TYPE_TEXT}},
                               {.name = {"n", 1}, .type = {.id = TYPE_BIGINT}}};
static const Schema schema = {fields, 2};
static const int key[] = {0};

typedef struct Fixture {
    Memory memory;
    BufferPool *pool;
    Frame frame;
    LiveRows rows;
    Error err;
} Fixture;

static void open_with(Fixture *fixture, int key_count) {
    memory_init(&fixture->memory, 0);
    fixture->err = (Error){0};
    fixture->pool = buffer_pool_create(&fixture->memory);
    assert_int_equal(frame_init(&fixture->frame, fixture->pool, &fixture->err), STATUS_OK);
    assert_int_equal(live_rows_init(&fixture->rows, &fixture->memory, &schema, key, key_count, &fixture->err),
                     STATUS_OK);
}

static void done(Fixture *fixture) {
    live_rows_deinit(&fixture->rows);
    frame_deinit(&fixture->frame);
    buffer_pool_destroy(fixture->pool);
    memory_deinit(&fixture->memory);
}

/* One row; k NULL: SQL's NULL. */
static Batch make(Fixture *fixture, const char *k, int64_t n) {
    ArrayBuilder text, number;
    Array *columns = FRAME_ARRAY(&fixture->frame, Array, 2);
    assert_int_equal(array_builder_init(&text, &fixture->frame, fields[0].type, 1, &fixture->err), STATUS_OK);
    assert_int_equal(array_builder_init(&number, &fixture->frame, fields[1].type, 1, &fixture->err),
                     STATUS_OK);
    if (k == NULL)
        array_builder_null(&text);
    else
        array_builder_text(&text, str_from_c(k));
    array_builder_i64(&number, n);
    assert_int_equal(array_builder_finish(&text, &columns[0], &fixture->err), STATUS_OK);
    assert_int_equal(array_builder_finish(&number, &columns[1], &fixture->err), STATUS_OK);
    return (Batch){.row_count = 1, .column_count = 2, .columns = columns};
}

static void change(Fixture *fixture, const char *k, int64_t n, int64_t weight) {
    Batch batch = make(fixture, k, n);
    assert_int_equal(live_rows_change(&fixture->rows, &batch, 0, weight, &fixture->err), STATUS_OK);
}

/* "a=1 b=2*3" in order; a count above one is told. */
static void check(Fixture *fixture, const char *expected) {
    Text text;
    text_init(&text, &fixture->memory);
    size_t count = 0;
    for (const LiveRow *row = fixture->rows.first; row != NULL; row = row->next, count++) {
        if (text.size > 0) text_append_char(&text, ' ');
        text_append_format(&text, "%.*s=%.*s",
                           STR_ARGS(row->cells[0].data == NULL ? STR("null") : row->cells[0]),
                           STR_ARGS(row->cells[1]));
        if (row->count > 1) text_append_format(&text, "*%lld", (long long)row->count);
    }
    text_append_char(&text, '\0');
    assert_string_equal(text.data, expected);
    assert_int_equal(count, fixture->rows.count);
    text_deinit(&text);
}

static void test_keyed(void **state) {
    Fixture fixture;
    open_with(&fixture, 1);
    change(&fixture, "a", 1, 1);
    change(&fixture, "b", 2, 1);
    change(&fixture, NULL, 3, 1);
    change(&fixture, "", 4, 1);
    live_rows_settle(&fixture.rows);
    check(&fixture, "a=1 b=2 null=3 =4");
    change(&fixture, "a", 1, -1); /* taken back, then there again: it keeps its place */
    change(&fixture, "a", 9, 1);
    change(&fixture, "b", 7, -1); /* not the row that is there */
    change(&fixture, NULL, 3, -1);
    live_rows_settle(&fixture.rows);
    check(&fixture, "a=9 b=2 =4");
    change(&fixture, "b", 5, 1); /* the new row before the old one */
    change(&fixture, "b", 2, -1);
    live_rows_settle(&fixture.rows);
    check(&fixture, "a=9 b=5 =4");
    fixture.rows.replaces = true;
    change(&fixture, "b", 0, -1);
    change(&fixture, "zz", 0, -1);
    live_rows_settle(&fixture.rows);
    check(&fixture, "a=9 =4");
    done(&fixture);
}

static void test_whole_rows(void **state) {
    Fixture fixture;
    open_with(&fixture, 0);
    change(&fixture, "a", 1, 2);
    change(&fixture, "a", 2, 1);
    change(&fixture, "a", 1, 1);
    live_rows_settle(&fixture.rows);
    check(&fixture, "a=1*3 a=2");
    change(&fixture, "a", 2, -1);
    change(&fixture, "a", 1, -1);
    live_rows_settle(&fixture.rows);
    check(&fixture, "a=1*2");
    done(&fixture);
}

static void test_order_column(void **state) {
    Fixture fixture;
    open_with(&fixture, 1);
    fixture.rows.order_column = 1;
    change(&fixture, "a", 5, 1);
    change(&fixture, "a", 4, 1);
    check(&fixture, "a=5");
    change(&fixture, "a", 6, 1);
    check(&fixture, "a=6");
    done(&fixture);
}

/* Random changes of few keys; the model is an array. */
static void test_model(void **state) {
    enum { KEY_COUNT = 300, STEP_COUNT = 20000 };
    int64_t model[KEY_COUNT] = {0}; /* n of each key; 0: none */
    size_t present = 0;
    Fixture fixture;
    open_with(&fixture, 1);
    fixture.rows.replaces = true;
    uint64_t random = 42;
    for (int i = 0; i < STEP_COUNT; i++) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        size_t k = (random >> 33) % KEY_COUNT;
        bool is_removed = (random >> 50) % 4 == 0;
        char name[16];
        name[text_format(name, sizeof(name), "key %zu", k)] = '\0';
        present += (model[k] == 0 && !is_removed);
        present -= (model[k] != 0 && is_removed);
        model[k] = is_removed ? 0 : i + 1;
        change(&fixture, name, i + 1, is_removed ? -1 : 1);
        if (i % 7 == 0) live_rows_settle(&fixture.rows);
        if (i % 100 == 0) frame_reset(&fixture.frame);
    }
    live_rows_settle(&fixture.rows);
    assert_int_equal(fixture.rows.count, present);
    for (const LiveRow *row = fixture.rows.first; row != NULL; row = row->next) {
        char expected[24];
        size_t k = 0;
        for (size_t i = 4; i < row->cells[0].size; i++) k = k * 10 + (size_t)(row->cells[0].data[i] - '0');
        size_t size = text_format(expected, sizeof(expected), "%lld", (long long)model[k]);
        assert_true(str_equal(row->cells[1], str_from(expected, size)));
    }
    done(&fixture);
}

static void test_refused_memory(void **state) {
    for (int64_t nth = 1; nth < 6; nth++) {
        Fixture fixture;
        open_with(&fixture, 1);
        Batch batch = make(&fixture, "a long enough text for a buffer of its own", 1);
        atomic_store(&fixture.memory.fail_at, nth);
        Status status = live_rows_change(&fixture.rows, &batch, 0, 1, &fixture.err);
        atomic_store(&fixture.memory.fail_at, 0);
        assert_true(status == STATUS_OK || status == STATUS_OUT_OF_MEMORY);
        if (status != STATUS_OK)
            assert_int_equal(live_rows_change(&fixture.rows, &batch, 0, 1, &fixture.err), STATUS_OK);
        assert_int_equal(fixture.rows.count, 1);
        done(&fixture);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keyed),          cmocka_unit_test(test_whole_rows),
        cmocka_unit_test(test_order_column),   cmocka_unit_test(test_model),
        cmocka_unit_test(test_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
