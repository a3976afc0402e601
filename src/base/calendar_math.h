/* SPDX-License-Identifier: Apache-2.0
 * base/calendar_math.h - dates and times with intervals: +, -, age, date_bin, OVERLAPS.
 *
 *     int64_t later;
 *     if (!calendar_timestamp_add(timestamp, interval, &later)) return calendar_error_range(err);
 *
 * Months are added first and clamp to the month's last day (Jan 31 + 1 month = Feb 28), then days, then
 * microseconds. Infinities stay infinite. The functions that return bool give false when the result passes
 * its type. Threads: no state. */
#ifndef WEIR_BASE_CALENDAR_MATH_H
#define WEIR_BASE_CALENDAR_MATH_H

#include "base/calendar.h"
#include "base/interval.h"
#include "base/zone.h"

/* "timestamp out of range", "date out of range", "interval out of range": STATUS_DATETIME_OUT_OF_RANGE. */
Status calendar_error_range(Error *err, const char *what);

/* False beyond PostgreSQL's range of timestamps; what lies between (a month that leads out, days that lead
 * back) does not matter. */
NODISCARD bool calendar_timestamp_add(int64_t timestamp, Interval interval, int64_t *out);
NODISCARD bool calendar_timestamp_subtract_interval(int64_t timestamp, Interval interval, int64_t *out);

/* The same with months and days by the clock: after a day it shows the same time again, if it does not skip it. */
NODISCARD bool calendar_timestamptz_add(int64_t timestamp, Interval interval, ZoneClock *clock, int64_t *out);

/* timestamp - timestamp: days and time, no months. Both finite. False when they are more than 2^63 microseconds apart,
 * some 292,000 years. */
NODISCARD bool calendar_timestamp_subtract(int64_t a, int64_t b, Interval *out);

/* date + integer; an infinite date stays. */
NODISCARD bool calendar_date_add_days(int32_t date, int64_t days, int32_t *out);
/* Days from b to a; false when one is infinite. */
NODISCARD bool calendar_date_subtract(int32_t a, int32_t b, int32_t *days_out);
/* A timestamp, as in PostgreSQL. */
NODISCARD bool calendar_date_add(int32_t date, Interval interval, int64_t *out);

/* Modulo a day: 23:00 + 2 hours = 01:00. Months and days have no effect. */
int64_t calendar_time_add(int64_t time, Interval interval);
int64_t calendar_time_subtract_interval(int64_t time, Interval interval);

/* age(a, b) = a - b in years, months, days and time, all of one sign: what lacks in days is borrowed from the month of the
 * earlier one. Both finite, else false. */
NODISCARD bool calendar_age(int64_t a, int64_t b, Interval *out);

/* The start of the stride that holds `timestamp`, counted from `origin`. Errors as PostgreSQL's: a stride
 * with months (NOT_SUPPORTED), or not > 0, an infinite origin, a start before the calendar
 * (DATETIME_OUT_OF_RANGE). An infinite timestamp is its own bin. */
Status calendar_date_bin(Interval stride, int64_t timestamp, int64_t origin, int64_t *out, Error *err);

#endif
