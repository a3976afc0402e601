/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_call.c - calls: arguments, FILTER and OVER; the forms of SQL that are calls with a syntax of
 * their own; ORDER BY and windows, which calls and queries share. */
#include "sql/parser_priv.h"

/* ---- ORDER BY ---------------------------------------------------------------------------------------- */

/* [NULLS FIRST | LAST]. NULLS alone may be something else: RESPECT NULLS behind a call's ORDER BY. */
static Status parse_nulls_order(Parse *p, AstOrderItem *item, Error *err) {
    bool at_nulls = false;
    if (parse_at(p, KW_NULLS)) {
        TRY(parse_peek(p, err));
        at_nulls = p->next.kind == KW_FIRST || p->next.kind == KW_LAST;
    }
    if (!at_nulls) return STATUS_OK;
    TRY(parse_advance(p, err));
    item->nulls = parse_at(p, KW_FIRST) ? AST_NULLS_FIRST : AST_NULLS_LAST;
    return parse_advance(p, err);
}

/* expr [ASC | DESC | USING op] [NULLS FIRST | LAST] */
static Status parse_order_item(Parse *p, AstOrderItem *item, Error *err) {
    *item = (AstOrderItem){0};
    uint32_t start = p->token.start;
    TRY(parse_expr(p, &item->expr, err));
    if (parse_at(p, KW_USING)) {
        TRY(parse_advance(p, err));
        TRY(parse_operator_name(p, &item->using_op, err));
    } else if (parse_at(p, KW_ASC) || parse_at(p, KW_DESC)) {
        item->direction = parse_at(p, KW_ASC) ? AST_ORDER_ASCENDING : AST_ORDER_DESCENDING;
        TRY(parse_advance(p, err));
    }
    TRY(parse_nulls_order(p, item, err));
    item->span = parse_span(p, start);
    return STATUS_OK;
}

