/* SPDX-License-Identifier: Apache-2.0
 * column/array.h - one column of values in Arrow's layout; a view that owns nothing.
 *
 *     const int64_t *values = array_i64(&array);
 *     if (array_is_null(&array, row)) ...
 *     Str text = array_text(&array, row);
 *
 * An Array is valid as long as the frame (or whatever else) it came from. array_retain keeps
 * its buffers beyond that, array_release undoes it; the list `data` itself stays in the frame's arena, so
 * who keeps an array copies that list too (batch_keep does). Sealed arrays are never written again.
 *
 * The slot under a NULL holds some valid value: any number, a view that is empty or points where it
 * may. So loops may compute on all slots and look at validity afterwards.
 *
 * Text and bytea, and JSONB as base/jsonb.h lays its values out (column/jsonb_view.h), are Arrow string views exactly: 16 bytes, the length, then up to 12 bytes of
 * the text itself, or 4 bytes of it, the number of a data buffer and an offset there:
 *
 *     | length u32 | bytes, padded with zeros             |   length <= 12
 *     | length u32 | prefix 4 | buffer u32 | offset u32   |   length >  12
 *
 * Which functions allocate can be seen from their `frame`; those fail with STATUS_OUT_OF_MEMORY only, unless
 * they say more, and `out` is then as it was.
 *
 * Threads: read by any number. */
#ifndef WEIR_COLUMN_ARRAY_H
#define WEIR_COLUMN_ARRAY_H

#include "base/bits.h"
#include "base/decimal.h"
#include "base/interval.h"
#include "base/zone.h"
#include "column/frame.h"
#include "column/type.h"

/* Bytes of a text that stands in its view. */
enum { VIEW_INLINE_SIZE_MAX = 12 };

/* Two views are the same text when sizes and prefixes (the first word) are equal and the bytes behind are. */
typedef struct View {
    uint32_t size;
    union {
        char inlined[VIEW_INLINE_SIZE_MAX];
        struct {
            char prefix[4];  /* of the text: at the same place as inlined[0..3] */
            uint32_t buffer; /* entry of the array's `data` */
            uint32_t offset; /* bytes into it */
        } far;
    };
} View;

STATIC_ASSERT(sizeof(View) == 16, "Arrow's string view");
STATIC_ASSERT(offsetof(View, far.prefix) == offsetof(View, inlined), "the first bytes are at one place");
STATIC_ASSERT(sizeof(Decimal) == 16 && sizeof(Interval) == 16, "gather and repeat know widths up to 16");

/* One of the buffers that the views of an array point into. */
typedef struct ViewData {
    const char *bytes;
    size_t size;
    Buffer *owner; /* NULL: static, or as long-lived as the array's frame */
} ViewData;

/* Bits beyond `length`, of validity and of boolean values, are undefined. */
typedef struct Array {
    Type type;
    uint32_t length;
    uint32_t data_count;      /* views: entries of data */
    const uint64_t *validity; /* bit set: not NULL; NULL: no value is NULL */
    const void *values;       /* `length` values of the type's layout */
    const ViewData *data;     /* views: what they point into */
    Buffer *validity_owner;   /* NULL as for ViewData */
    Buffer *values_owner;
} Array;

/* The values under their C type, which follows from the layout (not checked: array_i64 of a double column
 * gives its bits, and is used for that). Values of rows that are NULL may be read. */
static inline const int16_t *array_i16(const Array *array) {
    return array->values;
}
static inline const int32_t *array_i32(const Array *array) {
    return array->values;
}
static inline const int64_t *array_i64(const Array *array) {
    return array->values;
}
static inline const float *array_f32(const Array *array) {
    return array->values;
}
static inline const double *array_f64(const Array *array) {
    return array->values;
}
static inline const Decimal *array_decimal(const Array *array) {
    return array->values;
}
static inline const Interval *array_interval(const Array *array) {
    return array->values;
}
static inline const uint64_t *array_bits(const Array *array) {
    return array->values;
}
static inline const View *array_views(const Array *array) {
    return array->values;
}

/* For places that look at single rows; loops look at `validity` once and run over whole words of it. */
static inline bool array_is_null(const Array *array, size_t row) {
    return array->validity != NULL && !bits_get(array->validity, row);
}

/* The bytes of one view; borrowed from the array, and, when short, from `view` itself: not of a copy on the
 * stack that ends first. */
static inline Str view_text(const View *view, const ViewData *data) {
    if (view->size <= VIEW_INLINE_SIZE_MAX) return (Str){view->inlined, view->size};
    return (Str){data[view->far.buffer].bytes + view->far.offset, view->size};
}

/* The text in `row`, of TEXT, VARCHAR, BYTEA, JSONB; of a NULL row an empty text or some other. Borrowed from the array. */
static inline Str array_text(const Array *array, size_t row) {
    return view_text(array_views(array) + row, array->data);
}

/* Up to 12 bytes as two words, zero padded: bytes 0 .. 7 and 8 .. 11. Overlapping loads, no call, no loop: a
 * memcpy of a length the compiler does not know costs more than all of this. Little-endian. */
