/* SPDX-License-Identifier: Apache-2.0
 * base/calendar.h - dates and times of day, and their ISO text.
 *
 * DATE         int32 days since 1970-01-01
 * TIME         int64 microseconds since midnight, 0 .. 24:00:00 inclusive
 * TIMESTAMP    int64 microseconds since 1970-01-01 00:00:00 (TIMESTAMPTZ: in UTC)
 *
 * The calendar is the proleptic Gregorian one, from 4714-11-24 BC (Julian day 0). Dates end in 5874897,
 * timestamps with 294246 AD (PostgreSQL's, counted from 2000, end 30 years later). 'infinity' and '-infinity'
 * are the extreme integers. Years are astronomical: 1 BC is year 0.
 *
 *     int64_t t;
 *     const char *end = calendar_scan_timestamp(at, limit, &t);      the ISO layouts, fast
 *     if (end != limit) TRY(calendar_parse_timestamp(text, 0, NULL, &t, err));    everything PostgreSQL takes
 *     char room[CALENDAR_SIZE_MAX];
 *     size_t size = calendar_write_timestamp(room, t);               "2026-11-24 10:00:00.5"
 *
 * See also: base/calendar_parse.h (all text forms), base/calendar_field.h (extract, date_trunc),
 * base/calendar_math.h (with intervals). Threads: no state. */
#ifndef WEIR_BASE_CALENDAR_H
#define WEIR_BASE_CALENDAR_H

#include "base/text.h"

#define CALENDAR_SECOND INT64_C(1000000)
#define CALENDAR_MINUTE (60 * CALENDAR_SECOND)
#define CALENDAR_HOUR   (60 * CALENDAR_MINUTE)
#define CALENDAR_DAY    (24 * CALENDAR_HOUR)

#define CALENDAR_DATE_INFINITY            INT32_MAX
#define CALENDAR_DATE_MINUS_INFINITY      INT32_MIN
#define CALENDAR_TIMESTAMP_INFINITY       INT64_MAX
#define CALENDAR_TIMESTAMP_MINUS_INFINITY INT64_MIN

/* The end of timestamps is nine days before the last int64: a zone's offset (eight days at most, base/zone.h) may be
 * added to any finite one without a check. */
/* First and last finite values, both valid. */
#define CALENDAR_DATE_MIN      INT32_C(-2440588)   /* 4714-11-24 BC */
#define CALENDAR_DATE_MAX      INT32_C(2145042905) /* 5874897-12-31 */
#define CALENDAR_TIMESTAMP_MIN (CALENDAR_DATE_MIN * CALENDAR_DAY)
#define CALENDAR_TIMESTAMP_MAX (INT64_C(106751982) * CALENDAR_DAY - 1) /* end of 294246 */
#define CALENDAR_JULIAN_OFFSET INT64_C(2440588)                        /* Julian day of 1970-01-01 */

/* Bytes of the longest text with room to write in whole words; PostgreSQL's largest offset, +15:59:59. */
enum { CALENDAR_SIZE_MAX = 48, CALENDAR_ZONE_OFFSET_SECONDS_MAX = 15 * 3600 + 59 * 60 + 59 };

/* Not checked: calendar_make_date does that. */
typedef struct CivilDate {
    int32_t year;  /* 0 is 1 BC */
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
} CivilDate;

typedef struct CivilTime {
    int32_t hour; /* 0..24 */
    int32_t minute;
    int32_t second;
    int32_t microsecond;
} CivilTime;

/* Finite: no infinity. Valid: in the type's range, so finite too; of what was computed. */
static inline bool calendar_date_is_finite(int32_t date) {
    return date != CALENDAR_DATE_INFINITY && date != CALENDAR_DATE_MINUS_INFINITY;
}
static inline bool calendar_timestamp_is_finite(int64_t timestamp) {
    return timestamp != CALENDAR_TIMESTAMP_INFINITY && timestamp != CALENDAR_TIMESTAMP_MINUS_INFINITY;
}
static inline bool calendar_date_is_valid(int64_t days) {
    return days >= CALENDAR_DATE_MIN && days <= CALENDAR_DATE_MAX;
}
static inline bool calendar_timestamp_is_valid(int64_t timestamp) {
    return timestamp >= CALENDAR_TIMESTAMP_MIN && timestamp <= CALENDAR_TIMESTAMP_MAX;
}

/* The first microsecond of a day. Dates reach further than timestamps: those before and after are the
 * infinities. */
