/* SPDX-License-Identifier: Apache-2.0
 * db/define.c - reading CREATE statements. */
#include "db/define.h"

#include "db/guess.h"
#include "db/object.h"

static Binder binder_for(weir_db *db, Str text, const Zone *zone, Arena *arena) {
    return (Binder){
        .catalog = &db->catalog, .arena = arena, .pool = db->pool, .zones = &db->zones.source, .text = text,
        .zone = zone};
}

/* The session's at this time, whatever it is set to later. */
static Status define_zone(const weir_db *db, Arena *arena, Relation *relation, Error *err) {
    relation->zone = zone_copy(arena, db->zone);
    return db->zone != NULL && relation->zone == NULL ? error_out_of_memory(err) : STATUS_OK;
}

static Status not_yet(const AstSpan *span, const char *what, Error *err) {
    return error_set_at(err, STATUS_NOT_SUPPORTED, span->start, "%s are not supported yet", what);
}

/* --- names and columns ------------------------------------------------------------------------ */

static Status check_schema(const AstQualifiedName *name, Error *err) {
    if (name->count == 1 || (name->count == 2 && str_equal(name->items[0].str, STR("public"))))
        return STATUS_OK;
    return error_set_at(err, STATUS_NOT_SUPPORTED, name->items[0].span.start,
                        "schemas other than public are not supported yet");
}

static Status define_name(const weir_db *db, const AstCreate *create, Relation *relation, Error *err) {
    const AstName *name = ast_name_last(&create->name);
    if (create->temporary.end > 0) {
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, create->temporary.start,
                           "temporary objects are not supported yet");
        return error_add_hint(err, "Leave the word out: without --data nothing outlives the command.");
    }
    if (create->or_replace.end > 0 && create->relation != AST_RELATION_VIEW)
        return error_set_at(err, STATUS_NOT_SUPPORTED, create->or_replace.start,
                            "CREATE OR REPLACE of other objects than views is not supported yet");
    TRY(check_schema(&create->name, err));
    relation->name = name->str;
    return STATUS_OK;
}

/* NULL and NOT NULL contradict each other. */
static Status check_null_words(const AstColumnDef *def, Error *err) {
    int seen = -1;
    for (uint32_t i = 0; i < def->constraints.count; i++) {
        const AstColumnConstraint *constraint = &def->constraints.items[i];
        if (constraint->kind != AST_COLUMN_NULL && constraint->kind != AST_COLUMN_NOT_NULL) continue;
        if (seen >= 0 && seen != (int)constraint->kind)
            return error_set_at(err, STATUS_SYNTAX, constraint->span.start,
                                "conflicting NULL/NOT NULL declarations for column \"%.*s\"",
                                STR_ARGS(def->name.str));
        seen = (int)constraint->kind;
    }
    return STATUS_OK;
}

/* A table's key is always checked; a source's key only says which rows replace each other. */
static Status check_enforced(const AstCreate *create, bool not_enforced, AstSpan span, Error *err) {
    if (!not_enforced || create->relation == AST_RELATION_SOURCE) return STATUS_OK;
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, span.start,
                       "a key that is NOT ENFORCED is not supported yet");
    return error_add_hint(err, "Leave the words out: a table's key is always checked.");
}

static Status multiple_keys(const Relation *relation, AstSpan span, Error *err) {
    return error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, span.start,
                        "multiple primary keys for \"%.*s\" are not allowed", STR_ARGS(relation->name));
}

static Status define_column(const AstCreate *create, const AstColumnDef *def, Relation *relation,
                            PlanColumn *out, bool *is_key, Error *err) {
    *out = (PlanColumn){.name = def->name.str};
    if (def->type == NULL) return not_yet(&def->span, "generated columns", err);
    if (bind_type(def->type, &out->type, err) != STATUS_OK)
        return str_equal(def->name.str, STR("watermark"))
                   ? error_add_hint(
                         err, "A watermark is written WATERMARK FOR column AS column - INTERVAL '5' SECOND.")
                   : err->status;
    TRY(bind_interval_fields(def->type, out->type, err));
    if (def->collation.count > 0) TRY(bind_collation(&def->collation, out->type, err));
    TRY(check_null_words(def, err));
    for (uint32_t i = 0; i < def->constraints.count; i++) {
        const AstColumnConstraint *constraint = &def->constraints.items[i];
        switch (constraint->kind) {
            case AST_COLUMN_NOT_NULL: out->not_null = true; break;
            case AST_COLUMN_NULL: break;
            case AST_COLUMN_PRIMARY_KEY:
                TRY(check_enforced(create, constraint->flag, constraint->span, err));
                if (*is_key) return multiple_keys(relation, constraint->span, err);
                *is_key = out->not_null = true;
                relation->key_name = constraint->name.str;
                break;
            case AST_COLUMN_UNIQUE: return not_yet(&constraint->span, "UNIQUE constraints", err);
            case AST_COLUMN_DEFAULT: break; /* define_defaults, once it is known where rows come from */
            case AST_COLUMN_CHECK: return not_yet(&constraint->span, "CHECK constraints", err);
            case AST_COLUMN_GENERATED: return not_yet(&constraint->span, "generated columns", err);
            case AST_COLUMN_IDENTITY: return not_yet(&constraint->span, "identity columns", err);
            case AST_COLUMN_METADATA: return not_yet(&constraint->span, "metadata columns", err);
        }
    }
    return STATUS_OK;
}

