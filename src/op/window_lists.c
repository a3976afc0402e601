/* SPDX-License-Identifier: Apache-2.0
 * op/window_lists.c - a sorted array of lists. */
#include "op/window_lists.h"

#include <string.h>

void window_lists_init(WindowLists *lists, Memory *memory) {
    *lists = (WindowLists){.memory = memory};
}

void window_lists_deinit(WindowLists *lists) {
    for (size_t i = 0; i < lists->count; i++) vector_deinit(&lists->items[i].ids, lists->memory);
    memory_free(lists->memory, lists->items, lists->capacity * sizeof(*lists->items));
    window_lists_init(lists, lists->memory);
}

static bool is_before(const WindowList *list, int64_t start, int64_t from) {
    return list->start < start || (list->start == start && list->from < from);
}

/* Where the list is or belongs; nearly always at the end. */
static size_t lists_place(const WindowLists *lists, int64_t start, int64_t from) {
    size_t low = 0, high = lists->count;
    if (high > 0 && is_before(&lists->items[high - 1], start, from)) return high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (is_before(&lists->items[middle], start, from))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static Status lists_insert(WindowLists *lists, size_t at, int64_t start, int64_t from, Error *err) {
    ASSERT(at <= lists->count);
    ASSERT(at == 0 || is_before(&lists->items[at - 1], start, from));
    if (lists->count == lists->capacity &&
        !vector_grow(lists->memory, (void **)&lists->items, &lists->capacity, lists->count, 1,
                     sizeof(*lists->items)))
        return error_out_of_memory(err);
    memmove(&lists->items[at + 1], &lists->items[at], (lists->count - at) * sizeof(*lists->items));
    lists->items[at] = (WindowList){.start = start, .from = from};
    lists->count++;
    return STATUS_OK;
}

Status window_lists_add(WindowLists *lists, int64_t start, int64_t from, uint32_t id, Error *err) {
    size_t at = lists_place(lists, start, from);
    bool is_there = at < lists->count && lists->items[at].start == start && lists->items[at].from == from;
    if (!is_there) TRY(lists_insert(lists, at, start, from, err));
    return vector_push(&lists->items[at].ids, lists->memory, id) ? STATUS_OK : error_out_of_memory(err);
}

void window_lists_drop_first(WindowLists *lists) {
    ASSERT(lists->count > 0);
    vector_deinit(&lists->items[0].ids, lists->memory);
    lists->count--;
    memmove(&lists->items[0], &lists->items[1], lists->count * sizeof(*lists->items));
}

uint32_t window_lists_take(WindowLists *lists, uint32_t *ids, uint32_t capacity) {
    ASSERT(lists->count > 0);
    ASSERT(capacity > 0);
    WindowList *first = &lists->items[0];
    ASSERT(first->taken < first->ids.count); /* an emptied list goes at once */
    size_t left = first->ids.count - first->taken;
    uint32_t count = left < capacity ? (uint32_t)left : capacity;
    memcpy(ids, first->ids.items + first->taken, count * sizeof(*ids));
    first->taken += count;
    if (first->taken == first->ids.count) window_lists_drop_first(lists);
    return count;
}

size_t window_lists_memory(const WindowLists *lists) {
    size_t total = lists->capacity * sizeof(*lists->items);
    for (size_t i = 0; i < lists->count; i++) total += lists->items[i].ids.capacity * sizeof(uint32_t);
    return total;
}
