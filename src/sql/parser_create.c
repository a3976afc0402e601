/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_create.c - CREATE: columns, constraints, watermarks, connectors, options. */
#include "sql/parser_priv.h"

/* ---- options ----------------------------------------------------------------------------------------- */

/* [+-] digits; a + is left out of the value. */
static Status parse_option_number(Parse *p, AstOption *option, Error *err) {
    uint32_t start = p->token.start;
    bool negative, plus = false;
    TRY(parse_accept(p, TOKEN_MINUS, &negative, err));
    if (!negative) TRY(parse_accept(p, TOKEN_PLUS, &plus, err));
    if (!parse_at(p, TOKEN_INTEGER) && !parse_at(p, TOKEN_DECIMAL)) return parse_expected(p, "a number", err);
    option->kind = AST_OPTION_NUMBER;
    option->value = p->token.str;
    DEBUG_ASSERT(!(negative && plus));
    /* As written when sign and digits touch: a slice, no copy. */
    if (negative && option->value.data == p->lexer.text + start + 1) {
        option->value = str_from(p->lexer.text + start, p->token.end - start);
    } else if (negative) {
        char *joined = parse_alloc(p, p->token.str.size + 1);
        TRY_ALLOC(joined);
        joined[0] = '-';
        memcpy(joined + 1, p->token.str.data, p->token.str.size);
        option->value = str_from(joined, p->token.str.size + 1);
    }
    TRY(parse_advance(p, err));
    option->value_span = parse_span(p, start);
    return STATUS_OK;
}

/* 'text', number, word (true, json, a.b), INTERVAL '1' DAY. */
Status parse_option_value(Parse *p, AstOption *option, Error *err) {
    uint32_t start = p->token.start;
    if (parse_at(p, TOKEN_STRING)) {
        option->kind = AST_OPTION_STRING;
        option->value = p->token.str;
        TRY(parse_advance(p, err));
    } else if (parse_at(p, KW_INTERVAL)) {
        option->kind = AST_OPTION_INTERVAL;
        TRY(parse_interval(p, &option->expr, err));
        option->value = option->expr->typed.value;
    } else if (parse_at_class(p, TOKEN_IS_LABEL)) {
        AstName name;
        option->kind = AST_OPTION_WORD;
        TRY(parse_dotted_name(p, &name, err));
        option->value = name.str;
    } else if (parse_at(p, TOKEN_MINUS) || parse_at(p, TOKEN_PLUS) || parse_at(p, TOKEN_INTEGER) ||
               parse_at(p, TOKEN_DECIMAL)) {
        return parse_option_number(p, option, err);
    } else {
        return parse_expected(p, "a value: 'text', a number, a word or INTERVAL '..'", err);
    }
    option->value_span = parse_span(p, start);
    return STATUS_OK;
}

/* key [=] [value] */
static Status parse_option(Parse *p, AstOption *option, Error *err) {
    *option = (AstOption){0};
    uint32_t start = p->token.start;
    bool equal;
    if (parse_at(p, TOKEN_STRING))
        TRY(parse_take_name(p, &option->key, err));
    else
        TRY(parse_dotted_name(p, &option->key, err));
    TRY(parse_accept(p, TOKEN_EQUAL, &equal, err));
    if (equal || (!parse_at(p, TOKEN_COMMA) && !parse_at(p, TOKEN_RIGHT_PAREN)))
        TRY(parse_option_value(p, option, err));
    option->span = parse_span(p, start);
    return STATUS_OK;
}

