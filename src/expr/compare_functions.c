/* SPDX-License-Identifier: Apache-2.0
 * expr/compare_functions.c - the kernels of function_compare.def. */
#include "column/jsonb_view.h"
#include "expr/functions_priv.h"

/* ---- the six comparisons ---- */

/* 64 rows at a time: false is less than true. Bits past the count are any. */
static void compare_booleans(KernelCompare compare, KernelForm form, const uint64_t *a, const uint64_t *b,
                             uint32_t count, uint64_t *bits) {
    ASSERT(form == KERNEL_ARRAY_ARRAY || form == KERNEL_ARRAY_CONSTANT); /* the caller has swapped the third */
    uint64_t constant = b[0] & 1 ? ~0ULL : 0;
    for (size_t word = 0; word < bits_word_count(count); word++) {
        uint64_t x = a[word], y = form == KERNEL_ARRAY_CONSTANT ? constant : b[word];
        switch (compare) {
            case KERNEL_EQUAL: bits[word] = ~(x ^ y); break;
            case KERNEL_NOT_EQUAL: bits[word] = x ^ y; break;
            case KERNEL_LESS: bits[word] = ~x & y; break;
            case KERNEL_LESS_EQUAL: bits[word] = ~x | y; break;
            case KERNEL_GREATER: bits[word] = x & ~y; break;
            case KERNEL_GREATER_EQUAL: bits[word] = x | ~y; break;
            case KERNEL_COMPARE_COUNT: break;
        }
    }
}

static bool order_satisfies(int order, KernelCompare compare) {
    switch (compare) {
        case KERNEL_EQUAL: return order == 0;
        case KERNEL_NOT_EQUAL: return order != 0;
        case KERNEL_LESS: return order < 0;
        case KERNEL_LESS_EQUAL: return order <= 0;
        case KERNEL_GREATER: return order > 0;
        case KERNEL_GREATER_EQUAL: return order >= 0;
        case KERNEL_COMPARE_COUNT: break;
    }
    return false;
}

/* Of different scales. */
static void compare_decimals(KernelCompare compare, KernelForm form, const Array *a, const Array *b,
                             uint32_t count, uint64_t *bits) {
    memset(bits, 0, bits_size(count));
    for (uint32_t row = 0; row < count; row++) {
        DecimalScaled x = {array_decimal(a)[row], a->type.scale};
        DecimalScaled y = {array_decimal(b)[form == KERNEL_ARRAY_CONSTANT ? 0 : row], b->type.scale};
        if (order_satisfies(decimal_compare(x, y), compare)) bits_set(bits, row);
    }
}

static bool is_equality(KernelCompare compare) {
    return compare == KERNEL_EQUAL || compare == KERNEL_NOT_EQUAL;
}

/* JSON values, whose order is not that of their texts, and which may be equal where their bytes are not. */
static void compare_each(KernelCompare compare, KernelForm form, const Array *a, const Array *b, const uint64_t *validity, uint32_t count,
                         uint64_t *bits) {
    memset(bits, 0, bits_size(count));
    for (uint32_t row = 0; row < count; row++) {
        if (validity != NULL && !bits_get(validity, row)) continue;
        uint32_t other = form == KERNEL_ARRAY_CONSTANT ? 0 : row;
        int order = is_equality(compare) ? !array_value_equal(a, row, b, other) : array_value_compare(a, row, b, other);
        if (order_satisfies(order, compare)) bits_set(bits, row);
    }
}

/* ORDER_COUNT: bits and texts have loops of their own. */
static KernelOrder order_of(TypeLayout layout) {
    switch (layout) {
        case LAYOUT_I16: return ORDER_I16;
        case LAYOUT_I32: return ORDER_I32;
        case LAYOUT_I64: return ORDER_I64;
        case LAYOUT_F32: return ORDER_F32;
        case LAYOUT_F64: return ORDER_F64;
        case LAYOUT_I128: return ORDER_I128;
        case LAYOUT_INTERVAL: return ORDER_INTERVAL;
        case LAYOUT_BYTES16: return ORDER_BYTES16;
        case LAYOUT_BIT:
        case LAYOUT_VIEW:
        case LAYOUT_NESTED: break;
    }
    return ORDER_COUNT;
}

