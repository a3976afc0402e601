/* SPDX-License-Identifier: Apache-2.0
 * base/calendar_field.c - one switch per type, as each type has its own set of fields. */
#include "base/calendar_field.h"

static const struct {
    const char *name;
    CalendarField field;
} field_names[] = {
    /* The first name of each field is the one shown. */
    {"microseconds", CALENDAR_FIELD_MICROSECONDS},
    {"milliseconds", CALENDAR_FIELD_MILLISECONDS},
    {"second", CALENDAR_FIELD_SECOND},
    {"minute", CALENDAR_FIELD_MINUTE},
    {"hour", CALENDAR_FIELD_HOUR},
    {"day", CALENDAR_FIELD_DAY},
    {"week", CALENDAR_FIELD_WEEK},
    {"month", CALENDAR_FIELD_MONTH},
    {"quarter", CALENDAR_FIELD_QUARTER},
    {"year", CALENDAR_FIELD_YEAR},
    {"decade", CALENDAR_FIELD_DECADE},
    {"century", CALENDAR_FIELD_CENTURY},
    {"millennium", CALENDAR_FIELD_MILLENNIUM},
    {"dow", CALENDAR_FIELD_DOW},
    {"isodow", CALENDAR_FIELD_ISODOW},
    {"doy", CALENDAR_FIELD_DOY},
    {"isoyear", CALENDAR_FIELD_ISOYEAR},
    {"julian", CALENDAR_FIELD_JULIAN},
    {"epoch", CALENDAR_FIELD_EPOCH},
    {"timezone", CALENDAR_FIELD_TIMEZONE},
    {"timezone_hour", CALENDAR_FIELD_TIMEZONE_HOUR},
    {"timezone_minute", CALENDAR_FIELD_TIMEZONE_MINUTE},
    {"us", CALENDAR_FIELD_MICROSECONDS},
    {"usec", CALENDAR_FIELD_MICROSECONDS},
    {"usecs", CALENDAR_FIELD_MICROSECONDS},
    {"usecond", CALENDAR_FIELD_MICROSECONDS},
    {"useconds", CALENDAR_FIELD_MICROSECONDS},
    {"microsecond", CALENDAR_FIELD_MICROSECONDS},
    {"ms", CALENDAR_FIELD_MILLISECONDS},
    {"msec", CALENDAR_FIELD_MILLISECONDS},
    {"msecs", CALENDAR_FIELD_MILLISECONDS},
    {"msecond", CALENDAR_FIELD_MILLISECONDS},
    {"mseconds", CALENDAR_FIELD_MILLISECONDS},
    {"millisecond", CALENDAR_FIELD_MILLISECONDS},
    {"s", CALENDAR_FIELD_SECOND},
    {"sec", CALENDAR_FIELD_SECOND},
    {"secs", CALENDAR_FIELD_SECOND},
    {"seconds", CALENDAR_FIELD_SECOND},
    {"m", CALENDAR_FIELD_MINUTE},
    {"min", CALENDAR_FIELD_MINUTE},
    {"mins", CALENDAR_FIELD_MINUTE},
    {"minutes", CALENDAR_FIELD_MINUTE},
    {"h", CALENDAR_FIELD_HOUR},
    {"hr", CALENDAR_FIELD_HOUR},
    {"hrs", CALENDAR_FIELD_HOUR},
    {"hours", CALENDAR_FIELD_HOUR},
    {"d", CALENDAR_FIELD_DAY},
    {"days", CALENDAR_FIELD_DAY},
    {"w", CALENDAR_FIELD_WEEK},
    {"weeks", CALENDAR_FIELD_WEEK},
    {"mon", CALENDAR_FIELD_MONTH},
    {"mons", CALENDAR_FIELD_MONTH},
    {"months", CALENDAR_FIELD_MONTH},
    {"qtr", CALENDAR_FIELD_QUARTER},
    {"y", CALENDAR_FIELD_YEAR},
    {"yr", CALENDAR_FIELD_YEAR},
    {"yrs", CALENDAR_FIELD_YEAR},
    {"years", CALENDAR_FIELD_YEAR},
    {"dec", CALENDAR_FIELD_DECADE},
    {"decs", CALENDAR_FIELD_DECADE},
    {"decades", CALENDAR_FIELD_DECADE},
    {"c", CALENDAR_FIELD_CENTURY},
    {"cent", CALENDAR_FIELD_CENTURY},
    {"centuries", CALENDAR_FIELD_CENTURY},
    {"mil", CALENDAR_FIELD_MILLENNIUM},
    {"mils", CALENDAR_FIELD_MILLENNIUM},
    {"millennia", CALENDAR_FIELD_MILLENNIUM},
    {"j", CALENDAR_FIELD_JULIAN},
    {"jd", CALENDAR_FIELD_JULIAN},
};