Status parse_options(Parse *p, AstOptionList *out, Error *err) {
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    for (bool more = !parse_at(p, TOKEN_RIGHT_PAREN); more;) {
        AstOption option;
        TRY(parse_option(p, &option, err));
        LIST_PUSH(p, out, option);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    if (parse_at(p, TOKEN_RIGHT_PAREN)) return parse_advance(p, err);
    parse_unexpected(p, err);
    return error_add_hint(err, "Options are written (key = value, key = value).");
}

/* ---- columns ----------------------------------------------------------------------------------------- */

static Status parse_parenthesized(Parse *p, AstExpr **out, Error *err) {
    uint32_t open = p->token.start;
    TRY(parse_expect(p, TOKEN_LEFT_PAREN, err));
    TRY(parse_expr(p, out, err));
    return parse_close(p, open, err);
}

/* STORED | VIRTUAL | nothing */
static Status parse_stored(Parse *p, bool *out, Error *err) {
    bool is_virtual;
    TRY(parse_accept(p, KW_STORED, out, err));
    return *out ? STATUS_OK : parse_accept(p, KW_VIRTUAL, &is_virtual, err);
}

/* GENERATED {ALWAYS | BY DEFAULT} AS {(expr) [STORED] | IDENTITY [(options)]}, behind GENERATED. */
static Status parse_generated(Parse *p, AstColumnConstraint *constraint, Error *err) {
    bool always, identity;
    TRY(parse_accept(p, KW_ALWAYS, &always, err));
    if (!always) {
        TRY(parse_expect(p, KW_BY, err));
        TRY(parse_expect(p, KW_DEFAULT, err));
    }
    TRY(parse_expect(p, KW_AS, err));
    TRY(parse_accept(p, KW_IDENTITY, &identity, err));
    constraint->kind = identity ? AST_COLUMN_IDENTITY : AST_COLUMN_GENERATED;
    constraint->flag = always;
    if (identity && parse_at(p, TOKEN_LEFT_PAREN))
        return parse_not_supported(&p->token, "a sequence option", err);
    if (identity) return STATUS_OK;
    if (!always) return parse_unexpected(p, err); /* BY DEFAULT is IDENTITY's alone */
    TRY(parse_parenthesized(p, &constraint->expr, err));
    return parse_stored(p, &constraint->flag, err);
}

/* Behind METADATA: [FROM 'key'] [VIRTUAL] */
static Status parse_metadata(Parse *p, AstColumnConstraint *constraint, Error *err) {
    constraint->kind = AST_COLUMN_METADATA;
    bool from;
    TRY(parse_accept(p, KW_FROM, &from, err));
    if (from) {
        constraint->text = p->token.str;
        TRY(parse_expect(p, TOKEN_STRING, err));
    }
    return parse_accept(p, KW_VIRTUAL, &constraint->flag, err);
}

/* PRIMARY KEY [NOT ENFORCED], behind PRIMARY. */
static Status parse_primary_key(Parse *p, Error *err) {
    if (!parse_at(p, KW_KEY)) return EXPECTED_WORD(p, err, "KEY");
    return parse_advance(p, err);
}

/* Flink's NOT ENFORCED behind a key. */
static Status parse_not_enforced(Parse *p, bool *out, Error *err) {
    if (!parse_at(p, KW_NOT)) return STATUS_OK;
    TRY(parse_peek(p, err));
    *out = str_equal(p->next.str, STR("enforced"));
    if (!*out) return STATUS_OK;
    TRY(parse_advance(p, err));
    return parse_advance(p, err);
}

/* The current token begins the constraint; false when it begins none. */
static Status parse_column_constraint_kind(Parse *p, AstColumnConstraint *constraint, bool *found,
                                           Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    *found = kind == KW_NOT || kind == KW_NULL || kind == KW_PRIMARY || kind == KW_UNIQUE ||
             kind == KW_DEFAULT || kind == KW_CHECK || kind == KW_GENERATED || kind == KW_METADATA ||
             kind == KW_REFERENCES || kind == KW_AS;
    if (!*found) return STATUS_OK;
    if (kind == KW_REFERENCES) return parse_not_supported(&p->token, "a foreign key", err);
    TRY(parse_advance(p, err));
    switch (kind) {
        case KW_NOT: constraint->kind = AST_COLUMN_NOT_NULL; return parse_expect(p, KW_NULL, err);
        case KW_NULL: constraint->kind = AST_COLUMN_NULL; return STATUS_OK;
        case KW_PRIMARY:
            constraint->kind = AST_COLUMN_PRIMARY_KEY;
            TRY(parse_primary_key(p, err));
            return parse_not_enforced(p, &constraint->flag, err);
        case KW_UNIQUE: constraint->kind = AST_COLUMN_UNIQUE; return STATUS_OK;
        case KW_DEFAULT:
            constraint->kind = AST_COLUMN_DEFAULT;
            return parse_expr_from(p, PRECEDENCE_OR, EXPR_MODE_BOUND, &constraint->expr, err);
        case KW_CHECK:
            constraint->kind = AST_COLUMN_CHECK;
            return parse_parenthesized(p, &constraint->expr, err);
        case KW_GENERATED: return parse_generated(p, constraint, err);
        case KW_METADATA: return parse_metadata(p, constraint, err);
        default: /* AS expr: Flink and RisingWave */
            DEBUG_ASSERT(kind == KW_AS);
            constraint->kind = AST_COLUMN_GENERATED;
            TRY(parse_expr(p, &constraint->expr, err));
            return parse_stored(p, &constraint->flag, err);
    }
}

/* Constraints and COLLATE, as many as there are. */
static Status parse_column_constraints(Parse *p, AstColumnDef *column, Error *err) {
    for (;;) {
        AstColumnConstraint constraint = {0};
        uint32_t start = p->token.start;
        bool named, found;
        TRY(parse_accept(p, KW_CONSTRAINT, &named, err));
        if (named) TRY(parse_name(p, &constraint.name, err));
        if (!named && parse_at(p, KW_COLLATE)) {
            TRY(parse_advance(p, err));
            TRY(parse_qualified_name(p, &column->collation, err));
            continue;
        }
        TRY(parse_column_constraint_kind(p, &constraint, &found, err));
        if (!found) return named ? parse_unexpected(p, err) : STATUS_OK;
        constraint.span = parse_span(p, start);
        LIST_PUSH(p, &column->constraints, constraint);
    }
}

/* name type constraints; name AS expr. */
Status parse_column_def(Parse *p, bool constraints, AstColumnDef *out, Error *err) {
    *out = (AstColumnDef){0};
    uint32_t start = p->token.start;
    TRY(parse_name(p, &out->name, err));
    if (!constraints || !parse_at(p, KW_AS)) TRY(parse_type(p, &out->type, err));
    if (constraints) {
        TRY(parse_column_constraints(p, out, err));
    } else if (parse_at(p, KW_COLLATE)) {
        TRY(parse_advance(p, err));
        TRY(parse_qualified_name(p, &out->collation, err));
    }
    out->span = parse_span(p, start);
    return STATUS_OK;
}

Status parse_table_constraint(Parse *p, AstTableConstraint *out, Error *err) {
    *out = (AstTableConstraint){0};
    uint32_t start = p->token.start;
    bool named;
    TRY(parse_accept(p, KW_CONSTRAINT, &named, err));
    if (named) TRY(parse_name(p, &out->name, err));
    TokenKind kind = (TokenKind)p->token.kind;
    if (kind == KW_FOREIGN) return parse_not_supported(&p->token, "a foreign key", err);
    if (parse_at_word(p, STR("exclude"))) return parse_not_supported(&p->token, "EXCLUDE", err);
    if (kind != KW_PRIMARY && kind != KW_UNIQUE && kind != KW_CHECK)
        return EXPECTED_WORD(p, err, "PRIMARY KEY", "UNIQUE", "CHECK");
    TRY(parse_advance(p, err));
    out->kind = kind == KW_PRIMARY  ? AST_TABLE_PRIMARY_KEY
                : kind == KW_UNIQUE ? AST_TABLE_UNIQUE
                                    : AST_TABLE_CHECK;
    if (kind == KW_PRIMARY) TRY(parse_primary_key(p, err));
    if (kind == KW_CHECK)
        TRY(parse_parenthesized(p, &out->check, err));
    else
        TRY(parse_name_list(p, &out->columns, err));
    if (kind != KW_CHECK) TRY(parse_not_enforced(p, &out->not_enforced, err));
    out->span = parse_span(p, start);
    return STATUS_OK;
}

/* WATERMARK FOR ts [AS expr] */
static Status parse_watermark(Parse *p, AstWatermark *out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_WATERMARK));
    *out = (AstWatermark){0};
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_expect(p, KW_FOR, err));
    TRY(parse_name(p, &out->column, err));
    bool as;
    TRY(parse_accept(p, KW_AS, &as, err));
    if (as) TRY(parse_expr(p, &out->expr, err));
    out->span = parse_span(p, start);
    return STATUS_OK;
}

