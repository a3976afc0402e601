/* SPDX-License-Identifier: Apache-2.0
 * op/value_set.h - the distinct values that each group holds, and how often.
 *
 * For aggregates that must know single values: DISTINCT ones, STRING_AGG (op/join_texts.h), and MIN, MAX, FIRST_VALUE and
 * LAST_VALUE over input that takes rows back. (For the last two a value is a row: the columns it is ordered by, then the value
 * asked for.) A value is one record of keyed state, found by (group, value); the values of one group
 * are linked from the group's head, so that they can be walked and dropped together.
 *
 *     heads    | group u64 | first u32 | extreme u32 | is_stale u32 | u32 | heap |
 *     values   | group u64 | value's key cells | count i64 | next u32 | previous u32 | heap_at u32 | u32 | value as it came |
 *
 * DISTINCT tells values apart as SQL does; for extremes and rows the key is the value's very bytes, so that what is
 * shown is always a value that is there ('1 month' when '30 days' has been taken back).
 *
 * The extreme is kept while values come; when it goes, it is looked for again among the group's values at the
 * next read. From then on a group of many values keeps those that are there in a heap, so that a queue whose
 * oldest row is deleted again and again costs a few comparisons each time, and a group that loses nothing costs no heap.
 * Counts may be below zero inside an epoch; a value is there while its count is above zero.
 *
 *     TRY(value_set_change(&set, frame, &input, ids, changed_rows, changed_weights, &changed_count, err));
 *
 * Threads: one worker. */
#ifndef WEIR_OP_VALUE_SET_H
#define WEIR_OP_VALUE_SET_H

#include "op/accumulator.h"
#include "plan/plan.h"
#include "store/keys.h"

/* One set serves all groups of one aggregate. Zeroed it is unused, and needs no deinit. */
typedef struct ValueSet {
    bool used;
    RowKeyLayout keys; /* group, value's columns; a type whose key loses the spelling stands there as one of the
                          same layout that does not, where extremes are wanted */
    State values;
    State heads;
    CellLayout cell; /* the value as it came: its columns */
    uint64_t *key;   /* room for one key */
    Memory *memory;  /* of the heaps */
    size_t heap_size; /* bytes */
    bool wants_extreme;
    bool wants_rows;
    bool least; /* MIN, FIRST_VALUE */
    const SortKey *order;
    uint32_t order_count;
} ValueSet;

typedef struct ValueSetOptions {
    const Type *types; /* of the value's columns; the last is not NULL, and the one that value_set_extremes gives */
    uint32_t count;
    bool wants_extreme;
    bool wants_rows; /* value_set_rows */
    bool least;
    const SortKey *order; /* directions of the first columns, kept by the caller; `column` is not looked at. The others ascend */
    uint32_t order_count;
} ValueSetOptions;

/* Layouts are made in `arena`; pages come from `io`. Errors: OUT_OF_MEMORY, LIMIT (more columns than a key can have).
 * On failure nothing is left and the set is unused. */
NODISCARD Status value_set_init(ValueSet *set, Arena *arena, const ValueSetOptions *options, Io *io,
                                Memory *memory, Error *err);
void value_set_deinit(ValueSet *set);

/* Changes the counts by the rows of `input` (weights as there). Rows whose value came to be there (weight +1)
 * or to be there no more (-1) are listed, in order: changed_rows and changed_weights have room for
 * input->count. groups[row]: the group's number. A value of several columns is in input->row_columns. */
NODISCARD Status value_set_change(ValueSet *set, Frame *frame, const AccumulatorInput *input,
                                  const uint32_t *groups, uint32_t *changed_rows, int64_t *changed_weights,
                                  uint32_t *changed_count, Error *err);

/* The least or greatest values of groups as an array; NULL where a group holds none. Not const: an extreme that has
 * gone is looked for now, O(values of the group), and kept. The array shares no memory with the set. */
NODISCARD Status value_set_extremes(ValueSet *set, const uint32_t *groups, uint32_t count, Frame *frame,
                                    Array *out, Error *err);

/* The values of a group that are there and how often, in no order: an array of *count in the frame, with room for as many
 * more behind them. Cells hold until the next call that changes the set. */
typedef struct ValueRow {
    const void *cells; /* as ValueSet.cell lays them out */
    int64_t count;     /* > 0 */
} ValueRow;
/* By the set's order first, NULLs where it says; then by the other columns, ascending. < 0, 0 or > 0. */
int value_set_compare(const ValueSet *set, const void *a, const void *b); /* two rows' cells; 0 only when they are the same */
NODISCARD Status value_set_rows(const ValueSet *set, uint32_t group, Frame *frame, ValueRow **rows, uint32_t *count, Error *err);

/* Adds the values of group `from` to group `to`; counts of `from` may be below zero. Values that come to be there in `to` (weight 1), or
 * to be there no more (-1), are given to `changed` (may be NULL), each (its last column) as an array of length 1. */
typedef Status (*ValueSetChanged)(void *context, const Array *value, int64_t weight, Error *err);
NODISCARD Status value_set_merge(ValueSet *set, uint32_t to, uint32_t from, ValueSetChanged changed,
                                 void *context, Error *err);

/* Forgets a group and its values; a group that has none is fine. O(values of the group). No accumulator is told. */
void value_set_drop(ValueSet *set, uint32_t group);

size_t value_set_memory(const ValueSet *set);

#endif
