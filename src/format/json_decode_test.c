/* SPDX-License-Identifier: Apache-2.0
 * format/json_decode_test.c - JSON records into columns: values, bad records, any split. */
#include "format/decoder_test_kit.h"

static int setup(void **state) {
    return decoder_setup(state, FORMAT_JSON);
}

static void check_text(const Text *out, const char *expected) {
    bool same = strcmp(out->data, expected) == 0;
    if (!same) print_message("got:\n%s\nexpected:\n%s\n", out->data, expected);
    assert_true(same);
}

static const Field trade[] = {FIELD("symbol", TEXT), FIELD("price", DOUBLE), FIELD("qty", BIGINT),
                              FIELD("ts", TIMESTAMP)};

static void test_plain(void **state) {
    CHECK(*state, trade,
          "{\"symbol\":\"A\",\"price\":1.5,\"qty\":7,\"ts\":\"2026-11-24T10:00:00Z\"}\n"
          "{\"symbol\":\"a symbol longer than twelve\",\"price\":-2e3,\"qty\":-7,\"ts\":\"2026-11-24 "
          "10:00:00.25\"}\r\n"
          "\n"
          "   \t\n"
          " { \"symbol\" : \"B\" , \"price\" : 0 , \"qty\" : 0 , \"ts\" : \"2026-11-24T10:00:00+02:00\" } \n"
          "{\"ts\":\"2026-11-24\",\"symbol\":\"C\",\"other\":{\"a\":[1,{}]},\"qty\":123456789012345678}",
          "1: A|1.5|7|2026-11-24 10:00:00\n"
          "2: a symbol longer than twelve|-2000|-7|2026-11-24 10:00:00.25\n"
          "5: B|0|0|2026-11-24 08:00:00\n"
          "6: C|NULL|123456789012345678|2026-11-24 00:00:00\n");
}

static void test_names(void **state) {
    static const Field fields[] = {FIELD("price", BIGINT), FIELD("Price", BIGINT), FIELD("Qty", BIGINT)};
    CHECK(*state, fields,
          "{\"price\":1,\"Price\":2,\"QTY\":3}\n"
          "{\"Qty\":1,\"qty\":2,\"PRICE\":9}\n" /* the exact name wins; PRICE could be either */
          "{\"qty\":1,\"Qty\":2}\n"
          "{\"qty\":1,\"qTy\":2}\n"
          "{\"price\":1,\"price\":2,\"price\":null}\n"
          "{\"price\":null,\"price\":2}\n"
          "{\"pri\\u0063e\":5}\n",
          "1: 1|2|3\n2: NULL|NULL|1\n3: NULL|NULL|2\n4: NULL|NULL|2\n5: NULL|NULL|NULL\n6: 2|NULL|NULL\n7: "
          "5|NULL|NULL\n");
}

static void test_values(void **state) {
    static const Field fields[] = {FIELD("a", TEXT), FIELD("i", INTEGER), FIELD("b", BOOLEAN),
                                   FIELD("d", DOUBLE)};
    CHECK(*state, fields,
          "{\"a\":1.50,\"i\":1.0,\"b\":true,\"d\":\"1.5\"}\n"
          "{\"a\":true,\"i\":1e3,\"b\":\"false\",\"d\":1}\n"
          "{\"a\":{\"x\": [1, \"]\"]},\"i\":\"12\",\"b\":null,\"d\":0.1}\n"
          "{\"a\":[1,2],\"i\":-2147483648,\"b\":false,\"d\":-0.0}\n"
          "{\"a\":\"x\\n\\t\\\"\\\\\\/\\b\\f\\r\\u00e9\\ud83d\\ude00\"}\n"
          "{\"a\":\"\"}\n{}\n{\"a\":\"h\xc3\xa9llo w\xc3\xb6rld, long\"}\n",
          "1: 1.50|1|t|1.5\n2: true|1000|f|1\n3: {\"x\": [1, \"]\"]}|12|NULL|0.1\n4: [1,2]|-2147483648|f|-0\n"
          "5: x\n\t\"\\/\b\f\r\xc3\xa9\xf0\x9f\x98\x80|NULL|NULL|NULL\n6: |NULL|NULL|NULL\n7: "
          "NULL|NULL|NULL|NULL\n"
          "8: h\xc3\xa9llo w\xc3\xb6rld, long|NULL|NULL|NULL\n");
}

