/* SPDX-License-Identifier: Apache-2.0
 * Rows that change: statements and writers, all or nothing. */
#include "base/calendar.h"
#include "session.h"

static void update_retracts_and_inserts(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE TABLE t (id INT PRIMARY KEY, name TEXT, n INT NOT NULL);"
                 "CREATE MATERIALIZED VIEW sums AS SELECT sum(n) AS total, count(*) AS c FROM t;"
                 "INSERT INTO t VALUES (1, 'a', 10), (2, 'b', 20), (3, NULL, 30)");
    session_exec(&s, "UPDATE t SET n = n + id, name = upper(name) WHERE id <> 2");
    assert_string_equal(session_rows(&s, "SELECT * FROM t ORDER BY id"), "1|A|11\n2|b|20\n3|~|33\n");
    assert_string_equal(session_rows(&s, "SELECT * FROM sums"), "64|3\n");
    session_exec(&s, "UPDATE t SET id = 3 - id WHERE id < 3"); /* keys change places */
    assert_string_equal(session_rows(&s, "SELECT id, name FROM t ORDER BY id"), "1|b\n2|A\n3|~\n");
    assert_string_equal(session_error(&s, "UPDATE t SET id = 3 WHERE id = 1"),
                        "23505: duplicate key value violates unique constraint \"t_pkey\"");
    assert_string_equal(session_error(&s, "UPDATE t SET id = 7"),
                        "23505: duplicate key value violates unique constraint \"t_pkey\"");
    assert_string_equal(session_error(&s, "UPDATE t SET n = NULL WHERE id = 2"),
                        "23502: null value in column \"n\" of relation \"t\" violates not-null constraint");
    assert_string_equal(session_error(&s, "UPDATE t SET nn = 1"),
                        "42703: column \"nn\" of relation \"t\" does not exist");
    assert_string_equal(session_error(&s, "UPDATE t SET n = 'x'"),
                        "22P02: invalid input syntax for type integer: \"x\"");
    assert_string_equal(session_rows(&s, "SELECT id, name FROM t ORDER BY id"), "1|b\n2|A\n3|~\n");
    assert_string_equal(session_rows(&s, "SELECT * FROM sums"), "64|3\n");
    session_exec(&s, "UPDATE t x SET n = x.n * 2 WHERE x.id = 1; DELETE FROM t WHERE id = 3; TRUNCATE t");
    assert_string_equal(session_rows(&s, "SELECT * FROM sums"), "~|0\n");
    session_close(&s);
}

static void tables_without_a_key_keep_duplicates(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(
        &s, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (1), (2); UPDATE t SET a = 2 WHERE a = 1");
    assert_string_equal(session_rows(&s, "SELECT * FROM t"), "2\n2\n2\n");
    session_exec(&s, "DELETE FROM t");
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM t"), "0\n");
    session_close(&s);
}

/* The second of two batches fails: the first leaves no trace. */
static void an_insert_that_fails_leaves_nothing(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "SET batch_rows = 2; CREATE TABLE t (id INT PRIMARY KEY);"
                 "CREATE MATERIALIZED VIEW c AS SELECT count(*) AS n FROM t; INSERT INTO t VALUES (5)");
    assert_string_equal(session_error(&s, "INSERT INTO t VALUES (1), (2), (3), (4), (5)"),
                        "23505: duplicate key value violates unique constraint \"t_pkey\"");
    assert_string_equal(session_error(&s, "INSERT INTO t VALUES (1), (2), (3), (NULL)"),
                        "23502: null value in column \"id\" of relation \"t\" violates not-null constraint");
    assert_string_equal(session_rows(&s, "SELECT n FROM c"), "1\n");
    session_exec(&s, "INSERT INTO t VALUES (1), (2), (3)");
    assert_string_equal(session_rows(&s, "SELECT n FROM c"), "4\n");
    session_close(&s);
}

