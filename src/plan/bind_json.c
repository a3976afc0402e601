/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_json.c - ways to write a path into a JSON value, all calls of jsonb_extract_path:
 *
 *     j['a'][0]                    jsonb_extract_path(jsonb_extract_path(j, 'a'), '0')
 *     j #>  '{a, 0}'               jsonb_extract_path(j, 'a', '0')
 *     j #>> ARRAY['a', '0']        jsonb_extract_path_text(j, 'a', '0')
 *
 * A path is an array of texts, a type that is not there yet: so it must be written out where it is used. */
#include "plan/bind_priv.h"

typedef struct JsonPath {
    const Expr **arguments; /* [EXPR_ARGUMENT_COUNT_MAX]: the value, then the steps */
    uint32_t count;
} JsonPath;

static Status path_start(Bind *bind, const Expr *value, JsonPath *out, Error *err) {
    out->arguments = ARENA_ARRAY(bind->arena, const Expr *, EXPR_ARGUMENT_COUNT_MAX);
    TRY_ALLOC(out->arguments);
    out->arguments[0] = value;
    out->count = 1;
    return STATUS_OK;
}

static Status path_add(JsonPath *path, const Expr *step, int64_t position, Error *err) {
    TRY_ALLOC(step);
    if (path->count == EXPR_ARGUMENT_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, position, "a path has more than %d steps", EXPR_ARGUMENT_COUNT_MAX - 1);
    path->arguments[path->count++] = step;
    return STATUS_OK;
}

/* ---- '{a, "b c", 0}': an array of texts as PostgreSQL reads one ---- */

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(Str *left) {
    while (left->size > 0 && is_space(left->data[0])) *left = str_from(left->data + 1, left->size - 1);
}

static bool take(Str *left, char wanted) {
    skip_space(left);
    if (left->size == 0 || left->data[0] != wanted) return false;
    *left = str_from(left->data + 1, left->size - 1);
    return true;
}

/* The text of one element at `out`, which has room for all that is left; false: it is malformed. */
static bool take_element(Str *left, char *out, Str *element, bool *is_quoted) {
    size_t size = 0, kept = 0; /* `kept`: up to the last byte that is no space at the end of a bare word */
    *is_quoted = take(left, '"');
    const char *at = left->data, *end = at + left->size;
    for (; at < end && *at != '"' && (*is_quoted || (*at != ',' && *at != '{' && *at != '}')); at++) {
        bool is_escaped = *at == '\\';
        if (is_escaped && ++at == end) return false;
        out[size++] = *at;
        if (*is_quoted || is_escaped || !is_space(*at)) kept = size;
    }
    bool is_closed = *is_quoted && at < end;
    *left = str_from(at + is_closed, (size_t)(end - at) - is_closed);
    *element = str_from(out, kept);
    return *is_quoted ? is_closed : kept > 0;
}

static Status malformed(Str text, int64_t position, Error *err) {
    return error_set_at(err, STATUS_INVALID_TEXT, position, "malformed array literal: \"%.*s\"", STR_ARGS(text));
}

static Status add_literal(Bind *bind, const AstExpr *literal, JsonPath *path, Error *err) {
    Str left = literal->string;
    SqlSpan span = bind_span(bind, literal->span);
    int64_t position = bind_position(bind, literal->span.start);
    bool is_last = false;
    if (!take(&left, '{')) return malformed(literal->string, position, err);
    for (is_last = take(&left, '}'); !is_last;) {
        Str element;
        bool is_quoted;
        char *room = arena_alloc(bind->arena, left.size + 1);
        TRY_ALLOC(room);
        if (!take_element(&left, room, &element, &is_quoted)) return malformed(literal->string, position, err);
        bool is_null = !is_quoted && str_equal_ignore_case(element, STR("null"));
        TRY(path_add(path, is_null ? expr_null(bind->arena, type_of(TYPE_TEXT), span) : expr_text(bind->arena, type_of(TYPE_TEXT), element, span),
                     position, err));
        is_last = take(&left, '}');
        if (!is_last && !take(&left, ',')) return malformed(literal->string, position, err);
    }
    skip_space(&left);
    return left.size == 0 ? STATUS_OK : malformed(literal->string, position, err);
}

/* ---- operators ---- */

