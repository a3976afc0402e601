/* SPDX-License-Identifier: Apache-2.0
 * column/builder.c - the parts of appending that are not a single store. */
#include "column/builder.h"

enum { BUILDER_DATA_COUNT_FIRST = 4, BUILDER_BYTES_SIZE_MAX = 32 << 10 };

Status array_builder_init(ArrayBuilder *builder, Frame *frame, Type type, uint32_t capacity, Error *err) {
    ASSERT(type_layout(type) != LAYOUT_NESTED);
    ASSERT(frame != NULL);
    *builder = (ArrayBuilder){.frame = frame, .type = type, .capacity = capacity};
    bool is_bits = type_layout(type) == LAYOUT_BIT;
    size_t size = is_bits ? bits_size(capacity) : capacity * type_width(type);
    builder->values = frame_alloc(frame, size, &builder->values_owner);
    TRY_ALLOC(builder->values);
    if (is_bits) memset(builder->values, 0, size);
    return STATUS_OK;
}

/* What was written of the newest data buffer is what readers may look at. */
static void builder_close_bytes(ArrayBuilder *builder) {
    if (builder->bytes_begin == NULL) return;
    builder->data[builder->bytes_index].size = (size_t)(builder->bytes_at - builder->bytes_begin);
}

Status array_builder_finish(ArrayBuilder *builder, Array *out, Error *err) {
    ASSERT(builder->length <= builder->capacity);
    if (builder->failed) return error_out_of_memory(err);
    builder_close_bytes(builder);
    ASSERT(builder->data_count <= builder->data_capacity);
    *out = (Array){
        .type = builder->type,
        .length = builder->length,
        .data_count = builder->data_count,
        .validity = builder->validity,
        .values = builder->values,
        .data = builder->data,
        .validity_owner = builder->validity_owner,
        .values_owner = builder->values_owner,
    };
    return STATUS_OK;
}

static bool builder_make_validity(ArrayBuilder *builder) {
    builder->validity = frame_alloc(builder->frame, bits_size(builder->capacity), &builder->validity_owner);
    if (builder->validity == NULL) {
        builder->failed = true;
        return false;
    }
    /* All of the capacity: later values that are not NULL need not look whether there is a bitmap. */
    bits_fill(builder->validity, builder->capacity, true);
    return true;
}

void array_builder_null(ArrayBuilder *builder) {
    DEBUG_ASSERT(builder->length < builder->capacity);
    size_t row = builder->length++, width = type_width(builder->type);
    if (width == 0)
        bits_clear(builder->values, row);
    else
        memset((char *)builder->values + row * width, 0, width);
    if (builder->validity == NULL && !builder_make_validity(builder)) return;
    bits_clear(builder->validity, row);
}

uint32_t array_builder_add_data(ArrayBuilder *builder, const char *bytes, size_t size, Buffer *owner) {
    DEBUG_ASSERT(builder->data_count <= builder->data_capacity);
    DEBUG_ASSERT(bytes != NULL || size == 0);
    if (builder->data_count == builder->data_capacity) {
        uint32_t capacity =
            builder->data_capacity == 0 ? BUILDER_DATA_COUNT_FIRST : builder->data_capacity * 2;
        ViewData *data = FRAME_ARRAY(builder->frame, ViewData, capacity);
        if (data == NULL) {
            builder->failed = true;
            return 0;
        }
        /* The old list stays in the arena until the frame's reset: lists are short. */
        if (builder->data_count > 0) memcpy(data, builder->data, builder->data_count * sizeof(*data));
        builder->data = data;
        builder->data_capacity = capacity;
    }
    builder->data[builder->data_count] = (ViewData){.bytes = bytes, .size = size, .owner = owner};
    return builder->data_count++;
}

/* A new data buffer, with room for the rows still to come if they are all as long as this text, but at least
 * twice the last room, so that few buffers are made, and at most 32 KiB, so that one long text in a batch
 * does not take room for thousands. */
