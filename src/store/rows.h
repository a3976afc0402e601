/* SPDX-License-Identifier: Apache-2.0
 * store/rows.h - stored rows: tables and materialized views.
 *
 * Rows live in keyed state, found by their key columns, or, without a key, by all of their columns as they are
 * spelled (then rows that are the same are one record with a weight; -0 and 0, '1 month' and '30 days' are two). Key
 * columns are in the record's key; the others, and those of a key whose cell loses their spelling (real, double,
 * interval, jsonb), are cells in its value.
 *
 * Changes are applied as they come and leave at the epoch's end as the net of the epoch: what was
 * there before is taken back, what is there now is added, nothing when both are the same.
 *
 *     TRY(rows_apply(&rows, &frame, &batch, NULL, err));
 *     do {
 *         TRY(rows_epoch_end(&rows, &frame, &changes, &more, err));
 *         hand_on(&changes);
 *     } while (more);
 *
 * Threads: one worker. */
#ifndef WEIR_STORE_ROWS_H
#define WEIR_STORE_ROWS_H

#include "store/cells.h"
#include "store/keys.h"

/* A column as rows_init takes it. `not_null` is believed, not checked: the key has no NULL bit for it. */
typedef struct RowsColumn {
    Type type;
    bool not_null;
} RowsColumn;

typedef struct RowsChange RowsChange;

/* One table. The layouts say where a column is kept: in the key, in the payload, or (where the key loses the
 * spelling) in both, the payload then being the one that is read. */
typedef struct Rows {
    Memory *memory;
    Arena arena;
    uint32_t column_count;
    const Type *types;
    bool is_keyed;
    bool is_net; /* made by rows_init_net */
    /* Keyed: a row replaces the one of its key, a withdrawal takes it away whatever its values. Set after
     * rows_init, before the first row. */
    bool is_upsert;
    RowKeyLayout keys;
    uint32_t *key_columns;   /* [keys.column_count] */
    int32_t *cell_of_column; /* [column_count] key cell, -1: none */
    CellLayout payload;
    uint32_t *payload_columns;  /* [payload.count] */
    int32_t *payload_of_column; /* [column_count] payload cell that holds it exactly, -1: none */
    State state;
    VECTOR(RowsChange) changes; /* records touched in this epoch */
    char *before;               /* their payloads as they were: [changes.count * payload.size] */
    size_t before_capacity;     /* bytes */
    size_t change_next;         /* at the epoch's end: changes that have left */
    int64_t row_count;          /* sum of weights, those of this epoch's changes counted in */
} Rows;

/* `key`: key columns, each once; NULL: the whole row. Copies what it is given. STATUS_LIMIT when a row is too
 * wide, STATUS_NOT_SUPPORTED for types that cannot be kept. */
NODISCARD Status rows_init(Rows *rows, const RowsColumn *columns, uint32_t column_count, const uint32_t *key,
                           uint32_t key_count, Io *io, Memory *memory, Error *err);

/* Rows that are only added up: every record is forgotten at the epoch's end, and what leaves is the sum of
 * its weights, which may be below zero. */
NODISCARD Status rows_init_net(Rows *rows, const RowsColumn *columns, uint32_t column_count, Io *io,
                               Memory *memory, Error *err);
/* Also in the midst of an epoch; what was applied is forgotten. */
void rows_deinit(Rows *rows);
/* Bytes held, the epoch's list of changes counted in. */
size_t rows_memory(const Rows *rows);

/* Adds each row by its weight. A withdrawal of a row that is not there changes nothing and is listed in
 * `missing` (row numbers, room for batch->row_count; NULL: such rows are counted with a weight below zero,
 * and may be evened out before the epoch ends). */
typedef struct RowsMissing {
    uint32_t *rows;
    uint32_t count;
} RowsMissing;
/* On failure (memory, STATUS_LIMIT) some of the batch may have been applied: rows_rollback takes the whole
 * epoch back. The batch has the columns of rows_init, in their order. Not between the calls of one
 * rows_epoch_end. */
NODISCARD Status rows_apply(Rows *rows, Frame *frame, const Batch *batch, RowsMissing *missing, Error *err);

/* The first row whose key is stored already, or occurs twice in the batch; -1: none. Keyed rows only. For
 * INSERT: asked before the batch is applied, it changes nothing that can be seen. */
NODISCARD Status rows_find_conflict(Rows *rows, Frame *frame, const Batch *batch, int64_t *row, Error *err);

/* What each row's key is before the rows are applied; keyed rows only. A new key is marked, so that it is
 * REPEATED the next time, also in another batch, until rows_clear_marks; one that is stored only where
 * `marks` says so (NULL: nowhere). */
typedef enum RowsKeyState { ROWS_KEY_NEW, ROWS_KEY_STORED, ROWS_KEY_REPEATED } RowsKeyState;
NODISCARD Status rows_mark_keys(Rows *rows, Frame *frame, const Batch *batch, const uint8_t *marks,
                                uint8_t *states, Error *err);
void rows_clear_marks(Rows *rows);

/* The stored rows with the keys of the batch's rows, all of which are STORED. */
NODISCARD Status rows_read_stored(Rows *rows, Frame *frame, const Batch *batch, Batch *out, Error *err);

/* The stored row with the key of the batch's one row, of which only the columns of the key are looked at; row_count 0: there is none. */
NODISCARD Status rows_find(const Rows *rows, Frame *frame, const Batch *key, Batch *out, Error *err);

/* Of the records touched in this epoch, one of a key that now has several rows: its row as a batch; row_count
 * 0: there is none. */
NODISCARD Status rows_find_excess(Rows *rows, Frame *frame, Batch *out, Error *err);

/* The next batch of the epoch's net changes, with weights; row_count may be 0. Call until *more is false. Of
 * one key the withdrawal comes before the row that replaces it. Texts are copied into the frame. On failure
 * the same changes come again with the next call. */
NODISCARD Status rows_epoch_end(Rows *rows, Frame *frame, Batch *out, bool *more, Error *err);

/* Ends the epoch where nobody asks for its changes. Cannot fail. */
void rows_commit(Rows *rows);

/* Undoes what was applied since the last epoch's end, and has not left in one that was given up half way.
 * Needs no memory and cannot fail. */
void rows_rollback(Rows *rows);

/* Reads the rows, each as often as its weight says, in no order that means anything. Do not change the rows
 * while a cursor is in use; changes of an epoch that has not ended are seen.
 *
 *     RowsCursor cursor = {0};
 *     do {
 *         TRY(rows_scan(&rows, &cursor, &frame, 1024, &batch, err));
 *         hand_on(&batch);
 *     } while (batch.row_count > 0); */
typedef struct RowsCursor {
    StateCursor state;
    uint32_t id; /* a record with more copies to give */
    int64_t left;
} RowsCursor;
/* At most row_count_max rows; row_count 0: the end. */
NODISCARD Status rows_scan(const Rows *rows, RowsCursor *cursor, Frame *frame, uint32_t row_count_max,
                           Batch *out, Error *err);

#endif
