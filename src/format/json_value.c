/* SPDX-License-Identifier: Apache-2.0
 * format/json_value.c - any JSON value, into any column: the way that is always right.
 *
 * json_decode.c has shorter ways for the common cases. The grammar is RFC 8259's. */
#include "base/utf8.h"
#include "format/json_priv.h"

const char *json_fail(Decoder *decoder, const char *at, const char *expected) {
    DEBUG_ASSERT(at >= decoder->input->at);
    DEBUG_ASSERT(at <= decoder->input->end); /* the line feed there is no value's: every walk ends at it */
    if (*at == '\n' && decoder->json.mode == JSON_LINES)
        error_set(&decoder->error, STATUS_BAD_RECORD, "invalid JSON: the line ends where %s is expected",
                  expected);
    else
        error_set(&decoder->error, STATUS_BAD_RECORD, "invalid JSON at byte %zu: %s is expected",
                  (size_t)(at - decoder->input->at) + 1, expected);
    return NULL;
}

static const char *fail_text(Decoder *decoder, const char *at, const char *what) {
    DEBUG_ASSERT(at >= decoder->input->at);
    error_set(&decoder->error, STATUS_BAD_RECORD, "invalid JSON at byte %zu: %s",
              (size_t)(at - decoder->input->at) + 1, what);
    return NULL;
}

/* ---- strings ---- */

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Four hexadecimal digits; -1 when they are not. */
static int32_t hex4(const char *at) {
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0) return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* An escape of JSON's grammar, whatever it stands for: half a surrogate pair is told only where the text is needed. */
static const char *skip_escape(Decoder *decoder, const char *at) {
    DEBUG_ASSERT(*at == '\\');
    switch (at[1]) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't': return at + 2;
        case 'u':
            if (hex4(at + 2) >= 0) return at + 6;
            return fail_text(decoder, at, "\\u needs four hexadecimal digits");
        default: return fail_text(decoder, at, "unknown escape in a string");
    }
}

const char *json_scan_text(Decoder *decoder, const char *at, JsonText *out) {
    DEBUG_ASSERT(*at == '"');
    *out = (JsonText){.start = ++at};
    bool is_ascii = true;
    for (;;) {
        at = is_ascii ? scan_string(at) : scan_string_any(at);
        if (*at == '"') break;
        if (*at == '\\') {
            out->escaped = true;
            at = skip_escape(decoder, at);
            if (at == NULL) return NULL;
        } else if ((unsigned char)*at >= 0x80) {
            is_ascii = false;
        } else if (*at == '\n') {
            return json_fail(decoder, at, "the end of a string");
        } else {
            return fail_text(decoder, at, "a control character in a string");
        }
    }
    /* Checked once for the whole string: telling where it is wrong is not worth a check per character. */
    out->size = (size_t)(at - out->start);
    if (!is_ascii && !utf8_is_valid(str_from(out->start, out->size))) {
        error_set(&decoder->error, STATUS_INVALID_ENCODING, "invalid UTF-8 in a string");
        return NULL;
    }
    return at + 1;
}

/* One escape at *at into out; bytes written, 0 when it cannot be. */
static size_t unescape_one(Decoder *decoder, const char **at, const char *end, char *out) {
    DEBUG_ASSERT(**at == '\\'); /* and valid: json_scan_text has seen it */
    static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    char c = (*at)[1];
    *at += 2;
    if (c != 'u') {
        for (size_t i = 0; plain[i] != '\0'; i += 2)
            if (plain[i] == c) *out = plain[i + 1];
        return 1;
    }
    uint32_t code = (uint32_t)hex4(*at);
    *at += 4;
    bool is_high = code >= 0xD800 && code < 0xDC00;
    if (is_high && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        uint32_t low = (uint32_t)hex4(*at + 2);
        /* UTF-16's pair for one character beyond U+FFFF (RFC 8259, 7); half of one is no character. */
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            *at += 6;
        }
    }
    size_t size = code == 0 ? 0 : utf8_encode(out, code);
    if (size == 0)
        error_set(&decoder->error, STATUS_INVALID_TEXT, "%s cannot be in a text",
                  code == 0 ? "\\u0000" : "half a surrogate pair");
    return size;
}

Str json_unescape(Decoder *decoder, const JsonText *text) {
    Text *scratch = &decoder->scratch;
    text_reset(scratch);
    /* Room behind the text too: column_set_parsed may read 16 bytes from its last one. */
    char *out = text_reserve(scratch, text->size + DECODER_PADDING);
    if (out == NULL) {
        error_set(&decoder->error, STATUS_OUT_OF_MEMORY, "out of memory");
        decoder->scratch.failed = true;
        return (Str){0};
    }
    char *start = out;
    const char *at = text->start, *end = at + text->size;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t plain_size = (size_t)((escape == NULL ? end : escape) - at);
        memcpy(out, at, plain_size);
        out += plain_size;
        at += plain_size;
        if (at == end) break;
        size_t size = unescape_one(decoder, &at, end, out);
        if (size == 0) return (Str){0};
        out += size;
        DEBUG_ASSERT((size_t)(out - start) <=
                     text->size); /* an escape is never shorter than what it stands for */
    }
    return str_from(start, (size_t)(out - start));
}

