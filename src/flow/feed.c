/* SPDX-License-Identifier: Apache-2.0
 * flow/feed.c - changes in, net changes out.
 *
 * Rows change at once, readers are told at the epoch's end. Between the two, who reads stored rows bit by bit (an open SELECT) must not
 * see them: it is told before each change (feed_announce) and copies what it has not read yet. A stream stores nothing: its batches wait
 * as they came. So do those of append-only tables and views, beside being stored. */
#include "flow/feed.h"

Status feed_init(Feed *feed, Graph *graph, const Relation *relation, bool stored, Error *err) {
    ASSERT(!relation->append_only || stored);
    *feed = (Feed){.is_stored = stored};
    input_init(&feed->input, graph, relation);
    TRY(frame_init(&feed->frame, graph->context.pool, err));
    if (!stored) return STATUS_OK;
    Arena arena;
    arena_init(&arena, graph->context.memory);
    RowsColumn *columns = ARENA_ARRAY(&arena, RowsColumn, relation->column_count + 1);
    Status status = columns == NULL ? error_out_of_memory(err) : STATUS_OK;
    for (uint32_t i = 0; i < relation->column_count && columns != NULL; i++)
        columns[i] = (RowsColumn){relation->columns[i].type, relation->columns[i].not_null};
    if (status == STATUS_OK)
        status = rows_init(&feed->rows, columns, relation->column_count, relation->key, relation->key_count,
                           graph->context.io, graph->context.memory, err);
    arena_deinit(&arena);
    if (status != STATUS_OK) frame_deinit(&feed->frame);
    return status;
}

static void drop_passing(Feed *feed) {
    for (size_t i = 0; i < feed->passing.count; i++)
        batch_unkeep(&feed->passing.items[i].batch, feed->input.graph->context.memory);
    feed->passing.count = 0;
}

void feed_forget(Feed *feed) {
    drop_passing(feed);
    if (feed->is_stored) rows_rollback(&feed->rows);
}

void feed_deinit(Feed *feed) {
    drop_passing(feed);
    vector_deinit(&feed->passing, feed->input.graph->context.memory);
    if (feed->is_stored) rows_deinit(&feed->rows);
    frame_deinit(&feed->frame);
    input_deinit(&feed->input);
}

void feed_announce(const Feed *feed) {
    if (feed->watches == NULL) return;
    for (const FlowWatch *watch = *feed->watches; watch != NULL; watch = watch->next)
        watch->before_change(watch->context);
}

/* Rows that nobody takes back need no netting: their batches wait as they are. */
static Status keep_passing(Feed *feed, const Batch *batch, uint32_t partition, Error *err) {
    Memory *memory = feed->input.graph->context.memory;
    if (!vector_reserve(&feed->passing, memory, 1)) return error_out_of_memory(err);
    FeedPassing *kept = &feed->passing.items[feed->passing.count];
    kept->partition = partition;
    TRY(batch_keep(batch, memory, &kept->batch, err));
    feed->passing.count++;
    return STATUS_OK;
}

/* Rows that never go reach their readers as they came, with their bounds, and each by itself where several are equal; others as the
 * epoch's net changes. */
static bool passes_rows(const Feed *feed) {
    return !feed->is_stored || feed->input.relation->change == CHANGE_APPEND;
}

static Status take(Feed *feed, const Batch *batch, uint32_t partition, RowsMissing *missing, Error *err) {
    ASSERT(batch->column_count == feed->input.relation->column_count);
    if (feed->is_stored) TRY(rows_apply(&feed->rows, &feed->frame, batch, missing, err));
    /* The time of an append-only table is in its rows, read or not. */
    bool is_wanted = feed->input.scans.count > 0 || feed->input.relation->append_only || !feed->is_stored;
    return passes_rows(feed) && is_wanted ? keep_passing(feed, batch, partition, err) : STATUS_OK;
}

Status feed_apply(Feed *feed, const Batch *batch, RowsMissing *missing, Error *err) {
    ASSERT(!feed->input.relation->append_only);
    feed_announce(feed);
    frame_reset(&feed->frame);
    return take(feed, batch, 0, missing, err);
}

Status feed_apply_made(Feed *feed, const Batch *batch, Error *err) {
    feed_announce(feed);
    return take(feed, batch, 0, NULL, err);
}

