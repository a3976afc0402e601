/* SPDX-License-Identifier: Apache-2.0
 * sql/lexer.c - one pass over the bytes; a token is cut out of the text, and copied only when its value
 * differs from its spelling. */
#include "sql/lexer.h"

#include "base/unescape.h"
#include "base/utf8.h"

typedef enum ByteClass {
    BYTE_OTHER,
    BYTE_SPACE,
    BYTE_WORD, /* begins a name: letters, _, bytes from 0x80 */
    BYTE_DIGIT,
    BYTE_QUOTE, /* ' */
    BYTE_NAME,  /* " */
    BYTE_DOLLAR,
    BYTE_OPERATOR, /* ~ ! @ # ^ & | ` ? + - * / % < > = */
    BYTE_DOT,
    BYTE_COLON,
    BYTE_SELF, /* stands for itself: self_kinds */
} ByteClass;

static const uint8_t byte_classes[256] = {
    ['\t'] = BYTE_SPACE,   ['\n'] = BYTE_SPACE,         ['\v'] = BYTE_SPACE,        ['\f'] = BYTE_SPACE,
    ['\r'] = BYTE_SPACE,   [' '] = BYTE_SPACE,          ['a' ... 'z'] = BYTE_WORD,  ['A' ... 'Z'] = BYTE_WORD,
    ['_'] = BYTE_WORD,     [0x80 ... 0xFF] = BYTE_WORD, ['0' ... '9'] = BYTE_DIGIT, ['\''] = BYTE_QUOTE,
    ['"'] = BYTE_NAME,     ['$'] = BYTE_DOLLAR,         ['~'] = BYTE_OPERATOR,      ['!'] = BYTE_OPERATOR,
    ['@'] = BYTE_OPERATOR, ['#'] = BYTE_OPERATOR,       ['^'] = BYTE_OPERATOR,      ['&'] = BYTE_OPERATOR,
    ['|'] = BYTE_OPERATOR, ['`'] = BYTE_OPERATOR,       ['?'] = BYTE_OPERATOR,      ['+'] = BYTE_OPERATOR,
    ['-'] = BYTE_OPERATOR, ['*'] = BYTE_OPERATOR,       ['/'] = BYTE_OPERATOR,      ['%'] = BYTE_OPERATOR,
    ['<'] = BYTE_OPERATOR, ['>'] = BYTE_OPERATOR,       ['='] = BYTE_OPERATOR,      ['.'] = BYTE_DOT,
    [':'] = BYTE_COLON,    [','] = BYTE_SELF,           ['('] = BYTE_SELF,          [')'] = BYTE_SELF,
    ['['] = BYTE_SELF,     [']'] = BYTE_SELF,           ['{'] = BYTE_SELF,          ['}'] = BYTE_SELF,
    [';'] = BYTE_SELF,
};

STATIC_ASSERT(TOKEN_EQUAL <= UINT8_MAX && TOKEN_SEMICOLON <= UINT8_MAX, "signs have the lowest kinds");

static const uint8_t self_kinds[256] = {
    [','] = TOKEN_COMMA,        ['('] = TOKEN_LEFT_PAREN,    [')'] = TOKEN_RIGHT_PAREN,
    ['['] = TOKEN_LEFT_BRACKET, [']'] = TOKEN_RIGHT_BRACKET, ['{'] = TOKEN_LEFT_BRACE,
    ['}'] = TOKEN_RIGHT_BRACE,  [';'] = TOKEN_SEMICOLON,     ['+'] = TOKEN_PLUS,
    ['-'] = TOKEN_MINUS,        ['*'] = TOKEN_STAR,          ['/'] = TOKEN_SLASH,
    ['%'] = TOKEN_PERCENT,      ['^'] = TOKEN_CARET,         ['<'] = TOKEN_LESS,
    ['>'] = TOKEN_GREATER,      ['='] = TOKEN_EQUAL,
};

void lexer_init(Lexer *lexer, Str text, size_t offset, Arena *arena) {
    ASSERT(arena != NULL);
    ASSERT(text.size <= UINT32_MAX);
    ASSERT(offset <= text.size);
    bool cut = text.size - offset > LEXER_TEXT_SIZE_MAX;
    *lexer = (Lexer){
        .text = text.data == NULL ? "" : text.data,
        .at = (uint32_t)offset,
        .end = cut ? (uint32_t)offset + LEXER_TEXT_SIZE_MAX : (uint32_t)text.size,
        .cut = cut,
        .arena = arena,
    };
}

/* The byte at an offset; 0 past the end (a zero byte inside is an error of its own, later). */
static inline unsigned char byte_at(const Lexer *lexer, uint32_t offset) {
    return offset < lexer->end ? (unsigned char)lexer->text[offset] : 0;
}

