/* SPDX-License-Identifier: Apache-2.0
 * base/arena.c - a chain of blocks, newest first; each block begins with its header. */
#include "base/arena.h"

#include <string.h>

enum { ARENA_BLOCK_SIZE_MIN = 4096, ARENA_BLOCK_SIZE_MAX = 1 << 20 };
STATIC_ASSERT(ARENA_BLOCK_SIZE_MIN <= ARENA_BLOCK_SIZE_MAX, "blocks grow from one to the other");
STATIC_ASSERT((ARENA_BLOCK_SIZE_MIN & (ARENA_BLOCK_SIZE_MIN - 1)) == 0, "doubling keeps powers of two");

struct ArenaBlock {
    ArenaBlock *older;
    size_t size; /* of the whole block, header included */
};

enum { ARENA_HEADER_SIZE = MEMORY_ALIGNMENT };
STATIC_ASSERT(sizeof(ArenaBlock) <= ARENA_HEADER_SIZE, "the header fits its room");
STATIC_ASSERT(_Alignof(max_align_t) <= 16, "arena_alloc serves any plain type");

void arena_init(Arena *arena, Memory *memory) {
    ASSERT(memory != NULL);
    *arena = (Arena){.memory = memory};
}

static void arena_free_until(Arena *arena, const ArenaBlock *stop) {
    while (arena->blocks != stop) {
        ASSERT(arena->blocks != NULL); /* a mark of another arena would walk off the end */
        ArenaBlock *block = arena->blocks;
        arena->blocks = block->older;
        memory_free(arena->memory, block, block->size);
    }
}

void arena_deinit(Arena *arena) {
    arena_free_until(arena, NULL);
    arena->at = arena->end = NULL;
}

static void arena_use(Arena *arena, ArenaBlock *block, char *at) {
    DEBUG_ASSERT(at >= (char *)block + ARENA_HEADER_SIZE);
    DEBUG_ASSERT(at <= (char *)block + block->size);
    arena->at = at;
    arena->end = (char *)block + block->size;
}

void arena_reset(Arena *arena) {
    ASSERT(arena->memory != NULL || arena->blocks == NULL);
    /* The newest is the largest (arena_grow): the one worth keeping. */
    ArenaBlock *newest = arena->blocks;
    if (newest == NULL) return;
    arena->blocks = newest->older;
    arena_free_until(arena, NULL);
    newest->older = NULL;
    arena->blocks = newest;
    arena_use(arena, newest, (char *)newest + ARENA_HEADER_SIZE);
}

/* A block at least twice the newest, so that the newest is always the largest and a
 * steady load settles in a single one. */
static bool arena_grow(Arena *arena, size_t size) {
    size_t block_size = arena->blocks == NULL ? ARENA_BLOCK_SIZE_MIN : arena->blocks->size * 2;
    if (block_size > ARENA_BLOCK_SIZE_MAX) block_size = ARENA_BLOCK_SIZE_MAX;
    if (arena->blocks != NULL && block_size < arena->blocks->size) block_size = arena->blocks->size;
    /* The doubling below would wrap to 0 and never end. */
    if (size > SIZE_MAX / 4) return false;
    /* A large request makes a large block, which then is the newest: what was left of the one before is given
     * up. */
    while (block_size < size + ARENA_HEADER_SIZE + MEMORY_ALIGNMENT) block_size *= 2;
    ArenaBlock *block = memory_alloc(arena->memory, block_size);
    if (block == NULL) return false;
    block->older = arena->blocks;
    block->size = block_size;
    arena->blocks = block;
    arena_use(arena, block, (char *)block + ARENA_HEADER_SIZE);
    /* With room for the alignment too, so that arena_take tries at most twice. */
    DEBUG_ASSERT((size_t)(arena->end - arena->at) >= size + MEMORY_ALIGNMENT);
    DEBUG_ASSERT(block->older == NULL || block->older->size <= block->size);
    return true;
}

static void *arena_take(Arena *arena, size_t size, size_t alignment) {
    DEBUG_ASSERT(alignment > 0 && (alignment & (alignment - 1)) == 0);
    DEBUG_ASSERT(alignment <= MEMORY_ALIGNMENT);
    for (;;) {
        char *start = (char *)(((uintptr_t)arena->at + alignment - 1) & ~(uintptr_t)(alignment - 1));
        if (arena->at != NULL && start <= arena->end && (size_t)(arena->end - start) >= size) {
            arena->at = start + size;
            return start;
        }
        if (!arena_grow(arena, size)) return NULL;
    }
}

void *arena_alloc(Arena *arena, size_t size) {
    return arena_take(arena, size, 16);
}

void *arena_alloc_aligned(Arena *arena, size_t size) {
    return arena_take(arena, size, MEMORY_ALIGNMENT);
}

void *arena_alloc_zeroed(Arena *arena, size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) return NULL;
    void *block = arena_alloc(arena, total);
    if (block != NULL) memset(block, 0, total);
    return block;
}

void *arena_copy(Arena *arena, const void *bytes, size_t size) {
    ASSERT(bytes != NULL || size == 0);
    void *copy = arena_alloc(arena, size);
    if (copy != NULL && size > 0) memcpy(copy, bytes, size);
    return copy;
}

ArenaMark arena_mark(const Arena *arena) {
    return (ArenaMark){.block = arena->blocks, .at = arena->at};
}

void arena_rewind(Arena *arena, ArenaMark mark) {
    if (mark.block == NULL) {
        /* Taken before the first block: everything since goes, the largest block is kept for next time. */
        arena_reset(arena);
        return;
    }
    arena_free_until(arena, mark.block);
    ASSERT(arena->blocks == mark.block);
    arena_use(arena, mark.block, mark.at);
}
