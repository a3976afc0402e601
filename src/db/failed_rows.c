/* SPDX-License-Identifier: Apache-2.0
 * db/failed_rows.c - to the dead letters, into a count, or the end of what they were for. */
#include "db/failed_rows.h"

#include "db/object.h"
#include "db/sources.h"
#include "format/json_write.h"
#include "plan/fragment.h"

/* The row that failed, as the failing step saw it. */
typedef struct FailedRow {
    const PlanNode *node;  /* whose step it is */
    const PlanNode *shape; /* whose columns the batch has */
    const Batch *batch;
    uint32_t row;
    const RowError *error;
} FailedRow;

/* The object that a query runs for; NULL: a SELECT with EMIT. */
static const Object *object_of_query(const weir_db *db, const FlowQuery *query) {
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        if (object->plan != NULL && object->plan == query->query.plan) return object;
    }
    return NULL;
}

static void append_json(const FailedRow *failed, Arena *arena, Text *out) {
    Schema schema;
    Error ignored;
    if (plan_schema(arena, failed->shape, &schema, &ignored) == STATUS_OK)
        json_write_row(out, &schema, failed->batch, failed->row, false);
}

/* Of what has no end the first is told when it happens: nobody would see the list before. */
static void tell_first(weir_db *db, const char *kind, const DeadLetterEntry *entry) {
    char room[ERROR_MESSAGE_SIZE_MAX];
    char record[32] = "";
    if (entry->record >= 0) text_format(record, sizeof(record), "record %lld of ", (long long)entry->record);
    size_t size = text_format(room, sizeof(room), "%s \"%.*s\" could not use %s: %s%.*s%s%.*s", kind, STR_ARGS(entry->source),
                              entry->record >= 0 ? "a record" : "a row", record, STR_ARGS(entry->partition),
                              entry->record >= 0 ? ": " : "", STR_ARGS(entry->reason));
    for (size_t i = 0; i < size; i++) /* of the input: a terminal may not act on it */
        if ((unsigned char)room[i] < 0x20 || room[i] == 0x7F) room[i] = '?';
    database_notice(db, WEIR_WARNING, str_from(room, size), STR("It and those that follow are in weir_catalog.dead_letters; this is told once."), -1);
    db->dead_letters.told_count++;
}

/* Where a view has the expression in its own text, as SHOW CREATE gives that: view "v", line 1, column 24: 100 / a. */
static void append_origin(Text *out, const SqlOrigin *origin) {
    text_append_format(out, "%s \"%.*s\"", origin->kind, STR_ARGS(origin->name));
    if (!fragment_is_in(origin->text, origin->start, origin->end)) return;
    Str shown = str_trim(origin->text);
    int32_t lead = (int32_t)(shown.data - origin->text.data);
    TextPlace place = fragment_place(shown, origin->start - lead);
    text_append_format(out, ", line %u, column %u: ", place.line, place.column);
    fragment_append(out, origin->text, origin->start, origin->end);
}

static void keep_row(weir_db *db, const Object *object, FlowQuery *query, const FailedRow *failed) {
    const RowError *error = failed->error;
    Arena arena;
    Text payload, reason;
    arena_init(&arena, &db->memory);
    text_init(&payload, &db->memory);
    text_init(&reason, &db->memory);
    text_append(&reason, error->message);
    if (error->span.origin != NULL) {
        text_append_c(&reason, " (in ");
        append_origin(&reason, error->span.origin);
        text_append_char(&reason, ')');
    }
    append_json(failed, &arena, &payload);
    DeadLetterEntry entry = {.source = object == NULL ? STR("select") : object->relation.name,
                             .record = -1,
                             .byte_offset = -1,
                             .reason = reason.failed ? error->message : text_str(&reason),
                             .payload = payload.failed ? STR("") : text_str(&payload),
                             .received_at_us = io_clock_us(db->io)};
    dead_letters_add(&db->dead_letters, &entry);
    if (query != NULL && !query->is_failure_told && sources_are_endless(db, query->query.plan)) {
        query->is_failure_told = true;
        tell_first(db, object == NULL ? "query" : object_kind_name(object->relation.kind), &entry);
    }
    text_deinit(&reason);
    text_deinit(&payload);
    arena_deinit(&arena);
}