static void test_bad_values(void **state) {
    static const Field fields[] = {FIELD("a", TEXT), FIELD("i", INTEGER)};
    CHECK(*state, fields,
          "{\"a\":\"\\u0000\"}\n"
          "{\"i\":2147483648}\n"
          "{\"i\":1.5}\n"
          "{\"i\":99999999999999999999999999}\n"
          "{\"i\":true}\n"
          "{\"i\":{}}\n"
          "{\"i\":\"\"}\n"
          "{\"a\":\"\\ud800\"}\n"
          "{\"a\":\"\xff\"}\n"
          "{\"x\":\"\xc0\xaf\"}\n"
          "{\"a\":\"good\",\"i\":1}\n",
          "11: good|1\n"
          "! 1 @0 22P02 column \"a\": \\u0000 cannot be in a text <{\"a\":\"\\u0000\"}>\n"
          "! 2 @15 22003 column \"i\": value \"2147483648\" is out of range for type integer "
          "<{\"i\":2147483648}>\n"
          "! 3 @32 42804 column \"i\": a number with a fraction is not of type integer <{\"i\":1.5}>\n"
          "! 4 @42 22003 column \"i\": value \"99999999999999999999999999\" is out of range for type integer "
          "<{\"i\":99999999999999999999999999}>\n"
          "! 5 @75 42804 column \"i\": a boolean is not of type integer <{\"i\":true}>\n"
          "! 6 @86 42804 column \"i\": an object is not of type integer <{\"i\":{}}>\n"
          "! 7 @95 22P02 column \"i\": invalid input syntax for type integer: \"\" <{\"i\":\"\"}>\n"
          "! 8 @104 22P02 column \"a\": half a surrogate pair cannot be in a text <{\"a\":\"\\ud800\"}>\n"
          "! 9 @119 22021 invalid UTF-8 in a string <{\"a\":\"\xff\"}>\n"
          "! 10 @129 22021 invalid UTF-8 in a string <{\"x\":\"\xc0\xaf\"}>\n");
}

/* Each of these lines is bad, with good ones between that must come through. */
static void test_malformed(void **state) {
    static const Field fields[] = {FIELD("a", TEXT)};
    static const char *const bad[] = {
        "{",
        "}",
        "[1]",
        "1",
        "\"a\"",
        "null",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,}",
        "{\"a\":1}}",
        "{\"a\":1} {\"a\":2}",
        "{\"a\":1,\"b\":tru}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":1e}",
        "{\"a\":-}",
        "{\"a\":\"x}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\x01\"}",
        "{\"a\":[1,2}",
        "{\"a\":[1,]}",
        "{\"a\":{\"b\":1]}",
        "{\"a\":{\"b\"}}",
        "{\"a\":{,}}",
        "{,\"a\":1}",
        "{\"a\":1,,\"b\":2}",
        "{\"a\":nul}",
        "{\"a\":nullx}",
        "{\"a\":truefalse}",
        "\x00{}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "// comment",
        "{\"a\":1}x",
        "{\"a\" \"b\"}",
        "{\"a\":1:2}",
        "{\"a\":[}",
        "{\"a\":]",
    };
    Fixture *fixture = *state;
    size_t bad_count = sizeof(bad) / sizeof(bad[0]);
    for (size_t piece = 0; piece < 9; piece++) {
        Text bytes, out;
        text_init(&bytes, &fixture->memory);
        text_init(&out, &fixture->memory);
        for (size_t i = 0; i < bad_count; i++) {
            text_append_c(&bytes, bad[i]);
            text_append_c(&bytes, i == 36 ? "x" : "");
            text_append_c(&bytes, "\n{\"a\":\"good\"}\n");
        }
        Decoder *decoder = make_decoder(fixture, fields, 1);
        FeedCounts counts =
            feed(fixture->pool, decoder, text_str(&bytes), piece, BATCH_ROW_COUNT_MAX, &out, NULL);
        text_append_char(&out, '\0');
        if (counts.rows != bad_count || counts.letters != bad_count) print_message("%s\n", out.data);
        assert_int_equal(counts.rows, bad_count);
        assert_int_equal(counts.letters, bad_count);
        decoder_destroy(decoder);
        text_deinit(&bytes);
        text_deinit(&out);
    }
}

