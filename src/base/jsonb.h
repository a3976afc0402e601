/* SPDX-License-Identifier: Apache-2.0
 * base/jsonb.h - JSON values as PostgreSQL's jsonb: one form of bytes per value, and what is read from it.
 *
 *     Text value;
 *     text_init(&value, memory);
 *     TRY(jsonb_parse(STR("{\"b\": 1e2, \"a\":[]}"), &value, err));
 *     jsonb_shown(text_str(&value));                                        {"a": [], "b": 100}
 *
 * What is shown of a value is PostgreSQL's output of a jsonb:
 *
 *     objects      fields by the length of their key, then by its bytes; of equal keys the last one stays
 *     separators   ", " and ": "; no other white space outside of strings
 *     strings      UTF-8; escaped are only " and \ and what is below a space
 *     numbers      plain digits without exponent; the zeros at the end of a fraction as they were written (1.50; 1.50e1 is 15.0,
 *                  1.0e1 is 10), no sign of zero
 *
 * Its key is the same text without zeros at the end of fractions, and without the point when nothing is left behind it. Two values
 * are equal exactly when their keys are the same bytes: 1.50 = 1.5.
 *
 * The bytes of a value, which is what columns hold, have two forms. Nearly always there is no such zero, key and shown text are one:
 *
 *     the text                      {"a": [], "b": 100}
 *     MARK key MARK shown text      \1 [1.5, 10] \1 [1.50, 10.0]        MARK is 1: no JSON text holds this byte
 *
 * So both are views of the bytes, and the first byte tells whether they differ. Values that are shown alike have the same bytes.
 * What compares, hashes, groups, orders or looks for values takes the key; what reads, shows or makes values takes the shown text.
 *
 * Below jsonb_finish everything takes one of these texts, or a part of one that is a value (a Str into it, which the functions that
 * find a part return): it is not checked again. A part of a shown text, and a text made of such parts, may have zeros and no key yet:
 * jsonb_finish makes a value of it.
 *
 * Threads: no state. */
#ifndef WEIR_BASE_JSONB_H
#define WEIR_BASE_JSONB_H

#include "base/error.h"
#include "base/text.h"

enum {
    JSONB_DEPTH_MAX = 512,          /* open brackets: nesting beyond it is LIMIT */
    JSONB_NUMBER_DIGITS_MAX = 1000, /* before the point, and after it: 1e100000 has six digits and a hundred thousand zeros */
    JSONB_SIZE_MAX = 1 << 28,       /* bytes of a shown text that jsonb_parse makes */
    JSONB_MARK = 1,
};

/* Appends the value of the JSON text `json`, which is valid UTF-8. `out` may be a buffer that does not grow: what does not fit is
 * OUT_OF_MEMORY. INVALID_TEXT when it is no JSON, UNTRANSLATABLE for \u0000,
 * NUMERIC_OUT_OF_RANGE for a number of too many digits, LIMIT beyond the depth or the size; then `out` is as it was. */
NODISCARD Status jsonb_parse(Str json, Text *out, Error *err);

/* Of the bytes of a value: is it shown with zeros that its key has not? */
static inline bool jsonb_has_zeros(Str value) {
    return value.size > 0 && value.data[0] == JSONB_MARK;
}

/* What is shown of a value, and what it is equal by: slices of its bytes. */
Str jsonb_shown(Str value);
Str jsonb_key(Str value);

/* The shown text of a value that was written to `out` from byte `start` on becomes the value. A refused allocation makes `out` failed. */
void jsonb_finish(Text *out, size_t start);

typedef enum JsonbKind { JSONB_NULL, JSONB_BOOLEAN, JSONB_NUMBER, JSONB_STRING, JSONB_ARRAY, JSONB_OBJECT } JsonbKind;

JsonbKind jsonb_kind(Str value);
/* "null", "boolean", "number", "string", "array", "object": jsonb_typeof's; static storage. */
const char *jsonb_kind_name(JsonbKind kind);

/* The members of an array or object one after the other; nothing for other kinds.
 *
 *     JsonbMember member;
 *     JsonbWalk walk = jsonb_walk(value);
 *     while (jsonb_next(&walk, &member)) ... */
typedef struct JsonbWalk {
    const char *at;
    const char *end;
    bool is_object;
} JsonbWalk;
typedef struct JsonbMember {
    Str key; /* with its quotes; empty in an array */
    Str value;
} JsonbMember;
JsonbWalk jsonb_walk(Str value);
bool jsonb_next(JsonbWalk *walk, JsonbMember *out);

int64_t jsonb_count(Str value);
/* Is the string `string`, with its quotes, this text? */
bool jsonb_string_is(Str string, Str text);
/* The field whose key is the text `key`; false: there is none, or `value` is no object. */
bool jsonb_field(Str value, Str key, Str *out);
/* Element `index`, from 0, or from the end when negative (-1: the last); false: there is none, or `value` is no array. */
bool jsonb_element(Str value, int64_t index, Str *out);
/* A field of an object, an element of an array whose index `key` is: a step of jsonb_extract_path. */
bool jsonb_step(Str value, Str key, Str *out);
/* Is `key` the key of a field, a string among the elements, or the string itself? As ? asks. */
bool jsonb_has_key_or_string(Str value, Str key);
/* Of keys: PostgreSQL's order: null, strings, numbers, booleans, arrays, objects; arrays and objects first by their count, then member by member,
 * a field by its key before its value. 0 exactly when the keys are the same bytes. < 0, 0, > 0. */
int jsonb_compare(Str a, Str b);
/* Of keys: does `a` contain `b`, as @> says? */
bool jsonb_contains(Str a, Str b);

/* A string's characters; any other value as it stands: what ->> gives. */
void jsonb_append_plain(Text *out, Str value);
/* A text as a JSON string. */
void jsonb_append_string(Text *out, Str text);
/* A line per member, four spaces a level: jsonb_pretty. */
void jsonb_append_pretty(Text *out, Str value);
/* What stands before a member's value in an array (`key` empty) or object that is being written: the comma, but for the first, and the key. */
void jsonb_begin_member(Text *out, Str key, bool *is_first);
/* Without the fields that are null, at any depth: jsonb_strip_nulls. */
void jsonb_append_stripped(Text *out, Str value);

#endif
