/* SPDX-License-Identifier: Apache-2.0
 * db/show.c - lists are small: one batch of text columns. */
#include "db/show.h"

#include "db/settings.h"
#include "column/builder.h"
#include "expr/function.h"

enum { LIST_COLUMN_COUNT_MAX = 5, LIST_ROW_COUNT_MAX = BATCH_ROW_COUNT_MAX };

typedef struct List {
    ArrayBuilder builders[LIST_COLUMN_COUNT_MAX];
    uint32_t column_count;
    uint32_t row_count;
} List;

static const char *const OBJECT_COLUMNS[] = {"name", "kind", NULL};
static const char *const COLUMN_COLUMNS[] = {"column", "type", "nullable", "note", NULL};
static const char *const FUNCTION_COLUMNS[] = {"name", "arguments", "result", "summary", NULL};
static const char *const CREATE_COLUMNS[] = {"name", "definition", NULL};
static const char *const EXPLAIN_COLUMNS[] = {"plan", NULL};
static const char *const SETTING_COLUMNS[] = {"name", "setting", "summary", NULL};
static const char *const ONE_SETTING_COLUMNS[] = {"setting", NULL};

static bool is_functions(const AstShow *show) {
    return str_equal(show->name.str, STR("functions"));
}

static const char *const *columns_of(const AstStatement *ast) {
    if (ast->kind == AST_STATEMENT_EXPLAIN) return EXPLAIN_COLUMNS;
    if (ast->kind == AST_STATEMENT_DESCRIBE) return COLUMN_COLUMNS;
    switch (ast->show->kind) {
        case AST_SHOW_SETTING: return ONE_SETTING_COLUMNS;
        case AST_SHOW_ALL: return SETTING_COLUMNS;
        case AST_SHOW_OBJECTS: return is_functions(ast->show) ? FUNCTION_COLUMNS : OBJECT_COLUMNS;
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
    while (names[out->count] != NULL) {
        fields[out->count] = (Field){.name = str_from_c(names[out->count]), .type = type_of(TYPE_TEXT)};
        out->count++;
    }
    return STATUS_OK;
}

static void list_add(List *list, uint32_t column, Str text) {
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
    static const char *const WORDS[] = {"relations", "sources",            "tables", "views",
                                        "streams",   "materialized views", "sinks",  "functions"};
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
        if (str_equal(word, str_from_c(WORDS[i]))) return true;
    return false;
}

/* % and _ as in LIKE, on names. */
static bool name_matches(Str name, Str pattern) {
    size_t n = 0, p = 0, star = SIZE_MAX, mark = 0;
    while (n < name.size) {
        if (p < pattern.size && (pattern.data[p] == '_' || pattern.data[p] == name.data[n]))
            n++, p++;
        else if (p < pattern.size && pattern.data[p] == '%')
            star = p++, mark = n;
        else if (star != SIZE_MAX)
            p = star + 1, n = ++mark;
        else
            return false;
    }
    while (p < pattern.size && pattern.data[p] == '%') p++;
    return p == pattern.size;
}

static void list_objects(weir_db *db, const AstShow *show, List *list) {
    for (size_t i = 0; i < db->objects.count && !list_is_full(list); i++) {
        const Relation *relation = &db->objects.items[i]->relation;
        if (!word_matches(show->name.str, relation->kind)) continue;
        if (show->has_pattern && !name_matches(relation->name, show->pattern)) continue;
        list_add(list, 0, relation->name);
        list_add(list, 1, str_from_c(object_kind_name(relation->kind)));
    }
}

static void append_arguments(Text *text, const Function *function) {
    text_reset(text);
    for (uint32_t i = 0; i < function->argument_count; i++)
        text_append_format(text, "%s%s", i == 0 ? "" : ", ", type_name(function->arguments[i]));
}

static void list_functions(weir_db *db, const AstShow *show, List *list) {
    FunctionList all = function_all();
    Text text;
    text_init(&text, &db->memory);
    for (uint32_t i = 0; i < all.count && !list_is_full(list); i++) {
        const Function *function = all.functions[i];
        if (function->flags & FUNCTION_OPERATOR) continue;
        if (show->has_pattern && !name_matches(str_from_c(function->name), show->pattern)) continue;
        append_arguments(&text, function);
        list_add(list, 0, str_from_c(function->name));
        list_add(list, 1, text_str(&text));
        list_add(list, 2, str_from_c(type_name(function->result)));
        list_add(list, 3, str_from_c(function->summary == NULL ? "" : function->summary));
    }
    text_deinit(&text);
}

static Status find_relation(weir_db *db, const AstQualifiedName *name, const Relation **out, Error *err) {
    const AstName *last = &name->items[name->count - 1];
    Str schema = name->count > 1 ? name->items[name->count - 2].str : (Str){0};
    *out = catalog_find(&db->catalog, schema, last->str);
    if (*out != NULL) return STATUS_OK;
    for (size_t i = 0; i < db->objects.count && *out == NULL; i++) /* sinks cannot be read, but described */
        if (str_equal(db->objects.items[i]->relation.name, last->str)) *out = &db->objects.items[i]->relation;
    if (*out != NULL) return STATUS_OK;
    (void)error_set_at(err, STATUS_UNDEFINED_TABLE, last->span.start, "relation \"%.*s\" does not exist",
                       STR_ARGS(last->str));
    Str near = catalog_suggest(&db->catalog, last->str);
    return near.size == 0 ? err->status : error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(near));
}

static bool is_key_column(const Relation *relation, uint32_t column) {
    for (uint32_t i = 0; i < relation->key_count; i++)
        if (relation->key[i] == column) return true;
    return false;
}

