/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_group.c - the way through an AGGREGATE or SESSION.
 *
 *     input -> PROJECT (keys, arguments; only if some are computed) -> AGGREGATE -> PROJECT (window ends;
 * only if grouped by)
 *
 * A window's end is its start plus the size: it is no part of the key, which holds the start, but is computed
 * above. */
#include "column/rowkey.h"
#include "plan/bind_priv.h"

Status group_add_key(Bind *bind, Group *group, const Expr *expr, Str name, SqlSpan span, Error *err) {
    for (size_t i = 0; i < group->keys.count; i++)
        if (expr_equal(group->keys.items[i].expr, expr)) return STATUS_OK;
    GroupKey key = {expr, name, span};
    if (!arena_vector_push(&group->keys, bind->arena, key)) return error_out_of_memory(err);
    return STATUS_OK;
}

static bool has_column_between(const Expr *expr, uint32_t first, uint32_t end) {
    if (expr->kind == EXPR_COLUMN) return expr->column >= first && expr->column < end;
    for (uint32_t i = 0; i < expr->argument_count; i++)
        if (has_column_between(expr->arguments[i], first, end)) return true;
    return false;
}

bool group_expr_has_aggregate(const Expr *expr) {
    return has_column_between(expr, COLUMN_AGGREGATE, COLUMN_SCALAR);
}

bool group_expr_has_subquery(const Expr *expr) {
    return has_column_between(expr, COLUMN_SCALAR, UINT32_MAX);
}

/* How a key comes out of the aggregate. */
typedef struct KeyPlace {
    const Expr *expr; /* the key, over the input */
    uint32_t column;  /* of the AGGREGATE, or of the PROJECT above it */
    bool is_end;      /* a window's end: start column + size */
    uint32_t start;   /* index among the places */
    Str name;
    SqlSpan span;
} KeyPlace;

typedef struct Grouping {
    Bind *bind;
    Group *group;
    const FromResult *from;
    KeyPlace *places;
    uint32_t place_count;
    uint32_t key_count;        /* groups of the node */
    uint32_t call_column;      /* of the first aggregate in the node's output */
    VECTOR(ProjectItem) items; /* of the PROJECT below */
    bool late;
    size_t written_count;       /* keys of GROUP BY; those behind follow from them */
    uint32_t independent_count; /* of key_count */
} Grouping;

/* ---- keys
 * ----------------------------------------------------------------------------------------------------------
 */

static const PlanColumn *key_column(const Grouping *grouping, const Expr *expr) {
    return expr->kind == EXPR_COLUMN ? &grouping->from->scope.columns[expr->column] : NULL;
}

/* Whether + of a timestamp and an interval is there to compute an end with. */
static bool can_add_interval(Type type) {
    FunctionList list = function_find(STR("+"));
    for (uint32_t i = 0; i < list.count; i++)
        if (list.functions[i]->arguments[0] == type.id && list.functions[i]->arguments[1] == TYPE_INTERVAL)
            return true;
    return false;
}

/* The start of the window whose end `column` is; -1: none, or it does not follow from the start. */
static int32_t start_of_end(const Grouping *grouping, const PlanColumn *column) {
    if (column == NULL || column->window_role != WINDOW_END || column->window_size == 0 ||
        column->window_id == 0 || !can_add_interval(column->type))
        return -1;
    const Scope *scope = &grouping->from->scope;
    for (uint32_t i = 0; i < scope->column_count; i++)
        if (scope->columns[i].window_role == WINDOW_START &&
            scope->columns[i].window_id == column->window_id &&
            scope->columns[i].window_size == column->window_size)
            return (int32_t)i;
    return -1;
}

/* The key for a window's start: the one that is there, or one more, since an end is worked out from it. */
static Status place_start(Grouping *grouping, uint32_t column, SqlSpan span, uint32_t *out, Error *err) {
    ASSERT(column < grouping->from->scope.column_count);
    for (*out = 0; *out < grouping->place_count; (*out)++) {
        const KeyPlace *place = &grouping->places[*out];
        if (!place->is_end && place->expr->kind == EXPR_COLUMN && place->expr->column == column)
            return STATUS_OK;
    }
    const PlanColumn *start = &grouping->from->scope.columns[column];
    const Expr *expr = expr_column(grouping->bind->arena, column, start->type, false, span);
    TRY_ALLOC(expr);
    grouping->places[grouping->place_count++] =
        (KeyPlace){.expr = expr, .column = grouping->key_count++, .name = start->name, .span = span};
    return STATUS_OK;
}

