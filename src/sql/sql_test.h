/* SPDX-License-Identifier: Apache-2.0
 * sql/sql_test.h - for the tests of this folder: an expression written out with a parenthesis around every
 * operator, so that a test can see how it was read. What has no operands of its own is repeated from the
 * text.
 *
 *     Dump dump = {.sql = text};
 *     text_init(&dump.text, &memory);
 *     dump_expr(&dump, expr);                 a + b * c   gives   ("a" + ("b" * "c"))
 *
 * What is dumped is SQL again and means the same: parser_pg_test.c has PostgreSQL read it. */
#ifndef WEIR_SQL_SQL_TEST_H
#define WEIR_SQL_SQL_TEST_H

#include "sql/parser.h"

typedef struct Dump {
    Text text;
    Str sql;
} Dump;

static void dump_expr(Dump *dump, const AstExpr *expr);

/* As it is written. */
static inline void dump_span(Dump *dump, AstSpan span) {
    text_append(&dump->text, str_from(dump->sql.data + span.start, span.end - span.start));
}

/* In double quotes, so that folding to lower case shows. */
static inline void dump_name(Dump *dump, const AstQualifiedName *name) {
    for (uint32_t i = 0; i < name->count; i++)
        text_append_format(&dump->text, "%s\"%.*s\"", i == 0 ? "" : ".", STR_ARGS(name->items[i].str));
}

static inline void dump_list(Dump *dump, const AstExprList *list, const char *join) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (i > 0) text_append_c(&dump->text, join);
        dump_expr(dump, list->items[i]);
    }
}

/* left NULL: a prefix operator. The operator is in `op` or in `word`, the other is empty. */
static inline void dump_two(Dump *dump, const AstExpr *left, const char *word, Str op, const AstExpr *right) {
    text_append_char(&dump->text, '(');
    if (left != NULL) dump_expr(dump, left);
    text_append_format(&dump->text, " %.*s%s ", STR_ARGS(op), word);
    dump_expr(dump, right);
    text_append_char(&dump->text, ')');
}

static inline void dump_case(Dump *dump, const AstExpr *expr) {
    text_append_c(&dump->text, "CASE ");
    if (expr->case_.operand != NULL) dump_expr(dump, expr->case_.operand);
    for (uint32_t i = 0; i < expr->case_.arms.count; i++) {
        text_append_c(&dump->text, " WHEN ");
        dump_expr(dump, expr->case_.arms.items[i].when);
        text_append_c(&dump->text, " THEN ");
        dump_expr(dump, expr->case_.arms.items[i].then);
    }
    if (expr->case_.otherwise != NULL) {
        text_append_c(&dump->text, " ELSE ");
        dump_expr(dump, expr->case_.otherwise);
    }
    text_append_c(&dump->text, " END");
}

/* Plain calls are opened up; those with a grammar of their own, EXTRACT(.. FROM ..) and such, stay as they are written. */
static inline void dump_call(Dump *dump, const AstExpr *expr) {
    const AstCallExpr *call = expr->call;
    bool plain = call->arguments.count > 0 && !call->distinct && !call->variadic &&
                 call->order_by.count == 0 && call->filter == NULL && call->over == NULL &&
                 dump->sql.data[call->name.items[call->name.count - 1].span.end] == '(' &&
                 dump->sql.data[expr->span.end - 1] == ')';
    static const char *const own[] = {"extract", "substring", "position", "overlay",
                                      "btrim",   "ltrim",     "rtrim"};
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        plain &= !str_equal(call->name.items[0].str, str_from_c(own[i]));
    if (!plain) {
        dump_span(dump, expr->span);
        return;
    }
    dump_span(dump, (AstSpan){expr->span.start, call->name.items[call->name.count - 1].span.end});
    text_append_char(&dump->text, '(');
    dump_list(dump, &call->arguments, ", ");
    text_append_char(&dump->text, ')');
}

