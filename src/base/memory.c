/* SPDX-License-Identifier: Apache-2.0
 * base/memory.c - counted, capped, breakable allocation over aligned_alloc. */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void memory_init(Memory *memory, int64_t bytes_max) {
    ASSERT(bytes_max >= 0);
    *memory = (Memory){.bytes_max = bytes_max};
}

void memory_deinit(Memory *memory) {
    ASSERT(atomic_load(&memory->bytes_in_use) == 0);
}

/* True when the test hook says that this call is the one to fail. */
static bool memory_fails_now(Memory *memory) {
    /* fetch_sub, not a plain store: of two threads that ask at once exactly one is refused. */
    if (atomic_load_explicit(&memory->fail_at, memory_order_relaxed) <= 0) return false;
    return atomic_fetch_sub(&memory->fail_at, 1) == 1;
}

bool memory_charge(Memory *memory, size_t size) {
    ASSERT(memory != NULL);
    int64_t used =
        atomic_fetch_add_explicit(&memory->bytes_in_use, (int64_t)size, memory_order_relaxed) + (int64_t)size;
    if ((memory->bytes_max > 0 && used > memory->bytes_max) || memory_fails_now(memory)) {
        memory_discharge(memory, size);
        return false;
    }
    /* The peak only rises; a thread that loses the race looks again at what the winner stored. */
    int64_t peak = atomic_load_explicit(&memory->bytes_peak, memory_order_relaxed);
    while (used > peak && !atomic_compare_exchange_weak_explicit(
                              &memory->bytes_peak, &peak, used, memory_order_relaxed, memory_order_relaxed)) {
    }
    return true;
}

void memory_discharge(Memory *memory, size_t size) {
    int64_t before = atomic_fetch_sub_explicit(&memory->bytes_in_use, (int64_t)size, memory_order_relaxed);
    ASSERT(before >= (int64_t)size);
}

#define MEMORY_SIZE_MAX ((size_t)INT64_MAX / 2)
STATIC_ASSERT((MEMORY_ALIGNMENT & (MEMORY_ALIGNMENT - 1)) == 0, "rounding is masking");

static size_t memory_round(size_t size) {
    return (size + MEMORY_ALIGNMENT - 1) & ~(size_t)(MEMORY_ALIGNMENT - 1);
}

void *memory_alloc(Memory *memory, size_t size) {
    ASSERT(memory != NULL);
    ASSERT(size > 0);
    if (size > MEMORY_SIZE_MAX || !memory_charge(memory, size)) return NULL;
    atomic_fetch_add_explicit(&memory->alloc_count, 1, memory_order_relaxed);
    /* aligned_alloc wants a multiple of the alignment; kernels may read (not use) up to that end. */
    void *block = aligned_alloc(MEMORY_ALIGNMENT, memory_round(size));
    if (block == NULL) memory_discharge(memory, size);
    return block;
}

void *memory_alloc_zeroed(Memory *memory, size_t size) {
    void *block = memory_alloc(memory, size);
    if (block != NULL) memset(block, 0, size);
    return block;
}

void *memory_realloc(Memory *memory, void *block, size_t size_old, size_t size_new) {
    if (block == NULL) {
        ASSERT(size_old == 0);
        return memory_alloc(memory, size_new);
    }
    ASSERT(size_new > 0);
    ASSERT(size_old > 0); /* as memory_alloc gave it */
    size_t more = size_new > size_old ? size_new - size_old : 0,
           less = size_old > size_new ? size_old - size_new : 0;
    if (size_new > MEMORY_SIZE_MAX || !memory_charge(memory, more)) return NULL;
    /* Within the same rounded size nothing moves: the block already has the room. */
    void *moved = block;
    if (memory_round(size_old) != memory_round(size_new)) {
        atomic_fetch_add_explicit(&memory->alloc_count, 1, memory_order_relaxed);
        /* Not realloc: it would keep no more than the C library's own alignment. */
        moved = aligned_alloc(MEMORY_ALIGNMENT, memory_round(size_new));
        if (moved == NULL) {
            memory_discharge(memory, more);
            return NULL;
        }
        memcpy(moved, block, size_old < size_new ? size_old : size_new);
        free(block);
    }
    /* Last: until here the block has its old size, and a failure leaves it so. */
    memory_discharge(memory, less);
    return moved;
}

void memory_free(Memory *memory, void *block, size_t size) {
    if (block == NULL) return;
    /* Sizes of 0 are refused at the alloc, so one here is the size of something else. */
    ASSERT(size > 0);
    memory_discharge(memory, size);
    free(block);
}
