/* SPDX-License-Identifier: Apache-2.0
 * base/unescape.c - one pass; every escape is longer than the bytes of its character. */
#include "base/unescape.h"

#include "base/utf8.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes behind the escape that are its number; 0: there is none. */
static size_t read_number(Str rest, bool letters, uint32_t *out) {
    char form = rest.size > 0 ? rest.data[0] : '\0';
    bool marked = form == '+' || (letters && (form == 'u' || form == 'U'));
    size_t start = marked ? 1 : 0, digits = form == '+' ? 6 : letters && form == 'U' ? 8 : 4;
    *out = 0;
    if (rest.size < start + digits) return 0;
    for (size_t i = start; i < start + digits; i++) {
        int digit = hex_digit(rest.data[i]);
        if (digit < 0) return 0;
        *out = *out << 4 | (uint32_t)digit;
    }
    return start + digits;
}

/* One escape, whose first byte is rest.data[0]; *used bytes of it make *point. */
static UnescapeResult read_escape(Str rest, char escape, bool letters, uint32_t *point, size_t *used) {
    DEBUG_ASSERT(rest.size > 0 && rest.data[0] == escape);
    uint32_t low = 0;
    *used = 1 + read_number(str_from(rest.data + 1, rest.size - 1), letters, point);
    if (*used == 1) return UNESCAPE_NO_NUMBER;
    if (*point >= 0xDC00 && *point <= 0xDFFF) return UNESCAPE_NO_PAIR;
    if (*point < 0xD800 || *point > 0xDBFF) return UNESCAPE_OK;
    if (*used < rest.size && rest.data[*used] == escape) *used += 1 + read_number(str_from(rest.data + *used + 1, rest.size - *used - 1), letters, &low);
    if (low < 0xDC00 || low > 0xDFFF) return UNESCAPE_NO_PAIR;
    *point = 0x10000 + ((*point - 0xD800) << 10) + (low - 0xDC00);
    return UNESCAPE_OK;
}

UnescapeResult unescape_unicode(Str text, char escape, bool letters, char *out, size_t *size) {
    ASSERT(text.data != NULL || text.size == 0);
    ASSERT(out != NULL || text.size == 0);
    *size = 0;
    for (size_t at = 0; at < text.size;) {
        Str rest = str_from(text.data + at, text.size - at);
        bool doubled = rest.data[0] == escape && rest.size > 1 && rest.data[1] == escape;
        if (rest.data[0] != escape || doubled) {
            out[(*size)++] = rest.data[0];
            at += doubled ? 2 : 1;
            continue;
        }
        uint32_t point;
        size_t used;
        UnescapeResult result = read_escape(rest, escape, letters, &point, &used);
        if (result != UNESCAPE_OK) return result;
        size_t written = point == 0 ? 0 : utf8_encode(out + *size, point);
        if (written == 0) return UNESCAPE_NO_CHARACTER;
        ASSERT(written < used);
        *size += written;
        at += used;
    }
    return UNESCAPE_OK;
}

const char *unescape_reason(UnescapeResult result) {
    switch (result) {
        case UNESCAPE_OK: break;
        case UNESCAPE_NO_NUMBER: return "invalid Unicode escape";
        case UNESCAPE_NO_PAIR: return "invalid Unicode surrogate pair";
        case UNESCAPE_NO_CHARACTER: return "invalid Unicode escape value";
    }
    return "";
}
