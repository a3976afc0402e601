/* SPDX-License-Identifier: Apache-2.0
 * op/match_counts.c - EXCEPT and INTERSECT, over an AGGREGATE that has counted each row of both sides.
 *
 *     EXCEPT ALL     left - right, if above 0          EXCEPT      1 if left has it and right has not
 *     INTERSECT ALL  the lesser of the two             INTERSECT   1 if both have it
 *
 * Among changes the number multiplies the row's weight: the counts of before are taken back and those of now come, and what leaves is the
 * net of both. Rows that only come have no weights (a plain SELECT, windows that close): there a row leaves so many times, several output
 * batches per input batch if need be. */
#include "op/op_priv.h"

typedef struct MatchCounts {
    bool repeats; /* else it weighs */
    Batch input;  /* repeats: the batch under way, kept */
    bool is_kept;
    uint32_t row;
    int64_t given; /* times that `row` has left */
} MatchCounts;

Status match_counts_init(Op *op, const OpContext *context, Error *err) {
    MatchCounts *match = ARENA_NEW(&op->arena, MatchCounts);
    TRY_ALLOC(match);
    const MatchCountsSpec *spec = &op->node->match_counts;
    ASSERT(spec->left != spec->right);
    ASSERT(spec->left < op->node->inputs[0]->column_count);
    ASSERT(spec->right < op->node->inputs[0]->column_count);
    match->repeats = op->mode.snapshot || op->node->change == CHANGE_APPEND;
    op->impl = match;
    return STATUS_OK;
}

/* Kept until the next push, not until the last row: the output shares its buffers. */
static void drop_input(MatchCounts *match, Memory *memory) {
    if (match->is_kept) batch_unkeep(&match->input, memory);
    match->is_kept = false;
}

void match_counts_deinit(Op *op) {
    drop_input(op->impl, op->memory);
}

size_t match_counts_memory(const Op *op) {
    const MatchCounts *match = op->impl;
    return match->is_kept ? batch_byte_count(&match->input) : 0;
}

static int64_t times_of(const MatchCountsSpec *spec, const Batch *batch, uint32_t row) {
    int64_t left = array_i64(&batch->columns[spec->left])[row], right = array_i64(&batch->columns[spec->right])[row];
    if (left < 0) left = 0; /* of windows: a row was late and its withdrawal was not */
    if (right < 0) right = 0;
    if (!spec->all) return left > 0 && (right > 0) == spec->intersect;
    if (spec->intersect) return left < right ? left : right;
    return left > right ? left - right : 0;
}

/* The next output batch of rows, each so many times. */
static Status repeat_rows(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    MatchCounts *match = op->impl;
    uint32_t *rows = frame_alloc(context->frame, BATCH_ROW_COUNT_MAX * sizeof(uint32_t), NULL), count = 0;
    TRY_ALLOC(rows);
    while (match->row < match->input.row_count && count < BATCH_ROW_COUNT_MAX) {
        if (match->given == times_of(&op->node->match_counts, &match->input, match->row)) {
            match->row++;
            match->given = 0;
            continue;
        }
        rows[count++] = match->row;
        match->given++;
    }
    ASSERT(match->row <= match->input.row_count);
    if (match->row < match->input.row_count) out->progress = OP_MORE;
    if (count == 0) return STATUS_OK;
    return batch_gather(&match->input, context->frame, rows, count, &out->batch, err);
}

/* Rows with the weight that is left of theirs; all of one batch. */
static Status weigh_rows(const Op *op, const OpContext *context, const Batch *batch, Batch *out, Error *err) {
    uint32_t *rows = frame_alloc(context->frame, batch->row_count * sizeof(uint32_t), NULL), count = 0;
    Buffer *owner;
    int64_t *weights = frame_alloc(context->frame, batch->row_count * sizeof(int64_t), &owner);
    TRY_ALLOC(rows);
    TRY_ALLOC(weights);
    for (uint32_t row = 0; row < batch->row_count; row++) {
        int64_t times = times_of(&op->node->match_counts, batch, row);
        if (times == 0) continue;
        weights[count] = batch_weight(batch, row) * times;
        rows[count++] = row;
    }
    if (count == 0) return STATUS_OK;
    TRY(batch_gather(batch, context->frame, rows, count, out, err));
    out->meta[META_WEIGHT] = weights;
    out->meta_owner[META_WEIGHT] = owner;
    return STATUS_OK;
}

Status match_counts_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err) {
    MatchCounts *match = op->impl;
    if (!match->repeats) return weigh_rows(op, context, batch, &out->batch, err);
    ASSERT(batch->meta[META_WEIGHT] == NULL);
    ASSERT(!match->is_kept || match->row == match->input.row_count); /* the last batch has left whole */
    drop_input(match, op->memory);
    TRY(batch_keep(batch, op->memory, &match->input, err));
    match->is_kept = true;
    match->row = 0;
    match->given = 0;
    return repeat_rows(op, context, out, err);
}

Status match_counts_resume(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    return ((const MatchCounts *)op->impl)->repeats ? repeat_rows(op, context, out, err) : STATUS_OK;
}
