/* SPDX-License-Identifier: Apache-2.0
 * Connections with time zones of their own: statements prepared before SET TIME ZONE, rows for pushing, what Arrow is told.
 * The simulated world has no time zone data, so zones here are rules. */
#include "session.h"

#define BERLIN  "SET TIME ZONE 'CET-1CEST,M3.5.0,M10.5.0/3'"
#define KOLKATA "SET TIME ZONE INTERVAL '+05:30'"

static const char *rows_of(Session *s, weir_stmt *stmt) {
    struct ArrowArrayStream stream;
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    const char *text = session_read(s, &stream, -1);
    stream.release(&stream);
    return text;
}

static void a_prepared_statement_goes_by_the_zone_of_its_run(void **state) {
    Session s;
    session_open(&s, 0);
    weir_stmt *stmt = session_prepare(&s, "SELECT CAST(TIMESTAMPTZ '2024-07-01 12:00' AS text), CAST(TIMESTAMPTZ '2024-07-01 12:00+00' AS text)");
    assert_string_equal(rows_of(&s, stmt), "2024-07-01 12:00:00+00|2024-07-01 12:00:00+00\n");
    session_exec(&s, BERLIN);
    assert_string_equal(rows_of(&s, stmt), "2024-07-01 12:00:00+02|2024-07-01 14:00:00+02\n");
    session_exec(&s, KOLKATA);
    assert_string_equal(rows_of(&s, stmt), "2024-07-01 12:00:00+05:30|2024-07-01 17:30:00+05:30\n");
    assert_string_equal(session_error(&s, "SET TIME ZONE 'x'"), "22023: invalid value for parameter \"TimeZone\": \"x\"");
    assert_string_equal(rows_of(&s, stmt), "2024-07-01 12:00:00+05:30|2024-07-01 17:30:00+05:30\n");
    session_exec(&s, "RESET timezone");
    assert_string_equal(rows_of(&s, stmt), "2024-07-01 12:00:00+00|2024-07-01 12:00:00+00\n");
    weir_stmt_free(stmt);

    weir_stmt *create = session_prepare(&s, "CREATE MATERIALIZED VIEW v AS SELECT CAST(TIMESTAMPTZ '2024-07-01 12:00Z' AS text) AS t");
    session_exec(&s, BERLIN);
    assert_string_equal(rows_of(&s, create), "");
    weir_stmt_free(create);
    session_exec(&s, "RESET timezone");
    assert_string_equal(session_rows(&s, "SELECT * FROM v"), "2024-07-01 14:00:00+02\n");
    session_close(&s);
}

/* The other's SET changes nothing of what a connection asks, nor of what it has running. */
static void connections_have_zones_of_their_own(void **state) {
    Session s;
    weir_conn *other;
    session_open(&s, 0);
    assert_int_equal(weir_connect(s.db, &other, NULL), WEIR_OK);
    session_exec(&s, "CREATE TABLE t (ts TIMESTAMPTZ);" BERLIN);
    weir_sub *sub = session_subscribe(&s, "SELECT CAST(ts AS text) AS ts FROM t", 0);
    assert_int_equal(weir_exec(other, KOLKATA "; INSERT INTO t VALUES ('2024-07-01 12:00')", -1, NULL), WEIR_OK);
    assert_string_equal(session_changes(&s, sub), "2024-07-01 08:30:00+02|1\n");
    session_exec(&s, "SET TIME ZONE 3");
    assert_int_equal(weir_exec(other, "INSERT INTO t VALUES ('2024-07-01 13:00')", -1, NULL), WEIR_OK);
    assert_string_equal(session_changes(&s, sub), "2024-07-01 09:30:00+02|1\n");
    assert_string_equal(session_rows(&s, "SELECT CAST(max(ts) AS text), CAST(TIMESTAMP '2024-01-01 00:00' AS TIMESTAMPTZ) < '2024-01-01 00:00+02' FROM t"),
                        "2024-07-01 10:30:00+03|t\n");
    weir_conn *again;
    assert_int_equal(weir_connect(s.db, &again, NULL), WEIR_OK);
    weir_disconnect(other);
    assert_int_equal(weir_exec(again, "INSERT INTO t VALUES ('2024-07-01 14:00')", -1, NULL), WEIR_OK);
    assert_string_equal(session_changes(&s, sub), "2024-07-01 16:00:00+02|1\n");
    weir_disconnect(again);
    weir_sub_free(sub);
    session_close(&s);
}

