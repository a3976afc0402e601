/* SPDX-License-Identifier: Apache-2.0
 * connect/connect_kit.h - for the tests of this folder: the simulated world that connectors are opened in.
 *
 *     ConnectKit kit;
 *     connect_kit_init(&kit);
 *     TRY(connect_kit_open(&kit, "file", &schema, options, NULL, &source));
 *     connect_kit_deinit(&kit);                                               asserts that all memory has come back */
#ifndef WEIR_CONNECT_CONNECT_KIT_H
#define WEIR_CONNECT_CONNECT_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "connect/connector.h"
#include "io/io_sim.h"

#define CONNECT_KIT_FIELD(field_name, type_id)                                        \
    {                                                                                 \
        .name = {field_name, sizeof(field_name) - 1}, .type = {.id = TYPE_##type_id } \
    }

typedef struct ConnectKit {
    Memory memory;
    BufferPool *pool;
    IoSim sim;
    Frame frame;
    Error err;
} ConnectKit;

static inline void connect_kit_init(ConnectKit *kit) {
    *kit = (ConnectKit){0};
    memory_init(&kit->memory, 0);
    kit->pool = buffer_pool_create(&kit->memory);
    assert_non_null(kit->pool);
    assert_true(io_sim_init(&kit->sim, &kit->memory, 7));
    assert_int_equal(frame_init(&kit->frame, kit->pool, &kit->err), STATUS_OK);
}

static inline void connect_kit_deinit(ConnectKit *kit) {
    frame_deinit(&kit->frame);
    io_sim_deinit(&kit->sim);
    buffer_pool_destroy(kit->pool);
    memory_deinit(&kit->memory);
}

/* A source with the options checked, as CREATE SOURCE opens it. */
static inline Status connect_kit_open(ConnectKit *kit, const char *name, const Schema *schema, OptionList options,
                                      const SourceHead *head, Source **out) {
    const Connector *connector;
    TRY(connector_find(str_from_c(name), CONNECTOR_SOURCE, -1, &connector, &kit->err));
    TRY(connector_check(connector, CONNECTOR_SOURCE, options, NULL, &kit->err));
    SourceConfig config = {.connector = connector,
                           .options = options,
                           .schema = schema,
                           .io = &kit->sim.io,
                           .pool = kit->pool,
                           .memory = &kit->memory,
                           .head = head};
    return source_open(&config, out, &kit->err);
}

#endif
