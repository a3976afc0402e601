/* SPDX-License-Identifier: Apache-2.0
 * Arrow in and out without another library: lifetimes, refused memory, arrays that contradict themselves,
 * streams. What the values are is checked against pyarrow by test/oracle/arrow_check.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "column/arrow.h"
#include "column/jsonb_view.h"

typedef struct Fixture {
    Memory memory;
    BufferPool *pool;
    Arena arena;
    Frame frame;
    Error err;
} Fixture;

static void fixture_open(Fixture *f) {
    *f = (Fixture){0};
    memory_init(&f->memory, 0);
    f->pool = buffer_pool_create(&f->memory);
    arena_init(&f->arena, &f->memory);
    assert_int_equal(frame_init(&f->frame, f->pool, &f->err), STATUS_OK);
}

static void fixture_close(Fixture *f) {
    frame_deinit(&f->frame);
    arena_deinit(&f->arena);
    buffer_pool_destroy(f->pool);
    memory_deinit(&f->memory);
    memset(&f->memory, 0xEE, sizeof(f->memory));
}

static int setup(void **state) {
    static Fixture fixture;
    fixture_open(&fixture);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    fixture_close(*state);
    return 0;
}

#define OK(call) assert_int_equal((call), STATUS_OK)

/* ---- a foreign producer: a few columns in static memory, which counts its releases ---- */

enum { FOREIGN_COLUMN_COUNT = 4, FOREIGN_ROW_COUNT = 70 };

typedef struct Foreign {
    int release_count;
    struct ArrowArray array, columns[FOREIGN_COLUMN_COUNT];
    struct ArrowArray *children[FOREIGN_COLUMN_COUNT];
    const void *buffers[FOREIGN_COLUMN_COUNT + 1][5];
    struct ArrowSchema schema, fields[FOREIGN_COLUMN_COUNT];
    struct ArrowSchema *field_pointers[FOREIGN_COLUMN_COUNT];
    int64_t numbers[FOREIGN_ROW_COUNT];
    int32_t offsets[FOREIGN_ROW_COUNT + 1];
    char bytes[20 * FOREIGN_ROW_COUNT];
    _Alignas(16) View views[FOREIGN_ROW_COUNT];
    int64_t view_sizes[1];
    uint8_t bits[16];
} Foreign;

static void release_child(struct ArrowArray *array) {
    array->release = NULL;
}

static void release_foreign(struct ArrowArray *array) {
    Foreign *foreign = array->private_data;
    foreign->release_count++;
    for (int i = 0; i < FOREIGN_COLUMN_COUNT; i++) foreign->columns[i].release(&foreign->columns[i]);
    memset(foreign->numbers, 0xEE, sizeof(foreign->numbers));
    memset(foreign->bytes, 0xEE, sizeof(foreign->bytes));
    memset(foreign->views, 0xEE, sizeof(foreign->views));
    array->release = NULL;
}

static void foreign_make(Foreign *foreign) {
    static const char *const formats[] = {"l", "u", "vu", "b"};
    *foreign = (Foreign){.view_sizes = {sizeof(foreign->bytes)}};
    for (int32_t i = 0; i < FOREIGN_ROW_COUNT; i++) {
        foreign->numbers[i] = i * 3;
        foreign->offsets[i] = 20 * i;
        memset(foreign->bytes + 20 * i, 'a' + i % 26, 20);
        foreign->views[i] =
            view_make(str_from(foreign->bytes + 20 * i, (size_t)(i % 2 ? 20 : 5)), 0, (uint32_t)(20 * i));
    }
    foreign->offsets[FOREIGN_ROW_COUNT] = 20 * FOREIGN_ROW_COUNT;
    memset(foreign->bits, 0xB7, sizeof(foreign->bits));
    const void *const buffers[][5] = {{foreign->bits, foreign->numbers},
                                      {foreign->bits, foreign->offsets, foreign->bytes},
                                      {foreign->bits, foreign->views, foreign->bytes, foreign->view_sizes},
                                      {NULL, foreign->bits}};
    memcpy(foreign->buffers, buffers, sizeof(buffers));
    for (int i = 0; i < FOREIGN_COLUMN_COUNT; i++) {
        foreign->children[i] = &foreign->columns[i];
        foreign->columns[i] = (struct ArrowArray){.length = FOREIGN_ROW_COUNT,
                                                  .null_count = -1,
                                                  .n_buffers = i == 1   ? 3
                                                               : i == 2 ? 4
                                                                        : 2,
                                                  .buffers = foreign->buffers[i],
                                                  .release = release_child};
        foreign->field_pointers[i] = &foreign->fields[i];
        foreign->fields[i] =
            (struct ArrowSchema){.format = formats[i], .name = formats[i], .flags = ARROW_FLAG_NULLABLE};
    }
    foreign->array = (struct ArrowArray){.length = FOREIGN_ROW_COUNT,
                                         .n_buffers = 1,
                                         .buffers = foreign->buffers[FOREIGN_COLUMN_COUNT],
                                         .n_children = FOREIGN_COLUMN_COUNT,
                                         .children = foreign->children,
                                         .release = release_foreign,
                                         .private_data = foreign};
    foreign->schema = (struct ArrowSchema){
        .format = "+s", .n_children = FOREIGN_COLUMN_COUNT, .children = foreign->field_pointers};
}

