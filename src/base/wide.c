/* SPDX-License-Identifier: Apache-2.0
 * base/wide.c - the accumulators of base/decimal.h, and what is computed from them once.
 *
 * variance = (n * sum(x^2) - sum(x)^2) / (n * (n or n - 1)): a quotient of whole numbers, rounded once. */
#include "base/decimal_priv.h"

typedef DecimalMagnitude U128;

static void add_limbs(Wide *wide, const uint64_t *limbs, size_t count, bool negative) {
    DEBUG_ASSERT(count <= WIDE_LIMB_COUNT);
    uint64_t carry = negative, flip = negative ? ~0ULL : 0;
    /* A negative number is added as its two's complement: flipped, plus one through the first carry. */
    for (size_t i = 0; i < WIDE_LIMB_COUNT; i++) {
        U128 sum = (U128)wide->limbs[i] + ((i < count ? limbs[i] : 0) ^ flip) + carry;
        wide->limbs[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
}

static uint64_t magnitude_of(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* limbs[count] *= factor; the carry becomes limb `count`. */
static void multiply_limbs(uint64_t *limbs, size_t count, uint64_t factor) {
    DEBUG_ASSERT(count < WIDE_LIMB_COUNT); /* one more is written */
    uint64_t carry = 0;
    for (size_t i = 0; i < count; i++) {
        U128 product = (U128)limbs[i] * factor + carry;
        limbs[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
    limbs[count] = carry;
}

void wide_add_weighted(Wide *wide, __int128 value, int64_t weight) {
    U128 magnitude = decimal_magnitude(value);
    uint64_t limbs[3] = {(uint64_t)magnitude, (uint64_t)(magnitude >> 64)};
    multiply_limbs(limbs, 2, magnitude_of(weight));
    add_limbs(wide, limbs, 3, (value < 0) != (weight < 0));
}

void wide_add_product(Wide *wide, __int128 a, __int128 b, int64_t weight) {
    STATIC_ASSERT(WIDE_LIMB_COUNT * 64 >= 2 * 127 + 63 + 1,
                  "a product of two decimals and a weight, and a sign");
    U128 x = decimal_magnitude(a), y = decimal_magnitude(b);
    uint64_t low[3] = {(uint64_t)x, (uint64_t)(x >> 64)}, high[3] = {low[0], low[1]};
    multiply_limbs(low, 2, (uint64_t)y);
    multiply_limbs(high, 2, (uint64_t)(y >> 64));
    uint64_t limbs[WIDE_LIMB_COUNT] = {low[0], low[1], low[2], 0}, carry = 0;
    for (size_t i = 0; i < 3; i++) {
        U128 sum = (U128)limbs[i + 1] + high[i] + carry;
        limbs[i + 1] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    multiply_limbs(limbs, WIDE_LIMB_COUNT - 1, magnitude_of(weight));
    add_limbs(wide, limbs, WIDE_LIMB_COUNT, ((a < 0) != (b < 0)) != (weight < 0));
}

void wide_add_wide(Wide *wide, const Wide *other) {
    add_limbs(wide, other->limbs, WIDE_LIMB_COUNT, false);
}

void wide_negate(Wide *wide) {
    Wide value = *wide;
    *wide = (Wide){0};
    add_limbs(wide, value.limbs, WIDE_LIMB_COUNT, true);
}

static bool wide_is_negative(const Wide *wide) {
    return wide->limbs[WIDE_LIMB_COUNT - 1] >> 63;
}

int wide_sign(const Wide *wide) {
    if (wide_is_negative(wide)) return -1;
    for (size_t i = 0; i < WIDE_LIMB_COUNT; i++)
        if (wide->limbs[i] != 0) return 1;
    return 0;
}

int wide_compare(const Wide *a, const Wide *b) {
    bool negative_a = wide_is_negative(a), negative_b = wide_is_negative(b);
    if (negative_a != negative_b) return negative_a ? -1 : 1;
    for (size_t i = WIDE_LIMB_COUNT; i-- > 0;)
        if (a->limbs[i] != b->limbs[i]) return a->limbs[i] < b->limbs[i] ? -1 : 1;
    return 0;
}

static void wide_magnitude(const Wide *wide, Big *out) {
    Wide value = *wide;
    if (wide_is_negative(wide)) wide_negate(&value);
    big_set_limbs(out, value.limbs, WIDE_LIMB_COUNT);
}

static bool big_to_decimal(const Big *big, bool negative, Decimal *out) {
    U128 magnitude;
    return big_to_u128(big, &magnitude) && decimal_signed(magnitude, negative, out);
}

bool wide_to_decimal(const Wide *wide, Decimal *out) {
    Big big;
    wide_magnitude(wide, &big);
    return big_to_decimal(&big, wide_is_negative(wide), out);
}

bool wide_to_i64(const Wide *wide, int64_t *out) {
    Decimal value;
    if (!wide_to_decimal(wide, &value) || value < INT64_MIN || value > INT64_MAX) return false;
    *out = (int64_t)value;
    return true;
}

double big_ratio_to_double(const Big *big, unsigned scale) {
    enum {
        GUARD_BITS = 66
    }; /* the quotient has at least 64: enough to round once, the rest is the sticky bit */
    if (big_is_zero(big)) return 0;
    Big dividend = *big, divisor, quotient;
    big_set(&divisor, 1);
    big_multiply_power_of_ten(&divisor, scale);
    size_t need = big_bit_length(&divisor) + GUARD_BITS, have = big_bit_length(&dividend);
    unsigned shift = need > have ? (unsigned)(need - have) : 0;
    big_shift_left(&dividend, shift);
    big_divide(&dividend, &divisor, &quotient);
    DEBUG_ASSERT(big_bit_length(&quotient) >= GUARD_BITS - 1); /* big_to_double rounds once, below these */
    return big_to_double(&quotient, -(int64_t)shift, !big_is_zero(&dividend));
}

double wide_to_double(const Wide *wide, int scale) {
    DEBUG_ASSERT(scale >= 0);
    Big big;
    wide_magnitude(wide, &big);
    double result = big_ratio_to_double(&big, (unsigned)scale);
    return wide_is_negative(wide) ? -result : result;
}

bool wide_divide(const Wide *wide, int64_t count, int digits_added, Decimal *out) {
    ASSERT(digits_added >= -DECIMAL_SCALE_MAX && digits_added <= 2 * DECIMAL_SCALE_MAX);
    DEBUG_ASSERT(count > 0);
    Big dividend, divisor, quotient;
    ASSERT(out != NULL);
    wide_magnitude(wide, &dividend);
    big_set(&divisor, (uint64_t)count);
    if (digits_added > 0) big_multiply_power_of_ten(&dividend, (unsigned)digits_added);
    if (digits_added < 0) big_multiply_power_of_ten(&divisor, (unsigned)-digits_added);
    big_divide_rounded(&dividend, &divisor, &quotient);
    return big_to_decimal(&quotient, wide_is_negative(wide), out);
}

/* numerator / denominator = variance * 10^digits */
static void variance_ratio(const WideMoments *moments, bool sample, int digits, Big *numerator,
                           Big *denominator) {
    ASSERT(moments->count > (sample ? 1 : 0));
    uint64_t count = (uint64_t)moments->count;
    Big sum, square;
    wide_magnitude(&moments->sum, &sum);
    big_multiply(&sum, &sum, &square);
    wide_magnitude(&moments->sum_squares, numerator);
    big_multiply_add(numerator, count, 0);
    big_subtract(numerator, &square); /* never negative: Cauchy and Schwarz, and the sums are exact */
    ASSERT(denominator != numerator);
    big_set(denominator, (U128)count * (count - sample));
    int shift = digits - 2 * moments->scale;
    if (shift > 0) big_multiply_power_of_ten(numerator, (unsigned)shift);
    if (shift < 0) big_multiply_power_of_ten(denominator, (unsigned)-shift);
}

bool wide_variance(const WideMoments *moments, bool sample, int scale_out, Decimal *out) {
    ASSERT(scale_out >= 0 && scale_out <= DECIMAL_SCALE_MAX);
    Big numerator, denominator, quotient;
    variance_ratio(moments, sample, scale_out, &numerator, &denominator);
    big_divide_rounded(&numerator, &denominator, &quotient);
    return big_to_decimal(&quotient, false, out);
}

bool wide_stddev(const WideMoments *moments, bool sample, int scale_out, Decimal *out) {
    ASSERT(scale_out >= 0);
    /* One digit more under the root tells on which side of a half the result lies: floor(10 * x) ends in 5 or
     * more. */
    Big numerator, denominator, quotient, root, ten, five;
    variance_ratio(moments, sample, 2 * (scale_out + 1), &numerator, &denominator);
    big_divide(&numerator, &denominator, &quotient);
    big_square_root(&quotient, &root);
    big_set(&ten, 10);
    big_set(&five, 5);
    big_add(&root, &five);
    big_divide(&root, &ten, &quotient);
    return big_to_decimal(&quotient, false, out);
}
