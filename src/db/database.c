/* SPDX-License-Identifier: Apache-2.0
 * db/database.c - making and ending a database; ways in and out of it. */
#include "db/database.h"

#include "db/failed_rows.h"
#include "db/halt.h"
#include "db/handle.h"
#include "db/object.h"
#include "db/subscription.h"

enum { ENTER_LOOK_COUNT = 1000 }; /* some microseconds */

static OpContext operator_context(weir_db *db, OpRowError row_error) {
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

OpContext database_snapshot_context(weir_db *db) {
    return operator_context(db, failed_row_ends_statement);
}

/* --- life ------------------------------------------------------------------------------------- */

static Status add_system_relations(weir_db *db, Error *err) {
    Relation *letters = dead_letters_relation(&db->arena);
    TRY_ALLOC(letters);
    db->dead_letters_flow =
        (FlowRelation){.relation = letters, .scan = dead_letters_scan, .scan_context = &db->dead_letters};
    letters->runtime = &db->dead_letters_flow;
    return vector_push(&db->catalog.relations, &db->memory, letters) ? STATUS_OK : error_out_of_memory(err);
}

static Status open_parts(weir_db *db, Error *err) {
    db->pool = buffer_pool_create(&db->memory);
    TRY_ALLOC(db->pool);
    OpContext context = operator_context(db, failed_row_of_query);
    TRY(flow_create(&context, &db->flow, err));
    return add_system_relations(db, err);
}

Status database_create(Io *io, int64_t memory_max, weir_db **out, Error *err) {
    weir_db *db = handle_alloc(sizeof(*db));
    TRY_ALLOC(db);
    memory_init(&db->memory, memory_max);
    db->io = io;
    db->kernels = kernel_table(kernel_level_best());
    db->settings = (Settings){.batch_rows = BATCH_ROW_COUNT_MAX};
    arena_init(&db->arena, &db->memory);
    dead_letters_init(&db->dead_letters, &db->memory);
    zones_init(&db->zones, io, &db->memory);
    source_head_init(&db->stdin_head, &db->memory);
    db->catalog.find_missing = object_find_missing;
    db->catalog.find_missing_context = db;
    Status status = open_parts(db, err);
    if (status != STATUS_OK) {
        database_destroy(db);
        return status;
    }
    *out = db;
    return STATUS_OK;
}

void database_destroy(weir_db *db) {
    for (size_t i = db->objects.count; i > 0; i--) object_destroy(db, db->objects.items[i - 1]);
    vector_deinit(&db->objects, &db->memory);
    vector_deinit(&db->catalog.relations, &db->memory);
    if (db->flow != NULL) flow_destroy(db->flow);
    source_head_deinit(&db->stdin_head);
    dead_letters_deinit(&db->dead_letters);
    zones_deinit(&db->zones);
    arena_deinit(&db->arena);
    if (db->pool != NULL) buffer_pool_destroy(db->pool);
    memory_deinit(&db->memory);
    handle_free(db, sizeof(*db));
}

bool database_enter(weir_db *db) {
    int expected = 0;
    if (!atomic_compare_exchange_strong(&db->is_inside, &expected, 1)) return false;
    atomic_store_explicit(&db->inside_thread, io_thread_number(), memory_order_relaxed);
    return true;
}

/* Most calls are over in microseconds: a look or two before the thread sleeps. */
bool database_enter_until(weir_db *db, int64_t deadline_ns) {
    for (uint32_t look = 0; !database_enter(db); look++) {
        /* Only this thread can have written its own number. */
        if (atomic_load_explicit(&db->inside_thread, memory_order_relaxed) == io_thread_number()) return false;
        if (look < ENTER_LOOK_COUNT) continue;
        Error ignored;
        int wait_ms = io_wait_ms(db->io, deadline_ns);
        if (wait_ms == 0 || io_poll(db->io, NULL, 0, 1, &ignored) != STATUS_OK) return database_enter(db);
    }
    return true;
}

static void run_deferred(weir_db *db) {
    Deferred *deferred = atomic_exchange(&db->deferred, NULL);
    /* Taken all at once: what is deferred from now on is for database_leave's next round. */
    while (deferred != NULL) {
        Deferred *next = deferred->next;
        deferred->run(deferred);
        deferred = next;
    }
}

void database_leave(weir_db *db) {
    do {
        halt_tell(db); /* may call the user's notice: while still inside, so that a call from there is refused */
        run_deferred(db);
        if (db->event_count > 0) subscription_set_events(db);
        db->flow->interrupt = NULL;
        atomic_store_explicit(&db->inside_thread, 0, memory_order_relaxed);
        atomic_store(&db->is_inside, 0);
        /* What was deferred since it ran counts on whoever was inside. The caller's handle still keeps the database. */
    } while (atomic_load(&db->deferred) != NULL && database_enter(db));
}

void database_defer(weir_db *db, Deferred *deferred) {
    /* On the stack first: whoever is inside runs it when leaving, else this thread does. */
    deferred->next = atomic_load(&db->deferred);
    while (!atomic_compare_exchange_weak(&db->deferred, &deferred->next, deferred)) continue;
    if (database_enter(db)) database_leave(db);
}

Status database_step(weir_db *db, int64_t timeout_ns, FlowProgress *progress, Error *err) {
    *progress = (FlowProgress){0};
    TRY(subscription_check_room(db, err));
    failed_rows_tell(db);
    return flow_step(db->flow, timeout_ns, progress, err);
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
