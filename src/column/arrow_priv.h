/* SPDX-License-Identifier: Apache-2.0
 * column/arrow_priv.h - what the files of the Arrow import share.
 *
 * arrow_schema.c fills an ArrowImportColumn from a format string, once; arrow_import.c runs a job per column
 * and batch, and hands text to arrow_import_text.c, and arrow_widen.c what is to be of another type. */
#ifndef WEIR_COLUMN_ARROW_PRIV_H
#define WEIR_COLUMN_ARROW_PRIV_H

#include "column/arrow.h"

/* How a foreign column lies in memory. ARROW_I8 .. ARROW_U64 stand together: those are what indices may
 * be. */
typedef enum ArrowKind {
    ARROW_NULL,
    ARROW_BOOL,
    ARROW_I8,
    ARROW_U8,
    ARROW_I16,
    ARROW_U16,
    ARROW_I32,
    ARROW_U32,
    ARROW_I64,
    ARROW_U64,
    ARROW_F16,
    ARROW_F32,
    ARROW_F64,
    ARROW_DECIMAL, /* width 4, 8, 16 or 32 */
    ARROW_BYTES,   /* width bytes each */
    ARROW_UUID,
    ARROW_OFFSETS32, /* length + 1 offsets of 4 bytes, then the bytes */
    ARROW_OFFSETS64, /* of 8 bytes */
    ARROW_VIEWS,     /* ours is this form: short texts in place, long ones in data buffers */
    ARROW_DATE_DAYS,
    ARROW_DATE_MILLISECONDS, /* int64 since 1970, whole days */
    ARROW_TIME32, /* seconds or milliseconds; multiply says which */
    ARROW_TIME64, /* micro- or nanoseconds */
    ARROW_TIMESTAMP,
    ARROW_DURATION,
    ARROW_MONTHS,                  /* int32 */
    ARROW_DAYS_MILLISECONDS,       /* two int32 */
    ARROW_MONTHS_DAYS_NANOSECONDS, /* two int32, an int64 */
} ArrowKind;

/* What arrow_schema.c found out about one foreign column. */
typedef struct ArrowImportColumn {
    Str name;
    Type type;        /* what it becomes */
    Type wanted;      /* what that then is widened to; UNKNOWN: it stays */
    ArrowKind kind;   /* of the values; with a dictionary, of the indices */
    uint32_t width;   /* bytes of one foreign value; 0: bits, offsets, none */
    int32_t scale;    /* of a decimal, may be negative */
    int32_t multiply; /* times to microseconds: up by this, */
    int32_t divide;   /* or down by this: 1 or 1000 */
    bool not_null;
    struct ArrowImportColumn *dictionary; /* NULL: plain */
} ArrowImportColumn;

/* One column's import at work. Before values are read, lengths and the number of buffers have been checked,
 * and out->length is > 0; pointers in `array` may still be NULL. */
typedef struct ArrowImportJob {
    const ArrowImportColumn *column;
    const struct ArrowArray *array;
    int64_t offset; /* of the first row wanted, in values: all offsets added */
    Frame *frame;
    Buffer *root; /* owns the foreign memory; NULL: nothing may point there, values are copied */
    Array *out;   /* type, length and validity are filled */
} ArrowImportJob;

/* Text and binary of every form, into views: fills values, data and their owner. Nothing is believed: each
 * offset, view and (of text) byte is looked at before any of it is shared. */
NODISCARD Status arrow_import_text(const ArrowImportJob *job, Error *err);

/* To the wanted type, once the array's validity is whole. Fails as arrow_import_want says. */
NODISCARD Status arrow_widen(const ArrowImportColumn *column, Frame *frame, Array *array, Error *err);

#endif
