/* SPDX-License-Identifier: Apache-2.0
 * db/weir.c - the public header's databases, connections, statements and streams. */
#include <errno.h>

#include "column/arrow.h"
#include "db/error_object.h"
#include "db/halt.h"
#include "db/handle.h"
#include "db/life.h"
#include "db/sources.h"
#include "db/statement.h"
#include "db/turn.h"
#include "sql/split.h"

uint32_t weir_libversion(void) {
    return WEIR_VERSION_NUMBER;
}

void weir_mem_free(void *memory) {
    (void)memory; /* no function of this version gives such memory */
}

/* --- database --------------------------------------------------------------------------------- */

int weir_open(const char *uri, const weir_open_options *options, weir_db **out, weir_error **error) {
    Error err = {.position = -1};
    if (uri == NULL || out == NULL)
        return error_misuse(error, "weir_open needs a uri and a place for the database");
    if (!str_equal(str_from_c(uri), STR(":memory:"))) {
        (void)error_set(&err, STATUS_NOT_SUPPORTED, "a database in a directory is not supported yet: \"%s\"",
                        uri);
        return error_give(error_add_hint(&err, "Use \":memory:\"."), &err, error);
    }
    weir_open_options taken;
    if (!handle_take_options(options, &taken, sizeof(taken)) || taken.memory_max < 0)
        return error_misuse(error, "weir_open_options need their struct_size, and a memory_max of 0 or more");
    weir_db *db = NULL;
    Status status = life_begin(io_real(), taken.memory_max, &db, &err);
    if (status == STATUS_OK) *out = db;
    return error_give(status, &err, error);
}

int weir_close(weir_db *db, weir_error **error) {
    if (db == NULL) return WEIR_OK;
    if (!turn_enter(db)) return error_busy(error);
    int children = atomic_load(&db->child_count);
    if (children > 0) {
        Error err = {.position = -1};
        turn_leave(db);
        return error_give(
            error_set(&err, STATUS_BUSY,
                      children == 1 ? "%d connection, statement, writer or subscription of the database is still open"
                                    : "%d connections, statements, writers or subscriptions of the database are still open",
                      children),
            &err, error);
    }
    life_end(db);
    return WEIR_OK;
}

void weir_stdin_taken(weir_db *db) {
    if (db != NULL) db->stdin_is_taken = true;
}

int weir_connect(weir_db *db, weir_conn **out, weir_error **error) {
    if (db == NULL || out == NULL)
        return error_misuse(error, "weir_connect needs a database and a place for the connection");
    weir_conn *conn = handle_alloc(sizeof(*conn));
    Error err = {.position = -1};
    if (conn == NULL) return error_give(error_out_of_memory(&err), &err, error);
    conn->db = db;
    atomic_store(&conn->reference_count, 1);
    atomic_fetch_add(&db->child_count, 1);
    *out = conn;
    return WEIR_OK;
}

void weir_disconnect(weir_conn *conn) {
    if (conn != NULL) conn_release(conn);
}

void weir_interrupt(weir_conn *conn) {
    if (conn != NULL) atomic_store(&conn->is_interrupted, 1);
}

int weir_step(weir_db *db, int64_t timeout_ns, weir_error **error) {
    Error err = {.position = -1};
    FlowProgress progress = {0};
    if (db == NULL) return error_misuse(error, "weir_step needs a database");
    bool is_inside = timeout_ns == 0 ? turn_enter(db) : turn_enter_until(db, io_deadline_ns(db->io, timeout_ns));
    if (!is_inside) return error_busy(error);
    sources_want(db, NULL);
    Status status = turn_step(db, 0, &progress, &err);
    bool may_wait = status == STATUS_OK && !progress.did_something && !progress.all_ended;
    if (may_wait && timeout_ns != 0) status = turn_step(db, timeout_ns, &progress, &err);
    turn_leave(db);
    if (status == STATUS_OK && progress.all_ended) return WEIR_DONE;
    return error_give(status, &err, error);
}

void weir_set_notice(weir_db *db, weir_notice_fn fn, void *user) {
    if (db == NULL) return;
    db->notice = fn;
    db->notice_user = user;
}

