/* SPDX-License-Identifier: Apache-2.0
 * column/arrow.h - the Arrow C data and stream interfaces, both ways.
 *
 * Import moves: the foreign array is released when the last buffer of ours that refers to it
 * goes. Values are not copied but for bitmaps, text with offsets (its bytes are shared, views are
 * made), dictionaries (decoded), time units other than microseconds, intervals, decimals of another
 * width, and values at an address their type may not have. Views, offsets, dictionary indices, UTF-8 and
 * the ranges of dates, times and decimals are checked. Export shares everything but intervals (Arrow's
 * count nanoseconds) and text with offsets; infinite dates and timestamps leave as the extreme integers.
 *
 *     TRY(arrow_import_schema(&arena, schema, &ours, err));
 *     TRY(arrow_import_batch(&import, &frame, array, &batch, err));    array->release is NULL afterwards
 *
 * Accepted in, as what it is by nature (arrow_import_want gives others): bool, int8..int64, uint8..uint32 (widened), uint64 (as numeric(20,0)), float16 (widened),
 * float, double, decimal32..decimal256 that fit 38 digits, utf8, large_utf8, utf8_view, binary forms,
 * fixed_size_binary, with 16 and extension arrow.uuid as UUID, date32, date64, time32, time64, timestamp (any unit, any zone =
 * TIMESTAMPTZ), duration (as interval), intervals, null, and dictionaries of these. Given out: the natural
 * type of each (text as utf8_view, or utf8 when asked; TIMESTAMPTZ with the schema's zone, UTC when it has none: the values
 * are in UTC whatever it is). Threads: as the memory they are given.
 *
 * The structs below are those of the Arrow project's C data interface, ABI and all
 * (arrow.apache.org/docs/format/CDataInterface.html, CStreamInterface.html); the guards are the ones it
 * names, so that a user's file may include another copy. */
#ifndef WEIR_COLUMN_ARROW_H
#define WEIR_COLUMN_ARROW_H

#include "column/builder.h"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE           2
#define ARROW_FLAG_MAP_KEYS_SORTED    4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
/* get_next: 0 and a released array (release NULL) at the end; else an errno, its text from get_last_error. */
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/* How to read arrays of one foreign schema: made once per writer, kept for its life. */
typedef struct ArrowImport {
    Schema schema; /* what the batches will have */
    struct ArrowImportColumn *columns;
    bool is_plain; /* no text, no dictionary: values of one width each, which may be copied */
} ArrowImport;

/* Reads a struct schema (one child per column). Names and all else are copied into the arena; `schema` is
 * left to its owner. A type that has no counterpart fails with DATATYPE_MISMATCH naming the column; more than
 * SCHEMA_COLUMN_COUNT_MAX columns with LIMIT; a child that is not there with MISUSE. */
NODISCARD Status arrow_import_init(ArrowImport *import, Arena *arena, const struct ArrowSchema *schema,
                                   Error *err);

/* Column `index` is to come as this type: false when it cannot hold all values of the foreign one. Taken are null as anything; texts as
 * texts (a VARCHAR's length is the caller's to check); fixed_size_binary(16) as UUID; integers as wider ones, as floats that have them all
 * and as NUMERIC; float as DOUBLE; decimals as NUMERIC of at least their scale. A number with more digits than the NUMERIC has is
 * NUMERIC_OUT_OF_RANGE, when its batch comes. Once per column, before the first batch. */
bool arrow_import_want(ArrowImport *import, uint32_t index, Type wanted);

/* One record batch of any length as arrays of the same length (may exceed BATCH_ROW_COUNT_MAX: slice it). The
 * array is moved on success and on error alike; the frame holds it until its reset, and whoever retains an
 * array longer (few rows of plain columns are copied, and the array is released at once). Rows that are NULL as a whole have NULL in every column. What the interface tells of lengths
 * and sizes is checked (MISUSE); memory that a producer lies about cannot be detected. Values: text that is
 * not UTF-8 or holds a zero byte is INVALID_ENCODING, dates and times outside PostgreSQL's ranges DATETIME_OUT_OF_RANGE, decimals
 * of more digits than fit NUMERIC_OUT_OF_RANGE, NULL in a field that is not nullable NOT_NULL_VIOLATION; each
 * names column and row. Foreign bytes are charged to the frame's memory while they are held: beyond the
 * budget is OUT_OF_MEMORY. */
NODISCARD Status arrow_import_batch(const ArrowImport *import, Frame *frame, struct ArrowArray *array,
                                    Batch *out, Error *err);

/* Both false: what a consumer of today wants. Schema and batches of one stream take the same options. */
typedef struct ArrowExportOptions {
    bool weights;      /* a last column "__weight" int64: the multiplicities, ones when absent */
    bool text_offsets; /* utf8 and binary instead of views: for pyarrow before 14 and its like; copies the
                          text */
} ArrowExportOptions;

/* `out` receives a struct schema that owns itself, and lives in a buffer of the pool. On failure (memory) it
 * is untouched. Types that are nested have no values yet and no form here (asserted). */
NODISCARD Status arrow_export_schema(BufferPool *pool, const Schema *schema, ArrowExportOptions options,
                                     struct ArrowSchema *out, Error *err);

/* A batch whose buffers are shared and retained until `out` is released (which may be after the pool was
 * destroyed and the database closed). Buffers are 64-byte aligned (few are copied for it), but for the bytes of texts. Children may be moved out by the consumer. The schema must be exported
 * with the same options. An interval beyond 292 years of microseconds is DATETIME_OUT_OF_RANGE, more than 2
 * GiB of text with text_offsets LIMIT; `out` is then released. */
NODISCARD Status arrow_export_batch(BufferPool *pool, const Batch *batch, ArrowExportOptions options,
                                    struct ArrowArray *out, Error *err);

/* The same without sharing anything: the array lives as long as the batch and the frame, and its release does
 * nothing. For a callback that looks at rows and lets go of them. */
NODISCARD Status arrow_view_batch(Frame *frame, const Batch *batch, ArrowExportOptions options,
                                  struct ArrowArray *out, Error *err);

#endif
