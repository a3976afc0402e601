/* SPDX-License-Identifier: Apache-2.0
 * flow/graph.h - operators wired together, and the loop that carries batches through them.
 *
 * Nodes stand in the order they were made, inputs before consumers. A batch given to a node runs through
 * everything below it before the call returns: a stack of tasks, one per operator on the way, no recursion.
 * Each depth of the stack has a frame of its own, reset whenever an operator is called there, so that what an
 * operator gives lives exactly until its consumers are done, and a query that gives a hundred million rows
 * for one needs no more memory than one that gives none.
 *
 *     source batch --> [scan]  --> [filter] --> [aggregate] --> output
 *        frame          depth 0      depth 1       depth 2
 *
 * An output may ask for a pause (a result that is read batch by batch): graph_run then returns with the
 * stack as it stands, and goes on there when called again.
 * Threads: one worker. */
#ifndef WEIR_FLOW_GRAPH_H
#define WEIR_FLOW_GRAPH_H

#include "base/vector.h"
#include "op/op.h"

enum { GRAPH_DEPTH_MAX = 256 }; /* operators on one way from input to output */

/* What becomes of a row that fails. */
typedef enum OnError {
    ON_ERROR_DEAD_LETTER, /* left out, counted and kept */
    ON_ERROR_SKIP,        /* left out and counted */
    ON_ERROR_STOP,        /* what it was to go through halts */
} OnError;

/* Goes from HALT_NOT to one of the next two, then to HALT_DONE at the end of the epoch; never back. */
typedef enum HaltState {
    HALT_NOT,  /* it runs */
    HALT_ROW,  /* a row that was given has failed: those before it have this epoch, and nothing comes after it */
    HALT_NOW,  /* a change, or a row made at the epoch's end, has failed: what was given in this epoch does not count */
    HALT_DONE, /* that epoch is over: nothing goes in or comes out any more */
} HaltState;

/* Of a query that ends at the first row that fails (ON_ERROR_STOP); its nodes share it. */
typedef struct FlowHalt {
    HaltState state;
    bool is_failing; /* set by the context's row_error, which then fails: the graph catches it, and the flow goes on */
    Error failure;   /* what row_error said; state not HALT_NOT */
} FlowHalt;

/* Where rows leave a graph. Any member may be NULL but `batch`. Called with 0 or more batches, then epoch_end, for
 * each epoch; `end` follows the epoch_end of the last. A failure that a callback gives ends the epoch, and with it
 * the flow (flow/flow.h). `batch` may not push into the graph, whose stack is in use; epoch_end and `end` may. */
typedef struct FlowOutput {
    void *context;
    bool is_raw; /* takes the changes as the query gives them: EMIT shapes only what leaves for outside */
    OnError on_error; /* of the query's rows */
    /* Rows, borrowed until the call returns: keep what is to stay (batch_keep). */
    Status (*batch)(void *context, const Batch *batch, Error *err);
    /* The epoch's batches have all been given; `watermark`: of the node they came from. */
    Status (*epoch_end)(void *context, int64_t watermark, Error *err);
    /* Nothing more will come. */
    Status (*end)(void *context, Error *err);
    /* What was given since the last epoch's end does not count; nothing more will come. */
    void (*forget)(void *context);
} FlowOutput;

typedef struct FlowNode FlowNode;

/* Where a node's rows go: to that port of that node. */
typedef struct FlowEdge {
    FlowNode *node;
    uint32_t port;
} FlowEdge;

enum { FLOW_PORT_COUNT_MAX = 64 }; /* inputs of one node; a UNION of more is made as a tree of them */

/* One input of a node: how far its time has come, and whether it will give no more. */
typedef struct FlowPort {
    int64_t watermark;
    bool ended;
    bool is_idle; /* silent for so long that it holds the other inputs' time back no more */
} FlowPort;

/* An operator and its surroundings. Made by graph_add, gone with graph_remove; others read it, and set `late`, `halt` and `is_touched`. */
struct FlowNode {
    Op op;
    uint64_t order; /* rises along every edge */
    VECTOR(FlowEdge) consumers;
    VECTOR(FlowOutput) outputs;
    FlowOutput late;     /* of op's second output; batch NULL: none */
    FlowPort *ports;     /* [port_count] */
    uint32_t port_count; /* inputs; leaves have one port too, for what feeds them */
    int64_t time;        /* of the inputs: what the operator was told last; never back, also when an idle one wakes */
    int64_t watermark;   /* handed on */
    bool is_touched;     /* got rows or time in this epoch */
    bool is_ended;
    FlowHalt *halt; /* of its query; NULL: rows that fail do not end it */
};

