/* SPDX-License-Identifier: Apache-2.0
 * shell/live_rows.c - the rows that a changing result has now. A chained hash table over a list. */
#include "shell/live_rows.h"

#include "base/hash.h"

enum { SLOT_COUNT_FIRST = 64, CELL_NULL = 1 };

Status live_rows_init(LiveRows *rows, Memory *memory, const Schema *schema, const int *key, int key_count,
                      Error *err) {
    *rows = (LiveRows){
        .memory = memory, .schema = schema, .key = key, .key_count = key_count, .order_column = -1};
    text_init(&rows->scratch, memory);
    rows->slots = memory_alloc_zeroed(memory, SLOT_COUNT_FIRST * sizeof(*rows->slots));
    TRY_ALLOC(rows->slots);
    rows->slot_count = SLOT_COUNT_FIRST;
    rows->ends = memory_alloc_zeroed(memory, (schema->count + 1) * sizeof(*rows->ends));
    TRY_ALLOC(rows->ends);
    return STATUS_OK;
}

void live_rows_deinit(LiveRows *rows) {
    for (LiveRow *row = rows->first, *next; row != NULL; row = next) {
        next = row->next;
        memory_free(rows->memory, row, row->size);
    }
    memory_free(rows->memory, rows->slots, rows->slot_count * sizeof(*rows->slots));
    memory_free(rows->memory, rows->ends, (rows->schema->count + 1) * sizeof(*rows->ends));
    text_deinit(&rows->scratch);
}

/* ---- the row being looked at, in scratch: its cells, then its key ---- */

/* A cell is led by one byte, so that NULL differs from the empty text and keys cannot run together. */
static void append_cell(LiveRows *rows, const Batch *batch, size_t row, uint32_t column) {
    Text *text = &rows->scratch;
    size_t lead = text->size;
    text_append_char(text, 0);
    bool has_value = array_value_text_in_zone(&batch->columns[column], row, rows->schema->zone, text);
    if (!text->failed && !has_value) text->data[lead] = CELL_NULL;
}

static Str scratch_cell(const LiveRows *rows, uint32_t column) {
    size_t start = column == 0 ? 0 : rows->ends[column - 1];
    return str_from(rows->scratch.data + start, rows->ends[column] - start);
}

static Status read_row(LiveRows *rows, const Batch *batch, size_t row, Str *key, Error *err) {
    uint32_t count = rows->schema->count;
    text_reset(&rows->scratch);
    for (uint32_t i = 0; i < count; i++) {
        append_cell(rows, batch, row, i);
        rows->ends[i] = rows->scratch.size;
    }
    /* Key columns once more, together: the row's own cells need not stand beside each other. */
    size_t start = rows->scratch.size;
    for (int i = 0; i < rows->key_count; i++) {
        append_cell(rows, batch, row, (uint32_t)rows->key[i]);
        text_append_char(&rows->scratch, '\n');
    }
    if (rows->scratch.failed) return error_out_of_memory(err);
    *key = rows->key_count == 0 ? str_from(rows->scratch.data, start)
                                : str_from(rows->scratch.data + start, rows->scratch.size - start);
    return STATUS_OK;
}

static Str cell_value(Str cell) {
    if (cell.data[0] == CELL_NULL) return (Str){0};
    return str_from(cell.data + 1, cell.size - 1);
}

/* ---- the table ---- */

static LiveRow **find(LiveRows *rows, uint64_t hash, Str key) {
    LiveRow **at = &rows->slots[hash & (rows->slot_count - 1)];
    while (*at != NULL && ((*at)->hash != hash || !str_equal((*at)->key, key))) at = &(*at)->chained;
    return at;
}

static Status grow(LiveRows *rows, Error *err) {
    ASSERT((rows->slot_count & (rows->slot_count - 1)) == 0);
    size_t count = rows->slot_count * 2;
    LiveRow **slots = memory_alloc_zeroed(rows->memory, count * sizeof(*slots));
    TRY_ALLOC(slots);
    memory_free(rows->memory, rows->slots, rows->slot_count * sizeof(*slots));
    rows->slots = slots;
    rows->slot_count = count;
    for (LiveRow *row = rows->first; row != NULL; row = row->next) {
        LiveRow **slot = &slots[row->hash & (count - 1)];
        row->chained = *slot;
        *slot = row;
    }
    return STATUS_OK;
}

