/* SPDX-License-Identifier: Apache-2.0
 * plan/bind.h - syntax trees to plans: names and types resolved, properties derived, rules applied.
 *
 *     Binder binder = {.catalog = catalog, .arena = arena, .pool = pool, .text = text};
 *     Plan *plan;
 *     TRY(bind_query(&binder, query, BIND_SNAPSHOT, &plan, err));
 *
 * The text is never printed to be parsed again: what a clause becomes is a plan node (requirement C9).
 * Threads: one at a time per Binder; the catalog is only read. */
#ifndef WEIR_PLAN_BIND_H
#define WEIR_PLAN_BIND_H

#include "plan/catalog.h"

typedef enum BindPurpose {
    BIND_SNAPSHOT,   /* a plain SELECT: final rows over bounded input; with EMIT it becomes continuous */
    BIND_MAINTAINED, /* STREAM, MATERIALIZED VIEW, SINK .. AS, SUBSCRIBE: changes for ever */
    BIND_VIEW, /* VIEW: its columns and what it reads; whether it can run is asked where it is used, so the
                  plan is not for running */
} BindPurpose;

/* A parameter, $n, and what has been found out about it. */
typedef struct Parameter {
    Type type;            /* without digits or length; UNKNOWN: not known yet */
    int64_t position;     /* of its first place in the text; -1: it has none */
    int64_t open_position; /* of a place that takes any type, met before the type was known; -1: none */
} Parameter;

/* Those of one statement. The first place that asks for a type settles it, as in PostgreSQL; types that are there before the
 * statement is bound (by whoever prepares it, or because it is bound anew) stay. */
typedef struct Parameters {
    Parameter *items;
    uint32_t count;
} Parameters;

/* When all of a statement has been bound: every parameter has a type. INDETERMINATE_TYPE, AMBIGUOUS_PARAMETER. */
NODISCARD Status parameters_check(const Parameters *parameters, Error *err);

/* What one statement is bound with. All that it points to must live as long as the plan: names and constants of the tree
 * are not copied. */
typedef struct Binder {
    const Catalog *catalog;
    Arena *arena;           /* of the plan */
    BufferPool *pool;       /* for folding constants */
    ZoneSource *zones;      /* named time zones; NULL: none are known */
    const Zone *zone;       /* the session's; NULL: UTC */
    Str text;               /* what spans refer to, for EXPLAIN and column names */
    Parameters *parameters; /* $1 ..; NULL: none may be used */
} Binder;

/* A whole query. Errors: what is wrong with the statement, with its position in `text` and mostly a hint (42P01, 42703,
 * 42883, 42804, 42803 ..); STREAMING, where a query over rows without end cannot give an answer; NOT_SUPPORTED;
 * LIMIT (nesting, columns, nodes); OUT_OF_MEMORY. What is not supported is told only when nothing else is wrong, so that
 * misspelt names come first. On failure *out is not set, and what was allocated stays in the arena. */
NODISCARD Status bind_query(Binder *binder, const AstQuery *query, BindPurpose purpose, Plan **out,
                            Error *err);

/* An expression over the columns of one relation (a WATERMARK, DELETE's WHERE, a DEFAULT with column_count
 * 0). `type` UNKNOWN: as it comes. The result is cast for assignment to `type`. */
NODISCARD Status bind_expression(Binder *binder, const AstExpr *expr, const PlanColumn *columns,
                                 uint32_t column_count, Type type, const Expr **out, Error *err);

/* DEFAULT of a column: an expression without columns and subqueries, brought to the column's type as by INSERT, and not folded. */
NODISCARD Status bind_default(Binder *binder, const AstExpr *expr, const PlanColumn *column, const Expr **out, Error *err);

/* The DEFAULT of a column as who inserts sees it: by the clock of `zone`, folded, with that place in his statement. NULL where the column has
 * none. */
NODISCARD Status bind_default_value(Arena *arena, BufferPool *pool, ZoneSource *zones, const Zone *zone, const Relation *table, uint32_t column,
                                    SqlSpan span, const Expr **out, Error *err);

/* PostgreSQL's names, and those of Flink, RisingWave and Arrow that mean the same. UNDEFINED_OBJECT for a name that is
 * none; NOT_SUPPORTED for one of PostgreSQL's that is not there; INVALID_ARGUMENT for modifiers out of range. */
NODISCARD Status bind_type(const AstTypeName *name, Type *out, Error *err);

/* Types, functions and operators have no schema but pg_catalog. */
NODISCARD Status bind_system_schema(const AstName *schema, Error *err);

/* COLLATE "C" of a text: any other collation, or type, is an error. */
NODISCARD Status bind_collation(const AstQualifiedName *collation, Type type, Error *err);

/* INTERVAL YEAR TO MONTH means something for literals only: an error elsewhere. */
NODISCARD Status bind_interval_fields(const AstTypeName *name, Type type, Error *err);

/* WATERMARK FOR column AS expr: the column itself, or it less a constant interval without months. *delay: microseconds,
 * 0 or more. NOT_SUPPORTED for any other expression. */
NODISCARD Status bind_watermark(Binder *binder, const AstWatermark *watermark, const PlanColumn *columns,
                                uint32_t column_count, int32_t *time_column, int64_t *delay, Error *err);

/* An expression without columns to its value as text or integer microseconds (INTERVAL options, EMIT EVERY).
 */
NODISCARD Status bind_interval_us(Binder *binder, const AstExpr *expr, int64_t *out, Error *err);

/* Columns of INSERT's query brought to the types of the table: bind the query, then assignment casts.
 * targets[i]: column of the table that query column i goes to. The plan's root gives one column per table
 * column (NULL or default where not named). */
NODISCARD Status bind_insert(Binder *binder, const AstInsert *insert, const Relation *table, Plan **out,
                             Error *err);

/* UPDATE: the same of a query that gives the table's rows as they are, and as they are to be; `wide` has both halves' columns. Those of
 * is_default[] take their DEFAULT, whatever the query gives. */
NODISCARD Status bind_update(Binder *binder, const AstInsert *update, const Relation *wide, const bool *is_default, Plan **out, Error *err);

/* ON CONFLICT DO UPDATE: `pairs` has the columns of the table, the row that is there, and again, the row that was to be inserted
 * ("excluded"), and one column more. The plan gives, for each pair that WHERE takes, the row as it is, then as it is to be, and that
 * column. `set`: one column each. */
NODISCARD Status bind_conflict(Binder *binder, const AstInsert *insert, const AstAssignmentList *set,
                               const Relation *table, const Relation *pairs, Plan **out, Error *err);

/* EXPLAIN: one line per node, indented, with change kind, key, time columns and their watermark, bounded or
 * not, and the SQL fragment it came from. */
void plan_explain(const Plan *plan, Str text, bool verbose, Text *out);

/* EXPLAIN STATE: for each operator whether its state is bounded, grows with keys, or grows for ever, and
 * which clause would bound it. */
void plan_explain_state(const Plan *plan, Str text, bool verbose, Text *out);

#endif
