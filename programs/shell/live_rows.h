/* SPDX-License-Identifier: Apache-2.0
 * shell/live_rows.h - the rows that a changing result has now, as texts, in the order of their coming.
 *
 *     LiveRows rows;
 *     live_rows_init(&rows, memory, schema, key, key_count);
 *     TRY(live_rows_change(&rows, batch, row, weight, err));    for each row of a batch
 *     live_rows_settle(&rows);                                  after a batch, before they are looked at
 *     for (LiveRow *row = rows.first; row != NULL; row = row->next) ...
 *
 * A row taken back and added again before they settle keeps its place. Rows are found by a hash of their key; each is one allocation with
 * its texts behind it, so that a row costs no more than it shows. Threads: one at a time. */
#ifndef WEIR_SHELL_LIVE_ROWS_H
#define WEIR_SHELL_LIVE_ROWS_H

#include "base/text.h"
#include "column/batch.h"

/* One row, and how often it is there: equal rows of a result without a key share it. */
typedef struct LiveRow {
    struct LiveRow *next, *before; /* in the order of their coming */
    struct LiveRow *chained;       /* of the same slot */
    uint64_t hash;
    int64_t count; /* <= 0: gone, unless it comes back before the rows settle */
    size_t size;   /* of the allocation */
    Str key;
    Str cells[]; /* data NULL: NULL */
} LiveRow;

/* `replaces` and `order_column` are set by the caller before the first row. */
typedef struct LiveRows {
    Memory *memory;
    const Schema *schema;
    const int *key;
    int key_count;    /* 0: the whole row */
    bool replaces;    /* -1 removes whatever the key has (EMIT ON UPDATE) */
    int order_column; /* >= 0: a row with a lesser text there does not replace */
    LiveRow *first, *last;
    LiveRow **slots;
    size_t slot_count; /* a power of two */
    size_t count;
    Text scratch; /* cells of the row being looked at */
    size_t *ends;
    bool has_gone;
} LiveRows;

/* `schema` and `key` are borrowed. OUT_OF_MEMORY; then nothing is left. */
NODISCARD Status live_rows_init(LiveRows *rows, Memory *memory, const Schema *schema, const int *key,
                                int key_count, Error *err);
void live_rows_deinit(LiveRows *rows);

/* Row `row` of the batch comes (weight > 0) or goes (< 0), so many times. A row that goes and was never there is passed over. */
NODISCARD Status live_rows_change(LiveRows *rows, const Batch *batch, size_t row, int64_t weight, Error *err);

/* Lets go of the rows that are gone: a walk over all if there are any. */
void live_rows_settle(LiveRows *rows);

#endif
