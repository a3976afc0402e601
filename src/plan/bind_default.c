/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_default.c - DEFAULT of a column: bound when the table is made, used by each INSERT that leaves the column out.
 *
 * What it says is settled when it is declared: names, types, literals (by the clock of who declares). What it gives is not: now() is the
 * time of the statement that inserts, random() another number for each row, and functions go by the clock of who inserts. So constants
 * are folded only where it is used. */
#include "plan/bind_priv.h"

/* Columns cannot be named, whether they are there or not. */
static Status say_why(const AstExpr *expr, Error *err) {
    if (err->status != STATUS_UNDEFINED_COLUMN && err->status != STATUS_UNDEFINED_TABLE) return err->status;
    int64_t position = err->position >= 0 ? err->position : (int64_t)expr->span.start;
    return error_set_at(err, STATUS_NOT_SUPPORTED, position, "cannot use column reference in DEFAULT expression");
}

static Status bind_it(Bind *bind, const AstExpr *expr, const PlanColumn *column, const Expr **out, Error *err) {
    static const Scope NOTHING = {0};
    ExprContext context = {.scope = &NOTHING, .clause = "DEFAULT expressions"};
    const Expr *bound;
    if (bind_expr(bind, &context, expr, &bound, err) != STATUS_OK) return say_why(expr, err);
    if (bind->has_deferred) {
        *err = bind->deferred;
        return err->status;
    }
    TRY(resolve_assignment(bind, bound, column->type, out, err));
    if (*out != NULL) return STATUS_OK;
    (void)error_set_at(err, STATUS_DATATYPE_MISMATCH, (int64_t)expr->span.start, "column \"%.*s\" is of type %s but default expression is of type %s",
                       STR_ARGS(column->name), type_name((TypeId)column->type.id), type_name((TypeId)bound->type.id));
    return error_add_hint(err, "You will need to rewrite or cast the expression.");
}

Status bind_default(Binder *binder, const AstExpr *expr, const PlanColumn *column, const Expr **out, Error *err) {
    Bind bind;
    bind_init(&bind, binder);
    Status status = bind_it(&bind, expr, column, out, err);
    bind_deinit(&bind);
    return status;
}

/* The tree anew, by another clock and at another place. Its depth is that of the parser's. */
static const Expr *copy_for(Arena *arena, const Expr *expr, const Zone *zone, SqlSpan span) {
    Expr *copy = arena_copy(arena, expr, sizeof(Expr));
    const Expr **arguments = ARENA_ARRAY(arena, const Expr *, expr->argument_count);
    if (copy == NULL || arguments == NULL) return NULL;
    ASSERT(expr->kind != EXPR_COLUMN);
    for (uint32_t i = 0; i < expr->argument_count; i++) {
        arguments[i] = copy_for(arena, expr->arguments[i], zone, span);
        if (arguments[i] == NULL) return NULL;
    }
    if (expr->argument_count > 0) copy->arguments = arguments;
    if (expr->kind == EXPR_CALL && (expr->function->flags & FUNCTION_ZONED) != 0) copy->zone = zone;
    copy->span = span;
    return copy;
}

Status bind_default_value(Arena *arena, BufferPool *pool, ZoneSource *zones, const Zone *zone, const Relation *table, uint32_t column,
                          SqlSpan span, const Expr **out, Error *err) {
    *out = NULL;
    if (table->defaults == NULL || table->defaults[column].expr == NULL) return STATUS_OK;
    const Expr *copy = copy_for(arena, table->defaults[column].expr, zone, span);
    TRY_ALLOC(copy);
    TRY_ALLOC(*out = expr_fold(arena, pool, zones, copy));
    return STATUS_OK;
}
