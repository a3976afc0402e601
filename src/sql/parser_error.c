/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_error.c - what to say at the token that fits no rule: PostgreSQL's message, and the hint that
 * most likely helps. */
#include <limits.h>

#include "sql/parser_priv.h"

enum { QUOTED_SIZE_MAX = 60 }; /* bytes of a token repeated in a message */

/* Words that begin the clauses of a query: what an alias without AS may be a misspelling of. */
static const char *const clause_words[] = {
    "from",  "where", "group", "having",  "order",  "limit",     "offset",  "window", "join",
    "left",  "right", "inner", "full",    "cross",  "union",     "except",  "emit",   "fetch",
    "as",    "on",    "using", "natural", "with",   "intersect", "qualify", "set",    "values",
    "allow", "late",  "into",  "format",  "select", "returning",
};

static const char *const statement_words[] = {
    "select",  "create",   "insert",  "update",     "delete",  "drop",      "alter",
    "with",    "values",   "show",    "describe",   "explain", "subscribe", "checkpoint",
    "set",     "reset",    "begin",   "start",      "commit",  "rollback",  "savepoint",
    "release", "prepare",  "execute", "deallocate", "declare", "fetch",     "move",
    "close",   "truncate", "copy",    "discard",    "table",   "end",       "abort",
};

#define WORD_COUNT(words) (sizeof(words) / sizeof((words)[0]))

static Str token_source(const Parse *p, const Token *token) {
    DEBUG_ASSERT(token->start <= token->end);
    size_t size = token->end - token->start;
    return str_from(p->lexer.text + token->start, size < QUOTED_SIZE_MAX ? size : QUOTED_SIZE_MAX);
}

/* "from" near "FORM"; empty when nothing is. The word itself is no suggestion. */
static Str nearest_word(Str written, const char *const *words, size_t count) {
    Str best = {0};
    int best_distance = INT_MAX;
    for (size_t i = 0; i < count; i++) {
        Str word = str_from_c(words[i]);
        if (str_equal_ignore_case(word, written)) return (Str){0};
        if (written.size >= 2) str_suggest(written, word, &best, &best_distance);
    }
    return best;
}

static Status hint_did_you_mean(Error *err, Str word, Str written) {
    DEBUG_ASSERT(err->status != STATUS_OK && word.size > 0);
    char upper[LEXER_IDENTIFIER_SIZE_MAX + 1];
    size_t size = word.size < sizeof(upper) ? word.size : sizeof(upper) - 1;
    for (size_t i = 0; i < size; i++)
        upper[i] = (char)(word.data[i] >= 'a' && word.data[i] <= 'z' ? word.data[i] - 32 : word.data[i]);
    return error_add_hint(err, "Did you mean %.*s instead of \"%.*s\"?", (int)size, upper, STR_ARGS(written));
}

/* Curly quotes and no-break spaces come from word processors and web pages. */
static bool hint_typography(const Parse *p, Error *err) {
    Str text = token_source(p, &p->token);
    static const char *const quotes[] = {"\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x9C", "\xE2\x80\x9D"};
    for (size_t i = 0; i < WORD_COUNT(quotes); i++)
        if (str_find(text, str_from_c(quotes[i])) >= 0) {
            error_add_hint(err, "The text holds a typographic quotation mark: write ' or \" instead.");
            return true;
        }
    if (str_find(text, STR("\xC2\xA0")) < 0) return false;
    error_add_hint(err, "The text holds a no-break space: write a plain one.");
    return true;
}

/* Other databases quote names otherwise. */
static bool hint_quotes(const Parse *p, Error *err) {
    const char *text = p->lexer.text;
    bool at_backtick = p->token.start < p->lexer.end && text[p->token.start] == '`';
    bool backtick = at_backtick || (p->end > 0 && text[p->end - 1] == '`');
    if (!backtick && !parse_at(p, TOKEN_LEFT_BRACKET)) return false;
    error_add_hint(err, "A name is quoted with \"double quotes\".");
    return true;
}

