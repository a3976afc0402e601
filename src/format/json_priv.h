/* SPDX-License-Identifier: Apache-2.0
 * format/json_priv.h - values inside a JSON record.
 *
 * Two ways read the same bytes, and a fuzz target holds them to the same answer: json_run, for lines that
 * look like the one before, and read_object of json_decode.c, which takes everything. Both put values into
 * columns with the functions of decoder_priv.h; the first gives up on whatever is unusual, and the second
 * reads that line from its start.
 *
 * Nothing here asks for the end of the input: see the README on what stands behind a block. */
#ifndef WEIR_FORMAT_JSON_PRIV_H
#define WEIR_FORMAT_JSON_PRIV_H

#include "format/decoder_priv.h"

/* A string between its quotes, as written. */
typedef struct JsonText {
    const char *start;
    size_t size;
    bool escaped; /* holds a backslash */
} JsonText;

/* Space, tabulator, carriage return, and, where a record is not a line, line feed. */
static inline const char *json_skip_space(const Decoder *decoder, const char *at) {
    while (*at == ' ' || *at == '\t' || *at == '\r' || (*at == '\n' && decoder->json.mode != JSON_LINES))
        at++;
    return at;
}

/* Whether the bytes at `at` are the step's. Reads 32. */
static inline bool json_step_matches(const ShapeStep *step, const char *at) {
    if (step->size <= 16) return step->size > 0 && scan_equal16(at, step->literal, step->size);
    return scan_equal16(at, step->literal, 16) && scan_equal16(at + 16, step->literal + 16, step->size - 16);
}

/* Lines that have the shape, from json_shape.tmpl.h for plain x86-64 (or any CPU) and for AVX2. */
JsonRun json_run, json_run_avx2;

/* Each of these takes what stands at `at` and returns the byte behind it; NULL when it is not that, and then
 * decoder->error says why. */

/* A string; `at` is at its quote. Its UTF-8 is checked. */
const char *json_scan_text(Decoder *decoder, const char *at, JsonText *out);
/* A number of JSON's grammar; *is_integer: neither a point nor an exponent. */
const char *json_scan_number(Decoder *decoder, const char *at, bool *is_integer);
/* Any value, its grammar checked, without recursion. */
const char *json_skip(Decoder *decoder, const char *at);
/* Any value, into a column at the current row. Not JSON is BAD_RECORD; JSON that the column cannot hold is
 * the status of its type (INVALID_TEXT, NUMERIC_OUT_OF_RANGE, DATATYPE_MISMATCH, ..), with the column's
 * name. */
const char *json_set(Decoder *decoder, DecoderColumn *column, const char *at);

/* The text without its escapes, in decoder->scratch; data NULL with decoder->error when it cannot be (\u0000,
 * half a surrogate pair). */
Str json_unescape(Decoder *decoder, const JsonText *text);

/* decoder->error: "invalid JSON at byte 18: expected a colon". NULL, to be returned. */
const char *json_fail(Decoder *decoder, const char *at, const char *expected);

#endif
