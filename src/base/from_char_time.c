/* SPDX-License-Identifier: Apache-2.0
 * base/from_char_time.c - dates and times read by a pattern.
 *
 * Two steps, as in PostgreSQL, whose rules these are. Text and pattern are walked together:
 *
 *     pattern    DD   -    Mon   ' '  HH24   :   MI       a keyword reads its field, a character skips one
 *     text       05   /    dec        16    :   30        (any: separators match each other)
 *
 * Then the fields give a date and a time. What is not said is the first of its kind; a field is taken as not
 * said when it is 0. FX asks for the exact width of everything; FM, and a word or sign behind a number, lets
 * it have any. */
#include "base/from_char.h"

#include "base/calendar_field.h"
#include "base/number_priv.h"
#include "base/time_pattern_priv.h"
#include "base/utf8.h"

/* As said by the text; 0 is not said. */
typedef struct Fields {
    uint8_t convention; /* KEYWORD_GREGORIAN or KEYWORD_ISO_WEEK */
    bool twelve_hours, has_zone;
    int zone_sign;
    int32_t hour, afternoon, minute, second, second_of_day, millisecond, microsecond, fraction_digits;
    int32_t weekday, day, day_of_year, month, year, before_christ, week, week_of_month, century, julian;
    int32_t zone_hour, zone_minute;
    int year_digits;
} Fields;

typedef struct Walk {
    const char *at, *end;
    const PatternNode *node, *last; /* under way; behind the last */
    bool exact;                     /* FX */
    int skipped;                    /* characters of the text beyond those that the pattern has skipped */
    Fields fields;
    Error *err;
} Walk;

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Printable ASCII that is neither letter nor digit: what PostgreSQL lets stand for one another in text and pattern. */
static bool is_separator(char c) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return c > ' ' && c < 127 && !letter && !number_is_digit(c);
}

