/* SPDX-License-Identifier: Apache-2.0
 * flow/shape.c - rows are added up in a store that forgets them at each delivery.
 *
 * The store holds weights per whole row, so that memory is what changed since the last delivery, not what there is. */
#include "flow/shape.h"

/* The longest interval in nanoseconds: 146 years, which can still be added to the clock. A statement may ask for a thousand. */
#define EVERY_NS_MAX (INT64_MAX / 2)

static int64_t every_ns(const Plan *plan) {
    if (plan->emit != EMIT_EVERY) return 0;
    return plan->every < EVERY_NS_MAX / 1000 ? plan->every * 1000 : EVERY_NS_MAX;
}

/* Does the node give, in each epoch, at most one withdrawal and one insertion of different rows per key? */
static bool gives_net(const PlanNode *node) {
    switch (node->kind) {
        case PLAN_SCAN:
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_AGGREGATE:
        case PLAN_SESSION: return true;
        case PLAN_FILTER: return gives_net(node->inputs[0]);
        case PLAN_PROJECT:
        case PLAN_WINDOW:
        case PLAN_UNION:
        case PLAN_MATCH_COUNTS:
        case PLAN_SORT:
        case PLAN_LIMIT:
        case PLAN_SCALAR:
        case PLAN_KIND_COUNT: break;
    }
    return false;
}

/* The scan of a stream passes on what its query gives. */
static bool scans_stream(const Plan *plan) {
    for (uint32_t i = 0; i < plan->relation_count; i++)
        if (plan->relations[i]->kind == RELATION_STREAM) return true;
    return false;
}

bool shape_is_needed(const Plan *plan) {
    if (plan->emit == EMIT_ON_UPDATE || plan->emit == EMIT_EVERY) return true;
    return plan->root->change == CHANGE_WEIGHTED && (!gives_net(plan->root) || scans_stream(plan));
}

Status shape_init(Shape *shape, const Plan *plan, const FlowOutput *target, const OpContext *context,
                  Error *err) {
    ASSERT(plan->emit != EMIT_ON_UPDATE || plan->root->key != NULL);
    ASSERT(plan->emit != EMIT_EVERY || plan->every > 0);
    ASSERT(shape_is_needed(plan));
    ASSERT(target->batch != NULL);
    *shape = (Shape){.plan = plan,
                     .target = *target,
                     .io = context->io,
                     .memory = context->memory,
                     .every_ns = every_ns(plan),
                     .watermark = WATERMARK_MIN};
    const PlanNode *root = plan->root;
    arena_init(&shape->arena, context->memory);
    RowsColumn *columns = ARENA_ARRAY(&shape->arena, RowsColumn, root->column_count + 1);
    Status status = columns == NULL ? error_out_of_memory(err) : STATUS_OK;
    for (uint32_t i = 0; i < root->column_count && columns != NULL; i++)
        columns[i] = (RowsColumn){root->columns[i].type, root->columns[i].not_null};
    if (status == STATUS_OK)
        status = rows_init_net(&shape->net, columns, root->column_count, context->io, context->memory, err);
    if (status == STATUS_OK) {
        status = frame_init(&shape->frame, context->pool, err);
        if (status == STATUS_OK) {
            status = frame_init(&shape->piece_frame, context->pool, err);
            if (status != STATUS_OK) frame_deinit(&shape->frame);
        }
        if (status != STATUS_OK) rows_deinit(&shape->net);
    }
    if (status != STATUS_OK)
        arena_deinit(&shape->arena);
    else
        shape->next_ns = io_clock_monotonic_ns(context->io) + shape->every_ns;
    return status;
}

void shape_deinit(Shape *shape) {
    frame_deinit(&shape->piece_frame);
    frame_deinit(&shape->frame);
    rows_deinit(&shape->net);
    arena_deinit(&shape->arena);
}

static Status take_batch(void *context, const Batch *batch, Error *err) {
    Shape *shape = context;
    ASSERT(batch->column_count == shape->plan->root->column_count);
    frame_reset(&shape->frame);
    return rows_apply(&shape->net, &shape->frame, batch, NULL, err);
}

