/* SPDX-License-Identifier: Apache-2.0
 * Casts; what is expected is what PostgreSQL 15 answers. */
#include "expr/test_harness.h"

static void check_cast(Type from, const char *value, Type to, const char *expected) {
    Bench b;
    bench_init(&b);
    bench_column_separated(&b, from, value, '|');
    CHECK(&b, cast_to(&b, col(&b, 0), to), expected);
    bench_deinit(&b);
}
static void check(TypeId from, const char *value, TypeId to, const char *expected) {
    check_cast(type_of(from), value, type_of(to), expected);
}

static void test_numbers(void **state) {
    check(TYPE_BIGINT, "2147483647|2147483648|NULL|-2147483649", TYPE_INTEGER,
          "2147483647 !integer out of range NULL !integer out of range");
    check(TYPE_INTEGER, "-32768|32768", TYPE_SMALLINT, "-32768 !smallint out of range");
    check(TYPE_DOUBLE, "0.5|1.5|2.5|-2.5", TYPE_INTEGER, "0 2 2 -2");
    check(TYPE_DOUBLE, "NaN|Infinity|2147483647.4|2147483647.5", TYPE_INTEGER,
          "!integer out of range !integer out of range 2147483647 !integer out of range");
    check(TYPE_DOUBLE, "9.223372036854775e18|9.3e18", TYPE_BIGINT, "9223372036854774784 !bigint out of range");
    check(TYPE_REAL, "32767.4|32767.6", TYPE_SMALLINT, "32767 !smallint out of range");
    check(TYPE_DOUBLE, "1e300|1e-300|0.1|-Infinity", TYPE_REAL,
          "!value out of range: overflow !value out of range: underflow 0.1 -Infinity");
    check(TYPE_BIGINT, "9007199254740993", TYPE_DOUBLE, "9.007199254740992e+15");
    check(TYPE_INTEGER, "0|1|-5|NULL", TYPE_BOOLEAN, "f t t NULL");
    check(TYPE_BOOLEAN, "t|f|NULL", TYPE_INTEGER, "1 0 NULL");
}

static void test_numeric(void **state) {
    check_cast(type_of(TYPE_INTEGER), "12|NULL", type_numeric(10, 2), "12.00 NULL");
    check_cast(type_of(TYPE_INTEGER), "123", type_numeric(4, 2), "!numeric field overflow");
    check_cast(type_of(TYPE_DOUBLE), "0.1|1e20|NaN", type_numeric(12, 3), "0.100 !numeric field overflow !numeric field overflow");
    check_cast(type_numeric(12, 4), "1.2345|-1.2355|99999.9999", type_numeric(7, 3), "1.235 -1.236 !numeric field overflow");
    check_cast(type_numeric(12, 1), "0.5|-0.5|2.5|32767.5", type_of(TYPE_SMALLINT), "1 -1 3 !smallint out of range");
    check_cast(type_numeric(30, 2), "0.10|12345678901234567890.12", type_of(TYPE_DOUBLE), "0.1 1.2345678901234567e+19");
    check_cast(type_of(TYPE_TEXT), "1.005|x|1e3", type_numeric(10, 2),
               "1.01 !invalid input syntax for type numeric: \"x\" 1000.00");
}

static void test_text(void **state) {
    check(TYPE_TEXT, "12| 7 |abc|2147483648||NULL", TYPE_INTEGER,
          "12 7 !invalid input syntax for type integer: \"abc\" "
          "!value \"2147483648\" is out of range for type integer !invalid input syntax for type integer: \"\" NULL");
    check(TYPE_TEXT, "yes|of|o|1", TYPE_BOOLEAN, "t f !invalid input syntax for type boolean: \"o\" t");
    check(TYPE_TEXT, "x", TYPE_UUID, "!invalid input syntax for type uuid: \"x\"");
    check(TYPE_TEXT, "2020-02-30|2020-02-29", TYPE_DATE, "!date/time field value out of range: \"2020-02-30\" 2020-02-29");
    check(TYPE_TEXT, "x", TYPE_TIMESTAMPTZ, "!invalid input syntax for type timestamp with time zone: \"x\"");
    check(TYPE_BOOLEAN, "t|f|NULL", TYPE_TEXT, "true false NULL");
    check(TYPE_DOUBLE, "0.1|1e20|-0", TYPE_TEXT, "0.1 1e+20 -0");
    check(TYPE_BYTEA, "\\x00ff|\\x000102030405060708090a", TYPE_TEXT, "\\x00ff \\x000102030405060708090a");
    check(TYPE_TIMESTAMPTZ, "2020-01-01 00:00:00+02", TYPE_TEXT, "2019-12-31 22:00:00+00");
    Type short_text = type_of(TYPE_VARCHAR);
    short_text.length = 3;
    check_cast(type_of(TYPE_TEXT), "h\xC3\xA9llo|ab|a text that is long|NULL", short_text, "h\xC3\xA9l ab a t NULL");
    check_cast(type_of(TYPE_INTEGER), "12345", short_text, "123");
    short_text.length = 14;
    check_cast(type_of(TYPE_TEXT), "a text that is long", short_text, "a text that is");
}

static void test_times(void **state) {
    check(TYPE_DATE, "2020-01-01|infinity|5874897-12-31", TYPE_TIMESTAMP,
          "2020-01-01 00:00:00 infinity !date out of range for timestamp");
    check(TYPE_TIMESTAMP, "1969-12-31 23:59:59.5|-infinity", TYPE_DATE, "1969-12-31 -infinity");
    check(TYPE_TIMESTAMP, "1969-12-31 23:59:59.5|infinity", TYPE_TIME, "23:59:59.5 NULL");
    check(TYPE_TIME, "24:00:00", TYPE_INTERVAL, "24:00:00");
    check(TYPE_INTERVAL, "P1DT25H|PT-1S", TYPE_TIME, "01:00:00 23:59:59");
    Bench b;
    bench_init(&b);
    bench_set_zone(&b, 3600);
    bench_column_separated(&b, type_of(TYPE_TIMESTAMPTZ), "2020-01-01 23:30:00+00|infinity", '|');
    CHECK(&b, cast_to(&b, col(&b, 0), type_of(TYPE_TIMESTAMP)), "2020-01-02 00:30:00 infinity");
    CHECK(&b, cast_to(&b, col(&b, 0), type_of(TYPE_DATE)), "2020-01-02 infinity");
    CHECK(&b, cast_to(&b, col(&b, 0), type_of(TYPE_TEXT)), "2020-01-02 00:30:00+01 infinity");
    CHECK(&b, cast_to(&b, lit(&b, type_of(TYPE_TEXT), "2020-01-01 00:00"), type_of(TYPE_TIMESTAMPTZ)),
          "2019-12-31 23:00:00+00 2019-12-31 23:00:00+00");
    bench_deinit(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numeric),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
