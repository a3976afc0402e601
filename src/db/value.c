/* SPDX-License-Identifier: Apache-2.0
 * db/value.c - what fits into which type. */
#include "db/value.h"

#include <math.h>

#include "base/calendar.h"
#include "base/utf8.h"

enum { PLACE_SIZE_MAX = 128 };

/* column "qty", parameter $3 */
static const char *place_name(const ValuePlace *place, char *room) {
    if (place->parameter > 0)
        text_format(room, PLACE_SIZE_MAX, "parameter $%u", place->parameter);
    else
        text_format(room, PLACE_SIZE_MAX, "column \"%.*s\"", STR_ARGS(place->column));
    return room;
}

Status value_misfit(const ValuePlace *place, const char *given, Error *err) {
    Text text;
    Memory memory;
    char room[PLACE_SIZE_MAX];
    memory_init(&memory, 0);
    text_init(&text, &memory);
    text_append_type(&text, place->type);
    (void)error_set(err, STATUS_DATATYPE_MISMATCH, "%s is of type %.*s but the value is %s", place_name(place, room), STR_ARGS(text_str(&text)),
                    given);
    text_deinit(&text);
    return err->status;
}

/* The ranges of PostgreSQL, as in an Arrow array; the extreme integers of dates and timestamps are the infinities. */
static Status append_time(ArrayBuilder *builder, const ValuePlace *place, int64_t value, Error *err) {
    bool good;
    char room[PLACE_SIZE_MAX];
    TypeId type = (TypeId)builder->type.id;
    switch (type) {
        case TYPE_DATE: good = calendar_date_is_valid(value) || value == CALENDAR_DATE_INFINITY || value == CALENDAR_DATE_MINUS_INFINITY; break;
        case TYPE_TIME: good = value >= 0 && value <= CALENDAR_DAY; break;
        default: good = calendar_timestamp_is_valid(value) || !calendar_timestamp_is_finite(value);
    }
    if (!good) return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "%s out of range in %s", type_name(type), place_name(place, room));
    if (type == TYPE_DATE)
        array_builder_i32(builder, (int32_t)value);
    else
        array_builder_i64(builder, value);
    return STATUS_OK;
}

/* As a cast of a double: one that REAL has only as infinity or zero does not fit. */
static Status append_real(ArrayBuilder *builder, double value, Error *err) {
    float narrow = (float)value;
    bool underflow = narrow == 0 && value != 0;
    if (underflow || (isinf(narrow) && !isinf(value)))
        return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "value out of range: %s", underflow ? "underflow" : "overflow");
    array_builder_f32(builder, narrow);
    return STATUS_OK;
}

static Status append_integer(ArrayBuilder *builder, const ValuePlace *place, int64_t value, Error *err) {
    Decimal decimal;
    switch ((TypeId)builder->type.id) {
        case TYPE_SMALLINT:
            if (value < INT16_MIN || value > INT16_MAX) return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "smallint out of range");
            array_builder_i16(builder, (int16_t)value);
            return STATUS_OK;
        case TYPE_INTEGER:
            if (value < INT32_MIN || value > INT32_MAX) return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "integer out of range");
            array_builder_i32(builder, (int32_t)value);
            return STATUS_OK;
        case TYPE_BIGINT: array_builder_i64(builder, value); return STATUS_OK;
        case TYPE_DATE:
        case TYPE_TIME:
        case TYPE_TIMESTAMP:
        case TYPE_TIMESTAMPTZ: return append_time(builder, place, value, err);
        case TYPE_REAL: array_builder_f32(builder, (float)value); return STATUS_OK;
        case TYPE_DOUBLE: array_builder_f64(builder, (double)value); return STATUS_OK;
        case TYPE_NUMERIC:
            if (!decimal_from_i64(value, builder->type.scale, &decimal) || !decimal_fits(decimal, builder->type.precision))
                return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "numeric field overflow");
            array_builder_decimal(builder, decimal);
            return STATUS_OK;
        default: return value_misfit(place, "an integer", err);
    }
}

/* What SQL text, CSV and Arrow may not bring in, a value may not either. */
static Status append_text(ArrayBuilder *builder, const ValuePlace *place, Str text, Error *err) {
    char room[PLACE_SIZE_MAX];
    if (!utf8_is_text(text)) {
        const char *what = utf8_is_valid(text) ? "holds a zero byte" : "is not valid UTF-8";
        return error_set(err, STATUS_INVALID_ENCODING, "the text for %s %s", place_name(place, room), what);
    }
    return array_builder_parse_in_zone(builder, text, place->zone, place->zones, err);
}

Status value_append(ArrayBuilder *builder, const ValuePlace *place, const weir_value *value, Error *err) {
    char room[PLACE_SIZE_MAX];
    TypeId type = (TypeId)builder->type.id;
    ASSERT(type == place->type.id);
    bool has_bytes = value->kind == WEIR_TEXT || value->kind == WEIR_BYTES;
    if (has_bytes && value->as.text.data == NULL && value->as.text.size > 0)
        return error_set(err, STATUS_MISUSE, "the weir_value for %s has a size and no bytes", place_name(place, room));
    switch (value->kind) {
        case WEIR_NULL: array_builder_null(builder); return STATUS_OK;
        case WEIR_BOOL:
            if (type != TYPE_BOOLEAN) return value_misfit(place, "a boolean", err);
            array_builder_bool(builder, value->as.boolean != 0);
            return STATUS_OK;
        case WEIR_I64: return append_integer(builder, place, value->as.i64, err);
        case WEIR_F64:
            if (type == TYPE_REAL) return append_real(builder, value->as.f64, err);
            if (type != TYPE_DOUBLE) return value_misfit(place, "a double", err);
            array_builder_f64(builder, value->as.f64);
            return STATUS_OK;
        case WEIR_TEXT: return append_text(builder, place, str_from(value->as.text.data, value->as.text.size), err);
        case WEIR_BYTES:
            if (type != TYPE_BYTEA) return value_misfit(place, "bytes", err);
            array_builder_text(builder, str_from(value->as.text.data, value->as.text.size));
            return STATUS_OK;
        default: return error_set(err, STATUS_MISUSE, "a weir_value of unknown kind %d", value->kind);
    }
}
