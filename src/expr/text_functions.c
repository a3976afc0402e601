/* SPDX-License-Identifier: Apache-2.0
 * expr/text_functions.c - lengths, parts, letter case, searching and putting together. Parts of a text stay
 * where they are: only their views are new. */
#include "base/unescape.h"
#include "base/utf8.h"
#include "expr/text_priv.h"

#define INLINED static inline __attribute__((always_inline))

/* ---- numbers from texts ---- */

INLINED Status integer_rows(FunctionCall *call, int32_t (*of)(const FunctionCall *call, uint32_t row),
                            Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++)
        out[row] = call_is_null(call, row) ? 0 : of(call, row);
    return STATUS_OK;
}

static int32_t length_of(const FunctionCall *call, uint32_t row) {
    return (int32_t)utf8_length(text_at(call, 0, row));
}
Status text_length(FunctionCall *call, Error *err) {
    return integer_rows(call, length_of, err);
}

/* The size stands in the view itself. */
static Status sizes(FunctionCall *call, int32_t factor, Error *err) {
    const View *views = array_views(&call->arguments[0]->array);
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) out[row] = (int32_t)views[row].size * factor;
    return STATUS_OK;
}
Status text_octet_length(FunctionCall *call, Error *err) {
    return sizes(call, 1, err);
}
Status text_bit_length(FunctionCall *call, Error *err) {
    return sizes(call, 8, err);
}

static int32_t position_of(const FunctionCall *call, uint32_t row) {
    Str text = text_at(call, 0, row);
    ptrdiff_t at = str_find(text, text_at(call, 1, row));
    return at < 0 ? 0 : (int32_t)utf8_length(str_from(text.data, (size_t)at)) + 1;
}
Status text_position(FunctionCall *call, Error *err) {
    return integer_rows(call, position_of, err);
}

static int32_t ascii_of(const FunctionCall *call, uint32_t row) {
    Str text = text_at(call, 0, row);
    uint32_t code_point = 0;
    if (text.size > 0) (void)utf8_decode(text.data, text.data + text.size, &code_point);
    return (int32_t)code_point;
}
Status text_ascii(FunctionCall *call, Error *err) {
    return integer_rows(call, ascii_of, err);
}

Status text_starts_with(FunctionCall *call, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    memset(bits, 0, bits_size(call->row_count));
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row) && str_starts_with(text_at(call, 0, row), text_at(call, 1, row)))
            bits_set(bits, row);
    return STATUS_OK;
}

/* ---- parts ---- */

/* A part of argument 0 per row. */
INLINED Status part_rows(FunctionCall *call, Str (*of)(const FunctionCall *call, uint32_t row, Str text),
                         Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row))
            views[row] = text_cut(call, 0, row, of(call, row, text_at(call, 0, row)));
    return STATUS_OK;
}

static Str tail(Str text, size_t offset) {
    DEBUG_ASSERT(offset <= text.size);
    return str_from(text.data + offset, text.size - offset);
}

static Str from_character(Str text, int64_t start) {
    return start <= 1 ? text : tail(text, utf8_offset(text, (size_t)start - 1));
}

static Str substring_from(const FunctionCall *call, uint32_t row, Str text) {
    return from_character(text, i32_at(call, 1, row));
}
Status text_substring_from(FunctionCall *call, Error *err) {
    return part_rows(call, substring_from, err);
}

/* Characters [start, start + count), counted from 1; what lies before the text is counted too. */
static Str substring_of(Str text, int64_t start, int64_t count) {
    DEBUG_ASSERT(count >= 0);
    int64_t end = start + count;
    if (end <= 1) return str_from(text.data, 0);
    if (start < 1) start = 1;
    Str rest = from_character(text, start);
    return str_from(rest.data, utf8_offset(rest, (size_t)(end - start)));
}

/* Of bytea: bytes for characters. */
static Str bytes_of(Str text, int64_t start, int64_t count) {
    int64_t end = start + count, size = (int64_t)text.size;
    if (start < 1) start = 1;
    if (end > size + 1) end = size + 1;
    return start >= end ? str_from(text.data, 0) : str_from(text.data + start - 1, (size_t)(end - start));
}

