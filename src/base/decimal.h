/* SPDX-License-Identifier: Apache-2.0
 * base/decimal.h - NUMERIC(p, s): a signed 128-bit integer that counts units of 10^-s.
 *
 * The scale is not in the value: it belongs to the column's type, 0 <= scale <= 38. A value has at
 * most 38 digits, |value| < 10^38, and every function keeps it so. Results are rounded half away
 * from zero, as PostgreSQL rounds.
 *
 *     Decimal price, cost;
 *     if (decimal_parse(STR("12.505"), 10, 2, &price) != NUMBER_OK) ...     1251, that is 12.51
 *     if (!decimal_multiply(price, quantity, 2, &cost)) ...                 scale 2 + 2, 2 digits dropped
 *     size_t size = decimal_write(room, cost, 2);
 *
 * The functions that return bool give false when the result does not fit; *out is then unchanged.
 *
 * A Wide is what SUM, AVG and VARIANCE keep: 320 bits, so that 2^63 products of two decimals cannot
 * overflow it. Additions and retractions are exact in any order.
 *
 * Threads: no state. */
#ifndef WEIR_BASE_DECIMAL_H
#define WEIR_BASE_DECIMAL_H

#include "base/number.h"

typedef __int128 Decimal;
typedef unsigned __int128 DecimalMagnitude;
STATIC_ASSERT(sizeof(Decimal) == 16, "as stored, and as Arrow's decimal128");

enum { DECIMAL_DIGIT_COUNT_MAX = 38, DECIMAL_SCALE_MAX = 38, DECIMAL_SIZE_MAX = 48 /* room for a text */ };

/* 10^exponent, 0 <= exponent <= 38. */
extern const DecimalMagnitude decimal_powers_of_ten[DECIMAL_DIGIT_COUNT_MAX + 1];
static inline Decimal decimal_power_of_ten(int exponent) {
    DEBUG_ASSERT(exponent >= 0 && exponent <= DECIMAL_DIGIT_COUNT_MAX);
    return (Decimal)decimal_powers_of_ten[exponent];
}

static inline DecimalMagnitude decimal_magnitude(Decimal value) {
    return value < 0 ? 0 - (DecimalMagnitude)value : (DecimalMagnitude)value;
}

/* Of any int128, its smallest too. */
/* At most `precision` digits, 0 .. 38? */
static inline bool decimal_fits(Decimal value, int precision) {
    DEBUG_ASSERT(precision >= 0 && precision <= DECIMAL_DIGIT_COUNT_MAX);
    return decimal_magnitude(value) < decimal_powers_of_ten[precision];
}

/* Both of one scale, which is the result's. False past 38 digits. */
NODISCARD static inline bool decimal_add(Decimal a, Decimal b, Decimal *out) {
    Decimal sum;
    if (__builtin_add_overflow(a, b, &sum) || !decimal_fits(sum, DECIMAL_DIGIT_COUNT_MAX)) return false;
    *out = sum;
    return true;
}
/* A magnitude below 10^38 may be negated without a check. */
NODISCARD static inline bool decimal_subtract(Decimal a, Decimal b, Decimal *out) {
    return decimal_add(a, -b, out);
}

/* a * b without its last `digits_dropped` digits (scale_a + scale_b - scale_out, 0..76), rounded. */
NODISCARD bool decimal_multiply(Decimal a, Decimal b, int digits_dropped, Decimal *out);

/* a / b with `digits_added` (scale_out - scale_a + scale_b, -76..76) digits more than a / b of integers has,
 * rounded. */
NODISCARD NumberResult decimal_divide(Decimal a, Decimal b, int digits_added, Decimal *out);

/* A decimal with its scale, for the functions that take two scales. */
typedef struct DecimalScaled {
    Decimal value;
    int scale;
} DecimalScaled;

/* a % b with the sign of a, at the larger of both scales. */
NODISCARD NumberResult decimal_modulo(DecimalScaled a, DecimalScaled b, Decimal *out);

/* < 0, 0, > 0 by value, whatever the scales. */
int decimal_compare(DecimalScaled a, DecimalScaled b);

/* Another scale, 0 .. 38; digits that go are rounded. from.scale may be larger, up to 38 above the new
 * one. */
NODISCARD bool decimal_rescale(DecimalScaled from, int scale, Decimal *out);

/* Towards zero, down, up and half away from zero, to `scale` digits after the point (may be negative); the
 * value keeps its own scale. For trunc, floor, ceil and round. */
