/* SPDX-License-Identifier: Apache-2.0
 * plan/node.c - plan nodes and what is known about their rows: change kind, key, time columns, boundedness.
 */
#include "column/rowkey.h"
#include "plan/bind_priv.h"

Status node_new(Bind *bind, PlanKind kind, SqlSpan span, PlanNode *const *inputs, uint32_t input_count,
                uint32_t column_count, PlanNode **out, Error *err) {
    static const uint8_t INPUT_COUNTS[PLAN_KIND_COUNT][2] = {
#define NODE(name, spec, inputs_min, inputs_max, text) [PLAN_##name] = {inputs_min, inputs_max},
#include "plan/node.def"
#undef NODE
    };
    ASSERT(kind < PLAN_KIND_COUNT);
    ASSERT(input_count >= INPUT_COUNTS[kind][0]);
    ASSERT(input_count <= INPUT_COUNTS[kind][1]);
    STATIC_ASSERT((int)BIND_UNION_COUNT_MAX <= UINT8_MAX, "input counts have a byte");
    if (input_count > 0) ASSERT(inputs != NULL);
    if (++bind->node_count > BIND_NODE_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, span.start, "the plan has more than %d nodes",
                            BIND_NODE_COUNT_MAX);
    if (column_count > BIND_COLUMN_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, span.start, "more than %d columns", SCHEMA_COLUMN_COUNT_MAX);
    PlanNode *node = ARENA_NEW(bind->arena, PlanNode);
    PlanNode **own = arena_copy(bind->arena, inputs, input_count * sizeof(*inputs));
    if (node == NULL || own == NULL) return error_out_of_memory(err);
    node->kind = kind;
    node->span = span;
    node->inputs = own;
    node->input_count = input_count;
    node->column_count = column_count;
    node->change = CHANGE_APPEND;
    node->bounded = true;
    for (uint32_t i = 0; i < input_count; i++) {
        if (inputs[i]->change == CHANGE_WEIGHTED) node->change = CHANGE_WEIGHTED;
        node->bounded = node->bounded && inputs[i]->bounded;
    }
    *out = node;
    if (column_count == 0) return STATUS_OK;
    node->columns = ARENA_ARRAY(bind->arena, PlanColumn, column_count);
    TRY_ALLOC(node->columns);
    return STATUS_OK;
}

Status node_own_columns(Bind *bind, PlanNode *node, Error *err) {
    PlanColumn *own = arena_copy(bind->arena, node->columns, node->column_count * sizeof(PlanColumn));
    TRY_ALLOC(own);
    node->columns = own;
    return STATUS_OK;
}

void node_set_qualifier(PlanNode *node, Str qualifier) {
    for (uint32_t i = 0; i < node->column_count; i++) node->columns[i].qualifier = qualifier;
}

void node_pass_on(PlanNode *node, const PlanNode *input) {
    ASSERT(node->input_count > 0);
    ASSERT(node->inputs[0] == input);
    node->columns = input->columns;
    node->column_count = input->column_count;
    node->key = input->key;
    node->key_count = input->key_count;
    node->ordered = input->ordered;
}

static uint32_t *numbers_to(Bind *bind, uint32_t count) {
    uint32_t *numbers = ARENA_ARRAY(bind->arena, uint32_t, count);
    for (uint32_t i = 0; numbers != NULL && i < count; i++) numbers[i] = i;
    return numbers;
}

/* ---- leaves
 * -------------------------------------------------------------------------------------------------- */

/* May this statement read it? A plain SELECT needs an end; a view that is only defined does not read. */
static Status check_readable(Bind *bind, const Relation *relation, SqlSpan span, Error *err) {
    Str name = relation->name;
    ASSERT(relation->kind != RELATION_VIEW); /* bind_from.c inlines it */
    if (relation->kind == RELATION_SINK)
        return error_set_at(err, STATUS_WRONG_OBJECT_TYPE, span.start,
                            "\"%.*s\" is a sink and cannot be read", STR_ARGS(name));
    if (relation->kind == RELATION_SYSTEM && (bind->maintained || bind->continuous)) {
        (void)error_set_at(err, STATUS_STREAMING, span.start, "\"%.*s\" is computed when read and cannot be followed", STR_ARGS(name));
        return error_add_hint(err, "A plain SELECT shows what is there by now; INSERT INTO .. SELECT keeps it in a table.");
    }
    bool is_stored = relation->kind != RELATION_SOURCE || relation->key_count > 0; /* by its key: read like a table */
    if (bind->continuous || bind->defining || is_stored || relation->bounded) return STATUS_OK;
    (void)error_set_at(err, STATUS_STREAMING, span.start,
                       "a SELECT over the unbounded source \"%.*s\" would never end", STR_ARGS(name));
    return error_add_hint(err,
                          "Add EMIT CHANGES (or EMIT ON WINDOW CLOSE) to follow it, or CREATE MATERIALIZED "
                          "VIEW .. AS this query and read that.");
}

