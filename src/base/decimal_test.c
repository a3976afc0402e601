/* SPDX-License-Identifier: Apache-2.0
 * NUMERIC against tables from PostgreSQL 15 and against 128-bit arithmetic; Wide against both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "base/decimal.h"

static uint64_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 32 | (*state * 0x9E3779B97F4A7C15) << 32;
}

static DecimalScaled scaled(const char *text) {
    DecimalScaled value;
    assert_int_equal(decimal_parse_natural(str_from_c(text), &value), NUMBER_OK);
    return value;
}

static void assert_decimal(Decimal value, int scale, const char *expected) {
    char out[DECIMAL_SIZE_MAX + 1];
    out[decimal_write(out, value, scale)] = '\0';
    assert_string_equal(out, expected);
}

static void test_text(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int precision, scale;
        NumberResult result;
        const char *expected;
    } rows[] = {
        {"12.50", 10, 2, NUMBER_OK, "12.50"},
        {" +12.505 ", 10, 2, NUMBER_OK, "12.51"},
        {"-12.505", 10, 2, NUMBER_OK, "-12.51"},
        {"1e3", 10, 2, NUMBER_OK, "1000.00"},
        {"1.5e-2", 10, 2, NUMBER_OK, "0.02"},
        {".5", 10, 0, NUMBER_OK, "1"},
        {"-.4", 10, 0, NUMBER_OK, "0"},
        {"0.49999999999999999999999999999999999999999999999999", 10, 0, NUMBER_OK, "0"},
        {"999.995", 5, 2, NUMBER_OUT_OF_RANGE, NULL},
        {"999.994", 5, 2, NUMBER_OK, "999.99"},
        {"99999999999999999999999999999999999999", 38, 0, NUMBER_OK,
         "99999999999999999999999999999999999999"},
        {"100000000000000000000000000000000000000", 38, 0, NUMBER_OUT_OF_RANGE, NULL},
        {"0.00000000000000000000000000000000000001", 38, 38, NUMBER_OK,
         "0.00000000000000000000000000000000000001"},
        {"1e-1000000000", 38, 38, NUMBER_OK, "0.00000000000000000000000000000000000000"},
        {"0e1000000000", 5, 2, NUMBER_OK, "0.00"},
        {"1e1000000000", 38, 0, NUMBER_OUT_OF_RANGE, NULL},
        {"NaN", 38, 0, NUMBER_OUT_OF_RANGE, NULL},
        {"", 38, 0, NUMBER_INVALID, NULL},
        {".", 38, 0, NUMBER_INVALID, NULL},
        {"1e", 38, 0, NUMBER_INVALID, NULL},
        {"1e+", 38, 0, NUMBER_INVALID, NULL},
        {"1.2.3", 38, 0, NUMBER_INVALID, NULL},
        {"12a", 38, 0, NUMBER_INVALID, NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Decimal value = 7;
        assert_int_equal(decimal_parse(str_from_c(rows[i].text), rows[i].precision, rows[i].scale, &value),
                         rows[i].result);
        if (rows[i].result == NUMBER_OK) assert_decimal(value, rows[i].scale, rows[i].expected);
        if (rows[i].result != NUMBER_OK) assert_true(value == 7);
    }
    assert_int_equal(scaled("1.50").scale, 2);
    assert_int_equal(scaled("1e3").scale, 0);
    assert_int_equal(scaled("1.5e-3").scale, 4);
}

static void test_arithmetic_edges(void **state) {
    (void)state;
    Decimal most = decimal_power_of_ten(38) - 1, out = 7;
    assert_false(decimal_add(most, 1, &out));
    assert_false(decimal_subtract(-most, 1, &out));
    assert_false(decimal_add(most, most, &out));
    assert_false(decimal_multiply(most, most, 37, &out));
    assert_true(out == 7);
    assert_true(decimal_multiply(most, most, 38, &out));
    assert_true(out == most - 1);
    assert_true(decimal_multiply(most, most, 76, &out));
    assert_true(out == 1);
    assert_true(decimal_multiply(25, -2, 2, &out));
    assert_true(out == -1);
    assert_int_equal(decimal_divide(1, 0, 0, &out), NUMBER_DIVISION_BY_ZERO);
    assert_int_equal(decimal_divide(1, 3, 20, &out), NUMBER_OK);
    assert_decimal(out, 20, "0.33333333333333333333");
    assert_int_equal(decimal_divide(-2, 3, 20, &out), NUMBER_OK);
    assert_decimal(out, 20, "-0.66666666666666666667");
    assert_int_equal(decimal_divide(most, 1, 1, &out), NUMBER_OUT_OF_RANGE);
    assert_int_equal(decimal_divide(1, most, 76, &out), NUMBER_OUT_OF_RANGE);
    assert_int_equal(decimal_divide(1, most, 75, &out), NUMBER_OK);
    assert_true(out == decimal_power_of_ten(37));
    assert_int_equal(decimal_divide(most, 2, -76, &out), NUMBER_OK);
    assert_true(out == 0);
    assert_int_equal(decimal_modulo(scaled("-7.5"), scaled("2"), &out), NUMBER_OK);
    assert_decimal(out, 1, "-1.5");
    assert_int_equal(decimal_modulo(scaled("99999999999999999999999999999999999999"), scaled("0.0007"), &out),
                     NUMBER_OK);
    assert_decimal(out, 4, "0.0004");
    assert_true(decimal_compare(scaled("1.50"), scaled("1.5")) == 0);
    assert_true(decimal_compare(scaled("-1.51"), scaled("-1.5")) < 0);
    assert_true(decimal_compare(scaled("99999999999999999999999999999999999999"), scaled("0.0000000001")) >
                0);
}

static void test_doubles(void **state) {
    (void)state;
    Decimal out;
    assert_int_equal(decimal_from_double(0.1 + 0.2, 20, &out), NUMBER_OK);
    assert_decimal(out, 20, "0.30000000000000000000");
    assert_int_equal(decimal_from_double(-123456789012345678.0, 0, &out), NUMBER_OK);
    assert_decimal(out, 0, "-123456789012346000");
    assert_int_equal(decimal_from_double(1e38, 0, &out), NUMBER_OUT_OF_RANGE);
    assert_int_equal(decimal_from_double((double)NAN, 0, &out), NUMBER_OUT_OF_RANGE);
    assert_int_equal(decimal_from_double(-HUGE_VAL, 0, &out), NUMBER_OUT_OF_RANGE);
    assert_int_equal(decimal_from_double(5e-324, 38, &out), NUMBER_OK);
    assert_true(out == 0);
    assert_int_equal(decimal_from_float(0.1f, 10, &out), NUMBER_OK);
    assert_decimal(out, 10, "0.1000000000");
    assert_true(decimal_to_double(decimal_power_of_ten(38) - 1, 0) == 1e38);
    assert_true(decimal_to_double(-15, 1) == -1.5);
    assert_true(decimal_to_double(1, 38) == 1e-38);
}

static void test_random_against_int128(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        int64_t a = (int64_t)random_next(&seed) >> (random_next(&seed) % 60);
        int64_t b = (int64_t)random_next(&seed) >> (random_next(&seed) % 60);
        Decimal out;
        assert_true(decimal_multiply(a, b, 0, &out) == decimal_fits((__int128)a * b, 38));
        int drop = (int)(random_next(&seed) % 19);
        __int128 product = (__int128)a * b, unit = decimal_power_of_ten(drop);
        __int128 magnitude = product < 0 ? -product : product, rounded = (magnitude + unit / 2) / unit;
        if (drop > 0 && decimal_multiply(a, b, drop, &out))
            assert_true(out == (product < 0 ? -rounded : rounded));
        if (b == 0) continue;
        assert_int_equal(decimal_divide(a, b, 0, &out), NUMBER_OK);
        __int128 x = a < 0 ? -(__int128)a : a, y = b < 0 ? -(__int128)b : b, quotient = (x + x + y) / (y + y);
        assert_true(out == ((a < 0) != (b < 0) ? -quotient : quotient));
    }
}

static void test_wide(void **state) {
    (void)state;
    Decimal most = decimal_power_of_ten(38) - 1, out;
    Wide wide = {0}, squares = {0};
    for (int i = 0; i < 1000; i++) wide_add(&wide, most);
    assert_false(wide_to_decimal(&wide, &out));
    assert_true(wide_divide(&wide, 1000, 0, &out));
    assert_true(out == most);
    wide_add_weighted(&wide, most, -1000);
    assert_int_equal(wide_sign(&wide), 0);
    wide_add_weighted(&wide, -most, INT64_MAX);
    wide_add_weighted(&wide, -most, INT64_MIN);
    assert_true(wide_to_decimal(&wide, &out));
    assert_true(out == most);
    wide_add_product(&squares, most, -most, INT64_MAX);
    assert_int_equal(wide_sign(&squares), -1);
    wide_negate(&squares);
    wide_add_product(&squares, -most, most, INT64_MAX);
    wide_add(&squares, -5);
    int64_t small;
    assert_true(wide_to_i64(&squares, &small));
    assert_int_equal(small, -5);
    assert_true(wide_to_double(&squares, 1) == -0.5);
    assert_true(wide_divide(&squares, 2, 0, &out));
    assert_true(out == -3);
}

/* PostgreSQL: select var_pop(x), var_samp(x), stddev_samp(x) from (values (1.5), (2.25), (9.75)) t(x) */
static void test_wide_variance(void **state) {
    (void)state;
    WideMoments moments = {.scale = 2};
    static const int values[] = {150, 225, 975};
    for (int i = 0; i < 3; i++) {
        wide_add(&moments.sum, values[i]);
        wide_add_product(&moments.sum_squares, values[i], values[i], 1);
        moments.count++;
    }
    Decimal out;
    assert_true(wide_variance(&moments, false, 16, &out));
    assert_decimal(out, 16, "13.8750000000000000");
    assert_true(wide_variance(&moments, true, 16, &out));
    assert_decimal(out, 16, "20.8125000000000000");
    assert_true(wide_stddev(&moments, true, 16, &out));
    assert_decimal(out, 16, "4.5620718977236648");
    moments = (WideMoments){.count = 5};
    for (int i = 0; i < 5; i++) {
        wide_add(&moments.sum, decimal_power_of_ten(37));
        wide_add_product(&moments.sum_squares, decimal_power_of_ten(37), decimal_power_of_ten(37), 1);
    }
    assert_true(wide_stddev(&moments, true, 10, &out));
    assert_true(out == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),    cmocka_unit_test(test_arithmetic_edges),
        cmocka_unit_test(test_doubles), cmocka_unit_test(test_random_against_int128),
        cmocka_unit_test(test_wide),    cmocka_unit_test(test_wide_variance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