static Status import_foreign(Fixture *f, Foreign *foreign, Batch *out) {
    ArrowImport import;
    Status status = arrow_import_init(&import, &f->arena, &foreign->schema, &f->err);
    if (status != STATUS_OK) return status;
    return arrow_import_batch(&import, &f->frame, &foreign->array, out, &f->err);
}

static void test_released_once_and_late(void **state) {
    Fixture *f = *state;
    Foreign foreign;
    Batch batch, kept;
    foreign_make(&foreign);
    OK(import_foreign(f, &foreign, &batch));
    assert_null(foreign.array.release);
    batch_check(&batch);
    assert_ptr_equal(batch.columns[0].values, foreign.numbers);
    assert_ptr_equal(batch.columns[2].values, foreign.views);
    assert_int_equal(array_null_count(&batch.columns[0]), array_null_count(&batch.columns[1]));
    assert_null(batch.columns[3].validity);
    Batch number_only = {.row_count = batch.row_count, .column_count = 1, .columns = batch.columns};
    OK(batch_keep(&number_only, &f->memory, &kept, &f->err));
    frame_reset(&f->frame);
    assert_int_equal(foreign.release_count, 0);
    assert_int_equal(array_i64(kept.columns)[69], 69 * 3);
    batch_unkeep(&kept, &f->memory);
    assert_int_equal(foreign.release_count, 1);
}

static void test_struct_offset_and_nulls(void **state) {
    Fixture *f = *state;
    Foreign foreign;
    Batch batch;
    uint8_t struct_bits[16];
    memset(struct_bits, 0x55, sizeof(struct_bits));
    foreign_make(&foreign);
    foreign.array.offset = 3, foreign.array.length = 60, foreign.array.null_count = -1;
    foreign.buffers[FOREIGN_COLUMN_COUNT][0] = struct_bits;
    foreign.columns[0].offset = 2, foreign.columns[0].length = 68;
    OK(import_foreign(f, &foreign, &batch));
    batch_check(&batch);
    for (size_t i = 0; i < 60; i++) {
        bool row_valid = (i + 3) % 2 == 0;
        assert_int_equal(array_is_null(&batch.columns[0], i), !row_valid || !(0xB7 >> (i + 5) % 8 & 1));
        assert_int_equal(array_is_null(&batch.columns[3], i), !row_valid);
        assert_int_equal(array_i64(&batch.columns[0])[i], (int64_t)(i + 5) * 3);
    }
    frame_reset(&f->frame); /* while the producer is still there */
    assert_int_equal(foreign.release_count, 1);
}

static void test_empty_with_null_buffers(void **state) {
    Fixture *f = *state;
    Foreign foreign;
    Batch batch;
    foreign_make(&foreign);
    memset(foreign.buffers, 0, sizeof(foreign.buffers));
    foreign.array.length = 0;
    for (int i = 0; i < FOREIGN_COLUMN_COUNT; i++) foreign.columns[i].length = 0;
    foreign.columns[2].n_buffers = 3;
    OK(import_foreign(f, &foreign, &batch));
    batch_check(&batch);
    assert_int_equal(batch.row_count, 0);
    assert_int_equal(batch.column_count, FOREIGN_COLUMN_COUNT);
    frame_reset(&f->frame);
    assert_int_equal(foreign.release_count, 1);
}

/* Each way in which an array may contradict itself: refused, released, nothing leaked. */
static void test_contradictions(void **state) {
    Fixture *f = *state;
    for (int fault = 0; fault < 22; fault++) {
        Foreign foreign;
        Batch batch;
        foreign_make(&foreign);
        struct ArrowArray *array = &foreign.array, *columns = foreign.columns;
        switch (fault) {
            case 0: array->length = -1; break;
            case 1: array->length = (int64_t)UINT32_MAX + 1; break;
            case 2: array->offset = -1; break;
            case 3: array->n_children = 3; break;
            case 4: array->offset = 1; break; /* children too short */
            case 5: columns[0].length = 69; break;
            case 6: columns[0].offset = -64; break;
            case 7: columns[0].n_buffers = 1; break;
            case 8: columns[0].buffers = NULL; break;
            case 9: foreign.buffers[0][1] = NULL; break;
            case 10: columns[1].n_buffers = 2; break;
            case 11: foreign.buffers[1][2] = NULL; break;
            case 12: foreign.offsets[0] = -1; break;
            case 13: foreign.offsets[10] = 5; break;
            case 14: foreign.buffers[2][3] = NULL; break;
            case 15: foreign.view_sizes[0] = 100; break;
            case 16: foreign.view_sizes[0] = -1; break;
            case 17: columns[0].dictionary = &columns[1]; break;
            case 18: foreign.bytes[21] = '\xFF'; break;
            case 19: array->children = NULL; break;
            case 20: foreign.children[1] = NULL; break;
            case 21: foreign.field_pointers[2] = NULL; break;
        }
        Status status = import_foreign(f, &foreign, &batch);
        if (fault == 21) release_foreign(array); /* the schema was refused: the array is still ours */
        assert_true(status == STATUS_MISUSE || (fault == 1 && status == STATUS_LIMIT) ||
                    (fault == 18 && status == STATUS_INVALID_ENCODING));
        assert_null(array->release);
        frame_reset(&f->frame);
        assert_int_equal(foreign.release_count, 1);
    }
}

