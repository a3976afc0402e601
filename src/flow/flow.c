/* SPDX-License-Identifier: Apache-2.0
 * flow/flow.c - relations, maintained queries, epochs, reading. */
#include "flow/flow.h"

#include "op/series.h"

Status flow_create(const OpContext *context, Flow **out, Error *err) {
    ASSERT(context->row_error != NULL);
    Flow *flow = memory_alloc_zeroed(context->memory, sizeof(*flow));
    TRY_ALLOC(flow);
    graph_init(&flow->graph, context);
    flow->batch_row_count_max = BATCH_ROW_COUNT_MAX;
    Status status = frame_init(&flow->frame, context->pool, err);
    if (status != STATUS_OK) {
        memory_free(context->memory, flow, sizeof(*flow));
        return status;
    }
    *out = flow;
    return STATUS_OK;
}

void flow_destroy(Flow *flow) {
    ASSERT(flow->queries.count == 0);
    ASSERT(flow->watches == NULL);
    Memory *memory = flow->graph.context.memory;
    while (flow->relations.count > 0)
        flow_remove_relation(flow, flow->relations.items[flow->relations.count - 1]);
    vector_deinit(&flow->relations, memory);
    vector_deinit(&flow->queries, memory);
    graph_deinit(&flow->graph);
    frame_deinit(&flow->frame);
    memory_free(memory, flow, sizeof(*flow));
}

/* A failed epoch leaves operators half fed: nothing more may run on them. */
static Status flow_guard(Flow *flow, Status status, const Error *err) {
    if (status == STATUS_OK || flow->failure.status != STATUS_OK) return status;
    if (err != NULL) flow->failure = *err; /* told by every later call */
    flow->failure.status = status;
    return status;
}

static Status flow_check(const Flow *flow, Error *err) {
    if (flow->failure.status == STATUS_OK) return STATUS_OK;
    if (err != NULL) *err = flow->failure;
    return flow->failure.status;
}

Status flow_check_interrupt(const Flow *flow, Error *err) {
    if (flow->interrupt == NULL || atomic_exchange(flow->interrupt, 0) == 0) return STATUS_OK;
    return error_set(err, STATUS_INTERRUPTED, "canceling statement due to user request");
}

LateCount flow_late_count(const Flow *flow) {
    LateCount count = flow->late_count_ended;
    for (size_t i = 0; i < flow->queries.count; i++)
        query_add_late_count(&flow->queries.items[i]->query, &count);
    return count;
}

/* --- relations -------------------------------------------------------------------------------- */

/* Allocated by itself: feeds, inputs and readers in it are reached by address. */
static Status relation_make(Flow *flow, const Relation *relation, FlowRelation **out, Error *err) {
    Memory *memory = flow->graph.context.memory;
    FlowRelation *made = memory_alloc_zeroed(memory, sizeof(*made));
    TRY_ALLOC(made);
    if (!vector_push(&flow->relations, memory, made)) {
        memory_free(memory, made, sizeof(*made));
        return error_out_of_memory(err);
    }
    made->relation = relation;
    *out = made;
    return STATUS_OK;
}

Status flow_add_feed(Flow *flow, const Relation *relation, bool stored, bool is_table, FlowRelation **out,
                     Error *err) {
    FlowRelation *made = NULL;
    TRY(relation_make(flow, relation, &made, err));
    Status status = feed_init(&made->feed_room, &flow->graph, relation, stored, err);
    if (status != STATUS_OK) {
        flow->relations.count--;
        memory_free(flow->graph.context.memory, made, sizeof(*made));
        return status;
    }
    made->feed = &made->feed_room;
    made->feed->watches = &flow->watches;
    made->input = &made->feed->input;
    made->is_table = is_table;
    /* Rows of a table come at any time: it has no watermark and holds none back, but for one that says APPEND ONLY and WATERMARK. */
    if ((is_table && relation->time_column < 0) || relation->kind == RELATION_LATE) made->input->watermark = WATERMARK_MAX;
    *out = made;
    return STATUS_OK;
}

