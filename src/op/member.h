/* SPDX-License-Identifier: Apache-2.0
 * op/member.h - the values of a subquery as a set, and whether values are among them: x IN (SELECT ..).
 *
 *     TRY(member_init(&member, &op->arena, type, context, err));
 *     TRY(member_add(&member, context->frame, &values, err));          batch after batch
 *     TRY(member_test(&member, context->frame, &operands, &out, err));  booleans
 *
 * What is not found is NULL where a NULL is among the values; so is NULL itself, unless there are no values at all.
 * Threads: one worker. */
#ifndef WEIR_OP_MEMBER_H
#define WEIR_OP_MEMBER_H

#include "op/op_priv.h"
#include "store/keys.h"

typedef struct Member {
    RowKeyLayout keys; /* of one column */
    State state;
    bool has_null; /* among the values */
    bool has_any; /* a value has come, NULL or not */
} Member;

/* `type`: of the values and of the operands; any that can be a key. The key layout lives in `arena`. */
NODISCARD Status member_init(Member *member, Arena *arena, Type type, const OpContext *context, Error *err);
void member_deinit(Member *member);
size_t member_memory(const Member *member);

/* Copies the values, 1 to BATCH_ROW_COUNT_MAX of them; ones that are there already cost nothing. */
NODISCARD Status member_add(Member *member, Frame *frame, const Array *values, Error *err);

/* BOOLEAN, one per operand, in the frame. Call when all values have come: earlier answers could be wrong. */
NODISCARD Status member_test(const Member *member, Frame *frame, const Array *operands, Array *out, Error *err);

#endif
