/* SPDX-License-Identifier: Apache-2.0
 * base/to_char_time.c - to_char of timestamps and intervals. */
#include "base/calendar_field.h"
#include "base/time_pattern_priv.h"

enum { NAME_WIDTH = 9, ROMAN_WIDTH = 4 };

/* A moment in its parts. */
typedef struct Moment {
    bool is_interval;
    int64_t year, month, day, hour, minute, second, microsecond;
    int64_t day_of_year;
    int64_t days;    /* since 1970 */
    int32_t weekday; /* 0 is Sunday */
    int32_t iso_year, iso_week;
    int32_t zone_offset;
    Str zone_name;
} Moment;

/* ---- output ---- */

static void append_cased(Text *text, const char *name, size_t size, uint8_t case_) {
    for (size_t i = 0; i < size && name[i] != 0; i++) {
        char c = name[i];
        if (case_ == CASE_UPPER && c >= 'a' && c <= 'z') c = (char)(c - 32);
        if (case_ == CASE_LOWER && c >= 'A' && c <= 'Z') c = (char)(c + 32);
        text_append_char(text, c);
    }
}

static void append_padded(Text *text, const PatternNode *node, const char *name, size_t width) {
    size_t size = strlen(name);
    append_cased(text, name, size, node->case_);
    if (!node->fill && size < width) text_append_repeated(text, ' ', width - size);
}

/* Zeros in front up to `width` digits, a sign not counted. */
static void append_number(Text *text, const PatternNode *node, int64_t value, size_t width) {
    DEBUG_ASSERT(width <= NUMBER_I64_SIZE_MAX);
    char room[NUMBER_I64_SIZE_MAX];
    size_t size = number_write_i64(room, value < 0 ? -value : value);
    if (value < 0) text_append_char(text, '-');
    if (!node->fill && size < width) text_append_repeated(text, '0', width - size);
    text_append(text, str_from(room, size));
    if (node->ordinal != 0) text_append_c(text, pattern_ordinal(str_from(room, size), node->ordinal == 'T'));
}

/* Of some fields the sign counts as a place. */
static size_t sign_within(int64_t value, size_t width) {
    return value < 0 ? width - 1 : width;
}

static void append_fraction(Text *text, const PatternNode *node, const Moment *moment, int digits) {
    DEBUG_ASSERT(digits >= 1 && digits <= 6);
    PatternNode zeros = *node;
    int64_t value = moment->microsecond;
    zeros.fill = false;
    for (int i = digits; i < 6; i++) value /= 10;
    append_number(text, &zeros, value, sign_within(value, (size_t)digits));
}

static void append_offset(Text *text, const PatternNode *node, const Moment *moment) {
    int32_t offset = moment->zone_offset, size = offset < 0 ? -offset : offset;
    PatternNode two = {0};
    text_append_char(text, offset < 0 ? '-' : '+');
    append_number(text, node, size / 3600, 2);
    if (size % 3600 == 0) return;
    text_append_char(text, ':');
    append_number(text, &two, size % 3600 / 60, 2);
}

/* Years before Christ are counted from 1, without a sign: BC says it. */
static int64_t year_shown(const Moment *moment, int64_t year) {
    return moment->is_interval || year > 0 ? year : 1 - year;
}

static int64_t century_of(const Moment *moment) {
    if (moment->is_interval) return moment->year / 100;
    return moment->year > 0 ? (moment->year - 1) / 100 + 1 : moment->year / 100 - 1;
}

static void append_year_comma(Text *text, const PatternNode *node, int64_t year) {
    PatternNode plain = {.ordinal = node->ordinal};
    text_append_i64(text, year / 1000);
    text_append_char(text, ',');
    append_number(text, &plain, year % 1000, sign_within(year, 3));
}

static void append_roman_month(Text *text, const PatternNode *node, const Moment *moment) {
    if (moment->month == 0 && moment->year == 0) return;
    int64_t index = moment->month == 0  ? (moment->year >= 0 ? 11 : 0)
                    : moment->month < 0 ? 12 + moment->month
                                        : moment->month - 1;
    DEBUG_ASSERT(index >= 0 && index < 12);
    append_padded(text, node, pattern_roman_months[index], ROMAN_WIDTH);
}

static int64_t second_of_day(const Moment *moment) {
    return moment->hour * 3600 + moment->minute * 60 + moment->second;
}

