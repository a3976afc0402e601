/* SPDX-License-Identifier: Apache-2.0
 * column/buffer.c - size-classed free lists with a lock-free way back.
 *
 *     block:   | Buffer, 64 bytes | data, 1 << size_class bytes     |
 *     foreign: | Buffer, 64 bytes | what its release is given, copied |    the bytes are elsewhere
 *
 *     owner:   alloc <- local[class] <- (when empty, all of) returned[class]
 *     anyone:  release -> push on returned[class]
 *
 * Pushing one and taking all cannot suffer from the ABA problem. The one delicate moment is
 * buffer_pool_destroy while another thread releases: the gate counts releases in progress, and
 * destroy closes it and waits for those few instructions to end before it lets go of the
 * Memory. Whoever enters a closed gate frees against `own`, a Memory inside the pool. */
#include "column/buffer.h"

#include <string.h>

enum {
    BUFFER_HEADER_SIZE = 64,
    BUFFER_LIST_COUNT = BUFFER_SIZE_CLASS_MAX - BUFFER_SIZE_CLASS_MIN + 2,
    BUFFER_LIST_FOREIGN = BUFFER_LIST_COUNT - 1, /* bare headers */
    BUFFER_FOREIGN_KEPT_MAX = 1024,
    POOL_GATE_CLOSED = 1 << 30,
};
STATIC_ASSERT(sizeof(Buffer) <= BUFFER_HEADER_SIZE, "the header fits its room");
STATIC_ASSERT(BUFFER_HEADER_SIZE % MEMORY_ALIGNMENT == 0, "data is aligned as blocks are");
STATIC_ASSERT(BUFFER_SIZE_CLASS_MIN < BUFFER_SIZE_CLASS_MAX, "there are classes");
STATIC_ASSERT(BUFFER_SIZE_CLASS_MAX < BUFFER_HEAP && BUFFER_HEAP < BUFFER_FOREIGN, "told apart by number");
STATIC_ASSERT(1 << BUFFER_SIZE_CLASS_MAX <= BUFFER_CLASS_KEPT_BYTES_MAX, "one of the largest may be kept");

typedef struct BufferList {
    Buffer *local;               /* the owner's */
    _Atomic(Buffer *) returned;  /* anyone pushes, the owner takes all */
    _Atomic(int32_t) free_count; /* in both */
} BufferList;

struct BufferPool {
    Memory *memory;
    _Atomic(int64_t) bytes_charged; /* to memory, by blocks free or out */
    _Atomic(int64_t) holder_count;  /* the owner and each buffer that is out */
    _Atomic(int32_t) gate;
    Memory own;
    BufferList lists[BUFFER_LIST_COUNT];
};

BufferPool *buffer_pool_create(Memory *memory) {
    ASSERT(memory != NULL);
    BufferPool *pool = memory_alloc_zeroed(memory, sizeof(*pool));
    if (pool == NULL) return NULL;
    pool->memory = memory;
    atomic_init(&pool->bytes_charged, (int64_t)sizeof(*pool));
    atomic_init(&pool->holder_count, 1);
    memory_init(&pool->own, 0);
    /* Only ever discharged: blocks of a pool without owner. */
    atomic_store(&pool->own.bytes_in_use, INT64_MAX / 2);
    return pool;
}

Memory *buffer_pool_memory(BufferPool *pool) {
    return pool->memory;
}

static BufferList *buffer_list(BufferPool *pool, uint32_t size_class) {
    if (size_class == BUFFER_HEAP) return NULL;
    if (size_class == BUFFER_FOREIGN) return &pool->lists[BUFFER_LIST_FOREIGN];
    DEBUG_ASSERT(size_class >= BUFFER_SIZE_CLASS_MIN && size_class <= BUFFER_SIZE_CLASS_MAX);
    return &pool->lists[size_class - BUFFER_SIZE_CLASS_MIN];
}

static size_t buffer_block_size(const Buffer *buffer) {
    return BUFFER_HEADER_SIZE +
           (buffer->size_class == BUFFER_FOREIGN ? BUFFER_CONTEXT_SIZE_MAX : buffer->size);
}

