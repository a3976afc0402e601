/* SPDX-License-Identifier: Apache-2.0
 * db/object.c - objects come to life and go. */
#include "db/object.h"

#include "db/define.h"
#include "db/dml.h"
#include "db/failed_rows.h"
#include "db/file_use.h"
#include "db/guess.h"
#include "db/halt.h"

enum {
    SINK_WAIT_MS = 50,      /* between two tries to open a named pipe that nobody reads */
    CASCADE_TOLD_MAX = 100, /* objects that a notice names, as PostgreSQL's does */
};

const char *object_kind_name(RelationKind kind) {
    switch (kind) {
        case RELATION_SOURCE: return "source";
        case RELATION_TABLE: return "table";
        case RELATION_VIEW: return "view";
        case RELATION_STREAM: return "stream";
        case RELATION_MATERIALIZED_VIEW: return "materialized view";
        case RELATION_LATE: return "late table";
        case RELATION_SYSTEM: return "system table";
        case RELATION_SINK: return "sink";
    }
    return "object";
}

Object *object_find(const weir_db *db, Str name) {
    for (size_t i = 0; i < db->objects.count; i++)
        if (str_equal(db->objects.items[i]->relation.name, name)) return db->objects.items[i];
    return NULL;
}

/* --- late tables ------------------------------------------------------------------------------ */

/* A late table hangs on the query that feeds it: it is made when that starts, and goes with it. Its rows are the late ones as
 * they came, withdrawals too, since what was taken back late has not been taken back. */

/* Late rows as rows of the table: the weight becomes a column before late_by. */
static Status late_batch(void *context, const Batch *batch, Error *err) {
    Object *object = context;
    Frame *frame = &object->flow->feed->frame;
    frame_reset(frame);
    uint32_t last = batch->column_count - 1;
    Array *columns = FRAME_ARRAY(frame, Array, batch->column_count + 1);
    TRY_ALLOC(columns);
    memcpy(columns, batch->columns, last * sizeof(Array));
    Buffer *owner;
    int64_t *weights = frame_alloc(frame, batch->row_count * sizeof(int64_t), &owner);
    TRY_ALLOC(weights);
    for (uint32_t i = 0; i < batch->row_count; i++) weights[i] = batch_weight(batch, i);
    columns[last] = (Array){.type = type_of(TYPE_BIGINT), .length = batch->row_count, .values = weights, .values_owner = owner};
    columns[last + 1] = batch->columns[last];
    Batch rows = {.row_count = batch->row_count, .column_count = batch->column_count + 1, .columns = columns};
    return feed_apply_made(object->flow->feed, &rows, err);
}

static Status late_epoch_end(void *context, int64_t watermark, Error *err) {
    Object *object = context;
    return feed_epoch_end(object->flow->feed, watermark, err);
}

static void late_forget(void *context) {
    Object *object = context;
    feed_forget(object->flow->feed);
}

static Status late_relation(Object *object, const Plan *plan, Error *err) {
    Relation *relation = &object->relation;
    uint32_t count = plan->late_column_count;
    relation->columns = ARENA_ARRAY(&object->arena, PlanColumn, count + 2);
    TRY_ALLOC(relation->columns);
    for (uint32_t i = 0; i < count; i++)
        relation->columns[i] =
            (PlanColumn){.name = plan->late_columns[i].name, .type = plan->late_columns[i].type};
    relation->columns[count] =
        (PlanColumn){.name = STR("__weight"), .type = type_of(TYPE_BIGINT), .not_null = true};
    relation->columns[count + 1] =
        (PlanColumn){.name = STR("late_by"), .type = type_of(TYPE_INTERVAL), .not_null = true};
    relation->column_count = count + 2;
    relation->kind = RELATION_LATE;
    relation->name = str_copy(&object->arena, plan->late_data);
    for (uint32_t i = 0; i < count && relation->name.data != NULL; i++) {
        relation->columns[i].name = str_copy(&object->arena, relation->columns[i].name);
        if (relation->columns[i].name.data == NULL) return error_out_of_memory(err);
    }
    relation->change = CHANGE_APPEND;
    relation->bounded = true;
    relation->time_column = -1;
    return relation->name.data == NULL ? error_out_of_memory(err) : STATUS_OK;
}

/* --- life ------------------------------------------------------------------------------------- */

