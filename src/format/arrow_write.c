/* SPDX-License-Identifier: Apache-2.0
 * format/arrow_write.c - the Arrow IPC streaming format, metadata version 5
 * (https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc;
 * the tables of Message.fbs and Schema.fbs in apache/arrow/format).
 *
 *     stream    | schema message | batch message | ... | ff ff ff ff | 00 00 00 00 |
 *
 *     message   | ff ff ff ff | i32 size of header | header, padded to 8 | body: buffers, each padded to 8 |
 *
 *     header    Message {version, kind, Schema or RecordBatch, size of the body}
 *     schema    Schema {endianness, [Field {name, nullable, kind of type, type, -, [children], [metadata]}]}
 *     batch     RecordBatch {rows, [node: rows, nulls], [buffer: offset in the body, size]}
 *
 *     column    one node, and buffers by its layout:
 *       null      -
 *       bits      validity | bits
 *       fixed     validity | values
 *       text      validity | i32 offsets, one more than rows | bytes
 *
 * The validity of a column without NULLs is a buffer of no bytes. */
#include "format/arrow_write.h"

#include "base/number.h"
#include "format/flatbuffer.h"

enum {
    MESSAGE_VERSION_5 = 4,
    MESSAGE_PREFIX_SIZE = 8, /* the mark, and the size of the header */
    MESSAGE_ALIGNMENT = 8,
    HEADER_SCHEMA = 1,
    HEADER_BATCH = 3,
    NODE_SIZE = 16,
    BUFFER_SIZE = 16,
    PAIR_COUNT_MAX = 16, /* of a field's metadata */
};

/* The union Type of Schema.fbs. */
typedef enum IpcType {
    IPC_NULL = 1,
    IPC_INT = 2,
    IPC_FLOAT = 3,
    IPC_BINARY = 4,
    IPC_UTF8 = 5,
    IPC_BOOL = 6,
    IPC_DECIMAL = 7,
    IPC_DATE = 8,
    IPC_TIME = 9,
    IPC_TIMESTAMP = 10,
    IPC_INTERVAL = 11,
    IPC_FIXED_BINARY = 15,
} IpcType;

typedef enum IpcLayout { IPC_NOTHING, IPC_BITS, IPC_FIXED, IPC_TEXT } IpcLayout;

/* A format string of the C interface; the parameters are the fields of the type's table. */
typedef struct IpcFormat {
    const char *format; /* ending in a colon: followed by arguments */
    IpcType type;
    IpcLayout layout;
    size_t width; /* of a value in bytes; 0: by the arguments */
    FlatbufferField parameters[2];
} IpcFormat;

enum { UNIT_DAY = 0, UNIT_MICROSECOND = 2, UNIT_MONTH_DAY_NANO = 2, FLOAT_SINGLE = 1, FLOAT_DOUBLE = 2 };

static const IpcFormat formats[] = {
    {"n", IPC_NULL, IPC_NOTHING, 0, {{0}}},
    {"b", IPC_BOOL, IPC_BITS, 0, {{0}}},
    {"s", IPC_INT, IPC_FIXED, 2, {{.size = 4, .value = 16}, {.size = 1, .value = 1}}},
    {"i", IPC_INT, IPC_FIXED, 4, {{.size = 4, .value = 32}, {.size = 1, .value = 1}}},
    {"l", IPC_INT, IPC_FIXED, 8, {{.size = 4, .value = 64}, {.size = 1, .value = 1}}},
    {"f", IPC_FLOAT, IPC_FIXED, 4, {{.size = 2, .value = FLOAT_SINGLE}}},
    {"g", IPC_FLOAT, IPC_FIXED, 8, {{.size = 2, .value = FLOAT_DOUBLE}}},
    {"vu", IPC_UTF8, IPC_TEXT, 0, {{0}}},
    {"vz", IPC_BINARY, IPC_TEXT, 0, {{0}}},
    {"tdD", IPC_DATE, IPC_FIXED, 4, {{.size = 2, .value = UNIT_DAY}}},
    {"ttu", IPC_TIME, IPC_FIXED, 8, {{.size = 2, .value = UNIT_MICROSECOND}, {.size = 4, .value = 64}}},
    {"tin", IPC_INTERVAL, IPC_FIXED, 16, {{.size = 2, .value = UNIT_MONTH_DAY_NANO}}},
    {"tsu:", IPC_TIMESTAMP, IPC_FIXED, 8, {{.size = 2, .value = UNIT_MICROSECOND}}}, /* then the zone */
    {"w:", IPC_FIXED_BINARY, IPC_FIXED, 0, {{0}}},                                   /* then the width */
    {"d:", IPC_DECIMAL, IPC_FIXED, 16, {{0}}}, /* then precision,scale */
};

