/* SPDX-License-Identifier: Apache-2.0
 * db/database.h - the database behind a weir_db: what all statements share.
 *
 * Every public call enters the database and leaves it again; only one thread is inside at a time.
 *
 *     if (!database_enter(db)) return error_busy(error);
 *     status = ...;
 *     database_leave(db); */
#ifndef WEIR_DB_DATABASE_H
#define WEIR_DB_DATABASE_H

#include <weir.h>

#include "db/dead_letters.h"
#include "flow/flow.h"
#include "io/zones.h"
#include "plan/bind.h"

typedef struct Object Object; /* db/object.h */

/* Settings that SET changes. */
/* Set through SET, read by name in db/settings.c. */
typedef struct Settings {
    int64_t batch_rows; /* rows per read and push at most; tests shrink it */
} Settings;

/* Something freed while the database was in use (in a callback, by a second thread): it goes when the one
 * inside leaves. */
/* First member of the handle that goes, so that freeing needs no memory. */
typedef struct Deferred {
    void (*run)(struct Deferred *deferred);
    struct Deferred *next;
} Deferred;

struct weir_db {
    Memory memory;
    Io *io;
    BufferPool *pool;
    const KernelTable *kernels;
    Catalog catalog;
    uint64_t next_object;
    uint64_t catalog_version; /* rises with each change: plans bound before are bound again */
    VECTOR(Object *) objects; /* in order of creation */
    Flow *flow;
    DeadLetters dead_letters;
    FlowRelation dead_letters_flow;
    Arena arena; /* the database's life */
    Zones zones;
    Settings settings;
    OnError on_error; /* of what the statement under way makes: its connection's SET on_error */
    const Zone *zone; /* the same: SET TIME ZONE; NULL: UTC */
    _Atomic(int) is_inside;
    _Atomic(uint64_t) inside_thread; /* io_thread_number of who is; 0: nobody */
    _Atomic(Deferred *) deferred; /* a stack */
    _Atomic(int) child_count; /* connections, writers, subscriptions, streams: weir_close waits for them */
    weir_notice_fn notice;
    void *notice_user;
    int64_t notice_offset;   /* of the statement that runs in what its user gave: positions of notices are in
                                its text */
    SourceHead stdin_head;   /* of FROM stdin */
    bool stdin_is_taken;       /* by the caller: nobody here may read it */
    bool stdin_is_named;     /* the source stdin was made */
    Error missing_error;     /* of making it */
    weir_sub *subscriptions; /* open ones, linked */
    uint32_t event_count;    /* of them: those that have given a file descriptor */
};

/* `io` must outlive the database. memory_max: bytes for everything but handles; 0: no limit. On failure nothing is left. */
NODISCARD Status database_create(Io *io, int64_t memory_max, weir_db **out, Error *err);

/* All handles on it have been freed, and nobody is inside. */
void database_destroy(weir_db *db);

/* False while another thread, or a callback's caller, is inside: the public call answers WEIR_BUSY. Leaving does what has
 * waited: warnings of what has halted, handles to free, descriptors of subscriptions. */
NODISCARD bool database_enter(weir_db *db);

/* The same, but waits for the other thread to come out until `deadline_ns` (io_deadline_ns); a callback never waits for its own
 * caller. */
NODISCARD bool database_enter_until(weir_db *db, int64_t deadline_ns);
void database_leave(weir_db *db);

/* Runs it inside the database: now, or when the one who is inside leaves. */
void database_defer(weir_db *db, Deferred *deferred);

/* flow_step, but STATUS_BUSY while a subscriber's queue is full, and waiting even when no source has anything
 * to wait for. */
NODISCARD Status database_step(weir_db *db, int64_t timeout_ns, FlowProgress *progress, Error *err);

/* `position`: in the statement's text; -1: none. */
void database_notice(weir_db *db, int kind, Str message, Str hint, int64_t position);

/* Operators of a plain SELECT: a row that fails fails the statement. */
OpContext database_snapshot_context(weir_db *db);

#endif
