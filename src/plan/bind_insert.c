/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_insert.c - INSERT: the query's columns brought to those of the table.
 *
 * The root of the plan gives one column for each of the table's, in their order: the query's where it is
 * named, else the DEFAULT, else NULL. */
#include "plan/bind_priv.h"

#include <limits.h>

typedef struct Insert {
    Bind *bind;
    const AstInsert *ast;
    const Relation *table;
    uint32_t *targets; /* [target_count] columns of the table, in the order written */
    uint32_t target_count;
    bool listed;
    const bool *is_default; /* [target_count] UPDATE: SET column = DEFAULT; NULL: an INSERT */
} Insert;

/* ---- targets
 * ---------------------------------------------------------------------------------------------------------
 */

/* A column that the table has not, with a near name. */
static Status target_missing(const Insert *insert, const AstName *name, Error *err) {
    Str best = {0};
    int distance = INT_MAX;
    (void)error_set_at(err, STATUS_UNDEFINED_COLUMN, (int64_t)name->span.start,
                       "column \"%.*s\" of relation \"%.*s\" does not exist", STR_ARGS(name->str),
                       STR_ARGS(insert->table->name));
    for (uint32_t i = 0; i < insert->table->column_count; i++)
        str_suggest(name->str, insert->table->columns[i].name, &best, &distance);
    if (best.size > 0) (void)error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(best));
    return err->status;
}

static Status find_target(const Insert *insert, const AstName *name, uint32_t *out, Error *err) {
    for (*out = 0; *out < insert->table->column_count; (*out)++)
        if (str_equal(insert->table->columns[*out].name, name->str)) return STATUS_OK;
    return target_missing(insert, name, err);
}

/* targets[i]: where value i goes: as the column list says, or in the table's order. */
static Status bind_targets(Insert *insert, Error *err) {
    const AstNameList *names = &insert->ast->columns;
    insert->listed = names->count > 0;
    insert->target_count = insert->listed ? names->count : insert->table->column_count;
    insert->targets = ARENA_ARRAY(insert->bind->arena, uint32_t, insert->target_count);
    bool *seen = ARENA_ARRAY(insert->bind->arena, bool, insert->table->column_count);
    if (insert->targets == NULL || seen == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < insert->target_count; i++) {
        insert->targets[i] = i;
        if (!insert->listed) continue;
        TRY(find_target(insert, &names->items[i], &insert->targets[i], err));
        if (seen[insert->targets[i]])
            return error_set_at(err, STATUS_DUPLICATE_COLUMN, (int64_t)names->items[i].span.start,
                                "column \"%.*s\" specified more than once", STR_ARGS(names->items[i].str));
        seen[insert->targets[i]] = true;
    }
    ASSERT(insert->target_count <= insert->table->column_count); /* none twice */
    return STATUS_OK;
}

/* More values than targets is an error; fewer only when the targets are listed. */
static Status check_count(const Insert *insert, uint32_t given, int64_t position, Error *err) {
    if (given > insert->target_count)
        return error_set_at(err, STATUS_SYNTAX, position, "INSERT has more expressions than target columns");
    if (given < insert->target_count && insert->listed)
        return error_set_at(err, STATUS_SYNTAX, (int64_t)insert->ast->columns.items[given].span.start,
                            "INSERT has more target columns than expressions");
    return STATUS_OK;
}

/* What a column gets that is not given a value: its DEFAULT, or NULL. */
static Status missing_value(const Insert *insert, uint32_t column, SqlSpan span, const Expr **out,
                            Error *err) {
    ASSERT(column < insert->table->column_count);
    const Bind *bind = insert->bind;
    const Relation *table = insert->table;
    TRY(bind_default_value(bind->arena, bind->binder->pool, bind->binder->zones, bind->zone, table, column, span, out, err));
    if (*out == NULL) *out = expr_null(insert->bind->arena, table->columns[column].type, span);
    TRY_ALLOC(*out);
    ASSERT((*out)->type.id == table->columns[column].type.id); /* a DEFAULT was brought to it when declared */
    return STATUS_OK;
}

/* By assignment: more than implicit casts, less than explicit ones; VARCHAR(n) is not cut. */
static Status assign(const Insert *insert, const Expr *expr, uint32_t column, const Expr **out, Error *err) {
    const PlanColumn *target = &insert->table->columns[column];
    TRY(resolve_assignment(insert->bind, expr, target->type, out, err));
    if (*out != NULL) ASSERT((*out)->type.id == target->type.id);
    if (*out != NULL) return STATUS_OK;
    (void)error_set_at(err, STATUS_DATATYPE_MISMATCH, expr->span.start,
                       "column \"%.*s\" is of type %s but expression is of type %s", STR_ARGS(target->name),
                       type_name(target->type.id), type_name(expr->type.id));
    return error_add_hint(err, "You will need to rewrite or cast the expression.");
}

