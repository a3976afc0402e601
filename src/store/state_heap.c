/* SPDX-License-Identifier: Apache-2.0
 * store/state_heap.c - segments filled front to back, with counts of what lives in each.
 *
 *     ref = segment number << 32 | offset
 *
 * Nothing inside a segment is reused; a segment is, as a whole, once its live count is 0. */
#include "store/state_heap.h"

#include <string.h>

void state_heap_init(StateHeap *heap, Io *io, Memory *memory) {
    STATIC_ASSERT(STATE_HEAP_SEGMENT_SIZE_MIN % IO_PAGE_SIZE == 0, "segments are whole pages");
    STATIC_ASSERT(STATE_HEAP_SEGMENT_SIZE_MAX % IO_PAGE_SIZE_HUGE == 0,
                  "large segments are whole huge pages");
    STATIC_ASSERT(STATE_HEAP_TEXT_SIZE_MAX + IO_PAGE_SIZE < UINT32_MAX, "offsets and sizes are 32 bits");
    ASSERT(io != NULL && memory != NULL);
    *heap = (StateHeap){.io = io, .memory = memory};
}

/* Its number stays, with no bytes, and is given to the next segment: refs hold segment numbers. */
static void heap_release_segment(StateHeap *heap, StateHeapSegment *segment) {
    ASSERT(segment->live <= segment->used);
    ASSERT(segment->used <= segment->size);
    ASSERT(heap->held >= segment->size);
    io_pages_free(heap->io, heap->memory, segment->bytes, segment->size);
    heap->held -= segment->size;
    heap->used -= segment->used;
    heap->live -= segment->live;
    *segment = (StateHeapSegment){0};
}

void state_heap_deinit(StateHeap *heap) {
    for (size_t i = 0; i < heap->segments.count; i++) heap_release_segment(heap, &heap->segments.items[i]);
    vector_deinit(&heap->segments, heap->memory);
    ASSERT(heap->held == 0 && heap->live == 0);
}

void state_heap_reset(StateHeap *heap) {
    for (size_t i = 1; i < heap->segments.count; i++) heap_release_segment(heap, &heap->segments.items[i]);
    if (heap->segments.count > 0) {
        heap->segments.count = 1;
        heap->segments.items[0].used = heap->segments.items[0].live = 0;
    }
    heap->current = 0;
    heap->used = heap->live = 0;
}

static bool heap_fits(const StateHeap *heap, size_t size) {
    if (heap->segments.count == 0) return false;
    const StateHeapSegment *segment = &heap->segments.items[heap->current];
    return segment->size - segment->used >= size; /* a segment given back has size 0 */
}

/* Segments grow with what is alive, so that a small heap stays small. */
static size_t heap_segment_size(const StateHeap *heap, size_t size) {
    size_t wanted = heap->live / 4;
    if (wanted < STATE_HEAP_SEGMENT_SIZE_MIN) wanted = STATE_HEAP_SEGMENT_SIZE_MIN;
    if (wanted > STATE_HEAP_SEGMENT_SIZE_MAX / 2) wanted = STATE_HEAP_SEGMENT_SIZE_MAX;
    /* From half a huge page on a whole one: with the kernel's help it costs one fault instead of 512. */
    if (wanted < size) wanted = size;
    return (wanted + IO_PAGE_SIZE - 1) & ~(size_t)(IO_PAGE_SIZE - 1);
}

/* Makes a segment with room current. A number given back comes first, so that numbers stay few. */
static bool heap_add_segment(StateHeap *heap, size_t size) {
    size_t number = 0;
    while (number < heap->segments.count && heap->segments.items[number].bytes != NULL) number++;
    if (number == heap->segments.count) {
        if (!vector_push(&heap->segments, heap->memory, (StateHeapSegment){0})) return false;
    }
    size_t segment_size = heap_segment_size(heap, size);
    char *bytes = io_pages_alloc(heap->io, heap->memory, segment_size);
    if (bytes == NULL) return false;
    heap->segments.items[number] = (StateHeapSegment){.bytes = bytes, .size = (uint32_t)segment_size};
    heap->held += segment_size;
    heap->current = (uint32_t)number;
    return true;
}

Status state_heap_append(StateHeap *heap, const void *bytes, size_t size, uint64_t *ref_out, Error *err) {
    ASSERT(bytes != NULL || size == 0);
    if (size > STATE_HEAP_TEXT_SIZE_MAX)
        return error_set(err, STATUS_LIMIT, "a text of %zu bytes is too long to keep (the limit is %d)", size,
                         STATE_HEAP_TEXT_SIZE_MAX);
    if (!heap_fits(heap, size) && !heap_add_segment(heap, size)) return error_out_of_memory(err);
    StateHeapSegment *segment = &heap->segments.items[heap->current];
    DEBUG_ASSERT(size <= segment->size - segment->used);
    if (size > 0) memcpy(segment->bytes + segment->used, bytes, size);
    *ref_out = (uint64_t)heap->current << 32 | segment->used;
    segment->used += (uint32_t)size;
    segment->live += (uint32_t)size;
    heap->used += size;
    heap->live += size;
    return STATUS_OK;
}

void state_heap_free(StateHeap *heap, uint64_t ref, size_t size) {
    if (size == 0) return;
    uint32_t number = (uint32_t)(ref >> 32);
    ASSERT(number < heap->segments.count);
    StateHeapSegment *segment = &heap->segments.items[number];
    ASSERT(segment->live >= size);
    ASSERT((uint32_t)ref + size <= segment->used); /* bytes that were appended here */
    segment->live -= (uint32_t)size;
    heap->live -= size;
    if (segment->live > 0) return;
    /* The current one is where the next append goes: kept, and filled from the front again. */
    if (number != heap->current) {
        heap_release_segment(heap, segment);
    } else {
        heap->used -= segment->used;
        segment->used = 0;
    }
}

bool state_heap_sparse(const StateHeap *heap) {
    ASSERT(heap->live <= heap->used);
    /* One small segment is not worth a walk over all records. */
    return heap->used > STATE_HEAP_SEGMENT_SIZE_MIN && heap->live < heap->used / 2;
}

Status state_heap_move(StateHeap *heap, uint64_t *ref, size_t size, Error *err) {
    uint32_t number = (uint32_t)(*ref >> 32);
    ASSERT(number < heap->segments.count);
    const StateHeapSegment *segment = &heap->segments.items[number];
    ASSERT((uint32_t)*ref + size <= segment->used);
    ASSERT(segment->live >= size);
    if (size == 0 || segment->live >= segment->used / 2) return STATUS_OK;
    /* Appending to the segment that is being emptied would only stir it. */
    if (number == heap->current && !heap_add_segment(heap, size)) return error_out_of_memory(err);
    uint64_t moved = 0;
    /* A copy before the old one is freed: freeing it may give its segment back. */
    TRY(state_heap_append(heap, state_heap_bytes(heap, *ref), size, &moved, err));
    state_heap_free(heap, *ref, size);
    *ref = moved;
    return STATUS_OK;
}
