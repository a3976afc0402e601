/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_select.c - one SELECT: FROM, WHERE, windows, the list, GROUP BY, HAVING, DISTINCT, ORDER BY. */
#include "plan/bind_priv.h"

typedef struct Output {
    const AstExpr *ast; /* NULL: a column of a star */
    Str name;
    bool is_guessed; /* as PlanColumn's */
} Output;

typedef struct Select {
    Bind *bind;
    const AstQuery *query;
    const AstSelect *ast;
    FromResult from;
    Group group;
    ScalarList scalars; /* of the list, HAVING and ORDER BY: attached above the grouping */
    VECTOR(Output) outputs;
    VECTOR(const Expr *) exprs; /* of the outputs, then hidden ones to sort by, then HAVING */
    uint32_t output_count;
    SortKey *keys;
    uint32_t key_count;
    uint32_t distinct_count; /* DISTINCT ON: keys, from the first on */
    int32_t having; /* in exprs; -1: none */
} Select;

static ExprContext select_context(Select *select, const char *clause) {
    return (ExprContext){
        .scope = &select->from.scope, .clause = clause, .group = &select->group, .scalars = &select->scalars};
}

static Status push_expr(Select *select, const Expr *expr, Error *err) {
    if (!arena_vector_push(&select->exprs, select->bind->arena, expr)) return error_out_of_memory(err);
    return STATUS_OK;
}

/* ---- WHERE
 * ---------------------------------------------------------------------------------------------------------------
 */

/* A FILTER above FROM. The scope is narrowed to what it had: columns that subqueries of WHERE add are not to be named. */
static Status bind_where(Select *select, Error *err) {
    Bind *bind = select->bind;
    const AstSelect *ast = select->ast;
    if (ast->where == NULL) return STATUS_OK;
    ScalarList scalars = {0};
    Scope scope = select->from.scope;
    scope.column_count = select->from.node->column_count; /* a session's ends are not there yet */
    ASSERT(scope.column_count <= select->from.scope.column_count);
    ExprContext context = {.scope = &scope, .clause = "WHERE", .scalars = &scalars};
    const Expr *predicate;
    TRY(bind_expr_top(bind, &context, ast->where, &predicate, err));
    TRY(resolve_boolean(bind, &predicate, "WHERE", err));
    PlanNode *node, *before = select->from.node;
    uint32_t count = before->column_count;
    TRY(scalars_attach(bind, &scalars, before, &node, err));
    TRY(scalars_renumber(bind, predicate, count, &predicate, err));
    TRY(node_filter(bind, node, predicate, bind_span(bind, ast->where_span), &node, err));
    select->from.node = node;
    if (select->from.session == NULL) {
        select->from.scope.columns = node->columns;
        select->from.scope.column_count = count;
    } else if (scalars.count > 0) {
        bind_defer(bind, ast->where->span.start, "subqueries under SESSION are");
    }
    return STATUS_OK;
}

/* ---- the list
 * --------------------------------------------------------------------------------------------------------------
 */

static Status add_output(Select *select, const AstExpr *ast, const Expr *expr, Str name, bool is_guessed, Error *err) {
    Output output = {ast, name, is_guessed};
    if (!arena_vector_push(&select->outputs, select->bind->arena, output)) return error_out_of_memory(err);
    return push_expr(select, expr, err);
}

/* *, t.*: the columns of FROM that a star means; those that GROUP BY adds for its window are none of them. */
static Status expand_star(Select *select, const AstExpr *star, Error *err) {
    Bind *bind = select->bind;
    const Scope *scope = &select->from.scope;
    ASSERT(star->kind == AST_EXPR_STAR);
    Str table = star->column.count > 0 ? ast_name_last(&star->column)->str : (Str){0};
    bool found = false;
    if (star->column.count > 0) TRY(bind_table_schema(bind, &star->column, 0, err));
    if (select->ast->from.count == 0)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, star->span.start),
                            "SELECT * with no tables specified is not valid");
    for (uint32_t i = 0; i < select->from.star_count; i++) {
        const PlanColumn *column = &scope->columns[i];
        if (table.size > 0 && !str_equal(column->qualifier, table)) continue;
        found = true;
        const Expr *expr =
            expr_column(bind->arena, i, column->type, !column->not_null, bind_span(bind, star->span));
        TRY_ALLOC(expr);
        TRY(add_output(select, NULL, expr, column->name, column->is_guessed, err));
    }
    if (found || table.size == 0) return STATUS_OK;
    return error_set_at(err, STATUS_UNDEFINED_TABLE, bind_position(bind, star->span.start),
                        "missing FROM-clause entry for table \"%.*s\"", STR_ARGS(table));
}

