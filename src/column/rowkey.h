/* SPDX-License-Identifier: Apache-2.0
 * column/rowkey.h - rows of key columns as fixed-size, normalised byte strings, and their hashes.
 *
 * Two rows are the same key exactly when their cells are the same bytes (long texts: the same
 * bytes behind the cell). NULL equals NULL here; a join that must not match NULLs drops such rows first.
 *
 *     | NULL bits u64, only if a key column can be NULL | cell | cell | ...
 *
 *     integers, dates, times, booleans    8 bytes, sign-extended
 *     real, double                        8 bytes, the bits of the double, NaN one pattern, -0 as 0
 *     numeric                             16 bytes, the value scaled to the column's scale
 *     interval                            16 bytes, its ordering value in microseconds
 *     uuid                                16 bytes
 *     text, bytea                         16 bytes: size u32, then 12 bytes of text, zero padded,
 *                                         or 4 bytes of text and the address of the bytes
 *     jsonb                               as text, of the value's key (base/jsonb.h)
 *     NULL                                zeros, and a bit in the first word
 *
 * A layout that keeps_spelling tells apart what is equal but written otherwise (stored rows do: a row must come back as it was given):
 *
 *     real, double                        the bits of the double, NaN one pattern
 *     interval                            16 bytes: months, days, microseconds
 *     jsonb                               as text, of the value's bytes
 *
 * Columns have exactly the types that the layout was made for (a numeric: its scale too).
 * Without keeps_spelling an interval cannot be read back ('1 month' = '30 days'), nor the sign of a zero, nor the zeros of numbers in JSON:
 * who must show them keeps the value beside the key.
 *
 *     RowKeyLayout layout;
 *     TRY(rowkey_layout_init(&layout, arena, types, nullable, 2, err));
 *     uint64_t *keys = frame_alloc(frame, row_count * layout.size, NULL);
 *     rowkey_encode(&layout, columns, row_count, keys, hashes);
 *     TRY(state_upsert_batch(&state, keys, hashes, row_count, &out, err));      store/state.h
 *
 * Threads: pure functions over the caller's memory. */
#ifndef WEIR_COLUMN_ROWKEY_H
#define WEIR_COLUMN_ROWKEY_H

#include "column/builder.h"

/* 64 columns, so that their NULL bits are one word. */
enum { ROWKEY_COLUMN_COUNT_MAX = 64, ROWKEY_CELLS_SIZE_MAX = 16 * ROWKEY_COLUMN_COUNT_MAX + 8 };

typedef struct RowKeyCell {
    Type type;
    uint16_t offset; /* bytes from the start of the key */
    bool is_pair;    /* 16 bytes, not 8 */
    bool is_text;    /* 16 bytes with an address in the last eight when longer than 12 */
} RowKeyCell;

typedef struct RowKeyLayout {
    uint16_t size; /* bytes of a key, a multiple of 8; 0 for no column */
    uint8_t column_count;
    bool has_null_word;
    bool has_text;
    bool keeps_spelling; /* set after rowkey_layout_init, before the first key */
    RowKeyCell *cells;   /* [column_count] */
} RowKeyLayout;

/* `nullable[i]`: column i can be NULL. Cells in the arena, by rising offset. Fails with LIMIT beyond
 * ROWKEY_COLUMN_COUNT_MAX, with NOT_SUPPORTED for nested types. Without columns all keys are equal and have
 * no bytes. */
NODISCARD Status rowkey_layout_init(RowKeyLayout *layout, Arena *arena, const Type *types,
                                    const bool *nullable, uint32_t column_count, Error *err);

/* Keys of rows [0, row_count) at `keys` (row_count * size bytes, 8-byte aligned) and their hashes; either may
 * be NULL. columns[i] is the ith key column. Long texts: the cell holds the address of the bytes in the
 * column's data, which must live as long as the key is used. A column that is not nullable has no NULL
 * (asserted). */
void rowkey_encode(const RowKeyLayout *layout, const Array *const *columns, uint32_t row_count,
                   uint64_t *keys, uint64_t *hashes);

/* Hash of one encoded key: the same value that rowkey_encode gives. Reads the bytes behind long texts. */
uint64_t rowkey_hash(const RowKeyLayout *layout, const uint64_t *key);

/* Appends column `column` of a key to a builder of the cell's type (interval: only where the layout keeps_spelling). Long
 * texts are copied from `address`, which is what the cell points to. */
void rowkey_decode(const RowKeyLayout *layout, uint32_t column, const uint64_t *key, ArrayBuilder *builder);

#endif
