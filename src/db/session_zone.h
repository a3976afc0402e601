/* SPDX-License-Identifier: Apache-2.0
 * db/session_zone.h - the time zone of a connection: SET TIME ZONE.
 *
 *     TRY(session_zone_set(conn, value, position, err));      'Europe/Berlin', 5.5, INTERVAL '+02:00'
 *     ... conn->zone ...                                      by whose clock what is bound from now on goes
 *
 * Who binds a statement makes a copy of conn->zone (zone_copy), which belongs to what is bound: plans, objects and
 * results keep the zone that they were made with. Threads: inside the database. */
#ifndef WEIR_DB_SESSION_ZONE_H
#define WEIR_DB_SESSION_ZONE_H

#include "db/conn.h"

/* A name, a rule of POSIX, hours east of UTC, or an interval as long. INVALID_OPTION (22023) for anything else, with the
 * nearest name as hint; the zone then stays. `position`: of the setting's name in `text`. */
NODISCARD Status session_zone_set(weir_conn *conn, const AstOption *value, int64_t position, Error *err);

/* Back to UTC. */
void session_zone_reset(weir_conn *conn);

#endif
