/* SPDX-License-Identifier: Apache-2.0
 * store/keys.c - between row keys and records. */
#include "store/keys.h"

static uint64_t key_hash(const void *keys, const void *key) {
    DEBUG_ASSERT(((const RowKeyLayout *)keys)->size % 8 == 0);
    return rowkey_hash(keys, key);
}

Status keys_state_init(State *state, const RowKeyLayout *keys, uint32_t value_size, Arena *arena, Io *io,
                       Memory *memory, Error *err) {
    uint32_t *text_offsets = ARENA_ARRAY(arena, uint32_t, keys->column_count + 1u), text_count = 0;
    TRY_ALLOC(text_offsets);
    /* Cells are in the order of their offsets, as a state wants its texts. */
    for (uint32_t i = 0; i < keys->column_count; i++)
        if (keys->cells[i].is_text) text_offsets[text_count++] = keys->cells[i].offset;
    StateOptions options = {.key_size = keys->size,
                            .value_size = value_size,
                            .text_offsets = text_offsets,
                            .text_count = text_count,
                            .hash = key_hash,
                            .hash_context = keys};
    return state_init(state, io, memory, &options, err);
}

static bool has_null(const RowKeyLayout *keys, uint32_t cell, const State *state, const uint32_t *ids,
                     uint32_t count) {
    /* All words folded, without a branch per row: nearly always the answer is no. */
    uint64_t nulls = 0;
    for (uint32_t i = 0; keys->has_null_word && i < count; i++)
        nulls |= *(const uint64_t *)state_record(state, ids[i]);
    return nulls >> cell & 1;
}

/* A cell without NULLs that is the value itself, as 64 bits: in a loop that decides nothing. */
static Status read_words(const RowKeyLayout *keys, uint32_t cell, const State *state, const uint32_t *ids,
                         uint32_t count, Frame *frame, Array *out, Error *err) {
    size_t offset = keys->cells[cell].offset;
    *out = (Array){.type = keys->cells[cell].type, .length = count};
    uint64_t *values = frame_alloc(frame, count * sizeof(*values), &out->values_owner);
    TRY_ALLOC(values);
    for (uint32_t i = 0; i < count; i++)
        memcpy(&values[i], state_record(state, ids[i]) + offset, sizeof(*values));
    out->values = values;
    return STATUS_OK;
}

Status keys_read(const RowKeyLayout *keys, uint32_t cell, const State *state, const uint32_t *ids,
                 uint32_t count, Frame *frame, Array *out, Error *err) {
    ASSERT(cell < keys->column_count);
    ASSERT(ids != NULL || count == 0);
    ASSERT(state->key_size == keys->size); /* the layout the state was made with */
    const RowKeyCell *shape = &keys->cells[cell];
    ASSERT(keys->keeps_spelling || !type_has_spellings(shape->type));
    if (type_layout(shape->type) == LAYOUT_I64 && !has_null(keys, cell, state, ids, count))
        return read_words(keys, cell, state, ids, count, frame, out, err);
    ArrayBuilder builder;
    TRY(array_builder_init(&builder, frame, shape->type, count, err));
    for (uint32_t i = 0; i < count; i++) {
        const char *record = state_record(state, ids[i]);
        if (keys->has_null_word && ((*(const uint64_t *)record >> cell) & 1))
            array_builder_null(&builder);
        else if (shape->is_text)
            array_builder_text(&builder,
                               state_text_get(&state->heap, (const StateText *)(record + shape->offset)));
        else
            rowkey_decode(keys, cell, (const uint64_t *)record, &builder);
    }
    return array_builder_finish(&builder, out, err);
}