static bool is_inclusive(const Grouping *grouping, const Expr *expr, uint32_t *which) {
    uint32_t start = grouping->from->node->column_count;
    if (grouping->from->session == NULL || expr->kind != EXPR_COLUMN) return false;
    *which = expr->column - start;
    return expr->column >= start && expr->column < start + 2;
}

static bool has_key(const Grouping *grouping, uint32_t column) {
    const Group *group = grouping->group;
    for (size_t i = 0; i < group->keys.count; i++)
        if (group->keys.items[i].expr->kind == EXPR_COLUMN && group->keys.items[i].expr->column == column)
            return true;
    return false;
}

/* Columns that the primary key among the groups fixes may be named without being grouped by: they become keys too. */
static Status add_dependents_of(Grouping *grouping, const Expr *expr, Error *err) {
    const Scope *scope = &grouping->from->scope;
    if (expr->kind == EXPR_COLUMN && expr->column < scope->column_count && !has_key(grouping, expr->column)) {
        return group_add_key(grouping->bind, grouping->group, expr, scope->columns[expr->column].name,
                             expr->span, err);
    }
    for (uint32_t i = 0; i < expr->argument_count; i++)
        TRY(add_dependents_of(grouping, expr->arguments[i], err));
    return STATUS_OK;
}

/* Grouped by what identifies a row, the other columns follow from it, as in PostgreSQL: they become keys that
 * split nothing. */
static Status add_dependents(Grouping *grouping, const Expr **exprs, uint32_t count, Error *err) {
    const PlanNode *node = grouping->from->node;
    if (node->key == NULL || node->key_count == 0 || grouping->from->session != NULL) return STATUS_OK;
    for (uint32_t i = 0; i < node->key_count; i++)
        if (!has_key(grouping, node->key[i])) return STATUS_OK;
    for (uint32_t i = 0; i < count; i++) TRY(add_dependents_of(grouping, exprs[i], err));
    return STATUS_OK;
}

/* Starts first come to stand where their end refers to them. */
static Status place_keys(Grouping *grouping, Error *err) {
    Group *group = grouping->group;
    grouping->places = ARENA_ARRAY(grouping->bind->arena, KeyPlace, 2 * group->keys.count + 3);
    TRY_ALLOC(grouping->places);
    uint32_t which;
    for (size_t i = 0; i < group->keys.count; i++) {
        const GroupKey *key = &group->keys.items[i];
        if (i == grouping->written_count) grouping->independent_count = grouping->key_count;
        KeyPlace place = {.expr = key->expr, .name = key->name, .span = key->span};
        if (is_inclusive(grouping, key->expr, &which)) continue;
        int32_t start = start_of_end(grouping, key_column(grouping, key->expr));
        if (start >= 0) {
            place.is_end = true;
            TRY(place_start(grouping, (uint32_t)start, key->span, &place.start, err));
        } else {
            bool placed = false;
            for (uint32_t k = 0; k < grouping->place_count; k++)
                placed = placed ||
                         (!grouping->places[k].is_end && expr_equal(grouping->places[k].expr, key->expr));
            if (placed) continue;
            place.column = grouping->key_count++;
        }
        grouping->places[grouping->place_count++] = place;
        ASSERT(grouping->place_count <= 2 * (i + 1)); /* an end may bring its start */
    }
    return STATUS_OK;
}

/* ---- below
 * ---------------------------------------------------------------------------------------------------------
 */

/* What is known of a column may differ (NULL or not), so that columns are compared by number. */
static bool same_value(const Expr *a, const Expr *b) {
    if (a->kind == EXPR_COLUMN && b->kind == EXPR_COLUMN)
        return a->column == b->column && type_equal(a->type, b->type);
    return expr_equal(a, b);
}

