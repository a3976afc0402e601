/* SPDX-License-Identifier: Apache-2.0
 * The rules at the top of weir.h, one test each, through the public header alone. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <weir.h>

typedef struct World {
    weir_db *db;
    weir_conn *conn;
} World;

static void world_open(World *world) {
    assert_int_equal(weir_open(":memory:", NULL, &world->db, NULL), WEIR_OK);
    assert_int_equal(weir_connect(world->db, &world->conn, NULL), WEIR_OK);
    assert_int_equal(
        weir_exec(world->conn, "CREATE TABLE t (a BIGINT NOT NULL); INSERT INTO t VALUES (1), (2), (3)", -1,
                  NULL),
        WEIR_OK);
}

static void world_close(World *world) {
    weir_disconnect(world->conn);
    assert_int_equal(weir_close(world->db, NULL), WEIR_OK);
}

static void query(World *world, const char *sql, struct ArrowArrayStream *stream) {
    weir_stmt *stmt = NULL;
    assert_int_equal(weir_prepare(world->conn, sql, -1, &stmt, NULL, NULL), WEIR_OK);
    assert_int_equal(weir_query(stmt, stream, NULL), WEIR_OK);
    weir_stmt_free(stmt);
}

/* --- 0: arguments */

static void what_is_missing_is_misuse(void **state) {
    (void)state;
    World world;
    weir_error *error = NULL;
    weir_stmt *stmt = NULL;
    weir_writer *writer = NULL;
    weir_sub *sub = NULL;
    weir_batch *batch = NULL;
    struct ArrowSchema schema;
    struct ArrowArray array = {0};
    struct ArrowArrayStream stream;
    int fd;
    world_open(&world);
    assert_int_equal(weir_prepare(world.conn, "SELECT a FROM t", -1, &stmt, NULL, NULL), WEIR_OK);
    assert_int_equal(weir_writer_open(world.conn, "t", &writer, NULL), WEIR_OK);
    assert_int_equal(weir_subscribe(world.conn, "t", NULL, &sub, NULL), WEIR_OK);
    assert_int_equal(weir_exec(NULL, "SELECT 1", -1, &error), WEIR_MISUSE);
    assert_string_equal(weir_error_sqlstate(error), "HV000");
    weir_error_free(error);
    const int statuses[] = {
        weir_open(NULL, NULL, &world.db, NULL),
        weir_open(":memory:", NULL, NULL, NULL),
        weir_connect(NULL, &world.conn, NULL),
        weir_connect(world.db, NULL, NULL),
        weir_step(NULL, 0, NULL),
        weir_get_stats(NULL, NULL),
        weir_get_stats(world.db, NULL),
        weir_exec(NULL, "SELECT 1", -1, NULL),
        weir_exec(world.conn, NULL, -1, NULL),
        weir_prepare(NULL, "SELECT 1", -1, &stmt, NULL, NULL),
        weir_prepare(world.conn, NULL, 0, &stmt, NULL, NULL),
        weir_prepare(world.conn, "SELECT 1", -1, NULL, NULL, NULL),
        weir_stmt_schema(NULL, &schema, NULL),
        weir_stmt_schema(stmt, NULL, NULL),
        weir_query(NULL, &stream, NULL),
        weir_query(stmt, NULL, NULL),
        weir_writer_open(NULL, "t", &writer, NULL),
        weir_writer_open(world.conn, NULL, &writer, NULL),
        weir_writer_open(world.conn, "t", NULL, NULL),
        weir_writer_schema(NULL, &schema, NULL),
        weir_writer_schema(writer, NULL, NULL),
        weir_writer_push(NULL, &array, NULL, 0, NULL),
        weir_writer_push(writer, NULL, NULL, 0, NULL),
        weir_writer_row(NULL, NULL, 0, NULL),
        weir_writer_row(writer, NULL, 1, NULL),
        weir_writer_flush(NULL, NULL, NULL),
        weir_writer_watermark(NULL, 0, NULL),
        weir_subscribe(NULL, "t", NULL, &sub, NULL),
        weir_subscribe(world.conn, NULL, NULL, &sub, NULL),
        weir_subscribe(world.conn, "t", NULL, NULL, NULL),
        weir_sub_schema(NULL, &schema, NULL),
        weir_sub_schema(sub, NULL, NULL),
        weir_sub_next(NULL, 0, &batch, NULL),
        weir_sub_next(sub, 0, NULL, NULL),
        weir_sub_fd(NULL, &fd, NULL),
        weir_sub_fd(sub, NULL, NULL),
    };
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i] != WEIR_MISUSE) fail_msg("call %zu gives %d", i, statuses[i]);
    weir_sub_free(sub);
    weir_writer_free(writer);
    weir_stmt_free(stmt);
    world_close(&world);
}