/* The windows of a view, numbered in its own statement, get numbers of this one. */
static void number_windows(Bind *bind, PlanNode *node) {
    uint32_t before = bind->window_count, most = 0;
    for (uint32_t i = 0; i < node->column_count; i++) {
        PlanColumn *column = &node->columns[i];
        uint32_t *ids[2] = {&column->window_id, &column->time_of};
        for (int k = 0; k < 2; k++) {
            if (*ids[k] == 0) continue;
            if (*ids[k] > most) most = *ids[k];
            *ids[k] += before;
        }
    }
    bind->window_count += most;
}

Status node_scan(Bind *bind, const Relation *relation, SqlSpan span, PlanNode **out, Error *err) {
    ASSERT(relation != NULL);
    TRY(check_readable(bind, relation, span, err));
    TRY(bind_use_relation(bind, relation, err));
    TRY(node_new(bind, PLAN_SCAN, span, NULL, 0, relation->column_count, out, err));
    PlanNode *node = *out;
    bool source = relation->kind == RELATION_SOURCE;
    bool passes = source && relation->key_count == 0; /* one with a key is stored, and read like a table */
    node->change = bind->continuous || passes ? relation->change : CHANGE_APPEND;
    node->bounded = !bind->continuous || (source && relation->bounded);
    node->key = relation->key;
    node->key_count = relation->key_count;
    for (uint32_t i = 0; i < relation->column_count; i++) {
        PlanColumn *column = &node->columns[i];
        *column = relation->columns[i];
        column->has_watermark =
            bind->continuous && (column->has_watermark || relation->time_column == (int32_t)i);
        column->window_lateness = 0;
    }
    number_windows(bind, node);
    uint32_t *numbers = numbers_to(bind, relation->column_count);
    TRY_ALLOC(numbers);
    ASSERT(node->key_count <= relation->column_count);
    node->scan = (ScanSpec){relation, numbers};
    return STATUS_OK;
}

Status node_one_row(Bind *bind, SqlSpan span, PlanNode **out, Error *err) {
    TRY(node_new(bind, PLAN_VALUES, span, NULL, 0, 0, out, err));
    (*out)->values = (ValuesSpec){.row_count = 1};
    (*out)->key = arena_alloc(bind->arena, sizeof(uint32_t));
    TRY_ALLOC((*out)->key);
    return STATUS_OK;
}

/* ---- PROJECT
 * ------------------------------------------------------------------------------------------------- */

/* All columns as they stand: no PROJECT is needed, names apart. */
static bool is_identity(const PlanNode *input, const ProjectItem *items, uint32_t count) {
    if (count != input->column_count) return false;
    for (uint32_t i = 0; i < count; i++) {
        const Expr *expr = items[i].expr;
        if (expr->kind != EXPR_COLUMN || expr->column != i || !type_equal(expr->type, input->columns[i].type))
            return false;
    }
    return true;
}

static bool keeps_guess(const PlanColumn *column, const ProjectItem *item) {
    return item->is_guessed || (column->is_guessed && str_equal(column->name, item->name));
}

static Status rename_columns(Bind *bind, PlanNode *input, const ProjectItem *items, Error *err) {
    TRY(node_own_columns(bind, input, err));
    for (uint32_t i = 0; i < input->column_count; i++) {
        input->columns[i].is_guessed = keeps_guess(&input->columns[i], &items[i]);
        input->columns[i].name = items[i].name;
        input->columns[i].qualifier = (Str){0};
    }
    return STATUS_OK;
}

static void count_uses(const Expr *expr, uint32_t *uses) {
    if (expr->kind == EXPR_COLUMN) uses[expr->column]++;
    for (uint32_t i = 0; i < expr->argument_count; i++) count_uses(expr->arguments[i], uses);
}

/* Whether the PROJECT below may be replaced by its expressions: none would be computed twice. */
static Status may_fuse(Bind *bind, const PlanNode *below, const ProjectItem *items, uint32_t count, bool *out,
                       Error *err) {
    *out = false;
    if (below->kind != PLAN_PROJECT) return STATUS_OK;
    uint32_t *uses = ARENA_ARRAY(bind->arena, uint32_t, below->column_count);
    TRY_ALLOC(uses);
    for (uint32_t i = 0; i < count; i++) count_uses(items[i].expr, uses);
    for (uint32_t i = 0; i < below->column_count; i++) {
        const Expr *expr = below->project.exprs[i];
        if (expr->kind == EXPR_COLUMN || expr->kind == EXPR_CONSTANT || expr->kind == EXPR_PARAMETER) continue;
        if (uses[i] > 1 || expr_has_volatile(expr)) return STATUS_OK;
    }
    *out = true;
    return STATUS_OK;
}

