/* SPDX-License-Identifier: Apache-2.0
 * plan/fragment.c - pieces of statements on one line. */
#include "plan/fragment.h"

static bool continues_character(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

bool fragment_is_in(Str text, int32_t start, int32_t end) {
    return start >= 0 && end > start && (size_t)end <= text.size;
}

void fragment_append(Text *out, Str text, int32_t start, int32_t end) {
    ASSERT(fragment_is_in(text, start, end));
    bool space = false;
    size_t size = 0;
    for (int32_t i = start; i < end; i++) {
        char c = text.data[i];
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            space = size > 0;
            continue;
        }
        if (size >= FRAGMENT_SIZE_MAX && !continues_character(c)) {
            text_append_c(out, " ...");
            return;
        }
        if (space) text_append_char(out, ' ');
        text_append_char(out, c);
        size += space ? 2 : 1;
        space = false;
    }
}

TextPlace fragment_place(Str text, int32_t start) {
    TextPlace place = {1, 1};
    ASSERT(start >= 0 && (size_t)start <= text.size);
    for (int32_t i = 0; i < start; i++) {
        if (text.data[i] == '\n')
            place = (TextPlace){place.line + 1, 1};
        else
            place.column += !continues_character(text.data[i]);
    }
    return place;
}
