/* SPDX-License-Identifier: Apache-2.0
 * store/state.c - the records of keyed state, and the calls over records and index.
 *
 *     segment (pages)   | block | block | block | ...            a block never moves
 *     block             | record 0 | record 1 | ... | hashes (3 bytes each) | live bits |
 *     record            | key | value |                          freed: 4 bytes link to the next free id
 *
 * Records per block are a power of two, so a record is found with a shift, a mask and one load. Blocks are
 * small, so that an idle state is small; segments grow with the state, so that large ones lie in huge pages.
 */
#include "store/state.h"

#include <string.h>

#include "base/bits.h"
#include "store/state_priv.h"

enum {
    STATE_UPSERT_PART_COUNT = 256, /* rows found and created together: their buckets stay in the L1 cache */
    STATE_SEEN_COUNT = 2048,       /* bits of a filter over the rows of a part */
    STATE_BLOCK_SIZE = 16 * 1024,  /* aimed at, for the records of a block */
    /* A new segment: this part of what is there while small; then one huge page after the other. */
    STATE_SEGMENT_SHARE = 16,
    STATE_SEGMENT_HUGE_FROM = 8 * 1024 * 1024,
};

/* ---- life ---- */

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

static uint32_t state_block_shift(uint32_t record_size) {
    uint32_t shift = 0;
    while (((size_t)record_size << (shift + 1)) <= STATE_BLOCK_SIZE) shift++;
    return shift;
}

