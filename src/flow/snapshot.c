/* SPDX-License-Identifier: Apache-2.0
 * flow/snapshot.c - feeding leaves, handing ends on, pausing at each batch of the result. */
#include "flow/snapshot.h"

#include "op/series.h"

/* How far the leaf under way has been read. */
typedef struct LeafRead {
    RowsCursor rows;
    uint64_t position; /* VALUES, SERIES: next row; computed relations: theirs */
    Reader reader;     /* a source read privately */
    bool has_reader;
    bool is_tapped;       /* a source read with the others */
    VECTOR(Batch) tapped; /* what came through the tap, kept */
    size_t tapped_next;
    bool tap_ended;
    bool tap_failed;
    bool is_found; /* a row was looked up by its key: there is no other */
} LeafRead;

/* Rows of a leaf, copied out before they changed. */
typedef struct LeafCopy {
    VECTOR(Batch) batches;
    size_t next;
} LeafCopy;

struct Snapshot {
    Graph graph;
    Flow *flow;
    Query query;
    Frame frame; /* of the leaf's batch */
    ReaderEvents events;
    size_t leaf; /* being read */
    LeafRead read;
    FlowWatch watch;  /* of stored rows that change while they are read */
    LeafCopy *copies; /* [leaves], once they did; NULL: not yet */
    bool copy_failed;
    Batch result; /* given by the root, borrowed */
    bool has_result;
    bool is_waiting;
};

/* The root's output. The graph pauses with the batch still on its stack, so that it lives until it goes on. */
static Status take_result(void *context, const Batch *batch, Error *err) {
    Snapshot *snapshot = context;
    ASSERT(!snapshot->has_result); /* the graph pauses at each: none is overwritten */
    ASSERT(batch->row_count > 0);
    snapshot->result = *batch;
    snapshot->has_result = true;
    snapshot->graph.pause = true;
    return STATUS_OK;
}

static Memory *snapshot_memory(const Snapshot *snapshot) {
    return snapshot->graph.context.memory;
}

static FlowRelation *relation_at(const Snapshot *snapshot, size_t leaf) {
    ASSERT(leaf < snapshot->query.leaves.count);
    const PlanNode *node = snapshot->query.leaves.items[leaf]->op.node;
    return node->kind == PLAN_SCAN ? node->scan.relation->runtime : NULL;
}

static FlowRelation *leaf_relation(const Snapshot *snapshot) {
    return relation_at(snapshot, snapshot->leaf);
}

/* --- stored rows that change while they are read ---------------------------------------------- */

/* The rows from the cursor on. The cursor is a copy: the snapshot's own stays where it was, for copies made before it. */
static Status copy_leaf(Snapshot *snapshot, const Rows *rows, RowsCursor cursor, LeafCopy *copy, Error *err) {
    Memory *memory = snapshot_memory(snapshot);
    for (;;) {
        Frame frame;
        Batch batch;
        TRY(frame_init(&frame, snapshot->graph.context.pool, err));
        Status status = rows_scan(rows, &cursor, &frame, BATCH_ROW_COUNT_MAX, &batch, err);
        bool ended = status == STATUS_OK && batch.row_count == 0;
        if (status == STATUS_OK && !ended && !vector_reserve(&copy->batches, memory, 1))
            status = error_out_of_memory(err);
        if (status == STATUS_OK && !ended)
            status = batch_keep(&batch, memory, &copy->batches.items[copy->batches.count], err);
        if (status == STATUS_OK && !ended) copy->batches.count++;
        frame_deinit(&frame);
        if (status != STATUS_OK || ended) return status;
    }
}

/* The first change after the snapshot began: what it has not read yet is copied, so that it stays one
 * moment's. */
