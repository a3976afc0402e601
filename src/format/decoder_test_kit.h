/* SPDX-License-Identifier: Apache-2.0
 * format/decoder_test_kit.h - for the tests of JSON and CSV: a decoder given the same bytes whole and in pieces.
 *
 *     static const Field trade[] = {FIELD("symbol", TEXT), FIELD("qty", BIGINT)};
 *     CHECK(*state, trade, "symbol,qty\nA,1\n", "2: A|1\n");
 *
 *     static int setup(void **state) { return decoder_setup(state, FORMAT_CSV); } */
#ifndef WEIR_FORMAT_DECODER_TEST_KIT_H
#define WEIR_FORMAT_DECODER_TEST_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/decoder_test_priv.h"

typedef struct Fixture {
    Memory memory;
    BufferPool *pool;
    FormatOptions options;
} Fixture;

static inline int decoder_setup(void **state, FormatId format) {
    static Fixture fixture; /* a test program's own */
    memory_init(&fixture.memory, 0);
    fixture.pool = buffer_pool_create(&fixture.memory);
    fixture.options = format_options_default(format);
    *state = &fixture;
    return 0;
}

static inline int teardown(void **state) {
    Fixture *fixture = *state;
    buffer_pool_destroy(fixture->pool);
    memory_deinit(&fixture->memory);
    return 0;
}

static inline Decoder *make_decoder(Fixture *fixture, const Field *fields, uint32_t count) {
    Decoder *decoder;
    Error err;
    Schema schema = {fields, count};
    assert_int_equal(decoder_create(&fixture->memory, &schema, &fixture->options, &decoder, &err), STATUS_OK);
    return decoder;
}

/* What comes out, whole and in pieces of 1 to 7 bytes and some more, must be `expected`. */
static inline void check(Fixture *fixture, const Field *fields, uint32_t count, Str bytes, const char *expected) {
    static const size_t piece_sizes[] = {0, 1, 2, 3, 4, 5, 6, 7, 13, 64};
    for (size_t i = 0; i < sizeof(piece_sizes) / sizeof(piece_sizes[0]); i++) {
        Decoder *decoder = make_decoder(fixture, fields, count);
        Text out;
        text_init(&out, &fixture->memory);
        feed(fixture->pool, decoder, bytes, piece_sizes[i], i % 2 == 0 ? BATCH_ROW_COUNT_MAX : 1, &out, NULL);
        text_append_char(&out, '\0');
        bool same = strcmp(out.data, expected) == 0;
        if (!same) print_message("piece %zu, got:\n%s\nexpected:\n%s\n", piece_sizes[i], out.data, expected);
        text_deinit(&out);
        decoder_destroy(decoder);
        assert_true(same);
    }
}

#define CHECK(fixture, fields, text, expected) \
    check((fixture), (fields), sizeof(fields) / sizeof((fields)[0]), STR(text), (expected))

#endif
