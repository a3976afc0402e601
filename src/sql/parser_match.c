/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_match.c - MATCH_RECOGNIZE and its row patterns. */
#include "sql/parser_priv.h"

static Status parse_measures(Parse *p, AstSelectList *out, Error *err) {
    for (bool more = true; more;) {
        AstSelectItem item = {0};
        uint32_t start = p->token.start;
        TRY(parse_expr(p, &item.expr, err));
        TRY(parse_expect(p, KW_AS, err));
        TRY(parse_label(p, &item.alias, err));
        item.span = parse_span(p, start);
        LIST_PUSH(p, out, item);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

/* ONE ROW PER MATCH | ALL ROWS PER MATCH [SHOW | OMIT EMPTY MATCHES | WITH UNMATCHED ROWS] */
static Status parse_match_rows(Parse *p, AstMatchRecognize *match, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_ALL) || parse_at(p, KW_ONE));
    bool all = parse_at(p, KW_ALL);
    match->rows = all ? AST_MATCH_ALL_ROWS : AST_MATCH_ONE_ROW;
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, all ? KW_ROWS : KW_ROW, err));
    TRY(parse_expect(p, KW_PER, err));
    TRY(parse_expect(p, KW_MATCH, err));
    if (!all) return STATUS_OK;
    if (parse_at(p, KW_SHOW) || parse_at(p, KW_OMIT)) {
        match->empty = parse_at(p, KW_SHOW) ? AST_MATCH_EMPTY_SHOW : AST_MATCH_EMPTY_OMIT;
        TRY(parse_advance(p, err));
        if (!parse_at_word(p, STR("empty"))) return EXPECTED_WORD(p, err, "EMPTY MATCHES");
        TRY(parse_advance(p, err));
        if (!parse_at_word(p, STR("matches"))) return EXPECTED_WORD(p, err, "MATCHES");
        return parse_advance(p, err);
    }
    if (!parse_at(p, KW_WITH)) return STATUS_OK;
    match->empty = AST_MATCH_UNMATCHED;
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_UNMATCHED, err));
    return parse_expect(p, KW_ROWS, err);
}

/* AFTER MATCH SKIP .. */
static Status parse_match_skip(Parse *p, AstMatchRecognize *match, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_AFTER));
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_MATCH, err));
    TRY(parse_expect(p, KW_SKIP, err));
    bool found;
    TRY(parse_accept(p, KW_PAST, &found, err));
    if (found) {
        match->skip = AST_SKIP_PAST_LAST_ROW;
        TRY(parse_expect(p, KW_LAST, err));
        return parse_expect(p, KW_ROW, err);
    }
    TRY(parse_expect(p, KW_TO, err));
    TRY(parse_at_two(p, KW_NEXT, KW_ROW, &found, err));
    if (found) {
        match->skip = AST_SKIP_TO_NEXT_ROW;
        TRY(parse_advance(p, err));
        return parse_advance(p, err);
    }
    match->skip = parse_at(p, KW_FIRST) ? AST_SKIP_TO_FIRST : AST_SKIP_TO_LAST;
    if (parse_at(p, KW_FIRST) || parse_at(p, KW_LAST)) TRY(parse_advance(p, err));
    return parse_name(p, &match->skip_variable, err);
}

/* ---- patterns ---------------------------------------------------------------------------------------- */

static Status parse_pattern(Parse *p, AstPattern *out, Error *err);

/* One byte of an operator token: quantifiers and | may be glued together, as in a+|b. */
static bool at_sign(const Parse *p, char sign) {
    bool is_operator = p->token.kind >= TOKEN_OPERATOR && p->token.kind <= TOKEN_NOT_EQUAL;
    return is_operator && p->token.str.data[0] == sign;
}

static Status take_sign(Parse *p, Error *err) {
    DEBUG_ASSERT(p->token.str.size > 0);
    if (p->token.str.size <= 1) return parse_advance(p, err);
    p->token.start++;
    p->end = p->token.start;
    p->token.str = str_from(p->token.str.data + 1, p->token.str.size - 1);
    return STATUS_OK;
}

static Status parse_repeat_number(Parse *p, uint32_t *out, Error *err) {
    if (!parse_at(p, TOKEN_INTEGER) || p->token.str.size > 8)
        return parse_expected(p, "a number of repetitions", err);
    /* Eight digits: no overflow, and far more repetitions than any match may hold. */
    *out = 0;
    for (size_t i = 0; i < p->token.str.size; i++) *out = *out * 10 + (uint32_t)(p->token.str.data[i] - '0');
    return parse_advance(p, err);
}

