/* SPDX-License-Identifier: Apache-2.0
 * The calendar day by day, text forms and arithmetic; expected values are PostgreSQL 15's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/calendar_field.h"
#include "base/calendar_math.h"
#include "base/calendar_parse.h"

static void test_every_day(void **state) {
    (void)state;
    int64_t days = calendar_days_from_civil((CivilDate){1, 1, 1});
    assert_int_equal(days, -719162);
    for (int32_t year = 1; year <= 9999; year++)
        for (int32_t month = 1; month <= 12; month++)
            for (int32_t day = 1; day <= calendar_days_in_month(year, month); day++, days++) {
                CivilDate date = calendar_civil_from_days(days);
                assert_true(date.year == year && date.month == month && date.day == day);
                assert_true(calendar_days_from_civil(date) == days);
            }
    char text[CALENDAR_SIZE_MAX];
    for (int32_t date = CALENDAR_DATE_MIN; date < CALENDAR_DATE_MAX - 9973; date += 9973) {
        int32_t back;
        Error err;
        size_t size = calendar_write_date(text, date);
        assert_int_equal(calendar_parse_date(str_from(text, size), &back, &err), STATUS_OK);
        assert_int_equal(back, date);
    }
}

static void check_timestamp(const char *input, const char *expected) {
    int64_t value;
    Error err = {0};
    char text[CALENDAR_SIZE_MAX + 1];
    if (calendar_parse_timestamp(str_from_c(input), NULL, &value, &err) != STATUS_OK) {
        assert_string_equal(err.message, expected);
        return;
    }
    text[calendar_write_timestamp(text, value)] = '\0';
    assert_string_equal(text, expected);
}

static void test_timestamp_text(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"2026-11-24 10:00:00.123456+02", "2026-11-24 08:00:00.123456"},
        {"2026-11-24T10:00:00Z", "2026-11-24 10:00:00"},
        {"2026-11-24 10:00:00.1234565", "2026-11-24 10:00:00.123456"},
        {"2026-11-24 10:00:00.1234575", "2026-11-24 10:00:00.123458"},
        {"2026-11-24 23:59:60", "2026-11-25 00:00:00"},
        {"2026-11-24 24:00:00", "2026-11-25 00:00:00"},
        {"2026-12-31 23:59:59.9999999", "2027-01-01 00:00:00"},
        {"2026-11-24", "2026-11-24 00:00:00"},
        {"20261124T100000", "2026-11-24 10:00:00"},
        {"Nov 24 2026", "2026-11-24 00:00:00"},
        {"24-Nov-2026 10:00 PM", "2026-11-24 22:00:00"},
        {"11/24/2026", "2026-11-24 00:00:00"},
        {"J2461369", "2026-11-24 00:00:00"},
        {"2026.328", "2026-11-24 00:00:00"},
        {"1999-01-08 04:05:06 -8:00", "1999-01-08 12:05:06"},
        {"Tue Nov 24 10:00:00 2026 UTC", "2026-11-24 10:00:00"},
        {"January 8, 99 BC", "0099-01-08 00:00:00 BC"},
        {"990108", "1999-01-08 00:00:00"},
        {"epoch", "1970-01-01 00:00:00"},
        {"infinity", "infinity"},
        {" -Infinity ", "-infinity"},
        {"4714-11-24 00:00:00 BC", "4714-11-24 00:00:00 BC"},
        {"294246-12-31 23:59:59.999999", "294246-12-31 23:59:59.999999"},
        {"294247-01-01", "timestamp out of range: \"294247-01-01\""},
        {"4714-11-23 BC", "timestamp out of range: \"4714-11-23 BC\""},
        {"2026-13-01", "date/time field value out of range: \"2026-13-01\""},
        {"2026-02-30 00:00:00", "date/time field value out of range: \"2026-02-30 00:00:00\""},
        {"2026-01-01 25:00", "date/time field value out of range: \"2026-01-01 25:00\""},
        {"2026-01-01 10:00+25", "time zone displacement out of range: \"2026-01-01 10:00+25\""},
        {"0000-01-01 00:00:00", "date/time field value out of range: \"0000-01-01 00:00:00\""},
        {"foo", "invalid input syntax for type timestamp: \"foo\""},
        {"", "invalid input syntax for type timestamp: \"\""},
        {"10:00", "invalid input syntax for type timestamp: \"10:00\""},
        {"2026-01-01 10:00 foo", "invalid input syntax for type timestamp: \"2026-01-01 10:00 foo\""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) check_timestamp(rows[i][0], rows[i][1]);
    int64_t value;
    Error err;
    char text[CALENDAR_SIZE_MAX + 1];
    Memory memory;
    Arena arena;
    Zone *zone;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    assert_int_equal(zone_from_offset(&arena, 19800, &zone, &err), STATUS_OK);
    assert_int_equal(calendar_parse_timestamptz(STR("2026-11-24 10:00"), zone, NULL, &value, &err), STATUS_OK);
    arena_deinit(&arena);
    memory_deinit(&memory);
    text[calendar_write_timestamptz(text, value, 0)] = '\0';
    assert_string_equal(text, "2026-11-24 04:30:00+00");
    text[calendar_write_timestamptz(text, value, 19800)] = '\0';
    assert_string_equal(text, "2026-11-24 10:00:00+05:30");
    assert_int_equal(calendar_parse_timestamp(STR("foo"), NULL, &value, &err), STATUS_INVALID_DATETIME);
    assert_int_equal(calendar_parse_timestamp(STR("2026-02-30"), NULL, &value, &err),
                     STATUS_DATETIME_OUT_OF_RANGE);
}

/* Each cut and each changed byte of a timestamp stays inside the text and never gives a wrong "ok" from the
 * fast path. */
