/* SPDX-License-Identifier: Apache-2.0
 * op/op.c - one switch per call, once per batch; and what operators share. */
#include "op/op_priv.h"

#include "base/calendar.h"
#include "column/builder.h"
#include "plan/catalog.h"

/* Kinds that keep nothing have no init. */
static Status init_kind(Op *op, const PlanNode *filter, const OpContext *context, Error *err) {
    switch (op->node->kind) {
        case PLAN_SCAN:
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_UNION: return STATUS_OK;
        case PLAN_FILTER:
        case PLAN_PROJECT: return project_init(op, filter, context, err);
        case PLAN_WINDOW: return window_init(op, context, err);
        case PLAN_AGGREGATE: return aggregate_init(op, context, err);
        case PLAN_SESSION: return session_init(op, context, err);
        case PLAN_SORT: return sort_init(op, context, err);
        case PLAN_LIMIT: return limit_init(op, context, err);
        case PLAN_SCALAR: return scalar_init(op, context, err);
        case PLAN_MATCH_COUNTS: return match_counts_init(op, context, err);
        case PLAN_KIND_COUNT: break;
    }
    return error_set(err, STATUS_INTERNAL, "plan node of unknown kind"); /* no kind at all: a broken plan */
}

Status op_init(Op *op, const PlanNode *node, const PlanNode *filter, OpMode mode, const OpContext *context,
               Error *err) {
    ASSERT(context->memory != NULL);
    ASSERT(node->kind < PLAN_KIND_COUNT);
    ASSERT(filter == NULL || (filter->kind == PLAN_FILTER && node->kind == PLAN_PROJECT));
    *op = (Op){.node = node, .mode = mode, .memory = context->memory};
    arena_init(&op->arena, context->memory);
    Status status = init_kind(op, filter, context, err);
    if (status != STATUS_OK) arena_deinit(&op->arena);
    return status;
}

void op_deinit(Op *op) {
    switch (op->node->kind) {
        case PLAN_WINDOW: window_deinit(op); break;
        case PLAN_AGGREGATE: aggregate_deinit(op); break;
        case PLAN_SESSION: session_deinit(op); break;
        case PLAN_SORT: sort_deinit(op); break;
        case PLAN_SCALAR: scalar_deinit(op); break;
        case PLAN_MATCH_COUNTS: match_counts_deinit(op); break;
        case PLAN_SCAN:
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_UNION:
        case PLAN_FILTER:
        case PLAN_PROJECT:
        case PLAN_LIMIT:
        case PLAN_KIND_COUNT: break;
    }
    arena_deinit(&op->arena);
}

/* The scanned relation's columns that the plan asked for. */
static Status scan_push(const Op *op, const OpContext *context, const Batch *batch, OpOutput *out,
                        Error *err) {
    Array *columns = FRAME_ARRAY(context->frame, Array, op->node->column_count + 1);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < op->node->column_count; i++) {
        ASSERT(op->node->scan.columns[i] < batch->column_count);
        columns[i] = batch->columns[op->node->scan.columns[i]];
    }
    out->batch = *batch;
    out->batch.columns = columns;
    out->batch.column_count = op->node->column_count;
    return STATUS_OK;
}

/* Every batch that leaves an operator has the node's columns, and no more rows than the next may be given. */
static void check_output(const Op *op, const OpOutput *out) {
    const Batch *batch = &out->batch;
    ASSERT(batch->row_count <= BATCH_ROW_COUNT_MAX);
    ASSERT(out->late.row_count <= BATCH_ROW_COUNT_MAX);
    if (out->late.row_count > 0) batch_check(&out->late);
    if (batch->row_count == 0) return;
    ASSERT(batch->column_count == op->node->column_count);
    for (uint32_t i = 0; i < batch->column_count; i++)
        ASSERT(type_layout(batch->columns[i].type) == type_layout(op->node->columns[i].type));
    batch_check(batch);
}

