/* SPDX-License-Identifier: Apache-2.0
 * flow/graph_test.c - the task loop: every way down once, depth, pauses, failures; time: the least of the ports, ends once. */
#include "flow/flow_kit.h"

typedef struct World {
    FlowKit kit;
    Graph *graph;
    FlowKitSeen seen;
} World;

static void world_init(World *world) {
    *world = (World){0};
    flow_kit_init(&world->kit);
    world->graph = flow_kit_graph(&world->kit);
}

static void world_deinit(World *world) {
    flow_kit_deinit(&world->kit);
}

/* The plan reads what the nodes make of theirs, as a query's does. */
static PlanNode *plan_over(PlanNode *plan, FlowNode *const *inputs) {
    PlanNode **below = (PlanNode **)(uintptr_t)plan->inputs; /* of the kit's own making */
    for (uint32_t i = 0; i < plan->input_count; i++) below[i] = (PlanNode *)(uintptr_t)inputs[i]->op.node;
    return plan;
}

static FlowNode *add(World *world, PlanNode *plan, FlowNode *const *inputs) {
    Error err;
    FlowNode *node;
    assert_int_equal(graph_add(world->graph, plan_over(plan, inputs), NULL, (OpMode){false}, inputs, plan->input_count, &node, &err), STATUS_OK);
    return node;
}

static FlowNode *add_over(World *world, PlanKind kind, FlowNode *input) {
    return add(world, flow_kit_over(&world->kit, kind, (PlanNode *[]){NULL}, 1), &input);
}

static void watch(World *world, FlowNode *node, FlowKitSeen *seen) {
    Error err;
    FlowOutput output = flow_kit_output(seen);
    assert_int_equal(graph_add_output(world->graph, node, &output, &err), STATUS_OK);
}

static Status push(World *world, FlowNode *node, int64_t first, Error *err) {
    FlowKitRows rows;
    return graph_push(world->graph, node, 0, flow_kit_rows(&rows, 4, first, 1), err);
}

/* Two ways from a leaf to a union: each row comes down both, and to the outputs on the way. */
static void test_ways(void **state) {
    World world;
    Error err;
    FlowKitSeen at_leaf = {0};
    world_init(&world);
    FlowNode *leaf = add(&world, flow_kit_values(&world.kit), NULL);
    FlowNode *ways[] = {add_over(&world, PLAN_LIMIT, leaf), add_over(&world, PLAN_LIMIT, leaf)};
    FlowNode *both = add(&world, flow_kit_over(&world.kit, PLAN_UNION, (PlanNode *[]){NULL, NULL}, 2), ways);
    watch(&world, leaf, &at_leaf);
    watch(&world, both, &world.seen);
    assert_int_equal(push(&world, leaf, 3, &err), STATUS_OK);
    flow_kit_assert_seen(&at_leaf, 3, 4, 1);
    flow_kit_assert_seen(&world.seen, 3, 4, 2);
    /* A node with consumers of its own may stay when one of them goes. */
    graph_remove(world.graph, both);
    assert_int_equal(ways[0]->consumers.count, 0);
    graph_remove(world.graph, ways[1]);
    assert_int_equal(leaf->consumers.count, 1);
    graph_remove_output(leaf, &world.seen); /* not one of its outputs */
    assert_int_equal(push(&world, leaf, 7, &err), STATUS_OK);
    flow_kit_assert_seen(&at_leaf, 7, 4, 1);
    graph_remove_output(leaf, &at_leaf);
    assert_int_equal(push(&world, leaf, 7, &err), STATUS_OK);
    assert_int_equal(at_leaf.batches, 2);
    world_deinit(&world);
}

/* A node that takes one input on both ports is fed twice, and forgotten by it once and for all. */
static void test_same_input_twice(void **state) {
    World world;
    Error err;
    world_init(&world);
    FlowNode *leaf = add(&world, flow_kit_values(&world.kit), NULL), *twice[] = {leaf, leaf};
    FlowNode *both = add(&world, flow_kit_over(&world.kit, PLAN_UNION, (PlanNode *[]){NULL, NULL}, 2), twice);
    watch(&world, both, &world.seen);
    assert_int_equal(push(&world, leaf, 0, &err), STATUS_OK);
    flow_kit_assert_seen(&world.seen, 0, 4, 2);
    graph_remove(world.graph, both);
    assert_int_equal(leaf->consumers.count, 0);
    world_deinit(&world);
}