/* ---- numbers and nesting ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *at) {
    while (is_digit(*at)) at++;
    return at;
}

const char *json_scan_number(Decoder *decoder, const char *at, bool *is_integer) {
    const char *digits = at + (*at == '-');
    at = skip_digits(digits);
    if (at == digits) return json_fail(decoder, at, "a value");
    /* RFC 8259, 6: some readers would take it for octal. */
    if (*digits == '0' && at - digits > 1) return fail_text(decoder, digits, "a number with a leading zero");
    *is_integer = true;
    if (*at == '.') {
        *is_integer = false;
        const char *fraction = at + 1;
        at = skip_digits(fraction);
        if (at == fraction) return json_fail(decoder, at, "a digit");
    }
    if (*at == 'e' || *at == 'E') {
        *is_integer = false;
        const char *exponent = at + 1 + (at[1] == '+' || at[1] == '-');
        at = skip_digits(exponent);
        if (at == exponent) return json_fail(decoder, at, "a digit");
    }
    return at;
}

static bool is_word(const char *at, const char *word, size_t size) {
    if (memcmp(at, word, size) != 0) return false;
    /* "nullx" is one wrong word, not null and something behind it. */
    char next = at[size];
    return !(is_digit(next) || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '_');
}

/* "key" : */
static const char *skip_key(Decoder *decoder, const char *at) {
    JsonText key;
    if (*at != '"') return json_fail(decoder, at, "a field name");
    at = json_scan_text(decoder, at, &key);
    if (at == NULL) return NULL;
    at = json_skip_space(decoder, at);
    if (*at != ':') return json_fail(decoder, at, "a colon");
    return json_skip_space(decoder, at + 1);
}

/* A value without brackets. */
static const char *skip_scalar(Decoder *decoder, const char *at) {
    JsonText text;
    bool is_integer;
    switch (*at) {
        case '"': return json_scan_text(decoder, at, &text);
        case 't':
            if (is_word(at, "true", 4)) return at + 4;
            break;
        case 'f':
            if (is_word(at, "false", 5)) return at + 5;
            break;
        case 'n':
            if (is_word(at, "null", 4)) return at + 4;
            break;
        default: return json_scan_number(decoder, at, &is_integer);
    }
    return json_fail(decoder, at, "a value");
}

/* Which of the open brackets are braces: a stack of bits, so that the walk needs no recursion. */
typedef struct Nesting {
    uint64_t braces[JSON_DEPTH_MAX / 64];
    uint32_t depth;
} Nesting;
STATIC_ASSERT(JSON_DEPTH_MAX % 64 == 0, "whole words");

static bool nesting_in_braces(const Nesting *nesting) {
    DEBUG_ASSERT(nesting->depth > 0);
    return bits_get(nesting->braces, nesting->depth - 1);
}

/* The start of a value: opens brackets up to the first scalar or empty bracket, and takes that. */
static const char *skip_opening(Decoder *decoder, Nesting *nesting, const char *at) {
    while (*at == '{' || *at == '[') {
        bool is_brace = *at == '{';
        at = json_skip_space(decoder, at + 1);
        if (*at == (is_brace ? '}' : ']')) return at + 1;
        if (nesting->depth == JSON_DEPTH_MAX) {
            error_set(&decoder->error, STATUS_LIMIT, "the record is nested deeper than %d", JSON_DEPTH_MAX);
            return NULL;
        }
        bits_assign(nesting->braces, nesting->depth++, is_brace);
        if (is_brace && (at = skip_key(decoder, at)) == NULL) return NULL;
    }
    return skip_scalar(decoder, at);
}

const char *json_skip(Decoder *decoder, const char *at) {
    Nesting nesting = {0};
    at = skip_opening(decoder, &nesting, at);
    while (at != NULL && nesting.depth > 0) {
        at = json_skip_space(decoder, at);
        bool in_braces = nesting_in_braces(&nesting);
        if (*at == (in_braces ? '}' : ']')) {
            nesting.depth--;
            at++;
            continue;
        }
        if (*at != ',') return json_fail(decoder, at, in_braces ? "a comma or }" : "a comma or ]");
        at = json_skip_space(decoder, at + 1);
        if (in_braces && (at = skip_key(decoder, at)) == NULL) return NULL;
        at = skip_opening(decoder, &nesting, at);
    }
    return at;
}

