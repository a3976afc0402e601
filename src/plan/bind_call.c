/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_call.c - calls: functions, forms that look like functions, aggregates. */
#include "plan/bind_priv.h"
#include "plan/form.h"

/* `what`: with its verb, "VARIADIC is". */
static Status later_call(Bind *bind, const AstExpr *expr, const char *what, Error *err) {
    return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, expr->position),
                        "%s not supported yet", what);
}

/* The first thing that only aggregates take, as PostgreSQL names it; NULL: there is none. */
static const char *call_extra(const AstCallExpr *call) {
    if (call->distinct) return "DISTINCT";
    if (call->filter != NULL) return "FILTER";
    if (call->within_group) return "WITHIN GROUP";
    if (call->order_by.count > 0) return "ORDER BY";
    if (call->nulls == AST_NULLS_IGNORE) return "IGNORE NULLS";
    return call->nulls == AST_NULLS_RESPECT ? "RESPECT NULLS" : NULL;
}

Status bind_check_plain_call(Bind *bind, const AstExpr *expr, Str name, Error *err) {
    const AstCallExpr *call = expr->call;
    int64_t position = bind_position(bind, expr->position);
    ASSERT(expr->kind == AST_EXPR_CALL);
    const char *what = call_extra(call);
    if (call->star)
        return error_set_at(err, STATUS_WRONG_OBJECT_TYPE, position, "%.*s(*) specified, but %.*s is not an aggregate function",
                            STR_ARGS(name), STR_ARGS(name));
    if (what != NULL)
        return error_set_at(err, STATUS_WRONG_OBJECT_TYPE, position, "%s specified, but %.*s is not an aggregate function", what,
                            STR_ARGS(name));
    if (call->over != NULL)
        return error_set_at(err, STATUS_WRONG_OBJECT_TYPE, position,
                            "OVER specified, but %.*s is not a window function nor an aggregate function", STR_ARGS(name));
    return call->variadic ? later_call(bind, expr, "VARIADIC is", err) : STATUS_OK;
}

/* In the order written, with room for one more than there are. */
static Status bind_arguments(Bind *bind, ExprContext *context, const AstCallExpr *call, const Expr ***out,
                             Error *err) {
    const Expr **arguments = ARENA_ARRAY(bind->arena, const Expr *, (size_t)call->arguments.count + 1);
    TRY_ALLOC(arguments);
    for (uint32_t i = 0; i < call->arguments.count; i++)
        TRY(bind_expr(bind, context, call->arguments.items[i], &arguments[i], err));
    *out = arguments;
    return STATUS_OK;
}

/* ---- aggregates
 * ------------------------------------------------------------------------------------------------ */

/* NULL: not written. */
static bool same_optional(const Expr *a, const Expr *b) {
    if (a == NULL || b == NULL) return a == b;
    return expr_equal(a, b);
}

/* Two calls are one aggregate only when they see their rows in the same order. */
static bool same_order(const GroupCall *a, const GroupCall *b) {
    if (a->order_count != b->order_count) return false;
    for (uint32_t i = 0; i < a->order_count; i++)
        if (!expr_equal(a->order[i].expr, b->order[i].expr) ||
            a->order[i].direction.descending != b->order[i].direction.descending ||
            a->order[i].direction.nulls_first != b->order[i].direction.nulls_first)
            return false;
    return true;
}

static bool same_call(const GroupCall *a, const GroupCall *b) {
    return a->aggregate.kind == b->aggregate.kind && a->distinct == b->distinct &&
           type_equal(a->aggregate.result, b->aggregate.result) && same_optional(a->argument, b->argument) &&
           same_optional(a->filter, b->filter) && same_optional(a->delimiter, b->delimiter) && same_order(a, b);
}

