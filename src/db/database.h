/* SPDX-License-Identifier: Apache-2.0
 * db/database.h - the database behind a weir_db: what all statements share.
 *
 * Plain data, which the modules above fill and use: life.h makes it, turn.h says who may touch it (one thread at a
 * time, but for the atomics). Nothing here calls up. */
#ifndef WEIR_DB_DATABASE_H
#define WEIR_DB_DATABASE_H

#include <weir.h>

#include "db/dead_letters.h"
#include "flow/flow.h"
#include "io/zones.h"
#include "plan/bind.h"

typedef struct Object Object;     /* db/object.h */
typedef struct Deferred Deferred; /* db/turn.h */
typedef struct Delivery Delivery; /* db/delivery.h */

/* What SET changes for all connections; read by name in db/settings.c. */
typedef struct Settings {
    int64_t batch_rows; /* rows per read and push at most; tests shrink it */
} Settings;

struct weir_db {
    /* What everything in it is made of. `memory` bounds all but handles, which may outlive the database. */
    Memory memory;
    Io *io;
    BufferPool *pool;
    const KernelTable *kernels;
    /* Names. The catalog also has relations that are no objects (weir_catalog.dead_letters); objects are the only list that
     * includes sinks, and may be walked by anyone inside. */
    Catalog catalog;
    uint64_t next_object;
    uint64_t catalog_version; /* rises with each change: plans bound before are bound again */
    VECTOR(Object *) objects; /* in order of creation */
    /* What runs. Of the relation of dead letters the database itself is the source. */
    Flow *flow;
    DeadLetters dead_letters;
    FlowRelation dead_letters_flow;
    Arena arena; /* the database's life */
    Zones zones;
    Settings settings;
    /* Set for each statement from its connection (conn_use_settings), so that who makes objects need not know connections. */
    OnError on_error; /* of what the statement under way makes: its connection's SET on_error */
    const Zone *zone; /* the same: SET TIME ZONE; NULL: UTC */
    /* Touched from any thread: who is inside, and what waits for that one to leave (db/turn.h). */
    _Atomic(int) is_inside;
    _Atomic(uint64_t) inside_thread; /* io_thread_number of who is; 0: nobody */
    _Atomic(Deferred *) deferred; /* a stack */
    _Atomic(int) child_count; /* connections, writers, subscriptions, streams: weir_close waits for them */
    /* Where notices go, and what the positions in them are relative to. */
    weir_notice_fn notice;
    void *notice_user;
    int64_t notice_offset;   /* of the statement that runs in what its user gave: positions of notices are in
                                its text */
    /* FROM stdin: read once, whoever asks first. */
    SourceHead stdin_head;   /* what was looked at to guess its columns, and is still to be read as rows */
    bool stdin_is_taken;       /* by the caller: nobody here may read it */
    bool stdin_is_named;     /* the source stdin was made */
    Error missing_error;     /* of making it */
    /* Subscribers: a full queue holds everything back, a descriptor is set whenever the database is left (db/delivery.h). */
    Delivery *deliveries; /* of open subscriptions, linked */
    uint32_t event_count; /* of them: those that have given a file descriptor */
};

/* What operators run with. `row_error`: what becomes of a row that an expression fails on (failed_rows.h), given a weir_db as context. */
OpContext database_context(weir_db *db, OpRowError row_error);

/* Tells the user, who may not call back in. `position`: in the statement's text; -1: none. */
void database_notice(weir_db *db, int kind, Str message, Str hint, int64_t position);

#endif
