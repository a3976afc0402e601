/* SPDX-License-Identifier: Apache-2.0
 * flow/shape.h - how changes leave: between the root of a maintained query and those outside.
 *
 *     net          an epoch's changes of equal rows are added up; nothing leaves that did not change
 *     ON UPDATE    the latest row per key: a withdrawal leaves only when no new row of its key does
 *     EVERY        net over an interval of the clock; of an append-only output every row, equal ones side by side
 *
 * A plan that gives net changes by itself, and appends, are passed on as they are.
 *     TRY(shape_init(&shape, plan, &target, &context, err));
 *     FlowOutput output = shape_output(&shape);
 *     TRY(graph_add_output(graph, root, &output, err));
 *     TRY(shape_tick(&shape, now_ns, &did, err));              EVERY: again and again, by shape_due
 *
 * Owner: the FlowQuery. Threads: one worker. */
#ifndef WEIR_FLOW_SHAPE_H
#define WEIR_FLOW_SHAPE_H

#include "flow/graph.h"
#include "plan/catalog.h"
#include "store/rows.h"

/* Stands between a query's root (as its output) and the target. It may not move: its output points to it. */
typedef struct Shape {
    const Plan *plan;
    FlowOutput target;
    Io *io;
    Memory *memory;
    Frame frame;
    Frame piece_frame; /* of rows given once for each time they came */
    Rows net;    /* the epoch's (EVERY: the interval's) rows and their weights */
    Arena arena; /* of one delivery */
    int64_t every_ns; /* EVERY: the interval; 0: the others deliver at each epoch's end */
    int64_t next_ns; /* EVERY: monotonic time of the next delivery */
    int64_t watermark; /* of the last epoch, told with the next delivery */
} Shape;

/* True when the plan's output must be shaped; else the target can be the root's output. */
bool shape_is_needed(const Plan *plan);

/* `target` is copied; `plan` must outlive the shape. Errors: OUT_OF_MEMORY. On failure nothing is left. */
NODISCARD Status shape_init(Shape *shape, const Plan *plan, const FlowOutput *target,
                            const OpContext *context, Error *err);
void shape_deinit(Shape *shape);

/* What the query's root is given for an output; it lives as long as the shape. */
FlowOutput shape_output(Shape *shape);

/* When the next delivery with rows is due (monotonic); INT64_MAX: none is. */
int64_t shape_due(const Shape *shape);

/* What EMIT EVERY still holds leaves now; the others hold nothing between epochs. Errors: what the target gives, OUT_OF_MEMORY. */
NODISCARD Status shape_flush(Shape *shape, Error *err);

/* EVERY: delivers what has gathered if its time has come by `now_ns` (monotonic). *did: there was something. */
NODISCARD Status shape_tick(Shape *shape, int64_t now_ns, bool *did, Error *err);

#endif
