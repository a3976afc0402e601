/* SPDX-License-Identifier: Apache-2.0
 * expr/math_functions.c - arithmetic and mathematics of integers and floats (numeric_functions.c has
 * NUMERIC).
 *
 * Arithmetic runs through the kernel table over all rows at once; only when its summary says that some row
 * may have failed are the rows looked at one by one. */
#include <math.h>

#include "base/hash.h"
#include "base/uuid.h"
#include "expr/functions_priv.h"

/* ---- + - * / % ---- */

/* "integer" of "integer out of range" */
static const char *range_name(KernelLane lane) {
    return lane == LANE_I16 ? "smallint" : lane == LANE_I32 ? "integer" : "bigint";
}

static Status fail_range(FunctionCall *call, uint32_t row, KernelLane lane, Error *err) {
    return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "%s out of range",
                              range_name(lane));
}
static Status fail_zero(FunctionCall *call, uint32_t row, Error *err) {
    return function_call_fail(call, row, err, STATUS_DIVISION_BY_ZERO, "division by zero");
}
static Status fail_overflow(FunctionCall *call, uint32_t row, Error *err) {
    return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "value out of range: overflow");
}
static Status fail_underflow(FunctionCall *call, uint32_t row, Error *err) {
    return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "value out of range: underflow");
}

static int64_t integer_at(const Register *argument, uint32_t row, KernelLane lane) {
    size_t at = call_index(argument, row);
    DEBUG_ASSERT(lane == LANE_I16 || lane == LANE_I32 || lane == LANE_I64);
    if (lane == LANE_I16) return array_i16(&argument->array)[at];
    return lane == LANE_I32 ? array_i32(&argument->array)[at] : array_i64(&argument->array)[at];
}
static double float_at(const Register *argument, uint32_t row, KernelLane lane) {
    size_t at = call_index(argument, row);
    DEBUG_ASSERT(lane == LANE_F32 || lane == LANE_F64);
    return lane == LANE_F32 ? (double)array_f32(&argument->array)[at] : array_f64(&argument->array)[at];
}

static bool integer_in_lane(int64_t value, KernelLane lane) {
    if (lane == LANE_I16) return value == (int16_t)value;
    return lane == LANE_I64 || value == (int32_t)value;
}

/* In 64 bits, then in the lane's. */
static bool integer_overflows(KernelArithmetic operation, int64_t x, int64_t y, KernelLane lane) {
    int64_t result = 0;
    bool overflow = false; /* of 64 bits; narrower lanes are judged by the result */
    switch (operation) {
        case KERNEL_ADD: overflow = __builtin_add_overflow(x, y, &result); break;
        case KERNEL_SUBTRACT: overflow = __builtin_sub_overflow(x, y, &result); break;
        case KERNEL_MULTIPLY: overflow = __builtin_mul_overflow(x, y, &result); break;
        case KERNEL_DIVIDE: overflow = y == -1 && __builtin_sub_overflow((int64_t)0, x, &result); break;
        case KERNEL_MODULO:
        case KERNEL_ARITHMETIC_COUNT: return false;
    }
    return overflow || !integer_in_lane(result, lane);
}

static Status check_integer(FunctionCall *call, KernelArithmetic operation, KernelLane lane, uint32_t row,
                            Error *err) {
    int64_t x = integer_at(call->arguments[0], row, lane), y = integer_at(call->arguments[1], row, lane);
    bool divides = operation == KERNEL_DIVIDE || operation == KERNEL_MODULO;
    if (divides && y == 0) return fail_zero(call, row, err);
    return integer_overflows(operation, x, y, lane) ? fail_range(call, row, lane, err) : STATUS_OK;
}

