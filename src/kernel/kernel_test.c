/* SPDX-License-Identifier: Apache-2.0
 * Every kernel of every level against the plain one, and the plain one against arithmetic done row by row in
 * 128 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <time.h>

#include <cmocka.h>

#include "base/text.h"
#include "kernel/table.h"

enum { ROW_COUNT_MAX = 4096, VALUE_SIZE_MAX = 16, ROUND_COUNT = 40 };

typedef struct Data {
    _Alignas(64) char a[ROW_COUNT_MAX * VALUE_SIZE_MAX + 64];
    _Alignas(64) char b[ROW_COUNT_MAX * VALUE_SIZE_MAX + 64];
    _Alignas(64) char out[2][ROW_COUNT_MAX * VALUE_SIZE_MAX + 64];
    uint64_t seed;
} Data;

static Data data = {.seed = 88172645463325252ULL};

static uint64_t next_random(void) {
    data.seed ^= data.seed << 13;
    data.seed ^= data.seed >> 7;
    return data.seed ^= data.seed << 17;
}

static const size_t lane_width[LANE_COUNT] = {2, 4, 8, 4, 8};

static double random_float(void) {
    static const double edges[] = {
        0.0, -0.0, 1.0,   -1.0,   (double)NAN, (double)INFINITY, -(double)INFINITY, 0x1p63, -0x1p63, 0x1p31,
        2.5, -0.5, 1e308, 1e-308, 1e38};
    uint64_t random = next_random();
    if (random % 8 == 0) return edges[(random >> 8) % (sizeof(edges) / sizeof(edges[0]))];
    return (double)(int64_t)next_random() / (random % 16 == 1 ? 1e3 : 1e17);
}

/* Small, large and extreme values alike. */
static int64_t random_integer(size_t width) {
    uint64_t random = next_random();
    int64_t value = (int64_t)next_random() >> (random % 64);
    int64_t least = width == 2 ? INT16_MIN : width == 4 ? INT32_MIN : INT64_MIN;
    if (random % 31 == 0) value = least;
    if (random % 31 == 1) value = -(least + 1);
    if (random % 31 == 2) value = 0;
    if (random % 31 == 3) value = -1;
    return value;
}

static void fill(char *values, KernelLane lane, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (lane == LANE_F32)
            ((float *)(void *)values)[i] = (float)random_float();
        else if (lane == LANE_F64)
            ((double *)(void *)values)[i] = random_float();
        else {
            int64_t value = random_integer(lane_width[lane]);
            memcpy(values + i * lane_width[lane], &value, lane_width[lane]);
        }
    }
}

static size_t random_count(void) {
    return next_random() % 3 == 0 ? next_random() % 70 : next_random() % (ROW_COUNT_MAX + 1);
}

static int64_t integer_at(const char *values, KernelLane lane, size_t i) {
    if (lane == LANE_I16) return ((const int16_t *)(const void *)values)[i];
    if (lane == LANE_I32) return ((const int32_t *)(const void *)values)[i];
    return ((const int64_t *)(const void *)values)[i];
}

/* One row in 128 bits; false when it fails. */
static bool row_result(KernelArithmetic operation, int64_t x, int64_t y, KernelLane lane, int64_t *out) {
    __int128 result = 0;
    if ((operation == KERNEL_DIVIDE || operation == KERNEL_MODULO) && y == 0) return false;
    switch (operation) {
        case KERNEL_ADD: result = (__int128)x + y; break;
        case KERNEL_SUBTRACT: result = (__int128)x - y; break;
        case KERNEL_MULTIPLY: result = (__int128)x * y; break;
        case KERNEL_DIVIDE: result = (__int128)x / y; break;
        case KERNEL_MODULO: result = (__int128)x % y; break;
        case KERNEL_ARITHMETIC_COUNT: break;
    }
    int bits = (int)(8 * lane_width[lane]);
    *out = (int64_t)result;
    return result >= -((__int128)1 << (bits - 1)) && result < (__int128)1 << (bits - 1);
}

