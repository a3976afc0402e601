/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_window.c - windows over time: as table functions in FROM, and as forms of GROUP BY.
 *
 *     TUMBLE(t, ts, size [, offset])      HOP(t, ts, slide, size [, offset])
 *     CUMULATE(t, ts, step, size [, offset])      SESSION(t [PARTITION BY k], ts, gap)
 *
 * In GROUP BY the same without the table. Lengths are constant, at least a microsecond, without months. HOP
 * takes any slide: one that does not divide the size is fine, one beyond the size leaves gaps. CUMULATE's
 * size is a multiple of its step. */
#include "plan/bind_priv.h"

enum { WINDOW_ARGUMENT_COUNT_MAX = 5, WINDOW_OVERLAP_COUNT_MAX = 100000 };

typedef enum WindowFunction {
    FUNCTION_TUMBLE,
    FUNCTION_HOP,
    FUNCTION_CUMULATE,
    FUNCTION_SESSION,
    FUNCTION_WINDOW_COUNT
} WindowFunction;

static const struct {
    const char *name;
    const char *usage;        /* lengths, after table and time column */
    const char *arguments[3]; /* names of the lengths, as NAME => .. gives them */
    uint32_t count_min;
    uint32_t count_max;
} WINDOWS[FUNCTION_WINDOW_COUNT] = {
    [FUNCTION_TUMBLE] = {"tumble", "size [, offset]", {"size", "offset", NULL}, 1, 2},
    [FUNCTION_HOP] = {"hop", "slide, size [, offset]", {"slide", "size", "offset"}, 2, 3},
    [FUNCTION_CUMULATE] = {"cumulate", "step, size [, offset]", {"step", "size", "offset"}, 2, 3},
    [FUNCTION_SESSION] = {"session", "gap", {"gap", NULL, NULL}, 1, 1},
};

static int window_find(Str name) {
    for (int i = 0; i < FUNCTION_WINDOW_COUNT; i++)
        if (str_equal(name, str_from_c(WINDOWS[i].name))) return i;
    return -1;
}

bool bind_is_window_function(Str name) {
    return window_find(name) >= 0;
}

/* ---- lengths
 * ---------------------------------------------------------------------------------------------------- */

typedef struct WindowLengths {
    int64_t size, slide, offset; /* SESSION: size is the gap */
} WindowLengths;

static Status lengths_wrong(Bind *bind, const AstExpr *at, const char *message, Error *err) {
    return error_set_at(err, STATUS_INVALID_ARGUMENT, bind_position(bind, at->span.start), "%s", message);
}

static Status bind_positive(Bind *bind, const AstExpr *expr, const char *what, int64_t *out, Error *err) {
    TRY(bind_constant_interval(bind, expr, what, out, err));
    if (*out > 0) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_ARGUMENT, bind_position(bind, expr->span.start),
                        "%s must be greater than zero", what);
}

/* What stands behind table and time column: slide or step, size or gap, offset. */
static Status bind_lengths(Bind *bind, WindowFunction function, const AstExpr *const *arguments,
                           uint32_t count, WindowLengths *out, Error *err) {
    ASSERT(count >= WINDOWS[function].count_min && count <= WINDOWS[function].count_max);
    *out = (WindowLengths){0};
    uint32_t next = 0;
    if (function == FUNCTION_HOP)
        TRY(bind_positive(bind, arguments[next++], "the slide of HOP", &out->slide, err));
    if (function == FUNCTION_CUMULATE)
        TRY(bind_positive(bind, arguments[next++], "the step of CUMULATE", &out->slide, err));
    TRY(bind_positive(bind, arguments[next++],
                      function == FUNCTION_SESSION ? "the gap of SESSION" : "the size of a window",
                      &out->size, err));
    if (function == FUNCTION_TUMBLE) out->slide = out->size;
    if (next < count)
        TRY(bind_constant_interval(bind, arguments[next], "the offset of a window", &out->offset, err));
    if (function == FUNCTION_CUMULATE && out->size % out->slide != 0)
        return lengths_wrong(bind, arguments[1], "the size of CUMULATE must be a multiple of its step", err);
    if (function != FUNCTION_SESSION && out->size / out->slide > WINDOW_OVERLAP_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, bind_position(bind, arguments[0]->span.start),
                            "a row would belong to more than %d windows", WINDOW_OVERLAP_COUNT_MAX);
    int64_t period = function == FUNCTION_HOP ? out->slide : out->size;
    /* Windows repeat, so an offset means the same as what it leaves in one period. */
    out->offset %= period;
    if (out->offset < 0) out->offset += period;
    ASSERT(out->offset >= 0 && out->offset < period);
    return STATUS_OK;
}

