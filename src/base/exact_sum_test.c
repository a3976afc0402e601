/* SPDX-License-Identifier: Apache-2.0
 * Exact sums: any order, any retraction, pair and wide alike; moments against whole numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/exact_sum.h"

static uint64_t random_next(uint64_t *state) {
    *state += 0x9E3779B97F4A7C15;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

/* A pair that promotes itself, as a group of an aggregate does. */
typedef struct Group {
    ExactSum sum;
    ExactSumWide wide;
} Group;

static ExactSumWide *group_promote(Group *group) {
    if (!exact_sum_is_promoted(&group->sum)) {
        exact_wide_init(&group->wide, &group->sum);
        exact_sum_mark_promoted(&group->sum, 77);
    }
    assert_int_equal(exact_sum_handle(&group->sum), 77);
    return &group->wide;
}

static void group_add(Group *group, double x, int64_t weight) {
    if (!exact_sum_add(&group->sum, x, weight)) exact_wide_add(group_promote(group), x, weight);
}

static void group_add_product(Group *group, double x, double y, int64_t weight) {
    if (!exact_sum_add_product(&group->sum, x, y, weight))
        exact_wide_add_product(group_promote(group), x, y, weight);
}

static double group_value(const Group *group) {
    return exact_sum_is_promoted(&group->sum) ? exact_wide_value(&group->wide) : exact_sum_value(&group->sum);
}

static double random_double(uint64_t *seed, int spread) {
    double mantissa = (double)(int64_t)random_next(seed) * 0x1p-63;
    return ldexp(mantissa, (int)(random_next(seed) % (uint64_t)spread) - spread / 2);
}

static void test_small_rest_survives(void **state) {
    (void)state;
    Group group = {0};
    group_add(&group, 0.1, 1);
    group_add(&group, 1e300, 1);
    group_add(&group, 0.2, 1);
    assert_true(group_value(&group) == 1e300);
    group_add(&group, 1e300, -1);
    assert_true(group_value(&group) == 0.1 + 0.2);
    group_add(&group, 0.1, -1);
    group_add(&group, 0.2, -1);
    assert_true(group_value(&group) == 0);
    Group prices = {0};
    for (int i = 0; i < 100000; i++) group_add(&prices, 1234.56, 1);
    assert_false(exact_sum_is_promoted(&prices.sum));
    assert_true(group_value(&prices) == 123456000.0);
}

static void test_not_finite(void **state) {
    (void)state;
    Group group = {0};
    group_add(&group, 1.5, 1);
    group_add(&group, HUGE_VAL, 1);
    assert_true(group_value(&group) == HUGE_VAL);
    group_add(&group, -HUGE_VAL, 1);
    assert_true(isnan(group_value(&group)));
    group_add(&group, (double)NAN, 1);
    group_add(&group, HUGE_VAL, -1);
    group_add(&group, (double)NAN, -1);
    assert_true(group_value(&group) == -HUGE_VAL);
    group_add(&group, -HUGE_VAL, -1);
    assert_true(group_value(&group) == 1.5);
    Group large = {0};
    group_add(&large, 0x1.fffffffffffffp1023, 1);
    group_add(&large, 0x1.fffffffffffffp1023, 1);
    assert_true(group_value(&large) == HUGE_VAL);
    assert_true(exact_wide_is_finite(&large.wide));
    group_add(&large, 0x1.fffffffffffffp1023, INT64_MAX);
    group_add(&large, 0x1.fffffffffffffp1023, -INT64_MAX);
    group_add(&large, 0x1.fffffffffffffp1023, -1);
    assert_true(group_value(&large) == 0x1.fffffffffffffp1023);
}

/* Every order gives one result, and adding the negation of each value in yet another order gives zero. */
static void test_any_order(void **state) {
    (void)state;
    enum { COUNT = 64 };
    static const int spreads[] = {20, 80, 300, 2000};
    uint64_t seed = 11;
    for (int round = 0; round < 2000; round++) {
        double values[COUNT];
        for (int i = 0; i < COUNT; i++) values[i] = random_double(&seed, spreads[round % 4]);
        double first = 0;
        ExactSumWide wide;
        exact_wide_init(&wide, &(ExactSum){0});
        for (int i = 0; i < COUNT; i++) exact_wide_add(&wide, values[i], 1);
        for (int order = 0; order < 3; order++) {
            for (int i = COUNT - 1; i > 0; i--) {
                int j = (int)(random_next(&seed) % (uint64_t)(i + 1));
                double swap = values[i];
                values[i] = values[j];
                values[j] = swap;
            }
            Group group = {0};
            for (int i = 0; i < COUNT; i++) group_add(&group, values[i], 1);
            if (order == 0) first = group_value(&group);
            assert_true(group_value(&group) == first);
            assert_true(exact_wide_value(&wide) == first);
            for (int i = 0; i < COUNT; i++) group_add(&group, values[COUNT - 1 - i], -1);
            assert_true(group_value(&group) == 0);
        }
        ExactSum pair = exact_wide_pair(&wide);
        assert_true(pair.hi == first);
    }
}