/* The other half of check_output, for what a test or flow gives: the plan's column numbers mean this batch. */
static void check_input(const Op *op, uint32_t port, const Batch *batch) {
    ASSERT(batch->row_count > 0);
    ASSERT(batch->row_count <= BATCH_ROW_COUNT_MAX);
    ASSERT(port == 0 || port < op->node->input_count);
    if (op->node->input_count == 0) return; /* a leaf: the relation's columns, looked at in scan_push */
    const PlanNode *input = op->node->inputs[port];
    ASSERT(batch->column_count == input->column_count);
    for (uint32_t i = 0; i < batch->column_count; i++)
        DEBUG_ASSERT(type_layout(batch->columns[i].type) == type_layout(input->columns[i].type));
}
/* Leaves and UNION pass the batch on; of the operators with one input none looks at the port. */
static Status push_kind(Op *op, const OpContext *context, uint32_t port, const Batch *batch, OpOutput *out, Error *err) {
    switch (op->node->kind) {
        case PLAN_SCAN: return scan_push(op, context, batch, out, err);
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_UNION: out->batch = *batch; return STATUS_OK;
        case PLAN_FILTER:
        case PLAN_PROJECT: return project_push(op, context, batch, out, err);
        case PLAN_WINDOW: return window_push(op, context, batch, out, err);
        case PLAN_AGGREGATE: return aggregate_push(op, context, batch, out, err);
        case PLAN_SESSION: return session_push(op, context, batch, out, err);
        case PLAN_SORT: return sort_push(op, context, batch, out, err);
        case PLAN_LIMIT: return limit_push(op, context, batch, out, err);
        case PLAN_MATCH_COUNTS: return match_counts_push(op, context, batch, out, err);
        case PLAN_SCALAR: return scalar_push(op, context, port, batch, out, err);
        case PLAN_KIND_COUNT: break;
    }
    return error_set(err, STATUS_INTERNAL, "push to an operator of unknown kind");
}

Status op_push(Op *op, const OpContext *context, uint32_t port, const Batch *batch, OpOutput *out, Error *err) {
    ASSERT(context->frame != NULL);
    check_input(op, port, batch);
    *out = (OpOutput){.progress = OP_DONE};
    TRY(push_kind(op, context, port, batch, out, err));
    check_output(op, out);
    return STATUS_OK;
}

/* The others give all they have at once, and never say OP_MORE. */
static Status resume_kind(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    switch (op->node->kind) {
        case PLAN_WINDOW: return window_resume(op, context, out, err);
        case PLAN_AGGREGATE: return aggregate_resume(op, context, out, err);
        case PLAN_SESSION: return session_resume(op, context, out, err);
        case PLAN_SORT: return sort_resume(op, context, out, err);
        case PLAN_SCALAR: return scalar_resume(op, context, out, err);
        case PLAN_MATCH_COUNTS: return match_counts_resume(op, context, out, err);
        case PLAN_SCAN:
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_UNION:
        case PLAN_FILTER:
        case PLAN_PROJECT:
        case PLAN_LIMIT:
        case PLAN_KIND_COUNT: break;
    }
    return STATUS_OK;
}

Status op_resume(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    ASSERT(context->frame != NULL);
    *out = (OpOutput){.progress = OP_DONE};
    TRY(resume_kind(op, context, out, err));
    check_output(op, out);
    return STATUS_OK;
}

void op_watermark(Op *op, uint32_t port, int64_t watermark) {
    ASSERT(port == 0 || port < op->node->input_count);
    if (op->node->kind == PLAN_WINDOW) window_watermark(op, watermark);
    if (op->node->kind == PLAN_AGGREGATE) aggregate_watermark(op, watermark);
    if (op->node->kind == PLAN_SESSION) session_watermark(op, watermark);
}

int64_t op_watermark_out(const Op *op, int64_t watermark) {
    return op->node->kind == PLAN_SESSION ? session_watermark_out(op, watermark) : watermark;
}

Status op_epoch_end(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    ASSERT(context->frame != NULL);
    /* SORT and SCALAR hold rows too, but stand only in snapshots, which have no epochs: they let go in op_end. */
    *out = (OpOutput){.progress = OP_DONE};
    if (op->node->kind == PLAN_AGGREGATE) TRY(aggregate_epoch_end(op, context, out, err));
    if (op->node->kind == PLAN_SESSION) TRY(session_epoch_end(op, context, out, err));
    check_output(op, out);
    return STATUS_OK;
}

