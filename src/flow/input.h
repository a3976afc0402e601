/* SPDX-License-Identifier: Apache-2.0
 * flow/input.h - a relation as operators see it: the place where its rows enter the graph.
 *
 * Sources, tables, materialized views and streams each have one Input. It knows who reads it (scan nodes),
 * and, when a column has a watermark, what each partition has shown so far:
 *
 *     bound of a row       the watermark of its partition just before it, never below the input's
 *     partition watermark  highest event time so far - delay; times beyond EVENT_TIME_REACH do not count
 *     input watermark      least of the partitions that are neither ended nor idle; moves at epoch ends, never back
 *
 * When all are silent the watermark stays, and the input is idle: nodes that read others too go on without it.
 *
 * Rows carry their bound (META_BOUND) only if one of them could be late.
 * Threads: one worker. */
#ifndef WEIR_FLOW_INPUT_H
#define WEIR_FLOW_INPUT_H

#include "flow/graph.h"
#include "plan/catalog.h"

/* One of the parts that a source is read in (a file of a pattern, a writer of the API): its rows have an order of
 * their own, and a watermark of their own. Numbers are dense: given by whoever pushes, from 0, or by input_partition_open. */
typedef struct InputPartition {
    int64_t event_time_max; /* INT64_MIN: none yet */
    int64_t watermark;      /* WATERMARK_MIN: unknown */
    int64_t active_ns;      /* monotonic time of its last row */
    bool is_idle;
    bool is_ended;
    bool is_seen; /* gave a row, a promise or its end */
    bool is_open; /* given by input_partition_open */
} InputPartition;

typedef struct Input {
    Graph *graph;
    const Relation *relation;
    VECTOR(FlowNode *) scans;
    VECTOR(InputPartition) partitions;
    uint32_t partition_free; /* none below it, but for 0, may be opened */
    uint32_t partition_count_known; /* partitions that exist, read or not; those not read yet hold the
                                       watermark back */
    int64_t watermark;
    int64_t event_time_max;
    int64_t idle_timeout_us; /* 0: partitions are never idle */
    int64_t active_ns; /* monotonic time of the last row or promise of any partition; of the first reader before that */
    bool is_idle;      /* silent since: for who reads other inputs too it holds nothing back */
    bool is_ended;
    bool is_touched; /* rows or time since the last epoch's end */
    uint64_t row_count;
} Input;

/* Allocates nothing. `graph` and `relation` must outlive the input. */
void input_init(Input *input, Graph *graph, const Relation *relation);
void input_deinit(Input *input);

/* From now on the scan gets what comes; it is told at once how far time is. What is stored it gets elsewhere
 * (feed_replay). */
NODISCARD Status input_add_scan(Input *input, FlowNode *scan, Error *err);
void input_remove_scan(Input *input, const FlowNode *scan);

/* Rows of one partition, in its order (`frame`: for the bounds). `now_ns`: monotonic, for idleness alone; 0 where
 * the input has no idle timeout. Errors as graph_push. */
NODISCARD Status input_push(Input *input, Frame *frame, const Batch *batch, uint32_t partition,
                            int64_t now_ns, Error *err);

/* The times of rows that go elsewhere first (a source with a key stores them): moves the partition on. *timed: the
 * batch, with bounds in `frame` where one of its rows may be late. */
NODISCARD Status input_note(Input *input, Frame *frame, const Batch *batch, uint32_t partition,
                            int64_t now_ns, Batch *timed, Error *err);

/* What a partition promises by other means than its rows (weir_writer_watermark). */
NODISCARD Status input_promise(Input *input, uint32_t partition, int64_t watermark, int64_t now_ns,
                               Error *err);

/* Has it given a row, a promise or its end? */
static inline bool input_has_partition(const Input *input, uint32_t number) {
    return number < input->partitions.count && input->partitions.items[number].is_seen;
}

/* The partition will give no more, and holds nothing back from the next epoch's end on. */
NODISCARD Status input_partition_end(Input *input, uint32_t partition, Error *err);

/* A partition for one that comes and goes (a writer); not 0, which is INSERT's. Its number is one that has been closed, where there is one:
 * so many are kept as are open at once. */
NODISCARD Status input_partition_open(Input *input, uint32_t *number, Error *err);

/* As input_partition_end, and the number may be given again: what it has shown is in the input's watermark already, and who gets it begins as
 * one that was never there. */
void input_partition_close(Input *input, uint32_t number);

/* All of them have ended: the watermark is WATERMARK_MAX, for good. */
void input_end(Input *input);

/* Changes of a view or stream, whose watermark comes from its query. */
NODISCARD Status input_push_changes(Input *input, const Batch *batch, Error *err);

/* A lower watermark than the input's is passed over, so that it never goes back. */
void input_set_watermark(Input *input, int64_t watermark, bool ended);

/* Marks partitions, and the whole input, idle that have been silent for idle_timeout_us. True when one came to be so: an epoch is
 * due. */
bool input_check_idle(Input *input, int64_t now_ns);

/* When the next partition turns idle (monotonic) and that could move the watermark; INT64_MAX: none. */
int64_t input_idle_due(const Input *input);
/* When the input as a whole does, which may move the time of those that read others too; INT64_MAX: it is, or never will be. */
int64_t input_silence_due(const Input *input);

/* At an epoch's end, before graph_epoch_end: settles the watermark and hands it to the scans. */
void input_epoch_end(Input *input);

#endif
