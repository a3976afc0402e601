/* SPDX-License-Identifier: Apache-2.0
 * connect/blackhole.c - a sink that only counts: for measuring everything before it. */

#include "connect/connector_priv.h"

static Status blackhole_check(const OptionTable *table, OptionList options, Error *err) {
    (void)table;
    (void)options;
    (void)err;
    return STATUS_OK;
}

static Status blackhole_open(const SinkConfig *config, Sink **out, Error *err) {
    Sink *sink = memory_alloc_zeroed(config->memory, sizeof(*sink));
    TRY_ALLOC(sink);
    sink_init(sink, config);
    *out = sink;
    return STATUS_OK;
}

/* sink_write does the counting. */
static Status blackhole_write(Sink *sink, const Batch *batch, Error *err) {
    (void)sink;
    (void)batch;
    (void)err;
    return STATUS_OK;
}

static Status blackhole_flush(Sink *sink, Error *err) {
    (void)sink;
    (void)err;
    return STATUS_OK;
}

static Status blackhole_close(Sink *sink, Error *err) {
    (void)err;
    memory_free(sink->memory, sink, sizeof(*sink));
    return STATUS_OK;
}

const SinkCalls blackhole_sink_calls = {
    .check = blackhole_check,
    .open = blackhole_open,
    .write = blackhole_write,
    .flush = blackhole_flush,
    .close = blackhole_close,
};
