/* SPDX-License-Identifier: Apache-2.0
 * Arrays, batches and builders: each bulk operation against the same done value by value. */
#include "column/column_test.h"

#include "base/uuid.h"

static int setup(void **state) {
    return column_setup(state, 42);
}

static const TypeId value_types[] = {TYPE_BOOLEAN,   TYPE_SMALLINT, TYPE_INTEGER, TYPE_BIGINT,
                                     TYPE_REAL,      TYPE_DOUBLE,   TYPE_NUMERIC, TYPE_TEXT,
                                     TYPE_TIMESTAMP, TYPE_INTERVAL, TYPE_UUID};
enum { VALUE_TYPE_COUNT = sizeof(value_types) / sizeof(value_types[0]) };

static void append_random(Fixture *f, ArrayBuilder *builder, uint32_t null_percent) {
    uint64_t random = next_random(f);
    char text[200];
    if (random % 100 < null_percent) {
        array_builder_null(builder);
        return;
    }
    random >>= 8;
    switch (type_layout(builder->type)) {
        case LAYOUT_BIT: array_builder_bool(builder, random & 1); return;
        case LAYOUT_I16: array_builder_i16(builder, (int16_t)random); return;
        case LAYOUT_I32: array_builder_i32(builder, (int32_t)random); return;
        case LAYOUT_I64: array_builder_i64(builder, (int64_t)random); return;
        case LAYOUT_F32: array_builder_f32(builder, (float)(int32_t)random); return;
        case LAYOUT_F64: array_builder_f64(builder, (double)random / 3); return;
        case LAYOUT_I128: array_builder_decimal(builder, (Decimal)random * (int64_t)random); return;
        case LAYOUT_INTERVAL:
            array_builder_interval(builder, (Interval){(int32_t)random % 100, (int32_t)(random >> 9), 5});
            return;
        case LAYOUT_BYTES16: {
            uint64_t bytes[2] = {random, ~random};
            array_builder_bytes16(builder, bytes);
            return;
        }
        case LAYOUT_VIEW:
            for (size_t i = 0; i < sizeof(text); i++) text[i] = (char)('a' + (random >> i % 40) % 26);
            array_builder_text(builder, str_from(text, random % (random % 5 == 0 ? 200 : 14)));
            return;
        case LAYOUT_NESTED: fail();
    }
}

static Array random_array(Fixture *f, TypeId id, uint32_t length, uint32_t null_percent) {
    Type type = id == TYPE_NUMERIC ? type_numeric(38, 2) : type_of(id);
    ArrayBuilder builder;
    OK(array_builder_init(&builder, &f->frame, type, length, &f->err));
    for (uint32_t i = 0; i < length; i++) append_random(f, &builder, null_percent);
    Array array = {0};
    OK(array_builder_finish(&builder, &array, &f->err));
    assert_int_equal(array.length, length);
    Batch batch = {.row_count = length, .column_count = 1, .columns = &array};
    batch_check(&batch);
    return array;
}

static void assert_same(const Array *a, size_t row_a, const Array *b, size_t row_b) {
    assert_int_equal(array_is_null(a, row_a), array_is_null(b, row_b));
    assert_true(array_value_equal(a, row_a, b, row_b));
    assert_int_equal(array_value_compare(a, row_a, b, row_b), 0);
}

static void check_array(const Array *array) {
    Batch batch = {.row_count = array->length, .column_count = 1, .columns = array};
    batch_check(&batch);
}

static void test_slice(void **state) {
    Fixture *f = *state;
    for (size_t t = 0; t < VALUE_TYPE_COUNT; t++) {
        Array array = random_array(f, value_types[t], 300, 20);
        for (uint32_t from = 0; from <= 300; from += 37)
            for (uint32_t count = 0; count <= 300 - from; count += 64) {
                Array slice;
                OK(array_slice(&array, &f->frame, from, count, &slice, &f->err));
                assert_int_equal(slice.length, count);
                for (uint32_t i = 0; i < count; i++) assert_same(&slice, i, &array, from + i);
            }
        Array whole;
        OK(array_slice(&array, &f->frame, 64, 200, &whole, &f->err));
        if (type_width(array.type) > 0)
            assert_ptr_equal(whole.values, (const char *)array.values + 64 * type_width(array.type));
        assert_ptr_equal(whole.validity, array.validity + 1);
        frame_reset(&f->frame);
    }
}

