/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_type.c - type names and INTERVAL. */
#include "sql/parser_priv.h"

bool token_begins_type(TokenKind kind) {
    switch (kind) {
        case KW_INT:
        case KW_INTEGER:
        case KW_SMALLINT:
        case KW_BIGINT:
        case KW_REAL:
        case KW_FLOAT:
        case KW_DECIMAL:
        case KW_DEC:
        case KW_NUMERIC:
        case KW_BOOLEAN:
        case KW_DOUBLE:
        case KW_BIT:
        case KW_CHAR:
        case KW_CHARACTER:
        case KW_VARCHAR:
        case KW_NCHAR:
        case KW_NATIONAL:
        case KW_TIMESTAMP:
        case KW_TIME:
        case KW_INTERVAL: return true;
        default: return false; /* every other token */
    }
}

/* False past int32. */
static bool digits_to_int(Str digits, int32_t *out) {
    int64_t value = 0;
    for (size_t i = 0; i < digits.size; i++) {
        DEBUG_ASSERT(digits.data[i] >= '0' && digits.data[i] <= '9'); /* of a TOKEN_INTEGER */
        value = value * 10 + (digits.data[i] - '0');
        if (value > INT32_MAX) return false;
    }
    *out = (int32_t)value;
    return true;
}

/* One number of numeric(p, s); which may be negative is the binder's to say. */
static Status parse_modifier(Parse *p, AstTypeName *type, Error *err) {
    bool negative;
    TRY(parse_accept(p, TOKEN_MINUS, &negative, err));
    if (!parse_at(p, TOKEN_INTEGER)) return parse_expected(p, "an integer", err);
    int32_t value;
    if (!digits_to_int(p->token.str, &value))
        return error_set_at(err, STATUS_SYNTAX, p->token.start, "type modifier is out of range");
    if (type->modifier_count == AST_TYPE_MODIFIER_COUNT_MAX)
        return error_set_at(err, STATUS_SYNTAX, p->token.start, "a type has at most %d modifiers",
                            AST_TYPE_MODIFIER_COUNT_MAX);
    type->modifiers[type->modifier_count++] = negative ? -value : value;
    return parse_advance(p, err);
}

/* [(n [, m])] */
static Status parse_modifiers(Parse *p, AstTypeName *type, Error *err) {
    if (!parse_at(p, TOKEN_LEFT_PAREN)) return STATUS_OK;
    uint32_t open = p->token.start;
    TRY(parse_advance(p, err));
    for (bool more = true; more;) {
        TRY(parse_modifier(p, type, err));
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return parse_close(p, open, err);
}

/* ---- INTERVAL ---------------------------------------------------------------------------------------- */

typedef struct FieldWord {
    Str singular;
    Str plural;
    IntervalField field; /* INTERVAL_ANY_FIELD: the word goes into the text */
} FieldWord;

static const FieldWord field_words[] = {
    {{"year", 4}, {"years", 5}, INTERVAL_YEAR},
    {{"month", 5}, {"months", 6}, INTERVAL_MONTH},
    {{"day", 3}, {"days", 4}, INTERVAL_DAY},
    {{"hour", 4}, {"hours", 5}, INTERVAL_HOUR},
    {{"minute", 6}, {"minutes", 7}, INTERVAL_MINUTE},
    {{"second", 6}, {"seconds", 7}, INTERVAL_SECOND},
    {{"week", 4}, {"weeks", 5}, INTERVAL_ANY_FIELD},
    {{"millisecond", 11}, {"milliseconds", 12}, INTERVAL_ANY_FIELD},
};

static const FieldWord *find_field_word(const Parse *p) {
    if (p->token.quoted || !parse_at_class(p, TOKEN_IS_LABEL)) return NULL;
    for (size_t i = 0; i < sizeof(field_words) / sizeof(field_words[0]); i++)
        if (str_equal(p->token.str, field_words[i].singular) ||
            str_equal(p->token.str, field_words[i].plural))
            return &field_words[i];
    return NULL;
}

/* first TO last; INTERVAL_ANY_FIELD when SQL has no such pair. */
static IntervalField field_range(IntervalField first, IntervalField last) {
    if (first == INTERVAL_YEAR && last == INTERVAL_MONTH) return INTERVAL_YEAR_TO_MONTH;
    if (first == INTERVAL_DAY && last == INTERVAL_HOUR) return INTERVAL_DAY_TO_HOUR;
    if (first == INTERVAL_DAY && last == INTERVAL_MINUTE) return INTERVAL_DAY_TO_MINUTE;
    if (first == INTERVAL_DAY && last == INTERVAL_SECOND) return INTERVAL_DAY_TO_SECOND;
    if (first == INTERVAL_HOUR && last == INTERVAL_MINUTE) return INTERVAL_HOUR_TO_MINUTE;
    if (first == INTERVAL_HOUR && last == INTERVAL_SECOND) return INTERVAL_HOUR_TO_SECOND;
    if (first == INTERVAL_MINUTE && last == INTERVAL_SECOND) return INTERVAL_MINUTE_TO_SECOND;
    return INTERVAL_ANY_FIELD;
}

/* TO field [(p)] behind an interval's first field, which must be the coarser. */
static Status parse_field_range(Parse *p, AstTypeName *type, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_TO));
    TRY(parse_advance(p, err)); /* TO */
    const FieldWord *word = find_field_word(p);
    IntervalField range = word == NULL ? INTERVAL_ANY_FIELD : field_range(type->interval_field, word->field);
    if (range == INTERVAL_ANY_FIELD) return parse_expected(p, "a finer interval field", err);
    type->interval_field = range;
    TRY(parse_advance(p, err));
    return word->field == INTERVAL_SECOND ? parse_modifiers(p, type, err) : STATUS_OK;
}

