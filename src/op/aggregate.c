/* SPDX-License-Identifier: Apache-2.0
 * op/aggregate.c - GROUP BY: rows in, groups out, in one of three ways.
 *
 *     on close   each window's groups leave once, when the watermark has passed its end + lateness
 *     changes    at each epoch's end: for every group that changed, what was shown is taken back, what it is
 *                now is shown; closed windows are forgotten
 *     at end     (plain SELECT) everything leaves when the input has ended
 *
 * Groups of a window are listed per window, so that a close walks just them. The list is in the order
 * in which groups were made. */
#include "op/aggregate.h"

#include "op/changes.h"
#include "op/op_priv.h"

enum {
    AGGREGATE_PART_COUNT = 256,        /* rows added at a time */
    AGGREGATE_OUTPUT_COUNT_MAX = 2048, /* groups per output batch: twice that many rows when changes leave */
};

STATIC_ASSERT(2 * AGGREGATE_OUTPUT_COUNT_MAX <= BATCH_ROW_COUNT_MAX, "a change is at most two rows");
/* The owner's words of a group's record when changes leave: then the cells of the row shown. */
typedef struct Shown {
    uint32_t is_touched; /* in this epoch, that is: listed */
    uint32_t is_shown;
} Shown;
STATIC_ASSERT(sizeof(Shown) % 8 == 0, "the cells behind it are words");

/* --- set-up --------------------------------------------------------------------------------------------- */

static Status init_shown(AggregateOp *aggregate, Arena *arena, Error *err) {
    const AggregateSpec *spec = aggregate->spec;
    Type *types = ARENA_ARRAY(arena, Type, spec->aggregate_count + 1);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < spec->aggregate_count; i++) types[i] = spec->aggregates[i].aggregate.result;
    return cell_layout_init(&aggregate->shown, arena, types, spec->aggregate_count, err);
}

Status aggregate_init(Op *op, const OpContext *context, Error *err) {
    AggregateOp *aggregate = ARENA_NEW(&op->arena, AggregateOp);
    TRY_ALLOC(aggregate);
    const AggregateSpec *spec = &op->node->aggregate;
    ASSERT(spec->window_group < (int32_t)spec->group_count);
    ASSERT(spec->close != CLOSE_WINDOW || spec->window_group >= 0);
    ASSERT(op->node->column_count == spec->group_count + spec->aggregate_count);
    ASSERT(!spec->has_global_row || spec->group_count == 0);
    ASSERT(spec->lateness >= 0);
    aggregate->spec = spec;
    aggregate->watermark = WATERMARK_MIN;
    aggregate->windowed = spec->close == CLOSE_WINDOW && !op->mode.snapshot;
    aggregate->judges_late = aggregate->windowed && late_is_judged_here(op->node->inputs[0]);
    aggregate->changes = !op->mode.snapshot && !(spec->emit_on_close && aggregate->windowed);
    uint32_t owner_size = 0;
    if (aggregate->changes) {
        TRY(init_shown(aggregate, &op->arena, err));
        owner_size = sizeof(Shown) + aggregate->shown.size;
    }
    GroupsOptions options = {.owner_size = owner_size,
                             .window_first = spec->window_group,
                             .weighted = op->node->inputs[0]->change == CHANGE_WEIGHTED};
    TRY(groups_init(&aggregate->groups, &op->arena, op->node, &options, context, err));
    if (spec->sliced) {
        Status status = slices_init(&aggregate->slices, &op->arena, &aggregate->groups, context, err);
        if (status != STATUS_OK) {
            groups_deinit(&aggregate->groups);
            return status;
        }
    }
    ASSERT(!spec->sliced || (aggregate->windowed && !aggregate->changes)); /* slices know only the close */
    window_lists_init(&aggregate->windows, context->memory);
    op->impl = aggregate;
    return STATUS_OK;
}

