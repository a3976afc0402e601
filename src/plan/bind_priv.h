/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_priv.h - what the files of the binder share.
 *
 *     bind_statement.c the entries: whole queries with EMIT, expressions alone; bind_insert.c INSERT
 *     bind_query.c     WITH, set operations, VALUES, ORDER BY, LIMIT
 *     bind_from.c      FROM: relations, views inlined, subqueries
 *     bind_window.c    TUMBLE, HOP, CUMULATE, SESSION in FROM and GROUP BY
 *     bind_select.c    one SELECT: list, WHERE, grouping, HAVING
 *     bind_group.c     the way through an AGGREGATE: groups, calls, what stands above them
 *     bind_expr.c      expressions; bind_call.c calls in them; bind_parameter.c, bind_type.c, bind_name.c
 *     resolve.c        PostgreSQL's rules for types: casts, common types, overloads
 *     literal.c        constants; expr_map.c trees rebuilt
 *     node.c           plan nodes with their properties; push.c FILTER and how far down it goes
 *     rewrite.c        columns nobody reads left out, nodes numbered
 *
 * While a SELECT is bound its expressions live in a mixed space: columns of the input by their number,
 * aggregates from COLUMN_AGGREGATE on, values of subqueries from COLUMN_SCALAR on. group_finish and
 * scalars_attach bring them down to columns of one node. */
#ifndef WEIR_PLAN_BIND_PRIV_H
#define WEIR_PLAN_BIND_PRIV_H

#include "column/builder.h"
#include "plan/bind.h"

enum {
    COLUMN_AGGREGATE = 1u << 24, /* call i of the SELECT is column COLUMN_AGGREGATE + i */
    COLUMN_SCALAR = 1u << 25, /* subquery i of it is column COLUMN_SCALAR + i */
    BIND_QUERY_DEPTH_MAX = 100,  /* queries and views inside one another */
    BIND_NODE_COUNT_MAX = 10000, /* a CTE used twice is bound twice: ends a chain that doubles */
    BIND_UNION_COUNT_MAX = 64,   /* inputs of one UNION node, as node.def says */
    BIND_FLOAT_DIGITS_REAL_MAX = 24, /* FLOAT(p) is REAL up to here */
    BIND_COLUMN_COUNT_MAX = SCHEMA_COLUMN_COUNT_MAX + 64, /* columns of one node */
};

STATIC_ASSERT((int)BIND_COLUMN_COUNT_MAX < (int)COLUMN_AGGREGATE, "no column of an input is taken for an aggregate");

typedef struct CommonScope CommonScope;
struct CommonScope { /* names of WITH, innermost first */
    const CommonScope *outer;
    const AstWith *with;
    uint32_t visible; /* the first so many of its tables */
    bool *used;       /* [tables] */
};

/* What names of columns mean at one place of the statement. */
typedef struct Scope Scope;
struct Scope {
    const Scope *outer; /* of the query around this one: to tell "correlated" from "does not exist" */
    const PlanColumn *columns;
    uint32_t column_count;
    uint32_t hiding_from; /* columns from here on hide earlier ones of the same name (window_start of a window
                             over windows) */
    const AstSelectList *list; /* whose names WHERE and HAVING do not see: for hints; NULL: none */
    Str twice; /* a qualifier that two tables have: no column of it can be named; empty: none */
};

/* The state of one statement being bound; lives on the stack of bind.h's entries. The second half is found out on the way
 * and ends in the plan. */