static void check_integers(KernelArithmetic operation, KernelForm form, KernelLane lane, size_t count,
                           bool flagged) {
    bool failed = false;
    for (size_t i = 0; i < count; i++) {
        int64_t x = integer_at(data.a, lane, form == KERNEL_CONSTANT_ARRAY ? 0 : i);
        int64_t y = integer_at(data.b, lane, form == KERNEL_ARRAY_CONSTANT ? 0 : i), expected = 0;
        if (!row_result(operation, x, y, lane, &expected)) {
            failed = true;
            continue;
        }
        assert_int_equal(integer_at(data.out[0], lane, i), expected);
    }
    assert_true(!failed || flagged);
}

static void check_arithmetic(const KernelTable *kernels, KernelArithmetic operation, KernelForm form,
                             KernelLane lane) {
    const KernelTable *plain = kernel_table(KERNEL_PLAIN);
    if (plain->arithmetic[operation][form][lane] == NULL) return;
    size_t count = random_count();
    fill(data.a, lane, ROW_COUNT_MAX);
    fill(data.b, lane, ROW_COUNT_MAX);
    bool flagged = kernels->arithmetic[operation][form][lane](data.a, data.b, count, data.out[0]);
    if (lane <= LANE_I64) {
        check_integers(operation, form, lane, count, flagged);
        return;
    }
    assert_int_equal(flagged, plain->arithmetic[operation][form][lane](data.a, data.b, count, data.out[1]));
    for (size_t i = 0; i < count; i++) { /* NaNs may differ in their bits */
        double x =
            lane == LANE_F32 ? (double)((float *)(void *)data.out[0])[i] : ((double *)(void *)data.out[0])[i];
        double y =
            lane == LANE_F32 ? (double)((float *)(void *)data.out[1])[i] : ((double *)(void *)data.out[1])[i];
        assert_true((x != x && y != y) || memcmp(&x, &y, sizeof(x)) == 0);
    }
}

static void for_each_level(void (*check)(const KernelTable *)) {
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
        const KernelTable *kernels = kernel_table((KernelLevel)level);
        for (int round = 0; round < ROUND_COUNT; round++) check(kernels);
    }
}

static void arithmetic_round(const KernelTable *kernels) {
    for (int operation = 0; operation < KERNEL_ARITHMETIC_COUNT; operation++)
        for (int form = 0; form < KERNEL_FORM_COUNT; form++)
            for (int lane = 0; lane < LANE_COUNT; lane++)
                check_arithmetic(kernels, (KernelArithmetic)operation, (KernelForm)form, (KernelLane)lane);
}
static void test_arithmetic(void **state) {
    for_each_level(arithmetic_round);
}

/* NaN is the greatest, as in PostgreSQL. */
static int order_at(KernelOrder order, size_t i, size_t j) {
    if (order == ORDER_F32 || order == ORDER_F64) {
        double x = order == ORDER_F32 ? (double)((float *)(void *)data.a)[i] : ((double *)(void *)data.a)[i];
        double y = order == ORDER_F32 ? (double)((float *)(void *)data.b)[j] : ((double *)(void *)data.b)[j];
        if (x != x || y != y) return (x != x) - (y != y);
        return (x > y) - (x < y);
    }
    if (order == ORDER_I128) {
        __int128 x = ((__int128 *)(void *)data.a)[i], y = ((__int128 *)(void *)data.b)[j];
        return (x > y) - (x < y);
    }
    if (order == ORDER_BYTES16) return memcmp(data.a + 16 * i, data.b + 16 * j, 16);
    if (order == ORDER_INTERVAL) {
        Interval x = ((Interval *)(void *)data.a)[i], y = ((Interval *)(void *)data.b)[j];
        return interval_compare(x, y);
    }
    int64_t x = integer_at(data.a, (KernelLane)order, i), y = integer_at(data.b, (KernelLane)order, j);
    return (x > y) - (x < y);
}

static bool satisfies(int order, KernelCompare compare) {
    bool answers[KERNEL_COMPARE_COUNT] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};
    return answers[compare];
}

