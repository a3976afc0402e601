/* SPDX-License-Identifier: Apache-2.0
 * store/state_heap.h - bytes of varying length that belong to a State.
 *
 * Texts longer than a key cell, and whatever a value's owner wants to keep beside its record.
 * Bytes are appended once and named by a 64-bit ref (segment, offset); freeing only counts.
 * A segment without a live byte is given back or used again at once; when most of a segment
 * is dead, its owner moves the rest with state_heap_move and the segment empties itself.
 *
 *     TRY(state_heap_append(&state->heap, text.data, text.size, &ref, err));
 *     Str text = {state_heap_bytes(&state->heap, ref), size};
 *     state_heap_free(&state->heap, ref, size);
 *
 * Sizes are the owner's to remember: a wrong one given to free or move makes the counts wrong, which is
 * asserted where it shows.
 *
 * Owner:   the caller's storage; segments come from `io` and are charged to `memory`, both outlive the heap.
 * Threads: one at a time. */
#ifndef WEIR_STORE_STATE_HEAP_H
#define WEIR_STORE_STATE_HEAP_H

#include "base/vector.h"
#include "io/io.h"

enum {
    /* Segments start small, so that a thousand small states do not take 2 GiB, and end at a huge page. */
    STATE_HEAP_SEGMENT_SIZE_MIN = 4 * 1024,
    STATE_HEAP_SEGMENT_SIZE_MAX = 2 * 1024 * 1024, /* larger texts get a segment of their own */
    STATE_HEAP_TEXT_SIZE_MAX = 1024 * 1024 * 1024, /* bytes; PostgreSQL's limit of a value */
};

typedef struct StateHeapSegment {
    char *bytes; /* NULL: given back; the number is used again */
    uint32_t size;
    uint32_t used; /* appended so far, dead or alive */
    uint32_t live; /* of these, not yet freed */
} StateHeapSegment;

/* All zero but for io and memory: an empty heap, which holds no memory. */
typedef struct StateHeap {
    Io *io;
    Memory *memory;
    VECTOR(StateHeapSegment) segments;
    uint32_t current; /* where appends go */
    uint64_t used;    /* sums over the segments, bytes */
    uint64_t live;
    uint64_t held; /* memory */
} StateHeap;

void state_heap_init(StateHeap *heap, Io *io, Memory *memory);
void state_heap_deinit(StateHeap *heap);
void state_heap_reset(StateHeap *heap); /* everything is gone; keeps one segment */

/* A copy of `size` bytes (0 is fine; over STATE_HEAP_TEXT_SIZE_MAX is STATUS_LIMIT; STATUS_OUT_OF_MEMORY).
 * Moves nothing already there, so `bytes` may lie in this heap. Equal bytes get refs of their own. */
NODISCARD Status state_heap_append(StateHeap *heap, const void *bytes, size_t size, uint64_t *ref_out,
                                   Error *err);

/* The bytes of a ref that is not freed; not zero-terminated. Stable until freed, moved or reset: appending
 * does not move them. */
static inline const char *state_heap_bytes(const StateHeap *heap, uint64_t ref) {
    DEBUG_ASSERT(ref >> 32 < heap->segments.count);
    return heap->segments.items[ref >> 32].bytes + (uint32_t)ref;
}

/* Counts the bytes dead; the ref may not be used again. Size 0: nothing to do, any ref. */
void state_heap_free(StateHeap *heap, uint64_t ref, size_t size);

/* True when less than half of the appended bytes are alive and a walk with state_heap_move would give memory
 * back. */
bool state_heap_sparse(const StateHeap *heap);

/* Moves the bytes and rewrites *ref if they lie in a segment that is less than half alive; else does nothing.
 * The walk, by who knows all refs:
 *
 *     if (state_heap_sparse(&state->heap))
 *         for (each value) TRY(state_heap_move(&state->heap, &value->ref, value->size, err));
 *
 * On failure *ref stays good. */
NODISCARD Status state_heap_move(StateHeap *heap, uint64_t *ref, size_t size, Error *err);

/* Bytes held, dead ones and the list of segments counted in. */
static inline size_t state_heap_memory(const StateHeap *heap) {
    return heap->held + heap->segments.capacity * sizeof(StateHeapSegment);
}

#endif