/* *arguments is what stands behind the colon. */
/* What arrow_export_schema (column/arrow.h) gives with views, and no more. */
static const IpcFormat *find_format(const char *text, Str *arguments) {
    Str given = str_from_c(text);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        Str name = str_from_c(formats[i].format);
        bool has_arguments = str_ends_with(name, STR(":"));
        if (has_arguments ? !str_starts_with(given, name) : !str_equal(given, name)) continue;
        *arguments = str_from(given.data + name.size, given.size - name.size);
        return &formats[i];
    }
    return NULL;
}

static int64_t take_number(Str *arguments) {
    ASSERT(arguments->size > 0);
    ptrdiff_t comma = str_find(*arguments, STR(","));
    size_t size = comma < 0 ? arguments->size : (size_t)comma;
    int64_t value = 0;
    NumberResult result = number_parse_i64(str_from(arguments->data, size), &value);
    ASSERT(result == NUMBER_OK);
    size += comma >= 0;
    *arguments = str_from(arguments->data + size, arguments->size - size);
    return value;
}

/* ---- messages ---- */

typedef struct Message {
    Flatbuffer flat;
    size_t start;        /* of the message in the text */
    size_t body_size;    /* position of that field in the header */
    size_t header;       /* position of the reference to Schema or RecordBatch */
    size_t body_start;   /* in the text */
    size_t buffers;      /* of a batch: position of the vector */
    size_t buffer_count; /* of a batch: elements of the vector */
    size_t buffer_next;  /* the next of them */
} Message;

static Message message_begin(Text *text, int64_t kind) {
    Message message = {.start = text->size};
    text_append_repeated(text, '\xff', 4);
    text_append_repeated(text, '\0', 4);
    message.flat = flatbuffer_begin(text);
    FlatbufferField fields[] = {{.size = 2, .value = MESSAGE_VERSION_5},
                                {.size = 1, .value = kind},
                                {.size = FLATBUFFER_REFERENCE},
                                {.size = 8}};
    flatbuffer_refer(&message.flat, 0, flatbuffer_table(&message.flat, fields, 4));
    message.header = fields[2].position;
    message.body_size = fields[3].position;
    return message;
}

static void pad(Message *message) {
    Text *text = message->flat.text;
    size_t over = (text->size - message->start) % MESSAGE_ALIGNMENT;
    if (over > 0) text_append_repeated(text, '\0', MESSAGE_ALIGNMENT - over);
}

/* The header is complete; the body follows. */
static void message_end_header(Message *message) {
    Text *text = message->flat.text;
    pad(message);
    message->body_start = text->size;
    if (text->failed) return;
    int32_t size = (int32_t)(text->size - message->start - MESSAGE_PREFIX_SIZE);
    memcpy(text->data + message->start + 4, &size, sizeof(size));
}

static void message_end(Message *message) {
    size_t size = message->flat.text->size - message->body_start;
    /* buffer_count, by which the header was made, and what write_column wrote agree. */
    ASSERT(message->buffer_next == message->buffer_count || message->flat.text->failed);
    ASSERT(size % MESSAGE_ALIGNMENT == 0 || message->flat.text->failed);
    flatbuffer_set(&message->flat, message->body_size, 8, (int64_t)size);
}

void arrow_write_end(Text *text) {
    text_append_repeated(text, '\xff', 4);
    text_append_repeated(text, '\0', 4);
}

/* ---- schema ---- */

