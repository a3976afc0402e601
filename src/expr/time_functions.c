/* SPDX-License-Identifier: Apache-2.0
 * expr/time_functions.c - arithmetic of dates, times and intervals, making them, clocks and zones.
 * Parts of them: time_field_functions.c. */
#include <math.h>

#include "base/calendar_math.h"
#include "expr/zone_priv.h"

/* The argument's value in a row; where it is NULL some value. */
static Interval interval_at(const FunctionCall *call, uint32_t argument, uint32_t row) {
    const Register *from = call->arguments[argument];
    DEBUG_ASSERT(argument < call->argument_count && row < call->row_count);
    return array_interval(&from->array)[call_index(from, row)];
}
static double f64_at(const FunctionCall *call, uint32_t argument, uint32_t row) {
    const Register *from = call->arguments[argument];
    DEBUG_ASSERT(argument < call->argument_count && row < call->row_count);
    return array_f64(&from->array)[call_index(from, row)];
}

/* "timestamp out of range", as PostgreSQL says it. */
static Status fail_range(FunctionCall *call, uint32_t row, const char *what, Error *err) {
    return function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE, "%s out of range", what);
}

/* A kernel of one output type: `compute` sets *out and is false when the result does not fit. `clock`: the session's. */
#define KERNEL(name, Out, what, compute)                           \
    Status name(FunctionCall *call, Error *err) {                  \
        Out *values = call_values(call, sizeof(*values));          \
        TRY_ALLOC(values);                                         \
        ZoneClock clock = zone_clock_of_call(call);                \
        (void)clock;                                               \
        for (uint32_t row = 0; row < call->row_count; row++) {     \
            Out *out = &values[row];                               \
            if (call_is_null(call, row)) continue;                 \
            if (!(compute)) TRY(fail_range(call, row, what, err)); \
        }                                                          \
        return STATUS_OK;                                          \
    }

/* ---- + and - ---- */

KERNEL(time_timestamp_add, int64_t, "timestamp",
       calendar_timestamp_add(i64_at(call, 0, row), interval_at(call, 1, row), out))
KERNEL(time_add_timestamp, int64_t, "timestamp",
       calendar_timestamp_add(i64_at(call, 1, row), interval_at(call, 0, row), out))
KERNEL(time_timestamp_subtract, int64_t, "timestamp",
       calendar_timestamp_subtract_interval(i64_at(call, 0, row), interval_at(call, 1, row), out))

/* By the clock of the session's zone: its midnights and months. */
static bool subtract_in_zone(ZoneClock *clock, int64_t timestamp, Interval interval, int64_t *out) {
    Interval negated;
    return interval_negate(interval, &negated) && calendar_timestamptz_add(timestamp, negated, clock, out);
}
KERNEL(time_timestamptz_add, int64_t, "timestamp",
       calendar_timestamptz_add(i64_at(call, 0, row), interval_at(call, 1, row), &clock, out))
KERNEL(time_add_timestamptz, int64_t, "timestamp",
       calendar_timestamptz_add(i64_at(call, 1, row), interval_at(call, 0, row), &clock, out))
KERNEL(time_timestamptz_subtract, int64_t, "timestamp",
       subtract_in_zone(&clock, i64_at(call, 0, row), interval_at(call, 1, row), out))

/* A time of day, or one with its sign, as an interval. */
static Interval interval_of_time(int64_t time) {
    return (Interval){.microseconds = time};
}
static bool date_subtract(int32_t date, Interval interval, int64_t *out) {
    Interval negated;
    return interval_negate(interval, &negated) && calendar_date_add(date, negated, out);
}
KERNEL(time_date_add_days, int32_t, "date",
       calendar_date_add_days(i32_at(call, 0, row), i32_at(call, 1, row), out))
KERNEL(time_add_days_date, int32_t, "date",
       calendar_date_add_days(i32_at(call, 1, row), i32_at(call, 0, row), out))
