/* SPDX-License-Identifier: Apache-2.0
 * expr/fold.c - constant subtrees evaluated when a statement is bound.
 *
 * What fails is left alone: it fails only if a row reaches it. Left alone, too, is what depends on the epoch
 * (now()) or on the row (random()). */
#include "expr/expr_priv.h"
#include "expr/program.h"

typedef struct Fold {
    Arena *arena;
    BufferPool *pool;
    ZoneSource *zones;
    Frame frame; /* made when the first subtree is evaluated; pool NULL before */
    bool frame_ready;
    Error *failure; /* takes the first error of a constant subtree that fails; NULL: nobody asks */
} Fold;

static bool all_constant(const Expr *const *arguments, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (arguments[i]->kind != EXPR_CONSTANT) return false;
    return true;
}

static bool frame_prepare(Fold *fold, Error *err) {
    if (!fold->frame_ready) fold->frame_ready = frame_init(&fold->frame, fold->pool, err) == STATUS_OK;
    return fold->frame_ready;
}

static void note_failure(Fold *fold, const RowError *error) {
    if (fold->failure == NULL || fold->failure->status != STATUS_OK) return;
    (void)error_set_at(fold->failure, error->status, error->span.start, "%.*s", STR_ARGS(error->message));
}

/* The value of an expression without columns; `expr` itself when it fails. NULL when memory is refused. */
static const Expr *evaluate(Fold *fold, const Expr *expr) {
    Error err = {.status = STATUS_OK};
    if (!frame_prepare(fold, &err)) return NULL;
    /* The plain kernels: for one row it does not matter, and the value is the same on every machine. */
    const EvalContext context = {.zones = fold->zones};
    const Batch one_row = {.row_count = 1};
    Program *program;
    Array value;
    RowErrors errors;
    const Expr *result = NULL;
    if (program_compile(&fold->frame.arena, &expr, 1, kernel_table(KERNEL_PLAIN), &program, &err) !=
            STATUS_OK ||
        program_eval(program, &context, &fold->frame, &one_row, NULL, 0, &value, &errors, &err) !=
            STATUS_OK) {
        result = err.status == STATUS_OUT_OF_MEMORY ? NULL : expr;
    } else if (errors != NULL) {
        result = expr;
        note_failure(fold, errors[0]);
    } else {
        /* A relabelled type (VARCHAR for TEXT) has other modifiers than what its argument gave. */
        value.type = expr->type;
        result = expr_constant(fold->arena, &value, 0, expr->span);
    }
    frame_reset(&fold->frame);
    return result;
}

static bool is_boolean_value(const Expr *expr, bool value) {
    return expr->kind == EXPR_CONSTANT && !expr_is_null_constant(expr) &&
           bits_get(array_bits(&expr->constant), 0) == value;
}

/* AND drops TRUE, and ends at FALSE; OR the other way round. */
static const Expr *fold_and_or(Fold *fold, const Expr *expr, const Expr **arguments) {
    ASSERT(expr->kind == EXPR_AND || expr->kind == EXPR_OR);
    bool is_and = expr->kind == EXPR_AND;
    uint32_t count = 0;
    for (uint32_t i = 0; i < expr->argument_count; i++) {
        if (is_boolean_value(arguments[i], is_and)) continue;
        arguments[count++] = arguments[i];
        if (is_boolean_value(arguments[i], !is_and)) break;
    }
    if (count == 0) return expr_boolean(fold->arena, is_and, expr->span);
    if (count == 1 || is_boolean_value(arguments[0], !is_and)) return arguments[0];
    return expr_form(fold->arena, expr->kind, expr->type, arguments, count, expr->span);
}

/* What is left of a form, which may have relabelled it (VARCHAR(n) as TEXT): its type stays the form's. */
static const Expr *only_one(Fold *fold, const Expr *form, const Expr *left) {
    if (type_equal(left->type, form->type)) return left;
    if (left->kind != EXPR_CONSTANT) return expr_form(fold->arena, EXPR_COALESCE, form->type, &left, 1, form->span);
    Expr *copy = arena_copy(fold->arena, left, sizeof(*left));
    if (copy != NULL) copy->type = copy->constant.type = form->type;
    return copy;
}

/* Conditions known to be false are dropped with their values; one known to be true is the ELSE. */
static const Expr *fold_case(Fold *fold, const Expr *expr, const Expr **arguments) {
    ASSERT(expr->kind == EXPR_CASE);
    uint32_t count = 0, i = 0;
    for (; i + 1 < expr->argument_count; i += 2) {
        const Expr *condition = arguments[i];
        if (condition->kind == EXPR_CONSTANT && !is_boolean_value(condition, true)) continue;
        if (condition->kind == EXPR_CONSTANT) {
            arguments[count++] = arguments[i + 1];
            break;
        }
        arguments[count++] = condition;
        arguments[count++] = arguments[i + 1];
    }
    /* The loop ran to the end: the ELSE, if there is one, is still open. */
    if (i + 1 == expr->argument_count) arguments[count++] = arguments[i];
    if (count == 0) return expr_null(fold->arena, expr->type, expr->span);
    if (count == 1) return only_one(fold, expr, arguments[0]);
    return expr_form(fold->arena, EXPR_CASE, expr->type, arguments, count, expr->span);
}

