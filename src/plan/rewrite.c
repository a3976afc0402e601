/* SPDX-License-Identifier: Apache-2.0
 * plan/rewrite.c - the last pass over a plan: columns nobody reads are left out, down to the SCAN; nodes get
 * their numbers.
 *
 * Each node is told which of its columns are needed and answers where they are now. A node may keep more than
 * asked for (a FILTER what its predicate reads); where a layout must be exact (the root, inputs of UNION and
 * SORT) a PROJECT is put on top. */
#include "plan/bind_priv.h"

enum { GONE = UINT32_MAX };
STATIC_ASSERT((uint32_t)BIND_COLUMN_COUNT_MAX < (uint32_t)GONE, "no column has the number of none");

static Status prune(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, PlanNode **out,
                    Error *err);

static uint64_t *bits_new(Bind *bind, uint32_t count) {
    return ARENA_ARRAY(bind->arena, uint64_t, bits_word_count(count) + 1);
}

static uint32_t *map_new(Bind *bind, uint32_t count) {
    return ARENA_ARRAY(bind->arena, uint32_t, (size_t)count + 1);
}

static PlanNode **inputs_of(PlanNode *node) {
    return (PlanNode **)(uintptr_t)node->inputs; /* of the binder's own making */
}

/* The node's columns as `map` says; its key with them: a key that loses a column tells rows apart no more, and so is none. */
static Status compress(Bind *bind, PlanNode *node, const uint32_t *map, uint32_t count, Error *err) {
    ASSERT(count <= node->column_count);
    PlanColumn *columns = ARENA_ARRAY(bind->arena, PlanColumn, count);
    uint32_t *key = ARENA_ARRAY(bind->arena, uint32_t, (size_t)node->key_count + 1);
    if (columns == NULL || key == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < node->column_count; i++) {
        if (map[i] == GONE) continue;
        ASSERT(map[i] < count);
        columns[map[i]] = node->columns[i];
    }
    bool whole = node->key != NULL;
    for (uint32_t i = 0; i < node->key_count && whole; i++) {
        key[i] = map[node->key[i]];
        whole = key[i] != GONE;
    }
    node->columns = columns;
    node->column_count = count;
    node->key = whole ? key : NULL;
    if (!whole) node->key_count = 0;
    return STATUS_OK;
}

static uint32_t map_by_rank(const uint64_t *needed, uint32_t count, uint32_t *map) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) map[i] = bits_get(needed, i) ? kept++ : GONE;
    return kept;
}

/* ---- leaves
 * ------------------------------------------------------------------------------------------------------------
 */

/* Columns that nobody reads are not read from the relation. */
static Status prune_scan(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint32_t before = node->column_count;
    uint32_t count = map_by_rank(needed, before, map);
    if (count == before) return STATUS_OK;
    uint32_t *columns = map_new(bind, count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < before; i++)
        if (map[i] != GONE) columns[map[i]] = node->scan.columns[i];
    node->scan.columns = columns;
    return compress(bind, node, map, count, err);
}

static Status prune_values(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint32_t before = node->column_count;
    uint32_t count = map_by_rank(needed, before, map);
    if (count == before) return STATUS_OK;
    Array *columns = ARENA_ARRAY(bind->arena, Array, count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < before; i++)
        if (map[i] != GONE) columns[map[i]] = node->values.columns[i];
    node->values.columns = columns;
    return compress(bind, node, map, count, err);
}

static Status prune_series(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint32_t before = node->column_count, count = map_by_rank(needed, before, map);
    return count == before ? STATUS_OK : compress(bind, node, map, count, err);
}

/* ---- one input
 * -----------------------------------------------------------------------------------------------------------
 */

static uint32_t kept_count(const uint32_t *map, uint32_t count) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) kept += map[i] != GONE;
    return kept;
}

