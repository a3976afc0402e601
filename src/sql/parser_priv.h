/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_priv.h - what the parser's files share: the state of one statement being read, and the rules
 * that call across files.
 *
 * Each rule `parse_x` starts with p->token on its first token and leaves it on the first token behind.
 * parser.c          entry points, helpers           parser_error.c      messages and hints
 * parser_expr.c     operators and precedence        parser_primary.c    operands
 * parser_call.c     calls, special forms, windows   parser_type.c       type names, INTERVAL
 * parser_query.c    SELECT and what is around it    parser_from.c       FROM, joins
 * parser_match.c    MATCH_RECOGNIZE                 parser_create.c     CREATE
 * parser_change.c   INSERT, UPDATE, DELETE, COPY    parser_alter.c      ALTER, DROP
 * parser_command.c  SET, SHOW, EXPLAIN, SUBSCRIBE   parser_session.c    transactions, prepared statements,
 * cursors parser_statement.c  which statement it is */
#ifndef WEIR_SQL_PARSER_PRIV_H
#define WEIR_SQL_PARSER_PRIV_H

#include "sql/lexer.h"
#include "sql/parser.h"

/* One statement being read: at most two tokens ahead, no going back. */
typedef struct Parse {
    Token token; /* the current one */
    Token next;  /* behind it, when has_next */
    bool has_next;
    uint32_t end;    /* of the token before the current one */
    uint32_t depth;  /* of rules inside one another */
    uint32_t height; /* of the tallest tree read since the innermost parse_enter */
    uint32_t parameter_count;
    uint32_t parameter_start;
    Token bare_alias; /* the last alias without AS: often a misspelt keyword */
    Arena *arena;
    Lexer lexer;
} Parse;

/* Loosest first; a table in parser_expr.c gives each token's. */
typedef enum Precedence {
    PRECEDENCE_NONE,
    PRECEDENCE_OR,
    PRECEDENCE_AND,
    PRECEDENCE_NOT,
    PRECEDENCE_IS,       /* IS, ISNULL, NOTNULL */
    PRECEDENCE_COMPARE,  /* < > = <= >= <>: not associative */
    PRECEDENCE_RANGE,    /* BETWEEN, IN, LIKE, ILIKE, SIMILAR: not associative */
    PRECEDENCE_OPERATOR, /* every operator without a place of its own */
    PRECEDENCE_ADD,
    PRECEDENCE_MULTIPLY,
    PRECEDENCE_POWER,
    PRECEDENCE_AT_TIME_ZONE,
    PRECEDENCE_COLLATE,
    PRECEDENCE_SIGN,
    PRECEDENCE_CAST,
} Precedence;

/* PostgreSQL's b_expr: an operand that AND, IN, LIKE, IS and NOT end. Stands after BETWEEN and DEFAULT. */
typedef enum ExprMode { EXPR_MODE_FULL, EXPR_MODE_BOUND } ExprMode;

/* ---- tokens ------------------------------------------------------------------------------------------ */

/* Takes the current token; its bytes are then inside the node being read (p->end). */
static inline Status parse_advance(Parse *p, Error *err) {
    p->end = p->token.end;
    if (p->has_next) {
        p->token = p->next;
        p->has_next = false;
        return STATUS_OK;
    }
    return lexer_next(&p->lexer, &p->token, err);
}

/* Reads the token behind the current one into p->next. */
static inline Status parse_peek(Parse *p, Error *err) {
    if (p->has_next) return STATUS_OK;
    TRY(lexer_next(&p->lexer, &p->next, err));
    p->has_next = true;
    return STATUS_OK;
}

/* Is the current token of this kind, or of one of these classes? */
static inline bool parse_at(const Parse *p, TokenKind kind) {
    return p->token.kind == kind;
}

static inline bool parse_at_class(const Parse *p, unsigned classes) {
    return token_is((TokenKind)p->token.kind, classes);
}

/* Is the current token `kind` and the one behind it `next`? */
NODISCARD Status parse_at_two(Parse *p, TokenKind kind, TokenKind next, bool *out, Error *err);

/* Takes the token if it is of the kind; *out tells. */
NODISCARD Status parse_accept(Parse *p, TokenKind kind, bool *out, Error *err);

/* Takes the token, which must be of the kind. */
NODISCARD Status parse_expect(Parse *p, TokenKind kind, Error *err);

/* Takes `)`; the message names the place of the `(` that it should close. */
NODISCARD Status parse_close(Parse *p, uint32_t open, Error *err);

/* A plain word that is no keyword, such as an option's name: by its text in lower case. */
static inline bool parse_at_word(const Parse *p, Str word) {
    return !p->token.quoted && (p->token.kind == TOKEN_IDENTIFIER || parse_at_class(p, TOKEN_IS_KEYWORD)) &&
           str_equal(p->token.str, word);
}

/* ---- limits ------------------------------------------------------------------------------------------ */

/* Around each rule that can contain itself. parse_enter gives the height so far, to be handed to parse_leave,
 * which makes the rule's tree one node taller. After an error nothing needs to be left. */
