/* SPDX-License-Identifier: Apache-2.0
 * expr/time_field_functions.c - extract, date_part, date_trunc, date_bin.
 *
 * The field is a constant nearly always: it is looked up once, and the common ones have a loop of their own
 * over the whole column. Infinite values, which have no parts, are put right afterwards. */
#include <math.h>

#include "base/calendar_field.h"
#include "base/calendar_math.h"
#include "expr/zone_priv.h"

#define INLINED static inline __attribute__((always_inline))

static Status unknown_field(Str name, TypeId type, Error *err) {
    return error_set(err, STATUS_INVALID_ARGUMENT, "unit \"%.*s\" not recognized for type %s", STR_ARGS(name),
                     type_name(type));
}

/* date_trunc knows no start of a day of the week; of a time zone PostgreSQL says that it may have one some day. */
static Status unknown_unit(Str name, TypeId type, Error *err) {
    CalendarField field;
    if (!calendar_field_from_name(name, &field) || field < CALENDAR_FIELD_TIMEZONE) return unknown_field(name, type, err);
    return error_set(err, STATUS_NOT_SUPPORTED, "unit \"%.*s\" not supported for type %s", STR_ARGS(name), type_name(type));
}

/* ---- one value ---- */

static Status extract_zone(CalendarField field, int64_t zone, DecimalScaled *out) {
    int64_t seconds = zone / CALENDAR_SECOND;
    *out = (DecimalScaled){field == CALENDAR_FIELD_TIMEZONE        ? seconds
                           : field == CALENDAR_FIELD_TIMEZONE_HOUR ? seconds / 3600
                                                                   : seconds / 60 % 60,
                           0};
    return STATUS_OK;
}

static Status extract_timestamptz(int64_t value, CalendarField field, int64_t zone, DecimalScaled *out,
                                  Error *err) {
    if (field >= CALENDAR_FIELD_TIMEZONE) return extract_zone(field, zone, out);
    return calendar_extract_timestamp(field == CALENDAR_FIELD_EPOCH ? value : value + zone, field, out, err);
}

/* date_part of a date is that of its midnight; extract of one has fewer fields. */
static Status extract_date(const FunctionCall *call, int32_t date, CalendarField field, DecimalScaled *out,
                           Error *err) {
    int64_t timestamp;
    if (call->out->array.type.id == TYPE_NUMERIC) return calendar_extract_date(date, field, out, err);
    if (!calendar_date_to_timestamp(date, &timestamp))
        return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "date out of range for timestamp");
    return calendar_extract_timestamp(timestamp, field, out, err);
}

/* *infinity: +1 or -1 where the result has none but infinity, 2 where it is NULL. */
static Status extract_value(const FunctionCall *call, size_t at, CalendarField field, ZoneClock *clock, DecimalScaled *out,
                            int *infinity, Error *err) {
    const Array *from = &call->arguments[1]->array;
    TypeId type = (TypeId)from->type.id;
    *infinity = 0;
    if (type == TYPE_INTERVAL) return calendar_extract_interval(array_interval(from)[at], field, out, err);
    if (type == TYPE_TIME) return calendar_extract_time(array_i64(from)[at], field, out, err);
    bool finite = type == TYPE_DATE ? calendar_date_is_finite(array_i32(from)[at])
                                    : calendar_timestamp_is_finite(array_i64(from)[at]);
    bool negative = type == TYPE_DATE ? array_i32(from)[at] < 0 : array_i64(from)[at] < 0;
    if (!finite) {
        int sign = calendar_extract_infinite(field, negative);
        *infinity = sign == 0 ? 2 : sign;
    }
    if (type == TYPE_DATE) return extract_date(call, finite ? array_i32(from)[at] : 0, field, out, err);
    int64_t value = finite ? array_i64(from)[at] : 0;
    if (type == TYPE_TIMESTAMP) return calendar_extract_timestamp(value, field, out, err);
    DEBUG_ASSERT(type == TYPE_TIMESTAMPTZ);
    return extract_timestamptz(value, field, zone_clock_ahead(clock, value), out, err);
}

static Status row_null(FunctionCall *call, uint32_t row, Error *err) {
    uint64_t *validity = call_own_validity(call);
    TRY_ALLOC(validity);
    bits_clear(validity, row);
    return STATUS_OK;
}

