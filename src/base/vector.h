/* SPDX-License-Identifier: Apache-2.0
 * base/vector.h - arrays that grow, owned by a Memory.
 *
 *     VECTOR(uint32_t) ids = {0};
 *     if (!vector_push(&ids, memory, 7)) return error_out_of_memory(err);
 *     for (size_t i = 0; i < ids.count; i++) use(ids.items[i]);
 *     vector_deinit(&ids, memory);
 *
 * Pointers into items are valid until the next push. Lists built once, while a statement is
 * read, take their memory from an arena (arena_vector_push): the same shape, nothing to deinit. The two are
 * not mixed on one vector.
 *
 * Threads: as its Memory or Arena. */
#ifndef WEIR_BASE_VECTOR_H
#define WEIR_BASE_VECTOR_H

#include "base/arena.h"

/* Each use makes a type of its own: a vector that is passed to a function has a typedef. All zero is empty. */
#define VECTOR(Type)     \
    struct {             \
        Type *items;     \
        size_t count;    \
        size_t capacity; \
    }

/* Bytes of one item. */
#define vector_item_size(vector) sizeof(*(vector)->items)

/* True when there is room for `more` items, false when memory is refused; the vector is then as it was. What is
 * pushed afterwards, up to `more`, cannot fail: reserve first what must not be half done. Capacity at least
 * doubles. The vector expression is evaluated several times, here and below: no side effects in it. */
#define vector_reserve(vector, memory, more)                                                                \
    ((vector)->capacity - (vector)->count >= (size_t)(more) ||                                              \
     vector_grow((memory), (void **)&(vector)->items, &(vector)->capacity, (vector)->count, (size_t)(more), \
                 vector_item_size(vector)))

/* Appends a copy of the item; false when memory is refused, and then nothing was appended. The item is evaluated
 * after the growth: it must not point into the vector. */
#define vector_push(vector, memory, ...) \
    (vector_reserve((vector), (memory), 1) && ((vector)->items[(vector)->count++] = (__VA_ARGS__), true))

/* Takes out every item that equals `item` (pointers, numbers); the order of the others stays. */
#define vector_remove(vector, item)                                          \
    do {                                                                     \
        size_t vector_kept = 0;                                              \
        for (size_t vector_at = 0; vector_at < (vector)->count; vector_at++) \
            if ((vector)->items[vector_at] != (item))                        \
                (vector)->items[vector_kept++] = (vector)->items[vector_at]; \
        (vector)->count = vector_kept;                                       \
    } while (0)

/* Frees the items' array, not what they point to; the vector is empty and may be used again. */
#define vector_deinit(vector, memory)                                                         \
    do {                                                                                      \
        memory_free((memory), (vector)->items, (vector)->capacity *vector_item_size(vector)); \
        (vector)->items = NULL;                                                               \
        (vector)->count = (vector)->capacity = 0;                                             \
    } while (0)

/* The same growth with memory from an arena (the outgrown array stays there until its reset). */
#define arena_vector_push(vector, arena, ...)                                                     \
    (((vector)->count < (vector)->capacity ||                                                     \
      vector_grow_arena((arena), (void **)&(vector)->items, &(vector)->capacity, (vector)->count, \
                        vector_item_size(vector))) &&                                             \
     ((vector)->items[(vector)->count++] = (__VA_ARGS__), true))

/* What the macros call. */
NODISCARD bool vector_grow(Memory *memory, void **items, size_t *capacity, size_t count, size_t more,
                           size_t item_size);
NODISCARD bool vector_grow_arena(Arena *arena, void **items, size_t *capacity, size_t count,
                                 size_t item_size);

#endif
