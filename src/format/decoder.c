/* SPDX-License-Identifier: Apache-2.0
 * format/decoder.c - what is the same for all formats: columns, rows, dead letters, warnings, limits. */
#include "base/utf8.h"
#include "format/decoder_priv.h"

#include <limits.h>

static Status columns_init(Decoder *decoder, Error *err) {
    decoder->columns = ARENA_ARRAY(&decoder->arena, DecoderColumn, decoder->column_count);
    TRY_ALLOC(decoder->columns);
    for (uint32_t i = 0; i < decoder->column_count; i++) {
        const Field *field = &decoder->schema.fields[i];
        if (type_layout(field->type) == LAYOUT_NESTED)
            return error_set(err, STATUS_NOT_SUPPORTED,
                             "column \"%.*s\": values of type %s are not supported yet",
                             STR_ARGS(field->name), type_name((TypeId)field->type.id));
        decoder->columns[i] =
            (DecoderColumn){.type = field->type, .not_null = field->not_null, .name = field->name};
        decoder->has_not_null |= field->not_null;
    }
    return STATUS_OK;
}

static Status decoder_init(Decoder *decoder, const Schema *schema, const FormatOptions *options, Error *err) {
    if (schema->count > SCHEMA_COLUMN_COUNT_MAX)
        return error_set(err, STATUS_LIMIT, "more than %d columns", SCHEMA_COLUMN_COUNT_MAX);
    decoder->schema = schema_copy(&decoder->arena, schema);
    if (schema->count > 0) TRY_ALLOC(decoder->schema.fields);
    decoder->options = *options;
    decoder->options.null_text = str_copy(&decoder->arena, options->null_text);
    TRY_ALLOC(decoder->options.null_text.data);
    decoder->column_count = schema->count;
    decoder->seen_words = (schema->count + 63) / 64;
    ASSERT(decoder->seen_words <= DECODER_SEEN_WORDS);
    decoder->record_size_max = RECORD_SIZE_MAX;
    /* Of the epoch, whose offsets are 0: so the memo is right from the start, and no flag says whether it is
     * set. The sixteenth byte would be the literal's zero. */
    decoder->date = (DateMemo){.text = "1970-01-01 00:0"};
    decoder->date.text[15] = '0';
    TRY(columns_init(decoder, err));
    TRY(json_init(decoder, err));
    decoder_restart(decoder);
    return STATUS_OK;
}

Status decoder_create(Memory *memory, const Schema *schema, const FormatOptions *options, Decoder **out,
                      Error *err) {
    ASSERT(schema->fields != NULL || schema->count == 0);
    ASSERT(options->format < FORMAT_COUNT);
    Decoder *decoder = memory_alloc_zeroed(memory, sizeof(*decoder));
    TRY_ALLOC(decoder);
    decoder->memory = memory;
    arena_init(&decoder->arena, memory);
    arena_init(&decoder->names, memory);
    text_init(&decoder->skipped, memory);
    text_init(&decoder->scratch, memory);
    Status status = decoder_init(decoder, schema, options, err);
    if (status != STATUS_OK) {
        decoder_destroy(decoder);
        return status;
    }
    *out = decoder;
    return STATUS_OK;
}

void decoder_destroy(Decoder *decoder) {
    if (decoder == NULL) return;
    vector_deinit(&decoder->letters, decoder->memory);
    vector_deinit(&decoder->unknown, decoder->memory);
    text_deinit(&decoder->skipped);
    text_deinit(&decoder->scratch);
    arena_deinit(&decoder->names);
    arena_deinit(&decoder->arena);
    memory_free(decoder->memory, decoder, sizeof(*decoder));
}

void decoder_restart(Decoder *decoder) {
    decoder->line = 1;
    decoder->offset = 0;
    decoder->scanned = 0;
    decoder->started = decoder->is_skipping = false;
    decoder_forget_fields(decoder);
    json_restart(decoder);
    csv_restart(decoder);
}

void decoder_set_zones(Decoder *decoder, ZoneSource *zones) {
    decoder->zones = zones;
}

void decoder_limit_record(Decoder *decoder, size_t record_size_max) {
    ASSERT(record_size_max > 0);
    decoder->record_size_max = record_size_max;
}

/* ---- rows ---- */