static const char *format_of(Session *s, char *room) {
    struct ArrowSchema schema;
    weir_stmt *stmt = session_prepare(s, "SELECT TIMESTAMPTZ '2024-07-01 12:00Z' AS ts, 1 AS n, TIMESTAMPTZ '2024-07-01 12:00Z' AS again");
    assert_int_equal(weir_stmt_schema(stmt, &schema, NULL), WEIR_OK);
    assert_string_equal(schema.children[0]->format, schema.children[2]->format);
    assert_string_equal(schema.children[1]->format, "i");
    strcpy(room, schema.children[0]->format);
    schema.release(&schema);
    weir_stmt_free(stmt);
    return room;
}

static void arrow_is_told_the_zone(void **state) {
    static const char *const rows[][2] = {
        {"UTC", "tsu:UTC"}, {"2", "tsu:+02:00"}, {"-5.5", "tsu:-05:30"}, {"-07:30", "tsu:+07:30"}, {"GMT0", "tsu:+00:00"}, {"15:59:00", "tsu:-15:59"},
        {"16", "tsu:<+16>-16"}, {"xyz-3:15:30", "tsu:XYZ-3:15:30"}, {"CET-1CEST", "tsu:CET-1CEST"},
    };
    Session s;
    session_open(&s, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char set[64], format[300];
        (void)text_format(set, sizeof(set), "SET TIME ZONE '%s'", rows[i][0]);
        session_exec(&s, set);
        assert_string_equal(format_of(&s, format), rows[i][1]);
        /* The values are in UTC whatever it is told. */
        assert_string_equal(session_rows(&s, "SELECT TIMESTAMPTZ '2024-07-01 12:00Z'"), "2024-07-01 12:00:00+00\n");
    }
    session_close(&s);
}

static void texts_pushed_go_by_the_writers_zone(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (ts TIMESTAMPTZ);" BERLIN);
    weir_writer *writer = session_writer(&s, "t");
    session_exec(&s, KOLKATA);
    weir_value local = weir_text("2024-07-01 12:00", -1), zoned = weir_text("2024-07-01 12:00 EST5EDT", -1);
    assert_int_equal(weir_writer_row(writer, &local, 1, NULL), WEIR_OK);
    assert_int_equal(weir_writer_row(writer, &zoned, 1, NULL), WEIR_OK);
    assert_int_equal(weir_writer_flush(writer, NULL, NULL), WEIR_OK);
    weir_writer_free(writer);
    assert_string_equal(session_rows(&s, "SELECT CAST(ts AS text) FROM t ORDER BY ts"), "2024-07-01 15:30:00+05:30\n2024-07-01 21:30:00+05:30\n");
    session_close(&s);
}

/* stdin is made when somebody first names it, and that may be no statement: by the settings of who does, not of who was there before. */
static void a_writer_that_makes_stdin(void **state) {
    Session s;
    weir_conn *other;
    weir_writer *writer;
    session_open(&s, 0);
    assert_true(io_sim_append(&s.sim, STR("stdin"), STR("{\"ts\":\"2024-07-01T12:00:00Z\"}\n")));
    io_sim_end(&s.sim, STR("stdin"));
    assert_int_equal(weir_connect(s.db, &other, NULL), WEIR_OK);
    assert_int_equal(weir_exec(other, "SET TIME ZONE 'CET-1CEST'; SET on_error = 'stop'; SELECT 1", -1, NULL), WEIR_OK);
    weir_disconnect(other);
    assert_int_not_equal(weir_writer_open(s.conn, "stdin", &writer, NULL), WEIR_OK);
    assert_string_equal(session_rows(&s, "SELECT CAST(ts AS text) FROM stdin"), "2024-07-01 12:00:00+00\n");
    session_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prepared_statement_goes_by_the_zone_of_its_run),
        cmocka_unit_test(connections_have_zones_of_their_own),
        cmocka_unit_test(arrow_is_told_the_zone),
        cmocka_unit_test(texts_pushed_go_by_the_writers_zone),
        cmocka_unit_test(a_writer_that_makes_stdin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
