/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_type.c - names of types to types. */
#include "plan/bind_priv.h"

#include <limits.h>

typedef struct TypeSpelling {
    const char *name;
    TypeId id;
} TypeSpelling;

/* PostgreSQL's names, and those of Flink, RisingWave and Arrow that mean the same. */
static const TypeSpelling SPELLINGS[] = {
    {"bool", TYPE_BOOLEAN},
    {"boolean", TYPE_BOOLEAN},
    {"int2", TYPE_SMALLINT},
    {"smallint", TYPE_SMALLINT},
    {"int4", TYPE_INTEGER},
    {"int", TYPE_INTEGER},
    {"integer", TYPE_INTEGER},
    {"int8", TYPE_BIGINT},
    {"bigint", TYPE_BIGINT},
    {"float4", TYPE_REAL},
    {"real", TYPE_REAL},
    {"float8", TYPE_DOUBLE},
    {"float", TYPE_DOUBLE},
    {"double precision", TYPE_DOUBLE},
    {"double", TYPE_DOUBLE},
    {"numeric", TYPE_NUMERIC},
    {"decimal", TYPE_NUMERIC},
    {"dec", TYPE_NUMERIC},
    {"text", TYPE_TEXT},
    {"string", TYPE_TEXT},
    {"varchar", TYPE_VARCHAR},
    {"bytea", TYPE_BYTEA},
    {"bytes", TYPE_BYTEA},
    {"date", TYPE_DATE},
    {"time", TYPE_TIME},
    {"timestamp", TYPE_TIMESTAMP},
    {"datetime", TYPE_TIMESTAMP},
    {"timestamptz", TYPE_TIMESTAMPTZ},
    {"timestamp_ltz", TYPE_TIMESTAMPTZ},
    {"interval", TYPE_INTERVAL},
    {"uuid", TYPE_UUID},
    {"jsonb", TYPE_JSONB},
    {"record", TYPE_ROW},
};

enum {
    SPELLING_COUNT = sizeof(SPELLINGS) / sizeof(SPELLINGS[0]),
    VARCHAR_LENGTH_MAX = 10485760,
    FLOAT_DIGITS_MAX = 53,
    TIME_DIGITS_MAX = 6
};

/* Types that PostgreSQL has and this does not. */
static const char *const FOREIGN[] = {
    "char",     "bpchar",  "timetz",    "money",     "inet",        "cidr",     "macaddr",
    "bit",      "varbit",  "point",     "line",      "box",         "path",     "circle",
    "polygon",  "xml",     "serial",    "bigserial", "smallserial", "oid",      "name",
    "tsvector", "tsquery", "int4range", "tsrange",   "tstzrange",   "daterange", "int8range",
    "numrange", "lseg",    "macaddr8",  "jsonpath",  "regclass",    "regtype",   "regproc",
    "regrole",  "xid",     "pg_lsn",    "citext",    "hstore",      "vector"};

/* The type to write for one of other systems; NULL: it is none that is known. */
static const char *type_elsewhere(Str name) {
    static const char *const ELSEWHERE[][2] = {
#define ELSEWHERE(name, hint)
#define ELSEWHERE_TYPE(name, instead) {name, instead},
#include "plan/elsewhere.def"
#undef ELSEWHERE_TYPE
#undef ELSEWHERE
    };
    for (size_t i = 0; i < sizeof(ELSEWHERE) / sizeof(ELSEWHERE[0]); i++)
        if (str_equal(name, str_from_c(ELSEWHERE[i][0]))) return ELSEWHERE[i][1];
    return NULL;
}