static void collect_stats(weir_db *db, weir_stats *stats) {
    stats->epoch = db->flow->epoch;
    stats->dead_letters = db->dead_letters.count;
    stats->state_bytes = (int64_t)flow_memory(db->flow);
    stats->memory_bytes = atomic_load(&db->memory.bytes_in_use);
    LateCount late = flow_late_count(db->flow);
    stats->rows_late = late.all;
    stats->rows_late_dropped = late.dropped;
    stats->rows_skipped = db->dead_letters.skipped_count;
    stats->dead_letters_told = db->dead_letters.told_count;
    bool any = false;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        bool has_halted = halt_failure(object) != NULL;
        stats->objects_halted += has_halted;
        stats->sources_halted += has_halted && object->relation.kind == RELATION_SOURCE;
        if (object->relation.kind == RELATION_SINK && !has_halted)
            stats->sinks_fed += halt_find(db, object->plan) == NULL && sources_feed(db, object->plan);
        stats->sinks_on_stdout += object->relation.kind == RELATION_SINK && connector_is_stdout(object->connector, object->options);
        bool is_input = object->relation.kind == RELATION_SOURCE || object->relation.append_only;
        if (!is_input || object->flow == NULL) continue;
        const Input *input = object->flow->input;
        stats->rows_in += input->row_count;
        if (object->relation.time_column < 0) continue;
        any = true;
        if (input->watermark < least) least = input->watermark;
        if (input->event_time_max > stats->event_time_max_us)
            stats->event_time_max_us = input->event_time_max;
    }
    if (any) stats->watermark_us = least;
}

int weir_get_stats(weir_db *db, weir_stats *out) {
    if (db == NULL || out == NULL || out->struct_size < sizeof(size_t)) return WEIR_MISUSE;
    if (!turn_enter(db)) return WEIR_BUSY;
    weir_stats stats = {
        .struct_size = out->struct_size, .watermark_us = INT64_MIN, .event_time_max_us = INT64_MIN};
    collect_stats(db, &stats);
    turn_leave(db);
    memcpy(out, &stats, out->struct_size < sizeof(stats) ? out->struct_size : sizeof(stats));
    return WEIR_OK;
}

/* --- statements ------------------------------------------------------------------------------- */

static Str text_of(const char *sql, ptrdiff_t size) {
    return size < 0 ? str_from_c(sql) : str_from(sql, (size_t)size);
}

/* Enters for a statement of the connection, which cannot go away meanwhile. */
static bool enter_statement(weir_conn *conn) {
    if (!turn_enter(conn->db)) return false;
    conn_retain(conn);
    conn->db->flow->interrupt = &conn->is_interrupted;
    return true;
}

static void leave_statement(weir_conn *conn) {
    turn_leave(conn->db);
    conn_release(conn);
}

int weir_exec(weir_conn *conn, const char *sql, ptrdiff_t size, weir_error **error) {
    Error err = {.position = -1};
    if (conn == NULL || sql == NULL) return error_misuse(error, "weir_exec needs a connection and SQL");
    if (!enter_statement(conn)) return error_busy(error);
    Status status = statement_run_script(conn, text_of(sql, size), &err);
    leave_statement(conn);
    return error_give(status, &err, error);
}

ptrdiff_t weir_complete(const char *sql, ptrdiff_t size) {
    Split split = {0};
    if (sql == NULL) return 0;
    return (ptrdiff_t)split_next(&split, text_of(sql, size));
}

int weir_prepare(weir_conn *conn, const char *sql, ptrdiff_t size, weir_stmt **out, const char **tail,
                 weir_error **error) {
    Error err = {.position = -1};
    if (conn == NULL || sql == NULL || out == NULL)
        return error_misuse(error, "weir_prepare needs a connection, SQL and a place for the statement");
    if (!enter_statement(conn)) return error_busy(error);
    Str text = text_of(sql, size);
    weir_stmt *stmt = NULL;
    Status status = STATUS_OK;
    int64_t offset = 0;
    while (status == STATUS_OK && stmt == NULL && text.size > 0) {
        size_t used = 0;
        status = statement_prepare(conn, text, offset, &stmt, &used, &err);
        text = str_from(text.data + used, text.size - used);
        offset += (int64_t)used;
    }
    leave_statement(conn);
    if (tail != NULL) *tail = text.data;
    if (status == STATUS_OK) *out = stmt;
    return error_give(status, &err, error);
}

