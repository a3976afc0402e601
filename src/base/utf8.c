/* SPDX-License-Identifier: Apache-2.0
 * base/utf8.c - eight ASCII bytes at a time; utf8proc knows the letters.
 *
 *     0xxxxxxx                              U+0000 .. U+007F
 *     110xxxxx 10xxxxxx                     U+0080 .. U+07FF
 *     1110xxxx 10xxxxxx 10xxxxxx            U+0800 .. U+FFFF, without D800 .. DFFF
 *     11110xxx 10xxxxxx 10xxxxxx 10xxxxxx   U+10000 .. U+10FFFF */
#include "base/utf8.h"

#include <utf8proc.h>

#define HIGH_BITS 0x8080808080808080ULL

static uint64_t load_eight(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* To the first byte of a character that is not ASCII, or to the end. */
static const char *skip_ascii(const char *at, const char *end) {
    while (end - at >= 8 && (load_eight(at) & HIGH_BITS) == 0) at += 8;
    while (at < end && (unsigned char)*at < 0x80) at++;
    return at;
}

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t utf8_decode(const char *at, const char *end, uint32_t *out) {
    DEBUG_ASSERT(at < end);
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)*at;
    if (lead < 0x80) {
        *out = lead;
        return 1;
    }
    size_t size = utf8_size_of(lead);
    /* C0 and C1 could only begin overlong forms, F5 and up pass U+10FFFF. */
    if (lead < 0xC2 || lead > 0xF4 || (size_t)(end - at) < size) return 0;
    /* What the head of ones and its zero leave of the first byte. */
    uint32_t value = lead & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(at[i])) return 0;
        value = value << 6 | ((unsigned char)at[i] & 0x3F);
    }
    if (value < least[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
    *out = value;
    return size;
}

size_t utf8_encode(char *out, uint32_t code_point) {
    DEBUG_ASSERT(out != NULL);
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) return 0;
    size_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, code_point >>= 6) out[i] = (char)(0x80 | (code_point & 0x3F));
    /* As many ones as there are bytes, then a zero: 1100 0000, 1110 0000, 1111 0000. */
    out[0] = (char)((0xF00U >> size & 0xFF) | code_point);
    return size;
}

size_t utf8_valid_size(Str str) {
    const char *at = str.data, *end = at + str.size;
    for (;;) {
        at = skip_ascii(at, end);
        if (at == end) return str.size;
        uint32_t code_point;
        size_t size = utf8_decode(at, end, &code_point);
        if (size == 0) return (size_t)(at - str.data);
        at += size;
    }
}

bool utf8_is_valid(Str str) {
    return utf8_valid_size(str) == str.size;
}

bool utf8_is_text(Str str) {
    return utf8_is_valid(str) && (str.size == 0 || memchr(str.data, 0, str.size) == NULL);
}

bool utf8_is_ascii(Str str) {
    return skip_ascii(str.data, str.data + str.size) == str.data + str.size;
}

size_t utf8_length(Str str) {
    size_t continuations = 0, i = 0;
    for (; str.size - i >= 8; i += 8) {
        uint64_t word = load_eight(str.data + i);
        /* bit 7 set and bit 6 clear */
        continuations += (size_t)__builtin_popcountll(word & ~(word << 1) & HIGH_BITS);
    }
    for (; i < str.size; i++) continuations += is_continuation(str.data[i]);
    return str.size - continuations;
}

size_t utf8_offset(Str str, size_t index) {
    DEBUG_ASSERT(str.data != NULL || str.size == 0);
    size_t at = 0;
    while (index >= 8 && str.size - at >= 8 && (load_eight(str.data + at) & HIGH_BITS) == 0)
        at += 8, index -= 8;
    for (; index > 0 && at < str.size; index--) {
        at++;
        while (at < str.size && is_continuation(str.data[at])) at++;
    }
    return at;
}

Str utf8_slice(Str str, size_t index, size_t count) {
    DEBUG_ASSERT(str.data != NULL || str.size == 0);
    size_t start = utf8_offset(str, index);
    DEBUG_ASSERT(start <= str.size);
    Str rest = str_from(str.data + start, str.size - start);
    return str_from(rest.data, utf8_offset(rest, count));
}

uint32_t utf8_upper(uint32_t code_point) {
    if (code_point < 0x80) return code_point >= 'a' && code_point <= 'z' ? code_point - 32 : code_point;
    if (code_point == 0xDF) return code_point; /* its capital form is a full mapping, not a simple one */
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)code_point);
}

uint32_t utf8_lower(uint32_t code_point) {
    if (code_point < 0x80) return code_point >= 'A' && code_point <= 'Z' ? code_point + 32 : code_point;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)code_point);
}

/* One character through a mapping; bytes that are no character go over as they are. */
static size_t append_mapped(Text *text, const char *at, const char *end, uint32_t (*map)(uint32_t)) {
    STATIC_ASSERT(UTF8_CHARACTER_SIZE_MAX >= 4, "what utf8_encode writes at most");
    char out[UTF8_CHARACTER_SIZE_MAX];
    uint32_t code_point;
    size_t size = utf8_decode(at, end, &code_point);
    size_t mapped = size == 0 ? 0 : utf8_encode(out, map(code_point));
    if (mapped == 0) {
        text_append_char(text, *at);
        return 1;
    }
    text_append(text, str_from(out, mapped));
    return size;
}

static void append_all(Text *text, Str str, uint32_t (*map)(uint32_t)) {
    const char *at = str.data, *end = at + str.size;
    while (at < end) {
        const char *other = skip_ascii(at, end);
        size_t run = (size_t)(other - at);
        char *room = run > 0 ? text_reserve(text, run) : NULL;
        if (run > 0 && room == NULL) return;
        /* ASCII maps to ASCII, byte for byte: the run keeps its length. */
        for (size_t i = 0; i < run; i++) room[i] = (char)map((unsigned char)at[i]);
        text->size += run;
        at = other;
        if (at < end) at += append_mapped(text, at, end, map);
    }
}

void utf8_append_upper(Text *text, Str str) {
    append_all(text, str, utf8_upper);
}

void utf8_append_lower(Text *text, Str str) {
    append_all(text, str, utf8_lower);
}

static bool is_word_character(uint32_t code_point) {
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code_point);
    bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    return letter || category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL;
}

void utf8_append_initcap(Text *text, Str str) {
    const char *at = str.data, *end = at + str.size;
    bool inside = false;
    while (at < end) {
        uint32_t code_point;
        bool known = utf8_decode(at, end, &code_point) > 0;
        at += append_mapped(text, at, end, inside ? utf8_lower : utf8_upper);
        inside = known && is_word_character(code_point);
    }
}

size_t utf8_width(Str str) {
    const char *at = str.data, *end = at + str.size;
    size_t width = 0;
    while (at < end) {
        const char *other = skip_ascii(at, end);
        width += (size_t)(other - at);
        at = other;
        if (at == end) break;
        uint32_t code_point;
        size_t size = utf8_decode(at, end, &code_point);
        int columns = size == 0 ? 1 : utf8proc_charwidth((utf8proc_int32_t)code_point);
        width += columns > 0 ? (size_t)columns : 0;
        at += size == 0 ? 1 : size;
    }
    return width;
}
