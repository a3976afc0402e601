/* SPDX-License-Identifier: Apache-2.0
 * op/groups.c - finding groups, adding rows to them, reading them back.
 *
 * Work goes column by column over a batch, not row by row: keys are encoded, then looked up with prefetching, then
 * each accumulator runs its own loop over all rows. */
#include "op/groups.h"

#include "op/join_texts.h"

/* --- set-up --------------------------------------------------------------------------------------------- */

/* Key cells in the plan's order, but the window's first. */
static Status init_keys(Groups *groups, Arena *arena, const PlanNode *input, int32_t window_first,
                        Error *err) {
    uint32_t count = groups->spec->group_count;
    Type *types = ARENA_ARRAY(arena, Type, count + 1);
    bool *nullable = ARENA_ARRAY(arena, bool, count + 1);
    Type *group_types = ARENA_ARRAY(arena, Type, count + 1);
    groups->key_columns = ARENA_ARRAY(arena, uint32_t, count + 1);
    groups->cell_of_group = ARENA_ARRAY(arena, uint32_t, count + 1);
    TRY_ALLOC(types);
    TRY_ALLOC(nullable);
    TRY_ALLOC(group_types);
    TRY_ALLOC(groups->key_columns);
    TRY_ALLOC(groups->cell_of_group);
    uint32_t cell = window_first >= 0 ? 1 : 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t to = (int32_t)i == window_first ? 0 : cell++;
        const PlanColumn *column = &input->columns[groups->spec->groups[i]];
        types[to] = group_types[i] = column->type;
        nullable[to] = !column->not_null && (int32_t)i != window_first;
        groups->key_columns[to] = groups->spec->groups[i];
        groups->cell_of_group[i] = to;
    }
    ASSERT(cell == count); /* every group column has its cell */
    groups->group_types = group_types;
    return rowkey_layout_init(&groups->keys, arena, types, nullable, count, err);
}

/* 0.0 and -0.0, '1 month' and '30 days' are one group: the spelling of the row that made it is kept and shown, as PostgreSQL shows one of them. */
static Status init_kept(Groups *groups, Arena *arena, Error *err) {
    uint32_t count = groups->spec->group_count, kept = 0;
    Type *types = ARENA_ARRAY(arena, Type, count + 1);
    groups->kept_of_group = ARENA_ARRAY(arena, int32_t, count + 1);
    TRY_ALLOC(types);
    TRY_ALLOC(groups->kept_of_group);
    for (uint32_t i = 0; i < count; i++) {
        groups->kept_of_group[i] = type_has_spellings(groups->group_types[i]) ? (int32_t)kept : -1;
        if (groups->kept_of_group[i] >= 0) types[kept++] = groups->group_types[i];
    }
    ASSERT(groups->value_size % 8 == 0);
    groups->kept_offset = groups->value_size;
    TRY(cell_layout_init(&groups->kept, arena, types, kept, err));
    groups->value_size += groups->kept.size;
    return STATUS_OK;
}

/* The types of the columns that rows are ordered by, then of the argument. */
static Status row_types(const Groups *groups, Arena *arena, const PlanNode *input, const Aggregate *aggregate,
                        ValueSetOptions *out, Error *err) {
    const AggregateSpec *spec = groups->spec;
    Type *types = ARENA_ARRAY(arena, Type, spec->order_count + 1);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < spec->order_count; i++) types[i] = input->columns[spec->order[i]].type;
    types[spec->order_count] = aggregate->argument;
    *out = (ValueSetOptions){.types = types, .count = spec->order_count + 1};
    return STATUS_OK;
}

/* A call keeps its rows as op/join_texts.h draws them: STRING_AGG, and FIRST_VALUE and LAST_VALUE with an order of their own (which have
 * no delimiter). */
static bool keeps_rows(const PlanAggregate *plan) {
    return plan->aggregate.kind == AGGREGATE_STRING_AGG || plan->order_count > 0;
}