/* Written twice, computed once. */
static Status group_add_call(Bind *bind, Group *group, const GroupCall *call, uint32_t *out, Error *err) {
    for (size_t i = 0; i < group->calls.count; i++) {
        *out = (uint32_t)i;
        if (same_call(&group->calls.items[i], call)) return STATUS_OK;
    }
    ASSERT(group->calls.count < COLUMN_SCALAR - COLUMN_AGGREGATE); /* its column is none of a subquery's */
    *out = (uint32_t)group->calls.count;
    if (!arena_vector_push(&group->calls, bind->arena, *call)) return error_out_of_memory(err);
    return STATUS_OK;
}

/* DISTINCT changes nothing for these. */
static bool ignores_repetition(AggregateKind kind) {
    return kind == AGGREGATE_MIN || kind == AGGREGATE_MAX || kind == AGGREGATE_BOOL_AND ||
           kind == AGGREGATE_BOOL_OR || kind == AGGREGATE_BIT_AND || kind == AGGREGATE_BIT_OR;
}

/* What is wrong with the call whatever its arguments are. */
static Status check_aggregate_form(Bind *bind, const AstExpr *expr, Error *err) {
    const AstCallExpr *call = expr->call;
    int64_t position = bind_position(bind, expr->position);
    Str name = ast_name_last(&call->name)->str;
    if (!call->star && call->arguments.count == 0)
        return str_equal(name, STR("count"))
                   ? error_set_at(err, STATUS_WRONG_OBJECT_TYPE, position, "count(*) must be used to call a parameterless aggregate function")
                   : error_set_at(err, STATUS_UNDEFINED_FUNCTION, position, "function %.*s() does not exist", STR_ARGS(name));
    if (call->star && call->distinct)
        return error_set_at(err, STATUS_SYNTAX, position, "DISTINCT cannot be applied to *");
    return STATUS_OK;
}

/* After the arguments: what is wrong inside is told first. */
static Status check_aggregate_place(Bind *bind, const ExprContext *context, const AstExpr *expr, Error *err) {
    int64_t position = bind_position(bind, expr->position);
    if (context->in_aggregate)
        return error_set_at(err, STATUS_GROUPING, position, "aggregate function calls cannot be nested");
    if (context->group == NULL)
        return error_set_at(err, STATUS_GROUPING, position, "aggregate functions are not allowed in %s",
                            context->clause);
    return STATUS_OK;
}

/* Folded, so that count('1') and string_agg's delimiter are constants. */
static Status cast_argument(Bind *bind, const AstExpr *expr, const Expr *argument, Type type, const Expr **out, Error *err) {
    TRY(resolve_cast_or_fail(bind, argument, type, CAST_IMPLICIT, expr->position, out, err));
    *out = expr_fold(bind->arena, bind->binder->pool, bind->binder->zones, *out);
    TRY_ALLOC(*out);
    ASSERT(type_layout((*out)->type) == type_layout(type)); /* folding leaves VARCHAR(n) where TEXT is read of it */
    return STATUS_OK;
}

/* Which aggregate it is, and its arguments brought to the types that it takes. A text of open type is TEXT. */
static Status resolve_aggregate(Bind *bind, const AstExpr *expr, Str name, const Expr **arguments,
                                uint32_t count, GroupCall *out, Error *err) {
    Type *types = ARENA_ARRAY(bind->arena, Type, (size_t)count + 1);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < count; i++) types[i] = arguments[i]->type;
    if (aggregate_resolve(name, types, count, &out->aggregate, err) != STATUS_OK)
        return error_locate(err, bind_position(bind, expr->position));
    if (count == 0) return STATUS_OK;
    if (out->aggregate.kind == AGGREGATE_COUNT) TRY(parameter_leave_open(bind, &arguments[0], err));
    if (arguments[0]->type.id == TYPE_UNKNOWN && out->aggregate.argument.id == TYPE_UNKNOWN)
        out->aggregate.argument = type_of(TYPE_TEXT);
    TRY(cast_argument(bind, expr, arguments[0], out->aggregate.argument, &out->argument, err));
    if (count > 1) TRY(cast_argument(bind, expr, arguments[1], out->aggregate.argument, &out->delimiter, err));
    /* count(x) of what is never NULL counts rows */
    bool plain = out->argument->kind == EXPR_COLUMN || out->argument->kind == EXPR_CONSTANT;
    if (out->aggregate.kind == AGGREGATE_COUNT && plain && !out->argument->nullable && !out->distinct) {
        out->aggregate.kind = AGGREGATE_COUNT_STAR;
        out->argument = NULL;
    }
    return STATUS_OK;
}

