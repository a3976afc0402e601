/* SPDX-License-Identifier: Apache-2.0
 * base/uuid.c - hexadecimal to bytes and back. */
#include "base/uuid.h"

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool parse_digits(Str text, Uuid *out) {
    const char *at = text.data, *end = at + text.size;
    bool braces = text.size > 0 && *at == '{';
    at += braces;
    for (int i = 0; i < 16; i++) {
        if (end - at < 2) return false;
        int high = hex_value(at[0]), low = hex_value(at[1]);
        if (high < 0 || low < 0) return false;
        out->bytes[i] = (uint8_t)(high * 16 + low);
        at += 2;
        if (i % 2 == 1 && i < 15 && at < end && *at == '-') at++;
    }
    DEBUG_ASSERT(at <= end); /* the loop took its digits only where there were two */
    if (braces && (at == end || *at++ != '}')) return false;
    return at == end;
}

Status uuid_parse(Str text, Uuid *out, Error *err) {
    enum { SHOWN_SIZE_MAX = 100 };
    Uuid uuid;
    if (parse_digits(text, &uuid)) {
        *out = uuid;
        return STATUS_OK;
    }
    Str shown = str_from(text.data, text.size < SHOWN_SIZE_MAX ? text.size : SHOWN_SIZE_MAX);
    return error_set(err, STATUS_INVALID_TEXT, "invalid input syntax for type uuid: \"%.*s\"",
                     STR_ARGS(shown));
}

void uuid_write(char *out, const Uuid *uuid) {
    DEBUG_ASSERT(out != NULL && uuid != NULL);
    STATIC_ASSERT(UUID_TEXT_SIZE == 2 * sizeof(uuid->bytes) + 4, "two digits a byte, and four hyphens");
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        *out++ = "0123456789abcdef"[uuid->bytes[i] >> 4];
        *out++ = "0123456789abcdef"[uuid->bytes[i] & 15];
    }
}

void text_append_uuid(Text *text, const Uuid *uuid) {
    char *room = text_reserve(text, UUID_TEXT_SIZE);
    if (room == NULL) return;
    uuid_write(room, uuid);
    text->size += UUID_TEXT_SIZE;
}

Uuid uuid_from_random(const uint8_t random[16]) {
    Uuid uuid;
    memcpy(uuid.bytes, random, sizeof(uuid.bytes));
    uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0F) | 0x40); /* version 4 */
    uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3F) | 0x80); /* variant of RFC 4122 */
    return uuid;
}