static void compare_round(const KernelTable *kernels) {
    uint64_t *bits = (uint64_t *)(void *)data.out[0];
    for (int order = 0; order < ORDER_COUNT; order++) {
        fill(data.a, order < LANE_COUNT ? (KernelLane)order : LANE_I64, 2 * ROW_COUNT_MAX);
        fill(data.b, order < LANE_COUNT ? (KernelLane)order : LANE_I64, 2 * ROW_COUNT_MAX);
        for (int i = 0; i < ROW_COUNT_MAX / 4; i++) /* a quarter is the same on both sides */
            memcpy(data.b + 64 * i, data.a + 64 * i, 16);
        for (int compare = 0; compare < KERNEL_COMPARE_COUNT; compare++) {
            for (int form = 0; form < 2; form++) {
                size_t count = random_count();
                kernels->compare[compare][form][order](data.a, data.b, count, bits);
                for (size_t i = 0; i < count; i++) {
                    int expected = order_at((KernelOrder)order, i, form == KERNEL_ARRAY_CONSTANT ? 0 : i);
                    assert_int_equal(bits_get(bits, i), satisfies(expected, (KernelCompare)compare));
                }
                if (count % 64 != 0) assert_int_equal(bits[count / 64] & ~bits_tail_mask(count), 0);
            }
        }
    }
}
static void test_compare(void **state) {
    for_each_level(compare_round);
}

static void views_round(const KernelTable *kernels) {
    static char bytes[1 << 16];
    for (size_t i = 0; i < sizeof(bytes); i++) bytes[i] = (char)(next_random() % 3);
    const ViewData view_data = {.bytes = bytes, .size = sizeof(bytes)};
    View *a = (View *)(void *)data.a, *b = (View *)(void *)data.b;
    for (size_t i = 0; i < ROW_COUNT_MAX; i++) {
        for (int side = 0; side < 2; side++) {
            uint32_t size = (uint32_t)(next_random() % 20), at = (uint32_t)(next_random() % 1000);
            if (next_random() % 4 == 0) size = 40, at = (uint32_t)(next_random() % 2);
            (side == 0 ? a : b)[i] = view_make(str_from(bytes + at, size), 0, at);
        }
        if (next_random() % 4 == 0) b[i] = a[i];
    }
    uint64_t *bits = (uint64_t *)(void *)data.out[0];
    for (int compare = 0; compare < KERNEL_COMPARE_COUNT; compare++) {
        for (int form = 0; form < 2; form++) {
            size_t count = random_count();
            kernels->compare_views[compare][form]((KernelViews){a, &view_data}, (KernelViews){b, &view_data},
                                                  NULL, count, bits);
            for (size_t i = 0; i < count; i++) {
                Str x = view_text(&a[i], &view_data),
                    y = view_text(&b[form == KERNEL_ARRAY_CONSTANT ? 0 : i], &view_data);
                assert_int_equal(bits_get(bits, i), satisfies(str_compare(x, y), (KernelCompare)compare));
            }
        }
    }
}
static void test_views(void **state) {
    for_each_level(views_round);
}

static void convert_round(const KernelTable *kernels) {
    const KernelTable *plain = kernel_table(KERNEL_PLAIN);
    for (int from = 0; from < LANE_COUNT; from++) {
        for (int to = 0; to < LANE_COUNT; to++) {
            if (from == to) continue;
            size_t count = random_count();
            fill(data.a, (KernelLane)from, ROW_COUNT_MAX);
            bool bad = kernels->convert[from][to](data.a, count, data.out[0]);
            assert_int_equal(bad, plain->convert[from][to](data.a, count, data.out[1]));
            if (from <= LANE_I64 || !bad)
                assert_memory_equal(data.out[0], data.out[1], count * lane_width[to]);
        }
    }
}
static void test_convert(void **state) {
    for_each_level(convert_round);
}