/* The end of a window tells it as well as its start does. */
static bool is_same_window(const PlanColumn *a, const PlanColumn *b) {
    return a->window_id != 0 && a->window_id == b->window_id && a->window_size != 0 &&
           a->window_size == b->window_size && a->window_role != WINDOW_NONE && b->window_role != WINDOW_NONE;
}

/* Where the PROJECT gives the input's column, or the other end of its window, which tells rows apart as well. */
static bool find_key_column(const PlanNode *input, const PlanNode *node, const Expr *const *exprs,
                            uint32_t column, uint32_t *out) {
    for (*out = 0; *out < node->column_count; (*out)++) {
        const Expr *expr = exprs[*out];
        if (expr->kind != EXPR_COLUMN) continue;
        if (expr->column == column || is_same_window(&input->columns[expr->column], &input->columns[column]))
            return true;
    }
    return false;
}

/* The input's key, if all of it is still there. */
static Status project_key(Bind *bind, const PlanNode *input, PlanNode *node, const Expr *const *exprs,
                          Error *err) {
    if (input->key == NULL) return STATUS_OK;
    uint32_t *key = ARENA_ARRAY(bind->arena, uint32_t, (size_t)input->key_count + 1);
    TRY_ALLOC(key);
    for (uint32_t k = 0; k < input->key_count; k++) ASSERT(input->key[k] < input->column_count);
    /* A key that loses a column tells rows apart no more: then the PROJECT has none. */
    for (uint32_t k = 0; k < input->key_count; k++)
        if (!find_key_column(input, node, exprs, input->key[k], &key[k])) return STATUS_OK;
    node->key = key;
    node->key_count = input->key_count;
    return STATUS_OK;
}

/* A column that is passed on keeps its properties; of a computed one nothing is known but its type. */
static PlanColumn project_column(const PlanNode *input, const ProjectItem *item) {
    const Expr *expr = item->expr;
    PlanColumn column = {.not_null = !expr->nullable};
    ASSERT(expr->kind != EXPR_COLUMN || expr->column < input->column_count);
    if (expr->kind == EXPR_COLUMN) column = input->columns[expr->column];
    column.is_guessed = keeps_guess(&column, item);
    column.name = item->name;
    column.qualifier = (Str){0};
    column.type = expr->type;
    return column;
}

Status node_project(Bind *bind, PlanNode *input, const ProjectItem *items, uint32_t count, SqlSpan span,
                    PlanNode **out, Error *err) {
    if (is_identity(input, items, count)) {
        *out = input;
        return rename_columns(bind, input, items, err);
    }
    bool fuse;
    TRY(may_fuse(bind, input, items, count, &fuse, err));
    PlanNode *below = fuse ? input->inputs[0] : input;
    TRY(node_new(bind, PLAN_PROJECT, span, &below, 1, count, out, err));
    PlanNode *node = *out;
    const Expr **exprs = ARENA_ARRAY(bind->arena, const Expr *, count);
    TRY_ALLOC(exprs);
    for (uint32_t i = 0; i < count; i++) {
        TRY(bind_check_stable(bind, input, items[i].expr, err));
        node->columns[i] = project_column(input, &items[i]);
        exprs[i] = items[i].expr;
    }
    TRY(project_key(bind, input, node, exprs, err));
    for (uint32_t i = 0; i < count && fuse; i++) {
        TRY(expr_inline(bind->arena, exprs[i], input->project.exprs, &exprs[i], err));
        if (exprs[i]->argument_count > 0)
            TRY_ALLOC(exprs[i] = expr_fold(bind->arena, bind->binder->pool, bind->binder->zones, exprs[i]));
    }
    node->ordered = input->ordered;
    node->project.exprs = exprs;
    return STATUS_OK;
}

/* ---- WINDOW
 * -------------------------------------------------------------------------------------------------- */

/* One row per row for TUMBLE; else the window's start, and with CUMULATE its end, tell the copies apart. */
static Status window_key(Bind *bind, const PlanNode *input, PlanNode *node, Error *err) {
    if (input->key == NULL) return STATUS_OK;
    static const uint32_t ADDED[] = {[WINDOW_TUMBLE] = 0, [WINDOW_HOP] = 1, [WINDOW_CUMULATE] = 2};
    ASSERT(node->window.kind < sizeof(ADDED) / sizeof(ADDED[0]));
    uint32_t added = ADDED[node->window.kind];
    uint32_t *key = ARENA_ARRAY(bind->arena, uint32_t, input->key_count + added + 1);
    TRY_ALLOC(key);
    for (uint32_t i = 0; i < input->key_count; i++) key[i] = input->key[i];
    for (uint32_t i = 0; i < added; i++) key[input->key_count + i] = input->column_count + i;
    node->key = key;
    node->key_count = input->key_count + added;
    return STATUS_OK;
}

