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
