/* SPDX-License-Identifier: Apache-2.0
 * op/event_time.c - dates become microseconds, rows without a usable time are reported. */
#include "op/event_time.h"

#include "base/calendar.h"

static const RowError NULL_TIME = {STATUS_NULL_TIME, {"the event time is NULL", 22}, SQL_SPAN_NONE};
static const RowError TIME_RANGE = {
    STATUS_DATETIME_OUT_OF_RANGE, {"the event time is too far from 1970 for its window", 50}, SQL_SPAN_NONE};

/* Shared with the column unless it is of dates. Rows that are NULL have some time too. */
static Status times_of(const Array *column, Frame *frame, const int64_t **out, Error *err) {
    if (column->type.id != TYPE_DATE) {
        *out = array_i64(column);
        return STATUS_OK;
    }
    /* The day's start in UTC; a date far from 1970 becomes a time out of reach, and is reported as such. */
    int64_t *times = frame_alloc(frame, column->length * sizeof(int64_t), NULL);
    TRY_ALLOC(times);
    for (uint32_t i = 0; i < column->length; i++) times[i] = calendar_start_of_day(array_i32(column)[i]);
    *out = times;
    return STATUS_OK;
}

STATIC_ASSERT(CALENDAR_TIMESTAMP_MIN > -EVENT_TIME_REACH, "the nearer of the two bounds");

static inline bool in_range(int64_t time, int64_t least) {
    return time >= least && time <= EVENT_TIME_REACH;
}

/* The same of all: one of the two differences, which wrap round, is negative exactly when a time is out of range. */
static bool all_in_range(const int64_t *times, uint32_t count, int64_t least) {
    uint64_t signs = 0, reach = (uint64_t)EVENT_TIME_REACH;
    for (uint32_t i = 0; i < count; i++)
        signs |= ((uint64_t)times[i] - (uint64_t)least) | (reach - (uint64_t)times[i]);
    return signs >> 63 == 0;
}

Status event_time_rows(Op *op, const OpContext *context, const Batch *batch, uint32_t time_column,
                       int64_t length, Batch *usable, const int64_t **times, Error *err) {
    ASSERT(time_column < batch->column_count);
    ASSERT(batch->columns[time_column].length == batch->row_count);
    ASSERT(length >= 0 && length < EVENT_TIME_REACH);
    int64_t least = CALENDAR_TIMESTAMP_MIN + length;
    const Array *column = &batch->columns[time_column];
    TRY(times_of(column, context->frame, times, err));
    *usable = *batch;
    if (column->validity == NULL && all_in_range(*times, batch->row_count, least)) return STATUS_OK;
    uint32_t *rows = frame_alloc(context->frame, (batch->row_count + 1) * sizeof(uint32_t), NULL), count = 0;
    TRY_ALLOC(rows);
    for (uint32_t row = 0; row < batch->row_count; row++) {
        const RowError *error = array_is_null(column, row) ? &NULL_TIME
                                : !in_range((*times)[row], least) ? &TIME_RANGE
                                                           : NULL;
        if (error == NULL)
            rows[count++] = row;
        else
            TRY(op_row_error(op, context, op->node->inputs[0], batch, row, error, err));
    }
    if (count == batch->row_count) return STATUS_OK;
    *usable = (Batch){0};
    if (count == 0) return STATUS_OK;
    TRY(batch_gather(batch, context->frame, rows, count, usable, err));
    return times_of(&usable->columns[time_column], context->frame, times, err);
}