/* A source with a key keeps its rows: its input is that of a feed. */
static Status store_source(Flow *flow, FlowRelation *made, Error *err) {
    TRY(feed_init(&made->feed_room, &flow->graph, made->relation, true, err));
    made->feed = &made->feed_room;
    made->feed->watches = &flow->watches;
    made->feed->rows.is_upsert = true;
    made->input = &made->feed->input;
    made->is_table = true;
    return STATUS_OK;
}

Status flow_add_source(Flow *flow, const Relation *relation, const SourceConfig *config,
                       const ReaderEvents *events, FlowRelation **out, Error *err) {
    FlowRelation *made = NULL;
    ASSERT(events != NULL);
    TRY(relation_make(flow, relation, &made, err));
    made->input = &made->source_input;
    made->events = *events;
    reported_init(&made->reported, flow->graph.context.memory);
    input_init(made->input, &flow->graph, relation);
    if (relation->key_count > 0) {
        Status status = store_source(flow, made, err);
        if (status != STATUS_OK) {
            flow->relations.count--;
            memory_free(flow->graph.context.memory, made, sizeof(*made));
            return status;
        }
    }
    if (config != NULL) {
        made->reader = &made->reader_room;
        reader_init(made->reader, relation, config, events, &made->reported);
    }
    *out = made;
    return STATUS_OK;
}

void flow_remove_relation(Flow *flow, FlowRelation *relation) {
    ASSERT(relation->tap == NULL); /* no snapshot is reading it */
    Memory *memory = flow->graph.context.memory;
    vector_remove(&flow->relations, relation);
    if (relation->feed != NULL)
        feed_deinit(relation->feed);
    else if (relation->input != NULL)
        input_deinit(relation->input);
    if (relation->reader != NULL) {
        reader_deinit(relation->reader);
        reported_deinit(&relation->reported);
    }
    memory_free(memory, relation, sizeof(*relation));
}

static FlowRelation *relation_of(const FlowNode *leaf) {
    return leaf->op.node->kind == PLAN_SCAN ? leaf->op.node->scan.relation->runtime : NULL;
}

/* --- maintained queries ----------------------------------------------------------------------- */

static bool plan_has(const PlanNode *tree, const PlanNode *node) {
    if (tree == node) return true;
    for (uint32_t i = 0; i < tree->input_count; i++)
        if (plan_has(tree->inputs[i], node)) return true;
    return false;
}

FlowQuery *flow_query_of(const Flow *flow, const PlanNode *node) {
    for (size_t i = 0; i < flow->queries.count; i++)
        if (plan_has(flow->queries.items[i]->query.plan->root, node)) return flow->queries.items[i];
    return NULL;
}

Status flow_halt(FlowQuery *query, const Error *err) {
    ASSERT(query->on_error == ON_ERROR_STOP);
    ASSERT(err->status != STATUS_OK);
    query->halt.is_failing = true;
    return err->status;
}

void flow_halt_source(Flow *flow, FlowRelation *relation, const Error *failure) {
    ASSERT(relation->stops);
    ASSERT(failure->status != STATUS_OK);
    relation->failure = *failure;
    flow->halt_count++;
}

static void unhook(FlowQuery *query) {
    for (size_t i = 0; i < query->query.leaves.count; i++) {
        FlowRelation *relation = relation_of(query->query.leaves.items[i]);
        if (relation != NULL && relation->input != NULL)
            input_remove_scan(relation->input, query->query.leaves.items[i]);
    }
}

