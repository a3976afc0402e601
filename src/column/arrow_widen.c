/* SPDX-License-Identifier: Apache-2.0
 * column/arrow_widen.c - foreign columns as a type that holds all their values.
 *
 *     null                           any type
 *     text of one kind               text of another
 *     fixed_size_binary(16)          UUID
 *     decimal(p2, s2), s2 <= s       NUMERIC(p, s), by value
 *     SMALLINT -> INTEGER -> BIGINT  and each to NUMERIC(p, s), by value
 *     REAL                           DOUBLE
 *     text of JSON                   JSONB, parsed
 *     SMALLINT, INTEGER              DOUBLE, and the first REAL
 *
 * Left of the arrow stands what arrow_schema.c makes of the foreign type: int8 and uint8 are SMALLINT, and so on. What can be done while
 * values are read (the first four) is; the rest is converted afterwards. */
#include "column/arrow_priv.h"
#include "column/builder.h"

/* ---- conversions ---- */

#define WIDEN(name, From, To)                                                                         \
    static void widen_##name(const void *restrict from, void *restrict to, uint32_t count) {          \
        for (uint32_t i = 0; i < count; i++) ((To *)to)[i] = (To)((const From *)from)[i];             \
    }
WIDEN(i16_i32, int16_t, int32_t)
WIDEN(i16_i64, int16_t, int64_t)
WIDEN(i16_f32, int16_t, float)
WIDEN(i16_f64, int16_t, double)
WIDEN(i16_decimal, int16_t, Decimal)
WIDEN(i32_i64, int32_t, int64_t)
WIDEN(i32_f64, int32_t, double)
WIDEN(i32_decimal, int32_t, Decimal)
WIDEN(i64_decimal, int64_t, Decimal)
WIDEN(f32_f64, float, double)
WIDEN(decimal_decimal, Decimal, Decimal) /* of uint64 */
#undef WIDEN

typedef void (*WidenLoop)(const void *restrict from, void *restrict to, uint32_t count);

static const struct WidenRow {
    uint8_t from, to;
    WidenLoop loop;
} widen_rows[] = {
    {TYPE_SMALLINT, TYPE_INTEGER, widen_i16_i32},  {TYPE_SMALLINT, TYPE_BIGINT, widen_i16_i64},
    {TYPE_SMALLINT, TYPE_REAL, widen_i16_f32},     {TYPE_SMALLINT, TYPE_DOUBLE, widen_i16_f64},
    {TYPE_SMALLINT, TYPE_NUMERIC, widen_i16_decimal}, {TYPE_INTEGER, TYPE_BIGINT, widen_i32_i64},
    {TYPE_INTEGER, TYPE_DOUBLE, widen_i32_f64},    {TYPE_INTEGER, TYPE_NUMERIC, widen_i32_decimal},
    {TYPE_BIGINT, TYPE_NUMERIC, widen_i64_decimal}, {TYPE_REAL, TYPE_DOUBLE, widen_f32_f64},
    {TYPE_NUMERIC, TYPE_NUMERIC, widen_decimal_decimal},
};

static WidenLoop find_loop(Type from, Type to) {
    for (size_t i = 0; i < sizeof(widen_rows) / sizeof(widen_rows[0]); i++)
        if (widen_rows[i].from == from.id && widen_rows[i].to == to.id) return widen_rows[i].loop;
    return NULL;
}

/* Integers, which are there, to the digits behind the point. What lies under a NULL may be anything. */
static Status scale_decimals(const ArrowImportColumn *column, const Array *array, Decimal *values, Error *err) {
    Type type = column->wanted;
    for (uint32_t i = 0; i < array->length; i++) {
        Decimal scaled = 0;
        bool fits = !__builtin_mul_overflow(values[i], decimal_power_of_ten(type.scale), &scaled) && decimal_fits(scaled, type.precision);
        if (!fits && !array_is_null(array, i))
            return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "the number in row %u of column \"%.*s\" does not fit numeric(%d,%d)", i + 1,
                             STR_ARGS(column->name), type.precision, type.scale);
        values[i] = fits ? scaled : 0;
    }
    return STATUS_OK;
}

static Status parse_json(const ArrowImportColumn *column, Frame *frame, Array *array, Error *err) {
    ArrayBuilder builder;
    TRY(array_builder_init(&builder, frame, column->wanted, array->length, err));
    for (uint32_t row = 0; row < array->length; row++) {
        if (array_is_null(array, row)) {
            array_builder_null(&builder);
            continue;
        }
        if (array_builder_parse(&builder, array_text(array, row), err) != STATUS_OK)
            return error_add_hint(err, "The text stands in row %u of column \"%.*s\".", row + 1, STR_ARGS(column->name));
    }
    return array_builder_finish(&builder, array, err);
}

Status arrow_widen(const ArrowImportColumn *column, Frame *frame, Array *array, Error *err) {
    if (column->wanted.id == TYPE_JSONB) return parse_json(column, frame, array, err);
    WidenLoop loop = find_loop(column->type, column->wanted);
    ASSERT(loop != NULL); /* arrow_import_want has looked */
    Buffer *owner;
    void *values = frame_alloc(frame, array->length * type_width(column->wanted), &owner);
    TRY_ALLOC(values);
    loop(array->values, values, array->length);
    if (column->wanted.id == TYPE_NUMERIC) TRY(scale_decimals(column, array, values, err));
    array->type = column->wanted;
    array->values = values;
    array->values_owner = owner;
    return STATUS_OK;
}

/* ---- what is wanted ---- */

/* True when the values can be read as the type at once. */
static bool read_as(ArrowImportColumn *column, Type wanted) {
    bool as_it_is = column->type.id == wanted.id && wanted.id != TYPE_NUMERIC;
    bool texts = type_is_text(column->type) && type_is_text(wanted);
    bool uuid = column->kind == ARROW_BYTES && column->width == 16 && wanted.id == TYPE_UUID;
    bool decimal = column->kind == ARROW_DECIMAL && wanted.id == TYPE_NUMERIC && column->scale <= wanted.scale;
    if (column->kind != ARROW_NULL && !as_it_is && !texts && !uuid && !decimal) return false;
    if (uuid) column->kind = ARROW_UUID;
    column->type = wanted;
    return true;
}

static bool want(ArrowImportColumn *column, Type wanted) {
    ArrowImportColumn *values = column->dictionary != NULL ? column->dictionary : column;
    if (wanted.id == TYPE_NUMERIC && wanted.precision == 0) wanted.precision = TYPE_PRECISION_MAX;
    column->wanted = type_of(TYPE_UNKNOWN); /* what arrow.json has asked for */
    if (read_as(values, wanted)) {
        column->type = wanted;
        return true;
    }
    bool is_decimal = values->kind == ARROW_DECIMAL; /* read_as has refused its scale */
    bool is_json = type_is_text(column->type) && wanted.id == TYPE_JSONB;
    if (!is_json && (is_decimal || find_loop(column->type, wanted) == NULL)) return false;
    column->wanted = wanted;
    return true;
}

bool arrow_import_want(ArrowImport *import, uint32_t index, Type wanted) {
    ASSERT(index < import->schema.count);
    ASSERT(type_layout(wanted) != LAYOUT_NESTED);
    if (!want(&import->columns[index], wanted)) return false;
    Field *fields = (Field *)(uintptr_t)import->schema.fields; /* arrow_import_init's, in its arena */
    fields[index].type = wanted;
    return true;
}