Status node_window(Bind *bind, PlanNode *input, const WindowSpec *spec, SqlSpan span, PlanNode **out,
                   Error *err) {
    uint32_t count = input->column_count;
    ASSERT(spec->time_column < count);
    ASSERT(spec->size > 0 && spec->slide > 0);
    ASSERT(spec->offset >= 0); /* bind_lengths brought it into the first window */
    TRY(node_new(bind, PLAN_WINDOW, span, &input, 1, count + 2, out, err));
    PlanNode *node = *out;
    node->window = *spec;
    node->window.lateness = bind->lateness;
    memcpy(node->columns, input->columns, count * sizeof(PlanColumn));
    const PlanColumn *time = &input->columns[spec->time_column];
    PlanColumn column = {
        .type = type_of(time->type.id == TYPE_TIMESTAMPTZ ? TYPE_TIMESTAMPTZ : TYPE_TIMESTAMP),
        .not_null = true,
        .has_watermark = time->has_watermark,
        .window_id = ++bind->window_count,
        .window_lateness = bind->lateness,
        .watermark_delay = time->watermark_delay - time->window_lateness + bind->lateness,
    };
    ASSERT(column.watermark_delay >= 0);
    node->columns[spec->time_column].time_of = column.window_id;
    node->columns[spec->time_column].time_reach = spec->size;
    PlanColumn start = column, end = column;
    start.name = STR("window_start");
    start.window_role = WINDOW_START;
    start.window_size = spec->size;
    start.watermark_delay += spec->size;
    end.name = STR("window_end");
    end.window_role = WINDOW_END;
    end.window_size = spec->kind == WINDOW_CUMULATE ? 0 : spec->size;
    node->columns[count] = start;
    node->columns[count + 1] = end;
    return window_key(bind, input, node, err);
}

/* ---- AGGREGATE, SESSION
 * --------------------------------------------------------------------------------------- */

/* What TUMBLE, HOP or CUMULATE below cut into the windows of a column; NULL: nothing below does. */
static const PlanColumn *time_of_window(const PlanNode *node, const PlanColumn *column) {
    for (; node->input_count == 1; node = node->inputs[0])
        if (node->kind == PLAN_WINDOW && node->columns[node->column_count - 1].window_id == column->window_id)
            return &node->inputs[0]->columns[node->window.time_column];
    return NULL;
}

static Status never_closes(Bind *bind, const PlanColumn *time, Error *err) {
    (void)error_set_at(
        err, STATUS_STREAMING, bind->emit->mode_span.start,
        "EMIT ON WINDOW CLOSE over \"%.*s\", which has no watermark: its windows would never close",
        STR_ARGS(time->name));
    if (time->window_role == WINDOW_START && time->window_size == 0)
        return error_add_hint(err, "A session may begin as long ago as it likes: take the column of its window_end.");
    return error_add_hint(err, "Declare WATERMARK FOR the time column on its source or APPEND ONLY table, or use EMIT CHANGES.");
}

static Status grows_for_ever(Bind *bind, SqlSpan span, Error *err) {
    return bind_notice(
        bind, (uint32_t)(span.start < 0 ? 0 : span.start),
        STR("the time column of this window has no watermark: its windows never close and their state grows"),
        STR("Declare WATERMARK FOR the time column on its source or APPEND ONLY table."), err);
}

/* The group column that says when a group is final: an end where there is one, since a start may belong to
 * several ends. */
static int32_t closing_group(const PlanNode *node, bool with_watermark) {
    const PlanColumn *columns = node->inputs[0]->columns;
    int32_t found = -1;
    for (uint32_t i = 0; i < node->aggregate.group_count; i++) {
        const PlanColumn *column = &columns[node->aggregate.groups[i]];
        if (with_watermark && !column->has_watermark) continue;
        if (column->window_role == WINDOW_END) return (int32_t)i;
        if (column->window_role == WINDOW_START && column->window_size > 0 && found < 0) found = (int32_t)i;
    }
    return found;
}

/* Which group column bounds the groups, and by how much the watermark must have passed it. In a continuous query over input without
 * end one has to, or nothing would ever leave (EMIT ON WINDOW CLOSE), or everything stays (a notice). */
static Status settle_close(Bind *bind, PlanNode *node, Error *err) {
    AggregateSpec *spec = &node->aggregate;
    const PlanNode *input = node->inputs[0];
    int32_t any = closing_group(node, false);
    spec->window_group = -1;
    if (any < 0) return STATUS_OK;
    bind->windowed = true;
    if (!bind->continuous) return STATUS_OK;
    int32_t closing = closing_group(node, true);
    if (closing < 0 && !input->bounded) {
        const PlanColumn *window = &input->columns[spec->groups[any]], *time = time_of_window(input, window);
        if (bind->emit_on_close) return never_closes(bind, time == NULL ? window : time, err);
        return grows_for_ever(bind, node->span, err);
    }
    if (closing < 0) closing = any;
    ASSERT((uint32_t)closing < spec->group_count);
    const PlanColumn *column = &input->columns[spec->groups[closing]];
    spec->close = CLOSE_WINDOW;
    spec->window_group = closing;
    spec->lateness = bind->lateness;
    if (!column->has_watermark) return STATUS_OK;
    ASSERT(column->watermark_delay >= column->window_lateness);
    spec->time_delay = column->watermark_delay - column->window_lateness + column->is_inclusive;
    if (column->window_role == WINDOW_START) spec->time_delay -= column->window_size;
    ASSERT(spec->time_delay >= 0); /* a start follows its time by the window's size */
    return STATUS_OK;
}