/* NULLs are dropped; nothing after a value counts. */
static const Expr *fold_coalesce(Fold *fold, const Expr *expr, const Expr **arguments) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < expr->argument_count; i++) {
        if (expr_is_null_constant(arguments[i])) continue;
        arguments[count++] = arguments[i];
        if (arguments[i]->kind == EXPR_CONSTANT) break;
    }
    if (count == 0) return expr_null(fold->arena, expr->type, expr->span);
    if (count == 1) return only_one(fold, expr, arguments[0]);
    return expr_form(fold->arena, EXPR_COALESCE, expr->type, arguments, count, expr->span);
}

/* now() has one value for an epoch, not for the life of a view: such calls stay. */
static const Expr *fold_call(Fold *fold, const Expr *expr, const Expr *const *arguments) {
    ASSERT(expr->kind == EXPR_CALL);
    const Function *function = expr->function;
    if ((function->flags & FUNCTION_STRICT) != 0)
        for (uint32_t i = 0; i < expr->argument_count; i++)
            if (expr_is_null_constant(arguments[i])) return expr_null(fold->arena, expr->type, expr->span);
    /* NULL is NULL at any time, so that came before the question whether the value may be taken now. */
    if ((function->flags & (FUNCTION_VOLATILE | FUNCTION_STABLE)) != 0) return expr;
    return all_constant(arguments, expr->argument_count) ? evaluate(fold, expr) : expr;
}

/* Arguments first; a node whose arguments stay as they are is not copied. */
static const Expr *fold_node(Fold *fold, const Expr *expr, uint32_t depth) {
    /* Deeper trees are left as they are: program_compile refuses them with an error of its own. */
    bool is_leaf = expr->kind == EXPR_CONSTANT || expr->kind == EXPR_COLUMN || expr->kind == EXPR_PARAMETER;
    if (is_leaf || depth > EXPR_DEPTH_MAX) return expr;
    const Expr **arguments = ARENA_ARRAY(fold->arena, const Expr *, expr->argument_count);
    if (arguments == NULL) return NULL;
    if (expr->kind == EXPR_CASE) DEBUG_ASSERT(expr->argument_count >= 2);
    if (expr->kind == EXPR_IN) DEBUG_ASSERT(expr->argument_count >= 2);
    bool changed = false;
    for (uint32_t i = 0; i < expr->argument_count; i++) {
        arguments[i] = fold_node(fold, expr->arguments[i], depth + 1);
        if (arguments[i] == NULL) return NULL;
        changed |= arguments[i] != expr->arguments[i];
    }
    const Expr *same = changed ? expr_with_new_arguments(fold->arena, expr, arguments) : expr;
    if (same == NULL) return NULL;
    switch (expr->kind) {
        case EXPR_AND:
        case EXPR_OR: return fold_and_or(fold, same, arguments);
        case EXPR_CASE: return fold_case(fold, same, arguments);
        case EXPR_COALESCE: return fold_coalesce(fold, same, arguments);
        case EXPR_CALL: return fold_call(fold, same, arguments);
        case EXPR_IN: return arguments[0]->kind == EXPR_CONSTANT ? evaluate(fold, same) : same;
        case EXPR_CONSTANT:
        case EXPR_PARAMETER:
        case EXPR_COLUMN: break;
    }
    return same;
}

const Expr *expr_fold(Arena *arena, BufferPool *pool, ZoneSource *zones, const Expr *expr) {
    ASSERT(expr != NULL && pool != NULL);
    Fold fold = {.arena = arena, .pool = pool, .zones = zones};
    const Expr *result = fold_node(&fold, expr, 0);
    if (fold.frame_ready) frame_deinit(&fold.frame);
    return result;
}

Status expr_value(Arena *arena, BufferPool *pool, ZoneSource *zones, const Expr *expr, const Expr **out, Error *err) {
    Error failure = {.status = STATUS_OK};
    Fold fold = {.arena = arena, .pool = pool, .zones = zones, .failure = &failure};
    const Expr *result = fold_node(&fold, expr, 0);
    if (fold.frame_ready) frame_deinit(&fold.frame);
    *out = NULL;
    TRY_ALLOC(result);
    if (result->kind == EXPR_CONSTANT) *out = result;
    else if (failure.status != STATUS_OK) *err = failure;
    return result->kind == EXPR_CONSTANT ? STATUS_OK : failure.status;
}
