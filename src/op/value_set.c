/* SPDX-License-Identifier: Apache-2.0
 * op/value_set.c - counts per (group, value), linked by group; where extremes go, a binary heap per group. */
#include "op/value_set.h"

#include "base/hash.h"

/* A group with fewer values is walked: a walk of so few costs no more than putting the heap in order. */
enum { HEAP_COUNT_MIN = 16 };

typedef struct ValueEntry {
    int64_t count;
    uint32_t next; /* values of the same group; STATE_NONE: none */
    uint32_t previous;
    uint32_t heap_at; /* its place in the group's heap: meaningful when there is one and the value is there */
    uint32_t unused;
} ValueEntry;

typedef struct ValueHead {
    uint32_t first;
    uint32_t extreme; /* the record of the least or greatest value there; STATE_NONE: none, or stale */
    uint32_t is_stale;
    uint32_t is_made; /* first and extreme are set */
    uint32_t *heap;   /* the values that are there, no child better than its parent; NULL: none is kept */
    uint32_t heap_count;
    uint32_t heap_capacity;
} ValueHead;

static_assert(sizeof(ValueEntry) % 8 == 0 && sizeof(ValueHead) % 8 == 0, "records are whole words");

/* A type of the same layout whose key cell is the value's bytes. */
static Type exact_key_type(Type type) {
    if (!type_has_spellings(type)) return type;
    if (type.id == TYPE_REAL) return type_of(TYPE_INTEGER);
    if (type.id == TYPE_JSONB) return type_of(TYPE_TEXT);
    return type_of(type.id == TYPE_DOUBLE ? TYPE_BIGINT : TYPE_UUID);
}

/* A group's number is a BIGINT in the key, so that hash and equality take it in like any column. */
static Status init_layouts(ValueSet *set, Arena *arena, const ValueSetOptions *options, Error *err) {
    uint32_t count = options->count;
    Type *types = ARENA_ARRAY(arena, Type, count + 1);
    bool *nullable = ARENA_ARRAY(arena, bool, count + 1);
    TRY_ALLOC(types);
    TRY_ALLOC(nullable);
    ASSERT(count > 0);
    types[0] = type_of(TYPE_BIGINT);
    nullable[0] = false;
    for (uint32_t i = 0; i < count; i++) {
        types[i + 1] = set->wants_extreme || set->wants_rows ? exact_key_type(options->types[i]) : options->types[i];
        nullable[i + 1] = i + 1 < count;
    }
    TRY(rowkey_layout_init(&set->keys, arena, types, nullable, count + 1, err));
    ASSERT(set->keys.column_count == count + 1);
    ASSERT(set->keys.size % 8 == 0);
    set->key = ARENA_ARRAY(arena, uint64_t, set->keys.size / 8);
    TRY_ALLOC(set->key);
    return cell_layout_init(&set->cell, arena, options->types, count, err);
}

static uint64_t head_hash(uint64_t group) {
    return hash_u64(group);
}

static uint64_t head_key_hash(const void *context, const void *key) {
    uint64_t group;
    memcpy(&group, key, sizeof(group));
    return head_hash(group);
}

Status value_set_init(ValueSet *set, Arena *arena, const ValueSetOptions *options, Io *io, Memory *memory,
                      Error *err) {
    ASSERT(!(options->wants_extreme && options->wants_rows));
    *set = (ValueSet){.wants_extreme = options->wants_extreme, .wants_rows = options->wants_rows, .least = options->least, .memory = memory};
    set->order = options->order;
    set->order_count = options->order_count;
    ASSERT(options->order_count < options->count || options->order_count == 0);
    TRY(init_layouts(set, arena, options, err));
    TRY(keys_state_init(&set->values, &set->keys, (uint32_t)sizeof(ValueEntry) + set->cell.size, arena, io,
                        memory, err));
    StateOptions heads = {.key_size = 8, .value_size = sizeof(ValueHead), .hash = head_key_hash};
    Status status = state_init(&set->heads, io, memory, &heads, err);
    if (status != STATUS_OK) state_deinit(&set->values);
    set->used = status == STATUS_OK;
    return status;
}