static int32_t column_find(const Relation *relation, Str name) {
    for (uint32_t i = 0; i < relation->column_count; i++)
        if (str_equal(relation->columns[i].name, name)) return (int32_t)i;
    return -1;
}

/* As names in expressions find a guessed column (scope_match of plan/bind_expr.c). */
static int32_t column_find_guessed(const Relation *relation, Str name) {
    int32_t found = column_find(relation, name);
    if (found >= 0) return found;
    uint32_t count = 0;
    for (uint32_t i = 0; i < relation->column_count; i++) {
        if (!relation->columns[i].is_guessed || !str_equal_ignore_case(relation->columns[i].name, name)) continue;
        found = (int32_t)i;
        count++;
    }
    return count == 1 ? found : -1;
}

static Status define_columns(Binder *binder, const AstCreate *create, Relation *relation, uint32_t *key,
                             uint32_t *key_count, Error *err) {
    if (create->columns.count > SCHEMA_COLUMN_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, create->name.items[0].span.start,
                            "a relation has at most %d columns", SCHEMA_COLUMN_COUNT_MAX);
    relation->columns = ARENA_ARRAY(binder->arena, PlanColumn, create->columns.count + 1);
    TRY_ALLOC(relation->columns);
    for (uint32_t i = 0; i < create->columns.count; i++) {
        const AstColumnDef *def = &create->columns.items[i];
        bool is_key = false;
        if (column_find(relation, def->name.str) >= 0)
            return error_set_at(err, STATUS_DUPLICATE_COLUMN, def->name.span.start,
                                "column \"%.*s\" specified more than once", STR_ARGS(def->name.str));
        TRY(define_column(create, def, relation, &relation->columns[i], &is_key, err));
        relation->column_count = i + 1;
        if (!is_key) continue;
        if (*key_count > 0)
            return multiple_keys(relation, def->span, err);
        key[(*key_count)++] = i;
    }
    return STATUS_OK;
}

static Status define_constraints(const AstCreate *create, Relation *relation, uint32_t *key,
                                 uint32_t *key_count, Error *err) {
    for (uint32_t i = 0; i < create->constraints.count; i++) {
        const AstTableConstraint *constraint = &create->constraints.items[i];
        AstSpan span =
            constraint->columns.count > 0 ? constraint->columns.items[0].span : create->name.items[0].span;
        if (constraint->kind != AST_TABLE_PRIMARY_KEY)
            return not_yet(&constraint->span, "UNIQUE and CHECK constraints", err);
        TRY(check_enforced(create, constraint->not_enforced, constraint->span, err));
        relation->key_name = constraint->name.str;
        if (*key_count > 0)
            return multiple_keys(relation, span, err);
        for (uint32_t k = 0; k < constraint->columns.count; k++) {
            const AstName *name = &constraint->columns.items[k];
            int32_t column = column_find_guessed(relation, name->str);
            if (column < 0)
                return error_set_at(err, STATUS_UNDEFINED_COLUMN, name->span.start,
                                    "column \"%.*s\" named in key does not exist", STR_ARGS(name->str));
            for (uint32_t j = 0; j < *key_count; j++)
                if (key[j] == (uint32_t)column)
                    return error_set_at(err, STATUS_DUPLICATE_COLUMN, name->span.start,
                                        "column \"%.*s\" appears twice in the primary key",
                                        STR_ARGS(name->str));
            relation->columns[column].not_null = true;
            key[(*key_count)++] = (uint32_t)column;
        }
    }
    return STATUS_OK;
}

