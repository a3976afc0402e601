/* SPDX-License-Identifier: Apache-2.0
 * db/change.c - trees of INSERT, UPDATE, DELETE and TRUNCATE to plans of the rows they change.
 *
 * UPDATE and DELETE are queries over their table; so is RETURNING, over the rows that the statement changes, and SET of ON CONFLICT, over
 * pairs of them: such rows are a relation of the statement's own (DmlRows), which only its binder's catalog knows. */
#include "db/change.h"

#include "db/define.h"
#include "db/delivery.h"
#include "db/turn.h"

/* ---- RETURNING ----------------------------------------------------------------------------------------- */

/* The catalog and one relation more. */
static Status catalog_with(const Binder *binder, const Relation *relation, Catalog *out, Error *err) {
    *out = *binder->catalog;
    size_t count = out->relations.count;
    Relation **relations = ARENA_ARRAY(binder->arena, Relation *, count + 1);
    TRY_ALLOC(relations);
    for (size_t i = 0; i < count; i++) relations[i] = out->relations.items[i];
    relations[count] = (Relation *)(uintptr_t)relation;
    out->relations.items = relations;
    out->relations.count = out->relations.capacity = count + 1;
    return STATUS_OK;
}

/* RETURNING is no place for aggregates: over its rows stand projections, and the values of subqueries. */
static Status check_returning(const Plan *plan, const AstSelectList *list, Error *err) {
    const PlanNode *node = plan->root;
    ASSERT(list->count > 0);
    while (node->kind == PLAN_PROJECT || node->kind == PLAN_SCALAR || node->kind == PLAN_FILTER) node = node->inputs[0];
    if (node->kind == PLAN_SCAN || node->kind == PLAN_VALUES) return STATUS_OK;
    return error_set_at(err, STATUS_GROUPING, list->items[0].span.start, "aggregate functions are not allowed in RETURNING");
}

static Status bind_returning(Binder *binder, const Object *object, const AstSelectList *list, const AstName *alias,
                             const AstQualifiedName *table, DmlChange *change, Error *err) {
    const Relation *relation = &object->relation;
    if (list->count == 0) return STATUS_OK;
    TRY(dml_rows_make(binder->arena, relation->columns, relation->column_count, &change->returned, err));
    Catalog catalog;
    TRY(catalog_with(binder, &change->returned->relation, &catalog, err));
    AstName name = {.str = change->returned->relation.name, .span = list->items[0].span};
    AstQualifiedName qualified = {.items = &name, .count = 1};
    AstQuery *query = NULL;
    Plan *plan = NULL;
    TRY(define_select_all(binder->arena, &qualified, NULL, &query, err));
    query->select->items = *list;
    query->select->from.items[0]->alias = alias->str.size > 0 ? *alias : *ast_name_last(table);
    Binder own = *binder;
    own.catalog = &catalog;
    TRY(bind_query(&own, query, BIND_SNAPSHOT, &plan, err));
    TRY(check_returning(plan, list, err));
    change->returning = plan;
    return STATUS_OK;
}

/* ---- SET ----------------------------------------------------------------------------------------------- */

static Status column_reference(Arena *arena, Str name, AstSpan span, AstExpr **out, Error *err) {
    AstExpr *expr = ARENA_NEW(arena, AstExpr);
    AstName *part = ARENA_NEW(arena, AstName);
    TRY_ALLOC(expr);
    TRY_ALLOC(part);
    *part = (AstName){.str = name, .span = span};
    *expr = (AstExpr){.kind = AST_EXPR_COLUMN, .span = span, .position = span.start};
    expr->column.items = part;
    expr->column.count = 1;
    *out = expr;
    return STATUS_OK;
}

/* The new value of a column: what SET says, else the column itself. */
static Status updated_value(Arena *arena, const AstUpdate *update, AstSpan span, const PlanColumn *column, AstExpr **out,
                            Error *err) {
    for (uint32_t i = 0; i < update->assignments.count; i++) {
        const AstAssignment *assignment = &update->assignments.items[i];
        if (!str_equal(assignment->columns.items[0].str, column->name)) continue;
        *out = assignment->value;
        if (assignment->value->kind != AST_EXPR_DEFAULT) return STATUS_OK;
        AstExpr *null = arena_copy(arena, assignment->value, sizeof(AstExpr)); /* bind_update puts the DEFAULT in its place */
        TRY_ALLOC(null);
        null->kind = AST_EXPR_NULL;
        *out = null;
        return STATUS_OK;
    }
    return column_reference(arena, column->name, span, out, err);
}