typedef struct Bind {
    Binder *binder;
    Arena *arena;
    const Catalog *catalog;
    Str text;     /* of the query being bound: an inlined view has its own */
    const Zone *zone;         /* by whose clock functions go; NULL: UTC */
    const Zone *literal_zone; /* by whose clock texts of TIMESTAMPTZ are read: that of who wrote them */
    const Relation *inlined; /* the view whose query is bound: spans become `inlined_span`, the place where it is named; NULL: none */
    SqlSpan inlined_span;
    const CommonScope *common;
    bool continuous;
    bool maintained;
    bool defining; /* a VIEW: read from anything */
    bool where_first; /* an UPDATE, whose list is SET: parameters take their types from WHERE before it */
    bool emit_on_close;
    int64_t lateness;
    bool late_output;
    const AstEmit *emit;
    bool windowed; /* a windowed aggregate has been made */
    uint32_t window_count;
    uint32_t node_count;
    uint32_t depth;
    PlanNode *late_from;
    PlanColumn *late_columns;
    uint32_t late_column_count;
    VECTOR(const Relation *) relations;
    VECTOR(PlanNotice) notices;
    bool has_deferred; /* the first thing that is not supported yet: told when nothing else is wrong */
    Error deferred;
    Frame frame; /* for parsing literals */
    bool has_frame;
} Bind;

/* One item of ORDER BY inside an aggregate's call. */
typedef struct CallOrder {
    const Expr *expr; /* over the input */
    SortKey direction; /* its column is not set */
} CallOrder;

/* One aggregate call of a SELECT. */
typedef struct GroupCall {
    Aggregate aggregate;
    const Expr *argument; /* over the input; NULL: none */
    const Expr *filter;
    const Expr *delimiter; /* STRING_AGG: its second argument */
    CallOrder *order;      /* ORDER BY inside the call, where it changes the result */
    uint32_t order_count;
    bool distinct;
    Str name; /* as the statement says it, for EXPLAIN */
    SqlSpan span;
} GroupCall;

/* One item of GROUP BY; equal ones are there once. */
typedef struct GroupKey {
    const Expr *expr; /* over the input */
    Str name;
    SqlSpan span;
} GroupKey;

/* GROUP BY SESSION(ts, gap), or FROM SESSION(t, ts, gap): becomes the SESSION node. */
typedef struct SessionWindow {
    uint32_t time_column;
    int64_t gap;
    bool in_from;              /* sessions are those of PARTITION BY, whatever is grouped */
    const uint32_t *partition; /* columns of PARTITION BY */
    uint32_t partition_count;
    SqlSpan span;
} SessionWindow;

/* What GROUP BY says and which aggregates the SELECT calls, until group_finish makes the node. */
typedef struct Group {
    VECTOR(GroupKey) keys;
    VECTOR(GroupCall) calls;
    Str window_function; /* of GROUP BY TUMBLE(..): tumble_start() belongs to it; empty: none */
    const AstExprList *window_arguments;
    uint32_t window_start; /* its columns in the scope */
    bool written;          /* GROUP BY is there, even () */
    SqlSpan span;
} Group;

/* Subqueries used as values, still to be attached. */
typedef struct ScalarValue {
    PlanNode *node;
    const Expr *operand; /* of operand IN (node): an expression of the mixed space; NULL: the value itself */
    SqlSpan span;
} ScalarValue;
typedef VECTOR(ScalarValue) ScalarList;

/* Where an expression stands, and what it may do there. */
typedef struct ExprContext {
    const Scope *scope;
    const char *clause; /* "WHERE": of messages */
    Group *group;       /* takes aggregates; NULL: none may stand here */
    ScalarList *scalars;
    bool in_aggregate;
    uint32_t depth;
} ExprContext;

/* What FROM gives. */
typedef struct FromResult {
    PlanNode *node;
    Scope scope; /* its columns; under a session two more: window_start and window_end to come */
    const SessionWindow *session; /* grouping must follow */
    uint32_t star_count;          /* columns that * means */
    uint32_t source_count;        /* columns of the relation under the windows: what LATE DATA TO gets */
    int32_t time_column;          /* of the window; -1: no window here */
} FromResult;

/* ---- bind.c: places, notices ----------------------------------------------------------------------------
 */
/* Places as the user sees them: inside a view that is being inlined, that of the view's name; the span has the place in the
 * view's text as its origin. */
