/* SPDX-License-Identifier: Apache-2.0
 * Parameters: what values they take and keep, statements that are run again with others, and where there are none. */
#include <math.h>
#include <pthread.h>

#include "session.h"

/* Rows of the statement as it is bound now, or "ERROR sqlstate: message". */
static const char *run(Session *s, weir_stmt *stmt) {
    struct ArrowArrayStream stream;
    weir_error *error = NULL;
    if (weir_query(stmt, &stream, &error) == WEIR_OK) {
        (void)session_read(s, &stream, -1);
        stream.release(&stream);
        return session_text(s);
    }
    text_reset(&s->text);
    text_append_format(&s->text, "ERROR %s: %s\n", weir_error_sqlstate(error), weir_error_message(error));
    weir_error_free(error);
    return session_text(s);
}

/* "" or "SQLSTATE: message". */
static const char *bind(Session *s, weir_stmt *stmt, uint32_t number, weir_value value) {
    weir_error *error = NULL;
    text_reset(&s->text);
    int status = weir_bind(stmt, number, value, &error);
    assert_int_equal(status, weir_error_code(error));
    if (status != WEIR_OK) text_append_format(&s->text, "%s: %s", weir_error_sqlstate(error), weir_error_message(error));
    weir_error_free(error);
    return session_text(s);
}

/* One parameter of `sql` with one value. */
static const char *with(Session *s, const char *sql, weir_value value) {
    weir_stmt *stmt = session_prepare(s, sql);
    const char *failure = bind(s, stmt, 1, value);
    if (failure[0] == '\0') (void)run(s, stmt);
    weir_stmt_free(stmt);
    return session_text(s);
}

static weir_value bytes(const char *data, size_t size) {
    weir_value value = weir_text(data, (ptrdiff_t)size);
    value.kind = WEIR_BYTES;
    return value;
}

static void fill(Session *s) {
    session_open(s, 0);
    session_exec(s, "CREATE TABLE t (k INT PRIMARY KEY, name TEXT, price NUMERIC(10, 2), at TIMESTAMPTZ, v VARCHAR(5), d DOUBLE PRECISION);"
                    "INSERT INTO t VALUES (1, 'one', 1.50, '2024-01-01', 'a', 1), (2, 'two', 2.25, '2024-01-02', 'b', 2),"
                    "(3, 'a name that is longer than a view', 3.00, NULL, 'c', 3)");
}

static void a_statement_runs_with_other_values(void **state) {
    Session s;
    fill(&s);
    weir_stmt *stmt = session_prepare(&s, "SELECT name FROM t WHERE k = $1 OR name = $2 ORDER BY k");
    assert_int_equal(weir_stmt_param_count(stmt), 2);
    assert_string_equal(bind(&s, stmt, 1, weir_i64(1)), "");
    assert_string_equal(bind(&s, stmt, 2, weir_text("two", -1)), "");
    assert_string_equal(run(&s, stmt), "one\ntwo\n");
    assert_string_equal(run(&s, stmt), "one\ntwo\n"); /* values stay */
    assert_string_equal(bind(&s, stmt, 2, weir_text("a name that is longer than a view", -1)), "");
    assert_string_equal(run(&s, stmt), "one\na name that is longer than a view\n");
    assert_string_equal(bind(&s, stmt, 1, weir_null()), "");
    assert_string_equal(run(&s, stmt), "a name that is longer than a view\n");
    weir_stmt_free(stmt);
    session_close(&s);
}

static void a_value_is_needed(void **state) {
    Session s;
    fill(&s);
    weir_stmt *stmt = session_prepare(&s, "SELECT $2::INT, $1::INT");
    assert_string_equal(bind(&s, stmt, 2, weir_i64(5)), "");
    struct ArrowArrayStream stream;
    weir_error *error = NULL;
    assert_int_not_equal(weir_query(stmt, &stream, &error), WEIR_OK);
    assert_string_equal(weir_error_sqlstate(error), "42P02");
    assert_string_equal(weir_error_message(error), "parameter $1 has no value");
    assert_int_equal(weir_error_position(error), 16); /* where $1 stands */
    weir_error_free(error);
    assert_string_equal(bind(&s, stmt, 1, weir_null()), "");
    assert_string_equal(run(&s, stmt), "5|~\n");
    assert_int_equal(weir_clear_bindings(stmt, NULL), WEIR_OK);
    assert_string_equal(run(&s, stmt), "ERROR 42P02: parameter $1 has no value\n");
    assert_string_equal(bind(&s, stmt, 0, weir_i64(5)), "42P02: there is no parameter $0");
    assert_string_equal(bind(&s, stmt, 3, weir_i64(5)), "42P02: there is no parameter $3");
    weir_stmt_free(stmt);
    assert_string_equal(session_error(&s, "SELECT 1; SELECT $1"), "42P02: parameter $1 has no value"); /* a script has no values to give */
    session_close(&s);
}