void weir_stmt_free(weir_stmt *stmt) {
    statement_release(stmt);
}

int weir_stmt_flags(const weir_stmt *stmt) {
    return stmt == NULL ? 0 : stmt->flags;
}

int weir_stmt_key(const weir_stmt *stmt, int *columns, int capacity) {
    if (stmt == NULL) return 0;
    for (uint32_t i = 0; columns != NULL && i < stmt->key_count && (int)i < capacity; i++) columns[i] = (int)stmt->key[i];
    return (int)stmt->key_count;
}

int weir_stmt_schema(weir_stmt *stmt, struct ArrowSchema *out, weir_error **error) {
    Error err = {.position = -1};
    if (stmt == NULL || out == NULL) return error_misuse(error, "weir_stmt_schema needs a statement and a place for the schema");
    weir_db *db = stmt->conn->db;
    if (!turn_enter(db)) return error_busy(error);
    ArrowExportOptions options = {.weights = (stmt->flags & WEIR_STMT_WEIGHTS) != 0};
    Status status = arrow_export_schema(db->pool, &stmt->schema, options, out, &err);
    turn_leave(db);
    return error_give(status, &err, error);
}

int weir_bind(weir_stmt *stmt, uint32_t number, weir_value value, weir_error **error) {
    Error err = {.position = -1};
    if (stmt == NULL) return error_misuse(error, "weir_bind needs a statement");
    weir_db *db = stmt->conn->db;
    if (!turn_enter(db)) return error_busy(error);
    Status status = statement_bind_value(stmt, number, &value, &err);
    turn_leave(db);
    return error_give(status, &err, error);
}

int weir_clear_bindings(weir_stmt *stmt, weir_error **error) {
    if (stmt == NULL) return error_misuse(error, "weir_clear_bindings needs a statement");
    weir_db *db = stmt->conn->db;
    if (!turn_enter(db)) return error_busy(error);
    parameter_values_release(stmt->values); /* a run that is still read keeps them */
    stmt->values = NULL;
    turn_leave(db);
    return WEIR_OK;
}

int weir_stmt_param_count(const weir_stmt *stmt) {
    return stmt == NULL ? 0 : (int)stmt->parameters.count;
}

int weir_stmt_param_schema(weir_stmt *stmt, struct ArrowSchema *out, weir_error **error) {
    Error err = {.position = -1};
    Schema schema;
    if (stmt == NULL || out == NULL) return error_misuse(error, "weir_stmt_param_schema needs a statement and a place for the schema");
    weir_db *db = stmt->conn->db;
    if (!turn_enter(db)) return error_busy(error);
    Arena arena;
    arena_init(&arena, &db->memory);
    Status status = parameters_schema(&arena, &stmt->parameters, stmt->conn->zone, &schema, &err);
    if (status == STATUS_OK) status = arrow_export_schema(db->pool, &schema, (ArrowExportOptions){0}, out, &err);
    arena_deinit(&arena);
    turn_leave(db);
    return error_give(status, &err, error);
}

/* --- streams ---------------------------------------------------------------------------------- */

/* Behind an ArrowArrayStream; holds its statement. */
typedef struct Stream {
    Deferred deferred; /* first: its end */
    weir_stmt *stmt;
    Result result;
    Error error; /* of the last get_next */
    char message[ERROR_MESSAGE_SIZE_MAX + 16];
    bool is_ended;
} Stream;

static int stream_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    Stream *self = stream->private_data;
    weir_db *db = self->stmt->conn->db;
    ArrowExportOptions options = {.weights = (self->stmt->flags & WEIR_STMT_WEIGHTS) != 0};
    if (!turn_enter(db)) return EBUSY;
    Status status = arrow_export_schema(db->pool, &self->stmt->schema, options, out, &self->error);
    turn_leave(db);
    return status == STATUS_OK ? 0 : ENOMEM;
}

