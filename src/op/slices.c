/* SPDX-License-Identifier: Apache-2.0
 * op/slices.c - the close of hopping windows. */
#include "op/slices.h"

#include "op/aggregate.h"

enum { SLICES_BATCH_COUNT = 1024 };

/* Beyond every event time (op/event_time.c). */
static const int64_t RESTRICTED_FIRST = INT64_MAX / 2;
STATIC_ASSERT(INT64_MAX / 2 > EVENT_TIME_REACH, "no slice's start is taken for a number");

/* The first multiple of `step` (from `offset`) that is greater than `time`. */
static int64_t next_multiple(int64_t time, int64_t step, int64_t offset) {
    DEBUG_ASSERT(step > 0);
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

/* The groups' key with the window's cell cut out: the 8 bytes in front, or behind the NULL bits. */
static Status merged_layout(Slices *slices, Arena *arena, Error *err) {
    const RowKeyLayout *keys = &slices->groups->keys;
    ASSERT(keys->size >= 8);
    ASSERT(keys->cells[0].offset == (keys->has_null_word ? 8 : 0)); /* merged_key cuts it out there */
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
    ASSERT(groups->spec->sliced && groups->spec->window_group >= 0);
    ASSERT(groups->keys.column_count > 0);
    ASSERT(groups->spec->size > 0 && groups->spec->slide > 0);
    *slices = (Slices){.groups = groups, .restricted_first = RESTRICTED_FIRST};
    TRY(merged_layout(slices, arena, err));
    TRY(keys_state_init(&slices->merged, &slices->keys, groups->value_size + 8, arena, context->io,
                        context->memory, err));
    Status status = keys_state_init(&slices->back, &slices->keys, groups->value_size + 8, arena, context->io,
                                    context->memory, err);
    if (status != STATUS_OK) state_deinit(&slices->merged);
    return status;
}

/* Numbers of merged groups in value sets, apart from those of records and from each other's. */
static uint32_t set_id(const Slices *slices, const State *state, uint32_t id) {
    DEBUG_ASSERT(id < 0x40000000u);
    return id | (state == &slices->merged ? 0x80000000u : 0xC0000000u);
}

/* Its memory stays: it is filled again for the next window. */
static void state_forget(Slices *slices, State *state) {
    uint32_t ids[256];
    size_t count;
    StateCursor cursor = {0};
    while (slices->groups->holds_outside && (count = state_scan(state, &cursor, ids, 256)) > 0)
        for (size_t i = 0; i < count; i++)
            groups_free_value(slices->groups, state_write(state, ids[i]), set_id(slices, state, ids[i]));
    state_clear(state);
    ASSERT(state->count == 0);
}

void slices_deinit(Slices *slices) {
    state_forget(slices, &slices->merged);
    state_forget(slices, &slices->back);
    state_deinit(&slices->merged);
    state_deinit(&slices->back);
    vector_deinit(&slices->restricted, slices->groups->store.memory);
}

size_t slices_memory(const Slices *slices) {
    return state_memory(&slices->merged) + state_memory(&slices->back) +
           slices->restricted.capacity * sizeof(RestrictedSlice);
}

/* --- rows behind some of their windows -------------------------------------------------------------------
 */

/* Start of the first window of the slice that is open for a row with this bound. */
static int64_t first_open(const AggregateSpec *spec, int64_t start, int64_t bound) {
    int64_t first = first_window_start(spec, start), closed;
    if (bound == WATERMARK_MIN ||
        __builtin_sub_overflow(bound, spec->time_delay + spec->lateness + spec->size, &closed))
        return first;
    if (first > closed) return first;
    return next_multiple(closed, spec->slide, spec->offset); /* windows with start <= closed have closed */
}

/* From the newest: there are few, and rows that are late come together. */
static Status restricted_number(Slices *slices, int64_t start, int64_t from, int64_t *out, Error *err) {
    size_t at = slices->restricted.count;
    while (at > 0 &&
           (slices->restricted.items[at - 1].start != start || slices->restricted.items[at - 1].from != from))
        at--;
    if (at == 0) {
        if (!vector_push(&slices->restricted, slices->groups->store.memory, (RestrictedSlice){start, from}))
            return error_out_of_memory(err);
        at = slices->restricted.count;
    }
    *out = slices->restricted_first + (int64_t)(at - 1);
    ASSERT(*out >= RESTRICTED_FIRST);
    return STATUS_OK;
}

static bool any_restricted(const AggregateSpec *spec, const int64_t *starts, const int64_t *bounds,
                           uint32_t count) {
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
        if (from > first_window_start(spec, starts[row]))
            TRY(restricted_number(slices, starts[row], from, &cells[row], err));
    }
    memcpy(columns, batch->columns, batch->column_count * sizeof(Array));
    columns[column].values = cells;
    columns[column].values_owner = NULL;
    batch->columns = columns;
    return STATUS_OK;
}