static inline void view_load_short(Str text, uint64_t *low, uint32_t *high) {
    const char *at = text.data;
    size_t size = text.size;
    uint32_t head = 0, tail = 0;
    *low = *high = 0;
    if (size >= 8) {
        memcpy(low, at, 8);
        memcpy(&tail, at + size - 4, 4);
        *high = size == 8 ? 0 : tail >> (8 * (12 - size));
    } else if (size >= 4) {
        memcpy(&head, at, 4);
        memcpy(&tail, at + size - 4, 4);
        *low = head | (uint64_t)tail << (8 * (size - 4));
    } else if (size > 0) {
        *low = (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[size / 2] << (8 * (size / 2)) |
               (uint64_t)(unsigned char)at[size - 1] << (8 * (size - 1));
    }
}

/* A view of `text`, which lies at `offset` of data buffer `buffer` when it is long; for a short one both are
 * ignored. text.size < 4 GiB; builders and the import keep it below 2 GiB, as Arrow's lengths are signed. */
static inline View view_make(Str text, uint32_t buffer, uint32_t offset) {
    DEBUG_ASSERT(text.size <= UINT32_MAX);
    uint64_t low, words[2];
    uint32_t high;
    if (text.size <= VIEW_INLINE_SIZE_MAX) {
        view_load_short(text, &low, &high);
    } else {
        uint32_t prefix;
        memcpy(&prefix, text.data, 4);
        low = prefix | (uint64_t)buffer << 32;
        high = offset;
    }
    words[0] = (uint32_t)text.size | low << 32;
    words[1] = low >> 32 | (uint64_t)high << 32;
    View view;
    memcpy(&view, words, sizeof(view));
    return view;
}

/* The view of a slice of view_text(view, data). */
static inline View view_slice(const View *view, const ViewData *data, Str part) {
    if (view->size <= VIEW_INLINE_SIZE_MAX) return view_make(part, 0, 0);
    Str whole = view_text(view, data);
    DEBUG_ASSERT(part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
    return view_make(part, view->far.buffer, view->far.offset + (uint32_t)(part.data - whole.data));
}

/* Number of NULLs: counts the bitmap, so once per batch and not once per row. */
size_t array_null_count(const Array *array);

/* One reference more, or less, of every buffer that the array names. Not for arrays whose owners are NULL
 * though their bytes are the frame's (README). */
void array_retain(const Array *array);
void array_release(const Array *array);

/* Rows [from, from + count), `from` a multiple of 64: shares everything and allocates nothing. For a look
 * inside one call; array_slice is what may be passed on. */
static inline Array array_part(const Array *array, uint32_t from, uint32_t count) {
    DEBUG_ASSERT(from % 64 == 0 && from <= array->length && count <= array->length - from);
    Array part = *array;
    part.length = count;
    part.values = type_layout(array->type) == LAYOUT_BIT
                      ? (const void *)(array_bits(array) + from / 64)
                      : (const char *)array->values + from * type_width(array->type);
    if (part.validity != NULL) part.validity += from / 64;
    return part;
}

/* Rows [from, from + count), both within the array; zero-copy but for bitmaps when `from` is no multiple of
 * 64. */
NODISCARD Status array_slice(const Array *array, Frame *frame, uint32_t from, uint32_t count, Array *out,
                             Error *err);

/* `length` NULLs of a type, over zeroed slots; the type is not nested (asserted). */
NODISCARD Status array_nulls(Frame *frame, Type type, uint32_t length, Array *out, Error *err);

/* The value in `row` of `array`, NULL or not, `length` times: a constant as a column. A long text is not copied: its data
 * is shared, and its owners with it. */
NODISCARD Status array_repeat(const Array *array, uint32_t row, Frame *frame, uint32_t length, Array *out,
                              Error *err);

/* Rows at `rows` (each < array->length), in that order, repeats allowed. Views share the source's data
 * buffers; a bitmap that turns out to be all ones is left out. */
NODISCARD Status array_gather(const Array *array, Frame *frame, const uint32_t *rows, uint32_t count,
                              Array *out, Error *err);

/* Rows taken from several arrays of one type: row rows[i] of arrays[sources[i]]. Data buffer lists are
 * joined; when the list would pass ARRAY_DATA_COUNT_MAX, or most bytes pinned are dead, long texts are copied
 * into one buffer: otherwise a few rows of each of many batches would keep all those batches' texts alive. */
enum { ARRAY_DATA_COUNT_MAX = 64 };
NODISCARD Status array_gather_many(const Array *arrays, uint32_t array_count, Frame *frame,
                                   const uint32_t *sources, const uint32_t *rows, uint32_t count, Array *out,
                                   Error *err);

/* One array after the other, of one layout (the first one's type is kept). STATUS_LIMIT beyond 2^32 - 1
 * rows. */
NODISCARD Status array_concat(const Array *arrays, uint32_t array_count, Frame *frame, Array *out,
                              Error *err);

/* Values whole: the same NULLs and the same values as PostgreSQL's IS NOT DISTINCT FROM (NaN = NaN, -0 = 0,
 * numerics by value, intervals by their ordering value). Arrays of one layout; numerics may differ in
 * scale. */
bool array_value_equal(const Array *a, size_t row_a, const Array *b, size_t row_b);

/* PostgreSQL's btree order of two values of one type: < 0, 0, > 0. NULLs sort after everything; text by
 * bytes (the C collation); NaN above all numbers. */
int array_value_compare(const Array *a, size_t row_a, const Array *b, size_t row_b);

/* One value in PostgreSQL's text form, as COPY writes it (NULL appends nothing and returns false). Times:
 * ISO, UTC. Refused memory makes `out` failed. */
bool array_value_text(const Array *array, size_t row, Text *out);

/* The same, a TIMESTAMPTZ as the clock of `zone` shows it. */
bool array_value_text_in_zone(const Array *array, size_t row, const Zone *zone, Text *out);

#endif