/* The columns that the record had no field for. */
static void fill_missing(Decoder *decoder, uint32_t word, uint64_t missing) {
    while (missing != 0) {
        uint32_t column = word * 64 + (uint32_t)__builtin_ctzll(missing);
        DEBUG_ASSERT(column < decoder->column_count);
        missing &= missing - 1;
        column_set_null(&decoder->columns[column], decoder->row);
    }
}

/* Sets the error: the first column, in their order, that takes no NULL and has one. */
static bool row_has_forbidden_null(Decoder *decoder) {
    for (uint32_t i = 0; i < decoder->column_count; i++) {
        const DecoderColumn *column = &decoder->columns[i];
        if (!column->not_null || column->builder.validity == NULL) continue;
        if (bits_get(column->builder.validity, decoder->row)) continue;
        error_set(&decoder->error, STATUS_NOT_NULL_VIOLATION,
                  "null value in column \"%.*s\" violates not-null constraint", STR_ARGS(column->name));
        return true;
    }
    return false;
}

bool decoder_end_row(Decoder *decoder, int64_t record) {
    for (uint32_t w = 0; w < decoder->seen_words; w++) {
        uint64_t seen = decoder->seen[w] | decoder->seen_other[w];
        uint64_t all = w + 1 == decoder->seen_words ? bits_tail_mask(decoder->column_count) : ~0ULL;
        if (__builtin_expect(seen != all, 0)) fill_missing(decoder, w, all & ~seen);
        decoder->seen_ever[w] |= seen;
        decoder->seen[w] = decoder->seen_other[w] = 0;
    }
    if (decoder->has_not_null && row_has_forbidden_null(decoder)) return false;
    DEBUG_ASSERT(record > 0 && record < (int64_t)1 << POSITION_RECORD_BITS);
    decoder->positions[decoder->row++] = decoder->input->position_base + record;
    return true;
}

/* ---- dead letters ---- */

/* Bytes that are no UTF-8 become question marks, so that the text can be shown. */
static void make_valid(char *bytes, size_t size) {
    for (size_t at = 0; (at += utf8_valid_size(str_from(bytes + at, size - at))) < size; at++)
        bytes[at] = '?';
}

/* Of a record that is too long no more than what is there for certain when that is found, whatever the split.
 */
static size_t payload_size(const Decoder *decoder, size_t size) {
    DEBUG_ASSERT(decoder->record_size_max > 0);
    if (size > DEAD_LETTER_PAYLOAD_MAX) size = DEAD_LETTER_PAYLOAD_MAX;
    return size > decoder->record_size_max ? decoder->record_size_max : size;
}

Status decoder_add_letter(Decoder *decoder, int64_t record, uint64_t offset, Str payload, Error *err) {
    ASSERT(decoder->error.status != STATUS_OK); /* somebody has said why */
    Frame *frame = decoder->frame;
    payload.size = payload_size(decoder, payload.size);
    if (payload.size > 0 && payload.data[payload.size - 1] == '\r') payload.size--;
    /* A skipped record's head is in `skipped`, which the next one overwrites. */
    bool in_block = decoder->input->owner != NULL && payload.data >= decoder->input->owner->data &&
                    payload.data <= decoder->input->end;
    if (!in_block) {
        payload = str_copy(&frame->arena, payload);
        TRY_ALLOC(payload.data);
    }
    decoder->block_used |= in_block;
    Str reason = str_copy(&frame->arena, str_from_c(decoder->error.message));
    TRY_ALLOC(reason.data);
    make_valid((char *)(uintptr_t)reason.data, reason.size);
    DeadLetter letter = {.record = record,
                         .byte_offset = (int64_t)offset,
                         .status = decoder->error.status,
                         .reason = reason,
                         .payload = payload};
    ASSERT(letter.payload.size <= DEAD_LETTER_PAYLOAD_MAX);
    if (!vector_push(&decoder->letters, decoder->memory, letter)) return error_out_of_memory(err);
    /* What the record had filled is written again by the next one at the same row. */
    memset(decoder->seen, 0, decoder->seen_words * sizeof(uint64_t));
    memset(decoder->seen_other, 0, decoder->seen_words * sizeof(uint64_t));
    return STATUS_OK;
}

