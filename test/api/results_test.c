/* SPDX-License-Identifier: Apache-2.0
 * Results: one moment, what may be dropped while they are read, statements that are run again, refused
 * memory. */
#include <errno.h>

#include "session.h"

static void a_result_is_of_one_moment(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "SET batch_rows = 2; CREATE TABLE t (a INT PRIMARY KEY, b TEXT);"
                 "INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'a text that does not fit into a view'), "
                 "(4, 'four'), (5, 'five')");
    struct ArrowArrayStream stream;
    weir_stmt *stmt = session_prepare(&s, "SELECT a, b FROM t UNION ALL SELECT a + 10, b FROM t");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    weir_stmt_free(stmt);
    assert_string_equal(session_read(&s, &stream, 1), "1|one\n2|two\n");
    session_exec(&s,
                 "DELETE FROM t WHERE a > 2; INSERT INTO t VALUES (6, 'six'); UPDATE t SET b = 'changed'");
    assert_string_equal(session_read(&s, &stream, -1),
                        "3|a text that does not fit into a view\n4|four\n5|five\n"
                        "11|one\n12|two\n13|a text that does not fit into a view\n14|four\n15|five\n");
    stream.release(&stream);
    assert_string_equal(session_rows(&s, "SELECT * FROM t ORDER BY a"), "1|changed\n2|changed\n6|changed\n");
    session_close(&s);
}

/* Rule 5, for rows that stand in the middle of a batch. */
static void buffers_are_aligned(void **state) {
    static const char *const queries[] = {"SELECT * FROM t", "SELECT * FROM t ORDER BY x LIMIT 5 OFFSET 3", "SELECT * FROM t LIMIT 9 OFFSET 5", "SELECT x, max(s) FROM t GROUP BY x"};
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (b BOOLEAN, s SMALLINT, x TEXT, n NUMERIC(10, 2));"
                     "INSERT INTO t SELECT i % 2 = 0, i, 'a text longer than twelve ' || i, i FROM generate_series(1, 1111) g(i)");
    for (int i = 0; i < 4; i++) {
        struct ArrowArrayStream stream;
        struct ArrowArray array;
        weir_stmt *stmt = session_prepare(&s, queries[i]);
        assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
        weir_stmt_free(stmt);
        while (stream.get_next(&stream, &array) == 0 && array.release != NULL) {
            for (int64_t k = 0; k < array.n_children; k++)
                for (int64_t b = 0; b < array.children[k]->n_buffers; b++)
                    if (b < 2 || b + 1 == array.children[k]->n_buffers) assert_int_equal((uintptr_t)array.children[k]->buffers[b] % 64, 0);
            array.release(&array);
        }
        stream.release(&stream);
    }
    session_close(&s);
}

static void what_is_read_cannot_be_dropped(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(
        &s, "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a AS doubled FROM t; INSERT INTO t VALUES (1)");
    struct ArrowArrayStream stream;
    weir_stmt *stmt = session_prepare(&s, "SELECT doubled, 'x' AS x FROM v");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    assert_string_equal(session_error(&s, "DROP TABLE t CASCADE"),
                        "55006: \"t\" is being read by a subscription or a running query");
    assert_string_equal(session_error(&s, "DROP VIEW v"),
                        "55006: \"v\" is being read by a subscription or a running query");
    assert_string_equal(session_read(&s, &stream, -1), "1|x\n");
    stream.release(&stream);
    session_exec(&s, "DROP TABLE t CASCADE");
    struct ArrowSchema schema; /* what it would have given is still known */
    assert_int_equal(weir_stmt_schema(stmt, &schema, NULL), WEIR_OK);
    assert_string_equal(schema.children[0]->name, "doubled");
    schema.release(&schema);
    assert_int_not_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    assert_int_not_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    session_exec(&s, "CREATE TABLE v (doubled INT); INSERT INTO v VALUES (7)");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    assert_string_equal(session_read(&s, &stream, -1), "7|x\n");
    stream.release(&stream);
    /* Other columns than the user was told of. */
    session_exec(&s, "DROP TABLE v; CREATE TABLE v (doubled TEXT); INSERT INTO v VALUES ('7')");
    for (int i = 0; i < 2; i++) {
        weir_error *error = NULL;
        assert_int_equal(weir_query(stmt, &stream, &error), WEIR_NOT_SUPPORTED);
        assert_string_equal(weir_error_message(error), "cached plan must not change result type");
        weir_error_free(error);
    }
    assert_int_equal(weir_stmt_schema(stmt, &schema, NULL), WEIR_OK);
    assert_string_equal(schema.children[0]->format, "i");
    schema.release(&schema);
    weir_stmt_free(stmt);
    session_close(&s);
}

