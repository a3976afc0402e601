/* SPDX-License-Identifier: Apache-2.0
 * store/state.c - the records of keyed state, and the calls over records and index.
 *
 *     records (a span of pages)   | record 0 | record 1 | ...         addressed by one multiplication
 *     record                      | key | value |
 *     live                        a bit per record; a freed id is a zero below id_count
 *
 * The span grows in small steps while it is small, then by one huge page after the other; it moves now and
 * then, which costs a change of page tables, not a copy. */
#include "store/state.h"

#include <string.h>

#include "base/bits.h"
#include "store/state_priv.h"

/* Where the numbers come from: README, "What was learned". */
enum {
    STATE_UPSERT_PART_COUNT = 256, /* rows found and created together: their buckets stay in the L1 cache */
    /* The records' span grows by this part of itself while small; then by one huge page after the other. */
    STATE_GROW_SHARE = 16,
    STATE_GROW_MIN = 16 * 1024,
    STATE_GROW_HUGE_FROM = 8 * 1024 * 1024,
    STATE_FREE_SHARE = 1024, /* freed ids are used again when they are more than this part of all */
};
STATIC_ASSERT(STATE_BATCH_COUNT_MAX % STATE_UPSERT_PART_COUNT == 0, "a full batch is whole parts");
STATIC_ASSERT(STATE_UPSERT_PART_COUNT <= 65536, "a row's place within a part fits 16 bits");
STATIC_ASSERT(STATE_GROW_MIN % IO_PAGE_SIZE == 0, "the span grows by whole pages");
STATIC_ASSERT(STATE_GROW_HUGE_FROM % IO_PAGE_SIZE_HUGE == 0, "growing by huge pages starts at one");

/* ---- life ---- */

/* The commonest layouts have a loop of their own: one to four words, and a text alone or behind one or two words. */
static StateEquality state_equality(const StateOptions *options) {
    bool ends_in_text =
        options->text_count == 1 && options->text_offsets[0] + sizeof(StateText) == options->key_size;
    if (options->text_count > 0)
        return !ends_in_text                    ? STATE_EQUALITY_MIXED
               : options->text_offsets[0] == 0  ? STATE_EQUALITY_TEXT
               : options->text_offsets[0] == 8  ? STATE_EQUALITY_8_TEXT
               : options->text_offsets[0] == 16 ? STATE_EQUALITY_16_TEXT
                                                : STATE_EQUALITY_MIXED;
    switch (options->key_size) {
        case 8: return STATE_EQUALITY_8;
        case 16: return STATE_EQUALITY_16;
        case 24: return STATE_EQUALITY_24;
        case 32: return STATE_EQUALITY_32;
        default: return STATE_EQUALITY_WORDS;
    }
}

Status state_init(State *state, Io *io, Memory *memory, const StateOptions *options, Error *err) {
    ASSERT(options->text_offsets != NULL || options->text_count == 0);
    ASSERT(options->key_size % 8 == 0 && options->value_size % 8 == 0);
    ASSERT(options->count_max <= STATE_ID_COUNT_MAX);
    ASSERT(options->hash != NULL);
    *state = (State){.io = io, .memory = memory};
    state_heap_init(&state->heap, io, memory);
    if (options->key_size > STATE_KEY_SIZE_MAX || options->text_count > STATE_CELL_COUNT_MAX ||
        options->value_size > STATE_RECORD_SIZE_MAX - options->key_size)
        return error_set(err, STATUS_LIMIT,
                         "a key of %u bytes with a value of %u is too wide (the limits are %d and %d)",
                         options->key_size, options->value_size, STATE_KEY_SIZE_MAX, STATE_RECORD_SIZE_MAX);
    for (uint32_t i = 0; i < options->text_count; i++) {
        ASSERT(options->text_offsets[i] % 8 == 0);
        ASSERT(options->text_offsets[i] + sizeof(StateText) <= options->key_size);
        if (i > 0) ASSERT(options->text_offsets[i] >= options->text_offsets[i - 1] + sizeof(StateText));
    }
    state->key_size = options->key_size;
    state->record_size = options->key_size + options->value_size;
    if (state->record_size == 0) state->record_size = 8; /* capacities are quotients of it */
    state->hash = options->hash;
    state->hash_context = options->hash_context;
    state->equality = state_equality(options);
    state->count_max = options->count_max == 0 ? STATE_ID_COUNT_MAX : options->count_max;
    if (options->text_count == 0) return STATUS_OK;
    size_t size = options->text_count * sizeof(uint32_t);
    state->text_offsets = memory_alloc(memory, size);
    TRY_ALLOC(state->text_offsets);
    memcpy(state->text_offsets, options->text_offsets, size);
    state->text_count = options->text_count;
    return STATUS_OK;
}