/* Keys of rows that leave with weight > 0 in this delivery. */
static Status note_insertions(const Shape *shape, State *keys_seen, const RowKeyLayout *keys,
                              const Batch *batch, bool look, uint32_t *rows, uint32_t *count, Frame *frame,
                              Error *err) {
    const PlanNode *root = shape->plan->root;
    ASSERT(root->key_count <= ROWKEY_COLUMN_COUNT_MAX);
    ASSERT(!look || (rows != NULL && count != NULL));
    const Array *columns[ROWKEY_COLUMN_COUNT_MAX];
    for (uint32_t i = 0; i < root->key_count; i++) columns[i] = &batch->columns[root->key[i]];
    uint64_t *cells = frame_alloc(frame, (size_t)batch->row_count * keys->size + 8, NULL);
    uint64_t *hashes = frame_alloc(frame, batch->row_count * sizeof(uint64_t), NULL);
    uint32_t *ids = frame_alloc(frame, batch->row_count * sizeof(uint32_t), NULL);
    void **values = frame_alloc(frame, batch->row_count * sizeof(void *), NULL);
    TRY_ALLOC(cells);
    TRY_ALLOC(hashes);
    uint32_t *created = frame_alloc(frame, batch->row_count * sizeof(uint32_t), NULL);
    TRY_ALLOC(ids);
    TRY_ALLOC(created);
    TRY_ALLOC(values);
    rowkey_encode(keys, columns, batch->row_count, cells, hashes);
    StateUpsert upsert = {.ids = ids, .values = values, .created = created};
    TRY(state_upsert_batch(keys_seen, cells, hashes, batch->row_count, &upsert, err));
    for (uint32_t row = 0; row < batch->row_count; row++) {
        int64_t *inserted = values[row];
        if (look) {
            if (batch_weight(batch, row) > 0 || *inserted == 0) rows[(*count)++] = row;
        } else if (batch_weight(batch, row) > 0) {
            *inserted = 1;
        }
    }
    return STATUS_OK;
}

/* For one delivery: the keys of rows that are shown, so that a withdrawal of one of them stays unsaid. */
static Status keys_of(Shape *shape, RowKeyLayout *keys, State *seen, Error *err) {
    const PlanNode *root = shape->plan->root;
    ASSERT(root->key_count <= ROWKEY_COLUMN_COUNT_MAX);
    Type types[ROWKEY_COLUMN_COUNT_MAX];
    bool nullable[ROWKEY_COLUMN_COUNT_MAX];
    for (uint32_t i = 0; i < root->key_count; i++) {
        types[i] = root->columns[root->key[i]].type;
        nullable[i] = !root->columns[root->key[i]].not_null;
    }
    arena_reset(&shape->arena); /* of the last delivery: the arena does not grow with the number of them */
    TRY(rowkey_layout_init(keys, &shape->arena, types, nullable, root->key_count, err));
    return keys_state_init(seen, keys, 8, &shape->arena, shape->io, shape->memory, err);
}

/* ON UPDATE needs to know all insertions before it lets a withdrawal out: the delivery's batches are kept
 * first. */
static Status deliver_latest(Shape *shape, Error *err) {
    VECTOR(Batch) kept = {0};
    RowKeyLayout keys;
    State seen;
    TRY(keys_of(shape, &keys, &seen, err));
    Status status = STATUS_OK;
    bool more = true;
    while (more && status == STATUS_OK) {
        Batch changes;
        status = rows_epoch_end(&shape->net, &shape->frame, &changes, &more, err);
        if (status != STATUS_OK || changes.row_count == 0) continue;
        status = note_insertions(shape, &seen, &keys, &changes, false, NULL, NULL, &shape->frame, err);
        if (status == STATUS_OK && !vector_reserve(&kept, shape->memory, 1))
            status = error_out_of_memory(err);
        if (status == STATUS_OK) status = batch_keep(&changes, shape->memory, &kept.items[kept.count], err);
        kept.count += status == STATUS_OK;
    }
    for (size_t i = 0; i < kept.count && status == STATUS_OK; i++) {
        uint32_t *rows = frame_alloc(&shape->frame, kept.items[i].row_count * sizeof(uint32_t), NULL),
                 count = 0;
        if (rows == NULL)
            status = error_out_of_memory(err);
        else
            status =
                note_insertions(shape, &seen, &keys, &kept.items[i], true, rows, &count, &shape->frame, err);
        Batch latest;
        if (status == STATUS_OK && count > 0) {
            status = batch_gather(&kept.items[i], &shape->frame, rows, count, &latest, err);
            if (status == STATUS_OK) status = shape->target.batch(shape->target.context, &latest, err);
        }
    }
    for (size_t i = 0; i < kept.count; i++) batch_unkeep(&kept.items[i], shape->memory);
    vector_deinit(&kept, shape->memory);
    state_deinit(&seen);
    return status;
}

