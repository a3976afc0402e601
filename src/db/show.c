/* SPDX-License-Identifier: Apache-2.0
 * db/show.c - lists are small: one batch of text columns. */
#include "db/show.h"

#include "db/define.h"
#include "db/settings.h"
#include "column/builder.h"
#include "expr/aggregate.h"
#include "expr/function.h"
#include "expr/like.h"
#include "plan/form.h"
#include "db/halt.h"

enum { LIST_COLUMN_COUNT_MAX = 6, LIST_ROW_COUNT_MAX = BATCH_ROW_COUNT_MAX, LIST_NAME_SIZE_MAX = 128 };

typedef struct List {
    ArrayBuilder builders[LIST_COLUMN_COUNT_MAX];
    uint32_t column_count;
    uint32_t row_count;
} List;

static const char *const OBJECT_COLUMNS[] = {"name", "kind", "note", NULL};
static const char *const COLUMN_COLUMNS[] = {"column", "type", "nullable", "note", NULL};
static const char *const FUNCTION_COLUMNS[] = {"name", "arguments", "result", "summary", NULL};
static const char *const OPTION_COLUMNS[] = {"name", "object", "of", "value", "default", "summary", NULL};
static const char *const CONNECTOR_COLUMNS[] = {"name", "use", "summary", NULL};
static const char *const FORMAT_COLUMNS[] = {"name", "summary", NULL};
static const char *const CREATE_COLUMNS[] = {"name", "definition", NULL};
static const char *const EXPLAIN_COLUMNS[] = {"plan", NULL};
static const char *const SETTING_COLUMNS[] = {"name", "setting", "summary", NULL};

/* What is no object, and is listed as objects are: SHOW FUNCTIONS. */
typedef struct Listing {
    const char *word;
    const char *const *columns;
    Status (*fill)(weir_db *db, const AstShow *show, Arena *arena, List *list, Error *err);
} Listing;

/* NULL: the word is not one of these. */
static const Listing *find_listing(Str word);

static const char *const *columns_of(const AstStatement *ast) {
    if (ast->kind == AST_STATEMENT_EXPLAIN) return EXPLAIN_COLUMNS;
    if (ast->kind == AST_STATEMENT_DESCRIBE) return COLUMN_COLUMNS;
    const Listing *listing = ast->show->kind == AST_SHOW_OBJECTS ? find_listing(ast->show->name.str) : NULL;
    switch (ast->show->kind) {
        case AST_SHOW_SETTING: break; /* one, with the name of the setting */
        case AST_SHOW_ALL: return SETTING_COLUMNS;
        case AST_SHOW_OBJECTS: return listing != NULL ? listing->columns : OBJECT_COLUMNS;
        case AST_SHOW_COLUMNS: return COLUMN_COLUMNS;
        case AST_SHOW_CREATE: return CREATE_COLUMNS;
    }
    return EXPLAIN_COLUMNS;
}

Status show_schema(const AstStatement *ast, Arena *arena, Schema *out, Error *err) {
    const char *const *names = columns_of(ast);
    Field *fields = ARENA_ARRAY(arena, Field, LIST_COLUMN_COUNT_MAX);
    TRY_ALLOC(fields);
    *out = (Schema){.fields = fields};
    if (ast->kind == AST_STATEMENT_SHOW && ast->show->kind == AST_SHOW_SETTING) {
        fields[0] = (Field){.name = settings_column(ast->show->name.str), .type = type_of(TYPE_TEXT)};
        out->count = 1;
        return STATUS_OK;
    }
    while (names[out->count] != NULL) {
        fields[out->count] = (Field){.name = str_from_c(names[out->count]), .type = type_of(TYPE_TEXT)};
        out->count++;
    }
    return STATUS_OK;
}

static void list_add(List *list, uint32_t column, Str text) {
    ASSERT(column < list->column_count);
    ASSERT(list->row_count < LIST_ROW_COUNT_MAX);
    array_builder_text(&list->builders[column], text);
    if (column == list->column_count - 1) list->row_count++;
}