void aggregate_deinit(Op *op) {
    AggregateOp *aggregate = op->impl;
    if (aggregate == NULL) return;
    const AggregateSpec *spec = aggregate->spec;
    if (spec->sliced) slices_deinit(&aggregate->slices);
    if (aggregate->changes) {
        uint32_t ids[256];
        size_t count;
        StateCursor cursor = {0};
        while (aggregate->shown.has_text &&
               (count = state_scan(&aggregate->groups.state, &cursor, ids, 256)) > 0)
            for (size_t i = 0; i < count; i++) {
                const char *value = state_value(&aggregate->groups.state, ids[i]);
                cells_free(&aggregate->shown, value + aggregate->groups.owner_offset + sizeof(Shown),
                           &aggregate->groups.state.heap);
            }
    }
    window_lists_deinit(&aggregate->windows);
    vector_deinit(&aggregate->touched, op->memory);
    groups_deinit(&aggregate->groups);
}

size_t aggregate_memory(const Op *op) {
    const AggregateOp *aggregate = op->impl;
    size_t total = groups_memory(&aggregate->groups) + window_lists_memory(&aggregate->windows);
    if (aggregate->spec->sliced) total += slices_memory(&aggregate->slices);
    return total + aggregate->touched.capacity * sizeof(uint32_t);
}

/* --- rows in -------------------------------------------------------------------------------------------- */

static int64_t window_end(const AggregateSpec *spec, const PlanNode *input, int64_t value) {
    DEBUG_ASSERT(spec->window_group >= 0);
    const PlanColumn *column = &input->columns[spec->groups[spec->window_group]];
    return column->window_role == WINDOW_START ? value + column->window_size : value;
}

/* Splits off the rows whose last window has closed (for the bound that the row was read with). */
static Status split_late(Op *op, const OpContext *context, const Batch *batch, Batch *timely, OpOutput *out,
                         Error *err) {
    const AggregateOp *aggregate = op->impl;
    const AggregateSpec *spec = aggregate->spec;
    const int64_t *bounds = batch->meta[META_BOUND];
    *timely = *batch;
    if (bounds == NULL || !aggregate->windowed) return STATUS_OK;
    const int64_t *starts = array_i64(&batch->columns[spec->groups[spec->window_group]]);
    LateSplit split;
    TRY(late_split_init(&split, context->frame, batch->row_count, err));
    for (uint32_t row = 0; row < batch->row_count; row++) {
        int64_t end = spec->sliced ? slices_last_window_end(spec, starts[row])
                                   : window_end(spec, op->node->inputs[0], starts[row]);
        late_split_add(
            &split, row,
            bounds[row] != WATERMARK_MIN && end + spec->lateness <= bounds[row] - spec->time_delay);
    }
    return late_split_finish(&split, op, context, spec, batch, timely, out, err);
}

/* New groups under their windows. Rows come nearly in order, so that those of one window mostly follow each other and are listed at once. */
static Status list_windows(AggregateOp *aggregate, const GroupsFound *found, const Batch *batch, Error *err) {
    ASSERT(aggregate->windowed);
    const int64_t *starts =
        array_i64(&batch->columns[aggregate->spec->groups[aggregate->spec->window_group]]);
    const uint32_t *rows = found->created;
    for (size_t i = 0, end; i < found->created_count; i = end) {
        int64_t start = starts[rows[i]];
        end = i + 1;
        if (aggregate->spec->sliced) {
            TRY(slices_list(&aggregate->slices, &aggregate->windows, start, found->ids[rows[i]], err));
            continue;
        }
        while (end < found->created_count && starts[rows[end]] == start) end++;
        TRY(window_lists_add_rows(&aggregate->windows, start, 0, found->ids, rows + i, end - i, err));
    }
    return STATUS_OK;
}

/* Each group once per epoch. Without a branch: whether a row is the first of its group is hard to predict. */
static Status note_touched(Op *op, AggregateOp *aggregate, const GroupsFound *found, uint32_t count,
                           Error *err) {
    if (!vector_reserve(&aggregate->touched, op->memory, count)) return error_out_of_memory(err);
    uint32_t offset = aggregate->groups.owner_offset;
    uint32_t *touched = aggregate->touched.items;
    size_t touched_count = aggregate->touched.count;
    for (uint32_t row = 0; row < count; row++) {
        Shown *shown = (Shown *)((char *)found->values[row] + offset);
        touched[touched_count] = found->ids[row];
        touched_count += !shown->is_touched;
        shown->is_touched = true;
    }
    ASSERT(touched_count <= aggregate->touched.count + count);
    aggregate->touched.count = touched_count;
    return STATUS_OK;
}

