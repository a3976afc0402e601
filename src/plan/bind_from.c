/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_from.c - FROM: relations, views inlined, names of WITH, subqueries; joins are looked at and put
 * off. */
#include "plan/bind_priv.h"
#include "plan/form.h"
#include "sql/parser.h"

#include <limits.h>

/* ---- relations
 * ------------------------------------------------------------------------------------------------ */

/* What a query bound in another text (a view) must not see of this one. */
typedef struct BindPlace {
    Str text;
    const Zone *zone, *literal_zone;
    const Relation *inlined;
    SqlSpan inlined_span;
    const CommonScope *common;
} BindPlace;

/* Into a view's text: names of WITH around the place where it is named mean nothing there, and spans are those of the outermost view. */
static BindPlace place_enter(Bind *bind, const Relation *relation, SqlSpan span) {
    ASSERT(relation->query != NULL);
    BindPlace place = {bind->text, bind->zone, bind->literal_zone, bind->inlined, bind->inlined_span, bind->common};
    if (bind->inlined == NULL) bind->inlined_span = span;
    bind->inlined = relation;
    bind->text = relation->query_text;
    bind->literal_zone = relation->zone;
    if (relation->kind == RELATION_STREAM) bind->zone = relation->zone; /* it has been made; a VIEW is its text */
    bind->common = NULL;
    return place;
}

static void place_leave(Bind *bind, const BindPlace *place) {
    bind->text = place->text;
    bind->zone = place->zone;
    bind->literal_zone = place->literal_zone;
    bind->inlined = place->inlined;
    bind->inlined_span = place->inlined_span;
    bind->common = place->common;
}

/* A view is bound anew wherever it is named: predicates go down into it, and columns that nobody reads are left out. */
static Status inline_view(Bind *bind, const Relation *relation, SqlSpan span, PlanNode **out, Error *err) {
    ASSERT(relation->kind == RELATION_VIEW || relation->kind == RELATION_STREAM); /* these have a query */
    TRY(bind_use_relation(bind, relation, err));
    BindPlace place = place_enter(bind, relation, span);
    Status status = bind_subquery(bind, relation->query, NULL, false, out, err);
    place_leave(bind, &place); /* also after a failure: its position is already that of the view's name */
    TRY(status);
    PlanNode *node = *out;
    if (node->column_count != relation->column_count) /* met while a view below is being replaced, which is then not done */
        return error_set_at(err, STATUS_NOT_SUPPORTED, span.start, "view \"%.*s\" would have other columns", STR_ARGS(relation->name));
    TRY(node_own_columns(bind, node, err));
    for (uint32_t i = 0; i < node->column_count; i++) {
        node->columns[i].name = relation->columns[i].name;
        node->columns[i].is_guessed = relation->columns[i].is_guessed;
    }
    return STATUS_OK;
}

static const AstCommonTable *find_common(const Bind *bind, Str name, const CommonScope **scope,
                                         uint32_t *index) {
    for (*scope = bind->common; *scope != NULL; *scope = (*scope)->outer)
        for (*index = (*scope)->visible; (*index)-- > 0;)
            if (str_equal((*scope)->with->tables.items[*index].name.str, name))
                return &(*scope)->with->tables.items[*index];
    return NULL;
}

/* t(a, b): the first columns; those without a new name keep theirs. */
static Status rename_some(Bind *bind, PlanNode *node, const AstNameList *names, Str table, Error *err) {
    if (names->count == 0) return STATUS_OK;
    if (names->count > node->column_count)
        return error_set_at(err, STATUS_INVALID_COLUMN_REFERENCE,
                            bind_position(bind, names->items[0].span.start),
                            "table \"%.*s\" has %u columns available but %u columns specified",
                            STR_ARGS(table), node->column_count, names->count);
    TRY(node_own_columns(bind, node, err));
    for (uint32_t i = 0; i < names->count; i++) {
        node->columns[i].name = names->items[i].str;
        node->columns[i].is_guessed = false;
    }
    return STATUS_OK;
}

/* Bound anew at each use: it sees the names before it. */
static Status inline_common(Bind *bind, const AstCommonTable *table, const CommonScope *scope, uint32_t index,
                            PlanNode **out, Error *err) {
    ASSERT(index < scope->visible); /* a table of WITH sees those before it, so that none reads itself */
    const CommonScope *before = bind->common;
    CommonScope earlier = {scope->outer, scope->with, index, scope->used};
    scope->used[index] = true;
    bind->common = &earlier;
    Status status = bind_subquery(bind, table->query, NULL, false, out, err);
    bind->common = before;
    TRY(status);
    return rename_some(bind, *out, &table->columns, table->name.str, err);
}

