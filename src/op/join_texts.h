/* SPDX-License-Identifier: Apache-2.0
 * op/join_texts.h - string_agg: the rows of a group, put in order and joined.
 *
 * A group's rows are kept by a ValueSet (op/value_set.h), since any of them may be taken back and a later one may
 * belong in front. Columns of the set:
 *
 *     | ORDER BY inside the call ... | what orders rows that are the same there ... | delimiter | text |
 *
 * In the middle stands the row's place in the input, or AggregateSpec.order; with DISTINCT nothing. A row that is there
 * several times is joined as often, with DISTINCT once. The delimiter of the first row is not shown; NULL is an empty one.
 *
 *     JoinTexts join = {.set = &set, .distinct = plan->distinct, .span = plan->span};
 *     TRY(join_texts(&join, groups, count, frame, &array, &errors, err));
 *
 * O(n log n) of a group's rows whenever it is shown. Threads: one worker. */
#ifndef WEIR_OP_JOIN_TEXTS_H
#define WEIR_OP_JOIN_TEXTS_H

#include "op/value_set.h"
#include "plan/plan.h"

enum { JOINED_SIZE_MAX = 1024 * 1024 * 1024 }; /* bytes, as PostgreSQL */

typedef struct JoinTexts {
    const ValueSet *set;
    bool distinct;
    SqlSpan span; /* of the call, for its failures */
} JoinTexts;

/* The joined texts of `count` groups as an array of the type of the set's last column: NULL where a group has no row. A
 * text over JOINED_SIZE_MAX fails its group: an entry in *errors, as in accumulator_result. Errors: OUT_OF_MEMORY. */
NODISCARD Status join_texts(const JoinTexts *join, const uint32_t *groups, uint32_t count, Frame *frame, Array *out,
                            const RowError ***errors, Error *err);

#endif
