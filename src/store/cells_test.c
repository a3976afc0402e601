/* SPDX-License-Identifier: Apache-2.0
 * store/cells_test.c - every type into a record and back, texts around the size that a cell holds, NULLs beyond one word of
 * them, heap bytes that all come back, refused memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "column/builder.h"
#include "io/io_sim.h"
#include "store/cells.h"

enum { RECORD_COUNT = 5, CELL_COUNT_MAX = 130 };

typedef struct Fixture {
    Memory memory;
    IoSim sim;
    BufferPool *pool;
    Frame frame;
    Arena arena;
    StateHeap heap;
    CellLayout layout;
    void *records[RECORD_COUNT]; /* zeroed, of layout.size bytes */
} Fixture;

static void fixture_init(Fixture *fixture, const Type *types, uint32_t count) {
    Error err;
    *fixture = (Fixture){0};
    memory_init(&fixture->memory, 0);
    assert_true(io_sim_init(&fixture->sim, &fixture->memory, 1));
    fixture->pool = buffer_pool_create(&fixture->memory);
    assert_int_equal(frame_init(&fixture->frame, fixture->pool, &err), STATUS_OK);
    arena_init(&fixture->arena, &fixture->memory);
    state_heap_init(&fixture->heap, &fixture->sim.io, &fixture->memory);
    assert_int_equal(cell_layout_init(&fixture->layout, &fixture->arena, types, count, &err), STATUS_OK);
    for (int i = 0; i < RECORD_COUNT; i++) {
        fixture->records[i] = arena_alloc_zeroed(&fixture->arena, 1, fixture->layout.size);
        assert_non_null(fixture->records[i]);
    }
}

/* Every text has been given back. */
static void fixture_deinit(Fixture *fixture) {
    fixture->memory.fail_at = 0;
    assert_int_equal(fixture->heap.live, 0);
    state_heap_deinit(&fixture->heap);
    arena_deinit(&fixture->arena);
    frame_deinit(&fixture->frame);
    buffer_pool_destroy(fixture->pool);
    io_sim_deinit(&fixture->sim);
    memory_deinit(&fixture->memory);
}

static const void *const *as_read(const Fixture *fixture) {
    return (const void *const *)fixture->records;
}

static void free_all(Fixture *fixture) {
    for (int i = 0; i < RECORD_COUNT; i++) cells_free(&fixture->layout, fixture->records[i], &fixture->heap);
}

/* Of the type, from their text; NULL: none. */
static Array make_array(Fixture *fixture, Type type, const char *const *texts, uint32_t count) {
    Error err;
    ArrayBuilder builder;
    Array array;
    assert_int_equal(array_builder_init(&builder, &fixture->frame, type, count, &err), STATUS_OK);
    for (uint32_t i = 0; i < count; i++)
        if (texts[i] == NULL)
            array_builder_null(&builder);
        else
            assert_int_equal(array_builder_parse(&builder, str_from_c(texts[i]), &err), STATUS_OK);
    assert_int_equal(array_builder_finish(&builder, &array, &err), STATUS_OK);
    return array;
}

static void assert_same(const Array *a, size_t row_a, const Array *b, size_t row_b) {
    assert_int_equal(array_is_null(a, row_a), array_is_null(b, row_b));
    if (!array_is_null(a, row_a)) assert_int_equal(array_value_compare(a, row_a, b, row_b), 0);
}