/* The columns of these rows, as columns of the input; PLACE_COLUMN: the row's place in it. */
enum { PLACE_COLUMN = -1 };
/* In the order by which rows are told apart: the call's ORDER BY, then what says which row is first, then what is asked for. */
static Status kept_columns(const Groups *groups, const PlanAggregate *plan, Arena *arena, int32_t **columns, uint32_t *count,
                           Error *err) {
    const AggregateSpec *spec = groups->spec;
    *columns = ARENA_ARRAY(arena, int32_t, plan->order_count + spec->order_count + 3);
    TRY_ALLOC(*columns);
    *count = 0;
    for (uint32_t i = 0; i < plan->order_count; i++) (*columns)[(*count)++] = (int32_t)plan->order[i].column;
    for (uint32_t i = 0; i < spec->order_count && spec->by_columns && !plan->distinct; i++)
        (*columns)[(*count)++] = (int32_t)spec->order[i];
    if (!spec->by_columns && !plan->distinct) (*columns)[(*count)++] = PLACE_COLUMN;
    if (plan->delimiter >= 0) (*columns)[(*count)++] = plan->delimiter;
    (*columns)[(*count)++] = plan->column;
    ASSERT(*count <= plan->order_count + spec->order_count + 3);
    return STATUS_OK;
}

/* A set of rows: to be joined, or of which the first or last is asked for. */
static Status init_rows(Groups *groups, uint32_t index, Arena *arena, const PlanNode *input, const OpContext *context,
                         Error *err) {
    const PlanAggregate *plan = &groups->spec->aggregates[index];
    int32_t *columns;
    uint32_t count;
    TRY(kept_columns(groups, plan, arena, &columns, &count, err));
    Type *types = ARENA_ARRAY(arena, Type, count);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < count; i++)
        types[i] = columns[i] == PLACE_COLUMN ? type_of(TYPE_BIGINT) : input->columns[columns[i]].type;
    bool joined = plan->aggregate.kind == AGGREGATE_STRING_AGG;
    ValueSetOptions set = {.types = types, .count = count, .wants_rows = joined, .wants_extreme = !joined, .order = plan->order,
                           .order_count = plan->order_count, .least = plan->aggregate.kind == AGGREGATE_FIRST_VALUE};
    groups->holds_outside = true;
    return value_set_init(&groups->sets[index], arena, &set, context->io, context->memory, err);
}

/* One accumulator per aggregate, one behind the other in the value; beside those that cannot do alone a set. */
static Status init_accumulators(Groups *groups, Arena *arena, const PlanNode *input, const OpContext *context,
                                Error *err) {
    uint32_t count = groups->spec->aggregate_count;
    groups->accumulators = ARENA_ARRAY(arena, Accumulator, count + 1);
    groups->sets = ARENA_ARRAY(arena, ValueSet, count + 1);
    TRY_ALLOC(groups->accumulators);
    TRY_ALLOC(groups->sets);
    for (uint32_t i = 0; i < count; i++) {
        const PlanAggregate *plan = &groups->spec->aggregates[i];
        const Aggregate *aggregate = &plan->aggregate;
        bool extreme = aggregate->kind == AGGREGATE_MIN || aggregate->kind == AGGREGATE_MAX;
        bool rows = keeps_rows(plan), positioned = aggregate_is_ordered(aggregate->kind) && !rows;
        /* The least of a set is the least of its distinct values, and the first row stays the first: DISTINCT asks
         * nothing of these. */
        bool distinct = plan->distinct && !extreme && !positioned && !rows && plan->column >= 0;
        bool nullable = plan->filter >= 0 || (plan->column >= 0 && !input->columns[plan->column].not_null);
        ValueSetOptions set = {.types = &aggregate->argument, .count = 1};
        if (positioned && groups->spec->by_columns)
            TRY(row_types(groups, arena, input, aggregate, &set, err));
        AccumulatorOptions options = {.nullable = nullable || distinct, .weighted = groups->weighted || rows};
        if (positioned && groups->spec->by_columns) {
            options.row_types = set.types;
            options.row_count = set.count;
        }
        TRY(accumulator_init(&groups->accumulators[i], arena, aggregate, &options, err));
        ASSERT(groups->accumulators[i].size % 8 == 0);
        ASSERT(groups->value_size % 8 == 0); /* accumulators are read as words */
        groups->accumulators[i].span = plan->span;
        groups->accumulators[i].offset = groups->value_size;
        groups->value_size += groups->accumulators[i].size;
        groups->holds_outside |= groups->accumulators[i].holds_outside;
        if (rows) TRY(init_rows(groups, i, arena, input, context, err));
        if (!distinct && !((extreme || positioned) && groups->weighted)) continue;
        set.wants_extreme = extreme || positioned;
        set.least = aggregate->kind == AGGREGATE_MIN || aggregate->kind == AGGREGATE_FIRST_VALUE;
        TRY(value_set_init(&groups->sets[i], arena, &set, context->io, context->memory, err));
        groups->holds_outside = true;
    }
    return STATUS_OK;
}