static Status object_make(weir_db *db, Object **out, Error *err) {
    Object *object = memory_alloc_zeroed(&db->memory, sizeof(*object));
    TRY_ALLOC(object);
    object->db = db;
    object->number = ++db->next_object;
    arena_init(&object->arena, &db->memory);
    *out = object;
    return STATUS_OK;
}

static void forget(weir_db *db, Object *object) {
    vector_remove(&db->objects, object);
    vector_remove(&db->catalog.relations, &object->relation);
    db->catalog_version++;
}

static Status enlist(weir_db *db, Object *object, Error *err) {
    if (!vector_reserve(&db->objects, &db->memory, 1) ||
        !vector_reserve(&db->catalog.relations, &db->memory, 1))
        return error_out_of_memory(err);
    db->objects.items[db->objects.count++] = object;
    db->catalog.relations.items[db->catalog.relations.count++] = &object->relation;
    db->catalog_version++;
    return STATUS_OK;
}

/* What EMIT EVERY still holds for it; nobody is left to hear of a failure. */
static void flush_sink(weir_db *db, Object *object) {
    Error ignored;
    if (db->flow->failure.status != STATUS_OK) return;
    Status status = flow_flush(db->flow, object->query, &ignored);
    (void)status;
}

void object_destroy(weir_db *db, Object *object) {
    forget(db, object);
    if (object->query != NULL) {
        if (object->sink != NULL) flush_sink(db, object);
        flow_stop(db->flow, object->query);
        object_release_streams(db, object->plan);
    }
    if (object->sink != NULL) {
        Error ignored;
        (void)sink_close(object->sink, &ignored);
    }
    if (object->flow != NULL) flow_remove_relation(db->flow, object->flow);
    arena_deinit(&object->arena);
    memory_free(&db->memory, object, sizeof(*object));
}

Status object_late_table(weir_db *db, const Plan *plan, Object **late, FlowOutput *output, Error *err) {
    *late = NULL;
    if (plan->late_data.size == 0) return STATUS_OK;
    if (object_find(db, plan->late_data) != NULL)
        return error_set(err, STATUS_DUPLICATE_TABLE, "relation \"%.*s\" already exists",
                         STR_ARGS(plan->late_data));
    Object *object = NULL;
    TRY(object_make(db, &object, err));
    Status status = late_relation(object, plan, err);
    if (status == STATUS_OK)
        status = flow_add_feed(db->flow, &object->relation, true, false, &object->flow, err);
    if (status == STATUS_OK) status = enlist(db, object, err);
    if (status != STATUS_OK) {
        object_destroy(db, object);
        return status;
    }
    object->relation.runtime = object->flow;
    *output = (FlowOutput){
        .context = object, .batch = late_batch, .epoch_end = late_epoch_end, .forget = late_forget};
    *late = object;
    return STATUS_OK;
}

/* --- pins ------------------------------------------------------------------------------------- */

static void pin_all(const Plan *plan, Object *late, int32_t by) {
    for (uint32_t i = 0; i < plan->relation_count; i++)
        if (plan->relations[i]->kind != RELATION_SYSTEM)
            object_of(plan->relations[i])->pin_count += (uint32_t)by;
    if (late != NULL) late->pin_count += (uint32_t)by;
}

void object_pin(const Plan *plan, Object *late) {
    pin_all(plan, late, 1);
}

void object_unpin(const Plan *plan, Object *late) {
    pin_all(plan, late, -1);
}

/* --- running ---------------------------------------------------------------------------------- */

/* Keeps a query running for an object; its streams are held. */
static Status start_query(weir_db *db, Object *object, FlowOutput *output, Error *err) {
    FlowOutput late_output;
    output->on_error = object->on_error;
    TRY(object_late_table(db, object->plan, &object->late, &late_output, err));
    Status status = object_hold_streams(db, object->plan, err);
    if (status == STATUS_OK) {
        status = flow_start(db->flow, object->plan, output, object->late == NULL ? NULL : &late_output,
                            &object->query, err);
        if (status != STATUS_OK) object_release_streams(db, object->plan);
    }
    if (status == STATUS_OK) return status;
    if (object->late != NULL) object_destroy(db, object->late);
    object->late = NULL;
    return status;
}

