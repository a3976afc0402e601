/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_query.c - queries: WITH, set operations, VALUES, ORDER BY and LIMIT. */
#include "plan/bind_priv.h"

/* ---- ORDER BY, LIMIT
 * ---------------------------------------------------------------------------------------------- */

Status bind_order_direction(Bind *bind, const AstOrderItem *item, SortKey *key, Error *err) {
    key->descending = item->direction == AST_ORDER_DESCENDING;
    if (item->using_op.size > 0) {
        key->descending = str_equal(item->using_op, STR(">"));
        if (!key->descending && !str_equal(item->using_op, STR("<")))
            return error_set_at(err, STATUS_WRONG_OBJECT_TYPE, bind_position(bind, item->span.start),
                                "operator %.*s is not a valid ordering operator", STR_ARGS(item->using_op));
    }
    key->nulls_first = item->nulls == AST_NULLS_DEFAULT ? key->descending : item->nulls == AST_NULLS_FIRST;
    return STATUS_OK;
}

/* LIMIT and OFFSET are cast for assignment, as PostgreSQL does: LIMIT 1.5 is 2 rows. Names are looked up only to say that they may not
 * stand there. */
static Status bind_bigint(Bind *bind, const Scope *scope, const AstExpr *ast, const char *clause, const Expr **out, Error *err) {
    ExprContext context = {.scope = scope, .clause = clause};
    const Expr *bound;
    TRY(bind_expr_top(bind, &context, ast, &bound, err));
    TRY(resolve_cast(bind, bound, type_of(TYPE_BIGINT), CAST_ASSIGNMENT, out, err));
    if (*out == NULL)
        return error_set_at(err, STATUS_DATATYPE_MISMATCH, bind_position(bind, ast->span.start),
                            "argument of %s must be type bigint, not type %s", clause, type_name(bound->type.id));
    const Expr *column = expr_find_column(*out);
    if (column == NULL) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_COLUMN_REFERENCE, column->span.start, "argument of %s must not contain variables", clause);
}

/* LIMIT or OFFSET; -1 for NULL: as if it were not written. *expr: what it is to be worked out from when the plan starts; else NULL. */
static Status bind_count(Bind *bind, const Scope *scope, const AstExpr *ast, const char *clause, int64_t *out, const Expr **expr, Error *err) {
    int64_t position = bind_position(bind, ast->span.start);
    const Expr *count;
    TRY(bind_bigint(bind, scope, ast, clause, &count, err));
    *expr = count;
    TRY(expr_value(bind->arena, bind->binder->pool, bind->binder->zones, count, &count, err));
    *out = -1;
    if (count == NULL && !bind->continuous && !expr_has_volatile(*expr)) return STATUS_OK;
    *expr = NULL;
    if (count == NULL)
        return error_set_at(err, STATUS_NOT_SUPPORTED, position,
                            "%s that is not constant is not supported yet", clause);
    if (array_is_null(&count->constant, 0)) return STATUS_OK;
    ASSERT(count->type.id == TYPE_BIGINT);
    *out = array_i64(&count->constant)[0];
    if (*out >= 0) return STATUS_OK;
    bool is_offset = clause[0] == 'O';
    return error_set_at(err, is_offset ? STATUS_INVALID_OFFSET : STATUS_INVALID_LIMIT, position,
                        "%s must not be negative", clause);
}

static bool endless(const Bind *bind, const PlanNode *node) {
    return bind->continuous && !node->bounded;
}

/* ORDER BY and LIMIT over rows that do not end, or change. */
static void defer_order(Bind *bind, uint32_t position, const char *what) {
    if (bind->has_deferred) return;
    bind_defer(bind, position, what);
    (void)error_add_hint(&bind->deferred, "Make a MATERIALIZED VIEW of the query without it, and write ORDER BY and LIMIT in the SELECT "
                                          "that reads the view.");
}

/* Rows without end have no last one that could come first. */
static void check_sort_is_possible(Bind *bind, const AstQuery *query, const PlanNode *input) {
    bool distinct_on = query->kind == AST_QUERY_SELECT && query->select->distinct_on.count > 0;
    uint32_t position = distinct_on ? query->select->distinct_on.items[0]->span.start : query->order_by_span.start;
    if (endless(bind, input))
        defer_order(bind, position, distinct_on ? "DISTINCT ON in a continuous query over unbounded input is"
                                                : "ORDER BY in a continuous query over unbounded input is");
    else if (bind->continuous && input->change == CHANGE_WEIGHTED)
        defer_order(bind, position, distinct_on ? "DISTINCT ON in a continuous query over rows that change is"
                                                : "ORDER BY in a continuous query over rows that change is");
}

