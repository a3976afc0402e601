/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_scalar.c - subqueries as values: (SELECT ..), x IN (SELECT ..), EXISTS (SELECT ..).
 *
 * While a SELECT is bound each is a column of the mixed space, from COLUMN_SCALAR on; scalars_attach makes the nodes that give them:
 *
 *     input: a, b            SCALAR: a, b, v0           PROJECT: a, b, v0, operand       SCALAR IN: a, b, v0, v1
 */
#include "plan/bind_priv.h"

/* Stands for the value that the SELECT's node is going to give. */
static Status add_value(Bind *bind, ExprContext *context, const AstExpr *expr, ScalarValue value, Type type,
                        const Expr **out, Error *err) {
    SqlSpan span = value.span = bind_span(bind, expr->span);
    ASSERT(value.node->column_count == 1);
    if (bind->continuous)
        bind_defer(bind, expr->span.start, "subqueries in a continuous query are");
    else if (context->scalars == NULL || context->in_aggregate)
        bind_defer(bind, expr->span.start, "subqueries here are");
    if (bind->has_deferred || context->scalars == NULL) {
        TRY_ALLOC(*out = expr_null(bind->arena, type, span));
        return STATUS_OK;
    }
    uint32_t column = COLUMN_SCALAR + (uint32_t)context->scalars->count;
    if (!arena_vector_push(context->scalars, bind->arena, value)) return error_out_of_memory(err);
    TRY_ALLOC(*out = expr_column(bind->arena, column, type, true, span));
    return STATUS_OK;
}

Status bind_scalar_subquery(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    ScalarValue value = {0};
    TRY(bind_subquery(bind, expr->query, context->scope, false, &value.node, err));
    if (value.node->column_count != 1)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, expr->span.start),
                            "subquery must return only one column");
    return add_value(bind, context, expr, value, value.node->columns[0].type, out, err);
}

Status bind_exists_subquery(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    ScalarValue value = {0};
    PlanNode *node;
    SqlSpan span = bind_span(bind, expr->span);
    TRY(bind_subquery(bind, expr->query, context->scope, false, &node, err));
    TRY(node_exists(bind, node, span, &value.node, err));
    return add_value(bind, context, expr, value, type_of(TYPE_BOOLEAN), out, err);
}

/* Both sides as the operator = compares them, and of one type. */
static Status bring_together(Bind *bind, const AstExpr *expr, const Expr *pair[2], Error *err) {
    const Expr *equal;
    int64_t position = bind_position(bind, expr->position);
    TRY(resolve_operator(bind, STR("="), pair[0], pair[1], bind_span(bind, expr->span), position, &equal, err));
    bool is_call = equal->kind == EXPR_CALL && equal->argument_count == 2;
    for (int i = 0; i < 2 && is_call; i++) pair[i] = equal->arguments[i];
    if (type_equal(pair[0]->type, pair[1]->type)) return STATUS_OK;
    Type type; /* as = compares them they may still differ in length or digits */
    TRY(resolve_to_common(bind, pair, 2, "IN", &type, err));
    ASSERT(type_equal(pair[0]->type, pair[1]->type));
    return STATUS_OK;
}

Status bind_in_subquery(Bind *bind, ExprContext *context, const AstExpr *expr, const AstExpr *operand, const AstQuery *query,
                        const Expr **out, Error *err) {
    ScalarValue value = {0};
    const Expr *pair[2];
    TRY(bind_expr(bind, context, operand, &pair[0], err));
    TRY(bind_subquery(bind, query, context->scope, false, &value.node, err));
    if (value.node->column_count != 1)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, expr->position), "subquery has too %s columns",
                            value.node->column_count > 1 ? "many" : "few");
    TRY_ALLOC(pair[1] = bind_output_expr(bind, value.node, 0));
    TRY(bring_together(bind, expr, pair, err));
    value.operand = pair[0];
    ProjectItem item = {pair[1], value.node->columns[0].name};
    TRY(node_project(bind, value.node, &item, 1, value.node->span, &value.node, err));
    return add_value(bind, context, expr, value, type_of(TYPE_BOOLEAN), out, err);
}

/* ---- the nodes that give the values
 * ---------------------------------------------------------------------------------------------- */

/* The input's columns as they can be reached, and `operand` behind them. */
static Status add_operand(Bind *bind, PlanNode *input, const Expr *operand, SqlSpan span, PlanNode **out, Error *err) {
    uint32_t count = input->column_count;
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, (size_t)count + 1);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = (ProjectItem){bind_output_expr(bind, input, i), input->columns[i].name};
        TRY_ALLOC(items[i].expr);
    }
    ASSERT(operand != NULL);
    items[count] = (ProjectItem){.expr = operand};
    if (operand->kind == EXPR_COLUMN) ASSERT(operand->column < count); /* out of the mixed space by now */
    if (operand->kind == EXPR_COLUMN) items[count].name = input->columns[operand->column].name; /* for EXPLAIN */
    TRY(node_project(bind, input, items, count + 1, span, out, err));
    for (uint32_t i = 0; i < count; i++) (*out)->columns[i].qualifier = input->columns[i].qualifier;
    return STATUS_OK;
}

Status scalars_attach(Bind *bind, const ScalarList *scalars, PlanNode *input, PlanNode **out, Error *err) {
    *out = input;
    for (size_t i = 0; i < scalars->count; i++) {
        const ScalarValue *value = &scalars->items[i];
        if (value->operand == NULL) {
            TRY(node_scalar(bind, *out, value->node, value->span, out, err));
            continue;
        }
        const Expr *operand;
        TRY(scalars_renumber(bind, value->operand, input->column_count, &operand, err));
        TRY(add_operand(bind, *out, operand, value->span, out, err));
        TRY(node_member(bind, *out, value->node, value->span, out, err));
    }
    ASSERT((*out)->column_count == input->column_count + scalars->count); /* value i is where scalars_renumber says */
    return STATUS_OK;
}

typedef struct ScalarShift {
    Arena *arena;
    uint32_t column_count;
} ScalarShift;

static Status shift_scalar(void *context, const Expr *expr, const Expr **out, Error *err) {
    const ScalarShift *shift = context;
    if (expr->kind != EXPR_COLUMN || expr->column < COLUMN_SCALAR) return STATUS_OK;
    uint32_t column = shift->column_count + expr->column - COLUMN_SCALAR;
    ASSERT(column < COLUMN_AGGREGATE);
    TRY_ALLOC(*out = expr_column(shift->arena, column, expr->type, true, expr->span));
    return STATUS_OK;
}

Status scalars_renumber(Bind *bind, const Expr *expr, uint32_t column_count, const Expr **out, Error *err) {
    ScalarShift shift = {bind->arena, column_count};
    return expr_map(bind->arena, expr, shift_scalar, &shift, out, err);
}
