/* SPDX-License-Identifier: Apache-2.0
 * connect/connector_priv.h - what a connector implements.
 *
 * A source or sink of one kind begins with the common part below, so that a Source * is the common part of
 * all.
 *
 * What the common calls of connector.c see to, and an implementation need not: `out` of a read is emptied
 * before, with wait_until_ns at INT64_MAX; options have passed connector_check; rows and dead letters are
 * counted. `byte_count` is the implementation's to keep. */
#ifndef WEIR_CONNECT_CONNECTOR_PRIV_H
#define WEIR_CONNECT_CONNECTOR_PRIV_H

#include "connect/connector.h"

/* The common part; the first member of each kind. */
struct Source {
    const Connector *connector;
    Io *io;
    BufferPool *pool;
    Memory *memory;
    SourceStats stats; /* rows and dead letters: kept by source_read; bytes: by the kind */
};

/* `open` fills *out with the whole object, its common part too (source_init), or leaves nothing behind.
 * `check` tests what the option tables cannot, `check_columns` what options say of columns. No member is NULL. */
typedef struct SourceCalls {
    Status (*check)(const OptionTable *table, OptionList options, Error *err);
    bool (*is_bounded)(const OptionTable *table, OptionList options);  /* connector_is_bounded */
    bool (*has_present)(const OptionTable *table, OptionList options); /* connector_has_present */
    Status (*check_columns)(const SourceConfig *config, Error *err);
    Status (*open)(const SourceConfig *config, Source **out, Error *err);
    Status (*read)(Source *source, Frame *frame, uint32_t row_count_max, int64_t timeout_ns, SourceRead *out,
                   Error *err);
    Status (*note_present)(Source *source, Error *err);
    uint32_t (*partition_count)(const Source *source);
    Str (*partition_name)(const Source *source, uint32_t partition);
    void (*close)(Source *source);
} SourceCalls;

/* As Source is for sources. */
struct Sink {
    const Connector *connector;
    Memory *memory;
    uint64_t row_count; /* kept by sink_write */
};

/* As SourceCalls; `close` frees the object whatever its status. No member is NULL. */
typedef struct SinkCalls {
    Status (*check)(const OptionTable *table, OptionList options, Error *err);
    Status (*open)(const SinkConfig *config, Sink **out, Error *err);
    Status (*write)(Sink *sink, const Batch *batch, Error *err);
    Status (*flush)(Sink *sink, Error *err);
    Status (*close)(Sink *sink, Error *err); /* flushes first */
} SinkCalls;

/* Fill the common part. */
void source_init(Source *source, const SourceConfig *config);
void sink_init(Sink *sink, const SinkConfig *config);

/* Format of `options`, else by the ending of `path`, else JSON; and its options. */
NODISCARD Status connector_format(OptionList options, Str path, FormatOptions *out, Error *err);

/* Refuses a path whose ending promises what is neither JSON nor CSV; where a format is said only sources that are
 * packed: their bytes would be one bad record. */
NODISCARD Status connector_check_ending(Str path, ConnectorUse use, bool has_format, Error *err);

extern const SourceCalls file_source_calls, generator_source_calls;
extern const SinkCalls file_sink_calls, stdout_sink_calls, blackhole_sink_calls;

#endif