/* A row of what is in scratch. */
static LiveRow *make(LiveRows *rows, uint64_t hash, Str key) {
    uint32_t count = rows->schema->count;
    size_t size = sizeof(LiveRow) + count * sizeof(Str) + rows->scratch.size;
    LiveRow *row = memory_alloc(rows->memory, size);
    if (row == NULL) return NULL;
    char *bytes = (char *)(row->cells + count);
    memcpy(bytes, rows->scratch.data, rows->scratch.size);
    *row = (LiveRow){.hash = hash, .size = size};
    row->key = str_from(bytes + (key.data - rows->scratch.data), key.size);
    for (uint32_t i = 0; i < count; i++) {
        Str cell = scratch_cell(rows, i);
        row->cells[i] = cell_value(str_from(bytes + (cell.data - rows->scratch.data), cell.size));
    }
    return row;
}

static void link_last(LiveRows *rows, LiveRow *row) {
    row->before = rows->last;
    if (rows->last != NULL)
        rows->last->next = row;
    else
        rows->first = row;
    rows->last = row;
    rows->count++;
}

static void link_instead(LiveRows *rows, LiveRow *row, LiveRow *old) {
    row->next = old->next;
    row->before = old->before;
    if (row->next != NULL)
        row->next->before = row;
    else
        rows->last = row;
    if (row->before != NULL)
        row->before->next = row;
    else
        rows->first = row;
}

static void unlink_row(LiveRows *rows, LiveRow *row) {
    if (row->next != NULL)
        row->next->before = row->before;
    else
        rows->last = row->before;
    if (row->before != NULL)
        row->before->next = row->next;
    else
        rows->first = row->next;
    rows->count--;
}

/* ---- changes ---- */

static bool is_same(const LiveRows *rows, const LiveRow *row) {
    for (uint32_t i = 0; i < rows->schema->count; i++) {
        Str cell = cell_value(scratch_cell(rows, i));
        if ((cell.data == NULL) != (row->cells[i].data == NULL) || !str_equal(cell, row->cells[i]))
            return false;
    }
    return true;
}

static bool is_older(const LiveRows *rows, const LiveRow *row) {
    if (rows->order_column < 0 || row->count <= 0) return false;
    uint32_t column = (uint32_t)rows->order_column;
    return str_compare(cell_value(scratch_cell(rows, column)), row->cells[column]) < 0;
}

static Status add(LiveRows *rows, LiveRow **at, uint64_t hash, Str key, int64_t count, Error *err) {
    LiveRow *old = *at;
    if (old != NULL && (rows->key_count == 0 || is_same(rows, old))) {
        old->count = rows->key_count == 0 ? old->count + count : 1;
        return STATUS_OK;
    }
    if (old != NULL && is_older(rows, old)) return STATUS_OK;
    DEBUG_ASSERT(count > 0);
    LiveRow *row = make(rows, hash, key);
    TRY_ALLOC(row);
    row->count = rows->key_count == 0 ? count : 1;
    if (old == NULL) {
        link_last(rows, row);
    } else {
        row->chained = old->chained;
        link_instead(rows, row, old);
        memory_free(rows->memory, old, old->size);
    }
    *at = row;
    return rows->count > rows->slot_count ? grow(rows, err) : STATUS_OK;
}

static void take_back(LiveRows *rows, LiveRow *row, int64_t count) {
    if (row == NULL) return;
    if (rows->key_count == 0)
        row->count -= count;
    else if (rows->replaces || is_same(rows, row))
        row->count = 0;
    /* It goes in live_rows_settle, not now: as a rule its new form follows at once, and takes its place on the screen. */
    rows->has_gone |= row->count <= 0;
}

Status live_rows_change(LiveRows *rows, const Batch *batch, size_t row, int64_t weight, Error *err) {
    Str key;
    TRY(read_row(rows, batch, row, &key, err));
    uint64_t hash = hash_str(key);
    LiveRow **at = find(rows, hash, key);
    if (weight > 0) return add(rows, at, hash, key, weight, err);
    take_back(rows, *at, -weight);
    return STATUS_OK;
}

void live_rows_settle(LiveRows *rows) {
    if (!rows->has_gone) return;
    rows->has_gone = false;
    for (LiveRow *row = rows->first, *next; row != NULL; row = next) {
        next = row->next;
        if (row->count > 0) continue;
        LiveRow **at = find(rows, row->hash, row->key);
        *at = row->chained;
        unlink_row(rows, row);
        memory_free(rows->memory, row, row->size);
    }
}
