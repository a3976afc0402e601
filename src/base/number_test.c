/* SPDX-License-Identifier: Apache-2.0
 * Number text: tables taken from PostgreSQL 15, round trips over random bits, ties and limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "base/big.h"
#include "base/number.h"
#include "base/number_powers.h"

static uint64_t random_next(uint64_t *state) {
    *state += 0x9E3779B97F4A7C15;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

static void check_double(const char *input, const char *expected) {
    double value;
    char out[NUMBER_DOUBLE_SIZE_MAX + 1];
    assert_int_equal(number_parse_double(str_from_c(input), &value), NUMBER_OK);
    out[number_write_double(out, value)] = '\0';
    assert_string_equal(out, expected);
}

static void check_float(const char *input, const char *expected) {
    float value;
    char out[NUMBER_FLOAT_SIZE_MAX + 1];
    assert_int_equal(number_parse_float(str_from_c(input), &value), NUMBER_OK);
    out[number_write_float(out, value)] = '\0';
    assert_string_equal(out, expected);
}

static void test_double_text(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"0", "0"},
        {"-0", "-0"},
        {"0.1", "0.1"},
        {" 1.50\t", "1.5"},
        {"+3", "3"},
        {".5", "0.5"},
        {"1.", "1"},
        {"1e20", "1e+20"},
        {"1e15", "1e+15"},
        {"1e14", "100000000000000"},
        {"123456789012345.6", "123456789012345.6"},
        {"1234567890123456", "1.234567890123456e+15"},
        {"0.0001", "0.0001"},
        {"0.00001", "1e-05"},
        {"0.00012345", "0.00012345"},
        {"123456.789", "123456.789"},
        {"1e23", "9.999999999999999e+22"},
        /* an end of its interval: not used */ {"-nan", "NaN"},
        {"9007199254740993", "9.007199254740992e+15"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"2.2250738585072014e-308", "2.2250738585072014e-308"},
        {"5e-324", "5e-324"},
        {"3e-324", "5e-324"},
        {"NaN", "NaN"},
        {"nan", "NaN"},
        {"inf", "Infinity"},
        {"-Infinity", "-Infinity"},
        {"1448383747994183.375", "1.4483837479941835e+15"},
        {"3571805291084732.75", "3.571805291084733e+15"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) check_double(rows[i][0], rows[i][1]);
    check_float("1e6", "1e+06");
    check_float("999999", "999999");
    check_float("1234567", "1.234567e+06");
    check_float("0.1", "0.1");
    check_float("3.4028235e38", "3.4028235e+38");
    check_float("1e-45", "1e-45");
    check_float("16777217", "1.6777216e+07");
    check_float("-inf", "-Infinity");
}

static void test_refusals(void **state) {
    (void)state;
    static const char *const invalid[] = {"",   " ",    "e5", "1e", "1e+", "--1",
                                          "1x", "0x10", ".",  "-",  "1 2", "in"};
    double d = 7;
    float f = 7;
    int64_t i = 7;
    for (size_t k = 0; k < sizeof(invalid) / sizeof(invalid[0]); k++) {
        assert_int_equal(number_parse_double(str_from_c(invalid[k]), &d), NUMBER_INVALID);
        assert_int_equal(number_parse_float(str_from_c(invalid[k]), &f), NUMBER_INVALID);
        assert_int_equal(number_parse_i64(str_from_c(invalid[k]), &i), NUMBER_INVALID);
    }
    assert_int_equal(number_parse_double(STR("1e400"), &d), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_double(STR("-1e-400"), &d), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_double(STR("1e99999999999999999999"), &d), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_float(STR("1e39"), &f), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_float(STR("1e-46"), &f), NUMBER_OUT_OF_RANGE);
    assert_true(d == 7 && f == 7 && i == 7);
    assert_int_equal(number_parse_double(STR("0e999999"), &d), NUMBER_OK);
    Error err = {0};
    number_error(&err, NUMBER_OUT_OF_RANGE, "double precision", STR("1e400"));
    assert_string_equal(err.message, "\"1e400\" is out of range for type double precision");
    number_error(&err, NUMBER_INVALID, "bigint", STR("abc"));
    assert_string_equal(err.message, "invalid input syntax for type bigint: \"abc\"");
    number_error(&err, NUMBER_OUT_OF_RANGE, "integer", STR("3000000000"));
    assert_string_equal(err.message, "value \"3000000000\" is out of range for type integer");
}