/* A stream with a late table runs from its creation on: the table hangs on it. */
static Status hold_stream(weir_db *db, Object *stream, Error *err) {
    if (stream->reader_count++ > 0) return STATUS_OK;
    FlowOutput output = feed_output(stream->flow->feed);
    Status status = start_query(db, stream, &output, err);
    if (status == STATUS_OK) return status;
    feed_forget(stream->flow->feed);
    stream->reader_count--;
    return status;
}

static void release_stream(weir_db *db, Object *stream) {
    if (--stream->reader_count > 0 || stream->query == NULL) return;
    if (flow_query_has_halted(stream->query)) stream->failure = stream->query->halt.failure;
    flow_stop(db->flow, stream->query);
    stream->query = NULL;
    object_release_streams(db, stream->plan);
}

/* Only streams that the plan scans itself: those below them are held by them. */
static bool scans(const PlanNode *node, const Relation *relation) {
    if (node->kind == PLAN_SCAN && node->scan.relation == relation) return true;
    for (uint32_t i = 0; i < node->input_count; i++)
        if (scans(node->inputs[i], relation)) return true;
    return false;
}

static bool scans_stream(const Plan *plan, const Object *object) {
    return object->relation.kind == RELATION_STREAM && scans(plan->root, &object->relation);
}

/* Those that stand before `end` in the list of objects; NULL: all. */
static void release_streams(weir_db *db, const Plan *plan, const Object *end) {
    for (size_t i = 0; i < db->objects.count && db->objects.items[i] != end; i++) {
        Object *object = db->objects.items[i];
        if (object->reader_count > 0 && scans_stream(plan, object)) release_stream(db, object);
    }
}

Status object_hold_streams(weir_db *db, const Plan *plan, Error *err) {
    for (size_t i = 0; i < db->objects.count; i++) {
        Object *object = db->objects.items[i];
        if (!scans_stream(plan, object)) continue;
        Status status = hold_stream(db, object, err);
        if (status == STATUS_OK) continue;
        release_streams(db, plan, object);
        return status;
    }
    return STATUS_OK;
}

void object_release_streams(weir_db *db, const Plan *plan) {
    release_streams(db, plan, NULL);
}

/* --- sinks ------------------------------------------------------------------------------------ */

static Status sink_batch(void *context, const Batch *batch, Error *err) {
    Object *object = context;
    return sink_write(object->sink, batch, err);
}

static Status sink_epoch_end(void *context, int64_t watermark, Error *err) {
    Object *object = context;
    return sink_flush(object->sink, err);
}

/* A named pipe is written once somebody reads it. */
static Status open_sink(weir_db *db, const SinkConfig *config, Sink **out, Error *err) {
    for (;;) {
        Status status = sink_open(config, out, err);
        if (status != STATUS_TIMEOUT) return status;
        TRY(io_poll(db->io, NULL, 0, SINK_WAIT_MS, err));
        TRY(flow_check_interrupt(db->flow, err));
    }
}

static Status start_sink(weir_db *db, Object *object, Error *err) {
    Schema schema;
    TRY(plan_schema(&object->arena, object->plan->root, &schema, err));
    Field *fields = ARENA_ARRAY(&object->arena, Field, schema.count + 1);
    TRY_ALLOC(fields);
    for (uint32_t i = 0; i < schema.count; i++) { /* CREATE SINK name (a, b) names them */
        fields[i] = schema.fields[i];
        fields[i].name = object->relation.columns[i].name;
    }
    schema.fields = fields;
    schema.zone = object->relation.zone;
    SinkConfig config = {.connector = object->connector,
                         .options = object->options,
                         .schema = &schema,
                         .weights = object->plan->weights,
                         .io = db->io,
                         .memory = &db->memory};
    if (file_use_check(db, object, err) != STATUS_OK || open_sink(db, &config, &object->sink, err) != STATUS_OK) {
        const Option *path = option_find(object->options, STR("path"));
        return path == NULL ? err->status : error_locate(err, path->position);
    }
    FlowOutput output = {.context = object, .batch = sink_batch, .epoch_end = sink_epoch_end};
    return start_query(db, object, &output, err);
}

/* --- create ----------------------------------------------------------------------------------- */

