/* SPDX-License-Identifier: Apache-2.0
 * op/changes.c - column by column: what is shown is read, compared, and rewritten where it differs. */
#include "op/changes.h"

enum { FROM_BEFORE, FROM_NOW };

/* Rows to leave, and rows whose cells are to be written. */
typedef struct Leaving {
    uint32_t *sources; /* FROM_BEFORE or FROM_NOW */
    uint32_t *rows;
    int64_t *weights;
    Buffer *weights_owner;
    uint32_t count;
    uint32_t *written;
    void **written_cells;
    uint32_t written_count;
} Leaving;

/* Room for both rows of every group: the one taken back and the one shown. */
static Status leaving_init(Leaving *leaving, Frame *frame, uint32_t count, Error *err) {
    leaving->sources = frame_alloc(frame, 2 * count * sizeof(uint32_t), NULL);
    leaving->rows = frame_alloc(frame, 2 * count * sizeof(uint32_t), NULL);
    leaving->weights = frame_alloc(frame, 2 * count * sizeof(int64_t), &leaving->weights_owner);
    leaving->written = frame_alloc(frame, count * sizeof(uint32_t), NULL);
    leaving->written_cells = frame_alloc(frame, count * sizeof(void *), NULL);
    leaving->count = leaving->written_count = 0;
    bool complete = leaving->sources != NULL && leaving->rows != NULL && leaving->weights != NULL &&
                    leaving->written != NULL && leaving->written_cells != NULL;
    return complete ? STATUS_OK : error_out_of_memory(err);
}

/* The bytes of two values of one column: what is shown is exact, so that a retraction takes back the very
 * row. */
static bool same_value(const Array *a, const Array *b, uint32_t row) {
    bool null_a = array_is_null(a, row), null_b = array_is_null(b, row);
    if (null_a || null_b) return null_a == null_b;
    size_t width = type_width(a->type);
    switch (type_layout(a->type)) {
        case LAYOUT_BIT: return bits_get(array_bits(a), row) == bits_get(array_bits(b), row);
        case LAYOUT_VIEW: return str_equal(array_text(a, row), array_text(b, row));
        case LAYOUT_I16:
        case LAYOUT_I32:
        case LAYOUT_I64:
        case LAYOUT_F32:
        case LAYOUT_F64:
        case LAYOUT_I128:
        case LAYOUT_INTERVAL:
        case LAYOUT_BYTES16:
        case LAYOUT_NESTED: break;
    }
    return memcmp((const char *)a->values + row * width, (const char *)b->values + row * width, width) == 0;
}

/* differs[row] |= the column's value is another than before. */
static void mark_differences(const Array *before, const Array *now, uint32_t count, uint8_t *differs) {
    bool plain = before->validity == NULL && now->validity == NULL && type_width(now->type) == 8;
    if (plain) {
        const uint64_t *a = before->values, *b = now->values;
        for (uint32_t row = 0; row < count; row++) differs[row] |= a[row] != b[row];
        return;
    }
    for (uint32_t row = 0; row < count; row++)
        if (!differs[row]) differs[row] = !same_value(before, now, row);
}

static void add(Leaving *leaving, uint32_t source, uint32_t row) {
    leaving->sources[leaving->count] = source;
    leaving->rows[leaving->count] = row;
    leaving->weights[leaving->count++] = source == FROM_BEFORE ? -1 : 1;
}

/* The row of before leaves ahead of the one of now: whoever keeps one row per key never holds two. */
static void decide(const ChangeRows *rows, const uint8_t *differs, Leaving *leaving) {
    for (uint32_t row = 0; row < rows->count; row++) {
        bool was = rows->was_shown[row], is = rows->is_alive[row];
        if (was && is && !differs[row]) continue;
        if (was) add(leaving, FROM_BEFORE, row);
        if (is) add(leaving, FROM_NOW, row);
        if (!was && !is) continue;
        leaving->written[leaving->written_count] = row;
        leaving->written_cells[leaving->written_count++] = rows->cells[row];
    }
}

