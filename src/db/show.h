/* SPDX-License-Identifier: Apache-2.0
 * db/show.h - SHOW, DESCRIBE and EXPLAIN: lists of text.
 *
 *     TRY(show_schema(ast, &arena, &schema, err));                        weir_prepare: the columns hang on the statement alone
 *     TRY(show_run(conn, ast, plan, text, &result, err));                 the list as it is at that moment
 *
 * What can be listed is in tables of its owners (functions, options, connectors, formats, settings).
 * Threads: inside the database. */
#ifndef WEIR_DB_SHOW_H
#define WEIR_DB_SHOW_H

#include "db/object.h"
#include "db/result.h"

/* The columns a list will have, for weir_prepare. */
NODISCARD Status show_schema(const AstStatement *ast, Arena *arena, Schema *out, Error *err);

/* One batch of texts in *out. `explained`: the plan of EXPLAIN or of DESCRIBE's query; `text`: what its spans refer to. */
NODISCARD Status show_run(weir_conn *conn, const AstStatement *ast, const Plan *explained, Str text, Result *out,
                          Error *err);

#endif