INLINED Status substring_rows(FunctionCall *call, Str (*of)(Str text, int64_t start, int64_t count),
                              Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        int32_t count = call->argument_count > 2 ? i32_at(call, 2, row) : INT32_MAX;
        if (count < 0)
            TRY(function_call_fail(call, row, err, STATUS_SUBSTRING,
                                   "negative substring length not allowed"));
        else
            views[row] = text_cut(call, 0, row, of(text_at(call, 0, row), i32_at(call, 1, row), count));
    }
    return STATUS_OK;
}
Status text_substring(FunctionCall *call, Error *err) {
    return substring_rows(call, substring_of, err);
}
Status text_substring_bytea(FunctionCall *call, Error *err) {
    return substring_rows(call, bytes_of, err);
}

/* n < 0 counts from the other end. */
static Str left_of(const FunctionCall *call, uint32_t row, Str text) {
    int64_t n = i32_at(call, 1, row);
    if (n < 0) n += (int64_t)utf8_length(text);
    return str_from(text.data, n <= 0 ? 0 : utf8_offset(text, (size_t)n));
}
Status text_left(FunctionCall *call, Error *err) {
    return part_rows(call, left_of, err);
}

static Str right_of(const FunctionCall *call, uint32_t row, Str text) {
    int64_t n = i32_at(call, 1, row);
    int64_t dropped = n < 0 ? -n : (int64_t)utf8_length(text) - n;
    return dropped <= 0 ? text : tail(text, utf8_offset(text, (size_t)dropped));
}
Status text_right(FunctionCall *call, Error *err) {
    return part_rows(call, right_of, err);
}

/* Is the character at the head (or, from behind, at the end) of `text` one of `set`? Its size, 0 when not. */
static size_t head_in_set(Str text, Str set) {
    size_t size = text.size == 0 ? 0 : utf8_size_of((unsigned char)text.data[0]);
    if (size == 0 || size > text.size) return 0;
    /* A byte below 0x80 is a character wherever it stands; others are looked for as a whole. */
    if (size == 1) return set.size > 0 && memchr(set.data, text.data[0], set.size) != NULL ? 1 : 0;
    return str_find(set, str_from(text.data, size)) >= 0 ? size : 0;
}
/* Bytes of the last character if the set has it, else 0. */
static size_t tail_in_set(Str text, Str set) {
    size_t size = 0;
    while (size < text.size) {
        size++;
        if (((unsigned char)text.data[text.size - size] & 0xC0) != 0x80) break;
    }
    DEBUG_ASSERT(size <= text.size);
    return head_in_set(tail(text, text.size - size), set) == size ? size : 0;
}

INLINED Str trimmed(const FunctionCall *call, uint32_t row, Str text, bool left, bool right) {
    Str set = call->argument_count > 1 ? text_at(call, 1, row) : STR(" ");
    for (size_t size; left && (size = head_in_set(text, set)) > 0;) text = tail(text, size);
    for (size_t size; right && (size = tail_in_set(text, set)) > 0;) text.size -= size;
    return text;
}
static Str trim_both(const FunctionCall *call, uint32_t row, Str text) {
    return trimmed(call, row, text, true, true);
}
static Str trim_left(const FunctionCall *call, uint32_t row, Str text) {
    return trimmed(call, row, text, true, false);
}
static Str trim_right(const FunctionCall *call, uint32_t row, Str text) {
    return trimmed(call, row, text, false, true);
}
Status text_btrim(FunctionCall *call, Error *err) {
    return part_rows(call, trim_both, err);
}
Status text_ltrim(FunctionCall *call, Error *err) {
    return part_rows(call, trim_left, err);
}
Status text_rtrim(FunctionCall *call, Error *err) {
    return part_rows(call, trim_right, err);
}

static int64_t field_count(Str text, Str separator) {
    DEBUG_ASSERT(separator.size > 0); /* else it would never end */
    int64_t count = 1;
    for (ptrdiff_t at; (at = str_find(text, separator)) >= 0; count++)
        text = tail(text, (size_t)at + separator.size);
    return count;
}

/* Field n from 1, or from the last, -1. Without a separator the text is one field. */
static Str field_of(Str text, Str separator, int64_t n) {
    DEBUG_ASSERT(n != 0);
    Str none = str_from(text.data, 0);
    if (separator.size == 0 || text.size == 0) return n == 1 || n == -1 ? text : none;
    if (n < 0) n += field_count(text, separator) + 1;
    if (n < 1) return none;
    for (;; n--) {
        ptrdiff_t at = str_find(text, separator);
        if (n == 1) return at < 0 ? text : str_from(text.data, (size_t)at);
        if (at < 0) return none;
        text = tail(text, (size_t)at + separator.size);
    }
}

