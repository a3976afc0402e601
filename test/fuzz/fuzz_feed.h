/* SPDX-License-Identifier: Apache-2.0
 * test/fuzz/fuzz_feed.h - the same bytes at once and in pieces must give the same rows and dead letters. */
#ifndef WEIR_TEST_FUZZ_FUZZ_FEED_H
#define WEIR_TEST_FUZZ_FUZZ_FEED_H

#include <stdio.h>
#include <stdlib.h>

#include "format/decoder_test_priv.h"

#define FUZZ_FIELD(field_name, type_id)                                               \
    {                                                                                 \
        .name = {field_name, sizeof(field_name) - 1}, .type = {.id = TYPE_##type_id } \
    }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct FuzzSplit {
    size_t piece_size;
    uint32_t row_count_max;
    size_t record_size_max;
} FuzzSplit;

static inline FeedCounts fuzz_run(Memory *memory, BufferPool *pool, const Schema *schema,
                                  const FormatOptions *options, Str bytes, FuzzSplit split, Text *out) {
    Decoder *decoder;
    Error err;
    Status status = decoder_create(memory, schema, options, &decoder, &err);
    ASSERT(status == STATUS_OK);
    decoder_limit_record(decoder, split.record_size_max);
    FeedCounts counts = feed(pool, decoder, bytes, split.piece_size, split.row_count_max, out, NULL);
    decoder_destroy(decoder);
    return counts;
}

static inline FeedCounts fuzz_compare(const Schema *schema, const FormatOptions *options, Str bytes,
                                      FuzzSplit split) {
    Memory memory;
    memory_init(&memory, 0);
    BufferPool *pool = buffer_pool_create(&memory);
    Text whole, pieces;
    text_init(&whole, &memory);
    text_init(&pieces, &memory);
    FuzzSplit at_once = {.row_count_max = BATCH_ROW_COUNT_MAX, .record_size_max = split.record_size_max};
    FeedCounts counts = fuzz_run(&memory, pool, schema, options, bytes, at_once, &whole);
    fuzz_run(&memory, pool, schema, options, bytes, split, &pieces);
    if (!str_equal(text_str(&whole), text_str(&pieces))) {
        fprintf(stderr, "at once:\n");
        fwrite(whole.data, 1, whole.size, stderr);
        fprintf(stderr, "in pieces of %zu:\n", split.piece_size);
        fwrite(pieces.data, 1, pieces.size, stderr);
        abort();
    }
    text_deinit(&whole);
    text_deinit(&pieces);
    buffer_pool_destroy(pool);
    memory_deinit(&memory);
    return counts;
}

#endif
