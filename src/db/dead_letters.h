/* SPDX-License-Identifier: Apache-2.0
 * db/dead_letters.h - records and rows that could not be used: weir_catalog.dead_letters.
 *
 * Keeps the first, which often tells what is wrong, and the newest: DEAD_LETTERS_COUNT_MAX or DEAD_LETTERS_SIZE_MAX bytes of
 * them. And always the count.
 * Threads: the database's. */
#ifndef WEIR_DB_DEAD_LETTERS_H
#define WEIR_DB_DEAD_LETTERS_H

#include "base/vector.h"
#include "column/batch.h"
#include "plan/catalog.h"

enum { DEAD_LETTERS_COUNT_MAX = 10000, DEAD_LETTERS_SIZE_MAX = 16 << 20 };

/* One of them; texts are copied. partition size 0, record < 0, byte_offset < 0: NULL. */
typedef struct DeadLetterEntry {
    Str source;
    Str partition;
    int64_t record;
    int64_t byte_offset;
    Str reason;
    Str payload;
    int64_t received_at_us;
} DeadLetterEntry;

/* Behind the first the oldest go first; bytes that are no UTF-8 are kept as \xHH. */
typedef struct DeadLetters {
    Memory *memory;
    VECTOR(DeadLetterEntry) entries; /* the first of all; then `gone_count` places whose entries are gone, then the newest */
    size_t gone_count;
    size_t size;            /* bytes of texts kept */
    uint64_t count;         /* ever */
    uint64_t skipped_count; /* of them: counted only */
    uint64_t told_count;    /* of them: named in a warning */
    bool has_untold;        /* a source has one that it may have to be told of: failed_rows.h */
} DeadLetters;

void dead_letters_init(DeadLetters *letters, Memory *memory);
void dead_letters_deinit(DeadLetters *letters);

/* Counts, and keeps if memory allows; skip only counts. */
void dead_letters_add(DeadLetters *letters, const DeadLetterEntry *entry);
static inline void dead_letters_skip(DeadLetters *letters) {
    letters->count++;
    letters->skipped_count++;
}

/* The oldest of a source that is kept; NULL: none is. */
const DeadLetterEntry *dead_letters_find(const DeadLetters *letters, Str source);

/* The relation weir_catalog.dead_letters, in the arena; NULL when memory is refused. */
Relation *dead_letters_relation(Arena *arena);

/* FlowRelation.scan: context is a DeadLetters. */
Status dead_letters_scan(void *context, Frame *frame, uint64_t *position, Batch *out, Error *err);

#endif