static inline bool is_word_byte(unsigned char byte) {
    return byte_classes[byte] == BYTE_WORD || byte_classes[byte] == BYTE_DIGIT || byte == '$';
}

static Status lexer_check_utf8(const Lexer *lexer, uint32_t start, uint32_t end, Error *err) {
    DEBUG_ASSERT(start <= end && end <= lexer->end);
    Str part = str_from(lexer->text + start, end - start);
    size_t valid = utf8_valid_size(part);
    if (valid == part.size) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_ENCODING, start + (int64_t)valid,
                        "invalid byte sequence for encoding UTF-8: 0x%x", (unsigned char)part.data[valid]);
}

/* What ended too early may have been cut by the limit on the text. */
static Status lexer_unterminated(const Lexer *lexer, uint32_t start, const char *what, const char *hint,
                                 Error *err) {
    if (lexer->cut)
        return error_set_at(err, STATUS_LIMIT, start, "statement is longer than %d bytes",
                            LEXER_TEXT_SIZE_MAX);
    error_set_at(err, STATUS_SYNTAX, start, "unterminated %s", what);
    return error_add_hint(err, "%s", hint);
}

/* ---- white space and comments ------------------------------------------------------------------------ */

/* -- to the end of the line, which stays for lexer_skip_space. */
static Status lexer_skip_line(Lexer *lexer, Error *err) {
    DEBUG_ASSERT(byte_at(lexer, lexer->at) == '-' && byte_at(lexer, lexer->at + 1) == '-');
    uint32_t start = lexer->at;
    unsigned char seen = 0;
    while (lexer->at < lexer->end && lexer->text[lexer->at] != '\n' && lexer->text[lexer->at] != '\r') {
        unsigned char byte = (unsigned char)lexer->text[lexer->at];
        if (byte == 0) return error_set_at(err, STATUS_SYNTAX, lexer->at, "the text holds a NUL byte");
        /* Checked once, and only when a byte above ASCII was seen. */
        seen |= byte;
        lexer->at++;
    }
    return seen < 0x80 ? STATUS_OK : lexer_check_utf8(lexer, start, lexer->at, err);
}

/* Comments nest, unlike C's. */
static Status lexer_skip_block(Lexer *lexer, Error *err) {
    DEBUG_ASSERT(byte_at(lexer, lexer->at) == '/' && byte_at(lexer, lexer->at + 1) == '*');
    uint32_t start = lexer->at;
    uint32_t depth = 0;
    do {
        if (lexer->at >= lexer->end)
            return lexer_unterminated(lexer, start, "/* comment", "Comments nest: each /* needs its own */.",
                                      err);
        unsigned char byte = (unsigned char)lexer->text[lexer->at];
        unsigned char next = byte_at(lexer, lexer->at + 1);
        if (byte == 0) return error_set_at(err, STATUS_SYNTAX, lexer->at, "the text holds a NUL byte");
        bool opens = byte == '/' && next == '*', closes = byte == '*' && next == '/';
        depth += opens, depth -= closes;
        lexer->at += opens || closes ? 2 : 1;
    } while (depth > 0);
    DEBUG_ASSERT(lexer->at <= lexer->end); /* both bytes of the last sign were there: byte_at is 0 past the end */
    return lexer_check_utf8(lexer, start, lexer->at, err);
}

/* To the first byte of the next token, or the end. */
static Status lexer_skip_space(Lexer *lexer, Error *err) {
    for (;;) {
        unsigned char byte = byte_at(lexer, lexer->at);
        if (byte_classes[byte] == BYTE_SPACE) {
            lexer->at++;
        } else if (byte == '-' && byte_at(lexer, lexer->at + 1) == '-') {
            TRY(lexer_skip_line(lexer, err));
        } else if (byte == '/' && byte_at(lexer, lexer->at + 1) == '*') {
            TRY(lexer_skip_block(lexer, err));
        } else {
            return STATUS_OK;
        }
    }
}

/* ---- names ------------------------------------------------------------------------------------------- */

static Status lexer_name_too_long(uint32_t start, Error *err) {
    return error_set_at(err, STATUS_LIMIT, start, "identifier is longer than %d bytes",
                        LEXER_IDENTIFIER_SIZE_MAX);
}

