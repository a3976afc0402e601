/* SPDX-License-Identifier: Apache-2.0
 * flow/flow.h - the running database: maintained queries, the sources that feed them, epochs.
 *
 * One epoch is one push, one statement that changes tables, or one batch read from a source: rows are
 * given to inputs, then flow_epoch_end lets every operator, view and output act on them. When it returns they
 * all have.
 *
 *     TRY(flow_start(flow, plan, &output, NULL, &query, err));      a maintained query
 *     TRY(input_push(...));  TRY(flow_epoch_end(flow, err));        an epoch
 *     TRY(flow_step(flow, timeout_ns, &progress, err));             read what is due
 *
 * After a failure inside an epoch (exhausted memory) the flow is broken: every later call fails with the same
 * error. Threads: one worker, the caller's. */
#ifndef WEIR_FLOW_FLOW_H
#define WEIR_FLOW_FLOW_H

#include "flow/feed.h"
#include "flow/query.h"
#include "flow/reader.h"
#include "flow/shape.h"

/* What runs for a relation: Relation.runtime. */
typedef struct FlowRelation {
    const Relation *relation;
    Input *input;   /* where its rows enter: of the feed, or of the source */
    Feed *feed;     /* tables, views, streams, late tables; NULL: a source */
    Reader *reader; /* sources with a connector; NULL: others */
    Input source_input;
    Feed feed_room;
    Reader reader_room;
    bool is_table; /* tables, and sources with a key: the feed's epochs are ended by flow_epoch_end, not by a
                      query */
    int64_t max_future_us; /* pushed sources: rows beyond clock + this are dead letters; 0: off */
    ReaderEvents events;   /* sources */
    bool stops;            /* sources: the first bad record halts it (ON_ERROR_STOP) */
    Error failure;         /* why it has halted; status OK: it has not */
    Reported reported;     /* sources with a connector */
    /* Rows that are computed when read (RELATION_SYSTEM): the next batch from *position on, row_count 0 at
     * the end. */
    Status (*scan)(void *context, Frame *frame, uint64_t *position, Batch *out, Error *err);
    void *scan_context;
    /* Somebody else who reads this source once, beside the maintained queries: see flow/snapshot.h. */
    void (*tap)(void *context, const Batch *batch, bool ended);
    void *tap_context;
} FlowRelation;

/* A maintained query: a view, a stream, a sink, a subscription. */
typedef struct FlowQuery {
    Query query;
    Shape shape;
    bool has_shape;
    OnError on_error;
    FlowHalt halt; /* ON_ERROR_STOP */
    bool is_failure_told; /* its owner's: a first row that failed has been told of */
} FlowQuery;

/* Everything of one database that runs. Fields that say nothing of who may write them are the flow's own. */
typedef struct Flow {
    Graph graph;
    uint64_t epoch;
    VECTOR(FlowRelation *) relations;
    VECTOR(FlowQuery *) queries;
    size_t next_reader;
    uint32_t batch_row_count_max; /* rows per read; results do not depend on it */
    Frame frame;                  /* of what is being read */
    Error failure;                /* status OK: none */
    uint64_t halt_count;          /* sources and queries that have halted (ON_ERROR_STOP) */
    LateCount late_count_ended;   /* late rows of queries that run no more */
    const FlowWatch *watches;     /* open snapshots */
    _Atomic(int) *interrupt;      /* set by another thread: what runs is to end; NULL: cannot be */
} Flow;

/* `context` is copied but for what it points to, which must outlive the flow; row_error must be set. */
NODISCARD Status flow_create(const OpContext *context, Flow **out, Error *err);
void flow_destroy(Flow *flow); /* queries have been stopped */

/* The relation's columns must be settled; `stored`: a table, materialized view or late table. */
NODISCARD Status flow_add_feed(Flow *flow, const Relation *relation, bool stored, bool is_table,
                               FlowRelation **out, Error *err);
