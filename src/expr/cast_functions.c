/* SPDX-License-Identifier: Apache-2.0
 * expr/cast_functions.c - the kernels of function_cast.def. The target's modifiers are in the result's type.
 */
#include <math.h>

#include "base/calendar_parse.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "column/jsonb_view.h"
#include "expr/text_priv.h"
#include "expr/zone_priv.h"

/* ---- among numbers ---- */

static Status fail_range(FunctionCall *call, uint32_t row, TypeId type, Error *err) {
    return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "%s out of range",
                              type_name(type));
}

/* Only to judge whether the value fits: an int64 beyond 2^53 loses bits here, which decides nothing (see check_numbers). */
static double number_at(const Array *array, size_t at) {
    switch (kernel_lane_of(array->type)) {
        case LANE_I16: return array_i16(array)[at];
        case LANE_I32: return array_i32(array)[at];
        case LANE_I64: return (double)array_i64(array)[at];
        case LANE_F32: return (double)array_f32(array)[at];
        case LANE_F64:
        case LANE_COUNT: break;
    }
    return array_f64(array)[at];
}

/* Which row it was that a kernel's flag spoke of, and how it fails: the same bounds, one row at a time. */
static bool number_fits(const Array *from, size_t at, KernelLane to, bool *underflow) {
    double value = number_at(from, at), rounded = rint(value);
    /* Bounds of a double are exact only as powers of two: 2^63 itself does not fit, and no double lies
     * between. */
    *underflow = false;
    switch (to) {
        case LANE_I16: return rounded >= INT16_MIN && rounded <= INT16_MAX;
        case LANE_I32: return rounded >= INT32_MIN && rounded <= INT32_MAX;
        case LANE_I64: return rounded >= -0x1p63 && rounded < 0x1p63;
        case LANE_F32:
            *underflow = value != 0 && (float)value == 0;
            return !*underflow && (isinf(value) || isnan(value) || !isinf((float)value));
        case LANE_F64:
        case LANE_COUNT: break;
    }
    return true;
}

/* An int64 that a double rounds is far outside of the narrower integers, so that number_fits judges it
 * rightly. */
static __attribute__((cold, noinline)) Status check_numbers(FunctionCall *call, KernelLane to, Error *err) {
    const Array *from = &call->arguments[0]->array;
    for (uint32_t row = 0; row < call->row_count; row++) {
        bool underflow;
        if (call_is_null(call, row) || number_fits(from, row, to, &underflow)) continue;
        if (to == LANE_F32)
            TRY(function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "value out of range: %s",
                                   underflow ? "underflow" : "overflow"));
        else
            TRY(fail_range(call, row, (TypeId)call->out->array.type.id, err));
    }
    return STATUS_OK;
}

Status cast_number(FunctionCall *call, Error *err) {
    ASSERT(call->argument_count == 1);
    ASSERT(call->arguments[0]->array.length == call->row_count);
    const Array *from = &call->arguments[0]->array;
    Type type = call->out->array.type;
    void *out = call_values(call, type_width(type));
    TRY_ALLOC(out);
    KernelLane lane = kernel_lane_of(type);
    bool check = call->kernels->convert[kernel_lane_of(from->type)][lane](from->values, call->row_count, out);
    return check ? check_numbers(call, lane, err) : STATUS_OK;
}

static int64_t integer_at(const Array *array, size_t at) {
    if (array->type.id == TYPE_SMALLINT) return array_i16(array)[at];
    return array->type.id == TYPE_INTEGER ? array_i32(array)[at] : array_i64(array)[at];
}

/* Its digits against the target's precision. */
static Status numeric_store(FunctionCall *call, uint32_t row, NumberResult result, Decimal value,
                            Decimal *out, Error *err) {
    Type type = call->out->array.type;
    DEBUG_ASSERT(type.id == TYPE_NUMERIC);
    DEBUG_ASSERT(row < call->row_count);
    int precision = type.precision == 0 ? TYPE_PRECISION_MAX : type.precision;
    if (result != NUMBER_OK || !decimal_fits(value, precision))
        return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "numeric field overflow");
    *out = value;
    return STATUS_OK;
}

/* name: `converted` makes row `row` of `from` a Decimal of `scale` in *value. */
#define TO_NUMERIC(name, converted)                                           \
    Status name(FunctionCall *call, Error *err) {                             \
        const Array *from = &call->arguments[0]->array;                       \
        Decimal *out = call_values(call, sizeof(*out)), room, *value = &room; \
        TRY_ALLOC(out);                                                       \
        int scale = call->out->array.type.scale;                              \
        for (uint32_t row = 0; row < call->row_count; row++) {                \
            if (call_is_null(call, row)) continue;                            \
            *value = 0;                                                       \
            NumberResult result = (converted);                                \
            TRY(numeric_store(call, row, result, *value, &out[row], err));    \
        }                                                                     \
        return STATUS_OK;                                                     \
    }