static void dropping_takes_dependents_or_nothing(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE SOURCE e (k INT, ts TIMESTAMP, WATERMARK FOR ts AS ts);"
                 "CREATE MATERIALIZED VIEW w AS SELECT window_end, count(*) AS n FROM TUMBLE(e, ts, INTERVAL "
                 "'1' SECOND)"
                 " GROUP BY window_start, window_end EMIT ON WINDOW CLOSE LATE DATA TO late;"
                 "CREATE MATERIALIZED VIEW lates AS SELECT count(*) AS n FROM late;"
                 "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT * FROM t");
    assert_string_equal(session_error(&s, "DROP MATERIALIZED VIEW w"),
                        "2BP01: cannot drop late table late because other objects depend on it");
    assert_string_equal(session_error(&s, "DROP TABLE late"),
                        "2BP01: cannot drop late table late because other objects depend on it");
    assert_string_equal(session_error(&s, "DROP TABLE t, nothing"),
                        "42P01: table \"nothing\" does not exist");
    assert_string_equal(session_error(&s, "DROP TABLE t"),
                        "2BP01: cannot drop table t because other objects depend on it");
    session_exec(&s, "INSERT INTO e VALUES (1, '2024-01-01 00:00:05'), (2, '2024-01-01 00:00:00')");
    assert_string_equal(session_rows(&s, "SELECT n FROM lates"), "1\n");
    session_exec(&s, "DROP TABLE late CASCADE; DROP TABLE t CASCADE");
    assert_string_equal(session_rows(&s, "SHOW TABLES"), "");
    assert_string_equal(session_rows(&s, "SHOW VIEWS"), "");
    assert_string_equal(session_rows(&s, "SHOW SOURCES"), "e|source|\n");
    weir_stats stats = WEIR_STATS_INIT;
    assert_int_equal(weir_get_stats(s.db, &stats), WEIR_OK);
    assert_int_equal(stats.rows_late, 1); /* of a query that is no more */
    session_close(&s);
}

/* A view that is replaced: statements see the new one, results under way keep it from being replaced. */
static void a_view_is_replaced_for_all(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a + 1 AS a FROM v");
    struct ArrowArrayStream stream;
    weir_stmt *stmt = session_prepare(&s, "SELECT a FROM w"), *star = session_prepare(&s, "SELECT * FROM v");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    assert_string_equal(session_error(&s, "CREATE OR REPLACE VIEW v AS SELECT a * 10 AS a FROM t"),
                        "55006: \"v\" is being read by a subscription or a running query");
    stream.release(&stream);
    session_exec(&s, "CREATE OR REPLACE VIEW v AS SELECT a * 10 AS a, 'x' AS b FROM t");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    assert_string_equal(session_read(&s, &stream, -1), "11\n");
    stream.release(&stream);
    weir_error *error = NULL;
    assert_int_equal(weir_query(star, &stream, &error), WEIR_NOT_SUPPORTED);
    assert_string_equal(weir_error_message(error), "cached plan must not change result type");
    weir_error_free(error);
    weir_stmt_free(stmt);
    weir_stmt_free(star);
    session_close(&s);
}

static void a_create_runs_once(void **state) {
    Session s;
    session_open(&s, 0);
    struct ArrowArrayStream stream;
    weir_error *error = NULL;
    weir_stmt *stmt = session_prepare(&s, "CREATE TABLE t (a INT)");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    stream.release(&stream);
    session_exec(&s, "DROP TABLE t");
    assert_int_equal(weir_query(stmt, &stream, &error), WEIR_MISUSE);
    weir_error_free(error);
    weir_stmt_free(stmt);
    stmt = session_prepare(
        &s, "CREATE SINK k INTO FILE (path = 'no/such/folder/x', format = 'json') AS SELECT 1 AS one");
    for (int i = 0; i < 2; i++) {
        error = NULL;
        io_sim_fail(&s.sim, IO_SIM_OPEN, 1, ENOENT);
        assert_int_not_equal(weir_query(stmt, &stream, &error), WEIR_OK);
        weir_error_free(error);
    }
    weir_stmt_free(stmt);
    session_close(&s);
}

