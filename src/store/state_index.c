/* SPDX-License-Identifier: Apache-2.0
 * store/state_index.c - from a key's hash to its record's id.
 *
 *     bucket, one cache line     0                20              24                      64
 *                                | 10 tags of 16  | passed, away  | 10 ids of 4 bytes     |
 *
 *     index hash    upper 32 bits of the caller's hash, the lowest set: its lower half is never 0
 *     home bucket   index hash * bucket_count >> 32, so any count will do
 *     tag           lower half of the index hash; a slot whose tag is 0 is empty
 * passed        how many keys went by this full bucket: their home is here or before, they live further on;
 *                   at its maximum it stays there (such hashes are an attack, and only cost time)
 *     away          per slot, how many buckets behind its home the key is
 *
 * A key lives in the first bucket with an empty slot from its home on (wrapping at the end). A search looks
 * at a bucket with two vector compares of the tags and goes on only while `passed` is not 0; taking a key out
 * lowers `passed` on its way from home, so deletion leaves no marks behind and searches stay short (the idea
 * of F14's overflow counts).
 *
 * Growing. A new table is made, and every call that needs room carries some buckets over, in order: the keys
 * whose home is below `moved_count` are in the new table, the others in the old, so a search still looks in
 * one table only. Homes keep their order in a table of any size, so both tables are walked from front to
 * back. No call stalls for the whole table.
 *
 * No record is read for that once the table has 65,536 buckets: a home is then at most 2^16 hashes wide, so
 * bucket, `away` and tag give the whole index hash back. Buckets are carried over whole, in runs that end
 * where no key is on its way to a further bucket. In small tables, for keys three or more buckets away and
 * for deletion, which knows the id only, the record's key is hashed again.
 *
 * Space per key: 64 / 10 / load for the bucket, between 87 % and 54 % full when large.
 *
 * Searching many keys in a table larger than the cache: the lines wanted are asked for well before they are
 * looked at, first all buckets, then the records of the slots whose tag fits; keys that must look further
 * form a new, smaller round of the same kind. */
#include <string.h>

#include "store/state_priv.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    INDEX_BUCKET_COUNT_MIN = 2,
    INDEX_BUCKET_COUNT_SMALL = 16384,  /* below: doubles and is half empty; above: grows by three fifths */
    INDEX_LOAD_MAX = 87,               /* percent, of a large one */
    INDEX_BUCKET_COUNT_TAGS = 65536,   /* from here on home and tag together are the index hash */
    INDEX_MOVE_COUNT_PER_KEY = 8,      /* old buckets carried over per key that needs room ... */
    INDEX_MOVE_COUNT_MIN = 8,          /* ... and at least, per call */
    INDEX_PAGES_SIZE_MIN = 64 * 1024,  /* smaller tables come from the heap */
    INDEX_NEAR_SIZE_MAX = 1024 * 1024, /* index and records this small stay in the L2 cache: no prefetching */
    INDEX_BATCH_COUNT_FAR =
        512,                    /* rows of a larger one whose lines and page addresses the core still holds */
    INDEX_ROUND_COUNT = 256,    /* keys searched together */
    INDEX_RUN_DISTANCE_MAX = 4, /* buckets looked at for a new key before it is taken the slow way */
    INDEX_OVERSIZE = 16,        /* slots per key from which on an index is not worth clearing */
};
STATIC_ASSERT(INDEX_ROUND_COUNT <= UINT16_MAX, "Probe.row");
STATIC_ASSERT(STATE_BUCKET_SLOT_COUNT <= 16, "Probe.mask");
STATIC_ASSERT(INDEX_BUCKET_COUNT_TAGS == 1 << 16, "a home is at most as wide as a tag has values");
STATIC_ASSERT(INDEX_BUCKET_COUNT_SMALL < INDEX_BUCKET_COUNT_TAGS, "tables whose tags are enough grow slowly");
STATIC_ASSERT(INDEX_RUN_DISTANCE_MAX >= (int)STATE_BUCKET_AWAY_MAX, "a run looks as far as they are kept");
STATIC_ASSERT(INDEX_PAGES_SIZE_MIN % IO_PAGE_SIZE == 0, "whole pages");
STATIC_ASSERT(INDEX_BATCH_COUNT_FAR <= (int)STATE_BATCH_COUNT_MAX, "state_batch_count is what a call takes");

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* ---- buckets ---- */

uint32_t state_bucket_match_plain(const StateBucket *bucket, uint16_t tag) {
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
    return state_bucket_match_plain(bucket, tag);
#endif
}

uint32_t state_bucket_match(const StateBucket *bucket, uint16_t tag) {
    return bucket_match(bucket, tag);
}

ALWAYS_INLINE uint32_t bucket_live(const StateBucket *bucket) {
    return ~bucket_match(bucket, 0) & ((1u << STATE_BUCKET_SLOT_COUNT) - 1);
}

ALWAYS_INLINE uint32_t bucket_away(const StateBucket *bucket, uint32_t slot) {
    return bucket->away >> 2 * slot & STATE_BUCKET_AWAY_MAX;
}

ALWAYS_INLINE void bucket_pass(StateBucket *bucket) {
    if (bucket->passed < STATE_BUCKET_PASSED_MAX) bucket->passed++;
}

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

