/* SPDX-License-Identifier: Apache-2.0
 * store/rows.c - a record's value:
 *
 *     | weight i64 | change u32: 1 + its place in `changes`, 0: untouched | marked u32 | payload cells |
 *
 * On the first touch in an epoch the record is listed with its weight and a copy of its payload cells. Long
 * texts of the copy belong to the record while its payload is the same, and to the list once it has been
 * replaced. */
#include "store/rows.h"

enum { ROWS_OUTPUT_COUNT_MAX = 2048, ROWS_ENTRY_SIZE = 16 };

struct RowsChange {
    uint32_t id;
    bool is_replaced; /* the payload was written since: `before` owns its texts */
    int64_t weight_before;
};

typedef struct Entry {
    int64_t weight;
    uint32_t change;
    uint32_t is_marked;
} Entry;

STATIC_ASSERT(sizeof(Entry) == ROWS_ENTRY_SIZE, "payload cells follow");

static char *entry_payload(Entry *entry) {
    return (char *)entry + ROWS_ENTRY_SIZE;
}

/* ---- set-up ---- */

/* Rows without a key are found by all their columns, and their record is nothing but the key. Of rows with one the other columns are payload,
 * and so are key columns whose cell loses the spelling. */
static Status init_layouts(Rows *rows, const RowsColumn *columns, const uint32_t *key, uint32_t key_count,
                           Error *err) {
    Arena *arena = &rows->arena;
    uint32_t count = rows->column_count;
    Type *types = ARENA_ARRAY(arena, Type, count + 1), *key_types = ARENA_ARRAY(arena, Type, count + 1),
         *payload_types = ARENA_ARRAY(arena, Type, count + 1);
    bool *nullable = ARENA_ARRAY(arena, bool, count + 1);
    rows->key_columns = ARENA_ARRAY(arena, uint32_t, count + 1);
    rows->payload_columns = ARENA_ARRAY(arena, uint32_t, count + 1);
    rows->cell_of_column = ARENA_ARRAY(arena, int32_t, count + 1);
    rows->payload_of_column = ARENA_ARRAY(arena, int32_t, count + 1);
    bool complete = types != NULL && key_types != NULL && payload_types != NULL && nullable != NULL &&
                    rows->key_columns != NULL && rows->payload_columns != NULL &&
                    rows->cell_of_column != NULL && rows->payload_of_column != NULL;
    if (!complete) return error_out_of_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        types[i] = columns[i].type;
        rows->cell_of_column[i] = rows->payload_of_column[i] = -1;
    }
    uint32_t cell_count = rows->is_keyed ? key_count : count, payload_count = 0;
    for (uint32_t i = 0; i < cell_count; i++) {
        uint32_t column = rows->is_keyed ? key[i] : i;
        ASSERT(column < count);
        ASSERT(rows->cell_of_column[column] < 0); /* each once */
        rows->key_columns[i] = column;
        rows->cell_of_column[column] = (int32_t)i;
        key_types[i] = types[column];
        nullable[i] = !columns[column].not_null;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool is_lost = rows->is_keyed && type_has_spellings(types[i]);
        if (rows->cell_of_column[i] >= 0 && !is_lost) continue;
        rows->payload_of_column[i] = (int32_t)payload_count;
        rows->payload_columns[payload_count] = i;
        payload_types[payload_count++] = types[i];
    }
    /* Every column can be read from somewhere. */
    for (uint32_t i = 0; i < count; i++)
        ASSERT(rows->cell_of_column[i] >= 0 || rows->payload_of_column[i] >= 0);
    rows->types = types;
    if (!rows->is_keyed && count > ROWKEY_COLUMN_COUNT_MAX) {
        error_set(err, STATUS_LIMIT, "rows without a key have at most %d columns, not %u", ROWKEY_COLUMN_COUNT_MAX, count);
        return error_add_hint(err, "Give the table a PRIMARY KEY; a view has one when it shows that of what it reads, or what it groups by.");
    }
    TRY(rowkey_layout_init(&rows->keys, arena, key_types, nullable, cell_count, err));
    rows->keys.keeps_spelling = !rows->is_keyed;
    return cell_layout_init(&rows->payload, arena, payload_types, payload_count, err);
}