static void values_are_checked(void **state) {
    static const char bad_utf8[] = "\xff";
    Session s;
    fill(&s);
    assert_string_equal(with(&s, "SELECT $1::SMALLINT", weir_i64(40000)), "22003: smallint out of range");
    assert_string_equal(with(&s, "SELECT $1::INT", weir_i64(INT64_C(1) << 31)), "22003: integer out of range");
    assert_string_equal(with(&s, "SELECT $1::INT", weir_text("12x", -1)), "22P02: invalid input syntax for type integer: \"12x\"");
    assert_string_equal(with(&s, "SELECT $1::INT", weir_f64(1.5)), "42804: parameter $1 is of type integer but the value is a double");
    assert_string_equal(with(&s, "SELECT $1::TEXT", weir_i64(1)), "42804: parameter $1 is of type text but the value is an integer");
    assert_string_equal(with(&s, "SELECT $1::NUMERIC", weir_f64(1)), "42804: parameter $1 is of type numeric but the value is a double");
    assert_string_equal(with(&s, "SELECT $1::TEXT", weir_text(bad_utf8, 1)), "22021: the text for parameter $1 is not valid UTF-8");
    assert_string_equal(with(&s, "SELECT $1::TEXT", weir_text("a\0b", 3)), "22021: the text for parameter $1 holds a zero byte");
    assert_string_equal(with(&s, "SELECT $1::DATE", weir_i64(INT64_MIN)), "22008: date out of range in parameter $1");
    assert_string_equal(with(&s, "SELECT $1::REAL", weir_f64(1e300)), "22003: value out of range: overflow");
    assert_string_equal(with(&s, "SELECT $1::INT", bytes("a", 1)), "42804: parameter $1 is of type integer but the value is bytes");
    assert_string_equal(with(&s, "SELECT $1::INT", (weir_value){.kind = 99}), "HV000: a weir_value of unknown kind 99");
    assert_string_equal(with(&s, "SELECT $1::TEXT", (weir_value){.kind = WEIR_TEXT, .as.text = {NULL, 3}}),
                        "HV000: the weir_value for parameter $1 has a size and no bytes");
    assert_string_equal(with(&s, "SELECT $1::NUMERIC", weir_text("1e40", -1)), "22003: numeric field overflow");
    /* What fails leaves the value that was there. */
    weir_stmt *stmt = session_prepare(&s, "SELECT $1::INT");
    assert_string_equal(bind(&s, stmt, 1, weir_i64(7)), "");
    assert_string_equal(bind(&s, stmt, 1, weir_text("x", -1)), "22P02: invalid input syntax for type integer: \"x\"");
    assert_string_equal(run(&s, stmt), "7\n");
    weir_stmt_free(stmt);
    session_close(&s);
}

