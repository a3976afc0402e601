/* SPDX-License-Identifier: Apache-2.0
 * base/big.h - unsigned integers of up to 5,120 bits, for the exact last word when a fast path cannot decide.
 *
 * Used where a double or a decimal must be rounded once and correctly: number text, variances, wide sums.
 *
 *     Big a;
 *     big_set(&a, 7);
 *     big_multiply_power_of_ten(&a, 300);
 *     big_shift_left(&a, 12);
 *
 * Sizes are asserted: callers know their bounds. A Big is 650 bytes and lies on the stack; multiplying and
 * dividing cost the product of the limb counts. Threads: no state. */
#ifndef WEIR_BASE_BIG_H
#define WEIR_BASE_BIG_H

#include "base/assert.h"

/* 5,120 bits: a double's 780 digits with their power of ten (number_read.c), a Wide squared and scaled
 * (wide.c). */
enum { BIG_LIMB_COUNT_MAX = 80 };

/* Least significant limb first, no zero limb at the top; zero has no limbs. */
typedef struct Big {
    uint32_t count;
    uint64_t limbs[BIG_LIMB_COUNT_MAX];
} Big;

/* `count` <= BIG_LIMB_COUNT_MAX; zero limbs at the top are allowed. */
void big_set(Big *big, unsigned __int128 value);
void big_set_limbs(Big *big, const uint64_t *limbs, size_t count);

static inline bool big_is_zero(const Big *big) {
    return big->count == 0;
}
/* Position of the highest set bit plus one; 0 for zero. */
size_t big_bit_length(const Big *big);

/* -1, 0, 1: which is larger. */
int big_compare(const Big *a, const Big *b);

/* big += other; the sum has at most BIG_LIMB_COUNT_MAX limbs. */
void big_add(Big *big, const Big *other);
/* big >= other. */
void big_subtract(Big *big, const Big *other);
/* big = big * factor + addend */
void big_multiply_add(Big *big, uint64_t factor, uint64_t addend);
/* out is neither a nor b. */
void big_multiply(const Big *a, const Big *b, Big *out);
void big_multiply_power_of_ten(Big *big, unsigned exponent);
void big_shift_left(Big *big, unsigned bits);
/* The bits that fall out are reported: true when one of them was set. */
bool big_shift_right(Big *big, unsigned bits);

/* quotient = big / divisor rounded down, big becomes the remainder. divisor > 0; quotient may be NULL, and is
 * neither of the others. One limb of `big` has to be free. */
void big_divide(Big *big, const Big *divisor, Big *quotient);
/* quotient rounded half up; big is used up. */
void big_divide_rounded(Big *big, const Big *divisor, Big *quotient);

/* floor(sqrt(big)), by Newton's method; true when it is exact. `root` is not `big`. */
bool big_square_root(const Big *big, Big *root);

/* False when it does not fit. */
bool big_to_u128(const Big *big, unsigned __int128 *out);

/* big * 2^exponent rounded to nearest even; `inexact` tells of a non-zero rest below the integer. Passing
 * double's range gives infinity, passing below it zero or a subnormal. Where there is a rest, `big` has more
 * than 53 bits (asserted), so that it lies below the last place. */
double big_to_double(const Big *big, int64_t exponent, bool inexact);

#endif
