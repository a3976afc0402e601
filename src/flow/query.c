/* SPDX-License-Identifier: Apache-2.0
 * flow/query.c - a walk over the plan, inputs first. */
#include "flow/query.h"

/* The plan's own depth. Views are inlined; what is stacked by streams and materialized views is bounded by the graph. */
enum { QUERY_DEPTH_MAX = 200 };
STATIC_ASSERT((int)QUERY_DEPTH_MAX < (int)GRAPH_DEPTH_MAX, "one query alone always fits the stack of tasks");

static Status build_node(Query *query, const PlanNode *plan, OpMode mode, uint32_t depth, FlowNode **out,
                         Error *err);

/* A subquery used as a value is read before the rows that wait for it. */
static Status build_inputs(Query *query, const PlanNode *plan, OpMode mode, uint32_t depth, FlowNode **inputs,
                           Error *err) {
    bool last_first = plan->kind == PLAN_SCALAR;
    for (uint32_t i = 0; i < plan->input_count; i++) {
        uint32_t port = last_first ? plan->input_count - 1 - i : i;
        TRY(build_node(query, plan->inputs[port], mode, depth + 1, &inputs[port], err));
    }
    return STATUS_OK;
}

/* Inputs before the node: the graph's order, along which epochs end. Room is made first, so that a node that is in the graph is in the lists. */
static Status build_node(Query *query, const PlanNode *plan, OpMode mode, uint32_t depth, FlowNode **out,
                         Error *err) {
    if (depth > QUERY_DEPTH_MAX)
        return error_set(err, STATUS_LIMIT, "the query is nested more than %d operators deep",
                         QUERY_DEPTH_MAX);
    Memory *memory = query->graph->context.memory;
    const PlanNode *filter = NULL, *below = plan;
    if (plan->kind == PLAN_PROJECT && plan->inputs[0]->kind == PLAN_FILTER) below = filter = plan->inputs[0];
    FlowNode *inputs[FLOW_PORT_COUNT_MAX];
    ASSERT(plan->input_count <= FLOW_PORT_COUNT_MAX);
    ASSERT(filter == NULL || plan->input_count == 1);
    TRY(build_inputs(query, below, mode, depth, inputs, err));
    bool is_leaf = plan->input_count == 0;
    bool room = vector_reserve(&query->nodes, memory, 1) && vector_reserve(&query->leaves, memory, 1);
    if (!room) return error_out_of_memory(err);
    FlowNode *node = NULL;
    TRY(graph_add(query->graph, plan, filter, mode, inputs, plan->input_count, &node, err));
    query->nodes.items[query->nodes.count++] = node;
    if (is_leaf) query->leaves.items[query->leaves.count++] = node;
    if (plan == query->plan->late_from) query->late = node;
    *out = node;
    return STATUS_OK;
}

Status query_build(Query *query, Graph *graph, const Plan *plan, OpMode mode, Error *err) {
    ASSERT(plan->root != NULL);
    *query = (Query){.graph = graph, .plan = plan};
    Status status = build_node(query, plan->root, mode, 0, &query->root, err);
    if (status == STATUS_OK) ASSERT(query->root->op.node == plan->root);
    if (status == STATUS_OK) ASSERT((query->late != NULL) == (plan->late_from != NULL));
    if (status != STATUS_OK) query_remove(query);
    return status;
}

void query_add_late_count(const Query *query, LateCount *count) {
    for (size_t i = 0; i < query->nodes.count; i++) {
        const FlowNode *node = query->nodes.items[i];
        count->all += node->op.late_count;
        if (node != query->late) count->dropped += node->op.late_count;
    }
}

bool query_is_full(const Query *query) {
    const FlowNode *root = query->root;
    if (op_is_full(&root->op)) return true;
    if (root->op.node->kind != PLAN_PROJECT) return false;
    for (size_t i = 0; i < query->nodes.count; i++) {
        const FlowNode *node = query->nodes.items[i];
        if (node->consumers.count > 0 && node->consumers.items[0].node == root && op_is_full(&node->op)) return true;
    }
    return false;
}

void query_remove(Query *query) {
    Memory *memory = query->graph->context.memory;
    /* Consumers first: graph_remove takes only nodes that nobody reads. */
    for (size_t i = query->nodes.count; i > 0; i--) graph_remove(query->graph, query->nodes.items[i - 1]);
    vector_deinit(&query->nodes, memory);
    vector_deinit(&query->leaves, memory);
}
