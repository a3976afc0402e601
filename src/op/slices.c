/* SPDX-License-Identifier: Apache-2.0
 * op/slices.c - the close of hopping windows. */
#include "op/slices.h"

#include "op/aggregate.h"

enum { SLICES_BATCH_COUNT = 1024 };

/* Beyond every event time (op/event_time.c). */
static const int64_t RESTRICTED_FIRST = INT64_MAX / 2;

/* The first multiple of `step` (from `offset`) that is greater than `time`. */
static int64_t next_multiple(int64_t time, int64_t step, int64_t offset) {
    int64_t from = time - offset, quotient = from / step;
    if (from % step < 0) quotient--;
    return (quotient + 1) * step + offset;
}

/* Start of the first window that holds an event at `time`. */
static int64_t first_window_start(const AggregateSpec *spec, int64_t time) {
    return next_multiple(time - spec->size, spec->slide, spec->offset);
}

/* Start of the last window that holds the slice at `start`: the multiple of slide at or before it. */
static int64_t last_window_start(const AggregateSpec *spec, int64_t start) {
    return next_multiple(start - spec->slide, spec->slide, spec->offset);
}

int64_t slices_last_window_end(const AggregateSpec *spec, int64_t start) {
    return last_window_start(spec, start) + spec->size;
}

static Status merged_layout(Slices *slices, Arena *arena, Error *err) {
    const RowKeyLayout *keys = &slices->groups->keys;
    slices->keys = *keys;
    slices->keys.column_count = (uint8_t)(keys->column_count - 1);
    slices->keys.size = (uint16_t)(keys->size - 8);
    slices->keys.cells = ARENA_ARRAY(arena, RowKeyCell, keys->column_count);
    TRY_ALLOC(slices->keys.cells);
    for (uint32_t i = 1; i < keys->column_count; i++) {
        slices->keys.cells[i - 1] = keys->cells[i];
        slices->keys.cells[i - 1].offset = (uint16_t)(keys->cells[i].offset - 8);
    }
    return STATUS_OK;
}

Status slices_init(Slices *slices, Arena *arena, Groups *groups, const OpContext *context, Error *err) {
    *slices = (Slices){.groups = groups, .restricted_first = RESTRICTED_FIRST};
    TRY(merged_layout(slices, arena, err));
    return keys_state_init(&slices->merged, &slices->keys, groups->value_size + 8, arena, context->io, context->memory, err);
}

/* Numbers of merged groups in value sets, apart from those of records. */
static uint32_t merged_set_id(uint32_t id) {
    return id | 0x80000000u;
}

static void merged_reset(Slices *slices) {
    uint32_t ids[256];
    size_t count;
    StateCursor cursor = {0};
    while ((count = state_scan(&slices->merged, &cursor, ids, 256)) > 0)
        for (size_t i = 0; i < count; i++)
            groups_free_value(slices->groups, state_write(&slices->merged, ids[i]), merged_set_id(ids[i]));
    state_reset(&slices->merged);
}

void slices_deinit(Slices *slices) {
    merged_reset(slices);
    state_deinit(&slices->merged);
    vector_deinit(&slices->restricted, slices->groups->store.memory);
}

size_t slices_memory(const Slices *slices) {
    return state_memory(&slices->merged) + slices->restricted.capacity * sizeof(RestrictedSlice);
}

/* --- rows behind some of their windows ------------------------------------------------------------------- */

/* Start of the first window of the slice that is open for a row with this bound. */
static int64_t first_open(const AggregateSpec *spec, int64_t start, int64_t bound) {
    int64_t first = first_window_start(spec, start), closed;
    if (bound == WATERMARK_MIN || __builtin_sub_overflow(bound, spec->time_delay + spec->lateness + spec->size, &closed)) return first;
    if (first > closed) return first;
    return next_multiple(closed, spec->slide, spec->offset); /* windows with start <= closed have closed */
}

static Status restricted_number(Slices *slices, int64_t start, int64_t from, int64_t *out, Error *err) {
    size_t at = slices->restricted.count;
    while (at > 0 && (slices->restricted.items[at - 1].start != start || slices->restricted.items[at - 1].from != from)) at--;
    if (at == 0) {
        if (!vector_push(&slices->restricted, slices->groups->store.memory, (RestrictedSlice){start, from})) return error_out_of_memory(err);
        at = slices->restricted.count;
    }
    *out = slices->restricted_first + (int64_t)(at - 1);
    return STATUS_OK;
}

