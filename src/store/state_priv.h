/* SPDX-License-Identifier: Apache-2.0
 * store/state_priv.h - between the two halves of keyed state: records (state.c) and index (state_index.c
 * finds keys, state_index_grow.c makes room; state_index_priv.h is what both are built of). */
#ifndef WEIR_STORE_STATE_PRIV_H
#define WEIR_STORE_STATE_PRIV_H

#include "store/state.h"

/* What the index uses of a hash: its upper half, odd, so that its lower half (the tag) is never 0. The lowest
 * bit is lost to the home bucket's number too, where one in 2^32 does not show. */
static inline uint32_t state_index_hash(uint64_t hash) {
    return (uint32_t)(hash >> 32) | 1;
}

/* How keys are compared; each has its own copy of the search loop. */
typedef enum StateEquality {
    STATE_EQUALITY_8,
    STATE_EQUALITY_16,
    STATE_EQUALITY_24,
    STATE_EQUALITY_32,
    STATE_EQUALITY_WORDS,   /* key_size / 8 words, 0 too */
    STATE_EQUALITY_TEXT,    /* the key is one text cell */
    STATE_EQUALITY_8_TEXT,  /* a word (a window, or NULL bits), then one text cell */
    STATE_EQUALITY_16_TEXT, /* two words, then one text cell */
    STATE_EQUALITY_MIXED,   /* text cells among other bytes */
} StateEquality;

/* ---- records (state.c) ---- */

/* The index hash of a live record's key: asks StateOptions.hash, with the texts of the key put back as they
 * were passed in. A read of the record, so a cache miss when the state is large. */
uint32_t state_record_hash(const State *state, uint32_t id);

/* ---- index: its keys (state_index.c) ---- */

/* Enters a key that is not there; room has been reserved. Does not look at the key again: entering one twice
 * is the caller's fault, found out only when the second is never deleted. */
void state_index_insert(State *state, uint64_t hash, uint32_t id);

/* Enters the keys of rows, none of which was there when their search ended, under `ids`. Stops at a row that
 * needs a closer look: where its key belongs there is one of its tag, perhaps that of a row just entered.
 * Returns how many were entered. */
size_t state_index_insert_run(State *state, const uint64_t *hashes, const uint32_t *rows, size_t count,
                              const uint32_t *ids);

/* Takes out the key of a live record; of several. The record must still hold its key: it is hashed to find
 * it. */
void state_index_remove(State *state, uint32_t id);
void state_index_remove_batch(State *state, const uint32_t *ids, size_t count);

/* What a search of many keys gives. */
typedef struct StateFound {
    uint32_t *ids; /* ids[i]: the record of key i, or STATE_NONE */
    void **values; /* values[i]: its value if there is one, else left as it was; NULL: not wanted */
} StateFound;

/* Any count. likely_count: as in StateUpsert. */
void state_index_find_batch(const State *state, const char *keys, const uint64_t *hashes, size_t count,
                            size_t likely_count, const StateFound *found);

/* Bytes of both tables. */
size_t state_index_memory(const State *state);

/* ---- index: its tables (state_index_grow.c) ---- */

/* Makes room for `more` keys, moving part of an index that is growing. On failure nothing has changed. */
NODISCARD Status state_index_reserve(State *state, size_t more, Error *err);

/* Goes on moving an index that is growing, so that it ends even when no new key comes. */
void state_index_advance(State *state, size_t row_count);

/* Has the index room for many times as many keys? Clearing it takes time by its size. */
bool state_index_is_oversized(const State *state, size_t key_count);

/* No keys; a table is kept, the larger of two. */
void state_index_clear(State *state);
void state_index_deinit(State *state);

#endif
