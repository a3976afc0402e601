/* SPDX-License-Identifier: Apache-2.0
 * column/arrow_export.c - our batches as Arrow arrays.
 *
 * All descriptors of one export lie in one buffer of the pool (the block), which every exported
 * struct holds a reference to: a consumer may move a child out and release its parent. A
 * child retains the buffers of its column. Nothing refers to a Memory, so a release after the
 * database has closed is as good as any.
 *
 *     schema block:   | children pointers | children | formats | names | format of TIMESTAMPTZ |
 *     array block:    | children pointers | Columns, each with its ArrowArray and buffer list |
 *
 * Buffers are aligned to 64 bytes, as Arrow recommends: ours nearly always are. What is not (rows from the middle of a batch, values of a
 * foreign array that were shared) is copied. An ArrowArray.offset would not do: all buffers of a column would have to begin as many rows
 * early. The bytes of texts may begin anywhere. */
#include "column/arrow.h"
#include "column/jsonb_view.h"

enum { FORMAT_SIZE_MAX = 16, EXPORT_ALIGNMENT = 64 };

static const char weight_name[] = "__weight";

/* int32 count; then int32 size and bytes of each key and value:
 * the C interface's form of {"ARROW:extension:name": "arrow.uuid", "ARROW:extension:metadata": ""}. Without
 * it a UUID would be 16 bytes to pyarrow and DuckDB, and a JSON value a text. */
#define EXTENSION(ten_letters)    \
    "\x02\0\0\0"                  \
    "\x14\0\0\0"                  \
    "ARROW:extension:name"        \
    "\x0a\0\0\0" ten_letters      \
    "\x18\0\0\0"                  \
    "ARROW:extension:metadata"    \
    "\0\0\0"
static const char uuid_metadata[] = EXTENSION("arrow.uuid"), json_metadata[] = EXTENSION("arrow.json");
STATIC_ASSERT(sizeof(uuid_metadata) == 4 + 4 + 20 + 4 + 10 + 4 + 24 + 4,
              "the last zero ends an empty value's size");
STATIC_ASSERT(sizeof(json_metadata) == sizeof(uuid_metadata), "names of ten letters");
#undef EXTENSION

/* ---- schema ---- */

enum { ZONE_FORMAT_SIZE_MAX = 4 + ZONE_NAME_SIZE_MAX + 1 };

/* "tsu:" and the zone as Arrow has it: a name of the time zone database, or "+05:30". A rule of POSIX that is more than an
 * offset of minutes, below 16 hours, stands as it is: no name says the same. Returns the size with the zero. */
static size_t zone_format(char *out, const Zone *zone) {
    Str name = zone_name(zone);
    ZoneSpan span = zone_span_at(zone, 0);
    bool is_offset = zone_is_rule(zone) && span.start == INT64_MIN && span.end == INT64_MAX;
    int32_t minutes = (span.offset_s < 0 ? -span.offset_s : span.offset_s) / 60;
    if (!is_offset || span.offset_s % 60 != 0 || minutes >= 16 * 60)
        return text_format(out, ZONE_FORMAT_SIZE_MAX, "tsu:%.*s", STR_ARGS(name)) + 1;
    return text_format(out, ZONE_FORMAT_SIZE_MAX, "tsu:%c%d%d:%d%d", span.offset_s < 0 ? '-' : '+', minutes / 600, minutes / 60 % 10,
                       minutes / 10 % 6, minutes % 10) + 1;
}