static Status start_source(weir_db *db, Object *object, const Definition *definition, Error *err) {
    ReaderEvents events = failed_records_of_sources(db);
    if (object->connector == NULL) {
        TRY(flow_add_source(db->flow, &object->relation, NULL, &events, &object->flow, err));
        object->flow->stops = object->on_error == ON_ERROR_STOP;
        object->flow->input->idle_timeout_us = definition->idle_timeout_us;
        object->flow->max_future_us = definition->max_future_us;
        return STATUS_OK;
    }
    Schema *schema = ARENA_NEW(&object->arena, Schema);
    Field *fields = ARENA_ARRAY(&object->arena, Field, object->relation.column_count);
    TRY_ALLOC(schema);
    TRY_ALLOC(fields);
    for (uint32_t i = 0; i < object->relation.column_count; i++)
        fields[i] = (Field){object->relation.columns[i].name, object->relation.columns[i].type,
                            object->relation.columns[i].not_null};
    *schema = (Schema){fields, object->relation.column_count, object->relation.zone};
    SourceConfig config = {
        .connector = object->connector,
        .options = object->options,
        .schema = schema,
        .zones = &db->zones.source,
        .io = db->io,
        .pool = db->pool,
        .memory = &db->memory,
        .head = connector_is_stdin(object->connector, object->options) && db->stdin_head.bytes.size > 0
                    ? &db->stdin_head
                    : NULL};
    TRY(source_check(&config, err));
    TRY(flow_add_source(db->flow, &object->relation, &config, &events, &object->flow, err));
    bool bounded = object->relation.bounded;
    object->flow->stops = object->flow->reader->stops = object->on_error == ON_ERROR_STOP;
    object->flow->reader->max_future_us = bounded ? 0 : definition->max_future_us;
    object->flow->input->idle_timeout_us = bounded ? 0 : definition->idle_timeout_us;
    return STATUS_OK;
}

static Status start_object(weir_db *db, Object *object, const Definition *definition, Error *err) {
    switch (object->relation.kind) {
        case RELATION_SOURCE: return start_source(db, object, definition, err);
        case RELATION_TABLE:
            TRY(flow_add_feed(db->flow, &object->relation, true, true, &object->flow, err));
            if (object->relation.time_column >= 0) object->flow->input->idle_timeout_us = definition->idle_timeout_us;
            return STATUS_OK;
        case RELATION_STREAM:
            TRY(flow_add_feed(db->flow, &object->relation, false, false, &object->flow, err));
            object->relation.runtime = object->flow;
            return object->plan->late_data.size > 0 ? hold_stream(db, object, err) : STATUS_OK;
        case RELATION_MATERIALIZED_VIEW: {
            TRY(flow_add_feed(db->flow, &object->relation, true, false, &object->flow, err));
            object->relation.runtime = object->flow;
            FlowOutput output = feed_output(object->flow->feed);
            return start_query(db, object, &output, err);
        }
        case RELATION_SINK: return start_sink(db, object, err);
        case RELATION_VIEW:
        case RELATION_LATE:
        case RELATION_SYSTEM: break;
    }
    return STATUS_OK;
}

/* Rows that came before and cannot be read again are not in a query made now. */
static void notice_late_start(weir_db *db, const Plan *plan) {
    for (uint32_t i = 0; i < plan->relation_count; i++) {
        const Relation *relation = plan->relations[i];
        const FlowRelation *flow = relation->kind == RELATION_SOURCE ? relation->runtime : NULL;
        if (flow == NULL || flow->feed != NULL || flow->input->row_count == 0 ||
            (flow->reader != NULL && !flow->reader->is_once))
            continue;
        char message[256];
        size_t size = text_format(message, sizeof(message),
                                  "\"%.*s\" keeps no rows: the query starts with the next one",
                                  STR_ARGS(relation->name));
        database_notice(db, WEIR_NOTICE, str_from(message, size), STR(""), -1);
    }
}

void object_give_notices(weir_db *db, const Plan *plan) {
    for (uint32_t i = 0; i < plan->notice_count; i++)
        database_notice(db, WEIR_NOTICE, plan->notices[i].message, plan->notices[i].hint,
                        plan->notices[i].position);
}

