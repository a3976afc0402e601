/* SPDX-License-Identifier: Apache-2.0
 * flow/reader.c - one read of a source, its dead letters reported. */
#include "flow/reader.h"

void reader_init(Reader *reader, const Relation *relation, const SourceConfig *config,
                 const ReaderEvents *events, Reported *reported) {
    *reader = (Reader){.relation = relation,
                       .config = *config,
                       .events = *events,
                       .reported = reported,
                       .is_once = connector_is_stdin(config->connector, config->options),
                       .is_bounded = connector_is_bounded(config->connector, config->options)};
}

void reader_deinit(Reader *reader) {
    source_close(reader->source);
    reader->source = NULL;
}

uint32_t reader_partition_count(const Reader *reader) {
    return reader->source == NULL ? 0 : source_partition_count(reader->source);
}

static Status reader_open(Reader *reader, Error *err) {
    if (reader->source != NULL) return STATUS_OK;
    reader->is_started = true;
    return source_open(&reader->config, &reader->source, err);
}

static Status report_future(const Relation *relation, const ReaderEvents *events, Str partition,
                            const Batch *batch, uint32_t row, Error *err) {
    const int64_t *positions = batch->meta[META_POSITION];
    DeadLetter letter = {
        .record = positions == NULL ? -1 : positions[row] & ((INT64_C(1) << POSITION_RECORD_BITS) - 1),
        .byte_offset = -1,
        .status = STATUS_FUTURE_TIME,
        .reason = STR("the event time is beyond clock + max_future")};
    return events->dead_letter(events->context, relation, partition, &letter, err);
}

Status reader_drop_future(const Relation *relation, int64_t max_future_us, const ReaderEvents *events,
                          Frame *frame, int64_t now_us, Str partition, Batch *batch, Error *err) {
    int32_t column = relation->time_column;
    if (max_future_us <= 0 || column < 0 || batch->row_count == 0) return STATUS_OK;
    const Array *times = &batch->columns[column];
    if (times->type.id == TYPE_DATE) return STATUS_OK;
    uint32_t *rows = frame_alloc(frame, batch->row_count * sizeof(uint32_t), NULL), count = 0;
    TRY_ALLOC(rows);
    for (uint32_t row = 0; row < batch->row_count; row++) {
        bool future = !array_is_null(times, row) && array_i64(times)[row] > now_us + max_future_us;
        if (!future) {
            rows[count++] = row;
            continue;
        }
        TRY(report_future(relation, events, partition, batch, row, err));
    }
    if (count == batch->row_count) return STATUS_OK;
    Batch kept;
    TRY(batch_gather(batch, frame, rows, count, &kept, err));
    *batch = kept;
    return STATUS_OK;
}

static Status report_letters(Reader *reader, const SourceRead *read, Error *err) {
    const ReaderEvents *events = &reader->events;
    for (uint32_t i = 0; i < read->dead_letter_count && reader->reported != NULL; i++) {
        const DeadLetter *letter = &read->dead_letters[i];
        if (reported_note(reader->reported, reader->letter_count++, read->partition_name, letter))
            TRY(events->dead_letter(events->context, reader->relation, read->partition_name, letter, err));
    }
    return STATUS_OK;
}

Status reader_read(Reader *reader, Frame *frame, uint32_t row_count_max, int64_t now_us, ReaderBatch *out,
                   Error *err) {
    ASSERT(row_count_max > 0 && row_count_max <= BATCH_ROW_COUNT_MAX);
    *out = (ReaderBatch){0};
    TRY(reader_open(reader, err));
    SourceRead read;
    TRY(source_read(reader->source, frame, row_count_max, 0, &read, err));
    for (uint32_t i = 0; i < read.warning_count; i++)
        reader->events.warning(reader->events.context, reader->relation, read.warnings[i]);
    TRY(report_letters(reader, &read, err));
    TRY(reader_drop_future(reader->relation, reader->max_future_us, &reader->events, frame, now_us,
                           read.partition_name, &read.batch, err));
    *out = (ReaderBatch){.batch = read.batch,
                         .partition = read.partition,
                         .partition_ended = read.partition_ended,
                         .is_waiting = read.state == SOURCE_WAITING};
    reader->wait_file = read.state == SOURCE_WAITING ? read.wait_file : NULL;
    reader->wait_until_ns = read.state == SOURCE_WAITING ? read.wait_until_ns : INT64_MAX;
    reader->is_ended = read.state == SOURCE_ENDED;
    return STATUS_OK;
}