static int64_t changes_of(Session *session, const char *sql) {
    struct ArrowArrayStream stream;
    weir_stmt *stmt = session_prepare(session, sql);
    assert_int_equal(weir_stmt_changes(stmt), -1);
    if (weir_query(stmt, &stream, NULL) == WEIR_OK) stream.release(&stream);
    int64_t count = weir_stmt_changes(stmt);
    weir_stmt_free(stmt);
    return count;
}

static void changed_rows_are_counted(void **state) {
    static const struct {
        const char *sql;
        int64_t count;
    } runs[] = {
        {"CREATE TABLE t (a INT PRIMARY KEY, b TEXT NOT NULL)", -1},
        {"CREATE SOURCE s (a INT)", -1},
        {"INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')", 3},
        {"INSERT INTO t VALUES (3, 'z')", -1}, /* fails */
        {"INSERT INTO t VALUES (3, 'a'), (4, 'a') ON CONFLICT DO NOTHING", 1},
        {"INSERT INTO t VALUES (3, 'b'), (5, 'b') ON CONFLICT (a) DO UPDATE SET b = excluded.b", 2},
        {"INSERT INTO t SELECT a, b FROM t WHERE false", 0},
        {"INSERT INTO t VALUES (6, 'c') RETURNING a", 1},
        {"INSERT INTO s SELECT a FROM t", 6},
        {"UPDATE t SET b = 'd' WHERE a < 3", 2},
        {"UPDATE t SET b = 'd' WHERE a > 30", 0},
        {"UPDATE t SET b = NULL", -1}, /* fails */
        {"DELETE FROM t WHERE a = 1 RETURNING *", 1},
        {"DELETE FROM t WHERE a = 1", 0},
        {"SELECT * FROM t", -1},
        {"TRUNCATE t", 5},
    };
    Session s;
    session_open(&s, 0);
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) assert_int_equal(changes_of(&s, runs[i].sql), runs[i].count);
    /* of the last run, not of all */
    struct ArrowArrayStream stream;
    session_exec(&s, "INSERT INTO t VALUES (1, 'x')");
    weir_stmt *stmt = session_prepare(&s, "DELETE FROM t");
    for (int64_t count = 1; count >= 0; count--) {
        assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
        stream.release(&stream);
        assert_int_equal(weir_stmt_changes(stmt), count);
    }
    weir_stmt_free(stmt);
    session_close(&s);
}

static void an_interrupt_ends_the_next_statement(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a INT)");
    weir_interrupt(s.conn);
    assert_string_equal(session_error(&s, "INSERT INTO t VALUES (1)"),
                        "57014: canceling statement due to user request");
    session_exec(&s, "INSERT INTO t VALUES (2)");
    assert_string_equal(session_rows(&s, "SELECT * FROM t"), "2\n");
    struct ArrowArrayStream stream;
    weir_stmt *stmt = session_prepare(&s, "SELECT count(*) FROM t");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    weir_interrupt(s.conn);
    struct ArrowArray array;
    assert_int_equal(stream.get_next(&stream, &array), EINTR);
    weir_error *error = weir_stream_error(&stream);
    assert_int_equal(weir_error_code(error), WEIR_INTERRUPTED);
    weir_error_free(error);
    stream.release(&stream);
    weir_stmt_free(stmt);
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM t"), "1\n");
    session_close(&s);
}

static void positions_are_in_the_script(void **state) {
    Session s;
    session_open(&s, 0);
    weir_error *error = NULL;
    const char *script = "CREATE TABLE t (a INT);\n  SELECT b FROM t";
    assert_int_not_equal(weir_exec(s.conn, script, -1, &error), WEIR_OK);
    assert_int_equal(weir_error_position(error), strstr(script, "b FROM") - script);
    weir_error_free(error);
    error = NULL;
    script = "SELECT 1;\n  SELECT 2, 1 / 0"; /* of a row that fails when it is read */
    assert_int_not_equal(weir_exec(s.conn, script, -1, &error), WEIR_OK);
    assert_int_equal(weir_error_position(error), strstr(script, "1 / 0") - script);
    weir_error_free(error);
    session_close(&s);
}

