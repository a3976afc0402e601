/* SPDX-License-Identifier: Apache-2.0
 * expr/numeric_functions.c - arithmetic and mathematics of NUMERIC.
 *
 * Scales are in the types: of the arguments, and of the result as function_result_type fixed it. Functions
 * that have no finite decimal result (ln, exp, ...) are computed in long double, 18 digits, and rounded to
 * the result's scale. */
#include <math.h>

#include "expr/functions_priv.h"

static Status fail_overflow(FunctionCall *call, uint32_t row, Error *err) {
    return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "numeric field overflow");
}

static Status fail_result(FunctionCall *call, uint32_t row, NumberResult result, Error *err) {
    if (result == NUMBER_DIVISION_BY_ZERO)
        return function_call_fail(call, row, err, STATUS_DIVISION_BY_ZERO, "division by zero");
    return fail_overflow(call, row, err);
}

static inline DecimalScaled numeric_at(const Register *argument, uint32_t row) {
    return (DecimalScaled){array_decimal(&argument->array)[call_index(argument, row)],
                           argument->array.type.scale};
}

/* One row: the result at `scale`, or why there is none. */
typedef NumberResult (*NumericBinary)(DecimalScaled a, DecimalScaled b, int scale, Decimal *out);
typedef NumberResult (*NumericUnary)(DecimalScaled a, int scale, Decimal *out);

/* Inlined per function, so that `compute` is no call through a pointer. */
static inline __attribute__((always_inline)) Status numeric_binary(FunctionCall *call, NumericBinary compute,
                                                                   Error *err) {
    Decimal *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    int scale = call->out->array.type.scale;
    ASSERT(scale >= 0 && scale <= DECIMAL_SCALE_MAX); /* function_result_type has settled it */
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        NumberResult result = compute(numeric_at(call->arguments[0], row),
                                      numeric_at(call->arguments[1], row), scale, &out[row]);
        if (__builtin_expect(result != NUMBER_OK, 0)) TRY(fail_result(call, row, result, err));
    }
    return STATUS_OK;
}

static inline __attribute__((always_inline)) Status numeric_unary(FunctionCall *call, NumericUnary compute,
                                                                  Error *err) {
    Decimal *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    int scale = call->out->array.type.scale;
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        NumberResult result = compute(numeric_at(call->arguments[0], row), scale, &out[row]);
        if (__builtin_expect(result != NUMBER_OK, 0)) TRY(fail_result(call, row, result, err));
    }
    return STATUS_OK;
}

static inline NumberResult fits(bool ok) {
    return ok ? NUMBER_OK : NUMBER_OUT_OF_RANGE;
}

static inline bool rescale(DecimalScaled a, int scale, Decimal *out) {
    if (a.scale != scale) return decimal_rescale(a, scale, out);
    *out = a.value;
    return true;
}

