/* SPDX-License-Identifier: Apache-2.0
 * base/interval_parse.c - intervals from text.
 *
 *     [@] {number unit | [-]h:mm[:ss[.f]] | y-m} ... [ago]
 *     P[nY][nM][nW][nD][T[nH][nM][nS]]
 *
 * A number without a unit is seconds, or the last field of a qualifier. A fraction of a unit goes over into
 * smaller ones: of years into months, of months into days (30), of days and below into microseconds. */
#include "base/calendar_field.h"
#include "base/interval.h"

#include "base/number.h"
#include "base/number_priv.h"

enum { TEXT_SIZE_MAX = 256 };
STATIC_ASSERT(TEXT_SIZE_MAX < (int)ERROR_MESSAGE_SIZE_MAX, "a message shows the whole text");

typedef enum Unit {
    UNIT_MICROSECOND,
    UNIT_MILLISECOND,
    UNIT_SECOND,
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTH,
    UNIT_YEAR,
    UNIT_DECADE,
    UNIT_CENTURY,
    UNIT_MILLENNIUM,
    UNIT_AGO,
} Unit;

static const struct {
    const char *name;
    Unit unit;
} unit_names[] = {
    {"us", UNIT_MICROSECOND},
    {"usec", UNIT_MICROSECOND},
    {"usecs", UNIT_MICROSECOND},
    {"usecond", UNIT_MICROSECOND},
    {"useconds", UNIT_MICROSECOND},
    /* Names are compared to their tenth letter (calendar_unit_equal), as in PostgreSQL's tables. */
    {"microsecon", UNIT_MICROSECOND},
    {"microsecond", UNIT_MICROSECOND},
    {"microseconds", UNIT_MICROSECOND},
    {"ms", UNIT_MILLISECOND},
    {"msec", UNIT_MILLISECOND},
    {"msecs", UNIT_MILLISECOND},
    {"msecond", UNIT_MILLISECOND},
    {"mseconds", UNIT_MILLISECOND},
    {"millisecond", UNIT_MILLISECOND},
    {"milliseconds", UNIT_MILLISECOND},
    {"s", UNIT_SECOND},
    {"sec", UNIT_SECOND},
    {"secs", UNIT_SECOND},
    {"second", UNIT_SECOND},
    {"seconds", UNIT_SECOND},
    {"m", UNIT_MINUTE},
    {"min", UNIT_MINUTE},
    {"mins", UNIT_MINUTE},
    {"minute", UNIT_MINUTE},
    {"minutes", UNIT_MINUTE},
    {"h", UNIT_HOUR},
    {"hr", UNIT_HOUR},
    {"hrs", UNIT_HOUR},
    {"hour", UNIT_HOUR},
    {"hours", UNIT_HOUR},
    {"d", UNIT_DAY},
    {"day", UNIT_DAY},
    {"days", UNIT_DAY},
    {"w", UNIT_WEEK},
    {"week", UNIT_WEEK},
    {"weeks", UNIT_WEEK},
    {"mon", UNIT_MONTH},
    {"mons", UNIT_MONTH},
    {"month", UNIT_MONTH},
    {"months", UNIT_MONTH},
    {"y", UNIT_YEAR},
    {"yr", UNIT_YEAR},
    {"yrs", UNIT_YEAR},
    {"year", UNIT_YEAR},
    {"years", UNIT_YEAR},
    {"dec", UNIT_DECADE},
    {"decs", UNIT_DECADE},
    {"decade", UNIT_DECADE},
    {"decades", UNIT_DECADE},
    {"c", UNIT_CENTURY},
    {"cent", UNIT_CENTURY},
    {"century", UNIT_CENTURY},
    {"centuries", UNIT_CENTURY},
    {"mil", UNIT_MILLENNIUM},
    {"mils", UNIT_MILLENNIUM},
    {"millennia", UNIT_MILLENNIUM},
    {"millennium", UNIT_MILLENNIUM},
    {"ago", UNIT_AGO},
};

/* All that a clock says. */
enum {
    CLOCK_UNITS =
        1 << UNIT_HOUR | 1 << UNIT_MINUTE | 1 << UNIT_SECOND | 1 << UNIT_MILLISECOND | 1 << UNIT_MICROSECOND
};

typedef enum Fault { FAULT_NONE, FAULT_SYNTAX, FAULT_RANGE } Fault;

/* The sums so far, wider than what they end up in. */
typedef struct Reading {
    __int128 months, days, microseconds;
    unsigned seen; /* a bit for each unit */
    bool bare_day; /* a number without a unit was taken for days: a clock or hours have to follow */
} Reading;

