/* SPDX-License-Identifier: Apache-2.0
 * op/aggregate.h - the state of AGGREGATE, for its own file and for slices.
 *
 *     rows --> groups (a record per key and window) --> on close    WindowLists say whose window has ended
 *                                                   --> changes     `touched` says which groups to compare with what was shown
 *                                                   --> at end      a scan of the state
 *
 * A hopping window's rows go to slices instead of windows; op/slices.h merges them at the close.
 *
 * Owner: the Op's arena; what groups hold outside their records goes in aggregate_deinit. Threads: one worker. */
#ifndef WEIR_OP_AGGREGATE_H
#define WEIR_OP_AGGREGATE_H

#include "op/groups.h"
#include "op/slices.h"
#include "op/window_lists.h"

/* Which of the three ways of op/aggregate.c is taken follows from `windowed`, `changes` and op->mode.snapshot; a
 * comment "x:" says when a field is in use, else it is zero. */
typedef struct AggregateOp {
    const AggregateSpec *spec;
    Groups groups;
    bool windowed;    /* groups end with their window */
    bool judges_late; /* rows without a bound have the operator's watermark for one */
    bool changes;     /* what changed leaves at each epoch's end */
    int64_t watermark; /* of the input; moves only forward */
    WindowLists windows;      /* windowed: the groups of each open window (sliced: of each slice) */
    Slices slices;            /* sliced */
    CellLayout shown;         /* changes: the aggregates as last shown */
    VECTOR(uint32_t) touched; /* changes: groups touched in this epoch */
    size_t touched_next; /* of these, the first that has not left yet */
    StateCursor cursor; /* snapshot: how far the groups have left */
    bool closes_all;    /* on close: every window there is leaves; the records go with the last */
} AggregateOp;

/* Reads groups back as one batch: keys of records `ids`, results of `values`, without groups that are empty
 * or failed. `ids` name records of the groups' state, for the keys; values[i] and set_ids[i] may be of another state,
 * where slices were merged. window_value (may be NULL): stands in the window's column for all; must live as long as
 * the frame. count > 0; the batch may come out empty. Failed groups are reported as op_row_error does. */
NODISCARD Status aggregate_emit_groups(Op *op, const OpContext *context, const uint32_t *ids,
                                       const void *const *values, const uint32_t *set_ids, uint32_t count,
                                       const int64_t *window_value, Batch *out, Error *err);

#endif