Status parse_order_by(Parse *p, AstOrderList *out, Error *err) {
    TRY(parse_expect(p, KW_ORDER, err));
    if (!parse_at(p, KW_BY)) return EXPECTED_WORD(p, err, "BY");
    TRY(parse_advance(p, err));
    for (bool more = true; more;) {
        AstOrderItem item;
        TRY(parse_order_item(p, &item, err));
        LIST_PUSH(p, out, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

static Status parse_partition_by(Parse *p, AstExprList *out, Error *err) {
    bool found;
    TRY(parse_accept(p, KW_PARTITION, &found, err));
    if (!found) return STATUS_OK;
    if (!parse_at(p, KW_BY)) return EXPECTED_WORD(p, err, "BY");
    TRY(parse_advance(p, err));
    return parse_expr_list(p, out, err);
}

/* ---- windows ----------------------------------------------------------------------------------------- */

/* UNBOUNDED PRECEDING | expr PRECEDING | CURRENT ROW | expr FOLLOWING | UNBOUNDED FOLLOWING */
static Status parse_frame_bound(Parse *p, AstFrameBound *bound, Error *err) {
    bool unbounded, current;
    TRY(parse_accept(p, KW_UNBOUNDED, &unbounded, err));
    TRY(parse_at_two(p, KW_CURRENT, KW_ROW, &current, err));
    if (current && !unbounded) {
        bound->kind = AST_BOUND_CURRENT_ROW;
        TRY(parse_advance(p, err));
        return parse_advance(p, err);
    }
    if (!unbounded) TRY(parse_expr(p, &bound->offset, err));
    if (!parse_at(p, KW_PRECEDING) && !parse_at(p, KW_FOLLOWING))
        return EXPECTED_WORD(p, err, "PRECEDING", "FOLLOWING");
    bool preceding = parse_at(p, KW_PRECEDING);
    if (unbounded)
        bound->kind = preceding ? AST_BOUND_UNBOUNDED_PRECEDING : AST_BOUND_UNBOUNDED_FOLLOWING;
    else
        bound->kind = preceding ? AST_BOUND_PRECEDING : AST_BOUND_FOLLOWING;
    DEBUG_ASSERT((bound->offset == NULL) == unbounded);
    return parse_advance(p, err);
}

/* [EXCLUDE CURRENT ROW | GROUP | TIES | NO OTHERS] */
static Status parse_frame_exclusion(Parse *p, AstWindowSpec *spec, Error *err) {
    bool found;
    TRY(parse_accept(p, KW_EXCLUDE, &found, err));
    if (!found) return STATUS_OK;
    TRY(parse_at_two(p, KW_CURRENT, KW_ROW, &found, err));
    if (found) {
        spec->exclusion = AST_EXCLUDE_CURRENT_ROW;
        TRY(parse_advance(p, err));
    } else if (parse_at(p, KW_GROUP)) {
        spec->exclusion = AST_EXCLUDE_GROUP;
    } else if (parse_at(p, KW_TIES)) {
        spec->exclusion = AST_EXCLUDE_TIES;
    } else if (parse_at(p, KW_NO)) {
        TRY(parse_advance(p, err));
        if (!parse_at(p, KW_OTHERS)) return EXPECTED_WORD(p, err, "OTHERS");
    } else {
        return EXPECTED_WORD(p, err, "CURRENT ROW", "GROUP", "TIES", "NO OTHERS");
    }
    return parse_advance(p, err);
}

/* PostgreSQL refuses frames that can hold no row already here. */
static Status check_frame(const AstWindowSpec *spec, uint32_t position, Error *err) {
    AstFrameBoundKind start = spec->start.kind, end = spec->end.kind;
    if (start == AST_BOUND_UNBOUNDED_FOLLOWING)
        return error_set_at(err, STATUS_WINDOWING, position, "frame start cannot be UNBOUNDED FOLLOWING");
    if (end == AST_BOUND_UNBOUNDED_PRECEDING)
        return error_set_at(err, STATUS_WINDOWING, position, "frame end cannot be UNBOUNDED PRECEDING");
    if (start == AST_BOUND_CURRENT_ROW && end == AST_BOUND_PRECEDING)
        return error_set_at(err, STATUS_WINDOWING, position,
                            "frame starting from current row cannot have preceding rows");
    if (start == AST_BOUND_FOLLOWING && (end == AST_BOUND_PRECEDING || end == AST_BOUND_CURRENT_ROW))
        return error_set_at(err, STATUS_WINDOWING, position,
                            "frame starting from following row cannot have preceding rows");
    return STATUS_OK;
}

/* [ROWS | RANGE | GROUPS start | BETWEEN start AND end] */
static Status parse_frame(Parse *p, AstWindowSpec *spec, Error *err) {
    uint32_t position = p->token.start;
    if (parse_at(p, KW_ROWS))
        spec->unit = AST_FRAME_ROWS;
    else if (parse_at(p, KW_RANGE))
        spec->unit = AST_FRAME_RANGE;
    else if (parse_at(p, KW_GROUPS))
        spec->unit = AST_FRAME_GROUPS;
    else
        return STATUS_OK;
    TRY(parse_advance(p, err));
    bool between;
    TRY(parse_accept(p, KW_BETWEEN, &between, err));
    TRY(parse_frame_bound(p, &spec->start, err));
    spec->end.kind = AST_BOUND_CURRENT_ROW; /* where a frame without BETWEEN ends */
    if (between) {
        TRY(parse_expect(p, KW_AND, err));
        TRY(parse_frame_bound(p, &spec->end, err));
    }
    DEBUG_ASSERT(spec->unit != AST_FRAME_DEFAULT);
    TRY(check_frame(spec, position, err));
    return parse_frame_exclusion(p, spec, err);
}

/* The name that a spec may begin with: not a word that begins what follows it. */
static bool at_base_window(const Parse *p) {
    switch (p->token.kind) {
        case KW_PARTITION:
        case KW_RANGE:
        case KW_ROWS:
        case KW_GROUPS: return false;
        default: return parse_at_class(p, TOKEN_IS_COLUMN_ID); /* any name */
    }
}

Status parse_window_spec(Parse *p, AstWindowSpec **out, Error *err) {
    uint32_t start = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    AstWindowSpec *spec = NEW_NODE(p, AstWindowSpec);
    TRY_ALLOC(spec);
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    if (at_base_window(p)) TRY(parse_take_name(p, &spec->base, err));
    TRY(parse_partition_by(p, &spec->partition_by, err));
    if (parse_at(p, KW_ORDER)) TRY(parse_order_by(p, &spec->order_by, err));
    TRY(parse_frame(p, spec, err));
    TRY(parse_close(p, start, err));
    spec->span = parse_span(p, start);
    parse_leave(p, outer);
    *out = spec;
    return STATUS_OK;
}

/* Behind OVER: (spec), or the name of one in the WINDOW clause. */
static Status parse_over(Parse *p, AstWindowSpec **out, Error *err) {
    if (parse_at(p, TOKEN_LEFT_PAREN)) return parse_window_spec(p, out, err);
    AstWindowSpec *spec = NEW_NODE(p, AstWindowSpec);
    TRY_ALLOC(spec);
    TRY(parse_name(p, &spec->base, err));
    spec->is_reference = true;
    spec->span = spec->base.span;
    *out = spec;
    return STATUS_OK;
}

/* ---- arguments --------------------------------------------------------------------------------------- */

/* PARTITION BY k or PARTITION BY (k, l): a comma without parentheses begins the next argument. */
static Status parse_argument_partition(Parse *p, AstExprList *out, Error *err) {
    bool found;
    TRY(parse_accept(p, KW_PARTITION, &found, err));
    if (!found) return STATUS_OK;
    if (!parse_at(p, KW_BY)) return EXPECTED_WORD(p, err, "BY");
    TRY(parse_advance(p, err));
    AstExpr *expr;
    TRY(parse_expr(p, &expr, err));
    if (expr->kind == AST_EXPR_ROW && !expr->flag)
        *out = expr->list;
    else
        LIST_PUSH(p, out, expr);
    return STATUS_OK;
}

/* TABLE t, TABLE (SELECT ..), with PARTITION BY; at TABLE. */
static Status parse_table_argument(Parse *p, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_TABLE));
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    AstTableArgument *table = NEW_NODE(p, AstTableArgument);
    TRY_ALLOC(table);
    if (parse_at(p, TOKEN_LEFT_PAREN)) {
        AstExprList list = {0};
        TRY(parse_group(p, &list, &table->query, err));
        if (table->query == NULL)
            return error_set_at(err, STATUS_SYNTAX, start, "TABLE takes a name or a subquery");
    } else {
        TRY(parse_qualified_name(p, &table->name, err));
    }
    DEBUG_ASSERT((table->query != NULL) != (table->name.count > 0)); /* a query or a name */
    TRY(parse_argument_partition(p, &table->partition_by, err));
    TRY(parse_new_expr(p, AST_EXPR_TABLE, start, out, err));
    (*out)->table = table;
    return STATUS_OK;
}

/* t PARTITION BY k, as SESSION(t PARTITION BY k, ts, gap) has it: t was read as a column. */
static Status parse_partitioned_argument(Parse *p, AstExpr **expr, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_PARTITION));
    const AstExpr *name = *expr;
    bool is_query = name->kind == AST_EXPR_SUBQUERY;
    if (name->kind != AST_EXPR_COLUMN && !is_query) return parse_unexpected(p, err);
    AstTableArgument *table = NEW_NODE(p, AstTableArgument);
    TRY_ALLOC(table);
    if (is_query)
        table->query = name->query;
    else
        table->name = name->column;
    TRY(parse_argument_partition(p, &table->partition_by, err));
    TRY(parse_new_expr(p, AST_EXPR_TABLE, name->span.start, expr, err));
    (*expr)->table = table;
    return STATUS_OK;
}

