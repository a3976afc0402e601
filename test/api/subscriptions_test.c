/* SPDX-License-Identifier: Apache-2.0
 * What leaves: net changes, ON UPDATE, EVERY, queries made late, callbacks that do what they may not. */
#include <fcntl.h>
#include <poll.h>

#include "session.h"

static void an_epoch_shows_its_net_change(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE TABLE t (id INT PRIMARY KEY, k TEXT, n INT);"
                 "CREATE MATERIALIZED VIEW sums AS SELECT k, sum(n) AS n FROM t GROUP BY k;"
                 "CREATE MATERIALIZED VIEW big AS SELECT k FROM sums WHERE n > 10;"
                 "INSERT INTO t VALUES (1, 'a', 5), (2, 'a', 7), (3, 'b', 1)");
    weir_sub *sums = session_subscribe(&s, "sums", 0), *big = session_subscribe(&s, "big", 0);
    assert_string_equal(session_changes(&s, sums), "a|12|1\nb|1|1\n");
    assert_string_equal(session_changes(&s, big), "a|1\n");
    session_exec(&s, "UPDATE t SET n = n + 1 WHERE id = 1");
    assert_string_equal(session_changes(&s, big), ""); /* is in it before and after */
    assert_string_equal(session_changes(&s, sums), "a|12|-1\na|13|1\n");
    session_exec(&s, "UPDATE t SET n = 13 - n WHERE id < 3"); /* 6, 7 -> 7, 6: the sum stays */
    assert_string_equal(session_changes(&s, sums), "");
    session_exec(&s, "DELETE FROM t WHERE k = 'a'");
    assert_string_equal(session_changes(&s, sums), "a|13|-1\n");
    assert_string_equal(session_changes(&s, big), "a|-1\n");
    weir_sub_free(sums);
    weir_sub_free(big);
    session_close(&s);
}

static void on_update_gives_the_latest_row_per_key(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (id INT PRIMARY KEY, k TEXT); INSERT INTO t VALUES (1, 'a')");
    weir_sub *sub = session_subscribe(&s, "SELECT k, count(*) AS n FROM t GROUP BY k EMIT ON UPDATE", 0);
    assert_string_equal(session_changes(&s, sub), "a|1|1\n");
    session_exec(&s, "INSERT INTO t VALUES (2, 'a'), (3, 'b')");
    assert_string_equal(session_changes(&s, sub), "a|2|1\nb|1|1\n");
    session_exec(&s, "DELETE FROM t WHERE id <> 2");
    assert_string_equal(session_changes(&s, sub), "a|1|1\nb|1|-1\n");
    session_exec(&s, "DELETE FROM t");
    assert_string_equal(session_changes(&s, sub), "a|1|-1\n");
    weir_sub_free(sub);
    session_close(&s);
}

/* EMIT shapes what leaves for outside: a view holds one row per key whatever it says. */
static void a_view_is_not_shaped(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(
        &s,
        "CREATE TABLE t (k TEXT); CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS n FROM t GROUP BY k "
        "EMIT ON UPDATE;"
        "CREATE MATERIALIZED VIEW slow AS SELECT count(*) AS n FROM t EMIT EVERY INTERVAL '1' HOUR;"
        "INSERT INTO t VALUES ('a'); INSERT INTO t VALUES ('a'), ('b'); DELETE FROM t WHERE k = 'b'");
    assert_string_equal(session_rows(&s, "SELECT * FROM v"), "a|2\n");
    assert_string_equal(session_rows(&s, "SELECT * FROM slow"), "2\n");
    assert_string_equal(session_rows(&s, "SELECT sum(n) FROM v"), "2\n");
    session_close(&s);
}

static void every_waits_for_the_clock(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a INT)");
    weir_sub *sub = session_subscribe(&s, "SELECT count(*) AS n FROM t EMIT EVERY INTERVAL '10' SECOND", 0);
    session_exec(&s, "INSERT INTO t VALUES (1)");
    session_exec(&s, "INSERT INTO t VALUES (2)");
    assert_string_equal(session_changes(&s, sub), "");
    io_sim_advance(&s.sim, 11000000);
    assert_string_equal(session_changes(&s, sub), "2|1\n");
    session_exec(&s, "INSERT INTO t VALUES (3); DELETE FROM t WHERE a = 3");
    io_sim_advance(&s.sim, 11000000);
    assert_string_equal(session_changes(&s, sub), ""); /* nothing is left of it */
    session_exec(&s, "INSERT INTO t VALUES (4)");
    weir_batch *batch = NULL; /* waits until it is due */
    assert_int_equal(weir_sub_next(sub, INT64_C(60000000000), &batch, NULL), WEIR_OK);
    weir_batch_free(batch);
    weir_sub_free(sub);
    session_close(&s);
}

