/* SPDX-License-Identifier: Apache-2.0
 * Buffers and frames: who owns what until when, and that a steady load leaves the heap alone. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "column/frame.h"

/* A pool and what it is charged to. */
typedef struct World {
    Memory memory;
    BufferPool *pool;
} World;

static BufferPool *world_init(World *world) {
    memory_init(&world->memory, 0);
    world->pool = buffer_pool_create(&world->memory);
    assert_non_null(world->pool);
    return world->pool;
}

static void world_deinit(World *world) {
    buffer_pool_destroy(world->pool);
    memory_deinit(&world->memory); /* asserts that all has come back */
}

static void test_blocks_are_reused(void **state) {
    (void)state;
    World world;
    BufferPool *pool = world_init(&world);
    static const size_t sizes[] = {1, 1024, 1025, 4096, 100000, 1 << 24};
    for (size_t i = 0; i < 6; i++) {
        Buffer *buffer = buffer_alloc(pool, sizes[i]);
        assert_non_null(buffer);
        assert_true(buffer->size >= sizes[i]);
        assert_int_equal((uintptr_t)buffer->data % 64, 0);
        memset(buffer->data, 1, buffer->size);
        buffer_release(buffer);
    }
    int64_t before = world.memory.alloc_count;
    for (size_t round = 0; round < 100; round++)
        for (size_t i = 0; i < 6; i++) buffer_release(buffer_alloc(pool, sizes[i]));
    assert_int_equal(world.memory.alloc_count, before);
    world_deinit(&world);
}

static void test_kept_bytes_have_a_limit(void **state) {
    (void)state;
    World world;
    BufferPool *pool = world_init(&world);
    Buffer *buffers[5];
    for (size_t i = 0; i < 5; i++) buffers[i] = buffer_alloc(pool, 16 << 20);
    for (size_t i = 0; i < 5; i++) buffer_release(buffers[i]);
    assert_true(world.memory.bytes_in_use < BUFFER_CLASS_KEPT_BYTES_MAX + (1 << 20));
    Buffer *huge = buffer_alloc(pool, (16 << 20) + 1);
    assert_int_equal(huge->size_class, BUFFER_HEAP);
    int64_t with = world.memory.bytes_in_use;
    buffer_release(huge);
    assert_true(world.memory.bytes_in_use <= with - (16 << 20));
    assert_null(buffer_alloc(pool, SIZE_MAX));
    world_deinit(&world);
}

/* The context is a copy of the pointer. */
static void count_release(void *context) {
    ++**(int **)context;
}

static void test_foreign_is_released_once(void **state) {
    (void)state;
    World world;
    BufferPool *pool = world_init(&world);
    int released = 0, *counter = &released;
    int64_t before = world.memory.bytes_in_use;
    Buffer *buffer = buffer_wrap(pool, "hello", 5000, count_release, (void *)&counter, sizeof(counter));
    assert_true(world.memory.bytes_in_use >= before + 5000);
    buffer_retain(buffer);
    buffer_release(buffer);
    assert_int_equal(released, 0);
    buffer_release(buffer);
    assert_int_equal(released, 1);
    world.memory.fail_at = 1;
    assert_null(buffer_wrap(pool, "hello", 5, count_release, (void *)&counter, sizeof(counter)));
    world.memory.bytes_max = world.memory.bytes_in_use + 100;
    assert_null(buffer_wrap(pool, "hello", 5000, count_release, (void *)&counter, sizeof(counter)));
    assert_int_equal(released, 1);
    world_deinit(&world);
}

/* A reference given back twice stops the process: the pool would hand out one block to two. */
static void test_released_twice(void **state) {
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        Memory memory;
        close(STDERR_FILENO);
        memory_init(&memory, 0);
        Buffer *buffer = buffer_alloc(buffer_pool_create(&memory), 1000);
        buffer_release(buffer);
        buffer_release(buffer);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void test_buffers_outlive_pool_and_memory(void **state) {
    (void)state;
    Memory memory;
    memory_init(&memory, 0);
    BufferPool *pool = buffer_pool_create(&memory);
    int released = 0, *counter = &released;
    Buffer *small = buffer_alloc(pool, 10), *huge = buffer_alloc(pool, (16 << 20) + 1);
    Buffer *foreign = buffer_wrap(pool, "x", 1000, count_release, (void *)&counter, sizeof(counter));
    buffer_release(buffer_alloc(pool, 5000));
    buffer_pool_destroy(pool);
    memory_deinit(&memory); /* asserts that nothing is charged any more */
    memset(&memory, 0xEE, sizeof(memory));
    memset(small->data, 1, small->size);
    buffer_release(foreign);
    assert_int_equal(released, 1);
    buffer_release(small);
    buffer_release(huge);
}

enum { THREAD_BUFFER_COUNT = 2000 };

static void *release_all(void *argument) {
    Buffer **buffers = argument;
    for (size_t i = 0; i < THREAD_BUFFER_COUNT; i++) buffer_release(buffers[i]);
    return NULL;
}

static void test_another_thread_releases(void **state) {
    (void)state;
    Memory memory;
    memory_init(&memory, 0);
    BufferPool *pool = buffer_pool_create(&memory);
    static Buffer *buffers[2][THREAD_BUFFER_COUNT];
    pthread_t threads[2];
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < THREAD_BUFFER_COUNT; i++)
            buffers[t][i] = buffer_alloc(pool, 1000 + i % 3 * 1000);
        pthread_create(&threads[t], NULL, release_all, buffers[t]);
        for (size_t i = 0; i < THREAD_BUFFER_COUNT; i++) buffer_release(buffer_alloc(pool, 1000));
    }
    buffer_pool_destroy(pool); /* while they still release */
    memory_deinit(&memory);
    for (size_t t = 0; t < 2; t++) pthread_join(threads[t], NULL);
}

