/* SPDX-License-Identifier: Apache-2.0
 * format/infer.h - guess format and columns from the first bytes of an input.
 *
 *     Inference inference;
 *     TRY(infer_schema(head, NULL, &arena, &inference, err));
 *     infer_append_ddl(&text, STR("stdin"), STR("-"), &inference);
 *         CREATE SOURCE stdin (user_id BIGINT, "at" TIMESTAMP, note TEXT)
 *           WITH (connector = 'file', path = '-', format = 'json')
 *
 * JSON when the first byte that is no space is '{' or '['; else CSV, its delimiter the one of , ; tab | that
 * splits the lines most evenly, its first line a header; lines at its start that begin with # are comments where they split into
 * another number of fields than the first line behind them. Options of CSV that are given are taken as they are.
 * Types: BIGINT, NUMERIC, DOUBLE PRECISION, BOOLEAN, DATE, TIMESTAMP (ISO text; with an offset TIMESTAMPTZ), JSONB (only objects and arrays), else TEXT; a column takes the narrowest that holds every
 * value seen (DATE within TIMESTAMP, everything within TEXT). Integers beyond BIGINT are NUMERIC(38, 0). Fractions and
 * numbers with an exponent are DOUBLE PRECISION, but where that would not give back the digits of a fraction, or of
 * an integer among them: then NUMERIC(38, s), s the most digits behind a point. What has more than 38 digits is
 * TEXT. Fields come in the order in which they first appear. It is a guess: a later record may not fit, and is then a dead letter
 * of the source that was made from it. Owner: the arena. Threads: no state. */
#ifndef WEIR_FORMAT_INFER_H
#define WEIR_FORMAT_INFER_H

#include "column/schema.h"
#include "format/format.h"

enum {
    INFER_HEAD_SIZE_MAX = 1 << 20,  /* bytes worth reading for a guess */
    INFER_RECORD_COUNT_MAX = 10000, /* further ones are not looked at */
};

typedef struct Inference {
    FormatOptions options; /* the format and, for CSV, its delimiter and comment; all else as given, or at its default */
    Schema schema;
} Inference;

/* `head`: the first bytes; a last line that is cut is left aside unless it is the only one. `csv`: options of CSV, for whose
 * delimiter and comment '\0' means guessed; NULL: defaults. Without a header columns are called column1, column2 .. Fails with BAD_RECORD when there is no record, no JSON object that can be read, or the
 * bytes are no text, lines end in CR alone, a header names a field twice; with LIMIT when there are more than
 * SCHEMA_COLUMN_COUNT_MAX fields, INPUT_NOT_SUPPORTED when the input is compressed (gzip, zstd), OUT_OF_MEMORY.
 * Names are as the decoder will see them: distinct, unescaped. */
NODISCARD Status infer_schema(Str head, const FormatOptions *csv, Arena *arena, Inference *out, Error *err);

/* Whether a guess has something to go by: a JSON object with a field, a line behind a CSV's header (or, without one, a line). False: more bytes may help; of an
 * input that no bytes would help it is true. Uses the arena for the call alone. */
bool infer_has_record(Str head, const FormatOptions *csv, Arena *arena);

/* Whether a name that was guessed looks like a value: a number, a time, a truth value, or with a quote or a bracket in it. Where all do, the
 * first line of a CSV is hardly its header. */
bool infer_is_value(Str name);

/* The CREATE SOURCE statement that says the same, without a semicolon. `path` may hold anything: it is
 * quoted. */
void infer_append_ddl(Text *text, Str source_name, Str path, const Inference *inference);

/* A name as SQL needs it: quoted unless it is lower case and no keyword. */
void infer_append_name(Text *text, Str name);

#endif
