/* SPDX-License-Identifier: Apache-2.0
 * plan/plan.c - names of node kinds; a node's columns as a schema. */
#include "plan/plan.h"

Status plan_schema(Arena *arena, const PlanNode *node, Schema *out, Error *err) {
    Field *fields = ARENA_ARRAY(arena, Field, node->column_count);
    TRY_ALLOC(fields);
    for (uint32_t i = 0; i < node->column_count; i++)
        fields[i] = (Field){node->columns[i].name, node->columns[i].type, node->columns[i].not_null};
    *out = (Schema){fields, node->column_count};
    return STATUS_OK;
}

static const char *const KIND_NAMES[PLAN_KIND_COUNT] = {
#define NODE(name, spec, inputs_min, inputs_max, text) #name,
#include "plan/node.def"
#undef NODE
};

static const char *const KIND_TEXTS[PLAN_KIND_COUNT] = {
#define NODE(name, spec, inputs_min, inputs_max, text) text,
#include "plan/node.def"
#undef NODE
};

const char *plan_kind_name(PlanKind kind) {
    ASSERT(kind < PLAN_KIND_COUNT);
    return KIND_NAMES[kind];
}

const char *plan_kind_text(PlanKind kind) {
    ASSERT(kind < PLAN_KIND_COUNT);
    return KIND_TEXTS[kind];
}
