/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_expr.c - operators, by precedence climbing.
 *
 * An operand is read, then operators that bind at least as tightly as asked for, each with its right side
 * read one level tighter. Levels and associativity are PostgreSQL's (Precedence in parser_priv.h), so is what
 * a prefix operator takes: NOT a = b is NOT (a = b), also as `x + NOT a = b`; -a ^ b is (-a) ^ b. */
#include "sql/parser_priv.h"

/* Of a token as an infix or postfix operator. NOT, AT, SIMILAR and OPERATOR count only before certain words.
 */
static const uint8_t infix_precedences[TOKEN_KIND_COUNT] = {
    [KW_OR] = PRECEDENCE_OR,
    [KW_AND] = PRECEDENCE_AND,
    [KW_IS] = PRECEDENCE_IS,
    [KW_ISNULL] = PRECEDENCE_IS,
    [KW_NOTNULL] = PRECEDENCE_IS,
    [TOKEN_LESS] = PRECEDENCE_COMPARE,
    [TOKEN_GREATER] = PRECEDENCE_COMPARE,
    [TOKEN_EQUAL] = PRECEDENCE_COMPARE,
    [TOKEN_LESS_EQUAL] = PRECEDENCE_COMPARE,
    [TOKEN_GREATER_EQUAL] = PRECEDENCE_COMPARE,
    [TOKEN_NOT_EQUAL] = PRECEDENCE_COMPARE,
    [KW_BETWEEN] = PRECEDENCE_RANGE,
    [KW_IN] = PRECEDENCE_RANGE,
    [KW_LIKE] = PRECEDENCE_RANGE,
    [KW_ILIKE] = PRECEDENCE_RANGE,
    [KW_SIMILAR] = PRECEDENCE_RANGE,
    [KW_NOT] = PRECEDENCE_RANGE,
    [TOKEN_OPERATOR] = PRECEDENCE_OPERATOR,
    [KW_OPERATOR] = PRECEDENCE_OPERATOR,
    [TOKEN_PLUS] = PRECEDENCE_ADD,
    [TOKEN_MINUS] = PRECEDENCE_ADD,
    [TOKEN_STAR] = PRECEDENCE_MULTIPLY,
    [TOKEN_SLASH] = PRECEDENCE_MULTIPLY,
    [TOKEN_PERCENT] = PRECEDENCE_MULTIPLY,
    [TOKEN_CARET] = PRECEDENCE_POWER,
    [KW_AT] = PRECEDENCE_AT_TIME_ZONE,
    [KW_COLLATE] = PRECEDENCE_COLLATE,
    [TOKEN_DOUBLE_COLON] = PRECEDENCE_CAST,
    [KW_OVERLAPS] = PRECEDENCE_CAST,
};

/* The same in a b_expr, where words end the operand. */
static bool ends_bound(TokenKind kind) {
    return token_is(kind, TOKEN_IS_KEYWORD) && kind != KW_OPERATOR;
}

/* What the current token binds as when it stands behind an operand; PRECEDENCE_NONE: it ends the expression. Words that are operators
 * only before another one (NOT IN, AT TIME ZONE, OPERATOR (..), SIMILAR TO) are names or clauses otherwise. */
static Status infix_precedence(Parse *p, ExprMode mode, Precedence *out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    *out = (Precedence)infix_precedences[kind];
    if (!token_is(kind, TOKEN_IS_KEYWORD) || *out == PRECEDENCE_NONE) return STATUS_OK;
    if (mode == EXPR_MODE_BOUND && ends_bound(kind)) {
        *out = PRECEDENCE_NONE;
        return STATUS_OK;
    }
    if (kind != KW_NOT && kind != KW_AT && kind != KW_OPERATOR && kind != KW_SIMILAR) return STATUS_OK;
    TRY(parse_peek(p, err));
    TokenKind next = (TokenKind)p->next.kind;
    bool counts = kind == KW_AT         ? next == KW_TIME
                  : kind == KW_OPERATOR ? next == TOKEN_LEFT_PAREN
                  : kind == KW_SIMILAR  ? next == KW_TO
                                        : next != KW_NOT && infix_precedences[next] == PRECEDENCE_RANGE;
    if (!counts) *out = PRECEDENCE_NONE;
    return STATUS_OK;
}