/* [YEAR | .. | DAY TO SECOND(p)]; *extra is a word that no field stands for. */
static Status parse_interval_fields(Parse *p, AstTypeName *type, Str *extra, Error *err) {
    const FieldWord *word = find_field_word(p);
    if (word == NULL || (word->field == INTERVAL_ANY_FIELD && extra == NULL)) return STATUS_OK;
    TRY(parse_advance(p, err));
    type->interval_field = word->field;
    if (word->field == INTERVAL_ANY_FIELD) *extra = word->singular;
    if (word->field == INTERVAL_SECOND) TRY(parse_modifiers(p, type, err));
    return parse_at(p, KW_TO) ? parse_field_range(p, type, err) : STATUS_OK;
}

/* `value word`, for a word that is not one of SQL's fields. */
static Status append_word(Parse *p, Str *value, Str word, Error *err) {
    DEBUG_ASSERT(word.size > 0);
    char *joined = parse_alloc(p, value->size + word.size + 1);
    TRY_ALLOC(joined);
    if (value->size > 0) memcpy(joined, value->data, value->size);
    joined[value->size] = ' ';
    memcpy(joined + value->size + 1, word.data, word.size);
    *value = str_from(joined, value->size + word.size + 1);
    return STATUS_OK;
}

Status parse_interval(Parse *p, AstExpr **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_INTERVAL));
    uint32_t start = p->token.start;
    AstTypeName *type = NEW_NODE(p, AstTypeName);
    TRY_ALLOC(type);
    TRY(parse_take_name(p, &type->name, err));
    TRY(parse_modifiers(p, type, err));
    Token value = p->token;
    if (!parse_at(p, TOKEN_STRING) && !parse_at(p, TOKEN_INTEGER))
        return parse_expected(p, "a 'string'", err);
    TRY(parse_advance(p, err));
    Str extra = {0};
    bool bare = value.kind == TOKEN_INTEGER;
    if (type->modifier_count == 0) TRY(parse_interval_fields(p, type, &extra, err));
    if (bare && type->interval_field == INTERVAL_ANY_FIELD && extra.size == 0)
        return parse_expected(p, "a unit: INTERVAL 5 MINUTE, INTERVAL '5 minutes'", err);
    if (extra.size > 0) TRY(append_word(p, &value.str, extra, err));
    TRY(parse_new_expr(p, AST_EXPR_TYPED_LITERAL, start, out, err));
    type->span = parse_span(p, start);
    (*out)->typed.type = type;
    (*out)->typed.value = value.str;
    (*out)->typed.value_span = (AstSpan){value.start, value.end};
    return STATUS_OK;
}

/* ---- names of several words -------------------------------------------------------------------------- */

/* [WITH [LOCAL] TIME ZONE | WITHOUT TIME ZONE]: `zoned` and `plain` are the names. */
static Status parse_time_zone(Parse *p, AstTypeName *type, Str plain, Str zoned, Error *err) {
    type->name.str = plain;
    bool with, without;
    TRY(parse_at_two(p, KW_WITH, KW_TIME, &with, err));
    if (parse_at(p, KW_WITH) && !with) TRY(parse_at_two(p, KW_WITH, KW_LOCAL, &with, err));
    TRY(parse_at_two(p, KW_WITHOUT, KW_TIME, &without, err));
    if (!with && !without) return STATUS_OK;
    TRY(parse_advance(p, err));
    bool local = false;
    if (with) TRY(parse_accept(p, KW_LOCAL, &local, err));
    TRY(parse_expect(p, KW_TIME, err));
    TRY(parse_expect(p, KW_ZONE, err));
    if (with) type->name.str = zoned;
    return STATUS_OK;
}