static bool builder_open_bytes(ArrayBuilder *builder, size_t size) {
    builder_close_bytes(builder);
    size_t wanted = (builder->capacity - builder->length) * size;
    size_t grown = 2 * (size_t)(builder->bytes_end - builder->bytes_begin);
    if (wanted < grown) wanted = grown;
    if (wanted > BUILDER_BYTES_SIZE_MAX) wanted = BUILDER_BYTES_SIZE_MAX;
    if (wanted < size) wanted = size;
    Buffer *owner;
    char *bytes = frame_alloc(builder->frame, wanted, &owner);
    if (bytes == NULL) {
        builder->failed = true;
        return false;
    }
    builder->bytes_index = array_builder_add_data(builder, bytes, wanted, owner);
    if (builder->failed) return false;
    builder->bytes_begin = builder->bytes_at = bytes;
    builder->bytes_end = bytes + wanted;
    return true;
}

char *array_builder_text_reserve(ArrayBuilder *builder, size_t size) {
    DEBUG_ASSERT(builder->length < builder->capacity);
    if (size > INT32_MAX) builder->failed = true;
    if (builder->failed) return NULL;
    if (size > (size_t)(builder->bytes_end - builder->bytes_at) && !builder_open_bytes(builder, size))
        return NULL;
    /* A request for 0 bytes: NULL would say refused. */
    if (builder->bytes_at == NULL && !builder_open_bytes(builder, VIEW_INLINE_SIZE_MAX)) return NULL;
    return builder->bytes_at;
}

void array_builder_text_commit(ArrayBuilder *builder, size_t size) {
    DEBUG_ASSERT(!builder->failed);
    DEBUG_ASSERT(size <= (size_t)(builder->bytes_end - builder->bytes_at));
    DEBUG_ASSERT(builder->bytes_at != NULL); /* array_builder_text_reserve came first */
    uint32_t offset = (uint32_t)(builder->bytes_at - builder->bytes_begin);
    array_builder_view(builder, view_make(str_from(builder->bytes_at, size), builder->bytes_index, offset));
    /* A short text is in its view now: its room is free again. */
    if (size > VIEW_INLINE_SIZE_MAX) builder->bytes_at += size;
}

void array_builder_text(ArrayBuilder *builder, Str text) {
    if (text.size <= VIEW_INLINE_SIZE_MAX) {
        array_builder_view(builder, view_make(text, 0, 0));
        return;
    }
    char *room = array_builder_text_reserve(builder, text.size);
    if (room == NULL) {
        /* A slot all the same, so that `length` stays that of the caller's other columns. */
        array_builder_view(builder, (View){0});
        return;
    }
    memcpy(room, text.data, text.size);
    array_builder_text_commit(builder, text.size);
}

void array_builder_copy(ArrayBuilder *builder, const Array *array, size_t row) {
    DEBUG_ASSERT(row < array->length);
    DEBUG_ASSERT(type_layout(builder->type) == type_layout(array->type));
    if (array_is_null(array, row)) {
        array_builder_null(builder);
        return;
    }
    switch (type_layout(builder->type)) {
        case LAYOUT_BIT: array_builder_bool(builder, bits_get(array_bits(array), row)); return;
        case LAYOUT_I16: array_builder_i16(builder, array_i16(array)[row]); return;
        case LAYOUT_I32:
        case LAYOUT_F32: array_builder_i32(builder, array_i32(array)[row]); return;
        case LAYOUT_I64:
        case LAYOUT_F64: array_builder_i64(builder, array_i64(array)[row]); return;
        case LAYOUT_I128:
        case LAYOUT_INTERVAL:
        case LAYOUT_BYTES16: array_builder_bytes16(builder, (const char *)array->values + 16 * row); return;
        case LAYOUT_VIEW: array_builder_text(builder, array_text(array, row)); return;
        case LAYOUT_NESTED: ASSERT(!"no values of nested types yet");
    }
}