bool calendar_unit_equal(Str known, Str name) {
    enum { SIZE_MAX_LOOKED_AT = 10 };
    if (known.size > SIZE_MAX_LOOKED_AT) known.size = SIZE_MAX_LOOKED_AT;
    if (name.size > SIZE_MAX_LOOKED_AT) name.size = SIZE_MAX_LOOKED_AT;
    return str_equal_ignore_case(known, name);
}

bool calendar_field_from_name(Str name, CalendarField *out) {
    for (size_t i = 0; i < sizeof(field_names) / sizeof(field_names[0]); i++) {
        if (!calendar_unit_equal(str_from_c(field_names[i].name), name)) continue;
        *out = field_names[i].field;
        return true;
    }
    return false;
}

const char *calendar_field_name(CalendarField field) {
    ASSERT(field <= CALENDAR_FIELD_TIMEZONE_MINUTE);
    /* The table begins with one row per field, in the order of the enum. */
    ASSERT(field_names[field].field == field);
    return field_names[field].name;
}

enum { JULIAN_SCALE = 20 };
STATIC_ASSERT(JULIAN_SCALE + 9 <= DECIMAL_DIGIT_COUNT_MAX, "a Julian day has nine digits at most: its decimal fits");

int calendar_field_scale(CalendarField field) {
    switch (field) {
        case CALENDAR_FIELD_SECOND:
        case CALENDAR_FIELD_EPOCH: return 6;
        case CALENDAR_FIELD_MILLISECONDS: return 3;
        case CALENDAR_FIELD_JULIAN: return JULIAN_SCALE;
        case CALENDAR_FIELD_MICROSECONDS:
        case CALENDAR_FIELD_MINUTE:
        case CALENDAR_FIELD_HOUR:
        case CALENDAR_FIELD_DAY:
        case CALENDAR_FIELD_WEEK:
        case CALENDAR_FIELD_MONTH:
        case CALENDAR_FIELD_QUARTER:
        case CALENDAR_FIELD_YEAR:
        case CALENDAR_FIELD_DECADE:
        case CALENDAR_FIELD_CENTURY:
        case CALENDAR_FIELD_MILLENNIUM:
        case CALENDAR_FIELD_DOW:
        case CALENDAR_FIELD_ISODOW:
        case CALENDAR_FIELD_DOY:
        case CALENDAR_FIELD_ISOYEAR:
        case CALENDAR_FIELD_TIMEZONE:
        case CALENDAR_FIELD_TIMEZONE_HOUR:
        case CALENDAR_FIELD_TIMEZONE_MINUTE: return 0;
    }
    return 0;
}

static Status not_supported(CalendarField field, const char *type, Error *err) {
    return error_set(err, STATUS_NOT_SUPPORTED, "unit \"%s\" not supported for type %s",
                     calendar_field_name(field), type);
}

/* 0 is Sunday. */
static int32_t day_of_week(int64_t days) {
    int64_t rest = (days + 4) % 7; /* 1970-01-01 was a Thursday */
    return (int32_t)(rest < 0 ? rest + 7 : rest);
}

static int32_t iso_day_of_week(int64_t days) {
    int32_t day = day_of_week(days);
    return day == 0 ? 7 : day;
}

/* ISO 8601: weeks start on Monday, and week 1 is the one with the year's first Thursday. So January 1 of a Friday,
 * Saturday or Sunday lies in the last week of the year before. */
