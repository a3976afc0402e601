/* SPDX-License-Identifier: Apache-2.0
 * format/json_shape.tmpl.h - reads lines that have the learned shape; see json_decode.c.
 *
 * Use: define JSON_RUN, the function's name, and include this once; it is undefined at the end. With AVX2 in
 * the compiler's flags strings are scanned 32 bytes at a time.
 *
 * The next line's start is found before this line is read, so that the CPU can begin with the next one while
 * it waits for this one's values. Whatever is unusual ends the run with that line untouched: json_decode.c
 * reads it the long way. */
#include "format/json_priv.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* ---- scanning ---- */

#if defined(__AVX2__)
/* As scan_string_stops, of 32 bytes. */
static inline uint32_t shape_stops(const char *at) {
    __m256i block = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i marks = _mm256_or_si256(_mm256_cmpeq_epi8(block, _mm256_set1_epi8('"')),
                                    _mm256_cmpeq_epi8(block, _mm256_set1_epi8('\\')));
    return (uint32_t)_mm256_movemask_epi8(
        _mm256_or_si256(marks, _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), block)));
}

static inline bool shape_step_matches(const ShapeStep *step, const char *at) {
    __m256i input = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i literal = _mm256_loadu_si256((const __m256i *)(const void *)step->literal);
    uint32_t equal = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(input, literal));
    return (~equal & step->mask) == 0;
}

/* As scan_string. */
static inline const char *shape_scan_string(const char *at) {
    for (;; at += 32) {
        uint32_t stops = shape_stops(at);
        if (stops != 0) return at + __builtin_ctz(stops);
    }
}
#else
static inline bool shape_step_matches(const ShapeStep *step, const char *at) {
    return json_step_matches(step, at);
}

static inline const char *shape_scan_string(const char *at) {
    return scan_string(at);
}
#endif

/* What may stand behind a bare value of such a line. Space may too in JSON, but then the step would not
 * match. */
static inline bool ends_value(char c) {
    return c == ',' || c == '}';
}