KERNEL(time_date_subtract_days, int32_t, "date",
       calendar_date_add_days(i32_at(call, 0, row), -(int64_t)i32_at(call, 1, row), out))
KERNEL(time_date_add, int64_t, "timestamp",
       calendar_date_add(i32_at(call, 0, row), interval_at(call, 1, row), out))
KERNEL(time_add_date, int64_t, "timestamp",
       calendar_date_add(i32_at(call, 1, row), interval_at(call, 0, row), out))
KERNEL(time_date_subtract, int64_t, "timestamp",
       date_subtract(i32_at(call, 0, row), interval_at(call, 1, row), out))
KERNEL(time_date_time, int64_t, "timestamp",
       calendar_date_add(i32_at(call, 0, row), interval_of_time(i64_at(call, 1, row)), out))
KERNEL(time_time_date, int64_t, "timestamp",
       calendar_date_add(i32_at(call, 1, row), interval_of_time(i64_at(call, 0, row)), out))
KERNEL(time_time_add, int64_t, "time",
       (*out = calendar_time_add(i64_at(call, 0, row), interval_at(call, 1, row)), true))
KERNEL(time_add_time, int64_t, "time",
       (*out = calendar_time_add(i64_at(call, 1, row), interval_at(call, 0, row)), true))
KERNEL(time_time_subtract, int64_t, "time",
       (*out = calendar_time_subtract_interval(i64_at(call, 0, row), interval_at(call, 1, row)), true))
KERNEL(time_time_difference, Interval, "interval",
       (*out = interval_of_time(i64_at(call, 0, row) - i64_at(call, 1, row)), true))
KERNEL(time_interval_add, Interval, "interval",
       interval_add(interval_at(call, 0, row), interval_at(call, 1, row), out))
KERNEL(time_interval_subtract, Interval, "interval",
       interval_subtract(interval_at(call, 0, row), interval_at(call, 1, row), out))
KERNEL(time_interval_negate, Interval, "interval", interval_negate(interval_at(call, 0, row), out))
KERNEL(time_interval_multiply, Interval, "interval",
       interval_multiply(interval_at(call, 0, row), f64_at(call, 1, row), out))
KERNEL(time_multiply_interval, Interval, "interval",
       interval_multiply(interval_at(call, 1, row), f64_at(call, 0, row), out))
KERNEL(time_justify_days, Interval, "interval", interval_justify_days(interval_at(call, 0, row), out))
KERNEL(time_justify_hours, Interval, "interval", interval_justify_hours(interval_at(call, 0, row), out))
KERNEL(time_justify_interval, Interval, "interval", interval_justify(interval_at(call, 0, row), out))

Status time_interval_divide(FunctionCall *call, Error *err) {
    Interval *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        double divisor = f64_at(call, 1, row);
        if (divisor == 0)
            TRY(function_call_fail(call, row, err, STATUS_DIVISION_BY_ZERO, "division by zero"));
        else if (!interval_divide(interval_at(call, 0, row), divisor, &out[row]))
            TRY(fail_range(call, row, "interval", err));
    }
    return STATUS_OK;
}

Status time_timestamp_difference(FunctionCall *call, Error *err) {
    Interval *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        int64_t a = i64_at(call, 0, row), b = i64_at(call, 1, row);
        if (!calendar_timestamp_is_finite(a) || !calendar_timestamp_is_finite(b))
            TRY(function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE,
                                   "cannot subtract infinite timestamps"));
        else if (!calendar_timestamp_subtract(a, b, &out[row]))
            TRY(fail_range(call, row, "interval", err));
    }
    return STATUS_OK;
}

Status time_date_difference(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        int32_t a = i32_at(call, 0, row), b = i32_at(call, 1, row);
        if (!calendar_date_is_finite(a) || !calendar_date_is_finite(b))
            TRY(function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE,
                                   "cannot subtract infinite dates"));
        else if (!calendar_date_subtract(a, b, &out[row]))
            TRY(fail_range(call, row, "date", err));
    }
    return STATUS_OK;
}