int64_t calendar_iso_year_start(int32_t iso_year) {
    int64_t fourth = calendar_days_from_civil((CivilDate){iso_year, 1, 4}); /* always in week 1 */
    return fourth - (iso_day_of_week(fourth) - 1);
}

void calendar_iso_week(int64_t days, int32_t *iso_year, int32_t *week) {
    int64_t thursday = days - iso_day_of_week(days) + 4; /* of the same week: its year is the week's */
    int32_t year = calendar_civil_from_days(thursday).year;
    *iso_year = year;
    *week = (int32_t)((thursday - calendar_days_from_civil((CivilDate){year, 1, 1})) / 7 + 1);
    DEBUG_ASSERT(*week >= 1 && *week <= 53);
}

/* Runs of years that begin with year 1 (centuries, millennia); the one before is -1, there is no 0. */
static int32_t run_of_year(int32_t year, int32_t size) {
    DEBUG_ASSERT(size > 0);
    return year > 0 ? (year + size - 1) / size : -((size - 1 - (year - 1)) / size);
}

static int32_t run_start(int32_t year, int32_t size) {
    int32_t run = run_of_year(year, size);
    return run > 0 ? run * size - (size - 1) : run * size + 1;
}

static int32_t decade_of_year(int32_t year) {
    return year >= 0 ? year / 10 : -((9 - year) / 10);
}

/* Years as shown: 1 BC is -1. */
static int32_t shown_year(int32_t year) {
    return year > 0 ? year : year - 1;
}

/* Fields of the day; false for the others. */
static bool extract_day(int64_t days, CalendarField field, int64_t *out) {
    CivilDate date = calendar_civil_from_days(days);
    int32_t iso_year, week;
    switch (field) {
        case CALENDAR_FIELD_DAY: *out = date.day; return true;
        case CALENDAR_FIELD_MONTH: *out = date.month; return true;
        case CALENDAR_FIELD_QUARTER: *out = (date.month - 1) / 3 + 1; return true;
        case CALENDAR_FIELD_YEAR: *out = shown_year(date.year); return true;
        case CALENDAR_FIELD_DECADE: *out = decade_of_year(date.year); return true;
        case CALENDAR_FIELD_CENTURY: *out = run_of_year(date.year, 100); return true;
        case CALENDAR_FIELD_MILLENNIUM: *out = run_of_year(date.year, 1000); return true;
        case CALENDAR_FIELD_DOW: *out = day_of_week(days); return true;
        case CALENDAR_FIELD_ISODOW: *out = iso_day_of_week(days); return true;
        case CALENDAR_FIELD_DOY:
            *out = days - calendar_days_from_civil((CivilDate){date.year, 1, 1}) + 1;
            return true;
        case CALENDAR_FIELD_WEEK:
            calendar_iso_week(days, &iso_year, &week);
            *out = week;
            return true;
        case CALENDAR_FIELD_ISOYEAR:
            calendar_iso_week(days, &iso_year, &week);
            *out = shown_year(iso_year);
            return true;
        case CALENDAR_FIELD_MICROSECONDS:
        case CALENDAR_FIELD_MILLISECONDS:
        case CALENDAR_FIELD_SECOND:
        case CALENDAR_FIELD_MINUTE:
        case CALENDAR_FIELD_HOUR:
        case CALENDAR_FIELD_JULIAN:
        case CALENDAR_FIELD_EPOCH:
        case CALENDAR_FIELD_TIMEZONE:
        case CALENDAR_FIELD_TIMEZONE_HOUR:
        case CALENDAR_FIELD_TIMEZONE_MINUTE: return false;
    }
    return false;
}

/* Fields of the time, in microseconds since midnight or as an interval's signed time; false for the others.
 */
static bool extract_clock(int64_t time, CalendarField field, DecimalScaled *out) {
    int64_t value = 0;
    switch ((int)field) { /* the rest is not a time's: no need to name it */
        case CALENDAR_FIELD_MICROSECONDS:
        case CALENDAR_FIELD_MILLISECONDS:
        case CALENDAR_FIELD_SECOND: value = time % CALENDAR_MINUTE; break;
        case CALENDAR_FIELD_MINUTE: value = time / CALENDAR_MINUTE % 60; break;
        case CALENDAR_FIELD_HOUR: value = time / CALENDAR_HOUR; break;
        default: return false;
    }
    *out = (DecimalScaled){value, calendar_field_scale(field)};
    return true;
}

