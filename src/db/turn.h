/* SPDX-License-Identifier: Apache-2.0
 * db/turn.h - a thread's turn inside the database: coming in, going on, leaving.
 *
 *     if (!turn_enter(db)) return error_busy(error);
 *     status = ...;
 *     turn_leave(db);
 *
 * Every public call that looks at the database does this; only one thread is inside at a time, and a callback runs inside the turn of the
 * call that it serves. Threads: turn_enter, turn_enter_until and turn_defer from any; the rest inside. */
#ifndef WEIR_DB_TURN_H
#define WEIR_DB_TURN_H

#include "db/database.h"

/* Something freed while the database was in use (in a callback, by a second thread): it goes when the one inside leaves. First member of
 * the handle that goes, so that freeing needs no memory. */
struct Deferred {
    void (*run)(Deferred *deferred);
    Deferred *next;
};

/* False while another thread, or a callback's caller, is inside: the public call answers WEIR_BUSY, and has changed nothing. */
NODISCARD bool turn_enter(weir_db *db);

/* The same, but waits for the other thread to come out until `deadline_ns` (io_deadline_ns); a callback never waits for its own
 * caller. */
NODISCARD bool turn_enter_until(weir_db *db, int64_t deadline_ns);

/* Does what has waited for it: warnings of what has halted, handles to free, descriptors of subscriptions. */
void turn_leave(weir_db *db);

/* Runs it inside the database: now, or when the one who is inside leaves. The database must live until then. */
void turn_defer(weir_db *db, Deferred *deferred);

/* flow_step, but STATUS_BUSY while a subscriber's queue is full, and waiting even when no source has anything to wait for. What it did is
 * in *progress, also after a failure. */
NODISCARD Status turn_step(weir_db *db, int64_t timeout_ns, FlowProgress *progress, Error *err);

/* Steps until every bounded source under the plan (NULL: that feeds something) has ended, and what the files without an end under it hold
 * now has been read. Fails with what has halted on the way, and with
 * INTERRUPTED. */
NODISCARD Status turn_wait_for_sources(weir_db *db, const Plan *plan, Error *err);

#endif