/* The values of (a, b) = (x, y). */
static Status row_values(const AstAssignment *assignment, AstExpr *const **out, Error *err) {
    const AstExpr *value = assignment->value;
    if (value->kind == AST_EXPR_SUBQUERY)
        return error_set_at(err, STATUS_NOT_SUPPORTED, value->span.start,
                            "SET of several columns to a subquery is not supported yet");
    if (value->kind != AST_EXPR_ROW)
        return error_set_at(
            err, STATUS_NOT_SUPPORTED, value->span.start,
            "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression");
    if (value->list.count != assignment->columns.count)
        return error_set_at(err, STATUS_SYNTAX, value->span.start,
                            "number of columns does not match number of values");
    *out = value->list.items;
    return STATUS_OK;
}

/* SET with one assignment for each column: (a, b) = (x, y) is a = x, b = y. */
static Status spread_assignments(Arena *arena, const AstAssignmentList *written, AstAssignmentList *out, Error *err) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < written->count; i++)
        count += written->items[i].columns.count;
    *out = (AstAssignmentList){.items = ARENA_ARRAY(arena, AstAssignment, count)};
    TRY_ALLOC(out->items);
    for (uint32_t i = 0; i < written->count; i++) {
        const AstAssignment *assignment = &written->items[i];
        AstExpr *const *values = &assignment->value;
        if (assignment->is_multiple) TRY(row_values(assignment, &values, err));
        for (uint32_t k = 0; k < assignment->columns.count; k++) {
            AstAssignment *single = &out->items[out->count++];
            *single = (AstAssignment){.value = values[k], .span = assignment->span};
            single->columns.items = &assignment->columns.items[k];
            single->columns.count = 1;
        }
    }
    ASSERT(out->count == count);
    return STATUS_OK;
}

static Status check_assignments(const AstAssignmentList *set, const Relation *relation, Error *err) {
    for (uint32_t i = 0; i < set->count; i++) {
        const AstAssignment *assignment = &set->items[i];
        const AstName *name = &assignment->columns.items[0];
        bool known = false;
        for (uint32_t k = 0; k < relation->column_count; k++)
            known |= str_equal(relation->columns[k].name, name->str);
        if (!known)
            return error_set_at(err, STATUS_UNDEFINED_COLUMN, name->span.start,
                                "column \"%.*s\" of relation \"%.*s\" does not exist", STR_ARGS(name->str),
                                STR_ARGS(relation->name));
        for (uint32_t k = 0; k < i; k++)
            if (str_equal(set->items[k].columns.items[0].str, name->str))
                return error_set_at(err, STATUS_SYNTAX, name->span.start,
                                    "multiple assignments to same column \"%.*s\"", STR_ARGS(name->str));
    }
    return STATUS_OK;
}

/* ---- INSERT -------------------------------------------------------------------------------------------- */

static bool is_key_column(const Relation *relation, Str name) {
    for (uint32_t i = 0; i < relation->key_count; i++)
        if (str_equal(relation->columns[relation->key[i]].name, name)) return true;
    return false;
}

/* ON CONFLICT (columns): they must be those of the key. */
static Status check_conflict_columns(const AstInsert *insert, const Relation *relation, Error *err) {
    bool all = true;
    for (uint32_t i = 0; i < insert->conflict_columns.count; i++) {
        const AstName *name = &insert->conflict_columns.items[i];
        bool known = false;
        for (uint32_t k = 0; k < relation->column_count; k++) known |= str_equal(relation->columns[k].name, name->str);
        if (!known)
            return error_set_at(err, STATUS_UNDEFINED_COLUMN, name->span.start, "column \"%.*s\" does not exist", STR_ARGS(name->str));
        all &= is_key_column(relation, name->str);
    }
    for (uint32_t k = 0; k < relation->key_count; k++) {
        bool named = false;
        for (uint32_t i = 0; i < insert->conflict_columns.count; i++)
            named |= str_equal(insert->conflict_columns.items[i].str, relation->columns[relation->key[k]].name);
        all &= named;
    }
    if (all && relation->key_count > 0) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_COLUMN_REFERENCE, insert->conflict_span.start,
                        "there is no unique or exclusion constraint matching the ON CONFLICT specification");
}