static Status parse_argument_value(Parse *p, AstExpr **out, Error *err) {
    if (parse_at(p, KW_TABLE)) return parse_table_argument(p, out, err);
    TRY(parse_expr(p, out, err));
    if ((*out)->kind == AST_EXPR_SUBQUERY && (parse_at(p, TOKEN_IDENTIFIER) || parse_at(p, KW_AS))) {
        parse_unexpected(p, err);
        err->hint[0] = '\0';
        return error_add_hint(err, "A subquery takes no name here: its columns have their own.");
    }
    return parse_at(p, KW_PARTITION) ? parse_partitioned_argument(p, out, err) : STATUS_OK;
}

/* value, name => value, name := value */
static Status parse_argument(Parse *p, AstExpr **out, Error *err) {
    bool named = false;
    if (parse_at_class(p, TOKEN_IS_FUNCTION_ID)) {
        TRY(parse_peek(p, err));
        named = p->next.kind == TOKEN_FAT_ARROW || p->next.kind == TOKEN_COLON_EQUAL;
    }
    if (!named) return parse_argument_value(p, out, err);
    uint32_t start = p->token.start;
    AstName name;
    AstExpr *value;
    TRY(parse_take_name(p, &name, err));
    DEBUG_ASSERT(parse_at(p, TOKEN_FAT_ARROW) || parse_at(p, TOKEN_COLON_EQUAL));
    TRY(parse_advance(p, err));
    TRY(parse_argument_value(p, &value, err));
    TRY(parse_new_expr(p, AST_EXPR_NAMED_ARGUMENT, start, out, err));
    (*out)->named.name = name;
    (*out)->named.value = value;
    return STATUS_OK;
}

