/* SPDX-License-Identifier: Apache-2.0
 * format/infer_guess.c - guesses of values.
 *
 * A number must come out as it went in. Integers are exact; a fraction is DOUBLE PRECISION if that gives its digits back:
 * any 15, and the 16 or 17 that a program needs to write one. What is written with an exponent is DOUBLE PRECISION's to
 * begin with, however many digits were printed. */
#include "format/infer_priv.h"

#include "base/calendar.h"
#include "base/number.h"

enum {
    SAFE_DIGIT_COUNT_MAX = 15,     /* a double gives any so many back */
    SPELLED_DIGIT_COUNT_MAX = 17,  /* it takes so many to name one */
    EXPONENT_MAX = 1000000,        /* further ones are as far out of reach */
};

/* ---- numbers ---- */

/* How a number is written. */
typedef struct Written {
    uint32_t whole;    /* digits before the point, without leading zeros */
    uint32_t fraction; /* behind it */
    uint32_t count;    /* of all digits but leading and trailing zeros */
    uint64_t digits;   /* these, when they are at most SPELLED_DIGIT_COUNT_MAX */
    int32_t exponent;
    bool has_point, has_exponent;
} Written;

static int32_t read_exponent(const char *at, const char *end) {
    int32_t value = 0;
    bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    for (; at < end; at++)
        if (value < EXPONENT_MAX) value = value * 10 + (*at - '0');
    return is_negative ? -value : value;
}

/* `text` is a number. */
static Written measure(Str text) {
    const char *at = text.data, *end = at + text.size;
    Written written = {0};
    uint32_t zeros = 0; /* behind the last other digit */
    if (at < end && *at == '-') at++;
    for (; at < end && (*at | 0x20) != 'e'; at++) {
        if (*at == '.') {
            written.has_point = true;
            continue;
        }
        if (written.has_point)
            written.fraction++;
        else if (*at != '0' || written.whole > 0)
            written.whole++;
        if (*at == '0') {
            zeros += written.count > 0;
            continue;
        }
        written.count += zeros + 1;
        if (written.count <= SPELLED_DIGIT_COUNT_MAX) {
            for (; zeros > 0; zeros--) written.digits *= 10;
            written.digits = written.digits * 10 + (uint64_t)(*at - '0');
        }
        zeros = 0;
    }
    written.has_exponent = at < end;
    if (written.has_exponent) written.exponent = read_exponent(at + 1, end);
    return written;
}

/* Whether `value`, the double next to it, gives the number back. */
static bool double_gives(const Written *written, double value) {
    bool is_finite = value - value == 0;
    if (!is_finite || (value == 0 && written->count > 0)) return false;
    if (written->has_exponent || written->count <= SAFE_DIGIT_COUNT_MAX) return true;
    if (written->count > SPELLED_DIGIT_COUNT_MAX) return false;
    uint64_t digits;
    int32_t exponent;
    value = value < 0 ? -value : value;
    /* Two fractions may be spellings of one double; two integers are two. */
    if (written->has_point)
        number_round_double(value, (int)written->count, &digits, &exponent);
    else
        number_shortest_double(value, &digits, &exponent);
    return digits == written->digits;
}

static uint32_t not_negative(int64_t count) {
    return count < 0 ? 0 : (uint32_t)count;
}

Guess guess_number(Str text) {
    const char *end = text.data + text.size;
    int64_t integer;
    double number;
    if (number_scan_double(text.data, end, &number) != end) return (Guess){.type = TYPE_TEXT};
    Written written = measure(text);
    bool is_integer = !written.has_point && !written.has_exponent;
    bool is_bigint = is_integer && number_scan_i64(text.data, end, &integer) == end;
    return (Guess){.type = is_bigint ? TYPE_BIGINT : is_integer ? TYPE_NUMERIC : TYPE_DOUBLE,
                   .digits = not_negative((int64_t)written.whole + written.exponent),
                   .scale = not_negative((int64_t)written.fraction - written.exponent),
                   .is_exact = !double_gives(&written, number)};
}

/* ---- texts ---- */

/* ISO layouts only: what else PostgreSQL takes as a time ("today", "Nov 24") is more often a word in a text
 * column. */
Guess guess_time(Str text) {
    const char *end = text.data + text.size;
    int64_t time;
    int32_t date;
    if (calendar_scan_date(text.data, end, &date) == end) return (Guess){.type = TYPE_DATE};
    if (calendar_scan_timestamp(text.data, end, &time) != end) return (Guess){.type = TYPE_TEXT};
    /* An offset is a Z, or a sign behind the time of day. */
    bool has_offset = end[-1] == 'Z';
    for (const char *at = text.data + STR("YYYY-MM-DDTHH:MM").size; at < end; at++) has_offset |= *at == '+' || *at == '-';
    return (Guess){.type = has_offset ? TYPE_TIMESTAMPTZ : TYPE_TIMESTAMP};
}

Guess guess_field(Str text) {
    if (text.size == 0) return (Guess){.type = TYPE_UNKNOWN};
    if (str_equal_ignore_case(text, STR("true")) || str_equal_ignore_case(text, STR("false"))) return (Guess){.type = TYPE_BOOLEAN};
    Guess number = guess_number(text);
    return number.type == TYPE_TEXT ? guess_time(text) : number;
}

/* ---- columns ---- */

/* Place in the line of widening types; 0 when it is on none. */
static int number_rank(TypeId type) {
    return type == TYPE_BIGINT ? 1 : type == TYPE_NUMERIC ? 2 : type == TYPE_DOUBLE ? 3 : 0;
}

static int time_rank(TypeId type) {
    return type == TYPE_DATE ? 1 : type == TYPE_TIMESTAMP ? 2 : type == TYPE_TIMESTAMPTZ ? 3 : 0;
}

static TypeId widen_type(TypeId a, TypeId b) {
    DEBUG_ASSERT(a < TYPE_COUNT && b < TYPE_COUNT);
    if (a == b || b == TYPE_UNKNOWN) return a;
    /* NULL says nothing about a type. */
    if (a == TYPE_UNKNOWN) return b;
    if (number_rank(a) > 0 && number_rank(b) > 0) return number_rank(a) > number_rank(b) ? a : b;
    if (time_rank(a) > 0 && time_rank(b) > 0) return time_rank(a) > time_rank(b) ? a : b;
    return TYPE_TEXT;
}

void guess_widen(Guess *column, Guess value) {
    column->type = widen_type(column->type, value.type);
    if (value.digits > column->digits) column->digits = value.digits;
    if (value.scale > column->scale) column->scale = value.scale;
    column->is_exact |= value.is_exact;
}

Type guess_type(const Guess *column) {
    if (column->type == TYPE_UNKNOWN) return type_of(TYPE_TEXT);
    bool is_numeric = column->type == TYPE_NUMERIC || (column->type == TYPE_DOUBLE && column->is_exact);
    if (!is_numeric) return type_of(column->type);
    if ((uint64_t)column->digits + column->scale > TYPE_PRECISION_MAX) return type_of(TYPE_TEXT);
    return type_numeric(TYPE_PRECISION_MAX, (int)column->scale);
}
