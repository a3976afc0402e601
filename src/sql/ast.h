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
 *         case AST_EXPR_COLUMN: return bind_column(&expr->column, expr->position, ...);
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

#include "base/interval.h"

enum {
    AST_HEIGHT_MAX = 1000, /* nodes on a path from the root; AND and OR chains are one node */
    AST_TYPE_MODIFIER_COUNT_MAX = 2,
};

/* Of an enum: one byte, and still checked by -Wswitch. */
#define AST_PACKED __attribute__((packed))

/* A list that grows in the parser's arena; items[0 .. count). Each use is a type of its own: name it to pass it on. */
#define AST_LIST(Type)     \
    struct {               \
        Type *items;       \
        uint32_t count;    \
        uint32_t capacity; \
    }

/* Bytes [start, end) of the text given to the parser. */
typedef struct AstSpan {
    uint32_t start;
    uint32_t end;
} AstSpan;

typedef struct AstExpr AstExpr;
typedef struct AstQuery AstQuery;
typedef struct AstStatement AstStatement;
typedef struct AstFromItem AstFromItem;
typedef struct AstGroupItem AstGroupItem;
typedef struct AstTypeName AstTypeName;

/* One name or word. */
typedef struct AstName {
    Str str; /* size 0: absent */
    AstSpan span;
} AstName;

typedef AST_LIST(AstName) AstNameList;
typedef AST_LIST(AstExpr *) AstExprList;

/* a, schema.a, catalog.schema.a: parts in the order written, at least one when present. */
typedef AstNameList AstQualifiedName;
typedef AST_LIST(AstQualifiedName) AstQualifiedNameList;

/* The name itself. */
static inline const AstName *ast_name_last(const AstQualifiedName *name) {
    DEBUG_ASSERT(name->count > 0);
    return &name->items[name->count - 1];
}

/* What is written before it, a relation's schema or a column's table; empty: nothing is. */
static inline Str ast_name_qualifier(const AstQualifiedName *name) {
    return name->count > 1 ? name->items[name->count - 2].str : (Str){0};
}

/* ---- types ------------------------------------------------------------------------------------------- */

/* Which fields of AstTypeName hold. */
typedef enum AstTypeKind {
    AST_TYPE_NAMED, /* name, modifiers */
    AST_TYPE_ARRAY, /* element: int[], int[][], int ARRAY[3], ARRAY<int> */
    AST_TYPE_ROW,   /* fields: ROW(a int, b text), STRUCT<a int> */
    AST_TYPE_MAP,   /* key, element: MAP<k, v>, MAP(k, v) */
} AST_PACKED AstTypeKind;

/* One field of a ROW. */
typedef struct AstTypeField {
    AstName name;
    AstTypeName *type;
} AstTypeField;

/* Names of several words come as one: "double precision", "varchar" (character varying), "char"
 * (character), "varbit", "timestamp" / "timestamptz" and "time" / "timetz" (with or without time zone). Other
 * names are as written. INTERVAL '2' WEEK and MILLISECOND (Flink) come as INTERVAL '2 week'. */
struct AstTypeName {
    AstTypeKind kind;
    uint8_t modifier_count;       /* numeric(p, s), varchar(n), timestamp(p), interval second(p) */
    uint8_t dimensions;           /* of AST_TYPE_ARRAY: brackets written */
    bool not_null;                /* Flink: ROW<a INT NOT NULL> */
    IntervalField interval_field; /* of interval; INTERVAL_ANY_FIELD elsewhere */
    AstSpan span;
    int32_t modifiers[AST_TYPE_MODIFIER_COUNT_MAX];
    AstName schema; /* pg_catalog.int4 */
    AstName name;
    AstTypeName *key;
    AstTypeName *element;
    AST_LIST(AstTypeField) fields;
};

/* ---- expressions ------------------------------------------------------------------------------------- */

/* What an expression is, and the member of the union that says the rest. An operator is told by its text, not by a kind: which there are
 * the binder finds out. */