static inline NumberResult add(DecimalScaled a, DecimalScaled b, int scale, Decimal *out) {
    Decimal x, y;
    return fits(rescale(a, scale, &x) && rescale(b, scale, &y) && decimal_add(x, y, out));
}
static inline NumberResult subtract(DecimalScaled a, DecimalScaled b, int scale, Decimal *out) {
    Decimal x, y;
    return fits(rescale(a, scale, &x) && rescale(b, scale, &y) && decimal_subtract(x, y, out));
}
static inline NumberResult multiply(DecimalScaled a, DecimalScaled b, int scale, Decimal *out) {
    DEBUG_ASSERT(scale >= 0 && scale <= TYPE_PRECISION_MAX);
    int dropped = a.scale + b.scale - scale;
    if (dropped >= 0) return fits(decimal_multiply(a.value, b.value, dropped, out));
    Decimal product;
    return fits(decimal_multiply(a.value, b.value, 0, &product) &&
                decimal_rescale((DecimalScaled){product, a.scale + b.scale}, scale, out));
}
static inline NumberResult divide(DecimalScaled a, DecimalScaled b, int scale, Decimal *out) {
    return decimal_divide(a.value, b.value, scale - a.scale + b.scale, out);
}
static inline NumberResult modulo(DecimalScaled a, DecimalScaled b, int scale, Decimal *out) {
    Decimal rest;
    NumberResult result = decimal_modulo(a, b, &rest);
    if (result != NUMBER_OK) return result;
    int rest_scale = a.scale > b.scale ? a.scale : b.scale;
    return fits(rescale((DecimalScaled){rest, rest_scale}, scale, out));
}
/* (a - a % b) / b, exact. */
static inline NumberResult divide_whole(DecimalScaled a, DecimalScaled b, int scale, Decimal *out) {
    Decimal rest, x, y;
    NumberResult result = decimal_modulo(a, b, &rest);
    if (result != NUMBER_OK) return result;
    int common = a.scale > b.scale ? a.scale : b.scale;
    if (!rescale(a, common, &x) || !rescale(b, common, &y)) return NUMBER_OUT_OF_RANGE;
    DEBUG_ASSERT((x - rest) % y == 0);
    *out = (x - rest) / y;
    return scale == 0 ? NUMBER_OK : fits(decimal_rescale((DecimalScaled){*out, 0}, scale, out));
}

/* Of 1.5 and 0.25 at scale 2: of 150 and 25. Never negative. */
static inline NumberResult greatest_divisor(DecimalScaled a, DecimalScaled b, int scale, Decimal *out) {
    Decimal x, y;
    if (!rescale(a, scale, &x) || !rescale(b, scale, &y)) return NUMBER_OUT_OF_RANGE;
    while (y != 0) { /* Euclid's, on the digits at one scale */
        Decimal rest = x % y;
        x = y;
        y = rest;
    }
    *out = x < 0 ? -x : x;
    return NUMBER_OK;
}
/* Divided before it is multiplied, so that only a result that is too large overflows. */
static inline NumberResult least_multiple(DecimalScaled a, DecimalScaled b, int scale, Decimal *out) {
    Decimal x, y, divisor;
    NumberResult result = greatest_divisor(a, b, scale, &divisor);
    *out = 0;
    if (result != NUMBER_OK || a.value == 0 || b.value == 0) return result;
    if (!rescale(a, scale, &x) || !rescale(b, scale, &y)) return NUMBER_OUT_OF_RANGE;
    DEBUG_ASSERT(divisor > 0); /* neither is zero */
    if (!decimal_multiply(x / divisor, y, 0, out)) return NUMBER_OUT_OF_RANGE;
    *out = *out < 0 ? -*out : *out;
    return NUMBER_OK;
}

#define NUMERIC_BINARY(name, compute)                              \
    Status math_##name##_numeric(FunctionCall *call, Error *err) { \
        return numeric_binary(call, compute, err);                 \
    }
#define NUMERIC_UNARY(name, compute)                               \
    Status math_##name##_numeric(FunctionCall *call, Error *err) { \
        return numeric_unary(call, compute, err);                  \
    }
NUMERIC_BINARY(add, add)
NUMERIC_BINARY(subtract, subtract)
NUMERIC_BINARY(multiply, multiply)
NUMERIC_BINARY(divide, divide)
NUMERIC_BINARY(modulo, modulo)
NUMERIC_BINARY(div, divide_whole)
NUMERIC_BINARY(gcd, greatest_divisor)
NUMERIC_BINARY(lcm, least_multiple)

