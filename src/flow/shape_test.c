/* SPDX-License-Identifier: Apache-2.0
 * What leaves: the net of an epoch, the latest row per key, an interval's net; held against a plain model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/shape.h"
#include "io/io_sim.h"

enum { KEY_COUNT = 4, VALUE_COUNT = 3 };

typedef struct World {
    Memory memory;
    IoSim sim;
    BufferPool *pool;
    PlanColumn columns[2]; /* k, v; k is the key */
    PlanNode root;
    Plan plan;
    Shape shape;
    FlowOutput in;
    int64_t seen[KEY_COUNT][VALUE_COUNT]; /* weights that left since the last look */
    int rows;
    int epochs;
    int ends;
} World;

static const uint32_t KEY[] = {0};

static Status see_batch(void *context, const Batch *batch, Error *err) {
    World *world = context;
    for (uint32_t row = 0; row < batch->row_count; row++) {
        assert_int_not_equal(batch_weight(batch, row), 0);
        world->seen[array_i64(&batch->columns[0])[row]][array_i64(&batch->columns[1])[row]] +=
            batch_weight(batch, row);
        world->rows++;
    }
    return STATUS_OK;
}

static Status see_epoch(void *context, int64_t watermark, Error *err) {
    ((World *)context)->epochs++;
    return STATUS_OK;
}

static Status see_end(void *context, Error *err) {
    ((World *)context)->ends++;
    return STATUS_OK;
}

static void world_init(World *world, EmitMode emit, int64_t every_us) {
    Error err;
    *world = (World){0};
    memory_init(&world->memory, 0);
    assert_true(io_sim_init(&world->sim, &world->memory, 1));
    world->pool = buffer_pool_create(&world->memory);
    for (int i = 0; i < 2; i++)
        world->columns[i] = (PlanColumn){.name = STR("c"), .type = type_of(TYPE_BIGINT), .not_null = true};
    world->root = (PlanNode){.kind = PLAN_PROJECT,
                             .change = CHANGE_WEIGHTED,
                             .columns = world->columns,
                             .column_count = 2,
                             .key = KEY,
                             .key_count = 1};
    world->plan = (Plan){.root = &world->root, .emit = emit, .every = every_us, .weights = true};
    OpContext context = {.io = &world->sim.io, .memory = &world->memory, .pool = world->pool};
    FlowOutput target = {.context = world, .batch = see_batch, .epoch_end = see_epoch, .end = see_end};
    assert_int_equal(shape_init(&world->shape, &world->plan, &target, &context, &err), STATUS_OK);
    world->in = shape_output(&world->shape);
}

static void world_deinit(World *world) {
    shape_deinit(&world->shape);
    buffer_pool_destroy(world->pool);
    io_sim_deinit(&world->sim);
    memory_deinit(&world->memory);
}

static void give(World *world, int64_t k, int64_t v, int64_t weight) {
    Error err;
    Array columns[] = {{.type = type_of(TYPE_BIGINT), .length = 1, .values = &k},
                       {.type = type_of(TYPE_BIGINT), .length = 1, .values = &v}};
    Batch batch = {.row_count = 1, .column_count = 2, .columns = columns, .meta = {[META_WEIGHT] = &weight}};
    assert_int_equal(world->in.batch(world->in.context, &batch, &err), STATUS_OK);
}

static void end_epoch(World *world) {
    Error err;
    assert_int_equal(world->in.epoch_end(world->in.context, 0, &err), STATUS_OK);
}

static int left(World *world) {
    int rows = world->rows;
    world->rows = 0;
    return rows;
}

static void what_comes_and_goes_is_not_seen(void **state) {
    World world;
    world_init(&world, EMIT_CHANGES, 0);
    give(&world, 1, 1, 1);
    give(&world, 1, 1, -1);
    give(&world, 2, 0, 1);
    give(&world, 2, 0, 1);
    assert_int_equal(world.rows, 0); /* not before the epoch's end */
    end_epoch(&world);
    assert_int_equal(left(&world), 1);
    assert_int_equal(world.seen[2][0], 2);
    end_epoch(&world);
    assert_int_equal(left(&world), 0);
    give(&world, 2, 0, -2); /* what left before may be taken back */
    end_epoch(&world);
    assert_int_equal(world.seen[2][0], 0);
    assert_int_equal(world.epochs, 3);
    world_deinit(&world);
}

