/* SPDX-License-Identifier: Apache-2.0
 * column/frame.c - bump allocation out of counted blocks. */
#include "column/frame.h"

typedef struct FrameHeld {
    Buffer *buffer;
    struct FrameHeld *next;
} FrameHeld;

/* What is larger gets a buffer of its own, so that no block loses more than half to its tail. */
enum { FRAME_BLOCK_SHARE_MAX = FRAME_BLOCK_SIZE / 2 };

static void frame_use(Frame *frame, Buffer *block) {
    ASSERT(block->size % FRAME_ALIGNMENT == 0);
    ASSERT((uintptr_t)block->data % FRAME_ALIGNMENT == 0);
    frame->block = block;
    frame->at = block->data;
    frame->end = block->data + block->size;
    FRAME_POISON(frame->at, block->size);
}

/* Blocks go back to the pool whole: another holder may write them from start to end. */
static void frame_drop_block(Frame *frame) {
    if (frame->block == NULL) return;
    FRAME_UNPOISON(frame->at, (size_t)(frame->end - frame->at));
    buffer_release(frame->block);
}

static void frame_release_held(Frame *frame) {
    for (FrameHeld *held = frame->held; held != NULL; held = held->next) buffer_release(held->buffer);
    frame->held = NULL;
}

Status frame_init(Frame *frame, BufferPool *pool, Error *err) {
    ASSERT(pool != NULL);
    STATIC_ASSERT(FRAME_BLOCK_SIZE_FIRST % FRAME_ALIGNMENT == 0, "every value starts aligned");
    STATIC_ASSERT(FRAME_BLOCK_SHARE_MAX <= (int)FRAME_BLOCK_SIZE, "what is not large fits a block");
    STATIC_ASSERT(FRAME_BLOCK_SIZE <= 1 << BUFFER_SIZE_CLASS_MAX, "blocks come from the pool's lists");
    *frame = (Frame){.pool = pool, .block_size = FRAME_BLOCK_SIZE_FIRST};
    arena_init(&frame->arena, buffer_pool_memory(pool));
    Buffer *block = buffer_alloc(pool, FRAME_BLOCK_SIZE_FIRST);
    TRY_ALLOC(block);
    frame_use(frame, block);
    return STATUS_OK;
}

void frame_deinit(Frame *frame) {
    frame_release_held(frame);
    frame_drop_block(frame);
    if (frame->arena.memory != NULL) arena_deinit(&frame->arena);
    *frame = (Frame){0};
}

void frame_reset(Frame *frame) {
    frame_release_held(frame);
    /* Before the arena: the list of what is held lies in it. */
    arena_reset(&frame->arena);
    if (frame->block == NULL) return;
    /* Nobody else has it, so nobody can retain it meanwhile. Otherwise go on behind what they keep. */
    if (atomic_load_explicit(&frame->block->reference_count, memory_order_acquire) == 1)
        frame_use(frame, frame->block);
}

size_t frame_size(const Frame *frame) {
    size_t size = frame->block == NULL ? 0 : frame->block->size;
    for (const FrameHeld *held = frame->held; held != NULL; held = held->next) size += held->buffer->size;
    return size;
}

/* False when the arena is refused its memory. */
static bool frame_hold(Frame *frame, Buffer *buffer) {
    ASSERT(buffer != NULL);
    FrameHeld *held = FRAME_NEW(frame, FrameHeld);
    if (held == NULL) return false;
    held->buffer = buffer;
    held->next = frame->held;
    frame->held = held;
    return true;
}

Status frame_adopt(Frame *frame, Buffer *buffer, Error *err) {
    ASSERT(frame != NULL);
    if (buffer != NULL && !frame_hold(frame, buffer)) {
        buffer_release(buffer);
        return error_out_of_memory(err);
    }
    return STATUS_OK;
}

static void *frame_alloc_large(Frame *frame, size_t size, Buffer **owner) {
    Buffer *buffer = buffer_alloc(frame->pool, size);
    if (buffer == NULL) return NULL;
    if (!frame_hold(frame, buffer)) {
        buffer_release(buffer);
        return NULL;
    }
    if (owner != NULL) *owner = buffer;
    return buffer->data;
}

/* The old block stays held until the reset, the new one is the current. */
static bool frame_next_block(Frame *frame, size_t size) {
    do {
        /* Doubled at each block of a batch: a statement that needs much gets to the full size in a few. */
        frame->block_size *= 2;
    } while (frame->block_size / 2 < size);
    if (frame->block_size > FRAME_BLOCK_SIZE) frame->block_size = FRAME_BLOCK_SIZE;
    Buffer *block = buffer_alloc(frame->pool, frame->block_size);
    if (block == NULL) return false;
    /* Values in the old block are still in use: only the reset gives its reference back. */
    if (!frame_hold(frame, frame->block)) {
        buffer_release(block);
        return false;
    }
    FRAME_UNPOISON(frame->at, (size_t)(frame->end - frame->at));
    frame_use(frame, block);
    return true;
}

void *frame_alloc_slow(Frame *frame, size_t size, Buffer **owner) {
    if (size > SIZE_MAX / 4) return NULL;
    size_t rounded = (size + FRAME_ALIGNMENT - 1) & ~(size_t)(FRAME_ALIGNMENT - 1);
    if (rounded > FRAME_BLOCK_SHARE_MAX) return frame_alloc_large(frame, rounded, owner);
    /* A large value does not close the current block: small ones go on filling it. */
    if (!frame_next_block(frame, rounded)) return NULL;
    ASSERT(rounded <= (size_t)(frame->end - frame->at)); /* so the next call ends */
    return frame_alloc(frame, size, owner);
}
