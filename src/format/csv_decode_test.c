/* SPDX-License-Identifier: Apache-2.0
 * format/csv_decode_test.c - CSV records into columns: quoting, header, bad records, any split. */
#include "format/decoder_test_kit.h"

#include "column/builder.h"
#include "format/csv_write.h"

static int setup(void **state) {
    return decoder_setup(state, FORMAT_CSV);
}

static const Field trade[] = {FIELD("symbol", TEXT), FIELD("price", DOUBLE), FIELD("qty", INTEGER),
                              FIELD("ts", TIMESTAMP)};

static void test_plain(void **state) {
    CHECK(*state, trade,
          "ts,symbol,other,QTY,price\n"
          "2026-11-24 10:00:00,A,x,7,1.5\n"
          "2026-11-24T10:00:00.5Z,a symbol longer than twelve,,-7,-2e3\r\n"
          "\n"
          ",,,,\r\n"
          "\"2026-11-24\",\"a \"\"quoted\"\" text\nof two lines\",\"\",\" 8 \",\"0\"\n"
          "2026-11-24 10:00,\"\",,9,NaN",
          "2: A|1.5|7|2026-11-24 10:00:00\n"
          "3: a symbol longer than twelve|-2000|-7|2026-11-24 10:00:00.5\n"
          "5: NULL|NULL|NULL|NULL\n"
          "6: a \"quoted\" text\nof two lines|0|8|2026-11-24 00:00:00\n"
          "8: |NaN|9|2026-11-24 10:00:00\n");
}

static void test_bad(void **state) {
    static const Field fields[] = {FIELD("a", INTEGER), FIELD("b", TEXT)};
    CHECK(*state, fields,
          "a,b\n"
          "1\n"
          "1,2,3\n"
          "x,y\n"
          "1,\"a\"b\n"
          "1,\xff\n"
          "3000000000,z\n"
          "x,\"two\nlines\",more\n"
          "2,5\" disk\n"
          "3,\"never closed\n"
          "4,after\n",
          "10: 2|5\" disk\n12: 4|after\n"
          "! 2 @4 22P04 1 field instead of 2 <1>\n"
          "! 3 @6 22P04 3 fields instead of 2 <1,2,3>\n"
          "! 4 @12 22P02 column \"a\": invalid input syntax for type integer: \"x\" <x,y>\n"
          "! 5 @16 22P04 text after a closing quote <1,\"a\"b>\n"
          "! 6 @23 22021 column \"b\": invalid UTF-8 <1,\xff>\n"
          "! 7 @27 22003 column \"a\": value \"3000000000\" is out of range for type integer <3000000000,z>\n"
          "! 8 @40 22P02 column \"a\": invalid input syntax for type integer: \"x\" <x,\"two\nlines\",more>\n"
          "! 11 @69 22P04 a quoted field has no end <3,\"never closed>\n");
}

static void test_header(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", INTEGER), FIELD("B", TEXT)};
    CHECK(fixture, fields, "A,b,B\n1,x,y\n", "2: 1|y\n");
    CHECK(fixture, fields, "A,a\n1,2\n", "2: 2|NULL\n");
    CHECK(fixture, fields, "a,A\n1,2\n", "2: 1|NULL\n");
    CHECK(fixture, fields, "\xef\xbb\xbf\"a\", B \n1,2\n", "2: 1|2\n");
    CHECK(fixture, fields, "\"a\"x\n1,2\n",
          "! 1 @0 22P04 text after a closing quote <\"a\"x>\n! 2 @5 22P04 the header could not be read "
          "<1,2>\n");
    CHECK(fixture, fields, "", "");
    CHECK(fixture, fields, "a,B\r1,x\r2,y\r",
          "! 1 @0 22P04 the header holds a CR: lines must end in LF or CR LF <a,B\r1,x\r2,y>\n");
    CHECK(fixture, fields, "\"a\",\"x\r\ny\"\r\n1,2\r\n", "3: 1|NULL\n");
    fixture->options.header = false;
    CHECK(fixture, fields, "1,x\n2,\"y\"", "1: 1|x\n2: 2|y\n");
}