/* ---- building ---------------------------------------------------------------------------------------- */

/* A node over `left` and what follows it, up to the last token taken. */
static Status expr_over(Parse *p, AstExprKind kind, const AstExpr *left, uint32_t position, AstExpr **out,
                        Error *err) {
    ASSERT(left != NULL);
    ASSERT(left->span.start <= p->end);
    TRY(parse_grow(p, err));
    TRY(parse_new_expr(p, kind, left->span.start, out, err));
    (*out)->position = position;
    return STATUS_OK;
}

Status parse_operator_name(Parse *p, Str *out, Error *err) {
    if (parse_at(p, KW_OPERATOR)) {
        TRY(parse_advance(p, err));
        uint32_t open = p->token.start;
        AstName name = {0}, part;
        TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
        while (!(parse_at(p, TOKEN_OPERATOR) ||
                 (p->token.kind >= TOKEN_PLUS && p->token.kind <= TOKEN_NOT_EQUAL))) {
            TRY(parse_name(p, &part, err));
            TRY(parse_join_name(p, &name, part, err));
            TRY(parse_expect(p, TOKEN_DOT, err));
        }
        TRY(parse_take_name(p, &part, err));
        /* pg_catalog.+ is + itself; an operator of another schema keeps its name, for the binder to refuse. */
        if (!str_equal(name.str, STR("pg_catalog"))) TRY(parse_join_name(p, &name, part, err));
        *out = str_equal(name.str, STR("pg_catalog")) ? part.str : name.str;
        return parse_close(p, open, err);
    }
    if (!parse_at(p, TOKEN_OPERATOR) && (p->token.kind < TOKEN_PLUS || p->token.kind > TOKEN_NOT_EQUAL))
        return parse_expected(p, "an operator", err);
    *out = p->token.str;
    return parse_advance(p, err);
}

static bool token_is_quantifier(TokenKind kind) {
    return kind == KW_ANY || kind == KW_SOME || kind == KW_ALL;
}

/* left op ANY (..), at ANY. */
static Status parse_quantified(Parse *p, Str op, uint32_t position, AstExpr **left, Error *err) {
    DEBUG_ASSERT(token_is_quantifier((TokenKind)p->token.kind));
    bool all = parse_at(p, KW_ALL); /* SOME is ANY */
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    if (!parse_at(p, TOKEN_LEFT_PAREN)) return parse_expected(p, "\"(\"", err);
    AstExprList list = {0};
    AstQuery *query = NULL;
    TRY(parse_group(p, &list, &query, err));
    if (query == NULL && list.count != 1)
        return error_set_at(err, STATUS_SYNTAX, open, "ANY and ALL take one array or a subquery");
    AstExpr *right = query == NULL ? list.items[0] : NULL, *expr;
    ASSERT((right == NULL) == (query != NULL));
    if (query != NULL) {
        TRY(parse_new_expr(p, AST_EXPR_SUBQUERY, open, &right, err));
        right->query = query;
    }
    TRY(expr_over(p, AST_EXPR_QUANTIFIED, *left, position, &expr, err));
    expr->flag = all;
    expr->quantified.left = *left;
    expr->quantified.right = right;
    expr->quantified.op = op;
    *left = expr;
    return STATUS_OK;
}

/* left op right, or left op ANY / ALL (..). */
static Status parse_binary(Parse *p, Precedence precedence, ExprMode mode, AstExpr **left, Error *err) {
    uint32_t position = p->token.start;
    Str op;
    TRY(parse_operator_name(p, &op, err));
    if (token_is_quantifier((TokenKind)p->token.kind) && mode == EXPR_MODE_FULL)
        return parse_quantified(p, op, position, left, err);
    AstExpr *right, *expr;
    /* One level tighter: a - b - c is (a - b) - c. */
    TRY(parse_expr_from(p, (Precedence)(precedence + 1), mode, &right, err));
    TRY(expr_over(p, AST_EXPR_BINARY, *left, position, &expr, err));
    expr->operation.left = *left;
    expr->operation.right = right;
    expr->operation.op = op;
    *left = expr;
    return STATUS_OK;
}

