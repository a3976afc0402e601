/* SPDX-License-Identifier: Apache-2.0
 * Partitions and watermarks: bounds are running maxima, nothing goes back, what has not been read holds back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/input.h"
#include "io/io_sim.h"

enum { SECOND = 1000000 };

typedef struct World {
    Memory memory;
    BufferPool *pool;
    Graph *graph;
    Frame frame;
    PlanColumn column;
    Relation relation;
    Input input;
    Batch timed; /* of the last push */
    Array times;
} World;

static void world_init(World *world, int64_t delay) {
    Error err;
    *world = (World){0};
    memory_init(&world->memory, 0);
    world->pool = buffer_pool_create(&world->memory);
    OpContext context = {.memory = &world->memory, .pool = world->pool};
    world->graph = memory_alloc_zeroed(&world->memory, sizeof(Graph));
    graph_init(world->graph, &context);
    assert_int_equal(frame_init(&world->frame, world->pool, &err), STATUS_OK);
    world->column = (PlanColumn){.name = STR("ts"), .type = type_of(TYPE_TIMESTAMP)};
    world->relation = (Relation){
        .kind = RELATION_SOURCE, .columns = &world->column, .column_count = 1, .watermark_delay = delay};
    input_init(&world->input, world->graph, &world->relation);
}

static void world_deinit(World *world) {
    input_deinit(&world->input);
    frame_deinit(&world->frame);
    graph_deinit(world->graph);
    memory_free(&world->memory, world->graph, sizeof(Graph));
    buffer_pool_destroy(world->pool);
    memory_deinit(&world->memory);
}

static void push(World *world, uint32_t partition, const int64_t *times, uint32_t count, int64_t now_ns) {
    Error err;
    world->times = (Array){.type = type_of(TYPE_TIMESTAMP), .length = count, .values = times};
    Batch batch = {.row_count = count, .column_count = 1, .columns = &world->times};
    assert_int_equal(input_note(&world->input, &world->frame, &batch, partition, now_ns, &world->timed, &err),
                     STATUS_OK);
}

static int64_t settled(World *world) {
    input_epoch_end(&world->input);
    return world->input.watermark;
}

static void bounds_are_running_maxima(void **state) {
    World world;
    world_init(&world, 2);
    const int64_t rising[] = {1, 2, 3, 9}, mixed[] = {10, 20, 15, 18, 17, 25};
    push(&world, 0, rising, 4, 0);
    assert_null(world.timed.meta[META_BOUND]); /* none of them can be late */
    assert_int_equal(world.input.watermark, WATERMARK_MIN);
    assert_int_equal(settled(&world), 7);
    push(&world, 0, mixed, 6, 0);
    const int64_t bounds[] = {7, 8, 18, 18, 18, 18};
    assert_non_null(world.timed.meta[META_BOUND]);
    assert_memory_equal(world.timed.meta[META_BOUND], bounds, sizeof(bounds));
    assert_int_equal(settled(&world), 23);
    const int64_t old[] = {3};
    push(&world, 0, old, 1, 0);
    assert_int_equal(world.timed.meta[META_BOUND][0], 23);
    assert_int_equal(settled(&world), 23);
    assert_int_equal(world.input.event_time_max, 25);
    world_deinit(&world);
}

/* The same rows in one batch or in many have the same bounds. */
static void bounds_do_not_depend_on_batches(void **state) {
    int64_t times[200];
    uint64_t random = 3;
    for (int i = 0; i < 200; i++) {
        random = random * UINT64_C(6364136223846793005) + 1;
        times[i] = i * 3 - (int64_t)(random >> 59);
    }
    World whole;
    world_init(&whole, 5);
    push(&whole, 0, times, 200, 0);
    const int64_t *expected = whole.timed.meta[META_BOUND];
    for (uint32_t size = 1; size < 20; size++) {
        World parts;
        world_init(&parts, 5);
        for (uint32_t at = 0; at < 200; at += size) {
            uint32_t count = 200 - at < size ? 200 - at : size;
            push(&parts, 0, times + at, count, 0);
            const int64_t *bounds = parts.timed.meta[META_BOUND];
            for (uint32_t i = 0; i < count; i++) {
                bool behind = times[at + i] < expected[at + i];
                if (behind) assert_non_null(bounds);
                if (bounds != NULL) assert_int_equal(bounds[i], expected[at + i]);
            }
        }
        world_deinit(&parts);
    }
    world_deinit(&whole);
}