/* ---- age ---- */

/* Of infinite timestamps PostgreSQL makes numbers of no meaning: an error here. */
static bool age_of(int64_t a, int64_t b, Interval *out) {
    if (!calendar_timestamp_is_finite(a) || !calendar_timestamp_is_finite(b)) return false;
    return calendar_age(a, b, out);
}
KERNEL(time_age, Interval, "timestamp", age_of(i64_at(call, 0, row), i64_at(call, 1, row), out))
KERNEL(time_age_zone, Interval, "timestamp", age_of(zone_clock_show(&clock, i64_at(call, 0, row)), zone_clock_show(&clock, i64_at(call, 1, row)), out))

/* Midnight of the session's current date, as its clock shows it. */
static int64_t midnight(const FunctionCall *call) {
    int64_t now = call->context->now_us;
    return calendar_day_of(now + zone_offset_at(call->zone, now) * CALENDAR_SECOND) * CALENDAR_DAY;
}
KERNEL(time_age_now, Interval, "timestamp", age_of(midnight(call), i64_at(call, 0, row), out))
KERNEL(time_age_now_zone, Interval, "timestamp", age_of(midnight(call), zone_clock_show(&clock, i64_at(call, 0, row)), out))

/* ---- making ---- */

/* Two digits at least, as errors show fields. */
static void append_two(Text *out, int64_t value) {
    if (value >= 0 && value < 10) text_append_char(out, '0');
    text_append_i64(out, value);
}

/* `shown`: the fields as they were given; deinited here. */
static Status fail_field(FunctionCall *call, uint32_t row, const char *what, Text *shown, Error *err) {
    Status status = shown->failed ? error_out_of_memory(err)
                                  : function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE,
                                                       "%s field value out of range: %.*s", what,
                                                       STR_ARGS(text_str(shown)));
    text_deinit(shown);
    return status;
}

/* "date field value out of range: 2024-13-01", as PostgreSQL writes it, whatever the parts are. */
static Status fail_date(FunctionCall *call, uint32_t row, Error *err) {
    Text shown;
    text_scratch(call, &shown);
    text_append_i64(&shown, i32_at(call, 0, row));
    text_append_char(&shown, '-');
    append_two(&shown, i32_at(call, 1, row));
    text_append_char(&shown, '-');
    append_two(&shown, i32_at(call, 2, row));
    return fail_field(call, row, "date", &shown, err);
}

/* Hour, minute and second are the arguments from `first` on. */
static Status fail_time(FunctionCall *call, uint32_t first, uint32_t row, Error *err) {
    Text shown;
    double seconds = f64_at(call, first + 2, row);
    text_scratch(call, &shown);
    text_append_i64(&shown, i32_at(call, first, row));
    text_append_char(&shown, ':');
    append_two(&shown, i32_at(call, first + 1, row));
    text_append_char(&shown, ':');
    if (seconds >= 0 && seconds < 10 && seconds == rint(seconds)) text_append_char(&shown, '0');
    text_append_double(&shown, seconds);
    return fail_field(call, row, "time", &shown, err);
}

/* Years before Christ are written as negative numbers; there is no year 0. */
static bool date_of(const FunctionCall *call, uint32_t row, int32_t *out) {
    int32_t year = i32_at(call, 0, row);
    if (year == 0) return false;
    return calendar_make_date(
        (CivilDate){year < 0 ? year + 1 : year, i32_at(call, 1, row), i32_at(call, 2, row)}, out);
}

Status time_make_date(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row) && !date_of(call, row, &out[row])) TRY(fail_date(call, row, err));
    return STATUS_OK;
}

/* A time of day, 24:00:00 too; false when one of the three is out of its range. */
static bool time_of(const FunctionCall *call, uint32_t first, uint32_t row, int64_t *out) {
    double seconds = f64_at(call, first + 2, row);
    return calendar_make_time(i32_at(call, first, row), i32_at(call, first + 1, row), seconds, out);
}