/* What the predicate reads has to come from below too, and then leaves with the rest: a FILTER passes on all its input has. */
static Status prune_filter(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint64_t *wanted = bits_new(bind, node->column_count);
    TRY_ALLOC(wanted);
    memcpy(wanted, needed, bits_size(node->column_count));
    expr_collect_columns(node->filter.predicate, wanted);
    TRY(prune(bind, node->inputs[0], wanted, map, &inputs_of(node)[0], err));
    ASSERT(kept_count(map, node->column_count) == node->inputs[0]->column_count);
    TRY(expr_renumber(bind->arena, node->filter.predicate, map, &node->filter.predicate, err));
    return compress(bind, node, map, kept_count(map, node->column_count), err);
}

/* What was left out may have been all that it did. */
static bool project_is_identity(const PlanNode *node) {
    const PlanNode *input = node->inputs[0];
    if (input->column_count != node->column_count) return false;
    for (uint32_t i = 0; i < node->column_count; i++) {
        const Expr *expr = node->project.exprs[i];
        if (expr->kind != EXPR_COLUMN || expr->column != i || !type_equal(expr->type, input->columns[i].type))
            return false;
    }
    return true;
}

/* SELECT of constants alone is a row of VALUES. */
static Status project_to_values(Bind *bind, PlanNode *node, Error *err) {
    ASSERT(node->kind == PLAN_PROJECT);
    const PlanNode *input = node->inputs[0];
    if (input->kind != PLAN_VALUES || input->values.row_count != 1) return STATUS_OK;
    for (uint32_t i = 0; i < node->column_count; i++)
        if (node->project.exprs[i]->kind != EXPR_CONSTANT) return STATUS_OK;
    Array *columns = ARENA_ARRAY(bind->arena, Array, node->column_count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < node->column_count; i++) {
        columns[i] = node->project.exprs[i]->constant;
        columns[i].type = node->columns[i].type;
    }
    node->kind = PLAN_VALUES;
    node->input_count = 0;
    node->values = (ValuesSpec){columns, 1};
    return STATUS_OK;
}

/* Expressions that nobody reads are not computed; then what only they read is not asked for. */
static Status prune_project(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, PlanNode **out,
                            Error *err) {
    uint32_t input_count = node->inputs[0]->column_count;
    uint32_t count = map_by_rank(needed, node->column_count, map);
    uint64_t *wanted = bits_new(bind, input_count);
    uint32_t *input_map = map_new(bind, input_count);
    const Expr **exprs = ARENA_ARRAY(bind->arena, const Expr *, count);
    if (wanted == NULL || input_map == NULL || exprs == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < node->column_count; i++) {
        if (map[i] == GONE) continue;
        exprs[map[i]] = node->project.exprs[i];
        expr_collect_columns(node->project.exprs[i], wanted);
    }
    TRY(prune(bind, node->inputs[0], wanted, input_map, &inputs_of(node)[0], err));
    for (uint32_t i = 0; i < count; i++) TRY(expr_renumber(bind->arena, exprs[i], input_map, &exprs[i], err));
    node->project.exprs = exprs;
    TRY(compress(bind, node, map, count, err));
    if (project_is_identity(node)) {
        *out = inputs_of(node)[0];
        ASSERT((*out)->column_count == node->column_count);
        (*out)->columns = node->columns;
        return STATUS_OK;
    }
    return project_to_values(bind, node, err);
}

/* The time column is read whatever is asked for, and both ends are made. */
static Status prune_window(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint32_t input_count = node->inputs[0]->column_count;
    uint64_t *wanted = bits_new(bind, node->column_count);
    TRY_ALLOC(wanted);
    memcpy(wanted, needed, bits_size(node->column_count));
    bits_set(wanted, node->window.time_column);
    TRY(prune(bind, node->inputs[0], wanted, map, &inputs_of(node)[0], err));
    uint32_t kept = node->inputs[0]->column_count;
    map[input_count] = kept;
    map[input_count + 1] = kept + 1;
    node->window.time_column = map[node->window.time_column];
    ASSERT(node->window.time_column < kept); /* it was asked for */
    return compress(bind, node, map, kept + 2, err);
}