/* What may fail is worked out only where the filter is true. */
static Status only_where(Bind *bind, const Expr *filter, const Expr **expr, Error *err) {
    ASSERT(filter != NULL);
    if (*expr == NULL || !expr_is_fallible(*expr)) return STATUS_OK;
    const Expr *parts[2] = {filter, *expr};
    *expr = expr_form(bind->arena, EXPR_CASE, parts[1]->type, parts, 2, parts[1]->span);
    TRY_ALLOC(*expr);
    return STATUS_OK;
}

/* FILTER (WHERE ..): of rows that it does not take the arguments are not computed, since they might fail. */
static Status bind_aggregate_filter(Bind *bind, ExprContext *inner, const AstExpr *filter, GroupCall *call, Error *err) {
    inner->clause = "FILTER";
    TRY(bind_expr_top(bind, inner, filter, &call->filter, err));
    TRY(resolve_boolean(bind, &call->filter, "FILTER", err));
    TRY(only_where(bind, call->filter, &call->argument, err));
    TRY(only_where(bind, call->filter, &call->delimiter, err));
    for (uint32_t i = 0; i < call->order_count; i++) TRY(only_where(bind, call->filter, &call->order[i].expr, err));
    return STATUS_OK;
}

/* Of single values there is one row each: it is told where it stands by its arguments alone. */
static Status check_distinct_order(Bind *bind, const AstOrderItem *item, const Expr *expr, const Expr *const *arguments,
                                   uint32_t count, Error *err) {
    for (uint32_t i = 0; i < count; i++)
        if (expr_equal(arguments[i], expr)) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_COLUMN_REFERENCE, bind_position(bind, item->expr->position),
                        "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list");
}

/* ORDER BY inside the call: to be right everywhere, of use where the result hangs on it. */
static Status bind_aggregate_order(Bind *bind, ExprContext *inner, const AstExpr *expr, const Expr *const *arguments,
                                   uint32_t argument_count, GroupCall *out, Error *err) {
    const AstCallExpr *call = expr->call;
    uint32_t count = call->order_by.count;
    bool is_of_values = out->distinct && out->aggregate.kind == AGGREGATE_STRING_AGG && count == 0;
    CallOrder *order = ARENA_ARRAY(bind->arena, CallOrder, (size_t)count + 1);
    TRY_ALLOC(order);
    for (uint32_t i = 0; i < count; i++) {
        const AstOrderItem *item = &call->order_by.items[i];
        TRY(bind_expr(bind, inner, item->expr, &order[i].expr, err));
        TRY(resolve_unknown(bind, &order[i].expr, err));
        /* As it was bound: the arguments are not folded yet. */
        if (out->distinct) TRY(check_distinct_order(bind, item, order[i].expr, arguments, argument_count, err));
        TRY(bind_fold(bind, order[i].expr, &order[i].expr, err));
        TRY(bind_order_direction(bind, item, &order[i].direction, err));
    }
    if (is_of_values) order[count++].expr = out->argument;
    if (!aggregate_is_ordered(out->aggregate.kind)) return STATUS_OK;
    out->order = order;
    out->order_count = count;
    return STATUS_OK;
}

