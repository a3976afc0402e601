/* SPDX-License-Identifier: Apache-2.0
 * Interval text and arithmetic; expected values are PostgreSQL 15's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/interval.h"

static void check(const char *input, IntervalField field, const char *expected) {
    Interval interval;
    Error err = {0};
    char text[INTERVAL_SIZE_MAX + 1];
    if (interval_parse(str_from_c(input), field, &interval, &err) != STATUS_OK) {
        assert_string_equal(err.message, expected);
        return;
    }
    text[interval_write(text, interval)] = '\0';
    assert_string_equal(text, expected);
}

/* PostgreSQL takes none of these. */
static void test_refused(void **state) {
    (void)state;
    static const char *const rows[] = {"4 ago",   "1 day 5 ago", "7 us 1:02:03", "2.days", "1day-2 hours", "99999 c2 m", "1.5 us 1.5 sec",
                                       "1 hour30", ""};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Interval interval;
        Error err = {0};
        assert_int_equal(interval_parse(str_from_c(rows[i]), INTERVAL_ANY_FIELD, &interval, &err), STATUS_INVALID_DATETIME);
    }
    Interval interval;
    Error err = {0};
    assert_int_equal(interval_parse(STR("2147483648 1:02:03 ago"), INTERVAL_ANY_FIELD, &interval, &err), STATUS_INTERVAL_OVERFLOW);
}

static void test_text(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"1 day 02:03:04", "1 day 02:03:04"},
        {"1 year 2 mons ago", "-1 years -2 mons"},
        {"1 year -2 mons +3 days -04:05:06", "10 mons 3 days -04:05:06"},
        {"@ 3 days", "3 days"},
        {"1-2", "1 year 2 mons"},
        {"-3-4", "-3 years -4 mons"},
        {"P1Y2M3DT4H5M6.7S", "1 year 2 mons 3 days 04:05:06.7"},
        {"P2W", "14 days"},
        {"5", "00:00:05"},
        {"-1.5", "-00:00:01.5"},
        {"1.5 weeks", "10 days 12:00:00"},
        {"0.1 years", "1 mon"},
        {"5 10:00:00", "5 days 10:00:00"},
        {"1 mon -1 day 1 hour", "1 mon -1 days +01:00:00"},
        {"0 days", "00:00:00"},
        {"-0:00:01", "-00:00:01"},
        {"", "invalid input syntax for type interval: \"\""},
        {"P", "invalid input syntax for type interval: \"P\""},
        {"1 foo", "invalid input syntax for type interval: \"1 foo\""},
        {"ago", "invalid input syntax for type interval: \"ago\""},
        {"1 day 2 day", "invalid input syntax for type interval: \"1 day 2 day\""},
        {"99999999999 years", "interval field value out of range: \"99999999999 years\""},
        {"99999999999999999999 s", "interval field value out of range: \"99999999999999999999 s\""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(rows[i][0], INTERVAL_ANY_FIELD, rows[i][1]);
    check("5", INTERVAL_SECOND, "00:00:05");
    check("1", INTERVAL_MINUTE, "00:01:00");
    check("10", INTERVAL_DAY, "10 days");
    check("2", INTERVAL_YEAR, "2 years");
    check("2 10", INTERVAL_DAY_TO_HOUR, "2 days 10:00:00");
    check("1 02:03:04", INTERVAL_DAY_TO_MINUTE, "1 day 02:03:00");
    check("10:20", INTERVAL_MINUTE_TO_SECOND, "00:10:20");
}

static void test_arithmetic(void **state) {
    (void)state;
    Interval out;
    char text[INTERVAL_SIZE_MAX + 1];
    assert_true(interval_multiply((Interval){1, 0, 0}, 0.5, &out));
    assert_true(out.months == 0 && out.days == 15);
    assert_true(interval_divide((Interval){0, 1, 0}, 2, &out));
    assert_true(out.days == 0 && out.microseconds == INT64_C(43200000000));
    assert_false(interval_multiply((Interval){INT32_MAX, 0, 0}, 2, &out));
    assert_false(interval_multiply((Interval){1, 0, 0}, __builtin_nan(""), &out));
    assert_false(interval_add((Interval){.days = INT32_MAX}, (Interval){.days = 1}, &out));
    assert_false(interval_negate((Interval){.microseconds = INT64_MIN}, &out));
    assert_int_equal(interval_compare((Interval){.months = 1}, (Interval){.days = 30}), 0);
    assert_true(interval_compare((Interval){.days = 1}, (Interval){.microseconds = INT64_C(86400000001)}) <
                0);
    assert_true(interval_justify((Interval){1, 0, -INT64_C(3600000000)}, &out));
    text[interval_write(text, out)] = '\0';
    assert_string_equal(text, "29 days 23:00:00");
    text[interval_write(text, (Interval){INT32_MIN, INT32_MIN, INT64_MIN})] = '\0';
    assert_string_equal(text, "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775808");
    assert_true(interval_make(&(IntervalParts){.days = 10, .seconds = 1.5}, &out));
    assert_true(out.days == 10 && out.microseconds == 1500000);
    assert_false(interval_make(&(IntervalParts){.years = INT64_MAX}, &out));
    int64_t length;
    assert_false(interval_to_microseconds((Interval){.months = 1}, &length));
    assert_true(interval_to_microseconds((Interval){.days = 1}, &length));
    assert_true(length == INT64_C(86400000000));
}

/* SQLSTATEs and values of PostgreSQL 15.18. */
static void test_like_postgres(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"2020-02-30", "22007"},
        {"2020-01-01 10:20:30", "22007"},
        {"1.2.2003", "22007"},
        {"1 20", "22007"},
        {"1 30m", "22007"},
        {"102030 1 century ago", "22007"},
        {"1 day20", "22007"},
        {" PT36H", "22007"},
        {"PT36H0", "22007"},
        {"2147483648 days", "22015"},
        {"2000-366", "22015"},
        {"04:05:067", "22015"},
        {"1h30m", "01:30:00"},
        {"1 2:03", "1 day 02:03:00"},
        {"P0001-02-03T04:05:06", "1 year 2 mons 3 days 04:05:06"},
        {"P05", "5 years"},
        {"P11-24", "13 years"},
        /* left out; PostgreSQL: -00:00:05, 10:20:00 */
        {"5 sec ago day", "22007"},
        {"Y10:20", "22007"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Interval interval;
        Error err;
        char text[INTERVAL_SIZE_MAX + 1];
        Status status = interval_parse(str_from_c(rows[i][0]), INTERVAL_ANY_FIELD, &interval, &err);
        size_t size = status == STATUS_OK ? interval_write(text, interval) : 0;
        text[size] = '\0';
        assert_string_equal(status == STATUS_OK ? text : status_sqlstate(status), rows[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_like_postgres), cmocka_unit_test(test_refused), cmocka_unit_test(test_text),
                                       cmocka_unit_test(test_arithmetic)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