static void want(uint64_t *wanted, int32_t column) {
    if (column >= 0) bits_set(wanted, (size_t)column);
}

static int32_t moved(const uint32_t *map, int32_t column) {
    ASSERT(column < 0 || map[column] != GONE);
    return column < 0 ? column : (int32_t)map[column];
}

static bool is_positioned(const PlanAggregate *aggregate) {
    return aggregate_is_ordered(aggregate->aggregate.kind);
}

/* What an AGGREGATE reads of its input. */
static void aggregate_wants(const PlanNode *node, const PlanAggregate *aggregates, uint32_t count,
                            uint64_t *wanted) {
    const AggregateSpec *spec = &node->aggregate;
    for (uint32_t i = 0; i < spec->group_count; i++) bits_set(wanted, spec->groups[i]);
    for (uint32_t i = 0; i < count; i++) {
        want(wanted, aggregates[i].column);
        want(wanted, aggregates[i].filter);
        want(wanted, aggregates[i].delimiter);
        for (uint32_t k = 0; k < aggregates[i].order_count; k++) bits_set(wanted, aggregates[i].order[k].column);
        for (uint32_t k = 0; k < spec->order_count && is_positioned(&aggregates[i]); k++)
            bits_set(wanted, spec->order[k]);
    }
    for (uint32_t i = 0; i < spec->late_column_count; i++) bits_set(wanted, spec->late_columns[i]);
    want(wanted, spec->late_time_column);
    if (node->kind == PLAN_SESSION) bits_set(wanted, spec->time_column);
}

/* Numbers of columns that are all still there. */
static Status renumber_list(Bind *bind, const uint32_t *list, uint32_t count, const uint32_t *map,
                            const uint32_t **out, Error *err) {
    uint32_t *moved_list = map_new(bind, count);
    TRY_ALLOC(moved_list);
    for (uint32_t i = 0; i < count; i++) {
        ASSERT(map[list[i]] != GONE);
        moved_list[i] = map[list[i]];
    }
    *out = moved_list;
    return STATUS_OK;
}

/* What string_agg reads beside its argument. */
static Status renumber_texts(Bind *bind, PlanAggregate *aggregate, const uint32_t *map, Error *err) {
    aggregate->delimiter = moved(map, aggregate->delimiter);
    SortKey *order = ARENA_ARRAY(bind->arena, SortKey, (size_t)aggregate->order_count + 1);
    TRY_ALLOC(order);
    for (uint32_t i = 0; i < aggregate->order_count; i++) {
        order[i] = aggregate->order[i];
        ASSERT(map[order[i].column] != GONE);
        order[i].column = map[order[i].column];
    }
    aggregate->order = order;
    return STATUS_OK;
}