void state_reset(State *state) {
    io_span_free(state->io, state->memory, &state->records);
    /* Not worth keeping a part: who resets has had far more records than come next, or is done. */
    memory_free(state->memory, state->live, state->live_size);
    state->live = NULL;
    state->live_size = 0;
    state_index_deinit(state);
    state_heap_reset(&state->heap);
    state->count = state->id_count = state->id_capacity = state->used_count = 0;
    state->free_next = 0;
}

void state_clear(State *state) {
    if (state_index_is_oversized(state, state->id_count)) {
        state_reset(state);
        return;
    }
    /* used_count stays: those records are dirty, and zeroed when their ids are given again. */
    state_index_clear(state);
    state_heap_reset(&state->heap);
    if (state->id_count > 0) memset(state->live, 0, bits_size(state->id_count));
    state->count = state->id_count = 0;
    state->free_next = 0;
}

void state_deinit(State *state) {
    state_reset(state);
    memory_free(state->memory, state->text_offsets, state->text_count * sizeof(uint32_t));
    state_heap_deinit(&state->heap);
    *state = (State){0};
}

size_t state_memory(const State *state) {
    return state->records.size + state->live_size + state_index_memory(state) +
           state_heap_memory(&state->heap) + state->text_count * sizeof(uint32_t);
}

/* ---- records ---- */

static char *state_record_mutable(const State *state, uint32_t id) {
    return (char *)state_record(state, id); /* the one place where const falls */
}

/* Bits for `id_count` records, zero for those never given. */
static bool state_reserve_live(State *state, size_t id_count) {
    size_t size = bits_size(id_count), size_old = state->live_size;
    if (size <= size_old) return true;
    /* By a quarter: records grow in smaller steps, but their bits are copied. */
    if (size < size_old + size_old / 4) size = (size_old + size_old / 4 + 7) & ~(size_t)7;
    uint64_t *live = memory_realloc(state->memory, state->live, size_old, size);
    if (live == NULL) return false;
    memset((char *)live + size_old, 0, size - size_old);
    state->live = live;
    state->live_size = size;
    return true;
}

/* Freed ids worth looking for: few among many are left, since the search goes on from where it ended, round
 * and round, and must pass few living ones per id. */
static size_t state_free_count(const State *state) {
    size_t count = state->id_count - state->count;
    return count > state->id_count / STATE_FREE_SHARE ? count : 0;
}

