/* SPDX-License-Identifier: Apache-2.0
 * expr/aggregate.h - which aggregates exist and what they give; how they are computed is op's.
 *
 *     Aggregate aggregate;
 *     TRY(aggregate_resolve(STR("avg"), &argument_type, 1, &aggregate, err));
 *     argument = cast(argument, aggregate.argument);
 *
 * Adding one is a row of aggregate.def, a kind here, and its case in op/accumulator.c. Threads: constants. */
#ifndef WEIR_EXPR_AGGREGATE_H
#define WEIR_EXPR_AGGREGATE_H

#include "column/type.h"

/* How it is computed; several names and types may share one. */
typedef enum AggregateKind {
    AGGREGATE_COUNT_STAR,
    AGGREGATE_COUNT,
    AGGREGATE_SUM,
    AGGREGATE_AVG,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_FIRST_VALUE,
    AGGREGATE_LAST_VALUE,
    AGGREGATE_BOOL_AND,
    AGGREGATE_BOOL_OR,
    AGGREGATE_BIT_AND,
    AGGREGATE_BIT_OR,
    AGGREGATE_BIT_XOR,
    AGGREGATE_STRING_AGG,
    AGGREGATE_VAR_SAMP,
    AGGREGATE_VAR_POP,
    AGGREGATE_STDDEV_SAMP,
    AGGREGATE_STDDEV_POP,
    AGGREGATE_KIND_COUNT
} AggregateKind;

/* One overload, chosen: what its argument is to be cast to and what it gives. */
typedef struct Aggregate {
    AggregateKind kind;
    Type argument; /* the type every argument must be cast to; meaningless for COUNT_STAR */
    Type result;
} Aggregate;

/* True when an aggregate of that name exists; names are folded, in lower case. */
bool aggregate_exists(Str name);

/* Chooses the overload for arguments of `types` (UNKNOWN literals count as text); argument_count 0 is name(*).
 * UNDEFINED_FUNCTION when none takes them; no position set. */
NODISCARD Status aggregate_resolve(Str name, const Type *types, uint32_t argument_count, Aggregate *out, Error *err);

/* The result hangs on the order of the rows. */
static inline bool aggregate_is_ordered(AggregateKind kind) {
    return kind == AGGREGATE_FIRST_VALUE || kind == AGGREGATE_LAST_VALUE || kind == AGGREGATE_STRING_AGG;
}

/* NULL when there are no rows (all but counts). */
bool aggregate_is_nullable(AggregateKind kind);

/* Rows of aggregate.def: all that SHOW FUNCTIONS says of one overload. Classes of types by their name: "any".
 */
typedef struct AggregateInfo {
    const char *name;
    const char *argument;
    const char *result;
    const char *summary;
} AggregateInfo;

uint32_t aggregate_count(void);
AggregateInfo aggregate_info(uint32_t index);

/* Names, for completion and "did you mean": aggregate_name(i) for i < count. */
uint32_t aggregate_name_count(void);
const char *aggregate_name(uint32_t index);

#endif