/* NUMERIC has no infinity here. */
static Status store(FunctionCall *call, uint32_t row, DecimalScaled value, int infinity, Error *err) {
    Array *out = &call->out->array;
    DEBUG_ASSERT(infinity >= -1 && infinity <= 2);
    DEBUG_ASSERT(out->type.id == TYPE_DOUBLE || out->type.id == TYPE_NUMERIC); /* date_part, extract */
    if (infinity == 2) return row_null(call, row, err);
    if (out->type.id == TYPE_DOUBLE) {
        ((double *)out->values)[row] = infinity != 0 ? infinity * INFINITY : calendar_field_to_double(value);
        return STATUS_OK;
    }
    if (infinity != 0 || !decimal_rescale(value, out->type.scale, &((Decimal *)out->values)[row]))
        return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "numeric field overflow");
    return STATUS_OK;
}

/* A field that is not constant is looked up per row. */
static Status extract_row(FunctionCall *call, uint32_t row, ZoneClock *clock, Error *err) {
    const Register *from = call->arguments[1];
    Str name = text_at(call, 0, row);
    Error cause = {.status = STATUS_OK};
    CalendarField field;
    DecimalScaled value = {0};
    int infinity = 0;
    Status status = calendar_field_from_name(name, &field)
                        ? extract_value(call, call_index(from, row), field, clock, &value, &infinity, &cause)
                        : unknown_field(name, (TypeId)from->array.type.id, &cause);
    return status == STATUS_OK ? store(call, row, value, infinity, err)
                               : call_fail_with(call, row, &cause, err);
}

/* ---- whole columns ---- */

typedef struct Rows {
    const int64_t *from;
    uint32_t count;
    void *out;
    double scale; /* what a double result is divided by */
} Rows;

INLINED void put(const Rows *rows, uint32_t row, int64_t value, bool as_double) {
    if (as_double)
        ((double *)rows->out)[row] = (double)value / rows->scale;
    else
        ((Decimal *)rows->out)[row] = value;
}

/* Added so that a remainder is of a positive number: more days than timestamps reach back, in whole weeks. */
static const int64_t FAR_WEEKS = 7 * INT64_C(400000) * CALENDAR_DAY;

INLINED void clock_rows(const Rows *rows, int64_t modulus, int64_t divisor, bool as_double) {
    ASSERT(FAR_WEEKS % modulus == 0); /* adding it changes no remainder */
    for (uint32_t row = 0; row < rows->count; row++) {
        uint64_t value = (uint64_t)rows->from[row] + (uint64_t)FAR_WEEKS;
        put(rows, row, (int64_t)(value % (uint64_t)modulus / (uint64_t)divisor), as_double);
    }
}

/* Infinite values give some date. */
INLINED void date_rows(const Rows *rows, int64_t (*of)(int64_t days), bool as_double) {
    for (uint32_t row = 0; row < rows->count; row++) {
        int64_t value = rows->from[row];
        if (!calendar_timestamp_is_finite(value)) value = 0;
        put(rows, row, of(calendar_day_of(value)), as_double);
    }
}
static int64_t year_of(int64_t days) {
    int64_t year = calendar_civil_from_days(days).year;
    return year > 0 ? year : year - 1;
}
static int64_t month_of(int64_t days) {
    return calendar_civil_from_days(days).month;
}
static int64_t day_of(int64_t days) {
    return calendar_civil_from_days(days).day;
}
static int64_t day_of_week(int64_t days) {
    return (days + CALENDAR_JULIAN_OFFSET + 1) % 7;
}

