/* SPDX-License-Identifier: Apache-2.0
 * column/schema.c - looking fields up and copying them. */
#include "column/schema.h"

int32_t schema_find(const Schema *schema, Str name) {
    for (uint32_t i = 0; i < schema->count; i++)
        if (str_equal(schema->fields[i].name, name)) return (int32_t)i;
    return -1;
}

int32_t schema_find_ignore_case(const Schema *schema, Str name) {
    int32_t exact = schema_find(schema, name), found = -1;
    if (exact >= 0) return exact;
    for (uint32_t i = 0; i < schema->count; i++) {
        if (!str_equal_ignore_case(schema->fields[i].name, name)) continue;
        /* Two that differ in case only: to take either would be a guess. */
        if (found >= 0) return -1;
        found = (int32_t)i;
    }
    return found;
}

bool schema_fits(const Schema *before, const Schema *now) {
    if (before->count != now->count) return false;
    for (uint32_t i = 0; i < now->count; i++) {
        const Field *was = &before->fields[i], *is = &now->fields[i];
        if (!str_equal(was->name, is->name) || !type_equal(was->type, is->type) || (was->not_null && !is->not_null)) return false;
    }
    return true;
}

Schema schema_copy(Arena *arena, const Schema *schema) {
    ASSERT(schema->fields != NULL || schema->count == 0);
    Schema copy = {.count = schema->count};
    ASSERT(schema->count <= SCHEMA_COLUMN_COUNT_MAX);
    Field *fields = ARENA_ARRAY(arena, Field, schema->count);
    if (fields == NULL) return copy;
    for (uint32_t i = 0; i < schema->count; i++) {
        fields[i] = schema->fields[i];
        fields[i].name = str_copy(arena, schema->fields[i].name);
        if (fields[i].name.data == NULL) return copy;
    }
    copy.zone = zone_copy(arena, schema->zone);
    if (schema->zone != NULL && copy.zone == NULL) return copy;
    copy.fields = fields;
    return copy;
}