static void of_nothing_there_is_nothing(void **state) {
    (void)state;
    weir_batch_info info;
    struct ArrowArray array;
    int key;
    assert_int_equal(weir_error_code(NULL), WEIR_OK);
    assert_string_equal(weir_error_sqlstate(NULL), "00000");
    assert_string_equal(weir_error_message(NULL), "");
    assert_string_equal(weir_error_detail(NULL), "");
    assert_string_equal(weir_error_hint(NULL), "");
    assert_int_equal(weir_error_position(NULL), -1);
    assert_int_equal(weir_complete(NULL, -1), 0);
    assert_int_equal(weir_stmt_flags(NULL), 0);
    assert_int_equal(weir_stmt_changes(NULL), 0);
    assert_int_equal(weir_stmt_param_count(NULL), 0);
    assert_int_equal(weir_stmt_key(NULL, &key, 1), 0);
    assert_null(weir_stream_error(NULL));
    assert_int_equal(weir_stream_would_wait(NULL), 0);
    assert_null(weir_batch_view(NULL, &info));
    weir_batch_move(NULL, &array);
    weir_interrupt(NULL);
    weir_sub_cancel(NULL);
    weir_stdin_taken(NULL);
    weir_set_notice(NULL, NULL, NULL);
}

/* --- 1: handles
 * -------------------------------------------------------------------------------------------------- */

static void outputs_are_set_on_success_only(void **state) {
    (void)state;
    World world;
    weir_db *db = (weir_db *)&world;
    weir_stmt *stmt = (weir_stmt *)&world;
    assert_int_equal(weir_open("/no/directory", NULL, &db, NULL), WEIR_NOT_SUPPORTED);
    assert_ptr_equal(db, &world);
    world_open(&world);
    assert_int_equal(weir_prepare(world.conn, "SELECT nothing", -1, &stmt, NULL, NULL), 22);
    assert_ptr_equal(stmt, &world);
    assert_int_equal(weir_prepare(world.conn, " -- nothing\n", -1, &stmt, NULL, NULL), WEIR_OK);
    assert_null(stmt);
    world_close(&world);
}

static void every_free_takes_null(void **state) {
    (void)state;
    assert_int_equal(weir_close(NULL, NULL), WEIR_OK);
    weir_disconnect(NULL);
    weir_stmt_free(NULL);
    weir_writer_free(NULL);
    weir_sub_free(NULL);
    weir_batch_free(NULL);
    weir_error_free(NULL);
    weir_mem_free(NULL);
}

static void children_keep_their_parents(void **state) {
    (void)state;
    World world;
    world_open(&world);
    struct ArrowArrayStream stream;
    query(&world, "SELECT a FROM t ORDER BY a", &stream); /* the statement is freed inside */
    weir_disconnect(world.conn);
    weir_error *error = NULL;
    assert_int_equal(weir_close(world.db, &error), WEIR_BUSY);
    assert_string_equal(weir_error_message(error), "1 connection, statement, writer or subscription of the database is still open");
    weir_error_free(error);
    struct ArrowArray batch;
    assert_int_equal(stream.get_next(&stream, &batch), 0);
    assert_int_equal(batch.length, 3);
    stream.release(&stream);
    assert_int_equal(weir_close(world.db, NULL), WEIR_OK);
    /* 5: what was handed out lives on. */
    assert_int_equal(((const int64_t *)batch.children[0]->buffers[1])[2], 3);
    assert_int_equal((uintptr_t)batch.children[0]->buffers[1] % 64, 0);
    batch.release(&batch);
}

