/* SPDX-License-Identifier: Apache-2.0
 * sql/ast.h - the syntax tree of expressions and queries: what the text says, and where it says it.
 *
 * Statements around queries are in sql/statement.h.
 *
 * Made by sql/parser.h, read by the binder. It knows no catalog: names are names, `f(x)` may be a
 * function, an aggregate or a window table function. Nothing prints a tree back as SQL: whoever needs
 * the text of a node takes text[span.start, span.end).
 *
 *     switch (expr->kind) {                      no default: the compiler finds what is missing
 *         case EXPR_COLUMN: return bind_column(&expr->column, expr->position, ...);
 *         ...
 *
 * Forms that PostgreSQL defines as calls are calls here too, so that a binder meets one form only:
 * EXTRACT(f FROM x) is extract('f', x), SUBSTRING(s FROM a FOR b) is substring(s, a, b), POSITION(a IN s)
 * is position(s, a), TRIM is btrim/ltrim/rtrim(s, chars), OVERLAY(s PLACING r FROM a FOR b) is
 * overlay(s, r, a, b); COALESCE, NULLIF, GREATEST, LEAST, GROUPING, CURRENT_DATE, CURRENT_TIMESTAMP[(p)],
 * LOCALTIMESTAMP, CURRENT_USER and the like are calls under their lower-case names.
 *
 * Strings: identifiers are folded (ASCII lower case unless quoted), literals unescaped. A Str points into
 * the statement's text, into the arena, or at a constant: keep text and arena as long as the tree.
 * Absent: pointers are NULL, a Name has size 0 (SQL has no empty name), a list has count 0.
 * Height: no path from the root is longer than AST_HEIGHT_MAX nodes, so recursive walks are safe.
 * Threads: plain data, read-only once parsed. */
#ifndef WEIR_SQL_AST_H
#define WEIR_SQL_AST_H

#include "base/str.h"

enum {
    AST_HEIGHT_MAX =
        1000, /* nodes on a path from the root: operators in a chain count, AND and OR chains do not */
    AST_TYPE_MODIFIER_COUNT_MAX = 2,
};

/* Of an enum: one byte, and still checked by -Wswitch. */
#define AST_PACKED __attribute__((packed))

#define AST_LIST(Type)     \
    struct {               \
        Type *items;       \
        uint32_t count;    \
        uint32_t capacity; \
    }

/* Bytes [start, end) of the text given to the parser. */
typedef struct Span {
    uint32_t start;
    uint32_t end;
} Span;

typedef struct Expr Expr;
typedef struct Query Query;
typedef struct Statement Statement;
typedef struct FromItem FromItem;
typedef struct GroupItem GroupItem;
typedef struct TypeName TypeName;

typedef struct Name {
    Str str; /* size 0: absent */
    Span span;
} Name;

typedef AST_LIST(Name) NameList;
typedef AST_LIST(Expr *) ExprList;

/* a, schema.a, catalog.schema.a: parts in the order written, at least one when present. */
typedef NameList QualifiedName;
typedef AST_LIST(QualifiedName) QualifiedNameList;

/* ---- types ------------------------------------------------------------------------------------------- */

typedef enum TypeKind {
    TYPE_NAMED, /* name, modifiers */
    TYPE_ARRAY, /* element: int[], int[][], int ARRAY[3], ARRAY<int> */
    TYPE_ROW,   /* fields: ROW(a int, b text), STRUCT<a int> */
    TYPE_MAP,   /* key, element: MAP<k, v>, MAP(k, v) */
} AST_PACKED TypeKind;

typedef enum IntervalFields {
    INTERVAL_FIELDS_ALL, /* none written */
    INTERVAL_YEAR,
    INTERVAL_MONTH,
    INTERVAL_DAY,
    INTERVAL_HOUR,
    INTERVAL_MINUTE,
    INTERVAL_SECOND,
    INTERVAL_YEAR_TO_MONTH,
    INTERVAL_DAY_TO_HOUR,
    INTERVAL_DAY_TO_MINUTE,
    INTERVAL_DAY_TO_SECOND,
    INTERVAL_HOUR_TO_MINUTE,
    INTERVAL_HOUR_TO_SECOND,
    INTERVAL_MINUTE_TO_SECOND,
    INTERVAL_WEEK,    /* Flink, Arroyo: INTERVAL '2' WEEK */
    INTERVAL_QUARTER, /* Flink: INTERVAL '1' QUARTER */
} AST_PACKED IntervalFields;

typedef struct TypeField {
    Name name;
    TypeName *type;
} TypeField;