/* Column 2 as short views of `size` bytes each, with a zero byte in one. */
static Status import_short_views(Fixture *f, uint32_t size, uint32_t row, uint32_t at) {
    Foreign foreign;
    Batch batch;
    foreign_make(&foreign);
    for (uint32_t i = 0; i < FOREIGN_ROW_COUNT; i++) foreign.views[i] = view_make(str_from(foreign.bytes, size), 0, 0);
    if (at < size) foreign.views[row].inlined[at] = 0;
    Status status = import_foreign(f, &foreign, &batch);
    frame_reset(&f->frame);
    return status;
}

/* As in PostgreSQL, which has none in a text; under a NULL (row 3, row 6) anything may lie. */
static void test_a_zero_byte_is_no_text(void **state) {
    Fixture *f = *state;
    static const uint32_t rows[] = {0, 5, 64, 69};
    for (uint32_t size = 1; size <= VIEW_INLINE_SIZE_MAX; size++) {
        OK(import_short_views(f, size, 0, size));
        for (uint32_t at = 0; at < size; at++) {
            for (int i = 0; i < 4; i++) assert_int_equal(import_short_views(f, size, rows[i], at), STATUS_INVALID_ENCODING);
            OK(import_short_views(f, size, 6, at));
        }
    }
    for (int i = 0; i < 20; i++) {
        Foreign foreign;
        Batch batch;
        foreign_make(&foreign);
        foreign.fields[1].format = "n", foreign.bytes[20 * 7 + i] = 0; /* of a long view; its first four are in it too */
        assert_int_equal(import_foreign(f, &foreign, &batch), i < 4 ? STATUS_MISUSE : STATUS_INVALID_ENCODING);
        frame_reset(&f->frame);
        foreign_make(&foreign);
        foreign.fields[2].format = "n", foreign.bytes[20 * 7 + i] = 0;
        assert_int_equal(import_foreign(f, &foreign, &batch), STATUS_INVALID_ENCODING);
        assert_non_null(strstr(f->err.message, "row 8 of column \"u\" holds a zero byte"));
        frame_reset(&f->frame);
        foreign_make(&foreign);
        foreign.fields[2].format = "n", foreign.bytes[20 * 3 + i] = 0;
        OK(import_foreign(f, &foreign, &batch));
        frame_reset(&f->frame);
    }
}

/* A width from the format times a length from the array: past 64 bits it is more than any budget, not a small
 * size. */
static void test_size_beyond_64_bits(void **state) {
    Fixture *f = *state;
    Foreign foreign;
    Batch batch;
    foreign_make(&foreign);
    foreign.fields[0].format = "w:2147483647";
    foreign.columns[0].length = INT64_MAX / 64;
    f->memory.bytes_max = 1 << 30;
    assert_int_equal(import_foreign(f, &foreign, &batch), STATUS_OUT_OF_MEMORY);
    assert_int_equal(foreign.release_count, 1);
}

static void test_schemas_without_counterpart(void **state) {
    Fixture *f = *state;
    static const char *const formats[] = {"",
                                          "+l",
                                          "+w:3",
                                          "+r",
                                          "d:",
                                          "d:0,0",
                                          "d:77,0",
                                          "d:5",
                                          "d:5,2,17",
                                          "d:5,99",
                                          "d:x,",
                                          "w:",
                                          "w:-1",
                                          "w:1x",
                                          "ts",
                                          "tsu",
                                          "tsx:",
                                          "tt",
                                          "q",
                                          "ll",
                                          "vuu",
                                          "d:5,2,128,",
                                          "w:99999999999999999999"};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        Foreign foreign;
        ArrowImport import;
        foreign_make(&foreign);
        foreign.fields[1].format = formats[i];
        assert_int_equal(arrow_import_init(&import, &f->arena, &foreign.schema, &f->err),
                         STATUS_DATATYPE_MISMATCH);
        assert_non_null(strstr(f->err.message, "\"u\""));
    }
    Foreign foreign;
    ArrowImport import;
    foreign_make(&foreign);
    foreign.fields[0].dictionary = &foreign.fields[1];
    foreign.fields[1].dictionary = &foreign.fields[2];
    assert_int_equal(arrow_import_init(&import, &f->arena, &foreign.schema, &f->err),
                     STATUS_DATATYPE_MISMATCH);
    foreign.schema.format = "l";
    assert_int_equal(arrow_import_init(&import, &f->arena, &foreign.schema, &f->err),
                     STATUS_DATATYPE_MISMATCH);
    foreign.schema.format = "+s", foreign.schema.n_children = 100000;
    assert_int_equal(arrow_import_init(&import, &f->arena, &foreign.schema, &f->err), STATUS_LIMIT);
}

