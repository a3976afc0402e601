/* SPDX-License-Identifier: Apache-2.0
 * test/oracle/arrow_bridge.c - our Arrow import and export behind two plain C functions, for arrow_check.py.
 *
 * A module library, loaded over ctypes. Each call makes a database's worth of memory, takes the foreign
 * arrays in, hands them out again and then throws everything away, so that what pyarrow holds afterwards has
 * outlived us. `flags`: 1 weights, 2 text with offsets. */
#include "base/text.h"
#include "column/arrow.h"

#define BRIDGE __attribute__((visibility("default")))

enum { BRIDGE_WEIGHTS = 1, BRIDGE_TEXT_OFFSETS = 2 };

typedef struct Bridge {
    Memory memory;
    BufferPool *pool;
    Arena arena;
    Frame frame;
    ArrowImport import;
    ArrowExportOptions options;
    struct ArrowArrayStream inner; /* of a stream */
    Error err;
} Bridge;

int arrow_bridge_batch(struct ArrowSchema *schema, struct ArrowArray *array, int64_t from, int64_t count,
                       int flags, struct ArrowSchema *schema_out, struct ArrowArray *array_out, char *message,
                       size_t size);
int arrow_bridge_stream(struct ArrowArrayStream *in, int flags, struct ArrowArrayStream *out);

static Status bridge_open(Bridge *bridge, int flags) {
    *bridge = (Bridge){.options = {(flags & BRIDGE_WEIGHTS) != 0, (flags & BRIDGE_TEXT_OFFSETS) != 0}};
    memory_init(&bridge->memory, 0);
    bridge->pool = buffer_pool_create(&bridge->memory);
    arena_init(&bridge->arena, &bridge->memory);
    return frame_init(&bridge->frame, bridge->pool, &bridge->err);
}

/* memory_deinit asserts that nothing of ours is left but what the consumer holds. */
static void bridge_close(Bridge *bridge) {
    frame_deinit(&bridge->frame);
    arena_deinit(&bridge->arena);
    buffer_pool_destroy(bridge->pool);
    memory_deinit(&bridge->memory);
    memset(&bridge->memory, 0xEE, sizeof(bridge->memory));
}

static Status through(Bridge *bridge, struct ArrowArray *array, int64_t from, int64_t count,
                      struct ArrowArray *out) {
    Batch batch;
    Error *err = &bridge->err;
    TRY(arrow_import_batch(&bridge->import, &bridge->frame, array, &batch, err));
    batch_check(&batch);
    if (count >= 0) TRY(batch_slice(&batch, &bridge->frame, (uint32_t)from, (uint32_t)count, &batch, err));
    return arrow_export_batch(bridge->pool, &batch, bridge->options, out, err);
}

/* A record batch (count < 0: whole) in and out; the array is consumed, the schema is not. 0 or our status. */
BRIDGE int arrow_bridge_batch(struct ArrowSchema *schema, struct ArrowArray *array, int64_t from,
                              int64_t count, int flags, struct ArrowSchema *schema_out,
                              struct ArrowArray *array_out, char *message, size_t size) {
    Bridge bridge;
    Status status = bridge_open(&bridge, flags);
    if (status == STATUS_OK) status = arrow_import_init(&bridge.import, &bridge.arena, schema, &bridge.err);
    if (status == STATUS_OK) status = through(&bridge, array, from, count, array_out);
    if (status == STATUS_OK) {
        status =
            arrow_export_schema(bridge.pool, &bridge.import.schema, bridge.options, schema_out, &bridge.err);
        if (status != STATUS_OK) array_out->release(array_out);
    }
    if (array->release != NULL) array->release(array);
    if (status != STATUS_OK) text_format(message, size, "%s", bridge.err.message);
    bridge_close(&bridge);
    return (int)status;
}

/* ---- a stream over a stream ---- */

static int stream_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    Bridge *bridge = stream->private_data;
    return arrow_export_schema(bridge->pool, &bridge->import.schema, bridge->options, out, &bridge->err) !=
           STATUS_OK;
}

static int stream_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    Bridge *bridge = stream->private_data;
    struct ArrowArray array;
    int failed = bridge->inner.get_next(&bridge->inner, &array);
    if (failed != 0) return failed;
    if (array.release == NULL) {
        out->release = NULL;
        return 0;
    }
    int status = (int)through(bridge, &array, 0, -1, out);
    frame_reset(&bridge->frame);
    return status;
}

static const char *stream_get_last_error(struct ArrowArrayStream *stream) {
    return ((Bridge *)stream->private_data)->err.message;
}

static void stream_release(struct ArrowArrayStream *stream) {
    Memory memory; /* of the bridge's own bytes only */
    Bridge *bridge = stream->private_data;
    bridge->inner.release(&bridge->inner);
    bridge_close(bridge);
    memory_init(&memory, 0);
    bool charged = memory_charge(&memory, sizeof(*bridge));
    ASSERT(charged);
    memory_free(&memory, bridge, sizeof(*bridge));
    stream->release = NULL;
}

BRIDGE int arrow_bridge_stream(struct ArrowArrayStream *in, int flags, struct ArrowArrayStream *out) {
    Memory memory;
    struct ArrowSchema schema;
    memory_init(&memory, 0);
    Bridge *bridge = memory_alloc(&memory, sizeof(*bridge));
    if (bridge == NULL || bridge_open(bridge, flags) != STATUS_OK) return STATUS_OUT_OF_MEMORY;
    bridge->inner = *in;
    in->release = NULL;
    *out = (struct ArrowArrayStream){stream_get_schema, stream_get_next, stream_get_last_error,
                                     stream_release, bridge};
    int failed = bridge->inner.get_schema(&bridge->inner, &schema);
    if (failed != 0) return failed;
    Status status = arrow_import_init(&bridge->import, &bridge->arena, &schema, &bridge->err);
    schema.release(&schema);
    return (int)status;
}
