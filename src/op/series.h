/* SPDX-License-Identifier: Apache-2.0
 * op/series.h - the rows of a SERIES node, some at a time.
 *
 *     uint64_t position = 0;
 *     do TRY(series_read(node, &position, BATCH_ROW_COUNT_MAX, &frame, &batch, err));
 *     while (batch.row_count > 0);
 *
 * Nothing is kept between the calls but *position: a series of any length costs a batch. Threads: any, each with its frame. */
#ifndef WEIR_OP_SERIES_H
#define WEIR_OP_SERIES_H

#include "column/batch.h"
#include "plan/plan.h"

/* Rows from *position on, at most row_count_max, in the frame; none: the series has ended. */
NODISCARD Status series_read(const PlanNode *node, uint64_t *position, uint32_t row_count_max, Frame *frame, Batch *out,
                             Error *err);

#endif