typedef enum AstExprKind {
    AST_EXPR_NULL,
    AST_EXPR_BOOLEAN,        /* boolean */
    AST_EXPR_NUMBER,         /* number: digits as written, without sign */
    AST_EXPR_STRING,         /* string */
    AST_EXPR_PARAMETER,      /* parameter: $n, from 1 */
    AST_EXPR_TYPED_LITERAL,  /* typed: DATE '2026-01-01', INTERVAL '5' SECOND, point '1,2' */
    AST_EXPR_DEFAULT,        /* DEFAULT, in VALUES of an INSERT and in SET only */
    AST_EXPR_COLUMN,         /* column: a, t.a, s.t.a (or a.field: the binder decides) */
    AST_EXPR_STAR,           /* column: the parts before the star: *, t.* */
    AST_EXPR_UNARY,          /* operation: prefix operator, left is NULL */
    AST_EXPR_BINARY,         /* operation */
    AST_EXPR_AND,            /* list: two or more, a AND b AND c is one node */
    AST_EXPR_OR,             /* list: two or more */
    AST_EXPR_NOT,            /* operand */
    AST_EXPR_IS,             /* is: IS [NOT] NULL, TRUE, FALSE, UNKNOWN (ISNULL, NOTNULL too) */
    AST_EXPR_DISTINCT_FROM,  /* pair: IS [NOT] DISTINCT FROM */
    AST_EXPR_BETWEEN,        /* between: negated, symmetric */
    AST_EXPR_LIKE,           /* like: negated */
    AST_EXPR_IN_LIST,        /* in: negated */
    AST_EXPR_IN_QUERY,       /* in_query: negated */
    AST_EXPR_QUANTIFIED,     /* quantified: left op ANY / ALL (right), a subquery or an array */
    AST_EXPR_EXISTS,         /* query */
    AST_EXPR_SUBQUERY,       /* query used as a value */
    AST_EXPR_ARRAY_QUERY,    /* query: ARRAY(SELECT ..) */
    AST_EXPR_ARRAY,          /* list: ARRAY[..], nested [..] inside it too */
    AST_EXPR_ROW,            /* list: ROW(..) or (a, b) */
    AST_EXPR_MAP,            /* list: key, value, key, value: MAP[k, v], MAP {k: v} */
    AST_EXPR_CALL,           /* call */
    AST_EXPR_NAMED_ARGUMENT, /* named: f(size => 3), f(size := 3); inside call arguments only */
    AST_EXPR_CASE,           /* case_ */
    AST_EXPR_CAST,           /* cast: CAST(x AS t), x::t; safe: TRY_CAST */
    AST_EXPR_COLLATE,        /* collate */
    AST_EXPR_AT_TIME_ZONE,   /* pair: left AT TIME ZONE right */
    AST_EXPR_SUBSCRIPT,      /* subscript: a[i]; slice: a[i:j], either bound may be NULL */
    AST_EXPR_FIELD,          /* field: (x).f, a[1].f */
    AST_EXPR_FIELD_STAR,     /* operand: (x).* */
    AST_EXPR_TABLE,          /* table: TABLE t [PARTITION BY ..] inside a window table function */
    AST_EXPR_DESCRIPTOR,     /* names: DESCRIPTOR(ts) */
    AST_EXPR_CURRENT_OF,     /* name: WHERE CURRENT OF cursor */
} AST_PACKED AstExprKind;

/* IS .. alone; NOT is `negated`. UNKNOWN is NULL of a boolean. */
typedef enum AstIsTest { AST_IS_NULL, AST_IS_TRUE, AST_IS_FALSE, AST_IS_UNKNOWN } AST_PACKED AstIsTest;

/* NOT is `negated`; LIKE ANY (..) is QUANTIFIED with an operator. */
typedef enum AstLikeKind { AST_LIKE_LIKE, AST_LIKE_ILIKE, AST_LIKE_SIMILAR } AST_PACKED AstLikeKind;

typedef struct AstCallExpr AstCallExpr;
typedef struct AstTableArgument AstTableArgument;