/* count(t.*), count(t), count((a, b)): a row is no NULL, whatever is in it, and so they count rows. */
static bool counts_whole_rows(const ExprContext *context, const AstCallExpr *call, Str name) {
    if (!str_equal(name, STR("count")) || call->star || call->distinct || call->arguments.count != 1) return false;
    const AstExpr *argument = call->arguments.items[0];
    if (argument->kind == AST_EXPR_ROW) return true;
    if (argument->kind != AST_EXPR_STAR && argument->kind != AST_EXPR_COLUMN) return false;
    bool may_be_column = argument->kind == AST_EXPR_COLUMN &&
                         (argument->column.count > 1 || scope_find(context->scope, argument->column.items[0].str) >= 0);
    return !may_be_column && argument->column.count == 1 && scope_has_table(context->scope, argument->column.items[0].str);
}

/* The arguments; none for those that count rows, whose values are looked at all the same. */
static Status bind_aggregate_arguments(Bind *bind, ExprContext *inner, const AstCallExpr *call, Str name, const Expr ***out,
                                       uint32_t *count, Error *err) {
    *count = call->star ? 0 : call->arguments.count;
    if (!counts_whole_rows(inner, call, name)) return bind_arguments(bind, inner, call, out, err);
    const AstExpr *row = call->arguments.items[0];
    const Expr *ignored;
    for (uint32_t i = 0; row->kind == AST_EXPR_ROW && i < row->list.count; i++)
        TRY(bind_expr(bind, inner, row->list.items[i], &ignored, err));
    *count = 0;
    TRY_ALLOC(*out = ARENA_ARRAY(bind->arena, const Expr *, 1));
    return STATUS_OK;
}

/* Notes the call in the SELECT's group; in the expression it is a column of the mixed space. Arguments are bound before it is asked
 * whether an aggregate may stand here, so that a misspelt name is told first. */
