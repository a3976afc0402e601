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
 * Threads: the count is atomic. One thread at a time (the pool's owner) allocates, wraps and destroys;
 * any thread may release: blocks return over one atomic stack per size, which the owner takes whole.
 *
 * Life: a pool is counted by its owner and by its buffers that are out, so buffers may outlive
 * buffer_pool_destroy, and the Memory too (an Arrow array that the user still holds after weir_close).
 * Destroying discharges from the Memory everything that is still out; those blocks later go straight
 * to the heap and touch that Memory no more. */
#ifndef WEIR_COLUMN_BUFFER_H
#define WEIR_COLUMN_BUFFER_H

#include "base/memory.h"

typedef struct BufferPool BufferPool;

/* Read `data` and `size`; the rest is the pool's. */
typedef struct Buffer {
    _Atomic(int32_t) reference_count;
    uint32_t size_class; /* of the pool; BUFFER_FOREIGN: `release` is called instead */
    size_t size;         /* usable bytes at data; foreign: the bytes charged */
    char *data;          /* 64-byte aligned unless foreign */
    BufferPool *pool;
    void (*release)(void *context);
    void *context;
    struct Buffer *next; /* free list of the pool; of no meaning while it is out */
} Buffer;

enum {
    BUFFER_SIZE_CLASS_MIN = 10,             /* 1 KiB: the smallest pooled block, as a power of two */
    BUFFER_SIZE_CLASS_MAX = 24,             /* 16 MiB: larger ones go straight to the heap */
    BUFFER_CLASS_KEPT_BYTES_MAX = 32 << 20, /* free bytes kept per size class */
    BUFFER_CONTEXT_SIZE_MAX = 128,          /* bytes: an ArrowArray with room to spare */
    /* Size classes that are no powers of two. */
    BUFFER_FOREIGN = 255,
    BUFFER_HEAP = 254,
};

/* Its memory is charged to `memory`, as are all blocks it makes. NULL when refused. */
NODISCARD BufferPool *buffer_pool_create(Memory *memory);

/* Frees the cached blocks and lets go of `memory`, which may die after this returns even while buffers are
 * out; the pool itself goes with its last buffer. NULL is fine. */
void buffer_pool_destroy(BufferPool *pool);

/* Valid until the pool is destroyed. */
Memory *buffer_pool_memory(BufferPool *pool);

/* At least `size` bytes, contents undefined, one reference; NULL when refused. Rounded up to a power of two
 * up to 16 MiB: for blocks that many values share (frames), not one per value. */
NODISCARD Buffer *buffer_alloc(BufferPool *pool, size_t size);

/* Wraps foreign bytes, which are charged to the pool's memory while they are held. What is needed to let go
 * of them, `context_size` bytes (<= BUFFER_CONTEXT_SIZE_MAX) at `context`, is copied; `release(copy)` runs
 * when the last reference goes, on the thread that drops it. NULL when refused (then `release` has not
 * run). */
NODISCARD Buffer *buffer_wrap(BufferPool *pool, const void *data, size_t size, void (*release)(void *),
                              const void *context, size_t context_size);

/* Only who has a reference may add one. NULL is fine: bytes without an owner. */
static inline void buffer_retain(Buffer *buffer) {
    if (buffer != NULL) atomic_fetch_add_explicit(&buffer->reference_count, 1, memory_order_relaxed);
}

/* With the last reference the block goes back; `data` is then another's. NULL is fine. */
void buffer_release(Buffer *buffer);

#endif