static char lower_of(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static void skip_character(Walk *walk) {
    DEBUG_ASSERT(walk->at <= walk->end);
    if (walk->at == walk->end) return;
    size_t size = utf8_size_of((unsigned char)*walk->at), left = (size_t)(walk->end - walk->at);
    walk->at += size < left ? size : left;
}

static void skip_spaces(Walk *walk) {
    for (; walk->at < walk->end && is_space(*walk->at); walk->at++) walk->skipped++;
}

/* ---- one field ---- */

/* Up to the next white space. */
static Str rest_word(const Walk *walk) {
    enum { SHOWN_MAX = 64 };
    size_t size = 0, left = (size_t)(walk->end - walk->at);
    while (size < left && size < SHOWN_MAX && !is_space(walk->at[size])) size++;
    return str_from(walk->at, size);
}

static Status invalid_value(const Walk *walk, Str value) {
    return error_set(walk->err, STATUS_INVALID_DATETIME, "invalid value \"%.*s\" for \"%.*s\"",
                     STR_ARGS(value), STR_ARGS(walk->node->text));
}

/* A field said twice has to say the same; 0, which is not said, gives way. */
static Status set_field(const Walk *walk, int32_t *field, int32_t value) {
    DEBUG_ASSERT(walk->node < walk->last);
    if (*field != 0 && *field != value) {
        (void)error_set(walk->err, STATUS_INVALID_DATETIME,
                        "conflicting values for \"%.*s\" field in formatting string",
                        STR_ARGS(walk->node->text));
        return error_add_detail(walk->err,
                                "This value contradicts a previous setting for the same field type.");
    }
    *field = value;
    return STATUS_OK;
}

/* What stands behind the number in the pattern shows where it ends. */
static bool ends_by_itself(const Walk *walk) {
    const PatternNode *next = walk->node + 1;
    if (walk->node->fill || walk->node->ordinal != 0 || next == walk->last) return true;
    if (next->key != NODE_LITERAL) return (next->flags & KEYWORD_DIGITS) == 0;
    return !(next->text.size == 1 && number_is_digit(next->text.data[0]));
}

/* A sign and digits in [at, end); where they end, or `at` when there are none. A value too large stays
 * large. */
static const char *scan_integer(const char *at, const char *end, int64_t *out) {
    const int64_t large = INT64_C(1) << 40;
    const char *start = at;
    while (at < end && is_space(*at)) at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    if (at == end || !number_is_digit(*at)) return start;
    int64_t value = 0;
    for (; at < end && number_is_digit(*at); at++)
        if (value < large) value = value * 10 + (*at - '0');
    *out = negative ? -value : value;
    return at;
}

/* "20001205" under YYYYMMDD: nothing in the text shows where the year ends, so it is exactly `width` characters. */
static Status fixed_width(Walk *walk, size_t width, int64_t *value) {
    size_t left = (size_t)(walk->end - walk->at);
    if (left < width) {
        (void)error_set(walk->err, STATUS_INVALID_DATETIME,
                        "source string too short for \"%.*s\" formatting field", STR_ARGS(walk->node->text));
        return error_add_hint(walk->err,
                              "If your source string is not fixed-width, try using the \"FM\" modifier.");
    }
    const char *stop = scan_integer(walk->at, walk->at + width, value);
    if (stop != walk->at && stop != walk->at + width) {
        (void)invalid_value(walk, str_from(walk->at, width));
        return error_add_hint(walk->err,
                              "If your source string is not fixed-width, try using the \"FM\" modifier.");
    }
    walk->at = stop;
    return STATUS_OK;
}

/* A whole number of `width` characters, or of as many as there are. *size: those used, white space
 * included. */
static Status take_number(Walk *walk, size_t width, int32_t *field, int *size) {
    const char *start = walk->at;
    int64_t value = 0;
    while (walk->at < walk->end && is_space(*walk->at)) walk->at++;
    if (ends_by_itself(walk)) {
        const char *stop = scan_integer(walk->at, walk->end, &value);
        walk->at = stop == walk->at ? start : stop;
    } else {
        TRY(fixed_width(walk, width, &value));
    }
    if (walk->at == start) return invalid_value(walk, rest_word(walk));
    if (value > INT32_MAX || value < INT32_MIN)
        return error_set(walk->err, STATUS_DATETIME_OUT_OF_RANGE,
                         "value for \"%.*s\" in source string is out of range", STR_ARGS(walk->node->text));
    if (size != NULL) *size = (int)(walk->at - start);
    return field == NULL ? STATUS_OK : set_field(walk, field, (int32_t)value);
}

/* Of the width that the keyword has. */
static Status take_keyword_number(Walk *walk, int32_t *field) {
    return take_number(walk, walk->node->text.size, field, NULL);
}

/* Does the text go on with the first `size` letters of the word, in any case? */
static bool word_at(const Walk *walk, const char *word, size_t size) {
    if ((size_t)(walk->end - walk->at) < size) return false;
    for (size_t i = 0; i < size; i++)
        if (lower_of(walk->at[i]) != lower_of(word[i])) return false;
    return true;
}

/* The first of the words that the text goes on with, in any case. `size` 0: as long as they are. */
static Status take_word(Walk *walk, const char *const *words, int32_t count, size_t size, int32_t *index) {
    DEBUG_ASSERT(count > 0);
    for (*index = 0; *index < count; ++*index) {
        size_t word_size = size == 0 ? strlen(words[*index]) : size;
        if (!word_at(walk, words[*index], word_size)) continue;
        walk->at += word_size;
        return STATUS_OK;
    }
    (void)invalid_value(walk, rest_word(walk));
    return error_add_detail(walk->err,
                            "The given value did not match any of the allowed values for this field.");
}

/* From the longest: "viii" is not "v". */
static Status take_roman_month(Walk *walk) {
    for (int32_t month = 12; month >= 1; month--) {
        const char *name = pattern_roman_months[month - 1];
        if (!word_at(walk, name, strlen(name))) continue;
        walk->at += strlen(name);
        return set_field(walk, &walk->fields.month, month);
    }
    return invalid_value(walk, rest_word(walk));
}

/* Digits of a second that are not written are zeros: 25 is 0.25. */
static Status take_fraction(Walk *walk, int digits, int32_t *field) {
    DEBUG_ASSERT(digits >= 1 && digits <= 6);
    int size;
    TRY(take_number(walk, (size_t)digits, field, &size));
    for (; size < (field == &walk->fields.millisecond ? 3 : 6); size++) *field *= 10;
    return STATUS_OK;
}

static Status take_zone_hour(Walk *walk) {
    char c = *walk->at;
    walk->fields.zone_sign = 1;
    if (c == '+' || c == '-' || c == ' ') {
        walk->fields.zone_sign = c == '-' ? -1 : 1;
        walk->at++;
    } else if (walk->skipped > 0 && walk->at[-1] == '-') {
        walk->fields.zone_sign = -1; /* the sign was taken for a separator */
    }
    return take_number(walk, 2, &walk->fields.zone_hour, NULL);
}

/* A year of less than four digits is the one nearest to 2020. */
static int32_t nearest_year(int32_t year) {
    /* PostgreSQL's adjust_partial_year_to_2020: 70 to 99 are 1970 to 1999, 520 to 999 are 1520 to 1999. */
    if (year < 70) return year + 2000;
    if (year < 100) return year + 1900;
    if (year < 520) return year + 2000;
    return year < 1000 ? year + 1000 : year;
}

static Status take_year(Walk *walk, int digits) {
    int size;
    TRY(take_number(walk, walk->node->text.size, &walk->fields.year, &size));
    if (size < 4 && digits < 4) walk->fields.year = nearest_year(walk->fields.year);
    walk->fields.year_digits = digits;
    return STATUS_OK;
}

/* "2,024" */
static Status take_year_comma(Walk *walk) {
    int64_t thousands, rest;
    const char *comma = scan_integer(walk->at, walk->end, &thousands), *stop;
    const char *from = comma + (comma < walk->end), *most = walk->end;
    while (from < walk->end && is_space(*from)) from++;
    if (walk->end - from > 3) most = from + 3;
    bool found = comma != walk->at && comma < walk->end && *comma == ',';
    if (!found || (stop = scan_integer(from, most, &rest)) == from)
        return error_set(walk->err, STATUS_INVALID_DATETIME, "invalid input string for \"Y,YYY\"");
    if (thousands > 1000000 || thousands < -1000000)
        return error_set(walk->err, STATUS_DATETIME_OUT_OF_RANGE,
                         "value for \"Y,YYY\" in source string is out of range");
    walk->at = stop;
    walk->fields.year_digits = 4;
    return set_field(walk, &walk->fields.year, (int32_t)(thousands * 1000 + rest));
}

/* Read, and of use only to dates by ISO weeks: 'Monday' alone names no day. */
static Status take_weekday(Walk *walk, size_t name_size) {
    int32_t index;
    TRY(take_word(walk, pattern_day_names, 7, name_size, &index));
    TRY(set_field(walk, &walk->fields.weekday, index));
    walk->fields.weekday++;
    return STATUS_OK;
}

static Status take_month(Walk *walk, size_t name_size) {
    int32_t index;
    TRY(take_word(walk, pattern_month_names, 12, name_size, &index));
    return set_field(walk, &walk->fields.month, index + 1);
}

/* AM or PM, AD or BC: 1 for the second, and 0, not said, for the first. */
static Status take_half(Walk *walk, const char *const words[2], int32_t *field) {
    int32_t index;
    TRY(take_word(walk, words, 2, 0, &index));
    return set_field(walk, field, index);
}

static Status take_iso_weekday(Walk *walk) {
    TRY(take_number(walk, 1, &walk->fields.weekday, NULL));
    int32_t *weekday = &walk->fields.weekday;
    *weekday = *weekday >= 7 ? 1 : *weekday + 1; /* counted from Sunday */
    return STATUS_OK;
}

static Status take_field(Walk *walk) {
    static const char *const meridiem[2] = {"AM", "PM"}, *const meridiem_dots[2] = {"A.M.", "P.M."};
    static const char *const era[2] = {"AD", "BC"}, *const era_dots[2] = {"A.D.", "B.C."};
    Fields *fields = &walk->fields;
    switch ((TimeKey)walk->node->key) {
        case KEY_FX: walk->exact = true; return STATUS_OK;
        case KEY_AM: fields->twelve_hours = true; return take_half(walk, meridiem, &fields->afternoon);
        case KEY_AM_DOTS:
            fields->twelve_hours = true;
            return take_half(walk, meridiem_dots, &fields->afternoon);
        case KEY_AD: return take_half(walk, era, &fields->before_christ);
        case KEY_AD_DOTS: return take_half(walk, era_dots, &fields->before_christ);
        case KEY_HH12: fields->twelve_hours = true; return take_number(walk, 2, &fields->hour, NULL);
        case KEY_HH24: return take_number(walk, 2, &fields->hour, NULL);
        case KEY_MI: return take_keyword_number(walk, &fields->minute);
        case KEY_SS: return take_keyword_number(walk, &fields->second);
        case KEY_SSSS: return take_keyword_number(walk, &fields->second_of_day);
        case KEY_MS: return take_fraction(walk, 3, &fields->millisecond);
        case KEY_US: return take_fraction(walk, 6, &fields->microsecond);
        case KEY_FF1:
        case KEY_FF2:
        case KEY_FF3:
        case KEY_FF4:
        case KEY_FF5:
        case KEY_FF6:
            fields->fraction_digits = walk->node->key - KEY_FF1 + 1;
            return take_fraction(walk, fields->fraction_digits, &fields->microsecond);
        case KEY_TZ:
        case KEY_OF:
            return error_set(walk->err, STATUS_NOT_SUPPORTED,
                             "formatting field \"%.*s\" is only supported in to_char",
                             STR_ARGS(walk->node->text));
        case KEY_TZH: return take_zone_hour(walk);
        case KEY_TZM:
            if (fields->zone_sign == 0) fields->zone_sign = 1;
            return take_number(walk, 2, &fields->zone_minute, NULL);
        case KEY_MONTH: return take_month(walk, 0);
        case KEY_MON: return take_month(walk, 3);
        case KEY_MM: return take_keyword_number(walk, &fields->month);
        case KEY_RM: return take_roman_month(walk);
        case KEY_DAY: return take_weekday(walk, 0);
        case KEY_DY: return take_weekday(walk, 3);
        case KEY_D: return take_keyword_number(walk, &fields->weekday);
        case KEY_ID: return take_iso_weekday(walk);
        case KEY_DDD: return take_keyword_number(walk, &fields->day_of_year);
        case KEY_IDDD: return take_number(walk, 3, &fields->day_of_year, NULL);
        case KEY_DD: return take_keyword_number(walk, &fields->day);
        case KEY_WW:
        case KEY_IW: return take_keyword_number(walk, &fields->week);
        case KEY_W: return take_keyword_number(walk, &fields->week_of_month);
        case KEY_Q: return take_keyword_number(walk, NULL); /* read, and of no use: no day follows from it */
        case KEY_CC: return take_keyword_number(walk, &fields->century);
        case KEY_J: return take_keyword_number(walk, &fields->julian);
        case KEY_Y_YYY: return take_year_comma(walk);
        case KEY_YYYY:
        case KEY_IYYY: return take_year(walk, 4);
        case KEY_YYY:
        case KEY_IYY: return take_year(walk, 3);
        case KEY_YY:
        case KEY_IY: return take_year(walk, 2);
        case KEY_Y:
        case KEY_I: return take_year(walk, 1);
    }
    return STATUS_OK;
}

/* ---- text and pattern side by side ---- */

/* Once a date has been said by ISO weeks it may not be said by months, and the other way. */
static Status set_convention(Walk *walk) {
    uint8_t convention = walk->node->flags & (KEYWORD_GREGORIAN | KEYWORD_ISO_WEEK);
    if (convention == 0 || walk->fields.convention == convention) return STATUS_OK;
    if (walk->fields.convention != 0) {
        (void)error_set(walk->err, STATUS_INVALID_DATETIME, "invalid combination of date conventions");
        return error_add_hint(walk->err,
                              "Do not mix Gregorian and ISO week date conventions in a formatting template.");
    }
    walk->fields.convention = convention;
    return STATUS_OK;
}

/* A character of the pattern. */
static void skip_literal(Walk *walk) {
    const PatternNode *node = walk->node;
    bool separates = !node->quoted && node->text.size == 1 &&
                     (is_separator(node->text.data[0]) || is_space(node->text.data[0]));
    if (walk->exact) {
        skip_character(walk);
    } else if (separates) {
        walk->skipped--;
        bool met = walk->at < walk->end && (is_space(*walk->at) || is_separator(*walk->at));
        if (met) walk->at++, walk->skipped++;
    } else if (walk->skipped > 0) {
        walk->skipped--; /* it may have been among what was skipped */
    } else {
        skip_character(walk);
    }
}

static Status walk_pattern(Walk *walk, const TimePattern *pattern) {
    for (walk->node = pattern->nodes; walk->node < walk->last && walk->at < walk->end; walk->node++) {
        bool is_field = walk->node->key != NODE_LITERAL, is_first = walk->node == pattern->nodes;
        if (!walk->exact && walk->node->key != KEY_FX && (is_field || is_first)) skip_spaces(walk);
        if (!is_field) {
            skip_literal(walk);
            continue;
        }
        if (walk->at == walk->end && walk->node->key == KEY_TZH) return invalid_value(walk, STR(""));
        TRY(set_convention(walk));
        TRY(take_field(walk));
        bool ordinal = walk->node->ordinal != 0 && (walk->node->flags & KEYWORD_DIGITS) != 0 &&
                       walk->node->key != KEY_TZM;
        for (int i = 0; i < 2 && ordinal; i++) skip_character(walk);
        if (walk->exact) continue;
        walk->skipped = 0;
        skip_spaces(walk);
    }
    return STATUS_OK;
}

/* ---- fields to a date and a time ---- */

enum { YEAR_MAX = 10000000 };

typedef struct Moment {
    int64_t year, month, day; /* the year 0 is 1 BC */
    bool has_year, has_month, has_day;
    int64_t days; /* since 1970, where the date is not one of year, month and day */
    bool has_days;
    /* The year is not to be computed with: reported when nothing else is wrong, as in PostgreSQL. */
    bool is_absurd;
    int64_t time;
} Moment;

static Status out_of_range(Str text, Error *err) {
    return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "date/time field value out of range: \"%.*s\"",
                     STR_ARGS(text));
}