/* As PostgreSQL's float8_pl and its kin: infinite only from infinite operands, zero only from a zero. */
static Status check_float(FunctionCall *call, KernelArithmetic operation, KernelLane lane, uint32_t row,
                          Error *err) {
    double x = float_at(call->arguments[0], row, lane), y = float_at(call->arguments[1], row, lane);
    double result = lane == LANE_F32 ? (double)((const float *)call->out->array.values)[row]
                                     : ((const double *)call->out->array.values)[row];
    if (operation == KERNEL_DIVIDE && y == 0 && !isnan(x)) return fail_zero(call, row, err);
    if (isinf(result) && !isinf(x) && !isinf(y)) return fail_overflow(call, row, err);
    bool from_zero = x == 0 || (operation == KERNEL_MULTIPLY ? y == 0 : isinf(y));
    bool scales = operation == KERNEL_MULTIPLY || operation == KERNEL_DIVIDE;
    return scales && result == 0 && !from_zero ? fail_underflow(call, row, err) : STATUS_OK;
}

/* The kernel's flag says that some row may have failed: which, if any that is not NULL. */
static __attribute__((cold, noinline)) Status check_rows(FunctionCall *call, KernelArithmetic operation,
                                                         KernelLane lane, Error *err) {
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        if (lane == LANE_F32 || lane == LANE_F64)
            TRY(check_float(call, operation, lane, row, err));
        else
            TRY(check_integer(call, operation, lane, row, err));
    }
    return STATUS_OK;
}

/* All rows by one kernel call; what can fail is looked for only when it says so. */
static Status arithmetic(FunctionCall *call, KernelArithmetic operation, KernelLane lane, size_t width,
                         Error *err) {
    const Register *a = call->arguments[0], *b = call->arguments[1];
    ASSERT(call->argument_count == 2);
    ASSERT(kernel_lane_of(a->array.type) == lane);
    ASSERT(kernel_lane_of(b->array.type) == lane);
    ASSERT(width == type_width(call->out->array.type));
    void *out = call_values(call, width);
    TRY_ALLOC(out);
    /* Two constants are one row of each: arrays of length 1, as far as the kernel sees. */
    KernelForm form = a->constant == b->constant ? KERNEL_ARRAY_ARRAY
                      : b->constant              ? KERNEL_ARRAY_CONSTANT
                                                 : KERNEL_CONSTANT_ARRAY;
    bool check = call->kernels->arithmetic[operation][form][lane](a->array.values, b->array.values,
                                                                  call->row_count, out);
    return check ? check_rows(call, operation, lane, err) : STATUS_OK;
}

#define ARITHMETIC(name, OPERATION, suffix, LANE, T)                              \
    Status math_##name##_##suffix(FunctionCall *call, Error *err) {               \
        return arithmetic(call, KERNEL_##OPERATION, LANE_##LANE, sizeof(T), err); \
    }
#define INTEGER_ARITHMETIC(suffix, LANE, T)         \
    ARITHMETIC(add, ADD, suffix, LANE, T)           \
    ARITHMETIC(subtract, SUBTRACT, suffix, LANE, T) \
    ARITHMETIC(multiply, MULTIPLY, suffix, LANE, T) \
    ARITHMETIC(divide, DIVIDE, suffix, LANE, T)     \
    ARITHMETIC(modulo, MODULO, suffix, LANE, T)
#define FLOAT_ARITHMETIC(suffix, LANE, T)           \
    ARITHMETIC(add, ADD, suffix, LANE, T)           \
    ARITHMETIC(subtract, SUBTRACT, suffix, LANE, T) \
    ARITHMETIC(multiply, MULTIPLY, suffix, LANE, T) \
    ARITHMETIC(divide, DIVIDE, suffix, LANE, T)
INTEGER_ARITHMETIC(i16, I16, int16_t)
INTEGER_ARITHMETIC(i32, I32, int32_t)
INTEGER_ARITHMETIC(i64, I64, int64_t)
FLOAT_ARITHMETIC(f32, F32, float)
FLOAT_ARITHMETIC(f64, F64, double)

/* ---- one operand, all rows alike ---- */