/* A number as written: whole part, and the fraction in billionths of its unit, both with the sign. */
typedef struct Amount {
    int64_t whole;
    double fraction;
    bool negative;
} Amount;

/* The text not read yet. */
typedef struct Cursor {
    const char *at, *end;
} Cursor;

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void skip_spaces(Cursor *cursor) {
    while (cursor->at < cursor->end && is_space(*cursor->at)) cursor->at++;
}

/* Steps over `c` if it is next. */
static bool take(Cursor *cursor, char c) {
    if (cursor->at == cursor->end || *cursor->at != c) return false;
    cursor->at++;
    return true;
}

static bool at_digit(const Cursor *cursor) {
    return cursor->at < cursor->end && number_is_digit(*cursor->at);
}

/* Digits, at least one. */
static Fault take_digits(Cursor *cursor, int64_t *out) {
    int64_t value = 0;
    if (!at_digit(cursor)) return FAULT_SYNTAX;
    for (; at_digit(cursor); cursor->at++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *cursor->at - '0', &value))
            return FAULT_RANGE;
    }
    *out = value;
    return FAULT_NONE;
}

/* ".25" after the whole part. */
static double take_fraction(Cursor *cursor) {
    const char *start = cursor->at;
    if (!take(cursor, '.')) return 0;
    while (at_digit(cursor)) cursor->at++;
    double value;
    return number_parse_double(str_from(start, (size_t)(cursor->at - start)), &value) == NUMBER_OK ? value
                                                                                                   : 0;
}

/* A double that no unit times 2^63 makes infinite, rounded half to even. */
static __int128 to_microseconds(double value) {
    /* Wide: an amount near 2^63 hours is told apart from one in range only at the end (fits). */
    return (__int128)__builtin_rint(value);
}

/* A fraction of a day or of a month's days, down to microseconds. */
static void add_days(Reading *reading, double days) {
    int64_t whole = (int64_t)days;
    reading->days += whole;
    reading->microseconds += to_microseconds((days - (double)whole) * 86400e6);
}

/* The amount in its unit, the fraction of it in smaller ones: 1.5 months are a month and 15 days, 1.5 years 18 months. */
static void add_amount(Reading *reading, Amount amount, Unit unit) {
    static const int64_t microseconds[] = {1, 1000, 1000000, 60000000, INT64_C(3600000000)};
    static const int32_t months[] = {1, 12, 120, 1200, 12000};
    STATIC_ASSERT(sizeof(microseconds) / sizeof(microseconds[0]) == UNIT_HOUR + 1,
                  "a unit of the clock each");
    STATIC_ASSERT(sizeof(months) / sizeof(months[0]) == UNIT_MILLENNIUM - UNIT_MONTH + 1,
                  "month to millennium");
    ASSERT(unit < UNIT_AGO); /* a direction, not a length */
    if (unit <= UNIT_HOUR) {
        reading->microseconds += (__int128)amount.whole * microseconds[unit];
        reading->microseconds += to_microseconds(amount.fraction * (double)microseconds[unit]);
    } else if (unit == UNIT_DAY || unit == UNIT_WEEK) {
        int32_t days = unit == UNIT_WEEK ? 7 : 1;
        reading->days += (__int128)amount.whole * days;
        add_days(reading, amount.fraction * days);
    } else if (unit == UNIT_MONTH) {
        reading->months += amount.whole;
        add_days(reading, amount.fraction * 30);
    } else {
        int32_t factor = months[unit - UNIT_MONTH];
        reading->months += (__int128)amount.whole * factor + to_microseconds(amount.fraction * factor);
    }
}

static bool find_unit(Str name, Unit *out) {
    for (size_t i = 0; i < sizeof(unit_names) / sizeof(unit_names[0]); i++) {
        if (!calendar_unit_equal(str_from_c(unit_names[i].name), name)) continue;
        *out = unit_names[i].unit;
        return true;
    }
    return false;
}

/* The unit of a bare number: the last field of the qualifier. */
static Unit unit_of_field(IntervalField field) {
    switch (field) {
        case INTERVAL_YEAR: return UNIT_YEAR;
        case INTERVAL_MONTH:
        case INTERVAL_YEAR_TO_MONTH: return UNIT_MONTH;
        case INTERVAL_DAY: return UNIT_DAY;
        case INTERVAL_HOUR:
        case INTERVAL_DAY_TO_HOUR: return UNIT_HOUR;
        case INTERVAL_MINUTE:
        case INTERVAL_DAY_TO_MINUTE:
        case INTERVAL_HOUR_TO_MINUTE: return UNIT_MINUTE;
        case INTERVAL_ANY_FIELD:
        case INTERVAL_SECOND:
        case INTERVAL_DAY_TO_SECOND:
        case INTERVAL_HOUR_TO_SECOND:
        case INTERVAL_MINUTE_TO_SECOND: return UNIT_SECOND;
    }
    return UNIT_SECOND;
}