static bool list_is_full(const List *list) {
    return list->row_count >= LIST_ROW_COUNT_MAX;
}

/* --- objects ---------------------------------------------------------------------------------- */

/* Does SHOW's word ask for this kind? */
static bool word_matches(Str word, RelationKind kind) {
    if (str_equal(word, STR("relations"))) return true;
    switch (kind) {
        case RELATION_SOURCE: return str_equal(word, STR("sources"));
        case RELATION_TABLE:
        case RELATION_LATE: return str_equal(word, STR("tables"));
        case RELATION_VIEW: return str_equal(word, STR("views"));
        case RELATION_STREAM: return str_equal(word, STR("streams"));
        case RELATION_MATERIALIZED_VIEW:
            return str_equal(word, STR("materialized views")) || str_equal(word, STR("views"));
        case RELATION_SINK: return str_equal(word, STR("sinks"));
        case RELATION_SYSTEM: break;
    }
    return false;
}

static bool word_is_known(Str word) {
    static const char *const WORDS[] = {"relations", "sources", "tables", "views", "streams", "materialized views", "sinks"};
    if (find_listing(word) != NULL) return true;
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
        if (str_equal(word, str_from_c(WORDS[i]))) return true;
    return false;
}

/* [LIKE | ILIKE 'pattern'] */
static Status name_matches(Str name, const AstShow *show, Arena *arena, bool *out, Error *err) {
    *out = true;
    if (!show->has_pattern) return STATUS_OK;
    return like_matches(arena, name, show->pattern, show->case_insensitive, out, err);
}

static Status list_objects(weir_db *db, const AstShow *show, Arena *arena, List *list, Error *err) {
    for (size_t i = 0; i < db->objects.count && !list_is_full(list); i++) {
        const Relation *relation = &db->objects.items[i]->relation;
        const Error *failure = halt_failure(db->objects.items[i]);
        if (!word_matches(show->name.str, relation->kind)) continue;
        bool matches;
        TRY(name_matches(relation->name, show, arena, &matches, err));
        if (!matches) continue;
        list_add(list, 0, relation->name);
        list_add(list, 1, str_from_c(object_kind_name(relation->kind)));
        list_add(list, 2, str_from_c(failure == NULL ? "" : failure->message));
    }
    return STATUS_OK;
}

static void append_arguments(Text *text, const Function *function) {
    text_reset(text);
    for (uint32_t i = 0; i < function->argument_count; i++)
        text_append_format(text, "%s%s", i == 0 ? "" : ", ", type_name(function->arguments[i]));
}

/* One line, when the pattern takes it. */
static Status list_function(const AstShow *show, const char *name, Str arguments, const char *result,
                            const char *summary, Arena *arena, List *list, Error *err) {
    bool matches;
    TRY(name_matches(str_from_c(name), show, arena, &matches, err));
    if (!matches || list_is_full(list)) return STATUS_OK;
    list_add(list, 0, str_from_c(name));
    list_add(list, 1, arguments);
    list_add(list, 2, str_from_c(result));
    list_add(list, 3, str_from_c(summary == NULL ? "" : summary));
    return STATUS_OK;
}

static Status list_scalar_functions(weir_db *db, const AstShow *show, Arena *arena, List *list, Error *err) {
    FunctionList all = function_all();
    Status status = STATUS_OK;
    Text text;
    text_init(&text, &db->memory);
    for (uint32_t i = 0; i < all.count && status == STATUS_OK; i++) {
        const Function *function = all.functions[i];
        if (function->flags & FUNCTION_OPERATOR) continue;
        append_arguments(&text, function);
        status = list_function(show, function->name, text_str(&text), type_name(function->result),
                               function->summary, arena, list, err);
    }
    text_deinit(&text);
    return status;
}