/* Rows of one window meet its groups only, however many there are of others. */
static size_t likely_groups(const AggregateOp *aggregate, const Batch *part) {
    if (!aggregate->windowed) return 0;
    const int64_t *starts = array_i64(&part->columns[aggregate->spec->groups[aggregate->spec->window_group]]);
    int64_t start = starts[0];
    return starts[part->row_count - 1] == start ? window_lists_likely_count(&aggregate->windows, start) : 0;
}

static Status push_part(Op *op, const OpContext *context, const Batch *part, GroupsFound *found, Error *err) {
    AggregateOp *aggregate = op->impl;
    found->likely_count = likely_groups(aggregate, part);
    TRY(groups_find(&aggregate->groups, context, part, found, err));
    if (aggregate->windowed && found->created_count > 0) TRY(list_windows(aggregate, found, part, err));
    if (aggregate->changes) TRY(note_touched(op, aggregate, found, part->row_count, err));
    return groups_update(&aggregate->groups, context, part, found->values, found->ids, err);
}

/* A part of the batch goes all the way before the next, so that its keys and records stay in the first-level
 * cache from the search to the last accumulator. */
static Status push_timely(Op *op, const OpContext *context, const Batch *batch, Error *err) {
    AggregateOp *aggregate = op->impl;
    ASSERT(!aggregate->closes_all); /* a close goes on to its end before the next row */
    ASSERT(aggregate->touched_next == 0); /* and so do changes */
    uint32_t count_max = batch->row_count < AGGREGATE_PART_COUNT ? batch->row_count : AGGREGATE_PART_COUNT;
    Array *columns = FRAME_ARRAY(context->frame, Array, batch->column_count);
    TRY_ALLOC(columns);
    GroupsFound found;
    TRY(groups_found_init(&found, &aggregate->groups, context->frame, count_max, err));
    for (uint32_t from = 0; from < batch->row_count; from += AGGREGATE_PART_COUNT) {
        uint32_t left = batch->row_count - from;
        Batch part;
        batch_part(batch, from, left < AGGREGATE_PART_COUNT ? left : AGGREGATE_PART_COUNT, columns, &part);
        TRY(push_part(op, context, &part, &found, err));
    }
    return STATUS_OK;
}

Status aggregate_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err) {
    AggregateOp *aggregate = op->impl;
    Batch bounded = *batch, timely;
    if (aggregate->judges_late) TRY(late_set_bounds(context, batch, aggregate->watermark, &bounded, err));
    TRY(split_late(op, context, &bounded, &timely, out, err));
    if (timely.row_count == 0) return STATUS_OK;
    if (aggregate->spec->sliced) TRY(slices_restrict(&aggregate->slices, context, &timely, err));
    return push_timely(op, context, &timely, err);
}

/* --- whole groups out: on close, at end ----------------------------------------------------------------- */

/* One batch of the groups `ids`, those that failed or hold no row left out. */
Status aggregate_emit_groups(Op *op, const OpContext *context, const uint32_t *ids, const void *const *values,
                             const uint32_t *set_ids, uint32_t count, const int64_t *window_value, Batch *out,
                             Error *err) {
    ASSERT(count > 0);
    AggregateOp *aggregate = op->impl;
    const AggregateSpec *spec = aggregate->spec;
    Frame *frame = context->frame;
    ASSERT(count <= BATCH_ROW_COUNT_MAX);
    Array *columns = FRAME_ARRAY(frame, Array, op->node->column_count);
    TRY_ALLOC(columns);
    const RowError **errors;
    TRY(groups_read_keys(&aggregate->groups, context, ids, count, columns, err));
    TRY(groups_read_results(&aggregate->groups, context, values, set_ids, count, columns + spec->group_count,
                            &errors, err));
    if (window_value != NULL) {
        Array one = {.type = columns[spec->window_group].type, .length = 1, .values = window_value};
        TRY(array_repeat(&one, 0, frame, count, &columns[spec->window_group], err));
    }
    Batch whole = {.row_count = count, .column_count = op->node->column_count, .columns = columns};
    uint32_t *rows = frame_alloc(frame, (count + 16) * sizeof(uint32_t), NULL);
    TRY_ALLOC(rows);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (errors != NULL && errors[i] != NULL)
            TRY(op_row_error(op, context, op->node, &whole, i, errors[i], err));
        else if (!aggregate->groups.weighted || groups_weight(values[i]) > 0 || spec->has_global_row)
            rows[kept++] = i;
    }
    ASSERT(kept <= count);
    if (kept == count)
        *out = whole;
    else
        TRY(batch_gather(&whole, frame, rows, kept, out, err));
    return STATUS_OK;
}