/* [NATIONAL] CHARACTER [VARYING], CHAR [VARYING], VARCHAR, NCHAR, BIT [VARYING], behind the word. */
static Status parse_varying(Parse *p, AstTypeName *type, Str fixed, Str varying, Error *err) {
    bool is_varying;
    TRY(parse_accept(p, KW_VARYING, &is_varying, err));
    DEBUG_ASSERT(type->modifier_count == 0); /* they stand behind VARYING, not before */
    type->name.str = is_varying ? varying : fixed;
    return parse_modifiers(p, type, err);
}

/* Types whose names the grammar knows: several words become one (ast.h, AstTypeName). */
static Status parse_keyword_type(Parse *p, AstTypeName *type, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    DEBUG_ASSERT(token_begins_type(kind));
    TRY(parse_take_name(p, &type->name, err));
    switch (kind) {
        case KW_DOUBLE: {
            bool precision;
            type->name.str = STR("double precision");
            return parse_accept(p, KW_PRECISION, &precision, err);
        }
        case KW_NATIONAL:
            if (!parse_at(p, KW_CHARACTER) && !parse_at(p, KW_CHAR))
                return EXPECTED_WORD(p, err, "CHARACTER");
            TRY(parse_advance(p, err));
            return parse_varying(p, type, STR("char"), STR("varchar"), err);
        case KW_CHAR:
        case KW_NCHAR:
        case KW_CHARACTER: return parse_varying(p, type, STR("char"), STR("varchar"), err);
        case KW_BIT: return parse_varying(p, type, STR("bit"), STR("varbit"), err);
        case KW_TIMESTAMP:
            TRY(parse_modifiers(p, type, err));
            return parse_time_zone(p, type, STR("timestamp"), STR("timestamptz"), err);
        case KW_TIME:
            TRY(parse_modifiers(p, type, err));
            return parse_time_zone(p, type, STR("time"), STR("timetz"), err);
        case KW_INTERVAL:
            if (parse_at(p, TOKEN_LEFT_PAREN)) return parse_modifiers(p, type, err);
            return parse_interval_fields(p, type, NULL, err);
        case KW_VARCHAR:
        case KW_FLOAT:
        case KW_DECIMAL:
        case KW_DEC:
        case KW_NUMERIC: return parse_modifiers(p, type, err);
        default: return STATUS_OK; /* INT and the like take no modifier */
    }
}

/* ---- nested types ------------------------------------------------------------------------------------ */

/* The > that closes MAP<k, v>: one of several may be glued together, as in MAP<a, MAP<b, c>>. */
static Status parse_close_angle(Parse *p, Error *err) {
    if (parse_at(p, TOKEN_GREATER)) return parse_advance(p, err);
    bool glued =
        (parse_at(p, TOKEN_OPERATOR) || parse_at(p, TOKEN_GREATER_EQUAL)) && p->token.str.data[0] == '>';
    if (!glued) return parse_expected(p, "\">\"", err);
    DEBUG_ASSERT(p->token.str.size > 1); /* a single > is TOKEN_GREATER */
    DEBUG_ASSERT(!p->has_next || p->next.start >= p->token.end);
    /* Cut off the first byte; what is left of the token stays the current one. */
    p->end = p->token.start + 1;
    p->token.start++;
    p->token.str = str_from(p->token.str.data + 1, p->token.str.size - 1);
    if (p->token.str.size > 1) return STATUS_OK;
    p->token.kind = p->token.str.data[0] == '>'   ? TOKEN_GREATER
                    : p->token.str.data[0] == '=' ? TOKEN_EQUAL
                                                  : TOKEN_OPERATOR;
    return STATUS_OK;
}

