/* SPDX-License-Identifier: Apache-2.0
 * base/number_read.c - text to floating point, rounded correctly.
 *
 * Three steps, each for what the one before cannot do:
 *   1. up to 2^53 and powers of ten up to 10^22: both are exact doubles, one operation rounds once (Clinger);
 *   2. up to 19 digits: one or two products with a 128-bit power of ten (Daniel Lemire, "Number parsing at a
 *      gigabyte per second", 2021; that no case is left undecided is shown by Mushtak and Lemire, 2023);
 * 3. more digits: the first 19 and the first 19 plus one in the last place give neighbours, or the same
 * value;
 *      between neighbours a comparison of whole numbers with the midpoint decides (base/big.h). */
#include "base/big.h"
#include "base/number.h"
#include "base/number_powers.h"
#include "base/number_priv.h"

typedef unsigned __int128 Product;

/* The parts of a floating point text. */
typedef struct NumberText {
    uint64_t digits;       /* the first 19 significant digits */
    int64_t exponent;      /* of the last of those */
    int64_t last_exponent; /* of the last digit written */
    const char *start;     /* first digit */
    const char *end;       /* past the last digit */
    bool truncated;        /* there are digits after those in `digits` */
} NumberText;

/* What differs between double and float. */
typedef struct FloatFormat {
    int fraction_bits;
    int exponent_min;       /* minus the bias */
    int exponent_infinite;  /* the biased exponent of infinity */
    int even_min, even_max; /* powers of ten for which a product can be an exact tie */
} FloatFormat;

static const FloatFormat format_double = {52, -1023, 0x7FF, -4, 23};
static const FloatFormat format_float = {23, -127, 0xFF, -17, 10};

enum { DIGITS_MAX = 19 /* 10^19 - 1 < 2^64 */, POWER_MAX = 308 };
STATIC_ASSERT(POWER_MAX <= (int)NUMBER_POWER_MAX, "the table has every power asked for");

static Product multiply_by_power(uint64_t w, int64_t exponent, int precision_bits) {
    DEBUG_ASSERT(w >> 63 == 1); /* normalized: the product's top bit is its first or second */
    DEBUG_ASSERT(exponent >= NUMBER_POWER_MIN && exponent <= POWER_MAX);
    const uint64_t *power = number_powers[exponent - NUMBER_POWER_MIN];
    Product product = (Product)w * power[0];
    uint64_t unsure = UINT64_MAX >> precision_bits;
    /* Below one the power counts as rounded up, so that an exact tie shows. */
    if (((uint64_t)(product >> 64) & unsure) == unsure)
        product += (Product)w * (power[1] + (exponent < 0)) >> 64;
    return product;
}

