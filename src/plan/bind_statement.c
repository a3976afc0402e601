/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_statement.c - the entries of bind.h: whole queries with EMIT, expressions alone, watermarks. */
#include "plan/bind_priv.h"

/* ---- EMIT
 * ------------------------------------------------------------------------------------------------------------
 */

/* ALLOW LATENESS and LATE DATA TO, for the windows that are bound after it. */
static Status bind_lateness(Bind *bind, const AstEmit *emit, Error *err) {
    if (emit->lateness != NULL) {
        TRY(bind_constant_interval(bind, emit->lateness, "ALLOW LATENESS", &bind->lateness, err));
        if (bind->lateness < 0)
            return error_set_at(err, STATUS_INVALID_ARGUMENT, (int64_t)emit->lateness->span.start,
                                "ALLOW LATENESS must not be negative");
    }
    const AstQualifiedName *late = &emit->late_data;
    bind->late_output = late->count > 0;
    if (late->count > 2 || (late->count == 2 && !str_equal(late->items[0].str, STR("public"))))
        return error_set_at(err, STATUS_NOT_SUPPORTED, late->items[0].span.start,
                            "schemas other than public are not supported yet");
    return STATUS_OK;
}

/* What the statement is for, before anything of it is bound: whether it goes on for ever, and when its groups leave. */
static Status read_emit(Bind *bind, const AstQuery *query, BindPurpose purpose, Error *err) {
    const AstEmit *emit = query->emit;
    bind->emit = emit;
    bind->maintained = purpose == BIND_MAINTAINED;
    bind->defining = purpose == BIND_VIEW;
    if (bind->defining && emit != NULL)
        return error_set_at(err, STATUS_STREAMING, (int64_t)emit->span.start,
                            "a VIEW takes no EMIT: it follows the statement that reads it");
    bind->continuous = bind->maintained || (emit != NULL && emit->mode != AST_EMIT_NONE);
    if (emit == NULL) return STATUS_OK;
    bind->emit_on_close = emit->mode == AST_EMIT_ON_WINDOW_CLOSE;
    TRY(bind_lateness(bind, emit, err));
    if (bind->continuous) return STATUS_OK;
    (void)error_set_at(err, STATUS_STREAMING, (int64_t)emit->span.start,
                       "a SELECT without EMIT knows no lateness: every row counts");
    return error_add_hint(err, "Add EMIT ON WINDOW CLOSE or EMIT CHANGES before it, or leave it out.");
}

/* What EMIT promised and the bound query cannot keep. */
static Status check_windowed(const Bind *bind, const PlanNode *root, Error *err) {
    const AstEmit *emit = bind->emit;
    if (emit == NULL) return STATUS_OK;
    const char *what = emit->mode == AST_EMIT_ON_WINDOW_CLOSE ? "EMIT ON WINDOW CLOSE"
                       : emit->lateness != NULL               ? "ALLOW LATENESS"
                       : emit->late_data.count > 0            ? "LATE DATA TO"
                                                              : NULL;
    int64_t position = emit->mode == AST_EMIT_ON_WINDOW_CLOSE ? emit->mode_span.start
                       : emit->lateness != NULL               ? emit->lateness->span.start
                                                              : emit->span.start;
    if (what != NULL && !bind->windowed) {
        (void)error_set_at(err, STATUS_STREAMING, position, "%s needs an aggregate over windows", what);
        return error_add_hint(err,
                              "Group by window_start and window_end of TUMBLE(table, time_column, size), or "
                              "write EMIT CHANGES alone.");
    }
    if (bind->late_output && bind->late_from == NULL)
        return error_set_at(err, STATUS_NOT_SUPPORTED, position,
                            "LATE DATA TO without GROUP BY is not supported yet");
    if (emit->mode != AST_EMIT_ON_WINDOW_CLOSE || root->change == CHANGE_APPEND) return STATUS_OK;
    (void)error_set_at(err, STATUS_STREAMING, position,
                       "EMIT ON WINDOW CLOSE needs rows that never change, but something above or beside the "
                       "windows changes its rows");
    return error_add_hint(err, "Group by the window's columns at every level, or use EMIT CHANGES.");
}

