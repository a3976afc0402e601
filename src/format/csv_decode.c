/* SPDX-License-Identifier: Apache-2.0
 * format/csv_decode.c - CSV records into columns (RFC 4180, with a choice of delimiter, quote and escape).
 *
 *     record = field *(delimiter field) line-end         line-end = LF / CR LF / end of input
 * field  = *bytes                                    up to a delimiter or line end; quotes inside are bytes
 *            / quote *(bytes / escape quote) quote       may hold delimiters and line ends
 *
 * A block ends in a line feed and a quote that are not part of it, so that neither kind of field is scanned
 * past them. An empty line is no record, but where records have one field: it is then one of NULL, as in PostgreSQL's
 * COPY. A record that runs into them is not all there, unless the input has ended. A record whose
 * quoting is wrong is its first line; reading goes on behind that, so a stray quote cannot swallow the rest.
 */
#include "base/utf8.h"
#include "format/decoder_priv.h"

void csv_restart(Decoder *decoder) {
    decoder->csv.header_read = false;
    decoder->csv.has_hash = decoder->csv.in_quotes = false;
    decoder->csv.field_count = 0;
    decoder->csv.no_column = (Str){0};
    decoder->csv.block_end = NULL;
}

/* A field as it stands in the record. */
typedef struct CsvField {
    Str text; /* between its quotes */
    bool quoted;
    bool escaped;     /* holds escapes */
    const char *next; /* the delimiter or line feed behind it; NULL: the quoting is wrong or open */
} CsvField;

static CsvField scan_unquoted(const Decoder *decoder, const char *at) {
    DEBUG_ASSERT(at <= decoder->input->end); /* the line feed behind the block stops every scan */
    const char *stop = scan_either(at, decoder->options.delimiter, '\n');
    size_t size = (size_t)(stop - at);
    /* A CR belongs to the line end, and to the field when something else follows. */
    if (*stop == '\n' && size > 0 && stop[-1] == '\r') size--;
    return (CsvField){.text = str_from(at, size), .next = stop};
}

/* The closing quote; `at` is behind the opening one. */
static const char *scan_quoted(const Decoder *decoder, const char *at, bool *escaped) {
    DEBUG_ASSERT(at[-1] == decoder->options.quote);
    char quote = decoder->options.quote, escape = decoder->options.escape;
    const char *end = decoder->input->end;
    for (;;) {
        at = scan_either(at, quote, escape);
        if (at >= end) return NULL;
        if (*at == escape && (at[1] == quote || (escape != quote && at[1] == escape)) && at + 1 < end) {
            *escaped = true;
            at += 2;
        } else if (*at == quote) {
            return at;
        } else {
            at++;
        }
    }
}

static CsvField scan_field(Decoder *decoder, const char *at) {
    DEBUG_ASSERT(at <= decoder->input->end);
    if (*at != decoder->options.quote || at >= decoder->input->end) return scan_unquoted(decoder, at);
    CsvField field = {.quoted = true};
    const char *close = scan_quoted(decoder, at + 1, &field.escaped);
    if (close == NULL) {
        decoder->csv.in_quotes = true;
        error_set(&decoder->error, STATUS_BAD_RECORD, "a quoted field has no end");
        return field;
    }
    field.text = str_from(at + 1, (size_t)(close - at) - 1);
    close++;
    if (*close == '\r' && close[1] == '\n') close++;
    /* A carriage return that is the input's last byte: the line feed after it is the block's. */
    if (*close == '\r' && close + 1 == decoder->input->end) close++;
    if (*close == decoder->options.delimiter || *close == '\n')
        field.next = close;
    else
        error_set(&decoder->error, STATUS_BAD_RECORD, "text after a closing quote");
    decoder->csv.quote_end = field.text.data + field.text.size + 1;
    return field;
}