static Status bind_aggregate(Bind *bind, ExprContext *context, const AstExpr *expr, Str name,
                             const Expr **out, Error *err) {
    const AstCallExpr *call = expr->call;
    SqlSpan span = bind_span(bind, expr->span);
    TRY(check_aggregate_form(bind, expr, err));
    ExprContext inner = *context;
    inner.in_aggregate = true;
    const Expr **arguments;
    uint32_t count;
    TRY(bind_aggregate_arguments(bind, &inner, call, name, &arguments, &count, err));
    if (call->variadic) return later_call(bind, expr, "VARIADIC is", err);
    if (call->within_group) return later_call(bind, expr, "WITHIN GROUP is", err);
    if (call->nulls != AST_NULLS_NOT_SAID)
        return later_call(bind, expr, "IGNORE NULLS and RESPECT NULLS are", err);
    GroupCall group_call = {
        .distinct = call->distinct, .span = span, .name = bind_fragment(bind, expr->span)};
    TRY(resolve_aggregate(bind, expr, name, arguments, count, &group_call,
                          err));
    TRY(bind_aggregate_order(bind, &inner, expr, arguments, count, &group_call, err));
    TRY(check_aggregate_place(bind, context, expr, err));
    if (call->distinct && ignores_repetition(group_call.aggregate.kind)) group_call.distinct = false;
    if (call->filter != NULL) TRY(bind_aggregate_filter(bind, &inner, call->filter, &group_call, err));
    uint32_t index;
    TRY(group_add_call(bind, context->group, &group_call, &index, err));
    *out = expr_column(bind->arena, COLUMN_AGGREGATE + index, group_call.aggregate.result,
                       aggregate_is_nullable(group_call.aggregate.kind), span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* ---- forms
 * ------------------------------------------------------------------------------------------------------ */

/* A form: what stands behind the first value that is not NULL is not computed. */
static Status bind_coalesce(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                            Error *err) {
    const Expr **arguments;
    Type type;
    uint32_t count = expr->call->arguments.count;
    TRY(bind_arguments(bind, context, expr->call, &arguments, err));
    if (count == 0)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, expr->position),
                            "COALESCE needs an argument");
    TRY(resolve_to_common(bind, arguments, count, "COALESCE", &type, err));
    *out = expr_form(bind->arena, EXPR_COALESCE, type, arguments, count, bind_span(bind, expr->span));
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* Types that PostgreSQL compares with one another as they are, where here both sides are cast. */
static bool compared_as_they_are(Type a, Type b) {
    bool times = (type_is_timestamp(a) || a.id == TYPE_DATE) && (type_is_timestamp(b) || b.id == TYPE_DATE);
    return a.id == b.id || times || (type_is_integer(a) && type_is_integer(b)) ||
           (type_is_float(a) && type_is_float(b)) || (type_is_text(a) && type_is_text(b));
}

/* NULL when equal, else the first argument as PostgreSQL compares it: NULLIF(1, 2.5) is numeric. */
static Status bind_nullif(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                          Error *err) {
    const Expr **arguments, *parts[3];
    SqlSpan span = bind_span(bind, expr->span);
    TRY(bind_arguments(bind, context, expr->call, &arguments, err));
    if (expr->call->arguments.count != 2)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, expr->position),
                            "NULLIF takes two arguments");
    TRY(resolve_operator(bind, STR("="), arguments[0], arguments[1], span,
                         bind_position(bind, expr->position), &parts[0], err));
    ASSERT(parts[0]->kind == EXPR_CALL && parts[0]->argument_count == 2);
    const Expr *compared = parts[0]->arguments[0];
    if (arguments[0]->type.id == TYPE_UNKNOWN || !compared_as_they_are(arguments[0]->type, compared->type))
        arguments[0] = compared;
    if (arguments[0]->type.id == TYPE_NUMERIC) /* a parameter that is compared exactly is a value of some digits here */
        TRY(resolve_cast(bind, arguments[0], resolve_numeric_of(arguments[0]->type), CAST_IMPLICIT, &arguments[0], err));
    /* A VARCHAR is compared as a TEXT. */
    if (arguments[0]->type.id == TYPE_VARCHAR) TRY(resolve_cast(bind, arguments[0], type_of(TYPE_TEXT), CAST_IMPLICIT, &arguments[0], err));
    TRY_ALLOC(parts[1] = expr_null(bind->arena, arguments[0]->type, span));
    parts[2] = arguments[0];
    *out = expr_form(bind->arena, EXPR_CASE, arguments[0]->type, parts, 3, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* Known when it is bound: a constant. */
static Status bind_typeof(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    const Expr **arguments;
    TRY(bind_arguments(bind, context, expr->call, &arguments, err));
    if (expr->call->arguments.count != 1)
        return error_set_at(err, STATUS_UNDEFINED_FUNCTION, bind_position(bind, expr->position), "pg_typeof takes one argument");
    TRY(bind_check_plain_call(bind, expr, STR("pg_typeof"), err));
    TRY(parameter_leave_open(bind, &arguments[0], err));
    *out = expr_text(bind->arena, type_of(TYPE_TEXT), str_from_c(type_name(arguments[0]->type.id)), bind_span(bind, expr->span));
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* tumble_start(..), tumble_end(..): the window of GROUP BY TUMBLE(..). */
static bool window_end_of(const Group *group, Str name, uint32_t *column) {
    if (group == NULL || group->window_function.size == 0 || !str_starts_with(name, group->window_function))
        return false;
    Str rest = str_from(name.data + group->window_function.size, name.size - group->window_function.size);
    *column = group->window_start + (str_equal(rest, STR("_end")) ? 1 : 0);
    return str_equal(rest, STR("_start")) || str_equal(rest, STR("_end"));
}

/* tumble_start(ts, size) repeats the window's arguments, as Flink has it, or gives none. */
static Status check_window_end(Bind *bind, ExprContext *context, const AstExpr *expr, Error *err) {
    ASSERT(context->group != NULL && context->group->window_arguments != NULL); /* window_end_of has found the function */
    const AstExprList *given = &expr->call->arguments, *window = context->group->window_arguments;
    ExprContext inner = {.scope = context->scope, .clause = "GROUP BY"};
    for (uint32_t i = 0; i < given->count; i++) {
        const Expr *one, *other = NULL;
        TRY(bind_expr_top(bind, &inner, given->items[i], &one, err));
        if (i < window->count) TRY(bind_expr_top(bind, &inner, window->items[i], &other, err));
        if (other != NULL && expr_equal(one, other)) continue;
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, given->items[i]->span.start),
                            "the arguments must be those of the window in GROUP BY");
    }
    return STATUS_OK;
}

