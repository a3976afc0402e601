/* SPDX-License-Identifier: Apache-2.0
 * op/event_time.h - event times of a batch, in microseconds, and the rows that have a usable one.
 *
 *     TRY(event_time_rows(op, context, batch, spec->time_column, spec->size - 1, &usable, &times, err));
 *     if (usable.row_count == 0) return STATUS_OK;
 *
 * A row without a time (NULL_TIME), or with one too far from 1970 (DATETIME_OUT_OF_RANGE: for window arithmetic, see
 * EVENT_TIME_REACH; or so early that a window of it may start before the first timestamp) is reported as a row error and left out. */
#ifndef WEIR_OP_EVENT_TIME_H
#define WEIR_OP_EVENT_TIME_H

#include "op/op_priv.h"

/* Times of the usable rows of `batch`, which are *usable; both live in the frame, or are the batch's own where
 * every row is usable, the commonest case. `time_column`: TIMESTAMP, TIMESTAMPTZ or DATE. `length`: how long before a row's
 * time its window may start. With no usable row *usable has no columns. Fails as op_row_error does. */
NODISCARD Status event_time_rows(Op *op, const OpContext *context, const Batch *batch, uint32_t time_column,
                                 int64_t length, Batch *usable, const int64_t **times, Error *err);

#endif