static void test_types_of_formats(void **state) {
    Fixture *f = *state;
    static const struct {
        const char *format;
        Type type;
    } rows[] = {{"d:12,2", {TYPE_NUMERIC, 12, 2}},
                {"d:3,-2,256", {TYPE_NUMERIC, 5, 0}},
                {"d:2,5,32", {TYPE_NUMERIC, 5, 5}},
                {"d:76,3,256", {TYPE_NUMERIC, 38, 3}},
                {"L", {TYPE_NUMERIC, 20, 0}},
                {"tsn:Europe/Paris", {TYPE_TIMESTAMPTZ}},
                {"tss:", {TYPE_TIMESTAMP}},
                {"w:16", {TYPE_BYTEA}},
                {"n", {TYPE_TEXT}},
                {"tin", {TYPE_INTERVAL}}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Foreign foreign;
        ArrowImport import;
        foreign_make(&foreign);
        foreign.fields[1].format = rows[i].format;
        OK(arrow_import_init(&import, &f->arena, &foreign.schema, &f->err));
        assert_true(type_equal(import.schema.fields[1].type, rows[i].type));
    }
}

/* ---- types that are wanted ---- */

/* Four values, the last under a NULL; their texts as the type, "no" when it cannot be wanted, "!" when one of them does not fit. */
static const char *read_as(Fixture *f, const char *format, const void *values, Type wanted, bool as_dictionary, Text *out) {
    Foreign foreign;
    ArrowImport import;
    Batch batch;
    static const int8_t indices[] = {0, 1, 2, 3};
    foreign_make(&foreign);
    for (int i = 0; i < FOREIGN_COLUMN_COUNT; i++) foreign.fields[i].format = "n";
    foreign.array.length = 4;
    struct ArrowSchema values_schema = {.format = format, .name = "l"};
    const void *buffers[] = {foreign.bits, values};
    struct ArrowArray values_array = {.length = 4, .null_count = -1, .n_buffers = 2, .buffers = buffers, .release = release_child};
    foreign.fields[0].format = as_dictionary ? "c" : format;
    foreign.buffers[0][1] = as_dictionary ? indices : values;
    if (as_dictionary) foreign.fields[0].dictionary = &values_schema, foreign.columns[0].dictionary = &values_array;
    text_reset(out);
    OK(arrow_import_init(&import, &f->arena, &foreign.schema, &f->err));
    if (!arrow_import_want(&import, 0, wanted)) {
        foreign.array.release(&foreign.array);
        return "no";
    }
    assert_int_equal(import.schema.fields[0].type.id, wanted.id);
    Status status = arrow_import_batch(&import, &f->frame, &foreign.array, &batch, &f->err);
    assert_true(status == STATUS_OK || status == STATUS_NUMERIC_OUT_OF_RANGE);
    for (uint32_t row = 0; status == STATUS_OK && row < 4; row++) {
        assert_int_equal(batch.columns[0].type.id, wanted.id);
        if (row > 0) text_append_c(out, " ");
        if (!array_value_text(&batch.columns[0], row, out)) text_append_c(out, "NULL");
    }
    frame_reset(&f->frame);
    assert_int_equal(foreign.release_count, 1);
    if (status != STATUS_OK) text_append_c(out, "!");
    text_append(out, str_from("", 1));
    return text_str(out).data;
}