/* `config` NULL: rows are pushed. No file is opened before the first read. What `config` points to must live as long as
 * the relation. */
NODISCARD Status flow_add_source(Flow *flow, const Relation *relation, const SourceConfig *config,
                                 const ReaderEvents *events, FlowRelation **out, Error *err);
/* No query may read it any more. */
void flow_remove_relation(Flow *flow, FlowRelation *relation);

/* Starts a maintained query: what files it reads have given so far is read again for it, what is stored in
 * the tables and views it reads comes next, as one epoch (a row that fails may halt the query already here: that is no failure of the
 * call); so it may not be called inside one (changes applied, flow_epoch_end
 * not yet called): these would come twice. Output is shaped as the plan's EMIT says. `late`: where late rows go, or NULL. */
NODISCARD Status flow_start(Flow *flow, const Plan *plan, const FlowOutput *output, const FlowOutput *late,
                            FlowQuery **out, Error *err);
/* What it holds is dropped: flow_flush first if that is to leave. Its late rows stay counted. */
void flow_stop(Flow *flow, FlowQuery *query);

/* Rows into a source that has no connector; those with a key are stored and replace the row of their key, or (weight < 0) take it away;
 * `missing`: which of these took nothing away, NULL: nobody asks.
 * After a failure the flow is broken. A row beyond max_future halts a source that stops: the rows before it go in, this and all later
 * calls succeed and relation->failure says why nothing more does. */
NODISCARD Status flow_push(Flow *flow, FlowRelation *relation, const Batch *batch, uint32_t partition,
                           RowsMissing *missing, Error *err);

/* The maintained query that a node of a plan runs in; NULL: none does. */
FlowQuery *flow_query_of(const Flow *flow, const PlanNode *node);

/* For the context's row_error: the row that fails halts the query (ON_ERROR_STOP). `err` has been set. */
NODISCARD Status flow_halt(FlowQuery *query, const Error *err);

/* No more rows go through a source that stops. */
void flow_halt_source(Flow *flow, FlowRelation *relation, const Error *failure);

/* Has the source, or the query, halted? Nothing more goes through it; only its removal ends that. */
static inline bool flow_relation_has_halted(const FlowRelation *relation) {
    return relation->failure.status != STATUS_OK;
}
static inline bool flow_query_has_halted(const FlowQuery *query) {
    return query->halt.state != HALT_NOT;
}

/* Whoever reads the query reads no further: what EMIT EVERY still holds leaves. */
NODISCARD Status flow_flush(Flow *flow, FlowQuery *query, Error *err);

/* What was pushed and applied since the last one takes effect: time moves, windows close, views and outputs get their
 * net changes, and now() is read anew. Cheap when nothing was. */
NODISCARD Status flow_epoch_end(Flow *flow, Error *err);

/* STATUS_INTERRUPTED when flow->interrupt was set; it is then taken back. Asked between batches, never inside
 * an epoch. */
NODISCARD Status flow_check_interrupt(const Flow *flow, Error *err);

/* Late rows of all maintained queries, those that have ended too; each once per query. */
LateCount flow_late_count(const Flow *flow);

/* Makes the source start, if it has not; a file is opened at its first read. */
static inline void flow_want(FlowRelation *relation) {
    if (relation->reader != NULL) relation->reader->is_started = true;
}

typedef struct FlowProgress {
    bool did_something; /* an epoch has ended, or EVERY has delivered */
    bool would_wait;    /* nothing is ready */
    bool all_ended;     /* no started source will give more */
} FlowProgress;

/* Reads at most one batch of one started source. Waits up to timeout_ns (< 0: for ever) when nothing is
 * ready. */
NODISCARD Status flow_step(Flow *flow, int64_t timeout_ns, FlowProgress *progress, Error *err);

/* Bytes of operators' state and of stored rows. */
size_t flow_memory(const Flow *flow);

#endif
