/* SPDX-License-Identifier: Apache-2.0
 * db/database.c - what every module of db may ask of a database. */
#include "db/database.h"

OpContext database_context(weir_db *db, OpRowError row_error) {
    return (OpContext){.io = db->io,
                       .memory = &db->memory,
                       .pool = db->pool,
                       .kernels = db->kernels,
                       .eval = {.now_us = io_clock_us(db->io),
                                .random_seed = io_random_u64(db->io),
                                .zones = &db->zones.source},
                       .row_error = row_error,
                       .row_error_context = db};
}

void database_notice(weir_db *db, int kind, Str message, Str hint, int64_t position) {
    if (db->notice == NULL) return;
    Arena arena;
    arena_init(&arena, &db->memory);
    Str text = str_copy(&arena, message), more = str_copy(&arena, hint);
    int64_t place = position < 0 ? -1 : position + db->notice_offset;
    if (text.data != NULL && more.data != NULL)
        db->notice(db->notice_user, kind, text.data, more.size == 0 ? NULL : more.data, place);
    arena_deinit(&arena);
}
