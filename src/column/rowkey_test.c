/* SPDX-License-Identifier: Apache-2.0
 * Row keys: same key and same hash exactly when the values are not distinct; values come back. */
#include "column/column_test.h"

#include <math.h>

#include "column/rowkey.h"

static int setup(void **state) {
    return column_setup(state, 7);
}

static const char *const key_texts[] = {"",
                                        "a",
                                        "twelve bytes",
                                        "thirteen byte",
                                        "thirteen bytf",
                                        "thirteen bytes",
                                        "a text that is long enough to be far away",
                                        "b"};

/* Equal ones differ in the zeros of their numbers. */
static const char *const key_json[] = {"1.5", "1.50", "15", "15.0", "[\"thirteen bytes\", 1.0]", "[\"thirteen bytes\", 1]", "[\"thirteen bytes\", 2.00]", "[1.00, 2.50]",
                                       "[1, 2.5]", "\"1.50\"", "12345678.000"};

/* Values from small sets, so that equal rows are common. */
static void append_small(Fixture *f, ArrayBuilder *builder, bool nullable) {
    uint64_t random = next_random(f) >> 20, pick = random % 7;
    static const double reals[] = {0, -0.0, 1.5, -1, 3e300, 0, 0};
    double not_a_number;
    uint64_t pattern = 0x7FF8000000000000 + (random >> 10) % 3 + (random >> 15 << 63);
    memcpy(&not_a_number, &pattern, 8);
    if (nullable && random % 11 == 0) {
        array_builder_null(builder);
        return;
    }
    switch (type_layout(builder->type)) {
        case LAYOUT_BIT: array_builder_bool(builder, random & 1); return;
        case LAYOUT_I16: array_builder_i16(builder, (int16_t)(pick * 9000)); return;
        case LAYOUT_I32: array_builder_i32(builder, (int32_t)pick - 3); return;
        case LAYOUT_I64: array_builder_i64(builder, (int64_t)(pick * 0x2000000000000001)); return;
        case LAYOUT_F32:
            array_builder_f32(builder, pick == 6 ? (float)not_a_number : (float)reals[pick % 4]);
            return;
        case LAYOUT_F64: array_builder_f64(builder, pick == 6 ? not_a_number : reals[pick]); return;
        case LAYOUT_I128: array_builder_decimal(builder, (Decimal)(int64_t)(pick - 3) * INT64_MAX); return;
        case LAYOUT_INTERVAL:
            array_builder_interval(
                builder, (Interval){(int32_t)(pick & 1), (int32_t)(30 - 30 * (pick & 1)), pick / 4});
            return;
        case LAYOUT_BYTES16: {
            uint64_t bytes[2] = {pick / 2, pick & 1};
            array_builder_bytes16(builder, bytes);
            return;
        }
        case LAYOUT_VIEW:
            if (builder->type.id == TYPE_JSONB)
                OK(array_builder_parse(builder, str_from_c(key_json[random % 11]), &f->err));
            else
                array_builder_text(builder, str_from_c(key_texts[random % 8]));
            return;
        case LAYOUT_NESTED: fail();
    }
}

static Array small_array(Fixture *f, Type type, bool nullable, uint32_t length) {
    ArrayBuilder builder;
    Array array = {0};
    OK(array_builder_init(&builder, &f->frame, type, length, &f->err));
    for (uint32_t i = 0; i < length; i++) append_small(f, &builder, nullable);
    OK(array_builder_finish(&builder, &array, &f->err));
    return array;
}

static bool cells_equal(const RowKeyLayout *layout, const uint64_t *a, const uint64_t *b) {
    if (layout->has_null_word && a[0] != b[0]) return false;
    for (uint32_t i = 0; i < layout->column_count; i++) {
        const RowKeyCell *cell = &layout->cells[i];
        const uint64_t *x = a + cell->offset / 8, *y = b + cell->offset / 8;
        size_t next = i + 1 < layout->column_count ? layout->cells[i + 1].offset : layout->size;
        if (cell->is_text && (uint32_t)x[0] > VIEW_INLINE_SIZE_MAX) {
            if (x[0] != y[0] || memcmp((void *)(uintptr_t)x[1], (void *)(uintptr_t)y[1], (uint32_t)x[0]) != 0)
                return false;
        } else if (memcmp(x, y, next - cell->offset) != 0) {
            return false;
        }
    }
    return true;
}

