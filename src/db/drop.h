/* SPDX-License-Identifier: Apache-2.0
 * db/drop.h - DROP: who depends on what, and in which order it goes. */
#ifndef WEIR_DB_DROP_H
#define WEIR_DB_DROP_H

#include "db/database.h"

/* All that is named goes, with CASCADE what depends on it too; or nothing does. DEPENDENT_OBJECTS (2BP01), UNDEFINED_TABLE,
 * WRONG_OBJECT_TYPE; BUSY while an open result or subscription reads one of them. Threads: inside the database. */
NODISCARD Status drop_run(weir_db *db, const AstDrop *drop, Error *err);

#endif
