/* SPDX-License-Identifier: Apache-2.0
 * flow/flow_kit.h - for this folder's tests: the world below a graph, small plans made by hand, and an output that notes what
 * arrives.
 *
 *     FlowKit kit;
 *     flow_kit_init(&kit);
 *     PlanNode *leaf = flow_kit_values(&kit), *all = flow_kit_over(&kit, PLAN_UNION, (PlanNode *[]){leaf, leaf}, 2);
 *
 * Rows have two BIGINT columns, k and v. */
#ifndef WEIR_FLOW_FLOW_KIT_H
#define WEIR_FLOW_FLOW_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/snapshot.h"
#include "io/io_sim.h"

typedef struct FlowKit {
    Memory memory;
    IoSim sim;
    BufferPool *pool;
    Arena arena; /* plans, relations */
    OpContext context;
    Graph *graph; /* flow_kit_graph; NULL: none was asked for */
} FlowKit;

static inline Status flow_kit_row_error(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch, uint32_t row,
                                        const RowError *error, Error *err) {
    return STATUS_OK;
}

static inline void flow_kit_init(FlowKit *kit) {
    *kit = (FlowKit){0};
    memory_init(&kit->memory, 0);
    assert_true(io_sim_init(&kit->sim, &kit->memory, 1));
    kit->pool = buffer_pool_create(&kit->memory);
    assert_non_null(kit->pool);
    arena_init(&kit->arena, &kit->memory);
    kit->context = (OpContext){.io = &kit->sim.io,
                               .memory = &kit->memory,
                               .pool = kit->pool,
                               .kernels = kernel_table(KERNEL_PLAIN),
                               .row_error = flow_kit_row_error};
}

/* An empty graph, which goes with the kit. */
static inline Graph *flow_kit_graph(FlowKit *kit) {
    kit->graph = memory_alloc_zeroed(&kit->memory, sizeof(Graph));
    assert_non_null(kit->graph);
    graph_init(kit->graph, &kit->context);
    return kit->graph;
}

/* Asserts that all memory has come back. */
static inline void flow_kit_deinit(FlowKit *kit) {
    kit->memory.fail_at = 0;
    if (kit->graph != NULL) {
        graph_deinit(kit->graph);
        memory_free(&kit->memory, kit->graph, sizeof(Graph));
    }
    arena_deinit(&kit->arena);
    buffer_pool_destroy(kit->pool);
    io_sim_deinit(&kit->sim);
    memory_deinit(&kit->memory);
}

/* --- plans ---------------------------------------------------------------------------------------------- */

static inline PlanColumn *flow_kit_columns(FlowKit *kit) {
    PlanColumn *columns = ARENA_ARRAY(&kit->arena, PlanColumn, 2);
    assert_non_null(columns);
    columns[0] = (PlanColumn){.name = STR("k"), .type = type_of(TYPE_BIGINT), .not_null = true};
    columns[1] = (PlanColumn){.name = STR("v"), .type = type_of(TYPE_BIGINT), .not_null = true};
    return columns;
}

static inline PlanNode *flow_kit_over(FlowKit *kit, PlanKind kind, PlanNode *const *inputs, uint32_t input_count) {
    PlanNode *node = ARENA_NEW(&kit->arena, PlanNode);
    assert_non_null(node);
    *node = (PlanNode){.kind = kind, .inputs = arena_copy(&kit->arena, inputs, input_count * sizeof(*inputs)), .input_count = input_count};
    node->columns = flow_kit_columns(kit);
    node->column_count = 2;
    if (kind == PLAN_LIMIT) node->limit = (LimitSpec){.limit = -1};
    return node;
}

static inline PlanNode *flow_kit_values(FlowKit *kit) {
    return flow_kit_over(kit, PLAN_VALUES, NULL, 0);
}

static inline Relation *flow_kit_relation(FlowKit *kit, RelationKind kind) {
    Relation *relation = ARENA_NEW(&kit->arena, Relation);
    assert_non_null(relation);
    *relation = (Relation){.kind = kind, .name = STR("t"), .columns = flow_kit_columns(kit), .column_count = 2, .time_column = -1};
    relation->change = kind == RELATION_TABLE ? CHANGE_WEIGHTED : CHANGE_APPEND;
    return relation;
}