/* Room for `more` records, those freed counted in. Records may move. */
static Status state_reserve(State *state, size_t more, Error *err) {
    ASSERT(state->count <= state->id_count);
    ASSERT(state->id_count <= state->id_capacity);
    size_t free_count = state_free_count(state);
    size_t needed = state->id_count + (more > free_count ? more - free_count : 0);
    if (needed <= state->id_capacity) return STATUS_OK;
    if (needed > STATE_ID_COUNT_MAX)
        return error_set(err, STATUS_LIMIT, "a state holds at most %u keys", STATE_ID_COUNT_MAX);
    size_t size = needed * state->record_size, size_old = state->records.size;
    size_t step = size_old / STATE_GROW_SHARE < STATE_GROW_MIN ? STATE_GROW_MIN : size_old / STATE_GROW_SHARE;
    if (size_old >= STATE_GROW_HUGE_FROM) step = IO_PAGE_SIZE_HUGE - size_old % IO_PAGE_SIZE_HUGE;
    if (size < size_old + step) size = size_old + step;
    size = (size + IO_PAGE_SIZE - 1) & ~(size_t)(IO_PAGE_SIZE - 1);
    size_t capacity = size / state->record_size;
    if (capacity > STATE_ID_COUNT_MAX) capacity = STATE_ID_COUNT_MAX;
    if (!state_reserve_live(state, capacity) ||
        !io_span_grow(state->io, state->memory, &state->records, size))
        return error_out_of_memory(err);
    ASSERT(capacity >= needed);
    ASSERT(bits_size(capacity) <= state->live_size);
    state->id_capacity = (uint32_t)capacity;
    return STATUS_OK;
}

/* The next freed id from free_next on, around; there is one. */
static uint32_t state_find_free(State *state) {
    uint32_t id = state->free_next;
    for (;;) {
        if (id >= state->id_count) id = 0;
        uint64_t free = ~state->live[id / 64] >> (id % 64);
        if (free == 0) {
            id = (id / 64 + 1) * 64;
            continue;
        }
        id += (uint32_t)__builtin_ctzll(free);
        if (id < state->id_count) break; /* bits behind the last id are zero too */
    }
    state->free_next = id + 1;
    return id;
}

/* Ids of zeroed records that do not live yet; room has been reserved. Freed ones come first, rising mostly.
 */
static void state_take_ids(State *state, uint32_t *ids, size_t count) {
    size_t free_count = state_free_count(state);
    for (size_t i = 0; i < count; i++) {
        if (i < free_count) {
            ids[i] = state_find_free(state);
        } else {
            ASSERT(state->id_count < state->id_capacity);
            ids[i] = state->id_count++;
        }
        if (ids[i] >= state->used_count)
            state->used_count = ids[i] + 1; /* pages come zeroed */
        else
            memset(state_record_mutable(state, ids[i]), 0, state->record_size);
    }
}

/* Of the ids taken last, new ones are as if never given, and freed ones still free. */
static void state_untake_ids(State *state, const uint32_t *ids, size_t count) {
    while (count-- > 0)
        if (ids[count] == state->id_count - 1) state->id_count--;
}

static void state_begin_record(State *state, uint32_t id) {
    DEBUG_ASSERT(!bits_get(state->live, id));
    bits_set(state->live, id);
    state->count++;
}

static void state_end_record(State *state, uint32_t id) {
    ASSERT(bits_get(state->live, id));
    ASSERT(state->count > 0);
    bits_clear(state->live, id);
    state->count--;
}

/* ---- long texts of keys ---- */

static StateText *state_text_cell(const State *state, uint32_t id, uint32_t text) {
    return (StateText *)(state_record_mutable(state, id) + state->text_offsets[text]);
}

/* Gives back the heap bytes of the first `text_count` cells. */
static void state_free_texts(State *state, uint32_t id, uint32_t text_count) {
    for (uint32_t i = 0; i < text_count; i++) {
        const StateText *cell = state_text_cell(state, id, i);
        if (cell->size > STATE_TEXT_INLINE_SIZE_MAX) state_heap_free(&state->heap, cell->ref, cell->size);
    }
}

/* The record's cells still point to the caller's bytes; afterwards to copies, or none do. */
static Status state_keep_texts(State *state, uint32_t id, Error *err) {
    for (uint32_t i = 0; i < state->text_count; i++) {
        StateText *cell = state_text_cell(state, id, i);
        if (cell->size <= STATE_TEXT_INLINE_SIZE_MAX) continue;
        uint64_t ref = 0;
        Status status = state_heap_append(&state->heap, cell->bytes, cell->size, &ref, err);
        if (status != STATUS_OK) {
            state_free_texts(state, id, i);
            return status;
        }
        cell->ref = ref;
    }
    return STATUS_OK;
}

