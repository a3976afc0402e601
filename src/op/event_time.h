/* SPDX-License-Identifier: Apache-2.0
 * op/event_time.h - event times of a batch, in microseconds, and the rows that have a usable one.
 *
 *     TRY(event_time_rows(op, context, batch, spec->time_column, &usable, &times, err));
 *     if (usable.row_count == 0) return STATUS_OK;
 *
 * A row without a time, or with one too far from 1970 for window arithmetic, is reported as a row error. */
#ifndef WEIR_OP_EVENT_TIME_H
#define WEIR_OP_EVENT_TIME_H

#include "op/op_priv.h"

/* Times of the usable rows of `batch`, which are *usable; both live in the frame. */
NODISCARD Status event_time_rows(Op *op, const OpContext *context, const Batch *batch, uint32_t time_column,
                                 Batch *usable, const int64_t **times, Error *err);

#endif