/* Everything that can be called: scalar functions, aggregates, forms of the language. */
static Status list_functions(weir_db *db, const AstShow *show, Arena *arena, List *list, Error *err) {
    TRY(list_scalar_functions(db, show, arena, list, err));
    for (uint32_t i = 0; i < aggregate_count(); i++) {
        AggregateInfo info = aggregate_info(i);
        TRY(list_function(show, info.name, str_from_c(info.argument), info.result, info.summary, arena, list,
                          err));
    }
    for (uint32_t i = 0; i < form_count(); i++) {
        const Form *form = form_at(i);
        const char *result = form->kind == FORM_WINDOW      ? "rows"
                             : form->result == TYPE_UNKNOWN ? "that of the arguments"
                                                            : type_name(form->result);
        TRY(list_function(show, form->name, str_from_c(form->arguments), result, form->summary, arena, list,
                          err));
    }
    return STATUS_OK;
}

/* --- options ---------------------------------------------------------------------------------- */

/* Of what the options of a table are. */
typedef struct OptionOwner {
    RelationKind object;
    const char *kind; /* "connector", "format", "" */
    const char *name;
} OptionOwner;

/* Names with | between them, as the choices of an option. */
static void append_connectors(Text *text, ConnectorUse use) {
    size_t start = text->size;
    for (uint32_t i = 0; i < connector_count; i++)
        if (connectors[i].uses & use)
            text_append_format(text, "%s%s", text->size > start ? "|" : "", connectors[i].name);
}

static void append_formats(Text *text) {
    for (FormatId format = 0; format < FORMAT_COUNT; format++)
        text_append_format(text, "%s%s", format > 0 ? "|" : "", format_name(format));
}

/* What may be given: a fixed set as a|b|c, else in words. */
static void append_values(Text *text, const OptionSpec *spec, RelationKind object) {
    Str name = str_from_c(spec->name);
    if (spec->choices != NULL)
        text_append_c(text, spec->choices);
    else if (spec->kind == OPTION_BOOLEAN)
        text_append_c(text, "true|false");
    else if (str_equal(name, STR("connector")))
        append_connectors(text, object == RELATION_SINK ? CONNECTOR_SINK : CONNECTOR_SOURCE);
    else if (str_equal(name, STR("format")))
        append_formats(text);
    else
        option_append_kind(text, spec);
}

static void list_option(const OptionSpec *spec, OptionOwner owner, Text *text, List *list) {
    list_add(list, 0, str_from_c(spec->name));
    list_add(list, 1, str_from_c(object_kind_name(owner.object)));
    text_reset(text);
    text_append_format(text, "%s%s%s", owner.kind, owner.kind[0] == '\0' ? "" : " ", owner.name);
    list_add(list, 2, text_str(text));
    text_reset(text);
    append_values(text, spec, owner.object);
    list_add(list, 3, text_str(text));
    if (spec->fallback == NULL)
        array_builder_null(&list->builders[4]);
    else
        list_add(list, 4, str_from_c(spec->fallback));
    text_reset(text);
    text_append_format(text, "%s%s", spec->required ? "needed: " : "", spec->summary);
    list_add(list, 5, text_str(text));
}

static Status list_option_table(OptionTable table, OptionOwner owner, const AstShow *show, Arena *arena,
                                Text *text, List *list, Error *err) {
    for (uint32_t i = 0; i < table.count && !list_is_full(list); i++) {
        bool matches;
        TRY(name_matches(str_from_c(table.specs[i].name), show, arena, &matches, err));
        if (matches) list_option(&table.specs[i], owner, text, list);
    }
    return STATUS_OK;
}

/* What is made with a connector: its own options, those of each connector, those of each format. */
static Status list_connected_options(RelationKind object, ConnectorUse use, const AstShow *show, Arena *arena,
                                     Text *text, List *list, Error *err) {
    TRY(list_option_table(define_common_options(object), (OptionOwner){object, "", ""}, show, arena, text,
                          list, err));
    for (uint32_t i = 0; i < connector_count; i++)
        if (connectors[i].uses & use)
            TRY(list_option_table(connector_options(&connectors[i], use),
                                  (OptionOwner){object, "connector", connectors[i].name}, show, arena, text,
                                  list, err));
    for (FormatId format = 0; format < FORMAT_COUNT; format++)
        TRY(list_option_table(format_option_table(format),
                              (OptionOwner){object, "format", format_name(format)}, show, arena, text, list,
                              err));
    return STATUS_OK;
}

