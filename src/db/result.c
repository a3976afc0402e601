/* SPDX-License-Identifier: Apache-2.0
 * db/result.c - opening, reading and closing results. */
#include "db/result.h"

#include "db/failed_rows.h"
#include "db/halt.h"
#include "db/object.h"
#include "db/sources.h"
#include "db/turn.h"

static void pin(Result *result) {
    object_pin(result->plan, result->late);
    result->is_pinned = true;
}

/* --- continuous ------------------------------------------------------------------------------- */

static Status queue_batch(void *context, const Batch *batch, Error *err) {
    Result *result = context;
    Memory *memory = &result->db->memory;
    ASSERT(result->queue_settled <= result->queue.count);
    if (!vector_reserve(&result->queue, memory, 1)) return error_out_of_memory(err);
    TRY(batch_keep(batch, memory, &result->queue.items[result->queue.count], err));
    result->queue.count++;
    return STATUS_OK;
}

static Status queue_epoch_end(void *context, int64_t watermark, Error *err) {
    Result *result = context;
    result->queue_settled = result->queue.count;
    return STATUS_OK;
}

static void queue_forget(void *context) {
    Result *result = context;
    while (result->queue.count > result->queue_settled)
        batch_unkeep(&result->queue.items[--result->queue.count], &result->db->memory);
}

static Status queue_end(void *context, Error *err) {
    ((Result *)context)->is_ended = true;
    return STATUS_OK;
}

static void drop_queue(Result *result) {
    for (size_t i = 0; i < result->queue.count; i++)
        batch_unkeep(&result->queue.items[i], &result->db->memory);
    result->queue.count = result->queue_next = result->queue_settled = 0;
}

Status result_open_live(weir_db *db, const Plan *plan, Result *out, Error *err) {
    *out = (Result){.kind = RESULT_LIVE, .db = db, .plan = plan};
    FlowOutput output = {.context = out,
                         .on_error = db->on_error,
                         .batch = queue_batch,
                         .epoch_end = queue_epoch_end,
                         .end = queue_end,
                         .forget = queue_forget};
    Status status = object_start_query(db, plan, &output, &out->late, &out->query, err);
    if (status != STATUS_OK) {
        drop_queue(out);
        vector_deinit(&out->queue, &db->memory);
        return status;
    }
    pin(out);
    sources_want(db, plan);
    return STATUS_OK;
}

/* Has a row that failed ended the query, or halted something below it? */
static Status check_failure(const Result *result, Error *err) {
    if (!flow_query_has_halted(result->query)) return halt_check(result->db, result->plan, false, err);
    *err = result->query->halt.failure;
    return err->status;
}

/* What came before the failure leaves before it is told. */
static Status end_live(Result *result, Error *err) {
    bool was_failed = result->is_failed;
    Status status = check_failure(result, err);
    if (status == STATUS_OK || was_failed) return status;
    result->is_failed = true;
    Error error;
    Status flushed = flow_flush(result->db->flow, result->query, &error);
    if (flushed != STATUS_OK) *err = error;
    if (flushed != STATUS_OK) return flushed;
    return result->queue.count > 0 ? STATUS_OK : status;
}

/* The queue's batches belong to this struct: it may not move once the query has started. */
static Status next_live(Result *result, Batch *out, bool *ended, Error *err) {
    ASSERT(result->query != NULL);
    ASSERT(result->queue_next <= result->queue.count);
    for (;;) {
        if (result->queue_next < result->queue.count) {
            *out = result->queue.items[result->queue_next++];
            return STATUS_OK;
        }
        drop_queue(result);
        TRY(end_live(result, err));
        if (result->queue.count > 0) continue;
        bool is_over = query_is_full(&result->query->query) || sources_have_ended(result->db, result->plan); /* tables stand as they are */
        if (!result->is_ended && is_over) {
            result->is_ended = true;
            TRY(flow_flush(result->db->flow, result->query, err));
            if (result->queue.count > 0) continue;
        }
        *ended = result->is_ended;
        if (result->is_ended) return STATUS_OK;
        FlowProgress progress;
        TRY(flow_check_interrupt(result->db->flow, err)); /* a query may read for ever and give nothing */
        TRY(turn_step(result->db, 0, &progress, err));
        if (!progress.did_something && result->queue.count == 0 && !result->is_ended) return STATUS_OK;
    }
}

