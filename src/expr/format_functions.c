/* SPDX-License-Identifier: Apache-2.0
 * expr/format_functions.c - digests, encodings, quoting, format(). */
#include "base/md5.h"
#include "base/utf8.h"
#include "expr/text_priv.h"

/* ---- digits ---- */

static const char hex_digits[] = "0123456789abcdef";

static Status md5_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    char hex[MD5_HEX_SIZE];
    md5_hex(text_at(call, 0, row), hex);
    text_append(out, str_from(hex, sizeof(hex)));
    return STATUS_OK;
}
Status format_md5(FunctionCall *call, Error *err) {
    return text_build(call, md5_row, err);
}

static void append_hex(Text *out, uint64_t value) {
    char room[16];
    size_t at = sizeof(room);
    do room[--at] = hex_digits[value & 15];
    while ((value >>= 4) != 0);
    text_append(out, str_from(room + at, sizeof(room) - at));
}
static Status hex_i32_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    append_hex(out, (uint32_t)i32_at(call, 0, row));
    return STATUS_OK;
}
static Status hex_i64_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    append_hex(out, (uint64_t)i64_at(call, 0, row));
    return STATUS_OK;
}
Status format_hex_i32(FunctionCall *call, Error *err) {
    return text_build(call, hex_i32_row, err);
}
Status format_hex_i64(FunctionCall *call, Error *err) {
    return text_build(call, hex_i64_row, err);
}

/* ---- encode, decode ---- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
enum { BASE64_LINE_SIZE = 76 }; /* RFC 2045, 6.8, as PostgreSQL's encode breaks its lines */
STATIC_ASSERT(BASE64_LINE_SIZE % 4 == 0, "lines are whole groups");
STATIC_ASSERT(sizeof(base64_digits) == 64 + 1, "six bits a digit");

static void encode_hex(Str bytes, Text *out) {
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        text_append_char(out, hex_digits[byte >> 4]);
        text_append_char(out, hex_digits[byte & 15]);
    }
}

/* In lines of 76 characters. */
static void encode_base64(Str bytes, Text *out) {
    size_t line = 0;
    for (size_t i = 0; i < bytes.size; i += 3, line += 4) {
        uint32_t group = 0;
        size_t count = bytes.size - i < 3 ? bytes.size - i : 3;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < count ? (unsigned char)bytes.data[i + k] : 0);
        DEBUG_ASSERT(line <= BASE64_LINE_SIZE);
        if (line == BASE64_LINE_SIZE) text_append_char(out, '\n'), line = 0;
        for (size_t k = 0; k < 4; k++)
            text_append_char(out, k <= count ? base64_digits[group >> (18 - 6 * k) & 63] : '=');
    }
}

/* PostgreSQL's 'escape': zero and what is not ASCII as \ooo, a backslash doubled, all else as it is. */
static void encode_escape(Str bytes, Text *out) {
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        if (byte == '\\') {
            text_append_c(out, "\\\\");
        } else if (byte == 0 || byte >= 0x80) {
            char octal[4] = {'\\', (char)('0' + (byte >> 6)), (char)('0' + (byte >> 3 & 7)),
                             (char)('0' + (byte & 7))};
            text_append(out, str_from(octal, sizeof(octal)));
        } else {
            text_append_char(out, (char)byte);
        }
    }
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* White space between bytes is passed over, inside of one it is an error. */
static Status decode_hex(Str text, Text *out, Error *err) {
    int high = -1;
    for (size_t i = 0; i < text.size; i++) {
        if (is_space(text.data[i]) && high < 0) continue;
        int value = hex_value(text.data[i]);
        if (value < 0)
            return error_set(err, STATUS_INVALID_ARGUMENT, "invalid hexadecimal digit: \"%.*s\"",
                             (int)utf8_slice(str_from(text.data + i, text.size - i), 0, 1).size,
                             text.data + i);
        if (high >= 0) text_append_char(out, (char)(high << 4 | value));
        high = high < 0 ? value : -1;
    }
    if (high >= 0)
        return error_set(err, STATUS_INVALID_ARGUMENT, "invalid hexadecimal data: odd number of digits");
    return STATUS_OK;
}

static Status base64_end_error(Error *err) {
    return error_set(err, STATUS_INVALID_ARGUMENT, "invalid base64 end sequence");
}

