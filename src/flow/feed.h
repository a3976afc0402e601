/* SPDX-License-Identifier: Apache-2.0
 * flow/feed.h - a relation that is fed by changes: a table, a materialized view, a stream, a late table, a
 * source with a key.
 *
 * It stores rows (all but streams), and hands each epoch's net changes to those who read it: rows that never go (append-only views,
 * late tables, streams) as they came. As the output of a query it is told of batches and epoch ends; a table is told the same by its
 * statements.
 *
 *     FlowOutput output = feed_output(&feed);
 *
 * An APPEND ONLY table hands its rows on as they came, as a source does: with partitions, bounds and a watermark of its own. They wait
 * for the epoch's end, so that a statement which fails at a later row has given nothing.
 *
 * Threads: one worker. */
#ifndef WEIR_FLOW_FEED_H
#define WEIR_FLOW_FEED_H

#include "flow/input.h"
#include "store/rows.h"

/* One who reads stored rows bit by bit, and is told before any of them change. */
typedef struct FlowWatch {
    void (*before_change)(void *context);
    void *context;
    const struct FlowWatch *next;
} FlowWatch;

/* A batch that waits for the epoch's end. */
typedef struct FeedPassing {
    Batch batch; /* kept */
    uint32_t partition;
} FeedPassing;

typedef struct Feed {
    Input input;
    const FlowWatch *const *watches; /* told before rows change; NULL: nobody */
    bool is_stored;
    Rows rows;             /* is_stored */
    VECTOR(FeedPassing) passing; /* of rows that never go, and of streams: the epoch's batches, kept until its end for those who read */
    Frame frame;           /* of the changes that leave */
} Feed;

/* `stored`: rows are kept, by the relation's key. Errors: OUT_OF_MEMORY, LIMIT (more columns than a key can have).
 * Input and rows are reached by address: a feed may not move. */
NODISCARD Status feed_init(Feed *feed, Graph *graph, const Relation *relation, bool stored, Error *err);
void feed_deinit(Feed *feed);

/* Call before rows change by other means than feed_apply: open snapshots then copy what they have not read yet. */
void feed_announce(const Feed *feed);

/* Rows come and go; what leaves does so at the epoch's end. `missing`: which withdrawals found no row, NULL: nobody
 * asks. Not for append-only tables. */
NODISCARD Status feed_apply(Feed *feed, const Batch *batch, RowsMissing *missing, Error *err);

/* The same for columns that lie in feed->frame, which feed_apply resets: a statement makes its rows there. */
NODISCARD Status feed_apply_made(Feed *feed, const Batch *batch, Error *err);

/* Rows into an append-only table; a writer is a partition. They are copied, and wait for feed_epoch_end; feed_forget drops them. */
NODISCARD Status feed_append(Feed *feed, const Batch *batch, uint32_t partition, Error *err);

/* The epoch's rows or net changes to the readers, in batches. `watermark` of the query that feeds it; WATERMARK_MIN where statements do. On
 * failure the flow is broken. */
NODISCARD Status feed_epoch_end(Feed *feed, int64_t watermark, Error *err);

/* Drops what a query gave that could not be started. */
void feed_forget(Feed *feed);

/* The feed as the place where a query's rows go; it holds as long as the feed. */
FlowOutput feed_output(Feed *feed);

/* Gives the rows stored now to one new reader, as insertions; part of the epoch under way. */
NODISCARD Status feed_replay(Feed *feed, FlowNode *scan, Error *err);

#endif
