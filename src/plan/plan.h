/* SPDX-License-Identifier: Apache-2.0
 * plan/plan.h - plans: operators as plain data, with what is known about their rows.
 *
 * Made once from a syntax tree by plan/bind.h, read by flow, which makes running operators of them. A plan is
 * immutable; it lives in one arena and may be shared by many runs. It owns nothing else: relations it names belong to
 * the catalog, which must keep them as long as the plan.
 *
 *     switch (node->kind) {                     no default: the compiler finds what is missing
 *         case PLAN_FILTER: return filter_init(op, &node->filter, ...);
 *         ...
 *
 *     SELECT k, count(*) FROM t WHERE v > 0 GROUP BY k
 *
 *     SCAN t (k, v)  <-  FILTER v > 0  <-  AGGREGATE by k: count(*)  <-  PROJECT k, count
 *
 * Times and lengths of time are microseconds throughout. W stands for a node's watermark.
 *
 * Columns of a node are numbered 0 .. column_count - 1; expressions of a node refer to the columns of its
 * input (PROJECT, FILTER) by those numbers. */
#ifndef WEIR_PLAN_PLAN_H
#define WEIR_PLAN_PLAN_H

#include "expr/aggregate.h"
#include "column/schema.h"
#include "expr/expr.h"

typedef struct Relation Relation; /* plan/catalog.h */

typedef enum PlanKind {
#define NODE(name, spec, inputs_min, inputs_max, text) PLAN_##name,
#include "plan/node.def"
#undef NODE
    PLAN_KIND_COUNT
} PlanKind;

/* What the rows of a node do over time. */
typedef enum ChangeKind {
    CHANGE_APPEND,   /* rows only come */
    CHANGE_WEIGHTED, /* rows come and are taken back, in pairs or alone */
} ChangeKind;

/* What a column has to do with windows. A projection that passes the column on keeps it, any other expression does not. */
typedef enum WindowRole { WINDOW_NONE, WINDOW_START, WINDOW_END } WindowRole;

/* A column of a node's output: its type, and what is known of it before a row has been seen. Properties are promises that
 * operators rely on without looking: one that does not hold for every row gives wrong results. */
typedef struct PlanColumn {
    Str name;
    Str qualifier; /* table alias it can be reached by; empty: none */
    Type type;
    bool is_guessed; /* its name is the input's spelling of it, no statement's: found without regard to case too */
    bool not_null;
    bool has_watermark;     /* no row still to come has an earlier value than W - watermark_delay, W being the
                               node's watermark */
    WindowRole window_role; /* of a window of window_size: end = start + size */
    int64_t watermark_delay; /* microseconds, >= 0 */
    int64_t window_size;     /* microseconds; 0 where the two ends are independent: sessions, and the end of
                                CUMULATE */
    uint32_t window_id;      /* start and end of one window have the same; 0: no window known */
    uint32_t time_of;        /* window_id of a window that this column is the time of; 0: none known */
    int64_t time_reach;      /* and how long before the end of that window it may be: the window's size */
    bool is_inclusive;       /* end of a session, or a column that waited for one: a window column whose value is just
                                W - watermark_delay may still come; that of other windows has come by then */
    int64_t window_lateness; /* what of watermark_delay is the statement's lateness: not yet spent by an
                                aggregate */
} PlanColumn;

typedef struct PlanNode PlanNode;

/* --- what each kind needs ------------------------------------------------------------------------------ */

/* The rows of a relation. Its columns that nobody reads have been left out by rewrite.c. */
typedef struct ScanSpec {
    const Relation *relation;
    const uint32_t *columns; /* [column_count of the node] numbers of the relation's columns, ascending */
    const Expr *const *key_values; /* [key_count of the relation] what the filter above asks its PRIMARY KEY to be, constants and parameters, so that
                                      one row at most is wanted; NULL: it does not. Set where the plan is read once */
} ScanSpec;

/* Rows that the statement has written out. */
typedef struct ValuesSpec {
    const Array *columns; /* [column_count], each of row_count values, in the plan's arena */
    uint32_t row_count;
} ValuesSpec;

/* generate_series: one column (none when it is not needed) of INTEGER, BIGINT, NUMERIC or a timestamp. */
typedef struct SeriesSpec {
    Decimal first, step; /* row i, from 0 on, is first + i * step; that of the last row does not overflow */
    uint64_t row_count;
} SeriesSpec;

/* Rows for which it is NULL do not pass either. */
typedef struct FilterSpec {
    const Expr *predicate;
} FilterSpec;