static Status define_default(Binder *binder, const AstColumnConstraint *constraint, const Relation *relation, uint32_t column,
                             ColumnDefault *defaults, Error *err) {
    const PlanColumn *info = &relation->columns[column];
    AstSpan span = constraint->expr->span;
    if (defaults[column].expr != NULL)
        return error_set_at(err, STATUS_SYNTAX, constraint->span.start, "multiple default values specified for column \"%.*s\" of table \"%.*s\"",
                            STR_ARGS(info->name), STR_ARGS(relation->name));
    TRY(bind_default(binder, constraint->expr, info, &defaults[column].expr, err));
    ASSERT(span.end <= binder->text.size && span.start < span.end);
    defaults[column].text = str_copy(binder->arena, str_from(binder->text.data + span.start, span.end - span.start));
    TRY_ALLOC(defaults[column].text.data);
    return STATUS_OK;
}

/* What an INSERT takes for columns that it leaves out. Rows of a connector come whole. */
static Status define_defaults(Binder *binder, const AstCreate *create, Relation *relation, Error *err) {
    ColumnDefault *defaults = NULL;
    for (uint32_t i = 0; i < create->columns.count; i++) {
        const AstColumnDef *def = &create->columns.items[i];
        for (uint32_t k = 0; k < def->constraints.count; k++) {
            const AstColumnConstraint *constraint = &def->constraints.items[k];
            if (constraint->kind != AST_COLUMN_DEFAULT) continue;
            if (relation->kind == RELATION_SOURCE && !relation->pushed)
                return not_yet(&constraint->span, "DEFAULT values in a source with a connector", err);
            if (defaults == NULL) TRY_ALLOC(defaults = ARENA_ARRAY(binder->arena, ColumnDefault, relation->column_count));
            TRY(define_default(binder, constraint, relation, i, defaults, err));
        }
    }
    relation->defaults = defaults;
    return STATUS_OK;
}

static Status define_watermark(Binder *binder, const AstCreate *create, Relation *relation, Error *err) {
    relation->time_column = -1;
    if (create->watermarks.count == 0) return STATUS_OK;
    if (create->watermarks.count > 1)
        return not_yet(&create->watermarks.items[1].span, "several watermarks", err);
    TRY(bind_watermark(binder, &create->watermarks.items[0], relation->columns, relation->column_count,
                       &relation->time_column, &relation->watermark_delay, err));
    relation->columns[relation->time_column].has_watermark = true;
    return STATUS_OK;
}

/* --- options ---------------------------------------------------------------------------------- */

/* What objects may be told beside the options of a connector: the first few of these, see define_common_options. */
static const OptionSpec COMMON_OPTIONS[] = {
    {"on_error", OPTION_CHOICE, "dead_letter|skip|stop", "dead_letter", false,
     "what happens to a row that cannot be used: dead_letter keeps it in weir_catalog.dead_letters, skip "
     "only counts it, stop halts the object; default: the setting on_error"},
    {"connector", OPTION_TEXT, NULL, NULL, false, "where the rows come from or go to"},
    {"idle_timeout", OPTION_DURATION, NULL, "30 seconds", false,
     "a partition that gives no row for so long holds the watermark back no more; without effect on sources that "
     "have an end or no watermark"},
    {"max_future", OPTION_DURATION, NULL, NULL, false,
     "a row whose event time is further ahead of the clock is a dead letter and moves no watermark; without effect "
     "on sources that have an end or no watermark; absent: off"},
};
static const OptionTable COMMON_TABLE = {COMMON_OPTIONS, sizeof(COMMON_OPTIONS) / sizeof(COMMON_OPTIONS[0])};

OptionTable define_common_options(RelationKind kind) {
    switch (kind) {
        case RELATION_SOURCE: return COMMON_TABLE;
        case RELATION_SINK: return (OptionTable){COMMON_OPTIONS, 2};
        case RELATION_STREAM:
        case RELATION_MATERIALIZED_VIEW: return (OptionTable){COMMON_OPTIONS, 1};
        case RELATION_TABLE:
        case RELATION_VIEW:
        case RELATION_LATE:
        case RELATION_SYSTEM: break;
    }
    return (OptionTable){COMMON_OPTIONS, 0};
}