static void modulo_round(const KernelTable *kernels) {
    uint64_t *bits = (uint64_t *)(void *)data.out[0];
    for (int lane = LANE_I32; lane <= LANE_I64; lane++) {
        size_t count = random_count();
        fill(data.a, (KernelLane)lane, ROW_COUNT_MAX);
        int64_t divisor =
            next_random() % 2 == 0 ? (int64_t)(next_random() % 200) - 100 : random_integer(lane_width[lane]);
        if (lane == LANE_I32) divisor = (int32_t)divisor;
        if (divisor == 0) divisor = 123;
        int64_t remainder = 0;
        if (divisor != -1 && next_random() % 2 == 0) remainder = random_integer(lane_width[lane]) % divisor;
        if (lane == LANE_I32)
            kernels->modulo_is_i32((int32_t *)(void *)data.a, (int32_t)divisor, (int32_t)remainder, count,
                                   bits);
        else
            kernels->modulo_is_i64((int64_t *)(void *)data.a, divisor, remainder, count, bits);
        for (size_t i = 0; i < count; i++) {
            __int128 x = integer_at(data.a, (KernelLane)lane, i);
            assert_int_equal(bits_get(bits, i), x % divisor == remainder);
        }
    }
}
static void test_modulo_is(void **state) {
    for (int i = 0; i < 50; i++) for_each_level(modulo_round);
}

static void select_round(const KernelTable *kernels) {
    uint64_t bits[ROW_COUNT_MAX / 64];
    static uint32_t rows[ROW_COUNT_MAX + 16];
    uint64_t density = next_random();
    for (size_t i = 0; i < ROW_COUNT_MAX / 64; i++)
        bits[i] = density % 4 == 0   ? ~0ULL
                  : density % 4 == 1 ? 0
                                     : next_random() & (density % 4 == 2 ? next_random() : ~0ULL);
    uint32_t count = (uint32_t)random_count(), expected = 0;
    uint32_t found = kernels->select_bits(bits, count, rows);
    for (uint32_t i = 0; i < count; i++)
        if (bits_get(bits, i)) assert_int_equal(rows[expected++], i);
    assert_int_equal(found, expected);
}
static void test_select(void **state) {
    for_each_level(select_round);
}

/* ---- exact sums ---- */

enum { RECORD_COUNT = 40, RECORD_SIZE = 24, SUM_OFFSET = 8 };

/* Rows go in one at a time here. */
static uint32_t add_exact_plainly(void *const *records, const double *values, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (!exact_sum_add_one((ExactSum *)(void *)((char *)records[i] + SUM_OFFSET), values[i])) return i;
    return count;
}

static void add_exact_round(const KernelTable *kernels) {
    static uint64_t held[2][RECORD_COUNT * RECORD_SIZE / 8];
    static void *records[2][ROW_COUNT_MAX];
    static double values[ROW_COUNT_MAX];
    uint32_t count = (uint32_t)random_count(), record_count = (uint32_t)(next_random() % RECORD_COUNT + 1);
    bool hard = next_random() % 2 == 0; /* values that a pair does not take */
    memset(held, 0, sizeof(held));
    for (uint32_t i = 0; i < count; i++) {
        size_t record = (next_random() >> 9) % record_count;
        for (int k = 0; k < 2; k++) records[k][i] = &held[k][record * RECORD_SIZE / 8];
        values[i] = hard && next_random() % 64 == 0 ? random_float()
                                                    : (double)(int64_t)(next_random() >> 30) / 1000 - 4e6;
    }
    for (uint32_t from = 0; from < count; from++) {
        uint32_t expected = add_exact_plainly(records[0] + from, values + from, count - from);
        assert_int_equal(kernels->add_exact(records[1] + from, SUM_OFFSET, values + from, count - from),
                         expected);
        assert_memory_equal(held[0], held[1], sizeof(held[0]));
        from += expected;
    }
}
static void test_add_exact(void **state) {
    for (int i = 0; i < ROUND_COUNT; i++) for_each_level(add_exact_round);
}

/* ---- speed: nanoseconds per row, for the reader ---- */

static double now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