/* Rows that can be taken back and rows that cannot, put together on the way to `input`? */
static bool mixes_changes(const PlanNode *input) {
    switch (input->kind) {
        case PLAN_UNION:
            for (uint32_t i = 1; i < input->input_count; i++)
                if (input->inputs[i]->change != input->inputs[0]->change) return true;
            break;
        case PLAN_FILTER:
        case PLAN_PROJECT:
        case PLAN_WINDOW: break;
        default: return false; /* stateful nodes make rows of their own */
    }
    for (uint32_t i = 0; i < input->input_count; i++)
        if (mixes_changes(input->inputs[i])) return true;
    return false;
}

/* Rows that can be taken back are kept, and cut into sessions at the epoch's end; the others have a bound each, which must decide what they
 * join as they come. Of the two together the cut would decide, that is how the input was split. */
static void defer_mixed_session(Bind *bind, const PlanNode *node) {
    if (bind->has_deferred || !mixes_changes(node->inputs[0])) return;
    bind_defer(bind, node->span.start, "SESSION that closes over a UNION ALL of rows that can be taken back and rows that cannot is");
    (void)error_add_hint(&bind->deferred, "Make a MATERIALIZED VIEW of the UNION ALL, and the sessions over the view.");
}

/* As settle_close: a session closes a gap after its last row. */
static Status settle_session_close(Bind *bind, PlanNode *node, Error *err) {
    AggregateSpec *spec = &node->aggregate;
    const PlanColumn *time = &node->inputs[0]->columns[spec->time_column];
    spec->window_group = -1;
    bind->windowed = true;
    if (!bind->continuous) return STATUS_OK;
    if (!time->has_watermark && !node->inputs[0]->bounded)
        return bind->emit_on_close ? never_closes(bind, time, err)
                                   : grows_for_ever(bind, node->span, err);
    if (time->has_watermark) defer_mixed_session(bind, node);
    spec->close = CLOSE_WINDOW;
    ASSERT(spec->gap > 0);
    spec->time_delay = time->has_watermark ? time->watermark_delay : 0;
    spec->lateness = bind->lateness;
    return STATUS_OK;
}

/* window_end follows the watermark; the start of an open session may lie arbitrarily far back. */
static void session_columns(PlanNode *node) {
    ASSERT(node->kind == PLAN_SESSION);
    ASSERT(node->column_count >= node->aggregate.group_count + 2);
    const AggregateSpec *spec = &node->aggregate;
    const PlanColumn *time = &node->inputs[0]->columns[spec->time_column];
    PlanColumn *start = &node->columns[spec->group_count], *end = start + 1;
    Type type = type_of(time->type.id == TYPE_TIMESTAMPTZ ? TYPE_TIMESTAMPTZ : TYPE_TIMESTAMP);
    *start = (PlanColumn){
        .name = STR("window_start"), .type = type, .not_null = true, .window_role = WINDOW_START};
    *end = (PlanColumn){.name = STR("window_end"), .type = type, .not_null = true, .window_role = WINDOW_END};
    end->has_watermark = time->has_watermark;
    end->watermark_delay = time->watermark_delay + spec->lateness;
    end->is_inclusive = true;
}

/* What a column of a windowed aggregate's input promises once rows have waited for their window: rows leave, or
 * are corrected, until the window's end + lateness has passed, which bounds the columns of that window and its
 * time. Any other column may by then be as old as it likes. */
static void wait_for_close(const PlanColumn *closing, int64_t lateness, PlanColumn *column) {
    if (!column->has_watermark) return;
    bool same = closing->window_id != 0 && column->window_id == closing->window_id;
    bool follows = closing->time_of != 0 && column->window_id == closing->time_of;
    if (same || follows) {
        column->watermark_delay += lateness - column->window_lateness;
    } else if (closing->window_id != 0 && column->time_of == closing->window_id) {
        column->watermark_delay += column->time_reach + lateness - column->window_lateness;
    } else {
        column->has_watermark = false;
        column->watermark_delay = 0;
    }
}