static void drop_heap(ValueSet *set, ValueHead *head) {
    ASSERT(set->heap_size >= head->heap_capacity * sizeof(uint32_t));
    memory_free(set->memory, head->heap, head->heap_capacity * sizeof(uint32_t));
    set->heap_size -= head->heap_capacity * sizeof(uint32_t);
    head->heap = NULL;
    head->heap_count = head->heap_capacity = 0;
}

void value_set_deinit(ValueSet *set) {
    uint32_t ids[256];
    size_t count;
    StateCursor cursor = {0};
    while (set->heap_size > 0 && (count = state_scan(&set->heads, &cursor, ids, 256)) > 0)
        for (size_t i = 0; i < count; i++) drop_heap(set, state_write(&set->heads, ids[i]));
    state_deinit(&set->values);
    state_deinit(&set->heads);
}

size_t value_set_memory(const ValueSet *set) {
    return state_memory(&set->values) + state_memory(&set->heads) + set->heap_size;
}

/* --- records
 * ----------------------------------------------------------------------------------------------------------
 */

static ValueEntry *entry_write(ValueSet *set, uint32_t id) {
    return state_write(&set->values, id);
}

static const ValueEntry *entry_read(const ValueSet *set, uint32_t id) {
    return state_value(&set->values, id);
}

static const void *entry_cell(const ValueEntry *entry) {
    return entry + 1;
}

static ValueHead *head_find(ValueSet *set, uint64_t group) {
    uint32_t id = state_get(&set->heads, &group, head_hash(group));
    return id == STATE_NONE ? NULL : state_write(&set->heads, id);
}

/* Heads come zeroed, and 0 is a record's number: hence is_made. *out holds until the next call that makes a head. */
static Status head_make(ValueSet *set, uint64_t group, ValueHead **out, Error *err) {
    uint64_t hash = head_hash(group);
    uint32_t id, created;
    void *value;
    StateUpsert upsert = {.ids = &id, .values = &value, .created = &created};
    TRY(state_upsert_batch(&set->heads, &group, &hash, 1, &upsert, err));
    *out = value;
    if (!(*out)->is_made) **out = (ValueHead){.first = STATE_NONE, .extreme = STATE_NONE, .is_made = 1};
    return STATUS_OK;
}

static uint64_t entry_group(const ValueSet *set, uint32_t id) {
    uint64_t group;
    memcpy(&group, (const char *)state_record(&set->values, id) + set->keys.cells[0].offset, sizeof(group));
    return group;
}

/* In front: the order of a group's values means nothing. */
static Status entry_link(ValueSet *set, uint32_t id, Error *err) {
    ValueHead *head = NULL;
    TRY(head_make(set, entry_group(set, id), &head, err));
    ValueEntry *entry = entry_write(set, id);
    entry->previous = STATE_NONE;
    entry->next = head->first;
    if (head->first != STATE_NONE) entry_write(set, head->first)->previous = id;
    head->first = id;
    return STATUS_OK;
}

/* Its count is 0, so that it is in no heap any more (note_presence). With the last value the head goes. */
static void entry_delete(ValueSet *set, uint32_t id) {
    const ValueEntry *entry = entry_read(set, id);
    uint64_t group = entry_group(set, id);
    ValueHead *head = head_find(set, group);
    DEBUG_ASSERT(head != NULL); /* it goes with its last value */
    if (head->extreme == id) {
        head->extreme = STATE_NONE;
        head->is_stale = 1;
    }
    if (entry->previous == STATE_NONE)
        head->first = entry->next;
    else
        entry_write(set, entry->previous)->next = entry->next;
    if (entry->next != STATE_NONE) entry_write(set, entry->next)->previous = entry->previous;
    bool is_last = head->first == STATE_NONE;
    cells_free(&set->cell, entry_cell(entry), &set->values.heap);
    state_delete(&set->values, id);
    if (!is_last) return;
    drop_heap(set, head);
    state_delete(&set->heads, state_get(&set->heads, &group, head_hash(group)));
}

