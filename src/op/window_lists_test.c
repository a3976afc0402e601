/* SPDX-License-Identifier: Apache-2.0
 * op/window_lists_test.c - lists of ids against plain arrays of them. */
#include "op/window_lists.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/hash.h"

enum { WINDOW_COUNT = 7, ID_COUNT_MAX = 3000 };

typedef struct Model {
    uint32_t ids[WINDOW_COUNT][ID_COUNT_MAX];
    uint32_t count[WINDOW_COUNT], taken[WINDOW_COUNT];
} Model;

/* Rows of a batch: ids that mostly follow each other, in an order of rows that is not theirs. */
static void add_some(WindowLists *lists, Model *model, uint64_t *random) {
    uint32_t window = (uint32_t)(hash_u64((*random)++) % WINDOW_COUNT), ids[40], rows[40];
    uint32_t count = (uint32_t)(hash_u64((*random)++) % 40) + 1, id = (uint32_t)hash_u64((*random)++) % 1000;
    Error err;
    if (model->count[window] + count > ID_COUNT_MAX) return;
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = 39 - i;
        ids[rows[i]] = id;
        id += hash_u64((*random)++) % 4 == 0 ? 5 : 1;
        model->ids[window][model->count[window]++] = ids[rows[i]];
    }
    assert_int_equal(window_lists_add_rows(lists, 10 * (int64_t)window, -1, ids, rows, count, &err),
                     STATUS_OK);
}

static void check_take(WindowLists *lists, Model *model, uint32_t capacity) {
    uint32_t ids[64], window = 0;
    while (model->taken[window] == model->count[window]) window++;
    assert_int_equal(window_lists_first(lists)->start, 10 * window);
    uint32_t left = model->count[window] - model->taken[window];
    uint32_t count = window_lists_take(lists, ids, capacity);
    assert_int_equal(count, left < capacity ? left : capacity);
    assert_memory_equal(ids, model->ids[window] + model->taken[window], count * sizeof(*ids));
    model->taken[window] += count;
}

static void test_model(void **context) {
    static Model model;
    Memory memory;
    WindowLists lists;
    uint64_t random = 5;
    memory_init(&memory, 0);
    window_lists_init(&lists, &memory);
    for (int step = 0; step < 1500; step++) {
        add_some(&lists, &model, &random);
        if (step % 4 == 3) check_take(&lists, &model, (uint32_t)(hash_u64(random++) % 64) + 1);
    }
    for (size_t i = 0; i < lists.count; i++) { /* reading takes nothing */
        const WindowList *list = &lists.items[i];
        size_t window = (size_t)(list->start / 10);
        WindowListCursor cursor = {0};
        uint32_t ids[17], at = 0, count;
        while ((count = window_list_read(list, &cursor, ids, 17)) > 0) at += count;
        assert_true(at >= model.count[window] - model.taken[window]);
    }
    while (lists.count > 0) check_take(&lists, &model, 33);
    window_lists_deinit(&lists);
    memory_deinit(&memory);
}

/* Ids in a row take one run, whatever their number. */
static void test_runs(void **context) {
    Memory memory;
    WindowLists lists;
    Error err;
    memory_init(&memory, 0);
    window_lists_init(&lists, &memory);
    for (uint32_t id = 0; id < 100000; id++)
        assert_int_equal(window_lists_add(&lists, 0, 0, id, &err), STATUS_OK);
    assert_int_equal(window_lists_first(&lists)->runs.count, 1);
    assert_true(window_lists_memory(&lists) < 1000);
    window_lists_drop_first(&lists);
    assert_int_equal(lists.count, 0);
    window_lists_deinit(&lists);
    memory_deinit(&memory);
}

/* Windows come in any order, mostly rising, and go from the front: always sorted, each with its id. */
static void test_order(void **context) {
    enum { START_COUNT = 2000 };
    static bool is_there[START_COUNT];
    Memory memory;
    WindowLists lists;
    Error err;
    uint64_t random = 9;
    uint32_t id;
    memory_init(&memory, 0);
    window_lists_init(&lists, &memory);
    for (int step = 0; step < 20000; step++) {
        uint64_t draw = hash_u64(random++);
        uint32_t start = draw % 16 < 4 ? (uint32_t)(draw >> 20) % START_COUNT : (uint32_t)step / 10;
        if (draw % 16 < 9 && !is_there[start]) {
            assert_int_equal(window_lists_add(&lists, start, 0, start, &err), STATUS_OK);
            is_there[start] = true;
        } else if (lists.count > 0) {
            for (start = 0; !is_there[start]; start++) continue;
            assert_int_equal(window_lists_first(&lists)->start, start);
            assert_int_equal(window_lists_take(&lists, &id, 1), 1);
            assert_int_equal(id, start);
            is_there[start] = false;
        }
        for (size_t i = 1; i < lists.count && step % 16 == 0; i++) assert_true(lists.items[i - 1].start < lists.items[i].start);
    }
    assert_true(lists.capacity < 4 * START_COUNT);
    window_lists_deinit(&lists);
    memory_deinit(&memory);
}

/* A day of seconds open at once, closed one by one; more, so that an array moved at each close would take minutes. */
static void test_many(void **context) {
    enum { COUNT = 1000000 };
    Memory memory;
    WindowLists lists;
    Error err;
    uint32_t ids[2];
    memory_init(&memory, 0);
    window_lists_init(&lists, &memory);
    for (uint32_t i = 0; i < COUNT; i++) assert_int_equal(window_lists_add(&lists, i, 0, i, &err), STATUS_OK);
    for (uint32_t i = 0; i < COUNT; i++) assert_int_equal(window_lists_take(&lists, ids, 2), 1);
    assert_int_equal(lists.count, 0);
    window_lists_deinit(&lists);
    memory_deinit(&memory);
}

/* As many as the window has, or the one before it has: whichever is more. */
static void test_likely_count(void **context) {
    Memory memory;
    WindowLists lists;
    Error err;
    const uint32_t ids[3] = {7, 8, 20}, rows[3] = {0, 1, 2};
    memory_init(&memory, 0);
    window_lists_init(&lists, &memory);
    assert_int_equal(window_lists_likely_count(&lists, 10), 0);
    assert_int_equal(window_lists_add_rows(&lists, 10, INT64_MIN, ids, rows, 3, &err), STATUS_OK);
    assert_int_equal(window_lists_likely_count(&lists, 10), 3);
    assert_int_equal(window_lists_likely_count(&lists, 9), 0);
    assert_int_equal(window_lists_likely_count(&lists, 20), 3);
    assert_int_equal(window_lists_add(&lists, 20, INT64_MIN, 30, &err), STATUS_OK);
    assert_int_equal(window_lists_likely_count(&lists, 20), 3);
    assert_int_equal(window_lists_likely_count(&lists, 30), 1);
    window_lists_deinit(&lists);
    memory_deinit(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_model), cmocka_unit_test(test_runs), cmocka_unit_test(test_order),
                                       cmocka_unit_test(test_many), cmocka_unit_test(test_likely_count)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