/* Over the input's columns, one per column of the node; the types are equal. */
typedef struct ProjectSpec {
    const Expr *const *exprs; /* [column_count] */
} ProjectSpec;

/* SESSION is no WINDOW: its windows hang on the rows, so it is a kind of node of its own. */
typedef enum WindowKind { WINDOW_TUMBLE, WINDOW_HOP, WINDOW_CUMULATE } WindowKind;

/* Appends window_start and window_end to the input's columns, one row per window a row belongs to. `sliced`
 * (HOP only): one row per input row, whose two columns are the slice's ends (a slice is gcd(size, slide)
 * long); the AGGREGATE above merges slices at the close. */
typedef struct WindowSpec {
    WindowKind kind;
    bool sliced;
    uint32_t time_column; /* of the input: TIMESTAMP, TIMESTAMPTZ or DATE */
    int64_t size;         /* microseconds, > 0 */
    int64_t slide;        /* HOP: between starts; CUMULATE: the step; TUMBLE: the size */
    int64_t offset;       /* of the first start from 1970-01-01 00:00 */
    int64_t lateness;     /* of the statement: windows whose end + lateness <= a row's bound get no row */
} WindowSpec;

/* One item of ORDER BY; equal rows keep the order in which they came. */
typedef struct SortKey {
    uint32_t column;
    bool descending;
    bool nulls_first;
} SortKey;

/* One aggregate of an AGGREGATE or SESSION. Computed arguments and filters are columns of a PROJECT below. */
typedef struct PlanAggregate {
    Aggregate aggregate;
    int32_t column; /* argument: column of the input, already cast; -1: none */
    int32_t filter; /* boolean column of the input: FILTER (WHERE ..); -1: none */
    int32_t delimiter; /* STRING_AGG: column of what stands before each text but the first; else -1 */
    const SortKey *order; /* STRING_AGG, FIRST_VALUE, LAST_VALUE: ORDER BY inside the call; rows that are the same there follow
                                    AggregateSpec.by_columns */
    uint32_t order_count;
    bool distinct;
    SqlSpan span; /* of the call: where its row errors point */
} PlanAggregate;

/* When the groups of an AGGREGATE are final. */
typedef enum CloseKind {
    CLOSE_NEVER,  /* no group key is bounded by a watermark */
    CLOSE_WINDOW, /* a group is final when the watermark (less the delay of the time column under the window)
                     reaches its window's end + lateness */
} CloseKind;

/* Output: the group columns, then the aggregates. SESSION: the group columns, window_start, window_end, then
 * the aggregates. */
typedef struct AggregateSpec {
    const uint32_t *groups; /* columns of the input */
    uint32_t group_count;
    const PlanAggregate *aggregates;
    uint32_t aggregate_count;
    bool has_global_row; /* no GROUP BY: one row even over no input */
    CloseKind close;
    bool emit_on_close;   /* EMIT ON WINDOW CLOSE: rows leave once, at the close; else changes leave at each
                             epoch's end */
    int32_t window_group; /* index in groups of a WINDOW_START or WINDOW_END column; -1: none (SESSION: -1) */
    int64_t time_delay;   /* the delay of the time column under the window: closes at W - time_delay >= end +
                             lateness */
    int64_t lateness;
    bool sliced;  /* groups[window_group] is a slice's start: merge to windows of `size` every `slide` at the
                     close */
    int64_t size; /* sliced only */
    int64_t slide;
    int64_t offset;
    bool by_columns;        /* first_value, last_value, string_agg: rows have no place in an input, or may be taken back. The first
                               is then the least by the columns `order` (NULLs last), not the one that came first */
    const uint32_t *order;  /* columns of the input */
    uint32_t order_count;
    uint32_t time_column;         /* SESSION: column of the input */
    int64_t gap;                  /* SESSION */
    bool late_output;             /* late rows leave on the second output, with all columns of the input */
    const uint32_t *late_columns; /* which of them, in the order of the late table */
    uint32_t late_column_count;
    int32_t late_time_column; /* input column that late_by is worked out from: the event time, or a window's end or start where
                                 the windows come from a view without it; -1: no row is ever late */
} AggregateSpec;

/* Inputs have the same columns, in the same order and of the same types. No order among the inputs is kept. */
typedef struct UnionSpec {
    uint32_t unused;
} UnionSpec;

/* EXCEPT and INTERSECT: the AGGREGATE below has counted each row of the two queries. Rows leave as often as the counts say, with all
 * columns. */
typedef struct MatchCountsSpec {
    bool intersect;
    bool all; /* else once at most */
    uint32_t left; /* columns of the input, BIGINT: how often each query has the row */
    uint32_t right;
} MatchCountsSpec;