static inline PlanNode *flow_kit_scan(FlowKit *kit, const Relation *relation) {
    static const uint32_t columns[] = {0, 1};
    PlanNode *node = flow_kit_over(kit, PLAN_SCAN, NULL, 0);
    node->scan = (ScanSpec){.relation = relation, .columns = columns};
    return node;
}

/* --- rows ----------------------------------------------------------------------------------------------- */

/* Rows (k, v), each with `weight`. */
typedef struct FlowKitRows {
    int64_t k[16], v[16], weights[16];
    Array columns[2];
    Batch batch;
} FlowKitRows;

static inline const Batch *flow_kit_rows(FlowKitRows *rows, uint32_t count, int64_t first, int64_t weight) {
    for (uint32_t i = 0; i < count; i++) {
        rows->k[i] = first + i;
        rows->v[i] = 10 * (first + i);
        rows->weights[i] = weight;
    }
    rows->columns[0] = (Array){.type = type_of(TYPE_BIGINT), .length = count, .values = rows->k};
    rows->columns[1] = (Array){.type = type_of(TYPE_BIGINT), .length = count, .values = rows->v};
    rows->batch = (Batch){.row_count = count, .column_count = 2, .columns = rows->columns};
    if (weight != 1) rows->batch.meta[META_WEIGHT] = rows->weights;
    return &rows->batch;
}

/* What arrived: for k < 64 the sum of weights, and how often each call was made. */
typedef struct FlowKitSeen {
    int64_t weights[64];
    int batches;
    int epochs;
    int ends;
    int64_t watermark;
    int64_t bound;    /* of the last batch's first row; WATERMARK_MIN: none */
    Graph *pauses;    /* this graph, at each batch; NULL: does not */
    int refuse_batch; /* > 0: the batch that brings it to 0 is answered by an error */
} FlowKitSeen;

static inline void flow_kit_note(FlowKitSeen *seen, const Batch *batch) {
    seen->batches++;
    seen->bound = batch->meta[META_BOUND] == NULL ? WATERMARK_MIN : batch->meta[META_BOUND][0];
    for (uint32_t i = 0; i < batch->row_count; i++) {
        int64_t k = array_i64(&batch->columns[0])[i];
        assert_in_range(k, 0, 63);
        assert_int_equal(array_i64(&batch->columns[1])[i], 10 * k);
        seen->weights[k] += batch_weight(batch, i);
    }
}

static inline Status flow_kit_see_batch(void *context, const Batch *batch, Error *err) {
    FlowKitSeen *seen = context;
    if (seen->refuse_batch > 0 && --seen->refuse_batch == 0) return error_set(err, STATUS_IO, "the output is full");
    flow_kit_note(seen, batch);
    if (seen->pauses != NULL) seen->pauses->pause = true;
    return STATUS_OK;
}

static inline Status flow_kit_see_epoch(void *context, int64_t watermark, Error *err) {
    FlowKitSeen *seen = context;
    seen->epochs++;
    seen->watermark = watermark;
    return STATUS_OK;
}

static inline Status flow_kit_see_end(void *context, Error *err) {
    ((FlowKitSeen *)context)->ends++;
    return STATUS_OK;
}

static inline FlowOutput flow_kit_output(FlowKitSeen *seen) {
    return (FlowOutput){.context = seen, .batch = flow_kit_see_batch, .epoch_end = flow_kit_see_epoch, .end = flow_kit_see_end};
}

/* Each k in [first, first + count) has arrived with this weight, and nothing else; forgets. */
static inline void flow_kit_assert_seen(FlowKitSeen *seen, int64_t first, int64_t count, int64_t weight) {
    for (int64_t k = 0; k < 64; k++) assert_int_equal(seen->weights[k], k >= first && k < first + count ? weight : 0);
    memset(seen->weights, 0, sizeof(seen->weights));
}

#endif