/* Groups stay; aggregates that nobody reads go. */
static Status prune_aggregate(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    AggregateSpec *spec = &node->aggregate;
    ASSERT(spec->aggregate_count <= node->column_count);
    uint32_t fixed = node->column_count - spec->aggregate_count, kept = 0,
             input_count = node->inputs[0]->column_count;
    PlanAggregate *aggregates = ARENA_ARRAY(bind->arena, PlanAggregate, spec->aggregate_count);
    uint64_t *wanted = bits_new(bind, input_count);
    uint32_t *input_map = map_new(bind, input_count);
    if (aggregates == NULL || wanted == NULL || input_map == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < fixed; i++) map[i] = i;
    for (uint32_t i = 0; i < spec->aggregate_count; i++) {
        bool keep = bits_get(needed, fixed + i);
        map[fixed + i] = keep ? fixed + kept : GONE;
        if (keep) aggregates[kept++] = spec->aggregates[i];
    }
    aggregate_wants(node, aggregates, kept, wanted);
    TRY(prune(bind, node->inputs[0], wanted, input_map, &inputs_of(node)[0], err));
    for (uint32_t i = 0; i < kept; i++) {
        aggregates[i].column = moved(input_map, aggregates[i].column);
        aggregates[i].filter = moved(input_map, aggregates[i].filter);
        TRY(renumber_texts(bind, &aggregates[i], input_map, err));
    }
    bool any = false;
    for (uint32_t i = 0; i < kept; i++) any = any || is_positioned(&aggregates[i]);
    if (!any) {
        spec->by_columns = false;
        spec->order_count = 0;
    }
    TRY(renumber_list(bind, spec->order, spec->order_count, input_map, &spec->order, err));
    TRY(renumber_list(bind, spec->groups, spec->group_count, input_map, &spec->groups, err));
    TRY(renumber_list(bind, spec->late_columns, spec->late_column_count, input_map, &spec->late_columns,
                      err));
    spec->late_time_column = moved(input_map, spec->late_time_column);
    if (node->kind == PLAN_SESSION) ASSERT(input_map[spec->time_column] != GONE);
    if (node->kind == PLAN_SESSION) spec->time_column = input_map[spec->time_column];
    spec->aggregates = aggregates;
    spec->aggregate_count = kept;
    return compress(bind, node, map, fixed + kept, err);
}

/* ---- exact layouts
 * -------------------------------------------------------------------------------------------------------- */

/* Just the columns asked for, in their order: for a reader who cannot take more. */
static Status prune_exact(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, PlanNode **out,
                          Error *err) {
    uint32_t before = node->column_count;
    uint32_t *given = map_new(bind, before);
    TRY_ALLOC(given);
    uint32_t count = map_by_rank(needed, before, map);
    TRY(prune(bind, node, needed, given, out, err));
    bool exact = (*out)->column_count == count;
    for (uint32_t i = 0; i < before && exact; i++) exact = map[i] == GONE || given[i] == map[i];
    if (exact) return STATUS_OK;
    /* More came than was asked for, or in another place. */
    PlanNode *input = *out;
    ProjectItem *items = ARENA_ARRAY(bind->arena, ProjectItem, count);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < before; i++) {
        if (map[i] == GONE) continue;
        const PlanColumn *column = &input->columns[given[i]];
        items[map[i]].name = column->name;
        TRY_ALLOC(items[map[i]].expr =
                      expr_column(bind->arena, given[i], column->type, !column->not_null, SQL_SPAN_NONE));
    }
    return node_project(bind, input, items, count, input->span, out, err);
}

static Status prune_union(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    for (uint32_t i = 0; i < node->input_count; i++)
        TRY(prune_exact(bind, node->inputs[i], needed, map, &inputs_of(node)[i], err));
    return compress(bind, node, map, kept_count(map, node->column_count), err);
}

/* A SORT shows its first columns: those only sorted by must come last, hence just what is asked for from below. */
static Status prune_sort(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint32_t input_count = node->inputs[0]->column_count;
    SortSpec *spec = &node->sort;
    uint64_t *wanted = bits_new(bind, input_count);
    uint32_t *input_map = map_new(bind, input_count);
    SortKey *keys = ARENA_ARRAY(bind->arena, SortKey, spec->key_count);
    if (wanted == NULL || input_map == NULL || keys == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < node->column_count; i++)
        if (bits_get(needed, i)) bits_set(wanted, i);
    for (uint32_t i = 0; i < spec->key_count; i++) bits_set(wanted, spec->keys[i].column);
    TRY(prune_exact(bind, node->inputs[0], wanted, input_map, &inputs_of(node)[0], err));
    for (uint32_t i = 0; i < spec->key_count; i++) {
        keys[i] = spec->keys[i];
        keys[i].column = input_map[keys[i].column];
        ASSERT(keys[i].column != GONE);
    }
    spec->keys = keys;
    memcpy(map, input_map, node->column_count * sizeof(*map));
    spec->visible_count = kept_count(map, node->column_count);
    return compress(bind, node, map, spec->visible_count, err);
}