/* tumble_start(..) and its like, of GROUP BY TUMBLE(..): the column of the window, which must be that of the same arguments. */
static Status bind_window_end(Bind *bind, ExprContext *context, const AstExpr *expr, Str name, uint32_t column,
                              const Expr **out, Error *err) {
    TRY(bind_check_plain_call(bind, expr, name, err));
    TRY(check_window_end(bind, context, expr, err));
    ASSERT(column < context->scope->column_count); /* the window's two columns end the scope */
    const PlanColumn *end = &context->scope->columns[column];
    *out = expr_column(bind->arena, column, end->type, !end->not_null, bind_span(bind, expr->span));
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* What a window function gives, so that what stands around it is typed right. */
static Type over_type(Str name, const Expr *const *arguments, uint32_t count) {
    static const struct {
        const char *name;
        TypeId type; /* UNKNOWN: that of the argument */
    } FUNCTIONS[] = {{"row_number", TYPE_BIGINT}, {"rank", TYPE_BIGINT},         {"dense_rank", TYPE_BIGINT},
                     {"ntile", TYPE_INTEGER},     {"percent_rank", TYPE_DOUBLE}, {"cume_dist", TYPE_DOUBLE},
                     {"lag", TYPE_UNKNOWN},       {"lead", TYPE_UNKNOWN},        {"nth_value", TYPE_UNKNOWN}};
    Aggregate aggregate;
    Error ignored = {0};
    Type argument = count > 0 ? arguments[0]->type : type_of(TYPE_UNKNOWN);
    Type types[2] = {argument, count > 1 ? arguments[1]->type : argument};
    if (aggregate_exists(name) && count <= 2 && aggregate_resolve(name, types, count, &aggregate, &ignored) == STATUS_OK)
        return aggregate.result;
    for (size_t i = 0; i < sizeof(FUNCTIONS) / sizeof(FUNCTIONS[0]); i++)
        if (str_equal(name, str_from_c(FUNCTIONS[i].name)))
            return FUNCTIONS[i].type == TYPE_UNKNOWN ? argument : type_of(FUNCTIONS[i].type);
    return type_of(TYPE_UNKNOWN);
}

/* Not supported yet; its parts are bound all the same, for what is wrong with them. */
static Status bind_over(Bind *bind, ExprContext *context, const AstExpr *expr, Str name, const Expr **out,
                        Error *err) {
    const AstWindowSpec *over = expr->call->over;
    ASSERT(over != NULL);
    const Expr **arguments, *bound;
    ExprContext inner = *context;
    TRY(bind_arguments(bind, &inner, expr->call, &arguments, err));
    if (!aggregate_exists(name) && function_find(name).count > 0) return bind_check_plain_call(bind, expr, name, err);
    for (uint32_t i = 0; i < over->partition_by.count; i++)
        TRY(bind_expr(bind, &inner, over->partition_by.items[i], &bound, err));
    for (uint32_t i = 0; i < over->order_by.count; i++)
        TRY(bind_expr(bind, &inner, over->order_by.items[i].expr, &bound, err));
    bind_defer(bind, expr->position, "window functions (OVER) are");
    Type type = over_type(name, arguments, expr->call->star ? 0 : expr->call->arguments.count);
    *out = expr_null(bind->arena, type, bind_span(bind, expr->span));
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* ---- functions
 * -------------------------------------------------------------------------------------------------- */

/* A window function where none may stand, or what only aggregates take. */
static Status check_plain_call(Bind *bind, const AstExpr *expr, Str name, Error *err) {
    const AstCallExpr *call = expr->call;
    int64_t position = bind_position(bind, expr->position);
    if (bind_is_window_function(name)) {
        (void)error_set_at(err, STATUS_WINDOWING, position, "%.*s is not allowed here", STR_ARGS(name));
        return error_add_hint(
            err, "Windows stand in FROM or in GROUP BY; the SELECT list names window_start and window_end.");
    }
    if (function_find(name).count > 0) return bind_check_plain_call(bind, expr, name, err);
    return call->variadic ? later_call(bind, expr, "VARIADIC is", err) : STATUS_OK;
}

/* date(x), int4(x): a type's name used as a function is a cast. */
static Status bind_cast_call(Bind *bind, const AstExpr *expr, Str name, const Expr *argument,
                             const Expr **out, bool *done, Error *err) {
    AstTypeName type_name_written = {.kind = AST_TYPE_NAMED, .name = {name, expr->span}, .span = expr->span};
    Error ignored = {0};
    Type type;
    *done = bind_type(&type_name_written, &type, &ignored) == STATUS_OK;
    if (!*done) return STATUS_OK;
    if (type.id == TYPE_NUMERIC) type.precision = 0;
    TRY(resolve_cast(bind, argument, type, CAST_EXPLICIT, out, err));
    *done = *out != NULL;
    return *done ? bind_check_plain_call(bind, expr, name, err) : STATUS_OK;
}

/* CURRENT_DATE and its kin are casts of now(). */
static Status bind_current(Bind *bind, const AstExpr *expr, const Form *form, const Expr **out, Error *err) {
    if (expr->call->arguments.count > 0) {
        const AstExpr *digits = expr->call->arguments.items[0];
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, digits->span.start),
                           "a precision of %s is not supported yet", form->name);
        return error_add_hint(err, "It has microseconds; write date_trunc('second', now()) for less.");
    }
    SqlSpan span = bind_span(bind, expr->span);
    const Expr *now, *nothing[1];
    TRY(resolve_call(bind, STR("now"), nothing, 0, span, bind_position(bind, expr->position), &now, err));
    return resolve_cast_or_fail(bind, now, type_of(form->result), CAST_EXPLICIT, expr->position, out, err);
}

