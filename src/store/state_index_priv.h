/* SPDX-License-Identifier: Apache-2.0
 * store/state_index_priv.h - what the index is made of: a bucket, and how a hash picks one.
 *
 * The two halves of the index stand on it: state_index.c searches and changes, state_index_grow.c makes the
 * tables and carries keys from one to the next. All of it is inlined into loops over keys.
 *
 *     bucket, one cache line     0                20              24                      64
 *                                | 10 tags of 16  | passed, away  | 10 ids of 4 bytes     |
 *
 *     index hash    upper 32 bits of the caller's hash, the lowest set: its lower half is never 0
 *     home bucket   index hash * bucket_count >> 32, so any count will do
 *     tag           lower half of the index hash; a slot whose tag is 0 is empty
 *     passed        how many keys went by this full bucket: their home is here or before, they live further
 *                   on; at its maximum it stays there (such hashes are an attack, and only cost time)
 *     away          per slot, how many buckets behind its home the key is
 *
 * A key lives in the first bucket with an empty slot from its home on (wrapping at the end). So a search
 * looks at a bucket with two vector compares of the tags and goes on only while `passed` is not 0; taking a
 * key out lowers `passed` on its way from home, so deletion leaves no marks behind and searches stay short
 * (the idea of F14's overflow counts).
 *
 * Invariants
 *
 * - A key of the state is in one slot of one table: in state->table_next when its home in state->table is
 *   below moved_count, in state->table otherwise. Where the index does not grow, moved_count is 0.
 * - Between its home and its bucket every bucket counts it in `passed`, once. Such a bucket was full when the
 *   key came; it need not be now.
 * - `away` of a key is the number of these buckets, at most STATE_BUCKET_AWAY_MAX; of an empty slot it is 0.
 * - Ids of empty slots mean nothing.
 * - No table is full: state_index_reserve has made room before a key is entered, so a walk to an empty slot
 *   ends.
 *
 *     StateBucket *bucket;
 *     const StateTable *table = state_table(state, hash, &bucket);
 *     uint32_t slots = bucket_match(bucket, hash_tag(hash));     a bit per key that may be the one
 *     if (slots == 0 && bucket->passed > 0) bucket = table_next_bucket(table, bucket);
 *
 * Owner:   of tables state_index_grow.c; nothing here allocates.
 * Threads: as the state. */
#ifndef WEIR_STORE_STATE_INDEX_PRIV_H
#define WEIR_STORE_STATE_INDEX_PRIV_H

#include "store/state_priv.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The loops of both files are fast by what is known where these are used; a call would lose it. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

enum { STATE_BUCKET_SLOT_COUNT = 10, STATE_BUCKET_PASSED_MAX = 4095, STATE_BUCKET_AWAY_MAX = 3 };

/* Drawn above. */
typedef struct StateBucket {
    uint16_t tags[STATE_BUCKET_SLOT_COUNT]; /* lower half of the index hash; 0: empty slot */
    /* Keys that found no room here or before and live further on; at the maximum for good. */
    uint32_t passed : 12;
    uint32_t away : 20; /* 2 bits per slot: how many buckets behind its home the key is; 3: or more */
    uint32_t ids[STATE_BUCKET_SLOT_COUNT];
} __attribute__((aligned(64))) StateBucket;
STATIC_ASSERT(sizeof(StateBucket) == 64, "a bucket is one cache line");
STATIC_ASSERT(STATE_BUCKET_PASSED_MAX == (1 << 12) - 1, "all ones, in the bits of `passed`");
STATIC_ASSERT(STATE_BUCKET_SLOT_COUNT * 2 == 20, "two bits of `away` per slot");

/* ---- slots of a bucket, as bits: bit i is slot i ---- */

/* Those with this tag (0: empty ones). The plain form is the reference for the other, in a test. */
ALWAYS_INLINE uint32_t bucket_match_plain(const StateBucket *bucket, uint16_t tag) {
    uint32_t mask = 0;
    for (uint32_t slot = 0; slot < STATE_BUCKET_SLOT_COUNT; slot++)
        mask |= (uint32_t)(bucket->tags[slot] == tag) << slot;
    return mask;
}