/* The column of the PROJECT below that gives the expression; equal ones share it. */
static Status below_add(Grouping *grouping, const Expr *expr, Str name, uint32_t *out, Error *err) {
    ASSERT(expr != NULL);
    for (size_t i = 0; i < grouping->items.count; i++) {
        *out = (uint32_t)i;
        if (same_value(grouping->items.items[i].expr, expr)) return STATUS_OK;
    }
    ProjectItem item = {expr, name};
    *out = (uint32_t)grouping->items.count;
    if (!arena_vector_push(&grouping->items, grouping->bind->arena, item)) return error_out_of_memory(err);
    return STATUS_OK;
}

/* The columns of the input as they stand: late rows need them all, and when nothing is computed no PROJECT is
 * made. */
static Status below_add_columns(Grouping *grouping, Error *err) {
    const PlanNode *input = grouping->from->node;
    for (uint32_t i = 0; i < input->column_count; i++) {
        const PlanColumn *column = &input->columns[i];
        ProjectItem item = {NULL, column->name};
        TRY_ALLOC(item.expr = expr_column(grouping->bind->arena, i, column->type, !column->not_null,
                                          SQL_SPAN_NONE));
        if (!arena_vector_push(&grouping->items, grouping->bind->arena, item))
            return error_out_of_memory(err);
    }
    return STATUS_OK;
}

static bool is_plain(const Grouping *grouping, const Expr *expr) {
    if (expr == NULL) return true;
    return expr->kind == EXPR_COLUMN &&
           type_equal(expr->type, grouping->from->scope.columns[expr->column].type);
}

/* All that the AGGREGATE reads are columns of the input: then it needs no PROJECT below. */
static bool all_plain(const Grouping *grouping) {
    bool plain = true;
    for (uint32_t i = 0; i < grouping->place_count; i++)
        plain = plain && is_plain(grouping, grouping->places[i].expr);
    for (size_t i = 0; i < grouping->group->calls.count; i++) {
        const GroupCall *call = &grouping->group->calls.items[i];
        plain = plain && is_plain(grouping, call->argument) && is_plain(grouping, call->filter) &&
                is_plain(grouping, call->delimiter);
        for (uint32_t k = 0; k < call->order_count; k++) plain = plain && is_plain(grouping, call->order[k].expr);
    }
    return plain;
}

static Status add_optional(Grouping *grouping, const Expr *expr, int32_t *out, Error *err) {
    *out = -1;
    if (expr == NULL) return STATUS_OK;
    uint32_t column;
    TRY(below_add(grouping, expr, (Str){0}, &column, err));
    *out = (int32_t)column;
    return STATUS_OK;
}

/* ---- first_value, last_value, string_agg
 * ------------------------------------------------------------------------------------------------ */

/* Rows have a place in their input: they come straight from a source, or were written or sorted. */
static bool rows_have_places(const PlanNode *node) {
    switch (node->kind) {
        case PLAN_SCAN: {
            const Relation *relation = node->scan.relation;
            if (relation->kind == RELATION_SOURCE) return relation->key_count == 0;
            return relation->kind == RELATION_STREAM && relation->plan != NULL && relation->change == CHANGE_APPEND &&
                   rows_have_places(relation->plan->root);
        }
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_SORT: return true;
        case PLAN_FILTER:
        case PLAN_PROJECT:
        case PLAN_WINDOW:
        case PLAN_LIMIT:
        case PLAN_SCALAR: return rows_have_places(node->inputs[0]);
        case PLAN_AGGREGATE:
        case PLAN_SESSION:
        case PLAN_UNION:
        case PLAN_MATCH_COUNTS:
        case PLAN_KIND_COUNT: break;
    }
    return false;
}

static bool has_positioned(const Grouping *grouping) {
    for (size_t i = 0; i < grouping->group->calls.count; i++)
        if (aggregate_is_ordered(grouping->group->calls.items[i].aggregate.kind)) return true;
    return false;
}

/* The first `count` columns and those grouped by tell the rows of a group apart. */
static bool is_told_apart(const Grouping *grouping, uint32_t count) {
    const PlanNode *node = grouping->from->node;
    if (node->key == NULL) return false;
    for (uint32_t i = 0; i < node->key_count; i++)
        if (node->key[i] >= count && !has_key(grouping, node->key[i])) return false;
    return true;
}

