/* SPDX-License-Identifier: Apache-2.0
 * db/life.h - the beginning and the end of a database.
 *
 *     TRY(life_begin(io_real(), 0, &db, err));
 *     ... connections, statements ...
 *     life_end(db);
 *
 * Threads: nobody else knows of it yet, or any more. */
#ifndef WEIR_DB_LIFE_H
#define WEIR_DB_LIFE_H

#include "db/database.h"

/* An empty database. `io` must outlive it. memory_max: bytes for everything but handles; 0: no limit. OUT_OF_MEMORY; then nothing is
 * left. */
NODISCARD Status life_begin(Io *io, int64_t memory_max, weir_db **out, Error *err);

/* All handles on it have been freed, and nobody else is inside: its objects go, the newest first, then the database. */
void life_end(weir_db *db);

#endif