static void copy_rest(void *context) {
    Snapshot *snapshot = context;
    size_t count = snapshot->query.leaves.count;
    if (snapshot->copies != NULL || snapshot->copy_failed) return;
    snapshot->copies = memory_alloc_zeroed(snapshot_memory(snapshot), (count + 1) * sizeof(LeafCopy));
    snapshot->copy_failed = snapshot->copies == NULL;
    for (size_t i = snapshot->leaf; i < count && !snapshot->copy_failed; i++) {
        const FlowRelation *relation = relation_at(snapshot, i);
        if (relation == NULL || relation->feed == NULL) continue;
        Error ignored;
        RowsCursor cursor = i == snapshot->leaf ? snapshot->read.rows : (RowsCursor){0};
        snapshot->copy_failed =
            copy_leaf(snapshot, &relation->feed->rows, cursor, &snapshot->copies[i], &ignored) != STATUS_OK;
    }
}

/* The list has one entry more than leaves, so that it is never of no bytes. */
static void drop_copies(Snapshot *snapshot) {
    Memory *memory = snapshot_memory(snapshot);
    size_t count = snapshot->query.leaves.count;
    for (size_t i = 0; snapshot->copies != NULL && i < count; i++) {
        LeafCopy *copy = &snapshot->copies[i];
        for (size_t k = 0; k < copy->batches.count; k++) batch_unkeep(&copy->batches.items[k], memory);
        vector_deinit(&copy->batches, memory);
    }
    memory_free(memory, snapshot->copies, (count + 1) * sizeof(LeafCopy));
    snapshot->copies = NULL;
}

static void unwatch(Snapshot *snapshot) {
    const FlowWatch **at = &snapshot->flow->watches;
    while (*at != NULL && *at != &snapshot->watch) at = (const FlowWatch **)(uintptr_t) & (*at)->next;
    if (*at != NULL) *at = snapshot->watch.next;
}

/* The one row that the filter above lets through. */
static Status read_by_key(Snapshot *snapshot, const PlanNode *scan, const Rows *rows, Batch *out, Error *err) {
    const Relation *relation = scan->scan.relation;
    Array *columns = FRAME_ARRAY(&snapshot->frame, Array, relation->column_count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < relation->key_count; i++) {
        const Expr *value = scan->scan.key_values[i];
        Array *column = &columns[relation->key[i]];
        *column = value->kind == EXPR_PARAMETER ? snapshot->graph.context.eval.parameters[value->column] : value->constant;
        if (array_is_null(column, 0)) return STATUS_OK; /* equals nothing */
        column->type = relation->columns[relation->key[i]].type;
    }
    Batch key = {.row_count = 1, .column_count = relation->column_count, .columns = columns};
    return rows_find(rows, &snapshot->frame, &key, out, err);
}

/* A copy that could not be made in before_change, which cannot fail, is told here. */
static Status read_stored(Snapshot *snapshot, const PlanNode *scan, const Rows *rows, Batch *out, Error *err) {
    if (snapshot->copy_failed) return error_out_of_memory(err);
    if (snapshot->read.is_found) return STATUS_OK;
    snapshot->read.is_found = snapshot->copies == NULL && scan->scan.key_values != NULL && rows->is_keyed;
    if (snapshot->read.is_found) return read_by_key(snapshot, scan, rows, out, err);
    if (snapshot->copies == NULL)
        return rows_scan(rows, &snapshot->read.rows, &snapshot->frame, snapshot->flow->batch_row_count_max,
                         out, err);
    ASSERT(snapshot->leaf < snapshot->query.leaves.count);
    LeafCopy *copy = &snapshot->copies[snapshot->leaf];
    *out = copy->next < copy->batches.count ? copy->batches.items[copy->next++] : (Batch){0};
    return STATUS_OK;
}

/* --- life ------------------------------------------------------------------------------------- */