static Status time_from(const Fields *fields, Str text, int64_t *out, Error *err) {
    int64_t hour = fields->second_of_day / 3600, minute = fields->second_of_day % 3600 / 60,
            second = fields->second_of_day % 60;
    if (fields->second != 0) second = fields->second;
    if (fields->minute != 0) minute = fields->minute;
    if (fields->hour != 0) hour = fields->hour;
    if (fields->twelve_hours) {
        if (hour < 1 || hour > 12) {
            (void)error_set(err, STATUS_INVALID_DATETIME, "hour \"%d\" is invalid for the 12-hour clock",
                            (int)hour);
            return error_add_hint(err, "Use the 24-hour clock, or give an hour between 1 and 12.");
        }
        hour = hour % 12 + (fields->afternoon != 0 ? 12 : 0);
    }
    int64_t fraction = fields->millisecond * INT64_C(1000) + fields->microsecond;
    bool valid = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
    if (!valid || fraction < 0 || fraction >= CALENDAR_SECOND) return out_of_range(text, err);
    *out = hour * CALENDAR_HOUR + minute * CALENDAR_MINUTE + second * CALENDAR_SECOND + fraction;
    return STATUS_OK;
}

/* The 21st century begins in 2001, the first before Christ in 100 BC. */
static void year_from(const Fields *fields, Moment *moment) {
    int64_t century = fields->before_christ != 0 ? -(int64_t)fields->century : fields->century,
            year = fields->year;
    moment->has_year = year != 0 || century != 0;
    if (year != 0 && fields->century != 0 && fields->year_digits <= 2) {
        int64_t low = year % 100;
        if (low == 0)
            moment->year = century * 100 + (century >= 0 ? 0 : 1);
        else
            moment->year = century >= 0 ? low + (century - 1) * 100 : (century + 1) * 100 - low + 1;
    } else if (year != 0) {
        if (fields->before_christ != 0) year = -year;
        moment->year = year < 0 ? year + 1 : year;
    } else if (century != 0) {
        moment->year = century >= 0 ? (century - 1) * 100 + 1 : century * 100 + 1;
    }
}