/* INTERVAL '5' SECOND as the option's text: microseconds, written out. */
static Status interval_text(Binder *binder, const AstExpr *expr, Str *out, Error *err) {
    int64_t microseconds;
    TRY(bind_interval_us(binder, expr, &microseconds, err));
    char *text = arena_alloc(binder->arena, 64);
    TRY_ALLOC(text);
    *out = str_from(text, text_format(text, 64, "%lld microseconds", (long long)microseconds));
    return STATUS_OK;
}

static Status add_options(Binder *binder, const AstOptionList *from, Option *to, uint32_t *count,
                          Error *err) {
    for (uint32_t i = 0; i < from->count; i++) {
        const AstOption *option = &from->items[i];
        Str value = option->value;
        if (option->kind == AST_OPTION_INTERVAL) TRY(interval_text(binder, option->expr, &value, err));
        to[(*count)++] = (Option){.key = option->key.str, .value = value, .position = option->key.span.start};
    }
    return STATUS_OK;
}

static Status list_options(const AstCreate *create, Binder *binder, OptionList *out, Error *err) {
    uint32_t most =
                 create->options.count + create->connector_options.count + create->format_options.count + 2,
             count = 0;
    Option *options = ARENA_ARRAY(binder->arena, Option, most);
    TRY_ALLOC(options);
    TRY(add_options(binder, &create->connector_options, options, &count, err));
    TRY(add_options(binder, &create->options, options, &count, err));
    TRY(add_options(binder, &create->format_options, options, &count, err));
    if (create->connector.str.size > 0)
        options[count++] = (Option){STR("connector"), create->connector.str, create->connector.span.start};
    bool plain = create->encode.str.size == 0 || str_equal(create->format.str, STR("plain"));
    if (!plain) {
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, create->format.span.start,
                           "FORMAT %.*s is not supported yet", STR_ARGS(create->format.str));
        return error_add_hint(err, "Write FORMAT PLAIN ENCODE .., or FORMAT JSON or CSV alone.");
    }
    Str format = create->encode.str.size > 0 ? create->encode.str : create->format.str;
    if (format.size > 0) options[count++] = (Option){STR("format"), format, create->format.span.start};
    *out = (OptionList){options, count};
    return STATUS_OK;
}

static Status check_only_reader(const weir_db *db, Str name, int64_t position, Error *err) {
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        bool is_reader = object->relation.kind == RELATION_SOURCE && object->connector != NULL &&
                         connector_is_stdin(object->connector, object->options);
        if (!is_reader || str_equal(object->relation.name, name)) continue;
        error_set_at(err, STATUS_READ_ONCE, position, "source \"%.*s\" reads standard input already", STR_ARGS(object->relation.name));
        return error_add_hint(err, "Standard input can be read once: read from \"%.*s\".", STR_ARGS(object->relation.name));
    }
    return STATUS_OK;
}

Status define_check_stdin(const weir_db *db, Str name, int64_t position, Error *err) {
    if (!db->stdin_is_taken) return check_only_reader(db, name, position, err);
    (void)error_set_at(err, STATUS_READ_ONCE, position,
                       "standard input cannot be read as data: the script itself comes from it");
    return error_add_hint(err, "Give the script with -f FILE or -c, and the data on standard input.");
}

/* Only sources and sinks have one. */
static Status check_connector(RelationKind kind, const Option *connector, Error *err) {
    if (connector == NULL || kind == RELATION_SOURCE || kind == RELATION_SINK) return STATUS_OK;
    (void)error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, connector->position, "a %s has no connector",
                       object_kind_name(kind));
    return error_add_hint(err, "CREATE SOURCE reads through a connector, CREATE SINK .. FROM name writes.");
}