static inline NumberResult negate(DecimalScaled a, int scale, Decimal *out) {
    return fits(rescale((DecimalScaled){-a.value, a.scale}, scale, out));
}
static inline NumberResult absolute(DecimalScaled a, int scale, Decimal *out) {
    return fits(rescale((DecimalScaled){(Decimal)decimal_magnitude(a.value), a.scale}, scale, out));
}
static inline NumberResult sign(DecimalScaled a, int scale, Decimal *out) {
    return fits(rescale((DecimalScaled){(a.value > 0) - (a.value < 0), 0}, scale, out));
}
static inline NumberResult round_whole(DecimalScaled a, int scale, DecimalRounding rounding, Decimal *out) {
    Decimal rounded;
    return fits(decimal_round(a, 0, rounding, &rounded) &&
                rescale((DecimalScaled){rounded, a.scale}, scale, out));
}
static inline NumberResult ceiling(DecimalScaled a, int scale, Decimal *out) {
    return round_whole(a, scale, DECIMAL_CEILING, out);
}
static inline NumberResult whole_floor(DecimalScaled a, int scale, Decimal *out) {
    return round_whole(a, scale, DECIMAL_FLOOR, out);
}
static inline NumberResult whole_round(DecimalScaled a, int scale, Decimal *out) {
    return round_whole(a, scale, DECIMAL_ROUND, out);
}
static inline NumberResult whole_truncate(DecimalScaled a, int scale, Decimal *out) {
    return round_whole(a, scale, DECIMAL_TRUNCATE, out);
}
NUMERIC_UNARY(negate, negate)
NUMERIC_UNARY(abs, absolute)
NUMERIC_UNARY(sign, sign)
NUMERIC_UNARY(ceiling, ceiling)
NUMERIC_UNARY(floor, whole_floor)
NUMERIC_UNARY(round, whole_round)
NUMERIC_UNARY(truncate, whole_truncate)

/* round(x, digits) and trunc(x, digits): to so many digits, then to the result's scale. */
static Status round_digits(FunctionCall *call, DecimalRounding rounding, Error *err) {
    Decimal *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    int scale = call->out->array.type.scale;
    const Register *digits = call->arguments[1];
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        DecimalScaled x = numeric_at(call->arguments[0], row);
        int32_t wanted = array_i32(&digits->array)[call_index(digits, row)];
        /* As far as that to the left nothing is left of any value; further would leave the powers of ten. */
        if (wanted < -DECIMAL_SCALE_MAX) wanted = -DECIMAL_SCALE_MAX - 1;
        if (wanted < x.scale && !decimal_round(x, wanted, rounding, &x.value))
            TRY(fail_overflow(call, row, err));
        else if (!rescale(x, scale, &out[row]))
            TRY(fail_overflow(call, row, err));
    }
    return STATUS_OK;
}
Status math_round_digits_numeric(FunctionCall *call, Error *err) {
    return round_digits(call, DECIMAL_ROUND, err);
}
Status math_truncate_digits_numeric(FunctionCall *call, Error *err) {
    return round_digits(call, DECIMAL_TRUNCATE, err);
}

/* ---- through long double ---- */

/* A number and what is lost of it when it becomes a long double: an error of 2^-64 that power and exp would raise to
 * the size of the exponent, and ln near 1 to all there is. */
typedef struct Long {
    long double high, low;
} Long;

static Long to_long(DecimalScaled a) {
    DEBUG_ASSERT(a.scale >= 0 && a.scale <= DECIMAL_SCALE_MAX);
    long double unit = (long double)decimal_powers_of_ten[a.scale], value = (long double)a.value;
    long double high = value / unit;
    long double rest = fmal(-high, unit, value) + (long double)(a.value - (Decimal)value);
    return (Long){high, rest / unit};
}
static long double long_sqrt(Long x) {
    long double root = sqrtl(x.high);
    return root == 0 ? root : root + x.low / (2 * root);
}
static long double long_exp(Long x) {
    return expl(x.high) * (1 + x.low);
}
static long double long_ln(Long x) {
    return logl(x.high) + x.low / x.high;
}
static long double long_log10(Long x) {
    static const long double LN_10 = 2.302585092994045684017991454684364208L;
    return log10l(x.high) + x.low / x.high / LN_10;
}
static long double long_power(Long x, Long y) {
    long double power = powl(x.high, y.high);
    if (x.high == 0 || !isfinite(power)) return power;
    long double more = y.high * x.low / x.high;
    if (y.low != 0 && x.high > 0) more += y.low * logl(x.high);
    return power * expl(more);
}