static Status values_of(const State *state, Frame *frame, const uint32_t *ids, uint32_t count,
                        const void ***out, Error *err) {
    const void **values = FRAME_ARRAY(frame, const void *, count);
    TRY_ALLOC(values);
    for (uint32_t i = 0; i < count; i++) values[i] = state_value(state, ids[i]);
    *out = values;
    return STATUS_OK;
}

static Status emit_records(Op *op, const OpContext *context, const uint32_t *ids, uint32_t count, Batch *out,
                           Error *err) {
    AggregateOp *aggregate = op->impl;
    const void **values = NULL;
    TRY(values_of(&aggregate->groups.state, context->frame, ids, count, &values, err));
    return aggregate_emit_groups(op, context, ids, values, ids, count, NULL, out, err);
}

/* The watermark as the window's time column sees it. */
static int64_t close_time(const AggregateOp *aggregate) {
    int64_t watermark = aggregate->watermark;
    if (watermark == WATERMARK_MAX || watermark == WATERMARK_MIN) return watermark;
    int64_t behind;
    return __builtin_sub_overflow(watermark, aggregate->spec->time_delay + aggregate->spec->lateness, &behind)
               ? WATERMARK_MIN
               : behind;
}

static bool window_closes(const Op *op, const AggregateOp *aggregate, const WindowList *list) {
    return window_end(aggregate->spec, op->node->inputs[0], list->start) <= close_time(aggregate);
}

/* A list stands at the value of the window's group column, its start or its end; the end rises with either. So the
 * first list that does not close ends the search. */
static bool first_window_closes(const Op *op, const AggregateOp *aggregate) {
    return aggregate->windows.count > 0 &&
           window_closes(op, aggregate, window_lists_first(&aggregate->windows));
}

static void forget_shown(AggregateOp *aggregate, uint32_t id) {
    char *value = state_write(&aggregate->groups.state, id);
    cells_free(&aggregate->shown, value + aggregate->groups.owner_offset + sizeof(Shown),
               &aggregate->groups.state.heap);
}

static void delete_groups(AggregateOp *aggregate, const uint32_t *ids, uint32_t count) {
    for (uint32_t i = 0; aggregate->changes && aggregate->shown.has_text && i < count; i++)
        forget_shown(aggregate, ids[i]);
    groups_delete(&aggregate->groups, ids, count);
}

/* Their groups have left. When all windows close, records are not taken out one by one. */
static void forget_closed(AggregateOp *aggregate, const uint32_t *ids, uint32_t count) {
    if (!aggregate->closes_all) {
        delete_groups(aggregate, ids, count);
        return;
    }
    groups_free_records(&aggregate->groups, ids, count);
    if (aggregate->windows.count > 0) return;
    groups_clear(&aggregate->groups);
    aggregate->closes_all = false;
}

/* The next batch of groups of closed windows; fills batches across windows. */
static Status emit_closed(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    AggregateOp *aggregate = op->impl;
    ASSERT(aggregate->windowed && !aggregate->spec->sliced);
    uint32_t *ids = frame_alloc(context->frame, AGGREGATE_OUTPUT_COUNT_MAX * sizeof(uint32_t), NULL),
             count = 0;
    TRY_ALLOC(ids);
    if (aggregate->windows.count > 0 && window_closes(op, aggregate, window_lists_last(&aggregate->windows)))
        aggregate->closes_all = true;
    while (count < AGGREGATE_OUTPUT_COUNT_MAX && first_window_closes(op, aggregate))
        count += window_lists_take(&aggregate->windows, ids + count, AGGREGATE_OUTPUT_COUNT_MAX - count);
    if (count > 0) TRY(emit_records(op, context, ids, count, &out->batch, err));
    forget_closed(aggregate, ids, count);
    out->progress = first_window_closes(op, aggregate) ? OP_MORE : OP_DONE;
    return STATUS_OK;
}