/* (a int, b text) or <a int, b text>; a colon between name and type is Hive's and harmless. */
static Status parse_row_fields(Parse *p, AstTypeName *type, Error *err) {
    for (bool more = true; more;) {
        AstTypeField field;
        TRY(parse_label(p, &field.name, err));
        bool colon;
        TRY(parse_accept(p, TOKEN_COLON, &colon, err));
        TRY(parse_type(p, &field.type, err));
        bool not_null;
        TRY(parse_at_two(p, KW_NOT, KW_NULL, &not_null, err));
        if (not_null) TRY(parse_advance(p, err));
        if (not_null) TRY(parse_advance(p, err));
        field.type->not_null = not_null;
        LIST_PUSH(p, &type->fields, field);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}

static Status parse_open(Parse *p, bool *angle, uint32_t *open, Error *err) {
    *open = p->token.start;
    TRY(parse_accept(p, TOKEN_LESS, angle, err));
    return *angle ? STATUS_OK : parse_expect(p, TOKEN_LEFT_PAREN, err);
}

/* ROW, STRUCT, MAP or ARRAY with its parts in <..> or (..). */
static Status parse_nested_type(Parse *p, AstTypeName *type, AstTypeKind kind, Error *err) {
    TRY(parse_take_name(p, &type->name, err));
    type->kind = kind;
    bool angle;
    uint32_t open;
    TRY(parse_open(p, &angle, &open, err));
    if (kind == AST_TYPE_ROW) TRY(parse_row_fields(p, type, err));
    if (kind == AST_TYPE_MAP) {
        TRY(parse_type(p, &type->key, err));
        TRY(parse_expect(p, TOKEN_COMMA, err));
    }
    if (kind != AST_TYPE_ROW) TRY(parse_type(p, &type->element, err));
    if (kind == AST_TYPE_ARRAY) type->dimensions = 1;
    DEBUG_ASSERT((kind == AST_TYPE_ROW) == (type->element == NULL));
    return angle ? parse_close_angle(p, err) : parse_close(p, open, err);
}

/* ---- the whole --------------------------------------------------------------------------------------- */

/* [schema.]name[(modifiers)]: whether there is such a type the binder asks. */
static Status parse_generic_type(Parse *p, AstTypeName *type, Error *err) {
    if (!parse_at_class(p, TOKEN_IS_FUNCTION_ID)) return parse_expected(p, "a type", err);
    TRY(parse_take_name(p, &type->name, err));
    if (parse_at(p, TOKEN_DOT)) {
        type->schema = type->name;
        TRY(parse_advance(p, err));
        TRY(parse_label(p, &type->name, err));
    }
    TRY(parse_modifiers(p, type, err));
    DEBUG_ASSERT(type->name.str.size > 0);
    if (str_equal(type->name.str, STR("timestamp_ltz"))) type->name.str = STR("timestamptz");
    return STATUS_OK;
}

/* A type without the [] that may follow. struct and map are plain names unless < or ( follows. */
static Status parse_simple_type(Parse *p, AstTypeName *type, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    if (token_begins_type(kind)) return parse_keyword_type(p, type, err);
    if (kind == KW_ARRAY) return parse_nested_type(p, type, AST_TYPE_ARRAY, err);
    if (kind == KW_ROW) return parse_nested_type(p, type, AST_TYPE_ROW, err);
    if (kind == KW_SETOF) return parse_not_supported(&p->token, "SETOF", err);
    if (kind != KW_STRUCT && kind != KW_MAP) return parse_generic_type(p, type, err);
    TRY(parse_peek(p, err));
    if (p->next.kind != TOKEN_LESS && p->next.kind != TOKEN_LEFT_PAREN)
        return parse_generic_type(p, type, err);
    return parse_nested_type(p, type, kind == KW_MAP ? AST_TYPE_MAP : AST_TYPE_ROW, err);
}

/* One [] or [n]: the number means nothing, as in PostgreSQL. */
static Status parse_bound(Parse *p, Error *err) {
    TRY(parse_advance(p, err));
    bool number;
    TRY(parse_accept(p, TOKEN_INTEGER, &number, err));
    return parse_expect(p, TOKEN_RIGHT_BRACKET, err);
}

/* What stands behind a type: [][3], ARRAY, ARRAY[3]. */
static Status parse_bounds(Parse *p, AstTypeName **type, Error *err) {
    uint32_t dimensions = 0;
    bool word;
    TRY(parse_accept(p, KW_ARRAY, &word, err));
    if (word) {
        dimensions = 1;
        if (parse_at(p, TOKEN_LEFT_BRACKET)) TRY(parse_bound(p, err));
    }
    for (; !word && parse_at(p, TOKEN_LEFT_BRACKET); dimensions++) TRY(parse_bound(p, err));
    if (dimensions == 0) return STATUS_OK;
    if (dimensions > UINT8_MAX)
        return error_set_at(err, STATUS_LIMIT, (*type)->span.start, "an array type has too many dimensions");
    AstTypeName *array = NEW_NODE(p, AstTypeName);
    TRY_ALLOC(array);
    array->kind = AST_TYPE_ARRAY;
    array->dimensions = (uint8_t)dimensions;
    array->element = *type;
    array->span = parse_span(p, (*type)->span.start);
    *type = array;
    return STATUS_OK;
}

Status parse_type(Parse *p, AstTypeName **out, Error *err) {
    uint32_t start = p->token.start, outer;
    TRY(parse_enter(p, &outer, err));
    AstTypeName *type = NEW_NODE(p, AstTypeName);
    TRY_ALLOC(type);
    TRY(parse_simple_type(p, type, err));
    type->span = parse_span(p, start);
    TRY(parse_bounds(p, &type, err));
    parse_leave(p, outer);
    *out = type;
    return STATUS_OK;
}
