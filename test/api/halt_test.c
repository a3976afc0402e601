/* SPDX-License-Identifier: Apache-2.0
 * on_error = 'stop' as an embedder sees it: streams, subscriptions, writers, notices, figures, and no memory. */
#include "session.h"

/* Rows of everything that waits, then "ERROR SQLSTATE: message" or the status's number. */
static const char *read_sub(Session *s, weir_sub *sub) {
    static char room[1024];
    text_format(room, sizeof(room), "%s", session_changes(s, sub));
    weir_batch *batch = NULL;
    weir_error *error = NULL;
    int status = weir_sub_next(sub, 0, &batch, &error);
    size_t size = strlen(room);
    if (error == NULL)
        text_format(room + size, sizeof(room) - size, "%d", status);
    else
        text_format(room + size, sizeof(room) - size, "ERROR %s: %s", weir_error_sqlstate(error), weir_error_message(error));
    weir_error_free(error);
    return room;
}

static uint64_t halted_count(const Session *s) {
    weir_stats stats = WEIR_STATS_INIT;
    assert_int_equal(weir_get_stats(s->db, &stats), WEIR_OK);
    return stats.objects_halted;
}

#define STOPPED(row) "ERROR 22012: materialized view \"v\" stopped at row {" row "}: division by zero"

static void a_subscription_ends_with_the_failure(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE SOURCE e (a INT);"
                 "CREATE MATERIALIZED VIEW v WITH (on_error = 'stop') AS SELECT 10 / a AS b FROM e;"
                 "CREATE MATERIALIZED VIEW w AS SELECT a FROM e");
    weir_sub *sub = session_subscribe(&s, "v", 2), *above = session_subscribe(&s, "SELECT b + 1 AS c FROM v WHERE b > 4", 0), *other = session_subscribe(&s, "w", 0);
    session_exec(&s, "INSERT INTO e VALUES (1), (2), (0), (5)"); /* the statement itself is good */
    assert_int_equal(s.notice_count, 0);                         /* the subscriptions tell it */
    assert_int_equal(halted_count(&s), 1);
    assert_string_equal(read_sub(&s, sub), "10\n5\n" STOPPED("\"a\":0"));
    assert_string_equal(read_sub(&s, sub), STOPPED("\"a\":0")); /* and again */
    assert_string_equal(read_sub(&s, above), "11\n6\n" STOPPED("\"a\":0"));
    assert_string_equal(read_sub(&s, other), "1\n2\n0\n5\n2");
    for (int i = 0; i < 5; i++) session_exec(&s, "INSERT INTO e VALUES (1)"); /* nobody's queue fills */
    assert_string_equal(read_sub(&s, sub), STOPPED("\"a\":0"));
    assert_string_equal(session_error(&s, "DROP MATERIALIZED VIEW v"), "55006: \"v\" is being read by a subscription or a running query");
    weir_sub_free(sub);
    weir_sub_free(above);
    weir_sub *late = NULL;
    weir_error *error = NULL;
    assert_int_not_equal(weir_subscribe(s.conn, "v", NULL, &late, &error), WEIR_OK);
    assert_string_equal(weir_error_sqlstate(error), "22012");
    assert_non_null(strstr(weir_error_hint(error), "DROP and CREATE it again"));
    weir_error_free(error);
    session_exec(&s, "DROP MATERIALIZED VIEW v");
    assert_int_equal(halted_count(&s), 0);
    weir_sub_free(other);
    session_close(&s);
}

static void nobody_reads_it_and_a_warning_tells(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE TABLE t (a INT);"
                 "CREATE MATERIALIZED VIEW v WITH (on_error = 'stop') AS SELECT 10 / a AS b FROM t;"
                 "INSERT INTO t VALUES (0)");
    assert_int_equal(s.notice_count, 1);
    session_exec(&s, "INSERT INTO t VALUES (0)");
    assert_int_equal(s.notice_count, 1); /* once */
    assert_string_equal(session_error(&s, "SELECT * FROM v"), "22012: materialized view \"v\" stopped at row {\"a\":0}: division by zero");
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM t"), "2\n");
    session_close(&s);
}

