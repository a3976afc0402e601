/* SPDX-License-Identifier: Apache-2.0
 * db/failed_rows.h - what becomes of rows that an expression fails on, and of records that a source cannot read.
 *
 *     of a continuous query    on_error of its object or session: a dead letter, a count, or the end of the query
 *     of a plain SELECT        the end of the statement
 *     of a source              on_error of the source: a dead letter or a count (the source itself knows `stop`)
 *
 * Threads: inside the database. */
#ifndef WEIR_DB_FAILED_ROWS_H
#define WEIR_DB_FAILED_ROWS_H

#include "db/database.h"

#define FAILED_ROWS_TELL_NS INT64_C(2000000000)

/* An OpRowError whose context is the weir_db: a continuous query goes on without the row, or ends at it. Withdrawals of a row that has
 * failed are passed over, as its insertion was reported. */
Status failed_row_of_query(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch, uint32_t row,
                           const RowError *error, Error *err);

/* The same for a plain SELECT, which fails where PostgreSQL fails. Of a row without an event time PostgreSQL knows nothing: it is left out
 * and reported, as in a continuous query. */
Status failed_row_ends_statement(void *context, const PlanNode *node, const PlanNode *shape, const Batch *batch, uint32_t row,
                                 const RowError *error, Error *err);

/* Tells of the first dead letter of a source that has an end, once it has gone on without coming there for FAILED_ROWS_TELL_NS: to be called
 * between reads. Of others it is told when it comes. */
void failed_rows_tell(weir_db *db);

/* Dead letters and warnings of sources. */
ReaderEvents failed_records_of_sources(weir_db *db);

#endif
