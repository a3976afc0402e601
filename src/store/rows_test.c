/* SPDX-License-Identifier: Apache-2.0
 * store/rows_test.c - stored rows against a plain list: what leaves adds up to what is there, rollbacks leave
 * no trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/hash.h"
#include "io/io_sim.h"
#include "store/rows.h"

enum { KEY_COUNT = 12, VALUE_COUNT = 4, ROW_COUNT_MAX = 64 };

typedef struct Fixture {
    Memory memory;
    IoSim sim;
    BufferPool *pool;
    Frame frame;
    Rows rows;
    uint64_t random;
    bool keyed;
    int64_t held[KEY_COUNT][VALUE_COUNT];  /* weights */
    int64_t shown[KEY_COUNT][VALUE_COUNT]; /* what left, added up */
} Fixture;

static const RowsColumn COLUMNS[] = {
    {{.id = TYPE_BIGINT}, true}, {{.id = TYPE_TEXT}, false}, {{.id = TYPE_DOUBLE}, false}};

static uint32_t draw(Fixture *fixture, uint32_t below) {
    return (uint32_t)(hash_u64(fixture->random++) >> 33) % below;
}

static void fixture_init(Fixture *fixture, bool keyed, uint64_t seed) {
    Error err;
    uint32_t key = 0;
    *fixture = (Fixture){.random = seed, .keyed = keyed};
    memory_init(&fixture->memory, 0);
    assert_true(io_sim_init(&fixture->sim, &fixture->memory, seed));
    fixture->pool = buffer_pool_create(&fixture->memory);
    assert_int_equal(frame_init(&fixture->frame, fixture->pool, &err), STATUS_OK);
    assert_int_equal(rows_init(&fixture->rows, COLUMNS, 3, keyed ? &key : NULL, keyed, &fixture->sim.io,
                               &fixture->memory, &err),
                     STATUS_OK);
}

static void fixture_deinit(Fixture *fixture) {
    fixture->memory.fail_at = 0;
    rows_deinit(&fixture->rows);
    frame_deinit(&fixture->frame);
    buffer_pool_destroy(fixture->pool);
    io_sim_deinit(&fixture->sim);
    memory_deinit(&fixture->memory);
}

/* Value 0 is NULL, 1 short, 2 and 3 long texts; the double follows the value. */
static Batch make_batch(Fixture *fixture, const uint32_t (*list)[2], const int64_t *weights, uint32_t count) {
    static const Str texts[] = {{"", 0},
                                {"short", 5},
                                {"a text that is longer than a cell", 33},
                                {"another that is longer than a cell", 34}};
    Error err;
    Array *columns = FRAME_ARRAY(&fixture->frame, Array, 3);
    ArrayBuilder builders[3];
    for (uint32_t c = 0; c < 3; c++)
        assert_int_equal(array_builder_init(&builders[c], &fixture->frame, COLUMNS[c].type, count, &err),
                         STATUS_OK);
    for (uint32_t i = 0; i < count; i++) {
        array_builder_i64(&builders[0], list[i][0]);
        if (list[i][1] == 0)
            array_builder_null(&builders[1]);
        else
            array_builder_text(&builders[1], texts[list[i][1]]);
        array_builder_f64(&builders[2], list[i][1] / 4.0);
    }
    for (uint32_t c = 0; c < 3; c++)
        assert_int_equal(array_builder_finish(&builders[c], &columns[c], &err), STATUS_OK);
    Batch batch = {.row_count = count, .column_count = 3, .columns = columns};
    batch.meta[META_WEIGHT] = weights;
    return batch;
}

static void add_batch(int64_t (*to)[VALUE_COUNT], const Batch *batch) {
    for (uint32_t i = 0; i < batch->row_count; i++) {
        uint32_t value = (uint32_t)(array_f64(&batch->columns[2])[i] * 4);
        assert_int_equal(array_is_null(&batch->columns[1], i), value == 0);
        if (value > 0) assert_int_equal(array_text(&batch->columns[1], i).size, value == 1 ? 5 : 31 + value);
        to[array_i64(&batch->columns[0])[i]][value] += batch_weight(batch, i);
    }
}

static void epoch_end(Fixture *fixture) {
    Error err;
    bool more = true;
    while (more) {
        Batch out;
        assert_int_equal(rows_epoch_end(&fixture->rows, &fixture->frame, &out, &more, &err), STATUS_OK);
        add_batch(fixture->shown, &out);
        frame_reset(&fixture->frame);
    }
    assert_memory_equal(fixture->shown, fixture->held, sizeof(fixture->held));
}

static void check_scan(Fixture *fixture) {
    Error err;
    int64_t seen[KEY_COUNT][VALUE_COUNT] = {{0}};
    RowsCursor cursor = {0};
    Batch out;
    for (;;) {
        assert_int_equal(rows_scan(&fixture->rows, &cursor, &fixture->frame, 3, &out, &err), STATUS_OK);
        if (out.row_count == 0) break;
        add_batch(seen, &out);
    }
    frame_reset(&fixture->frame);
    assert_memory_equal(seen, fixture->held, sizeof(seen));
}

/* A keyed change: what is there goes, another comes, or either alone. */
static uint32_t draw_changes(Fixture *fixture, uint32_t (*list)[2], int64_t *weights) {
    uint32_t count = 0, changes = 1 + draw(fixture, 20);
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t key = draw(fixture, KEY_COUNT), value = draw(fixture, VALUE_COUNT), held = 0;
        while (held < VALUE_COUNT && fixture->held[key][held] <= 0) held++;
        if (held < VALUE_COUNT && (fixture->keyed || draw(fixture, 2))) {
            list[count][0] = key, list[count][1] = held, weights[count++] = -1;
            fixture->held[key][held]--;
        }
        if (draw(fixture, 3) == 0) continue;
        list[count][0] = key, list[count][1] = value, weights[count++] = 1;
        fixture->held[key][value]++;
    }
    return count;
}