Status state_init(State *state, Io *io, Memory *memory, const StateOptions *options, Error *err) {
    ASSERT(options->key_size % 8 == 0 && options->value_size % 8 == 0);
    ASSERT(options->count_max <= STATE_ID_COUNT_MAX);
    *state = (State){.io = io, .memory = memory, .free_first = STATE_NONE};
    state_heap_init(&state->heap, io, memory);
    if (options->key_size > STATE_KEY_SIZE_MAX || options->text_count > STATE_CELL_COUNT_MAX ||
        options->value_size > STATE_RECORD_SIZE_MAX - options->key_size)
        return error_set(err, STATUS_LIMIT,
                         "a key of %u bytes with a value of %u is too wide (the limits are %d and %d)",
                         options->key_size, options->value_size, STATE_KEY_SIZE_MAX, STATE_RECORD_SIZE_MAX);
    state->key_size = options->key_size;
    state->record_size = options->key_size + options->value_size;
    if (state->record_size == 0) state->record_size = 8; /* room for the link of a freed one */
    state->block_shift = state_block_shift(state->record_size);
    state->block_mask = (1u << state->block_shift) - 1;
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

static size_t state_block_size(const State *state) {
    size_t size = state_block_records_size(state) + state_block_hashes_size(state) +
                  bits_size(state_block_record_count(state));
    return (size + 63) & ~(size_t)63;
}

void state_reset(State *state) {
    for (size_t i = 0; i < state->segments.count; i++) {
        StateSegment *segment = &state->segments.items[i];
        io_pages_free(state->io, state->memory, segment->pages, segment->size);
    }
    state->segments.count = 0;
    state->segment_size = 0;
    state_index_deinit(state);
    state_heap_reset(&state->heap);
    state->count = state->id_count = state->id_capacity = 0;
    state->block_count = 0;
    state->free_first = STATE_NONE;
}

void state_clear(State *state) {
    if (state_index_is_oversized(state, state->id_count)) {
        state_reset(state);
        return;
    }
    state_index_clear(state);
    state_heap_reset(&state->heap);
    size_t used_count = ((size_t)state->id_count + state->block_mask) >> state->block_shift;
    ASSERT(used_count <= state->block_count);
    for (size_t i = 0; i < used_count; i++)
        memset(state->blocks[i], 0, state_block_size(state)); /* ids never given come zeroed */
    state->count = state->id_count = 0;
    state->free_first = STATE_NONE;
}

void state_deinit(State *state) {
    state_reset(state);
    vector_deinit(&state->segments, state->memory);
    memory_free(state->memory, state->blocks, state->block_capacity * sizeof(*state->blocks));
    memory_free(state->memory, state->text_offsets, state->text_count * sizeof(uint32_t));
    state_heap_deinit(&state->heap);
    *state = (State){0};
}

size_t state_memory(const State *state) {
    return state->segment_size + state_index_memory(state) + state_heap_memory(&state->heap) +
           state->block_capacity * sizeof(*state->blocks) + state->segments.capacity * sizeof(StateSegment) +
           state->text_count * sizeof(uint32_t);
}

/* ---- records ---- */

static size_t state_segment_size_next(const State *state) {
    size_t size = state->segment_size / STATE_SEGMENT_SHARE;
    if (state->segment_size >= STATE_SEGMENT_HUGE_FROM) size = IO_PAGE_SIZE_HUGE;
    size_t block_size = state_block_size(state);
    if (size < block_size) size = block_size;
    return (size + IO_PAGE_SIZE - 1) & ~(size_t)(IO_PAGE_SIZE - 1);
}

static bool state_reserve_blocks(State *state, size_t more) {
    size_t capacity = state->block_capacity;
    if (capacity - state->block_count >= more) return true;
    capacity += capacity / 2 > more ? capacity / 2 : more;
    size_t size_old = state->block_capacity * sizeof(*state->blocks);
    char **blocks = memory_realloc(state->memory, state->blocks, size_old, capacity * sizeof(*blocks));
    if (blocks == NULL) return false;
    state->blocks = blocks;
    state->block_capacity = capacity;
    return true;
}

static bool state_add_segment(State *state) {
    size_t size = state_segment_size_next(state), block_size = state_block_size(state);
    size_t block_count = size / block_size;
    ASSERT(block_count > 0);
    if (!vector_reserve(&state->segments, state->memory, 1) || !state_reserve_blocks(state, block_count))
        return false;
    char *pages = io_pages_alloc(state->io, state->memory, size);
    if (pages == NULL) return false;
    state->segments.items[state->segments.count++] = (StateSegment){pages, size};
    state->segment_size += size;
    for (size_t i = 0; i < block_count; i++) state->blocks[state->block_count++] = pages + i * block_size;
    uint64_t id_capacity = (uint64_t)state->block_count << state->block_shift;
    state->id_capacity = id_capacity > STATE_ID_COUNT_MAX ? STATE_ID_COUNT_MAX : (uint32_t)id_capacity;
    return true;
}

static char *state_record_mutable(const State *state, uint32_t id) {
    return (char *)state_record(state, id); /* the one place where const falls */
}

/* A zeroed live record; its hash is not set yet. */
static Status state_take_record(State *state, uint32_t *id_out, Error *err) {
    if (state->count >= state->count_max)
        return error_set(err, STATUS_LIMIT, "a state holds at most %u keys", state->count_max);
    uint32_t id = state->free_first;
    if (id != STATE_NONE) {
        memcpy(&state->free_first, state_record(state, id), sizeof(uint32_t));
        memset(state_record_mutable(state, id), 0, state->record_size);
    } else {
        if (state->id_count == state->id_capacity && !state_add_segment(state))
            return error_out_of_memory(err);
        id = state->id_count++; /* pages come zeroed */
    }
    bits_set(state_live_bits(state, id), state_block_index(state, id));
    state->count++;
    *id_out = id;
    return STATUS_OK;
}

static void state_give_record(State *state, uint32_t id) {
    uint64_t *live = state_live_bits(state, id);
    ASSERT(bits_get(live, state_block_index(state, id)));
    ASSERT(state->count > 0);
    bits_clear(live, state_block_index(state, id));
    memcpy(state_record_mutable(state, id), &state->free_first, sizeof(uint32_t));
    state->free_first = id;
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

/* ---- reading ---- */

void state_get_batch(const State *state, const void *keys, const uint64_t *hashes, size_t count,
                     uint32_t *ids) {
    ASSERT(count == 0 || (hashes != NULL && ids != NULL));
    ASSERT(count <= STATE_BATCH_COUNT_MAX);
    state_index_find_batch(state, keys, hashes, count, ids, NULL);
}

size_t state_scan(const State *state, StateCursor *cursor, uint32_t *ids, size_t capacity) {
    ASSERT(capacity > 0);
    size_t count = 0;
    while (count < capacity && cursor->next < state->id_count) {
        uint32_t id = cursor->next, index = state_block_index(state, id);
        uint64_t word = state_live_bits(state, id)[index / 64] >> (index % 64);
        if (word == 0) {
            uint32_t in_block = state_block_record_count(state) - index, in_word = 64 - index % 64;
            cursor->next += in_block < in_word ? in_block : in_word;
            continue;
        }
        id += (uint32_t)__builtin_ctzll(word);
        ids[count++] = id;
        cursor->next = id + 1;
    }
    return count;
}

/* ---- writing ---- */

static Status state_create(State *state, const char *key, uint64_t hash, uint32_t *id_out, Error *err) {
    TRY(state_take_record(state, id_out, err));
    uint32_t id = *id_out;
    memcpy(state_record_mutable(state, id), key, state->key_size);
    state_record_hash_set(state, id, state_index_hash(hash));
    if (state->text_count > 0) {
        Status status = state_keep_texts(state, id, err);
        if (status != STATUS_OK) {
            state_give_record(state, id);
            return status;
        }
    }
    state_index_insert(state, hash, id);
    return STATUS_OK;
}

/* Creates the keys of the rows listed, unless an earlier row has just done so. */
static Status state_create_missing(State *state, const char *keys, const uint64_t *hashes,
                                   const uint32_t *rows, size_t row_count, StateUpsert *out, Error *err) {
    TRY(state_index_reserve(state, row_count, err));
    state_index_prefetch_insert(state, hashes, rows, row_count);
    uint64_t seen[STATE_SEEN_COUNT / 64] = {
        0}; /* hashes of the rows before; a bit not set proves a key new */
    for (size_t i = 0; i < row_count; i++) {
        uint32_t row = rows[i];
        const char *key = keys + (size_t)row * state->key_size;
        size_t bit = hashes[row] >> 32 & (STATE_SEEN_COUNT - 1);
        uint32_t id = bits_get(seen, bit) ? state_get(state, key, hashes[row]) : STATE_NONE;
        bits_set(seen, bit);
        if (id == STATE_NONE) {
            TRY(state_create(state, key, hashes[row], &id, err));
            out->created[out->created_count++] = row;
        }
        out->ids[row] = id;
        if (out->values != NULL) out->values[row] = state_write(state, id);
    }
    return STATUS_OK;
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
    state_index_find_batch(state, keys + first * state->key_size, hashes + first, count, out->ids + first,
                           out->values == NULL ? NULL : out->values + first);
    if (state_all_found(out->ids + first, count)) return STATUS_OK;
    uint32_t missing[STATE_UPSERT_PART_COUNT];
    size_t missing_count = 0;
    for (size_t i = first; i < first + count; i++) {
        missing[missing_count] = (uint32_t)i;
        missing_count += out->ids[i] == STATE_NONE;
    }
    return state_create_missing(state, keys, hashes, missing, missing_count, out, err);
}

Status state_upsert_batch(State *state, const void *keys, const uint64_t *hashes, size_t count,
                          StateUpsert *out, Error *err) {
    ASSERT(count <= STATE_BATCH_COUNT_MAX);
    ASSERT(out->ids != NULL && out->created != NULL);
    out->created_count = 0;
    for (size_t first = 0; first < count; first += STATE_UPSERT_PART_COUNT) {
        size_t part = count - first < STATE_UPSERT_PART_COUNT ? count - first : STATE_UPSERT_PART_COUNT;
        Status status = state_upsert_part(state, keys, hashes, first, part, out, err);
        if (status == STATUS_OK) continue;
        for (; out->created_count > 0; out->created_count--)
            state_delete(state, out->ids[out->created[out->created_count - 1]]);
        return status;
    }
    return STATUS_OK;
}

void state_write_batch(State *state, const uint32_t *ids, size_t count, void **values) {
    char *const *blocks = state->blocks; /* locals: the stores below could otherwise change them */
    uint32_t shift = state->block_shift, mask = state->block_mask;
    size_t record_size = state->record_size, key_size = state->key_size;
    for (size_t i = 0; i < count; i++) DEBUG_ASSERT(ids[i] < state->id_count);
    for (size_t i = 0; i < count; i++)
        values[i] = blocks[ids[i] >> shift] + (ids[i] & mask) * record_size + key_size;
}

void *state_write(State *state, uint32_t id) {
    DEBUG_ASSERT(id < state->id_count);
    return state_record_mutable(state, id) + state->key_size;
}

void state_delete(State *state, uint32_t id) {
    state_index_remove(state, id);
    state_free_texts(state, id, state->text_count);
    state_give_record(state, id);
}

void state_delete_batch(State *state, const uint32_t *ids, size_t count) {
    state_index_remove_batch(state, ids, count);
    for (size_t i = 0; i < count; i++) {
        state_free_texts(state, ids[i], state->text_count);
        state_give_record(state, ids[i]);
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