static void test_gather(void **state) {
    Fixture *f = *state;
    for (size_t t = 0; t < VALUE_TYPE_COUNT; t++)
        for (uint32_t nulls = 0; nulls <= 100; nulls += 50) {
            Array array = random_array(f, value_types[t], 500, nulls), out;
            uint32_t rows[700];
            for (size_t i = 0; i < 700; i++) rows[i] = (uint32_t)(next_random(f) % 500);
            for (uint32_t count = 0; count <= 700; count += 175) {
                OK(array_gather(&array, &f->frame, rows, count, &out, &f->err));
                assert_int_equal(out.length, count);
                check_array(&out);
                for (uint32_t i = 0; i < count; i++) assert_same(&out, i, &array, rows[i]);
                if (nulls == 0) assert_null(out.validity);
                assert_ptr_equal(out.data, array.data);
            }
            frame_reset(&f->frame);
        }
}

static void test_gather_without_the_nulls(void **state) {
    Fixture *f = *state;
    Array array = random_array(f, TYPE_BIGINT, 1000, 30), out;
    uint32_t rows[1016];
    uint32_t count = batch_select(array.validity, 1000, rows);
    assert_int_equal(count, 1000 - array_null_count(&array));
    OK(array_gather(&array, &f->frame, rows, count, &out, &f->err));
    assert_null(out.validity);
}

static void test_gather_many_and_concat(void **state) {
    Fixture *f = *state;
    for (size_t t = 0; t < VALUE_TYPE_COUNT; t++)
        for (uint32_t array_count = 1; array_count <= 100; array_count += 33) {
            Array arrays[100], out;
            uint32_t sources[400], rows[400], total = 0;
            for (uint32_t i = 0; i < array_count; i++) {
                arrays[i] = random_array(f, value_types[t], (uint32_t)(next_random(f) % 70 + 1), i % 3 * 20);
                total += arrays[i].length;
            }
            for (uint32_t i = 0; i < 400; i++) {
                sources[i] = (uint32_t)(next_random(f) % array_count);
                rows[i] = (uint32_t)(next_random(f) % arrays[sources[i]].length);
            }
            OK(array_gather_many(arrays, array_count, &f->frame, sources, rows, 400, &out, &f->err));
            check_array(&out);
            assert_true(out.data_count <= ARRAY_DATA_COUNT_MAX);
            for (uint32_t i = 0; i < 400; i++) assert_same(&out, i, &arrays[sources[i]], rows[i]);
            OK(array_concat(arrays, array_count, &f->frame, &out, &f->err));
            check_array(&out);
            assert_int_equal(out.length, total);
            uint32_t at = 0;
            for (uint32_t i = 0; i < array_count; i++)
                for (uint32_t k = 0; k < arrays[i].length; k++) assert_same(&out, at++, &arrays[i], k);
            frame_reset(&f->frame);
        }
}

static void test_gather_many_copies_when_most_is_dead(void **state) {
    Fixture *f = *state;
    Array arrays[2], out;
    for (int i = 0; i < 2; i++) arrays[i] = random_array(f, TYPE_TEXT, 4000, 0);
    uint32_t sources[2] = {0, 1}, rows[2] = {0, 0};
    while (array_text(&arrays[0], rows[0]).size <= VIEW_INLINE_SIZE_MAX) rows[0]++;
    while (array_text(&arrays[1], rows[1]).size <= VIEW_INLINE_SIZE_MAX) rows[1]++;
    OK(array_gather_many(arrays, 2, &f->frame, sources, rows, 2, &out, &f->err));
    check_array(&out);
    assert_int_equal(out.data_count, 1);
    for (uint32_t i = 0; i < 2; i++) assert_same(&out, i, &arrays[i], rows[i]);
}

static void test_nulls_and_repeat(void **state) {
    Fixture *f = *state;
    for (size_t t = 0; t < VALUE_TYPE_COUNT; t++) {
        Array array = random_array(f, value_types[t], 50, 30), out;
        for (uint32_t row = 0; row < 50; row++)
            for (uint32_t length = 0; length < 200; length += 65) {
                OK(array_repeat(&array, row, &f->frame, length, &out, &f->err));
                assert_int_equal(out.length, length);
                for (uint32_t i = 0; i < length; i++) assert_same(&out, i, &array, row);
            }
        OK(array_nulls(&f->frame, array.type, 77, &out, &f->err));
        assert_int_equal(array_null_count(&out), 77);
        frame_reset(&f->frame);
    }
}

