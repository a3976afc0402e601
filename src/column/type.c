/* SPDX-License-Identifier: Apache-2.0
 * column/type.c - what type.def says, as tables. */
#include "column/type.h"

static const char *const type_names[TYPE_COUNT] = {
#define TYPE(name, sql_name, layout, category) [TYPE_##name] = sql_name,
#include "column/type.def"
#undef TYPE
};

const uint8_t TYPE_LAYOUTS[TYPE_COUNT] = {
#define TYPE(name, sql_name, layout, category) [TYPE_##name] = LAYOUT_##layout,
#include "column/type.def"
#undef TYPE
};

static const char type_categories[TYPE_COUNT] = {
#define TYPE(name, sql_name, layout, category) [TYPE_##name] = #category[0],
#include "column/type.def"
#undef TYPE
};

const uint8_t LAYOUT_WIDTHS[LAYOUT_NESTED + 1] = {
    [LAYOUT_BIT] = 0,      [LAYOUT_I16] = 2,   [LAYOUT_I32] = 4,    [LAYOUT_I64] = 8,
    [LAYOUT_F32] = 4,      [LAYOUT_F64] = 8,   [LAYOUT_I128] = 16,  [LAYOUT_INTERVAL] = 16,
    [LAYOUT_BYTES16] = 16, [LAYOUT_VIEW] = 16, [LAYOUT_NESTED] = 0,
};

uint32_t type_cell_size(Type type) {
    TypeLayout layout = type_layout(type);
    if (layout == LAYOUT_NESTED) return 0;
    return LAYOUT_WIDTHS[layout] <= 8 ? 8 : 16;
}

char type_category(Type type) {
    DEBUG_ASSERT(type.id < TYPE_COUNT);
    return type_categories[type.id];
}

const char *type_name(TypeId id) {
    DEBUG_ASSERT(id < TYPE_COUNT);
    return type_names[id];
}

void text_append_type(Text *text, Type type) {
    DEBUG_ASSERT(type.precision <= TYPE_PRECISION_MAX);
    DEBUG_ASSERT(type.length >= 0);

    text_append_c(text, type_name((TypeId)type.id));
    if (type.id == TYPE_NUMERIC && type.precision > 0)
        text_append_format(text, "(%d,%d)", type.precision, type.scale);
    if (type.id == TYPE_VARCHAR && type.length > 0) text_append_format(text, "(%d)", type.length);
}
