/* SPDX-License-Identifier: Apache-2.0
 * sql/split.c - a small automaton over bytes. It stops before a byte whose meaning the next one decides (a
 * dash, a slash, a star, a quote inside quotes, an unfinished $tag) and looks again when more has come. */
#include "sql/split.h"

typedef struct Walk {
    Split *split;
    Str text;
    size_t at;
    bool blocked; /* the next byte is needed and has not come */
} Walk;

static bool is_name_byte(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || byte >= 0x80;
}

static bool is_space(unsigned char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Does `second` follow the byte at walk->at? Blocks when that cannot be told yet. */
static bool walk_followed_by(Walk *walk, char second) {
    if (walk->at + 1 >= walk->text.size) walk->blocked = true;
    return !walk->blocked && walk->text.data[walk->at + 1] == second;
}

static void walk_enter(Walk *walk, SplitState state, size_t size) {
    walk->split->state = state;
    walk->split->has_content |= state != SPLIT_LINE_COMMENT && state != SPLIT_BLOCK_COMMENT;
    walk->at += size;
    DEBUG_ASSERT(walk->at <= walk->text.size);
}

/* At $: a tag, a parameter or a part of neither. */
static void walk_dollar(Walk *walk) {
    DEBUG_ASSERT(walk->text.data[walk->at] == '$');
    size_t end = walk->at + 1;
    bool digit = end < walk->text.size && walk->text.data[end] >= '0' && walk->text.data[end] <= '9';
    while (!digit && end < walk->text.size && is_name_byte((unsigned char)walk->text.data[end])) end++;
    if (end >= walk->text.size) {
        walk->blocked = true;
        return;
    }
    walk->split->has_content = true;
    if (walk->text.data[end] != '$') {
        walk->at = end;
        return;
    }
    walk->split->tag_start = walk->at;
    walk->split->tag_size = (uint32_t)(end + 1 - walk->at);
    walk_enter(walk, SPLIT_DOLLAR, walk->split->tag_size);
}

/* A word is taken whole, so that a$b$ is no quote and the E of E'..' is known by its quote. */
static void walk_word(Walk *walk) {
    size_t end = walk->at;
    while (end < walk->text.size &&
           (is_name_byte((unsigned char)walk->text.data[end]) || walk->text.data[end] == '$'))
        end++;
    if (end >= walk->text.size) {
        walk->blocked = true;
        return;
    }
    bool escape =
        end - walk->at == 1 && (walk->text.data[walk->at] | 0x20) == 'e' && walk->text.data[end] == '\'';
    walk->split->has_content = true;
    walk->at = end;
    if (escape) walk_enter(walk, SPLIT_ESCAPE_STRING, 1);
}

/* One step outside quotes; true at the semicolon, which is taken. */
static bool walk_plain(Walk *walk) {
    unsigned char byte = (unsigned char)walk->text.data[walk->at];
    if (is_name_byte(byte)) {
        walk_word(walk);
    } else if (byte == '\'') {
        walk_enter(walk, SPLIT_STRING, 1);
    } else if (byte == '"') {
        walk_enter(walk, SPLIT_IDENTIFIER, 1);
    } else if (byte == '$') {
        walk_dollar(walk);
    } else if (byte == '-' && walk_followed_by(walk, '-')) {
        walk_enter(walk, SPLIT_LINE_COMMENT, 2);
    } else if (byte == '/' && walk_followed_by(walk, '*')) {
        walk->split->depth = 1;
        walk_enter(walk, SPLIT_BLOCK_COMMENT, 2);
    } else if (!walk->blocked) {
        walk->at++;
        if (byte == ';') return true;
        walk->split->has_content |= !is_space(byte);
    }
    return false;
}

/* Inside '..' or "..": a doubled quote opens the string again at once, which is the same. */
static void walk_quoted(Walk *walk, char quote) {
    const char *from = walk->text.data + walk->at;
    const char *end = memchr(from, quote, walk->text.size - walk->at);
    walk->at = end == NULL ? walk->text.size : (size_t)(end - walk->text.data) + 1;
    if (end != NULL) walk->split->state = SPLIT_PLAIN;
}

/* Inside E'..': '' must not leave it, since backslashes keep their meaning. */
static void walk_escape_string(Walk *walk) {
    char byte = walk->text.data[walk->at];
    bool doubled = byte == '\'' && walk_followed_by(walk, '\'');
    bool pair = doubled || byte == '\\';
    if (pair && walk->at + 1 >= walk->text.size) walk->blocked = true;
    if (walk->blocked) return;
    if (byte == '\'' && !doubled) walk->split->state = SPLIT_PLAIN;
    walk->at += pair ? 2 : 1;
}

/* To behind the closing tag, which may be cut in two by the end of what has come. */
static void walk_dollar_string(Walk *walk) {
    DEBUG_ASSERT(walk->split->tag_size >= 2); /* $$ is the shortest */
    DEBUG_ASSERT(walk->split->tag_start + walk->split->tag_size <= walk->at);
    Str tag = str_from(walk->text.data + walk->split->tag_start, walk->split->tag_size);
    ptrdiff_t found = str_find(str_from(walk->text.data + walk->at, walk->text.size - walk->at), tag);
    if (found >= 0) {
        walk->at += (size_t)found + tag.size;
        walk->split->state = SPLIT_PLAIN;
        return;
    }
    /* a part of the tag may be the last that came: look at it again, never before where we stand */
    size_t left = walk->text.size - walk->at;
    walk->at += left < tag.size ? 0 : left - tag.size + 1;
    walk->blocked = true;
}

static void walk_line_comment(Walk *walk) {
    while (walk->at < walk->text.size) {
        char byte = walk->text.data[walk->at++];
        if (byte != '\n' && byte != '\r') continue;
        walk->split->state = SPLIT_PLAIN;
        return;
    }
}

/* A byte, or a pair that opens or closes; half a pair at the end of what has come waits for the other. */
static void walk_block_comment(Walk *walk) {
    DEBUG_ASSERT(walk->split->depth > 0);
    char byte = walk->text.data[walk->at];
    bool opens = byte == '/' && walk_followed_by(walk, '*');
    bool closes = byte == '*' && walk_followed_by(walk, '/');
    if (walk->blocked) return;
    walk->at += opens || closes ? 2 : 1;
    walk->split->depth = walk->split->depth + opens - closes;
    if (walk->split->depth == 0) walk->split->state = SPLIT_PLAIN;
}

/* As far as one state goes; true at the semicolon that ends the statement. */
static bool walk_step(Walk *walk) {
    DEBUG_ASSERT(walk->at < walk->text.size);
    switch (walk->split->state) {
        case SPLIT_PLAIN: return walk_plain(walk);
        case SPLIT_STRING: walk_quoted(walk, '\''); break;
        case SPLIT_IDENTIFIER: walk_quoted(walk, '"'); break;
        case SPLIT_ESCAPE_STRING: walk_escape_string(walk); break;
        case SPLIT_DOLLAR: walk_dollar_string(walk); break;
        case SPLIT_LINE_COMMENT: walk_line_comment(walk); break;
        case SPLIT_BLOCK_COMMENT: walk_block_comment(walk); break;
    }
    return false;
}

size_t split_next(Split *split, Str text) {
    ASSERT(split->offset <= text.size);
    Walk walk = {.split = split, .text = text, .at = split->offset};
    while (walk.at < text.size && !walk.blocked) {
        if (!walk_step(&walk)) continue;
        *split = (Split){0};
        return walk.at;
    }
    ASSERT(walk.at <= text.size);
    split->waits = walk.at < text.size && split->state == SPLIT_PLAIN;
    split->offset = walk.at;
    return 0;
}