static void test_timestamps(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("t", TIMESTAMP), FIELD("z", TIMESTAMPTZ), FIELD("d", DATE),
                                   FIELD("c", TIME)};
    CHECK(fixture, fields,
          "{\"t\":1700000000,\"z\":1}\n"
          "{\"t\":\"2026-02-29T00:00:00\"}\n"
          "{\"t\":\"2026-02-28T24:00:00\",\"z\":\"2026-02-28T23:59:60.5-01:30\",\"d\":\"2026-02-28\",\"c\":"
          "\"10:00\"}\n"
          "{\"t\":\"2026-02-28T10:00\",\"z\":\"2026-02-28T10:00:00.1234567Z\",\"d\":20260228}\n"
          "{\"t\":\"2026-02-28T1x\"}\n",
          "3: 2026-03-01 00:00:00|2026-03-01 01:30:00.5+00|2026-02-28|10:00:00\n"
          "! 1 @0 22007 column \"t\": a number is a timestamp only with the option timestamp_unit ('s', "
          "'ms', 'us' or 'ns') "
          "<{\"t\":1700000000,\"z\":1}>\n"
          "! 2 @23 22008 column \"t\": date/time field value out of range: \"2026-02-29T00:00:00\" "
          "<{\"t\":\"2026-02-29T00:00:00\"}>\n"
          "! 4 @142 42804 column \"d\": a number is not of type date "
          "<{\"t\":\"2026-02-28T10:00\",\"z\":\"2026-02-28T10:00:00.1234567Z\",\"d\":20260228}>\n"
          "! 5 @215 22007 column \"t\": invalid input syntax for type timestamp: \"2026-02-28T1x\" "
          "<{\"t\":\"2026-02-28T1x\"}>\n");
    fixture->options.timestamp_unit = TIMESTAMP_UNIT_S;
    CHECK(fixture, fields,
          "{\"t\":1700000000,\"z\":1700000000.25}\n{\"t\":-1,\"z\":1.7e9}\n{\"t\":9223372036854775807}\n",
          "1: 2023-11-14 22:13:20|2023-11-14 22:13:20.25+00|NULL|NULL\n"
          "2: 1969-12-31 23:59:59|2023-11-14 22:13:20+00|NULL|NULL\n"
          "! 3 @54 22008 column \"t\": timestamp out of range: 9223372036854775807 "
          "<{\"t\":9223372036854775807}>\n");
    /* The same as text; what is no number is read as without the option. */
    CHECK(fixture, fields,
          "{\"t\":\"1700000000\",\"z\":\"1700000000.25\"}\n{\"t\":\"-1\",\"z\":\"2026-02-28 10:00+00\"}\n{\"t\":\"-infinity\"}\n"
          "{\"t\":\"9223372036854775807\"}\n{\"d\":\"1700000000\"}\n",
          "1: 2023-11-14 22:13:20|2023-11-14 22:13:20.25+00|NULL|NULL\n"
          "2: 1969-12-31 23:59:59|2026-02-28 10:00:00+00|NULL|NULL\n"
          "3: -infinity|NULL|NULL|NULL\n"
          "! 4 @94 22008 column \"t\": timestamp out of range: 9223372036854775807 <{\"t\":\"9223372036854775807\"}>\n"
          "! 5 @122 22008 column \"d\": date/time field value out of range: \"1700000000\" <{\"d\":\"1700000000\"}>\n");
    fixture->options.timestamp_unit = TIMESTAMP_UNIT_MS;
    CHECK(fixture, fields, "{\"t\":1700000000123}", "1: 2023-11-14 22:13:20.123|NULL|NULL|NULL\n");
    fixture->options.timestamp_unit = TIMESTAMP_UNIT_NS;
    CHECK(fixture, fields, "{\"t\":1700000000123456789}", "1: 2023-11-14 22:13:20.123457|NULL|NULL|NULL\n");
}

/* So fine that all that is left after rounding is zero: more digits go than there are powers of ten. */
static void test_finest_timestamps(void **state) {
    static const Field fields[] = {FIELD("t", TIMESTAMP)};
    Fixture *fixture = *state;
    fixture->options.timestamp_unit = TIMESTAMP_UNIT_NS;
    CHECK(fixture, fields,
          "{\"t\":0.00000000000000000000000000000000000001}\n"
          "{\"t\":9.9999999999999999999999999999999999999}\n"
          "{\"t\":1500.0000000000000000000000000000000001}\n",
          "1: 1970-01-01 00:00:00\n2: 1970-01-01 00:00:00\n3: 1970-01-01 00:00:00.000002\n");
}

