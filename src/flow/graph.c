/* SPDX-License-Identifier: Apache-2.0
 * flow/graph.c - the task loop.
 *
 * A task is an operator that has given a batch which not all its consumers have seen, or that has more to give. The newest task goes
 * first: a batch is at the bottom of the graph before the next one is asked for, so that at most one batch per depth is alive.
 *
 *     push to A        [A: batch a]
 *     A's consumer B   [A: batch a, next consumer][B: batch b]
 *     B is done        [A: batch a, next consumer]
 *     A has seen all   resume A, or drop the task
 *
 * Outputs come before consumers. After a pause the batch is not given to its outputs again. */
#include "flow/graph.h"

void graph_init(Graph *graph, const OpContext *context) {
    ASSERT(context->memory != NULL && context->pool != NULL);
    graph->context = *context;
    graph->context.frame = NULL;
    graph->nodes.items = NULL;
    graph->nodes.count = graph->nodes.capacity = 0;
    graph->frame_count = graph->task_count = 0;
    graph->pause = false;
}

/* --- nodes ------------------------------------------------------------------------------------ */

static void node_destroy(Graph *graph, FlowNode *node) {
    Memory *memory = graph->context.memory;
    op_deinit(&node->op);
    vector_deinit(&node->consumers, memory);
    vector_deinit(&node->outputs, memory);
    memory_free(memory, node->ports, node->port_count * sizeof(FlowPort));
    memory_free(memory, node, sizeof(*node));
}

void graph_deinit(Graph *graph) {
    ASSERT(graph->task_count == 0);
    for (size_t i = graph->nodes.count; i > 0; i--) node_destroy(graph, graph->nodes.items[i - 1]);
    vector_deinit(&graph->nodes, graph->context.memory);
    for (uint32_t i = 0; i < graph->frame_count; i++) frame_deinit(&graph->frames[i]);
    graph->frame_count = 0;
}

/* Not wired yet. */
static Status node_make(Graph *graph, const PlanNode *plan, const PlanNode *filter, OpMode mode,
                        uint32_t port_count, FlowNode **out, Error *err) {
    Memory *memory = graph->context.memory;
    FlowNode *node = memory_alloc_zeroed(memory, sizeof(*node));
    TRY_ALLOC(node);
    ASSERT(port_count > 0 && port_count <= FLOW_PORT_COUNT_MAX);
    node->port_count = port_count;
    node->time = node->watermark = WATERMARK_MIN;
    node->ports = memory_alloc_zeroed(memory, port_count * sizeof(FlowPort));
    Status status = node->ports == NULL ? error_out_of_memory(err)
                                        : op_init(&node->op, plan, filter, mode, &graph->context, err);
    if (status != STATUS_OK) {
        memory_free(memory, node->ports, port_count * sizeof(FlowPort));
        memory_free(memory, node, sizeof(*node));
        return status;
    }
    for (uint32_t i = 0; i < port_count; i++) node->ports[i].watermark = WATERMARK_MIN;
    *out = node;
    return STATUS_OK;
}

static void disconnect(FlowNode *from, const FlowNode *to) {
    size_t kept = 0;
    for (size_t i = 0; i < from->consumers.count; i++)
        if (from->consumers.items[i].node != to) from->consumers.items[kept++] = from->consumers.items[i];
    from->consumers.count = kept;
}