/* An output on its way down; see flow/graph.c. */
typedef struct FlowTask {
    FlowNode *node;
    OpOutput output;
    uint32_t next_consumer;
    bool is_delivered; /* output.batch has gone to the outputs */
} FlowTask;

/* Holds nodes of many queries. Between calls the stack is empty, or the graph is paused. */
typedef struct Graph {
    OpContext context; /* frame is set per call */
    VECTOR(FlowNode *) nodes;
    Frame frames[GRAPH_DEPTH_MAX];
    uint32_t frame_count; /* of those made so far */
    FlowTask tasks[GRAPH_DEPTH_MAX];
    uint32_t task_count;
    bool pause; /* set by an output: return when its batch has been given */
    bool is_committed; /* what runs has reached an operator that keeps rows, or an output: it cannot be done again */
} Graph;

/* `context`: all but the frame; copied. A Graph is large: keep it on the heap. */
void graph_init(Graph *graph, const OpContext *context);
void graph_deinit(Graph *graph);

/* One node and its operator; `inputs` are nodes of the graph, in port order (none for leaves). On failure
 * nothing is left. */
NODISCARD Status graph_add(Graph *graph, const PlanNode *plan, const PlanNode *filter, OpMode mode,
                           FlowNode *const *inputs, uint32_t input_count, FlowNode **out, Error *err);

/* Takes a node out that has no consumers, and frees it with its operator's state; its inputs forget it. */
void graph_remove(Graph *graph, FlowNode *node);

/* Outputs are called in the order in which they were added, and before the node's consumers. `output` is copied. */
NODISCARD Status graph_add_output(Graph *graph, FlowNode *node, const FlowOutput *output, Error *err);
/* All outputs with that context; where late rows go stays as it is. */
void graph_remove_output(FlowNode *node, const void *context);

/* Gives a batch to a port of a node and runs until everything has gone through, or an output asked for a
 * pause. The graph must not be paused. Errors: OUT_OF_MEMORY; LIMIT, when views are stacked deeper than
 * GRAPH_DEPTH_MAX; what row_error and outputs give. After an error the stack is empty and the operators on the way
 * are half fed. */
NODISCARD Status graph_push(Graph *graph, FlowNode *node, uint32_t port, const Batch *batch, Error *err);

/* The same for port 0 of a leaf whose query may halt: *taken are the rows that went in, all of the batch or those
 * before the one that failed. They are the same however the input was cut into batches, save where a query reads its
 * input twice, or one row becomes many before it fails (HOP as a table). Of changes (updates, withdrawals), which only a
 * whole epoch of makes sense, none is. */
NODISCARD Status graph_feed(Graph *graph, FlowNode *leaf, const Batch *batch, uint32_t *taken, Error *err);

/* Does the node still take rows and time? */
static inline bool graph_is_running(const FlowNode *node) {
    return node->halt == NULL || node->halt->state == HALT_NOT;
}

/* Goes on after a pause. Errors as graph_push. */
NODISCARD Status graph_run(Graph *graph, Error *err);

static inline bool graph_is_paused(const Graph *graph) {
    return graph->task_count > 0;
}

/* Notes the watermark of a port (its end: WATERMARK_MAX and `ended`); the node acts on it at its epoch's end.
 */
void graph_watermark(FlowNode *node, uint32_t port, int64_t watermark, bool ended);

/* The port has been silent for long, or is so no more: acted on as a watermark is. A node is idle for its consumers when all its inputs
 * are idle or have ended. */
void graph_idle(FlowNode *node, uint32_t port, bool is_idle);

/* Ends the epoch: every touched node, in order, lets go of what it holds for this epoch and hands its time
 * on. */
NODISCARD Status graph_epoch_end(Graph *graph, Error *err);

/* For a node of a snapshot: its port has ended; when all have, so have its consumers'. Runs like graph_push.
 */
NODISCARD Status graph_port_end(Graph *graph, FlowNode *node, uint32_t port, Error *err);

/* Bytes of operators' state. */
size_t graph_memory(const Graph *graph);

#endif
