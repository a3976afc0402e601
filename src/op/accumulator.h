/* SPDX-License-Identifier: Apache-2.0
 * op/accumulator.h - what one aggregate keeps per group, and how a batch changes it.
 *
 * An Accumulator is the compiled form of one aggregate: how many bytes it takes in a group's record and which
 * loop adds a batch to them. The bytes of all aggregates of a group lie one after the other in the value of
 * its record in keyed state; zeroed bytes are the empty group.
 *
 *     TRY(accumulator_init(&accumulator, &aggregate, argument_nullable, weighted, err));
 *     accumulator.offset = size, size += accumulator.size;
 *     TRY(accumulator_update(&accumulator, &store, &input, err));        once per batch
 *     TRY(accumulator_result(&accumulator, &store, values, count, frame, &array, &errors, err));
 *
 * Weights: adding a row with weight -1 undoes its +1. MIN, MAX, FIRST_VALUE and LAST_VALUE cannot be undone
 * from what is kept here: over weighted input op/value_set.h keeps their values. Which row is first: see
 * AggregateSpec.by_columns (plan/plan.h).
 *
 * Sums never depend on the order of rows: of integers and numerics they are kept exactly in 128 bits or a Wide, of
 * doubles in an ExactSum (base/exact_sum.h), and only the result is rounded, or found to overflow. A sum may
 * therefore pass the limits of its type inside an epoch and come back. Threads: one worker. */
#ifndef WEIR_OP_ACCUMULATOR_H
#define WEIR_OP_ACCUMULATOR_H

#include "base/exact_sum.h"
#include "op/op.h"
#include "store/cells.h"

/* How the values are summed up; chosen by aggregate and argument type. After the colon: the bytes kept, behind the
 * i64 of Accumulator.counts. */
typedef enum AccumulatorKind {
    ACCUMULATE_ROWS,          /* count(*): the record's row weight, no bytes */
    ACCUMULATE_COUNT,         /* i64 */
    ACCUMULATE_SUM,           /* integers, short numerics: i128 */
    ACCUMULATE_WIDE,          /* numerics: Wide */
    ACCUMULATE_EXACT,         /* real, double: ExactSum */
    ACCUMULATE_INTERVAL,      /* months i64, days i64, microseconds i128 */
    ACCUMULATE_MOMENTS,       /* exact numbers: Wide sum, Wide sum of squares */
    ACCUMULATE_EXACT_MOMENTS, /* real, double: two ExactSums */
    ACCUMULATE_TRUE,          /* i64: how many are true */
    ACCUMULATE_BITS,          /* u64: bits seen so far; of BIT_AND those that were not set */
    ACCUMULATE_BIT_COUNTS,    /* i64 per bit of the type: BITS where rows may be taken back (not BIT_XOR, which undoes itself) */
    ACCUMULATE_EXTREME,       /* one value, append-only input */
    ACCUMULATE_POSITION,      /* one value and the position of its row, append-only input */
    ACCUMULATE_ROW,           /* one value and the columns that its row is ordered by, append-only input */
    ACCUMULATE_NONE,          /* kept by op/value_set.h */
} AccumulatorKind;

/* Immutable once the owner has set `offset` and `span`; one serves all groups. */
typedef struct Accumulator {
    Aggregate aggregate;
    AccumulatorKind kind;
    bool counts; /* begins with an i64, the weight of the rows that are not NULL and pass the filter; else
                    that is the record's row weight */
    bool holds_outside; /* accumulator_free may have something to free */
    uint32_t offset;    /* of its bytes in the value; set by the owner */
    SqlSpan span;       /* of the call in the statement, for its failures; set by the owner */
    uint32_t size;      /* bytes, a multiple of 8 */
    CellLayout cell;    /* EXTREME, POSITION: one column; ROW: those of the order, then the value */
} Accumulator;

/* The rows of a batch that one aggregate takes in. */
typedef struct AccumulatorInput {
    const Array *argument; /* NULL: count(*) */
    const uint32_t
        *rows; /* ascending row numbers; NULL: rows 0 .. count - 1. Rows with a NULL argument are left out */
    uint32_t count;           /* of rows; may be 0 */
    void *const *values;      /* [row] the group's value in its record */
    const int64_t *weights;   /* [row]; NULL: all +1 */
    const int64_t *positions; /* [row]; POSITION only; NULL: rows count up from position_first */
    int64_t position_first;
    const Array *const
        *row_columns; /* ROW, and value sets of rows: the columns of the order, then the argument */
} AccumulatorInput;

/* Where the accumulators keep what does not fit a record: wide sums in memory, long texts in the heap, which is the
 * same for all values that are ever merged with each other. */
typedef struct AccumulatorStore {
    Memory *memory;
    StateHeap *heap;
    const KernelTable *kernels;
} AccumulatorStore;

/* What the plan says of the argument and the input. */
typedef struct AccumulatorOptions {
    bool nullable;         /* the argument can be NULL or there is a FILTER */
    bool weighted;         /* rows may be taken back */
    const Type *row_types; /* FIRST_VALUE, LAST_VALUE of rows ordered by columns: the types of row_columns */
    uint32_t row_count;    /* of these types; 0: by position */
} AccumulatorOptions;

/* The cell's layout is made in `arena`; nothing needs a deinit. Errors: OUT_OF_MEMORY. */
NODISCARD Status accumulator_init(Accumulator *accumulator, Arena *arena, const Aggregate *aggregate,
                                  const AccumulatorOptions *options, Error *err);

/* Adds the rows to their groups' values. Errors: OUT_OF_MEMORY alone; values may then be half updated, which only
 * accumulator_free may still touch. */
NODISCARD Status accumulator_update(const Accumulator *accumulator, const AccumulatorStore *store,
                                    const AccumulatorInput *input, Error *err);

/* Adds group `from` to group `to` (values of two records), as if its rows had come to `to`. `from` keeps what it
 * holds, and is to be freed by its owner. */
NODISCARD Status accumulator_merge(const Accumulator *accumulator, const AccumulatorStore *store, void *to,
                                   const void *from, Error *err);

/* The aggregates of `count` groups as an array. row_weights are at values[i] + 0 (the owner's record begins
 * with the i64 row weight). Groups whose result does not fit its type get NULL and an entry in *errors (made
 * on first need, [count], in the frame): NUMERIC_OUT_OF_RANGE, or DATETIME_OUT_OF_RANGE for intervals. Entries that
 * another aggregate has made stay: the first failure of a group is the one reported. A group without rows that
 * count gives NULL, a count 0. */
NODISCARD Status accumulator_result(const Accumulator *accumulator, const AccumulatorStore *store,
                                    const void *const *values, uint32_t count, Frame *frame, Array *out,
                                    const RowError ***errors, Error *err);

/* Gives back what the group holds outside its record. The bytes are not zeroed: a second call would free again. */
void accumulator_free(const Accumulator *accumulator, const AccumulatorStore *store, void *value);

#endif