SqlSpan bind_span(const Bind *bind, AstSpan span);
int64_t bind_position(const Bind *bind, uint32_t position);
/* The text itself; empty where the span is not of this text. It lives as long as the text. */
Str bind_fragment(const Bind *bind, AstSpan span);
/* Remembers "... is not supported yet" and goes on, so that misspelt names are told first. */
void bind_defer(Bind *bind, uint32_t position, const char *what);
/* Each message once, PLAN_NOTICE_COUNT_MAX of them; more are dropped. The texts are not copied. */
NODISCARD Status bind_notice(Bind *bind, uint32_t position, Str message, Str hint, Error *err);
/* Memory that is gone with the statement, made on first use. */
NODISCARD Status bind_frame(Bind *bind, Frame **out, Error *err);
void bind_init(Bind *bind, Binder *binder);
void bind_deinit(Bind *bind);
/* Notes, once, that the plan reads the relation: what may not be dropped while it runs. */
NODISCARD Status bind_use_relation(Bind *bind, const Relation *relation, Error *err);

/* ---- literal.c ----------------------------------------------------------------------------------------- */
/* Digits as written: INTEGER, else BIGINT, else NUMERIC with just their precision and scale; with an exponent that NUMERIC
 * cannot hold, DOUBLE PRECISION. NUMERIC_OUT_OF_RANGE for more digits than that. */
NODISCARD Status literal_number(Bind *bind, Str digits, bool negative, SqlSpan span, const Expr **out,
                                Error *err);
/* A text read as a value of `type`, its errors located at the span's start. `field`: of INTERVAL '..' DAY TO HOUR; else
 * INTERVAL_ANY_FIELD. */
NODISCARD Status literal_parse(Bind *bind, Str text, Type type, IntervalField field, SqlSpan span,
                               const Expr **out, Error *err);
NODISCARD Status literal_interval(Bind *bind, int64_t microseconds, SqlSpan span, const Expr **out,
                                  Error *err);
/* A constant INTEGER or BIGINT literal brought to another number type without the evaluator; NULL: not one of
 * those. */
const Expr *literal_convert_integer(Bind *bind, const Expr *expr, Type type);
/* The value of an integer constant; false when it is none. */
bool literal_integer(const Expr *expr, int64_t *out);
/* One column from constants of one type. */
NODISCARD Status literal_column(Bind *bind, const Expr *const *constants, uint32_t stride, uint32_t count,
                                Type type, Array *out, Error *err);

/* ---- resolve.c ------------------------------------------------------------------------------------------
 */
/* Says what function_find_cast would, quickly: modifiers are not looked at. */
bool resolve_can_cast(Type from, Type to, CastContext context);
/* Brings `expr` to `type` if that is allowed in `context`; *out NULL when it is not (no error then). Errors:
 * a literal that cannot be read. */
NODISCARD Status resolve_cast(Bind *bind, const Expr *expr, Type type, CastContext context, const Expr **out,
                              Error *err);
/* For a column of that type: what is too long for VARCHAR(n) fails, where a cast cuts it. */
NODISCARD Status resolve_assignment(Bind *bind, const Expr *expr, Type type, const Expr **out, Error *err);
/* A cast, failing with CANNOT_COERCE. */
NODISCARD Status resolve_cast_or_fail(Bind *bind, const Expr *expr, Type type, CastContext context,
                                      uint32_t position, const Expr **out, Error *err);
/* The type that all are brought to; `what` ("CASE", "UNION") is for the message. */
NODISCARD Status resolve_common_type(Bind *bind, const Expr *const *exprs, uint32_t count, const char *what,
                                     Type *out, Error *err);
NODISCARD Status resolve_to_common(Bind *bind, const Expr **exprs, uint32_t count, const char *what,
                                   Type *type, Error *err);
/* NOT_SUPPORTED when it is one of later.def: PostgreSQL's and not there yet. */
NODISCARD Status resolve_later(Str name, int64_t position, bool *found, Error *err);
/* `arguments` are replaced by what they are cast to. UNDEFINED_FUNCTION, AMBIGUOUS_FUNCTION with the signature and a hint;
 * `position`: where these point. */
