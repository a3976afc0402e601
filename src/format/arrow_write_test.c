/* SPDX-License-Identifier: Apache-2.0
 * format/arrow_write_test.c - what a reader of one file cannot show (test/shell/arrow_test.py has pyarrow
 * read all types): arrays that begin in the middle of their buffers, and refused allocations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/arrow_write.h"

enum { ROW_COUNT = 11, COLUMN_COUNT = 3 };

static const uint8_t validity[] = {0xb5, 0xfe},
                     bits[] = {0x2d, 0x09}; /* 1010 1101 0111 1111, 1011 0100 1001 0000 */
static const int64_t numbers[ROW_COUNT] = {10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
static const char far_text[] = "a text that is far away";

static struct ArrowSchema columns[COLUMN_COUNT] = {
    {.format = "l", .name = "n", .flags = ARROW_FLAG_NULLABLE},
    {.format = "b", .name = "b", .flags = ARROW_FLAG_NULLABLE},
    {.format = "vu", .name = "t", .flags = ARROW_FLAG_NULLABLE},
};
static struct ArrowSchema *children[COLUMN_COUNT] = {&columns[0], &columns[1], &columns[2]};
static const struct ArrowSchema schema = {
    .format = "+s", .name = "", .n_children = COLUMN_COUNT, .children = children};

/* The buffers of ROW_COUNT rows, of which an array shows [offset, offset + length). */
typedef struct Fixture {
    View views[ROW_COUNT];
    const void *buffers[COLUMN_COUNT][4];
    int64_t view_sizes[1];
    struct ArrowArray arrays[COLUMN_COUNT];
    struct ArrowArray *pointers[COLUMN_COUNT];
    struct ArrowArray batch;
} Fixture;

static void fixture_init(Fixture *fixture, int64_t offset, int64_t length) {
    *fixture = (Fixture){.view_sizes = {sizeof(far_text) - 1}};
    for (uint32_t i = 0; i < ROW_COUNT; i++) fixture->views[i] = view_make(str_from(far_text, i * 2), 0, 0);
    const void *values[COLUMN_COUNT] = {numbers, bits, fixture->views};
    for (int i = 0; i < COLUMN_COUNT; i++) {
        fixture->buffers[i][0] = validity;
        fixture->buffers[i][1] = values[i];
        fixture->buffers[i][2] = far_text;
        fixture->buffers[i][3] = fixture->view_sizes;
        fixture->arrays[i] = (struct ArrowArray){.length = length,
                                                 .offset = offset,
                                                 .null_count = -1,
                                                 .n_buffers = i == 2 ? 4 : 2,
                                                 .buffers = fixture->buffers[i]};
        fixture->pointers[i] = &fixture->arrays[i];
    }
    fixture->batch =
        (struct ArrowArray){.length = length, .n_children = COLUMN_COUNT, .children = fixture->pointers};
}

/* The same rows from the start of their buffers: built by hand, row by row. */
typedef struct Copy {
    Fixture fixture;
    uint8_t validity[2], bits[2];
    int64_t numbers[ROW_COUNT];
} Copy;

static void copy_init(Copy *copy, int64_t offset, int64_t length) {
    fixture_init(&copy->fixture, 0, length);
    memset(copy->validity, 0, 2);
    memset(copy->bits, 0, 2);
    for (int64_t to = 0; to < length; to++) {
        int64_t from = to + offset;
        copy->validity[to / 8] |= (uint8_t)((validity[from / 8] >> from % 8 & 1) << to % 8);
        copy->bits[to / 8] |= (uint8_t)((bits[from / 8] >> from % 8 & 1) << to % 8);
        copy->numbers[to] = numbers[from];
        copy->fixture.views[to] = view_make(str_from(far_text, (size_t)from * 2), 0, 0);
    }
    for (int i = 0; i < COLUMN_COUNT; i++) copy->fixture.buffers[i][0] = copy->validity;
    copy->fixture.buffers[0][1] = copy->numbers;
    copy->fixture.buffers[1][1] = copy->bits;
}

static void rows_from_the_middle_are_rows_from_the_start(void **state) {
    (void)state;
    Memory memory;
    Text sliced, copied;
    Fixture fixture;
    Copy copy;
    memory_init(&memory, 0);
    text_init(&sliced, &memory);
    text_init(&copied, &memory);
    for (int64_t offset = 0; offset < ROW_COUNT; offset++) {
        for (int64_t length = 1; offset + length <= ROW_COUNT; length++) {
            text_reset(&sliced);
            text_reset(&copied);
            fixture_init(&fixture, offset, length);
            copy_init(&copy, offset, length);
            assert_int_equal(arrow_write_batch(&sliced, &schema, &fixture.batch, 0), length);
            assert_int_equal(arrow_write_batch(&copied, &schema, &copy.fixture.batch, 0), length);
            assert_int_equal(sliced.size, copied.size);
            assert_memory_equal(sliced.data, copied.data, copied.size);
            assert_int_equal(sliced.size % 8, 0);
        }
    }
    fixture_init(&fixture, 0, ROW_COUNT); /* the writer's own offset means the same */
    copy_init(&copy, 3, ROW_COUNT - 3);
    text_reset(&sliced);
    text_reset(&copied);
    assert_int_equal(arrow_write_batch(&sliced, &schema, &fixture.batch, 3), ROW_COUNT - 3);
    assert_int_equal(arrow_write_batch(&copied, &schema, &copy.fixture.batch, 0), ROW_COUNT - 3);
    assert_int_equal(sliced.size, copied.size);
    assert_memory_equal(sliced.data, copied.data, copied.size);
    text_deinit(&sliced);
    text_deinit(&copied);
    memory_deinit(&memory);
}

static void other_types_are_refused(void **state) {
    (void)state;
    Memory memory;
    Text text;
    Error err;
    struct ArrowSchema column = {.format = "+l", .name = "list"}, *child = &column;
    struct ArrowSchema other = {.format = "+s", .name = "", .n_children = 1, .children = &child};
    memory_init(&memory, 0);
    text_init(&text, &memory);
    assert_int_equal(arrow_write_schema(&text, &other, &err), STATUS_NOT_SUPPORTED);
    assert_int_equal(text.size, 0);
    text_deinit(&text);
    memory_deinit(&memory);
}

static void refused_allocations_fail_the_text(void **state) {
    (void)state;
    bool has_failed = true;
    for (int64_t n = 1; has_failed; n++) {
        Memory memory;
        Text text;
        Error err;
        Fixture fixture;
        assert_true(n < 100);
        memory_init(&memory, 0);
        text_init(&text, &memory);
        fixture_init(&fixture, 0, ROW_COUNT);
        atomic_store(&memory.fail_at, n);
        assert_int_equal(arrow_write_schema(&text, &schema, &err), STATUS_OK);
        for (int64_t from = 0; from < ROW_COUNT;)
            from += arrow_write_batch(&text, &schema, &fixture.batch, from);
        arrow_write_end(&text);
        has_failed = atomic_load(&memory.fail_at) == 0;
        assert_int_equal(text.failed, has_failed);
        atomic_store(&memory.fail_at, 0);
        text_deinit(&text);
        memory_deinit(&memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_from_the_middle_are_rows_from_the_start),
        cmocka_unit_test(other_types_are_refused),
        cmocka_unit_test(refused_allocations_fail_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