Status rows_init(Rows *rows, const RowsColumn *columns, uint32_t column_count, const uint32_t *key,
                 uint32_t key_count, Io *io, Memory *memory, Error *err) {
    ASSERT(key != NULL || key_count == 0);
    ASSERT(columns != NULL || column_count == 0);
    ASSERT(key_count <= column_count);
    *rows = (Rows){.memory = memory, .column_count = column_count, .is_keyed = key != NULL};
    arena_init(&rows->arena, memory);
    Status status = init_layouts(rows, columns, key, key_count, err);
    if (status == STATUS_OK)
        status = keys_state_init(&rows->state, &rows->keys, ROWS_ENTRY_SIZE + rows->payload.size,
                                 &rows->arena, io, memory, err);
    if (status != STATUS_OK) arena_deinit(&rows->arena);
    return status;
}

Status rows_init_net(Rows *rows, const RowsColumn *columns, uint32_t column_count, Io *io, Memory *memory,
                     Error *err) {
    TRY(rows_init(rows, columns, column_count, NULL, 0, io, memory, err));
    rows->is_net = true;
    return STATUS_OK;
}

void rows_deinit(Rows *rows) {
    state_deinit(&rows->state);
    vector_deinit(&rows->changes, rows->memory);
    memory_free(rows->memory, rows->before, rows->before_capacity);
    arena_deinit(&rows->arena);
}

size_t rows_memory(const Rows *rows) {
    return state_memory(&rows->state) + rows->changes.capacity * sizeof(RowsChange) + rows->before_capacity;
}

/* ---- apply ---- */

typedef struct RowsFound {
    uint64_t *keys;
    uint64_t *hashes;
    uint32_t *ids;
    void **values;
    uint32_t *created;
} RowsFound;

/* Keys and hashes of the batch's rows, and room for what a search gives. */
static Status encode_rows(const Rows *rows, Frame *frame, const Batch *batch, RowsFound *out, Error *err) {
    ASSERT(rows->keys.column_count <= ROWKEY_COLUMN_COUNT_MAX);
    uint32_t count = batch->row_count;
    *out = (RowsFound){.keys = frame_alloc(frame, (size_t)count * rows->keys.size + 8, NULL),
                       .hashes = frame_alloc(frame, count * sizeof(uint64_t), NULL),
                       .ids = frame_alloc(frame, count * sizeof(uint32_t), NULL),
                       .values = frame_alloc(frame, count * sizeof(void *), NULL),
                       .created = frame_alloc(frame, count * sizeof(uint32_t), NULL)};
    bool complete = out->keys != NULL && out->hashes != NULL && out->ids != NULL && out->values != NULL &&
                    out->created != NULL;
    if (!complete) return error_out_of_memory(err);
    const Array *columns[ROWKEY_COLUMN_COUNT_MAX];
    for (uint32_t i = 0; i < rows->keys.column_count; i++) columns[i] = &batch->columns[rows->key_columns[i]];
    rowkey_encode(&rows->keys, columns, count, out->keys, out->hashes);
    return STATUS_OK;
}

/* NULL: rows are all key. */
static char *before_of(const Rows *rows, size_t change) {
    return rows->payload.size == 0 ? NULL : rows->before + change * rows->payload.size;
}

/* Before anything is changed: noting a change cannot fail then. */
static Status reserve_changes(Rows *rows, uint32_t more, Error *err) {
    if (!vector_reserve(&rows->changes, rows->memory, more)) return error_out_of_memory(err);
    size_t wanted = (rows->changes.count + more) * rows->payload.size;
    if (wanted <= rows->before_capacity) return STATUS_OK;
    wanted = wanted < 2 * rows->before_capacity ? 2 * rows->before_capacity : wanted;
    char *before = memory_realloc(rows->memory, rows->before, rows->before_capacity, wanted);
    TRY_ALLOC(before);
    rows->before = before;
    rows->before_capacity = wanted;
    ASSERT(rows->changes.count <= rows->changes.capacity);
    return STATUS_OK;
}

