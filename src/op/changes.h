/* SPDX-License-Identifier: Apache-2.0
 * op/changes.h - what leaves of groups that changed: the row shown before is taken back, the row of now is
 * shown.
 *
 * A group keeps the row it last showed as cells beside its accumulators, and whether it shows one. Its first
 * columns (the group's own) never change and are not kept.
 *
 *     ChangeRows rows = {.now = columns, .count = n, .kept_from = 2, .cells = cells, .was_shown = was,
 *                        .is_alive = alive};
 *     TRY(changes_emit(&rows, &layout, heap, frame, &batch, err));
 *     ... then each group is shown exactly when it is alive: the caller notes that ...
 *
 * A row that is the same as before, byte for byte, does not leave. Threads: one worker. */
#ifndef WEIR_OP_CHANGES_H
#define WEIR_OP_CHANGES_H

#include "store/cells.h"

typedef struct ChangeRows {
    const Array *now; /* [column_count] the rows of now, [count] each; where not alive only the first kept_from mean
                         something */
    uint32_t column_count;
    uint32_t kept_from; /* columns before are the same before and now: valid in `now` for all rows */
    uint32_t count;
    void *const *cells;       /* [count] what was shown; rewritten with what is shown now */
    const uint8_t *was_shown; /* [count] 1 or 0 */
    const uint8_t *is_alive; /* [count] 1: the group has a row now */
} ChangeRows;

/* Pairs of -1 and +1 rows as one batch with weights, up to 2 * count rows; row_count 0 when nothing changed.
 * `layout`: columns kept_from .. column_count - 1. Long texts of cells live in `heap`. The batch lives in the frame.
 * Errors: OUT_OF_MEMORY, after which cells may be half written: the operator is fit for deinit only. */
NODISCARD Status changes_emit(const ChangeRows *rows, const CellLayout *layout, StateHeap *heap, Frame *frame,
                              Batch *out, Error *err);

#endif
