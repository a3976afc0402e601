/* SPDX-License-Identifier: Apache-2.0
 * op/limit.c - skips, passes on, then nothing more.
 *
 * Its input is append-only (the binder refuses a LIMIT over changes): a row passed on is never taken back, so
 * that the two numbers are all there is to keep. */
#include "op/op_priv.h"

typedef struct LimitOp {
    int64_t skip; /* rows still to skip */
    int64_t left; /* rows still to pass on; -1: all */
} LimitOp;

Status limit_init(Op *op, const OpContext *context, Error *err) {
    LimitOp *limit = ARENA_NEW(&op->arena, LimitOp);
    TRY_ALLOC(limit);
    ASSERT(op->node->limit.offset >= 0);
    ASSERT(op->node->limit.limit >= -1);
    *limit = (LimitOp){.skip = op->node->limit.offset, .left = op->node->limit.limit};
    op->impl = limit;
    return STATUS_OK;
}

bool limit_is_full(const Op *op) {
    return ((const LimitOp *)op->impl)->left == 0;
}

Status limit_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err) {
    LimitOp *limit = op->impl;
    uint32_t from = limit->skip < batch->row_count ? (uint32_t)limit->skip : batch->row_count;
    uint32_t count = batch->row_count - from;
    limit->skip -= from;
    if (limit->left >= 0 && count > limit->left) count = (uint32_t)limit->left;
    if (limit->left > 0) limit->left -= count;
    ASSERT(limit->skip >= 0);
    ASSERT(from + count <= batch->row_count);
    if (count == 0) return STATUS_OK;
    if (count == batch->row_count) {
        out->batch = *batch;
        return STATUS_OK;
    }
    return batch_slice(batch, context->frame, from, count, &out->batch, err);
}
