/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_parameter.c - $1, $2 ..: what type each has.
 *
 * As in PostgreSQL a parameter is bound like a quoted literal, of a type still open, and the first place that asks for a type settles it for
 * the whole statement. From there on it is a value of that type. A place that was bound before and now asks for another one is an error
 * ("inconsistent types"), and so is a place that takes any type, if it came first.
 *
 *     WHERE id = $1 AND $1 < 10      id's type, then compared with 10
 *     VALUES ($1, $1)                of columns integer and text: integer versus text
 *     $1 IS NULL                     nothing says what it is
 *
 * Only NUMERIC has more to it: the value keeps the digits it is given with, and each place rounds it to those it wants. */
#include "plan/bind_priv.h"

static Status new_parameter(Bind *bind, uint32_t index, Type type, SqlSpan span, const Expr **out, Error *err) {
    *out = expr_parameter(bind->arena, index, type, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

static Status parameter_refused(Bind *bind, const AstExpr *expr, const char *what, Error *err) {
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, expr->span.start), "parameters in %s are not supported", what);
    return error_add_hint(err, "It goes on after the call that gives values: write the value into the text.");
}

Status bind_parameter(Bind *bind, const AstExpr *expr, const Expr **out, Error *err) {
    Parameters *parameters = bind->binder->parameters;
    int64_t position = bind_position(bind, expr->span.start);
    uint32_t number = expr->parameter;
    if (parameters == NULL || number == 0 || number > parameters->count)
        return error_set_at(err, STATUS_UNDEFINED_PARAMETER, position, "there is no parameter $%u", number);
    if (bind->continuous || bind->maintained) return parameter_refused(bind, expr, "a continuous query", err);
    ASSERT(!bind->inlined); /* a view has none */
    Parameter *parameter = &parameters->items[number - 1];
    if (parameter->position < 0) parameter->position = position;
    Type type = parameter->type.id == TYPE_NUMERIC ? resolve_numeric_of(parameter->type) : parameter->type;
    return new_parameter(bind, number - 1, type, bind_span(bind, expr->span), out, err);
}

bool parameter_is_open(const Expr *expr) {
    return expr->kind == EXPR_PARAMETER && expr->type.id == TYPE_UNKNOWN;
}

Status parameter_settle(Bind *bind, const Expr *expr, Type type, const Expr **out, Error *err) {
    ASSERT(parameter_is_open(expr));
    ASSERT(type.id != TYPE_UNKNOWN);
    Parameter *parameter = &bind->binder->parameters->items[expr->column];
    if (parameter->type.id == TYPE_UNKNOWN) parameter->type = type_of((TypeId)type.id);
    if (parameter->type.id != type.id) {
        (void)error_set_at(err, STATUS_AMBIGUOUS_PARAMETER, expr->span.start, "inconsistent types deduced for parameter $%u", expr->column + 1);
        return error_add_detail(err, "%s versus %s", type_name((TypeId)parameter->type.id), type_name((TypeId)type.id));
    }
    type.length = 0; /* what is too long for VARCHAR(n) is seen to by whoever wants that */
    return new_parameter(bind, expr->column, type, expr->span, out, err);
}

Status parameter_round(Bind *bind, const Expr *expr, Type type, const Expr **out, Error *err) {
    ASSERT(expr->kind == EXPR_PARAMETER && type.id == TYPE_NUMERIC);
    return new_parameter(bind, expr->column, type, expr->span, out, err);
}

Status parameter_refresh(Bind *bind, const Expr **expr, Error *err) {
    if (!parameter_is_open(*expr)) return STATUS_OK;
    Type known = bind->binder->parameters->items[(*expr)->column].type;
    if (known.id == TYPE_UNKNOWN) return STATUS_OK;
    return parameter_settle(bind, *expr, known.id == TYPE_NUMERIC ? resolve_numeric_of(known) : known, expr, err);
}

Status parameter_leave_open(Bind *bind, const Expr **expr, Error *err) {
    if (!parameter_is_open(*expr)) return STATUS_OK;
    Parameter *parameter = &bind->binder->parameters->items[(*expr)->column];
    if (parameter->open_position < 0) parameter->open_position = (*expr)->span.start;
    return new_parameter(bind, (*expr)->column, type_of(TYPE_TEXT), (*expr)->span, expr, err); /* so that the rest can be looked at */
}

/* What contradicts itself before what says nothing, as PostgreSQL. */
Status parameters_check(const Parameters *parameters, Error *err) {
    for (uint32_t i = 0; i < parameters->count; i++) {
        const Parameter *parameter = &parameters->items[i];
        if (parameter->type.id != TYPE_UNKNOWN && parameter->open_position >= 0)
            return error_set_at(err, STATUS_AMBIGUOUS_PARAMETER, parameter->open_position, "could not determine data type of parameter $%u", i + 1);
    }
    for (uint32_t i = 0; i < parameters->count; i++) {
        const Parameter *parameter = &parameters->items[i];
        int64_t position = parameter->open_position >= 0 ? parameter->open_position : parameter->position;
        if (parameter->type.id == TYPE_UNKNOWN)
            return error_set_at(err, STATUS_INDETERMINATE_TYPE, position, "could not determine data type of parameter $%u", i + 1);
    }
    return STATUS_OK;
}
