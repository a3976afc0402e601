/* SPDX-License-Identifier: Apache-2.0
 * db/writer.c - rows from the user into a pushed source or a table. */
#include "base/utf8.h"
#include "column/arrow.h"
#include "db/conn.h"
#include "db/delivery.h"
#include "db/dml.h"
#include "db/error_object.h"
#include "db/halt.h"
#include "db/handle.h"
#include "db/turn.h"
#include "db/value.h"
#include "sql/parser.h"

enum {
    WRITER_ROW_COUNT_MAX = 1024,   /* rows that weir_writer_row buffers */
    WRITER_WEIGHT_MAX = 1000000000 /* of a row: who reads a table meets each of its copies */
};

struct weir_writer {
    Deferred deferred; /* first: its end */
    weir_conn *conn;
    Object *object;
    uint64_t object_number; /* of object: it may have been dropped */
    Str name;
    Arena arena; /* of the schema */
    Schema schema;
    Arena import_arena;    /* of what follows, anew for each schema */
    ArrowImport import;    /* of the last schema pushed */
    uint32_t *columns;     /* [schema.count] column of the import; UINT32_MAX: left out */
    int32_t weight_column; /* of the import; -1: none */
    bool has_import;
    uint32_t partition;
    Frame frame;            /* of the batch pushed */
    Frame row_frame;        /* of the rows buffered */
    ArrayBuilder *builders; /* [schema.count] */
    uint32_t row_count;
    bool is_broken; /* memory for the builders was refused */
};

/* --- open and close --------------------------------------------------------------------------- */

static Status start_rows(weir_writer *writer, Error *err) {
    frame_reset(&writer->row_frame);
    writer->row_count = 0;
    for (uint32_t i = 0; i < writer->schema.count; i++)
        TRY(array_builder_init(&writer->builders[i], &writer->row_frame, writer->schema.fields[i].type,
                               WRITER_ROW_COUNT_MAX, err));
    return STATUS_OK;
}

static Status writer_init(weir_writer *writer, Str name, Error *err) {
    weir_db *db = writer->conn->db;
    AstQualifiedName qualified;
    TRY(parser_parse_name(name, &writer->arena, &qualified, err));
    conn_use_settings(writer->conn); /* the name may be stdin, which is made then */
    TRY(dml_target(db, &qualified, false, &writer->object, err));
    writer->object_number = writer->object->number;
    writer->name = str_copy(&writer->arena, writer->object->relation.name);
    TRY_ALLOC(writer->name.data);
    const Relation *relation = &writer->object->relation;
    Field *fields = ARENA_ARRAY(&writer->arena, Field, relation->column_count);
    writer->builders = ARENA_ARRAY(&writer->arena, ArrayBuilder, relation->column_count);
    TRY_ALLOC(fields);
    TRY_ALLOC(writer->builders);
    for (uint32_t i = 0; i < relation->column_count; i++)
        fields[i] =
            (Field){relation->columns[i].name, relation->columns[i].type, relation->columns[i].not_null};
    Schema schema = {fields, relation->column_count, writer->conn->zone};
    writer->schema = schema_copy(&writer->arena, &schema);
    TRY_ALLOC(writer->schema.fields);
    TRY(frame_init(&writer->frame, db->pool, err));
    TRY(frame_init(&writer->row_frame, db->pool, err));
    TRY(start_rows(writer, err));
    return input_partition_open(writer->object->flow->input, &writer->partition, err); /* last: writer_close gives it back */
}

static void writer_destroy(weir_writer *writer) {
    weir_conn *conn = writer->conn;
    if (writer->frame.pool != NULL) frame_deinit(&writer->frame);
    if (writer->row_frame.pool != NULL) frame_deinit(&writer->row_frame);
    arena_deinit(&writer->import_arena);
    arena_deinit(&writer->arena);
    handle_free(writer, sizeof(*writer));
    conn_release(conn);
}