/* --- 2: errors
 * --------------------------------------------------------------------------------------------------- */

static void errors_belong_to_the_caller(void **state) {
    (void)state;
    World world;
    world_open(&world);
    weir_error *error = NULL;
    assert_int_equal(weir_exec(world.conn, "SELECT 1; SELECT b FROM t", -1, &error), 22);
    assert_int_equal(weir_error_code(error), 22);
    assert_string_equal(weir_error_sqlstate(error), "42703");
    assert_int_equal(weir_error_position(error), 17);
    world_close(&world);
    assert_string_equal(weir_error_message(error), "column \"b\" does not exist"); /* outlives the database */
    assert_non_null(weir_error_detail(error));
    assert_non_null(weir_error_hint(error));
    weir_error_free(error);
}

/* --- 3: threads
 * -------------------------------------------------------------------------------------------------- */

typedef struct Intruder {
    World *world;
    int code;
} Intruder;

static void *intrude(void *context) {
    Intruder *intruder = context;
    intruder->code = weir_exec(intruder->world->conn, "SELECT 1", -1, NULL);
    return NULL;
}

static void intrude_from_callback(void *user, const weir_batch *batch) {
    (void)batch;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, intrude, user), 0);
    pthread_join(thread, NULL);
}

static void a_second_thread_gets_busy(void **state) {
    (void)state;
    World world;
    world_open(&world);
    Intruder intruder = {&world, -1};
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.callback = intrude_from_callback;
    options.user = &intruder;
    weir_sub *sub;
    assert_int_equal(weir_subscribe(world.conn, "t", &options, &sub, NULL), WEIR_OK);
    assert_int_equal(intruder.code, WEIR_BUSY);
    weir_sub_free(sub);
    world_close(&world);
}

enum { WATCHED_COUNT = 4 };

typedef struct Worker {
    weir_conn *conn;
    weir_sub *subs[WATCHED_COUNT]; /* with descriptors that each call sets before it is over */
    pthread_barrier_t *start;
} Worker;

static void *free_all(void *context) {
    Worker *worker = context;
    pthread_barrier_wait(worker->start);
    for (int i = 0; i < WATCHED_COUNT; i++) weir_sub_free(worker->subs[i]);
    weir_disconnect(worker->conn);
    return NULL;
}

/* Handles that are freed while another thread is inside have gone when that thread has come out, however late they came. */
static void what_two_threads_free_holds_nobody_back(void **state) {
    (void)state;
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, 2), 0);
    for (int round = 0; round < 300; round++) {
        World world;
        Worker workers[2];
        pthread_t threads[2];
        world_open(&world);
        for (int i = 0; i < 2; i++) {
            workers[i].start = &start;
            assert_int_equal(weir_connect(world.db, &workers[i].conn, NULL), WEIR_OK);
            for (int k = 0; k < WATCHED_COUNT; k++) {
                int fd;
                assert_int_equal(weir_subscribe(workers[i].conn, "t", NULL, &workers[i].subs[k], NULL), WEIR_OK);
                assert_int_equal(weir_sub_fd(workers[i].subs[k], &fd, NULL), WEIR_OK);
            }
        }
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, free_all, &workers[i]), 0);
        for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
        world_close(&world);
    }
    pthread_barrier_destroy(&start);
}

static void *cancel_later(void *context) {
    weir_sub_cancel(context);
    return NULL;
}

static void a_wait_ends_when_cancelled(void **state) {
    (void)state;
    World world;
    world_open(&world);
    assert_int_equal(weir_exec(world.conn, "CREATE SOURCE s (a BIGINT)", -1, NULL), WEIR_OK);
    weir_sub *sub;
    weir_batch *batch;
    assert_int_equal(weir_subscribe(world.conn, "s", NULL, &sub, NULL), WEIR_OK);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, sub), 0);
    assert_int_equal(weir_sub_next(sub, -1, &batch, NULL), WEIR_INTERRUPTED);
    pthread_join(thread, NULL);
    weir_sub_free(sub);
    world_close(&world);
}

/* --- 4: strings
 * -------------------------------------------------------------------------------------------------- */