/* The operand becomes the answer in place. */
static Status prune_member(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint64_t whole = 1, *wanted = bits_new(bind, node->column_count);
    uint32_t ignored[2];
    TRY_ALLOC(wanted);
    memcpy(wanted, needed, bits_size(node->column_count));
    bits_set(wanted, node->scalar.operand);
    TRY(prune(bind, node->inputs[0], wanted, map, &inputs_of(node)[0], err));
    TRY(prune_exact(bind, node->inputs[1], &whole, ignored, &inputs_of(node)[1], err));
    ASSERT(map[node->scalar.operand] != GONE);
    node->scalar.operand = map[node->scalar.operand];
    return compress(bind, node, map, kept_count(map, node->column_count), err);
}

/* The value is read also when nobody uses it: more than one row there is an error all the same. */
static Status prune_scalar(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint64_t whole = 1;
    uint32_t input_count = node->inputs[0]->column_count, ignored[2];
    if (node->scalar.is_member) return prune_member(bind, node, needed, map, err);
    TRY(prune(bind, node->inputs[0], needed, map, &inputs_of(node)[0], err));
    TRY(prune_exact(bind, node->inputs[1], &whole, ignored, &inputs_of(node)[1], err));
    map[input_count] = node->inputs[0]->column_count;
    return compress(bind, node, map, map[input_count] + 1, err);
}

/* The two counts are read whatever is asked for. */
static Status prune_match_counts(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    uint64_t *wanted = bits_new(bind, node->column_count);
    MatchCountsSpec *spec = &node->match_counts;
    TRY_ALLOC(wanted);
    memcpy(wanted, needed, bits_size(node->column_count));
    bits_set(wanted, spec->left);
    bits_set(wanted, spec->right);
    TRY(prune(bind, node->inputs[0], wanted, map, &inputs_of(node)[0], err));
    ASSERT(map[spec->left] != GONE);
    ASSERT(map[spec->right] != GONE);
    spec->left = map[spec->left];
    spec->right = map[spec->right];
    return compress(bind, node, map, kept_count(map, node->column_count), err);
}

static Status prune_limit(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, Error *err) {
    TRY(prune(bind, node->inputs[0], needed, map, &inputs_of(node)[0], err));
    return compress(bind, node, map, kept_count(map, node->column_count), err);
}

/* Bit i of `needed`: column i of the node is read. map[i]: its number afterwards, GONE when it was left out. A node may keep more than was
 * asked for; never less. */
static Status prune(Bind *bind, PlanNode *node, const uint64_t *needed, uint32_t *map, PlanNode **out,
                    Error *err) {
    *out = node;
    switch (node->kind) {
        case PLAN_SCAN: return prune_scan(bind, node, needed, map, err);
        case PLAN_VALUES: return prune_values(bind, node, needed, map, err);
        case PLAN_SERIES: return prune_series(bind, node, needed, map, err);
        case PLAN_FILTER: return prune_filter(bind, node, needed, map, err);
        case PLAN_PROJECT: return prune_project(bind, node, needed, map, out, err);
        case PLAN_WINDOW: return prune_window(bind, node, needed, map, err);
        case PLAN_AGGREGATE:
        case PLAN_SESSION: return prune_aggregate(bind, node, needed, map, err);
        case PLAN_UNION: return prune_union(bind, node, needed, map, err);
        case PLAN_SORT: return prune_sort(bind, node, needed, map, err);
        case PLAN_LIMIT: return prune_limit(bind, node, needed, map, err);
        case PLAN_MATCH_COUNTS: return prune_match_counts(bind, node, needed, map, err);
        case PLAN_SCALAR: return prune_scalar(bind, node, needed, map, err);
        case PLAN_KIND_COUNT: break;
    }
    return error_set(err, STATUS_INTERNAL, "a plan node of unknown kind");
}