/* Changes make sense a whole epoch at a time: of one in which a row fails nothing is shown. */
static void changes_are_shown_by_whole_epochs(void **state) {
    for (int rows = 1; rows <= 4; rows++) {
        Session s;
        char set[64];
        session_open(&s, 0);
        text_format(set, sizeof(set), "SET batch_rows = %d", rows);
        session_exec(&s, set);
        session_exec(&s,
                     "SET on_error = 'stop'; CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 2);"
                     "CREATE MATERIALIZED VIEW v AS SELECT id, 10 / n AS r FROM t");
        weir_sub *sub = session_subscribe(&s, "SELECT id, 10 / n AS r FROM t", 0), *view = session_subscribe(&s, "v", 0),
                 *net = session_subscribe(&s, "SELECT 10 / n AS r FROM t EMIT CHANGES", 0);
        session_exec(&s, "UPDATE t SET n = 2 - n; INSERT INTO t VALUES (3, 1)");
        assert_string_equal(read_sub(&s, sub), "1|10|1\n2|5|1\nERROR 22012: division by zero");
        assert_string_equal(read_sub(&s, view), "1|10|1\n2|5|1\n" STOPPED("\"id\":2,\"n\":0"));
        assert_string_equal(read_sub(&s, net), "10|1\n5|1\nERROR 22012: division by zero");
        weir_sub_free(sub);
        weir_sub_free(view);
        weir_sub_free(net);
        session_close(&s);
    }
}

/* The same of an epoch of several batches, the last of which fails, and of groups that fail behind others. */
static void long_epochs_are_whole_too(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE SOURCE g (i INT) WITH (connector = 'generator', rows = 9000, \"fields.i.kind\" = 'sequence');"
                 "CREATE TABLE t (n INT); SET on_error = 'stop';"
                 "CREATE MATERIALIZED VIEW v AS SELECT 10 / n AS r FROM t;"
                 "CREATE MATERIALIZED VIEW grouped AS SELECT n, 10 / n AS r FROM (SELECT n, count(*) AS c FROM t GROUP BY n) a;"
                 "INSERT INTO t VALUES (5)");
    weir_sub *sub = session_subscribe(&s, "SELECT 10 / n AS r FROM t", 0), *view = session_subscribe(&s, "v", 0),
             *groups = session_subscribe(&s, "SELECT 10 / n AS r FROM (SELECT n, count(*) AS c FROM t GROUP BY n) a EMIT CHANGES", 0);
    struct ArrowArrayStream stream;
    weir_stmt *stmt = session_prepare(&s, "SELECT 10 / n AS r FROM t EMIT CHANGES");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    session_exec(&s, "INSERT INTO t SELECT 8999 - i FROM g");
    assert_string_equal(read_sub(&s, sub), "2|1\nERROR 22012: division by zero");
    assert_string_equal(read_sub(&s, view), "2|1\n" STOPPED("\"n\":0"));
    assert_string_equal(read_sub(&s, groups), "2|1\nERROR 22012: division by zero");
    assert_string_equal(session_read(&s, &stream, -1), "2|1\nERROR 22012: division by zero\n");
    stream.release(&stream);
    weir_stmt_free(stmt);
    session_exec(&s, "CREATE MATERIALIZED VIEW w AS SELECT count(*) AS n FROM t"); /* nothing is left over of that epoch */
    assert_string_equal(session_rows(&s, "SELECT n FROM w"), "9001\n");
    assert_string_equal(session_error(&s, "SELECT * FROM grouped"), "22012: materialized view \"grouped\" stopped at row {\"n\":0}: division by zero");
    weir_sub_free(sub);
    weir_sub_free(view);
    weir_sub_free(groups);
    session_close(&s);
}

