/* SPDX-License-Identifier: Apache-2.0
 * column/builder_parse.c - PostgreSQL's text forms into values. */
#include "base/calendar_parse.h"
#include "base/jsonb.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "column/builder.h"

static Status invalid_text(const ArrayBuilder *builder, Str text, Error *err) {
    return error_set(err, STATUS_INVALID_TEXT, "invalid input syntax for type %s: \"%.*s\"",
                     type_name((TypeId)builder->type.id), STR_ARGS(text));
}

/* Is `text` the beginning of `word`, in any case, and at least `size_min` letters of it? */
static bool is_prefix_of(Str text, Str word, size_t size_min) {
    return text.size >= size_min && text.size <= word.size &&
           str_equal_ignore_case(text, str_from(word.data, text.size));
}

/* Unambiguous prefixes of true, false, yes, no; on, off (o alone could be either); 1 and 0. */
static bool parse_boolean(Str text, bool *out) {
    /* As PostgreSQL's boolin: white space around is allowed, inside it is not. */
    text = str_trim(text);
    *out = is_prefix_of(text, STR("true"), 1) || is_prefix_of(text, STR("yes"), 1) ||
           is_prefix_of(text, STR("on"), 2) || str_equal(text, STR("1"));
    return *out || is_prefix_of(text, STR("false"), 1) || is_prefix_of(text, STR("no"), 1) ||
           is_prefix_of(text, STR("off"), 2) || str_equal(text, STR("0"));
}

/* varchar(n): what is too long may be cut only when all of it is spaces. */
static Status parse_text(ArrayBuilder *builder, Str text, Error *err) {
    size_t length_max = builder->type.id == TYPE_VARCHAR ? (size_t)builder->type.length : 0;
    /* Characters are at most as many as bytes: most texts need not be counted. */
    if (length_max > 0 && text.size > length_max) {
        size_t kept = utf8_offset(text, length_max);
        for (size_t i = kept; i < text.size; i++)
            if (text.data[i] != ' ')
                return error_set(err, STATUS_STRING_TRUNCATION,
                                 "value too long for type character varying(%d)", builder->type.length);
        text.size = kept;
    }
    array_builder_text(builder, text);
    return STATUS_OK;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Digits after "\x", two a byte, white space between bytes. Bytes written; -1 when it is no such text. */
static ptrdiff_t decode_hex(Str text, char *out, Error *err) {
    DEBUG_ASSERT(text.size >= 2);
    char *at = out;
    for (size_t i = 2; i < text.size;) {
        if (is_space(text.data[i])) {
            i++;
            continue;
        }
        int high = hex_digit(text.data[i]), low = i + 1 < text.size ? hex_digit(text.data[i + 1]) : -1;
        if (high < 0 || (low < 0 && i + 1 < text.size)) {
            size_t bad = high < 0 ? i : i + 1;
            error_set(err, STATUS_INVALID_ARGUMENT, "invalid hexadecimal digit: \"%.*s\"",
                      (int)utf8_size_of((unsigned char)text.data[bad]), text.data + bad);
            return -1;
        }
        if (low < 0) {
            error_set(err, STATUS_INVALID_ARGUMENT, "invalid hexadecimal data: odd number of digits");
            return -1;
        }
        *at++ = (char)(high << 4 | low);
        i += 2;
    }
    return at - out;
}

/* -1 where the text has no such digit. The first of three is 3 at most: a byte ends at \377. */
static int octal_digit(Str text, size_t at, int largest) {
    if (at >= text.size || text.data[at] < '0' || text.data[at] > '0' + largest) return -1;
    return text.data[at] - '0';
}

/* The older form: bytes as they are, a backslash doubled, others as \ and three octal digits. */
static ptrdiff_t decode_escaped(Str text, char *out, Error *err) {
    char *at = out;
    for (size_t i = 0; i < text.size;) {
        if (text.data[i] != '\\') {
            *at++ = text.data[i++];
            continue;
        }
        int a = octal_digit(text, i + 1, 3), b = octal_digit(text, i + 2, 7), c = octal_digit(text, i + 3, 7);
        if (a >= 0 && b >= 0 && c >= 0) {
            *at++ = (char)(a << 6 | b << 3 | c);
            i += 4;
        } else if (i + 1 < text.size && text.data[i + 1] == '\\') {
            *at++ = '\\';
            i += 2;
        } else {
            error_set(err, STATUS_INVALID_TEXT, "invalid input syntax for type bytea");
            return -1;
        }
    }
    return at - out;
}

static Status parse_bytea(ArrayBuilder *builder, Str text, Error *err) {
    char *room = array_builder_text_reserve(builder, text.size);
    if (room == NULL) return error_out_of_memory(err);
    /* Both forms give fewer bytes than they take, so the text's size is room enough. */
    bool is_hex = text.size >= 2 && text.data[0] == '\\' && text.data[1] == 'x';
    ptrdiff_t size = is_hex ? decode_hex(text, room, err) : decode_escaped(text, room, err);
    if (size < 0) return err->status;
    ASSERT((size_t)size <= text.size); /* as much was reserved */
    array_builder_text_commit(builder, (size_t)size);
    return STATUS_OK;
}

enum { JSONB_ROOM_SIZE = 1024 };

/* Short values need no allocation; one that does not fit the room is read again. */
static Status parse_jsonb(ArrayBuilder *builder, Str text, Error *err) {
    char room[JSONB_ROOM_SIZE];
    Text fixed = {.data = room, .capacity = sizeof(room)}, value;
    Error failure;
    Status status = jsonb_parse(text, &fixed, &failure);
    if (status == STATUS_OK) {
        array_builder_text(builder, text_str(&fixed));
        return STATUS_OK;
    }
    if (status != STATUS_OUT_OF_MEMORY) {
        *err = failure;
        return status;
    }
    text_init(&value, buffer_pool_memory(builder->frame->pool));
    status = jsonb_parse(text, &value, err);
    if (status == STATUS_OK) array_builder_text(builder, text_str(&value));
    text_deinit(&value);
    return status;
}

/* `append` uses `value`, which `parse` filled. */
#define PARSE_NUMBER(CType, parse, name)                                                 \
    do {                                                                                 \
        CType value;                                                                     \
        NumberResult result = parse(text, &value);                                       \
        if (result != NUMBER_OK)                                                         \
            return number_error(err, result, type_name((TypeId)builder->type.id), text); \
        array_builder_##name(builder, value);                                            \
        return STATUS_OK;                                                                \
    } while (0)

#define PARSE_VALUE(CType, call, append) \
    do {                                 \
        CType value;                     \
        TRY(call);                       \
        append;                          \
        return STATUS_OK;                \
    } while (0)

/* A column whose precision is open takes what 38 digits hold; one that has a precision fails in PostgreSQL's two lines. */
static Status parse_numeric(ArrayBuilder *builder, Str text, Error *err) {
    Type type = builder->type;
    int precision = type.precision == 0 ? TYPE_PRECISION_MAX : type.precision;
    Decimal value;
    NumberResult result = decimal_parse(text, precision, type.scale, &value);
    if (result == NUMBER_OUT_OF_RANGE && type.precision > 0) {
        error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "numeric field overflow");
        return error_add_detail(err, "A field with precision %d, scale %d cannot hold \"%.*s\".", precision,
                                type.scale, STR_ARGS(text));
    }
    if (result != NUMBER_OK) return number_error(err, result, "numeric", text);
    DEBUG_ASSERT(decimal_fits(value, precision));
    array_builder_decimal(builder, value);
    return STATUS_OK;
}