/* ---- frames ---- */

static void test_frame_in_steady_state(void **state) {
    (void)state;
    World world;
    Error err;
    BufferPool *pool = world_init(&world);
    Frame frame;
    assert_int_equal(frame_init(&frame, pool, &err), STATUS_OK);
    int64_t before = 0;
    for (size_t round = 0; round < 50; round++) {
        if (round == 10) before = world.memory.alloc_count;
        for (size_t i = 0; i < 40; i++) {
            Buffer *owner = NULL;
            size_t size = i * 1000 + (i == 7 ? 300000 : 0);
            char *bytes = frame_alloc(&frame, size, &owner);
            assert_non_null(bytes);
            assert_int_equal((uintptr_t)bytes % 64, 0);
            assert_true(bytes >= owner->data && bytes + size <= owner->data + owner->size);
            memset(bytes, (int)i, (size + 63) & ~63UL);
            assert_non_null(FRAME_ARRAY(&frame, uint64_t, i));
        }
        assert_true(frame_size(&frame) > 800000);
        frame_reset(&frame);
    }
    assert_int_equal(world.memory.alloc_count, before);
    frame_deinit(&frame);
    world_deinit(&world);
}

static void test_frame_leaves_retained_blocks_alone(void **state) {
    (void)state;
    World world;
    Error err;
    BufferPool *pool = world_init(&world);
    Frame frame;
    assert_int_equal(frame_init(&frame, pool, &err), STATUS_OK);
    Buffer *owners[2000];
    uint64_t *kept[2000];
    for (uint64_t i = 0; i < 2000; i++) {
        kept[i] = frame_alloc(&frame, sizeof(uint64_t), &owners[i]);
        *kept[i] = i;
        buffer_retain(owners[i]);
        memset(frame_alloc(&frame, 100, NULL), 0xFF, 100);
        frame_reset(&frame);
    }
    for (uint64_t i = 0; i < 2000; i++) {
        assert_int_equal(*kept[i], i);
        buffer_release(owners[i]);
    }
    frame_reset(&frame);
    char *first = frame_alloc(&frame, 1, NULL);
    frame_reset(&frame);
    assert_ptr_equal(frame_alloc(&frame, 1, NULL), first); /* nobody else: from the start again */
    assert_null(frame_alloc(&frame, SIZE_MAX, NULL));
    assert_non_null(frame_alloc(&frame, 0, NULL));
    frame_deinit(&frame);
    world_deinit(&world);
}

static void test_frame_adopts(void **state) {
    (void)state;
    World world;
    Error err;
    BufferPool *pool = world_init(&world);
    Frame frames[2];
    int released = 0, *counter = &released;
    Buffer *shared = buffer_wrap(pool, "x", 1, count_release, (void *)&counter, sizeof(counter));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(frame_init(&frames[i], pool, &err), STATUS_OK);
        buffer_retain(shared);
        assert_int_equal(frame_adopt(&frames[i], shared, &err), STATUS_OK);
    }
    buffer_release(shared);
    frame_reset(&frames[0]);
    assert_int_equal(released, 0);
    frame_deinit(&frames[1]);
    assert_int_equal(released, 1);
    frame_deinit(&frames[0]);
    world_deinit(&world);
}

static void test_frame_with_refused_memory(void **state) {
    (void)state;
    for (int64_t n = 1; n < 12; n++) {
        Memory memory;
        Error err;
        memory_init(&memory, 0);
        BufferPool *pool = buffer_pool_create(&memory);
        Frame frame;
        memory.fail_at = n;
        if (frame_init(&frame, pool, &err) == STATUS_OK) {
            for (int i = 0; i < 20; i++) {
                char *bytes = frame_alloc(&frame, 30000, NULL);
                if (bytes != NULL) memset(bytes, 1, 30000);
                bytes = frame_alloc(&frame, 200000, NULL);
                if (bytes != NULL) memset(bytes, 1, 200000);
            }
            frame_reset(&frame);
        }
        frame_deinit(&frame);
        buffer_pool_destroy(pool);
        memory_deinit(&memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_reused),
        cmocka_unit_test(test_kept_bytes_have_a_limit),
        cmocka_unit_test(test_foreign_is_released_once),
        cmocka_unit_test(test_released_twice),
        cmocka_unit_test(test_buffers_outlive_pool_and_memory),
        cmocka_unit_test(test_another_thread_releases),
        cmocka_unit_test(test_frame_in_steady_state),
        cmocka_unit_test(test_frame_leaves_retained_blocks_alone),
        cmocka_unit_test(test_frame_adopts),
        cmocka_unit_test(test_frame_with_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