/* Names of several words come as one: "double precision", "varchar" (character varying), "char"
 * (character), "varbit", "timestamp" / "timestamptz" and "time" / "timetz" (with or without time zone).
 * Other names are as written: int, int4 and integer are told apart by nobody here. */
struct TypeName {
    TypeKind kind;
    IntervalFields interval_fields; /* of `interval` */
    uint8_t modifier_count;         /* numeric(p, s), varchar(n), timestamp(p), interval second(p) */
    uint8_t dimensions;             /* of TYPE_ARRAY: brackets written */
    bool not_null;                  /* Flink: ROW<a INT NOT NULL> */
    Span span;
    int32_t modifiers[AST_TYPE_MODIFIER_COUNT_MAX];
    Name schema; /* pg_catalog.int4 */
    Name name;
    TypeName *key;
    TypeName *element;
    AST_LIST(TypeField) fields;
};

/* ---- expressions ------------------------------------------------------------------------------------- */

typedef enum ExprKind {
    EXPR_NULL,
    EXPR_BOOLEAN,        /* boolean */
    EXPR_NUMBER,         /* number: digits as written, without sign */
    EXPR_STRING,         /* string */
    EXPR_PARAMETER,      /* parameter: $n, from 1 */
    EXPR_TYPED_LITERAL,  /* typed: DATE '2026-01-01', INTERVAL '5' SECOND, point '1,2' */
    EXPR_DEFAULT,        /* DEFAULT, in VALUES of an INSERT and in SET only */
    EXPR_COLUMN,         /* column: a, t.a, s.t.a (or a.field: the binder decides) */
    EXPR_STAR,           /* column: the qualifier's parts: *, t.* (select lists, RETURNING, row arguments) */
    EXPR_UNARY,          /* operation: prefix operator, left is NULL */
    EXPR_BINARY,         /* operation */
    EXPR_AND,            /* list: two or more, a AND b AND c is one node */
    EXPR_OR,             /* list: two or more */
    EXPR_NOT,            /* operand */
    EXPR_IS,             /* is: IS [NOT] NULL, TRUE, FALSE, UNKNOWN (ISNULL, NOTNULL too) */
    EXPR_DISTINCT_FROM,  /* pair: IS [NOT] DISTINCT FROM */
    EXPR_BETWEEN,        /* between: negated, symmetric */
    EXPR_LIKE,           /* like: negated */
    EXPR_IN_LIST,        /* in: negated */
    EXPR_IN_QUERY,       /* in_query: negated */
    EXPR_QUANTIFIED,     /* quantified: left op ANY / ALL (right); right is EXPR_SUBQUERY or an array value */
    EXPR_EXISTS,         /* query */
    EXPR_SUBQUERY,       /* query used as a value */
    EXPR_ARRAY_QUERY,    /* query: ARRAY(SELECT ..) */
    EXPR_ARRAY,          /* list: ARRAY[..], nested [..] inside it too */
    EXPR_ROW,            /* list: ROW(..) or (a, b) */
    EXPR_MAP,            /* list: key, value, key, value: MAP[k, v], MAP {k: v} */
    EXPR_CALL,           /* call */
    EXPR_NAMED_ARGUMENT, /* named: f(size => 3), f(size := 3); inside call arguments only */
    EXPR_CASE,           /* case_ */
    EXPR_CAST,           /* cast: CAST(x AS t), x::t; safe: TRY_CAST */
    EXPR_COLLATE,        /* collate */
    EXPR_AT_TIME_ZONE,   /* pair: left AT TIME ZONE right */
    EXPR_SUBSCRIPT,      /* subscript: a[i]; slice: a[i:j], either bound may be NULL */
    EXPR_FIELD,          /* field: (x).f, a[1].f */
    EXPR_FIELD_STAR,     /* operand: (x).* */
    EXPR_TABLE, /* table: TABLE t [PARTITION BY ..] [ORDER BY ..] as an argument of a window table function */
    EXPR_DESCRIPTOR, /* names: DESCRIPTOR(ts) */
    EXPR_CURRENT_OF, /* name: WHERE CURRENT OF cursor */
} AST_PACKED ExprKind;

typedef enum IsTest { IS_NULL, IS_TRUE, IS_FALSE, IS_UNKNOWN } AST_PACKED IsTest;

typedef enum LikeKind { LIKE_LIKE, LIKE_ILIKE, LIKE_SIMILAR } AST_PACKED LikeKind;

typedef struct CallExpr CallExpr;
typedef struct TableArgument TableArgument;

typedef struct CaseArm {
    Expr *when; /* a condition, or with an operand a value to compare it with */
    Expr *then;
} CaseArm;