/* Rows of a unary function over one type: `result` from `x`. */
#define UNARY(name, From, To, expression)                      \
    Status math_##name(FunctionCall *call, Error *err) {       \
        const From *values = call->arguments[0]->array.values; \
        To *out = call_values(call, sizeof(*out));             \
        TRY_ALLOC(out);                                        \
        for (uint32_t row = 0; row < call->row_count; row++) { \
            From x = values[row];                              \
            out[row] = (To)(expression);                       \
        }                                                      \
        return STATUS_OK;                                      \
    }

/* Of two operands, either may be constant. */
#define BINARY(name, A, B, To, expression)                               \
    Status math_##name(FunctionCall *call, Error *err) {                 \
        const Register *a = call->arguments[0], *b = call->arguments[1]; \
        const A *as = a->array.values;                                   \
        const B *bs = b->array.values;                                   \
        To *out = call_values(call, sizeof(*out));                       \
        TRY_ALLOC(out);                                                  \
        for (uint32_t row = 0; row < call->row_count; row++) {           \
            A x = as[call_index(a, row)];                                \
            B y = bs[call_index(b, row)];                                \
            out[row] = (To)(expression);                                 \
        }                                                                \
        return STATUS_OK;                                                \
    }

/* The least integer has no negative. */
static __attribute__((cold, noinline)) Status check_least(FunctionCall *call, int64_t least, KernelLane lane,
                                                          Error *err) {
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row) || integer_at(call->arguments[0], row, lane) != least) continue;
        TRY(fail_range(call, row, lane, err));
    }
    return STATUS_OK;
}

#define NEGATING(name, T, U, LANE, LEAST, expression)                   \
    Status math_##name(FunctionCall *call, Error *err) {                \
        const T *values = call->arguments[0]->array.values;             \
        T *out = call_values(call, sizeof(*out));                       \
        TRY_ALLOC(out);                                                 \
        bool check = false;                                             \
        for (uint32_t row = 0; row < call->row_count; row++) {          \
            T x = values[row];                                          \
            check |= x == LEAST;                                        \
            out[row] = (expression) ? (T)(0 - (U)x) : x;                \
        }                                                               \
        return check ? check_least(call, LEAST, LANE, err) : STATUS_OK; \
    }
NEGATING(negate_i16, int16_t, uint16_t, LANE_I16, INT16_MIN, true)
NEGATING(negate_i32, int32_t, uint32_t, LANE_I32, INT32_MIN, true)
NEGATING(negate_i64, int64_t, uint64_t, LANE_I64, INT64_MIN, true)
NEGATING(abs_i16, int16_t, uint16_t, LANE_I16, INT16_MIN, x < 0)
NEGATING(abs_i32, int32_t, uint32_t, LANE_I32, INT32_MIN, x < 0)
NEGATING(abs_i64, int64_t, uint64_t, LANE_I64, INT64_MIN, x < 0)
UNARY(negate_f32, float, float, -x)
UNARY(negate_f64, double, double, -x)
UNARY(abs_f32, float, float, fabsf(x))
UNARY(abs_f64, double, double, fabs(x))
UNARY(sign_f64, double, double, x > 0 ? 1 : x < 0 ? -1 : 0)
UNARY(ceiling_f64, double, double, ceil(x))
UNARY(floor_f64, double, double, floor(x))
UNARY(round_f64, double, double, rint(x))
UNARY(truncate_f64, double, double, trunc(x))
UNARY(cbrt_f64, double, double, cbrt(x))
BINARY(atan2_f64, double, double, double, atan2(x, y))

/* ---- bits ---- */