/* PostgreSQL's that are not there yet are told apart from what is no type. */
static Status type_unknown_name(const AstTypeName *name, Error *err) {
    Str text = name->name.str;
    if (str_equal(text, STR("json"))) {
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, name->span.start, "type json is not supported yet");
        return error_add_hint(err, "Use JSONB: the same values, without the white space and the order in which they were written.");
    }
    for (size_t i = 0; i < sizeof(FOREIGN) / sizeof(FOREIGN[0]); i++)
        if (str_equal(text, str_from_c(FOREIGN[i])))
            return error_set_at(err, STATUS_NOT_SUPPORTED, name->span.start, "type %.*s is not supported yet",
                                STR_ARGS(text));
    (void)error_set_at(err, STATUS_UNDEFINED_OBJECT, name->span.start, "type \"%.*s\" does not exist",
                       STR_ARGS(text));
    const char *instead = type_elsewhere(text);
    if (instead != NULL) return error_add_hint(err, "Write %s.", instead);
    Str best = {0};
    int distance = INT_MAX;
    for (int i = 0; i < SPELLING_COUNT; i++)
        str_suggest(text, str_from_c(SPELLINGS[i].name), &best, &distance);
    if (best.size > 0) (void)error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(best));
    return err->status;
}

/* NUMERIC alone takes what a column of 38 digits can, at the usual scale; PostgreSQL's has no bound, and allows scales beyond the
 * precision. */
static Status bind_numeric(const AstTypeName *name, Type *out, Error *err) {
    *out = resolve_numeric_of(type_of(TYPE_NUMERIC));
    if (name->modifier_count == 0) return STATUS_OK;
    ASSERT(name->modifier_count <= sizeof(name->modifiers) / sizeof(name->modifiers[0]));
    int32_t precision = name->modifiers[0];
    int32_t scale = name->modifier_count > 1 ? name->modifiers[1] : 0;
    if (precision < 1 || precision > TYPE_PRECISION_MAX)
        return error_set_at(err, STATUS_INVALID_ARGUMENT, name->span.start,
                            "NUMERIC precision %d must be between 1 and %d", precision, TYPE_PRECISION_MAX);
    if (scale < 0 || scale > precision)
        return error_set_at(err, STATUS_INVALID_ARGUMENT, name->span.start,
                            "NUMERIC scale %d must be between 0 and precision %d", scale, precision);
    *out = type_numeric(precision, scale);
    return STATUS_OK;
}

/* VARCHAR(n), n in characters. */
static Status bind_varchar(const AstTypeName *name, Type *out, Error *err) {
    if (name->modifier_count == 0) return STATUS_OK;
    if (name->modifiers[0] < 1)
        return error_set_at(err, STATUS_INVALID_ARGUMENT, name->span.start,
                            "length for type varchar must be at least 1");
    /* Flink's STRING is VARCHAR(2147483647) */
    if (name->modifiers[0] <= VARCHAR_LENGTH_MAX)
        out->length = name->modifiers[0];
    else if (name->modifiers[0] != INT32_MAX)
        return error_set_at(err, STATUS_INVALID_ARGUMENT, name->span.start,
                            "length for type varchar cannot exceed %d", VARCHAR_LENGTH_MAX);
    return STATUS_OK;
}

/* FLOAT(n), n in bits: up to 24 a REAL. */
static Status bind_float(const AstTypeName *name, Type *out, Error *err) {
    if (name->modifier_count == 0) return STATUS_OK;
    if (name->modifiers[0] < 1 || name->modifiers[0] > FLOAT_DIGITS_MAX)
        return error_set_at(err, STATUS_INVALID_ARGUMENT, name->span.start,
                            "precision for type float must be between 1 and %d bits", FLOAT_DIGITS_MAX);
    if (name->modifiers[0] <= BIND_FLOAT_DIGITS_REAL_MAX) *out = type_of(TYPE_REAL);
    return STATUS_OK;
}

/* Flink's TIMESTAMP(3) and (6), TIMESTAMP(9) as well: values keep microseconds whatever is said. */
static Status bind_time(const AstTypeName *name, Error *err) {
    if (name->modifier_count == 0) return STATUS_OK;
    if (name->modifiers[0] >= 0 && name->modifiers[0] <= 9) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_ARGUMENT, name->span.start,
                        "%.*s(%d) precision must be between 0 and 9", STR_ARGS(name->name.str),
                        name->modifiers[0]);
}

