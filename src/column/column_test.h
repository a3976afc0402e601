/* SPDX-License-Identifier: Apache-2.0
 * column/column_test.h - for the tests of this folder: memory, a pool, a frame, and random numbers from a seed.
 *
 *     static int setup(void **state) { return column_setup(state, 42); } */
#ifndef WEIR_COLUMN_COLUMN_TEST_H
#define WEIR_COLUMN_COLUMN_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "column/builder.h"

#define OK(call) assert_int_equal((call), STATUS_OK)

typedef struct Fixture {
    Memory memory;
    BufferPool *pool;
    Frame frame;
    uint64_t seed;
    Error err;
} Fixture;

static inline int column_setup(void **state, uint64_t seed) {
    static Fixture fixture; /* a test program's own */
    fixture = (Fixture){.seed = seed};
    memory_init(&fixture.memory, 0);
    fixture.pool = buffer_pool_create(&fixture.memory);
    *state = &fixture;
    return frame_init(&fixture.frame, fixture.pool, &fixture.err);
}

static inline int teardown(void **state) {
    Fixture *f = *state;
    frame_deinit(&f->frame);
    buffer_pool_destroy(f->pool);
    memory_deinit(&f->memory);
    return 0;
}

static inline uint64_t next_random(Fixture *f) {
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 7;
    return f->seed ^= f->seed << 17;
}

#endif
