/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_alter.c - ALTER and DROP, and the kinds of objects. */
#include "sql/parser_priv.h"

/* SOURCE, TABLE, LOOKUP TABLE, VIEW, STREAM, MATERIALIZED VIEW, SINK, SECRET, CONNECTION; takes the words. */
Status parse_relation_kind(Parse *p, AstRelationKind *out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    switch (kind) {
        case KW_SOURCE: *out = AST_RELATION_SOURCE; break;
        case KW_TABLE: *out = AST_RELATION_TABLE; break;
        case KW_LOOKUP:
            *out = AST_RELATION_LOOKUP_TABLE;
            TRY(parse_advance(p, err));
            if (!parse_at(p, KW_TABLE)) return EXPECTED_WORD(p, err, "TABLE");
            break;
        case KW_VIEW: *out = AST_RELATION_VIEW; break;
        case KW_STREAM: *out = AST_RELATION_STREAM; break;
        case KW_MATERIALIZED:
            *out = AST_RELATION_MATERIALIZED_VIEW;
            TRY(parse_advance(p, err));
            if (!parse_at(p, KW_VIEW)) return EXPECTED_WORD(p, err, "VIEW");
            break;
        case KW_SINK: *out = AST_RELATION_SINK; break;
        case KW_SECRET: *out = AST_RELATION_SECRET; break;
        case KW_CONNECTION: *out = AST_RELATION_CONNECTION; break;
        default:
            return EXPECTED_WORD(p, err, "SOURCE", "TABLE", "LOOKUP TABLE", "VIEW", "STREAM",
                                 "MATERIALIZED VIEW", "SINK", "SECRET", "CONNECTION");
    }
    return parse_advance(p, err);
}

Status parse_if_exists(Parse *p, bool *out, Error *err) {
    TRY(parse_accept(p, KW_IF, out, err));
    return *out ? parse_expect(p, KW_EXISTS, err) : STATUS_OK;
}

Status parse_if_not_exists(Parse *p, bool *out, Error *err) {
    TRY(parse_at_two(p, KW_IF, KW_NOT, out, err));
    if (!*out) return STATUS_OK;
    TRY(parse_advance(p, err));
    TRY(parse_advance(p, err));
    return parse_expect(p, KW_EXISTS, err);
}

Status parse_cascade(Parse *p, bool *out, Error *err) {
    TRY(parse_accept(p, KW_CASCADE, out, err));
    bool restrict_word;
    return *out ? STATUS_OK : parse_accept(p, KW_RESTRICT, &restrict_word, err);
}

Status parse_drop(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_DROP));
    TRY(parse_new_statement(p, AST_STATEMENT_DROP, out, err));
    AstDrop *drop = NEW_NODE(p, AstDrop);
    TRY_ALLOC(drop);
    (*out)->drop = drop;
    TRY(parse_advance(p, err));
    if (parse_at(p, KW_INDEX) || parse_at(p, KW_SCHEMA) || parse_at(p, KW_ROLE) || parse_at(p, KW_FUNCTION) ||
        parse_at(p, KW_TYPE) || parse_at(p, KW_USER) || parse_at(p, KW_DATABASE))
        return parse_not_supported(&p->token, "DROP of this kind of object", err);
    TRY(parse_relation_kind(p, &drop->relation, err));
    TRY(parse_if_exists(p, &drop->if_exists, err));
    for (bool more = true; more;) {
        AstQualifiedName name;
        TRY(parse_qualified_name(p, &name, err));
        LIST_PUSH(p, &drop->names, name);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return parse_cascade(p, &drop->cascade, err);
}

/* ---- ALTER ------------------------------------------------------------------------------------------- */