/* Positional arguments, then named ones; VARIADIC before the last. */
static Status parse_arguments(Parse *p, AstCallExpr *call, Error *err) {
    bool more = true, named = false;
    while (more) {
        AstExpr *argument;
        TRY(parse_accept(p, KW_VARIADIC, &call->variadic, err));
        TRY(parse_argument(p, &argument, err));
        bool is_named = argument->kind == AST_EXPR_NAMED_ARGUMENT;
        if (named && !is_named)
            return error_set_at(err, STATUS_SYNTAX, argument->span.start,
                                "positional argument cannot follow named argument");
        named |= is_named;
        LIST_PUSH(p, &call->arguments, argument);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
        if (more && call->variadic) return parse_unexpected(p, err);
    }
    return STATUS_OK;
}

/* IGNORE NULLS, RESPECT NULLS: inside the parentheses or behind them. */
static Status parse_null_treatment(Parse *p, AstCallExpr *call, Error *err) {
    bool ignore, respect;
    TRY(parse_at_two(p, KW_IGNORE, KW_NULLS, &ignore, err));
    TRY(parse_at_two(p, KW_RESPECT, KW_NULLS, &respect, err));
    if (!ignore && !respect) return STATUS_OK;
    call->nulls = ignore ? AST_NULLS_IGNORE : AST_NULLS_RESPECT;
    TRY(parse_advance(p, err));
    return parse_advance(p, err);
}

/* Between the parentheses. */
static Status parse_call_content(Parse *p, AstCallExpr *call, Error *err) {
    if (parse_at(p, TOKEN_RIGHT_PAREN)) return STATUS_OK;
    bool star;
    TRY(parse_at_two(p, TOKEN_STAR, TOKEN_RIGHT_PAREN, &star, err));
    if (star) {
        call->star = true;
        return parse_advance(p, err);
    }
    bool all;
    TRY(parse_accept(p, KW_ALL, &all, err));
    if (!all) TRY(parse_accept(p, KW_DISTINCT, &call->distinct, err));
    TRY(parse_arguments(p, call, err));
    TRY(parse_null_treatment(p, call, err));
    return parse_at(p, KW_ORDER) ? parse_order_by(p, &call->order_by, err) : STATUS_OK;
}

/* [WITHIN GROUP (ORDER BY ..)], which excludes what PostgreSQL lets it exclude. */
static Status parse_within_group(Parse *p, AstCallExpr *call, Error *err) {
    bool found;
    TRY(parse_at_two(p, KW_WITHIN, KW_GROUP, &found, err));
    if (!found) return STATUS_OK;
    uint32_t position = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_advance(p, err));
    if (call->order_by.count > 0)
        return error_set_at(err, STATUS_SYNTAX, position,
                            "cannot use multiple ORDER BY clauses with WITHIN GROUP");
    if (call->distinct)
        return error_set_at(err, STATUS_SYNTAX, position, "cannot use DISTINCT with WITHIN GROUP");
    if (call->variadic)
        return error_set_at(err, STATUS_SYNTAX, position, "cannot use VARIADIC with WITHIN GROUP");
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    call->within_group = true;
    TRY(parse_order_by(p, &call->order_by, err));
    return parse_close(p, open, err);
}