#define BITS(suffix, T, U)                                       \
    BINARY(bit_and_##suffix, T, T, T, x &y)                      \
    BINARY(bit_or_##suffix, T, T, T, x | y)                      \
    BINARY(bit_xor_##suffix, T, T, T, x ^ y)                     \
    UNARY(bit_not_##suffix, T, T, ~x)                            \
    BINARY(shift_left_##suffix, T, int32_t, T, SHIFT_LEFT(T, U)) \
    BINARY(shift_right_##suffix, T, int32_t, T, SHIFT_RIGHT(T))
/* By the count modulo the width of the machine's operand, as PostgreSQL's do on x86: smallint shifts in 32
 * bits. */
#define SHIFT_LEFT(T, U) (sizeof(T) == 8 ? (T)((uint64_t)x << (y & 63)) : (T)((uint32_t)x << (y & 31)))
#define SHIFT_RIGHT(T)   (sizeof(T) == 8 ? (T)((int64_t)x >> (y & 63)) : (T)((int32_t)x >> (y & 31)))
BITS(i16, int16_t, uint16_t)
BITS(i32, int32_t, uint32_t)
BITS(i64, int64_t, uint64_t)

/* ---- functions of a double that may fail ---- */

/* What is wrong with f(x) = result: NULL for nothing. */
typedef struct Fault {
    Status status;
    const char *message;
} Fault;

#define FAULT_OVERFLOW  ((Fault){STATUS_NUMERIC_OUT_OF_RANGE, "value out of range: overflow"})
#define FAULT_UNDERFLOW ((Fault){STATUS_NUMERIC_OUT_OF_RANGE, "value out of range: underflow"})
#define FAULT_INPUT     ((Fault){STATUS_NUMERIC_OUT_OF_RANGE, "input is out of range"})
#define FAULT_NONE      ((Fault){0})

static Fault fault_sqrt(double x, double result) {
    return x < 0 ? (Fault){STATUS_INVALID_POWER, "cannot take square root of a negative number"} : FAULT_NONE;
}
static Fault fault_logarithm(double x, double result) {
    if (x == 0) return (Fault){STATUS_INVALID_LOGARITHM, "cannot take logarithm of zero"};
    return x < 0 ? (Fault){STATUS_INVALID_LOGARITHM, "cannot take logarithm of a negative number"}
                 : FAULT_NONE;
}
/* Grows and shrinks without end: exp, cosh, sinh, degrees. */
static Fault fault_range(double x, double result) {
    if (isinf(x)) return FAULT_NONE;
    if (isinf(result)) return FAULT_OVERFLOW;
    return FAULT_NONE;
}
static Fault fault_exp(double x, double result) {
    return result == 0 && !isinf(x) ? FAULT_UNDERFLOW : fault_range(x, result);
}
static Fault fault_scale(double x, double result) {
    return result == 0 && x != 0 ? FAULT_UNDERFLOW : fault_range(x, result);
}
static Fault fault_periodic(double x, double result) {
    return isinf(x) ? FAULT_INPUT : FAULT_NONE;
}
static Fault fault_arc(double x, double result) {
    return x < -1 || x > 1 ? FAULT_INPUT : FAULT_NONE;
}
static Fault fault_acosh(double x, double result) {
    return x < 1 ? FAULT_INPUT : FAULT_NONE;
}
static Fault fault_none(double x, double result) {
    return FAULT_NONE;
}

/* Of a function of one double: overflow, underflow or no value, judged by argument and result. */
static __attribute__((cold, noinline)) Status check_faults(FunctionCall *call,
                                                           Fault (*fault_of)(double, double), Error *err) {
    ASSERT(fault_of != NULL);
    ASSERT(type_layout(call->out->array.type) == LAYOUT_F64);
    const double *values = call->arguments[0]->array.values, *results = call->out->array.values;
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        Fault fault = fault_of(values[row], results[row]);
        if (fault.message != NULL) TRY(function_call_fail(call, row, err, fault.status, "%s", fault.message));
    }
    return STATUS_OK;
}

/* A result that is zero, infinite or NaN is looked at again. */
#define CHECKED(name, expression, fault)                           \
    Status math_##name##_f64(FunctionCall *call, Error *err) {     \
        const double *values = call->arguments[0]->array.values;   \
        double *out = call_values(call, sizeof(*out));             \
        TRY_ALLOC(out);                                            \
        bool check = false;                                        \
        for (uint32_t row = 0; row < call->row_count; row++) {     \
            double x = values[row];                                \
            double result = (expression);                          \
            out[row] = result;                                     \
            check |= !(result - result == 0) | (result == 0);      \
        }                                                          \
        return check ? check_faults(call, fault, err) : STATUS_OK; \
    }
CHECKED(sqrt, sqrt(x), fault_sqrt)
CHECKED(exp, exp(x), fault_exp)
CHECKED(ln, log(x), fault_logarithm)
CHECKED(log10, log10(x), fault_logarithm)
CHECKED(sin, sin(x), fault_periodic)
CHECKED(cos, cos(x), fault_periodic)
CHECKED(tan, tan(x), fault_periodic)
CHECKED(cot, 1.0 / tan(x), fault_periodic)
CHECKED(asin, asin(x), fault_arc)
CHECKED(acos, acos(x), fault_arc)
CHECKED(atan, atan(x), fault_none)
CHECKED(sinh, sinh(x), fault_none)
CHECKED(cosh, cosh(x), fault_none)
CHECKED(tanh, tanh(x), fault_none)
CHECKED(asinh, asinh(x), fault_none)
CHECKED(acosh, acosh(x), fault_acosh)
CHECKED(atanh, atanh(x), fault_arc)
CHECKED(degrees, x / 0.017453292519943295, fault_scale)
CHECKED(radians, x * 0.017453292519943295, fault_scale)

/* PostgreSQL's cases of dpow, in its order. */
static Status check_power(FunctionCall *call, double x, double y, double result, uint32_t row, Error *err) {
    if (isnan(x) || isnan(y)) return STATUS_OK;
    if (x == 0 && y < 0)
        return function_call_fail(call, row, err, STATUS_INVALID_POWER,
                                  "zero raised to a negative power is undefined");
    if (x < 0 && floor(y) != y)
        return function_call_fail(call, row, err, STATUS_INVALID_POWER,
                                  "a negative number raised to a non-integer power yields a complex result");
    if (isinf(x) || isinf(y)) return STATUS_OK;
    if (isinf(result)) return fail_overflow(call, row, err);
    return result == 0 && x != 0 ? fail_underflow(call, row, err) : STATUS_OK;
}

Status math_power_f64(FunctionCall *call, Error *err) {
    const Register *a = call->arguments[0], *b = call->arguments[1];
    double *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        double x = array_f64(&a->array)[call_index(a, row)], y = array_f64(&b->array)[call_index(b, row)];
        double result = y == 2 ? x * x : pow(x, y); /* squares are common, and x * x is rounded as well as pow */
        out[row] = result;
        bool check = !(result - result == 0) || result == 0;
        if (check && !call_is_null(call, row)) TRY(check_power(call, x, y, result, row, err));
    }
    return STATUS_OK;
}

/* ---- the rest ---- */

Status math_pi(FunctionCall *call, Error *err) {
    double *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) out[row] = 3.141592653589793;
    return STATUS_OK;
}

/* A function of seed, call and row: the same again when an epoch is replayed. */
static uint64_t random_bits(const FunctionCall *call, uint32_t row) {
    uint64_t seed = hash_combine(call->context->random_seed, call->volatile_number);
    uint64_t number = call->context->row_base + (call->selection == NULL ? row : call->selection[row]);
    return hash_combine(seed, number);
}

Status math_random(FunctionCall *call, Error *err) {
    double *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) out[row] = (double)(random_bits(call, row) >> 11) * 0x1p-53;
    return STATUS_OK;
}

Status math_random_uuid(FunctionCall *call, Error *err) {
    Uuid *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        uint64_t bits = random_bits(call, row), halves[2] = {bits, hash_combine(bits, call->context->random_seed)};
        uint8_t random[sizeof(halves)];
        memcpy(random, halves, sizeof(halves));
        out[row] = uuid_from_random(random);
    }
    return STATUS_OK;
}

