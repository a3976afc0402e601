/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_row.c - comparisons of rows, as comparisons of what is in them.
 *
 *     (a, b) =  (c, d)        a = c AND b = d
 *     (a, b) <> (c, d)        a <> c OR b <> d
 *     (a, b) <  (c, d)        a < c OR (a = c AND b < d)
 *     (a, b) IN ((c, d), ..)  (a, b) = (c, d) OR ..
 *     (a, b) IS NULL          a IS NULL AND b IS NULL;  IS NOT NULL: a IS NOT NULL AND b IS NOT NULL
 *
 * With NULLs too this is what PostgreSQL says of rows. A row as a value of its own is not there yet. */
#include "plan/bind_priv.h"

enum { ROW_ENTRY_COUNT_MAX = EXPR_DEPTH_MAX / 4 }; /* a chain of < is two deep per entry */

typedef struct RowItems {
    const Expr **items;
    uint32_t count;
} RowItems;

/* The entries of a row that is written out. */
static Status bind_items(Bind *bind, ExprContext *context, const AstExpr *expr, RowItems *out, Error *err) {
    ASSERT(expr->kind == AST_EXPR_ROW);
    *out = (RowItems){.count = expr->list.count};
    if (out->count > ROW_ENTRY_COUNT_MAX)
        return error_set_at(err, STATUS_LIMIT, bind_position(bind, expr->span.start), "more than %d entries in a row",
                            ROW_ENTRY_COUNT_MAX);
    TRY_ALLOC(out->items = ARENA_ARRAY(bind->arena, const Expr *, (size_t)out->count + 1));
    for (uint32_t i = 0; i < out->count; i++) TRY(bind_expr(bind, context, expr->list.items[i], &out->items[i], err));
    return STATUS_OK;
}

static Status check_counts(const RowItems *left, const RowItems *right, int64_t position, Error *err) {
    if (left->count != right->count)
        return error_set_at(err, STATUS_SYNTAX, position, "unequal number of entries in row expressions");
    if (left->count == 0) return error_set_at(err, STATUS_NOT_SUPPORTED, position, "cannot compare rows of zero length");
    return STATUS_OK;
}

/* AND or OR of the parts; of one part that part. */
static Status join_parts(Bind *bind, ExprKind kind, const Expr **parts, uint32_t count, SqlSpan span, const Expr **out,
                         Error *err) {
    ASSERT(count > 0);
    *out = parts[0];
    if (count == 1) return STATUS_OK;
    *out = expr_form(bind->arena, kind, type_of(TYPE_BOOLEAN), parts, count, span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* `op` of each pair, joined by AND or OR. */
static Status compare_each(Bind *bind, Str op, ExprKind kind, const RowItems *left, const RowItems *right, SqlSpan span,
                           int64_t position, const Expr **out, Error *err) {
    const Expr **parts = ARENA_ARRAY(bind->arena, const Expr *, left->count);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < left->count; i++)
        TRY(resolve_operator(bind, op, left->items[i], right->items[i], span, position, &parts[i], err));
    return join_parts(bind, kind, parts, left->count, span, out, err);
}

/* The first pair that differs decides; made from the last pair on. */
static Status compare_order(Bind *bind, Str op, const RowItems *left, const RowItems *right, SqlSpan span, int64_t position,
                            const Expr **out, Error *err) {
    Str strict = str_from(op.data, 1); /* of <= too */
    uint32_t last = left->count - 1;
    TRY(resolve_operator(bind, op, left->items[last], right->items[last], span, position, out, err));
    for (uint32_t i = last; i-- > 0;) {
        const Expr *both[2], *either[2];
        TRY(resolve_operator(bind, strict, left->items[i], right->items[i], span, position, &either[0], err));
        TRY(resolve_operator(bind, STR("="), left->items[i], right->items[i], span, position, &both[0], err));
        both[1] = *out;
        TRY(join_parts(bind, EXPR_AND, both, 2, span, &either[1], err));
        TRY(join_parts(bind, EXPR_OR, either, 2, span, out, err));
    }
    return STATUS_OK;
}

static Status compare_items(Bind *bind, Str op, const RowItems *left, const RowItems *right, SqlSpan span, int64_t position,
                            const Expr **out, Error *err) {
    TRY(check_counts(left, right, position, err));
    if (str_equal(op, STR("<>")) || str_equal(op, STR("!=")))
        return compare_each(bind, STR("<>"), EXPR_OR, left, right, span, position, out, err);
    if (str_equal(op, STR("="))) return compare_each(bind, op, EXPR_AND, left, right, span, position, out, err);
    return compare_order(bind, op, left, right, span, position, out, err);
}

bool bind_row_compares(Str op) {
    static const char *const OPERATORS[] = {"=", "<>", "!=", "<", "<=", ">", ">="};
    for (size_t i = 0; i < sizeof(OPERATORS) / sizeof(OPERATORS[0]); i++)
        if (str_equal(op, str_from_c(OPERATORS[i]))) return true;
    return false;
}

Status bind_row_comparison(Bind *bind, ExprContext *context, Str op, const AstExpr *left, const AstExpr *right,
                           const AstExpr *expr, const Expr **out, Error *err) {
    ASSERT(bind_row_compares(op));
    RowItems l, r;
    TRY(bind_items(bind, context, left, &l, err));
    TRY(bind_items(bind, context, right, &r, err));
    return compare_items(bind, op, &l, &r, bind_span(bind, expr->span), bind_position(bind, expr->position), out, err);
}

Status bind_row_distinct(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    RowItems l, r;
    int64_t position = bind_position(bind, expr->position);
    TRY(bind_items(bind, context, expr->pair.left, &l, err));
    TRY(bind_items(bind, context, expr->pair.right, &r, err));
    TRY(check_counts(&l, &r, position, err));
    Str op = expr->negated ? STR("is not distinct from") : STR("is distinct from");
    return compare_each(bind, op, expr->negated ? EXPR_AND : EXPR_OR, &l, &r, bind_span(bind, expr->span), position, out, err);
}

Status bind_row_is_null(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    RowItems row;
    SqlSpan span = bind_span(bind, expr->span);
    TRY(bind_items(bind, context, expr->is.operand, &row, err));
    if (row.count == 0) { /* none of none is NULL, and each of none is not */
        TRY_ALLOC(*out = expr_boolean(bind->arena, true, span));
        return STATUS_OK;
    }
    Str name = expr->negated ? STR("is not null") : STR("is null");
    for (uint32_t i = 0; i < row.count; i++) {
        TRY(resolve_unknown(bind, &row.items[i], err));
        TRY(resolve_operator(bind, name, NULL, row.items[i], span, bind_position(bind, expr->position), &row.items[i], err));
    }
    return join_parts(bind, EXPR_AND, row.items, row.count, span, out, err);
}

Status bind_row_in_list(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err) {
    uint32_t count = expr->in.list.count;
    RowItems row, candidate;
    SqlSpan span = bind_span(bind, expr->span);
    const Expr **parts = ARENA_ARRAY(bind->arena, const Expr *, count);
    TRY_ALLOC(parts);
    TRY(bind_items(bind, context, expr->in.operand, &row, err));
    for (uint32_t i = 0; i < count; i++) {
        TRY(bind_items(bind, context, expr->in.list.items[i], &candidate, err));
        TRY(compare_items(bind, STR("="), &row, &candidate, span, bind_position(bind, expr->position), &parts[i], err));
    }
    return join_parts(bind, EXPR_OR, parts, count, span, out, err);
}