/* The group columns of a windowed aggregate as its rows leave. */
static void settle_group_columns(PlanNode *node) {
    const AggregateSpec *spec = &node->aggregate;
    const PlanColumn *input = node->inputs[0]->columns;
    if (spec->close != CLOSE_WINDOW) return;
    if (node->kind == PLAN_AGGREGATE) ASSERT(spec->window_group >= 0); /* what closes it */
    for (uint32_t i = 0; i < spec->group_count; i++) {
        PlanColumn *column = &node->columns[i];
        bool is_closing = (int32_t)i == spec->window_group;
        bool is_time = node->kind == PLAN_SESSION && spec->groups[i] == spec->time_column;
        if (is_time) {
            column->watermark_delay += column->has_watermark ? spec->gap + spec->lateness : 0;
            column->is_inclusive = true;
        } else if (node->kind == PLAN_SESSION) {
            column->has_watermark = false;
        } else if (!is_closing) {
            wait_for_close(&input[spec->groups[spec->window_group]], spec->lateness, column);
        } else if (column->has_watermark) {
            column->watermark_delay += spec->lateness - column->window_lateness;
        }
    }
}

/* A session's start tells it from the others of its group; where sessions close, late rows can stretch an open one back over one that has
 * closed, and only the ends are then sure to differ. */
static uint32_t session_key_count(const PlanNode *node) {
    const AggregateSpec *spec = &node->aggregate;
    bool can_overlap = spec->close == CLOSE_WINDOW && node->inputs[0]->columns[spec->time_column].has_watermark;
    return can_overlap ? 2 : 1;
}

Status node_finish_aggregate(Bind *bind, PlanNode *node, Error *err) {
    ASSERT(node->kind == PLAN_AGGREGATE || node->kind == PLAN_SESSION);
    AggregateSpec *spec = &node->aggregate;
    const PlanNode *input = node->inputs[0];
    bool session = node->kind == PLAN_SESSION;
    if (spec->group_count > ROWKEY_COLUMN_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, node->span.start, "more than %d columns to group by",
                            ROWKEY_COLUMN_COUNT_MAX);
    for (uint32_t i = 0; i < spec->group_count; i++) {
        Str name = node->columns[i].name;
        ASSERT(spec->groups[i] < input->column_count);
        node->columns[i] = input->columns[spec->groups[i]];
        if (name.size > 0) node->columns[i].name = name;
    }
    TRY(session ? settle_session_close(bind, node, err) : settle_close(bind, node, err));
    settle_group_columns(node);
    for (uint32_t i = 0; i < spec->group_count; i++) node->columns[i].window_lateness = 0;
    if (session) session_columns(node);
    spec->emit_on_close = bind->emit_on_close && spec->close == CLOSE_WINDOW;
    spec->has_global_row = spec->group_count == 0 && !session;
    bool grows_only = !session && spec->aggregate_count == 0 && input->change == CHANGE_APPEND;
    node->change = !bind->continuous || spec->emit_on_close || grows_only ? CHANGE_APPEND : CHANGE_WEIGHTED;
    node->key_count = spec->group_count + (session ? session_key_count(node) : 0);
    node->key = numbers_to(bind, node->key_count + 1);
    TRY_ALLOC(node->key);
    if (spec->emit_on_close) ASSERT(node->change == CHANGE_APPEND); /* what has left is never taken back */
    if (spec->emit_on_close) ASSERT(bind->continuous);
    ASSERT(node->key_count <= node->column_count);
    return STATUS_OK;
}

/* The columns of the input that the groups are: those under a PROJECT that only picks. */
static Status distinct_groups(Bind *bind, PlanNode **input, const uint32_t **out, Error *err) {
    const PlanNode *project = *input;
    uint32_t *groups = numbers_to(bind, project->column_count);
    TRY_ALLOC(groups);
    *out = groups;
    if (project->kind != PLAN_PROJECT) return STATUS_OK;
    const PlanNode *below = project->inputs[0];
    for (uint32_t i = 0; i < project->column_count; i++) {
        const Expr *expr = project->project.exprs[i];
        if (expr->kind != EXPR_COLUMN || !type_equal(expr->type, below->columns[expr->column].type))
            return STATUS_OK;
    }
    for (uint32_t i = 0; i < project->column_count; i++) groups[i] = project->project.exprs[i]->column;
    /* The PROJECT is left out: the AGGREGATE reads the columns it picked. */
    *input = project->inputs[0];
    return STATUS_OK;
}

Status node_distinct(Bind *bind, PlanNode *input, SqlSpan span, PlanNode **out, Error *err) {
    const uint32_t *groups;
    uint32_t count = input->column_count;
    const PlanColumn *columns = input->columns;
    TRY(distinct_groups(bind, &input, &groups, err));
    TRY(node_new(bind, PLAN_AGGREGATE, span, &input, 1, count, out, err));
    PlanNode *node = *out;
    node->aggregate.groups = groups;
    node->aggregate.group_count = count;
    node->aggregate.late_time_column = -1;
    for (uint32_t i = 0; i < count; i++) node->columns[i].name = columns[i].name;
    TRY(node_finish_aggregate(bind, node, err));
    node->aggregate.has_global_row = false; /* nothing has no distinct row, though it has no columns */
    for (uint32_t i = 0; i < count; i++) node->columns[i].qualifier = (Str){0};
    return STATUS_OK;
}

