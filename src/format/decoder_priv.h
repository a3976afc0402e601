/* SPDX-License-Identifier: Apache-2.0
 * format/decoder_priv.h - what the decoders of all formats share.
 *
 * While a record is read its values are written at row `row` of every column, in any order; only when the
 * whole record is good does `row` move on. So a bad record leaves nothing behind, and of two fields of one
 * name the later one wins by writing twice. */
#ifndef WEIR_FORMAT_DECODER_PRIV_H
#define WEIR_FORMAT_DECODER_PRIV_H

#include "base/calendar.h"
#include "base/vector.h"
#include "column/builder.h"
#include "format/decoder.h"
#include "format/scan_priv.h"

/* A column while a read goes on. `values` is the builder's, copied here for the stores of each value. */
typedef struct DecoderColumn {
    void *values; /* of the builder */
    Type type;
    uint32_t block_index; /* the input block's number in the builder's data; UINT32_MAX: not there yet */
    bool not_null; /* a record without it is bad */
    ArrayBuilder builder;
    Str name;
} DecoderColumn;

/* The last date and minute read, since the next ones are most often the same. */
typedef struct DateMemo {
    char text[16]; /* YYYY-MM-DD?HH:MM */
    int64_t minute_us;
    int64_t start_us; /* of that day */
} DateMemo;

enum {
    DECODER_SEEN_WORDS = (SCHEMA_COLUMN_COUNT_MAX + 63) / 64,
    DECODER_UNKNOWN_COUNT_MAX = 64, /* names of fields without a column, kept to suggest from */
    SHAPE_STEP_COUNT_MAX = 64,
    SHAPE_LITERAL_SIZE_MAX = 32,
};

/* How json_shape.tmpl.h reads the value behind a step: a kind is a type whose short way pays. */
typedef enum ShapeKind {
    SHAPE_SKIP, /* no column takes it, or a field of the exact name does */
    SHAPE_I64,
    SHAPE_I32,
    SHAPE_I16,
    SHAPE_F64,
    SHAPE_BOOL,
    SHAPE_TEXT,
    SHAPE_TIMESTAMP,
    SHAPE_OTHER, /* any type, the long way */
} ShapeKind;

/* One step of the shape: the bytes from the end of one value to the start of the next, `,"price":` */
typedef struct ShapeStep {
    char literal[SHAPE_LITERAL_SIZE_MAX];
    uint32_t size;  /* 0: longer than a literal can be, matches nothing */
    uint32_t mask;  /* a bit for each byte of the literal */
    int32_t column; /* -1: no column takes this field */
    bool is_exact;  /* the field has the column's very name */
    uint8_t kind;   /* ShapeKind */
    DecoderColumn *target;
} ShapeStep;

/* What the records of one producer have in common; json_decode.c opens with a drawing. */
typedef struct Shape {
    ShapeStep steps[SHAPE_STEP_COUNT_MAX + 1]; /* one more, of size 0, which nothing matches */
    uint32_t count;
    uint32_t miss_score;               /* rises with records that differ: time to learn anew */
    bool is_whole;                     /* the steps are all fields of the record it was learned from */
    bool has_all_columns;              /* they fill every column */
    uint64_t seen[DECODER_SEEN_WORDS]; /* which they fill */
} Shape;

/* How far a value in a JSON array has been looked through. An element has no line to end it, so its brackets
 * and strings are counted first, over as many blocks as it takes; then it is read in one go. */
typedef struct JsonExtent {
    size_t scanned; /* bytes from its start */
    uint32_t depth;
    bool in_string;
    bool escaped; /* the byte looked at last was a backslash in a string */
    bool begun; /* its first bytes have been skipped */
} JsonExtent;

typedef enum JsonMode {
    JSON_UNDECIDED,   /* nothing but white space seen */
    JSON_LINES,       /* for good, but for decoder_restart; also what follows an array */
    JSON_ARRAY_FIRST, /* behind [ */
    JSON_ARRAY_VALUE, /* behind , */
    JSON_ARRAY_NEXT,  /* behind a value */
} JsonMode;

