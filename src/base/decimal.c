/* SPDX-License-Identifier: Apache-2.0
 * base/decimal.c - arithmetic on scaled 128-bit integers.
 *
 * Signs are taken off first, so that rounding half away from zero is rounding half up. Products and dividends
 * have 256 bits (U256); the usual case, where they fit 128, takes the short way. */
#include "base/decimal.h"

#include "base/big.h"
#include "base/decimal_priv.h"

typedef DecimalMagnitude U128;

#define TEN(high, low) ((U128)high##ULL * 10000000000000000000ULL + low##ULL)
const DecimalMagnitude decimal_powers_of_ten[DECIMAL_DIGIT_COUNT_MAX + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
    10000000000000000000ULL,
    TEN(10, 0),
    TEN(100, 0),
    TEN(1000, 0),
    TEN(10000, 0),
    TEN(100000, 0),
    TEN(1000000, 0),
    TEN(10000000, 0),
    TEN(100000000, 0),
    TEN(1000000000, 0),
    TEN(10000000000, 0),
    TEN(100000000000, 0),
    TEN(1000000000000, 0),
    TEN(10000000000000, 0),
    TEN(100000000000000, 0),
    TEN(1000000000000000, 0),
    TEN(10000000000000000, 0),
    TEN(100000000000000000, 0),
    TEN(1000000000000000000, 0),
    TEN(10000000000000000000, 0),
};
#undef TEN

bool decimal_signed(DecimalMagnitude magnitude, bool negative, Decimal *out) {
    DEBUG_ASSERT(out != NULL);
    if (magnitude >= decimal_powers_of_ten[DECIMAL_DIGIT_COUNT_MAX]) return false;
    *out = negative ? -(Decimal)magnitude : (Decimal)magnitude;
    return true;
}

typedef struct U256 {
    U128 high, low;
} U256;

static U256 multiply_wide(U128 a, U128 b) {
    uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64), b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
    U128 low = (U128)a0 * b0, high = (U128)a1 * b1;
    U128 cross = (U128)a1 * b0 + (low >> 64);
    U128 other = (U128)a0 * b1 + (uint64_t)cross;
    /* Neither sum overflows: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1. */
    return (U256){high + (cross >> 64) + (other >> 64), other << 64 | (uint64_t)low};
}

/* Rounded half up; false when the quotient passes 128 bits. */
static bool divide_wide(U256 dividend, U128 divisor, U128 *out) {
    DEBUG_ASSERT(divisor > 0);
    /* The quotient would need more than 128 bits. */
    if (dividend.high >= divisor) return false;
    U128 quotient, rest;
    if (dividend.high == 0) {
        bool narrow =
            (dividend.low >> 64) == 0 && (divisor >> 64) == 0; /* one instruction instead of a call */
        quotient = narrow ? (uint64_t)dividend.low / (uint64_t)divisor : dividend.low / divisor;
        rest = dividend.low - quotient * divisor;
    } else {
        uint64_t limbs[4] = {(uint64_t)dividend.low, (uint64_t)(dividend.low >> 64), (uint64_t)dividend.high,
                             (uint64_t)(dividend.high >> 64)};
        Big big, by, result;
        big_set_limbs(&big, limbs, 4);
        big_set(&by, divisor);
        big_divide(&big, &by, &result);
        if (!big_to_u128(&result, &quotient) || !big_to_u128(&big, &rest)) return false;
    }
    DEBUG_ASSERT(rest < divisor);
    /* rest >= divisor / 2, said without doubling, which could overflow. */
    bool up = rest >= divisor - rest;
    return !__builtin_add_overflow(quotient, (U128)up, out);
}

bool decimal_multiply(Decimal a, Decimal b, int digits_dropped, Decimal *out) {
    DEBUG_ASSERT(digits_dropped >= 0 && digits_dropped <= 2 * DECIMAL_SCALE_MAX);
    bool negative = (a < 0) != (b < 0);
    U128 x = decimal_magnitude(a), y = decimal_magnitude(b), result;
    /* The commonest case first: the scales of both are kept, and the product fits 128 bits or no decimal at
     * all. */
    if (digits_dropped == 0)
        return !__builtin_mul_overflow(x, y, &result) && decimal_signed(result, negative, out);
    U256 product = multiply_wide(x, y);
    if (digits_dropped <= DECIMAL_DIGIT_COUNT_MAX)
        return divide_wide(product, decimal_powers_of_ten[digits_dropped], &result) &&
               decimal_signed(result, negative, out);
    /* More digits go than the table has powers. */
    uint64_t limbs[4] = {(uint64_t)product.low, (uint64_t)(product.low >> 64), (uint64_t)product.high,
                         (uint64_t)(product.high >> 64)};
    Big big, by, quotient;
    big_set_limbs(&big, limbs, 4);
    big_set(&by, 1);
    big_multiply_power_of_ten(&by, (unsigned)digits_dropped);
    big_divide_rounded(&big, &by, &quotient);
    return big_to_u128(&quotient, &result) && decimal_signed(result, negative, out);
}