static void test_wanted_types(void **state) {
    Fixture *f = *state;
    Text text;
    static const int8_t i8[] = {-128, 0, 127, 99};
    static const uint8_t u8[] = {0, 128, 255, 99};
    static const int16_t i16[] = {-32768, 7, 32767, 99};
    static const uint16_t u16[] = {0, 7, 65535, 99}, f16[] = {0x3C00, 0xC000, 0x3555, 0x7C00};
    static const int32_t i32[] = {INT32_MIN, 7, INT32_MAX, INT32_MAX};
    static const uint32_t u32[] = {0, 7, UINT32_MAX, 9};
    static const int64_t i64[] = {INT64_MIN, 7, 999, INT64_MAX};
    static const uint64_t u64[] = {0, 7, 999, UINT64_MAX};
    static const float f32[] = {1.5F, -0.25F, 16777217.0F, 9};
    static const double f64[] = {1.5, 2, 3, 4};
    static const Decimal d128[] = {1234567, -99999, 0, (Decimal)1 << 100};
    static const int64_t d64[] = {12345, -1, 0, INT64_MAX};
    static const char uuid[] = "0123456789abcdef0123456789abcdefghijklmnopqrstuvfedcba9876543210";
    static const struct {
        const char *format;
        const void *values;
        Type wanted;
        const char *expected;
    } rows[] = {
        {"c", i8, {TYPE_SMALLINT}, "-128 0 127 NULL"},
        {"c", i8, {TYPE_INTEGER}, "-128 0 127 NULL"},
        {"c", i8, {TYPE_BIGINT}, "-128 0 127 NULL"},
        {"c", i8, {TYPE_DOUBLE}, "-128 0 127 NULL"},
        {"C", u8, {TYPE_SMALLINT}, "0 128 255 NULL"},
        {"C", u8, {TYPE_NUMERIC, 5, 2}, "0.00 128.00 255.00 NULL"},
        {"C", u8, {TYPE_NUMERIC, 4, 2}, "!"},
        {"s", i16, {TYPE_INTEGER}, "-32768 7 32767 NULL"},
        {"s", i16, {TYPE_REAL}, "-32768 7 32767 NULL"},
        {"S", u16, {TYPE_SMALLINT}, "no"},
        {"S", u16, {TYPE_BIGINT}, "0 7 65535 NULL"},
        {"i", i32, {TYPE_SMALLINT}, "no"},
        {"i", i32, {TYPE_BIGINT}, "-2147483648 7 2147483647 NULL"},
        {"i", i32, {TYPE_DOUBLE}, "-2147483648 7 2147483647 NULL"},
        {"i", i32, {TYPE_REAL}, "no"},
        {"i", i32, {TYPE_NUMERIC, 10, 0}, "-2147483648 7 2147483647 NULL"},
        {"i", i32, {TYPE_NUMERIC, 10, 1}, "!"},
        {"I", u32, {TYPE_INTEGER}, "no"},
        {"I", u32, {TYPE_BIGINT}, "0 7 4294967295 NULL"},
        {"l", i64, {TYPE_INTEGER}, "no"},
        {"l", i64, {TYPE_DOUBLE}, "no"},
        {"l", i64, {TYPE_TIMESTAMP}, "no"},
        {"l", i64, {TYPE_NUMERIC, 38, 19}, "-9223372036854775808.0000000000000000000 7.0000000000000000000 999.0000000000000000000 NULL"},
        {"l", i64, {TYPE_NUMERIC, 38, 20}, "!"},
        {"L", u64, {TYPE_NUMERIC, 3, 0}, "0 7 999 NULL"},
        {"L", u64, {TYPE_NUMERIC, 4, 1}, "0.0 7.0 999.0 NULL"},
        {"L", u64, {TYPE_NUMERIC, 2, 0}, "!"},
        {"L", u64, {TYPE_BIGINT}, "no"},
        {"e", f16, {TYPE_DOUBLE}, "1 -2 0.333251953125 NULL"},
        {"f", f32, {TYPE_DOUBLE}, "1.5 -0.25 16777216 NULL"},
        {"g", f64, {TYPE_REAL}, "no"},
        {"g", f64, {TYPE_NUMERIC, 38, 10}, "no"},
        {"d:10,2", d128, {TYPE_NUMERIC, 7, 2}, "12345.67 -999.99 0.00 NULL"},
        {"d:10,2", d128, {TYPE_NUMERIC, 5, 2}, "!"},
        {"d:10,2", d128, {TYPE_NUMERIC, 38, 0}, "no"},
        {"d:10,2", d128, {TYPE_NUMERIC, 9, 4}, "12345.6700 -999.9900 0.0000 NULL"},
        {"d:10,2", d128, {TYPE_NUMERIC, 8, 4}, "!"},
        {"d:10,2", d128, {TYPE_BIGINT}, "no"},
        {"d:10,2", d128, {TYPE_NUMERIC}, "no"},
        {"d:10,0", d128, {TYPE_NUMERIC}, "1234567 -99999 0 NULL"},
        {"d:10,-2,64", d64, {TYPE_NUMERIC, 7, 0}, "1234500 -100 0 NULL"},
        {"d:10,-2,64", d64, {TYPE_NUMERIC, 8, 1}, "1234500.0 -100.0 0.0 NULL"},
        {"d:10,-38,64", d64, {TYPE_NUMERIC, 38, 5}, "!"},
        {"w:16", uuid, {TYPE_UUID}, "30313233-3435-3637-3839-616263646566 30313233-3435-3637-3839-616263646566 6768696a-6b6c-6d6e-6f70-717273747576 NULL"},
        {"w:15", uuid, {TYPE_UUID}, "no"},
        {"w:16", uuid, {TYPE_TEXT}, "no"},
        {"tdD", i32, {TYPE_TIMESTAMP}, "no"},
    };
    text_init(&text, &f->memory);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (int k = 0; k < 2; k++) assert_string_equal(read_as(f, rows[i].format, rows[i].values, rows[i].wanted, k == 1, &text), rows[i].expected);
    for (TypeId id = TYPE_BOOLEAN; id <= TYPE_JSONB; id++)
        assert_string_equal(read_as(f, "n", NULL, id == TYPE_NUMERIC ? type_numeric(5, 2) : type_of(id), false, &text), "NULL NULL NULL NULL");
    text_deinit(&text);
}