static Status wrong_count(Bind *bind, const AstExpr *call, WindowFunction function, bool in_from,
                          Error *err) {
    (void)error_set_at(err, STATUS_SYNTAX, bind_position(bind, call->position),
                       "wrong number of arguments of %s", WINDOWS[function].name);
    bool may_be_columns = in_from && function == FUNCTION_SESSION; /* a comma ends PARTITION BY */
    return error_add_hint(err, "Write %s(%stime_column, %s).%s", WINDOWS[function].name, in_from ? "table, " : "", WINDOWS[function].usage,
                          may_be_columns ? " Several columns stand in parentheses: PARTITION BY (a, b)." : "");
}

/* ---- the time column
 * --------------------------------------------------------------------------------------------- */

/* Windows cut timestamps and dates; a number of seconds is no time yet. */
static Status check_time(Bind *bind, WindowFunction function, const PlanColumn *column, AstSpan span,
                         Error *err) {
    if (type_is_timestamp(column->type) || column->type.id == TYPE_DATE) return STATUS_OK;
    (void)error_set_at(err, STATUS_DATATYPE_MISMATCH, bind_position(bind, span.start),
                       "the time column of %s must be a timestamp or a date, not %s", WINDOWS[function].name,
                       type_name(column->type.id));
    if (type_is_number(column->type))
        return error_add_hint(
            err, "Declare the column TIMESTAMP, or convert it in a view: to_timestamp(seconds).");
    return err->status;
}

/* ts, or DESCRIPTOR(ts). */
static Status bind_time_column(Bind *bind, WindowFunction function, const Scope *scope, const AstExpr *expr,
                               uint32_t *out, Error *err) {
    AstExpr named = *expr;
    if (expr->kind == AST_EXPR_DESCRIPTOR) {
        if (expr->names.count != 1) return lengths_wrong(bind, expr, "DESCRIPTOR names one time column", err);
        named = (AstExpr){.kind = AST_EXPR_COLUMN, .span = expr->names.items[0].span, .column = expr->names};
    }
    if (named.kind != AST_EXPR_COLUMN)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, expr->span.start),
                            "the name of a time column is expected here");
    TRY(bind_column_name(bind, scope, &named, out, err));
    return check_time(bind, function, &scope->columns[*out], named.span, err);
}

/* ---- in FROM
 * ------------------------------------------------------------------------------------------------------ */

/* Arguments of a window in FROM, in their order. */
typedef struct WindowCall {
    WindowFunction function;
    const AstExpr *arguments[WINDOW_ARGUMENT_COUNT_MAX];
    uint32_t count;
    AstExprList partition_by;
} WindowCall;

/* The place of an argument written DATA => .. and the like. */
static Status named_place(Bind *bind, const WindowCall *call, const AstExpr *argument, uint32_t *out,
                          Error *err) {
    Str name = argument->named.name.str;
    *out = str_equal(name, STR("data")) ? 0 : str_equal(name, STR("timecol")) ? 1 : WINDOW_ARGUMENT_COUNT_MAX;
    for (uint32_t i = 0; i < WINDOWS[call->function].count_max; i++)
        if (str_equal(name, str_from_c(WINDOWS[call->function].arguments[i]))) *out = 2 + i;
    if (*out < call->count && call->arguments[*out] == NULL) return STATUS_OK;
    return error_set_at(err, STATUS_SYNTAX, bind_position(bind, argument->span.start),
                        "%s takes no such argument, or it is given twice", WINDOWS[call->function].name);
}