static void a_withdrawal_of_nothing_stops_too(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE u (a INT PRIMARY KEY) WITH (on_error = 'stop'); CREATE MATERIALIZED VIEW v AS SELECT a FROM u;"
                     "INSERT INTO u VALUES (1)");
    weir_error *error = NULL;
    weir_writer *writer = session_writer(&s, "u");
    assert_int_not_equal(session_push(&s, writer, (int32_t[]){2, 7}, (int64_t[]){1, -1}, 2, &error), WEIR_OK);
    assert_string_equal(weir_error_message(error), "source \"u\" stopped: a row was withdrawn that is not there");
    weir_error_free(error);
    assert_string_equal(session_rows(&s, "SELECT a FROM v"), "ERROR 02000: source \"u\" stopped: a row was withdrawn that is not there\n");
    assert_int_equal(s.notice_count, 0);
    weir_writer_free(writer);
    session_close(&s);
}

/* The session's setting is that of its own queries and of what it makes. */
static void the_setting_is_the_sessions(void **state) {
    Session s;
    weir_conn *first, *second = NULL;
    session_open(&s, 0);
    session_exec(&s, "SET on_error = 'stop'; CREATE SOURCE e (a INT)");
    first = s.conn;
    assert_int_equal(weir_connect(s.db, &second, NULL), WEIR_OK);
    weir_sub *strict = session_subscribe(&s, "SELECT 10 / a AS b FROM e", 0);
    s.conn = second;
    assert_string_equal(session_rows(&s, "SHOW on_error"), "dead_letter\n");
    weir_sub *lax = session_subscribe(&s, "SELECT 10 / a AS b FROM e", 0);
    session_exec(&s, "CREATE MATERIALIZED VIEW v AS SELECT 10 / a AS b FROM e; INSERT INTO e VALUES (5), (0), (2)");
    assert_string_equal(session_rows(&s, "SELECT * FROM v"), "2\n5\n");
    s.conn = first;
    assert_string_equal(session_rows(&s, "SHOW on_error"), "stop\n");
    assert_string_equal(read_sub(&s, strict), "2\nERROR 22012: division by zero");
    assert_string_equal(read_sub(&s, lax), "2\n5\n2");
    assert_int_equal(halted_count(&s), 0); /* a subscription is no object */
    weir_sub_free(strict);
    weir_sub_free(lax);
    weir_disconnect(second);
    session_close(&s);
}

static const char FILE_OF_ROWS[] = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":\"x\"}\n{\"a\":5}\n";
#define BAD_RECORD "22P04: source \"f\" stopped at record 4, byte 24 of in.json: column \"a\": invalid input syntax for type integer: \"x\""

static void a_source_stops_all_who_read_it(void **state) {
    static const char *const ROWS[] = {"1", "2", "3", "7", "4096"};
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        Session s;
        struct ArrowArrayStream stream;
        char set[64];
        session_open(&s, 0);
        text_format(set, sizeof(set), "SET batch_rows = %s", ROWS[i]);
        assert_true(io_sim_put(&s.sim, STR("in.json"), str_from_c(FILE_OF_ROWS)));
        session_exec(&s, set);
        session_exec(&s, "CREATE SOURCE f (a INT) WITH (connector = 'file', path = 'in.json', on_error = 'stop')");
        weir_stmt *stmt = session_prepare(&s, "SELECT a FROM f EMIT CHANGES");
        assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
        weir_sub *sub = session_subscribe(&s, "SELECT a * 10 AS b FROM f EMIT EVERY INTERVAL '1' HOUR", 0);
        assert_string_equal(session_read(&s, &stream, -1), "1|1\n2|1\n3|1\nERROR " BAD_RECORD "\n");
        weir_error *error = weir_stream_error(&stream);
        assert_int_equal(weir_error_code(error), 72);
        weir_error_free(error);
        assert_string_equal(read_sub(&s, sub), "10\n20\n30\nERROR " BAD_RECORD);
        assert_int_equal(weir_step(s.db, 0, NULL), WEIR_DONE);
        assert_int_equal(s.notice_count, 0);
        weir_stats stats = WEIR_STATS_INIT;
        assert_int_equal(weir_get_stats(s.db, &stats), WEIR_OK);
        assert_int_equal(stats.objects_halted, 1);
        assert_int_equal(stats.sources_halted, 1);
        assert_string_equal(session_rows(&s, "SELECT count(*) FROM weir_catalog.dead_letters"), "0\n");
        stream.release(&stream);
        weir_stmt_free(stmt);
        weir_sub_free(sub);
        /* the file is mended, the source made anew */
        assert_true(io_sim_put(&s.sim, STR("in.json"), STR("{\"a\":1}\n{\"a\":4}\n")));
        assert_string_equal(session_error(&s, "SELECT a FROM f"), BAD_RECORD);
        session_exec(&s, "DROP SOURCE f; CREATE SOURCE f (a INT) WITH (connector = 'file', path = 'in.json', on_error = 'stop')");
        assert_string_equal(session_rows(&s, "SELECT a FROM f"), "1\n4\n");
        session_close(&s);
    }
}

