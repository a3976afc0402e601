/* SPDX-License-Identifier: Apache-2.0
 * flow/reader.c - one read of a source, its dead letters reported.
 *
 * A reader that stops at the first bad record must not depend on where a batch was cut: rows before that record go on,
 * nothing after it does, also not another letter. */
#include "flow/reader.h"

void reader_init(Reader *reader, const Relation *relation, const SourceConfig *config,
                 const ReaderEvents *events, Reported *reported) {
    *reader = (Reader){.relation = relation,
                       .config = *config,
                       .events = *events,
                       .reported = reported,
                       .is_once = connector_is_stdin(config->connector, config->options),
                       .has_present = connector_has_present(config->connector, config->options),
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
    Status status = source_open(&reader->config, &reader->source, err);
    if (status != STATUS_OK) err->position = -1; /* in the statement that made the source, which is not the one that reads it */
    return status;
}

static int64_t record_of(const Batch *batch, uint32_t row) {
    const int64_t *positions = batch->meta[META_POSITION];
    DEBUG_ASSERT(row < batch->row_count);
    return positions == NULL ? -1 : positions[row] & ((INT64_C(1) << POSITION_RECORD_BITS) - 1);
}

/* The batch ends before `row`; what comes after it is as if it had never been read. */
static Status cut(Batch *batch, Frame *frame, uint32_t row, Error *err) {
    ASSERT(row <= batch->row_count);
    if (row == batch->row_count) return STATUS_OK;
    if (row > 0) return batch_slice(batch, frame, 0, row, batch, err);
    *batch = (Batch){0};
    return STATUS_OK;
}

/* A record that cannot be used stops the source. Values that cannot be read are BAD_RECORD too: the input is at fault,
 * no expression of the user's. */
static void set_failure(Error *failure, const Relation *relation, Str partition, const DeadLetter *letter) {
    char place[ERROR_MESSAGE_SIZE_MAX];
    size_t size = 0;
    if (letter->record >= 0)
        size = text_format(place, sizeof(place), " at record %lld", (long long)letter->record);
    if (letter->byte_offset >= 0)
        size += text_format(place + size, sizeof(place) - size, ", byte %lld", (long long)letter->byte_offset);
    if (partition.size > 0)
        size += text_format(place + size, sizeof(place) - size, " of %.*s", STR_ARGS(partition));
    *failure = (Error){0};
    Status status = letter->status == STATUS_FUTURE_TIME ? STATUS_FUTURE_TIME : STATUS_BAD_RECORD;
    (void)error_set(failure, status, "source \"%.*s\" stopped%.*s: %.*s", STR_ARGS(relation->name), (int)size, place,
                    STR_ARGS(letter->reason));
}

/* The record is written anew from the row: the bytes it was read from are gone. */
static Status report_future(const Relation *relation, const ReaderEvents *events, Str partition,
                            const Batch *batch, uint32_t row, Error *failure, Error *err) {
    DeadLetter letter = {.record = record_of(batch, row),
                         .byte_offset = -1,
                         .status = STATUS_FUTURE_TIME,
                         .reason = STR("the event time is beyond clock + max_future")};
    if (failure != NULL) {
        set_failure(failure, relation, partition, &letter);
        return STATUS_OK;
    }
    return events->dead_letter(events->context, relation, partition, &letter, err);
}

Status reader_drop_future(const Relation *relation, int64_t max_future_us, const ReaderEvents *events,
                          Frame *frame, int64_t now_us, Str partition, Error *failure, Batch *batch,
                          Error *err) {
    int32_t column = relation->time_column;
    if (max_future_us <= 0 || column < 0 || batch->row_count == 0) return STATUS_OK;
    const Array *times = &batch->columns[column];
    if (times->type.id == TYPE_DATE) return STATUS_OK; /* a day is no time of a clock: today's end is not the future */
    ASSERT(column < (int32_t)batch->column_count);
    uint32_t *rows = frame_alloc(frame, batch->row_count * sizeof(uint32_t), NULL), count = 0;
    TRY_ALLOC(rows);
    int64_t most;
    if (__builtin_add_overflow(now_us, max_future_us, &most)) return STATUS_OK; /* later than any time */
    for (uint32_t row = 0; row < batch->row_count; row++) {
        bool comes = batch_weight(batch, row) > 0 && !array_is_null(times, row);
        bool future = comes && array_i64(times)[row] > most;
        if (!future) {
            rows[count++] = row;
            continue;
        }
        TRY(report_future(relation, events, partition, batch, row, failure, err));
        if (failure != NULL) return cut(batch, frame, row, err);
    }
    if (count == batch->row_count) return STATUS_OK;
    Batch kept;
    TRY(batch_gather(batch, frame, rows, count, &kept, err));
    *batch = kept;
    return STATUS_OK;
}

/* Letters come in the order of their records, as rows do. */
static Status stop_at_letter(Reader *reader, Frame *frame, SourceRead *read, Error *err) {
    ASSERT(read->dead_letter_count > 0);
    const DeadLetter *first = &read->dead_letters[0];
    uint32_t row = 0;
    while (row < read->batch.row_count && record_of(&read->batch, row) < first->record) row++;
    set_failure(&reader->failure, reader->relation, read->partition_name, first);
    return cut(&read->batch, frame, row, err);
}

/* Counted whether they are new or not: a letter is known again by its number (flow/reported.h). */
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
    ASSERT(row_count_max > 0);
    ASSERT(row_count_max <= BATCH_ROW_COUNT_MAX);
    ASSERT(reader->failure.status == STATUS_OK);
    *out = (ReaderBatch){0};
    TRY(reader_open(reader, err));
    if (reader->seeks_present && !reader->is_present_noted) TRY(source_note_present(reader->source, err));
    reader->is_present_noted = true;
    SourceRead read;
    TRY(source_read(reader->source, frame, row_count_max, 0, &read, err));
    ASSERT(read.batch.row_count <= row_count_max);
    for (uint32_t i = 0; i < read.warning_count; i++)
        reader->events.warning(reader->events.context, reader->relation, read.warnings[i]);
    if (reader->stops && read.dead_letter_count > 0)
        TRY(stop_at_letter(reader, frame, &read, err));
    else
        TRY(report_letters(reader, &read, err));
    TRY(reader_drop_future(reader->relation, reader->max_future_us, &reader->events, frame, now_us,
                           read.partition_name, reader->stops ? &reader->failure : NULL, &read.batch, err));
    bool stopped = reader->failure.status != STATUS_OK;
    *out = (ReaderBatch){.batch = read.batch,
                         .partition = read.partition,
                         .partition_ended = read.partition_ended && !stopped,
                         .is_waiting = read.state == SOURCE_WAITING};
    reader->wait_file = read.state == SOURCE_WAITING ? read.wait_file : NULL;
    reader->wait_until_ns = read.state == SOURCE_WAITING ? read.wait_until_ns : INT64_MAX;
    reader->seeks_present &= !read.has_present && !stopped;
    reader->is_ended = read.state == SOURCE_ENDED && !stopped;
    return STATUS_OK;
}