Status feed_append(Feed *feed, const Batch *batch, uint32_t partition, Error *err) {
    ASSERT(feed->is_stored);
    ASSERT(feed->input.relation->append_only);
    ASSERT(batch->meta[META_WEIGHT] == NULL);
    feed_announce(feed);
    frame_reset(&feed->frame);
    return take(feed, batch, partition, NULL, err);
}

/* Changes of a source with a key are late by its watermark at the epoch's start. */
static Status add_bounds(Feed *feed, Batch *changes, Error *err) {
    const Input *input = &feed->input;
    bool timed = input->relation->kind == RELATION_SOURCE && input->relation->time_column >= 0 &&
                 input->watermark != WATERMARK_MIN;
    if (!timed || changes->row_count == 0) return STATUS_OK;
    int64_t *bounds =
        frame_alloc(&feed->frame, changes->row_count * sizeof(int64_t), &changes->meta_owner[META_BOUND]);
    TRY_ALLOC(bounds);
    for (uint32_t i = 0; i < changes->row_count; i++) bounds[i] = input->watermark;
    changes->meta[META_BOUND] = bounds;
    return STATUS_OK;
}

/* In the order in which they came: partitions have watermarks of their own, and each row's bound is what its own had shown before it. */
static Status pass_rows(Feed *feed, Error *err) {
    Input *input = &feed->input;
    int64_t now_ns = input->idle_timeout_us > 0 ? io_clock_monotonic_ns(input->graph->context.io) : 0;
    for (size_t i = 0; i < feed->passing.count; i++) {
        const FeedPassing *kept = &feed->passing.items[i];
        frame_reset(&feed->frame);
        if (input->relation->append_only) /* as a source's rows */
            TRY(input_push(input, &feed->frame, &kept->batch, kept->partition, now_ns, err));
        else
            TRY(input_push_changes(input, &kept->batch, err));
    }
    drop_passing(feed);
    if (feed->is_stored) rows_commit(&feed->rows);
    return STATUS_OK;
}

/* A frame per batch: an epoch may have changed more rows than fit one. */
static Status pass_changes(Feed *feed, Error *err) {
    if (passes_rows(feed)) return pass_rows(feed, err);
    bool more = true;
    while (more) {
        Batch changes;
        frame_reset(&feed->frame);
        TRY(rows_epoch_end(&feed->rows, &feed->frame, &changes, &more, err));
        TRY(add_bounds(feed, &changes, err));
        if (changes.row_count > 0) TRY(input_push_changes(&feed->input, &changes, err));
    }
    return STATUS_OK;
}

Status feed_epoch_end(Feed *feed, int64_t watermark, Error *err) {
    TRY(pass_changes(feed, err));
    ASSERT(feed->passing.count == 0);
    if (feed->is_stored) ASSERT(feed->rows.changes.count == 0);
    /* Time follows the rows: a reader must not see a window close before the epoch's rows for it. */
    input_set_watermark(&feed->input, watermark, false);
    input_epoch_end(&feed->input);
    return STATUS_OK;
}

static Status output_batch(void *context, const Batch *batch, Error *err) {
    return feed_apply(context, batch, NULL, err);
}

static Status output_epoch_end(void *context, int64_t watermark, Error *err) {
    return feed_epoch_end(context, watermark, err);
}

static Status output_end(void *context, Error *err) {
    Feed *feed = context;
    input_end(&feed->input);
    input_epoch_end(&feed->input);
    return STATUS_OK;
}

static void output_forget(void *context) {
    feed_forget(context);
}

FlowOutput feed_output(Feed *feed) {
    return (FlowOutput){.context = feed,
                        .is_raw = true,
                        .batch = output_batch,
                        .epoch_end = output_epoch_end,
                        .end = output_end,
                        .forget = output_forget};
}

Status feed_replay(Feed *feed, FlowNode *scan, Error *err) {
    if (!feed->is_stored) return STATUS_OK; /* a stream's past is gone: its readers start with what comes next */
    ASSERT(feed->rows.changes.count == 0); /* changes under way would come to the new reader a second time */
    RowsCursor cursor = {0};
    uint32_t ignored;
    for (;;) {
        Batch batch;
        frame_reset(&feed->frame);
        TRY(rows_scan(&feed->rows, &cursor, &feed->frame, BATCH_ROW_COUNT_MAX, &batch, err));
        if (batch.row_count == 0) return STATUS_OK;
        TRY(graph_feed(feed->input.graph, scan, &batch, &ignored, err));
    }
}