/* Everything that WITH (...) may hold. */
static Status list_options(weir_db *db, const AstShow *show, Arena *arena, List *list, Error *err) {
    static const RelationKind PLAIN[] = {RELATION_STREAM, RELATION_MATERIALIZED_VIEW};
    Text text;
    text_init(&text, &db->memory);
    Status status = list_connected_options(RELATION_SOURCE, CONNECTOR_SOURCE, show, arena, &text, list, err);
    if (status == STATUS_OK)
        status = list_connected_options(RELATION_SINK, CONNECTOR_SINK, show, arena, &text, list, err);
    for (size_t i = 0; i < sizeof(PLAIN) / sizeof(PLAIN[0]) && status == STATUS_OK; i++)
        status = list_option_table(define_common_options(PLAIN[i]), (OptionOwner){PLAIN[i], "", ""}, show,
                                   arena, &text, list, err);
    if (status == STATUS_OK && text.failed) status = error_out_of_memory(err);
    text_deinit(&text);
    return status;
}

static Status list_connectors(weir_db *db, const AstShow *show, Arena *arena, List *list, Error *err) {
    (void)db;
    for (uint32_t i = 0; i < connector_count; i++) {
        const Connector *connector = &connectors[i];
        bool matches, source = (connector->uses & CONNECTOR_SOURCE) != 0, sink = (connector->uses & CONNECTOR_SINK) != 0;
        TRY(name_matches(str_from_c(connector->name), show, arena, &matches, err));
        if (!matches) continue;
        list_add(list, 0, str_from_c(connector->name));
        list_add(list, 1, source && sink ? STR("source, sink") : source ? STR("source") : STR("sink"));
        list_add(list, 2, str_from_c(connector->summary));
    }
    return STATUS_OK;
}

static Status list_formats(weir_db *db, const AstShow *show, Arena *arena, List *list, Error *err) {
    (void)db;
    for (FormatId format = 0; format < FORMAT_COUNT; format++) {
        bool matches;
        TRY(name_matches(str_from_c(format_name(format)), show, arena, &matches, err));
        if (!matches) continue;
        list_add(list, 0, str_from_c(format_name(format)));
        list_add(list, 1, str_from_c(format_summary(format)));
    }
    return STATUS_OK;
}

static const Listing LISTINGS[] = {
    {"functions", FUNCTION_COLUMNS, list_functions},
    {"options", OPTION_COLUMNS, list_options},
    {"connectors", CONNECTOR_COLUMNS, list_connectors},
    {"formats", FORMAT_COLUMNS, list_formats},
};

static const Listing *find_listing(Str word) {
    for (size_t i = 0; i < sizeof(LISTINGS) / sizeof(LISTINGS[0]); i++)
        if (str_equal(word, str_from_c(LISTINGS[i].word))) return &LISTINGS[i];
    return NULL;
}

static Status show_objects(weir_db *db, const AstShow *show, Arena *arena, List *list, Error *err) {
    const Listing *listing = find_listing(show->name.str);
    if (listing != NULL) return listing->fill(db, show, arena, list, err);
    if (word_is_known(show->name.str)) return list_objects(db, show, arena, list, err);
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, show->name.span.start, "SHOW %.*s is not supported yet", STR_ARGS(show->name.str));
    return error_add_hint(err, "SHOW TABLES, SOURCES, VIEWS, MATERIALIZED VIEWS, STREAMS, SINKS, FUNCTIONS, OPTIONS, CONNECTORS, FORMATS or ALL.");
}