static void test_array(void **state) {
    static const Field fields[] = {FIELD("a", BIGINT), FIELD("b", TEXT)};
    CHECK(*state, fields, " [ {\"a\":1,\"b\":\"x\"}, {\"a\":2 ,\n \"b\":\"]\"} ,\n{\"a\":3}\n] \n",
          "1: 1|x\n2: 2|]\n3: 3|NULL\n");
    CHECK(*state, fields, "[]", "");
    CHECK(*state, fields,
          "[\n  {\n    \"a\": 1,\n    \"b\": {\"c\": [\n1]}\n  },\n  {\n    \"a\": \"x\"\n  },\n  {\n    "
          "\"a\": "
          "2\n  }\n]",
          "1: 1|{\"c\": [\n1]}\n3: 2|NULL\n"
          "! 2 @46 22P02 column \"a\": invalid input syntax for type bigint: \"x\" <{\n    \"a\": \"x\"\n  "
          "}>\n");
    CHECK(*state, fields, "[{\"a\":1}, 5, {\"a\":2} {\"a\":3}]\n{\"a\":4}\n",
          "1: 1|NULL\n3: 2|NULL\n6: 4|NULL\n"
          "! 2 @10 22P04 invalid JSON at byte 1: an object is expected <5>\n"
          "! 4 @21 22P04 invalid JSON at byte 1: a comma or ] is expected <{\"a\":3}>\n");
    CHECK(*state, fields, "[{\"a\":1}, {\"a\":2",
          "1: 1|NULL\n! 2 @10 22P04 invalid JSON: the input ends inside the array <{\"a\":2>\n");
    CHECK(*state, fields, "[{\"a\":1},",
          "1: 1|NULL\n! 2 @9 22P04 invalid JSON: the input ends inside the array <>\n");
}

static void test_marks_and_ends(void **state) {
    static const Field fields[] = {FIELD("a", BIGINT)};
    CHECK(*state, fields, "", "");
    CHECK(*state, fields, "\n\n \n", "");
    CHECK(*state, fields, "\xef\xbb\xbf{\"a\":1}\n{\"a\":2}", "1: 1\n2: 2\n");
    CHECK(*state, fields, "\xef\xbb",
          "! 1 @0 22P04 invalid JSON at byte 1: an object is expected <\xef\xbb>\n");
    CHECK(*state, fields, "{\"a\":1}\r\n{\"a\":2}\r", "1: 1\n2: 2\n");
    CHECK(*state, fields, "{\"a\":1",
          "! 1 @0 22P04 invalid JSON: the line ends where a comma or } is expected <{\"a\":1>\n");
}

static void test_not_null(void **state) {
    static const Field fields[] = {FIELD("a", BIGINT),
                                   {.name = {"b", 1}, .type = {.id = TYPE_TEXT}, .not_null = true}};
    CHECK(*state, fields, "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n{\"b\":null}\n{\"a\":3,\"b\":\"\"}\n",
          "1: 1|x\n4: 3|\n"
          "! 2 @16 23502 null value in column \"b\" violates not-null constraint <{\"a\":2}>\n"
          "! 3 @24 23502 null value in column \"b\" violates not-null constraint <{\"b\":null}>\n");
}

static void test_depth(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", TEXT)};
    for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        Text bytes, out;
        text_init(&bytes, &fixture->memory);
        text_init(&out, &fixture->memory);
        text_append_c(&bytes, "{\"a\":");
        text_append_repeated(&bytes, '[', depth);
        text_append_char(&bytes, '1');
        text_append_repeated(&bytes, ']', depth);
        text_append_c(&bytes, "}\n");
        Decoder *decoder = make_decoder(fixture, fields, 1);
        FeedCounts counts = feed(fixture->pool, decoder, text_str(&bytes), 0, 10, &out, NULL);
        assert_int_equal(counts.rows, depth == JSON_DEPTH_MAX);
        assert_int_equal(counts.letters, depth != JSON_DEPTH_MAX);
        decoder_destroy(decoder);
        text_deinit(&bytes);
        text_deinit(&out);
    }
}

