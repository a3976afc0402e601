/* SPDX-License-Identifier: Apache-2.0
 * expr/function_result.c - the type of a call's result; the rules for NUMERIC are in docs/DIFFERENCES.md.
 *
 * PostgreSQL finds a numeric's scale per value; a column here has one scale, which must follow from the types alone. */
#include "expr/function.h"

#include "base/calendar_field.h"

enum {
    NUMERIC_FUNCTION_SCALE = 16, /* sqrt, ln, ...; the least of a quotient */
    PRODUCT_SCALE_KEPT = 6,      /* a product's scale is not cut below it */
};

static int max_int(int a, int b) {
    return a > b ? a : b;
}
static int min_int(int a, int b) {
    return a < b ? a : b;
}

static int digits_before_point(Type type) {
    int precision = type.precision == 0 ? TYPE_PRECISION_MAX : type.precision;
    return max_int(precision - type.scale, 0);
}

static Type numeric_of(int digits_before, int scale) {
    ASSERT(digits_before >= 0 && scale >= 0);
    scale = min_int(scale, TYPE_PRECISION_MAX);
    return type_numeric(min_int(max_int(digits_before + scale, 1), TYPE_PRECISION_MAX), scale);
}

/* The whole scale when all digits fit, else as much of it as the digits before the point leave, but no less
 * than the larger scale of the operands. */
static Type multiply_result(Type a, Type b) {
    int scale = a.scale + b.scale;
    int before = digits_before_point(a) + digits_before_point(b);
    int kept = min_int(scale, max_int(PRODUCT_SCALE_KEPT, max_int(a.scale, b.scale)));
    if (before + scale > TYPE_PRECISION_MAX) scale = max_int(TYPE_PRECISION_MAX - before, kept);
    return numeric_of(before, min_int(scale, a.scale + b.scale));
}

static Type divide_result(Type a, Type b) {
    int scale = max_int(NUMERIC_FUNCTION_SCALE, max_int(a.scale, b.scale));
    return numeric_of(digits_before_point(a) + b.scale, scale);
}

static Type round_result(Type a, int64_t digits) {
    if (digits == INT64_MIN) return a;
    int scale = digits < 0 ? 0 : digits > TYPE_PRECISION_MAX ? TYPE_PRECISION_MAX : (int)digits;
    return numeric_of(digits_before_point(a) + 1, scale);
}

/* `field`: a CalendarField. */
static Type extract_result(int64_t field, Type from) {
    if (from.id == TYPE_DATE) return type_numeric(TYPE_PRECISION_MAX, 0);
    int scale = calendar_field_scale(field == INT64_MIN ? CALENDAR_FIELD_SECOND : (CalendarField)field);
    return type_numeric(TYPE_PRECISION_MAX, scale);
}

/* A type of the list may be UNKNOWN or of no modifiers only when no rule looks at it. */
Status function_result_type(const Function *function, const Type *arguments, const int64_t *constants,
                            uint32_t count, Type *out, Error *err) {
    if (count < function->argument_count)
        return error_set(err, STATUS_INTERNAL, "function %s got %u arguments", function->name, count);
    const Type a = count > 0 ? arguments[0] : (Type){0}, b = count > 1 ? arguments[1] : (Type){0};
    switch (function->result_rule) {
        case RESULT_FIXED:
            *out = function->result == TYPE_NUMERIC ? type_numeric(TYPE_PRECISION_MAX, NUMERIC_FUNCTION_SCALE)
                                                    : type_of(function->result);
            break;
        case RESULT_FIRST_ARGUMENT:
        case RESULT_COMMON: *out = a; break;
        case RESULT_NUMERIC_ADD:
            *out = numeric_of(max_int(digits_before_point(a), digits_before_point(b)) + 1,
                              max_int(a.scale, b.scale));
            break;
        case RESULT_NUMERIC_MULTIPLY: *out = multiply_result(a, b); break;
        case RESULT_NUMERIC_DIVIDE: *out = divide_result(a, b); break;
        case RESULT_NUMERIC_MODULO:
            *out = numeric_of(digits_before_point(b), max_int(a.scale, b.scale));
            break;
        case RESULT_NUMERIC_DIVISOR: *out = type_numeric(TYPE_PRECISION_MAX, max_int(a.scale, b.scale)); break;
        case RESULT_NUMERIC_ROUND: *out = round_result(a, constants[1]); break;
        case RESULT_NUMERIC_INTEGER: *out = type_numeric(TYPE_PRECISION_MAX, 0); break;
        case RESULT_NUMERIC_PATTERN:
            *out = type_numeric(TYPE_PRECISION_MAX, constants[1] == INT64_MIN ? NUMERIC_FUNCTION_SCALE : (int)constants[1]);
            break;
        case RESULT_NUMERIC_EXTRACT: *out = extract_result(constants[0], b); break;
        case RESULT_NUMERIC_FUNCTION: *out = type_numeric(TYPE_PRECISION_MAX, NUMERIC_FUNCTION_SCALE); break;
    }
    return STATUS_OK;
}

Type function_numeric_type(Type from) {
    switch (from.id) {
        case TYPE_SMALLINT: return type_numeric(5, 0);
        case TYPE_INTEGER: return type_numeric(10, 0);
        case TYPE_BIGINT: return type_numeric(19, 0);
        case TYPE_NUMERIC: return from;
        default: return type_numeric(TYPE_PRECISION_MAX, NUMERIC_FUNCTION_SCALE);
    }
}