/* The SELECT list: outputs with their names. */
static Status bind_list(Select *select, Error *err) {
    const AstSelect *ast = select->ast;
    ExprContext context = select_context(select, "SELECT");
    for (uint32_t i = 0; i < ast->items.count; i++) {
        const AstSelectItem *item = &ast->items.items[i];
        if (item->expr->kind == AST_EXPR_STAR) {
            TRY(expand_star(select, item->expr, err));
            continue;
        }
        const Expr *expr;
        TRY(bind_expr_top(select->bind, &context, item->expr, &expr, err));
        Str name = item->alias.str.size > 0 ? item->alias.str : bind_output_name(item->expr);
        /* A guessed column keeps the input's spelling, whichever way it was named. */
        bool is_column = item->alias.str.size == 0 && item->expr->kind == AST_EXPR_COLUMN && expr->kind == EXPR_COLUMN;
        const PlanColumn *column = is_column && expr->column < select->from.scope.column_count ? &select->from.scope.columns[expr->column] : NULL;
        bool is_guessed = column != NULL && column->is_guessed;
        TRY(add_output(select, item->expr, expr, is_guessed ? column->name : name, is_guessed, err));
    }
    select->output_count = (uint32_t)select->outputs.count;
    ASSERT(select->outputs.count == select->exprs.count); /* output i is expression i */
    if (select->output_count > SCHEMA_COLUMN_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, bind_position(select->bind, select->query->span.start),
                            "target lists can have at most %d entries", SCHEMA_COLUMN_COUNT_MAX);
    return STATUS_OK;
}

/* ---- references to outputs
 * --------------------------------------------------------------------------------------------------- */

/* -1 is one constant to PostgreSQL's grammar, and - -1 another. `expr` itself when there is no number under the signs. */
static const AstExpr *under_sign(const AstExpr *expr, bool *negative) {
    const AstExpr *inner = expr;
    *negative = false;
    while (inner->kind == AST_EXPR_UNARY && str_equal(inner->operation.op, STR("-"))) {
        *negative = !*negative;
        inner = inner->operation.right;
    }
    return inner->kind == AST_EXPR_NUMBER ? inner : expr;
}

bool bind_is_position(const AstExpr *expr) {
    bool negative;
    expr = under_sign(expr, &negative);
    return expr->kind == AST_EXPR_NUMBER || expr->kind == AST_EXPR_STRING || expr->kind == AST_EXPR_NULL ||
           expr->kind == AST_EXPR_BOOLEAN;
}

Status bind_position_output(Bind *bind, const AstExpr *expr, const char *clause, uint32_t output_count, uint32_t *out, Error *err) {
    ASSERT(bind_is_position(expr));
    int64_t position = bind_position(bind, expr->span.start), number = 0;
    bool negative;
    expr = under_sign(expr, &negative);
    bool integer = expr->kind == AST_EXPR_NUMBER && expr->number.integer;
    for (size_t i = 0; integer && i < expr->number.digits.size && number <= INT32_MAX; i++)
        number = 10 * number + (expr->number.digits.data[i] - '0');
    if (!integer || number > INT32_MAX)
        return error_set_at(err, STATUS_SYNTAX, position, "non-integer constant in %s", clause);
    if (negative) number = -number;
    if (number < 1 || number > output_count)
        return error_set_at(err, STATUS_INVALID_COLUMN_REFERENCE, position,
                            "%s position %lld is not in select list", clause, (long long)number);
    *out = (uint32_t)number - 1;
    return STATUS_OK;
}

/* The output of that name; -1: none. Several that differ are an error. */
static Status named_output(Select *select, const AstExpr *expr, const char *clause, int32_t *out,
                           Error *err) {
    *out = -1;
    if (expr->kind != AST_EXPR_COLUMN || expr->column.count != 1) return STATUS_OK;
    Str name = expr->column.items[0].str;
    for (uint32_t i = 0; i < select->output_count; i++) {
        if (!str_equal(select->outputs.items[i].name, name)) continue;
        if (*out >= 0 && !expr_equal(select->exprs.items[*out], select->exprs.items[i]))
            return error_set_at(err, STATUS_AMBIGUOUS_COLUMN, bind_position(select->bind, expr->span.start),
                                "%s \"%.*s\" is ambiguous", clause, STR_ARGS(name));
        if (*out < 0) *out = (int32_t)i;
    }
    return STATUS_OK;
}