NODISCARD Status parse_enter(Parse *p, uint32_t *outer_height, Error *err);
static inline void parse_leave(Parse *p, uint32_t outer_height) {
    DEBUG_ASSERT(p->depth > 0);
    p->depth--;
    p->height = p->height + 1 > outer_height ? p->height + 1 : outer_height;
}

/* One more node on top of what was read since parse_enter: operators in a chain, joins, UNION. */
NODISCARD Status parse_grow(Parse *p, Error *err);

/* ---- nodes ------------------------------------------------------------------------------------------- */

/* `size` bytes, contents undefined; the common case of arena_alloc without a call. NULL when refused. */
NODISCARD static inline void *parse_alloc(Parse *p, size_t size) {
    Arena *arena = p->arena;
    uintptr_t start = ((uintptr_t)arena->at + 15) & ~(uintptr_t)15;
    if (arena->at == NULL || start + size > (uintptr_t)arena->end) return arena_alloc(arena, size);
    arena->at = (char *)(start + size);
    return (void *)start;
}

/* A zeroed node; NULL when refused. */
NODISCARD static inline void *parse_alloc_zeroed(Parse *p, size_t size) {
    void *node = parse_alloc(p, size);
    return node == NULL ? NULL : memset(node, 0, size);
}

/* A node of its type, all absent; NULL when refused. */
#define NEW_NODE(p, Type) ((Type *)parse_alloc_zeroed((p), sizeof(Type)))

/* Room for at least one more; LIMIT beyond PARSER_LIST_COUNT_MAX. What was there moves: keep no pointers into a list that
 * still grows. */
NODISCARD Status parse_list_grow(Parse *p, void **items, uint32_t *count, uint32_t *capacity,
                                 size_t item_size, Error *err);

/* Needs `err` in scope, as TRY. */
#define LIST_PUSH(p, list, ...)                                                                  \
    do {                                                                                         \
        if ((list)->count == (list)->capacity)                                                   \
            TRY(parse_list_grow((p), (void **)&(list)->items, &(list)->count, &(list)->capacity, \
                                sizeof(*(list)->items), err));                                   \
        (list)->items[(list)->count++] = (__VA_ARGS__);                                          \
    } while (0)

/* A node that starts at byte `start` and ends with the last token taken; position is `start`. */
NODISCARD Status parse_new_expr(Parse *p, AstExprKind kind, uint32_t start, AstExpr **out, Error *err);

/* From byte `start` to the last token taken. */
static inline AstSpan parse_span(const Parse *p, uint32_t start) {
    return (AstSpan){start, p->end};
}

/* ---- errors (parser_error.c) ------------------------------------------------------------------------- */

/* "syntax error at or near ..", with the hint that fits best. */
Status parse_unexpected(Parse *p, Error *err);
/* The same where `what` should stand: said in the hint unless a better one is found. */
Status parse_expected(Parse *p, const char *what, Error *err);
/* The same where one of a few keywords should stand: the nearest to what was written is suggested. */
Status parse_expected_word(Parse *p, const char *const *words, size_t count, Error *err);
/* At the first token of a statement. */
Status parse_unknown_statement(Parse *p, Error *err);
Status parse_not_supported(const Token *token, const char *what, Error *err);

#define EXPECTED_WORD(p, err, ...)                               \
    parse_expected_word((p), (const char *const[]){__VA_ARGS__}, \
                        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), (err))

/* ---- names (parser.c) -------------------------------------------------------------------------------- */

/* The current token as a name, whatever it is; takes it. */
NODISCARD Status parse_take_name(Parse *p, AstName *out, Error *err);
/* A column, table, alias, object: not a reserved word. */
NODISCARD Status parse_name(Parse *p, AstName *out, Error *err);
/* After AS or a dot: any word. */
NODISCARD Status parse_label(Parse *p, AstName *out, Error *err);
/* a, a.b, a.b.c: the parts behind the first may be any words. */
NODISCARD Status parse_qualified_name(Parse *p, AstQualifiedName *out, Error *err);
/* (a, b, ..) with its parentheses. */
NODISCARD Status parse_name_list(Parse *p, AstNameList *out, Error *err);
/* `head`.`part` as one name; the part alone while the head is empty. */
NODISCARD Status parse_join_name(Parse *p, AstName *head, AstName part, Error *err);
/* a.b.c as one name: settings, option keys. */
NODISCARD Status parse_dotted_name(Parse *p, AstName *out, Error *err);

/* ---- expressions ------------------------------------------------------------------------------------- */

/* Every rule here gives a tree whose span ends with the last token taken. */
NODISCARD Status parse_expr(Parse *p, AstExpr **out, Error *err);
/* Only operators that bind at least as tightly as `least`. */
NODISCARD Status parse_expr_from(Parse *p, Precedence least, ExprMode mode, AstExpr **out, Error *err);
/* expr, ..: at least one. */
NODISCARD Status parse_expr_list(Parse *p, AstExprList *out, Error *err);
/* An operand: what stands between operators, with its own [..], .field and calls. */
NODISCARD Status parse_primary(Parse *p, AstExpr **out, Error *err);
/* [i], [i:j], .field behind an operand. */
NODISCARD Status parse_postfix(Parse *p, AstExpr **expr, bool fields, Error *err);
/* `( .. )`: a query (then *query is set), or expressions. */
NODISCARD Status parse_group(Parse *p, AstExprList *list, AstQuery **query, Error *err);
/* At the `(` of a call of `name`, which began at byte `start`. */
NODISCARD Status parse_call(Parse *p, const AstQualifiedName *name, uint32_t start, AstExpr **out,
                            Error *err);