static void test_order(void **state) {
    Fixture *f = *state;
    double values[] = {-__builtin_inf(), -1, -0.0, 0.0, 1e-300, 1, __builtin_inf(), __builtin_nan("")};
    Array numbers = {.type = type_of(TYPE_DOUBLE), .length = 8, .values = values};
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < 8; k++) {
            int expected = i == k || (i + k == 5 && i - k + 1 <= 2) ? 0 : i < k ? -1 : 1;
            assert_int_equal(array_value_compare(&numbers, i, &numbers, k), expected);
            assert_int_equal(array_value_equal(&numbers, i, &numbers, k), expected == 0);
        }
    static const char *const texts[] = {
        "",   "a", "a\x01",    "aaaaaaaaaaaa",    "aaaaaaaaaaaaa", "aaaaaaaaaaaab",
        "ab", "b", "\xC3\xA9", "\xC3\xA9\xC3\xA9"};
    ArrayBuilder builder;
    Array array;
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_TEXT), 11, &f->err));
    for (size_t i = 0; i < 10; i++) array_builder_text(&builder, str_from_c(texts[i]));
    array_builder_null(&builder);
    OK(array_builder_finish(&builder, &array, &f->err));
    for (size_t i = 0; i < 11; i++)
        for (size_t k = 0; k < 11; k++) {
            int order = array_value_compare(&array, i, &array, k);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    Decimal one = 100, same = 1;
    Array wide = {.type = type_numeric(5, 2), .length = 1, .values = &one};
    Array narrow = {.type = type_numeric(5, 0), .length = 1, .values = &same};
    assert_true(array_value_equal(&wide, 0, &narrow, 0));
}

static void test_select(void **state) {
    Fixture *f = *state;
    uint64_t bits[70];
    uint32_t rows[70 * 64 + 16];
    for (int round = 0; round < 2000; round++) {
        uint32_t count = (uint32_t)(next_random(f) % (70 * 64 + 1)), expected = 0;
        for (int i = 0; i < 70; i++) {
            uint64_t word = next_random(f);
            for (uint64_t thin = next_random(f) % 6; thin > 0; thin--) word &= next_random(f);
            bits[i] = next_random(f) % 4 == 0 ? (round & 1 ? ~0ULL : 0) : word;
        }
        uint32_t found = batch_select(bits, count, rows);
        for (uint32_t i = 0; i < count; i++)
            if (bits_get(bits, i)) assert_int_equal(rows[expected++], i);
        assert_int_equal(found, expected);
    }
}

static Batch random_batch(Fixture *f, Array *columns, uint32_t row_count) {
    for (size_t i = 0; i < VALUE_TYPE_COUNT; i++) columns[i] = random_array(f, value_types[i], row_count, 25);
    Batch batch = {.row_count = row_count, .column_count = VALUE_TYPE_COUNT, .columns = columns};
    int64_t *weights = frame_alloc(&f->frame, row_count * 8, &batch.meta_owner[META_WEIGHT]);
    for (uint32_t i = 0; i < row_count; i++) weights[i] = (int64_t)i + 1;
    batch.meta[META_WEIGHT] = weights;
    return batch;
}

static void test_batch_bytes(void **state) {
    Fixture *f = *state;
    ArrayBuilder builder;
    Array columns[3];
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_TEXT), 2, &f->err));
    array_builder_text(&builder, STR("short"));
    array_builder_text(&builder, STR("a text that is longer than its view"));
    OK(array_builder_finish(&builder, &columns[0], &f->err));
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_BOOLEAN), 2, &f->err));
    array_builder_null(&builder);
    array_builder_bool(&builder, true);
    OK(array_builder_finish(&builder, &columns[1], &f->err));
    int64_t numbers[2] = {1, 2};
    columns[2] = (Array){.type = type_of(TYPE_BIGINT), .length = 2, .values = numbers};
    Batch batch = {.row_count = 2, .column_count = 3, .columns = columns, .meta = {[META_WEIGHT] = numbers}};
    assert_int_equal(batch_byte_count(&batch), 2 * 16 + 35 + (1 + 1) + 2 * 8 + 2 * 8);
    assert_int_equal(batch_byte_count(&(Batch){0}), 0);
}