/* ---- UNION, SCALAR
 * --------------------------------------------------------------------------------------------- */

/* What holds for all inputs. */
static void union_column(PlanColumn *column, const PlanColumn *other) {
    column->not_null = column->not_null && other->not_null;
    column->has_watermark = column->has_watermark && other->has_watermark;
    if (other->watermark_delay > column->watermark_delay) column->watermark_delay = other->watermark_delay;
    if (other->window_lateness < column->window_lateness) column->window_lateness = other->window_lateness;
    if (other->window_role != column->window_role || other->window_size != column->window_size) {
        column->window_role = WINDOW_NONE;
        column->window_size = 0;
    }
    column->window_id = column->time_of = 0;
    column->is_inclusive |= other->is_inclusive;
}

Status node_union(Bind *bind, PlanNode *const *inputs, uint32_t count, SqlSpan span, PlanNode **out,
                  Error *err) {
    ASSERT(count > 0);
    VECTOR(PlanNode *) flat = {0};
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; i++) total += inputs[i]->kind == PLAN_UNION ? inputs[i]->input_count : 1;
    bool flatten = total <= BIND_UNION_COUNT_MAX; /* else they stand in one another */
    for (uint32_t i = 0; i < count; i++) {
        bool nested = flatten && inputs[i]->kind == PLAN_UNION;
        uint32_t inner = nested ? inputs[i]->input_count : 1;
        for (uint32_t k = 0; k < inner; k++)
            if (!arena_vector_push(&flat, bind->arena, nested ? inputs[i]->inputs[k] : inputs[i]))
                return error_out_of_memory(err);
    }
    const PlanNode *first = flat.items[0];
    const PlanColumn *names = inputs[0]->columns; /* before `out`, which may be one of the inputs */
    for (uint32_t i = 0; i < flat.count; i++) ASSERT(flat.items[i]->column_count == first->column_count);
    TRY(node_new(bind, PLAN_UNION, span, flat.items, (uint32_t)flat.count, first->column_count, out, err));
    if (first->column_count > 0)
        memcpy((*out)->columns, names, first->column_count * sizeof(PlanColumn));
    for (uint32_t i = 0; i < flat.count; i++)
        for (uint32_t c = 0; c < first->column_count; c++)
            union_column(&(*out)->columns[c], &flat.items[i]->columns[c]);
    return STATUS_OK;
}

/* The query's rows with two columns more, one of them NULL: which side they are of. */
static Status tag_side(Bind *bind, PlanNode *input, bool is_left, SqlSpan span, PlanNode **out, Error *err) {
    uint32_t count = input->column_count;
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, (size_t)count + 2);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < count; i++)
        items[i] = (ProjectItem){bind_output_expr(bind, input, i), input->columns[i].name};
    items[count] = (ProjectItem){expr_boolean(bind->arena, true, span), STR("left")};
    items[count + 1] = (ProjectItem){expr_null(bind->arena, type_of(TYPE_BOOLEAN), span), STR("right")};
    if (!is_left) {
        const Expr *other = items[count].expr;
        items[count].expr = items[count + 1].expr;
        items[count + 1].expr = other;
    }
    for (uint32_t i = 0; i < count + 2; i++) TRY_ALLOC(items[i].expr);
    return node_project(bind, input, items, count + 2, span, out, err);
}

/* Every row of both sides once, and how often each side has it. */
static Status count_sides(Bind *bind, PlanNode *both, SqlSpan span, PlanNode **out, Error *err) {
    ASSERT(both->column_count >= 2); /* the two that say which side a row is of */
    uint32_t count = both->column_count - 2;
    PlanAggregate *counts = ARENA_ARRAY(bind->arena, PlanAggregate, 2);
    uint32_t *groups = numbers_to(bind, count + 1);
    TRY_ALLOC(counts);
    TRY_ALLOC(groups);
    TRY(node_new(bind, PLAN_AGGREGATE, span, &both, 1, count + 2, out, err));
    PlanNode *node = *out;
    for (uint32_t i = 0; i < 2; i++) {
        Type type = type_of(TYPE_BOOLEAN);
        counts[i] = (PlanAggregate){.column = (int32_t)(count + i), .filter = -1, .delimiter = -1, .span = {-1, -1}};
        TRY(aggregate_resolve(STR("count"), &type, 1, &counts[i].aggregate, err));
        node->columns[count + i] = (PlanColumn){.name = both->columns[count + i].name, .type = counts[i].aggregate.result, .not_null = true};
    }
    node->aggregate = (AggregateSpec){
        .groups = groups, .group_count = count, .aggregates = counts, .aggregate_count = 2, .late_time_column = -1};
    TRY(node_finish_aggregate(bind, node, err));
    node->aggregate.has_global_row = false; /* no row of no columns is one only where a side has it */
    return STATUS_OK;
}

