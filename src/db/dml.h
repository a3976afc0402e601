/* SPDX-License-Identifier: Apache-2.0
 * db/dml.h - INSERT, UPDATE, DELETE, TRUNCATE: one statement, one epoch. */
#ifndef WEIR_DB_DML_H
#define WEIR_DB_DML_H

#include "db/object.h"

/* Rows into a table or a pushed source, NULLs checked before: all of them, or none and an error. Batches have
 * the relation's columns. `partition`: of a source or append-only table. */
/* The error of a source that has halted (on_error = 'stop'); it is then told. */
NODISCARD Status dml_check_running(Object *object, Error *err);

/* Rows of a push into the object. */
NODISCARD Status dml_insert_batch(weir_db *db, Object *object, const Batch *batch, uint32_t partition,
                                  Error *err);

/* No NULL where none may be, no text longer than its VARCHAR(n). */
NODISCARD Status dml_check_columns(const Relation *relation, const Batch *batch, Error *err);

/* After an epoch's changes to a table, before its end: 23505 when a key now has several rows. */
NODISCARD Status dml_check_keys(weir_db *db, Object *object, Error *err);

/* Rolls a table back to the last epoch's end. */
void dml_rollback(Object *object);

/* `plan`: the rows to insert, in the columns of the relation. */
NODISCARD Status dml_insert(weir_db *db, Object *object, const Plan *plan, int64_t position, Error *err);

/* `plan`: the rows to take away. */
NODISCARD Status dml_delete(weir_db *db, Object *object, const Plan *plan, Error *err);

/* `plan`: the rows as they are, and beside them, in as many columns again, as they will be. */
NODISCARD Status dml_update(weir_db *db, Object *object, const Plan *plan, int64_t position, Error *err);

/* The relation that a statement changes; errors name the position. */
NODISCARD Status dml_target(weir_db *db, const AstQualifiedName *name, bool only_tables, Object **out,
                            Error *err);

#endif