Status graph_add(Graph *graph, const PlanNode *plan, const PlanNode *filter, OpMode mode,
                 FlowNode *const *inputs, uint32_t input_count, FlowNode **out, Error *err) {
    ASSERT(input_count <= FLOW_PORT_COUNT_MAX);
    ASSERT(graph->task_count == 0); /* a batch under way would not reach it */
    ASSERT(input_count == plan->input_count);
    Memory *memory = graph->context.memory;
    FlowNode *node = NULL;
    TRY(node_make(graph, plan, filter, mode, input_count == 0 ? 1 : input_count, &node, err));
    bool good = vector_reserve(&graph->nodes, memory, 1);
    for (uint32_t i = 0; i < input_count && good; i++)
        good = vector_push(&inputs[i]->consumers, memory, (FlowEdge){node, i});
    if (!good) {
        for (uint32_t i = 0; i < input_count; i++) disconnect(inputs[i], node);
        node_destroy(graph, node);
        return error_out_of_memory(err);
    }
    node->order = graph->nodes.count == 0 ? 1 : graph->nodes.items[graph->nodes.count - 1]->order + 1;
    graph->nodes.items[graph->nodes.count++] = node;
    *out = node;
    return STATUS_OK;
}

void graph_remove(Graph *graph, FlowNode *node) {
    ASSERT(node->consumers.count == 0);
    ASSERT(graph->task_count == 0);
    size_t kept = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        FlowNode *other = graph->nodes.items[i];
        if (other == node) continue;
        disconnect(other, node);
        graph->nodes.items[kept++] = other;
    }
    graph->nodes.count = kept;
    node_destroy(graph, node);
}

Status graph_add_output(Graph *graph, FlowNode *node, const FlowOutput *output, Error *err) {
    ASSERT(output->batch != NULL);
    return vector_push(&node->outputs, graph->context.memory, *output) ? STATUS_OK : error_out_of_memory(err);
}

void graph_remove_output(FlowNode *node, const void *context) {
    size_t kept = 0;
    for (size_t i = 0; i < node->outputs.count; i++)
        if (node->outputs.items[i].context != context) node->outputs.items[kept++] = node->outputs.items[i];
    node->outputs.count = kept;
}

size_t graph_memory(const Graph *graph) {
    size_t total = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) total += op_memory(&graph->nodes.items[i]->op);
    return total;
}

/* --- tasks ------------------------------------------------------------------------------------ */

/* The context for a call at the depth of the next task. */
static Status context_at(Graph *graph, uint32_t depth, OpContext *out, Error *err) {
    if (depth >= GRAPH_DEPTH_MAX)
        return error_set(err, STATUS_LIMIT, "views are stacked more than %d operators deep", GRAPH_DEPTH_MAX);
    ASSERT(depth <= graph->frame_count); /* tasks are stacked one by one */
    if (depth == graph->frame_count) {
        TRY(frame_init(&graph->frames[depth], graph->context.pool, err));
        graph->frame_count++;
    }
    frame_reset(&graph->frames[depth]);
    *out = graph->context;
    out->frame = &graph->frames[depth];
    return STATUS_OK;
}

static bool has_output(const OpOutput *output) {
    return output->batch.row_count > 0 || output->late.row_count > 0 || output->progress == OP_MORE;
}

/* Where an operator called at the top of the stack puts its output: the place of the task that this may become. */
static OpOutput *next_output(Graph *graph) {
    ASSERT(graph->task_count < GRAPH_DEPTH_MAX); /* context_at has refused more */
    return &graph->tasks[graph->task_count].output;
}

/* The node has filled next_output: a task, if there is something to hand on. */
static void task_start(Graph *graph, FlowNode *node) {
    FlowTask *task = &graph->tasks[graph->task_count];
    if (!has_output(&task->output)) return;
    task->node = node;
    task->next_consumer = 0;
    task->is_delivered = false;
    graph->task_count++;
}

/* May a batch that was given not be given again? */
static bool keeps_rows(const Op *op) {
    switch (op->node->kind) {
        case PLAN_SCAN:
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_UNION:
        case PLAN_FILTER:
        case PLAN_MATCH_COUNTS:
        case PLAN_PROJECT: return false;
        case PLAN_WINDOW: return !op_is_stateless(op);
        case PLAN_AGGREGATE:
        case PLAN_SESSION:
        case PLAN_SORT:
        case PLAN_LIMIT:
        case PLAN_SCALAR:
        case PLAN_KIND_COUNT: break;
    }
    return true;
}

