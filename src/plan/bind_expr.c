/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_expr.c - expressions of the syntax tree to typed ones. */
#include "plan/bind_priv.h"

#include <limits.h>

/* ---- columns ----------------------------------------------------------------------------------------------
 */

typedef struct ColumnMatch {
    uint32_t column;
    uint32_t count;      /* 0: none, 2: several */
    bool table_is_known; /* some column has that qualifier */
} ColumnMatch;

static bool is_named(const PlanColumn *column, Str name, bool any_case) {
    return any_case ? column->is_guessed && str_equal_ignore_case(column->name, name) : str_equal(column->name, name);
}

/* Columns of that name, and how many. From the last on: a window's window_start hides one of the table below it.
   any_case: guessed columns only, whose names were spelled by the data. */
static ColumnMatch match_names(const Scope *scope, Str table, Str name, bool any_case) {
    ColumnMatch match = {0};
    bool hides = false;
    for (uint32_t i = scope->column_count; i-- > 0;) {
        const PlanColumn *column = &scope->columns[i];
        if (table.size > 0 && !str_equal(column->qualifier, table)) continue;
        match.table_is_known = true;
        if (!is_named(column, name, any_case) || hides) continue;
        match.column = i;
        match.count++;
        hides = table.size == 0 && i >= scope->hiding_from;
    }
    ASSERT(match.count == 0 || match.column < scope->column_count);
    return match;
}

/* As a field of JSON finds its column: exactly the name, else the one equal without regard to case, where only one is. */
static ColumnMatch scope_match(const Scope *scope, Str table, Str name) {
    ColumnMatch match = match_names(scope, table, name, false);
    if (match.count > 0) return match;
    ColumnMatch other = match_names(scope, table, name, true);
    return other.count == 1 ? other : match;
}

int32_t scope_find(const Scope *scope, Str name) {
    ColumnMatch match = scope_match(scope, (Str){0}, name);
    return match.count == 1 ? (int32_t)match.column : -1;
}

bool scope_has_table(const Scope *scope, Str table) {
    for (uint32_t i = 0; i < scope->column_count; i++)
        if (str_equal(scope->columns[i].qualifier, table)) return true;
    return false;
}

/* Is it a name of the SELECT list, which WHERE and HAVING do not see? */
static bool scope_has_output(const Scope *scope, Str name) {
    for (uint32_t i = 0; scope->list != NULL && i < scope->list->count; i++)
        if (str_equal(scope->list->items[i].alias.str, name)) return true;
    return false;
}

/* The message is PostgreSQL's; the hint, the likeliest of: a window that gives it, a near name, an output's name, text in double quotes. */
static Status column_missing(Bind *bind, const Scope *scope, const AstExpr *expr, Str table, Str name,
                             bool table_is_known, Error *err) {
    int64_t position = bind_position(bind, expr->span.start);
    Str best = {0};
    int distance = INT_MAX;
    if (table.size > 0 && !table_is_known) {
        (void)error_set_at(err, STATUS_UNDEFINED_TABLE, position,
                           "missing FROM-clause entry for table \"%.*s\"", STR_ARGS(table));
        int32_t column = scope_find(scope, table);
        if (column >= 0 && scope->columns[column].type.id == TYPE_JSONB)
            return error_add_hint(err, "\"%.*s\" is a column of type jsonb: write %.*s ->> '%.*s'.", STR_ARGS(table), STR_ARGS(table), STR_ARGS(name));
        for (uint32_t i = 0; i < scope->column_count; i++)
            str_suggest(table, scope->columns[i].qualifier, &best, &distance);
    } else if (table.size == 0 && scope_has_table(scope, name)) {
        return error_set_at(err, STATUS_NOT_SUPPORTED, position,
                            "a whole row of \"%.*s\" as a value is not supported yet", STR_ARGS(name));
    } else {
        if (table.size > 0)
            (void)error_set_at(err, STATUS_UNDEFINED_COLUMN, position, "column %.*s.%.*s does not exist",
                               STR_ARGS(table), STR_ARGS(name));
        else
            (void)error_set_at(err, STATUS_UNDEFINED_COLUMN, position, "column \"%.*s\" does not exist",
                               STR_ARGS(name));
        for (uint32_t i = 0; i < scope->column_count; i++)
            if (table.size == 0 || str_equal(table, scope->columns[i].qualifier))
                str_suggest(name, scope->columns[i].name, &best, &distance);
    }
    if (str_equal(name, STR("window_start")) || str_equal(name, STR("window_end")))
        return error_add_hint(
            err, "A window in FROM or GROUP BY gives it, such as TUMBLE(table, time_column, size).");
    if (best.size > 0) return error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(best));
    if (table.size == 0 && scope_has_output(scope, name))
        return error_add_hint(err, "\"%.*s\" names a result: write its expression again here.",
                              STR_ARGS(name));
    if (table.size == 0 && str_starts_with(bind_fragment(bind, expr->span), STR("\"")))
        return error_add_hint(err, "Double quotes are for names; text stands in single ones: '%.*s'.",
                              STR_ARGS(name));
    return err->status;
}

