/* SPDX-License-Identifier: Apache-2.0
 * kernel/compare.tmpl.h - the six comparisons of one layout, 64 rows to a word.
 *
 * Parameters, undefined at the end:
 *     LANE        suffix of the names
 *     T           the element type
 *     KEY(x)      what is compared, given an lvalue of T; a type with C's < and ==
 *     FLOATING    1: NaN equals NaN and is above all numbers
 *
 * The bytes of 64 rows are packed into a word by pack_flags of kernel/table.tmpl.h: a comparison to bytes is
 * what compilers vectorise, one to bits is not. The last, incomplete word goes row by row, and its upper bits
 * are zero.
 *
 * & and | in place of && and ||: a row must not be a branch. */
#define NAME_(operation, form, lane)  operation##_##form##_##lane
#define NAME__(operation, form, lane) NAME_(operation, form, lane)
#define NAME(operation, form)         NAME__(operation, form, LANE)

/* btree's order of floats, from C's, in which every comparison with NaN is false but !=. What is not in a row's formula follows from
 * that: NaN <= y is false unless y is NaN too. */
#if FLOATING
#define EQUAL_ROW(x, y)         (((x) == (y)) | (((x) != (x)) & ((y) != (y))))
#define NOT_EQUAL_ROW(x, y)     (((x) != (y)) & (((x) == (x)) | ((y) == (y))))
#define LESS_ROW(x, y)          (((x) < (y)) | (((y) != (y)) & ((x) == (x))))
#define LESS_EQUAL_ROW(x, y)    (((x) <= (y)) | ((y) != (y)))
#define GREATER_ROW(x, y)       LESS_ROW(y, x)
#define GREATER_EQUAL_ROW(x, y) LESS_EQUAL_ROW(y, x)
#else
#define EQUAL_ROW(x, y)         ((x) == (y))
#define NOT_EQUAL_ROW(x, y)     ((x) != (y))
#define LESS_ROW(x, y)          ((x) < (y))
#define LESS_EQUAL_ROW(x, y)    ((x) <= (y))
#define GREATER_ROW(x, y)       ((x) > (y))
#define GREATER_EQUAL_ROW(x, y) ((x) >= (y))
#endif

#define LOOP(operation, form, ROW, Y)                                                                 \
    static void NAME(operation, form)(const void *restrict a_, const void *restrict b_, size_t count, \
                                      uint64_t *restrict bits) {                                      \
        const T *restrict a = a_;                                                                     \
        const T *restrict b = b_;                                                                     \
        size_t row = 0;                                                                               \
        for (; row + 64 <= count; row += 64) {                                                        \
            uint8_t flags[64];                                                                        \
            for (size_t i = 0; i < 64; i++) flags[i] = ROW(KEY(a[row + i]), KEY(b[Y(row + i)]));      \
            bits[row / 64] = pack_flags(flags);                                                       \
        }                                                                                             \
        if (row == count) return;                                                                     \
        uint64_t word = 0;                                                                            \
        for (size_t i = 0; row + i < count; i++)                                                      \
            word |= (uint64_t)(ROW(KEY(a[row + i]), KEY(b[Y(row + i)]))) << i;                        \
        bits[row / 64] = word;                                                                        \
    }
/* Which row of `b` goes with row i of `a`: the same, or the constant. */
#define SAME(i)  (i)
#define FIRST(i) 0
#define LOOPS(operation, ROW)      \
    LOOP(operation, aa, ROW, SAME) \
    LOOP(operation, ac, ROW, FIRST)

LOOPS(equal, EQUAL_ROW)
LOOPS(not_equal, NOT_EQUAL_ROW)
LOOPS(less, LESS_ROW)
LOOPS(less_equal, LESS_EQUAL_ROW)
LOOPS(greater, GREATER_ROW)
LOOPS(greater_equal, GREATER_EQUAL_ROW)

#undef NAME_
#undef NAME__
#undef NAME
#undef EQUAL_ROW
#undef NOT_EQUAL_ROW
#undef LESS_ROW
#undef LESS_EQUAL_ROW
#undef GREATER_ROW
#undef GREATER_EQUAL_ROW
#undef LOOP
#undef SAME
#undef FIRST
#undef LOOPS
#undef LANE
#undef T
#undef KEY
#undef FLOATING
