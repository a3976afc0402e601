/* SPDX-License-Identifier: Apache-2.0
 * flow/feed_test.c - what a table, an append-only view, a stream and a source with a key give to those who read them, and when. */
#include "flow/flow_kit.h"

typedef struct World {
    FlowKit kit;
    Graph *graph;
    Relation *relation;
    Feed feed;
    FlowNode *scan;
    FlowKitSeen seen;
    Frame frame; /* of the rows given */
    int warned;  /* times that a change was announced */
    int64_t row_count_warned;
    FlowWatch watch;
    const FlowWatch *watches;
} World;

static void before_change(void *context) {
    World *world = context;
    world->warned++;
    world->row_count_warned = world->feed.rows.row_count;
}

/* A reader of the feed, from now on. */
static FlowNode *read_feed(World *world, FlowKitSeen *seen) {
    Error err;
    FlowNode *scan;
    FlowOutput output = flow_kit_output(seen);
    PlanNode *plan = flow_kit_scan(&world->kit, world->relation);
    assert_int_equal(graph_add(world->graph, plan, NULL, (OpMode){false}, NULL, 0, &scan, &err), STATUS_OK);
    assert_int_equal(graph_add_output(world->graph, scan, &output, &err), STATUS_OK);
    assert_int_equal(input_add_scan(&world->feed.input, scan, &err), STATUS_OK);
    return scan;
}

static void world_init(World *world, RelationKind kind, ChangeKind change) {
    Error err;
    *world = (World){0};
    flow_kit_init(&world->kit);
    world->graph = flow_kit_graph(&world->kit);
    world->relation = flow_kit_relation(&world->kit, kind);
    world->relation->change = change;
    assert_int_equal(frame_init(&world->frame, world->kit.pool, &err), STATUS_OK);
    assert_int_equal(feed_init(&world->feed, world->graph, world->relation, kind != RELATION_STREAM, &err), STATUS_OK);
    world->watch = (FlowWatch){.before_change = before_change, .context = world};
    world->watches = &world->watch;
    world->feed.watches = &world->watches;
    world->scan = read_feed(world, &world->seen);
}

static void world_deinit(World *world) {
    world->kit.memory.fail_at = 0;
    feed_deinit(&world->feed);
    frame_deinit(&world->frame);
    flow_kit_deinit(&world->kit);
}

/* Rows (k, 10 k), k from `first`; in a frame of their own, as rows that operators give are. */
static Status try_apply(World *world, uint32_t count, int64_t first, int64_t weight, RowsMissing *missing, Error *err) {
    FlowKitRows rows;
    Batch batch;
    const Batch *made = flow_kit_rows(&rows, count, first, weight);
    frame_reset(&world->frame);
    TRY(batch_copy(made, &world->frame, 0, count, &batch, err));
    /* Weights too, which batch_copy leaves behind: a stream keeps the batch until the epoch's end. */
    if (made->meta[META_WEIGHT] != NULL) {
        int64_t *weights = frame_alloc(&world->frame, count * sizeof(*weights), &batch.meta_owner[META_WEIGHT]);
        TRY_ALLOC(weights);
        memcpy(weights, made->meta[META_WEIGHT], count * sizeof(*weights));
        batch.meta[META_WEIGHT] = weights;
    }
    return feed_apply(&world->feed, &batch, missing, err);
}

static void apply(World *world, uint32_t count, int64_t first, int64_t weight) {
    Error err;
    assert_int_equal(try_apply(world, count, first, weight, NULL, &err), STATUS_OK);
}

static void end_epoch(World *world, int64_t watermark) {
    Error err;
    assert_int_equal(feed_epoch_end(&world->feed, watermark, &err), STATUS_OK);
    assert_int_equal(graph_epoch_end(world->graph, &err), STATUS_OK);
}

