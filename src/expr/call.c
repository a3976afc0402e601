/* SPDX-License-Identifier: Apache-2.0
 * expr/call.c - what the kernels of all families share: failing rows, making results. */
#include "expr/functions_priv.h"

/* What the result starts with may be an argument's bitmap: it is copied once, and known by its address. */
uint64_t *call_own_validity(FunctionCall *call) {
    Array *array = &call->out->array;
    if (call->own_validity != NULL) return call->own_validity;
    uint64_t *validity = frame_alloc(call->frame, bits_size(call->row_count), &array->validity_owner);
    if (validity == NULL) return NULL;
    if (array->validity == NULL)
        bits_fill(validity, call->row_count, true);
    else
        memcpy(validity, array->validity, bits_size(call->row_count));
    array->validity = call->own_validity = validity;
    return validity;
}

static Status errors_ensure(FunctionCall *call, Error *err) {
    if (call->out->errors != NULL) return STATUS_OK;
    const RowError **errors = FRAME_ARRAY(call->frame, const RowError *, call->row_count);
    TRY_ALLOC(errors);
    call->out->errors = errors;
    return STATUS_OK;
}

/* The error of the row, and NULL as its value. The message is copied: it is the caller's buffer. */
static Status fail_row(FunctionCall *call, uint32_t row, Status status, Str message, Error *err) {
    ASSERT(status != STATUS_OK);
    DEBUG_ASSERT(row < call->row_count);
    DEBUG_ASSERT((call->function->flags & FUNCTION_FALLIBLE) != 0); /* else its filter may have been moved */
    if (call->fails_as_null) {
        uint64_t *validity = call_own_validity(call);
        TRY_ALLOC(validity);
        bits_clear(validity, row);
        return STATUS_OK;
    }
    TRY(errors_ensure(call, err));
    RowError *failure = FRAME_NEW(call->frame, RowError);
    TRY_ALLOC(failure);
    failure->status = status;
    failure->message = str_copy(&call->frame->arena, message);
    failure->span = call->span;
    TRY_ALLOC(failure->message.data);
    uint64_t *validity = call_own_validity(call);
    TRY_ALLOC(validity);
    call->out->errors[row] = failure;
    bits_clear(validity, row);
    return STATUS_OK;
}

Status function_call_fail(FunctionCall *call, uint32_t row, Error *err, Status status, const char *format,
                          ...) {
    char message[ERROR_MESSAGE_SIZE_MAX];
    va_list args;
    va_start(args, format);
    size_t size = text_vformat(message, sizeof(message), format, args);
    va_end(args);
    return fail_row(call, row, status, str_from(message, size), err);
}

Status call_fail_with(FunctionCall *call, uint32_t row, const Error *cause, Error *err) {
    ASSERT(cause->status != STATUS_OK);
    return fail_row(call, row, cause->status, str_from_c(cause->message), err);
}

Status call_builder(FunctionCall *call, ArrayBuilder *builder, Error *err) {
    ASSERT(call->row_count > 0);
    return array_builder_init(builder, call->frame, call->out->array.type, call->row_count, err);
}

Status call_finish(FunctionCall *call, ArrayBuilder *builder, Error *err) {
    Array built;
    TRY(array_builder_finish(builder, &built, err));
    ASSERT(built.length == call->row_count);
    ASSERT(type_layout(built.type) == type_layout(call->out->array.type));
    Array *out = &call->out->array;
    if (built.validity != NULL && out->validity != NULL) {
        uint64_t *validity = call_own_validity(call);
        TRY_ALLOC(validity);
        for (size_t i = 0; i < bits_word_count(call->row_count); i++) validity[i] &= built.validity[i];
    } else if (built.validity != NULL) {
        out->validity = built.validity;
        out->validity_owner = built.validity_owner;
    }
    out->values = built.values;
    out->values_owner = built.values_owner;
    out->data = built.data;
    out->data_count = built.data_count;
    return STATUS_OK;
}

KernelLane kernel_lane_of(Type type) {
    switch (type_layout(type)) {
        case LAYOUT_I16: return LANE_I16;
        case LAYOUT_I32: return LANE_I32;
        case LAYOUT_I64: return LANE_I64;
        case LAYOUT_F32: return LANE_F32;
        case LAYOUT_F64: return LANE_F64;
        case LAYOUT_BIT:
        case LAYOUT_I128:
        case LAYOUT_INTERVAL:
        case LAYOUT_BYTES16:
        case LAYOUT_VIEW:
        case LAYOUT_NESTED: break;
    }
    ASSERT(!"a type without a lane");
    return LANE_I64;
}

/* The value unchanged, under the result's type. */
Status call_same(FunctionCall *call, Error *err) {
    const Array *from = &call->arguments[0]->array;
    Array *out = &call->out->array;
    ASSERT(type_layout(from->type) == type_layout(call->out->array.type)); /* the bytes are taken over */
    out->values = from->values;
    out->values_owner = from->values_owner;
    out->data = from->data;
    out->data_count = from->data_count;
    (void)err;
    return STATUS_OK;
}