Status bind_table_schema(Bind *bind, const AstQualifiedName *parts, uint32_t behind, Error *err) {
    if (parts->count < behind + 2) return STATUS_OK;
    const AstName *schema = &parts->items[parts->count - behind - 2];
    bool known = str_equal(schema->str, STR("public")) || str_equal(schema->str, STR("weir_catalog"));
    if (known && parts->count == behind + 2) return STATUS_OK;
    return error_set_at(err, STATUS_UNDEFINED_TABLE, bind_position(bind, parts->items[0].span.start),
                        "invalid reference to FROM-clause entry for table \"%.*s\"",
                        STR_ARGS(parts->items[parts->count - behind - 1].str));
}

Status bind_column_name(Bind *bind, const Scope *scope, const AstExpr *expr, uint32_t *out, Error *err) {
    const AstQualifiedName *parts = &expr->column;
    ASSERT(parts->count > 0);
    Str name = ast_name_last(parts)->str;
    Str table = ast_name_qualifier(parts);
    TRY(bind_table_schema(bind, parts, 1, err));
    if (table.size > 0 && str_equal(table, scope->twice))
        return error_set_at(err, STATUS_AMBIGUOUS_ALIAS, bind_position(bind, expr->span.start),
                            "table reference \"%.*s\" is ambiguous", STR_ARGS(table));
    ColumnMatch match = scope_match(scope, table, name);
    *out = match.column;
    if (match.count == 1 || (match.count > 1 && bind->has_deferred))
        return STATUS_OK; /* USING may have merged them */
    if (match.count > 1)
        return error_set_at(err, STATUS_AMBIGUOUS_COLUMN, bind_position(bind, expr->span.start),
                            "column reference \"%.*s\" is ambiguous", STR_ARGS(name));
    return column_missing(bind, scope, expr, table, name, match.table_is_known, err);
}

/* A column of a query around this one: its type is told, so that the rest can be looked at. */
static const PlanColumn *outer_column(const Scope *scope, const AstQualifiedName *parts) {
    Str name = ast_name_last(parts)->str;
    Str table = ast_name_qualifier(parts);
    for (const Scope *outer = scope->outer; outer != NULL; outer = outer->outer) {
        ColumnMatch match = scope_match(outer, table, name);
        if (match.count > 0) return &outer->columns[match.column];
    }
    return NULL;
}

