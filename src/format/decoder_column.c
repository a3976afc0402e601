/* SPDX-License-Identifier: Apache-2.0
 * format/decoder_column.c - one value into its column, by the column's type. */
#include "base/utf8.h"
#include "format/decoder_priv.h"

uint32_t column_add_block(Decoder *decoder, DecoderColumn *column) {
    DEBUG_ASSERT(column->block_index == UINT32_MAX); /* once per column and read */
    DEBUG_ASSERT(decoder->block != NULL);
    const DecoderInput *input = decoder->input;
    column->block_index = array_builder_add_data(&column->builder, decoder->block,
                                                 (size_t)(input->end - decoder->block), input->owner);
    decoder->block_used = true;
    return column->block_index;
}

void column_copy_text(DecoderColumn *column, uint32_t row, Str text) {
    DEBUG_ASSERT(row < column->builder.capacity);
    column->builder.length = row;
    array_builder_text(&column->builder, text);
}

void column_name_error(Decoder *decoder, const DecoderColumn *column) {
    DEBUG_ASSERT(decoder->error.status != STATUS_OK);
    char message[ERROR_MESSAGE_SIZE_MAX];
    size_t size = text_format(message, sizeof(message), "column \"%.*s\": %s", STR_ARGS(column->name),
                              decoder->error.message);
    memcpy(decoder->error.message, message, size + 1);
}

/* Minutes of "HH:MM"; -1 when it is none. */
static int64_t scan_minutes(const char *at) {
    for (int i = 0; i < 5; i++)
        if (i == 2 ? at[i] != ':' : at[i] < '0' || at[i] > '9') return -1;
    int64_t hour = (at[0] - '0') * 10 + (at[1] - '0'), minute = (at[3] - '0') * 10 + (at[4] - '0');
    return hour > 23 || minute > 59 ? -1 : hour * 60 + minute;
}

bool date_memo_update(DateMemo *memo, const char *at) {
    STATIC_ASSERT(sizeof(memo->text) == STAMP_DATE_SIZE + 6, "a date, a letter or space, hours and minutes");
    int64_t start = memo->start_us, minutes = scan_minutes(at + STAMP_DATE_SIZE + 1);
    if (minutes < 0 || (at[STAMP_DATE_SIZE] != 'T' && at[STAMP_DATE_SIZE] != ' ')) return false;
    /* Only the minute is new as a rule. */
    if (memcmp(memo->text, at, STAMP_DATE_SIZE) != 0) {
        int32_t days;
        const char *end = at + STAMP_DATE_SIZE;
        if (calendar_scan_date(at, end, &days) != end || !calendar_date_to_timestamp(days, &start))
            return false;
    }
    memcpy(memo->text, at, sizeof(memo->text));
    memo->start_us = start;
    memo->minute_us = start + minutes * CALENDAR_MINUTE;
    return true;
}

/* The way that takes every form of PostgreSQL's, and has its errors. */
static bool parse_general(Decoder *decoder, DecoderColumn *column, Str text) {
    DEBUG_ASSERT(decoder->row < column->builder.capacity);
    column->builder.length = decoder->row;
    if (array_builder_parse_in_zone(&column->builder, text, decoder->schema.zone, decoder->zones, &decoder->error) != STATUS_OK) {
        column_name_error(decoder, column);
        return false;
    }
    column_mark(column, decoder->row);
    return true;
}

static bool is_plain_text(const DecoderColumn *column) {
    return column->type.id == TYPE_TEXT || column->type.id == TYPE_UNKNOWN ||
           (column->type.id == TYPE_VARCHAR && column->type.length == 0);
}

/* A number as text: with the option timestamp_unit it counts from 1970 too. */
static bool is_count(const Decoder *decoder, Str text) {
    DecimalScaled ignored;
    return decoder->options.timestamp_unit != TIMESTAMP_UNIT_NONE &&
           decimal_parse_natural(text, &ignored) == NUMBER_OK;
}

bool column_set_parsed(Decoder *decoder, DecoderColumn *column, Str text, bool in_block) {
    DEBUG_ASSERT(decoder->row < column->builder.capacity);
    int64_t value;
    if (is_plain_text(column)) {
        if (in_block)
            column_set_text(decoder, column, text.data, text.size);
        else
            column_copy_text(column, decoder->row, text);
        column_mark(column, decoder->row);
        return true;
    }
    const char *end = text.data + text.size;
    switch (column->type.id) {
        case TYPE_BIGINT:
            if (number_scan_i64(text.data, end, &value) != end) break;
            column_set_i64(column, decoder->row, value);
            return true;
        case TYPE_DOUBLE: {
            double number;
            /* An infinity has overflowed, and a zero may have been 1e-400: the long way tells them apart. */
            if (number_scan_double(text.data, end, &number) != end || number - number != 0 || number == 0)
                break;
            column_set_f64(column, decoder->row, number);
            return true;
        }
        case TYPE_TIMESTAMP:
        case TYPE_TIMESTAMPTZ:
            if (text.size >= STAMP_SIZE && in_block &&
                column_scan_timestamp(&decoder->date, text.data, &value) == end &&
                (!column_is_zoned(decoder, column->type) || end[-1] == 'Z')) {
                column_set_i64(column, decoder->row, value);
                return true;
            }
            if (is_count(decoder, text)) return column_set_timestamp_number(decoder, column, text);
            break;
        default: break;
    }
    return parse_general(decoder, column, text);
}

static bool timestamp_out_of_range(Decoder *decoder, const DecoderColumn *column, Str number) {
    error_set(&decoder->error, STATUS_DATETIME_OUT_OF_RANGE, "timestamp out of range: %.*s",
              STR_ARGS(number));
    column_name_error(decoder, column);
    return false;
}

bool column_set_timestamp_number(Decoder *decoder, DecoderColumn *column, Str number) {
    DEBUG_ASSERT(type_layout(column->type) == LAYOUT_I64);
    /* 10^digits of the unit make a second; microseconds are 6 of them. */
    static const int unit_digits[] = {0, 3, 6, 9};
    TimestampUnit unit = decoder->options.timestamp_unit;
    if (unit == TIMESTAMP_UNIT_NONE) {
        error_set(&decoder->error, STATUS_INVALID_DATETIME,
                  "a number is a timestamp only with the option timestamp_unit ('s', 'ms', 'us' or 'ns')");
        column_name_error(decoder, column);
        return false;
    }
    DecimalScaled value;
    if (decimal_parse_natural(number, &value) != NUMBER_OK)
        return timestamp_out_of_range(decoder, column, number);
    /* In units of 10^-(scale + digits) seconds; what is finer than a microsecond is rounded. */
    value.scale += unit_digits[unit];
    /* Fewer than 39 digits, all of them that far below a microsecond: decimal_rescale has not so many
     * powers. */
    if (value.scale - 6 > DECIMAL_DIGIT_COUNT_MAX) value = (DecimalScaled){0, 6};
    Decimal microseconds;
    if (!decimal_rescale(value, 6, &microseconds)) return timestamp_out_of_range(decoder, column, number);
    if (microseconds < CALENDAR_TIMESTAMP_MIN || microseconds > CALENDAR_TIMESTAMP_MAX)
        return timestamp_out_of_range(decoder, column, number);
    column_set_i64(column, decoder->row, (int64_t)microseconds);
    return true;
}
