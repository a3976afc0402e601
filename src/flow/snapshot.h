/* SPDX-License-Identifier: Apache-2.0
 * flow/snapshot.h - a plain SELECT: the plan run once over what is stored or can be read, its rows taken
 * batch by batch.
 *
 *     TRY(snapshot_open(&context, flow, plan, &snapshot, err));
 *     do {
 *         TRY(snapshot_next(snapshot, &batch, &state, err));    the batch lives until the next call
 *     } while (state == SNAPSHOT_ROWS || ...);
 *     snapshot_close(snapshot);
 *
 * Leaves are read one after the other: tables and views from their rows, files again from the start, standard
 * input together with the maintained queries that read it. It runs in a graph of its own. Stored rows that
 * change before they have been read are copied first: all of a result is of the moment when it was opened.
 * Threads: the flow's worker. */
#ifndef WEIR_FLOW_SNAPSHOT_H
#define WEIR_FLOW_SNAPSHOT_H

#include "flow/flow.h"

typedef struct Snapshot Snapshot;

typedef enum SnapshotState {
    SNAPSHOT_ROWS, /* *out has rows */
    SNAPSHOT_WAIT, /* nothing yet: input would block; ask again, see snapshot_wait */
    SNAPSHOT_END,
} SnapshotState;

/* `events`: of sources that are read privately. `flow` and `plan` must outlive the snapshot. No row is read yet, and
 * no source opened. Errors: OUT_OF_MEMORY, LIMIT (the plan is too deep). On failure nothing is left. */
NODISCARD Status snapshot_open(const OpContext *context, Flow *flow, const Plan *plan,
                               const ReaderEvents *events, Snapshot **out, Error *err);
void snapshot_close(Snapshot *snapshot);

/* Computes until the next batch of the result, which may take long: see flow_check_interrupt. *out is only set with
 * SNAPSHOT_ROWS. Errors: INTERRUPTED; STREAMING (a source without connector or end); READ_ONCE (standard input a
 * second time); the first row error; what a source gives. After an error, or the end, only snapshot_close. */
NODISCARD Status snapshot_next(Snapshot *snapshot, Batch *out, SnapshotState *state, Error *err);

/* Waits until input is there, at most timeout_ns (< 0: for ever). */
NODISCARD Status snapshot_wait(Snapshot *snapshot, int64_t timeout_ns, Error *err);

#endif