static Status init_state(Groups *groups, Arena *arena, const OpContext *context, Error *err) {
    TRY(keys_state_init(&groups->state, &groups->keys, groups->record_value_size, arena, context->io,
                        context->memory, err));
    groups->store = (AccumulatorStore){
        .memory = context->memory, .heap = &groups->state.heap, .kernels = context->kernels};
    return STATUS_OK;
}

Status groups_init(Groups *groups, Arena *arena, const PlanNode *node, const GroupsOptions *options,
                   const OpContext *context, Error *err) {
    ASSERT(node->aggregate.group_count <= ROWKEY_COLUMN_COUNT_MAX);
    ASSERT(options->window_first < (int32_t)node->aggregate.group_count);
    ASSERT(options->owner_size % 8 == 0);
    ASSERT(node->input_count == 1);
    for (uint32_t i = 0; i < node->aggregate.group_count; i++)
        ASSERT(node->aggregate.groups[i] < node->inputs[0]->column_count);
    const PlanNode *input = node->inputs[0];
    *groups = (Groups){.spec = &node->aggregate, .weighted = options->weighted};
    groups->owner_offset = 8;
    groups->value_size = 8 + options->owner_size;
    TRY(init_keys(groups, arena, input, options->window_first, err));
    TRY(init_kept(groups, arena, err));
    groups->record_value_size = groups->value_size;
    groups->holds_outside = groups->kept.has_text;
    Status status = init_accumulators(groups, arena, input, context, err);
    ASSERT(status != STATUS_OK || groups->value_size >= groups->record_value_size);
    if (!options->values_outside) groups->record_value_size = groups->value_size;
    ASSERT(groups->kept_offset + groups->kept.size <= groups->record_value_size); /* kept cells are in the record, wherever the rest is */
    if (status == STATUS_OK) status = init_state(groups, arena, context, err);
    if (status != STATUS_OK)
        for (uint32_t i = 0; i < groups->spec->aggregate_count && groups->sets != NULL; i++)
            if (groups->sets[i].used) value_set_deinit(&groups->sets[i]);
    return status;
}

/* --- find and update ------------------------------------------------------------------------------------ */

/* Of new groups only: the first spelling stays. */
static Status write_kept(Groups *groups, const Batch *batch, const GroupsFound *found, Frame *frame,
                         Error *err) {
    if (groups->kept.count == 0 || found->created_count == 0) return STATUS_OK;
    void **records = FRAME_ARRAY(frame, void *, found->created_count);
    TRY_ALLOC(records);
    for (size_t i = 0; i < found->created_count; i++)
        records[i] = (char *)found->values[found->created[i]] + groups->kept_offset;
    for (uint32_t i = 0; i < groups->spec->group_count; i++)
        if (groups->kept_of_group[i] >= 0)
            TRY(cells_write(&groups->kept, (uint32_t)groups->kept_of_group[i],
                            &batch->columns[groups->spec->groups[i]], found->created,
                            (uint32_t)found->created_count, records, &groups->state.heap, err));
    return STATUS_OK;
}