/* A day that was said by its number. */
static void take_days(Moment *moment, int64_t days) {
    CivilDate date = calendar_civil_from_days(days);
    moment->year = date.year, moment->month = date.month, moment->day = date.day;
    moment->has_year = moment->has_month = moment->has_day = true;
}

/* Weeks of ISO 8601: a week's day, or its Monday. Weekdays are counted from Sunday. */
static int64_t iso_day(const Fields *fields, const Moment *moment) {
    int64_t day = fields->weekday == 0 ? 0 : fields->weekday > 1 ? fields->weekday - 2 : 6;
    DEBUG_ASSERT(moment->year >= -YEAR_MAX && moment->year <= YEAR_MAX); /* date_from has cut it */
    return calendar_iso_year_start((int32_t)moment->year) + (fields->week - INT64_C(1)) * 7 + day;
}

/* Where month and day are not said (or 1): of a day of the year, which WW has been made into too. */
static Status day_of_year_from(const Fields *fields, int64_t day_of_year, Moment *moment, Error *err) {
    if (day_of_year == 0 || (moment->month > 1 && moment->day > 1)) return STATUS_OK;
    if (moment->year == 0 && fields->before_christ == 0)
        return error_set(err, STATUS_INVALID_DATETIME,
                         "cannot calculate day of year without year information");
    if (fields->convention == KEYWORD_ISO_WEEK) {
        take_days(moment, calendar_iso_year_start((int32_t)moment->year) + day_of_year - 1);
        return STATUS_OK;
    }
    int32_t month = 1;
    int64_t before = 0;
    for (; month <= 12; month++) {
        int32_t days = calendar_days_in_month((int32_t)moment->year, month);
        if (day_of_year <= before + days) break;
        before += days;
    }
    if (moment->month <= 1) moment->month = month;
    if (moment->day <= 1) moment->day = day_of_year - before;
    moment->has_month = moment->has_day = true;
    return STATUS_OK;
}

