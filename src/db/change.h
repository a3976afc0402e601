/* SPDX-License-Identifier: Apache-2.0
 * db/change.h - statements that change rows: INSERT, UPDATE, DELETE, TRUNCATE, with ON CONFLICT and RETURNING.
 *
 *     TRY(change_bind(db, &binder, ast, &change, err));           once: trees to plans of rows
 *     TRY(change_run(db, ast, change, values, &result, err));             as often as asked for: one epoch, or nothing and an error
 *
 * Threads: inside the database. */
#ifndef WEIR_DB_CHANGE_H
#define WEIR_DB_CHANGE_H

#include "db/dml.h"

/* What the statement computes, in the binder's arena; (*out)->returning has the rows that it gives, if any. Errors: of bind_query,
 * bind_insert and dml_target. */
NODISCARD Status change_bind(weir_db *db, Binder *binder, const AstStatement *ast, DmlChange **out, Error *err);

/* `ast` is what `change` was bound from; `values`: of its parameters, NULL: it has none. Reads the bounded sources under it to their end, and then does all of it or nothing. *out:
 * RETURNING's rows, untouched when there are none to give. */
NODISCARD Status change_run(weir_db *db, const AstStatement *ast, DmlChange *change, ParameterValues *values, Result *out, Error *err);

#endif
