/* SPDX-License-Identifier: Apache-2.0
 * column/arrow_schema.c - foreign schemas: format strings and metadata into import columns.
 *
 * A format is one of the table's, or one of the three with arguments:
 *     d:precision,scale[,bits]    w:bytes    ts{s,m,u,n}:zone */
#include "column/arrow_priv.h"

/* Ours: metadata has no total size to check its count against, so a wild count must end somewhere. A scale below -38 has more zeros
 * than a NUMERIC has digits. */
enum { METADATA_COUNT_MAX = 4096, DECIMAL_SCALE_MIN = -38 };

/* format: whole, or its head where a zone follows. width: bytes of one foreign value. multiply, divide: ticks
 * to microseconds. */
typedef struct FormatRow {
    char format[8];
    uint8_t kind, type, width;
    int32_t multiply, divide;
} FormatRow;

static const FormatRow format_rows[] = {
    {"n", ARROW_NULL, TYPE_TEXT, 0, 1, 1},
    {"b", ARROW_BOOL, TYPE_BOOLEAN, 0, 1, 1},
    {"c", ARROW_I8, TYPE_SMALLINT, 1, 1, 1},
    {"C", ARROW_U8, TYPE_SMALLINT, 1, 1, 1},
    {"s", ARROW_I16, TYPE_SMALLINT, 2, 1, 1},
    {"S", ARROW_U16, TYPE_INTEGER, 2, 1, 1},
    {"i", ARROW_I32, TYPE_INTEGER, 4, 1, 1},
    {"I", ARROW_U32, TYPE_BIGINT, 4, 1, 1},
    {"l", ARROW_I64, TYPE_BIGINT, 8, 1, 1},
    {"L", ARROW_U64, TYPE_NUMERIC, 8, 1, 1},
    {"e", ARROW_F16, TYPE_REAL, 2, 1, 1},
    {"f", ARROW_F32, TYPE_REAL, 4, 1, 1},
    {"g", ARROW_F64, TYPE_DOUBLE, 8, 1, 1},
    {"u", ARROW_OFFSETS32, TYPE_TEXT, 0, 1, 1},
    {"U", ARROW_OFFSETS64, TYPE_TEXT, 0, 1, 1},
    {"vu", ARROW_VIEWS, TYPE_TEXT, 16, 1, 1},
    {"z", ARROW_OFFSETS32, TYPE_BYTEA, 0, 1, 1},
    {"Z", ARROW_OFFSETS64, TYPE_BYTEA, 0, 1, 1},
    {"vz", ARROW_VIEWS, TYPE_BYTEA, 16, 1, 1},
    {"tdD", ARROW_DATE_DAYS, TYPE_DATE, 4, 1, 1},
    {"tdm", ARROW_DATE_MILLISECONDS, TYPE_DATE, 8, 1, 1},
    {"tts", ARROW_TIME32, TYPE_TIME, 4, 1000000, 1},
    {"ttm", ARROW_TIME32, TYPE_TIME, 4, 1000, 1},
    {"ttu", ARROW_TIME64, TYPE_TIME, 8, 1, 1},
    {"ttn", ARROW_TIME64, TYPE_TIME, 8, 1, 1000},
    {"tDs", ARROW_DURATION, TYPE_INTERVAL, 8, 1000000, 1},
    {"tDm", ARROW_DURATION, TYPE_INTERVAL, 8, 1000, 1},
    {"tDu", ARROW_DURATION, TYPE_INTERVAL, 8, 1, 1},
    {"tDn", ARROW_DURATION, TYPE_INTERVAL, 8, 1, 1000},
    {"tiM", ARROW_MONTHS, TYPE_INTERVAL, 4, 1, 1},
    {"tiD", ARROW_DAYS_MILLISECONDS, TYPE_INTERVAL, 8, 1, 1},
    {"tin", ARROW_MONTHS_DAYS_NANOSECONDS, TYPE_INTERVAL, 16, 1, 1},
    /* followed by a zone */
    {"tss:", ARROW_TIMESTAMP, TYPE_TIMESTAMP, 8, 1000000, 1},
    {"tsm:", ARROW_TIMESTAMP, TYPE_TIMESTAMP, 8, 1000, 1},
    {"tsu:", ARROW_TIMESTAMP, TYPE_TIMESTAMP, 8, 1, 1},
    {"tsn:", ARROW_TIMESTAMP, TYPE_TIMESTAMP, 8, 1, 1000},
};

