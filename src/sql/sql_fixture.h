/* SPDX-License-Identifier: Apache-2.0
 * sql/sql_fixture.h - for the tests of this folder: an arena for what is parsed, gone with the test. */
#ifndef WEIR_SQL_SQL_FIXTURE_H
#define WEIR_SQL_SQL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"

typedef struct Fixture {
    Memory memory;
    Arena arena;
    Error err;
} Fixture;

static inline int setup(void **state) {
    static Fixture fixture; /* a test program's own */
    memory_init(&fixture.memory, 0);
    arena_init(&fixture.arena, &fixture.memory);
    *state = &fixture;
    return 0;
}

static inline int teardown(void **state) {
    Fixture *fixture = *state;
    arena_deinit(&fixture->arena);
    memory_deinit(&fixture->memory);
    return 0;
}

#endif