enum { REPEAT_COUNT = 200 };
#define MEASURE(label, statement)                                                          \
    do {                                                                                   \
        double start = now_ns();                                                           \
        for (int repeat = 0; repeat < REPEAT_COUNT; repeat++) statement;                   \
        int picoseconds = (int)((now_ns() - start) * 1000 / REPEAT_COUNT / ROW_COUNT_MAX); \
        print_message("  %-18s %5d ps/row\n", label, picoseconds);                         \
    } while (0)

static void print_speed(void **state) {
    int64_t divisor = 123;
    static uint32_t rows[ROW_COUNT_MAX + 16];
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
        const KernelTable *k = kernel_table((KernelLevel)level);
        uint64_t *bits = (uint64_t *)(void *)data.out[1];
        print_message("%s\n", kernel_level_name((KernelLevel)level));
        for (size_t i = 0; i < ROW_COUNT_MAX; i++)
            ((int64_t *)(void *)data.a)[i] = (int64_t)(next_random() >> 40),
                              ((int64_t *)(void *)data.b)[i] = (int64_t)i + 1;
        MEASURE("add i64",
                k->arithmetic[KERNEL_ADD][0][LANE_I64](data.a, data.b, ROW_COUNT_MAX, data.out[0]));
        MEASURE("multiply i64",
                k->arithmetic[KERNEL_MULTIPLY][0][LANE_I64](data.a, data.b, ROW_COUNT_MAX, data.out[0]));
        MEASURE("divide i64",
                k->arithmetic[KERNEL_DIVIDE][0][LANE_I64](data.a, data.b, ROW_COUNT_MAX, data.out[0]));
        MEASURE("divide i64 by c",
                k->arithmetic[KERNEL_DIVIDE][1][LANE_I64](data.a, &divisor, ROW_COUNT_MAX, data.out[0]));
        MEASURE("modulo i64 by c",
                k->arithmetic[KERNEL_MODULO][1][LANE_I64](data.a, &divisor, ROW_COUNT_MAX, data.out[0]));
        MEASURE("modulo is i64", k->modulo_is_i64((int64_t *)(void *)data.a, 123, 0, ROW_COUNT_MAX, bits));
        MEASURE("select 1/123", k->select_bits(bits, ROW_COUNT_MAX, rows));
        MEASURE("less i64", k->compare[KERNEL_LESS][0][ORDER_I64](data.a, data.b, ROW_COUNT_MAX, bits));
        MEASURE("less f64", k->compare[KERNEL_LESS][0][ORDER_F64](data.a, data.b, ROW_COUNT_MAX, bits));
        MEASURE("less i32", k->compare[KERNEL_LESS][0][ORDER_I32](data.a, data.b, ROW_COUNT_MAX, bits));
        MEASURE("equal i128", k->compare[KERNEL_EQUAL][0][ORDER_I128](data.a, data.b, ROW_COUNT_MAX, bits));
        MEASURE("i64 to f64", k->convert[LANE_I64][LANE_F64](data.a, ROW_COUNT_MAX, data.out[0]));
        for (size_t i = 0; i < ROW_COUNT_MAX; i++)
            ((double *)(void *)data.a)[i] = (double)i + 0.5, ((double *)(void *)data.b)[i] = 0.25;
        MEASURE("multiply f64",
                k->arithmetic[KERNEL_MULTIPLY][0][LANE_F64](data.a, data.b, ROW_COUNT_MAX, data.out[0]));
        static ExactSum sums[1000];
        static void *records[ROW_COUNT_MAX];
        for (size_t i = 0; i < ROW_COUNT_MAX; i++) records[i] = &sums[(next_random() >> 20) % 1000];
        MEASURE("add exact", k->add_exact(records, 0, (double *)(void *)data.a, ROW_COUNT_MAX));
        MEASURE("f64 to i64", k->convert[LANE_F64][LANE_I64](data.a, ROW_COUNT_MAX, data.out[0]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic), cmocka_unit_test(test_compare),   cmocka_unit_test(test_views),
        cmocka_unit_test(test_convert),    cmocka_unit_test(test_modulo_is), cmocka_unit_test(test_select),
        cmocka_unit_test(test_add_exact),  cmocka_unit_test(print_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