static Status find_relation(weir_db *db, const AstQualifiedName *name, const Relation **out, Error *err) {
    const AstName *last = ast_name_last(name);
    Str schema = ast_name_qualifier(name);
    bool is_public = name->count == 1 || (name->count == 2 && str_equal(schema, STR("public")));
    *out = name->count > 2 ? NULL : catalog_find(&db->catalog, schema, last->str);
    if (*out != NULL) return STATUS_OK;
    for (size_t i = 0; i < db->objects.count && *out == NULL && is_public; i++) /* sinks cannot be read */
        if (str_equal(db->objects.items[i]->relation.name, last->str)) *out = &db->objects.items[i]->relation;
    return *out != NULL ? STATUS_OK : object_missing(db, "relation", name, err);
}

static bool is_key_column(const Relation *relation, uint32_t column) {
    for (uint32_t i = 0; i < relation->key_count; i++)
        if (relation->key[i] == column) return true;
    return false;
}

static void list_column(const Relation *relation, uint32_t i, Text *text, List *list) {
    const PlanColumn *column = &relation->columns[i];
    bool key = is_key_column(relation, i), time = (int32_t)i == relation->time_column;
    text_reset(text);
    text_append_type(text, column->type);
    list_add(list, 0, column->name);
    list_add(list, 1, text_str(text));
    list_add(list, 2, column->not_null ? STR("no") : STR("yes"));
    text_reset(text);
    text_append_c(text, key ? "key" : time ? "event time" : "");
    if (relation->defaults != NULL && relation->defaults[i].expr != NULL)
        text_append_format(text, "%sdefault %.*s", text->size > 0 ? ", " : "", STR_ARGS(relation->defaults[i].text));
    list_add(list, 3, text_str(text));
}

/* `show`: its pattern chooses; NULL: all. */
static Status list_columns(weir_db *db, const Relation *relation, const AstShow *show, Arena *arena,
                           List *list, Error *err) {
    Status status = STATUS_OK;
    Text text;
    text_init(&text, &db->memory);
    for (uint32_t i = 0; i < relation->column_count && !list_is_full(list) && status == STATUS_OK; i++) {
        bool matches = true;
        if (show != NULL) status = name_matches(relation->columns[i].name, show, arena, &matches, err);
        if (matches && status == STATUS_OK) list_column(relation, i, &text, list);
    }
    text_deinit(&text);
    return status;
}

static Status list_query_columns(weir_db *db, const Plan *plan, List *list, Error *err) {
    Relation shape = {.columns = plan->root->columns,
                      .column_count = plan->root->column_count,
                      .key = plan->root->key,
                      .key_count = plan->root->key_count,
                      .time_column = -1};
    return list_columns(db, &shape, NULL, NULL, list, err);
}

static void list_lines(List *list, Str text) {
    while (text.size > 0 && !list_is_full(list)) {
        ptrdiff_t end = str_find(text, STR("\n"));
        size_t size = end < 0 ? text.size : (size_t)end;
        list_add(list, 0, str_from(text.data, size));
        size += end >= 0;
        text = str_from(text.data + size, text.size - size);
    }
}

static void list_plan(weir_db *db, const AstExplain *explain, const Plan *plan, Str text, List *list) {
    Text lines;
    text_init(&lines, &db->memory);
    if (explain->state)
        plan_explain_state(plan, text, explain->verbose, &lines);
    else
        plan_explain(plan, text, explain->verbose, &lines);
    list_lines(list, text_str(&lines));
    text_deinit(&lines);
}

/* The statement alone: without what stood around it in its script. */
static Str definition_text(const Object *object) {
    Str text = str_trim(object->definition);
    if (str_ends_with(text, STR(";"))) text = str_trim(str_from(text.data, text.size - 1));
    return text;
}

static Status list_create(weir_db *db, const AstShow *show, List *list, Error *err) {
    const AstQualifiedName *name = &show->object;
    const Relation *relation = NULL;
    TRY(find_relation(db, name, &relation, err));
    if (show->has_kind) TRY(object_check_kind(relation, show->relation, ast_name_last(name), err));
    list_add(list, 0, relation->name);
    bool is_object = relation->kind != RELATION_SYSTEM && relation->kind != RELATION_LATE;
    list_add(
        list, 1,
        is_object ? definition_text(object_of(relation)) : STR("made by LATE DATA TO, or by the system"));
    return STATUS_OK;
}