/* WHEN when THEN then */
typedef struct AstCaseArm {
    AstExpr *when; /* a condition, or with an operand a value to compare it with */
    AstExpr *then;
} AstCaseArm;

/* Which member of the union holds follows from the kind (the names behind the kinds above); reading another is a bug.
 *
 *     a + 1 > 2       BINARY ">"  operation.left: BINARY "+" (COLUMN a, NUMBER 1), operation.right: NUMBER 2
 *     count(*)        CALL        call.name: count, call.star
 *     x IN (1, 2)     IN_LIST     in.operand: COLUMN x, in.list: NUMBER 1, NUMBER 2 */
struct AstExpr {
    AstExprKind kind;
    bool negated; /* IS, DISTINCT_FROM, BETWEEN, LIKE, IN_LIST, IN_QUERY: NOT was written */
    bool flag; /* BETWEEN: SYMMETRIC; QUANTIFIED: ALL; CAST: TRY_CAST; SUBSCRIPT: slice; ROW: the word ROW */
    bool parenthesized; /* stood in parentheses of its own; span covers them */
    AstSpan span;
    uint32_t position; /* where its errors point: the operator, the function's name, else span.start */
    union {
        bool boolean;
        struct {
            Str digits;   /* 12, .5, 1e3 */
            bool integer; /* digits only */
        } number;
        Str string;
        uint32_t parameter;
        struct {
            AstTypeName *type;
            Str value;
            AstSpan value_span;
        } typed;
        AstQualifiedName column;
        struct {
            AstExpr *left;
            AstExpr *right;
            Str op; /* "+", "<>" (!= too), "->>"; OPERATOR(pg_catalog.+) gives "+",
                       OPERATOR(s.+) of another schema "s.+" */
        } operation;
        AstExpr *operand;
        struct {
            AstExpr *left;
            AstExpr *right;
        } pair;
        AstExprList list;
        struct {
            AstExpr *operand;
            AstIsTest test;
        } is;
        struct {
            AstExpr *operand;
            AstExpr *low;
            AstExpr *high;
        } between;
        struct {
            AstExpr *operand;
            AstExpr *pattern;
            AstExpr *escape;
            AstLikeKind kind;
        } like;
        struct {
            AstExpr *operand;
            AstExprList list;
        } in;
        struct {
            AstExpr *operand;
            AstQuery *query;
        } in_query;
        struct {
            AstExpr *left;
            AstExpr *right;
            Str op; /* of LIKE and ILIKE: ~~, ~~*, !~~, !~~* */
        } quantified;
        AstQuery *query;
        AstCallExpr *call;
        struct {
            AstName name;
            AstExpr *value;
        } named;
        struct {
            AstExpr *operand; /* NULL: CASE WHEN condition */
            AST_LIST(AstCaseArm) arms;
            AstExpr *otherwise;
        } case_;
        struct {
            AstExpr *operand;
            AstTypeName *type;
        } cast;
        struct {
            AstExpr *operand;
            AstQualifiedName name;
        } collate;
        struct {
            AstExpr *operand;
            AstExpr *index; /* of a slice: the lower bound */
            AstExpr *upper;
        } subscript;
        struct {
            AstExpr *operand;
            AstName name;
        } field;
        AstTableArgument *table;
        AstNameList names;
        AstName name;
    };
};

/* DEFAULT: not said, which means ascending. */
typedef enum AstOrderDirection {
    AST_ORDER_DEFAULT,
    AST_ORDER_ASCENDING,
    AST_ORDER_DESCENDING
} AST_PACKED AstOrderDirection;
/* DEFAULT: last when ascending, first when descending. */
typedef enum AstOrderNulls { AST_NULLS_DEFAULT, AST_NULLS_FIRST, AST_NULLS_LAST } AST_PACKED AstOrderNulls;

/* expr [ASC | DESC | USING op] [NULLS FIRST | LAST]. A number is not resolved here: it may be an output's place. */
typedef struct AstOrderItem {
    AstExpr *expr;
    AstOrderDirection direction;
    AstOrderNulls nulls;
    Str using_op; /* ORDER BY x USING <; else empty */
    AstSpan span;
} AstOrderItem;

