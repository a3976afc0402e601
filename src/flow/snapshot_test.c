/* SPDX-License-Identifier: Apache-2.0
 * flow/snapshot_test.c - a result is of the moment when it was opened, whatever changes while it is read; rows of a statement in
 * pieces; results given up half way; memory refused while stored rows are copied. */
#include "flow/flow_kit.h"

enum { TABLE_COUNT = 2 };

typedef struct World {
    FlowKit kit;
    Flow *flow;
    Relation *relations[TABLE_COUNT];
    FlowRelation *tables[TABLE_COUNT];
    Plan both; /* SELECT * FROM the first UNION ALL SELECT * FROM the second */
    Plan first;
} World;

static const ReaderEvents NO_EVENTS = {0};

static void world_init(World *world) {
    Error err;
    PlanNode *scans[TABLE_COUNT];
    *world = (World){0};
    flow_kit_init(&world->kit);
    assert_int_equal(flow_create(&world->kit.context, &world->flow, &err), STATUS_OK);
    for (int i = 0; i < TABLE_COUNT; i++) {
        world->relations[i] = flow_kit_relation(&world->kit, RELATION_TABLE);
        assert_int_equal(flow_add_feed(world->flow, world->relations[i], true, true, &world->tables[i], &err), STATUS_OK);
        world->relations[i]->runtime = world->tables[i];
        scans[i] = flow_kit_scan(&world->kit, world->relations[i]);
    }
    world->first = (Plan){.root = scans[0]};
    world->both = (Plan){.root = flow_kit_over(&world->kit, PLAN_UNION, scans, TABLE_COUNT)};
    world->flow->batch_row_count_max = 3;
}

static void world_deinit(World *world) {
    world->kit.memory.fail_at = 0;
    assert_null(world->flow->watches);
    flow_destroy(world->flow);
    flow_kit_deinit(&world->kit);
}

static void change(World *world, int table, uint32_t count, int64_t first, int64_t weight) {
    Error err;
    FlowKitRows rows;
    assert_int_equal(feed_apply(world->tables[table]->feed, flow_kit_rows(&rows, count, first, weight), NULL, &err), STATUS_OK);
    assert_int_equal(flow_epoch_end(world->flow, &err), STATUS_OK);
}

static Snapshot *open_snapshot(World *world, const Plan *plan) {
    Error err;
    Snapshot *snapshot;
    assert_int_equal(snapshot_open(&world->kit.context, world->flow, plan, &NO_EVENTS, &snapshot, &err), STATUS_OK);
    return snapshot;
}

/* The next batch noted; false at the end. */
static bool read_next(Snapshot *snapshot, FlowKitSeen *seen) {
    Error err;
    Batch batch;
    SnapshotState state;
    assert_int_equal(snapshot_next(snapshot, &batch, &state, &err), STATUS_OK);
    assert_int_not_equal(state, SNAPSHOT_WAIT);
    if (state == SNAPSHOT_ROWS) flow_kit_note(seen, &batch);
    return state == SNAPSHOT_ROWS;
}

/* The first table has rows 0-9, the second 20-29. */
static void fill(World *world) {
    change(world, 0, 10, 0, 1);
    change(world, 1, 10, 20, 1);
}

static void assert_as_filled(FlowKitSeen *seen) {
    for (int64_t k = 0; k < 64; k++) assert_int_equal(seen->weights[k], k < 10 || (k >= 20 && k < 30));
}

/* After each number of batches read: both tables change, the one under way and the one still to come. */
static void test_changes_meanwhile(void **state) {
    for (int before = 0; before <= 8; before++) {
        World world;
        FlowKitSeen seen = {0};
        world_init(&world);
        fill(&world);
        Snapshot *snapshot = open_snapshot(&world, &world.both);
        for (int i = 0; i < before; i++) assert_true(read_next(snapshot, &seen));
        change(&world, 0, 10, 0, -1);
        change(&world, 1, 5, 20, -1);
        change(&world, 1, 5, 40, 1);
        change(&world, 0, 2, 50, 1);
        while (read_next(snapshot, &seen)) continue;
        assert_as_filled(&seen);
        assert_false(read_next(snapshot, &seen)); /* the end is asked for again */
        snapshot_close(snapshot);
        Snapshot *now = open_snapshot(&world, &world.first);
        memset(&seen, 0, sizeof(seen));
        while (read_next(now, &seen)) continue;
        flow_kit_assert_seen(&seen, 50, 2, 1);
        snapshot_close(now);
        world_deinit(&world);
    }
}

/* Two results of different moments, closed in either order, one of them unread. */
static void test_two_at_once(void **state) {
    for (int order = 0; order < 2; order++) {
        World world;
        FlowKitSeen seen[2] = {{{0}}, {{0}}};
        world_init(&world);
        fill(&world);
        Snapshot *old = open_snapshot(&world, &world.first);
        assert_true(read_next(old, &seen[0]));
        change(&world, 0, 10, 0, -1);
        Snapshot *young = open_snapshot(&world, &world.first);
        change(&world, 0, 4, 30, 1);
        if (order == 0) {
            snapshot_close(young);
            while (read_next(old, &seen[0])) continue;
            flow_kit_assert_seen(&seen[0], 0, 10, 1);
            snapshot_close(old);
        } else {
            snapshot_close(old);
            change(&world, 0, 4, 30, -1);
            assert_false(read_next(young, &seen[1])); /* of the moment between: nothing was there */
            snapshot_close(young);
        }
        world_deinit(&world);
    }
}