/* As INSERT: a text that a column's length does not take is refused with all rows flushed with it. */
static void a_text_too_long_is_refused(void **state) {
    Session s;
    weir_error *error = NULL;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE s (a VARCHAR(3)); CREATE MATERIALIZED VIEW m AS SELECT a FROM s");
    weir_writer *writer = session_writer(&s, "s");
    weir_value fits = weir_text("\xc3\xa9\xc3\xa9\xc3\xa9", -1), long_text = weir_text("abcd", -1);
    assert_int_equal(weir_writer_row(writer, &fits, 1, NULL), WEIR_OK);
    assert_int_equal(weir_writer_flush(writer, NULL, NULL), WEIR_OK);
    int status = weir_writer_row(writer, &long_text, 1, &error);
    if (status == WEIR_OK) status = weir_writer_flush(writer, NULL, &error);
    assert_int_not_equal(status, WEIR_OK);
    assert_string_equal(weir_error_sqlstate(error), "22001");
    weir_error_free(error);
    weir_writer_free(writer);
    assert_string_equal(session_rows(&s, "SELECT * FROM m"), "\xc3\xa9\xc3\xa9\xc3\xa9\n");
    session_close(&s);
}

static void a_bad_value_takes_its_row_back(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a TEXT, b SMALLINT, c INT)");
    weir_writer *writer = session_writer(&s, "t");
    weir_value bad[] = {weir_null(), weir_i64(1), weir_i64(INT64_MAX)};
    weir_value good[] = {weir_text("a text that is longer than a view holds", -1), weir_null(), weir_i64(1)};
    weir_value more[] = {weir_text("x", -1), weir_i64(2), weir_text("7", -1)};
    weir_error *error = NULL;
    assert_int_not_equal(weir_writer_row(writer, bad, 3, &error), WEIR_OK);
    assert_string_equal(weir_error_sqlstate(error), "22003");
    weir_error_free(error);
    assert_int_equal(weir_writer_row(writer, good, 3, NULL), WEIR_OK);
    assert_int_not_equal(weir_writer_row(writer, bad, 2, NULL), WEIR_OK);
    assert_int_equal(weir_writer_row(writer, more, 3, NULL), WEIR_OK);
    weir_writer_free(writer); /* pushes what is buffered */
    assert_string_equal(session_rows(&s, "SELECT * FROM t ORDER BY b"),
                        "x|2|7\na text that is longer than a view holds|~|1\n");
    session_close(&s);
}

/* The SQLSTATE that a row of one value is refused with, "" when it is taken. */
static const char *row_error(Session *s, weir_writer *writer, weir_value value) {
    weir_error *error = NULL;
    text_reset(&s->text);
    if (weir_writer_row(writer, &value, 1, &error) != WEIR_OK)
        text_append_format(&s->text, "%s: %s", weir_error_sqlstate(error), weir_error_message(error));
    weir_error_free(error);
    return session_text(s);
}