void compare_arrays(const KernelTable *kernels, KernelCompare compare, KernelForm form, const Array *a,
                    const Array *b, const uint64_t *validity, uint32_t count, uint64_t *bits) {
    TypeLayout layout = type_layout(a->type);
    ASSERT(type_layout(b->type) == layout); /* both sides were brought to one type */
    ASSERT(form == KERNEL_ARRAY_ARRAY || form == KERNEL_ARRAY_CONSTANT);
    bool is_json = a->type.id == TYPE_JSONB;
    if (is_json && (!is_equality(compare) || jsonb_array_has_zeros(a) || jsonb_array_has_zeros(b))) {
        compare_each(compare, form, a, b, validity, count, bits);
    } else if (layout == LAYOUT_VIEW) {
        KernelViews x = {array_views(a), a->data}, y = {array_views(b), b->data};
        kernels->compare_views[compare][form](x, y, validity, count, bits);
    } else if (layout == LAYOUT_BIT) {
        compare_booleans(compare, form, a->values, b->values, count, bits);
    } else if (layout == LAYOUT_I128 && a->type.scale != b->type.scale) {
        compare_decimals(compare, form, a, b, count, bits);
    } else {
        ASSERT(order_of(layout) != ORDER_COUNT); /* nested types are not compared */
        kernels->compare[compare][form][order_of(layout)](a->values, b->values, count, bits);
    }
}

/* Two registers; `validity`: as compare_arrays. */
static void compare_registers(const FunctionCall *call, KernelCompare compare, const uint64_t *validity,
                              uint64_t *bits) {
    const Register *a = call->arguments[0], *b = call->arguments[1];
    KernelForm form = KERNEL_ARRAY_ARRAY;
    if (b->constant && !a->constant) form = KERNEL_ARRAY_CONSTANT;
    if (a->constant && !b->constant) { /* there is no form with the constant in front */
        const Register *swapped = a;
        a = b, b = swapped;
        form = KERNEL_ARRAY_CONSTANT;
        compare = kernel_compare_swap(compare);
    }
    compare_arrays(call->kernels, compare, form, &a->array, &b->array, validity, call->row_count, bits);
}

static inline Status compare_call(FunctionCall *call, KernelCompare compare, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    compare_registers(call, compare, call->out->array.validity, bits);
    return STATUS_OK;
}

Status compare_equal(FunctionCall *call, Error *err) {
    return compare_call(call, KERNEL_EQUAL, err);
}
Status compare_not_equal(FunctionCall *call, Error *err) {
    return compare_call(call, KERNEL_NOT_EQUAL, err);
}
Status compare_less(FunctionCall *call, Error *err) {
    return compare_call(call, KERNEL_LESS, err);
}
Status compare_less_equal(FunctionCall *call, Error *err) {
    return compare_call(call, KERNEL_LESS_EQUAL, err);
}
Status compare_greater(FunctionCall *call, Error *err) {
    return compare_call(call, KERNEL_GREATER, err);
}
Status compare_greater_equal(FunctionCall *call, Error *err) {
    return compare_call(call, KERNEL_GREATER_EQUAL, err);
}

/* ---- NULL as a value ---- */

/* 64 validity bits of an argument. */
static inline uint64_t validity_word(const Register *argument, size_t word) {
    const uint64_t *validity = argument->array.validity;
    if (validity == NULL) return ~0ULL;
    return argument->constant ? (uint64_t)0 - (validity[0] & 1) : validity[word];
}

/* Both arguments not NULL; NULL when refused. */
static uint64_t *both_valid(const FunctionCall *call) {
    size_t word_count = bits_word_count(call->row_count);
    uint64_t *both = frame_alloc(call->frame, 8 * word_count, NULL);
    for (size_t word = 0; both != NULL && word < word_count; word++)
        both[word] = validity_word(call->arguments[0], word) & validity_word(call->arguments[1], word);
    return both;
}

/* Same: both NULL, or neither and equal. */
static Status same_call(FunctionCall *call, uint64_t flip, Error *err) {
    uint64_t *bits = call_bits(call);
    uint64_t *both = both_valid(call);
    if (bits == NULL || both == NULL) return error_out_of_memory(err);
    compare_registers(call, KERNEL_EQUAL, both, bits);
    for (size_t word = 0; word < bits_word_count(call->row_count); word++) {
        uint64_t x = validity_word(call->arguments[0], word), y = validity_word(call->arguments[1], word);
        bits[word] = ((bits[word] & both[word]) | (~x & ~y)) ^ flip;
    }
    return STATUS_OK;
}

Status compare_is_distinct(FunctionCall *call, Error *err) {
    return same_call(call, ~0ULL, err);
}
Status compare_is_not_distinct(FunctionCall *call, Error *err) {
    return same_call(call, 0, err);
}

static Status null_call(FunctionCall *call, uint64_t flip, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    for (size_t word = 0; word < bits_word_count(call->row_count); word++)
        bits[word] = validity_word(call->arguments[0], word) ^ flip;
    return STATUS_OK;
}