static void note_touch(Rows *rows, uint32_t id, Entry *entry) {
    if (entry->change != 0) return;
    DEBUG_ASSERT(rows->changes.count < rows->changes.capacity);
    if (rows->payload.size > 0)
        memcpy(before_of(rows, rows->changes.count), entry_payload(entry), rows->payload.size);
    rows->changes.items[rows->changes.count++] = (RowsChange){.id = id, .weight_before = entry->weight};
    entry->change = (uint32_t)rows->changes.count;
}

static Status write_payload(Rows *rows, const Batch *batch, uint32_t row, void *payload, Error *err) {
    for (uint32_t i = 0; i < rows->payload.count; i++)
        TRY(cells_write(&rows->payload, i, &batch->columns[rows->payload_columns[i]], &row, 1, &payload,
                        &rows->state.heap, err));
    return STATUS_OK;
}

/* A new value for a record: the first one of the epoch leaves the old texts to `before`, which may still have
 * to leave as a withdrawal; a later one frees those of the value in between, which nobody has seen. */
static Status replace_payload(Rows *rows, const Batch *batch, uint32_t row, Entry *entry, Error *err) {
    DEBUG_ASSERT(entry->change > 0);
    RowsChange *change = &rows->changes.items[entry->change - 1];
    char *payload = entry_payload(entry);
    if (change->is_replaced) cells_free(&rows->payload, payload, &rows->state.heap);
    if (rows->payload.size > 0) memset(payload, 0, rows->payload.size);
    change->is_replaced = true;
    return write_payload(rows, batch, row, payload, err);
}

static bool payload_matches(const Rows *rows, const Batch *batch, uint32_t row, const char *payload) {
    for (uint32_t i = 0; i < rows->payload.count; i++) {
        CellArray held;
        cell_array(&rows->payload, i, payload, &rows->state.heap, &held);
        if (!array_value_equal(&batch->columns[rows->payload_columns[i]], row, &held.array, 0)) return false;
    }
    return true;
}

/* A value that came and went within the epoch uncovers the one from before. */
static void restore_payload(Rows *rows, Entry *entry) {
    DEBUG_ASSERT(entry->change > 0);
    RowsChange *change = &rows->changes.items[entry->change - 1];
    if (!change->is_replaced || rows->payload.size == 0) return;
    cells_free(&rows->payload, entry_payload(entry), &rows->state.heap);
    memcpy(entry_payload(entry), before_of(rows, entry->change - 1), rows->payload.size);
    change->is_replaced = false;
}

/* What a row does to its record's weight. */
static int64_t weight_added(const Rows *rows, const Entry *entry, int64_t weight) {
    if (!rows->is_upsert) return weight;
    return (weight > 0) - entry->weight;
}

/* An update comes as a withdrawal and a row, in either order. Where the new row has come first it stands already when the old one is taken back,
 * whose payload then matches no more; where what is taken back is what stands, the payload of before is put back. */
static Status apply_row(Rows *rows, const Batch *batch, uint32_t row, uint32_t id, Entry *entry, Error *err) {
    int64_t weight = batch_weight(batch, row);
    note_touch(rows, id, entry);
    if (rows->is_keyed && weight > 0) TRY(replace_payload(rows, batch, row, entry, err));
    int64_t added = weight_added(rows, entry, weight);
    entry->weight += added;
    rows->row_count += added;
    if (weight < 0 && rows->is_keyed && entry->weight > 0 &&
        payload_matches(rows, batch, row, entry_payload(entry)))
        restore_payload(rows, entry);
    return STATUS_OK;
}

/* Withdrawals that find nothing: the record is not there, or a keyed row has other values. */
static bool is_missing(const Rows *rows, const Batch *batch, uint32_t row, Entry *entry) {
    if (batch_weight(batch, row) >= 0) return false;
    if (rows->is_upsert) return entry->weight == 0;
    if (entry->weight + batch_weight(batch, row) < 0) return true;
    return rows->is_keyed && !payload_matches(rows, batch, row, entry_payload(entry));
}

/* The record of each row, made where there is none; each of them can be listed as touched. */
static Status find_records(Rows *rows, Frame *frame, const Batch *batch, RowsFound *found, Error *err) {
    TRY(encode_rows(rows, frame, batch, found, err));
    TRY(reserve_changes(rows, batch->row_count, err));
    StateUpsert upsert = {.ids = found->ids, .values = found->values, .created = found->created};
    TRY(state_upsert_batch(&rows->state, found->keys, found->hashes, batch->row_count, &upsert, err));
    return STATUS_OK;
}