/* Rows without a place are ordered by their columns, as they stand in FROM; those grouped by are the same in all,
 * and those behind a key decide nothing. */
static Status fill_order(Grouping *grouping, AggregateSpec *spec, Error *err) {
    const PlanNode *node = grouping->from->node;
    if (!has_positioned(grouping) || rows_have_places(node)) return STATUS_OK;
    uint32_t *order = ARENA_ARRAY(grouping->bind->arena, uint32_t, (size_t)node->column_count + 1);
    TRY_ALLOC(order);
    for (uint32_t i = 0; i < node->column_count && !is_told_apart(grouping, i); i++) {
        const PlanColumn *column = &node->columns[i];
        if (has_key(grouping, i)) continue;
        const Expr *expr = expr_column(grouping->bind->arena, i, column->type, !column->not_null, SQL_SPAN_NONE);
        TRY_ALLOC(expr);
        TRY(below_add(grouping, expr, column->name, &order[spec->order_count], err));
        spec->order_count++;
    }
    if (spec->order_count > ROWKEY_COLUMN_COUNT_MAX - 2)
        return error_set_at(err, STATUS_LIMIT, grouping->group->span.start,
                            "first_value, last_value and string_agg over rows of more than %d columns without a key",
                            ROWKEY_COLUMN_COUNT_MAX - 2);
    spec->by_columns = true;
    spec->order = order;
    return STATUS_OK;
}

/* string_agg: what stands between the texts, and ORDER BY. */
static Status fill_texts(Grouping *grouping, const GroupCall *call, PlanAggregate *out, Error *err) {
    TRY(add_optional(grouping, call->delimiter, &out->delimiter, err));
    if (call->order_count > ROWKEY_COLUMN_COUNT_MAX / 2)
        return error_set_at(err, STATUS_LIMIT, call->span.start, "more than %d expressions to order by inside an aggregate",
                            ROWKEY_COLUMN_COUNT_MAX / 2);
    SortKey *order = ARENA_ARRAY(grouping->bind->arena, SortKey, (size_t)call->order_count + 1);
    TRY_ALLOC(order);
    for (uint32_t i = 0; i < call->order_count; i++) {
        order[i] = call->order[i].direction;
        TRY(below_add(grouping, call->order[i].expr, (Str){0}, &order[i].column, err));
    }
    out->order = order;
    out->order_count = call->order_count;
    return STATUS_OK;
}

/* Groups and aggregates as columns of what will stand below. Ends of windows are no groups: make_above adds them. */
static Status fill_spec(Grouping *grouping, AggregateSpec *spec, Error *err) {
    Bind *bind = grouping->bind;
    const Group *group = grouping->group;
    uint32_t *groups = ARENA_ARRAY(bind->arena, uint32_t, grouping->key_count);
    PlanAggregate *aggregates = ARENA_ARRAY(bind->arena, PlanAggregate, group->calls.count);
    if (groups == NULL || aggregates == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < grouping->place_count; i++) {
        const KeyPlace *place = &grouping->places[i];
        if (!place->is_end) ASSERT(place->column < grouping->key_count);
        if (!place->is_end) TRY(below_add(grouping, place->expr, place->name, &groups[place->column], err));
    }
    for (size_t i = 0; i < group->calls.count; i++) {
        const GroupCall *call = &group->calls.items[i];
        aggregates[i] =
            (PlanAggregate){.aggregate = call->aggregate, .distinct = call->distinct, .span = call->span};
        TRY(add_optional(grouping, call->argument, &aggregates[i].column, err));
        TRY(add_optional(grouping, call->filter, &aggregates[i].filter, err));
        TRY(fill_texts(grouping, call, &aggregates[i], err));
    }
    spec->groups = groups;
    spec->group_count = grouping->key_count;
    spec->aggregates = aggregates;
    spec->aggregate_count = (uint32_t)group->calls.count;
    return fill_order(grouping, spec, err);
}

