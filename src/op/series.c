/* SPDX-License-Identifier: Apache-2.0
 * op/series.c - counting. */
#include "op/series.h"

Status series_read(const PlanNode *node, uint64_t *position, uint32_t row_count_max, Frame *frame, Batch *out,
                   Error *err) {
    const SeriesSpec *series = &node->series;
    ASSERT(node->kind == PLAN_SERIES);
    ASSERT(row_count_max > 0);
    ASSERT(*position <= series->row_count);
    uint64_t left = series->row_count - *position;
    uint32_t count = left < row_count_max ? (uint32_t)left : row_count_max;
    *out = (Batch){.row_count = count, .column_count = node->column_count};
    if (count == 0 || node->column_count == 0) {
        *position += count;
        return STATUS_OK;
    }
    Array *column = FRAME_ARRAY(frame, Array, 1);
    TRY_ALLOC(column);
    *column = (Array){.type = node->columns[0].type, .length = count};
    TypeLayout layout = type_layout(column->type);
    void *values = frame_alloc(frame, (size_t)count * (layout == LAYOUT_I128 ? 16 : layout == LAYOUT_I64 ? 8 : 4), &column->values_owner);
    TRY_ALLOC(values);
    /* unsigned: beyond the last row of an extreme series it would overflow */
    DecimalMagnitude from = (DecimalMagnitude)series->first + *position * (DecimalMagnitude)series->step;
    uint64_t at = (uint64_t)from, step = (uint64_t)series->step;
    for (uint32_t i = 0; layout == LAYOUT_I128 && i < count; i++) ((Decimal *)values)[i] = (Decimal)(from + i * (DecimalMagnitude)series->step);
    for (uint32_t i = 0; layout == LAYOUT_I64 && i < count; i++) ((int64_t *)values)[i] = (int64_t)(at + i * step);
    for (uint32_t i = 0; layout == LAYOUT_I32 && i < count; i++) ((int32_t *)values)[i] = (int32_t)(at + i * step);
    column->values = values;
    out->columns = column;
    *position += count;
    return STATUS_OK;
}