/* `padding`: how many = have been read, of a group of which `position` characters have. */
static Status decode_base64(Str text, Text *out, Error *err) {
    uint32_t group = 0;
    int position = 0, padding = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (is_space(c)) continue;
        const char *digit = c == 0 ? NULL : strchr(base64_digits, c);
        if (c == '=') {
            if (padding == 0 && position != 2 && position != 3)
                return error_set(err, STATUS_INVALID_ARGUMENT,
                                 "unexpected \"=\" while decoding base64 sequence");
            if (padding == 0) padding = position == 2 ? 2 : 1;
            digit = base64_digits;
        } else if (digit == NULL) {
            return error_set(
                err, STATUS_INVALID_ARGUMENT, "invalid symbol \"%.*s\" found while decoding base64 sequence",
                (int)utf8_slice(str_from(text.data + i, text.size - i), 0, 1).size, text.data + i);
        }
        group = group << 6 | (uint32_t)(digit - base64_digits);
        if (++position < 4) continue;
        char bytes[3] = {(char)(group >> 16), (char)(group >> 8), (char)group};
        DEBUG_ASSERT(padding >= 0 && padding <= 2);
        text_append(out, str_from(bytes, (size_t)(3 - padding)));
        group = 0, position = 0;
    }
    return position == 0 ? STATUS_OK : base64_end_error(err);
}

/* The way back of encode_escape; \ooo at most \377. */
static Status decode_escape(Str text, Text *out, Error *err) {
    for (size_t i = 0; i < text.size; i++) {
        const char *at = text.data + i;
        size_t left = text.size - i;
        if (*at != '\\') {
            text_append_char(out, *at);
        } else if (left >= 2 && at[1] == '\\') {
            text_append_char(out, '\\');
            i++;
        } else if (left >= 4 && at[1] >= '0' && at[1] <= '3' && at[2] >= '0' && at[2] <= '7' &&
                   at[3] >= '0' && at[3] <= '7') {
            text_append_char(out, (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0')));
            i += 3;
        } else {
            return error_set(err, STATUS_INVALID_TEXT, "invalid input syntax for type bytea");
        }
    }
    return STATUS_OK;
}

static Status fail_encoding(FunctionCall *call, uint32_t row, Str name, Error *err) {
    return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT, "unrecognized encoding: \"%.*s\"",
                              STR_ARGS(name));
}

/* encode(b, 'hex' | 'base64' | 'escape') */
static Status encode_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str bytes = text_at(call, 0, row), name = text_at(call, 1, row);
    if (str_equal_ignore_case(name, STR("hex")))
        encode_hex(bytes, out);
    else if (str_equal_ignore_case(name, STR("base64")))
        encode_base64(bytes, out);
    else if (str_equal_ignore_case(name, STR("escape")))
        encode_escape(bytes, out);
    else {
        *is_null = true;
        return fail_encoding(call, row, name, err);
    }
    return STATUS_OK;
}
Status format_encode(FunctionCall *call, Error *err) {
    return text_build(call, encode_row, err);
}

/* decode(t, 'hex' | 'base64' | 'escape') */
static Status decode_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str text = text_at(call, 0, row), name = text_at(call, 1, row);
    Error cause;
    Status status;
    if (str_equal_ignore_case(name, STR("hex")))
        status = decode_hex(text, out, &cause);
    else if (str_equal_ignore_case(name, STR("base64")))
        status = decode_base64(text, out, &cause);
    else if (str_equal_ignore_case(name, STR("escape")))
        status = decode_escape(text, out, &cause);
    else {
        *is_null = true;
        return fail_encoding(call, row, name, err);
    }
    *is_null = status != STATUS_OK;
    return *is_null ? call_fail_with(call, row, &cause, err) : STATUS_OK;
}
Status format_decode(FunctionCall *call, Error *err) {
    return text_build(call, decode_row, err);
}

/* ---- quoting ---- */

/* PostgreSQL's words that are no names without quotes: all but its unreserved ones. Sorted. */
static const char *const quoted_words[] = {
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
};

/* A word that quote_ident puts into quotes. */
static bool is_quoted_word(Str name) {
    size_t low = 0, high = sizeof(quoted_words) / sizeof(quoted_words[0]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (middle > 0) DEBUG_ASSERT(strcmp(quoted_words[middle - 1], quoted_words[middle]) < 0); /* sorted */
        int order = str_compare(name, str_from_c(quoted_words[middle]));
        if (order == 0) return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static bool is_plain_name(Str name) {
    if (name.size == 0 || (name.data[0] >= '0' && name.data[0] <= '9')) return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return !is_quoted_word(name);
}

static void append_doubled(Text *out, Str text, char quote) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == quote || (quote == '\'' && text.data[i] == '\\'))
            text_append_char(out, text.data[i]);
        text_append_char(out, text.data[i]);
    }
}

/* A name as SQL reads it back. */
static void append_ident(Text *out, Str name) {
    if (is_plain_name(name)) {
        text_append(out, name);
        return;
    }
    text_append_char(out, '"');
    append_doubled(out, name, '"');
    text_append_char(out, '"');
}

static void append_literal(Text *out, Str text) {
    if (text.size > 0 && memchr(text.data, '\\', text.size) != NULL) text_append_char(out, 'E');
    text_append_char(out, '\'');
    append_doubled(out, text, '\'');
    text_append_char(out, '\'');
}

