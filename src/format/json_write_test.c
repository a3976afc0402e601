/* SPDX-License-Identifier: Apache-2.0
 * format/json_write_test.c - values against what PostgreSQL 15's row_to_json printed; written, read, written
 * again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "column/builder.h"
#include "format/decoder_test_priv.h"
#include "format/json_write.h"

typedef struct Case {
    Type type;
    const char *text; /* PostgreSQL's text form; NULL: NULL */
    const char *json;
} Case;

/* Right column: SELECT row_to_json(r) FROM (SELECT '..'::type AS x) r, PostgreSQL 15.14, time zone UTC. */
static const Case cases[] = {
    {{.id = TYPE_DOUBLE}, "1.5", "1.5"},
    {{.id = TYPE_DOUBLE}, "NaN", "\"NaN\""},
    {{.id = TYPE_REAL}, "-Infinity", "\"-Infinity\""},
    {{.id = TYPE_DOUBLE}, "1e20", "1e+20"},
    {{.id = TYPE_NUMERIC, .precision = 5, .scale = 2}, "1.10", "1.10"},
    {{.id = TYPE_BOOLEAN}, "t", "true"},
    {{.id = TYPE_INTEGER}, NULL, "null"},
    {{.id = TYPE_TEXT}, "tab\t\"q\"\\ \x01\x7f \xc3\xa9 /", "\"tab\\t\\\"q\\\"\\\\ \\u0001\x7f \xc3\xa9 /\""},
    {{.id = TYPE_TEXT}, "\n\r\b\f", "\"\\n\\r\\b\\f\""},
    {{.id = TYPE_BYTEA}, "\\x00ff", "\"\\\\x00ff\""},
    {{.id = TYPE_DATE}, "2026-01-02", "\"2026-01-02\""},
    {{.id = TYPE_DATE}, "-infinity", "\"-infinity\""},
    {{.id = TYPE_DATE}, "0044-03-15 BC", "\"0044-03-15 BC\""},
    {{.id = TYPE_TIME}, "10:00:01.5", "\"10:00:01.5\""},
    {{.id = TYPE_TIMESTAMP}, "2026-01-02 03:04:05.678", "\"2026-01-02T03:04:05.678\""},
    {{.id = TYPE_TIMESTAMP}, "infinity", "\"infinity\""},
    {{.id = TYPE_TIMESTAMP}, "0044-03-15 01:02:03 BC", "\"0044-03-15T01:02:03 BC\""},
    {{.id = TYPE_TIMESTAMPTZ}, "2026-01-02 03:04:05+00", "\"2026-01-02T03:04:05+00:00\""},
    {{.id = TYPE_TIMESTAMPTZ}, "0044-03-15 01:02:03 BC", "\"0044-03-15T01:02:03+00:00 BC\""},
    {{.id = TYPE_INTERVAL}, "1 day 02:00:00", "\"1 day 02:00:00\""},
    {{.id = TYPE_UUID}, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""},
    {{.id = TYPE_JSONB}, "{\"b\":[1e1,\"\\u0041\"], \"a\":null}", "{\"a\": null, \"b\": [10, \"A\"]}"},
    {{.id = TYPE_JSONB}, "[1.50,{\"b\":1.0, \"a\":-0.0}]", "[1.50, {\"a\": 0.0, \"b\": 1.0}]"},
    {{.id = TYPE_SMALLINT}, "-7", "-7"},
    {{.id = TYPE_BIGINT}, "9223372036854775807", "9223372036854775807"},
};
enum { CASE_COUNT = sizeof(cases) / sizeof(cases[0]) };

typedef struct Fixture {
    Memory memory;
    BufferPool *pool;
    Frame frame;
} Fixture;

