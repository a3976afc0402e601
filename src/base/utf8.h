/* SPDX-License-Identifier: Apache-2.0
 * base/utf8.h - text as characters: validity, length, offsets, letter case.
 *
 *     if (!utf8_is_valid(str)) ...                             at the border, once
 *     size_t offset = utf8_offset(str, 3);                     where the 4th character starts
 *     utf8_append_upper(&text, str);
 *
 * Characters are code points. Everything below utf8_is_valid takes text that is valid; on other bytes it
 * stays inside the slice and gives some answer. Threads: no state. */
#ifndef WEIR_BASE_UTF8_H
#define WEIR_BASE_UTF8_H

#include "base/text.h"

enum { UTF8_CHARACTER_SIZE_MAX = 4 }; /* bytes */

/* Well formed: shortest forms, no surrogates, at most U+10FFFF. */
bool utf8_is_valid(Str str);
/* Bytes before the first that is not well formed; str.size when all is. */
size_t utf8_valid_size(Str str);
/* May a TEXT hold it? Well formed, and without a zero byte, of which PostgreSQL has none in a text either. Whatever brings texts in
 * (SQL, rows, Arrow, CSV, JSON) asks this or as much. */
bool utf8_is_text(Str str);
/* True of the empty text. What is ASCII has one byte per character, so positions in it are offsets. */
bool utf8_is_ascii(Str str);

/* In characters; eight bytes at a time. */
size_t utf8_length(Str str);
/* Byte offset of character `index` (from 0); str.size when there are not so many. */
size_t utf8_offset(Str str, size_t index);
/* The characters [index, index + count), cut to what there is. */
Str utf8_slice(Str str, size_t index, size_t count);

/* Bytes of the character that starts with this byte: 1..4 (1 for a byte that starts none). */
static inline size_t utf8_size_of(unsigned char lead) {
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* One code point at [at, end), at < end; returns its size, 0 when not well formed (*out is then
 * untouched). */
size_t utf8_decode(const char *at, const char *end, uint32_t *out);
/* Writes 1..4 bytes; 0 when it is no code point (surrogates, beyond U+10FFFF). */
size_t utf8_encode(char *out, uint32_t code_point);

/* Unicode's simple mappings, one code point to one, by utf8proc's tables: the same on every host. */
void utf8_append_upper(Text *text, Str str);
void utf8_append_lower(Text *text, Str str);
/* First letter of each word upper, the rest lower; words are runs of letters and digits. */
void utf8_append_initcap(Text *text, Str str);
uint32_t utf8_upper(uint32_t code_point);
uint32_t utf8_lower(uint32_t code_point);

/* Terminal columns that the text takes (wide characters 2, combining 0). */
size_t utf8_width(Str str);

#endif
