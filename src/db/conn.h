/* SPDX-License-Identifier: Apache-2.0
 * db/conn.h - a connection: who uses the database, and with which settings.
 *
 * Threads: the counts from any; the settings inside the database. */
#ifndef WEIR_DB_CONN_H
#define WEIR_DB_CONN_H

#include "db/database.h"

struct weir_conn {
    weir_db *db;
    _Atomic(int) is_interrupted;
    OnError on_error; /* SET on_error */
    const Zone *zone; /* SET TIME ZONE, in zone_arena; NULL: UTC */
    Arena zone_arena;
    uint64_t zone_version; /* rises with each SET: plans bound before are bound again */
    _Atomic(int)
        reference_count; /* statements, streams, writers, subscriptions, calls under way; and the user */
};

/* A connection lives until its last child has gone. */
void conn_retain(weir_conn *conn);
void conn_release(weir_conn *conn);

/* What is made from here on takes over this connection's settings. */
void conn_use_settings(weir_conn *conn);

#endif