static bool any_restricted(const AggregateSpec *spec, const int64_t *starts, const int64_t *bounds, uint32_t count) {
    for (uint32_t row = 0; row < count; row++)
        if (first_open(spec, starts[row], bounds[row]) > first_window_start(spec, starts[row])) return true;
    return false;
}

Status slices_restrict(Slices *slices, const OpContext *context, Batch *batch, Error *err) {
    const AggregateSpec *spec = slices->groups->spec;
    const int64_t *bounds = batch->meta[META_BOUND];
    uint32_t column = spec->groups[spec->window_group];
    const int64_t *starts = array_i64(&batch->columns[column]);
    if (bounds == NULL || !any_restricted(spec, starts, bounds, batch->row_count)) return STATUS_OK;
    int64_t *cells = frame_alloc(context->frame, batch->row_count * sizeof(int64_t), NULL);
    Array *columns = FRAME_ARRAY(context->frame, Array, batch->column_count);
    TRY_ALLOC(cells);
    TRY_ALLOC(columns);
    for (uint32_t row = 0; row < batch->row_count; row++) {
        int64_t from = first_open(spec, starts[row], bounds[row]);
        cells[row] = starts[row];
        if (from > first_window_start(spec, starts[row])) TRY(restricted_number(slices, starts[row], from, &cells[row], err));
    }
    memcpy(columns, batch->columns, batch->column_count * sizeof(Array));
    columns[column].values = cells;
    columns[column].values_owner = NULL;
    batch->columns = columns;
    return STATUS_OK;
}

Status slices_list(const Slices *slices, WindowLists *lists, int64_t cell, uint32_t id, Error *err) {
    if (cell < RESTRICTED_FIRST) return window_lists_add(lists, cell, WATERMARK_MIN, id, err);
    const RestrictedSlice *slice = &slices->restricted.items[cell - slices->restricted_first];
    return window_lists_add(lists, slice->start, slice->from, id, err);
}

/* --- the close ------------------------------------------------------------------------------------------- */

/* The key of a record without its window; long texts as addresses, as state_upsert_batch takes them. */
static void merged_key(const Slices *slices, uint32_t id, char *out) {
    const Groups *groups = slices->groups;
    const char *record = state_record(&groups->state, id);
    size_t head = groups->keys.has_null_word ? 8 : 0;
    memcpy(out, record, head);
    if (head > 0) *(uint64_t *)out >>= 1; /* the window's bit is the first */
    memcpy(out + head, record + head + 8, slices->keys.size - head);
    for (uint32_t i = 0; slices->keys.has_text && i < slices->keys.column_count; i++) {
        if (!slices->keys.cells[i].is_text) continue;
        StateText *text = (StateText *)(out + slices->keys.cells[i].offset);
        if (text->size > STATE_TEXT_INLINE_SIZE_MAX) text->bytes = state_heap_bytes(&groups->state.heap, text->ref);
    }
}

static Status merge_records(Slices *slices, const OpContext *context, const uint32_t *ids, uint32_t count, Error *err) {
    Frame *frame = context->frame;
    const Groups *groups = slices->groups;
    char *keys = frame_alloc(frame, (size_t)count * slices->keys.size + 8, NULL);
    uint64_t *hashes = frame_alloc(frame, count * sizeof(uint64_t), NULL);
    uint32_t *to = frame_alloc(frame, count * sizeof(uint32_t), NULL);
    void **values = frame_alloc(frame, count * sizeof(void *), NULL);
    TRY_ALLOC(keys);
    TRY_ALLOC(hashes);
    uint32_t *created = frame_alloc(frame, count * sizeof(uint32_t), NULL);
    TRY_ALLOC(to);
    TRY_ALLOC(created);
    TRY_ALLOC(values);
    for (uint32_t i = 0; i < count; i++) {
        char *key = keys + (size_t)i * slices->keys.size;
        merged_key(slices, ids[i], key);
        hashes[i] = rowkey_hash(&slices->keys, (const uint64_t *)key);
    }
    StateUpsert upsert = {.ids = to, .values = values, .created = created};
    TRY(state_upsert_batch(&slices->merged, keys, hashes, count, &upsert, err));
    for (uint32_t i = 0; i < count; i++) {
        TRY(groups_merge(slices->groups, values[i], merged_set_id(to[i]), state_value(&groups->state, ids[i]), ids[i], err));
        *(uint64_t *)((char *)values[i] + groups->value_size) = ids[i];
    }
    return STATUS_OK;
}