Status snapshot_open(const OpContext *context, Flow *flow, const Plan *plan, const ReaderEvents *events,
                     Snapshot **out, Error *err) {
    Snapshot *snapshot = memory_alloc_zeroed(context->memory, sizeof(*snapshot));
    TRY_ALLOC(snapshot);
    graph_init(&snapshot->graph, context);
    snapshot->flow = flow;
    snapshot->events = *events;
    Status status = frame_init(&snapshot->frame, context->pool, err);
    if (status == STATUS_OK)
        status = query_build(&snapshot->query, &snapshot->graph, plan, (OpMode){.snapshot = true}, err);
    FlowOutput output = {.context = snapshot, .batch = take_result};
    if (status == STATUS_OK) status = graph_add_output(&snapshot->graph, snapshot->query.root, &output, err);
    if (status != STATUS_OK) {
        snapshot_close(snapshot);
        return status;
    }
    snapshot->watch = (FlowWatch){.before_change = copy_rest, .context = snapshot, .next = flow->watches};
    flow->watches = &snapshot->watch;
    *out = snapshot;
    return STATUS_OK;
}

/* --- taps: one reading of a source for all ---------------------------------------------------- */

/* Called inside an epoch of the flow, which must not fail for a SELECT that looks on: told by the next read. */
static void tap_take(void *context, const Batch *batch, bool ended) {
    Snapshot *snapshot = context;
    LeafRead *read = &snapshot->read;
    read->tap_ended |= ended;
    ASSERT(read->is_tapped);
    if (batch->row_count == 0) return;
    Error error;
    Memory *memory = snapshot_memory(snapshot);
    bool kept = vector_reserve(&read->tapped, memory, 1) &&
                batch_keep(batch, memory, &read->tapped.items[read->tapped.count], &error) == STATUS_OK;
    if (kept)
        read->tapped.count++;
    else
        read->tap_failed = true;
}

static void drop_tapped(Snapshot *snapshot) {
    LeafRead *read = &snapshot->read;
    for (size_t i = 0; i < read->tapped.count; i++)
        batch_unkeep(&read->tapped.items[i], snapshot_memory(snapshot));
    read->tapped.count = read->tapped_next = 0;
}

static void leaf_done(Snapshot *snapshot) {
    LeafRead *read = &snapshot->read;
    if (read->has_reader) reader_deinit(&read->reader);
    if (read->is_tapped) leaf_relation(snapshot)->tap = NULL;
    drop_tapped(snapshot);
    vector_deinit(&read->tapped, snapshot_memory(snapshot));
    *read = (LeafRead){0};
}

void snapshot_close(Snapshot *snapshot) {
    if (snapshot == NULL) return;
    Memory *memory = snapshot_memory(snapshot);
    if (snapshot->leaf < snapshot->query.leaves.count) leaf_done(snapshot);
    snapshot->graph.task_count = 0;
    unwatch(snapshot);
    drop_copies(snapshot);
    if (snapshot->query.graph != NULL) query_remove(&snapshot->query);
    graph_deinit(&snapshot->graph);
    if (snapshot->frame.pool != NULL) frame_deinit(&snapshot->frame);
    memory_free(memory, snapshot, sizeof(*snapshot));
}

/* --- leaves ----------------------------------------------------------------------------------- */

/* A batch of them, from read.position on. */
static Status read_values(Snapshot *snapshot, const PlanNode *node, Batch *out, Error *err) {
    Batch whole = {.row_count = node->values.row_count,
                   .column_count = node->column_count,
                   .columns = node->values.columns};
    ASSERT(snapshot->read.position <= whole.row_count);
    uint32_t from = (uint32_t)snapshot->read.position, left = whole.row_count - from;
    *out = (Batch){0};
    if (left == 0) return STATUS_OK;
    uint32_t most = snapshot->flow->batch_row_count_max, count = left < most ? left : most;
    snapshot->read.position += count;
    return batch_copy(&whole, &snapshot->frame, from, count, out, err); /* readers may keep it longer than the plan */
}

