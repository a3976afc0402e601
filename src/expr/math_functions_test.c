/* SPDX-License-Identifier: Apache-2.0
 * Edges of arithmetic and mathematics; what is expected is what PostgreSQL 15 answers. */
#include "expr/test_harness.h"

#define INT    type_of(TYPE_INTEGER)
#define BIG    type_of(TYPE_BIGINT)
#define DOUBLE type_of(TYPE_DOUBLE)

/* name(a) of one value. */
static void check_unary(const char *name, Type type, const char *value, const char *expected) {
    Bench b;
    bench_init(&b);
    bench_column(&b, type, value);
    CHECK(&b, call1(&b, name, col(&b, 0)), expected);
    bench_deinit(&b);
}

/* name(a, b) in the three forms: two columns, a constant on either side. */
static void check_binary(const char *name, Type type_a, const char *a, Type type_b, const char *b_value,
                         const char *expected) {
    Bench b;
    bench_init(&b);
    bench_column(&b, type_a, a);
    bench_column(&b, type_b, b_value);
    CHECK(&b, call2(&b, name, col(&b, 0), col(&b, 1)), expected);
    CHECK(&b, call2(&b, name, col(&b, 0), lit(&b, type_b, b_value)), expected);
    CHECK(&b, call2(&b, name, lit(&b, type_a, a), col(&b, 1)), expected);
    CHECK(&b, call2(&b, name, lit(&b, type_a, a), lit(&b, type_b, b_value)), expected);
    bench_deinit(&b);
}

static void test_integers(void **state) {
    Type small = type_of(TYPE_SMALLINT);
    check_binary("+", small, "32767", small, "1", "!smallint out of range");
    check_binary("*", small, "256", small, "128", "!smallint out of range");
    check_binary("*", small, "-256", small, "128", "-32768");
    check_binary("/", small, "-32768", small, "-1", "!smallint out of range");
    check_binary("%", small, "-32768", small, "-1", "0");
    check_binary("-", INT, "-2147483648", INT, "1", "!integer out of range");
    check_binary("*", BIG, "3037000500", BIG, "3037000500", "!bigint out of range");
    check_binary("*", BIG, "-4611686018427387904", BIG, "2", "-9223372036854775808");
    check_binary("/", INT, "-7", INT, "2", "-3");
    check_binary("%", INT, "-7", INT, "2", "-1");
    check_binary("mod", INT, "7", INT, "0", "!division by zero");
    check_unary("-", INT, "-2147483648", "!integer out of range");
    check_unary("@", BIG, "-9223372036854775808", "!bigint out of range");
    check_binary("gcd", INT, "-2147483648", INT, "0", "!integer out of range");
    check_binary("gcd", INT, "330", INT, "-462", "66");
    check_binary("lcm", BIG, "9223372036854775807", BIG, "2", "!bigint out of range");
    check_binary("lcm", INT, "-4", INT, "6", "12");
    check_binary("<<", INT, "1", INT, "31", "-2147483648");
    check_binary("<<", INT, "1", INT, "33", "2");
    check_binary(">>", BIG, "-8", INT, "1", "-4");
    check_binary("#", BIG, "6", BIG, "3", "5");
    check_unary("~", INT, "5", "-6");
    check_unary("factorial", BIG, "20", "2432902008176640000");
    check_unary("factorial", BIG, "-1", "!factorial of a negative number is undefined");
}

static void test_floats(void **state) {
    check_binary("+", DOUBLE, "1e308", DOUBLE, "1e308", "!value out of range: overflow");
    check_binary("+", DOUBLE, "Infinity", DOUBLE, "1", "Infinity");
    check_binary("*", DOUBLE, "1e-200", DOUBLE, "1e-200", "!value out of range: underflow");
    check_binary("*", DOUBLE, "0", DOUBLE, "1e-200", "0");
    check_binary("/", DOUBLE, "1", DOUBLE, "0", "!division by zero");
    check_binary("/", DOUBLE, "NaN", DOUBLE, "0", "NaN");
    check_binary("/", DOUBLE, "1", DOUBLE, "Infinity", "0");
    check_binary("^", DOUBLE, "0", DOUBLE, "-1", "!zero raised to a negative power is undefined");
    check_binary("^", DOUBLE, "-8", DOUBLE, "0.5",
                 "!a negative number raised to a non-integer power yields a complex result");
    check_binary("power", DOUBLE, "10", DOUBLE, "400", "!value out of range: overflow");
    check_binary("power", DOUBLE, "NaN", DOUBLE, "0", "1");
    check_unary("round", DOUBLE, "2.5", "2");
    check_unary("round", DOUBLE, "-3.5", "-4");
    check_unary("sqrt", DOUBLE, "-1", "!cannot take square root of a negative number");
    check_unary("ln", DOUBLE, "0", "!cannot take logarithm of zero");
    check_unary("ln", DOUBLE, "-1", "!cannot take logarithm of a negative number");
    check_unary("exp", DOUBLE, "1000", "!value out of range: overflow");
    check_unary("exp", DOUBLE, "-1000", "!value out of range: underflow");
    check_unary("exp", DOUBLE, "-Infinity", "0");
    check_unary("sin", DOUBLE, "Infinity", "!input is out of range");
    check_unary("acos", DOUBLE, "2", "!input is out of range");
    check_unary("cbrt", DOUBLE, "8", "2");
    check_unary("sign", DOUBLE, "-0.1", "-1");
}

