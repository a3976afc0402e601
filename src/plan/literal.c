/* SPDX-License-Identifier: Apache-2.0
 * plan/literal.c - constants: numbers as PostgreSQL types them, texts read as another type, columns of
 * VALUES. */
#include "plan/bind_priv.h"

#include "base/calendar_parse.h"
#include "base/number.h"

/* A constant of one value that lies at `bytes`. */
static Expr *constant_of(Bind *bind, Type type, const void *bytes, size_t size, SqlSpan span) {
    ASSERT(size > 0 && size <= 64);
    ASSERT(size == (size_t)type_width(type));
    Expr *expr = ARENA_NEW(bind->arena, Expr);
    char *values = arena_alloc_aligned(bind->arena, 64);
    if (expr == NULL || values == NULL) return NULL;
    memset(values, 0, 64);
    memcpy(values, bytes, size);
    expr->kind = EXPR_CONSTANT;
    expr->type = type;
    expr->span = span;
    expr->constant = (Array){.type = type, .length = 1, .values = values};
    return expr;
}

/* A number with an exponent that NUMERIC's 38 digits cannot hold, 1e100 or 1e-45, is a double precision. */
static Status number_as_double(Bind *bind, double value, bool negative, SqlSpan span, const Expr **out, Error *err) {
    if (negative) value = -value;
    *out = constant_of(bind, type_of(TYPE_DOUBLE), &value, sizeof(value), span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* Digits that did not fit behind the point were rounded away: too many of them for the value to be what was written. */
static bool lost_value(DecimalScaled scaled, double written) {
    double kept = decimal_to_double(scaled.value, scaled.scale);
    double difference = kept > written ? kept - written : written - kept;
    return scaled.scale == DECIMAL_SCALE_MAX && difference > written * 1e-15;
}

/* NUMERIC of just the digits written; 1e400 and 1e-50, which it cannot hold, are DOUBLE PRECISION where that can. */
static Status number_as_decimal(Bind *bind, Str digits, bool negative, SqlSpan span, const Expr **out,
                                Error *err) {
    DecimalScaled scaled;
    NumberResult result = decimal_parse_natural(digits, &scaled);
    double written = 0;
    bool has_exponent = str_find(digits, STR("e")) >= 0 || str_find(digits, STR("E")) >= 0;
    bool is_double = has_exponent && number_parse_double(digits, &written) == NUMBER_OK;
    if (is_double && (result != NUMBER_OK || lost_value(scaled, written)))
        return number_as_double(bind, written, negative, span, out, err);
    if (result != NUMBER_OK) {
        (void)number_error(err, result, "numeric", digits);
        return error_locate(err, span.start);
    }
    DecimalMagnitude magnitude = decimal_magnitude(scaled.value);
    int precision = 1;
    while (precision < DECIMAL_DIGIT_COUNT_MAX && magnitude >= decimal_powers_of_ten[precision]) precision++;
    ASSERT(precision <= TYPE_PRECISION_MAX);
    if (precision < scaled.scale) precision = scaled.scale;
    ASSERT(scaled.scale >= 0 && scaled.scale <= precision); /* 0.001 has three digits, all behind the point */
    Decimal value = negative ? -scaled.value : scaled.value;
    *out = constant_of(bind, type_numeric(precision, scaled.scale), &value, sizeof(value), span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* integer, else bigint, else numeric: -2147483648 is an integer. */
Status literal_number(Bind *bind, Str digits, bool negative, SqlSpan span, const Expr **out, Error *err) {
    uint64_t magnitude = 0;
    bool integer = digits.size > 0;
    for (size_t i = 0; i < digits.size && integer; i++) {
        unsigned digit = (unsigned char)digits.data[i] - (unsigned)'0';
        if (digit > 9 || __builtin_mul_overflow(magnitude, 10u, &magnitude) ||
            __builtin_add_overflow(magnitude, digit, &magnitude))
            integer = false;
    }
    if (!integer || magnitude > (uint64_t)INT64_MAX + negative)
        return number_as_decimal(bind, digits, negative, span, out, err);
    int64_t value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    bool fits = value >= INT32_MIN && value <= INT32_MAX;
    *out = expr_i64(bind->arena, type_of(fits ? TYPE_INTEGER : TYPE_BIGINT), value, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

bool literal_integer(const Expr *expr, int64_t *out) {
    if (expr->kind != EXPR_CONSTANT || array_is_null(&expr->constant, 0)) return false;
    switch (expr->type.id) {
        case TYPE_SMALLINT: *out = array_i16(&expr->constant)[0]; return true;
        case TYPE_INTEGER: *out = array_i32(&expr->constant)[0]; return true;
        case TYPE_BIGINT: *out = array_i64(&expr->constant)[0]; return true;
        default: return false;
    }
}

const Expr *literal_convert_integer(Bind *bind, const Expr *expr, Type type) {
    int64_t value;
    if (!literal_integer(expr, &value)) return NULL;
    if (type.id == TYPE_BIGINT) return expr_i64(bind->arena, type, value, expr->span);
    if (type.id == TYPE_DOUBLE) {
        double number = (double)value;
        return constant_of(bind, type, &number, sizeof(number), expr->span);
    }
    Decimal decimal;
    if (type.id == TYPE_NUMERIC && decimal_from_i64(value, type.scale, &decimal) &&
        decimal_fits(decimal, type.precision == 0 ? DECIMAL_DIGIT_COUNT_MAX : type.precision))
        return constant_of(bind, type, &decimal, sizeof(decimal), expr->span);
    return NULL;
}

Status literal_interval(Bind *bind, int64_t microseconds, SqlSpan span, const Expr **out, Error *err) {
    Interval interval = {.microseconds = microseconds};
    *out = constant_of(bind, type_of(TYPE_INTERVAL), &interval, sizeof(interval), span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

static Status parse_interval(Bind *bind, Str text, IntervalField field, SqlSpan span, const Expr **out,
                             Error *err) {
    Interval interval;
    if (interval_parse(text, field, &interval, err) != STATUS_OK) return error_locate(err, span.start);
    *out = constant_of(bind, type_of(TYPE_INTERVAL), &interval, sizeof(interval), span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* In the session's zone where the text names none. */
static Status parse_timestamp(Bind *bind, Str text, Type type, SqlSpan span, const Expr **out, Error *err) {
    ZoneSource *zones = bind->binder->zones;
    int64_t value = 0;
    Status status = type.id == TYPE_TIMESTAMPTZ ? calendar_parse_timestamptz(text, bind->literal_zone, zones, &value, err)
                                                : calendar_parse_timestamp(text, zones, &value, err);
    if (status != STATUS_OK) return error_locate(err, span.start);
    *out = constant_of(bind, type, &value, sizeof(value), span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

Status literal_parse(Bind *bind, Str text, Type type, IntervalField field, SqlSpan span, const Expr **out,
                     Error *err) {
    if (type.id == TYPE_TEXT || type.id == TYPE_UNKNOWN || (type.id == TYPE_VARCHAR && type.length == 0)) {
        *out = expr_text(bind->arena, type, text, span);
        TRY_ALLOC(*out);
        return STATUS_OK;
    }
    if (type_is_timestamp(type)) return parse_timestamp(bind, text, type, span, out, err);
    if (type.id == TYPE_INTERVAL) return parse_interval(bind, text, field, span, out, err);
    /* numeric without digits given: as written */
    if (type.id == TYPE_NUMERIC && type.precision == 0) {
        Str trimmed = str_trim(text);
        bool negative = trimmed.size > 0 && trimmed.data[0] == '-';
        if (negative) trimmed = str_from(trimmed.data + 1, trimmed.size - 1);
        if (trimmed.size > 0 && (trimmed.data[0] == '-' || trimmed.data[0] == '+')) trimmed = text;
        return number_as_decimal(bind, negative || trimmed.size == 0 ? trimmed : text, negative, span, out,
                                 err);
    }
    Frame *frame;
    ArrayBuilder builder;
    Array array;
    TRY(bind_frame(bind, &frame, err));
    TRY(array_builder_init(&builder, frame, type, 1, err));
    if (array_builder_parse(&builder, text, err) != STATUS_OK) return error_locate(err, span.start);
    TRY(array_builder_finish(&builder, &array, err));
    *out = expr_constant(bind->arena, &array, 0, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* Views of one column: long texts one after the other in one buffer. */
static Status text_column(Bind *bind, const Expr *const *constants, uint32_t stride, uint32_t count,
                          Array *out, Error *err) {
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++) {
        const Expr *cell = constants[(size_t)i * stride];
        if (!array_is_null(&cell->constant, 0)) size += array_text(&cell->constant, 0).size;
    }
    if (size > UINT32_MAX) return error_set(err, STATUS_LIMIT, "texts of one column pass 4 GiB");
    View *views = arena_alloc_aligned(bind->arena, sizeof(View) * (size_t)count + 64);
    char *bytes = arena_alloc_aligned(bind->arena, size + 64);
    ViewData *data = ARENA_NEW(bind->arena, ViewData);
    if (views == NULL || bytes == NULL || data == NULL) return error_out_of_memory(err);
    memset(views, 0, sizeof(View) * (size_t)count);
    size_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        const Expr *cell = constants[(size_t)i * stride];
        if (array_is_null(&cell->constant, 0)) continue;
        Str text = array_text(&cell->constant, 0);
        ASSERT(at + (text.size > VIEW_INLINE_SIZE_MAX ? text.size : 0) <= size);
        views[i] = view_make(text, 0, (uint32_t)at);
        if (text.size <= VIEW_INLINE_SIZE_MAX) continue;
        memcpy(bytes + at, text.data, text.size);
        at += text.size;
    }
    *data = (ViewData){.bytes = bytes, .size = at};
    out->values = views;
    out->data = data;
    out->data_count = at > 0 ? 1 : 0;
    return STATUS_OK;
}

/* Values side by side; of NULLs zeros. 64 bytes more than needed, which kernels may read. */
static Status fixed_column(Bind *bind, const Expr *const *constants, uint32_t stride, uint32_t count,
                           Array *out, Error *err) {
    size_t width = type_width(out->type);
    size_t size = width == 0 ? bits_size(count) : width * count;
    char *values = arena_alloc_aligned(bind->arena, size + 64);
    TRY_ALLOC(values);
    memset(values, 0, size);
    for (uint32_t i = 0; i < count; i++) {
        const Array *cell = &constants[(size_t)i * stride]->constant;
        ASSERT(type_width(cell->type) == width); /* cells were brought to the column's type */
        if (array_is_null(cell, 0)) continue;
        if (width > 0)
            memcpy(values + i * width, cell->values, width);
        else
            bits_assign((uint64_t *)(void *)values, i, bits_get(array_bits(cell), 0));
    }
    out->values = values;
    return STATUS_OK;
}

Status literal_column(Bind *bind, const Expr *const *constants, uint32_t stride, uint32_t count, Type type,
                      Array *out, Error *err) {
    *out = (Array){.type = type, .length = count};
    uint64_t *validity = NULL;
    for (uint32_t i = 0; i < count; i++) {
        ASSERT(constants[(size_t)i * stride]->kind == EXPR_CONSTANT);
        if (!array_is_null(&constants[(size_t)i * stride]->constant, 0)) continue;
        if (validity == NULL) {
            validity = arena_alloc_aligned(bind->arena, bits_size(count) + 64);
            TRY_ALLOC(validity);
            bits_fill(validity, count, true);
        }
        bits_clear(validity, i);
    }
    out->validity = validity;
    if (type_layout(type) == LAYOUT_VIEW) return text_column(bind, constants, stride, count, out, err);
    return fixed_column(bind, constants, stride, count, out, err);
}
