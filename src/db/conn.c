/* SPDX-License-Identifier: Apache-2.0
 * db/conn.c - how long a connection lives. */
#include "db/conn.h"

#include "db/handle.h"

void conn_retain(weir_conn *conn) {
    atomic_fetch_add(&conn->reference_count, 1);
}

void conn_release(weir_conn *conn) {
    ASSERT(atomic_load(&conn->reference_count) > 0);
    if (atomic_fetch_sub(&conn->reference_count, 1) > 1) return;
    if (conn->zone != NULL) arena_deinit(&conn->zone_arena);
    ASSERT(atomic_load(&conn->db->child_count) > 0); /* it is one of them */
    /* From here on weir_close may go ahead on another thread: a handle's memory is no database's. */
    atomic_fetch_sub(&conn->db->child_count, 1);
    handle_free(conn, sizeof(*conn));
}

void conn_use_settings(weir_conn *conn) {
    conn->db->on_error = conn->on_error;
    conn->db->zone = conn->zone;
}