/* All rows, ordered once the input has ended; rows that are the same by the keys keep their order. */
typedef struct SortSpec {
    const SortKey *keys;
    uint32_t key_count;
    uint32_t distinct_count; /* DISTINCT ON: of rows that are the same by so many of the first keys the first alone is passed on; 0: all */
    int64_t limit;          /* rows that are ever asked for (limit + offset); -1: all */
    const struct LimitSpec *asked; /* where these numbers are only known when the plan starts: those of the LIMIT above; NULL: `limit` says */
    uint32_t visible_count; /* columns of the input beyond are only there to sort by: the node's column_count
                               is this */
} SortSpec;

/* Skips `offset` rows, then passes on `limit`. Input that takes rows back is refused when bound. */
typedef struct LimitSpec {
    int64_t limit; /* -1: none */
    int64_t offset;
    const Expr *limit_expr; /* the number, a BIGINT without columns, is worked out when the plan starts (NULL there: none); NULL: it stands above */
    const Expr *offset_expr;
} LimitSpec;

/* Input 0's columns and then the subquery's one column (input 1); more than one row there is CARDINALITY,
 * none is NULL. is_member: input 0's columns, of which `operand` becomes whether its value is among the rows of input 1,
 * which have the same type: x IN (SELECT ..), NULL where that is not known. */
typedef struct ScalarSpec {
    SqlSpan span;
    bool is_member;
    uint32_t operand;
} ScalarSpec;

/* Nodes form a tree: each is read by one other, or is the root. */
struct PlanNode {
    PlanKind kind;
    uint32_t id;  /* inputs have lower ones */
    SqlSpan span; /* the clause it came from */
    PlanNode *const *inputs;
    uint32_t input_count;
    PlanColumn *columns;
    uint32_t column_count;
    ChangeKind change;
    bool bounded; /* ends */
    bool ordered; /* rows come in the order of a SORT */
    const uint32_t
        *key; /* columns that identify a row; NULL: the whole row does. With key_count 0: one row at most */
    uint32_t key_count;
    union {
        ScanSpec scan;
        ValuesSpec values;
        SeriesSpec series;
        FilterSpec filter;
        ProjectSpec project;
        WindowSpec window;
        AggregateSpec aggregate; /* SESSION too */
        UnionSpec union_all;
        MatchCountsSpec match_counts;
        SortSpec sort;
        LimitSpec limit;
        ScalarSpec scalar;
    };
};

/* How changes leave to those outside; EMIT ON WINDOW CLOSE is in the AGGREGATE. */
typedef enum EmitMode {
    EMIT_FINAL,     /* a plain SELECT's final rows */
    EMIT_APPEND,    /* output is append-only: rows as they come, no __weight */
    EMIT_CHANGES,   /* with __weight */
    EMIT_ON_UPDATE, /* the latest row per key, with __weight -1 only when the key is gone */
    EMIT_EVERY,     /* net changes of an interval */
} EmitMode;

enum { PLAN_NOTICE_COUNT_MAX = 8 };

/* Advice that is no error, such as state that grows for ever; shown with the statement's result. */
typedef struct PlanNotice {
    Str message;
    Str hint;
    int32_t position; /* in the statement; -1: none */
} PlanNotice;

typedef struct Plan {
    const PlanNode *root;
    bool continuous;   /* has EMIT, or is maintained */
    bool emit_written; /* the statement says EMIT ... */
    EmitMode emit;
    bool weights;                   /* output carries __weight */
    int64_t every;                  /* EMIT EVERY: microseconds */
    Str late_data;                  /* LATE DATA TO name; empty: none */
    int64_t late_position;          /* of that name in the statement */
    const PlanNode *late_from;      /* the AGGREGATE or SESSION whose late rows go there */
    const PlanColumn *late_columns; /* of the late table, without __weight and late_by */
    uint32_t late_column_count;
    const Zone *zone;               /* by whose clock its functions go; NULL: UTC */
    uint32_t node_count;
    const Relation *const *relations; /* everything read, views and what they read included */
    uint32_t relation_count;
    const PlanNotice *notices;
    uint32_t notice_count;
} Plan;

/* The schema of a node's columns (names and types), in the arena; names are not copied. Errors: OUT_OF_MEMORY, LIMIT. */
NODISCARD Status plan_schema(Arena *arena, const PlanNode *node, Schema *out, Error *err);

const char *plan_kind_name(PlanKind kind); /* "AGGREGATE" */
const char *plan_kind_text(PlanKind kind); /* node.def's last column */

#endif
