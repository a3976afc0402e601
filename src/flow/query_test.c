/* SPDX-License-Identifier: Apache-2.0
 * flow/query_test.c - a plan's nodes in a graph: their order, what is merged, what is refused and leaves nothing. */
#include "flow/flow_kit.h"

typedef struct World {
    FlowKit kit;
    Graph *graph;
    Plan plan;
    Query query;
} World;

static void world_init(World *world) {
    *world = (World){0};
    flow_kit_init(&world->kit);
    world->graph = flow_kit_graph(&world->kit);
}

static void world_deinit(World *world) {
    flow_kit_deinit(&world->kit);
}

static Status build(World *world, PlanNode *root, Error *err) {
    world->plan.root = root;
    return query_build(&world->query, world->graph, &world->plan, (OpMode){.snapshot = false}, err);
}

/* Is `node` among the query's, behind all its inputs? */
static bool stands_behind_inputs(const Query *query, const FlowNode *node) {
    for (size_t i = 0; i < query->nodes.count; i++) {
        const FlowNode *other = query->nodes.items[i];
        for (size_t edge = 0; edge < other->consumers.count; edge++)
            if (other->consumers.items[edge].node == node && other->order >= node->order) return false;
    }
    return true;
}

/* UNION of a LIMIT over leaf a, and of leaf b: inputs first, leaves from left to right. */
static void test_order(void **state) {
    World world;
    Error err;
    world_init(&world);
    PlanNode *a = flow_kit_values(&world.kit), *b = flow_kit_values(&world.kit);
    PlanNode *limit = flow_kit_over(&world.kit, PLAN_LIMIT, (PlanNode *[]){a}, 1);
    PlanNode *both = flow_kit_over(&world.kit, PLAN_UNION, (PlanNode *[]){limit, b}, 2);
    world.plan.late_from = limit;
    assert_int_equal(build(&world, both, &err), STATUS_OK);
    assert_int_equal(world.query.nodes.count, 4);
    assert_int_equal(world.query.leaves.count, 2);
    assert_ptr_equal(world.query.leaves.items[0]->op.node, a);
    assert_ptr_equal(world.query.leaves.items[1]->op.node, b);
    assert_ptr_equal(world.query.root->op.node, both);
    assert_ptr_equal(world.query.root, world.query.nodes.items[3]);
    assert_ptr_equal(world.query.late->op.node, limit);
    for (size_t i = 0; i < world.query.nodes.count; i++) assert_true(stands_behind_inputs(&world.query, world.query.nodes.items[i]));
    assert_int_equal(world.query.leaves.items[1]->consumers.items[0].port, 1);
    query_remove(&world.query);
    assert_int_equal(world.graph->nodes.count, 0);
    world_deinit(&world);
}

/* A subquery's value is read before the rows that wait for it, whatever its place. */
static void test_subqueries_are_read_first(void **state) {
    World world;
    Error err;
    world_init(&world);
    PlanNode *rows = flow_kit_values(&world.kit), *value = flow_kit_values(&world.kit);
    PlanNode *scalar = flow_kit_over(&world.kit, PLAN_SCALAR, (PlanNode *[]){rows, value}, 2);
    assert_int_equal(build(&world, scalar, &err), STATUS_OK);
    assert_ptr_equal(world.query.leaves.items[0]->op.node, value);
    assert_ptr_equal(world.query.leaves.items[1]->op.node, rows);
    assert_int_equal(world.query.leaves.items[0]->consumers.items[0].port, 1);
    query_remove(&world.query);
    world_deinit(&world);
}

/* PROJECT over FILTER is one node, which knows both. */
static void test_filter_below_projection_is_one_node(void **state) {
    World world;
    Error err;
    world_init(&world);
    PlanNode *leaf = flow_kit_values(&world.kit);
    PlanNode *filter = flow_kit_over(&world.kit, PLAN_FILTER, (PlanNode *[]){leaf}, 1);
    filter->filter.predicate = expr_boolean(&world.kit.arena, true, (SqlSpan){0});
    assert_non_null(filter->filter.predicate);
    PlanNode *project = flow_kit_over(&world.kit, PLAN_PROJECT, (PlanNode *[]){filter}, 1);
    const Expr **exprs = ARENA_ARRAY(&world.kit.arena, const Expr *, 2);
    assert_non_null(exprs);
    for (uint32_t i = 0; i < 2; i++) exprs[i] = expr_column(&world.kit.arena, i, type_of(TYPE_BIGINT), false, (SqlSpan){0});
    assert_true(exprs[0] != NULL && exprs[1] != NULL);
    project->project.exprs = exprs;
    assert_int_equal(build(&world, project, &err), STATUS_OK);
    assert_int_equal(world.query.nodes.count, 2);
    assert_ptr_equal(world.query.root->op.node, project);
    assert_ptr_equal(world.query.leaves.items[0]->consumers.items[0].node, world.query.root);
    query_remove(&world.query);
    world_deinit(&world);
}

/* Late rows count once for their query; those of the node that LATE DATA TO takes from are not dropped. */
static void test_late_count(void **state) {
    World world;
    Error err;
    LateCount count = {.all = 100, .dropped = 50};
    world_init(&world);
    PlanNode *leaf = flow_kit_values(&world.kit), *limit = flow_kit_over(&world.kit, PLAN_LIMIT, (PlanNode *[]){leaf}, 1);
    world.plan.late_from = limit;
    assert_int_equal(build(&world, limit, &err), STATUS_OK);
    world.query.root->op.late_count = 3;
    world.query.leaves.items[0]->op.late_count = 4;
    query_add_late_count(&world.query, &count);
    assert_int_equal(count.all, 107);
    assert_int_equal(count.dropped, 54);
    query_remove(&world.query);
    world_deinit(&world);
}

static PlanNode *nested(World *world, uint32_t depth) {
    PlanNode *node = flow_kit_values(&world->kit);
    for (uint32_t i = 0; i < depth; i++) node = flow_kit_over(&world->kit, PLAN_LIMIT, (PlanNode *[]){node}, 1);
    return node;
}

static void test_too_deep(void **state) {
    World world;
    Error err;
    world_init(&world);
    assert_int_equal(build(&world, nested(&world, 200), &err), STATUS_OK);
    query_remove(&world.query);
    assert_int_equal(build(&world, nested(&world, 201), &err), STATUS_LIMIT);
    assert_string_equal(err.message, "the query is nested more than 200 operators deep");
    assert_int_equal(world.graph->nodes.count, 0);
    world_deinit(&world);
}

/* Each allocation refused in turn: the graph is as it was. */
static void test_memory_refused(void **state) {
    World world;
    Error err;
    Status status = STATUS_OUT_OF_MEMORY;
    world_init(&world);
    PlanNode *left = nested(&world, 3), *right = nested(&world, 2);
    PlanNode *both = flow_kit_over(&world.kit, PLAN_UNION, (PlanNode *[]){left, right}, 2);
    for (int64_t nth = 1; status != STATUS_OK; nth++) {
        assert_true(nth < 1000);
        world.kit.memory.fail_at = nth;
        status = build(&world, both, &err);
        world.kit.memory.fail_at = 0;
        if (status == STATUS_OK) break;
        assert_int_equal(status, STATUS_OUT_OF_MEMORY);
        assert_int_equal(world.graph->nodes.count, 0);
    }
    query_remove(&world.query);
    world_deinit(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),      cmocka_unit_test(test_subqueries_are_read_first),
        cmocka_unit_test(test_filter_below_projection_is_one_node),
        cmocka_unit_test(test_late_count), cmocka_unit_test(test_too_deep),
        cmocka_unit_test(test_memory_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