typedef AST_LIST(AstOrderItem) AstOrderList;

/* ROWS counts rows, RANGE compares values, GROUPS counts rows that are equal as one. */
typedef enum AstFrameUnit {
    AST_FRAME_DEFAULT,
    AST_FRAME_ROWS,
    AST_FRAME_RANGE,
    AST_FRAME_GROUPS
} AST_PACKED AstFrameUnit;
/* In their order: a frame whose end is before its start in it is refused by the parser. */
typedef enum AstFrameBoundKind {
    AST_BOUND_UNBOUNDED_PRECEDING,
    AST_BOUND_PRECEDING, /* offset */
    AST_BOUND_CURRENT_ROW,
    AST_BOUND_FOLLOWING, /* offset */
    AST_BOUND_UNBOUNDED_FOLLOWING,
} AST_PACKED AstFrameBoundKind;
/* EXCLUDE ..; NO OTHERS, and nothing said, are NOTHING. */
typedef enum AstFrameExclusion {
    AST_EXCLUDE_NOTHING,
    AST_EXCLUDE_CURRENT_ROW,
    AST_EXCLUDE_GROUP,
    AST_EXCLUDE_TIES
} AST_PACKED AstFrameExclusion;

/* UNBOUNDED PRECEDING .. UNBOUNDED FOLLOWING; `offset` is NULL where the kind has none. */
typedef struct AstFrameBound {
    AstFrameBoundKind kind;
    AstExpr *offset;
} AstFrameBound;

/* OVER name is a spec whose `base` is the name and `is_reference` is set; OVER (name ORDER BY ..) has
 * the name in `base` alone. With AST_FRAME_DEFAULT no frame was written and the bounds mean nothing; a frame
 * written without BETWEEN ends at the current row. */
typedef struct AstWindowSpec {
    AstName base;
    bool is_reference;
    AstFrameUnit unit;
    AstFrameExclusion exclusion;
    AstExprList partition_by;
    AstOrderList order_by;
    AstFrameBound start;
    AstFrameBound end;
    AstSpan span;
} AstWindowSpec;

/* Of first_value and its like; not said means RESPECT. */
typedef enum AstNullTreatment {
    AST_NULLS_NOT_SAID,
    AST_NULLS_RESPECT,
    AST_NULLS_IGNORE
} AST_PACKED AstNullTreatment;

/* name([DISTINCT | ALL] arguments [ORDER BY ..]) [WITHIN GROUP (ORDER BY ..)] [FILTER (WHERE filter)]
 * [RESPECT | IGNORE NULLS] [OVER over]. Whether a function may have what was written is the binder's to say. */
struct AstCallExpr {
    AstQualifiedName name;
    AstExprList arguments; /* AST_EXPR_NAMED_ARGUMENT after the positional ones */
    bool star;             /* count(*) */
    bool distinct;
    bool variadic; /* VARIADIC before the last argument */
    bool within_group;
    bool without_parentheses; /* CURRENT_DATE */
    AstNullTreatment nulls;
    AstOrderList order_by; /* inside the parentheses, or of WITHIN GROUP */
    AstExpr *filter;
    AstWindowSpec *over;
};

/* TABLE name or TABLE (query), as the argument of a window function in FROM. */
struct AstTableArgument {
    AstQualifiedName name;    /* or */
    AstQuery *query;          /* TABLE (SELECT ..) */
    AstExprList partition_by; /* PARTITION BY k, or (k, l) */
};

/* ---- queries ----------------------------------------------------------------------------------------- */

/* [NOT] MATERIALIZED; DEFAULT: not said. */
typedef enum AstMaterialize {
    AST_MATERIALIZE_DEFAULT,
    AST_MATERIALIZE_ALWAYS,
    AST_MATERIALIZE_NEVER
} AST_PACKED AstMaterialize;

/* name [(columns)] AS [[NOT] MATERIALIZED] (query) */
typedef struct AstCommonTable {
    AstName name;
    AstNameList columns;
    AstMaterialize materialize;
    AstQuery *query;
    AstSpan span;
} AstCommonTable;