int weir_writer_open(weir_conn *conn, const char *name, weir_writer **out, weir_error **error) {
    Error err;
    if (conn == NULL || name == NULL || out == NULL)
        return error_misuse(error, "weir_writer_open needs a connection, a name and a place for the writer");
    weir_db *db = conn->db;
    if (!turn_enter(db)) return error_busy(error);
    weir_writer *writer = handle_alloc(sizeof(*writer));
    Status status = writer == NULL ? error_out_of_memory(&err) : STATUS_OK;
    if (status == STATUS_OK) {
        writer->conn = conn;
        conn_retain(conn);
        arena_init(&writer->arena, &db->memory);
        arena_init(&writer->import_arena, &db->memory);
        status = writer_init(writer, str_from_c(name), &err);
        if (status != STATUS_OK) writer_destroy(writer);
    }
    turn_leave(db);
    if (status == STATUS_OK) *out = writer;
    return error_give(status, &err, error);
}

int weir_writer_schema(weir_writer *writer, struct ArrowSchema *out, weir_error **error) {
    Error err;
    if (writer == NULL || out == NULL) return error_misuse(error, "weir_writer_schema needs a writer and a place for the schema");
    weir_db *db = writer->conn->db;
    if (!turn_enter(db)) return error_busy(error);
    Status status = arrow_export_schema(db->pool, &writer->schema, (ArrowExportOptions){0}, out, &err);
    turn_leave(db);
    return error_give(status, &err, error);
}

/* --- pushing ---------------------------------------------------------------------------------- */

/* The relation may have been dropped since the writer was opened. */
static Status check_object(const weir_writer *writer, Error *err) {
    const weir_db *db = writer->conn->db;
    for (size_t i = 0; i < db->objects.count; i++)
        if (db->objects.items[i] == writer->object && writer->object->number == writer->object_number)
            return STATUS_OK;
    return error_set(err, STATUS_UNDEFINED_TABLE,
                     "the relation that the writer was opened for has been dropped");
}

/* The push that withdraws it is undone; the source takes no other. */
static Status stop_at_missing(Object *object, Error *err) {
    (void)error_set(err, STATUS_NO_SUCH_ROW, "source \"%.*s\" stopped: a row was withdrawn that is not there",
                    STR_ARGS(object->relation.name));
    flow_halt_source(object->db->flow, object->flow, err);
    object->halt_news = HALT_TOLD;
    return err->status;
}

static Status report_missing(weir_writer *writer, const RowsMissing *missing, Error *err) {
    weir_db *db = writer->conn->db;
    OnError on_error = writer->object->on_error;
    if (missing->count > 0 && on_error == ON_ERROR_STOP) return stop_at_missing(writer->object, err);
    for (uint32_t i = 0; i < missing->count; i++) {
        if (on_error == ON_ERROR_SKIP) {
            dead_letters_skip(&db->dead_letters);
            continue;
        }
        DeadLetterEntry entry = {.source = writer->object->relation.name,
                                 .record = -1,
                                 .byte_offset = -1,
                                 .reason = STR("a row was withdrawn that is not there"),
                                 .received_at_us = io_clock_us(db->io)};
        dead_letters_add(&db->dead_letters, &entry);
    }
    return STATUS_OK;
}

/* Withdrawals go to tables and sources with a key: one without keeps nothing to check them against. */
static Status push_weighted(weir_writer *writer, const Batch *batch, Error *err) {
    Object *object = writer->object;
    if (object->flow->feed == NULL)
        return error_set(err, STATUS_NOT_SUPPORTED,
                         "rows of source \"%.*s\" cannot be taken back: it keeps none",
                         STR_ARGS(object->relation.name));
    if (object->relation.append_only)
        return error_set(err, STATUS_WRONG_OBJECT_TYPE, "rows of append-only table \"%.*s\" cannot be taken back",
                         STR_ARGS(object->relation.name));
    uint32_t *rows = frame_alloc(&writer->frame, batch->row_count * sizeof(uint32_t), NULL);
    TRY_ALLOC(rows);
    RowsMissing missing = {.rows = rows};
    TRY(object->relation.kind == RELATION_SOURCE
            ? flow_push(writer->conn->db->flow, object->flow, batch, writer->partition, &missing, err)
            : feed_apply(object->flow->feed, batch, &missing, err));
    return report_missing(writer, &missing, err);
}

