/* SPDX-License-Identifier: Apache-2.0
 * base/to_char.c - patterns split into nodes, for both directions: to_char and from_char. */
#include "base/to_char_priv.h"
#include "base/utf8.h"

static char upper_of(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

/* Does `text` start with the keyword in one of the ways it may be written? */
static bool keyword_at(Str text, const PatternKeyword *keyword, uint8_t *case_) {
    size_t size = strlen(keyword->name);
    bool all_upper = true, all_lower = true, capital = true;
    if (text.size < size) return false;
    for (size_t i = 0; i < size; i++) {
        char c = text.data[i];
        if (upper_of(c) != keyword->name[i]) return false;
        if (upper_of(c) == c && !is_lower((char)(c | 32))) continue; /* a digit or a point */
        all_upper &= !is_lower(c);
        all_lower &= is_lower(c);
        capital &= is_lower(c) == (i > 0);
    }
    *case_ = all_upper ? CASE_UPPER : all_lower ? CASE_LOWER : CASE_CAPITAL;
    return all_upper || all_lower || ((keyword->flags & KEYWORD_CAPITAL) != 0 && capital);
}

static const PatternKeyword *keyword_find(Str text, const PatternKeyword *keywords, size_t count,
                                          uint8_t *case_) {
    DEBUG_ASSERT(keywords != NULL && count > 0);
    for (size_t i = 0; i < count; i++)
        if (keyword_at(text, &keywords[i], case_)) return &keywords[i];
    return NULL;
}

static Str rest(Str text, size_t size) {
    DEBUG_ASSERT(size <= text.size);
    return str_from(text.data + size, text.size - size);
}

static bool takes(Str *text, const char *upper, const char *lower) {
    DEBUG_ASSERT(strlen(upper) == strlen(lower));
    bool found = str_starts_with(*text, str_from_c(upper)) || str_starts_with(*text, str_from_c(lower));
    if (found) *text = rest(*text, strlen(upper));
    return found;
}

/* One character, or after a quotation mark all to the next; a backslash takes away what the next means. */
static Str literal_take(Str *text, bool *quoted) {
    DEBUG_ASSERT(text->size > 0);
    if (text->data[0] == '"') {
        *quoted = !*quoted;
        *text = rest(*text, 1);
        return str_from(text->data, 0);
    }
    bool escape = text->data[0] == '\\' && text->size > 1 && (*quoted || text->data[1] == '"');
    if (escape) *text = rest(*text, 1);
    size_t size = utf8_size_of((unsigned char)text->data[0]);
    if (size > text->size) size = text->size;
    Str literal = str_from(text->data, size);
    *text = rest(*text, size);
    return literal;
}

Status pattern_split(Arena *arena, Str pattern, const PatternKeyword *keywords, size_t keyword_count,
                     bool prefixes, const PatternNode **nodes, uint32_t *count, Error *err) {
    ASSERT(keyword_count > 0);
    ASSERT(nodes != NULL && count != NULL);
    size_t node_count_max = pattern.size + 1;
    PatternNode *out = ARENA_ARRAY(arena, PatternNode, node_count_max);
    TRY_ALLOC(out);
    bool quoted = false;
    *count = 0;
    while (pattern.size > 0) {
        PatternNode node = {.key = NODE_LITERAL};
        bool translated = false; /* TM: names as long as they are */
        while (!quoted && prefixes &&
               (str_starts_with(pattern, STR("FM")) || str_starts_with(pattern, STR("fm")) ||
                str_starts_with(pattern, STR("TM")) || str_starts_with(pattern, STR("tm")))) {
            node.fill |= upper_of(pattern.data[0]) == 'F';
            translated |= upper_of(pattern.data[0]) == 'T';
            pattern = rest(pattern, 2);
        }
        if (pattern.size == 0) break;
        const PatternKeyword *keyword =
            quoted ? NULL : keyword_find(pattern, keywords, keyword_count, &node.case_);
        if (keyword != NULL) {
            node.key = keyword->key;
            node.flags = keyword->flags;
            node.text = str_from_c(keyword->name);
            node.fill |= translated && (keyword->flags & KEYWORD_CAPITAL) != 0;
            pattern = rest(pattern, strlen(keyword->name));
            char first = pattern.size > 0 ? pattern.data[0] : 0;
            if (prefixes && takes(&pattern, "TH", "th")) node.ordinal = (uint8_t)first;
            /* SP is taken and does nothing, as in PostgreSQL, where it was never written. */
            if (prefixes) (void)takes(&pattern, "SP", "sp");
        } else {
            node.quoted = quoted;
            node.text = literal_take(&pattern, &quoted);
            if (node.text.size == 0) continue;
        }
        out[(*count)++] = node;
        ASSERT(*count < node_count_max); /* each node takes at least a byte of the pattern */
    }
    *nodes = out;
    return STATUS_OK;
}

const char *pattern_ordinal(Str digits, bool upper) {
    DEBUG_ASSERT(digits.data != NULL || digits.size == 0);
    static const char *const endings[2][4] = {{"th", "st", "nd", "rd"}, {"TH", "ST", "ND", "RD"}};
    char last = digits.size > 0 ? digits.data[digits.size - 1] : '0';
    bool teen = digits.size > 1 && digits.data[digits.size - 2] == '1';
    return endings[upper][!teen && last >= '1' && last <= '3' ? last - '0' : 0];
}