INLINED bool field_rows(const Rows *rows, CalendarField field, bool as_double) {
    switch ((int)field) {
        case CALENDAR_FIELD_HOUR: clock_rows(rows, CALENDAR_DAY, CALENDAR_HOUR, as_double); return true;
        case CALENDAR_FIELD_MINUTE: clock_rows(rows, CALENDAR_HOUR, CALENDAR_MINUTE, as_double); return true;
        case CALENDAR_FIELD_SECOND:
        case CALENDAR_FIELD_MILLISECONDS:
        case CALENDAR_FIELD_MICROSECONDS: clock_rows(rows, CALENDAR_MINUTE, 1, as_double); return true;
        case CALENDAR_FIELD_YEAR: date_rows(rows, year_of, as_double); return true;
        case CALENDAR_FIELD_MONTH: date_rows(rows, month_of, as_double); return true;
        case CALENDAR_FIELD_DAY: date_rows(rows, day_of, as_double); return true;
        case CALENDAR_FIELD_DOW: date_rows(rows, day_of_week, as_double); return true;
        case CALENDAR_FIELD_EPOCH:
            for (uint32_t row = 0; row < rows->count; row++) put(rows, row, rows->from[row], as_double);
            return true;
        default: return false; /* one by one */
    }
}

/* Infinite rows after a loop that took them for numbers. */
static Status fix_infinite(FunctionCall *call, const Rows *rows, CalendarField field, Error *err) {
    for (uint32_t row = 0; row < rows->count; row++) {
        if (calendar_timestamp_is_finite(rows->from[row]) || call_is_null(call, row)) continue;
        int sign = calendar_extract_infinite(field, rows->from[row] < 0);
        TRY(store(call, row, (DecimalScaled){0}, sign == 0 ? 2 : sign, err));
    }
    return STATUS_OK;
}

/* What the session's clock shows at each time of a column; NULL when memory is refused. */
static const int64_t *shown_column(const FunctionCall *call, const int64_t *from) {
    Buffer *owner;
    int64_t *shown = frame_alloc(call->frame, call->row_count * sizeof(*shown), &owner);
    ZoneClock clock = zone_clock_of_call(call);
    for (uint32_t row = 0; shown != NULL && row < call->row_count; row++)
        shown[row] = call_is_null(call, row) ? 0 : zone_clock_show(&clock, from[row]);
    return shown;
}

/* A constant field of a column of timestamps; *done is false when there is no loop for it. */
static Status extract_column(FunctionCall *call, bool *done, Error *err) {
    const Register *from = call->arguments[1];
    CalendarField field;
    *done = call->arguments[0]->constant && !from->constant && type_is_timestamp(from->array.type) &&
            calendar_field_from_name(text_at(call, 0, 0), &field);
    if (!*done) return STATUS_OK;
    bool as_double = call->out->array.type.id == TYPE_DOUBLE;
    Rows rows = {.from = array_i64(&from->array),
                 .count = call->row_count,
                 .out = (void *)call->out->array.values,
                 .scale = (double)decimal_power_of_ten(calendar_field_scale(field))};
    if (!as_double && call->out->array.type.scale != calendar_field_scale(field)) {
        *done = false;
        return STATUS_OK;
    }
    if (call->zone != NULL && field != CALENDAR_FIELD_EPOCH) TRY_ALLOC(rows.from = shown_column(call, rows.from));
    *done = as_double ? field_rows(&rows, field, true) : field_rows(&rows, field, false);
    return *done ? fix_infinite(call, &rows, field, err) : STATUS_OK;
}

Status time_extract(FunctionCall *call, Error *err) {
    bool done;
    void *out = call_values(call, type_width(call->out->array.type));
    TRY_ALLOC(out);
    TRY(extract_column(call, &done, err));
    ZoneClock clock = zone_clock_of_call(call);
    for (uint32_t row = 0; !done && row < call->row_count; row++)
        if (!call_is_null(call, row)) TRY(extract_row(call, row, &clock, err));
    return STATUS_OK;
}

/* ---- date_trunc ---- */

/* Length of a field that is the same everywhere, and how far before 1970 one starts; 0 when it varies. */
static int64_t field_step(CalendarField field, int64_t *lead) {
    *lead = 0;
    switch ((int)field) {
        case CALENDAR_FIELD_MICROSECONDS: return 1;
        case CALENDAR_FIELD_MILLISECONDS: return CALENDAR_SECOND / 1000;
        case CALENDAR_FIELD_SECOND: return CALENDAR_SECOND;
        case CALENDAR_FIELD_MINUTE: return CALENDAR_MINUTE;
        case CALENDAR_FIELD_HOUR: return CALENDAR_HOUR;
        case CALENDAR_FIELD_DAY: return CALENDAR_DAY;
        case CALENDAR_FIELD_WEEK: *lead = 3 * CALENDAR_DAY; return 7 * CALENDAR_DAY;
        default: return 0;
    }
}