/* The PROJECT that computes keys and arguments, where there is something to compute. */
static Status make_below(Grouping *grouping, PlanNode **out, Error *err) {
    *out = grouping->from->node;
    uint32_t count = (uint32_t)grouping->items.count;
    if (all_plain(grouping)) return STATUS_OK; /* the items are the input's columns */
    const PlanNode *input = grouping->from->node;
    TRY(node_project(grouping->bind, grouping->from->node, grouping->items.items, count,
                     grouping->group->span, out, err));
    for (uint32_t i = 0; i < input->column_count && grouping->late; i++)
        (*out)->columns[i].qualifier = input->columns[i].qualifier;
    return STATUS_OK;
}

/* ---- sessions
 * -------------------------------------------------------------------------------------------------------- */

/* FROM SESSION(t PARTITION BY k, ..): sessions are those of k, so k is what must be grouped by. */
static Status check_partition(Grouping *grouping, Error *err) {
    const SessionWindow *session = grouping->from->session;
    if (!session->in_from) return STATUS_OK;
    ASSERT(session->partition_count == 0 || session->partition != NULL);
    bool same = session->partition_count == grouping->key_count;
    for (uint32_t i = 0; i < grouping->place_count && same; i++) {
        const Expr *expr = grouping->places[i].expr;
        bool found = false;
        for (uint32_t k = 0; k < session->partition_count; k++)
            found = found || (expr->kind == EXPR_COLUMN && expr->column == session->partition[k]);
        same = found;
    }
    if (same) return STATUS_OK;
    (void)error_set_at(
        err, STATUS_NOT_SUPPORTED, session->span.start,
        "grouping sessions by other columns than those of their PARTITION BY is not supported yet");
    return error_add_hint(err,
                          "Write SESSION(table PARTITION BY the grouped columns, time_column, gap), or GROUP "
                          "BY SESSION(time_column, gap).");
}

static bool reads_columns(const Expr *expr, uint32_t from) {
    if (expr == NULL) return false;
    if (expr->kind == EXPR_COLUMN) return expr->column >= from;
    for (uint32_t i = 0; i < expr->argument_count; i++)
        if (reads_columns(expr->arguments[i], from)) return true;
    return false;
}

/* Where a session begins and ends is known only of a whole session. */
static Status check_session_reads(Grouping *grouping, Error *err) {
    uint32_t start = grouping->from->node->column_count;
    bool reads = false;
    for (uint32_t i = 0; i < grouping->place_count; i++)
        reads = reads || reads_columns(grouping->places[i].expr, start);
    for (size_t i = 0; i < grouping->group->calls.count; i++) {
        const GroupCall *call = &grouping->group->calls.items[i];
        reads = reads || reads_columns(call->argument, start) || reads_columns(call->filter, start);
    }
    if (!reads) return STATUS_OK;
    return error_set_at(
        err, STATUS_NOT_SUPPORTED, grouping->from->session->span.start,
        "expressions of a session's window_start or window_end as group or argument are not supported yet");
}

/* A session's start and end are known only when it closes, so they may be grouped by, and nothing more be made of them before. */
static Status check_session_groups(Grouping *grouping, Error *err) {
    uint32_t which, seen = 0;
    TRY(check_session_reads(grouping, err));
    for (size_t i = 0; i < grouping->group->keys.count; i++)
        if (is_inclusive(grouping, grouping->group->keys.items[i].expr, &which)) seen |= 1u << which;
    if (seen != 0) return check_partition(grouping, err);
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, grouping->from->session->span.start,
                       "SESSION without GROUP BY is not supported yet");
    return error_add_hint(err, "GROUP BY window_start and window_end.");
}

/* ---- HOP in slices
 * ------------------------------------------------------------------------------------------------- */

/* A hopping window seen only as a key, and shown only when it closes: rows go into slices, merged then. */
static bool may_slice(const Grouping *grouping, const PlanNode *node) {
    const PlanNode *window = grouping->from->node;
    if (!node->aggregate.emit_on_close || window->kind != PLAN_WINDOW || window->window.kind != WINDOW_HOP)
        return false;
    if (window->window.slide > window->window.size) return false;
    ASSERT(node->aggregate.window_group >= 0); /* what leaves on close has a window */
    uint32_t start = window->column_count - 2;
    const PlanColumn *closing =
        &node->inputs[0]->columns[node->aggregate.groups[node->aggregate.window_group]];
    if (closing->window_role != WINDOW_START || closing->window_id != window->columns[start].window_id)
        return false;
    for (uint32_t i = 0; i < grouping->place_count; i++) {
        const Expr *expr = grouping->places[i].expr;
        if (expr->kind != EXPR_COLUMN && reads_columns(expr, start)) return false;
    }
    for (size_t i = 0; i < grouping->group->calls.count; i++) {
        const GroupCall *call = &grouping->group->calls.items[i];
        if (call->distinct || reads_columns(call->argument, start) || reads_columns(call->filter, start))
            return false;
    }
    return true;
}