/* Unsigned, since the least integer has no positive counterpart. */
static uint64_t magnitude_of(int64_t x) {
    return x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
}

/* -1 when it passes 2^63 - 1. */
static int64_t gcd_or_lcm(int64_t x, int64_t y, bool lcm) {
    uint64_t a = magnitude_of(x), b = magnitude_of(y), gcd = number_gcd(a, b), result = gcd;
    if (lcm && (a == 0 || b == 0)) return 0;
    if (lcm && __builtin_mul_overflow(a / gcd, b, &result)) return -1;
    return result > INT64_MAX ? -1 : (int64_t)result;
}

/* gcd(-2^63, 0) is 2^63, which no BIGINT holds: it fails like an lcm that is too large. */
static Status divisors(FunctionCall *call, KernelLane lane, bool lcm, Error *err) {
    ASSERT(lane == LANE_I32 || lane == LANE_I64);
    void *out = call_values(call, lane == LANE_I32 ? 4 : 8);
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        int64_t result = gcd_or_lcm(integer_at(call->arguments[0], row, lane),
                                    integer_at(call->arguments[1], row, lane), lcm);
        if (result < 0 || !integer_in_lane(result, lane))
            TRY(fail_range(call, row, lane, err));
        else if (lane == LANE_I32)
            ((int32_t *)out)[row] = (int32_t)result;
        else
            ((int64_t *)out)[row] = result;
    }
    return STATUS_OK;
}

