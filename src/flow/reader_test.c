/* SPDX-License-Identifier: Apache-2.0
 * flow/reader_test.c - one source read batch by batch over the simulated world: rows, ends, dead letters told once, stops. */
#include <errno.h>

#include "flow/flow_kit.h"

typedef struct World {
    FlowKit kit;
    Relation *relation;
    Frame frame;
    Option options[2];
    Schema schema;
    Field fields[2];
    SourceConfig config;
    ReaderEvents events;
    Reported reported;
    Reader reader;
    Text letters; /* "record reason" each, then a line feed */
} World;

static Status note_letter(void *context, const Relation *relation, Str partition, const DeadLetter *letter, Error *err) {
    World *world = context;
    assert_ptr_equal(relation, world->relation);
    text_append_format(&world->letters, "%.*s:%lld %s\n", STR_ARGS(partition), (long long)letter->record,
                       letter->status == STATUS_FUTURE_TIME ? "future" : "bad");
    return STATUS_OK;
}

static void note_warning(void *context, const Relation *relation, Str message) {
    World *world = context;
    text_append_format(&world->letters, "warning %.*s\n", STR_ARGS(message));
}

static void assert_letters(const World *world, const char *expected) {
    assert_int_equal(world->letters.size, strlen(expected));
    assert_memory_equal(world->letters.data, expected, world->letters.size);
}

static void world_init(World *world, const char *path) {
    Error err;
    *world = (World){0};
    flow_kit_init(&world->kit);
    assert_int_equal(frame_init(&world->frame, world->kit.pool, &err), STATUS_OK);
    world->relation = flow_kit_relation(&world->kit, RELATION_SOURCE);
    text_init(&world->letters, &world->kit.memory);
    reported_init(&world->reported, &world->kit.memory);
    world->options[0] = (Option){STR("path"), str_from_c(path), 0};
    world->options[1] = (Option){STR("format"), STR("csv"), 0};
    for (uint32_t i = 0; i < 2; i++) world->fields[i] = (Field){world->relation->columns[i].name, type_of(TYPE_BIGINT), false};
    world->schema = (Schema){world->fields, 2};
    world->config = (SourceConfig){.options = {world->options, 2},
                                   .schema = &world->schema,
                                   .io = &world->kit.sim.io,
                                   .pool = world->kit.pool,
                                   .memory = &world->kit.memory};
    assert_int_equal(connector_find(STR("file"), CONNECTOR_SOURCE, -1, &world->config.connector, &err), STATUS_OK);
    world->events = (ReaderEvents){.context = world, .dead_letter = note_letter, .warning = note_warning};
    reader_init(&world->reader, world->relation, &world->config, &world->events, &world->reported);
}

static void world_deinit(World *world) {
    reader_deinit(&world->reader);
    reported_deinit(&world->reported);
    text_deinit(&world->letters);
    frame_deinit(&world->frame);
    flow_kit_deinit(&world->kit);
}

static ReaderBatch read_some(World *world, uint32_t most) {
    Error err;
    ReaderBatch read;
    frame_reset(&world->frame);
    Status status = reader_read(&world->reader, &world->frame, most, 0, &read, &err);
    if (status != STATUS_OK) fail_msg("%s", err.message);
    return read;
}

/* Reads to the end, or to the failure, at most `most` rows a time; the rows that came, as the sum of their k. */
static int64_t read_all(World *world, uint32_t most, uint32_t *row_count) {
    int64_t sum = 0;
    *row_count = 0;
    while (!world->reader.is_ended && world->reader.failure.status == STATUS_OK) {
        ReaderBatch read = read_some(world, most);
        assert_true(read.batch.row_count <= most);
        for (uint32_t i = 0; i < read.batch.row_count; i++) sum += array_i64(&read.batch.columns[0])[i];
        *row_count += read.batch.row_count;
    }
    return sum;
}

/* A file is opened by the first read: one that is not there yet is no error before, and none for the reader after. */
static void test_opens_at_the_first_read(void **state) {
    World world;
    Error err;
    ReaderBatch read;
    uint32_t rows;
    world_init(&world, "in.csv");
    assert_true(world.reader.is_bounded && !world.reader.is_once && !world.reader.is_started);
    assert_int_equal(reader_partition_count(&world.reader), 0);
    assert_int_equal(reader_read(&world.reader, &world.frame, 10, 0, &read, &err), STATUS_FILE_NOT_FOUND);
    assert_true(io_sim_put(&world.kit.sim, STR("in.csv"), STR("k,v\n1,10\n2,20\n3,30\n")));
    assert_int_equal(read_all(&world, 2, &rows), 6);
    assert_int_equal(rows, 3);
    assert_true(world.reader.is_started);
    assert_int_equal(reader_partition_count(&world.reader), 1);
    world_deinit(&world);
}

/* Files are partitions one after the other, each with its end. */
static void test_partitions(void **state) {
    World world;
    uint32_t ends = 0;
    world_init(&world, "part*.csv");
    assert_true(io_sim_put(&world.kit.sim, STR("part2.csv"), STR("k,v\n5,50\n")));
    assert_true(io_sim_put(&world.kit.sim, STR("part1.csv"), STR("k,v\n1,10\n2,20\n")));
    while (!world.reader.is_ended) {
        ReaderBatch read = read_some(&world, 1);
        if (read.batch.row_count > 0) assert_int_equal(read.partition, array_i64(&read.batch.columns[0])[0] == 5);
        ends += read.partition_ended;
        assert_false(read.is_waiting);
    }
    assert_int_equal(ends, 2);
    assert_int_equal(reader_partition_count(&world.reader), 2);
    world_deinit(&world);
}

