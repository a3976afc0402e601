/* SPDX-License-Identifier: Apache-2.0
 * test/fuzz/infer_fuzz.c
 *
 * Property: for any bytes the guess does not crash and does not read beyond them; it fails with a message, or
 * gives at least one column, distinct names, types that the decoder takes, and DDL. */
#include "fuzz_feed.h"

#include "format/infer.h"

static void check(const Inference *inference, Memory *memory) {
    const Schema *schema = &inference->schema;
    Decoder *decoder;
    Error err;
    Text ddl;
    ASSERT(schema->count > 0);
    for (uint32_t i = 0; i < schema->count; i++)
        ASSERT(schema_find(schema, schema->fields[i].name) == (int32_t)i);
    Status status = decoder_create(memory, schema, &inference->options, &decoder, &err);
    ASSERT(status == STATUS_OK);
    decoder_destroy(decoder);
    text_init(&ddl, memory);
    infer_append_ddl(&ddl, STR("stdin"), STR("-"), inference);
    ASSERT(str_starts_with(text_str(&ddl), STR("CREATE SOURCE stdin (")));
    text_deinit(&ddl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Memory memory;
    Arena arena;
    Error err = {0};
    Inference inference;
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    /* A copy of exactly this size, so that one byte too far is seen. */
    char *head = malloc(size + 1);
    ASSERT(head != NULL);
    char *bytes = size == 0 ? head : realloc(head, size);
    if (size > 0) memcpy(bytes, data, size);
    if (infer_schema(str_from(bytes, size), NULL, &arena, &inference, &err) == STATUS_OK)
        check(&inference, &memory);
    else
        ASSERT(err.message[0] != '\0');
    free(bytes);
    arena_deinit(&arena);
    memory_deinit(&memory);
    return 0;
}
