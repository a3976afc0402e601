/* SPDX-License-Identifier: Apache-2.0
 * base/sha2.c - FIPS 180-4. Blocks of 64 bytes (words of 32 bits, 64 rounds) or 128 bytes (64 bits, 80
 * rounds); the message is followed by a bit 1, zeros, and its length in bits, big-endian.
 *
 * The 32-bit constants are the upper halves of the 64-bit ones: fractional parts of the roots of the same
 * primes. */
#include "base/sha2.h"

/* Cube roots of the first 80 primes. */
static const uint64_t round_constants[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

/* Square roots of the first 8 primes, and of the next 8. */
static const uint64_t first_roots[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                        0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                        0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
static const uint64_t second_roots[8] = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17,
                                         0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511,
                                         0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};

static uint64_t load_big_endian(const unsigned char *at, size_t size) {
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) value = value << 8 | at[i];
    return value;
}

/* A word of `bits` bits turned to the right. */
static uint64_t turn(uint64_t word, unsigned count, unsigned bits) {
    uint64_t mask = bits == 64 ? UINT64_MAX : UINT32_MAX;
    return (word >> count | word << (bits - count)) & mask;
}

/* The six mixes of a word: turns, and in the two of the schedule a shift in the third place. */
typedef struct Sizes {
    unsigned bits, rounds;
    uint8_t upper0[3], upper1[3], lower0[3], lower1[3];
} Sizes;

static const Sizes small = {32, 64, {2, 13, 22}, {6, 11, 25}, {7, 18, 3}, {17, 19, 10}};
static const Sizes large = {64, 80, {28, 34, 39}, {14, 18, 41}, {1, 8, 7}, {19, 61, 6}};

static uint64_t mix_turns(uint64_t word, const uint8_t by[3], unsigned bits) {
    return turn(word, by[0], bits) ^ turn(word, by[1], bits) ^ turn(word, by[2], bits);
}
static uint64_t mix_shift(uint64_t word, const uint8_t by[3], unsigned bits) {
    return turn(word, by[0], bits) ^ turn(word, by[1], bits) ^ word >> by[2];
}

static void add_block(uint64_t state[8], const unsigned char *block, const Sizes *sizes) {
    unsigned bits = sizes->bits;
    uint64_t mask = bits == 64 ? UINT64_MAX : UINT32_MAX, words[80], s[8];
    for (unsigned i = 0; i < 16; i++) words[i] = load_big_endian(block + i * bits / 8, bits / 8);
    for (unsigned i = 16; i < sizes->rounds; i++)
        words[i] = (words[i - 16] + mix_shift(words[i - 15], sizes->lower0, bits) + words[i - 7] +
                    mix_shift(words[i - 2], sizes->lower1, bits)) &
                   mask;
    memcpy(s, state, sizeof(s));
    for (unsigned i = 0; i < sizes->rounds; i++) {
        uint64_t constant = bits == 64 ? round_constants[i] : round_constants[i] >> 32;
        uint64_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]),
                 majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        uint64_t one = s[7] + mix_turns(s[4], sizes->upper1, bits) + choice + constant + words[i];
        uint64_t two = mix_turns(s[0], sizes->upper0, bits) + majority;
        memmove(s + 1, s, 7 * sizeof(s[0]));
        s[4] = (s[4] + one) & mask;
        s[0] = (one + two) & mask;
    }
    for (unsigned i = 0; i < 8; i++) state[i] = (state[i] + s[i]) & mask;
}

static void digest_state(uint64_t state[8], Str input, const Sizes *sizes) {
    DEBUG_ASSERT(input.data != NULL || input.size == 0);
    unsigned char tail[256] = {0};
    const unsigned char *at = (const unsigned char *)input.data;
    size_t block = sizes->bits * 2, rest = input.size;
    for (; rest >= block; rest -= block, at += block) add_block(state, at, sizes);
    if (rest > 0) memcpy(tail, at, rest);
    tail[rest] = 0x80;
    /* The length has two words; a tail that leaves no room for it goes into a block of its own. */
    size_t size = rest + 1 + sizes->bits / 4 <= block ? block : 2 * block;
    DEBUG_ASSERT(size <= sizeof(tail));
    for (unsigned i = 0; i < 8; i++)
        tail[size - 1 - i] = (unsigned char)((uint64_t)input.size * 8 >> (8 * i));
    for (size_t i = 0; i < size; i += block) add_block(state, tail + i, sizes);
}

void sha2_digest(Str input, Sha2 kind, uint8_t digest[SHA2_DIGEST_SIZE_MAX]) {
    ASSERT(kind <= SHA2_512);
    const Sizes *sizes = kind <= SHA2_256 ? &small : &large;
    uint64_t state[8];
    for (unsigned i = 0; i < 8; i++) switch (kind) {
            case SHA2_224: state[i] = second_roots[i] & UINT32_MAX; break; /* the lower halves here */
            case SHA2_256: state[i] = first_roots[i] >> 32; break;
            case SHA2_384: state[i] = second_roots[i]; break;
            case SHA2_512: state[i] = first_roots[i]; break;
        }
    digest_state(state, input, sizes);
    size_t word = sizes->bits / 8;
    for (size_t i = 0; i < sha2_size(kind); i++)
        digest[i] = (uint8_t)(state[i / word] >> (8 * (word - 1 - i % word)));
}