Status rows_apply(Rows *rows, Frame *frame, const Batch *batch, RowsMissing *missing, Error *err) {
    ASSERT(batch->column_count == rows->column_count);
    ASSERT(rows->change_next == 0);
    ASSERT(!rows->is_upsert || rows->is_keyed);
    ASSERT(missing == NULL || missing->rows != NULL);
    RowsFound found;
    TRY(find_records(rows, frame, batch, &found, err));
    for (uint32_t row = 0; row < batch->row_count; row++) {
        Entry *entry = found.values[row];
        if (missing != NULL && is_missing(rows, batch, row, entry)) {
            note_touch(rows, found.ids[row], entry); /* a record made for it goes at the epoch's end */
            missing->rows[missing->count++] = row;
            continue;
        }
        TRY(apply_row(rows, batch, row, found.ids[row], entry, err));
    }
    return STATUS_OK;
}

Status rows_find_conflict(Rows *rows, Frame *frame, const Batch *batch, int64_t *row, Error *err) {
    ASSERT(rows->is_keyed);
    ASSERT(rows->change_next == 0);
    RowsFound found;
    TRY(find_records(rows, frame, batch, &found, err));
    *row = -1;
    /* `unused` marks the keys of this batch while it is walked; every touched record is listed, so that one
     * made only to ask goes at the epoch's end. */
    for (uint32_t i = 0; i < batch->row_count; i++) {
        Entry *entry = found.values[i];
        bool seen = entry->weight > 0 || entry->is_marked != 0;
        if (seen && *row < 0) *row = i;
        entry->is_marked = 1;
        note_touch(rows, found.ids[i], entry);
    }
    for (uint32_t i = 0; i < batch->row_count; i++) ((Entry *)found.values[i])->is_marked = 0;
    return STATUS_OK;
}

Status rows_mark_keys(Rows *rows, Frame *frame, const Batch *batch, const uint8_t *marks, uint8_t *states,
                      Error *err) {
    ASSERT(rows->is_keyed);
    ASSERT(rows->change_next == 0);
    RowsFound found;
    TRY(find_records(rows, frame, batch, &found, err));
    for (uint32_t i = 0; i < batch->row_count; i++) {
        Entry *entry = found.values[i];
        bool is_stored = entry->weight > 0;
        note_touch(rows, found.ids[i], entry);
        states[i] = entry->is_marked != 0 ? ROWS_KEY_REPEATED : is_stored ? ROWS_KEY_STORED : ROWS_KEY_NEW;
        if (!is_stored || (marks != NULL && marks[i] != 0)) entry->is_marked = 1;
    }
    return STATUS_OK;
}

void rows_clear_marks(Rows *rows) {
    for (size_t i = rows->change_next; i < rows->changes.count; i++) {
        Entry *entry = state_write(&rows->state, rows->changes.items[i].id);
        entry->is_marked = 0;
    }
}

/* ---- the epoch's end ---- */

/* Rows that leave: a record's key, and a payload of before or of now. */
typedef struct RowsOut {
    uint32_t *ids;
    const void **payloads;
    int64_t *weights;
    uint32_t count;
} RowsOut;

static void out_add(RowsOut *out, uint32_t id, const void *payload, int64_t weight) {
    out->ids[out->count] = id;
    out->payloads[out->count] = payload;
    out->weights[out->count++] = weight;
}

/* What readers are to be told of one touched row, two changes at most. The weight is that of then and now: what happened in between has
 * cancelled out. */
static void net_change(Rows *rows, size_t index, RowsOut *out) {
    const RowsChange *change = &rows->changes.items[index];
    Entry *entry = (Entry *)(uintptr_t)state_value(&rows->state, change->id);
    const char *before = before_of(rows, index), *now = entry_payload(entry);
    if (rows->is_net) {
        if (entry->weight != 0) out_add(out, change->id, now, entry->weight);
        return;
    }
    /* Below zero: withdrawals that came before their rows. Not seen yet, so nothing to take back. */
    int64_t was = change->weight_before > 0 ? change->weight_before : 0,
            is = entry->weight > 0 ? entry->weight : 0;
    bool same = !change->is_replaced || rows->payload.size == 0 ||
                cells_equal(&rows->payload, before, now, &rows->state.heap);
    if (same && was == is) return;
    if (same && was > 0 && is > 0) {
        out_add(out, change->id, now, is - was);
        return;
    }
    if (was > 0) out_add(out, change->id, before, -was);
    if (is > 0) out_add(out, change->id, now, is);
}