/* As SQL, CSV and JSON refuse it; of any type, as the text may go into a message. */
static void a_row_takes_no_bytes_that_are_no_text(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE s (k TEXT); CREATE MATERIALIZED VIEW m AS SELECT rpad('ab', 20, k) AS r FROM s; CREATE TABLE t (n INT)");
    weir_writer *writer = session_writer(&s, "s"), *numbers = session_writer(&s, "t");
    assert_string_equal(row_error(&s, writer, weir_text("\x80\x80\x80", 3)), "22021: the text for column \"k\" is not valid UTF-8");
    assert_string_equal(row_error(&s, writer, weir_text("a text that ends in half a character \xc3", -1)),
                        "22021: the text for column \"k\" is not valid UTF-8");
    assert_string_equal(row_error(&s, writer, weir_text("a\0b", 3)), "22021: the text for column \"k\" holds a zero byte");
    assert_string_equal(row_error(&s, numbers, weir_text("1\xff", -1)), "22021: the text for column \"n\" is not valid UTF-8");
    assert_string_equal(row_error(&s, writer, weir_text("\xc3\xa9", -1)), "");
    assert_string_equal(row_error(&s, writer, weir_text(NULL, 0)), "");
    assert_string_equal(row_error(&s, writer, weir_text(NULL, -1)), "HV000: the weir_value for column \"k\" has a size and no bytes");
    weir_writer_free(writer);
    weir_writer_free(numbers);
    assert_string_equal(session_rows(&s, "SELECT r FROM m"), "ab\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                                             "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\nab\n");
    session_close(&s);
}

#define I64(value) {WEIR_I64, {.i64 = (value)}}
#define F64(value) {WEIR_F64, {.f64 = (value)}}

/* As a cast in PostgreSQL; of the time types as from Arrow. */
static void a_row_takes_what_its_types_hold(void **state) {
    static const struct {
        const char *type, *error;
        weir_value bad[3], good[3];
    } rows[] = {
        {"TIME", "22008", {I64(-1), I64(CALENDAR_DAY + 1), I64(INT64_MAX)},
         {I64(0), I64(CALENDAR_DAY), {WEIR_NULL}}},
        {"DATE", "22008", {I64(-2440589), I64(2145042906), I64(INT64_MAX)},
         {I64(-2440588), I64(2145042905), I64(INT32_MAX)}},
        {"TIMESTAMP", "22008", {I64(-2440588 * CALENDAR_DAY - 1), I64(106751982 * CALENDAR_DAY), I64(INT64_MIN + 1)},
         {I64(-2440588 * CALENDAR_DAY), I64(106751982 * CALENDAR_DAY - 1), I64(INT64_MIN)}},
        {"TIMESTAMPTZ", "22008", {I64(-2440588 * CALENDAR_DAY - 1), I64(106751982 * CALENDAR_DAY), I64(INT64_MAX - 1)},
         {I64(-2440588 * CALENDAR_DAY), I64(106751982 * CALENDAR_DAY - 1), I64(INT64_MAX)}},
        {"REAL", "22003", {F64(1e300), F64(-1e-300), F64(-3.5e38)},
         {F64(1e-45), F64(__builtin_inf()), F64(-0.0)}},
        {"SMALLINT", "22003", {I64(32768), I64(-32769), I64(INT64_MAX)},
         {I64(32767), I64(-32768), {WEIR_NULL}}},
        {"NUMERIC(4, 1)", "22003", {I64(1000), I64(-1000), I64(INT64_MIN)},
         {I64(999), I64(-999), {WEIR_NULL}}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Session s;
        session_open(&s, 0);
        char sql[64];
        text_format(sql, sizeof(sql), "CREATE TABLE t (a %s)", rows[i].type);
        session_exec(&s, sql);
        weir_writer *writer = session_writer(&s, "t");
        for (int k = 0; k < 3; k++) {
            assert_memory_equal(row_error(&s, writer, rows[i].bad[k]), rows[i].error, 5);
            assert_string_equal(row_error(&s, writer, rows[i].good[k]), "");
        }
        weir_writer_free(writer);
        assert_string_equal(session_rows(&s, "SELECT count(*) FROM t"), "3\n");
        session_close(&s);
    }
}

/* Pushes `count` columns of equally many rows; "SQLSTATE: message" of the error, "" when they are taken. */
static const char *push_error(Session *s, weir_writer *writer, const Field *fields, Array *columns, uint32_t count, const int64_t *weights) {
    struct ArrowSchema schema;
    struct ArrowArray array;
    weir_error *error = NULL;
    Error err;
    BufferPool *pool = buffer_pool_create(&s->memory);
    Batch batch = {.row_count = columns[0].length, .column_count = count, .columns = columns, .meta = {[META_WEIGHT] = weights}};
    ArrowExportOptions options = {.weights = weights != NULL};
    for (uint32_t i = 0; i < count; i++) columns[i].type = fields[i].type;
    assert_int_equal(arrow_export_schema(pool, &(Schema){fields, count}, options, &schema, &err), STATUS_OK);
    assert_int_equal(arrow_export_batch(pool, &batch, options, &array, &err), STATUS_OK);
    text_reset(&s->text);
    if (weir_writer_push(writer, &array, &schema, 0, &error) != WEIR_OK)
        text_append_format(&s->text, "%s: %s", weir_error_sqlstate(error), weir_error_message(error));
    assert_null(array.release);
    weir_error_free(error);
    schema.release(&schema);
    buffer_pool_destroy(pool);
    return session_text(s);
}

/* As INSERT does, wherever the rows go. */
static void a_push_is_held_to_numeric(void **state) {
    static const char *const made[] = {"CREATE TABLE t (n NUMERIC(5, 2))", "CREATE TABLE t (n NUMERIC(5, 2)) APPEND ONLY", "CREATE SOURCE t (n NUMERIC(5, 2))",
                                       "CREATE SOURCE t (n NUMERIC(5, 2) PRIMARY KEY)", "CREATE TABLE t (n NUMERIC(5, 2))"};
    static const Decimal good[] = {99999, -12345}, bad[] = {1, 1234567};
    static const int64_t weights[] = {2, 1};
    const Field field = {.name = STR("n"), .type = type_numeric(10, 2)};
    for (int i = 0; i < 5; i++) {
        Session s;
        Array column = {.length = 2, .values = bad};
        session_open(&s, 0);
        session_exec(&s, made[i]);
        session_exec(&s, "CREATE MATERIALIZED VIEW m AS SELECT n * 10 AS n FROM t");
        weir_writer *writer = session_writer(&s, "t");
        assert_string_equal(push_error(&s, writer, &field, &column, 1, i == 4 ? weights : NULL), "22003: the decimal in row 2 of column \"n\" does not fit numeric(5,2)");
        assert_string_equal(session_rows(&s, "SELECT n FROM m"), "");
        column.values = good;
        assert_string_equal(push_error(&s, writer, &field, &column, 1, i == 4 ? weights : NULL), "");
        weir_writer_free(writer);
        assert_string_equal(session_rows(&s, "SELECT DISTINCT n FROM m ORDER BY n"), "-1234.50\n9999.90\n");
        session_close(&s);
    }
}

/* As PostgreSQL's assignment: spaces beyond the length are cut, other characters are not, and the error names the row. */
static void a_push_cuts_spaces_alone(void **state) {
    static const char *const made[] = {"CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(3))", "CREATE SOURCE t (id INT, a VARCHAR(3))"};
    static const char far[] = "\xc3\xa9\xc3\xa9\xc3\xa9                                     ";
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        Session s;
        int32_t ids[] = {1, 2, 3, 4, 5};
        uint64_t validity = 0x17;
        Str texts[] = {STR("abc"), STR("ab   "), STR(far), STR("null, and too long"), STR("    ")};
        View views[5];
        ViewData data = {.bytes = far, .size = sizeof(far) - 1};
        for (int k = 0; k < 5; k++) views[k] = view_make(texts[k], 0, 0);
        Array columns[] = {{.length = 5, .values = ids}, {.length = 5, .values = views, .validity = &validity, .data = &data, .data_count = 1}};
        Field fields[] = {{STR("id"), type_of(TYPE_INTEGER), false}, {STR("a"), type_of(TYPE_TEXT), false}};
        session_open(&s, 0);
        session_exec(&s, made[i]);
        session_exec(&s, "CREATE MATERIALIZED VIEW m AS SELECT id, a || '|' AS a FROM t");
        weir_writer *writer = session_writer(&s, "t");
        assert_string_equal(push_error(&s, writer, fields, columns, 2, NULL), "");
        assert_string_equal(session_rows(&s, "SELECT * FROM m ORDER BY id"), "1|abc|\n2|ab |\n3|\xc3\xa9\xc3\xa9\xc3\xa9|\n4|~\n5|   |\n");
        views[4] = view_make(STR("    x"), 0, 0);
        for (int k = 0; k < 5; k++) ids[k] += 10;
        assert_string_equal(push_error(&s, writer, fields, columns, 2, NULL),
                            "22001: value too long for type character varying(3) in row 5 of column \"a\"");
        assert_string_equal(session_rows(&s, "SELECT count(*) FROM m"), "5\n");
        weir_writer_free(writer);
        session_close(&s);
    }
}

/* What a column's type holds without loss is taken, and nothing else. */
static void a_push_widens_without_loss(void **state) {
    static const int16_t small[] = {-3, 7};
    static const float real[] = {1.5F, -2};
    static const Decimal decimal[] = {15, -20};
    static const double wide[] = {1, 2};
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a BIGINT, b DOUBLE PRECISION, c NUMERIC(8, 3))");
    weir_writer *writer = session_writer(&s, "t");
    Field fields[] = {{STR("C"), type_numeric(4, 1), false}, {STR("a"), type_of(TYPE_SMALLINT), false}, {STR("b"), type_of(TYPE_REAL), false}};
    Array columns[] = {{.length = 2, .values = decimal}, {.length = 2, .values = small}, {.length = 2, .values = real}};
    assert_string_equal(push_error(&s, writer, fields, columns, 3, NULL), "");
    assert_string_equal(session_rows(&s, "SELECT * FROM t ORDER BY a"), "-3|1.5|1.500\n7|-2|-2.000\n");
    fields[0].type = type_numeric(8, 4);
    assert_string_equal(push_error(&s, writer, fields, columns, 3, NULL), "42804: column \"c\" is of type numeric(8,3) but the value is numeric(8,4)");
    fields[1] = (Field){STR("A"), type_of(TYPE_DOUBLE), false}, columns[1].values = wide;
    assert_string_equal(push_error(&s, writer, fields + 1, columns + 1, 2, NULL), "42804: column \"a\" is of type bigint but the value is double precision");
    weir_writer_free(writer);
    session_close(&s);
}

