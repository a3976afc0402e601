/* SPDX-License-Identifier: Apache-2.0
 * base/exact_sum.c - the rarer adds of a pair, and the superaccumulator.
 *
 * The wide form is a fixed-point number (U. Kulisch): limb i holds the bits from 2^(64 i - 1088), two's
 * complement over all limbs. The smallest double, 2^-1074, lies 14 bits above the bottom; the largest is
 * below 2^1024, so that 128 bits are left above it: 2^63 values times 2^63 do not overflow.
 *
 *     limb    34 ............ 17 | 16 ............ 0
 *     bit   2^1152          2^0     2^-1         2^-1088
 *
 * A double is a 53-bit integer times a power of two; times an integer weight it is at most 117 bits, and a
 * product of two doubles and a weight 170: one to four limbs are touched, then a carry runs, as a rule not
 * far. */
#include "base/exact_sum.h"

#include "base/big.h"

typedef unsigned __int128 U128;

enum { WIDE_EXPONENT_MIN = -1088 };
STATIC_ASSERT(WIDE_EXPONENT_MIN <= -1074, "the smallest double has its bit");
STATIC_ASSERT(EXACT_WIDE_LIMB_COUNT * 64 + WIDE_EXPONENT_MIN == 1152, "the drawing above");

/* Outside of these a product's low half may lie below the smallest double, or its high half be infinite. */
static const double product_min = 0x1p-960, product_max = 0x1p1020;