static Status check_name(weir_db *db, const AstCreate *create, bool *exists, Error *err) {
    const AstName *name = &create->name.items[create->name.count - 1];
    Object *there = object_find(db, name->str);
    *exists = there != NULL;
    if (there == NULL) return STATUS_OK;
    if (create->if_not_exists) {
        char message[256];
        size_t size = text_format(message, sizeof(message), "relation \"%.*s\" already exists, skipping",
                                  STR_ARGS(name->str));
        database_notice(db, WEIR_NOTICE, str_from(message, size), STR(""), -1);
        return STATUS_OK;
    }
    return error_set_at(err, STATUS_DUPLICATE_TABLE, name->span.start, "relation \"%.*s\" already exists",
                        STR_ARGS(name->str));
}

Status object_check(weir_db *db, const AstCreate *create, Str text, Arena *arena, const Plan **rows, Error *err) {
    Definition definition;
    *rows = NULL;
    TRY(define(db, create, text, arena, &definition, err));
    *rows = definition.rows;
    return STATUS_OK;
}

/* Options about waiting, on a source that does not wait. */
static void notice_options_without_effect(weir_db *db, const Definition *definition) {
    static const char *const names[] = {"idle_timeout", "max_future"};
    const Relation *relation = &definition->relation;
    if (relation->kind != RELATION_SOURCE || (!relation->bounded && relation->time_column >= 0)) return;
    Str hint = relation->bounded ? STR("It is for sources without an end: of files those with follow = true.")
                                 : STR("It is about event time: WATERMARK FOR column AS column - INTERVAL '..' names it.");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const Option *option = option_find(definition->options, str_from_c(names[i]));
        if (option == NULL) continue;
        char message[256];
        size_t size = text_format(message, sizeof(message), "option \"%s\" has no effect: source \"%.*s\" %s", names[i], STR_ARGS(relation->name),
                                  relation->bounded ? "has an end" : "has no watermark");
        database_notice(db, WEIR_NOTICE, str_from(message, size), hint, option->position);
    }
}

/* What halts at once, on rows that are there already, or reads what has halted, is not made. */
static Status start_running(weir_db *db, Object *object, const Definition *definition, Error *err) {
    if (object->plan != NULL) TRY(halt_check(db, object->plan, true, err));
    TRY(start_object(db, object, definition, err));
    if (object->plan != NULL) TRY(halt_check(db, object->plan, true, err));
    const Error *failure = halt_failure(object);
    if (failure == NULL) return STATUS_OK;
    *err = *failure;
    return err->status;
}

/* CREATE TABLE .. AS: an INSERT into the table that is there by now. */
static Status fill_table(weir_db *db, Object *object, const Definition *definition, Error *err) {
    if (definition->rows == NULL) return STATUS_OK;
    DmlChange change = {.rows = definition->rows, .position = -1};
    Result nothing = {.kind = RESULT_NONE, .db = db};
    return dml_insert(db, object, &change, &nothing, err);
}

/* Makes what is defined; `arena` holds all of it and becomes the object's. */
static Status create_defined(weir_db *db, const Definition *definition, Str text, Arena *arena, Error *err) {
    Object *object = NULL;
    TRY(object_make(db, &object, err));
    /* The two change places, so that a failure can give the statement its memory back: it may be run again. */
    Arena empty = object->arena;
    object->arena = *arena;
    *arena = empty;
    object->relation = definition->relation;
    object->plan = definition->plan;
    object->connector = definition->connector;
    object->options = definition->options;
    object->on_error = definition->on_error;
    object->definition = text;
    Status status = enlist(db, object, err);
    if (status == STATUS_OK) status = start_running(db, object, definition, err);
    object->relation.runtime = object->flow;
    if (status == STATUS_OK) status = fill_table(db, object, definition, err);
    if (status != STATUS_OK) { /* the statement may be run again: it gets its memory back */
        empty = *arena;
        *arena = object->arena;
        object->arena = empty;
        if (object->late != NULL) object_destroy(db, object->late);
        object_destroy(db, object);
        return status;
    }
    notice_options_without_effect(db, definition);
    if (object->plan == NULL) return STATUS_OK;
    notice_late_start(db, object->plan);
    object_give_notices(db, object->plan);
    return STATUS_OK;
}

Status object_create(weir_db *db, const AstCreate *create, Str text, Arena *arena, Error *err) {
    bool exists;
    TRY(check_name(db, create, &exists, err));
    if (exists) return STATUS_OK;
    Definition definition;
    TRY(define(db, create, text, arena, &definition, err));
    return create_defined(db, &definition, text, arena, err);
}