NumberResult decimal_divide(Decimal a, Decimal b, int digits_added, Decimal *out) {
    DEBUG_ASSERT(digits_added >= -2 * DECIMAL_SCALE_MAX && digits_added <= 2 * DECIMAL_SCALE_MAX);
    if (b == 0) return NUMBER_DIVISION_BY_ZERO;
    bool negative = (a < 0) != (b < 0), fits;
    U128 x = decimal_magnitude(a), y = decimal_magnitude(b), result = 0;
    if (digits_added >= 0 && digits_added <= DECIMAL_DIGIT_COUNT_MAX) {
        fits = divide_wide(multiply_wide(x, decimal_powers_of_ten[digits_added]), y, &result);
    } else {
        Big dividend, divisor, quotient;
        big_set(&dividend, x);
        big_set(&divisor, y);
        if (digits_added > 0) big_multiply_power_of_ten(&dividend, (unsigned)digits_added);
        if (digits_added < 0) big_multiply_power_of_ten(&divisor, (unsigned)-digits_added);
        big_divide_rounded(&dividend, &divisor, &quotient);
        fits = big_to_u128(&quotient, &result);
    }
    return fits && decimal_signed(result, negative, out) ? NUMBER_OK : NUMBER_OUT_OF_RANGE;
}

NumberResult decimal_modulo(DecimalScaled a, DecimalScaled b, Decimal *out) {
    DEBUG_ASSERT(a.scale >= 0 && a.scale <= DECIMAL_SCALE_MAX);
    DEBUG_ASSERT(b.scale >= 0 && b.scale <= DECIMAL_SCALE_MAX);
    if (b.value == 0) return NUMBER_DIVISION_BY_ZERO;
    Decimal x, y;
    /* At the larger scale both are whole numbers of one unit; only a value near 10^38 needs more than 128
     * bits there. */
    if (decimal_rescale(a, a.scale > b.scale ? a.scale : b.scale, &x) &&
        decimal_rescale(b, a.scale > b.scale ? a.scale : b.scale, &y)) {
        *out = x % y;
        return NUMBER_OK;
    }
    /* The larger scale takes one of them past 38 digits: in whole numbers of any size. */
    Big dividend, divisor;
    big_set(&dividend, decimal_magnitude(a.value));
    big_set(&divisor, decimal_magnitude(b.value));
    if (a.scale < b.scale) big_multiply_power_of_ten(&dividend, (unsigned)(b.scale - a.scale));
    if (b.scale < a.scale) big_multiply_power_of_ten(&divisor, (unsigned)(a.scale - b.scale));
    big_divide(&dividend, &divisor, NULL);
    U128 rest = 0;
    bool fits = big_to_u128(&dividend, &rest) && decimal_signed(rest, a.value < 0, out);
    return fits ? NUMBER_OK : NUMBER_OUT_OF_RANGE;
}

int decimal_compare(DecimalScaled a, DecimalScaled b) {
    DEBUG_ASSERT(a.scale >= 0 && a.scale <= DECIMAL_SCALE_MAX);
    DEBUG_ASSERT(b.scale >= 0 && b.scale <= DECIMAL_SCALE_MAX);
    if (a.scale == b.scale) return (a.value > b.value) - (a.value < b.value);
    int sign_a = (a.value > 0) - (a.value < 0), sign_b = (b.value > 0) - (b.value < 0);
    if (sign_a != sign_b || sign_a == 0) return sign_a - sign_b;
    /* Of one sign: the magnitudes at the larger scale decide, in 256 bits, which always suffice. */
    U256 x = {0, decimal_magnitude(a.value)}, y = {0, decimal_magnitude(b.value)};
    if (a.scale < b.scale) x = multiply_wide(x.low, decimal_powers_of_ten[b.scale - a.scale]);
    if (b.scale < a.scale) y = multiply_wide(y.low, decimal_powers_of_ten[a.scale - b.scale]);
    int order = x.high != y.high ? (x.high > y.high ? 1 : -1) : (x.low > y.low) - (x.low < y.low);
    return sign_a * order;
}