/* ---- rows that end what they were for ---- */

enum { ROW_SIZE_MAX = 160 }; /* bytes of a row that a message shows */

/* The source whose records the rows below the node are, one for one as far as they have positions; NULL: there is none, or more than one. */
static const FlowRelation *source_below(const PlanNode *node) {
    while (node->kind != PLAN_SCAN && node->input_count == 1) node = node->inputs[0];
    const FlowRelation *relation = node->kind == PLAN_SCAN ? node->scan.relation->runtime : NULL;
    return relation != NULL && relation->reader != NULL && relation->reader->source != NULL ? relation : NULL;
}

/* record 4 of in.json */
static void append_record(Text *out, const PlanNode *node, const Batch *batch, uint32_t row) {
    const int64_t *positions = batch->meta[META_POSITION];
    const FlowRelation *relation = positions == NULL ? NULL : source_below(node);
    if (relation == NULL) return;
    const Source *source = relation->reader->source;
    uint32_t partition = (uint32_t)(positions[row] >> POSITION_RECORD_BITS);
    text_append_format(out, "record %lld", (long long)(positions[row] & ((INT64_C(1) << POSITION_RECORD_BITS) - 1)));
    if (partition < source_partition_count(source)) text_append_format(out, " of %.*s", STR_ARGS(source_partition_name(source, partition)));
    text_append_c(out, ", ");
}

/* record 4 of in.json, row {"a":0} */
static void append_row(weir_db *db, const FailedRow *failed, Text *out) {
    Arena arena;
    Text json;
    arena_init(&arena, &db->memory);
    text_init(&json, &db->memory);
    append_json(failed, &arena, &json);
    append_record(out, failed->node, failed->batch, failed->row);
    size_t size = json.size < ROW_SIZE_MAX ? json.size : ROW_SIZE_MAX;
    while (size < json.size && size > 0 && ((unsigned char)json.data[size] & 0xC0) == 0x80) size--; /* no half a character */
    text_append_c(out, "row ");
    text_append(out, str_from(json.data, size));
    if (size < json.size) text_append_c(out, " ...");
    out->failed |= json.failed;
    text_deinit(&json);
    arena_deinit(&arena);
}

/* The error points into the statement's text; what only the row and a view's text can tell is its detail. Empty texts say nothing. */
static Status point_at(const RowError *error, Str row, Str origin, Error *err) {
    (void)error_set_at(err, error->status, error->span.start, "%.*s", STR_ARGS(error->message));
    if (row.size > 0 && origin.size > 0) return error_add_detail(err, "At %.*s, in %.*s", STR_ARGS(row), STR_ARGS(origin));
    if (row.size > 0) return error_add_detail(err, "At %.*s", STR_ARGS(row));
    return origin.size > 0 ? error_add_detail(err, "In %.*s", STR_ARGS(origin)) : err->status;
}

/* An object's failure names it, for those who read it later. */
static Status name_halted(const Object *object, const RowError *error, Str row, Str origin, Error *err) {
    (void)error_set(err, error->status, "%s \"%.*s\" stopped%s%.*s: %.*s", object_kind_name(object->relation.kind),
                    STR_ARGS(object->relation.name), row.size > 0 ? " at " : "", STR_ARGS(row), STR_ARGS(error->message));
    return origin.size > 0 ? error_add_detail(err, "In %.*s", STR_ARGS(origin)) : err->status;
}

/* `object` NULL: a statement's own row. `has_row`: its text does not show which row it is. */
static Status tell_failed(weir_db *db, const Object *object, const FailedRow *failed, bool has_row, Error *err) {
    const SqlOrigin *from = failed->error->span.origin;
    Text row, origin;
    text_init(&row, &db->memory);
    text_init(&origin, &db->memory);
    if (has_row) append_row(db, failed, &row);
    if (from != NULL) append_origin(&origin, from);
    if (row.failed) text_reset(&row);
    if (origin.failed) text_reset(&origin);
    Status status = object == NULL ? point_at(failed->error, text_str(&row), text_str(&origin), err)
                                   : name_halted(object, failed->error, text_str(&row), text_str(&origin), err);
    text_deinit(&row);
    text_deinit(&origin);
    return status;
}

