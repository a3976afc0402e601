/* SPDX-License-Identifier: Apache-2.0
 * format/scan_priv.h - looking ahead in bytes, 16 to 64 at a time.
 *
 * All of these read past the byte that they stop at, up to DECODER_PADDING bytes; that they do stop is the
 * caller's promise: a block ends in a line feed, which is a stop for scan_string and scan_field. */
#ifndef WEIR_FORMAT_SCAN_PRIV_H
#define WEIR_FORMAT_SCAN_PRIV_H

#include <string.h>

#include "base/assert.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Eight bytes, the first in the lowest byte. */
static inline uint64_t scan_load64(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* 0x80 in each byte from the first that is no decimal digit on (the bytes after that one mean nothing). */
static inline uint64_t scan_not_digits(uint64_t digits) {
    return ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;
}

/* Number of decimal digits at the head of 8 bytes, which come as word ^ "00000000". */
static inline unsigned scan_digit_count(uint64_t digits) {
    uint64_t stop = scan_not_digits(digits);
    return stop == 0 ? 8 : (unsigned)__builtin_ctzll(stop) / 8;
}

/* The value of 8 digits, first one in the lowest byte, each 0..9. */
static inline uint32_t scan_eight_digits(uint64_t digits) {
    digits = digits * 10 + (digits >> 8);
    return (uint32_t)(((digits & 0x000000FF000000FF) * 0x000F424000000064 +
                       ((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
                      32);
}

#if defined(__SSE2__)

typedef __m128i ScanBlock;

static inline ScanBlock scan_load(const char *at) {
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* A quote, a backslash, a control character, or a byte that is not ASCII (negative when signed). */
static inline unsigned scan_string_stops(ScanBlock block) {
    ScanBlock stops = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))),
        _mm_cmplt_epi8(block, _mm_set1_epi8(' ')));
    return (unsigned)_mm_movemask_epi8(stops);
}

/* The first byte that a JSON string of plain ASCII cannot hold as it is: most strings are shorter than 16, so
 * the first block is looked at alone. */
static inline const char *scan_string(const char *at) {
    unsigned stops = scan_string_stops(scan_load(at));
    if (stops != 0) return at + __builtin_ctz(stops);
    for (at += 16;; at += 64) {
        uint64_t low = scan_string_stops(scan_load(at)) | scan_string_stops(scan_load(at + 16)) << 16;
        uint64_t high = scan_string_stops(scan_load(at + 32)) | scan_string_stops(scan_load(at + 48)) << 16;
        uint64_t all = low | high << 32;
        if (all != 0) return at + __builtin_ctzll(all);
    }
}

/* As scan_string, but bytes that are not ASCII do not stop it. */
static inline const char *scan_string_any(const char *at) {
    for (;; at += 16) {
        ScanBlock block = scan_load(at);
        ScanBlock controls = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
        ScanBlock stops = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), controls),
                                       _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
        unsigned mask = (unsigned)_mm_movemask_epi8(stops);
        if (mask != 0) return at + __builtin_ctz(mask);
    }
}

/* The first of two bytes. */
static inline const char *scan_either(const char *at, char a, char b) {
    ScanBlock first = _mm_set1_epi8(a), second = _mm_set1_epi8(b);
    for (;; at += 16) {
        ScanBlock block = scan_load(at);
        ScanBlock equal = _mm_or_si128(_mm_cmpeq_epi8(block, first), _mm_cmpeq_epi8(block, second));
        unsigned stops = (unsigned)_mm_movemask_epi8(equal);
        if (stops != 0) return at + __builtin_ctz(stops);
    }
}

/* Whether the `size` (1..16) bytes at `at` are those of `literal`, which has 16. */
static inline bool scan_equal16(const char *at, const char *literal, unsigned size) {
    unsigned equal = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(scan_load(at), scan_load(literal)));
    unsigned mask = (1U << size) - 1;
    return (equal & mask) == mask;
}

#else

static inline const char *scan_string(const char *at) {
    while (*at != '"' && *at != '\\' && (unsigned char)*at >= ' ' && (unsigned char)*at < 0x80) at++;
    return at;
}

static inline const char *scan_string_any(const char *at) {
    while (*at != '"' && *at != '\\' && (unsigned char)*at >= ' ') at++;
    return at;
}

static inline const char *scan_either(const char *at, char a, char b) {
    while (*at != a && *at != b) at++;
    return at;
}

static inline bool scan_equal16(const char *at, const char *literal, unsigned size) {
    return memcmp(at, literal, size) == 0;
}

#endif

#endif