static void a_push_names_each_column_once(void **state) {
    static const int32_t numbers[] = {1, 2};
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a INT, \"A\" INT, b INT)");
    weir_writer *writer = session_writer(&s, "t");
    Field fields[] = {{STR("a"), type_of(TYPE_INTEGER), false}, {STR("a"), type_of(TYPE_INTEGER), false}};
    Array columns[] = {{.length = 2, .values = numbers}, {.length = 2, .values = numbers}};
    assert_string_equal(push_error(&s, writer, fields, columns, 2, NULL), "42701: column \"a\" is in the batch twice");
    fields[0].name = STR("b"), fields[1].name = STR("B");
    assert_string_equal(push_error(&s, writer, fields, columns, 2, NULL), "42701: column \"b\" is in the batch twice");
    fields[0].name = STR("A");
    assert_string_equal(push_error(&s, writer, fields, columns, 2, NULL), "");
    assert_string_equal(session_rows(&s, "SELECT * FROM t ORDER BY b"), "~|1|1\n~|2|2\n");
    struct ArrowSchema released = {.format = "+s"};
    struct ArrowArray array = {.release = NULL};
    assert_int_equal(weir_writer_push(writer, &array, &released, 0, NULL), WEIR_MISUSE);
    assert_int_equal(weir_writer_schema(writer, &released, NULL), WEIR_OK);
    assert_int_equal(weir_writer_push(writer, &array, &released, 0, NULL), WEIR_MISUSE);
    released.release(&released);
    weir_writer_free(writer);
    session_close(&s);
}