/* AND and OR chains grow one list, not a tall tree. */
static Status parse_logic(Parse *p, AstExprKind kind, Precedence precedence, AstExpr **left, Error *err) {
    DEBUG_ASSERT(kind == AST_EXPR_AND || kind == AST_EXPR_OR);
    uint32_t position = p->token.start;
    TRY(parse_advance(p, err));
    AstExpr *right, *expr = *left;
    TRY(parse_expr_from(p, (Precedence)(precedence + 1), EXPR_MODE_FULL, &right, err));
    /* (a AND b) AND c keeps its own node: the tree says what was written, and spans stay those of the text. */
    if (expr->kind != kind || expr->parenthesized) {
        TRY(expr_over(p, kind, *left, position, &expr, err));
        LIST_PUSH(p, &expr->list, *left);
    }
    LIST_PUSH(p, &expr->list, right);
    DEBUG_ASSERT(expr->list.count >= 2);
    expr->span.end = p->end;
    *left = expr;
    return STATUS_OK;
}

/* At DISTINCT, behind left IS [NOT]. */
static Status parse_is_distinct(Parse *p, bool negated, uint32_t position, AstExpr **left, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_DISTINCT));
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_FROM, err));
    AstExpr *right, *expr;
    TRY(parse_expr_from(p, PRECEDENCE_IS + 1, EXPR_MODE_FULL, &right, err));
    TRY(expr_over(p, AST_EXPR_DISTINCT_FROM, *left, position, &expr, err));
    expr->negated = negated;
    expr->pair.left = *left;
    expr->pair.right = right;
    *left = expr;
    return STATUS_OK;
}

/* Takes the word of the test: left IS [NOT] it. */
static Status build_is(Parse *p, AstIsTest test, bool negated, uint32_t position, AstExpr **left,
                       Error *err) {
    TRY(parse_advance(p, err));
    AstExpr *expr;
    TRY(expr_over(p, AST_EXPR_IS, *left, position, &expr, err));
    expr->negated = negated;
    expr->is.operand = *left;
    expr->is.test = test;
    *left = expr;
    return STATUS_OK;
}

static Status parse_is(Parse *p, AstExpr **left, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_IS) || parse_at(p, KW_ISNULL) || parse_at(p, KW_NOTNULL));
    uint32_t position = p->token.start;
    if (parse_at(p, KW_ISNULL)) return build_is(p, AST_IS_NULL, false, position, left, err);
    if (parse_at(p, KW_NOTNULL)) return build_is(p, AST_IS_NULL, true, position, left, err);
    TRY(parse_advance(p, err));
    bool negated;
    TRY(parse_accept(p, KW_NOT, &negated, err));
    if (parse_at(p, KW_NULL)) return build_is(p, AST_IS_NULL, negated, position, left, err);
    if (parse_at(p, KW_TRUE)) return build_is(p, AST_IS_TRUE, negated, position, left, err);
    if (parse_at(p, KW_FALSE)) return build_is(p, AST_IS_FALSE, negated, position, left, err);
    if (parse_at(p, KW_UNKNOWN)) return build_is(p, AST_IS_UNKNOWN, negated, position, left, err);
    if (parse_at(p, KW_DISTINCT)) return parse_is_distinct(p, negated, position, left, err);
    if (parse_at_word(p, STR("json")) || parse_at_word(p, STR("document")) ||
        parse_at_word(p, STR("normalized")))
        return parse_not_supported(&p->token, "this IS test", err);
    return EXPECTED_WORD(p, err, "NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT FROM");
}

static Status parse_between(Parse *p, bool negated, uint32_t position, AstExpr **left, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_BETWEEN));
    TRY(parse_advance(p, err));
    bool symmetric, asymmetric;
    TRY(parse_accept(p, KW_SYMMETRIC, &symmetric, err));
    TRY(parse_accept(p, KW_ASYMMETRIC, &asymmetric, err));
    if (symmetric && asymmetric) return parse_unexpected(p, err);
    AstExpr *low, *high, *expr;
    /* A b_expr, so that the AND behind it is BETWEEN's own. */
    TRY(parse_expr_from(p, PRECEDENCE_OR, EXPR_MODE_BOUND, &low, err));
    TRY(parse_expect(p, KW_AND, err));
    TRY(parse_expr_from(p, PRECEDENCE_RANGE + 1, EXPR_MODE_FULL, &high, err));
    TRY(expr_over(p, AST_EXPR_BETWEEN, *left, position, &expr, err));
    expr->negated = negated;
    expr->flag = symmetric;
    expr->between.operand = *left;
    expr->between.low = low;
    expr->between.high = high;
    *left = expr;
    return STATUS_OK;
}