bool decimal_rescale(DecimalScaled from, int scale, Decimal *out) {
    int change = scale - from.scale;
    DEBUG_ASSERT(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    DEBUG_ASSERT(change >= -DECIMAL_DIGIT_COUNT_MAX && change <= DECIMAL_DIGIT_COUNT_MAX);
    bool negative = from.value < 0;
    U128 magnitude = decimal_magnitude(from.value), result;
    if (change == 0) return decimal_signed(magnitude, negative, out);
    if (change > 0)
        return !__builtin_mul_overflow(magnitude, decimal_powers_of_ten[change], &result) &&
               decimal_signed(result, negative, out);
    return divide_wide((U256){0, magnitude}, decimal_powers_of_ten[-change], &result) &&
           decimal_signed(result, negative, out);
}

bool decimal_round(DecimalScaled from, int scale, DecimalRounding rounding, Decimal *out) {
    DEBUG_ASSERT(from.scale >= 0 && from.scale <= DECIMAL_SCALE_MAX);
    int drop = from.scale - scale;
    if (drop <= 0) return decimal_signed(decimal_magnitude(from.value), from.value < 0, out);
    bool negative = from.value < 0;
    U128 magnitude = decimal_magnitude(from.value);
    if (drop > DECIMAL_DIGIT_COUNT_MAX) {
        /* Every digit goes: less than half of the unit, so 0, unless the direction is given; the unit itself
         * does not fit. */
        bool away =
            (rounding == DECIMAL_FLOOR && negative) || (rounding == DECIMAL_CEILING && from.value > 0);
        if (away) return false;
        *out = 0;
        return true;
    }
    U128 unit = decimal_powers_of_ten[drop], rest = magnitude % unit;
    bool away = false;
    switch (rounding) {
        case DECIMAL_TRUNCATE: break;
        case DECIMAL_FLOOR: away = negative && rest > 0; break;
        case DECIMAL_CEILING: away = !negative && rest > 0; break;
        case DECIMAL_ROUND: away = rest >= unit - rest; break;
    }
    magnitude -= rest;
    if (away && __builtin_add_overflow(magnitude, unit, &magnitude)) return false;
    return decimal_signed(magnitude, negative, out);
}

bool decimal_from_i64(int64_t value, int scale, Decimal *out) {
    return decimal_rescale((DecimalScaled){value, 0}, scale, out);
}

bool decimal_to_i64(DecimalScaled from, int64_t *out) {
    Decimal whole;
    if (!decimal_rescale(from, 0, &whole)) return false;
    if (whole < INT64_MIN || whole > INT64_MAX) return false;
    *out = (int64_t)whole;
    return true;
}

static NumberResult from_digits(uint64_t digits, int32_t exponent, bool negative, int scale, Decimal *out) {
    DEBUG_ASSERT(digits > 0);
    int shift = exponent + scale;
    U128 result;
    if (shift >= 0) {
        if (shift > DECIMAL_DIGIT_COUNT_MAX) return NUMBER_OUT_OF_RANGE;
        if (__builtin_mul_overflow((U128)digits, decimal_powers_of_ten[shift], &result))
            return NUMBER_OUT_OF_RANGE;
    } else if (-shift > DECIMAL_DIGIT_COUNT_MAX) {
        /* Below half of the last place by far. */
        result = 0;
    } else if (!divide_wide((U256){0, digits}, decimal_powers_of_ten[-shift], &result)) {
        return NUMBER_OUT_OF_RANGE;
    }
    return decimal_signed(result, negative, out) ? NUMBER_OK : NUMBER_OUT_OF_RANGE;
}

NumberResult decimal_from_double(double value, int scale, Decimal *out) {
    DEBUG_ASSERT(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    if (value - value != 0) return NUMBER_OUT_OF_RANGE;
    if (value == 0) {
        *out = 0;
        return NUMBER_OK;
    }
    uint64_t digits;
    int32_t exponent;
    number_round_double(value < 0 ? -value : value, 15, &digits, &exponent);
    return from_digits(digits, exponent, value < 0, scale, out);
}

NumberResult decimal_from_float(float value, int scale, Decimal *out) {
    DEBUG_ASSERT(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    enum { FLOAT_DIGITS = 6 };
    if (value - value != 0) return NUMBER_OUT_OF_RANGE;
    if (value == 0) {
        *out = 0;
        return NUMBER_OK;
    }
    uint64_t digits;
    int32_t exponent;
    number_round_double((double)(value < 0 ? -value : value), FLOAT_DIGITS, &digits, &exponent);
    return from_digits(digits, exponent, value < 0, scale, out);
}

double decimal_to_double(Decimal value, int scale) {
    DEBUG_ASSERT(scale >= 0);
    U128 magnitude = decimal_magnitude(value);
    double result;
    if ((magnitude >> 64) == 0) {
        result = number_compose_double((uint64_t)magnitude, -scale);
    } else {
        Big big;
        big_set(&big, magnitude);
        result = big_ratio_to_double(&big, (unsigned)scale);
    }
    return value < 0 ? -result : result;
}