/* The field's text without escapes, in scratch when it had some. */
static Str field_text(Decoder *decoder, const CsvField *field) {
    if (!field->escaped) return field->text;
    Text *scratch = &decoder->scratch;
    char quote = decoder->options.quote, escape = decoder->options.escape;
    text_reset(scratch);
    char *start = text_reserve(scratch, field->text.size + DECODER_PADDING), *out = start;
    if (start == NULL) return (Str){0};
    const char *end = field->text.data + field->text.size;
    for (const char *at = field->text.data; at < end; at++) {
        /* Never longer than it was: each escape takes one byte away. */
        if (*at == escape && at + 1 < end && (at[1] == quote || at[1] == escape)) at++;
        *out++ = *at;
    }
    return str_from(start, (size_t)(out - start));
}

/* Whole blocks without a byte beyond ASCII need no look at each text. */
static bool block_is_ascii(Decoder *decoder) {
    CsvState *csv = &decoder->csv;
    const DecoderInput *input = decoder->input;
    if (csv->block_end != input->end) {
        csv->block_end = input->end;
        csv->block_is_ascii = utf8_is_ascii(str_from(input->at, (size_t)(input->end - input->at)));
    }
    return csv->block_is_ascii;
}

static bool set_field(Decoder *decoder, DecoderColumn *column, const CsvField *field) {
    if (!field->quoted && str_equal(field->text, decoder->options.null_text)) {
        column_set_null(column, decoder->row);
        return true;
    }
    /* Only an unquoted field is NULL: "" is the empty text, as in PostgreSQL's COPY. */
    Str text = field_text(decoder, field);
    if (text.data == NULL) return false;
    if (!decoder->csv.block_is_ascii && !utf8_is_valid(text)) {
        error_set(&decoder->error, STATUS_INVALID_ENCODING, "invalid UTF-8");
        column_name_error(decoder, column);
        return false;
    }
    /* Valid UTF-8, and yet PostgreSQL has no text that holds it. */
    if (type_is_text(column->type) && memchr(text.data, '\0', text.size) != NULL) {
        error_set(&decoder->error, STATUS_INVALID_ENCODING, "a zero byte cannot be in a text");
        column_name_error(decoder, column);
        return false;
    }
    return column_set_parsed(decoder, column, text, !field->escaped);
}

typedef enum CsvOutcome {
    CSV_GOOD,
    CSV_BAD,    /* the record ends where *stop_out says */
    CSV_BROKEN, /* its quoting is wrong: it is its first line */
    CSV_OPEN,   /* the block ends inside a quoted field */
} CsvOutcome;

/* Remaining fields are scanned only, so that the record's end is known. */
static CsvOutcome skip_fields(Decoder *decoder, const char *at, uint32_t *count, const char **stop_out) {
    Error first = decoder->error;
    while (*at != '\n') {
        CsvField field = scan_field(decoder, at + 1);
        if (field.next == NULL) return decoder->csv.in_quotes ? CSV_OPEN : CSV_BROKEN;
        at = field.next;
        ++*count;
    }
    /* The first thing wrong with a record is the one that is told. */
    decoder->error = first;
    *stop_out = at;
    return CSV_BAD;
}

static CsvOutcome wrong_count(Decoder *decoder, uint32_t count) {
    if (decoder->csv.field_count == 0) {
        error_set(&decoder->error, STATUS_BAD_RECORD, "the header could not be read");
        return CSV_BAD;
    }
    error_set(&decoder->error, STATUS_BAD_RECORD, "%u field%s instead of %u", count, count == 1 ? "" : "s",
              decoder->csv.field_count);
    return CSV_BAD;
}

