/* SPDX-License-Identifier: Apache-2.0
 * base/hash.h - hashing for tables: XXH3 for bytes, a short mix for one or two words.
 *
 * The functions are fixed for the life of a process, not for stored data. None takes a secret: who sends keys
 * made to collide makes tables slow, not wrong (store/state_index_priv.h counts on that). Threads: no state. */
#ifndef WEIR_BASE_HASH_H
#define WEIR_BASE_HASH_H

#include "base/str.h"

/* XXH3-64 of the bytes; calls the xxHash library. `bytes` may be NULL when size is 0. */
uint64_t hash_bytes(const void *bytes, size_t size);

/* Of a text: equal texts, equal hashes. */
static inline uint64_t hash_str(Str str) {
    return hash_bytes(str.data, str.size);
}

/* A full-width mix of one word: both halves of a 64 x 64 -> 128 bit product. */
static inline uint64_t hash_u64(uint64_t value) {
    unsigned __int128 product = (unsigned __int128)(value ^ 0x9E3779B97F4A7C15ULL) * 0xD6E8FEB86659FD93ULL;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* What a hash contributes when one more word is folded in: hash_combine(hash, value) =
 * hash_u64(value ^ hash_seed(hash)). For loops over many values after the same hash. */
static inline uint64_t hash_seed(uint64_t hash) {
    return (hash << 23 | hash >> 41) * 0x9FB21C651E98DF25ULL;
}

/* Folds one more word into a hash. The order of the words counts: (a, b) and (b, a) hash apart. */
static inline uint64_t hash_combine(uint64_t hash, uint64_t value) {
    return hash_u64(value ^ hash_seed(hash));
}

#endif