/* ---- the whole
 * ---------------------------------------------------------------------------------------------------------------
 */

static void check_expr(const Expr *expr, uint32_t column_count) {
    if (expr->kind == EXPR_COLUMN) ASSERT(expr->column < column_count);
    for (uint32_t i = 0; i < expr->argument_count; i++) check_expr(expr->arguments[i], column_count);
}

/* What op reads without a look: every column it names exists below. */
static void check_aggregate(const AggregateSpec *spec, uint32_t below) {
    ASSERT(spec->lateness >= 0);
    ASSERT(spec->time_delay >= 0);
    ASSERT(!spec->by_columns || spec->order_count > 0 || spec->order != NULL);
    ASSERT(!spec->late_output || spec->late_columns != NULL);
    for (uint32_t i = 0; i < spec->late_column_count; i++) ASSERT(spec->late_columns[i] < below);
    ASSERT(spec->late_time_column < (int32_t)below);
    for (uint32_t i = 0; i < spec->group_count; i++) ASSERT(spec->groups[i] < below);
    for (uint32_t i = 0; i < spec->order_count; i++) ASSERT(spec->order[i] < below);
    for (uint32_t i = 0; i < spec->aggregate_count; i++) {
        ASSERT(spec->aggregates[i].column < (int32_t)below);
        ASSERT(spec->aggregates[i].filter < (int32_t)below);
    }
    ASSERT(spec->window_group < (int32_t)spec->group_count);
}

/* What flow relies on when it makes operators of a plan: every column read is one of the node below, and none
 * is left of the mixed space that the binder works in. */
static void check_node(const PlanNode *node) {
    uint32_t count = node->column_count, below = node->input_count > 0 ? node->inputs[0]->column_count : 0;
    for (uint32_t i = 0; i < node->input_count; i++) ASSERT(node->inputs[i]->id < node->id);
    for (uint32_t i = 0; i < node->key_count; i++) ASSERT(node->key[i] < count);
    switch (node->kind) {
        case PLAN_SCAN:
        case PLAN_VALUES: ASSERT(node->input_count == 0); break;
        case PLAN_SERIES: ASSERT(count <= 1); break;
        case PLAN_FILTER:
            ASSERT(count == below);
            check_expr(node->filter.predicate, below);
            break;
        case PLAN_PROJECT:
            for (uint32_t i = 0; i < count; i++) check_expr(node->project.exprs[i], below);
            break;
        case PLAN_WINDOW:
            ASSERT(node->window.time_column < below);
            ASSERT(node->window.size > 0);
            ASSERT(node->window.slide > 0);
            ASSERT(count == below + 2); /* the window's start and end */
            break;
        case PLAN_AGGREGATE:
        case PLAN_SESSION: check_aggregate(&node->aggregate, below); break;
        case PLAN_UNION:
            for (uint32_t i = 0; i < node->input_count; i++) ASSERT(node->inputs[i]->column_count == count);
            break;
        case PLAN_SORT:
            ASSERT(node->sort.visible_count == count);
            for (uint32_t i = 0; i < node->sort.key_count; i++) ASSERT(node->sort.keys[i].column < below);
            break;
        case PLAN_LIMIT:
            ASSERT(count == below);
            ASSERT(node->limit.limit >= -1);
            ASSERT(node->limit.offset >= 0);
            break;
        case PLAN_MATCH_COUNTS:
            ASSERT(count == below);
            ASSERT(node->match_counts.left < below);
            ASSERT(node->match_counts.right < below);
            break;
        case PLAN_SCALAR:
            ASSERT(count == below + !node->scalar.is_member);
            ASSERT(!node->scalar.is_member || node->scalar.operand < below);
            ASSERT(node->inputs[1]->column_count == 1);
            break;
        case PLAN_KIND_COUNT: ASSERT(!"a node of no kind");
    }
}

