/* SPDX-License-Identifier: Apache-2.0
 * flow/flow_test.c - epochs over tables and pushed sources; queries that start late; failures inside an epoch, after which
 * nothing runs, and failures while a query starts, after which everything does; stepping without readers, interrupts. */
#include "flow/flow_kit.h"

typedef struct World {
    FlowKit kit;
    Flow *flow;
    Relation *relation; /* a table, fed by feed_apply */
    FlowRelation *table;
    Plan plan; /* SELECT * FROM the table */
    FlowKitSeen seen;
} World;

static const ReaderEvents NO_EVENTS = {0};

static void world_init(World *world) {
    Error err;
    *world = (World){0};
    flow_kit_init(&world->kit);
    assert_int_equal(flow_create(&world->kit.context, &world->flow, &err), STATUS_OK);
    world->relation = flow_kit_relation(&world->kit, RELATION_TABLE);
    assert_int_equal(flow_add_feed(world->flow, world->relation, true, true, &world->table, &err), STATUS_OK);
    world->relation->runtime = world->table;
    world->plan = (Plan){.root = flow_kit_scan(&world->kit, world->relation), .emit = EMIT_CHANGES, .weights = true};
}

static void world_deinit(World *world) {
    world->kit.memory.fail_at = 0;
    flow_destroy(world->flow);
    flow_kit_deinit(&world->kit);
}

static void apply(World *world, uint32_t count, int64_t first, int64_t weight) {
    Error err;
    FlowKitRows rows;
    assert_int_equal(feed_apply(world->table->feed, flow_kit_rows(&rows, count, first, weight), NULL, &err), STATUS_OK);
}

static void end_epoch(World *world) {
    Error err;
    assert_int_equal(flow_epoch_end(world->flow, &err), STATUS_OK);
}

static FlowQuery *start(World *world, FlowKitSeen *seen) {
    Error err;
    FlowQuery *query;
    FlowOutput output = flow_kit_output(seen);
    assert_int_equal(flow_start(world->flow, &world->plan, &output, NULL, &query, &err), STATUS_OK);
    return query;
}

/* Rows leave at the epoch's end, as the net of it; a query that starts later is given what is there, once. */
static void test_epochs(void **state) {
    World world;
    FlowKitSeen later = {0};
    world_init(&world);
    FlowQuery *query = start(&world, &world.seen);
    uint64_t epoch = world.flow->epoch;
    apply(&world, 6, 0, 1);
    apply(&world, 2, 0, -1);
    assert_int_equal(world.seen.batches, 0);
    io_sim_advance(&world.kit.sim, 5000000);
    int64_t now = world.flow->graph.context.eval.now_us;
    end_epoch(&world);
    assert_int_equal(world.flow->graph.context.eval.now_us, now + 5000000); /* now() of the next epoch */
    assert_int_equal(world.flow->epoch, epoch + 1);
    flow_kit_assert_seen(&world.seen, 2, 4, 1);
    FlowQuery *second = start(&world, &later);
    flow_kit_assert_seen(&later, 2, 4, 1);
    flow_kit_assert_seen(&world.seen, 0, 0, 0); /* the first is not told again */
    apply(&world, 4, 2, -1);
    end_epoch(&world);
    flow_kit_assert_seen(&world.seen, 2, 4, -1);
    flow_kit_assert_seen(&later, 2, 4, -1);
    flow_stop(world.flow, query);
    apply(&world, 3, 10, 1);
    end_epoch(&world);
    flow_kit_assert_seen(&later, 10, 3, 1);
    flow_kit_assert_seen(&world.seen, 0, 0, 0);
    flow_stop(world.flow, second);
    assert_int_equal(world.table->input->scans.count, 0);
    world_deinit(&world);
}