/* In blocks. */
static int32_t buffer_kept_max(const Buffer *buffer) {
    if (buffer->size_class == BUFFER_FOREIGN) return BUFFER_FOREIGN_KEPT_MAX;
    return (int32_t)(BUFFER_CLASS_KEPT_BYTES_MAX >> buffer->size_class);
}

/* The last of owner and buffers frees the pool: with its own Memory, since the one it was made from may be gone. */
static void pool_drop_holder(BufferPool *pool) {
    if (atomic_fetch_sub(&pool->holder_count, 1) == 1) memory_free(&pool->own, pool, sizeof(*pool));
}

static void pool_free_block(BufferPool *pool, Buffer *buffer) {
    size_t size = buffer_block_size(buffer);
    atomic_fetch_sub(&pool->bytes_charged, (int64_t)size);
    memory_free(pool->memory, buffer, size);
}

static void pool_free_list(BufferPool *pool, Buffer *buffer) {
    while (buffer != NULL) {
        Buffer *next = buffer->next;
        pool_free_block(pool, buffer);
        buffer = next;
    }
}

void buffer_pool_destroy(BufferPool *pool) {
    if (pool == NULL) return;
    int32_t gate = atomic_fetch_or(&pool->gate, POOL_GATE_CLOSED);
    ASSERT((gate & POOL_GATE_CLOSED) == 0); /* destroyed once */
    while (atomic_load(&pool->gate) != POOL_GATE_CLOSED) {
    }
    /* Nobody is inside any more, and who comes now frees by itself: the lists are ours alone. */
    for (size_t i = 0; i < BUFFER_LIST_COUNT; i++) {
        pool_free_list(pool, pool->lists[i].local);
        pool_free_list(pool, atomic_exchange(&pool->lists[i].returned, NULL));
    }
    ASSERT(atomic_load(&pool->bytes_charged) >= (int64_t)sizeof(*pool));
    memory_discharge(pool->memory, (size_t)atomic_load(&pool->bytes_charged));
    pool_drop_holder(pool);
}

/* A free block of the list; NULL when there is none. */
static Buffer *buffer_take(BufferList *list) {
    if (list->local == NULL) {
        if (atomic_load_explicit(&list->returned, memory_order_relaxed) == NULL) return NULL;
        list->local = atomic_exchange_explicit(&list->returned, NULL, memory_order_acquire);
    }
    Buffer *buffer = list->local;
    list->local = buffer->next;
    atomic_fetch_sub_explicit(&list->free_count, 1, memory_order_relaxed);
    return buffer;
}

static Buffer *buffer_open(BufferPool *pool, BufferList *list, size_t block_size) {
    Buffer *buffer = list == NULL ? NULL : buffer_take(list);
    if (buffer == NULL) {
        buffer = memory_alloc(pool->memory, block_size);
        if (buffer == NULL) return NULL;
        atomic_fetch_add_explicit(&pool->bytes_charged, (int64_t)block_size, memory_order_relaxed);
    }
    atomic_fetch_add_explicit(&pool->holder_count, 1, memory_order_relaxed);
    /* Counted before the block is handed out: its release may come from another thread at once. */
    *buffer = (Buffer){.pool = pool};
    atomic_init(&buffer->reference_count, 1);
    return buffer;
}

/* The power of two that holds `size`; BUFFER_HEAP past the largest that is pooled. */
static uint32_t buffer_size_class(size_t size) {
    if (size <= (size_t)1 << BUFFER_SIZE_CLASS_MIN) return BUFFER_SIZE_CLASS_MIN;
    if (size > (size_t)1 << BUFFER_SIZE_CLASS_MAX) return BUFFER_HEAP;
    return 64 - (uint32_t)__builtin_clzll(size - 1);
}

Buffer *buffer_alloc(BufferPool *pool, size_t size) {
    if (size > SIZE_MAX / 4) return NULL;
    uint32_t size_class = buffer_size_class(size);
    size = size_class == BUFFER_HEAP ? (size + 63) & ~(size_t)63 : (size_t)1 << size_class;
    Buffer *buffer = buffer_open(pool, buffer_list(pool, size_class), BUFFER_HEADER_SIZE + size);
    if (buffer == NULL) return NULL;
    ASSERT(buffer->pool == pool);
    buffer->size_class = size_class;
    buffer->size = size;
    buffer->data = (char *)buffer + BUFFER_HEADER_SIZE;
    return buffer;
}