/* Whole multiples of 2^-20 as the reference, with weights and squares. */
static void test_against_integers(void **state) {
    (void)state;
    uint64_t seed = 5;
    for (int round = 0; round < 300; round++) {
        Group sum = {0}, squares = {0};
        __int128 exact = 0, exact_squares = 0;
        for (int i = 0; i < 200; i++) {
            int64_t value = (int64_t)random_next(&seed) >> (24 + random_next(&seed) % 30);
            int64_t weight = (int64_t)(random_next(&seed) % 9) - 4;
            group_add(&sum, (double)value * 0x1p-20, weight);
            group_add_product(&squares, (double)value * 0x1p-20, (double)value * 0x1p-20, weight);
            exact += (__int128)value * weight;
            exact_squares += (__int128)value * value * weight;
        }
        assert_true(group_value(&sum) == (double)exact * 0x1p-20);
        assert_true(group_value(&squares) == (double)exact_squares * 0x1p-40);
        assert_false(exact_sum_is_promoted(&sum.sum));
    }
    Group large = {0};
    group_add(&large, 3, INT64_MAX);
    group_add(&large, 3, INT64_MIN);
    assert_true(group_value(&large) == -3);
    group_add(&large, 5e-324, INT64_MAX);
    group_add(&large, 5e-324, -INT64_MAX);
    assert_true(group_value(&large) == -3);
}

static void test_tiny_products_are_taken_back(void **state) {
    (void)state;
    uint64_t seed = 8;
    Group group = {0};
    double values[200];
    for (int i = 0; i < 200; i++) {
        values[i] = random_double(&seed, 2000);
        group_add_product(&group, values[i], values[i], 1);
    }
    for (int i = 0; i < 200; i++) group_add_product(&group, values[i], values[i], -1);
    assert_true(group_value(&group) == 0);
    group_add_product(&group, 1e200, -1e200, 1);
    assert_true(group_value(&group) == -HUGE_VAL);
    group_add_product(&group, 1e200, -1e200, -1);
    assert_true(group_value(&group) == 0);
}

static void test_merge(void **state) {
    (void)state;
    uint64_t seed = 21;
    Group all = {0};
    ExactSumWide merged;
    exact_wide_init(&merged, &(ExactSum){0});
    for (int part = 0; part < 10; part++) {
        ExactSumWide wide;
        ExactSum pair = {0};
        exact_wide_init(&wide, &pair);
        for (int i = 0; i < 20; i++) {
            double x = random_double(&seed, 600);
            group_add(&all, x, 1);
            exact_wide_add(&wide, x, 1);
        }
        exact_wide_merge(&merged, &wide);
        assert_true(exact_sum_add(&pair, 0.1, 3));
        exact_wide_merge_pair(&merged, &pair);
        group_add(&all, 0.1, 3);
    }
    assert_true(group_value(&all) == exact_wide_value(&merged));
    ExactSum a = {0}, b = {0};
    assert_true(exact_sum_add(&a, 0.1, 1));
    assert_true(exact_sum_add(&b, 1e-17, 1));
    assert_true(exact_sum_merge(&a, &b));
    assert_true(a.hi == 0.1 + 1e-17);
}

static void test_moments(void **state) {
    (void)state;
    static const double bases[] = {0, 1e9, -1e15, 1e-150, 1e150};
    for (size_t k = 0; k < sizeof(bases) / sizeof(bases[0]); k++) {
        Group sum = {0}, squares = {0};
        double step = bases[k] == 0 ? 1 : fabs(bases[k]) * 0x1p-40;
        /* base + 0, 1, 2, .. 9 steps: variance 8.25 steps^2 by n, 9.1666.. by n - 1 */
        for (int i = 0; i < 10; i++) {
            double x = bases[k] + step * i;
            group_add(&sum, x, 1);
            group_add_product(&squares, x, x, 1);
        }
        ExactMoments moments = {10, sum.sum, squares.sum};
        if (exact_sum_is_promoted(&sum.sum)) moments.sum = exact_wide_pair(&sum.wide);
        if (exact_sum_is_promoted(&squares.sum)) moments.sum_squares = exact_wide_pair(&squares.wide);
        double unit = step * step;
        if (bases[k] == 0 || bases[k] == 1e9) {
            assert_true(fabs(exact_variance(&moments, false) / unit - 8.25) < 1e-3);
            assert_true(fabs(exact_variance(&moments, true) / unit - 55.0 / 6) < 1e-3);
        }
        assert_true(exact_variance(&moments, true) >= 0);
        assert_true(exact_stddev(&moments, true) >= 0);
        assert_true(fabs(exact_variance(&moments, false) - 8.25 * unit) <= 1e-12 * moments.sum_squares.hi);
    }
    ExactSum sum = {0}, squares = {0};
    for (int i = 0; i < 7; i++) {
        assert_true(exact_sum_add(&sum, 0.1, 1));
        assert_true(exact_sum_add_square(&squares, 0.1, 1));
    }
    ExactMoments same = {7, sum, squares};
    assert_true(exact_variance(&same, true) < 1e-30);
    assert_true(exact_average(&sum, 7) == 0.1);
    same = (ExactMoments){1, {5, 0}, {25, 0}};
    assert_true(exact_variance(&same, false) == 0);
    same = (ExactMoments){2, {HUGE_VAL, 0}, {HUGE_VAL, 0}};
    assert_true(isnan(exact_variance(&same, false)));
    /* x = 1, 2, 3; y = 2, 4, 9: n * sum(xy) - sum(x) * sum(y) = 3 * 37 - 6 * 15 = 21 */
    ExactSum x = {6, 0}, y = {15, 0}, xy = {37, 0};
    assert_true(exact_central_product(3, &x, &y, &xy) == 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_rest_survives),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_against_integers),
        cmocka_unit_test(test_tiny_products_are_taken_back),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
