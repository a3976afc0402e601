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

/* Booleans and JSON values have an order and no min and max, as in PostgreSQL. */
static bool row_accepts(const AggregateRow *row, Type type) {
    switch (row->argument) {
        case ACCEPTS_NONE: return false;
        case ACCEPTS_ANY: return type_layout(type) != LAYOUT_NESTED;
        case ACCEPTS_ORDERED: return type_layout(type) != LAYOUT_NESTED && type.id != TYPE_BOOLEAN && type.id != TYPE_JSONB;
        case ACCEPTS_NUMBER: return type_is_number(type);
        default: return (TypeId)row->argument == type.id;
    }
}

/* A NUMERIC result keeps the argument's scale for sums, and has at least that of a division for averages and spreads. */
static Type row_result(const AggregateRow *row, Type argument) {
    ASSERT(row->argument != ACCEPTS_NONE || row->result != GIVES_SAME); /* the same as nothing */
    if (row->result == GIVES_SAME) return argument;
    if (row->result == GIVES_SPREAD && type_is_float(argument)) return type_of(TYPE_DOUBLE);
    if (row->result != GIVES_SPREAD && (TypeId)row->result != TYPE_NUMERIC)
        return type_of((TypeId)row->result);
    DEBUG_ASSERT(type_is_number(argument)); /* nothing else has a NUMERIC result */
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

/* "function sum(text, integer) does not exist" */
static Status no_such_function(Str name, const Type *types, uint32_t count, Error *err) {
    char list[128];
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++) {
        Str type = str_from_c(type_name((TypeId)types[i].id));
        if (size + type.size + 2 > sizeof(list)) break;
        if (i > 0) memcpy(list + size, ", ", 2), size += 2;
        memcpy(list + size, type.data, type.size);
        size += type.size;
    }
    (void)error_set(err, STATUS_UNDEFINED_FUNCTION, "function %.*s(%.*s) does not exist", STR_ARGS(name), (int)size, list);
    return error_add_hint(err, "No function matches the given name and argument types. You might need to add "
                               "explicit type casts.");
}

/* No overload, in PostgreSQL's words. */
static Status resolve_error(Str name, const Type *types, uint32_t argument_count, Error *err) {
    if (argument_count == 0)
        return error_set(err, STATUS_UNDEFINED_FUNCTION,
                         "%.*s(*) must be used to call a parameterless aggregate function", STR_ARGS(name));
    if (argument_count == 1 && types->id == TYPE_UNKNOWN && literal_type(name).id == TYPE_UNKNOWN) {
        (void)error_set(err, STATUS_AMBIGUOUS_FUNCTION, "function %.*s(unknown) is not unique", STR_ARGS(name));
        return error_add_hint(err, "Give the value a type: CAST(value AS type).");
    }
    return no_such_function(name, types, argument_count, err);
}

static uint32_t row_argument_count(const AggregateRow *row) {
    if (row->argument == ACCEPTS_NONE) return 0;
    return row->kind == AGGREGATE_STRING_AGG ? 2 : 1;
}

/* The type that both arguments of an aggregate of two are cast to. */
static Type pair_type(Str name, const Type *types) {
    Type type = types[0].id == TYPE_UNKNOWN ? types[1] : types[0];
    if (type.id == TYPE_UNKNOWN) return literal_type(name);
    return type.id == TYPE_VARCHAR ? type_of(TYPE_TEXT) : type;
}

static bool second_fits(Type type, Type second) {
    return second.id == TYPE_UNKNOWN || second.id == type.id || (second.id == TYPE_VARCHAR && type.id == TYPE_TEXT);
}

Status aggregate_resolve(Str name, const Type *types, uint32_t argument_count, Aggregate *out, Error *err) {
    if (argument_count > 0) ASSERT(types != NULL);
    Type type = argument_count == 0 ? (Type){0} : argument_count == 2 ? pair_type(name, types) : types[0];
    if (argument_count == 1 && type.id == TYPE_UNKNOWN) type = literal_type(name);
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        const AggregateRow *row = &rows[i];
        if (!str_equal(name, str_from_c(row->name)) || row_argument_count(row) != argument_count) continue;
        if (argument_count > 0 && !row_accepts(row, type)) continue;
        if (argument_count == 2 && !second_fits(type, types[1])) continue;
        *out = (Aggregate){.kind = row->kind, .argument = type, .result = row_result(row, type)};
        return STATUS_OK;
    }
    return resolve_error(name, types, argument_count, err);
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
    if (row->kind == AGGREGATE_STRING_AGG) info.argument = row->argument == ACCEPTS_TEXT ? "text, text" : "bytea, bytea";
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