/* Inputs first, so that they have lower numbers. */
static void number(PlanNode *node, uint32_t *next) {
    for (uint32_t i = 0; i < node->input_count; i++) number(inputs_of(node)[i], next);
    node->id = (*next)++;
    check_node(node);
}

/* ---- look-ups by key ------------------------------------------------------------------------------------ */

/* Equal values of these are equal bytes, so that a look-up finds what = finds. */
static bool is_found_by_bytes(TypeId type) {
    return type == TYPE_SMALLINT || type == TYPE_INTEGER || type == TYPE_BIGINT || type == TYPE_BOOLEAN || type == TYPE_TEXT ||
           type == TYPE_VARCHAR || type == TYPE_BYTEA || type == TYPE_DATE || type == TYPE_TIME || type == TYPE_TIMESTAMP ||
           type == TYPE_TIMESTAMPTZ || type == TYPE_UUID;
}

/* column = value, either way round; else NULL. */
static const Expr *value_of(const Expr *part, const PlanNode *scan, uint32_t column) {
    bool is_equality = part->kind == EXPR_CALL && part->argument_count == 2 && str_equal(str_from_c(part->function->name), STR("="));
    for (uint32_t i = 0; is_equality && i < 2; i++) {
        const Expr *name = part->arguments[i], *value = part->arguments[1 - i];
        bool is_value = value->kind == EXPR_CONSTANT || value->kind == EXPR_PARAMETER;
        bool is_column = name->kind == EXPR_COLUMN && scan->scan.columns[name->column] == column;
        if (is_column && is_value && name->type.id == value->type.id && is_found_by_bytes((TypeId)name->type.id)) return value;
    }
    return NULL;
}

static const Expr *value_asked_for(const Expr *predicate, const PlanNode *scan, uint32_t column) {
    if (predicate->kind != EXPR_AND) return value_of(predicate, scan, column);
    const Expr *found = NULL;
    for (uint32_t i = 0; i < predicate->argument_count && found == NULL; i++) found = value_of(predicate->arguments[i], scan, column);
    return found;
}

static Status find_key_values(Bind *bind, const PlanNode *filter, PlanNode *scan, Error *err) {
    const Relation *relation = scan->scan.relation;
    if (relation->kind != RELATION_TABLE || relation->key == NULL) return STATUS_OK;
    const Expr **values = ARENA_ARRAY(bind->arena, const Expr *, relation->key_count);
    TRY_ALLOC(values);
    for (uint32_t i = 0; i < relation->key_count; i++) {
        values[i] = value_asked_for(filter->filter.predicate, scan, relation->key[i]);
        if (values[i] == NULL) return STATUS_OK;
    }
    scan->scan.key_values = values;
    return STATUS_OK;
}

static Status find_look_ups(Bind *bind, PlanNode *node, Error *err) {
    if (node->kind == PLAN_FILTER && node->inputs[0]->kind == PLAN_SCAN) return find_key_values(bind, node, node->inputs[0], err);
    for (uint32_t i = 0; i < node->input_count; i++) TRY(find_look_ups(bind, node->inputs[i], err));
    return STATUS_OK;
}

Status rewrite_plan(Bind *bind, PlanNode *root, PlanNode **out, Error *err) {
    uint64_t *needed = bits_new(bind, root->column_count);
    uint32_t *map = map_new(bind, root->column_count);
    if (needed == NULL || map == NULL) return error_out_of_memory(err);
    bits_fill(needed, root->column_count, true);
    TRY(prune_exact(bind, root, needed, map, out, err));
    ASSERT((*out)->column_count == root->column_count); /* the statement's columns are the user's */
    uint32_t next = 0;
    number(*out, &next);
    return bind->continuous ? STATUS_OK : find_look_ups(bind, *out, err);
}