static void waiting_ends_in_time(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE e (a INT)");
    weir_sub *sub = session_subscribe(&s, "e", 0);
    weir_batch *batch = NULL;
    int64_t before = s.sim.clock_monotonic_ns;
    assert_int_equal(weir_sub_next(sub, INT64_C(1000000000), &batch, NULL), WEIR_TIMEOUT);
    assert_true(s.sim.clock_monotonic_ns - before >= INT64_C(1000000000));
    assert_true(s.sim.call_counts[IO_SIM_POLL] < 2000); /* it slept */
    weir_sub_cancel(sub);
    assert_int_equal(weir_sub_next(sub, -1, &batch, NULL), WEIR_INTERRUPTED);
    before = s.sim.clock_monotonic_ns;
    assert_int_equal(weir_step(s.db, INT64_C(1000000000), NULL), WEIR_DONE); /* at once */
    assert_int_equal(s.sim.clock_monotonic_ns, before);
    weir_sub_free(sub);
    session_close(&s);
}

static bool is_readable(int fd) {
    struct pollfd one = {.fd = fd, .events = POLLIN};
    assert_true(poll(&one, 1, 0) >= 0);
    return (one.revents & POLLIN) != 0;
}

static int fd_of(weir_sub *sub) {
    int fd = -1, again = -1;
    assert_int_equal(weir_sub_fd(sub, &fd, NULL), WEIR_OK);
    assert_int_equal(weir_sub_fd(sub, &again, NULL), WEIR_OK);
    assert_true(fd >= 0 && fd == again);
    return fd;
}

/* In the real world: readable exactly while weir_sub_next has something. */
static void a_descriptor_says_when(void **state) {
    weir_db *db;
    weir_conn *conn;
    weir_sub *sub, *other, *view, *ends;
    weir_batch *batch;
    assert_int_equal(weir_open(":memory:", NULL, &db, NULL), WEIR_OK);
    assert_int_equal(weir_connect(db, &conn, NULL), WEIR_OK);
    assert_int_equal(weir_exec(conn,
                               "CREATE SOURCE e (a INT); CREATE TABLE t (a INT); INSERT INTO t VALUES (1);"
                               "CREATE MATERIALIZED VIEW v WITH (on_error = 'stop') AS SELECT 1 / a AS b FROM e WHERE a < 5",
                               -1, NULL),
                     WEIR_OK);
    assert_int_equal(weir_subscribe(conn, "e", NULL, &sub, NULL), WEIR_OK);
    assert_int_equal(weir_subscribe(conn, "t", NULL, &other, NULL), WEIR_OK);
    assert_int_equal(weir_subscribe(conn, "v", NULL, &view, NULL), WEIR_OK);
    assert_int_equal(weir_subscribe(conn, "SELECT a FROM (VALUES (1)) x(a)", NULL, &ends, NULL), WEIR_OK);
    int fd = fd_of(sub), table_fd = fd_of(other), view_fd = fd_of(view), end_fd = fd_of(ends);
    assert_false(is_readable(fd));
    assert_true(is_readable(table_fd)); /* what was there */
    assert_int_equal(weir_sub_next(other, 0, &batch, NULL), WEIR_OK);
    weir_batch_free(batch);
    assert_false(is_readable(table_fd));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(weir_exec(conn, "INSERT INTO e VALUES (9)", -1, NULL), WEIR_OK);
        assert_int_equal(weir_exec(conn, "INSERT INTO e VALUES (8)", -1, NULL), WEIR_OK);
        for (int k = 0; k < 2; k++) {
            assert_true(is_readable(fd));
            assert_int_equal(weir_sub_next(sub, 0, &batch, NULL), WEIR_OK);
            weir_batch_free(batch);
        }
        assert_false(is_readable(fd));
        assert_int_equal(weir_sub_next(sub, 0, &batch, NULL), WEIR_TIMEOUT);
        assert_false(is_readable(table_fd));
    }
    assert_false(is_readable(view_fd));
    assert_int_equal(weir_exec(conn, "INSERT INTO e VALUES (0)", -1, NULL), WEIR_OK);
    assert_true(is_readable(view_fd)); /* halted, and for good */
    assert_int_not_equal(weir_sub_next(view, 0, &batch, NULL), WEIR_OK);
    assert_true(is_readable(view_fd));
    while (weir_sub_next(ends, 0, &batch, NULL) == WEIR_OK) weir_batch_free(batch);
    assert_true(is_readable(end_fd)); /* WEIR_DONE */
    weir_sub_cancel(other);
    assert_true(is_readable(table_fd));
    assert_int_equal(weir_sub_next(other, 0, &batch, NULL), WEIR_INTERRUPTED);
    assert_true(is_readable(table_fd));
    weir_sub_free(sub);
    weir_sub_free(other);
    weir_sub_free(view);
    weir_sub_free(ends);
    assert_int_equal(fcntl(fd, F_GETFD), -1); /* gone */
    weir_disconnect(conn);
    assert_int_equal(weir_close(db, NULL), WEIR_OK);
}