/* Named arguments (size => ..) to their places. */
static Status order_arguments(Bind *bind, const AstExpr *expr, WindowCall *call, Error *err) {
    const AstExprList *list = &expr->call->arguments;
    call->count = list->count;
    if (list->count > WINDOW_ARGUMENT_COUNT_MAX) return wrong_count(bind, expr, call->function, true, err);
    for (uint32_t i = 0; i < list->count; i++) {
        const AstExpr *argument = list->items[i];
        uint32_t place = i;
        if (argument->kind == AST_EXPR_NAMED_ARGUMENT) {
            TRY(named_place(bind, call, argument, &place, err));
            argument = argument->named.value;
        }
        call->arguments[place] = argument;
    }
    for (uint32_t i = 0; i < call->count; i++) ASSERT(call->arguments[i] != NULL); /* as many places, none twice */
    const AstExpr *table = call->arguments[0];
    if (table != NULL && table->kind == AST_EXPR_TABLE) call->partition_by = table->table->partition_by;
    uint32_t least = 2 + WINDOWS[call->function].count_min, most = 2 + WINDOWS[call->function].count_max;
    if (call->count < least || call->count > most) return wrong_count(bind, expr, call->function, true, err);
    if (call->partition_by.count == 0 || call->function == FUNCTION_SESSION) return STATUS_OK;
    return error_set_at(err, STATUS_SYNTAX, bind_position(bind, call->partition_by.items[0]->span.start),
                        "PARTITION BY belongs to SESSION alone: other windows are the same for all rows");
}

/* The first argument: t, TABLE t, TABLE (SELECT ..), (SELECT ..). */
static Status bind_window_input(Bind *bind, const AstExpr *expr, const Scope *outer, PlanNode **out,
                                Error *err) {
    SqlSpan span = bind_span(bind, expr->span);
    const AstQuery *query = NULL;
    if (expr->kind == AST_EXPR_COLUMN) return bind_from_relation(bind, &expr->column, span, out, err);
    if (expr->kind == AST_EXPR_TABLE && expr->table->name.count > 0)
        return bind_from_relation(bind, &expr->table->name, span, out, err);
    if (expr->kind == AST_EXPR_TABLE) query = expr->table->query;
    if (expr->kind == AST_EXPR_SUBQUERY) query = expr->query;
    if (query == NULL)
        return error_set_at(err, STATUS_SYNTAX, bind_position(bind, expr->span.start),
                            "the name of a table is expected here");
    TRY(bind_subquery(bind, query, outer, false, out, err));
    return node_own_columns(bind, *out, err);
}

/* PARTITION BY of a SESSION: columns, whose values never meet in one session. */
static Status bind_partition(Bind *bind, const AstExprList *list, const Scope *scope, SessionWindow *session,
                             Error *err) {
    uint32_t *columns = ARENA_ARRAY(bind->arena, uint32_t, list->count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i]->kind != AST_EXPR_COLUMN)
            return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, list->items[i]->span.start),
                                "PARTITION BY of an expression is not supported yet");
        TRY(bind_column_name(bind, scope, list->items[i], &columns[i], err));
    }
    session->partition = columns;
    session->partition_count = list->count;
    return STATUS_OK;
}