Status text_split_part(FunctionCall *call, Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        int32_t n = i32_at(call, 2, row);
        if (n == 0)
            TRY(function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT,
                                   "field position must not be zero"));
        else
            views[row] = text_cut(call, 0, row, field_of(text_at(call, 0, row), text_at(call, 1, row), n));
    }
    return STATUS_OK;
}

/* ---- letter case ---- */

/* ASCII alone is changed where it is put; false when there is more. */
INLINED bool ascii_case(ArrayBuilder *builder, Str text, char first, char *seen) {
    char *out = array_builder_text_reserve(builder, text.size);
    DEBUG_ASSERT(first == 'a' || first == 'A');
    unsigned char all = 0;
    if (out == NULL) return true;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        all |= c;
        out[i] = (char)(c ^ ((unsigned char)(c - (unsigned char)first) < 26 ? 0x20 : 0));
    }
    *seen = (char)(all & 0x80);
    if (*seen != 0) return false;
    array_builder_text_commit(builder, text.size);
    return true;
}

INLINED Status case_rows(FunctionCall *call, char first, void (*append)(Text *text, Str str), Error *err) {
    ArrayBuilder builder;
    Text scratch;
    char seen;
    TRY(call_builder(call, &builder, err));
    text_scratch(call, &scratch);
    Status status = STATUS_OK;
    for (uint32_t row = 0; row < call->row_count && status == STATUS_OK; row++) {
        if (call_is_null(call, row)) {
            array_builder_null(&builder);
        } else if (!ascii_case(&builder, text_at(call, 0, row), first, &seen)) {
            append(&scratch, text_at(call, 0, row));
            status = text_emit(call, row, &builder, &scratch, err);
        } else if (builder.failed) {
            status = error_out_of_memory(err);
        }
    }
    text_deinit(&scratch);
    return status == STATUS_OK ? call_finish(call, &builder, err) : status;
}
Status text_upper(FunctionCall *call, Error *err) {
    return case_rows(call, 'a', utf8_append_upper, err);
}
Status text_lower(FunctionCall *call, Error *err) {
    return case_rows(call, 'A', utf8_append_lower, err);
}

static Status initcap_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    utf8_append_initcap(out, text_at(call, 0, row));
    return STATUS_OK;
}
Status text_initcap(FunctionCall *call, Error *err) {
    return text_build(call, initcap_row, err);
}

/* ---- putting together ---- */

/* Long results are written where they stay. */
Status text_concat(FunctionCall *call, Error *err) {
    ArrayBuilder builder;
    TRY(call_builder(call, &builder, err));
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) {
            array_builder_null(&builder);
            continue;
        }
        Str a = text_at(call, 0, row), b = text_at(call, 1, row);
        if (a.size + b.size > TEXT_RESULT_SIZE_MAX) {
            array_builder_null(&builder);
            TRY(text_fail_too_large(call, row, err));
            continue;
        }
        char *out = array_builder_text_reserve(&builder, a.size + b.size);
        TRY_ALLOC(out);
        if (a.size > 0) memcpy(out, a.data, a.size);
        if (b.size > 0) memcpy(out + a.size, b.data, b.size);
        array_builder_text_commit(&builder, a.size + b.size);
    }
    return call_finish(call, &builder, err);
}

static Status concat_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    text_append_cast(call, 0, row, out);
    text_append_cast(call, 1, row, out);
    return STATUS_OK;
}
Status text_concat_any(FunctionCall *call, Error *err) {
    return text_build(call, concat_row, err);
}

static bool argument_is_null(const FunctionCall *call, uint32_t argument, uint32_t row) {
    const Register *from = call->arguments[argument];
    return array_is_null(&from->array, call_index(from, row));
}

static Status concat_all_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    for (uint32_t i = 0; i < call->argument_count; i++)
        if (!argument_is_null(call, i, row)) text_append_argument(call, i, row, out);
    return STATUS_OK;
}
Status text_concat_all(FunctionCall *call, Error *err) {
    return text_build(call, concat_all_row, err);
}