static NumberResult fits(bool good) {
    return good ? NUMBER_OK : NUMBER_OUT_OF_RANGE;
}

TO_NUMERIC(cast_integer_to_numeric, fits(decimal_from_i64(integer_at(from, row), scale, value)))
TO_NUMERIC(cast_float_to_numeric, from->type.id == TYPE_REAL ? decimal_from_float(array_f32(from)[row], scale, value)
                                                             : decimal_from_double(array_f64(from)[row], scale, value))
TO_NUMERIC(cast_numeric, fits(decimal_rescale((DecimalScaled){array_decimal(from)[row], from->type.scale}, scale, value)))
#undef TO_NUMERIC

/* False when the value does not fit; what is then stored is overwritten by nothing, as the row has failed. */
static bool integer_store(TypeId type, int64_t value, void *out, uint32_t row) {
    if (type == TYPE_SMALLINT) {
        ((int16_t *)out)[row] = (int16_t)value;
        return value == (int16_t)value;
    }
    if (type == TYPE_INTEGER) {
        ((int32_t *)out)[row] = (int32_t)value;
        return value == (int32_t)value;
    }
    ((int64_t *)out)[row] = value;
    return true;
}

Status cast_numeric_to_integer(FunctionCall *call, Error *err) {
    const Array *from = &call->arguments[0]->array;
    Type type = call->out->array.type;
    void *out = call_values(call, type_width(type));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        int64_t value = 0;
        bool ok = decimal_to_i64((DecimalScaled){array_decimal(from)[row], from->type.scale}, &value);
        if (!ok || !integer_store((TypeId)type.id, value, out, row))
            TRY(fail_range(call, row, (TypeId)type.id, err));
    }
    return STATUS_OK;
}

/* 38 digits fit both float types. */
Status cast_numeric_to_float(FunctionCall *call, Error *err) {
    const Array *from = &call->arguments[0]->array;
    Type type = call->out->array.type;
    void *out = call_values(call, type_width(type));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        double value = decimal_to_double(array_decimal(from)[row], from->type.scale);
        if (type.id == TYPE_REAL)
            ((float *)out)[row] = (float)value;
        else
            ((double *)out)[row] = value;
    }
    return STATUS_OK;
}

Status cast_boolean_to_integer(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        out[row] = bits_get(array_bits(&call->arguments[0]->array), row);
    return STATUS_OK;
}

Status cast_integer_to_boolean(FunctionCall *call, Error *err) {
    static const int32_t zero[16] = {0}; /* whole vectors: kernels may load more than the one value of a constant */
    STATIC_ASSERT(sizeof(zero) == 64, "as large as an expression's constant");
    uint64_t *out = call_bits(call);
    TRY_ALLOC(out);
    call->kernels->compare[KERNEL_NOT_EQUAL][KERNEL_ARRAY_CONSTANT][ORDER_I32](
        call->arguments[0]->array.values, zero, call->row_count, out);
    return STATUS_OK;
}

/* ---- dates and times ---- */

/* Each of these stands twice: without a zone, and by the session's clock. */
#define INLINED static inline __attribute__((always_inline))

INLINED Status date_to_timestamp(FunctionCall *call, bool zoned, Error *err) {
    const int32_t *from = array_i32(&call->arguments[0]->array);
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    ZoneClock clock = zone_clock_of_call(call);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        bool fits = calendar_date_to_timestamp(from[row], &out[row]);
        if (fits && zoned && calendar_timestamp_is_finite(out[row])) {
            out[row] -= zone_clock_ahead_of_local(&clock, out[row]);
            fits = calendar_timestamp_is_valid(out[row]);
        }
        if (!fits)
            TRY(function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE, "date out of range for timestamp"));
    }
    return STATUS_OK;
}
Status cast_date_to_timestamp(FunctionCall *call, Error *err) {
    return date_to_timestamp(call, false, err);
}
Status cast_date_to_timestamptz(FunctionCall *call, Error *err) {
    return call->zone == NULL ? date_to_timestamp(call, false, err) : date_to_timestamp(call, true, err);
}