static Status no_counterpart(const ArrowImportColumn *column, const char *format, Error *err) {
    return error_set(err, STATUS_DATATYPE_MISMATCH,
                     "column \"%.*s\" has the Arrow type \"%s\", which has no SQL type",
                     STR_ARGS(column->name), format);
}

static bool find_format(Str format, ArrowImportColumn *column) {
    DEBUG_ASSERT(column != NULL);
    for (size_t i = 0; i < sizeof(format_rows) / sizeof(format_rows[0]); i++) {
        const FormatRow *row = &format_rows[i];
        Str name = str_from_c(row->format);
        bool has_zone = row->kind == ARROW_TIMESTAMP;
        if (has_zone ? !str_starts_with(format, name) : !str_equal(format, name)) continue;
        column->kind = (ArrowKind)row->kind;
        column->type = type_of((TypeId)row->type);
        column->width = row->width;
        column->multiply = row->multiply;
        column->divide = row->divide;
        if (has_zone && format.size > name.size) column->type = type_of(TYPE_TIMESTAMPTZ);
        if (row->kind == ARROW_U64) column->type = type_numeric(20, 0);
        return true;
    }
    return false;
}

/* A decimal integer at the head of *text, and the comma after it; false when there is none or it is large. */
static bool take_integer(Str *text, int32_t *out) {
    size_t at = 0;
    bool negative = text->size > 0 && text->data[0] == '-';
    int64_t value = 0;
    size_t first = at = negative;
    for (; at < text->size && text->data[at] >= '0' && text->data[at] <= '9' && value < INT32_MAX; at++)
        value = value * 10 + (text->data[at] - '0');
    if (at == first || value > INT32_MAX) return false;
    if (at < text->size && (text->data[at] != ',' || at + 1 == text->size)) return false;
    if (at < text->size) at++;
    *text = str_from(text->data + at, text->size - at);
    *out = (int32_t)(negative ? -value : value);
    return true;
}

/* The SQL type has room for the digits that a negative scale or one above the precision stands for. */
static bool parse_decimal(Str arguments, ArrowImportColumn *column) {
    int32_t precision, scale, bits = 128;
    if (!take_integer(&arguments, &precision) || !take_integer(&arguments, &scale)) return false;
    if (arguments.size > 0 && !take_integer(&arguments, &bits)) return false;
    if (arguments.size > 0 || (bits != 32 && bits != 64 && bits != 128 && bits != 256)) return false;
    if (precision < 1 || precision > 76 || scale < DECIMAL_SCALE_MIN || scale > DECIMAL_SCALE_MAX)
        return false;
    int32_t digits = scale < 0 ? precision - scale : precision > scale ? precision : scale;
    if (digits > TYPE_PRECISION_MAX) digits = TYPE_PRECISION_MAX; /* what does not fit is found by value */
    column->kind = ARROW_DECIMAL;
    column->type = type_numeric(digits, scale < 0 ? 0 : scale);
    column->width = (uint32_t)bits / 8;
    column->scale = scale;
    return true;
}

static int32_t load_i32(const char *at) {
    int32_t value;
    memcpy(&value, at, 4);
    return value;
}

/* The value of a key in the C interface's metadata: int32 count, then int32 size and bytes, key and value in
 * turn. */
static Str find_metadata(const char *metadata, Str key) {
    if (metadata == NULL) return (Str){0};
    int32_t count = load_i32(metadata);
    const char *at = metadata + 4;
    for (int32_t i = 0; i < count && i < METADATA_COUNT_MAX; i++) {
        int32_t key_size = load_i32(at);
        if (key_size < 0) break;
        Str name = {at + 4, (size_t)key_size};
        at += 4 + (size_t)key_size;
        int32_t value_size = load_i32(at);
        if (value_size < 0) break;
        if (str_equal(name, key)) return str_from(at + 4, (size_t)value_size);
        at += 4 + (size_t)value_size;
    }
    return (Str){0};
}

static bool parse_bytes(Str arguments, const char *metadata, ArrowImportColumn *column) {
    int32_t width;
    if (!take_integer(&arguments, &width) || arguments.size > 0 || width < 0) return false;
    bool is_uuid =
        width == 16 && str_equal(find_metadata(metadata, STR("ARROW:extension:name")), STR("arrow.uuid"));
    column->kind = is_uuid ? ARROW_UUID : ARROW_BYTES;
    column->type = type_of(is_uuid ? TYPE_UUID : TYPE_BYTEA);
    column->width = (uint32_t)width;
    return true;
}