Status groups_found_init(GroupsFound *found, const Groups *groups, Frame *frame, uint32_t row_count_max,
                         Error *err) {
    ASSERT(row_count_max > 0 && row_count_max <= BATCH_ROW_COUNT_MAX);
    *found = (GroupsFound){.keys = frame_alloc(frame, (size_t)row_count_max * groups->keys.size + 8, NULL),
                           .hashes = frame_alloc(frame, row_count_max * sizeof(uint64_t), NULL),
                           .ids = frame_alloc(frame, row_count_max * sizeof(uint32_t), NULL),
                           .values = frame_alloc(frame, row_count_max * sizeof(void *), NULL),
                           .created = frame_alloc(frame, row_count_max * sizeof(uint32_t), NULL)};
    TRY_ALLOC(found->keys);
    TRY_ALLOC(found->hashes);
    TRY_ALLOC(found->ids);
    TRY_ALLOC(found->values);
    TRY_ALLOC(found->created);
    return STATUS_OK;
}

Status groups_find(Groups *groups, const OpContext *context, const Batch *batch, GroupsFound *found,
                   Error *err) {
    ASSERT(batch->row_count > 0 && batch->row_count <= BATCH_ROW_COUNT_MAX);
    const Array *columns[ROWKEY_COLUMN_COUNT_MAX];
    for (uint32_t i = 0; i < groups->spec->group_count; i++)
        columns[i] = &batch->columns[groups->key_columns[i]];
    rowkey_encode(&groups->keys, columns, batch->row_count, found->keys, found->hashes);
    StateUpsert upsert = {
        .likely_count = found->likely_count, .ids = found->ids, .values = found->values, .created = found->created};
    TRY(state_upsert_batch(&groups->state, found->keys, found->hashes, batch->row_count, &upsert, err));
    found->created_count = upsert.created_count;
    ASSERT(found->created_count <= batch->row_count);
    return write_kept(groups, batch, found, context->frame, err);
}

static void add_weights(const Batch *batch, void *const *values) {
    const int64_t *weights = batch->meta[META_WEIGHT];
    if (weights == NULL)
        for (uint32_t row = 0; row < batch->row_count; row++) *(int64_t *)values[row] += 1;
    else
        for (uint32_t row = 0; row < batch->row_count; row++) *(int64_t *)values[row] += weights[row];
}

/* The rows that an aggregate takes in: filter true and argument not NULL. NULL in *rows: all. */
static Status select_rows(const PlanAggregate *plan, const Batch *batch, Frame *frame, const uint32_t **rows,
                          uint32_t *count, Error *err) {
    *rows = NULL;
    *count = batch->row_count;
    const uint64_t *valid = plan->column < 0 ? NULL : batch->columns[plan->column].validity;
    if (plan->filter < 0 && valid == NULL) return STATUS_OK;
    size_t word_count = bits_word_count(batch->row_count);
    uint64_t *bits = frame_alloc(frame, word_count * 8, NULL);
    uint32_t *selected = frame_alloc(frame, (batch->row_count + 16) * sizeof(uint32_t), NULL);
    TRY_ALLOC(bits);
    TRY_ALLOC(selected);
    const Array *filter = plan->filter < 0 ? NULL : &batch->columns[plan->filter];
    for (size_t i = 0; i < word_count; i++) {
        bits[i] = valid == NULL ? ~0ULL : valid[i];
        if (filter != NULL) bits[i] &= array_bits(filter)[i];
        if (filter != NULL && filter->validity != NULL) bits[i] &= filter->validity[i];
    }
    /* Bits behind the last row may be set in a validity bitmap: batch_select stops at row_count. */
    *count = batch_select(bits, batch->row_count, selected);
    ASSERT(*count <= batch->row_count);
    *rows = selected;
    return STATUS_OK;
}

