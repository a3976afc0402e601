/* SPDX-License-Identifier: Apache-2.0
 * bench/state_bench.h - the map beside which keyed state is measured, seen from C.
 *
 * A boost::unordered_flat_map from 8 bytes to 8 bytes with the hash of base/hash.h. */
#ifndef WEIR_BENCH_STATE_BENCH_H
#define WEIR_BENCH_STATE_BENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct PeerMap PeerMap;

PeerMap *peer_map_create(void);
void peer_map_destroy(PeerMap *map);

/* map[key] += 1 for each key. */
void peer_map_upsert(PeerMap *map, const uint64_t *keys, size_t count);

/* The sum of the values found, one lookup after the other. */
uint64_t peer_map_get(const PeerMap *map, const uint64_t *keys, size_t count);

/* The same, each key made from the value found before it, so that nothing overlaps. */
uint64_t peer_map_get_dependent(const PeerMap *map, const uint64_t *keys, size_t count);

#ifdef __cplusplus
}
#endif

#endif