static void test_refused_memory(void **state) {
    (void)state;
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        Fixture f;
        Foreign foreign;
        Batch batch;
        ArrowImport import;
        struct ArrowArray out = {0};
        struct ArrowSchema schema = {0};
        ArrowExportOptions options = {.weights = true, .text_offsets = n % 2};
        fixture_open(&f);
        foreign_make(&foreign);
        f.memory.fail_at = n;
        Status status = arrow_import_init(&import, &f.arena, &foreign.schema, &f.err);
        if (status == STATUS_OK && n % 3 == 0) assert_true(arrow_import_want(&import, 0, type_numeric(20, 1)));
        if (status == STATUS_OK)
            status = arrow_import_batch(&import, &f.frame, &foreign.array, &batch, &f.err);
        if (status == STATUS_OK) status = arrow_export_batch(f.pool, &batch, options, &out, &f.err);
        if (status == STATUS_OK)
            status = arrow_export_schema(f.pool, &import.schema, options, &schema, &f.err);
        assert_true(status == STATUS_OK || status == STATUS_OUT_OF_MEMORY);
        done = f.memory.fail_at > 0;
        f.memory.fail_at = 0;
        fixture_close(&f);
        if (out.release != NULL) out.release(&out);
        if (schema.release != NULL) schema.release(&schema);
        if (foreign.array.release != NULL) foreign.array.release(&foreign.array);
        assert_int_equal(foreign.release_count, 1);
        assert_true(n < 200);
    }
}

/* ---- export ---- */

static void test_child_outlives_parent_and_database(void **state) {
    (void)state;
    Fixture f;
    Foreign foreign;
    Batch batch;
    struct ArrowArray out, child;
    fixture_open(&f);
    foreign_make(&foreign);
    OK(import_foreign(&f, &foreign, &batch));
    OK(arrow_export_batch(f.pool, &batch, (ArrowExportOptions){0}, &out, &f.err));
    child = *out.children[2]; /* moved out, as the interface allows */
    out.children[2]->release = NULL;
    out.release(&out);
    assert_null(out.release);
    fixture_close(&f);
    assert_int_equal(foreign.release_count, 0);
    assert_int_equal(child.length, FOREIGN_ROW_COUNT);
    assert_memory_equal((const char *)child.buffers[2] + 20, "bbbbbbbbbbbbbbbbbbbb", 20);
    child.release(&child);
    assert_int_equal(foreign.release_count, 1);
}

static void test_weights(void **state) {
    Fixture *f = *state;
    Foreign foreign;
    Batch batch;
    struct ArrowArray out;
    struct ArrowSchema schema;
    foreign_make(&foreign);
    OK(import_foreign(f, &foreign, &batch));
    int64_t *weights = frame_alloc(&f->frame, batch.row_count * 8, &batch.meta_owner[META_WEIGHT]);
    for (uint32_t i = 0; i < batch.row_count; i++) weights[i] = i % 2 ? 1 : -1;
    batch.meta[META_WEIGHT] = weights;
    OK(arrow_export_batch(f->pool, &batch, (ArrowExportOptions){.weights = true}, &out, &f->err));
    assert_int_equal(out.n_children, FOREIGN_COLUMN_COUNT + 1);
    frame_reset(&f->frame);
    memset(frame_alloc(&f->frame, 20000, NULL), 0xEE, 20000);
    assert_int_equal(((const int64_t *)out.children[4]->buffers[1])[68], -1);
    Field field = {STR("when"), type_of(TYPE_TIMESTAMPTZ), true};
    OK(arrow_export_schema(f->pool, &(Schema){&field, 1}, (ArrowExportOptions){.weights = true}, &schema,
                           &f->err));
    assert_string_equal(schema.children[0]->format, "tsu:UTC");
    assert_string_equal(schema.children[0]->name, "when");
    assert_int_equal(schema.children[0]->flags, 0);
    assert_string_equal(schema.children[1]->name, "__weight");
    assert_string_equal(schema.children[1]->format, "l");
    schema.release(&schema);
    out.release(&out);
}

static void check_aligned(const struct ArrowArray *array) {
    for (int64_t i = 0; i < array->n_children; i++) {
        const struct ArrowArray *child = array->children[i];
        assert_int_equal(child->offset, 0);
        for (int64_t k = 0; k < child->n_buffers; k++) {
            bool is_text = child->n_buffers > 2 && k >= 2 && k + 1 < child->n_buffers;
            if (!is_text) assert_int_equal((uintptr_t)child->buffers[k] % 64, 0);
        }
    }
}