/* At most FORMAT_SIZE_MAX bytes with the zero, "d:38,38" the longest. */
static void write_format(char *out, Type type, bool text_offsets) {
    const char *format = "";
    switch ((TypeId)type.id) {
        case TYPE_BOOLEAN: format = "b"; break;
        case TYPE_SMALLINT: format = "s"; break;
        case TYPE_INTEGER: format = "i"; break;
        case TYPE_BIGINT: format = "l"; break;
        case TYPE_REAL: format = "f"; break;
        case TYPE_DOUBLE: format = "g"; break;
        case TYPE_UNKNOWN:
        case TYPE_TEXT:
        case TYPE_VARCHAR: format = text_offsets ? "u" : "vu"; break;
        case TYPE_JSONB: format = text_offsets ? "u" : "vu"; break;
        case TYPE_BYTEA: format = text_offsets ? "z" : "vz"; break;
        case TYPE_DATE: format = "tdD"; break;
        case TYPE_TIME: format = "ttu"; break;
        case TYPE_TIMESTAMP: format = "tsu:"; break;
        case TYPE_TIMESTAMPTZ: break; /* zone_format */
        case TYPE_INTERVAL: format = "tin"; break;
        case TYPE_UUID: format = "w:16"; break;
        case TYPE_NUMERIC:
            /* A NUMERIC whose precision is open holds up to 38 digits: Arrow has to be told some number. */
            text_format(out, FORMAT_SIZE_MAX, "d:%d,%d",
                        type.precision == 0 ? TYPE_PRECISION_MAX : type.precision, type.scale);
            return;
        case TYPE_ARRAY:
        case TYPE_ROW:
        case TYPE_MAP:
        case TYPE_COUNT: ASSERT(!"no columns of nested types yet");
    }
    text_format(out, FORMAT_SIZE_MAX, "%s", format);
}

static void release_schema(struct ArrowSchema *schema) {
    /* A consumer may have moved a child out and set its release to NULL, as the interface allows. */
    for (int64_t i = 0; i < schema->n_children; i++)
        if (schema->children[i]->release != NULL) schema->children[i]->release(schema->children[i]);
    schema->release = NULL;
    buffer_release(schema->private_data);
}

/* Fills a child; returns the end of its name. */
static char *export_field(struct ArrowSchema *child, const Field *field, bool text_offsets, char *format,
                          char *name, Buffer *block) {
    write_format(format, field->type, text_offsets);
    if (field->name.size > 0) memcpy(name, field->name.data, field->name.size);
    name[field->name.size] = '\0';
    *child = (struct ArrowSchema){
        .format = format,
        .name = name,
        .metadata = field->type.id == TYPE_UUID    ? uuid_metadata
                    : field->type.id == TYPE_JSONB ? json_metadata
                                                   : NULL,
        .flags = field->not_null ? 0 : ARROW_FLAG_NULLABLE,
        .release = release_schema,
        .private_data = block,
    };
    buffer_retain(block);
    return name + field->name.size + 1;
}

static const Field weight_field = {
    .name = {weight_name, sizeof(weight_name) - 1}, .type = {.id = TYPE_BIGINT}, .not_null = true};

Status arrow_export_schema(BufferPool *pool, const Schema *schema, ArrowExportOptions options,
                           struct ArrowSchema *out, Error *err) {
    char zone[ZONE_FORMAT_SIZE_MAX];
    size_t count = schema->count + (size_t)options.weights, names_size = sizeof(weight_name);
    size_t zone_size = zone_format(zone, schema->zone);
    ASSERT(schema->count <= SCHEMA_COLUMN_COUNT_MAX);
    ASSERT(schema->fields != NULL || schema->count == 0);
    for (uint32_t i = 0; i < schema->count; i++) names_size += schema->fields[i].name.size + 1;
    size_t pointers_size = count * sizeof(struct ArrowSchema *),
           children_size = count * sizeof(struct ArrowSchema);
    Buffer *block = buffer_alloc(pool, pointers_size + children_size + count * FORMAT_SIZE_MAX + names_size + zone_size);
    TRY_ALLOC(block);
    struct ArrowSchema **pointers = (struct ArrowSchema **)(void *)block->data;
    struct ArrowSchema *children = (struct ArrowSchema *)(void *)(block->data + pointers_size);
    char *formats = block->data + pointers_size + children_size, *name = formats + count * FORMAT_SIZE_MAX;
    char *zoned = name + names_size;
    memcpy(zoned, zone, zone_size);
    for (size_t i = 0; i < count; i++) {
        const Field *field = i < schema->count ? &schema->fields[i] : &weight_field;
        pointers[i] = &children[i];
        name = export_field(&children[i], field, options.text_offsets, formats + i * FORMAT_SIZE_MAX, name,
                            block);
        if (field->type.id == TYPE_TIMESTAMPTZ) children[i].format = zoned;
    }
    *out = (struct ArrowSchema){
        .format = "+s",
        .name = "",
        .n_children = (int64_t)count,
        .children = pointers,
        .release = release_schema,
        .private_data = block,
    };
    return STATUS_OK;
}

/* ---- arrays ---- */