static Status check_conflict_constraint(const AstInsert *insert, const Relation *relation, Error *err) {
    const AstName *given = &insert->conflict_constraint;
    char room[256];
    size_t size = text_format(room, sizeof(room), "%.*s_pkey", STR_ARGS(relation->name));
    Str name = relation->key_name.size > 0 ? relation->key_name : str_from(room, size);
    if (relation->key_count > 0 && str_equal(name, given->str)) return STATUS_OK;
    return error_set_at(err, STATUS_UNDEFINED_OBJECT, given->span.start, "constraint \"%.*s\" for table \"%.*s\" does not exist",
                        STR_ARGS(given->str), STR_ARGS(relation->name));
}

static Status check_conflict(const AstInsert *insert, const Relation *relation, Error *err) {
    bool is_update = insert->on_conflict == AST_CONFLICT_UPDATE;
    if (relation->kind == RELATION_SOURCE) {
        (void)error_set_at(err, STATUS_WRONG_OBJECT_TYPE, insert->conflict_span.start, "ON CONFLICT is for tables, and \"%.*s\" is a source",
                           STR_ARGS(relation->name));
        return error_add_hint(err, relation->key_count > 0 ? "A row of a source with a key replaces the one of its key."
                                                           : "A source without a key keeps no rows to conflict with.");
    }
    if (is_update && relation->append_only) {
        (void)error_set_at(err, STATUS_WRONG_OBJECT_TYPE, insert->conflict_span.start,
                           "cannot take away or change rows of append-only table \"%.*s\"", STR_ARGS(relation->name));
        return error_add_hint(err, "Write ON CONFLICT DO NOTHING.");
    }
    if (insert->conflict_constraint.str.size > 0) return check_conflict_constraint(insert, relation, err);
    if (insert->conflict_columns.count > 0) return check_conflict_columns(insert, relation, err);
    if (!is_update) return STATUS_OK;
    (void)error_set_at(err, STATUS_SYNTAX, insert->conflict_span.start,
                       "ON CONFLICT DO UPDATE requires inference specification or constraint name");
    return error_add_hint(err, "For example, ON CONFLICT (column_name).");
}

/* The row that is there beside the one that was to be inserted, and a number without a name: no text can mean it. */
static Status make_pairs(Arena *arena, const Relation *relation, DmlRows **out, Error *err) {
    uint32_t count = relation->column_count;
    PlanColumn *columns = ARENA_ARRAY(arena, PlanColumn, 2 * (size_t)count + 1);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < 2 * count; i++) columns[i] = relation->columns[i % count];
    columns[2 * count] = (PlanColumn){.type = type_of(TYPE_BIGINT), .not_null = true};
    return dml_rows_make(arena, columns, 2 * count + 1, out, err);
}

static Status bind_on_conflict(Binder *binder, const AstInsert *insert, const Relation *relation, DmlChange *change, Error *err) {
    if (insert->on_conflict == AST_CONFLICT_ERROR) return STATUS_OK;
    TRY(check_conflict(insert, relation, err));
    change->on_conflict = relation->key_count > 0 ? insert->on_conflict : AST_CONFLICT_ERROR;
    if (insert->on_conflict != AST_CONFLICT_UPDATE) return STATUS_OK;
    AstAssignmentList set;
    Plan *plan = NULL;
    TRY(spread_assignments(binder->arena, &insert->conflict_set, &set, err));
    TRY(check_assignments(&set, relation, err));
    TRY(make_pairs(binder->arena, relation, &change->pairs, err));
    TRY(bind_conflict(binder, insert, &set, relation, &change->pairs->relation, &plan, err));
    change->conflict = plan;
    return STATUS_OK;
}

static Status bind_insert_rows(weir_db *db, Binder *binder, const AstInsert *insert, DmlChange *change, Error *err) {
    Object *object = NULL;
    Plan *plan = NULL;
    TRY(dml_target(db, &insert->table, false, &object, err));
    TRY(bind_insert(binder, insert, &object->relation, &plan, err));
    change->rows = plan;
    TRY(bind_on_conflict(binder, insert, &object->relation, change, err));
    return bind_returning(binder, object, &insert->returning, &insert->alias, &insert->table, change, err);
}