/* {n}, {n,}, {,m}, {n,m}: at the brace. */
static Status parse_repeat_braces(Parse *p, AstPattern *item, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_LEFT_BRACE));
    TRY(parse_advance(p, err));
    item->repeat_min = 0;
    if (!parse_at(p, TOKEN_COMMA)) TRY(parse_repeat_number(p, &item->repeat_min, err));
    bool comma;
    TRY(parse_accept(p, TOKEN_COMMA, &comma, err));
    item->repeat_max = comma ? UINT32_MAX : item->repeat_min;
    if (comma && !parse_at(p, TOKEN_RIGHT_BRACE)) TRY(parse_repeat_number(p, &item->repeat_max, err));
    return parse_expect(p, TOKEN_RIGHT_BRACE, err);
}

static Status parse_repeat(Parse *p, AstPattern *item, Error *err) {
    DEBUG_ASSERT(item->repeat_min == 1 && item->repeat_max == 1); /* once: each sign below changes what it must */
    if (at_sign(p, '*')) {
        item->repeat_min = 0, item->repeat_max = UINT32_MAX;
        TRY(take_sign(p, err));
    } else if (at_sign(p, '+')) {
        item->repeat_max = UINT32_MAX;
        TRY(take_sign(p, err));
    } else if (at_sign(p, '?')) {
        item->repeat_min = 0;
        TRY(take_sign(p, err));
    } else if (parse_at(p, TOKEN_LEFT_BRACE)) {
        TRY(parse_repeat_braces(p, item, err));
    } else {
        return STATUS_OK;
    }
    item->reluctant = at_sign(p, '?');
    return item->reluctant ? take_sign(p, err) : STATUS_OK;
}

static Status parse_permute(Parse *p, AstPattern *item, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_PERMUTE));
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    item->kind = AST_PATTERN_PERMUTE;
    for (bool more = true; more;) {
        AstPattern inner;
        TRY(parse_pattern(p, &inner, err));
        LIST_PUSH(p, &item->items, inner);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return parse_close(p, open, err);
}

/* ( .. ), () and {- .. -} */
static Status parse_pattern_group(Parse *p, AstPattern *item, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_LEFT_PAREN) || parse_at(p, TOKEN_LEFT_BRACE));
    uint32_t open = p->token.start;
    bool exclude = parse_at(p, TOKEN_LEFT_BRACE);
    TRY(parse_advance(p, err));
    if (parse_at(p, TOKEN_RIGHT_PAREN) && !exclude) {
        item->kind = AST_PATTERN_EMPTY;
        return parse_advance(p, err);
    }
    if (exclude) TRY(parse_expect(p, TOKEN_MINUS, err));
    AstPattern inner;
    TRY(parse_pattern(p, &inner, err));
    if (exclude) {
        TRY(parse_expect(p, TOKEN_MINUS, err));
        item->kind = AST_PATTERN_EXCLUDE;
        LIST_PUSH(p, &item->items, inner);
        return parse_expect(p, TOKEN_RIGHT_BRACE, err);
    }
    item->kind = AST_PATTERN_SEQUENCE;
    LIST_PUSH(p, &item->items, inner);
    return parse_close(p, open, err);
}

static Status parse_pattern_factor(Parse *p, AstPattern *item, Error *err) {
    uint32_t start = p->token.start;
    *item = (AstPattern){.kind = AST_PATTERN_VARIABLE, .repeat_min = 1, .repeat_max = 1};
    bool permute;
    TRY(parse_at_two(p, KW_PERMUTE, TOKEN_LEFT_PAREN, &permute, err));
    if (permute) {
        TRY(parse_permute(p, item, err));
    } else if (parse_at(p, TOKEN_LEFT_PAREN) || parse_at(p, TOKEN_LEFT_BRACE)) {
        TRY(parse_pattern_group(p, item, err));
    } else if (at_sign(p, '^')) {
        item->kind = AST_PATTERN_START;
        TRY(take_sign(p, err));
    } else {
        TRY(parse_name(p, &item->name, err));
    }
    TRY(parse_repeat(p, item, err));
    item->span = parse_span(p, start);
    return STATUS_OK;
}

static bool ends_sequence(const Parse *p) {
    return parse_at(p, TOKEN_RIGHT_PAREN) || parse_at(p, TOKEN_COMMA) || parse_at(p, TOKEN_MINUS) ||
           at_sign(p, '|') || parse_at(p, TOKEN_END) || parse_at(p, TOKEN_SEMICOLON);
}

