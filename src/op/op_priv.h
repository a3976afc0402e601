/* SPDX-License-Identifier: Apache-2.0
 * op/op_priv.h - what op.c dispatches to, and small helpers of all operators.
 *
 * A new operator: a row in plan/node.def, a spec in plan/plan.h, a file here with the functions of its kind, and
 * its cases in op.c (the switches have no default, so that the compiler names them).
 *
 * How rows that come too late are told apart, by the operators that close windows:
 *
 *     TRY(late_split_init(&split, frame, batch.row_count, err));
 *     for each row: late_split_add(&split, row, its last window has closed for its bound);
 *     TRY(late_split_finish(&split, op, context, spec, &batch, &timely, out, err));
 *     if (timely.row_count == 0) return STATUS_OK; */
#ifndef WEIR_OP_OP_PRIV_H
#define WEIR_OP_OP_PRIV_H

#include "op/op.h"

/* Counts the error and reports the row. The status is that of context->row_error: not OK when the statement is to
 * stop, and then it must be forwarded; OK when the row is simply left out. `shape` has the columns of `batch`. */
NODISCARD Status op_row_error(Op *op, const OpContext *context, const PlanNode *shape, const Batch *batch,
                              uint32_t row, const RowError *error, Error *err);

/* Reports every row of `errors` that failed ([count] of the rows `rows` of batch; NULL: row i). */
NODISCARD Status op_row_errors(Op *op, const OpContext *context, const PlanNode *shape, const Batch *batch,
                               const uint32_t *rows, uint32_t count, RowErrors errors, Error *err);

/* Sorting the late rows of a batch out. Both arrays have room for all rows and one more: late_split_add writes
 * to both and moves one on, which spares a branch that is hard to predict just when lateness matters. */
typedef struct LateSplit {
    uint32_t *timely; /* row numbers, in the frame */
    uint32_t *late;
    uint32_t timely_count;
    uint32_t late_count;
} LateSplit;

NODISCARD Status late_split_init(LateSplit *split, Frame *frame, uint32_t row_count, Error *err);

/* True when rows of `input` may come without a bound and still be late: they are made by stateful operators, or read from a view or
 * stream. Such rows are judged by the operator's watermark at the epoch's start. */
bool late_is_judged_here(const PlanNode *input);

/* *out: the batch, each row with `watermark` for its bound if it has none. `watermark`: the operator's own at the
 * epoch's start. It is the same for all rows of the epoch, so that the cut into batches decides nothing. */
NODISCARD Status late_set_bounds(const OpContext *context, const Batch *batch, int64_t watermark, Batch *out, Error *err);

static inline void late_split_add(LateSplit *split, uint32_t row, bool late) {
    split->late[split->late_count] = row;
    split->timely[split->timely_count] = row;
    split->late_count += late;
    split->timely_count += !late;
}

/* *timely: the rows that are left. Late ones are counted and, with spec->late_output, leave as out->late: the
 * late columns, then late_by (interval: how far behind the bound), with the weights. */
NODISCARD Status late_split_finish(LateSplit *split, Op *op, const OpContext *context,
                                   const AggregateSpec *spec, const Batch *batch, Batch *timely,
                                   OpOutput *out, Error *err);

/* --- one set of functions per kind -------------------------------------------------------------------------
 *
 * What op.h says of each call holds here; op.c has checked the arguments, and checks what is given. Besides:
 *
 *     init         op->node, mode, memory and arena are set; op->impl is made here, in the arena. On failure it leaves
 *                  nothing but what lies in the arena: deinit is not called
 *     push         `out` is zeroed; batch->row_count > 0
 *     resume       goes on where the last call stopped; without a row when nothing is left
 *     watermark    only notes it: windows close at the epoch's end
 *     memory       what grows with the rows
 */

Status project_init(Op *op, const PlanNode *filter, const OpContext *context, Error *err);
Status project_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err);

Status window_init(Op *op, const OpContext *context, Error *err);
Status window_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err);
Status window_resume(Op *op, const OpContext *context, OpOutput *out, Error *err);
void window_deinit(Op *op);
void window_watermark(Op *op, int64_t watermark);
bool window_is_stateless(const Op *op);
size_t window_memory(const Op *op);

Status aggregate_init(Op *op, const OpContext *context, Error *err);
void aggregate_deinit(Op *op);
Status aggregate_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err);
Status aggregate_resume(Op *op, const OpContext *context, OpOutput *out, Error *err);
void aggregate_watermark(Op *op, int64_t watermark);
Status aggregate_epoch_end(Op *op, const OpContext *context, OpOutput *out, Error *err);
Status aggregate_end(Op *op, const OpContext *context, OpOutput *out, Error *err);
size_t aggregate_memory(const Op *op);

Status session_init(Op *op, const OpContext *context, Error *err);
void session_deinit(Op *op);
Status session_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err);
Status session_resume(Op *op, const OpContext *context, OpOutput *out, Error *err);
void session_watermark(Op *op, int64_t watermark);
int64_t session_watermark_out(const Op *op, int64_t watermark);
Status session_epoch_end(Op *op, const OpContext *context, OpOutput *out, Error *err);
Status session_end(Op *op, const OpContext *context, OpOutput *out, Error *err);
size_t session_memory(const Op *op);

Status sort_init(Op *op, const OpContext *context, Error *err);
void sort_deinit(Op *op);
Status sort_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err);
Status sort_end(Op *op, const OpContext *context, OpOutput *out, Error *err);
Status sort_resume(Op *op, const OpContext *context, OpOutput *out, Error *err);
size_t sort_memory(const Op *op);

Status limit_init(Op *op, const OpContext *context, Error *err);
/* The numbers of a LIMIT, also for the SORT below it; *limit -1: none. */
Status limit_numbers(Op *op, const OpContext *context, const LimitSpec *spec, int64_t *limit, int64_t *offset, Error *err);
bool limit_is_full(const Op *op);
Status limit_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err);

Status match_counts_init(Op *op, const OpContext *context, Error *err);
void match_counts_deinit(Op *op);
Status match_counts_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err);
Status match_counts_resume(Op *op, const OpContext *context, OpOutput *out, Error *err);
size_t match_counts_memory(const Op *op);

Status scalar_init(Op *op, const OpContext *context, Error *err);
void scalar_deinit(Op *op);
Status scalar_push(Op *op, const OpContext *context, uint32_t port, const Batch *batch, OpOutput *out,
                   Error *err);
Status scalar_end(Op *op, const OpContext *context, uint32_t port, OpOutput *out, Error *err);
Status scalar_resume(Op *op, const OpContext *context, OpOutput *out, Error *err);
size_t scalar_memory(const Op *op);

#endif
