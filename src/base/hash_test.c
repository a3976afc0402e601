/* SPDX-License-Identifier: Apache-2.0
 * base/hash_test.c - XXH3 against its published values, and the mix of words: each bit reaches half of them, order counts,
 * the bits that tables use (32-63) are spread for the keys that tables see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"

/* From the specification of XXH3, 64 bits, seed 0. */
static void bytes_are_hashed_as_xxh3_says(void **state) {
    assert_true(hash_bytes("", 0) == UINT64_C(0x2D06800538D394C2));
    assert_true(hash_bytes(NULL, 0) == UINT64_C(0x2D06800538D394C2)); /* an empty slice points nowhere */
    assert_true(hash_str(STR("")) == hash_bytes("", 0));
    char bytes[300];
    for (size_t i = 0; i < sizeof(bytes); i++) bytes[i] = (char)(i * 7);
    for (size_t size = 1; size < sizeof(bytes); size++) { /* every path of the algorithm: 1-3, 4-8, 9-16, .. 240, more */
        uint64_t hash = hash_bytes(bytes, size);
        assert_true(hash != hash_bytes(bytes, size - 1));
        bytes[size - 1] ^= 1;
        assert_true(hash != hash_bytes(bytes, size));
        bytes[size - 1] ^= 1;
        char moved[sizeof(bytes) + 1];
        memcpy(moved + 1, bytes, size);
        assert_true(hash == hash_bytes(moved + 1, size)); /* alignment does not count */
    }
}

/* Turning over one bit of the word turns over about half of the hash's bits, in the half that tables look at too. */
static void one_bit_reaches_half_of_them(void **state) {
    enum { SAMPLE_COUNT = 2000 };
    for (int in = 0; in < 64; in++) {
        int turned = 0, turned_high = 0;
        for (uint64_t i = 1; i <= SAMPLE_COUNT; i++) {
            uint64_t value = i * i * UINT64_C(0x9E3779B97F4A7C15), difference = hash_u64(value) ^ hash_u64(value ^ (UINT64_C(1) << in));
            assert_true(difference != 0);
            turned += __builtin_popcountll(difference);
            turned_high += __builtin_popcountll(difference >> 32);
        }
        assert_in_range(turned, SAMPLE_COUNT * 26, SAMPLE_COUNT * 38);
        assert_in_range(turned_high, SAMPLE_COUNT * 12, SAMPLE_COUNT * 20);
    }
}

/* Keys as they come: counted up, with equal low or high bits, small negative ones. A table of 2^16 homes takes the top bits. */
static void usual_keys_are_spread(void **state) {
    enum { HOME_COUNT = 1 << 16, KEY_COUNT = 1 << 18 };
    static uint16_t homes[HOME_COUNT];
    static const int shifts[] = {0, 1, 12, 20, 32, 44};
    for (size_t s = 0; s < sizeof(shifts) / sizeof(shifts[0]); s++)
        for (int negative = 0; negative < 2; negative++) {
            memset(homes, 0, sizeof(homes));
            for (uint64_t i = 0; i < KEY_COUNT; i++) homes[hash_u64((negative ? 0 - i : i) << shifts[s]) >> 48]++;
            unsigned most = 0, empty = 0;
            for (size_t i = 0; i < HOME_COUNT; i++) {
                if (homes[i] > most) most = homes[i];
                empty += homes[i] == 0;
            }
            /* Four a home on average: by chance 1,200 stay empty, and hardly one gets more than 20. */
            assert_in_range(empty, 0, 3000);
            assert_in_range(most, 4, 32);
        }
}

static int order_u64(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Of a million pairs no two have one hash, nor have (a, b) and (b, a). */
static void pairs_of_words_stay_apart(void **state) {
    enum { SIDE = 1000 };
    uint64_t *hashes = malloc(sizeof(uint64_t) * SIDE * SIDE);
    assert_non_null(hashes);
    for (uint64_t a = 0; a < SIDE; a++)
        for (uint64_t b = 0; b < SIDE; b++) hashes[a * SIDE + b] = hash_combine(a, b);
    qsort(hashes, SIDE * SIDE, sizeof(uint64_t), order_u64);
    for (size_t i = 1; i < SIDE * SIDE; i++) assert_true(hashes[i - 1] != hashes[i]);
    free(hashes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_hashed_as_xxh3_says),
        cmocka_unit_test(one_bit_reaches_half_of_them),
        cmocka_unit_test(usual_keys_are_spread),
        cmocka_unit_test(pairs_of_words_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
