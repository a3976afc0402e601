/* SPDX-License-Identifier: Apache-2.0
 * expr/aggregate.c - aggregate.def as a table, and the choice among its rows. */
#include "expr/aggregate.h"

/* What a row takes, as aggregate.def names it: a type, or a class of types. */
typedef enum Accepts {
#define TYPE(name, sql_name, layout, category) ACCEPTS_##name,
#include "column/type.def"
#undef TYPE
    ACCEPTS_NONE,
    ACCEPTS_ANY,
    ACCEPTS_ORDERED,
    ACCEPTS_NUMBER,
} Accepts;

typedef enum Gives {
#define TYPE(name, sql_name, layout, category) GIVES_##name,
#include "column/type.def"
#undef TYPE
    GIVES_SAME,
    GIVES_SPREAD, /* of variances: double for floats, numeric for exact numbers */
} Gives;

typedef struct AggregateRow {
    AggregateKind kind;
    const char *name;
    Accepts argument;
    Gives result;
    const char *summary;
} AggregateRow;

static const AggregateRow rows[] = {
#define AGGREGATE(kind, name, argument, result, summary) \
    {AGGREGATE_##kind, name, ACCEPTS_##argument, GIVES_##result, summary},
#include "expr/aggregate.def"
#undef AGGREGATE
};

/* avg and variances of exact numbers get at least so many digits behind the point: PostgreSQL gives 16 significant ones. */
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]), NUMERIC_RESULT_SCALE = 16 };
STATIC_ASSERT((int)NUMERIC_RESULT_SCALE < (int)TYPE_PRECISION_MAX, "and some before it");
STATIC_ASSERT((int)ACCEPTS_NONE == (int)TYPE_COUNT && (int)GIVES_SAME == (int)TYPE_COUNT, "types come first, by their ids");

static bool row_is_first_of_name(uint32_t row) {
    return row == 0 || strcmp(rows[row].name, rows[row - 1].name) != 0;
}

bool aggregate_exists(Str name) {
    for (uint32_t i = 0; i < ROW_COUNT; i++)
        if (row_is_first_of_name(i) && str_equal(name, str_from_c(rows[i].name))) return true;
    return false;
}

static bool row_accepts(const AggregateRow *row, Type type) {
    switch (row->argument) {
        case ACCEPTS_NONE: return false;
        case ACCEPTS_ANY: return type_layout(type) != LAYOUT_NESTED;
        case ACCEPTS_ORDERED: return type_layout(type) != LAYOUT_NESTED && type.id != TYPE_BOOLEAN;
        case ACCEPTS_NUMBER: return type_is_number(type);
        default: return (TypeId)row->argument == type.id;
    }
}

static Type row_result(const AggregateRow *row, Type argument) {
    ASSERT(row->argument != ACCEPTS_NONE || row->result != GIVES_SAME); /* the same as nothing */
    if (row->result == GIVES_SAME) return argument;
    if (row->result == GIVES_SPREAD && type_is_float(argument)) return type_of(TYPE_DOUBLE);
    if (row->result != GIVES_SPREAD && (TypeId)row->result != TYPE_NUMERIC)
        return type_of((TypeId)row->result);
    int scale = argument.id == TYPE_NUMERIC ? argument.scale : 0;
    if (row->kind != AGGREGATE_SUM && scale < NUMERIC_RESULT_SCALE) scale = NUMERIC_RESULT_SCALE;
    return type_numeric(TYPE_PRECISION_MAX, scale);
}

/* A literal without a type: text where that fits, else the one type that the aggregate takes; of numbers the
 * one that PostgreSQL prefers. */
static Type literal_type(Str name) {
    Type type = type_of(TYPE_TEXT), only = type_of(TYPE_UNKNOWN);
    uint32_t count = 0;
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        const AggregateRow *row = &rows[i];
        if (!str_equal(name, str_from_c(row->name)) || row->argument == ACCEPTS_NONE) continue;
        if (row_accepts(row, type)) return type;
        count++;
        only = type_of(row->argument == ACCEPTS_NUMBER ? TYPE_DOUBLE : (TypeId)row->argument);
    }
    return count == 1 ? only : type_of(TYPE_UNKNOWN);
}

static Status resolve_error(Str name, const Type *argument_type, uint32_t argument_count, Error *err) {
    if (argument_count == 0)
        return error_set(err, STATUS_UNDEFINED_FUNCTION,
                         "%.*s(*) must be used to call a parameterless aggregate function", STR_ARGS(name));
    if (argument_count > 1)
        return error_set(err, STATUS_UNDEFINED_FUNCTION, "aggregate function %.*s does not take %u arguments",
                         STR_ARGS(name), argument_count);
    if (argument_type->id == TYPE_UNKNOWN) {
        (void)error_set(err, STATUS_AMBIGUOUS_FUNCTION, "function %.*s(unknown) is not unique", STR_ARGS(name));
        return error_add_hint(err, "Give the value a type: CAST(value AS type).");
    }
    error_set(err, STATUS_UNDEFINED_FUNCTION, "function %.*s(%s) does not exist", STR_ARGS(name),
              type_name((TypeId)argument_type->id));
    return error_add_hint(err,
                          "No function matches the given name and argument types. You might need to add "
                          "explicit type casts.");
}

Status aggregate_resolve(Str name, const Type *argument_type, uint32_t argument_count, Aggregate *out,
                         Error *err) {
    if (argument_count > 0) ASSERT(argument_type != NULL);
    Type type = argument_count == 1 ? *argument_type : (Type){0};
    if (argument_count == 1 && type.id == TYPE_UNKNOWN) type = literal_type(name);
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        const AggregateRow *row = &rows[i];
        if (!str_equal(name, str_from_c(row->name))) continue;
        bool fits = argument_count == 0 ? row->argument == ACCEPTS_NONE
                                        : argument_count == 1 && row_accepts(row, type);
        if (!fits) continue;
        *out = (Aggregate){.kind = row->kind, .argument = type, .result = row_result(row, type)};
        return STATUS_OK;
    }
    return resolve_error(name, argument_type, argument_count, err);
}

bool aggregate_is_nullable(AggregateKind kind) {
    return kind != AGGREGATE_COUNT && kind != AGGREGATE_COUNT_STAR;
}

uint32_t aggregate_count(void) {
    return ROW_COUNT;
}

AggregateInfo aggregate_info(uint32_t index) {
    ASSERT(index < ROW_COUNT);
    const AggregateRow *row = &rows[index];
    AggregateInfo info = {.name = row->name, .summary = row->summary};
    switch (row->argument) {
        case ACCEPTS_NONE: info.argument = "*"; break;
        case ACCEPTS_ANY: info.argument = "any"; break;
        case ACCEPTS_ORDERED: info.argument = "any ordered"; break;
        case ACCEPTS_NUMBER: info.argument = "any number"; break;
        default: info.argument = type_name((TypeId)row->argument); break;
    }
    switch (row->result) {
        case GIVES_SAME: info.result = "that of the argument"; break;
        case GIVES_SPREAD: info.result = "numeric, or double precision for floats"; break;
        default: info.result = type_name((TypeId)row->result); break;
    }
    return info;
}

uint32_t aggregate_name_count(void) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < ROW_COUNT; i++) count += row_is_first_of_name(i);
    return count;
}

const char *aggregate_name(uint32_t index) {
    for (uint32_t i = 0; i < ROW_COUNT; i++)
        if (row_is_first_of_name(i) && index-- == 0) return rows[i].name;
    return NULL;
}