/* The columns that are only there to sort by end here; so does a key that needs one of them. */
static Status add_sort(Bind *bind, const AstQuery *query, PlanNode *input, const SortSpec *spec, PlanNode **out, Error *err) {
    uint32_t visible = spec->visible_count;
    *out = input;
    if (spec->key_count == 0) return STATUS_OK;
    ASSERT(visible <= input->column_count);
    ASSERT(spec->distinct_count <= spec->key_count);
    check_sort_is_possible(bind, query, input);
    TRY(node_new(bind, PLAN_SORT, bind_span(bind, query->order_by_span), &input, 1, 0, out, err));
    PlanNode *node = *out;
    node->columns = input->columns;
    node->column_count = visible;
    node->change = CHANGE_APPEND; /* leaves once, at the end */
    node->ordered = true;
    bool key_is_visible = input->key != NULL;
    for (uint32_t i = 0; i < input->key_count; i++)
        key_is_visible = key_is_visible && input->key[i] < visible;
    if (key_is_visible) {
        node->key = input->key;
        node->key_count = input->key_count;
    }
    node->sort = *spec;
    node->sort.limit = -1;
    return STATUS_OK;
}

/* LIMIT and OFFSET in one node; a SORT below learns how many rows are ever asked for. */
static Status add_limit(Bind *bind, const AstQuery *query, const Scope *scope, PlanNode *input, PlanNode **out, Error *err) {
    LimitSpec spec = {.limit = -1};
    *out = input;
    if (query->offset != NULL) TRY(bind_count(bind, scope, query->offset, "OFFSET", &spec.offset, &spec.offset_expr, err));
    if (query->limit != NULL) TRY(bind_count(bind, scope, query->limit, "LIMIT", &spec.limit, &spec.limit_expr, err));
    bool is_open = spec.limit_expr != NULL || spec.offset_expr != NULL;
    if (spec.offset < 0) spec.offset = 0;
    if (query->limit_with_ties && query->order_by.count == 0)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, query->limit_span.start), "WITH TIES cannot be specified without ORDER BY clause");
    if (query->limit_with_ties) bind_defer(bind, query->limit_span.start, "WITH TIES is");
    if (spec.limit < 0 && spec.offset == 0 && !is_open) return STATUS_OK;
    uint32_t position = query->limit != NULL ? query->limit_span.start : query->offset->span.start;
    if (endless(bind, input) && (bind->maintained || input->change == CHANGE_WEIGHTED))
        defer_order(bind, position, "LIMIT and OFFSET in a continuous query over unbounded input are");
    else if (bind->continuous && input->change == CHANGE_WEIGHTED)
        defer_order(bind, position, "LIMIT and OFFSET in a continuous query over rows that change are");
    bool is_sorted = input->kind == PLAN_SORT && input->sort.distinct_count == 0;
    if (is_sorted && is_open) TRY_ALLOC(input->sort.asked = arena_copy(bind->arena, &spec, sizeof(spec)));
    if (is_sorted && !is_open && spec.limit >= 0 && __builtin_add_overflow(spec.limit, spec.offset, &input->sort.limit)) input->sort.limit = -1;
    ASSERT(spec.limit >= -1 && spec.offset >= 0);
    TRY(node_new(bind, PLAN_LIMIT, bind_span(bind, query->limit_span), &input, 1, 0, out, err));
    PlanNode *node = *out;
    node_pass_on(node, input);
    node->limit = spec;
    return STATUS_OK;
}

Status bind_order_limit(Bind *bind, const AstQuery *query, const Scope *scope, PlanNode *input, const SortSpec *spec,
                        PlanNode **out, Error *err) {
    ASSERT(spec->visible_count <= input->column_count);
    ASSERT(spec->distinct_count <= spec->key_count);
    PlanNode *sorted;
    TRY(add_sort(bind, query, input, spec, &sorted, err));
    return add_limit(bind, query, scope, sorted, out, err);
}

static Status fail_set_order(Bind *bind, const AstExpr *expr, Error *err) {
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, expr->span.start), "invalid UNION/INTERSECT/EXCEPT ORDER BY clause");
    (void)error_add_detail(err, "Only result column names can be used, not expressions or functions.");
    return error_add_hint(err, "Move the UNION into a FROM clause.");
}

