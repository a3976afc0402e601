/* SPDX-License-Identifier: Apache-2.0
 * store/state.h - keyed state: fixed-size records found by key, a batch at a time.
 *
 * What every stateful operator keeps its rows in. A record is [key | value]; it has a 32-bit
 * id, dense from 0 with freed ids used again, for as long as it lives. Keys live once, in the record
 * (M17); the hash index over them holds two-byte tags and ids only.
 *
 *     State state;
 *     StateOptions options = {.key_size = 8, .value_size = 16, .hash = hash_of_key};
 *     TRY(state_init(&state, io, memory, &options, err));
 *     StateUpsert out = {.ids = ids, .values = values, .created = created};
 *     TRY(state_upsert_batch(&state, keys, hashes, row_count, &out, err));
 *     for (size_t i = 0; i < row_count; i++) ((Sum *)values[i])->count++;
 *
 * Keys are `key_size` bytes each, one after the other, and equal when their bytes are; so the
 * caller writes normalised values (one NaN, no -0) and zeroes padding. A text takes a 16-byte
 * StateText cell described in StateOptions.text_offsets: up to STATE_TEXT_INLINE_SIZE_MAX bytes stand in the
 * cell; a longer text's cell points to the caller's bytes when passed in, and in the record to a copy in the
 * state's heap.
 *
 * Hashes are 64 bits, well mixed, computed by the caller for all rows of a batch; StateOptions.hash gives the
 * same for one key. The index uses bits 32-63 (the top ones most); who deals keys to shards takes bits 8-31.
 * A bad hash costs time, never a wrong answer.
 *
 * The index grows in parts: a call moves at most some buckets per row it was given, so that none stalls for a
 * whole table. Memory that deleted records took is used again, and given back by state_reset and
 * state_deinit.
 *
 * Reading is apart from writing: mutable pointers come only from the calls that say so. All pointers hold
 * until the next call that changes the state: records may move then. A failed call changes nothing that can
 * be seen.
 *
 * Owner:   the caller's storage; memory comes from `io` and is charged to `memory`, both outlive the state.
 * Threads: one at a time. */
#ifndef WEIR_STORE_STATE_H
#define WEIR_STORE_STATE_H

#include "store/state_heap.h"

enum {
    STATE_BATCH_COUNT_MAX = 4096,    /* rows per call */
    STATE_KEY_SIZE_MAX = 4096,       /* bytes */
    STATE_RECORD_SIZE_MAX = 65536,   /* bytes, key and value */
    STATE_CELL_COUNT_MAX = 256,      /* text cells of a key */
    STATE_TEXT_INLINE_SIZE_MAX = 12, /* bytes */
};
#define STATE_NONE         UINT32_MAX  /* no record */
#define STATE_ID_COUNT_MAX 0xFFFF0000u /* records one state may hold; beyond: STATUS_LIMIT */

/* A text inside a key. */
typedef struct StateText {
    uint32_t size;
    char prefix[4]; /* the first bytes; zeroes behind a shorter text */
    union {
        char rest[8];      /* size <= 12: bytes 4-11, zeroes behind */
        const char *bytes; /* longer, passed in: all of the text, the caller's */
        uint64_t ref;      /* longer, in a record: all of the text, in state->heap */
    };
} StateText;
STATIC_ASSERT(sizeof(StateText) == 16, "a text cell is two words");

/* Fills a cell; `text.data` must stay until the batch call returns. Short texts of equal bytes give equal
 * cells to the last byte, so they compare as two words; text.size < 4 GiB. */
static inline void state_text_set(StateText *cell, Str text) {
    *cell = (StateText){.size = (uint32_t)text.size};
    if (text.size <= STATE_TEXT_INLINE_SIZE_MAX) {
        if (text.size > 0) memcpy(cell->prefix, text.data, text.size <= 4 ? text.size : 4);
        if (text.size > 4) memcpy(cell->rest, text.data + 4, text.size - 4);
    } else {
        memcpy(cell->prefix, text.data, 4);
        cell->bytes = text.data;
    }
}