/* h:mm[:ss[.f]] after h and at the colon; mm:ss when the qualifier says so or a fraction follows. */
static Fault take_clock(Cursor *cursor, Amount first, IntervalField field, Reading *reading) {
    DEBUG_ASSERT(cursor->at < cursor->end && *cursor->at == ':');
    int64_t parts[3] = {first.whole < 0 ? -first.whole : first.whole, 0, 0};
    int count = 1;
    while (count < 3 && take(cursor, ':')) {
        if (!at_digit(cursor) && count == 2) return FAULT_SYNTAX;
        if (at_digit(cursor)) {
            Fault fault = take_digits(cursor, &parts[count]);
            if (fault != FAULT_NONE) return fault;
        }
        count++;
    }
    double fraction = take_fraction(cursor);
    bool no_hour = count == 2 && (fraction > 0 || field == INTERVAL_MINUTE_TO_SECOND);
    if (no_hour) parts[2] = parts[1], parts[1] = parts[0], parts[0] = 0;
    if (parts[1] > 59 || parts[2] > 60) return FAULT_RANGE;
    if (reading->seen & CLOCK_UNITS) return FAULT_SYNTAX;
    /* A clock says hours to microseconds at once: none of them may come again. */
    reading->seen |= CLOCK_UNITS;
    reading->bare_day = false;
    __int128 time = ((__int128)parts[0] * 60 + parts[1]) * 60 + parts[2];
    time = time * 1000000 + to_microseconds(fraction * 1e6);
    reading->microseconds += first.negative ? -time : time;
    return FAULT_NONE;
}

/* y-m: years and months of one sign. */
static Fault take_years_months(Cursor *cursor, Amount years, Reading *reading) {
    DEBUG_ASSERT(cursor->at < cursor->end && *cursor->at == '-');
    int64_t months;
    cursor->at++;
    Fault fault = take_digits(cursor, &months);
    if (fault != FAULT_NONE) return fault;
    if (months >= 12) return FAULT_RANGE;
    bool is_date = cursor->at < cursor->end && (*cursor->at == '-' || number_is_digit(*cursor->at));
    if (is_date || reading->bare_day) return FAULT_SYNTAX;
    if (reading->seen & (1U << UNIT_YEAR | 1U << UNIT_MONTH)) return FAULT_SYNTAX;
    reading->seen |= 1U << UNIT_YEAR | 1U << UNIT_MONTH;
    reading->months += (__int128)years.whole * 12 + (years.negative ? -months : months);
    return FAULT_NONE;
}

/* [+-] digits [.digits]; the sign may stand apart ("- 5 days"), the digits before the point may be missing (".5 days"). */
static Fault take_amount(Cursor *cursor, Amount *out) {
    bool negative = take(cursor, '-');
    if (!negative) take(cursor, '+');
    skip_spaces(cursor);
    int64_t whole = 0;
    bool point_first = cursor->at < cursor->end && *cursor->at == '.';
    if (point_first && !(cursor->end - cursor->at > 1 && number_is_digit(cursor->at[1]))) return FAULT_SYNTAX;
    Fault fault = point_first ? FAULT_NONE : take_digits(cursor, &whole);
    if (fault != FAULT_NONE) return fault;
    double fraction = take_fraction(cursor);
    bool more = cursor->at < cursor->end;
    if (more && (*cursor->at == '.' || (cursor->at[-1] == '.' && is_letter(*cursor->at))))
        return FAULT_SYNTAX; /* "2.days" */
    *out = (Amount){negative ? -whole : whole, negative ? -fraction : fraction, negative};
    return FAULT_NONE;
}

static Str take_letters(Cursor *cursor) {
    const char *start = cursor->at;
    while (cursor->at < cursor->end && is_letter(*cursor->at)) cursor->at++;
    return str_from(start, (size_t)(cursor->at - start));
}

/* "1h30m", but not "1 hour30" nor "1day-2": then it is no unit. */
static bool glued(const Cursor *cursor, Str name) {
    char next = cursor->at < cursor->end ? *cursor->at : ' ';
    if (next == '-' || next == '/' || next == '.') return true;
    /* PostgreSQL's lexer ends a unit of one letter at the next digit, and takes longer words whole. */
    bool short_name = name.size == 1 && strchr("dhmsyDHMSY", name.data[0]) != NULL;
    return !short_name && (next == '+' || number_is_digit(next));
}