/* Rows from the middle of a batch, and foreign values from an odd place: what goes out begins at 64 bytes. */
static void test_buffers_are_aligned(void **state) {
    Fixture *f = *state;
    static const TypeId types[] = {TYPE_BOOLEAN, TYPE_SMALLINT, TYPE_INTEGER, TYPE_BIGINT, TYPE_NUMERIC, TYPE_INTERVAL, TYPE_UUID, TYPE_TEXT, TYPE_TEXT};
    static const char *const texts[] = {"true", "7", "8", "9", "10", "1 day", "00000000-0000-0000-0000-000000000000", "short", "a text that is no short one"};
    enum { COLUMN_COUNT = sizeof(types) / sizeof(types[0]), ROW_COUNT = 100 };
    Array columns[COLUMN_COUNT];
    Field fields[COLUMN_COUNT];
    for (uint32_t i = 0; i < COLUMN_COUNT; i++) {
        ArrayBuilder builder;
        fields[i] = (Field){STR("c"), types[i] == TYPE_NUMERIC ? type_numeric(4, 1) : type_of(types[i]), false};
        OK(array_builder_init(&builder, &f->frame, fields[i].type, ROW_COUNT, &f->err));
        for (uint32_t row = 0; row < ROW_COUNT; row++) {
            if (row % 7 == i)
                array_builder_null(&builder);
            else
                OK(array_builder_parse(&builder, str_from_c(texts[i]), &f->err));
        }
        OK(array_builder_finish(&builder, &columns[i], &f->err));
    }
    Batch batch = {.row_count = ROW_COUNT, .column_count = COLUMN_COUNT, .columns = columns};
    for (uint32_t from = 0; from < 70; from++) {
        for (int is_view = 0; is_view < 2; is_view++) {
            Batch part, back;
            struct ArrowArray out;
            struct ArrowSchema schema;
            ArrowImport import;
            ArrowExportOptions options = {.weights = true, .text_offsets = from % 2};
            OK(batch_slice(&batch, &f->frame, from, 30, &part, &f->err));
            OK(is_view ? arrow_view_batch(&f->frame, &part, options, &out, &f->err) : arrow_export_batch(f->pool, &part, options, &out, &f->err));
            check_aligned(&out);
            OK(arrow_export_schema(f->pool, &(Schema){fields, COLUMN_COUNT, NULL}, options, &schema, &f->err));
            OK(arrow_import_init(&import, &f->arena, &schema, &f->err));
            schema.release(&schema);
            OK(arrow_import_batch(&import, &f->frame, &out, &back, &f->err));
            for (uint32_t i = 0; i < COLUMN_COUNT; i++)
                for (uint32_t row = 0; row < 30; row++) {
                    assert_int_equal(array_is_null(&back.columns[i], row), array_is_null(&columns[i], from + row));
                    if (!array_is_null(&back.columns[i], row)) assert_true(array_value_equal(&back.columns[i], row, &columns[i], from + row));
                }
        }
    }
}

/* What is given out of JSON values is what they show, in views and with offsets; a column without zeros is shared. */
static void test_json_is_shown(void **state) {
    Fixture *f = *state;
    static const char *const texts[] = {"1.50", "[1.50, 2]", "[\"thirteen bytes\", 1.00]", NULL, "{\"a\": [0.0], \"b\": \"a text that is no short one\"}", "[\"thirteen bytes\", 1]", "true"};
    enum { ROW_COUNT = sizeof(texts) / sizeof(texts[0]) };
    ArrayBuilder builder;
    Array column;
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_JSONB), ROW_COUNT, &f->err));
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        if (texts[i] == NULL)
            array_builder_null(&builder);
        else
            OK(array_builder_parse(&builder, str_from_c(texts[i]), &f->err));
    }
    OK(array_builder_finish(&builder, &column, &f->err));
    for (uint32_t form = 0; form < 4; form++) {
        Batch batch = {.row_count = ROW_COUNT, .column_count = 1, .columns = &column};
        ArrowExportOptions options = {.text_offsets = form & 1};
        struct ArrowArray out;
        OK(form & 2 ? arrow_view_batch(&f->frame, &batch, options, &out, &f->err) : arrow_export_batch(f->pool, &batch, options, &out, &f->err));
        const struct ArrowArray *child = out.children[0];
        const int32_t *offsets = child->buffers[1];
        const View *views = child->buffers[1];
        for (uint32_t i = 0; i < ROW_COUNT; i++) {
            if (texts[i] == NULL) continue;
            const char *far = form & 1 || views[i].size <= VIEW_INLINE_SIZE_MAX ? NULL : (const char *)child->buffers[2 + views[i].far.buffer] + views[i].far.offset;
            Str text = form & 1 ? str_from((const char *)child->buffers[2] + offsets[i], (size_t)(offsets[i + 1] - offsets[i]))
                                : str_from(far == NULL ? views[i].inlined : far, views[i].size);
            assert_true(str_equal(text, str_from_c(texts[i])));
            if (far != NULL) assert_memory_equal(views[i].far.prefix, texts[i], 4);
        }
        check_aligned(&out);
        out.release(&out);
    }
    Array rest = array_part(&column, 0, ROW_COUNT);
    rest.values = array_views(&column) + 5;
    rest.validity = NULL;
    rest.length = 2;
    assert_false(jsonb_array_has_zeros(&rest));
    assert_true(jsonb_array_has_zeros(&column));
}

