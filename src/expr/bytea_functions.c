/* SPDX-License-Identifier: Apache-2.0
 * expr/bytea_functions.c - BYTEA: single bytes and bits, trimming, overlay, digests. What TEXT does the same way by
 * characters is in text_functions.c. */
#include "base/sha2.h"
#include "base/utf8.h"
#include "expr/text_priv.h"

/* ---- trimming and searching ---- */

static bool is_in(Str set, char byte) {
    return set.size > 0 && memchr(set.data, byte, set.size) != NULL;
}

/* Bytes of argument 1 are a set. The result is a slice of what was there. */
static Status trim_rows(FunctionCall *call, bool left, bool right, Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        Str bytes = text_at(call, 0, row), set = text_at(call, 1, row);
        while (right && bytes.size > 0 && is_in(set, bytes.data[bytes.size - 1])) bytes.size--;
        while (left && bytes.size > 0 && is_in(set, bytes.data[0])) bytes = str_from(bytes.data + 1, bytes.size - 1);
        views[row] = text_cut(call, 0, row, bytes);
    }
    return STATUS_OK;
}
Status bytea_btrim(FunctionCall *call, Error *err) {
    return trim_rows(call, true, true, err);
}
Status bytea_ltrim(FunctionCall *call, Error *err) {
    return trim_rows(call, true, false, err);
}
Status bytea_rtrim(FunctionCall *call, Error *err) {
    return trim_rows(call, false, true, err);
}

Status bytea_position(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row)) out[row] = (int32_t)str_find(text_at(call, 0, row), text_at(call, 1, row)) + 1;
    return STATUS_OK;
}

/* overlay(b PLACING by FROM start [FOR count]); without count as many bytes go as come. */
static Status overlay_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str bytes = text_at(call, 0, row), by = text_at(call, 1, row);
    int64_t start = i32_at(call, 2, row), size = (int64_t)bytes.size;
    int64_t count = call->argument_count > 3 ? i32_at(call, 3, row) : (int64_t)by.size;
    *is_null = true;
    if (start <= 0)
        return function_call_fail(call, row, err, STATUS_SUBSTRING, "negative substring length not allowed");
    if (start + count > INT32_MAX || start + count < INT32_MIN)
        return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "integer out of range");
    *is_null = false;
    int64_t before = start - 1 < size ? start - 1 : size, after = start - 1 + count;
    if (after < 0) after = 0; /* a negative count repeats what stands before */
    DEBUG_ASSERT(before >= 0 && before <= size);
    text_append(out, str_from(bytes.data, (size_t)before));
    text_append(out, by);
    if (after < size) text_append(out, str_from(bytes.data + after, (size_t)(size - after)));
    return STATUS_OK;
}
Status bytea_overlay(FunctionCall *call, Error *err) {
    return text_build(call, overlay_row, err);
}

/* ---- bytes and bits, counted from 0, the lowest bit of a byte first ---- */

/* Whether `index` is one of `count`; the row fails if not. */
static Status check_index(FunctionCall *call, uint32_t row, int64_t index, int64_t count, bool *ok, Error *err) {
    *ok = index >= 0 && index < count;
    if (*ok) return STATUS_OK;
    return function_call_fail(call, row, err, STATUS_INVALID_INDEX, "index %lld out of valid range, 0..%lld",
                              (long long)index, (long long)count - 1);
}

Status bytea_get_byte(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        bool ok;
        Str bytes = text_at(call, 0, row);
        int32_t index = i32_at(call, 1, row);
        TRY(check_index(call, row, index, (int64_t)bytes.size, &ok, err));
        if (ok) out[row] = (unsigned char)bytes.data[index];
    }
    return STATUS_OK;
}

Status bytea_get_bit(FunctionCall *call, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        bool ok;
        Str bytes = text_at(call, 0, row);
        int64_t index = i64_at(call, 1, row);
        TRY(check_index(call, row, index, (int64_t)bytes.size * 8, &ok, err));
        if (ok) out[row] = (unsigned char)bytes.data[index / 8] >> (index % 8) & 1;
    }
    return STATUS_OK;
}

static Status set_byte_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    bool ok;
    Str bytes = text_at(call, 0, row);
    int32_t index = i32_at(call, 1, row);
    TRY(check_index(call, row, index, (int64_t)bytes.size, &ok, err));
    *is_null = !ok;
    if (!ok) return STATUS_OK;
    text_append(out, str_from(bytes.data, (size_t)index));
    text_append_char(out, (char)i32_at(call, 2, row));
    text_append(out, str_from(bytes.data + index + 1, bytes.size - (size_t)index - 1));
    return STATUS_OK;
}
Status bytea_set_byte(FunctionCall *call, Error *err) {
    return text_build(call, set_byte_row, err);
}

