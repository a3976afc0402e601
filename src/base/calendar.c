/* SPDX-License-Identifier: Apache-2.0
 * base/calendar.c - civil dates, the ISO layouts, and ISO text.
 *
 * Civil dates are counted in years that begin on March 1, so that the leap day is the last of its year, and
 * in eras of 400 years, 146,097 days each (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
#include "base/calendar.h"

#include "base/number.h"
#include "base/number_priv.h"

enum { ERA_DAYS = 146097, ERA_YEARS = 400, DAYS_TO_1970 = 719468 /* from 0000-03-01 */ };
STATIC_ASSERT(ERA_DAYS == ERA_YEARS * 365 + ERA_YEARS / 4 - ERA_YEARS / 100 + 1,
              "the leap days of 400 years");
STATIC_ASSERT(CALENDAR_DATE_MIN == -CALENDAR_JULIAN_OFFSET, "the first date is Julian day 0");
STATIC_ASSERT(CALENDAR_TIMESTAMP_MAX < CALENDAR_TIMESTAMP_INFINITY, "infinity is above all that is finite");
STATIC_ASSERT(CALENDAR_TIMESTAMP_MIN > CALENDAR_TIMESTAMP_MINUS_INFINITY, "and minus infinity below");
STATIC_ASSERT(CALENDAR_TIMESTAMP_INFINITY - CALENDAR_TIMESTAMP_MAX > 8 * CALENDAR_DAY,
              "a zone's offset can be added to the last timestamp");
STATIC_ASSERT(CALENDAR_SIZE_MAX >= sizeof("294246-12-31 23:59:59.123456+167:59:59 BC") + 4,
              "the longest text, and the bytes that writing in words touches behind it");

bool calendar_is_leap_year(int32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int32_t calendar_days_in_month(int32_t year, int32_t month) {
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    DEBUG_ASSERT(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && calendar_is_leap_year(year));
}

int64_t calendar_days_from_civil(CivilDate date) {
    DEBUG_ASSERT(date.month >= 1 && date.month <= 12);
    int64_t year = (int64_t)date.year - (date.month <= 2);
    int64_t era = (year >= 0 ? year : year - (ERA_YEARS - 1)) / ERA_YEARS;
    int64_t year_of_era = year - era * ERA_YEARS;
    DEBUG_ASSERT(year_of_era >= 0 && year_of_era < ERA_YEARS);
    int64_t month = date.month + (date.month > 2 ? -3 : 9);
    /* From March on the months have 31, 30, 31, 30, 31 days, twice, and then the year is over: 153 days per five. */
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - DAYS_TO_1970;
}

CivilDate calendar_civil_from_days(int64_t days) {
    days += DAYS_TO_1970;
    int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
    uint32_t day_of_era = (uint32_t)(days - era * ERA_DAYS);
    DEBUG_ASSERT(day_of_era < ERA_DAYS);
    /* The leap days before the day are taken off (one per 1,460 days, but one less per 36,524, and one more at the
     * era's last day), so that every year has 365. */
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t month = (5 * day_of_year + 2) / 153;
    DEBUG_ASSERT(month < 12); /* 0 is March */
    CivilDate date = {
        .day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1),
        .month = (int32_t)(month < 10 ? month + 3 : month - 9),
    };
    date.year = (int32_t)((int64_t)year_of_era + era * ERA_YEARS + (date.month <= 2));
    return date;
}

CivilTime calendar_civil_time(int64_t time) {
    DEBUG_ASSERT(time >= 0 && time <= CALENDAR_DAY);
    return (CivilTime){.hour = (int32_t)(time / CALENDAR_HOUR),
                       .minute = (int32_t)(time / CALENDAR_MINUTE % 60),
                       .second = (int32_t)(time / CALENDAR_SECOND % 60),
                       .microsecond = (int32_t)(time % CALENDAR_SECOND)};
}

bool calendar_make_date(CivilDate date, int32_t *out) {
    /* The years that DATE has days in: calendar_days_in_month and the sums below then stay small. */
    if (date.month < 1 || date.month > 12 || date.year < -4713 || date.year > 5874897) return false;
    if (date.day < 1 || date.day > calendar_days_in_month(date.year, date.month)) return false;
    int64_t days = calendar_days_from_civil(date);
    if (!calendar_date_is_valid(days)) return false;
    *out = (int32_t)days;
    return true;
}

