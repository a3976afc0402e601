/* SPDX-License-Identifier: Apache-2.0
 * base/vector.c - growth by doubling. */
#include "base/vector.h"

#include <string.h>

bool vector_grow(Memory *memory, void **items, size_t *capacity, size_t count, size_t more,
                 size_t item_size) {
    ASSERT(item_size > 0);
    ASSERT(count <= *capacity);
    if (*items == NULL) ASSERT(*capacity == 0);
    size_t wanted = *capacity < 8 ? 8 : *capacity;
    /* At least doubled, so that pushes cost one copy of each item on average. */
    while (wanted - count < more) {
        if (wanted > SIZE_MAX / 2 / item_size) return false;
        wanted *= 2;
    }
    void *grown = memory_realloc(memory, *items, *capacity * item_size, wanted * item_size);
    if (grown == NULL) return false;
    *items = grown;
    *capacity = wanted;
    ASSERT(*capacity - count >= more);
    return true;
}

bool vector_grow_arena(Arena *arena, void **items, size_t *capacity, size_t count, size_t item_size) {
    ASSERT(item_size > 0);
    ASSERT(count == *capacity); /* called by arena_vector_push when it is full */
    size_t wanted = *capacity < 4 ? 4 : *capacity * 2;
    if (wanted > SIZE_MAX / item_size) return false;
    void *grown = arena_alloc(arena, wanted * item_size);
    if (grown == NULL) return false;
    if (count > 0) memcpy(grown, *items, count * item_size);
    *items = grown;
    *capacity = wanted;
    return true;
}