static Fault take_unit_amount(Cursor *cursor, Amount amount, IntervalField field, Reading *reading) {
    STATIC_ASSERT(UNIT_AGO < 32, "a bit of `seen` for each unit");
    skip_spaces(cursor);
    Unit unit = unit_of_field(field);
    Str name = take_letters(cursor);
    if (name.size > 0 && !find_unit(name, &unit)) return FAULT_SYNTAX;
    if (name.size > 0 && glued(cursor, name)) return FAULT_SYNTAX;
    if (name.size > 0 && unit == UNIT_AGO) return FAULT_SYNTAX; /* "5 ago": of what? */
    if (reading->bare_day && unit != UNIT_HOUR) return FAULT_SYNTAX;
    reading->bare_day = false;
    if (name.size == 0 && cursor->at < cursor->end) {
        /* A bare number before others: days in front of a clock ("1 02:03:04", "2 10" DAY TO HOUR). */
        unit = UNIT_DAY;
        reading->bare_day = true;
    }
    unsigned mask = 1U << unit;
    if (unit == UNIT_SECOND && amount.fraction != 0) mask |= 1U << UNIT_MILLISECOND | 1U << UNIT_MICROSECOND;
    if (reading->seen & mask) return FAULT_SYNTAX;
    reading->seen |= mask;
    add_amount(reading, amount, unit);
    return FAULT_NONE;
}

static Fault take_item(Cursor *cursor, IntervalField field, Reading *reading) {
    DEBUG_ASSERT(cursor->at < cursor->end);
    Amount amount;
    Fault fault = take_amount(cursor, &amount);
    if (fault != FAULT_NONE) return fault;
    char next = cursor->at < cursor->end ? *cursor->at : '\0';
    if (next == ':') return take_clock(cursor, amount, field, reading);
    bool year_month = next == '-' && cursor->end - cursor->at > 1 && number_is_digit(cursor->at[1]);
    if (year_month && amount.fraction == 0) return take_years_months(cursor, amount, reading);
    return take_unit_amount(cursor, amount, field, reading);
}

/* In the widths of an Interval. The sums cannot wrap before: a text of 256 bytes has few amounts of 63 bits. */
static bool fits(const Reading *reading) {
    return reading->months == (int32_t)reading->months && reading->days == (int32_t)reading->days &&
           reading->microseconds == (int64_t)reading->microseconds;
}

/* Items until the end; `ago` may only be the last word, and turns all signs. */
static Fault read_traditional(Cursor *cursor, IntervalField field, Reading *reading) {
    int count = 0;
    for (;; count++) {
        while (cursor->at < cursor->end &&
               (is_space(*cursor->at) || *cursor->at == '@' || *cursor->at == ','))
            cursor->at++;
        if (cursor->at == cursor->end) break;
        if (is_letter(*cursor->at)) {
            Unit unit;
            bool ago = find_unit(take_letters(cursor), &unit) && unit == UNIT_AGO;
            skip_spaces(cursor);
            if (!ago || count == 0 || cursor->at != cursor->end) return FAULT_SYNTAX;
            if (!fits(reading)) return FAULT_RANGE; /* before the sign is turned */
            reading->months = -reading->months;
            reading->days = -reading->days;
            reading->microseconds = -reading->microseconds;
            return FAULT_NONE;
        }
        Fault fault = take_item(cursor, field, reading);
        if (fault != FAULT_NONE) return fault;
    }
    return count == 0 || reading->bare_day ? FAULT_SYNTAX : FAULT_NONE;
}

/* The alternative form: numbers in the order of `units`, a separator between: 0001-02-03, 04:05:06. */
static Fault take_iso_parts(Cursor *cursor, Amount first, char separator, const Unit *units,
                            Reading *reading) {
    add_amount(reading, first, units[0]);
    for (int i = 1; i < 3 && take(cursor, separator); i++) {
        Amount amount;
        Fault fault = take_amount(cursor, &amount);
        if (fault != FAULT_NONE) return fault;
        add_amount(reading, amount, units[i]);
    }
    return FAULT_NONE;
}