/* Into the operator, whose output becomes the task on top of the stack. */
static Status node_push(Graph *graph, FlowNode *node, uint32_t port, const Batch *batch, Error *err) {
    ASSERT(port < node->port_count);
    OpContext context;
    TRY(context_at(graph, graph->task_count, &context, err));
    node->is_touched = true;
    Batch bounded;
    /* An input that was idle, and lies behind what others have let the operator know: its rows are late by that. */
    if (node->ports[port].watermark < node->time) {
        TRY(op_raise_bounds(&context, batch, node->time, &bounded, err));
        batch = &bounded;
    }
    TRY(op_push(&node->op, &context, port, batch, next_output(graph), err));
    /* Set after the push: an operator that fails on a row has not yet taken in any of the batch. */
    graph->is_committed |= keeps_rows(&node->op);
    task_start(graph, node);
    return STATUS_OK;
}

/* To those outside, before the consumers (graph_add_output says so). A pause takes effect when all of them have had the batch. */
static Status deliver(Graph *graph, FlowTask *task, Error *err) {
    FlowNode *node = task->node;
    ASSERT(!task->is_delivered); /* once, also when an output pauses the graph in between */
    task->is_delivered = true;
    graph->is_committed |= task->output.late.row_count > 0 || node->outputs.count > 0;
    if (task->output.late.row_count > 0 && node->late.batch != NULL)
        TRY(node->late.batch(node->late.context, &task->output.late, err));
    for (size_t i = 0; i < node->outputs.count && task->output.batch.row_count > 0; i++)
        TRY(node->outputs.items[i].batch(node->outputs.items[i].context, &task->output.batch, err));
    return STATUS_OK;
}

/* One step of the newest task: deliver, feed a consumer, resume, or go. */
static Status task_step(Graph *graph, Error *err) {
    FlowTask *task = &graph->tasks[graph->task_count - 1];
    FlowNode *node = task->node;
    if (!task->is_delivered) return deliver(graph, task, err);
    if (task->output.batch.row_count > 0 && task->next_consumer < node->consumers.count) {
        FlowEdge edge = node->consumers.items[task->next_consumer++];
        ASSERT(edge.node->order > node->order); /* no way leads back: the stack stays finite */
        return node_push(graph, edge.node, edge.port, &task->output.batch, err);
    }
    if (task->output.progress != OP_MORE) {
        graph->task_count--;
        return STATUS_OK;
    }
    OpContext context;
    TRY(context_at(graph, graph->task_count - 1, &context, err));
    TRY(op_resume(&node->op, &context, &task->output, err));
    task->is_delivered = false;
    task->next_consumer = 0;
    return STATUS_OK;
}

Status graph_run(Graph *graph, Error *err) {
    graph->pause = false;
    while (graph->task_count > 0 && !graph->pause) {
        Status status = task_step(graph, err);
        if (status == STATUS_OK) continue;
        graph->task_count = 0; /* nobody may go on with what is half done */
        return status;
    }
    return STATUS_OK;
}

Status graph_push(Graph *graph, FlowNode *node, uint32_t port, const Batch *batch, Error *err) {
    ASSERT(graph->task_count == 0);
    TRY(node_push(graph, node, port, batch, err));
    return graph_run(graph, err);
}

/* --- queries that halt ------------------------------------------------------------------------ */

/* *failed: a row has failed; what the batch had not reached is as it was. */
static Status try_push(Graph *graph, FlowNode *leaf, const Batch *batch, bool *failed, Error *err) {
    FlowHalt *halt = leaf->halt;
    ASSERT(!halt->is_failing);
    graph->is_committed = false;
    Status status = graph_push(graph, leaf, 0, batch, err);
    *failed = status != STATUS_OK && halt->is_failing;
    if (!*failed) return status;
    halt->is_failing = false;
    ASSERT(err->status != STATUS_OK);
    halt->failure = *err;
    return STATUS_OK;
}