/* One exported column: what its ArrowArray points into. Its buffer list follows in the block. */
typedef struct ExportColumn {
    struct ArrowArray array;
    Buffer *block;
    Buffer *owners[2];    /* of validity and values */
    const ViewData *data; /* a copy, for the owners in it */
    uint32_t data_count;
} ExportColumn;

static void release_column(struct ArrowArray *array) {
    ExportColumn *column = array->private_data;
    Buffer *block = column->block;
    ASSERT(block != NULL);
    buffer_release(column->owners[0]);
    buffer_release(column->owners[1]);
    for (uint32_t i = 0; i < column->data_count; i++) buffer_release(column->data[i].owner);
    array->release = NULL;
    /* Last: the struct itself lies in it. */
    buffer_release(block);
}

/* Of a view: everything is the frame's. */
static void release_nothing(struct ArrowArray *array) {
    array->release = NULL;
}

static void release_batch(struct ArrowArray *array) {
    for (int64_t i = 0; i < array->n_children; i++)
        if (array->children[i]->release != NULL) array->children[i]->release(array->children[i]);
    array->release = NULL;
    buffer_release(array->private_data);
}

/* Views leave as they are; for those who do not read them, offsets and a copy of the text are made. */
static bool is_exported_as_views(Type type, ArrowExportOptions options) {
    return type_layout(type) == LAYOUT_VIEW && !options.text_offsets;
}

/* Descriptor bytes of one column: the struct, its buffer list, and for views the data list and its sizes. */
static size_t column_block_size(const Array *array, ArrowExportOptions options) {
    size_t data_count = is_exported_as_views(array->type, options) ? array->data_count : 0;
    size_t size = sizeof(ExportColumn) + (data_count + 3) * sizeof(void *) + data_count * sizeof(ViewData);
    size_t sizes_size = is_exported_as_views(array->type, options) ? EXPORT_ALIGNMENT + data_count * sizeof(int64_t) : 0;
    return size + sizes_size;
}

typedef struct ExportJob {
    BufferPool *pool;
    Frame *frame; /* a view: memory comes from here, and nothing is retained; NULL: an export */
    const Array *array;
    uint32_t index; /* of the column, for messages */
    ExportColumn *column;
    const void **buffers;
} ExportJob;

static void job_retain(const ExportJob *job, Buffer *buffer) {
    if (job->frame == NULL) buffer_retain(buffer);
}

/* Of buffer 0 or 1. */
static void *export_room(const ExportJob *job, uint32_t index, size_t size) {
    if (job->frame != NULL) return frame_alloc(job->frame, size, NULL);
    Buffer *buffer = buffer_alloc(job->pool, size == 0 ? 1 : size);
    job->column->owners[index] = buffer;
    return buffer == NULL ? NULL : buffer->data;
}

/* Buffer `index` of a column, shared if its address allows. */
static Status export_buffer(const ExportJob *job, uint32_t index, const void *bytes, size_t size, Buffer *owner, Error *err) {
    if ((uintptr_t)bytes % EXPORT_ALIGNMENT != 0) {
        void *copy = export_room(job, index, size);
        TRY_ALLOC(copy);
        job->buffers[index] = memcpy(copy, bytes, size);
        return STATUS_OK;
    }
    job->buffers[index] = bytes;
    job->column->owners[index] = owner;
    job_retain(job, owner);
    return STATUS_OK;
}

static Status export_values(const ExportJob *job, Error *err) {
    const Array *array = job->array;
    bool is_bits = type_layout(array->type) == LAYOUT_BIT;
    size_t size = is_bits ? ((size_t)array->length + 7) / 8 : array->length * type_width(array->type);
    return export_buffer(job, 1, array->values, size, array->values_owner, err);
}

static Status export_intervals(const ExportJob *job, Error *err) {
    const Array *array = job->array;
    Interval *out = export_room(job, 1, array->length * sizeof(*out));
    TRY_ALLOC(out);
    for (uint32_t i = 0; i < array->length; i++) {
        out[i] = array_interval(array)[i];
        int64_t *part = &out[i].microseconds;
        if (__builtin_mul_overflow(*part, 1000, part) && !array_is_null(array, i))
            return error_set(err, STATUS_DATETIME_OUT_OF_RANGE,
                             "the interval in row %u of column %u is too long for Arrow's nanoseconds", i + 1,
                             job->index + 1);
    }
    job->buffers[1] = out;
    return STATUS_OK;
}