static inline int64_t calendar_start_of_day(int32_t date) {
    int64_t start;
    if (!__builtin_mul_overflow(date, CALENDAR_DAY, &start)) return start;
    return date < 0 ? CALENDAR_TIMESTAMP_MINUS_INFINITY : CALENDAR_TIMESTAMP_INFINITY;
}

/* Any year, month 1 .. 12. */
bool calendar_is_leap_year(int32_t year);
int32_t calendar_days_in_month(int32_t year, int32_t month);

/* Days since 1970-01-01 of a date that exists; any year that DATE can have. */
int64_t calendar_days_from_civil(CivilDate date);
/* The other way: any day that DATE can have. */
CivilDate calendar_civil_from_days(int64_t days);
/* 0 .. 24:00:00, which is hour 24. */
CivilTime calendar_civil_time(int64_t microseconds_of_day);

/* Day and time of day of a finite timestamp, rounding down. */
static inline int64_t calendar_day_of(int64_t timestamp) {
    int64_t day = timestamp / CALENDAR_DAY;
    return timestamp % CALENDAR_DAY < 0 ? day - 1 : day;
}
static inline int64_t calendar_second_of(int64_t timestamp) {
    int64_t second = timestamp / CALENDAR_SECOND;
    return timestamp % CALENDAR_SECOND < 0 ? second - 1 : second;
}
static inline int64_t calendar_time_of_day(int64_t timestamp) {
    int64_t time = timestamp % CALENDAR_DAY;
    return time < 0 ? time + CALENDAR_DAY : time;
}

/* Checked building; false when the date does not exist or passes the type, *out is then unchanged. Infinities go over
 * into infinities. The year is astronomical: make_date(-44, ...) of SQL, 44 BC, is -43 here. */
NODISCARD bool calendar_make_date(CivilDate date, int32_t *out);
/* Seconds 0 .. 60 with a fraction, which is rounded to microseconds, halves to even; 24:00:00 is the last time. */
NODISCARD bool calendar_make_time(int32_t hour, int32_t minute, double seconds, int64_t *out);
/* Midnight of the day; false for the dates that lie beyond the last timestamp. */
NODISCARD bool calendar_date_to_timestamp(int32_t date, int64_t *out);
/* The day, rounded down; every valid timestamp has one. */
int32_t calendar_timestamp_to_date(int64_t timestamp);
/* Seconds since 1970, rounded to microseconds (to_timestamp(double)); infinities too, not NaN. */
NODISCARD bool calendar_timestamp_from_epoch(double seconds, int64_t *out);

/* Rounded to `digits` (0..6) digits of the second, half away from zero: TIMESTAMP(3). Infinities stay. At the
 * end of the range the result may pass it: the caller checks. */
int64_t calendar_round_microseconds(int64_t value, int digits);

/* The ISO layouts alone, at the head of [at, end):
 *     YYYY-MM-DD[T| ]HH:MM[:SS[.fraction]][Z | (+|-)hh[[:]mm]]
 * An offset is applied; none means UTC. Returns the byte after the value, NULL when the text is anything else
 * or has a field out of range (then ask calendar_parse_timestamp, which knows every form and says what is
 * wrong). */
const char *calendar_scan_timestamp(const char *at, const char *end, int64_t *out);
/* YYYY-MM-DD alone. */
const char *calendar_scan_date(const char *at, const char *end, int32_t *out);
/* HH:MM[:SS[.fraction]] alone. */
const char *calendar_scan_time(const char *at, const char *end, int64_t *out);

/* DateStyle ISO, infinities too. Each needs room for CALENDAR_SIZE_MAX bytes (all of which a write may touch)
 * and returns the bytes written, without a zero byte. */
size_t calendar_write_date(char *out, int32_t date);
size_t calendar_write_time(char *out, int64_t time);
size_t calendar_write_timestamp(char *out, int64_t timestamp);
/* Shown in the zone that is `zone_offset_seconds` east of UTC, with "+00" at the end. */
size_t calendar_write_timestamptz(char *out, int64_t timestamp, int32_t zone_offset_seconds);

/* The same at the end of a Text. */
void text_append_date(Text *text, int32_t date);
void text_append_time(Text *text, int64_t time);
void text_append_timestamp(Text *text, int64_t timestamp);
void text_append_timestamptz(Text *text, int64_t timestamp, int32_t zone_offset_seconds);

#endif