/* The query's scans begin to get what comes. Leaves that have no relation have given all they have by now: their time is at its end. */
static Status hook(FlowQuery *query, Error *err) {
    if (flow_query_has_halted(query)) return STATUS_OK;
    for (size_t i = 0; i < query->query.leaves.count; i++) {
        FlowNode *leaf = query->query.leaves.items[i];
        FlowRelation *relation = relation_of(leaf);
        if (relation == NULL) {
            graph_watermark(leaf, 0, WATERMARK_MAX, true); /* VALUES, SERIES */
            continue;
        }
        if (relation->input == NULL)
            return error_set(err, STATUS_NOT_SUPPORTED, "\"%.*s\" cannot be read by a maintained query yet",
                             STR_ARGS(relation->relation->name));
        TRY(input_add_scan(relation->input, leaf, err));
    }
    return STATUS_OK;
}

/* All of it at once, in the query's first epoch. */
static Status push_series(Flow *flow, FlowNode *leaf, Error *err) {
    uint64_t position = 0;
    uint32_t ignored;
    for (;;) {
        Batch batch;
        TRY(flow_check_interrupt(flow, err)); /* it may be long */
        frame_reset(&flow->frame);
        TRY(series_read(leaf->op.node, &position, BATCH_ROW_COUNT_MAX, &flow->frame, &batch, err));
        if (batch.row_count == 0) return STATUS_OK;
        TRY(graph_feed(&flow->graph, leaf, &batch, &ignored, err));
    }
}

/* VALUES may have any number of rows, a batch may not. */
static Status push_values(Flow *flow, FlowNode *leaf, Error *err) {
    const PlanNode *node = leaf->op.node;
    uint32_t ignored;
    Batch whole = {.row_count = node->values.row_count,
                   .column_count = node->column_count,
                   .columns = node->values.columns};
    for (uint32_t from = 0; from < whole.row_count; from += BATCH_ROW_COUNT_MAX) {
        uint32_t left = whole.row_count - from,
                 count = left < BATCH_ROW_COUNT_MAX ? left : BATCH_ROW_COUNT_MAX;
        Batch piece;
        frame_reset(&flow->frame);
        TRY(batch_copy(&whole, &flow->frame, from, count, &piece, err)); /* readers may keep it longer than the plan */
        TRY(graph_feed(&flow->graph, leaf, &piece, &ignored, err));
    }
    return STATUS_OK;
}

static Status ignore_dead_letter(void *context, const Relation *relation, Str partition,
                                 const DeadLetter *letter, Error *err) {
    return STATUS_OK; /* was reported when the source was read the first time */
}

static void ignore_warning(void *context, const Relation *relation, Str message) {}

/* Reads a source again, from its start to where the others are, for one scan alone. */
static Status read_again(Flow *flow, Reader *reader, Input *input, uint64_t row_count, Error *err) {
    while (input->row_count < row_count && !reader->is_ended) {
        TRY(flow_check_interrupt(flow, err));
        uint64_t left = row_count - input->row_count;
        uint32_t most = left < flow->batch_row_count_max ? (uint32_t)left : flow->batch_row_count_max;
        ReaderBatch read;
        frame_reset(&flow->frame);
        TRY(reader_read(reader, &flow->frame, most, io_clock_us(flow->graph.context.io), &read, err));
        ASSERT(read.batch.row_count <= left); /* those behind come with the others' */
        input->partition_count_known = reader_partition_count(reader);
        if (read.is_waiting && read.batch.row_count == 0) break; /* a followed file that was cut meanwhile */
        if (read.batch.row_count > 0)
            TRY(input_push(input, &flow->frame, &read.batch, read.partition, 0, err));
        if (read.partition_ended) TRY(input_partition_end(input, read.partition, err));
        input_epoch_end(input);
        TRY(flow_epoch_end(flow, err));
    }
    return STATUS_OK;
}

/* A query made after its source was read: it reads privately up to the shared position and then goes on with
 * the others. */