static void test_scan_is_careful(void **state) {
    (void)state;
    static const char good[] = "2026-11-24T10:20:30.123456+05:30";
    for (size_t size = 0; size < sizeof(good); size++) {
        char room[sizeof(good)];
        memcpy(room, good, sizeof(good));
        for (size_t at = 0; at < size; at++)
            for (int c = 0; c < 256; c++) {
                room[at] = (char)c;
                int64_t value, again;
                Error err;
                const char *end = calendar_scan_timestamp(room, room + size, &value);
                if (end == room + size && at != 10) { /* 'T' and ' ' only are both right there */
                    bool general =
                        calendar_parse_timestamp(str_from(room, size), NULL, &again, &err) == STATUS_OK;
                    assert_true(general && value == again);
                }
                room[at] = good[at];
            }
    }
    int64_t value;
    assert_null(calendar_scan_timestamp(good, good + 15, &value));
    assert_ptr_equal(calendar_scan_timestamp(good, good + 16, &value), good + 16);
}

static void test_times_and_zones(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"04:05:06.789", "04:05:06.789"},
        {"040506", "04:05:06"},
        {"04:05 AM", "04:05:00"},
        {"04:05:06.789-8", "04:05:06.789"},
        {"allballs", "00:00:00"},
        {"040506.789", "04:05:06.789"},
        {"12:00:00.5 PM", "12:00:00.5"},
        {"24:00:00", "24:00:00"},
        {"12:30 am", "00:30:00"},
        {"2003-04-12 04:05:06", "04:05:06"},
        {"161525+02", "16:15:25"},
        {"102030-08", "10:20:30"},
        {"Nov 24 2026 10:00", NULL},
        {"10:00 2026-11-24", NULL},
        {"2020-02-30", NULL},
        {"13:00 PM", NULL},
        {"10:00:61", NULL},
        {"", NULL},
        {"24:00:01", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t time;
        Error err;
        char text[CALENDAR_SIZE_MAX + 1];
        Status status = calendar_parse_time(str_from_c(rows[i][0]), &time, &err);
        assert_int_equal(status == STATUS_OK, rows[i][1] != NULL);
        if (status != STATUS_OK) continue;
        text[calendar_write_time(text, time)] = '\0';
        assert_string_equal(text, rows[i][1]);
    }
    int32_t offset;
    assert_true(calendar_parse_zone(STR("-05:30"), &offset));
    assert_int_equal(offset, -19800);
    assert_true(calendar_parse_zone(STR("CEST"), &offset));
    assert_int_equal(offset, 7200);
    assert_false(calendar_parse_zone(STR("Europe/Paris"), &offset));
    assert_false(calendar_parse_zone(STR("+99"), &offset));
}

/* SQLSTATEs and values of PostgreSQL 15.18, and below the line where ours differ on purpose or for want of
 * use. */
