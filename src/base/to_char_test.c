/* SPDX-License-Identifier: Apache-2.0
 * Recorded from PostgreSQL 15. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar_parse.h"
#include "base/from_char.h"
#include "base/to_char.h"

typedef struct Recorded {
    const char *value;
    const char *pattern;
    const char *result; /* "!message": an error */
} Recorded;

/* clang-format off */
static const Recorded timestamps[] = {
    {"2024-02-29 13:04:05.067089", "YYYY-MM-DD HH24:MI:SS.MS", "2024-02-29 13:04:05.067"},
    {"2024-02-29 13:04:05.067089", "FMDay, FMDDth FMMonth YYYY", "Thursday, 29th February 2024"},
    {"2024-02-29 13:04:05.067089", "DAY day Dy|Month MON|", "THURSDAY  thursday  Thu|February  FEB|"},
    {"0044-03-15 BC", "Y,YYY YYY YY Y IYYY BC a.d.", "0,044 044 44 4 0044 BC b.c."},
    {"2024-12-31", "DDD IDDD D ID WW IW W Q J CC RM|", "366 002 3 2 53 01 5 4 2460676 21 XII |"},
    {"2024-02-29 13:04:05.067089", "TZ TZH:TZM OF SSSS HH:MI P.M. US FF2", "UTC +00:00 +00 47045 01:04 P.M. 067089 06"},
    {"2024-02-29 13:04:05", "\"quoted YYYY\" \\\"YYYY\\\" Hh24", "quoted YYYY \"2024\" Hh24"},
    {"2024-02-29 13:04:05", "\"open \\\" YYYY", "open \" YYYY"},
    {"2024-02-29 13:04:05", "TMMonth DDTH FMHH24", "February 29TH 13"},
};
static const Recorded intervals[] = {
    {"-3 days -40:05:06.5", "YYYY-MM-DD HH24:MI:SS.MS", "0000-00--3 -40:-05:-06.-500"},
    {"1 year 2 months 3 days 04:05:06.789", "J IW DDD CC RM Q", "1721459 05 423 00 II   1"},
    {"100 hours", "HH24 HH12", "100 04"},
    {"1 day", "Mon", "!invalid format specification for an interval value"},
    {"1 day", "TZ", "!invalid format specification for an interval value"},
};
static const Recorded decimals[] = {
    {"485", "999", " 485"},
    {"-485", "999PR", "<485>"},
    {"-485", "FM999MI", "485-"},
    {"12", "0000", " 0012"},
    {"0.1", "9.99", "  .10"},
    {"-0.1", "FM90.99", "-0.1"},
    {"0", "FM9.9", "0."},
    {"1234567.891", "9,999,999.99", " 1,234,567.89"},
    {"1234567", "FM9G999", "#,###"},
    {"21", "999TH", "  21ST"},
    {"485", "RN", "        CDLXXXV"},
    {"485", "FMrn", "cdlxxxv"},
    {"4000", "RN", "###############"},
    {"12.5", "99V99", " 1250"},
    {"123.456", "9.99EEEE", " 1.23e+02"},
    {"-12", "S999", " -12"},
    {"-12", "999S", " 12-"},
    {"12", "SG999", "+ 12"},
    {"12", "PL999", "+  12"},
    {"12", "L999", "   12"},
    {"1", "9.9.9", "!multiple decimal points"},
    {"1", "S9S", "!cannot use \"S\" twice"},
    {"1", "9EEEE9", "!\"EEEE\" must be the last pattern used"},
    {"1", "FM9EEEE", "!\"EEEE\" is incompatible with other formats"},
    {"1", "PR9", "!\"9\" must be ahead of \"PR\""},
    {"1", "V9.9", "!cannot use \"V\" and decimal point together"},
    {"1", "9.V9", "!cannot use \"V\" and decimal point together"},
    {"1", "SMI", "!cannot use \"S\" and \"MI\" together"},
    {"12.30", "FM999.990", "12.300"},
    {"12", "\"x\"999", "x  12"},
};
static const Recorded doubles[] = {
    {"148.5", "999", " 148"},
    {"149.5", "999", " 150"},
    {"-0.5", "999", "  -0"},
    {"1e10", "99999999999", " 10000000000"},
    {"123456789.123456789", "999999999.999999999", " 123456789.123457"},
    {"NaN", "9999", "  NaN"},
    {"-Infinity", "9.9", "-#.#"},
    {"0.00045", "9.9EEEE", " 4.5e-04"},
    {"2.5", "0.00", " 2.50"},
};
/* clang-format on */

static Memory memory;
static Arena arena;

static int set_up(void **state) {
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    return 0;
}
static int tear_down(void **state) {
    arena_deinit(&arena);
    memory_deinit(&memory);
    return 0;
}

typedef Status (*Show)(const Recorded *row, Text *text, Error *err);