/* WITH [RECURSIVE] table, .. Each table sees those before it. */
typedef struct AstWith {
    bool recursive;
    AST_LIST(AstCommonTable) tables;
    AstSpan span;
} AstWith;

/* expr [[AS] alias]; * and t.* are AST_EXPR_STAR without an alias. */
typedef struct AstSelectItem {
    AstExpr *expr;
    AstName alias;
    AstSpan span;
} AstSelectItem;

typedef AST_LIST(AstSelectItem) AstSelectList;

typedef enum AstGroupKind {
    AST_GROUP_EXPR,   /* expr; AST_EXPR_ROW inside ROLLUP and CUBE is one element of several columns */
    AST_GROUP_EMPTY,  /* () */
    AST_GROUP_ROLLUP, /* items */
    AST_GROUP_CUBE,   /* items */
    AST_GROUP_SETS,   /* items: GROUPING SETS (..) */
} AST_PACKED AstGroupKind;

/* One item of GROUP BY. `items` of ROLLUP, CUBE and GROUPING SETS are items again. */
struct AstGroupItem {
    AstGroupKind kind;
    AstSpan span;
    AstExpr *expr;
    AST_LIST(AstGroupItem) items;
};

/* WINDOW name AS (spec) */
typedef struct AstNamedWindow {
    AstName name;
    AstWindowSpec *spec;
} AstNamedWindow;

/* GROUP BY [ALL | DISTINCT]: whether grouping sets that come twice count twice. */
typedef enum AstSetQuantifier {
    AST_QUANTIFIER_NONE,
    AST_QUANTIFIER_ALL,
    AST_QUANTIFIER_DISTINCT
} AST_PACKED AstSetQuantifier;

/* SELECT [DISTINCT [ON (..)]] items [FROM ..] [WHERE ..] [GROUP BY ..] [HAVING ..] [WINDOW ..] [QUALIFY ..].
 * ORDER BY, LIMIT and EMIT belong to the AstQuery around it. */
typedef struct AstSelect {
    bool distinct;
    AstSetQuantifier group_quantifier; /* GROUP BY DISTINCT / ALL */
    AstExprList distinct_on;
    AstSelectList items; /* PostgreSQL allows none: SELECT FROM t */
    AST_LIST(AstFromItem *) from;
    AstExpr *where;
    AST_LIST(AstGroupItem) group_by;
    AstExpr *having;
    AST_LIST(AstNamedWindow) windows;
    AstExpr *qualify;
    AstSpan where_span; /* of the whole clauses, for EXPLAIN: empty when absent */
    AstSpan group_by_span;
    AstSpan having_span;
    AstSpan from_span;
} AstSelect;

/* The member of AstQuery's union. */
typedef enum AstQueryKind {
    AST_QUERY_SELECT, /* select; TABLE t is SELECT * FROM t */
    AST_QUERY_VALUES, /* values */
    AST_QUERY_SET,    /* set */
} AST_PACKED AstQueryKind;

/* `set_all` says whether rows that come several times count. */
typedef enum AstSetOp { AST_SET_UNION, AST_SET_INTERSECT, AST_SET_EXCEPT } AST_PACKED AstSetOp;

/* When rows of a continuous query leave. */
typedef enum AstEmitMode {
    AST_EMIT_NONE,            /* only ALLOW LATENESS or LATE DATA TO was written */
    AST_EMIT_ON_WINDOW_CLOSE, /* AFTER WATERMARK, FINAL too */
    AST_EMIT_CHANGES,
    AST_EMIT_ON_UPDATE,
    AST_EMIT_EVERY, /* every */
} AST_PACKED AstEmitMode;

/* [EMIT mode] [ALLOW LATENESS interval] [LATE DATA TO name], in any order; at least one of them. */
typedef struct AstEmit {
    AstEmitMode mode;
    AstExpr *every;             /* EMIT EVERY INTERVAL .. */
    AstExpr *lateness;          /* ALLOW LATENESS INTERVAL .. */
    AstQualifiedName late_data; /* LATE DATA TO name */
    AstSpan span;               /* of everything */
    AstSpan mode_span;
} AstEmit;