enum { KEY_ROW_COUNT = 300 };

/* The first `same_count` columns repeat their first row: a window's start, a batch without NULLs. */
static void check_keys_after(Fixture *f, const Type *types, const bool *nullable, uint32_t column_count,
                             uint32_t same_count) {
    static uint64_t keys[KEY_ROW_COUNT * ROWKEY_CELLS_SIZE_MAX / 8], hashes[KEY_ROW_COUNT],
        again[KEY_ROW_COUNT];
    Array arrays[ROWKEY_COLUMN_COUNT_MAX];
    const Array *columns[ROWKEY_COLUMN_COUNT_MAX];
    for (uint32_t i = 0; i < column_count; i++) {
        arrays[i] = small_array(f, types[i], nullable[i] && same_count == 0, KEY_ROW_COUNT);
        if (i < same_count) OK(array_repeat(&arrays[i], 0, &f->frame, KEY_ROW_COUNT, &arrays[i], &f->err));
        columns[i] = &arrays[i];
    }
    RowKeyLayout layout;
    OK(rowkey_layout_init(&layout, &f->frame.arena, types, nullable, column_count, &f->err));
    rowkey_encode(&layout, columns, KEY_ROW_COUNT, keys, hashes);
    rowkey_encode(&layout, columns, KEY_ROW_COUNT, NULL, again);
    assert_memory_equal(hashes, again, sizeof(hashes));
    size_t stride = layout.size / 8;
    for (size_t a = 0; a < KEY_ROW_COUNT; a++) {
        assert_int_equal(rowkey_hash(&layout, keys + a * stride), hashes[a]);
        for (size_t b = 0; b < a; b++) {
            bool equal = true;
            for (uint32_t i = 0; i < column_count; i++)
                equal &= array_value_equal(columns[i], a, columns[i], b);
            assert_int_equal(equal, cells_equal(&layout, keys + a * stride, keys + b * stride));
            if (equal) assert_int_equal(hashes[a], hashes[b]);
            if (!equal)
                assert_true(hashes[a] != hashes[b]); /* 45,000 pairs of 64 bits: a fault, not chance */
        }
    }
    for (uint32_t i = 0; i < column_count; i++) {
        if (types[i].id == TYPE_INTERVAL) continue;
        ArrayBuilder builder;
        Array back = {0};
        OK(array_builder_init(&builder, &f->frame, types[i], KEY_ROW_COUNT, &f->err));
        for (size_t a = 0; a < KEY_ROW_COUNT; a++) rowkey_decode(&layout, i, keys + a * stride, &builder);
        OK(array_builder_finish(&builder, &back, &f->err));
        for (size_t a = 0; a < KEY_ROW_COUNT; a++) assert_true(array_value_equal(&back, a, columns[i], a));
    }
    frame_reset(&f->frame);
}

static void check_keys(Fixture *f, const Type *types, const bool *nullable, uint32_t column_count) {
    check_keys_after(f, types, nullable, column_count, 0);
}

static Type pick_type(uint64_t pick) {
    static const TypeId ids[] = {TYPE_BOOLEAN, TYPE_SMALLINT, TYPE_INTEGER, TYPE_BIGINT,      TYPE_REAL,
                                 TYPE_DOUBLE,  TYPE_TEXT,     TYPE_BYTEA,   TYPE_TIMESTAMPTZ, TYPE_INTERVAL,
                                 TYPE_UUID,    TYPE_DATE,     TYPE_NUMERIC, TYPE_JSONB};
    TypeId id = ids[pick % 14];
    return id == TYPE_NUMERIC ? type_numeric(20, 3) : type_of(id);
}

static void test_each_type(void **state) {
    Fixture *f = *state;
    for (uint64_t i = 0; i < 14; i++)
        for (int nulls = 0; nulls < 2; nulls++) {
            Type type = pick_type(i);
            bool nullable = nulls;
            check_keys(f, &type, &nullable, 1);
        }
}

static void test_random_layouts(void **state) {
    Fixture *f = *state;
    for (int round = 0; round < 60; round++) {
        Type types[5];
        bool nullable[5];
        uint32_t column_count = (uint32_t)(next_random(f) % 5 + 1);
        for (uint32_t i = 0; i < column_count; i++) {
            types[i] = pick_type(next_random(f) >> 13);
            nullable[i] = next_random(f) % 3 == 0;
        }
        check_keys(f, types, nullable, column_count);
    }
    check_keys(f, (Type[]){type_of(TYPE_BIGINT), type_of(TYPE_TIMESTAMP)}, (bool[]){false, false}, 2);
    check_keys(f, NULL, NULL, 0);
}