/* num_nulls and num_nonnulls: not strict, so every row has an answer. */
static Status count_nulls(FunctionCall *call, bool null, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t row = 0; row < call->row_count; row++) {
        out[row] = 0;
        for (uint32_t i = 0; i < call->argument_count; i++) out[row] += argument_is_null(call, i, row) == null;
    }
    return STATUS_OK;
}
Status text_num_nulls(FunctionCall *call, Error *err) {
    return count_nulls(call, true, err);
}
Status text_num_nonnulls(FunctionCall *call, Error *err) {
    return count_nulls(call, false, err);
}

/* NULLs are left out with their separator; a separator that is NULL makes all NULL. */
static Status concat_ws_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    *is_null = argument_is_null(call, 0, row);
    if (*is_null) return STATUS_OK;
    Str separator = text_at(call, 0, row);
    bool first = true;
    for (uint32_t i = 1; i < call->argument_count; i++) {
        if (argument_is_null(call, i, row)) continue;
        if (!first) text_append(out, separator);
        text_append_argument(call, i, row, out);
        first = false;
    }
    return STATUS_OK;
}
Status text_concat_ws(FunctionCall *call, Error *err) {
    return text_build(call, concat_ws_row, err);
}

static Status fail_too_large(FunctionCall *call, uint32_t row, bool *is_null, Error *err) {
    *is_null = true;
    return text_fail_too_large(call, row, err);
}

/* Doubling: a copy of what is there, not one per repetition. */
static Status repeat_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str text = text_at(call, 0, row);
    int64_t count = i32_at(call, 1, row);
    if (count > 0 && (int64_t)text.size > TEXT_RESULT_SIZE_MAX / count)
        return fail_too_large(call, row, is_null, err);
    if (count <= 0 || text.size == 0) return STATUS_OK;
    size_t size = text.size * (size_t)count;
    /* All the room at once: a refusal is then seen before the first copy. */
    if (text_reserve(out, size) == NULL) return STATUS_OK;
    text_append(out, text);
    while (out->size < size) { /* what is there, again */
        size_t left = size - out->size;
        text_append(out, str_from(out->data, left < out->size ? left : out->size));
    }
    DEBUG_ASSERT(out->size == size);
    return STATUS_OK;
}
Status text_repeat(FunctionCall *call, Error *err) {
    return text_build(call, repeat_row, err);
}

static void append_fill(Text *out, Str fill, size_t characters) {
    DEBUG_ASSERT(fill.size > 0);
    /* Bytes that are no UTF-8 may count as no character: it would never end. */
    size_t length = utf8_length(fill) > 0 ? utf8_length(fill) : 1;
    for (; characters >= length; characters -= length) text_append(out, fill);
    text_append(out, str_from(fill.data, utf8_offset(fill, characters)));
}

INLINED Status pad_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, bool left, Error *err) {
    Str text = text_at(call, 0, row), fill = call->argument_count > 2 ? text_at(call, 2, row) : STR(" ");
    int32_t wanted = i32_at(call, 1, row);
    /* In characters of the greatest size, before any is written. */
    if (wanted > TEXT_RESULT_SIZE_MAX / UTF8_CHARACTER_SIZE_MAX)
        return fail_too_large(call, row, is_null, err);
    size_t length = utf8_length(text), target = wanted < 0 ? 0 : (size_t)wanted;
    if (length >= target) {
        text_append(out, str_from(text.data, utf8_offset(text, target)));
        return STATUS_OK;
    }
    if (!left) text_append(out, text);
    if (fill.size > 0) append_fill(out, fill, target - length);
    if (left) text_append(out, text);
    return STATUS_OK;
}
static Status lpad_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    return pad_row(call, row, out, is_null, true, err);
}
static Status rpad_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    return pad_row(call, row, out, is_null, false, err);
}
Status text_lpad(FunctionCall *call, Error *err) {
    return text_build(call, lpad_row, err);
}
Status text_rpad(FunctionCall *call, Error *err) {
    return text_build(call, rpad_row, err);
}

/* ---- replacing ---- */

/* From left to right; what came in is not searched again, and an empty `from` is found nowhere. */
static Status replace_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str text = text_at(call, 0, row), from = text_at(call, 1, row), to = text_at(call, 2, row);
    for (ptrdiff_t at; from.size > 0 && !out->failed && (at = str_find(text, from)) >= 0;) {
        text_append(out, str_from(text.data, (size_t)at));
        text_append(out, to);
        text = tail(text, (size_t)at + from.size);
    }
    text_append(out, text);
    return STATUS_OK;
}
Status text_replace(FunctionCall *call, Error *err) {
    return text_build(call, replace_row, err);
}