/* "trades.csv", also trades.csv without quotes. */
static bool is_file_name(Bind *bind, const AstQualifiedName *name, Str *written) {
    static const char *const ENDINGS[] = {"csv", "tsv", "json", "ndjson", "jsonl", "txt"};
    const AstName *last = ast_name_last(name);
    *written = bind_fragment(bind, (AstSpan){name->items[0].span.start, last->span.end});
    ptrdiff_t point = -1;
    for (size_t i = 0; i < last->str.size; i++)
        if (last->str.data[i] == '.') point = (ptrdiff_t)i;
    if (point < 0 && name->count == 1) return false;
    if (point >= 0) *written = last->str;
    Str ending = str_from(last->str.data + point + 1, last->str.size - (size_t)(point + 1));
    for (size_t i = 0; i < sizeof(ENDINGS) / sizeof(ENDINGS[0]); i++)
        if (str_equal_ignore_case(ending, str_from_c(ENDINGS[i]))) return true;
    return false;
}

/* FROM 'file.csv' of DuckDB: how it is said here. Without memory the hint is left out, not the error. */
static Status hint_file(Bind *bind, Str path, Error *err) {
    Str quoted = {0};
    char *bytes = arena_alloc(bind->arena, path.size + 2);
    if (bytes != NULL) {
        bytes[0] = bytes[path.size + 1] = '\'';
        if (path.size > 0) memcpy(bytes + 1, path.data, path.size);
        quoted = str_from(bytes, path.size + 2);
    }
    return parser_hint_file(quoted, err);
}

/* What other databases have, or C alone; NULL: not known. */
static const char *hint_foreign(const AstQualifiedName *name) {
    Str last = ast_name_last(name)->str, schema = ast_name_qualifier(name);
    bool is_catalog = str_equal(schema, STR("information_schema")) || str_equal(schema, STR("pg_catalog")) || str_starts_with(last, STR("pg_")) ||
                      str_starts_with(last, STR("sqlite_"));
    if (str_equal(last, STR("weir_stats"))) return "Figures of the database are weir_get_stats in C, and \\stats at the command's prompt.";
    return is_catalog ? "SHOW TABLES, SHOW SOURCES and SHOW VIEWS list what there is, DESCRIBE name its columns." : NULL;
}

/* With what may be meant: a catalog of another system, a file, a near name. */
static Status relation_missing(Bind *bind, const AstQualifiedName *name, SqlSpan span, Error *err) {
    const AstName *last = ast_name_last(name);
    if (name->count > 1)
        (void)error_set_at(err, STATUS_UNDEFINED_TABLE, span.start, "relation \"%.*s.%.*s\" does not exist",
                           STR_ARGS(name->items[name->count - 2].str), STR_ARGS(last->str));
    else
        (void)error_set_at(err, STATUS_UNDEFINED_TABLE, span.start, "relation \"%.*s\" does not exist",
                           STR_ARGS(last->str));
    Str near = catalog_suggest(bind->catalog, last->str), file;
    const char *foreign = hint_foreign(name);
    if (foreign != NULL) return error_add_hint(err, "%s", foreign);
    if (is_file_name(bind, name, &file)) return hint_file(bind, file, err);
    if (near.size > 0) (void)error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(near));
    return err->status;
}

Status bind_from_relation(Bind *bind, const AstQualifiedName *name, SqlSpan span, PlanNode **out,
                          Error *err) {
    ASSERT(name->count > 0);
    Str last = ast_name_last(name)->str;
    Str schema = ast_name_qualifier(name);
    if (name->count > 2)
        return error_set_at(err, STATUS_NOT_SUPPORTED, span.start,
                            "references to other databases are not supported");
    const CommonScope *scope;
    uint32_t index;
    const AstCommonTable *common = name->count == 1 ? find_common(bind, last, &scope, &index) : NULL;
    if (common != NULL) {
        TRY(inline_common(bind, common, scope, index, out, err));
    } else {
        const Relation *relation = catalog_find(bind->catalog, schema, last);
        if (relation == NULL) return relation_missing(bind, name, span, err);
        bool inlined =
            relation->kind == RELATION_VIEW || (relation->kind == RELATION_STREAM && !bind->continuous);
        TRY(inlined ? inline_view(bind, relation, span, out, err)
                    : node_scan(bind, relation, span, out, err));
    }
    TRY(node_own_columns(bind, *out, err));
    node_set_qualifier(*out, last);
    return STATUS_OK;
}

/* ---- items
 * ------------------------------------------------------------------------------------------------------ */

void from_set_node(FromResult *from, PlanNode *node) {
    from->node = node;
    from->scope.columns = node->columns;
    from->scope.column_count = node->column_count;
}

static void from_whole(FromResult *from, PlanNode *node) {
    from_set_node(from, node);
    from->scope.hiding_from = node->column_count;
    from->star_count = node->column_count;
    from->source_count = node->column_count;
    from->time_column = -1;
}

