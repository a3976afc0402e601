// SPDX-License-Identifier: Apache-2.0
// bench/state_bench.cc - boost's side of state_bench.c.
#include "state_bench.h"

#include <boost/unordered/unordered_flat_map.hpp>

namespace {
// The mix of base/hash.h, so that both sides pay the same for hashing.
struct Mix {
    using is_avalanching = void;
    std::size_t operator()(uint64_t value) const {
        unsigned __int128 product =
            static_cast<unsigned __int128>(value ^ 0x9E3779B97F4A7C15ULL) * 0xD6E8FEB86659FD93ULL;
        return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
    }
};
}  // namespace

struct PeerMap {
    boost::unordered_flat_map<uint64_t, uint64_t, Mix> map;
};

PeerMap *peer_map_create(void) {
    return new PeerMap;
}

void peer_map_destroy(PeerMap *map) {
    delete map;
}

void peer_map_upsert(PeerMap *map, const uint64_t *keys, size_t count) {
    for (size_t i = 0; i < count; i++) map->map[keys[i]]++;
}

uint64_t peer_map_get(const PeerMap *map, const uint64_t *keys, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        auto found = map->map.find(keys[i]);
        if (found != map->map.end()) sum += found->second;
    }
    return sum;
}

uint64_t peer_map_get_dependent(const PeerMap *map, const uint64_t *keys, size_t count) {
    uint64_t sum = 0, turn = 0;
    for (size_t i = 0; i < count; i++) {
        auto found = map->map.find(keys[i] + turn);
        sum += found->second;
        turn = found->second >> 63;
    }
    return sum;
}