Status time_make_time(FunctionCall *call, Error *err) {
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row) && !time_of(call, 0, row, &out[row])) TRY(fail_time(call, 0, row, err));
    return STATUS_OK;
}

/* What the clock shows then; a day's end of 24:00 is the next day's start. */
static Status make_timestamp(FunctionCall *call, uint32_t row, ZoneClock *clock, int64_t *out, Error *err) {
    int32_t date;
    int64_t time;
    if (!date_of(call, row, &date)) return fail_date(call, row, err);
    if (!time_of(call, 3, row, &time)) return fail_time(call, 3, row, err);
    if (!calendar_date_to_timestamp(date, out)) return fail_range(call, row, "timestamp", err);
    DEBUG_ASSERT(time >= 0 && time <= CALENDAR_DAY);
    *out += time;
    *out -= zone_clock_ahead_of_local(clock, *out);
    return calendar_timestamp_is_valid(*out) ? STATUS_OK : fail_range(call, row, "timestamp", err);
}

static Status make_timestamps(FunctionCall *call, ZoneClock clock, Error *err) {
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row)) TRY(make_timestamp(call, row, &clock, &out[row], err));
    return STATUS_OK;
}
Status time_make_timestamp(FunctionCall *call, Error *err) {
    return make_timestamps(call, (ZoneClock){0}, err);
}
Status time_make_timestamptz(FunctionCall *call, Error *err) {
    return make_timestamps(call, zone_clock_of_call(call), err);
}

/* The zone is the last argument. */
Status time_make_timestamptz_zone(FunctionCall *call, Error *err) {
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        ZoneClock clock;
        Error cause;
        Status status = zone_clock_from_iso_text(call->context, text_at(call, 6, row), &clock, &cause);
        if (status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
        if (status == STATUS_OK)
            TRY(make_timestamp(call, row, &clock, &out[row], err));
        else
            TRY(call_fail_with(call, row, &cause, err));
    }
    return STATUS_OK;
}

/* Years, months, weeks, days, hours, minutes and seconds; those not given are 0. */
static bool make_interval(const FunctionCall *call, uint32_t row, Interval *out) {
    ASSERT(call->argument_count <= 7);
    int64_t parts[6] = {0};
    for (uint32_t i = 0; i < 6 && i < call->argument_count; i++) parts[i] = i32_at(call, i, row);
    double seconds = call->argument_count > 6 ? f64_at(call, 6, row) : 0;
    if (!isfinite(seconds)) return false;
    IntervalParts all = {.years = parts[0],
                         .months = parts[1],
                         .weeks = parts[2],
                         .days = parts[3],
                         .hours = parts[4],
                         .minutes = parts[5],
                         .seconds = seconds};
    return interval_make(&all, out);
}
KERNEL(time_make_interval, Interval, "interval", make_interval(call, row, out))

Status time_from_epoch(FunctionCall *call, Error *err) {
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        double seconds = f64_at(call, 0, row);
        char room[NUMBER_DOUBLE_SIZE_MAX];
        if (isnan(seconds))
            TRY(function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE, "timestamp cannot be NaN"));
        else if (!calendar_timestamp_from_epoch(seconds, &out[row]))
            TRY(function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE,
                                   "timestamp out of range: \"%.*s\"",
                                   (int)number_write_double(room, seconds), room));
    }
    return STATUS_OK;
}

/* ---- clocks ---- */

Status time_now(FunctionCall *call, Error *err) {
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) out[row] = call->context->now_us;
    return STATUS_OK;
}

/* ---- finite? ---- */

