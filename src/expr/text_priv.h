/* SPDX-License-Identifier: Apache-2.0
 * expr/text_priv.h - what the kernels over text share: reading arguments, results that point into an
 * argument's bytes, results built in scratch text.
 *
 *     View *views = text_share(call, 0);              the result lies in argument 0's buffers
 *     TRY_ALLOC(views);
 *     views[row] = text_cut(call, 0, row, part);      part: a slice of text_at(call, 0, row)
 *
 * Threads: no state. */
#ifndef WEIR_EXPR_TEXT_PRIV_H
#define WEIR_EXPR_TEXT_PRIV_H

#include "expr/functions_priv.h"

enum { TEXT_RESULT_SIZE_MAX = 1 << 30 }; /* as PostgreSQL: 1 GB */

/* Argument `argument` in `row`; it is not NULL there. The text lies in the argument's buffers. */
static inline Str text_at(const FunctionCall *call, uint32_t argument, uint32_t row) {
    const Register *from = call->arguments[argument];
    DEBUG_ASSERT(argument < call->argument_count && row < call->row_count);
    return array_text(&from->array, call_index(from, row));
}

static inline int32_t i32_at(const FunctionCall *call, uint32_t argument, uint32_t row) {
    const Register *from = call->arguments[argument];
    DEBUG_ASSERT(argument < call->argument_count && row < call->row_count);
    return array_i32(&from->array)[call_index(from, row)];
}

static inline int64_t i64_at(const FunctionCall *call, uint32_t argument, uint32_t row) {
    const Register *from = call->arguments[argument];
    DEBUG_ASSERT(argument < call->argument_count && row < call->row_count);
    return array_i64(&from->array)[call_index(from, row)];
}

/* Makes the result a list of views into the buffers of an argument: row_count zeroed views, NULL when
 * refused. */
NODISCARD View *text_share(FunctionCall *call, uint32_t argument);

/* The view of a slice of an argument's text. */
static inline View text_cut(const FunctionCall *call, uint32_t argument, uint32_t row, Str part) {
    const Register *from = call->arguments[argument];
    return view_slice(array_views(&from->array) + call_index(from, row), from->array.data, part);
}

/* A Text whose memory is the frame's pool's; text_deinit it. */

/* Grows to TEXT_RESULT_SIZE_MAX, beyond which it says is_too_large and holds nothing. */
void text_scratch(const FunctionCall *call, Text *text);

/* Appends scratch text to the result as the row's value and empties it. A text of more than TEXT_RESULT_SIZE_MAX bytes
 * fails its row. */
NODISCARD Status text_emit(FunctionCall *call, uint32_t row, ArrayBuilder *builder, Text *scratch, Error *err);

/* Fails a row whose text would be too large. */
NODISCARD Status text_fail_too_large(FunctionCall *call, uint32_t row, Error *err);

/* One row of the result in scratch text; false makes it NULL. The row's own failures go to
 * function_call_fail. */
typedef Status (*TextRow)(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err);

/* Builds a TEXT result row by row. */
NODISCARD Status text_build(FunctionCall *call, TextRow row_of, Error *err);

/* The value of any argument in PostgreSQL's text form, timestamps in the session's zone. It is not NULL. */
void text_append_argument(const FunctionCall *call, uint32_t argument, uint32_t row, Text *out);

/* The same as a cast to TEXT gives it: a boolean is "true", not "t". */
void text_append_cast(const FunctionCall *call, uint32_t argument, uint32_t row, Text *out);

#endif
