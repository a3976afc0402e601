/* SPDX-License-Identifier: Apache-2.0
 * op/sort.c - ORDER BY over input that ends.
 *
 * Batches are kept as they come; at the end an array of row references is merge-sorted (stable, bottom up)
 * and rows leave by gather. A reference carries the first key as an integer of the same order, so that most
 * comparisons read no column. With a LIMIT only the best rows are kept: when twice as many (and
 * at least a batch) have gathered, the rest is dropped. For DISTINCT ON rows that follow one like them are skipped at the end. */
#include "op/op_priv.h"

#include "base/vector.h"

typedef struct SortRow {
    uint64_t head; /* the first key, order kept; equal heads say nothing */
    uint32_t batch;
    uint32_t row;
} SortRow;

typedef struct SortOp {
    const SortSpec *spec;
    int64_t limit; /* rows that are ever asked for; -1: all */
    VECTOR(Batch) batches;
    VECTOR(SortRow) rows;
    size_t next;   /* at the end: rows that have left */
    Array *arrays; /* at the end: one column of all batches, for gathers */
    size_t array_capacity;
} SortOp;

enum { SORT_OUTPUT_COUNT_MAX = BATCH_ROW_COUNT_MAX };

Status sort_init(Op *op, const OpContext *context, Error *err) {
    SortOp *sort = ARENA_NEW(&op->arena, SortOp);
    TRY_ALLOC(sort);
    const SortSpec *spec = &op->node->sort;
    ASSERT(spec->limit >= -1);
    ASSERT(spec->distinct_count == 0 || spec->limit < 0); /* a LIMIT counts the rows that are left */
    ASSERT(spec->visible_count == op->node->column_count);
    ASSERT(spec->visible_count <= op->node->inputs[0]->column_count);
    for (uint32_t i = 0; i < spec->key_count; i++)
        ASSERT(spec->keys[i].column < op->node->inputs[0]->column_count);
    sort->spec = spec;
    sort->limit = spec->limit;
    if (spec->asked != NULL) {
        int64_t limit, offset;
        TRY(limit_numbers(op, context, spec->asked, &limit, &offset, err));
        if (limit >= 0 && __builtin_add_overflow(limit, offset, &sort->limit)) sort->limit = -1;
    }
    if (spec->asked != NULL) ASSERT(spec->limit == -1 && spec->distinct_count == 0);
    op->impl = sort;
    return STATUS_OK;
}

static void drop_batches(Op *op, SortOp *sort) {
    for (size_t i = 0; i < sort->batches.count; i++) batch_unkeep(&sort->batches.items[i], op->memory);
    sort->batches.count = 0;
}

void sort_deinit(Op *op) {
    SortOp *sort = op->impl;
    drop_batches(op, sort);
    vector_deinit(&sort->batches, op->memory);
    vector_deinit(&sort->rows, op->memory);
    memory_free(op->memory, sort->arrays, sort->array_capacity * sizeof(Array));
}

size_t sort_memory(const Op *op) {
    const SortOp *sort = op->impl;
    size_t total = sort->rows.capacity * sizeof(SortRow) + sort->batches.capacity * sizeof(Batch);
    for (size_t i = 0; i < sort->batches.count; i++) total += batch_byte_count(&sort->batches.items[i]);
    return total;
}

/* --- order
 * -------------------------------------------------------------------------------------------------- */

/* IEEE 754 bits in the order of unsigned integers: negative numbers inverted, positive ones with the sign bit set.
 * NaN is greater than all numbers and equal to itself, as in PostgreSQL. */
static uint64_t head_of_double(double value) {
    if (value != value) return UINT64_MAX - 1;
    if (value == 0) value = 0; /* -0 is 0 */
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits >> 63 ? ~bits : bits | 1ULL << 63;
}

/* The four bytes of a view's prefix, the first the most significant; shorter texts are filled up with zeros. */
static uint64_t head_of_text(const View *view) {
    const unsigned char *bytes = (const unsigned char *)view->inlined; /* the prefix too */
    uint64_t head = 0;
    for (int i = 0; i < 4; i++) head = head << 8 | bytes[i];
    return head << 32;
}

/* The key as an unsigned integer with the same order, or the same value for what it cannot tell apart. */
static uint64_t value_head(const Array *array, uint32_t row) {
    switch (type_layout(array->type)) {
        case LAYOUT_BIT: return bits_get(array_bits(array), row);
        case LAYOUT_I16: return (uint64_t)(int64_t)array_i16(array)[row] ^ 1ULL << 63;
        case LAYOUT_I32: return (uint64_t)(int64_t)array_i32(array)[row] ^ 1ULL << 63;
        case LAYOUT_I64: return (uint64_t)array_i64(array)[row] ^ 1ULL << 63;
        case LAYOUT_F32: return head_of_double((double)array_f32(array)[row]);
        case LAYOUT_F64: return head_of_double(array_f64(array)[row]);
        case LAYOUT_I128: return (uint64_t)(array_decimal(array)[row] >> 64) ^ 1ULL << 63;
        case LAYOUT_VIEW: return array->type.id == TYPE_JSONB ? 0 : head_of_text(&array_views(array)[row]);
        case LAYOUT_INTERVAL:
        case LAYOUT_BYTES16:
        case LAYOUT_NESTED: break;
    }
    return 0;
}