static void check(const Recorded *rows, size_t count, Show show) {
    for (size_t i = 0; i < count; i++) {
        Text text;
        Error err = {.status = STATUS_OK};
        text_init(&text, &memory);
        if (show(&rows[i], &text, &err) != STATUS_OK) {
            text_reset(&text);
            text_append_format(&text, "!%s", err.message);
        }
        text_append_char(&text, 0);
        assert_false(text.failed);
        assert_string_equal(text.data, rows[i].result);
        text_deinit(&text);
    }
}
#define CHECK(rows, show) check(rows, sizeof(rows) / sizeof((rows)[0]), show)

static Status show_timestamp(const Recorded *row, Text *text, Error *err) {
    TimePattern pattern;
    int64_t value;
    TRY(calendar_parse_timestamp(str_from_c(row->value), NULL, &value, err));
    TRY(time_pattern_compile(&arena, str_from_c(row->pattern), &pattern, err));
    to_char_timestamp(text, &pattern, value, 0, STR("UTC"));
    return STATUS_OK;
}
static void test_timestamps(void **state) {
    CHECK(timestamps, show_timestamp);
}

static Status show_interval(const Recorded *row, Text *text, Error *err) {
    TimePattern pattern;
    Interval value;
    TRY(interval_parse(str_from_c(row->value), INTERVAL_ANY_FIELD, &value, err));
    TRY(time_pattern_compile(&arena, str_from_c(row->pattern), &pattern, err));
    return to_char_interval(text, &pattern, value, err);
}
static void test_intervals(void **state) {
    CHECK(intervals, show_interval);
}

static Status show_decimal(const Recorded *row, Text *text, Error *err) {
    NumberPattern pattern;
    DecimalScaled value;
    assert_int_equal(decimal_parse_natural(str_from_c(row->value), &value), NUMBER_OK);
    TRY(number_pattern_compile(&arena, str_from_c(row->pattern), &pattern, err));
    return to_char_decimal(text, &pattern, value, err);
}
static void test_decimals(void **state) {
    CHECK(decimals, show_decimal);
}

static Status show_double(const Recorded *row, Text *text, Error *err) {
    NumberPattern pattern;
    double value;
    assert_int_equal(number_parse_double(str_from_c(row->value), &value), NUMBER_OK);
    TRY(number_pattern_compile(&arena, str_from_c(row->pattern), &pattern, err));
    return to_char_double(text, &pattern, value, err);
}
static void test_doubles(void **state) {
    CHECK(doubles, show_double);
}

/* Any bytes are a pattern; nothing is read or written outside of it. */
static void test_any_pattern(void **state) {
    static const char letters[] = "YMDHSIJQWTZFXCAB9906.,GVSLPRNEmd\"\\ \xc3\xa9\xff";
    uint32_t seed = 3;
    for (int i = 0; i < 5000; i++) {
        char pattern[24];
        size_t size = (seed = seed * 1664525 + 1013904223) >> 28;
        for (size_t k = 0; k < size; k++)
            pattern[k] = letters[((seed = seed * 1664525 + 1013904223) >> 16) % (sizeof(letters) - 1)];
        Text text;
        Error err;
        TimePattern time;
        NumberPattern number;
        text_init(&text, &memory);
        assert_int_equal(time_pattern_compile(&arena, str_from(pattern, size), &time, &err), STATUS_OK);
        to_char_timestamp(&text, &time, (int64_t)seed * 1000003 * (i % 2 == 0 ? 1 : -1), 0, STR("UTC"));
        (void)to_char_interval(&text, &time, (Interval){-(int32_t)(seed >> 8), -3, -INT64_C(7777777777)},
                               &err);
        if (number_pattern_compile(&arena, str_from(pattern, size), &number, &err) == STATUS_OK) {
            (void)to_char_decimal(&text, &number, (DecimalScaled){(Decimal)seed - 99999, (int)(seed % 12)},
                                  &err);
            (void)to_char_double(&text, &number, (double)seed * 1e-5, &err);
            (void)to_char_double(&text, &number, 1e300, &err);
        }
        assert_false(text.failed);
        text_deinit(&text);
        arena_reset(&arena);
    }
}

/* A weekday of ISO 8601 is one further on when it is counted from Sunday: also the largest number there is. */
static void test_largest_weekday(void **state) {
    (void)state;
    TimePattern pattern;
    Error err;
    int32_t day = 0, usual = 0;
    assert_int_equal(time_pattern_compile(&arena, STR("IYYY-IW-ID"), &pattern, &err), STATUS_OK);
    assert_int_equal(from_char_date(STR("2024-09-2147483647"), &pattern, &day, &err), STATUS_OK);
    assert_int_equal(from_char_date(STR("2024-09-7"), &pattern, &usual, &err), STATUS_OK);
    assert_int_equal(day, usual);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timestamps),  cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_decimals),    cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_any_pattern), cmocka_unit_test(test_largest_weekday),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