/* The record at `at`, its fields into their columns; *stop_out is the line feed behind it. */
static CsvOutcome read_record(Decoder *decoder, const char *at, const char **stop_out) {
    const CsvState *csv = &decoder->csv;
    uint32_t count = 0;
    for (;; at++) {
        CsvField field = scan_field(decoder, at);
        if (field.next == NULL) return csv->in_quotes ? CSV_OPEN : CSV_BROKEN;
        at = field.next;
        bool is_known = count < csv->field_count;
        int32_t column = is_known ? csv->field_columns[count] : -1;
        DEBUG_ASSERT(column < (int32_t)decoder->column_count);
        count++;
        if (column >= 0) {
            if (!set_field(decoder, &decoder->columns[column], &field))
                return skip_fields(decoder, at, &count, stop_out);
            bits_set(decoder->seen, (size_t)column);
        }
        if (*at == '\n') break;
    }
    *stop_out = at;
    DEBUG_ASSERT(count > 0); /* a line has a field, if an empty one */

    if (count != csv->field_count) return wrong_count(decoder, count);
    if (csv->no_column.size == 0) return CSV_GOOD;
    error_set(&decoder->error, STATUS_BAD_RECORD, "%.*s", STR_ARGS(csv->no_column));
    return CSV_BAD;
}

/* ---- header ---- */

static int32_t header_column(const Decoder *decoder, Str name) {
    return schema_find_ignore_case(&decoder->schema, name);
}

/* A field takes the column of its very name before one that differs in case; a column is taken once. */
static void header_take(Decoder *decoder, uint32_t index, Str name) {
    ASSERT(index < SCHEMA_COLUMN_COUNT_MAX);
    int32_t column = header_column(decoder, name);
    decoder->csv.field_columns[index] = column;
    if (column < 0) {
        decoder_note_unknown(decoder, name);
        return;
    }
    bool is_exact = str_equal(decoder->schema.fields[column].name, name);
    for (uint32_t i = 0; i < index; i++) {
        if (decoder->csv.field_columns[i] != column) continue;
        bool had_exact = bits_get(decoder->seen, (size_t)column);
        decoder->csv.field_columns[is_exact && !had_exact ? i : index] = -1;
    }
    if (is_exact) bits_set(decoder->seen, (size_t)column);
}

/* A field without a name is the column that a guess of columns (format/infer.c) calls by its number. */
static Str header_name(const Decoder *decoder, Str field, uint32_t index, char room[static 32]) {
    if (field.size > 0) return field;
    Str name = str_from(room, text_format(room, 32, "column%u", index + 1));
    return header_column(decoder, name) < 0 ? field : name;
}

static CsvOutcome read_header(Decoder *decoder, const char *at, const char **stop_out) {
    CsvState *csv = &decoder->csv;
    uint32_t count = 0;
    decoder_forget_fields(decoder); /* also those of a header that was cut */
    csv->has_hash = *at == '#' && decoder->options.comment == '\0';
    for (;; at++) {
        CsvField field = scan_field(decoder, at);
        if (field.next == NULL) return csv->in_quotes ? CSV_OPEN : CSV_BROKEN;
        at = field.next;
        if (count == SCHEMA_COLUMN_COUNT_MAX) {
            error_set(&decoder->error, STATUS_LIMIT, "the header has more than %d fields",
                      SCHEMA_COLUMN_COUNT_MAX);
            return skip_fields(decoder, at, &count, stop_out);
        }
        if (!field.quoted && memchr(field.text.data, '\r', field.text.size) != NULL) {
            /* The whole file would be its header. */
            error_set(&decoder->error, STATUS_BAD_RECORD, "the header holds a CR: lines must end in LF or CR LF");
            return skip_fields(decoder, at, &count, stop_out);
        }
        Str name = field_text(decoder, &field);
        if (name.data == NULL) return CSV_BROKEN;
        char room[32];
        header_take(decoder, count, header_name(decoder, str_trim(name), count, room));
        count++;
        if (*at == '\n') break;
    }
    /* header_take kept there which columns were met by their very name; records start with none. */
    memset(decoder->seen, 0, decoder->seen_words * sizeof(uint64_t));
    csv->field_count = count;
    *stop_out = at;
    return CSV_GOOD;
}

