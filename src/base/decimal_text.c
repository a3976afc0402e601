/* SPDX-License-Identifier: Apache-2.0
 * base/decimal_text.c - NUMERIC from and to text. */
#include "base/decimal_priv.h"
#include "base/number_priv.h"

typedef DecimalMagnitude U128;

/* A number in text: digits (point skipped when reading) times 10^exponent of the last one. */
typedef struct DecimalText {
    const char *start, *end; /* digits and at most one point, without leading zeros */
    int64_t exponent;
    int64_t digit_count; /* from the first that is not zero */
    int64_t written_scale;
    bool negative;
} DecimalText;

static NumberResult read_special(Str text) {
    if (text.size > 0 && (text.data[0] == '-' || text.data[0] == '+'))
        text = str_from(text.data + 1, text.size - 1);
    bool special = str_equal_ignore_case(text, STR("nan")) || str_equal_ignore_case(text, STR("infinity")) ||
                   str_equal_ignore_case(text, STR("inf"));
    return special ? NUMBER_OUT_OF_RANGE : NUMBER_INVALID;
}

/* "e-12", the rest of the text. */
static bool read_exponent(const char *at, const char *end, int64_t *out) {
    enum { EXPONENT_CAP = 1000000 };
    if (at == end) return true;
    if ((*at | 0x20) != 'e') return false;
    at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    if (at == end) return false;
    int64_t value = 0;
    for (; at < end && number_is_digit(*at); at++)
        if (value < EXPONENT_CAP) value = value * 10 + (*at - '0');
    *out = negative ? -value : value;
    return at == end;
}

static NumberResult read_text(Str text, DecimalText *out) {
    DEBUG_ASSERT(text.data != NULL || text.size == 0);
    text = str_trim(text);
    const char *at = text.data, *end = at + text.size;
    *out = (DecimalText){.negative = at < end && *at == '-'};
    if (at < end && (*at == '-' || *at == '+')) at++;
    const char *start = at, *point = NULL;
    for (; at < end && (number_is_digit(*at) || (*at == '.' && point == NULL)); at++)
        if (*at == '.') point = at;
    if (at - start - (point != NULL) == 0) return read_special(text);
    int64_t exponent = 0, fraction = point == NULL ? 0 : at - point - 1;
    if (!read_exponent(at, end, &exponent)) return NUMBER_INVALID;
    out->end = at;
    /* The point may be among the leading zeros (0.001): then it is not between the digits kept. */
    while (start < at && (*start == '0' || *start == '.')) start++;
    out->start = start;
    out->digit_count = at - start - (point != NULL && point >= start);
    out->exponent = exponent - fraction;
    out->written_scale = out->exponent < 0 ? -out->exponent : 0;
    return NUMBER_OK;
}

/* The first `count` digits as an integer, and whether the next says to round up. */
static U128 take_digits(const DecimalText *text, int64_t count, bool *up) {
    DEBUG_ASSERT(count >= 0 && count <= text->digit_count);
    DEBUG_ASSERT(count <= DECIMAL_DIGIT_COUNT_MAX); /* 10^38 < 2^127 */
    U128 value = 0;
    const char *at = text->start;
    for (; count > 0; at++) {
        if (*at == '.') continue;
        value = value * 10 + (unsigned)(*at - '0');
        count--;
    }
    if (at < text->end && *at == '.') at++;
    *up = at < text->end && *at >= '5';
    return value;
}

static NumberResult to_scale(const DecimalText *text, int precision, int scale, Decimal *out) {
    DEBUG_ASSERT(precision >= 1 && precision <= DECIMAL_DIGIT_COUNT_MAX);
    int64_t shift = text->exponent + scale; /* of the last digit */
    int64_t kept = text->digit_count + (shift < 0 ? shift : 0);
    if (kept > DECIMAL_DIGIT_COUNT_MAX) return NUMBER_OUT_OF_RANGE;
    U128 value = 0;
    bool up = false;
    if (kept >= 0 && text->digit_count > 0) value = take_digits(text, kept, &up);
    /* kept < 0: the first digit lies two or more places below the last one kept, nothing to round. */
    if (shift >= 0) up = false;
    if (value > 0 && shift > 0) {
        if (kept + shift > DECIMAL_DIGIT_COUNT_MAX) return NUMBER_OUT_OF_RANGE;
        value *= decimal_powers_of_ten[shift];
    }
    value += up;
    if (value >= decimal_powers_of_ten[precision]) return NUMBER_OUT_OF_RANGE;
    *out = text->negative ? -(Decimal)value : (Decimal)value;
    return NUMBER_OK;
}

NumberResult decimal_parse(Str text, int precision, int scale, Decimal *out) {
    DEBUG_ASSERT(precision >= 1 && precision <= DECIMAL_DIGIT_COUNT_MAX && scale >= 0 &&
                 scale <= DECIMAL_SCALE_MAX);
    DecimalText parts;
    NumberResult result = read_text(text, &parts);
    return result != NUMBER_OK ? result : to_scale(&parts, precision, scale, out);
}

NumberResult decimal_parse_natural(Str text, DecimalScaled *out) {
    DecimalText parts;
    NumberResult result = read_text(text, &parts);
    if (result != NUMBER_OK) return result;
    int scale = parts.written_scale > DECIMAL_SCALE_MAX ? DECIMAL_SCALE_MAX : (int)parts.written_scale;
    Decimal value;
    result = to_scale(&parts, DECIMAL_DIGIT_COUNT_MAX, scale, &value);
    if (result == NUMBER_OK) *out = (DecimalScaled){value, scale};
    return result;
}

/* 10^19 fits a word: at most three pieces. */
static size_t write_magnitude(char *out, U128 value) {
    enum { PIECE_DIGITS = 19 };
    const uint64_t piece = 10000000000000000000ULL;
    if ((value >> 64) == 0) return number_write_u64(out, (uint64_t)value);
    size_t size = write_magnitude(out, value / piece); /* depth at most 2 */
    char digits[NUMBER_I64_SIZE_MAX];
    size_t count = number_write_u64(digits, (uint64_t)(value % piece));
    DEBUG_ASSERT(count <= PIECE_DIGITS);
    memset(out + size, '0', PIECE_DIGITS - count);
    memcpy(out + size + PIECE_DIGITS - count, digits, count);
    return size + PIECE_DIGITS;
}

size_t decimal_write(char *out, Decimal value, int scale) {
    DEBUG_ASSERT(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    DEBUG_ASSERT(decimal_fits(value, DECIMAL_DIGIT_COUNT_MAX));
    char digits[DECIMAL_SIZE_MAX];
    size_t count = write_magnitude(digits, decimal_magnitude(value)), size = 0, fraction = (size_t)scale;
    if (value < 0) out[size++] = '-';
    size_t whole = count > fraction ? count - fraction : 0;
    if (whole == 0) {
        out[size++] = '0';
    } else {
        memcpy(out + size, digits, whole);
        size += whole;
    }
    if (fraction == 0) return size;
    out[size++] = '.';
    size_t zeros = count < fraction ? fraction - count : 0;
    memset(out + size, '0', zeros);
    memcpy(out + size + zeros, digits + whole, fraction - zeros);
    return size + fraction;
}

void text_append_decimal(Text *text, Decimal value, int scale) {
    char *room = text_reserve(text, DECIMAL_SIZE_MAX);
    if (room != NULL) text->size += decimal_write(room, value, scale);
}