static void list_columns(weir_db *db, const Relation *relation, List *list) {
    Text text;
    text_init(&text, &db->memory);
    for (uint32_t i = 0; i < relation->column_count && !list_is_full(list); i++) {
        const PlanColumn *column = &relation->columns[i];
        list_add(list, 0, column->name);
        text_reset(&text);
        text_append_type(&text, column->type);
        list_add(list, 1, text_str(&text));
        list_add(list, 2, column->not_null ? STR("no") : STR("yes"));
        bool key = is_key_column(relation, i), time = (int32_t)i == relation->time_column;
        list_add(list, 3, key ? STR("key") : time ? STR("event time") : STR(""));
    }
    text_deinit(&text);
}

static Status list_query_columns(weir_db *db, const Plan *plan, List *list) {
    Relation shape = {.columns = plan->root->columns,
                      .column_count = plan->root->column_count,
                      .key = plan->root->key,
                      .key_count = plan->root->key_count,
                      .time_column = -1};
    list_columns(db, &shape, list);
    return STATUS_OK;
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
        plan_explain_state(plan, text, &lines);
    else
        plan_explain(plan, text, &lines);
    list_lines(list, text_str(&lines));
    text_deinit(&lines);
}

/* The statement alone: without what stood around it in its script. */
static Str definition_text(const Object *object) {
    Str text = str_trim(object->definition);
    if (str_ends_with(text, STR(";"))) text = str_trim(str_from(text.data, text.size - 1));
    return text;
}

static Status list_create(weir_db *db, const AstQualifiedName *name, List *list, Error *err) {
    const Relation *relation = NULL;
    TRY(find_relation(db, name, &relation, err));
    list_add(list, 0, relation->name);
    bool is_object = relation->kind != RELATION_SYSTEM && relation->kind != RELATION_LATE;
    list_add(
        list, 1,
        is_object ? definition_text(object_of(relation)) : STR("made by LATE DATA TO, or by the system"));
    return STATUS_OK;
}

static Status fill_show(weir_db *db, const AstShow *show, List *list, Error *err) {
    const Relation *relation = NULL;
    switch (show->kind) {
        case AST_SHOW_SETTING: {
            Text value;
            text_init(&value, &db->memory);
            Status status = settings_get(db, &show->name, &value, err);
            if (status == STATUS_OK) list_add(list, 0, text_str(&value));
            text_deinit(&value);
            return status;
        }
        case AST_SHOW_ALL:
            for (uint32_t i = 0; i < settings_count(); i++) {
                Text value;
                text_init(&value, &db->memory);
                settings_read(db, i, &value);
                list_add(list, 0, str_from_c(settings_name(i)));
                list_add(list, 1, text_str(&value));
                list_add(list, 2, str_from_c(settings_summary(i)));
                text_deinit(&value);
            }
            return STATUS_OK;
        case AST_SHOW_OBJECTS:
            if (!word_is_known(show->name.str)) {
                (void)error_set_at(err, STATUS_UNDEFINED_OBJECT, show->name.span.start,
                                   "SHOW knows no \"%.*s\"", STR_ARGS(show->name.str));
                return error_add_hint(
                    err,
                    "SHOW TABLES, SOURCES, VIEWS, MATERIALIZED VIEWS, STREAMS, SINKS, FUNCTIONS or ALL.");
            }
            if (is_functions(show))
                list_functions(db, show, list);
            else
                list_objects(db, show, list);
            return STATUS_OK;
        case AST_SHOW_COLUMNS:
            TRY(find_relation(db, &show->object, &relation, err));
            list_columns(db, relation, list);
            return STATUS_OK;
        case AST_SHOW_CREATE: return list_create(db, &show->object, list, err);
    }
    return STATUS_OK;
}

static Status fill(weir_db *db, const AstStatement *ast, const Plan *explained, Str text, List *list,
                   Error *err) {
    const Relation *relation = NULL;
    if (ast->kind == AST_STATEMENT_SHOW) return fill_show(db, ast->show, list, err);
    if (ast->kind == AST_STATEMENT_EXPLAIN) {
        list_plan(db, ast->explain, explained, text, list);
        return STATUS_OK;
    }
    if (ast->describe->query != NULL) return list_query_columns(db, explained, list);
    TRY(find_relation(db, &ast->describe->object, &relation, err));
    list_columns(db, relation, list);
    return STATUS_OK;
}

static Status run(weir_db *db, const AstStatement *ast, const Plan *explained, Str text, Result *out,
                  Error *err) {
    const char *const *names = columns_of(ast);
    List list = {0};
    while (names[list.column_count] != NULL)
        TRY(array_builder_init(&list.builders[list.column_count++], &out->frame, type_of(TYPE_TEXT),
                               LIST_ROW_COUNT_MAX, err));
    TRY(fill(db, ast, explained, text, &list, err));
    Array *columns = FRAME_ARRAY(&out->frame, Array, list.column_count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < list.column_count; i++)
        TRY(array_builder_finish(&list.builders[i], &columns[i], err));
    out->list = (Batch){.row_count = list.row_count, .column_count = list.column_count, .columns = columns};
    return STATUS_OK;
}

Status show_run(weir_db *db, const AstStatement *ast, const Plan *explained, Str text, Result *out,
                Error *err) {
    *out = (Result){.kind = RESULT_LIST, .db = db};
    TRY(frame_init(&out->frame, db->pool, err));
    Status status = run(db, ast, explained, text, out, err);
    if (status != STATUS_OK) result_close(out);
    return status;
}