/* What ORDER BY of VALUES works out: one more column behind those that are shown. */
static Status order_expression(Bind *bind, const Scope *scope, const AstExpr *expr, ProjectItem *out, Error *err) {
    ExprContext context = {.scope = scope, .clause = "ORDER BY"};
    TRY(bind_expr_top(bind, &context, expr, &out->expr, err));
    return resolve_unknown(bind, &out->expr, err);
}

/* A set operation is ordered by its columns, by name or number; VALUES also by expressions, which `out` then has as columns. */
static Status order_by_columns(Bind *bind, const AstQuery *query, PlanNode *node, SortKey *keys, PlanNode **out, Error *err) {
    uint32_t visible = node->column_count, count = visible;
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, visible + query->order_by.count);
    TRY_ALLOC(items);
    Scope scope = {.columns = node->columns, .column_count = visible, .hiding_from = visible};
    for (uint32_t i = 0; i < query->order_by.count; i++) {
        const AstExpr *expr = query->order_by.items[i].expr;
        TRY(bind_order_direction(bind, &query->order_by.items[i], &keys[i], err));
        if (bind_is_position(expr)) {
            TRY(bind_position_output(bind, expr, "ORDER BY", visible, &keys[i].column, err));
        } else if (expr->kind == AST_EXPR_COLUMN) {
            TRY(bind_column_name(bind, &scope, expr, &keys[i].column, err));
        } else {
            if (query->kind != AST_QUERY_VALUES) return fail_set_order(bind, expr, err);
            TRY(order_expression(bind, &scope, expr, &items[count], err));
            keys[i].column = count++;
        }
        ASSERT(keys[i].column < count);
    }
    *out = node;
    if (count == visible) return STATUS_OK;
    for (uint32_t i = 0; i < visible; i++) {
        items[i] = (ProjectItem){bind_output_expr(bind, node, i), node->columns[i].name};
        TRY_ALLOC(items[i].expr);
    }
    return node_project(bind, node, items, count, node->span, out, err);
}

/* ORDER BY and LIMIT over VALUES and set operations: only their columns can be named. */
static Status finish_columns(Bind *bind, const AstQuery *query, PlanNode *node, PlanNode **out, Error *err) {
    static const Scope NO_COLUMNS = {0};
    SortKey *keys = ARENA_ARRAY(bind->arena, SortKey, query->order_by.count);
    PlanNode *input;
    TRY_ALLOC(keys);
    TRY(order_by_columns(bind, query, node, keys, &input, err));
    SortSpec spec = {.keys = keys, .key_count = query->order_by.count, .visible_count = node->column_count};
    return bind_order_limit(bind, query, &NO_COLUMNS, input, &spec, out, err);
}

const Expr *bind_output_expr(Bind *bind, const PlanNode *node, uint32_t column) {
    ASSERT(column < node->column_count);
    const PlanColumn *info = &node->columns[column];
    const PlanNode *below = node; /* a literal is the same in every row, sorted or not */
    while (below->kind == PLAN_SORT || below->kind == PLAN_LIMIT) below = below->inputs[0];
    const Expr *projected = below->kind == PLAN_PROJECT ? below->project.exprs[column] : NULL;
    if (projected != NULL && projected->type.id == TYPE_UNKNOWN) return projected;
    SqlSpan span = projected != NULL ? projected->span : node->span;
    return expr_column(bind->arena, column, info->type, !info->not_null, span);
}

Status bind_coerce_columns(Bind *bind, PlanNode *node, const PlanColumn *columns, CastContext context,
                           PlanNode **out, Error *err) {
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, node->column_count);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < node->column_count; i++) {
        const Expr *expr = bind_output_expr(bind, node, i), *cast;
        TRY_ALLOC(expr);
        TRY(resolve_cast(bind, expr, columns[i].type, context, &cast, err));
        if (cast == NULL) {
            Str name = columns[i].name;
            (void)error_set_at(err, STATUS_DATATYPE_MISMATCH, expr->span.start,
                               "column \"%.*s\" is of type %s but expression is of type %s", STR_ARGS(name),
                               type_name(columns[i].type.id), type_name(expr->type.id));
            return error_add_hint(err, "You will need to rewrite or cast the expression.");
        }
        items[i] = (ProjectItem){cast, columns[i].name};
    }
    return node_project(bind, node, items, node->column_count, node->span, out, err);
}