NODISCARD Status resolve_call(Bind *bind, Str name, const Expr **arguments, uint32_t count, SqlSpan span,
                              int64_t position, const Expr **out, Error *err);
NODISCARD Status resolve_operator(Bind *bind, Str op, const Expr *left, const Expr *right, SqlSpan span,
                                  int64_t position, const Expr **out, Error *err);
/* UNKNOWN becomes TEXT. */
NODISCARD Status resolve_unknown(Bind *bind, const Expr **expr, Error *err);
/* Boolean or an error: "argument of WHERE must be type boolean, not type integer". */
NODISCARD Status resolve_boolean(Bind *bind, const Expr **expr, const char *what, Error *err);
/* Digits of the numeric type that holds every value of an exact number type. */
Type resolve_numeric_of(Type type);

/* ---- bind_parameter.c ---- */
NODISCARD Status bind_parameter(Bind *bind, const AstExpr *expr, const Expr **out, Error *err);
/* A parameter whose type was not known where it was bound: like a literal it becomes what is asked for. */
bool parameter_is_open(const Expr *expr);
/* One as a value of `type`, for the whole statement: AMBIGUOUS_PARAMETER when it has become another since. Of VARCHAR(n) without the n. */
NODISCARD Status parameter_settle(Bind *bind, const Expr *expr, Type type, const Expr **out, Error *err);
/* A NUMERIC parameter with the digits of `type`, from its exact value. */
NODISCARD Status parameter_round(Bind *bind, const Expr *expr, Type type, const Expr **out, Error *err);
/* An open one whose type has become known takes it, as if it stood there a second time. */
NODISCARD Status parameter_refresh(Bind *bind, const Expr **expr, Error *err);
/* The place takes any type: that of an open one cannot be told (parameters_check). Of other expressions: nothing. */
NODISCARD Status parameter_leave_open(Bind *bind, const Expr **expr, Error *err);

/* ---- bind_expr.c, bind_call.c ------------------------------------------------------------------------ */
/* In the mixed space; a literal may still be of type UNKNOWN. */
NODISCARD Status bind_expr(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                           Error *err);
/* Bound and folded. */
NODISCARD Status bind_expr_top(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                               Error *err);
/* The second half of that. */
NODISCARD Status bind_fold(Bind *bind, const Expr *bound, const Expr **out, Error *err);
/* bind_scalar.c: (SELECT ..), x IN (SELECT ..), EXISTS (SELECT ..) */
NODISCARD Status bind_scalar_subquery(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                                      Error *err);
/* `expr`: all of operand IN (query), for its places; NOT is the caller's. */
NODISCARD Status bind_in_subquery(Bind *bind, ExprContext *context, const AstExpr *expr, const AstExpr *operand,
                                  const AstQuery *query, const Expr **out, Error *err);
NODISCARD Status bind_exists_subquery(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                                      Error *err);
/* A call of a function, an aggregate (which goes into context->group) or a form. */
NODISCARD Status bind_call(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out,
                           Error *err);
/* name, table.name, schema.table.name. UNDEFINED_COLUMN, UNDEFINED_TABLE, AMBIGUOUS_COLUMN, with what may be meant. */
NODISCARD Status bind_column_name(Bind *bind, const Scope *scope, const AstExpr *expr, uint32_t *out,
                                  Error *err);
/* schema.table, with `behind` more parts after it: an error when the schema is none of ours. */
NODISCARD Status bind_table_schema(Bind *bind, const AstQualifiedName *parts, uint32_t behind, Error *err);
/* Before a function's name pg_catalog may stand, and nothing before a form's. */
NODISCARD Status bind_function_schema(Bind *bind, const AstExpr *expr, bool is_form, Error *err);
/* Of a call of what is no aggregate: *, DISTINCT, FILTER, ORDER BY, OVER and their like are WRONG_OBJECT_TYPE. */
NODISCARD Status bind_check_plain_call(Bind *bind, const AstExpr *expr, Str name, Error *err);
/* A column of that name, unqualified; -1: none. */
int32_t scope_find(const Scope *scope, Str name);
/* A table, or its alias, of that name stands in FROM. */
bool scope_has_table(const Scope *scope, Str table);
/* The column name of an item without AS: that of the column or function, "case", "?column?", as PostgreSQL names it. Lives as long as the
 * tree. */