/* COALESCE(..), EXTRACT(..), CURRENT_DATE: *out stays NULL when the token begins none. */
NODISCARD Status parse_special_call(Parse *p, AstExpr **out, Error *err);
/* (base PARTITION BY .. ORDER BY .. frame), at its parenthesis. */
NODISCARD Status parse_window_spec(Parse *p, AstWindowSpec **out, Error *err);
NODISCARD Status parse_order_by(Parse *p, AstOrderList *out, Error *err); /* at ORDER */
/* +, OPERATOR(s.+), any operator; takes it. */
NODISCARD Status parse_operator_name(Parse *p, Str *out, Error *err);
/* INTERVAL '5' SECOND, at INTERVAL. */
NODISCARD Status parse_interval(Parse *p, AstExpr **out, Error *err);

/* A type with its modifiers and []. */
NODISCARD Status parse_type(Parse *p, AstTypeName **out, Error *err);
/* Does the keyword begin a type whose syntax is its own (INT, TIMESTAMP, CHARACTER ..)? */
bool token_begins_type(TokenKind kind);

/* ---- queries ----------------------------------------------------------------------------------------- */

/* `top`: EMIT may follow. */
NODISCARD Status parse_query(Parse *p, bool top, AstQuery **out, Error *err);
/* A query whose first part has been read: set operations, ORDER BY, LIMIT. */
NODISCARD Status parse_query_rest(Parse *p, AstQuery **query, Error *err);
bool token_begins_query(TokenKind kind);    /* SELECT, VALUES, WITH, TABLE */
bool token_continues_query(TokenKind kind); /* UNION, ORDER, LIMIT .. */
/* WITH and its tables, at WITH; the query or change behind it is the caller's. */
NODISCARD Status parse_with(Parse *p, AstWith **out, Error *err);
NODISCARD Status parse_select_list(Parse *p, AstSelectList *out, Error *err);
NODISCARD Status parse_emit(Parse *p, AstEmit **emit, Error *err); /* at EMIT, ALLOW, LATE */
NODISCARD Status parse_at_emit(Parse *p, bool *out, Error *err);

NODISCARD Status parse_from_item(Parse *p, AstFromItem **out, Error *err); /* with its joins */
NODISCARD Status parse_match_recognize(Parse *p, AstFromItem *input, AstFromItem **out, Error *err);
NODISCARD Status parse_column_def(Parse *p, bool constraints, AstColumnDef *out, Error *err);
NODISCARD Status parse_table_constraint(Parse *p, AstTableConstraint *out, Error *err);
/* (k = v, ..) with its parentheses. */
NODISCARD Status parse_options(Parse *p, AstOptionList *out, Error *err);
NODISCARD Status parse_option_value(Parse *p, AstOption *option, Error *err);

/* ---- statements -------------------------------------------------------------------------------------- */

/* Statements begin at their first word, and set all of the node but `span` and the parameters, which parse_statement
 * sets. */
NODISCARD Status parse_statement(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_new_statement(Parse *p, AstStatementKind kind, AstStatement **out, Error *err);
NODISCARD Status parse_relation_kind(Parse *p, AstRelationKind *out, Error *err);
NODISCARD Status parse_if_exists(Parse *p, bool *out, Error *err);     /* [IF EXISTS] */
NODISCARD Status parse_if_not_exists(Parse *p, bool *out, Error *err); /* [IF NOT EXISTS] */
NODISCARD Status parse_cascade(Parse *p, bool *out, Error *err);       /* [CASCADE | RESTRICT] */

NODISCARD Status parse_create(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_alter(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_drop(Parse *p, AstStatement **out, Error *err);
/* WITH may have been read before; NULL: none. */
NODISCARD Status parse_insert(Parse *p, AstWith *with, AstStatement **out, Error *err);
NODISCARD Status parse_update(Parse *p, AstWith *with, AstStatement **out, Error *err);
NODISCARD Status parse_delete(Parse *p, AstWith *with, AstStatement **out, Error *err);
NODISCARD Status parse_truncate(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_copy(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_subscribe(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_show(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_describe(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_explain(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_set(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_reset(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_transaction(Parse *p, AstStatement **out, Error *err);
/* SET TRANSACTION modes, behind SET. */
NODISCARD Status parse_set_transaction(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_prepare(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_execute(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_declare(Parse *p, AstStatement **out, Error *err);
NODISCARD Status parse_fetch(Parse *p, AstStatement **out, Error *err);
/* DEALLOCATE, CLOSE, DISCARD, CHECKPOINT. */
NODISCARD Status parse_small_statement(Parse *p, AstStatement **out, Error *err);

#endif
