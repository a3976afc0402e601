/* SPDX-License-Identifier: Apache-2.0
 * expr/function.c - function.def and function_cast.def as const tables, and the ways into them.
 *
 * Names are found through a hash table that function_index.py writes beside the rows: nothing is set up at
 * run time. A test asks for every row by its name, so a stale table does not pass. */
#include "expr/function.h"

#include "expr/functions_priv.h"

#define STRICT   FUNCTION_STRICT
#define VARIADIC FUNCTION_VARIADIC
#define STABLE   FUNCTION_STABLE
#define VOLATILE FUNCTION_VOLATILE
#define NULLABLE FUNCTION_NULLABLE
#define FALLIBLE FUNCTION_FALLIBLE
#define OPERATOR FUNCTION_OPERATOR
#define CLOCK    FUNCTION_CLOCK
#define ZONED    FUNCTION_ZONED

#define A0 \
    0, {   \
        0  \
    }
#define A1(a)    \
    1, {         \
        TYPE_##a \
    }
#define A2(a, b)           \
    2, {                   \
        TYPE_##a, TYPE_##b \
    }
#define A3(a, b, c)                  \
    3, {                             \
        TYPE_##a, TYPE_##b, TYPE_##c \
    }
#define A4(a, b, c, d)                         \
    4, {                                       \
        TYPE_##a, TYPE_##b, TYPE_##c, TYPE_##d \
    }
#define A5(a, b, c, d, e)                                \
    5, {                                                 \
        TYPE_##a, TYPE_##b, TYPE_##c, TYPE_##d, TYPE_##e \
    }
#define A6(a, b, c, d, e, f)                                       \
    6, {                                                           \
        TYPE_##a, TYPE_##b, TYPE_##c, TYPE_##d, TYPE_##e, TYPE_##f \
    }
#define A7(a, b, c, d, e, f, g)                                              \
    7, {                                                                     \
        TYPE_##a, TYPE_##b, TYPE_##c, TYPE_##d, TYPE_##e, TYPE_##f, TYPE_##g \
    }
#define A8(a, b, c, d, e, f, g, h)                                                     \
    8, {                                                                               \
        TYPE_##a, TYPE_##b, TYPE_##c, TYPE_##d, TYPE_##e, TYPE_##f, TYPE_##g, TYPE_##h \
    }

static const Function functions[] = {
#define FUNCTION(name, arguments, result, rule, flags, kernel, summary) \
    {name, arguments, TYPE_##result, RESULT_##rule, flags, kernel, summary},
#include "expr/function.def"
#undef FUNCTION
};

typedef struct FunctionName {
    uint16_t first; /* of by_name */
    uint16_t count;
} FunctionName;

#include "expr/function_index.inc"

enum {
    FUNCTION_COUNT = sizeof(functions) / sizeof(functions[0]),
    SLOT_COUNT = sizeof(slots) / sizeof(slots[0]),
};

STATIC_ASSERT(sizeof(by_name) / sizeof(by_name[0]) == FUNCTION_COUNT, "run src/expr/function_index.py");

typedef struct CastRow {
    TypeId from;
    TypeId to;
    CastContext context;
    Function function;
} CastRow;

static const CastRow casts[] = {
#define CAST(from, to, context, flags, kernel) \
    {TYPE_##from,                              \
     TYPE_##to,                                \
     CAST_##context,                           \
     {"cast", A1(from), TYPE_##to, RESULT_FIXED, flags, kernel, "cast"}},
#include "expr/function_cast.def"
#undef CAST
};

enum { CAST_COUNT = sizeof(casts) / sizeof(casts[0]) };
STATIC_ASSERT(FUNCTION_COUNT < UINT16_MAX, "indexes of rows have 16 bits");
STATIC_ASSERT((SLOT_COUNT & (SLOT_COUNT - 1)) == 0, "a power of two, so that the remainder is a mask");

static inline __attribute__((always_inline)) uint64_t load(const char *at, size_t size) {
    uint64_t word = 0;
    memcpy(&word, at, size);
    return word;
}

/* At most 8 bytes, zeros after them; loads of fixed sizes that overlap. */
static inline uint64_t load_short(Str text) {
    DEBUG_ASSERT(text.size >= 1 && text.size <= 8);
    const char *end = text.data + text.size;
    if (text.size == 8) return load(text.data, 8);
    if (text.size >= 4) return load(text.data, 4) | load(end - 4, 4) << (8 * (text.size - 4));
    if (text.size >= 2) return load(text.data, 2) | load(end - 2, 2) << (8 * (text.size - 2));
    return (unsigned char)text.data[0];
}

/* The first and the last eight bytes decide: names that differ in neither share a slot's run. */
static uint32_t name_hash(Str name) {
    uint64_t low = name.size > 8 ? load(name.data, 8) : load_short(name);
    uint64_t high = name.size > 8 ? load(name.data + name.size - 8, 8) : low;
    uint64_t value = (low ^ (high << 23 | high >> 41) ^ name.size) * 0x9E3779B97F4A7C15ULL;
    STATIC_ASSERT(SLOT_COUNT >= 1 << 10, "ten bits of hash name a slot");
    return (uint32_t)(value >> 54);
}

FunctionList function_find(Str name) {
    if (name.size == 0) return (FunctionList){0};
    for (uint32_t slot = name_hash(name); slots[slot] != 0; slot = (slot + 1) % SLOT_COUNT) {
        const FunctionName *found = &names[slots[slot] - 1];
        DEBUG_ASSERT(found->first + found->count <= FUNCTION_COUNT);
        if (str_equal(name, str_from_c(by_name[found->first]->name)))
            return (FunctionList){&by_name[found->first], found->count};
    }
    return (FunctionList){0};
}

FunctionList function_all(void) {
    return (FunctionList){by_name, FUNCTION_COUNT};
}

static const CastRow *cast_row(TypeId from, TypeId to) {
    for (uint32_t i = 0; i < CAST_COUNT; i++)
        if (casts[i].from == from && casts[i].to == to) return &casts[i];
    return NULL;
}

/* Of one type: only modifiers can differ. */
static bool same_bytes(Type from, Type to) {
    if (from.id == TYPE_NUMERIC)
        return from.scale == to.scale && (to.precision == 0 || from.precision <= to.precision);
    if (type_is_text(from) && type_is_text(to))
        return to.id != TYPE_VARCHAR || to.length == 0 ||
               (from.id == TYPE_VARCHAR && from.length != 0 && from.length <= to.length);
    return from.id == to.id;
}

CastContext function_find_cast(Type from, Type to, const Function **function) {
    *function = NULL;
    bool literal = from.id == TYPE_UNKNOWN;
    if ((from.id == to.id || (type_is_text(from) && type_is_text(to))) && same_bytes(from, to))
        return CAST_IMPLICIT;
    const CastRow *row = cast_row(literal ? TYPE_TEXT : (TypeId)from.id, (TypeId)to.id);
    if (row == NULL) return CAST_NONE;
    *function = &row->function;
    return literal ? CAST_IMPLICIT : row->context;
}

bool function_type_is_preferred(TypeId type) {
    return type == TYPE_DOUBLE || type == TYPE_TEXT || type == TYPE_TIMESTAMPTZ || type == TYPE_INTERVAL ||
           type == TYPE_BOOLEAN;
}
