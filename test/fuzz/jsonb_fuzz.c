/* SPDX-License-Identifier: Apache-2.0
 * test/fuzz/jsonb_fuzz.c
 *
 * Property: of any valid UTF-8, jsonb_parse makes nothing, or a canonical text that is valid UTF-8, is its own canonical
 * text, contains itself, and stays the same when it is laid out over lines and read again; its members are values. */
#include "base/jsonb.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(Memory *memory, Str json, Str wanted) {
    Text again;
    Error err;
    text_init(&again, memory);
    Status status = jsonb_parse(json, &again, &err);
    ASSERT(status == STATUS_OK);
    ASSERT(str_equal(text_str(&again), wanted));
    text_deinit(&again);
}

static void check_members(Str value) {
    JsonbMember member;
    int64_t count = 0;
    for (JsonbWalk walk = jsonb_walk(value); jsonb_next(&walk, &member); count++) {
        Str found;
        ASSERT(member.value.size > 0 && member.value.data + member.value.size <= value.data + value.size);
        if (jsonb_kind(value) == JSONB_ARRAY) ASSERT(jsonb_element(value, count, &found) && found.data == member.value.data);
        check_members(member.value);
    }
    ASSERT(count == jsonb_count(value));
}

/* Without nulls it is canonical too. */
static void check_texts(Memory *memory, Str value) {
    Text text, plain;
    text_init(&text, memory);
    text_init(&plain, memory);
    jsonb_append_pretty(&text, value);
    check_same(memory, text_str(&text), value);
    text_reset(&text);
    jsonb_append_stripped(&text, value);
    check_same(memory, text_str(&text), text_str(&text));
    if (jsonb_kind(value) == JSONB_STRING) {
        text_reset(&text);
        jsonb_append_plain(&plain, value);
        jsonb_append_string(&text, text_str(&plain));
        ASSERT(str_equal(text_str(&text), value));
    }
    text_deinit(&plain);
    text_deinit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Str json = str_from((const char *)data, size);
    if (!utf8_is_text(json)) return 0;
    Memory memory;
    Text canonical;
    Error err;
    memory_init(&memory, 0);
    text_init(&canonical, &memory);
    if (jsonb_parse(json, &canonical, &err) == STATUS_OK) {
        Str value = text_str(&canonical);
        ASSERT(utf8_is_text(value));
        check_same(&memory, value, value);
        check_members(value);
        ASSERT(jsonb_contains(value, value));
        check_texts(&memory, value);
    } else {
        ASSERT(canonical.size == 0);
    }
    text_deinit(&canonical);
    memory_deinit(&memory);
    return 0;
}