static void the_least_partition_rules(void **state) {
    World world;
    world_init(&world, 0);
    const int64_t five[] = {5}, nine[] = {9}, seven[] = {7};
    Error err;
    push(&world, 0, five, 1, 0);
    push(&world, 1, nine, 1, 0);
    assert_int_equal(settled(&world), 5);
    assert_int_equal(input_partition_end(&world.input, 0, &err), STATUS_OK);
    assert_int_equal(settled(&world), 9);
    push(&world, 2, seven, 1, 0); /* a new one, behind the others: judged by what the input has promised */
    assert_int_equal(world.timed.meta[META_BOUND][0], 9);
    assert_int_equal(settled(&world), 9);
    assert_int_equal(input_promise(&world.input, 1, 100, 0, &err), STATUS_OK);
    assert_int_equal(input_promise(&world.input, 2, 50, 0, &err), STATUS_OK);
    assert_int_equal(settled(&world), 50);
    assert_int_equal(input_promise(&world.input, 2, 20, 0, &err), STATUS_OK); /* never back */
    assert_int_equal(settled(&world), 50);
    assert_int_equal(input_partition_end(&world.input, 1, &err), STATUS_OK);
    assert_int_equal(input_partition_end(&world.input, 2, &err), STATUS_OK);
    assert_int_equal(settled(&world), 50); /* nobody is left to say more */
    input_end(&world.input);
    assert_int_equal(settled(&world), WATERMARK_MAX);
    world_deinit(&world);
}

static void partitions_not_read_yet_hold_back(void **state) {
    World world;
    world_init(&world, 0);
    const int64_t five[] = {5}, nine[] = {9};
    world.input.partition_count_known = 3;
    push(&world, 2, five, 1, 0);
    assert_int_equal(settled(&world), WATERMARK_MIN);
    push(&world, 0, nine, 1, 0);
    assert_int_equal(settled(&world), WATERMARK_MIN); /* 1 is still to come */
    push(&world, 1, nine, 1, 0);
    assert_int_equal(settled(&world), 5);
    world_deinit(&world);
}

/* A number that was closed is given again, and what is new there has shown nothing. */
static void closed_partitions_are_opened_again(void **state) {
    World world;
    Error err;
    uint32_t a, b, c, d;
    const int64_t early[] = {10}, late[] = {50};
    world_init(&world, 0);
    assert_int_equal(input_partition_open(&world.input, &a, &err), STATUS_OK);
    assert_int_equal(input_partition_open(&world.input, &b, &err), STATUS_OK);
    assert_true(a == 1 && b == 2);
    push(&world, a, late, 1, 0);
    push(&world, b, early, 1, 0);
    assert_int_equal(settled(&world), 10);
    input_partition_close(&world.input, a);
    assert_int_equal(settled(&world), 10);
    assert_int_equal(input_partition_open(&world.input, &c, &err), STATUS_OK);
    assert_int_equal(input_partition_open(&world.input, &d, &err), STATUS_OK);
    assert_true(c == 1 && d == 3);
    assert_false(input_has_partition(&world.input, c));
    const int64_t mixed[] = {20, 15};
    push(&world, c, mixed, 2, 0); /* not behind 50 */
    assert_int_equal(world.timed.meta[META_BOUND][0], 10);
    assert_int_equal(world.timed.meta[META_BOUND][1], 20);
    input_partition_close(&world.input, b);
    assert_int_equal(settled(&world), 20);
    input_partition_close(&world.input, c);
    assert_int_equal(settled(&world), 20); /* nobody is there: it stays */
    input_partition_close(&world.input, d);
    assert_int_equal(world.input.partitions.count, 4);
    world_deinit(&world);
}