ALWAYS_INLINE uint16_t hash_tag(uint32_t hash) {
    return (uint16_t)hash;
}

ALWAYS_INLINE uint32_t hash_home(uint32_t hash, uint32_t bucket_count) {
    return (uint32_t)((uint64_t)hash * bucket_count >> 32);
}

ALWAYS_INLINE StateBucket *table_next_bucket(const StateTable *table, StateBucket *bucket) {
    return ++bucket == table->buckets + table->bucket_count ? table->buckets : bucket;
}

/* What a search reads of the state, copied into locals so that stores of results need not reload it. */
typedef struct Search {
    const State *state;
    StateTable table, table_next;
    uint32_t moved_count;
    uint32_t record_size, key_size;
    bool crosses_lines; /* some records lie across two cache lines */
    const char *records;
} Search;

ALWAYS_INLINE Search search_start(const State *state) {
    return (Search){
        .state = state,
        .table = state->table,
        .table_next = state->table_next,
        .moved_count = state->moved_count,
        .record_size = state->record_size,
        .key_size = state->key_size,
        .crosses_lines = sizeof(StateBucket) % state->record_size != 0,
        .records = state->records.bytes,
    };
}

ALWAYS_INLINE const char *search_record(const Search *search, uint32_t id) {
    return search->records + (size_t)id * search->record_size;
}

/* The home bucket of a key, and the table it belongs to. */
ALWAYS_INLINE const StateTable *search_table(const Search *search, uint32_t hash, StateBucket **home_out) {
    uint32_t home = hash_home(hash, search->table.bucket_count);
    if (__builtin_expect(home >= search->moved_count, 1)) {
        *home_out = search->table.buckets + home;
        return &search->table;
    }
    *home_out = search->table_next.buckets + hash_home(hash, search->table_next.bucket_count);
    return &search->table_next;
}

/* The same for the calls that change one key. */
ALWAYS_INLINE const StateTable *state_table(const State *state, uint32_t hash, StateBucket **home_out) {
    uint32_t home = hash_home(hash, state->table.bucket_count);
    if (__builtin_expect(home >= state->moved_count, 1)) {
        *home_out = state->table.buckets + home;
        return &state->table;
    }
    *home_out = state->table_next.buckets + hash_home(hash, state->table_next.bucket_count);
    return &state->table_next;
}

/* ---- key equality ---- */

ALWAYS_INLINE bool words_equal(const char *a, const char *b, size_t size) {
    uint64_t difference = 0;
    for (size_t at = 0; at < size; at += 8) {
        uint64_t x, y;
        memcpy(&x, a + at, 8);
        memcpy(&y, b + at, 8);
        difference |= x ^ y;
    }
    return difference == 0;
}

static __attribute__((noinline)) bool long_text_equal(const State *state, const StateText *ours,
                                                      const StateText *theirs) {
    if (ours->size <= STATE_TEXT_INLINE_SIZE_MAX || !words_equal((const char *)ours, (const char *)theirs, 8))
        return false;
    return memcmp(state_heap_bytes(&state->heap, ours->ref), theirs->bytes, ours->size) == 0;
}

/* `fixed` bytes, then a text: short ones are settled by one comparison of all words. */
ALWAYS_INLINE bool text_equal(const State *state, const char *record, const char *key, size_t fixed) {
    const StateText *ours = (const StateText *)(record + fixed), *theirs = (const StateText *)(key + fixed);
    bool is_short = ours->size <= STATE_TEXT_INLINE_SIZE_MAX;
    if (__builtin_expect(is_short & words_equal(record, key, fixed + sizeof(StateText)), 1)) return true;
    return !is_short && words_equal(record, key, fixed) && long_text_equal(state, ours, theirs);
}

static bool mixed_equal(const State *state, const char *record, const char *key) {
    size_t at = 0;
    for (uint32_t i = 0; i < state->text_count; i++) {
        size_t offset = state->text_offsets[i];
        if (!words_equal(record + at, key + at, offset - at)) return false;
        if (!text_equal(state, record + offset, key + offset, 0)) return false;
        at = offset + sizeof(StateText);
    }
    return words_equal(record + at, key + at, state->key_size - at);
}

/* `equality` is a constant wherever this is inlined. */
ALWAYS_INLINE bool key_equal(const State *state, const char *record, const char *key,
                             StateEquality equality) {
    switch (equality) {
        case STATE_EQUALITY_8: return words_equal(record, key, 8);
        case STATE_EQUALITY_16: return words_equal(record, key, 16);
        case STATE_EQUALITY_24: return words_equal(record, key, 24);
        case STATE_EQUALITY_32: return words_equal(record, key, 32);
        case STATE_EQUALITY_WORDS: return words_equal(record, key, state->key_size);
        case STATE_EQUALITY_TEXT: return text_equal(state, record, key, 0);
        case STATE_EQUALITY_8_TEXT: return text_equal(state, record, key, 8);
        case STATE_EQUALITY_16_TEXT: return text_equal(state, record, key, 16);
        case STATE_EQUALITY_MIXED: return mixed_equal(state, record, key);
    }
    return false;
}

