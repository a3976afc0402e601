/* SPDX-License-Identifier: Apache-2.0
 * store/cells.h - a row of typed values as fixed-size cells inside a record.
 *
 * Between columns and records: what an aggregate shows, a stored row, the least value of a group
 * are kept this way. Unlike a row key (column/rowkey.h) a cell keeps the value exactly as it came.
 *
 *     | NULL bits u64, one bit per column, as many words as needed | cell | cell | ...
 *
 *     boolean, integers, dates, times, real, double    8 bytes
 *     numeric, interval, uuid                          16 bytes
 *     text, bytea                                      StateText: 16 bytes; long ones in a StateHeap
 *
 *     CellLayout layout;
 *     TRY(cell_layout_init(&layout, arena, types, column_count, err));
 *     TRY(cells_write(&layout, 0, &array, rows, count, records, heap, err));
 *     TRY(cells_read(&layout, 0, records, count, heap, frame, &array, err));
 *
 * Records here are the cells' first byte: who keeps them behind something else in a State's value adds that
 * offset first. They are aligned to 8.
 *
 * Cells of new records are zero: no NULL bit set, numbers 0, texts empty. Threads: as the memory given. */
#ifndef WEIR_STORE_CELLS_H
#define WEIR_STORE_CELLS_H

#include "column/builder.h"
#include "store/state.h"

typedef struct Cell {
    Type type;
    uint32_t offset; /* from the start of the cells, a multiple of 8 */
} Cell;

typedef struct CellLayout {
    Cell *cells;
    uint32_t count;
    uint32_t size; /* bytes, a multiple of 8; 0 without columns */
    bool has_text;
} CellLayout;

/* Cells in the order of `types`, in the arena. Without columns the layout is empty and its records have no
 * bytes. STATUS_NOT_SUPPORTED for nested types, STATUS_LIMIT when a record would be wider than half of
 * STATE_RECORD_SIZE_MAX (the rest is for key and header). */
NODISCARD Status cell_layout_init(CellLayout *layout, Arena *arena, const Type *types, uint32_t count,
                                  Error *err);

/* Value rows[i] (i without rows) of `array` into column `column` of records[i], for i < count. A long text
 * that stood there is not freed: see cells_free. On failure (memory, or a text over STATE_HEAP_TEXT_SIZE_MAX)
 * nothing more is written, and what was is valid. `array` has the layout of the column's type; `heap` may be
 * NULL without texts. */
NODISCARD Status cells_write(const CellLayout *layout, uint32_t column, const Array *array,
                             const uint32_t *rows, uint32_t count, void *const *records, StateHeap *heap,
                             Error *err);

/* Column `column` of `count` records as an array in the frame; long texts are copied, so the array outlives
 * the records. */
NODISCARD Status cells_read(const CellLayout *layout, uint32_t column, const void *const *records,
                            uint32_t count, const StateHeap *heap, Frame *frame, Array *out, Error *err);

/* The cells of one record as those of another of the same heap, long texts copied; what stood there is not freed. Errors as cells_write. */
NODISCARD Status cells_copy(const CellLayout *layout, const void *from, void *to, StateHeap *heap, Error *err);

/* One cell by hand: its NULL bit, and its bytes (8 or 16, as the drawing says; meaningless under a NULL). */
static inline bool cell_is_null(const CellLayout *layout, uint32_t column, const void *record) {
    DEBUG_ASSERT(column < layout->count);
    return (((const uint64_t *)record)[column / 64] >> (column % 64)) & 1;
}
static inline void cell_set_null(const CellLayout *layout, uint32_t column, void *record, bool null) {
    DEBUG_ASSERT(column < layout->count);
    uint64_t bit = 1ULL << (column % 64), *word = (uint64_t *)record + column / 64;
    *word = null ? *word | bit : *word & ~bit;
}
static inline const void *cell_at(const CellLayout *layout, uint32_t column, const void *record) {
    DEBUG_ASSERT(column < layout->count);
    return (const char *)record + layout->cells[column].offset;
}

/* The same values in the same columns (bytes of a number count: -0 is not 0). NULLs are the same as NULLs. */
bool cells_equal(const CellLayout *layout, const void *a, const void *b, const StateHeap *heap);

/* Gives back the long texts of one column, or of all, of a record. The cells keep their bytes and refer to
 * nothing any more: write or forget them before the next read. */
void cell_free(const CellLayout *layout, uint32_t column, const void *record, StateHeap *heap);
void cells_free(const CellLayout *layout, const void *record, StateHeap *heap);

/* PostgreSQL's order of one value in an array and one in a cell, neither NULL: < 0, 0, > 0. Values that are
 * equal but spelled differently (-0 and 0, '1 month' and '30 days', 1.50 and 1.5 in JSON) are told apart, so that the least of
 * several does not hang on which came first. */
int cell_compare(const CellLayout *layout, uint32_t column, const Array *array, size_t row,
                 const void *record, const StateHeap *heap);

/* The order of a row of arrays (one per column of the layout) and the row of a record, by one column after
 * the other, NULLs last; where all are equal, by the spelling of one after the other; 0 only when they are the same to the
 * spelling. The other compares two records of one heap. */
int cells_compare(const CellLayout *layout, const Array *const *columns, size_t row, const void *record,
                  const StateHeap *heap);
int cells_compare_records(const CellLayout *layout, const void *a, const void *b, const StateHeap *heap);

/* Of one column alone: by value, whatever the spelling. */
int cell_compare_records(const CellLayout *layout, uint32_t column, const void *a, const void *b, const StateHeap *heap);

/* One state text as an array of length 1 and of the column's type, pointing into cell and heap: for those who
 * need array functions on it. The array is valid until the record or heap changes. */
typedef struct CellArray {
    Array array;
    ViewData data;
    union {
        View view;
        uint64_t words[2];
    } value;
    uint64_t validity;
} CellArray;
void cell_array(const CellLayout *layout, uint32_t column, const void *record, const StateHeap *heap,
                CellArray *out);

#endif