static uint64_t row_head(const SortSpec *spec, const Batch *batch, uint32_t row) {
    if (spec->key_count == 0) return 0;
    const SortKey *key = &spec->keys[0];
    const Array *array = &batch->columns[key->column];
    if (array_is_null(array, row)) return key->nulls_first ? 0 : UINT64_MAX;
    uint64_t head = value_head(array, row) >> 1; /* 0 and the maximum are for NULLs */
    return 1 + (key->descending ? (UINT64_MAX >> 1) - 1 - head : head);
}

static int compare_key(const SortKey *key, const Array *a, uint32_t row_a, const Array *b, uint32_t row_b) {
    bool null_a = array_is_null(a, row_a), null_b = array_is_null(b, row_b);
    if (null_a || null_b) return null_a == null_b ? 0 : null_a == key->nulls_first ? -1 : 1;
    int order = array_value_compare(a, row_a, b, row_b);
    return key->descending ? -order : order;
}

/* By the first `key_count` keys, of which there is at least one. */
static int compare_rows(const SortOp *sort, const SortRow *a, const SortRow *b, uint32_t key_count) {
    if (a->head != b->head) return a->head < b->head ? -1 : 1;
    const Batch *batch_a = &sort->batches.items[a->batch], *batch_b = &sort->batches.items[b->batch];
    for (uint32_t i = 0; i < key_count; i++) {
        const SortKey *key = &sort->spec->keys[i];
        int order =
            compare_key(key, &batch_a->columns[key->column], a->row, &batch_b->columns[key->column], b->row);
        if (order != 0) return order;
    }
    return 0;
}

/* Merges [low, middle) and [middle, high) of `from` into `to`. */
static void merge_runs(const SortOp *sort, const SortRow *from, SortRow *to, size_t low, size_t middle,
                       size_t high) {
    size_t a = low, b = middle;
    DEBUG_ASSERT(low <= middle && middle <= high);
    for (size_t i = low; i < high; i++) {
        /* <=, so that equal rows keep the order in which they came. */
        bool take_a = a < middle && (b >= high || compare_rows(sort, &from[a], &from[b], sort->spec->key_count) <= 0);
        to[i] = take_a ? from[a++] : from[b++];
    }
}

/* Merge sort from the bottom up, which is stable: rows that are the same by the keys keep the order in which they came. */
static Status sort_rows(Op *op, SortOp *sort, Error *err) {
    size_t count = sort->rows.count;
    if (count < 2) return STATUS_OK;
    SortRow *spare = memory_alloc(op->memory, count * sizeof(SortRow)), *from = sort->rows.items, *to = spare;
    TRY_ALLOC(spare);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = low + 2 * width < count ? low + 2 * width : count;
            merge_runs(sort, from, to, low, middle, high);
        }
        SortRow *swap = from;
        from = to;
        to = swap;
    }
    if (from != sort->rows.items) memcpy(sort->rows.items, from, count * sizeof(SortRow));
    memory_free(op->memory, spare, count * sizeof(SortRow));
    return STATUS_OK;
}

/* DISTINCT ON: of sorted rows that are the same by the first keys the first stays. */
static void keep_first_of_each(SortOp *sort) {
    uint32_t key_count = sort->spec->distinct_count;
    SortRow *rows = sort->rows.items;
    size_t kept = 0;
    for (size_t i = 0; i < sort->rows.count; i++)
        if (kept == 0 || compare_rows(sort, &rows[kept - 1], &rows[i], key_count) != 0) rows[kept++] = rows[i];
    sort->rows.count = kept;
}

/* --- rows in and out
 * ---------------------------------------------------------------------------------------- */

/* One batch of the rows [first, first + count), with all columns or only those that are to be seen. */
static Status gather_rows(Op *op, SortOp *sort, Frame *frame, size_t first, uint32_t count,
                          uint32_t column_count, Batch *out, Error *err) {
    ASSERT(count > 0 && count <= SORT_OUTPUT_COUNT_MAX);
    ASSERT(first + count <= sort->rows.count);
    ASSERT(column_count <= op->node->inputs[0]->column_count);
    size_t batch_count = sort->batches.count;
    if (sort->array_capacity < batch_count) {
        Array *arrays = memory_realloc(op->memory, sort->arrays, sort->array_capacity * sizeof(Array),
                                       batch_count * sizeof(Array));
        TRY_ALLOC(arrays);
        sort->arrays = arrays;
        sort->array_capacity = batch_count;
    }
    uint32_t *sources = frame_alloc(frame, count * sizeof(uint32_t), NULL),
             *rows = frame_alloc(frame, count * sizeof(uint32_t), NULL);
    Array *columns = FRAME_ARRAY(frame, Array, column_count + 1);
    TRY_ALLOC(sources);
    TRY_ALLOC(rows);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < count; i++) {
        sources[i] = sort->rows.items[first + i].batch;
        rows[i] = sort->rows.items[first + i].row;
    }
    for (uint32_t c = 0; c < column_count; c++) {
        for (size_t i = 0; i < batch_count; i++) sort->arrays[i] = sort->batches.items[i].columns[c];
        TRY(array_gather_many(sort->arrays, (uint32_t)batch_count, frame, sources, rows, count, &columns[c],
                              err));
    }
    *out = (Batch){.row_count = count, .column_count = column_count, .columns = columns};
    return STATUS_OK;
}