static Status quote_ident_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    append_ident(out, text_at(call, 0, row));
    return STATUS_OK;
}
Status format_quote_ident(FunctionCall *call, Error *err) {
    return text_build(call, quote_ident_row, err);
}

/* The text of an argument that is not NULL, in `room`. */
static Str argument_text(const FunctionCall *call, uint32_t argument, uint32_t row, Text *room) {
    text_reset(room);
    text_append_argument(call, argument, row, room);
    return text_str(room);
}

/* Of any type: its text first, as a cast gives it. */
static Status quote_literal_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Text room;
    text_scratch(call, &room);
    text_append_cast(call, 0, row, &room);
    append_literal(out, text_str(&room));
    bool failed = room.failed;
    text_deinit(&room);
    return failed ? error_out_of_memory(err) : STATUS_OK;
}
Status format_quote_literal(FunctionCall *call, Error *err) {
    return text_build(call, quote_literal_row, err);
}

static bool argument_is_null(const FunctionCall *call, uint32_t argument, uint32_t row) {
    const Register *from = call->arguments[argument];
    return array_is_null(&from->array, call_index(from, row));
}

static Status quote_nullable_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    if (!argument_is_null(call, 0, row)) return quote_literal_row(call, row, out, is_null, err);
    text_append_c(out, "NULL");
    return STATUS_OK;
}
Status format_quote_nullable(FunctionCall *call, Error *err) {
    return text_build(call, quote_nullable_row, err);
}

/* ---- format ---- */

/* %[position$][-][width | * | *position$]type */
typedef struct Specifier {
    char type;
    bool left;
    bool width_from_argument;
    int64_t argument; /* 0: the next one */
    int64_t width_argument;
    int64_t width;
} Specifier;

typedef struct Format {
    FunctionCall *call;
    uint32_t row;
    const char *at;
    const char *end;
    uint32_t next; /* argument */
    Text *out;
    Text room;
} Format;

static Status unterminated(Error *err) {
    return error_set(err, STATUS_INVALID_ARGUMENT, "unterminated format() type specifier");
}

/* Digits, if there are any. */
static Status scan_digits(Format *format, int64_t *out, bool *found, Error *err) {
    *found = false;
    *out = 0;
    for (; format->at < format->end && *format->at >= '0' && *format->at <= '9'; format->at++) {
        *out = *out * 10 + (*format->at - '0');
        *found = true;
        if (*out > INT32_MAX) return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "number is out of range");
    }
    return format->at == format->end ? unterminated(err) : STATUS_OK;
}

static Status check_position(int64_t position, Error *err) {
    if (position > 0) return STATUS_OK;
    return error_set(err, STATUS_INVALID_ARGUMENT,
                     "format specifies argument 0, but arguments are numbered from 1");
}

/* [-] n, [-] *, [-] *n$ : the argument that has it, from left to right or by its place. */
static Status scan_width(Format *format, Specifier *specifier, Error *err) {
    bool found;
    for (; *format->at == '-'; specifier->left = true)
        if (++format->at == format->end) return unterminated(err);
    if (*format->at != '*') return scan_digits(format, &specifier->width, &found, err);
    if (++format->at == format->end) return unterminated(err);
    specifier->width_from_argument = true;
    TRY(scan_digits(format, &specifier->width_argument, &found, err));
    if (!found) return STATUS_OK;
    if (*format->at != '$')
        return error_set(err, STATUS_INVALID_ARGUMENT, "width argument position must be ended by \"$\"");
    TRY(check_position(specifier->width_argument, err));
    return ++format->at == format->end ? unterminated(err) : STATUS_OK;
}

/* Behind a %: [n$] [-] [width] s | I | L. Digits are a place only before a $. */
static Status scan_specifier(Format *format, Specifier *specifier, Error *err) {
    bool found;
    int64_t number;
    *specifier = (Specifier){0};
    if (format->at == format->end) return unterminated(err);
    TRY(scan_digits(format, &number, &found, err));
    if (found && *format->at != '$') {
        specifier->width = number;
    } else {
        if (found) {
            TRY(check_position(number, err));
            specifier->argument = number;
            if (++format->at == format->end) return unterminated(err);
        }
        TRY(scan_width(format, specifier, err));
    }
    specifier->type = *format->at;
    if (specifier->type == 's' || specifier->type == 'I' || specifier->type == 'L') return STATUS_OK;
    return error_set(err, STATUS_INVALID_ARGUMENT, "unrecognized format() type specifier \"%.*s\"",
                     (int)utf8_slice(str_from(format->at, (size_t)(format->end - format->at)), 0, 1).size,
                     format->at);
}