ALWAYS_INLINE size_t key_stride(const State *state, StateEquality equality) {
    switch (equality) {
        case STATE_EQUALITY_8: return 8;
        case STATE_EQUALITY_16:
        case STATE_EQUALITY_TEXT: return 16;
        case STATE_EQUALITY_8_TEXT: return 24;
        case STATE_EQUALITY_16_TEXT: return 32;
        case STATE_EQUALITY_24: return 24;
        case STATE_EQUALITY_32: return 32;
        case STATE_EQUALITY_WORDS:
        case STATE_EQUALITY_MIXED: break;
    }
    return state->key_size;
}

/* ---- searching ---- */

/* What a search gives: one of each per key. */
typedef struct Found {
    uint32_t *ids;
    void **values; /* NULL: not wanted. Not set for keys that are not there */
} Found;

ALWAYS_INLINE void found_set(const Search *search, const Found *found, size_t row, uint32_t id,
                             const char *record) {
    found->ids[row] = id;
    if (found->values != NULL) found->values[row] = (char *)(uintptr_t)record + search->key_size;
}

/* Among the slots in `mask`; false when no key is equal. */
ALWAYS_INLINE bool bucket_find(const Search *search, const StateBucket *bucket, uint32_t mask,
                               const char *key, const Found *found, size_t row, StateEquality equality) {
    for (; mask != 0; mask &= mask - 1) {
        uint32_t id = bucket->ids[__builtin_ctz(mask)];
        const char *record = search_record(search, id);
        if (!key_equal(search->state, record, key, equality)) continue;
        found_set(search, found, row, id, record);
        return true;
    }
    found->ids[row] = STATE_NONE;
    return false;
}

/* The whole way: from the home bucket on, every slot whose tag fits, at most once round. */
static __attribute__((noinline)) uint32_t find_slowly(const State *state, const char *key, uint32_t hash) {
    StateBucket *bucket;
    const StateTable *table = state_table(state, hash, &bucket);
    for (uint32_t looked = 0; looked < table->bucket_count; looked++) {
        for (uint32_t mask = bucket_match(bucket, hash_tag(hash)); mask != 0; mask &= mask - 1) {
            uint32_t id = bucket->ids[__builtin_ctz(mask)];
            if (key_equal(state, state_record(state, id), key, (StateEquality)state->equality)) return id;
        }
        if (bucket->passed == 0) break;
        bucket = table_next_bucket(table, bucket);
    }
    return STATE_NONE;
}

/* A key that its home bucket did not settle at the first look. */
typedef struct Probe {
    StateBucket *bucket;
    uint16_t row;
    uint16_t mask; /* slots whose tag fits */
} Probe;

ALWAYS_INLINE void prefetch_record(const Search *search, const char *record) {
    __builtin_prefetch(record, 0, 2);
    if (search->crosses_lines) __builtin_prefetch(record + search->record_size - 1, 0, 2);
}

ALWAYS_INLINE void probe_match(const Search *search, uint32_t hash, Probe *probe) {
    uint32_t mask = bucket_match(probe->bucket, hash_tag(hash));
    probe->mask = (uint16_t)mask;
    for (; mask != 0; mask &= mask - 1)
        prefetch_record(search, search_record(search, probe->bucket->ids[__builtin_ctz(mask)]));
}

/* Settles the key, or turns the probe to the next bucket and says true. */
ALWAYS_INLINE bool probe_compare(const Search *search, const char *key, uint32_t hash, const Found *found,
                                 Probe *probe, StateEquality equality) {
    bool is_found = bucket_find(search, probe->bucket, probe->mask, key, found, probe->row, equality);
    if (__builtin_expect(is_found || probe->bucket->passed == 0, 1)) return false;
    StateBucket *home;
    const StateTable *table = search_table(search, hash, &home);
    probe->bucket = table_next_bucket(table, probe->bucket);
    if (probe->bucket == home) return false; /* all the way round */
    __builtin_prefetch(probe->bucket, 0, 2);
    return true;
}

/* Rounds over the keys left, each a bucket further on. */
ALWAYS_INLINE void find_left(const Search *search, const char *keys, const uint64_t *hashes, Probe *probes,
                             size_t left, const Found *found, size_t stride, StateEquality equality) {
    while (left > 0) {
        size_t count = left;
        left = 0;
        for (size_t i = 0; i < count; i++)
            probe_match(search, state_index_hash(hashes[probes[i].row]), &probes[i]);
        for (size_t i = 0; i < count; i++) {
            Probe probe = probes[i];
            size_t row = probe.row;
            if (probe_compare(search, keys + row * stride, state_index_hash(hashes[row]), found, &probe,
                              equality))
                probes[left++] = probe;
        }
    }
}

/* Up to INDEX_ROUND_COUNT keys, in short loops that leave the processor much to overlap: where the state is
 * larger than the cache all buckets are asked for first; then each key's first slot whose tag fits is looked
 * up, and its record asked for; then keys are compared. Nearly always that was the one; the others go on
 * bucket by bucket. */
