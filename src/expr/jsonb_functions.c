/* SPDX-License-Identifier: Apache-2.0
 * expr/jsonb_functions.c - the kernels of function_jsonb.def. A part of a JSON value stays where it is: only its view is new. That is, where no value of the
 * argument has a key of its own (base/jsonb.h): a part of a shown text may need one, so there new values are made. */
#include "column/jsonb_view.h"
#include "expr/text_priv.h"
#include "format/json_write.h"

static Str shown_at(const FunctionCall *call, uint32_t argument, uint32_t row) {
    return jsonb_shown(text_at(call, argument, row));
}

static Str key_at(const FunctionCall *call, uint32_t argument, uint32_t row) {
    return jsonb_key(text_at(call, argument, row));
}

/* ---- parts ---- */

/* What is looked for in row `row` of argument 0; false: it is not there. */
typedef bool (*FindPart)(const FunctionCall *call, uint32_t row, Str *out);

static bool find_field(const FunctionCall *call, uint32_t row, Str *out) {
    return jsonb_field(shown_at(call, 0, row), text_at(call, 1, row), out);
}

static bool find_element(const FunctionCall *call, uint32_t row, Str *out) {
    int32_t index = i32_at(call, 1, row);
    *out = shown_at(call, 0, row);
    JsonbKind kind = jsonb_kind(*out);
    /* To PostgreSQL a scalar on its own is a list of one. */
    if (kind != JSONB_ARRAY && kind != JSONB_OBJECT) return index == 0 || index == -1;
    return jsonb_element(*out, index, out);
}

static bool find_path(const FunctionCall *call, uint32_t row, Str *out) {
    *out = shown_at(call, 0, row);
    for (uint32_t i = 1; i < call->argument_count; i++)
        if (!jsonb_step(*out, text_at(call, i, row), out)) return false;
    return true;
}

static Status share_parts(FunctionCall *call, FindPart find, Error *err) {
    ASSERT(find != NULL);
    ASSERT((call->function->flags & FUNCTION_NULLABLE) != 0); /* what is not there is NULL */
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

static Status copied_part(FunctionCall *call, uint32_t row, FindPart find, Text *out, bool *is_null) {
    Str part;
    *is_null = !find(call, row, &part);
    if (*is_null) return STATUS_OK;
    text_append(out, part);
    jsonb_finish(out, 0);
    return STATUS_OK;
}

static bool is_shared(const FunctionCall *call) {
    return !jsonb_array_has_zeros(&call->arguments[0]->array);
}

static Status field_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    return copied_part(call, row, find_field, out, is_null);
}
Status jsonb_get_field(FunctionCall *call, Error *err) {
    return is_shared(call) ? share_parts(call, find_field, err) : text_build(call, field_row, err);
}

static Status element_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    return copied_part(call, row, find_element, out, is_null);
}
Status jsonb_get_element(FunctionCall *call, Error *err) {
    return is_shared(call) ? share_parts(call, find_element, err) : text_build(call, element_row, err);
}

static Status path_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    return copied_part(call, row, find_path, out, is_null);
}
Status jsonb_extract_path(FunctionCall *call, Error *err) {
    return is_shared(call) ? share_parts(call, find_path, err) : text_build(call, path_row, err);
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
    return jsonb_contains(key_at(call, 0, row), key_at(call, 1, row));
}
Status jsonb_contains_right(FunctionCall *call, Error *err) {
    return ask_rows(call, left_contains, err);
}

static bool right_contains(const FunctionCall *call, uint32_t row) {
    return jsonb_contains(key_at(call, 1, row), key_at(call, 0, row));
}
Status jsonb_contains_left(FunctionCall *call, Error *err) {
    return ask_rows(call, right_contains, err);
}

static bool has_key(const FunctionCall *call, uint32_t row) {
    return jsonb_has_key_or_string(shown_at(call, 0, row), text_at(call, 1, row));
}
Status jsonb_has_key(FunctionCall *call, Error *err) {
    return ask_rows(call, has_key, err);
}

static Status kind_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    text_append_c(out, jsonb_kind_name(jsonb_kind(shown_at(call, 0, row))));
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
        Str value = shown_at(call, 0, row);
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

/* What was made of the shown texts of the first `count` arguments: without zeros in these there are none in it. */
static void finish_made(const FunctionCall *call, uint32_t count, uint32_t row, Text *out) {
    bool has_zeros = false;
    for (uint32_t i = 0; i < count; i++) has_zeros |= jsonb_has_zeros(text_at(call, i, row));
    if (has_zeros) jsonb_finish(out, 0);
}

static Status strip_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    jsonb_append_stripped(out, shown_at(call, 0, row));
    finish_made(call, 1, row, out);
    return STATUS_OK;
}
Status jsonb_strip_nulls(FunctionCall *call, Error *err) {
    return text_build(call, strip_row, err);
}

static Status pretty_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    jsonb_append_pretty(out, shown_at(call, 0, row));
    return STATUS_OK;
}
Status jsonb_pretty(FunctionCall *call, Error *err) {
    return text_build(call, pretty_row, err);
}

/* Scratch text of JSON as a value; spends the scratch. What is too large fails the row. */
static Status emit_parsed(FunctionCall *call, uint32_t row, Text *json, Text *out, bool *is_null, Error *err) {
    Error failure;
    Status status = json->is_too_large ? error_set(&failure, STATUS_LIMIT, "requested length too large")
                    : json->failed     ? error_out_of_memory(&failure)
                                       : jsonb_parse(text_str(json), out, &failure);
    text_deinit(json);
    if (status == STATUS_OK) return STATUS_OK;
    *is_null = true;
    if (status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
    return call_fail_with(call, row, &failure, err);
}

/* As row_to_json writes it; a NULL is null. */
static void write_argument(const FunctionCall *call, uint32_t argument, uint32_t row, Text *json) {
    const Register *from = call->arguments[argument];
    json_write_value(json, &from->array, call_index(from, row), call->zone);
}

static Status any_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Text json;
    text_scratch(call, &json);
    write_argument(call, 0, row, &json);
    return emit_parsed(call, row, &json, out, is_null, err);
}
Status jsonb_from_any(FunctionCall *call, Error *err) {
    return text_build(call, any_row, err);
}