/* The key with the addresses of its texts, as it was passed in, is what the caller's function hashes. */
static uint32_t state_record_text_hash(const State *state, uint32_t id) {
    uint64_t key[STATE_KEY_SIZE_MAX / 8];
    memcpy(key, state_record(state, id), state->key_size);
    for (uint32_t i = 0; i < state->text_count; i++) {
        StateText *cell = (StateText *)((char *)key + state->text_offsets[i]);
        if (cell->size > STATE_TEXT_INLINE_SIZE_MAX) cell->bytes = state_heap_bytes(&state->heap, cell->ref);
    }
    return state_index_hash(state->hash(state->hash_context, key));
}

uint32_t state_record_hash(const State *state, uint32_t id) {
    if (state->text_count > 0) return state_record_text_hash(state, id);
    return state_index_hash(state->hash(state->hash_context, state_record(state, id)));
}

/* ---- reading ---- */

void state_get_batch(const State *state, const void *keys, const uint64_t *hashes, size_t count,
                     uint32_t *ids) {
    ASSERT(count == 0 || (hashes != NULL && ids != NULL));
    ASSERT(count <= STATE_BATCH_COUNT_MAX);
    state_index_find_batch(state, keys, hashes, count, 0, &(StateFound){.ids = ids});
}

size_t state_scan(const State *state, StateCursor *cursor, uint32_t *ids, size_t capacity) {
    ASSERT(ids != NULL);
    ASSERT(capacity > 0);
    size_t count = 0;
    while (count < capacity && cursor->next < state->id_count) {
        uint32_t id = cursor->next;
        uint64_t word = state->live[id / 64] >> (id % 64);
        if (word == 0) {
            cursor->next += 64 - id % 64;
            continue;
        }
        id += (uint32_t)__builtin_ctzll(word);
        ids[count++] = id;
        cursor->next = id + 1;
    }
    ASSERT(count <= state->count);
    return count;
}

/* ---- writing ---- */

/* Rows whose keys were not found, and ids for them. */
typedef struct Missing {
    const char *keys; /* of the whole batch */
    const uint64_t *hashes;
    const uint32_t *rows;
    size_t row_count;
    uint32_t *ids;
    size_t id_count, id_used; /* may be fewer than rows: the state's limit is near, or keys come twice */
} Missing;

/* The batch's hash of a key is the one that its record would be found by when it goes. */
static void check_hash(const State *state, const char *key, uint64_t hash) {
    DEBUG_ASSERT(state_index_hash(hash) == state_index_hash(state->hash(state->hash_context, key)));
}

static const char *missing_key(const State *state, const Missing *missing, size_t i) {
    return missing->keys + (size_t)missing->rows[i] * state->key_size;
}

static void upsert_set(const State *state, StateUpsert *out, uint32_t row, uint32_t id) {
    out->ids[row] = id;
    if (out->values != NULL) out->values[row] = state_record_mutable(state, id) + state->key_size;
}

static bool has_long_text(const State *state, const char *key) {
    for (uint32_t i = 0; i < state->text_count; i++)
        if (((const StateText *)(key + state->text_offsets[i]))->size > STATE_TEXT_INLINE_SIZE_MAX)
            return true;
    return false;
}

static inline void copy_key(char *record, const char *key, size_t key_size) {
    switch (key_size) {
        case 8: memcpy(record, key, 8); return;
        case 16: memcpy(record, key, 16); return;
        case 24: memcpy(record, key, 24); return;
        default: memcpy(record, key, key_size); return;
    }
}