/* ---- GROUP BY
 * -------------------------------------------------------------------------------------------------------------------
 */

/* A subquery's value is attached above the grouping, so that it cannot be what is grouped by. */
static Status check_group_expr(Select *select, const AstExpr *at, const Expr *expr, Error *err) {
    if (!group_expr_has_subquery(expr)) return STATUS_OK;
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(select->bind, at->span.start),
                       "GROUP BY the value of a subquery is not supported yet");
    return error_add_hint(err, "Give it a name below: SELECT x, count(*) FROM (SELECT a IN (SELECT ..) AS x FROM t) AS t GROUP BY x.");
}

static Status group_by_output(Select *select, uint32_t output, const AstExpr *at, const Expr **out,
                              Error *err) {
    ASSERT(output < select->output_count);
    *out = select->exprs.items[output];
    if (!group_expr_has_aggregate(*out)) return STATUS_OK;
    return error_set_at(err, STATUS_GROUPING, bind_position(select->bind, at->span.start),
                        "aggregate functions are not allowed in GROUP BY");
}

static bool is_window_call(const AstExpr *expr) {
    return expr->kind == AST_EXPR_CALL &&
           bind_is_window_function(ast_name_last(&expr->call->name)->str);
}

/* A number is an output; a lone name is a column of FROM first, then an output (SQL's rule for GROUP BY, not ORDER BY's); all else is an
 * expression. */
static Status bind_group_expr(Select *select, const AstExpr *ast, Error *err) {
    Bind *bind = select->bind;
    SqlSpan span = bind_span(bind, ast->span);
    const Expr *expr = NULL;
    int32_t named = -1;
    if (bind_is_position(ast)) {
        uint32_t output;
        TRY(bind_position_output(bind, ast, "GROUP BY", select->output_count, &output, err));
        TRY(group_by_output(select, output, ast, &expr, err));
        named = (int32_t)output;
    } else if (ast->kind == AST_EXPR_COLUMN && ast->column.count == 1 &&
               scope_find(&select->from.scope, ast->column.items[0].str) < 0) {
        TRY(named_output(select, ast, "GROUP BY", &named, err));
        if (named >= 0) TRY(group_by_output(select, (uint32_t)named, ast, &expr, err));
    }
    if (expr == NULL) {
        ScalarList scalars = {0};
        ExprContext context = {.scope = &select->from.scope, .clause = "GROUP BY", .scalars = &scalars};
        TRY(bind_expr_top(bind, &context, ast, &expr, err));
    }
    TRY(check_group_expr(select, ast, expr, err));
    TRY(resolve_unknown(bind, &expr, err));
    Str name = named >= 0                     ? select->outputs.items[named].name
               : ast->kind == AST_EXPR_COLUMN ? ast_name_last(&ast->column)->str
                                              : bind_fragment(bind, ast->span);
    return group_add_key(bind, &select->group, expr, name, span, err);
}

/* (a, b) is two keys, () none. */
static Status bind_group_item(Select *select, const AstGroupItem *item, Error *err) {
    switch (item->kind) {
        case AST_GROUP_EMPTY: return STATUS_OK;
        case AST_GROUP_ROLLUP:
        case AST_GROUP_CUBE:
        case AST_GROUP_SETS:
            bind_defer(select->bind, item->span.start, "GROUPING SETS, ROLLUP and CUBE are");
            for (uint32_t i = 0; i < item->items.count; i++)
                TRY(bind_group_item(select, (const AstGroupItem *)&item->items.items[i], err));
            return STATUS_OK;
        case AST_GROUP_EXPR: break;
    }
    if (is_window_call(item->expr)) return STATUS_OK; /* done before the list */
    if (item->expr->kind != AST_EXPR_ROW) return bind_group_expr(select, item->expr, err);
    for (uint32_t i = 0; i < item->expr->list.count; i++)
        TRY(bind_group_expr(select, item->expr->list.items[i], err));
    return STATUS_OK;
}