INLINED int64_t floor_to(int64_t value, int64_t shift, int64_t step) {
    uint64_t lifted = (uint64_t)value + (uint64_t)shift + (uint64_t)FAR_WEEKS;
    uint64_t start = (uint64_t)value - lifted % (uint64_t)step;
    return calendar_timestamp_is_finite(value) ? (int64_t)start : value;
}

INLINED void trunc_rows(const int64_t *restrict from, uint32_t count, int64_t shift, int64_t step,
                        int64_t *restrict out) {
    for (uint32_t row = 0; row < count; row++) out[row] = floor_to(from[row], shift, step);
}

/* Steps that a compiler can divide by. */
static void trunc_column(const int64_t *from, uint32_t count, int64_t shift, int64_t step, int64_t *out) {
    ASSERT(step > 0 && FAR_WEEKS % step == 0);
    switch (step) {
        case CALENDAR_SECOND: trunc_rows(from, count, shift, CALENDAR_SECOND, out); return;
        case CALENDAR_MINUTE: trunc_rows(from, count, shift, CALENDAR_MINUTE, out); return;
        case CALENDAR_HOUR: trunc_rows(from, count, shift, CALENDAR_HOUR, out); return;
        case CALENDAR_DAY: trunc_rows(from, count, shift, CALENDAR_DAY, out); return;
        default: trunc_rows(from, count, shift, step, out); return;
    }
}

/* A day or more starts by the clock's own midnight, whatever its offset then. */
static void trunc_zoned(const FunctionCall *call, CalendarField field, int64_t lead, int64_t step, int64_t *out) {
    const int64_t *from = array_i64(&call->arguments[1]->array);
    ZoneClock clock = zone_clock_of_call(call);
    for (uint32_t row = 0; row < call->row_count; row++) {
        out[row] = from[row];
        if (call_is_null(call, row) || !calendar_timestamp_is_finite(from[row])) continue;
        int64_t ahead = zone_clock_ahead(&clock, from[row]), local = floor_to(from[row] + ahead, lead, step);
        out[row] = local - (field >= CALENDAR_FIELD_DAY ? zone_clock_ahead_of_local(&clock, local) : ahead);
    }
}

static Status check_starts(FunctionCall *call, const int64_t *out, Error *err) {
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row) && calendar_timestamp_is_finite(out[row]) &&
            !calendar_timestamp_is_valid(out[row]))
            TRY(function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE, "timestamp out of range"));
    return STATUS_OK;
}

/* As trunc_zoned. */
static Status trunc_timestamp(Str unit, int64_t value, ZoneClock *clock, TypeId type, int64_t *out, Error *err) {
    CalendarField field;
    *out = value;
    if (!calendar_field_from_name(unit, &field) || field > CALENDAR_FIELD_MILLENNIUM)
        return unknown_unit(unit, type, err);
    if (!calendar_timestamp_is_finite(value)) return STATUS_OK;
    int64_t ahead = zone_clock_ahead(clock, value);
    TRY(calendar_trunc_timestamp(value + ahead, field, out, err));
    *out -= field >= CALENDAR_FIELD_DAY ? zone_clock_ahead_of_local(clock, *out) : ahead;
    return STATUS_OK;
}

/* date_trunc(unit, x, zone): the clock in a row; *known when it is that of all. */
static Status trunc_clock(FunctionCall *call, uint32_t row, ZoneClock *clock, bool *known, Error *err) {
    *known = call->argument_count < 3 || call->arguments[2]->constant;
    if (call->argument_count == 3) return zone_clock_from_text(call->context, text_at(call, 2, row), clock, err);
    *clock = zone_clock_of_call(call);
    return STATUS_OK;
}

