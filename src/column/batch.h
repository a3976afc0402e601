/* SPDX-License-Identifier: Apache-2.0
 * column/batch.h - equally long columns that travel together.
 *
 * The unit passed between operators: rows of a Z-set. A Batch is a view like an Array: it owns
 * nothing, lives in a Frame, and is never written once passed on.
 *
 *     for (uint32_t row = 0; row < batch->row_count; row++)
 *         total += array_i64(&batch->columns[2])[row] * batch_weight(batch, row);
 *
 * Beside its columns a batch may carry words of eight bytes per row that SQL does not see (Meta).
 *
 * Threads: sealed when passed on, read by any number. */
#ifndef WEIR_COLUMN_BATCH_H
#define WEIR_COLUMN_BATCH_H

#include "column/array.h"
#include "column/schema.h"

/* A batch and an operator's hot data stay inside the L2 cache: 8 columns of 8 bytes are 256 KiB. */
enum { BATCH_ROW_COUNT_MAX = 4096 };

typedef enum BatchMeta {
    META_WEIGHT,   /* multiplicity; absent: all +1. Never 0 in a batch passed on */
    META_BOUND,    /* the watermark of the row's partition just before it; absent: no row can be late */
    META_POSITION, /* place in the input (partition, then record); absent: not asked for */
    META_COUNT
} BatchMeta;

/* Rows are changes: each with its weight, +n when it is added n times, -n when it is taken back (a Z-set,
 * Budiu et al., DBSP, VLDB 2023). {0} is an empty batch of no columns. */
typedef struct Batch {
    uint32_t row_count; /* <= BATCH_ROW_COUNT_MAX between operators; of an import more, until it is sliced */
    uint32_t column_count;
    const Array *columns;            /* [column_count], each of row_count rows */
    const int64_t *meta[META_COUNT]; /* [row_count] words each; NULL: absent */
    Buffer *meta_owner[META_COUNT];  /* as Array's owners */
} Batch;

/* Of one row; loops ask once whether there are weights at all. */
static inline int64_t batch_weight(const Batch *batch, size_t row) {
    return batch->meta[META_WEIGHT] == NULL ? 1 : batch->meta[META_WEIGHT][row];
}

/* The buffers alone; who wants the batch itself to outlive its frame uses batch_keep. */
void batch_retain(const Batch *batch);
void batch_release(const Batch *batch);

/* Column descriptors copied into memory of their own and all buffers retained; undone by batch_unkeep with
 * the same `memory`. One block per batch, and it pins whole frame blocks: for batches that are few or wait
 * shortly.
 *
 *     TRY(batch_keep(&batch, memory, &kept, err));
 *     frame_reset(&frame);                            `kept` stays good
 *     batch_unkeep(&kept, memory); */
NODISCARD Status batch_keep(const Batch *batch, Memory *memory, Batch *out, Error *err);
void batch_unkeep(Batch *batch, Memory *memory);

/* Bytes of its values and meta words, of texts all: what keeping it holds, but for what is not its own of the blocks
 * that it pins. */
size_t batch_byte_count(const Batch *batch);

/* Rows [from, from + count) of every column and meta word; sharing as array_slice does. */
NODISCARD Status batch_slice(const Batch *batch, Frame *frame, uint32_t from, uint32_t count, Batch *out,
                             Error *err);

/* The same where `from` is a multiple of 64, without allocating: `columns` is the caller's, [column_count].
 * For looks inside one call; not to be passed on. */
void batch_part(const Batch *batch, uint32_t from, uint32_t count, Array *columns, Batch *out);

/* A copy of rows [from, from + count) every byte of which has an owner: of arrays that cannot be kept, such
 * as the constants of a plan. Columns only: meta words are left behind. */
NODISCARD Status batch_copy(const Batch *batch, Frame *frame, uint32_t from, uint32_t count, Batch *out,
                            Error *err);

/* The rows at `rows` (each < batch->row_count), in that order, with their meta words. */
NODISCARD Status batch_gather(const Batch *batch, Frame *frame, const uint32_t *rows, uint32_t count,
                              Batch *out, Error *err);

/* The meta words alone: for operators that compute their own columns. NULL rows: all, shared without a copy.
 */
NODISCARD Status batch_gather_meta(const Batch *batch, Frame *frame, const uint32_t *rows, uint32_t count,
                                   Batch *out, Error *err);

/* Index of set bits: out[k] = row of the kth set bit among [0, count); returns how many. `out` has room for
 * count + 16 entries (kernels store whole vectors). */
uint32_t batch_select(const uint64_t *bits, uint32_t count, uint32_t *out);

/* Debug builds: lengths agree, no weight is 0, views point inside their buffers. Called wherever a batch is passed on; in
 * release builds it does nothing. */
void batch_check(const Batch *batch);

#endif