static void each_type_takes_its_values(void **state) {
    Session s;
    fill(&s);
    assert_string_equal(with(&s, "SELECT $1::BOOLEAN, NOT $1", weir_bool(1)), "t|f\n");
    assert_string_equal(with(&s, "SELECT $1::SMALLINT + 1", weir_i64(-7)), "-6\n");
    assert_string_equal(with(&s, "SELECT $1::BIGINT", weir_text(" 9223372036854775807 ", -1)), "9223372036854775807\n");
    assert_string_equal(with(&s, "SELECT $1::DOUBLE PRECISION * 2", weir_f64(1.25)), "2.5\n");
    assert_string_equal(with(&s, "SELECT $1::REAL", weir_i64(3)), "3\n");
    assert_string_equal(with(&s, "SELECT $1 || '!'", weir_text("h\xc3\xa9", -1)), "h\xc3\xa9!\n");
    assert_string_equal(with(&s, "SELECT $1::BYTEA", bytes("\x00\xff", 2)), "\\x00ff\n");
    assert_string_equal(with(&s, "SELECT $1::DATE + 1", weir_i64(0)), "1970-01-02\n");
    assert_string_equal(with(&s, "SELECT $1::TIME", weir_text("12:34", -1)), "12:34:00\n");
    assert_string_equal(with(&s, "SELECT $1::TIMESTAMP", weir_i64(INT64_MAX)), "infinity\n");
    assert_string_equal(with(&s, "SELECT TIMESTAMP '2024-01-01' + $1", weir_text("1 day 2:00", -1)), "2024-01-02 02:00:00\n");
    assert_string_equal(with(&s, "SELECT $1::UUID", weir_text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", -1)), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\n");
    assert_string_equal(with(&s, "SELECT $1::JSONB -> 'a'", weir_text("{\"a\": [1]}", -1)), "[1]\n");
    assert_string_equal(with(&s, "SELECT $1::INT IS NULL", weir_null()), "t\n");
    session_exec(&s, "SET TIME ZONE 'CET-1CEST'"); /* a text without a zone goes by the session's clock */
    assert_string_equal(with(&s, "SELECT $1::TIMESTAMPTZ = TIMESTAMPTZ '2024-01-01 00:00:00+01'", weir_text("2024-01-01", -1)), "t\n");
    session_close(&s);
}

/* The value is kept as it was given: each place rounds to its own digits. */
static void numerics_keep_their_digits(void **state) {
    Session s;
    fill(&s);
    session_exec(&s, "CREATE TABLE n (a NUMERIC(10, 1), b NUMERIC(38, 0), c NUMERIC(5, 4))");
    assert_string_equal(with(&s, "INSERT INTO n VALUES ($1, $1, $1) RETURNING *", weir_text("1.23456", -1)), "1.2|1|1.2346\n");
    assert_string_equal(with(&s, "INSERT INTO n (b) VALUES ($1) RETURNING b", weir_text("99999999999999999999999999999999999999", -1)),
                        "99999999999999999999999999999999999999\n");
    assert_string_equal(with(&s, "SELECT count(*) FROM n WHERE b = $1", weir_text("99999999999999999999999999999999999999", -1)), "1\n");
    assert_string_equal(with(&s, "SELECT k FROM t WHERE price > $1", weir_text("2.2499999999999999999999", -1)), "2\n3\n");
    assert_string_equal(with(&s, "SELECT k FROM t WHERE price BETWEEN $1 AND 2.5", weir_text("1.50", -1)), "1\n2\n");
    assert_string_equal(with(&s, "SELECT k FROM t WHERE price = $1", weir_i64(3)), "3\n");
    assert_string_equal(with(&s, "SELECT $1::NUMERIC(4, 1) * 2", weir_text("1.25", -1)), "2.6\n");
    assert_string_equal(with(&s, "SELECT max(coalesce($1, price)) = 1.234 FROM t", weir_text("1.234", -1)), "t\n");
    assert_string_equal(with(&s, "INSERT INTO n (c) VALUES ($1)", weir_text("12.5", -1)), "ERROR 22003: numeric field overflow\n");
    assert_string_equal(with(&s, "SELECT CASE WHEN k > 5 THEN $1::NUMERIC(3, 2) ELSE 0 END FROM t WHERE k = 1", weir_text("12.5", -1)), "0.00\n");
    session_close(&s);
}

static void changes_take_parameters(void **state) {
    Session s;
    fill(&s);
    weir_stmt *insert = session_prepare(&s, "INSERT INTO t (k, name, v) VALUES ($1, $2, $3), ($1 + 1, upper($2), 'x')");
    assert_string_equal(bind(&s, insert, 1, weir_i64(10)), "");
    assert_string_equal(bind(&s, insert, 2, weir_text("ten", -1)), "");
    assert_string_equal(bind(&s, insert, 3, weir_text("v", -1)), "");
    assert_string_equal(run(&s, insert), "");
    assert_int_equal(weir_stmt_changes(insert), 2);
    assert_string_equal(run(&s, insert), "ERROR 23505: duplicate key value violates unique constraint \"t_pkey\"\n");
    assert_string_equal(bind(&s, insert, 1, weir_i64(20)), "");
    assert_string_equal(bind(&s, insert, 3, weir_text("too long", -1)), "");
    assert_string_equal(run(&s, insert), "ERROR 22001: value too long for type character varying(5)\n");
    assert_string_equal(bind(&s, insert, 3, weir_text("fits   ", -1)), ""); /* only spaces are cut */
    assert_string_equal(run(&s, insert), "");
    assert_string_equal(bind(&s, insert, 1, weir_null()), "");
    assert_string_equal(run(&s, insert), "ERROR 23502: null value in column \"k\" of relation \"t\" violates not-null constraint\n");
    weir_stmt_free(insert);
    assert_string_equal(session_rows(&s, "SELECT k, name, v || '.' FROM t WHERE k >= 10"), "10|ten|v.\n11|TEN|x.\n20|ten|fits .\n21|TEN|x.\n");
    weir_stmt *update = session_prepare(&s, "UPDATE t SET name = $1 || k, price = $2 WHERE k >= $3 RETURNING k, name, price, $1");
    assert_string_equal(bind(&s, update, 1, weir_text("n", -1)), "");
    assert_string_equal(bind(&s, update, 2, weir_text("0.125", -1)), "");
    assert_string_equal(bind(&s, update, 3, weir_i64(20)), "");
    assert_string_equal(run(&s, update), "20|n20|0.13|n\n21|n21|0.13|n\n");
    weir_stmt_free(update);
    weir_stmt *upsert = session_prepare(&s, "INSERT INTO t (k, name) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET name = excluded.name || $3 WHERE t.k < $4 RETURNING name");
    assert_string_equal(bind(&s, upsert, 1, weir_i64(1)), "");
    assert_string_equal(bind(&s, upsert, 2, weir_text("uno", -1)), "");
    assert_string_equal(bind(&s, upsert, 3, weir_text("!", -1)), "");
    assert_string_equal(bind(&s, upsert, 4, weir_i64(10)), "");
    assert_string_equal(run(&s, upsert), "uno!\n");
    weir_stmt_free(upsert);
    assert_string_equal(with(&s, "DELETE FROM t WHERE k >= $1 RETURNING k", weir_i64(11)), "11\n20\n21\n");
    assert_string_equal(with(&s, "INSERT INTO t (k, name) SELECT k + 100, $1 FROM t WHERE k = 10 RETURNING k, name", weir_text("copy", -1)), "110|copy\n");
    session_exec(&s, "CREATE SOURCE pushed (a INT); CREATE MATERIALIZED VIEW seen AS SELECT sum(a) AS a FROM pushed");
    assert_string_equal(with(&s, "INSERT INTO pushed VALUES ($1), ($1 * 2)", weir_i64(7)), "");
    assert_string_equal(session_rows(&s, "SELECT a FROM seen"), "21\n");
    session_close(&s);
}

static void limits_take_parameters(void **state) {
    Session s;
    fill(&s);
    weir_stmt *stmt = session_prepare(&s, "SELECT k FROM t ORDER BY k DESC LIMIT $1 OFFSET $2 + BIGINT '1'");
    assert_string_equal(bind(&s, stmt, 1, weir_i64(1)), "");
    assert_string_equal(bind(&s, stmt, 2, weir_i64(0)), "");
    assert_string_equal(run(&s, stmt), "2\n");
    assert_string_equal(bind(&s, stmt, 1, weir_null()), ""); /* no limit */
    assert_string_equal(run(&s, stmt), "2\n1\n");
    assert_string_equal(bind(&s, stmt, 2, weir_null()), "");
    assert_string_equal(run(&s, stmt), "3\n2\n1\n");
    assert_string_equal(bind(&s, stmt, 1, weir_i64(-1)), "");
    assert_string_equal(run(&s, stmt), "ERROR 2201W: LIMIT must not be negative\n");
    assert_string_equal(bind(&s, stmt, 2, weir_i64(-2)), "");
    assert_string_equal(run(&s, stmt), "ERROR 2201X: OFFSET must not be negative\n");
    assert_string_equal(bind(&s, stmt, 1, weir_i64(0)), "");
    assert_string_equal(bind(&s, stmt, 2, weir_i64(INT64_MAX)), "");
    assert_string_equal(run(&s, stmt), "ERROR 22003: bigint out of range\n");
    assert_string_equal(bind(&s, stmt, 1, weir_i64(INT64_MAX)), "");
    assert_string_equal(bind(&s, stmt, 2, weir_i64(1)), "");
    assert_string_equal(run(&s, stmt), "1\n");
    weir_stmt_free(stmt);
    assert_string_equal(with(&s, "SELECT k FROM (SELECT k FROM t LIMIT $1) x WHERE k > 1", weir_i64(2)), "2\n"); /* WHERE is no part of it */
    session_close(&s);
}

/* Predicates go down, and values come up, as constants do. */
static void values_stand_everywhere(void **state) {
    Session s;
    fill(&s);
    session_exec(&s, "CREATE VIEW named AS SELECT k, name || '!' AS loud FROM t");
    assert_string_equal(with(&s, "SELECT loud FROM named WHERE k IN ($1, 3) ORDER BY k", weir_i64(2)), "two!\na name that is longer than a view!\n");
    assert_string_equal(with(&s, "SELECT k % $1 = 1 FROM t", weir_i64(2)), "t\nf\nt\n");
    assert_string_equal(with(&s, "SELECT count(*) FILTER (WHERE k > $1), sum(k * $1) FROM t HAVING count(*) > $1", weir_i64(2)), "1|12\n");
    assert_string_equal(with(&s, "SELECT k > $1, count(*) FROM t GROUP BY k > $1 ORDER BY 1", weir_i64(1)), "f|1\nt|2\n");
    assert_string_equal(with(&s, "SELECT name FROM t WHERE name LIKE $1", weir_text("%w%", -1)), "two\na name that is longer than a view\n");
    assert_string_equal(with(&s, "SELECT x FROM (VALUES ($1), ('b')) v(x) ORDER BY x", weir_text("c", -1)), "b\nc\n");
    assert_string_equal(with(&s, "SELECT $1 UNION ALL SELECT 5 ORDER BY 1", weir_i64(4)), "4\n5\n");
    assert_string_equal(with(&s, "SELECT (SELECT max(k) FROM t WHERE k < $1)", weir_i64(3)), "2\n");
    assert_string_equal(with(&s, "SELECT k FROM t WHERE k IN (SELECT k - 1 FROM t WHERE k > $1) ORDER BY k", weir_i64(2)), "2\n");
    assert_string_equal(with(&s, "SELECT string_agg(name, $1 ORDER BY k) FROM t WHERE k < 3", weir_text(", ", -1)), "one, two\n");
    assert_string_equal(with(&s, "SELECT CASE $1 WHEN 'a' THEN 1 ELSE 2 END, nullif($1, 'a')", weir_text("a", -1)), "1|~\n");
    assert_string_equal(with(&s, "SELECT DISTINCT $1 FROM t", weir_text("a text that is longer than a view", -1)), "a text that is longer than a view\n");
    assert_string_equal(with(&s, "WITH c AS (SELECT k FROM t WHERE k > $1) SELECT count(*) FROM c", weir_i64(1)), "2\n");
    assert_string_equal(with(&s, "SELECT 1 / $1", weir_i64(0)), "ERROR 22012: division by zero\n");
    assert_string_equal(with(&s, "SELECT k FROM t WHERE $1 AND k = 1", weir_bool(1)), "1\n");
    assert_string_equal(with(&s, "SELECT k FROM t WHERE (k, name) = ($1, 'two')", weir_i64(2)), "2\n");
    session_close(&s);
}

/* A row is looked up by its key; a result that has begun is of one moment all the same. */
static void keys_are_looked_up(void **state) {
    Session s;
    fill(&s);
    session_exec(&s, "SET batch_rows = 1");
    weir_stmt *stmt = session_prepare(&s, "SELECT name FROM t WHERE k = $1 UNION ALL SELECT name FROM t WHERE k = $1");
    struct ArrowArrayStream stream;
    assert_string_equal(bind(&s, stmt, 1, weir_i64(2)), "");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    assert_string_equal(session_read(&s, &stream, 1), "two\n");
    session_exec(&s, "UPDATE t SET name = 'new' WHERE k = 2");
    assert_string_equal(session_read(&s, &stream, -1), "two\n");
    stream.release(&stream);
    assert_string_equal(run(&s, stmt), "new\nnew\n");
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    session_exec(&s, "DELETE FROM t WHERE k = 2"); /* before the first row is read */
    assert_string_equal(session_read(&s, &stream, -1), "new\nnew\n");
    stream.release(&stream);
    assert_string_equal(run(&s, stmt), "");
    assert_string_equal(bind(&s, stmt, 1, weir_null()), "");
    assert_string_equal(run(&s, stmt), "");
    weir_stmt_free(stmt);
    session_close(&s);
}

/* Streams that are still read keep the values they began with, also when the statement is gone. */
static void streams_keep_their_values(void **state) {
    Session s;
    fill(&s);
    session_exec(&s, "SET batch_rows = 1");
    struct ArrowArrayStream first, second;
    weir_stmt *stmt = session_prepare(&s, "SELECT k, $1 || k FROM t WHERE k >= $2");
    assert_string_equal(bind(&s, stmt, 1, weir_text("a text that is longer than a view ", -1)), "");
    assert_string_equal(bind(&s, stmt, 2, weir_i64(2)), "");
    assert_int_equal(weir_query(stmt, &first, NULL), WEIR_OK);
    assert_string_equal(session_read(&s, &first, 1), "2|a text that is longer than a view 2\n");
    assert_string_equal(bind(&s, stmt, 1, weir_text("b", -1)), "");
    assert_string_equal(bind(&s, stmt, 2, weir_i64(3)), "");
    assert_int_equal(weir_query(stmt, &second, NULL), WEIR_OK);
    assert_int_equal(weir_clear_bindings(stmt, NULL), WEIR_OK);
    weir_stmt_free(stmt);
    assert_string_equal(session_read(&s, &second, -1), "3|b3\n");
    assert_string_equal(session_read(&s, &first, -1), "3|a text that is longer than a view 3\n");
    first.release(&first);
    second.release(&second);
    session_close(&s);
}

/* The plan is made anew when the catalog has changed; types and values stay. */
static void a_new_catalog_leaves_the_types(void **state) {
    Session s;
    fill(&s);
    weir_stmt *stmt = session_prepare(&s, "SELECT k FROM t WHERE k = $1");
    assert_string_equal(bind(&s, stmt, 1, weir_i64(2)), "");
    session_exec(&s, "CREATE TABLE other (a INT); SET TIME ZONE 'CET-1CEST'");
    assert_string_equal(run(&s, stmt), "2\n");
    session_exec(&s, "DROP TABLE t; CREATE TABLE t (k BIGINT); INSERT INTO t VALUES (2)");
    assert_string_equal(run(&s, stmt), "ERROR 0A000: cached plan must not change result type\n");
    session_exec(&s, "DROP TABLE t");
    assert_string_equal(run(&s, stmt), "ERROR 42P01: relation \"t\" does not exist\n");
    weir_stmt_free(stmt);
    session_exec(&s, "CREATE TABLE t (k INT)");
    stmt = session_prepare(&s, "INSERT INTO t VALUES ($1)");
    assert_string_equal(bind(&s, stmt, 1, weir_i64(3)), "");
    session_exec(&s, "DROP TABLE t; CREATE TABLE t (k BIGINT)");
    assert_string_equal(run(&s, stmt), "");
    assert_string_equal(bind(&s, stmt, 1, weir_i64(INT64_C(1) << 40)), "22003: integer out of range");
    session_exec(&s, "DROP TABLE t; CREATE TABLE t (k BOOLEAN)");
    assert_string_equal(run(&s, stmt), "ERROR 42804: column \"k\" is of type boolean but expression is of type integer\n");
    weir_stmt_free(stmt);
    session_close(&s);
}

static const char *types_of(Session *s, const char *sql) {
    struct ArrowSchema schema;
    weir_stmt *stmt = session_prepare(s, sql);
    assert_int_equal(weir_stmt_param_schema(stmt, &schema, NULL), WEIR_OK);
    assert_int_equal(schema.n_children, weir_stmt_param_count(stmt));
    text_reset(&s->text);
    for (int64_t i = 0; i < schema.n_children; i++)
        text_append_format(&s->text, "%s%s %s", i > 0 ? ", " : "", schema.children[i]->name, schema.children[i]->format);
    schema.release(&schema);
    weir_stmt_free(stmt);
    return session_text(s);
}

static void types_are_told(void **state) {
    Session s;
    fill(&s);
    assert_string_equal(types_of(&s, "SELECT 1"), "");
    assert_string_equal(types_of(&s, "SELECT k FROM t WHERE k = $2 AND name = $1 LIMIT $3"), "$1 vu, $2 i, $3 l");
    assert_string_equal(types_of(&s, "INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6)"), "$1 i, $2 vu, $3 d:38,16, $4 tsu:UTC, $5 vu, $6 g");
    assert_string_equal(types_of(&s, "EXPLAIN SELECT k FROM t WHERE k > $1"), "$1 i");
    weir_stmt *stmt = session_prepare(&s, "EXPLAIN SELECT k FROM t WHERE k > $1 ORDER BY k LIMIT $2");
    assert_non_null(strstr(run(&s, stmt), "LIMIT $2"));
    weir_stmt_free(stmt);
    assert_int_equal(weir_stmt_param_count(NULL), 0);
    session_close(&s);
}

static void what_goes_on_has_none(void **state) {
    static const char *const REFUSED[][2] = {
        {"CREATE VIEW v AS SELECT k FROM t WHERE k = $1", "42P02: there are no parameters in CREATE"},
        {"CREATE MATERIALIZED VIEW v AS SELECT k FROM t WHERE k = $1", "42P02: there are no parameters in CREATE"},
        {"CREATE TABLE c AS SELECT $1::INT AS a", "42P02: there are no parameters in CREATE"},
        {"SELECT k FROM t WHERE k = $1 EMIT CHANGES", "0A000: parameters in a continuous query are not supported"},
        {"SUBSCRIBE t WHERE k = $1", "0A000: parameters in a continuous query are not supported"},
        {"EXPLAIN CREATE VIEW v AS SELECT k FROM t WHERE k = $1", "42P02: there is no parameter $1"},
    };
    Session s;
    fill(&s);
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) assert_string_equal(session_error(&s, REFUSED[i][0]), REFUSED[i][1]);
    weir_sub *sub = NULL;
    weir_error *error = NULL;
    assert_int_not_equal(weir_subscribe(s.conn, "SELECT k FROM t WHERE k = $1", NULL, &sub, &error), WEIR_OK);
    assert_string_equal(weir_error_sqlstate(error), "0A000");
    assert_int_equal(weir_error_position(error), 26);
    weir_error_free(error);
    session_close(&s);
}