/* A window over a column without a watermark: said once, by whatever makes the query run. */
static void a_notice_comes_once(void **state) {
    static const char *const QUERY =
        "SELECT window_start, count(*) AS n FROM TUMBLE(e, ts, INTERVAL '1' SECOND) GROUP BY window_start, "
        "window_end";
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE e (ts TIMESTAMP)");
    assert_int_equal(s.notice_count, 0);
    char sql[512];
    text_format(sql, sizeof(sql), "CREATE TABLE other (a INT); CREATE MATERIALIZED VIEW w AS %s", QUERY);
    session_exec(&s, sql);
    assert_int_equal(s.notice_count, 1);
    assert_true(s.notice_position > (int64_t)strlen("CREATE TABLE other (a INT);"));
    weir_sub *sub = NULL;
    assert_int_equal(weir_subscribe(s.conn, QUERY, NULL, &sub, NULL), WEIR_OK);
    assert_int_equal(s.notice_count, 2);
    session_exec(&s, "INSERT INTO e VALUES ('2024-01-01')");
    assert_int_equal(s.notice_count, 2);
    weir_sub_free(sub);
    session_close(&s);
}

/* --- refused memory: whatever allocation fails, the statement says so, nothing leaks and the rest goes on */

static const char *const STEPS[] = {
    "CREATE TABLE t (k INT PRIMARY KEY, name TEXT)",
    "CREATE SOURCE e (k INT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)",
    "CREATE STREAM st AS SELECT k, ts FROM e WHERE k > 0",
    "CREATE VIEW named AS SELECT k, name || '!' AS loud FROM t",
    "CREATE MATERIALIZED VIEW w AS SELECT k, window_end, count(*) AS n FROM TUMBLE(st, ts, INTERVAL '1' "
    "SECOND)"
    " GROUP BY k, window_start, window_end EMIT ON WINDOW CLOSE LATE DATA TO late",
    "CREATE MATERIALIZED VIEW totals AS SELECT loud, count(*) AS n, max(k) AS m FROM named GROUP BY loud",
    "INSERT INTO t VALUES (1, 'a name that is longer than a view can hold'), (2, 'b'), (3, NULL)",
    "UPDATE t SET name = name || 'x', k = k + 1",
    "INSERT INTO t VALUES (2, 'another name that is longer than a view can hold'), (9, 'z') ON CONFLICT (k) DO UPDATE SET name = excluded.name || t.name"
    " WHERE t.k < 5 RETURNING k, name",
    "INSERT INTO t SELECT k, 'w' FROM t ON CONFLICT DO NOTHING",
    "DELETE FROM t WHERE k = 9 RETURNING name || '!'",
    "INSERT INTO e VALUES (1, '2024-01-01 00:00:00'), (2, '2024-01-01 00:00:07'), (1, '2024-01-01 00:00:01')",
    "DELETE FROM t WHERE k = 2",
    "SET TIME ZONE 'CET-1CEST'",
    "CREATE MATERIALIZED VIEW zoned AS SELECT CAST(CAST(ts AS timestamptz) AS text) AS at, CAST('2024-01-01' AS timestamptz) AS base FROM e",
    "SELECT at, CAST(base AS date), at::timestamptz - base, base FROM zoned",
    "RESET timezone",
    "SELECT loud, n FROM totals ORDER BY n, loud",
    "SELECT k, count(*) FROM late GROUP BY k",
    "CREATE MATERIALIZED VIEW other AS SELECT k FROM t EXCEPT ALL SELECT k FROM e",
    "SELECT name IN (SELECT loud FROM named), EXISTS (SELECT 1 FROM t) FROM t WHERE k NOT IN (SELECT n FROM totals)",
    "SELECT loud FROM named INTERSECT (SELECT name FROM t EXCEPT SELECT 'b')",
    "CREATE SOURCE guessed (PRIMARY KEY (b, a)) WITH (connector = 'file', path = 'i?.csv', on_error = 'skip')",
    "SELECT a + 1, b FROM guessed",
    "CREATE TABLE defaults (a INT DEFAULT 1, b TEXT DEFAULT 'a default that is longer than a view ' || upper('x'), c TIMESTAMPTZ DEFAULT now())",
    "INSERT INTO defaults (a) VALUES (1), (DEFAULT)",
    "UPDATE defaults SET b = DEFAULT, c = DEFAULT",
    "CREATE VIEW replaced AS SELECT k FROM t",
    "CREATE OR REPLACE VIEW replaced AS SELECT k, name FROM t",
    "SHOW ALL",
    "EXPLAIN SELECT * FROM named",
    "DROP MATERIALIZED VIEW w CASCADE",
    "TRUNCATE t",
};
enum { STEP_COUNT = sizeof(STEPS) / sizeof(STEPS[0]) };

