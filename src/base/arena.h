/* SPDX-License-Identifier: Apache-2.0
 * base/arena.h - many small allocations, freed together.
 *
 * An arena lives as long as what it is named after: a database, a statement, a batch.
 * Freeing is resetting. Blocks grow geometrically and are kept over a reset, so that in
 * steady state a batch arena touches no heap at all.
 *
 *     Arena arena;
 *     arena_init(&arena, memory);
 *     Node *node = ARENA_NEW(&arena, Node);   zeroed; NULL when memory is refused
 *     arena_deinit(&arena);
 *
 * Small or large, an allocation costs a few instructions; nothing is freed alone. What has to outlive its
 * neighbours belongs in another arena, what comes and goes in Memory.
 *
 * Threads: one at a time. */
#ifndef WEIR_BASE_ARENA_H
#define WEIR_BASE_ARENA_H

#include "base/memory.h"

typedef struct ArenaBlock ArenaBlock;

/* All zero but for memory: an arena that holds nothing. */
typedef struct Arena {
    Memory *memory;
    ArenaBlock *blocks; /* newest first */
    char *at;           /* next free byte of the newest block */
    char *end;
} Arena;

/* Takes nothing until the first allocation. `memory` outlives the arena. */
void arena_init(Arena *arena, Memory *memory);
/* Gives everything back; the arena may be used again. */
void arena_deinit(Arena *arena);

/* Everything allocated is gone; the largest block stays. */
void arena_reset(Arena *arena);

/* `size` bytes, contents undefined, aligned to 16; NULL when refused. size 0 gives a valid pointer. */
NODISCARD void *arena_alloc(Arena *arena, size_t size);

/* The same, zeroed; `count * size` is checked for overflow: NULL when it passes size_t. */
NODISCARD void *arena_alloc_zeroed(Arena *arena, size_t count, size_t size);

/* `size` bytes aligned to 64, for arrays that kernels read in whole words. */
NODISCARD void *arena_alloc_aligned(Arena *arena, size_t size);

/* A copy of `size` bytes, aligned to 16; `bytes` may lie in this arena. NULL when refused. */
NODISCARD void *arena_copy(Arena *arena, const void *bytes, size_t size);

/* A mark and the way back to it: what came after the mark is gone. Marks nest: going back to one makes those
 * taken after it worthless, as arena_reset makes all.
 *
 *     ArenaMark mark = arena_mark(arena);
 *     ... scratch ...
 *     arena_rewind(arena, mark); */
typedef struct ArenaMark {
    ArenaBlock *block;
    char *at;
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

/* Zeroed, of the type's size; NULL when refused. For types aligned to at most 16. */
#define ARENA_NEW(arena, Type)          ((Type *)arena_alloc_zeroed((arena), 1, sizeof(Type)))
#define ARENA_ARRAY(arena, Type, count) ((Type *)arena_alloc_zeroed((arena), (size_t)(count), sizeof(Type)))

#endif