Status math_gcd_i32(FunctionCall *call, Error *err) {
    return divisors(call, LANE_I32, false, err);
}
Status math_gcd_i64(FunctionCall *call, Error *err) {
    return divisors(call, LANE_I64, false, err);
}
Status math_lcm_i32(FunctionCall *call, Error *err) {
    return divisors(call, LANE_I32, true, err);
}
Status math_lcm_i64(FunctionCall *call, Error *err) {
    return divisors(call, LANE_I64, true, err);
}

/* 0 below, count + 1 at and beyond the far bound; bounds may run downwards. */
static int64_t bucket_of(double x, double low, double high, int32_t count) {
    DEBUG_ASSERT(count > 0 && low != high);
    bool down = low > high;
    if (down ? x > low : x < low) return 0;
    if (down ? x <= high : x >= high) return (int64_t)count + 1;
    /* In PostgreSQL 15's order, which decides on the last bits; its halves where a double cannot hold the width. */
    double width = high - low;
    if (isinf(width)) return (int64_t)(count * ((x / 2 - low / 2) / (high / 2 - low / 2))) + 1;
    double scaled = count * (x - low), part = (x - low) / width;
    /* Infinite, though the bucket is one of `count`: PostgreSQL gives the least integer then. */
    if (isinf(scaled)) return part < 1 ? (int64_t)(count * part) + 1 : (int64_t)count;
    return (int64_t)(scaled / width) + 1;
}

/* The faults in PostgreSQL's order. */
static Status width_bucket_row(FunctionCall *call, uint32_t row, int32_t *out, Error *err) {
    double bounds[3];
    for (int i = 0; i < 3; i++) bounds[i] = float_at(call->arguments[i], row, LANE_F64);
    int32_t count = array_i32(&call->arguments[3]->array)[call_index(call->arguments[3], row)];
    const char *fault = NULL;
    if (count <= 0)
        fault = "count must be greater than zero";
    else if (isnan(bounds[0]) || isnan(bounds[1]) || isnan(bounds[2]))
        fault = "operand, lower bound, and upper bound cannot be NaN";
    else if (isinf(bounds[1]) || isinf(bounds[2]))
        fault = "lower and upper bounds must be finite";
    else if (bounds[1] == bounds[2])
        fault = "lower bound cannot equal upper bound";
    if (fault != NULL) return function_call_fail(call, row, err, STATUS_INVALID_WIDTH_BUCKET, "%s", fault);
    int64_t bucket = bucket_of(bounds[0], bounds[1], bounds[2], count);
    DEBUG_ASSERT(bucket >= 0 && bucket <= (int64_t)count + 1);
    if (bucket > INT32_MAX) return fail_range(call, row, LANE_I32, err);
    *out = (int32_t)bucket;
    return STATUS_OK;
}

Status math_width_bucket_f64(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row)) TRY(width_bucket_row(call, row, &out[row], err));
    return STATUS_OK;
}