static Str exported_text(const Array *array, uint32_t row) {
    if (array_is_null(array, row)) return (Str){0};
    return array->type.id == TYPE_JSONB ? jsonb_array_shown(array, row) : array_text(array, row);
}

/* offsets and bytes in one buffer of ours. */
static Status export_text_offsets(const ExportJob *job, Error *err) {
    const Array *array = job->array;
    size_t total = 0, offsets_size = ((size_t)array->length + 1) * sizeof(int32_t);
    offsets_size = (offsets_size + EXPORT_ALIGNMENT - 1) / EXPORT_ALIGNMENT * EXPORT_ALIGNMENT;
    for (uint32_t i = 0; i < array->length; i++)
        total += exported_text(array, i).size;
    /* Before anything is written: offsets are 32 bits, signed. */
    if (total > INT32_MAX)
        return error_set(err, STATUS_LIMIT,
                         "the texts of column %u pass 2 GiB, which Arrow's utf8 cannot hold", job->index + 1);
    int32_t *offsets = export_room(job, 1, offsets_size + total);
    TRY_ALLOC(offsets);
    char *bytes = (char *)offsets + offsets_size, *at = bytes;
    offsets[0] = 0;
    for (uint32_t i = 0; i < array->length; i++) {
        Str text = exported_text(array, i);
        if (text.size > 0) memcpy(at, text.data, text.size);
        at += text.size;
        offsets[i + 1] = (int32_t)(at - bytes);
    }
    ASSERT((size_t)(at - bytes) == total);
    job->column->array.n_buffers = 3;
    job->buffers[1] = offsets;
    job->buffers[2] = bytes;
    return STATUS_OK;
}

/* The views of JSON values as views of what is shown of them. */
static Status export_shown(const ExportJob *job, Error *err) {
    const Array *array = job->array;
    View *views = export_room(job, 1, array->length * sizeof(*views));
    TRY_ALLOC(views);
    for (uint32_t i = 0; i < array->length; i++)
        views[i] = array_is_null(array, i) ? (View){0} : jsonb_view_shown(array_views(array) + i, array->data);
    job->buffers[1] = views;
    return STATUS_OK;
}

static Status export_views(const ExportJob *job, Error *err) {
    uint32_t data_count = job->array->data_count;
    ViewData *data = (ViewData *)(void *)(job->buffers + data_count + 3);
    uintptr_t end = (uintptr_t)(data + data_count);
    int64_t *sizes = (int64_t *)((end + EXPORT_ALIGNMENT - 1) / EXPORT_ALIGNMENT * EXPORT_ALIGNMENT);
    TRY(jsonb_array_has_zeros(job->array) ? export_shown(job, err) : export_values(job, err));
    for (uint32_t i = 0; i < data_count; i++) {
        data[i] = job->array->data[i];
        sizes[i] = (int64_t)data[i].size;
        job->buffers[2 + i] = data[i].bytes;
        job_retain(job, data[i].owner);
    }
    job->buffers[2 + data_count] = sizes;
    job->column->data = data;
    job->column->data_count = data_count;
    job->column->array.n_buffers = 3 + (int64_t)data_count;
    return STATUS_OK;
}

/* On failure the column is as it may be released. */
static Status export_column(const ExportJob *job, Buffer *block, ArrowExportOptions options, Error *err) {
    const Array *array = job->array;
    *job->column = (ExportColumn){.block = block};
    job_retain(job, block);
    job->column->array = (struct ArrowArray){
        .length = array->length,
        .null_count = (int64_t)array_null_count(array),
        .n_buffers = 2,
        .buffers = job->buffers,
        .release = job->frame != NULL ? release_nothing : release_column,
        .private_data = job->column,
    };
    TRY(export_buffer(job, 0, array->validity, ((size_t)array->length + 7) / 8, array->validity_owner, err));
    if (array->type.id == TYPE_INTERVAL) return export_intervals(job, err);
    if (type_layout(array->type) == LAYOUT_VIEW && options.text_offsets) return export_text_offsets(job, err);
    return type_layout(array->type) == LAYOUT_VIEW ? export_views(job, err) : export_values(job, err);
}

