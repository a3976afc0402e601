/* SPDX-License-Identifier: Apache-2.0
 * store/state_priv.h - between the two halves of keyed state: records (state.c), index (state_index.c). */
#ifndef WEIR_STORE_STATE_PRIV_H
#define WEIR_STORE_STATE_PRIV_H

#include "store/state.h"

enum { STATE_BUCKET_SLOT_COUNT = 12 };

/* One cache line. Drawn in state_index.c. */
typedef struct StateBucket {
    uint8_t tags[STATE_BUCKET_SLOT_COUNT]; /* 0: empty slot */
    uint32_t passed;                       /* keys that found no room here or before and live further on */
    uint32_t ids[STATE_BUCKET_SLOT_COUNT];
} __attribute__((aligned(64))) StateBucket;
STATIC_ASSERT(sizeof(StateBucket) == 64, "a bucket is one cache line");

/* How keys are compared; each has its own copy of the search loop. */
typedef enum StateEquality {
    STATE_EQUALITY_8,
    STATE_EQUALITY_16,
    STATE_EQUALITY_24,
    STATE_EQUALITY_32,
    STATE_EQUALITY_WORDS, /* key_size / 8 words, 0 too */
    STATE_EQUALITY_TEXT,  /* the key is one text cell */
    STATE_EQUALITY_MIXED, /* text cells among other bytes */
} StateEquality;

/* ---- records (state.c) ---- */

/* A block holds its records, then the upper half of each one's hash, then a bit for each that lives. */
static inline uint32_t state_block_record_count(const State *state) {
    return state->block_mask + 1;
}

static inline char *state_block(const State *state, uint32_t id) {
    return state->blocks[id >> state->block_shift];
}

static inline uint32_t state_block_index(const State *state, uint32_t id) {
    return id & state->block_mask;
}

/* Bits 32-63 of the key's hash: all that the index needs to move a key. */
static inline uint32_t *state_record_hash(const State *state, uint32_t id) {
    size_t records_size = (size_t)state->record_size << state->block_shift;
    return (uint32_t *)(state_block(state, id) + records_size) + state_block_index(state, id);
}

static inline uint64_t *state_live_bits(const State *state, uint32_t id) {
    size_t records_size = (size_t)state->record_size << state->block_shift;
    size_t hashes_size = ((sizeof(uint32_t) << state->block_shift) + 7) & ~(size_t)7;
    return (uint64_t *)(state_block(state, id) + records_size + hashes_size);
}

/* ---- index (state_index.c) ---- */

/* Makes room for `more` keys, moving part of an index that is growing. On failure nothing has changed. */
NODISCARD Status state_index_reserve(State *state, size_t more, Error *err);

/* Goes on moving an index that is growing, so that it ends even when no new key comes. */
void state_index_advance(State *state, size_t row_count);

/* Enters a key that is not there; room has been reserved. */
void state_index_insert(State *state, uint64_t hash, uint32_t id);

/* Takes out the key of a live record. */
void state_index_remove(State *state, uint32_t id);

/* ids[i]: the record of key i or STATE_NONE; any count. */
void state_index_find_batch(const State *state, const char *keys, const uint64_t *hashes, size_t count,
                            uint32_t *ids);

size_t state_index_memory(const State *state);
void state_index_deinit(State *state);

/* Bit i: slot i has this tag. The plain form is the reference for the other. */
uint32_t state_bucket_match_plain(const StateBucket *bucket, uint8_t tag);
uint32_t state_bucket_match(const StateBucket *bucket, uint8_t tag);

#endif