/* One entry of the parentheses: WATERMARK FOR .., a constraint of the table, or a column. */
static Status parse_definition(Parse *p, AstCreate *create, Error *err) {
    bool watermark;
    TRY(parse_at_two(p, KW_WATERMARK, KW_FOR, &watermark, err));
    if (watermark) {
        AstWatermark definition;
        TRY(parse_watermark(p, &definition, err));
        LIST_PUSH(p, &create->watermarks, definition);
        return STATUS_OK;
    }
    TokenKind kind = (TokenKind)p->token.kind;
    if (kind == KW_CONSTRAINT || kind == KW_PRIMARY || kind == KW_UNIQUE || kind == KW_CHECK ||
        kind == KW_FOREIGN) {
        AstTableConstraint constraint;
        TRY(parse_table_constraint(p, &constraint, err));
        LIST_PUSH(p, &create->constraints, constraint);
        return STATUS_OK;
    }
    if (kind == KW_LIKE) return parse_not_supported(&p->token, "LIKE in a column list", err);
    bool exclude;
    TRY(parse_at_two(p, KW_EXCLUDE, KW_USING, &exclude, err));
    if (exclude) return parse_not_supported(&p->token, "EXCLUDE", err);
    AstColumnDef column;
    TRY(parse_column_def(p, true, &column, err));
    LIST_PUSH(p, &create->columns, column);
    return STATUS_OK;
}

