/* SPDX-License-Identifier: Apache-2.0
 * expr/degree_functions.c - trigonometry in degrees, exact where the result is: sind(30) is 0.5, cosd(90) is 0.
 *
 * An angle is brought into the first quadrant without loss; there each function is scaled so that it hits the known
 * values at 30, 45 and 60 degrees. */
#include <float.h>
#include <math.h>

#include "expr/functions_priv.h"

static const double RADIANS = 0.017453292519943295;

/* What the C library gives for angles that have an exact result; computed, so that it is the library's own. */
static double library(double (*function)(double), double volatile x) {
    return function(x);
}

/* ---- 0 to 90 degrees ---- */

static double sine_to_30(double x) {
    return sin(x * RADIANS) / library(sin, 30 * RADIANS) / 2;
}
static double cosine_to_60(double x) {
    return 1 - (1 - cos(x * RADIANS)) / (1 - library(cos, 60 * RADIANS)) / 2;
}
static double quadrant_sine(double x) {
    return x <= 30 ? sine_to_30(x) : cosine_to_60(90 - x);
}
static double quadrant_cosine(double x) {
    return x <= 60 ? cosine_to_60(x) : sine_to_30(90 - x);
}
static double quadrant_arc_sine(double x) {
    DEBUG_ASSERT(x >= 0 && x <= 1);
    return x <= 0.5 ? asin(x) / library(asin, 0.5) * 30 : 90 - acos(x) / library(acos, 0.5) * 60;
}
static double quadrant_arc_cosine(double x) {
    DEBUG_ASSERT(x >= 0 && x <= 1);
    return x <= 0.5 ? 90 - asin(x) / library(asin, 0.5) * 30 : acos(x) / library(acos, 0.5) * 60;
}

/* ---- any angle ---- */

/* Signs of sine and cosine come out apart. */
static double to_quadrant(double x, double *sine_sign, double *cosine_sign) {
    x = fmod(x, 360);
    *sine_sign = *cosine_sign = 1;
    if (x < 0) x = -x, *sine_sign = -*sine_sign;
    if (x > 180) x = 360 - x, *sine_sign = -*sine_sign;
    if (x > 90) x = 180 - x, *cosine_sign = -*cosine_sign;
    DEBUG_ASSERT(x >= 0 && x <= 90);
    return x;
}

static double sine(double x) {
    double sine_sign, cosine_sign, angle = to_quadrant(x, &sine_sign, &cosine_sign);
    return sine_sign * quadrant_sine(angle);
}
static double cosine(double x) {
    double sine_sign, cosine_sign, angle = to_quadrant(x, &sine_sign, &cosine_sign);
    return cosine_sign * quadrant_cosine(angle);
}
static double tangent(double x) {
    double sine_sign, cosine_sign, angle = to_quadrant(x, &sine_sign, &cosine_sign);
    double at_45 = quadrant_sine(45) / quadrant_cosine(45);
    double result = sine_sign * cosine_sign * (quadrant_sine(angle) / quadrant_cosine(angle) / at_45);
    return result == 0 ? 0 : result; /* never -0 */
}
static double cotangent(double x) {
    double sine_sign, cosine_sign, angle = to_quadrant(x, &sine_sign, &cosine_sign);
    double at_45 = quadrant_cosine(45) / quadrant_sine(45);
    double result = sine_sign * cosine_sign * (quadrant_cosine(angle) / quadrant_sine(angle) / at_45);
    return result == 0 ? 0 : result;
}
static double arc_sine(double x) {
    return x >= 0 ? quadrant_arc_sine(x) : -quadrant_arc_sine(-x);
}
static double arc_cosine(double x) {
    return x >= 0 ? quadrant_arc_cosine(x) : 90 + quadrant_arc_sine(-x);
}
static double arc_tangent(double x) {
    return atan(x) / library(atan, 1) * 45;
}

/* ---- kernels ---- */

/* `limit`: beyond it the function has no value and the row fails. NaN gives NaN. */
static inline __attribute__((always_inline)) Status each(FunctionCall *call, double (*of)(double), double limit,
                                                         Error *err) {
    const double *from = array_f64(&call->arguments[0]->array);
    double *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        bool outside = from[row] > limit || from[row] < -limit;
        out[row] = outside || isnan(from[row]) ? NAN : of(from[row]); /* NULL rows too: they hold any value */
        if (outside && !call_is_null(call, row))
            TRY(function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "input is out of range"));
    }
    return STATUS_OK;
}
Status degree_sin(FunctionCall *call, Error *err) {
    return each(call, sine, DBL_MAX, err);
}
Status degree_cos(FunctionCall *call, Error *err) {
    return each(call, cosine, DBL_MAX, err);
}
Status degree_tan(FunctionCall *call, Error *err) {
    return each(call, tangent, DBL_MAX, err);
}
Status degree_cot(FunctionCall *call, Error *err) {
    return each(call, cotangent, DBL_MAX, err);
}
Status degree_asin(FunctionCall *call, Error *err) {
    return each(call, arc_sine, 1, err);
}
Status degree_acos(FunctionCall *call, Error *err) {
    return each(call, arc_cosine, 1, err);
}
Status degree_atan(FunctionCall *call, Error *err) {
    return each(call, arc_tangent, INFINITY, err);
}
Status degree_atan2(FunctionCall *call, Error *err) {
    const Register *a = call->arguments[0], *b = call->arguments[1];
    double *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        double y = array_f64(&a->array)[call_index(a, row)], x = array_f64(&b->array)[call_index(b, row)];
        out[row] = atan2(y, x) / library(atan, 1) * 45;
    }
    return STATUS_OK;
}