static bool has_group_windows(const Select *select) {
    const AstSelect *ast = select->ast;
    for (uint32_t i = 0; i < ast->group_by.count; i++) {
        const AstGroupItem *item = (const AstGroupItem *)&ast->group_by.items[i];
        if (item->kind == AST_GROUP_EXPR && is_window_call(item->expr)) return true;
    }
    return false;
}

/* Before the list is bound, so that it may name window_start and window_end. */
static Status bind_group_windows(Select *select, Error *err) {
    const AstSelect *ast = select->ast;
    select->group.written = ast->group_by.count > 0;
    select->group.span = bind_span(select->bind, ast->group_by_span);
    if (!select->group.written) select->group.span = bind_span(select->bind, select->query->span);
    for (uint32_t i = 0; i < ast->group_by.count; i++) {
        const AstGroupItem *item = (const AstGroupItem *)&ast->group_by.items[i];
        if (item->kind == AST_GROUP_EXPR && is_window_call(item->expr))
            TRY(bind_group_window(select->bind, item->expr, &select->group, &select->from, err));
    }
    return STATUS_OK;
}

static Status bind_group_by(Select *select, Error *err) {
    for (uint32_t i = 0; i < select->ast->group_by.count; i++)
        TRY(bind_group_item(select, (const AstGroupItem *)&select->ast->group_by.items[i], err));
    return STATUS_OK;
}

/* One expression more behind the list: grouped and brought up with it, filtered by, and left out again. */
static Status bind_having(Select *select, Error *err) {
    select->having = -1;
    if (select->ast->having == NULL) return STATUS_OK;
    ExprContext context = select_context(select, "HAVING");
    const Expr *predicate;
    TRY(bind_expr_top(select->bind, &context, select->ast->having, &predicate, err));
    TRY(resolve_boolean(select->bind, &predicate, "HAVING", err));
    select->having = (int32_t)select->exprs.count;
    return push_expr(select, predicate, err);
}

/* ---- ORDER BY
 * --------------------------------------------------------------------------------------------------------------------
 */

/* `clause`: ORDER BY or DISTINCT ON, which read names and numbers alike. */
static Status order_column(Select *select, const AstExpr *ast, const char *clause, uint32_t *out, Error *err) {
    Bind *bind = select->bind;
    int32_t named;
    if (bind_is_position(ast)) return bind_position_output(bind, ast, clause, select->output_count, out, err);
    TRY(named_output(select, ast, clause, &named, err));
    if (named >= 0) {
        *out = (uint32_t)named;
        return STATUS_OK;
    }
    ExprContext context = select_context(select, clause);
    const Expr *expr;
    TRY(bind_expr_top(bind, &context, ast, &expr, err));
    TRY(resolve_unknown(bind, &expr, err));
    for (*out = 0; *out < select->exprs.count; (*out)++)
        if (expr_equal(select->exprs.items[*out], expr)) return STATUS_OK;
    if (!select->ast->distinct || select->ast->distinct_on.count > 0) return push_expr(select, expr, err);
    if (group_expr_has_subquery(expr)) {
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, ast->span.start),
                           "ORDER BY a subquery under DISTINCT is not supported yet");
        return error_add_hint(err, "Write the number or the name of the column in the SELECT list.");
    }
    return error_set_at(err, STATUS_INVALID_COLUMN_REFERENCE, bind_position(bind, ast->span.start),
                        "for SELECT DISTINCT, ORDER BY expressions must appear in select list");
}

static Status fail_distinct_on(Select *select, uint32_t item, Error *err) {
    return error_set_at(err, STATUS_INVALID_COLUMN_REFERENCE,
                        bind_position(select->bind, select->ast->distinct_on.items[item]->span.start),
                        "SELECT DISTINCT ON expressions must match initial ORDER BY expressions");
}

static int32_t find_item(const uint32_t *columns, uint32_t count, uint32_t column) {
    for (uint32_t i = 0; i < count; i++)
        if (columns[i] == column) return (int32_t)i;
    return -1;
}