static Status array_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Text json;
    text_scratch(call, &json);
    text_append_char(&json, '[');
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (i > 0) text_append_char(&json, ',');
        write_argument(call, i, row, &json);
    }
    text_append_char(&json, ']');
    return emit_parsed(call, row, &json, out, is_null, err);
}
Status jsonb_build_array(FunctionCall *call, Error *err) {
    return text_build(call, array_row, err);
}

/* A key is the value's text in quotes: 1 is "1". */
static void write_key(const FunctionCall *call, uint32_t argument, uint32_t row, Text *json) {
    size_t start = json->size;
    write_argument(call, argument, row, json);
    if (json->failed || json->data[start] == '"') return;
    text_append_char(json, '"');
    text_append_char(json, '"');
    if (json->failed) return;
    memmove(json->data + start + 1, json->data + start, json->size - start - 2);
    json->data[start] = '"';
}

static Status object_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Text json;
    text_scratch(call, &json);
    text_append_char(&json, '{');
    for (uint32_t i = 0; i < call->argument_count; i += 2) {
        const Register *key = call->arguments[i];
        bool is_missing = array_is_null(&key->array, call_index(key, row));
        if (is_missing || key->array.type.id == TYPE_JSONB) {
            text_deinit(&json);
            *is_null = true;
            if (is_missing) return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "argument %u: key must not be null", i + 1);
            return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "key value must be scalar, not array, composite, or json");
        }
        if (i > 0) text_append_char(&json, ',');
        write_key(call, i, row, &json);
        text_append_char(&json, ':');
        write_argument(call, i + 1, row, &json);
    }
    text_append_char(&json, '}');
    return emit_parsed(call, row, &json, out, is_null, err);
}

static Status odd_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    *is_null = true;
    return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "argument list must have even number of elements");
}
Status jsonb_build_object(FunctionCall *call, Error *err) {
    return text_build(call, call->argument_count % 2 != 0 ? odd_row : object_row, err);
}

/* ---- changed values ---- */

/* The members of an array or object; any other value as it stands. */
static Str inside_of(Str value, JsonbKind kind) {
    return jsonb_kind(value) == kind ? str_from(value.data + 1, value.size - 2) : value;
}

static void append_both(Text *out, Str a, Str b) {
    text_append(out, a);
    if (a.size > 0 && b.size > 0) text_append_c(out, ", ");
    text_append(out, b);
}

/* Two objects become one; of anything else the elements stand one after the other. */
static Status concat_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str a = shown_at(call, 0, row), b = shown_at(call, 1, row);
    if (jsonb_kind(a) != JSONB_OBJECT || jsonb_kind(b) != JSONB_OBJECT) {
        text_append_char(out, '[');
        append_both(out, inside_of(a, JSONB_ARRAY), inside_of(b, JSONB_ARRAY));
        text_append_char(out, ']');
        finish_made(call, 2, row, out);
        return STATUS_OK;
    }
    Text json;
    text_scratch(call, &json);
    text_append_char(&json, '{');
    append_both(&json, inside_of(a, JSONB_OBJECT), inside_of(b, JSONB_OBJECT));
    text_append_char(&json, '}');
    return emit_parsed(call, row, &json, out, is_null, err);
}
Status jsonb_concat(FunctionCall *call, Error *err) {
    return text_build(call, concat_row, err);
}

/* The value without some members: those with the key, or the strings that are `key`; where key is NULL the one at `index`. */
static void append_without(Text *out, Str value, const Str *key, int64_t index) {
    JsonbMember member;
    bool is_first = true;
    int64_t at = 0;
    text_append_char(out, value.data[0]);
    for (JsonbWalk walk = jsonb_walk(value); jsonb_next(&walk, &member); at++) {
        Str string = member.key.size > 0 ? member.key : member.value;
        if (key == NULL ? at == index : jsonb_kind(string) == JSONB_STRING && jsonb_string_is(string, *key)) continue;
        jsonb_begin_member(out, member.key, &is_first);
        text_append(out, member.value);
    }
    text_append_char(out, value.data[value.size - 1]);
}

static bool is_scalar(Str value) {
    return jsonb_kind(value) != JSONB_ARRAY && jsonb_kind(value) != JSONB_OBJECT;
}

static Status delete_key_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str value = shown_at(call, 0, row), key = text_at(call, 1, row);
    *is_null = is_scalar(value);
    if (*is_null) return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "cannot delete from scalar");
    append_without(out, value, &key, 0);
    finish_made(call, 1, row, out);
    return STATUS_OK;
}
Status jsonb_delete_key(FunctionCall *call, Error *err) {
    return text_build(call, delete_key_row, err);
}

static Status delete_element_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str value = shown_at(call, 0, row);
    int64_t index = i32_at(call, 1, row);
    *is_null = jsonb_kind(value) != JSONB_ARRAY;
    if (*is_null)
        return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "%s",
                                  is_scalar(value) ? "cannot delete from scalar" : "cannot delete from object using integer index");
    append_without(out, value, NULL, index < 0 ? index + jsonb_count(value) : index);
    finish_made(call, 1, row, out);
    return STATUS_OK;
}
Status jsonb_delete_element(FunctionCall *call, Error *err) {
    return text_build(call, delete_element_row, err);
}