/* digits * 10^exponent as the bits of the format, without sign. */
static uint64_t compose_bits(uint64_t digits, int64_t exponent, const FloatFormat *format) {
    uint64_t infinity = (uint64_t)format->exponent_infinite << format->fraction_bits;
    /* 19 digits times less than 10^-342 lie below half of the least subnormal number. */
    if (digits == 0 || exponent < NUMBER_POWER_MIN) return 0;
    if (exponent > POWER_MAX) return infinity;
    int zeros = __builtin_clzll(digits);
    Product product = multiply_by_power(digits << zeros, exponent, format->fraction_bits + 3);
    uint64_t high = (uint64_t)(product >> 64);
    int upper = (int)(high >> 63), shift = upper + 64 - format->fraction_bits - 3;
    uint64_t mantissa = high >> shift;
    int64_t power = ((152170 + 65536) * exponent >> 16) + 63 + upper - zeros - format->exponent_min;
    if (power <= 0) {
        if (-power + 1 >= 64) return 0;
        mantissa >>= -power + 1;
        mantissa += mantissa & 1;
        return mantissa >> 1; /* rounding up into the least normal number sets its exponent by itself */
    }
    bool may_tie = (uint64_t)product <= 1 && exponent >= format->even_min && exponent <= format->even_max;
    if (may_tie && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~1ULL;
    mantissa += mantissa & 1;
    mantissa >>= 1;
    if (mantissa >= 2ULL << format->fraction_bits) mantissa >>= 1, power++;
    if (power >= format->exponent_infinite) return infinity;
    return (uint64_t)power << format->fraction_bits | (mantissa & ((1ULL << format->fraction_bits) - 1));
}

static double double_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

STATIC_ASSERT(sizeof(exact_powers) / sizeof(exact_powers[0]) == 22 + 1,
              "10^22 is the last that a double holds");
double number_compose_double(uint64_t digits, int64_t exponent) {
    if (digits <= 1ULL << 53 && exponent >= -22 && exponent <= 22)
        return exponent < 0 ? (double)digits / exact_powers[-exponent]
                            : (double)digits * exact_powers[exponent];
    return double_from_bits(compose_bits(digits, exponent, &format_double));
}

/* All digits of the text as a whole number of at most BIG_DIGITS_MAX digits, and the exponent that goes with
 * it; a rest that is not zero becomes a last digit 1, which keeps every comparison. */
static int64_t read_big(const NumberText *text, Big *big) {
    enum { BIG_DIGITS_MAX = 780 /* more than the 768 of the longest midpoint */ };
    int count = 0;
    int64_t left_out = 0;
    bool rest = false;
    big_set(big, 0);
    for (const char *at = text->start; at < text->end; at++) {
        if (*at == '.') continue;
        if (count < BIG_DIGITS_MAX) {
            big_multiply_add(big, 10, (uint64_t)(*at - '0'));
            count++;
        } else {
            rest |= *at != '0';
            left_out++;
        }
    }
    if (rest) big_multiply_add(big, 10, 1);
    return text->last_exponent + left_out - rest;
}

/* value <, =, > mantissa * 2^power, value = big * 10^exponent */
static int compare_with_binary(Big *big, int64_t exponent, uint64_t mantissa, int power) {
    DEBUG_ASSERT(mantissa > 0);
    Big other;
    big_set(&other, mantissa);
    if (exponent >= 0) big_multiply_power_of_ten(big, (unsigned)exponent);
    if (exponent < 0) big_multiply_power_of_ten(&other, (unsigned)-exponent);
    if (power >= 0) big_shift_left(&other, (unsigned)power);
    if (power < 0) big_shift_left(big, (unsigned)-power);
    return big_compare(big, &other);
}

static uint64_t read_bits(const NumberText *text, const FloatFormat *format) {
    DEBUG_ASSERT(text->start <= text->end);
    uint64_t low = compose_bits(text->digits, text->exponent, format);
    if (!text->truncated) return low;
    uint64_t high = compose_bits(text->digits + 1, text->exponent, format);
    if (low == high) return low;
    DEBUG_ASSERT(high == low + 1); /* one part in 10^18 apart, with 53 bits: neighbours */
    /* Rare: a text of more than 19 digits that lies within a part in 10^18 of a midpoint. */
    Big big;
    int64_t exponent = read_big(text, &big);
    uint64_t biased = low >> format->fraction_bits, fraction = low & ((1ULL << format->fraction_bits) - 1);
    uint64_t mantissa = biased > 0 ? fraction | 1ULL << format->fraction_bits : fraction;
    int power = (int)(biased > 0 ? biased : 1) + format->exponent_min - format->fraction_bits;
    int order = compare_with_binary(&big, exponent, 2 * mantissa + 1, power - 1);
    /* On the midpoint itself: to even. */
    if (order == 0) return low & 1 ? high : low;
    return order < 0 ? low : high;
}

/* Digits, a point, digits: the significant ones into `text`. Returns past them; *count tells how many digits
 * there were. */
static const char *scan_mantissa(const char *at, const char *end, NumberText *text, size_t *count) {
    uint64_t value = 0;
    /* `value` may wrap past 19 digits: then *count says so and rescan_long_mantissa reads again. */
    const char *first = at, *point = NULL;
    while (at < end && number_is_digit(*at)) value = value * 10 + (uint64_t)(*at++ - '0');
    size_t digit_count = (size_t)(at - first);
    if (at < end && *at == '.') {
        point = at++;
        while (end - at >= 8 && number_is_eight_digits(number_load_eight(at))) {
            value = value * 100000000 + number_eight_digits(number_load_eight(at));
            at += 8;
        }
        while (at < end && number_is_digit(*at)) value = value * 10 + (uint64_t)(*at++ - '0');
        digit_count += (size_t)(at - point) - 1;
    }
    *count = digit_count;
    text->digits = value;
    text->exponent = text->last_exponent = point == NULL ? 0 : -(at - point - 1);
    text->truncated = false;
    text->start = first;
    text->end = at;
    return at;
}

/* The digits did not fit 64 bits, unless leading zeros are why: read the first 19 that count. */
static void rescan_long_mantissa(NumberText *text) {
    const char *at = text->start;
    while (at < text->end && (*at == '0' || *at == '.')) at++;
    text->start = at;
    uint64_t value = 0;
    int count = 0;
    size_t rest = 0;
    for (; at < text->end; at++) {
        if (*at == '.') continue;
        if (count < DIGITS_MAX) {
            value = value * 10 + (uint64_t)(*at - '0');
            count++;
        } else {
            rest++;
        }
    }
    text->digits = value;
    text->exponent = text->last_exponent + (int64_t)rest;
    text->truncated = rest > 0;
    DEBUG_ASSERT(count <= DIGITS_MAX);
    if (text->truncated) DEBUG_ASSERT(text->digits >= 1000000000000000000ULL); /* the first digit counts */
}

/* "e+12" at `at`; leaves *exponent alone and returns `at` when there is none. */
static const char *scan_exponent(const char *at, const char *end, int64_t *exponent) {
    enum { EXPONENT_CAP = 1000000000 };
    if (at == end || (*at != 'e' && *at != 'E')) return at;
    const char *digit = at + 1;
    bool negative = digit < end && *digit == '-';
    if (digit < end && (*digit == '-' || *digit == '+')) digit++;
    if (digit == end || !number_is_digit(*digit)) return at;
    int64_t value = 0;
    for (; digit < end && number_is_digit(*digit); digit++)
        /* Far past infinity and zero already; more digits must not wrap around into range. */
        if (value < EXPONENT_CAP) value = value * 10 + (*digit - '0');
    *exponent = negative ? -value : value;
    return digit;
}

static const char *scan_any(const char *at, const char *end, double *out) {
    bool negative = at < end && *at == '-';
    at += negative;
    if (at == end || !number_is_digit(*at)) return NULL;
    /* JSON's grammar, as scan_short: no leading zeros, a digit after the point. */
    if (*at == '0' && end - at > 1 && number_is_digit(at[1])) return NULL;
    NumberText text;
    size_t count;
    at = scan_mantissa(at, end, &text, &count);
    if (at[-1] == '.') return NULL;
    int64_t exponent = 0;
    if (at < end && (*at | 0x20) == 'e') {
        const char *after = scan_exponent(at, end, &exponent);
        if (after == at) return NULL;
        at = after;
    }
    if (__builtin_expect(count > DIGITS_MAX, 0)) rescan_long_mantissa(&text);
    text.exponent += exponent;
    text.last_exponent += exponent;
    double value = text.truncated ? double_from_bits(read_bits(&text, &format_double))
                                  : number_compose_double(text.digits, text.exponent);
    *out = negative ? -value : value;
    return at;
}

/* What most numbers are, up to 15 digits without an exponent: both operands are exact, one operation rounds.
 * NULL for anything else. */
static inline const char *scan_short(const char *at, const char *end, double *out) {
    enum { EXACT_DIGITS_MAX = 15 };
    const char *start = at, *limit = end - at > EXACT_DIGITS_MAX + 1 ? at + EXACT_DIGITS_MAX + 1 : end;
    uint64_t value = 0;
    size_t places = 0;
    while (at < limit && number_is_digit(*at)) value = value * 10 + (uint64_t)(*at++ - '0');
    if (at == start || (*start == '0' && at - start > 1)) return NULL;
    if (at < limit && *at == '.') {
        const char *point = at++;
        while (at < limit && number_is_digit(*at)) value = value * 10 + (uint64_t)(*at++ - '0');
        places = (size_t)(at - point) - 1;
        if (places == 0) return NULL;
    } else if (at == limit && at < end) {
        return NULL;
    }
    if (at < end && (number_is_digit(*at) || *at == '.' || (*at | 0x20) == 'e')) return NULL;
    *out = places == 0 ? (double)value : (double)value / exact_powers[places];
    return at;
}

const char *number_scan_double(const char *at, const char *end, double *out) {
    double fast;
    const char *after = scan_short(at + (at < end && *at == '-'), end, &fast);
    if (after != NULL) {
        *out = *at == '-' ? -fast : fast;
        return after;
    }
    return scan_any(at, end, out);
}

/* NaN and infinities in PostgreSQL's spellings. */
static bool parse_special(Str text, double *out) {
    bool negative = text.size > 0 && text.data[0] == '-';
    Str name = text;
    if (text.size > 0 && (negative || text.data[0] == '+')) name = str_from(text.data + 1, text.size - 1);
    if (str_equal_ignore_case(name, STR("infinity")) || str_equal_ignore_case(name, STR("inf"))) {
        *out = negative ? -__builtin_inf() : __builtin_inf();
        return true;
    }
    *out = __builtin_nan("");
    return str_equal_ignore_case(name, STR("nan"));
}

/* The whole of `text` as a decimal number; the bits come without sign. */
static NumberResult parse_bits(Str text, const FloatFormat *format, bool *negative, uint64_t *bits) {
    const char *at = text.data, *end = at + text.size;
    *negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    NumberText parts;
    size_t count;
    at = scan_mantissa(at, end, &parts, &count);
    if (count == 0) return NUMBER_INVALID;
    int64_t exponent = 0;
    at = scan_exponent(at, end, &exponent);
    if (at != end) return NUMBER_INVALID;
    if (count > DIGITS_MAX) rescan_long_mantissa(&parts);
    parts.exponent += exponent;
    parts.last_exponent += exponent;
    *bits = read_bits(&parts, format);
    /* PostgreSQL takes neither what is too large nor what would silently become zero. */
    bool infinite = *bits >> format->fraction_bits == (uint64_t)format->exponent_infinite;
    bool vanished = *bits == 0 && (parts.digits != 0 || parts.truncated);
    return infinite || vanished ? NUMBER_OUT_OF_RANGE : NUMBER_OK;
}

NumberResult number_parse_double(Str text, double *out) {
    text = str_trim(text);
    const char *end = text.data + text.size;
    double value;
    if (text.size > 0 && number_scan_double(text.data, end, &value) == end && value != 0 &&
        value - value == 0) {
        *out = value;
        return NUMBER_OK;
    }
    bool negative;
    uint64_t bits;
    NumberResult result = parse_bits(text, &format_double, &negative, &bits);
    if (result == NUMBER_INVALID && parse_special(text, &value)) {
        *out = value;
        return NUMBER_OK;
    }
    if (result != NUMBER_OK) return result;
    *out = double_from_bits(bits | (uint64_t)negative << 63);
    return NUMBER_OK;
}

NumberResult number_parse_float(Str text, float *out) {
    text = str_trim(text);
    bool negative;
    uint64_t bits;
    NumberResult result = parse_bits(text, &format_float, &negative, &bits);
    double special;
    if (result == NUMBER_INVALID && parse_special(text, &special)) {
        *out = (float)special;
        return NUMBER_OK;
    }
    if (result != NUMBER_OK) return result;
    uint32_t word = (uint32_t)bits | (uint32_t)negative << 31;
    memcpy(out, &word, sizeof(word));
    return NUMBER_OK;
}