struct Expr {
    ExprKind kind;
    bool negated; /* IS, DISTINCT_FROM, BETWEEN, LIKE, IN_LIST, IN_QUERY: NOT was written */
    bool flag; /* BETWEEN: symmetric; QUANTIFIED: ALL; CAST: TRY_CAST; SUBSCRIPT: slice; ROW: the word ROW */
    bool parenthesized; /* stood in parentheses of its own; span covers them */
    Span span;
    uint32_t position; /* where an error about this node points: the operator, the function's name, else
                          span.start */
    union {
        bool boolean;
        struct {
            Str digits;   /* 12, .5, 1e3 */
            bool integer; /* digits only */
        } number;
        Str string;
        uint32_t parameter;
        struct {
            TypeName *type;
            Str value;
            Span value_span;
        } typed;
        QualifiedName column;
        struct {
            Expr *left;
            Expr *right;
            Str op; /* "+", "<>" (!= too), "->>"; an operator written OPERATOR(s.+) gives "+" */
        } operation;
        Expr *operand;
        struct {
            Expr *left;
            Expr *right;
        } pair;
        ExprList list;
        struct {
            Expr *operand;
            IsTest test;
        } is;
        struct {
            Expr *operand;
            Expr *low;
            Expr *high;
        } between;
        struct {
            Expr *operand;
            Expr *pattern;
            Expr *escape;
            LikeKind kind;
        } like;
        struct {
            Expr *operand;
            ExprList list;
        } in;
        struct {
            Expr *operand;
            Query *query;
        } in_query;
        struct {
            Expr *left;
            Expr *right;
            Str op; /* of LIKE and ILIKE: ~~, ~~*, !~~, !~~* */
        } quantified;
        Query *query;
        CallExpr *call;
        struct {
            Name name;
            Expr *value;
        } named;
        struct {
            Expr *operand; /* NULL: CASE WHEN condition */
            AST_LIST(CaseArm) arms;
            Expr *otherwise;
        } case_;
        struct {
            Expr *operand;
            TypeName *type;
        } cast;
        struct {
            Expr *operand;
            QualifiedName name;
        } collate;
        struct {
            Expr *operand;
            Expr *index; /* of a slice: the lower bound */
            Expr *upper;
        } subscript;
        struct {
            Expr *operand;
            Name name;
        } field;
        TableArgument *table;
        NameList names;
        Name name;
    };
};

typedef enum OrderDirection { ORDER_DEFAULT, ORDER_ASCENDING, ORDER_DESCENDING } AST_PACKED OrderDirection;
typedef enum OrderNulls { NULLS_DEFAULT, NULLS_FIRST, NULLS_LAST } AST_PACKED OrderNulls;

typedef struct OrderItem {
    Expr *expr;
    OrderDirection direction;
    OrderNulls nulls;
    Str using_op; /* ORDER BY x USING <; else empty */
    Span span;
} OrderItem;

typedef AST_LIST(OrderItem) OrderList;

typedef enum FrameUnit { FRAME_DEFAULT, FRAME_ROWS, FRAME_RANGE, FRAME_GROUPS } AST_PACKED FrameUnit;
typedef enum FrameBoundKind {
    BOUND_UNBOUNDED_PRECEDING,
    BOUND_PRECEDING, /* offset */
    BOUND_CURRENT_ROW,
    BOUND_FOLLOWING, /* offset */
    BOUND_UNBOUNDED_FOLLOWING,
} AST_PACKED FrameBoundKind;
typedef enum FrameExclusion {
    EXCLUDE_NOTHING,
    EXCLUDE_CURRENT_ROW,
    EXCLUDE_GROUP,
    EXCLUDE_TIES
} AST_PACKED FrameExclusion;

typedef struct FrameBound {
    FrameBoundKind kind;
    Expr *offset;
} FrameBound;

/* OVER name is a spec whose `base` is the name and `is_reference` is set; OVER (name ORDER BY ..) has
 * the name in `base` alone. With FRAME_DEFAULT no frame was written and the bounds mean nothing; a frame
 * written without BETWEEN ends at the current row. */
typedef struct WindowSpec {
    Name base;
    bool is_reference;
    FrameUnit unit;
    FrameExclusion exclusion;
    ExprList partition_by;
    OrderList order_by;
    FrameBound start;
    FrameBound end;
    Span span;
} WindowSpec;

typedef enum NullTreatment { NULLS_NOT_SAID, NULLS_RESPECT, NULLS_IGNORE } AST_PACKED NullTreatment;

