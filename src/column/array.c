/* SPDX-License-Identifier: Apache-2.0
 * column/array.c - arrays as wholes: counting, keeping, slicing, repeating. */
#include "column/array.h"

size_t array_null_count(const Array *array) {
    if (array->validity == NULL) return 0;
    return array->length - bits_count(array->validity, array->length);
}

void array_retain(const Array *array) {
    ASSERT(array->data_count == 0 || array->data != NULL);
    buffer_retain(array->validity_owner);
    buffer_retain(array->values_owner);
    for (uint32_t i = 0; i < array->data_count; i++) buffer_retain(array->data[i].owner);
}

void array_release(const Array *array) {
    ASSERT(array->data_count == 0 || array->data != NULL);
    buffer_release(array->validity_owner);
    buffer_release(array->values_owner);
    for (uint32_t i = 0; i < array->data_count; i++) buffer_release(array->data[i].owner);
}

/* Bits [from, from + count) as words of their own, or the same words when they start on one. */
static Status slice_bits(const uint64_t **words, Buffer **owner, Frame *frame, uint32_t from, uint32_t count,
                         Error *err) {
    if (from % 64 == 0) {
        *words += from / 64;
        return STATUS_OK;
    }
    uint64_t *copy = frame_alloc(frame, bits_size(count), owner);
    TRY_ALLOC(copy);
    bits_copy(copy, (const uint8_t *)*words, from, count);
    *words = copy;
    return STATUS_OK;
}

Status array_slice(const Array *array, Frame *frame, uint32_t from, uint32_t count, Array *out, Error *err) {
    ASSERT(from <= array->length && count <= array->length - from);
    Array slice = *array;
    slice.length = count;
    if (slice.validity != NULL)
        TRY(slice_bits(&slice.validity, &slice.validity_owner, frame, from, count, err));
    if (type_layout(array->type) == LAYOUT_BIT) {
        const uint64_t *bits = array_bits(array);
        TRY(slice_bits(&bits, &slice.values_owner, frame, from, count, err));
        slice.values = bits;
    } else {
        slice.values = (const char *)array->values + from * type_width(array->type);
    }
    ASSERT(slice.length <= array->length);
    *out = slice;
    return STATUS_OK;
}

/* Bytes of `length` values; a bitmap in whole words. */
static size_t array_values_size(Type type, uint32_t length) {
    return type_layout(type) == LAYOUT_BIT ? bits_size(length) : length * type_width(type);
}

Status array_nulls(Frame *frame, Type type, uint32_t length, Array *out, Error *err) {
    ASSERT(type_layout(type) != LAYOUT_NESTED);
    Array array = {.type = type, .length = length};
    size_t size = array_values_size(type, length);
    void *values = frame_alloc(frame, size, &array.values_owner);
    TRY_ALLOC(values);
    memset(values, 0, size);
    uint64_t *validity = frame_alloc(frame, bits_size(length), &array.validity_owner);
    TRY_ALLOC(validity);
    memset(validity, 0, bits_size(length));
    array.values = values;
    array.validity = validity;
    *out = array;
    return STATUS_OK;
}

/* The first value to all others, doubling what is copied. */
static void repeat_value(char *values, const char *value, size_t width, uint32_t length) {
    DEBUG_ASSERT(width > 0);
    size_t total = width * length, done = width;
    if (length == 0) return;
    memcpy(values, value, width);
    /* Each round copies all that there is: log2(length) calls, whatever the width. */
    while (done < total) {
        size_t size = done < total - done ? done : total - done;
        memcpy(values + done, values, size);
        done += size;
    }
}

Status array_repeat(const Array *array, uint32_t row, Frame *frame, uint32_t length, Array *out, Error *err) {
    ASSERT(type_layout(array->type) != LAYOUT_NESTED);
    ASSERT(row < array->length);
    if (array_is_null(array, row)) return array_nulls(frame, array->type, length, out, err);
    Array repeated = {.type = array->type, .length = length};
    void *values = frame_alloc(frame, array_values_size(array->type, length), &repeated.values_owner);
    TRY_ALLOC(values);
    size_t width = type_width(array->type);
    if (type_layout(array->type) == LAYOUT_BIT)
        bits_fill(values, length, bits_get(array_bits(array), row));
    else
        repeat_value(values, (const char *)array->values + row * width, width, length);
    repeated.values = values;
    repeated.data = array->data;
    repeated.data_count = array->data_count;
    *out = repeated;
    return STATUS_OK;
}
