/* SPDX-License-Identifier: Apache-2.0
 * test/fuzz/from_char_fuzz.c
 *
 * Property: of any pattern and text (the two lie on either side of the first zero byte) reading gives a value of its type or
 * an error, and reads nothing beyond them; a time that was read is written by the same pattern without a fault. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/from_char.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_time(Arena *arena, Memory *memory, Str pattern_text, Str text) {
    TimePattern pattern;
    Error err;
    int64_t timestamp;
    int32_t date;
    if (time_pattern_compile(arena, pattern_text, &pattern, &err) != STATUS_OK) return;
    if (from_char_date(text, &pattern, &date, &err) == STATUS_OK) ASSERT(calendar_date_is_valid(date));
    if (from_char_timestamp(text, &pattern, NULL, &timestamp, &err) != STATUS_OK) return;
    ASSERT(calendar_timestamp_is_valid(timestamp));
    Text shown;
    text_init(&shown, memory);
    to_char_timestamp(&shown, &pattern, timestamp, 0, STR("UTC"));
    text_deinit(&shown);
}

static void read_number(Arena *arena, Str pattern_text, Str text) {
    NumberPattern pattern;
    Error err;
    Decimal value;
    if (number_pattern_compile(arena, pattern_text, &pattern, &err) != STATUS_OK) return;
    if (from_char_decimal(text, &pattern, number_pattern_scale(&pattern), &value, &err) == STATUS_OK)
        ASSERT(decimal_fits(value, DECIMAL_DIGIT_COUNT_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Memory memory;
    Arena arena;
    const uint8_t *zero = size == 0 ? NULL : memchr(data, 0, size);
    if (zero == NULL || size > 4096) return 0;
    size_t pattern_size = (size_t)(zero - data), text_size = size - pattern_size - 1;
    char *pattern = malloc(pattern_size + 1), *text = malloc(text_size + 1);
    ASSERT(pattern != NULL && text != NULL);
    if (pattern_size > 0) pattern = memcpy(realloc(pattern, pattern_size), data, pattern_size);
    if (text_size > 0) text = memcpy(realloc(text, text_size), zero + 1, text_size);
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    read_time(&arena, &memory, str_from(pattern, pattern_size), str_from(text, text_size));
    read_number(&arena, str_from(pattern, pattern_size), str_from(text, text_size));
    arena_deinit(&arena);
    memory_deinit(&memory);
    free(pattern);
    free(text);
    return 0;
}