/* ---- set operations
 * ----------------------------------------------------------------------------------------------------- */

static const char *set_name(const AstQuery *query) {
    switch (query->set_op) {
        case AST_SET_UNION: return "UNION";
        case AST_SET_INTERSECT: return "INTERSECT";
        case AST_SET_EXCEPT: return "EXCEPT";
    }
    return "";
}

/* The columns of a set operation: the left side's names, the types that both sides can be brought to. */
static Status unify_columns(Bind *bind, const AstQuery *query, const PlanNode *left, const PlanNode *right,
                            PlanColumn **out, Error *err) {
    if (left->column_count != right->column_count)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, query->set.right->span.start),
                            "each %s query must have the same number of columns", set_name(query));
    PlanColumn *columns = arena_copy(bind->arena, left->columns, left->column_count * sizeof(PlanColumn));
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < left->column_count; i++) {
        const Expr *pair[2] = {bind_output_expr(bind, left, i), bind_output_expr(bind, right, i)};
        if (pair[0] == NULL || pair[1] == NULL) return error_out_of_memory(err);
        TRY(resolve_common_type(bind, pair, 2, set_name(query), &columns[i].type, err));
        columns[i].qualifier = (Str){0};
    }
    *out = columns;
    return STATUS_OK;
}

/* UNION, INTERSECT, EXCEPT. Three queries are pairs of pairs: types are settled two by two, as in PostgreSQL. */
static Status bind_set(Bind *bind, const AstQuery *query, const Scope *outer, PlanNode **out, Error *err) {
    PlanNode *inputs[2], *both;
    PlanColumn *columns;
    SqlSpan span = bind_span(bind, query->span);
    TRY(bind_subquery(bind, query->set.left, outer, true, &inputs[0], err));
    TRY(bind_subquery(bind, query->set.right, outer, true, &inputs[1], err));
    TRY(unify_columns(bind, query, inputs[0], inputs[1], &columns, err));
    for (int i = 0; i < 2; i++)
        TRY(bind_coerce_columns(bind, inputs[i], columns, CAST_IMPLICIT, &inputs[i], err));
    if (query->set_op == AST_SET_UNION) {
        TRY(node_union(bind, inputs, 2, span, &both, err));
        if (!query->set_all) TRY(node_distinct(bind, both, span, &both, err));
    } else {
        TRY(node_match(bind, inputs, query->set_op == AST_SET_INTERSECT, query->set_all, span, &both, err));
    }
    ASSERT(both->column_count == inputs[0]->column_count);
    return finish_columns(bind, query, both, out, err);
}

/* ---- VALUES
 * --------------------------------------------------------------------------------------------------------------
 */

/* The row below a PROJECT of cells: the subqueries among them become columns of it. */
static Status row_input(Bind *bind, const Expr **cells, uint32_t column_count, const ScalarList *scalars,
                        SqlSpan span, PlanNode **out, Error *err) {
    TRY(node_one_row(bind, span, out, err));
    TRY(scalars_attach(bind, scalars, *out, out, err));
    for (uint32_t i = 0; i < column_count && scalars->count > 0; i++)
        TRY(scalars_renumber(bind, cells[i], 0, &cells[i], err));
    return STATUS_OK;
}

/* A one-row PROJECT for each row, up to 64 of them in a UNION, the first of which may be such a UNION itself.
 */
static Status rows_as_projects(Bind *bind, const Expr **cells, uint32_t row_count, uint32_t column_count,
                               const PlanColumn *columns, const ScalarList *scalars, SqlSpan span,
                               PlanNode **out, Error *err) {
    PlanNode *inputs[BIND_UNION_COUNT_MAX];
    uint32_t count = 0;
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, column_count);
    TRY_ALLOC(items);
    for (uint32_t row = 0; row < row_count; row++) {
        PlanNode *one;
        const Expr **line = cells + (size_t)row * column_count;
        TRY(row_input(bind, line, column_count, &scalars[row], span, &one, err));
        for (uint32_t i = 0; i < column_count; i++) items[i] = (ProjectItem){line[i], columns[i].name};
        TRY(node_project(bind, one, items, column_count, span, &inputs[count++], err));
        if (count < BIND_UNION_COUNT_MAX) continue;
        TRY(node_union(bind, inputs, count, span, &inputs[0], err));
        count = 1;
    }
    ASSERT(count > 0 && count < BIND_UNION_COUNT_MAX);
    *out = inputs[0];
    return count == 1 ? STATUS_OK : node_union(bind, inputs, count, span, out, err);
}