ALWAYS_INLINE void find_round(const Search *search, const char *keys, const uint64_t *hashes, size_t count,
                              const Found *found, size_t stride, bool is_near, StateEquality equality) {
    Probe probes[INDEX_ROUND_COUNT];
    size_t left = 0;
    uint32_t *ids = found->ids;
    StateBucket *bucket;
    for (size_t i = 0; !is_near && i < count; i++) {
        search_table(search, state_index_hash(hashes[i]), &bucket);
        __builtin_prefetch(bucket, 0, 2);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t hash = state_index_hash(hashes[i]);
        search_table(search, hash, &bucket);
        uint32_t mask = bucket_match(bucket, hash_tag(hash));
        if (__builtin_expect(mask != 0, 1)) {
            ids[i] = bucket->ids[__builtin_ctz(mask)];
            if (!is_near) prefetch_record(search, search_record(search, ids[i]));
            continue;
        }
        ids[i] = STATE_NONE;
        if (bucket->passed > 0) probes[left++] = (Probe){.bucket = bucket, .row = (uint16_t)i};
    }
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == STATE_NONE) continue;
        const char *record = search_record(search, ids[i]);
        if (__builtin_expect(key_equal(search->state, record, keys + i * stride, equality), 1)) {
            found_set(search, found, i, ids[i], record);
            continue;
        }
        search_table(search, state_index_hash(hashes[i]), &bucket);
        probes[left++] = (Probe){.bucket = bucket, .row = (uint16_t)i};
    }
    find_left(search, keys, hashes, probes, left, found, stride, equality);
}

static bool index_is_near(const State *state) {
    return state_index_memory(state) + (size_t)state->count * state->record_size <= INDEX_NEAR_SIZE_MAX;
}

size_t state_batch_count(const State *state) {
    return index_is_near(state) ? STATE_BATCH_COUNT_MAX : INDEX_BATCH_COUNT_FAR;
}

ALWAYS_INLINE void find_batch(const State *state, const char *keys, const uint64_t *hashes, size_t count,
                              const Found *found, StateEquality equality) {
    const Search search = search_start(state);
    size_t stride = key_stride(state, equality);
    bool is_near = index_is_near(state);
    for (size_t i = 0; i < count; i += INDEX_ROUND_COUNT) {
        size_t part = count - i < INDEX_ROUND_COUNT ? count - i : INDEX_ROUND_COUNT;
        Found round = {found->ids + i, found->values == NULL ? NULL : found->values + i};
        find_round(&search, keys + i * stride, hashes + i, part, &round, stride, is_near, equality);
    }
}

