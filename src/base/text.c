/* SPDX-License-Identifier: Apache-2.0
 * base/text.c - locale-free formatting. One interpreter of the format writes into a
 * bounded window; the growing form calls it twice when the first window was too small. */
#include "base/text.h"

#include "base/number.h"

typedef struct Window {
    char *at;
    char *end;     /* one before the room for the zero byte */
    size_t wanted; /* bytes that the whole text needs */
} Window;

static void window_put(Window *window, const char *data, size_t size) {
    DEBUG_ASSERT(window->at <= window->end);
    window->wanted += size;
    size_t room = (size_t)(window->end - window->at);
    if (size > room) size = room;
    if (size > 0) memcpy(window->at, data, size);
    window->at += size;
}

static void window_put_u64(Window *window, uint64_t value, unsigned base) {
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    window_put(window, digits + at, sizeof(digits) - at);
}

static void window_put_i64(Window *window, int64_t value) {
    if (value < 0) window_put(window, "-", 1);
    window_put_u64(window, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

static void window_format(Window *window, const char *format, va_list args) {
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            const char *start = at;
            while (at[1] != '\0' && at[1] != '%') at++;
            window_put(window, start, (size_t)(at - start) + 1);
            continue;
        }
        at++;
        int precision = -1;
        if (at[0] == '.' && at[1] == '*') precision = va_arg(args, int), at += 2;
        int longs = 0;
        while (*at == 'l' || *at == 'z') longs += *at == 'z' ? 2 : 1, at++;
        switch (*at) {
            case 's': {
                const char *string = va_arg(args, const char *);
                size_t size = precision < 0 ? strlen(string) : (size_t)precision;
                window_put(window, string, size);
                break;
            }
            case 'c': {
                char c = (char)va_arg(args, int);
                window_put(window, &c, 1);
                break;
            }
            case 'd': window_put_i64(window, longs > 0 ? va_arg(args, long long) : va_arg(args, int)); break;
            case 'u':
                window_put_u64(window, longs > 0 ? va_arg(args, unsigned long long) : va_arg(args, unsigned),
                               10);
                break;
            case 'x':
                window_put_u64(window, longs > 0 ? va_arg(args, unsigned long long) : va_arg(args, unsigned),
                               16);
                break;
            case '%': window_put(window, "%", 1); break;
            default: ASSERT(!"a format that text_format does not know");
        }
    }
}
STATIC_ASSERT(sizeof(long) == sizeof(long long) && sizeof(size_t) == sizeof(long long),
              "l, ll and z are one size");

/* A cut never leaves half a UTF-8 sequence behind. */
static size_t text_cut_at_character(const char *buffer, size_t size) {
    DEBUG_ASSERT(buffer != NULL);
    size_t start = size;
    while (start > 0 && size - start < 4 && ((unsigned char)buffer[start - 1] & 0xC0) == 0x80) start--;
    if (start == 0) return size;
    unsigned char lead = (unsigned char)buffer[start - 1];
    size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return size - (start - 1) < length ? start - 1 : size;
}

size_t text_vformat(char *buffer, size_t size, const char *format, va_list args) {
    ASSERT(buffer != NULL && format != NULL);
    ASSERT(size > 0);
    Window window = {.at = buffer, .end = buffer + size - 1};
    window_format(&window, format, args);
    size_t written = (size_t)(window.at - buffer);
    if (window.wanted > written) written = text_cut_at_character(buffer, written);
    buffer[written] = '\0';
    return written;
}

size_t text_format(char *buffer, size_t size, const char *format, ...) {
    va_list args;
    va_start(args, format);
    size_t written = text_vformat(buffer, size, format, args);
    va_end(args);
    return written;
}

void text_init(Text *text, Memory *memory) {
    ASSERT(memory != NULL);
    *text = (Text){.memory = memory};
}

void text_deinit(Text *text) {
    ASSERT(text->memory != NULL || text->data == NULL); /* a fixed buffer is its owner's */
    memory_free(text->memory, text->data, text->capacity);
    *text = (Text){.memory = text->memory};
}

void text_reset(Text *text) {
    text->size = 0;
    text->failed = text->is_too_large = false;
}

char *text_reserve(Text *text, size_t size) {
    DEBUG_ASSERT(text->size <= text->capacity);
    if (text->failed) return NULL;
    if (text->size_max > 0 && size > text->size_max - text->size) {
        text->failed = text->is_too_large = true;
        return NULL;
    }
    if (text->capacity - text->size >= size && text->data != NULL) return text->data + text->size;
    /* A cache line at least: most texts are messages and values. */
    size_t capacity = text->capacity < 64 ? 64 : text->capacity;
    while (capacity - text->size < size && capacity < SIZE_MAX / 4) capacity *= 2;
    bool grows = text->memory != NULL && capacity - text->size >= size;
    char *data = grows ? memory_realloc(text->memory, text->data, text->capacity, capacity) : NULL;
    if (data == NULL) {
        text->failed = true;
        return NULL;
    }
    ASSERT(capacity - text->size >= size);
    text->data = data;
    text->capacity = capacity;
    return text->data + text->size;
}

void text_append(Text *text, Str str) {
    /* A slice of this very text moves with it. Compared as integers: pointers into different objects may not be
     * subtracted. */
    uintptr_t from = (uintptr_t)str.data - (uintptr_t)text->data;
    bool inside = text->data != NULL && from < text->capacity;
    char *room = text_reserve(text, str.size);
    if (room == NULL) return;
    DEBUG_ASSERT(str.data != NULL || str.size == 0);
    if (str.size > 0) memcpy(room, inside ? text->data + from : str.data, str.size);
    text->size += str.size;
}

void text_append_c(Text *text, const char *zero_terminated) {
    text_append(text, str_from_c(zero_terminated));
}

void text_append_char(Text *text, char c) {
    text_append(text, str_from(&c, 1));
}

void text_append_repeated(Text *text, char c, size_t count) {
    char *room = text_reserve(text, count);
    if (room == NULL) return;
    if (count > 0) memset(room, c, count);
    text->size += count;
}

void text_append_i64(Text *text, int64_t value) {
    char *room = text_reserve(text, NUMBER_I64_SIZE_MAX);
    if (room != NULL) text->size += number_write_i64(room, value);
}

void text_append_format(Text *text, const char *format, ...) {
    char *room = text_reserve(text, 64);
    if (room == NULL) return;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    Window window = {.at = room, .end = text->data + text->capacity};
    window_format(&window, format, args);
    /* Messages are short: the second walk over the format is for the few that are not. */
    if (window.wanted > (size_t)(window.at - room)) {
        room = text_reserve(text, window.wanted);
        if (room != NULL) {
            window = (Window){.at = room, .end = text->data + text->capacity};
            window_format(&window, format, again);
        }
    }
    if (room != NULL) text->size += window.wanted;
    va_end(again);
    va_end(args);
}