/* Reads lines that have the shape, up to the first that has not. */
typedef void JsonRun(Decoder *decoder, uint32_t row_count_max);

/* What JSON keeps between records and reads. */
typedef struct JsonState {
    JsonMode mode;
    JsonExtent extent;
    int64_t element; /* number of the last array element */
    Shape shape;
    Shape learning; /* of the record being read, when `is_learning` */
    bool is_learning;
    JsonRun *run;         /* for the CPU */
    uint32_t *name_table; /* column + 1 by hash of its name, 0: free; a power of two */
    uint32_t name_mask;
} JsonState;

/* What CSV keeps between records and reads. */
typedef struct CsvState {
    bool header_read;       /* or there is none */
    bool has_hash;          /* the header begins with #, and comment is not given */
    bool in_quotes;         /* the record that waits for bytes is inside a quoted field */
    uint32_t field_count;   /* of a record; 0: not known yet */
    int32_t *field_columns; /* column of each field, -1: none; in the decoder's arena */
    Str no_column;          /* why no record can be used: the header has none of the columns; empty: it has one */
    const char *quote_end;  /* behind the closing quote seen last */
    bool block_is_ascii;
    const char *block_end; /* for which block_is_ascii was found */
} CsvState;

/* One struct for all formats, in four parts by lifetime: the decoder, the partition, the read, and what is
 * learned on the way. Formats that are not the decoder's own leave their part unused: it is small. */
struct Decoder {
    Memory *memory;
    Arena arena; /* what lives as long as the decoder */
    Schema schema;
    FormatOptions options;
    ZoneSource *zones; /* NULL: none are known by name */
    size_t record_size_max;
    DecoderColumn *columns;
    uint32_t column_count;
    uint32_t seen_words;
    bool has_not_null; /* some column takes no NULL */

    /* the partition */
    int64_t line;     /* number of the next line, from 1 */
    uint64_t offset;  /* of the next byte */
    size_t scanned;   /* bytes at the front of the input that hold no whole record */
    bool started;     /* the byte order mark has been looked for */
    bool is_skipping; /* inside a record that is too long; its head is in `skipped` */
    Text skipped;
    int64_t skipped_record;
    uint64_t skipped_offset;

    /* the read going on */
    Frame *frame;
    DecoderInput *input;
    const char *block; /* the first byte of the input's buffer: what offsets of views count from; NULL: copy texts */
    bool block_used;   /* something points into the block */
    uint32_t row;      /* the record being read goes here: as many are good so far */
    int64_t *positions; /* META_POSITION of each row */
    Buffer *positions_owner;
    VECTOR(DeadLetter) letters; /* of the read; copied to the frame at its end */
    uint64_t seen[DECODER_SEEN_WORDS];       /* columns whose exact field the record had */
    uint64_t seen_other[DECODER_SEEN_WORDS]; /* whose field differs in case */
    Error error;                             /* why the record is bad */

    /* columns that no record has */
    bool warned;         /* once a partition; CSV: at the first row behind a header; JSON: once enough rows have come */
    uint64_t row_count;  /* of the partition, until then */
    uint64_t seen_ever[DECODER_SEEN_WORDS]; /* columns that some record had a field for */
    VECTOR(Str) unknown; /* names of fields without a column */
    Arena names;         /* holds them, and what is told of them */

    Text scratch; /* texts without their escapes */
    DateMemo date;
    JsonState json;
    CsvState csv;
};

/* ---- columns (decoder_column.c) ---- */

/* The row has a value. Without a bitmap (no NULL so far) there is nothing to do; with one, the bit may be
 * that of a bad record's NULL at the same row. */
static inline void column_mark(DecoderColumn *column, uint32_t row) {
    DEBUG_ASSERT(row < column->builder.capacity);
    if (column->builder.validity != NULL) bits_set(column->builder.validity, row);
}