/* A snapshot: whatever groups there are, in the order of the state; they stay, and go with the operator. */
static Status emit_all(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    AggregateOp *aggregate = op->impl;
    ASSERT(op->mode.snapshot); /* elsewhere the cursor would pass over groups made behind it */
    uint32_t *ids = frame_alloc(context->frame, AGGREGATE_OUTPUT_COUNT_MAX * sizeof(uint32_t), NULL);
    TRY_ALLOC(ids);
    size_t count = state_scan(&aggregate->groups.state, &aggregate->cursor, ids, AGGREGATE_OUTPUT_COUNT_MAX);
    if (count > 0) TRY(emit_records(op, context, ids, (uint32_t)count, &out->batch, err));
    out->progress = count == AGGREGATE_OUTPUT_COUNT_MAX ? OP_MORE : OP_DONE;
    return STATUS_OK;
}

/* --- changes out ---------------------------------------------------------------------------------------- */

typedef struct ChangedGroups {
    void **values;
    void **cells; /* what is shown */
    uint8_t *was_shown;
    uint8_t *is_alive;
} ChangedGroups;

/* What was shown, before `now` is known; is_touched is cleared where Shown is written anew. */
static Status changed_groups_init(ChangedGroups *changed, AggregateOp *aggregate, Frame *frame,
                                  const uint32_t *ids, uint32_t count, Error *err) {
    *changed = (ChangedGroups){.values = frame_alloc(frame, count * sizeof(void *), NULL),
                               .cells = frame_alloc(frame, count * sizeof(void *), NULL),
                               .was_shown = frame_alloc(frame, count, NULL),
                               .is_alive = frame_alloc(frame, count, NULL)};
    bool complete = changed->values != NULL && changed->cells != NULL && changed->was_shown != NULL &&
                    changed->is_alive != NULL;
    if (!complete) return error_out_of_memory(err);
    state_write_batch(&aggregate->groups.state, ids, count, changed->values);
    ASSERT(aggregate->changes && count <= AGGREGATE_OUTPUT_COUNT_MAX);
    for (uint32_t i = 0; i < count; i++) {
        Shown *shown = (Shown *)((char *)changed->values[i] + aggregate->groups.owner_offset);
        changed->cells[i] = shown + 1;
        changed->was_shown[i] = shown->is_shown != 0;
    }
    return STATUS_OK;
}

/* A group has a row while it holds rows and its aggregates do not fail. */
static Status judge_alive(Op *op, const OpContext *context, const ChangedGroups *changed, const Batch *now,
                          const RowError *const *errors, Error *err) {
    const AggregateOp *aggregate = op->impl;
    for (uint32_t i = 0; i < now->row_count; i++) {
        bool failed = errors != NULL && errors[i] != NULL;
        if (failed) TRY(op_row_error(op, context, op->node, now, i, errors[i], err));
        changed->is_alive[i] =
            !failed && (groups_weight(changed->values[i]) > 0 || aggregate->spec->has_global_row);
    }
    return STATUS_OK;
}

/* Changed rows of the groups `ids` as one batch. */
static Status emit_group_changes(Op *op, const OpContext *context, const uint32_t *ids, uint32_t count,
                                 Batch *out, Error *err) {
    AggregateOp *aggregate = op->impl;
    const AggregateSpec *spec = aggregate->spec;
    ChangedGroups changed;
    TRY(changed_groups_init(&changed, aggregate, context->frame, ids, count, err));
    Array *now = FRAME_ARRAY(context->frame, Array, op->node->column_count + 1);
    TRY_ALLOC(now);
    const RowError **errors;
    TRY(groups_read_keys(&aggregate->groups, context, ids, count, now, err));
    TRY(groups_read_results(&aggregate->groups, context, (const void *const *)changed.values, ids, count,
                            now + spec->group_count, &errors, err));
    Batch whole = {.row_count = count, .column_count = op->node->column_count, .columns = now};
    TRY(judge_alive(op, context, &changed, &whole, errors, err));
    ChangeRows rows = {.now = now,
                       .column_count = op->node->column_count,
                       .kept_from = spec->group_count,
                       .count = count,
                       .cells = changed.cells,
                       .was_shown = changed.was_shown,
                       .is_alive = changed.is_alive};
    TRY(changes_emit(&rows, &aggregate->shown, &aggregate->groups.state.heap, context->frame, out, err));
    for (uint32_t i = 0; i < count; i++)
        *(Shown *)((char *)changed.values[i] + aggregate->groups.owner_offset) =
            (Shown){.is_shown = changed.is_alive[i]};
    return STATUS_OK;
}

