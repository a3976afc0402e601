/* SPDX-License-Identifier: Apache-2.0
 * sql/token.c - tables of token kinds, and a perfect hash from words to keywords (keyword_hash.py). */
#include "sql/token.h"

#include "sql/keyword_hash.h"

enum {
    CLASSES_NAME = TOKEN_IS_COLUMN_ID | TOKEN_IS_FUNCTION_ID | TOKEN_IS_LABEL,
    CLASSES_COLUMN = TOKEN_IS_COLUMN_ID | TOKEN_IS_LABEL,
    CLASSES_FUNCTION = TOKEN_IS_FUNCTION_ID | TOKEN_IS_LABEL,
    CLASSES_RESERVED = TOKEN_IS_RESERVED | TOKEN_IS_LABEL,
    CLASSES_BARE = TOKEN_IS_BARE_LABEL,
    CLASSES_AS = 0,
};

const uint8_t token_classes[TOKEN_KIND_COUNT] = {
    [TOKEN_IDENTIFIER] = CLASSES_NAME | TOKEN_IS_BARE_LABEL,
#define KEYWORD(name, text, category, label) \
    [KW_##name] = TOKEN_IS_KEYWORD | CLASSES_##category | CLASSES_##label,
#include "sql/keyword.def"
#undef KEYWORD
};

static const Str token_texts[TOKEN_KIND_COUNT] = {
    [TOKEN_END] = {"end of input", 12},
    [TOKEN_IDENTIFIER] = {"a name", 6},
    [TOKEN_STRING] = {"a 'string'", 10},
    [TOKEN_INTEGER] = {"an integer", 10},
    [TOKEN_DECIMAL] = {"a number", 8},
    [TOKEN_PARAMETER] = {"a parameter", 11},
    [TOKEN_OPERATOR] = {"an operator", 11},
    [TOKEN_PLUS] = {"+", 1},
    [TOKEN_MINUS] = {"-", 1},
    [TOKEN_STAR] = {"*", 1},
    [TOKEN_SLASH] = {"/", 1},
    [TOKEN_PERCENT] = {"%", 1},
    [TOKEN_CARET] = {"^", 1},
    [TOKEN_LESS] = {"<", 1},
    [TOKEN_GREATER] = {">", 1},
    [TOKEN_EQUAL] = {"=", 1},
    [TOKEN_LESS_EQUAL] = {"<=", 2},
    [TOKEN_GREATER_EQUAL] = {">=", 2},
    [TOKEN_NOT_EQUAL] = {"<>", 2},
    [TOKEN_COMMA] = {",", 1},
    [TOKEN_LEFT_PAREN] = {"(", 1},
    [TOKEN_RIGHT_PAREN] = {")", 1},
    [TOKEN_LEFT_BRACKET] = {"[", 1},
    [TOKEN_RIGHT_BRACKET] = {"]", 1},
    [TOKEN_LEFT_BRACE] = {"{", 1},
    [TOKEN_RIGHT_BRACE] = {"}", 1},
    [TOKEN_DOT] = {".", 1},
    [TOKEN_DOT_DOT] = {"..", 2},
    [TOKEN_SEMICOLON] = {";", 1},
    [TOKEN_COLON] = {":", 1},
    [TOKEN_DOUBLE_COLON] = {"::", 2},
    [TOKEN_COLON_EQUAL] = {":=", 2},
    [TOKEN_FAT_ARROW] = {"=>", 2},
#define KEYWORD(name, text, category, label) [KW_##name] = {text, sizeof(text) - 1},
#include "sql/keyword.def"
#undef KEYWORD
};

STATIC_ASSERT(TOKEN_KIND_COUNT < UINT16_MAX, "a kind fits Token.kind");
STATIC_ASSERT((TOKEN_IS_RESERVED | TOKEN_IS_KEYWORD) <= UINT8_MAX, "classes fit a byte of token_classes");

Str token_text(TokenKind kind) {
    DEBUG_ASSERT(kind < TOKEN_KIND_COUNT);
    return token_texts[kind];
}

/* The next two load a part of a word with its ASCII letters made lower; '_' becomes 0x7F, which is no
 * letter of any word. */
static inline uint64_t load_8(const char *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return value | 0x2020202020202020ULL;
}

static inline uint64_t load_4(const char *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return value | 0x20202020U;
}

/* As keyword_hash.py computes it, in lower case by setting a bit: all that words of one length do not share, in one multiplication. Reads
 * no byte outside of the word. */
static inline uint64_t keyword_hash(const char *word, size_t size) {
    DEBUG_ASSERT(size >= 2 && size <= KEYWORD_SIZE_MAX);
    uint64_t first, last = 0;
    if (size >= 8) {
        first = load_8(word), last = load_8(word + size - 8);
    } else if (size >= 4) {
        first = load_4(word), last = load_4(word + size - 4);
    } else {
        const unsigned char *bytes = (const unsigned char *)word;
        first = (uint64_t)(bytes[0] | bytes[size / 2] << 8 | bytes[size - 1] << 16) | 0x202020U;
    }
    uint64_t value = (first + last * 31 + size) * keyword_multiplier;
    return value ^ value >> 32;
}

/* Equal but for case. Of bytes that names are made of no two others become the same by load's OR. */
static inline bool same_word(const char *word, const char *text, size_t size) {
    if (size >= 8)
        return load_8(word) == load_8(text) && load_8(word + size - 8) == load_8(text + size - 8) &&
               (size <= 16 || load_8(word + size / 2 - 4) == load_8(text + size / 2 - 4));
    if (size >= 4) return load_4(word) == load_4(text) && load_4(word + size - 4) == load_4(text + size - 4);
    for (size_t i = 0; i < size; i++)
        if ((word[i] | 0x20) != (text[i] | 0x20)) return false;
    return true;
}

STATIC_ASSERT(KEYWORD_SIZE_MAX <= 24, "three loads cover a keyword");
STATIC_ASSERT((KEYWORD_SLOT_COUNT & (KEYWORD_SLOT_COUNT - 1)) == 0, "remainders are masks");
STATIC_ASSERT((KEYWORD_BUCKET_COUNT & (KEYWORD_BUCKET_COUNT - 1)) == 0, "remainders are masks");

TokenKind token_find_keyword(const char *word, size_t size) {
    if (size < 2 || size > KEYWORD_SIZE_MAX) return TOKEN_IDENTIFIER;
    uint64_t hash = keyword_hash(word, size);
    size_t slot = ((hash >> 8) + keyword_displacements[hash % KEYWORD_BUCKET_COUNT]) % KEYWORD_SLOT_COUNT;
    if (keyword_slots[slot] == 0) return TOKEN_IDENTIFIER;
    TokenKind kind = (TokenKind)(TOKEN_BEFORE_KEYWORDS + keyword_slots[slot]);
    DEBUG_ASSERT(kind < TOKEN_KIND_COUNT);
    const Str *text = &token_texts[kind];
    return text->size == size && same_word(word, text->data, size) ? kind : TOKEN_IDENTIFIER;
}
