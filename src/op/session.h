/* SPDX-License-Identifier: Apache-2.0
 * op/session.h - the state of SESSION, for its own files: session.c gives rows to sessions and lets these leave, session_rows.c does so for
 * rows that may be taken back, session_set.c knows sessions and keys and nothing of aggregates.
 *
 *     a key's record    groups.state: key cells, SessionKey (op/session_rows.h)
 *     a session         set: Session, the aggregates' value, what it last showed
 *
 * A session is touched (is_pending) from its first change in an epoch to the end of it, and cannot go in between.
 * Owner: the Op. Threads: the Op's worker. */
#ifndef WEIR_OP_SESSION_H
#define WEIR_OP_SESSION_H

#include "op/groups.h"
#include "op/op_priv.h"
#include "op/session_rows.h"

/* Two sessions that have become one: their accumulators have still to. */
typedef struct SessionMerge {
    uint32_t to;
    uint32_t from;
} SessionMerge;

/* How sessions leave follows from `closes`, `changes` and op->mode.snapshot, as in op/aggregate.h. */
typedef struct SessionOp {
    const AggregateSpec *spec;
    Groups groups; /* a record per key; values are the sessions' */
    SessionSet set;
    bool closes;     /* sessions end with the watermark */
    bool judges_late; /* rows without a bound have the operator's watermark for one */
    bool keeps_rows; /* rows may be taken back */
    bool changes;    /* what changed leaves at each epoch's end */
    bool may_overlap; /* a row has passed over a session that had closed for it: sessions of a key may lie in one another */
    int64_t watermark;
    CellLayout shown;            /* changes: both ends and the aggregates as last shown */
    VECTOR(SessionMerge) merges; /* of the batch under way */
    VECTOR(uint32_t) touched;    /* changes: sessions touched in this epoch */
    SessionRows rows;            /* keeps_rows */
    uint32_t next;               /* touched, or all sessions, that have left */
} SessionOp;

/* The owner's words of a key's record; holds until the next call that makes or deletes a record. */
static inline SessionKey *session_key(SessionOp *sessions, uint32_t record) {
    return (SessionKey *)((char *)state_write(&sessions->groups.state, record) +
                          sessions->groups.owner_offset);
}

/* Notes that a change of the session may have to leave at the epoch's end. */
NODISCARD Status session_touch(Op *op, SessionOp *sessions, Session *session, Error *err);

/* The session holds no rows any more: what its accumulators hold outside is given back, its value is zeroed. */
void session_free_contents(SessionOp *sessions, Session *session);

/* Sessions with an earlier last event have closed when the watermark is at `bound`: bound less gap, lateness and the
 * delay of the time column; WATERMARK_MIN (none has closed) and WATERMARK_MAX (all have) stay what they are. */
int64_t session_closed_last(const AggregateSpec *spec, int64_t bound);

#endif