Buffer *buffer_wrap(BufferPool *pool, const void *data, size_t size, void (*release)(void *),
                    const void *context, size_t context_size) {
    ASSERT(context_size <= BUFFER_CONTEXT_SIZE_MAX);
    ASSERT(release != NULL); /* how buffer_close knows a foreign one */
    ASSERT(context != NULL || context_size == 0);
    if (size > SIZE_MAX / 4 || !memory_charge(pool->memory, size)) return NULL;
    Buffer *buffer =
        buffer_open(pool, buffer_list(pool, BUFFER_FOREIGN), BUFFER_HEADER_SIZE + BUFFER_CONTEXT_SIZE_MAX);
    if (buffer == NULL) {
        memory_discharge(pool->memory, size);
        return NULL;
    }
    atomic_fetch_add_explicit(&pool->bytes_charged, (int64_t)size, memory_order_relaxed);
    buffer->size_class = BUFFER_FOREIGN;
    buffer->size = size;
    buffer->data = (char *)(uintptr_t)data;
    buffer->release = release;
    buffer->context = (char *)buffer + BUFFER_HEADER_SIZE;
    if (context_size > 0) memcpy(buffer->context, context, context_size);
    return buffer;
}

/* From any thread. Only whole lists are ever taken, so a head that comes back (ABA) does no harm. */
static void buffer_push(BufferList *list, Buffer *buffer) {
    /* Release: what the last holder wrote into the block must be seen by the owner who takes it next. */
    Buffer *head = atomic_load_explicit(&list->returned, memory_order_relaxed);
    do {
        buffer->next = head;
    } while (!atomic_compare_exchange_weak_explicit(&list->returned, &head, buffer, memory_order_release,
                                                    memory_order_relaxed));
}

/* Back to the pool that still has its owner. */
static void buffer_return(BufferPool *pool, Buffer *buffer) {
    if (buffer->size_class == BUFFER_FOREIGN) {
        atomic_fetch_sub(&pool->bytes_charged, (int64_t)buffer->size);
        memory_discharge(pool->memory, buffer->size);
    }
    BufferList *list = buffer_list(pool, buffer->size_class);
    if (list == NULL ||
        atomic_load_explicit(&list->free_count, memory_order_relaxed) >= buffer_kept_max(buffer)) {
        pool_free_block(pool, buffer);
        return;
    }
    /* Two threads at the limit may both pass it: what is kept is a wish, not a promise. */
    atomic_fetch_add_explicit(&list->free_count, 1, memory_order_relaxed);
    buffer_push(list, buffer);
}

static void buffer_close(Buffer *buffer) {
    BufferPool *pool = buffer->pool;
    /* Outside the gate: the foreign owner's code may take its time, and destroy spins. */
    if (buffer->release != NULL) buffer->release(buffer->context);
    bool has_owner = (atomic_fetch_add(&pool->gate, 1) & POOL_GATE_CLOSED) == 0;
    if (has_owner)
        buffer_return(pool, buffer);
    else
        memory_free(&pool->own, buffer, buffer_block_size(buffer));
    atomic_fetch_sub(&pool->gate, 1);
    pool_drop_holder(pool);
}

void buffer_release(Buffer *buffer) {
    if (buffer == NULL) return;
    /* Who holds the only reference is alone with the buffer: nobody else can add one. */
    int32_t before = atomic_load_explicit(&buffer->reference_count, memory_order_acquire);
    if (before != 1)
        before = atomic_fetch_sub_explicit(&buffer->reference_count, 1, memory_order_acq_rel);
    else
        atomic_store_explicit(&buffer->reference_count, 0, memory_order_relaxed); /* for the assertion */
    ASSERT(before > 0); /* a block in a list has no reference that could be given back again */
    if (before == 1) buffer_close(buffer);
}
