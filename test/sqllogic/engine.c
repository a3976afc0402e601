/* SPDX-License-Identifier: Apache-2.0
 * sqllogic/engine.c - statements through weir.h, results from Arrow to text. */
#include "sqllogic/engine.h"

#include "base/vector.h"
#include "column/arrow.h"

/* One run: the rows of its last statement, gathered in the arena. */
typedef struct Run {
    WeirEngine *weir;
    Arena *arena;
    VECTOR(Str) values;
    SltResult *result;
} Run;

static void run_fail(Run *run, const char *sqlstate, Str message) {
    *run->result = (SltResult){.failed = true,
                               .sqlstate = str_copy(run->arena, str_from_c(sqlstate)),
                               .message = str_copy(run->arena, message)};
}

/* Takes the error over: "message; DETAIL: ..; HINT: ..", so that a test may look for any of them. */
static void run_fail_with(Run *run, weir_error *error) {
    Text text;
    text_init(&text, run->weir->memory);
    text_append_c(&text, weir_error_message(error));
    if (weir_error_detail(error)[0] != '\0')
        text_append_format(&text, "; DETAIL: %s", weir_error_detail(error));
    if (weir_error_hint(error)[0] != '\0') text_append_format(&text, "; HINT: %s", weir_error_hint(error));
    run_fail(run, weir_error_sqlstate(error), text_str(&text));
    text_deinit(&text);
    weir_error_free(error);
}

static bool run_add_value(Run *run, const Array *column, size_t row) {
    Text text;
    text_init(&text, run->weir->memory);
    Str value = {0};
    bool ok = true;
    if (array_value_text(column, row, &text)) {
        value = str_copy(run->arena, text_str(&text));
        ok = value.data != NULL && !text.failed;
    }
    text_deinit(&text);
    return ok && arena_vector_push(&run->values, run->arena, value);
}

static Status run_add_rows(Run *run, const ArrowImport *import, Frame *frame, struct ArrowArray *array,
                           Error *err) {
    Batch batch;
    TRY(arrow_import_batch(import, frame, array, &batch, err));
    for (uint32_t row = 0; row < batch.row_count; row++)
        for (uint32_t column = 0; column < batch.column_count; column++)
            if (!run_add_value(run, &batch.columns[column], row)) return error_out_of_memory(err);
    run->result->row_count += batch.row_count;
    return STATUS_OK;
}

/* Reads the stream to its end. False when the stream itself failed; *status tells about our side. */
static bool run_read_batches(Run *run, struct ArrowArrayStream *stream, const ArrowImport *import,
                             Frame *frame, Status *status, Error *err) {
    for (*status = STATUS_OK; *status == STATUS_OK; frame_reset(frame)) {
        struct ArrowArray array = {0};
        if (stream->get_next(stream, &array) != 0) return false;
        if (array.release == NULL) break;
        *status = run_add_rows(run, import, frame, &array, err);
    }
    return true;
}

static Status run_import_schema(Run *run, struct ArrowArrayStream *stream, ArrowImport *import, Error *err) {
    struct ArrowSchema schema = {0};
    if (stream->get_schema(stream, &schema) != 0)
        return error_set(err, STATUS_INTERNAL, "the stream has no schema");
    Status status = arrow_import_init(import, run->arena, &schema, err);
    if (schema.release != NULL) schema.release(&schema);
    return status;
}

static void run_read_stream(Run *run, struct ArrowArrayStream *stream, BufferPool *pool) {
    Error err = {0};
    ArrowImport import;
    Frame frame;
    Status status = run_import_schema(run, stream, &import, &err);
    if (status == STATUS_OK) status = frame_init(&frame, pool, &err);
    if (status == STATUS_OK) {
        run->result->column_count = import.schema.count;
        if (!run_read_batches(run, stream, &import, &frame, &status, &err))
            run_fail_with(run, weir_stream_error(stream));
        frame_deinit(&frame);
    }
    if (status != STATUS_OK) run_fail(run, status_sqlstate(status), str_from_c(err.message));
}

static void run_statement(Run *run, weir_stmt *stmt, BufferPool *pool) {
    weir_error *error = NULL;
    struct ArrowArrayStream stream = {0};
    run->values.count = 0;
    *run->result = (SltResult){0};
    if (weir_query(stmt, &stream, &error) != WEIR_OK) {
        run_fail_with(run, error);
        return;
    }
    run_read_stream(run, &stream, pool);
    stream.release(&stream);
    run->result->values = run->values.items;
}

static void engine_run(void *context, Str sql, Arena *arena, SltResult *result) {
    WeirEngine *weir = context;
    Run run = {.weir = weir, .arena = arena, .result = result};
    BufferPool *pool = buffer_pool_create(weir->memory);
    if (pool == NULL) {
        run_fail(&run, "53200", STR("out of memory"));
        return;
    }
    for (const char *at = sql.data, *end = sql.data + sql.size; at < end && !result->failed;) {
        weir_error *error = NULL;
        weir_stmt *stmt = NULL;
        const char *tail = end;
        if (weir_prepare(weir->conn, at, end - at, &stmt, &tail, &error) != WEIR_OK) {
            run_fail_with(&run, error);
        } else if (stmt != NULL) {
            run_statement(&run, stmt, pool);
        }
        weir_stmt_free(stmt);
        at = tail;
    }
    buffer_pool_destroy(pool);
}

static void engine_close(void *context) {
    WeirEngine *weir = context;
    weir_disconnect(weir->conn);
    weir_error *error = NULL;
    if (weir->db != NULL) ASSERT(weir_close(weir->db, &error) == WEIR_OK);
    weir->conn = NULL;
    weir->db = NULL;
}

static bool engine_open(void *context, Text *reason) {
    WeirEngine *weir = context;
    weir_error *error = NULL;
    if (weir_open(":memory:", NULL, &weir->db, &error) == WEIR_OK &&
        weir_connect(weir->db, &weir->conn, &error) == WEIR_OK &&
        (weir->prelude == NULL || weir_exec(weir->conn, weir->prelude, -1, &error) == WEIR_OK))
        return true;
    text_append_c(reason, weir_error_message(error));
    weir_error_free(error);
    engine_close(weir);
    return false;
}

SltEngine weir_engine(WeirEngine *weir) {
    return (SltEngine){
        .name = "weir", .context = weir, .open = engine_open, .run = engine_run, .close = engine_close};
}