static void test_same_words_first(void **state) {
    Fixture *f = *state;
    const TypeId lasts[] = {TYPE_BIGINT, TYPE_TIMESTAMP, TYPE_TEXT, TYPE_BYTEA, TYPE_DOUBLE, TYPE_UUID, TYPE_JSONB};
    Type types[] = {type_of(TYPE_TIMESTAMP), type_of(TYPE_BIGINT), type_of(TYPE_TIMESTAMPTZ),
                    type_of(TYPE_BIGINT)};
    for (uint32_t same = 0; same < 4; same++)
        for (size_t last = 0; last < sizeof(lasts) / sizeof(lasts[0]); last++)
            for (int nullable = 0; nullable < 2; nullable++) {
                types[same] = type_of(lasts[last]);
                check_keys_after(f, types, (bool[]){nullable, false, nullable, nullable}, same + 1, same);
            }
}

static void test_limits(void **state) {
    Fixture *f = *state;
    Type types[ROWKEY_COLUMN_COUNT_MAX + 1];
    bool nullable[ROWKEY_COLUMN_COUNT_MAX + 1];
    for (size_t i = 0; i <= ROWKEY_COLUMN_COUNT_MAX; i++) {
        types[i] = type_of(TYPE_TEXT);
        nullable[i] = true;
    }
    RowKeyLayout layout;
    OK(rowkey_layout_init(&layout, &f->frame.arena, types, nullable, ROWKEY_COLUMN_COUNT_MAX, &f->err));
    assert_int_equal(layout.size, ROWKEY_CELLS_SIZE_MAX);
    check_keys(f, types, nullable, ROWKEY_COLUMN_COUNT_MAX);
    assert_int_equal(
        rowkey_layout_init(&layout, &f->frame.arena, types, nullable, ROWKEY_COLUMN_COUNT_MAX + 1, &f->err),
        STATUS_LIMIT);
    types[0] = type_of(TYPE_ARRAY);
    assert_int_equal(rowkey_layout_init(&layout, &f->frame.arena, types, nullable, 1, &f->err),
                     STATUS_NOT_SUPPORTED);
}

/* A NULL's slot may hold anything; it must not reach key or hash. */
static void test_garbage_under_nulls(void **state) {
    Fixture *f = *state;
    View views[2] = {{.size = 1000, .far = {.buffer = 77, .offset = 1u << 31}},
                     {.size = 3, .inlined = "abc"}};
    uint64_t validity = 2, keys[6], hashes[2];
    Array array = {.type = type_of(TYPE_TEXT), .length = 2, .values = views, .validity = &validity};
    const Array *columns[] = {&array};
    bool nullable = true;
    RowKeyLayout layout;
    OK(rowkey_layout_init(&layout, &f->frame.arena, &array.type, &nullable, 1, &f->err));
    rowkey_encode(&layout, columns, 2, keys, hashes);
    assert_int_equal(keys[0], 1);
    assert_int_equal(keys[1] | keys[2], 0);
    assert_int_equal(rowkey_hash(&layout, keys), hashes[0]);
}