/* Records (the header is the first) that cannot be used are told once, however often and by whomever the source is read. */
static void test_letters_are_told_once(void **state) {
    World world;
    uint32_t rows;
    world_init(&world, "in.csv");
    assert_true(io_sim_put(&world.kit.sim, STR("in.csv"), STR("k,v\n1,10\nx,20\n3,30\n4,y\n")));
    assert_int_equal(read_all(&world, 1, &rows), 4);
    assert_letters(&world, "in.csv:3 bad\nin.csv:5 bad\n");
    for (int again = 0; again < 2; again++) {
        reader_deinit(&world.reader);
        reader_init(&world.reader, world.relation, &world.config, &world.events, again == 0 ? &world.reported : NULL);
        assert_int_equal(read_all(&world, 10, &rows), 4);
        assert_letters(&world, "in.csv:3 bad\nin.csv:5 bad\n");
    }
    world_deinit(&world);
}

/* A reader that stops gives the rows before the first bad record, the same for every size of reads, and says where it was. */
static void test_stops_at_the_first_bad_record(void **state) {
    for (uint32_t most = 1; most < 6; most++) {
        World world;
        uint32_t rows;
        world_init(&world, "in.csv");
        world.reader.stops = true;
        assert_true(io_sim_put(&world.kit.sim, STR("in.csv"), STR("k,v\n1,10\n2,20\nx,30\n4,40\ny,50\n")));
        assert_int_equal(read_all(&world, most, &rows), 3);
        assert_int_equal(rows, 2);
        assert_false(world.reader.is_ended);
        assert_int_equal(world.reader.failure.status, STATUS_BAD_RECORD);
        assert_non_null(strstr(world.reader.failure.message, "source \"t\" stopped at record 4, byte 14 of in.csv: "));
        assert_int_equal(world.letters.size, 0); /* it is no dead letter */
        world_deinit(&world);
    }
}

/* Rows beyond clock + max_future are taken out; those without a time, and those taken back, are not asked. */
static void test_future_rows(void **state) {
    World world;
    Error err, failure = {0};
    FlowKitRows rows;
    world_init(&world, "in.csv");
    world.relation->time_column = 1;
    const Batch *given = flow_kit_rows(&rows, 5, 1, 1); /* times 10, 20, 30, 40, 50 */
    rows.v[1] = 99;
    Batch batch = *given;
    assert_int_equal(reader_drop_future(world.relation, 40, &world.events, &world.frame, 10, STR("p"), NULL, &batch, &err), STATUS_OK);
    assert_int_equal(batch.row_count, 4); /* 50 is not beyond 10 + 40 */
    assert_letters(&world, "p:-1 future\n");
    batch = *given;
    assert_int_equal(reader_drop_future(world.relation, 0, &world.events, &world.frame, 10, STR("p"), NULL, &batch, &err), STATUS_OK);
    assert_int_equal(batch.row_count, 5); /* off */
    assert_int_equal(reader_drop_future(world.relation, 40, &world.events, &world.frame, 10, STR("p"), &failure, &batch, &err), STATUS_OK);
    assert_int_equal(batch.row_count, 1);
    assert_int_equal(failure.status, STATUS_FUTURE_TIME);
    for (int i = 0; i < 5; i++) rows.weights[i] = i == 1 ? -1 : 1;
    batch = *given;
    batch.meta[META_WEIGHT] = rows.weights;
    assert_int_equal(reader_drop_future(world.relation, 40, &world.events, &world.frame, 10, STR("p"), NULL, &batch, &err), STATUS_OK);
    assert_int_equal(batch.row_count, 5);
    world_deinit(&world);
}

/* A pipe that has nothing says what to wait for; a read that fails is an error of that call. */
static void test_pipe_and_failures(void **state) {
    World world;
    Error err;
    ReaderBatch read;
    uint32_t rows;
    world_init(&world, "pipe");
    assert_true(io_sim_pipe(&world.kit.sim, STR("pipe")));
    assert_true(io_sim_append(&world.kit.sim, STR("pipe"), STR("k,v\n1,10\n2,")));
    read = read_some(&world, 10);
    if (read.batch.row_count == 0) read = read_some(&world, 10);
    assert_int_equal(read.batch.row_count, 1);
    while (!read.is_waiting) read = read_some(&world, 10);
    assert_non_null(world.reader.wait_file);
    assert_true(io_sim_append(&world.kit.sim, STR("pipe"), STR("20\n")));
    io_sim_fail(&world.kit.sim, IO_SIM_READ, 1, EIO);
    frame_reset(&world.frame);
    assert_int_equal(reader_read(&world.reader, &world.frame, 10, 0, &read, &err), STATUS_IO);
    io_sim_end(&world.kit.sim, STR("pipe"));
    assert_int_equal(read_all(&world, 10, &rows), 2); /* nothing was lost */
    assert_true(world.reader.is_ended);
    world_deinit(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_at_the_first_read),
        cmocka_unit_test(test_partitions),
        cmocka_unit_test(test_letters_are_told_once),
        cmocka_unit_test(test_stops_at_the_first_bad_record),
        cmocka_unit_test(test_future_rows),
        cmocka_unit_test(test_pipe_and_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
