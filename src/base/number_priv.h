/* SPDX-License-Identifier: Apache-2.0
 * base/number_priv.h - eight digits at a time, for the readers and writers of numbers and times in this
 * folder. */
#ifndef WEIR_BASE_NUMBER_PRIV_H
#define WEIR_BASE_NUMBER_PRIV_H

#include <string.h>

#include "base/assert.h"

STATIC_ASSERT(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as text in memory order");

/* Of ASCII: no locale has a say. */
static inline bool number_is_digit(char c) {
    return (unsigned char)(c - '0') < 10;
}

/* Eight bytes, the first in the lowest; all eight must be readable. */
static inline uint64_t number_load_eight(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* Each byte is '0'..'9': the high nibble is 3 and adding 6 does not carry into it. */
static inline bool number_is_eight_digits(uint64_t word) {
    return ((word & 0xF0F0F0F0F0F0F0F0) | ((word + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4) ==
           0x3333333333333333;
}

/* Pairs, then fours, then eight: three multiplications. */
static inline uint32_t number_eight_digits(uint64_t word) {
    word -= 0x3030303030303030;
    word = word * 10 + (word >> 8);
    return (uint32_t)(((word & 0x000000FF000000FF) * 0x000F424000000064 +
                       ((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
                      32);
}

/* The digits of value < 10^8 as bytes 0..9, the first in the lowest: fours, then pairs, then single ones. */
static inline uint64_t number_digit_bytes(uint32_t value) {
    DEBUG_ASSERT(value < 100000000);
    uint64_t fours = value / 10000 | (uint64_t)(value % 10000) << 32;
    uint64_t hundreds = (fours * 10486 >> 20) & 0x0000007F0000007F;
    uint64_t pairs = hundreds | (fours - hundreds * 100) << 16;
    uint64_t tens = (pairs * 103 >> 10) & 0x000F000F000F000F;
    return tens | (pairs - tens * 10) << 8;
}

/* "00000000": what turns eight digits into their characters. */
#define NUMBER_EIGHT_ZEROS 0x3030303030303030ULL

#endif