/* Subscripts and fields of one operand form one chain. */
static inline void dump_chain_operand(Dump *dump, const AstExpr *operand) {
    bool chain =
        !operand->parenthesized && (operand->kind == AST_EXPR_SUBSCRIPT || operand->kind == AST_EXPR_FIELD);
    bool atom = operand->kind == AST_EXPR_COLUMN || operand->kind == AST_EXPR_PARAMETER;
    if (!chain && !(atom && !operand->parenthesized)) text_append_char(&dump->text, '(');
    dump_expr(dump, operand);
    if (!chain && !(atom && !operand->parenthesized)) text_append_char(&dump->text, ')');
}

static inline void dump_subscript(Dump *dump, const AstExpr *expr) {
    dump_chain_operand(dump, expr->subscript.operand);
    text_append_char(&dump->text, '[');
    if (expr->subscript.index != NULL) dump_expr(dump, expr->subscript.index);
    if (expr->flag) text_append_char(&dump->text, ':');
    if (expr->subscript.upper != NULL) dump_expr(dump, expr->subscript.upper);
    text_append_char(&dump->text, ']');
}

static inline void dump_like(Dump *dump, const AstExpr *expr) {
    static const char *const words[] = {"LIKE", "ILIKE", "SIMILAR TO"};
    text_append_char(&dump->text, '(');
    dump_expr(dump, expr->like.operand);
    text_append_format(&dump->text, " %s%s ", expr->negated ? "NOT " : "", words[expr->like.kind]);
    dump_expr(dump, expr->like.pattern);
    if (expr->like.escape != NULL) {
        text_append_c(&dump->text, " ESCAPE ");
        dump_expr(dump, expr->like.escape);
    }
    text_append_char(&dump->text, ')');
}

