/* SPDX-License-Identifier: Apache-2.0
 * expr/functions_priv.h - for the files of kernels: every kernel declared, and what they share.
 *
 *     Status math_sign_f64(FunctionCall *call, Error *err) {
 *         const double *x = call->arguments[0]->array.values;
 *         double *out = call_values(call, sizeof(*out));
 *         TRY_ALLOC(out);
 *         for (uint32_t row = 0; row < call->row_count; row++) out[row] = ...;
 *         return STATUS_OK;
 *     }
 *
 * A constant argument has length 1: index it with call_index. Rows that are NULL hold any value; texts
 * there must not be followed (call_is_null). */
#ifndef WEIR_EXPR_FUNCTIONS_PRIV_H
#define WEIR_EXPR_FUNCTIONS_PRIV_H

#include "column/builder.h"
#include "expr/program.h"
#include "kernel/table.h"

#define FUNCTION(name, arguments, result, rule, flags, kernel, summary) \
    Status kernel(FunctionCall *call, Error *err);
#include "expr/function.def"
#undef FUNCTION
#define CAST(from, to, context, flags, kernel) Status kernel(FunctionCall *call, Error *err);
#include "expr/function_cast.def"
#undef CAST

/* Where row `row` of an argument lies. */
static inline size_t call_index(const Register *argument, size_t row) {
    return argument->constant ? 0 : row;
}

/* NULL (or failed) by the arguments of a strict function. */
static inline bool call_is_null(const FunctionCall *call, size_t row) {
    return array_is_null(&call->out->array, row);
}

/* Values of the result, row_count of `width` bytes; NULL when refused. */
NODISCARD static inline void *call_values(FunctionCall *call, size_t width) {
    Array *out = &call->out->array;
    void *values = frame_alloc(call->frame, call->row_count * width, &out->values_owner);
    out->values = values;
    return values;
}

/* A boolean result: whole words. */
NODISCARD static inline uint64_t *call_bits(FunctionCall *call) {
    Array *out = &call->out->array;
    uint64_t *bits = frame_alloc(call->frame, bits_size(call->row_count), &out->values_owner);
    out->values = bits;
    return bits;
}

/* The result's validity as a copy of its own, to clear bits in; made at the first call. NULL when refused. */
NODISCARD uint64_t *call_own_validity(FunctionCall *call);

/* A builder of the result's type for row_count rows. call_finish moves it into the result; rows it made NULL
 * are NULL besides those that were. */
NODISCARD Status call_builder(FunctionCall *call, ArrayBuilder *builder, Error *err);
NODISCARD Status call_finish(FunctionCall *call, ArrayBuilder *builder, Error *err);

/* Fails the row with an error made elsewhere. */
NODISCARD Status call_fail_with(FunctionCall *call, uint32_t row, const Error *cause, Error *err);

/* The lane of a numeric type; it has one. */
KernelLane kernel_lane_of(Type type);

/* a op b of two arrays of one type, NUMERIC of any scales, into bits [0, count); forms ARRAY_ARRAY and
 * ARRAY_CONSTANT. `validity` (NULL: all): rows that count, the others get any bit. */
void compare_arrays(const KernelTable *kernels, KernelCompare compare, KernelForm form, const Array *a,
                    const Array *b, const uint64_t *validity, uint32_t count, uint64_t *bits);

#endif
