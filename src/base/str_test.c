/* SPDX-License-Identifier: Apache-2.0
 * Slices, growing text and bitmaps on their edges. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bits.h"
#include "base/text.h"

static void test_distance(void **state) {
    (void)state;
    assert_int_equal(str_distance(STR("symbol"), STR("symbol")), 0);
    assert_int_equal(str_distance(STR("symbol"), STR("smybol")), 1);
    assert_int_equal(str_distance(STR("price"), STR("prices")), 1);
    assert_int_equal(str_distance(STR(""), STR("abc")), 3);
    Str best = {0};
    int best_distance = INT_MAX;
    str_suggest(STR("pirce"), STR("qty"), &best, &best_distance);
    assert_int_equal(best.size, 0);
    str_suggest(STR("pirce"), STR("price"), &best, &best_distance);
    assert_true(str_equal(best, STR("price")));
}

static void test_format_cuts_whole_characters(void **state) {
    (void)state;
    char buffer[5];
    assert_int_equal(text_format(buffer, sizeof(buffer), "abc%s", "\xC3\xA9"), 3);
    assert_string_equal(buffer, "abc");
    assert_int_equal(text_format(buffer, sizeof(buffer), "ab%s", "\xC3\xA9"), 4);
    char number[64];
    text_format(number, sizeof(number), "%d %lld %u %zu %x %c%%", INT_MIN, (long long)INT64_MIN, 7u,
                (size_t)9, 255u, 'z');
    assert_string_equal(number, "-2147483648 -9223372036854775808 7 9 ff z%");
}

static void test_text_grows_and_fails_quietly(void **state) {
    (void)state;
    Memory memory;
    memory_init(&memory, 0);
    Text text;
    text_init(&text, &memory);
    for (int i = 0; i < 1000; i++) text_append_format(&text, "%d,", i);
    assert_false(text.failed);
    assert_int_equal(text.size, 10 * 2 + 90 * 3 + 900 * 4);
    memory.fail_at = 1;
    text_append_repeated(&text, 'x', 1 << 20);
    assert_true(text.failed);
    text_deinit(&text);
    memory_deinit(&memory);
}

static void test_bits(void **state) {
    (void)state;
    uint8_t bytes[32];
    for (size_t i = 0; i < sizeof(bytes); i++) bytes[i] = (uint8_t)(i * 37 + 11);
    for (size_t offset = 0; offset < 17; offset++)
        for (size_t count = 0; count < 200; count += 13) {
            uint64_t words[4] = {0}, joined[4] = {0};
            bits_copy(words, bytes, offset, count);
            for (size_t i = 0; i < count; i++)
                assert_int_equal(bits_get(words, i), (bytes[(offset + i) / 8] >> ((offset + i) % 8)) & 1);
            size_t half = count / 3;
            bits_append(joined, 0, words, 0, half);
            bits_append(joined, half, words, half, count - half);
            assert_memory_equal(joined, words, bits_size(count));
        }
    uint64_t ones[2];
    bits_fill(ones, 70, true);
    assert_int_equal(bits_count(ones, 70), 70);
    assert_int_equal(ones[1], 63);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_format_cuts_whole_characters),
        cmocka_unit_test(test_text_grows_and_fails_quietly),
        cmocka_unit_test(test_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