/* Least and greatest values of each type, and a NULL: written in place and by row numbers, read one by one and all together. */
static void test_types(void **state) {
    static const struct {
        TypeId type;
        const char *texts[RECORD_COUNT];
    } cases[] = {
        {TYPE_BOOLEAN, {"true", "false", NULL, "true", "false"}},
        {TYPE_SMALLINT, {"-32768", "32767", NULL, "-1", "0"}},
        {TYPE_INTEGER, {"-2147483648", "2147483647", NULL, "-1", "0"}},
        {TYPE_BIGINT, {"-9223372036854775808", "9223372036854775807", NULL, "-1", "0"}},
        {TYPE_REAL, {"-3.4e38", "NaN", NULL, "1e-45", "Infinity"}},
        {TYPE_DOUBLE, {"-1.7e308", "NaN", NULL, "5e-324", "-Infinity"}},
        {TYPE_DATE, {"4713-01-01 BC", "5874897-12-31", NULL, "1969-12-31", "infinity"}},
        {TYPE_TIME, {"00:00:00", "24:00:00", NULL, "23:59:59.999999", "12:00"}},
        {TYPE_TIMESTAMP, {"1969-12-31 23:59:59.999999", "infinity", NULL, "-infinity", "2024-02-29"}},
        {TYPE_INTERVAL, {"-178000000 years", "30 days", NULL, "1 month -1 day 00:00:00.000001", "0"}},
        {TYPE_UUID, {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", NULL,
                     "80000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"}},
        {TYPE_TEXT, {"", "twelve bytes", NULL, "thirteen byte", "a text that is longer than a cell"}},
        {TYPE_BYTEA, {"\\x", "\\x00", NULL, "\\x000102030405060708090a0b0c", "\\xff"}},
    };
    static const uint32_t backwards[RECORD_COUNT] = {4, 3, 2, 1, 0};
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++)
        for (int turned = 0; turned < 2; turned++) {
            Fixture fixture;
            Error err;
            Array out;
            Type types[2] = {type_of(cases[c].type), type_of(cases[c].type)};
            fixture_init(&fixture, types, 2);
            Array array = make_array(&fixture, types[0], cases[c].texts, RECORD_COUNT);
            const uint32_t *rows = turned ? backwards : NULL;
            for (uint32_t column = 0; column < 2; column++) /* the neighbour must stay as it is */
                assert_int_equal(cells_write(&fixture.layout, column, &array, rows, RECORD_COUNT, fixture.records, &fixture.heap, &err),
                                 STATUS_OK);
            for (uint32_t column = 0; column < 2; column++) {
                assert_int_equal(cells_read(&fixture.layout, column, as_read(&fixture), RECORD_COUNT, &fixture.heap, &fixture.frame, &out, &err),
                                 STATUS_OK);
                assert_int_equal(out.length, RECORD_COUNT);
                for (uint32_t i = 0; i < RECORD_COUNT; i++) assert_same(&out, i, &array, turned ? 4 - i : i);
            }
            /* Without the NULL: the way of whole columns. */
            assert_int_equal(cells_read(&fixture.layout, 0, as_read(&fixture), 2, &fixture.heap, &fixture.frame, &out, &err), STATUS_OK);
            for (uint32_t i = 0; i < 2; i++) assert_same(&out, i, &array, turned ? 4 - i : i);
            CellArray one;
            for (uint32_t i = 0; i < RECORD_COUNT; i++) {
                cell_array(&fixture.layout, 1, fixture.records[i], &fixture.heap, &one);
                assert_same(&one.array, 0, &array, turned ? 4 - i : i);
                assert_int_equal(cell_is_null(&fixture.layout, 1, fixture.records[i]), i == 2);
            }
            free_all(&fixture);
            fixture_deinit(&fixture);
        }
}

