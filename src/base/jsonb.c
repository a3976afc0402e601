/* SPDX-License-Identifier: Apache-2.0
 * base/jsonb.c - JSON text to a value (RFC 8259), in one pass over the bytes; a second one where the value needs a key (jsonb_finish).
 *
 * Values are appended to the output as they are read. Of each open object a list of its fields is kept (where in the
 * output each lies); when the object ends and its fields were not in order already, they are laid out again:
 *
 *     out      ... {"bb": 1, "a": 2            Field of "bb", Field of "a"      both after Level.first_field
 *     at }     ... {"a": 2, "bb": 1}           sorted, equal keys dropped
 *
 * The levels are an array, so there is no recursion. */
#include <stdlib.h>

#include "base/jsonb_priv.h"
#include "base/utf8.h"

typedef struct Level {
    size_t start; /* of the first member in the output */
    uint32_t first_field;
    bool is_object;
    bool is_unordered; /* a field came that is not above the one before */
} Level;

typedef struct Field {
    size_t at;         /* in the output: of the quote of the key */
    size_t size;       /* of key and value */
    size_t key_size;   /* as written, without its quotes */
    size_t key_length; /* in bytes, without escapes: what PostgreSQL orders by */
    const char *text;  /* where it lies while fields are sorted */
} Field;

enum { FIELD_ROOM_COUNT = 32, ORDER_ROOM_SIZE = 1024 };

typedef struct Parser {
    const char *at;
    const char *end;
    Text *out;
    Field *fields; /* of all open objects */
    uint32_t field_count;
    uint32_t field_capacity;
    Field field_room[FIELD_ROOM_COUNT]; /* of most values all: no allocation */
    Error *err;
    bool has_zeros; /* a number ends in zeros that its key has not */
    uint32_t depth;
    Level levels[JSONB_DEPTH_MAX];
} Parser;

/* ---- failures ---- */

static Status fail_text(Parser *parser, const char *detail) {
    error_set(parser->err, STATUS_INVALID_TEXT, "invalid input syntax for type json");
    return error_add_detail(parser->err, "%s", detail);
}

static bool is_word_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '+' || c == '.' ||
           (unsigned char)c >= 0x80;
}

static Status fail_expected(Parser *parser, const char *expected) {
    if (parser->at == parser->end) return fail_text(parser, "The input string ended unexpectedly.");
    const char *stop = parser->at;
    while (stop < parser->end && is_word_byte(*stop)) stop++;
    if (stop == parser->at) stop++;
    error_set(parser->err, STATUS_INVALID_TEXT, "invalid input syntax for type json");
    if (stop > parser->at + 1) return error_add_detail(parser->err, "Token \"%.*s\" is invalid.", (int)(stop - parser->at), parser->at);
    return error_add_detail(parser->err, "Expected %s, but found \"%.*s\".", expected, (int)(stop - parser->at), parser->at);
}

static void skip_space(Parser *parser) {
    while (parser->at < parser->end && (*parser->at == ' ' || *parser->at == '\t' || *parser->at == '\n' || *parser->at == '\r')) parser->at++;
}

static bool take(Parser *parser, char c) {
    if (parser->at == parser->end || *parser->at != c) return false;
    parser->at++;
    return true;
}

/* ---- strings ---- */