/* ARRAY['a', b]: texts, which other elements are not taken for. */
static Status add_array(Bind *bind, ExprContext *context, const AstExpr *array, JsonPath *path, Error *err) {
    for (uint32_t i = 0; i < array->list.count; i++) {
        const AstExpr *item = array->list.items[i];
        const Expr *step;
        TRY(bind_expr(bind, context, item, &step, err));
        if (step->type.id != TYPE_UNKNOWN && !type_is_text(step->type))
            return error_set_at(err, STATUS_DATATYPE_MISMATCH, bind_position(bind, item->span.start),
                                "the steps of a path are of type text, not of type %s", type_name(step->type.id));
        TRY(resolve_cast_or_fail(bind, step, type_of(TYPE_TEXT), CAST_IMPLICIT, (uint32_t)item->span.start, &step, err));
        TRY(path_add(path, step, bind_position(bind, item->span.start), err));
    }
    return STATUS_OK;
}

/* '{..}'::text[] says no more than '{..}'. */
static const AstExpr *without_cast(const AstExpr *expr) {
    if (expr->kind != AST_EXPR_CAST || expr->cast.type->kind != AST_TYPE_ARRAY) return expr;
    const AstTypeName *element = expr->cast.type->element;
    bool is_text = element->kind == AST_TYPE_NAMED && element->schema.str.size == 0 && str_equal(element->name.str, STR("text"));
    return is_text && expr->cast.type->dimensions <= 1 ? expr->cast.operand : expr;
}

bool bind_is_json_path(const AstExpr *expr) {
    if (!str_equal(expr->operation.op, STR("#>")) && !str_equal(expr->operation.op, STR("#>>"))) return false;
    AstExprKind kind = without_cast(expr->operation.right)->kind;
    return kind == AST_EXPR_STRING || kind == AST_EXPR_ARRAY;
}

Status bind_json_path(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    ASSERT(bind_is_json_path(expr));
    const AstExpr *right = without_cast(expr->operation.right);
    bool as_text = expr->operation.op.size == 3;
    SqlSpan span = bind_span(bind, expr->span);
    int64_t position = bind_position(bind, expr->position);
    const Expr *value;
    JsonPath path;
    TRY(bind_expr(bind, context, expr->operation.left, &value, err));
    if (value->type.id != TYPE_JSONB) {
        const Expr *written;
        TRY(bind_expr(bind, context, right, &written, err));
        return resolve_operator(bind, expr->operation.op, value, written, span, position, out, err);
    }
    TRY(path_start(bind, value, &path, err));
    if (right->kind == AST_EXPR_STRING)
        TRY(add_literal(bind, right, &path, err));
    else
        TRY(add_array(bind, context, right, &path, err));
    *out = value;
    if (path.count == 1 && !as_text) return STATUS_OK; /* no step leads nowhere else */
    Str name = !as_text ? STR("jsonb_extract_path") : path.count == 1 ? STR("jsonb as text") : STR("jsonb_extract_path_text");
    return resolve_call(bind, name, path.arguments, path.count, span, position, out, err);
}

/* ---- subscripts ---- */

Status bind_subscript(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    const AstExpr *index = expr->subscript.index;
    SqlSpan span = bind_span(bind, expr->span);
    const Expr *value, *step;
    JsonPath path;
    TRY(bind_expr(bind, context, expr->subscript.operand, &value, err));
    int64_t position = bind_position(bind, expr->subscript.operand->span.start);
    if (value->type.id != TYPE_JSONB)
        return error_set_at(err, STATUS_DATATYPE_MISMATCH, position, "cannot subscript type %s because it does not support subscripting",
                            type_name(value->type.id));
    if (expr->flag || index == NULL)
        return error_set_at(err, STATUS_DATATYPE_MISMATCH, bind_position(bind, expr->position), "jsonb subscript does not support slices");
    TRY(bind_expr(bind, context, index, &step, err));
    TypeId type = step->type.id;
    position = bind_position(bind, index->span.start);
    if (type != TYPE_UNKNOWN && !type_is_text(step->type) && type != TYPE_SMALLINT && type != TYPE_INTEGER) {
        (void)error_set_at(err, STATUS_DATATYPE_MISMATCH, position, "subscript type %s is not supported", type_name(type));
        return error_add_hint(err, "jsonb subscript must be coercible to either integer or text.");
    }
    TRY(resolve_cast_or_fail(bind, step, type_of(TYPE_TEXT), CAST_EXPLICIT, (uint32_t)index->span.start, &step, err));
    TRY(path_start(bind, value, &path, err));
    TRY(path_add(&path, step, position, err));
    return resolve_call(bind, STR("jsonb_extract_path"), path.arguments, path.count, span, position, out, err);
}