/* USER and its like are words of the language: a column of that name is written in quotes. */
static Status bind_word(Bind *bind, const ExprContext *context, const AstExpr *expr, Str name, Error *err) {
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, expr->position),
                       "%.*s as a value is not supported yet", STR_ARGS(name));
    if (scope_find(context->scope, name) < 0) return err->status;
    return error_add_hint(err, "Write \"%.*s\", in double quotes, for the column of that name.",
                          STR_ARGS(name));
}

/* f(a => 1) */
static bool has_named(const AstCallExpr *call) {
    for (uint32_t i = 0; i < call->arguments.count; i++)
        if (call->arguments.items[i]->kind == AST_EXPR_NAMED_ARGUMENT) return true;
    return false;
}

enum { INTERVAL_PART_COUNT = 7 };

/* The place of a name among make_interval's arguments. */
static Status find_interval_part(Bind *bind, const AstName *name, uint32_t *out, Error *err) {
    static const char *const names[INTERVAL_PART_COUNT] = {"years", "months", "weeks", "days", "hours", "mins", "secs"};
    for (*out = 0; *out < INTERVAL_PART_COUNT; ++*out)
        if (str_equal(name->str, str_from_c(names[*out]))) return STATUS_OK;
    (void)error_set_at(err, STATUS_UNDEFINED_FUNCTION, bind_position(bind, name->span.start),
                       "make_interval has no argument \"%.*s\"", STR_ARGS(name->str));
    return error_add_hint(err, "Its arguments are years, months, weeks, days, hours, mins and secs.");
}

