/* SPDX-License-Identifier: Apache-2.0
 * expr/text_result.c - results of the kernels over text. */
#include "base/calendar.h"
#include "expr/text_priv.h"

View *text_share(FunctionCall *call, uint32_t argument) {
    ASSERT(argument < call->argument_count);
    const Array *from = &call->arguments[argument]->array;
    Array *out = &call->out->array;
    ASSERT(type_layout(from->type) == LAYOUT_VIEW);
    View *views = call_values(call, sizeof(*views));
    if (views == NULL) return NULL;
    memset(views, 0, call->row_count * sizeof(*views));
    out->data = from->data;
    out->data_count = from->data_count;
    return views;
}

void text_scratch(const FunctionCall *call, Text *text) {
    ASSERT(call->frame->pool != NULL);
    text_init(text, buffer_pool_memory(call->frame->pool));
    text->size_max = TEXT_RESULT_SIZE_MAX;
}

Status text_fail_too_large(FunctionCall *call, uint32_t row, Error *err) {
    return function_call_fail(call, row, err, STATUS_LIMIT, "requested length too large");
}

Status text_emit(FunctionCall *call, uint32_t row, ArrayBuilder *builder, Text *scratch, Error *err) {
    Status status = STATUS_OK;
    if (scratch->is_too_large) {
        array_builder_null(builder);
        status = text_fail_too_large(call, row, err);
    } else if (scratch->failed) {
        status = error_out_of_memory(err);
    } else {
        array_builder_text(builder, text_str(scratch));
    }
    text_reset(scratch);
    return status;
}

/* One scratch text for all rows: it keeps its memory from row to row. */
static Status build_rows(FunctionCall *call, ArrayBuilder *builder, Text *scratch, TextRow row_of,
                         Error *err) {
    ASSERT(builder->length == 0 && builder->capacity >= call->row_count);
    for (uint32_t row = 0; row < call->row_count; row++) {
        bool is_null = call_is_null(call, row);
        if (!is_null) TRY(row_of(call, row, scratch, &is_null, err));
        if (is_null) {
            array_builder_null(builder);
            text_reset(scratch);
        } else {
            TRY(text_emit(call, row, builder, scratch, err));
        }
    }
    return STATUS_OK;
}

Status text_build(FunctionCall *call, TextRow row_of, Error *err) {
    ASSERT(row_of != NULL);
    ArrayBuilder builder;
    Text scratch;
    TRY(call_builder(call, &builder, err));
    text_scratch(call, &scratch);
    Status status = build_rows(call, &builder, &scratch, row_of, err);
    text_deinit(&scratch);
    return status == STATUS_OK ? call_finish(call, &builder, err) : status;
}

void text_append_argument(const FunctionCall *call, uint32_t argument, uint32_t row, Text *out) {
    const Register *from = call->arguments[argument];
    size_t at = call_index(from, row);
    (void)array_value_text_in_zone(&from->array, at, call->zone, out);
}

void text_append_cast(const FunctionCall *call, uint32_t argument, uint32_t row, Text *out) {
    const Register *from = call->arguments[argument];
    if (from->array.type.id == TYPE_BOOLEAN)
        text_append_c(out, bits_get(array_bits(&from->array), call_index(from, row)) ? "true" : "false");
    else
        text_append_argument(call, argument, row, out);
}