static void a_full_queue_stops_writers(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a INT)");
    weir_sub *sub = NULL;
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.queue_batch_max = 1;
    assert_int_equal(weir_subscribe(s.conn, "t", &options, &sub, NULL), WEIR_OK);
    session_exec(&s, "INSERT INTO t VALUES (1)");
    weir_error *error = NULL;
    assert_int_equal(weir_exec(s.conn, "INSERT INTO t VALUES (2)", -1, &error), WEIR_BUSY);
    weir_error_free(error);
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM t"), "1\n");
    weir_batch *batch = NULL;
    assert_int_equal(weir_sub_next(sub, 0, &batch, NULL), WEIR_OK);
    weir_batch_free(batch);
    session_exec(&s, "INSERT INTO t VALUES (2)");
    weir_sub_free(sub);
    session_exec(&s, "INSERT INTO t VALUES (3)");
    session_close(&s);
}

/* A query made after its file was read sees it from the start, and late rows and dead letters once. */
static void a_late_made_query_catches_up(void **state) {
    Session s;
    session_open(&s, 0);
    assert_true(io_sim_put(&s.sim, STR("in.csv"), STR("a,b\n1,x\n2,y\nbad,z\n3,x\n")));
    session_exec(&s,
                 "SET batch_rows = 1; CREATE SOURCE f (a INT, b TEXT) WITH (connector = 'file', path = "
                 "'in.csv', format = 'csv');"
                 "CREATE MATERIALIZED VIEW first AS SELECT b, count(*) AS n FROM f GROUP BY b");
    assert_string_equal(session_rows(&s, "SELECT * FROM first ORDER BY b"), "x|2\ny|1\n");
    session_exec(&s, "CREATE MATERIALIZED VIEW second AS SELECT sum(a) AS total FROM f");
    assert_string_equal(session_rows(&s, "SELECT * FROM second"), "6\n");
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM weir_catalog.dead_letters"), "1\n");
    session_close(&s);
}

static void standard_input_is_read_once(void **state) {
    Session s;
    session_open(&s, 0);
    assert_true(io_sim_append(&s.sim, STR("stdin"), STR("{\"a\":1}\n{\"a\":2}\n")));
    io_sim_end(&s.sim, STR("stdin"));
    session_exec(&s,
                 "CREATE SOURCE f (a INT) WITH (connector = 'file', path = '-', format = 'json');"
                 "CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM f");
    assert_string_equal(session_rows(&s, "SELECT sum(a) FROM f"),
                        "ERROR 55000: \"f\" reads standard input, which has been read already\n");
    session_close(&s);
}

/* --- callbacks -------------------------------------------------------------------------------- */

typedef struct Caller {
    Session *session;
    weir_sub *sub;
    weir_stmt *stmt;
    weir_writer *writer;
    struct ArrowArrayStream *stream;
    int calls;
} Caller;