/* Rounded half away from zero at `scale`. */
static NumberResult from_long_double(long double value, int scale, Decimal *out) {
    long double scaled = roundl(value * (long double)decimal_powers_of_ten[scale]);
    if (!(fabsl(scaled) < 1e38L)) return NUMBER_OUT_OF_RANGE;
    *out = (Decimal)scaled;
    return NUMBER_OK;
}

static Status fail_logarithm(FunctionCall *call, uint32_t row, Decimal value, Error *err) {
    return function_call_fail(call, row, err, STATUS_INVALID_LOGARITHM, "cannot take logarithm of %s",
                              value == 0 ? "zero" : "a negative number");
}

typedef long double (*LongFunction)(Long);

/* Through long double: 64 bits of mantissa, some 19 digits, rounded to the scale. */
static Status long_unary(FunctionCall *call, LongFunction function, Error *err) {
    Decimal *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        DecimalScaled x = numeric_at(call->arguments[0], row);
        if (function == long_sqrt && x.value < 0) {
            TRY(function_call_fail(call, row, err, STATUS_INVALID_POWER,
                                   "cannot take square root of a negative number"));
        } else if (function != long_sqrt && function != long_exp && x.value <= 0) {
            TRY(fail_logarithm(call, row, x.value, err));
        } else if (from_long_double(function(to_long(x)), call->out->array.type.scale, &out[row]) !=
                   NUMBER_OK) {
            TRY(function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE,
                                   "value overflows numeric format"));
        }
    }
    return STATUS_OK;
}

Status math_sqrt_numeric(FunctionCall *call, Error *err) {
    return long_unary(call, long_sqrt, err);
}
Status math_exp_numeric(FunctionCall *call, Error *err) {
    return long_unary(call, long_exp, err);
}
Status math_ln_numeric(FunctionCall *call, Error *err) {
    return long_unary(call, long_ln, err);
}
Status math_log10_numeric(FunctionCall *call, Error *err) {
    return long_unary(call, long_log10, err);
}

Status math_log_numeric(FunctionCall *call, Error *err) {
    Decimal *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        DecimalScaled base = numeric_at(call->arguments[0], row), x = numeric_at(call->arguments[1], row);
        if (base.value <= 0 || x.value <= 0) {
            TRY(fail_logarithm(call, row, base.value <= 0 ? base.value : x.value, err));
            continue;
        }
        long double divisor = long_ln(to_long(base));
        NumberResult result = NUMBER_DIVISION_BY_ZERO;
        if (divisor != 0)
            result =
                from_long_double(long_ln(to_long(x)) / divisor, call->out->array.type.scale, &out[row]);
        if (result != NUMBER_OK) TRY(fail_result(call, row, result, err));
    }
    return STATUS_OK;
}

/* Exact by squaring while it fits; false when it does not. */
static bool power_whole(Decimal base, int64_t exponent, Decimal *out) {
    Decimal result = 1;
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) != 0 && !decimal_multiply(result, base, 0, &result)) return false;
        if (exponent > 1 && !decimal_multiply(base, base, 0, &base)) return false;
    }
    *out = result;
    return true;
}

/* Whole numbers to a whole power are exact while they fit; all else goes through long double. */
static Status power_row(FunctionCall *call, uint32_t row, Decimal *out, Error *err) {
    DEBUG_ASSERT(call->out->array.type.id == TYPE_NUMERIC);
    DecimalScaled x = numeric_at(call->arguments[0], row), y = numeric_at(call->arguments[1], row);
    int scale = call->out->array.type.scale;
    Decimal whole_base = 0, whole_exponent = 0, power;
    bool base_is_whole =
        rescale(x, 0, &whole_base) && decimal_compare((DecimalScaled){whole_base, 0}, x) == 0;
    bool exponent_is_whole =
        rescale(y, 0, &whole_exponent) && decimal_compare((DecimalScaled){whole_exponent, 0}, y) == 0;
    if (x.value == 0 && y.value < 0)
        return function_call_fail(call, row, err, STATUS_INVALID_POWER,
                                  "zero raised to a negative power is undefined");
    if (x.value < 0 && !exponent_is_whole)
        return function_call_fail(call, row, err, STATUS_INVALID_POWER,
                                  "a negative number raised to a non-integer power yields a complex result");
    bool exact = base_is_whole && exponent_is_whole && whole_exponent >= 0 && whole_exponent <= INT32_MAX;
    if (exact && power_whole(whole_base, (int64_t)whole_exponent, &power) &&
        rescale((DecimalScaled){power, 0}, scale, out))
        return STATUS_OK;
    if (from_long_double(long_power(to_long(x), to_long(y)), scale, out) == NUMBER_OK)
        return STATUS_OK;
    return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "value overflows numeric format");
}