/* 130 columns: three words of NULL bits, none of which reaches into another's. */
static void test_null_words(void **state) {
    static const uint32_t looked_at[] = {0, 1, 62, 63, 64, 65, 127, 128, 129};
    Type types[CELL_COUNT_MAX];
    Fixture fixture;
    for (int i = 0; i < CELL_COUNT_MAX; i++) types[i] = type_of(i % 3 == 0 ? TYPE_INTERVAL : TYPE_SMALLINT);
    fixture_init(&fixture, types, CELL_COUNT_MAX);
    assert_int_equal(fixture.layout.cells[0].offset, 3 * 8);
    for (uint32_t i = 0; i < CELL_COUNT_MAX; i++) assert_int_equal(fixture.layout.cells[i].offset % 8, 0);
    for (size_t i = 0; i < sizeof(looked_at) / sizeof(looked_at[0]); i++) {
        cell_set_null(&fixture.layout, looked_at[i], fixture.records[0], true);
        for (uint32_t k = 0; k < CELL_COUNT_MAX; k++) assert_int_equal(cell_is_null(&fixture.layout, k, fixture.records[0]), k == looked_at[i]);
        assert_false(cells_equal(&fixture.layout, fixture.records[0], fixture.records[1], &fixture.heap));
        cell_set_null(&fixture.layout, looked_at[i], fixture.records[0], false);
        assert_true(cells_equal(&fixture.layout, fixture.records[0], fixture.records[1], &fixture.heap));
    }
    fixture_deinit(&fixture);
}

/* Equal texts in two records are equal wherever in the heap they lie; one byte at the end tells them apart. */
static void test_equal_texts(void **state) {
    static const char *const texts[RECORD_COUNT] = {"a text that is longer than a cell", "a text that is longer than a cell",
                                                    "a text that is longer than a celL", "twelve bytes", "twelve byteS"};
    Type types[] = {type_of(TYPE_TEXT), type_of(TYPE_INTEGER)};
    Fixture fixture;
    Error err;
    fixture_init(&fixture, types, 2);
    Array array = make_array(&fixture, types[0], texts, RECORD_COUNT);
    assert_int_equal(cells_write(&fixture.layout, 0, &array, NULL, RECORD_COUNT, fixture.records, &fixture.heap, &err), STATUS_OK);
    for (int a = 0; a < RECORD_COUNT; a++)
        for (int b = 0; b < RECORD_COUNT; b++)
            assert_int_equal(cells_equal(&fixture.layout, fixture.records[a], fixture.records[b], &fixture.heap), a == b || a + b == 1);
    for (int i = 0; i < RECORD_COUNT; i++)
        for (int k = 0; k < RECORD_COUNT; k++) {
            int order = cell_compare(&fixture.layout, 0, &array, (size_t)i, fixture.records[k], &fixture.heap);
            assert_int_equal(order == 0, i == k || i + k == 1);
            assert_int_equal(order < 0, cell_compare(&fixture.layout, 0, &array, (size_t)k, fixture.records[i], &fixture.heap) > 0);
        }
    free_all(&fixture);
    fixture_deinit(&fixture);
}

/* Equal values of different spelling have one order, from both sides, so that the least does not hang on which came first. */
static void test_spellings(void **state) {
    static const struct {
        TypeId type;
        const char *less, *more;
    } cases[] = {{TYPE_DOUBLE, "-0", "0"},         {TYPE_REAL, "-0", "0"},          {TYPE_INTERVAL, "30 days", "1 month"},
                 {TYPE_INTERVAL, "24:00", "1 day"}, {TYPE_INTERVAL, "29 days", "1 month"}, {TYPE_DOUBLE, "1", "NaN"}};
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        Type type = type_of(cases[c].type);
        const char *texts[2] = {cases[c].less, cases[c].more};
        Fixture fixture;
        Error err;
        fixture_init(&fixture, &type, 1);
        Array array = make_array(&fixture, type, texts, 2);
        assert_int_equal(cells_write(&fixture.layout, 0, &array, NULL, 2, fixture.records, &fixture.heap, &err), STATUS_OK);
        assert_true(cell_compare(&fixture.layout, 0, &array, 0, fixture.records[1], &fixture.heap) < 0);
        assert_true(cell_compare(&fixture.layout, 0, &array, 1, fixture.records[0], &fixture.heap) > 0);
        assert_int_equal(cell_compare(&fixture.layout, 0, &array, 1, fixture.records[1], &fixture.heap), 0);
        assert_false(cells_equal(&fixture.layout, fixture.records[0], fixture.records[1], &fixture.heap));
        fixture_deinit(&fixture);
    }
}

