/* SPDX-License-Identifier: Apache-2.0
 * base/number.c - integers to text and back, and the words for what goes wrong. */
#include "base/number.h"

#include "base/number_priv.h"

Status number_error(Error *err, NumberResult result, const char *type, Str text) {
    ASSERT(result != NUMBER_OK);
    ASSERT(type != NULL && type[0] != '\0');
    enum { SHOWN_SIZE_MAX = 200 };
    Str shown = str_from(text.data, text.size < SHOWN_SIZE_MAX ? text.size : SHOWN_SIZE_MAX);
    /* The first letter tells: no other type's name here begins with it. */
    bool is_float =
        type[0] == 'd' || type[0] == 'r'; /* double precision, real: PostgreSQL words these apart */
    switch (result) {
        case NUMBER_OK: break;
        case NUMBER_INVALID:
            return error_set(err, STATUS_INVALID_TEXT, "invalid input syntax for type %s: \"%.*s\"", type,
                             STR_ARGS(shown));
        case NUMBER_OUT_OF_RANGE:
            return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE,
                             is_float ? "\"%.*s\" is out of range for type %s"
                                      : "value \"%.*s\" is out of range for type %s",
                             STR_ARGS(shown), type);
        case NUMBER_DIVISION_BY_ZERO: return error_set(err, STATUS_DIVISION_BY_ZERO, "division by zero");
    }
    return error_set(err, STATUS_INTERNAL, "no number error to report");
}

static void write_eight(char *out, uint32_t value) {
    uint64_t word = number_digit_bytes(value) | NUMBER_EIGHT_ZEROS;
    memcpy(out, &word, sizeof(word));
}

/* value < 10^8, without leading zeros. */
static size_t write_head(char *out, uint32_t value) {
    uint64_t digits = number_digit_bytes(value);
    DEBUG_ASSERT(value < 100000000);
    /* The last digit stays even when it is the zero of 0. */
    unsigned skip = (unsigned)__builtin_ctzll(digits | 1ULL << 56) / 8;
    uint64_t word = (digits | NUMBER_EIGHT_ZEROS) >> skip * 8;
    memcpy(out, &word, sizeof(word));
    return 8 - skip;
}

size_t number_write_u64(char *out, uint64_t value) {
    DEBUG_ASSERT(out != NULL);
    STATIC_ASSERT(NUMBER_I64_SIZE_MAX >= 1 + 4 + 8 + 8,
                  "a sign, a head and two eights; a head writes eight bytes");
    enum { EIGHT = 100000000 };
    if (value < EIGHT) return write_head(out, (uint32_t)value);
    uint64_t high = value / EIGHT;
    uint32_t low = (uint32_t)(value % EIGHT);
    size_t size;
    if (high < EIGHT) {
        size = write_head(out, (uint32_t)high);
    } else {
        size = write_head(out, (uint32_t)(high / EIGHT));
        write_eight(out + size, (uint32_t)(high % EIGHT));
        size += 8;
    }
    write_eight(out + size, low);
    return size + 8;
}

size_t number_write_i64(char *out, int64_t value) {
    if (value >= 0) return number_write_u64(out, (uint64_t)value);
    *out = '-';
    return 1 + number_write_u64(out + 1, 0 - (uint64_t)value);
}

void text_append_u64(Text *text, uint64_t value) {
    char *room = text_reserve(text, NUMBER_I64_SIZE_MAX);
    if (room != NULL) text->size += number_write_u64(room, value);
}

void text_append_double(Text *text, double value) {
    char *room = text_reserve(text, NUMBER_DOUBLE_SIZE_MAX);
    if (room != NULL) text->size += number_write_double(room, value);
}

void text_append_float(Text *text, float value) {
    char *room = text_reserve(text, NUMBER_FLOAT_SIZE_MAX);
    if (room != NULL) text->size += number_write_float(room, value);
}

/* Digits only, at least one; false in *fits past 2^64. */
static const char *scan_digits(const char *at, const char *end, uint64_t *out, bool *fits) {
    DEBUG_ASSERT(at <= end);
    const char *start = at;
    uint64_t value = 0;
    *fits = true;
    /* Sixteen digits cannot pass 2^64; from there on each step is checked. */
    for (; end - at >= 8 && at - start < 16; at += 8) {
        uint64_t word = number_load_eight(at);
        if (!number_is_eight_digits(word)) break;
        value = value * 100000000 + number_eight_digits(word);
    }
    for (; at < end && number_is_digit(*at); at++) {
        if (__builtin_mul_overflow(value, 10ULL, &value)) *fits = false;
        if (__builtin_add_overflow(value, (uint64_t)(*at - '0'), &value)) *fits = false;
    }
    *out = value;
    return at;
}

/* A sign and digits, the whole text. */
static NumberResult parse_signed_magnitude(Str text, bool *negative, uint64_t *magnitude) {
    text = str_trim(text);
    const char *at = text.data, *end = at + text.size;
    *negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    bool fits;
    const char *after = scan_digits(at, end, magnitude, &fits);
    if (after == at || after != end) return NUMBER_INVALID;
    return fits ? NUMBER_OK : NUMBER_OUT_OF_RANGE;
}

NumberResult number_parse_i64(Str text, int64_t *out) {
    bool negative;
    uint64_t magnitude;
    NumberResult result = parse_signed_magnitude(text, &negative, &magnitude);
    if (result != NUMBER_OK) return result;
    /* -2^63 is one further from zero than 2^63 - 1. */
    if (magnitude > (uint64_t)INT64_MAX + negative) return NUMBER_OUT_OF_RANGE;
    *out = (int64_t)(negative ? 0 - magnitude : magnitude);
    return NUMBER_OK;
}

NumberResult number_parse_i32(Str text, int32_t *out) {
    int64_t value;
    NumberResult result = number_parse_i64(text, &value);
    if (result != NUMBER_OK) return result;
    if (value < INT32_MIN || value > INT32_MAX) return NUMBER_OUT_OF_RANGE;
    *out = (int32_t)value;
    return NUMBER_OK;
}

NumberResult number_parse_i16(Str text, int16_t *out) {
    int64_t value;
    NumberResult result = number_parse_i64(text, &value);
    if (result != NUMBER_OK) return result;
    if (value < INT16_MIN || value > INT16_MAX) return NUMBER_OUT_OF_RANGE;
    *out = (int16_t)value;
    return NUMBER_OK;
}

NumberResult number_parse_u64(Str text, uint64_t *out) {
    bool negative;
    uint64_t magnitude;
    NumberResult result = parse_signed_magnitude(text, &negative, &magnitude);
    if (result != NUMBER_OK) return result;
    /* "-0" is a number, and it is 0. */
    if (negative && magnitude > 0) return NUMBER_OUT_OF_RANGE;
    *out = magnitude;
    return NUMBER_OK;
}

const char *number_scan_i64(const char *at, const char *end, int64_t *out) {
    DEBUG_ASSERT(at <= end);
    bool negative = at < end && *at == '-', fits;
    at += negative;
    if (at == end || !number_is_digit(*at)) return NULL;
    /* JSON's grammar: no leading zeros. */
    if (*at == '0' && end - at > 1 && number_is_digit(at[1])) return NULL;
    uint64_t magnitude;
    at = scan_digits(at, end, &magnitude, &fits);
    if (!fits || magnitude > (uint64_t)INT64_MAX + negative) return NULL;
    *out = (int64_t)(negative ? 0 - magnitude : magnitude);
    return at;
}

uint64_t number_gcd(uint64_t a, uint64_t b) {
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}
