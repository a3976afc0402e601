/* SPDX-License-Identifier: Apache-2.0
 * op/window_lists.c - a sorted array of lists. */
#include "op/window_lists.h"

#include <string.h>

static WindowList *array_start(const WindowLists *lists) {
    return lists->items == NULL ? NULL : lists->items - lists->free_before;
}

void window_lists_init(WindowLists *lists, Memory *memory) {
    *lists = (WindowLists){.memory = memory};
}

void window_lists_deinit(WindowLists *lists) {
    for (size_t i = 0; i < lists->count; i++) vector_deinit(&lists->items[i].runs, lists->memory);
    memory_free(lists->memory, array_start(lists), lists->capacity * sizeof(*lists->items));
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
    ASSERT(low == lists->count || !is_before(&lists->items[low], start, from));
    return low;
}

/* Room behind the last list: the places before the first, where they are half of the array, else a larger array. */
static Status lists_reserve(WindowLists *lists, Error *err) {
    WindowList *start = array_start(lists);
    size_t used = lists->free_before + lists->count;
    ASSERT(used <= lists->capacity);
    if (used < lists->capacity) return STATUS_OK;
    if (lists->free_before > 0 && lists->free_before >= lists->capacity / 2) {
        memmove(start, lists->items, lists->count * sizeof(*start));
        lists->free_before = 0;
    } else if (!vector_grow(lists->memory, (void **)&start, &lists->capacity, used, 1, sizeof(*start))) {
        return error_out_of_memory(err);
    }
    lists->items = start + lists->free_before;
    return STATUS_OK;
}

/* The shorter side moves: a window at either end costs nothing. */
static Status lists_insert(WindowLists *lists, size_t at, int64_t start, int64_t from, Error *err) {
    ASSERT(at <= lists->count);
    ASSERT(at == 0 || is_before(&lists->items[at - 1], start, from));
    ASSERT(at == lists->count || !is_before(&lists->items[at], start, from));
    if (lists->free_before > 0 && at < lists->count - at) {
        memmove(lists->items - 1, lists->items, at * sizeof(*lists->items));
        lists->items--;
        lists->free_before--;
    } else {
        TRY(lists_reserve(lists, err));
        memmove(&lists->items[at + 1], &lists->items[at], (lists->count - at) * sizeof(*lists->items));
    }
    lists->items[at] = (WindowList){.start = start, .from = from};
    lists->count++;
    return STATUS_OK;
}

/* All or nothing. */
static bool list_append(WindowList *list, Memory *memory, const uint32_t *ids, const uint32_t *rows,
                        size_t count) {
    size_t run_count = 1;
    for (size_t i = 1; i < count; i++) run_count += ids[rows[i]] != ids[rows[i - 1]] + 1;
    if (!vector_reserve(&list->runs, memory, run_count)) return false;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = ids[rows[i]];
        IdRun *last = list->runs.count == 0 ? NULL : &list->runs.items[list->runs.count - 1];
        if (last != NULL && last->first + last->count == id)
            last->count++;
        else
            list->runs.items[list->runs.count++] = (IdRun){id, 1};
    }
    list->id_count += count;
    return true;
}

Status window_lists_add_rows(WindowLists *lists, int64_t start, int64_t from, const uint32_t *ids,
                             const uint32_t *rows, size_t count, Error *err) {
    ASSERT(count > 0);
    ASSERT(ids != NULL && rows != NULL);
    size_t at = lists_place(lists, start, from);
    bool is_there = at < lists->count && lists->items[at].start == start && lists->items[at].from == from;
    if (!is_there) TRY(lists_insert(lists, at, start, from, err));
    return list_append(&lists->items[at], lists->memory, ids, rows, count) ? STATUS_OK
                                                                           : error_out_of_memory(err);
}

Status window_lists_add(WindowLists *lists, int64_t start, int64_t from, uint32_t id, Error *err) {
    uint32_t row = 0;
    return window_lists_add_rows(lists, start, from, &id, &row, 1, err);
}

void window_lists_drop_first(WindowLists *lists) {
    ASSERT(lists->count > 0);
    vector_deinit(&lists->items[0].runs, lists->memory);
    lists->count--;
    lists->items++;
    lists->free_before++;
}

uint32_t window_list_read(const WindowList *list, WindowListCursor *cursor, uint32_t *ids,
                          uint32_t capacity) {
    uint32_t count = 0;
    while (count < capacity && cursor->run < list->runs.count) {
        const IdRun *run = &list->runs.items[cursor->run];
        DEBUG_ASSERT(cursor->at < run->count); /* a run read to its end is left at once */
        uint32_t left = run->count - cursor->at, part = left < capacity - count ? left : capacity - count;
        for (uint32_t i = 0; i < part; i++) ids[count + i] = run->first + cursor->at + i;
        count += part;
        cursor->at += part;
        if (part < left) break;
        cursor->run++;
        cursor->at = 0;
    }
    return count;
}

uint32_t window_lists_take(WindowLists *lists, uint32_t *ids, uint32_t capacity) {
    ASSERT(lists->count > 0);
    ASSERT(capacity > 0);
    WindowList *first = &lists->items[0];
    uint32_t count = window_list_read(first, &first->taken, ids, capacity);
    ASSERT(count > 0); /* an emptied list goes at once */
    if (first->taken.run == first->runs.count) window_lists_drop_first(lists);
    return count;
}

size_t window_lists_likely_count(const WindowLists *lists, int64_t start) {
    size_t at = lists_place(lists, start, INT64_MIN);
    size_t count = at < lists->count && lists->items[at].start == start ? lists->items[at].id_count : 0;
    size_t before = at > 0 ? lists->items[at - 1].id_count : 0;
    return count > before ? count : before;
}

size_t window_lists_memory(const WindowLists *lists) {
    size_t total = lists->capacity * sizeof(*lists->items);
    for (size_t i = 0; i < lists->count; i++) total += lists->items[i].runs.capacity * sizeof(IdRun);
    return total;
}
