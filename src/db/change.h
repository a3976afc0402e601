/* SPDX-License-Identifier: Apache-2.0
 * db/change.h - statements that change rows: INSERT, UPDATE, DELETE, TRUNCATE, with ON CONFLICT and RETURNING.
 *
 *     TRY(change_bind(stmt, err));        stmt->change, and the shape of RETURNING's rows
 *     TRY(change_run(stmt, &result, err)) one epoch, or nothing and an error
 *
 * Threads: one worker. */
#ifndef WEIR_DB_CHANGE_H
#define WEIR_DB_CHANGE_H

#include "db/statement.h"

NODISCARD Status change_bind(weir_stmt *stmt, Error *err);
NODISCARD Status change_run(weir_stmt *stmt, Result *out, Error *err);

#endif