struct CallExpr {
    QualifiedName name;
    ExprList arguments; /* EXPR_NAMED_ARGUMENT after the positional ones */
    bool star;          /* count(*) */
    bool distinct;
    bool variadic; /* VARIADIC before the last argument */
    bool within_group;
    bool without_parentheses; /* CURRENT_DATE */
    NullTreatment nulls;
    OrderList order_by; /* inside the parentheses, or of WITHIN GROUP */
    Expr *filter;
    WindowSpec *over;
};

struct TableArgument {
    QualifiedName name; /* or */
    Query *query;       /* TABLE (SELECT ..) */
    ExprList partition_by;
    OrderList order_by;
};

/* ---- queries ----------------------------------------------------------------------------------------- */

typedef enum Materialize {
    MATERIALIZE_DEFAULT,
    MATERIALIZE_ALWAYS,
    MATERIALIZE_NEVER
} AST_PACKED Materialize;

typedef struct CommonTable {
    Name name;
    NameList columns;
    Materialize materialize;
    Query *query;
    Span span;
} CommonTable;

typedef struct With {
    bool recursive;
    AST_LIST(CommonTable) tables;
    Span span;
} With;

typedef struct SelectItem {
    Expr *expr;
    Name alias;
    Span span;
} SelectItem;

typedef AST_LIST(SelectItem) SelectList;

typedef enum GroupKind {
    GROUP_EXPR,   /* expr; EXPR_ROW inside ROLLUP and CUBE is one element of several columns */
    GROUP_EMPTY,  /* () */
    GROUP_ROLLUP, /* items */
    GROUP_CUBE,   /* items */
    GROUP_SETS,   /* items: GROUPING SETS (..) */
} AST_PACKED GroupKind;

struct GroupItem {
    GroupKind kind;
    Span span;
    Expr *expr;
    AST_LIST(GroupItem) items;
};

typedef struct NamedWindow {
    Name name;
    WindowSpec *spec;
} NamedWindow;

typedef enum SetQuantifier { QUANTIFIER_NONE, QUANTIFIER_ALL, QUANTIFIER_DISTINCT } AST_PACKED SetQuantifier;

typedef struct Select {
    bool distinct;
    SetQuantifier group_quantifier; /* GROUP BY DISTINCT / ALL */
    ExprList distinct_on;
    SelectList items; /* PostgreSQL allows none: SELECT FROM t */
    AST_LIST(FromItem *) from;
    Expr *where;
    AST_LIST(GroupItem) group_by;
    Expr *having;
    AST_LIST(NamedWindow) windows;
    Expr *qualify;
    Span where_span; /* of the whole clauses, for EXPLAIN: empty when absent */
    Span group_by_span;
    Span having_span;
    Span from_span;
} Select;

typedef enum QueryKind {
    QUERY_SELECT, /* select; TABLE t is SELECT * FROM t */
    QUERY_VALUES, /* values */
    QUERY_SET,    /* set */
} AST_PACKED QueryKind;

typedef enum SetOp { SET_UNION, SET_INTERSECT, SET_EXCEPT } AST_PACKED SetOp;

typedef enum EmitMode {
    EMIT_NONE,            /* only ALLOW LATENESS or LATE DATA TO was written */
    EMIT_ON_WINDOW_CLOSE, /* AFTER WATERMARK, FINAL too */
    EMIT_CHANGES,
    EMIT_ON_UPDATE,
    EMIT_EVERY, /* every */
} AST_PACKED EmitMode;

typedef struct Emit {
    EmitMode mode;
    Expr *every;             /* EMIT EVERY INTERVAL .. */
    Expr *lateness;          /* ALLOW LATENESS INTERVAL .. */
    QualifiedName late_data; /* LATE DATA TO name */
    Span span;               /* of everything */
    Span mode_span;
} Emit;

typedef enum LockStrength {
    LOCK_NONE,
    LOCK_KEY_SHARE,
    LOCK_SHARE,
    LOCK_NO_KEY_UPDATE,
    LOCK_UPDATE
} AST_PACKED LockStrength;

struct Query {
    QueryKind kind;
    bool parenthesized;
    bool limit_with_ties; /* FETCH FIRST n ROWS WITH TIES */
    LockStrength lock;    /* FOR UPDATE .. */
    SetOp set_op;
    bool set_all;
    Span span;
    With *with;
    union {
        Select *select;
        AST_LIST(ExprList) values; /* rows */
        struct {
            Query *left;
            Query *right;
        } set;
    };
    OrderList order_by;
    Expr *limit; /* NULL also for LIMIT ALL */
    Expr *offset;
    Emit *emit; /* top level of a statement only */
    Span order_by_span;
    Span limit_span;
    Span lock_span;
};