Status bind_rows(Bind *bind, const Expr **cells, uint32_t row_count, uint32_t column_count,
                 const PlanColumn *columns, const ScalarList *scalars, SqlSpan span, PlanNode **out,
                 Error *err) {
    size_t count = (size_t)row_count * column_count;
    for (size_t i = 0; i < count; i++)
        if (cells[i]->kind != EXPR_CONSTANT)
            return rows_as_projects(bind, cells, row_count, column_count, columns, scalars, span, out, err);
    TRY(node_new(bind, PLAN_VALUES, span, NULL, 0, column_count, out, err));
    PlanNode *node = *out;
    Array *arrays = ARENA_ARRAY(bind->arena, Array, column_count);
    TRY_ALLOC(arrays);
    for (uint32_t i = 0; i < column_count; i++) {
        node->columns[i] = (PlanColumn){.name = columns[i].name, .type = columns[i].type};
        TRY(literal_column(bind, cells + i, column_count, row_count, columns[i].type, &arrays[i], err));
        node->columns[i].not_null = arrays[i].validity == NULL;
    }
    node->values = (ValuesSpec){arrays, row_count};
    return STATUS_OK;
}

/* Row by row; every row as wide as the first. */
static Status bind_value_cells(Bind *bind, const AstQuery *query, const Scope *outer, const Expr **cells,
                               uint32_t column_count, ScalarList *scalars, Error *err) {
    Scope nothing = {.outer = outer};
    for (uint32_t row = 0; row < query->values.count; row++) {
        const AstExprList *list = &query->values.items[row];
        ExprContext context = {.scope = &nothing, .clause = "VALUES", .scalars = &scalars[row]};
        if (list->count != column_count)
            return error_set_at(
                err, STATUS_SYNTAX,
                bind_position(bind, list->count > 0 ? list->items[0]->span.start : query->span.start),
                "VALUES lists must all be the same length");
        for (uint32_t i = 0; i < column_count; i++)
            TRY(bind_expr_top(bind, &context, list->items[i], &cells[(size_t)row * column_count + i], err));
    }
    return STATUS_OK;
}

/* One column's cells brought to their common type. */
static Status unify_cells(Bind *bind, const Expr **cells, uint32_t row_count, uint32_t stride, Type *type,
                          Error *err) {
    const Expr **column = ARENA_ARRAY(bind->arena, const Expr *, row_count);
    TRY_ALLOC(column);
    for (uint32_t row = 0; row < row_count; row++) column[row] = cells[(size_t)row * stride];
    TRY(resolve_to_common(bind, column, row_count, "VALUES", type, err));
    for (uint32_t row = 0; row < row_count; row++) {
        TRY_ALLOC(column[row] = expr_fold(bind->arena, bind->binder->pool, bind->binder->zones, column[row]));
        cells[(size_t)row * stride] = column[row];
    }
    return STATUS_OK;
}

static Status column_number_name(Bind *bind, uint32_t index, Str *out, Error *err) {
    char room[32];
    size_t size = text_format(room, sizeof(room), "column%u", index + 1);
    *out = str_copy(bind->arena, str_from(room, size));
    TRY_ALLOC(out->data);
    return STATUS_OK;
}

/* VALUES as a query: columns column1, column2, .., each of the type that all its cells can be brought to. */
static Status bind_values(Bind *bind, const AstQuery *query, const Scope *outer, PlanNode **out, Error *err) {
    ASSERT(query->values.count > 0);
    uint32_t rows = query->values.count, count = query->values.items[0].count;
    const Expr **cells = ARENA_ARRAY(bind->arena, const Expr *, (size_t)rows *count);
    PlanColumn *columns = ARENA_ARRAY(bind->arena, PlanColumn, count);
    ScalarList *scalars = ARENA_ARRAY(bind->arena, ScalarList, rows);
    if (cells == NULL || columns == NULL || scalars == NULL) return error_out_of_memory(err);
    TRY(bind_value_cells(bind, query, outer, cells, count, scalars, err));
    for (uint32_t i = 0; i < count; i++) {
        TRY(column_number_name(bind, i, &columns[i].name, err));
        TRY(unify_cells(bind, cells + i, rows, count, &columns[i].type, err));
    }
    PlanNode *node;
    TRY(bind_rows(bind, cells, rows, count, columns, scalars, bind_span(bind, query->span), &node, err));
    return finish_columns(bind, query, node, out, err);
}