static int setup(void **state) {
    static Fixture fixture;
    Error err;
    memory_init(&fixture.memory, 0);
    fixture.pool = buffer_pool_create(&fixture.memory);
    assert_int_equal(frame_init(&fixture.frame, fixture.pool, &err), STATUS_OK);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    Fixture *fixture = *state;
    frame_deinit(&fixture->frame);
    buffer_pool_destroy(fixture->pool);
    memory_deinit(&fixture->memory);
    return 0;
}

/* One row with all cases as columns x0, x1, ... */
static void make_row(Fixture *fixture, Field *fields, Array *arrays) {
    Error err;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        char room[16];
        fields[i] = (Field){.name = str_copy(&fixture->frame.arena,
                                             str_from(room, text_format(room, sizeof(room), "x%zu", i))),
                            .type = cases[i].type};
        ArrayBuilder builder;
        assert_int_equal(array_builder_init(&builder, &fixture->frame, cases[i].type, 1, &err), STATUS_OK);
        if (cases[i].text == NULL)
            array_builder_null(&builder);
        else
            assert_int_equal(array_builder_parse(&builder, str_from_c(cases[i].text), &err), STATUS_OK);
        assert_int_equal(array_builder_finish(&builder, &arrays[i], &err), STATUS_OK);
    }
}

static void test_values(void **state) {
    Fixture *fixture = *state;
    Field fields[CASE_COUNT];
    Array arrays[CASE_COUNT];
    make_row(fixture, fields, arrays);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        Text text;
        text_init(&text, &fixture->memory);
        json_write_value(&text, &arrays[i], 0, NULL);
        bool same = str_equal(text_str(&text), str_from_c(cases[i].json));
        if (!same) print_message("%.*s instead of %s\n", STR_ARGS(text_str(&text)), cases[i].json);
        text_deinit(&text);
        assert_true(same);
    }
}

static void test_round_trip(void **state) {
    Fixture *fixture = *state;
    Field fields[CASE_COUNT];
    Array arrays[CASE_COUNT];
    make_row(fixture, fields, arrays);
    Schema schema = {fields, CASE_COUNT};
    Batch batch = {.row_count = 1, .column_count = CASE_COUNT, .columns = arrays};
    Text first, second;
    text_init(&first, &fixture->memory);
    text_init(&second, &fixture->memory);
    json_write_batch(&first, &schema, &batch, false);
    json_write_batch(&first, &schema, &batch, false);
    FormatOptions options = format_options_default(FORMAT_JSON);
    Decoder *decoder;
    Error err;
    DecoderRead read;
    DecoderInput input;
    assert_int_equal(decoder_create(&fixture->memory, &schema, &options, &decoder, &err), STATUS_OK);
    Buffer *buffer = feed_block(fixture->pool, &(DecoderInput){0}, text_str(&first), &input);
    input.is_end = true;
    assert_int_equal(decoder_read(decoder, &fixture->frame, &input, 10, &read, &err), STATUS_OK);
    for (uint32_t i = 0; i < read.dead_letter_count; i++)
        print_message("%.*s\n", STR_ARGS(read.dead_letters[i].reason));
    json_write_batch(&second, &schema, &read.batch, false);
    bool same = str_equal(text_str(&first), text_str(&second));
    if (!same) print_message("%.*s\n%.*s\n", STR_ARGS(text_str(&first)), STR_ARGS(text_str(&second)));
    decoder_destroy(decoder);
    text_deinit(&first);
    text_deinit(&second);
    frame_reset(&fixture->frame);
    buffer_release(buffer);
    assert_true(same);
}

static void test_weights(void **state) {
    Fixture *fixture = *state;
    static const int64_t weights[] = {-1};
    Batch none = {.row_count = 1, .meta = {weights}};
    Schema schema = {0};
    Text text;
    text_init(&text, &fixture->memory);
    json_write_batch(&text, &schema, &none, true);
    json_write_batch(&text, &schema, &none, false);
    bool same = str_equal(text_str(&text), STR("{\"__weight\":-1}\n{}\n"));
    text_deinit(&text);
    assert_true(same);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_weights, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
