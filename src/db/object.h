/* SPDX-License-Identifier: Apache-2.0
 * db/object.h - named objects: what CREATE makes and DROP takes away.
 *
 * An Object owns its definition (names, tree, plan: one arena, taken over from its statement) and what runs
 * for it. Objects depend on those that their query reads; one that is read cannot be dropped. */
#ifndef WEIR_DB_OBJECT_H
#define WEIR_DB_OBJECT_H

#include "db/database.h"

/* Does the user know that it has halted? */
typedef enum HaltNews {
    HALT_UNTOLD,
    HALT_LEFT, /* to those who are reading it, and will be told */
    HALT_TOLD,
} HaltNews;

/* Its address is its Relation's, and stays while it exists; `number` tells it from a later object at the same address. */
struct Object {
    Relation relation; /* first: a Relation of the catalog is its Object */
    uint64_t number;   /* never given twice: the address of a dropped object may be */
    weir_db *db;
    Arena arena;
    FlowRelation *flow;    /* NULL: views, sinks */
    const Plan *plan;      /* materialized views, streams, sinks */
    FlowQuery *query;      /* running; streams: while somebody reads them */
    uint32_t reader_count; /* streams: running queries that read this, and its late table */
    uint32_t pin_count; /* open results and subscriptions that read it, or whose late rows go to it: DROP is
                           refused */
    Sink *sink;         /* sinks */
    Object *late;       /* the table of LATE DATA TO */
    OnError on_error;
    Error failure;     /* of a stream that nobody reads any more: why it has halted; see halt_failure */
    HaltNews halt_news;
    int64_t letter_ns; /* sources: when the first dead letter came; 0: none has */
    bool is_letter_told;
    bool is_below; /* sources.c: of the plan that was looked under last */
    const Connector *connector;
    OptionList options; /* of the connector */
    Str definition;     /* text of the statement */
};

static inline Object *object_of(const Relation *relation) {
    return (Object *)(uintptr_t)relation;
}

/* ---- names ---- */

/* The object of that name, NULL when there is none. */
Object *object_find(const weir_db *db, Str name);

/* Does the plan (NULL: none) read the relation, in a view too? */
bool object_reads(const Plan *plan, const Relation *relation);

/* A view holds no plan: what it reads, and which columns it has, is told by binding it again. Not for running. */
NODISCARD Status object_bind_view(weir_db *db, const Object *view, Arena *arena, const Plan **out, Error *err);

/* "table", "source", ...; for messages. */
const char *object_kind_name(RelationKind kind);

/* What the words of CREATE, DROP and DESCRIBE mean; those of kinds that no relation has: RELATION_SINK. */
RelationKind object_kind_of(AstRelationKind kind);

/* `name`, which means `relation`, was written behind the words of a kind: WRONG_OBJECT_TYPE unless it is one.
 */
NODISCARD Status object_check_kind(const Relation *relation, AstRelationKind wanted, const AstName *name,
                                   Error *err);

/* "table \"a.b\" does not exist", with the nearest name that does. */
Status object_missing(const weir_db *db, const char *kind, const AstQualifiedName *name, Error *err);

/* ---- life ---- */

/* A new one, not yet among the database's objects: the caller fills it, and enlists or destroys it. */
NODISCARD Status object_make(weir_db *db, Object **out, Error *err);

/* Puts it among them, last, and into the catalog: from here on its name means it. */
NODISCARD Status object_enlist(weir_db *db, Object *object, Error *err);

/* Whatever depends on it has gone. A sink's file is closed; what EMIT EVERY still held has left before. Also of one that was never
 * enlisted. */
void object_destroy(weir_db *db, Object *object);

/* What the binder has to say about a plan (state that grows, ...), for the user. */
void object_give_notices(weir_db *db, const Plan *plan);

/* What an open result or subscription reads, and the table its late rows go to (NULL: none), cannot be
 * dropped meanwhile. */
void object_pin(const Plan *plan, Object *late);
void object_unpin(const Plan *plan, Object *late);

/* ---- queries ---- */

/* Starts a maintained query, which keeps the streams under it running, and makes the table of its LATE DATA TO (*late; NULL: the plan
 * names none). *late and *query are set before the first rows leave. On failure nothing is left but what `output` was given. */
NODISCARD Status object_start_query(weir_db *db, const Plan *plan, const FlowOutput *output, Object **late, FlowQuery **query,
                                    Error *err);

/* The query, and the streams that only it kept running. Its late table stays: it is an object, and may be read. */
void object_stop_query(weir_db *db, const Plan *plan, FlowQuery *query);

/* The object's own query, under its on_error. */
NODISCARD Status object_start(weir_db *db, Object *object, FlowOutput output, Error *err);

/* A stream runs while somebody reads it; one with a late table from its creation on, as that hangs on its query. */
NODISCARD Status object_hold_stream(weir_db *db, Object *stream, Error *err);

#endif
