/* SPDX-License-Identifier: Apache-2.0
 * format/json_write.c - values as PostgreSQL's row_to_json writes them. */
#include "format/json_write.h"

#include "base/calendar.h"
#include "column/jsonb_view.h"

static bool is_finite(const Array *array, size_t row) {
    double value = array->type.id == TYPE_REAL ? (double)array_f32(array)[row] : array_f64(array)[row];
    return value - value == 0;
}

/* 2026-11-24T10:00:00.5, with +02:00 behind it when it has a zone. BC and infinity keep their text. */
static void write_timestamp(Text *text, const Array *array, size_t row, const Zone *zone) {
    DEBUG_ASSERT(type_is_timestamp(array->type));
    int64_t value = array_i64(array)[row];
    bool zoned = array->type.id == TYPE_TIMESTAMPTZ;
    int32_t offset_s = zoned ? zone_offset_at(zone, value) : 0;
    char room[CALENDAR_SIZE_MAX];
    size_t size = zoned ? calendar_write_timestamptz(room, value, offset_s) : calendar_write_timestamp(room, value);
    text_append_char(text, '"');
    if (!calendar_timestamp_is_finite(value)) {
        text_append(text, str_from(room, size));
    } else {
        bool is_bc = size > 3 && room[size - 1] == 'C';
        if (is_bc) size -= 3;
        for (size_t i = 0; i < size; i++)
            if (room[i] == ' ') room[i] = 'T';
        text_append(text, str_from(room, size));
        if (zoned && offset_s % 3600 == 0) text_append_c(text, ":00"); /* XML's form has minutes always */
        if (is_bc) text_append_c(text, " BC");
    }
    text_append_char(text, '"');
}

/* Its text form has nothing that needs an escape but a backslash (bytea: \x0a). */
static void write_quoted(Text *text, const Array *array, size_t row) {
    text_append_char(text, '"');
    if (array->type.id == TYPE_BYTEA) text_append_char(text, '\\');
    array_value_text(array, row, text);
    text_append_char(text, '"');
}

void json_write_value(Text *text, const Array *array, size_t row, const Zone *zone) {
    DEBUG_ASSERT(row < array->length);
    if (array_is_null(array, row)) {
        text_append_c(text, "null");
        return;
    }
    switch ((TypeId)array->type.id) {
        case TYPE_BOOLEAN: text_append_c(text, bits_get(array_bits(array), row) ? "true" : "false"); return;
        case TYPE_REAL:
        case TYPE_DOUBLE:
            if (is_finite(array, row))
                array_value_text(array, row, text);
            else
                write_quoted(text, array, row);
            return;
        case TYPE_SMALLINT:
        case TYPE_INTEGER:
        case TYPE_BIGINT:
        case TYPE_NUMERIC: array_value_text(array, row, text); return;
        case TYPE_UNKNOWN:
        case TYPE_TEXT:
        case TYPE_VARCHAR: jsonb_append_string(text, array_text(array, row)); return;
        case TYPE_TIMESTAMP:
        case TYPE_TIMESTAMPTZ: write_timestamp(text, array, row, zone); return;
        case TYPE_BYTEA:
        case TYPE_DATE:
        case TYPE_TIME:
        case TYPE_INTERVAL:
        case TYPE_UUID: write_quoted(text, array, row); return;
        case TYPE_JSONB: text_append(text, jsonb_array_shown(array, row)); return;
        case TYPE_ARRAY:
        case TYPE_ROW:
        case TYPE_MAP:
        case TYPE_COUNT: break;
    }
    ASSERT(!"no values of nested types yet");
}

void json_write_row(Text *text, const Schema *schema, const Batch *batch, size_t row, bool weights) {
    DEBUG_ASSERT(row < batch->row_count);
    ASSERT(schema->count == batch->column_count);
    text_append_char(text, '{');
    for (uint32_t i = 0; i < batch->column_count; i++) {
        if (i > 0) text_append_char(text, ',');
        jsonb_append_string(text, schema->fields[i].name);
        text_append_char(text, ':');
        json_write_value(text, &batch->columns[i], row, schema->zone);
    }
    if (weights) {
        text_append_c(text, batch->column_count > 0 ? ",\"__weight\":" : "\"__weight\":");
        text_append_i64(text, batch_weight(batch, row));
    }
    text_append_char(text, '}');
}

void json_write_batch(Text *text, const Schema *schema, const Batch *batch, bool weights) {
    for (uint32_t row = 0; row < batch->row_count; row++) {
        json_write_row(text, schema, batch, row, weights);
        text_append_char(text, '\n');
    }
}