ALWAYS_INLINE uint32_t bucket_match(const StateBucket *bucket, uint16_t tag) {
#if defined(__SSE2__)
    const __m128i *line = (const __m128i *)bucket;
    __m128i wanted = _mm_set1_epi16((short)tag);
    __m128i first = _mm_cmpeq_epi16(_mm_load_si128(line), wanted);
    __m128i rest = _mm_cmpeq_epi16(_mm_load_si128(line + 1), wanted);
    uint32_t mask = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(first, rest));
    return mask & ((1u << STATE_BUCKET_SLOT_COUNT) - 1);
#else
    return bucket_match_plain(bucket, tag);
#endif
}

/* Those that hold a key. */
ALWAYS_INLINE uint32_t bucket_live(const StateBucket *bucket) {
    return ~bucket_match(bucket, 0) & ((1u << STATE_BUCKET_SLOT_COUNT) - 1);
}

/* ---- one bucket ---- */

/* How many buckets behind its home the key of a slot is; at the maximum: or more. */
ALWAYS_INLINE uint32_t bucket_away(const StateBucket *bucket, uint32_t slot) {
    return bucket->away >> 2 * slot & STATE_BUCKET_AWAY_MAX;
}

/* A key goes by, and lives further on. */
ALWAYS_INLINE void bucket_pass(StateBucket *bucket) {
    if (bucket->passed < STATE_BUCKET_PASSED_MAX) bucket->passed++;
}

/* `count` keys that went by are no longer further on. */
ALWAYS_INLINE void bucket_unpass(StateBucket *bucket, uint32_t count) {
    if (bucket->passed == STATE_BUCKET_PASSED_MAX) return;
    ASSERT(bucket->passed >= count);
    bucket->passed -= count;
}

/* An empty slot has no distance, so that a key entered at home need not write one. */
ALWAYS_INLINE void bucket_clear(StateBucket *bucket, uint32_t slot) {
    bucket->tags[slot] = 0;
    bucket->away &= ~((uint32_t)STATE_BUCKET_AWAY_MAX << 2 * slot);
}

/* ---- from a hash to a bucket; `hash` is an index hash ---- */

ALWAYS_INLINE uint16_t hash_tag(uint32_t hash) {
    DEBUG_ASSERT(hash % 2 == 1); /* an index hash: its tag is no empty slot's */
    return (uint16_t)hash;
}

ALWAYS_INLINE uint32_t hash_home(uint32_t hash, uint32_t bucket_count) {
    return (uint32_t)((uint64_t)hash * bucket_count >> 32);
}

/* ---- tables ---- */

static inline size_t table_size(uint32_t bucket_count) {
    return (size_t)bucket_count * sizeof(StateBucket);
}

/* The one behind; behind the last is the first. */
ALWAYS_INLINE StateBucket *table_next_bucket(const StateTable *table, StateBucket *bucket) {
    return ++bucket == table->buckets + table->bucket_count ? table->buckets : bucket;
}

/* The home bucket of a key, and the table it belongs to: `next` when the home's keys were carried over. */
ALWAYS_INLINE const StateTable *table_of(const StateTable *table, const StateTable *next,
                                         uint32_t moved_count, uint32_t hash, StateBucket **home_out) {
    uint32_t home = hash_home(hash, table->bucket_count);
    if (__builtin_expect(home >= moved_count, 1)) {
        *home_out = table->buckets + home;
        return table;
    }
    *home_out = next->buckets + hash_home(hash, next->bucket_count);
    return next;
}

ALWAYS_INLINE const StateTable *state_table(const State *state, uint32_t hash, StateBucket **home_out) {
    return table_of(&state->table, &state->table_next, state->moved_count, hash, home_out);
}

/* Enters a key that is not there, from its home on. There is room. */
ALWAYS_INLINE void table_insert(const StateTable *table, StateBucket *bucket, uint16_t tag, uint32_t id) {
    uint32_t empty, away = 0;
    while ((empty = bucket_match(bucket, 0)) == 0) {
        bucket_pass(bucket);
        bucket = table_next_bucket(table, bucket);
        away += away < STATE_BUCKET_AWAY_MAX;
    }
    uint32_t slot = (uint32_t)__builtin_ctz(empty);
    DEBUG_ASSERT(bucket_away(bucket, slot) == 0); /* or'ed into below */
    bucket->tags[slot] = tag;
    bucket->ids[slot] = id;
    if (away > 0) bucket->away |= away << 2 * slot;
}

#endif