static uint64_t fed_count(const Session *s) {
    weir_stats stats = WEIR_STATS_INIT;
    assert_int_equal(weir_get_stats(s->db, &stats), WEIR_OK);
    return stats.sinks_fed;
}

/* Sinks to which weir_step may still bring rows: not those of pushed rows, of files at their end, of what has halted. */
static void sinks_are_fed_while_rows_may_come(void **state) {
    Session s;
    session_open(&s, 0);
    assert_true(io_sim_put(&s.sim, STR("in.json"), STR("{\"a\":1}\n")));
    session_exec(&s,
                 "CREATE SOURCE pushed (a INT); CREATE SINK k1 FROM pushed INTO BLACKHOLE;"
                 "CREATE SOURCE whole (a INT) WITH (connector = 'file', path = 'in.json'); CREATE SINK k2 FROM whole INTO BLACKHOLE;"
                 "CREATE SOURCE endless (a INT) WITH (connector = 'file', path = 'in.json', follow = true, on_error = 'stop')");
    assert_int_equal(fed_count(&s), 0); /* a script's end has waited for the whole */
    session_exec(&s, "CREATE STREAM above AS SELECT a + 1 AS a FROM endless; CREATE SINK k3 FROM above INTO BLACKHOLE; CREATE SINK k4 FROM endless INTO BLACKHOLE");
    assert_int_equal(fed_count(&s), 2);
    session_exec(&s, "DROP SINK k4");
    assert_int_equal(fed_count(&s), 1);
    assert_true(io_sim_append(&s.sim, STR("in.json"), STR("nonsense\n")));
    for (int i = 0; i < 10; i++) (void)weir_step(s.db, INT64_C(100000000), NULL);
    assert_int_equal(halted_count(&s), 1);
    assert_int_equal(fed_count(&s), 0);
    session_close(&s);
}

/* A script's end waits for the source, and says what it met. */
static void a_script_ends_with_the_failure(void **state) {
    Session s;
    session_open(&s, 0);
    assert_true(io_sim_put(&s.sim, STR("in.json"), str_from_c(FILE_OF_ROWS)));
    assert_string_equal(session_error(&s, "CREATE SOURCE f (a INT) WITH (connector = 'file', path = 'in.json', on_error = 'stop');"
                                          "CREATE SINK k FROM f INTO FILE (path = 'out.csv')"),
                        BAD_RECORD);
    assert_true(str_equal(io_sim_bytes(&s.sim, STR("out.csv")), STR("a\n1\n2\n3\n")));
    assert_int_equal(s.notice_count, 0);
    assert_string_equal(session_error(&s, ""), ""); /* told */
    session_close(&s);
}