/* A keyword or a name. Only a name that has capitals is copied, to be folded. */
static Status lexer_word(Lexer *lexer, Token *out, Error *err) {
    DEBUG_ASSERT(byte_classes[byte_at(lexer, lexer->at)] == BYTE_WORD);
    uint32_t start = lexer->at, at = start;
    unsigned char seen = 0;
    bool upper = false;
    for (; at < lexer->end && is_word_byte((unsigned char)lexer->text[at]); at++) {
        unsigned char byte = (unsigned char)lexer->text[at];
        seen |= byte;
        upper |= byte >= 'A' && byte <= 'Z';
    }
    lexer->at = at;
    Str word = str_from(lexer->text + start, at - start);
    TokenKind kind = token_find_keyword(word.data, word.size);
    out->kind = (uint16_t)kind;
    /* A keyword's text is the table's: in lower case already, and never too long. */
    if (kind != TOKEN_IDENTIFIER) {
        out->str = token_text(kind);
        DEBUG_ASSERT(out->str.size == word.size);
        return STATUS_OK;
    }
    if (seen >= 0x80) TRY(lexer_check_utf8(lexer, start, at, err));
    if (word.size > LEXER_IDENTIFIER_SIZE_MAX) return lexer_name_too_long(start, err);
    out->str = upper ? str_copy_lower(lexer->arena, word) : word;
    TRY_ALLOC(out->str.data);
    return STATUS_OK;
}

/* A copy of text[start, end) with each doubled `quote` made single. */
static Status lexer_undouble(Lexer *lexer, uint32_t start, uint32_t end, char quote, Str *out, Error *err) {
    DEBUG_ASSERT(start < end); /* there is a doubled quote in it */
    char *copy = arena_alloc(lexer->arena, end - start);
    TRY_ALLOC(copy);
    size_t size = 0;
    for (uint32_t at = start; at < end; at++) {
        copy[size++] = lexer->text[at];
        if (lexer->text[at] == quote) at++;
    }
    DEBUG_ASSERT(size < end - start);        /* one of two quotes went, else there was no need to copy */
    DEBUG_ASSERT(2 * size >= end - start);   /* and nothing but such quotes */
    *out = str_from(copy, size);
    return STATUS_OK;
}

/* From the opening quote to behind the closing one; a doubled quote is part of the content. */
static Status lexer_find_quote(Lexer *lexer, char quote, bool *doubled, Error *err) {
    DEBUG_ASSERT(byte_at(lexer, lexer->at) == (unsigned char)quote);
    uint32_t start = lexer->at, at = start + 1;
    unsigned char seen = 0;
    *doubled = false;
    for (;; at++) {
        if (at >= lexer->end) {
            if (quote == '"')
                return lexer_unterminated(lexer, start, "quoted identifier", "A closing \" is missing.", err);
            return lexer_unterminated(lexer, start, "quoted string",
                                      "A closing ' is missing; inside a string write ''.", err);
        }
        unsigned char byte = (unsigned char)lexer->text[at];
        seen |= byte;
        if (byte == 0) return error_set_at(err, STATUS_SYNTAX, at, "the text holds a NUL byte");
        if (byte != (unsigned char)quote) continue;
        if (byte_at(lexer, at + 1) != (unsigned char)quote) break;
        *doubled = true;
        at++;
    }
    lexer->at = at + 1;
    DEBUG_ASSERT(lexer->at >= start + 2); /* both quotes */
    DEBUG_ASSERT(lexer->at <= lexer->end);
    return seen < 0x80 ? STATUS_OK : lexer_check_utf8(lexer, start, at, err);
}

/* ".." as it stands: nothing is folded, "" is one quote. */
static Status lexer_read_name(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at;
    bool doubled;
    TRY(lexer_find_quote(lexer, '"', &doubled, err));
    out->kind = TOKEN_IDENTIFIER;
    out->quoted = true;
    out->str = str_from(lexer->text + start + 1, lexer->at - start - 2);
    return doubled ? lexer_undouble(lexer, start + 1, lexer->at - 1, '"', &out->str, err) : STATUS_OK;
}

static Status lexer_check_name(Str name, uint32_t start, Error *err) {
    if (name.size == 0) return error_set_at(err, STATUS_SYNTAX, start, "zero-length quoted identifier");
    if (name.size > LEXER_IDENTIFIER_SIZE_MAX) return lexer_name_too_long(start, err);
    return STATUS_OK;
}

static Status lexer_quoted_name(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at;
    TRY(lexer_read_name(lexer, out, err));
    return lexer_check_name(out->str, start, err);
}

/* ---- strings ----------------------------------------------------------------------------------------- */