/* Rows with a weight come as often as it says. */
static void test_weights(void **state) {
    World world;
    FlowKitSeen seen = {0};
    world_init(&world);
    change(&world, 0, 2, 7, 5);
    Snapshot *snapshot = open_snapshot(&world, &world.first);
    while (read_next(snapshot, &seen)) continue;
    flow_kit_assert_seen(&seen, 7, 2, 5);
    assert_int_equal(seen.batches, 4); /* of ten rows, three at a time */
    snapshot_close(snapshot);
    world_deinit(&world);
}

/* VALUES: nothing, one batch exactly, one row more. */
static void test_values(void **state) {
    for (uint32_t count = 0; count <= 7; count++) {
        World world;
        FlowKitSeen seen = {0};
        FlowKitRows rows;
        world_init(&world);
        PlanNode *values = flow_kit_values(&world.kit);
        flow_kit_rows(&rows, count, 3, 1);
        values->values = (ValuesSpec){.columns = rows.columns, .row_count = count};
        Plan plan = {.root = values};
        Snapshot *snapshot = open_snapshot(&world, &plan);
        while (read_next(snapshot, &seen)) continue;
        assert_int_equal(seen.batches, (count + 2) / 3);
        flow_kit_assert_seen(&seen, 3, count, 1);
        snapshot_close(snapshot);
        world_deinit(&world);
    }
}

/* LIMIT: what is behind it is not read on, be it given at the top or under a projection's place. */
static void test_limit(void **state) {
    for (int64_t limit = 0; limit < 12; limit++) {
        World world;
        FlowKitSeen seen = {0};
        world_init(&world);
        fill(&world);
        PlanNode *root = flow_kit_over(&world.kit, PLAN_LIMIT, (PlanNode *[]){(PlanNode *)(uintptr_t)world.first.root}, 1);
        root->limit.limit = limit;
        Plan plan = {.root = root};
        Snapshot *snapshot = open_snapshot(&world, &plan);
        while (read_next(snapshot, &seen)) continue;
        int64_t total = 0;
        for (int64_t k = 0; k < 64; k++) total += seen.weights[k];
        assert_int_equal(total, limit < 10 ? limit : 10);
        assert_int_equal(seen.batches, limit < 10 ? (limit + 2) / 3 : 4);
        snapshot_close(snapshot);
        world_deinit(&world);
    }
}

/* A source nobody can read at once is refused where it is read, and the result can be closed. */
static void test_unreadable_source(void **state) {
    World world;
    Error err;
    Batch batch;
    SnapshotState now;
    FlowRelation *source;
    world_init(&world);
    Relation *relation = flow_kit_relation(&world.kit, RELATION_SOURCE);
    assert_int_equal(flow_add_source(world.flow, relation, NULL, &NO_EVENTS, &source, &err), STATUS_OK);
    relation->runtime = source;
    Plan plan = {.root = flow_kit_scan(&world.kit, relation)};
    Snapshot *snapshot = open_snapshot(&world, &plan);
    assert_int_equal(snapshot_next(snapshot, &batch, &now, &err), STATUS_STREAMING);
    snapshot_close(snapshot);
    world_deinit(&world);
}

/* Whichever allocation is refused while a change makes the snapshot copy: the result is whole, or an error; the change itself goes
 * through, or not, on its own. */
static void test_refused_copy(void **state) {
    int failed = 0;
    for (int64_t nth = 1; nth <= 40; nth++) {
        World world;
        Error err;
        Batch batch;
        FlowKitSeen seen = {0};
        FlowKitRows rows;
        SnapshotState now = SNAPSHOT_ROWS;
        Status status = STATUS_OK;
        world_init(&world);
        fill(&world);
        Snapshot *snapshot = open_snapshot(&world, &world.both);
        assert_true(read_next(snapshot, &seen));
        const Batch *gone = flow_kit_rows(&rows, 10, 0, -1);
        world.kit.memory.fail_at = nth;
        (void)!feed_apply(world.tables[0]->feed, gone, NULL, &err);
        world.kit.memory.fail_at = 0;
        while (status == STATUS_OK && now == SNAPSHOT_ROWS) {
            status = snapshot_next(snapshot, &batch, &now, &err);
            if (status == STATUS_OK && now == SNAPSHOT_ROWS) flow_kit_note(&seen, &batch);
        }
        failed += status != STATUS_OK;
        if (status == STATUS_OK)
            assert_as_filled(&seen);
        else
            assert_int_equal(status, STATUS_OUT_OF_MEMORY);
        snapshot_close(snapshot);
        world_deinit(&world);
    }
    assert_in_range(failed, 3, 39);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_meanwhile), cmocka_unit_test(test_two_at_once), cmocka_unit_test(test_weights),
        cmocka_unit_test(test_values),            cmocka_unit_test(test_limit),       cmocka_unit_test(test_unreadable_source),
        cmocka_unit_test(test_refused_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