/* How rows leave: as EMIT says, or as what the rows are makes it. */
static Status settle_mode(Bind *bind, const PlanNode *root, Plan *plan, Error *err) {
    ASSERT(bind->continuous);
    bool changes = root->change == CHANGE_WEIGHTED;
    AstEmitMode mode = bind->emit == NULL ? AST_EMIT_NONE : bind->emit->mode;
    plan->weights = changes;
    plan->emit = changes ? EMIT_CHANGES : EMIT_APPEND;
    switch (mode) {
        case AST_EMIT_NONE:
        case AST_EMIT_ON_WINDOW_CLOSE: return STATUS_OK;
        case AST_EMIT_CHANGES:
            plan->emit = EMIT_CHANGES;
            plan->weights = true;
            return STATUS_OK;
        case AST_EMIT_EVERY:
            plan->emit = EMIT_EVERY;
            TRY(bind_constant_interval(bind, bind->emit->every, "EMIT EVERY", &plan->every, err));
            if (plan->every > 0) return STATUS_OK;
            return error_set_at(err, STATUS_INVALID_ARGUMENT, (int64_t)bind->emit->every->span.start,
                                "EMIT EVERY must be greater than zero");
        case AST_EMIT_ON_UPDATE:
            plan->emit = EMIT_ON_UPDATE;
            if (root->key != NULL) return STATUS_OK;
            (void)error_set_at(
                err, STATUS_STREAMING, (int64_t)bind->emit->mode_span.start,
                "EMIT ON UPDATE shows the latest row per key, and these rows have no unique key");
            return error_add_hint(
                err,
                "Keep the grouped columns (or the primary key) in the SELECT list, or use EMIT CHANGES.");
    }
    return STATUS_OK;
}

/* ---- queries
 * ------------------------------------------------------------------------------------------------------------
 */

/* Last of all: what was found out on the way goes into the plan, columns that nobody reads go out of it. */
static Status fill_plan(Bind *bind, PlanNode *root, Plan **out, Error *err) {
    Plan *plan = ARENA_NEW(bind->arena, Plan);
    TRY_ALLOC(plan);
    plan->continuous = bind->continuous;
    plan->emit_written = bind->emit != NULL && bind->emit->mode != AST_EMIT_NONE;
    plan->emit = EMIT_FINAL;
    if (bind->continuous) TRY(settle_mode(bind, root, plan, err));
    if (bind->late_output) {
        ASSERT(bind->late_from != NULL); /* check_windowed */
        plan->late_data = ast_name_last(&bind->emit->late_data)->str;
        plan->late_position = ast_name_last(&bind->emit->late_data)->span.start;
        plan->late_from = bind->late_from;
        plan->late_columns = bind->late_columns;
        plan->late_column_count = bind->late_column_count;
    }
    plan->relations = bind->relations.items;
    plan->relation_count = (uint32_t)bind->relations.count;
    plan->notices = bind->notices.items;
    plan->notice_count = (uint32_t)bind->notices.count;
    TRY(rewrite_plan(bind, root, &root, err));
    plan->root = root;
    plan->zone = bind->zone;
    plan->node_count = root->id + 1;
    ASSERT(plan->node_count <= bind->node_count); /* rewrite leaves out, it adds none */
    if (plan->emit == EMIT_ON_UPDATE) ASSERT(root->key != NULL);
    if (plan->emit == EMIT_EVERY) ASSERT(plan->every > 0);
    if (plan->emit == EMIT_FINAL) ASSERT(!plan->continuous);
    *out = plan;
    return STATUS_OK;
}

static Status deferred(const Bind *bind, Error *err) {
    if (!bind->has_deferred) return STATUS_OK;
    *err = bind->deferred;
    return err->status;
}

static Status bind_whole(Bind *bind, const AstQuery *query, BindPurpose purpose, Plan **out, Error *err) {
    PlanNode *root;
    TRY(read_emit(bind, query, purpose, err));
    TRY(bind_subquery(bind, query, NULL, false, &root, err));
    TRY(deferred(bind, err));
    TRY(check_windowed(bind, root, err));
    return fill_plan(bind, root, out, err);
}

Status bind_query(Binder *binder, const AstQuery *query, BindPurpose purpose, Plan **out, Error *err) {
    Bind bind;
    bind_init(&bind, binder);
    Status status = bind_whole(&bind, query, purpose, out, err);
    bind_deinit(&bind);
    return status;
}

/* ---- expressions alone
 * ---------------------------------------------------------------------------------------------------- */