/* [FILTER (WHERE condition)]; without the parenthesis filter is an alias. */
static Status parse_filter(Parse *p, AstCallExpr *call, Error *err) {
    bool found;
    TRY(parse_at_two(p, KW_FILTER, TOKEN_LEFT_PAREN, &found, err));
    if (!found) return STATUS_OK;
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_WHERE)) return EXPECTED_WORD(p, err, "WHERE");
    TRY(parse_advance(p, err));
    TRY(parse_expr(p, &call->filter, err));
    return parse_close(p, open, err);
}

/* What may stand behind the closing parenthesis. */
static Status parse_call_suffixes(Parse *p, AstCallExpr *call, Error *err) {
    TRY(parse_within_group(p, call, err));
    TRY(parse_filter(p, call, err));
    TRY(parse_null_treatment(p, call, err));
    bool over;
    TRY(parse_accept(p, KW_OVER, &over, err));
    return over ? parse_over(p, &call->over, err) : STATUS_OK;
}

Status parse_call(Parse *p, const AstQualifiedName *name, uint32_t start, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_LEFT_PAREN));
    DEBUG_ASSERT(name->count > 0);
    uint32_t open = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    AstCallExpr *call = NEW_NODE(p, AstCallExpr);
    TRY_ALLOC(call);
    call->name = *name;
    TRY(parse_advance(p, err));
    TRY(parse_call_content(p, call, err));
    DEBUG_ASSERT(!call->star || call->arguments.count == 0);
    TRY(parse_close(p, open, err));
    if (p->token.kind == KW_WITHIN || p->token.kind == KW_FILTER || p->token.kind == KW_IGNORE ||
        p->token.kind == KW_RESPECT || p->token.kind == KW_OVER)
        TRY(parse_call_suffixes(p, call, err));
    parse_leave(p, outer);
    TRY(parse_new_expr(p, AST_EXPR_CALL, start, out, err));
    (*out)->call = call;
    return parse_postfix(p, out, false, err);
}

/* ---- forms with a syntax of their own ---------------------------------------------------------------- */

typedef struct SpecialCall {
    AstCallExpr *call;
    uint32_t open;
} SpecialCall;

static Status special_push(Parse *p, SpecialCall *special, Error *err) {
    AstExpr *argument;
    TRY(parse_expr(p, &argument, err));
    LIST_PUSH(p, &special->call->arguments, argument);
    return STATUS_OK;
}

/* The field may be a word or a string: EXTRACT(epoch FROM x). */
static Status parse_extract(Parse *p, SpecialCall *special, Error *err) {
    if (!parse_at_class(p, TOKEN_IS_LABEL) && !parse_at(p, TOKEN_STRING))
        return parse_expected(p, "a field: EXTRACT(HOUR FROM x)", err);
    Token field = p->token;
    TRY(parse_advance(p, err));
    AstExpr *expr;
    TRY(parse_new_expr(p, AST_EXPR_STRING, field.start, &expr, err));
    expr->string = field.str;
    LIST_PUSH(p, &special->call->arguments, expr);
    TRY(parse_expect(p, KW_FROM, err));
    return special_push(p, special, err);
}

/* A number that the text leaves out: SUBSTRING(s FOR n) begins at 1. */
static Status special_push_one(Parse *p, SpecialCall *special, Error *err) {
    AstExpr *one;
    TRY(parse_new_expr(p, AST_EXPR_NUMBER, p->end, &one, err));
    one->number.digits = STR("1");
    one->number.integer = true;
    LIST_PUSH(p, &special->call->arguments, one);
    return STATUS_OK;
}