/* Strings with only white space that holds a line end between them are one. Moves to the next quote. */
static Status lexer_continues(Lexer *lexer, bool *out, Error *err) {
    DEBUG_ASSERT(lexer->at > 0 && lexer->text[lexer->at - 1] == '\''); /* behind a closing quote */
    uint32_t at = lexer->at;
    bool line_end = false;
    for (;; at++) {
        unsigned char byte = byte_at(lexer, at);
        if (byte == '-' && byte_at(lexer, at + 1) == '-') {
            while (at < lexer->end && lexer->text[at] != '\n' && lexer->text[at] != '\r') at++;
            byte = byte_at(lexer, at);
        }
        if (byte_classes[byte] != BYTE_SPACE) break;
        line_end |= byte == '\n' || byte == '\r';
    }
    DEBUG_ASSERT(at <= lexer->end);
    *out = line_end && byte_at(lexer, at) == '\'';
    if (!*out) return STATUS_OK;
    TRY(lexer_check_utf8(lexer, lexer->at, at, err)); /* a comment between the parts */
    lexer->at = at;
    return STATUS_OK;
}

static Status lexer_join(Lexer *lexer, Str *head, Str tail, Error *err) {
    char *joined = arena_alloc(lexer->arena, head->size + tail.size);
    TRY_ALLOC(joined);
    if (head->size > 0) memcpy(joined, head->data, head->size);
    if (tail.size > 0) memcpy(joined + head->size, tail.data, tail.size);
    *head = str_from(joined, head->size + tail.size);
    return STATUS_OK;
}

/* '..', with the parts on following lines that continue it: 'a' <line end> 'b' is 'ab', as the standard has it. */
static Status lexer_string(Lexer *lexer, Token *out, Error *err) {
    out->kind = TOKEN_STRING;
    out->str = str_from("", 0);
    for (bool first = true, more = true; more; first = false) {
        uint32_t start = lexer->at;
        bool doubled;
        TRY(lexer_find_quote(lexer, '\'', &doubled, err));
        Str part = str_from(lexer->text + start + 1, lexer->at - start - 2);
        if (doubled) TRY(lexer_undouble(lexer, start + 1, lexer->at - 1, '\'', &part, err));
        if (first)
            out->str = part;
        else
            TRY(lexer_join(lexer, &out->str, part, err));
        TRY(lexer_continues(lexer, &more, err));
    }
    return STATUS_OK;
}

static int hex_value(unsigned char byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

/* Up to `count_max` digits of a base; returns how many there were. */
static uint32_t lexer_digits(Lexer *lexer, int base, uint32_t count_max, uint32_t *value) {
    DEBUG_ASSERT(base >= 2 && base <= 16);
    DEBUG_ASSERT(count_max <= 8); /* 32 bits */
    uint32_t count = 0;
    *value = 0;
    while (count < count_max) {
        int digit = hex_value(byte_at(lexer, lexer->at));
        if (digit < 0 || digit >= base) break;
        *value = *value * (uint32_t)base + (uint32_t)digit;
        lexer->at++, count++;
    }
    return count;
}

/* The number of \uXXXX and \UXXXXXXXX, from behind the letter. */
static Status lexer_unicode_number(Lexer *lexer, uint32_t digit_count, uint32_t *point, Error *err) {
    DEBUG_ASSERT(digit_count == 4 || digit_count == 8);
    DEBUG_ASSERT((lexer->text[lexer->at - 1] | 0x20) == 'u'); /* \u, \U: errors point at the backslash */
    uint32_t start = lexer->at - 2;
    if (lexer_digits(lexer, 16, digit_count, point) == digit_count) return STATUS_OK;
    (void)error_set_at(err, STATUS_INVALID_ESCAPE, start, "invalid Unicode escape");
    return error_add_hint(err, "Unicode escapes are \\uXXXX or \\UXXXXXXXX.");
}

/* One character; two halves of a surrogate pair make one, and may be written either way. */
static Status lexer_unicode_escape(Lexer *lexer, uint32_t digit_count, char *at, size_t *size, Error *err) {
    uint32_t start = lexer->at - 2, point, low = 0, second;
    TRY(lexer_unicode_number(lexer, digit_count, &point, err));
    second = lexer->at;
    if (point >= 0xD800 && point < 0xDC00) {
        unsigned char letter = byte_at(lexer, second + 1);
        bool more = byte_at(lexer, second) == '\\' && (letter == 'u' || letter == 'U');
        if (more) lexer->at += 2;
        if (more) TRY(lexer_unicode_number(lexer, letter == 'u' ? 4 : 8, &low, err));
        if (low < 0xDC00 || low > 0xDFFF)
            return error_set_at(err, STATUS_SYNTAX, second, "invalid Unicode surrogate pair");
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    } else if (point >= 0xDC00 && point <= 0xDFFF) {
        return error_set_at(err, STATUS_SYNTAX, start, "invalid Unicode surrogate pair");
    }
    *size = point != 0 ? utf8_encode(at, point) : 0;
    return *size > 0 ? STATUS_OK : error_set_at(err, STATUS_SYNTAX, start, "invalid Unicode escape value");
}

/* One escape, from behind its backslash; writes at most 4 bytes, never more than the text has. */
static Status lexer_escape(Lexer *lexer, char *at, size_t *size, Error *err) {
    DEBUG_ASSERT(lexer->at < lexer->end); /* a backslash that ends the text is no escape */
    DEBUG_ASSERT(lexer->text[lexer->at - 1] == '\\');
    unsigned char byte = byte_at(lexer, lexer->at++);
    uint32_t value;
    *size = 1;
    switch (byte) {
        case 'b': *at = '\b'; return STATUS_OK;
        case 'f': *at = '\f'; return STATUS_OK;
        case 'n': *at = '\n'; return STATUS_OK;
        case 'r': *at = '\r'; return STATUS_OK;
        case 't': *at = '\t'; return STATUS_OK;
        case 'u': return lexer_unicode_escape(lexer, 4, at, size, err);
        case 'U': return lexer_unicode_escape(lexer, 8, at, size, err);
        case 'x':
            if (lexer_digits(lexer, 16, 2, &value) == 0) value = 'x';
            break;
        case '0' ... '7':
            lexer->at--;
            lexer_digits(lexer, 8, 3, &value);
            break;
        default: value = byte; break;
    }
    *at = (char)(value & 0xFF);
    if (*at != 0) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_ENCODING, lexer->at - 1, "a string cannot hold a NUL byte");
}

