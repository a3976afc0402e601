/* SPDX-License-Identifier: Apache-2.0
 * connect/connector.h - sources and sinks: rows from outside, rows to outside.
 *
 * A connector is a row in connector.def; what it can be told is in option.def. Connectors know schemas, bytes
 * and batches, not the graph: they are asked for rows and given rows.
 *
 *     const Connector *connector;
 *     TRY(connector_find(STR("file"), CONNECTOR_SOURCE, position, &connector, err));
 *     TRY(connector_check(connector, CONNECTOR_SOURCE, options, NULL, err));   when the statement is bound
 *
 *     TRY(source_open(&(SourceConfig){connector, options, &schema, io, pool, memory}, &source, err));
 *     while (!ended) {
 *         TRY(source_read(source, &frame, BATCH_ROW_COUNT_MAX, timeout_ns, &read, err));
 *         use(&read.batch, read.dead_letters);
 *         ended = read.state == SOURCE_ENDED;
 *         frame_reset(&frame);
 *     }
 *     source_close(source);
 *
 * Owner:   what a read gives lives as long as the frame it was given; buffers in it may be retained. Names
 * and option texts are copied at the open. The pool and memory must outlive the source. Threads: a source or
 * sink belongs to one thread at a time; a Connector is constant. */
#ifndef WEIR_CONNECT_CONNECTOR_H
#define WEIR_CONNECT_CONNECTOR_H

#include "column/batch.h"
#include "format/decoder.h"
#include "io/io.h"

/* ---- what exists -------------------------------------------------------------------------------------- */

/* Bits, so that a connector may have both. */
typedef enum ConnectorUse {
    CONNECTOR_SOURCE = 1,
    CONNECTOR_SINK = 2,
} ConnectorUse;

/* One row of connector.def. Connectors are compared by address. */
typedef struct Connector {
    const char *name;
    const char *summary; /* one line */
    unsigned uses;       /* ConnectorUse, or-ed */
    bool has_format;     /* takes `format` and that format's options */
} Connector;

/* All of them, for help, docs and completion. */
extern const Connector connectors[];
extern const uint32_t connector_count;

/* Without regard to case; else UNDEFINED_OBJECT at `position`. The hint names the nearest that has the use,
 * or all that have it. */
NODISCARD Status connector_find(Str name, ConnectorUse use, int64_t position, const Connector **out,
                                Error *err);

/* The options of a use, an empty table when the connector has none or not that use; a key 'connector' is not
 * among them, nor are those of formats. Static storage. */
OptionTable connector_options(const Connector *connector, ConnectorUse use);

/* Whether the connector can be used so, and every option is known, of its kind and consistent: the
 * connector's own, 'connector', 'format' and those of that format, and those of `more`, a table of the
 * caller's (on_error, idle_timeout ...; may be NULL). Errors carry the option's position and a "did you
 * mean". Opens nothing: a file that is missing is found by source_open. Statuses: WRONG_OBJECT_TYPE for the
 * use, UNDEFINED_OBJECT for an option or format, INVALID_OPTION for a value. */
NODISCARD Status connector_check(const Connector *connector, ConnectorUse use, OptionList options,
                                 const OptionTable *more, Error *err);

/* Whether a source with these (checked) options has an end. */
bool connector_is_bounded(const Connector *connector, OptionList options);

/* Whether a source without an end holds a certain number of rows at any moment, that can be read up to: a file that is followed. A generator
 * makes rows as they are asked for. */
bool connector_has_present(const Connector *connector, OptionList options);

/* Whether it can be read again from the start, by what the options say: files and generators with a fixed
 * start can, standard input and a generator that starts 'now' cannot. A file may still have changed
 * meanwhile. */
bool connector_is_replayable(const Connector *connector, OptionList options);

/* The file, or the pattern of files, that these (checked) options name; empty: none, or a standard stream. */
Str connector_path(const Connector *connector, OptionList options);

/* Whether these (checked) options name standard input, which can be read only once. */
bool connector_is_stdin(const Connector *connector, OptionList options);

/* Whether a sink with these (checked) options writes to standard output. */
bool connector_is_stdout(const Connector *connector, OptionList options);

/* ---- sources ------------------------------------------------------------------------------------------ */

typedef struct Source Source;

/* The first bytes of an input, read ahead to guess its columns.
 *
 *     SourceHead head;
 *     source_head_init(&head, memory);
 *     do TRY(source_head_read(&head, &file, -1, &is_enough, err));
 *     while (!is_enough);
 *     TRY(infer_schema(text_str(&head.bytes), NULL, arena, &inference, err));    format/infer.h
 *     config.head = &head;                            so that source_open starts with these bytes */
typedef struct SourceHead {
    Text bytes;
    bool is_end; /* there are no more */
} SourceHead;

/* Read by source_open only; what it keeps is copied, but for io, pool and memory. */
typedef struct SourceConfig {
    const Connector *connector;
    OptionList options;   /* checked */
    const Schema *schema; /* declared columns; copied */
    ZoneSource *zones;    /* knows zones by name; NULL: none */
    Io *io;
    BufferPool *pool; /* of the thread that reads */
    Memory *memory;
    const SourceHead *head; /* bytes of the first partition that were read before; NULL: none. Copied */
} SourceConfig;

