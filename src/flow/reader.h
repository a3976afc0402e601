/* SPDX-License-Identifier: Apache-2.0
 * flow/reader.h - a source with a connector: opened at its first read, read batch by batch.
 *
 * It turns what a connector says into what a flow needs: an end, a wait, dead letters reported once, rows of the future taken out.
 *
 *     reader_init(&reader, relation, &config, &events, &reported);
 *     TRY(reader_read(&reader, &frame, BATCH_ROW_COUNT_MAX, now_us, &read, err));       until reader.is_ended
 *     if (read.is_waiting) ... wait for reader.wait_file, at most until reader.wait_until_ns ...
 *
 * Owner: the caller's storage; the source it opens is its own, closed at the end or by reader_deinit.
 * Threads: one worker. */
#ifndef WEIR_FLOW_READER_H
#define WEIR_FLOW_READER_H

#include "connect/connector.h"
#include "flow/input.h"
#include "flow/reported.h"

/* What reading reports besides rows; `relation` names the source. */
typedef struct ReaderEvents {
    void *context;
    Status (*dead_letter)(void *context, const Relation *relation, Str partition, const DeadLetter *letter,
                          Error *err);
    void (*warning)(void *context, const Relation *relation, Str message);
} ReaderEvents;

/* One reading of a source, from its start. A source may be read several times at once; `config` and `reported` are
 * shared, all else is the reader's own. */
typedef struct Reader {
    const Relation *relation;
    SourceConfig config; /* what it points to belongs to the relation */
    Source *source;      /* NULL: not opened yet, or closed at the end */
    bool is_once;        /* standard input: cannot be opened again */
    bool is_started;
    bool is_ended;
    bool has_present;        /* its source holds a certain number of rows at any moment */
    bool seeks_present;      /* rows are read that were there at reader_seek_present */
    bool is_present_noted;   /* the source knows which */
    IoFile *wait_file; /* of the last read: what to wait for */
    int64_t wait_until_ns;
    int64_t max_future_us; /* rows beyond clock + this are dead letters; 0: off. Bounded sources: 0 */
    bool is_bounded;
    ReaderEvents events;
    Reported *reported; /* of all reads of the source; NULL: letters are not reported at all */
    uint64_t letter_count;
    bool stops;    /* at the first record that cannot be used (ON_ERROR_STOP) */
    Error failure; /* why it has stopped; status OK: it has not */
} Reader;

/* `reported`: what reads of this source have reported so far; NULL: this one reports nothing. */
void reader_init(Reader *reader, const Relation *relation, const SourceConfig *config,
                 const ReaderEvents *events, Reported *reported);
void reader_deinit(Reader *reader);

/* seeks_present is true from now on until what is there now has been read. */
static inline void reader_seek_present(Reader *reader) {
    reader->seeks_present = reader->has_present && !reader->is_ended;
    reader->is_present_noted = false;
}

/* One read of at most row_count_max rows, without waiting. *batch may have no row; it lives in `frame`. Dead
 * letters have been reported; a reader that stops gives the rows before the first and sets `failure`: it may not
 * be read again. *partition is the batch's; *partition_ended: it will give no more. At the end
 * `is_ended` is set. Errors: what source_open and source_read give (IO, BAD_OPTION ..), OUT_OF_MEMORY. */
typedef struct ReaderBatch {
    Batch batch;
    uint32_t partition;
    bool partition_ended;
    bool is_waiting; /* nothing more for now */
} ReaderBatch;
NODISCARD Status reader_read(Reader *reader, Frame *frame, uint32_t row_count_max, int64_t now_us,
                             ReaderBatch *out, Error *err);

/* Takes rows whose event time is beyond clock + max_future_us (0: off) out of the batch: dead letters that
 * move no watermark. `failure` not NULL: the first of them ends the batch instead, and is told in *failure. */
NODISCARD Status reader_drop_future(const Relation *relation, int64_t max_future_us,
                                    const ReaderEvents *events, Frame *frame, int64_t now_us, Str partition,
                                    Error *failure, Batch *batch, Error *err);

/* Partitions that are known by now, read or not; 0 before the first read and after the last: the source is closed then. */
uint32_t reader_partition_count(const Reader *reader);

#endif