/* --- plain SELECT ----------------------------------------------------------------------------- */

Status result_open_snapshot(weir_db *db, const Plan *plan, ParameterValues *values, Result *out, Error *err) {
    *out = (Result){.kind = RESULT_SNAPSHOT, .db = db, .plan = plan};
    OpContext context = database_context(db, failed_row_ends_statement);
    context.eval.parameters = parameter_values_arrays(values);
    ReaderEvents events = failed_records_of_sources(db);
    TRY(snapshot_open(&context, db->flow, plan, &events, &out->snapshot, err));
    parameter_values_retain(values);
    out->values = values;
    pin(out);
    return STATUS_OK;
}

static Status next_snapshot(Result *result, Batch *out, bool *ended, Error *err) {
    SnapshotState state;
    ASSERT(result->snapshot != NULL);
    TRY(snapshot_next(result->snapshot, out, &state, err));
    *ended = state == SNAPSHOT_END;
    if (state != SNAPSHOT_ROWS) *out = (Batch){0};
    return STATUS_OK;
}

/* --- all -------------------------------------------------------------------------------------- */

static Status read_on(Result *result, Batch *out, bool *ended, Error *err) {
    *out = (Batch){0};
    *ended = false;
    switch (result->kind) {
        case RESULT_NONE: *ended = true; return STATUS_OK;
        case RESULT_SNAPSHOT: return next_snapshot(result, out, ended, err);
        case RESULT_LIVE: return next_live(result, out, ended, err);
        case RESULT_KEPT:
            *ended = result->queue_next == result->queue.count;
            if (!*ended) *out = result->queue.items[result->queue_next++];
            return STATUS_OK;
        case RESULT_LIST:
            *ended = result->is_ended || result->list.row_count == 0;
            if (!*ended) *out = result->list;
            result->is_ended = true;
            return STATUS_OK;
    }
    return STATUS_OK;
}

Status result_next(Result *result, Batch *out, bool *ended, Error *err) {
    if (!result->is_peeked) return read_on(result, out, ended, err);
    result->is_peeked = false;
    *out = result->peeked;
    *ended = result->peeked_ended;
    if (result->peeked_status != STATUS_OK && err != NULL) *err = result->peeked_error;
    return result->peeked_status;
}

bool result_would_wait(Result *result) {
    if (!result->is_peeked) {
        result->peeked_error = (Error){.position = -1};
        result->peeked_status =
            read_on(result, &result->peeked, &result->peeked_ended, &result->peeked_error);
        result->is_peeked = true;
    }
    bool nothing =
        result->peeked_status == STATUS_OK && !result->peeked_ended && result->peeked.row_count == 0;
    if (nothing) result->is_peeked = false;
    return nothing;
}

Status result_wait(Result *result, int64_t timeout_ns, Error *err) {
    failed_rows_tell(result->db);
    if (result->kind == RESULT_SNAPSHOT) return snapshot_wait(result->snapshot, timeout_ns, err);
    FlowProgress progress;
    return turn_step(result->db, timeout_ns, &progress, err);
}

void result_close(Result *result) {
    weir_db *db = result->db;
    if (result->is_pinned) object_unpin(result->plan, result->late);
    if (result->kind == RESULT_SNAPSHOT) snapshot_close(result->snapshot);
    parameter_values_release(result->values);
    if (result->kind == RESULT_LIST) frame_deinit(&result->frame);
    if (result->kind == RESULT_KEPT) {
        drop_queue(result);
        vector_deinit(&result->queue, &db->memory);
    }
    if (result->kind == RESULT_LIVE) {
        object_stop_query(db, result->plan, result->query);
        drop_queue(result);
        vector_deinit(&result->queue, &db->memory);
    }
    *result = (Result){.kind = RESULT_NONE, .db = db};
}
