/* SPDX-License-Identifier: Apache-2.0
 * op/slices.h - hopping windows kept as slices and merged at the close.
 *
 * Windows of `size` every `slide` share slices of gcd(size, slide): a row is added to one slice, whatever
 * size / slide is. When a window closes, the groups of its slices are merged by key.
 *
 *     slice      |a|b|c|d|e|f|
 *     windows    [-----)
 *                  [-----)          the close of a window merges size / slice of them
 *
 * Each group of a slice is merged a few times, not size / slide times (the two stacks of Tangwongsan et al.,
 * "General incremental sliding-window aggregation", 2015, with slices for items). When a window closes whose
 * slices are all past `front_end`, they become the front: from the newest to the oldest each takes in the one
 * behind it, so that its records hold everything from it to front_end. Slices that come after are added up in
 * `back`. A window is then one front slice and `back`:
 *
 *     front      |abcd|bcd|cd|d|           front_end
 *     back                     |ef|
 *     window          [bcd  +  ef)
 *
 * A row that comes when the first of its windows have closed for it, but not all, counts in the rest. It goes
 * to a restricted slice: the same start, but merged only into windows that start at `from` or later. In the
 * groups' keys such a slice has a number of its own in place of its start.
 *
 * A slice goes when the last window it belongs to has closed. Threads: one worker. */
#ifndef WEIR_OP_SLICES_H
#define WEIR_OP_SLICES_H

#include "op/groups.h"
#include "op/window_lists.h"

/* A slice of which only windows starting at `from` or later take part. */
typedef struct RestrictedSlice {
    int64_t start;
    int64_t from;
} RestrictedSlice;

/* Windows close one after the other, in the order of their starts; nothing here goes back in time. */
typedef struct Slices {
    Groups
        *groups; /* of the aggregate: a record per slice and key; the window's cell holds the slice's start */
    RowKeyLayout keys; /* the same without the window's cell */
    State merged; /* of the window that is closing; value: the groups' value, then u64 record of one of its
                     slices */
    State back;   /* of the slices in [front_end, back_end); values alike */
    int64_t front_end; /* slices before hold all up to here; their later rows are restricted */
    int64_t back_end;
    bool has_front;
    bool is_closing;
    int64_t closing_start; /* window whose merged groups are leaving */
    int64_t next_start;    /* first window that has not closed */
    bool has_next;
    StateCursor cursor;
    VECTOR(RestrictedSlice) restricted;
    int64_t restricted_first; /* what stands for entry 0 in keys; entry i: i more */
} Slices;

/* `groups` (the aggregate's own, with the window's cell first) must outlive the slices. */
NODISCARD Status slices_init(Slices *slices, Arena *arena, Groups *groups, const OpContext *context,
                             Error *err);
void slices_deinit(Slices *slices);
size_t slices_memory(const Slices *slices);

/* End of the last window that holds the slice starting at `start`. */
int64_t slices_last_window_end(const AggregateSpec *spec, int64_t start);

/* Gives rows whose first windows have closed restricted slices: in `batch` their numbers stand for the
 * starts. *batch then has columns in the frame; without such rows it is left as it is. */
NODISCARD Status slices_restrict(Slices *slices, const OpContext *context, Batch *batch, Error *err);

/* Lists a record under its slice; `cell`: what stands in its key. */
NODISCARD Status slices_list(const Slices *slices, WindowLists *lists, int64_t cell, uint32_t id, Error *err);

/* The next batch of groups of windows whose end is not after `close_time`. `op` is the aggregate's. While windows are
 * due, out->progress is OP_MORE, also after a batch without rows. A close costs a merge of each group of the
 * slices that came since the last one, and one of each group of the window. */
NODISCARD Status slices_emit_closed(Slices *slices, Op *op, const OpContext *context, int64_t close_time,
                                    OpOutput *out, Error *err);

#endif