/* Content of one E'..' part into `copy`, which has room for what is left of the text. */
static Status lexer_escape_part(Lexer *lexer, char *copy, size_t *size, Error *err) {
    DEBUG_ASSERT(byte_at(lexer, lexer->at) == '\'');
    uint32_t start = lexer->at++;
    for (;;) {
        if (lexer->at >= lexer->end)
            return lexer_unterminated(lexer, start, "quoted string",
                                      "A closing ' is missing; inside E'..' write \\' or ''.", err);
        unsigned char byte = (unsigned char)lexer->text[lexer->at++];
        if (byte == 0) return error_set_at(err, STATUS_SYNTAX, lexer->at - 1, "the text holds a NUL byte");
        if (byte == '\\' && lexer->at < lexer->end) {
            size_t written;
            TRY(lexer_escape(lexer, copy + *size, &written, err));
            *size += written;
            continue;
        }
        if (byte == '\'' && byte_at(lexer, lexer->at) != '\'') return STATUS_OK;
        if (byte == '\'') lexer->at++;
        copy[(*size)++] = (char)byte;
    }
}

/* Bytes up to the closing quote of the last part, roughly: an upper bound for the value's size. */
static size_t lexer_escape_room(const Lexer *lexer) {
    uint32_t at = lexer->at + 1;
    for (; at < lexer->end; at++) {
        if (lexer->text[at] == '\\')
            at++;
        else if (lexer->text[at] == '\'' && byte_at(lexer, at + 1) == '\'')
            at++;
        else if (lexer->text[at] == '\'')
            break;
    }
    return at - lexer->at + UTF8_CHARACTER_SIZE_MAX;
}

/* E'..': escapes may make bytes (\xC3\xA4), so whether it is UTF-8 is asked of the whole. */
static Status lexer_escape_string(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at++; /* the E */
    DEBUG_ASSERT(byte_at(lexer, lexer->at) == '\'');
    out->kind = TOKEN_STRING;
    out->str = str_from("", 0);
    for (bool more = true; more;) {
        size_t room = lexer_escape_room(lexer);
        char *copy = arena_alloc(lexer->arena, room);
        TRY_ALLOC(copy);
        size_t size = 0;
        TRY(lexer_escape_part(lexer, copy, &size, err));
        ASSERT(size <= room); /* it has been written: a wrong bound must not go on */
        TRY(lexer_join(lexer, &out->str, str_from(copy, size), err));
        TRY(lexer_continues(lexer, &more, err));
    }
    if (utf8_is_valid(out->str)) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_ENCODING, start,
                        "the string is not valid UTF-8 once its escapes are read");
}