/* The scope of a session: its two columns are there only once rows are grouped. */
static Status from_session(Bind *bind, FromResult *from, const SessionWindow *session, Str qualifier,
                           Error *err) {
    uint32_t count = from->node->column_count;
    PlanColumn *columns = ARENA_ARRAY(bind->arena, PlanColumn, (size_t)count + 2);
    SessionWindow *kept = arena_copy(bind->arena, session, sizeof(*session));
    if (columns == NULL || kept == NULL) return error_out_of_memory(err);
    ASSERT(session->time_column < count);
    ASSERT(session->gap > 0);
    memcpy(columns, from->node->columns, count * sizeof(PlanColumn));
    Type type = type_of(columns[session->time_column].type.id == TYPE_TIMESTAMPTZ ? TYPE_TIMESTAMPTZ
                                                                                  : TYPE_TIMESTAMP);
    PlanColumn column = {.type = type, .not_null = true, .qualifier = qualifier, .window_role = WINDOW_START};
    column.name = STR("window_start");
    columns[count] = column;
    column.name = STR("window_end");
    column.window_role = WINDOW_END;
    columns[count + 1] = column;
    from->scope.columns = columns;
    from->scope.column_count = count + 2;
    from->session = kept;
    from->time_column = (int32_t)session->time_column;
    return STATUS_OK;
}

/* As Flink has it, such a window samples the rows; more often its two lengths have been exchanged. */
static Status leaves_gaps(Bind *bind, SqlSpan span, Error *err) {
    return bind_notice(bind, (uint32_t)span.start, STR("the slide of this HOP is longer than its size: rows between two windows are in none"),
                       STR("The order is slide, size. TUMBLE(.., size) leaves no row out."), err);
}

/* A WINDOW node above FROM; its two columns are named before the table's of those names. */
static Status from_fixed(Bind *bind, FromResult *from, WindowFunction function, uint32_t time_column,
                         const WindowLengths *lengths, SqlSpan span, Error *err) {
    static const WindowKind KINDS[] = {WINDOW_TUMBLE, WINDOW_HOP, WINDOW_CUMULATE};
    ASSERT((size_t)function < sizeof(KINDS) / sizeof(KINDS[0])); /* not SESSION, which has no fixed windows */
    WindowSpec spec = {
        .kind = KINDS[function],
        .time_column = time_column,
        .size = lengths->size,
        .slide = lengths->slide,
        .offset = lengths->offset,
    };
    PlanNode *node;
    if (spec.kind == WINDOW_HOP && spec.slide > spec.size) TRY(leaves_gaps(bind, span, err));
    ASSERT(time_column < from->node->column_count);
    from->scope.hiding_from = from->node->column_count;
    TRY(node_window(bind, from->node, &spec, span, &node, err));
    ASSERT(node->column_count == from->node->column_count + 2);
    from_set_node(from, node);
    from->time_column = (int32_t)time_column;
    return STATUS_OK;
}

Status bind_from_window(Bind *bind, const AstFromItem *item, const Scope *outer, FromResult *out,
                        Error *err) {
    const AstExpr *expr = item->function;
    WindowCall call = {
        .function = (WindowFunction)window_find(ast_name_last(&expr->call->name)->str)};
    ASSERT(bind_is_window_function(ast_name_last(&expr->call->name)->str));
    uint32_t time_column;
    TRY(bind_check_plain_call(bind, expr, str_from_c(WINDOWS[call.function].name), err));
    TRY(order_arguments(bind, expr, &call, err));
    PlanNode *input;
    TRY(bind_window_input(bind, call.arguments[0], outer, &input, err));
    from_set_node(out, input);
    out->scope.hiding_from = out->source_count = out->star_count = input->column_count;
    TRY(bind_time_column(bind, call.function, &out->scope, call.arguments[1], &time_column, err));
    WindowLengths lengths;
    TRY(bind_lengths(bind, call.function, call.arguments + 2, call.count - 2, &lengths, err));
    SqlSpan span = bind_span(bind, item->span);
    Str qualifier = input->columns[time_column].qualifier;
    if (call.function == FUNCTION_SESSION) {
        SessionWindow session = {
            .time_column = time_column, .gap = lengths.size, .in_from = true, .span = span};
        TRY(bind_partition(bind, &call.partition_by, &out->scope, &session, err));
        TRY(from_session(bind, out, &session, qualifier, err));
        out->star_count = out->scope.column_count;
        return STATUS_OK;
    }
    TRY(from_fixed(bind, out, call.function, time_column, &lengths, span, err));
    for (uint32_t i = input->column_count; i < out->node->column_count; i++)
        out->node->columns[i].qualifier = qualifier;
    out->star_count = out->node->column_count;
    return STATUS_OK;
}

