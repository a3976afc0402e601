/* SPDX-License-Identifier: Apache-2.0
 * db/object.c - objects come to life and go. */
#include "db/object.h"

/* --- names ------------------------------------------------------------------------------------ */

bool object_reads(const Plan *plan, const Relation *relation) {
    for (uint32_t i = 0; plan != NULL && i < plan->relation_count; i++)
        if (plan->relations[i] == relation) return true;
    return false;
}

Status object_bind_view(weir_db *db, const Object *view, Arena *arena, const Plan **out, Error *err) {
    ASSERT(view->relation.kind == RELATION_VIEW);
    Plan *plan = NULL;
    Binder binder = {.catalog = &db->catalog,
                     .arena = arena,
                     .pool = db->pool,
                     .zones = &db->zones.source,
                     .zone = view->relation.zone,
                     .text = view->relation.query_text};
    TRY(bind_query(&binder, view->relation.query, BIND_VIEW, &plan, err));
    *out = plan;
    return STATUS_OK;
}

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

RelationKind object_kind_of(AstRelationKind kind) {
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

Status object_missing(const weir_db *db, const char *kind, const AstQualifiedName *name, Error *err) {
    const AstName *last = ast_name_last(name);
    Str schema = ast_name_qualifier(name);
    (void)error_set_at(err, STATUS_UNDEFINED_TABLE, last->span.start, "%s \"%.*s%s%.*s\" does not exist",
                       kind, STR_ARGS(schema), schema.size > 0 ? "." : "", STR_ARGS(last->str));
    Str near = catalog_suggest(&db->catalog, last->str);
    return near.size == 0 ? err->status : error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(near));
}

Status object_check_kind(const Relation *relation, AstRelationKind wanted, const AstName *name, Error *err) {
    RelationKind kind = object_kind_of(wanted);
    bool is_table = relation->kind == RELATION_LATE || relation->kind == RELATION_SYSTEM;
    if (relation->kind == kind || (is_table && kind == RELATION_TABLE)) return STATUS_OK;
    (void)error_set_at(err, STATUS_WRONG_OBJECT_TYPE, name->span.start, "\"%.*s\" is not a %s",
                       STR_ARGS(name->str), object_kind_name(kind));
    return error_add_hint(err, "It is a %s.", object_kind_name(relation->kind));
}

void object_give_notices(weir_db *db, const Plan *plan) {
    for (uint32_t i = 0; i < plan->notice_count; i++)
        database_notice(db, WEIR_NOTICE, plan->notices[i].message, plan->notices[i].hint,
                        plan->notices[i].position);
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
            (PlanColumn){.name = plan->late_columns[i].name, .type = plan->late_columns[i].type, .is_guessed = plan->late_columns[i].is_guessed};
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

Status object_make(weir_db *db, Object **out, Error *err) {
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

Status object_enlist(weir_db *db, Object *object, Error *err) {
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
    ASSERT(object->pin_count == 0); /* who reads it holds it */
    forget(db, object);
    if (object->query != NULL) {
        if (object->sink != NULL) flush_sink(db, object);
        object_stop_query(db, object->plan, object->query);
    }
    if (object->sink != NULL) {
        Error ignored;
        (void)sink_close(object->sink, &ignored);
    }
    if (object->flow != NULL) flow_remove_relation(db->flow, object->flow);
    arena_deinit(&object->arena);
    memory_free(&db->memory, object, sizeof(*object));
}

static Status make_late_table(weir_db *db, const Plan *plan, Object **late, FlowOutput *output, Error *err) {
    *late = NULL;
    if (plan->late_data.size == 0) return STATUS_OK;
    if (object_find(db, plan->late_data) != NULL) {
        error_set_at(err, STATUS_DUPLICATE_TABLE, plan->late_position, "relation \"%.*s\" already exists", STR_ARGS(plan->late_data));
        return error_add_hint(err, "LATE DATA TO makes the table, one for each statement: give it a name of its own.");
    }
    Object *object = NULL;
    TRY(object_make(db, &object, err));
    Status status = late_relation(object, plan, err);
    if (status == STATUS_OK)
        status = flow_add_feed(db->flow, &object->relation, true, false, &object->flow, err);
    if (status == STATUS_OK) status = object_enlist(db, object, err);
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

static void pin(Object *object, int32_t by) {
    ASSERT(by > 0 || object->pin_count > 0); /* pins and unpins come in pairs */
    object->pin_count += (uint32_t)by;
}

static void pin_all(const Plan *plan, Object *late, int32_t by) {
    for (uint32_t i = 0; i < plan->relation_count; i++)
        if (plan->relations[i]->kind != RELATION_SYSTEM)
            pin(object_of(plan->relations[i]), by);
    if (late != NULL) pin(late, by);
}

void object_pin(const Plan *plan, Object *late) {
    pin_all(plan, late, 1);
}

void object_unpin(const Plan *plan, Object *late) {
    pin_all(plan, late, -1);
}

/* --- streams ---------------------------------------------------------------------------------- */

Status object_hold_stream(weir_db *db, Object *stream, Error *err) {
    ASSERT(stream->relation.kind == RELATION_STREAM);
    if (stream->reader_count++ > 0) return STATUS_OK;
    Status status = object_start(db, stream, feed_output(stream->flow->feed), err);
    if (status == STATUS_OK) return status;
    feed_forget(stream->flow->feed);
    stream->reader_count--;
    return status;
}

static void release_stream(weir_db *db, Object *stream) {
    ASSERT(stream->reader_count > 0);
    if (--stream->reader_count > 0 || stream->query == NULL) return;
    if (flow_query_has_halted(stream->query)) stream->failure = stream->query->halt.failure;
    FlowQuery *query = stream->query;
    stream->query = NULL;
    object_stop_query(db, stream->plan, query);
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

static Status hold_streams(weir_db *db, const Plan *plan, Error *err) {
    for (size_t i = 0; i < db->objects.count; i++) {
        Object *object = db->objects.items[i];
        if (!scans_stream(plan, object)) continue;
        Status status = object_hold_stream(db, object, err);
        if (status == STATUS_OK) continue;
        release_streams(db, plan, object);
        return status;
    }
    return STATUS_OK;
}

/* --- queries ---------------------------------------------------------------------------------- */

Status object_start_query(weir_db *db, const Plan *plan, const FlowOutput *output, Object **late, FlowQuery **query, Error *err) {
    FlowOutput late_output;
    TRY(make_late_table(db, plan, late, &late_output, err));
    Status status = hold_streams(db, plan, err);
    if (status == STATUS_OK) {
        status = flow_start(db->flow, plan, output, *late == NULL ? NULL : &late_output, query, err);
        if (status != STATUS_OK) release_streams(db, plan, NULL);
    }
    if (status == STATUS_OK) return status;
    if (*late != NULL) object_destroy(db, *late);
    *late = NULL;
    return status;
}

void object_stop_query(weir_db *db, const Plan *plan, FlowQuery *query) {
    ASSERT(query->query.plan == plan);
    flow_stop(db->flow, query);
    release_streams(db, plan, NULL);
}

Status object_start(weir_db *db, Object *object, FlowOutput output, Error *err) {
    ASSERT(object->plan != NULL && object->query == NULL);
    output.on_error = object->on_error;
    return object_start_query(db, object->plan, &output, &object->late, &object->query, err);
}