/* [UESCAPE 'c'] behind U&'..'; a backslash when it is not there. */
static Status lexer_uescape(Lexer *lexer, char *escape, Error *err) {
    static const Str WORD = {"uescape", 7};
    uint32_t before = lexer->at;
    *escape = '\\';
    TRY(lexer_skip_space(lexer, err));
    bool fits = lexer->end - lexer->at > WORD.size;
    if (!fits || !str_equal_ignore_case(str_from(lexer->text + lexer->at, WORD.size), WORD) || is_word_byte(byte_at(lexer, lexer->at + WORD.size))) {
        lexer->at = before;
        return STATUS_OK;
    }
    lexer->at += WORD.size;
    TRY(lexer_skip_space(lexer, err));
    Token token = {0};
    uint32_t start = lexer->at;
    if (byte_at(lexer, start) != '\'')
        return error_set_at(err, STATUS_SYNTAX, start, "UESCAPE must be followed by a simple string literal");
    TRY(lexer_string(lexer, &token, err));
    unsigned char byte = token.str.size == 1 ? (unsigned char)token.str.data[0] : 0;
    *escape = (char)byte;
    if (byte != 0 && byte < 0x80 && byte_classes[byte] != BYTE_SPACE && byte != '+' && byte != '\'' && byte != '"' && hex_value(byte) < 0)
        return STATUS_OK;
    return error_set_at(err, STATUS_SYNTAX, start, "invalid Unicode escape character");
}

/* U&'..' and U&".." with characters by number. */
static Status lexer_unicode(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at;
    bool is_name = byte_at(lexer, start + 2) == '"';
    char escape;
    lexer->at += 2;
    TRY(is_name ? lexer_read_name(lexer, out, err) : lexer_string(lexer, out, err));
    TRY(lexer_uescape(lexer, &escape, err));
    char *room = arena_alloc(lexer->arena, out->str.size + 1);
    TRY_ALLOC(room);
    size_t size;
    UnescapeResult result = unescape_unicode(out->str, escape, false, room, &size);
    if (result != UNESCAPE_OK) return error_set_at(err, STATUS_SYNTAX, start, "%s", unescape_reason(result));
    ASSERT(size <= out->str.size); /* it has been written: an escape is never shorter than its character */
    out->str = str_from(room, size);
    return is_name ? lexer_check_name(out->str, start, err) : STATUS_OK;
}

/* $1; "$1a" is refused, as PostgreSQL does from 15 on. */
static Status lexer_parameter(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at++;
    DEBUG_ASSERT(byte_classes[byte_at(lexer, lexer->at)] == BYTE_DIGIT);
    uint64_t number = 0;
    for (; byte_classes[byte_at(lexer, lexer->at)] == BYTE_DIGIT; lexer->at++) {
        number = number * 10 + (uint64_t)(lexer->text[lexer->at] - '0');
        if (number > LEXER_PARAMETER_MAX) break;
    }
    if (number == 0) return error_set_at(err, STATUS_UNDEFINED_PARAMETER, start, "there is no parameter $0");
    if (number > LEXER_PARAMETER_MAX)
        return error_set_at(err, STATUS_LIMIT, start, "parameters are $1 to $%d", LEXER_PARAMETER_MAX);
    if (is_word_byte(byte_at(lexer, lexer->at)))
        return error_set_at(err, STATUS_SYNTAX, start, "trailing junk after parameter at or near \"%.*s\"",
                            (int)(lexer->at + 1 - start), lexer->text + start);
    out->kind = TOKEN_PARAMETER;
    out->number = (uint32_t)number;
    out->str = str_from(lexer->text + start, lexer->at - start);
    return STATUS_OK;
}

/* $tag$ .. $tag$: the content is taken as it is. */
static Status lexer_dollar(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at, at = start + 1;
    if (byte_classes[byte_at(lexer, at)] == BYTE_DIGIT) return lexer_parameter(lexer, out, err);
    while (at < lexer->end && lexer->text[at] != '$' && is_word_byte((unsigned char)lexer->text[at])) at++;
    if (byte_at(lexer, at) != '$')
        return error_set_at(err, STATUS_SYNTAX, start, "syntax error at or near \"$\"");
    Str tag = str_from(lexer->text + start, at + 1 - start);
    DEBUG_ASSERT(tag.size >= 2); /* $$ is the shortest */
    Str rest = str_from(lexer->text + at + 1, lexer->end - at - 1);
    /* The first occurrence ends it: a tag cannot be part of the content. */
    ptrdiff_t size = str_find(rest, tag);
    if (size < 0)
        return lexer_unterminated(lexer, start, "dollar-quoted string",
                                  "It ends with the same $tag$ as it began.", err);
    lexer->at = at + 1 + (uint32_t)size + (uint32_t)tag.size;
    DEBUG_ASSERT(lexer->at <= lexer->end);
    TRY(lexer_check_utf8(lexer, start, lexer->at, err));
    out->kind = TOKEN_STRING;
    out->str = str_from(rest.data, (size_t)size);
    const char *zero = size == 0 ? NULL : memchr(rest.data, 0, (size_t)size);
    if (zero != NULL)
        return error_set_at(err, STATUS_SYNTAX, zero - lexer->text, "the text holds a NUL byte");
    return STATUS_OK;
}

/* ---- numbers and operators --------------------------------------------------------------------------- */

