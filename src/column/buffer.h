/* SPDX-License-Identifier: Apache-2.0
 * column/buffer.h - counted blocks of bytes, and the pool they return to.
 *
 * Whoever wants bytes to outlive the frame they came in retains the buffer; the last
 * release gives it back to its pool, or to the foreign owner it wraps.
 *
 *     Buffer *buffer = buffer_alloc(pool, size);   NULL when refused
 *     buffer_retain(buffer);
 *     buffer_release(buffer);                      twice: once for each owner
 *
 * Threads: the count is atomic; a pool is shared by all holders of its buffers and locks nothing
 * on the owner's side (buffers released by another thread return through a ring). */
#ifndef WEIR_COLUMN_BUFFER_H
#define WEIR_COLUMN_BUFFER_H

#include "base/memory.h"

typedef struct BufferPool BufferPool;

typedef struct Buffer {
    _Atomic(int32_t) reference_count;
    uint32_t size_class;  /* of the pool; BUFFER_FOREIGN: `release` is called instead */
    size_t size;          /* usable bytes at data */
    char *data;           /* 64-byte aligned unless foreign */
    BufferPool *pool;
    void (*release)(void *context);
    void *context;
    struct Buffer *next;  /* free list of the pool, or the list of its holder */
} Buffer;

enum {
    BUFFER_SIZE_CLASS_MIN = 10, /* 1 KiB: the smallest pooled block, as a power of two */
    BUFFER_SIZE_CLASS_MAX = 24, /* 16 MiB: larger ones go straight to the heap */
    BUFFER_CLASS_KEPT_BYTES_MAX = 32 << 20, /* free bytes kept per size class */
    BUFFER_FOREIGN = 255,
    BUFFER_HEAP = 254,
};

/* A pool outlives the database if buffers are still out: it is counted by them. */
NODISCARD BufferPool *buffer_pool_create(Memory *memory);

/* Frees the cached blocks; the pool itself goes with its last buffer. `memory` must outlive that
 * moment, unless buffers were handed to the user: see buffer_pool_own_memory. */
void buffer_pool_destroy(BufferPool *pool);

Memory *buffer_pool_memory(BufferPool *pool);

/* At least `size` bytes, contents undefined, one reference; NULL when refused. */
NODISCARD Buffer *buffer_alloc(BufferPool *pool, size_t size);

/* Wraps foreign bytes; `release(context)` runs when the last reference goes. NULL when refused
 * (then `release` has not run). */
NODISCARD Buffer *buffer_wrap(BufferPool *pool, const void *data, size_t size, void (*release)(void *), void *context);

static inline void buffer_retain(Buffer *buffer) {
    if (buffer != NULL) atomic_fetch_add_explicit(&buffer->reference_count, 1, memory_order_relaxed);
}

void buffer_release(Buffer *buffer); /* NULL is fine */

#endif
