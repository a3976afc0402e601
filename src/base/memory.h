/* SPDX-License-Identifier: Apache-2.0
 * base/memory.h - the one door to the heap.
 *
 * Every allocation names the Memory it is charged to, so that use can be read, capped
 * and, in tests, made to fail at the nth call.
 *
 *     void *block = memory_alloc(memory, size);      NULL when refused
 *     memory_free(memory, block, size);              the size given at the alloc
 *
 * No size is kept beside a block: whoever frees says it, so each owner's bookkeeping is checked by the
 * counters coming out at zero (memory_deinit). Small and short-lived things belong in an Arena.
 *
 * The fault loop of tests: fail the nth allocation until the call succeeds.
 *
 *     for (int64_t n = 1;; n++) {
 *         memory.fail_at = n;
 *         if (run(&memory, &err) == STATUS_OK) break;
 *         assert(err.status == STATUS_OUT_OF_MEMORY);
 *     }
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

/* `bytes_max`: the budget, 0 for none. What would pass it is refused as if there were no memory. */
void memory_init(Memory *memory, int64_t bytes_max);

/* Asserts that everything has come back. */
void memory_deinit(Memory *memory);

/* `size` > 0 bytes aligned to MEMORY_ALIGNMENT, contents undefined; NULL when refused. */
NODISCARD void *memory_alloc(Memory *memory, size_t size);
NODISCARD void *memory_alloc_zeroed(Memory *memory, size_t size);

/* Keeps the first min(old, new) bytes; only the difference is charged. On NULL the old block is untouched.
 * `block` may be NULL with old size 0. */
NODISCARD void *memory_realloc(Memory *memory, void *block, size_t size_old, size_t size_new);

/* `size` as given at the alloc or the last realloc. `block` may be NULL. */
void memory_free(Memory *memory, void *block, size_t size);

/* Charges bytes that come from elsewhere (mapped pages, pinned foreign buffers); false when over budget, and
 * then nothing is charged. */
NODISCARD bool memory_charge(Memory *memory, size_t size);
/* More than was charged is asserted. */
void memory_discharge(Memory *memory, size_t size);

#endif