/* A source that rows are pushed into keeps nothing: who starts later sees what comes later. */
static void test_pushed_source(void **state) {
    World world;
    Error err;
    FlowKitRows rows;
    FlowRelation *source;
    world_init(&world);
    Relation *relation = flow_kit_relation(&world.kit, RELATION_SOURCE);
    assert_int_equal(flow_add_source(world.flow, relation, NULL, &NO_EVENTS, &source, &err), STATUS_OK);
    relation->runtime = source;
    world.plan.root = flow_kit_scan(&world.kit, relation);
    assert_int_equal(flow_push(world.flow, source, flow_kit_rows(&rows, 2, 0, 1), 0, NULL, &err), STATUS_OK);
    end_epoch(&world);
    FlowQuery *query = start(&world, &world.seen);
    assert_int_equal(flow_push(world.flow, source, flow_kit_rows(&rows, 3, 20, 1), 0, NULL, &err), STATUS_OK);
    end_epoch(&world);
    flow_kit_assert_seen(&world.seen, 20, 3, 1);
    assert_int_equal(source->input->row_count, 5);
    flow_stop(world.flow, query);
    flow_remove_relation(world.flow, source);
    assert_int_equal(world.flow->relations.count, 1);
    world_deinit(&world);
}

/* A source with a key replaces, whatever the values of a row that is taken back; such a row tells no time. */
static void test_keyed_source(void **state) {
    static const uint32_t key[] = {0};
    World world;
    Error err;
    FlowKitRows rows;
    FlowRelation *source;
    world_init(&world);
    Relation *relation = flow_kit_relation(&world.kit, RELATION_SOURCE);
    relation->key = key;
    relation->key_count = 1;
    relation->change = CHANGE_WEIGHTED;
    relation->time_column = 1;
    assert_int_equal(flow_add_source(world.flow, relation, NULL, &NO_EVENTS, &source, &err), STATUS_OK);
    relation->runtime = source;
    world.plan.root = flow_kit_scan(&world.kit, relation);
    FlowQuery *query = start(&world, &world.seen);
    for (int time = 0; time < 2; time++) { /* the second time nothing changes */
        assert_int_equal(flow_push(world.flow, source, flow_kit_rows(&rows, 4, 0, 1), 0, NULL, &err), STATUS_OK);
        end_epoch(&world);
        flow_kit_assert_seen(&world.seen, 0, time == 0 ? 4 : 0, 1);
    }
    const Batch *gone = flow_kit_rows(&rows, 2, 1, -1);
    rows.v[0] = 555; /* not what is stored */
    assert_int_equal(flow_push(world.flow, source, gone, 0, NULL, &err), STATUS_OK);
    end_epoch(&world);
    flow_kit_assert_seen(&world.seen, 1, 2, -1);
    assert_int_equal(source->input->watermark, 30);
    const Batch *with_weights = flow_kit_rows(&rows, 1, 5, 1);
    rows.batch.meta[META_WEIGHT] = rows.weights;
    assert_int_equal(flow_push(world.flow, source, with_weights, 0, NULL, &err), STATUS_OK);
    end_epoch(&world);
    assert_int_equal(source->input->watermark, 50);
    flow_stop(world.flow, query);
    world_deinit(&world);
}

/* A failure inside an epoch is remembered: every later call says the same, and stopping still works. */
static void test_failed_epoch(void **state) {
    World world;
    Error err;
    FlowQuery *other;
    FlowKitSeen second = {0};
    world_init(&world);
    FlowQuery *query = start(&world, &world.seen);
    world.seen.refuse_batch = 1;
    apply(&world, 1, 0, 1);
    assert_int_equal(flow_epoch_end(world.flow, &err), STATUS_IO);
    for (int call = 0; call < 4; call++) {
        FlowProgress progress;
        FlowKitRows rows;
        FlowOutput output = flow_kit_output(&second);
        err = (Error){0};
        Status status = call == 0   ? flow_epoch_end(world.flow, &err)
                        : call == 1 ? flow_step(world.flow, 0, &progress, &err)
                        : call == 2 ? flow_push(world.flow, world.table, flow_kit_rows(&rows, 1, 0, 1), 0, NULL, &err)
                                    : flow_start(world.flow, &world.plan, &output, NULL, &other, &err);
        assert_int_equal(status, STATUS_IO);
        assert_string_equal(err.message, "the output is full");
    }
    assert_int_equal(world.flow->queries.count, 1);
    flow_stop(world.flow, query);
    world_deinit(&world);
}

/* Whichever allocation fails while a query starts: nothing is left of it. Before its first epoch the flow goes on as if it had never been
 * asked; in it the flow is broken, and says so. */