static Status define_options(weir_db *db, const AstCreate *create, Binder *binder, Definition *out,
                             Error *err) {
    RelationKind kind = out->relation.kind;
    ConnectorUse use = kind == RELATION_SINK ? CONNECTOR_SINK : CONNECTOR_SOURCE;
    OptionTable common = define_common_options(kind);
    TRY(list_options(create, binder, &out->options, err));
    const Option *connector = option_find(out->options, STR("connector"));
    TRY(check_connector(kind, connector, err));
    if (connector == NULL) {
        char whose[64];
        size_t size = text_format(whose, sizeof(whose), "a %s without a connector", object_kind_name(kind));
        Status status = option_check(&common, 1, str_from(whose, size), out->options, err);
        bool has_path = status == STATUS_UNDEFINED_OBJECT && option_find(out->options, STR("path")) != NULL;
        if (has_path) return error_add_hint(err, "Say connector = 'file' to %s a file.", kind == RELATION_SINK ? "write" : "read");
        TRY(status);
    } else {
        TRY(connector_find(connector->value, use, connector->position, &out->connector, err));
        if (connector_check(out->connector, use, out->options, &common, err) != STATUS_OK)
            return error_locate(err, connector->position);
        if (use == CONNECTOR_SOURCE && connector_is_stdin(out->connector, out->options))
            TRY(define_check_stdin(db, out->relation.name, connector->position, err));
    }
    bool is_said = option_find(out->options, STR("on_error")) != NULL;
    if (common.count > 0) /* tables and views have no rows of their own that could fail */
        out->on_error =
            is_said ? (OnError)option_choice(&COMMON_TABLE, out->options, "on_error") : db->on_error;
    (void)option_duration_us(&COMMON_TABLE, out->options, "idle_timeout", &out->idle_timeout_us);
    (void)option_duration_us(&COMMON_TABLE, out->options, "max_future", &out->max_future_us);
    return STATUS_OK;
}

Status define_inferred(const weir_db *db, const Inference *inference, Arena *arena, Definition *out, Error *err) {
    *out = (Definition){
        .on_error = db->on_error,
        .relation = {.kind = RELATION_SOURCE, .name = STR("stdin"), .bounded = true, .time_column = -1}};
    Relation *relation = &out->relation;
    TRY(define_zone(db, arena, relation, err));
    TRY(guess_take_columns(inference, arena, relation, err));
    static const Option STDIN[] = {{STR("connector"), STR("file"), -1}, {STR("path"), STR("-"), -1}};
    out->options = (OptionList){STDIN, 2};
    TRY(guess_add_options(inference, arena, &out->options, err));
    return connector_find(STR("file"), CONNECTOR_SOURCE, -1, &out->connector, err);
}

/* --- kinds ------------------------------------------------------------------------------------ */

static Status table_watermark(const AstCreate *create, Error *err) {
    (void)error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, create->watermarks.items[0].span.start,
                       "a table whose rows can be changed has no watermark");
    return error_add_hint(err, "Write APPEND ONLY behind the columns: rows then come by INSERT and stay. Or CREATE SOURCE, which keeps none.");
}

/* A number is the time that the watermark is about where the options say its unit. */
static void take_time_column(const AstCreate *create, Definition *out) {
    Relation *relation = &out->relation;
    if (create->watermarks.count == 0 || option_find(out->options, STR("timestamp_unit")) == NULL) return;
    int32_t column = column_find_guessed(relation, create->watermarks.items[0].column.str);
    if (column >= 0 && type_is_number(relation->columns[column].type)) relation->columns[column].type = type_of(TYPE_TIMESTAMP);
}

/* Without columns the options come first: they tell where these can be found. `key` has room for all of them then. */
static Status define_guessed(weir_db *db, const AstCreate *create, Binder *binder, Definition *out, uint32_t **key, Error *err) {
    TRY(define_options(db, create, binder, out, err));
    if (out->connector == NULL || !out->connector->has_format) return STATUS_OK;
    const Relation *there = create->if_not_exists
                                ? catalog_find(&db->catalog, (Str){0}, ast_name_last(&create->name)->str)
                                : NULL;
    if (there != NULL) { /* nothing will be made: its file need not be there any more */
        out->relation.columns = there->columns;
        out->relation.column_count = there->column_count;
    } else {
        TRY(guess_columns(db, binder->arena, out->connector, &out->options, &out->relation, err));
        take_time_column(create, out);
    }
    *key = ARENA_ARRAY(binder->arena, uint32_t, out->relation.column_count + 1);
    TRY_ALLOC(*key);
    return STATUS_OK;
}