static Status catch_up(Flow *flow, FlowRelation *relation, FlowNode *leaf, Error *err) {
    if (relation->reader == NULL || relation->feed != NULL || relation->reader->is_once ||
        relation->input->row_count == 0)
        return STATUS_OK;
    Reader reader;
    Input input;
    ReaderEvents events = {.dead_letter = ignore_dead_letter, .warning = ignore_warning};
    reader_init(&reader, relation->relation, &relation->reader->config, &events, NULL);
    input_init(&input, &flow->graph, relation->relation);
    Status status = input_add_scan(&input, leaf, err);
    if (status == STATUS_OK) status = read_again(flow, &reader, &input, relation->input->row_count, err);
    input_deinit(&input);
    reader_deinit(&reader);
    return status;
}

/* What was applied has left: stored rows are what readers have been told. */
static bool is_between_epochs(const Flow *flow) {
    for (size_t i = 0; i < flow->relations.count; i++) {
        const Feed *feed = flow->relations.items[i]->feed;
        if (feed != NULL && feed->is_stored && feed->rows.changes.count > 0) return false;
    }
    return true;
}

/* The first epoch: what is there already. */
static Status first_epoch(Flow *flow, FlowQuery *query, Error *err) {
    ASSERT(is_between_epochs(flow));
    frame_reset(&flow->frame);
    for (size_t i = 0; i < query->query.leaves.count; i++) {
        FlowNode *leaf = query->query.leaves.items[i];
        FlowRelation *relation = relation_of(leaf);
        leaf->is_touched = true;
        if (relation == NULL && leaf->op.node->kind == PLAN_SERIES)
            TRY(push_series(flow, leaf, err));
        else if (relation == NULL)
            TRY(push_values(flow, leaf, err));
        else if (relation->feed != NULL)
            TRY(feed_replay(relation->feed, leaf, err));
    }
    return flow_epoch_end(flow, err);
}

/* Before any row is given: what on_error says holds for the stored rows too. */
static Status start_output(Flow *flow, FlowQuery *query, const FlowOutput *output, const FlowOutput *late,
                           Error *err) {
    FlowOutput shaped = *output;
    ASSERT(output->batch != NULL);
    ASSERT(!query->has_shape);
    query->on_error = output->on_error;
    for (size_t i = 0; output->on_error == ON_ERROR_STOP && i < query->query.nodes.count; i++)
        query->query.nodes.items[i]->halt = &query->halt;
    if (!output->is_raw && shape_is_needed(query->query.plan)) {
        TRY(shape_init(&query->shape, query->query.plan, output, &flow->graph.context, err));
        query->has_shape = true;
        shaped = shape_output(&query->shape);
    }
    if (late != NULL && query->query.late != NULL) query->query.late->late = *late;
    return graph_add_output(&flow->graph, query->query.root, &shaped, err);
}

Status flow_start(Flow *flow, const Plan *plan, const FlowOutput *output, const FlowOutput *late,
                  FlowQuery **out, Error *err) {
    TRY(flow_check(flow, err));
    ASSERT(!graph_is_paused(&flow->graph)); /* not from an output */
    FlowQuery *query = memory_alloc_zeroed(flow->graph.context.memory, sizeof(*query));
    TRY_ALLOC(query);
    Status status = query_build(&query->query, &flow->graph, plan, (OpMode){.snapshot = false}, err);
    if (status != STATUS_OK) {
        memory_free(flow->graph.context.memory, query, sizeof(*query));
        return status;
    }
    status =
        vector_push(&flow->queries, flow->graph.context.memory, query) ? STATUS_OK : error_out_of_memory(err);
    if (status == STATUS_OK) status = start_output(flow, query, output, late, err);
    for (size_t i = 0; i < query->query.leaves.count && status == STATUS_OK; i++) {
        FlowRelation *relation = relation_of(query->query.leaves.items[i]);
        if (relation != NULL) status = catch_up(flow, relation, query->query.leaves.items[i], err);
    }
    if (status == STATUS_OK) status = hook(query, err);
    if (status == STATUS_OK) status = first_epoch(flow, query, err);
    if (status != STATUS_OK) {
        flow_stop(flow, query);
        return status;
    }
    *out = query;
    return STATUS_OK;
}