Str bind_output_name(const AstExpr *expr);

/* Lengths of time in statements: so far from the ends of int64 that lengths of windows over windows add up. */
enum { BIND_LENGTH_DAY_MAX = 365250 };
#define BIND_LENGTH_US_MAX (INT64_C(86400000000) * BIND_LENGTH_DAY_MAX)
/* ---- bind_series.c ---- */
/* FROM generate_series(first, last [, step]) over constants. */
NODISCARD Status bind_series(Bind *bind, const AstFromItem *item, PlanNode **out, Error *err);

/* Microseconds of an interval without months, at most BIND_LENGTH_US_MAX either way; `what` begins its messages. */
NODISCARD Status bind_constant_interval(Bind *bind, const AstExpr *expr, const char *what, int64_t *out,
                                        Error *err);

/* Trees made anew where `map` gives a replacement; subtrees it has nothing for are kept. */
typedef NODISCARD Status (*ExprMap)(void *context, const Expr *expr, const Expr **out, Error *err);
NODISCARD Status expr_map(Arena *arena, const Expr *expr, ExprMap map, void *context, const Expr **out,
                          Error *err);
/* Column i becomes column numbers[i]. */
NODISCARD Status expr_renumber(Arena *arena, const Expr *expr, const uint32_t *numbers, const Expr **out,
                               Error *err);

/* The same bytes under another type: TEXT for VARCHAR(n). NULL when memory is refused. */
const Expr *expr_relabel(Arena *arena, const Expr *expr, Type type);

/* A column in it; NULL: there is none. */
const Expr *expr_find_column(const Expr *expr);

/* random() and its like; now() is none, it has one value for an epoch. */
bool expr_has_volatile(const Expr *expr);

/* A row that is taken back must give what it gave when it came: neither random() nor now() do. */
NODISCARD Status bind_check_stable(const Bind *bind, const PlanNode *input, const Expr *expr, Error *err);
/* Column i becomes replacements[i]. */
NODISCARD Status expr_inline(Arena *arena, const Expr *expr, const Expr *const *replacements,
                             const Expr **out, Error *err);

/* ---- node.c ---------------------------------------------------------------------------------------------
 */
/* Each function makes a node, or several, over its input, and derives the properties of columns and rows. *out may be the
 * input itself where nothing had to be made. The input may be changed: it must have no other reader. */
NODISCARD Status node_scan(Bind *bind, const Relation *relation, SqlSpan span, PlanNode **out, Error *err);
/* What a SELECT without FROM reads: one row, no column. */
NODISCARD Status node_one_row(Bind *bind, SqlSpan span, PlanNode **out, Error *err);
NODISCARD Status node_new(Bind *bind, PlanKind kind, SqlSpan span, PlanNode *const *inputs,
                          uint32_t input_count, uint32_t column_count, PlanNode **out, Error *err);
/* Cut into its conjuncts, each pushed as far down as its meaning stays. */
NODISCARD Status node_filter(Bind *bind, PlanNode *input, const Expr *predicate, SqlSpan span, PlanNode **out,
                             Error *err);
typedef struct ProjectItem {
    const Expr *expr;
    Str name;
    bool is_guessed; /* PlanColumn's; also where a plain column keeps its name */
} ProjectItem;
/* Over a PROJECT the two become one where nothing would be computed twice; items that are the input's columns as they
 * stand only rename them. */
NODISCARD Status node_project(Bind *bind, PlanNode *input, const ProjectItem *items, uint32_t count,
                              SqlSpan span, PlanNode **out, Error *err);
