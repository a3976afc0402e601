/* SPDX-License-Identifier: Apache-2.0
 * flow/query.h - a plan made to run: its nodes in a graph.
 *
 *     TRY(query_build(&query, graph, plan, mode, err));
 *     for each of query.leaves: give it its rows (flow/flow.c: live; flow/snapshot.c: stored)
 *     query_remove(&query);
 *
 * Threads: one worker. */
#ifndef WEIR_FLOW_QUERY_H
#define WEIR_FLOW_QUERY_H

#include "flow/graph.h"

/* The running form of one plan. The nodes belong to the graph; these are lists of them. */
typedef struct Query {
    Graph *graph;
    const Plan *plan;
    VECTOR(FlowNode *) nodes;  /* inputs first */
    VECTOR(FlowNode *) leaves; /* SCAN and VALUES, in the order in which a snapshot reads them */
    FlowNode *root;
    FlowNode *late; /* of plan->late_from; NULL: none */
} Query;

typedef struct LateCount {
    uint64_t all;
    uint64_t dropped; /* of them: those that LATE DATA TO takes nowhere */
} LateCount;

/* `plan` must outlive the query. A FILTER under a PROJECT is run as one node with it, so that nodes may be fewer than
 * the plan's. Errors: OUT_OF_MEMORY, LIMIT (too deep), what op_init gives. On failure nothing is left in the graph. */
NODISCARD Status query_build(Query *query, Graph *graph, const Plan *plan, OpMode mode, Error *err);

/* Adds the rows that came too late, each once. */
void query_add_late_count(const Query *query, LateCount *count);

/* A LIMIT at the top (or under its projection) has all it wants: nothing more will come of the query. */
bool query_is_full(const Query *query);

/* Takes the nodes out of the graph, with what they hold; scans must have been taken from their inputs (input_remove_scan), and no task of
 * theirs may be on the graph's stack. */
void query_remove(Query *query);

#endif