static void strings_going_in_are_copied(void **state) {
    (void)state;
    World world;
    world_open(&world);
    char sql[] = "SELECT a FROM t WHERE a = 2 and more that is not read";
    weir_stmt *stmt;
    struct ArrowArrayStream stream;
    struct ArrowArray batch;
    assert_int_equal(weir_prepare(world.conn, sql, 27, &stmt, NULL, NULL), WEIR_OK);
    memset(sql, 'x', sizeof(sql));
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    assert_int_equal(stream.get_next(&stream, &batch), 0);
    assert_int_equal(batch.length, 1);
    batch.release(&batch);
    stream.release(&stream);
    weir_stmt_free(stmt);
    world_close(&world);
}

/* --- 5: Arrow
 * ---------------------------------------------------------------------------------------------------- */

typedef struct Pushed {
    struct ArrowArray column;
    struct ArrowArray *children[1];
    const void *buffers[2];
    const void *none[1];
    int64_t values[2];
    int released;
} Pushed;

static void count_release(struct ArrowArray *array) {
    ((Pushed *)array->private_data)->released++;
    array->release = NULL;
}

static void child_release(struct ArrowArray *array) {
    array->release = NULL;
}

static struct ArrowArray pushed_array(Pushed *pushed) {
    *pushed = (Pushed){.values = {7, 8}};
    pushed->buffers[1] = pushed->values;
    pushed->column = (struct ArrowArray){
        .length = 2, .n_buffers = 2, .buffers = pushed->buffers, .release = child_release};
    pushed->children[0] = &pushed->column;
    return (struct ArrowArray){.length = 2,
                               .n_buffers = 1,
                               .n_children = 1,
                               .buffers = pushed->none,
                               .children = pushed->children,
                               .release = count_release,
                               .private_data = pushed};
}

static void a_push_moves_on_success_and_on_error(void **state) {
    (void)state;
    World world;
    Pushed pushed;
    weir_writer *writer;
    world_open(&world);
    assert_int_equal(weir_writer_open(world.conn, "t", &writer, NULL), WEIR_OK);
    struct ArrowArray array = pushed_array(&pushed);
    assert_int_equal(weir_writer_push(writer, &array, NULL, 0, NULL), WEIR_OK);
    assert_null(array.release);
    assert_int_equal(weir_exec(world.conn, "DROP TABLE t", -1, NULL), WEIR_OK);
    array = pushed_array(&pushed);
    assert_int_not_equal(weir_writer_push(writer, &array, NULL, 0, NULL), WEIR_OK);
    assert_null(array.release);
    weir_writer_free(writer);
    world_close(&world);
}

static void busy_leaves_the_array_for_a_retry(void **state) {
    (void)state;
    World world;
    Pushed pushed;
    weir_writer *writer;
    weir_sub *sub;
    weir_batch *batch;
    world_open(&world);
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.queue_batch_max = 1;
    assert_int_equal(weir_subscribe(world.conn, "t", &options, &sub, NULL),
                     WEIR_OK); /* the snapshot fills the queue */
    assert_int_equal(weir_writer_open(world.conn, "t", &writer, NULL), WEIR_OK);
    struct ArrowArray array = pushed_array(&pushed);
    assert_int_equal(weir_writer_push(writer, &array, NULL, 0, NULL), WEIR_BUSY);
    assert_non_null(array.release);
    assert_int_equal(weir_sub_next(sub, 0, &batch, NULL), WEIR_OK);
    weir_batch_free(batch);
    assert_int_equal(weir_writer_push(writer, &array, NULL, 0, NULL), WEIR_OK);
    assert_null(array.release);
    weir_writer_free(writer);
    weir_sub_free(sub);
    world_close(&world);
}

enum { PUSH_COUNT = 500 };

static void *push_all(void *context) {
    Pushed pushed;
    for (int i = 0; i < PUSH_COUNT; i++) {
        struct ArrowArray array = pushed_array(&pushed);
        if (weir_writer_push(context, &array, NULL, -1, NULL) != WEIR_OK) return "a push failed";
    }
    return NULL;
}