/* (p, s) and its like, for the types that have some. */
static Status bind_modifiers(const AstTypeName *name, Type *out, Error *err) {
    switch ((TypeId)out->id) {
        case TYPE_NUMERIC: return bind_numeric(name, out, err);
        case TYPE_VARCHAR: return bind_varchar(name, out, err);
        case TYPE_DOUBLE: return bind_float(name, out, err);
        case TYPE_TIME:
        case TYPE_TIMESTAMP:
        case TYPE_TIMESTAMPTZ:
        case TYPE_INTERVAL: return bind_time(name, err);
        default: break;
    }
    if (name->modifier_count == 0) return STATUS_OK;
    return error_set_at(err, STATUS_SYNTAX, name->span.start,
                        "type modifier is not allowed for type \"%.*s\"", STR_ARGS(name->name.str));
}

/* `what`: in the plural. */
static Status type_later(const AstTypeName *name, const char *what, Error *err) {
    return error_set_at(err, STATUS_NOT_SUPPORTED, name->span.start, "%s are not supported yet", what);
}

Status bind_system_schema(const AstName *schema, Error *err) {
    if (schema->str.size == 0 || str_equal(schema->str, STR("pg_catalog"))) return STATUS_OK;
    return error_set_at(err, STATUS_UNDEFINED_SCHEMA, schema->span.start, "schema \"%.*s\" does not exist",
                        STR_ARGS(schema->str));
}

Status bind_collation(const AstQualifiedName *collation, Type type, Error *err) {
    static const char *const BY_BYTES[] = {"C", "POSIX", "default", "ucs_basic"};
    const AstName *name = ast_name_last(collation);
    if (type.id != TYPE_TEXT && type.id != TYPE_VARCHAR && type.id != TYPE_UNKNOWN)
        return error_set_at(err, STATUS_DATATYPE_MISMATCH, name->span.start,
                            "collations are not supported by type %s", type_name(type.id));
    for (size_t i = 0; i < sizeof(BY_BYTES) / sizeof(BY_BYTES[0]); i++)
        if (str_equal(name->str, str_from_c(BY_BYTES[i]))) return STATUS_OK;
    (void)error_set_at(err, STATUS_UNDEFINED_OBJECT, name->span.start, "collation \"%.*s\" does not exist",
                       STR_ARGS(name->str));
    return error_add_hint(err, "Text orders by bytes: the only collation is \"C\".");
}

Status bind_interval_fields(const AstTypeName *name, Type type, Error *err) {
    if (type.id != TYPE_INTERVAL || name->interval_field == INTERVAL_ANY_FIELD) return STATUS_OK;
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, name->span.start,
                       "an INTERVAL of certain fields other than a literal is not supported yet");
    return error_add_hint(err, "Write INTERVAL alone: it keeps months, days and microseconds.");
}

Status bind_type(const AstTypeName *name, Type *out, Error *err) {
    TRY(bind_system_schema(&name->schema, err));
    switch (name->kind) {
        case AST_TYPE_ARRAY: return type_later(name, "arrays", err);
        case AST_TYPE_ROW: return type_later(name, "ROW types", err);
        case AST_TYPE_MAP: return type_later(name, "MAP types", err);
        case AST_TYPE_NAMED: break;
    }
    for (int i = 0; i < SPELLING_COUNT; i++) {
        if (!str_equal(name->name.str, str_from_c(SPELLINGS[i].name))) continue;
        *out = type_of(SPELLINGS[i].id);
        if (out->id == TYPE_ROW) return type_later(name, "ROW types", err);
        return bind_modifiers(name, out, err);
    }
    return type_unknown_name(name, err);
}