/* Merges the slices in [start, start + size). */
static Status merge_window(Slices *slices, const WindowLists *lists, const OpContext *context, int64_t start, Error *err) {
    for (size_t i = 0; i < lists->count; i++) {
        const WindowList *slice = &lists->items[i];
        if (slice->start < start) continue;
        if (slice->start >= start + slices->groups->spec->size) break;
        if (slice->from > start) continue;
        for (size_t done = 0; done < slice->ids.count; done += SLICES_BATCH_COUNT) {
            size_t left = slice->ids.count - done;
            uint32_t count = left < SLICES_BATCH_COUNT ? (uint32_t)left : SLICES_BATCH_COUNT;
            TRY(merge_records(slices, context, slice->ids.items + done, count, err));
        }
    }
    return STATUS_OK;
}

/* One batch of the merged groups; *done when it was the last. */
static Status emit_merged(Slices *slices, Op *op, const OpContext *context, Batch *out, bool *done, Error *err) {
    Frame *frame = context->frame;
    uint32_t *ids = frame_alloc(frame, SLICES_BATCH_COUNT * sizeof(uint32_t), NULL);
    uint32_t *records = frame_alloc(frame, SLICES_BATCH_COUNT * sizeof(uint32_t), NULL);
    const void **values = FRAME_ARRAY(frame, const void *, SLICES_BATCH_COUNT);
    TRY_ALLOC(ids);
    TRY_ALLOC(records);
    TRY_ALLOC(values);
    size_t count = state_scan(&slices->merged, &slices->cursor, ids, SLICES_BATCH_COUNT);
    *done = count < SLICES_BATCH_COUNT;
    for (size_t i = 0; i < count; i++) {
        values[i] = state_value(&slices->merged, ids[i]);
        records[i] = (uint32_t) * (const uint64_t *)((const char *)values[i] + slices->groups->value_size);
        ids[i] = merged_set_id(ids[i]);
    }
    if (count == 0) return STATUS_OK;
    return aggregate_emit_groups(op, context, records, values, ids, (uint32_t)count, &slices->closing_start, out, err);
}

/* Numbers of restricted slices that have gone; one that is younger than a living one waits for it. */
static void drop_restricted(Slices *slices, int64_t next_start) {
    size_t gone = 0;
    while (gone < slices->restricted.count && slices->restricted.items[gone].start < next_start) gone++;
    if (gone == 0) return;
    slices->restricted.count -= gone;
    slices->restricted_first += (int64_t)gone;
    memmove(slices->restricted.items, slices->restricted.items + gone, slices->restricted.count * sizeof(RestrictedSlice));
}

/* Slices that no later window needs. */
static void drop_slices(AggregateOp *aggregate, int64_t next_start) {
    uint32_t ids[256];
    while (aggregate->windows.count > 0 && window_lists_first(&aggregate->windows)->start < next_start) {
        uint32_t count = window_lists_take(&aggregate->windows, ids, 256);
        for (uint32_t i = 0; i < count; i++) groups_delete(&aggregate->groups, ids[i]);
    }
    drop_restricted(&aggregate->slices, next_start);
}

/* The first window after the last one closed that has a slice; false: none is there. */
static bool next_window(Slices *slices, const WindowLists *lists, int64_t *start) {
    const AggregateSpec *spec = slices->groups->spec;
    if (lists->count == 0) return false;
    int64_t first = first_window_start(spec, window_lists_first(lists)->start);
    *start = slices->has_next && slices->next_start > first ? slices->next_start : first;
    return true;
}

Status slices_emit_closed(Slices *slices, Op *op, const OpContext *context, int64_t close_time, OpOutput *out, Error *err) {
    AggregateOp *aggregate = op->impl;
    const AggregateSpec *spec = aggregate->spec;
    if (!slices->is_closing) {
        int64_t start;
        if (!next_window(slices, &aggregate->windows, &start) || start + spec->size > close_time) return STATUS_OK;
        TRY(merge_window(slices, &aggregate->windows, context, start, err));
        slices->is_closing = true;
        slices->closing_start = start;
        slices->cursor = (StateCursor){0};
    }
    bool done = false;
    TRY(emit_merged(slices, op, context, &out->batch, &done, err));
    out->progress = OP_MORE;
    if (!done) return STATUS_OK;
    merged_reset(slices);
    slices->is_closing = false;
    slices->next_start = slices->closing_start + spec->slide;
    slices->has_next = true;
    drop_slices(aggregate, slices->next_start);
    return STATUS_OK;
}
