/* SPDX-License-Identifier: Apache-2.0
 * db/result.h - rows on their way to the user: batches of a snapshot, of a continuous query, or of a list.
 *
 *     for (;;) {
 *         TRY(result_next(&result, &batch, &ended, err));
 *         if (ended) break;
 *         if (batch.row_count == 0) TRY(result_wait(&result, timeout_ns, err));
 *     }
 *
 * A snapshot is one moment's, however long its reader takes; a live result reads its sources as it is read. Both pin what they read: it
 * cannot be dropped before result_close. After a failure of result_next only result_close may follow.
 *
 * Threads: inside the database. */
#ifndef WEIR_DB_RESULT_H
#define WEIR_DB_RESULT_H

#include "db/database.h"
#include "db/parameters.h"
#include "flow/snapshot.h"

typedef enum ResultKind {
    RESULT_NONE,     /* the statement gives no rows */
    RESULT_SNAPSHOT, /* a plain SELECT */
    RESULT_LIVE,     /* EMIT, SUBSCRIBE */
    RESULT_KEPT,     /* RETURNING: batches kept in the queue */
    RESULT_LIST,     /* SHOW, DESCRIBE, EXPLAIN: one batch in a frame of its own */
} ResultKind;

/* Owned by the stream, or the script, that reads it. Fields belong to the kinds named in capitals. */
typedef struct Result {
    ResultKind kind;
    weir_db *db;
    const Plan *plan; /* borrowed from the statement */
    Snapshot *snapshot;
    ParameterValues *values; /* SNAPSHOT: those it began with, retained; NULL: none */
    FlowQuery *query;    /* LIVE */
    Object *late;        /* LIVE: its LATE DATA TO table */
    VECTOR(Batch) queue; /* LIVE, KEPT: kept batches */
    size_t queue_next;
    size_t queue_settled; /* of queue.count: those of epochs that are over */
    bool is_ended;
    bool is_failed; /* LIVE: a row has ended it, or halted what it reads */
    bool is_pinned; /* what it reads cannot be dropped */
    Frame frame;    /* LIST */
    Batch list;
    bool is_peeked; /* result_would_wait has read on: what it found is given next */
    Batch peeked;
    bool peeked_ended;
    Status peeked_status;
    Error peeked_error;
} Result;

/* A maintained query whose changes are queued. *out may not move: the query gives its rows to it. Late rows go to a table that is made
 * here. Errors: of flow_start; DUPLICATE_TABLE for that table. On failure there is nothing to close. */
NODISCARD Status result_open_live(weir_db *db, const Plan *plan, Result *out, Error *err);

/* A plain SELECT: its first row is worked out when it is asked for. The plan, which is the statement's, must outlive the result. `values`:
 * of the plan's parameters, retained until it is closed; NULL: it has none. */
NODISCARD Status result_open_snapshot(weir_db *db, const Plan *plan, ParameterValues *values, Result *out, Error *err);

/* The next batch, borrowed until the next call; row_count 0 and *ended false: nothing is ready, wait and ask
 * again. */
NODISCARD Status result_next(Result *result, Batch *out, bool *ended, Error *err);

/* Waits for input, at most timeout_ns. */
NODISCARD Status result_wait(Result *result, int64_t timeout_ns, Error *err);

/* True when result_next would come back without rows for now: it reads on to find out. */
bool result_would_wait(Result *result);

/* Also of one that gives no rows. A LIVE query stops. */
void result_close(Result *result);

#endif
