/* SPDX-License-Identifier: Apache-2.0
 * expr/expr.c - making, comparing and rewriting expressions. */
#include "expr/expr_priv.h"

#include "base/hash.h"

static Expr *expr_new(Arena *arena, ExprKind kind, Type type, SqlSpan span) {
    Expr *expr = ARENA_NEW(arena, Expr);
    if (expr == NULL) return NULL;
    expr->kind = kind;
    expr->type = type;
    expr->span = span;
    return expr;
}

Expr *expr_column(Arena *arena, uint32_t column, Type type, bool nullable, SqlSpan span) {
    ASSERT(type.id < TYPE_COUNT);
    Expr *expr = expr_new(arena, EXPR_COLUMN, type, span);
    if (expr == NULL) return NULL;
    expr->column = column;
    expr->nullable = nullable;
    return expr;
}

Expr *expr_parameter(Arena *arena, uint32_t index, Type type, SqlSpan span) {
    ASSERT(type.id < TYPE_COUNT);
    Expr *expr = expr_new(arena, EXPR_PARAMETER, type, span);
    if (expr == NULL) return NULL;
    expr->column = index;
    expr->nullable = true;
    return expr;
}

/* Room for one value, in whole cache lines because kernels read such. */
enum { CONSTANT_VALUE_SIZE = 64 };

/* A constant of one zeroed value, which the caller writes to. */
static Expr *constant_new(Arena *arena, Type type, SqlSpan span, char **value) {
    STATIC_ASSERT(CONSTANT_VALUE_SIZE >= sizeof(View) && CONSTANT_VALUE_SIZE >= sizeof(Decimal),
                  "a value of any type");
    Expr *expr = expr_new(arena, EXPR_CONSTANT, type, span);
    *value = arena_alloc_aligned(arena, CONSTANT_VALUE_SIZE);
    if (expr == NULL || *value == NULL) return NULL;
    memset(*value, 0, CONSTANT_VALUE_SIZE);
    expr->constant = (Array){.type = type, .length = 1, .values = *value};
    return expr;
}

Expr *expr_null(Arena *arena, Type type, SqlSpan span) {
    char *value;
    Expr *expr = constant_new(arena, type, span, &value);
    if (expr == NULL) return NULL;
    expr->nullable = true;
    expr->constant.validity = (const uint64_t *)value; /* zeros: they serve both */
    return expr;
}

Expr *expr_boolean(Arena *arena, bool value, SqlSpan span) {
    char *bytes;
    Expr *expr = constant_new(arena, type_of(TYPE_BOOLEAN), span, &bytes);
    if (expr != NULL) bytes[0] = value;
    return expr;
}

Expr *expr_i64(Arena *arena, Type type, int64_t value, SqlSpan span) {
    char *bytes;
    Expr *expr = constant_new(arena, type, span, &bytes);
    if (expr == NULL) return NULL;
    size_t width = type_width(type);
    ASSERT(width == 2 || width == 4 || width == 8);
    memcpy(bytes, &value, width); /* little-endian: the low bytes */
    return expr;
}

/* A copy of the text, in its view or behind it; false when memory is refused. */
static bool constant_set_text(Arena *arena, Expr *expr, char *value, Str text) {
    ASSERT(type_layout(expr->type) == LAYOUT_VIEW);
    Str copy = str_copy(arena, text);
    ViewData *data = ARENA_NEW(arena, ViewData);
    if (copy.data == NULL || data == NULL) return false;
    View view = view_make(copy, 0, 0);
    memcpy(value, &view, sizeof(view));
    if (text.size <= VIEW_INLINE_SIZE_MAX) return true;
    *data = (ViewData){.bytes = copy.data, .size = copy.size};
    expr->constant.data = data;
    expr->constant.data_count = 1;
    return true;
}