/* No columns; a row of half a record and one column more; types that cannot be stored. */
static void test_layout_limits(void **state) {
    enum { ALL = STATE_RECORD_SIZE_MAX / 2 / 8 }; /* words: one in 65 is NULL bits */
    static Type types[ALL];
    Fixture fixture;
    CellLayout layout;
    Error err;
    Type nested = type_of(TYPE_ARRAY);
    fixture_init(&fixture, types, 0);
    assert_int_equal(fixture.layout.size, 0);
    assert_true(cells_equal(&fixture.layout, fixture.records[0], fixture.records[1], &fixture.heap));
    for (int i = 0; i < ALL; i++) types[i] = type_of(TYPE_BIGINT);
    uint32_t most = ALL - (ALL + 64) / 65;
    assert_int_equal(cell_layout_init(&layout, &fixture.arena, types, most, &err), STATUS_OK);
    assert_int_equal(cell_layout_init(&layout, &fixture.arena, types, most + 1, &err), STATUS_LIMIT);
    assert_int_equal(cell_layout_init(&layout, &fixture.arena, &nested, 1, &err), STATUS_NOT_SUPPORTED);
    fixture_deinit(&fixture);
}

/* A NULL written over a text that was given back holds no bytes: giving it back again does nothing. */
static void test_null_over_text(void **state) {
    static const char *const texts[2] = {"a text that is longer than a cell", NULL};
    static const uint32_t first[] = {0, 0}, second[] = {1, 1};
    Type type = type_of(TYPE_TEXT);
    Fixture fixture;
    Error err;
    fixture_init(&fixture, &type, 1);
    Array array = make_array(&fixture, type, texts, 2);
    assert_int_equal(cells_write(&fixture.layout, 0, &array, first, 2, fixture.records, &fixture.heap, &err), STATUS_OK);
    free_all(&fixture);
    assert_int_equal(cells_write(&fixture.layout, 0, &array, second, 2, fixture.records, &fixture.heap, &err), STATUS_OK);
    assert_true(cells_equal(&fixture.layout, fixture.records[0], fixture.records[1], &fixture.heap));
    cell_set_null(&fixture.layout, 0, fixture.records[1], false); /* the empty text */
    assert_false(cells_equal(&fixture.layout, fixture.records[0], fixture.records[1], &fixture.heap));
    free_all(&fixture);
    fixture_deinit(&fixture);
}

/* Whichever allocation fails: what has been written can be given back, and nothing is lost. */
static void test_refused_memory(void **state) {
    static const char *const texts[RECORD_COUNT] = {"a text that is longer than a cell", NULL, "another that is longer than a cell", "short",
                                                    "a third that is longer than a cell"};
    Type type = type_of(TYPE_TEXT);
    Status status = STATUS_OUT_OF_MEMORY;
    int failed = 0;
    for (int64_t nth = 1; status != STATUS_OK; nth++) {
        Fixture fixture;
        Error err;
        fixture_init(&fixture, &type, 1);
        Array array = make_array(&fixture, type, texts, RECORD_COUNT);
        io_sim_fail(&fixture.sim, IO_SIM_PAGES, (uint64_t)nth, ENOMEM);
        fixture.memory.fail_at = nth;
        status = cells_write(&fixture.layout, 0, &array, NULL, RECORD_COUNT, fixture.records, &fixture.heap, &err);
        failed += status != STATUS_OK;
        if (status != STATUS_OK) assert_int_equal(status, STATUS_OUT_OF_MEMORY);
        fixture.memory.fail_at = 0;
        free_all(&fixture);
        fixture_deinit(&fixture);
    }
    assert_in_range(failed, 1, 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),     cmocka_unit_test(test_null_words),    cmocka_unit_test(test_equal_texts),
        cmocka_unit_test(test_spellings), cmocka_unit_test(test_layout_limits), cmocka_unit_test(test_refused_memory),
        cmocka_unit_test(test_null_over_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
