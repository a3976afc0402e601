/* SPDX-License-Identifier: Apache-2.0
 * base/bits.h - bitmaps in Arrow's order: bit i is bit i % 64 of little-endian word i / 64.
 *
 * Bitmaps of ours are arrays of whole 64-bit words; bits past the count are zero unless a
 * function says that it does not care. So whole words can be compared, counted and combined without a look at
 * the count. Indexes are the caller's to check. Threads: no state. */
#ifndef WEIR_BASE_BITS_H
#define WEIR_BASE_BITS_H

#include <string.h>

#include "base/assert.h"

/* Words, and bytes, of a bitmap of so many bits. */
static inline size_t bits_word_count(size_t bit_count) {
    return (bit_count + 63) / 64;
}

static inline size_t bits_size(size_t bit_count) {
    return bits_word_count(bit_count) * 8;
}

/* One bit: read, set to 1, to 0, to `value`. The last has no branch, for loops over values that are not known. */
static inline bool bits_get(const uint64_t *words, size_t index) {
    return (words[index / 64] >> (index % 64)) & 1;
}

static inline void bits_set(uint64_t *words, size_t index) {
    words[index / 64] |= 1ULL << (index % 64);
}

static inline void bits_clear(uint64_t *words, size_t index) {
    words[index / 64] &= ~(1ULL << (index % 64));
}

static inline void bits_assign(uint64_t *words, size_t index, bool value) {
    uint64_t bit = 1ULL << (index % 64);
    words[index / 64] = (words[index / 64] & ~bit) | (value ? bit : 0);
}

/* Ones in the last word's live part: mask for the bits of word `count / 64` when count % 64 != 0; all ones
 * when the last word is whole. */
static inline uint64_t bits_tail_mask(size_t bit_count) {
    return bit_count % 64 == 0 ? ~0ULL : (1ULL << (bit_count % 64)) - 1;
}

/* Sets bits [0, count) and clears the rest of the last word. */
void bits_fill(uint64_t *words, size_t count, bool value);

/* How many of [0, count) are set. Bits past the count may be anything. */
size_t bits_count(const uint64_t *words, size_t count);

/* Copies `count` bits that start at bit `offset` of any byte address into aligned words; clears the tail.
 * Reads no byte past the last bit wanted: foreign bitmaps end where they end. */
void bits_copy(uint64_t *words, const uint8_t *bytes, size_t offset, size_t count);

/* Appends bits [from, from + count) of `source` at bit `at` of `words`, which has room for them and is not
 * `source`. Bits outside of [at, at + count) keep their value. */
void bits_append(uint64_t *words, size_t at, const uint64_t *source, size_t from, size_t count);

#endif
