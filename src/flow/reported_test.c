/* SPDX-License-Identifier: Apache-2.0
 * Letters of reads that repeat, go further, and find a changed file. */
#include "flow/reported.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static bool note(Reported *reported, uint64_t index, int64_t offset) {
    DeadLetter letter = {.byte_offset = offset, .reason = STR("bad"), .payload = STR("x")};
    return reported_note(reported, index, STR("file"), &letter);
}

static void test_repeats(void **state) {
    Memory memory;
    Reported reported;
    memory_init(&memory, 0);
    reported_init(&reported, &memory);
    assert_true(note(&reported, 0, 10));
    assert_true(note(&reported, 1, 20));
    assert_false(note(&reported, 0, 10)); /* read again, and further */
    assert_false(note(&reported, 1, 20));
    assert_true(note(&reported, 2, 30));
    assert_true(note(&reported, 0, 11)); /* another file under the same name */
    assert_false(note(&reported, 0, 11));
    reported_deinit(&reported);
    assert_int_equal(memory.bytes_in_use, 0);
}

static void test_beyond_the_limit_only_the_number_is_known(void **state) {
    Memory memory;
    Reported reported;
    memory_init(&memory, 0);
    reported_init(&reported, &memory);
    for (uint64_t i = 0; i < REPORTED_COUNT_MAX + 5; i++) assert_true(note(&reported, i, (int64_t)i));
    assert_int_equal(reported.hashes.count, REPORTED_COUNT_MAX);
    for (uint64_t i = 0; i < REPORTED_COUNT_MAX + 5; i++) assert_false(note(&reported, i, (int64_t)i));
    assert_true(note(&reported, REPORTED_COUNT_MAX + 5, 0));
    reported_deinit(&reported);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_repeats),
                                       cmocka_unit_test(test_beyond_the_limit_only_the_number_is_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