/* Appends window_start and window_end; spec->lateness is filled in. */
NODISCARD Status node_window(Bind *bind, PlanNode *input, const WindowSpec *spec, SqlSpan span,
                             PlanNode **out, Error *err);
/* An AGGREGATE grouped by all columns. */
NODISCARD Status node_distinct(Bind *bind, PlanNode *input, SqlSpan span, PlanNode **out, Error *err);
/* UNION ALL; inputs that are UNIONs themselves are flattened into it, while there are at most BIND_UNION_COUNT_MAX. */
NODISCARD Status node_union(Bind *bind, PlanNode *const *inputs, uint32_t count, SqlSpan span, PlanNode **out,
                            Error *err);
/* EXCEPT and INTERSECT of two inputs with the same columns. */
NODISCARD Status node_match(Bind *bind, PlanNode *const *inputs, bool intersect, bool all, SqlSpan span,
                            PlanNode **out, Error *err);
/* One column more: the value of the subquery's one row and column. */
NODISCARD Status node_scalar(Bind *bind, PlanNode *input, PlanNode *value, SqlSpan span, PlanNode **out,
                             Error *err);
/* The last column of `input` becomes whether its value is among those of `values`. */
NODISCARD Status node_member(Bind *bind, PlanNode *input, PlanNode *values, SqlSpan span, PlanNode **out,
                             Error *err);
/* One row of one column: whether `input` has any. */
NODISCARD Status node_exists(Bind *bind, PlanNode *input, SqlSpan span, PlanNode **out, Error *err);
/* Fills close, window_group, time_delay and the properties that follow, and checks EMIT ON WINDOW CLOSE.
 * Groups, aggregates and columns' names and types are set. */
NODISCARD Status node_finish_aggregate(Bind *bind, PlanNode *node, Error *err);
/* A column's own array, so that names and qualifiers may be changed. */
NODISCARD Status node_own_columns(Bind *bind, PlanNode *node, Error *err);
/* All columns are reached by this name from now on; node_own_columns first. */
void node_set_qualifier(PlanNode *node, Str qualifier);

/* The node's rows are some of its input's, in their order: columns, key and order are the input's. */
void node_pass_on(PlanNode *node, const PlanNode *input);

/* ---- rewrite.c ------------------------------------------------------------------------------------------
 */
/* Last: `root` is used up. The root's columns stay, in number and order. What flow relies on is asserted of each node. */
NODISCARD Status rewrite_plan(Bind *bind, PlanNode *root, PlanNode **out, Error *err);

/* Comparisons of rows that are written out, (a, b) < (c, d); `expr` is the comparison. */
bool bind_row_compares(Str op);
NODISCARD Status bind_row_comparison(Bind *bind, ExprContext *context, Str op, const AstExpr *left, const AstExpr *right,
                                     const AstExpr *expr, const Expr **out, Error *err);
NODISCARD Status bind_row_distinct(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err);
NODISCARD Status bind_row_is_null(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err);
NODISCARD Status bind_row_in_list(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err);

/* ---- bind_json.c ---- */
/* Is this operation #> or #>> with a path that is written out? Then bind_json_path takes it. */
bool bind_is_json_path(const AstExpr *expr);
NODISCARD Status bind_json_path(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err);
/* j['a'], of JSON values only. */
NODISCARD Status bind_subscript(Bind *bind, ExprContext *context, const AstExpr *expr, const Expr **out, Error *err);

/* ---- the clauses -----------------------------------------------------------------------------------------
 */
/* `outer`: the scope around the query, for its hints only: correlated subqueries are not supported. `keep_unknown`: literals
 * of the list stay UNKNOWN, for a reader who knows what type they are to have (UNION, INSERT). */
NODISCARD Status bind_subquery(Bind *bind, const AstQuery *query, const Scope *outer, bool keep_unknown,
                               PlanNode **out, Error *err);
/* One SELECT with its ORDER BY and LIMIT. */
NODISCARD Status bind_select(Bind *bind, const AstQuery *query, const Scope *outer, bool keep_unknown,
                             PlanNode **out, Error *err);
