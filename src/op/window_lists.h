/* SPDX-License-Identifier: Apache-2.0
 * op/window_lists.h - which groups belong to which open window.
 *
 * Rows come nearly in order: an array sorted by start, searched from its newest end, with room at both ends.
 *
 *     TRY(window_lists_add(&lists, start, from, id, err));
 *     n = window_lists_take(&lists, ids, capacity);      from the earliest window; it goes when empty
 *
 * A lookup is O(log windows), mostly O(1); so is adding a window at either end and removing the earliest. One added in between moves
 * those on its shorter side. Lists own their memory and know nothing of what ids stand for. Threads: one worker. */
#ifndef WEIR_OP_WINDOW_LISTS_H
#define WEIR_OP_WINDOW_LISTS_H

#include "base/vector.h"

/* Ids first, first + 1, ... */
typedef struct IdRun {
    uint32_t first;
    uint32_t count;
} IdRun;

/* How far a list has been read; {0}: not at all. */
typedef struct WindowListCursor {
    size_t run;
    uint32_t at; /* in this run */
} WindowListCursor;

/* A window's groups are mostly made one after the other, so its ids are few runs. */
typedef struct WindowList {
    int64_t start;
    int64_t from; /* what else the owner tells lists of one start apart by */
    VECTOR(IdRun) runs;
    size_t id_count;        /* of them all */
    WindowListCursor taken; /* ids already given out */
} WindowList;

typedef struct WindowLists {
    Memory *memory;
    WindowList *items; /* by rising start, then from */
    size_t count;
    size_t free_before; /* places of the array before items */
    size_t capacity;    /* of the array */
} WindowLists;

/* Allocates nothing; `memory` must outlive the lists. */
void window_lists_init(WindowLists *lists, Memory *memory);
void window_lists_deinit(WindowLists *lists);

/* One id to the window (start, from), which is made if it is not there. An id given twice is listed twice. */
NODISCARD Status window_lists_add(WindowLists *lists, int64_t start, int64_t from, uint32_t id, Error *err);

/* Adds ids[rows[0]], ids[rows[1]], ... to one window; count > 0. */
NODISCARD Status window_lists_add_rows(WindowLists *lists, int64_t start, int64_t from, const uint32_t *ids,
                                       const uint32_t *rows, size_t count, Error *err);

/* The window with the earliest start; count > 0. */
static inline const WindowList *window_lists_first(const WindowLists *lists) {
    return &lists->items[0];
}

/* The one with the latest; count > 0. */
static inline const WindowList *window_lists_last(const WindowLists *lists) {
    return &lists->items[lists->count - 1];
}

/* Up to `capacity` ids of the earliest window, in the order they were added; the window is removed with its
 * last id. */
uint32_t window_lists_take(WindowLists *lists, uint32_t *ids, uint32_t capacity);

/* The next ids of a list, up to `capacity`, in the order they were added; 0: there are no more. */
uint32_t window_list_read(const WindowList *list, WindowListCursor *cursor, uint32_t *ids, uint32_t capacity);

/* Removes the earliest window with all its ids; count > 0. O(1), but for the list's own memory. */
void window_lists_drop_first(WindowLists *lists);

/* How many ids the window at `start` has so far, or the one before it, whichever are more: about as many as it will have. 0: neither is
 * there. */
size_t window_lists_likely_count(const WindowLists *lists, int64_t start);

size_t window_lists_memory(const WindowLists *lists);

#endif