static void a_writer_outlives_its_table(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a INT)");
    weir_writer *writer = NULL;
    weir_value row[] = {weir_i64(1)};
    writer = session_writer(&s, "t");
    assert_int_equal(weir_writer_row(writer, row, 1, NULL), WEIR_OK);
    session_exec(&s, "DROP TABLE t; CREATE TABLE t (b TEXT, c INT)");
    assert_int_not_equal(weir_writer_flush(writer, NULL, NULL), WEIR_OK);
    weir_writer_free(writer);
    session_close(&s);
}

/* One writer's watermark holds the other back until it ends. `create`: of e, whose rows only come. */
static void check_partitions(const char *create) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, create);
    session_exec(&s,
                 "CREATE MATERIALIZED VIEW w AS SELECT window_start, count(*) AS n FROM TUMBLE(e, ts, "
                 "INTERVAL '1' SECOND)"
                 " GROUP BY window_start, window_end EMIT ON WINDOW CLOSE");
    weir_writer *a = NULL, *b = NULL;
    a = session_writer(&s, "e");
    b = session_writer(&s, "e");
    weir_value first[] = {weir_i64(1), weir_i64(0)}, later[] = {weir_i64(1), weir_i64(5000000)};
    assert_int_equal(weir_writer_row(b, first, 2, NULL), WEIR_OK);
    assert_int_equal(weir_writer_flush(b, NULL, NULL), WEIR_OK);
    assert_int_equal(weir_writer_row(a, later, 2, NULL), WEIR_OK);
    assert_int_equal(weir_writer_flush(a, NULL, NULL), WEIR_OK);
    assert_string_equal(session_rows(&s, "SELECT n FROM w"), "");
    weir_writer_free(b);
    assert_string_equal(session_rows(&s, "SELECT n FROM w"), "1\n");
    assert_int_equal(weir_writer_watermark(a, 6000000, NULL), WEIR_OK);
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM w"), "2\n");
    weir_writer_free(a);
    weir_stats stats = WEIR_STATS_INIT;
    assert_int_equal(weir_get_stats(s.db, &stats), WEIR_OK);
    assert_int_equal(stats.watermark_us, 6000000);
    session_close(&s);
}

static void writers_are_partitions(void **state) {
    check_partitions("CREATE SOURCE e (k INT, ts TIMESTAMP, WATERMARK FOR ts AS ts)");
    check_partitions("CREATE TABLE e (k INT, ts TIMESTAMP, WATERMARK FOR ts AS ts) APPEND ONLY");
}

