/* SPDX-License-Identifier: Apache-2.0
 * plan/expr_map.c - rebuilding expression trees with some parts replaced. */
#include "plan/bind_priv.h"

Status expr_map(Arena *arena, const Expr *expr, ExprMap map, void *context, const Expr **out, Error *err) {
    ASSERT(expr != NULL);
    const Expr *replaced = NULL;
    TRY(map(context, expr, &replaced, err));
    *out = replaced != NULL ? replaced : expr;
    ASSERT((*out)->type.id == expr->type.id); /* the call above it was chosen for that type */
    if (replaced != NULL || expr->argument_count == 0) return STATUS_OK;
    const Expr **arguments = NULL;
    for (uint32_t i = 0; i < expr->argument_count; i++) {
        const Expr *argument;
        TRY(expr_map(arena, expr->arguments[i], map, context, &argument, err));
        if (argument == expr->arguments[i] && arguments == NULL) continue;
        if (arguments == NULL) {
            arguments = ARENA_ARRAY(arena, const Expr *, expr->argument_count);
            TRY_ALLOC(arguments);
            for (uint32_t k = 0; k < i; k++) arguments[k] = expr->arguments[k];
        }
        arguments[i] = argument;
    }
    if (arguments == NULL) return STATUS_OK;
    Expr *copy = arena_copy(arena, expr, sizeof(Expr));
    TRY_ALLOC(copy);
    copy->arguments = arguments;
    *out = copy;
    return STATUS_OK;
}

bool expr_has_volatile(const Expr *expr) {
    if (expr->kind == EXPR_CALL && (expr->function->flags & FUNCTION_VOLATILE) != 0) return true;
    for (uint32_t i = 0; i < expr->argument_count; i++)
        if (expr_has_volatile(expr->arguments[i])) return true;
    return false;
}

static const Expr *find_unstable(const Expr *expr) {
    uint32_t flags = FUNCTION_VOLATILE | FUNCTION_CLOCK;
    if (expr->kind == EXPR_CALL && (expr->function->flags & flags) != 0) return expr;
    const Expr *found = NULL;
    for (uint32_t i = 0; i < expr->argument_count && found == NULL; i++)
        found = find_unstable(expr->arguments[i]);
    return found;
}

Status bind_check_stable(const Bind *bind, const PlanNode *input, const Expr *expr, Error *err) {
    if (!bind->continuous || input->change != CHANGE_WEIGHTED) return STATUS_OK;
    const Expr *found = find_unstable(expr);
    if (found == NULL) return STATUS_OK;
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, found->span.start,
                       "%s() over rows that can be taken back is not supported in a continuous query yet",
                       found->function->name);
    return error_add_hint(err, "It would give another value when the row is taken back than when it came. Compute it in the "
                               "SELECT that reads the result, or store it in a column.");
}

typedef struct Renumber {
    Arena *arena;
    const uint32_t *numbers;
} Renumber;

/* A column that keeps its number is not copied, nor is what stands above only such. */
static Status renumber_column(void *context, const Expr *expr, const Expr **out, Error *err) {
    const Renumber *renumber = context;
    if (expr->kind != EXPR_COLUMN || renumber->numbers[expr->column] == expr->column) return STATUS_OK;
    ASSERT(renumber->numbers[expr->column] != UINT32_MAX); /* a column that rewrite.c left out */
    Expr *copy = arena_copy(renumber->arena, expr, sizeof(Expr));
    TRY_ALLOC(copy);
    copy->column = renumber->numbers[expr->column];
    *out = copy;
    return STATUS_OK;
}

Status expr_renumber(Arena *arena, const Expr *expr, const uint32_t *numbers, const Expr **out, Error *err) {
    Renumber renumber = {arena, numbers};
    return expr_map(arena, expr, renumber_column, &renumber, out, err);
}

const Expr *expr_find_column(const Expr *expr) {
    if (expr->kind == EXPR_COLUMN) return expr;
    const Expr *found = NULL;
    for (uint32_t i = 0; i < expr->argument_count && found == NULL; i++) found = expr_find_column(expr->arguments[i]);
    return found;
}

const Expr *expr_relabel(Arena *arena, const Expr *expr, Type type) {
    /* What cuts to VARCHAR(n) reads n from its type: the type of what it gives is changed behind it. */
    if (expr->kind != EXPR_COLUMN && expr->kind != EXPR_CONSTANT && expr->type.length > 0)
        return expr_form(arena, EXPR_COALESCE, type, &expr, 1, expr->span);
    Expr *copy = arena_copy(arena, expr, sizeof(Expr));
    if (copy == NULL) return NULL;
    copy->type = type;
    copy->constant.type = type;
    return copy;
}

typedef struct Inlining {
    Arena *arena;
    const Expr *const *replacements;
} Inlining;

/* A column may be read as another type of the same bytes (TEXT for VARCHAR): its replacement then is too. */
static Status inline_column(void *context, const Expr *expr, const Expr **out, Error *err) {
    const Inlining *inlining = context;
    if (expr->kind != EXPR_COLUMN) return STATUS_OK;
    *out = inlining->replacements[expr->column];
    if (type_equal((*out)->type, expr->type)) return STATUS_OK;
    *out = expr_relabel(inlining->arena, *out, expr->type);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

Status expr_inline(Arena *arena, const Expr *expr, const Expr *const *replacements, const Expr **out,
                   Error *err) {
    Inlining inlining = {arena, replacements};
    return expr_map(arena, expr, inline_column, &inlining, out, err);
}