static Status bind_from_table(Bind *bind, const AstFromItem *item, FromResult *out, Error *err) {
    PlanNode *node;
    TRY(bind_from_relation(bind, &item->table.name, bind_span(bind, item->span), &node, err));
    if (item->table.system_time != NULL) bind_defer(bind, item->span.start, "FOR SYSTEM_TIME AS OF is");
    if (item->table.sample != NULL) bind_defer(bind, item->table.sample->span.start, "TABLESAMPLE is");
    from_whole(out, node);
    return STATUS_OK;
}

/* (SELECT ..): its columns are reached by its alias alone. */
static Status bind_from_query(Bind *bind, const AstFromItem *item, const Scope *outer, FromResult *out,
                              Error *err) {
    PlanNode *node;
    if (item->lateral) bind_defer(bind, item->span.start, "LATERAL is");
    TRY(bind_subquery(bind, item->query, outer, false, &node, err));
    TRY(node_own_columns(bind, node, err));
    node_set_qualifier(node, (Str){0});
    from_whole(out, node);
    return STATUS_OK;
}

/* Windows and generate_series; whatever else stands in FROM with parentheses gets the message that helps most. */
static Status bind_from_function(Bind *bind, const AstFromItem *item, const Scope *outer, FromResult *out,
                                 Error *err) {
    ASSERT(item->function->kind == AST_EXPR_CALL);
    const AstExpr *call = item->function;
    Str name = ast_name_last(&call->call->name)->str;
    TRY(bind_function_schema(bind, call, bind_is_window_function(name), err));
    if (bind_is_window_function(name)) {
        if (item->lateral) bind_defer(bind, item->span.start, "LATERAL is");
        if (item->with_ordinality) bind_defer(bind, call->span.start, "WITH ORDINALITY is");
        return bind_from_window(bind, item, outer, out, err);
    }
    if (str_equal(name, STR("generate_series"))) {
        PlanNode *node;
        if (item->lateral) bind_defer(bind, item->span.start, "LATERAL is");
        if (item->with_ordinality) bind_defer(bind, call->span.start, "WITH ORDINALITY is");
        TRY(bind_series(bind, item, &node, err));
        from_whole(out, node);
        return STATUS_OK;
    }
    if (str_equal(name, STR("unnest")) || function_find(name).count > 0)
        return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, call->position),
                            "functions other than windows and generate_series in FROM are not supported yet");
    bool later;
    TRY(resolve_later(name, bind_position(bind, call->position), &later, err));
    (void)error_set_at(err, STATUS_UNDEFINED_FUNCTION, bind_position(bind, call->position),
                       "function %.*s does not exist", STR_ARGS(name));
    if (str_starts_with(name, STR("read_csv")) || str_starts_with(name, STR("read_json")) || str_starts_with(name, STR("read_ndjson"))) {
        const AstExprList *given = &call->call->arguments;
        bool is_text = given->count > 0 && given->items[0]->kind == AST_EXPR_STRING;
        return parser_hint_file(is_text ? bind_fragment(bind, given->items[0]->span) : STR("'..'"), err);
    }
    Str best = {0};
    int distance = INT_MAX;
    for (uint32_t i = 0; i < form_count(); i++)
        if (form_at(i)->kind == FORM_WINDOW)
            str_suggest(name, str_from_c(form_at(i)->name), &best, &distance);
    return best.size == 0 ? err->status : error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(best));
}

static Status bind_item(Bind *bind, const AstFromItem *item, const Scope *outer, FromResult *out, Error *err);

/* What stands to the right of `left`: only LATERAL sees it. */
static Status bind_right(Bind *bind, const AstFromItem *item, const FromResult *left, const Scope *outer,
                         FromResult *out, Error *err) {
    Scope beside_it = left->scope;
    beside_it.outer = outer;
    return bind_item(bind, item, item->lateral ? &beside_it : outer, out, err);
}

/* Both sides beside each other: enough to look names up; the plan is given up in the end. */
static Status beside(Bind *bind, const FromResult *left, const FromResult *right, SqlSpan span,
                     FromResult *out, Error *err) {
    PlanNode *inputs[2] = {left->node, right->node}, *node;
    uint32_t count = left->scope.column_count;
    TRY(node_new(bind, PLAN_UNION, span, inputs, 2, count + right->scope.column_count, &node, err));
    if (count > 0) memcpy(node->columns, left->scope.columns, count * sizeof(PlanColumn));
    if (right->scope.column_count > 0)
        memcpy(node->columns + count, right->scope.columns, right->scope.column_count * sizeof(PlanColumn));
    from_whole(out, node);
    return STATUS_OK;
}