Status slices_list(const Slices *slices, WindowLists *lists, int64_t cell, uint32_t id, Error *err) {
    if (cell < RESTRICTED_FIRST) return window_lists_add(lists, cell, WATERMARK_MIN, id, err);
    ASSERT(cell >= slices->restricted_first);
    ASSERT((uint64_t)(cell - slices->restricted_first) < slices->restricted.count);
    const RestrictedSlice *slice = &slices->restricted.items[cell - slices->restricted_first];
    return window_lists_add(lists, slice->start, slice->from, id, err);
}

/* --- the close -------------------------------------------------------------------------------------------
 */

/* Long texts of a key as addresses, as state_upsert_batch takes them. */
static void resolve_texts(const RowKeyLayout *keys, const StateHeap *heap, char *key) {
    for (uint32_t i = 0; keys->has_text && i < keys->column_count; i++) {
        if (!keys->cells[i].is_text) continue;
        StateText *text = (StateText *)(key + keys->cells[i].offset);
        if (text->size > STATE_TEXT_INLINE_SIZE_MAX) text->bytes = state_heap_bytes(heap, text->ref);
    }
}

/* The key of a record without its window. */
static void merged_key(const Slices *slices, uint32_t id, char *out) {
    const Groups *groups = slices->groups;
    const char *record = state_record(&groups->state, id);
    size_t head = groups->keys.has_null_word ? 8 : 0;
    memcpy(out, record, head);
    if (head > 0) *(uint64_t *)out >>= 1; /* the window's bit is the first */
    memcpy(out + head, record + head + 8, slices->keys.size - head);
    resolve_texts(&slices->keys, &groups->state.heap, out);
}

/* The key of a record with another window. */
static void moved_key(const Slices *slices, uint32_t id, int64_t start, char *out) {
    const Groups *groups = slices->groups;
    memcpy(out, state_record(&groups->state, id), groups->keys.size);
    memcpy(out + (groups->keys.has_null_word ? 8 : 0), &start, sizeof(start));
    resolve_texts(&groups->keys, &groups->state.heap, out);
}

/* What one upsert of merging needs, in the frame. */
typedef struct MergeScratch {
    char *keys;
    uint64_t *hashes;
    uint32_t *to;
    uint32_t *created;
    void **values;
} MergeScratch;

/* For one batch of groups. */
static Status merge_scratch(const OpContext *context, uint32_t count, size_t key_size, MergeScratch *out,
                            Error *err) {
    Frame *frame = context->frame;
    ASSERT(count > 0);
    *out = (MergeScratch){.keys = frame_alloc(frame, (size_t)count * key_size + 8, NULL),
                          .hashes = frame_alloc(frame, count * sizeof(uint64_t), NULL),
                          .to = frame_alloc(frame, count * sizeof(uint32_t), NULL),
                          .created = frame_alloc(frame, count * sizeof(uint32_t), NULL),
                          .values = frame_alloc(frame, count * sizeof(void *), NULL)};
    bool complete = out->keys != NULL && out->hashes != NULL && out->to != NULL && out->created != NULL &&
                    out->values != NULL;
    return complete ? STATUS_OK : error_out_of_memory(err);
}

/* Records of slices into `into` (merged or back). */
static Status merge_records(Slices *slices, State *into, const OpContext *context, const uint32_t *ids,
                            uint32_t count, Error *err) {
    const Groups *groups = slices->groups;
    MergeScratch scratch;
    TRY(merge_scratch(context, count, slices->keys.size, &scratch, err));
    for (uint32_t i = 0; i < count; i++) {
        char *key = scratch.keys + (size_t)i * slices->keys.size;
        merged_key(slices, ids[i], key);
        scratch.hashes[i] = rowkey_hash(&slices->keys, (const uint64_t *)key);
    }
    StateUpsert upsert = {.ids = scratch.to, .values = scratch.values, .created = scratch.created};
    TRY(state_upsert_batch(into, scratch.keys, scratch.hashes, count, &upsert, err));
    for (uint32_t i = 0; i < count; i++) {
        TRY(groups_merge(slices->groups, scratch.values[i], set_id(slices, into, scratch.to[i]),
                         state_value(&groups->state, ids[i]), ids[i], err));
        *(uint64_t *)((char *)scratch.values[i] + groups->value_size) = ids[i];
    }
    return STATUS_OK;
}

