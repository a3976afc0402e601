/* SPDX-License-Identifier: Apache-2.0
 * op/groups.h - groups and their accumulators in keyed state: what AGGREGATE and SESSION share.
 *
 * A group's record in the State:
 *
 *     | key cells (column/rowkey.h) | row weight i64 | owner's words | kept cells | accumulator | ... |
 *                                   ^ the value
 *
 * The key's first cell is the window's, when there is one, so that the rest of the key is the same for all
 * windows. Group columns whose key cell loses their spelling (real, double, interval, jsonb) are kept beside it.
 *
 *     TRY(groups_found_init(&found, &groups, context->frame, batch.row_count, err));
 *     TRY(groups_find(&groups, context, &batch, &found, err));           records of the rows' groups
 *     TRY(groups_update(&groups, context, &batch, found.values, found.ids, err));   adds the rows
 *     TRY(groups_read_keys(&groups, context, ids, n, columns, err));              group columns
 *     TRY(groups_read_results(&groups, context, values, ids, n, columns + group_count, &errors, err));
 *
 * Threads: one worker. */
#ifndef WEIR_OP_GROUPS_H
#define WEIR_OP_GROUPS_H

#include "op/accumulator.h"
#include "op/value_set.h"
#include "store/keys.h"

/* The fields are set by groups_init and then only read, but for the states, `row_count` and what the sets hold. */
typedef struct Groups {
    const AggregateSpec *spec;
    RowKeyLayout keys;
    uint32_t *key_columns;   /* [spec->group_count] input column of each key cell */
    uint32_t *cell_of_group; /* [spec->group_count] key cell of each group column */
    const Type *group_types; /* [spec->group_count] */
    State state;
    CellLayout kept;            /* group columns kept beside the key */
    uint32_t kept_offset;       /* in the value */
    int32_t *kept_of_group;     /* [spec->group_count] column of kept, or -1 */
    Accumulator *accumulators;  /* [spec->aggregate_count] */
    ValueSet *sets;             /* [spec->aggregate_count]; unused where `sets[i].used` is false */
    uint32_t owner_offset;      /* the owner's words, in the value */
    uint32_t record_value_size; /* of the value, what stands in the record */
    uint32_t value_size;
    bool weighted;
    bool holds_outside; /* a value may hold something outside its record, to be freed with it */
    AccumulatorStore store;
    int64_t row_count; /* rows seen: positions where the input brings none */
} Groups;

typedef struct GroupsOptions {
    uint32_t owner_size;  /* bytes (a multiple of 8) in each value for the owner, zeroed with a new group */
    int32_t window_first; /* which group (index) is to be the first key cell; -1: none */
    bool values_outside;  /* records end before the accumulators: the owner keeps whole values elsewhere,
                             value_size bytes each, zeroed when new */
    bool weighted;        /* rows may be taken back */
} GroupsOptions;

/* `node`: an AGGREGATE or SESSION, which must outlive the groups; layouts are made in `arena`. Errors: OUT_OF_MEMORY,
 * LIMIT (more group columns than a key can have). On failure nothing is left. */
NODISCARD Status groups_init(Groups *groups, Arena *arena, const PlanNode *node, const GroupsOptions *options,
                             const OpContext *context, Error *err);
/* What the owner keeps in its words, and values that are outside the records, the owner frees before. */
void groups_deinit(Groups *groups);

/* Records of the rows of a batch. The arrays are scratch of the frame, for batch after batch. Addresses in `values`
 * hold until the next call that changes the state (groups_find, groups_delete); ids hold as long as the group. */
typedef struct GroupsFound {
    size_t likely_count; /* in: how many groups, about, rows like these belong to; 0: any (StateUpsert) */
    uint64_t *keys;
    uint64_t *hashes;
    uint32_t *ids;     /* [row] */
    void **values;     /* [row] */
    uint32_t *created; /* rows that made their group */
    size_t created_count;
} GroupsFound;
NODISCARD Status groups_found_init(GroupsFound *found, const Groups *groups, Frame *frame,
                                   uint32_t row_count_max, Error *err);
/* Finds or makes the group of every row; `batch` has the columns of the node's input and at most as many rows as
 * `found` was made for. New groups have zeroed values, that is, no rows, until groups_update. */
NODISCARD Status groups_find(Groups *groups, const OpContext *context, const Batch *batch, GroupsFound *found,
                             Error *err);

/* Adds the rows: row weight and every accumulator. values[row]: the value to add row to (need not be in the
 * State); ids[row]: a number of that group for the value sets. */
NODISCARD Status groups_update(Groups *groups, const OpContext *context, const Batch *batch,
                               void *const *values, const uint32_t *ids, Error *err);

/* How many rows the group holds: those that came less those taken back. Below zero only inside an epoch, or where
 * the input took back what it never gave. */
static inline int64_t groups_weight(const void *value) {
    return *(const int64_t *)value;
}

/* Group columns of records to columns[0 .. group_count), in the order of the plan; in the frame. */
NODISCARD Status groups_read_keys(const Groups *groups, const OpContext *context, const uint32_t *ids,
                                  uint32_t count, Array *columns, Error *err);

/* Results of values to columns[0 .. aggregate_count). *errors: [count], NULL when no result failed. A group
 * whose row weight is below zero has failed (NO_SUCH_ROW); a sum out of range has too (NUMERIC_OUT_OF_RANGE). `ids`
 * are the numbers that groups_update was given, for the value sets. */
NODISCARD Status groups_read_results(Groups *groups, const OpContext *context, const void *const *values,
                                     const uint32_t *ids, uint32_t count, Array *columns,
                                     const RowError ***errors, Error *err);

/* Adds the group `from` to the group `to`, row weight included; value sets merge by the group numbers. `from` stays as it is, for its owner to
 * free: value and accumulators are two of this Groups, to != from. */
NODISCARD Status groups_merge(Groups *groups, void *to, uint32_t to_id, const void *from, uint32_t from_id,
                              Error *err);

/* Gives back what the accumulators of a value hold outside it (long texts, wide sums, value sets). Zeroed bytes hold
 * nothing; the bytes are not zeroed here. */
void groups_free_results(Groups *groups, void *value, uint32_t id);

/* The same and the kept cells. */
void groups_free_value(Groups *groups, void *value, uint32_t id);

/* Frees the values and deletes the records. The ids may be given to other groups from now on. Addresses of values no longer hold. */
void groups_delete(Groups *groups, const uint32_t *ids, uint32_t count);

/* The same in two steps, for all groups that there are: first each one's value is freed, then the records go
 * at once. */
void groups_free_records(Groups *groups, const uint32_t *ids, uint32_t count);
void groups_clear(Groups *groups);

size_t groups_memory(const Groups *groups);

#endif
