/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_name.c - the name of a column that has no AS, as PostgreSQL chooses it. */
#include "plan/bind_priv.h"

/* PostgreSQL's own names, which a cast gives its column. */
static Str type_column_name(const AstTypeName *type) {
    static const struct {
        const char *written;
        const char *name;
    } INTERNAL[] = {{"int", "int4"},        {"integer", "int4"}, {"bigint", "int8"},
                    {"smallint", "int2"},   {"real", "float4"},  {"double precision", "float8"},
                    {"double", "float8"},   {"float", "float8"}, {"boolean", "bool"},
                    {"decimal", "numeric"}, {"dec", "numeric"},  {"string", "text"}};
    if (type->kind != AST_TYPE_NAMED) return STR("array");
    bool is_real = str_equal(type->name.str, STR("float")) && type->modifier_count > 0 && type->modifiers[0] <= BIND_FLOAT_DIGITS_REAL_MAX;
    if (is_real) return STR("float4");
    for (size_t i = 0; i < sizeof(INTERNAL) / sizeof(INTERNAL[0]); i++)
        if (str_equal(type->name.str, str_from_c(INTERNAL[i].written))) return str_from_c(INTERNAL[i].name);
    return type->name.str;
}

static Str query_column_name(const AstQuery *query) {
    if (query->kind != AST_QUERY_SELECT || query->select->items.count != 1) return (Str){0};
    const AstSelectItem *item = &query->select->items.items[0];
    return item->alias.str.size > 0 ? item->alias.str : bind_output_name(item->expr);
}

/* Empty when the expression suggests none; *weak when a cast around it may name it instead. */
static Str suggested_name(const AstExpr *expr, bool *weak) {
    *weak = false;
    switch (expr->kind) {
        case AST_EXPR_COLUMN: return ast_name_last(&expr->column)->str;
        case AST_EXPR_CALL: return ast_name_last(&expr->call->name)->str;
        case AST_EXPR_AT_TIME_ZONE: return STR("timezone");
        case AST_EXPR_EXISTS: return STR("exists");
        case AST_EXPR_ARRAY_QUERY:
        case AST_EXPR_ARRAY: return STR("array");
        case AST_EXPR_ROW: return STR("row");
        case AST_EXPR_FIELD: return expr->field.name.str;
        case AST_EXPR_SUBQUERY: return query_column_name(expr->query);
        case AST_EXPR_COLLATE: return suggested_name(expr->collate.operand, weak);
        case AST_EXPR_SUBSCRIPT: return suggested_name(expr->subscript.operand, weak);
        case AST_EXPR_TYPED_LITERAL: *weak = true; return type_column_name(expr->typed.type);
        default: break;
    }
    if (expr->kind == AST_EXPR_CAST) {
        Str name = suggested_name(expr->cast.operand, weak);
        if (name.size > 0 && !*weak) return name;
        *weak = true;
        return type_column_name(expr->cast.type);
    }
    if (expr->kind == AST_EXPR_CASE) {
        Str name = expr->case_.otherwise == NULL ? (Str){0} : suggested_name(expr->case_.otherwise, weak);
        if (name.size > 0 && !*weak) return name;
        *weak = true;
        return STR("case");
    }
    return (Str){0};
}

Str bind_output_name(const AstExpr *expr) {
    bool weak;
    Str name = suggested_name(expr, &weak);
    return name.size > 0 ? name : STR("?column?");
}