Status calendar_extract_timestamp(int64_t timestamp, CalendarField field, DecimalScaled *out, Error *err) {
    DEBUG_ASSERT(calendar_timestamp_is_finite(timestamp));
    int64_t days = calendar_day_of(timestamp), time = calendar_time_of_day(timestamp), value;
    if (extract_clock(time, field, out)) return STATUS_OK;
    if (field == CALENDAR_FIELD_EPOCH) {
        *out = (DecimalScaled){timestamp, calendar_field_scale(field)};
        return STATUS_OK;
    }
    if (field == CALENDAR_FIELD_JULIAN) {
        /* PostgreSQL shows 20 digits of the day's part; less than a day over a day always fits. */
        Decimal unit = decimal_power_of_ten(JULIAN_SCALE), fraction = 0;
        NumberResult fits = decimal_divide(time, CALENDAR_DAY, JULIAN_SCALE, &fraction);
        ASSERT(fits == NUMBER_OK);
        *out = (DecimalScaled){(days + CALENDAR_JULIAN_OFFSET) * unit + fraction, JULIAN_SCALE};
        return STATUS_OK;
    }
    if (!extract_day(days, field, &value)) return not_supported(field, "timestamp without time zone", err);
    *out = (DecimalScaled){value, 0};
    return STATUS_OK;
}

Status calendar_extract_date(int32_t date, CalendarField field, DecimalScaled *out, Error *err) {
    int64_t value;
    if (field == CALENDAR_FIELD_EPOCH) {
        value = (int64_t)date * 86400;
    } else if (field == CALENDAR_FIELD_JULIAN) {
        value = date + CALENDAR_JULIAN_OFFSET;
    } else if (!extract_day(date, field, &value)) {
        return not_supported(field, "date", err);
    }
    *out = (DecimalScaled){value, 0};
    return STATUS_OK;
}

Status calendar_extract_time(int64_t time, CalendarField field, DecimalScaled *out, Error *err) {
    if (extract_clock(time, field, out)) return STATUS_OK;
    if (field != CALENDAR_FIELD_EPOCH) return not_supported(field, "time without time zone", err);
    *out = (DecimalScaled){time, calendar_field_scale(field)};
    return STATUS_OK;
}

Status calendar_extract_interval(Interval interval, CalendarField field, DecimalScaled *out, Error *err) {
    enum { YEAR_SECONDS = 31557600 /* 365.25 days */, MONTH_SECONDS = 2592000 /* 30 days */ };
    if (extract_clock(interval.microseconds, field, out)) return STATUS_OK;
    /* Both with the interval's sign: of -14 months the year is -1, the month -2. */
    int32_t year = interval.months / 12, month = interval.months % 12;
    int64_t value = 0;
    switch ((int)field) {
        case CALENDAR_FIELD_DAY: value = interval.days; break;
        case CALENDAR_FIELD_MONTH: value = month; break;
        case CALENDAR_FIELD_QUARTER: value = month / 3 + 1; break;
        case CALENDAR_FIELD_YEAR: value = year; break;
        case CALENDAR_FIELD_DECADE: value = year / 10; break;
        case CALENDAR_FIELD_CENTURY: value = year / 100; break;
        case CALENDAR_FIELD_MILLENNIUM: value = year / 1000; break;
        case CALENDAR_FIELD_EPOCH: {
            int64_t seconds = (int64_t)year * YEAR_SECONDS + (int64_t)month * MONTH_SECONDS +
                              (int64_t)interval.days * 86400;
            *out = (DecimalScaled){(Decimal)seconds * CALENDAR_SECOND + interval.microseconds,
                                   calendar_field_scale(field)};
            return STATUS_OK;
        }
        default: return not_supported(field, "interval", err);
    }
    *out = (DecimalScaled){value, 0};
    return STATUS_OK;
}