/* Rows from `from` on, as far as the index takes them without a closer look; their number. */
static size_t state_create_run(State *state, Missing *missing, size_t from, StateUpsert *out) {
    size_t count = missing->row_count - from, id_left = missing->id_count - missing->id_used;
    if (count > id_left) count = id_left;
    const uint32_t *rows = missing->rows + from, *ids = missing->ids + missing->id_used;
    count = state_index_insert_run(state, missing->hashes, rows, count, ids);
    if (count > 0) check_hash(state, missing_key(state, missing, from), missing->hashes[rows[0]]);
    /* Locals: the stores could otherwise change what is read. */
    char *records = state->records.bytes;
    size_t record_size = state->record_size, key_size = state->key_size;
    const char *keys = missing->keys;
    uint32_t *created = out->created + out->created_count, *out_ids = out->ids;
    void **values = out->values;
    uint64_t *live = state->live;
    for (size_t i = 0; i < count; i++) {
        uint32_t row = rows[i], id = ids[i];
        char *record = records + id * record_size;
        copy_key(record, keys + row * key_size, key_size);
        bits_set(live, id);
        created[i] = row;
        out_ids[row] = id;
        if (values != NULL) values[row] = record + key_size;
    }
    state->count += (uint32_t)count;
    out->created_count += count;
    missing->id_used += count;
    return count;
}

/* One row, unless an earlier row has just created its key. */
static Status state_create_one(State *state, Missing *missing, size_t i, StateUpsert *out, Error *err) {
    uint32_t row = missing->rows[i];
    const char *key = missing_key(state, missing, i);
    check_hash(state, key, missing->hashes[row]);
    uint32_t id = state_get(state, key, missing->hashes[row]);
    if (id == STATE_NONE) {
        if (missing->id_used == missing->id_count)
            return error_set(err, STATUS_LIMIT, "a state holds at most %u keys", state->count_max);
        id = missing->ids[missing->id_used];
        copy_key(state_record_mutable(state, id), key, state->key_size);
        Status status = state_keep_texts(state, id, err);
        if (status != STATUS_OK) {
            memset(state_record_mutable(state, id), 0, state->key_size);
            return status;
        }
        missing->id_used++;
        state_index_insert(state, missing->hashes[row], id);
        state_begin_record(state, id);
        out->created[out->created_count++] = row;
    }
    upsert_set(state, out, row, id);
    return STATUS_OK;
}

/* Records have moved: the values of all rows before `row_end` again. */
static void state_renew_values(const State *state, StateUpsert *out, size_t row_end) {
    for (size_t row = 0; row < row_end && out->values != NULL; row++)
        if (out->ids[row] != STATE_NONE) upsert_set(state, out, (uint32_t)row, out->ids[row]);
}

/* Creates the keys of the rows listed, the last ones before `row_end`. */
static Status state_create_missing(State *state, Missing *missing, size_t row_end, StateUpsert *out,
                                   Error *err) {
    const char *bytes = state->records.bytes;
    ASSERT(state->count <= state->count_max);
    /* Not refused yet when there are fewer than rows: some of the rows may be the same new key. */
    size_t left = state->count_max - state->count;
    missing->id_count = left < missing->row_count ? left : missing->row_count;
    TRY(state_index_reserve(state, missing->row_count, err));
    Status status = state_reserve(state, missing->id_count, err);
    if (bytes != state->records.bytes) state_renew_values(state, out, row_end);
    TRY(status);
    state_take_ids(state, missing->ids, missing->id_count);
    bool plain = true;
    for (size_t i = 0; state->text_count > 0 && plain && i < missing->row_count; i++)
        plain = !has_long_text(state, missing_key(state, missing, i));
    for (size_t i = 0; i < missing->row_count && status == STATUS_OK; i++) {
        if (plain) i += state_create_run(state, missing, i, out);
        if (i < missing->row_count) status = state_create_one(state, missing, i, out, err);
    }
    ASSERT(missing->id_used <= missing->id_count);
    state_untake_ids(state, missing->ids + missing->id_used, missing->id_count - missing->id_used);
    return status;
}

/* A pass of its own that the compiler turns into vector compares: most batches end here. */
static bool state_all_found(const uint32_t *ids, size_t count) {
    uint32_t missing = 0;
    for (size_t i = 0; i < count; i++) missing |= ids[i] == STATE_NONE;
    return missing == 0;
}