/* ---- in GROUP BY
 * -------------------------------------------------------------------------------------------------- */

/* A computed time becomes a column without a name. */
static Status bind_time_expression(Bind *bind, WindowFunction function, FromResult *from, const AstExpr *expr,
                                   uint32_t *out, Error *err) {
    ExprContext context = {.scope = &from->scope, .clause = "GROUP BY"};
    const Expr *bound;
    TRY(bind_expr_top(bind, &context, expr, &bound, err));
    uint32_t count = from->node->column_count;
    *out = count;
    if (bound->kind == EXPR_COLUMN) {
        ASSERT(bound->column < count); /* no aggregate, no subquery: the context has no place for them */
        *out = bound->column;
        return check_time(bind, function, &from->scope.columns[bound->column], expr->span, err);
    }
    PlanColumn computed = {.type = bound->type};
    TRY(check_time(bind, function, &computed, expr->span, err));
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, (size_t)count + 1);
    TRY_ALLOC(items);
    PlanNode *input = from->node, *node;
    for (uint32_t i = 0; i < count; i++) {
        const PlanColumn *column = &input->columns[i];
        items[i].name = column->name;
        TRY_ALLOC(items[i].expr = expr_column(bind->arena, i, column->type, !column->not_null, bound->span));
    }
    items[count].expr = bound;
    TRY(node_project(bind, input, items, count + 1, bound->span, &node, err));
    for (uint32_t i = 0; i < count; i++) node->columns[i].qualifier = input->columns[i].qualifier;
    from_set_node(from, node);
    return STATUS_OK;
}

/* GROUP BY TUMBLE(..) groups by both ends, the last two columns of the scope. */
static Status group_add_window_keys(Bind *bind, Group *group, const FromResult *from, uint32_t start,
                                    SqlSpan span, Error *err) {
    ASSERT(start + 2 == from->scope.column_count);
    for (uint32_t i = start; i < start + 2; i++) {
        const PlanColumn *column = &from->scope.columns[i];
        const Expr *key = expr_column(bind->arena, i, column->type, false, span);
        TRY_ALLOC(key);
        TRY(group_add_key(bind, group, key, column->name, span, err));
    }
    return STATUS_OK;
}

Status bind_group_window(Bind *bind, const AstExpr *call, Group *group, FromResult *from, Error *err) {
    WindowFunction function =
        (WindowFunction)window_find(ast_name_last(&call->call->name)->str);
    const AstExprList *list = &call->call->arguments;
    SqlSpan span = bind_span(bind, call->span);
    TRY(bind_check_plain_call(bind, call, str_from_c(WINDOWS[function].name), err));
    if (group->window_function.size > 0 || from->session != NULL)
        return error_set_at(err, STATUS_WINDOWING, bind_position(bind, call->position),
                            "only one window may be grouped by");
    if (list->count < 1 + WINDOWS[function].count_min || list->count > 1 + WINDOWS[function].count_max)
        return wrong_count(bind, call, function, false, err);
    uint32_t time_column;
    TRY(bind_time_expression(bind, function, from, list->items[0], &time_column, err));
    WindowLengths lengths;
    TRY(bind_lengths(bind, function, (const AstExpr *const *)list->items + 1, list->count - 1, &lengths,
                     err));
    uint32_t start = from->node->column_count;
    ASSERT(function < FUNCTION_WINDOW_COUNT);
    group->window_function = str_from_c(WINDOWS[function].name);
    group->window_start = start;
    group->window_arguments = list;
    if (function == FUNCTION_SESSION) {
        SessionWindow session = {.time_column = time_column, .gap = lengths.size, .span = span};
        from->scope.hiding_from = start;
        TRY(from_session(bind, from, &session, (Str){0}, err));
    } else {
        TRY(from_fixed(bind, from, function, time_column, &lengths, span, err));
    }
    return group_add_window_keys(bind, group, from, start, span, err);
}