static void a_writer_is_told(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE SOURCE u (a INT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (on_error = 'stop', max_future = '1 hour');"
                 "CREATE MATERIALIZED VIEW seen AS SELECT a FROM u");
    weir_sub *sub = session_subscribe(&s, "seen", 0);
    weir_error *error = NULL;
    weir_writer *writer = session_writer(&s, "u");
    int64_t now = io_clock_us(&s.sim.io), hour = INT64_C(3600000000);
    for (int i = 0; i < 4; i++) {
        weir_value row[] = {weir_i64(i), weir_i64(i == 2 ? now + 2 * hour : now)};
        assert_int_equal(weir_writer_row(writer, row, 2, NULL), WEIR_OK);
    }
    assert_int_not_equal(weir_writer_flush(writer, NULL, &error), WEIR_OK);
    assert_string_equal(weir_error_sqlstate(error), "22008");
    weir_error_free(error);
    assert_string_equal(read_sub(&s, sub), "0\n1\nERROR 22008: source \"u\" stopped: the event time is beyond clock + max_future");
    weir_value row[] = {weir_i64(9), weir_i64(now)};
    assert_int_equal(weir_writer_row(writer, row, 2, NULL), WEIR_OK);
    assert_int_not_equal(weir_writer_flush(writer, NULL, NULL), WEIR_OK);
    weir_writer_free(writer);
    weir_sub_free(sub);
    session_close(&s);
}

/* Late tables, sinks, ON UPDATE and sessions of a query that halts: whatever allocation fails, nothing leaks. */
static bool halt_with_failure(int64_t nth) {
    Session s;
    session_open(&s, 0);
    assert_true(io_sim_put(&s.sim, STR("in.json"), str_from_c(FILE_OF_ROWS)));
    session_exec(&s,
                 "SET on_error = 'stop'; CREATE SOURCE e (a INT, ts TIMESTAMP, WATERMARK FOR ts AS ts);"
                 "CREATE SOURCE f (a INT) WITH (connector = 'file', path = 'in.json');"
                 "CREATE MATERIALIZED VIEW v AS SELECT window_start, sum(10 / a) AS n FROM TUMBLE(e, ts, INTERVAL '1' MINUTE) "
                 "GROUP BY window_start, window_end EMIT ON WINDOW CLOSE LATE DATA TO late");
    weir_sub *sub = session_subscribe(&s, "SELECT a, count(*) AS n FROM e WHERE 10 / a > 0 GROUP BY a EMIT ON UPDATE", 0);
    weir_batch *batch = NULL;
    atomic_store(&s.db->memory.fail_at, nth);
    (void)weir_exec(s.conn, "INSERT INTO e VALUES (1, '2024-01-01 00:00:00'), (2, '2024-01-01 00:05:00'), (3, '2024-01-01 00:00:00')", -1, NULL);
    (void)weir_exec(s.conn, "INSERT INTO e VALUES (4, '2024-01-01 00:06:00'), (0, '2024-01-01 00:07:00'), (5, '2024-01-01 00:09:00')", -1, NULL);
    (void)weir_exec(s.conn, "CREATE SINK k FROM f INTO FILE (path = 'out.csv')", -1, NULL);
    (void)weir_exec(s.conn, "SHOW SOURCES; SELECT * FROM f", -1, NULL);
    while (weir_sub_next(sub, 0, &batch, NULL) == WEIR_OK) weir_batch_free(batch);
    (void)weir_exec(s.conn, "DROP MATERIALIZED VIEW v; DROP SINK k; DROP SOURCE f", -1, NULL);
    bool failed = atomic_load(&s.db->memory.fail_at) <= 0;
    atomic_store(&s.db->memory.fail_at, 0);
    weir_sub_free(sub);
    session_close(&s);
    return failed;
}

static void every_allocation_may_fail(void **state) {
    int64_t nth = 1;
    while (halt_with_failure(nth)) nth++;
    assert_true(nth > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_subscription_ends_with_the_failure),
        cmocka_unit_test(nobody_reads_it_and_a_warning_tells),
        cmocka_unit_test(changes_are_shown_by_whole_epochs),
        cmocka_unit_test(long_epochs_are_whole_too),
        cmocka_unit_test(a_withdrawal_of_nothing_stops_too),
        cmocka_unit_test(the_setting_is_the_sessions),
        cmocka_unit_test(a_source_stops_all_who_read_it),
        cmocka_unit_test(sinks_are_fed_while_rows_may_come),
        cmocka_unit_test(a_script_ends_with_the_failure),
        cmocka_unit_test(a_writer_is_told),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