static void call_back_everything(void *user, const weir_batch *batch) {
    Caller *caller = user;
    weir_db *db = caller->session->db;
    weir_conn *conn = caller->session->conn, *other = NULL;
    weir_stmt *stmt = NULL;
    weir_writer *writer = NULL;
    weir_sub *sub = NULL;
    weir_batch *next = NULL;
    struct ArrowSchema schema;
    struct ArrowArrayStream stream;
    weir_value row = weir_i64(1);
    weir_stats stats = WEIR_STATS_INIT;
    if (caller->calls++ > 0) return;
    assert_int_equal(weir_exec(conn, "SELECT 1", -1, NULL), WEIR_BUSY);
    assert_int_equal(weir_prepare(conn, "SELECT 1", -1, &stmt, NULL, NULL), WEIR_BUSY);
    assert_int_equal(weir_query(caller->stmt, &stream, NULL), WEIR_BUSY);
    assert_int_equal(weir_stmt_schema(caller->stmt, &schema, NULL), WEIR_BUSY);
    assert_int_equal(weir_step(db, 0, NULL), WEIR_BUSY);
    assert_int_equal(weir_get_stats(db, &stats), WEIR_BUSY);
    assert_int_equal(weir_writer_open(conn, "t", &writer, NULL), WEIR_BUSY);
    assert_int_equal(weir_writer_row(caller->writer, &row, 1, NULL), WEIR_BUSY);
    assert_int_equal(weir_writer_flush(caller->writer, NULL, NULL), WEIR_BUSY);
    assert_int_equal(weir_writer_schema(caller->writer, &schema, NULL), WEIR_BUSY);
    assert_int_equal(weir_writer_watermark(caller->writer, 1, NULL), WEIR_BUSY);
    assert_int_equal(weir_subscribe(conn, "t", NULL, &sub, NULL), WEIR_BUSY);
    assert_int_equal(weir_sub_next(caller->sub, 0, &next, NULL), WEIR_BUSY);
    assert_int_equal(weir_sub_next(caller->sub, -1, &next, NULL), WEIR_BUSY); /* who waited for its own caller would wait for ever */
    assert_int_equal(weir_step(db, -1, NULL), WEIR_BUSY);
    assert_int_equal(weir_close(db, NULL), WEIR_BUSY);
    assert_int_equal(weir_connect(db, &other, NULL), WEIR_OK);
    weir_disconnect(other);
    /* Frees are safe anywhere; what they free goes when the database is left. */
    weir_sub_free(caller->sub);
    weir_writer_free(caller->writer);
    caller->stream->release(caller->stream);
    weir_stmt_free(caller->stmt);
}

static void callbacks_get_busy_and_may_free(void **state) {
    Session s;
    session_open(&s, 0);
    struct ArrowArrayStream stream;
    Caller caller = {.session = &s, .stream = &stream};
    session_exec(&s, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1)");
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    caller.stmt = session_prepare(&s, "SELECT * FROM t");
    assert_int_equal(weir_query(caller.stmt, &stream, NULL), WEIR_OK);
    assert_int_equal(weir_writer_open(s.conn, "t", &caller.writer, NULL), WEIR_OK);
    weir_value row = weir_i64(5);
    assert_int_equal(weir_writer_row(caller.writer, &row, 1, NULL), WEIR_OK);
    options.callback = call_back_everything;
    options.user = &caller;
    caller.calls = 1; /* not for the snapshot */
    assert_int_equal(weir_subscribe(s.conn, "t", &options, &caller.sub, NULL), WEIR_OK);
    caller.calls = 0;
    session_exec(&s, "INSERT INTO t VALUES (2)");
    assert_int_equal(caller.calls, 1); /* freed: the writer's row comes to nobody */
    assert_string_equal(session_rows(&s, "SELECT * FROM t ORDER BY a"), "1\n2\n5\n");
    session_close(&s);
}

static void late_tables_of_running_queries_stay(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE e (ts TIMESTAMP, WATERMARK FOR ts AS ts)");
    weir_sub *sub = session_subscribe(&s,
                              "SELECT window_end, count(*) AS n FROM TUMBLE(e, ts, INTERVAL '1' SECOND)"
                              " GROUP BY window_start, window_end EMIT ON WINDOW CLOSE LATE DATA TO late", 0);
    assert_string_equal(session_error(&s, "DROP TABLE late"),
                        "55006: \"late\" is being read by a subscription or a running query");
    session_exec(&s, "INSERT INTO e VALUES ('2024-01-01 00:00:05'), ('2024-01-01 00:00:00')");
    weir_sub_free(sub);
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM late"), "1\n");
    session_exec(&s, "DROP TABLE late");
    session_close(&s);
}