Status compare_is_null(FunctionCall *call, Error *err) {
    return null_call(call, ~0ULL, err);
}
Status compare_is_not_null(FunctionCall *call, Error *err) {
    return null_call(call, 0, err);
}

/* The first argument, NULL where it equals the second. */
Status compare_nullif(FunctionCall *call, Error *err) {
    const Register *first = call->arguments[0];
    size_t word_count = bits_word_count(call->row_count);
    uint64_t *validity = frame_alloc(call->frame, 8 * word_count, &call->out->array.validity_owner);
    uint64_t *equal = frame_alloc(call->frame, 8 * word_count, NULL);
    uint64_t *both = both_valid(call);
    if (validity == NULL || equal == NULL || both == NULL) return error_out_of_memory(err);
    compare_registers(call, KERNEL_EQUAL, both, equal);
    for (size_t word = 0; word < word_count; word++)
        validity[word] = validity_word(first, word) & ~(equal[word] & both[word]);
    ASSERT(type_layout(first->array.type) == type_layout(call->out->array.type));
    Array value = first->array; /* the bytes stay where they are, only some rows become NULL */
    if (first->constant && call->row_count != 1)
        TRY(array_repeat(&first->array, 0, call->frame, call->row_count, &value, err));
    Array *out = &call->out->array;
    value.type = out->type;
    value.validity = validity;
    value.validity_owner = out->validity_owner;
    *out = value;
    call->own_validity = validity;
    return STATUS_OK;
}

/* The best of the arguments in each row; comparing by array_value_compare, which knows every type. */
static Status best_call(FunctionCall *call, int sign, Error *err) {
    uint32_t *sources = FRAME_ARRAY(call->frame, uint32_t, call->row_count);
    uint32_t *positions = FRAME_ARRAY(call->frame, uint32_t, call->row_count);
    Array *arrays = FRAME_ARRAY(call->frame, Array, call->argument_count);
    if (sources == NULL || positions == NULL || arrays == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < call->argument_count; i++) {
        arrays[i] = call->arguments[i]->array;
        ASSERT(type_layout(arrays[i].type) == type_layout(arrays[0].type)); /* RESULT_COMMON */
        ASSERT(arrays[i].type.scale == arrays[0].type.scale);               /* values are gathered as they are */
    }
    for (uint32_t row = 0; row < call->row_count; row++) {
        uint32_t best = 0, position = (uint32_t)call_index(call->arguments[0], row);
        for (uint32_t i = 1; i < call->argument_count; i++) {
            uint32_t at = (uint32_t)call_index(call->arguments[i], row);
            if (array_is_null(&arrays[i], at)) continue;
            bool better = array_is_null(&arrays[best], position) ||
                          sign * array_value_compare(&arrays[i], at, &arrays[best], position) > 0;
            if (better) best = i, position = at;
        }
        sources[row] = best;
        positions[row] = position;
    }
    Type type = call->out->array.type;
    TRY(array_gather_many(arrays, call->argument_count, call->frame, sources, positions, call->row_count,
                          &call->out->array, err));
    call->out->array.type = type;
    return STATUS_OK;
}

Status compare_greatest(FunctionCall *call, Error *err) {
    return best_call(call, 1, err);
}
Status compare_least(FunctionCall *call, Error *err) {
    return best_call(call, -1, err);
}

/* ---- truth ---- */

Status compare_not(FunctionCall *call, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    const uint64_t *x = array_bits(&call->arguments[0]->array);
    for (size_t word = 0; word < bits_word_count(call->row_count); word++) bits[word] = ~x[word];
    return STATUS_OK;
}

/* (valid and (value ^ value_flip)) ^ flip */
static Status truth_call(FunctionCall *call, uint64_t value_flip, uint64_t flip, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    const uint64_t *x = array_bits(&call->arguments[0]->array);
    for (size_t word = 0; word < bits_word_count(call->row_count); word++)
        bits[word] = (validity_word(call->arguments[0], word) & (x[word] ^ value_flip)) ^ flip;
    return STATUS_OK;
}

Status compare_is_true(FunctionCall *call, Error *err) {
    return truth_call(call, 0, 0, err);
}
Status compare_is_not_true(FunctionCall *call, Error *err) {
    return truth_call(call, 0, ~0ULL, err);
}
Status compare_is_false(FunctionCall *call, Error *err) {
    return truth_call(call, ~0ULL, 0, err);
}
Status compare_is_not_false(FunctionCall *call, Error *err) {
    return truth_call(call, ~0ULL, ~0ULL, err);
}
