/* SPDX-License-Identifier: Apache-2.0
 * test/api/session.h - a database over a simulated world, and results as text.
 *
 *     Session session;
 *     session_open(&session, 0);
 *     session_exec(&session, "CREATE TABLE t (a INT)");
 *     assert_string_equal(session_rows(&session, "SELECT * FROM t"), "1\n2\n");
 *     session_close(&session);
 *
 * Rows are cells joined by '|', NULL is "~", one line each, in the order in which they come. */
#ifndef WEIR_TEST_API_SESSION_H
#define WEIR_TEST_API_SESSION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "column/arrow.h"
#include "db/life.h"
#include "io/io_sim.h"

typedef struct Session {
    Memory memory; /* of the simulation */
    IoSim sim;
    weir_db *db;
    weir_conn *conn;
    Text text; /* the last rows or error */
    int notice_count;
    int64_t notice_position; /* of the last one */
} Session;

static inline const char *session_text(Session *session) {
    text_append(&session->text, str_from("", 1));
    return session->text.data;
}

static inline void session_keep(struct ArrowArray *array) {
    array->release = NULL; /* it was only lent */
}

static inline void session_take_notice(void *user, int kind, const char *message, const char *hint,
                                       int64_t position) {
    Session *session = user;
    session->notice_count++;
    session->notice_position = position;
}

static inline void session_open(Session *session, int64_t memory_max) {
    Error err;
    *session = (Session){0};
    memory_init(&session->memory, 0);
    assert_true(io_sim_init(&session->sim, &session->memory, 7));
    text_init(&session->text, &session->memory);
    assert_int_equal(life_begin(&session->sim.io, memory_max, &session->db, &err), STATUS_OK);
    assert_int_equal(weir_connect(session->db, &session->conn, NULL), WEIR_OK);
    weir_set_notice(session->db, session_take_notice, session);
}

static inline void session_close(Session *session) {
    weir_disconnect(session->conn);
    assert_int_equal(weir_close(session->db, NULL), WEIR_OK);
    text_deinit(&session->text);
    io_sim_deinit(&session->sim);
    memory_deinit(&session->memory);
}

/* "SQLSTATE: message" of the statement's error, or "" when it ran. */
static inline const char *session_error(Session *session, const char *sql) {
    weir_error *error = NULL;
    text_reset(&session->text);
    if (weir_exec(session->conn, sql, -1, &error) != WEIR_OK)
        text_append_format(&session->text, "%s: %s", weir_error_sqlstate(error), weir_error_message(error));
    weir_error_free(error);
    return session_text(session);
}

static inline void session_exec(Session *session, const char *sql) {
    assert_string_equal(session_error(session, sql), "");
}

static inline void session_append(Session *session, const struct ArrowSchema *schema,
                                  const struct ArrowArray *array) {
    Error err;
    Arena arena;
    Frame frame;
    ArrowImport import;
    Batch batch;
    struct ArrowArray copy = *array;
    copy.release = session_keep;
    arena_init(&arena, &session->memory);
    BufferPool *pool = buffer_pool_create(&session->memory);
    assert_int_equal(frame_init(&frame, pool, &err), STATUS_OK);
    assert_int_equal(arrow_import_init(&import, &arena, schema, &err), STATUS_OK);
    assert_int_equal(arrow_import_batch(&import, &frame, &copy, &batch, &err), STATUS_OK);
    for (uint32_t row = 0; row < batch.row_count; row++)
        for (uint32_t i = 0; i < batch.column_count; i++) {
            if (i > 0) text_append_c(&session->text, "|");
            if (array_is_null(&batch.columns[i], row))
                text_append_c(&session->text, "~");
            else
                array_value_text(&batch.columns[i], row, &session->text);
            if (i + 1 == batch.column_count) text_append_c(&session->text, "\n");
        }
    frame_deinit(&frame);
    arena_deinit(&arena);
    buffer_pool_destroy(pool);
}