/* A reader of its own, from the start; standard input has no start to go back to, and is shared with the maintained queries. */
static Status start_source(Snapshot *snapshot, FlowRelation *relation, Error *err) {
    LeafRead *read = &snapshot->read;
    if (relation->reader == NULL)
        return error_set(err, STATUS_STREAMING,
                         "\"%.*s\" has no connector and no end: it cannot be read by a plain SELECT",
                         STR_ARGS(relation->relation->name));
    if (!relation->reader->is_once) {
        reader_init(&read->reader, relation->relation, &relation->reader->config, &snapshot->events,
                    &relation->reported);
        read->reader.stops = relation->stops;
        read->has_reader = true;
        return STATUS_OK;
    }
    if (relation->reader->is_ended || relation->tap != NULL || relation->reader->source != NULL) {
        error_set(err, STATUS_READ_ONCE, "\"%.*s\" reads standard input, which has been read already",
                  STR_ARGS(relation->relation->name));
        return error_add_hint(
            err, "Standard input can be read once: make a materialized view of it before the first SELECT.");
    }
    relation->tap = tap_take;
    relation->tap_context = snapshot;
    read->is_tapped = true;
    flow_want(relation);
    return STATUS_OK;
}

/* Steps the flow until it has read something: what other queries are due comes with it. */
static Status read_tapped(Snapshot *snapshot, Batch *out, bool *ended, Error *err) {
    LeafRead *read = &snapshot->read;
    if (read->tap_failed) return error_out_of_memory(err);
    if (read->tapped_next == read->tapped.count) drop_tapped(snapshot); /* the last given has been used */
    while (read->tapped_next == read->tapped.count && !read->tap_ended) {
        FlowProgress progress;
        const FlowRelation *relation = leaf_relation(snapshot);
        if (flow_relation_has_halted(relation)) {
            *err = relation->failure;
            return err->status;
        }
        TRY(flow_step(snapshot->flow, 0, &progress, err));
        if (progress.did_something) continue;
        snapshot->is_waiting = true;
        return STATUS_OK;
    }
    ASSERT(read->tapped_next <= read->tapped.count);
    *ended = read->tapped_next == read->tapped.count;
    if (*ended) return STATUS_OK;
    *out = read->tapped.items[read->tapped_next++];
    return STATUS_OK;
}

/* A source that stops at a bad record gives the rows before it, then fails the SELECT. */
static Status read_source(Snapshot *snapshot, FlowRelation *relation, Batch *out, bool *ended, Error *err) {
    LeafRead *read = &snapshot->read;
    if (!read->has_reader && !read->is_tapped) TRY(start_source(snapshot, relation, err));
    if (read->is_tapped) return read_tapped(snapshot, out, ended, err);
    ASSERT(read->has_reader);
    if (read->reader.failure.status != STATUS_OK) {
        *err = read->reader.failure;
        return err->status;
    }
    ReaderBatch batch;
    /* No clock: private reads have no max_future, so that a SELECT shows rows of the future too. */
    TRY(reader_read(&read->reader, &snapshot->frame, snapshot->flow->batch_row_count_max, 0, &batch, err));
    *out = batch.batch;
    *ended = read->reader.is_ended && batch.batch.row_count == 0;
    bool stopped = read->reader.failure.status != STATUS_OK; /* told by the next call */
    snapshot->is_waiting = batch.is_waiting && batch.batch.row_count == 0 && !stopped;
    return STATUS_OK;
}

/* The leaf's next batch (row_count 0: none now); *ended: it has no more. */
static Status read_leaf(Snapshot *snapshot, Batch *out, bool *ended, Error *err) {
    const PlanNode *node = snapshot->query.leaves.items[snapshot->leaf]->op.node;
    FlowRelation *relation = leaf_relation(snapshot);
    *out = (Batch){0};
    *ended = false;
    frame_reset(&snapshot->frame);
    if (relation != NULL && relation->feed == NULL && relation->scan == NULL)
        return read_source(snapshot, relation, out, ended, err);
    if (relation == NULL && node->kind == PLAN_SERIES)
        TRY(series_read(node, &snapshot->read.position, snapshot->flow->batch_row_count_max, &snapshot->frame, out, err));
    else if (relation == NULL)
        TRY(read_values(snapshot, node, out, err));
    else if (relation->scan != NULL)
        TRY(relation->scan(relation->scan_context, &snapshot->frame, &snapshot->read.position, out, err));
    else
        TRY(read_stored(snapshot, node, &relation->feed->rows, out, err));
    *ended = out->row_count == 0;
    return STATUS_OK;
}