/* As PostgreSQL 15's COPY: the NULL of a column that is alone is an empty line. */
static void test_one_field(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", TEXT)};
    static const Field numbers[] = {FIELD("a", INTEGER)};
    CHECK(fixture, fields, "\na\n1\n\n2\r\n\r\n\"\"\n\n\n", "3: 1\n4: NULL\n5: 2\n6: NULL\n7: \n8: NULL\n9: NULL\n");
    CHECK(fixture, numbers, "a\n\n1\n", "2: NULL\n3: 1\n");
    CHECK(fixture, fields, "a\n", "");
    CHECK(fixture, fields, "a,b\n\n1,2\n", "3: 1\n");
    fixture->options.null_text = STR("-");
    CHECK(fixture, fields, "a\n\n-\n", "2: \n3: NULL\n");
    CHECK(fixture, numbers, "a\n\n", "! 2 @2 22P02 column \"a\": invalid input syntax for type integer: \"\" <>\n");
    fixture->options.header = false;
    CHECK(fixture, fields, "\n-\n", "1: \n2: NULL\n");
}

static void test_options(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", TEXT), FIELD("b", TIMESTAMPTZ)};
    fixture->options.delimiter = '\t';
    fixture->options.quote = '\'';
    fixture->options.escape = '\\';
    fixture->options.null_text = STR("\\N");
    fixture->options.timestamp_unit = TIMESTAMP_UNIT_S;
    CHECK(fixture, fields,
          "a\tb\n"
          "'x\\'y\\\\z\\q'\t1700000000\n"
          "\\N\t\\N\n"
          "'\\N'\t2023-11-14 22:13:20\n"
          "\t'1700000000'\n"
          "\t1700000000.25\n"
          "\tinfinity\n",
          "2: x'y\\z\\q|2023-11-14 22:13:20+00\n3: NULL|NULL\n4: \\N|2023-11-14 22:13:20+00\n"
          "5: |2023-11-14 22:13:20+00\n6: |2023-11-14 22:13:20.25+00\n7: |infinity\n");
}

static void test_record_size(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", TEXT)};
    static const size_t piece_sizes[] = {0, 1, 2, 3, 7, 20};
    fixture->options.header = false;
    for (size_t i = 0; i < sizeof(piece_sizes) / sizeof(piece_sizes[0]); i++) {
        Text out;
        text_init(&out, &fixture->memory);
        Decoder *decoder = make_decoder(fixture, fields, 1);
        decoder_limit_record(decoder, 10);
        feed(fixture->pool, decoder, STR("0123456789\n01234567890\nx\n\"a\nb\nc\nd\ne\nf\n\"\n0123456789X"),
             piece_sizes[i], 10, &out, NULL);
        text_append_char(&out, '\0');
        bool same = strcmp(out.data,
                           "1: 0123456789\n3: x\n5: b\n6: c\n7: d\n8: e\n9: f\n"
                           "! 2 @11 54000 the record is longer than 10 bytes <0123456789>\n"
                           "! 4 @25 54000 the record is longer than 10 bytes <\"a>\n"
                           "! 10 @38 54000 the record is longer than 10 bytes <\">\n"
                           "! 11 @40 54000 the record is longer than 10 bytes <0123456789>\n") == 0;
        if (!same) print_message("piece %zu: %s\n", piece_sizes[i], out.data);
        decoder_destroy(decoder);
        text_deinit(&out);
        assert_true(same);
    }
}

static void test_warnings(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("symbol", TEXT), FIELD("prise", DOUBLE)};
    Text out;
    text_init(&out, &fixture->memory);
    Decoder *decoder = make_decoder(fixture, fields, 2);
    feed(fixture->pool, decoder, STR("symbol,price\nA,1\n"), 0, 10, &out, &out);
    text_append_char(&out, '\0');
    bool same =
        strcmp(out.data,
               "2: A|NULL\nwarning: column \"prise\" is not in the header; nearest field: \"price\"\n") == 0;
    if (!same) print_message("%s", out.data);
    decoder_destroy(decoder);
    text_deinit(&out);
    assert_true(same);
}

