/* SPDX-License-Identifier: Apache-2.0
 * column/frame.h - the memory of one batch's way through the operators.
 *
 * Values are bumped from counted blocks, descriptors from an arena; all is gone at the reset.
 * Who wants values to stay retains their block: it is then left alone, and the frame goes on
 * behind them. A batch of one row costs one cache line per column, no pool traffic.
 *
 *     Frame frame;
 *     TRY(frame_init(&frame, pool, err));
 *     int64_t *values = frame_alloc(&frame, n * sizeof(*values), &owner);   NULL when refused
 *     frame_reset(&frame);
 *
 * What it is used for, and how long things live:
 *
 *     values            frame_alloc              until the reset, or as long as *owner is retained
 *     descriptors       FRAME_NEW, FRAME_ARRAY   until the reset
 *     foreign buffers   frame_adopt              the frame's reference goes at the reset
 *
 * Under AddressSanitizer bytes not handed out are poisoned: reading past an array, or after the reset, is
 * found.
 *
 * Threads: one at a time. */
#ifndef WEIR_COLUMN_FRAME_H
#define WEIR_COLUMN_FRAME_H

#include "base/arena.h"
#include "column/buffer.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define FRAME_UNPOISON(address, size) __asan_unpoison_memory_region((address), (size))
#define FRAME_POISON(address, size)   __asan_poison_memory_region((address), (size))
#else
#define FRAME_UNPOISON(address, size) ((void)0)
#define FRAME_POISON(address, size)   ((void)0)
#endif

/* Bytes. The first block is small, as most statements are; blocks double up to FRAME_BLOCK_SIZE, a share of
 * the L2 cache. */
enum { FRAME_BLOCK_SIZE = 256 << 10, FRAME_BLOCK_SIZE_FIRST = 16 << 10, FRAME_ALIGNMENT = 64 };

/* Fields are frame.c's, but `arena`, which is open to all for what lives as long. {0} is no frame yet. */
typedef struct Frame {
    BufferPool *pool;
    Arena arena;            /* for descriptors: arrays of Array, view data lists, errors of rows */
    Buffer *block;          /* the one being filled */
    struct FrameHeld *held; /* filled, large and adopted ones, listed in the arena: released at the reset */
    char *at;               /* the next value goes here; a multiple of FRAME_ALIGNMENT */
    char *end;
    size_t block_size; /* of the newest block */
} Frame;

/* The pool outlives the frame. On failure (memory) frame_deinit is still to be called. */
NODISCARD Status frame_init(Frame *frame, BufferPool *pool, Error *err);
/* The frame's references go; what others have retained stays. Safe on {0}. */
void frame_deinit(Frame *frame);

/* Everything not retained is gone. Cheap: the current block is used again from its start, or behind what
 * somebody keeps of it. */
void frame_reset(Frame *frame);

/* Bytes of frame blocks and held buffers now. */
size_t frame_size(const Frame *frame);

/* What frame_alloc does where the current block is full; not to be called directly. */
NODISCARD void *frame_alloc_slow(Frame *frame, size_t size, Buffer **owner);

/* `size` bytes at 64-byte alignment, readable and writable to the next multiple of 64; contents undefined.
 * *owner (may be NULL) receives the block to retain; it is borrowed. NULL when refused. */
NODISCARD static inline void *frame_alloc(Frame *frame, size_t size, Buffer **owner) {
    size_t rounded = (size + FRAME_ALIGNMENT - 1) & ~(size_t)(FRAME_ALIGNMENT - 1);
    if (__builtin_expect(rounded > (size_t)(frame->end - frame->at) || size > SIZE_MAX / 2, 0))
        return frame_alloc_slow(frame, size, owner);
    void *result = frame->at;
    frame->at += rounded;
    FRAME_UNPOISON(result, rounded);
    if (owner != NULL) *owner = frame->block;
    return result;
}

/* The frame takes over one reference, until its reset; when memory is refused it is released at once. */
NODISCARD Status frame_adopt(Frame *frame, Buffer *buffer, Error *err);

/* One or `count` descriptors, zeroed, in the frame's arena; NULL when refused. */
#define FRAME_NEW(frame, Type)          ARENA_NEW(&(frame)->arena, Type)
#define FRAME_ARRAY(frame, Type, count) ARENA_ARRAY(&(frame)->arena, Type, (count))

#endif