Expr *expr_text(Arena *arena, Type type, Str value, SqlSpan span) {
    char *bytes;
    Expr *expr = constant_new(arena, type, span, &bytes);
    if (expr == NULL || !constant_set_text(arena, expr, bytes, value)) return NULL;
    return expr;
}

Expr *expr_constant(Arena *arena, const Array *array, uint32_t row, SqlSpan span) {
    ASSERT(row < array->length);
    ASSERT(type_layout(array->type) != LAYOUT_NESTED); /* one value would not be enough */
    if (array_is_null(array, row)) return expr_null(arena, array->type, span);
    if (type_layout(array->type) == LAYOUT_VIEW)
        return expr_text(arena, array->type, array_text(array, row), span);
    char *bytes;
    Expr *expr = constant_new(arena, array->type, span, &bytes);
    if (expr == NULL) return NULL;
    size_t width = type_width(array->type);
    if (type_layout(array->type) == LAYOUT_BIT)
        bytes[0] = bits_get(array_bits(array), row);
    else
        memcpy(bytes, (const char *)array->values + row * width, width);
    return expr;
}

static bool arguments_nullable(const Expr *const *arguments, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (arguments[i]->nullable) return true;
    return false;
}

/* What a form gives when no row fails. */
static bool form_nullable(ExprKind kind, const Expr *const *arguments, uint32_t count) {
    switch (kind) {
        case EXPR_AND:
        case EXPR_OR:
        case EXPR_IN: return arguments_nullable(arguments, count);
        case EXPR_COALESCE:
            for (uint32_t i = 0; i < count; i++)
                if (!arguments[i]->nullable) return false;
            return true;
        case EXPR_CASE:
            if (count % 2 == 0) return true;
            for (uint32_t i = 1; i < count; i += 2)
                if (arguments[i]->nullable) return true;
            return arguments[count - 1]->nullable;
        case EXPR_CONSTANT:
        case EXPR_COLUMN:
        case EXPR_PARAMETER:
        case EXPR_CALL: break;
    }
    return true;
}

/* The list is copied, the arguments are shared. */
static Expr *expr_with_arguments(Arena *arena, ExprKind kind, Type type, const Expr *const *arguments,
                                 uint32_t count, SqlSpan span) {
    ASSERT(count <= EXPR_ARGUMENT_COUNT_MAX);
    for (uint32_t i = 0; i < count; i++)
        ASSERT(arguments[i] != NULL); /* followed by every walk over the tree */
    Expr *expr = expr_new(arena, kind, type, span);
    const Expr *const *copy = arena_copy(arena, arguments, count * sizeof(const Expr *));
    if (expr == NULL || copy == NULL) return NULL;
    expr->arguments = copy;
    expr->argument_count = count;
    return expr;
}

Expr *expr_call(Arena *arena, const Function *function, Type type, const Expr *const *arguments,
                uint32_t count, SqlSpan span) {
    ASSERT(function != NULL);
    ASSERT(count >= function->argument_count);
    if ((function->flags & FUNCTION_VARIADIC) == 0) ASSERT(count == function->argument_count);
    Expr *expr = expr_with_arguments(arena, EXPR_CALL, type, arguments, count, span);
    if (expr == NULL) return NULL;
    expr->function = function;
    bool strict = (function->flags & FUNCTION_STRICT) != 0;
    expr->nullable =
        (function->flags & FUNCTION_NULLABLE) != 0 || (strict && arguments_nullable(arguments, count));
    return expr;
}

Expr *expr_failing_as_null(Arena *arena, const Expr *call) {
    ASSERT(call->kind == EXPR_CALL);
    Expr *expr = arena_copy(arena, call, sizeof(*call));
    if (expr != NULL) expr->fails_as_null = expr->nullable = true;
    return expr;
}

