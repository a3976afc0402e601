/* SPDX-License-Identifier: Apache-2.0
 * test/fuzz/jsonb_fuzz.c
 *
 * Property: of any valid UTF-8, jsonb_parse makes nothing, or a value that is valid UTF-8 in one of its two forms. Read again, what it shows is
 * the same value, its key is a value without zeros and equal to it, and so is the value with other zeros. Each of both texts contains itself, and
 * stays the same when it is laid out over lines and read again; its members are values, and finished they are what reading them gives. */
#include "base/jsonb.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* `json` is the value of these bytes. */
static void check_same(Memory *memory, Str json, Str wanted) {
    Text again;
    Error err;
    text_init(&again, memory);
    Status status = jsonb_parse(json, &again, &err);
    ASSERT(status == STATUS_OK);
    ASSERT(str_equal(text_str(&again), wanted));
    text_deinit(&again);
}

static void check_finished(Memory *memory, Str shown) {
    Text value;
    text_init(&value, memory);
    text_append_c(&value, "before");
    text_append(&value, shown);
    jsonb_finish(&value, 6);
    ASSERT(!value.failed && memcmp(value.data, "before", 6) == 0);
    check_same(memory, shown, str_from(value.data + 6, value.size - 6));
    text_deinit(&value);
}

/* A zero more behind each fraction, and a fraction of one zero where there is none: still equal. */
static void check_more_zeros(Memory *memory, Str shown, Str key) {
    Text json, value;
    Error err;
    text_init(&json, memory);
    text_init(&value, memory);
    bool is_string = false, has_point = false;
    for (size_t i = 0; i < shown.size; i++) {
        char c = shown.data[i];
        text_append_char(&json, c);
        if (is_string && c == '\\') text_append_char(&json, shown.data[++i]);
        if (c == '"') is_string = !is_string;
        if (c == '.' && !is_string) has_point = true;
        bool is_last = i + 1 == shown.size || ((shown.data[i + 1] < '0' || shown.data[i + 1] > '9') && shown.data[i + 1] != '.');
        if (is_string || c < '0' || c > '9' || !is_last) continue;
        text_append_c(&json, has_point ? "0" : ".0");
        has_point = false;
    }
    /* More digits than a number may have, or more bytes than a value. */
    if (jsonb_parse(text_str(&json), &value, &err) == STATUS_OK) {
        ASSERT(str_equal(jsonb_key(text_str(&value)), key));
        ASSERT(str_equal(jsonb_shown(text_str(&value)), text_str(&json)));
    } else {
        ASSERT(err.status == STATUS_NUMERIC_OUT_OF_RANGE || err.status == STATUS_LIMIT);
    }
    text_deinit(&value);
    text_deinit(&json);
}

static void check_members(Memory *memory, Str value) {
    JsonbMember member;
    int64_t count = 0;
    for (JsonbWalk walk = jsonb_walk(value); jsonb_next(&walk, &member); count++) {
        Str found;
        ASSERT(member.value.size > 0 && member.value.data + member.value.size <= value.data + value.size);
        if (jsonb_kind(value) == JSONB_ARRAY) ASSERT(jsonb_element(value, count, &found) && found.data == member.value.data);
        check_finished(memory, member.value);
        check_members(memory, member.value);
    }
    ASSERT(count == jsonb_count(value));
}

/* Without nulls it is shown so too. */
static void check_texts(Memory *memory, Str value, Str wanted) {
    Text text, plain;
    text_init(&text, memory);
    text_init(&plain, memory);
    jsonb_append_pretty(&text, value);
    check_same(memory, text_str(&text), wanted);
    text_reset(&text);
    jsonb_append_stripped(&text, value);
    check_finished(memory, text_str(&text));
    if (jsonb_kind(value) == JSONB_STRING) {
        text_reset(&text);
        jsonb_append_plain(&plain, value);
        jsonb_append_string(&text, text_str(&plain));
        ASSERT(str_equal(text_str(&text), value));
    }
    text_deinit(&plain);
    text_deinit(&text);
}

static void check_value(Memory *memory, Str value) {
    Str shown = jsonb_shown(value), key = jsonb_key(value);
    ASSERT(utf8_is_text(value));
    ASSERT(jsonb_has_zeros(value) == !str_equal(shown, key));
    ASSERT(memchr(shown.data, JSONB_MARK, shown.size) == NULL && memchr(key.data, JSONB_MARK, key.size) == NULL);
    check_same(memory, shown, value);
    check_same(memory, key, key);
    check_more_zeros(memory, shown, key);
    check_members(memory, shown);
    check_members(memory, key);
    ASSERT(jsonb_contains(key, key));
    ASSERT(jsonb_compare(key, key) == 0);
    check_texts(memory, shown, value);
    check_texts(memory, key, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Str json = str_from((const char *)data, size);
    if (!utf8_is_text(json)) return 0;
    Memory memory;
    Text value;
    Error err;
    memory_init(&memory, 0);
    text_init(&value, &memory);
    if (jsonb_parse(json, &value, &err) == STATUS_OK)
        check_value(&memory, text_str(&value));
    else
        ASSERT(value.size == 0);
    text_deinit(&value);
    memory_deinit(&memory);
    return 0;
}