static Status set_bit_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    bool ok;
    Str bytes = text_at(call, 0, row);
    int64_t index = i64_at(call, 1, row);
    int32_t bit = i32_at(call, 2, row);
    *is_null = true;
    TRY(check_index(call, row, index, (int64_t)bytes.size * 8, &ok, err));
    if (!ok) return STATUS_OK;
    if (bit != 0 && bit != 1)
        return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "new bit must be 0 or 1");
    *is_null = false;
    size_t at = (size_t)index / 8;
    DEBUG_ASSERT(at < bytes.size);
    unsigned mask = 1U << (index % 8), byte = (unsigned char)bytes.data[at];
    text_append(out, str_from(bytes.data, at));
    text_append_char(out, (char)(bit == 1 ? byte | mask : byte & ~mask));
    text_append(out, str_from(bytes.data + at + 1, bytes.size - at - 1));
    return STATUS_OK;
}
Status bytea_set_bit(FunctionCall *call, Error *err) {
    return text_build(call, set_bit_row, err);
}

Status bytea_bit_count(FunctionCall *call, Error *err) {
    int64_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        Str bytes = text_at(call, 0, row);
        out[row] = 0;
        for (size_t i = 0; i < bytes.size; i++) out[row] += __builtin_popcount((unsigned char)bytes.data[i]);
    }
    return STATUS_OK;
}

/* ---- digests ---- */

/* The digest itself, a BYTEA. */
static Status digest_rows(FunctionCall *call, Sha2 kind, Error *err) {
    ArrayBuilder builder;
    TRY(call_builder(call, &builder, err));
    for (uint32_t row = 0; row < call->row_count; row++) {
        uint8_t digest[SHA2_DIGEST_SIZE_MAX];
        if (call_is_null(call, row)) {
            array_builder_null(&builder);
            continue;
        }
        sha2_digest(text_at(call, 0, row), kind, digest);
        array_builder_text(&builder, str_from((const char *)digest, sha2_size(kind)));
    }
    return call_finish(call, &builder, err);
}
Status bytea_sha224(FunctionCall *call, Error *err) {
    return digest_rows(call, SHA2_224, err);
}
Status bytea_sha256(FunctionCall *call, Error *err) {
    return digest_rows(call, SHA2_256, err);
}
Status bytea_sha384(FunctionCall *call, Error *err) {
    return digest_rows(call, SHA2_384, err);
}
Status bytea_sha512(FunctionCall *call, Error *err) {
    return digest_rows(call, SHA2_512, err);
}

/* ---- text as bytes: all text is UTF-8, so the bytes are the same ---- */

static bool is_utf8_name(Str name) {
    return str_equal_ignore_case(name, STR("UTF8")) || str_equal_ignore_case(name, STR("UTF-8")) || str_equal_ignore_case(name, STR("unicode"));
}

/* convert_from and convert_to know UTF8 alone: there is nothing to convert, but bytes have to be a text. */
static Status convert_row(FunctionCall *call, uint32_t row, const char *which, Error *err) {
    Str bytes = text_at(call, 0, row), name = text_at(call, 1, row);
    if (!is_utf8_name(name))
        return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "invalid %s encoding name \"%.*s\": only UTF8 is known", which, STR_ARGS(name));
    const char *zero = bytes.size == 0 ? NULL : memchr(bytes.data, 0, bytes.size);
    size_t valid = zero != NULL ? (size_t)(zero - bytes.data) : utf8_valid_size(bytes);
    if (valid == bytes.size) return STATUS_OK;
    return function_call_fail(call, row, err, STATUS_INVALID_ENCODING, "invalid byte sequence for encoding \"UTF8\": 0x%x", (unsigned char)bytes.data[valid]);
}

static Status convert_rows(FunctionCall *call, const char *which, Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        TRY(convert_row(call, row, which, err));
        if (!call_is_null(call, row)) views[row] = text_cut(call, 0, row, text_at(call, 0, row));
    }
    return STATUS_OK;
}
Status bytea_convert_to(FunctionCall *call, Error *err) {
    return convert_rows(call, "destination", err);
}
Status bytea_convert_from(FunctionCall *call, Error *err) {
    return convert_rows(call, "source", err);
}
