/* SPDX-License-Identifier: Apache-2.0
 * base/interval.c - arithmetic and text output; interval_parse.c reads. */
#include "base/interval.h"

#include "base/number.h"

#define DAY_MICROSECONDS INT64_C(86400000000)
enum { DAYS_PER_MONTH = 30, MONTHS_PER_YEAR = 12 };

bool interval_add(Interval a, Interval b, Interval *out) {
    Interval sum;
    if (__builtin_add_overflow(a.months, b.months, &sum.months)) return false;
    if (__builtin_add_overflow(a.days, b.days, &sum.days)) return false;
    if (__builtin_add_overflow(a.microseconds, b.microseconds, &sum.microseconds)) return false;
    *out = sum;
    return true;
}

bool interval_negate(Interval interval, Interval *out) {
    if (interval.months == INT32_MIN || interval.days == INT32_MIN || interval.microseconds == INT64_MIN)
        return false;
    *out = (Interval){-interval.months, -interval.days, -interval.microseconds};
    return true;
}

bool interval_subtract(Interval a, Interval b, Interval *out) {
    Interval difference;
    if (__builtin_sub_overflow(a.months, b.months, &difference.months)) return false;
    if (__builtin_sub_overflow(a.days, b.days, &difference.days)) return false;
    if (__builtin_sub_overflow(a.microseconds, b.microseconds, &difference.microseconds)) return false;
    *out = difference;
    return true;
}

/* Rounded to microseconds of a part below the unit, as PostgreSQL's TSROUND. */
static double round_micro(double value) {
    return __builtin_rint(value * 1e6) / 1e6;
}

static bool fits_int32(double value) {
    return value >= (double)INT32_MIN && value <= (double)INT32_MAX;
}

/* The parts as exact-as-can-be doubles; what is left of a month goes to days, of a day to the time. */
static bool from_parts(double months, double days, double microseconds, Interval *out) {
    if (!fits_int32(months) || !fits_int32(days)) return false;
    Interval result = {(int32_t)months, (int32_t)days, 0};
    /* Rounded at each step, as PostgreSQL does: 0.1 of a month must give 3 days, not 2 days
     * 23:59:59.999999. */
    double month_days = round_micro((months - result.months) * DAYS_PER_MONTH);
    double rest = (days - result.days + month_days - (int32_t)month_days) * 86400;
    rest = round_micro(rest);
    if (rest >= 86400 || rest <= -86400) {
        int32_t whole = (int32_t)(rest / 86400);
        month_days += whole;
        rest -= whole * 86400.0;
    }
    if (__builtin_add_overflow(result.days, (int32_t)month_days, &result.days)) return false;
    double total = __builtin_rint(microseconds + rest * 1e6);
    /* Asked before the cast: outside of int64 it is undefined. NaN fails both. */
    if (!(total > -0x1p63 && total < 0x1p63)) return false;
    result.microseconds = (int64_t)total;
    *out = result;
    return true;
}

bool interval_multiply(Interval interval, double factor, Interval *out) {
    return from_parts(interval.months * factor, interval.days * factor,
                      (double)interval.microseconds * factor, out);
}

bool interval_divide(Interval interval, double divisor, Interval *out) {
    DEBUG_ASSERT(divisor != 0);
    return from_parts(interval.months / divisor, interval.days / divisor,
                      (double)interval.microseconds / divisor, out);
}

__int128 interval_order(Interval interval) {
    __int128 days = (__int128)interval.months * DAYS_PER_MONTH + interval.days;
    return days * DAY_MICROSECONDS + interval.microseconds;
}

int interval_compare(Interval a, Interval b) {
    __int128 x = interval_order(a), y = interval_order(b);
    return (x > y) - (x < y);
}

bool interval_justify_hours(Interval interval, Interval *out) {
    int64_t days = interval.microseconds / DAY_MICROSECONDS;
    interval.microseconds %= DAY_MICROSECONDS;
    if (__builtin_add_overflow(interval.days, days, &interval.days)) return false;
    if (interval.days > 0 && interval.microseconds < 0) {
        interval.microseconds += DAY_MICROSECONDS;
        interval.days--;
    } else if (interval.days < 0 && interval.microseconds > 0) {
        interval.microseconds -= DAY_MICROSECONDS;
        interval.days++;
    }
    *out = interval;
    return true;
}

bool interval_justify_days(Interval interval, Interval *out) {
    int32_t months = interval.days / DAYS_PER_MONTH;
    interval.days %= DAYS_PER_MONTH;
    if (__builtin_add_overflow(interval.months, months, &interval.months)) return false;
    if (interval.months > 0 && interval.days < 0) {
        interval.days += DAYS_PER_MONTH;
        interval.months--;
    } else if (interval.months < 0 && interval.days > 0) {
        interval.days -= DAYS_PER_MONTH;
        interval.months++;
    }
    *out = interval;
    return true;
}

