/* SPDX-License-Identifier: Apache-2.0
 * bench/state_bench.c - keyed state beside boost::unordered_flat_map: random 8-byte keys, 8-byte values.
 *
 * ns per row, hashing and the change of the value included: insert (every key new), batch upsert (value +=
 * 1), batch get, single get (calls that may overlap), dependent get (each key comes from the answer before).
 * The machine's random gather is an independent load from as many 16-byte records in huge pages; a search
 * needs at least two of them. */
#include "state_bench.h"

#include "base/hash.h"
#include "base/text.h"
#include "bench.h"
#include "io/io.h"
#include "store/state.h"

enum { DRAW_COUNT = 1 << 23 };

typedef struct Bench {
    Memory memory;
    State state;
    PeerMap *peer;
    size_t key_count;
    const char *size_name;
    uint64_t *keys;  /* key_count different ones */
    uint64_t *drawn; /* DRAW_COUNT of them, at random */
    uint64_t sum;
} Bench;

static uint64_t key_hash(const void *context, const void *key) {
    return hash_u64(*(const uint64_t *)key);
}

static void run_upsert(Bench *bench, const uint64_t *keys, size_t count) {
    uint64_t hashes[STATE_BATCH_COUNT_MAX];
    uint32_t ids[STATE_BATCH_COUNT_MAX], created[STATE_BATCH_COUNT_MAX];
    void *values[STATE_BATCH_COUNT_MAX];
    Error err;
    StateUpsert out = {.ids = ids, .values = values, .created = created};
    for (size_t at = 0, part; at < count; at += part) {
        size_t good = state_batch_count(&bench->state);
        part = count - at < good ? count - at : good;
        for (size_t i = 0; i < part; i++) hashes[i] = hash_u64(keys[at + i]);
        if (state_upsert_batch(&bench->state, keys + at, hashes, part, &out, &err) != STATUS_OK) abort();
        for (size_t i = 0; i < part; i++) ++*(uint64_t *)values[i];
    }
}

static void run_get_batch(Bench *bench) {
    uint64_t hashes[STATE_BATCH_COUNT_MAX];
    uint32_t ids[STATE_BATCH_COUNT_MAX];
    size_t part = state_batch_count(&bench->state);
    for (size_t at = 0; at < DRAW_COUNT; at += part) {
        const uint64_t *keys = bench->drawn + at;
        for (size_t i = 0; i < part; i++) hashes[i] = hash_u64(keys[i]);
        state_get_batch(&bench->state, keys, hashes, part, ids);
        for (size_t i = 0; i < part; i++) bench->sum += *(const uint64_t *)state_value(&bench->state, ids[i]);
    }
}

static void run_get(Bench *bench) {
    for (size_t i = 0; i < DRAW_COUNT; i++) {
        const uint64_t *key = &bench->drawn[i];
        bench->sum += *(const uint64_t *)state_find(&bench->state, key, hash_u64(*key));
    }
}

static void run_get_dependent(Bench *bench, size_t count) {
    uint64_t turn = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t key = bench->drawn[i] + turn;
        uint64_t value = *(const uint64_t *)state_find(&bench->state, &key, hash_u64(key));
        bench->sum += value;
        turn = value >> 63;
    }
}

static double time_gather(Bench *bench) {
    double ns;
    size_t size = bench->key_count * 16 + IO_PAGE_SIZE;
    uint64_t *records = io_pages_alloc(io_real(), &bench->memory, size);
    if (records == NULL) abort();
    memset(records, 1, size);
    BENCH_BEST(ns, DRAW_COUNT,
               for (size_t i = 0; i < DRAW_COUNT; i++) bench->sum +=
               records[(uint64_t)((unsigned __int128)bench->drawn[i] * bench->key_count >> 64) * 2]);
    io_pages_free(io_real(), &bench->memory, records, size);
    return ns;
}

static void print_line(const Bench *bench, const char *what, double ours, double peer, double gather,
                       const char *floor, const char *aim) {
    char work[64];
    text_format(work, sizeof(work), "keyed state, %s keys: %s", bench->size_name, what);
    bench_line(work, ours, peer > 0 ? "boost" : NULL, peer, gather > 0 ? "gather" : NULL, gather, floor, aim);
}

static void run_size(Bench *bench, bool largest) {
    size_t n = bench->key_count;
    double gather = time_gather(bench), ours, peer, start = bench_now_ns();
    run_upsert(bench, bench->keys, n);
    ours = (bench_now_ns() - start) / (double)n;
    start = bench_now_ns();
    peer_map_upsert(bench->peer, bench->keys, n);
    peer = (bench_now_ns() - start) / (double)n;
    print_line(bench, "insert", ours, peer, gather, "", "");
    BENCH_BEST(ours, DRAW_COUNT, run_upsert(bench, bench->drawn, DRAW_COUNT));
    BENCH_BEST(peer, DRAW_COUNT, peer_map_upsert(bench->peer, bench->drawn, DRAW_COUNT));
    print_line(bench, "batch upsert", ours, peer, gather, largest ? "1.5x boost" : "", largest ? "4x" : "");
    BENCH_BEST(peer, DRAW_COUNT, bench->sum += peer_map_get(bench->peer, bench->drawn, DRAW_COUNT));
    BENCH_BEST(ours, DRAW_COUNT, run_get_batch(bench));
    print_line(bench, "batch get", ours, peer, gather, "", "");
    BENCH_BEST(ours, DRAW_COUNT, run_get(bench));
    print_line(bench, "single get", ours, peer, gather, largest ? "0.7x boost" : "", largest ? "0.9x" : "");
    size_t count = DRAW_COUNT / 4;
    BENCH_BEST(ours, count, run_get_dependent(bench, count));
    BENCH_BEST(peer, count, bench->sum += peer_map_get_dependent(bench->peer, bench->drawn, count));
    print_line(bench, "dependent get", ours, peer, 0, largest ? "0.7x boost" : "", largest ? "0.9x" : "");
    double overhead = (double)state_memory(&bench->state) / (double)n - 16;
    print_line(bench, "overhead [bytes/key]", overhead, 0, 0, largest ? "12" : "", "");
}

int main(void) {
    static const struct {
        int shift;
        const char *name;
    } sizes[] = {{10, "1 K"}, {17, "128 K"}, {20, "1 M"}, {24, "16 M"}};
    Bench bench = {0};
    memory_init(&bench.memory, 0);
    bench.drawn = malloc(DRAW_COUNT * sizeof(uint64_t));
    for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
        Error err;
        uint64_t random = 1;
        bench.key_count = (size_t)1 << sizes[s].shift;
        bench.size_name = sizes[s].name;
        bench.keys = malloc(bench.key_count * sizeof(uint64_t));
        if (bench.keys == NULL || bench.drawn == NULL) return 1;
        for (size_t i = 0; i < bench.key_count; i++) bench.keys[i] = hash_u64(random++);
        for (size_t i = 0; i < DRAW_COUNT; i++)
            bench.drawn[i] = bench.keys[hash_u64(random++) % bench.key_count];
        StateOptions options = {.key_size = 8, .value_size = 8, .hash = key_hash};
        if (state_init(&bench.state, io_real(), &bench.memory, &options, &err) != STATUS_OK) return 1;
        bench.peer = peer_map_create();
        run_size(&bench, s == 3);
        peer_map_destroy(bench.peer);
        state_deinit(&bench.state);
        free(bench.keys);
    }
    free(bench.drawn);
    BENCH_KEEP(bench.sum);
    return 0;
}