/* ---- into columns ---- */

static bool mismatch(Decoder *decoder, const DecoderColumn *column, const char *what) {
    error_set(&decoder->error, STATUS_DATATYPE_MISMATCH, "%s is not of type %s", what,
              type_name((TypeId)column->type.id));
    column_name_error(decoder, column);
    return false;
}

static bool set_text(Decoder *decoder, DecoderColumn *column, const JsonText *text) {
    DEBUG_ASSERT(text->start != NULL);
    if (!text->escaped) return column_set_parsed(decoder, column, str_from(text->start, text->size), true);
    Str plain = json_unescape(decoder, text);
    if (plain.data == NULL) {
        column_name_error(decoder, column);
        return false;
    }
    return column_set_parsed(decoder, column, plain, false);
}

/* 1.0 and 1e3 are integers, 1.5 is none. */
static bool set_integral(Decoder *decoder, DecoderColumn *column, Str number) {
    DecimalScaled value;
    Decimal whole;
    char room[DECIMAL_SIZE_MAX];
    if (decimal_parse_natural(number, &value) != NUMBER_OK)
        return column_set_parsed(decoder, column, number, true);
    if (value.value % decimal_power_of_ten(value.scale) != 0)
        return mismatch(decoder, column, "a number with a fraction");
    if (!decimal_rescale(value, 0, &whole)) return mismatch(decoder, column, "a number so large");
    size_t size = decimal_write(room, whole, 0);
    return column_set_parsed(decoder, column, str_from(room, size), false);
}

static bool set_number(Decoder *decoder, DecoderColumn *column, Str number, bool is_integer) {
    switch ((TypeId)column->type.id) {
        case TYPE_SMALLINT:
        case TYPE_INTEGER:
        case TYPE_BIGINT:
            if (!is_integer) return set_integral(decoder, column, number);
            return column_set_parsed(decoder, column, number, true);
        case TYPE_TIMESTAMP:
        case TYPE_TIMESTAMPTZ: return column_set_timestamp_number(decoder, column, number);
        case TYPE_BOOLEAN:
        case TYPE_REAL:
        case TYPE_DOUBLE:
        case TYPE_NUMERIC:
        case TYPE_UNKNOWN:
        case TYPE_TEXT:
        case TYPE_VARCHAR: return column_set_parsed(decoder, column, number, true);
        case TYPE_BYTEA:
        case TYPE_DATE:
        case TYPE_TIME:
        case TYPE_INTERVAL:
        case TYPE_UUID:
        case TYPE_JSONB: /* json_set takes it */
        case TYPE_ARRAY:
        case TYPE_ROW:
        case TYPE_MAP:
        case TYPE_COUNT: break;
    }
    return mismatch(decoder, column, "a number");
}

/* true and false are booleans, and in a text column the words. */
static bool set_bool(Decoder *decoder, DecoderColumn *column, Str word) {
    if (column->type.id != TYPE_BOOLEAN && !type_is_text(column->type))
        return mismatch(decoder, column, "a boolean");
    return column_set_parsed(decoder, column, word, true);
}

/* Raw, as written: only JSONB columns have a canonical text. */
static bool set_nested(Decoder *decoder, DecoderColumn *column, Str raw) {
    if (!type_is_text(column->type))
        return mismatch(decoder, column, raw.data[0] == '{' ? "an object" : "an array");
    return column_set_parsed(decoder, column, raw, true);
}

/* The grammar first, the column's type after it: a record that is not JSON is BAD_RECORD whatever its
 * columns. */
const char *json_set(Decoder *decoder, DecoderColumn *column, const char *at) {
    DEBUG_ASSERT(decoder->row < column->builder.capacity);
    JsonText text;
    bool is_integer = false, good = true;
    char first = *at;
    const char *start = at;
    if (first == '"')
        at = json_scan_text(decoder, at, &text);
    else if (first == '-' || is_digit(first))
        at = json_scan_number(decoder, at, &is_integer);
    else
        at = json_skip(decoder, at);
    if (at == NULL) return NULL;
    Str raw = str_from(start, (size_t)(at - start));
    if (first == 'n')
        column_set_null(column, decoder->row);
    else if (column->type.id == TYPE_JSONB) /* any value, a string with its quotes */
        good = column_set_parsed(decoder, column, raw, true);
    else if (first == '"')
        good = set_text(decoder, column, &text);
    else if (first == 't' || first == 'f')
        good = set_bool(decoder, column, raw);
    else if (first == '{' || first == '[')
        good = set_nested(decoder, column, raw);
    else
        good = set_number(decoder, column, raw, is_integer);
    return good ? at : NULL;
}
