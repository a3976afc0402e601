/* SPDX-License-Identifier: Apache-2.0
 * store/rows.h - stored rows: tables and materialized views.
 *
 * Rows live in keyed state, found by their key columns, or, without a key, by all of their columns (then
 * equal rows are one record with a weight). Key columns are in the record's key; the others, and those whose key cell loses their
 * spelling (real, double, interval), are cells in its value.
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

typedef struct RowsColumn {
    Type type;
    bool not_null;
} RowsColumn;

typedef struct RowsChange RowsChange;

typedef struct Rows {
    Memory *memory;
    Arena arena;
    uint32_t column_count;
    const Type *types;
    bool is_keyed;
    bool is_net;              /* made by rows_init_net */
    bool is_upsert;           /* keyed: a row replaces the one of its key, a withdrawal takes it away whatever its values; set after rows_init */
    RowKeyLayout keys;
    uint32_t *key_columns;    /* [keys.column_count] */
    int32_t *cell_of_column;  /* [column_count] key cell, -1: none */
    CellLayout payload;
    uint32_t *payload_columns; /* [payload.count] */
    int32_t *payload_of_column; /* [column_count] payload cell that holds it exactly, -1: none */
    State state;
    VECTOR(RowsChange) changes; /* records touched in this epoch */
    char *before;             /* their payloads as they were: [changes.count * payload.size] */
    size_t before_capacity;   /* bytes */
    size_t change_next;       /* at the epoch's end: changes that have left */
    int64_t row_count;        /* sum of weights */
} Rows;

/* `key`: key columns; NULL: the whole row. Copies what it is given. */
NODISCARD Status rows_init(Rows *rows, const RowsColumn *columns, uint32_t column_count, const uint32_t *key, uint32_t key_count,
                           Io *io, Memory *memory, Error *err);

/* Rows that are only added up: every record is forgotten at the epoch's end, and what leaves is the sum of its weights, which may be below
 * zero. */
NODISCARD Status rows_init_net(Rows *rows, const RowsColumn *columns, uint32_t column_count, Io *io, Memory *memory,
                               Error *err);
void rows_deinit(Rows *rows);
size_t rows_memory(const Rows *rows);

/* Adds each row by its weight. A withdrawal of a row that is not there changes nothing and is listed in `missing` (row numbers, room
 * for batch->row_count; NULL: such rows are counted with a weight below zero, and may be evened out before the epoch ends). */
typedef struct RowsMissing {
    uint32_t *rows;
    uint32_t count;
} RowsMissing;
NODISCARD Status rows_apply(Rows *rows, Frame *frame, const Batch *batch, RowsMissing *missing, Error *err);

/* The first row whose key is stored already, or occurs twice in the batch; -1: none. Keyed rows only. */
NODISCARD Status rows_find_conflict(Rows *rows, Frame *frame, const Batch *batch, int64_t *row, Error *err);

/* What each row's key is before the rows are applied; keyed rows only. A new key is marked, so that it is REPEATED the next time,
 * also in another batch, until rows_clear_marks; one that is stored only where `marks` says so (NULL: nowhere). */
typedef enum RowsKeyState { ROWS_KEY_NEW, ROWS_KEY_STORED, ROWS_KEY_REPEATED } RowsKeyState;
NODISCARD Status rows_mark_keys(Rows *rows, Frame *frame, const Batch *batch, const uint8_t *marks, uint8_t *states,
                                Error *err);
void rows_clear_marks(Rows *rows);

/* The stored rows with the keys of the batch's rows, all of which are STORED. */
NODISCARD Status rows_read_stored(Rows *rows, Frame *frame, const Batch *batch, Batch *out, Error *err);

/* Of the records touched in this epoch, one of a key that now has several rows: its row as a batch; row_count 0: there is none. */
NODISCARD Status rows_find_excess(Rows *rows, Frame *frame, Batch *out, Error *err);

/* The next batch of the epoch's net changes, with weights; row_count may be 0. Call until *more is false. */
NODISCARD Status rows_epoch_end(Rows *rows, Frame *frame, Batch *out, bool *more, Error *err);

/* Ends the epoch where nobody asks for its changes. */
void rows_commit(Rows *rows);

/* Undoes what was applied since the last epoch's end, and has not left in one that was given up half way. */
void rows_rollback(Rows *rows);

/* Reads the rows, each as often as its weight says. Do not change the rows while a cursor is in use. */
typedef struct RowsCursor {
    StateCursor state;
    uint32_t id;     /* a record with more copies to give */
    int64_t left;
} RowsCursor;
/* At most row_count_max rows; row_count 0: the end. */
NODISCARD Status rows_scan(const Rows *rows, RowsCursor *cursor, Frame *frame, uint32_t row_count_max, Batch *out, Error *err);

#endif