/* TIMESTAMP and TIMESTAMPTZ by the session's clock. With UTC's the bytes are the same. */
static Status shift_timestamps(FunctionCall *call, bool to_local, Error *err) {
    ASSERT((call->function->flags & FUNCTION_ZONED) != 0);
    if (call->zone == NULL) return call_same(call, err);
    ZoneClock clock = zone_clock_of_call(call);
    const int64_t *from = array_i64(&call->arguments[0]->array);
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        out[row] = from[row];
        if (!calendar_timestamp_is_finite(from[row])) continue;
        out[row] = to_local ? zone_clock_show(&clock, from[row]) : from[row] - zone_clock_ahead_of_local(&clock, from[row]);
        if (!calendar_timestamp_is_valid(out[row]))
            TRY(function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE, "timestamp out of range"));
    }
    return STATUS_OK;
}
Status cast_timestamp_to_timestamptz(FunctionCall *call, Error *err) {
    return shift_timestamps(call, false, err);
}
Status cast_timestamptz_to_timestamp(FunctionCall *call, Error *err) {
    return shift_timestamps(call, true, err);
}

INLINED Status timestamp_to_date(FunctionCall *call, bool zoned, Error *err) {
    const int64_t *from = array_i64(&call->arguments[0]->array);
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    ZoneClock clock = zone_clock_of_call(call);
    for (uint32_t row = 0; row < call->row_count; row++)
        out[row] = call_is_null(call, row) ? 0 : calendar_timestamp_to_date(zoned ? zone_clock_show(&clock, from[row]) : from[row]);
    return STATUS_OK;
}
Status cast_timestamp_to_date(FunctionCall *call, Error *err) {
    return timestamp_to_date(call, false, err);
}
Status cast_timestamptz_to_date(FunctionCall *call, Error *err) {
    return call->zone == NULL ? timestamp_to_date(call, false, err) : timestamp_to_date(call, true, err);
}

/* Infinity has no time of day: NULL. */
INLINED Status timestamp_to_time(FunctionCall *call, bool zoned, Error *err) {
    const int64_t *from = array_i64(&call->arguments[0]->array);
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    ZoneClock clock = zone_clock_of_call(call);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        out[row] = 0;
        if (calendar_timestamp_is_finite(from[row])) {
            out[row] = calendar_time_of_day(zoned ? zone_clock_show(&clock, from[row]) : from[row]);
            continue;
        }
        uint64_t *validity = call_own_validity(call);
        TRY_ALLOC(validity);
        bits_clear(validity, row);
    }
    return STATUS_OK;
}
Status cast_timestamp_to_time(FunctionCall *call, Error *err) {
    return timestamp_to_time(call, false, err);
}
Status cast_timestamptz_to_time(FunctionCall *call, Error *err) {
    return call->zone == NULL ? timestamp_to_time(call, false, err) : timestamp_to_time(call, true, err);
}

Status cast_time_to_interval(FunctionCall *call, Error *err) {
    const int64_t *from = array_i64(&call->arguments[0]->array);
    Interval *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) out[row] = (Interval){.microseconds = from[row]};
    return STATUS_OK;
}

Status cast_interval_to_time(FunctionCall *call, Error *err) {
    const Interval *from = array_interval(&call->arguments[0]->array);
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        out[row] = calendar_time_of_day(from[row].microseconds);
    return STATUS_OK;
}

/* ---- to and from text ---- */

/* One row: parses `text` and appends, or fails with an error that is the row's. */
typedef Status (*ParseRow)(FunctionCall *call, ArrayBuilder *builder, Str text, Error *err);

/* A text that is no value fails its row, not the call. */
static Status parse_rows(FunctionCall *call, ParseRow parse, Error *err) {
    const Array *from = &call->arguments[0]->array;
    ArrayBuilder builder;
    TRY(call_builder(call, &builder, err));
    ASSERT(from->length == call->row_count);
    Error failure; /* large: filled only by what fails */
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) {
            array_builder_null(&builder);
        } else if (parse(call, &builder, array_text(from, row), &failure) != STATUS_OK) {
            if (failure.status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
            TRY(call_fail_with(call, row, &failure, err));
            array_builder_null(&builder);
        }
    }
    return call_finish(call, &builder, err);
}

static Status parse_value(FunctionCall *call, ArrayBuilder *builder, Str text, Error *err) {
    return array_builder_parse(builder, text, err);
}
Status cast_from_text(FunctionCall *call, Error *err) {
    return parse_rows(call, parse_value, err);
}