/* What DISTINCT ON names comes first in ORDER BY, in any order; what is not named there is ordered by behind it. */
static Status bind_distinct_on(Select *select, Error *err) {
    const AstExprList *list = &select->ast->distinct_on;
    uint32_t *columns = ARENA_ARRAY(select->bind->arena, uint32_t, (size_t)list->count + 1), written = select->key_count;
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < list->count; i++) TRY(order_column(select, list->items[i], "DISTINCT ON", &columns[i], err));
    for (uint32_t i = 0; i < written; i++) {
        int32_t item = find_item(columns, list->count, select->keys[i].column);
        if (item >= 0 && select->distinct_count < i) return fail_distinct_on(select, (uint32_t)item, err);
        if (item >= 0) select->distinct_count++;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        bool is_there = false;
        for (uint32_t k = 0; k < select->key_count; k++) is_there |= select->keys[k].column == columns[i];
        if (is_there) continue;
        if (select->distinct_count < select->key_count) return fail_distinct_on(select, i, err);
        select->keys[select->key_count++] = (SortKey){.column = columns[i]};
        select->distinct_count++;
    }
    return STATUS_OK;
}

/* Each key is an output, or one more expression behind them, which is sorted by and not shown. */
static Status bind_order_by(Select *select, Error *err) {
    const AstOrderList *list = &select->query->order_by;
    select->keys = ARENA_ARRAY(select->bind->arena, SortKey, (size_t)list->count + select->ast->distinct_on.count + 1);
    TRY_ALLOC(select->keys);
    for (uint32_t i = 0; i < list->count; i++) {
        SortKey *key = &select->keys[i];
        TRY(order_column(select, list->items[i].expr, "ORDER BY", &key->column, err));
        ASSERT(key->column < select->exprs.count);
        TRY(resolve_unknown(select->bind, &select->exprs.items[key->column], err)); /* also in INSERT .. SELECT 'a', which keeps literals as they are */
        TRY(bind_order_direction(select->bind, &list->items[i], key, err));
    }
    select->key_count = list->count;
    return bind_distinct_on(select, err);
}

/* ---- what is there only to be looked at
 * --------------------------------------------------------------------------------------------------------------------
 */

/* Every name in a WINDOW clause; functions over windows are not there yet. */
static Status bind_windows(Select *select, Error *err) {
    Bind *bind = select->bind;
    for (uint32_t i = 0; i < select->ast->windows.count; i++) {
        const AstNamedWindow *window = &select->ast->windows.items[i];
        ExprContext context = select_context(select, "WINDOW");
        const Expr *bound;
        for (uint32_t k = 0; k < i; k++)
            if (str_equal(select->ast->windows.items[k].name.str, window->name.str))
                return error_set_at(err, STATUS_WINDOWING, bind_position(bind, window->name.span.start),
                                    "window \"%.*s\" is already defined", STR_ARGS(window->name.str));
        for (uint32_t k = 0; k < window->spec->partition_by.count; k++)
            TRY(bind_expr(bind, &context, window->spec->partition_by.items[k], &bound, err));
        for (uint32_t k = 0; k < window->spec->order_by.count; k++)
            TRY(bind_expr(bind, &context, window->spec->order_by.items[k].expr, &bound, err));
        bind_defer(bind, window->name.span.start, "a WINDOW clause is");
    }
    return STATUS_OK;
}

/* ---- the plan
 * --------------------------------------------------------------------------------------------------------------------
 */

static Status put_off(Select *select) {
    const AstSelect *ast = select->ast;
    if (ast->qualify != NULL) bind_defer(select->bind, ast->qualify->span.start, "QUALIFY is");
    if (ast->group_quantifier == AST_QUANTIFIER_DISTINCT)
        bind_defer(select->bind, ast->group_by_span.start, "GROUP BY DISTINCT is");
    return STATUS_OK;
}

/* What stands above the grouping: the expressions, and those that IN looks for. */
static Status group_all(Select *select, PlanNode **node, Error *err) {
    size_t count = select->exprs.count, total = count;
    const Expr **all = ARENA_ARRAY(select->bind->arena, const Expr *, count + select->scalars.count + 1);
    TRY_ALLOC(all);
    for (size_t i = 0; i < count; i++) all[i] = select->exprs.items[i];
    for (size_t i = 0; i < select->scalars.count; i++)
        if (select->scalars.items[i].operand != NULL) all[total++] = select->scalars.items[i].operand;
    TRY(group_finish(select->bind, &select->group, &select->from, all, (uint32_t)total, node, err));
    for (size_t i = 0; i < count; i++) select->exprs.items[i] = all[i];
    for (size_t i = 0; i < select->scalars.count; i++)
        if (select->scalars.items[i].operand != NULL) select->scalars.items[i].operand = all[count++];
    ASSERT(count == total); /* each went back to where it came from */
    return STATUS_OK;
}

