/* SPDX-License-Identifier: Apache-2.0
 * db/failed_rows.c - to the dead letters, into a count, or the end of what they were for. */
#include "db/failed_rows.h"

#include "db/object.h"
#include "db/sources.h"
#include "format/json_write.h"

/* The object that a query runs for; NULL: a SELECT with EMIT. */
static const Object *object_of_query(const weir_db *db, const FlowQuery *query) {
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        if (object->plan != NULL && object->plan == query->query.plan) return object;
    }
    return NULL;
}

static void row_as_json(const weir_db *db, const PlanNode *shape, const Batch *batch, uint32_t row,
                        Arena *arena, Text *out) {
    Schema schema;
    Error ignored;
    if (plan_schema(arena, shape, &schema, &ignored) == STATUS_OK)
        json_write_row(out, &schema, batch, row, false);
}

/* Of what has no end the first is told when it happens: nobody would see the list before. */
static void tell_first(weir_db *db, const char *kind, const DeadLetterEntry *entry) {
    char room[ERROR_MESSAGE_SIZE_MAX];
    char record[32] = "";
    if (entry->record >= 0) text_format(record, sizeof(record), "record %lld: ", (long long)entry->record);
    size_t size = text_format(room, sizeof(room), "%s \"%.*s\" could not use %s: %s%.*s", kind, STR_ARGS(entry->source),
                              entry->record >= 0 ? "a record" : "a row", record, STR_ARGS(entry->reason));
    for (size_t i = 0; i < size; i++) /* of the input: a terminal may not act on it */
        if ((unsigned char)room[i] < 0x20 || room[i] == 0x7F) room[i] = '?';
    database_notice(db, WEIR_WARNING, str_from(room, size), STR("It and those that follow are in weir_catalog.dead_letters; this is told once."), -1);
    db->dead_letters.told_count++;
}

static void keep_row(weir_db *db, const Object *object, FlowQuery *query, const PlanNode *shape, const Batch *batch,
                     uint32_t row, const RowError *error) {
    Arena arena;
    Text payload;
    arena_init(&arena, &db->memory);
    text_init(&payload, &db->memory);
    row_as_json(db, shape, batch, row, &arena, &payload);
    DeadLetterEntry entry = {.source = object == NULL ? STR("select") : object->relation.name,
                             .record = -1,
                             .byte_offset = -1,
                             .reason = error->message,
                             .payload = payload.failed ? STR("") : text_str(&payload),
                             .received_at_us = io_clock_us(db->io)};
    dead_letters_add(&db->dead_letters, &entry);
    if (query != NULL && !query->is_failure_told && sources_are_endless(db, query->query.plan)) {
        query->is_failure_told = true;
        tell_first(db, object == NULL ? "query" : object_kind_name(object->relation.kind), &entry);
    }
    text_deinit(&payload);
    arena_deinit(&arena);
}

/* The query ends here: an object's failure names it, a statement's points into its text. */
static Status halt_query(const Object *object, FlowQuery *query, const RowError *error, Error *err) {
    if (object == NULL)
        (void)error_set_at(err, error->status, error->position, "%.*s", STR_ARGS(error->message));
    else
        (void)error_set(err, error->status, "%s \"%.*s\" stopped: %.*s", object_kind_name(object->relation.kind),
                        STR_ARGS(object->relation.name), STR_ARGS(error->message));
    return flow_halt(query, err);
}

static Status row_failed(weir_db *db, FlowQuery *query, const PlanNode *shape, const Batch *batch, uint32_t row,
                         const RowError *error, Error *err) {
    /* An object is named in dead letters and warnings, a statement's own row by the word select. */
    const Object *object = query == NULL ? NULL : object_of_query(db, query);
    if (query != NULL && query->on_error == ON_ERROR_STOP) return halt_query(object, query, error, err);
    if (query != NULL && query->on_error == ON_ERROR_SKIP)
        dead_letters_skip(&db->dead_letters);
    else
        keep_row(db, object, query, shape, batch, row, error);
    return STATUS_OK;
}

Status failed_row_of_query(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch,
                       uint32_t row, const RowError *error, Error *err) {
    weir_db *db = context;
    if (batch_weight(batch, row) < 0) return STATUS_OK; /* its insertion was reported */
    return row_failed(db, flow_query_of(db->flow, node), shape, batch, row, error, err);
}

Status failed_row_ends_statement(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch,
                             uint32_t row, const RowError *error, Error *err) {
    if (error->status == STATUS_NULL_TIME) return row_failed(context, NULL, shape, batch, row, error, err);
    return error_set_at(err, error->status, error->position, "%.*s", STR_ARGS(error->message));
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