/* A HOP becomes slices, which the AGGREGATE merges when a window closes: a row is counted once, not once per window. */
static void slice(const Grouping *grouping, PlanNode *node) {
    PlanNode *window = grouping->from->node;
    ASSERT(window->kind == PLAN_WINDOW && window->window.kind == WINDOW_HOP);
    window->window.sliced = true;
    node->aggregate.sliced = true;
    node->aggregate.size = window->window.size;
    node->aggregate.slide = window->window.slide;
    node->aggregate.offset = window->window.offset;
    ASSERT(node->aggregate.slide <= node->aggregate.size);
}

/* ---- late rows
 * ------------------------------------------------------------------------------------------------------- */

static bool is_windowed(const Grouping *grouping) {
    bool windowed = grouping->from->session != NULL;
    for (uint32_t i = 0; i < grouping->place_count; i++) {
        const PlanColumn *column = key_column(grouping, grouping->places[i].expr);
        windowed = windowed || (column != NULL && column->window_role != WINDOW_NONE);
    }
    return windowed;
}

/* What late_by is worked out from: the column that the windows are windows of. Where a view or subquery has made them it may
 * not be among its columns; then it is the window's own column. -1: nothing is ever late. */
static int32_t find_time(const Grouping *grouping, const PlanNode *node) {
    const AggregateSpec *spec = &node->aggregate;
    const FromResult *from = grouping->from;
    if (from->time_column >= 0 || spec->window_group < 0) return from->time_column;
    uint32_t closing = spec->groups[spec->window_group];
    uint32_t window = node->inputs[0]->columns[closing].window_id;
    for (uint32_t i = 0; i < from->source_count && window != 0; i++)
        if (from->scope.columns[i].time_of == window) return (int32_t)i;
    return (int32_t)closing;
}

/* LATE DATA TO: which columns of the input the late table gets, and by which time it says how late they were. */
static Status set_late(Grouping *grouping, PlanNode *node, Error *err) {
    Bind *bind = grouping->bind;
    AggregateSpec *spec = &node->aggregate;
    uint32_t count = grouping->from->source_count;
    uint32_t *columns = ARENA_ARRAY(bind->arena, uint32_t, count);
    bind->late_columns = ARENA_ARRAY(bind->arena, PlanColumn, count);
    if (columns == NULL || bind->late_columns == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        columns[i] = i;
        bind->late_columns[i] = grouping->from->scope.columns[i];
        bind->late_columns[i].qualifier = (Str){0};
    }
    spec->late_output = true;
    spec->late_columns = columns;
    spec->late_column_count = count;
    spec->late_time_column = find_time(grouping, node);
    ASSERT(spec->late_time_column >= 0 || spec->close == CLOSE_NEVER);
    ASSERT(count <= grouping->from->node->column_count);
    bind->late_column_count = count;
    bind->late_from = node;
    return STATUS_OK;
}

/* ---- above
 * -----------------------------------------------------------------------------------------------------------
 */

/* window_end as window_start + size. */
static Status end_expression(Grouping *grouping, const PlanNode *node, const KeyPlace *place,
                             const Expr **out, Error *err) {
    ASSERT(place->is_end);
    Bind *bind = grouping->bind;
    uint32_t column = grouping->places[place->start].column;
    ASSERT(!grouping->places[place->start].is_end); /* starts are placed first (place_keys) */
    const PlanColumn *start = &node->columns[column];
    const Expr *size, *from;
    TRY_ALLOC(from = expr_column(bind->arena, column, start->type, false, place->span));
    TRY(literal_interval(bind, start->window_size, place->span, &size, err));
    return resolve_operator(bind, STR("+"), from, size, place->span, place->span.start, out, err);
}