/* (a int, ..) or, when no name is followed by a type, (a, b). */
static Status parse_definitions(Parse *p, AstCreate *create, Error *err) {
    DEBUG_ASSERT(parse_at(p, TOKEN_LEFT_PAREN));
    uint32_t open = p->token.start;
    create->has_columns = true;
    TRY(parse_peek(p, err));
    TRY(parse_advance(p, err));
    TRY(parse_peek(p, err));
    /* Decided by the first name: what follows it is a type or nothing. */
    if (parse_at_class(p, TOKEN_IS_COLUMN_ID) &&
        (p->next.kind == TOKEN_COMMA || p->next.kind == TOKEN_RIGHT_PAREN)) {
        for (bool more = true; more;) {
            AstName name;
            TRY(parse_name(p, &name, err));
            LIST_PUSH(p, &create->column_names, name);
            TRY(parse_accept(p, TOKEN_COMMA, &more, err));
        }
        return parse_close(p, open, err);
    }
    for (bool more = !parse_at(p, TOKEN_RIGHT_PAREN); more;) {
        TRY(parse_definition(p, create, err));
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return parse_close(p, open, err);
}

/* ---- the clauses behind the columns ------------------------------------------------------------------ */

/* KAFKA (opt = 'v', ..) */
static Status parse_connector(Parse *p, AstCreate *create, Error *err) {
    TRY(parse_label(p, &create->connector, err));
    return parse_at(p, TOKEN_LEFT_PAREN) ? parse_options(p, &create->connector_options, err) : STATUS_OK;
}

/* FORMAT JSON [(..)], FORMAT PLAIN ENCODE JSON [(..)] */
static Status parse_format(Parse *p, AstCreate *create, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_FORMAT));
    if (create->format.str.size > 0) return parse_unexpected(p, err);
    TRY(parse_advance(p, err));
    TRY(parse_label(p, &create->format, err));
    bool encode;
    TRY(parse_accept(p, KW_ENCODE, &encode, err));
    if (encode) TRY(parse_label(p, &create->encode, err));
    return parse_at(p, TOKEN_LEFT_PAREN) ? parse_options(p, &create->format_options, err) : STATUS_OK;
}

static bool takes_query(AstRelationKind kind) {
    return kind != AST_RELATION_SOURCE && kind != AST_RELATION_LOOKUP_TABLE && kind != AST_RELATION_SECRET &&
           kind != AST_RELATION_CONNECTION;
}

static bool is_continuous(AstRelationKind kind) {
    return kind == AST_RELATION_STREAM || kind == AST_RELATION_MATERIALIZED_VIEW || kind == AST_RELATION_VIEW || kind == AST_RELATION_SINK;
}