/* GROUP BY, HAVING or an aggregate make it a grouped query. */
static Status group_if_asked(Select *select, PlanNode **node, Error *err) {
    bool grouped = select->group.written || select->ast->having != NULL || select->group.calls.count > 0;
    *node = select->from.node;
    if (grouped) return group_all(select, node, err);
    if (select->from.session == NULL) return STATUS_OK;
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, select->from.session->span.start,
                       "SESSION without GROUP BY is not supported yet");
    return error_add_hint(err, "GROUP BY window_start and window_end.");
}

static Status finish_having(Select *select, PlanNode **node, Error *err) {
    if (select->having < 0) return STATUS_OK;
    SqlSpan span = bind_span(select->bind, select->ast->having_span);
    return node_filter(select->bind, *node, select->exprs.items[select->having], span, node, err);
}

/* The list, then what is only sorted by. */
static Status project_outputs(Select *select, bool keep_unknown, PlanNode **node, Error *err) {
    Bind *bind = select->bind;
    uint32_t count = 0;
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, select->exprs.count);
    TRY_ALLOC(items);
    /* HAVING is no column, and the last one: leaving it out renumbers none that is sorted by. */
    if (select->having >= 0) ASSERT((size_t)select->having + 1 == select->exprs.count);
    for (uint32_t i = 0; i < select->exprs.count; i++) {
        if ((int32_t)i == select->having) continue;
        if (!keep_unknown) TRY(resolve_unknown(bind, &select->exprs.items[i], err));
        items[count++] = (ProjectItem){select->exprs.items[i],
                                       i < select->output_count ? select->outputs.items[i].name : (Str){0},
                                       i < select->output_count && select->outputs.items[i].is_guessed};
    }
    return node_project(bind, *node, items, count, bind_span(bind, select->query->span), node, err);
}

/* In the order of SQL: group, HAVING, list, DISTINCT, ORDER BY, LIMIT. */
static Status finish(Select *select, bool keep_unknown, PlanNode **out, Error *err) {
    Bind *bind = select->bind;
    PlanNode *node;
    ASSERT(select->output_count <= select->exprs.count);
    TRY(group_if_asked(select, &node, err));
    uint32_t count = node->column_count;
    TRY(scalars_attach(bind, &select->scalars, node, &node, err));
    for (uint32_t i = 0; i < select->exprs.count && select->scalars.count > 0; i++)
        TRY(scalars_renumber(bind, select->exprs.items[i], count, &select->exprs.items[i], err));
    TRY(finish_having(select, &node, err));
    TRY(project_outputs(select, keep_unknown && !select->ast->distinct, &node, err));
    if (select->ast->distinct && select->ast->distinct_on.count == 0 && select->output_count > 0)
        TRY(node_distinct(bind, node, bind_span(bind, select->query->span), &node, err));
    SortSpec spec = {.keys = select->keys,
                     .key_count = select->key_count,
                     .distinct_count = select->distinct_count,
                     .visible_count = select->output_count};
    return bind_order_limit(bind, select->query, &select->from.scope, node, &spec, out, err);
}

Status bind_select(Bind *bind, const AstQuery *query, const Scope *outer, bool keep_unknown, PlanNode **out,
                   Error *err) {
    Select select = {.bind = bind, .query = query, .ast = query->select};
    TRY(put_off(&select));
    TRY(bind_from(bind, select.ast, outer, &select.from, err));
    select.from.scope.list = &select.ast->items;
    /* The list first, as PostgreSQL does: who is wrong in both is told of the list, and a parameter takes its type from there. But windows
     * stand above WHERE, and are what the list may name. */
    bool list_first = !bind->where_first && !has_group_windows(&select);
    if (list_first) TRY(bind_list(&select, err));
    TRY(bind_where(&select, err));
    TRY(bind_group_windows(&select, err));
    if (!list_first) TRY(bind_list(&select, err));
    TRY(bind_windows(&select, err));
    TRY(bind_group_by(&select, err));
    TRY(bind_order_by(&select,
                      err)); /* hidden columns follow the outputs; HAVING comes last, as it is no column */
    TRY(bind_having(&select, err));
    return finish(&select, keep_unknown, out, err);
}