static void test_integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {{"0", 0},
                {"-0", 0},
                {" +12 ", 12},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN},
                {"000000000000000000000000000000012345678", 12345678},
                {"1234567812345678123", 1234567812345678123}};
    int64_t i64;
    int32_t i32;
    int16_t i16;
    uint64_t u64;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(number_parse_i64(str_from_c(rows[i].text), &i64), NUMBER_OK);
        assert_true(i64 == rows[i].value);
    }
    assert_int_equal(number_parse_i64(STR("9223372036854775808"), &i64), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_i64(STR("-9223372036854775809"), &i64), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_i64(STR("99999999999999999999999999"), &i64), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_i32(STR("2147483648"), &i32), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_i32(STR("-2147483648"), &i32), NUMBER_OK);
    assert_int_equal(number_parse_i16(STR("32768"), &i16), NUMBER_OUT_OF_RANGE);
    assert_int_equal(number_parse_i16(STR("-32768"), &i16), NUMBER_OK);
    assert_int_equal(number_parse_u64(STR("18446744073709551615"), &u64), NUMBER_OK);
    assert_true(u64 == UINT64_MAX);
    assert_int_equal(number_parse_u64(STR("-1"), &u64), NUMBER_OUT_OF_RANGE);
    uint64_t seed = 3;
    for (int i = 0; i < 100000; i++) {
        char out[NUMBER_I64_SIZE_MAX], expected[32];
        int64_t value = (int64_t)random_next(&seed) >> (random_next(&seed) % 64);
        size_t size = number_write_i64(out, value);
        assert_int_equal(size, text_format(expected, sizeof(expected), "%lld", (long long)value));
        assert_memory_equal(out, expected, size);
        assert_int_equal(number_parse_i64(str_from(out, size), &i64), NUMBER_OK);
        assert_true(i64 == value);
        assert_ptr_equal(number_scan_i64(out, out + size, &i64), out + size);
        assert_true(i64 == value);
    }
}

static void test_scan_grammar(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int taken; /* -1: not a number */
        double value;
    } rows[] = {{"1.5,", 3, 1.5},
                {"-0", 2, -0.0},
                {"01", -1, 0},
                {"1.", -1, 0},
                {".5", -1, 0},
                {"1e5}", 3, 1e5},
                {"1e", -1, 0},
                {"1e+", -1, 0},
                {"-", -1, 0},
                {"", -1, 0},
                {"1E-2 ", 4, 0.01},
                {"+1", -1, 0},
                {"12abc", 2, 12},
                {"1e400", 5, HUGE_VAL},
                {"1e-400", 6, 0},
                {"0.000001", 8, 1e-6},
                {"12345678901234567890123", 23, 12345678901234567890123.0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *at = rows[i].text, *end = at + strlen(at);
        double value;
        const char *after = number_scan_double(at, end, &value);
        if (rows[i].taken < 0) {
            assert_null(after);
        } else {
            assert_int_equal(after - at, rows[i].taken);
            assert_true(value == rows[i].value);
        }
    }
    int64_t integer;
    const char *text = "-12.5";
    assert_ptr_equal(number_scan_i64(text, text + 5, &integer), text + 3);
    assert_int_equal(integer, -12);
    text = "007";
    assert_null(number_scan_i64(text, text + 3, &integer));
    text = "9223372036854775808";
    assert_null(number_scan_i64(text, text + 19, &integer));
}

/* Every double must come back from its own text; so must its neighbours' midpoint, to the even one. */
static void test_round_trips(void **state) {
    (void)state;
    uint64_t seed = 42;
    for (int i = 0; i < 1000000; i++) {
        uint64_t bits = random_next(&seed);
        if (i % 4 == 0) bits = (bits & 0x800FFFFFFFFFFFFF) | (1023 - 40 + bits % 97) << 52;
        double value, back;
        memcpy(&value, &bits, sizeof(value));
        if (value - value != 0) continue;
        char out[NUMBER_DOUBLE_SIZE_MAX];
        size_t size = number_write_double(out, value);
        assert_true(size <= 24);
        assert_int_equal(number_parse_double(str_from(out, size), &back), NUMBER_OK);
        assert_memory_equal(&value, &back, sizeof(value));
    }
    for (uint64_t i = 0; i < 300000; i++) {
        uint32_t bits = (uint32_t)random_next(&seed);
        float value, back;
        memcpy(&value, &bits, sizeof(value));
        if (value - value != 0) continue;
        char out[NUMBER_FLOAT_SIZE_MAX];
        size_t size = number_write_float(out, value);
        assert_true(size <= 15);
        assert_int_equal(number_parse_float(str_from(out, size), &back), NUMBER_OK);
        assert_memory_equal(&value, &back, sizeof(value));
    }
}

/* The exact decimal expansion of a midpoint, with and without something after it. */
static void test_long_ties(void **state) {
    (void)state;
    static const char midpoint[] = "1.00000000000000011102230246251565404236316680908203125"; /* 1 + 2^-53 */
    char text[1200];
    size_t size = sizeof(midpoint) - 1;
    memcpy(text, midpoint, size);
    double value;
    assert_int_equal(number_parse_double(str_from(text, size), &value), NUMBER_OK);
    assert_true(value == 1);
    memset(text + size, '0', sizeof(text) - size);
    assert_int_equal(number_parse_double(str_from(text, sizeof(text)), &value), NUMBER_OK);
    assert_true(value == 1);
    text[sizeof(text) - 1] = '1';
    assert_int_equal(number_parse_double(str_from(text, sizeof(text)), &value), NUMBER_OK);
    assert_true(value == 1 + 0x1p-52);
    assert_int_equal(
        number_parse_double(STR("0.000000000000000000000000000000000000000100000000000000011102230246251"
                                "565404236316680908203125e40"),
                            &value),
        NUMBER_OK);
    assert_true(value == 1);
}

