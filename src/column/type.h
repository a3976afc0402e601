/* SPDX-License-Identifier: Apache-2.0
 * column/type.h - SQL types as small values, and how their values lie in memory.
 *
 *     Type type = type_of(TYPE_NUMERIC);
 *     type.precision = 12, type.scale = 2;
 *     text_append_type(&text, type);             numeric(12,2)
 *
 * A Type is plain data, compared with type_equal; {0} is TYPE_UNKNOWN, a literal whose type is still open.
 * The rows of type.def are the only list of types: a switch over TypeId has no default. Threads:
 * immutable. */
#ifndef WEIR_COLUMN_TYPE_H
#define WEIR_COLUMN_TYPE_H

#include "base/text.h"

typedef enum TypeId {
#define TYPE(name, sql_name, layout, category) TYPE_##name,
#include "column/type.def"
#undef TYPE
    TYPE_COUNT
} TypeId;

/* How one value lies in an array's values. Many types share one: who has only the layout does not know what a value
 * means. NUMERIC and INTERVAL are 16 bytes like a View and a UUID, and are moved by the same loops. */
typedef enum TypeLayout {
    LAYOUT_BIT, /* a bitmap, see base/bits.h */
    LAYOUT_I16,
    LAYOUT_I32, /* INTEGER; DATE as days since 1970-01-01 */
    LAYOUT_I64, /* BIGINT; TIME, TIMESTAMP, TIMESTAMPTZ as microseconds */
    LAYOUT_F32,
    LAYOUT_F64,
    LAYOUT_I128,     /* NUMERIC: the value times 10^scale */
    LAYOUT_INTERVAL, /* Interval of base/interval.h, 16 bytes */
    LAYOUT_BYTES16,  /* UUID */
    LAYOUT_VIEW,     /* View: 16 bytes, see column/array.h */
    LAYOUT_NESTED    /* children; none yet */
} TypeLayout;

enum { TYPE_PRECISION_MAX = 38 }; /* digits that fit 128 bits: 10^38 < 2^127 */

typedef struct Type {
    uint8_t id;        /* TypeId */
    uint8_t precision; /* NUMERIC: digits, 1 .. 38; 0 before the binder has fixed it */
    int8_t scale;      /* NUMERIC: digits after the point, 0 .. 38 */
    uint8_t unused;
    int32_t length; /* VARCHAR(n): characters; 0: no limit */
} Type;

STATIC_ASSERT(sizeof(Type) == 8, "types are passed by value");
STATIC_ASSERT(TYPE_COUNT <= UINT8_MAX, "Type.id");

/* Without modifiers: a NUMERIC has precision 0 then, which stands for "not fixed yet". */
static inline Type type_of(TypeId id) {
    return (Type){.id = (uint8_t)id};
}

/* 1 <= precision <= 38 and 0 <= scale <= precision: what a column may have; the binder sees to it. */
static inline Type type_numeric(int precision, int scale) {
    return (Type){.id = TYPE_NUMERIC, .precision = (uint8_t)precision, .scale = (int8_t)scale};
}

/* Modifiers too: numeric(10,2) is not numeric(12,2). Compare `id` to ask for the family. */
static inline bool type_equal(Type a, Type b) {
    return a.id == b.id && a.precision == b.precision && a.scale == b.scale && a.length == b.length;
}

/* Read through type_layout and type_width. */
extern const uint8_t TYPE_LAYOUTS[TYPE_COUNT];
extern const uint8_t LAYOUT_WIDTHS[LAYOUT_NESTED + 1];

/* Of any type that is; a switch over it has no default. */
static inline TypeLayout type_layout(Type type) {
    DEBUG_ASSERT(type.id < TYPE_COUNT);
    return (TypeLayout)TYPE_LAYOUTS[type.id];
}

/* Bytes of one value in an array; 0 for LAYOUT_BIT and LAYOUT_NESTED. */
static inline size_t type_width(Type type) {
    return LAYOUT_WIDTHS[type_layout(type)];
}

/* Bytes of one value in a row key or a stored record, where every cell is whole words: 8 or 16; 0 for nested
 * types, which cannot be in one. */
uint32_t type_cell_size(Type type);

/* Can values that are equal be written otherwise: -0 and 0, '1 month' and '30 days', 1.50 and 1.5 in JSON? Row keys make one key of them unless
 * RowKeyLayout.keeps_spelling; who must give such a value back as it came keeps it beside the key. The only list of these types. */
static inline bool type_has_spellings(Type type) {
    TypeLayout layout = type_layout(type);
    return layout == LAYOUT_F32 || layout == LAYOUT_F64 || layout == LAYOUT_INTERVAL || type.id == TYPE_JSONB;
}

/* PostgreSQL's category letter, as in type.def. */
char type_category(Type type);

/* "timestamp without time zone"; static storage, without modifiers. */
const char *type_name(TypeId id);

/* The name with modifiers: numeric(12,2), character varying(20). */
void text_append_type(Text *text, Type type);

/* Families. Bytea is not text: its bytes need not be UTF-8. */
static inline bool type_is_text(Type type) {
    return type.id == TYPE_TEXT || type.id == TYPE_VARCHAR || type.id == TYPE_UNKNOWN;
}
/* Not NUMERIC(p, 0), which is a decimal like any other. */
static inline bool type_is_integer(Type type) {
    return type.id == TYPE_SMALLINT || type.id == TYPE_INTEGER || type.id == TYPE_BIGINT;
}
static inline bool type_is_float(Type type) {
    return type.id == TYPE_REAL || type.id == TYPE_DOUBLE;
}
/* What sum and avg take, intervals aside. */
static inline bool type_is_number(Type type) {
    return type_is_integer(type) || type_is_float(type) || type.id == TYPE_NUMERIC;
}
/* Not DATE: these two are microseconds, and may be event times. */
static inline bool type_is_timestamp(Type type) {
    return type.id == TYPE_TIMESTAMP || type.id == TYPE_TIMESTAMPTZ;
}

#endif