bool calendar_make_time(int32_t hour, int32_t minute, double seconds, int64_t *out) {
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(seconds >= 0 && seconds <= 60)) return false;
    int64_t time = hour * CALENDAR_HOUR + minute * CALENDAR_MINUTE + (int64_t)__builtin_rint(seconds * 1e6);
    if (time > CALENDAR_DAY) return false;
    *out = time;
    return true;
}

bool calendar_date_to_timestamp(int32_t date, int64_t *out) {
    int64_t timestamp;
    if (!calendar_date_is_finite(date)) {
        *out = date > 0 ? CALENDAR_TIMESTAMP_INFINITY : CALENDAR_TIMESTAMP_MINUS_INFINITY;
        return true;
    }
    if (__builtin_mul_overflow((int64_t)date, CALENDAR_DAY, &timestamp) ||
        !calendar_timestamp_is_valid(timestamp))
        return false;
    *out = timestamp;
    return true;
}

int32_t calendar_timestamp_to_date(int64_t timestamp) {
    if (timestamp == CALENDAR_TIMESTAMP_INFINITY) return CALENDAR_DATE_INFINITY;
    if (timestamp == CALENDAR_TIMESTAMP_MINUS_INFINITY) return CALENDAR_DATE_MINUS_INFINITY;
    return (int32_t)calendar_day_of(timestamp);
}

bool calendar_timestamp_from_epoch(double seconds, int64_t *out) {
    if (seconds != seconds) return false;
    /* inf - inf is NaN, which is not 0 either: infinite. */
    if (seconds - seconds != 0) {
        *out = seconds > 0 ? CALENDAR_TIMESTAMP_INFINITY : CALENDAR_TIMESTAMP_MINUS_INFINITY;
        return true;
    }
    double microseconds = __builtin_rint(seconds * 1e6);
    /* Written so that no bound is rounded: a cast from outside int64 is undefined. */
    if (!(microseconds > -0x1p62 * 2 && microseconds < 0x1p63)) return false;
    if (!calendar_timestamp_is_valid((int64_t)microseconds)) return false;
    *out = (int64_t)microseconds;
    return true;
}

int64_t calendar_round_microseconds(int64_t value, int digits) {
    static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    DEBUG_ASSERT(digits >= 0 && digits <= 6);
    int64_t unit = units[digits], half = unit / 2;
    if (unit == 1 || value == INT64_MAX || value == INT64_MIN) return value;
    return value >= 0 ? (value + half) / unit * unit : -((-value + half) / unit * unit);
}