typedef enum DecimalRounding {
    DECIMAL_TRUNCATE,
    DECIMAL_FLOOR,
    DECIMAL_CEILING,
    DECIMAL_ROUND
} DecimalRounding;
NODISCARD bool decimal_round(DecimalScaled from, int scale, DecimalRounding rounding, Decimal *out);

/* The whole text under PostgreSQL's rules, rounded to `scale`; more than `precision` digits is OUT_OF_RANGE.
 * NaN and infinities, which NUMERIC here does not have, are OUT_OF_RANGE too. */
NODISCARD NumberResult decimal_parse(Str text, int precision, int scale, Decimal *out);

/* The same at the scale that is written: "1.50" gives 150 and scale 2, "1e3" 1000 and 0. Digits past
 * scale 38 are rounded away. */
NODISCARD NumberResult decimal_parse_natural(Str text, DecimalScaled *out);

/* "-0.50"; returns the bytes written to `out` (room for DECIMAL_SIZE_MAX). */
size_t decimal_write(char *out, Decimal value, int scale);
void text_append_decimal(Text *text, Decimal value, int scale);

/* False when value * 10^scale has more than 38 digits. */
NODISCARD bool decimal_from_i64(int64_t value, int scale, Decimal *out);
/* Rounded to an integer. */
NODISCARD bool decimal_to_i64(DecimalScaled from, int64_t *out);

/* Through 15 significant digits, as PostgreSQL casts float8 to numeric (float4: 6). NaN and infinities are
 * OUT_OF_RANGE. */
NODISCARD NumberResult decimal_from_double(double value, int scale, Decimal *out);
NODISCARD NumberResult decimal_from_float(float value, int scale, Decimal *out);
/* value * 10^-scale, correctly rounded. 0 <= scale. */
double decimal_to_double(Decimal value, int scale);

/* Two's complement, least significant limb first. Zeroed memory is zero. 320 bits: a value of 127 bits, squared and
 * times a weight of 63, takes 317, and sums wrap only past 2^319. */
enum { WIDE_LIMB_COUNT = 5 };
typedef struct Wide {
    uint64_t limbs[WIDE_LIMB_COUNT];
} Wide;

/* Adds once; the hot case of SUM, with the sign stretched over the upper limbs. */
static inline void wide_add(Wide *wide, __int128 value) {
    uint64_t extension = value < 0 ? ~0ULL : 0;
    uint64_t addend[WIDE_LIMB_COUNT] = {(uint64_t)value, (uint64_t)(value >> 64), extension, extension,
                                        extension};
    unsigned char carry = 0;
    for (int i = 0; i < WIDE_LIMB_COUNT; i++) {
        unsigned __int128 sum = (unsigned __int128)wide->limbs[i] + addend[i] + carry;
        wide->limbs[i] = (uint64_t)sum;
        carry = (unsigned char)(sum >> 64);
    }
}

/* value * weight, exact: 128 + 64 bits. */
void wide_add_weighted(Wide *wide, __int128 value, int64_t weight);
/* a * b * weight, exact: 128 + 128 + 64 bits. */
void wide_add_product(Wide *wide, __int128 a, __int128 b, int64_t weight);
void wide_add_wide(Wide *wide, const Wide *other);
void wide_negate(Wide *wide);
/* -1, 0, 1 */
int wide_sign(const Wide *wide);
int wide_compare(const Wide *a, const Wide *b);

/* The value as it stands (same scale), false when it passes 38 digits. */
NODISCARD bool wide_to_decimal(const Wide *wide, Decimal *out);
/* As int64, false when it does not fit. */
NODISCARD bool wide_to_i64(const Wide *wide, int64_t *out);
/* value * 10^-scale, correctly rounded. */
double wide_to_double(const Wide *wide, int scale);

/* AVG: wide / count with `digits_added` more digits (-38..76), rounded. count > 0. */
NODISCARD bool wide_divide(const Wide *wide, int64_t count, int digits_added, Decimal *out);

/* What VARIANCE and STDDEV of integers and NUMERIC are made from. Exact until one rounding to `scale_out`. */
typedef struct WideMoments {
    Wide sum;         /* of x, at `scale` */
    Wide sum_squares; /* of x * x, at 2 * scale */
    int64_t count;
    int scale;
} WideMoments;
/* sample: divide by count - 1 (count must be > 1), else by count (> 0). Never negative. */
NODISCARD bool wide_variance(const WideMoments *moments, bool sample, int scale_out, Decimal *out);
NODISCARD bool wide_stddev(const WideMoments *moments, bool sample, int scale_out, Decimal *out);

#endif