/* Passes the rows through the value set: the accumulator sees values coming and going, not rows. They go to it one by one, since one row
 * may stand for a value that came and went again within the batch, and the accumulator takes one weight per row. */
static Status update_set(Groups *groups, uint32_t index, AccumulatorInput *input, const uint32_t *ids,
                         uint32_t row_count, Frame *frame, Error *err) {
    uint32_t *rows = frame_alloc(frame, (input->count + 1) * sizeof(uint32_t), NULL);
    int64_t *changed = frame_alloc(frame, (input->count + 1) * sizeof(int64_t), NULL);
    int64_t *weights = frame_alloc(frame, (row_count + 1) * sizeof(int64_t), NULL);
    TRY_ALLOC(rows);
    TRY_ALLOC(changed);
    TRY_ALLOC(weights);
    uint32_t count;
    TRY(value_set_change(&groups->sets[index], frame, input, ids, rows, changed, &count, err));
    ASSERT(count <= input->count);
    AccumulatorInput one = *input;
    one.weights = weights;
    one.count = 1;
    if (groups->accumulators[index].kind == ACCUMULATE_NONE) return STATUS_OK;
    for (uint32_t i = 0; i < count; i++) { /* a row may be listed twice: come and gone within a batch */
        weights[rows[i]] = changed[i];
        one.rows = &rows[i];
        TRY(accumulator_update(&groups->accumulators[index], &groups->store, &one, err));
    }
    return STATUS_OK;
}

/* The columns that rows are ordered by, with room for an argument behind them; NULL: by position. */
static Status order_columns(const Groups *groups, Frame *frame, const Batch *batch, const Array ***out,
                            Error *err) {
    const AggregateSpec *spec = groups->spec;
    *out = NULL;
    if (!spec->by_columns) return STATUS_OK;
    *out = FRAME_ARRAY(frame, const Array *, spec->order_count + 1);
    TRY_ALLOC(*out);
    for (uint32_t i = 0; i < spec->order_count; i++) (*out)[i] = &batch->columns[spec->order[i]];
    return STATUS_OK;
}

/* The places of a batch's rows in their input, as a column. */
static Status place_column(const Groups *groups, const Batch *batch, Frame *frame, Array *out, Error *err) {
    *out = (Array){.type = type_of(TYPE_BIGINT), .length = batch->row_count, .values = batch->meta[META_POSITION]};
    if (out->values != NULL) return STATUS_OK;
    int64_t *places = frame_alloc(frame, batch->row_count * sizeof(int64_t), &out->values_owner);
    TRY_ALLOC(places);
    for (uint32_t i = 0; i < batch->row_count; i++) places[i] = groups->row_count + i;
    out->values = places;
    return STATUS_OK;
}

/* input->row_columns, as kept_columns lists them for the set's layout. */
static Status rows_to_keep(const Groups *groups, const PlanAggregate *plan, const Batch *batch, Frame *frame,
                        AccumulatorInput *input, Error *err) {
    int32_t *columns;
    uint32_t count;
    TRY(kept_columns(groups, plan, &frame->arena, &columns, &count, err));
    const Array **arrays = FRAME_ARRAY(frame, const Array *, count);
    Array *places = FRAME_NEW(frame, Array);
    TRY_ALLOC(arrays);
    TRY_ALLOC(places);
    TRY(place_column(groups, batch, frame, places, err));
    for (uint32_t i = 0; i < count; i++) arrays[i] = columns[i] == PLACE_COLUMN ? places : &batch->columns[columns[i]];
    input->row_columns = arrays;
    return STATUS_OK;
}