/* After the P: amounts with designators; the T turns M from months to minutes. */
static Fault read_iso(Cursor *cursor, Reading *reading) {
    ASSERT(cursor->at <= cursor->end);
    bool time = false;
    int count = 0, part_count = 0; /* amounts in all, and since the P or the T */
    while (cursor->at < cursor->end) {
        if (!time && take(cursor, 'T')) {
            time = true;
            part_count = 0;
            continue;
        }
        Amount amount;
        Fault fault = take_amount(cursor, &amount);
        if (fault != FAULT_NONE) return fault;
        static const Unit date_order[] = {UNIT_YEAR, UNIT_MONTH, UNIT_DAY};
        static const char date_letters[] = "YMWD", time_letters[] = "HMS";
        static const Unit date_units[] = {UNIT_YEAR, UNIT_MONTH, UNIT_WEEK, UNIT_DAY};
        static const Unit time_units[] = {UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND};
        char next = cursor->at < cursor->end ? *cursor->at : '\0';
        bool alternative = next == '\0' || next == (time ? ':' : '-') || (!time && next == 'T');
        if (alternative && part_count++ == 0) {
            fault = take_iso_parts(cursor, amount, time ? ':' : '-', time ? time_units : date_order, reading);
            bool ends = cursor->at == cursor->end || (!time && *cursor->at == 'T');
            if (fault != FAULT_NONE || !ends) return fault != FAULT_NONE ? fault : FAULT_SYNTAX;
            count++;
            continue;
        }
        if (next == '\0') return FAULT_SYNTAX;
        const char *letters = time ? time_letters : date_letters, *found = strchr(letters, *cursor->at++);
        if (found == NULL || *found == '\0') return FAULT_SYNTAX;
        add_amount(reading, amount, time ? time_units[found - letters] : date_units[found - letters]);
        count++, part_count++;
    }
    return count == 0 && !time ? FAULT_SYNTAX : FAULT_NONE;
}

static int64_t cut(int64_t value, int64_t unit) {
    DEBUG_ASSERT(unit > 0);
    return value / unit * unit;
}

/* Drops what is finer than the qualifier's last field, and what its first does not reach down to. */
static Interval apply_field(Interval interval, IntervalField field) {
    switch (field) {
        case INTERVAL_ANY_FIELD: break;
        case INTERVAL_YEAR: return (Interval){.months = (int32_t)cut(interval.months, 12)};
        case INTERVAL_MONTH:
        case INTERVAL_YEAR_TO_MONTH: return (Interval){.months = interval.months};
        case INTERVAL_DAY: interval.microseconds = 0; break;
        case INTERVAL_HOUR:
        case INTERVAL_DAY_TO_HOUR:
            interval.microseconds = cut(interval.microseconds, INT64_C(3600000000));
            break;
        case INTERVAL_MINUTE:
        case INTERVAL_DAY_TO_MINUTE:
        case INTERVAL_HOUR_TO_MINUTE: interval.microseconds = cut(interval.microseconds, 60000000); break;
        case INTERVAL_SECOND:
        case INTERVAL_DAY_TO_SECOND:
        case INTERVAL_HOUR_TO_SECOND:
        case INTERVAL_MINUTE_TO_SECOND: break;
    }
    return interval;
}

Status interval_parse(Str text, IntervalField field, Interval *out, Error *err) {
    DEBUG_ASSERT(out != NULL && err != NULL);
    DEBUG_ASSERT(field <= INTERVAL_MINUTE_TO_SECOND);
    Str body = str_trim(text),
        shown = str_from(text.data, text.size < TEXT_SIZE_MAX ? text.size : TEXT_SIZE_MAX);
    Cursor cursor = {body.data, body.data + body.size};
    Reading reading = {0};
    Fault fault = FAULT_SYNTAX;
    bool iso = text.size > 0 && text.data[0] == 'P';
    if (iso) cursor = (Cursor){text.data + 1, text.data + text.size}; /* no white space around it */
    /* Bounded, so that a megabyte of text in a column of intervals is refused at a glance. */
    if (body.size <= TEXT_SIZE_MAX)
        fault = iso ? read_iso(&cursor, &reading) : read_traditional(&cursor, field, &reading);
    if (fault == FAULT_SYNTAX)
        return error_set(err, STATUS_INVALID_DATETIME, "invalid input syntax for type interval: \"%.*s\"",
                         STR_ARGS(shown));
    if (fault == FAULT_RANGE || !fits(&reading))
        return error_set(err, STATUS_INTERVAL_OVERFLOW, "interval field value out of range: \"%.*s\"",
                         STR_ARGS(shown));
    Interval interval = {(int32_t)reading.months, (int32_t)reading.days, (int64_t)reading.microseconds};
    DEBUG_ASSERT(cursor.at == cursor.end); /* all of it was read */
    *out = apply_field(interval, field);
    return STATUS_OK;
}