/* Two digits at `at`; more than 99 when they are not digits. */
static inline unsigned scan_two(const char *at) {
    unsigned tens = (unsigned char)(at[0] - '0'), ones = (unsigned char)(at[1] - '0');
    return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

enum { ISO_DATE_SIZE = 10, ISO_MINUTES_SIZE = 5, ISO_SECONDS_SIZE = 8 };

/* "2026-11-2" is eight bytes plus two: year and month are checked in one word, the day apart. */
static inline bool scan_civil(const char *at, CivilDate *date) {
    /* Readable: the caller has seen ten bytes. */
    uint64_t word = number_load_eight(at); /* YYYY-MM- */
    if ((word & 0xFF0000FF00000000) != 0x2D00002D00000000) return false;
    uint64_t digits = (word & 0x00FFFF00FFFFFFFF) | 0x3000003000000000; /* the hyphens read as zeros */
    if (!number_is_eight_digits(digits)) return false;
    uint64_t value = digits - 0x3030303030303030;
    value = value * 10 + (value >> 8); /* pairs in bytes 0, 2 and 5 */
    date->year = (int32_t)((value & 0xFF) * 100 + (value >> 16 & 0xFF));
    date->month = (int32_t)(value >> 40 & 0xFF);
    date->day = (int32_t)scan_two(at + 8);
    /* Year 0 is none in text: PostgreSQL counts 1 BC, 1 AD. */
    if (date->year == 0 || date->month < 1 || date->month > 12 || date->day < 1) return false;
    return date->day <= 28 || date->day <= calendar_days_in_month(date->year, date->month);
}

/* Digits after the point: six count, more round to even. */
static const char *scan_fraction(const char *at, const char *end, int64_t *microseconds) {
    static const int32_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    /* Fifteen digits are exact in a double, so the rounding to microseconds is the only one. */
    enum { DIGITS_MAX = 15 }; /* a longer fraction goes the general way */
    int64_t value = 0;
    int count = 0;
    for (; at < end && number_is_digit(*at) && count <= DIGITS_MAX; at++, count++)
        value = value * 10 + (*at - '0');
    if (count > DIGITS_MAX) return NULL;
    *microseconds = count <= 6
                        ? value * units[count]
                        : (int64_t)__builtin_rint(number_compose_double((uint64_t)value, -count) * 1e6);
    return at;
}

/* HH:MM:SS in one word; false when it is not that. */
static inline bool scan_clock(const char *at, int64_t *out) {
    uint64_t word = number_load_eight(at);
    if ((word & 0x0000FF0000FF0000) != 0x00003A00003A0000) return false;
    uint64_t digits = (word & 0xFFFF00FFFF00FFFF) | 0x0000300000300000; /* the colons read as zeros */
    if (!number_is_eight_digits(digits)) return false;
    uint64_t value = digits - NUMBER_EIGHT_ZEROS;
    value = value * 10 + (value >> 8); /* pairs in bytes 0, 3 and 6 */
    uint32_t hour = value & 0xFF, minute = value >> 24 & 0xFF, second = value >> 48 & 0xFF;
    *out = (hour * 3600 + minute * 60 + second) * CALENDAR_SECOND;
    return hour <= 23 && minute <= 59 && second <= 59;
}

static const char *scan_minutes(const char *at, const char *end, int64_t *out) {
    if (end - at < ISO_MINUTES_SIZE || at[2] != ':') return NULL;
    unsigned hour = scan_two(at), minute = scan_two(at + 3);
    at += ISO_MINUTES_SIZE;
    bool more = end - at >= 3 && *at == ':'; /* seconds, and then they were not in order */
    if (more || hour > 23 || minute > 59) return NULL;
    *out = (hour * 60 + minute) * CALENDAR_MINUTE;
    return at;
}

const char *calendar_scan_time(const char *at, const char *end, int64_t *out) {
    DEBUG_ASSERT(at <= end);
    int64_t fraction = 0;
    if (end - at < ISO_SECONDS_SIZE || !scan_clock(at, out)) return scan_minutes(at, end, out);
    at += ISO_SECONDS_SIZE;
    if (end - at >= 2 && *at == '.' && number_is_digit(at[1])) {
        at = scan_fraction(at + 1, end, &fraction);
        *out += fraction;
    }
    return at;
}

/* calendar_days_from_civil for years from 1 to 9999, without signs. */
static inline int32_t scan_days(CivilDate date) {
    DEBUG_ASSERT(date.year >= 1 && date.year <= 9999);
    uint32_t late = date.month > 2, year = (uint32_t)date.year - !late, century = year / 100;
    uint32_t month = (uint32_t)date.month + (late ? 0 : 12) - 3;
    uint32_t day_of_year = (153 * month + 2) / 5 + (uint32_t)date.day - 1;
    return (int32_t)(year * 365 + year / 4 - century + century / 4 + day_of_year) - DAYS_TO_1970;
}

const char *calendar_scan_date(const char *at, const char *end, int32_t *out) {
    DEBUG_ASSERT(at <= end);
    CivilDate date;
    if (end - at < ISO_DATE_SIZE || !scan_civil(at, &date)) return NULL;
    *out = scan_days(date);
    return at + ISO_DATE_SIZE;
}

/* "Z", "+hh", "+hhmm", "+hh:mm", or nothing. */
static const char *scan_offset(const char *at, const char *end, int64_t *seconds) {
    *seconds = 0;
    if (at == end) return at;
    if (*at == 'Z' || *at == 'z') return at + 1;
    if (*at != '+' && *at != '-') return at;
    bool west = *at++ == '-';
    unsigned hours, minutes = 0;
    if (end - at < 2 || (hours = scan_two(at)) > 15) return NULL;
    at += 2;
    size_t colon = at < end && *at == ':';
    if ((size_t)(end - at) >= 2 + colon && number_is_digit(at[colon])) {
        if ((minutes = scan_two(at + colon)) > 59) return NULL;
        at += 2 + colon;
    } else if (colon) {
        return NULL;
    }
    *seconds = (west ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
    return at;
}

const char *calendar_scan_timestamp(const char *at, const char *end, int64_t *out) {
    DEBUG_ASSERT(at <= end);
    CivilDate date;
    int64_t time, offset;
    if (end - at < ISO_DATE_SIZE + 1 + ISO_MINUTES_SIZE) return NULL;
    if ((at[ISO_DATE_SIZE] != ' ' && at[ISO_DATE_SIZE] != 'T') || !scan_civil(at, &date)) return NULL;
    at = calendar_scan_time(at + ISO_DATE_SIZE + 1, end, &time);
    if (at == NULL) return NULL;
    at = scan_offset(at, end, &offset);
    if (at == NULL) return NULL;
    DEBUG_ASSERT(time >= 0 && time <= CALENDAR_DAY); /* years of four digits: the sum cannot leave the range */
    *out = scan_days(date) * CALENDAR_DAY + time - offset * CALENDAR_SECOND;
    return at;
}

/* Two digits of value < 100. */
static char *write_two(char *out, int32_t value) {
    /* A tenth, exact up to 178; a division would be a multiplication and two shifts of 64 bits. */
    uint32_t tens = (uint32_t)value * 103 >> 10;
    uint16_t pair = (uint16_t)(0x3030 + tens + (((uint32_t)value - tens * 10) << 8));
    memcpy(out, &pair, sizeof(pair));
    return out + 2;
}

/* Three numbers below 100, each in the lower of its two bytes, to digits; `rest` is the zeros and separators
 * to add. 99 * 103 < 2^14: no product reaches the next number. */
static char *write_three(char *out, uint64_t numbers, uint64_t ones, uint64_t rest) {
    DEBUG_ASSERT((numbers & ~(ones * 0x7F)) == 0);
    uint64_t tens = numbers * 103 >> 10 & ones * 0x0F;
    uint64_t word = (tens | (numbers - tens * 10) << 8) + rest;
    memcpy(out, &word, sizeof(word));
    return out + sizeof(word);
}

/* At least four digits. */
static char *write_year(char *out, int32_t year) {
    DEBUG_ASSERT(year > 0);
    if (year < 10000) return write_two(write_two(out, year / 100), year % 100);
    return out + number_write_u64(out, (uint64_t)year);
}

static char *write_date(char *out, int64_t days, bool *before_christ) {
    DEBUG_ASSERT(days >= CALENDAR_DATE_MIN - 1 && days <= CALENDAR_DATE_MAX + INT64_C(1)); /* a zone's day */
    CivilDate date = calendar_civil_from_days(days);
    *before_christ = date.year <= 0;
    if (date.year > 0 && date.year < 10000) {
        /* YYYY-MM- */
        uint64_t year = (uint64_t)date.year, century = year / 100;
        out = write_three(out, century | (year - century * 100) << 16 | (uint64_t)date.month << 40,
                          0x0000010000010001, 0x2D30302D30303030);
        return write_two(out, date.day);
    }
    out = write_year(out, date.year > 0 ? date.year : 1 - date.year);
    *out++ = '-';
    out = write_two(out, date.month);
    *out++ = '-';
    return write_two(out, date.day);
}

static char *write_time(char *out, int64_t time) {
    DEBUG_ASSERT(time >= 0 && time <= CALENDAR_DAY); /* 24:00:00 is a time */
    uint32_t seconds = (uint32_t)((uint64_t)time / CALENDAR_SECOND), minutes = seconds / 60;
    uint32_t microsecond = (uint32_t)((uint64_t)time - (uint64_t)seconds * CALENDAR_SECOND);
    uint64_t hour = minutes / 60;
    /* HH:MM:SS */
    out = write_three(out, hour | (minutes - hour * 60) << 24 | (uint64_t)(seconds - minutes * 60) << 48,
                      0x0001000001000001, 0x30303A30303A3030);
    if (microsecond == 0) return out;
    /* Six digits at the head of eight, those up to the last that is not zero. */
    uint64_t digits = number_digit_bytes(microsecond * 100), word = digits | NUMBER_EIGHT_ZEROS;
    *out++ = '.';
    memcpy(out, &word, sizeof(word));
    return out + 8 - __builtin_clzll(digits) / 8;
}

static char *write_literal(char *out, Str text) {
    memcpy(out, text.data, text.size);
    return out + text.size;
}

static char *write_infinity(char *out, bool negative) {
    return write_literal(out, negative ? STR("-infinity") : STR("infinity"));
}

size_t calendar_write_date(char *out, int32_t date) {
    DEBUG_ASSERT(out != NULL);
    if (!calendar_date_is_finite(date)) return (size_t)(write_infinity(out, date < 0) - out);
    bool before_christ;
    char *at = write_date(out, date, &before_christ);
    if (before_christ) at = write_literal(at, STR(" BC"));
    DEBUG_ASSERT(at - out <= CALENDAR_SIZE_MAX);
    return (size_t)(at - out);
}

size_t calendar_write_time(char *out, int64_t time) {
    DEBUG_ASSERT(out != NULL);
    return (size_t)(write_time(out, time) - out);
}

/* "+02", "-05:30", "+00:00:17" */
static char *write_zone(char *out, int32_t offset) {
    *out++ = offset < 0 ? '-' : '+';
    int32_t seconds = offset < 0 ? -offset : offset;
    DEBUG_ASSERT(seconds <= 8 * 86400);
    int32_t hours = seconds / 3600; /* up to seven days, in a rule of POSIX; its summer an hour more */
    if (hours >= 100) *out++ = (char)('0' + hours / 100);
    out = write_two(out, hours % 100);
    if (seconds % 3600 == 0) return out;
    *out++ = ':';
    out = write_two(out, seconds / 60 % 60);
    if (seconds % 60 == 0) return out;
    *out++ = ':';
    return write_two(out, seconds % 60);
}

static size_t write_timestamp(char *out, int64_t timestamp, const int32_t *zone_offset_seconds) {
    DEBUG_ASSERT(out != NULL);
    if (!calendar_timestamp_is_finite(timestamp)) return (size_t)(write_infinity(out, timestamp < 0) - out);
    /* Day and time apart: adding the offset to the extremes would overflow. */
    int64_t day = calendar_day_of(timestamp), time = calendar_time_of_day(timestamp);
    if (zone_offset_seconds != NULL) {
        time += *zone_offset_seconds * CALENDAR_SECOND;
        day += calendar_day_of(time);
        time = calendar_time_of_day(time);
    }
    bool before_christ;
    char *at = write_date(out, day, &before_christ);
    *at++ = ' ';
    at = write_time(at, time);
    if (zone_offset_seconds != NULL) at = write_zone(at, *zone_offset_seconds);
    if (before_christ) at = write_literal(at, STR(" BC"));
    DEBUG_ASSERT(at - out <= CALENDAR_SIZE_MAX);
    return (size_t)(at - out);
}

size_t calendar_write_timestamp(char *out, int64_t timestamp) {
    return write_timestamp(out, timestamp, NULL);
}

size_t calendar_write_timestamptz(char *out, int64_t timestamp, int32_t zone_offset_seconds) {
    return write_timestamp(out, timestamp, &zone_offset_seconds);
}

void text_append_date(Text *text, int32_t date) {
    char *room = text_reserve(text, CALENDAR_SIZE_MAX);
    if (room != NULL) text->size += calendar_write_date(room, date);
}

void text_append_time(Text *text, int64_t time) {
    char *room = text_reserve(text, CALENDAR_SIZE_MAX);
    if (room != NULL) text->size += calendar_write_time(room, time);
}

void text_append_timestamp(Text *text, int64_t timestamp) {
    char *room = text_reserve(text, CALENDAR_SIZE_MAX);
    if (room != NULL) text->size += calendar_write_timestamp(room, timestamp);
}

void text_append_timestamptz(Text *text, int64_t timestamp, int32_t zone_offset_seconds) {
    char *room = text_reserve(text, CALENDAR_SIZE_MAX);
    if (room != NULL) text->size += calendar_write_timestamptz(room, timestamp, zone_offset_seconds);
}