/* ADD [COLUMN] [IF NOT EXISTS] definition | ADD constraint, behind ADD. */
static Status parse_alter_add(Parse *p, AstAlterAction *action, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    if (kind == KW_CONSTRAINT || kind == KW_PRIMARY || kind == KW_UNIQUE || kind == KW_CHECK ||
        kind == KW_FOREIGN) {
        action->kind = AST_ALTER_ADD_CONSTRAINT;
        action->constraint = NEW_NODE(p, AstTableConstraint);
        TRY_ALLOC(action->constraint);
        return parse_table_constraint(p, action->constraint, err);
    }
    bool word;
    TRY(parse_accept(p, KW_COLUMN, &word, err));
    action->kind = AST_ALTER_ADD_COLUMN;
    TRY(parse_if_not_exists(p, &action->flag, err));
    action->definition = NEW_NODE(p, AstColumnDef);
    TRY_ALLOC(action->definition);
    return parse_column_def(p, true, action->definition, err);
}

/* Behind DROP: [COLUMN] name, or CONSTRAINT name. */
static Status parse_alter_drop(Parse *p, AstAlterAction *action, Error *err) {
    bool constraint, column;
    TRY(parse_accept(p, KW_CONSTRAINT, &constraint, err));
    if (!constraint) TRY(parse_accept(p, KW_COLUMN, &column, err));
    action->kind = constraint ? AST_ALTER_DROP_CONSTRAINT : AST_ALTER_DROP_COLUMN;
    TRY(parse_if_exists(p, &action->flag, err));
    TRY(parse_name(p, &action->column, err));
    return parse_cascade(p, &action->cascade, err);
}

/* RENAME TO new | RENAME [COLUMN] a TO b, behind RENAME. */
static Status parse_alter_rename(Parse *p, AstAlterAction *action, Error *err) {
    bool to, column;
    TRY(parse_accept(p, KW_TO, &to, err));
    action->kind = to ? AST_ALTER_RENAME : AST_ALTER_RENAME_COLUMN;
    if (!to) {
        TRY(parse_accept(p, KW_COLUMN, &column, err));
        TRY(parse_name(p, &action->column, err));
        TRY(parse_expect(p, KW_TO, err));
    }
    return parse_name(p, &action->new_name, err);
}

/* TYPE t [USING expr] */
static Status parse_alter_type(Parse *p, AstAlterAction *action, Error *err) {
    DEBUG_ASSERT(action->column.str.size > 0); /* read by the caller: it stands before SET DATA TYPE too */
    TRY(parse_expect(p, KW_TYPE, err));
    action->kind = AST_ALTER_COLUMN_TYPE;
    TRY(parse_type(p, &action->type, err));
    bool using_word;
    TRY(parse_accept(p, KW_USING, &using_word, err));
    return using_word ? parse_expr(p, &action->expr, err) : STATUS_OK;
}

/* ALTER [COLUMN] c {[SET DATA] TYPE t | SET DEFAULT x | DROP DEFAULT | SET NOT NULL | DROP NOT NULL}, behind
 * ALTER. */
static Status parse_alter_column(Parse *p, AstAlterAction *action, Error *err) {
    bool set, drop, found;
    TRY(parse_accept(p, KW_COLUMN, &found, err));
    TRY(parse_name(p, &action->column, err));
    if (parse_at(p, KW_TYPE)) return parse_alter_type(p, action, err);
    TRY(parse_accept(p, KW_SET, &set, err));
    drop = false;
    if (!set) TRY(parse_accept(p, KW_DROP, &drop, err));
    if (!set && !drop) return EXPECTED_WORD(p, err, "TYPE", "SET", "DROP");
    if (set) {
        TRY(parse_accept(p, KW_DATA, &found, err));
        if (found) return parse_alter_type(p, action, err);
    }
    TRY(parse_accept(p, KW_DEFAULT, &found, err));
    if (found) {
        action->kind = AST_ALTER_COLUMN_DEFAULT;
        return set ? parse_expr(p, &action->expr, err) : STATUS_OK;
    }
    action->kind = AST_ALTER_COLUMN_NOT_NULL;
    action->flag = set;
    TRY(parse_expect(p, KW_NOT, err));
    return parse_expect(p, KW_NULL, err);
}