Status decoder_wait(Decoder *decoder, int64_t record, Error *err) {
    ASSERT(!decoder->input->is_end); /* then there is nothing to wait for */
    DecoderInput *input = decoder->input;
    size_t size = (size_t)(input->end - input->at);
    decoder->scanned = size;
    if (size <= decoder->record_size_max) return STATUS_OK;
    text_reset(&decoder->skipped);
    text_append(&decoder->skipped, str_from(input->at, payload_size(decoder, size)));
    if (decoder->skipped.failed) return error_out_of_memory(err);
    ASSERT(decoder->skipped.size <= DEAD_LETTER_PAYLOAD_MAX);
    decoder->skipped_record = record;
    decoder->skipped_offset = decoder->offset;
    decoder->is_skipping = true;
    decoder_consume(decoder, input->end);
    return STATUS_OK;
}

Status decoder_end_skip(Decoder *decoder, Error *err) {
    ASSERT(decoder->is_skipping);
    decoder->is_skipping = false;
    decoder_error_too_long(decoder);
    return decoder_add_letter(decoder, decoder->skipped_record, decoder->skipped_offset,
                              text_str(&decoder->skipped), err);
}

Status decoder_skip_line(Decoder *decoder, Error *err) {
    DecoderInput *input = decoder->input;
    const char *stop = memchr(input->at, '\n', (size_t)(input->end - input->at));
    ASSERT(decoder->is_skipping);
    ASSERT(input->at <= input->end);
    decoder_consume(decoder, stop == NULL ? input->end : stop + 1);
    if (stop == NULL && !input->is_end) return STATUS_OK;
    decoder->line++;
    return decoder_end_skip(decoder, err);
}

void decoder_error_too_long(Decoder *decoder) {
    error_set(&decoder->error, STATUS_LIMIT, "the record is longer than %zu bytes", decoder->record_size_max);
}

/* ---- warnings ---- */

enum { WARNED_ROW_COUNT_MIN = 10 }; /* of JSON, before a column is told missing while more may come */

/* Names of fields come from outside and end in a message. */
static bool is_printable(Str name) {
    for (size_t i = 0; i < name.size; i++)
        if ((unsigned char)name.data[i] < ' ' || name.data[i] == 127) return false;
    return utf8_is_valid(name);
}

void decoder_note_unknown(Decoder *decoder, Str name) {
    ASSERT(name.data != NULL || name.size == 0);
    if (decoder->warned || decoder->unknown.count == DECODER_UNKNOWN_COUNT_MAX) return;
    /* Too long to be suggested from. */
    if (name.size > STR_DISTANCE_SIZE_MAX || !is_printable(name)) return;
    for (size_t i = 0; i < decoder->unknown.count; i++)
        if (str_equal(decoder->unknown.items[i], name)) return;
    Str copy = str_copy(&decoder->names, name);
    /* Only a suggestion is lost when memory is refused. */
    if (copy.data != NULL && !vector_push(&decoder->unknown, decoder->memory, copy)) return;
}

void decoder_forget_fields(Decoder *decoder) {
    decoder->warned = false;
    decoder->row_count = 0;
    memset(decoder->seen_ever, 0, sizeof(decoder->seen_ever));
    decoder->unknown.count = 0;
    arena_reset(&decoder->names);
}

static const char MAYBE_COMMENT[] = ": is its first line a comment (comment = '#')?";

static Str describe_column(Decoder *decoder, Arena *arena, Str column) {
    Str best = {0};
    int distance = INT_MAX;
    char room[ERROR_MESSAGE_SIZE_MAX];
    for (size_t i = 0; i < decoder->unknown.count; i++)
        str_suggest(column, decoder->unknown.items[i], &best, &distance);
    const char *where = decoder->options.format == FORMAT_CSV ? "the header" : "any of the first records";
    size_t size = text_format(room, sizeof(room), "column \"%.*s\" is not in %s", STR_ARGS(column), where);
    if (best.size > 0)
        size += text_format(room + size, sizeof(room) - size, "; nearest field: \"%.*s\"", STR_ARGS(best));
    else if (decoder->csv.has_hash)
        size += text_format(room + size, sizeof(room) - size, "%s", MAYBE_COMMENT);
    return str_copy(arena, str_from(room, size));
}

/* No column at all: one line with the names that there are; a single CSV field is often a line cut wrongly.
 */