/* --- the loop --------------------------------------------------------------------------------- */

/* Hands on the end of one node whose inputs have all ended and whose rows have all gone. False: there is
 * none. A snapshot's plan is a tree: a node has one consumer, or none at the root. */
static Status hand_on_end(Snapshot *snapshot, bool *did, Error *err) {
    *did = false;
    for (size_t i = 0; i < snapshot->query.nodes.count && !*did; i++) {
        FlowNode *node = snapshot->query.nodes.items[i];
        bool all = true;
        for (uint32_t port = 0; port < node->port_count; port++) all &= node->ports[port].ended;
        if (!all || node->is_ended) continue;
        ASSERT(node->consumers.count <= 1);
        node->is_ended = *did = true;
        if (node->consumers.count > 0)
            TRY(graph_port_end(&snapshot->graph, node->consumers.items[0].node, node->consumers.items[0].port,
                               err));
    }
    return STATUS_OK;
}

/* One batch of the leaf whose turn it is, or its end. No row and no end: the caller waits. */
static Status feed_leaf(Snapshot *snapshot, Error *err) {
    ASSERT(snapshot->leaf < snapshot->query.leaves.count);
    FlowNode *leaf = snapshot->query.leaves.items[snapshot->leaf];
    Batch batch;
    bool ended;
    TRY(read_leaf(snapshot, &batch, &ended, err));
    ASSERT(batch.row_count <= BATCH_ROW_COUNT_MAX);
    if (batch.row_count > 0) return graph_push(&snapshot->graph, leaf, 0, &batch, err);
    if (!ended) return STATUS_OK;
    leaf_done(snapshot);
    snapshot->leaf++;
    return graph_port_end(&snapshot->graph, leaf, 0, err);
}

Status snapshot_next(Snapshot *snapshot, Batch *out, SnapshotState *state, Error *err) {
    snapshot->has_result = snapshot->is_waiting = false;
    while (!snapshot->has_result && !snapshot->is_waiting) {
        bool did;
        TRY(flow_check_interrupt(snapshot->flow, err));
        if (graph_is_paused(&snapshot->graph)) {
            TRY(graph_run(&snapshot->graph, err));
            continue;
        }
        if (snapshot->query.root->is_ended || query_is_full(&snapshot->query)) {
            *state = SNAPSHOT_END;
            return STATUS_OK;
        }
        TRY(hand_on_end(snapshot, &did, err));
        if (!did) TRY(feed_leaf(snapshot, err));
    }
    ASSERT(!snapshot->has_result || !snapshot->is_waiting); /* who waits has been given nothing */
    *out = snapshot->result;
    *state = snapshot->has_result ? SNAPSHOT_ROWS : SNAPSHOT_WAIT;
    return STATUS_OK;
}

Status snapshot_wait(Snapshot *snapshot, int64_t timeout_ns, Error *err) {
    LeafRead *read = &snapshot->read;
    if (read->is_tapped) {
        FlowProgress progress;
        return flow_step(snapshot->flow, timeout_ns, &progress, err);
    }
    if (!read->has_reader) return STATUS_OK;
    Io *io = snapshot->graph.context.io;
    IoPoll poll = {.file = read->reader.wait_file};
    int64_t until = io_deadline_ns(io, timeout_ns);
    if (read->reader.wait_until_ns < until) until = read->reader.wait_until_ns;
    return io_poll(io, &poll, poll.file != NULL, io_wait_ms(io, until), err);
}