/* Waits in short pieces, so that an interrupt is seen. */
static Status stream_next(Stream *self, struct ArrowArray *out, Error *err) {
    weir_db *db = self->stmt->conn->db;
    for (;;) {
        Batch batch;
        bool ended;
        TRY(flow_check_interrupt(db->flow, err));
        TRY(result_next(&self->result, &batch, &ended, err));
        if (ended) {
            self->is_ended = true;
            *out = (struct ArrowArray){0};
            return STATUS_OK;
        }
        if (batch.row_count > 0) {
            ArrowExportOptions options = {.weights = (self->stmt->flags & WEIR_STMT_WEIGHTS) != 0};
            return arrow_export_batch(db->pool, &batch, options, out, err);
        }
        TRY(result_wait(&self->result, INT64_C(50000000), err));
    }
}

static int stream_errno(Status status) {
    if (status == STATUS_OK) return 0;
    if (status == STATUS_INTERRUPTED) return EINTR;
    if (status == STATUS_BUSY) return EBUSY;
    return status == STATUS_OUT_OF_MEMORY ? ENOMEM : EIO;
}

static int stream_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    Stream *self = stream->private_data;
    weir_db *db = self->stmt->conn->db;
    if (!turn_enter(db)) return EBUSY;
    db->flow->interrupt = &self->stmt->conn->is_interrupted;
    Error err = {.position = -1};
    Status status = STATUS_OK;
    *out = (struct ArrowArray){0};
    if (!self->is_ended) status = stream_next(self, out, &err);
    if (status != STATUS_OK) {
        if (err.position >= 0) err.position += self->stmt->offset;
        self->error = err;
        self->error.status = status;
        self->is_ended = true;
    }
    turn_leave(db);
    return stream_errno(status);
}

static const char *stream_last_error(struct ArrowArrayStream *stream) {
    Stream *self = stream->private_data;
    if (self->error.status == STATUS_OK) return NULL;
    text_format(self->message, sizeof(self->message), "%s: %s", status_sqlstate(self->error.status),
                self->error.message);
    return self->message;
}

static void stream_end(Deferred *deferred) {
    Stream *self = (Stream *)deferred;
    result_close(&self->result);
    statement_release(self->stmt);
    handle_free(self, sizeof(*self));
}

/* The connection outlives the call: turn_defer still needs its database. */
static void stream_release(struct ArrowArrayStream *stream) {
    Stream *self = stream->private_data;
    weir_conn *conn = self->stmt->conn;
    conn_retain(conn);
    stream->release = NULL;
    self->deferred.run = stream_end;
    turn_defer(conn->db, &self->deferred);
    conn_release(conn);
}

int weir_query(weir_stmt *stmt, struct ArrowArrayStream *out, weir_error **error) {
    Error err = {.position = -1};
    if (stmt == NULL || out == NULL) return error_misuse(error, "weir_query needs a statement and a place for the stream");
    weir_conn *conn = stmt->conn;
    if (!enter_statement(conn)) return error_busy(error);
    statement_retain(stmt);
    Stream *self = handle_alloc(sizeof(*self));
    Status status = self == NULL ? error_out_of_memory(&err) : statement_run(stmt, &self->result, &err);
    if (status != STATUS_OK) {
        statement_release(stmt);
        leave_statement(conn);
        handle_free(self, sizeof(*self));
        return error_give(status, &err, error);
    }
    self->stmt = stmt;
    leave_statement(conn);
    *out = (struct ArrowArrayStream){.get_schema = stream_get_schema,
                                     .get_next = stream_get_next,
                                     .get_last_error = stream_last_error,
                                     .release = stream_release,
                                     .private_data = self};
    return WEIR_OK;
}

int64_t weir_stmt_changes(const weir_stmt *stmt) {
    return stmt == NULL ? 0 : stmt->change_count;
}

weir_error *weir_stream_error(struct ArrowArrayStream *stream) {
    if (stream == NULL || stream->release == NULL) return NULL;
    Stream *self = stream->private_data;
    weir_error *error = NULL;
    if (self->error.status != STATUS_OK) (void)error_give(self->error.status, &self->error, &error);
    return error;
}

int weir_stream_would_wait(struct ArrowArrayStream *stream) {
    if (stream == NULL || stream->release == NULL) return 0;
    Stream *self = stream->private_data;
    weir_db *db = self->stmt->conn->db;
    if (self->is_ended || !turn_enter(db)) return 0;
    db->flow->interrupt = &self->stmt->conn->is_interrupted;
    bool waits = result_would_wait(&self->result);
    turn_leave(db);
    return waits;
}
