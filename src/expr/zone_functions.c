/* SPDX-License-Identifier: Apache-2.0
 * expr/zone_functions.c - clocks of zones: AT TIME ZONE. */
#include "expr/zone_priv.h"

#include "base/calendar_parse.h"

/* ---- which clock ---- */

static ZoneClock fixed_clock(int64_t offset_s) {
    return (ZoneClock){.span = {INT64_MIN, INT64_MAX, (int32_t)offset_s, {0}}};
}

Status zone_clock_from_text(const EvalContext *context, Str name, ZoneClock *out, Error *err) {
    int32_t seconds;
    if (calendar_parse_zone(name, &seconds)) {
        /* POSIX counts west of Greenwich as positive: AT TIME ZONE '+2' is two hours behind UTC. */
        bool is_number = name.data[0] == '+' || name.data[0] == '-';
        *out = fixed_clock(is_number ? -seconds : seconds);
        return STATUS_OK;
    }
    *out = (ZoneClock){0}; /* an empty span: the first timestamp finds its own */
    return zone_find(context->zones, name, &out->zone, err);
}

/* A sign and digits, with or without colons. */
static bool is_signed_number(Str name) {
    if (name.size < 2 || (name.data[0] != '+' && name.data[0] != '-')) return false;
    for (size_t i = 1; i < name.size; i++)
        if ((name.data[i] < '0' || name.data[i] > '9') && name.data[i] != ':') return false;
    return true;
}

Status zone_clock_from_iso_text(const EvalContext *context, Str name, ZoneClock *out, Error *err) {
    int32_t seconds;
    if (name.size > 0 && name.data[0] >= '0' && name.data[0] <= '9') {
        (void)error_set(err, STATUS_INVALID_ARGUMENT, "invalid input syntax for type numeric time zone: \"%.*s\"",
                        STR_ARGS(name));
        return error_add_hint(err, "Numeric time zones must have \"-\" or \"+\" as first character.");
    }
    if (!calendar_parse_zone(name, &seconds)) {
        if (is_signed_number(name))
            return error_set(err, STATUS_INVALID_ARGUMENT, "numeric time zone \"%.*s\" out of range", STR_ARGS(name));
        return zone_clock_from_text(context, name, out, err);
    }
    *out = fixed_clock(seconds);
    return STATUS_OK;
}

Status zone_clock_from_interval(Interval interval, ZoneClock *out, Error *err) {
    if (interval.months != 0 || interval.days != 0) {
        char room[INTERVAL_SIZE_MAX];
        return error_set(err, STATUS_INVALID_ARGUMENT,
                         "interval time zone \"%.*s\" must not include months or days",
                         (int)interval_write(room, interval), room);
    }
    *out = fixed_clock(interval.microseconds / CALENDAR_SECOND);
    return STATUS_OK;
}

/* ---- timezone(zone, x) ---- */

/* The clock of a row; read once where it is constant. */
static Status clock_of_row(const FunctionCall *call, uint32_t row, ZoneClock *out, Error *err) {
    const Register *from = call->arguments[0];
    if (from->array.type.id == TYPE_INTERVAL)
        return zone_clock_from_interval(array_interval(&from->array)[call_index(from, row)], out, err);
    return zone_clock_from_text(call->context, text_at(call, 0, row), out, err);
}

static Status shift_row(FunctionCall *call, uint32_t row, ZoneClock *clock, bool to_local, int64_t *out, Error *err) {
    int64_t from = i64_at(call, 1, row);
    *out = from;
    if (!calendar_timestamp_is_finite(from)) return STATUS_OK;
    *out = to_local ? from + zone_clock_ahead(clock, from) : from - zone_clock_ahead_of_local(clock, from);
    if (calendar_timestamp_is_valid(*out)) return STATUS_OK;
    return function_call_fail(call, row, err, STATUS_DATETIME_OUT_OF_RANGE, "timestamp out of range");
}

/* AT TIME ZONE, both ways. A zone that is constant is looked up once; if it does not exist, every row fails with that. */
static Status shift_rows(FunctionCall *call, bool to_local, Error *err) {
    ASSERT(call->argument_count == 2); /* zone, time: AT TIME ZONE the other way round */
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    bool known = false;
    ZoneClock clock = {0};
    Error cause = {.status = STATUS_OK};
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        if (!known) {
            error_reset(&cause);
            Status status = clock_of_row(call, row, &clock, &cause);
            if (status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
            known = call->arguments[0]->constant;
        }
        if (cause.status != STATUS_OK)
            TRY(call_fail_with(call, row, &cause, err));
        else
            TRY(shift_row(call, row, &clock, to_local, &out[row], err));
    }
    return STATUS_OK;
}
Status time_zone_local(FunctionCall *call, Error *err) {
    return shift_rows(call, true, err);
}
Status time_zone_utc(FunctionCall *call, Error *err) {
    return shift_rows(call, false, err);
}