Status op_end(Op *op, const OpContext *context, uint32_t port, OpOutput *out, Error *err) {
    ASSERT(context->frame != NULL);
    ASSERT(port == 0 || port < op->node->input_count);
    *out = (OpOutput){.progress = OP_DONE};
    if (op->node->kind == PLAN_AGGREGATE) TRY(aggregate_end(op, context, out, err));
    if (op->node->kind == PLAN_SESSION) TRY(session_end(op, context, out, err));
    if (op->node->kind == PLAN_SORT) TRY(sort_end(op, context, out, err));
    if (op->node->kind == PLAN_SCALAR) TRY(scalar_end(op, context, port, out, err));
    check_output(op, out);
    return STATUS_OK;
}

bool op_is_stateless(const Op *op) {
    if (op->node->kind == PLAN_WINDOW) return window_is_stateless(op);
    return op->node->kind != PLAN_AGGREGATE && op->node->kind != PLAN_SESSION;
}

bool op_is_full(const Op *op) {
    return op->node->kind == PLAN_LIMIT && limit_is_full(op);
}

size_t op_memory(const Op *op) {
    if (op->node->kind == PLAN_AGGREGATE) return aggregate_memory(op);
    if (op->node->kind == PLAN_SESSION) return session_memory(op);
    if (op->node->kind == PLAN_SORT) return sort_memory(op);
    if (op->node->kind == PLAN_SCALAR) return scalar_memory(op);
    if (op->node->kind == PLAN_WINDOW) return window_memory(op);
    if (op->node->kind == PLAN_MATCH_COUNTS) return match_counts_memory(op);
    return 0;
}

/* --- shared by operators
 * ------------------------------------------------------------------------------------ */

Status op_row_error(Op *op, const OpContext *context, const PlanNode *shape, const Batch *batch, uint32_t row,
                    const RowError *error, Error *err) {
    ASSERT(row < batch->row_count);
    ASSERT(error != NULL);
    ASSERT(shape->column_count == batch->column_count); /* a dead letter names the columns by it */
    op->error_count++;
    return context->row_error(context->row_error_context, op->node, shape, batch, row, error, err);
}

Status op_row_errors(Op *op, const OpContext *context, const PlanNode *shape, const Batch *batch,
                     const uint32_t *rows, uint32_t count, RowErrors errors, Error *err) {
    for (uint32_t i = 0; errors != NULL && i < count; i++)
        if (errors[i] != NULL)
            TRY(op_row_error(op, context, shape, batch, rows == NULL ? i : rows[i], errors[i], err));
    return STATUS_OK;
}

bool late_is_judged_here(const PlanNode *input) {
    switch (input->kind) {
        /* Sources, and tables that behave as such, stamp a bound on every row that could be late (flow/input.h). */
        case PLAN_SCAN: return input->scan.relation->kind != RELATION_SOURCE && !input->scan.relation->append_only;
        case PLAN_VALUES:
        case PLAN_SERIES: return false;
        case PLAN_FILTER:
        case PLAN_PROJECT:
        case PLAN_WINDOW:
        case PLAN_UNION:
        case PLAN_LIMIT:
            for (uint32_t i = 0; i < input->input_count; i++)
                if (late_is_judged_here(input->inputs[i])) return true;
            return false;
        case PLAN_AGGREGATE:
        case PLAN_SESSION:
        case PLAN_MATCH_COUNTS:
        case PLAN_SORT:
        case PLAN_SCALAR:
        case PLAN_KIND_COUNT: break;
    }
    return true;
}

Status late_set_bounds(const OpContext *context, const Batch *batch, int64_t watermark, Batch *out, Error *err) {
    *out = *batch;
    if (batch->meta[META_BOUND] != NULL || watermark == WATERMARK_MIN) return STATUS_OK;
    ASSERT(batch->row_count <= BATCH_ROW_COUNT_MAX);
    int64_t *bounds = frame_alloc(context->frame, batch->row_count * sizeof(int64_t), &out->meta_owner[META_BOUND]);
    TRY_ALLOC(bounds);
    for (uint32_t row = 0; row < batch->row_count; row++) bounds[row] = watermark;
    out->meta[META_BOUND] = bounds;
    return STATUS_OK;
}

