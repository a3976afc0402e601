/* SPDX-License-Identifier: Apache-2.0
 * db/sources.h - the sources under a plan: which a statement starts, waits for, and has seen the end of.
 *
 *     sources_want(db, plan);
 *     sources_seek_present(db, plan);
 *     while (sources_are_waited_for(db, plan)) TRY(turn_step(db, -1, &progress, err));
 *
 * Under a plan is what it reads, and what lies under that: views, streams and late tables lead on to what their own
 * plans read. Threads: inside the database. */
#ifndef WEIR_DB_SOURCES_H
#define WEIR_DB_SOURCES_H

#include "db/object.h"

/* Has it a connector, and no end? */
bool source_is_endless(const Object *object);

/* Does a source that has a connector and no end lie under the plan? */
bool sources_are_endless(const weir_db *db, const Plan *plan);

/* Does a source without a connector lie under the plan, and none that is endless? */
bool sources_wait_for_pushes(const weir_db *db, const Plan *plan);

/* Is the object under the plan? Costs a look at every object and what it reads. */
bool sources_is_below(const weir_db *db, const Plan *plan, const Object *object);

/* Starts reading every source under the plan (NULL: under all that is maintained). */
void sources_want(weir_db *db, const Plan *plan);

/* From now on what the files under the plan hold now is waited for, of those too that have no end (`follow`). */
void sources_seek_present(const weir_db *db, const Plan *plan);

/* True when a bounded source under the plan (NULL: any that feeds something) has not ended yet, or what was there at
 * sources_seek_present has not been read. */
bool sources_are_waited_for(const weir_db *db, const Plan *plan);

/* True when a source with a connector under the plan has not ended: more rows may come, unless something under it has halted (halt_find). */
bool sources_feed(const weir_db *db, const Plan *plan);

/* True when every source under the plan is bounded and has ended (or there is none): nothing will come by
 * itself. */
bool sources_have_ended(const weir_db *db, const Plan *plan);

#endif