static Status row_failed(weir_db *db, FlowQuery *query, const FailedRow *failed, Error *err) {
    /* An object is named in dead letters and warnings, a statement's own row by the word select. */
    const Object *object = query == NULL ? NULL : object_of_query(db, query);
    if (query != NULL && query->on_error == ON_ERROR_STOP) {
        (void)tell_failed(db, object, failed, true, err);
        return flow_halt(query, err);
    }
    if (query != NULL && query->on_error == ON_ERROR_SKIP)
        dead_letters_skip(&db->dead_letters);
    else
        keep_row(db, object, query, failed);
    return STATUS_OK;
}

Status failed_row_of_query(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch,
                           uint32_t row, const RowError *error, Error *err) {
    weir_db *db = context;
    FailedRow failed = {node, shape, batch, row, error};
    if (batch_weight(batch, row) < 0) return STATUS_OK; /* its insertion was reported */
    return row_failed(db, flow_query_of(db->flow, node), &failed, err);
}

Status failed_row_ends_statement(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch,
                                 uint32_t row, const RowError *error, Error *err) {
    FailedRow failed = {node, shape, batch, row, error};
    if (error->status == STATUS_NULL_TIME) return row_failed(context, NULL, &failed, err);
    return tell_failed(context, NULL, &failed, false, err);
}

static void tell_of_source(weir_db *db, Object *object) {
    const DeadLetterEntry *first = dead_letters_find(&db->dead_letters, object->relation.name);
    object->is_letter_told = true;
    if (first != NULL) tell_first(db, "source", first);
}

void failed_rows_tell(weir_db *db) {
    if (!db->dead_letters.has_untold) return;
    int64_t now_ns = io_clock_monotonic_ns(db->io);
    db->dead_letters.has_untold = false;
    for (size_t i = 0; i < db->objects.count; i++) {
        Object *object = db->objects.items[i];
        if (object->letter_ns == 0 || object->is_letter_told || object->flow->reader == NULL || object->flow->reader->is_ended) continue;
        if (now_ns - object->letter_ns >= FAILED_ROWS_TELL_NS)
            tell_of_source(db, object);
        else
            db->dead_letters.has_untold = true;
    }
}

/* When the source's first dead letter came. */
static void note_letter(weir_db *db, Object *object) {
    if (object->letter_ns != 0) return;
    object->letter_ns = io_clock_monotonic_ns(db->io);
    if (source_is_endless(object))
        tell_of_source(db, object);
    else
        db->dead_letters.has_untold = true;
}

static Status source_dead_letter(void *context, const Relation *relation, Str partition,
                                 const DeadLetter *letter, Error *err) {
    weir_db *db = context;
    Object *object = object_of(relation);
    if (object->on_error == ON_ERROR_SKIP) {
        dead_letters_skip(&db->dead_letters);
        return STATUS_OK;
    }
    DeadLetterEntry entry = {.source = relation->name,
                             .partition = partition,
                             .record = letter->record,
                             .byte_offset = letter->byte_offset,
                             .reason = letter->reason,
                             .payload = letter->payload,
                             .received_at_us = io_clock_us(db->io)};
    dead_letters_add(&db->dead_letters, &entry);
    note_letter(db, object);
    return STATUS_OK;
}

static void source_warning(void *context, const Relation *relation, Str message) {
    char room[ERROR_MESSAGE_SIZE_MAX];
    size_t size =
        text_format(room, sizeof(room), "source \"%.*s\": %.*s", STR_ARGS(relation->name), STR_ARGS(message));
    database_notice(context, WEIR_WARNING, str_from(room, size), STR(""), -1);
}

ReaderEvents failed_records_of_sources(weir_db *db) {
    return (ReaderEvents){.context = db, .dead_letter = source_dead_letter, .warning = source_warning};
}