/* make_interval(days => 2, secs => 1.5): what is not named is 0. The one function whose arguments have names so far. */
static Status bind_make_interval(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    const AstCallExpr *call = expr->call;
    const Expr *arguments[INTERVAL_PART_COUNT] = {0};
    SqlSpan span = bind_span(bind, expr->span);
    for (uint32_t i = 0; i < call->arguments.count; i++) {
        const AstExpr *argument = call->arguments.items[i];
        bool named = argument->kind == AST_EXPR_NAMED_ARGUMENT;
        uint32_t place = i;
        if (named) TRY(find_interval_part(bind, &argument->named.name, &place, err));
        if (place >= INTERVAL_PART_COUNT || arguments[place] != NULL)
            return error_set_at(err, STATUS_SYNTAX, bind_position(bind, argument->span.start),
                                "an argument of make_interval is given more than once");
        TRY(bind_expr(bind, context, named ? argument->named.value : argument, &arguments[place], err));
    }
    for (uint32_t i = 0; i < INTERVAL_PART_COUNT; i++) {
        if (arguments[i] == NULL) arguments[i] = expr_i64(bind->arena, type_of(TYPE_INTEGER), 0, span);
        TRY_ALLOC(arguments[i]);
    }
    return resolve_call(bind, STR("make_interval"), arguments, INTERVAL_PART_COUNT, span,
                        bind_position(bind, expr->position), out, err);
}

/* A call that is neither aggregate nor form. As in PostgreSQL the name of a type may be called with one argument: text(x). */
static Status bind_function(Bind *bind, ExprContext *context, const AstExpr *expr, Str name, const Expr **out,
                            Error *err) {
    const Expr **arguments;
    uint32_t count = expr->call->arguments.count;
    bool done = false;
    TRY(check_plain_call(bind, expr, name, err));
    if (str_equal(name, STR("make_interval")) && has_named(expr->call))
        return bind_make_interval(bind, context, expr, out, err);
    TRY(bind_arguments(bind, context, expr->call, &arguments, err));
    if (function_find(name).count == 0) {
        if (count == 1) TRY(bind_cast_call(bind, expr, name, arguments[0], out, &done, err));
        if (done) return STATUS_OK;
        bool later = !str_equal(name, STR("current_time"));
        if (expr->call->without_parentheses && later) return bind_word(bind, context, expr, name, err);
    }
    return resolve_call(bind, name, arguments, count, bind_span(bind, expr->span),
                        bind_position(bind, expr->position), out, err);
}

Status bind_function_schema(Bind *bind, const AstExpr *expr, bool is_form, Error *err) {
    const AstQualifiedName *parts = &expr->call->name;
    if (parts->count == 1) return STATUS_OK;
    if (bind_system_schema(&parts->items[0], err) != STATUS_OK) {
        err->position = bind_position(bind, expr->position);
        return err->status;
    }
    if (!is_form) return STATUS_OK;
    return error_set_at(err, STATUS_UNDEFINED_FUNCTION, bind_position(bind, expr->position),
                        "pg_catalog holds no %.*s: it is a form of the language", STR_ARGS(ast_name_last(parts)->str));
}

Status bind_call(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    const AstQualifiedName *parts = &expr->call->name;
    Str name = ast_name_last(parts)->str;
    const Form *form = form_find(name);
    uint32_t column;
    TRY(bind_function_schema(bind, expr, form != NULL && form->kind != FORM_TYPEOF, err));
    if (expr->call->over != NULL) return bind_over(bind, context, expr, name, out, err);
    if (aggregate_exists(name)) return bind_aggregate(bind, context, expr, name, out, err);
    if (form != NULL && form->kind == FORM_COALESCE) return bind_coalesce(bind, context, expr, out, err);
    if (form != NULL && form->kind == FORM_NULLIF) return bind_nullif(bind, context, expr, out, err);
    if (form != NULL && form->kind == FORM_TYPEOF) return bind_typeof(bind, context, expr, out, err);
    if (form != NULL && form->kind == FORM_CURRENT) return bind_current(bind, expr, form, out, err);
    if (str_equal(name, STR("grouping"))) return later_call(bind, expr, "GROUPING is", err);
    if (window_end_of(context->group, name, &column) && !context->in_aggregate)
        return bind_window_end(bind, context, expr, name, column, out, err);
    return bind_function(bind, context, expr, name, out, err);
}
