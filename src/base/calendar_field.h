/* SPDX-License-Identifier: Apache-2.0
 * base/calendar_field.h - parts of a date or time: extract, date_part, date_trunc.
 *
 *     CalendarField field;
 *     if (!calendar_field_from_name(STR("isodow"), &field)) ...
 *     DecimalScaled value;
 *     TRY(calendar_extract_timestamp(timestamp, field, &value, err));
 *
 * Resolve the name once, when a query is bound. Infinite inputs are the caller's for extract (PostgreSQL:
 * NULL for fields that wrap, infinity for those that do not); date_trunc passes them through. A TIMESTAMPTZ
 * is shifted to local time first by the caller (epoch excepted). Threads: no state. */
#ifndef WEIR_BASE_CALENDAR_FIELD_H
#define WEIR_BASE_CALENDAR_FIELD_H

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/interval.h"

/* In the order of field_names of calendar_field.c, whose first rows are the names shown. */
typedef enum CalendarField {
    CALENDAR_FIELD_MICROSECONDS,
    CALENDAR_FIELD_MILLISECONDS,
    CALENDAR_FIELD_SECOND,
    CALENDAR_FIELD_MINUTE,
    CALENDAR_FIELD_HOUR,
    CALENDAR_FIELD_DAY,
    CALENDAR_FIELD_WEEK,
    CALENDAR_FIELD_MONTH,
    CALENDAR_FIELD_QUARTER,
    CALENDAR_FIELD_YEAR,
    CALENDAR_FIELD_DECADE,
    CALENDAR_FIELD_CENTURY,
    CALENDAR_FIELD_MILLENNIUM,
    /* below: extract only */
    CALENDAR_FIELD_DOW,
    CALENDAR_FIELD_ISODOW,
    CALENDAR_FIELD_DOY,
    CALENDAR_FIELD_ISOYEAR,
    CALENDAR_FIELD_JULIAN,
    CALENDAR_FIELD_EPOCH,
    CALENDAR_FIELD_TIMEZONE,
    CALENDAR_FIELD_TIMEZONE_HOUR,
    CALENDAR_FIELD_TIMEZONE_MINUTE,
} CalendarField;

/* Case is ignored, and so is what comes behind the tenth letter: "microsec" is none, "millenniums" is one. */
NODISCARD bool calendar_unit_equal(Str known, Str name);

/* PostgreSQL's names and short forms ("mon", "qtr", "msec"), case ignored. */
NODISCARD bool calendar_field_from_name(Str name, CalendarField *out);
/* "quarter"; static storage. */
const char *calendar_field_name(CalendarField field);

/* The scale that extract's NUMERIC has for the field: 6 for seconds and epoch of a time, 3 for milliseconds,
 * 20 for julian, else 0. Of a DATE: 0 for all. */
int calendar_field_scale(CalendarField field);

/* Finite inputs. A field that the type does not have is NOT_SUPPORTED, as in PostgreSQL. Values have
 * calendar_field_scale. */
Status calendar_extract_timestamp(int64_t timestamp, CalendarField field, DecimalScaled *out, Error *err);
Status calendar_extract_date(int32_t date, CalendarField field, DecimalScaled *out, Error *err);
Status calendar_extract_time(int64_t time, CalendarField field, DecimalScaled *out, Error *err);
Status calendar_extract_interval(Interval interval, CalendarField field, DecimalScaled *out, Error *err);

/* Of an infinite timestamp or date: +1 or -1 times infinity for fields that grow without end (year, epoch,
 * julian, ...), 0 for NULL. */
int calendar_extract_infinite(CalendarField field, bool negative);

/* date_part: the same as double. */
static inline double calendar_field_to_double(DecimalScaled value) {
    return decimal_to_double(value.value, value.scale);
}

/* ISO week of a date: the year it belongs to and its number, 1..53. */
void calendar_iso_week(int64_t days, int32_t *iso_year, int32_t *week);
/* Monday of the first ISO week of a year, in days since 1970: the week with January 4. */
int64_t calendar_iso_year_start(int32_t iso_year);

/* The latest start of a field at or before the value. Units from MICROSECONDS to MILLENNIUM, WEEK included; others are
 * NOT_SUPPORTED. DATETIME_OUT_OF_RANGE where the unit starts before the calendar does. An interval is cut towards zero,
 * and has no weeks. */
Status calendar_trunc_timestamp(int64_t timestamp, CalendarField unit, int64_t *out, Error *err);
Status calendar_trunc_interval(Interval interval, CalendarField unit, Interval *out, Error *err);

#endif
