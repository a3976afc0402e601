/* SPDX-License-Identifier: Apache-2.0
 * op/aggregate.h - the state of AGGREGATE, for its own file and for slices. */
#ifndef WEIR_OP_AGGREGATE_H
#define WEIR_OP_AGGREGATE_H

#include "op/groups.h"
#include "op/slices.h"
#include "op/window_lists.h"

typedef struct AggregateOp {
    const AggregateSpec *spec;
    Groups groups;
    bool windowed;    /* groups end with their window */
    bool judges_late; /* rows without a bound have the operator's watermark for one */
    bool changes;     /* what changed leaves at each epoch's end */
    int64_t watermark;
    WindowLists windows;      /* windowed: the groups of each open window (sliced: of each slice) */
    Slices slices;            /* sliced */
    CellLayout shown;         /* changes: the aggregates as last shown */
    VECTOR(uint32_t) touched; /* changes: groups touched in this epoch */
    size_t touched_next;
    StateCursor cursor; /* snapshot: how far the groups have left */
    bool closes_all;    /* on close: every window there is leaves; the records go with the last */
} AggregateOp;

/* Reads groups back as one batch: keys of records `ids`, results of `values`, without groups that are empty
 * or failed. window_value (may be NULL): stands in the window's column for all. */
NODISCARD Status aggregate_emit_groups(Op *op, const OpContext *context, const uint32_t *ids,
                                       const void *const *values, const uint32_t *set_ids, uint32_t count,
                                       const int64_t *window_value, Batch *out, Error *err);

#endif