/* Of INT64_MIN too. */
static uint64_t magnitude_of(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* high + low as a pair that is unique for its value. */
static ExactSum pair_normal(double high, double low) {
    ExactSum pair;
    pair.hi = exact_two_sum(high, low, &pair.lo);
    return pair;
}

/* As many as the pair takes without being normalized: two chains of one addition each, where normalizing
 * makes one chain of seven. */
static size_t add_loosely(ExactSum *sum, const double *values, size_t count) {
    double hi = sum->hi, lo = sum->lo;
    size_t done = 0;
    for (; done < count; done++) {
        double low, residue, high = exact_two_sum(hi, values[done], &low);
        double rest = exact_two_sum(lo, low, &residue);
        if (__builtin_expect(!(residue + (rest - rest) == 0), 0)) break;
        hi = high;
        lo = rest;
    }
    ExactSum normal = pair_normal(hi, lo);
    if (normal.lo - normal.lo != 0)
        return 0; /* the rest was so large that both together overflow, or promoted */
    *sum = normal;
    return done;
}

size_t exact_sum_add_run(ExactSum *sum, const double *values, size_t count) {
    ASSERT(values != NULL || count == 0);
    size_t done = 0;
    while (done < count) {
        done += add_loosely(sum, values + done, count - done);
        if (done == count) break;
        if (!exact_sum_add_one(sum, values[done])) return done;
        /* One by one through the value that did not pass loosely; the run goes on behind it. */
        done++;
    }
    return done;
}

/* Adds high + low, whose sum is exact, or nothing. */
static bool add_two(ExactSum *sum, double high, double low) {
    ExactSum changed = *sum;
    if (!exact_sum_add_one(&changed, high)) return false;
    if (low != 0 && !exact_sum_add_one(&changed, low)) return false;
    *sum = changed;
    return true;
}

/* x * y = *high + *low exactly; false when doubles cannot say it. */
static bool two_product(double x, double y, double *high, double *low) {
    double product = x * y, size = product < 0 ? -product : product;
    *high = product;
    *low = 0;
    /* 0 times infinity is NaN: for the wide form to count. */
    if (x == 0 || y == 0) return product == 0;
    if (!(size >= product_min && size <= product_max)) return false;
    *low = fma(x, y, -product);
    return true;
}

/* A weight as two doubles: more than 53 bits do not fit one. */
static void split_weight(int64_t weight, double *high, double *low) {
    enum { LOW_BITS = 32 };
    /* 31 and 32 bits: each an exact double, whose product with any x two_product can split. */
    int64_t below = weight & ((1LL << LOW_BITS) - 1);
    *low = (double)below;
    *high = (double)(weight - below);
}

bool exact_sum_add_weighted(ExactSum *sum, double x, int64_t weight) {
    double weights[2], high, low;
    split_weight(weight, &weights[0], &weights[1]);
    ExactSum changed = *sum;
    /* Both products before the first is added: a sum that took half of a weight could not be put right. */
    for (int i = 0; i < 2; i++) {
        if (weights[i] == 0 && x - x == 0) continue;
        if (!two_product(x, weights[i], &high, &low) || !add_two(&changed, high, low)) return false;
    }
    *sum = changed;
    return true;
}

bool exact_sum_add_product(ExactSum *sum, double x, double y, int64_t weight) {
    double high, low;
    if (!two_product(x, y, &high, &low)) return false;
    /* The two weights that nearly every row has need no multiplication. */
    if (weight == 1) return add_two(sum, high, low);
    if (weight == -1) return add_two(sum, -high, -low);
    ExactSum changed = *sum;
    if (!exact_sum_add_weighted(&changed, high, weight)) return false;
    if (!exact_sum_add_weighted(&changed, low, weight)) return false;
    *sum = changed;
    return true;
}

bool exact_sum_merge(ExactSum *sum, const ExactSum *other) {
    DEBUG_ASSERT(!exact_sum_is_promoted(other));
    return add_two(sum, other->hi, other->lo);
}

/* Adds or subtracts `count` limbs from limb `at` on, carrying to the top. */
static void wide_add_limbs(ExactSumWide *wide, const uint64_t *limbs, size_t count, size_t at,
                           bool negative) {
    DEBUG_ASSERT(at + count <= EXACT_WIDE_LIMB_COUNT + 1); /* at most a zero limb above the top */
    uint64_t carry = 0;
    for (size_t i = 0; i < count || carry != 0; i++) {
        if (at + i >= EXACT_WIDE_LIMB_COUNT) return; /* out of the top: the sign's own carry */
        U128 limb = i < count ? limbs[i] : 0, held = wide->limbs[at + i];
        U128 result = negative ? held - limb - carry : held + limb + carry;
        wide->limbs[at + i] = (uint64_t)result;
        carry = (uint64_t)(result >> 64) & 1;
    }
}

/* A finite double is *mantissa * 2^*exponent. */
static void split_double(double x, uint64_t *mantissa, int *exponent) {
    DEBUG_ASSERT(x - x == 0);
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    int biased = (int)(bits >> 52 & 0x7FF);
    uint64_t fraction = bits & ((1ULL << 52) - 1);
    *mantissa = biased > 0 ? fraction | 1ULL << 52 : fraction;
    *exponent = (biased > 0 ? biased : 1) - 1075;
}

/* value * weight * 2^exponent; bits below the bottom are cut from `value` before the weight, so that a
 * retraction cuts the same. */
static void wide_add_scaled(ExactSumWide *wide, U128 value, int exponent, uint64_t weight, bool negative) {
    DEBUG_ASSERT(value >> 106 == 0); /* two mantissas */
    int bit = exponent - WIDE_EXPONENT_MIN;
    if (bit < 0) {
        value = -bit < 128 ? value >> -bit : 0;
        bit = 0;
    }
    DEBUG_ASSERT((size_t)bit / 64 < EXACT_WIDE_LIMB_COUNT);
    U128 low = (U128)(uint64_t)value * weight, high = (U128)(uint64_t)(value >> 64) * weight + (low >> 64);
    uint64_t limbs[4] = {(uint64_t)low, (uint64_t)high, (uint64_t)(high >> 64), 0};
    unsigned shift = (unsigned)bit % 64;
    if (shift > 0)
        for (size_t i = 3; i < 4; i--)
            limbs[i] = limbs[i] << shift | (i > 0 ? limbs[i - 1] >> (64 - shift) : 0);
    wide_add_limbs(wide, limbs, 4, (size_t)bit / 64, negative);
}

/* Counts what is not finite. */
static void wide_count_special(ExactSumWide *wide, double x, int64_t weight) {
    DEBUG_ASSERT(x - x != 0);
    if (x != x) {
        wide->nan_count += weight;
    } else if (x > 0) {
        wide->infinity_count += weight;
    } else {
        wide->negative_infinity_count += weight;
    }
}

void exact_wide_init(ExactSumWide *wide, const ExactSum *from) {
    ASSERT(!exact_sum_is_promoted(from));
    /* Its memory is the caller's arena's, which does not clear. */
    memset(wide, 0, sizeof(*wide));
    exact_wide_merge_pair(wide, from);
}

void exact_wide_add(ExactSumWide *wide, double x, int64_t weight) {
    if (x - x != 0) {
        wide_count_special(wide, x, weight);
        return;
    }
    uint64_t mantissa;
    int exponent;
    split_double(x, &mantissa, &exponent);
    wide_add_scaled(wide, mantissa, exponent, magnitude_of(weight), (x < 0) != (weight < 0));
}

void exact_wide_add_product(ExactSumWide *wide, double x, double y, int64_t weight) {
    double product = x * y;
    if (product - product != 0) {
        wide_count_special(wide, product, weight);
        return;
    }
    uint64_t a, b;
    int exponent_a, exponent_b;
    split_double(x, &a, &exponent_a);
    split_double(y, &b, &exponent_b);
    bool negative = ((x < 0) != (y < 0)) != (weight < 0);
    wide_add_scaled(wide, (U128)a * b, exponent_a + exponent_b, magnitude_of(weight), negative);
}

void exact_wide_merge(ExactSumWide *wide, const ExactSumWide *other) {
    wide_add_limbs(wide, other->limbs, EXACT_WIDE_LIMB_COUNT, 0, false);
    wide->nan_count += other->nan_count;
    wide->infinity_count += other->infinity_count;
    wide->negative_infinity_count += other->negative_infinity_count;
}

void exact_wide_merge_pair(ExactSumWide *wide, const ExactSum *other) {
    DEBUG_ASSERT(!exact_sum_is_promoted(other));
    exact_wide_add(wide, other->hi, 1);
    exact_wide_add(wide, other->lo, 1);
}

/* The finite part rounded to nearest even, or an infinity. */
static double wide_round(const ExactSumWide *wide) {
    bool negative = wide->limbs[EXACT_WIDE_LIMB_COUNT - 1] >> 63;
    ExactSumWide copy = {{0}};
    wide_add_limbs(&copy, wide->limbs, EXACT_WIDE_LIMB_COUNT, 0, negative);
    Big big;
    big_set_limbs(&big, copy.limbs, EXACT_WIDE_LIMB_COUNT);
    double value = big_to_double(&big, WIDE_EXPONENT_MIN, false);
    return negative ? -value : value;
}

double exact_wide_value(const ExactSumWide *wide) {
    bool up = wide->infinity_count != 0, down = wide->negative_infinity_count != 0;
    if (wide->nan_count != 0 || (up && down)) return (double)NAN;
    if (up) return HUGE_VAL;
    if (down) return -HUGE_VAL;
    return wide_round(wide);
}

ExactSum exact_wide_pair(const ExactSumWide *wide) {
    double value = exact_wide_value(wide);
    if (value - value != 0) return (ExactSum){value, 0};
    ExactSumWide rest = *wide;
    /* What the nearest double leaves: the pair's low part, itself rounded. */
    exact_wide_add(&rest, value, -1);
    return (ExactSum){value, wide_round(&rest)};
}

/* Arithmetic on pairs, some 105 bits (T. J. Dekker, 1971). */

static ExactSum pair_multiply(ExactSum a, ExactSum b) {
    double product = a.hi * b.hi, error = fma(a.hi, b.hi, -product);
    return pair_normal(product, error + (a.hi * b.lo + a.lo * b.hi));
}

static ExactSum pair_subtract(ExactSum a, ExactSum b) {
    double low, low_error, high = exact_two_sum(a.hi, -b.hi, &low);
    double rest = exact_two_sum(a.lo, -b.lo, &low_error);
    ExactSum first = pair_normal(high, low + rest);
    return pair_normal(first.hi, first.lo + low_error);
}

static ExactSum pair_from_count(int64_t count) {
    ExactSum pair;
    split_weight(count, &pair.hi, &pair.lo);
    return pair_normal(pair.hi, pair.lo);
}

static double pair_divide(ExactSum a, ExactSum b) {
    /* One step of long division and a correction by what it leaves: twice the digits. */
    double quotient = a.hi / b.hi;
    if (quotient - quotient != 0) return quotient;
    ExactSum rest = pair_subtract(a, pair_multiply(pair_normal(quotient, 0), b));
    return quotient + rest.hi / b.hi;
}

/* Scaling by a power of two keeps squares of large and tiny sums inside double's range. */
static ExactSum pair_scale(ExactSum pair, int exponent) {
    return (ExactSum){ldexp(pair.hi, exponent), ldexp(pair.lo, exponent)};
}

static int pair_exponent(const ExactSum *pair) {
    int exponent = 0;
    frexp(pair->hi, &exponent);
    return pair->hi == 0 ? 0 : exponent;
}

/* (count * xy - x * y) / divisor, the pairs scaled first: x by 2^-ex, y by 2^-ey, xy by both. */
static double central(int64_t count, const ExactSum *x, const ExactSum *y, const ExactSum *xy,
                      ExactSum divisor) {
    DEBUG_ASSERT(count > 0);
    double all = x->hi + y->hi + xy->hi;
    if (all != all || x->hi - x->hi != 0 || y->hi - y->hi != 0 || xy->hi - xy->hi != 0) return (double)NAN;
    int exponent_x = pair_exponent(x), exponent_y = pair_exponent(y);
    /* Squares may be far larger than the square of their sum (values that cancel): then scale by them. */
    int excess = pair_exponent(xy) - exponent_x - exponent_y;
    if (excess > 0) exponent_x += excess / 2, exponent_y += excess - excess / 2;
    ExactSum product = pair_multiply(pair_scale(*x, -exponent_x), pair_scale(*y, -exponent_y));
    ExactSum scaled = pair_scale(*xy, -exponent_x - exponent_y);
    ExactSum difference = pair_subtract(pair_multiply(pair_from_count(count), scaled), product);
    return ldexp(pair_divide(difference, divisor), exponent_x + exponent_y);
}

double exact_variance(const ExactMoments *moments, bool sample) {
    ASSERT(moments->count > (sample ? 1 : 0));
    if (moments->count == 1) return moments->sum.hi - moments->sum.hi; /* 0, or NaN */
    ExactSum divisor =
        pair_multiply(pair_from_count(moments->count), pair_from_count(moments->count - sample));
    double variance = central(moments->count, &moments->sum, &moments->sum, &moments->sum_squares, divisor);
    return variance < 0 ? 0 : variance;
}

double exact_stddev(const ExactMoments *moments, bool sample) {
    return sqrt(exact_variance(moments, sample));
}

double exact_average(const ExactSum *sum, int64_t count) {
    DEBUG_ASSERT(count > 0);
    /* Infinite or NaN: no quotient to correct. */
    if (sum->hi - sum->hi != 0) return sum->hi;
    return pair_divide(*sum, pair_from_count(count));
}

double exact_central_product(int64_t count, const ExactSum *sum_x, const ExactSum *sum_y,
                             const ExactSum *sum_xy) {
    DEBUG_ASSERT(count > 0);
    return central(count, sum_x, sum_y, sum_xy, pair_from_count(count));
}