Status time_isfinite_date(FunctionCall *call, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    for (uint32_t row = 0; row < call->row_count; row++)
        bits_assign(bits, row, !call_is_null(call, row) && calendar_date_is_finite(i32_at(call, 0, row)));
    return STATUS_OK;
}
Status time_isfinite_timestamp(FunctionCall *call, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    for (uint32_t row = 0; row < call->row_count; row++)
        bits_assign(bits, row,
                    !call_is_null(call, row) && calendar_timestamp_is_finite(i64_at(call, 0, row)));
    return STATUS_OK;
}
Status time_isfinite_interval(FunctionCall *call, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    bits_fill(bits, call->row_count, true);
    return STATUS_OK;
}

/* ---- OVERLAPS ---- */

/* A start and an end, either of which may be NULL; the end may be given as a length. */
typedef struct Span {
    bool has_start, has_end;
    int64_t start, end;
} Span;

static bool argument_is_null(const FunctionCall *call, uint32_t argument, uint32_t row) {
    const Register *from = call->arguments[argument];
    return array_is_null(&from->array, call_index(from, row));
}

/* False when the end that a length gives does not fit. */
static bool span_end(const FunctionCall *call, uint32_t argument, uint32_t row, Span *span) {
    if (call->arguments[argument]->array.type.id != TYPE_INTERVAL) {
        span->end = i64_at(call, argument, row);
        return true;
    }
    Interval length = interval_at(call, argument, row);
    TypeId type = (TypeId)call->arguments[argument - 1]->array.type.id;
    span->has_end = span->has_start;
    if (!span->has_start) return true;
    DEBUG_ASSERT(type == TYPE_TIME || type == TYPE_TIMESTAMP || type == TYPE_TIMESTAMPTZ); /* dates have been cast */
    if (type == TYPE_TIME) span->end = calendar_time_add(span->start, length);
    if (type == TYPE_TIME) return true;
    if (type == TYPE_TIMESTAMP) return calendar_timestamp_add(span->start, length, &span->end);
    ZoneClock clock = zone_clock_of_call(call);
    return calendar_timestamptz_add(span->start, length, &clock, &span->end);
}

/* Brought into order: a start is always there (unless both are NULL), and is not after the end. */
static bool span_read(const FunctionCall *call, uint32_t argument, uint32_t row, Span *out) {
    Span span = {.has_start = !argument_is_null(call, argument, row),
                 .has_end = !argument_is_null(call, argument + 1, row)};
    if (span.has_start) span.start = i64_at(call, argument, row);
    if (span.has_end && !span_end(call, argument + 1, row, &span)) return false;
    bool turned = span.has_end && (!span.has_start || span.start > span.end);
    *out = turned ? (Span){true, span.has_start, span.end, span.start} : span;
    DEBUG_ASSERT(out->has_start || !out->has_end);
    DEBUG_ASSERT(!(out->has_start && out->has_end) || out->start <= out->end);
    return true;
}

/* 1, 0, or -1 for NULL: what is missing counts only where it could change the answer. */
static int overlaps(Span a, Span b) {
    if (!a.has_start || !b.has_start) return -1;
    if (a.start == b.start) return a.has_end && b.has_end ? 1 : -1;
    const Span *earlier = a.start < b.start ? &a : &b, *later = a.start < b.start ? &b : &a;
    if (!earlier->has_end) return -1;
    if (later->start < earlier->end) return 1;
    return later->has_end ? 0 : -1;
}

Status time_overlaps(FunctionCall *call, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    memset(bits, 0, bits_size(call->row_count));
    for (uint32_t row = 0; row < call->row_count; row++) {
        Span a, b;
        if (call_is_null(call, row)) continue;
        if (!span_read(call, 0, row, &a) || !span_read(call, 2, row, &b)) {
            TRY(fail_range(call, row, "timestamp", err));
            continue;
        }
        int found = overlaps(a, b);
        if (found == 1) bits_set(bits, row);
        if (found >= 0) continue;
        uint64_t *validity = call_own_validity(call);
        TRY_ALLOC(validity);
        bits_clear(validity, row);
    }
    return STATUS_OK;
}
