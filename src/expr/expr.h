/* SPDX-License-Identifier: Apache-2.0
 * expr/expr.h - typed expressions: what the binder makes and the compiler reads.
 *
 * A tree of plain data in an arena. Types are settled: every argument already has the type that
 * the function takes, casts are written out. A node may be shared by several parents; the compiler
 * evaluates it once.
 *
 *     const Expr *price = expr_column(arena, 1, type_of(TYPE_DOUBLE), false, span);
 *
 * NULL and errors are values of a row: an operand that is not needed (the untaken branch of a CASE, the right
 * side of FALSE AND x) neither makes the row NULL nor fails it. Threads: immutable once bound. */
#ifndef WEIR_EXPR_EXPR_H
#define WEIR_EXPR_EXPR_H

#include "base/zone.h"
#include "column/array.h"
#include "expr/function.h"

/* Operators, casts and functions are all calls; the rest are forms, whose operands need not all be computed. */
typedef enum ExprKind {
    EXPR_CONSTANT, /* one value */
    EXPR_COLUMN,   /* a column of the input batch */
    EXPR_PARAMETER, /* $n of the statement: one value, the same in every row, given when it runs */
    EXPR_CALL,     /* a function of function.def; casts and operators too */
    EXPR_AND,      /* two or more arguments; three-valued logic, left to right */
    EXPR_OR,
    EXPR_CASE,     /* arguments: condition, value, condition, value, ..., [else]; ELSE NULL when even */
    EXPR_COALESCE, /* one or more arguments: the first that is not NULL */
    EXPR_IN,       /* arguments: needle, then constants of its type: NULL semantics of SQL */
} ExprKind;

/* Where a part of a statement was written that is not in its text: in that of a view it reads. Belongs to the view's relation, so it
 * lives as long as the plan may. */
typedef struct SqlOrigin {
    const char *kind; /* "view", "stream" */
    Str name;
    Str text; /* of the statement that made it */
    int32_t start, end;
} SqlOrigin;

/* The bytes of the statement that an expression or plan node came from; start < 0: none. Of what a view brings these are its name's, and
 * `origin` is the place in its own text. */
typedef struct SqlSpan {
    int32_t start;
    int32_t end;
    const SqlOrigin *origin; /* NULL: the statement's own */
} SqlSpan;

#define SQL_SPAN_NONE ((SqlSpan){-1, -1, NULL})

/* Made by the constructors below, which settle `nullable`; then read-only. Which fields mean something follows from the
 * kind; the others are zero. */
typedef struct Expr Expr;
struct Expr {
    ExprKind kind;
    Type type;
    bool nullable; /* may give NULL */
    SqlSpan span;
    uint32_t column;         /* EXPR_COLUMN: index in the input; EXPR_PARAMETER: n - 1 */
    uint32_t argument_count; /* of calls and forms */
    const Expr *const *arguments;
    const Function *function; /* EXPR_CALL */
    const Zone *zone;         /* EXPR_CALL of a ZONED function: by whose clock; NULL: UTC's */
    bool fails_as_null;       /* EXPR_CALL: NULL for a row that it fails on, as TRY_CAST wants */
    Array constant;           /* EXPR_CONSTANT: an array of length 1, data in the same arena */
};

/* Trees are walked by recursion: the depth bounds the stack. */
enum { EXPR_DEPTH_MAX = 1000, EXPR_ARGUMENT_COUNT_MAX = 65535 };

/* Constructors; NULL when memory is refused. Argument lists are copied, arguments are shared. */
Expr *expr_column(Arena *arena, uint32_t column, Type type, bool nullable, SqlSpan span);
/* `index`: n - 1. One parameter may be wanted with other digits of NUMERIC in each place: its value is rounded to those of `type`, or, without
 * any (precision 0), left as it is. */
Expr *expr_parameter(Arena *arena, uint32_t index, Type type, SqlSpan span);
Expr *expr_null(Arena *arena, Type type, SqlSpan span);
Expr *expr_boolean(Arena *arena, bool value, SqlSpan span);
Expr *expr_i64(Arena *arena, Type type, int64_t value,
               SqlSpan span); /* any integer, DATE, TIME or timestamp type */
Expr *expr_text(Arena *arena, Type type, Str value, SqlSpan span); /* TEXT, VARCHAR, UNKNOWN; copied */
/* The value in `row` of an array, deep-copied. */
Expr *expr_constant(Arena *arena, const Array *array, uint32_t row, SqlSpan span);
/* Nullable when the function may give NULL or an argument may be NULL. The zone is the caller's to set. */
Expr *expr_call(Arena *arena, const Function *function, Type type, const Expr *const *arguments,
                uint32_t count, SqlSpan span);
/* The call, but NULL for rows that it fails on; not for those that an argument fails on. */
Expr *expr_failing_as_null(Arena *arena, const Expr *call);
Expr *expr_form(Arena *arena, ExprKind kind, Type type, const Expr *const *arguments, uint32_t count,
                SqlSpan span);

static inline bool expr_is_null_constant(const Expr *expr) {
    return expr->kind == EXPR_CONSTANT && array_is_null(&expr->constant, 0);
}

/* Structurally the same (spans aside). Of volatile functions too: two calls of random() are equal here, and may not be
 * taken for one another. */
bool expr_equal(const Expr *a, const Expr *b);

/* Has a volatile or stable (now()) function anywhere. */
bool expr_is_volatile(const Expr *expr);
bool expr_is_stable(const Expr *expr); /* no volatile and no stable one: its value depends on the row alone */

bool expr_is_fallible(const Expr *expr); /* some row may make it fail */

/* Sets bit i of `columns` for every column i used; bits that were set stay. */
void expr_collect_columns(const Expr *expr, uint64_t *columns);

/* Constant subtrees evaluated. What would fail at run time stays as it is (it fails only if a row reaches
 * it). NULL when memory is refused. */
const Expr *expr_fold(Arena *arena, BufferPool *pool, ZoneSource *zones, const Expr *expr);

/* The value of an expression, or the error that it fails with; NULL where it takes a row, or the time, to have one. */
NODISCARD Status expr_value(Arena *arena, BufferPool *pool, ZoneSource *zones, const Expr *expr, const Expr **out, Error *err);

#endif