/* FOR .., by rising strength. Read for PostgreSQL's sake: nothing is locked here. */
typedef enum AstLockStrength {
    AST_LOCK_NONE,
    AST_LOCK_KEY_SHARE,
    AST_LOCK_SHARE,
    AST_LOCK_NO_KEY_UPDATE,
    AST_LOCK_UPDATE
} AST_PACKED AstLockStrength;

/* [WITH ..] body [ORDER BY ..] [LIMIT ..] [OFFSET ..] [FOR UPDATE] [EMIT ..]. The body is a SELECT, VALUES, or two queries
 * joined by UNION, INTERSECT or EXCEPT: a UNION b UNION c is (a UNION b) UNION c; INTERSECT binds tighter. FETCH FIRST n
 * ROWS is a limit. */
struct AstQuery {
    AstQueryKind kind;
    bool parenthesized;
    bool limit_with_ties; /* FETCH FIRST n ROWS WITH TIES */
    AstLockStrength lock; /* FOR UPDATE .. */
    AstSetOp set_op;
    bool set_all;
    AstSpan span;
    AstWith *with;
    union {
        AstSelect *select;
        AST_LIST(AstExprList) values; /* rows */
        struct {
            AstQuery *left;
            AstQuery *right;
        } set;
    };
    AstOrderList order_by;
    AstExpr *limit; /* NULL also for LIMIT ALL */
    AstExpr *offset;
    AstEmit *emit; /* top level of a statement only */
    AstSpan order_by_span;
    AstSpan limit_span;
    AstSpan lock_span;
};

/* ---- FROM -------------------------------------------------------------------------------------------- */

/* The member of AstFromItem's union. */
typedef enum AstFromKind {
    AST_FROM_TABLE,    /* table */
    AST_FROM_QUERY,    /* query: (SELECT ..), (VALUES ..) */
    AST_FROM_FUNCTION, /* function: TUMBLE(t, ts, size), TABLE(TUMBLE(..)), unnest(..), generate_series(..) */
    AST_FROM_JOIN,     /* join */
    AST_FROM_MATCH,    /* match: input MATCH_RECOGNIZE (..) */
} AST_PACKED AstFromKind;

/* The comma of FROM a, b is no join here: FROM is a list. OUTER is noise. */
typedef enum AstJoinKind {
    AST_JOIN_INNER,
    AST_JOIN_LEFT,
    AST_JOIN_RIGHT,
    AST_JOIN_FULL,
    AST_JOIN_CROSS,
    AST_JOIN_SEMI,      /* LEFT SEMI JOIN */
    AST_JOIN_ANTI,      /* LEFT ANTI JOIN */
    AST_JOIN_ASOF,      /* ASOF [INNER] JOIN */
    AST_JOIN_ASOF_LEFT, /* ASOF LEFT JOIN */
} AST_PACKED AstJoinKind;

typedef struct AstColumnDef AstColumnDef; /* sql/statement.h */
typedef AST_LIST(AstColumnDef) AstColumnDefList;

/* left [NATURAL] kind JOIN right [ON .. | USING (..)]. Of ON, USING and NATURAL one at most is there; none with CROSS. */
typedef struct AstJoin {
    AstJoinKind kind;
    bool natural;
    AstFromItem *left;
    AstFromItem *right;
    AstExpr *on;
    AstNameList using_columns;
    AstName using_alias;
    AstExpr *match_condition; /* ASOF: MATCH_CONDITION (a.ts >= b.ts) */
} AstJoin;

/* TABLESAMPLE method (arguments) [REPEATABLE (seed)] */
typedef struct AstTableSample {
    AstName method;
    AstExprList arguments;
    AstExpr *repeatable;
    AstSpan span;
} AstTableSample;

