/* SPDX-License-Identifier: Apache-2.0
 * flow/reported.h - which dead letters of a source have been reported, so that a second read of it reports
 * none again.
 *
 * Reads of a source give the same letters in the same order. Letter k of a read is a repeat when so many were
 * reported before and the one that was k-th then had the same place and reason: a file that has changed
 * meanwhile reports its new letters. Beyond the first REPORTED_COUNT_MAX only the number is known.
 *
 *     if (reported_note(&reported, index++, partition, &letter)) ... it is new ...
 *
 * Owner: the source's FlowRelation. Threads: one worker. */
#ifndef WEIR_FLOW_REPORTED_H
#define WEIR_FLOW_REPORTED_H

#include "base/vector.h"
#include "connect/connector.h"

enum { REPORTED_COUNT_MAX = 10000 };

typedef struct Reported {
    Memory *memory;
    VECTOR(uint64_t) hashes;
    uint64_t count;
} Reported;

void reported_init(Reported *reported, Memory *memory);
void reported_deinit(Reported *reported);

/* Letter `index` of a read, counted from 0: true when it has not been reported before. */
bool reported_note(Reported *reported, uint64_t index, Str partition, const DeadLetter *letter);

#endif