/* ---- VALUES: each cell for its column; a row is bound before the first of its cells gets a type, as PostgreSQL does, so that a parameter
 * in two columns is one of both types
 * --------------------------------------------------------------------------------- */

/* One value of VALUES, as the column has it, and folded: rows of constants become a VALUES node. */
static Status bind_cell(Insert *insert, const AstExpr *ast, uint32_t column, ScalarList *scalars,
                        const Expr **out, Error *err) {
    static const Scope NOTHING = {0};
    Bind *bind = insert->bind;
    ExprContext context = {.scope = &NOTHING, .clause = "VALUES", .scalars = scalars};
    if (ast->kind == AST_EXPR_DEFAULT)
        return missing_value(insert, column, bind_span(bind, ast->span), out, err);
    return bind_expr(bind, &context, ast, out, err);
}

static Status assign_cell(Insert *insert, const AstExpr *ast, uint32_t column, const Expr **cell, Error *err) {
    Bind *bind = insert->bind;
    const Expr *bound;
    if (ast->kind == AST_EXPR_DEFAULT) return STATUS_OK;
    TRY(assign(insert, *cell, column, &bound, err));
    return bind_fold(bind, bound, cell, err);
}

/* Cells are brought to the columns one by one, so ('1'), (2) are two INTEGERs; VALUES as a query would be of one type first. */
static Status bind_value_rows(Insert *insert, const AstQuery *query, PlanNode **out, Error *err) {
    const Relation *table = insert->table;
    ASSERT(query->values.count > 0);
    uint32_t rows = query->values.count, width = query->values.items[0].count;
    const Expr **cells = ARENA_ARRAY(insert->bind->arena, const Expr *, (size_t)rows * table->column_count);
    ScalarList *scalars = ARENA_ARRAY(insert->bind->arena, ScalarList, rows);
    if (cells == NULL || scalars == NULL) return error_out_of_memory(err);
    SqlSpan span = bind_span(insert->bind, query->span);
    for (uint32_t row = 0; row < rows; row++) {
        const AstExprList *list = &query->values.items[row];
        const Expr **line = cells + (size_t)row * table->column_count;
        if (list->count != width)
            return error_set_at(err, STATUS_SYNTAX, (int64_t)list->items[0]->span.start,
                                "VALUES lists must all be the same length");
        TRY(check_count(
            insert, width,
            width > insert->target_count ? (int64_t)list->items[insert->target_count]->span.start : 0, err));
        for (uint32_t i = 0; i < width; i++)
            TRY(bind_cell(insert, list->items[i], insert->targets[i], &scalars[row], &line[insert->targets[i]],
                          err));
        for (uint32_t i = 0; i < width; i++)
            TRY(assign_cell(insert, list->items[i], insert->targets[i], &line[insert->targets[i]], err));
        for (uint32_t i = 0; i < table->column_count; i++)
            if (line[i] == NULL) TRY(missing_value(insert, i, span, &line[i], err));
    }
    return bind_rows(insert->bind, cells, rows, table->column_count, table->columns, scalars, span, out,
                     err);
}

/* ---- a query
 * ------------------------------------------------------------------------------------------------------------
 */

static Status query_column(Insert *insert, PlanNode *node, uint32_t index, const Expr **out, Error *err) {
    const Expr *expr = bind_output_expr(insert->bind, node, index);
    TRY_ALLOC(expr);
    if (insert->is_default != NULL && insert->is_default[index]) return missing_value(insert, insert->targets[index], expr->span, out, err);
    return assign(insert, expr, insert->targets[index], out, err);
}

/* A query's columns in the places of their targets. */
static Status bind_query_rows(Insert *insert, const AstQuery *query, PlanNode **out, Error *err) {
    Bind *bind = insert->bind;
    const Relation *table = insert->table;
    PlanNode *node;
    TRY(bind_subquery(bind, query, NULL, true, &node, err));
    TRY(check_count(insert, node->column_count, (int64_t)query->span.start, err));
    ASSERT(node->column_count <= insert->target_count);
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, table->column_count);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < node->column_count; i++)
        TRY(query_column(insert, node, i, &items[insert->targets[i]].expr, err));
    for (uint32_t i = 0; i < table->column_count; i++) {
        items[i].name = table->columns[i].name;
        if (items[i].expr == NULL) TRY(missing_value(insert, i, node->span, &items[i].expr, err));
    }
    return node_project(bind, node, items, table->column_count, node->span, out, err);
}