/* Rows of nothing but NULLs would hide that it is another file; the names are the whole header's, however it was cut. */
static void test_header_without_columns(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("symbol", TEXT), FIELD("price", DOUBLE)};
    CHECK(fixture, fields, "symbols,prices\nA,1\nB\n",
          "! 2 @15 22P04 no column is in the header, which has \"symbols\", \"prices\" <A,1>\n"
          "! 3 @19 22P04 1 field instead of 2 <B>\n");
    CHECK(fixture, fields, "symbol;price\nA;1\n",
          "! 2 @13 22P04 no column is in the header, which has \"symbol;price\": is delimiter right? <A;1>\n");
    check(fixture, fields, 1, STR("symbols,x\nA,1\n"),
          "! 2 @10 22P04 column \"symbol\" is not in the header; nearest field: \"symbols\" <A,1>\n");
    CHECK(fixture, fields, "x,y\n", "");
}

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return *seed >> 33;
}

/* A text column of hostile bytes and some NULLs. */
static Array make_texts(Frame *frame, uint32_t row_count, uint64_t *seed) {
    static const char bytes[] = "ab,\"\n\r\\ \t;'u";
    ArrayBuilder builder;
    Array array;
    Error err;
    assert_int_equal(array_builder_init(&builder, frame, type_of(TYPE_TEXT), row_count, &err), STATUS_OK);
    for (uint32_t row = 0; row < row_count; row++) {
        char value[20];
        size_t size = next_random(seed) % sizeof(value);
        for (size_t i = 0; i < size; i++) value[i] = bytes[next_random(seed) % (sizeof(bytes) - 1)];
        if (next_random(seed) % 5 == 0)
            array_builder_null(&builder);
        else
            array_builder_text(&builder, str_from(value, size));
    }
    assert_int_equal(array_builder_finish(&builder, &array, &err), STATUS_OK);
    return array;
}

/* Written, read, and written again: the same text. */
static void test_round_trip(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", TEXT), FIELD("b,\"x\"", TEXT)};
    Schema schema = {fields, 2};
    uint64_t seed = 3;
    Frame frame;
    Error err;
    assert_int_equal(frame_init(&frame, fixture->pool, &err), STATUS_OK);
    for (int round = 0; round < 300; round++) {
        schema.count = 1 + (uint32_t)round % 2;
        Text first, second;
        text_init(&first, &fixture->memory);
        text_init(&second, &fixture->memory);
        Array arrays[2] = {make_texts(&frame, 5, &seed), make_texts(&frame, 5, &seed)};
        Batch batch = {.row_count = 5, .column_count = schema.count, .columns = arrays};
        csv_write_header(&first, &schema, false, &fixture->options);
        csv_write_batch(&first, &schema, &batch, false, &fixture->options);
        Decoder *decoder = make_decoder(fixture, fields, schema.count);
        DecoderInput input;
        Buffer *buffer = feed_block(fixture->pool, &(DecoderInput){0}, text_str(&first), &input);
        input.is_end = true;
        DecoderRead read;
        assert_int_equal(decoder_read(decoder, &frame, &input, 100, &read, &err), STATUS_OK);
        assert_int_equal(read.dead_letter_count, 0);
        csv_write_header(&second, &schema, false, &fixture->options);
        csv_write_batch(&second, &schema, &read.batch, false, &fixture->options);
        assert_int_equal(first.size, second.size);
        assert_memory_equal(first.data, second.data, first.size);
        decoder_destroy(decoder);
        text_deinit(&first);
        text_deinit(&second);
        frame_reset(&frame);
        buffer_release(buffer);
    }
    frame_deinit(&frame);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
        cmocka_unit_test_setup_teardown(test_header, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_field, setup, teardown),
        cmocka_unit_test_setup_teardown(test_options, setup, teardown),
        cmocka_unit_test_setup_teardown(test_record_size, setup, teardown),
        cmocka_unit_test_setup_teardown(test_warnings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_header_without_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