/* Julian day, then ISO week, then month and day: the later ones go over the earlier where several are said, as in PostgreSQL. */
static Status date_from(const Fields *fields, Str text, Moment *moment, Error *err) {
    int64_t day_of_year = fields->day_of_year, day = fields->day;
    moment->month = moment->day = 1;
    year_from(fields, moment);
    moment->is_absurd = fields->julian == 0 && (moment->year > YEAR_MAX || moment->year < -YEAR_MAX);
    if (moment->year > YEAR_MAX || moment->year < -YEAR_MAX) moment->year %= 400; /* the same leap years */
    if (fields->julian != 0) take_days(moment, fields->julian - CALENDAR_JULIAN_OFFSET);
    if (fields->week != 0 && fields->convention == KEYWORD_ISO_WEEK)
        take_days(moment, iso_day(fields, moment));
    else if (fields->week != 0)
        day_of_year = (fields->week - INT64_C(1)) * 7 + 1;
    if (fields->week_of_month != 0) day = (fields->week_of_month - INT64_C(1)) * 7 + 1;
    if (day != 0) moment->day = day, moment->has_day = true;
    if (fields->month != 0) moment->month = fields->month, moment->has_month = true;
    TRY(day_of_year_from(fields, day_of_year, moment, err));
    bool bad = (moment->has_month && (moment->month < 1 || moment->month > 12)) ||
               (moment->has_day && (moment->day < 1 || moment->day > 31));
    bool whole = moment->has_year && moment->has_month && moment->has_day && !bad;
    if (whole && moment->day > calendar_days_in_month((int32_t)moment->year, (int32_t)moment->month))
        bad = true;
    return bad ? out_of_range(text, err) : STATUS_OK;
}