/* The columns of a query's output, renamed if the statement says so. */
static Status define_query_columns(const AstCreate *create, Arena *arena, const Plan *plan,
                                   Relation *relation, Error *err) {
    const PlanNode *root = plan->root;
    if (create->column_names.count > root->column_count)
        return error_set_at(err, STATUS_SYNTAX, create->column_names.items[root->column_count].span.start,
                            "%s specifies more column names than columns", object_kind_name(relation->kind));
    relation->columns = ARENA_ARRAY(arena, PlanColumn, root->column_count + 1);
    TRY_ALLOC(relation->columns);
    for (uint32_t i = 0; i < root->column_count; i++) {
        PlanColumn column = root->columns[i];
        column.qualifier = (Str){0};
        if (i < create->column_names.count) {
            column.name = create->column_names.items[i].str;
            column.is_guessed = false;
        }
        Str name = str_copy(arena, column.name); /* it may be another relation's, which may go or be replaced */
        if (name.data == NULL) return error_out_of_memory(err);
        column.name = name;
        if (column_find(relation, column.name) >= 0) {
            AstSpan at = i < create->column_names.count ? create->column_names.items[i].span
                                                        : create->name.items[0].span;
            (void)error_set_at(err, STATUS_DUPLICATE_COLUMN, at.start,
                               "column \"%.*s\" specified more than once", STR_ARGS(column.name));
            return error_add_hint(err, "Give it another name with AS.");
        }
        relation->columns[i] = column;
        relation->column_count = i + 1;
    }
    relation->key = root->key;
    relation->key_count = root->key_count;
    relation->change = root->change;
    relation->bounded = root->bounded;
    relation->time_column = -1;
    return STATUS_OK;
}

/* A table has the columns of the query's result and none of what is known of them: rows come and go. */
static Status define_copied_columns(const AstCreate *create, Binder *binder, const Plan *plan, Relation *relation, Error *err) {
    TRY(define_query_columns(create, binder->arena, plan, relation, err));
    for (uint32_t i = 0; i < relation->column_count; i++) {
        PlanColumn *column = &relation->columns[i];
        *column = (PlanColumn){.name = column->name, .type = column->type, .is_guessed = column->is_guessed};
    }
    relation->key = NULL;
    relation->key_count = 0;
    return STATUS_OK;
}

/* CREATE TABLE name (a INT, ..) AS query: the rows as INSERT takes them. */
static Status define_first_rows(const AstCreate *create, Binder *binder, Definition *out, Error *err) {
    if (create->query == NULL) return STATUS_OK;
    AstInsert insert = {.table = create->name, .query = create->query};
    Plan *plan = NULL;
    TRY(bind_insert(binder, &insert, &out->relation, &plan, err));
    if (create->with_no_data.end == 0) out->rows = plan;
    return STATUS_OK;
}

/* CREATE TABLE name [(a, ..)] AS query */
static Status define_copied(weir_db *db, const AstCreate *create, Binder *binder, Definition *out, Error *err) {
    Relation *relation = &out->relation;
    Plan *plan = NULL;
    if (create->query->emit != NULL)
        return error_set_at(err, STATUS_STREAMING, create->query->emit->span.start,
                            "a table begins with the final rows of a query: EMIT is not allowed");
    TRY(bind_query(binder, create->query, BIND_SNAPSHOT, &plan, err));
    TRY(define_copied_columns(create, binder, plan, relation, err));
    TRY(define_options(db, create, binder, out, err));
    if (relation->column_count == 0)
        return error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, create->name.items[0].span.start,
                            "\"%.*s\" needs at least one column", STR_ARGS(relation->name));
    relation->append_only = create->append_only.end > 0;
    relation->change = relation->append_only ? CHANGE_APPEND : CHANGE_WEIGHTED;
    relation->bounded = true;
    if (create->with_no_data.end == 0) out->rows = plan;
    return STATUS_OK;
}

static Status define_stored(weir_db *db, const AstCreate *create, Binder *binder, Definition *out,
                            Error *err) {
    Relation *relation = &out->relation;
    bool is_source = create->relation == AST_RELATION_SOURCE;
    relation->kind = is_source ? RELATION_SOURCE : RELATION_TABLE;
    bool is_copied = create->query != NULL && create->columns.count == 0;
    if (is_copied && create->constraints.count + create->watermarks.count > 0)
        return not_yet(&create->name.items[0].span, "constraints beside a query without column definitions", err);
    if (is_copied) return define_copied(db, create, binder, out, err);
    uint32_t *key = ARENA_ARRAY(binder->arena, uint32_t, create->columns.count + 1), key_count = 0;
    TRY_ALLOC(key);
    TRY(define_columns(binder, create, relation, key, &key_count, err));
    bool is_guessed = is_source && relation->column_count == 0;
    if (is_guessed) TRY(define_guessed(db, create, binder, out, &key, err));
    TRY(define_constraints(create, relation, key, &key_count, err));
    TRY(define_watermark(binder, create, relation, err));
    if (!is_guessed) TRY(define_options(db, create, binder, out, err));
    if (relation->column_count == 0)
        return error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, create->name.items[0].span.start,
                            "\"%.*s\" needs at least one column", STR_ARGS(relation->name));
    relation->append_only = create->append_only.end > 0;
    if (!is_source && relation->time_column >= 0 && !relation->append_only) return table_watermark(create, err);
    if (key_count > 0) relation->key = key;
    relation->key_count = key_count;
    bool only_comes = relation->append_only || (is_source && key_count == 0);
    relation->change = only_comes ? CHANGE_APPEND : CHANGE_WEIGHTED;
    relation->pushed = is_source && out->connector == NULL;
    relation->bounded =
        !is_source || (out->connector != NULL && connector_is_bounded(out->connector, out->options));
    TRY(define_defaults(binder, create, relation, err));
    return define_first_rows(create, binder, out, err);
}