/* An integer of at most 18 digits; NULL: the long way. What follows it is for the next step to judge. */
static inline const char *shape_scan_integer(const char *at, int64_t *out) {
    static const uint64_t powers[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    bool negative = *at == '-';
    if (negative) at++;
    uint64_t digits = scan_load64(at) ^ 0x3030303030303030;
    unsigned count = scan_digit_count(digits);
    if (count == 0 || (*at == '0' && count > 1)) return NULL; /* no digit, or 007: not of JSON's grammar */
    uint64_t value = scan_eight_digits(digits << (64 - 8 * count));
    at += count;
    while (__builtin_expect(count == 8, 0)) {
        digits = scan_load64(at) ^ 0x3030303030303030;
        count = scan_digit_count(digits);
        if (count == 0) break;
        if (value >= 10000000000) return NULL; /* eight digits more could pass int64 */
        value = value * powers[count] + scan_eight_digits(digits << (64 - 8 * count));
        at += count;
    }
    if (negative) value = 0 - value;
    *out = (int64_t)value;
    return at;
}

/* ---- values: each the byte behind it, NULL for the long way ---- */

/* Integers look at nothing behind them: the step that follows begins with the byte there, and does not match if it is a point or a
 * letter. The last step's is shape_ends. */
static inline const char *shape_set_i64(DecoderColumn *column, uint32_t row, const char *at) {
    int64_t value;
    const char *end = shape_scan_integer(at, &value);
    if (end != NULL) column_set_i64(column, row, value);
    return end;
}

static inline const char *shape_set_i32(DecoderColumn *column, uint32_t row, const char *at) {
    int64_t value;
    const char *end = shape_scan_integer(at, &value);
    if (end == NULL || value != (int32_t)value) return NULL;
    ((int32_t *)column->values)[row] = (int32_t)value;
    column_mark(column, row);
    return end;
}

static inline const char *shape_set_i16(DecoderColumn *column, uint32_t row, const char *at) {
    int64_t value;
    const char *end = shape_scan_integer(at, &value);
    if (end == NULL || value != (int16_t)value) return NULL;
    ((int16_t *)column->values)[row] = (int16_t)value;
    column_mark(column, row);
    return end;
}

static inline const char *shape_set_bool(DecoderColumn *column, uint32_t row, const char *at) {
    bool value = memcmp(at, "true", 4) == 0;
    if (!value && memcmp(at, "false", 5) != 0) return NULL;
    at += value ? 4 : 5;
    if (!ends_value(*at)) return NULL;
    column_set_bool(column, row, value);
    return at;
}

static inline const char *shape_set_f64(Decoder *decoder, DecoderColumn *column, uint32_t row,
                                        const char *at) {
    double value;
    const char *end = number_scan_double(at, decoder->input->end, &value);
    /* An infinity has overflowed; a zero may be what is left of 1e-400. */
    bool is_sure = end != NULL && value - value == 0 && (value != 0 || end - at <= 5);
    if (!is_sure || !ends_value(*end)) return NULL;
    column_set_f64(column, row, value);
    return end;
}

static inline const char *shape_set_text(Decoder *decoder, DecoderColumn *column, const char *at) {
    if (*at != '"') return NULL;
    const char *end = shape_scan_string(at + 1);
    if (__builtin_expect(*end != '"', 0)) return NULL;
    column_set_text(decoder, column, at + 1, (size_t)(end - at) - 1);
    return end + 1;
}

/* Text, or counts of a unit that are whole microseconds. */
static inline const char *shape_set_timestamp(Decoder *decoder, DecoderColumn *column, uint32_t row,
                                              const char *at) {
    static const int64_t factors[] = {1000000, 1000, 1};
    TimestampUnit unit = decoder->options.timestamp_unit;
    int64_t value;
    const char *end;
    if (*at == '"') {
        end = column_scan_timestamp(&decoder->date, at + 1, &value);
        if (end == NULL || *end++ != '"') return NULL;
    } else {
        if (unit == TIMESTAMP_UNIT_NONE || unit == TIMESTAMP_UNIT_NS) return NULL;
        end = shape_scan_integer(at, &value);
        if (end == NULL || __builtin_mul_overflow(value, factors[unit], &value)) return NULL;
        if (!calendar_timestamp_is_valid(value)) return NULL;
    }
    column_set_i64(column, row, value);
    return end;
}

/* A field that no column takes: a plain string or an integer, as most are. */
static inline const char *shape_skip(const char *at) {
    if (*at == '"') {
        const char *end = shape_scan_string(at + 1);
        return *end == '"' ? end + 1 : NULL;
    }
    int64_t ignored;
    const char *end = shape_scan_integer(at, &ignored);
    return end != NULL && ends_value(*end) ? end : NULL;
}

/* The short way of the step's kind, or what json_set makes of it: a column may hold unusual values now and then without ending the run. */
static inline const char *shape_value(Decoder *decoder, const ShapeStep *step, uint32_t row, const char *at) {
    DecoderColumn *column = step->target;
    const char *end = NULL;
    switch ((ShapeKind)step->kind) {
        case SHAPE_SKIP: end = shape_skip(at); break;
        case SHAPE_I64: end = shape_set_i64(column, row, at); break;
        case SHAPE_I32: end = shape_set_i32(column, row, at); break;
        case SHAPE_I16: end = shape_set_i16(column, row, at); break;
        case SHAPE_F64: end = shape_set_f64(decoder, column, row, at); break;
        case SHAPE_BOOL: end = shape_set_bool(column, row, at); break;
        case SHAPE_TEXT: end = shape_set_text(decoder, column, at); break;
        case SHAPE_TIMESTAMP: end = shape_set_timestamp(decoder, column, row, at); break;
        case SHAPE_OTHER: break;
    }
    if (__builtin_expect(end != NULL, 1)) return end;
    return step->kind == SHAPE_SKIP ? json_skip(decoder, at) : json_set(decoder, column, at);
}

/* ---- lines ---- */

/* The object's closing brace and what may follow it in its line. */
static inline bool shape_ends(const char *at, const char *stop) {
    if (*at++ != '}') return false;
    while (at < stop && (*at == '\r' || *at == ' ' || *at == '\t')) at++;
    return at == stop;
}

/* One line from its brace to its line end. False: nothing has been counted, and what was written at the row is written again. */
static inline bool shape_record(Decoder *decoder, const Shape *shape, const char *at, const char *stop) {
    const ShapeStep *step = shape->steps, *last = step + shape->count;
    uint32_t row = decoder->row;
    for (; step < last; step++) {
        if (__builtin_expect(!shape_step_matches(step, at), 0)) return false;
        at = shape_value(decoder, step, row, at + step->size);
        if (__builtin_expect(at == NULL, 0)) return false;
    }
    return shape_ends(at, stop);
}

void JSON_RUN(Decoder *decoder, uint32_t row_count_max) {
    const Shape *shape = &decoder->json.shape;
    DecoderInput *input = decoder->input;
    /* Nothing to look at per record: every column is filled, none may refuse NULL, and no one asks any more which fields there were. */
    bool is_plain = shape->has_all_columns && !decoder->has_not_null && decoder->warned;
    DEBUG_ASSERT(shape->is_whole && shape->count > 0);
    const char *start = input->at;
    while (decoder->row < row_count_max && start < input->end) {
        const char *stop = memchr(start, '\n', (size_t)(input->end - start));
        /* Before the record is looked at: what is too long is that first of all, and a line that is cut
         * waits. */
        if (stop == NULL || (size_t)(stop - start) > decoder->record_size_max) break;
        if (!shape_record(decoder, shape, start, stop)) break;
        if (__builtin_expect(is_plain, 1)) {
            decoder->positions[decoder->row++] = input->position_base + decoder->line;
        } else {
            memcpy(decoder->seen, shape->seen, decoder->seen_words * sizeof(uint64_t));
            if (!decoder_end_row(decoder, decoder->line)) break;
        }
        decoder->line++;
        start = stop + 1;
    }
    if (start > input->at) decoder_consume(decoder, start);
}

#undef JSON_RUN
