/* SPDX-License-Identifier: Apache-2.0
 * format/flatbuffer.c - FlatBuffers (https://flatbuffers.dev/internals/), as much as a writer needs.
 *
 *     buffer  | u32 reference to the root table | vtables, tables, vectors, strings |
 * vtable  | u16 its size | u16 size of the table | u16 per field: distance from the table's start, 0: absent
 * |
 *     table   | i32 distance back to the vtable | fields, each at a multiple of its size |
 *     vector  | u32 count | elements |
 *     string  | u32 size | bytes | 0 |
 *
 * All little-endian. A reference is the u32 distance from itself to its target, so targets come later. Each
 * table has a vtable of its own, right before it. */
#include "format/flatbuffer.h"

#include "base/assert.h"

enum { REFERENCE_SIZE = 4, ALIGNMENT_MAX = 8 };

static size_t position_now(const Flatbuffer *flat) {
    return flat->text->size - flat->start;
}

static void append_integer(Flatbuffer *flat, int64_t value, size_t size) {
    STATIC_ASSERT(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first bytes of an integer are its lowest");
    ASSERT(size <= sizeof(value));
    text_append(flat->text, str_from((const char *)&value, size)); /* the host is little-endian */
}

/* Zeros until the position, and `extra` bytes more, is a multiple. */
static void align(Flatbuffer *flat, size_t extra, size_t multiple) {
    size_t over = (position_now(flat) + extra) % multiple;
    if (over > 0) text_append_repeated(flat->text, '\0', multiple - over);
}

Flatbuffer flatbuffer_begin(Text *text) {
    Flatbuffer flat = {text, text->size};
    append_integer(&flat, 0, REFERENCE_SIZE);
    return flat;
}

static size_t inline_size(const FlatbufferField *field) {
    return field->size == FLATBUFFER_REFERENCE ? REFERENCE_SIZE : field->size;
}

size_t flatbuffer_table(Flatbuffer *flat, FlatbufferField *fields, size_t count) {
    size_t offsets[FLATBUFFER_FIELD_COUNT_MAX], table_size = REFERENCE_SIZE, vtable_size = 4 + 2 * count;
    ASSERT(count <= FLATBUFFER_FIELD_COUNT_MAX);
    ASSERT(fields != NULL || count == 0);
    for (size_t i = 0; i < count; i++) {
        size_t size = inline_size(&fields[i]);
        if (size > 0) table_size = (table_size + size - 1) / size * size;
        offsets[i] = size > 0 ? table_size : 0;
        table_size += size;
    }
    /* The table itself at a multiple of 8, so that a field's offset in it says how the field is aligned. */
    align(flat, vtable_size, ALIGNMENT_MAX);
    append_integer(flat, (int64_t)vtable_size, 2);
    append_integer(flat, (int64_t)table_size, 2);
    for (size_t i = 0; i < count; i++) append_integer(flat, (int64_t)offsets[i], 2);
    size_t table = position_now(flat);
    append_integer(flat, (int64_t)vtable_size, REFERENCE_SIZE);
    for (size_t i = 0; i < count; i++) {
        size_t size = inline_size(&fields[i]);
        if (size == 0) continue;
        align(flat, 0, size);
        fields[i].position = position_now(flat);
        append_integer(flat, fields[i].size == FLATBUFFER_REFERENCE ? 0 : fields[i].value, size);
    }
    return table;
}

size_t flatbuffer_string(Flatbuffer *flat, Str string) {
    align(flat, 0, REFERENCE_SIZE);
    size_t position = position_now(flat);
    append_integer(flat, (int64_t)string.size, REFERENCE_SIZE);
    text_append(flat->text, string);
    text_append_char(flat->text, '\0');
    return position;
}

size_t flatbuffer_vector(Flatbuffer *flat, size_t count, size_t size) {
    align(flat, REFERENCE_SIZE, size >= ALIGNMENT_MAX ? ALIGNMENT_MAX : REFERENCE_SIZE);
    size_t position = position_now(flat);
    append_integer(flat, (int64_t)count, REFERENCE_SIZE);
    text_append_repeated(flat->text, '\0', count * size);
    return position;
}

void flatbuffer_refer(Flatbuffer *flat, size_t position, size_t target) {
    if (flat->text->failed) return;
    ASSERT(target > position);
    flatbuffer_set(flat, position, REFERENCE_SIZE, (int64_t)(target - position));
}

void flatbuffer_set(Flatbuffer *flat, size_t position, size_t size, int64_t value) {
    if (flat->text->failed) return;
    ASSERT(size <= sizeof(value));
    ASSERT(flat->start + position + size <= flat->text->size);
    memcpy(flat->text->data + flat->start + position, &value, size);
}
