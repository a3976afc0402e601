/* SPDX-License-Identifier: Apache-2.0
 * base/memory.h - the one door to the heap.
 *
 * Every allocation names the Memory it is charged to, so that use can be read, capped
 * and, in tests, made to fail at the nth call.
 *
 *     void *block = memory_alloc(memory, size);      NULL when refused
 *     memory_free(memory, block, size);              the size given at the alloc
 *
 * Threads: counters are atomic; a Memory may be shared. */
#ifndef WEIR_BASE_MEMORY_H
#define WEIR_BASE_MEMORY_H

#include <stdatomic.h>

#include "base/error.h"

enum { MEMORY_ALIGNMENT = 64 }; /* of every block: a cache line, and what Arrow asks for */

typedef struct Memory {
    _Atomic(int64_t) bytes_in_use;
    _Atomic(int64_t) bytes_peak;
    _Atomic(int64_t) alloc_count; /* calls that reached the heap, for the tests that expect none */
    int64_t bytes_max;            /* 0: no budget */
    _Atomic(int64_t) fail_at;     /* > 0: the call that brings it to 0 is refused (tests); 0: off */
} Memory;

void memory_init(Memory *memory, int64_t bytes_max);

/* Asserts that everything has come back. */
void memory_deinit(Memory *memory);

/* `size` > 0 bytes aligned to MEMORY_ALIGNMENT, contents undefined; NULL when refused. */
NODISCARD void *memory_alloc(Memory *memory, size_t size);
NODISCARD void *memory_alloc_zeroed(Memory *memory, size_t size);

/* Keeps the first min(old, new) bytes; only the difference is charged. On NULL the old block is untouched.
 * `block` may be NULL with old size 0. */
NODISCARD void *memory_realloc(Memory *memory, void *block, size_t size_old, size_t size_new);

/* `block` may be NULL. */
void memory_free(Memory *memory, void *block, size_t size);

/* Charges bytes that come from elsewhere (mapped pages, pinned foreign buffers); false when over budget. */
NODISCARD bool memory_charge(Memory *memory, size_t size);
void memory_discharge(Memory *memory, size_t size);

#endif