/* One name for one table of FROM. */
static Status check_alias(Bind *bind, const FromResult *left, const FromResult *right,
                          const AstFromItem *item, Error *err) {
    if (left->scope.column_count == 0 || right->scope.column_count == 0) return STATUS_OK;
    Str name = right->scope.columns[0].qualifier;
    for (uint32_t i = 0; i < left->scope.column_count && name.size > 0; i++)
        if (str_equal(left->scope.columns[i].qualifier, name))
            return error_set_at(err, STATUS_DUPLICATE_ALIAS, bind_position(bind, item->span.start),
                                "table name \"%.*s\" specified more than once", STR_ARGS(name));
    return STATUS_OK;
}

/* Not supported yet; both sides and the conditions are bound for what is wrong with them. */
static Status bind_from_join(Bind *bind, const AstFromItem *item, const Scope *outer, FromResult *out,
                             Error *err) {
    const AstJoin *join = item->join;
    ASSERT(join->left != NULL && join->right != NULL);
    FromResult left = {0}, right = {0};
    TRY(bind_item(bind, join->left, outer, &left, err));
    TRY(bind_right(bind, join->right, &left, outer, &right, err));
    TRY(check_alias(bind, &left, &right, join->right, err));
    TRY(beside(bind, &left, &right, bind_span(bind, item->span), out, err));
    bind_defer(bind, item->span.start, "joins are");
    const AstExpr *conditions[2] = {join->on, join->match_condition};
    for (int i = 0; i < 2; i++) {
        ExprContext context = {.scope = &out->scope, .clause = "JOIN/ON"};
        const Expr *bound;
        if (conditions[i] != NULL) TRY(bind_expr(bind, &context, conditions[i], &bound, err));
    }
    return STATUS_OK;
}

static Status bind_match(Bind *bind, const AstFromItem *item, const Scope *outer, FromResult *out,
                         Error *err) {
    TRY(bind_item(bind, item->match->input, outer, out, err));
    return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, item->span.start),
                        "MATCH_RECOGNIZE is not supported yet");
}

/* [AS] alias [(columns)], over whatever the item was. */
static Status bind_alias(Bind *bind, const AstFromItem *item, FromResult *from, Error *err) {
    if (item->column_defs.count > 0)
        return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, item->span.start),
                            "column definitions after a function are not supported yet");
    if (item->alias.str.size == 0) return STATUS_OK;
    node_set_qualifier(from->node, item->alias.str);
    TRY(rename_some(bind, from->node, &item->columns, item->alias.str, err));
    if (from->session != NULL) { /* the scope is wider than the node */
        PlanColumn *columns = (PlanColumn *)(uintptr_t)from->scope.columns;
        ASSERT(from->scope.column_count == from->node->column_count + 2); /* from_session made room for both ends */
        memcpy(columns, from->node->columns, from->node->column_count * sizeof(PlanColumn));
        for (uint32_t i = 0; i < from->scope.column_count; i++) columns[i].qualifier = item->alias.str;
        return STATUS_OK;
    }
    ASSERT(from->scope.column_count == from->node->column_count);
    from->scope.columns = from->node->columns;
    return STATUS_OK;
}

static Status bind_item(Bind *bind, const AstFromItem *item, const Scope *outer, FromResult *out,
                        Error *err) {
    switch (item->kind) {
        case AST_FROM_TABLE: TRY(bind_from_table(bind, item, out, err)); break;
        case AST_FROM_QUERY: TRY(bind_from_query(bind, item, outer, out, err)); break;
        case AST_FROM_FUNCTION: TRY(bind_from_function(bind, item, outer, out, err)); break;
        case AST_FROM_JOIN: TRY(bind_from_join(bind, item, outer, out, err)); break;
        case AST_FROM_MATCH: TRY(bind_match(bind, item, outer, out, err)); break;
    }
    return bind_alias(bind, item, out, err);
}

Status bind_from(Bind *bind, const AstSelect *select, const Scope *outer, FromResult *out, Error *err) {
    *out = (FromResult){.time_column = -1};
    if (select->from.count == 0) {
        PlanNode *node;
        TRY(node_one_row(bind, bind_span(bind, select->from_span), &node, err));
        from_whole(out, node);
    }
    for (uint32_t i = 0; i < select->from.count; i++) {
        FromResult item = {.time_column = -1}, left = *out;
        TRY(bind_right(bind, select->from.items[i], &left, outer, &item, err));
        *out = item;
        if (i == 0) continue;
        TRY(check_alias(bind, &left, &item, select->from.items[i], err));
        TRY(beside(bind, &left, &item, bind_span(bind, select->from_span), out, err));
        bind_defer(bind, select->from.items[i]->span.start, "joins are");
    }
    ASSERT(out->star_count <= out->scope.column_count);
    ASSERT(out->source_count <= out->star_count); /* the window's columns come behind those of its table */
    ASSERT(out->time_column < (int32_t)out->source_count);
    out->scope.outer = outer;
    return STATUS_OK;
}