/* The clause word that the current token, or the alias before it, looks like. */
static bool hint_clause_word(const Parse *p, Error *err) {
    if (p->token.kind == TOKEN_IDENTIFIER && !p->token.quoted) {
        Str near = nearest_word(p->token.str, clause_words, WORD_COUNT(clause_words));
        if (near.size > 0) return hint_did_you_mean(err, near, token_source(p, &p->token)), true;
    }
    if (p->bare_alias.kind != TOKEN_IDENTIFIER || p->bare_alias.end != p->end || p->bare_alias.quoted)
        return false;
    Str near = nearest_word(p->bare_alias.str, clause_words, WORD_COUNT(clause_words));
    if (near.size > 0) hint_did_you_mean(err, near, token_source(p, &p->bare_alias));
    return near.size > 0;
}

static bool token_begins_item(const Token *token) {
    return token->kind == TOKEN_IDENTIFIER || token->kind == TOKEN_STRING || token->kind == TOKEN_INTEGER ||
           token->kind == TOKEN_DECIMAL;
}

Status parse_unexpected(Parse *p, Error *err) {
    if (parse_at(p, TOKEN_END))
        return error_set_at(err, STATUS_SYNTAX, p->token.start, "syntax error at end of input");
    Str text = token_source(p, &p->token);
    error_set_at(err, STATUS_SYNTAX, p->token.start, "syntax error at or near \"%.*s\"", STR_ARGS(text));
    if (hint_typography(p, err) || hint_quotes(p, err) || hint_clause_word(p, err)) return err->status;
    if (parse_at(p, TOKEN_RIGHT_PAREN))
        return error_add_hint(err, "Something is missing before \")\", or it closes nothing.");
    if (token_begins_item(&p->token))
        return error_add_hint(err, "A comma or an operator may be missing before it.");
    return err->status;
}

Status parse_expected(Parse *p, const char *what, Error *err) {
    parse_unexpected(p, err);
    bool is_name = str_equal(str_from_c(what), STR("a name"));
    if (is_name && parse_at_class(p, TOKEN_IS_RESERVED)) {
        Str text = token_source(p, &p->token);
        return error_add_hint(err, "%.*s is a reserved word: write \"%.*s\" to use it as a name.",
                              STR_ARGS(text), STR_ARGS(p->token.str));
    }
    Str hint = str_from_c(err->hint);
    if (str_starts_with(hint, STR("Did")) || str_starts_with(hint, STR("A name is quoted")))
        return err->status;
    return error_add_hint(err, "Expected %s.", what);
}

/* "A, B or C" in capitals. */
static void format_words(char *out, size_t size, const char *const *words, size_t count) {
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const char *join = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        at += text_format(out + at, size - at, "%s%s", join, words[i]);
        ASSERT(at < size); /* cut, but never past the end: text_format keeps room for its zero */
    }
}

Status parse_expected_word(Parse *p, const char *const *words, size_t count, Error *err) {
    ASSERT(count > 0);
    ASSERT(words != NULL);
    char list[ERROR_HINT_SIZE_MAX - 16];
    format_words(list, sizeof(list), words, count);
    Str text = token_source(p, &p->token);
    /* Before parse_unexpected, whose own suggestion from all clause words is worse. */
    Str near = parse_at_class(p, TOKEN_IS_LABEL) ? nearest_word(text, words, count) : (Str){0};
    parse_unexpected(p, err);
    if (near.size > 0) return hint_did_you_mean(err, near, text);
    if (str_starts_with(str_from_c(err->hint), STR("A name is quoted"))) return err->status;
    return error_add_hint(err, "Expected %s.", list);
}

/* At the first token of a statement. */
Status parse_unknown_statement(Parse *p, Error *err) {
    parse_unexpected(p, err);
    err->hint[0] = '\0';
    if (hint_typography(p, err) || !parse_at_class(p, TOKEN_IS_LABEL)) return err->status;
    Str text = token_source(p, &p->token);
    Str near = nearest_word(text, statement_words, WORD_COUNT(statement_words));
    if (near.size > 0) return hint_did_you_mean(err, near, text);
    return error_add_hint(err, "A statement begins with SELECT, CREATE, INSERT, SHOW, EXPLAIN and the like.");
}

Status parse_not_supported(const Token *token, const char *what, Error *err) {
    return error_set_at(err, STATUS_NOT_SUPPORTED, token->start, "%s is not supported yet", what);
}
