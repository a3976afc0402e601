/* SPDX-License-Identifier: Apache-2.0
 * db/halt.h - objects that on_error = 'stop' has halted: why, who reads them in vain, who has to be told.
 *
 *     TRY(halt_check(db, plan, true, err));      before a statement reads what its plan names
 *
 * A halt is told once: by the first statement, result or subscription that meets it, else by a warning when the
 * database is left. Threads: inside the database. */
#ifndef WEIR_DB_HALT_H
#define WEIR_DB_HALT_H

#include "db/object.h"

/* Why the object itself has halted; NULL: it has not. */
const Error *halt_failure(const Object *object);

/* The first object under a plan that has halted; NULL: none. */
Object *halt_find(const weir_db *db, const Plan *plan);

/* The failure of an object that has halted itself; it is then told. */
NODISCARD Status halt_check_object(Object *object, Error *err);

/* What has halted, of the objects under a plan, cannot be read: the error says why, and that is then told. `hint`: also
 * what to do. */
NODISCARD Status halt_check(weir_db *db, const Plan *plan, bool hint, Error *err);

/* Warns of objects that have halted, once each; those whose failure an open result or subscription will give are left
 * to it. */
void halt_tell(weir_db *db);

/* The failure of the first object that has halted and of which nobody was told; it is then told. */
NODISCARD Status halt_check_told(weir_db *db, Error *err);

#endif
