/* SPDX-License-Identifier: Apache-2.0
 * db/statement.h - prepared statements and their running.
 *
 *     TRY(statement_prepare(conn, text, offset, &stmt, &size, err));     text to tree to plan
 *     TRY(statement_run(stmt, &result, err));                             as often as asked for
 *     while (result has rows) result_next(&result, ...);
 *     result_close(&result);
 *     statement_release(stmt);
 *
 * A plan is made once. When the catalog or the session's time zone has changed since, the next run binds the tree again; what the user has been told of
 * the rows (schema, key) is a copy of its own. Threads: inside the database, but for the counts of references. */
#ifndef WEIR_DB_STATEMENT_H
#define WEIR_DB_STATEMENT_H

#include "db/conn.h"
#include "db/dml.h"
#include "db/result.h"

struct weir_stmt {
    weir_conn *conn;
    _Atomic(int) reference_count; /* the user's, its running stream's, and of calls under way */
    Arena arena;                  /* text, tree, plan */
    Str text;                     /* copied; what positions refer to, less `offset` */
    int64_t offset;               /* of text in what the user gave */
    const AstStatement *ast;
    const AstQuery *query;    /* of statements that read: SELECT, SUBSCRIBE, and the one under EXPLAIN */
    const Plan *plan;         /* of those that have one */
    Parameters parameters;    /* $1 ..; their types are settled by the first binding */
    ParameterValues *values;  /* of these; NULL: none has been given yet */
    DmlChange *change;        /* INSERT, UPDATE, DELETE, TRUNCATE */
    int64_t change_count;     /* rows that the last run changed; -1: none, or no such statement */
    const Zone *zone;         /* what it was bound with: a copy of the connection's */
    uint64_t zone_version;    /* and that zone's */
    uint64_t catalog_version; /* when it was bound */
    bool is_bound;            /* plan is of catalog_version and zone_version */
    Schema schema;            /* of the rows it gives; a copy */
    const uint32_t *key;      /* [key_count] columns that identify a row; a copy */
    uint32_t key_count;
    int flags;     /* WEIR_STMT_* */
    bool is_spent; /* its tree now belongs to an object */
};

/* *out NULL: no statement (white space, comments). *size: bytes of `text` used, also after an error, so that a script can go
 * on behind it. `offset`: of `text` in what the user gave, added to positions. Errors: of parser_next and bind_query. */
NODISCARD Status statement_prepare(weir_conn *conn, Str text, int64_t offset, weir_stmt **out, size_t *size,
                                   Error *err);
/* The same for a subscription: a name alone, SUBSCRIBE, or a SELECT that is then maintained. */
NODISCARD Status statement_prepare_subscription(weir_conn *conn, Str text, weir_stmt **out, size_t *size,
                                                Error *err);
/* Counted: a stream keeps its statement, a statement its connection. From any thread. */
void statement_retain(weir_stmt *stmt);
void statement_release(weir_stmt *stmt);

/* Runs it; rows come from *out (kind RESULT_NONE when there are none), to be closed by result_close. A CREATE can run once:
 * its tree then belongs to the object. A SELECT first reads the bounded sources below it to their end. On failure there is
 * nothing to close. */
NODISCARD Status statement_run(weir_stmt *stmt, Result *out, Error *err);

/* $number has this value in the runs to come. Errors: UNDEFINED_PARAMETER, and of parameter_values_set. */
NODISCARD Status statement_bind_value(weir_stmt *stmt, uint32_t number, const weir_value *value, Error *err);

/* Runs a whole script, as weir_exec. */
NODISCARD Status statement_run_script(weir_conn *conn, Str text, Error *err);

#endif
