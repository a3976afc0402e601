/* SPDX-License-Identifier: Apache-2.0
 * db/define.h - what a CREATE statement says, as a Relation and options: no side effect yet.
 *
 *     Definition definition;
 *     TRY(define(db, create, text, &arena, &definition, err));      weir_prepare stops here, CREATE goes on with create.c
 *
 * All that can be wrong with a CREATE but I/O is found here, so that weir_prepare tells it. A source without columns is the exception: these
 * are looked for in its file (db/guess.h). Threads: inside the database. */
#ifndef WEIR_DB_DEFINE_H
#define WEIR_DB_DEFINE_H

#include "db/database.h"
#include "format/infer.h"

/* What create.c needs to make the object. It points into the tree and its arena. */
typedef struct Definition {
    Relation relation;          /* name, columns, key, time, what it reads */
    const Plan *plan;           /* of AS SELECT, or of a sink's FROM */
    const Plan *rows;           /* of CREATE TABLE .. AS: the rows that the table begins with; NULL: none */
    const Connector *connector; /* NULL: none */
    OptionList options;         /* the connector's and its format's */
    OnError on_error;
    int64_t idle_timeout_us; /* 0: partitions are never idle */
    int64_t max_future_us; /* 0: off */
} Definition;

/* Everything is in the arena. Errors are those of weir_prepare: names, types, options, positions. */
NODISCARD Status define(weir_db *db, const AstCreate *create, Str text, Arena *arena, Definition *out,
                        Error *err);

/* The tree of SELECT * FROM name [WHERE where], for statements that mean it. */
NODISCARD Status define_select_all(Arena *arena, const AstQualifiedName *name, AstExpr *where, AstQuery **out,
                                   Error *err);

/* `query` reads all of `name` for those outside: it takes over how that stream or view says its changes leave
 * (EMIT CHANGES, ON UPDATE, EVERY). */
NODISCARD Status define_inherit_emit(const weir_db *db, Arena *arena, const AstQualifiedName *name,
                                     AstQuery *query, Error *err);

/* What objects of this kind may be told beside the options of a connector. */
OptionTable define_common_options(RelationKind kind);

/* The source "stdin" with the columns that were guessed. */
NODISCARD Status define_inferred(const weir_db *db, const Inference *inference, Arena *arena, Definition *out,
                                 Error *err);

/* READ_ONCE when the caller reads standard input itself, or a source other than `name` does. */
NODISCARD Status define_check_stdin(const weir_db *db, Str name, int64_t position, Error *err);

#endif
