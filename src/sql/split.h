/* SPDX-License-Identifier: Apache-2.0
 * sql/split.h - where does a statement end, while its text is still arriving?
 *
 * For the shell and for scripts read from a pipe: knows quotes, comments and dollar quotes, and no grammar.
 * Every byte is looked at once, however the text arrives.
 *
 *     Split split = {0};
 *     while (read_more(&buffer)) {
 *         size_t end;
 *         while ((end = split_next(&split, buffer)) > 0) {
 *             run(str_from(buffer.data, end));
 *             drop_front(&buffer, end);            split has already started over
 *         }
 *     }
 *     if (split_has_content(&split)) run(buffer);   the last statement needs no semicolon
 *
 * Threads: one at a time per Split. */
#ifndef WEIR_SQL_SPLIT_H
#define WEIR_SQL_SPLIT_H

#include "base/str.h"

/* What the text is inside of where the last call stopped. */
typedef enum SplitState {
    SPLIT_PLAIN,
    SPLIT_STRING,        /* inside '..' */
    SPLIT_ESCAPE_STRING, /* inside E'..' */
    SPLIT_IDENTIFIER,    /* inside ".." */
    SPLIT_DOLLAR,        /* inside $tag$..$tag$ */
    SPLIT_LINE_COMMENT,
    SPLIT_BLOCK_COMMENT,
} SplitState;

/* All zero at the start. */
typedef struct Split {
    SplitState state;  /* for a prompt that tells what is open */
    bool has_content;  /* something other than white space and comments was seen */
    bool waits;        /* the last byte means what the next one makes of it */
    uint32_t depth;    /* of nested block comments */
    uint32_t tag_size; /* of $tag$ */
    size_t tag_start;
    size_t offset; /* looked at so far */
} Split;

/* `text` is everything since the last statement's end, grown since the last call and otherwise the same bytes (they may
 * have moved). Returns the size of the first statement, its
 * semicolon included, and starts over; 0 when no semicolon that ends it has come yet. */
size_t split_next(Split *split, Str text);

/* Is there a statement without its semicolon? (White space and comments alone are none.) */
static inline bool split_has_content(const Split *split) {
    return split->has_content || split->waits;
}

#endif