/* As many operators on one way as there are frames; one more is an error, and the graph is as before. */
static void test_depth(void **state) {
    World world;
    Error err;
    world_init(&world);
    FlowNode *leaf = add(&world, flow_kit_values(&world.kit), NULL), *last = leaf;
    for (int depth = 1; depth < GRAPH_DEPTH_MAX; depth++) last = add_over(&world, PLAN_LIMIT, last);
    watch(&world, last, &world.seen);
    assert_int_equal(push(&world, leaf, 0, &err), STATUS_OK);
    flow_kit_assert_seen(&world.seen, 0, 4, 1);
    FlowNode *too_deep = add_over(&world, PLAN_LIMIT, last);
    watch(&world, too_deep, &world.seen);
    assert_int_equal(push(&world, leaf, 0, &err), STATUS_LIMIT);
    assert_false(graph_is_paused(world.graph));
    graph_remove(world.graph, too_deep);
    memset(&world.seen, 0, sizeof(world.seen));
    assert_int_equal(push(&world, leaf, 5, &err), STATUS_OK);
    flow_kit_assert_seen(&world.seen, 5, 4, 1);
    world_deinit(&world);
}

/* A pause returns after each batch of the output that asked; going on loses nothing and gives nothing twice. */
static void test_pause(void **state) {
    World world;
    Error err;
    FlowKitSeen other = {0};
    world_init(&world);
    FlowNode *leaf = add(&world, flow_kit_values(&world.kit), NULL);
    FlowNode *ways[] = {add_over(&world, PLAN_LIMIT, leaf), add_over(&world, PLAN_LIMIT, leaf), leaf};
    FlowNode *all = add(&world, flow_kit_over(&world.kit, PLAN_UNION, (PlanNode *[]){NULL, NULL, NULL}, 3), ways);
    FlowNode *below = add_over(&world, PLAN_LIMIT, all);
    world.seen.pauses = world.graph;
    watch(&world, all, &world.seen);
    watch(&world, below, &other);
    FlowKitRows rows;
    assert_int_equal(graph_push(world.graph, leaf, 0, flow_kit_rows(&rows, 4, 0, 1), &err), STATUS_OK);
    for (int batch = 1; batch <= 3; batch++) {
        assert_true(graph_is_paused(world.graph));
        assert_int_equal(world.seen.batches, batch);
        assert_int_equal(other.batches, batch - 1); /* what lies below has not seen this one */
        assert_int_equal(graph_run(world.graph, &err), STATUS_OK);
    }
    assert_false(graph_is_paused(world.graph));
    flow_kit_assert_seen(&world.seen, 0, 4, 3);
    flow_kit_assert_seen(&other, 0, 4, 3);
    world_deinit(&world);
}

/* An output that fails stops what is under way, and nothing of it is left on the stack. */
static void test_failing_output(void **state) {
    World world;
    Error err;
    FlowKitSeen deeper = {0};
    world_init(&world);
    FlowNode *leaf = add(&world, flow_kit_values(&world.kit), NULL), *middle = add_over(&world, PLAN_LIMIT, leaf);
    FlowNode *last = add_over(&world, PLAN_LIMIT, middle);
    watch(&world, middle, &world.seen);
    watch(&world, last, &deeper);
    world.seen.refuse_batch = 1;
    assert_int_equal(push(&world, leaf, 0, &err), STATUS_IO);
    assert_string_equal(err.message, "the output is full");
    assert_int_equal(deeper.batches, 0);
    assert_false(graph_is_paused(world.graph));
    assert_int_equal(push(&world, leaf, 2, &err), STATUS_OK);
    flow_kit_assert_seen(&deeper, 2, 4, 1);
    world_deinit(&world);
}

/* Two leaves, their union, and a node below it, which is watched. */
static FlowNode *world_of_two(World *world, FlowNode *leaves[2]) {
    world_init(world);
    for (int i = 0; i < 2; i++) leaves[i] = add(world, flow_kit_values(&world->kit), NULL);
    FlowNode *both = add(world, flow_kit_over(&world->kit, PLAN_UNION, (PlanNode *[]){NULL, NULL}, 2), leaves);
    FlowNode *below = add_over(world, PLAN_LIMIT, both);
    watch(world, below, &world->seen);
    return below;
}

/* An idle input holds nothing back. When it wakes behind the others the time stays, and its rows are late by it. */
static void test_idle(void **state) {
    World world;
    Error err;
    FlowNode *leaves[2], *below = world_of_two(&world, leaves);
    static const struct {
        int leaf;
        bool idle;
        int64_t watermark, expected;
    } steps[] = {{0, false, 10, WATERMARK_MIN}, {1, false, 7, 7}, {1, true, 7, 10}, {0, false, 30, 30}, {1, false, 8, 30},
                 {0, false, 40, 30},            {1, false, 35, 35}, {0, true, 40, 35}, {1, true, 36, 36}, {1, false, 50, 50}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        graph_watermark(leaves[steps[i].leaf], 0, steps[i].watermark, false);
        graph_idle(leaves[steps[i].leaf], 0, steps[i].idle);
        assert_int_equal(graph_epoch_end(world.graph, &err), STATUS_OK);
        assert_int_equal(below->watermark, steps[i].expected);
        bool all_idle = leaves[0]->ports[0].is_idle && leaves[1]->ports[0].is_idle;
        assert_int_equal(below->ports[0].is_idle, all_idle);
    }
    world.seen.bound = 0;
    assert_int_equal(push(&world, leaves[0], 0, &err), STATUS_OK); /* at 40, where time is at 50 */
    assert_int_equal(world.seen.bound, 50);
    world_deinit(&world);
}