/* A writer of an append-only table may not take a row back, and what it pushed with it is not there. */
static void rows_of_an_append_only_table_stay(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE e (a INT) APPEND ONLY; CREATE MATERIALIZED VIEW v AS SELECT a FROM e; INSERT INTO e VALUES (1)");
    weir_writer *writer;
    weir_error *error = NULL;
    writer = session_writer(&s, "e");
    assert_int_not_equal(session_push(&s, writer, (int32_t[]){2, 1}, (int64_t[]){1, -1}, 2, &error), WEIR_OK);
    assert_string_equal(weir_error_message(error), "rows of append-only table \"e\" cannot be taken back");
    weir_error_free(error);
    assert_string_equal(session_rows(&s, "SELECT a FROM e"), "1\n");
    assert_string_equal(session_rows(&s, "SELECT a FROM v"), "1\n");
    weir_writer_free(writer);
    session_close(&s);
}

/* A weight is so many copies, which whoever reads the table meets one by one; what is not there cannot be taken back, nor more of it. */
static void weights_have_bounds(void **state) {
    static const int64_t refused[] = {0, 1000000001, -1000000001, INT64_MAX, INT64_MIN};
    Session s;
    weir_writer *writer;
    weir_error *error = NULL;
    session_open(&s, 0);
    session_exec(&s, "CREATE TABLE t (a INT); CREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n, sum(a) AS s FROM t GROUP BY a");
    writer = session_writer(&s, "t");
    assert_int_equal(session_push(&s, writer, (int32_t[]){7, 8}, (int64_t[]){3, 1000}, 2, NULL), WEIR_OK);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_not_equal(session_push(&s, writer, (int32_t[]){9, 7}, (int64_t[]){1, refused[i]}, 2, &error), WEIR_OK);
        assert_string_equal(weir_error_sqlstate(error), refused[i] == 0 ? "22023" : "54000");
        weir_error_free(error);
        error = NULL;
    }
    assert_int_equal(session_push(&s, writer, (int32_t[]){7, 6, 8}, (int64_t[]){-4, -1, -999}, 3, NULL), WEIR_OK);
    assert_string_equal(session_rows(&s, "SELECT * FROM v ORDER BY a"), "7|3|21\n8|1|8\n");
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM t"), "4\n");
    assert_string_equal(session_rows(&s, "SELECT reason, count(*) FROM weir_catalog.dead_letters GROUP BY reason"),
                        "a row was withdrawn that is not there|2\n");
    weir_writer_free(writer);
    session_close(&s);
}

static void a_source_with_a_key_keeps_the_latest_row(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE SOURCE u (id INT PRIMARY KEY, city TEXT, ts TIMESTAMP, WATERMARK FOR ts AS ts);"
                 "CREATE MATERIALIZED VIEW cities AS SELECT city, count(*) AS n FROM u GROUP BY city;"
                 "INSERT INTO u VALUES (1, 'Rome', '2024-01-01'), (2, 'Rome', '2024-01-01'), (1, 'Oslo', "
                 "'2024-01-02')");
    assert_string_equal(session_rows(&s, "SELECT id, city FROM u ORDER BY id"), "1|Oslo\n2|Rome\n");
    assert_string_equal(session_rows(&s, "SELECT * FROM cities ORDER BY city"), "Oslo|1\nRome|1\n");
    session_exec(&s, "INSERT INTO u VALUES (2, 'Oslo', '2024-01-03')");
    assert_string_equal(session_rows(&s, "SELECT * FROM cities"), "Oslo|2\n");
    session_exec(&s, "CREATE MATERIALIZED VIEW later AS SELECT count(*) AS n FROM u");
    assert_string_equal(session_rows(&s, "SELECT * FROM later"), "2\n");
    assert_string_equal(session_error(&s, "INSERT INTO u VALUES (NULL, 'x', NULL)"),
                        "23502: null value in column \"id\" of relation \"u\" violates not-null constraint");
    weir_stats stats = WEIR_STATS_INIT;
    assert_int_equal(weir_get_stats(s.db, &stats), WEIR_OK);
    assert_int_equal(stats.rows_in, 4);
    assert_true(stats.watermark_us > INT64_MIN);
    session_close(&s);
}

