/* SPDX-License-Identifier: Apache-2.0
 * sql/token.h - the words and signs that SQL text is made of.
 *
 *     switch (token.kind) {
 *         case TOKEN_COMMA: ...
 *         case KW_SELECT: ...                 keywords are kinds of their own
 *     }
 *     if (token_is(token.kind, TOKEN_IS_COLUMN_ID)) name = token.str;
 *
 * Threads: constants. */
#ifndef WEIR_SQL_TOKEN_H
#define WEIR_SQL_TOKEN_H

#include "base/str.h"

/* Signs, literals, names; from TOKEN_KEYWORD_FIRST on a kind per word of keyword.def. A keyword that is not reserved may still be a
 * name: ask token_is, not the kind. */
typedef enum TokenKind {
    TOKEN_END, /* of the text */
    TOKEN_IDENTIFIER,
    TOKEN_STRING,
    TOKEN_INTEGER,   /* digits only */
    TOKEN_DECIMAL,   /* 1.5, .5, 1e3 */
    TOKEN_PARAMETER, /* $1: number */
    TOKEN_OPERATOR,  /* any operator without a kind of its own */
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_CARET,
    TOKEN_LESS,
    TOKEN_GREATER,
    TOKEN_EQUAL,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER_EQUAL,
    TOKEN_NOT_EQUAL, /* <> and != */
    TOKEN_COMMA,
    TOKEN_LEFT_PAREN,
    TOKEN_RIGHT_PAREN,
    TOKEN_LEFT_BRACKET,
    TOKEN_RIGHT_BRACKET,
    TOKEN_LEFT_BRACE,
    TOKEN_RIGHT_BRACE,
    TOKEN_DOT,
    TOKEN_DOT_DOT,
    TOKEN_SEMICOLON,
    TOKEN_COLON,
    TOKEN_DOUBLE_COLON,
    TOKEN_COLON_EQUAL, /* := */
    TOKEN_FAT_ARROW,   /* => */
    TOKEN_KEYWORD_FIRST,
    TOKEN_BEFORE_KEYWORDS = TOKEN_KEYWORD_FIRST - 1,
#define KEYWORD(name, text, category, label) KW_##name,
#include "sql/keyword.def"
#undef KEYWORD
    TOKEN_KIND_COUNT
} TokenKind;

/* What a token may stand for; bits of token_classes. */
typedef enum TokenClass {
    TOKEN_IS_COLUMN_ID = 1,   /* names a column, a table, an alias after AS of a table */
    TOKEN_IS_FUNCTION_ID = 2, /* names a function or a type */
    TOKEN_IS_LABEL = 4,       /* names an output column after AS; a field after a dot: any word */
    TOKEN_IS_BARE_LABEL = 8,  /* names an output column without AS */
    TOKEN_IS_KEYWORD = 16,
    TOKEN_IS_RESERVED = 32,
} TokenClass;

/* For each kind the bits of TokenClass; 0 for signs and literals. From keyword.def, which has PostgreSQL's categories. */
extern const uint8_t token_classes[TOKEN_KIND_COUNT];

/* May a token of the kind stand for one of the classes, or-ed? */
static inline bool token_is(TokenKind kind, unsigned classes) {
    return (token_classes[kind] & classes) != 0;
}

/* `str` lives as long as the text and the lexer's arena. */
typedef struct Token {
    uint16_t kind;  /* TokenKind */
    bool quoted;    /* an identifier in double quotes */
    uint32_t start; /* byte offsets in the text */
    uint32_t end;
    uint32_t number; /* of TOKEN_PARAMETER */
    Str str; /* identifiers folded, keywords in lower case, strings unescaped, numbers and operators as
              * written but != as <> */
} Token;

/* The keyword that a word of any case is, TOKEN_IDENTIFIER when it is none. The word consists of bytes that
 * names are made of: letters, digits, _, $ and bytes from 0x80. */
TokenKind token_find_keyword(const char *word, size_t size);

/* "select" for KW_SELECT, "(" for TOKEN_LEFT_PAREN; a description for kinds without a fixed text. */
Str token_text(TokenKind kind);

#endif