static void open_for_steps(Session *s, int64_t memory_max) {
    session_open(s, memory_max);
    assert_true(io_sim_put(&s->sim, STR("in.csv"), STR("a;b\n1;x\n2;a text that is longer than a view can hold\n")));
}

/* Runs all steps; in one of them the nth allocation fails. False: it has fewer. */
static bool run_with_failure(size_t step, int64_t nth) {
    Session s;
    open_for_steps(&s, 0);
    bool failed = false;
    for (size_t i = 0; i < STEP_COUNT && !failed; i++) {
        weir_error *error = NULL;
        if (i == step) atomic_store(&s.db->memory.fail_at, nth);
        int status = weir_exec(s.conn, STEPS[i], -1, &error);
        failed = i == step && atomic_load(&s.db->memory.fail_at) <= 0;
        atomic_store(&s.db->memory.fail_at, 0);
        if (status != WEIR_OK) {
            assert_int_equal(i, step);
            assert_int_equal(status, WEIR_OUT_OF_MEMORY);
        }
        weir_error_free(error);
        if (status != WEIR_OK || failed) { /* again: it works, or the database says that it is broken */
            error = NULL;
            status = weir_exec(s.conn, STEPS[i], -1, &error);
            weir_error_free(error);
        }
    }
    session_close(&s);
    return failed;
}

static void every_allocation_may_fail(void **state) {
    for (size_t step = 0; step < STEP_COUNT; step++)
        for (int64_t nth = 1; run_with_failure(step, nth); nth++) continue;
}

/* Everything that is held at once; each part does what it can after what failed. False: fewer allocations
 * than nth. */
static bool hold_with_failure(int64_t nth) {
    Session s;
    session_open(&s, 0);
    assert_true(io_sim_put(&s.sim, STR("in.csv"),
                           STR("a,b\n1,x\n2,a text that is longer than a view can hold\n3,x\n")));
    session_exec(&s,
                 "SET batch_rows = 2; CREATE TABLE t (a INT PRIMARY KEY, b TEXT);"
                 "CREATE SOURCE f (a INT, b TEXT) WITH (connector = 'file', path = 'in.csv', format = 'csv');"
                 "CREATE SOURCE u (a INT PRIMARY KEY, ts TIMESTAMP, WATERMARK FOR ts AS ts);"
                 "CREATE MATERIALIZED VIEW early AS SELECT b, count(*) AS n FROM f GROUP BY b;"
                 "INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'another text that is longer than a view "
                 "can hold')");
    atomic_store(&s.db->memory.fail_at, nth);
    weir_sub *queue = NULL, *latest = NULL;
    weir_writer *writer = NULL;
    weir_stmt *stmt = NULL;
    struct ArrowArrayStream stream = {0};
    struct ArrowArray array = {0};
    weir_batch *batch = NULL;
    (void)weir_subscribe(s.conn, "SELECT b, count(*) AS n FROM t GROUP BY b EMIT ON UPDATE", NULL, &latest,
                         NULL);
    (void)weir_subscribe(s.conn, "SELECT b, a FROM f", NULL, &queue, NULL); /* catches up */
    (void)weir_writer_open(s.conn, "u", &writer, NULL);
    if (weir_prepare(s.conn, "SELECT * FROM t UNION ALL SELECT * FROM t", -1, &stmt, NULL, NULL) == WEIR_OK)
        (void)weir_query(stmt, &stream, NULL);
    if (stream.release != NULL && stream.get_next(&stream, &array) == 0 && array.release != NULL)
        array.release(&array);
    (void)weir_exec(s.conn, "UPDATE t SET a = a + 1, b = b || b", -1, NULL); /* the stream keeps its rows */
    weir_value row[] = {weir_i64(1), weir_text("2024-01-01", -1)};
    for (int i = 0; writer != NULL && i < 3; i++) (void)weir_writer_row(writer, row, 2, NULL);
    if (writer != NULL) (void)weir_writer_flush(writer, NULL, NULL);
    array = (struct ArrowArray){0};
    while (stream.release != NULL && stream.get_next(&stream, &array) == 0 && array.release != NULL)
        array.release(&array);
    if (latest != NULL && weir_sub_next(latest, 0, &batch, NULL) == WEIR_OK) weir_batch_free(batch);
    if (queue != NULL && weir_sub_next(queue, 0, &batch, NULL) == WEIR_OK) weir_batch_free(batch);
    (void)weir_exec(s.conn, "CREATE STREAM st AS SELECT a FROM t; DROP STREAM st", -1, NULL);
    bool failed = atomic_load(&s.db->memory.fail_at) <= 0;
    atomic_store(&s.db->memory.fail_at, 0);
    if (stream.release != NULL) stream.release(&stream);
    weir_stmt_free(stmt);
    weir_sub_free(queue);
    weir_writer_free(writer);
    weir_sub_free(latest);
    session_close(&s);
    return failed;
}

