/* SPDX-License-Identifier: Apache-2.0
 * format/flatbuffer.h - writes FlatBuffers, for the headers of Arrow's messages.
 *
 * Written from the root down, parents before children, so that a reference is known when its target is
 * written and is then filled in. Positions count from the buffer's first byte. Strings, vectors and tables
 * may be written in any order, each once.
 *
 *     Flatbuffer flat = flatbuffer_begin(&text);
 *     FlatbufferField fields[] = {{2, 4}, {1, 1}, {FLATBUFFER_REFERENCE}};
 *     flatbuffer_refer(&flat, 0, flatbuffer_table(&flat, fields, 3));
 *     flatbuffer_refer(&flat, fields[2].position, flatbuffer_string(&flat, name));
 *
 * A Text that failed is the caller's to notice. Threads: one at a time. */
#ifndef WEIR_FORMAT_FLATBUFFER_H
#define WEIR_FORMAT_FLATBUFFER_H

#include "base/text.h"

/* A buffer being written: the end of the text, from `start` on. */
typedef struct Flatbuffer {
    Text *text;
    size_t start; /* of the buffer in the text */
} Flatbuffer;

enum {
    FLATBUFFER_ABSENT = 0,     /* the reader takes the default */
    FLATBUFFER_REFERENCE = 16, /* to a table, vector or string that is written later */
    FLATBUFFER_FIELD_COUNT_MAX = 16,
};

/* One field of a table, in the order of the schema; the fields after the last that is given are absent.
 * Alignment and the vtable are seen to. */
typedef struct FlatbufferField {
    uint8_t size; /* in bytes: 1, 2, 4 or 8, or one of the names above */
    int64_t value;
    size_t position; /* where it was written; set by flatbuffer_table */
} FlatbufferField;

/* At the end of the text; room for the reference to the root is at position 0. */
Flatbuffer flatbuffer_begin(Text *text);

/* Each returns the position of what it wrote. */
size_t flatbuffer_table(Flatbuffer *flat, FlatbufferField *fields, size_t count);
size_t flatbuffer_string(Flatbuffer *flat, Str string);
/* `count` elements of `size` bytes (references have 4), all zero: the nth lies at
 * flatbuffer_element(vector, size, n). Those of 8 bytes or more lie at multiples of 8. */
size_t flatbuffer_vector(Flatbuffer *flat, size_t count, size_t size);

static inline size_t flatbuffer_element(size_t vector, size_t size, size_t n) {
    return vector + 4 + n * size;
}

/* Fills in what was left at zero: a reference (forwards: the target was written later), an integer of `size`
 * bytes (1 to 8). Nothing happens when the Text has failed: positions mean nothing then. */
void flatbuffer_refer(Flatbuffer *flat, size_t position, size_t target);
void flatbuffer_set(Flatbuffer *flat, size_t position, size_t size, int64_t value);

#endif