/* ---- UPDATE, DELETE, TRUNCATE -------------------------------------------------------------------------- */

/* What UPDATE and DELETE have in PostgreSQL and not here. */
static Status refuse_extras(const AstWith *with, const AstFromItem *const *from, uint32_t from_count, const char *from_word, Error *err) {
    if (with != NULL)
        return error_set_at(err, STATUS_NOT_SUPPORTED, with->span.start,
                            "WITH before UPDATE and DELETE is not supported yet");
    if (from_count == 0) return STATUS_OK;
    return error_set_at(err, STATUS_NOT_SUPPORTED, from[0]->span.start, "%s in this statement is not supported yet", from_word);
}

static Status bind_delete_rows(weir_db *db, Binder *binder, const AstDelete *delete_, DmlChange *change, Error *err) {
    Object *object = NULL;
    Plan *plan = NULL;
    AstQuery *query = NULL;
    TRY(dml_target(db, &delete_->table, true, &object, err));
    TRY(refuse_extras(delete_->with, (const AstFromItem *const *)delete_->using_items.items,
                      delete_->using_items.count, "USING", err));
    TRY(define_select_all(binder->arena, &delete_->table, delete_->where, &query, err));
    query->select->from.items[0]->alias = delete_->alias;
    TRY(bind_query(binder, query, BIND_SNAPSHOT, &plan, err));
    change->rows = plan;
    return bind_returning(binder, object, &delete_->returning, &delete_->alias, &delete_->table, change, err);
}

/* SET column = DEFAULT, of the columns as they are to be: the second half. */
static Status find_defaults(Arena *arena, const AstUpdate *update, const Relation *relation, bool **is_default, Relation *wide, Error *err) {
    uint32_t count = relation->column_count;
    ColumnDefault *defaults = ARENA_ARRAY(arena, ColumnDefault, 2 * (size_t)count);
    *is_default = ARENA_ARRAY(arena, bool, 2 * (size_t)count);
    TRY_ALLOC(defaults);
    TRY_ALLOC(*is_default);
    if (relation->defaults != NULL) memcpy(defaults + count, relation->defaults, count * sizeof(*defaults));
    wide->defaults = defaults;
    for (uint32_t i = 0; i < update->assignments.count; i++) {
        const AstAssignment *assignment = &update->assignments.items[i];
        for (uint32_t k = 0; k < count && assignment->value->kind == AST_EXPR_DEFAULT; k++)
            (*is_default)[count + k] |= str_equal(relation->columns[k].name, assignment->columns.items[0].str);
    }
    return STATUS_OK;
}

/* The select list: every column as it is, then every column as it will be. `wide`: a relation of those
 * columns, whose types rule. */
static Status widen(Arena *arena, const AstUpdate *update, AstSpan span, const Relation *relation, AstSelect *select,
                    Relation *wide, Error *err) {
    uint32_t count = relation->column_count;
    AstSelectItem *items = ARENA_ARRAY(arena, AstSelectItem, 2 * count);
    PlanColumn *columns = ARENA_ARRAY(arena, PlanColumn, 2 * count);
    TRY_ALLOC(items);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < 2 * count; i++) {
        const PlanColumn *column = &relation->columns[i % count];
        AstExpr *value = NULL;
        if (i < count)
            TRY(column_reference(arena, column->name, span, &value, err));
        else
            TRY(updated_value(arena, update, span, column, &value, err));
        items[i] = (AstSelectItem){.expr = value, .span = value->span};
        columns[i] = *column;
        columns[i].not_null = false; /* told by dml_update, with the row's epoch */
    }
    select->items.items = items;
    select->items.count = 2 * count;
    *wide = (Relation){.kind = RELATION_TABLE,
                       .name = relation->name,
                       .columns = columns,
                       .column_count = 2 * count,
                       .time_column = -1};
    return STATUS_OK;
}