static void test_comparisons(void **state) {
    check_binary("=", DOUBLE, "NaN", DOUBLE, "NaN", "t");
    check_binary(">", DOUBLE, "NaN", DOUBLE, "Infinity", "t");
    check_binary("<=", DOUBLE, "1", DOUBLE, "NaN", "t");
    check_binary("<", DOUBLE, "NaN", DOUBLE, "NaN", "f");
    check_binary("=", DOUBLE, "-0", DOUBLE, "0", "t");
    check_binary("<", type_of(TYPE_BOOLEAN), "f", type_of(TYPE_BOOLEAN), "t", "t");
    check_binary(">=", type_of(TYPE_BOOLEAN), "f", type_of(TYPE_BOOLEAN), "t", "f");
    check_binary("=", type_of(TYPE_INTERVAL), "P1M", type_of(TYPE_INTERVAL), "P30D", "t");
    check_binary("<", type_of(TYPE_TEXT), "abcdefghijklmnop", type_of(TYPE_TEXT), "abcdefghijklmnoq", "t");
    check_binary("<", type_of(TYPE_TEXT), "abc", type_of(TYPE_TEXT), "abcd", "t");
    check_binary("=", type_numeric(10, 2), "1.50", type_numeric(10, 1), "1.5", "t");
    check_binary("<", type_numeric(10, 2), "-1.51", type_numeric(10, 1), "-1.5", "t");
    check_binary("=", type_of(TYPE_UUID), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", type_of(TYPE_UUID),
                 "a0eebc999c0b4ef8bb6d6bb9bd380a11", "t");
}

static void test_numeric(void **state) {
    Type price = type_numeric(10, 2), whole = type_numeric(38, 0);
    check_binary("+", price, "1.10", type_numeric(5, 4), "2.2255", "3.3255");
    check_binary("*", price, "1.10", price, "-1.15", "-1.2650");
    check_binary("/", price, "1.00", price, "3.00", "0.3333333333333333");
    check_binary("/", price, "2.00", price, "-3.00", "-0.6666666666666667");
    check_binary("/", price, "1", price, "0", "!division by zero");
    check_binary("%", price, "-7.50", price, "2", "-1.50");
    check_binary("div", price, "-7.50", price, "2", "-3");
    check_binary("+", whole, "99999999999999999999999999999999999999", whole, "1", "!numeric field overflow");
    check_unary("round", price, "2.50", "3");
    check_unary("round", price, "-2.50", "-3");
    check_unary("ceil", price, "-2.50", "-2");
    check_unary("floor", price, "-2.50", "-3");
    check_unary("trunc", price, "-2.99", "-2");
    check_unary("sqrt", price, "2", "1.4142135623730950");
    check_unary("ln", price, "0", "!cannot take logarithm of zero");
    check_binary("power", price, "2", price, "10", "1024.0000000000000000");
    Bench b;
    bench_init(&b);
    bench_column(&b, price, "1234.56 NULL -0.05");
    CHECK(&b, call2(&b, "round", col(&b, 0), lit_i32(&b, "1")), "1234.6 NULL -0.1");
    CHECK(&b, call2(&b, "round", col(&b, 0), lit_i32(&b, "-2")), "1200 NULL 0");
    CHECK(&b, call2(&b, "trunc", col(&b, 0), lit_i32(&b, "1")), "1234.5 NULL 0.0");
    bench_deinit(&b);
}

static void test_width_bucket(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, DOUBLE, "5.35 -1 10.06 100");
    const Expr *arguments[] = {col(&b, 0), lit(&b, DOUBLE, "0.024"), lit(&b, DOUBLE, "10.06"), lit_i32(&b, "5")};
    CHECK(&b, call_n(&b, "width_bucket", arguments, 4), "3 0 6 6");
    /* the quotient rounds to 1, and yet the value lies before the far bound */
    const Expr *wide[] = {col(&b, 0), lit(&b, DOUBLE, "1e300"), lit(&b, DOUBLE, "0"), lit_i32(&b, "7")};
    CHECK(&b, call_n(&b, "width_bucket", wide, 4), "7 8 7 7");
    /* count * (x - low) is no double, the bucket is one all the same */
    const Expr *large[] = {lit(&b, DOUBLE, "1e308"), lit(&b, DOUBLE, "0"), lit(&b, DOUBLE, "1.5e308"), lit_i32(&b, "10")};
    CHECK(&b, call_n(&b, "width_bucket", large, 4), "7 7 7 7");
    arguments[3] = lit_i32(&b, "0");
    CHECK(&b, call_n(&b, "width_bucket", arguments, 4),
          "!count must be greater than zero !count must be greater than zero !count must be greater than zero "
          "!count must be greater than zero");
    bench_deinit(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers), cmocka_unit_test(test_floats),       cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_numeric),  cmocka_unit_test(test_width_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
