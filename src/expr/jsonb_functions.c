/* SPDX-License-Identifier: Apache-2.0
 * expr/jsonb_functions.c - the kernels of function_jsonb.def. A part of a JSON value stays where it is: only its view is new. */
#include "base/jsonb.h"
#include "expr/text_priv.h"
#include "format/json_write.h"

/* ---- parts ---- */

/* What is looked for in row `row` of argument 0; false: it is not there. */
typedef bool (*FindPart)(const FunctionCall *call, uint32_t row, Str *out);

static bool find_field(const FunctionCall *call, uint32_t row, Str *out) {
    return jsonb_field(text_at(call, 0, row), text_at(call, 1, row), out);
}

static bool find_element(const FunctionCall *call, uint32_t row, Str *out) {
    int32_t index = i32_at(call, 1, row);
    *out = text_at(call, 0, row);
    JsonbKind kind = jsonb_kind(*out);
    /* To PostgreSQL a scalar on its own is a list of one. */
    if (kind != JSONB_ARRAY && kind != JSONB_OBJECT) return index == 0 || index == -1;
    return jsonb_element(*out, index, out);
}

static bool find_path(const FunctionCall *call, uint32_t row, Str *out) {
    *out = text_at(call, 0, row);
    for (uint32_t i = 1; i < call->argument_count; i++)
        if (!jsonb_step(*out, text_at(call, i, row), out)) return false;
    return true;
}

static Status share_parts(FunctionCall *call, FindPart find, Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    for (uint32_t row = 0; row < call->row_count; row++) {
        Str part;
        if (call_is_null(call, row)) continue;
        if (find(call, row, &part)) {
            views[row] = text_cut(call, 0, row, part);
            continue;
        }
        uint64_t *validity = call_own_validity(call);
        TRY_ALLOC(validity);
        bits_clear(validity, row);
    }
    return STATUS_OK;
}

Status jsonb_get_field(FunctionCall *call, Error *err) {
    return share_parts(call, find_field, err);
}
Status jsonb_get_element(FunctionCall *call, Error *err) {
    return share_parts(call, find_element, err);
}
Status jsonb_extract_path(FunctionCall *call, Error *err) {
    return share_parts(call, find_path, err);
}

/* ---- parts as text: null is NULL, a string is without its quotes ---- */

static Status plain_part(FunctionCall *call, uint32_t row, FindPart find, Text *out, bool *is_null) {
    Str part;
    *is_null = !find(call, row, &part) || jsonb_kind(part) == JSONB_NULL;
    if (!*is_null) jsonb_append_plain(out, part);
    return STATUS_OK;
}

static Status field_text(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    return plain_part(call, row, find_field, out, is_null);
}
Status jsonb_get_field_text(FunctionCall *call, Error *err) {
    return text_build(call, field_text, err);
}

static Status element_text(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    return plain_part(call, row, find_element, out, is_null);
}
Status jsonb_get_element_text(FunctionCall *call, Error *err) {
    return text_build(call, element_text, err);
}

static Status path_text(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    return plain_part(call, row, find_path, out, is_null);
}
Status jsonb_extract_path_text(FunctionCall *call, Error *err) {
    return text_build(call, path_text, err);
}

/* ---- questions ---- */

typedef bool (*AskRow)(const FunctionCall *call, uint32_t row);

static Status ask_rows(FunctionCall *call, AskRow ask, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    for (uint32_t row = 0; row < call->row_count; row++) bits_assign(bits, row, !call_is_null(call, row) && ask(call, row));
    return STATUS_OK;
}

static bool left_contains(const FunctionCall *call, uint32_t row) {
    return jsonb_contains(text_at(call, 0, row), text_at(call, 1, row));
}
Status jsonb_contains_right(FunctionCall *call, Error *err) {
    return ask_rows(call, left_contains, err);
}

static bool right_contains(const FunctionCall *call, uint32_t row) {
    return jsonb_contains(text_at(call, 1, row), text_at(call, 0, row));
}
Status jsonb_contains_left(FunctionCall *call, Error *err) {
    return ask_rows(call, right_contains, err);
}

static bool has_key(const FunctionCall *call, uint32_t row) {
    return jsonb_has_key_or_string(text_at(call, 0, row), text_at(call, 1, row));
}
Status jsonb_has_key(FunctionCall *call, Error *err) {
    return ask_rows(call, has_key, err);
}

static Status kind_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    text_append_c(out, jsonb_kind_name(jsonb_kind(text_at(call, 0, row))));
    return STATUS_OK;
}
Status jsonb_typeof(FunctionCall *call, Error *err) {
    return text_build(call, kind_row, err);
}

Status jsonb_array_length(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        out[row] = 0;
        if (call_is_null(call, row)) continue;
        Str value = text_at(call, 0, row);
        JsonbKind kind = jsonb_kind(value);
        if (kind == JSONB_ARRAY)
            out[row] = (int32_t)jsonb_count(value);
        else
            TRY(function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "cannot get array length of %s",
                                   kind == JSONB_OBJECT ? "a non-array" : "a scalar"));
    }
    return STATUS_OK;
}

/* ---- new values ---- */

static Status strip_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    jsonb_append_stripped(out, text_at(call, 0, row));
    return STATUS_OK;
}
Status jsonb_strip_nulls(FunctionCall *call, Error *err) {
    return text_build(call, strip_row, err);
}

static Status pretty_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    jsonb_append_pretty(out, text_at(call, 0, row));
    return STATUS_OK;
}
Status jsonb_pretty(FunctionCall *call, Error *err) {
    return text_build(call, pretty_row, err);
}

/* As row_to_json writes it, made canonical. */
static Status any_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    const Register *from = call->arguments[0];
    Text json;
    Error failure;
    text_scratch(call, &json);
    json_write_value(&json, &from->array, call_index(from, row), call->zone);
    Status status = json.failed ? error_out_of_memory(&failure) : jsonb_parse(text_str(&json), out, &failure);
    text_deinit(&json);
    if (status == STATUS_OK) return STATUS_OK;
    *is_null = true;
    if (status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
    return call_fail_with(call, row, &failure, err);
}
Status jsonb_from_any(FunctionCall *call, Error *err) {
    return text_build(call, any_row, err);
}