/* A JSON number of any form: 1.5 to INTEGER is rounded, as from NUMERIC. */
static Status parse_jsonb_number(FunctionCall *call, ArrayBuilder *builder, Str number, Error *err) {
    DEBUG_ASSERT(builder->length < builder->capacity);
    Decimal whole;
    int64_t value = 0;
    Type type = call->out->array.type;
    if (!type_is_integer(type)) return array_builder_parse(builder, number, err);
    bool fits = decimal_parse(number, TYPE_PRECISION_MAX, 0, &whole) == NUMBER_OK && decimal_to_i64((DecimalScaled){whole, 0}, &value);
    if (!fits || !integer_store((TypeId)type.id, value, builder->values, builder->length))
        return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "%s out of range", type_name((TypeId)type.id));
    builder->length++;
    return STATUS_OK;
}

/* A boolean to boolean, a number to the types of numbers. */
static Status parse_jsonb(FunctionCall *call, ArrayBuilder *builder, Str value, Error *err) {
    Str shown = jsonb_shown(value);
    JsonbKind kind = jsonb_kind(shown);
    Type type = call->out->array.type;
    if (kind == JSONB_BOOLEAN && type.id == TYPE_BOOLEAN) {
        array_builder_bool(builder, shown.data[0] == 't');
        return STATUS_OK;
    }
    if (kind == JSONB_NUMBER && type.id != TYPE_BOOLEAN) return parse_jsonb_number(call, builder, shown, err);
    return error_set(err, STATUS_INVALID_ARGUMENT, "cannot cast jsonb %s to type %s", kind == JSONB_NUMBER ? "numeric" : jsonb_kind_name(kind),
                     type_name((TypeId)type.id));
}
Status cast_jsonb(FunctionCall *call, Error *err) {
    return parse_rows(call, parse_jsonb, err);
}

static Status parse_timestamptz(FunctionCall *call, ArrayBuilder *builder, Str text, Error *err) {
    int64_t value;
    TRY(calendar_parse_timestamptz(text, call->zone, call->context->zones, &value, err));
    array_builder_i64(builder, value);
    return STATUS_OK;
}
static Status parse_timestamp(FunctionCall *call, ArrayBuilder *builder, Str text, Error *err) {
    int64_t value;
    TRY(calendar_parse_timestamp(text, call->context->zones, &value, err));
    array_builder_i64(builder, value);
    return STATUS_OK;
}
Status cast_text_to_timestamp(FunctionCall *call, Error *err) {
    return parse_rows(call, parse_timestamp, err);
}
Status cast_text_to_timestamptz(FunctionCall *call, Error *err) {
    return parse_rows(call, parse_timestamptz, err);
}

/* Bytes of a bytea: \x and two digits each. */
static bool append_bytea(ArrayBuilder *builder, Str bytes, Type type) {
    static const char digits[] = "0123456789abcdef";
    char *out = array_builder_text_reserve(builder, 2 + 2 * bytes.size);
    if (out == NULL) return false;
    out[0] = '\\', out[1] = 'x';
    for (size_t i = 0; i < bytes.size; i++) {
        out[2 + 2 * i] = digits[(unsigned char)bytes.data[i] >> 4];
        out[3 + 2 * i] = digits[(unsigned char)bytes.data[i] & 15];
    }
    size_t size = 2 + 2 * bytes.size;
    if (type.id == TYPE_VARCHAR && type.length > 0 && size > (size_t)type.length) size = (size_t)type.length;
    array_builder_text_commit(builder, size);
    return true;
}

enum { VALUE_TEXT_SIZE_MAX = 128 };
STATIC_ASSERT((int)INTERVAL_SIZE_MAX <= (int)VALUE_TEXT_SIZE_MAX, "the longest of them");
STATIC_ASSERT((int)CALENDAR_SIZE_MAX <= (int)VALUE_TEXT_SIZE_MAX, "and of the others");