/* AS query [WITH [NO] DATA] */
static Status parse_as_query(Parse *p, AstCreate *create, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_AS));
    Token as = p->token;
    TRY(parse_advance(p, err));
    if (create->relation == AST_RELATION_SECRET) {
        AstOption value = {.key = {STR("value"), {as.start, as.end}}};
        TRY(parse_option_value(p, &value, err));
        LIST_PUSH(p, &create->options, value);
        return STATUS_OK;
    }
    if (!takes_query(create->relation)) {
        error_set_at(err, STATUS_SYNTAX, as.start, "syntax error at or near \"AS\"");
        return error_add_hint(err,
                              "A query makes a STREAM, VIEW, MATERIALIZED VIEW, TABLE or SINK, not this.");
    }
    DEBUG_ASSERT(create->query == NULL); /* one AS: the caller refuses a second */
    TRY(parse_query(p, true, &create->query, err));
    if (create->emit != NULL && create->query->emit != NULL)
        return error_set_at(err, STATUS_SYNTAX, create->query->emit->span.start, "multiple EMIT clauses not allowed");
    if (create->emit != NULL) create->query->emit = create->emit;
    bool with, no;
    TRY(parse_at_two(p, KW_WITH, TOKEN_LEFT_PAREN, &with, err)); /* options: the caller's */
    if (with || !parse_at(p, KW_WITH)) return STATUS_OK;
    if (create->relation != AST_RELATION_MATERIALIZED_VIEW && create->relation != AST_RELATION_TABLE)
        return parse_expected(p, "the end, or options: WITH (..)", err);
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    TRY(parse_accept(p, KW_NO, &no, err));
    TRY(parse_expect(p, KW_DATA, err));
    if (no) create->with_no_data = parse_span(p, start);
    return STATUS_OK;
}

/* FROM, INTO and FORMAT stand once. */
static Status parse_from(Parse *p, AstCreate *create, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_FROM));
    bool is_sink = create->relation == AST_RELATION_SINK; /* FROM and INTO in either order */
    if (create->from.count > 0 || (!is_sink && create->connector.str.size > 0)) return parse_unexpected(p, err);
    TRY(parse_advance(p, err));
    if (is_sink) return parse_qualified_name(p, &create->from, err);
    return parse_connector(p, create, err);
}

/* RisingWave's APPEND ONLY behind a table's columns. */
static Status parse_append_only(Parse *p, AstCreate *create, Error *err) {
    DEBUG_ASSERT(create->append_only.end == 0); /* once */
    uint32_t start = p->token.start;
    TRY(parse_advance(p, err));
    if (!parse_at(p, KW_ONLY)) return EXPECTED_WORD(p, err, "ONLY");
    TRY(parse_advance(p, err));
    create->append_only = parse_span(p, start);
    return STATUS_OK;
}

/* What else follows a table's columns in PostgreSQL, RisingWave and Flink; anything else is left to the caller. */
static Status parse_table_extra(Parse *p, const AstCreate *create, Error *err) {
    static const char *const WORDS[][2] = {
        {"inherits", "INHERITS"},          {"partition", "PARTITION BY"},
        {"partitioned", "PARTITIONED BY"}, {"tablespace", "TABLESPACE"}, {"using", "USING"},
        {"on", "ON COMMIT"}};
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]) && create->relation == AST_RELATION_TABLE; i++) {
        if (!parse_at_word(p, str_from_c(WORDS[i][0]))) continue;
        return parse_not_supported(&p->token, WORDS[i][1], err);
    }
    return STATUS_OK;
}

/* What may follow name and columns, in any order; what a kind of object has to have is checked at the end. */
static Status parse_create_clauses(Parse *p, AstCreate *create, Error *err) {
    for (;;) {
        bool may_append = create->relation == AST_RELATION_TABLE && create->append_only.end == 0;
        if (may_append && parse_at_word(p, STR("append"))) TRY(parse_append_only(p, create, err));
        switch (p->token.kind) {
            case KW_FROM: TRY(parse_from(p, create, err)); break;
            case KW_INTO:
                if (create->relation != AST_RELATION_SINK || create->connector.str.size > 0)
                    return parse_unexpected(p, err);
                TRY(parse_advance(p, err));
                TRY(parse_connector(p, create, err));
                break;
            case KW_WITH:
                TRY(parse_advance(p, err));
                TRY(parse_options(p, &create->options, err));
                break;
            case KW_FORMAT: TRY(parse_format(p, create, err)); break;
            case KW_EMIT: /* RisingWave's place for it */
                if (!is_continuous(create->relation) || create->query != NULL) return parse_unexpected(p, err);
                TRY(parse_emit(p, &create->emit, err));
                if (!parse_at(p, KW_AS)) return parse_expected(p, "AS and a query", err);
                break;
            case KW_AS:
                if (create->query != NULL) return parse_unexpected(p, err);
                TRY(parse_as_query(p, create, err));
                break;
            default: return parse_table_extra(p, create, err); /* else it ends, here or in an error */
        }
    }
}