Status node_match(Bind *bind, PlanNode *const *inputs, bool intersect, bool all, SqlSpan span, PlanNode **out, Error *err) {
    PlanNode *sides[2], *both, *counted, *matched;
    uint32_t count = inputs[0]->column_count;
    ASSERT(inputs[1]->column_count == count);
    for (uint32_t i = 0; i < count; i++)
        ASSERT(type_layout(inputs[0]->columns[i].type) == type_layout(inputs[1]->columns[i].type));
    for (uint32_t i = 0; i < 2; i++) TRY(tag_side(bind, inputs[i], i == 0, span, &sides[i], err));
    TRY(node_union(bind, sides, 2, span, &both, err));
    TRY(count_sides(bind, both, span, &counted, err));
    TRY(node_new(bind, PLAN_MATCH_COUNTS, span, &counted, 1, 0, &matched, err));
    node_pass_on(matched, counted);
    if (all) matched->key = NULL;
    if (all) matched->key_count = 0;
    matched->match_counts = (MatchCountsSpec){.intersect = intersect, .all = all, .left = count, .right = count + 1};
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, (size_t)count + 1);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = (ProjectItem){bind_output_expr(bind, matched, i), inputs[0]->columns[i].name};
        TRY_ALLOC(items[i].expr);
    }
    return node_project(bind, matched, items, count, span, out, err);
}

Status node_scalar(Bind *bind, PlanNode *input, PlanNode *value, SqlSpan span, PlanNode **out, Error *err) {
    ASSERT(value->column_count == 1); /* bind_scalar_subquery has said so to the user */
    PlanNode *inputs[2] = {input, value};
    TRY(node_new(bind, PLAN_SCALAR, span, inputs, 2, input->column_count + 1, out, err));
    PlanNode *node = *out;
    if (input->column_count > 0)
        memcpy(node->columns, input->columns, input->column_count * sizeof(PlanColumn));
    PlanColumn *added = &node->columns[input->column_count];
    *added = (PlanColumn){.type = value->columns[0].type}; /* without a name: no text can mean it */
    node->key = input->key;
    node->key_count = input->key_count;
    node->ordered = input->ordered;
    node->scalar.span = span;
    return STATUS_OK;
}

Status node_member(Bind *bind, PlanNode *input, PlanNode *values, SqlSpan span, PlanNode **out, Error *err) {
    ASSERT(input->column_count > 0 && values->column_count == 1);
    uint32_t operand = input->column_count - 1;
    ASSERT(type_equal(input->columns[operand].type, values->columns[0].type));
    PlanNode *inputs[2] = {input, values};
    TRY(node_new(bind, PLAN_SCALAR, span, inputs, 2, input->column_count, out, err));
    PlanNode *node = *out;
    memcpy(node->columns, input->columns, input->column_count * sizeof(PlanColumn));
    node->columns[operand] = (PlanColumn){.type = type_of(TYPE_BOOLEAN)}; /* without a name: no text can mean it */
    node->key = input->key;
    node->key_count = input->key_count;
    node->ordered = input->ordered;
    node->scalar = (ScalarSpec){.span = span, .is_member = true, .operand = operand};
    return STATUS_OK;
}

Status node_exists(Bind *bind, PlanNode *input, SqlSpan span, PlanNode **out, Error *err) {
    PlanNode *first, *counted;
    TRY(node_new(bind, PLAN_LIMIT, span, &input, 1, 0, &first, err));
    node_pass_on(first, input);
    first->limit = (LimitSpec){.limit = 1};
    TRY(node_new(bind, PLAN_AGGREGATE, span, &first, 1, 1, &counted, err));
    PlanAggregate *count = ARENA_NEW(bind->arena, PlanAggregate);
    TRY_ALLOC(count);
    *count = (PlanAggregate){.column = -1, .filter = -1, .delimiter = -1, .span = {-1, -1}};
    TRY(aggregate_resolve(STR("count"), NULL, 0, &count->aggregate, err));
    counted->columns[0] = (PlanColumn){.name = STR("count"), .type = count->aggregate.result, .not_null = true};
    counted->aggregate = (AggregateSpec){
        .groups = numbers_to(bind, 1), .aggregates = count, .aggregate_count = 1, .late_time_column = -1};
    TRY_ALLOC(counted->aggregate.groups);
    TRY(node_finish_aggregate(bind, counted, err));
    const Expr *value = bind_output_expr(bind, counted, 0), *none = expr_i64(bind->arena, type_of(TYPE_BIGINT), 0, span);
    TRY_ALLOC(value);
    TRY_ALLOC(none);
    ProjectItem item = {.name = STR("exists")};
    TRY(resolve_operator(bind, STR(">"), value, none, span, span.start, &item.expr, err));
    return node_project(bind, counted, &item, 1, span, out, err);
}