static void test_refused_start(void **state) {
    int failed = 0, broken = 0;
    Status status = STATUS_OUT_OF_MEMORY;
    for (int64_t nth = 1; status != STATUS_OK; nth++) {
        World world;
        Error err;
        FlowQuery *query, *retry;
        world_init(&world);
        apply(&world, 16, 0, 1);
        end_epoch(&world);
        size_t nodes = world.flow->graph.nodes.count;
        FlowOutput output = flow_kit_output(&world.seen);
        world.kit.memory.fail_at = nth;
        status = flow_start(world.flow, &world.plan, &output, NULL, &query, &err);
        world.kit.memory.fail_at = 0;
        failed += status != STATUS_OK;
        if (status == STATUS_OK) {
            flow_stop(world.flow, query);
        } else {
            assert_int_equal(status, STATUS_OUT_OF_MEMORY);
            assert_int_equal(world.flow->queries.count, 0);
            assert_int_equal(world.flow->graph.nodes.count, nodes);
            assert_int_equal(world.table->input->scans.count, 0);
            memset(&world.seen, 0, sizeof(world.seen));
            bool is_broken = world.flow->failure.status != STATUS_OK;
            broken += is_broken;
            assert_int_equal(flow_start(world.flow, &world.plan, &output, NULL, &retry, &err), is_broken ? STATUS_OUT_OF_MEMORY : STATUS_OK);
            if (!is_broken) {
                flow_kit_assert_seen(&world.seen, 0, 16, 1);
                flow_stop(world.flow, retry);
            }
        }
        world_deinit(&world);
    }
    assert_in_range(failed, 4, 100);
    assert_true(broken < failed);
}

/* Whichever allocation fails while a relation is made: the flow does not have it. */
static void test_refused_relation(void **state) {
    static const uint32_t key[] = {0};
    for (int kind = 0; kind < 2; kind++) {
        Status status = STATUS_OUT_OF_MEMORY;
        int failed = 0;
        for (int64_t nth = 1; status != STATUS_OK; nth++) {
            World world;
            Error err;
            FlowRelation *made;
            world_init(&world);
            Relation *relation = flow_kit_relation(&world.kit, kind == 0 ? RELATION_MATERIALIZED_VIEW : RELATION_SOURCE);
            relation->key = key;
            relation->key_count = 1;
            world.kit.memory.fail_at = nth;
            status = kind == 0 ? flow_add_feed(world.flow, relation, true, false, &made, &err)
                               : flow_add_source(world.flow, relation, NULL, &NO_EVENTS, &made, &err);
            world.kit.memory.fail_at = 0;
            failed += status != STATUS_OK;
            assert_int_equal(world.flow->relations.count, status == STATUS_OK ? 2 : 1);
            world_deinit(&world);
        }
        assert_in_range(failed, 2, 100);
    }
}

/* Without a reader a step does nothing and says that nothing will come; an interrupt is reported once. */
static void test_step_and_interrupt(void **state) {
    World world;
    Error err;
    FlowProgress progress;
    _Atomic(int) interrupt = 0;
    world_init(&world);
    FlowQuery *query = start(&world, &world.seen);
    assert_int_equal(flow_step(world.flow, -1, &progress, &err), STATUS_OK); /* for ever, and yet it returns */
    assert_false(progress.did_something);
    assert_true(progress.all_ended);
    assert_false(progress.would_wait);
    assert_int_equal(flow_check_interrupt(world.flow, &err), STATUS_OK); /* nobody could set one */
    world.flow->interrupt = &interrupt;
    assert_int_equal(flow_check_interrupt(world.flow, &err), STATUS_OK);
    atomic_store(&interrupt, 1);
    assert_int_equal(flow_check_interrupt(world.flow, &err), STATUS_INTERRUPTED);
    assert_int_equal(flow_check_interrupt(world.flow, &err), STATUS_OK);
    flow_stop(world.flow, query);
    world_deinit(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_epochs),           cmocka_unit_test(test_pushed_source),
        cmocka_unit_test(test_keyed_source),  cmocka_unit_test(test_failed_epoch),          cmocka_unit_test(test_refused_start),
        cmocka_unit_test(test_refused_relation), cmocka_unit_test(test_step_and_interrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
