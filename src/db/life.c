/* SPDX-License-Identifier: Apache-2.0
 * db/life.c - parts are made from the bottom up, and go from the top down. */
#include "db/life.h"

#include "db/create.h"
#include "db/failed_rows.h"
#include "db/handle.h"
#include "db/object.h"

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
    OpContext context = database_context(db, failed_row_of_query);
    TRY(flow_create(&context, &db->flow, err));
    return add_system_relations(db, err);
}

Status life_begin(Io *io, int64_t memory_max, weir_db **out, Error *err) {
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
    db->catalog.find_missing = create_find_missing;
    db->catalog.find_missing_context = db;
    Status status = open_parts(db, err);
    if (status != STATUS_OK) {
        life_end(db);
        return status;
    }
    *out = db;
    return STATUS_OK;
}

void life_end(weir_db *db) {
    ASSERT(db->deliveries == NULL); /* subscriptions have gone: their queries would outlive what they read */
    /* Newest first: an object reads only what was made before it. */
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