static Str describe_all_columns(Decoder *decoder, Arena *arena) {
    bool csv = decoder->options.format == FORMAT_CSV;
    char room[ERROR_MESSAGE_SIZE_MAX];
    size_t size = text_format(room, sizeof(room), "no column is in %s",
                              csv ? "the header" : "any of the first records");
    for (size_t i = 0; i < decoder->unknown.count && size < sizeof(room) / 2; i++)
        size += text_format(room + size, sizeof(room) - size, "%s \"%.*s\"", i == 0 ? ", which has" : ",",
                            STR_ARGS(decoder->unknown.items[i]));
    if (decoder->csv.has_hash)
        size += text_format(room + size, sizeof(room) - size, "%s", MAYBE_COMMENT);
    else if (csv && decoder->csv.field_count == 1 && decoder->column_count > 1)
        size += text_format(room + size, sizeof(room) - size, ": is delimiter right?");
    return str_copy(arena, str_from(room, size));
}

Str decoder_describe_no_column(Decoder *decoder) {
    ASSERT(decoder->column_count > 0);
    return decoder->column_count == 1 ? describe_column(decoder, &decoder->names, decoder->columns[0].name)
                                      : describe_all_columns(decoder, &decoder->names);
}

/* Columns that have not been seen yet. */
static Status list_missing(Decoder *decoder, const Str **warnings_out, uint32_t *count_out, Error *err) {
    STATIC_ASSERT(DECODER_WARNING_COUNT_MAX >= 2, "one column, and how many more");
    uint32_t missing_count = 0, count = 0;
    for (uint32_t i = 0; i < decoder->column_count; i++) missing_count += !bits_get(decoder->seen_ever, i);
    if (missing_count == 0) return STATUS_OK;
    uint32_t shown_max = DECODER_WARNING_COUNT_MAX - 1;
    Str *warnings = FRAME_ARRAY(decoder->frame, Str, DECODER_WARNING_COUNT_MAX);
    TRY_ALLOC(warnings);
    *warnings_out = warnings;
    *count_out = 1;
    if (missing_count == decoder->column_count && missing_count > 1) {
        warnings[0] = describe_all_columns(decoder, &decoder->frame->arena);
        TRY_ALLOC(warnings[0].data);
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < decoder->column_count && count < shown_max; i++) {
        if (bits_get(decoder->seen_ever, i)) continue;
        Str warning = describe_column(decoder, &decoder->frame->arena, decoder->columns[i].name);
        TRY_ALLOC(warning.data);
        warnings[count++] = warning;
    }
    if (missing_count > shown_max) {
        char room[64];
        size_t size = text_format(room, sizeof(room), "so are %u more columns", missing_count - shown_max);
        warnings[count] = str_copy(&decoder->frame->arena, str_from(room, size));
        TRY_ALLOC(warnings[count++].data);
    }
    *count_out = count;
    return STATUS_OK;
}

/* Once a partition: a header tells at once. Objects of which few have come, as from a pipe, say little of what the next will have. */
static Status add_warnings(Decoder *decoder, DecoderRead *out, Error *err) {
    bool is_last = decoder->input->is_end && out->state == DECODER_EMPTY;
    uint32_t needed = decoder->options.format == FORMAT_CSV || is_last ? 1 : WARNED_ROW_COUNT_MIN;
    decoder->row_count += decoder->row;
    if (decoder->row_count < needed || decoder->warned) return STATUS_OK;
    decoder->warned = true;
    return list_missing(decoder, &out->warnings, &out->warning_count, err);
}

/* ---- a read ---- */

/* Builders for the read's rows, and the stops behind the block. */
static Status begin_read(Decoder *decoder, Frame *frame, DecoderInput *input, uint32_t row_count_max,
                         Error *err) {
    ASSERT(input->at <= input->end);
    ASSERT(row_count_max > 0 && row_count_max <= BATCH_ROW_COUNT_MAX);
    if (input->owner != NULL) ASSERT(input->end + DECODER_PADDING <= input->owner->data + input->owner->size);
    ASSERT(frame != NULL);
    decoder->frame = frame;
    decoder->input = input;
    decoder->block = input->owner == NULL ? NULL : input->owner->data;
    decoder->block_used = false;
    decoder->row = 0;
    decoder->letters.count = 0;
    decoder->positions = frame_alloc(frame, row_count_max * sizeof(int64_t), &decoder->positions_owner);
    TRY_ALLOC(decoder->positions);
    for (uint32_t i = 0; i < decoder->column_count; i++) {
        DecoderColumn *column = &decoder->columns[i];
        TRY(array_builder_init(&column->builder, frame, column->type, row_count_max, err));
        column->values = column->builder.values;
        column->block_index = UINT32_MAX;
    }
    STATIC_ASSERT(DECODER_PADDING >= 16 + 2,
                  "a scan of 16 bytes may start at the quote behind the line feed");
    /* What a scan that looks for the end of something stops at. */
    input->end[0] = '\n';
    input->end[1] = decoder->options.quote;
    return STATUS_OK;
}