/* Hours and minutes of the offset, the zone's name: none takes an ordinal. */
static void append_zone(Text *text, const PatternNode *node, const Moment *moment) {
    int64_t size = moment->zone_offset < 0 ? -(int64_t)moment->zone_offset : moment->zone_offset;
    PatternNode plain = *node, zeros;
    plain.ordinal = 0;
    zeros = plain;
    zeros.fill = false;
    switch ((int)node->key) {
        case KEY_OF: append_offset(text, &plain, moment); break;
        case KEY_TZH:
            text_append_char(text, moment->zone_offset < 0 ? '-' : '+');
            append_number(text, &zeros, size / 3600, 2);
            break;
        case KEY_TZM: append_number(text, &zeros, size % 3600 / 60, 2); break;
        default:
            append_cased(text, moment->zone_name.data, moment->zone_name.size,
                         node->case_ == CASE_LOWER ? CASE_LOWER : CASE_CAPITAL);
    }
}

static void append_node(Text *text, const PatternNode *node, const Moment *moment) {
    bool afternoon = moment->hour % 24 >= 12;
    int64_t hour12 = moment->hour % 12 == 0 ? 12 : moment->hour % 12;
    int64_t year = year_shown(moment, moment->year), iso_year = year_shown(moment, moment->iso_year);
    switch ((TimeKey)node->key) {
        case KEY_AM_DOTS: append_cased(text, afternoon ? "P.M." : "A.M.", 4, node->case_); break;
        case KEY_AM: append_cased(text, afternoon ? "PM" : "AM", 2, node->case_); break;
        case KEY_AD_DOTS: append_cased(text, moment->year <= 0 ? "B.C." : "A.D.", 4, node->case_); break;
        case KEY_AD: append_cased(text, moment->year <= 0 ? "BC" : "AD", 2, node->case_); break;
        case KEY_CC: append_number(text, node, century_of(moment), 2); break;
        case KEY_DAY: append_padded(text, node, pattern_day_names[moment->weekday], NAME_WIDTH); break;
        case KEY_DY: append_cased(text, pattern_day_names[moment->weekday], 3, node->case_); break;
        case KEY_DDD:
            append_number(text, node, moment->day_of_year, sign_within(moment->day_of_year, 3));
            break;
        case KEY_DD: append_number(text, node, moment->day, sign_within(moment->day, 2)); break;
        case KEY_D: append_number(text, node, moment->weekday + 1, 1); break;
        case KEY_FF1:
        case KEY_FF2:
        case KEY_FF3:
        case KEY_FF4:
        case KEY_FF5:
        case KEY_FF6: append_fraction(text, node, moment, node->key - KEY_FF1 + 1); break;
        case KEY_MS: append_fraction(text, node, moment, 3); break;
        case KEY_US: append_fraction(text, node, moment, 6); break;
        case KEY_FX: break;
        case KEY_HH24: append_number(text, node, moment->hour, 2); break;
        case KEY_HH12: append_number(text, node, hour12, 2); break;
        case KEY_IDDD:
            append_number(text, node, moment->days - calendar_iso_year_start(moment->iso_year) + 1, 3);
            break;
        case KEY_ID: append_number(text, node, moment->weekday == 0 ? 7 : moment->weekday, 1); break;
        case KEY_IW: append_number(text, node, moment->iso_week, 2); break;
        case KEY_IYYY: append_number(text, node, iso_year, 4); break;
        case KEY_IYY: append_number(text, node, iso_year % 1000, 3); break;
        case KEY_IY: append_number(text, node, iso_year % 100, 2); break;
        case KEY_I: append_number(text, node, iso_year % 10, 1); break;
        case KEY_J: append_number(text, node, moment->days + CALENDAR_JULIAN_OFFSET, 1); break;
        case KEY_MI: append_number(text, node, moment->minute, 2); break;
        case KEY_MM: append_number(text, node, moment->month, 2); break;
        case KEY_MONTH: append_padded(text, node, pattern_month_names[moment->month - 1], NAME_WIDTH); break;
        case KEY_MON: append_cased(text, pattern_month_names[moment->month - 1], 3, node->case_); break;
        case KEY_OF:
        case KEY_TZH:
        case KEY_TZM:
        case KEY_TZ: append_zone(text, node, moment); break;
        case KEY_Q:
            if (moment->month != 0) append_number(text, node, (moment->month - 1) / 3 + 1, 1);
            break;
        case KEY_RM: append_roman_month(text, node, moment); break;
        case KEY_SSSS: append_number(text, node, second_of_day(moment), 1); break;
        case KEY_SS: append_number(text, node, moment->second, 2); break;
        case KEY_WW: append_number(text, node, (moment->day_of_year - 1) / 7 + 1, 2); break;
        case KEY_W: append_number(text, node, (moment->day - 1) / 7 + 1, 1); break;
        case KEY_Y_YYY: append_year_comma(text, node, year); break;
        case KEY_YYYY: append_number(text, node, year, 4); break;
        case KEY_YYY: append_number(text, node, year % 1000, 3); break;
        case KEY_YY: append_number(text, node, year % 100, 2); break;
        case KEY_Y: append_number(text, node, year % 10, 1); break;
    }
}