/* A batch has failed: the first row that does is found by halves, and the rows before it go in. Its own failure is
 * told, which need not be the first that the whole batch met, as operators see a batch one after the other: the last part
 * that failed ends with that row, and the rows before it were good. */
static Status feed_by_halves(Graph *graph, FlowNode *leaf, const Batch *batch, Frame *frame, uint32_t *taken,
                             Error *err) {
    uint32_t from = 0, count = batch->row_count;
    while (!graph->is_committed && count > 1) {
        Batch half;
        bool failed;
        frame_reset(frame);
        TRY(batch_slice(batch, frame, from, count / 2, &half, err));
        TRY(try_push(graph, leaf, &half, &failed, err));
        if (failed) {
            count /= 2;
            continue;
        }
        graph->is_committed = false;
        from += count / 2;
        count -= count / 2;
    }
    ASSERT(from < batch->row_count); /* the row that failed is not among them */
    *taken = from;
    return STATUS_OK;
}

/* Are there rows that are taken back among what the leaf reads? */
static bool reads_changes(const FlowNode *leaf) {
    return leaf->op.node->change == CHANGE_WEIGHTED;
}

Status graph_feed(Graph *graph, FlowNode *leaf, const Batch *batch, uint32_t *taken, Error *err) {
    ASSERT(batch->row_count > 0);
    *taken = batch->row_count;
    if (leaf->halt == NULL) return graph_push(graph, leaf, 0, batch, err);
    bool failed;
    if (leaf->halt->state != HALT_NOT) {
        *taken = 0;
        return STATUS_OK;
    }
    TRY(try_push(graph, leaf, batch, &failed, err));
    if (!failed) return STATUS_OK;
    if (reads_changes(leaf)) {
        leaf->halt->state = HALT_NOW;
        *taken = 0;
        return STATUS_OK;
    }
    Frame frame;
    TRY(frame_init(&frame, graph->context.pool, err));
    Status status = feed_by_halves(graph, leaf, batch, &frame, taken, err);
    frame_deinit(&frame);
    if (status == STATUS_OK) ASSERT(*taken < batch->row_count);
    leaf->halt->state = HALT_ROW;
    return status;
}

/* --- time ------------------------------------------------------------------------------------- */

void graph_watermark(FlowNode *node, uint32_t port, int64_t watermark, bool ended) {
    ASSERT(port < node->port_count);
    FlowPort *at = &node->ports[port];
    if (watermark <= at->watermark && ended == at->ended) return;
    if (watermark > at->watermark) at->watermark = watermark;
    at->ended |= ended; /* an end is for good, whatever is told later */
    node->is_touched = true;
}

void graph_idle(FlowNode *node, uint32_t port, bool is_idle) {
    ASSERT(port < node->port_count);
    if (node->ports[port].is_idle == is_idle) return;
    node->ports[port].is_idle = is_idle;
    node->is_touched = true;
}

/* No input has anything to say of time, and one of them might again. */
static bool all_idle(const FlowNode *node) {
    bool any = false;
    for (uint32_t i = 0; i < node->port_count; i++) {
        if (!node->ports[i].is_idle && !node->ports[i].ended) return false;
        any |= !node->ports[i].ended;
    }
    return any;
}

/* The least of the inputs that are not idle, of all when all are; an ended one holds nothing back. Never behind what the operator was told
 * before: an input that wakes may lie there. */
static int64_t least_watermark(const FlowNode *node) {
    int64_t least = WATERMARK_MAX;
    bool none = all_idle(node);
    for (uint32_t i = 0; i < node->port_count; i++)
        if ((none || !node->ports[i].is_idle) && node->ports[i].watermark < least) least = node->ports[i].watermark;
    return least > node->time ? least : node->time;
}

static bool all_ended(const FlowNode *node) {
    for (uint32_t i = 0; i < node->port_count; i++)
        if (!node->ports[i].ended) return false;
    return true;
}