/* What each kind must and must not have. */
static Status check_create(Parse *p, const AstCreate *create, Error *err) {
    AstRelationKind kind = create->relation;
    bool has_definitions = create->columns.count + create->constraints.count + create->watermarks.count > 0;
    bool derived =
        kind == AST_RELATION_VIEW || kind == AST_RELATION_STREAM || kind == AST_RELATION_MATERIALIZED_VIEW;
    if ((derived || kind == AST_RELATION_SINK) && has_definitions) {
        uint32_t position = create->columns.count > 0       ? create->columns.items[0].span.start
                            : create->constraints.count > 0 ? create->constraints.items[0].span.start
                                                            : create->watermarks.items[0].span.start;
        error_set_at(err, STATUS_SYNTAX, position, "column definitions do not belong here");
        return error_add_hint(err,
                              "The query gives the types; in parentheses stand names only: (a, b). To "
                              "declare columns CREATE SOURCE or TABLE.");
    }
    if (derived && create->query == NULL) return parse_expected(p, "AS and a query", err);
    if (kind == AST_RELATION_SINK && create->query == NULL && create->from.count == 0)
        return parse_expected(p, "FROM name or AS and a query", err);
    if (kind == AST_RELATION_SINK && create->query != NULL && create->from.count > 0)
        return error_set_at(err, STATUS_SYNTAX, create->query->span.start,
                            "a sink has FROM name or AS query, not both");
    bool names_only = create->column_names.count > 0 && create->query == NULL && kind != AST_RELATION_SINK;
    if (names_only) {
        error_set_at(err, STATUS_SYNTAX, create->column_names.items[0].span.end,
                     "syntax error: a type is missing");
        return error_add_hint(err, "Write column definitions: (name type, ..).");
    }
    if (kind == AST_RELATION_TABLE && !create->has_columns && create->query == NULL &&
        create->options.count == 0 && create->connector.str.size == 0)
        return parse_expected(p, "column definitions in parentheses or AS and a query", err);
    return STATUS_OK;
}

static Status parse_create_relation(Parse *p, AstCreate *create, Error *err) {
    TRY(parse_if_not_exists(p, &create->if_not_exists, err));
    TRY(parse_qualified_name(p, &create->name, err));
    if (parse_at(p, TOKEN_LEFT_PAREN)) TRY(parse_definitions(p, create, err));
    TRY(parse_create_clauses(p, create, err));
    if (!parse_at(p, TOKEN_SEMICOLON) && !parse_at(p, TOKEN_END)) return parse_unexpected(p, err);
    return check_create(p, create, err);
}

/* Known to PostgreSQL or a neighbour, not to us. */
static Status check_unsupported(Parse *p, Error *err) {
    static const char *const words[] = {"index",     "schema",   "role",        "user",         "function",
                                        "type",      "trigger",  "unique",      "domain",       "sequence",
                                        "extension", "database", "aggregate",   "procedure",    "rule",
                                        "policy",    "server",   "publication", "subscription", "catalog",
                                        "cast",      "operator", "unlogged",    "language"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (parse_at_word(p, str_from_c(words[i]))) {
            char what[64];
            bool is_index = parse_at_word(p, STR("unique")) || parse_at_word(p, STR("index"));
            text_format(what, sizeof(what), is_index ? "CREATE INDEX" : "CREATE %.*s", STR_ARGS(p->token.str));
            return parse_not_supported(&p->token, what, err);
        }
    return STATUS_OK;
}

Status parse_create(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_CREATE));
    TRY(parse_new_statement(p, AST_STATEMENT_CREATE, out, err));
    AstCreate *create = NEW_NODE(p, AstCreate);
    TRY_ALLOC(create);
    (*out)->create = create;
    TRY(parse_advance(p, err));
    uint32_t start = p->token.start;
    bool found;
    TRY(parse_accept(p, KW_OR, &found, err));
    if (found) {
        TRY(parse_expect(p, KW_REPLACE, err));
        create->or_replace = parse_span(p, start);
    }
    start = p->token.start;
    if (parse_at(p, KW_TEMPORARY) || parse_at(p, KW_TEMP)) {
        TRY(parse_advance(p, err));
        create->temporary = parse_span(p, start);
    }
    TRY(check_unsupported(p, err));
    TRY(parse_relation_kind(p, &create->relation, err));
    return parse_create_relation(p, create, err);
}