/* Without a header fields are the columns in their order. */
static void assume_header(Decoder *decoder) {
    ASSERT(decoder->column_count <= SCHEMA_COLUMN_COUNT_MAX); /* field_columns */
    CsvState *csv = &decoder->csv;
    csv->field_count = decoder->column_count;
    for (uint32_t i = 0; i < decoder->column_count; i++) csv->field_columns[i] = (int32_t)i;
    csv->header_read = true;
}

static Status prepare(Decoder *decoder, Error *err) {
    CsvState *csv = &decoder->csv;
    if (csv->field_columns == NULL) {
        csv->field_columns = ARENA_ARRAY(&decoder->arena, int32_t, SCHEMA_COLUMN_COUNT_MAX);
        TRY_ALLOC(csv->field_columns);
    }
    if (!csv->header_read && !decoder->options.header) assume_header(decoder);
    block_is_ascii(decoder);
    return STATUS_OK;
}

/* ---- records ---- */

static bool is_blank(const char *at) {
    return *at == '\n' || (*at == '\r' && at[1] == '\n');
}

/* The end of a line that is no record: blank (where records have several fields), or a comment. NULL: it may be one. */
static const char *end_of_no_record(const Decoder *decoder, const char *at) {
    const CsvState *csv = &decoder->csv;
    char comment = decoder->options.comment;
    if (comment != '\0' && *at == comment && at < decoder->input->end) return memchr(at, '\n', (size_t)(decoder->input->end - at) + 1);
    return is_blank(at) && (!csv->header_read || csv->field_count != 1) ? at + (*at == '\r') : NULL;
}