/* --- drop ------------------------------------------------------------------------------------- */

static RelationKind kind_of(AstRelationKind kind) {
    switch (kind) {
        case AST_RELATION_SOURCE: return RELATION_SOURCE;
        case AST_RELATION_TABLE:
        case AST_RELATION_LOOKUP_TABLE: return RELATION_TABLE;
        case AST_RELATION_VIEW: return RELATION_VIEW;
        case AST_RELATION_STREAM: return RELATION_STREAM;
        case AST_RELATION_MATERIALIZED_VIEW: return RELATION_MATERIALIZED_VIEW;
        case AST_RELATION_SINK:
        case AST_RELATION_SECRET:
        case AST_RELATION_CONNECTION: break;
    }
    return RELATION_SINK;
}

static bool reads(const Object *object, const Relation *relation) {
    const Plan *plan = object->plan;
    for (uint32_t i = 0; plan != NULL && i < plan->relation_count; i++)
        if (plan->relations[i] == relation) return true;
    return false;
}

/* Views hold no plan: whether one reads a relation is told by binding it again. */
static Status view_reads(weir_db *db, const Object *object, const Relation *relation, bool *out, Error *err) {
    *out = reads(object, relation);
    if (object->relation.kind != RELATION_VIEW) return STATUS_OK;
    Arena arena;
    Plan *plan = NULL;
    arena_init(&arena, &db->memory);
    Binder binder = {.catalog = &db->catalog,
                     .arena = &arena,
                     .pool = db->pool,
                     .zones = &db->zones.source,
                     .zone = object->relation.zone,
                     .text = object->relation.query_text};
    Status status = bind_query(&binder, object->relation.query, BIND_VIEW, &plan, err);
    for (uint32_t i = 0; status == STATUS_OK && i < plan->relation_count; i++)
        *out |= plan->relations[i] == relation;
    arena_deinit(&arena);
    return status;
}

/* What one DROP takes away: dependents stand before what they depend on. */
typedef struct Doomed {
    VECTOR(Object *) named; /* by the statement */
    VECTOR(Object *) seen;
    VECTOR(Object *) order;
    bool cascade;
} Doomed;

static void doomed_deinit(Doomed *doomed, Memory *memory) {
    vector_deinit(&doomed->named, memory);
    vector_deinit(&doomed->seen, memory);
    vector_deinit(&doomed->order, memory);
}

static bool is_in(Object *const *items, size_t count, const Object *object) {
    for (size_t i = 0; i < count; i++)
        if (items[i] == object) return true;
    return false;
}

static Status depends_on_it(const Object *object, const Object *dependent, const AstName *name, Error *err) {
    (void)error_set_at(err, STATUS_DEPENDENT_OBJECTS, name->span.start,
                       "cannot drop %s %.*s because other objects depend on it",
                       object_kind_name(object->relation.kind), STR_ARGS(object->relation.name));
    (void)error_add_detail(err, "%s %.*s depends on it", object_kind_name(dependent->relation.kind),
                           STR_ARGS(dependent->relation.name));
    return error_add_hint(err, "Use DROP ... CASCADE to drop the dependent objects too.");
}

static Status collect(weir_db *db, Doomed *doomed, Object *object, const AstName *name, Error *err);

/* Those that read the object, or whose late rows go to it; `owner`: a late table that goes with its query
 * does not keep it. */
static Status collect_dependents(weir_db *db, Doomed *doomed, const Object *object, const Object *owner,
                                 const AstName *name, Error *err) {
    for (size_t i = db->objects.count; i > 0; i--) {
        Object *other = db->objects.items[i - 1];
        bool dependent = other->late == object;
        if (other == object || other == owner) continue;
        if (!dependent) TRY(view_reads(db, other, &object->relation, &dependent, err));
        if (!dependent) continue;
        if (!doomed->cascade && !is_in(doomed->named.items, doomed->named.count, other))
            return depends_on_it(object, other, name, err);
        TRY(collect(db, doomed, other, name, err));
    }
    return STATUS_OK;
}