static int32_t hex4(const char *at, const char *end) {
    if (end - at < 4) return -1;
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* After \u, and the second \u of a pair. */
static Status read_unicode(Parser *parser, uint32_t *out) {
    int32_t code = hex4(parser->at, parser->end);
    if (code < 0) return fail_text(parser, "\"\\u\" must be followed by four hexadecimal digits.");
    parser->at += 4;
    if (code == 0) {
        error_set(parser->err, STATUS_UNTRANSLATABLE, "unsupported Unicode escape sequence");
        return error_add_detail(parser->err, "\\u0000 cannot be converted to text.");
    }
    *out = (uint32_t)code;
    if (code >= 0xDC00 && code < 0xE000) return fail_text(parser, "Unicode low surrogate must follow a high surrogate.");
    if (code < 0xD800 || code >= 0xDC00) return STATUS_OK;
    bool is_pair = parser->end - parser->at >= 6 && parser->at[0] == '\\' && parser->at[1] == 'u';
    int32_t low = is_pair ? hex4(parser->at + 2, parser->end) : -1;
    if (is_pair && low < 0) return fail_text(parser, "\"\\u\" must be followed by four hexadecimal digits.");
    if (low >= 0xD800 && low < 0xDC00) return fail_text(parser, "Unicode high surrogate must not follow a high surrogate.");
    if (low < 0xDC00 || low >= 0xE000) return fail_text(parser, "Unicode low surrogate must follow a high surrogate.");
    parser->at += 6;
    *out = 0x10000 + (((uint32_t)code - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
    return STATUS_OK;
}

/* At a backslash; *length grows by the bytes it stands for. */
static Status read_escape(Parser *parser, size_t *length) {
    static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    if (parser->end - parser->at < 2) return fail_text(parser, "The input string ended unexpectedly.");
    char c = parser->at[1], room[UTF8_CHARACTER_SIZE_MAX];
    size_t size = 0;
    if (c == 'u') {
        uint32_t code = 0;
        parser->at += 2;
        TRY(read_unicode(parser, &code));
        size = utf8_encode(room, code);
    } else {
        for (size_t i = 0; plain[i] != '\0' && size == 0; i += 2)
            if (plain[i] == c) room[0] = plain[i + 1], size = 1;
        if (size == 0) return fail_text(parser, "An escape sequence is invalid.");
        parser->at += 2;
    }
    *length += size;
    if (size == 1 && jsonb_must_escape(room[0]))
        jsonb_append_escaped(parser->out, room[0]);
    else
        text_append(parser->out, str_from(room, size));
    return STATUS_OK;
}

/* A string of which nothing is escaped, nor must be, is shown as it stands; false: it is another one, and nothing is read. */
static bool read_plain_string(Parser *parser, size_t *length) {
    const char *start = parser->at, *at = start + 1;
    while (at < parser->end && !jsonb_must_escape(*at)) at++;
    if (at == parser->end || *at != '"') return false;
    parser->at = at + 1;
    *length = (size_t)(at - start) - 1;
    text_append(parser->out, str_from(start, *length + 2));
    return true;
}

/* A string with its quotes, at the first of them; *length: the bytes it stands for. */
static Status read_string(Parser *parser, size_t *length) {
    DEBUG_ASSERT(*parser->at == '"');
    if (read_plain_string(parser, length)) return STATUS_OK;
    *length = 0;
    text_append_char(parser->out, '"');
    parser->at++;
    for (;;) {
        const char *start = parser->at;
        while (parser->at < parser->end && !jsonb_must_escape(*parser->at)) parser->at++;
        size_t size = (size_t)(parser->at - start);
        text_append(parser->out, str_from(start, size));
        *length += size;
        if (parser->at == parser->end) return fail_text(parser, "The input string ended unexpectedly.");
        if (*parser->at == '"') break;
        if (*parser->at != '\\') {
            error_set(parser->err, STATUS_INVALID_TEXT, "invalid input syntax for type json");
            return error_add_detail(parser->err, "Character with value 0x%s%x must be escaped.", (unsigned char)*parser->at < 16 ? "0" : "",
                                    (unsigned)(unsigned char)*parser->at);
        }
        TRY(read_escape(parser, length));
    }
    parser->at++;
    text_append_char(parser->out, '"');
    return STATUS_OK;
}

/* ---- numbers ---- */

typedef struct Number {
    bool is_negative;
    Str whole;
    Str fraction;
    int64_t exponent;
} Number;

static Str take_digits(Parser *parser) {
    const char *start = parser->at;
    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9') parser->at++;
    return str_from(start, (size_t)(parser->at - start));
}

enum { EXPONENT_MAX = 1 << 30, EXPONENT_LIMIT = INT32_MAX / 2 }; /* from the limit on PostgreSQL takes none, not even of zero */
STATIC_ASSERT(EXPONENT_MAX >= EXPONENT_LIMIT, "an exponent that is cut is one that is not taken");

static bool take_exponent(Parser *parser, int64_t *out) {
    bool is_negative = take(parser, '-');
    if (!is_negative) (void)take(parser, '+');
    Str digits = take_digits(parser);
    int64_t value = 0;
    for (size_t i = 0; i < digits.size && value < EXPONENT_MAX; i++) value = value * 10 + (digits.data[i] - '0');
    *out = is_negative ? -value : value;
    return digits.size > 0;
}

static bool scan_number(Parser *parser, Number *out) {
    *out = (Number){.is_negative = take(parser, '-')};
    out->whole = take_digits(parser);
    if (out->whole.size == 0 || (out->whole.size > 1 && out->whole.data[0] == '0')) return false;
    if (take(parser, '.')) {
        out->fraction = take_digits(parser);
        if (out->fraction.size == 0) return false;
    }
    if (parser->at < parser->end && (*parser->at == 'e' || *parser->at == 'E')) {
        parser->at++;
        if (!take_exponent(parser, &out->exponent)) return false;
    }
    return parser->at == parser->end || !is_word_byte(*parser->at);
}

static char digit_at(const Number *number, size_t index) {
    return index < number->whole.size ? number->whole.data[index] : number->fraction.data[index - number->whole.size];
}

/* The digits [first, last) that count, the point before the one at `point` (which may lie outside of them). */
static void append_digits(Text *out, const Number *number, int64_t first, int64_t last, int64_t point) {
    if (number->is_negative) text_append_char(out, '-');
    if (point <= first) {
        text_append_c(out, "0.");
        text_append_repeated(out, '0', (size_t)(first - point));
    }
    for (int64_t i = first; i < last; i++) {
        if (i == point && i > first) text_append_char(out, '.');
        text_append_char(out, digit_at(number, (size_t)i));
    }
    if (point > last) text_append_repeated(out, '0', (size_t)(point - last));
}

/* Shown as it is written: no exponent, no zero with a sign. */
static bool is_shown_as_written(const Number *number, size_t size) {
    if (size != number->is_negative + number->whole.size + (number->fraction.size > 0) + number->fraction.size) return false;
    if (number->whole.size > JSONB_NUMBER_DIGITS_MAX || number->fraction.size > JSONB_NUMBER_DIGITS_MAX) return false;
    return !number->is_negative || number->whole.data[0] != '0';
}

/* PostgreSQL's numeric_in: an exponent moves the point, and the digits behind it stay, zeros too; there are none below the point that was
 * passed by it. */
static Status append_number(Parser *parser, const Number *number) {
    int64_t first = 0, last = (int64_t)(number->whole.size + number->fraction.size);
    int64_t point = (int64_t)number->whole.size + number->exponent, fraction = (int64_t)number->fraction.size - number->exponent;
    while (first < last && digit_at(number, (size_t)first) == '0') first++;
    bool is_zero = first == last, is_far = number->exponent >= EXPONENT_LIMIT || number->exponent <= -EXPONENT_LIMIT;
    if (is_far || fraction > JSONB_NUMBER_DIGITS_MAX || (!is_zero && point - first > JSONB_NUMBER_DIGITS_MAX))
        return error_set(parser->err, STATUS_NUMERIC_OUT_OF_RANGE, "value overflows numeric format");
    if (!is_zero) {
        append_digits(parser->out, number, first, last, point);
    } else {
        text_append_c(parser->out, fraction > 0 ? "0." : "0");
        if (fraction > 0) text_append_repeated(parser->out, '0', (size_t)fraction);
    }
    parser->has_zeros |= fraction > 0 && digit_at(number, (size_t)last - 1) == '0';
    return STATUS_OK;
}

static Status read_number(Parser *parser) {
    const char *start = parser->at;
    Number number;
    if (!scan_number(parser, &number)) {
        parser->at = start;
        return fail_expected(parser, "JSON value");
    }
    Str written = str_from(start, (size_t)(parser->at - start));
    if (!is_shown_as_written(&number, written.size)) return append_number(parser, &number);
    text_append(parser->out, written);
    parser->has_zeros |= number.fraction.size > 0 && number.fraction.data[number.fraction.size - 1] == '0';
    return STATUS_OK;
}

/* ---- fields in order ---- */

static bool push_field(Parser *parser, const Field *field) {
    if (parser->field_count == parser->field_capacity) {
        uint32_t capacity = 2 * parser->field_capacity;
        bool was_room = parser->fields == parser->field_room;
        size_t size = parser->field_capacity * sizeof(Field);
        Field *more = parser->out->memory == NULL ? NULL
                      : was_room                  ? memory_alloc(parser->out->memory, 2 * size)
                                                  : memory_realloc(parser->out->memory, parser->fields, size, 2 * size);
        if (more == NULL) return false;
        if (was_room) memcpy(more, parser->fields, size);
        parser->fields = more;
        parser->field_capacity = capacity;
    }
    parser->fields[parser->field_count++] = *field;
    return true;
}

/* Keys as PostgreSQL orders them: shorter ones first, then by bytes. */
static int compare_keys(const char *a, const char *b, const Field *x, const Field *y) {
    if (x->key_length != y->key_length) return x->key_length < y->key_length ? -1 : 1;
    if (x->key_size == x->key_length && y->key_size == y->key_length) return memcmp(a, b, x->key_length);
    for (size_t i = 0; i < x->key_length; i++) {
        int difference = (unsigned char)jsonb_read_byte(&a) - (unsigned char)jsonb_read_byte(&b);
        if (difference != 0) return difference;
    }
    return 0;
}

static int compare_fields(const void *a, const void *b) {
    const Field *x = a, *y = b;
    int order = compare_keys(x->text + x->at + 1, y->text + y->at + 1, x, y);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* The fields of the innermost object, from level->start to the end of the output, in order. */
static Status order_fields(Parser *parser, const Level *level) {
    Text *out = parser->out;
    Field *fields = parser->fields + level->first_field;
    size_t count = parser->field_count - level->first_field;
    ASSERT(count > 1);
    for (size_t i = 0; i < count; i++) fields[i].text = out->data;
    qsort(fields, count, sizeof(*fields), compare_fields);
    char room[ORDER_ROOM_SIZE];
    Text text = {.data = room, .capacity = sizeof(room)}, *ordered = &text;
    bool fits = out->size - level->start <= sizeof(room);
    if (!fits && out->memory == NULL) return error_out_of_memory(parser->err);
    if (!fits) text_init(ordered, out->memory);
    for (size_t i = 0; i < count; i++) {
        const Field *field = &fields[i], *next = field + 1;
        const char *key = out->data + field->at + 1;
        if (i + 1 < count && compare_keys(key, out->data + next->at + 1, field, next) == 0) continue;
        if (ordered->size > 0) text_append_c(ordered, ", ");
        text_append(ordered, str_from(out->data + field->at, field->size));
    }
    bool is_refused = ordered->failed;
    if (!is_refused) {
        ASSERT(ordered->size <= out->size - level->start);
        memcpy(out->data + level->start, ordered->data, ordered->size);
        out->size = level->start + ordered->size;
    }
    if (!fits) text_deinit(ordered);
    return is_refused ? error_out_of_memory(parser->err) : STATUS_OK;
}

/* "key" : */
static Status begin_field(Parser *parser, Level *level) {
    skip_space(parser);
    if (parser->at == parser->end || *parser->at != '"') return fail_expected(parser, "string");
    Field field = {.at = parser->out->size};
    TRY(read_string(parser, &field.key_length));
    field.key_size = parser->out->size - field.at - 2;
    skip_space(parser);
    if (!take(parser, ':')) return fail_expected(parser, "\":\"");
    text_append_c(parser->out, ": ");
    if (parser->out->failed) return STATUS_OK; /* jsonb_parse asks */
    if (parser->field_count > level->first_field) {
        const Field *before = &parser->fields[parser->field_count - 1];
        const char *text = parser->out->data;
        level->is_unordered |= compare_keys(text + before->at + 1, text + field.at + 1, before, &field) >= 0;
    }
    return push_field(parser, &field) ? STATUS_OK : error_out_of_memory(parser->err);
}

static void end_field(Parser *parser) {
    if (parser->out->failed) return;
    Field *field = &parser->fields[parser->field_count - 1];
    field->size = parser->out->size - field->at;
}

/* ---- values ---- */

static Status read_word(Parser *parser, Str word) {
    size_t left = (size_t)(parser->end - parser->at);
    bool is_same = left >= word.size && memcmp(parser->at, word.data, word.size) == 0 && (left == word.size || !is_word_byte(parser->at[word.size]));
    if (!is_same) return fail_expected(parser, "JSON value");
    text_append(parser->out, word);
    parser->at += word.size;
    return STATUS_OK;
}

static Status read_scalar(Parser *parser) {
    size_t length;
    if (parser->at == parser->end) return fail_text(parser, "The input string ended unexpectedly.");
    switch (*parser->at) {
        case '"': return read_string(parser, &length);
        case 't': return read_word(parser, STR("true"));
        case 'f': return read_word(parser, STR("false"));
        case 'n': return read_word(parser, STR("null"));
        default: break;
    }
    if (*parser->at == '-' || (*parser->at >= '0' && *parser->at <= '9')) return read_number(parser);
    return fail_expected(parser, "JSON value");
}

/* Opens brackets up to the first scalar or empty bracket, and takes that. */
static Status read_opening(Parser *parser) {
    for (;;) {
        skip_space(parser);
        bool is_object = take(parser, '{');
        if (!is_object && !take(parser, '[')) return read_scalar(parser);
        text_append_char(parser->out, is_object ? '{' : '[');
        skip_space(parser);
        if (take(parser, is_object ? '}' : ']')) {
            text_append_char(parser->out, is_object ? '}' : ']');
            return STATUS_OK;
        }
        if (parser->depth == JSONB_DEPTH_MAX) return error_set(parser->err, STATUS_LIMIT, "a JSON value is nested deeper than %d", JSONB_DEPTH_MAX);
        Level *level = &parser->levels[parser->depth++];
        *level = (Level){.start = parser->out->size, .first_field = parser->field_count, .is_object = is_object};
        if (is_object) TRY(begin_field(parser, level));
    }
}

static Status read_closing(Parser *parser, Level *level) {
    if (parser->out->failed) return STATUS_OK;
    if (level->is_unordered) TRY(order_fields(parser, level));
    parser->field_count = level->first_field;
    text_append_char(parser->out, level->is_object ? '}' : ']');
    parser->depth--;
    return STATUS_OK;
}

static Status read_value(Parser *parser) {
    TRY(read_opening(parser));
    while (parser->depth > 0 && !parser->out->failed) {
        Level *level = &parser->levels[parser->depth - 1];
        skip_space(parser);
        if (level->is_object) end_field(parser);
        if (take(parser, level->is_object ? '}' : ']')) {
            TRY(read_closing(parser, level));
            continue;
        }
        if (!take(parser, ',')) return fail_expected(parser, level->is_object ? "\",\" or \"}\"" : "\",\" or \"]\"");
        text_append_c(parser->out, ", ");
        if (level->is_object) TRY(begin_field(parser, level));
        TRY(read_opening(parser));
    }
    skip_space(parser);
    if (parser->at < parser->end && !parser->out->failed) return fail_expected(parser, "end of input");
    return STATUS_OK;
}

static Status fail_memory(const Text *out, Error *err) {
    return out->is_too_large ? error_set(err, STATUS_LIMIT, "a JSON value has more than %d bytes", JSONB_SIZE_MAX) : error_out_of_memory(err);
}

Status jsonb_parse(Str json, Text *out, Error *err) {
    ASSERT(json.size == 0 || json.data != NULL);
    ASSERT(!out->failed);
    Parser parser;
    parser.at = json.size == 0 ? "" : json.data;
    parser.end = parser.at + json.size;
    parser.out = out;
    parser.err = err;
    parser.has_zeros = false;
    parser.depth = 0;
    size_t start = out->size, size_max = out->size_max;
    parser.fields = parser.field_room;
    parser.field_count = 0;
    parser.field_capacity = FIELD_ROOM_COUNT;
    out->size_max = start + JSONB_SIZE_MAX;
    /* Most values are about as long as what they were made of. */
    if (json.size < JSONB_SIZE_MAX) (void)text_reserve(out, json.size + json.size / 8);
    Status status = read_value(&parser);
    if (parser.fields != parser.field_room) memory_free(out->memory, parser.fields, parser.field_capacity * sizeof(Field));
    out->size_max = size_max;
    if (status == STATUS_OK && parser.has_zeros && !out->failed) jsonb_finish(out, start);
    if (status == STATUS_OK && out->failed) status = fail_memory(out, err);
    if (status != STATUS_OK) {
        if (out->failed) text_reset(out);
        out->size = out->data == NULL ? 0 : start;
    }
    return status;
}

/* ---- values and their keys ---- */

/* MARK key MARK shown */
static const char *middle_mark(Str value) {
    const char *mark = memchr(value.data + 1, JSONB_MARK, value.size - 1);
    ASSERT(mark != NULL);
    ASSERT(mark > value.data + 1 && mark + 1 < value.data + value.size);
    return mark;
}

Str jsonb_shown(Str value) {
    if (!jsonb_has_zeros(value)) return value;
    const char *mark = middle_mark(value);
    return str_from(mark + 1, (size_t)(value.data + value.size - mark) - 1);
}

Str jsonb_key(Str value) {
    if (!jsonb_has_zeros(value)) return value;
    return str_from(value.data + 1, (size_t)(middle_mark(value) - value.data) - 1);
}

/* Writes the key of a shown text, which is not longer, to `to`; returns its end. Outside of strings a point is one of a number. */
static char *write_key(char *to, const char *at, const char *end) {
    while (at < end) {
        const char *from = at;
        while (at < end && *at != '"' && *at != '.') at++;
        if (at < end && *at == '"') at = jsonb_skip_string(at, end);
        memcpy(to, from, (size_t)(at - from));
        to += at - from;
        if (at == end || *at != '.') continue;
        const char *stop = at + 1, *kept = at; /* behind the last digit that is no zero, or at the point */
        for (; stop < end && *stop >= '0' && *stop <= '9'; stop++)
            if (*stop != '0') kept = stop + 1;
        memcpy(to, at, (size_t)(kept - at));
        to += kept - at;
        at = stop;
    }
    return to;
}

/* The shown text makes way for the key, as far as that could be long, and comes back to its end. */
void jsonb_finish(Text *out, size_t start) {
    if (out->failed) return;
    ASSERT(start < out->size);
    size_t size = out->size - start;
    DEBUG_ASSERT(out->data[start] != JSONB_MARK);
    if (memchr(out->data + start, '.', size) == NULL || text_reserve(out, size + 2) == NULL) return;
    char *value = out->data + start, *shown = value + size + 2;
    memmove(shown, value, size);
    char *end = write_key(value + 1, shown, shown + size);
    if (end == value + 1 + size) {
        memmove(value, shown, size); /* each zero stands before a digit, or in a string */
        return;
    }
    *value = *end = JSONB_MARK;
    memmove(end + 1, shown, size);
    out->size = (size_t)(end + 1 - out->data) + size;
}
