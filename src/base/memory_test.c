/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_budget(void **state) {
    (void)state;
    Memory memory;
    memory_init(&memory, 1000);
    char *block = memory_alloc(&memory, 600);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % MEMORY_ALIGNMENT, 0);
    assert_null(memory_alloc(&memory, 401));
    assert_int_equal(memory.bytes_in_use, 600);
    assert_false(memory_charge(&memory, 401));
    assert_true(memory_charge(&memory, 400));
    memory_discharge(&memory, 400);
    assert_null(memory_alloc(&memory, SIZE_MAX));
    assert_null(memory_alloc(&memory, (size_t)INT64_MAX));
    assert_int_equal(memory.bytes_peak, 1000);
    memory_free(&memory, block, 600);
    memory_free(&memory, NULL, 0);
    memory_deinit(&memory);
}

static void test_resizing(void **state) {
    (void)state;
    Memory memory;
    memory_init(&memory, 1000);
    char *block = memory_realloc(&memory, NULL, 0, 10);
    memcpy(block, "0123456789", 10);
    /* Within the rounded size it stays where it is. */
    assert_ptr_equal(memory_realloc(&memory, block, 10, 64), block);
    assert_int_equal(memory.bytes_in_use, 64);
    assert_int_equal(memory.alloc_count, 1);
    /* Only the difference is charged: 64 + 990 would pass the budget. */
    block = memory_realloc(&memory, block, 64, 990);
    assert_non_null(block);
    assert_int_equal(memory.bytes_in_use, 990);
    assert_memory_equal(block, "0123456789", 10);
    assert_null(memory_realloc(&memory, block, 990, 1001));
    assert_null(memory_realloc(&memory, block, 990, SIZE_MAX));
    memory.fail_at = 1;
    assert_null(memory_realloc(&memory, block, 990, 5));
    assert_int_equal(memory.bytes_in_use, 990);
    block = memory_realloc(&memory, block, 990, 5);
    assert_memory_equal(block, "01234", 5);
    assert_int_equal(memory.bytes_in_use, 5);
    memory_free(&memory, block, 5);
    memory_deinit(&memory);
}

static void test_fail_at(void **state) {
    (void)state;
    Memory memory;
    memory_init(&memory, 0);
    memory.fail_at = 2;
    void *first = memory_alloc_zeroed(&memory, 8);
    assert_non_null(first);
    assert_null(memory_alloc(&memory, 8));
    void *third = memory_alloc(&memory, 8);
    assert_non_null(third);
    memory_free(&memory, first, 8);
    memory_free(&memory, third, 8);
    memory_deinit(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_budget), cmocka_unit_test(test_resizing),
                                       cmocka_unit_test(test_fail_at)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