static void every_allocation_may_fail_while_handles_are_open(void **state) {
    int64_t nth = 1;
    while (hold_with_failure(nth)) nth++;
    assert_true(nth > 50);
}

static void a_small_budget_is_an_error(void **state) {
    for (int64_t bytes = 1 << 20; bytes <= 8 << 20; bytes += 1 << 20) {
        Session s;
        Error err;
        weir_db *db = NULL;
        open_for_steps(&s, 0);
        if (life_begin(&s.sim.io, bytes, &db, &err) != STATUS_OK) {
            session_close(&s);
            continue;
        }
        weir_conn *conn = NULL;
        assert_int_equal(weir_connect(db, &conn, NULL), WEIR_OK);
        int status = WEIR_OK;
        for (size_t i = 0; i < STEP_COUNT && status == WEIR_OK; i++)
            status = weir_exec(conn, STEPS[i], -1, NULL);
        assert_true(status == WEIR_OK || status == WEIR_OUT_OF_MEMORY);
        weir_disconnect(conn);
        assert_int_equal(weir_close(db, NULL), WEIR_OK);
        session_close(&s);
    }
}

/* The simulated world holds no time zone data unless a test puts it there. */
static void zones_need_data(void **state) {
    Session s;
    session_open(&s, 0);
    assert_string_equal(
        session_error(&s, "SELECT TIMESTAMP '2024-07-01 12:00' AT TIME ZONE 'Europe/Berlin'"),
        "22023: time zone \"Europe/Berlin\" not recognized: this machine has no time zone data in "
        "/usr/share/zoneinfo (package tzdata)");
    assert_string_equal(session_error(&s, "SET TIME ZONE 'Europe/Berlin'"), "22023: invalid value for parameter \"TimeZone\": \"Europe/Berlin\"");
    assert_string_equal(session_rows(&s, "SELECT TIMESTAMP '2024-07-01 12:00' AT TIME ZONE 'CET-1CEST'"),
                        "2024-07-01 10:00:00+00\n");
    session_close(&s);
}

/* What a shell completes, and a form asks for: every option with what it is of and what it may be. */
static void options_are_listed(void **state) {
    Session s;
    session_open(&s, 0);
    assert_string_equal(
        session_rows(&s, "SHOW OPTIONS LIKE 'follow'"),
        "follow|source|connector file|true|false|false|go on reading what is appended, as tail -F does; a "
        "file that was replaced or cut is read from its start\n");
    assert_string_equal(session_rows(&s, "SHOW OPTIONS LIKE 'connector'"),
                        "connector|source||file|generator|~|where the rows come from or go to\n"
                        "connector|sink||file|stdout|blackhole|~|where the rows come from or go to\n");
    assert_string_equal(session_rows(&s, "SHOW OPTIONS LIKE 'null'"),
                        "null|source|format csv|text||an unquoted field with this text is NULL\n"
                        "null|sink|format csv|text||an unquoted field with this text is NULL\n");
    session_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_is_of_one_moment),
        cmocka_unit_test(buffers_are_aligned),
        cmocka_unit_test(what_is_read_cannot_be_dropped),
        cmocka_unit_test(dropping_takes_dependents_or_nothing),
        cmocka_unit_test(a_view_is_replaced_for_all),
        cmocka_unit_test(a_create_runs_once),
        cmocka_unit_test(changed_rows_are_counted),
        cmocka_unit_test(an_interrupt_ends_the_next_statement),
        cmocka_unit_test(positions_are_in_the_script),
        cmocka_unit_test(a_notice_comes_once),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_may_fail_while_handles_are_open),
        cmocka_unit_test(a_small_budget_is_an_error),
        cmocka_unit_test(zones_need_data),
        cmocka_unit_test(options_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
