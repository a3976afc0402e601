/* SPDX-License-Identifier: Apache-2.0
 * expr/similar.c - SIMILAR TO's patterns: % and _ of LIKE, ( ) | * + ? {} [] of regular expressions, all else stands for
 * itself.
 *
 *     abc|d%       ^(?:abc|d.*)$
 *     a%#"b_#"c    ^(?:a.*?)(b.)(?:c)$       with # as escape */
#include "expr/similar_priv.h"

#include "base/utf8.h"

typedef struct Translation {
    Str escape;
    Text *out;
    uint32_t mark_count; /* escaped quotation marks so far, of mark_total */
    uint32_t mark_total;
    bool in_set;
    uint32_t quantified; /* quantifiers behind what was last written: 1, or 2 with a ? that makes it lazy */
} Translation;

static bool escape_at(const Translation *t, Str rest) {
    return t->escape.size > 0 && str_starts_with(rest, t->escape);
}

/* Marks between sets, as the translation will meet them. */
static uint32_t count_marks(Str pattern, Str escape) {
    uint32_t count = 0;
    bool in_set = false;
    for (size_t at = 0; at < pattern.size;) {
        Str rest = str_from(pattern.data + at, pattern.size - at);
        if (escape.size > 0 && str_starts_with(rest, escape)) {
            at += escape.size;
            count += !in_set && at < pattern.size && pattern.data[at] == '"';
            at += at < pattern.size ? utf8_size_of((unsigned char)pattern.data[at]) : 0;
            continue;
        }
        if (rest.data[0] == '[') in_set = true;
        if (rest.data[0] == ']') in_set = false;
        at++;
    }
    return count;
}

/* Before the first mark quantifiers take as little as they can. */
static void end_quantifier(Translation *t) {
    bool lazy = t->mark_total > 0 && t->mark_count == 0;
    if (lazy && t->quantified == 1) text_append_char(t->out, '?');
    t->quantified = 0;
}

/* The character itself; \" outside of a set marks the part that SUBSTRING .. SIMILAR gives, of which there may be two. */
static Status append_escaped(Translation *t, Str character, Error *err) {
    DEBUG_ASSERT(character.size > 0);
    end_quantifier(t);
    if (!str_equal(character, STR("\"")) || t->in_set) {
        text_append_char(t->out, '\\');
        text_append(t->out, character);
        return STATUS_OK;
    }
    if (t->mark_count == 2)
        return error_set(err, STATUS_INVALID_ESCAPE_USE,
                         "SQL regular expression may not contain more than two escape-double-quote separators");
    text_append_c(t->out, t->mark_count == 0 ? ")(" : ")(?:");
    t->mark_count++;
    return STATUS_OK;
}

/* Two quantifiers one after the other mean something to PCRE2, but not here. */
static Status append_quantifier(Translation *t, char c, Error *err) {
    bool second = t->quantified > (c == '?');
    if (second) return error_set(err, STATUS_INVALID_REGEX, "invalid regular expression: quantifier operand invalid");
    text_append_char(t->out, c);
    if (c != '{') t->quantified++;
    return STATUS_OK;
}

static void append_set(Translation *t, char c) {
    if (c == '\\') text_append_char(t->out, '\\');
    text_append_char(t->out, c);
    t->in_set = c != ']';
}

/* % and _ are SQL's; what only PCRE2 gives a meaning is escaped. */
static Status append_plain(Translation *t, char c, Error *err) {
    if (strchr("*+?{", c) != NULL && c != '\0') return append_quantifier(t, c, err);
    end_quantifier(t);
    switch (c) {
        case '%':
            text_append_c(t->out, ".*");
            t->quantified = 1;
            return STATUS_OK;
        case '_': text_append_char(t->out, '.'); return STATUS_OK;
        case '(': text_append_c(t->out, "(?:"); return STATUS_OK;
        case '}': t->quantified = 1; break;
        case '\\':
        case '.':
        case '^':
        case '$': text_append_char(t->out, '\\'); break;
        case '[': t->in_set = true; break;
        default: break;
    }
    text_append_char(t->out, c);
    return STATUS_OK;
}

Status similar_translate(Str pattern, Str escape, Text *out, Error *err) {
    if (utf8_length(escape) > 1) {
        (void)error_set(err, STATUS_INVALID_ESCAPE, "invalid escape string");
        return error_add_hint(err, "Escape string must be empty or one character.");
    }
    Translation t = {.escape = escape, .out = out, .mark_total = count_marks(pattern, escape)};
    text_append_c(out, "^(?:");
    for (size_t at = 0; at < pattern.size;) {
        Str rest = str_from(pattern.data + at, pattern.size - at);
        if (!escape_at(&t, rest)) {
            if (t.in_set)
                append_set(&t, rest.data[0]);
            else
                TRY(append_plain(&t, rest.data[0], err));
            at++;
            continue;
        }
        at += escape.size;
        if (at == pattern.size) break; /* an escape at the end is nothing */
        Str character = utf8_slice(str_from(pattern.data + at, pattern.size - at), 0, 1);
        TRY(append_escaped(&t, character, err));
        at += character.size;
    }
    /* More marks than two were refused, and count_marks met the same ones. */
    ASSERT(t.mark_count <= 2 && t.mark_count <= t.mark_total);
    text_append_c(out, ")$");
    return STATUS_OK;
}
