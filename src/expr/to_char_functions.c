/* SPDX-License-Identifier: Apache-2.0
 * expr/to_char_functions.c - to_char, and the other way to_timestamp, to_date, to_number. A constant pattern is read once per call; of patterns that vary the
 * last one is kept. */
#include "base/from_char.h"
#include "expr/text_priv.h"

typedef struct Shown {
    FunctionCall *call;
    Arena *arena;
    bool is_number;
    bool ready;
    Text written; /* the pattern read; what was read points into it */
    TimePattern time;
    NumberPattern number;
    Error failure;
} Shown;

/* The pattern of the row: compiled when it is not the one before. What is wrong with it is kept, for every row that has it. */
static Status shown_prepare(Shown *shown, uint32_t row, Error *err) {
    Str pattern = text_at(shown->call, 1, row);
    if (shown->ready && str_equal(pattern, text_str(&shown->written))) return STATUS_OK;
    text_reset(&shown->written);
    text_append(&shown->written, pattern);
    if (shown->written.failed) return error_out_of_memory(err);
    shown->ready = true;
    error_reset(&shown->failure);
    Status status =
        shown->is_number
            ? number_pattern_compile(shown->arena, text_str(&shown->written), &shown->number, &shown->failure)
            : time_pattern_compile(shown->arena, text_str(&shown->written), &shown->time, &shown->failure);
    return status == STATUS_OUT_OF_MEMORY ? error_out_of_memory(err) : STATUS_OK;
}

static void show_timestamp(const Shown *shown, int64_t value, bool has_zone, Text *out, bool *is_null) {
    *is_null = !calendar_timestamp_is_finite(value);
    if (*is_null) return;
    ZoneSpan span = {0};
    if (has_zone) span = zone_span_at(shown->call->zone, calendar_second_of(value));
    to_char_timestamp(out, &shown->time, value, span.offset_s, span.abbreviation);
}

static Status show_integer(const Shown *shown, int64_t value, Text *out, Error *err) {
    return to_char_decimal(out, &shown->number, (DecimalScaled){value, 0}, err);
}

/* By the type of what is shown; a pattern of times does for intervals too. */
static Status show_value(const Shown *shown, uint32_t row, Text *out, bool *is_null, Error *err) {
    const Register *from = shown->call->arguments[0];
    const Array *array = &from->array;
    size_t at = call_index(from, row);
    switch ((int)array->type.id) {
        case TYPE_TIMESTAMP:
        case TYPE_TIMESTAMPTZ:
            show_timestamp(shown, array_i64(array)[at], array->type.id == TYPE_TIMESTAMPTZ, out, is_null);
            return STATUS_OK;
        case TYPE_INTERVAL: return to_char_interval(out, &shown->time, array_interval(array)[at], err);
        case TYPE_INTEGER: return show_integer(shown, array_i32(array)[at], out, err);
        case TYPE_BIGINT: return show_integer(shown, array_i64(array)[at], out, err);
        case TYPE_NUMERIC:
            return to_char_decimal(out, &shown->number,
                                   (DecimalScaled){array_decimal(array)[at], array->type.scale}, err);
        default:
            DEBUG_ASSERT(array->type.id == TYPE_DOUBLE);
            return to_char_double(out, &shown->number, array_f64(array)[at], err);
    }
}

static Status show_row(Shown *shown, uint32_t row, ArrayBuilder *builder, Text *scratch, Error *err) {
    bool is_null = call_is_null(shown->call, row);
    if (!is_null) {
        TRY(shown_prepare(shown, row, err));
        Error cause = shown->failure;
        Status status = cause.status;
        bool empty = shown->written.size == 0; /* to_char(x, '') of a time is NULL, of a number the empty text */
        is_null = empty && !shown->is_number;
        if (status == STATUS_OK && !empty) status = show_value(shown, row, scratch, &is_null, &cause);
        if (status != STATUS_OK) {
            is_null = true;
            TRY(call_fail_with(shown->call, row, &cause, err));
        }
    }
    if (!is_null) return text_emit(shown->call, row, builder, scratch, err);
    text_reset(scratch);
    array_builder_null(builder);
    return STATUS_OK;
}

static Status show_rows(FunctionCall *call, bool is_number, Error *err) {
    ASSERT(call->argument_count == 2); /* value or text, pattern */
    Shown shown = {.call = call, .arena = &call->frame->arena, .is_number = is_number};
    ArrayBuilder builder;
    Text scratch;
    TRY(call_builder(call, &builder, err));
    text_scratch(call, &scratch);
    text_scratch(call, &shown.written);
    Status status = STATUS_OK;
    for (uint32_t row = 0; row < call->row_count && status == STATUS_OK; row++)
        status = show_row(&shown, row, &builder, &scratch, err);
    text_deinit(&scratch);
    text_deinit(&shown.written);
    return status == STATUS_OK ? call_finish(call, &builder, err) : status;
}

/* ---- reading ---- */

/* Reads `text` into row `row` of the result's values. */
typedef Status (*ReadRow)(const Shown *shown, Str text, uint32_t row, void *out, Error *err);

static Status read_row(Shown *shown, uint32_t row, ReadRow from_text, void *out, Error *err) {
    FunctionCall *call = shown->call;
    TRY(shown_prepare(shown, row, err));
    if (shown->is_number && shown->written.size == 0) { /* to_number(x, '') is NULL */
        uint64_t *validity = call_own_validity(call);
        TRY_ALLOC(validity);
        bits_clear(validity, row);
        return STATUS_OK;
    }
    DEBUG_ASSERT(shown->ready);
    Error cause = shown->failure;
    Status status = cause.status;
    if (status == STATUS_OK) status = from_text(shown, text_at(call, 0, row), row, out, &cause);
    return status == STATUS_OK ? STATUS_OK : call_fail_with(call, row, &cause, err);
}

/* to_date, to_timestamp, to_number. */
static Status read_rows(FunctionCall *call, bool is_number, ReadRow from_text, Error *err) {
    ASSERT(call->argument_count == 2); /* value or text, pattern */
    Shown shown = {.call = call, .arena = &call->frame->arena, .is_number = is_number};
    void *out = call_values(call, type_width(call->out->array.type));
    TRY_ALLOC(out);
    text_scratch(call, &shown.written);
    Status status = STATUS_OK;
    for (uint32_t row = 0; row < call->row_count && status == STATUS_OK; row++)
        if (!call_is_null(call, row)) status = read_row(&shown, row, from_text, out, err);
    text_deinit(&shown.written);
    return status;
}

static Status read_timestamp(const Shown *shown, Str text, uint32_t row, void *out, Error *err) {
    return from_char_timestamp(text, &shown->time, shown->call->zone, (int64_t *)out + row, err);
}
static Status read_date(const Shown *shown, Str text, uint32_t row, void *out, Error *err) {
    return from_char_date(text, &shown->time, (int32_t *)out + row, err);
}
static Status read_number(const Shown *shown, Str text, uint32_t row, void *out, Error *err) {
    return from_char_decimal(text, &shown->number, shown->call->out->array.type.scale, (Decimal *)out + row, err);
}
Status to_timestamp_text(FunctionCall *call, Error *err) {
    return read_rows(call, false, read_timestamp, err);
}
Status to_date_text(FunctionCall *call, Error *err) {
    return read_rows(call, false, read_date, err);
}
Status to_number_text(FunctionCall *call, Error *err) {
    return read_rows(call, true, read_number, err);
}

Status to_char_time(FunctionCall *call, Error *err) {
    return show_rows(call, false, err);
}
Status to_char_number(FunctionCall *call, Error *err) {
    return show_rows(call, true, err);
}