Status math_power_numeric(FunctionCall *call, Error *err) {
    Decimal *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row)) TRY(power_row(call, row, &out[row], err));
    return STATUS_OK;
}

Status math_factorial(FunctionCall *call, Error *err) {
    enum { FACTORIAL_MAX = 33 }; /* 34! has 39 digits */
    const Register *argument = call->arguments[0];
    Decimal *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        int64_t n = array_i64(&argument->array)[call_index(argument, row)];
        if (n < 0 || n > FACTORIAL_MAX) {
            TRY(function_call_fail(
                call, row, err, STATUS_NUMERIC_OUT_OF_RANGE,
                n < 0 ? "factorial of a negative number is undefined" : "value overflows numeric format"));
            continue;
        }
        out[row] = 1;
        for (int64_t i = 2; i <= n; i++) out[row] *= i;
    }
    return STATUS_OK;
}

/* floor((x - low) * count / (high - low)) + 1, exact. */
static Status width_bucket_row(FunctionCall *call, uint32_t row, int32_t *out, Error *err) {
    DecimalScaled x = numeric_at(call->arguments[0], row), low = numeric_at(call->arguments[1], row),
                  high = numeric_at(call->arguments[2], row);
    int32_t count = array_i32(&call->arguments[3]->array)[call_index(call->arguments[3], row)];
    int direction = decimal_compare(high, low);
    if (count <= 0 || direction == 0)
        return function_call_fail(
            call, row, err, STATUS_INVALID_WIDTH_BUCKET, "%s",
            count <= 0 ? "count must be greater than zero" : "lower bound cannot equal upper bound");
    int64_t bucket = 0;
    bool reaches_low = direction > 0 ? decimal_compare(x, low) >= 0 : decimal_compare(x, low) <= 0;
    bool reaches_high = direction > 0 ? decimal_compare(x, high) >= 0 : decimal_compare(x, high) <= 0;
    if (reaches_high) {
        bucket = (int64_t)count + 1;
    } else if (reaches_low) {
        int scale = x.scale > low.scale ? x.scale : low.scale;
        if (high.scale > scale) scale = high.scale;
        Decimal a, b, c, product, offset, width;
        bool ok = rescale(x, scale, &a) && rescale(low, scale, &b) && rescale(high, scale, &c) &&
                  decimal_subtract(a, b, &offset) && decimal_subtract(c, b, &width) &&
                  decimal_multiply(offset, count, 0, &product);
        if (!ok) return fail_overflow(call, row, err);
        bucket = (int64_t)(product / width) + 1;
    }
    if (bucket > INT32_MAX)
        return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "integer out of range");
    *out = (int32_t)bucket;
    return STATUS_OK;
}

Status math_width_bucket_numeric(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row)) TRY(width_bucket_row(call, row, &out[row], err));
    return STATUS_OK;
}

Status math_scale_numeric(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) out[row] = call->arguments[0]->array.type.scale;
    return STATUS_OK;
}

Status math_min_scale_numeric(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        DecimalScaled number = numeric_at(call->arguments[0], row);
        while (number.scale > 0 && number.value % 10 == 0) number.value /= 10, number.scale--;
        out[row] = number.scale;
    }
    return STATUS_OK;
}