/* Rows [first, first + count): those that are there are found all at once. */
static Status state_upsert_part(State *state, const char *keys, const uint64_t *hashes, size_t first,
                                size_t count, StateUpsert *out, Error *err) {
    state_index_advance(state, count);
    StateFound found = {out->ids + first, out->values == NULL ? NULL : out->values + first};
    state_index_find_batch(state, keys + first * state->key_size, hashes + first, count, out->likely_count, &found);
    if (state_all_found(out->ids + first, count)) return STATUS_OK;
    uint32_t rows[STATE_UPSERT_PART_COUNT], new_ids[STATE_UPSERT_PART_COUNT];
    Missing missing = {.keys = keys, .hashes = hashes, .rows = rows, .ids = new_ids};
    for (size_t i = first; i < first + count; i++) {
        /* Written for every row and counted for some: a branch here is guessed wrong half the time. */
        rows[missing.row_count] = (uint32_t)i;
        missing.row_count += out->ids[i] == STATE_NONE;
    }
    return state_create_missing(state, &missing, first + count, out, err);
}

Status state_upsert_batch(State *state, const void *keys, const uint64_t *hashes, size_t count,
                          StateUpsert *out, Error *err) {
    ASSERT(count <= STATE_BATCH_COUNT_MAX);
    ASSERT(hashes != NULL || count == 0);
    ASSERT(keys != NULL || count == 0 || state->key_size == 0);
    ASSERT(out->ids != NULL && out->created != NULL);
    out->created_count = 0;
    for (size_t first = 0; first < count; first += STATE_UPSERT_PART_COUNT) {
        size_t part = count - first < STATE_UPSERT_PART_COUNT ? count - first : STATE_UPSERT_PART_COUNT;
        Status status = state_upsert_part(state, keys, hashes, first, part, out, err);
        if (status == STATUS_OK) continue;
        /* The keys of earlier parts too: to the caller the batch is one. */
        for (; out->created_count > 0; out->created_count--)
            state_delete(state, out->ids[out->created[out->created_count - 1]]);
        return status;
    }
    return STATUS_OK;
}

void state_write_batch(State *state, const uint32_t *ids, size_t count, void **values) {
    char *first =
        state->records.bytes + state->key_size; /* locals: the stores below could otherwise change them */
    size_t record_size = state->record_size;
    for (size_t i = 0; i < count; i++) DEBUG_ASSERT(ids[i] < state->id_count);
    for (size_t i = 0; i < count; i++) values[i] = first + ids[i] * record_size;
}

void *state_write(State *state, uint32_t id) {
    DEBUG_ASSERT(id < state->id_count);
    return state_record_mutable(state, id) + state->key_size;
}

void state_delete(State *state, uint32_t id) {
    ASSERT(id < state->id_count);
    /* The index first: it reads the key, texts and all, to find the slot. */
    state_index_remove(state, id);
    state_free_texts(state, id, state->text_count);
    state_end_record(state, id);
}

void state_delete_batch(State *state, const uint32_t *ids, size_t count) {
    ASSERT(ids != NULL || count == 0);
    ASSERT(count <= state->count);
    state_index_remove_batch(state, ids, count);
    for (size_t i = 0; i < count; i++) {
        state_free_texts(state, ids[i], state->text_count);
        state_end_record(state, ids[i]);
    }
}

Status state_compact_heap(State *state, Error *err) {
    StateCursor cursor = {0};
    uint32_t id;
    while (state_scan(state, &cursor, &id, 1) > 0) {
        for (uint32_t i = 0; i < state->text_count; i++) {
            StateText *cell = state_text_cell(state, id, i);
            if (cell->size > STATE_TEXT_INLINE_SIZE_MAX)
                TRY(state_heap_move(&state->heap, &cell->ref, cell->size, err));
        }
    }
    return STATUS_OK;
}