static Status parse_in(Parse *p, bool negated, uint32_t position, AstExpr **left, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_IN));
    TRY(parse_advance(p, err));
    if (!parse_at(p, TOKEN_LEFT_PAREN)) return parse_expected(p, "\"(\" with values or a subquery", err);
    AstExprList list = {0};
    AstQuery *query = NULL;
    TRY(parse_group(p, &list, &query, err));
    AstExpr *expr;
    TRY(expr_over(p, query == NULL ? AST_EXPR_IN_LIST : AST_EXPR_IN_QUERY, *left, position, &expr, err));
    expr->negated = negated;
    if (query != NULL) {
        expr->in_query.operand = *left;
        expr->in_query.query = query;
    } else {
        expr->in.operand = *left;
        expr->in.list = list;
    }
    *left = expr;
    return STATUS_OK;
}

/* The operator behind LIKE ANY (..). */
static Str like_operator(AstLikeKind kind, bool negated) {
    if (kind == AST_LIKE_ILIKE) return negated ? STR("!~~*") : STR("~~*");
    return negated ? STR("!~~") : STR("~~");
}

static Status parse_like(Parse *p, AstLikeKind kind, bool negated, uint32_t position, AstExpr **left,
                         Error *err) {
    TRY(parse_advance(p, err));
    if (kind == AST_LIKE_SIMILAR) TRY(parse_expect(p, KW_TO, err));
    if (kind != AST_LIKE_SIMILAR && token_is_quantifier((TokenKind)p->token.kind))
        return parse_quantified(p, like_operator(kind, negated), position, left, err);
    AstExpr *pattern, *escape = NULL, *expr;
    TRY(parse_expr_from(p, PRECEDENCE_RANGE + 1, EXPR_MODE_FULL, &pattern, err));
    if (parse_at(p, KW_ESCAPE)) {
        TRY(parse_advance(p, err));
        TRY(parse_expr_from(p, PRECEDENCE_RANGE + 1, EXPR_MODE_FULL, &escape, err));
    }
    TRY(expr_over(p, AST_EXPR_LIKE, *left, position, &expr, err));
    expr->negated = negated;
    expr->like.operand = *left;
    expr->like.pattern = pattern;
    expr->like.escape = escape;
    expr->like.kind = kind;
    *left = expr;
    return STATUS_OK;
}

static Status parse_range(Parse *p, AstExpr **left, Error *err) {
    uint32_t position = p->token.start;
    bool negated;
    TRY(parse_accept(p, KW_NOT, &negated, err));
    if (parse_at(p, KW_BETWEEN)) return parse_between(p, negated, position, left, err);
    if (parse_at(p, KW_IN)) return parse_in(p, negated, position, left, err);
    DEBUG_ASSERT(parse_at(p, KW_LIKE) || parse_at(p, KW_ILIKE) || parse_at(p, KW_SIMILAR));
    AstLikeKind kind = parse_at(p, KW_LIKE)    ? AST_LIKE_LIKE
                       : parse_at(p, KW_ILIKE) ? AST_LIKE_ILIKE
                                               : AST_LIKE_SIMILAR;
    return parse_like(p, kind, negated, position, left, err);
}

static Status parse_at_time_zone(Parse *p, AstExpr **left, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_AT));
    uint32_t position = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_TIME, err));
    TRY(parse_expect(p, KW_ZONE, err));
    AstExpr *zone, *expr;
    TRY(parse_expr_from(p, PRECEDENCE_AT_TIME_ZONE + 1, EXPR_MODE_FULL, &zone, err));
    TRY(expr_over(p, AST_EXPR_AT_TIME_ZONE, *left, position, &expr, err));
    expr->pair.left = *left;
    expr->pair.right = zone;
    *left = expr;
    return STATUS_OK;
}

