/* SPDX-License-Identifier: Apache-2.0
 * column/batch.c - columns and meta words moved together. */
#include "column/batch.h"

#include "column/builder.h"

void batch_retain(const Batch *batch) {
    for (uint32_t i = 0; i < batch->column_count; i++) array_retain(&batch->columns[i]);
    for (int i = 0; i < META_COUNT; i++) buffer_retain(batch->meta_owner[i]);
}

void batch_release(const Batch *batch) {
    for (uint32_t i = 0; i < batch->column_count; i++) array_release(&batch->columns[i]);
    for (int i = 0; i < META_COUNT; i++) buffer_release(batch->meta_owner[i]);
}

/* Of the one block that batch_keep makes: the columns, then all their data lists. */
static size_t batch_kept_size(const Batch *batch) {
    size_t size = batch->column_count * sizeof(Array);
    for (uint32_t i = 0; i < batch->column_count; i++)
        size += batch->columns[i].data_count * sizeof(ViewData);
    return size;
}

Status batch_keep(const Batch *batch, Memory *memory, Batch *out, Error *err) {
    ASSERT(memory != NULL);
    ASSERT(out != batch);
    ASSERT(batch->column_count == 0 || batch->columns != NULL);
    *out = *batch;
    out->columns = NULL;
    if (batch->column_count > 0) {
        Array *columns = memory_alloc(memory, batch_kept_size(batch));
        TRY_ALLOC(columns);
        ViewData *data = (ViewData *)(columns + batch->column_count);
        for (uint32_t i = 0; i < batch->column_count; i++) {
            columns[i] = batch->columns[i];
            if (columns[i].data_count == 0) continue;
            memcpy(data, columns[i].data, columns[i].data_count * sizeof(*data));
            columns[i].data = data;
            data += columns[i].data_count;
        }
        out->columns = columns;
    }
    /* Only when nothing can fail any more: a failure leaves no reference behind. */
    batch_retain(out);
    return STATUS_OK;
}

void batch_unkeep(Batch *batch, Memory *memory) {
    ASSERT(memory != NULL);
    ASSERT(batch->column_count == 0 || batch->columns != NULL);
    batch_release(batch);
    /* The size is worked out again from what was copied: descriptors are never written after batch_keep. */
    if (batch->column_count > 0)
        memory_free(memory, (void *)(uintptr_t)batch->columns, batch_kept_size(batch));
    *batch = (Batch){0};
}

/* Bytes of texts that do not lie in their views. */
static size_t far_byte_count(const Array *array) {
    const View *views = array_views(array);
    size_t total = 0;
    for (uint32_t row = 0; row < array->length; row++)
        if (!array_is_null(array, row) && views[row].size > VIEW_INLINE_SIZE_MAX) total += views[row].size;
    return total;
}

size_t batch_byte_count(const Batch *batch) {
    size_t bits = (batch->row_count + 7) / 8, total = 0;
    for (int i = 0; i < META_COUNT; i++)
        if (batch->meta[i] != NULL) total += batch->row_count * sizeof(int64_t);
    for (uint32_t i = 0; i < batch->column_count; i++) {
        const Array *array = &batch->columns[i];
        TypeLayout layout = type_layout(array->type);
        total += layout == LAYOUT_BIT ? bits : batch->row_count * type_width(array->type);
        if (array->validity != NULL) total += bits;
        if (layout == LAYOUT_VIEW) total += far_byte_count(array);
    }
    return total;
}

Status batch_slice(const Batch *batch, Frame *frame, uint32_t from, uint32_t count, Batch *out, Error *err) {
    ASSERT(from <= batch->row_count && count <= batch->row_count - from);
    ASSERT(batch->column_count == 0 || batch->columns != NULL);
    Array *columns = FRAME_ARRAY(frame, Array, batch->column_count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < batch->column_count; i++)
        TRY(array_slice(&batch->columns[i], frame, from, count, &columns[i], err));
    Batch slice = *batch;
    slice.row_count = count;
    slice.columns = columns;
    for (int i = 0; i < META_COUNT; i++)
        if (slice.meta[i] != NULL) slice.meta[i] += from;
    *out = slice;
    return STATUS_OK;
}

