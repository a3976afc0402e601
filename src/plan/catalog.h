/* SPDX-License-Identifier: Apache-2.0
 * plan/catalog.h - what the binder knows about named relations: plain data.
 *
 * `db` owns and changes the catalog; the binder only reads it, through catalog_find. Names are folded,
 * unquoted.
 *
 *     const Relation *relation = catalog_find(catalog, schema, name);
 *     if (relation == NULL) suggest(catalog_suggest(catalog, name));
 *
 * Owner: a Relation belongs to its object in db and lives until that is dropped; plans that read it are gone by then.
 * Threads: read-only while a statement is bound. */
#ifndef WEIR_PLAN_CATALOG_H
#define WEIR_PLAN_CATALOG_H

#include "base/vector.h"
#include "plan/plan.h"
#include "sql/statement.h"

typedef enum RelationKind {
    RELATION_SOURCE,
    RELATION_TABLE,
    RELATION_VIEW,              /* inlined where it is used */
    RELATION_STREAM,            /* a named continuous query, not stored */
    RELATION_MATERIALIZED_VIEW, /* stored */
    RELATION_LATE,              /* the table of LATE DATA TO: rows are only added by its statement */
    RELATION_SYSTEM,            /* weir_catalog.*: computed when read */
    RELATION_SINK,              /* cannot be read */
} RelationKind;

/* DEFAULT of a column. */
typedef struct ColumnDefault {
    const Expr *expr; /* of the column's type, as it was written: what of it is constant is worked out where it is used, by the clock of who inserts;
                         NULL: the column has none */
    Str text;
} ColumnDefault;

/* What can stand in FROM, or be written to. Its columns do not change once it has been created. */
struct Relation {
    RelationKind kind;
    Str schema; /* empty: public; "weir_catalog" */
    Str name;
    PlanColumn *columns; /* qualifier is empty */
    uint32_t column_count;
    const uint32_t *key; /* PRIMARY KEY, or the unique key of a view's output; NULL: none */
    uint32_t key_count;
    Str key_name; /* CONSTRAINT name of the PRIMARY KEY; empty: the relation's with _pkey */
    const ColumnDefault *defaults; /* [column_count]; NULL: no column has one */
    ChangeKind change;   /* of what a maintained query reads from it */
    bool bounded;        /* ends by itself (file, VALUES); tables count as bounded in a plain SELECT only */
    bool pushed;         /* source without a connector: rows come by INSERT or the API */
    bool append_only;    /* TABLE: rows come by INSERT and never go; they reach queries as those of a source do, with their times */
    int32_t time_column; /* the one with a WATERMARK; -1: none */
    int64_t watermark_delay; /* WATERMARK FOR ts AS ts - INTERVAL: microseconds, >= 0 */
    const AstQuery *query;   /* VIEW, STREAM: the tree it is inlined from */
    Str query_text;          /* the text that tree's spans refer to */
    const Zone *zone;        /* of the session that created it; NULL: UTC. Literals of `query` are read by it, and a STREAM's functions go by it */
    const Plan *plan;        /* STREAM, MATERIALIZED_VIEW: as bound when created */
    void *runtime;           /* db's and flow's; the binder does not look */
};

/* In the order of creation; few enough to be walked. */
typedef struct Catalog {
    VECTOR(Relation *) relations;
    /* Asked for a name that is not there, and may make it (FROM stdin); NULL: nobody is asked. */
    const Relation *(*find_missing)(void *context, Str schema, Str name);
    void *find_missing_context;
} Catalog;

/* The relation of that name, compared byte by byte: schema empty means public, then weir_catalog. NULL when there is none,
 * after find_missing has been asked. */
const Relation *catalog_find(const Catalog *catalog, Str schema, Str name);

/* The nearest name to one that does not exist; empty when none is near. */
Str catalog_suggest(const Catalog *catalog, Str name);

#endif