static void a_file_with_a_key_is_read_into_its_source(void **state) {
    Session s;
    session_open(&s, 0);
    assert_true(io_sim_put(&s.sim, STR("in.csv"), STR("id,b\n1,x\n2,y\n1,z\n,w\n")));
    session_exec(&s,
                 "CREATE SOURCE f (id INT PRIMARY KEY, b TEXT) WITH (connector = 'file', path = 'in.csv', "
                 "format = 'csv')");
    assert_string_equal(session_rows(&s, "SELECT * FROM f ORDER BY id"), "1|z\n2|y\n");
    assert_string_equal(session_rows(&s, "SELECT count(*) FROM weir_catalog.dead_letters"), "1\n");
    session_close(&s);
}

/* One that opens when another has closed takes its place, and begins anew: its own times count, and those of who was there before do not. */
static void a_place_is_used_again(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(&s, "CREATE SOURCE e (k INT, ts TIMESTAMP, WATERMARK FOR ts AS ts); CREATE SOURCE u (k INT, ts TIMESTAMP);"
                     "CREATE MATERIALIZED VIEW w AS SELECT window_start, count(*) AS n FROM TUMBLE(e, ts, INTERVAL '1' SECOND)"
                     " GROUP BY window_start, window_end EMIT ON WINDOW CLOSE");
    static const char *const names[] = {"e", "u"};
    weir_value row[] = {weir_i64(1), weir_i64(0)}, at_five[] = {weir_i64(1), weir_i64(5000000)};
    int64_t memory = 0;
    for (int i = 0; i < 300; i++) {
        weir_stats stats = WEIR_STATS_INIT;
        for (int k = 0; k < 2; k++) {
            weir_writer *writer = session_writer(&s, names[k]);
            assert_int_equal(weir_writer_row(writer, row, 2, NULL), WEIR_OK);
            weir_writer_free(writer);
        }
        assert_int_equal(weir_get_stats(s.db, &stats), WEIR_OK);
        if (i == 50) memory = stats.memory_bytes;
        if (i > 50) assert_int_equal(stats.memory_bytes, memory);
    }
    weir_writer *a = session_writer(&s, "e"), *b = session_writer(&s, "e"), *c = session_writer(&s, "e");
    assert_int_equal(weir_writer_row(b, at_five, 2, NULL), WEIR_OK);
    assert_int_equal(weir_writer_row(a, row, 2, NULL), WEIR_OK);
    assert_int_equal(weir_writer_flush(a, NULL, NULL), WEIR_OK);
    weir_writer_free(b); /* its row comes to where a still is */
    assert_string_equal(session_rows(&s, "SELECT n FROM w"), "");
    b = session_writer(&s, "e");
    weir_value at_two[] = {weir_i64(1), weir_i64(2000000)};
    assert_int_equal(weir_writer_row(b, at_two, 2, NULL), WEIR_OK);
    assert_int_equal(weir_writer_flush(b, NULL, NULL), WEIR_OK);
    weir_writer_free(a); /* now b alone says how far time is: 2, not 5 */
    assert_string_equal(session_rows(&s, "SELECT n FROM w"), "301\n");
    weir_stats stats = WEIR_STATS_INIT;
    assert_int_equal(weir_get_stats(s.db, &stats), WEIR_OK);
    assert_int_equal(stats.watermark_us, 2000000);
    assert_int_equal(stats.rows_late, 0);
    weir_writer_free(b);
    weir_writer_free(c);
    session_close(&s);
}

/* After idle_timeout a silent writer holds the others back no more. */
static void a_silent_writer_turns_idle(void **state) {
    Session s;
    session_open(&s, 0);
    session_exec(
        &s,
        "CREATE SOURCE e (k INT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (idle_timeout = '10 seconds');"
        "CREATE MATERIALIZED VIEW w AS SELECT window_start, count(*) AS n FROM TUMBLE(e, ts, INTERVAL '1' "
        "SECOND)"
        " GROUP BY window_start, window_end EMIT ON WINDOW CLOSE");
    weir_writer *a = NULL, *b = NULL;
    a = session_writer(&s, "e");
    b = session_writer(&s, "e");
    weir_value first[] = {weir_i64(1), weir_i64(0)}, later[] = {weir_i64(1), weir_i64(5000000)};
    assert_int_equal(weir_writer_row(b, first, 2, NULL), WEIR_OK);
    assert_int_equal(weir_writer_flush(b, NULL, NULL), WEIR_OK);
    io_sim_advance(&s.sim, 8000000);
    assert_int_equal(weir_writer_row(a, later, 2, NULL), WEIR_OK);
    assert_int_equal(weir_writer_flush(a, NULL, NULL), WEIR_OK);
    assert_string_equal(session_rows(&s, "SELECT n FROM w"), "");
    assert_int_equal(weir_step(s.db, INT64_C(20000000000), NULL), WEIR_OK); /* waits for the timeout alone */
    assert_string_equal(session_rows(&s, "SELECT n FROM w"), "1\n");
    weir_writer_free(a);
    weir_writer_free(b);
    session_close(&s);
}