/* IS, BETWEEN, IN */
static inline void dump_predicate(Dump *dump, const AstExpr *expr) {
    static const char *const tests[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
    const char *negation = expr->negated ? "NOT " : "";
    text_append_char(&dump->text, '(');
    dump_expr(dump, expr->is.operand); /* the first member of all of these */
    if (expr->kind == AST_EXPR_IS) {
        text_append_format(&dump->text, " IS %s%s", negation, tests[expr->is.test]);
    } else if (expr->kind == AST_EXPR_BETWEEN) {
        text_append_format(&dump->text, " %sBETWEEN %s", negation, expr->flag ? "SYMMETRIC " : "");
        dump_expr(dump, expr->between.low);
        text_append_c(&dump->text, " AND ");
        dump_expr(dump, expr->between.high);
    } else {
        text_append_format(&dump->text, " %sIN ", negation);
        if (expr->kind == AST_EXPR_IN_QUERY)
            dump_span(dump, expr->in_query.query->span);
        else
            text_append_char(&dump->text, '('), dump_list(dump, &expr->in.list, ", "),
                text_append_char(&dump->text, ')');
    }
    text_append_char(&dump->text, ')');
}

/* LIKE ANY has the operator ~~ in the tree, as in PostgreSQL. */
static inline void dump_quantified(Dump *dump, const AstExpr *expr) {
    text_append_char(&dump->text, '(');
    dump_expr(dump, expr->quantified.left);
    Str op = expr->quantified.op;
    if (op.data[0] == '~' || op.data[0] == '!') {
        bool ilike = op.data[op.size - 1] == '*';
        text_append_format(&dump->text, " %s%s", op.data[0] == '!' ? "NOT " : "", ilike ? "ILIKE" : "LIKE");
    } else {
        text_append_format(&dump->text, " %.*s", STR_ARGS(op));
    }
    text_append_c(&dump->text, expr->flag ? " ALL " : " ANY ");
    bool query = expr->quantified.right->kind == AST_EXPR_SUBQUERY;
    if (!query) text_append_char(&dump->text, '(');
    dump_expr(dump, expr->quantified.right);
    if (!query) text_append_char(&dump->text, ')');
    text_append_char(&dump->text, ')');
}

static void dump_expr(Dump *dump, const AstExpr *expr) {
    Text *text = &dump->text;
    switch (expr->kind) {
        case AST_EXPR_COLUMN: dump_name(dump, &expr->column); break;
        case AST_EXPR_UNARY: dump_two(dump, NULL, "", expr->operation.op, expr->operation.right); break;
        case AST_EXPR_BINARY:
            dump_two(dump, expr->operation.left, "", expr->operation.op, expr->operation.right);
            break;
        case AST_EXPR_AND:
        case AST_EXPR_OR:
            text_append_char(text, '(');
            dump_list(dump, &expr->list, expr->kind == AST_EXPR_AND ? " AND " : " OR ");
            text_append_char(text, ')');
            break;
        case AST_EXPR_NOT: dump_two(dump, NULL, "NOT", STR(""), expr->operand); break;
        case AST_EXPR_DISTINCT_FROM:
            dump_two(dump, expr->pair.left, expr->negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM",
                     STR(""), expr->pair.right);
            break;
        case AST_EXPR_AT_TIME_ZONE:
            dump_two(dump, expr->pair.left, "AT TIME ZONE", STR(""), expr->pair.right);
            break;
        case AST_EXPR_IS:
        case AST_EXPR_BETWEEN:
        case AST_EXPR_IN_LIST:
        case AST_EXPR_IN_QUERY: dump_predicate(dump, expr); break;
        case AST_EXPR_LIKE: dump_like(dump, expr); break;
        case AST_EXPR_QUANTIFIED: dump_quantified(dump, expr); break;
        case AST_EXPR_ROW:
            text_append_c(text, expr->flag ? "ROW(" : "(");
            dump_list(dump, &expr->list, ", ");
            text_append_char(text, ')');
            break;
        case AST_EXPR_ARRAY:
            text_append_c(text, dump->sql.data[expr->span.start] == '[' ? "[" : "ARRAY[");
            dump_list(dump, &expr->list, ", ");
            text_append_char(text, ']');
            break;
        case AST_EXPR_CALL: dump_call(dump, expr); break;
        case AST_EXPR_CASE: dump_case(dump, expr); break;
        case AST_EXPR_CAST:
            text_append_c(text, "CAST(");
            dump_expr(dump, expr->cast.operand);
            text_append_c(text, " AS ");
            dump_span(dump, expr->cast.type->span);
            text_append_char(text, ')');
            break;
        case AST_EXPR_COLLATE:
            text_append_char(text, '(');
            dump_expr(dump, expr->collate.operand);
            text_append_c(text, " COLLATE ");
            dump_name(dump, &expr->collate.name);
            text_append_char(text, ')');
            break;
        case AST_EXPR_SUBSCRIPT: dump_subscript(dump, expr); break;
        case AST_EXPR_FIELD:
            dump_chain_operand(dump, expr->field.operand);
            text_append_format(text, ".\"%.*s\"", STR_ARGS(expr->field.name.str));
            break;
        case AST_EXPR_FIELD_STAR:
            dump_chain_operand(dump, expr->operand);
            text_append_c(text, ".*");
            break;
        case AST_EXPR_STRING:
        case AST_EXPR_NULL:
        case AST_EXPR_BOOLEAN:
        case AST_EXPR_NUMBER:
        case AST_EXPR_PARAMETER:
        case AST_EXPR_TYPED_LITERAL:
        case AST_EXPR_DEFAULT:
        case AST_EXPR_STAR:
        case AST_EXPR_EXISTS:
        case AST_EXPR_SUBQUERY:
        case AST_EXPR_ARRAY_QUERY:
        case AST_EXPR_MAP:
        case AST_EXPR_NAMED_ARGUMENT:
        case AST_EXPR_TABLE:
        case AST_EXPR_DESCRIPTOR:
        case AST_EXPR_CURRENT_OF: dump_span(dump, expr->span); break;
    }
}

#endif
