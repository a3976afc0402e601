/* SPDX-License-Identifier: Apache-2.0
 * sql/parser.h - SQL text to syntax trees, one statement at a time.
 *
 *     Parser parser;
 *     parser_init(&parser, text);
 *     for (;;) {
 *         AstStatement *statement;
 *         TRY(parser_next(&parser, arena, &statement, err));
 *         if (statement == NULL) break;
 *         ...
 *     }
 *
 * Positions (spans of nodes, Error.position) are byte offsets into the text given to parser_init. The text
 * need not end in a zero byte; it must stay as long as the trees, whose strings may point into it.
 * Ownership: trees live in the arena; a Parser holds nothing and needs no deinit.
 * Threads: one at a time per Parser. */
#ifndef WEIR_SQL_PARSER_H
#define WEIR_SQL_PARSER_H

#include "sql/statement.h"

/* Sizes of text, identifiers and $n are limited in sql/lexer.h, the height of trees in sql/ast.h. */
enum {
    PARSER_DEPTH_MAX = 200,         /* parentheses, subqueries, calls inside one another */
    PARSER_LIST_COUNT_MAX = 100000, /* items of any one list */
};

/* A place in a text; may be copied to come back to it. */
typedef struct Parser {
    Str text;
    size_t offset; /* where the next statement begins, comments and white space before it included */
} Parser;

/* A byte order mark at the start is passed over. */
void parser_init(Parser *parser, Str text);

/* The next statement, NULL at the end of the text; empty statements (;;) are passed over.
 * Errors: SYNTAX, NOT_SUPPORTED, LIMIT, INVALID_ENCODING, each with position and mostly a hint;
 * OUT_OF_MEMORY. After an error `offset` is behind the failed statement's semicolon (or at the end
 * of the text), so that a caller may go on; *out is NULL. */
NODISCARD Status parser_next(Parser *parser, Arena *arena, AstStatement **out, Error *err);

/* The only statement of a text, a semicolon after it allowed. More than one or none is a SYNTAX error. */
NODISCARD Status parser_parse_one(Str text, Arena *arena, AstStatement **out, Error *err);

/* A text that is one expression alone (a WATERMARK given through the API, tests). */
NODISCARD Status parser_parse_expression(Str text, Arena *arena, AstExpr **out, Error *err);

/* Adds to an error what reads a file where a statement names one as DuckDB would. `path` as it is to be written, in quotes. */
Status parser_hint_file(Str path, Error *err);

/* A text that is the name of a relation alone, as in SQL: in small letters unless in double quotes, schema.name. */
NODISCARD Status parser_parse_name(Str text, Arena *arena, AstQualifiedName *out, Error *err);

/* A text that is one type name alone: "numeric(10, 2)", "timestamp with time zone[]". */
NODISCARD Status parser_parse_type(Str text, Arena *arena, AstTypeName **out, Error *err);

#endif
