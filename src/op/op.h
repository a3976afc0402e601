/* SPDX-License-Identifier: Apache-2.0
 * op/op.h - running operators: what turns batches of changes into batches of changes.
 *
 * A plan node is data, an Op is its behaviour and state. Whoever drives it (flow) sees the same calls
 * for every kind:
 *
 *     op_init        once
 *     op_push        a batch on a port; may give output
 *     op_resume      while the last call said MORE: the next batch of output
 *     op_watermark   only notes the time; windows fire in op_epoch_end
 *     op_epoch_end   the epoch's net effect leaves, windows that are final fire
 *     op_end         a port will give no more; what was held back leaves
 *     op_deinit
 *
 * Each port sees an epoch's batches, then its watermark, then epoch_end. An operator never blocks and never
 * calls another: output comes back in OpOutput, at most one batch per call and output, and the driver
 * delivers it before the next call. Output batches live in the context's frame.
 *
 *     OpOutput out = {0};
 *     TRY(op_push(op, &context, port, &batch, &out, err));
 *     deliver(&out);
 *     while (out.progress == OP_MORE) {
 *         TRY(op_resume(op, &context, &out, err));
 *         deliver(&out);
 *     }
 *
 * Time reaches operators only as an argument. Of a call fail only memory, limits, and (in a plain SELECT) the
 * first row error; a failed call leaves the operator fit for op_deinit only.
 * Threads: one worker owns an Op. */
#ifndef WEIR_OP_OP_H
#define WEIR_OP_OP_H

#include "expr/program.h"
#include "io/io.h"
#include "plan/plan.h"

typedef enum OpProgress { OP_DONE, OP_MORE, OP_WAIT } OpProgress;

typedef struct OpOutput {
    OpProgress progress;
    Batch batch; /* row_count 0: none */
    Batch late;  /* rows that came too late; row_count 0: none */
} OpOutput;

/* A row that an expression or aggregate of `node` failed on: `batch` has the columns of `shape` (the node
 * itself, or its input). Returns the status with which the statement is to stop, or STATUS_OK when the row is
 * excluded and reported. */
typedef Status (*OpRowError)(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch,
                             uint32_t row, const RowError *error, Error *err);

/* What operators are given from outside; the same for all operators of a flow. */
typedef struct OpContext {
    Io *io;
    Memory *memory;
    BufferPool *pool;
    const KernelTable *kernels;
    Frame *frame;     /* of the batch under way */
    EvalContext eval; /* fixed for the epoch */
    OpRowError row_error;
    void *row_error_context;
} OpContext;

/* How an operator will be used. */
typedef struct OpMode {
    bool snapshot; /* a plain SELECT: input ends, no row is late, results leave when final */
} OpMode;

#define WATERMARK_MIN INT64_MIN /* nothing is known */
#define WATERMARK_MAX INT64_MAX /* the input has ended */

/* The furthest from 1970 that an event time may be, either way: no window of its row overflows, and a row further away is
 * in none. */
#define EVENT_TIME_REACH (INT64_MAX / 4)

typedef struct Op {
    const PlanNode *node;
    OpMode mode;
    Memory *memory;
    Arena arena; /* compiled programs, layouts: the operator's life */
    void *impl;  /* the kind's own struct, in the arena; NULL: the kind has none */
    uint64_t late_count;
    uint64_t error_count;
} Op;

/* `filter`: a FILTER node below a PROJECT that is run as one operator with it; NULL: none. */
NODISCARD Status op_init(Op *op, const PlanNode *node, const PlanNode *filter, OpMode mode,
                         const OpContext *context, Error *err);
void op_deinit(Op *op);

NODISCARD Status op_push(Op *op, const OpContext *context, uint32_t port, const Batch *batch, OpOutput *out,
                         Error *err);
NODISCARD Status op_resume(Op *op, const OpContext *context, OpOutput *out, Error *err);

/* No row with an earlier event time (less what the columns' watermark_delay says) will come on `port` after
 * this epoch. Never goes back. */
void op_watermark(Op *op, uint32_t port, int64_t watermark);

NODISCARD Status op_epoch_end(Op *op, const OpContext *context, OpOutput *out, Error *err);
NODISCARD Status op_end(Op *op, const OpContext *context, uint32_t port, OpOutput *out, Error *err);

/* The watermark to hand on, given the least of the inputs': the same, but for operators whose output columns
 * are bounded by open state (sessions). */
int64_t op_watermark_out(const Op *op, int64_t watermark);

/* True when the operator holds back nothing and ignores epochs and time: flow may skip it at an epoch's end.
 */
bool op_is_stateless(const Op *op);

/* True when no further input can change the output (a LIMIT that has been reached): its source need not be
 * read on. */
bool op_is_full(const Op *op);

/* Bytes of state. */
size_t op_memory(const Op *op);

#endif
