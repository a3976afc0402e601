/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/vector.h"

static void test_reuse_after_reset(void **state) {
    (void)state;
    Memory memory;
    Arena arena;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    arena_reset(&arena); /* an empty one, too */
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 1000; i++) {
            char *block = arena_alloc(&arena, (size_t)i % 97);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % 16, 0);
            memset(block, 0xAB, (size_t)i % 97);
        }
        arena_reset(&arena);
    }
    int64_t calls = memory.alloc_count;
    for (int i = 0; i < 1000; i++) assert_non_null(arena_alloc(&arena, (size_t)i % 97));
    assert_int_equal(memory.alloc_count, calls); /* settled: no more calls of the heap */
    assert_int_equal((uintptr_t)arena_alloc_aligned(&arena, 1) % MEMORY_ALIGNMENT, 0);
    arena_deinit(&arena);
    memory_deinit(&memory);
}

static void test_sizes(void **state) {
    (void)state;
    Memory memory;
    Arena arena;
    memory_init(&memory, 1 << 20);
    arena_init(&arena, &memory);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX / 4 + 1));
    assert_null(arena_alloc_zeroed(&arena, SIZE_MAX / 2, 3));
    assert_non_null(arena_alloc(&arena, 0));
    assert_null(arena_alloc(&arena, 1 << 20));
    memory.fail_at = 1;
    assert_null(arena_alloc(&arena, 100000));
    assert_non_null(arena_alloc(&arena, 100000));
    assert_string_equal(arena_copy(&arena, "abc", 4), "abc");
    arena_deinit(&arena);
    memory_deinit(&memory);
}

static void test_marks(void **state) {
    (void)state;
    Memory memory;
    Arena arena;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    ArenaMark start = arena_mark(&arena);
    char *kept = arena_copy(&arena, "kept", 5);
    ArenaMark mark = arena_mark(&arena);
    void *next = arena_alloc(&arena, 32);
    for (int i = 0; i < 100; i++) assert_non_null(arena_alloc(&arena, 10000));
    arena_rewind(&arena, mark);
    assert_string_equal(kept, "kept");
    assert_ptr_equal(arena_alloc(&arena, 32), next);
    arena_rewind(&arena, start);
    assert_non_null(arena_alloc(&arena, 32));
    arena_deinit(&arena);
    memory_deinit(&memory);
}

static void test_vectors(void **state) {
    (void)state;
    Memory memory;
    Arena arena;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    VECTOR(uint32_t) numbers = {0};
    VECTOR(uint32_t) listed = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        assert_true(vector_push(&numbers, &memory, i));
        assert_true(arena_vector_push(&listed, &arena, i));
    }
    for (uint32_t i = 0; i < 1000; i++) assert_true(numbers.items[i] == i && listed.items[i] == i);
    assert_false(vector_reserve(&numbers, &memory, SIZE_MAX / 2));
    assert_false(vector_reserve(&numbers, &memory, SIZE_MAX - 1000));
    assert_int_equal(numbers.count, 1000);
    memory.fail_at = 1;
    assert_false(vector_reserve(&numbers, &memory, 100000));
    assert_int_equal(numbers.items[999], 999);
    vector_deinit(&numbers, &memory);
    arena_deinit(&arena);
    memory_deinit(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reuse_after_reset), cmocka_unit_test(test_sizes),
                                       cmocka_unit_test(test_marks), cmocka_unit_test(test_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