static void idle_partitions_hold_nothing_back(void **state) {
    World world;
    world_init(&world, 0);
    const int64_t five[] = {5}, nine[] = {9}, six[] = {6};
    int64_t second_ns = INT64_C(1000000000);
    world.input.idle_timeout_us = 10 * SECOND;
    push(&world, 0, five, 1, 0);
    push(&world, 1, nine, 1, 8 * second_ns);
    assert_int_equal(settled(&world), 5);
    assert_int_equal(input_idle_due(&world.input), 10 * second_ns + 1);
    assert_false(input_check_idle(&world.input, 10 * second_ns));
    assert_true(input_check_idle(&world.input, 10 * second_ns + 1));
    assert_int_equal(settled(&world), 9);
    assert_int_equal(input_idle_due(&world.input), INT64_MAX); /* the last one moves nothing */
    push(&world, 0, six, 1, 20 * second_ns);                   /* back, and behind */
    assert_int_equal(world.timed.meta[META_BOUND][0], 9);
    assert_int_equal(settled(&world), 9);
    assert_int_equal(input_silence_due(&world.input), 30 * second_ns + 1);
    assert_true(input_check_idle(&world.input, 60 * second_ns));
    assert_int_equal(settled(&world), 9); /* all silent: nothing says how far time has come */
    assert_true(world.input.is_idle);
    assert_int_equal(input_silence_due(&world.input), INT64_MAX);
    push(&world, 0, six, 1, 70 * second_ns);
    assert_false(world.input.is_idle);
    world_deinit(&world);
}

static void null_times_move_nothing(void **state) {
    World world;
    Error err;
    world_init(&world, 1);
    const int64_t times[] = {0, 8, 0};
    uint64_t validity[] = {2};
    world.times =
        (Array){.type = type_of(TYPE_TIMESTAMP), .length = 3, .values = times, .validity = validity};
    Batch batch = {.row_count = 3, .column_count = 1, .columns = &world.times};
    assert_int_equal(input_note(&world.input, &world.frame, &batch, 0, 0, &world.timed, &err), STATUS_OK);
    assert_int_equal(settled(&world), 7);
    validity[0] = 0;
    assert_int_equal(input_note(&world.input, &world.frame, &batch, 0, 0, &world.timed, &err), STATUS_OK);
    assert_int_equal(settled(&world), 7);
    const int64_t least[] = {INT64_MIN + 1};
    push(&world, 1, least, 1, 0);
    assert_int_equal(settled(&world), 7);
    world_deinit(&world);
}

/* A timeout whose nanoseconds no int64 holds: silence that never lasts long enough. */
static void idle_timeout_of_a_thousand_years(void **state) {
    World world;
    world_init(&world, 0);
    const int64_t five[] = {5}, nine[] = {9};
    world.input.idle_timeout_us = INT64_C(365250) * 86400 * SECOND;
    push(&world, 0, five, 1, 0);
    push(&world, 1, nine, 1, 8);
    assert_false(input_check_idle(&world.input, INT64_C(1000000000) * 86400));
    assert_true(input_idle_due(&world.input) > INT64_C(1000000000) * 86400);
    assert_int_equal(settled(&world), 5);
    world_deinit(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_running_maxima),
        cmocka_unit_test(bounds_do_not_depend_on_batches),
        cmocka_unit_test(the_least_partition_rules),
        cmocka_unit_test(partitions_not_read_yet_hold_back),
        cmocka_unit_test(closed_partitions_are_opened_again),
        cmocka_unit_test(idle_partitions_hold_nothing_back),
        cmocka_unit_test(idle_timeout_of_a_thousand_years),
        cmocka_unit_test(null_times_move_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