static Status import_values_format(const struct ArrowSchema *schema, ArrowImportColumn *column, Error *err) {
    if (schema->format == NULL) return no_counterpart(column, "", err);
    Str format = str_from_c(schema->format), arguments = {0};
    bool known;
    if (format.size > 2) arguments = str_from(format.data + 2, format.size - 2);
    if (str_starts_with(format, STR("d:")))
        known = parse_decimal(arguments, column);
    else if (str_starts_with(format, STR("w:")))
        known = parse_bytes(arguments, schema->metadata, column);
    else
        known = find_format(format, column);
    return known ? STATUS_OK : no_counterpart(column, schema->format, err);
}

/* Texts that are said to be JSON are read as JSONB. */
static void import_extension(const struct ArrowSchema *schema, ArrowImportColumn *column) {
    bool is_json = str_equal(find_metadata(schema->metadata, STR("ARROW:extension:name")), STR("arrow.json"));
    if (is_json && type_is_text(column->type)) column->wanted = type_of(TYPE_JSONB);
}

static bool is_index(ArrowKind kind) {
    return kind >= ARROW_I8 && kind <= ARROW_U64;
}

static Status import_column_format(ArrowImportColumn *column, Arena *arena, const struct ArrowSchema *schema,
                                   Error *err) {
    column->name = str_copy(arena, str_from_c(schema->name));
    TRY_ALLOC(column->name.data);
    /* Copied: the foreign schema is its owner's, and may be released before the first batch comes. */
    column->not_null = (schema->flags & ARROW_FLAG_NULLABLE) == 0;
    TRY(import_values_format(schema, column, err));
    import_extension(schema, column);
    if (schema->dictionary == NULL) return STATUS_OK;
    /* Of dictionaries in dictionaries no producer is known, and each level would need its own gather. */
    if (!is_index(column->kind) || schema->dictionary->dictionary != NULL)
        return no_counterpart(column, schema->format, err);
    column->dictionary = ARENA_NEW(arena, ArrowImportColumn);
    TRY_ALLOC(column->dictionary);
    column->dictionary->name = column->name;
    TRY(import_values_format(schema->dictionary, column->dictionary, err));
    column->type = column->dictionary->type;
    import_extension(schema, column);
    return STATUS_OK;
}

static bool is_plain(const ArrowImportColumn *column) {
    if (column->dictionary != NULL) return false;
    switch (column->kind) {
        case ARROW_NULL:
        case ARROW_BYTES:
        case ARROW_OFFSETS32:
        case ARROW_OFFSETS64:
        case ARROW_VIEWS: return false;
        default: return true;
    }
}

Status arrow_import_init(ArrowImport *import, Arena *arena, const struct ArrowSchema *schema, Error *err) {
    if (schema->format == NULL || strcmp(schema->format, "+s") != 0)
        return error_set(err, STATUS_DATATYPE_MISMATCH,
                         "an Arrow schema of type \"%s\" where a struct is wanted",
                         schema->format == NULL ? "" : schema->format);
    if (schema->n_children < 0 || schema->n_children > SCHEMA_COLUMN_COUNT_MAX)
        return error_set(err, STATUS_LIMIT, "an Arrow schema has %lld columns, at most %d are possible",
                         (long long)schema->n_children, SCHEMA_COLUMN_COUNT_MAX);
    uint32_t count = (uint32_t)schema->n_children;
    Field *fields = ARENA_ARRAY(arena, Field, count);
    ArrowImportColumn *columns = ARENA_ARRAY(arena, ArrowImportColumn, count);
    TRY_ALLOC(fields);
    TRY_ALLOC(columns);
    bool all_plain = true;
    for (uint32_t i = 0; i < count; i++) {
        if (schema->children == NULL || schema->children[i] == NULL)
            return error_set(err, STATUS_MISUSE, "column %u of an Arrow schema is missing", i + 1);
        TRY(import_column_format(&columns[i], arena, schema->children[i], err));
        Type type = columns[i].wanted.id == TYPE_UNKNOWN ? columns[i].type : columns[i].wanted;
        fields[i] = (Field){columns[i].name, type, columns[i].not_null};
        all_plain &= is_plain(&columns[i]);
    }
    STATIC_ASSERT(ARROW_U64 == ARROW_I8 + 7, "is_index asks for a range");
    *import = (ArrowImport){.schema = {fields, count}, .columns = columns, .is_plain = all_plain};
    return STATUS_OK;
}
