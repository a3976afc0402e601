/* SPDX-License-Identifier: Apache-2.0
 * op/scalar.c - adds the one value of a subquery to every row, or looks for a column's value among the subquery's: rows wait until
 * the subquery has ended. */
#include "op/member.h"

enum { SCALAR_ROWS, SCALAR_SUBQUERY }; /* ports */

typedef struct ScalarOp {
    VECTOR(Batch) waiting; /* all stay until the end of the query: what leaves shares their buffers */
    size_t next;           /* waiting batches that have left */
    Batch value;           /* kept; row_count 0: none came, NULL */
    Member member;         /* is_member */
    bool is_known;         /* the subquery has ended */
} ScalarOp;

Status scalar_init(Op *op, const OpContext *context, Error *err) {
    ScalarOp *scalar = ARENA_NEW(&op->arena, ScalarOp);
    TRY_ALLOC(scalar);
    op->impl = scalar;
    ASSERT(op->node->input_count == 2);
    ASSERT(!op->node->scalar.is_member || op->node->scalar.operand < op->node->column_count);
    if (!op->node->scalar.is_member) return STATUS_OK;
    return member_init(&scalar->member, &op->arena, op->node->inputs[1]->columns[0].type, context, err);
}

void scalar_deinit(Op *op) {
    ScalarOp *scalar = op->impl;
    for (size_t i = 0; i < scalar->waiting.count; i++) batch_unkeep(&scalar->waiting.items[i], op->memory);
    vector_deinit(&scalar->waiting, op->memory);
    if (scalar->value.row_count > 0) batch_unkeep(&scalar->value, op->memory);
    if (op->node->scalar.is_member) member_deinit(&scalar->member);
}

size_t scalar_memory(const Op *op) {
    const ScalarOp *scalar = op->impl;
    size_t held = op->node->scalar.is_member ? member_memory(&scalar->member) : 0;
    for (size_t i = 0; i < scalar->waiting.count; i++) held += batch_byte_count(&scalar->waiting.items[i]);
    return held + batch_byte_count(&scalar->value) + scalar->waiting.capacity * sizeof(Batch);
}

/* The answer stands where the operand was. */
static Status with_membership(Op *op, const OpContext *context, const Batch *batch, Batch *out, Error *err) {
    const ScalarOp *scalar = op->impl;
    uint32_t operand = op->node->scalar.operand;
    ASSERT(operand < batch->column_count);
    ASSERT(scalar->is_known); /* a set that is not complete would answer wrongly */
    Array *columns = FRAME_ARRAY(context->frame, Array, batch->column_count);
    TRY_ALLOC(columns);
    memcpy(columns, batch->columns, batch->column_count * sizeof(Array));
    TRY(member_test(&scalar->member, context->frame, &batch->columns[operand], &columns[operand], err));
    *out = *batch;
    out->columns = columns;
    return STATUS_OK;
}

/* A column more: the value in every row, NULL when the subquery gave no row (ISO 9075-2, 7.19). */
static Status with_value(Op *op, const OpContext *context, const Batch *batch, Batch *out, Error *err) {
    const ScalarOp *scalar = op->impl;
    ASSERT(scalar->is_known);
    ASSERT(scalar->value.row_count <= 1);
    if (op->node->scalar.is_member) return with_membership(op, context, batch, out, err);
    Array *columns = FRAME_ARRAY(context->frame, Array, batch->column_count + 1);
    TRY_ALLOC(columns);
    memcpy(columns, batch->columns, batch->column_count * sizeof(Array));
    Array *last = &columns[batch->column_count];
    if (scalar->value.row_count > 0)
        TRY(array_repeat(&scalar->value.columns[0], 0, context->frame, batch->row_count, last, err));
    else
        TRY(array_nulls(context->frame, op->node->columns[batch->column_count].type, batch->row_count, last,
                        err));
    *out = *batch;
    out->columns = columns;
    out->column_count = batch->column_count + 1;
    return STATUS_OK;
}

/* From the subquery: its one row, or members of the set. */
static Status take_value(Op *op, const OpContext *context, const Batch *batch, Error *err) {
    ScalarOp *scalar = op->impl;
    ASSERT(batch->column_count == 1);
    ASSERT(!scalar->is_known);
    if (op->node->scalar.is_member) return member_add(&scalar->member, context->frame, &batch->columns[0], err);
    /* ISO 9075-2, 7.19: a scalar subquery of more than one row is a cardinality violation. */
    if (batch->row_count > 1 || scalar->value.row_count > 0)
        return error_set_at(err, STATUS_CARDINALITY, op->node->scalar.span.start,
                            "more than one row returned by a subquery used as an expression");
    Batch kept;
    TRY(batch_keep(batch, op->memory, &kept, err));
    scalar->value = kept;
    return STATUS_OK;
}

Status scalar_push(Op *op, const OpContext *context, uint32_t port, const Batch *batch, OpOutput *out,
                   Error *err) {
    ScalarOp *scalar = op->impl;
    ASSERT(port <= SCALAR_SUBQUERY);
    if (port == SCALAR_SUBQUERY) return take_value(op, context, batch, err);
    if (scalar->is_known) return with_value(op, context, batch, &out->batch, err);
    if (!vector_reserve(&scalar->waiting, op->memory, 1)) return error_out_of_memory(err);
    TRY(batch_keep(batch, op->memory, &scalar->waiting.items[scalar->waiting.count], err));
    scalar->waiting.count++;
    return STATUS_OK;
}

Status scalar_resume(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    ScalarOp *scalar = op->impl;
    ASSERT(scalar->next <= scalar->waiting.count);
    ASSERT(scalar->next == 0 || scalar->is_known);
    if (!scalar->is_known || scalar->next == scalar->waiting.count) return STATUS_OK;
    Batch *batch = &scalar->waiting.items[scalar->next];
    TRY(with_value(op, context, batch, &out->batch, err));
    scalar->next++;
    out->progress = scalar->next < scalar->waiting.count ? OP_MORE : OP_DONE;
    return STATUS_OK;
}

Status scalar_end(Op *op, const OpContext *context, uint32_t port, OpOutput *out, Error *err) {
    ScalarOp *scalar = op->impl;
    if (port == SCALAR_SUBQUERY) scalar->is_known = true;
    return scalar_resume(op, context, out, err);
}