/* ---- the whole
 * ------------------------------------------------------------------------------------------------------------
 */

static Status bind_body(Bind *bind, const AstQuery *query, const Scope *outer, bool keep_unknown,
                        PlanNode **out, Error *err) {
    switch (query->kind) {
        case AST_QUERY_SELECT: return bind_select(bind, query, outer, keep_unknown, out, err);
        case AST_QUERY_VALUES: return bind_values(bind, query, outer, out, err);
        case AST_QUERY_SET: return bind_set(bind, query, outer, out, err);
    }
    return error_set(err, STATUS_INTERNAL, "a query of unknown kind");
}

/* What WITH cannot be yet, and names that come twice. */
static Status check_with(Bind *bind, const AstWith *with, Error *err) {
    if (with->recursive)
        return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, with->span.start),
                            "WITH RECURSIVE is not supported yet");
    for (uint32_t i = 0; i < with->tables.count; i++)
        if (with->tables.items[i].materialize == AST_MATERIALIZE_ALWAYS)
            bind_defer(bind, with->tables.items[i].span.start, "MATERIALIZED in WITH is");
    for (uint32_t i = 1; i < with->tables.count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (str_equal(with->tables.items[i].name.str, with->tables.items[k].name.str))
                return error_set_at(err, STATUS_DUPLICATE_ALIAS,
                                    bind_position(bind, with->tables.items[i].name.span.start),
                                    "WITH query name \"%.*s\" specified more than once",
                                    STR_ARGS(with->tables.items[i].name.str));
    return STATUS_OK;
}

/* A table of WITH that nothing reads is looked at all the same: its errors are told, as PostgreSQL does. */
static Status check_unused(Bind *bind, const CommonScope *scope, Error *err) {
    for (uint32_t i = 0; i < scope->with->tables.count; i++) {
        if (scope->used[i]) continue;
        CommonScope earlier = {scope->outer, scope->with, i, scope->used};
        Bind aside = *bind; /* what it would add to the plan is dropped */
        PlanNode *node;
        aside.common = &earlier;
        Status status = bind_subquery(&aside, scope->with->tables.items[i].query, NULL, false, &node, err);
        ASSERT(aside.depth == bind->depth);
        /* What is shared and not dropped: memory, and the count that bounds the whole statement. */
        bind->frame = aside.frame;
        bind->has_frame = aside.has_frame;
        bind->node_count = aside.node_count;
        TRY(status);
        if (aside.has_deferred && !bind->has_deferred) {
            bind->has_deferred = true;
            bind->deferred = aside.deferred;
        }
    }
    return STATUS_OK;
}

/* The names of WITH are there while the body is bound; each is bound where it is used, once per use. */
static Status bind_with(Bind *bind, const AstQuery *query, const Scope *outer, bool keep_unknown,
                        PlanNode **out, Error *err) {
    if (query->with == NULL) return bind_body(bind, query, outer, keep_unknown, out, err);
    TRY(check_with(bind, query->with, err));
    CommonScope scope = {bind->common, query->with, query->with->tables.count, NULL};
    TRY_ALLOC(scope.used = ARENA_ARRAY(bind->arena, bool, scope.visible));
    bind->common = &scope;
    Status status = bind_body(bind, query, outer, keep_unknown, out, err);
    if (status == STATUS_OK) status = check_unused(bind, &scope, err);
    bind->common = scope.outer;
    return status;
}

Status bind_subquery(Bind *bind, const AstQuery *query, const Scope *outer, bool keep_unknown, PlanNode **out,
                     Error *err) {
    if (bind->depth >= BIND_QUERY_DEPTH_MAX)
        return error_set_at(err, STATUS_LIMIT, bind_position(bind, query->span.start),
                            "queries nest deeper than %d", BIND_QUERY_DEPTH_MAX);
    if (query->lock != AST_LOCK_NONE)
        bind_defer(bind, query->lock_span.start, "FOR UPDATE and FOR SHARE are");
    uint32_t level =
        query->kind == AST_QUERY_SET ? 0 : 1; /* chains of set operations are the parser's to limit */
    bind->depth += level;
    Status status = bind_with(bind, query, outer, keep_unknown, out, err);
    ASSERT(bind->depth >= level);
    bind->depth -= level;
    return status;
}