static Status read_moment(Str text, const TimePattern *pattern, Walk *walk, Moment *moment, Error *err) {
    DEBUG_ASSERT(pattern != NULL && moment != NULL);
    *walk = (Walk){
        .at = text.data, .end = text.data + text.size, .last = pattern->nodes + pattern->count, .err = err};
    *moment = (Moment){0};
    TRY(walk_pattern(walk, pattern));
    const Fields *fields = &walk->fields;
    DEBUG_ASSERT(walk->at <= walk->end);
    if (text.size > 100) text.size = 100; /* in messages */
    int64_t time;
    /* A time that is not of its pattern's form is told before the date, one out of range after it:
     * PostgreSQL's order. */
    Error later;
    Status of_time = time_from(fields, text, &time, &later);
    if (of_time == STATUS_INVALID_DATETIME) return *err = later, of_time;
    TRY(date_from(fields, text, moment, err));
    if (of_time != STATUS_OK) return *err = later, of_time;
    moment->time = time;
    bool zone = fields->zone_hour >= 0 && fields->zone_hour <= 15 && fields->zone_minute >= 0 &&
                fields->zone_minute < 60;
    if (fields->zone_sign != 0 && !zone)
        return error_set(err, STATUS_INVALID_ZONE_OFFSET, "time zone displacement out of range: \"%.*s\"",
                         STR_ARGS(text));
    return moment->is_absurd ? out_of_range(text, err) : STATUS_OK;
}