/* By characters, each of which stays as it is. */
static Status reverse_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str text = text_at(call, 0, row);
    size_t end = text.size;
    for (size_t at = text.size; at-- > 0;) {
        if (((unsigned char)text.data[at] & 0xC0) == 0x80 && at > 0) continue; /* inside a character */
        text_append(out, str_from(text.data + at, end - at));
        end = at;
    }
    return STATUS_OK;
}
Status text_reverse(FunctionCall *call, Error *err) {
    return text_build(call, reverse_row, err);
}

/* By code point; PostgreSQL has three messages for those that are none. */
static Status chr_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    int32_t code_point = i32_at(call, 0, row);
    char room[UTF8_CHARACTER_SIZE_MAX];
    size_t size = code_point > 0 ? utf8_encode(room, (uint32_t)code_point) : 0;
    text_append(out, str_from(room, size));
    if (size > 0) return STATUS_OK;
    *is_null = true;
    if (code_point == 0)
        return function_call_fail(call, row, err, STATUS_LIMIT, "null character not permitted");
    if (code_point < 0)
        return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT,
                                  "character number must be positive");
    return function_call_fail(call, row, err, STATUS_LIMIT, "requested character %s for encoding: %d",
                              code_point > 0x10FFFF ? "too large" : "not valid", code_point);
}
Status text_chr(FunctionCall *call, Error *err) {
    return text_build(call, chr_row, err);
}

static Status unistr_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str text = text_at(call, 0, row);
    size_t size;
    char *room = arena_alloc(&call->frame->arena, text.size + 1);
    TRY_ALLOC(room);
    UnescapeResult result = unescape_unicode(text, '\\', true, room, &size);
    *is_null = result != UNESCAPE_OK;
    text_append(out, str_from(room, size));
    Status status = result == UNESCAPE_NO_CHARACTER ? STATUS_INVALID_ARGUMENT : STATUS_SYNTAX;
    return result == UNESCAPE_OK ? STATUS_OK : function_call_fail(call, row, err, status, "%s", unescape_reason(result));
}
Status text_unistr(FunctionCall *call, Error *err) {
    return text_build(call, unistr_row, err);
}

/* The character's number in a set, from 0; -1 when it is not there. */
static ptrdiff_t index_in(Str set, Str character) {
    ptrdiff_t at = str_find(set, character);
    return at < 0 ? -1 : (ptrdiff_t)utf8_length(str_from(set.data, (size_t)at));
}

/* Character i of `from` becomes character i of `to`, or goes where that is shorter; of a character that `from` has twice the first place
 * counts. */
static Status translate_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str text = text_at(call, 0, row), from = text_at(call, 1, row), to = text_at(call, 2, row);
    while (text.size > 0) {
        size_t size = utf8_size_of((unsigned char)text.data[0]);
        if (size > text.size) size = text.size;
        Str character = str_from(text.data, size);
        ptrdiff_t index = index_in(from, character);
        text_append(out, index < 0 ? character : utf8_slice(to, (size_t)index, 1));
        text = tail(text, size);
    }
    return STATUS_OK;
}
Status text_translate(FunctionCall *call, Error *err) {
    return text_build(call, translate_row, err);
}

/* In characters; without count as many go as come. */
static Status overlay_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str text = text_at(call, 0, row), by = text_at(call, 1, row);
    int64_t start = i32_at(call, 2, row);
    int64_t count = call->argument_count > 3 ? i32_at(call, 3, row) : (int64_t)utf8_length(by);
    *is_null = true;
    if (start <= 0)
        return function_call_fail(call, row, err, STATUS_SUBSTRING, "negative substring length not allowed");
    if (start + count > INT32_MAX || start + count < INT32_MIN)
        return function_call_fail(call, row, err, STATUS_NUMERIC_OUT_OF_RANGE, "integer out of range");
    *is_null = false;
    text_append(out, substring_of(text, 1, start - 1));
    text_append(out, by);
    text_append(out, from_character(text, start + count));
    return STATUS_OK;
}
Status text_overlay(FunctionCall *call, Error *err) {
    return text_build(call, overlay_row, err);
}