/* Argument `position` (0: the next), from 1 after the format itself. */
static Status take_argument(Format *format, int64_t position, uint32_t *out, Error *err) {
    int64_t argument = position == 0 ? format->next : position;
    if (argument >= format->call->argument_count)
        return error_set(err, STATUS_INVALID_ARGUMENT, "too few arguments for format()");
    format->next = (uint32_t)argument + 1;
    *out = (uint32_t)argument;
    return STATUS_OK;
}

/* A width that an argument has: negative means to the left, NULL none. */
static Status take_width(Format *format, Specifier *specifier, Error *err) {
    uint32_t argument;
    if (!specifier->width_from_argument) return STATUS_OK;
    TRY(take_argument(format, specifier->width_argument, &argument, err));
    if (argument_is_null(format->call, argument, format->row)) return STATUS_OK;
    TypeId type = (TypeId)format->call->arguments[argument]->array.type.id;
    int32_t width = 0;
    Str text = argument_text(format->call, argument, format->row, &format->room);
    if (type != TYPE_INTEGER && type != TYPE_SMALLINT && number_parse_i32(text, &width) != NUMBER_OK)
        return number_error(err, NUMBER_INVALID, "integer", text);
    if (number_parse_i32(text, &width) != NUMBER_OK || width == INT32_MIN)
        return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "number is out of range");
    if (width < 0) specifier->left = true;
    specifier->width = width < 0 ? -(int64_t)width : width;
    return STATUS_OK;
}

/* NULL is nothing as %s, NULL as %L, and an error as %I, as in PostgreSQL. */
static Status append_value(Format *format, const Specifier *specifier, uint32_t argument, Text *out,
                           Error *err) {
    DEBUG_ASSERT(argument > 0 && argument < format->call->argument_count); /* take_argument; 0 is the format */
    if (argument_is_null(format->call, argument, format->row)) {
        if (specifier->type == 'I')
            return error_set(err, STATUS_NULL_NOT_ALLOWED, "null values cannot be formatted as an SQL identifier");
        if (specifier->type == 'L') text_append_c(out, "NULL");
        return STATUS_OK;
    }
    Str text = argument_text(format->call, argument, format->row, &format->room);
    if (specifier->type == 'I')
        append_ident(out, text);
    else if (specifier->type == 'L')
        append_literal(out, text);
    else
        text_append(out, text);
    return STATUS_OK;
}

/* The value, then the blanks that its width asks for, in characters: moved to the front unless it stands to the left. */
static Status append_specifier(Format *format, Error *err) {
    DEBUG_ASSERT(format->at <= format->end);
    Specifier specifier;
    uint32_t argument;
    TRY(scan_specifier(format, &specifier, err));
    format->at++;
    TRY(take_width(format, &specifier, err));
    TRY(take_argument(format, specifier.argument, &argument, err));
    size_t start = format->out->size;
    TRY(append_value(format, &specifier, argument, format->out, err));
    if (format->out->failed) return STATUS_OK;
    int64_t length = (int64_t)utf8_length(str_from(format->out->data + start, format->out->size - start));
    if (specifier.width <= length) return STATUS_OK;
    DEBUG_ASSERT(format->out->size >= start);
    size_t fill = (size_t)(specifier.width - length), size = format->out->size - start;
    if (fill > TEXT_RESULT_SIZE_MAX) return error_set(err, STATUS_LIMIT, "requested length too large");
    text_append_repeated(format->out, ' ', fill);
    if (specifier.left || format->out->failed) return STATUS_OK;
    memmove(format->out->data + start + fill, format->out->data + start, size);
    memset(format->out->data + start, ' ', fill);
    return STATUS_OK;
}

static Status format_text(Format *format, Error *err) {
    while (format->at < format->end) {
        char c = *format->at++;
        if (c != '%') {
            text_append_char(format->out, c);
        } else if (format->at < format->end && *format->at == '%') {
            text_append_char(format->out, '%');
            format->at++;
        } else {
            TRY(append_specifier(format, err));
        }
    }
    return STATUS_OK;
}

/* format(text, ..): what fails in it fails the row. */
static Status format_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    *is_null = argument_is_null(call, 0, row);
    if (*is_null) return STATUS_OK;
    Str text = text_at(call, 0, row);
    Format format = {
        .call = call, .row = row, .at = text.data, .end = text.data + text.size, .next = 1, .out = out};
    Error cause;
    text_scratch(call, &format.room);
    Status status = format_text(&format, &cause);
    bool failed = format.room.failed;
    text_deinit(&format.room);
    if (failed) return error_out_of_memory(err);
    *is_null = status != STATUS_OK;
    return *is_null ? call_fail_with(call, row, &cause, err) : STATUS_OK;
}
Status format_format(FunctionCall *call, Error *err) {
    return text_build(call, format_row, err);
}