static Status bind_update_rows(weir_db *db, Binder *binder, const AstUpdate *written, AstSpan span, DmlChange *change, Error *err) {
    AstUpdate single = *written;
    const AstUpdate *update = &single;
    Object *object = NULL;
    AstQuery *query = NULL;
    Relation wide;
    bool *is_default;
    Plan *plan = NULL;
    TRY(dml_target(db, &update->table, true, &object, err));
    TRY(refuse_extras(update->with, (const AstFromItem *const *)update->from.items, update->from.count, "FROM", err));
    TRY(spread_assignments(binder->arena, &written->assignments, &single.assignments, err));
    TRY(check_assignments(&single.assignments, &object->relation, err));
    TRY(define_select_all(binder->arena, &update->table, update->where, &query, err));
    query->select->from.items[0]->alias = update->alias;
    TRY(widen(binder->arena, update, span, &object->relation, query->select, &wide, err));
    AstInsert insert = {.table = update->table, .query = query};
    TRY(find_defaults(binder->arena, update, &object->relation, &is_default, &wide, err));
    TRY(bind_update(binder, &insert, &wide, is_default, &plan, err));
    change->rows = plan;
    return bind_returning(binder, object, &update->returning, &update->alias, &update->table, change, err);
}

static Status bind_truncate(weir_db *db, Binder *binder, const AstTruncate *truncate, DmlChange *change, Error *err) {
    Object *object = NULL;
    AstQuery *query = NULL;
    Plan *plan = NULL;
    if (truncate->names.count != 1)
        return error_set_at(err, STATUS_NOT_SUPPORTED, truncate->names.items[1].items[0].span.start,
                            "TRUNCATE of several tables is not supported yet");
    if (truncate->restart_identity.end > 0) {
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, truncate->restart_identity.start,
                           "RESTART IDENTITY is not supported yet");
        return error_add_hint(err, "No column is an identity yet: leave the words out.");
    }
    if (truncate->cascade.end > 0) {
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, truncate->cascade.start,
                           "TRUNCATE .. CASCADE is not supported yet");
        return error_add_hint(err,
                              "No table refers to another: leave the word out. Views follow by themselves.");
    }
    TRY(dml_target(db, &truncate->names.items[0], true, &object, err));
    TRY(define_select_all(binder->arena, &truncate->names.items[0], NULL, &query, err));
    TRY(bind_query(binder, query, BIND_SNAPSHOT, &plan, err));
    change->rows = plan;
    return STATUS_OK;
}

/* ---- the whole ----------------------------------------------------------------------------------------- */

static Status bind_change(weir_db *db, Binder *binder, const AstStatement *ast, DmlChange *change, Error *err) {
    switch (ast->kind) {
        case AST_STATEMENT_INSERT: return bind_insert_rows(db, binder, ast->insert, change, err);
        case AST_STATEMENT_UPDATE: return bind_update_rows(db, binder, ast->update, ast->span, change, err);
        case AST_STATEMENT_DELETE: return bind_delete_rows(db, binder, ast->delete_, change, err);
        default: return bind_truncate(db, binder, ast->truncate, change, err);
    }
}

Status change_bind(weir_db *db, Binder *binder, const AstStatement *ast, DmlChange **out, Error *err) {
    DmlChange *change = ARENA_NEW(binder->arena, DmlChange);
    TRY_ALLOC(change);
    change->position = ast->span.start;
    TRY(bind_change(db, binder, ast, change, err));
    ASSERT(change->rows != NULL);
    ASSERT((change->returning == NULL) == (change->returned == NULL));
    *out = change;
    return STATUS_OK;
}

static const AstQualifiedName *changed_name(const AstStatement *ast) {
    switch (ast->kind) {
        case AST_STATEMENT_INSERT: return &ast->insert->table;
        case AST_STATEMENT_UPDATE: return &ast->update->table;
        case AST_STATEMENT_TRUNCATE: return &ast->truncate->names.items[0];
        default: return &ast->delete_->table;
    }
}

/* A full queue refuses the epoch before anything is changed. */
Status change_run(weir_db *db, const AstStatement *ast, DmlChange *change, ParameterValues *values, Result *out, Error *err) {
    Object *object = NULL;
    bool is_insert = ast->kind == AST_STATEMENT_INSERT;
    TRY(delivery_check_room(db, err));
    TRY(turn_wait_for_sources(db, change->rows, err));
    TRY(dml_target(db, changed_name(ast), !is_insert, &object, err));
    change->values = values;
    if (is_insert) return dml_insert(db, object, change, out, err);
    if (ast->kind == AST_STATEMENT_UPDATE) return dml_update(db, object, change, out, err);
    return dml_delete(db, object, change, out, err);
}