/* Cells of rows that are shown no more are emptied with the others: writing them costs less than telling them
 * apart. */
static Status remember(const ChangeRows *rows, const CellLayout *layout, StateHeap *heap,
                       const Leaving *leaving, Error *err) {
    for (uint32_t i = 0; i < leaving->written_count; i++) {
        cells_free(layout, leaving->written_cells[i], heap);
        if (layout->size > 0) memset(leaving->written_cells[i], 0, layout->size);
    }
    for (uint32_t c = 0; c < layout->count; c++)
        TRY(cells_write(layout, c, &rows->now[rows->kept_from + c], leaving->written, leaving->written_count,
                        leaving->written_cells, heap, err));
    return STATUS_OK;
}

/* One column of what leaves. Numbers without NULLs, the commonest, are picked without further ado. */
static Status pick(const Array *before, const Array *now, const Leaving *leaving, Frame *frame, Array *out,
                   Error *err) {
    size_t width = type_width(now->type);
    bool plain = before->validity == NULL && now->validity == NULL && type_layout(now->type) != LAYOUT_VIEW;
    if (!plain || width < 8) {
        Array pair[2] = {[FROM_BEFORE] = *before, [FROM_NOW] = *now};
        return array_gather_many(pair, 2, frame, leaving->sources, leaving->rows, leaving->count, out, err);
    }
    *out = (Array){.type = now->type, .length = leaving->count};
    char *values = frame_alloc(frame, leaving->count * width, &out->values_owner);
    TRY_ALLOC(out->values = values);
    const char *bases[2] = {[FROM_BEFORE] = before->values, [FROM_NOW] = now->values};
    for (uint32_t i = 0; i < leaving->count; i++) {
        const char *from = bases[leaving->sources[i]] + leaving->rows[i] * width;
        memcpy(values + i * width, from, 8);
        if (width == 16) memcpy(values + i * width + 8, from + 8, 8);
    }
    return STATUS_OK;
}

Status changes_emit(const ChangeRows *rows, const CellLayout *layout, StateHeap *heap, Frame *frame,
                    Batch *out, Error *err) {
    ASSERT(rows->count > 0);
    ASSERT(rows->kept_from <= rows->column_count);
    ASSERT(layout->count == rows->column_count - rows->kept_from);
    for (uint32_t c = 0; c < rows->column_count; c++) ASSERT(rows->now[c].length == rows->count);
    uint32_t count = rows->count;
    Leaving leaving;
    TRY(leaving_init(&leaving, frame, count, err));
    uint8_t *differs = frame_alloc(frame, count, NULL);
    Array *before = FRAME_ARRAY(frame, Array, rows->column_count + 1),
          *columns = FRAME_ARRAY(frame, Array, rows->column_count + 1);
    TRY_ALLOC(differs);
    TRY_ALLOC(before);
    TRY_ALLOC(columns);
    memset(differs, 0, count);
    for (uint32_t c = 0; c < rows->column_count; c++) {
        before[c] = rows->now[c];
        if (c < rows->kept_from) continue;
        TRY(cells_read(layout, c - rows->kept_from, (const void *const *)rows->cells, count, heap, frame,
                       &before[c], err));
        mark_differences(&before[c], &rows->now[c], count, differs);
    }
    decide(rows, differs, &leaving);
    ASSERT(leaving.count <= 2 * count);
    ASSERT(leaving.written_count <= count);
    ASSERT(leaving.written_count <= leaving.count); /* what is remembered anew has also left */
    TRY(remember(rows, layout, heap, &leaving, err));
    if (leaving.count == 0) return STATUS_OK;
    for (uint32_t c = 0; c < rows->column_count; c++)
        TRY(pick(&before[c], &rows->now[c], &leaving, frame, &columns[c], err));
    *out = (Batch){.row_count = leaving.count, .column_count = rows->column_count, .columns = columns};
    out->meta[META_WEIGHT] = leaving.weights;
    out->meta_owner[META_WEIGHT] = leaving.weights_owner;
    return STATUS_OK;
}
