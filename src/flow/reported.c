/* SPDX-License-Identifier: Apache-2.0
 * flow/reported.c - a hash for each of the first letters. */
#include "flow/reported.h"

#include "base/hash.h"

void reported_init(Reported *reported, Memory *memory) {
    *reported = (Reported){.memory = memory};
}

void reported_deinit(Reported *reported) {
    vector_deinit(&reported->hashes, reported->memory);
}

static uint64_t letter_hash(Str partition, const DeadLetter *letter) {
    uint64_t hash = hash_combine(hash_bytes(partition.data, partition.size), (uint64_t)letter->byte_offset);
    hash = hash_combine(hash, hash_bytes(letter->reason.data, letter->reason.size));
    return hash_combine(hash, hash_bytes(letter->payload.data, letter->payload.size));
}

bool reported_note(Reported *reported, uint64_t index, Str partition, const DeadLetter *letter) {
    bool is_repeat = index < reported->count;
    ASSERT(index <= reported->count); /* each read tells its letters in their order, from the first */
    ASSERT(reported->hashes.count <= REPORTED_COUNT_MAX);
    if (!is_repeat) reported->count = index + 1;
    if (index >= REPORTED_COUNT_MAX) return !is_repeat;
    uint64_t hash = letter_hash(partition, letter);
    if (index < reported->hashes.count) {
        is_repeat = reported->hashes.items[index] == hash;
        reported->hashes.items[index] = hash;
        return !is_repeat;
    }
    /* without memory for it the next read reports it again */
    if (index == reported->hashes.count) (void)vector_push(&reported->hashes, reported->memory, hash);
    return true;
}
