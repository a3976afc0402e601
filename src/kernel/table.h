/* SPDX-License-Identifier: Apache-2.0
 * kernel/table.h - what a kernel table holds.
 *
 *     bool check = kernels->arithmetic[KERNEL_ADD][KERNEL_ARRAY_ARRAY][LANE_I64](a, b, count, out);
 *     if (check) ...             some row may have overflowed: look for it row by row
 *     kernels->compare[KERNEL_LESS][KERNEL_ARRAY_CONSTANT][LANE_F64](a, &limit, count, bits);
 *
 * A constant operand is a pointer to one value. Bitmaps written are whole words; bits past the count are
 * zero. Outputs must not overlap inputs. Floats compare as PostgreSQL's: NaN equals NaN and is above all.
 *
 * What every kernel takes:
 *
 * - `count` rows, 0 too. Arrays aligned as their type asks.
 * - All rows, also those that are NULL: their slots hold some value, and what comes of it means nothing. So a
 *   flag ("some row may have failed") may be due to a NULL; the caller looks at the rows that are not.
 * - Room: outputs of `count` values, bitmaps of bits_size(count) bytes.
 *
 * Operands are void pointers because one table serves all types; the lane in the index says what they point
 * to. */
#ifndef WEIR_KERNEL_TABLE_H
#define WEIR_KERNEL_TABLE_H

#include "base/exact_sum.h"
#include "kernel/kernel.h"

/* How the values of a numeric loop lie. */
typedef enum KernelLane { LANE_I16, LANE_I32, LANE_I64, LANE_F32, LANE_F64, LANE_COUNT } KernelLane;

/* Which operand is one value for all rows. A plan's constants are never spread out into arrays. */
typedef enum KernelForm {
    KERNEL_ARRAY_ARRAY,
    KERNEL_ARRAY_CONSTANT,
    KERNEL_CONSTANT_ARRAY,
    KERNEL_FORM_COUNT
} KernelForm;

/* As PostgreSQL's operators on these types, but for rows that fail. */
typedef enum KernelArithmetic {
    KERNEL_ADD,
    KERNEL_SUBTRACT,
    KERNEL_MULTIPLY,
    KERNEL_DIVIDE, /* integers truncate */
    KERNEL_MODULO, /* integers only; the sign of the dividend */
    KERNEL_ARITHMETIC_COUNT
} KernelArithmetic;

/* The six of SQL, on values that are not NULL. */
typedef enum KernelCompare {
    KERNEL_EQUAL,
    KERNEL_NOT_EQUAL,
    KERNEL_LESS,
    KERNEL_LESS_EQUAL,
    KERNEL_GREATER,
    KERNEL_GREATER_EQUAL,
    KERNEL_COMPARE_COUNT
} KernelCompare;

/* What compares by its own loop: the numeric lanes in their order, then the 16-byte layouts. */
typedef enum KernelOrder {
    ORDER_I16,
    ORDER_I32,
    ORDER_I64,
    ORDER_F32,
    ORDER_F64,
    ORDER_I128,     /* NUMERIC, both sides of one scale */
    ORDER_INTERVAL, /* by the estimate of interval_order */
    ORDER_BYTES16,  /* UUID: as memcmp */
    ORDER_COUNT
} KernelOrder;

STATIC_ASSERT((int)ORDER_F64 == (int)LANE_F64, "lanes are orders");
STATIC_ASSERT((int)ORDER_I16 == (int)LANE_I16, "lanes are orders");
STATIC_ASSERT(sizeof(Interval) == 16 && sizeof(View) == 16, "loops over 16 bytes");

/* out[i] = a[i] op b[i]. True when some row may have failed: integer overflow, a divisor of 0 (or -1 of the
 * least value), a float result that is infinite, or zero from operands that are not. Those rows hold
 * any value. NULL where an operation does not exist (modulo of floats). The flag may be true although no row
 * fails (a float that was infinite before); it is never false when one does. Dividing by a constant that is
 * neither -1, 0 nor 1 costs a multiplication (Granlund and Montgomery, "Division by Invariant Integers using
 * Multiplication", 1994), by an array a division per row. */
typedef bool (*KernelArithmeticLoop)(const void *restrict a, const void *restrict b, size_t count,
                                     void *restrict out);

/* Bit i of `bits` = a[i] op b[i]; forms ARRAY_ARRAY and ARRAY_CONSTANT only: for the third, swap the operands
 * and take kernel_compare_swap of the operator. */
typedef void (*KernelCompareLoop)(const void *restrict a, const void *restrict b, size_t count,
                                  uint64_t *restrict bits);

/* Text and bytea by bytes, a prefix before what it begins. `validity` (NULL: all): rows whose views may be
 * followed; the others give any bit. In the form with a constant, `b` is one view, which must not be NULL. */
typedef struct KernelViews {
    const View *views;    /* one per row, or the constant */
    const ViewData *data; /* what they point into; NULL when all are short */
} KernelViews;
typedef void (*KernelCompareViews)(KernelViews a, KernelViews b, const uint64_t *validity, size_t count,
                                   uint64_t *bits);

/* True when some value does not fit (or is NaN, to an integer): those rows hold any value. Floats to integers
 * round half to even, as PostgreSQL's casts. Integers to floats always fit, and round. */
typedef bool (*KernelConvert)(const void *restrict from, size_t count, void *restrict out);

/* One level's kernels. No entry is NULL but where its comment says so. */
struct KernelTable {
    KernelArithmeticLoop arithmetic[KERNEL_ARITHMETIC_COUNT][KERNEL_FORM_COUNT][LANE_COUNT];
    KernelCompareLoop compare[KERNEL_COMPARE_COUNT][2][ORDER_COUNT];
    KernelCompareViews compare_views[KERNEL_COMPARE_COUNT][2];
    KernelConvert convert[LANE_COUNT][LANE_COUNT]; /* [from][to]; NULL on the diagonal */

    /* Bit i = (a[i] % divisor = remainder), as SQL's %; divisor != 0. A remainder that cannot be gives no
     * bits. Common enough in filters (sampling, sharding) to have its own loop, without a division. */
    void (*modulo_is_i32)(const int32_t *restrict a, int32_t divisor, int32_t remainder, size_t count,
                          uint64_t *restrict bits);
    void (*modulo_is_i64)(const int64_t *restrict a, int64_t divisor, int64_t remainder, size_t count,
                          uint64_t *restrict bits);

    /* rows[k] = position of the kth set bit of [0, count), rising; returns how many. `rows` has room for
     * count + 16, since whole vectors are stored. As batch_select (column/batch.h), which needs no table.
     * Bits past the count do not matter. */
    uint32_t (*select_bits)(const uint64_t *restrict bits, uint32_t count, uint32_t *restrict rows);

    /* Adds values[i] to the ExactSum (base/exact_sum.h) `offset` bytes into records[i], in turn; records may
     * repeat. Gives how many went in: `count`, or the row that exact_sum_add_one refuses. */
    uint32_t (*add_exact)(void *const *records, size_t offset, const double *values, uint32_t count);
};

/* a op b = b swapped(op) a */
static inline KernelCompare kernel_compare_swap(KernelCompare compare) {
    static const KernelCompare swapped[KERNEL_COMPARE_COUNT] = {
        KERNEL_EQUAL, KERNEL_NOT_EQUAL, KERNEL_GREATER, KERNEL_GREATER_EQUAL, KERNEL_LESS, KERNEL_LESS_EQUAL};
    return swapped[compare];
}

#endif