/* One pair of loops per equality. */
#define INDEX_STAMP(NAME)                                                                         \
    static __attribute__((noinline)) void find_batch_##NAME(const State *state, const char *keys, \
                                                            const uint64_t *hashes, size_t count, \
                                                            uint32_t *ids, void **values) {       \
        const Found found = {ids, values};                                                        \
        find_batch(state, keys, hashes, count, &found, STATE_EQUALITY_##NAME);                    \
    }
INDEX_STAMP(8)
INDEX_STAMP(16)
INDEX_STAMP(24)
INDEX_STAMP(32)
INDEX_STAMP(WORDS)
INDEX_STAMP(TEXT)
INDEX_STAMP(8_TEXT)
INDEX_STAMP(16_TEXT)
INDEX_STAMP(MIXED)
#undef INDEX_STAMP

void state_index_find_batch(const State *state, const char *keys, const uint64_t *hashes, size_t count,
                            uint32_t *ids, void **values) {
    if (state->count == 0) {
        memset(ids, 0xFF, count * sizeof(*ids)); /* STATE_NONE */
        return;
    }
    switch ((StateEquality)state->equality) {
        case STATE_EQUALITY_8: find_batch_8(state, keys, hashes, count, ids, values); return;
        case STATE_EQUALITY_16: find_batch_16(state, keys, hashes, count, ids, values); return;
        case STATE_EQUALITY_24: find_batch_24(state, keys, hashes, count, ids, values); return;
        case STATE_EQUALITY_32: find_batch_32(state, keys, hashes, count, ids, values); return;
        case STATE_EQUALITY_WORDS: find_batch_WORDS(state, keys, hashes, count, ids, values); return;
        case STATE_EQUALITY_TEXT: find_batch_TEXT(state, keys, hashes, count, ids, values); return;
        case STATE_EQUALITY_8_TEXT: find_batch_8_TEXT(state, keys, hashes, count, ids, values); return;
        case STATE_EQUALITY_16_TEXT: find_batch_16_TEXT(state, keys, hashes, count, ids, values); return;
        case STATE_EQUALITY_MIXED: find_batch_MIXED(state, keys, hashes, count, ids, values); return;
    }
}

/* A record and its id; NULL and STATE_NONE: not there. */
typedef struct Single {
    const char *record;
    uint32_t id;
} Single;

static __attribute__((noinline)) Single find_single_slowly(const State *state, const char *key,
                                                           uint32_t hash) {
    uint32_t id = find_slowly(state, key, hash);
    return (Single){id == STATE_NONE ? NULL : state_record(state, id), id};
}

/* As find_batch without its local copies: so few instructions that the processor overlaps several calls.
 * Where it is inlined, what is not asked for is not worked out. */
ALWAYS_INLINE Single find_single(const State *state, const char *key, uint32_t hash, StateEquality equality) {
    StateBucket *bucket;
    state_table(state, hash, &bucket);
    uint32_t mask = bucket_match(bucket, hash_tag(hash));
    if (__builtin_expect(mask == 0, 0)) return find_single_slowly(state, key, hash);
    uint32_t id = bucket->ids[(uint32_t)__builtin_ctzll((uint64_t)mask)];
    const char *record = state_record(state, id);
    if (__builtin_expect(!key_equal(state, record, key, equality), 0))
        return find_single_slowly(state, key, hash);
    return (Single){record, id};
}

ALWAYS_INLINE Single find_any_single(const State *state, const char *key, uint64_t hash_full) {
    uint32_t hash = state_index_hash(hash_full);
    if (__builtin_expect(state->count == 0, 0)) return (Single){NULL, STATE_NONE};
    if (__builtin_expect(state->equality == STATE_EQUALITY_8, 1))
        return find_single(state, key, hash, STATE_EQUALITY_8);
    if (state->equality == STATE_EQUALITY_16) return find_single(state, key, hash, STATE_EQUALITY_16);
    return find_single_slowly(state, key, hash);
}

uint32_t state_get(const State *state, const void *key, uint64_t hash) {
    return find_any_single(state, key, hash).id;
}

const void *state_find(const State *state, const void *key, uint64_t hash) {
    const char *record = find_any_single(state, key, hash).record;
    return __builtin_expect(record == NULL, 0) ? NULL : record + state->key_size;
}

/* ---- changing ---- */

ALWAYS_INLINE void table_insert(const StateTable *table, StateBucket *bucket, uint16_t tag, uint32_t id) {
    uint32_t empty, away = 0;
    while ((empty = bucket_match(bucket, 0)) == 0) {
        bucket_pass(bucket);
        bucket = table_next_bucket(table, bucket);
        away += away < STATE_BUCKET_AWAY_MAX;
    }
    uint32_t slot = (uint32_t)__builtin_ctz(empty);
    bucket->tags[slot] = tag;
    bucket->ids[slot] = id;
    if (away > 0) bucket->away |= away << 2 * slot;
}

/* The first bucket with an empty slot from the key's home on; NULL when a slot before it, or in it, has the
 * key's tag, or it is too far to look. */
ALWAYS_INLINE StateBucket *run_bucket(const StateTable *table, StateBucket *home, uint16_t tag,
                                      uint32_t *empty_out, uint32_t *distance_out) {
    StateBucket *bucket = home;
    for (uint32_t distance = 0; distance < INDEX_RUN_DISTANCE_MAX; distance++) {
        if (__builtin_expect(bucket_match(bucket, tag) != 0, 0)) return NULL;
        *empty_out = bucket_match(bucket, 0);
        *distance_out = distance;
        if (__builtin_expect(*empty_out != 0, 1)) return bucket;
        bucket = table_next_bucket(table, bucket);
    }
    return NULL;
}

size_t state_index_insert_run(State *state, const uint64_t *hashes, const uint32_t *rows, size_t count,
                              const uint32_t *ids) {
    const Search search = search_start(state);
    for (size_t i = 0; i < count; i++) {
        uint32_t hash = state_index_hash(hashes[rows[i]]), empty, distance;
        StateBucket *home;
        const StateTable *table = search_table(&search, hash, &home);
        StateBucket *bucket = run_bucket(table, home, hash_tag(hash), &empty, &distance);
        if (bucket == NULL) return i;
        for (StateBucket *on_way = home; on_way != bucket; on_way = table_next_bucket(table, on_way))
            bucket_pass(on_way);
        uint32_t slot = (uint32_t)__builtin_ctz(empty);
        bucket->tags[slot] = hash_tag(hash);
        bucket->ids[slot] = ids[i];
        if (distance > 0)
            bucket->away |= (distance < STATE_BUCKET_AWAY_MAX ? distance : STATE_BUCKET_AWAY_MAX) << 2 * slot;
    }
    return count;
}

void state_index_insert(State *state, uint64_t hash_full, uint32_t id) {
    uint32_t hash = state_index_hash(hash_full);
    StateBucket *home;
    const StateTable *table = state_table(state, hash, &home);
    table_insert(table, home, hash_tag(hash), id);
}

/* The slot that holds `id`, -1 when none does. Empty slots keep old ids, so the tag decides too. */
static int bucket_slot_of(const StateBucket *bucket, uint32_t id) {
    for (int slot = 0; slot < STATE_BUCKET_SLOT_COUNT; slot++)
        if (bucket->ids[slot] == id && bucket->tags[slot] != 0) return slot;
    return -1;
}

static void index_remove(State *state, uint32_t hash, uint32_t id) {
    StateBucket *home;
    const StateTable *table = state_table(state, hash, &home);
    StateBucket *bucket = home;
    int slot;
    while ((slot = bucket_slot_of(bucket, id)) < 0) {
        ASSERT(bucket->passed > 0);
        bucket = table_next_bucket(table, bucket);
        ASSERT(bucket != home);
    }
    for (StateBucket *on_way = home; on_way != bucket; on_way = table_next_bucket(table, on_way))
        bucket_unpass(on_way, 1);
    bucket_clear(bucket, (uint32_t)slot);
}

void state_index_remove(State *state, uint32_t id) {
    index_remove(state, state_record_hash(state, id), id);
}

/* First the records of a round are asked for, then the buckets their keys lead to. */
void state_index_remove_batch(State *state, const uint32_t *ids, size_t count) {
    uint32_t hashes[INDEX_ROUND_COUNT];
    bool is_near = index_is_near(state);
    for (size_t first = 0; first < count; first += INDEX_ROUND_COUNT) {
        const uint32_t *round = ids + first;
        size_t part = count - first < INDEX_ROUND_COUNT ? count - first : INDEX_ROUND_COUNT;
        for (size_t i = 0; !is_near && i < part; i++) __builtin_prefetch(state_record(state, round[i]), 1, 3);
        for (size_t i = 0; i < part; i++) {
            StateBucket *bucket;
            hashes[i] = state_record_hash(state, round[i]);
            state_table(state, hashes[i], &bucket);
            if (!is_near) __builtin_prefetch(bucket, 1, 3);
        }
        for (size_t i = 0; i < part; i++) index_remove(state, hashes[i], round[i]);
    }
}

/* ---- growing ---- */

static size_t table_size(uint32_t bucket_count) {
    return (size_t)bucket_count * sizeof(StateBucket);
}

static bool table_init(State *state, StateTable *table, uint32_t bucket_count) {
    ASSERT(table->buckets == NULL);
    ASSERT(bucket_count >= INDEX_BUCKET_COUNT_MIN);
    size_t size = table_size(bucket_count);
    table->buckets = size < INDEX_PAGES_SIZE_MIN ? memory_alloc_zeroed(state->memory, size)
                                                 : io_pages_alloc(state->io, state->memory, size);
    if (table->buckets == NULL) return false;
    ASSERT((uintptr_t)table->buckets % sizeof(StateBucket) == 0); /* one line per bucket, aligned loads */
    table->bucket_count = bucket_count;
    return true;
}

static void table_deinit(State *state, StateTable *table) {
    size_t size = table_size(table->bucket_count);
    if (size < INDEX_PAGES_SIZE_MIN) {
        memory_free(state->memory, table->buckets, size);
    } else {
        io_pages_free(state->io, state->memory, table->buckets, size);
    }
    *table = (StateTable){0};
}

/* Keys a table takes before it grows. A small one stays half empty, so that nearly every key is found at
 * home. */
static uint64_t table_key_count_max(const StateTable *table) {
    uint64_t slot_count = (uint64_t)table->bucket_count * STATE_BUCKET_SLOT_COUNT;
    return table->bucket_count < INDEX_BUCKET_COUNT_SMALL ? slot_count / 2
                                                          : slot_count * INDEX_LOAD_MAX / 100;
}

/* Empty slots of the new buckets that the keys of one old bucket go to. Kept here because looking at a
 * bucket's tags right after storing one of them makes the processor wait; bucket i at i % MOVE_WINDOW_COUNT.
 */
enum { MOVE_WINDOW_COUNT = 8, MOVE_WRITE_AHEAD_COUNT = 16 };
typedef struct MoveWindow {
    uint32_t first;
    uint32_t empty[MOVE_WINDOW_COUNT];
} MoveWindow;

static void window_load(const StateTable *table, MoveWindow *window, uint32_t from) {
    for (uint32_t i = from; i < window->first + MOVE_WINDOW_COUNT; i++)
        __builtin_prefetch(table->buckets + i + MOVE_WRITE_AHEAD_COUNT, 1, 3);
    for (uint32_t i = from; i < window->first + MOVE_WINDOW_COUNT; i++)
        window->empty[i % MOVE_WINDOW_COUNT] =
            i < table->bucket_count ? bucket_match(table->buckets + i, 0) : 0;
}

static void window_advance(const StateTable *table, MoveWindow *window, uint32_t first) {
    uint32_t loaded = window->first + MOVE_WINDOW_COUNT;
    window->first = first;
    window_load(table, window, loaded < first ? first : loaded);
}

/* The index hash of a key whose home in the old table is `home`: there is one with this lower half, as homes
 * are at most 2^16 hashes wide. `first` is the least hash of that home. */
ALWAYS_INLINE uint32_t hash_from_tag(uint32_t first, uint16_t tag) {
    return first + (uint16_t)(tag - first);
}

static uint32_t hash_first(uint32_t home, uint32_t bucket_count) {
    return (uint32_t)((((uint64_t)home << 32) + bucket_count - 1) / bucket_count);
}

/* Bit i: slot i holds a key whose distance from home is `away`. */
ALWAYS_INLINE uint32_t bucket_match_away(const StateBucket *bucket, uint32_t away) {
    uint32_t live = bucket_live(bucket), others = bucket->away ^ away * 0x55555;
    if (others == 0) return live;
    others = (others | others >> 1) & 0x55555; /* every other bit; then closed up */
    others = (others | others >> 1) & 0x33333;
    others = (others | others >> 2) & 0xF0F0F;
    others = (others | others >> 4) & 0xF00FF;
    others = (others | others >> 8) & 0x3FF;
    return live & ~others;
}

static void move_key(const StateTable *table, uint32_t hash, uint32_t id, MoveWindow *window) {
    uint32_t home = hash_home(hash, table->bucket_count);
    uint32_t *empty = &window->empty[home % MOVE_WINDOW_COUNT];
    if (__builtin_expect(home - window->first < MOVE_WINDOW_COUNT && *empty != 0, 1)) {
        uint32_t slot = (uint32_t)__builtin_ctz(*empty);
        *empty &= *empty - 1;
        table->buckets[home].tags[slot] = hash_tag(hash);
        table->buckets[home].ids[slot] = id;
    } else {
        table_insert(table, table->buckets + home, hash_tag(hash), id);
        window_load(table, window, window->first);
    }
}

/* Carries the keys of `bucket`, `distance` behind `home`, whose home that is over; gives how many. `first` is
 * the least hash of that home. */
ALWAYS_INLINE uint32_t move_from_bucket(State *state, StateBucket *bucket, uint32_t home, uint32_t distance,
                                        uint32_t first, MoveWindow *window) {
    StateTable old = state->table, next = state->table_next;
    bool far = distance >= STATE_BUCKET_AWAY_MAX,
         from_tag = old.bucket_count >= INDEX_BUCKET_COUNT_TAGS && !far;
    uint32_t moved = 0, clear = 0;
    uint32_t mask = bucket_match_away(bucket, far ? STATE_BUCKET_AWAY_MAX : distance);
    for (; mask != 0; mask &= mask - 1) {
        uint32_t slot = (uint32_t)__builtin_ctz(mask), id = bucket->ids[slot];
        uint32_t hash =
            from_tag ? hash_from_tag(first, bucket->tags[slot]) : state_record_hash(state, bucket->ids[slot]);
        if (far && hash_home(hash, old.bucket_count) != home) continue;
        move_key(&next, hash, id, window);
        clear |= 1u << slot;
        moved++;
    }
    if (distance == 0 && bucket->away == 0) {
        memset(bucket->tags, 0, sizeof(bucket->tags));
    } else {
        for (; clear != 0; clear &= clear - 1) bucket_clear(bucket, (uint32_t)__builtin_ctz(clear));
    }
    return moved;
}

/* Carries over the keys that home `home` has in other buckets. */
static __attribute__((noinline)) void move_passed(State *state, uint32_t home, uint32_t hash_first,
                                                  MoveWindow *window) {
    StateBucket *first = state->table.buckets + home, *bucket = first;
    for (uint32_t distance = 1; distance < state->table.bucket_count && bucket->passed > 0; distance++) {
        bucket = table_next_bucket(&state->table, bucket);
        uint32_t moved = move_from_bucket(state, bucket, home, distance, hash_first, window);
        for (StateBucket *on_way = first; moved > 0 && on_way != bucket;) {
            bucket_unpass(on_way, moved);
            on_way = table_next_bucket(&state->table, on_way);
        }
    }
}

/* Carries over every key whose home is the next bucket in turn; those further on are among its `passed`. */
ALWAYS_INLINE void move_next_home(State *state, MoveWindow *window) {
    uint32_t home = state->moved_count, first = hash_first(home, state->table.bucket_count);
    StateBucket *bucket = state->table.buckets + home;
    window_advance(&state->table_next, window, hash_home(first, state->table_next.bucket_count));
    move_from_bucket(state, bucket, home, 0, first, window);
    if (bucket->passed > 0) move_passed(state, home, first, window);
    state->moved_count++;
}

/* A small table's hashes are read in index order, which is no order in the records: ask for them early. */
ALWAYS_INLINE void move_prefetch(const State *state, uint32_t home) {
    const StateBucket *bucket = state->table.buckets + home;
    if (home >= state->table.bucket_count) return;
    if (state->table.bucket_count >= INDEX_BUCKET_COUNT_TAGS) {
        __builtin_prefetch(bucket, 1, 3);
        return;
    }
    for (uint32_t live = bucket_live(bucket); live != 0; live &= live - 1)
        __builtin_prefetch(state_record(state, bucket->ids[__builtin_ctz(live)]), 0, 2);
}

enum { MOVE_AHEAD_COUNT = 8 };

/* Carries every key of a bucket over, wherever its home is. `firsts[d]` is the least hash of the home d
 * before. */
ALWAYS_INLINE void move_whole_bucket(const State *state, StateBucket *bucket, const uint32_t *firsts,
                                     MoveWindow *window) {
    StateTable next = state->table_next;
    bool from_tag = firsts != NULL && state->table.bucket_count >= INDEX_BUCKET_COUNT_TAGS;
    for (uint32_t mask = bucket_live(bucket); mask != 0; mask &= mask - 1) {
        uint32_t slot = (uint32_t)__builtin_ctz(mask), away = bucket_away(bucket, slot);
        uint32_t hash = from_tag && away < STATE_BUCKET_AWAY_MAX
                            ? hash_from_tag(firsts[away], bucket->tags[slot])
                            : state_record_hash(state, bucket->ids[slot]);
        move_key(&next, hash, bucket->ids[slot], window);
    }
    memset(bucket->tags, 0, sizeof(bucket->tags));
    bucket->passed = 0;
    bucket->away = 0;
}

/* Whole buckets, on and on until no key of those carried over is further on; how many. No key of a home
 * before may be in the first. */
static size_t move_run(State *state, MoveWindow *window) {
    uint32_t count = state->table.bucket_count, start = state->moved_count, home = start;
    uint32_t firsts[STATE_BUCKET_AWAY_MAX] = {0};
    bool passed;
    do {
        StateBucket *bucket = state->table.buckets + home;
        move_prefetch(state, home + MOVE_AHEAD_COUNT);
        memmove(firsts + 1, firsts, sizeof(firsts) - sizeof(*firsts));
        firsts[0] = hash_first(home, count);
        /* keys of the two homes before may turn up */
        uint32_t least = home == start ? firsts[0] : home == start + 1 ? firsts[1] : firsts[2];
        window_advance(&state->table_next, window, hash_home(least, state->table_next.bucket_count));
        passed = bucket->passed > 0;
        move_whole_bucket(state, bucket, firsts, window);
        home++;
    } while (passed && home < count);
    state->moved_count = home;
    /* what went by the last bucket is at the front, and is all that is left there */
    for (uint32_t i = 0; passed && home == count && i < count; i++) {
        passed = state->table.buckets[i].passed > 0;
        move_whole_bucket(state, state->table.buckets + i, NULL, window);
    }
    return home - start;
}

/* The next homes, at least one: in whole buckets but where keys from the end of the table are among them. */
static size_t move_some(State *state, MoveWindow *window) {
    uint32_t before = state->moved_count > 0 ? state->moved_count : state->table.bucket_count;
    if (state->table.buckets[before - 1].passed == 0) return move_run(state, window);
    move_next_home(state, window);
    return 1;
}

static void index_move(State *state, size_t home_count) {
    ASSERT(state->moved_count <= state->table.bucket_count);
    ASSERT(state->table_next.bucket_count > 0);
    uint32_t all = state->table.bucket_count;
    size_t left = all - state->moved_count;
    if (home_count > left) home_count = left;
    MoveWindow window = {0};
    window_load(&state->table_next, &window, 0);
    for (uint32_t i = 0; i < MOVE_AHEAD_COUNT && i < home_count; i++)
        move_prefetch(state, state->moved_count + i);
    for (size_t moved = 0; moved < home_count;) moved += move_some(state, &window);
    if (state->moved_count < all) return;
    ASSERT(state->moved_count == all);
    table_deinit(state, &state->table);
    state->table = state->table_next;
    state->table_next = (StateTable){0};
    state->moved_count = 0;
}

static uint32_t index_bucket_count_grown(const State *state, size_t key_count) {
    uint64_t count = state->table.bucket_count;
    count += count < INDEX_BUCKET_COUNT_SMALL ? count : count * 3 / 5;
    uint64_t needed = key_count * 100 / (STATE_BUCKET_SLOT_COUNT * INDEX_LOAD_MAX) + 1;
    if (needed < INDEX_BUCKET_COUNT_SMALL) needed = key_count * 2 / STATE_BUCKET_SLOT_COUNT + 1;
    if (count < needed) count = needed;
    if (count < INDEX_BUCKET_COUNT_MIN) count = INDEX_BUCKET_COUNT_MIN;
    /* From pages on the count fills them: what is rounded up is paid for anyway. */
    uint64_t whole =
        count * sizeof(StateBucket) < INDEX_PAGES_SIZE_MIN ? 1 : IO_PAGE_SIZE / sizeof(StateBucket);
    count = (count + whole - 1) / whole * whole;
    ASSERT(count <= UINT32_MAX); /* ids are 32 bits and a bucket has ten */
    ASSERT(count >= INDEX_BUCKET_COUNT_MIN);
    return (uint32_t)count;
}

void state_index_advance(State *state, size_t row_count) {
    if (state->table_next.bucket_count > 0) index_move(state, row_count / 2 + 1);
}

/* An old table in the midst of growing still takes keys: it started with an eighth of its slots empty, more
 * than one per bucket, and is empty after an eighth of a key per bucket. */
Status state_index_reserve(State *state, size_t more, Error *err) {
    size_t move = more * INDEX_MOVE_COUNT_PER_KEY;
    /* Eight old buckets, some 70 keys, per new key: an old table is empty long before the new one is full. */
    if (move < INDEX_MOVE_COUNT_MIN) move = INDEX_MOVE_COUNT_MIN;
    if (state->table_next.bucket_count > 0) index_move(state, move);
    size_t wanted = state->count + more;
    bool growing = state->table_next.bucket_count > 0;
    if (wanted <= table_key_count_max(growing ? &state->table_next : &state->table)) return STATUS_OK;
    if (growing) index_move(state, state->table.bucket_count); /* one batch larger than the table */
    ASSERT(state->table_next.bucket_count == 0);
    StateTable *made = state->count == 0 ? &state->table : &state->table_next;
    if (state->count == 0) table_deinit(state, &state->table);
    if (!table_init(state, made, index_bucket_count_grown(state, wanted))) return error_out_of_memory(err);
    if (made == &state->table_next) index_move(state, move);
    return STATUS_OK;
}

size_t state_index_memory(const State *state) {
    return table_size(state->table.bucket_count) + table_size(state->table_next.bucket_count);
}

bool state_index_is_oversized(const State *state, size_t key_count) {
    size_t size = state_index_memory(state);
    size_t slot_count = size / sizeof(StateBucket) * STATE_BUCKET_SLOT_COUNT;
    return size > INDEX_PAGES_SIZE_MIN && slot_count / INDEX_OVERSIZE > key_count;
}

void state_index_clear(State *state) {
    if (state->table_next.bucket_count > 0) {
        table_deinit(state, &state->table);
        state->table = state->table_next;
        state->table_next = (StateTable){0};
        state->moved_count = 0;
    }
    if (state->table.bucket_count > 0) memset(state->table.buckets, 0, table_size(state->table.bucket_count));
}

void state_index_deinit(State *state) {
    table_deinit(state, &state->table);
    table_deinit(state, &state->table_next);
    state->moved_count = 0;
}