int calendar_extract_infinite(CalendarField field, bool negative) {
    switch ((int)field) {
        case CALENDAR_FIELD_YEAR:
        case CALENDAR_FIELD_DECADE:
        case CALENDAR_FIELD_CENTURY:
        case CALENDAR_FIELD_MILLENNIUM:
        case CALENDAR_FIELD_ISOYEAR:
        case CALENDAR_FIELD_JULIAN:
        case CALENDAR_FIELD_EPOCH: return negative ? -1 : 1;
        default: return 0;
    }
}

/* The microseconds of a unit of the clock, 0 for the others. */
static int64_t clock_unit(CalendarField unit) {
    switch ((int)unit) {
        case CALENDAR_FIELD_MICROSECONDS: return 1;
        case CALENDAR_FIELD_MILLISECONDS: return 1000;
        case CALENDAR_FIELD_SECOND: return CALENDAR_SECOND;
        case CALENDAR_FIELD_MINUTE: return CALENDAR_MINUTE;
        case CALENDAR_FIELD_HOUR: return CALENDAR_HOUR;
        default: return 0;
    }
}

/* First day of the unit that holds the day; false when it is no such unit. */
static bool trunc_day(int64_t days, CalendarField unit, int64_t *out) {
    CivilDate date = calendar_civil_from_days(days);
    CivilDate start = {date.year, 1, 1};
    switch ((int)unit) {
        case CALENDAR_FIELD_DAY: *out = days; return true;
        case CALENDAR_FIELD_WEEK: *out = days - iso_day_of_week(days) + 1; return true;
        case CALENDAR_FIELD_MONTH: start.month = date.month; break;
        case CALENDAR_FIELD_QUARTER: start.month = (date.month - 1) / 3 * 3 + 1; break;
        case CALENDAR_FIELD_YEAR: break;
        case CALENDAR_FIELD_DECADE: start.year = decade_of_year(date.year) * 10; break;
        case CALENDAR_FIELD_CENTURY: start.year = run_start(date.year, 100); break;
        case CALENDAR_FIELD_MILLENNIUM: start.year = run_start(date.year, 1000); break;
        default: return false;
    }
    *out = calendar_days_from_civil(start);
    return true;
}

Status calendar_trunc_timestamp(int64_t timestamp, CalendarField unit, int64_t *out, Error *err) {
    if (!calendar_timestamp_is_finite(timestamp)) {
        *out = timestamp;
        return STATUS_OK;
    }
    int64_t step = clock_unit(unit), day = calendar_day_of(timestamp), start;
    /* The unit divides the day, so the day stays and cannot leave the range. */
    if (step > 0) {
        int64_t time = calendar_time_of_day(timestamp);
        *out = timestamp - time % step;
        return STATUS_OK;
    }
    if (!trunc_day(day, unit, &start)) return not_supported(unit, "timestamp without time zone", err);
    /* The week or century of the first days begins before the calendar does. */
    if (start < CALENDAR_DATE_MIN)
        return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "timestamp out of range");
    *out = start * CALENDAR_DAY;
    return STATUS_OK;
}

Status calendar_trunc_interval(Interval interval, CalendarField unit, Interval *out, Error *err) {
    int64_t step = clock_unit(unit);
    int32_t months = 0;
    switch ((int)unit) {
        case CALENDAR_FIELD_MONTH: months = 1; break;
        case CALENDAR_FIELD_QUARTER: months = 3; break;
        case CALENDAR_FIELD_YEAR: months = 12; break;
        case CALENDAR_FIELD_DECADE: months = 120; break;
        case CALENDAR_FIELD_CENTURY: months = 1200; break;
        case CALENDAR_FIELD_MILLENNIUM: months = 12000; break;
        default: break;
    }
    if (step > 0) {
        interval.microseconds = interval.microseconds / step * step;
    } else if (unit == CALENDAR_FIELD_DAY) {
        interval.microseconds = 0;
    } else if (months > 0) {
        interval = (Interval){.months = interval.months / months * months};
    } else {
        return not_supported(unit, "interval", err);
    }
    *out = interval;
    return STATUS_OK;
}
