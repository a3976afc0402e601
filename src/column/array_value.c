/* SPDX-License-Identifier: Apache-2.0
 * column/array_value.c - single values: equality, order, text. For places that look at one value at a time;
 * loops over columns are in kernel/. */
#include "base/calendar.h"
#include "base/uuid.h"
#include "column/jsonb_view.h"

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* NaN equals NaN, and is larger than everything: btree's order, where < of C knows none. */
static int compare_double(double a, double b) {
    bool a_nan = a != a, b_nan = b != b;
    if (a_nan || b_nan) return a_nan - b_nan;
    return ORDER(a, b);
}

static int compare_bits(const Array *a, size_t row_a, const Array *b, size_t row_b) {
    return bits_get(array_bits(a), row_a) - bits_get(array_bits(b), row_b);
}

/* Columns of two scales meet here only where rows are compared one by one; kernels bring both to one scale first. */
static int compare_decimal(const Array *a, size_t row_a, const Array *b, size_t row_b) {
    Decimal x = array_decimal(a)[row_a], y = array_decimal(b)[row_b];
    if (a->type.scale == b->type.scale) return ORDER(x, y);
    return decimal_compare((DecimalScaled){x, a->type.scale}, (DecimalScaled){y, b->type.scale});
}

/* The first four bytes, zero padded, decide most. */
static int compare_views(const Array *a, size_t row_a, const Array *b, size_t row_b) {
    const View *x = array_views(a) + row_a, *y = array_views(b) + row_b;
    uint32_t x_head, y_head;
    memcpy(&x_head, x->inlined, 4);
    memcpy(&y_head, y->inlined, 4);
    if (x_head != y_head) return __builtin_bswap32(x_head) < __builtin_bswap32(y_head) ? -1 : 1;
    return str_compare(view_text(x, a->data), view_text(y, b->data));
}

int array_value_compare(const Array *a, size_t row_a, const Array *b, size_t row_b) {
    DEBUG_ASSERT(row_a < a->length && row_b < b->length);
    DEBUG_ASSERT(type_layout(a->type) == type_layout(b->type));
    bool a_null = array_is_null(a, row_a), b_null = array_is_null(b, row_b);
    if (a_null || b_null) return a_null - b_null;
    switch (type_layout(a->type)) {
        case LAYOUT_BIT: return compare_bits(a, row_a, b, row_b);
        case LAYOUT_I16: return ORDER(array_i16(a)[row_a], array_i16(b)[row_b]);
        case LAYOUT_I32: return ORDER(array_i32(a)[row_a], array_i32(b)[row_b]);
        case LAYOUT_I64: return ORDER(array_i64(a)[row_a], array_i64(b)[row_b]);
        case LAYOUT_F32: return compare_double(array_f32(a)[row_a], array_f32(b)[row_b]);
        case LAYOUT_F64: return compare_double(array_f64(a)[row_a], array_f64(b)[row_b]);
        case LAYOUT_I128: return compare_decimal(a, row_a, b, row_b);
        case LAYOUT_INTERVAL: return interval_compare(array_interval(a)[row_a], array_interval(b)[row_b]);
        case LAYOUT_BYTES16:
            return memcmp((const Uuid *)a->values + row_a, (const Uuid *)b->values + row_b, sizeof(Uuid));
        case LAYOUT_VIEW:
            if (a->type.id == TYPE_JSONB) return jsonb_compare(jsonb_array_key(a, row_a), jsonb_array_key(b, row_b));
            return compare_views(a, row_a, b, row_b);
        case LAYOUT_NESTED: break;
    }
    ASSERT(!"no values of nested types yet");
    return 0;
}

/* Equal texts have equal first words; only long ones, and those of 5 to 12 bytes, are looked at further. */
static bool equal_views(const Array *a, size_t row_a, const Array *b, size_t row_b) {
    const View *x = array_views(a) + row_a, *y = array_views(b) + row_b;
    if (a->type.id == TYPE_JSONB && (jsonb_view_has_zeros(x) || jsonb_view_has_zeros(y)))
        return str_equal(jsonb_array_key(a, row_a), jsonb_array_key(b, row_b));
    if (memcmp(x, y, 8) != 0) return false; /* size and prefix */
    return str_equal(view_text(x, a->data), view_text(y, b->data));
}

bool array_value_equal(const Array *a, size_t row_a, const Array *b, size_t row_b) {
    DEBUG_ASSERT(type_layout(a->type) == type_layout(b->type));
    DEBUG_ASSERT(row_a < a->length && row_b < b->length);
    /* Texts of different sizes need no order: most comparisons end at the first word. */
    if (type_layout(a->type) == LAYOUT_VIEW && !array_is_null(a, row_a) && !array_is_null(b, row_b))
        return equal_views(a, row_a, b, row_b);
    return array_value_compare(a, row_a, b, row_b) == 0;
}

static void append_bytea(Text *out, Str bytes) {
    char *room = text_reserve(out, 2 + 2 * bytes.size);
    if (room == NULL) return;
    *room++ = '\\';
    *room++ = 'x';
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        *room++ = "0123456789abcdef"[byte >> 4];
        *room++ = "0123456789abcdef"[byte & 15];
    }
    out->size += 2 + 2 * bytes.size;
}

static void append_i32(Type type, int32_t value, Text *out) {
    if (type.id == TYPE_DATE)
        text_append_date(out, value);
    else
        text_append_i64(out, value);
}

static void append_i64(Type type, int64_t value, const Zone *zone, Text *out) {
    switch (type.id) {
        case TYPE_TIME: text_append_time(out, value); break;
        case TYPE_TIMESTAMP: text_append_timestamp(out, value); break;
        case TYPE_TIMESTAMPTZ: text_append_timestamptz(out, value, zone_offset_at(zone, value)); break;
        default: text_append_i64(out, value);
    }
}

bool array_value_text_in_zone(const Array *array, size_t row, const Zone *zone, Text *out) {
    DEBUG_ASSERT(row < array->length);
    if (array_is_null(array, row)) return false;
    Type type = array->type;
    switch (type_layout(type)) {
        case LAYOUT_BIT: text_append_char(out, bits_get(array_bits(array), row) ? 't' : 'f'); break;
        case LAYOUT_I16: text_append_i64(out, array_i16(array)[row]); break;
        case LAYOUT_I32: append_i32(type, array_i32(array)[row], out); break;
        case LAYOUT_I64: append_i64(type, array_i64(array)[row], zone, out); break;
        case LAYOUT_F32: text_append_float(out, array_f32(array)[row]); break;
        case LAYOUT_F64: text_append_double(out, array_f64(array)[row]); break;
        case LAYOUT_I128: text_append_decimal(out, array_decimal(array)[row], type.scale); break;
        case LAYOUT_INTERVAL: text_append_interval(out, array_interval(array)[row]); break;
        case LAYOUT_BYTES16: text_append_uuid(out, (const Uuid *)array->values + row); break;
        case LAYOUT_VIEW:
            if (type.id == TYPE_BYTEA)
                append_bytea(out, array_text(array, row));
            else if (type.id == TYPE_JSONB)
                text_append(out, jsonb_array_shown(array, row));
            else
                text_append(out, array_text(array, row));
            break;
        case LAYOUT_NESTED: ASSERT(!"no values of nested types yet");
    }
    return true;
}

bool array_value_text(const Array *array, size_t row, Text *out) {
    return array_value_text_in_zone(array, row, NULL, out);
}
