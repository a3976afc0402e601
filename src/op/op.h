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

/* What the caller is to do after a call. OP_MORE: op_resume must follow before any other call on the operator. */
typedef enum OpProgress { OP_DONE, OP_MORE, OP_WAIT } OpProgress;

/* What one call gives. Both batches live in the context's frame, or share buffers with what the operator keeps;
 * they are valid until the next call on the operator, or the frame's reset. Their rows never exceed
 * BATCH_ROW_COUNT_MAX, so that the operator below can take each in one piece. */
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

/* What operators are given from outside; the same for all operators of a flow, and for their whole life, but for
 * `frame`, which the driver sets for each call, and `eval`, which it sets for each epoch. */
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

/* How an operator will be used; fixed at op_init, as it decides what is kept (no shown rows in a snapshot). */
typedef struct OpMode {
    bool snapshot; /* a plain SELECT: input ends, no row is late, results leave when final */
} OpMode;

/* Watermarks are event times in microseconds since 1970, except for these two, on which no arithmetic may be
 * done: less a delay the first would wrap round, and the second must stay the end. */
#define WATERMARK_MIN INT64_MIN /* nothing is known */
#define WATERMARK_MAX INT64_MAX /* the input has ended */

/* The furthest from 1970 that an event time may be, either way: no window of its row overflows, and a row further away is
 * in none. */
#define EVENT_TIME_REACH (INT64_MAX / 4)
STATIC_ASSERT(EVENT_TIME_REACH < INT64_MAX - EVENT_TIME_REACH, "time + window size stays below WATERMARK_MAX");

/* One running operator. The fields are for this folder; others read the counts. */
typedef struct Op {
    const PlanNode *node;
    OpMode mode;
    Memory *memory;
    Arena arena; /* compiled programs, layouts: the operator's life */
    void *impl;  /* the kind's own struct, in the arena; NULL: the kind has none */
    uint64_t late_count; /* rows left out because their windows had closed; never goes back */
    uint64_t error_count; /* rows left out because an expression or aggregate failed on them */
} Op;

/* `node` must outlive the operator: specs and constants are read from it, not copied. `context` is not kept, but
 * what it points to (memory, io, pool, kernels) must outlive the operator too.
 * `filter`: a FILTER node below a PROJECT that is run as one operator with it; NULL: none.
 * Errors: OUT_OF_MEMORY, LIMIT (an expression too large to be flattened). On failure nothing is left to deinit. */
NODISCARD Status op_init(Op *op, const PlanNode *node, const PlanNode *filter, OpMode mode,
                         const OpContext *context, Error *err);
void op_deinit(Op *op);

/* A batch of 1 to BATCH_ROW_COUNT_MAX rows with the columns of input `port` (leaves: of the relation). The
 * operator retains what it keeps of it; the caller may let go of the batch once the output has been delivered.
 * A SCAN's batch has all columns of the relation, of which the output shares those that the plan reads. */
NODISCARD Status op_push(Op *op, const OpContext *context, uint32_t port, const Batch *batch, OpOutput *out,
                         Error *err);
/* Goes on where the last call stopped; only while that said OP_MORE. Harmless after OP_DONE: gives no row. */
NODISCARD Status op_resume(Op *op, const OpContext *context, OpOutput *out, Error *err);

/* No row with an earlier event time (less what the columns' watermark_delay says) will come on `port` after
 * this epoch. Never goes back. */
void op_watermark(Op *op, uint32_t port, int64_t watermark);

/* Every input has given all of the epoch. A snapshot has no epochs: there nothing leaves before op_end. */
NODISCARD Status op_epoch_end(Op *op, const OpContext *context, OpOutput *out, Error *err);
/* Once per port of a snapshot. SORT and aggregates give all they hold; a SCALAR's subquery, once ended, lets the
 * rows go that waited for it. */
NODISCARD Status op_end(Op *op, const OpContext *context, uint32_t port, OpOutput *out, Error *err);

/* The watermark to hand on, given the least of the inputs': the same, but for operators whose output columns
 * are bounded by open state (sessions). */
int64_t op_watermark_out(const Op *op, int64_t watermark);

/* True when the operator holds back nothing and ignores epochs and time: flow may skip it at an epoch's end.
 */
bool op_is_stateless(const Op *op);

/* The rows with META_BOUND at least `watermark`: later than their own input has said. In the frame. */
NODISCARD Status op_raise_bounds(const OpContext *context, const Batch *batch, int64_t watermark, Batch *out, Error *err);

/* True when no further input can change the output (a LIMIT that has been reached): its source need not be
 * read on. */
bool op_is_full(const Op *op);

/* Bytes of state: what grows with the input, not the compiled programs. For EXPLAIN STATE and the budget. */
size_t op_memory(const Op *op);

#endif