/* A stream with a late table runs from the start, and goes on when its reader has gone. */
static void a_late_table_keeps_its_stream_running(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE SOURCE e (ts TIMESTAMP, WATERMARK FOR ts AS ts);"
                 "CREATE STREAM w AS SELECT window_end, count(*) AS n FROM TUMBLE(e, ts, INTERVAL '1' SECOND)"
                 " GROUP BY window_start, window_end EMIT ON WINDOW CLOSE LATE DATA TO late;"
                 "INSERT INTO e VALUES ('2024-01-01 00:00:05'), ('2024-01-01 00:00:00')");
    for (int i = 0; i < 2; i++) weir_sub_free(session_subscribe(&s, "w", 0));
    session_exec(&s, "INSERT INTO e VALUES ('2024-01-01 00:00:01')");
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM late"), "2\n");
    session_exec(&s, "DROP STREAM w");
    session_close(&s);
}

/* What an INSERT gave is read when its statement has long gone, and again when all else has. */
static void rows_outlive_their_statement(void **state) {
    Session s;
    struct ArrowArray moved;
    weir_batch *batch;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE e (a INT, t TEXT); CREATE STREAM w AS SELECT * FROM e");
    weir_sub *sub = session_subscribe(&s, "SELECT a, t, 'a constant that is no part of a view' AS c FROM e", 0), *stream = session_subscribe(&s, "w", 0);
    session_exec(&s, "INSERT INTO e VALUES (1, 'a text that is longer than a view'), (2, NULL)");
    session_exec(&s, "INSERT INTO e VALUES (3, 'and another one which is as long')");
    assert_string_equal(session_changes(&s, stream), "1|a text that is longer than a view\n2|~\n3|and another one which is as long\n");
    assert_int_equal(weir_sub_next(sub, 0, &batch, NULL), WEIR_OK);
    weir_batch_move(batch, &moved);
    weir_batch_free(batch);
    weir_sub_free(sub);
    weir_sub_free(stream);
    session_close(&s);
    assert_int_equal(((const int32_t *)moved.children[0]->buffers[1])[1], 2);
    for (int column = 1; column < 3; column++) {
        const View *view = moved.children[column]->buffers[1];
        const char *const *bytes = (const char *const *)moved.children[column]->buffers + 2;
        assert_memory_equal(bytes[view->far.buffer] + view->far.offset, view->far.prefix, 4);
    }
    moved.release(&moved);
}

/* Equal rows are rows each, where no column tells how often a row came. */
static void equal_rows_are_each_told(void **state) {
    Session s;
    weir_error *error = NULL;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE e (a INT); CREATE MATERIALIZED VIEW v AS SELECT a FROM e");
    weir_sub *view = session_subscribe(&s, "v", 0), *every = session_subscribe(&s, "SELECT a FROM e EMIT EVERY INTERVAL '1 second'", 0);
    session_exec(&s, "INSERT INTO e VALUES (1), (2), (1), (1)");
    assert_string_equal(session_changes(&s, view), "1\n2\n1\n1\n");
    io_sim_advance(&s.sim, 1000000);
    assert_int_equal(weir_step(s.db, 0, &error), WEIR_OK);
    assert_string_equal(session_changes(&s, every), "1\n1\n1\n2\n");
    for (int i = 0; i < 3; i++) session_exec(&s, "INSERT INTO e SELECT a FROM v"); /* of 4, 8, 16 rows */
    session_exec(&s, "INSERT INTO e SELECT 7 FROM v AS x"); /* 32 */
    (void)session_changes(&s, view);
    io_sim_advance(&s.sim, 1000000);
    assert_int_equal(weir_step(s.db, 0, &error), WEIR_OK);
    const char *told = session_changes(&s, every);
    size_t lines = 0;
    for (; *told != 0; told++) lines += *told == '\n';
    assert_int_equal(lines, 4 + 8 + 16 + 32);
    weir_sub_free(view);
    weir_sub_free(every);
    session_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_epoch_shows_its_net_change),
        cmocka_unit_test(on_update_gives_the_latest_row_per_key),
        cmocka_unit_test(a_view_is_not_shaped),
        cmocka_unit_test(every_waits_for_the_clock),
        cmocka_unit_test(waiting_ends_in_time),
        cmocka_unit_test(a_descriptor_says_when),
        cmocka_unit_test(a_full_queue_stops_writers),
        cmocka_unit_test(a_late_made_query_catches_up),
        cmocka_unit_test(standard_input_is_read_once),
        cmocka_unit_test(callbacks_get_busy_and_may_free),
        cmocka_unit_test(late_tables_of_running_queries_stay),
        cmocka_unit_test(a_late_table_keeps_its_stream_running),
        cmocka_unit_test(rows_outlive_their_statement),
        cmocka_unit_test(equal_rows_are_each_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
