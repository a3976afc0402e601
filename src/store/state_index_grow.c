/* SPDX-License-Identifier: Apache-2.0
 * store/state_index_grow.c - the tables of the index: made, carried over to larger ones, given back.
 *
 * A new table is made, and every call that needs room carries some buckets over, in order: the keys whose
 * home is below `moved_count` are in the new table, the others in the old, so a search still looks in one
 * table only. Homes keep their order in a table of any size, so both tables are walked from front to back. No
 * call stalls for the whole table.
 *
 *     old   | carried over: empty       | moved_count ...            |
 *                                 \       \
 *     new   | filled up to about here       | empty, but for new keys of homes below moved_count |
 *
 * No record is read for that once the table has 65,536 buckets: a home is then at most 2^16 hashes wide, so
 * bucket, `away` and tag give the whole index hash back. Buckets are carried over whole, in runs that end
 * where no key is on its way to a further bucket. In small tables, and for keys three or more buckets away,
 * the record's key is hashed again.
 *
 * Space per key: 64 / 10 / load for the bucket, between 87 % and 54 % full when large. */
#include <string.h>

#include "store/state_index_priv.h"

enum {
    INDEX_BUCKET_COUNT_MIN = 2,
    INDEX_BUCKET_COUNT_SMALL = 16384, /* below: doubles and is half empty; above: grows by three fifths */
    INDEX_LOAD_MAX = 87,              /* percent, of a large one */
    INDEX_BUCKET_COUNT_TAGS = 65536,  /* from here on home and tag together are the index hash */
    INDEX_MOVE_COUNT_PER_KEY = 8,     /* old buckets carried over per key that needs room ... */
    INDEX_MOVE_COUNT_MIN = 8,         /* ... and at least, per call */
    INDEX_PAGES_SIZE_MIN = 64 * 1024, /* smaller tables come from the heap */
    INDEX_OVERSIZE = 16,              /* slots per key from which on an index is not worth clearing */
};
STATIC_ASSERT(INDEX_BUCKET_COUNT_TAGS == 1 << 16, "a home is at most as wide as a tag has values");
STATIC_ASSERT(INDEX_BUCKET_COUNT_SMALL < INDEX_BUCKET_COUNT_TAGS, "tables whose tags are enough grow slowly");
STATIC_ASSERT(INDEX_PAGES_SIZE_MIN % IO_PAGE_SIZE == 0, "whole pages");

/* ---- tables ---- */

/* Large tables come from pages, which are zeroed and may be huge; a small one would waste most of a page. */
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

/* ---- carrying keys over ---- */

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

/* Mostly into its home bucket, whose empty slots the window knows. One that has to go on may fill a slot of a bucket in the window: that is
 * loaded anew. */
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

/* Keys by home bucket, in order, so that moved_count alone says where a key is. With the last one the old table goes. */
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

/* ---- the whole index ---- */

/* At least 60 % more, twice as many while small: growth costs O(1) per key. */
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