static uint32_t lexer_skip_digits(const Lexer *lexer, uint32_t at) {
    while (byte_classes[byte_at(lexer, at)] == BYTE_DIGIT) at++;
    return at;
}

/* 12, 1.5, .5, 1e-3. No sign: that is an operator. */
static Status lexer_number(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at, at = lexer_skip_digits(lexer, start);
    DEBUG_ASSERT(at > start || byte_classes[byte_at(lexer, start + 1)] == BYTE_DIGIT); /* 5, or .5 */
    out->kind = TOKEN_INTEGER;
    /* 1..2 is a range of two integers, as in a slice: the dot that another follows is not the number's. */
    if (byte_at(lexer, at) == '.' && byte_at(lexer, at + 1) != '.') {
        out->kind = TOKEN_DECIMAL;
        at = lexer_skip_digits(lexer, at + 1);
    }
    /* Without digits behind it the e is junk, told of below: 1e is no number and no name. */
    if ((byte_at(lexer, at) | 0x20) == 'e') {
        uint32_t digits = at + 1 + (byte_at(lexer, at + 1) == '+' || byte_at(lexer, at + 1) == '-');
        uint32_t end = lexer_skip_digits(lexer, digits);
        if (end > digits) out->kind = TOKEN_DECIMAL, at = end;
    }
    lexer->at = at;
    out->str = str_from(lexer->text + start, at - start);
    if (byte_classes[byte_at(lexer, at)] != BYTE_WORD) return STATUS_OK;
    while (is_word_byte(byte_at(lexer, at))) at++;
    error_set_at(err, STATUS_SYNTAX, start, "trailing junk after numeric literal at or near \"%.*s\"",
                 (int)(at - start), lexer->text + start);
    return error_add_hint(err, "A name that begins with a digit must stand in double quotes.");
}

/* Does the operator hold a byte after which a trailing + or - belongs to it? */
static bool keeps_trailing_sign(Str op) {
    for (size_t i = 0; i < op.size; i++)
        if (memchr("~!@#%^&|`?", op.data[i], 10) != NULL) return true;
    return false;
}

/* The kind of its own that an operator has, or TOKEN_OPERATOR. */
static uint16_t operator_kind(Str op) {
    DEBUG_ASSERT(op.size > 0);
    if (op.size == 1)
        return self_kinds[(unsigned char)op.data[0]] == 0 ? TOKEN_OPERATOR
                                                          : self_kinds[(unsigned char)op.data[0]];
    if (op.size > 2) return TOKEN_OPERATOR;
    if (memcmp(op.data, "<=", 2) == 0) return TOKEN_LESS_EQUAL;
    if (memcmp(op.data, ">=", 2) == 0) return TOKEN_GREATER_EQUAL;
    if (memcmp(op.data, "<>", 2) == 0 || memcmp(op.data, "!=", 2) == 0) return TOKEN_NOT_EQUAL;
    if (memcmp(op.data, "=>", 2) == 0) return TOKEN_FAT_ARROW;
    return TOKEN_OPERATOR;
}

/* The longest run of operator bytes that no comment begins in, less what cannot end it. */
static Status lexer_operator(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at, at = start + 1;
    for (; byte_classes[byte_at(lexer, at)] == BYTE_OPERATOR; at++) {
        unsigned char byte = (unsigned char)lexer->text[at], next = byte_at(lexer, at + 1);
        if ((byte == '-' && next == '-') || (byte == '/' && next == '*')) break;
    }
    ASSERT(at <= lexer->end);
    Str op = str_from(lexer->text + start, at - start);
    /* PostgreSQL's rule, so that a*-b is two operators and @- is one. */
    if (op.size > 1 && (op.data[op.size - 1] == '+' || op.data[op.size - 1] == '-') &&
        !keeps_trailing_sign(op))
        while (op.size > 1 && (op.data[op.size - 1] == '+' || op.data[op.size - 1] == '-')) op.size--;
    if (op.size > LEXER_IDENTIFIER_SIZE_MAX)
        return error_set_at(err, STATUS_LIMIT, start, "operator is too long");
    lexer->at = start + (uint32_t)op.size;
    out->kind = operator_kind(op);
    out->str = out->kind == TOKEN_NOT_EQUAL ? token_text(TOKEN_NOT_EQUAL) : op;
    return STATUS_OK;
}

static void lexer_fixed(Lexer *lexer, Token *out, TokenKind kind, uint32_t size) {
    DEBUG_ASSERT(kind != TOKEN_END); /* 0: a byte that self_kinds does not have */
    DEBUG_ASSERT(size <= lexer->end - lexer->at);
    out->kind = (uint16_t)kind;
    out->str = str_from(lexer->text + lexer->at, size);
    lexer->at += size;
}

