/* SPDX-License-Identifier: Apache-2.0
 * base/interval.h - INTERVAL: months, days and microseconds, each with its own sign.
 *
 * The three are kept apart because a month is not a number of days, nor a day of hours. Ordering and
 * equality use PostgreSQL's estimate: 30 days a month, 24 hours a day.
 *
 *     Interval interval;
 *     TRY(interval_parse(STR("1 day 02:03:04"), INTERVAL_ANY_FIELD, &interval, err));
 *     char room[INTERVAL_SIZE_MAX];
 *     size_t size = interval_write(room, interval);            "1 day 02:03:04"
 *
 * The functions that return bool give false when a part overflows. Threads: no state. */
#ifndef WEIR_BASE_INTERVAL_H
#define WEIR_BASE_INTERVAL_H

#include "base/text.h"

/* Any value of the parts is an interval; there is no infinite one (PostgreSQL 15 has none either). */
typedef struct Interval {
    int32_t months;
    int32_t days;
    int64_t microseconds;
} Interval;

STATIC_ASSERT(sizeof(Interval) == 16, "as stored");

/* Bytes of the longest text; a write may touch all of it. */
enum { INTERVAL_SIZE_MAX = 96 };

/* The qualifier after the text: INTERVAL '5' SECOND, INTERVAL '2 10' DAY TO HOUR. It gives a bare number its
 * unit, and cuts what is finer than its last field. */
typedef enum IntervalField {
    INTERVAL_ANY_FIELD = 0,
    INTERVAL_YEAR,
    INTERVAL_MONTH,
    INTERVAL_DAY,
    INTERVAL_HOUR,
    INTERVAL_MINUTE,
    INTERVAL_SECOND,
    INTERVAL_YEAR_TO_MONTH,
    INTERVAL_DAY_TO_HOUR,
    INTERVAL_DAY_TO_MINUTE,
    INTERVAL_DAY_TO_SECOND,
    INTERVAL_HOUR_TO_MINUTE,
    INTERVAL_HOUR_TO_SECOND,
    INTERVAL_MINUTE_TO_SECOND,
} IntervalField;

/* PostgreSQL's forms: '1 year 2 mons ago', '@ 3 days', '1-2', '04:05:06.7', 'P1Y2M3DT4H5M6S', fractions that
 * spill into smaller units. INVALID_DATETIME (22007) for another form, INTERVAL_OVERFLOW (22015) when a part
 * does not fit. Texts over 256 bytes are no interval. */
Status interval_parse(Str text, IntervalField field, Interval *out, Error *err);

/* Seconds kept to `digits` (0..6) after the point: INTERVAL(3), INTERVAL SECOND(3). */
Interval interval_round(Interval interval, int digits);

/* IntervalStyle postgres: "1 year 2 mons -3 days +04:05:06.7", "00:00:00". Room for INTERVAL_SIZE_MAX. */
size_t interval_write(char *out, Interval interval);
void text_append_interval(Text *text, Interval interval);

NODISCARD bool interval_add(Interval a, Interval b, Interval *out);
NODISCARD bool interval_subtract(Interval a, Interval b, Interval *out);
NODISCARD bool interval_negate(Interval interval, Interval *out);
/* Fractions of a month become days (30 of them a month), of a day microseconds: '1 month' * 0.5 = '15 days'. False also for
 * a factor of NaN or infinity. */
NODISCARD bool interval_multiply(Interval interval, double factor, Interval *out);
/* The divisor is not 0 (asserted): who calls says DIVISION_BY_ZERO. */
NODISCARD bool interval_divide(Interval interval, double divisor, Interval *out);

/* The estimate in microseconds, 30 days a month, 24 hours a day: equal for intervals that are equal ('1 day', '24 hours').
 * Wider than int64, which 178 million years of months pass. */
__int128 interval_order(Interval interval);
/* < 0, 0, > 0 */
int interval_compare(Interval a, Interval b);

/* 30-day runs to months; 24-hour runs to days; both, with the signs evened out. */
NODISCARD bool interval_justify_days(Interval interval, Interval *out);
NODISCARD bool interval_justify_hours(Interval interval, Interval *out);
NODISCARD bool interval_justify(Interval interval, Interval *out);

/* make_interval's arguments; years and weeks are folded into months and days. False when a part does not fit. */
typedef struct IntervalParts {
    int64_t years, months, weeks, days, hours, minutes;
    double seconds;
} IntervalParts;
NODISCARD bool interval_make(const IntervalParts *parts, Interval *out);

/* A plain length in microseconds, for windows and watermarks: false when it has months or passes int64. */
NODISCARD bool interval_to_microseconds(Interval interval, int64_t *out);

#endif