/* Payloads apart from ids: a withdrawal shows the payload that the record no longer has. */
static Status read_columns(const Rows *rows, const uint32_t *ids, const void *const *payloads, uint32_t count,
                           Frame *frame, Batch *out, Error *err) {
    Array *columns = FRAME_ARRAY(frame, Array, rows->column_count + 1);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < rows->column_count; i++) {
        if (rows->payload_of_column[i] >= 0)
            TRY(cells_read(&rows->payload, (uint32_t)rows->payload_of_column[i], payloads, count,
                           &rows->state.heap, frame, &columns[i], err));
        else
            TRY(keys_read(&rows->keys, (uint32_t)rows->cell_of_column[i], &rows->state, ids, count, frame,
                          &columns[i], err));
    }
    *out = (Batch){.row_count = count, .column_count = rows->column_count, .columns = columns};
    return STATUS_OK;
}

Status rows_read_stored(Rows *rows, Frame *frame, const Batch *batch, Batch *out, Error *err) {
    ASSERT(rows->is_keyed);
    RowsFound found;
    TRY(encode_rows(rows, frame, batch, &found, err));
    state_get_batch(&rows->state, found.keys, found.hashes, batch->row_count, found.ids);
    const void **payloads = frame_alloc(frame, batch->row_count * sizeof(void *), NULL);
    TRY_ALLOC(payloads);
    for (uint32_t i = 0; i < batch->row_count; i++) {
        ASSERT(found.ids[i] != STATE_NONE);
        payloads[i] = (const char *)state_value(&rows->state, found.ids[i]) + ROWS_ENTRY_SIZE;
    }
    return read_columns(rows, found.ids, payloads, batch->row_count, frame, out, err);
}

Status rows_find_excess(Rows *rows, Frame *frame, Batch *out, Error *err) {
    ASSERT(rows->is_keyed);
    ASSERT(rows->change_next == 0);
    *out = (Batch){0};
    for (size_t i = 0; i < rows->changes.count; i++) {
        uint32_t id = rows->changes.items[i].id;
        Entry *entry = (Entry *)(uintptr_t)state_value(&rows->state, id);
        const void *payload = entry_payload(entry);
        if (entry->weight > 1) return read_columns(rows, &id, &payload, 1, frame, out, err);
    }
    return STATUS_OK;
}

/* The change is done with: texts that nothing refers to are freed, a record without weight goes. */
static void settle(Rows *rows, size_t index) {
    const RowsChange *change = &rows->changes.items[index];
    Entry *entry = state_write(&rows->state, change->id);
    DEBUG_ASSERT(entry->change == index + 1);
    if (change->is_replaced) cells_free(&rows->payload, before_of(rows, index), &rows->state.heap);
    entry->change = 0;
    if (entry->weight != 0 && !rows->is_net) return;
    cells_free(&rows->payload, entry_payload(entry), &rows->state.heap);
    state_delete(&rows->state, change->id);
}

static Status out_init(RowsOut *out, Frame *frame, Buffer **weights_owner, Error *err) {
    *out =
        (RowsOut){.ids = frame_alloc(frame, 2 * ROWS_OUTPUT_COUNT_MAX * sizeof(uint32_t), NULL),
                  .payloads = frame_alloc(frame, 2 * ROWS_OUTPUT_COUNT_MAX * sizeof(void *), NULL),
                  .weights = frame_alloc(frame, 2 * ROWS_OUTPUT_COUNT_MAX * sizeof(int64_t), weights_owner)};
    return out->ids != NULL && out->payloads != NULL && out->weights != NULL ? STATUS_OK
                                                                             : error_out_of_memory(err);
}