Status groups_update(Groups *groups, const OpContext *context, const Batch *batch, void *const *values,
                     const uint32_t *ids, Error *err) {
    ASSERT(values != NULL);
    ASSERT(ids != NULL);
    add_weights(batch, values);
    const Array **row_columns;
    TRY(order_columns(groups, context->frame, batch, &row_columns, err));
    for (uint32_t i = 0; i < groups->spec->aggregate_count; i++) {
        const PlanAggregate *plan = &groups->spec->aggregates[i];
        if (groups->accumulators[i].kind == ACCUMULATE_ROWS && !groups->accumulators[i].counts &&
            plan->filter < 0)
            continue;
        AccumulatorInput input = {.argument = plan->column < 0 ? NULL : &batch->columns[plan->column],
                                  .values = values,
                                  .weights = batch->meta[META_WEIGHT],
                                  .positions = batch->meta[META_POSITION],
                                  .position_first = groups->row_count,
                                  .row_columns = row_columns};
        if (row_columns != NULL) row_columns[groups->spec->order_count] = input.argument;
        if (keeps_rows(plan)) TRY(rows_to_keep(groups, plan, batch, context->frame, &input, err));
        TRY(select_rows(plan, batch, context->frame, &input.rows, &input.count, err));
        if (groups->sets[i].used)
            TRY(update_set(groups, i, &input, ids, batch->row_count, context->frame, err));
        else
            TRY(accumulator_update(&groups->accumulators[i], &groups->store, &input, err));
    }
    groups->row_count += batch->row_count;
    return STATUS_OK;
}

/* --- read ----------------------------------------------------------------------------------------------- */

static Status read_kept(const Groups *groups, uint32_t column, const uint32_t *ids, uint32_t count,
                        Frame *frame, Array *out, Error *err) {
    ASSERT(column < groups->kept.count);
    ASSERT(ids != NULL || count == 0);
    const void **records = FRAME_ARRAY(frame, const void *, count);
    TRY_ALLOC(records);
    for (uint32_t i = 0; i < count; i++)
        records[i] = (const char *)state_value(&groups->state, ids[i]) + groups->kept_offset;
    return cells_read(&groups->kept, column, records, count, &groups->state.heap, frame, out, err);
}

Status groups_read_keys(const Groups *groups, const OpContext *context, const uint32_t *ids, uint32_t count,
                        Array *columns, Error *err) {
    for (uint32_t i = 0; i < groups->spec->group_count; i++) {
        if (groups->kept_of_group[i] >= 0)
            TRY(read_kept(groups, (uint32_t)groups->kept_of_group[i], ids, count, context->frame, &columns[i],
                          err));
        else
            TRY(keys_read(&groups->keys, groups->cell_of_group[i], &groups->state, ids, count, context->frame,
                          &columns[i], err));
    }
    return STATUS_OK;
}

static const RowError NEGATIVE_COUNT = {
    STATUS_NO_SUCH_ROW, {"more rows were taken back from this group than came", 50}, SQL_SPAN_NONE};

Status groups_read_results(Groups *groups, const OpContext *context, const void *const *values,
                           const uint32_t *ids, uint32_t count, Array *columns, const RowError ***errors,
                           Error *err) {
    ASSERT(count == 0 || (values != NULL && ids != NULL));
    ASSERT(columns != NULL || groups->spec->aggregate_count == 0);
    *errors = NULL;
    for (uint32_t i = 0; i < groups->spec->aggregate_count; i++) {
        const PlanAggregate *plan = &groups->spec->aggregates[i];
        JoinTexts join = {.set = &groups->sets[i], .distinct = plan->distinct, .span = plan->span};
        if (plan->aggregate.kind == AGGREGATE_STRING_AGG)
            TRY(join_texts(&join, ids, count, context->frame, &columns[i], errors, err));
        else if (groups->accumulators[i].kind == ACCUMULATE_NONE)
            TRY(value_set_extremes(&groups->sets[i], ids, count, context->frame, &columns[i], err));
        else
            TRY(accumulator_result(&groups->accumulators[i], &groups->store, values, count, context->frame,
                                   &columns[i], errors, err));
    }
    for (uint32_t i = 0; groups->weighted && i < count; i++) {
        /* More was taken back than came: no count of rows, and so no result, would be right. */
        if (groups_weight(values[i]) >= 0) continue;
        if (*errors == NULL) *errors = FRAME_ARRAY(context->frame, const RowError *, count);
        TRY_ALLOC(*errors);
        (*errors)[i] = &NEGATIVE_COUNT;
    }
    return STATUS_OK;
}