Status array_builder_parse_in_zone(ArrayBuilder *builder, Str text, const Zone *zone, ZoneSource *zones, Error *err) {
    DEBUG_ASSERT(text.data != NULL || text.size == 0);
    switch ((TypeId)builder->type.id) {
        case TYPE_BOOLEAN: {
            bool value;
            if (!parse_boolean(text, &value)) return invalid_text(builder, text, err);
            array_builder_bool(builder, value);
            return STATUS_OK;
        }
        case TYPE_SMALLINT: PARSE_NUMBER(int16_t, number_parse_i16, i16);
        case TYPE_INTEGER: PARSE_NUMBER(int32_t, number_parse_i32, i32);
        case TYPE_BIGINT: PARSE_NUMBER(int64_t, number_parse_i64, i64);
        case TYPE_REAL: PARSE_NUMBER(float, number_parse_float, f32);
        case TYPE_DOUBLE: PARSE_NUMBER(double, number_parse_double, f64);
        case TYPE_NUMERIC: return parse_numeric(builder, text, err);
        case TYPE_UNKNOWN:
        case TYPE_TEXT:
        case TYPE_VARCHAR: return parse_text(builder, text, err);
        case TYPE_BYTEA: return parse_bytea(builder, text, err);
        case TYPE_DATE:
            PARSE_VALUE(int32_t, calendar_parse_date(text, &value, err), array_builder_i32(builder, value));
        case TYPE_TIME:
            PARSE_VALUE(int64_t, calendar_parse_time(text, &value, err), array_builder_i64(builder, value));
        case TYPE_TIMESTAMP:
            PARSE_VALUE(int64_t, calendar_parse_timestamp(text, zones, &value, err),
                        array_builder_i64(builder, value));
        case TYPE_TIMESTAMPTZ:
            PARSE_VALUE(int64_t, calendar_parse_timestamptz(text, zone, zones, &value, err),
                        array_builder_i64(builder, value));
        case TYPE_INTERVAL:
            PARSE_VALUE(Interval, interval_parse(text, INTERVAL_ANY_FIELD, &value, err),
                        array_builder_interval(builder, value));
        case TYPE_UUID:
            PARSE_VALUE(Uuid, uuid_parse(text, &value, err), array_builder_bytes16(builder, &value));
        case TYPE_JSONB: return parse_jsonb(builder, text, err);
        case TYPE_ARRAY:
        case TYPE_ROW:
        case TYPE_MAP:
        case TYPE_COUNT: break;
    }
    return error_set(err, STATUS_NOT_SUPPORTED, "values of type %s are not supported yet",
                     type_name((TypeId)builder->type.id));
}

Status array_builder_parse(ArrayBuilder *builder, Str text, Error *err) {
    return array_builder_parse_in_zone(builder, text, NULL, NULL, err);
}