static void run(bool keyed, uint64_t seed) {
    Fixture fixture;
    Error err;
    fixture_init(&fixture, keyed, seed);
    for (int round = 0; round < 40; round++) {
        int64_t before[KEY_COUNT][VALUE_COUNT];
        memcpy(before, fixture.held, sizeof(before));
        bool undo = draw(&fixture, 4) == 0;
        for (uint32_t part = draw(&fixture, 3); part < 3; part++) {
            uint32_t list[ROW_COUNT_MAX][2], missing_rows[ROW_COUNT_MAX];
            int64_t weights[ROW_COUNT_MAX];
            uint32_t count = draw_changes(&fixture, list, weights);
            if (count == 0) continue;
            Batch batch = make_batch(&fixture, list, weights, count);
            RowsMissing missing = {missing_rows, 0};
            assert_int_equal(rows_apply(&fixture.rows, &fixture.frame, &batch, &missing, &err), STATUS_OK);
            assert_int_equal(missing.count, 0);
        }
        if (undo) {
            rows_rollback(&fixture.rows);
            memcpy(fixture.held, before, sizeof(before));
        }
        epoch_end(&fixture);
        check_scan(&fixture);
    }
    fixture_deinit(&fixture);
}

static void test_keyed(void **state) {
    for (uint64_t seed = 0; seed < 50; seed++) run(true, seed * 100000);
}

static void test_whole_row(void **state) {
    for (uint64_t seed = 0; seed < 50; seed++) run(false, seed * 100000);
}

static void test_missing(void **state) {
    for (int keyed = 0; keyed < 2; keyed++) {
        Fixture fixture;
        Error err;
        fixture_init(&fixture, keyed, 1);
        uint32_t list[][2] = {{1, 2}, {1, 3}, {4, 1}}, missing_rows[3];
        int64_t weights[] = {1, -1, -1};
        Batch batch = make_batch(&fixture, list, weights, 3);
        RowsMissing missing = {missing_rows, 0};
        assert_int_equal(rows_apply(&fixture.rows, &fixture.frame, &batch, &missing, &err), STATUS_OK);
        assert_int_equal(missing.count, 2);
        assert_int_equal(missing_rows[0], 1);
        assert_int_equal(missing_rows[1], 2);
        fixture.held[1][2] = 1;
        epoch_end(&fixture);
        check_scan(&fixture);
        for (int i = 0; keyed && i < 3; i += 2) { /* the row of key 1 is there, of 4 none has come */
            Batch key = make_batch(&fixture, &list[i], NULL, 1), found;
            assert_int_equal(rows_find(&fixture.rows, &fixture.frame, &key, &found, &err), STATUS_OK);
            assert_int_equal(found.row_count, i == 0);
            if (i == 0) assert_int_equal(found.column_count, 3);
        }
        fixture_deinit(&fixture);
    }
}

/* An epoch's end that was given up half way (more changes than one batch takes): undoing leaves alone what has left and settled. */
static void test_rollback_inside_an_epochs_end(void **state) {
    enum { COUNT = 3000 };
    Fixture fixture;
    Error err;
    bool more;
    Batch out;
    RowsCursor cursor = {0};
    fixture_init(&fixture, false, 1);
    static uint32_t list[COUNT][2];
    static int64_t come[COUNT], go[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) list[i][0] = i, list[i][1] = 2, come[i] = 1, go[i] = -1;
    Batch batch = make_batch(&fixture, list, come, COUNT);
    assert_int_equal(rows_apply(&fixture.rows, &fixture.frame, &batch, NULL, &err), STATUS_OK);
    do assert_int_equal(rows_epoch_end(&fixture.rows, &fixture.frame, &out, &more, &err), STATUS_OK);
    while (more);
    batch.meta[META_WEIGHT] = go;
    assert_int_equal(rows_apply(&fixture.rows, &fixture.frame, &batch, NULL, &err), STATUS_OK);
    assert_int_equal(rows_epoch_end(&fixture.rows, &fixture.frame, &out, &more, &err), STATUS_OK);
    assert_true(more);
    uint32_t left = COUNT - out.row_count;
    rows_rollback(&fixture.rows);
    assert_int_equal(fixture.rows.row_count, left);
    assert_int_equal(rows_scan(&fixture.rows, &cursor, &fixture.frame, COUNT, &out, &err), STATUS_OK);
    assert_int_equal(out.row_count, left);
    fixture_deinit(&fixture);
}

static void test_refused_memory(void **state) {
    for (int keyed = 0; keyed < 2; keyed++) {
        Status status = STATUS_OUT_OF_MEMORY;
        for (int64_t fail_at = 1; status != STATUS_OK; fail_at++) {
            Fixture fixture;
            Error err;
            bool more;
            Batch out;
            fixture_init(&fixture, keyed, 1);
            uint32_t list[ROW_COUNT_MAX][2];
            int64_t weights[ROW_COUNT_MAX];
            uint32_t count = draw_changes(&fixture, list, weights);
            Batch batch = make_batch(&fixture, list, weights, count);
            fixture.memory.fail_at = fail_at;
            status = rows_apply(&fixture.rows, &fixture.frame, &batch, NULL, &err);
            if (status == STATUS_OK)
                status = rows_epoch_end(&fixture.rows, &fixture.frame, &out, &more, &err);
            fixture_deinit(&fixture);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keyed),
        cmocka_unit_test(test_whole_row),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_rollback_inside_an_epochs_end),
        cmocka_unit_test(test_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