static void test_record_size(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", TEXT)};
    static const size_t piece_sizes[] = {0, 1, 2, 3, 7, 20};
    for (size_t i = 0; i < sizeof(piece_sizes) / sizeof(piece_sizes[0]); i++) {
        Text out;
        text_init(&out, &fixture->memory);
        Decoder *decoder = make_decoder(fixture, fields, 1);
        decoder_limit_record(decoder, 20);
        feed(
            fixture->pool, decoder,
            STR("{\"a\":\"123456789012\"}\n{\"a\":\"1234567890123\"}\n{\"a\":1}\n{\"a\":\"12345678901234567"),
            piece_sizes[i], 10, &out, NULL);
        decoder_restart(decoder);
        feed(fixture->pool, decoder,
             STR("[{\"a\":\"123456789012\"},{\"a\":\"1234567890123\"},{\"a\":1},{\"a\":\"1234567890123\"}]"),
             piece_sizes[i], 10, &out, NULL);
        text_append_char(&out, '\0');
        for (char *at = out.data; (at = strchr(at, '<')) != NULL; at++)
            memmove(at, strchr(at, '\n'), strlen(strchr(at, '\n')) + 1);
        check_text(&out,
                   "1: 123456789012\n3: 1\n"
                   "! 2 @21 54000 the record is longer than 20 bytes \n"
                   "! 4 @51 54000 the record is longer than 20 bytes \n"
                   "1: 123456789012\n3: 1\n"
                   "! 2 @22 54000 the record is longer than 20 bytes \n"
                   "! 4 @52 54000 the record is longer than 20 bytes \n");
        decoder_destroy(decoder);
        text_deinit(&out);
    }
}

static void test_warnings(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("symbol", TEXT), FIELD("prise", DOUBLE), FIELD("zzz", TEXT)};
    Text out;
    text_init(&out, &fixture->memory);
    Decoder *decoder = make_decoder(fixture, fields, 3);
    feed(fixture->pool, decoder, STR("{\"symbol\":\"A\",\"price\":1}\n{\"symbol\":\"B\",\"price\":2}\n"), 0,
         10, &out, &out);
    text_append_char(&out, '\0');
    assert_string_equal(
        out.data,
        "1: A|NULL|NULL\n2: B|NULL|NULL\n"
        "warning: column \"prise\" is not in any of the first records; nearest field: \"price\"\n"
        "warning: column \"zzz\" is not in any of the first records\n");
    decoder_destroy(decoder);
    text_deinit(&out);
}

/* Of a pipe the first record may come alone: a column is missing once ten have come without it, or all. */
#define FIVE_RECORDS "{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n"
static void test_warning_waits_for_some_records(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", BIGINT), FIELD("z", TEXT)};
    Text out;
    text_init(&out, &fixture->memory);
    Decoder *decoder = make_decoder(fixture, fields, 2);
    feed(fixture->pool, decoder, STR("{\"a\":1}\n{\"a\":2,\"z\":\"x\"}\n"), 8, 10, &out, &out);
    decoder_restart(decoder);
    feed(fixture->pool, decoder, STR(FIVE_RECORDS FIVE_RECORDS "{\"z\":\"x\"}\n"), 8, 10, &out, &out);
    text_append_char(&out, '\0');
    assert_string_equal(out.data, "1: 1|NULL\n2: 2|x\n1: 1|NULL\n2: 1|NULL\n3: 1|NULL\n4: 1|NULL\n5: 1|NULL\n6: 1|NULL\n7: 1|NULL\n8: 1|NULL\n9: 1|NULL\n"
                                  "10: 1|NULL\nwarning: column \"z\" is not in any of the first records\n11: NULL|x\n");
    decoder_destroy(decoder);
    text_deinit(&out);
}

/* Once for each partition, however many records follow. */
static void test_warning_is_said_once_a_partition(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", BIGINT), FIELD("zzz", TEXT)};
    Text out;
    text_init(&out, &fixture->memory);
    Decoder *decoder = make_decoder(fixture, fields, 2);
    feed(fixture->pool, decoder, STR("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"), 0, 1, &out, &out);
    decoder_restart(decoder);
    feed(fixture->pool, decoder, STR("{\"a\":4}\n"), 0, 1, &out, &out);
    text_append_char(&out, '\0');
    assert_string_equal(out.data, "1: 1|NULL\n2: 2|NULL\n3: 3|NULL\nwarning: column \"zzz\" is not in any of the first records\n1: 4|NULL\nwarning: column \"zzz\" is not in any of the first records\n");
    decoder_destroy(decoder);
    text_deinit(&out);
}

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return *seed >> 33;
}