/* Depth is bounded by the number of objects, each of which is seen once. */
static Status collect(weir_db *db, Doomed *doomed, Object *object, const AstName *name, Error *err) {
    if (is_in(doomed->seen.items, doomed->seen.count, object)) return STATUS_OK;
    bool room = vector_push(&doomed->seen, &db->memory, object) &&
                vector_reserve(&doomed->order, &db->memory, db->objects.count);
    if (!room) return error_out_of_memory(err);
    if (object->pin_count > 0)
        return error_set_at(err, STATUS_BUSY, name->span.start,
                            "\"%.*s\" is being read by a subscription or a running query",
                            STR_ARGS(object->relation.name));
    TRY(collect_dependents(db, doomed, object, NULL, name, err));
    Object *late = object->late;
    if (late != NULL && !is_in(doomed->seen.items, doomed->seen.count, late)) {
        if (late->pin_count > 0)
            return error_set_at(err, STATUS_BUSY, name->span.start,
                                "\"%.*s\" is being read by a subscription or a running query",
                                STR_ARGS(late->relation.name));
        TRY(collect_dependents(db, doomed, late, object, name, err));
        if (!vector_push(&doomed->seen, &db->memory, late)) return error_out_of_memory(err);
        doomed->order.items[doomed->order.count++] = late;
    }
    doomed->order.items[doomed->order.count++] = object;
    return STATUS_OK;
}

Status object_missing(const weir_db *db, const char *kind, const AstQualifiedName *name, Error *err) {
    const AstName *last = &name->items[name->count - 1];
    Str schema = name->count > 1 ? name->items[name->count - 2].str : (Str){0};
    (void)error_set_at(err, STATUS_UNDEFINED_TABLE, last->span.start, "%s \"%.*s%s%.*s\" does not exist",
                       kind, STR_ARGS(schema), schema.size > 0 ? "." : "", STR_ARGS(last->str));
    Str near = catalog_suggest(&db->catalog, last->str);
    return near.size == 0 ? err->status : error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(near));
}

Status object_check_kind(const Relation *relation, AstRelationKind wanted, const AstName *name, Error *err) {
    RelationKind kind = kind_of(wanted);
    bool is_table = relation->kind == RELATION_LATE || relation->kind == RELATION_SYSTEM;
    if (relation->kind == kind || (is_table && kind == RELATION_TABLE)) return STATUS_OK;
    (void)error_set_at(err, STATUS_WRONG_OBJECT_TYPE, name->span.start, "\"%.*s\" is not a %s",
                       STR_ARGS(name->str), object_kind_name(kind));
    return error_add_hint(err, "It is a %s.", object_kind_name(relation->kind));
}

static const AstName *last_name(const AstQualifiedName *qualified) {
    return &qualified->items[qualified->count - 1];
}

static bool is_in_public(const AstQualifiedName *name) {
    return name->count == 1 || (name->count == 2 && str_equal(name->items[0].str, STR("public")));
}

/* [weir_catalog.]dead_letters and its like. */
static bool is_system_table(const weir_db *db, const AstQualifiedName *qualified) {
    Str name = last_name(qualified)->str;
    for (size_t i = 0; i < db->catalog.relations.count; i++) {
        const Relation *relation = db->catalog.relations.items[i];
        if (relation->kind != RELATION_SYSTEM || !str_equal(relation->name, name)) continue;
        return qualified->count == 1 || str_equal(qualified->items[0].str, relation->schema);
    }
    return false;
}

/* The object a name of DROP means; *out NULL: none, and IF EXISTS. */
static Status find_named(weir_db *db, const AstDrop *drop, const AstQualifiedName *qualified, Object **out,
                         Error *err) {
    const AstName *name = last_name(qualified);
    Object *object = *out = is_in_public(qualified) ? object_find(db, name->str) : NULL;
    RelationKind kind = kind_of(drop->relation);
    if (object == NULL && is_system_table(db, qualified))
        return error_set_at(err, STATUS_WRONG_OBJECT_TYPE, name->span.start,
                            "\"%.*s\" is a system table: it cannot be dropped", STR_ARGS(name->str));
    if (object == NULL && drop->if_exists) {
        char message[256];
        size_t size = text_format(message, sizeof(message), "%s \"%.*s\" does not exist, skipping",
                                  object_kind_name(kind), STR_ARGS(name->str));
        database_notice(db, WEIR_NOTICE, str_from(message, size), STR(""), -1);
        return STATUS_OK;
    }
    if (object == NULL) return object_missing(db, object_kind_name(kind), qualified, err);
    return object_check_kind(&object->relation, drop->relation, name, err);
}