static Status column_changes(const PlanColumn *old, const PlanColumn *now, int64_t position, Error *err) {
    if (!str_equal(old->name, now->name))
        return error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, position, "cannot change name of view column \"%.*s\" to \"%.*s\"", STR_ARGS(old->name),
                            STR_ARGS(now->name));
    if (type_equal(old->type, now->type)) return STATUS_OK;
    Text types[2];
    Memory memory;
    memory_init(&memory, 0);
    for (int i = 0; i < 2; i++) {
        text_init(&types[i], &memory);
        text_append_type(&types[i], i == 0 ? old->type : now->type);
    }
    (void)error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, position, "cannot change data type of view column \"%.*s\" from %.*s to %.*s",
                       STR_ARGS(old->name), STR_ARGS(text_str(&types[0])), STR_ARGS(text_str(&types[1])));
    for (int i = 0; i < 2; i++) text_deinit(&types[i]);
    return err->status;
}

/* The columns that are there stay, with their types; more may follow. */
static Status keeps_columns(const Relation *old, const Relation *now, int64_t position, Error *err) {
    if (now->column_count < old->column_count)
        return error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, position, "cannot drop columns from view");
    for (uint32_t i = 0; i < old->column_count; i++) TRY(column_changes(&old->columns[i], &now->columns[i], position, err));
    return STATUS_OK;
}

/* CREATE OR REPLACE VIEW. What is kept up to date over the old query would go on with it: it has to go first. */
static Status check_replacing(const weir_db *db, const AstCreate *create, const Plan *plan, const Relation *now, Error *err) {
    const AstName *name = ast_name_last(&create->name);
    Object *old = create->or_replace.end > 0 ? object_find(db, name->str) : NULL;
    if (old == NULL) return STATUS_OK;
    TRY(object_check_kind(&old->relation, AST_RELATION_VIEW, name, err));
    TRY(keeps_columns(&old->relation, now, name->span.start, err));
    if (object_reads(plan, &old->relation))
        return error_set_at(err, STATUS_STREAMING, name->span.start, "infinite recursion detected in view \"%.*s\"", STR_ARGS(name->str));
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *other = db->objects.items[i];
        if (!object_reads(other->plan, &old->relation)) continue;
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, name->span.start, "replacing view \"%.*s\" under %s \"%.*s\" is not supported yet", STR_ARGS(name->str),
                           object_kind_name(other->relation.kind), STR_ARGS(other->relation.name));
        return error_add_hint(err, "It goes on with the query as it was: drop it first, and make it anew.");
    }
    return STATUS_OK;
}

static Status define_query(weir_db *db, const AstCreate *create, RelationKind kind, Binder *binder,
                           Definition *out, Error *err) {
    Plan *plan = NULL;
    out->relation.kind = kind;
    if (create->with_no_data.end > 0) {
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, create->with_no_data.start,
                           "WITH NO DATA is not supported yet");
        return error_add_hint(err, "Leave it out: a materialized view is kept up to date from its start.");
    }
    TRY(bind_query(binder, create->query, kind == RELATION_VIEW ? BIND_VIEW : BIND_MAINTAINED, &plan, err));
    TRY(define_query_columns(create, binder->arena, plan, &out->relation, err));
    TRY(check_replacing(db, create, plan, &out->relation, err));
    TRY(define_options(db, create, binder, out, err));
    out->relation.query = create->query;
    out->relation.query_text = binder->text;
    out->plan = kind == RELATION_VIEW ? NULL : plan;
    out->relation.plan = out->plan;
    return STATUS_OK;
}