/* A PROJECT that gives the node's columns and behind them the ends of windows, whose properties are those they had below. */
static Status make_above(Grouping *grouping, PlanNode *node, PlanNode **out, Error *err) {
    Bind *bind = grouping->bind;
    uint32_t count = node->column_count;
    *out = node;
    uint32_t ends = 0;
    for (uint32_t i = 0; i < grouping->place_count; i++) ends += grouping->places[i].is_end;
    if (ends == 0) return STATUS_OK;
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, (size_t)count + ends);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < count; i++) {
        const PlanColumn *column = &node->columns[i];
        items[i].name = column->name;
        TRY_ALLOC(items[i].expr =
                      expr_column(bind->arena, i, column->type, !column->not_null, SQL_SPAN_NONE));
    }
    uint32_t next = count;
    for (uint32_t i = 0; i < grouping->place_count; i++) {
        KeyPlace *place = &grouping->places[i];
        if (!place->is_end) continue;
        place->column = next;
        items[next].name = place->name;
        TRY(end_expression(grouping, node, place, &items[next++].expr, err));
    }
    ASSERT(next == count + ends);
    TRY(node_project(bind, node, items, next, node->span, out, err));
    for (uint32_t i = 0; i < grouping->place_count; i++) {
        const KeyPlace *place = &grouping->places[i];
        if (!place->is_end) continue;
        PlanColumn *end = &(*out)->columns[place->column];
        Str name = end->name;
        *end = *key_column(grouping, place->expr);
        end->name = name;
        end->has_watermark = node->columns[grouping->places[place->start].column].has_watermark;
        end->watermark_delay = node->columns[grouping->places[place->start].column].watermark_delay;
        if (end->has_watermark) end->watermark_delay -= end->window_size;
        end->window_lateness = 0;
    }
    return STATUS_OK;
}

static Status ungrouped(Grouping *grouping, const Expr *expr, Error *err) {
    const PlanColumn *column = &grouping->from->scope.columns[expr->column];
    bool qualified = column->qualifier.size > 0;
    return error_set_at(
        err, STATUS_GROUPING, expr->span.start,
        "column \"%.*s%s%.*s\" must appear in the GROUP BY clause or be used in an aggregate function",
        STR_ARGS(column->qualifier), qualified ? "." : "", STR_ARGS(column->name));
}

/* Does a cast to `type` leave every value of `key` as it is? VARCHAR(n) as TEXT, NUMERIC of more digits. */
static bool is_wider(Type type, Type key) {
    if (type.id == TYPE_NUMERIC && key.id == TYPE_NUMERIC)
        return type.scale == key.scale && type.precision >= key.precision;
    bool is_text = type.id == TYPE_TEXT || (type.id == TYPE_VARCHAR && type.length == 0);
    return is_text && (key.id == TYPE_TEXT || key.id == TYPE_VARCHAR);
}

/* The key itself, or it under a cast that only says another type of the same values. A column under another type of
 * its layout is that; of a call the type may be what its value is rounded or cut to. */
static bool is_key(const KeyPlace *place, const Expr *expr) {
    Expr same_type = *expr;
    Type key = place->expr->type;
    bool is_column = expr->kind == EXPR_COLUMN && type_layout(expr->type) == type_layout(key);
    if (is_column || is_wider(expr->type, key)) same_type.type = key;
    return expr_equal(place->expr, &same_type);
}

/* From the mixed space to the columns of the AGGREGATE: a call to its aggregate, a subtree that is a key to that; a column that is
 * neither is the error of GROUP BY. */
static Status bring_up(void *context, const Expr *expr, const Expr **out, Error *err) {
    Grouping *grouping = context;
    Arena *arena = grouping->bind->arena;
    uint32_t which;
    if (expr->kind == EXPR_CONSTANT) return STATUS_OK;
    if (expr->kind == EXPR_COLUMN && expr->column >= COLUMN_SCALAR) return STATUS_OK;
    if (is_inclusive(grouping, expr, &which)) {
        TRY_ALLOC(*out = expr_column(arena, grouping->key_count + which, expr->type, false, expr->span));
        return STATUS_OK;
    }
    if (expr->kind == EXPR_COLUMN && expr->column >= COLUMN_AGGREGATE) {
        uint32_t column = grouping->call_column + expr->column - COLUMN_AGGREGATE;
        TRY_ALLOC(*out = expr_column(arena, column, expr->type, expr->nullable, expr->span));
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < grouping->place_count; i++) {
        const KeyPlace *place = &grouping->places[i];
        if (!is_key(place, expr)) continue;
        TRY_ALLOC(*out = expr_column(arena, place->column, expr->type, expr->nullable, expr->span));
        return STATUS_OK;
    }
    return expr->kind == EXPR_COLUMN ? ungrouped(grouping, expr, err) : STATUS_OK;
}