static Status merge_list(Slices *slices, State *into, const OpContext *context, const WindowList *list,
                         Error *err) {
    uint32_t ids[SLICES_BATCH_COUNT], count;
    WindowListCursor cursor = {0};
    while ((count = window_list_read(list, &cursor, ids, SLICES_BATCH_COUNT)) > 0)
        TRY(merge_records(slices, into, context, ids, count, err));
    return STATUS_OK;
}

/* `back` into `merged`. */
static Status merge_back(Slices *slices, const OpContext *context, Error *err) {
    uint32_t ids[256];
    size_t count;
    StateCursor cursor = {0};
    const Groups *groups = slices->groups;
    while ((count = state_scan(&slices->back, &cursor, ids, 256)) > 0) {
        MergeScratch scratch;
        TRY(merge_scratch(context, (uint32_t)count, slices->keys.size, &scratch, err));
        for (size_t i = 0; i < count; i++) {
            char *key = scratch.keys + i * slices->keys.size;
            memcpy(key, state_record(&slices->back, ids[i]), slices->keys.size);
            resolve_texts(&slices->keys, &slices->back.heap, key);
            scratch.hashes[i] = rowkey_hash(&slices->keys, (const uint64_t *)key);
        }
        StateUpsert upsert = {.ids = scratch.to, .values = scratch.values, .created = scratch.created};
        TRY(state_upsert_batch(&slices->merged, scratch.keys, scratch.hashes, count, &upsert, err));
        for (size_t i = 0; i < count; i++) {
            const char *from = state_value(&slices->back, ids[i]);
            TRY(groups_merge(slices->groups, scratch.values[i],
                             set_id(slices, &slices->merged, scratch.to[i]), from,
                             set_id(slices, &slices->back, ids[i]), err));
            memcpy((char *)scratch.values[i] + groups->value_size, from + groups->value_size, 8);
        }
    }
    return STATUS_OK;
}

/* Adds records `ids` to the slice at `start`, making groups that it did not have. */
static Status take_in(Slices *slices, WindowLists *lists, const OpContext *context, int64_t start,
                      const uint32_t *ids, uint32_t count, Error *err) {
    Groups *groups = slices->groups;
    MergeScratch scratch;
    TRY(merge_scratch(context, count, groups->keys.size, &scratch, err));
    for (uint32_t i = 0; i < count; i++) {
        char *key = scratch.keys + (size_t)i * groups->keys.size;
        moved_key(slices, ids[i], start, key);
        scratch.hashes[i] = rowkey_hash(&groups->keys, (const uint64_t *)key);
    }
    StateUpsert upsert = {.ids = scratch.to, .values = scratch.values, .created = scratch.created};
    TRY(state_upsert_batch(&groups->state, scratch.keys, scratch.hashes, count, &upsert, err));
    for (size_t i = 0; i < upsert.created_count; i++) {
        uint32_t row = scratch.created[i];
        const char *from = state_value(&groups->state, ids[row]);
        TRY(cells_copy(&groups->kept, from + groups->kept_offset, (char *)scratch.values[row] + groups->kept_offset,
                       &groups->state.heap, err));
        TRY(window_lists_add(lists, start, WATERMARK_MIN, scratch.to[row], err));
    }
    for (uint32_t i = 0; i < count; i++)
        TRY(groups_merge(groups, scratch.values[i], scratch.to[i], state_value(&groups->state, ids[i]),
                         ids[i], err));
    return STATUS_OK;
}

static bool is_plain(const WindowList *list) {
    return list->from == WATERMARK_MIN;
}

/* The plain slices in [start, end) become the front: each takes in the one behind it, the newest first. */
static Status make_front(Slices *slices, WindowLists *lists, const OpContext *context, int64_t start,
                         int64_t end, Error *err) {
    ASSERT(start < end);
    ASSERT(!slices->has_front || end > slices->front_end);
    size_t behind = SIZE_MAX;
    for (size_t i = lists->count; i > 0; i--) {
        WindowList *list = &lists->items[i - 1];
        if (!is_plain(list) || list->start >= end) continue;
        if (list->start < start) break;
        const WindowList *newer = behind == SIZE_MAX ? NULL : &lists->items[behind];
        uint32_t ids[SLICES_BATCH_COUNT], count;
        WindowListCursor cursor = {0};
        while (newer != NULL && (count = window_list_read(newer, &cursor, ids, SLICES_BATCH_COUNT)) > 0)
            TRY(take_in(slices, lists, context, list->start, ids, count, err));
        behind = i - 1;
    }
    state_forget(slices, &slices->back);
    slices->front_end = slices->back_end = end;
    slices->has_front = true;
    return STATUS_OK;
}