static void test_batches(void **state) {
    Fixture *f = *state;
    Array columns[VALUE_TYPE_COUNT];
    Batch batch = random_batch(f, columns, 500), slice, gathered, kept, kept_slice;
    OK(batch_slice(&batch, &f->frame, 70, 130, &slice, &f->err));
    batch_check(&slice);
    uint32_t rows[] = {5, 5, 499, 0};
    OK(batch_gather(&batch, &f->frame, rows, 4, &gathered, &f->err));
    batch_check(&gathered);
    assert_int_equal(batch_weight(&slice, 3), 74);
    assert_int_equal(batch_weight(&gathered, 2), 500);
    assert_null(gathered.meta[META_POSITION]);
    OK(batch_gather_meta(&batch, &f->frame, NULL, 500, &gathered, &f->err));
    assert_ptr_equal(gathered.meta[META_WEIGHT], batch.meta[META_WEIGHT]);

    OK(batch_keep(&batch, &f->memory, &kept, &f->err));
    OK(batch_keep(&slice, &f->memory, &kept_slice, &f->err));
    Text before, after;
    text_init(&before, &f->memory), text_init(&after, &f->memory);
    for (uint32_t c = 0; c < VALUE_TYPE_COUNT; c++)
        for (uint32_t row = 0; row < 500; row++) array_value_text(&columns[c], row, &before);
    frame_reset(&f->frame);
    memset(frame_alloc(&f->frame, 200000, NULL), 0xAA, 200000);
    for (uint32_t c = 0; c < VALUE_TYPE_COUNT; c++)
        for (uint32_t row = 0; row < 500; row++) array_value_text(&kept.columns[c], row, &after);
    assert_true(before.size > 0 && str_equal(text_str(&before), text_str(&after)));
    for (uint32_t c = 0; c < VALUE_TYPE_COUNT; c++)
        for (uint32_t row = 0; row < 130; row++)
            assert_same(&kept_slice.columns[c], row, &kept.columns[c], 70 + row);
    text_deinit(&before), text_deinit(&after);
    batch_unkeep(&kept, &f->memory);
    batch_unkeep(&kept_slice, &f->memory);
}

static void test_steady_state_touches_no_heap(void **state) {
    Fixture *f = *state;
    int64_t before = 0;
    for (int round = 0; round < 30; round++) {
        if (round == 15) before = f->memory.alloc_count;
        Array columns[VALUE_TYPE_COUNT];
        Batch batch = random_batch(f, columns, 2000), out;
        uint32_t rows[1000];
        for (uint32_t i = 0; i < 1000; i++) rows[i] = i * 2;
        OK(batch_gather(&batch, &f->frame, rows, 1000, &out, &f->err));
        OK(batch_slice(&out, &f->frame, 3, 500, &out, &f->err));
        frame_reset(&f->frame);
    }
    assert_int_equal(f->memory.alloc_count, before);
}

static void test_refused_memory(void **state) {
    Fixture *f = *state;
    for (int64_t n = 1; n < 60; n++) {
        frame_deinit(&f->frame);
        buffer_pool_destroy(f->pool); /* what it keeps would hide the failures */
        f->pool = buffer_pool_create(&f->memory);
        OK(frame_init(&f->frame, f->pool, &f->err));
        f->memory.fail_at = n;
        Array array = {0}, out;
        ArrayBuilder builder;
        Status status = array_builder_init(&builder, &f->frame, type_of(TYPE_TEXT), 3000, &f->err);
        if (status == STATUS_OK) {
            for (uint32_t i = 0; i < 3000; i++) append_random(f, &builder, 10);
            status = array_builder_finish(&builder, &array, &f->err);
        }
        if (status == STATUS_OK) {
            uint32_t row = 1, source = 1;
            Array pair[2] = {array, array};
            status = array_gather_many(pair, 2, &f->frame, &source, &row, 1, &out, &f->err);
            if (status == STATUS_OK) status = array_concat(pair, 2, &f->frame, &out, &f->err);
            if (status == STATUS_OK) check_array(&out);
        }
        assert_true(status == STATUS_OK || status == STATUS_OUT_OF_MEMORY);
        f->memory.fail_at = 0;
    }
}