/* Right-aligned numbers: more space than the record before had. */
static void test_wider_space(void **state) {
    static const Field fields[] = {FIELD("a", BIGINT), FIELD("b", BIGINT)};
    CHECK(*state, fields,
          "{\"a\": 10,\"b\":1}\n{\"a\": 20,\"b\":1}\n{\"a\":  5,\"b\": 1}\n{\"a\": 30 , \"b\":1 }\n",
          "1: 10|1\n2: 20|1\n3: 5|1\n4: 30|1\n");
}

/* Records of changing shape against the same ones read by a decoder that has just been made. */
static void test_shapes(void **state) {
    Fixture *fixture = *state;
    static const Field fields[] = {FIELD("a", BIGINT), FIELD("b", TEXT), FIELD("c", DOUBLE),
                                   FIELD("d", BOOLEAN)};
    static const char *const values[] = {"1", "\"12\"", "0.5", "true", "null", "\"x\"", "-7", "{\"k\":[]}"};
    static const char *const names[] = {"a", "b", "c", "d",
                                        "e", "A", "B", "a name that is much longer than the others"};
    static const char *const spaces[] = {"", "", "", " ", "  "};
    uint64_t seed = 7;
    Decoder *learned = make_decoder(fixture, fields, 4);
    for (int i = 0; i < 3000; i++) {
        Text record, once, twice;
        text_init(&record, &fixture->memory);
        text_init(&once, &fixture->memory);
        text_init(&twice, &fixture->memory);
        text_append_char(&record, '{');
        uint64_t width = next_random(&seed) % 6, style = next_random(&seed) % 5;
        for (uint64_t f = 0; f < width; f++) {
            const char *name = names[i % 3 == 0 ? next_random(&seed) % 8 : f];
            text_append_format(&record, "%s%s\"%s\"%s:%s", f > 0 ? "," : "", spaces[style], name,
                               spaces[style / 2], values[next_random(&seed) % 8]);
        }
        text_append_c(&record, "}\n");
        Decoder *fresh = make_decoder(fixture, fields, 4);
        feed(fixture->pool, fresh, text_str(&record), 0, 10, &once, NULL);
        decoder_restart(learned);
        feed(fixture->pool, learned, text_str(&record), 0, 10, &twice, NULL);
        assert_int_equal(once.size, twice.size);
        assert_memory_equal(once.data, twice.data, once.size);
        decoder_destroy(fresh);
        text_deinit(&record);
        text_deinit(&once);
        text_deinit(&twice);
    }
    decoder_destroy(learned);
}

/* Every allocation refused in turn: an error or a success, never a leak (the teardown asserts that). */
static void test_refused_memory(void **state) {
    Fixture *fixture = *state;
    Memory *memory = &fixture->memory;
    static const char bytes[] = "{\"symbol\":\"a long symbol \\n with escape\",\"price\":null}\n{\"x\n";
    for (int64_t n = 1; n < 100; n++) {
        Memory own;
        memory_init(&own, 0);
        BufferPool *pool = buffer_pool_create(&own);
        Frame frame;
        Error err;
        Decoder *decoder = NULL;
        assert_int_equal(frame_init(&frame, pool, &err), STATUS_OK);
        Buffer *buffer = buffer_alloc(pool, sizeof(bytes) + DECODER_PADDING);
        memcpy(buffer->data, bytes, sizeof(bytes) - 1);
        DecoderInput input = {
            .at = buffer->data, .end = buffer->data + sizeof(bytes) - 1, .owner = buffer, .is_end = true};
        Schema schema = {trade, 4};
        DecoderRead read;
        atomic_store(&own.fail_at, n);
        Status status = decoder_create(&own, &schema, &fixture->options, &decoder, &err);
        if (status == STATUS_OK) status = decoder_read(decoder, &frame, &input, 100, &read, &err);
        bool has_failed = atomic_load(&own.fail_at) == 0;
        atomic_store(&own.fail_at, 0);
        assert_true(status == STATUS_OK || status == STATUS_OUT_OF_MEMORY);
        frame_deinit(&frame);
        buffer_release(buffer);
        decoder_destroy(decoder);
        buffer_pool_destroy(pool);
        memory_deinit(&own);
        if (!has_failed) break;
    }
    (void)memory;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_timestamps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_finest_timestamps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_array, setup, teardown),
        cmocka_unit_test_setup_teardown(test_marks_and_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_null, setup, teardown),
        cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_record_size, setup, teardown),
        cmocka_unit_test_setup_teardown(test_warnings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_warning_waits_for_some_records, setup, teardown),
        cmocka_unit_test_setup_teardown(test_warning_is_said_once_a_partition, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wider_space, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shapes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