static void a_row_from_the_future_is_a_dead_letter(void **state) {
    Session s; /* the clock shows 2024-01-01 */
    session_open(&s, 0);
    session_exec(&s,
                 "CREATE SOURCE e (k INT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (max_future = '1 hour');"
                 "CREATE MATERIALIZED VIEW c AS SELECT count(*) AS n FROM e;"
                 "INSERT INTO e VALUES (1, '2024-01-01 00:30:00'), (2, '2024-01-01 01:30:00')");
    assert_string_equal(session_rows(&s, "SELECT n FROM c"), "1\n");
    assert_string_equal(session_rows(&s, "SELECT source, partition, record FROM weir_catalog.dead_letters"),
                        "e|~|~\n");
    session_close(&s);
}

/* As an INSERT that names the others. */
static void a_column_left_out_has_its_default(void **state) {
    Session s;
    session_open(&s, 0);
    const int32_t values[] = {1, 2, 3};
    session_exec(&s, "CREATE TABLE t (a INT, b TEXT DEFAULT 'a text that is longer than a view', c DOUBLE PRECISION DEFAULT random(), d INT, at TIMESTAMPTZ DEFAULT now())");
    weir_writer *writer = session_writer(&s, "t");
    for (int i = 0; i < 2; i++) assert_int_equal(session_push(&s, writer, values, NULL, 3, NULL), WEIR_OK);
    assert_string_equal(session_rows(&s, "SELECT b, count(*), count(d), count(DISTINCT c) > 3, count(at) FROM t GROUP BY b"), "a text that is longer than a view|6|0|t|6\n");
    session_exec(&s, "DROP TABLE t");
    assert_int_not_equal(session_push(&s, writer, values, NULL, 3, NULL), WEIR_OK);
    weir_writer_free(writer);
    session_exec(&s, "CREATE TABLE t (a INT, b INT DEFAULT 1 / 0)");
    writer = session_writer(&s, "t");
    weir_error *error = NULL;
    assert_int_not_equal(session_push(&s, writer, values, NULL, 3, &error), WEIR_OK);
    assert_string_equal(weir_error_sqlstate(error), "22012");
    weir_error_free(error);
    weir_writer_free(writer);
    assert_string_equal(session_rows(&s, "SELECT * FROM t"), "");
    session_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(update_retracts_and_inserts),
        cmocka_unit_test(tables_without_a_key_keep_duplicates),
        cmocka_unit_test(an_insert_that_fails_leaves_nothing),
        cmocka_unit_test(a_text_too_long_is_refused),
        cmocka_unit_test(a_bad_value_takes_its_row_back),
        cmocka_unit_test(a_row_takes_no_bytes_that_are_no_text),
        cmocka_unit_test(a_row_takes_what_its_types_hold),
        cmocka_unit_test(a_push_is_held_to_numeric),
        cmocka_unit_test(a_push_cuts_spaces_alone),
        cmocka_unit_test(a_push_widens_without_loss),
        cmocka_unit_test(a_push_names_each_column_once),
        cmocka_unit_test(a_writer_outlives_its_table),
        cmocka_unit_test(writers_are_partitions),
        cmocka_unit_test(rows_of_an_append_only_table_stay),
        cmocka_unit_test(weights_have_bounds),
        cmocka_unit_test(a_source_with_a_key_keeps_the_latest_row),
        cmocka_unit_test(a_file_with_a_key_is_read_into_its_source),
        cmocka_unit_test(a_place_is_used_again),
        cmocka_unit_test(a_silent_writer_turns_idle),
        cmocka_unit_test(a_row_from_the_future_is_a_dead_letter),
        cmocka_unit_test(a_column_left_out_has_its_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