Status flow_flush(Flow *flow, FlowQuery *query, Error *err) {
    return query->has_shape ? flow_guard(flow, shape_flush(&query->shape, err), err) : STATUS_OK;
}

void flow_stop(Flow *flow, FlowQuery *query) {
    vector_remove(&flow->queries, query);
    ASSERT(query->query.graph == &flow->graph);
    unhook(query);
    query_add_late_count(&query->query, &flow->late_count_ended);
    flow->graph.task_count = 0; /* a query that failed inside an output left its tasks */
    query_remove(&query->query);
    if (query->has_shape) shape_deinit(&query->shape);
    memory_free(flow->graph.context.memory, query, sizeof(*query));
}

/* --- epochs ----------------------------------------------------------------------------------- */

/* What a query gave in an epoch that does not count. */
static void forget_epoch(const FlowQuery *query) {
    const FlowNode *root = query->query.root, *late = query->query.late;
    for (size_t i = 0; i < root->outputs.count; i++)
        if (root->outputs.items[i].forget != NULL) root->outputs.items[i].forget(root->outputs.items[i].context);
    if (late != NULL && late->late.forget != NULL) late->late.forget(late->late.context);
}

/* Queries on which a row has failed have had their last epoch. */
static void settle_halted(Flow *flow) {
    ASSERT(flow->graph.task_count == 0);
    for (size_t i = 0; i < flow->queries.count; i++) {
        FlowQuery *query = flow->queries.items[i];
        if (query->halt.state == HALT_NOT || query->halt.state == HALT_DONE) continue;
        if (query->halt.state == HALT_NOW) forget_epoch(query);
        query->halt.state = HALT_DONE;
        unhook(query);
        flow->halt_count++;
    }
}

/* Tables first, whose changes enter the graph here; sources have pushed theirs already. Then the graph, in its order, in which views feed those
 * that read them. Not called while a result is paused in the flow's own graph. */
static Status epoch_end(Flow *flow, Error *err) {
    ASSERT(!graph_is_paused(&flow->graph));
    for (size_t i = 0; i < flow->relations.count; i++) {
        FlowRelation *relation = flow->relations.items[i];
        if (relation->is_table)
            TRY(feed_epoch_end(relation->feed, WATERMARK_MIN, err));
        else if (relation->feed == NULL && relation->input != NULL)
            input_epoch_end(relation->input);
    }
    TRY(graph_epoch_end(&flow->graph, err));
    settle_halted(flow);
    ASSERT(flow->graph.task_count == 0);
    flow->epoch++;
    flow->graph.context.eval.now_us = io_clock_us(flow->graph.context.io);
    return STATUS_OK;
}

Status flow_epoch_end(Flow *flow, Error *err) {
    TRY(flow_check(flow, err));
    return flow_guard(flow, epoch_end(flow, err), err);
}

/* A source with a key stores rows, and what leaves are net changes at the epoch's end; others hand them on now. */
static Status push_rows(Flow *flow, FlowRelation *relation, const Batch *batch, uint32_t partition,
                        RowsMissing *missing, Error *err) {
    /* Only silence is measured by the clock. */
    int64_t now_ns = relation->input->idle_timeout_us > 0 ? io_clock_monotonic_ns(flow->graph.context.io) : 0;
    if (relation->feed == NULL)
        return input_push(relation->input, &flow->frame, batch, partition, now_ns, err);
    Batch timed; /* lateness is judged when the net change leaves */
    TRY(input_note(relation->input, &flow->frame, batch, partition, now_ns, &timed, err));
    return feed_apply(relation->feed, batch, missing, err);
}