Status rows_epoch_end(Rows *rows, Frame *frame, Batch *out, bool *more, Error *err) {
    *out = (Batch){0};
    *more = false;
    if (rows->changes.count == 0) return STATUS_OK;
    ASSERT(rows->change_next < rows->changes.count);
    RowsOut leaving;
    Buffer *weights_owner;
    TRY(out_init(&leaving, frame, &weights_owner, err));
    size_t first = rows->change_next, last = first;
    while (last < rows->changes.count && last - first < ROWS_OUTPUT_COUNT_MAX)
        net_change(rows, last++, &leaving);
    ASSERT(leaving.count <= 2 * ROWS_OUTPUT_COUNT_MAX);
    if (leaving.count > 0) {
        TRY(read_columns(rows, leaving.ids, leaving.payloads, leaving.count, frame, out, err));
        out->meta[META_WEIGHT] = leaving.weights;
        out->meta_owner[META_WEIGHT] = weights_owner;
    }
    /* Only now that nothing can fail: until a record is settled, its change would leave again. */
    for (size_t i = first; i < last; i++) settle(rows, i);
    rows->change_next = last;
    *more = last < rows->changes.count;
    if (!*more) rows->changes.count = rows->change_next = 0;
    return STATUS_OK;
}

void rows_commit(Rows *rows) {
    ASSERT(rows->change_next == 0);
    for (size_t i = 0; i < rows->changes.count; i++) settle(rows, i);
    rows->changes.count = 0;
}

void rows_rollback(Rows *rows) {
    /* What has left in an epoch's end that was given up is settled: its records may be gone. */
    for (size_t i = rows->change_next; i < rows->changes.count; i++) {
        const RowsChange *change = &rows->changes.items[i];
        Entry *entry = state_write(&rows->state, change->id);
        rows->row_count += change->weight_before - entry->weight;
        if (change->is_replaced) restore_payload(rows, entry);
        entry->weight = change->weight_before;
        settle(rows, i);
    }
    rows->changes.count = rows->change_next = 0;
}

/* ---- scan ---- */

/* Fills ids with records, each as often as its weight says. */
static uint32_t scan_ids(const Rows *rows, RowsCursor *cursor, uint32_t *ids, uint32_t capacity) {
    uint32_t count = 0;
    while (count < capacity) {
        if (cursor->left > 0) {
            ids[count++] = cursor->id;
            cursor->left--;
            continue;
        }
        if (state_scan(&rows->state, &cursor->state, &cursor->id, 1) == 0) break;
        cursor->left = ((const Entry *)state_value(&rows->state, cursor->id))->weight;
    }
    return count;
}

Status rows_find(const Rows *rows, Frame *frame, const Batch *key, Batch *out, Error *err) {
    ASSERT(rows->is_keyed);
    ASSERT(key->row_count == 1);
    RowsFound found;
    *out = (Batch){0};
    TRY(encode_rows(rows, frame, key, &found, err));
    state_get_batch(&rows->state, found.keys, found.hashes, 1, found.ids);
    if (found.ids[0] == STATE_NONE) return STATUS_OK;
    const char *record = state_value(&rows->state, found.ids[0]);
    const void *payload = record + ROWS_ENTRY_SIZE;
    if (((const Entry *)(const void *)record)->weight <= 0) return STATUS_OK; /* taken away, or marked only */
    return read_columns(rows, found.ids, &payload, 1, frame, out, err);
}

Status rows_scan(const Rows *rows, RowsCursor *cursor, Frame *frame, uint32_t row_count_max, Batch *out,
                 Error *err) {
    ASSERT(row_count_max > 0);
    ASSERT(cursor != NULL);
    uint32_t *ids = frame_alloc(frame, row_count_max * sizeof(uint32_t), NULL);
    const void **payloads = frame_alloc(frame, row_count_max * sizeof(void *), NULL);
    TRY_ALLOC(ids);
    TRY_ALLOC(payloads);
    uint32_t count = scan_ids(rows, cursor, ids, row_count_max);
    *out = (Batch){0};
    if (count == 0) return STATUS_OK;
    for (uint32_t i = 0; i < count; i++)
        payloads[i] = (const char *)state_value(&rows->state, ids[i]) + ROWS_ENTRY_SIZE;
    ASSERT(count <= row_count_max);

    return read_columns(rows, ids, payloads, count, frame, out, err);
}
