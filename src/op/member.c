/* SPDX-License-Identifier: Apache-2.0
 * op/member.c - a state of keys without values.
 *
 * SQL's three-valued IN (ISO 9075-2, 8.4): true if one of the values is equal; false if all are known to differ;
 * NULL where a NULL on either side leaves it open. NULL may be one of the keys, and is not looked for. */
#include "op/member.h"

Status member_init(Member *member, Arena *arena, Type type, const OpContext *context, Error *err) {
    bool nullable = true;
    *member = (Member){0};
    ASSERT(context->memory != NULL && context->io != NULL);
    TRY(rowkey_layout_init(&member->keys, arena, &type, &nullable, 1, err));
    return keys_state_init(&member->state, &member->keys, 0, arena, context->io, context->memory, err);
}

void member_deinit(Member *member) {
    state_deinit(&member->state);
}

size_t member_memory(const Member *member) {
    return state_memory(&member->state);
}

typedef struct MemberKeys {
    uint64_t *keys;
    uint64_t *hashes;
    uint32_t *ids;
} MemberKeys;

/* A NULL has a key of its own, which is entered like any, and never asked for. */
static Status encode(const Member *member, Frame *frame, const Array *values, MemberKeys *out, Error *err) {
    uint32_t count = values->length;
    ASSERT(count <= STATE_BATCH_COUNT_MAX);
    ASSERT(member->keys.column_count == 1);
    *out = (MemberKeys){.keys = frame_alloc(frame, (size_t)count * member->keys.size + 8, NULL),
                        .hashes = frame_alloc(frame, count * sizeof(uint64_t), NULL),
                        .ids = frame_alloc(frame, count * sizeof(uint32_t), NULL)};
    if (out->keys == NULL || out->hashes == NULL || out->ids == NULL) return error_out_of_memory(err);
    rowkey_encode(&member->keys, &values, count, out->keys, out->hashes);
    return STATUS_OK;
}

Status member_add(Member *member, Frame *frame, const Array *values, Error *err) {
    MemberKeys keys;
    ASSERT(values->length > 0);
    member->has_any |= values->length > 0;
    member->has_null |= array_null_count(values) > 0;
    ASSERT(member->has_any || !member->has_null);
    TRY(encode(member, frame, values, &keys, err));
    StateUpsert upsert = {.ids = keys.ids, .created = frame_alloc(frame, values->length * sizeof(uint32_t), NULL)};
    TRY_ALLOC(upsert.created);
    return state_upsert_batch(&member->state, keys.keys, keys.hashes, values->length, &upsert, err);
}

Status member_test(const Member *member, Frame *frame, const Array *operands, Array *out, Error *err) {
    uint32_t count = operands->length;
    MemberKeys keys;
    TRY(encode(member, frame, operands, &keys, err));
    state_get_batch(&member->state, keys.keys, keys.hashes, count, keys.ids);
    *out = (Array){.type = type_of(TYPE_BOOLEAN), .length = count};
    uint64_t *found = frame_alloc(frame, (bits_word_count(count) + 1) * sizeof(uint64_t), &out->values_owner);
    uint64_t *known = frame_alloc(frame, (bits_word_count(count) + 1) * sizeof(uint64_t), &out->validity_owner);
    TRY_ALLOC(found);
    TRY_ALLOC(known);
    bits_fill(found, count, false);
    bits_fill(known, count, true);
    out->values = found;
    out->validity = known;
    /* Over no values at all the answer is false even for NULL: there is nothing it could be equal to. */
    for (uint32_t row = 0; row < count && member->has_any; row++) {
        bool is_null = array_is_null(operands, row);
        if (!is_null && keys.ids[row] != STATE_NONE)
            bits_set(found, row);
        else if (is_null || member->has_null)
            bits_clear(known, row);
    }
    return STATUS_OK;
}