/* Values of the layout's width. Written twice at one row, the later one counts. */
static inline void column_set_i64(DecoderColumn *column, uint32_t row, int64_t value) {
    ((int64_t *)column->values)[row] = value;
    column_mark(column, row);
}

static inline void column_set_f64(DecoderColumn *column, uint32_t row, double value) {
    ((double *)column->values)[row] = value;
    column_mark(column, row);
}

static inline void column_set_bool(DecoderColumn *column, uint32_t row, bool value) {
    bits_assign(column->values, row, value);
    column_mark(column, row);
}

/* Makes the bitmap with a column's first NULL. */
static inline void column_set_null(DecoderColumn *column, uint32_t row) {
    column->builder.length = row;
    array_builder_null(&column->builder);
}

/* A text of at most 12 bytes as a view has it. Reads 16. */
static inline View view_inline(const char *bytes, size_t size) {
    View view;
#if defined(__SSE2__)
    static const char masks[2 * VIEW_INLINE_SIZE_MAX + 8] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    ScanBlock text = _mm_and_si128(scan_load(bytes), scan_load(masks + VIEW_INLINE_SIZE_MAX - size));
    text = _mm_or_si128(_mm_slli_si128(text, 4), _mm_cvtsi32_si128((int)size));
    memcpy(&view, &text, sizeof(view));
#else
    view = view_make(str_from(bytes, size), 0, 0);
#endif
    return view;
}

/* The input block's number in the column's data: made known with the first view that needs it. */
uint32_t column_add_block(Decoder *decoder, DecoderColumn *column);
/* A text that does not lie in the block. Refused memory is found by array_builder_finish. */
void column_copy_text(DecoderColumn *column, uint32_t row, Str text);

/* A text that lies in the block, and 16 bytes from its start are readable. Any size, valid, no length limit.
 */
static inline void column_set_text(Decoder *decoder, DecoderColumn *column, const char *bytes, size_t size) {
    DEBUG_ASSERT(decoder->block == NULL || size <= VIEW_INLINE_SIZE_MAX || bytes >= decoder->block);
    View *view = (View *)column->values + decoder->row;
    if (size <= VIEW_INLINE_SIZE_MAX) {
        *view = view_inline(bytes, size);
    } else if (decoder->block == NULL) {
        column_copy_text(column, decoder->row, str_from(bytes, size));
    } else {
        uint32_t index = column->block_index;
        if (__builtin_expect(index == UINT32_MAX, 0)) index = column_add_block(decoder, column);
        view->size = (uint32_t)size;
        memcpy(view->far.prefix, bytes, 4);
        view->far.buffer = index;
        view->far.offset = (uint32_t)(bytes - decoder->block);
    }
    column_mark(column, decoder->row);
}

/* The value that a text of the column's type has (PostgreSQL's forms). `in_block`: it may be referred to.
 * False: decoder->error says why. */
NODISCARD bool column_set_parsed(Decoder *decoder, DecoderColumn *column, Str text, bool in_block);

/* A number of JSON's grammar into a TIMESTAMP column by the unit of the options, what is finer than a microsecond rounded. False:
 * decoder->error says why. */
NODISCARD bool column_set_timestamp_number(Decoder *decoder, DecoderColumn *column, Str number);

/* What its texts without an offset mean depends on a zone. */
static inline bool column_is_zoned(const Decoder *decoder, Type type) {
    return decoder->schema.zone != NULL && type.id == TYPE_TIMESTAMPTZ;
}

/* "2026-11-24T10:00:00", its date, and digits behind the point. */
enum { STAMP_SIZE = 19, STAMP_DATE_SIZE = 10, STAMP_FRACTION_MAX = 6 };

/* Makes the memo that of the minute at `at`; false when there is none. */
NODISCARD bool date_memo_update(DateMemo *memo, const char *at);