/* 7: a push waits for room, a reader for rows, and each for the other to come out. */
static void threads_wait_for_each_other(void **state) {
    (void)state;
    World world;
    weir_writer *writer;
    weir_sub *sub;
    weir_batch *batch;
    pthread_t thread;
    void *failure;
    int64_t row_count = 0;
    world_open(&world);
    assert_int_equal(weir_exec(world.conn, "CREATE SOURCE s (a BIGINT NOT NULL)", -1, NULL), WEIR_OK);
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.queue_batch_max = 1;
    assert_int_equal(weir_subscribe(world.conn, "s", &options, &sub, NULL), WEIR_OK);
    assert_int_equal(weir_writer_open(world.conn, "s", &writer, NULL), WEIR_OK);
    assert_int_equal(pthread_create(&thread, NULL, push_all, writer), 0);
    for (int i = 0; i < PUSH_COUNT; i++) {
        assert_int_equal(weir_sub_next(sub, -1, &batch, NULL), WEIR_OK);
        row_count += weir_batch_view(batch, NULL)->length;
        weir_batch_free(batch);
    }
    pthread_join(thread, &failure);
    assert_null(failure);
    assert_int_equal(row_count, PUSH_COUNT * 2);
    assert_int_equal(weir_sub_next(sub, 1000000, &batch, NULL), WEIR_TIMEOUT);
    /* Nobody makes room: the time is waited for, and no longer. */
    Pushed pushed;
    struct ArrowArray array = pushed_array(&pushed);
    assert_int_equal(weir_writer_push(writer, &array, NULL, 0, NULL), WEIR_OK);
    array = pushed_array(&pushed);
    assert_int_equal(weir_writer_push(writer, &array, NULL, 20000000, NULL), WEIR_BUSY);
    weir_interrupt(world.conn);
    assert_int_equal(weir_writer_push(writer, &array, NULL, -1, NULL), WEIR_INTERRUPTED);
    assert_non_null(array.release);
    array.release(&array);
    weir_writer_free(writer);
    weir_sub_free(sub);
    world_close(&world);
}

static void a_view_borrows_and_a_move_transfers(void **state) {
    (void)state;
    World world;
    weir_sub *sub;
    weir_batch *batch;
    weir_batch_info info;
    struct ArrowArray moved;
    world_open(&world);
    assert_int_equal(weir_subscribe(world.conn, "t", NULL, &sub, NULL), WEIR_OK);
    assert_int_equal(weir_sub_next(sub, 0, &batch, NULL), WEIR_OK);
    assert_int_equal(weir_batch_view(batch, &info)->length, 3);
    assert_true(info.is_snapshot);
    weir_batch_move(batch, &moved);
    weir_batch_free(batch);
    weir_sub_free(sub);
    world_close(&world);
    assert_int_equal(moved.n_children, 2); /* 9: a, and __weight last */
    assert_int_equal(((const int64_t *)moved.children[1]->buffers[1])[0], 1);
    moved.release(&moved);
}

/* --- 6, 7: options and timeouts
 * ------------------------------------------------------------------------------------ */

static void a_struct_of_an_older_header_is_taken(void **state) {
    (void)state;
    World world;
    world_open(&world);
    weir_stats stats = WEIR_STATS_INIT;
    stats.struct_size = offsetof(weir_stats, rows_in);
    stats.rows_in = 77;
    assert_int_equal(weir_get_stats(world.db, &stats), WEIR_OK);
    assert_true(stats.epoch > 0);
    assert_int_equal(stats.rows_in, 77); /* beyond what that header knew */
    world_close(&world);
}

static void options_without_a_size_are_misuse(void **state) {
    (void)state;
    World world;
    weir_db *db = NULL;
    weir_sub *sub = NULL;
    weir_open_options open_options = WEIR_OPEN_OPTIONS_INIT;
    weir_sub_options sub_options = WEIR_SUB_OPTIONS_INIT;
    weir_stats stats = WEIR_STATS_INIT;
    world_open(&world);
    open_options.memory_max = -1;
    assert_int_equal(weir_open(":memory:", &open_options, &db, NULL), WEIR_MISUSE);
    open_options.memory_max = 0, open_options.struct_size = 0;
    assert_int_equal(weir_open(":memory:", &open_options, &db, NULL), WEIR_MISUSE);
    assert_null(db);
    sub_options.struct_size = stats.struct_size = 0;
    assert_int_equal(weir_subscribe(world.conn, "t", &sub_options, &sub, NULL), WEIR_MISUSE);
    assert_int_equal(weir_get_stats(world.db, &stats), WEIR_MISUSE);
    sub_options.struct_size = offsetof(weir_sub_options, callback); /* no option known */
    assert_int_equal(weir_subscribe(world.conn, "t", &sub_options, &sub, NULL), WEIR_OK);
    weir_sub_free(sub);
    world_close(&world);
}

