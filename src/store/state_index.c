/* SPDX-License-Identifier: Apache-2.0
 * store/state_index.c - from a key's hash to its record's id: finding keys, entering and taking them out.
 *
 * What a bucket is, and where a key lives, is drawn in state_index_priv.h; an index that grows changes
 * nothing here but which of two tables a home is in.
 *
 * Searching many keys in a table larger than the cache: the lines wanted are asked for well before they are
 * looked at, first all buckets, then the records of the slots whose tag fits; keys that must look further
 * form a new, smaller round of the same kind. Each way of comparing keys has its own copy of these loops. */
#include <string.h>

#include "store/state_index_priv.h"

enum {
    INDEX_NEAR_SIZE_MAX = 1024 * 1024, /* index and records this small stay in the L2 cache: no prefetching */
    /* Rows of a larger one whose lines and page addresses the core still holds. */
    INDEX_BATCH_COUNT_FAR = 512,
    INDEX_ROUND_COUNT = 256,    /* keys searched together */
    INDEX_RUN_DISTANCE_MAX = 4, /* buckets looked at for a new key before it is taken the slow way */
};
STATIC_ASSERT(INDEX_ROUND_COUNT <= UINT16_MAX, "Probe.row");
STATIC_ASSERT(STATE_BUCKET_SLOT_COUNT <= 16, "Probe.mask");
STATIC_ASSERT(INDEX_RUN_DISTANCE_MAX >= (int)STATE_BUCKET_AWAY_MAX, "a run looks as far as they are kept");
STATIC_ASSERT(INDEX_BATCH_COUNT_FAR <= (int)STATE_BATCH_COUNT_MAX, "state_batch_count is what a call takes");

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

ALWAYS_INLINE const StateTable *search_table(const Search *search, uint32_t hash, StateBucket **home_out) {
    return table_of(&search->table, &search->table_next, search->moved_count, hash, home_out);
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

/* Words between the texts, each text, words behind the last. */
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

ALWAYS_INLINE void found_set(const Search *search, const StateFound *found, size_t row, uint32_t id,
                             const char *record) {
    found->ids[row] = id;
    if (found->values != NULL) found->values[row] = (char *)(uintptr_t)record + search->key_size;
}

/* Among the slots in `mask`; false when no key is equal. */
ALWAYS_INLINE bool bucket_find(const Search *search, const StateBucket *bucket, uint32_t mask,
                               const char *key, const StateFound *found, size_t row, StateEquality equality) {
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
ALWAYS_INLINE bool probe_compare(const Search *search, const char *key, uint32_t hash, const StateFound *found,
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
                             size_t left, const StateFound *found, size_t stride, StateEquality equality) {
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
                              const StateFound *found, size_t stride, bool is_near, StateEquality equality) {
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

/* Here and not with the tables, so that a batch asks for it without a call. */
size_t state_index_memory(const State *state) {
    return table_size(state->table.bucket_count) + table_size(state->table_next.bucket_count);
}

/* Does what `count` records take, each with a bucket of its own at worst, stay in the L2 cache? */
static bool index_is_near(const State *state, size_t count) {
    size_t buckets = state_index_memory(state);
    if (count == 0 || count > state->count) count = state->count;
    if (count < buckets / sizeof(StateBucket)) buckets = count * sizeof(StateBucket);
    return buckets + count * state->record_size <= INDEX_NEAR_SIZE_MAX;
}

size_t state_batch_count(const State *state) {
    return index_is_near(state, 0) ? STATE_BATCH_COUNT_MAX : INDEX_BATCH_COUNT_FAR;
}

ALWAYS_INLINE void find_batch(const State *state, const char *keys, const uint64_t *hashes, size_t count,
                              bool is_near, const StateFound *found, StateEquality equality) {
    const Search search = search_start(state);
    size_t stride = key_stride(state, equality);
    for (size_t i = 0; i < count; i += INDEX_ROUND_COUNT) {
        size_t part = count - i < INDEX_ROUND_COUNT ? count - i : INDEX_ROUND_COUNT;
        StateFound round = {found->ids + i, found->values == NULL ? NULL : found->values + i};
        find_round(&search, keys + i * stride, hashes + i, part, &round, stride, is_near, equality);
    }
}

/* One pair of loops per equality. */
#define INDEX_STAMP(NAME)                                                                                                       \
    static __attribute__((noinline)) void find_batch_##NAME(const State *state, const char *keys, const uint64_t *hashes,       \
                                                            size_t count, bool is_near, const StateFound *found) {              \
        const StateFound local = *found; /* its fields stay in registers: stores of results could be to any other */            \
        find_batch(state, keys, hashes, count, is_near, &local, STATE_EQUALITY_##NAME);                                         \
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
                            size_t likely_count, const StateFound *found) {
    if (state->count == 0) {
        memset(found->ids, 0xFF, count * sizeof(*found->ids)); /* STATE_NONE */
        return;
    }
    bool is_near = index_is_near(state, likely_count);
    switch ((StateEquality)state->equality) {
        case STATE_EQUALITY_8: find_batch_8(state, keys, hashes, count, is_near, found); return;
        case STATE_EQUALITY_16: find_batch_16(state, keys, hashes, count, is_near, found); return;
        case STATE_EQUALITY_24: find_batch_24(state, keys, hashes, count, is_near, found); return;
        case STATE_EQUALITY_32: find_batch_32(state, keys, hashes, count, is_near, found); return;
        case STATE_EQUALITY_WORDS: find_batch_WORDS(state, keys, hashes, count, is_near, found); return;
        case STATE_EQUALITY_TEXT: find_batch_TEXT(state, keys, hashes, count, is_near, found); return;
        case STATE_EQUALITY_8_TEXT: find_batch_8_TEXT(state, keys, hashes, count, is_near, found); return;
        case STATE_EQUALITY_16_TEXT: find_batch_16_TEXT(state, keys, hashes, count, is_near, found); return;
        case STATE_EQUALITY_MIXED: find_batch_MIXED(state, keys, hashes, count, is_near, found); return;
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

/* Found by its id, not by its key: the record need not be read a second time. */
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
    bool is_near = index_is_near(state, 0);
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