/* SUBSTRING(s FROM a FOR b), (s FOR b FROM a), (s SIMILAR p ESCAPE e), (s, a, b). */
static Status parse_substring(Parse *p, SpecialCall *special, Error *err) {
    if (parse_at(p, TOKEN_RIGHT_PAREN)) return STATUS_OK;
    TRY(special_push(p, special, err));
    bool found;
    TRY(parse_accept(p, TOKEN_COMMA, &found, err));
    if (found) return parse_expr_list(p, &special->call->arguments, err);
    TRY(parse_accept(p, KW_SIMILAR, &found, err));
    if (found) {
        TRY(special_push(p, special, err));
        TRY(parse_expect(p, KW_ESCAPE, err));
        return special_push(p, special, err);
    }
    TRY(parse_accept(p, KW_FROM, &found, err));
    if (found) {
        TRY(special_push(p, special, err));
        TRY(parse_accept(p, KW_FOR, &found, err));
        return found ? special_push(p, special, err) : STATUS_OK;
    }
    TRY(parse_accept(p, KW_FOR, &found, err));
    if (!found) return STATUS_OK;
    AstExpr *count; /* FOR b stands first here, and is the call's last argument all the same */
    TRY(parse_expr(p, &count, err));
    TRY(parse_accept(p, KW_FROM, &found, err));
    if (found)
        TRY(special_push(p, special, err));
    else
        TRY(special_push_one(p, special, err));
    LIST_PUSH(p, &special->call->arguments, count);
    return STATUS_OK;
}

/* POSITION(a IN s) is position(s, a). */
static Status parse_position(Parse *p, SpecialCall *special, Error *err) {
    AstExpr *needle;
    /* Both are b_exprs in PostgreSQL: in a full one the IN would be an operator. */
    TRY(parse_expr_from(p, PRECEDENCE_OR, EXPR_MODE_BOUND, &needle, err));
    TRY(parse_expect(p, KW_IN, err));
    AstExpr *haystack;
    TRY(parse_expr_from(p, PRECEDENCE_OR, EXPR_MODE_BOUND, &haystack, err));
    LIST_PUSH(p, &special->call->arguments, haystack);
    LIST_PUSH(p, &special->call->arguments, needle);
    return STATUS_OK;
}

/* OVERLAY(s PLACING r FROM a [FOR b]): arguments in the order of overlay's. */
static Status parse_overlay(Parse *p, SpecialCall *special, Error *err) {
    TRY(special_push(p, special, err));
    bool found;
    TRY(parse_accept(p, TOKEN_COMMA, &found, err));
    if (found) return parse_expr_list(p, &special->call->arguments, err); /* the plain call overlay(s, ..) */
    TRY(parse_expect(p, KW_PLACING, err));
    TRY(special_push(p, special, err));
    TRY(parse_expect(p, KW_FROM, err));
    TRY(special_push(p, special, err));
    TRY(parse_accept(p, KW_FOR, &found, err));
    return found ? special_push(p, special, err) : STATUS_OK;
}

/* TRIM([BOTH | LEADING | TRAILING] [chars] [FROM] s [, chars]): the string comes first in the call. */
static Status parse_trim(Parse *p, SpecialCall *special, Error *err) {
    DEBUG_ASSERT(special->call->name.count == 1);
    AstName *name = &special->call->name.items[0];
    name->str = parse_at(p, KW_LEADING)    ? STR("ltrim")
                : parse_at(p, KW_TRAILING) ? STR("rtrim")
                                           : STR("btrim");
    if (parse_at(p, KW_BOTH) || parse_at(p, KW_LEADING) || parse_at(p, KW_TRAILING))
        TRY(parse_advance(p, err));
    AstExpr *chars = NULL;
    if (!parse_at(p, KW_FROM)) TRY(parse_expr(p, &chars, err));
    bool from, more;
    TRY(parse_accept(p, KW_FROM, &from, err));
    if (from) {
        TRY(special_push(p, special, err));
        if (chars == NULL) {
            TRY(parse_accept(p, TOKEN_COMMA, &more, err));
            return more ? parse_expr_list(p, &special->call->arguments, err) : STATUS_OK;
        }
    }
    DEBUG_ASSERT(chars != NULL); /* without FROM it was the string, and comes first as well */
    LIST_PUSH(p, &special->call->arguments, chars);
    TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    return more ? parse_expr_list(p, &special->call->arguments, err) : STATUS_OK;
}