void batch_part(const Batch *batch, uint32_t from, uint32_t count, Array *columns, Batch *out) {
    for (uint32_t i = 0; i < batch->column_count; i++)
        columns[i] = array_part(&batch->columns[i], from, count);
    *out = *batch;
    out->row_count = count;
    out->columns = columns;
    for (int i = 0; i < META_COUNT; i++)
        if (out->meta[i] != NULL) out->meta[i] += from;
}

Status batch_gather_meta(const Batch *batch, Frame *frame, const uint32_t *rows, uint32_t count, Batch *out,
                         Error *err) {
    ASSERT(rows != NULL || count == batch->row_count);
    for (int i = 0; i < META_COUNT; i++) {
        out->meta[i] = batch->meta[i];
        out->meta_owner[i] = batch->meta_owner[i];
        if (rows == NULL || batch->meta[i] == NULL) continue;
        int64_t *words = frame_alloc(frame, count * sizeof(*words), &out->meta_owner[i]);
        TRY_ALLOC(words);
        const int64_t *from = batch->meta[i];
        for (uint32_t k = 0; k < count; k++) words[k] = from[rows[k]];
        out->meta[i] = words;
    }
    return STATUS_OK;
}

Status batch_copy(const Batch *batch, Frame *frame, uint32_t from, uint32_t count, Batch *out, Error *err) {
    ASSERT(from <= batch->row_count && count <= batch->row_count - from);
    Array *columns = FRAME_ARRAY(frame, Array, batch->column_count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < batch->column_count; i++) {
        ArrayBuilder builder;
        TRY(array_builder_init(&builder, frame, batch->columns[i].type, count, err));
        for (uint32_t row = from; row < from + count; row++)
            array_builder_copy(&builder, &batch->columns[i], row);
        TRY(array_builder_finish(&builder, &columns[i], err));
    }
    *out = (Batch){.row_count = count, .column_count = batch->column_count, .columns = columns};
    return STATUS_OK;
}

Status batch_gather(const Batch *batch, Frame *frame, const uint32_t *rows, uint32_t count, Batch *out,
                    Error *err) {
    ASSERT(count == 0 || rows != NULL);
    ASSERT(batch->column_count == 0 || batch->columns != NULL);
    Array *columns = FRAME_ARRAY(frame, Array, batch->column_count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < batch->column_count; i++)
        TRY(array_gather(&batch->columns[i], frame, rows, count, &columns[i], err));
    Batch gathered = {.row_count = count, .column_count = batch->column_count, .columns = columns};
    TRY(batch_gather_meta(batch, frame, rows, count, &gathered, err));
    *out = gathered;
    return STATUS_OK;
}

/* What readers rely on without a look: a view of a row that is not NULL lies inside its buffer, and carries its first four bytes. */
static void array_check(const Array *array) {
    ASSERT(array->length == 0 || array->values != NULL);
    if (type_layout(array->type) != LAYOUT_VIEW) {
        ASSERT(array->data_count == 0);
        return;
    }
    const View *views = array_views(array);
    for (uint32_t row = 0; row < array->length; row++) {
        if (array_is_null(array, row) || views[row].size <= VIEW_INLINE_SIZE_MAX) continue;
        ASSERT(views[row].far.buffer < array->data_count);
        const ViewData *data = &array->data[views[row].far.buffer];
        ASSERT((size_t)views[row].far.offset + views[row].size <= data->size);
        ASSERT(memcmp(views[row].far.prefix, data->bytes + views[row].far.offset, 4) == 0);
    }
}

static void batch_check_all(const Batch *batch) {
    for (uint32_t i = 0; i < batch->column_count; i++) {
        ASSERT(batch->columns[i].length == batch->row_count);
        array_check(&batch->columns[i]);
    }
    for (uint32_t row = 0; row < batch->row_count; row++) ASSERT(batch_weight(batch, row) != 0);
}

void batch_check(const Batch *batch) {
#ifdef WEIR_DEBUG
    batch_check_all(batch);
#else
    (void)batch;
    (void)batch_check_all;
#endif
}
