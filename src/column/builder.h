/* SPDX-License-Identifier: Apache-2.0
 * column/builder.h - fills arrays row by row, straight into their final place.
 *
 * Made for a known capacity, so that an append is a store: no growth, no check but the caller's.
 *
 *     ArrayBuilder builder;
 *     TRY(array_builder_init(&builder, frame, type_of(TYPE_BIGINT), capacity, err));
 *     array_builder_i64(&builder, 7);  array_builder_null(&builder);
 *     TRY(array_builder_finish(&builder, &array, err));
 *
 * Text: short ones go into the view; long ones are copied into data buffers taken from the frame, or
 * referred to in place (array_builder_add_data once, then array_builder_view).
 * Appending cannot fail at once: refused memory sets `failed`, later appends are harmless, and finish says
 * it. Appending more than the capacity is the caller's fault (debug builds stop). Ownership: everything
 * belongs to the frame. Threads: one. */
#ifndef WEIR_COLUMN_BUILDER_H
#define WEIR_COLUMN_BUILDER_H

#include "column/batch.h"

typedef struct ArrayBuilder {
    Frame *frame;
    Type type;
    uint32_t length;
    uint32_t capacity;
    uint64_t *validity; /* NULL until the first NULL; then all bits up to capacity are meaningful */
    Buffer *validity_owner;
    void *values;
    Buffer *values_owner;
    ViewData *data; /* views */
    uint32_t data_count;
    uint32_t data_capacity;
    char *bytes_at; /* free space in the newest data buffer of our own */
    char *bytes_end;
    uint32_t bytes_index; /* its number in data */
    char *bytes_begin; /* of that buffer; NULL: there is none yet */
    bool failed; /* memory was refused: finish reports it */
} ArrayBuilder;

/* Room for `capacity` values of a type that is not nested; 0 is fine. */
NODISCARD Status array_builder_init(ArrayBuilder *builder, Frame *frame, Type type, uint32_t capacity,
                                    Error *err);

/* The values appended so far as an array of the builder's type; STATUS_OUT_OF_MEMORY when any append was
 * refused its memory. The builder is spent. */
NODISCARD Status array_builder_finish(ArrayBuilder *builder, Array *out, Error *err);

/* Out of line: makes the validity bitmap on first use. */
void array_builder_null(ArrayBuilder *builder);

/* Stores of the layout's width: array_builder_i64 appends to BIGINT and TIMESTAMP alike. The types are the
 * caller's to get right. array_builder_view: of a text that is short, or lies in a data buffer made known
 * before. */
#define ARRAY_BUILDER_APPEND(name, CType)                                         \
    static inline void array_builder_##name(ArrayBuilder *builder, CType value) { \
        DEBUG_ASSERT(builder->length < builder->capacity);                        \
        ((CType *)builder->values)[builder->length++] = value;                    \
    }
ARRAY_BUILDER_APPEND(i16, int16_t)
ARRAY_BUILDER_APPEND(i32, int32_t)
ARRAY_BUILDER_APPEND(i64, int64_t)
ARRAY_BUILDER_APPEND(f32, float)
ARRAY_BUILDER_APPEND(f64, double)
ARRAY_BUILDER_APPEND(decimal, Decimal)
ARRAY_BUILDER_APPEND(interval, Interval)
ARRAY_BUILDER_APPEND(view, View)
#undef ARRAY_BUILDER_APPEND

/* A bit; where a row is NULL, its bit is 0 (array_builder_null). */
static inline void array_builder_bool(ArrayBuilder *builder, bool value) {
    DEBUG_ASSERT(builder->length < builder->capacity);
    bits_assign(builder->values, builder->length++, value);
}

/* UUIDs, and any other value of 16 bytes from an address that need not be aligned. */
static inline void array_builder_bytes16(ArrayBuilder *builder, const void *value) {
    DEBUG_ASSERT(builder->length < builder->capacity);
    memcpy((char *)builder->values + 16 * (size_t)builder->length++, value, 16);
}

/* A copy of the text (of any size up to 2^31 - 1; longer sets `failed`). */
void array_builder_text(ArrayBuilder *builder, Str text);

/* Room for `size` bytes in a data buffer of the builder's, for a text that is made in place. Appended
 * when the caller has written them and calls array_builder_text_commit with what was really needed (<= size;
 * a short text moves into its view, and its room is used again). NULL (and failed) when refused: then no
 * commit.
 *
 *     char *room = array_builder_text_reserve(&builder, 2 * text.size);
 *     if (room != NULL) array_builder_text_commit(&builder, escape(text, room)); */
char *array_builder_text_reserve(ArrayBuilder *builder, size_t size);
void array_builder_text_commit(ArrayBuilder *builder, size_t size);

/* Makes foreign bytes known; returns their number for view_make. `owner` is retained by nobody here: it must
 * live as long as the frame. */
uint32_t array_builder_add_data(ArrayBuilder *builder, const char *bytes, size_t size, Buffer *owner);

/* The value in `row` of an array of the same layout, NULL or not; long texts are copied. */
void array_builder_copy(ArrayBuilder *builder, const Array *array, size_t row);

/* Parses PostgreSQL's text form of the builder's type and appends the value; on a text that is none, appends
 * nothing and fills err (22P02, 22P05, 22003, 22007, 22008; 22001 beyond VARCHAR(n); 0A000 for nested types). White
 * space around numbers and times is allowed as there. Times without an offset are taken as UTC. `text` is
 * valid UTF-8 and is copied where needed. */
NODISCARD Status array_builder_parse(ArrayBuilder *builder, Str text, Error *err);
/* The same in a session: a TIMESTAMPTZ that says no zone is what the clock of `zone` (NULL: UTC) shows, and `zones` (NULL:
 * none) knows zones by name. */
NODISCARD Status array_builder_parse_in_zone(ArrayBuilder *builder, Str text, const Zone *zone, ZoneSource *zones, Error *err);

#endif