static void append_moment(Text *text, const TimePattern *pattern, const Moment *moment) {
    DEBUG_ASSERT(pattern->nodes != NULL || pattern->count == 0);
    for (uint32_t i = 0; i < pattern->count; i++) {
        const PatternNode *node = &pattern->nodes[i];
        if (node->key == NODE_LITERAL)
            text_append(text, node->text);
        else
            append_node(text, node, moment);
    }
}

void to_char_timestamp(Text *text, const TimePattern *pattern, int64_t timestamp, int32_t offset_s, Str zone_name) {
    DEBUG_ASSERT(calendar_timestamp_is_finite(timestamp));
    int64_t local = timestamp + offset_s * CALENDAR_SECOND;
    Moment moment = {
        .days = calendar_day_of(local), .zone_offset = offset_s, .zone_name = zone_name};
    CivilDate date = calendar_civil_from_days(moment.days);
    CivilTime time = calendar_civil_time(calendar_time_of_day(local));
    moment.year = date.year, moment.month = date.month, moment.day = date.day;
    moment.hour = time.hour, moment.minute = time.minute, moment.second = time.second;
    moment.microsecond = time.microsecond;
    moment.day_of_year = moment.days - calendar_days_from_civil((CivilDate){date.year, 1, 1}) + 1;
    moment.weekday = (int32_t)((moment.days + CALENDAR_JULIAN_OFFSET + 1) % 7);
    calendar_iso_week(moment.days, &moment.iso_year, &moment.iso_week);
    DEBUG_ASSERT(moment.weekday >= 0 && moment.weekday < 7); /* indexes of names */
    DEBUG_ASSERT(moment.month >= 1 && moment.month <= 12);
    append_moment(text, pattern, &moment);
}

/* What only a day of the calendar has. */
static bool needs_date(TimeKey key) {
    switch ((int)key) {
        case KEY_AD_DOTS:
        case KEY_AD:
        case KEY_DAY:
        case KEY_DY:
        case KEY_D:
        case KEY_ID:
        case KEY_MONTH:
        case KEY_MON:
        case KEY_OF:
        case KEY_TZH:
        case KEY_TZM:
        case KEY_TZ: return true;
        default: return false;
    }
}

/* The day that years, months and days would name, months and days of 0 or less going on backwards. */
static int64_t days_of_interval(const Moment *moment) {
    int64_t year = moment->year + (moment->month > 2 ? 4800 : 4799);
    int64_t month = moment->month + (moment->month > 2 ? 1 : 13);
    int64_t julian =
        year * 365 - 32167 + year / 4 - year / 100 + year / 400 + 7834 * month / 256 + moment->day;
    return julian - CALENDAR_JULIAN_OFFSET;
}

Status to_char_interval(Text *text, const TimePattern *pattern, Interval interval, Error *err) {
    for (uint32_t i = 0; i < pattern->count; i++)
        if (pattern->nodes[i].key != NODE_LITERAL && needs_date((TimeKey)pattern->nodes[i].key)) {
            (void)error_set(err, STATUS_INVALID_DATETIME,
                            "invalid format specification for an interval value");
            return error_add_hint(err, "Intervals are not tied to specific calendar dates.");
        }
    /* From here on nothing asks for a weekday or the name of a month, which the moment of an interval has
     * not. */
    int64_t time = interval.microseconds;
    Moment moment = {.is_interval = true,
                     .year = interval.months / 12,
                     .month = interval.months % 12,
                     .day = interval.days,
                     .hour = time / CALENDAR_HOUR,
                     .minute = time / CALENDAR_MINUTE % 60,
                     .second = time / CALENDAR_SECOND % 60,
                     .microsecond = time % CALENDAR_SECOND,
                     .day_of_year = (int64_t)interval.months * 30 + interval.days};
    moment.days = days_of_interval(&moment);
    calendar_iso_week(moment.days, &moment.iso_year, &moment.iso_week);
    append_moment(text, pattern, &moment);
    return STATUS_OK;
}