/* SET (options) | SET PARALLELISM [= | TO] n | SET SCHEMA s, behind SET. */
static Status parse_alter_set(Parse *p, AstAlterAction *action, Error *err) {
    if (parse_at(p, TOKEN_LEFT_PAREN)) {
        action->kind = AST_ALTER_SET_OPTIONS;
        return parse_options(p, &action->options, err);
    }
    if (parse_at(p, KW_SCHEMA)) {
        action->kind = AST_ALTER_SET_SCHEMA;
        TRY(parse_advance(p, err));
        return parse_name(p, &action->new_name, err);
    }
    if (!parse_at(p, KW_PARALLELISM)) return EXPECTED_WORD(p, err, "(", "PARALLELISM", "SCHEMA");
    action->kind = AST_ALTER_SET_PARALLELISM;
    TRY(parse_advance(p, err));
    bool word;
    TRY(parse_accept(p, TOKEN_EQUAL, &word, err));
    if (!word) TRY(parse_accept(p, KW_TO, &word, err));
    if (parse_at(p, KW_DEFAULT) || parse_at_word(p, STR("adaptive"))) return parse_advance(p, err);
    return parse_expr(p, &action->expr, err);
}

static Status parse_alter_reset(Parse *p, AstAlterAction *action, Error *err) {
    action->kind = AST_ALTER_RESET_OPTIONS;
    return parse_options(p, &action->options, err);
}

/* One action of ALTER, by its first word. */
static Status parse_alter_action(Parse *p, AstAlterAction *action, Error *err) {
    *action = (AstAlterAction){0};
    uint32_t start = p->token.start;
    TokenKind kind = (TokenKind)p->token.kind;
    if (kind != KW_PAUSE && kind != KW_RESUME && kind != KW_RENAME && kind != KW_ADD && kind != KW_DROP &&
        kind != KW_ALTER && kind != KW_SET && kind != KW_RESET)
        return EXPECTED_WORD(p, err, "PAUSE", "RESUME", "RENAME", "ADD", "DROP", "ALTER", "SET", "RESET");
    TRY(parse_advance(p, err));
    switch (kind) {
        case KW_PAUSE: action->kind = AST_ALTER_PAUSE; break;
        case KW_RESUME: action->kind = AST_ALTER_RESUME; break;
        case KW_RENAME: TRY(parse_alter_rename(p, action, err)); break;
        case KW_ADD: TRY(parse_alter_add(p, action, err)); break;
        case KW_DROP: TRY(parse_alter_drop(p, action, err)); break;
        case KW_ALTER: TRY(parse_alter_column(p, action, err)); break;
        case KW_SET: TRY(parse_alter_set(p, action, err)); break;
        default:
            DEBUG_ASSERT(kind == KW_RESET);
            TRY(parse_alter_reset(p, action, err));
            break;
    }
    action->span = parse_span(p, start);
    DEBUG_ASSERT(action->span.start < action->span.end);
    return STATUS_OK;
}

Status parse_alter(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_ALTER));
    TRY(parse_new_statement(p, AST_STATEMENT_ALTER, out, err));
    AstAlter *alter = NEW_NODE(p, AstAlter);
    TRY_ALLOC(alter);
    (*out)->alter = alter;
    TRY(parse_advance(p, err));
    if (parse_at(p, KW_SYSTEM) || parse_at(p, KW_ROLE) || parse_at(p, KW_DATABASE) || parse_at(p, KW_USER) ||
        parse_at(p, KW_FUNCTION) || parse_at(p, KW_INDEX) || parse_at(p, KW_SCHEMA) || parse_at(p, KW_TYPE))
        return parse_not_supported(&p->token, "ALTER of this kind of object", err);
    TRY(parse_relation_kind(p, &alter->relation, err));
    TRY(parse_if_exists(p, &alter->if_exists, err));
    TRY(parse_qualified_name(p, &alter->name, err));
    for (bool more = true; more;) {
        AstAlterAction action;
        TRY(parse_alter_action(p, &action, err));
        LIST_PUSH(p, &alter->actions, action);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    return STATUS_OK;
}