static Status parse_collate(Parse *p, AstExpr **left, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_COLLATE));
    uint32_t position = p->token.start;
    TRY(parse_advance(p, err));
    AstQualifiedName name;
    TRY(parse_qualified_name(p, &name, err));
    AstExpr *expr;
    TRY(expr_over(p, AST_EXPR_COLLATE, *left, position, &expr, err));
    expr->collate.operand = *left;
    expr->collate.name = name;
    *left = expr;
    return STATUS_OK;
}

static Status parse_cast_operator(Parse *p, AstExpr **left, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_DOUBLE_COLON));
    uint32_t position = p->token.start;
    TRY(parse_advance(p, err));
    AstTypeName *type;
    TRY(parse_type(p, &type, err));
    AstExpr *expr;
    TRY(expr_over(p, AST_EXPR_CAST, *left, position, &expr, err));
    expr->cast.operand = *left;
    expr->cast.type = type;
    *left = expr;
    return STATUS_OK;
}

/* (a, b) OVERLAPS (c, d) is overlaps(a, b, c, d). */
static Status parse_overlaps(Parse *p, AstExpr **left, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_OVERLAPS));
    AstName name = {STR("overlaps"), {p->token.start, p->token.end}};
    TRY(parse_advance(p, err));
    AstExpr *right, *expr;
    TRY(parse_primary(p, &right, err));
    bool pairs = (*left)->kind == AST_EXPR_ROW && right->kind == AST_EXPR_ROW && (*left)->list.count == 2 &&
                 right->list.count == 2;
    if (!pairs)
        return error_set_at(err, STATUS_SYNTAX, name.span.start,
                            "OVERLAPS takes two pairs: (start, end) OVERLAPS (start, end)");
    TRY(expr_over(p, AST_EXPR_CALL, *left, name.span.start, &expr, err));
    AstCallExpr *call = NEW_NODE(p, AstCallExpr);
    TRY_ALLOC(call);
    LIST_PUSH(p, &call->name, name);
    for (uint32_t i = 0; i < 2; i++) LIST_PUSH(p, &call->arguments, (*left)->list.items[i]);
    for (uint32_t i = 0; i < 2; i++) LIST_PUSH(p, &call->arguments, right->list.items[i]);
    expr->call = call;
    *left = expr;
    return STATUS_OK;
}

/* ---- climbing ---------------------------------------------------------------------------------------- */

static Status parse_infix(Parse *p, Precedence precedence, ExprMode mode, AstExpr **left, Error *err) {
    switch (precedence) {
        case PRECEDENCE_OR: return parse_logic(p, AST_EXPR_OR, precedence, left, err);
        case PRECEDENCE_AND: return parse_logic(p, AST_EXPR_AND, precedence, left, err);
        case PRECEDENCE_IS: return parse_is(p, left, err);
        case PRECEDENCE_RANGE: return parse_range(p, left, err);
        case PRECEDENCE_COMPARE:
        case PRECEDENCE_OPERATOR:
        case PRECEDENCE_ADD:
        case PRECEDENCE_MULTIPLY:
        case PRECEDENCE_POWER: return parse_binary(p, precedence, mode, left, err);
        case PRECEDENCE_AT_TIME_ZONE: return parse_at_time_zone(p, left, err);
        case PRECEDENCE_COLLATE: return parse_collate(p, left, err);
        case PRECEDENCE_CAST:
            return parse_at(p, KW_OVERLAPS) ? parse_overlaps(p, left, err)
                                            : parse_cast_operator(p, left, err);
        case PRECEDENCE_NONE:
        case PRECEDENCE_NOT:
        case PRECEDENCE_SIGN: break;
    }
    return parse_unexpected(p, err);
}

/* a < b < c, a LIKE b LIKE c: PostgreSQL refuses what has two readings. `expr` ends in a full operand, so IN
 * (..), IS NULL and the like may still follow one another. */
