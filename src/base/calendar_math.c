/* SPDX-License-Identifier: Apache-2.0
 * base/calendar_math.c - months, then days, then microseconds. */
#include "base/calendar_math.h"

Status calendar_error_range(Error *err, const char *what) {
    ASSERT(what != NULL);
    return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "%s out of range", what);
}

/* The same day of another month, or its last. */
static bool add_months(int64_t *day, int32_t months) {
    CivilDate date = calendar_civil_from_days(*day);
    int64_t month = (int64_t)date.year * 12 + date.month - 1 + months;
    int64_t year = month >= 0 ? month / 12 : -((11 - month) / 12);
    /* One year of room at both ends: days and time may still bring the result back; the caller checks it. */
    if (year < -4714 || year > 5874898) return false;
    date.year = (int32_t)year;
    date.month = (int32_t)(month - year * 12 + 1);
    DEBUG_ASSERT(date.month >= 1 && date.month <= 12);
    int32_t last = calendar_days_in_month(date.year, date.month);
    if (date.day > last) date.day = last;
    *day = calendar_days_from_civil(date);
    return true;
}

/* Of a finite timestamp, whether the range holds the result or not; false when the year does not fit. */
static bool add_parts(int64_t timestamp, Interval interval, __int128 *out) {
    int64_t day = calendar_day_of(timestamp);
    if (interval.months != 0 && !add_months(&day, interval.months)) return false;
    *out = ((__int128)day + interval.days) * CALENDAR_DAY + calendar_time_of_day(timestamp);
    *out += interval.microseconds;
    return true;
}

bool calendar_timestamp_add(int64_t timestamp, Interval interval, int64_t *out) {
    if (!calendar_timestamp_is_finite(timestamp)) {
        *out = timestamp;
        return true;
    }
    __int128 result;
    if (!add_parts(timestamp, interval, &result)) return false;
    if (result < CALENDAR_TIMESTAMP_MIN || result > CALENDAR_TIMESTAMP_MAX) return false;
    *out = (int64_t)result;
    return true;
}

bool calendar_timestamptz_add(int64_t timestamp, Interval interval, ZoneClock *clock, int64_t *out) {
    DEBUG_ASSERT(clock != NULL);
    bool by_clock = clock->zone != NULL && (interval.months != 0 || interval.days != 0);
    if (!by_clock || !calendar_timestamp_is_finite(timestamp)) return calendar_timestamp_add(timestamp, interval, out);
    /* Months, then days: after each the clock may stand where it skips. Hours are hours, whatever the clock does. */
    Interval parts[] = {{.months = interval.months}, {.days = interval.days}};
    for (int i = 0; i < 2; i++) {
        if (parts[i].months == 0 && parts[i].days == 0) continue;
        __int128 local;
        if (!add_parts(timestamp + zone_clock_offset_at(clock, calendar_second_of(timestamp)) * CALENDAR_SECOND, parts[i], &local)) return false;
        /* The offset back to UTC may still bring a local time just outside of the range into it. */
        if (local < INT64_MIN || local > INT64_MAX) return false;
        local -= zone_clock_offset_of_local(clock, calendar_second_of((int64_t)local)) * CALENDAR_SECOND;
        if (local < CALENDAR_TIMESTAMP_MIN || local > CALENDAR_TIMESTAMP_MAX) return false;
        timestamp = (int64_t)local;
    }
    return calendar_timestamp_add(timestamp, (Interval){.microseconds = interval.microseconds}, out);
}

bool calendar_timestamp_subtract_interval(int64_t timestamp, Interval interval, int64_t *out) {
    Interval negated;
    return interval_negate(interval, &negated) && calendar_timestamp_add(timestamp, negated, out);
}

bool calendar_timestamp_subtract(int64_t a, int64_t b, Interval *out) {
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference)) return false;
    return interval_justify_hours((Interval){.microseconds = difference}, out);
}

bool calendar_date_add_days(int32_t date, int64_t days, int32_t *out) {
    if (!calendar_date_is_finite(date)) {
        *out = date;
        return true;
    }
    int64_t result;
    if (__builtin_add_overflow((int64_t)date, days, &result) || !calendar_date_is_valid(result)) return false;
    *out = (int32_t)result;
    return true;
}

bool calendar_date_subtract(int32_t a, int32_t b, int32_t *days_out) {
    return calendar_date_is_finite(a) && calendar_date_is_finite(b) &&
           !__builtin_sub_overflow(a, b, days_out);
}

bool calendar_date_add(int32_t date, Interval interval, int64_t *out) {
    int64_t timestamp;
    return calendar_date_to_timestamp(date, &timestamp) && calendar_timestamp_add(timestamp, interval, out);
}

int64_t calendar_time_add(int64_t time, Interval interval) {
    return calendar_time_of_day(time + interval.microseconds % CALENDAR_DAY);
}

int64_t calendar_time_subtract_interval(int64_t time, Interval interval) {
    return calendar_time_of_day(time - interval.microseconds % CALENDAR_DAY);
}

/* a >= b: what lacks in time is borrowed from days, what lacks in days from the month of the earlier one. */
static Interval age_forward(int64_t a, int64_t b) {
    DEBUG_ASSERT(a >= b);
    CivilDate x = calendar_civil_from_days(calendar_day_of(a)),
              y = calendar_civil_from_days(calendar_day_of(b));
    int64_t time = calendar_time_of_day(a) - calendar_time_of_day(b);
    int32_t days = x.day - y.day, months = (x.year - y.year) * 12 + x.month - y.month;
    if (time < 0) time += CALENDAR_DAY, days--;
    /* Of the earlier one's month, as PostgreSQL: age('2024-03-01', '2024-01-31') is 1 month 1 day. */
    if (days < 0) days += calendar_days_in_month(y.year, y.month), months--;
    DEBUG_ASSERT(months >= 0 && days >= 0); /* a >= b, so what is borrowed is there */
    DEBUG_ASSERT(time >= 0 && time < CALENDAR_DAY);
    return (Interval){months, days, time};
}

bool calendar_age(int64_t a, int64_t b, Interval *out) {
    if (!calendar_timestamp_is_finite(a) || !calendar_timestamp_is_finite(b)) return false;
    if (a >= b) {
        *out = age_forward(a, b);
        return true;
    }
    /* PostgreSQL borrows the same way round: from the month of the smaller. */
    return interval_negate(age_forward(b, a), out);
}

Status calendar_date_bin(Interval stride, int64_t timestamp, int64_t origin, int64_t *out, Error *err) {
    if (!calendar_timestamp_is_finite(timestamp)) {
        *out = timestamp;
        return STATUS_OK;
    }
    if (!calendar_timestamp_is_finite(origin)) return calendar_error_range(err, "origin");
    if (stride.months != 0)
        return error_set(err, STATUS_NOT_SUPPORTED,
                         "timestamps cannot be binned into intervals containing months or years");
    int64_t step;
    if (!interval_to_microseconds(stride, &step)) return calendar_error_range(err, "interval");
    if (step <= 0) return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "stride must be greater than zero");
    /* Wide: the two ends of the calendar are further apart than 2^63 microseconds. */
    __int128 since = (__int128)timestamp - origin, rest = since % step;
    if (rest < 0) rest += step;
    DEBUG_ASSERT(rest >= 0 && rest < step);
    __int128 start = timestamp - rest;
    if (start < CALENDAR_TIMESTAMP_MIN) return calendar_error_range(err, "timestamp");
    *out = (int64_t)start;
    return STATUS_OK;
}