/* Late rows first: who reads them as a table sees them in the epoch in which they came. */
static Status outputs_epoch_end(FlowNode *node, bool ended, Error *err) {
    if (node->late.epoch_end != NULL) TRY(node->late.epoch_end(node->late.context, node->watermark, err));
    for (size_t i = 0; i < node->outputs.count; i++) {
        const FlowOutput *output = &node->outputs.items[i];
        if (output->epoch_end != NULL) TRY(output->epoch_end(output->context, node->watermark, err));
        if (ended && output->end != NULL) TRY(output->end(output->context, err));
    }
    return STATUS_OK;
}

/* What is held until the input has ended leaves. */
static Status node_end(Graph *graph, FlowNode *node, Error *err) {
    OpContext context;
    TRY(context_at(graph, 0, &context, err));
    TRY(op_end(&node->op, &context, 0, next_output(graph), err));
    task_start(graph, node);
    return graph_run(graph, err);
}

/* The operator is told the time, lets go of what it held for the epoch, and only then hands its own time on: what it still gave is not
 * behind the watermark that its consumers see. */
static Status node_epoch_end(Graph *graph, FlowNode *node, Error *err) {
    node->is_touched = false;
    int64_t least = node->time = least_watermark(node);
    bool is_idle = all_idle(node);
    if (!op_is_stateless(&node->op)) {
        op_watermark(&node->op, 0, least);
        OpContext context;
        TRY(context_at(graph, 0, &context, err));
        TRY(op_epoch_end(&node->op, &context, next_output(graph), err));
        task_start(graph, node);
        TRY(graph_run(graph, err));
        ASSERT(graph->task_count == 0);
    }
    bool ended = !node->is_ended && all_ended(node);
    node->is_ended |= ended;
    if (ended && node->op.node->kind == PLAN_SORT) TRY(node_end(graph, node, err));
    int64_t watermark = op_watermark_out(&node->op, least);
    ASSERT(watermark <= least); /* an operator may hold time back, not run ahead of its inputs */
    if (watermark > node->watermark) node->watermark = watermark;
    for (size_t i = 0; i < node->consumers.count; i++) {
        FlowEdge edge = node->consumers.items[i];
        ASSERT(edge.node->order > node->order); /* its turn is still to come */
        graph_watermark(edge.node, edge.port, node->watermark, node->is_ended);
        graph_idle(edge.node, edge.port, is_idle);
        edge.node->is_touched = true; /* its epoch ends too */
    }
    return outputs_epoch_end(node, ended, err);
}

/* Nodes stand in the order of their numbers, inputs first: one pass is enough, as a node only touches later ones. */
Status graph_epoch_end(Graph *graph, Error *err) {
    ASSERT(graph->task_count == 0);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        FlowNode *node = graph->nodes.items[i];
        FlowHalt *halt = node->halt;
        bool is_over = halt != NULL && (halt->state == HALT_NOW || halt->state == HALT_DONE);
        if (is_over) node->is_touched = false;
        if (!node->is_touched) continue;
        Status status = node_epoch_end(graph, node, err);
        if (status == STATUS_OK) continue;
        if (halt == NULL || !halt->is_failing) return status;
        *halt = (FlowHalt){.state = HALT_NOW, .failure = *err};
    }
    return STATUS_OK;
}

/* --- ends of snapshots ------------------------------------------------------------------------ */

/* A task whose output is already done is kept on the stack only while it has something to give; so the end of
 * a node is handed on by graph_port_end's caller once the stack is empty: see flow/snapshot.c. */
Status graph_port_end(Graph *graph, FlowNode *node, uint32_t port, Error *err) {
    ASSERT(port < node->port_count);
    ASSERT(graph->task_count == 0);
    ASSERT(!node->ports[port].ended); /* each port ends once */
    node->ports[port].ended = true;
    OpContext context;
    TRY(context_at(graph, 0, &context, err));
    TRY(op_end(&node->op, &context, port, next_output(graph), err));
    task_start(graph, node);
    return graph_run(graph, err);
}