static void test_builder_text_borders(void **state) {
    Fixture *f = *state;
    ArrayBuilder builder;
    Array array;
    char big[100000];
    memset(big, 'x', sizeof(big));
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_BYTEA), 8, &f->err));
    array_builder_text(&builder, STR(""));
    array_builder_text(&builder, str_from(big, 12));
    array_builder_text(&builder, str_from(big, 13));
    array_builder_text(&builder, str_from(big, sizeof(big)));
    array_builder_null(&builder);
    memcpy(array_builder_text_reserve(&builder, 50), "shorter than it said", 20);
    array_builder_text_commit(&builder, 20);
    memcpy(array_builder_text_reserve(&builder, 50), "abc", 3);
    array_builder_text_commit(&builder, 3);
    uint32_t number = array_builder_add_data(&builder, "borrowed bytes of a page", 24, NULL);
    array_builder_view(&builder, view_make(STR("borrowed bytes"), number, 0));
    OK(array_builder_finish(&builder, &array, &f->err));
    check_array(&array);
    static const size_t sizes[] = {0, 12, 13, 100000, 0, 20, 3, 14};
    for (size_t i = 0; i < 8; i++) assert_int_equal(array_text(&array, i).size, sizes[i]);
    assert_true(str_equal(array_text(&array, 5), STR("shorter than it said")));
    assert_true(str_equal(array_text(&array, 7), STR("borrowed bytes")));
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_TEXT), 1, &f->err));
    array_builder_text(&builder, str_from(big, (size_t)INT32_MAX + 1));
    assert_int_equal(array_builder_finish(&builder, &array, &f->err), STATUS_OUT_OF_MEMORY);
    OK(array_builder_init(&builder, &f->frame, type_of(TYPE_TEXT), 0, &f->err));
    OK(array_builder_finish(&builder, &array, &f->err));
    assert_int_equal(array.length, 0);
}

static void test_schema_and_type(void **state) {
    Fixture *f = *state;
    Field fields[] = {{STR("a"), type_of(TYPE_TEXT), false},
                      {STR("B"), type_numeric(12, 2), true},
                      {STR("b"), type_of(TYPE_DATE), false},
                      {STR("Cc"), type_of(TYPE_TIMESTAMPTZ), false}};
    Schema schema = {fields, 4};
    assert_int_equal(schema_find(&schema, STR("B")), 1);
    assert_int_equal(schema_find(&schema, STR("A")), -1);
    assert_int_equal(schema_find_ignore_case(&schema, STR("A")), 0);
    assert_int_equal(schema_find_ignore_case(&schema, STR("b")), 2);
    assert_int_equal(schema_find_ignore_case(&schema, STR("cC")), 3);
    fields[1].name = STR("bB"), fields[2].name = STR("Bb");
    assert_int_equal(schema_find_ignore_case(&schema, STR("bb")), -1);
    Schema copy = schema_copy(&f->frame.arena, &schema);
    assert_true(str_equal(copy.fields[3].name, STR("Cc")) && copy.fields[3].name.data != fields[3].name.data);
    assert_true(type_equal(copy.fields[1].type, type_numeric(12, 2)) && copy.fields[1].not_null);
    Text text;
    text_init(&text, &f->memory);
    text_append_type(&text, copy.fields[1].type);
    text_append_type(&text, (Type){.id = TYPE_VARCHAR, .length = 20});
    text_append_type(&text, type_of(TYPE_NUMERIC));
    assert_true(str_equal(text_str(&text), STR("numeric(12,2)character varying(20)numeric")));
    text_deinit(&text);
    assert_int_equal(type_category(type_of(TYPE_INTERVAL)), 'T');
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_slice),
        TEST(test_gather),
        TEST(test_gather_without_the_nulls),
        TEST(test_gather_many_and_concat),
        TEST(test_gather_many_copies_when_most_is_dead),
        TEST(test_nulls_and_repeat),
        TEST(test_order),
        TEST(test_select),
        TEST(test_batch_bytes), TEST(test_batches),
        TEST(test_steady_state_touches_no_heap),
        TEST(test_refused_memory),
        TEST(test_builder_text_borders),
        TEST(test_schema_and_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