int value_set_compare(const ValueSet *set, const void *a, const void *b) {
    const CellLayout *cell = &set->cell;
    for (uint32_t i = 0; i < cell->count; i++) {
        int order = cell_compare_records(cell, i, a, b, &set->values.heap);
        if (order == 0) continue;
        if (i >= set->order_count) return order;
        bool null = cell_is_null(cell, i, a) || cell_is_null(cell, i, b); /* NULLs came last */
        return (null ? set->order[i].nulls_first : set->order[i].descending) ? -order : order;
    }
    return cells_compare_records(cell, a, b, &set->values.heap); /* the spelling of equal rows */
}

/* Is value `a` nearer to the extreme than `b`? */
static bool is_better(const ValueSet *set, uint32_t a, uint32_t b) {
    int order = value_set_compare(set, entry_cell(entry_read(set, a)), entry_cell(entry_read(set, b)));
    return set->least ? order < 0 : order > 0;
}

/* --- the heap of a group
 * ---------------------------------------------------------------------------------------------------------- */

static void heap_put(ValueSet *set, ValueHead *head, uint32_t at, uint32_t id) {
    head->heap[at] = id;
    entry_write(set, id)->heap_at = at;
}

/* `id` goes up from the free place `at`. */
static uint32_t heap_rise(ValueSet *set, ValueHead *head, uint32_t at, uint32_t id) {
    DEBUG_ASSERT(at < head->heap_capacity);
    while (at > 0 && is_better(set, id, head->heap[(at - 1) / 2])) {
        heap_put(set, head, at, head->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    heap_put(set, head, at, id);
    return at;
}

/* `id` goes down from the free place `at`. */
static void heap_sink(ValueSet *set, ValueHead *head, uint32_t at, uint32_t id) {
    for (uint32_t child; (child = 2 * at + 1) < head->heap_count; at = child) {
        if (child + 1 < head->heap_count && is_better(set, head->heap[child + 1], head->heap[child])) child++;
        if (!is_better(set, head->heap[child], id)) break;
        heap_put(set, head, at, head->heap[child]);
    }
    heap_put(set, head, at, id);
}

/* False: out of memory, nothing has changed. */
static bool heap_reserve(ValueSet *set, ValueHead *head, uint32_t count) {
    if (count <= head->heap_capacity) return true;
    ASSERT(count > 0);
    uint32_t capacity = count < 2 * head->heap_capacity ? 2 * head->heap_capacity : count;
    uint32_t *grown = memory_realloc(set->memory, head->heap, head->heap_capacity * sizeof(uint32_t),
                                     capacity * sizeof(uint32_t));
    if (grown == NULL) return false;
    set->heap_size += (capacity - head->heap_capacity) * sizeof(uint32_t);
    head->heap = grown;
    head->heap_capacity = capacity;
    return true;
}

/* Of `count` values that are there. Without memory for it the group is walked as before. */
static void heap_make(ValueSet *set, ValueHead *head, uint32_t count) {
    ASSERT(head->heap_count == 0);
    if (!heap_reserve(set, head, count + count / 4)) return;
    for (uint32_t id = head->first; id != STATE_NONE; id = entry_read(set, id)->next)
        if (entry_read(set, id)->count > 0) heap_put(set, head, head->heap_count++, id);
    ASSERT(head->heap_count == count);
    for (uint32_t at = count / 2; at > 0; at--) heap_sink(set, head, at - 1, head->heap[at - 1]);
}

/* Without memory the heap is given up, and the group walked at the next read: an answer that costs more, no failure. */
static void heap_add(ValueSet *set, ValueHead *head, uint32_t id) {
    if (!heap_reserve(set, head, head->heap_count + 1)) {
        drop_heap(set, head);
        head->extreme = STATE_NONE;
        head->is_stale = 1;
        return;
    }
    heap_rise(set, head, head->heap_count++, id);
    head->extreme = head->heap[0];
}

/* The last takes the free place, and goes up or down from there. */
static void heap_remove(ValueSet *set, ValueHead *head, uint32_t id) {
    uint32_t at = entry_read(set, id)->heap_at, last = head->heap[--head->heap_count];
    DEBUG_ASSERT(at <= head->heap_count && (head->heap[at] == id || at == head->heap_count));
    if (last != id && heap_rise(set, head, at, last) == at) heap_sink(set, head, at, last);
    head->extreme = head->heap_count > 0 ? head->heap[0] : STATE_NONE;
    if (head->heap_count == 0) drop_heap(set, head);
}

/* The value of record `id` has come to be there, or to be there no more. */
static void note_presence(ValueSet *set, uint32_t id, bool is_there) {
    if (!set->wants_extreme) return;
    ValueHead *head = head_find(set, entry_group(set, id));
    DEBUG_ASSERT(head != NULL); /* linked before its count is changed */
    if (head->is_stale) return;
    if (head->heap != NULL) {
        if (is_there)
            heap_add(set, head, id);
        else
            heap_remove(set, head, id);
        return;
    }
    if (!is_there) {
        if (head->extreme == id) {
            head->extreme = STATE_NONE;
            head->is_stale = 1;
        }
    } else if (head->extreme == STATE_NONE || is_better(set, id, head->extreme)) {
        head->extreme = id;
    }
}

/* --- change
 * --------------------------------------------------------------------------------------------------------------
 */

typedef struct ValueRows {
    Array *columns; /* the rows of the input, dense */
    Array groups;
    uint64_t *keys;
    uint64_t *hashes;
    uint32_t *ids;
    uint32_t *created;
} ValueRows;

/* Keys of the input's rows, one after the other whether they were listed or not. A key column is the value's array under another type
 * (exact_key_type): the same bytes. */
static Status collect(const ValueSet *set, Frame *frame, const AccumulatorInput *input,
                      const uint32_t *groups, ValueRows *out, Error *err) {
    uint32_t count = input->count, column_count = set->cell.count;
    const Array *keys[ROWKEY_COLUMN_COUNT_MAX] = {&out->groups};
    out->columns = FRAME_ARRAY(frame, Array, 2 * column_count);
    TRY_ALLOC(out->columns);
    for (uint32_t i = 0; i < column_count; i++) {
        const Array *column = column_count == 1 ? input->argument : input->row_columns[i];
        out->columns[i] = *column;
        if (input->rows != NULL) TRY(array_gather(column, frame, input->rows, count, &out->columns[i], err));
        if (i + 1 == column_count) out->columns[i].validity = NULL; /* rows with NULL are not among them */
        Array *key = &out->columns[column_count + i];
        *key = out->columns[i];
        key->type = set->keys.cells[i + 1].type;
        keys[i + 1] = key;
    }
    int64_t *numbers = frame_alloc(frame, count * sizeof(int64_t), NULL);
    out->keys = frame_alloc(frame, (size_t)count * set->keys.size + 8, NULL);
    out->hashes = frame_alloc(frame, count * sizeof(uint64_t), NULL);
    out->ids = frame_alloc(frame, count * sizeof(uint32_t), NULL);
    out->created = frame_alloc(frame, count * sizeof(uint32_t), NULL);
    bool complete = numbers != NULL && out->keys != NULL && out->hashes != NULL && out->ids != NULL &&
                    out->created != NULL;
    if (!complete) return error_out_of_memory(err);
    for (uint32_t i = 0; i < count; i++) numbers[i] = groups[input->rows == NULL ? i : input->rows[i]];
    out->groups = (Array){.type = type_of(TYPE_BIGINT), .length = count, .values = numbers};
    rowkey_encode(&set->keys, keys, count, out->keys, out->hashes);
    return STATUS_OK;
}

/* On failure the rest of the records stay unlinked: the set is fit for deinit only. */
static Status add_created(ValueSet *set, const ValueRows *rows, size_t created_count, Error *err) {
    for (size_t i = 0; i < created_count; i++) {
        uint32_t row = rows->created[i], id = rows->ids[row];
        void *cell = entry_write(set, id) + 1;
        for (uint32_t k = 0; k < set->cell.count; k++)
            TRY(cells_write(&set->cell, k, &rows->columns[k], &row, 1, &cell, &set->values.heap, err));
        TRY(entry_link(set, id, err));
    }
    return STATUS_OK;
}

/* Deletes the records whose count came out as zero; one may be listed several times. */
static void delete_gone(ValueSet *set, uint32_t *ids, uint32_t count) {
    uint32_t gone = 0;
    for (uint32_t i = 0; i < count; i++) {
        ValueEntry *entry = entry_write(set, ids[i]);
        if (entry->count != 0) continue;
        entry->count = INT64_MIN; /* listed */
        ids[gone++] = ids[i];
    }
    for (uint32_t i = 0; i < gone; i++) entry_delete(set, ids[i]);
}

Status value_set_change(ValueSet *set, Frame *frame, const AccumulatorInput *input, const uint32_t *groups,
                        uint32_t *changed_rows, int64_t *changed_weights, uint32_t *changed_count,
                        Error *err) {
    ASSERT(set->used);
    ASSERT(input->count == 0 || input->argument != NULL);
    ASSERT(set->cell.count == 1 || input->count == 0 || input->row_columns != NULL);
    *changed_count = 0;
    if (input->count == 0) return STATUS_OK;
    ValueRows rows;
    TRY(collect(set, frame, input, groups, &rows, err));
    StateUpsert upsert = {.ids = rows.ids, .created = rows.created};
    TRY(state_upsert_batch(&set->values, rows.keys, rows.hashes, input->count, &upsert, err));
    TRY(add_created(set, &rows, upsert.created_count, err));
    for (uint32_t i = 0; i < input->count; i++) {
        uint32_t row = input->rows == NULL ? i : input->rows[i];
        ValueEntry *entry = entry_write(set, rows.ids[i]);
        bool was = entry->count > 0;
        entry->count += input->weights == NULL ? 1 : input->weights[row];
        bool is = entry->count > 0;
        if (was == is) continue;
        changed_rows[*changed_count] = row;
        changed_weights[(*changed_count)++] = is ? 1 : -1;
        note_presence(set, rows.ids[i], is);
    }
    ASSERT(*changed_count <= input->count);
    if (input->weights != NULL) delete_gone(set, rows.ids, input->count);
    return STATUS_OK;
}

/* --- extremes
 * ----------------------------------------------------------------------------------------------------------------
 */

/* Only here is a heap made: when an extreme has been taken back once, it will be again. */
static void refresh(ValueSet *set, ValueHead *head) {
    if (!head->is_stale) return;
    uint32_t count = 0;
    head->is_stale = 0;
    head->extreme = STATE_NONE;
    for (uint32_t id = head->first; id != STATE_NONE; id = entry_read(set, id)->next) {
        if (entry_read(set, id)->count <= 0) continue;
        count++;
        if (head->extreme == STATE_NONE || is_better(set, id, head->extreme)) head->extreme = id;
    }
    if (count >= HEAP_COUNT_MIN) heap_make(set, head, count);
}

Status value_set_extremes(ValueSet *set, const uint32_t *groups, uint32_t count, Frame *frame, Array *out,
                          Error *err) {
    ASSERT(set->used);
    ASSERT(set->wants_extreme);
    const void **cells = FRAME_ARRAY(frame, const void *, count);
    char *none = ARENA_ARRAY(&frame->arena, char, set->cell.size);
    TRY_ALLOC(cells);
    TRY_ALLOC(none);
    uint32_t column = set->cell.count - 1;
    cell_set_null(&set->cell, column, none, true);
    for (uint32_t i = 0; i < count; i++) {
        ValueHead *head = head_find(set, groups[i]);
        if (head != NULL) refresh(set, head);
        cells[i] =
            head == NULL || head->extreme == STATE_NONE ? none : entry_cell(entry_read(set, head->extreme));
    }
    return cells_read(&set->cell, column, cells, count, &set->values.heap, frame, out, err);
}

Status value_set_rows(const ValueSet *set, uint32_t group, Frame *frame, ValueRow **rows, uint32_t *count, Error *err) {
    ASSERT(set->used);
    ASSERT(set->wants_rows);
    uint64_t key = group;
    const ValueHead *head = state_find(&set->heads, &key, head_hash(key));
    uint32_t first = head == NULL ? STATE_NONE : head->first;
    *count = 0;
    for (uint32_t id = first; id != STATE_NONE; id = entry_read(set, id)->next) *count += entry_read(set, id)->count > 0;
    *rows = FRAME_ARRAY(frame, ValueRow, 2 * (size_t)*count + 1);
    TRY_ALLOC(*rows);
    uint32_t at = 0;
    for (uint32_t id = first; id != STATE_NONE; id = entry_read(set, id)->next) {
        const ValueEntry *entry = entry_read(set, id);
        if (entry->count > 0) (*rows)[at++] = (ValueRow){.cells = entry_cell(entry), .count = entry->count};
    }
    ASSERT(at == *count);
    return STATUS_OK;
}

/* --- merge and drop
 * ----------------------------------------------------------------------------------------------------------
 */

/* The key of record `id` under another group; a long text as the address of its bytes. */
static uint64_t other_key(const ValueSet *set, uint32_t id, uint64_t group, uint64_t *key) {
    memcpy(key, state_record(&set->values, id), set->keys.size);
    memcpy((char *)key + set->keys.cells[0].offset, &group, sizeof(group));
    for (uint32_t i = 1; set->keys.has_text && i < set->keys.column_count; i++) {
        StateText *text = (StateText *)((char *)key + set->keys.cells[i].offset);
        if (set->keys.cells[i].is_text && text->size > STATE_TEXT_INLINE_SIZE_MAX)
            text->bytes = state_heap_bytes(&set->values.heap, text->ref);
    }
    return rowkey_hash(&set->keys, key);
}

/* Addresses of entries are asked for anew after each call that may make a record. */
static Status merge_entry(ValueSet *set, uint64_t to, uint32_t from_id, ValueSetChanged changed, void *context,
                          Error *err) {
    uint64_t hash = other_key(set, from_id, to, set->key);
    uint32_t last = set->cell.count - 1;
    int64_t count = entry_read(set, from_id)->count;
    DEBUG_ASSERT(count != 0); /* such records are deleted where they come to be */
    uint32_t id, created;
    StateUpsert upsert = {.ids = &id, .created = &created};
    TRY(state_upsert_batch(&set->values, set->key, &hash, 1, &upsert, err));
    CellArray value;
    for (uint32_t i = 0; i <= last && upsert.created_count > 0; i++) {
        void *cell = entry_write(set, id) + 1;
        cell_array(&set->cell, i, entry_cell(entry_read(set, from_id)), &set->values.heap, &value);
        TRY(cells_write(&set->cell, i, &value.array, NULL, 1, &cell, &set->values.heap, err));
    }
    if (upsert.created_count > 0) TRY(entry_link(set, id, err));
    cell_array(&set->cell, last, entry_cell(entry_read(set, from_id)), &set->values.heap, &value);
    ValueEntry *entry = entry_write(set, id);
    bool was = entry->count > 0;
    entry->count += count;
    bool is = entry->count > 0;
    if (was != is) note_presence(set, id, is);
    if (was != is && changed != NULL) TRY(changed(context, &value.array, is ? 1 : -1, err));
    if (entry->count == 0) entry_delete(set, id);
    return STATUS_OK;
}

Status value_set_merge(ValueSet *set, uint32_t to, uint32_t from, ValueSetChanged changed, void *context,
                       Error *err) {
    ASSERT(set->used);
    ASSERT(to != from); /* the walk below would go on over what it makes */
    uint64_t group = from;
    const ValueHead *head = state_find(&set->heads, &group, head_hash(group));
    uint32_t id = head == NULL ? STATE_NONE : head->first;
    while (id != STATE_NONE) {
        TRY(merge_entry(set, to, id, changed, context, err));
        id = entry_read(set, id)->next;
    }
    return STATUS_OK;
}

void value_set_drop(ValueSet *set, uint32_t group) {
    uint64_t key = group;
    uint32_t head_id = state_get(&set->heads, &key, head_hash(key));
    if (head_id == STATE_NONE) return;
    ValueHead *head = state_write(&set->heads, head_id);
    uint32_t id = head->first;
    drop_heap(set, head);
    while (id != STATE_NONE) {
        const ValueEntry *entry = entry_read(set, id);
        uint32_t next = entry->next;
        cells_free(&set->cell, entry_cell(entry), &set->values.heap);
        state_delete(&set->values, id);
        id = next;
    }
    state_delete(&set->heads, head_id);
}