static Status push_pieces(weir_writer *writer, const Batch *batch, Error *err) {
    weir_db *db = writer->conn->db;
    TRY(dml_check_columns(writer->object, batch, writer->conn->zone, err)); /* before the first piece: all or nothing */
    /* One epoch, whatever the size of the push: what is cut here is only what operators get at a time. */
    uint32_t most = db->flow->batch_row_count_max;
    for (uint32_t from = 0; from < batch->row_count; from += most) {
        uint32_t left = batch->row_count - from, count = left < most ? left : most;
        Batch piece = *batch;
        if (count < batch->row_count) TRY(batch_slice(batch, &writer->frame, from, count, &piece, err));
        if (piece.meta[META_WEIGHT] != NULL)
            TRY(push_weighted(writer, &piece, err));
        else
            TRY(dml_insert_batch(db, writer->object, &piece, writer->partition, err));
    }
    return batch->meta[META_WEIGHT] == NULL ? STATUS_OK : dml_check_keys(db, writer->object, err);
}

static Status push_batch(weir_writer *writer, const Batch *batch, Error *err) {
    weir_db *db = writer->conn->db;
    TRY(check_object(writer, err));
    TRY(halt_check_object(writer->object, err));
    frame_reset(&db->flow->frame);
    Status status = push_pieces(writer, batch, err);
    if (status != STATUS_OK) {
        dml_rollback(writer->object);
        return status;
    }
    TRY(flow_epoch_end(db->flow, err));
    return halt_check_object(writer->object, err); /* one of the rows has halted it */
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Rows that cannot be pushed are dropped with the error. */
static Status flush_rows(weir_writer *writer, Error *err) {
    if (writer->is_broken) {
        TRY(start_rows(writer, err));
        writer->is_broken = false;
    }
    if (writer->row_count == 0) return STATUS_OK;
    Array *columns = FRAME_ARRAY(&writer->row_frame, Array, writer->schema.count);
    Status status = columns == NULL ? error_out_of_memory(err) : STATUS_OK;
    for (uint32_t i = 0; i < writer->schema.count && status == STATUS_OK; i++)
        status = array_builder_finish(&writer->builders[i], &columns[i], err);
    Batch batch = {.row_count = writer->row_count, .column_count = writer->schema.count, .columns = columns};
    if (status == STATUS_OK) status = push_batch(writer, &batch, err);
    frame_reset(&writer->frame);
    Error ignored;
    Status restarted = start_rows(writer, status == STATUS_OK ? err : &ignored);
    writer->is_broken = restarted != STATUS_OK;
    return status == STATUS_OK ? restarted : status;
}

static ValuePlace place_of(const weir_writer *writer, uint32_t column) {
    const Field *field = &writer->schema.fields[column];
    return (ValuePlace){.type = field->type, .column = field->name, .zone = writer->schema.zone, .zones = &writer->conn->db->zones.source};
}

/* The builder as it was before its last value. */
static void take_back(ArrayBuilder *builder, uint32_t row) {
    builder->length = row;
    if (builder->validity != NULL) bits_set(builder->validity, row);
}

/* A row that fails halfway takes back the values already appended. */
static Status append_row(weir_writer *writer, const weir_value *values, Error *err) {
    for (uint32_t i = 0; i < writer->schema.count; i++) {
        ValuePlace place = place_of(writer, i);
        Status status = value_append(&writer->builders[i], &place, &values[i], err);
        if (status == STATUS_OK) continue;
        for (uint32_t k = 0; k < i; k++) take_back(&writer->builders[k], writer->row_count);
        return status;
    }
    writer->row_count++;
    return STATUS_OK;
}

int weir_writer_row(weir_writer *writer, const weir_value *values, size_t count, weir_error **error) {
    Error err;
    if (writer == NULL || values == NULL) return error_misuse(error, "weir_writer_row needs a writer and values");
    weir_db *db = writer->conn->db;
    if (!turn_enter(db)) return error_busy(error);
    Status status = STATUS_OK;
    if (count != writer->schema.count)
        status = error_set(&err, STATUS_COLUMN_COUNT, "a row of \"%.*s\" has %u value%s, not %zu",
                           STR_ARGS(writer->name), writer->schema.count, writer->schema.count == 1 ? "" : "s", count);
    bool is_full = writer->row_count == WRITER_ROW_COUNT_MAX || writer->is_broken;
    if (status == STATUS_OK && is_full) status = delivery_check_room(db, &err);
    if (status == STATUS_OK && is_full) status = flush_rows(writer, &err);
    if (status == STATUS_OK) status = append_row(writer, values, &err);
    turn_leave(db);
    return error_give(status, &err, error);
}

int weir_writer_flush(weir_writer *writer, uint64_t *epoch, weir_error **error) {
    Error err;
    if (writer == NULL) return error_misuse(error, "weir_writer_flush needs a writer");
    weir_db *db = writer->conn->db;
    if (!turn_enter(db)) return error_busy(error);
    bool is_empty = writer->row_count == 0 && !writer->is_broken;
    Status status = is_empty ? STATUS_OK : delivery_check_room(db, &err);
    if (status == STATUS_OK) status = flush_rows(writer, &err);
    if (status == STATUS_OK && epoch != NULL) *epoch = db->flow->epoch;
    turn_leave(db);
    return error_give(status, &err, error);
}

/* --- Arrow ------------------------------------------------------------------------------------ */

static Status type_misfit(const Field *field, Type given, Error *err) {
    char name[64];
    size_t size = 0;
    if (given.id == TYPE_NUMERIC) size = text_format(name, sizeof(name), "numeric(%d,%d)", given.precision, given.scale);
    ValuePlace place = {.type = field->type, .column = field->name};
    return value_misfit(&place, size > 0 ? name : type_name((TypeId)given.id), err);
}

/* Each column of the batch is one of the relation, and no two are the same. */
static Status match_columns(weir_writer *writer, Error *err) {
    const Schema *given = &writer->import.schema;
    for (uint32_t i = 0; i < writer->schema.count; i++) writer->columns[i] = UINT32_MAX;
    for (uint32_t k = 0; k < given->count; k++) {
        Str name = given->fields[k].name;
        if ((int32_t)k == writer->weight_column) continue;
        int32_t column = schema_find_ignore_case(&writer->schema, name);
        if (column < 0)
            return error_set(err, STATUS_UNDEFINED_COLUMN, "column \"%.*s\" of the batch is no column of \"%.*s\"", STR_ARGS(name),
                             STR_ARGS(writer->name));
        if (writer->columns[column] != UINT32_MAX)
            return error_set(err, STATUS_DUPLICATE_COLUMN, "column \"%.*s\" is in the batch twice",
                             STR_ARGS(writer->schema.fields[column].name));
        writer->columns[column] = k;
    }
    return STATUS_OK;
}

static Status bind_import(weir_writer *writer, const struct ArrowSchema *schema, Error *err) {
    if (schema->release == NULL) return error_set(err, STATUS_MISUSE, "the Arrow schema was released already");
    writer->has_import = false;
    arena_reset(&writer->import_arena);
    TRY(arrow_import_init(&writer->import, &writer->import_arena, schema, err));
    writer->columns = ARENA_ARRAY(&writer->import_arena, uint32_t, writer->schema.count);
    TRY_ALLOC(writer->columns);
    writer->weight_column = schema_find(&writer->import.schema, STR("__weight"));
    TRY(match_columns(writer, err));
    for (uint32_t i = 0; i < writer->schema.count; i++) {
        const Field *field = &writer->schema.fields[i];
        if (writer->columns[i] == UINT32_MAX) continue;
        Type given = writer->import.schema.fields[writer->columns[i]].type;
        if (!arrow_import_want(&writer->import, writer->columns[i], field->type)) return type_misfit(field, given, err);
    }
    writer->has_import = true;
    return STATUS_OK;
}

static Status import_default(weir_writer *writer, Error *err) {
    struct ArrowSchema schema;
    TRY(arrow_export_schema(writer->conn->db->pool, &writer->schema, (ArrowExportOptions){0}, &schema, err));
    Status status = bind_import(writer, &schema, err);
    schema.release(&schema);
    return status;
}

static Status take_weights(weir_writer *writer, const Batch *imported, Batch *out, Error *err) {
    if (writer->weight_column < 0) return STATUS_OK;
    const Array *weights = &imported->columns[writer->weight_column];
    if (weights->type.id != TYPE_BIGINT || array_null_count(weights) > 0)
        return error_set(err, STATUS_DATATYPE_MISMATCH, "__weight must be int64 without NULLs");
    bool all_one = true;
    for (uint32_t i = 0; i < weights->length; i++) {
        int64_t weight = array_i64(weights)[i];
        all_one &= weight == 1;
        if (weight == 0) return error_set(err, STATUS_INVALID_ARGUMENT, "a row of weight 0 says nothing");
        if (weight > WRITER_WEIGHT_MAX || weight < -WRITER_WEIGHT_MAX)
            return error_set(err, STATUS_LIMIT, "the weight of row %u is beyond %d", i + 1, WRITER_WEIGHT_MAX);
    }
    /* Weights that say nothing are left out: rows that only come may go to sources, and take the faster loops. */
    if (!all_one) out->meta[META_WEIGHT] = array_i64(weights);
    return STATUS_OK;
}

/* VARCHAR(n), as INSERT's assignment: spaces beyond the length go, anything else fails. Texts stay where they are, only their views
 * change; most columns need none. */
static Status cut_texts(weir_writer *writer, const Field *field, Array *texts, Error *err) {
    size_t length_max = (size_t)field->type.length;
    View *views = NULL;
    Buffer *owner = NULL;
    for (uint32_t row = 0; row < texts->length; row++) {
        if (array_is_null(texts, row)) continue;
        Str text = array_text(texts, row);
        if (text.size <= length_max) continue; /* characters are at most as many as bytes */
        size_t kept = utf8_offset(text, length_max);
        for (size_t i = kept; i < text.size; i++)
            if (text.data[i] != ' ')
                return error_set(err, STATUS_STRING_TRUNCATION, "value too long for type character varying(%d) in row %u of column \"%.*s\"",
                                 field->type.length, row + 1, STR_ARGS(field->name));
        if (kept == text.size) continue;
        if (views == NULL) {
            views = frame_alloc(&writer->frame, texts->length * sizeof(View), &owner);
            TRY_ALLOC(views);
            memcpy(views, texts->values, texts->length * sizeof(View));
        }
        views[row] = view_make(str_from(text.data, kept), views[row].far.buffer, views[row].far.offset);
    }
    if (views != NULL) {
        texts->values = views;
        texts->values_owner = owner;
    }
    return STATUS_OK;
}

/* What a column that is left out has in each row: as an INSERT would give it. */
static Status default_column(weir_writer *writer, uint32_t column, uint32_t row_count, Array *out, Error *err) {
    weir_db *db = writer->conn->db;
    Frame *frame = &writer->frame;
    const Relation *relation = &writer->object->relation;
    const Expr *expr;
    Program *program;
    RowErrors errors = NULL;
    TRY(bind_default_value(&frame->arena, db->pool, &db->zones.source, writer->conn->zone, relation, column, SQL_SPAN_NONE, &expr, err));
    if (expr == NULL) return array_nulls(frame, writer->schema.fields[column].type, row_count, out, err);
    OpContext context = database_context(db, NULL);
    Batch rows = {.row_count = row_count};
    TRY(program_compile(&frame->arena, &expr, 1, db->kernels, &program, err));
    TRY(program_eval(program, &context.eval, frame, &rows, NULL, 0, out, &errors, err));
    for (uint32_t row = 0; errors != NULL && row < row_count; row++)
        if (errors[row] != NULL) return error_set(err, errors[row]->status, "%.*s", STR_ARGS(errors[row]->message));
    return STATUS_OK;
}

static Status push_arrow(weir_writer *writer, struct ArrowArray *array, Error *err) {
    Batch imported, batch = {0};
    frame_reset(&writer->frame);
    TRY(arrow_import_batch(&writer->import, &writer->frame, array, &imported, err));
    if (imported.row_count == 0) return STATUS_OK;
    Array *columns = FRAME_ARRAY(&writer->frame, Array, writer->schema.count);
    TRY_ALLOC(columns);
    TRY(check_object(writer, err)); /* whose defaults are asked for */
    for (uint32_t i = 0; i < writer->schema.count; i++) {
        Type type = writer->schema.fields[i].type;
        if (writer->columns[i] == UINT32_MAX)
            TRY(default_column(writer, i, imported.row_count, &columns[i], err));
        else
            columns[i] = imported.columns[writer->columns[i]];
        columns[i].type = type;
        if (type.id == TYPE_VARCHAR && type.length > 0) TRY(cut_texts(writer, &writer->schema.fields[i], &columns[i], err));
    }
    batch =
        (Batch){.row_count = imported.row_count, .column_count = writer->schema.count, .columns = columns};
    TRY(take_weights(writer, &imported, &batch, err));
    return push_batch(writer, &batch, err);
}

/* Inside, with room in every subscriber's queue; or, when another thread has not come out, or made room, in time: BUSY, and `error` is
 * filled. */
static Status enter_with_room(weir_writer *writer, int64_t timeout_ns, weir_error **error) {
    weir_db *db = writer->conn->db;
    Error err, ignored;
    int64_t deadline_ns = timeout_ns == 0 ? 0 : io_deadline_ns(db->io, timeout_ns);
    for (;;) {
        if (!(timeout_ns == 0 ? turn_enter(db) : turn_enter_until(db, deadline_ns))) return (Status)error_busy(error);
        Status status = delivery_check_room(db, &err);
        if (status == STATUS_OK) return STATUS_OK;
        turn_leave(db);
        if (atomic_exchange(&writer->conn->is_interrupted, 0) != 0)
            status = error_set(&err, STATUS_INTERRUPTED, "canceled while waiting for a subscriber");
        bool may_wait = status == STATUS_BUSY && timeout_ns != 0 && io_wait_ms(db->io, deadline_ns) != 0;
        if (!may_wait || io_poll(db->io, NULL, 0, 1, &ignored) != STATUS_OK) return (Status)error_give(status, &err, error);
    }
}

int weir_writer_push(weir_writer *writer, struct ArrowArray *array, const struct ArrowSchema *schema,
                     int64_t timeout_ns, weir_error **error) {
    Error err;
    if (writer == NULL || array == NULL) {
        if (array != NULL && array->release != NULL) array->release(array);
        return error_misuse(error, "weir_writer_push needs a writer and an array");
    }
    weir_db *db = writer->conn->db;
    Status status = enter_with_room(writer, timeout_ns, error);
    if (status != STATUS_OK) return (int)status;
    status = flush_rows(writer, &err);
    if (status == STATUS_OK && schema != NULL)
        status = bind_import(writer, schema, &err);
    else if (status == STATUS_OK && !writer->has_import)
        status = import_default(writer, &err);
    if (status == STATUS_OK) status = push_arrow(writer, array, &err);
    if (array->release != NULL) array->release(array); /* taken over whatever becomes of it */
    turn_leave(db);
    return error_give(status, &err, error);
}

int weir_writer_watermark(weir_writer *writer, int64_t event_time_us, weir_error **error) {
    Error err;
    if (writer == NULL) return error_misuse(error, "weir_writer_watermark needs a writer");
    weir_db *db = writer->conn->db;
    if (!turn_enter(db)) return error_busy(error);
    Status status = delivery_check_room(db, &err);
    if (status == STATUS_OK) status = flush_rows(writer, &err);
    if (status == STATUS_OK) status = check_object(writer, &err);
    if (status == STATUS_OK && writer->object->relation.time_column < 0)
        status = error_set(&err, STATUS_STREAMING, "\"%.*s\" has no watermark",
                           STR_ARGS(writer->object->relation.name));
    if (status == STATUS_OK)
        status = input_promise(writer->object->flow->input, writer->partition, event_time_us,
                               io_clock_monotonic_ns(db->io), &err);
    if (status == STATUS_OK) status = flow_epoch_end(db->flow, &err);
    turn_leave(db);
    return error_give(status, &err, error);
}

/* What it buffered is pushed; its partition holds no watermark back any more. */
static void writer_close(Deferred *deferred) {
    weir_writer *writer = (weir_writer *)deferred;
    weir_db *db = writer->conn->db;
    Error ignored;
    if (check_object(writer, &ignored) == STATUS_OK) {
        (void)!flush_rows(writer, &ignored);
        Input *input = writer->object->flow->input;
        bool timed =
            writer->object->relation.time_column >= 0 && input_has_partition(input, writer->partition);
        input_partition_close(input, writer->partition);
        if (timed) (void)!flow_epoch_end(db->flow, &ignored);
    }
    writer_destroy(writer);
}

void weir_writer_free(weir_writer *writer) {
    if (writer == NULL) return;
    weir_conn *conn = writer->conn;
    conn_retain(conn); /* turn_defer still needs its database */
    writer->deferred.run = writer_close;
    turn_defer(conn->db, &writer->deferred);
    conn_release(conn);
}
