/* SPDX-License-Identifier: Apache-2.0
 * connect/file/file_sink.c - rows to a file or to standard output, as JSON lines or CSV. */
#include "connect/connector_priv.h"
#include "format/csv_write.h"
#include "format/json_write.h"

enum { SINK_BUFFER_SIZE = 64 << 10 }; /* written out when it holds so much */

typedef struct FileSink {
    Sink base;
    Arena arena;
    Schema schema;
    FormatOptions options;
    bool weights;
    IoFile file;
    Text text; /* not written yet */
} FileSink;

static Status sink_check(const OptionTable *table, OptionList options, Error *err) {
    (void)table;
    (void)options;
    (void)err;
    return STATUS_OK;
}

/* What has been gathered, to the file. */
static Status write_out(FileSink *sink, Error *err) {
    if (sink->text.failed) return error_out_of_memory(err);
    if (sink->text.size == 0) return STATUS_OK;
    Status status = io_write(&sink->file, sink->text.data, sink->text.size, err);
    /* Gone also after a failure: how much was written is not known, and writing it twice would be worse. */
    text_reset(&sink->text);
    return status;
}

static Status file_write(Sink *base, const Batch *batch, Error *err) {
    FileSink *sink = (FileSink *)base;
    ASSERT(batch->column_count == sink->schema.count);
    for (uint32_t row = 0; row < batch->row_count; row++) {
        if (sink->options.format == FORMAT_CSV) {
            csv_write_row(&sink->text, &sink->schema, batch, row, sink->weights, &sink->options);
        } else {
            json_write_row(&sink->text, &sink->schema, batch, row, sink->weights);
            text_append_char(&sink->text, '\n');
        }
        if (sink->text.size >= SINK_BUFFER_SIZE || sink->text.failed) TRY(write_out(sink, err));
    }
    return STATUS_OK;
}

static Status file_flush(Sink *base, Error *err) {
    return write_out((FileSink *)base, err);
}

static Status file_close(Sink *base, Error *err) {
    FileSink *sink = (FileSink *)base;
    Status status = write_out(sink, err);
    Error late;
    /* The first failure is the one to tell: what follows is often its consequence. */
    Status closed = io_close(&sink->file, status == STATUS_OK ? err : &late);
    text_deinit(&sink->text);
    arena_deinit(&sink->arena);
    memory_free(base->memory, sink, sizeof(*sink));
    return status == STATUS_OK ? closed : status;
}

/* '-' is standard output, which closing leaves open. */
static Status open_path(FileSink *sink, const SinkConfig *config, Str path, Error *err) {
    if (str_equal(path, STR("-"))) {
        io_stdout(config->io, &sink->file);
        return STATUS_OK;
    }
    OptionTable table = connector_options(config->connector, CONNECTOR_SINK);
    bool append = option_bool(&table, config->options, "append");
    path = str_copy(&sink->arena, path);
    TRY_ALLOC(path.data);
    return io_open(config->io, path, append ? IO_OPEN_APPEND : IO_OPEN_TRUNCATE, &sink->file, err);
}

/* The header belongs at the top of a file. */
static Status write_header(FileSink *sink, Error *err) {
    if (sink->options.format != FORMAT_CSV || !sink->options.header) return STATUS_OK;
    IoStat stat;
    TRY(io_file_stat(&sink->file, &stat, err));
    ASSERT(sink->text.size == 0); /* nothing before the header */
    if (stat.kind == IO_KIND_FILE && stat.size > 0 && sink->file.owned) return STATUS_OK;
    /* Appending to a file that has rows: it has its header. */
    csv_write_header(&sink->text, &sink->schema, sink->weights, &sink->options);
    return STATUS_OK;
}

static Status file_init(FileSink *sink, const SinkConfig *config, Str path, Error *err) {
    ASSERT(sink->file.handle < 0);
    sink->weights = config->weights;
    sink->schema = schema_copy(&sink->arena, config->schema);
    if (config->schema->count > 0) TRY_ALLOC(sink->schema.fields);
    TRY(connector_format(config->options, path, &sink->options, err));
    sink->options.null_text = str_copy(&sink->arena, sink->options.null_text);
    TRY_ALLOC(sink->options.null_text.data);
    TRY(open_path(sink, config, path, err));
    return write_header(sink, err);
}

static Status open_sink(const SinkConfig *config, Str path, Sink **out, Error *err) {
    FileSink *sink = memory_alloc_zeroed(config->memory, sizeof(*sink));
    TRY_ALLOC(sink);
    sink_init(&sink->base, config);
    arena_init(&sink->arena, config->memory);
    text_init(&sink->text, config->memory);
    sink->file.handle = -1;
    Status status = file_init(sink, config, path, err);
    if (status != STATUS_OK) {
        Error late;
        text_reset(&sink->text);
        (void)file_close(&sink->base, &late);
        return status;
    }
    *out = &sink->base;
    return STATUS_OK;
}

static Status file_open(const SinkConfig *config, Sink **out, Error *err) {
    OptionTable table = connector_options(config->connector, CONNECTOR_SINK);
    return open_sink(config, option_text(&table, config->options, "path"), out, err);
}

static Status stdout_open(const SinkConfig *config, Sink **out, Error *err) {
    return open_sink(config, STR("-"), out, err);
}

const SinkCalls file_sink_calls = {
    .check = sink_check,
    .open = file_open,
    .write = file_write,
    .flush = file_flush,
    .close = file_close,
};

const SinkCalls stdout_sink_calls = {
    .check = sink_check,
    .open = stdout_open,
    .write = file_write,
    .flush = file_flush,
    .close = file_close,
};
