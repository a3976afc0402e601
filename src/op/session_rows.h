/* SPDX-License-Identifier: Apache-2.0
 * op/session_rows.h - the rows of open sessions, kept when they may be taken back: a row that goes can split
 * its session.
 *
 *     key's record | sessions | KeyRows: | time | weight | cells | time | weight | cells | ...
 *                                          by rising time
 *
 * Rows are added to their key as they come. At the epoch's end the sessions of keys that were touched are cut
 * anew, where rows near them changed: one that starts and ends as before is filled again, others go and come.
 *
 *     TRY(session_rows_push(op, context, &batch, times, bounds, &found, out, err));
 *     TRY(session_rows_settle(op, context, err));      sessions are what the rows say
 *     ... changes leave, sessions close ...
 *     session_rows_forget_keys(op);                    keys without rows go
 *
 * A withdrawal of a row that is not there at the epoch's end counts as late. Threads: one worker. */
#ifndef WEIR_OP_SESSION_ROWS_H
#define WEIR_OP_SESSION_ROWS_H

#include "op/groups.h"
#include "op/session_set.h"

/* The owner's words of a key's record; zeroed with a new key. Without kept rows a record has only `sessions`. */
typedef struct SessionKey {
    KeySessions sessions;
    /* only when rows are kept */
    char *rows;
    uint32_t count;
    uint32_t capacity;
    int64_t dirty_first; /* times between which rows changed in this epoch */
    int64_t dirty_last;
    uint64_t is_touched; /* listed in SessionRows.touched; else the two times mean nothing */
} SessionKey;

/* Kept rows of all keys, in arrays that the keys own: O(rows of the key) to put one in between, O(1) at the end. */
typedef struct SessionRows {
    CellLayout cells;  /* the columns that aggregates read */
    uint32_t *columns; /* [cells.count] of the input */
    uint32_t item_size;
    StateHeap heap;           /* long texts of the cells */
    size_t size;              /* of the keys' rows, bytes */
    VECTOR(uint32_t) touched; /* records of keys */
} SessionRows;

/* Of each row only the columns that an aggregate, its filter or the order of rows reads are kept. */
NODISCARD Status session_rows_init(SessionRows *rows, Op *op, const OpContext *context, Error *err);
void session_rows_deinit(SessionRows *rows, Memory *memory);
size_t session_rows_memory(const SessionRows *rows);

/* As session_push; `found` as groups_find left it. bounds: NULL when no row is late. */
NODISCARD Status session_rows_push(Op *op, const OpContext *context, const Batch *batch, const int64_t *times,
                                   const int64_t *bounds, const GroupsFound *found, OpOutput *out,
                                   Error *err);

/* At the epoch's end, before changes leave: costs what the touched keys hold. */
NODISCARD Status session_rows_settle(Op *op, const OpContext *context, Error *err);

/* The rows of a session that has closed go. */
NODISCARD Status session_rows_close(Op *op, const Session *session, Error *err);

/* Gives back a key's rows. */
void session_rows_drop_key(SessionRows *rows, SessionKey *key, Memory *memory);

/* Ends the epoch: touched keys that hold no row any more go, with their records. */
void session_rows_forget_keys(Op *op);

#endif