/* --- threads, callbacks, memory ------------------------------------------------------------------- */

typedef struct Caller {
    weir_stmt *stmt;
    int codes[3];
} Caller;

static void *call_all(void *context) {
    Caller *caller = context;
    struct ArrowSchema schema;
    caller->codes[0] = weir_bind(caller->stmt, 1, weir_i64(9), NULL);
    caller->codes[1] = weir_clear_bindings(caller->stmt, NULL);
    caller->codes[2] = weir_stmt_param_schema(caller->stmt, &schema, NULL);
    return NULL;
}

static void call_from_callback(void *user, const weir_batch *batch) {
    pthread_t thread;
    Caller *caller = user;
    (void)call_all(user);
    for (int i = 0; i < 3; i++) assert_int_equal(caller->codes[i], WEIR_BUSY);
    caller->codes[0] = caller->codes[1] = caller->codes[2] = -1;
    assert_int_equal(pthread_create(&thread, NULL, call_all, user), 0);
    pthread_join(thread, NULL);
}

static void one_thread_at_a_time(void **state) {
    Session s;
    fill(&s);
    Caller caller = {session_prepare(&s, "SELECT $1::INT"), {-1, -1, -1}};
    assert_string_equal(bind(&s, caller.stmt, 1, weir_i64(5)), "");
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.callback = call_from_callback;
    options.user = &caller;
    weir_sub *sub;
    assert_int_equal(weir_subscribe(s.conn, "t", &options, &sub, NULL), WEIR_OK);
    for (int i = 0; i < 3; i++) assert_int_equal(caller.codes[i], WEIR_BUSY);
    weir_sub_free(sub);
    assert_string_equal(run(&s, caller.stmt), "5\n"); /* BUSY has changed nothing */
    weir_stmt_free(caller.stmt);
    session_close(&s);
}