static Status collect_all(weir_db *db, const AstDrop *drop, Doomed *doomed, Error *err) {
    for (uint32_t i = 0; i < drop->names.count; i++) {
        Object *object = NULL;
        TRY(find_named(db, drop, &drop->names.items[i], &object, err));
        if (object != NULL && !vector_push(&doomed->named, &db->memory, object))
            return error_out_of_memory(err);
    }
    for (uint32_t i = 0; i < drop->names.count; i++) {
        const AstName *name = last_name(&drop->names.items[i]);
        Object *object = is_in_public(&drop->names.items[i]) ? object_find(db, name->str) : NULL;
        if (object != NULL) TRY(collect(db, doomed, object, name, err));
    }
    return STATUS_OK;
}

static bool is_named(const Doomed *doomed, const Object *object) {
    return is_in(doomed->named.items, doomed->named.count, object);
}

/* What goes beside what was named, as PostgreSQL says it. */
static void notice_cascade(weir_db *db, const Doomed *doomed) {
    Text text;
    size_t count = 0, told = 0;
    for (size_t i = 0; i < doomed->order.count; i++) count += !is_named(doomed, doomed->order.items[i]);
    if (count == 0 || !doomed->cascade) return;
    text_init(&text, &db->memory);
    text_append_c(&text, "drop cascades to ");
    if (count > 1) text_append_format(&text, "%zu other objects: ", count);
    for (size_t i = doomed->order.count; i > 0 && told < CASCADE_TOLD_MAX; i--) {
        const Relation *relation = &doomed->order.items[i - 1]->relation;
        if (is_named(doomed, doomed->order.items[i - 1])) continue;
        text_append_format(&text, "%s%s %.*s", told == 0 ? "" : ", ", object_kind_name(relation->kind), STR_ARGS(relation->name));
        told++;
    }
    if (told < count) text_append_format(&text, " and %zu more", count - told);
    if (!text.failed) database_notice(db, WEIR_NOTICE, text_str(&text), STR(""), -1);
    text_deinit(&text);
}

/* All that is named goes, or nothing does. */
Status object_drop(weir_db *db, const AstDrop *drop, Error *err) {
    Doomed doomed = {.cascade = drop->cascade};
    Status status = collect_all(db, drop, &doomed, err);
    if (status == STATUS_OK) notice_cascade(db, &doomed);
    for (size_t i = 0; i < doomed.order.count && status == STATUS_OK; i++)
        object_destroy(db, doomed.order.items[i]);
    doomed_deinit(&doomed, &db->memory);
    return status;
}

/* --- FROM stdin ------------------------------------------------------------------------------- */

static Status make_stdin(weir_db *db, Error *err) {
    TRY(define_check_stdin(db, STR("stdin"), -1, err));
    TRY(guess_read_stdin(db, err));
    Arena arena;
    Text ddl;
    Inference inference;
    Definition definition;
    arena_init(&arena, &db->memory);
    text_init(&ddl, &db->memory);
    Status status = infer_schema(text_str(&db->stdin_head.bytes), 0, &arena, &inference, err);
    if (status == STATUS_OK) {
        infer_append_ddl(&ddl, STR("stdin"), STR("-"), &inference);
        Str text = ddl.failed ? (Str){0} : str_copy(&arena, text_str(&ddl));
        status = text.data == NULL ? error_out_of_memory(err)
                                   : define_inferred(db, &inference, &arena, &definition, err);
        if (status == STATUS_OK) database_notice(db, WEIR_DEFINITION, text, STR(""), -1);
        if (status == STATUS_OK) status = create_defined(db, &definition, text, &arena, err);
    }
    text_deinit(&ddl);
    arena_deinit(&arena);
    return status;
}

const Relation *object_find_missing(void *context, Str schema, Str name) {
    weir_db *db = context;
    if (schema.size > 0 || !str_equal(name, STR("stdin")) || db->stdin_is_named) return NULL;
    db->stdin_is_named = true;
    Status status = make_stdin(db, &db->missing_error);
    if (status != STATUS_OK) {
        db->missing_error.position = -1;
        return NULL;
    }
    db->missing_error.status = STATUS_OK;
    return &object_find(db, name)->relation;
}