static int64_t days_of(const Moment *moment) {
    return calendar_days_from_civil(
        (CivilDate){(int32_t)moment->year, (int32_t)moment->month, (int32_t)moment->day});
}

Status from_char_timestamp(Str text, const TimePattern *pattern, const Zone *zone, int64_t *out,
                           Error *err) {
    DEBUG_ASSERT(pattern->nodes != NULL || pattern->count == 0);
    Walk walk;
    Moment moment;
    TRY(read_moment(text, pattern, &walk, &moment, err));
    const Fields *fields = &walk.fields;
    int64_t days = days_of(&moment);
    int32_t offset_s = fields->zone_sign * (fields->zone_hour * 3600 + fields->zone_minute * 60);
    if (fields->zone_sign == 0)
        offset_s = zone_offset_of_local(zone, days * (CALENDAR_DAY / CALENDAR_SECOND) + moment.time / CALENDAR_SECOND);
    __int128 timestamp = (__int128)days * CALENDAR_DAY + moment.time - offset_s * CALENDAR_SECOND;
    bool fits = timestamp >= CALENDAR_TIMESTAMP_MIN && timestamp <= CALENDAR_TIMESTAMP_MAX;
    if (fits) {
        *out = (int64_t)timestamp;
        if (fields->fraction_digits != 0) *out = calendar_round_microseconds(*out, fields->fraction_digits);
        fits = calendar_timestamp_is_valid(*out);
    }
    return fits ? STATUS_OK : error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "timestamp out of range");
}

Status from_char_date(Str text, const TimePattern *pattern, int32_t *out, Error *err) {
    DEBUG_ASSERT(pattern->nodes != NULL || pattern->count == 0);
    Walk walk;
    Moment moment;
    TRY(read_moment(text, pattern, &walk, &moment, err));
    int64_t days = days_of(&moment);
    if (!calendar_date_is_valid(days))
        return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "date out of range: \"%.*s\"", STR_ARGS(text));
    *out = (int32_t)days;
    return STATUS_OK;
}