static void a_statement_keeps_its_values_alive(void **state) {
    Session s;
    fill(&s);
    struct ArrowArrayStream stream;
    char text[] = "a text of the caller's, longer than a view";
    weir_stmt *stmt = session_prepare(&s, "SELECT $1::TEXT");
    assert_string_equal(bind(&s, stmt, 1, weir_text(text, -1)), "");
    memset(text, 'x', sizeof(text) - 1); /* it was copied */
    assert_int_equal(weir_query(stmt, &stream, NULL), WEIR_OK);
    weir_disconnect(s.conn);
    assert_int_equal(weir_close(s.db, NULL), WEIR_BUSY);
    weir_stmt_free(stmt);
    assert_string_equal(session_read(&s, &stream, -1), "a text of the caller's, longer than a view\n");
    stream.release(&stream);
    assert_int_equal(weir_connect(s.db, &s.conn, NULL), WEIR_OK);
    session_close(&s);
}

static void what_is_missing_is_misuse(void **state) {
    Session s;
    fill(&s);
    weir_stmt *stmt = session_prepare(&s, "SELECT $1::INT");
    struct ArrowSchema schema;
    assert_int_equal(weir_bind(NULL, 1, weir_null(), NULL), WEIR_MISUSE);
    assert_int_equal(weir_clear_bindings(NULL, NULL), WEIR_MISUSE);
    assert_int_equal(weir_stmt_param_schema(NULL, &schema, NULL), WEIR_MISUSE);
    assert_int_equal(weir_stmt_param_schema(stmt, NULL, NULL), WEIR_MISUSE);
    weir_stmt_free(stmt);
    session_close(&s);
}