/* Without aggregates and subqueries: there is no query around it. */
static Status bind_alone(Bind *bind, const AstExpr *expr, const Scope *scope, Type type, const Expr **out,
                         Error *err) {
    ExprContext context = {.scope = scope, .clause = scope->column_count == 0 ? "DEFAULT" : "an expression"};
    const Expr *bound;
    TRY(bind_expr(bind, &context, expr, &bound, err));
    if (type.id == TYPE_UNKNOWN) {
        TRY(resolve_unknown(bind, &bound, err));
    } else {
        const Expr *cast;
        TRY(resolve_assignment(bind, bound, type, &cast, err));
        if (cast == NULL)
            return error_set_at(err, STATUS_DATATYPE_MISMATCH, (int64_t)expr->span.start,
                                "expression is of type %s, where %s is needed", type_name(bound->type.id),
                                type_name(type.id));
        bound = cast;
    }
    TRY(deferred(bind, err));
    if (type.id != TYPE_UNKNOWN) ASSERT(bound->type.id == type.id);
    *out = expr_fold(bind->arena, bind->binder->pool, bind->binder->zones, bound);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

Status bind_expression(Binder *binder, const AstExpr *expr, const PlanColumn *columns, uint32_t column_count,
                       Type type, const Expr **out, Error *err) {
    Bind bind;
    Scope scope = {.columns = columns, .column_count = column_count, .hiding_from = column_count};
    bind_init(&bind, binder);
    Status status = bind_alone(&bind, expr, &scope, type, out, err);
    bind_deinit(&bind);
    return status;
}

Status bind_interval_us(Binder *binder, const AstExpr *expr, int64_t *out, Error *err) {
    Bind bind;
    bind_init(&bind, binder);
    Status status = bind_constant_interval(&bind, expr, "the value", out, err);
    bind_deinit(&bind);
    return status;
}

/* ---- watermarks
 * ------------------------------------------------------------------------------------------------------------
 */

static Status watermark_form(const AstExpr *expr, Error *err) {
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, (int64_t)expr->span.start,
                       "a watermark other than a time column less a constant interval is not supported yet");
    return error_add_hint(err, "Write WATERMARK FOR ts AS ts - INTERVAL '5' SECOND.");
}

/* FOR column: by the same rules as a column of an expression, so its errors are the same. */
static Status bind_watermark_column(Bind *bind, const Scope *scope, const AstName *name, int32_t *out,
                                    Error *err) {
    AstName part = *name;
    AstExpr column = {.kind = AST_EXPR_COLUMN, .span = name->span, .position = name->span.start};
    column.column.items = &part;
    column.column.count = 1;
    uint32_t index;
    TRY(bind_column_name(bind, scope, &column, &index, err));
    *out = (int32_t)index;
    Type type = scope->columns[index].type;
    if (type_is_timestamp(type) || type.id == TYPE_DATE) return STATUS_OK;
    error_set_at(err, STATUS_DATATYPE_MISMATCH, (int64_t)name->span.start, "the column of a WATERMARK must be a timestamp or a date, not %s",
                 type_name(type.id));
    return !type_is_number(type) ? error_add_hint(err, "Name the columns, this one as TIMESTAMP.")
           : scope->columns[index].is_guessed
               ? error_add_hint(err, "The option timestamp_unit = 's' (or ms, us, ns) reads numbers as times.")
               : error_add_hint(err, "Declare the column TIMESTAMP; of a source, timestamp_unit = 's' (or ms, us, ns) reads numbers so.");
}

/* ts, or ts - INTERVAL '..': read off the tree, since only these two forms mean a delay. */
static Status bind_watermark_delay(Bind *bind, const Scope *scope, const AstExpr *expr, int32_t time_column,
                                   int64_t *delay, Error *err) {
    const AstExpr *base = expr, *less = NULL;
    if (expr->kind == AST_EXPR_BINARY && str_equal(expr->operation.op, STR("-"))) {
        base = expr->operation.left;
        less = expr->operation.right;
    }
    uint32_t column;
    if (base->kind != AST_EXPR_COLUMN) return watermark_form(expr, err);
    TRY(bind_column_name(bind, scope, base, &column, err));
    if ((int32_t)column != time_column) return watermark_form(expr, err);
    if (less == NULL) return STATUS_OK;
    TRY(bind_constant_interval(bind, less, "the delay of a WATERMARK", delay, err));
    if (*delay >= 0) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_ARGUMENT, (int64_t)less->span.start,
                        "the delay of a WATERMARK must not be negative");
}

Status bind_watermark(Binder *binder, const AstWatermark *watermark, const PlanColumn *columns,
                      uint32_t column_count, int32_t *time_column, int64_t *delay, Error *err) {
    Bind bind;
    Scope scope = {.columns = columns, .column_count = column_count, .hiding_from = column_count};
    bind_init(&bind, binder);
    *delay = 0;
    Status status = bind_watermark_column(&bind, &scope, &watermark->column, time_column, err);
    if (status == STATUS_OK && watermark->expr != NULL)
        status = bind_watermark_delay(&bind, &scope, watermark->expr, *time_column, delay, err);
    bind_deinit(&bind);
    return status;
}