static Status lexer_dot(Lexer *lexer, Token *out, Error *err) {
    unsigned char next = byte_at(lexer, lexer->at + 1);
    if (byte_classes[next] == BYTE_DIGIT) return lexer_number(lexer, out, err);
    lexer_fixed(lexer, out, next == '.' ? TOKEN_DOT_DOT : TOKEN_DOT, next == '.' ? 2 : 1);
    return STATUS_OK;
}

static void lexer_colon(Lexer *lexer, Token *out) {
    unsigned char next = byte_at(lexer, lexer->at + 1);
    TokenKind kind = next == ':' ? TOKEN_DOUBLE_COLON : next == '=' ? TOKEN_COLON_EQUAL : TOKEN_COLON;
    lexer_fixed(lexer, out, kind, kind == TOKEN_COLON ? 1 : 2);
}

/* E'..' and U&'..' are strings, U&".." is a name; B'..', X'..' and N'..' are known and refused. */
static Status lexer_word_or_string(Lexer *lexer, Token *out, Error *err) {
    unsigned char letter = (unsigned char)lexer->text[lexer->at] | 0x20, next = byte_at(lexer, lexer->at + 1);
    if (next == '\'' && letter == 'e') return lexer_escape_string(lexer, out, err);
    if (next == '\'' && (letter == 'b' || letter == 'x')) {
        error_set_at(err, STATUS_NOT_SUPPORTED, lexer->at, "bit strings are not supported");
        return error_add_hint(err, "For bytes write '\\x..'::bytea.");
    }
    if (next == '\'' && letter == 'n') {
        error_set_at(err, STATUS_NOT_SUPPORTED, lexer->at, "N'..' strings are not supported");
        return error_add_hint(err, "Every text is Unicode: write it without the N.");
    }
    unsigned char third = byte_at(lexer, lexer->at + 2);
    if (letter == 'u' && next == '&' && (third == '\'' || third == '"')) return lexer_unicode(lexer, out, err);
    return lexer_word(lexer, out, err);
}

/* The end of the text, or a byte that begins nothing. */
static Status lexer_stray(Lexer *lexer, Token *out, Error *err) {
    uint32_t start = lexer->at;
    if (start >= lexer->end) {
        if (lexer->cut) return lexer_unterminated(lexer, start, "statement", "", err);
        out->kind = TOKEN_END;
        out->str = str_from(lexer->text + start, 0);
        return STATUS_OK;
    }
    unsigned char byte = (unsigned char)lexer->text[start];
    if (byte == 0) return error_set_at(err, STATUS_SYNTAX, start, "the text holds a NUL byte");
    if (byte > ' ' && byte < 0x7F)
        return error_set_at(err, STATUS_SYNTAX, start, "syntax error at or near \"%c\"", byte);
    return error_set_at(err, STATUS_SYNTAX, start, "the text holds the control character 0x%x", byte);
}

/* The first byte decides who reads the token. */
static Status lexer_scan(Lexer *lexer, Token *out, Error *err) {
    switch ((ByteClass)byte_classes[byte_at(lexer, lexer->at)]) {
        case BYTE_WORD: return lexer_word_or_string(lexer, out, err);
        case BYTE_SELF:
            lexer_fixed(lexer, out, self_kinds[(unsigned char)lexer->text[lexer->at]], 1);
            return STATUS_OK;
        case BYTE_DIGIT: return lexer_number(lexer, out, err);
        case BYTE_OPERATOR: return lexer_operator(lexer, out, err);
        case BYTE_QUOTE: return lexer_string(lexer, out, err);
        case BYTE_NAME: return lexer_quoted_name(lexer, out, err);
        case BYTE_DOT: return lexer_dot(lexer, out, err);
        case BYTE_COLON: lexer_colon(lexer, out); return STATUS_OK;
        case BYTE_DOLLAR: return lexer_dollar(lexer, out, err);
        case BYTE_SPACE:
        case BYTE_OTHER: break;
    }
    return lexer_stray(lexer, out, err);
}

Status lexer_next(Lexer *lexer, Token *out, Error *err) {
    ASSERT(lexer->at <= lexer->end);
    *out = (Token){.kind = TOKEN_OPERATOR}; /* what a failure leaves: not the end */
    TRY(lexer_skip_space(lexer, err));
    out->start = lexer->at;
    TRY(lexer_scan(lexer, out, err));
    out->end = lexer->at;
    DEBUG_ASSERT(out->start <= out->end);
    if (out->kind != TOKEN_END) DEBUG_ASSERT(out->start < out->end); /* goes on: no reader can loop */
    return STATUS_OK;
}