/* SELECT * FROM name, as a tree. */
static Status select_all(Arena *arena, const AstQualifiedName *name, AstQuery **out, Error *err) {
    AstQuery *query = ARENA_NEW(arena, AstQuery);
    AstSelect *select = ARENA_NEW(arena, AstSelect);
    AstSelectItem *item = ARENA_NEW(arena, AstSelectItem);
    AstExpr *star = ARENA_NEW(arena, AstExpr);
    AstFromItem *from = ARENA_NEW(arena, AstFromItem);
    AstFromItem **from_list = ARENA_ARRAY(arena, AstFromItem *, 1);
    bool complete =
        query != NULL && select != NULL && item != NULL && star != NULL && from != NULL && from_list != NULL;
    if (!complete) return error_out_of_memory(err);
    AstSpan span = ast_name_last(name)->span;
    *star = (AstExpr){.kind = AST_EXPR_STAR, .span = span, .position = span.start};
    *item = (AstSelectItem){.expr = star, .span = span};
    *from = (AstFromItem){.kind = AST_FROM_TABLE, .span = span, .table = {.name = *name}};
    from_list[0] = from;
    select->items.items = item;
    select->items.count = 1;
    select->from.items = from_list;
    select->from.count = 1;
    *query = (AstQuery){.kind = AST_QUERY_SELECT, .span = span, .select = select};
    *out = query;
    return STATUS_OK;
}

Status define_select_all(Arena *arena, const AstQualifiedName *name, AstExpr *where, AstQuery **out,
                         Error *err) {
    TRY(select_all(arena, name, out, err));
    (*out)->select->where = where;
    return STATUS_OK;
}

Status define_inherit_emit(const weir_db *db, Arena *arena, const AstQualifiedName *name, AstQuery *query,
                           Error *err) {
    const AstName *last = ast_name_last(name);
    Str schema = ast_name_qualifier(name);
    const Relation *relation = catalog_find(&db->catalog, schema, last->str);
    if (relation == NULL || relation->query == NULL || relation->query->emit == NULL) return STATUS_OK;
    const AstEmit *emit = relation->query->emit;
    if (emit->mode == AST_EMIT_NONE || emit->mode == AST_EMIT_ON_WINDOW_CLOSE) return STATUS_OK;
    query->emit = ARENA_NEW(arena, AstEmit);
    TRY_ALLOC(query->emit);
    *query->emit =
        (AstEmit){.mode = emit->mode, .every = emit->every, .span = last->span, .mode_span = last->span};
    return STATUS_OK;
}

static Status define_sink(weir_db *db, const AstCreate *create, Binder *binder, Definition *out, Error *err) {
    AstCreate with_query = *create;
    if (create->query == NULL)
        TRY(select_all(binder->arena, &create->from, (AstQuery **)&with_query.query, err));
    if (create->query == NULL)
        TRY(define_inherit_emit(db, binder->arena, &create->from, with_query.query, err));
    TRY(define_query(db, &with_query, RELATION_SINK, binder, out, err));
    if (out->connector != NULL) return STATUS_OK;
    (void)error_set_at(err, STATUS_INVALID_TABLE_DEFINITION, create->name.items[0].span.start,
                       "a sink needs a connector");
    return error_add_hint(err, "Write INTO FILE (path = '...') or WITH (connector = '...').");
}

Status define(weir_db *db, const AstCreate *create, Str text, Arena *arena, Definition *out, Error *err) {
    *out = (Definition){.relation = {.time_column = -1}};
    TRY(define_zone(db, arena, &out->relation, err));
    Binder binder = binder_for(db, text, out->relation.zone, arena);
    TRY(define_name(db, create, &out->relation, err));
    switch (create->relation) {
        case AST_RELATION_SOURCE:
        case AST_RELATION_TABLE: return define_stored(db, create, &binder, out, err);
        case AST_RELATION_VIEW: return define_query(db, create, RELATION_VIEW, &binder, out, err);
        case AST_RELATION_STREAM: return define_query(db, create, RELATION_STREAM, &binder, out, err);
        case AST_RELATION_MATERIALIZED_VIEW:
            return define_query(db, create, RELATION_MATERIALIZED_VIEW, &binder, out, err);
        case AST_RELATION_SINK: return define_sink(db, create, &binder, out, err);
        case AST_RELATION_LOOKUP_TABLE: return not_yet(&create->name.items[0].span, "lookup tables", err);
        case AST_RELATION_SECRET: return not_yet(&create->name.items[0].span, "secrets", err);
        case AST_RELATION_CONNECTION: return not_yet(&create->name.items[0].span, "connections", err);
    }
    return error_set(err, STATUS_INTERNAL, "CREATE of an unknown kind");
}