Status flow_push(Flow *flow, FlowRelation *relation, const Batch *batch, uint32_t partition, RowsMissing *missing,
                 Error *err) {
    ASSERT(batch->row_count > 0 && batch->row_count <= BATCH_ROW_COUNT_MAX);
    ASSERT(relation->input != NULL);
    ASSERT(batch->column_count == relation->relation->column_count);
    ASSERT(relation->feed != NULL || batch->meta[META_WEIGHT] == NULL); /* what keeps no rows takes none back */
    TRY(flow_check(flow, err));
    if (flow_relation_has_halted(relation)) return STATUS_OK;
    Batch kept = *batch;
    if (relation->max_future_us > 0)
        TRY(reader_drop_future(relation->relation, relation->max_future_us, &relation->events, &flow->frame,
                               io_clock_us(flow->graph.context.io), STR(""), relation->stops ? &relation->failure : NULL,
                               &kept, err));
    flow->halt_count += flow_relation_has_halted(relation);
    return kept.row_count == 0 ? STATUS_OK
                               : flow_guard(flow, push_rows(flow, relation, &kept, partition, missing, err), err);
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool is_wanted(const FlowRelation *relation) {
    const Reader *reader = relation->reader;
    return reader != NULL && reader->is_started && !reader->is_ended && !flow_relation_has_halted(relation) &&
           (relation->input->scans.count > 0 || relation->tap != NULL || relation->feed != NULL);
}

/* One batch of one source is one epoch: that is the unit in which results change. */
static Status read_once(Flow *flow, FlowRelation *relation, bool *did_something, Error *err) {
    ASSERT(is_wanted(relation));
    *did_something = relation->reader->failure.status != STATUS_OK;
    if (*did_something) { /* its last rows have been delivered, and somebody wants more */
        flow_halt_source(flow, relation, &relation->reader->failure);
        return STATUS_OK;
    }
    Io *io = flow->graph.context.io;
    ReaderBatch read;
    frame_reset(&flow->frame);
    TRY(reader_read(relation->reader, &flow->frame, flow->batch_row_count_max, io_clock_us(io), &read, err));
    relation->input->partition_count_known = reader_partition_count(relation->reader);
    if (read.batch.row_count > 0)
        TRY(flow_guard(flow, push_rows(flow, relation, &read.batch, read.partition, NULL, err), err));
    if (read.partition_ended) TRY(input_partition_end(relation->input, read.partition, err));
    if (relation->reader->is_ended) input_end(relation->input);
    if (relation->tap != NULL) relation->tap(relation->tap_context, &read.batch, relation->reader->is_ended);
    bool stopped = relation->reader->failure.status != STATUS_OK;
    *did_something = read.batch.row_count > 0 || read.partition_ended || relation->reader->is_ended || stopped;
    return *did_something ? flow_epoch_end(flow, err) : STATUS_OK;
}

/* When the clock alone will do something: EVERY delivers, a partition turns idle. INT64_MAX: never. */
static int64_t next_due(const Flow *flow) {
    int64_t due = INT64_MAX;
    for (size_t i = 0; i < flow->queries.count; i++) {
        const FlowQuery *query = flow->queries.items[i];
        int64_t next = query->has_shape ? shape_due(&query->shape) : INT64_MAX;
        due = next < due ? next : due;
    }
    for (size_t i = 0; i < flow->relations.count; i++) {
        const FlowRelation *relation = flow->relations.items[i];
        int64_t next = relation->input == NULL ? INT64_MAX : input_idle_due(relation->input);
        due = next < due ? next : due;
    }
    return due;
}

/* Waits for the inputs that said what to wait for. */
static Status wait_for_input(Flow *flow, int64_t timeout_ns, Error *err) {
    Io *io = flow->graph.context.io;
    IoPoll polls[IO_POLL_COUNT_MAX];
    size_t count = 0;
    int64_t until = io_deadline_ns(io, timeout_ns);
    /* More files than can be asked for at once: the others are looked at when one of these is ready, or time is up. */
    for (size_t i = 0; i < flow->relations.count; i++) {
        if (!is_wanted(flow->relations.items[i])) continue;
        const Reader *reader = flow->relations.items[i]->reader;
        if (reader->wait_until_ns < until) until = reader->wait_until_ns;
        int64_t silent = input_silence_due(flow->relations.items[i]->input);
        if (silent < until) until = silent;
        if (reader->wait_file != NULL && count < IO_POLL_COUNT_MAX)
            polls[count++] = (IoPoll){.file = reader->wait_file};
    }
    int64_t due = next_due(flow);
    if (due < until) until = due;
    ASSERT(count <= IO_POLL_COUNT_MAX);
    return io_poll(io, polls, count, io_wait_ms(io, until), err);
}

/* Silent partitions stop holding the others back. */
static Status check_idle(Flow *flow, bool *did_something, Error *err) {
    int64_t now = io_clock_monotonic_ns(flow->graph.context.io);
    bool any = false;
    for (size_t i = 0; i < flow->relations.count; i++) {
        FlowRelation *relation = flow->relations.items[i];
        if (relation->input != NULL) any |= input_check_idle(relation->input, now);
    }
    *did_something |= any;
    return any ? flow_epoch_end(flow, err) : STATUS_OK;
}

/* EMIT EVERY: deliveries that are due by the clock. */
static Status tick(Flow *flow, bool *did_something, Error *err) {
    for (size_t i = 0; i < flow->queries.count; i++) {
        FlowQuery *query = flow->queries.items[i];
        bool did = false;
        int64_t now_ns = io_clock_monotonic_ns(flow->graph.context.io);
        if (query->has_shape) TRY(flow_guard(flow, shape_tick(&query->shape, now_ns, &did, err), err));
        *did_something |= did;
    }
    return STATUS_OK;
}

/* Rows that EVERY holds back, or a partition that may turn idle: the clock alone will do something. */
static bool has_timer(const Flow *flow) {
    return next_due(flow) != INT64_MAX;
}

/* One read a call, so that whoever drives the flow can look at interrupts and deadlines between two. Sources take turns: the one after the
 * last that gave something is asked first. */
static Status step(Flow *flow, FlowProgress *progress, Error *err) {
    size_t count = flow->relations.count;
    *progress = (FlowProgress){.all_ended = true};
    for (size_t i = 0; i < count && !progress->did_something; i++) {
        size_t at = (flow->next_reader + i) % count;
        if (!is_wanted(flow->relations.items[at])) continue;
        TRY(read_once(flow, flow->relations.items[at], &progress->did_something, err));
        progress->all_ended &= flow->relations.items[at]->reader->is_ended ||
                               flow_relation_has_halted(flow->relations.items[at]);
        if (progress->did_something) flow->next_reader = at + 1;
    }
    TRY(tick(flow, &progress->did_something, err));
    TRY(check_idle(flow, &progress->did_something, err));
    progress->all_ended &= !progress->did_something && !has_timer(flow);
    progress->would_wait = !progress->did_something && !progress->all_ended;
    return STATUS_OK;
}

Status flow_step(Flow *flow, int64_t timeout_ns, FlowProgress *progress, Error *err) {
    TRY(flow_check(flow, err));
    TRY(step(flow, progress, err));
    if (progress->did_something || timeout_ns == 0) return STATUS_OK;
    if (timeout_ns < 0 && !progress->would_wait) return STATUS_OK; /* nothing will ever come by itself */
    TRY(wait_for_input(flow, timeout_ns, err));
    return step(flow, progress, err);
}

size_t flow_memory(const Flow *flow) {
    size_t total = graph_memory(&flow->graph);
    for (size_t i = 0; i < flow->relations.count; i++)
        if (flow->relations.items[i]->feed != NULL && flow->relations.items[i]->feed->is_stored)
            total += rows_memory(&flow->relations.items[i]->feed->rows);
    return total;
}