/* The text of a cell in a record of this heap; for short ones a slice of the cell itself. */
static inline Str state_text_get(const StateHeap *heap, const StateText *cell) {
    if (cell->size <= STATE_TEXT_INLINE_SIZE_MAX) return (Str){cell->prefix, cell->size};
    return (Str){state_heap_bytes(heap, cell->ref), cell->size};
}

/* What a state is made of; read by state_init only, but for what it says outlives the call. */
typedef struct StateOptions {
    /* Bytes, a multiple of 8; 0: the state has one record, as an aggregate without groups. */
    uint32_t key_size;
    uint32_t value_size; /* bytes, a multiple of 8 */
    /* Byte offsets of the key's text cells, ascending, multiples of 8; copied. */
    const uint32_t *text_offsets;
    uint32_t text_count; /* 0: all of the key is fixed bytes */
    uint32_t count_max;  /* live records allowed, beyond: STATUS_LIMIT; 0: STATE_ID_COUNT_MAX */
    /* The hash of one key as it is passed in (texts behind their addresses), the one that comes with it in
     * batches. Called when a key is deleted and while the index grows, not when keys are found. */
    uint64_t (*hash)(const void *hash_context, const void *key);
    const void *hash_context; /* outlives the state */
} StateOptions;

struct StateBucket;

STATIC_ASSERT(STATE_KEY_SIZE_MAX < STATE_RECORD_SIZE_MAX, "the widest key leaves room for a value");
STATIC_ASSERT(STATE_CELL_COUNT_MAX * sizeof(StateText) <= STATE_KEY_SIZE_MAX,
              "a key holds all its text cells");
STATIC_ASSERT(STATE_ID_COUNT_MAX < STATE_NONE, "STATE_NONE is no record");
STATIC_ASSERT(STATE_TEXT_INLINE_SIZE_MAX == sizeof(StateText) - sizeof(uint32_t),
              "a short text fills its cell");

/* One hash table; while the index grows there are two (drawn in state_index_priv.h). */
typedef struct StateTable {
    struct StateBucket *buckets;
    uint32_t bucket_count;
} StateTable;

/* Read by anyone (count, heap and the widths are often wanted); written in store only. */
typedef struct State {
    Io *io;
    Memory *memory;
    uint32_t key_size;
    uint32_t record_size;
    uint32_t equality; /* how keys compare, chosen once: StateEquality in state_priv.h */
    uint32_t count;    /* live records */
    uint32_t count_max;
    /* Ids: count <= id_count, used_count <= id_capacity. Those below id_count that do not live are free.
     * used_count may be more than id_count: of records that state_clear kept. */
    uint32_t id_count;     /* ids given since the state was empty: [0, id_count) */
    uint32_t id_capacity;  /* ids there is room for */
    uint32_t used_count;   /* records from here on were never written: they are zero */
    uint32_t free_next;    /* where to look on for a freed id */
    IoSpan records;        /* record `id` is at records.bytes + id * record_size */
    uint64_t *live;        /* bit i: record i lives */
    size_t live_size;      /* bytes */
    StateTable table;      /* the index; while it grows, its old half */
    StateTable table_next; /* bucket_count 0: not growing */
    uint32_t moved_count;  /* growing: keys whose home is below this bucket of `table` are in table_next */
    uint64_t (*hash)(const void *hash_context, const void *key);
    const void *hash_context;
    uint32_t *text_offsets;
    uint32_t text_count;
    StateHeap heap; /* long texts; open to the owner of the values too */
} State;

/* STATUS_LIMIT for keys or records wider than the limits above (a matter of the SQL text),
 * STATUS_OUT_OF_MEMORY. Takes no pages until the first key comes. After a failure state_deinit is allowed and
 * not needed. */
NODISCARD Status state_init(State *state, Io *io, Memory *memory, const StateOptions *options, Error *err);
void state_deinit(State *state);

/* No records; most memory is given back. */
void state_reset(State *state);

