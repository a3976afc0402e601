/* SPDX-License-Identifier: Apache-2.0
 * test/fuzz/zone_fuzz.c
 *
 * Property: any bytes are refused as time zone data, or give a zone whose spans hold the second asked for; nothing beyond
 * the bytes is read. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Memory memory;
    Arena arena;
    Zone *zone;
    Error err;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    char *bytes = malloc(size + 1);
    ASSERT(bytes != NULL);
    if (size > 0) memcpy(bytes, data, size);
    if (zone_read(&arena, STR("x"), str_from(bytes, size), &zone, &err) == STATUS_OK)
        for (int64_t at = -4000000000; at < 8000000000; at += 31000000) {
            ZoneSpan span = zone_span_at(zone, at);
            ASSERT(span.start <= at && at < span.end);
            (void)zone_offset_of_local(zone, at);
        }
    free(bytes);
    arena_deinit(&arena);
    memory_deinit(&memory);
    return 0;
}