static Status check_not_associative(Parse *p, Precedence last, Precedence now, const AstExpr *expr,
                                    Error *err) {
    if (last != now || (now != PRECEDENCE_COMPARE && now != PRECEDENCE_RANGE && now != PRECEDENCE_IS))
        return STATUS_OK;
    if (expr->kind == AST_EXPR_IN_LIST || expr->kind == AST_EXPR_IN_QUERY || expr->kind == AST_EXPR_IS ||
        expr->kind == AST_EXPR_QUANTIFIED)
        return STATUS_OK;
    parse_unexpected(p, err);
    return error_add_hint(err, "Comparisons do not chain: use parentheses or AND.");
}

/* -x, +x, ~x: a number's sign stays an operator, the binder folds it. */
static Status parse_prefix_operator(Parse *p, Precedence precedence, ExprMode mode, AstExpr **out,
                                    Error *err) {
    uint32_t start = p->token.start;
    Str op;
    TRY(parse_operator_name(p, &op, err));
    AstExpr *operand;
    DEBUG_ASSERT(precedence > PRECEDENCE_COMPARE); /* -a < b is (-a) < b, for any prefix operator */
    TRY(parse_expr_from(p, precedence, mode, &operand, err));
    TRY(parse_grow(p, err));
    TRY(parse_new_expr(p, AST_EXPR_UNARY, start, out, err));
    (*out)->operation.op = op;
    (*out)->operation.right = operand;
    return STATUS_OK;
}

static Status parse_not(Parse *p, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_NOT));
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    AstExpr *operand;
    TRY(parse_expr_from(p, PRECEDENCE_NOT, EXPR_MODE_FULL, &operand, err));
    TRY(parse_grow(p, err));
    TRY(parse_new_expr(p, AST_EXPR_NOT, start, out, err));
    (*out)->operand = operand;
    return STATUS_OK;
}

static Status parse_prefix(Parse *p, ExprMode mode, AstExpr **out, Error *err) {
    bool at_operator;
    switch (p->token.kind) {
        case TOKEN_PLUS:
        case TOKEN_MINUS: return parse_prefix_operator(p, PRECEDENCE_SIGN, mode, out, err);
        case TOKEN_OPERATOR: return parse_prefix_operator(p, PRECEDENCE_OPERATOR + 1, mode, out, err);
        case KW_OPERATOR:
            TRY(parse_at_two(p, KW_OPERATOR, TOKEN_LEFT_PAREN, &at_operator, err));
            if (at_operator) return parse_prefix_operator(p, PRECEDENCE_OPERATOR + 1, mode, out, err);
            return parse_primary(p, out, err);
        case KW_NOT:
            if (mode == EXPR_MODE_FULL) return parse_not(p, out, err);
            return parse_unexpected(p, err);
        default:
            return parse_primary(p, out, err); /* any other token begins an operand or is an error there */
    }
}

Status parse_expr_from(Parse *p, Precedence least, ExprMode mode, AstExpr **out, Error *err) {
    DEBUG_ASSERT(least > PRECEDENCE_NONE);
    uint32_t outer;
    TRY(parse_enter(p, &outer, err));
    AstExpr *left;
    TRY(parse_prefix(p, mode, &left, err));
    Precedence last = PRECEDENCE_NONE;
    for (;;) {
        Precedence precedence;
        TRY(infix_precedence(p, mode, &precedence, err));
        if (precedence == PRECEDENCE_NONE || precedence < least) break;
        DEBUG_ASSERT(precedence != PRECEDENCE_NOT && precedence != PRECEDENCE_SIGN); /* prefixes only */
        TRY(check_not_associative(p, last, precedence, left, err));
        TRY(parse_infix(p, precedence, mode, &left, err));
        DEBUG_ASSERT(left->span.end == p->end); /* its node reaches to the last token taken */
        last = precedence;
    }
    parse_leave(p, outer);
    *out = left;
    return STATUS_OK;
}

Status parse_expr(Parse *p, AstExpr **out, Error *err) {
    return parse_expr_from(p, PRECEDENCE_OR, EXPR_MODE_FULL, out, err);
}

Status parse_expr_list(Parse *p, AstExprList *out, Error *err) {
    for (bool more = true; more;) {
        AstExpr *expr;
        TRY(parse_expr(p, &expr, err));
        LIST_PUSH(p, out, expr);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}