/* Who is told no weights gets a row as often as it came. */
static Status deliver_each(Shape *shape, const Batch *changes, Error *err) {
    uint32_t rows[BATCH_ROW_COUNT_MAX], row = 0;
    int64_t given = 0; /* of `row` */
    ASSERT(changes->meta[META_WEIGHT] != NULL);
    while (row < changes->row_count) {
        uint32_t count = 0;
        for (; row < changes->row_count && count < BATCH_ROW_COUNT_MAX; given = 0, row++) {
            int64_t weight = changes->meta[META_WEIGHT][row];
            ASSERT(weight > 0); /* append-only */
            while (given < weight && count < BATCH_ROW_COUNT_MAX) {
                rows[count++] = row;
                given++;
            }
            if (given < weight) break;
        }
        Batch piece;
        frame_reset(&shape->piece_frame);
        TRY(batch_gather(changes, &shape->piece_frame, rows, count, &piece, err));
        piece.meta[META_WEIGHT] = NULL;
        piece.meta_owner[META_WEIGHT] = NULL;
        TRY(shape->target.batch(shape->target.context, &piece, err));
    }
    return STATUS_OK;
}

/* A target that takes no weights gets a row as often as it came. */
static Status deliver_net(Shape *shape, Error *err) {
    bool more = true;
    while (more) {
        Batch changes;
        frame_reset(&shape->frame);
        TRY(rows_epoch_end(&shape->net, &shape->frame, &changes, &more, err));
        if (changes.row_count == 0) continue;
        if (shape->plan->weights)
            TRY(shape->target.batch(shape->target.context, &changes, err));
        else
            TRY(deliver_each(shape, &changes, err));
    }
    return STATUS_OK;
}

static Status deliver(Shape *shape, Error *err) {
    frame_reset(&shape->frame);
    TRY(shape->plan->emit == EMIT_ON_UPDATE ? deliver_latest(shape, err) : deliver_net(shape, err));
    return shape->target.epoch_end == NULL
               ? STATUS_OK
               : shape->target.epoch_end(shape->target.context, shape->watermark, err);
}

static Status shape_epoch_end(void *context, int64_t watermark, Error *err) {
    Shape *shape = context;
    bool ignored;
    ASSERT(watermark >= shape->watermark);
    shape->watermark = watermark;
    if (shape->every_ns > 0) return shape_tick(shape, io_clock_monotonic_ns(shape->io), &ignored, err);
    return deliver(shape, err);
}

Status shape_tick(Shape *shape, int64_t now_ns, bool *did, Error *err) {
    *did = false;
    if (shape->every_ns == 0 || now_ns < shape->next_ns) return STATUS_OK;
    /* A delivery without rows is nothing done: who goes on until nothing is would never end with intervals shorter than a round. */
    *did = shape->net.changes.count > 0;
    /* From now, not from when it was due: after a pause one delivery makes up for those that were missed. */
    shape->next_ns = now_ns + shape->every_ns;
    ASSERT(shape->next_ns > now_ns);
    return deliver(shape, err);
}

int64_t shape_due(const Shape *shape) {
    return shape->every_ns > 0 && shape->net.changes.count > 0 ? shape->next_ns : INT64_MAX;
}

Status shape_flush(Shape *shape, Error *err) {
    return shape->every_ns > 0 ? deliver(shape, err) : STATUS_OK;
}

/* What is left leaves with the end, whatever the interval. */
static Status shape_end(void *context, Error *err) {
    Shape *shape = context;
    TRY(shape_flush(shape, err));
    return shape->target.end == NULL ? STATUS_OK : shape->target.end(shape->target.context, err);
}

FlowOutput shape_output(Shape *shape) {
    return (FlowOutput){
        .context = shape, .batch = take_batch, .epoch_end = shape_epoch_end, .end = shape_end};
}