/* What stands in the parentheses of a call with a syntax of its own. */
static Status parse_special_content(Parse *p, TokenKind kind, SpecialCall *special, Error *err) {
    switch (kind) {
        case KW_EXTRACT: return parse_extract(p, special, err);
        case KW_SUBSTRING: return parse_substring(p, special, err);
        case KW_POSITION: return parse_position(p, special, err);
        case KW_OVERLAY: return parse_overlay(p, special, err);
        case KW_TRIM: return parse_trim(p, special, err);
        case KW_NULLIF:
            TRY(special_push(p, special, err));
            TRY(parse_expect(p, TOKEN_COMMA, err));
            return special_push(p, special, err);
        default:
            DEBUG_ASSERT(kind == KW_COALESCE || kind == KW_GREATEST || kind == KW_LEAST || kind == KW_GROUPING);
            return parse_expr_list(p, &special->call->arguments, err);
    }
}

/* A call of the current word's name, without arguments yet. */
static Status begin_special(Parse *p, AstCallExpr **out, Error *err) {
    AstCallExpr *call = NEW_NODE(p, AstCallExpr);
    TRY_ALLOC(call);
    AstName name;
    TRY(parse_take_name(p, &name, err));
    LIST_PUSH(p, &call->name, name);
    *out = call;
    return STATUS_OK;
}

/* COALESCE(..) and the like; without a parenthesis the word is a name. */
static Status parse_special_form(Parse *p, AstExpr **out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    TRY(parse_peek(p, err));
    if (p->next.kind != TOKEN_LEFT_PAREN) return STATUS_OK;
    DEBUG_ASSERT(*out == NULL); /* still: the caller tells by it whether there was a form */
    uint32_t start = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    SpecialCall special = {0};
    TRY(begin_special(p, &special.call, err));
    special.open = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_special_content(p, kind, &special, err));
    TRY(parse_close(p, special.open, err));
    parse_leave(p, outer);
    TRY(parse_new_expr(p, AST_EXPR_CALL, start, out, err));
    (*out)->call = special.call;
    return parse_postfix(p, out, false, err);
}

/* CURRENT_TIMESTAMP[(p)], CURRENT_USER: no parentheses, or a precision where there may be one. */
static Status parse_current(Parse *p, bool precision, AstExpr **out, Error *err) {
    uint32_t start = p->token.start;
    AstCallExpr *call;
    TRY(begin_special(p, &call, err));
    if (parse_at(p, TOKEN_LEFT_PAREN) && precision) {
        TRY(parse_advance(p, err));
        if (!parse_at(p, TOKEN_INTEGER)) return parse_expected(p, "a number of digits", err);
        AstExpr *digits;
        TRY(parse_primary(p, &digits, err));
        LIST_PUSH(p, &call->arguments, digits);
        TRY(parse_expect(p, TOKEN_RIGHT_PAREN, err));
    } else {
        call->without_parentheses = true;
    }
    TRY(parse_new_expr(p, AST_EXPR_CALL, start, out, err));
    (*out)->call = call;
    return STATUS_OK;
}

Status parse_special_call(Parse *p, AstExpr **out, Error *err) {
    switch (p->token.kind) {
        case KW_COALESCE:
        case KW_GREATEST:
        case KW_LEAST:
        case KW_NULLIF:
        case KW_GROUPING:
        case KW_EXTRACT:
        case KW_SUBSTRING:
        case KW_POSITION:
        case KW_OVERLAY:
        case KW_TRIM: return parse_special_form(p, out, err);
        case KW_CURRENT_TIMESTAMP:
        case KW_CURRENT_TIME:
        case KW_LOCALTIMESTAMP:
        case KW_LOCALTIME: return parse_current(p, true, out, err);
        case KW_CURRENT_DATE:
        case KW_CURRENT_CATALOG:
        case KW_CURRENT_ROLE:
        case KW_CURRENT_SCHEMA:
        case KW_CURRENT_USER:
        case KW_SESSION_USER:
        case KW_USER:
            TRY(parse_peek(p, err));
            if (p->token.kind == KW_CURRENT_SCHEMA && p->next.kind == TOKEN_LEFT_PAREN)
                return STATUS_OK; /* a function */
            return parse_current(p, false, out, err);
        default: return STATUS_OK; /* not one of these */
    }
}