/* The text of a value of any type but text and bytea. Returns its size. */
static size_t write_value(char *out, const Array *array, size_t at) {
    switch ((TypeId)array->type.id) {
        case TYPE_BOOLEAN: {
            Str name = bits_get(array_bits(array), at) ? STR("true") : STR("false");
            memcpy(out, name.data, name.size);
            return name.size;
        }
        case TYPE_SMALLINT:
        case TYPE_INTEGER:
        case TYPE_BIGINT: return number_write_i64(out, integer_at(array, at));
        case TYPE_REAL: return number_write_float(out, array_f32(array)[at]);
        case TYPE_DOUBLE: return number_write_double(out, array_f64(array)[at]);
        case TYPE_NUMERIC: return decimal_write(out, array_decimal(array)[at], array->type.scale);
        case TYPE_DATE: return calendar_write_date(out, array_i32(array)[at]);
        case TYPE_TIME: return calendar_write_time(out, array_i64(array)[at]);
        case TYPE_TIMESTAMP: return calendar_write_timestamp(out, array_i64(array)[at]);
        case TYPE_INTERVAL: return interval_write(out, array_interval(array)[at]);
        case TYPE_UUID: uuid_write(out, (const Uuid *)array->values + at); return UUID_TEXT_SIZE;
        case TYPE_UNKNOWN:
        case TYPE_TEXT:
        case TYPE_VARCHAR:
        case TYPE_BYTEA:
        case TYPE_TIMESTAMPTZ:
        case TYPE_JSONB:
        case TYPE_ARRAY:
        case TYPE_ROW:
        case TYPE_MAP:
        case TYPE_COUNT: break;
    }
    ASSERT(!"a type with a writer of its own");
    return 0;
}

/* varchar(n) keeps n characters. */
static Str cut_to_length(Str text, Type type) {
    if (type.id != TYPE_VARCHAR || type.length == 0 || text.size <= (size_t)type.length) return text;
    return str_from(text.data, utf8_offset(text, (size_t)type.length));
}

Status cast_to_text(FunctionCall *call, Error *err) {
    const Array *from = &call->arguments[0]->array;
    Type type = call->out->array.type;
    ArrayBuilder builder;
    TRY(call_builder(call, &builder, err));
    ASSERT(from->length == call->row_count);
    char room[VALUE_TEXT_SIZE_MAX];
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) {
            array_builder_null(&builder);
        } else if (from->type.id == TYPE_BYTEA) {
            if (!append_bytea(&builder, array_text(from, row), type)) return error_out_of_memory(err);
        } else {
            Str text = str_from(room, write_value(room, from, row));
            DEBUG_ASSERT(text.size > 0 && text.size <= sizeof(room));
            array_builder_text(&builder, cut_to_length(text, type));
        }
    }
    return call_finish(call, &builder, err);
}

Status cast_timestamptz_to_text(FunctionCall *call, Error *err) {
    const int64_t *from = array_i64(&call->arguments[0]->array);
    ArrayBuilder builder;
    TRY(call_builder(call, &builder, err));
    char room[CALENDAR_SIZE_MAX];
    ZoneClock clock = zone_clock_of_call(call);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) {
            array_builder_null(&builder);
            continue;
        }
        size_t size = calendar_write_timestamptz(room, from[row], zone_clock_offset_at(&clock, calendar_second_of(from[row])));
        array_builder_text(&builder, cut_to_length(str_from(room, size), call->out->array.type));
    }
    return call_finish(call, &builder, err);
}

static bool is_spaces(Str text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != ' ') return false;
    return true;
}

/* Cut texts stay where they are: only their views change. `only_spaces`: nothing else may go. */
static Status cut_texts(FunctionCall *call, bool only_spaces, Error *err) {
    const Array *from = &call->arguments[0]->array;
    TRY(call_same(call, err));
    Type type = call->out->array.type;
    if (type.length == 0) return STATUS_OK;
    View *views = call_values(call, sizeof(*views));
    TRY_ALLOC(views);
    for (uint32_t row = 0; row < call->row_count; row++) {
        views[row] = array_views(from)[row];
        if (call_is_null(call, row)) continue;
        Str text = array_text(from, row), cut = cut_to_length(text, type);
        if (only_spaces && !is_spaces(str_from(text.data + cut.size, text.size - cut.size)))
            TRY(function_call_fail(call, row, err, STATUS_STRING_TRUNCATION,
                                   "value too long for type character varying(%d)", type.length));
        DEBUG_ASSERT(cut.size <= text.size);
        if (cut.size < text.size) views[row] = view_make(cut, views[row].far.buffer, views[row].far.offset);
    }
    return STATUS_OK;
}
Status cast_text_to_varchar(FunctionCall *call, Error *err) {
    return cut_texts(call, false, err);
}
/* As texts; where a value is shown otherwise than its key, what is shown. */
Status cast_jsonb_to_text(FunctionCall *call, Error *err) {
    const Array *from = &call->arguments[0]->array;
    if (!jsonb_array_has_zeros(from)) return cut_texts(call, false, err);
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row)) views[row] = text_cut(call, 0, row, cut_to_length(jsonb_array_shown(from, row), call->out->array.type));
    return STATUS_OK;
}
Status text_assign_varchar(FunctionCall *call, Error *err) {
    return cut_texts(call, true, err);
}