static Status finish_columns(Decoder *decoder, Batch *batch, Error *err) {
    Array *arrays = FRAME_ARRAY(decoder->frame, Array, decoder->column_count);
    TRY_ALLOC(arrays);
    for (uint32_t i = 0; i < decoder->column_count; i++) {
        ArrayBuilder *builder = &decoder->columns[i].builder;
        /* Columns are written at any row; what counts is how many records were good. */
        builder->length = decoder->row;
        TRY(array_builder_finish(builder, &arrays[i], err));
    }
    batch->row_count = decoder->row;
    batch->column_count = decoder->column_count;
    batch->columns = arrays;
    batch->meta[META_POSITION] = decoder->positions;
    batch->meta_owner[META_POSITION] = decoder->positions_owner;
    return STATUS_OK;
}

/* From the decoder's own list, which the next read uses again, to the frame. */
static Status finish_letters(Decoder *decoder, DecoderRead *out, Error *err) {
    ASSERT(decoder->letters.count <= UINT32_MAX);
    if (decoder->letters.count == 0) return STATUS_OK;
    size_t size = decoder->letters.count * sizeof(DeadLetter);
    out->dead_letters = arena_copy(&decoder->frame->arena, decoder->letters.items, size);
    TRY_ALLOC(out->dead_letters);
    out->dead_letter_count = (uint32_t)decoder->letters.count;
    return STATUS_OK;
}

/* Skips the mark that some writers put first. False: its bytes are not all there yet. */
static bool skip_byte_order_mark(Decoder *decoder) {
    static const char mark[3] = {(char)0xEF, (char)0xBB, (char)0xBF};
    DecoderInput *input = decoder->input;
    size_t size = (size_t)(input->end - input->at);
    size_t compared = size < sizeof(mark) ? size : sizeof(mark);
    if (memcmp(input->at, mark, compared) == 0) {
        if (compared < sizeof(mark) && !input->is_end) return false;
        if (compared == sizeof(mark)) decoder_consume(decoder, input->at + sizeof(mark));
    }
    decoder->started = true;
    return true;
}

static Status read_format(Decoder *decoder, uint32_t row_count_max, DecoderState *state, Error *err) {
    *state = DECODER_EMPTY;
    if (!decoder->started && !skip_byte_order_mark(decoder)) return STATUS_OK;
    switch (decoder->options.format) {
        case FORMAT_JSON: return json_read(decoder, row_count_max, state, err);
        case FORMAT_CSV: return csv_read(decoder, row_count_max, state, err);
        case FORMAT_COUNT: break;
    }
    return error_set(err, STATUS_INTERNAL, "no such format");
}

Status decoder_read(Decoder *decoder, Frame *frame, DecoderInput *input, uint32_t row_count_max,
                    DecoderRead *out, Error *err) {
    ASSERT(row_count_max > 0);
    ASSERT(row_count_max <= BATCH_ROW_COUNT_MAX);
    ASSERT(input->at <= input->end);
    *out = (DecoderRead){0};
    TRY(begin_read(decoder, frame, input, row_count_max, err));
    TRY(read_format(decoder, row_count_max, &out->state, err));
    ASSERT(decoder->row <= row_count_max);
    ASSERT(input->at <= input->end);
    TRY(finish_columns(decoder, &out->batch, err));
    TRY(finish_letters(decoder, out, err));
    TRY(add_warnings(decoder, out, err));
    ASSERT(out->batch.row_count <= row_count_max);
    ASSERT(out->dead_letter_count <= DEAD_LETTER_BATCH_MAX + 1); /* one more may end a skipped record first */
    /* Retained before the frame has it: frame_adopt gives a reference back when it fails. */
    if (!decoder->block_used) return STATUS_OK;
    buffer_retain(input->owner);
    return frame_adopt(frame, input->owner, err);
}