/* Groups that hold nothing any more are forgotten, but for those listed under a window: they go with it. */
static void forget_empty(AggregateOp *aggregate, const uint32_t *ids, uint32_t count) {
    if (aggregate->windowed || !aggregate->groups.weighted || aggregate->spec->has_global_row) return;
    for (uint32_t i = 0; i < count; i++)
        if (groups_weight(state_value(&aggregate->groups.state, ids[i])) == 0)
            delete_groups(aggregate, &ids[i], 1);
}

/* First what changed leaves, then windows are forgotten: a group that changed and closed in one epoch is shown in its last state,
 * which no withdrawal follows. */
static Status emit_changes(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    AggregateOp *aggregate = op->impl;
    ASSERT(aggregate->touched_next <= aggregate->touched.count);
    size_t left = aggregate->touched.count - aggregate->touched_next;
    uint32_t count = left < AGGREGATE_OUTPUT_COUNT_MAX ? (uint32_t)left : AGGREGATE_OUTPUT_COUNT_MAX;
    if (count > 0) {
        const uint32_t *ids = aggregate->touched.items + aggregate->touched_next;
        TRY(emit_group_changes(op, context, ids, count, &out->batch, err));
        forget_empty(aggregate, ids, count);
        aggregate->touched_next += count;
    }
    if (aggregate->touched_next < aggregate->touched.count) {
        out->progress = OP_MORE;
        return STATUS_OK;
    }
    aggregate->touched.count = aggregate->touched_next = 0;
    uint32_t closed[256];
    while (aggregate->windowed && first_window_closes(op, aggregate)) {
        uint32_t taken = window_lists_take(&aggregate->windows, closed, 256);
        delete_groups(aggregate, closed, taken);
    }
    return STATUS_OK;
}

/* --- epochs --------------------------------------------------------------------------------------------- */

/* An aggregate without GROUP BY has its row before the first input. */
static Status make_global_row(Op *op, const OpContext *context, Error *err) {
    AggregateOp *aggregate = op->impl;
    if (!aggregate->spec->has_global_row || aggregate->groups.state.count > 0) return STATUS_OK;
    ASSERT(aggregate->groups.keys.size == 0); /* it has no columns: the word below is its key and is never read */
    uint64_t key = 0, hash = rowkey_hash(&aggregate->groups.keys, &key);
    uint32_t id, created;
    StateUpsert upsert = {.ids = &id, .created = &created};
    TRY(state_upsert_batch(&aggregate->groups.state, &key, &hash, 1, &upsert, err));
    if (!aggregate->changes) return STATUS_OK;
    ((Shown *)((char *)state_write(&aggregate->groups.state, id) + aggregate->groups.owner_offset))
        ->is_touched = true;
    return vector_push(&aggregate->touched, op->memory, id) ? STATUS_OK : error_out_of_memory(err);
}

static Status emit_next(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    AggregateOp *aggregate = op->impl;
    if (op->mode.snapshot) return emit_all(op, context, out, err);
    if (aggregate->changes) return emit_changes(op, context, out, err);
    if (aggregate->spec->sliced)
        return slices_emit_closed(&aggregate->slices, op, context, close_time(aggregate), out, err);
    return emit_closed(op, context, out, err);
}

void aggregate_watermark(Op *op, int64_t watermark) {
    AggregateOp *aggregate = op->impl;
    if (watermark > aggregate->watermark) aggregate->watermark = watermark;
}

Status aggregate_epoch_end(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    if (op->mode.snapshot) return STATUS_OK;
    TRY(make_global_row(op, context, err));
    return emit_next(op, context, out, err);
}

Status aggregate_end(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    if (!op->mode.snapshot) return STATUS_OK;
    TRY(make_global_row(op, context, err));
    return emit_next(op, context, out, err);
}

Status aggregate_resume(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    return emit_next(op, context, out, err);
}