/* ---- the whole
 * ------------------------------------------------------------------------------------------------------- */

/* The AGGREGATE or SESSION over what below_add has gathered. With late output the input's own columns come first, as the late table
 * has them. */
static Status make_node(Grouping *grouping, PlanNode **out, Error *err) {
    Bind *bind = grouping->bind;
    const SessionWindow *session = grouping->from->session;
    AggregateSpec spec = {.window_group = -1, .late_time_column = -1};
    if (grouping->late || all_plain(grouping)) TRY(below_add_columns(grouping, err));
    if (session != NULL && !grouping->late && !all_plain(grouping)) {
        const PlanColumn *time = &grouping->from->scope.columns[session->time_column];
        const Expr *expr = expr_column(bind->arena, session->time_column, time->type, true, session->span);
        TRY_ALLOC(expr);
        TRY(below_add(grouping, expr, time->name, &spec.time_column, err));
    } else if (session != NULL) {
        spec.time_column = session->time_column;
    }
    TRY(fill_spec(grouping, &spec, err));
    if (session != NULL) spec.gap = session->gap;
    PlanNode *below;
    TRY(make_below(grouping, &below, err));
    uint32_t count = spec.group_count + (session != NULL ? 2 : 0) + spec.aggregate_count;
    TRY(node_new(bind, session != NULL ? PLAN_SESSION : PLAN_AGGREGATE, grouping->group->span, &below, 1,
                 count, out, err));
    PlanNode *node = *out;
    ASSERT(spec.group_count == grouping->key_count);
    node->aggregate = spec;
    ASSERT(count >= spec.aggregate_count);
    grouping->call_column = count - spec.aggregate_count;
    for (uint32_t i = 0; i < grouping->place_count; i++)
        if (!grouping->places[i].is_end)
            node->columns[grouping->places[i].column].name = grouping->places[i].name;
    for (uint32_t i = 0; i < spec.aggregate_count; i++) {
        const GroupCall *call = &grouping->group->calls.items[i];
        node->columns[grouping->call_column + i] =
            (PlanColumn){.name = call->name,
                         .type = call->aggregate.result,
                         .not_null = !aggregate_is_nullable(call->aggregate.kind)};
    }
    return node_finish_aggregate(bind, node, err);
}

Status group_finish(Bind *bind, Group *group, const FromResult *from, const Expr **exprs, uint32_t count,
                    PlanNode **out, Error *err) {
    Grouping grouping = {.bind = bind, .group = group, .from = from};
    grouping.written_count = group->keys.count;
    TRY(add_dependents(&grouping, exprs, count, err));
    TRY(place_keys(&grouping, err));
    if (group->keys.count == grouping.written_count) grouping.independent_count = grouping.key_count;
    if (from->session != NULL) TRY(check_session_groups(&grouping, err));
    grouping.late = bind->late_output && bind->late_from == NULL && is_windowed(&grouping);
    PlanNode *node;
    TRY(make_node(&grouping, &node, err));
    ASSERT(grouping.independent_count <= grouping.key_count);
    ASSERT(node->key_count >= grouping.key_count - grouping.independent_count);
    node->key_count -= grouping.key_count - grouping.independent_count;
    if (grouping.late) TRY(set_late(&grouping, node, err));
    if (from->session == NULL && may_slice(&grouping, node)) slice(&grouping, node);
    TRY(make_above(&grouping, node, out, err));
    for (uint32_t i = 0; i < count; i++)
        TRY(expr_map(bind->arena, exprs[i], bring_up, &grouping, &exprs[i], err));
    return STATUS_OK;
}