/* All of FROM, or one row without columns where there is none. */
NODISCARD Status bind_from(Bind *bind, const AstSelect *select, const Scope *outer, FromResult *out,
                           Error *err);
/* A name of WITH, or of the catalog: read, or inlined when it is a view. UNDEFINED_TABLE with what may be meant. */
NODISCARD Status bind_from_relation(Bind *bind, const AstQualifiedName *name, SqlSpan span, PlanNode **out,
                                    Error *err);
/* tumble, hop, cumulate, session. */
bool bind_is_window_function(Str name);
/* FROM TUMBLE(..) and its like: two columns more, and what grouping must know of them. */
NODISCARD Status bind_from_window(Bind *bind, const AstFromItem *item, const Scope *outer, FromResult *out,
                                  Error *err);
/* GROUP BY TUMBLE(..): as if it stood in FROM, and both its columns in GROUP BY. */
NODISCARD Status bind_group_window(Bind *bind, const AstExpr *call, Group *group, FromResult *from,
                                   Error *err);
/* `node` stands on top of what FROM gave, or in its place: the scope is that of its columns. */
void from_set_node(FromResult *from, PlanNode *node);
/* One SCALAR per subquery on top of `input`, each adding a column. */
NODISCARD Status scalars_attach(Bind *bind, const ScalarList *scalars, PlanNode *input, PlanNode **out,
                                Error *err);
/* Columns of COLUMN_SCALAR to those scalars_attach made above `column_count` columns. */
NODISCARD Status scalars_renumber(Bind *bind, const Expr *expr, uint32_t column_count, const Expr **out,
                                  Error *err);
/* One more key, unless an equal one is there. */
NODISCARD Status group_add_key(Bind *bind, Group *group, const Expr *expr, Str name, SqlSpan span,
                               Error *err);
/* The AGGREGATE or SESSION over `from`, and the expressions brought to it. */
NODISCARD Status group_finish(Bind *bind, Group *group, const FromResult *from, const Expr **exprs,
                              uint32_t count, PlanNode **out, Error *err);
/* Of an expression that is still in the mixed space. */
bool group_expr_has_aggregate(const Expr *expr);
bool group_expr_has_subquery(const Expr *expr);
/* Whether an item of GROUP BY or ORDER BY is a constant, which may only be the number of an output; that output, from 0. */
bool bind_is_position(const AstExpr *expr);
NODISCARD Status bind_position_output(Bind *bind, const AstExpr *expr, const char *clause, uint32_t output_count, uint32_t *out, Error *err);
/* Ascending or not, NULLs first or last, as PostgreSQL fills in what is not said. */
NODISCARD Status bind_order_direction(Bind *bind, const AstOrderItem *item, SortKey *key, Error *err);
/* SORT and LIMIT; in `scope` the names of LIMIT and OFFSET are looked up, which may not stand there. */
NODISCARD Status bind_order_limit(Bind *bind, const AstQuery *query, const Scope *scope, PlanNode *input, const SortSpec *spec,
                                  PlanNode **out, Error *err);
/* Column `column` of a query as its reader sees it: a literal whose type is still open as itself. NULL when
 * memory is refused. */
const Expr *bind_output_expr(Bind *bind, const PlanNode *node, uint32_t column);
/* Every column of `node` brought to the type of columns[i]; literals of an UNKNOWN column are read as that
 * type. */
NODISCARD Status bind_coerce_columns(Bind *bind, PlanNode *node, const PlanColumn *columns,
                                     CastContext context, PlanNode **out, Error *err);
/* Cells, row by row, of settled types: VALUES, or a UNION of one-row PROJECTs when some are not constant.
 * scalars[row]: the subqueries that the row's cells read; the cells are brought to columns. */
NODISCARD Status bind_rows(Bind *bind, const Expr **cells, uint32_t row_count, uint32_t column_count,
                           const PlanColumn *columns, const ScalarList *scalars, SqlSpan span,
                           PlanNode **out, Error *err);

#endif