static void a_writer_is_opened_by_a_name_of_sql(void **state) {
    (void)state;
    World world;
    static const struct {
        const char *name;
        int status;
    } names[] = {{"T", WEIR_OK}, {"\"t\"", WEIR_OK}, {"\"T\"", 23}, {" public.t ", WEIR_OK}, {"\"A b\"", WEIR_OK}, {"A b", WEIR_SYNTAX}, {"", WEIR_SYNTAX}, {"t;", WEIR_SYNTAX}};
    world_open(&world);
    assert_int_equal(weir_exec(world.conn, "CREATE TABLE \"A b\" (a BIGINT)", -1, NULL), WEIR_OK);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        weir_writer *writer = NULL;
        int status = weir_writer_open(world.conn, names[i].name, &writer, NULL);
        if (status != names[i].status) fail_msg("%s gives %d", names[i].name, status);
        weir_writer_free(writer);
    }
    world_close(&world);
}

/* There are none yet: the error stands where the first is. */
static void a_parameter_is_pointed_at(void **state) {
    (void)state;
    World world;
    weir_error *error = NULL;
    weir_stmt *stmt = NULL;
    world_open(&world);
    assert_int_equal(weir_prepare(world.conn, "SELECT a FROM t WHERE a = $2", -1, &stmt, NULL, &error), 38); /* $1 is nowhere */
    assert_string_equal(weir_error_sqlstate(error), "42P18");
    weir_error_free(error);
    error = NULL;
    assert_int_equal(weir_prepare(world.conn, "SELECT a FROM t WHERE a = $1 AND $2 IS NULL", -1, &stmt, NULL, &error), 38);
    assert_int_equal(weir_error_position(error), 33);
    weir_error_free(error);
    world_close(&world);
}

static void a_timeout_ends_a_wait(void **state) {
    (void)state;
    World world;
    weir_sub *sub;
    weir_batch *batch;
    world_open(&world);
    assert_int_equal(weir_exec(world.conn, "CREATE SOURCE s (a BIGINT)", -1, NULL), WEIR_OK);
    assert_int_equal(weir_subscribe(world.conn, "s", NULL, &sub, NULL), WEIR_OK);
    assert_int_equal(weir_sub_next(sub, 0, &batch, NULL), WEIR_TIMEOUT);
    assert_int_equal(weir_sub_next(sub, 1000000, &batch, NULL), WEIR_TIMEOUT);
    weir_sub_free(sub);
    world_close(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_is_misuse),
        cmocka_unit_test(of_nothing_there_is_nothing),
        cmocka_unit_test(options_without_a_size_are_misuse),
        cmocka_unit_test(a_writer_is_opened_by_a_name_of_sql),
        cmocka_unit_test(a_parameter_is_pointed_at),
        cmocka_unit_test(outputs_are_set_on_success_only),
        cmocka_unit_test(every_free_takes_null),
        cmocka_unit_test(children_keep_their_parents),
        cmocka_unit_test(errors_belong_to_the_caller),
        cmocka_unit_test(a_second_thread_gets_busy),
        cmocka_unit_test(what_two_threads_free_holds_nobody_back),
        cmocka_unit_test(a_wait_ends_when_cancelled),
        cmocka_unit_test(strings_going_in_are_copied),
        cmocka_unit_test(a_push_moves_on_success_and_on_error),
        cmocka_unit_test(busy_leaves_the_array_for_a_retry),
        cmocka_unit_test(threads_wait_for_each_other),
        cmocka_unit_test(a_view_borrows_and_a_move_transfers),
        cmocka_unit_test(a_struct_of_an_older_header_is_taken),
        cmocka_unit_test(a_timeout_ends_a_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
