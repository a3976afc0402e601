/* SPDX-License-Identifier: Apache-2.0
 * plan/push.c - FILTER, and how far down a predicate may go.
 *
 * A conjunct passes a node when every column it reads is there below it and the rows that reach the node from
 * above stay the same. It does not pass LIMIT; an AGGREGATE only on group columns that are no window's, and
 * not when late rows leave there (they would be fewer); a FILTER or MATCH_COUNTS only when it cannot fail, since that filter
 * may be what keeps it from failing. */
#include "plan/bind_priv.h"

typedef bool (*ColumnTest)(const void *context, uint32_t column);

static bool columns_all(const Expr *expr, ColumnTest test, const void *context) {
    if (expr->kind == EXPR_COLUMN) return test(context, expr->column);
    for (uint32_t i = 0; i < expr->argument_count; i++)
        if (!columns_all(expr->arguments[i], test, context)) return false;
    return true;
}

static bool is_below(const void *context, uint32_t column) {
    return column < *(const uint32_t *)context;
}

static bool is_plain_in_project(const void *context, uint32_t column) {
    const PlanNode *project = context;
    ASSERT(column < project->column_count);
    ExprKind kind = project->project.exprs[column]->kind;
    return kind == EXPR_COLUMN || kind == EXPR_CONSTANT || kind == EXPR_PARAMETER;
}

static bool is_plain_group(const void *context, uint32_t column) {
    const PlanNode *node = context;
    return column < node->aggregate.group_count && node->columns[column].window_role == WINDOW_NONE;
}

/* Do the same rows come out if the predicate is asked below the node? */
static bool may_pass(const PlanNode *node, const Expr *predicate) {
    /* random() would be asked for other rows than the statement says, or more often. */
    if (expr_has_volatile(predicate)) return false;
    switch (node->kind) {
        case PLAN_FILTER: return !expr_is_fallible(predicate) && may_pass(node->inputs[0], predicate);
        case PLAN_PROJECT: return columns_all(predicate, is_plain_in_project, node);
        case PLAN_SCALAR:
            if (node->scalar.is_member) return columns_all(predicate, is_below, &node->scalar.operand);
            return columns_all(predicate, is_below, &node->inputs[0]->column_count);
        case PLAN_WINDOW: return columns_all(predicate, is_below, &node->inputs[0]->column_count);
        case PLAN_AGGREGATE:
        case PLAN_SESSION:
            return !node->aggregate.late_output && node->aggregate.group_count > 0 &&
                   expr_is_stable(predicate) && columns_all(predicate, is_plain_group, node);
        case PLAN_UNION: return true;
        /* what EXCEPT takes away may be what keeps it from failing; the counts are for this node alone */
        case PLAN_MATCH_COUNTS: return !expr_is_fallible(predicate) && columns_all(predicate, is_below, &node->match_counts.left);
        case PLAN_SORT: return node->sort.limit < 0 && node->sort.asked == NULL && node->sort.distinct_count == 0;
        case PLAN_SCAN:
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_LIMIT:
        case PLAN_KIND_COUNT: break;
    }
    return false;
}

static bool is_true(const Expr *expr) {
    return expr->kind == EXPR_CONSTANT && !array_is_null(&expr->constant, 0) &&
           bits_get(array_bits(&expr->constant), 0);
}

static Status attach(Bind *bind, PlanNode *node, const Expr *predicate, SqlSpan span, PlanNode **out,
                     Error *err);

/* To every input: a UNION's rows come from all of them. */
static Status attach_below(Bind *bind, PlanNode *node, const Expr *predicate, SqlSpan span, Error *err) {
    ASSERT(node->input_count > 0); /* else the predicate would be lost */
    PlanNode **inputs = (PlanNode **)(uintptr_t)node->inputs; /* of the binder's own making */
    for (uint32_t i = 0; i < node->input_count; i++) {
        /* The value's own rows are another matter: only the side that is passed on is filtered. */
        if (i > 0 && node->kind == PLAN_SCALAR) break;
        TRY(attach(bind, inputs[i], predicate, span, &inputs[i], err));
    }
    return STATUS_OK;
}

/* The predicate as the node's input sees it. */
static Status translate(Bind *bind, const PlanNode *node, const Expr *predicate, const Expr **out,
                        Error *err) {
    *out = predicate;
    if (node->kind == PLAN_PROJECT) {
        TRY(expr_inline(bind->arena, predicate, node->project.exprs, out, err));
        TRY_ALLOC(*out = expr_fold(bind->arena, bind->binder->pool, bind->binder->zones, *out));
    } else if (node->kind == PLAN_AGGREGATE || node->kind == PLAN_SESSION) {
        TRY(expr_renumber(bind->arena, predicate, node->aggregate.groups, out, err));
    }
    return STATUS_OK;
}

/* Behind the FILTER's own conditions: what keeps it from failing stays before it. */
static Status merge(Bind *bind, PlanNode *filter, const Expr *predicate, Error *err) {
    ASSERT(filter->kind == PLAN_FILTER);
    const Expr *old = filter->filter.predicate;
    uint32_t count = old->kind == EXPR_AND ? old->argument_count : 1;
    const Expr **parts = ARENA_ARRAY(bind->arena, const Expr *, (size_t)count + 1);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < count; i++) parts[i] = old->kind == EXPR_AND ? old->arguments[i] : old;
    parts[count] = predicate;
    SqlSpan span = SQL_SPAN_NONE; /* its parts may come from different clauses */
    ASSERT(count < EXPR_ARGUMENT_COUNT_MAX);
    filter->filter.predicate =
        expr_form(bind->arena, EXPR_AND, type_of(TYPE_BOOLEAN), parts, count + 1, span);
    TRY_ALLOC(filter->filter.predicate);
    return STATUS_OK;
}

/* As far down as may_pass lets it, then into the FILTER there, or a new one. */
static Status attach(Bind *bind, PlanNode *node, const Expr *predicate, SqlSpan span, PlanNode **out,
                     Error *err) {
    *out = node;
    ASSERT(predicate->type.id == TYPE_BOOLEAN);
    /* The statement is refused in the end, and its nodes are not whole: a join has one side's columns. */
    if (bind->has_deferred) return STATUS_OK;
    ASSERT(columns_all(predicate, is_below, &node->column_count)); /* none of the mixed space is left */
    if (is_true(predicate)) return STATUS_OK;
    TRY(bind_check_stable(bind, node, predicate, err));
    if (may_pass(node, predicate)) {
        TRY(translate(bind, node, predicate, &predicate, err));
        return attach_below(bind, node, predicate, span, err);
    }
    if (node->kind == PLAN_FILTER && (node->filter.predicate->kind != EXPR_AND ||
                                      node->filter.predicate->argument_count < EXPR_ARGUMENT_COUNT_MAX))
        return merge(bind, node, predicate, err);
    TRY(node_new(bind, PLAN_FILTER, span, &node, 1, 0, out, err));
    node_pass_on(*out, node);
    (*out)->filter.predicate = predicate;
    return STATUS_OK;
}

Status node_filter(Bind *bind, PlanNode *input, const Expr *predicate, SqlSpan span, PlanNode **out,
                   Error *err) {
    ASSERT(predicate->type.id == TYPE_BOOLEAN);
    *out = input;
    uint32_t count = predicate->kind == EXPR_AND ? predicate->argument_count : 1;
    for (uint32_t i = 0; i < count; i++)
        TRY(attach(bind, *out, predicate->kind == EXPR_AND ? predicate->arguments[i] : predicate, span, out,
                   err));
    return STATUS_OK;
}
