/* SPDX-License-Identifier: Apache-2.0
 * db/database.c - making and ending a database, and what happens to rows that fail. */
#include "db/database.h"

#include "db/handle.h"
#include "db/object.h"
#include "db/subscription.h"
#include "format/json_write.h"
#include "db/halt.h"

/* --- rows that fail --------------------------------------------------------------------------- */

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

static void keep_row(weir_db *db, const Object *object, const PlanNode *shape, const Batch *batch, uint32_t row,
                     const RowError *error) {
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
        keep_row(db, object, shape, batch, row, error);
    return STATUS_OK;
}

/* A continuous query goes on without the row, or ends at it. */
static Status drop_row(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch,
                       uint32_t row, const RowError *error, Error *err) {
    weir_db *db = context;
    if (batch_weight(batch, row) < 0) return STATUS_OK; /* its insertion was reported */
    return row_failed(db, flow_query_of(db->flow, node), shape, batch, row, error, err);
}

/* A plain SELECT fails where PostgreSQL fails. Of a row without an event time PostgreSQL knows nothing: it is
 * left out and reported, as in a continuous query. */
static Status fail_statement(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch,
                             uint32_t row, const RowError *error, Error *err) {
    if (error->status == STATUS_NULL_TIME) return row_failed(context, NULL, shape, batch, row, error, err);
    return error_set_at(err, error->status, error->position, "%.*s", STR_ARGS(error->message));
}

static Status source_dead_letter(void *context, const Relation *relation, Str partition,
                                 const DeadLetter *letter, Error *err) {
    weir_db *db = context;
    const Object *object = object_of(relation);
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
    return STATUS_OK;
}

static void source_warning(void *context, const Relation *relation, Str message) {
    char room[ERROR_MESSAGE_SIZE_MAX];
    size_t size =
        text_format(room, sizeof(room), "source \"%.*s\": %.*s", STR_ARGS(relation->name), STR_ARGS(message));
    database_notice(context, WEIR_WARNING, str_from(room, size), STR(""), -1);
}

ReaderEvents database_reader_events(weir_db *db) {
    return (ReaderEvents){.context = db, .dead_letter = source_dead_letter, .warning = source_warning};
}

static OpContext operator_context(weir_db *db, OpRowError row_error) {
    return (OpContext){.io = db->io,
                       .memory = &db->memory,
                       .pool = db->pool,
                       .kernels = db->kernels,
                       .eval = {.now_us = io_clock_us(db->io),
                                .random_seed = io_random_u64(db->io),
                                .zones = &db->zones.source},
                       .row_error = row_error,
                       .row_error_context = db};
}

OpContext database_snapshot_context(weir_db *db) {
    return operator_context(db, fail_statement);
}

/* --- life ------------------------------------------------------------------------------------- */

static Status add_system_relations(weir_db *db, Error *err) {
    Relation *letters = dead_letters_relation(&db->arena);
    TRY_ALLOC(letters);
    db->dead_letters_flow =
        (FlowRelation){.relation = letters, .scan = dead_letters_scan, .scan_context = &db->dead_letters};
    letters->runtime = &db->dead_letters_flow;
    return vector_push(&db->catalog.relations, &db->memory, letters) ? STATUS_OK : error_out_of_memory(err);
}

static Status open_parts(weir_db *db, Error *err) {
    db->pool = buffer_pool_create(&db->memory);
    TRY_ALLOC(db->pool);
    OpContext context = operator_context(db, drop_row);
    TRY(flow_create(&context, &db->flow, err));
    return add_system_relations(db, err);
}

Status database_create(Io *io, int64_t memory_max, weir_db **out, Error *err) {
    weir_db *db = handle_alloc(sizeof(*db));
    TRY_ALLOC(db);
    memory_init(&db->memory, memory_max);
    db->io = io;
    db->kernels = kernel_table(kernel_level_best());
    db->settings = (Settings){.batch_rows = BATCH_ROW_COUNT_MAX};
    arena_init(&db->arena, &db->memory);
    dead_letters_init(&db->dead_letters, &db->memory);
    zones_init(&db->zones, io, &db->memory);
    source_head_init(&db->stdin_head, &db->memory);
    db->catalog.find_missing = object_find_missing;
    db->catalog.find_missing_context = db;
    Status status = open_parts(db, err);
    if (status != STATUS_OK) {
        database_destroy(db);
        return status;
    }
    *out = db;
    return STATUS_OK;
}

void database_destroy(weir_db *db) {
    for (size_t i = db->objects.count; i > 0; i--) object_destroy(db, db->objects.items[i - 1]);
    vector_deinit(&db->objects, &db->memory);
    vector_deinit(&db->catalog.relations, &db->memory);
    if (db->flow != NULL) flow_destroy(db->flow);
    source_head_deinit(&db->stdin_head);
    dead_letters_deinit(&db->dead_letters);
    zones_deinit(&db->zones);
    arena_deinit(&db->arena);
    if (db->pool != NULL) buffer_pool_destroy(db->pool);
    memory_deinit(&db->memory);
    handle_free(db, sizeof(*db));
}

bool database_enter(weir_db *db) {
    int expected = 0;
    return atomic_compare_exchange_strong(&db->is_inside, &expected, 1);
}

static void run_deferred(weir_db *db) {
    Deferred *deferred = atomic_exchange(&db->deferred, NULL);
    /* Taken all at once: what is deferred from now on is for database_leave's next round. */
    while (deferred != NULL) {
        Deferred *next = deferred->next;
        deferred->run(deferred);
        deferred = next;
    }
}

void database_leave(weir_db *db) {
    do {
        halt_tell(db); /* may call the user's notice: while still inside, so that a call from there is refused */
        run_deferred(db);
        if (db->event_count > 0) subscription_set_events(db);
        db->flow->interrupt = NULL;
        atomic_store(&db->is_inside, 0);
        /* What was deferred since it ran counts on whoever was inside. The caller's handle still keeps the database. */
    } while (atomic_load(&db->deferred) != NULL && database_enter(db));
}

void database_defer(weir_db *db, Deferred *deferred) {
    /* On the stack first: whoever is inside runs it when leaving, else this thread does. */
    deferred->next = atomic_load(&db->deferred);
    while (!atomic_compare_exchange_weak(&db->deferred, &deferred->next, deferred)) continue;
    if (database_enter(db)) database_leave(db);
}

Status database_step(weir_db *db, int64_t timeout_ns, FlowProgress *progress, Error *err) {
    *progress = (FlowProgress){0};
    TRY(subscription_check_room(db, err));
    return flow_step(db->flow, timeout_ns, progress, err);
}

void database_notice(weir_db *db, int kind, Str message, Str hint, int64_t position) {
    if (db->notice == NULL) return;
    Arena arena;
    arena_init(&arena, &db->memory);
    Str text = str_copy(&arena, message), more = str_copy(&arena, hint);
    int64_t place = position < 0 ? -1 : position + db->notice_offset;
    if (text.data != NULL && more.data != NULL)
        db->notice(db->notice_user, kind, text.data, more.size == 0 ? NULL : more.data, place);
    arena_deinit(&arena);
}