/* Line feeds in [from, to). */
static int64_t count_lines(const char *from, const char *to) {
    int64_t count = 0;
    while ((from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        count++;
        from++;
    }
    return count;
}

/* Whether bytes came that can end the record that waits. */
static bool may_go_on(const Decoder *decoder) {
    const DecoderInput *input = decoder->input;
    if (decoder->scanned == 0 || input->is_end) return true;
    if ((size_t)(input->end - input->at) > decoder->record_size_max) return true;
    const char *from = input->at + decoder->scanned;
    char wanted = decoder->csv.in_quotes ? decoder->options.quote : '\n';
    return memchr(from, wanted, (size_t)(input->end - from)) != NULL;
}

/* Takes [start, stop] off the input. */
static void take_record(Decoder *decoder, const char *start, const char *stop) {
    DEBUG_ASSERT(start <= stop && stop <= decoder->input->end);
    decoder->line += count_lines(start, stop) + 1;
    decoder_consume(decoder, stop == decoder->input->end ? stop : stop + 1);
}

static Status add_letter(Decoder *decoder, const char *start, const char *stop, Error *err) {
    if (decoder->scratch.failed) return error_out_of_memory(err);
    TRY(decoder_add_letter(decoder, decoder->line, decoder->offset, str_from(start, (size_t)(stop - start)),
                           err));
    take_record(decoder, start, stop);
    return STATUS_OK;
}

/* The record is its first line. */
static Status add_first_line(Decoder *decoder, const char *start, Error *err) {
    const DecoderInput *input = decoder->input;
    const char *stop = memchr(start, '\n', (size_t)(input->end - start) + 1);
    if (stop == input->end && !input->is_end) return decoder_wait(decoder, decoder->line, err);
    if ((size_t)(stop - start) > decoder->record_size_max) decoder_error_too_long(decoder);
    return add_letter(decoder, start, stop, err);
}

/* A file without any of the columns is another one: of each record it is told, since rows of nothing but NULLs would
 * hide it. */
static Status check_header(Decoder *decoder, Error *err) {
    CsvState *csv = &decoder->csv;
    bool has_column = decoder->column_count == 0;
    for (uint32_t i = 0; i < csv->field_count; i++) has_column |= csv->field_columns[i] >= 0;
    if (has_column) return STATUS_OK;
    csv->no_column = decoder_describe_no_column(decoder);
    TRY_ALLOC(csv->no_column.data);
    return STATUS_OK;
}

static Status end_header(Decoder *decoder, CsvOutcome outcome, const char *start, const char *stop,
                         Error *err) {
    ASSERT(!decoder->csv.header_read);
    ASSERT(start != NULL && stop != NULL);
    decoder->csv.header_read = true;
    if (outcome == CSV_GOOD) {
        take_record(decoder, start, stop);
        return check_header(decoder, err);
    }
    decoder->csv.field_count = 0;
    return outcome == CSV_BAD ? add_letter(decoder, start, stop, err) : add_first_line(decoder, start, err);
}

/* Bytes that had to be seen to tell the outcome: more than a record may have is "too long" before anything
 * else, so that the split does not matter. */
static size_t record_size(const Decoder *decoder, CsvOutcome outcome, const char *start, const char *stop) {
    DEBUG_ASSERT(start <= stop);
    switch (outcome) {
        case CSV_GOOD:
        case CSV_BAD: return (size_t)(stop - start);
        case CSV_BROKEN: {
            const char *end = decoder->csv.quote_end; /* after it a CR had to be seen with what follows */
            return (size_t)(end - start) + (*end == '\r');
        }
        case CSV_OPEN: return (size_t)(decoder->input->end - start);
    }
    return 0;
}

/* The record at the front of the input, when all of it is there; else *waits. */
static Status read_front(Decoder *decoder, bool *waits, Error *err) {
    DecoderInput *input = decoder->input;
    const char *start = input->at, *line_end = end_of_no_record(decoder, start), *stop = line_end != NULL ? line_end : start;
    bool is_no_record = line_end != NULL, is_header = !decoder->csv.header_read && !is_no_record;
    CsvOutcome outcome = CSV_BAD;
    decoder->csv.in_quotes = false;
    if (!is_no_record)
        outcome = is_header ? read_header(decoder, start, &stop) : read_record(decoder, start, &stop);
    bool is_whole = outcome == CSV_GOOD || outcome == CSV_BAD;
    size_t size = record_size(decoder, outcome, start, stop);
    /* A record that ends with the block may go on: its last field, or a CR whose LF is still to come. */
    bool is_cut = !input->is_end && (outcome == CSV_OPEN || (is_whole && stop == input->end));
    if (size > decoder->record_size_max) {
        decoder_error_too_long(decoder);
        outcome = CSV_BROKEN;
    } else if (is_cut) {
        *waits = true;
        memset(decoder->seen, 0, decoder->seen_words * sizeof(uint64_t));
        return decoder_wait(decoder, decoder->line, err);
    }
    if (is_no_record && outcome != CSV_BROKEN) {
        take_record(decoder, start, stop);
        return STATUS_OK;
    }
    if (is_header) return end_header(decoder, outcome, start, stop, err);
    if (outcome == CSV_GOOD && decoder_end_row(decoder, decoder->line)) {
        take_record(decoder, start, stop);
        return STATUS_OK;
    }
    if (outcome == CSV_GOOD || outcome == CSV_BAD) return add_letter(decoder, start, stop, err);
    TRY(add_first_line(decoder, start, err));
    *waits = decoder->scanned > 0 || decoder->is_skipping;
    return STATUS_OK;
}

Status csv_read(Decoder *decoder, uint32_t row_count_max, DecoderState *state, Error *err) {
    DecoderInput *input = decoder->input;
    *state = DECODER_EMPTY;
    TRY(prepare(decoder, err));
    if (decoder->is_skipping) TRY(decoder_skip_line(decoder, err));
    /* A record read piece by piece would be scanned again with each: quadratic, for one of megabytes. */
    if (!may_go_on(decoder)) return decoder_wait(decoder, decoder->line, err);
    bool waits = false;
    while (!waits && input->at < input->end && decoder_has_room(decoder, row_count_max))
        TRY(read_front(decoder, &waits, err));
    if (!waits && input->at < input->end) *state = DECODER_MORE;
    return STATUS_OK;
}