static Status parse_pattern_sequence(Parse *p, AstPattern *out, Error *err) {
    uint32_t start = p->token.start;
    *out = (AstPattern){.kind = AST_PATTERN_SEQUENCE, .repeat_min = 1, .repeat_max = 1};
    do {
        AstPattern item;
        TRY(parse_pattern_factor(p, &item, err));
        LIST_PUSH(p, &out->items, item);
    } while (!ends_sequence(p));
    out->span = parse_span(p, start);
    return STATUS_OK;
}

static Status parse_pattern(Parse *p, AstPattern *out, Error *err) {
    uint32_t start = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    AstPattern first;
    TRY(parse_pattern_sequence(p, &first, err));
    *out = first;
    if (at_sign(p, '|')) {
        *out = (AstPattern){.kind = AST_PATTERN_ALTERNATIVE, .repeat_min = 1, .repeat_max = 1};
        LIST_PUSH(p, &out->items, first);
    }
    while (at_sign(p, '|')) {
        TRY(take_sign(p, err));
        AstPattern next;
        TRY(parse_pattern_sequence(p, &next, err));
        LIST_PUSH(p, &out->items, next);
    }
    if (out->kind == AST_PATTERN_ALTERNATIVE) DEBUG_ASSERT(out->items.count >= 2);
    out->span = parse_span(p, start);
    parse_leave(p, outer);
    return STATUS_OK;
}

/* ---- the clause -------------------------------------------------------------------------------------- */

/* SUBSET u = (a, b), .. */
static Status parse_subsets(Parse *p, AstMatchRecognize *match, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_SUBSET));
    TRY(parse_advance(p, err));
    for (bool more = true; more;) {
        AstMatchSubset subset = {0};
        TRY(parse_name(p, &subset.name, err));
        TRY(parse_expect(p, TOKEN_EQUAL, err));
        TRY(parse_name_list(p, &subset.variables, err));
        LIST_PUSH(p, &match->subsets, subset);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

/* DEFINE a AS condition, ..: a variable of the pattern without one matches every row. */
static Status parse_definitions(Parse *p, AstMatchRecognize *match, Error *err) {
    if (!parse_at(p, KW_DEFINE)) return EXPECTED_WORD(p, err, "DEFINE");
    TRY(parse_advance(p, err));
    for (bool more = true; more;) {
        AstMatchDefinition definition = {0};
        TRY(parse_name(p, &definition.name, err));
        TRY(parse_expect(p, KW_AS, err));
        TRY(parse_expr(p, &definition.condition, err));
        LIST_PUSH(p, &match->definitions, definition);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

/* The clauses in the standard's order; PATTERN and DEFINE have to be there. */
static Status parse_match_content(Parse *p, AstMatchRecognize *match, Error *err) {
    bool found;
    TRY(parse_accept(p, KW_PARTITION, &found, err));
    if (found) {
        TRY(parse_expect(p, KW_BY, err));
        TRY(parse_expr_list(p, &match->partition_by, err));
    }
    if (parse_at(p, KW_ORDER)) TRY(parse_order_by(p, &match->order_by, err));
    TRY(parse_accept(p, KW_MEASURES, &found, err));
    if (found) TRY(parse_measures(p, &match->measures, err));
    if (parse_at(p, KW_ALL) || parse_at(p, KW_ONE)) TRY(parse_match_rows(p, match, err));
    if (parse_at(p, KW_AFTER)) TRY(parse_match_skip(p, match, err));
    if (!parse_at(p, KW_PATTERN)) return EXPECTED_WORD(p, err, "PATTERN");
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    TRY(parse_pattern(p, &match->pattern, err));
    TRY(parse_close(p, open, err));
    TRY(parse_accept(p, KW_WITHIN, &found, err));
    if (found) TRY(parse_expr(p, &match->within, err));
    if (parse_at(p, KW_SUBSET)) TRY(parse_subsets(p, match, err));
    return parse_definitions(p, match, err);
}

Status parse_match_recognize(Parse *p, AstFromItem *input, AstFromItem **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_MATCH_RECOGNIZE));
    DEBUG_ASSERT(input != NULL);
    uint32_t outer;
    TRY(parse_enter(p, &outer, err));
    AstMatchRecognize *match = NEW_NODE(p, AstMatchRecognize);
    AstFromItem *item = NEW_NODE(p, AstFromItem);
    if (match == NULL || item == NULL) return error_out_of_memory(err);
    match->input = input;
    item->kind = AST_FROM_MATCH;
    item->match = match;
    TRY(parse_advance(p, err));
    uint32_t open = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_match_content(p, match, err));
    TRY(parse_close(p, open, err));
    parse_leave(p, outer);
    *out = item;
    return STATUS_OK;
}
