/* SPDX-License-Identifier: Apache-2.0
 * sqllogic/engine.h - Weir behind the seam of sqllogic/slt.h, through the public API alone.
 *
 *     WeirEngine weir = {.memory = &memory};
 *     SltEngine engine = weir_engine(&weir);
 *
 * Values are read from the Arrow stream and printed as PostgreSQL prints them. */
#ifndef WEIR_TEST_SQLLOGIC_ENGINE_H
#define WEIR_TEST_SQLLOGIC_ENGINE_H

#include "sqllogic/slt.h"
#include "weir.h"

typedef struct WeirEngine {
    Memory *memory;      /* of the test; the database has its own */
    const char *prelude; /* SQL run in each new database, NULL: none */
    weir_db *db;
    weir_conn *conn;
} WeirEngine;

SltEngine weir_engine(WeirEngine *weir);

#endif