/* --- merge and delete ----------------------------------------------------------------------------------- */

typedef struct SetMerge {
    Groups *groups;
    uint32_t index;
    void *to;
} SetMerge;

/* DISTINCT over merged groups: a value that both held counts once, so that accumulators cannot simply be added up. */
static Status merge_changed(void *context, const Array *value, int64_t weight, Error *err) {
    const SetMerge *merge = context;
    AccumulatorInput input = {.argument = value, .count = 1, .weights = &weight, .values = &merge->to};
    return accumulator_update(&merge->groups->accumulators[merge->index], &merge->groups->store, &input, err);
}

Status groups_merge(Groups *groups, void *to, uint32_t to_id, const void *from, uint32_t from_id,
                    Error *err) {
    ASSERT(to != from);
    *(int64_t *)to += *(const int64_t *)from;
    for (uint32_t i = 0; i < groups->spec->aggregate_count; i++) {
        const Accumulator *accumulator = &groups->accumulators[i];
        if (!groups->sets[i].used) {
            TRY(accumulator_merge(accumulator, &groups->store, to, from, err));
            continue;
        }
        SetMerge merge = {groups, i, to};
        bool counts_values = accumulator->kind != ACCUMULATE_NONE;
        TRY(value_set_merge(&groups->sets[i], to_id, from_id, counts_values ? merge_changed : NULL, &merge,
                            err));
    }
    return STATUS_OK;
}

void groups_free_results(Groups *groups, void *value, uint32_t id) {
    ASSERT(value != NULL);
    for (uint32_t i = 0; i < groups->spec->aggregate_count; i++) {
        if (groups->accumulators[i].holds_outside)
            accumulator_free(&groups->accumulators[i], &groups->store, value);
        if (groups->sets[i].used) value_set_drop(&groups->sets[i], id);
    }
}

void groups_free_value(Groups *groups, void *value, uint32_t id) {
    cells_free(&groups->kept, (char *)value + groups->kept_offset, &groups->state.heap);
    groups_free_results(groups, value, id);
}

/* What a record holds outside itself; its value may end before the accumulators. It is zeroed, which holds nothing: the record
 * may stay for a while, and is freed again if an error ends the operator meanwhile. */
static void free_record(Groups *groups, uint32_t id) {
    void *value = state_write(&groups->state, id);
    ASSERT(groups->record_value_size <= groups->value_size);
    if (groups->record_value_size == groups->value_size)
        groups_free_value(groups, value, id);
    else
        cells_free(&groups->kept, (char *)value + groups->kept_offset, &groups->state.heap);
    memset(value, 0, groups->record_value_size);
}

void groups_free_records(Groups *groups, const uint32_t *ids, uint32_t count) {
    for (uint32_t i = 0; groups->holds_outside && i < count; i++) free_record(groups, ids[i]);
}

void groups_clear(Groups *groups) {
    state_clear(&groups->state);
}

void groups_delete(Groups *groups, const uint32_t *ids, uint32_t count) {
    groups_free_records(groups, ids, count);
    state_delete_batch(&groups->state, ids, count);
}

void groups_deinit(Groups *groups) {
    uint32_t ids[256];
    size_t count;
    StateCursor cursor = {0};
    while ((count = state_scan(&groups->state, &cursor, ids, 256)) > 0)
        for (size_t i = 0; i < count; i++) free_record(groups, ids[i]);
    for (uint32_t i = 0; i < groups->spec->aggregate_count; i++)
        if (groups->sets[i].used) value_set_deinit(&groups->sets[i]);
    state_deinit(&groups->state);
}

size_t groups_memory(const Groups *groups) {
    size_t total = state_memory(&groups->state);
    for (uint32_t i = 0; i < groups->spec->aggregate_count; i++)
        if (groups->sets[i].used) total += value_set_memory(&groups->sets[i]);
    return total;
}