/* The clock is looked up once where the zone is constant, else per row. */
static Status trunc_each(FunctionCall *call, int64_t *out, Error *err) {
    ASSERT(call->argument_count == 2 || call->argument_count == 3); /* the third is a zone */
    bool known = false;
    ZoneClock clock = {0};
    Error cause = {.status = STATUS_OK};
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        Status status = known ? STATUS_OK : trunc_clock(call, row, &clock, &known, &cause);
        if (status != STATUS_OK) known = false;
        if (status == STATUS_OK)
            status = trunc_timestamp(text_at(call, 0, row), i64_at(call, 1, row), &clock,
                                     (TypeId)call->arguments[1]->array.type.id, &out[row], &cause);
        if (status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
        if (status != STATUS_OK) TRY(call_fail_with(call, row, &cause, err));
    }
    return STATUS_OK;
}

Status time_trunc_timestamp(FunctionCall *call, Error *err) {
    int64_t *out = call_values(call, sizeof(*out)), step = 0, lead = 0;
    TRY_ALLOC(out);
    CalendarField field = CALENDAR_FIELD_DAY;
    bool whole = call->arguments[0]->constant && !call->arguments[1]->constant && call->argument_count == 2;
    if (whole && calendar_field_from_name(text_at(call, 0, 0), &field)) step = field_step(field, &lead);
    if (step > 0 && call->zone != NULL) {
        trunc_zoned(call, field, lead, step, out);
        return check_starts(call, out, err);
    }
    if (step > 0) {
        trunc_column(array_i64(&call->arguments[1]->array), call->row_count, lead, step, out);
        return check_starts(call, out, err);
    }
    return trunc_each(call, out, err);
}

static Status trunc_interval(Str unit, Interval value, Interval *out, Error *err) {
    CalendarField field;
    if (!calendar_field_from_name(unit, &field) || field > CALENDAR_FIELD_MILLENNIUM)
        return unknown_unit(unit, TYPE_INTERVAL, err);
    return calendar_trunc_interval(value, field, out, err);
}

Status time_trunc_interval(FunctionCall *call, Error *err) {
    Interval *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        Error cause = {.status = STATUS_OK};
        const Register *from = call->arguments[1];
        Interval value = array_interval(&from->array)[call_index(from, row)];
        if (trunc_interval(text_at(call, 0, row), value, &out[row], &cause) != STATUS_OK)
            TRY(call_fail_with(call, row, &cause, err));
    }
    return STATUS_OK;
}

/* ---- date_bin ---- */

static Status bin_row(FunctionCall *call, uint32_t row, int64_t *out, Error *err) {
    const Register *from = call->arguments[0];
    Interval stride = array_interval(&from->array)[call_index(from, row)];
    Error cause = {.status = STATUS_OK};
    if (calendar_date_bin(stride, i64_at(call, 1, row), i64_at(call, 2, row), &out[row], &cause) == STATUS_OK)
        return STATUS_OK;
    return call_fail_with(call, row, &cause, err);
}

/* A constant stride and origin: false when it is something else, or not this simple. */
static bool bin_column(FunctionCall *call, int64_t *out) {
    int64_t step, origin;
    if (!call->arguments[0]->constant || !call->arguments[2]->constant || call->arguments[1]->constant)
        return false;
    if (!interval_to_microseconds(array_interval(&call->arguments[0]->array)[0], &step) || step <= 0)
        return false;
    origin = i64_at(call, 2, 0);
    if (!calendar_timestamp_is_finite(origin)) return false;
    int64_t lead = origin % step; /* the grid is the same from here */
    if (lead < 0) lead += step;
    ASSERT(lead >= 0 && lead < step);
    if (step > CALENDAR_TIMESTAMP_MAX / 4) return false;
    const int64_t *from = array_i64(&call->arguments[1]->array);
    for (uint32_t row = 0; row < call->row_count; row++) {
        int64_t value = from[row];
        int64_t rest = calendar_timestamp_is_finite(value) ? value % step - lead : 0;
        /* The remainder of a negative value is negative, and lead is less than a step: two at most are missing. */
        if (rest < 0) rest += step;
        if (rest < 0) rest += step;
        DEBUG_ASSERT(rest >= 0 && rest < step);
        out[row] = (int64_t)((uint64_t)value - (uint64_t)rest);
    }
    return true;
}

Status time_bin(FunctionCall *call, Error *err) {
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    if (bin_column(call, out)) return check_starts(call, out, err);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row)) TRY(bin_row(call, row, out, err));
    return STATUS_OK;
}