/* "YYYY-MM-DD?HH:MM:SS[.ffffff][Z]" at `at`: the byte after it, NULL when it is not exactly that. */
static inline const char *column_scan_timestamp(DateMemo *memo, const char *at, int64_t *out) {
    static const int32_t scales[STAMP_FRACTION_MAX + 1] = {0, 100000, 10000, 1000, 100, 10, 1};
    if (!scan_equal16(at, memo->text, sizeof(memo->text)) && !date_memo_update(memo, at)) return NULL;
    unsigned tens = (unsigned)(unsigned char)at[17] - '0', ones = (unsigned)(unsigned char)at[18] - '0';
    if (at[16] != ':' || tens > 5 || ones > 9) return NULL;
    int64_t clock = (int64_t)(tens * 10 + ones) * CALENDAR_SECOND;
    at += STAMP_SIZE;
    if (*at == '.') {
        uint64_t digits = scan_load64(at + 1) ^ 0x3030303030303030;
        unsigned count = scan_digit_count(digits);
        if (count == 0 || count > STAMP_FRACTION_MAX) return NULL;
        clock += (int64_t)scan_eight_digits(digits << (64 - 8 * count)) * scales[count];
        at += 1 + count;
    }
    *out = memo->minute_us + clock;
    return *at == 'Z' ? at + 1 : at;
}

/* decoder->error, with the column's name before the message. */
void column_name_error(Decoder *decoder, const DecoderColumn *column);

/* ---- records (decoder.c) ---- */

/* Everything is written: the row counts, unless a NULL stands where none may. `line` is its record number.
 * False: bad. */
NODISCARD bool decoder_end_row(Decoder *decoder, int64_t record);

/* Notes a dead letter for [start, end) from decoder->error. */
NODISCARD Status decoder_add_letter(Decoder *decoder, int64_t record, uint64_t offset, Str payload,
                                    Error *err);

/* Remembers the name of a field that no column takes. */
void decoder_note_unknown(Decoder *decoder, Str name);
/* Which fields there were: a header is told of by itself. */
void decoder_forget_fields(Decoder *decoder);
/* What is told of fields that no column takes; in `names`, NULL when memory is refused. */
Str decoder_describe_no_column(Decoder *decoder);

/* True when the read has room for another record. Both are limited: a file of nothing but bad records must not fill the frame. */
static inline bool decoder_has_room(const Decoder *decoder, uint32_t row_count_max) {
    return decoder->row < row_count_max && decoder->letters.count < DEAD_LETTER_BATCH_MAX;
}

/* The end of a record that was skipped: its dead letter. */
NODISCARD Status decoder_end_skip(Decoder *decoder, Error *err);

/* Skips inside a line that is too long: to its end, or to the input's. */
NODISCARD Status decoder_skip_line(Decoder *decoder, Error *err);
/* Sets decoder->error. */
void decoder_error_too_long(Decoder *decoder);

/* The input holds only the start of a record: it stays, or, when too long, begins to be skipped. */
NODISCARD Status decoder_wait(Decoder *decoder, int64_t record, Error *err);

/* Takes the bytes up to `end` off the input. */
static inline void decoder_consume(Decoder *decoder, const char *end) {
    DEBUG_ASSERT(end >= decoder->input->at && end <= decoder->input->end);
    decoder->offset += (uint64_t)(end - decoder->input->at);
    decoder->input->at = (char *)(uintptr_t)end;
    decoder->scanned = 0;
}

/* Offset in the partition of a byte of the input. */
static inline uint64_t decoder_offset(const Decoder *decoder, const char *at) {
    return decoder->offset + (uint64_t)(at - decoder->input->at);
}

/* ---- formats ----
 *
 * x_read reads records off decoder->input until it has no more room for rows or needs bytes; *state is
 * DECODER_MORE in the first case when bytes are left. It may fail only when memory is refused. x_restart is
 * for the next partition. */

NODISCARD Status json_init(Decoder *decoder, Error *err);
void json_restart(Decoder *decoder);
NODISCARD Status json_read(Decoder *decoder, uint32_t row_count_max, DecoderState *state, Error *err);

void csv_restart(Decoder *decoder);
NODISCARD Status csv_read(Decoder *decoder, uint32_t row_count_max, DecoderState *state, Error *err);

#endif
