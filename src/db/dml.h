/* SPDX-License-Identifier: Apache-2.0
 * db/dml.h - INSERT, UPDATE, DELETE, TRUNCATE, and what a writer pushes: one statement, one epoch.
 *
 * A statement works out all that it will do before it does any of it, since its own queries may read the table that it changes:
 *
 *     rows of its plan --> checked --> conflicts settled --> RETURNING's rows --> applied --> epoch, or all rolled back
 *
 *     TRY(dml_target(db, &name, false, &object, err));
 *     TRY(dml_insert(db, object, change, &result, err));          `change` as db/change.h bound it
 *
 * Owner:   rows kept on the way are the call's; those of RETURNING go to the Result.
 * Threads: inside the database. */
#ifndef WEIR_DB_DML_H
#define WEIR_DB_DML_H

#include "db/object.h"
#include "db/result.h"

/* Rows into a table or a pushed source, columns checked before: all of them, or none and an error. Batches have the relation's columns.
 * `partition`: of a source or append-only table. The epoch is the caller's to end. */
NODISCARD Status dml_insert_batch(weir_db *db, Object *object, const Batch *batch, uint32_t partition,
                                  Error *err);

/* Before a row of the batch is let in: no NULL where none may be, no text longer than its VARCHAR(n). `zone`: of those who are told the row. */
NODISCARD Status dml_check_columns(const Object *object, const Batch *batch, const Zone *zone, Error *err);

/* After an epoch's changes to a table, before its end: 23505 when a key now has several rows. */
NODISCARD Status dml_check_keys(weir_db *db, Object *object, Error *err);

/* Rolls a table back to the last epoch's end. Of a source without a key nothing is kept to roll back: its rows are in the graph already. */
void dml_rollback(Object *object);

/* Rows that a statement is changing, as a relation that its own queries read: filled while it runs. */
typedef struct DmlRows {
    Relation relation;
    FlowRelation runtime;
    const Batch *batches;
    size_t count;
} DmlRows;

/* In the arena, with columns of its own. */
NODISCARD Status dml_rows_make(Arena *arena, const PlanColumn *columns, uint32_t column_count, DmlRows **out, Error *err);

/* A statement as it was bound; in its arena. */
typedef struct DmlChange {
    const Plan *rows;      /* INSERT: the rows to insert, in the columns of the relation; DELETE: those to take away; UPDATE: the rows as they
                              are, and beside them, in as many columns again, as they will be */
    const Plan *returning; /* over `returned`: the rows as the statement leaves them, or took them away; NULL: not asked for */
    DmlRows *returned;
    AstConflictAction on_conflict;
    const Plan *conflict; /* DO UPDATE: over `pairs`, the rows that are there beside those that were to be inserted and their number, what UPDATE's `rows` are,
                             and that number */
    DmlRows *pairs;
    ParameterValues *values; /* of the run under way; NULL: the statement has no parameters */
    int64_t position; /* of the statement, for errors */
    int64_t row_count; /* set by each run: rows that it inserted, changed, deleted */
} DmlChange;

/* *out: RETURNING's rows, untouched when there are none to give. What fails has changed nothing. */
NODISCARD Status dml_insert(weir_db *db, Object *object, DmlChange *change, Result *out, Error *err);
NODISCARD Status dml_delete(weir_db *db, Object *object, DmlChange *change, Result *out, Error *err);
NODISCARD Status dml_update(weir_db *db, Object *object, DmlChange *change, Result *out, Error *err);

/* The relation that a statement changes; errors name the position. */
NODISCARD Status dml_target(weir_db *db, const AstQualifiedName *name, bool only_tables, Object **out,
                            Error *err);

#endif