bool interval_justify(Interval interval, Interval *out) {
    Interval result = interval;
    /* Of the same sign, days go up first, lest the time's days overflow them. */
    bool same_sign =
        (result.days > 0 && result.microseconds > 0) || (result.days < 0 && result.microseconds < 0);
    if (same_sign) {
        int32_t months = result.days / DAYS_PER_MONTH;
        result.days -= months * DAYS_PER_MONTH;
        if (__builtin_add_overflow(result.months, months, &result.months)) return false;
    }
    int64_t days = result.microseconds / DAY_MICROSECONDS;
    result.microseconds %= DAY_MICROSECONDS;
    if (__builtin_add_overflow(result.days, days, &result.days)) return false;
    int32_t months = result.days / DAYS_PER_MONTH;
    result.days %= DAYS_PER_MONTH;
    if (__builtin_add_overflow(result.months, months, &result.months)) return false;
    /* Each part is below its unit now; what is left is to give them one sign, from months down. */
    bool days_down = result.days < 0 || (result.days == 0 && result.microseconds < 0);
    bool days_up = result.days > 0 || (result.days == 0 && result.microseconds > 0);
    if (result.months > 0 && days_down) {
        result.days += DAYS_PER_MONTH;
        result.months--;
    } else if (result.months < 0 && days_up) {
        result.days -= DAYS_PER_MONTH;
        result.months++;
    }
    if (result.days > 0 && result.microseconds < 0) {
        result.microseconds += DAY_MICROSECONDS;
        result.days--;
    } else if (result.days < 0 && result.microseconds > 0) {
        result.microseconds -= DAY_MICROSECONDS;
        result.days++;
    }
    *out = result;
    return true;
}

bool interval_make(const IntervalParts *parts, Interval *out) {
    ASSERT(parts != NULL && out != NULL);
    __int128 months = (__int128)parts->years * MONTHS_PER_YEAR + parts->months;
    __int128 days = (__int128)parts->weeks * 7 + parts->days;
    double seconds = __builtin_rint(parts->seconds * 1e6);
    if (!(seconds > -0x1p63 && seconds < 0x1p63)) return false;
    __int128 time = ((__int128)parts->hours * 60 + parts->minutes) * 60000000 + (int64_t)seconds;
    if (months != (int32_t)months || days != (int32_t)days || time != (int64_t)time) return false;
    *out = (Interval){(int32_t)months, (int32_t)days, (int64_t)time};
    return true;
}

bool interval_to_microseconds(Interval interval, int64_t *out) {
    __int128 total = (__int128)interval.days * DAY_MICROSECONDS + interval.microseconds;
    if (interval.months != 0 || total != (int64_t)total) return false;
    *out = (int64_t)total;
    return true;
}

Interval interval_round(Interval interval, int digits) {
    static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    DEBUG_ASSERT(digits >= 0 && digits <= 6);
    int64_t unit = units[digits], value = interval.microseconds;
    /* Rounding the extremes would overflow: they stay, as in PostgreSQL. */
    if (value > INT64_MAX - unit || value < INT64_MIN + unit) return interval;
    interval.microseconds =
        value >= 0 ? (value + unit / 2) / unit * unit : -((unit / 2 - value) / unit * unit);
    return interval;
}

/* What has been written so far decides on spaces and on a plus after a minus. */
typedef struct Writer {
    char *at;
    bool empty, after_negative;
} Writer;

static void write_part(Writer *writer, int64_t value, const char *unit) {
    DEBUG_ASSERT(unit != NULL && unit[0] != '\0');
    if (value == 0) return;
    if (!writer->empty) *writer->at++ = ' ';
    if (writer->after_negative && value > 0) *writer->at++ = '+';
    writer->at += number_write_i64(writer->at, value);
    *writer->at++ = ' ';
    size_t size = strlen(unit);
    memcpy(writer->at, unit, size);
    writer->at += size;
    if (value != 1) *writer->at++ = 's';
    writer->after_negative = value < 0;
    writer->empty = false;
}

static char *write_two(char *at, uint64_t value) {
    if (value < 10) *at++ = '0';
    return at + number_write_u64(at, value);
}

static void write_time(Writer *writer, int64_t time) {
    if (!writer->empty) *writer->at++ = ' ';
    if (time < 0) *writer->at++ = '-';
    if (time >= 0 && writer->after_negative) *writer->at++ = '+';
    uint64_t rest = time < 0 ? 0 - (uint64_t)time : (uint64_t)time, fraction = rest % 1000000;
    rest /= 1000000;
    char *at = write_two(writer->at, rest / 3600);
    *at++ = ':';
    at = write_two(at, rest / 60 % 60);
    *at++ = ':';
    at = write_two(at, rest % 60);
    if (fraction > 0) *at++ = '.';
    for (uint64_t unit = 100000; fraction > 0; unit /= 10) {
        *at++ = (char)('0' + fraction / unit);
        fraction %= unit;
    }
    writer->at = at;
}

size_t interval_write(char *out, Interval interval) {
    STATIC_ASSERT(INTERVAL_SIZE_MAX >= 3 * (NUMBER_I64_SIZE_MAX + 7),
                  "three parts with their units; then the time");
    DEBUG_ASSERT(out != NULL);
    Writer writer = {.at = out, .empty = true};
    write_part(&writer, interval.months / MONTHS_PER_YEAR, "year");
    write_part(&writer, interval.months % MONTHS_PER_YEAR, "mon");
    write_part(&writer, interval.days, "day");
    if (writer.empty || interval.microseconds != 0) write_time(&writer, interval.microseconds);
    DEBUG_ASSERT(writer.at - out <= INTERVAL_SIZE_MAX);
    return (size_t)(writer.at - out);
}

void text_append_interval(Text *text, Interval interval) {
    char *room = text_reserve(text, INTERVAL_SIZE_MAX);
    if (room != NULL) text->size += interval_write(room, interval);
}