static int32_t load_i32(const char *at) {
    int32_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

/* An int32 size and as many bytes of the C interface's metadata. */
static Str take_metadata(const char **at) {
    Str taken = {*at + 4, (size_t)load_i32(*at)};
    *at = taken.data + taken.size;
    return taken;
}

/* [KeyValue {key, value}] */
static void write_metadata(Flatbuffer *flat, size_t reference, const char *metadata) {
    int32_t count = load_i32(metadata);
    const char *at = metadata + 4;
    ASSERT(count >= 0);
    ASSERT(count <= PAIR_COUNT_MAX);
    size_t vector = flatbuffer_vector(flat, (size_t)count, 4);
    flatbuffer_refer(flat, reference, vector);
    for (size_t i = 0; i < (size_t)count; i++) {
        FlatbufferField fields[] = {{.size = FLATBUFFER_REFERENCE}, {.size = FLATBUFFER_REFERENCE}};
        flatbuffer_refer(flat, flatbuffer_element(vector, 4, i), flatbuffer_table(flat, fields, 2));
        flatbuffer_refer(flat, fields[0].position, flatbuffer_string(flat, take_metadata(&at)));
        flatbuffer_refer(flat, fields[1].position, flatbuffer_string(flat, take_metadata(&at)));
    }
}

/* The table of the type, whose fields differ. */
static void write_type(Flatbuffer *flat, size_t reference, const IpcFormat *format, Str arguments) {
    STATIC_ASSERT(FLATBUFFER_FIELD_COUNT_MAX >= 7, "Field of Schema.fbs is the table with most fields");
    FlatbufferField fields[3] = {format->parameters[0], format->parameters[1]};
    bool has_zone = format->type == IPC_TIMESTAMP && arguments.size > 0;
    if (has_zone) fields[1].size = FLATBUFFER_REFERENCE;
    if (format->type == IPC_FIXED_BINARY)
        fields[0] = (FlatbufferField){.size = 4, .value = take_number(&arguments)};
    if (format->type == IPC_DECIMAL) {
        fields[0] = (FlatbufferField){.size = 4, .value = take_number(&arguments)};
        fields[1] = (FlatbufferField){.size = 4, .value = take_number(&arguments)};
        fields[2] = (FlatbufferField){.size = 4, .value = 128};
    }
    flatbuffer_refer(flat, reference, flatbuffer_table(flat, fields, 3));
    if (has_zone) flatbuffer_refer(flat, fields[1].position, flatbuffer_string(flat, arguments));
}

static void write_field(Flatbuffer *flat, size_t reference, const struct ArrowSchema *column) {
    Str arguments;
    const IpcFormat *format = find_format(column->format, &arguments);
    ASSERT(format != NULL);
    FlatbufferField fields[] = {
        {.size = FLATBUFFER_REFERENCE},                                   /* name */
        {.size = 1, .value = (column->flags & ARROW_FLAG_NULLABLE) != 0}, /* nullable */
        {.size = 1, .value = format->type},                               /* type's kind */
        {.size = FLATBUFFER_REFERENCE},                                   /* type */
        {.size = FLATBUFFER_ABSENT},                                      /* dictionary */
        {.size = FLATBUFFER_REFERENCE},                                   /* children */
        {.size = column->metadata != NULL ? FLATBUFFER_REFERENCE : FLATBUFFER_ABSENT},
    };
    flatbuffer_refer(flat, reference, flatbuffer_table(flat, fields, 7));
    flatbuffer_refer(flat, fields[0].position, flatbuffer_string(flat, str_from_c(column->name)));
    write_type(flat, fields[3].position, format, arguments);
    flatbuffer_refer(flat, fields[5].position, flatbuffer_vector(flat, 0, 4));
    if (column->metadata != NULL) write_metadata(flat, fields[6].position, column->metadata);
}

static Status check_types(const struct ArrowSchema *schema, Error *err) {
    ASSERT(schema->children != NULL || schema->n_children == 0);
    Str arguments;
    for (int64_t i = 0; i < schema->n_children; i++) {
        const struct ArrowSchema *column = schema->children[i];
        if (find_format(column->format, &arguments) != NULL && column->dictionary == NULL) continue;
        return error_set(err, STATUS_NOT_SUPPORTED,
                         "column \"%s\" of the Arrow type \"%s\" cannot be written", column->name,
                         column->format);
    }
    return STATUS_OK;
}

Status arrow_write_schema(Text *text, const struct ArrowSchema *schema, Error *err) {
    ASSERT(schema->n_children >= 0);
    TRY(check_types(schema, err));
    Message message = message_begin(text, HEADER_SCHEMA);
    Flatbuffer *flat = &message.flat;
    FlatbufferField fields[] = {{.size = FLATBUFFER_ABSENT},
                                {.size = FLATBUFFER_REFERENCE}}; /* little-endian */
    flatbuffer_refer(flat, message.header, flatbuffer_table(flat, fields, 2));
    size_t vector = flatbuffer_vector(flat, (size_t)schema->n_children, 4);
    flatbuffer_refer(flat, fields[1].position, vector);
    for (int64_t i = 0; i < schema->n_children; i++)
        write_field(flat, flatbuffer_element(vector, 4, (size_t)i), schema->children[i]);
    message_end_header(&message);
    message_end(&message);
    return STATUS_OK;
}

/* ---- batches ---- */

/* Rows [from, from + count) of one column, counted from the start of its buffers. */
typedef struct Rows {
    const struct ArrowArray *array;
    const uint8_t *validity; /* NULL: no NULLs */
    size_t from, count;
} Rows;

static bool bit_at(const uint8_t *bits, size_t index) {
    return (bits[index / 8] >> (index % 8)) & 1;
}

static bool is_null(const Rows *rows, size_t row) {
    return rows->validity != NULL && !bit_at(rows->validity, rows->from + row);
}

static Rows rows_of(const struct ArrowArray *batch, const struct ArrowArray *column, int64_t from,
                    int64_t count) {
    ASSERT(from >= 0 && count >= 0);
    ASSERT(column->length >= batch->offset + from + count);
    bool may_have_nulls = column->n_buffers > 0 && column->null_count != 0;
    return (Rows){column, may_have_nulls ? column->buffers[0] : NULL,
                  (size_t)(batch->offset + column->offset + from), (size_t)count};
}

static size_t count_nulls(const Rows *rows) {
    size_t count = 0;
    for (size_t row = 0; row < rows->count; row++) count += is_null(rows, row);
    return count;
}

/* The buffer that began at `start` in the text ends here. */
static void end_buffer(Message *message, size_t start) {
    ASSERT(start >= message->body_start);
    ASSERT(message->buffer_next < message->buffer_count || message->flat.text->failed);
    size_t position = flatbuffer_element(message->buffers, BUFFER_SIZE, message->buffer_next++);
    flatbuffer_set(&message->flat, position, 8, (int64_t)(start - message->body_start));
    flatbuffer_set(&message->flat, position + 8, 8, (int64_t)(message->flat.text->size - start));
    pad(message);
}

/* Zeros for `size` bytes of a buffer, to be filled in; NULL when there is no memory or no byte. */
static uint8_t *append_zeros(Message *message, size_t size) {
    Text *text = message->flat.text;
    text_append_repeated(text, '\0', size);
    return text->failed || size == 0 ? NULL : (uint8_t *)text->data + text->size - size;
}

/* Bits of the rows that are not NULL. */
static void write_bits(Message *message, const Rows *rows, const uint8_t *bits) {
    size_t start = message->flat.text->size;
    uint8_t *out = append_zeros(message, (rows->count + 7) / 8);
    for (size_t row = 0; out != NULL && row < rows->count; row++)
        if (!is_null(rows, row) && bit_at(bits, rows->from + row)) out[row / 8] |= (uint8_t)(1U << row % 8);
    end_buffer(message, start);
}

static void write_validity(Message *message, const Rows *rows) {
    /* Looked at rather than believed: null_count may be -1, and counts rows that are not written. */
    if (count_nulls(rows) > 0)
        write_bits(message, rows, rows->validity);
    else
        end_buffer(message, message->flat.text->size);
}

static void write_values(Message *message, const Rows *rows, size_t width) {
    ASSERT(width > 0);
    Text *text = message->flat.text;
    size_t start = text->size;
    const char *values = rows->array->buffers[1];
    if (rows->count > 0) text_append(text, str_from(values + rows->from * width, rows->count * width));
    for (size_t row = 0; rows->validity != NULL && !text->failed && row < rows->count; row++)
        if (is_null(rows, row)) memset(text->data + start + row * width, 0, width);
    end_buffer(message, start);
}

static Str view_at(const Rows *rows, size_t row) {
    if (is_null(rows, row)) return (Str){0};
    const View *view = (const View *)rows->array->buffers[1] + rows->from + row;
    if (view->size <= VIEW_INLINE_SIZE_MAX) return str_from(view->inlined, view->size);
    const char *bytes = rows->array->buffers[2 + view->far.buffer];
    return str_from(bytes + view->far.offset, view->size);
}

static void write_views(Message *message, const Rows *rows) {
    Text *text = message->flat.text;
    size_t start = text->size;
    uint8_t *offsets = append_zeros(message, (rows->count + 1) * 4);
    int32_t end = 0;
    for (size_t row = 0; offsets != NULL && row < rows->count; row++) {
        /* Below 2 GiB: fitting_rows has cut the batch. */
        end += (int32_t)view_at(rows, row).size;
        memcpy(offsets + (row + 1) * 4, &end, sizeof(end));
    }
    end_buffer(message, start);
    start = text->size;
    for (size_t row = 0; row < rows->count; row++) text_append(text, view_at(rows, row));
    end_buffer(message, start);
}

static void write_column(Message *message, const Rows *rows, const IpcFormat *format, Str arguments) {
    ASSERT(format != NULL);
    if (format->layout == IPC_NOTHING) return;
    write_validity(message, rows);
    switch (format->layout) {
        case IPC_BITS: write_bits(message, rows, rows->array->buffers[1]); break;
        case IPC_FIXED:
            write_values(message, rows, format->width > 0 ? format->width : (size_t)take_number(&arguments));
            break;
        case IPC_TEXT: write_views(message, rows); break;
        case IPC_NOTHING: break;
    }
}

/* How many buffers a column has in a message. */
static size_t buffer_count(IpcLayout layout) {
    static const uint8_t counts[] = {[IPC_NOTHING] = 0, [IPC_BITS] = 2, [IPC_FIXED] = 2, [IPC_TEXT] = 3};
    return counts[layout];
}

/* The rows whose text one message holds. */
static size_t fitting_rows(const Rows *rows) {
    size_t size = 0;
    for (size_t row = 0; row < rows->count; row++) {
        size += view_at(rows, row).size;
        /* One text longer than the limit still goes alone: texts are below 2 GiB. */
        if (size > ARROW_WRITE_TEXT_SIZE_MAX && row > 0) return row;
    }
    return rows->count;
}

/* RecordBatch with all its nodes; sizes and offsets of the buffers come with the body. */
static void write_batch_header(Message *message, const struct ArrowSchema *schema,
                               const struct ArrowArray *array, int64_t from, int64_t count) {
    Flatbuffer *flat = &message->flat;
    size_t buffers = 0, columns = (size_t)schema->n_children;
    Str arguments;
    FlatbufferField fields[] = {
        {.size = 8, .value = count}, {.size = FLATBUFFER_REFERENCE}, {.size = FLATBUFFER_REFERENCE}};
    flatbuffer_refer(flat, message->header, flatbuffer_table(flat, fields, 3));
    size_t nodes = flatbuffer_vector(flat, columns, NODE_SIZE);
    flatbuffer_refer(flat, fields[1].position, nodes);
    for (size_t i = 0; i < columns; i++) {
        const IpcFormat *format = find_format(schema->children[i]->format, &arguments);
        Rows rows = rows_of(array, array->children[i], from, count);
        size_t position = flatbuffer_element(nodes, NODE_SIZE, i);
        size_t null_count = format->layout == IPC_NOTHING ? rows.count : count_nulls(&rows);
        flatbuffer_set(flat, position, 8, count);
        flatbuffer_set(flat, position + 8, 8, (int64_t)null_count);
        buffers += buffer_count(format->layout);
    }
    message->buffers = flatbuffer_vector(flat, buffers, BUFFER_SIZE);
    message->buffer_count = buffers;
    flatbuffer_refer(flat, fields[2].position, message->buffers);
    message_end_header(message);
}

int64_t arrow_write_batch(Text *text, const struct ArrowSchema *schema, const struct ArrowArray *array,
                          int64_t from) {
    Str arguments;
    int64_t count = array->length - from;
    ASSERT(from >= 0 && count > 0);
    ASSERT(array->n_children == schema->n_children);
    for (int64_t i = 0; i < schema->n_children; i++) {
        const IpcFormat *format = find_format(schema->children[i]->format, &arguments);
        Rows rows = rows_of(array, array->children[i], from, count);
        if (format->layout == IPC_TEXT) count = (int64_t)fitting_rows(&rows);
    }
    ASSERT(count > 0);
    Message message = message_begin(text, HEADER_BATCH);
    write_batch_header(&message, schema, array, from, count);
    for (int64_t i = 0; i < schema->n_children; i++) {
        const IpcFormat *format = find_format(schema->children[i]->format, &arguments);
        Rows rows = rows_of(array, array->children[i], from, count);
        write_column(&message, &rows, format, arguments);
    }
    message_end(&message);
    return count;
}