/* No records; what they took is kept for the next ones (but for the heap). For a state that is filled again
 * and again. After far fewer records than it once held it is reset: a call takes time by the records there
 * were since the last one. */
void state_clear(State *state);

/* All that is held, bytes: what memory limits count. Cheap enough to ask per batch. */
size_t state_memory(const State *state);

/* ---- reading ---- */

/* The record: key_size bytes of key, then the value. `id` must be live. */
static inline const char *state_record(const State *state, uint32_t id) {
    DEBUG_ASSERT(id < state->id_count);
    return state->records.bytes + (size_t)id * state->record_size;
}

static inline const void *state_value(const State *state, uint32_t id) {
    return state_record(state, id) + state->key_size;
}

/* ids[i] is the record of key i, or STATE_NONE. count <= STATE_BATCH_COUNT_MAX in all batch calls; keys are
 * key_size bytes each and aligned to 8. A few ns a key while the state fits the cache, two cache misses that
 * overlap with those of the other keys when it does not: one call for many keys, not many calls. */
void state_get_batch(const State *state, const void *keys, const uint64_t *hashes, size_t count,
                     uint32_t *ids);

/* How many rows to pass per call so that their records are still at hand when the caller goes on to them: all
 * that are allowed while the state fits in the L2 cache, a few hundred when it does not. */
size_t state_batch_count(const State *state);

/* One key: its record, or STATE_NONE; its value, or NULL. Where a key depends on what the one before gave. */
uint32_t state_get(const State *state, const void *key, uint64_t hash);
const void *state_find(const State *state, const void *key, uint64_t hash);

/* Every live record once, by rising id; lives in the caller's frame. Deleting records already seen is fine;
 * records created meanwhile may or may not be seen. Neither state_clear nor state_reset while a scan goes on.
 *
 *     StateCursor cursor = {0};
 *     while ((count = state_scan(&state, &cursor, ids, STATE_BATCH_COUNT_MAX)) > 0) ... */
typedef struct StateCursor {
    uint32_t next;
} StateCursor;
size_t state_scan(const State *state, StateCursor *cursor, uint32_t *ids, size_t capacity);

/* ---- writing ---- */

/* Where state_upsert_batch writes to; all arrays are the caller's.
 *
 * likely_count is a hint, which only time hangs on: a batch that meets few records of a large state (the groups of one window among many
 * open ones) finds them in the cache, where asking for each ahead of time costs more than it saves. */
typedef struct StateUpsert {
    size_t likely_count;  /* in: how many records, about, this batch and those around it meet; 0: any of the state's */
    uint32_t *ids;        /* out, one per row: its record */
    void **values;        /* out, one per row: its value, mutable; NULL: not wanted */
    uint32_t *created;    /* out, room for one per row: the rows whose key was new, ascending */
    size_t created_count; /* out */
} StateUpsert;

/* Finds each key or creates it with a zeroed value. Equal keys within the batch get one record, created by
 * the first of them. On failure (memory, or STATUS_LIMIT beyond count_max) none of the batch's new keys stay,
 * but records may have moved. Long texts of new keys are copied before it returns. */
NODISCARD Status state_upsert_batch(State *state, const void *keys, const uint64_t *hashes, size_t count,
                                    StateUpsert *out, Error *err);

/* Mutable values of live records, ids[i] at values[i]. Moves nothing: pointers got before stay good. */
void state_write_batch(State *state, const uint32_t *ids, size_t count, void **values);
void *state_write(State *state, uint32_t id);

/* Takes live records away, each once. What their values refer to in the heap is the caller's to free first.
 * Needs no memory and cannot fail; what records took is used by the next ones. */
void state_delete_batch(State *state, const uint32_t *ids, size_t count);
void state_delete(State *state, uint32_t id);

/* Moves the long texts of keys out of mostly dead heap segments; call when state_heap_sparse(&state->heap),
 * after doing the same for refs held in values. Walks all records. On failure (memory) some are moved, and
 * all can still be read. */
NODISCARD Status state_compact_heap(State *state, Error *err);

#endif
