/* SPDX-License-Identifier: Apache-2.0
 * shell/with_clause.c - a statement read word by word as far as it is typed; no grammar. */
#include "shell/with_clause.h"

typedef struct Reader {
    Str text;
    size_t at;
    size_t depth;      /* of open parentheses */
    size_t with_depth; /* of the one behind WITH; 0: not inside */
    bool is_create;
    bool is_first; /* no word of the statement has come */
    bool is_after_with;
    WithClause with;
} Reader;

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || (unsigned char)c >= 0x80;
}

static bool is_at(const Reader *reader, Str what) {
    return str_starts_with(str_from(reader->text.data + reader->at, reader->text.size - reader->at), what);
}

/* Behind the next `end`, or at the end of the text. */
static void skip_past(Reader *reader, Str end) {
    while (reader->at < reader->text.size && !is_at(reader, end)) reader->at++;
    reader->at += reader->at < reader->text.size ? end.size : 0;
}

static void begin_statement(Reader *reader) {
    reader->with = (WithClause){0};
    reader->depth = reader->with_depth = 0;
    reader->is_create = reader->is_after_with = false;
    reader->is_first = true;
}

static bool is_in_clause(const Reader *reader) {
    return reader->with_depth > 0 && reader->depth == reader->with_depth;
}

/* What kind of object is made: the first word that says one. */
static void take_object(WithClause *with, Str word) {
    static const char *const words[] = {"source", "sink", "stream"};
    if (with->object.size > 0) return;
    if (str_equal_ignore_case(word, STR("materialized"))) with->object = STR("materialized view");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_equal_ignore_case(word, str_from_c(words[i]))) with->object = str_from_c(words[i]);
}

static void take_value(WithClause *with, Str value) {
    if (with->state != WITH_VALUE) return;
    if (str_equal_ignore_case(with->key, STR("connector"))) with->connector = value;
    if (str_equal_ignore_case(with->key, STR("format"))) with->format = value;
    with->state = WITH_COMMA;
}

static void take_word(Reader *reader, Str word) {
    WithClause *with = &reader->with;
    if (is_in_clause(reader) && with->state == WITH_KEY) {
        with->key = word;
        with->state = WITH_EQUALS;
        if (with->given_count < WITH_KEY_COUNT_MAX) with->given[with->given_count++] = word;
    } else if (is_in_clause(reader)) {
        take_value(with, word);
    }
    if (reader->is_first) reader->is_create = str_equal_ignore_case(word, STR("create"));
    if (reader->is_create && reader->depth == 0) take_object(with, word);
    reader->is_first = false;
    reader->is_after_with = reader->is_create && str_equal_ignore_case(word, STR("with"));
}

static void take_sign(Reader *reader, char c) {
    WithClause *with = &reader->with;
    bool is_inside = is_in_clause(reader);
    switch (c) {
        case '(':
            reader->depth++;
            if (!reader->is_after_with) break;
            reader->with_depth = reader->depth;
            with->state = WITH_KEY;
            break;
        case ')':
            if (is_inside) reader->with_depth = 0;
            reader->depth -= reader->depth > 0;
            break;
        case '=':
            if (is_inside && with->state == WITH_EQUALS) with->state = WITH_VALUE;
            break;
        case ',':
            if (is_inside) with->state = WITH_KEY;
            break;
        case ';': begin_statement(reader); break;
        default: break;
    }
    reader->is_after_with = false;
}

/* A word, or a text in quotes; false when it is not finished, and then it is with.word. */
static bool read_word(Reader *reader) {
    size_t start = reader->at;
    char quote = reader->text.data[start];
    bool is_quoted = quote == '\'' || quote == '"';
    reader->at++;
    while (reader->at < reader->text.size &&
           (is_quoted ? reader->text.data[reader->at] != quote : is_name(reader->text.data[reader->at])))
        reader->at++;
    if (reader->at == reader->text.size) {
        reader->with.word = str_from(reader->text.data + start, reader->at - start);
        return false;
    }
    size_t inside = start + is_quoted;
    take_word(reader, str_from(reader->text.data + inside, reader->at - inside));
    reader->at += is_quoted;
    return true;
}

WithClause with_clause_read(Str text) {
    Reader reader = {.text = text};
    begin_statement(&reader);
    while (reader.at < text.size) {
        char c = text.data[reader.at];
        if (is_at(&reader, STR("--"))) {
            skip_past(&reader, STR("\n"));
        } else if (is_at(&reader, STR("/*"))) {
            skip_past(&reader, STR("*/"));
        } else if (is_name(c) || c == '\'' || c == '"') {
            if (!read_word(&reader)) break;
        } else {
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') take_sign(&reader, c);
            reader.at++;
        }
    }
    reader.with.is_inside = is_in_clause(&reader);
    return reader.with;
}