/* Weights that are all 1. */
static Status export_ones(BufferPool *pool, Frame *frame, uint32_t row_count, Array *out, Error *err) {
    DEBUG_ASSERT(pool != NULL);
    size_t size = row_count == 0 ? 1 : row_count * sizeof(int64_t);
    Buffer *buffer = frame == NULL ? buffer_alloc(pool, size) : NULL;
    void *memory = buffer != NULL ? buffer->data : NULL;
    if (frame != NULL) memory = frame_alloc(frame, size, NULL);
    TRY_ALLOC(memory);
    int64_t *ones = memory;
    /* Made only when asked for: a batch without weights is one of additions. */
    for (uint32_t i = 0; i < row_count; i++) ones[i] = 1;
    out->values = ones;
    out->values_owner = buffer;
    return STATUS_OK;
}

/* The weights as an array; an export's holds a reference of its own. */
static Status weight_array(BufferPool *pool, Frame *frame, const Batch *batch, Array *out, Error *err) {
    *out = (Array){.type = type_of(TYPE_BIGINT), .length = batch->row_count};
    if (batch->meta[META_WEIGHT] == NULL) return export_ones(pool, frame, batch->row_count, out, err);
    out->values = batch->meta[META_WEIGHT];
    out->values_owner = batch->meta_owner[META_WEIGHT];
    if (frame == NULL) buffer_retain(out->values_owner);
    return STATUS_OK;
}

/* `frame` NULL: an export in a block of its own. */
static Status export_columns(BufferPool *pool, Frame *frame, const Array *const *arrays, size_t count,
                             ArrowExportOptions options, struct ArrowArray *out, Error *err) {
    size_t size = count * sizeof(struct ArrowArray *) + sizeof(void *);
    for (size_t i = 0; i < count; i++) size += column_block_size(arrays[i], options);
    Buffer *block = frame == NULL ? buffer_alloc(pool, size) : NULL;
    char *memory = frame == NULL ? (block == NULL ? NULL : block->data) : frame_alloc(frame, size, NULL);
    TRY_ALLOC(memory);
    const void **batch_buffers = (const void **)(void *)memory;
    batch_buffers[0] = NULL;
    struct ArrowArray **children = (struct ArrowArray **)(void *)(batch_buffers + 1);
    char *at = (char *)(children + count);
    *out = (struct ArrowArray){
        .n_buffers = 1,
        .buffers = batch_buffers,
        .children = children,
        .release = frame != NULL ? release_nothing : release_batch,
        .private_data = block,
    };
    for (size_t i = 0; i < count; i++) {
        ExportColumn *column = (ExportColumn *)(void *)at;
        ExportJob job = {pool, frame, arrays[i], (uint32_t)i, column, (const void **)(void *)(column + 1)};
        /* Counted as it is made, so that a release after a failure sees only what exists. */
        children[out->n_children++] = &column->array;
        Status status = export_column(&job, block, options, err);
        if (status != STATUS_OK) {
            out->release(out);
            return status;
        }
        at += column_block_size(arrays[i], options);
    }
    return STATUS_OK;
}

static Status export_rows(BufferPool *pool, Frame *frame, const Batch *batch, ArrowExportOptions options,
                          struct ArrowArray *out, Error *err) {
    const Array *arrays[SCHEMA_COLUMN_COUNT_MAX + 1];
    Array weights = {0};
    ASSERT(batch->column_count <= SCHEMA_COLUMN_COUNT_MAX);
    ASSERT(batch->column_count == 0 || batch->columns != NULL);
    for (uint32_t i = 0; i < batch->column_count; i++) arrays[i] = &batch->columns[i];
    if (options.weights) {
        TRY(weight_array(pool, frame, batch, &weights, err));
        arrays[batch->column_count] = &weights;
    }
    Status status =
        export_columns(pool, frame, arrays, batch->column_count + (size_t)options.weights, options, out, err);
    /* The exported column has taken its own reference. */
    if (frame == NULL) buffer_release(weights.values_owner);
    if (status == STATUS_OK) out->length = batch->row_count;
    return status;
}

Status arrow_export_batch(BufferPool *pool, const Batch *batch, ArrowExportOptions options,
                          struct ArrowArray *out, Error *err) {
    return export_rows(pool, NULL, batch, options, out, err);
}

Status arrow_view_batch(Frame *frame, const Batch *batch, ArrowExportOptions options, struct ArrowArray *out,
                        Error *err) {
    return export_rows(frame->pool, frame, batch, options, out, err);
}
