/* SPDX-License-Identifier: Apache-2.0
 * base/text.h - building text: into a fixed buffer, or a buffer that grows.
 *
 * Independent of the host's locale. The format is a part of printf's: %s %.*s %c %d %u %x
 * with l, ll, z; %%; no widths, no floating point (see base/number.h for those).
 *
 *     Text text;
 *     text_init(&text, memory);
 *     text_append_format(&text, "%.*s: %d rows", STR_ARGS(name), count);
 *     write(text.data, text.size);
 *     text_deinit(&text);
 *
 * A refused allocation, or more bytes than size_max, makes the Text `failed`: later appends do nothing, and
 * the caller asks once at the end. Threads: one at a time. */
#ifndef WEIR_BASE_TEXT_H
#define WEIR_BASE_TEXT_H

#include "base/str.h"

/* Writes at most size - 1 bytes and a zero byte; cuts what does not fit. Returns the bytes written. */
size_t text_format(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t text_vformat(char *buffer, size_t size, const char *format, va_list args);

/* {.data = room, .capacity = sizeof(room)}, without memory, writes into a buffer that does not grow: what does
 * not fit makes it failed, and there is nothing to deinit. Not terminated by a zero byte. Numbers, dates and formats
 * ask for the room of their longest text before they write (NUMBER_I64_SIZE_MAX, 64 bytes for a format): such a
 * buffer, and size_max, need that much to spare. */
typedef struct Text {
    Memory *memory;
    char *data;
    size_t size;
    size_t capacity;
    size_t size_max; /* 0: none but memory */
    bool failed;       /* something did not fit: the text is worthless until text_reset */
    bool is_too_large; /* failed because of size_max; until text_reset */
} Text;

/* Takes nothing until the first append. `memory` outlives the text. */
void text_init(Text *text, Memory *memory);
/* Empty, and may be used again. */
void text_deinit(Text *text);
/* Empty and not failed; keeps the memory. */
void text_reset(Text *text);

/* Room for `size` more bytes at text->data + text->size; NULL (and failed) when refused. The caller writes
 * there and adds to text->size what it wrote. */
char *text_reserve(Text *text, size_t size);

/* Each appends, or makes the text failed and leaves its bytes as they were. `str` may be a slice of the text itself;
 * the arguments of a format may not. */
void text_append(Text *text, Str str);
void text_append_c(Text *text, const char *zero_terminated);
void text_append_char(Text *text, char c);
void text_append_repeated(Text *text, char c, size_t count);
void text_append_i64(Text *text, int64_t value);
void text_append_format(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What has been written; valid until the next append. */
static inline Str text_str(const Text *text) {
    return (Str){text->data, text->size};
}

#endif
