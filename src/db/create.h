/* SPDX-License-Identifier: Apache-2.0
 * db/create.h - CREATE: a definition becomes an object, and runs.
 *
 *     TRY(create_check(db, create, text, arena, &rows, err));      weir_prepare: all that can be wrong but I/O
 *     TRY(create_run(db, create, text, arena, err));               weir_query
 *
 * Threads: inside the database. */
#ifndef WEIR_DB_CREATE_H
#define WEIR_DB_CREATE_H

#include "db/database.h"

/* Runs CREATE. `arena` holds the tree and, on success, belongs to the object: the caller's is left empty. `text`: the statement, in that
 * arena. A CREATE that fails leaves nothing, and the arena as it was but for what binding put there. */
NODISCARD Status create_run(weir_db *db, const AstCreate *create, Str text, Arena *arena, Error *err);

/* Binds what CREATE says without making anything. *rows: what a table begins with (define.h), or NULL. */
NODISCARD Status create_check(weir_db *db, const AstCreate *create, Str text, Arena *arena, const Plan **rows, Error *err);

/* Catalog.find_missing, of which a weir_db is the context: makes the source "stdin" the first time it is named. NULL for other names, and
 * after a failure, which is then in db->missing_error. */
const Relation *create_find_missing(void *context, Str schema, Str name);

#endif