static void a_withdrawal_leaves_only_when_the_key_is_gone(void **state) {
    World world;
    world_init(&world, EMIT_ON_UPDATE, 0);
    give(&world, 1, 0, 1);
    end_epoch(&world);
    assert_int_equal(left(&world), 1);
    give(&world, 1, 0, -1);
    give(&world, 1, 2, 1);
    give(&world, 3, 1, 1);
    end_epoch(&world);
    assert_int_equal(left(&world), 2);
    assert_int_equal(world.seen[1][0], 1);
    assert_int_equal(world.seen[1][2], 1);
    give(&world, 1, 2, -1);
    end_epoch(&world);
    assert_int_equal(left(&world), 1);
    assert_int_equal(world.seen[1][2], 0);
    world_deinit(&world);
}

/* Random changes of a keyed relation: a reader who replaces rows by key holds what there is. */
static void on_update_tells_the_truth(void **state) {
    World world;
    uint64_t random = 11;
    int64_t now[KEY_COUNT], told[KEY_COUNT];
    world_init(&world, EMIT_ON_UPDATE, 0);
    for (int k = 0; k < KEY_COUNT; k++) now[k] = told[k] = -1;
    for (int epoch = 0; epoch < 2000; epoch++) {
        for (int change = 0; change < 3; change++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            int64_t k = (int64_t)(random >> 40) % KEY_COUNT,
                    v = (int64_t)(random >> 50) % (VALUE_COUNT + 1) - 1;
            if (now[k] >= 0) give(&world, k, now[k], -1);
            if (v >= 0) give(&world, k, v, 1);
            now[k] = v;
        }
        memset(world.seen, 0, sizeof(world.seen));
        end_epoch(&world);
        for (int k = 0; k < KEY_COUNT; k++)
            for (int v = 0; v < VALUE_COUNT; v++) {
                if (world.seen[k][v] > 0) assert_int_equal(now[k], v);
                if (world.seen[k][v] < 0) assert_int_equal(now[k], -1);
                if (world.seen[k][v] != 0) told[k] = world.seen[k][v] > 0 ? v : -1;
            }
        for (int k = 0; k < KEY_COUNT; k++) assert_int_equal(told[k], now[k]);
    }
    world_deinit(&world);
}

static void every_adds_epochs_up(void **state) {
    World world;
    Error err;
    bool did;
    world_init(&world, EMIT_EVERY, 10000000);
    give(&world, 0, 0, 1);
    end_epoch(&world);
    give(&world, 0, 0, -1);
    give(&world, 0, 1, 1);
    end_epoch(&world);
    assert_int_equal(left(&world), 0);
    assert_int_equal(shape_due(&world.shape), world.shape.next_ns);
    io_sim_advance(&world.sim, 9999999);
    assert_int_equal(shape_tick(&world.shape, world.sim.clock_monotonic_ns, &did, &err), STATUS_OK);
    assert_false(did);
    io_sim_advance(&world.sim, 1);
    assert_int_equal(shape_tick(&world.shape, world.sim.clock_monotonic_ns, &did, &err), STATUS_OK);
    assert_true(did);
    assert_int_equal(left(&world), 1);
    assert_int_equal(world.seen[0][1], 1);
    assert_int_equal(shape_due(&world.shape), INT64_MAX); /* nothing is held back */
    io_sim_advance(&world.sim, 100000000);
    assert_int_equal(shape_tick(&world.shape, world.sim.clock_monotonic_ns, &did, &err), STATUS_OK);
    assert_false(did); /* its time has come, but there is nothing: a caller who goes on while something is done ends */
    give(&world, 3, 2, 1);
    end_epoch(&world);
    assert_int_equal(world.in.end(world.in.context, &err), STATUS_OK); /* the end does not wait */
    assert_int_equal(left(&world), 1);
    assert_int_equal(world.ends, 1);
    world_deinit(&world);
}

/* An interval whose nanoseconds no int64 holds is one that does not end, not none. */
static void every_of_a_thousand_years(void **state) {
    World world;
    Error err;
    world_init(&world, EMIT_EVERY, INT64_C(365250) * 86400 * 1000000);
    give(&world, 0, 0, 1);
    end_epoch(&world);
    assert_int_equal(left(&world), 0);
    assert_true(shape_due(&world.shape) > world.sim.clock_monotonic_ns);
    assert_int_equal(world.in.end(world.in.context, &err), STATUS_OK);
    assert_int_equal(left(&world), 1);
    world_deinit(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_and_goes_is_not_seen),
        cmocka_unit_test(a_withdrawal_leaves_only_when_the_key_is_gone),
        cmocka_unit_test(on_update_tells_the_truth),
        cmocka_unit_test(every_adds_epochs_up),
        cmocka_unit_test(every_of_a_thousand_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
