/* SPDX-License-Identifier: Apache-2.0
 * db/create.c - from a definition to an object that runs. */
#include "db/create.h"

#include "db/define.h"
#include "db/dml.h"
#include "db/failed_rows.h"
#include "db/file_use.h"
#include "db/guess.h"
#include "db/halt.h"
#include "db/object.h"

enum { SINK_WAIT_MS = 50 }; /* between two tries to open a named pipe that nobody reads */

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
    ASSERT(object->connector != NULL); /* define_sink */
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
    return object_start(db, object, output, err);
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
            return object->plan->late_data.size > 0 ? object_hold_stream(db, object, err) : STATUS_OK;
        case RELATION_MATERIALIZED_VIEW: {
            TRY(flow_add_feed(db->flow, &object->relation, true, false, &object->flow, err));
            object->relation.runtime = object->flow;
            return object_start(db, object, feed_output(object->flow->feed), err);
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

static Status check_name(weir_db *db, const AstCreate *create, bool *exists, Error *err) {
    const AstName *name = ast_name_last(&create->name);
    Object *there = object_find(db, name->str);
    *exists = there != NULL;
    if (there == NULL || create->or_replace.end > 0) return STATUS_OK;
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

Status create_check(weir_db *db, const AstCreate *create, Str text, Arena *arena, const Plan **rows, Error *err) {
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

/* A CSV without a header loses its first row to the names. Fields without a name, which are called by their number, tell nothing. */
static void notice_names_that_are_values(weir_db *db, const Definition *definition) {
    const Relation *relation = &definition->relation;
    const Option *format = option_find(definition->options, STR("format"));
    uint32_t value_count = 0;
    if (format == NULL || !str_equal_ignore_case(format->value, STR("csv")) || option_find(definition->options, STR("header")) != NULL) return;
    for (uint32_t i = 0; i < relation->column_count; i++) {
        char room[32];
        Str name = relation->columns[i].name, number = str_from(room, text_format(room, sizeof(room), "column%u", i + 1));
        if (!relation->columns[i].is_guessed || (!infer_is_value(name) && !str_equal(name, number))) return;
        value_count += !str_equal(name, number);
    }
    if (value_count > 0)
        database_notice(db, WEIR_NOTICE, STR("the first line was taken as names"),
                        STR("Where it is a row: CREATE SOURCE name WITH (connector = 'file', path = '..', header = false)."), -1);
}

/* What halts at once, on rows that are there already, or reads what has halted, is not made. */
static Status start_running(weir_db *db, Object *object, const Definition *definition, Error *err) {
    if (object->plan != NULL) TRY(halt_check(db, object->plan, true, err));
    TRY(start_object(db, object, definition, err));
    if (object->plan != NULL) TRY(halt_check(db, object->plan, true, err));
    return halt_check_object(object, err);
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
    Status status = object_enlist(db, object, err);
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
    notice_names_that_are_values(db, definition);
    if (object->plan == NULL) return STATUS_OK;
    notice_late_start(db, object->plan);
    object_give_notices(db, object->plan);
    return STATUS_OK;
}

/* --- replace ---------------------------------------------------------------------------------- */

/* Views that read the one that has just changed have the columns that they had, whatever * stands for in them. */
static Status check_readers(weir_db *db, const Object *replaced, Error *err) {
    Status status = STATUS_OK;
    for (size_t i = 0; i < db->objects.count && status == STATUS_OK; i++) {
        const Object *view = db->objects.items[i];
        const Plan *plan = NULL;
        Arena arena;
        if (view->relation.kind != RELATION_VIEW || view == replaced) continue;
        arena_init(&arena, &db->memory);
        status = object_bind_view(db, view, &arena, &plan, err);
        bool reads = status == STATUS_OK && object_reads(plan, &replaced->relation);
        bool same = !reads || plan->root->column_count == view->relation.column_count;
        for (uint32_t k = 0; reads && same && k < view->relation.column_count; k++)
            same = type_equal(plan->root->columns[k].type, view->relation.columns[k].type);
        if (!same)
            status = error_set(err, STATUS_NOT_SUPPORTED, "view \"%.*s\", which reads it, would have other columns", STR_ARGS(view->relation.name));
        arena_deinit(&arena);
    }
    return status;
}

/* The view stays the object that it is, for those that name it; what it was goes with the statement. */
static Status replace_view(weir_db *db, Object *view, const Definition *definition, const AstName *name, Str text, Arena *arena, Error *err) {
    if (view->pin_count > 0)
        return error_set_at(err, STATUS_BUSY, name->span.start, "\"%.*s\" is being read by a subscription or a running query", STR_ARGS(name->str));
    Relation before = view->relation;
    view->relation = definition->relation;
    Status status = check_readers(db, view, err);
    if (status != STATUS_OK) {
        view->relation = before;
        err->position = name->span.start; /* it may be one in another view's text */
        return status;
    }
    Arena old = view->arena;
    view->arena = *arena;
    *arena = old;
    view->definition = text;
    db->catalog_version++;
    return STATUS_OK;
}

Status create_run(weir_db *db, const AstCreate *create, Str text, Arena *arena, Error *err) {
    bool exists;
    const AstName *name = ast_name_last(&create->name);
    TRY(check_name(db, create, &exists, err));
    if (exists && create->or_replace.end == 0) return STATUS_OK;
    Definition definition;
    TRY(define(db, create, text, arena, &definition, err));
    if (exists) return replace_view(db, object_find(db, name->str), &definition, name, text, arena, err);
    return create_defined(db, &definition, text, arena, err);
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
    Status status = infer_schema(text_str(&db->stdin_head.bytes), NULL, &arena, &inference, err);
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

const Relation *create_find_missing(void *context, Str schema, Str name) {
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
