/* SPDX-License-Identifier: Apache-2.0
 * connect/connector.c - connector.def and option.def as tables, and the calls through them. */
#include "connect/connector_priv.h"

#include <limits.h>

/* ---- tables ---- */

enum { USE_SOURCE = 0, USE_SINK = 1 };

typedef enum ConnectorId {
#define CONNECTOR(name, uses, has_format, summary) CONNECTOR_ID_##name,
#include "connect/connector.def"
#undef CONNECTOR
} ConnectorId;

static const OptionSpec specs[] = {
#define OPTION(connector, use, name, kind, choices, fallback, required, summary) \
    {name, OPTION_##kind, choices, fallback, required, summary},
#include "connect/option.def"
#undef OPTION
};

/* Whose row of option.def is whose: connector * 2 + use. */
static const uint8_t spec_owners[] = {
#define OPTION(connector, use, name, kind, choices, fallback, required, summary) \
    CONNECTOR_ID_##connector * 2 + USE_##use,
#include "connect/option.def"
#undef OPTION
};

STATIC_ASSERT(sizeof(specs) / sizeof(specs[0]) == sizeof(spec_owners) / sizeof(spec_owners[0]),
              "each option has an owner");
enum { SPEC_COUNT = sizeof(specs) / sizeof(specs[0]) };

#define SOURCE CONNECTOR_SOURCE
#define SINK   CONNECTOR_SINK
const Connector connectors[] = {
#define CONNECTOR(connector_name, connector_uses, connector_has_format, connector_summary) \
    {.name = #connector_name,                                                              \
     .summary = connector_summary,                                                         \
     .uses = connector_uses,                                                               \
     .has_format = connector_has_format},
#include "connect/connector.def"
#undef CONNECTOR
};
#undef SOURCE
#undef SINK

const uint32_t connector_count = sizeof(connectors) / sizeof(connectors[0]);

/* By ConnectorId; NULL where a connector has not that use. */
static const SourceCalls *const source_calls[] = {
    [CONNECTOR_ID_file] = &file_source_calls,
    [CONNECTOR_ID_generator] = &generator_source_calls,
    [CONNECTOR_ID_stdout] = NULL,
    [CONNECTOR_ID_blackhole] = NULL,
};
static const SinkCalls *const sink_calls[] = {
    [CONNECTOR_ID_file] = &file_sink_calls,
    [CONNECTOR_ID_generator] = NULL,
    [CONNECTOR_ID_stdout] = &stdout_sink_calls,
    [CONNECTOR_ID_blackhole] = &blackhole_sink_calls,
};

STATIC_ASSERT(sizeof(source_calls) / sizeof(source_calls[0]) == sizeof(connectors) / sizeof(connectors[0]) &&
                  sizeof(sink_calls) / sizeof(sink_calls[0]) == sizeof(connectors) / sizeof(connectors[0]),
              "each connector says what it can do");
/* Of a connector that has the use: connector_check, or the statement's binder, has said so before. */
static const SourceCalls *source_calls_of(const Connector *connector) {
    ASSERT(connector >= connectors && connector < connectors + connector_count);
    const SourceCalls *calls = source_calls[connector - connectors];
    ASSERT(calls != NULL);
    return calls;
}

static const SinkCalls *sink_calls_of(const Connector *connector) {
    ASSERT(connector >= connectors && connector < connectors + connector_count);
    const SinkCalls *calls = sink_calls[connector - connectors];
    ASSERT(calls != NULL);
    return calls;
}

OptionTable connector_options(const Connector *connector, ConnectorUse use) {
    ASSERT(connector >= connectors && connector < connectors + connector_count);
    ASSERT(use == CONNECTOR_SOURCE || use == CONNECTOR_SINK);
    uint8_t owner = (uint8_t)((connector - connectors) * 2 + (use == CONNECTOR_SINK ? USE_SINK : USE_SOURCE));
    uint32_t first = 0, last;
    while (first < SPEC_COUNT && spec_owners[first] != owner) first++;
    for (last = first; last < SPEC_COUNT && spec_owners[last] == owner;) last++;
    for (uint32_t i = last; i < SPEC_COUNT; i++) ASSERT(spec_owners[i] != owner); /* one run of rows */
    return (OptionTable){specs + first, last - first};
}

/* "Connectors of sources are 'file' and 'generator'." */
static Status hint_usable(ConnectorUse use, Error *err) {
    char names[ERROR_MESSAGE_SIZE_MAX];
    size_t size = 0;
    uint32_t left = 0;
    for (uint32_t i = 0; i < connector_count; i++) left += (connectors[i].uses & use) != 0;
    for (uint32_t i = 0; i < connector_count; i++) {
        if (!(connectors[i].uses & use)) continue;
        const char *before = size == 0 ? "" : left == 1 ? " and " : ", ";
        size += text_format(names + size, sizeof(names) - size, "%s'%s'", before, connectors[i].name);
        left--;
    }
    return error_add_hint(err, "Connectors of %s are %.*s.", use == CONNECTOR_SOURCE ? "sources" : "sinks",
                          (int)size, names);
}

Status connector_find(Str name, ConnectorUse use, int64_t position, const Connector **out, Error *err) {
    Str best = {0};
    int distance = INT_MAX;
    for (uint32_t i = 0; i < connector_count; i++) {
        Str candidate = str_from_c(connectors[i].name);
        if (str_equal_ignore_case(candidate, name)) {
            *out = &connectors[i];
            return STATUS_OK;
        }
        if (connectors[i].uses & use) str_suggest(name, candidate, &best, &distance);
    }
    error_set_at(err, STATUS_UNDEFINED_OBJECT, position, "there is no connector \"%.*s\"", STR_ARGS(name));
    if (best.size > 0) return error_add_hint(err, "Did you mean '%.*s'?", STR_ARGS(best));
    return hint_usable(use, err);
}

/* ---- checks ---- */

/* By its ending alone: bytes are looked at only where columns are guessed (format/infer.h). */
static FormatId format_of_path(Str path) {
    bool is_csv = str_ends_with_ignore_case(path, STR(".csv")) || str_ends_with_ignore_case(path, STR(".tsv"));
    return is_csv ? FORMAT_CSV : FORMAT_JSON;
}

/* Endings of what is neither JSON nor CSV, and what takes off and puts on a packing. */
static const struct {
    const char *ending, *unpacker, *packer;
} foreign_endings[] = {
    {".gz", "zcat", "gzip"},    {".zst", "zstdcat", "zstd"},  {".bz2", "bzcat", "bzip2"}, {".xz", "xzcat", "xz"},
    {".lz4", "lz4cat", "lz4"},  {".zip", "unzip -p", "zip"},  {".parquet", NULL, NULL},   {".avro", NULL, NULL},
    {".arrow", NULL, NULL},     {".feather", NULL, NULL},     {".orc", NULL, NULL},       {".xlsx", NULL, NULL},
};

Status connector_check_ending(Str path, ConnectorUse use, bool has_format, Error *err) {
    const char *packer = NULL, *unpacker = NULL, *ending = NULL;
    for (size_t i = 0; i < sizeof(foreign_endings) / sizeof(foreign_endings[0]); i++) {
        if (!str_ends_with_ignore_case(path, str_from_c(foreign_endings[i].ending))) continue;
        ending = foreign_endings[i].ending;
        unpacker = foreign_endings[i].unpacker;
        packer = foreign_endings[i].packer;
    }
    bool is_source = use == CONNECTOR_SOURCE;
    if (ending == NULL || (has_format && !(is_source && unpacker != NULL))) return STATUS_OK;
    Status status = is_source ? STATUS_INPUT_NOT_SUPPORTED : STATUS_NOT_SUPPORTED;
    if (unpacker != NULL)
        error_set(err, status, "\"%.*s\": compressed files are not supported yet", STR_ARGS(path));
    else
        error_set(err, status, "\"%.*s\": files are %s as JSON or CSV, %s is not supported yet", STR_ARGS(path), is_source ? "read" : "written", ending);
    if (unpacker == NULL) return error_add_hint(err, "With format = 'json' or format = 'csv' the ending does not count.");
    if (is_source) return error_add_hint(err, "Read it from standard input: %s FILE | weir -c \"SELECT .. FROM stdin\".", unpacker);
    return error_add_hint(err, "Write to standard output: weir .. | %s > FILE. With format = 'json' or format = 'csv' the ending does not count.", packer);
}

/* A file that is certainly neither JSON nor CSV is told when the statement is bound, at the path's place. */
static Status check_path(ConnectorUse use, OptionList options, Error *err) {
    const Option *path = option_find(options, STR("path"));
    if (path == NULL || str_equal(path->value, STR("-"))) return STATUS_OK;
    bool has_format = option_find(options, STR("format")) != NULL;
    if (connector_check_ending(path->value, use, has_format, err) == STATUS_OK) return STATUS_OK;
    return error_locate(err, path->position);
}

/* What is said, else what the path ends in, else JSON. */
static Status find_format(OptionList options, FormatId *out, Error *err) {
    const Option *format = option_find(options, STR("format")), *path = option_find(options, STR("path"));
    *out = path == NULL ? FORMAT_JSON : format_of_path(path->value);
    if (format == NULL || format_find(format->value, out)) return STATUS_OK;
    return format_error_unknown(format->value, format->position, err);
}

Status connector_format(OptionList options, Str path, FormatOptions *out, Error *err) {
    FormatId format;
    TRY(find_format(options, &format, err));
    TRY(format_options_read(format, options, out, err));
    if (format == FORMAT_CSV && str_ends_with_ignore_case(path, STR(".tsv")) &&
        option_find(options, STR("delimiter")) == NULL)
        out->delimiter = '\t';
    return STATUS_OK;
}

static Status check_use(const Connector *connector, ConnectorUse use, OptionList options, Error *err) {
    if (connector->uses & use) return STATUS_OK;
    const Option *option = option_find(options, STR("connector"));
    error_set_at(err, STATUS_WRONG_OBJECT_TYPE, option == NULL ? -1 : option->position,
                 "connector \"%s\" is only for %s", connector->name,
                 use == CONNECTOR_SOURCE ? "sinks" : "sources");
    return hint_usable(use, err);
}

/* An option that is unknown because the format is another one: delimiter of what is read as JSON. */
static Status hint_other_format(const OptionTable *tables, uint32_t table_count, OptionList options,
                                Error *err) {
    for (uint32_t i = 0; i < options.count; i++) {
        Str key = options.items[i].key;
        if (option_spec_find(tables, table_count, key) != NULL) continue;
        for (FormatId f = 0; f < FORMAT_COUNT; f++) {
            OptionTable table = format_option_table(f);
            if (option_spec_find(&table, 1, key) != NULL)
                return error_add_hint(err, "It belongs to format '%s': say format = '%s'.", format_name(f),
                                      format_name(f));
        }
        break;
    }
    return err->status;
}

Status connector_check(const Connector *connector, ConnectorUse use, OptionList options,
                       const OptionTable *more, Error *err) {
    static const OptionSpec connector_spec = {"connector", OPTION_TEXT, NULL, NULL, false, "which connector"};
    TRY(check_use(connector, use, options, err));
    /* The connector's, its format's, the caller's, and 'connector' itself. */
    OptionTable tables[4] = {connector_options(connector, use)};
    uint32_t table_count = 1;
    if (connector->has_format) {
        FormatId format;
        TRY(find_format(options, &format, err));
        tables[table_count++] = format_option_table(format);
    }
    /* The caller's own come last: a connector's option of the same name goes first. */
    if (more != NULL) tables[table_count++] = *more;
    if (more == NULL || option_spec_find(more, 1, STR("connector")) == NULL)
        tables[table_count++] = (OptionTable){&connector_spec, 1};
    ASSERT(table_count <= sizeof(tables) / sizeof(tables[0]));
    char whose[64];
    size_t size = text_format(whose, sizeof(whose), "connector \"%s\"", connector->name);
    Status status = option_check(tables, table_count, str_from(whose, size), options, err);
    /* The format's options are known by now: what is left over may be one of another format. */
    if (status != STATUS_OK) {
        if (!connector->has_format || status != STATUS_UNDEFINED_OBJECT) return status;
        return hint_other_format(tables, table_count, options, err);
    }
    FormatOptions ignored;
    if (connector->has_format) {
        TRY(connector_format(options, STR(""), &ignored, err));
        TRY(check_path(use, options, err));
    }
    return use == CONNECTOR_SOURCE ? source_calls_of(connector)->check(&tables[0], options, err)
                                   : sink_calls_of(connector)->check(&tables[0], options, err);
}

bool connector_has_present(const Connector *connector, OptionList options) {
    OptionTable table = connector_options(connector, CONNECTOR_SOURCE);
    return source_calls_of(connector)->has_present(&table, options);
}

bool connector_is_bounded(const Connector *connector, OptionList options) {
    OptionTable table = connector_options(connector, CONNECTOR_SOURCE);
    return source_calls_of(connector)->is_bounded(&table, options);
}

Str connector_path(const Connector *connector, OptionList options) {
    const Option *path = option_find(options, STR("path"));
    bool is_file = connector == &connectors[CONNECTOR_ID_file] && path != NULL;
    return is_file && !str_equal(path->value, STR("-")) ? path->value : (Str){0};
}

bool connector_is_stdin(const Connector *connector, OptionList options) {
    const Option *path = option_find(options, STR("path"));
    return connector == &connectors[CONNECTOR_ID_file] && path != NULL && str_equal(path->value, STR("-"));
}

bool connector_is_stdout(const Connector *connector, OptionList options) {
    const Option *path = option_find(options, STR("path"));
    bool is_file = connector == &connectors[CONNECTOR_ID_file] && path != NULL && str_equal(path->value, STR("-"));
    return is_file || connector == &connectors[CONNECTOR_ID_stdout];
}

bool connector_is_replayable(const Connector *connector, OptionList options) {
    ASSERT((connector->uses & CONNECTOR_SOURCE) != 0);
    const Option *start = option_find(options, STR("start"));
    if (start != NULL && str_equal_ignore_case(start->value, STR("now"))) return false;
    return !connector_is_stdin(connector, options);
}

/* ---- sources ---- */

void source_init(Source *source, const SourceConfig *config) {
    ASSERT(config->io != NULL && config->pool != NULL && config->memory != NULL);
    source->connector = config->connector;
    source->io = config->io;
    source->pool = config->pool;
    source->memory = config->memory;
}

Status source_open(const SourceConfig *config, Source **out, Error *err) {
    ASSERT(config->schema != NULL);
    ASSERT((config->connector->uses & CONNECTOR_SOURCE) != 0); /* connector_check has said so */
    return source_calls_of(config->connector)->open(config, out, err);
}

Status source_check(const SourceConfig *config, Error *err) {
    ASSERT(config->schema != NULL);
    return source_calls_of(config->connector)->check_columns(config, err);
}

Status source_read(Source *source, Frame *frame, uint32_t row_count_max, int64_t timeout_ns, SourceRead *out,
                   Error *err) {
    ASSERT(row_count_max > 0);
    ASSERT(row_count_max <= BATCH_ROW_COUNT_MAX);
    *out = (SourceRead){.wait_until_ns = INT64_MAX};
    TRY(source_calls_of(source->connector)->read(source, frame, row_count_max, timeout_ns, out, err));
    ASSERT(out->batch.row_count <= row_count_max);
    ASSERT(out->dead_letter_count == 0 || out->dead_letters != NULL);
    ASSERT(out->warning_count == 0 || out->warnings != NULL);
    ASSERT(out->partition_name.data != NULL || out->batch.row_count == 0);
    if (out->state == SOURCE_ENDED) ASSERT(out->wait_file == NULL);
    out->has_present |= out->state != SOURCE_MORE;
    source->stats.row_count += out->batch.row_count;
    source->stats.dead_letter_count += out->dead_letter_count;
    return STATUS_OK;
}

Status source_note_present(Source *source, Error *err) {
    ASSERT(source != NULL);
    return source_calls_of(source->connector)->note_present(source, err);
}

uint32_t source_partition_count(const Source *source) {
    return source_calls_of(source->connector)->partition_count(source);
}

Str source_partition_name(const Source *source, uint32_t partition) {
    ASSERT(partition < source_partition_count(source));
    return source_calls_of(source->connector)->partition_name(source, partition);
}

SourceStats source_stats(const Source *source) {
    return source->stats;
}

void source_close(Source *source) {
    if (source != NULL) source_calls_of(source->connector)->close(source);
}

/* ---- sinks ---- */

void sink_init(Sink *sink, const SinkConfig *config) {
    ASSERT(config->memory != NULL);
    ASSERT(config->io != NULL);
    sink->connector = config->connector;
    sink->memory = config->memory;
}

Status sink_open(const SinkConfig *config, Sink **out, Error *err) {
    ASSERT(config->schema != NULL);
    ASSERT((config->connector->uses & CONNECTOR_SINK) != 0);
    return sink_calls_of(config->connector)->open(config, out, err);
}

Status sink_write(Sink *sink, const Batch *batch, Error *err) {
    ASSERT(batch->row_count == 0 || batch->columns != NULL || batch->column_count == 0);
    TRY(sink_calls_of(sink->connector)->write(sink, batch, err));
    sink->row_count += batch->row_count;
    return STATUS_OK;
}

Status sink_flush(Sink *sink, Error *err) {
    return sink_calls_of(sink->connector)->flush(sink, err);
}

uint64_t sink_row_count(const Sink *sink) {
    return sink->row_count;
}

Status sink_close(Sink *sink, Error *err) {
    return sink == NULL ? STATUS_OK : sink_calls_of(sink->connector)->close(sink, err);
}
