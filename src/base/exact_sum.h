/* SPDX-License-Identifier: Apache-2.0
 * base/exact_sum.h - sums of doubles that are exact: any order, and what was added can be taken back.
 *
 * A group starts as an ExactSum, 16 bytes: two doubles whose sum is the exact value. That holds nearly
 * always (prices, sensor readings). When it cannot hold, an add returns false and changes nothing; the caller
 * then promotes the group to an ExactSumWide, which holds every sum of finite doubles exactly, counts NaN and
 * infinities apart, and repeats the add there.
 *
 *     if (!exact_sum_add(&sum, x, weight)) {              weight 1, or -1 to take back
 *         ExactSumWide *wide = arena_alloc(arena, sizeof(*wide));
 *         exact_wide_init(wide, &sum);
 *         exact_sum_mark_promoted(&sum, handle);          the 16 bytes now hold the caller's handle
 *         exact_wide_add(wide, x, weight);
 *     }
 *     double result = exact_sum_value(&sum);              rounded once, to nearest
 *
 * The result depends only on the multiset of values held, never on their order or on promotion:
 * after a retracted 1e300 the small rest is intact. NaN, infinity, and products beyond
 * double's range are kept in the wide form only.
 *
 * Zeroed memory is an empty ExactSum. Threads: no state. */
#ifndef WEIR_BASE_EXACT_SUM_H
#define WEIR_BASE_EXACT_SUM_H

#include <math.h>

#include "base/assert.h"
#include "base/str.h"

/* hi is hi + lo rounded to nearest, so |lo| <= ulp(hi) / 2 and the pair is unique for its value.
 * hi NaN: promoted, lo's bits are the caller's handle. */
typedef struct ExactSum {
    double hi;
    double lo;
} ExactSum;

STATIC_ASSERT(sizeof(ExactSum) == 16, "the common case is 16 bytes");

/* A fixed-point number from 2^-1088 up to 2^1152, sign in two's complement, and the counts. */
enum { EXACT_WIDE_LIMB_COUNT = 35 }; /* 2,240 bits; exact_sum.c opens with the drawing */
/* Some 300 bytes: one per promoted group, made when it is needed. */
typedef struct ExactSumWide {
    uint64_t limbs[EXACT_WIDE_LIMB_COUNT];
    int64_t nan_count;
    int64_t infinity_count;          /* of +inf: weights added */
    int64_t negative_infinity_count; /* of -inf */
} ExactSumWide;

static inline bool exact_sum_is_promoted(const ExactSum *sum) {
    return sum->hi != sum->hi;
}

/* Any handle will do: a pointer, an index. */
static inline void exact_sum_mark_promoted(ExactSum *sum, uint64_t handle) {
    sum->hi = (double)NAN;
    memcpy(&sum->lo, &handle, sizeof(handle));
}

/* Of a promoted sum only. */
static inline uint64_t exact_sum_handle(const ExactSum *sum) {
    DEBUG_ASSERT(exact_sum_is_promoted(sum));
    uint64_t handle;
    memcpy(&handle, &sum->lo, sizeof(handle));
    return handle;
}

/* s + *error is a + b exactly, unless s overflows (D. E. Knuth, TAOCP 4.2.2, theorem B). Needs rounding to
 * nearest and doubles that are no wider than doubles: no -ffast-math, no x87. */
static inline double exact_two_sum(double a, double b, double *error) {
    double s = a + b, b_part = s - a;
    *error = (a - (s - b_part)) + (b - b_part);
    return s;
}

/* Adds x once. False, and nothing changed: the sum (or x itself) does not fit two doubles, or is promoted. */
NODISCARD static inline bool exact_sum_add_one(ExactSum *sum, double x) {
    double low, residue, hi, lo;
    double high = exact_two_sum(sum->hi, x, &low);
    double rest = exact_two_sum(sum->lo, low, &residue);
    hi = exact_two_sum(high, rest, &lo);
    /* One test: not finite gives NaN in lo (inf - inf) and fails the comparison, as does a residue. */
    if (__builtin_expect(!(residue + (lo - lo) == 0), 0)) return false;
    sum->hi = hi;
    sum->lo = lo;
    return true;
}

