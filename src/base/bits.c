/* SPDX-License-Identifier: Apache-2.0
 * base/bits.c - whole-bitmap operations. */
#include "base/bits.h"

void bits_fill(uint64_t *words, size_t count, bool value) {
    ASSERT(words != NULL || count == 0);
    size_t word_count = bits_word_count(count);
    if (word_count == 0) return;
    memset(words, value ? 0xFF : 0, word_count * 8);
    if (value) words[word_count - 1] &= bits_tail_mask(count);
}

/* The bits set in each byte of a word: without the popcount instruction, which is not in every x86-64, and so
 * that the compiler can take several words at once. */
static inline uint64_t bits_in_bytes(uint64_t word) {
    word -= word >> 1 & 0x5555555555555555;
    word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
    return (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F;
}

/* The sum of the eight bytes of a word: to four pairs of bytes first, as 8 * 255 does not fit one. */
static size_t bits_sum_bytes(uint64_t bytes) {
    uint64_t pairs = (bytes & 0x00FF00FF00FF00FF) + (bytes >> 8 & 0x00FF00FF00FF00FF);
    return (size_t)(pairs * 0x0001000100010001 >> 48);
}

size_t bits_count(const uint64_t *words, size_t count) {
    ASSERT(words != NULL || count == 0);
    enum { RUN = 31 /* words whose counts a byte holds: 31 * 8 < 256 */ };
    size_t total = 0, word_count = count / 64;
    for (size_t at = 0; at < word_count; at += RUN) {
        /* A byte of `bytes` gathers at most 8 bits from each word of the run, and must not carry. */
        uint64_t bytes = 0;
        for (size_t i = at, end = word_count - at < RUN ? word_count : at + RUN; i < end; i++)
            bytes += bits_in_bytes(words[i]);
        total += bits_sum_bytes(bytes);
    }
    if (count % 64 != 0) total += bits_sum_bytes(bits_in_bytes(words[word_count] & bits_tail_mask(count)));
    return total;
}

/* Up to 64 bits at bit `offset` of a byte address, reading no byte past the last bit wanted. */
static uint64_t bits_load(const uint8_t *bytes, size_t offset, size_t count) {
    DEBUG_ASSERT(count >= 1 && count <= 64); /* a shift by 64 is undefined, and 0 bits have no byte to read */
    const uint8_t *at = bytes + offset / 8;
    size_t shift = offset % 8, byte_count = (shift + count + 7) / 8;
    uint64_t low = 0, high = 0;
    memcpy(&low, at, byte_count < 8 ? byte_count : 8);
    if (byte_count > 8) high = at[8];
    uint64_t word = low >> shift;
    if (shift > 0) word |= high << (64 - shift);
    return count == 64 ? word : word & ((1ULL << count) - 1);
}

void bits_copy(uint64_t *words, const uint8_t *bytes, size_t offset, size_t count) {
    ASSERT(count == 0 || (words != NULL && bytes != NULL));
    ASSERT((uintptr_t)words % sizeof(uint64_t) == 0);
    for (size_t done = 0; done < count; done += 64)
        words[done / 64] = bits_load(bytes, offset + done, count - done < 64 ? count - done : 64);
}

void bits_append(uint64_t *words, size_t at, const uint64_t *source, size_t from, size_t count) {
    ASSERT(count == 0 || (words != NULL && source != NULL));
    ASSERT(words != source);
    for (size_t done = 0; done < count;) {
        size_t shift = (at + done) % 64, room = 64 - shift;
        size_t take = count - done < room ? count - done : room;
        DEBUG_ASSERT(take >= 1 && shift + take <= 64); /* one word of the target at a time */
        uint64_t mask = (take == 64 ? ~0ULL : (1ULL << take) - 1) << shift;
        uint64_t piece = bits_load((const uint8_t *)source, from + done, take) << shift;
        uint64_t *word = &words[(at + done) / 64];
        *word = (*word & ~mask) | piece;
        done += take;
    }
}