/* False: it has fewer allocations than nth. */
static bool run_with_failure(int64_t nth) {
    Session s;
    fill(&s);
    struct ArrowArrayStream stream = {0};
    struct ArrowSchema schema = {0};
    weir_stmt *stmt = NULL;
    atomic_store(&s.db->memory.fail_at, nth);
    (void)weir_prepare(s.conn, "INSERT INTO t (k, name, price) VALUES ($1, $2, $3) RETURNING k, name || $2", -1, &stmt, NULL, NULL);
    for (int i = 0; stmt != NULL && i < 2; i++) {
        (void)weir_bind(stmt, 1, weir_i64(10 + i), NULL);
        (void)weir_bind(stmt, 2, weir_text("a text that is longer than a view", -1), NULL);
        (void)weir_bind(stmt, 3, weir_text("1.234", -1), NULL);
        (void)weir_stmt_param_schema(stmt, &schema, NULL);
        if (schema.release != NULL) schema.release(&schema);
        if (weir_query(stmt, &stream, NULL) == WEIR_OK) stream.release(&stream);
    }
    weir_stmt_free(stmt);
    stmt = NULL;
    (void)weir_prepare(s.conn, "SELECT $1 || name FROM t ORDER BY k LIMIT $2", -1, &stmt, NULL, NULL);
    if (stmt != NULL && weir_bind(stmt, 1, weir_text("another text that is longer than a view", -1), NULL) == WEIR_OK &&
        weir_bind(stmt, 2, weir_i64(2), NULL) == WEIR_OK && weir_query(stmt, &stream, NULL) == WEIR_OK) {
        (void)weir_bind(stmt, 1, weir_text("b", -1), NULL); /* the stream has its own */
        struct ArrowArray array = {0};
        while (stream.get_next(&stream, &array) == 0 && array.release != NULL) array.release(&array);
        stream.release(&stream);
    }
    weir_stmt_free(stmt);
    bool failed = atomic_load(&s.db->memory.fail_at) <= 0;
    atomic_store(&s.db->memory.fail_at, 0);
    session_close(&s);
    return failed;
}

static void every_allocation_may_fail(void **state) {
    int64_t nth = 1;
    while (run_with_failure(nth)) nth++;
    assert_true(nth > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_runs_with_other_values),
        cmocka_unit_test(a_value_is_needed),
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(each_type_takes_its_values),
        cmocka_unit_test(numerics_keep_their_digits),
        cmocka_unit_test(changes_take_parameters),
        cmocka_unit_test(limits_take_parameters),
        cmocka_unit_test(values_stand_everywhere),
        cmocka_unit_test(keys_are_looked_up),
        cmocka_unit_test(streams_keep_their_values),
        cmocka_unit_test(a_new_catalog_leaves_the_types),
        cmocka_unit_test(types_are_told),
        cmocka_unit_test(what_goes_on_has_none),
        cmocka_unit_test(one_thread_at_a_time),
        cmocka_unit_test(a_statement_keeps_its_values_alive),
        cmocka_unit_test(what_is_missing_is_misuse),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