/* The watermark handed on is the least of the ports', never goes back, and the end comes once, when all have ended. */
static void test_time(void **state) {
    World world;
    Error err;
    FlowNode *leaves[2], *below = world_of_two(&world, leaves);
    static const struct {
        int leaf;
        int64_t watermark;
        bool ended;
        int64_t expected;
    } steps[] = {{0, 10, false, WATERMARK_MIN}, {1, 7, false, 7},  {1, 5, false, 7},  {1, 30, false, 10},
                 {0, 20, false, 20},            {0, WATERMARK_MAX, true, 30}, {1, 31, false, 31}, {1, WATERMARK_MAX, true, WATERMARK_MAX}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        graph_watermark(leaves[steps[i].leaf], 0, steps[i].watermark, steps[i].ended);
        assert_int_equal(graph_epoch_end(world.graph, &err), STATUS_OK);
        assert_int_equal(below->watermark, steps[i].expected);
        assert_int_equal(world.seen.ends, i + 1 == sizeof(steps) / sizeof(steps[0]));
    }
    int epochs = world.seen.epochs;
    assert_int_equal(world.seen.watermark, WATERMARK_MAX);
    graph_watermark(leaves[1], 0, WATERMARK_MAX, true); /* known already: nobody is touched */
    assert_int_equal(graph_epoch_end(world.graph, &err), STATUS_OK);
    assert_int_equal(world.seen.epochs, epochs);
    graph_watermark(leaves[1], 0, 40, false); /* who has ended stays so, at the end of time */
    assert_int_equal(leaves[1]->ports[0].watermark, WATERMARK_MAX);
    assert_int_equal(graph_epoch_end(world.graph, &err), STATUS_OK);
    assert_int_equal(world.seen.watermark, WATERMARK_MAX);
    assert_int_equal(world.seen.ends, 1);
    world_deinit(&world);
}

/* An epoch's end goes to touched nodes and what lies below them, and to no others. */
static void test_touched(void **state) {
    World world;
    Error err;
    FlowKitSeen other = {0};
    world_init(&world);
    PlanNode *nothing = flow_kit_over(&world.kit, PLAN_LIMIT, (PlanNode *[]){NULL}, 1);
    nothing->limit.limit = 0; /* no row comes through: its consumers' epoch ends all the same */
    FlowNode *leaf = add(&world, flow_kit_values(&world.kit), NULL), *below = add_over(&world, PLAN_LIMIT, add(&world, nothing, &leaf));
    FlowNode *untouched = add(&world, flow_kit_values(&world.kit), NULL);
    watch(&world, below, &world.seen);
    watch(&world, untouched, &other);
    assert_int_equal(push(&world, leaf, 0, &err), STATUS_OK);
    assert_int_equal(graph_epoch_end(world.graph, &err), STATUS_OK);
    assert_int_equal(graph_epoch_end(world.graph, &err), STATUS_OK);
    assert_int_equal(world.seen.epochs, 1);
    assert_int_equal(other.epochs, 0);
    world_deinit(&world);
}

/* Whichever allocation of graph_add fails: the inputs do not know of the node, and it can be added after. */
static void test_refused_memory(void **state) {
    int failed = 0;
    Status status = STATUS_OUT_OF_MEMORY;
    for (int64_t nth = 1; status != STATUS_OK; nth++) {
        World world;
        Error err;
        FlowNode *node;
        world_init(&world);
        FlowNode *inputs[] = {add(&world, flow_kit_values(&world.kit), NULL), add(&world, flow_kit_values(&world.kit), NULL)};
        PlanNode *plan = flow_kit_over(&world.kit, PLAN_UNION, (PlanNode *[]){NULL, NULL}, 2);
        plan_over(plan, inputs);
        world.kit.memory.fail_at = nth;
        status = graph_add(world.graph, plan, NULL, (OpMode){false}, inputs, 2, &node, &err);
        world.kit.memory.fail_at = 0;
        if (status != STATUS_OK) {
            failed++;
            assert_int_equal(status, STATUS_OUT_OF_MEMORY);
            assert_int_equal(inputs[0]->consumers.count + inputs[1]->consumers.count, 0);
            assert_int_equal(world.graph->nodes.count, 2);
            node = add(&world, plan, inputs);
        }
        watch(&world, node, &world.seen);
        assert_int_equal(push(&world, inputs[1], 1, &err), STATUS_OK);
        flow_kit_assert_seen(&world.seen, 1, 4, 1);
        world_deinit(&world);
    }
    assert_in_range(failed, 3, 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways), cmocka_unit_test(test_same_input_twice), cmocka_unit_test(test_depth),   cmocka_unit_test(test_pause),
        cmocka_unit_test(test_time), cmocka_unit_test(test_idle), cmocka_unit_test(test_failing_output),   cmocka_unit_test(test_touched), cmocka_unit_test(test_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
