/* SPDX-License-Identifier: Apache-2.0
 * bench/state_bench.c - keyed state beside boost::unordered_flat_map, 8-byte random keys and 8-byte values.
 *
 *     bench_state [log2 of the largest key count, default 24]
 *
 * For each number of keys, ns per row: insert (all keys new), upsert (value += 1) in batches, batch get, single get
 * (calls that may overlap), dependent get (each needs the answer before); then bytes per key over the 16 of payload.
 * The machine's own random gather over as many 16-byte records is printed beside. */
#include "state_bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "io/io.h"
#include "store/state.h"

enum { BENCH_BATCH_COUNT = 4096, BENCH_ROW_COUNT = 1 << 24 };

typedef struct Bench {
    Memory memory;
    State state;
    PeerMap *peer;
    size_t key_count;
    uint64_t *keys;  /* key_count different ones */
    uint64_t *drawn; /* BENCH_ROW_COUNT of them, at random */
    uint64_t sum;    /* keeps results alive */
} Bench;

static double bench_ns(int64_t start, size_t rows) {
    return (double)(io_clock_monotonic_ns(io_real()) - start) / (double)rows;
}

static uint64_t bench_random(uint64_t *random) {
    return hash_u64((*random)++);
}

static void bench_upsert(Bench *bench, const uint64_t *keys, size_t count) {
    uint64_t hashes[BENCH_BATCH_COUNT];
    uint32_t ids[BENCH_BATCH_COUNT], created[BENCH_BATCH_COUNT];
    void *values[BENCH_BATCH_COUNT];
    Error err;
    StateUpsert out = {.ids = ids, .values = values, .created = created};
    for (size_t at = 0; at < count; at += BENCH_BATCH_COUNT) {
        size_t part = count - at < BENCH_BATCH_COUNT ? count - at : BENCH_BATCH_COUNT;
        for (size_t i = 0; i < part; i++) hashes[i] = hash_u64(keys[at + i]);
        if (state_upsert_batch(&bench->state, keys + at, hashes, part, &out, &err) != STATUS_OK) abort();
        for (size_t i = 0; i < part; i++) ++*(uint64_t *)values[i];
    }
}

static void bench_get_batch(Bench *bench, const uint64_t *keys, size_t count) {
    uint64_t hashes[BENCH_BATCH_COUNT];
    uint32_t ids[BENCH_BATCH_COUNT];
    for (size_t at = 0; at < count; at += BENCH_BATCH_COUNT) {
        size_t part = count - at < BENCH_BATCH_COUNT ? count - at : BENCH_BATCH_COUNT;
        for (size_t i = 0; i < part; i++) hashes[i] = hash_u64(keys[at + i]);
        state_get_batch(&bench->state, keys + at, hashes, part, ids);
        for (size_t i = 0; i < part; i++) bench->sum += *(const uint64_t *)state_value(&bench->state, ids[i]);
    }
}

static void bench_get(Bench *bench, const uint64_t *keys, size_t count) {
    for (size_t i = 0; i < count; i++)
        bench->sum += *(const uint64_t *)state_value(&bench->state, state_get(&bench->state, &keys[i], hash_u64(keys[i])));
}

static void bench_get_dependent(Bench *bench, const uint64_t *keys, size_t count) {
    uint64_t turn = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t key = keys[i] + turn;
        uint64_t value = *(const uint64_t *)state_value(&bench->state, state_get(&bench->state, &key, hash_u64(key)));
        bench->sum += value;
        turn = value >> 63;
    }
}

/* Independent loads of 16-byte records at random places, in huge pages. */
static double bench_gather(Bench *bench) {
    size_t size = bench->key_count * 16 + IO_PAGE_SIZE;
    uint64_t *records = io_pages_alloc(io_real(), &bench->memory, size);
    if (records == NULL) abort();
    memset(records, 1, size);
    int64_t start = io_clock_monotonic_ns(io_real());
    for (size_t i = 0; i < BENCH_ROW_COUNT; i++)
        bench->sum += records[(uint64_t)((unsigned __int128)bench->drawn[i] * bench->key_count >> 64) * 2];
    double ns = bench_ns(start, BENCH_ROW_COUNT);
    io_pages_free(io_real(), &bench->memory, records, size);
    return ns;
}

#define BENCH_TIME(rows, call) (start = io_clock_monotonic_ns(io_real()), (call), bench_ns(start, (rows)))

static void bench_line(const char *what, double ours, double peer) {
    printf("  %-14s %7.1f ns %7.1f ns %6.2fx\n", what, ours, peer, peer / ours);
}

static void bench_run(Bench *bench) {
    int64_t start;
    size_t n = bench->key_count, rows = BENCH_ROW_COUNT;
    double gather = bench_gather(bench);
    printf("%zu keys; random gather %.1f ns\n  %-14s %10s %10s\n", n, gather, "", "weir", "boost");
    double ours = BENCH_TIME(n, bench_upsert(bench, bench->keys, n));
    double peer = BENCH_TIME(n, peer_map_upsert(bench->peer, bench->keys, n));
    bench_line("insert", ours, peer);
    ours = BENCH_TIME(rows, bench_upsert(bench, bench->drawn, rows));
    peer = BENCH_TIME(rows, peer_map_upsert(bench->peer, bench->drawn, rows));
    bench_line("batch upsert", ours, peer);
    ours = BENCH_TIME(rows, bench_get_batch(bench, bench->drawn, rows));
    peer = BENCH_TIME(rows, bench->sum += peer_map_get(bench->peer, bench->drawn, rows));
    bench_line("batch get", ours, peer);
    ours = BENCH_TIME(rows, bench_get(bench, bench->drawn, rows));
    bench_line("single get", ours, peer);
    rows /= 4;
    ours = BENCH_TIME(rows, bench_get_dependent(bench, bench->drawn, rows));
    peer = BENCH_TIME(rows, bench->sum += peer_map_get_dependent(bench->peer, bench->drawn, rows));
    bench_line("dependent get", ours, peer);
    printf("  overhead %.1f bytes/key\n", (double)state_memory(&bench->state) / (double)n - 16);
}

int main(int argc, char **argv) {
    int shift_max = argc > 1 ? atoi(argv[1]) : 24;
    static const int shifts[] = {10, 17, 20, 24};
    Bench bench = {0};
    memory_init(&bench.memory, 0);
    bench.drawn = malloc(BENCH_ROW_COUNT * sizeof(uint64_t));
    for (size_t s = 0; s < sizeof(shifts) / sizeof(*shifts) && shifts[s] <= shift_max; s++) {
        Error err;
        uint64_t random = 1;
        bench.key_count = (size_t)1 << shifts[s];
        bench.keys = malloc(bench.key_count * sizeof(uint64_t));
        if (bench.keys == NULL || bench.drawn == NULL) return 1;
        for (size_t i = 0; i < bench.key_count; i++) bench.keys[i] = bench_random(&random);
        for (size_t i = 0; i < BENCH_ROW_COUNT; i++) bench.drawn[i] = bench.keys[bench_random(&random) % bench.key_count];
        StateOptions options = {.key_size = 8, .value_size = 8};
        if (state_init(&bench.state, io_real(), &bench.memory, &options, &err) != STATUS_OK) return 1;
        bench.peer = peer_map_create();
        bench_run(&bench);
        peer_map_destroy(bench.peer);
        state_deinit(&bench.state);
        free(bench.keys);
    }
    free(bench.drawn);
    printf("(check %llu)\n", (unsigned long long)bench.sum);
    return 0;
}