/* DEFAULT VALUES: one row. */
static Status bind_defaults(Insert *insert, PlanNode **out, Error *err) {
    const Relation *table = insert->table;
    SqlSpan span = SQL_SPAN_NONE;
    const Expr **cells = ARENA_ARRAY(insert->bind->arena, const Expr *, table->column_count);
    ScalarList scalars = {0};
    TRY_ALLOC(cells);
    for (uint32_t i = 0; i < table->column_count; i++) TRY(missing_value(insert, i, span, &cells[i], err));
    return bind_rows(insert->bind, cells, 1, table->column_count, table->columns, &scalars, span, out, err);
}

/* ---- the whole
 * ------------------------------------------------------------------------------------------------------------
 */

static bool is_plain_values(const AstQuery *query) {
    return query->kind == AST_QUERY_VALUES && query->with == NULL && query->order_by.count == 0 &&
           query->limit == NULL && query->offset == NULL;
}

/* Which of the three forms it is. */
static Status bind_rows_to_insert(Insert *insert, PlanNode **out, Error *err) {
    const AstInsert *ast = insert->ast;
    TRY(bind_targets(insert, err));
    if (ast->with != NULL && (ast->query == NULL || ast->query->with != NULL))
        return error_set_at(err, STATUS_NOT_SUPPORTED, ast->with->span.start,
                            "WITH before this form of INSERT is not supported yet");
    if (ast->query == NULL) return bind_defaults(insert, out, err);
    if (ast->query->emit != NULL)
        return error_set_at(err, STATUS_STREAMING, (int64_t)ast->query->emit->span.start,
                            "INSERT takes the final rows of a query: EMIT is not allowed");
    if (is_plain_values(ast->query) && ast->with == NULL)
        return bind_value_rows(insert, ast->query, out, err);
    AstQuery query = *ast->query;
    if (ast->with != NULL) query.with = ast->with;
    return bind_query_rows(insert, &query, out, err);
}

static Status finish_plan(Bind *bind, PlanNode *root, Plan **out, Error *err) {
    if (bind->has_deferred) {
        *err = bind->deferred;
        return err->status;
    }
    Plan *plan = ARENA_NEW(bind->arena, Plan);
    TRY_ALLOC(plan);
    TRY(rewrite_plan(bind, root, &root, err));
    plan->root = root;
    plan->node_count = root->id + 1;
    plan->emit = EMIT_FINAL;
    plan->relations = bind->relations.items;
    plan->relation_count = (uint32_t)bind->relations.count;
    *out = plan;
    return STATUS_OK;
}

static Status bind_insert_plan(Insert *insert, Plan **out, Error *err) {
    PlanNode *root;
    TRY(bind_rows_to_insert(insert, &root, err));
    return finish_plan(insert->bind, root, out, err);
}

Status bind_insert(Binder *binder, const AstInsert *insert, const Relation *table, Plan **out, Error *err) {
    Bind bind;
    bind_init(&bind, binder);
    Insert work = {.bind = &bind, .ast = insert, .table = table};
    Status status = bind_insert_plan(&work, out, err);
    bind_deinit(&bind);
    return status;
}

Status bind_update(Binder *binder, const AstInsert *update, const Relation *wide, const bool *is_default, Plan **out, Error *err) {
    Bind bind;
    bind_init(&bind, binder);
    bind.where_first = true;
    Insert work = {.bind = &bind, .ast = update, .table = wide, .is_default = is_default};
    Status status = bind_insert_plan(&work, out, err);
    bind_deinit(&bind);
    return status;
}

/* ---- ON CONFLICT DO UPDATE
 * ------------------------------------------------------------------------------------------------------ */

static Str name_of_target(const AstInsert *ast) {
    return ast->alias.str.size > 0 ? ast->alias.str : ast_name_last(&ast->table)->str;
}

/* Both rows' columns, by the names that SET and WHERE may call them. */
static Status scan_pairs(Insert *insert, const Relation *pairs, PlanNode **out, Error *err) {
    Str alias = name_of_target(insert->ast);
    TRY(node_scan(insert->bind, pairs, SQL_SPAN_NONE, out, err));
    ASSERT((*out)->column_count == 2 * insert->table->column_count + 1);
    for (uint32_t i = 0; i < (*out)->column_count; i++)
        (*out)->columns[i].qualifier = i < insert->table->column_count ? alias : STR("excluded");
    return STATUS_OK;
}

