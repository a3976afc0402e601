/* SPDX-License-Identifier: Apache-2.0
 * format/decoder.h - bytes of a format to batches, record by record.
 *
 * A decoder is compiled once per (schema, options) and kept for a source's life. It is fed blocks of bytes as
 * they come, in any split; the rows and dead letters do not depend on the split. It allocates per batch,
 * never per row, and long texts stay where they are: their views point into the block.
 *
 *     TRY(decoder_create(memory, &schema, &options, &decoder, err));
 *     DecoderInput input = {.at = bytes, .end = bytes + size, .owner = buffer, .is_end = false};
 *     do {
 *         TRY(decoder_read(decoder, &frame, &input, BATCH_ROW_COUNT_MAX, &read, err));
 *         use(&read.batch, read.dead_letters);
 *     } while (read.state == DECODER_MORE);
 *     move input.at..input.end to the front of the next block, append bytes, go on
 *
 * JSON: a record is a line holding one object (or, when the first byte is '[', an element of that one array).
 * A column takes the field of exactly its name, else the one equal without regard to case; of several the
 * last counts; a missing field and null are NULL. Strings, numbers, true and false go into the types that can
 * hold them ("12" into BIGINT, 1e3 too, 1.5 not); numbers keep their spelling in text columns, objects and
 * arrays are kept there as raw text. Nesting deeper than JSON_DEPTH_MAX, \u0000 in a text column, bad UTF-8
 * and everything that is not JSON make the record bad. CSV: RFC 4180, see format/format.def for its options;
 * line ends are LF or CRLF; values are PostgreSQL's text forms; too many or too few fields make the record
 * bad, and so does a header that has none of the columns. Both: a byte order mark is skipped, blank lines are no records (but
 * in a CSV of one field, where they are its empty value), the last line needs no line end. A bad
 * record stops nothing: it becomes a dead letter and reading goes on at the next line.
 *
 * A TIMESTAMPTZ whose text names neither offset nor zone is what the clock of the schema's zone shows.
 *
 * Record numbers are line numbers from 1 (of a record's first line; blank lines and the header count as
 * lines), in a JSON array element numbers from 1: each record's is larger than the one before.
 *
 * Owner:   the batch belongs to the frame; the frame adopts a reference to `owner` when views point into it.
 * Threads: one at a time. */
#ifndef WEIR_FORMAT_DECODER_H
#define WEIR_FORMAT_DECODER_H

#include "column/batch.h"
#include "format/format.h"

enum {
    DECODER_PADDING = 64,              /* bytes behind `end` that the decoder may read and write */
    RECORD_SIZE_MAX = 16 << 20,        /* bytes; a longer record is bad, and is never held whole */
    DEAD_LETTER_PAYLOAD_MAX = 4 << 10, /* bytes kept of a bad record */
    DEAD_LETTER_BATCH_MAX = 1024,      /* a read ends when it has found so many */
    JSON_DEPTH_MAX = 128,              /* brackets open at once */
    DECODER_WARNING_COUNT_MAX = 16,    /* further ones are counted in the last */
};

/* A record that could not be read. Texts live as long as the frame. */
typedef struct DeadLetter {
    int64_t record;      /* its number in the partition */
    int64_t byte_offset; /* of its first byte in the partition */
    Status status;       /* BAD_RECORD for what is not of the format, else the value's error (22P02 ...) */
    Str reason;          /* one line, names the column */
    Str payload;         /* the first DEAD_LETTER_PAYLOAD_MAX bytes, without the line end */
} DeadLetter;

/* A block of bytes, moved on by decoder_read. The bytes stay as they are but for the padding, in which the
 * decoder puts what its scans stop at; so two decoders may not read one block at the same time. */
typedef struct DecoderInput {
    char *at;              /* next byte not consumed; out: behind the last whole record */
    char *end;             /* DECODER_PADDING bytes behind it are writable */
    Buffer *owner;         /* holds [at, end); NULL: texts are copied */
    bool is_end;           /* no byte will ever follow `end` */
    int64_t position_base; /* added to record numbers in META_POSITION: partition << POSITION_RECORD_BITS */
} DecoderInput;

/* META_POSITION: the partition's number above the record's. 2^44 records are one a microsecond for half a
 * year. */
enum { POSITION_RECORD_BITS = 44 };
STATIC_ASSERT(DEAD_LETTER_PAYLOAD_MAX <= RECORD_SIZE_MAX, "what is kept of a record is part of it");
STATIC_ASSERT((int)DEAD_LETTER_BATCH_MAX <= (int)BATCH_ROW_COUNT_MAX, "letters of a read go on as one batch");

typedef enum DecoderState {
    DECODER_MORE,  /* row or dead letter limit reached: call again with the same input */
    DECODER_EMPTY, /* needs more bytes behind those at input->at; with is_end: the input has ended */
} DecoderState;

/* What one call gave. Everything in it lives as long as the frame. */
typedef struct DecoderRead {
    DecoderState state;
    Batch batch; /* row_count may be 0; has META_POSITION */
    const DeadLetter *dead_letters;
    uint32_t dead_letter_count;
    const Str *warnings; /* once a partition, with its first rows (JSON: 10 of them, or all): columns that none of them has */
    uint32_t warning_count;
} DecoderRead;

typedef struct Decoder Decoder;

/* Schema and options are copied. Fails with OUT_OF_MEMORY, LIMIT (too many columns), NOT_SUPPORTED (a column
 * type that no value can be made of). Takes some 10 KiB, and 200 bytes a column. */
NODISCARD Status decoder_create(Memory *memory, const Schema *schema, const FormatOptions *options,
                                Decoder **out, Error *err);
void decoder_destroy(Decoder *decoder); /* NULL is fine */

/* The next partition: line 1, offset 0, header, byte order mark. What was learned of the records' shape
 * stays. Bytes of the old partition that were waiting are forgotten. */
void decoder_restart(Decoder *decoder);

/* At most row_count_max (1 .. BATCH_ROW_COUNT_MAX) rows. Fails only when memory is refused; input and decoder
 * are then of no more use but to decoder_destroy or decoder_restart. Bad records never fail a read. */
NODISCARD Status decoder_read(Decoder *decoder, Frame *frame, DecoderInput *input, uint32_t row_count_max,
                              DecoderRead *out, Error *err);

/* Who knows zones by name, '2026-11-24 10:00 Europe/Berlin'; must outlive the decoder. Without it none is known. */
void decoder_set_zones(Decoder *decoder, ZoneSource *zones);

/* For tests of the limit; the default is RECORD_SIZE_MAX. */
void decoder_limit_record(Decoder *decoder, size_t record_size_max);

#endif
