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

/* The value of an expression without columns; *out stays for NULL. */
static Status work_out(Op *op, const OpContext *context, const Expr *expr, bool is_offset, int64_t *out, Error *err) {
    Program *program;
    Frame frame;
    Array value;
    RowErrors errors = NULL;
    const Batch one_row = {.row_count = 1};
    TRY(program_compile(&op->arena, &expr, 1, context->kernels, &program, err));
    Status status = frame_init(&frame, context->pool, err);
    if (status == STATUS_OK) status = program_eval(program, &context->eval, &frame, &one_row, NULL, 0, &value, &errors, err);
    int64_t number = *out;
    bool is_given = status == STATUS_OK && errors == NULL && !array_is_null(&value, 0);
    if (status == STATUS_OK && errors != NULL && errors[0] != NULL)
        status = error_set_at(err, errors[0]->status, errors[0]->span.start, "%.*s", STR_ARGS(errors[0]->message));
    if (is_given) number = array_i64(&value)[0];
    frame_deinit(&frame);
    if (!is_given || number >= 0) *out = number;
    if (!is_given || number >= 0) return status;
    return error_set_at(err, is_offset ? STATUS_INVALID_OFFSET : STATUS_INVALID_LIMIT, expr->span.start, "%s must not be negative",
                        is_offset ? "OFFSET" : "LIMIT");
}

Status limit_numbers(Op *op, const OpContext *context, const LimitSpec *spec, int64_t *limit, int64_t *offset, Error *err) {
    ASSERT(spec->offset >= 0);
    ASSERT(spec->limit >= -1);
    *limit = spec->limit;
    *offset = spec->offset;
    if (spec->offset_expr != NULL) TRY(work_out(op, context, spec->offset_expr, true, offset, err));
    if (spec->limit_expr != NULL) TRY(work_out(op, context, spec->limit_expr, false, limit, err));
    return STATUS_OK;
}

Status limit_init(Op *op, const OpContext *context, Error *err) {
    LimitOp *limit = ARENA_NEW(&op->arena, LimitOp);
    TRY_ALLOC(limit);
    TRY(limit_numbers(op, context, &op->node->limit, &limit->left, &limit->skip, err));
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