/* The plain slices of [back_end, end) are added to `back`. */
static Status extend_back(Slices *slices, const WindowLists *lists, const OpContext *context, int64_t end,
                          Error *err) {
    ASSERT(end >= slices->back_end);
    for (size_t i = 0; i < lists->count; i++) {
        const WindowList *list = &lists->items[i];
        if (is_plain(list) && list->start >= slices->back_end && list->start < end)
            TRY(merge_list(slices, &slices->back, context, list, err));
    }
    slices->back_end = end;
    return STATUS_OK;
}

/* Merges the window at `start`: its first front slice, `back`, and the restricted slices that are in it. */
static Status merge_window(Slices *slices, WindowLists *lists, const OpContext *context, int64_t start,
                           Error *err) {
    int64_t end = start + slices->groups->spec->size;
    ASSERT(!slices->is_closing && slices->merged.count == 0); /* the window before has left */
    if (!slices->has_front || start >= slices->front_end)
        TRY(make_front(slices, lists, context, start, end, err));
    else
        TRY(extend_back(slices, lists, context, end, err));
    bool front_done = false;
    for (size_t i = 0; i < lists->count; i++) {
        const WindowList *list = &lists->items[i];
        if (list->start < start || list->start >= end) continue;
        bool is_front = is_plain(list) && list->start < slices->front_end && !front_done;
        if (!is_front && (is_plain(list) || list->from > start)) continue;
        front_done |= is_front;
        TRY(merge_list(slices, &slices->merged, context, list, err));
    }
    return merge_back(slices, context, err);
}

/* One batch of the merged groups; *done when it was the last. */
static Status emit_merged(Slices *slices, Op *op, const OpContext *context, Batch *out, bool *done,
                          Error *err) {
    ASSERT(slices->is_closing);
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
        ids[i] = set_id(slices, &slices->merged, ids[i]);
    }
    if (count == 0) return STATUS_OK;
    return aggregate_emit_groups(op, context, records, values, ids, (uint32_t)count, &slices->closing_start,
                                 out, err);
}

/* Numbers of restricted slices that have gone; one that is younger than a living one waits for it. */
static void drop_restricted(Slices *slices, int64_t next_start) {
    size_t gone = 0;
    while (gone < slices->restricted.count && slices->restricted.items[gone].start < next_start) gone++;
    if (gone == 0) return;
    slices->restricted.count -= gone;
    slices->restricted_first += (int64_t)gone;
    memmove(slices->restricted.items, slices->restricted.items + gone,
            slices->restricted.count * sizeof(RestrictedSlice));
}

/* Slices that no later window needs. */
static void drop_slices(AggregateOp *aggregate, int64_t next_start) {
    uint32_t ids[256];
    while (aggregate->windows.count > 0 && window_lists_first(&aggregate->windows)->start < next_start) {
        uint32_t count = window_lists_take(&aggregate->windows, ids, 256);
        groups_delete(&aggregate->groups, ids, count);
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

Status slices_emit_closed(Slices *slices, Op *op, const OpContext *context, int64_t close_time, OpOutput *out,
                          Error *err) {
    AggregateOp *aggregate = op->impl;
    const AggregateSpec *spec = aggregate->spec;
    ASSERT(spec->sliced);
    if (!slices->is_closing) {
        int64_t start;
        if (!next_window(slices, &aggregate->windows, &start) || start + spec->size > close_time)
            return STATUS_OK;
        ASSERT(!slices->has_next || start >= slices->next_start);
        TRY(merge_window(slices, &aggregate->windows, context, start, err));
        slices->is_closing = true;
        slices->closing_start = start;
        slices->cursor = (StateCursor){0};
    }
    bool done = false;
    TRY(emit_merged(slices, op, context, &out->batch, &done, err));
    out->progress = OP_MORE;
    if (!done) return STATUS_OK;
    state_forget(slices, &slices->merged);
    slices->is_closing = false;
    slices->next_start = slices->closing_start + spec->slide;
    slices->has_next = true;
    drop_slices(aggregate, slices->next_start);
    return STATUS_OK;
}
