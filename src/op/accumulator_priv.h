/* SPDX-License-Identifier: Apache-2.0
 * op/accumulator_priv.h - the bytes of one aggregate in a group's record: written by accumulator.c, read by accumulator_result.c.
 *
 *     i64 count                  only when Accumulator.counts: weight of the rows that are not NULL and pass the filter
 *     one of the structs below   at accumulator_slot; which one says Accumulator.kind (AccumulatorKind has the list)
 *
 * An ExactSum here may be promoted: its bytes are then the handle of an ExactSumWide in AccumulatorStore.memory, which accumulator_free
 * gives back. Records are aligned to 8 bytes. */
#ifndef WEIR_OP_ACCUMULATOR_PRIV_H
#define WEIR_OP_ACCUMULATOR_PRIV_H

#include "op/accumulator.h"

/* i128 in a record: records are aligned to 8 bytes only, and the compiler may load an __int128 with an instruction
 * that faults there. */
typedef struct Sum128 {
    uint64_t low;
    int64_t high;
} Sum128;

/* Sums of the three parts, apart as PostgreSQL keeps them: no carry from one to the next. */
typedef struct IntervalSum {
    int64_t months;
    int64_t days;
    Sum128 microseconds;
} IntervalSum;

/* Variance and deviation are computed of these two and the count, exactly, at the end. */
typedef struct MomentSums {
    Wide sum;
    Wide sum_squares;
} MomentSums;

typedef struct ExactMomentSums {
    ExactSum sum;
    ExactSum sum_squares;
} ExactMomentSums;

STATIC_ASSERT(sizeof(Sum128) == 16 && sizeof(IntervalSum) == 32, "whole words, without gaps");
STATIC_ASSERT(sizeof(MomentSums) % 8 == 0 && sizeof(ExactMomentSums) % 8 == 0, "values are words");

static inline __int128 sum128_get(const Sum128 *sum) {
    return (__int128)((unsigned __int128)(uint64_t)sum->high << 64 | sum->low);
}

/* Where the struct of a group lies; `value`: of its record. */
static inline const void *accumulator_slot(const Accumulator *accumulator, const void *value) {
    return (const char *)value + accumulator->offset + (accumulator->counts ? 8 : 0);
}

/* Bits of the integers that BIT_AND and its like take. */
static inline uint32_t accumulator_bit_count(const Accumulator *accumulator) {
    return (uint32_t)type_width(accumulator->aggregate.argument) * 8;
}

/* Keeps one value that it was given, and how many there were: an update must know whether one is there
 * already. */
static inline bool accumulator_keeps_value(AccumulatorKind kind) {
    return kind == ACCUMULATE_EXTREME || kind == ACCUMULATE_POSITION || kind == ACCUMULATE_ROW;
}

#endif