/* ---- FROM -------------------------------------------------------------------------------------------- */

typedef enum FromKind {
    FROM_TABLE,    /* table */
    FROM_QUERY,    /* query: (SELECT ..), (VALUES ..) */
    FROM_FUNCTION, /* function: TUMBLE(t, ts, size), TABLE(TUMBLE(..)), unnest(..), generate_series(..) */
    FROM_JOIN,     /* join */
    FROM_MATCH,    /* match: input MATCH_RECOGNIZE (..) */
} AST_PACKED FromKind;

typedef enum JoinKind {
    JOIN_INNER,
    JOIN_LEFT,
    JOIN_RIGHT,
    JOIN_FULL,
    JOIN_CROSS,
    JOIN_SEMI,      /* LEFT SEMI JOIN */
    JOIN_ANTI,      /* LEFT ANTI JOIN */
    JOIN_ASOF,      /* ASOF [INNER] JOIN */
    JOIN_ASOF_LEFT, /* ASOF LEFT JOIN */
} AST_PACKED JoinKind;

typedef struct ColumnDef ColumnDef; /* sql/statement.h */
typedef AST_LIST(ColumnDef) ColumnDefList;

typedef struct Join {
    JoinKind kind;
    bool natural;
    FromItem *left;
    FromItem *right;
    Expr *on;
    NameList using_columns;
    Name using_alias;
    Expr *match_condition; /* ASOF: MATCH_CONDITION (a.ts >= b.ts) */
} Join;

typedef struct TableSample {
    Name method;
    ExprList arguments;
    Expr *repeatable;
    Span span;
} TableSample;

typedef enum MatchRows { MATCH_ONE_ROW, MATCH_ALL_ROWS } AST_PACKED MatchRows;
typedef enum MatchEmpty {
    MATCH_EMPTY_DEFAULT,
    MATCH_EMPTY_SHOW,
    MATCH_EMPTY_OMIT,
    MATCH_UNMATCHED
} AST_PACKED MatchEmpty;
typedef enum MatchSkip {
    SKIP_DEFAULT,
    SKIP_PAST_LAST_ROW,
    SKIP_TO_NEXT_ROW,
    SKIP_TO_FIRST, /* skip_variable */
    SKIP_TO_LAST,  /* skip_variable; SKIP TO x too */
} AST_PACKED MatchSkip;

typedef enum PatternKind {
    PATTERN_VARIABLE,    /* name */
    PATTERN_SEQUENCE,    /* items */
    PATTERN_ALTERNATIVE, /* items */
    PATTERN_PERMUTE,     /* items */
    PATTERN_EXCLUDE,     /* items[0]: {- .. -} */
    PATTERN_EMPTY,       /* () */
    PATTERN_START,       /* ^ */
    PATTERN_END,         /* $ */
} AST_PACKED PatternKind;

typedef struct Pattern Pattern;
struct Pattern {
    PatternKind kind;
    bool reluctant;
    Span span;
    uint32_t repeat_min; /* 1, 1 when no quantifier was written */
    uint32_t repeat_max; /* UINT32_MAX: no bound */
    Name name;
    AST_LIST(Pattern) items;
};

typedef struct MatchDefinition {
    Name name;
    Expr *condition;
} MatchDefinition;

typedef struct MatchSubset {
    Name name;
    NameList variables;
} MatchSubset;

typedef struct MatchRecognize {
    FromItem *input;
    ExprList partition_by;
    OrderList order_by;
    SelectList measures;
    MatchRows rows;
    MatchEmpty empty;
    MatchSkip skip;
    Name skip_variable;
    Pattern pattern;
    Expr *within;
    AST_LIST(MatchSubset) subsets;
    AST_LIST(MatchDefinition) definitions;
} MatchRecognize;

struct FromItem {
    FromKind kind;
    bool lateral;
    bool with_ordinality; /* of functions */
    bool wrapped;         /* function inside TABLE(..) */
    Span span;
    Name alias;
    NameList columns;          /* of the alias: t(a, b) */
    ColumnDefList column_defs; /* of a function's alias: f(x) AS t(a int, b text) */
    union {
        struct {
            QualifiedName name;
            bool only;         /* ONLY t */
            Expr *system_time; /* FOR SYSTEM_TIME AS OF expr */
            TableSample *sample;
        } table;
        Query *query;
        Expr *function; /* EXPR_CALL */
        Join *join;
        MatchRecognize *match;
    };
};

#endif