/* WHERE of DO UPDATE: pairs that it does not take stay as they are. */
static Status filter_pairs(Insert *insert, const Scope *scope, PlanNode *input, PlanNode **out, Error *err) {
    Bind *bind = insert->bind;
    const AstExpr *where = insert->ast->conflict_where;
    ScalarList scalars = {0};
    ExprContext context = {.scope = scope, .clause = "WHERE", .scalars = &scalars};
    const Expr *predicate;
    *out = input;
    if (where == NULL) return STATUS_OK;
    TRY(bind_expr_top(bind, &context, where, &predicate, err));
    TRY(resolve_boolean(bind, &predicate, "WHERE", err));
    TRY(scalars_attach(bind, &scalars, input, out, err));
    TRY(scalars_renumber(bind, predicate, input->column_count, &predicate, err));
    return node_filter(bind, *out, predicate, bind_span(bind, where->span), out, err);
}

/* What SET makes of a column. */
static Status set_value(Insert *insert, ExprContext *context, const AstExpr *ast, uint32_t column, const Expr **out, Error *err) {
    const Expr *bound;
    if (ast->kind == AST_EXPR_DEFAULT) return missing_value(insert, column, bind_span(insert->bind, ast->span), out, err);
    TRY(bind_expr_top(insert->bind, context, ast, &bound, err));
    return assign(insert, bound, column, out, err);
}

/* The row that is there, the row as SET makes it, and the column behind: SET reads the old values alone. */
static Status update_pairs(Insert *insert, const AstAssignmentList *set, const Scope *scope, PlanNode *input, PlanNode **out, Error *err) {
    Bind *bind = insert->bind;
    uint32_t count = insert->table->column_count;
    ScalarList scalars = {0};
    ExprContext context = {.scope = scope, .clause = "UPDATE", .scalars = &scalars};
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, 2 * (size_t)count + 1);
    TRY_ALLOC(items);
    ASSERT(input->column_count > 2 * count); /* behind the pairs: the count of scan_pairs, values of WHERE's subqueries */
    for (uint32_t i = 0; i < 2 * count; i++)
        items[i] = (ProjectItem){bind_output_expr(bind, input, i % count), insert->table->columns[i % count].name};
    items[2 * count] = (ProjectItem){.expr = bind_output_expr(bind, input, 2 * count)};
    for (uint32_t i = 0; i < 2 * count + 1; i++) TRY_ALLOC(items[i].expr);
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t column;
        ASSERT(set->items[i].columns.count == 1); /* db/change.c has taken (a, b) = (x, y) apart */
        TRY(find_target(insert, &set->items[i].columns.items[0], &column, err));
        TRY(set_value(insert, &context, set->items[i].value, column, &items[count + column].expr, err));
    }
    PlanNode *node;
    TRY(scalars_attach(bind, &scalars, input, &node, err));
    for (uint32_t i = 0; i < 2 * count && scalars.count > 0; i++)
        TRY(scalars_renumber(bind, items[i].expr, input->column_count, &items[i].expr, err));
    return node_project(bind, node, items, 2 * count + 1, SQL_SPAN_NONE, out, err);
}

/* In SET and WHERE a name is a column of the table, excluded.name what was to be inserted. */
static Status bind_conflict_plan(Insert *insert, const AstAssignmentList *set, const Relation *pairs, Plan **out, Error *err) {
    PlanNode *scanned, *node;
    TRY(scan_pairs(insert, pairs, &scanned, err));
    ASSERT(scanned->column_count > 1); /* the pairs, and one behind them */
    uint32_t count = scanned->column_count - 1;
    Scope scope = {.columns = scanned->columns, .column_count = count, .hiding_from = count};
    if (str_equal(name_of_target(insert->ast), STR("excluded"))) scope.twice = STR("excluded");
    TRY(filter_pairs(insert, &scope, scanned, &node, err));
    TRY(update_pairs(insert, set, &scope, node, &node, err));
    return finish_plan(insert->bind, node, out, err);
}

Status bind_conflict(Binder *binder, const AstInsert *insert, const AstAssignmentList *set, const Relation *table, const Relation *pairs,
                     Plan **out, Error *err) {
    Bind bind;
    bind_init(&bind, binder);
    Insert work = {.bind = &bind, .ast = insert, .table = table};
    Status status = bind_conflict_plan(&work, set, pairs, out, err);
    bind_deinit(&bind);
    return status;
}