Expr *expr_form(Arena *arena, ExprKind kind, Type type, const Expr *const *arguments, uint32_t count,
                SqlSpan span) {
    ASSERT(kind >= EXPR_AND);
    ASSERT(count > 0);
    if (kind == EXPR_IN) ASSERT(count >= 2);
    if (kind == EXPR_CASE) ASSERT(count >= 2);
    Expr *expr = expr_with_arguments(arena, kind, type, arguments, count, span);
    if (expr != NULL) expr->nullable = form_nullable(kind, arguments, count);
    return expr;
}

bool expr_constant_equal(const Array *a, const Array *b) {
    if (!type_equal(a->type, b->type) || array_is_null(a, 0) != array_is_null(b, 0)) return false;
    if (array_is_null(a, 0)) return true;
    TypeLayout layout = type_layout(a->type);
    if (layout == LAYOUT_VIEW) return str_equal(array_text(a, 0), array_text(b, 0));
    if (layout == LAYOUT_BIT) return bits_get(array_bits(a), 0) == bits_get(array_bits(b), 0);
    return memcmp(a->values, b->values, type_width(a->type)) == 0;
}

uint64_t expr_constant_hash(const Array *constant) {
    ASSERT(constant->length > 0);
    if (array_is_null(constant, 0)) return 0;
    TypeLayout layout = type_layout(constant->type);
    if (layout == LAYOUT_VIEW) return hash_str(array_text(constant, 0));
    if (layout == LAYOUT_BIT) return hash_u64(bits_get(array_bits(constant), 0) + 1u);
    return hash_bytes(constant->values, type_width(constant->type));
}

bool expr_equal(const Expr *a, const Expr *b) {
    if (a == b) return true;
    if (a->kind != b->kind || !type_equal(a->type, b->type)) return false;
    if (a->kind == EXPR_CONSTANT) return expr_constant_equal(&a->constant, &b->constant);
    if (a->kind == EXPR_COLUMN || a->kind == EXPR_PARAMETER) return a->column == b->column;
    /* NULL for the forms: they have no function, and their kind is the same already. */
    if (a->function != b->function || a->argument_count != b->argument_count) return false;
    if (!zone_equal(a->zone, b->zone) || a->fails_as_null != b->fails_as_null) return false;
    for (uint32_t i = 0; i < a->argument_count; i++)
        if (!expr_equal(a->arguments[i], b->arguments[i])) return false;
    return true;
}

static bool expr_has_flag(const Expr *expr, uint32_t flags) {
    if (expr->kind == EXPR_CALL && (expr->function->flags & flags) != 0) return true;
    for (uint32_t i = 0; i < expr->argument_count; i++)
        if (expr_has_flag(expr->arguments[i], flags)) return true;
    return false;
}

bool expr_is_volatile(const Expr *expr) {
    return expr_has_flag(expr, FUNCTION_VOLATILE | FUNCTION_STABLE);
}

bool expr_is_stable(const Expr *expr) {
    return !expr_is_volatile(expr);
}

bool expr_is_fallible(const Expr *expr) {
    if (expr->kind == EXPR_CALL && !expr->fails_as_null && (expr->function->flags & FUNCTION_FALLIBLE) != 0) return true;
    for (uint32_t i = 0; i < expr->argument_count; i++)
        if (expr_is_fallible(expr->arguments[i])) return true;
    return false;
}

void expr_collect_columns(const Expr *expr, uint64_t *columns) {
    if (expr->kind == EXPR_COLUMN) bits_set(columns, expr->column);
    for (uint32_t i = 0; i < expr->argument_count; i++) expr_collect_columns(expr->arguments[i], columns);
}

Expr *expr_with_new_arguments(Arena *arena, const Expr *expr, const Expr *const *arguments) {
    if (expr->kind == EXPR_CALL) {
        Expr *call = expr_call(arena, expr->function, expr->type, arguments, expr->argument_count, expr->span);
        if (call == NULL) return NULL;
        call->zone = expr->zone;
        return expr->fails_as_null ? expr_failing_as_null(arena, call) : call;
    }
    return expr_form(arena, expr->kind, expr->type, arguments, expr->argument_count, expr->span);
}