/* Rows change at once, behind an announcement; readers are told the net at the end. */
static void test_table(void **state) {
    World world;
    Error err;
    uint32_t missing_rows[2];
    RowsMissing missing = {.rows = missing_rows};
    FlowKitSeen later = {0};
    world_init(&world, RELATION_TABLE, CHANGE_WEIGHTED);
    apply(&world, 5, 0, 1);
    assert_int_equal(world.warned, 1);
    assert_int_equal(world.row_count_warned, 0); /* before the change */
    apply(&world, 1, 2, -1);
    assert_int_equal(world.feed.rows.row_count, 4);
    assert_int_equal(world.seen.batches, 0);
    assert_int_equal(try_apply(&world, 2, 40, -1, &missing, &err), STATUS_OK);
    assert_int_equal(missing.count, 2); /* no such rows: nothing has changed */
    apply(&world, 2, 3, -1);
    end_epoch(&world, WATERMARK_MIN);
    flow_kit_assert_seen(&world.seen, 0, 2, 1);
    FlowNode *scan = read_feed(&world, &later);
    assert_int_equal(feed_replay(&world.feed, scan, &err), STATUS_OK);
    flow_kit_assert_seen(&later, 0, 2, 1);
    flow_kit_assert_seen(&world.seen, 0, 0, 0);
    apply(&world, 1, 0, -1);
    feed_forget(&world.feed);
    end_epoch(&world, WATERMARK_MIN);
    flow_kit_assert_seen(&world.seen, 0, 0, 0);
    assert_int_equal(world.feed.rows.row_count, 2);
    world_deinit(&world);
}

/* Equal rows are given each; without a reader none is kept for one. */
static void test_append_only_view(void **state) {
    World world;
    Error err;
    world_init(&world, RELATION_MATERIALIZED_VIEW, CHANGE_APPEND);
    apply(&world, 3, 1, 1);
    apply(&world, 3, 1, 1);
    apply(&world, 2, 1, 1);
    assert_int_equal(world.seen.batches, 0);
    end_epoch(&world, 7);
    assert_int_equal(world.seen.batches, 3); /* as they came, no weights above one */
    assert_int_equal(world.seen.weights[1], 3);
    assert_int_equal(world.seen.weights[3], 2);
    assert_int_equal(world.seen.watermark, 7);
    assert_int_equal(world.feed.rows.row_count, 8);
    apply(&world, 1, 9, 1);
    feed_forget(&world.feed);
    end_epoch(&world, 8);
    assert_int_equal(world.seen.batches, 3);
    assert_int_equal(world.feed.rows.row_count, 8);
    input_remove_scan(&world.feed.input, world.scan);
    apply(&world, 4, 20, 1);
    assert_int_equal(world.feed.passing.count, 0);
    end_epoch(&world, 9);
    FlowNode *scan = read_feed(&world, &world.seen);
    world.seen = (FlowKitSeen){0};
    assert_int_equal(feed_replay(&world.feed, scan, &err), STATUS_OK);
    assert_int_equal(world.seen.weights[1], 3);
    assert_int_equal(world.seen.weights[23], 1);
    world_deinit(&world);
}

/* Nothing is stored, so that who comes later is given nothing. */
static void test_stream(void **state) {
    World world;
    Error err;
    world_init(&world, RELATION_STREAM, CHANGE_WEIGHTED);
    apply(&world, 2, 0, 1);
    apply(&world, 2, 0, -1);
    end_epoch(&world, WATERMARK_MIN);
    assert_int_equal(world.seen.batches, 2); /* no net */
    flow_kit_assert_seen(&world.seen, 0, 0, 0);
    assert_int_equal(feed_replay(&world.feed, world.scan, &err), STATUS_OK);
    apply(&world, 2, 0, 1);
    feed_forget(&world.feed);
    end_epoch(&world, WATERMARK_MIN);
    assert_int_equal(world.seen.batches, 2);
    world_deinit(&world);
}

typedef struct Bounds {
    int64_t least;
    int64_t most;
    int rows;
} Bounds;

static Status see_bounds(void *context, const Batch *batch, Error *err) {
    Bounds *bounds = context;
    for (uint32_t i = 0; i < batch->row_count; i++) {
        int64_t bound = batch->meta[META_BOUND] == NULL ? WATERMARK_MIN : batch->meta[META_BOUND][i];
        bounds->least = bound < bounds->least ? bound : bounds->least;
        bounds->most = bound > bounds->most ? bound : bounds->most;
        bounds->rows++;
    }
    return STATUS_OK;
}