static void test_interval_beyond_nanoseconds(void **state) {
    Fixture *f = *state;
    Interval intervals[] = {{1, 2, 3}, {0, 0, INT64_MAX}};
    uint64_t validity = 3;
    Array array = {.type = type_of(TYPE_INTERVAL), .length = 2, .values = intervals, .validity = &validity};
    Batch batch = {.row_count = 2, .column_count = 1, .columns = &array};
    struct ArrowArray out;
    assert_int_equal(arrow_export_batch(f->pool, &batch, (ArrowExportOptions){0}, &out, &f->err),
                     STATUS_DATETIME_OUT_OF_RANGE);
    assert_non_null(strstr(f->err.message, "row 2"));
    validity = 1;
    OK(arrow_export_batch(f->pool, &batch, (ArrowExportOptions){0}, &out, &f->err));
    assert_int_equal(out.children[0]->null_count, 1);
    out.release(&out);
}

/* ---- a stream driven both ways: ours is produced from batches, and read back as any consumer reads ---- */

typedef struct Producer {
    Fixture *fixture;
    int left;
} Producer;

static int producer_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    Producer *producer = stream->private_data;
    Field field = {STR("n"), type_of(TYPE_BIGINT), false};
    Schema schema = {&field, 1};
    return (int)arrow_export_schema(producer->fixture->pool, &schema, (ArrowExportOptions){.weights = true},
                                    out, &producer->fixture->err);
}

static int producer_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    Producer *producer = stream->private_data;
    Fixture *f = producer->fixture;
    ArrayBuilder builder;
    Array array;
    out->release = NULL;
    if (producer->left == 0) return 0;
    uint32_t count = (uint32_t)--producer->left * 10;
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_BIGINT), count, &f->err));
    for (uint32_t i = 0; i < count; i++) array_builder_i64(&builder, i);
    OK(array_builder_finish(&builder, &array, &f->err));
    Batch batch = {.row_count = count, .column_count = 1, .columns = &array};
    Status status = arrow_export_batch(f->pool, &batch, (ArrowExportOptions){.weights = true}, out, &f->err);
    frame_reset(&f->frame);
    return (int)status;
}

static const char *producer_get_last_error(struct ArrowArrayStream *stream) {
    return ((Producer *)stream->private_data)->fixture->err.message;
}

static void producer_release(struct ArrowArrayStream *stream) {
    stream->release = NULL;
}

static void test_stream(void **state) {
    Fixture *f = *state, consumer;
    Producer producer = {f, 5};
    struct ArrowArrayStream stream = {producer_get_schema, producer_get_next, producer_get_last_error,
                                      producer_release, &producer};
    struct ArrowSchema schema;
    struct ArrowArray array;
    ArrowImport import;
    uint32_t total = 0;
    fixture_open(&consumer);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    OK(arrow_import_init(&import, &consumer.arena, &schema, &consumer.err));
    schema.release(&schema);
    assert_int_equal(import.schema.count, 2);
    for (;;) {
        Batch batch;
        assert_int_equal(stream.get_next(&stream, &array), 0);
        if (array.release == NULL) break;
        OK(arrow_import_batch(&import, &consumer.frame, &array, &batch, &consumer.err));
        batch_check(&batch);
        for (uint32_t i = 0; i < batch.row_count; i++) {
            assert_int_equal(array_i64(&batch.columns[0])[i], i);
            assert_int_equal(array_i64(&batch.columns[1])[i], 1);
        }
        total += batch.row_count;
        frame_reset(&consumer.frame);
    }
    assert_int_equal(total, 100);
    stream.release(&stream);
    fixture_close(&consumer);
}

static void test_steady_state_touches_no_heap(void **state) {
    Fixture *f = *state;
    int64_t before = 0;
    for (int round = 0; round < 30; round++) {
        Foreign foreign;
        Batch batch;
        struct ArrowArray out;
        if (round == 10) before = f->memory.alloc_count;
        arena_reset(&f->arena);
        foreign_make(&foreign);
        OK(import_foreign(f, &foreign, &batch));
        OK(arrow_export_batch(f->pool, &batch, (ArrowExportOptions){.weights = true}, &out, &f->err));
        out.release(&out);
        frame_reset(&f->frame);
        assert_int_equal(foreign.release_count, 1);
    }
    assert_int_equal(f->memory.alloc_count, before);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_released_once_and_late),
        TEST(test_struct_offset_and_nulls),
        TEST(test_empty_with_null_buffers),
        TEST(test_contradictions),
        TEST(test_a_zero_byte_is_no_text),
        TEST(test_size_beyond_64_bits),
        TEST(test_schemas_without_counterpart),
        TEST(test_types_of_formats),
        TEST(test_wanted_types),
        cmocka_unit_test(test_refused_memory),
        cmocka_unit_test(test_child_outlives_parent_and_database),
        TEST(test_weights),
        TEST(test_buffers_are_aligned),
        TEST(test_json_is_shown),
        TEST(test_interval_beyond_nanoseconds),
        TEST(test_stream),
        TEST(test_steady_state_touches_no_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