/* ONE ROW PER MATCH, also when nothing is said, or ALL ROWS PER MATCH. */
typedef enum AstMatchRows { AST_MATCH_ONE_ROW, AST_MATCH_ALL_ROWS } AST_PACKED AstMatchRows;
/* What becomes of empty matches under ALL ROWS: SHOW or OMIT them, WITH UNMATCHED ROWS; DEFAULT: not said. */
typedef enum AstMatchEmpty {
    AST_MATCH_EMPTY_DEFAULT,
    AST_MATCH_EMPTY_SHOW,
    AST_MATCH_EMPTY_OMIT,
    AST_MATCH_UNMATCHED
} AST_PACKED AstMatchEmpty;
/* Where the search goes on after a match; DEFAULT: past its last row. */
typedef enum AstMatchSkip {
    AST_SKIP_DEFAULT,
    AST_SKIP_PAST_LAST_ROW,
    AST_SKIP_TO_NEXT_ROW,
    AST_SKIP_TO_FIRST, /* skip_variable */
    AST_SKIP_TO_LAST,  /* skip_variable; SKIP TO x too */
} AST_PACKED AstMatchSkip;

/* `items` in the order written. A B is a SEQUENCE, A | B an ALTERNATIVE, which binds looser. */
typedef enum AstPatternKind {
    AST_PATTERN_VARIABLE,    /* name */
    AST_PATTERN_SEQUENCE,    /* items */
    AST_PATTERN_ALTERNATIVE, /* items */
    AST_PATTERN_PERMUTE,     /* items */
    AST_PATTERN_EXCLUDE,     /* items[0]: {- .. -} */
    AST_PATTERN_EMPTY,       /* () */
    AST_PATTERN_START,       /* ^ */
    AST_PATTERN_END,         /* $ */
} AST_PACKED AstPatternKind;

/* A row pattern, with its quantifier: A B+ (C | D)*? is a SEQUENCE of three. */
typedef struct AstPattern AstPattern;
struct AstPattern {
    AstPatternKind kind;
    bool reluctant;
    AstSpan span;
    uint32_t repeat_min; /* 1, 1 when no quantifier was written */
    uint32_t repeat_max; /* UINT32_MAX: no bound */
    AstName name;
    AST_LIST(AstPattern) items;
};

/* DEFINE name AS condition */
typedef struct AstMatchDefinition {
    AstName name;
    AstExpr *condition;
} AstMatchDefinition;

/* SUBSET name = (variables) */
typedef struct AstMatchSubset {
    AstName name;
    AstNameList variables;
} AstMatchSubset;

/* input MATCH_RECOGNIZE ([PARTITION BY ..] [ORDER BY ..] [MEASURES ..] [rows per match] [AFTER MATCH SKIP ..]
 * PATTERN (..) [WITHIN ..] [SUBSET ..] DEFINE ..), after ISO 9075-2, 7.7 (R010). */
typedef struct AstMatchRecognize {
    AstFromItem *input;
    AstExprList partition_by;
    AstOrderList order_by;
    AstSelectList measures;
    AstMatchRows rows;
    AstMatchEmpty empty;
    AstMatchSkip skip;
    AstName skip_variable;
    AstPattern pattern;
    AstExpr *within;
    AST_LIST(AstMatchSubset) subsets;
    AST_LIST(AstMatchDefinition) definitions;
} AstMatchRecognize;

/* One item of FROM, with its joins already inside. [LATERAL] source [[AS] alias [(columns)]]. */
struct AstFromItem {
    AstFromKind kind;
    bool lateral;
    bool with_ordinality; /* of functions */
    bool wrapped;         /* function inside TABLE(..) */
    AstSpan span;
    AstName alias;
    AstNameList columns;          /* of the alias: t(a, b) */
    AstColumnDefList column_defs; /* of a function's alias: f(x) AS t(a int, b text) */
    union {
        struct {
            AstQualifiedName name;
            bool only;            /* ONLY t */
            AstExpr *system_time; /* FOR SYSTEM_TIME AS OF expr */
            AstTableSample *sample;
        } table;
        AstQuery *query;
        AstExpr *function; /* AST_EXPR_CALL */
        AstJoin *join;
        AstMatchRecognize *match;
    };
};

#endif