/* Adds the values in turn and returns how many went in: `count`, or the index of the one that
 * exact_sum_add_one refuses. Several times as fast: the pair is brought to its normal form only at the end.
 */
NODISCARD size_t exact_sum_add_run(ExactSum *sum, const double *values, size_t count);

/* Adds x * weight (exactly). The same result. */
NODISCARD bool exact_sum_add_weighted(ExactSum *sum, double x, int64_t weight);

NODISCARD static inline bool exact_sum_add(ExactSum *sum, double x, int64_t weight) {
    if (__builtin_expect(weight == 1, 1)) return exact_sum_add_one(sum, x);
    if (weight == -1) return exact_sum_add_one(sum, -x);
    return exact_sum_add_weighted(sum, x, weight);
}

/* Adds x * y * weight, both products exact: x, x for the sum of squares of a variance. */
NODISCARD bool exact_sum_add_product(ExactSum *sum, double x, double y, int64_t weight);
NODISCARD static inline bool exact_sum_add_square(ExactSum *sum, double x, int64_t weight) {
    return exact_sum_add_product(sum, x, x, weight);
}

/* Adds another sum that is not promoted. */
NODISCARD bool exact_sum_merge(ExactSum *sum, const ExactSum *other);

/* The sum rounded once. Not promoted. */
static inline double exact_sum_value(const ExactSum *sum) {
    DEBUG_ASSERT(!exact_sum_is_promoted(sum));
    return sum->hi;
}

/* Starts from a pair that is not promoted. */
void exact_wide_init(ExactSumWide *wide, const ExactSum *from);
void exact_wide_add(ExactSumWide *wide, double x, int64_t weight);
/* Products beyond double's range count as infinities; bits below 2^-1088 are cut, the same way on each call.
 */
void exact_wide_add_product(ExactSumWide *wide, double x, double y, int64_t weight);
/* Adds all that the other holds, its NaNs and infinities too. */
void exact_wide_merge(ExactSumWide *wide, const ExactSumWide *other);
void exact_wide_merge_pair(ExactSumWide *wide, const ExactSum *other);

/* Rounded once. NaN if a NaN or both infinities are held, an infinity if one is or if the sum passes
 * double's range; ask exact_wide_is_finite to tell held from passed. */
double exact_wide_value(const ExactSumWide *wide);

/* True while neither NaN nor an infinity is held. */
static inline bool exact_wide_is_finite(const ExactSumWide *wide) {
    return (wide->nan_count | wide->infinity_count | wide->negative_infinity_count) == 0;
}

/* The nearest pair, for the functions below: equal to the exact value whenever two doubles can be.
 * Not finite: hi is the value of exact_wide_value, lo 0. */
ExactSum exact_wide_pair(const ExactSumWide *wide);

/* Moments of count values, as pairs (exact_wide_pair for promoted sums). */
typedef struct ExactMoments {
    int64_t count;
    ExactSum sum;         /* of x */
    ExactSum sum_squares; /* of x * x */
} ExactMoments;

/* The variance, by count - 1 when `sample` (count > 1), else by count (> 0). Computed with more than 100
 * bits, never negative. NaN when a moment is not finite. */
double exact_variance(const ExactMoments *moments, bool sample);
double exact_stddev(const ExactMoments *moments, bool sample);

/* sum / count, rounded (nearly) once. */
double exact_average(const ExactSum *sum, int64_t count);

/* count * sum_xy - sum_x * sum_y, divided by count: what covariance and the regressions start from
 * (Sxx when x and y are the same). */
double exact_central_product(int64_t count, const ExactSum *sum_x, const ExactSum *sum_y,
                             const ExactSum *sum_xy);

#endif