static void test_fifteen_digits(void **state) {
    (void)state;
    static const struct {
        double value;
        int significant;
        uint64_t digits;
        int32_t exponent;
    } rows[] = {{0.1, 15, 1, -1},
                {123456789012345678.0, 15, 123456789012346, 3},
                {0.1 + 0.2, 15, 3, -1},
                {0.1 + 0.2, 17, 30000000000000004, -17},
                {5e-324, 15, 494065645841247, -338},
                {9.999999999999999e22, 15, 1, 23},
                {2.5, 1, 2, 0},
                {3.5, 1, 4, 0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t digits;
        int32_t exponent;
        number_round_double(rows[i].value, rows[i].significant, &digits, &exponent);
        assert_true(digits == rows[i].digits);
        assert_int_equal(exponent, rows[i].exponent);
    }
}

/* high:low * 2^e <= 10^k < (high:low + 1) * 2^e */
static void test_power_table(void **state) {
    (void)state;
    for (int k = NUMBER_POWER_MIN; k <= NUMBER_POWER_MAX; k++) {
        const uint64_t *row = number_powers[k - NUMBER_POWER_MIN];
        unsigned __int128 mantissa = (unsigned __int128)row[0] << 64 | row[1];
        Big low, high, power;
        big_set(&low, mantissa);
        big_set(&high, mantissa);
        Big one;
        big_set(&one, 1);
        big_add(&high, &one);
        big_set(&power, 1);
        int e = (int)(k * (int64_t)1741647 >> 19) - 127;
        if (k >= 0) big_multiply_power_of_ten(&power, (unsigned)k);
        if (k < 0)
            big_multiply_power_of_ten(&low, (unsigned)-k), big_multiply_power_of_ten(&high, (unsigned)-k);
        if (e >= 0) big_shift_left(&low, (unsigned)e), big_shift_left(&high, (unsigned)e);
        if (e < 0) big_shift_left(&power, (unsigned)-e);
        assert_true(row[0] >> 63);
        assert_true(big_compare(&low, &power) <= 0);
        assert_true(big_compare(&power, &high) < 0);
        if (k >= 0 && k <= NUMBER_POWER_EXACT_MAX) assert_int_equal(big_compare(&low, &power), 0);
    }
}

static void test_big_division(void **state) {
    (void)state;
    uint64_t seed = 9;
    for (int i = 0; i < 20000; i++) {
        Big quotient, divisor, rest, product, again;
        uint64_t limbs[12];
        for (int j = 0; j < 12; j++) limbs[j] = random_next(&seed) >> (random_next(&seed) % 3 == 0 ? 63 : 0);
        if (i % 5 == 0) limbs[3] = UINT64_MAX, limbs[2] = 0;
        big_set_limbs(&divisor, limbs, 1 + random_next(&seed) % 5);
        if (big_is_zero(&divisor)) continue;
        big_set_limbs(&quotient, limbs + 5, 1 + random_next(&seed) % 6);
        big_set(&rest, random_next(&seed) % 1000);
        if (big_compare(&rest, &divisor) >= 0) rest.count = 0;
        big_multiply(&quotient, &divisor, &product);
        big_add(&product, &rest);
        big_divide(&product, &divisor, &again);
        assert_int_equal(big_compare(&again, &quotient), 0);
        assert_int_equal(big_compare(&product, &rest), 0);
        Big root, square;
        bool exact = big_square_root(&quotient, &root);
        big_multiply(&root, &root, &square);
        assert_true(big_compare(&square, &quotient) <= 0);
        assert_true((big_compare(&square, &quotient) == 0) == exact);
        Big one;
        big_set(&one, 1);
        big_add(&root, &one);
        big_multiply(&root, &root, &square);
        assert_true(big_compare(&square, &quotient) > 0);
    }
}

static void test_gcd(void **state) {
    (void)state;
    assert_true(number_gcd(0, 0) == 0);
    assert_true(number_gcd(0, 7) == 7 && number_gcd(7, 0) == 7);
    assert_true(number_gcd(12, 18) == 6 && number_gcd(18, 12) == 6);
    assert_true(number_gcd(17, 4) == 1);
    assert_true(number_gcd(UINT64_MAX, UINT64_MAX) == UINT64_MAX);
    assert_true(number_gcd(UINT64_C(1) << 63, UINT64_C(3) << 40) == UINT64_C(1) << 40);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_double_text),    cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_integers),       cmocka_unit_test(test_scan_grammar),
        cmocka_unit_test(test_round_trips),    cmocka_unit_test(test_long_ties),
        cmocka_unit_test(test_fifteen_digits), cmocka_unit_test(test_power_table),
        cmocka_unit_test(test_big_division),
        cmocka_unit_test(test_gcd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