Status op_raise_bounds(const OpContext *context, const Batch *batch, int64_t watermark, Batch *out, Error *err) {
    ASSERT(batch->row_count <= BATCH_ROW_COUNT_MAX);
    *out = *batch;
    const int64_t *from = batch->meta[META_BOUND];
    int64_t *bounds = frame_alloc(context->frame, batch->row_count * sizeof(int64_t), &out->meta_owner[META_BOUND]);
    TRY_ALLOC(bounds);
    for (uint32_t row = 0; row < batch->row_count; row++) bounds[row] = from != NULL && from[row] > watermark ? from[row] : watermark;
    out->meta[META_BOUND] = bounds;
    return STATUS_OK;
}

Status late_split_init(LateSplit *split, Frame *frame, uint32_t row_count, Error *err) {
    *split = (LateSplit){.timely = frame_alloc(frame, (row_count + 1) * sizeof(uint32_t), NULL),
                         .late = frame_alloc(frame, (row_count + 1) * sizeof(uint32_t), NULL)};
    TRY_ALLOC(split->timely);
    TRY_ALLOC(split->late);
    return STATUS_OK;
}

/* How far behind the bound a row's time was, as the difference of two times is written: whole days apart. */
static Status late_by(const LateSplit *split, const OpContext *context, const AggregateSpec *spec,
                      const Batch *batch, Array *out, Error *err) {
    ArrayBuilder builder;
    const int64_t *bounds = batch->meta[META_BOUND];
    TRY(array_builder_init(&builder, context->frame, type_of(TYPE_INTERVAL), split->late_count, err));
    const Array *times = &batch->columns[spec->late_time_column];
    for (uint32_t i = 0; i < split->late_count; i++) {
        uint32_t row = split->late[i];
        int64_t time = times->type.id == TYPE_DATE ? calendar_start_of_day(array_i32(times)[row])
                                                   : array_i64(times)[row],
                behind;
        /* A time may lie anywhere, also near the end of int64: event_time.c has not looked at this column. */
        if (__builtin_sub_overflow(bounds[row], time, &behind)) behind = INT64_MAX;
        array_builder_interval(
            &builder, (Interval){.days = (int32_t)(behind / CALENDAR_DAY), .microseconds = behind % CALENDAR_DAY});
    }
    return array_builder_finish(&builder, out, err);
}

/* Without bounds: to who reads the late rows no row of them is late. */
static Status late_rows(const LateSplit *split, const OpContext *context, const AggregateSpec *spec,
                        const Batch *batch, Batch *out, Error *err) {
    Frame *frame = context->frame;
    ASSERT(spec->late_time_column >= 0);
    ASSERT((uint32_t)spec->late_time_column < batch->column_count);
    Array *columns = FRAME_ARRAY(frame, Array, spec->late_column_count + 1);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < spec->late_column_count; i++)
        TRY(array_gather(&batch->columns[spec->late_columns[i]], frame, split->late, split->late_count,
                         &columns[i], err));
    TRY(late_by(split, context, spec, batch, &columns[spec->late_column_count], err));
    TRY(batch_gather_meta(batch, frame, split->late, split->late_count, out, err));
    out->columns = columns;
    out->column_count = spec->late_column_count + 1;
    out->row_count = split->late_count;
    out->meta[META_BOUND] = NULL;
    return STATUS_OK;
}

Status late_split_finish(LateSplit *split, Op *op, const OpContext *context, const AggregateSpec *spec,
                         const Batch *batch, Batch *timely, OpOutput *out, Error *err) {
    *timely = *batch;
    if (split->late_count == 0) return STATUS_OK;
    ASSERT(split->timely_count + split->late_count == batch->row_count); /* each row was judged once */
    ASSERT(batch->meta[META_BOUND] != NULL);                             /* nothing else makes a row late */
    op->late_count += split->late_count;
    if (spec->late_output) TRY(late_rows(split, context, spec, batch, &out->late, err));
    *timely = (Batch){0};
    if (split->timely_count == 0) return STATUS_OK;
    return batch_gather(batch, context->frame, split->timely, split->timely_count, timely, err);
}