static void test_like_postgres(void **state) {
    (void)state;
    static const struct {
        const char *type, *text, *expected;
    } rows[] = {
        {"date", "Tue 1933-3-16", "22007"},
        {"date", "10:00 2020-01-01", "22007"},
        {"date", "BC 44-03-15", "22007"},
        {"date", "2020-02-30", "22008"},
        {"date", "2020-01-01 10:00+16", "22009"},
        {"date", "2026-11-24 102030-08", "2026-11-24"},
        {"time", "2020-02-30", "22007"},
        {"time", "2147483648", "22007"},
        {"time", "176055.9", "22008"},
        {"time", "261124", "22008"},
        {"time", "2003-04-12T04:05Z", "22007"},
        {"time", "2003-04-12 04:05", "04:05:00"},
        {"timestamp", "Tue Nov 24 10:00:00 2026", "2026-11-24 10:00:00"},
        {"timestamp", "2026-11-24 102030.5", "2026-11-24 10:20:30.5"},
        {"timestamp", "24:00:00 2026-01-01", "22007"},
        /* PostgreSQL: 1970-01-01, infinity, 22023, 2026-11-24, 2026-11-24 10:00:00 (the zone dropped), 22007
         */
        {"date", "j9epoch", "22007"},
        {"date", "utc infinity", "22007"},
        {"time", "P1Y2M", "22007"},
        {"date", "24-Nov-2026T", "22007"},
        {"timestamp", "2026-11-24 10:00:00+02", "2026-11-24 08:00:00"},
        {"date", "T040506", "2004-05-06"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Str text = str_from_c(rows[i].text);
        Error err;
        char shown[CALENDAR_SIZE_MAX + 1];
        int32_t date;
        int64_t value;
        size_t size = 0;
        Status status;
        if (strcmp(rows[i].type, "date") == 0) {
            status = calendar_parse_date(text, &date, &err);
            if (status == STATUS_OK) size = calendar_write_date(shown, date);
        } else if (strcmp(rows[i].type, "time") == 0) {
            status = calendar_parse_time(text, &value, &err);
            if (status == STATUS_OK) size = calendar_write_time(shown, value);
        } else {
            status = calendar_parse_timestamp(text, NULL, &value, &err);
            if (status == STATUS_OK) size = calendar_write_timestamp(shown, value);
        }
        shown[size] = '\0';
        assert_string_equal(status == STATUS_OK ? shown : status_sqlstate(status), rows[i].expected);
    }
    int64_t value;
    Error err;
    assert_int_equal(calendar_parse_timestamptz(STR("x y"), NULL, NULL, &value, &err), STATUS_INVALID_DATETIME);
    assert_string_equal(err.message, "invalid input syntax for type timestamp with time zone: \"x y\"");
}

static int64_t timestamp_of(const char *text) {
    int64_t value;
    Error err;
    assert_int_equal(calendar_parse_timestamp(str_from_c(text), NULL, &value, &err), STATUS_OK);
    return value;
}

static void test_arithmetic(void **state) {
    (void)state;
    int64_t out;
    Interval interval;
    Error err;
    assert_true(calendar_timestamp_add(timestamp_of("2024-01-31"), (Interval){.months = 1}, &out));
    assert_true(out == timestamp_of("2024-02-29"));
    assert_true(
        calendar_timestamp_add(timestamp_of("2024-02-29"), (Interval){.months = -12, .days = 1}, &out));
    assert_true(out == timestamp_of("2023-03-01"));
    assert_false(calendar_timestamp_add(CALENDAR_TIMESTAMP_MAX, (Interval){.microseconds = 1}, &out));
    assert_false(calendar_timestamp_add(0, (Interval){.months = INT32_MAX}, &out));
    assert_true(calendar_timestamp_add(CALENDAR_TIMESTAMP_INFINITY, (Interval){.days = -1}, &out));
    assert_true(out == CALENDAR_TIMESTAMP_INFINITY);
    assert_true(calendar_age(timestamp_of("2001-04-10"), timestamp_of("1957-06-13"), &interval));
    assert_true(interval.months == 43 * 12 + 9 && interval.days == 27 && interval.microseconds == 0);
    assert_true(calendar_timestamp_subtract(timestamp_of("2026-01-03 01:00"),
                                            timestamp_of("2026-01-01 02:00"), &interval));
    assert_true(interval.days == 1 && interval.microseconds == 23 * CALENDAR_HOUR);
    Interval quarter = {.microseconds = 15 * CALENDAR_MINUTE};
    assert_int_equal(calendar_date_bin(quarter, timestamp_of("2020-02-11 15:44:17"),
                                       timestamp_of("2001-01-01 00:02:30"), &out, &err),
                     STATUS_OK);
    assert_true(out == timestamp_of("2020-02-11 15:32:30"));
    assert_int_equal(
        calendar_date_bin(quarter, timestamp_of("1999-12-31 23:59"), timestamp_of("2001-01-01"), &out, &err),
        STATUS_OK);
    assert_true(out == timestamp_of("1999-12-31 23:45"));
    assert_int_equal(calendar_date_bin((Interval){.months = 1}, 0, 0, &out, &err), STATUS_NOT_SUPPORTED);
    assert_int_equal(calendar_date_bin((Interval){0}, 0, 0, &out, &err), STATUS_DATETIME_OUT_OF_RANGE);
    assert_true(calendar_time_add(23 * CALENDAR_HOUR, (Interval){.microseconds = 2 * CALENDAR_HOUR}) ==
                CALENDAR_HOUR);
    int32_t date;
    assert_false(calendar_make_date((CivilDate){2023, 2, 29}, &date));
    assert_true(calendar_make_date((CivilDate){2024, 2, 29}, &date));
    assert_false(calendar_date_add_days(CALENDAR_DATE_MAX, 1, &date));
}

static void test_fields(void **state) {
    (void)state;
    static const struct {
        const char *timestamp, *field, *expected, *truncated;
    } rows[] = {
        {"2026-11-24 10:20:30.5", "second", "30.500000", "2026-11-24 10:20:30"},
        {"2026-11-24 10:20:30.5", "milliseconds", "30500.000", "2026-11-24 10:20:30.5"},
        {"2026-11-24 10:20:30.5", "quarter", "4", "2026-10-01 00:00:00"},
        {"2026-11-24 10:20:30.5", "week", "48", "2026-11-23 00:00:00"},
        {"2021-01-03 00:00:00", "week", "53", "2020-12-28 00:00:00"},
        {"2000-12-31 00:00:00", "century", "20", "1901-01-01 00:00:00"},
        {"2001-01-01 00:00:00", "millennium", "3", "2001-01-01 00:00:00"},
        {"0044-03-15 00:00:00 BC", "year", "-44", "0044-01-01 00:00:00 BC"},
        {"0044-03-15 00:00:00 BC", "decade", "-5", "0051-01-01 00:00:00 BC"},
        {"1969-12-31 23:59:59.5", "epoch", "-0.500000", NULL},
        {"2021-01-03 00:00:00", "isoyear", "2020", NULL},
        {"2021-01-03 00:00:00", "isodow", "7", NULL},
        {"2021-01-03 12:00:00", "julian", "2459218.50000000000000000000", NULL},
        {"2024-12-31 00:00:00", "doy", "366", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CalendarField field;
        DecimalScaled value;
        Error err;
        int64_t start;
        char text[CALENDAR_SIZE_MAX + 1];
        assert_true(calendar_field_from_name(str_from_c(rows[i].field), &field));
        int64_t timestamp = timestamp_of(rows[i].timestamp);
        assert_int_equal(calendar_extract_timestamp(timestamp, field, &value, &err), STATUS_OK);
        text[decimal_write(text, value.value, value.scale)] = '\0';
        assert_string_equal(text, rows[i].expected);
        Status status = calendar_trunc_timestamp(timestamp, field, &start, &err);
        assert_int_equal(status, rows[i].truncated == NULL ? STATUS_NOT_SUPPORTED : STATUS_OK);
        if (rows[i].truncated == NULL) continue;
        text[calendar_write_timestamp(text, start)] = '\0';
        assert_string_equal(text, rows[i].truncated);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day),       cmocka_unit_test(test_timestamp_text),
        cmocka_unit_test(test_scan_is_careful), cmocka_unit_test(test_times_and_zones),
        cmocka_unit_test(test_arithmetic),      cmocka_unit_test(test_fields),
        cmocka_unit_test(test_like_postgres),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