/* Opens what must exist: FILE_NOT_FOUND (58P01) for a missing file or a pattern that matches none,
 * WRONG_OBJECT_TYPE for a directory, NOT_SUPPORTED for a compressed file or one of another format (by its
 * ending), IO else. Also what only the columns can tell: UNDEFINED_COLUMN, DATATYPE_MISMATCH, INVALID_OPTION
 * with the option's position. */
NODISCARD Status source_open(const SourceConfig *config, Source **out, Error *err);

/* The errors of source_open that options and columns alone tell (UNDEFINED_COLUMN, DATATYPE_MISMATCH, INVALID_OPTION, with the option's
 * position), as far as the connector can tell them without opening anything: for the statement that makes the source. */
NODISCARD Status source_check(const SourceConfig *config, Error *err);

typedef enum SourceState {
    SOURCE_MORE,    /* read again at once */
    SOURCE_WAITING, /* nothing more for now; see wait_file and wait_until_ns */
    SOURCE_ENDED,   /* nothing will ever come */
} SourceState;

/* What one read gave. Valid until the frame's reset; partition_name as long as the source. */
typedef struct SourceRead {
    SourceState state;
    Batch batch;          /* rows of one partition, in its order; row_count 0: none. META_POSITION is
                             partition << POSITION_RECORD_BITS | record, larger with each row */
    uint32_t partition;   /* whose rows and dead letters these are, from 0 */
    Str partition_name;   /* path of the file, "stdin", "generator" */
    bool partition_ended; /* these were its last: its watermark may go to the end of time */
    bool has_present;     /* all that was there at source_note_present has been given by now */
    const DeadLetter *dead_letters;
    uint32_t dead_letter_count;
    const Str *warnings; /* for the user, one line each; most come once, with the first rows */
    uint32_t warning_count;
    IoFile *wait_file;     /* WAITING: becomes ready (io_poll) when there is more; NULL: none to wait for */
    int64_t wait_until_ns; /* WAITING: look again at this monotonic time at the latest; INT64_MAX: none */
} SourceRead;

/* At most `row_count_max` (1 .. BATCH_ROW_COUNT_MAX) rows. Waits only when there is not even one row or dead
 * letter, and at most `timeout_ns` (0: not at all, -1: without limit); never waits to fill a batch, so a pipe
 * answers each line as it comes. Fails when the input cannot be read (IO ...), not for bad records; after a
 * failure only source_close. A signal may end a wait early, with nothing read. */
NODISCARD Status source_read(Source *source, Frame *frame, uint32_t row_count_max, int64_t timeout_ns,
                             SourceRead *out, Error *err);

/* From now on reads tell whether all that is there now has been given (has_present), be there ever so much more by then. For a source of
 * which connector_has_present is true. Fails with IO. */
NODISCARD Status source_note_present(Source *source, Error *err);

/* How many partitions are known by now (files of the glob). A partition not read yet holds no watermark back:
 * files are read one after the other, in the order of their names. */
uint32_t source_partition_count(const Source *source);

/* The name of one that is known, as reads give it. */
Str source_partition_name(const Source *source, uint32_t partition);

/* What has been read: bytes and records, good or bad. */
typedef struct SourceStats {
    uint64_t byte_count;
    uint64_t row_count;
    uint64_t dead_letter_count;
} SourceStats;
SourceStats source_stats(const Source *source);

/* Batches that are kept stay good: their buffers are counted. NULL is fine. */
void source_close(Source *source);

/* Reads the head of an input once, waiting at most so long; *is_enough: it holds what the first read returned
 * and at least one line, or all there is, or INFER_HEAD_SIZE_MAX bytes. */
void source_head_init(SourceHead *head, Memory *memory);
NODISCARD Status source_head_read(SourceHead *head, IoFile *file, int timeout_ms, bool *is_enough,
                                  Error *err);
void source_head_deinit(SourceHead *head);

/* ---- sinks -------------------------------------------------------------------------------------------- */

typedef struct Sink Sink;

/* Read by sink_open only. */
typedef struct SinkConfig {
    const Connector *connector;
    OptionList options;   /* checked */
    const Schema *schema; /* copied */
    bool weights;         /* rows carry a last column __weight */
    Io *io;
    Memory *memory;
} SinkConfig;

/* Creates or empties the file, or keeps what is there with `append`. A file of CSV gets its header here,
 * unless it has rows already. FILE_NOT_FOUND when a directory on its way is missing, TIMEOUT while nobody reads a named
 * pipe, IO else. */
NODISCARD Status sink_open(const SinkConfig *config, Sink **out, Error *err);

/* Takes the rows: they are written, or in the sink's buffer. STATUS_DONE when the reader of a pipe has gone.
 * After another failure it is not known how much has been written; later rows may still be. */
NODISCARD Status sink_write(Sink *sink, const Batch *batch, Error *err);

/* Everything taken has left for the outside (not: is on the device). */
NODISCARD Status sink_flush(Sink *sink, Error *err);

/* Rows taken by sink_write so far, those of a call that failed not counted. */
uint64_t sink_row_count(const Sink *sink);

/* Flushes, then lets go of everything whatever the status. NULL is fine. */
Status sink_close(Sink *sink, Error *err);

#endif