/* SHOW TABLE for SHOW TABLES. */
static void hint_plural(const AstName *name, Error *err) {
    char room[LIST_NAME_SIZE_MAX];
    size_t size = text_format(room, sizeof(room), "%.*ss", STR_ARGS(name->str));
    if (word_is_known(str_from(room, size)))
        (void)error_add_hint(err, "Perhaps you meant SHOW %.*s.", (int)size, room);
}

static Status fill_show(weir_conn *conn, const AstShow *show, Arena *arena, List *list, Error *err) {
    weir_db *db = conn->db;
    const Relation *relation = NULL;
    switch (show->kind) {
        case AST_SHOW_SETTING: {
            Text value;
            text_init(&value, &db->memory);
            Status status = settings_get(conn, &show->name, &value, err);
            if (status != STATUS_OK) hint_plural(&show->name, err);
            if (status == STATUS_OK) list_add(list, 0, text_str(&value));
            text_deinit(&value);
            return status;
        }
        case AST_SHOW_ALL:
            for (uint32_t i = 0; i < settings_count(); i++) {
                Text value;
                text_init(&value, &db->memory);
                settings_read(conn, i, &value);
                list_add(list, 0, str_from_c(settings_name(i)));
                list_add(list, 1, text_str(&value));
                list_add(list, 2, str_from_c(settings_summary(i)));
                text_deinit(&value);
            }
            return STATUS_OK;
        case AST_SHOW_OBJECTS: return show_objects(db, show, arena, list, err);
        case AST_SHOW_COLUMNS:
            TRY(find_relation(db, &show->object, &relation, err));
            return list_columns(db, relation, show, arena, list, err);
        case AST_SHOW_CREATE: return list_create(db, show, list, err);
    }
    return STATUS_OK;
}

static Status fill(weir_conn *conn, const AstStatement *ast, const Plan *explained, Str text, Arena *arena,
                   List *list, Error *err) {
    weir_db *db = conn->db;
    const Relation *relation = NULL;
    if (ast->kind == AST_STATEMENT_SHOW) return fill_show(conn, ast->show, arena, list, err);
    if (ast->kind == AST_STATEMENT_EXPLAIN) {
        list_plan(db, ast->explain, explained, text, list);
        return STATUS_OK;
    }
    const AstDescribe *describe = ast->describe;
    if (describe->query != NULL) return list_query_columns(db, explained, list, err);
    TRY(find_relation(db, &describe->object, &relation, err));
    const AstName *name = ast_name_last(&describe->object);
    if (describe->has_kind) TRY(object_check_kind(relation, describe->relation, name, err));
    return list_columns(db, relation, NULL, NULL, list, err);
}

static Status run(weir_conn *conn, const AstStatement *ast, const Plan *explained, Str text, Result *out,
                  Error *err) {
    const char *const *names = columns_of(ast);
    List list = {0};
    while (names[list.column_count] != NULL)
        TRY(array_builder_init(&list.builders[list.column_count++], &out->frame, type_of(TYPE_TEXT),
                               LIST_ROW_COUNT_MAX, err));
    TRY(fill(conn, ast, explained, text, &out->frame.arena, &list, err));
    Array *columns = FRAME_ARRAY(&out->frame, Array, list.column_count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < list.column_count; i++)
        TRY(array_builder_finish(&list.builders[i], &columns[i], err));
    out->list = (Batch){.row_count = list.row_count, .column_count = list.column_count, .columns = columns};
    return STATUS_OK;
}

Status show_run(weir_conn *conn, const AstStatement *ast, const Plan *explained, Str text, Result *out,
                Error *err) {
    *out = (Result){.kind = RESULT_LIST, .db = conn->db};
    TRY(frame_init(&out->frame, conn->db->pool, err));
    Status status = run(conn, ast, explained, text, out, err);
    if (status != STATUS_OK) result_close(out);
    return status;
}