/* Reads at most `batch_count` batches of the stream (< 0: all); an error is a line "ERROR ...". */
static inline const char *session_read(Session *session, struct ArrowArrayStream *stream, int batch_count) {
    text_reset(&session->text);
    for (; batch_count != 0; batch_count--) {
        struct ArrowArray array;
        struct ArrowSchema schema;
        if (stream->get_next(stream, &array) != 0) {
            text_append_format(&session->text, "ERROR %s\n", stream->get_last_error(stream));
            break;
        }
        if (array.release == NULL) break;
        assert_int_equal(stream->get_schema(stream, &schema), 0);
        session_append(session, &schema, &array);
        schema.release(&schema);
        if (array.release != NULL) array.release(&array);
    }
    return session_text(session);
}

static inline weir_stmt *session_prepare(Session *session, const char *sql) {
    weir_stmt *stmt = NULL;
    weir_error *error = NULL;
    if (weir_prepare(session->conn, sql, -1, &stmt, NULL, &error) != WEIR_OK)
        fail_msg("%s: %s", sql, weir_error_message(error));
    return stmt;
}

static inline const char *session_rows(Session *session, const char *sql) {
    struct ArrowArrayStream stream;
    weir_error *error = NULL;
    weir_stmt *stmt = session_prepare(session, sql);
    int status = weir_query(stmt, &stream, &error);
    weir_stmt_free(stmt);
    if (status != WEIR_OK) {
        text_reset(&session->text);
        text_append_format(&session->text, "ERROR %s: %s\n", weir_error_sqlstate(error),
                           weir_error_message(error));
        weir_error_free(error);
        return session_text(session);
    }
    (void)session_read(session, &stream, -1);
    stream.release(&stream);
    return session_text(session);
}

/* `queue_batch_max` 0: as many as is usual. */
static inline weir_sub *session_subscribe(Session *session, const char *query, size_t queue_batch_max) {
    weir_sub *sub = NULL;
    weir_error *error = NULL;
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.queue_batch_max = queue_batch_max;
    if (weir_subscribe(session->conn, query, &options, &sub, &error) != WEIR_OK) fail_msg("%s: %s", query, weir_error_message(error));
    return sub;
}

static inline weir_writer *session_writer(Session *session, const char *name) {
    weir_writer *writer = NULL;
    weir_error *error = NULL;
    if (weir_writer_open(session->conn, name, &writer, &error) != WEIR_OK) fail_msg("%s: %s", name, weir_error_message(error));
    return writer;
}

/* Pushes rows of one INT column `a` with their weights. */
static inline int session_push(Session *session, weir_writer *writer, const int32_t *values, const int64_t *weights, uint32_t count,
                               weir_error **error) {
    struct ArrowSchema schema;
    struct ArrowArray array;
    Error err;
    BufferPool *pool = buffer_pool_create(&session->memory);
    Array column = {.type = type_of(TYPE_INTEGER), .length = count, .values = values};
    Batch batch = {.row_count = count, .column_count = 1, .columns = &column, .meta = {[META_WEIGHT] = weights}};
    Field field = {.name = STR("a"), .type = type_of(TYPE_INTEGER)};
    ArrowExportOptions options = {.weights = true};
    assert_int_equal(arrow_export_schema(pool, &(Schema){&field, 1}, options, &schema, &err), STATUS_OK);
    assert_int_equal(arrow_export_batch(pool, &batch, options, &array, &err), STATUS_OK);
    int status = weir_writer_push(writer, &array, &schema, 0, error);
    schema.release(&schema);
    buffer_pool_destroy(pool);
    return status;
}

/* All batches that wait in a subscription's queue. */
static inline const char *session_changes(Session *session, weir_sub *sub) {
    struct ArrowSchema schema;
    text_reset(&session->text);
    assert_int_equal(weir_sub_schema(sub, &schema, NULL), WEIR_OK);
    for (;;) {
        weir_batch *batch = NULL;
        if (weir_sub_next(sub, 0, &batch, NULL) != WEIR_OK) break;
        session_append(session, &schema, weir_batch_view(batch, NULL));
        weir_batch_free(batch);
    }
    schema.release(&schema);
    return session_text(session);
}

#endif