static void test_keeps_spelling(void **state) {
    Fixture *f = *state;
    double not_a_number[2];
    uint64_t patterns[2] = {0x7FF8000000000001, 0xFFF8000000000000};
    memcpy(not_a_number, patterns, sizeof(patterns));
    double doubles[] = {0, -0.0, not_a_number[0], not_a_number[1], 1.5, 1.5};
    float reals[] = {0, -0.0F, (float)not_a_number[0], (float)not_a_number[1], 1.5F, 1.5F};
    Interval intervals[] = {{1, 0, 0}, {0, 30, 0}, {0, 29, 86400000000}, {0, 29, 86400000000}, {-1, 30, 0}, {0, 0, 0}};
    const bool same_as_before[3][6] = {{false, false, false, true, false, true},
                                       {false, false, false, true, false, true},
                                       {false, false, false, true, false, false}};
    const Array arrays[] = {{.type = type_of(TYPE_DOUBLE), .length = 6, .values = doubles},
                            {.type = type_of(TYPE_REAL), .length = 6, .values = reals},
                            {.type = type_of(TYPE_INTERVAL), .length = 6, .values = intervals}};
    for (uint32_t c = 0; c < 3; c++) {
        uint64_t keys[12], hashes[6];
        const Array *columns[] = {&arrays[c]};
        bool nullable = false;
        RowKeyLayout layout;
        ArrayBuilder builder;
        Array back;
        OK(rowkey_layout_init(&layout, &f->frame.arena, &arrays[c].type, &nullable, 1, &f->err));
        layout.keeps_spelling = true;
        rowkey_encode(&layout, columns, 6, keys, hashes);
        OK(array_builder_init(&builder, &f->frame, arrays[c].type, 6, &f->err));
        size_t words = layout.size / 8;
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(rowkey_hash(&layout, keys + i * words), hashes[i]);
            rowkey_decode(&layout, 0, keys + i * words, &builder);
            if (i == 0) continue;
            assert_int_equal(memcmp(keys + i * words, keys + (i - 1) * words, layout.size) == 0, same_as_before[c][i]);
        }
        OK(array_builder_finish(&builder, &back, &f->err));
        if (c < 2) assert_true(signbit(c == 0 ? array_f64(&back)[1] : (double)array_f32(&back)[1]));
        if (c == 2) assert_memory_equal(array_interval(&back), intervals, sizeof(intervals));
        for (size_t i = 0; i < 6; i++) assert_true(array_value_equal(&back, i, &arrays[c], i));
    }
    frame_reset(&f->frame);
}

/* JSON values whose zeros differ: one key, unless the layout keeps_spelling; a type of text takes their bytes. What lies under a NULL is not
 * looked at. */
static void test_json(void **state) {
    Fixture *f = *state;
    static const char *const texts[] = {"1.5", "1.50", "[\"thirteen bytes\", 1.0]", "[\"thirteen bytes\", 1.00]", "[\"thirteen bytes\", 1]", "null", "2.0"};
    enum { COUNT = 7 };
    ArrayBuilder builder;
    Array array, back;
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_JSONB), COUNT, &f->err));
    for (size_t i = 0; i < COUNT; i++) OK(array_builder_parse(&builder, str_from_c(texts[i]), &f->err));
    OK(array_builder_finish(&builder, &array, &f->err));
    View views[COUNT];
    memcpy(views, array.values, sizeof(views));
    views[5] = (View){.size = 1000, .far = {.prefix = {1}, .buffer = 77, .offset = 1u << 31}};
    uint64_t validity = ~(1ULL << 5);
    array.values = views;
    array.validity = &validity;
    for (int form = 0; form < 3; form++) {
        uint64_t keys[3 * COUNT], hashes[COUNT];
        bool nullable = true, keeps = form > 0;
        Array column = array;
        column.type = type_of(form == 2 ? TYPE_TEXT : TYPE_JSONB);
        const Array *columns[] = {&column};
        RowKeyLayout layout;
        OK(rowkey_layout_init(&layout, &f->frame.arena, &column.type, &nullable, 1, &f->err));
        layout.keeps_spelling = form == 1;
        rowkey_encode(&layout, columns, COUNT, keys, hashes);
        for (size_t i = 1; i < COUNT; i++) {
            bool same = !keeps && (i == 1 || i == 3 || i == 4);
            assert_int_equal(cells_equal(&layout, keys + 3 * i, keys + 3 * (i - 1)), same);
            assert_int_equal(hashes[i] == hashes[i - 1], same);
            assert_int_equal(hashes[i], rowkey_hash(&layout, keys + 3 * i));
        }
        if (!keeps) continue;
        OK(array_builder_init(&builder, &f->frame, column.type, COUNT, &f->err));
        for (size_t i = 0; i < COUNT; i++) rowkey_decode(&layout, 0, keys + 3 * i, &builder);
        OK(array_builder_finish(&builder, &back, &f->err));
        for (size_t i = 0; i < COUNT; i++) assert_true(i == 5 ? array_is_null(&back, i) : str_equal(array_text(&back, i), array_text(&array, i)));
    }
    frame_reset(&f->frame);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_each_type), TEST(test_random_layouts),      TEST(test_same_words_first),
        TEST(test_limits),    TEST(test_garbage_under_nulls), TEST(test_keeps_spelling),
        TEST(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
