/* SPDX-License-Identifier: Apache-2.0
 * sql/lexer.h - text to tokens, by PostgreSQL's lexical rules.
 *
 *     Lexer lexer;
 *     lexer_init(&lexer, text, offset, arena);
 *     Token token;
 *     do TRY(lexer_next(&lexer, &token, err)); while (token.kind != TOKEN_END);
 *
 * Knows quoted identifiers, '..' with doubled quotes and continuation on a following line, E'..' escapes,
 * $tag$..$tag$, $1, nested comments, operators by PostgreSQL's rule (-- and comments end one; a
 * trailing + or - only after ~ ! @ # % ^ & | ` ?), U&'..' and U&".." with UESCAPE. Bit strings are not supported.
 * Strings that must differ from the text (folded, unescaped) are made in the arena.
 * Threads: one at a time per Lexer. */
#ifndef WEIR_SQL_LEXER_H
#define WEIR_SQL_LEXER_H

#include "sql/token.h"

enum {
    LEXER_TEXT_SIZE_MAX = 1 << 20,  /* of one statement, comments before it included */
    LEXER_IDENTIFIER_SIZE_MAX = 63, /* bytes; longer is an error, never cut */
    LEXER_PARAMETER_MAX = 65535,    /* $n, as in PostgreSQL's protocol */
};

/* Holds nothing and needs no deinit. The text must stay as long as the tokens, which point into it. */
typedef struct Lexer {
    const char *text;
    uint32_t at;
    uint32_t end;
    bool cut; /* `end` is where the limit on a statement's size ends it, not the text */
    Arena *arena;
} Lexer;

/* Reads from byte `offset`. The text needs no zero byte at its end and is at most UINT32_MAX bytes. */
void lexer_init(Lexer *lexer, Str text, size_t offset, Arena *arena);

/* Errors: SYNTAX (unterminated string, a byte that begins no token), NOT_SUPPORTED, LIMIT, INVALID_ENCODING
 * with position; OUT_OF_MEMORY. After an error the lexer may not be used. TOKEN_END comes again and again at the end of
 * the text. Costs O(bytes of the token and the space before it). */
NODISCARD Status lexer_next(Lexer *lexer, Token *out, Error *err);

#endif