/* Rows stay in their batches; what is sorted is a head that settles most comparisons, and where the row lies. */
static Status keep_batch(Op *op, SortOp *sort, const Batch *batch, Error *err) {
    if (!vector_reserve(&sort->batches, op->memory, 1) ||
        !vector_reserve(&sort->rows, op->memory, batch->row_count))
        return error_out_of_memory(err);
    ASSERT(sort->batches.count < UINT32_MAX);
    ASSERT(sort->next == 0); /* nothing has left: a row that comes now would be out of order */
    uint32_t number = (uint32_t)sort->batches.count;
    TRY(batch_keep(batch, op->memory, &sort->batches.items[number], err));
    sort->batches.count++;
    for (uint32_t row = 0; row < batch->row_count; row++)
        sort->rows.items[sort->rows.count++] = (SortRow){row_head(sort->spec, batch, row), number, row};
    return STATUS_OK;
}

/* Keeps the best `limit` rows only. Done when there are twice as many: each row is sorted a bounded number of times, and a LIMIT over a
 * hundred million rows needs the memory of two LIMITs. */
static Status prune(Op *op, const OpContext *context, SortOp *sort, Error *err) {
    TRY(sort_rows(op, sort, err));
    size_t keep = (size_t)sort->limit;
    ASSERT(keep > 0 && keep <= sort->rows.count);
    sort->rows.count = keep;
    size_t piece_count = (keep + SORT_OUTPUT_COUNT_MAX - 1) / SORT_OUTPUT_COUNT_MAX;
    Batch *pieces = FRAME_ARRAY(context->frame, Batch, piece_count + 1);
    TRY_ALLOC(pieces);
    for (size_t i = 0; i < piece_count; i++) {
        size_t first = i * SORT_OUTPUT_COUNT_MAX, left = keep - first;
        uint32_t count = left < SORT_OUTPUT_COUNT_MAX ? (uint32_t)left : SORT_OUTPUT_COUNT_MAX;
        TRY(gather_rows(op, sort, context->frame, first, count, op->node->inputs[0]->column_count, &pieces[i],
                        err));
    }
    /* The pieces share text buffers with the old batches: keep them before letting those go. */
    VECTOR(Batch) old = {sort->batches.items, sort->batches.count, sort->batches.capacity};
    sort->batches.items = NULL;
    sort->batches.count = sort->batches.capacity = 0;
    sort->rows.count = 0;
    Status status = STATUS_OK;
    for (size_t i = 0; i < piece_count && status == STATUS_OK; i++)
        status = keep_batch(op, sort, &pieces[i], err);
    for (size_t i = 0; i < old.count; i++) batch_unkeep(&old.items[i], op->memory);
    vector_deinit(&old, op->memory);
    return status;
}

Status sort_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err) {
    SortOp *sort = op->impl;
    if (sort->limit == 0) return STATUS_OK;
    TRY(keep_batch(op, sort, batch, err));
    int64_t limit = sort->limit;
    bool many =
        limit > 0 && sort->rows.count / 2 >= (size_t)limit && sort->rows.count >= 2 * BATCH_ROW_COUNT_MAX;
    return many ? prune(op, context, sort, err) : STATUS_OK;
}

Status sort_resume(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    SortOp *sort = op->impl;
    ASSERT(sort->next <= sort->rows.count);
    size_t left = sort->rows.count - sort->next;
    uint32_t count = left < SORT_OUTPUT_COUNT_MAX ? (uint32_t)left : SORT_OUTPUT_COUNT_MAX;
    if (count > 0)
        TRY(gather_rows(op, sort, context->frame, sort->next, count, op->node->column_count, &out->batch,
                        err));
    sort->next += count;
    out->progress = sort->next < sort->rows.count ? OP_MORE : OP_DONE;
    return STATUS_OK;
}

Status sort_end(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    SortOp *sort = op->impl;
    TRY(sort_rows(op, sort, err));
    if (sort->spec->distinct_count > 0) keep_first_of_each(sort);
    int64_t limit = sort->limit;
    if (limit >= 0 && sort->rows.count > (size_t)limit) sort->rows.count = (size_t)limit;
    return sort_resume(op, context, out, err);
}