/* A column of this query, or, to be refused in the end, of the one around it. */
static Status bind_column(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                          Error *err) {
    SqlSpan span = bind_span(bind, expr->span);
    uint32_t index;
    Status status = bind_column_name(bind, context->scope, expr, &index, err);
    if (status == STATUS_UNDEFINED_COLUMN || status == STATUS_UNDEFINED_TABLE) {
        const PlanColumn *outer = outer_column(context->scope, &expr->column);
        if (outer == NULL) return status;
        error_reset(err);
        bind_defer(bind, expr->span.start, "correlated subqueries are");
        *out = expr_null(bind->arena, outer->type, span);
        TRY_ALLOC(*out);
        return STATUS_OK;
    }
    TRY(status);
    ASSERT(index < context->scope->column_count);
    const PlanColumn *column = &context->scope->columns[index];
    *out = expr_column(bind->arena, index, column->type, !column->not_null, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* ---- operators
 * ---------------------------------------------------------------------------------------------- */

static Status bind_not(Bind *bind, const Expr *operand, SqlSpan span, int64_t position, const Expr **out,
                       Error *err) {
    return resolve_operator(bind, STR("not"), NULL, operand, span, position, out, err);
}

static Status negate_if(Bind *bind, bool negated, SqlSpan span, int64_t position, const Expr **expr,
                        Error *err) {
    if (!negated) return STATUS_OK;
    return bind_not(bind, *expr, span, position, expr, err);
}

/* -9223372036854775808 is a BIGINT only with its sign: a minus before digits belongs to the number. */
static Status bind_unary(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                         Error *err) {
    const AstExpr *operand = expr->operation.right;
    SqlSpan span = bind_span(bind, expr->span);
    if (operand->kind == AST_EXPR_NUMBER && str_equal(expr->operation.op, STR("-")) &&
        !operand->parenthesized)
        return literal_number(bind, operand->number.digits, true, span, out, err);
    const Expr *bound;
    TRY(bind_expr(bind, context, operand, &bound, err));
    return resolve_operator(bind, expr->operation.op, NULL, bound, span, bind_position(bind, expr->position),
                            out, err);
}

static bool are_rows(const AstExpr *left, const AstExpr *right) {
    return left->kind == AST_EXPR_ROW && right->kind == AST_EXPR_ROW;
}

/* An operator of two sides; rows are compared column by column. */
static Status bind_binary(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                          Error *err) {
    const Expr *left, *right;
    if (are_rows(expr->operation.left, expr->operation.right) && bind_row_compares(expr->operation.op))
        return bind_row_comparison(bind, context, expr->operation.op, expr->operation.left, expr->operation.right, expr, out, err);
    if (bind_is_json_path(expr)) return bind_json_path(bind, context, expr, out, err);
    TRY(bind_expr(bind, context, expr->operation.left, &left, err));
    TRY(bind_expr(bind, context, expr->operation.right, &right, err));
    SqlSpan span = bind_span(bind, expr->span);
    int64_t position = bind_position(bind, expr->position);
    Str op = expr->operation.op;
    /* !~ and its like are the negation of the sign behind the exclamation mark */
    bool negated = op.size > 1 && op.data[0] == '!' && function_find(op).count == 0;
    if (negated) op = str_from(op.data + 1, op.size - 1);
    TRY(resolve_operator(bind, op, left, right, span, position, out, err));
    return negate_if(bind, negated, span, position, out, err);
}

/* AND and OR, as flat as the parser made them. */
static Status bind_logic(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                         Error *err) {
    ASSERT(expr->list.count >= 2); /* the parser's chain: an operator has two sides */
    bool is_and = expr->kind == AST_EXPR_AND;
    const Expr **parts = ARENA_ARRAY(bind->arena, const Expr *, expr->list.count);
    TRY_ALLOC(parts);
    if (expr->list.count > EXPR_ARGUMENT_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, bind_position(bind, expr->position),
                            "more than %d conditions in one %s", EXPR_ARGUMENT_COUNT_MAX,
                            is_and ? "AND" : "OR");
    for (uint32_t i = 0; i < expr->list.count; i++) {
        TRY(bind_expr(bind, context, expr->list.items[i], &parts[i], err));
        TRY(resolve_boolean(bind, &parts[i], is_and ? "AND" : "OR", err));
    }
    *out = expr_form(bind->arena, is_and ? EXPR_AND : EXPR_OR, type_of(TYPE_BOOLEAN), parts, expr->list.count,
                     bind_span(bind, expr->span));
    TRY_ALLOC(*out);
    return STATUS_OK;
}

static Status make_logic(Bind *bind, ExprKind kind, const Expr *a, const Expr *b, SqlSpan span,
                         const Expr **out, Error *err) {
    const Expr *parts[2] = {a, b};
    *out = expr_form(bind->arena, kind, type_of(TYPE_BOOLEAN), parts, 2, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

static Status bind_negation(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                            Error *err) {
    const Expr *operand;
    TRY(bind_expr(bind, context, expr->operand, &operand, err));
    TRY(resolve_boolean(bind, &operand, "NOT", err));
    return bind_not(bind, operand, bind_span(bind, expr->span), bind_position(bind, expr->position), out,
                    err);
}

/* IS [NOT] NULL, TRUE, FALSE, UNKNOWN: functions that are never NULL. */
static Status bind_is(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    static const char *const NAMES[][2] = {
        [AST_IS_NULL] = {"is null", "is not null"},
        [AST_IS_TRUE] = {"is true", "is not true"},
        [AST_IS_FALSE] = {"is false", "is not false"},
        [AST_IS_UNKNOWN] = {"is unknown", "is not unknown"},
    };
    static const char *const CLAUSES[] = {"IS NULL", "IS TRUE", "IS FALSE", "IS UNKNOWN"};
    const Expr *operand;
    if (expr->is.operand->kind == AST_EXPR_ROW && expr->is.test == AST_IS_NULL)
        return bind_row_is_null(bind, context, expr, out, err);
    TRY(bind_expr(bind, context, expr->is.operand, &operand, err));
    if (expr->is.test == AST_IS_NULL) TRY(parameter_leave_open(bind, &operand, err));
    TRY(expr->is.test == AST_IS_NULL ? resolve_unknown(bind, &operand, err)
                                     : resolve_boolean(bind, &operand, CLAUSES[expr->is.test], err));
    Str name = str_from_c(NAMES[expr->is.test][expr->negated]);
    return resolve_operator(bind, name, NULL, operand, bind_span(bind, expr->span),
                            bind_position(bind, expr->position), out, err);
}

/* IS [NOT] DISTINCT FROM: = that takes NULL for a value. */
static Status bind_distinct_from(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                                 Error *err) {
    const Expr *left, *right;
    if (are_rows(expr->pair.left, expr->pair.right)) return bind_row_distinct(bind, context, expr, out, err);
    TRY(bind_expr(bind, context, expr->pair.left, &left, err));
    TRY(bind_expr(bind, context, expr->pair.right, &right, err));
    /* Beside NULL it is IS NULL, which takes any type. */
    if (expr->pair.right->kind == AST_EXPR_NULL) TRY(parameter_leave_open(bind, &left, err));
    if (expr->pair.left->kind == AST_EXPR_NULL) TRY(parameter_leave_open(bind, &right, err));
    Str name = expr->negated ? STR("is not distinct from") : STR("is distinct from");
    return resolve_operator(bind, name, left, right, bind_span(bind, expr->span),
                            bind_position(bind, expr->position), out, err);
}

static Status make_between(Bind *bind, const Expr *value, const Expr *low, const Expr *high, bool negated,
                           SqlSpan span, int64_t position, const Expr **out, Error *err) {
    const Expr *above, *below;
    TRY(resolve_operator(bind, negated ? STR("<") : STR(">="), value, low, span, position, &above, err));
    TRY(parameter_refresh(bind, &value, err)); /* it stands for two */
    TRY(resolve_operator(bind, negated ? STR(">") : STR("<="), value, high, span, position, &below, err));
    return make_logic(bind, negated ? EXPR_OR : EXPR_AND, above, below, span, out, err);
}

static Status bind_row_between(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    const AstExpr *value = expr->between.operand;
    const Expr *above, *below;
    TRY(bind_row_comparison(bind, context, expr->negated ? STR("<") : STR(">="), value, expr->between.low, expr, &above, err));
    TRY(bind_row_comparison(bind, context, expr->negated ? STR(">") : STR("<="), value, expr->between.high, expr, &below, err));
    return make_logic(bind, expr->negated ? EXPR_OR : EXPR_AND, above, below, bind_span(bind, expr->span), out, err);
}

/* x >= low AND x <= high; SYMMETRIC: or the other way round. */
static Status bind_between(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                           Error *err) {
    const Expr *value, *low, *high;
    if (are_rows(expr->between.operand, expr->between.low) && are_rows(expr->between.operand, expr->between.high) && !expr->flag)
        return bind_row_between(bind, context, expr, out, err);
    TRY(bind_expr(bind, context, expr->between.operand, &value, err));
    TRY(bind_expr(bind, context, expr->between.low, &low, err));
    TRY(bind_expr(bind, context, expr->between.high, &high, err));
    SqlSpan span = bind_span(bind, expr->span);
    int64_t position = bind_position(bind, expr->position);
    TRY(make_between(bind, value, low, high, expr->negated, span, position, out, err));
    if (!expr->flag) return STATUS_OK;
    const Expr *swapped;
    TRY(make_between(bind, value, high, low, expr->negated, span, position, &swapped, err));
    return make_logic(bind, expr->negated ? EXPR_AND : EXPR_OR, *out, swapped, span, out, err);
}

/* SIMILAR TO, a function: ESCAPE is its third argument. */
static Status bind_similar(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr *value,
                           const Expr *pattern, const Expr **out, Error *err) {
    const Expr *arguments[3] = {value, pattern};
    uint32_t count = 2;
    SqlSpan span = bind_span(bind, expr->span);
    int64_t position = bind_position(bind, expr->position);
    if (expr->like.escape != NULL) TRY(bind_expr(bind, context, expr->like.escape, &arguments[count++], err));
    TRY(resolve_call(bind, STR("similar to"), arguments, count, span, position, out, err));
    return negate_if(bind, expr->negated, span, position, out, err);
}

/* LIKE and ILIKE are operators; ESCAPE rewrites the pattern to one with a backslash first, as PostgreSQL's like_escape. */
static Status bind_like(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    const Expr *value, *arguments[2];
    SqlSpan span = bind_span(bind, expr->span);
    int64_t position = bind_position(bind, expr->position);
    TRY(bind_expr(bind, context, expr->like.operand, &value, err));
    TRY(bind_expr(bind, context, expr->like.pattern, &arguments[0], err));
    if (expr->like.kind == AST_LIKE_SIMILAR)
        return bind_similar(bind, context, expr, value, arguments[0], out, err);
    if (expr->like.escape != NULL) {
        TRY(bind_expr(bind, context, expr->like.escape, &arguments[1], err));
        TRY(resolve_call(bind, STR("like_escape"), arguments, 2, bind_span(bind, expr->like.escape->span),
                         bind_position(bind, expr->like.escape->position), &arguments[0], err));
    }
    Str op = expr->like.kind == AST_LIKE_ILIKE ? STR("~~*") : STR("~~");
    TRY(resolve_operator(bind, op, value, arguments[0], span, position, out, err));
    return negate_if(bind, expr->negated, span, position, out, err);
}

/* ---- IN, CASE
 * ------------------------------------------------------------------------------------------------ */

/* values[0] = values[1] OR ..: IN by the operator that each pair has. */
static Status make_in_ors(Bind *bind, const Expr **values, uint32_t count, SqlSpan span, int64_t position,
                          const Expr **out, Error *err) {
    ASSERT(count >= 2); /* what is looked for, and where */
    const Expr **parts = ARENA_ARRAY(bind->arena, const Expr *, count);
    TRY_ALLOC(parts);
    for (uint32_t i = 1; i < count; i++)
        TRY(resolve_operator(bind, STR("="), values[0], values[i], span, position, &parts[i - 1], err));
    *out = parts[0];
    if (count == 2) return STATUS_OK;
    *out = expr_form(bind->arena, EXPR_OR, type_of(TYPE_BOOLEAN), parts, count - 1, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* Columns are compared one by one, each with its own type, which an open parameter beside them is to have. */
static bool is_mixed_list(const Expr *const *values, uint32_t count) {
    bool is_open = false, has_column = false;
    for (uint32_t i = 0; i < count; i++) is_open |= parameter_is_open(values[i]);
    for (uint32_t i = 1; i < count && is_open; i++) has_column |= expr_find_column(values[i]) != NULL;
    return is_open && has_column;
}

/* All of one type and constant: one look-up. Else a chain of equalities. */
static Status make_in(Bind *bind, const Expr **values, uint32_t count, SqlSpan span, int64_t position,
                      const Expr **out, Error *err) {
    ASSERT(count >= 2 && count <= EXPR_ARGUMENT_COUNT_MAX);
    const Expr **cast = arena_copy(bind->arena, values, count * sizeof(*values));
    TRY_ALLOC(cast);
    Type type;
    Error ignored = {0};
    bool together = count > 2 && !is_mixed_list(values, count) && resolve_common_type(bind, values, count, "IN", &type, &ignored) == STATUS_OK;
    for (uint32_t i = 0; i < count && together; i++) /* the list gives parameters a type, also where it becomes a chain */
        if (parameter_is_open(values[i])) TRY(resolve_cast(bind, values[i], type, CAST_IMPLICIT, &values[i], err));
    for (uint32_t i = 0; i < count && together; i++) {
        TRY(resolve_cast(bind, values[i], type, CAST_IMPLICIT, &cast[i], err));
        together = cast[i] != NULL; /* of one category, and yet no cast: DATE and TIME */
        if (!together) break;
        if (i > 0) cast[i] = expr_fold(bind->arena, bind->binder->pool, bind->binder->zones, cast[i]);
        TRY_ALLOC(cast[i]);
        together = i == 0 || cast[i]->kind == EXPR_CONSTANT;
    }
    if (!together) return make_in_ors(bind, values, count, span, position, out, err);
    *out = expr_form(bind->arena, EXPR_IN, type_of(TYPE_BOOLEAN), cast, count, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* x IN (a, b): a set where all values are constants that one type holds, else comparisons. */
static Status bind_in_list(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                           Error *err) {
    uint32_t count = expr->in.list.count + 1;
    if (count > EXPR_ARGUMENT_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, bind_position(bind, expr->position),
                            "more than %d values in one IN list", EXPR_ARGUMENT_COUNT_MAX);
    SqlSpan span = bind_span(bind, expr->span);
    int64_t position = bind_position(bind, expr->position);
    bool rows = true;
    for (uint32_t i = 0; i < expr->in.list.count; i++) rows = rows && are_rows(expr->in.operand, expr->in.list.items[i]);
    if (rows) {
        TRY(bind_row_in_list(bind, context, expr, out, err));
        return negate_if(bind, expr->negated, span, position, out, err);
    }
    const Expr **values = ARENA_ARRAY(bind->arena, const Expr *, count);
    TRY_ALLOC(values);
    TRY(bind_expr(bind, context, expr->in.operand, &values[0], err));
    for (uint32_t i = 1; i < count; i++)
        TRY(bind_expr(bind, context, expr->in.list.items[i - 1], &values[i], err));
    TRY(make_in(bind, values, count, span, position, out, err));
    return negate_if(bind, expr->negated, span, position, out, err);
}

/* With an operand each WHEN is operand = when. The parts of the form: when, then, when, then, .., else. */
static Status bind_case(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    uint32_t arms = expr->case_.arms.count;
    ASSERT(arms > 0);
    const Expr *operand = NULL;
    const Expr **parts = ARENA_ARRAY(bind->arena, const Expr *, 2 * (size_t)arms + 1);
    const Expr **results =
        ARENA_ARRAY(bind->arena, const Expr *, (size_t)arms + 1); /* ELSE first, as PostgreSQL weighs them */
    if (parts == NULL || results == NULL) return error_out_of_memory(err);
    if (2 * (size_t)arms + 1 > EXPR_ARGUMENT_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, bind_position(bind, expr->position),
                            "a CASE with too many branches");
    if (expr->case_.operand != NULL) TRY(bind_expr(bind, context, expr->case_.operand, &operand, err));
    if (operand != NULL) TRY(resolve_unknown(bind, &operand, err));
    for (uint32_t i = 0; i < arms; i++) {
        const AstCaseArm *arm = &expr->case_.arms.items[i];
        const Expr **when = &parts[2 * (size_t)i];
        TRY(bind_expr(bind, context, arm->when, when, err));
        if (operand != NULL)
            TRY(resolve_operator(bind, STR("="), operand, *when, bind_span(bind, arm->when->span),
                                 bind_position(bind, arm->when->position), when, err));
        else
            TRY(resolve_boolean(bind, when, "CASE/WHEN", err));
        TRY(bind_expr(bind, context, arm->then, &results[i + 1], err));
    }
    if (expr->case_.otherwise != NULL)
        TRY(bind_expr(bind, context, expr->case_.otherwise, &results[0], err));
    else
        TRY_ALLOC(results[0] = expr_null(bind->arena, type_of(TYPE_UNKNOWN), bind_span(bind, expr->span)));
    Type type;
    TRY(resolve_to_common(bind, results, arms + 1, "CASE", &type, err));
    for (uint32_t i = 0; i < arms; i++) parts[2 * (size_t)i + 1] = results[i + 1];
    parts[2 * (size_t)arms] = results[0];
    uint32_t count = 2 * arms + (expr->case_.otherwise != NULL ? 1 : 0);
    *out = expr_form(bind->arena, EXPR_CASE, type, parts, count, bind_span(bind, expr->span));
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* ---- casts, literals, the rest
 * --------------------------------------------------------------------------------- */

/* A literal that is no value of the type is NULL to TRY_CAST. */
static Status null_or_error(Bind *bind, const AstExpr *cast, Type type, Status status, const Expr **out, Error *err) {
    if (status == STATUS_OK || !cast->flag || strncmp(status_sqlstate(status), "22", 2) != 0) return status;
    if (type.id == TYPE_NUMERIC && type.precision == 0) type = resolve_numeric_of(type);
    TRY_ALLOC(*out = expr_null(bind->arena, type, bind_span(bind, cast->span)));
    return STATUS_OK;
}

/* A text is read as the type when the statement is bound, any other value cast per row. */
static Status bind_cast(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    Type type;
    if (bind_type(expr->cast.type, &type, err) != STATUS_OK) {
        err->position = bind_position(bind, expr->cast.type->span.start);
        return err->status;
    }
    bool plain_numeric = type.id == TYPE_NUMERIC && expr->cast.type->modifier_count == 0;
    if (plain_numeric) type.precision = 0; /* keeps the digits there are */
    const AstExpr *operand = expr->cast.operand;
    bool cuts =
        type.id == TYPE_VARCHAR && type.length > 0; /* asked for, a text too long is cut, not refused */
    if (operand->kind == AST_EXPR_STRING && !cuts)
        return null_or_error(bind, expr, type,
                             literal_parse(bind, operand->string, type, expr->cast.type->interval_field, bind_span(bind, operand->span), out, err),
                             out, err);
    const Expr *bound;
    if (bind_interval_fields(expr->cast.type, type, err) != STATUS_OK) {
        err->position = bind_position(bind, expr->cast.type->span.start);
        return err->status;
    }
    TRY(bind_expr(bind, context, operand, &bound, err));
    if (cuts && parameter_is_open(bound)) TRY(parameter_settle(bind, bound, type, &bound, err));
    if (cuts) TRY(resolve_unknown(bind, &bound, err));
    Status status = resolve_cast_or_fail(bind, bound, type, CAST_EXPLICIT, expr->position, out, err);
    if (bound->type.id == TYPE_UNKNOWN) return null_or_error(bind, expr, type, status, out, err);
    TRY(status);
    if (expr->flag && *out != bound && (*out)->kind == EXPR_CALL) TRY_ALLOC(*out = expr_failing_as_null(bind->arena, *out));
    return STATUS_OK;
}

/* DATE '2026-01-01': the value, with the place of all of it, not of the text alone. */
static Status bind_typed_literal(Bind *bind, const AstExpr *expr, const Expr **out, Error *err) {
    Type type;
    if (bind_type(expr->typed.type, &type, err) != STATUS_OK) {
        err->position = bind_position(bind, expr->span.start);
        return err->status;
    }
    if (type.id == TYPE_NUMERIC && expr->typed.type->modifier_count == 0) type.precision = 0;
    const Expr *value;
    SqlSpan value_span = bind_span(bind, expr->typed.value_span);
    bool cuts = type.id == TYPE_VARCHAR && type.length > 0;
    TRY(literal_parse(bind, expr->typed.value, cuts ? type_of(TYPE_TEXT) : type, expr->typed.type->interval_field, value_span,
                      &value, err));
    if (cuts) TRY(resolve_cast(bind, value, type, CAST_EXPLICIT, &value, err));
    Expr *whole = arena_copy(bind->arena, value, sizeof(Expr));
    TRY_ALLOC(whole);
    whole->span = bind_span(bind, expr->span);
    *out = whole;
    return STATUS_OK;
}

static Status bind_at_time_zone(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                                Error *err) {
    const Expr *arguments[2];
    TRY(bind_expr(bind, context, expr->pair.left, &arguments[1], err));
    TRY(bind_expr(bind, context, expr->pair.right, &arguments[0], err));
    return resolve_call(bind, STR("timezone"), arguments, 2, bind_span(bind, expr->span),
                        bind_position(bind, expr->position), out, err);
}

static Status bind_collate(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                           Error *err) {
    TRY(bind_expr(bind, context, expr->collate.operand, out, err));
    if (bind_collation(&expr->collate.name, (*out)->type, err) == STATUS_OK) return STATUS_OK;
    err->position = bind_position(bind, (uint32_t)err->position);
    return err->status;
}

/* ARRAY(SELECT ..): looked at for its names, then put off; stands for a NULL. */
static Status bind_later_array(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    PlanNode *node;
    TRY(bind_subquery(bind, expr->query, context->scope, false, &node, err));
    bind_defer(bind, expr->span.start, "arrays are");
    TRY_ALLOC(*out = expr_null(bind->arena, type_of(TYPE_UNKNOWN), bind_span(bind, expr->span)));
    return STATUS_OK;
}

static Status bind_later_list(Bind *bind, ExprContext *context, const AstExpr *expr, const char *what,
                              Error *err) {
    const Expr *bound;
    for (uint32_t i = 0; i < expr->list.count; i++)
        TRY(bind_expr(bind, context, expr->list.items[i], &bound, err));
    return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, expr->span.start),
                        "%s are not supported yet", what);
}

static Status bind_later(Bind *bind, ExprContext *context, const AstExpr *expr, const AstExpr *operand,
                         const char *what, Error *err) {
    const Expr *bound;
    if (operand != NULL) TRY(bind_expr(bind, context, operand, &bound, err));
    return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, expr->position),
                        "%s not supported yet", what);
}

/* t.* among values: the grammar has no bare star there. */
static Status bind_star(Bind *bind, const ExprContext *context, const AstExpr *expr, Error *err) {
    if (NEVER(expr->column.count == 0))
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, expr->span.start),
                            "\"*\" is not allowed in this context");
    Str table = ast_name_last(&expr->column)->str;
    if (!scope_has_table(context->scope, table))
        return error_set_at(err, STATUS_UNDEFINED_TABLE, bind_position(bind, expr->span.start),
                            "missing FROM-clause entry for table \"%.*s\"", STR_ARGS(table));
    return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, expr->span.start),
                        "a whole row of \"%.*s\" as a value is not supported yet",
                        STR_ARGS(table));
}

static Status misplaced(Bind *bind, const AstExpr *expr, const char *message, Error *err) {
    return error_set_at(err, STATUS_SYNTAX, bind_position(bind, expr->span.start), "%s", message);
}

/* = ANY (SELECT ..) is IN, <> ALL (SELECT ..) is NOT IN; the others are not there yet. */
static Status bind_quantified(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    const AstExpr *right = expr->quantified.right;
    Str op = expr->quantified.op;
    bool all = expr->flag, is_not = str_equal(op, STR("<>")) || str_equal(op, STR("!="));
    if (right->kind == AST_EXPR_SUBQUERY && (all ? is_not : str_equal(op, STR("=")))) {
        TRY(bind_in_subquery(bind, context, expr, expr->quantified.left, right->query, out, err));
        return negate_if(bind, all, bind_span(bind, expr->span), bind_position(bind, expr->position), out, err);
    }
    (void)bind_later(bind, context, expr, expr->quantified.left, "ANY and ALL are", err);
    if (err->status != STATUS_NOT_SUPPORTED) return err->status;
    return error_add_hint(err, "= ANY and <> ALL of a subquery are; of a list of values write IN (a, b).");
}

/* Long because it is the list of kinds. */
static Status bind_kind(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    SqlSpan span = bind_span(bind, expr->span);
    switch (expr->kind) {
        case AST_EXPR_NULL:
            TRY_ALLOC(*out = expr_null(bind->arena, type_of(TYPE_UNKNOWN), span));
            return STATUS_OK;
        case AST_EXPR_BOOLEAN:
            TRY_ALLOC(*out = expr_boolean(bind->arena, expr->boolean, span));
            return STATUS_OK;
        case AST_EXPR_STRING:
            TRY_ALLOC(*out = expr_text(bind->arena, type_of(TYPE_UNKNOWN), expr->string, span));
            return STATUS_OK;
        case AST_EXPR_NUMBER: return literal_number(bind, expr->number.digits, false, span, out, err);
        case AST_EXPR_PARAMETER: return bind_parameter(bind, expr, out, err);
        case AST_EXPR_TYPED_LITERAL: return bind_typed_literal(bind, expr, out, err);
        case AST_EXPR_DEFAULT: return misplaced(bind, expr, "DEFAULT is not allowed in this context", err);
        case AST_EXPR_COLUMN: return bind_column(bind, context, expr, out, err);
        case AST_EXPR_STAR: return bind_star(bind, context, expr, err);
        case AST_EXPR_UNARY: return bind_unary(bind, context, expr, out, err);
        case AST_EXPR_BINARY: return bind_binary(bind, context, expr, out, err);
        case AST_EXPR_AND:
        case AST_EXPR_OR: return bind_logic(bind, context, expr, out, err);
        case AST_EXPR_NOT: return bind_negation(bind, context, expr, out, err);
        case AST_EXPR_IS: return bind_is(bind, context, expr, out, err);
        case AST_EXPR_DISTINCT_FROM: return bind_distinct_from(bind, context, expr, out, err);
        case AST_EXPR_BETWEEN: return bind_between(bind, context, expr, out, err);
        case AST_EXPR_LIKE: return bind_like(bind, context, expr, out, err);
        case AST_EXPR_IN_LIST: return bind_in_list(bind, context, expr, out, err);
        case AST_EXPR_IN_QUERY:
            TRY(bind_in_subquery(bind, context, expr, expr->in_query.operand, expr->in_query.query, out, err));
            return negate_if(bind, expr->negated, span, bind_position(bind, expr->position), out, err);
        case AST_EXPR_QUANTIFIED: return bind_quantified(bind, context, expr, out, err);
        case AST_EXPR_EXISTS: return bind_exists_subquery(bind, context, expr, out, err);
        case AST_EXPR_SUBQUERY: return bind_scalar_subquery(bind, context, expr, out, err);
        case AST_EXPR_ARRAY_QUERY: return bind_later_array(bind, context, expr, out, err);
        case AST_EXPR_ARRAY: return bind_later_list(bind, context, expr, "arrays", err);
        case AST_EXPR_ROW: return bind_later_list(bind, context, expr, "ROW values", err);
        case AST_EXPR_MAP: return bind_later_list(bind, context, expr, "MAP values", err);
        case AST_EXPR_CALL: return bind_call(bind, context, expr, out, err);
        case AST_EXPR_NAMED_ARGUMENT:
            return bind_later(bind, context, expr, expr->named.value, "named arguments are", err);
        case AST_EXPR_CASE: return bind_case(bind, context, expr, out, err);
        case AST_EXPR_CAST: return bind_cast(bind, context, expr, out, err);
        case AST_EXPR_COLLATE: return bind_collate(bind, context, expr, out, err);
        case AST_EXPR_AT_TIME_ZONE: return bind_at_time_zone(bind, context, expr, out, err);
        case AST_EXPR_SUBSCRIPT: return bind_subscript(bind, context, expr, out, err);
        case AST_EXPR_FIELD:
            return bind_later(bind, context, expr, expr->field.operand, "fields of rows are", err);
        case AST_EXPR_FIELD_STAR:
            return bind_later(bind, context, expr, expr->operand, "fields of rows are", err);
        case AST_EXPR_TABLE:
        case AST_EXPR_DESCRIPTOR:
            return misplaced(bind, expr, "TABLE and DESCRIPTOR belong into a window function in FROM", err);
        case AST_EXPR_CURRENT_OF: return bind_later(bind, context, expr, NULL, "WHERE CURRENT OF is", err);
    }
    return error_set(err, STATUS_INTERNAL, "an expression of unknown kind");
}

Status bind_expr(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    if (context->depth >= EXPR_DEPTH_MAX)
        return error_set_at(err, STATUS_LIMIT, bind_position(bind, expr->span.start),
                            "expressions nest deeper than %d", EXPR_DEPTH_MAX);
    context->depth++;
    Status status = bind_kind(bind, context, expr, out, err);
    context->depth--;
    return status;
}

Status bind_expr_top(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    const Expr *bound;
    TRY(bind_expr(bind, context, expr, &bound, err));
    return bind_fold(bind, bound, out, err);
}

Status bind_fold(Bind *bind, const Expr *bound, const Expr **out, Error *err) {
    *out = bound;
    if (bound->argument_count == 0) return STATUS_OK;
    *out = expr_fold(bind->arena, bind->binder->pool, bind->binder->zones, bound);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

Status bind_constant_interval(Bind *bind, const AstExpr *expr, const char *what, int64_t *out, Error *err) {
    static const Scope NOTHING = {0};
    ExprContext context = {.scope = &NOTHING, .clause = what};
    const Expr *bound, *cast;
    int64_t position = bind_position(bind, expr->span.start);
    TRY(bind_expr_top(bind, &context, expr, &bound, err));
    TRY(resolve_cast(bind, bound, type_of(TYPE_INTERVAL), CAST_IMPLICIT, &cast, err));
    if (cast == NULL)
        return error_set_at(err, STATUS_DATATYPE_MISMATCH, position, "%s must be an interval, not %s", what,
                            type_name(bound->type.id));
    if (cast->kind != EXPR_CONSTANT || array_is_null(&cast->constant, 0))
        return error_set_at(err, STATUS_INVALID_ARGUMENT, position, "%s must be a constant interval", what);
    Interval interval = array_interval(&cast->constant)[0];
    if (interval.months != 0) {
        (void)error_set_at(err, STATUS_INVALID_ARGUMENT, position, "%s must be a fixed length of time", what);
        return error_add_hint(err, "Months and years differ in length: use days or smaller units.");
    }
    STATIC_ASSERT(BIND_LENGTH_US_MAX < INT64_MAX / 256, "lengths of windows over windows add up");
    bool fits = interval_to_microseconds(interval, out);
    if (fits && *out >= -BIND_LENGTH_US_MAX && *out <= BIND_LENGTH_US_MAX) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_ARGUMENT, position, "%s must be at most %d days", what,
                        BIND_LENGTH_DAY_MAX);
}