/* Changes of a source with a key have its watermark at the epoch's start for a bound. */
static void test_keyed_source(void **state) {
    static const uint32_t key[] = {0};
    World world;
    Error err;
    Batch timed;
    FlowKitRows rows;
    Bounds bounds = {INT64_MAX, INT64_MIN, 0};
    world_init(&world, RELATION_TABLE, CHANGE_WEIGHTED);
    feed_deinit(&world.feed);
    world.relation->kind = RELATION_SOURCE;
    world.relation->key = key;
    world.relation->key_count = 1;
    world.relation->time_column = 1;
    assert_int_equal(feed_init(&world.feed, world.graph, world.relation, true, &err), STATUS_OK);
    world.feed.rows.is_upsert = true;
    assert_int_equal(input_add_scan(&world.feed.input, world.scan, &err), STATUS_OK);
    FlowOutput output = {.context = &bounds, .batch = see_bounds};
    assert_int_equal(graph_add_output(world.graph, world.scan, &output, &err), STATUS_OK);
    const Batch *batch = flow_kit_rows(&rows, 3, 1, 1); /* times 10, 20, 30 */
    assert_int_equal(input_note(&world.feed.input, &world.frame, batch, 0, 0, &timed, &err), STATUS_OK);
    assert_int_equal(feed_apply(&world.feed, batch, NULL, &err), STATUS_OK);
    end_epoch(&world, WATERMARK_MIN);
    assert_true(bounds.rows == 3 && bounds.most == WATERMARK_MIN); /* nothing was known yet */
    bounds = (Bounds){INT64_MAX, INT64_MIN, 0};
    batch = flow_kit_rows(&rows, 1, 2, -1);
    rows.v[0] = 60; /* whatever its values, and its time moves nothing */
    assert_int_equal(input_note(&world.feed.input, &world.frame, batch, 0, 0, &timed, &err), STATUS_OK);
    assert_int_equal(feed_apply(&world.feed, batch, NULL, &err), STATUS_OK);
    end_epoch(&world, WATERMARK_MIN);
    assert_true(bounds.rows == 1 && bounds.least == 30 && bounds.most == 30);
    assert_int_equal(world.feed.input.watermark, 30);
    world_deinit(&world);
}

/* As the output of a query: batches, epochs, the end. */
static void test_output(void **state) {
    World world;
    Error err;
    FlowKitRows rows;
    world_init(&world, RELATION_MATERIALIZED_VIEW, CHANGE_WEIGHTED);
    FlowOutput output = feed_output(&world.feed);
    assert_true(output.is_raw); /* views hold what the query gives, not what EMIT makes of it */
    assert_int_equal(output.batch(output.context, flow_kit_rows(&rows, 2, 0, 1), &err), STATUS_OK);
    assert_int_equal(output.epoch_end(output.context, 5, &err), STATUS_OK);
    flow_kit_assert_seen(&world.seen, 0, 2, 1);
    assert_int_equal(world.feed.input.watermark, 5);
    assert_int_equal(output.epoch_end(output.context, 3, &err), STATUS_OK);
    assert_int_equal(world.feed.input.watermark, 5); /* never back */
    assert_int_equal(output.batch(output.context, flow_kit_rows(&rows, 1, 0, -1), &err), STATUS_OK);
    output.forget(output.context);
    assert_int_equal(output.end(output.context, &err), STATUS_OK);
    assert_int_equal(graph_epoch_end(world.graph, &err), STATUS_OK);
    assert_int_equal(world.seen.ends, 1);
    assert_int_equal(world.seen.watermark, WATERMARK_MAX);
    flow_kit_assert_seen(&world.seen, 0, 0, 0);
    world_deinit(&world);
}

/* Each allocation refused in turn: an error, and everything comes back. */
static void test_memory_refused(void **state) {
    static const ChangeKind changes[] = {CHANGE_WEIGHTED, CHANGE_APPEND};
    for (int kind = 0; kind < 2; kind++) {
        Status status = STATUS_OUT_OF_MEMORY;
        for (int64_t nth = 1; status != STATUS_OK; nth++) {
            World world;
            Error err;
            assert_true(nth < 1000);
            world_init(&world, RELATION_MATERIALIZED_VIEW, changes[kind]);
            world.kit.memory.fail_at = nth;
            status = try_apply(&world, 4, 0, 1, NULL, &err);
            if (status == STATUS_OK) status = feed_epoch_end(&world.feed, 1, &err);
            if (status != STATUS_OK) assert_int_equal(status, STATUS_OUT_OF_MEMORY);
            world_deinit(&world);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),  cmocka_unit_test(test_append_only_view), cmocka_unit_test(test_stream),
        cmocka_unit_test(test_keyed_source), cmocka_unit_test(test_output), cmocka_unit_test(test_memory_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
