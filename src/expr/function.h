/* SPDX-License-Identifier: Apache-2.0
 * expr/function.h - the scalar functions, operators and casts: function.def as a table.
 *
 *     const Function *f;
 *     FunctionList list = function_find(STR("+"));      all overloads, in order of function.def
 *     for (uint32_t i = 0; i < list.count; i++) ...
 *
 * A function computes a whole batch: its kernel is called once per batch and step, never per row.
 * Names are lower case; operators are functions named by their sign ("+", "||", "~~" for LIKE, unary minus
 * "-" with one argument), casts are found by function_find_cast. Forms written in words are functions of
 * these names:
 *
 *     not
 *     is null, is not null                                  any type
 *     is distinct from, is not distinct from                two of one type
 *     assign varchar                                        a text to the VARCHAR(n) of a column
 *     similar to                                            a, b[, escape]
 *     is true, is not true, is false, is not false, is unknown, is not unknown
 *
 * AND, OR, CASE, COALESCE and IN are no functions but kinds of Expr. BETWEEN and nullif: binder and "nullif".
 * The result's modifiers (numeric(p,s)) follow from the arguments: function_result_type. */
#ifndef WEIR_EXPR_FUNCTION_H
#define WEIR_EXPR_FUNCTION_H

#include "column/array.h"

enum { FUNCTION_ARGUMENT_COUNT_MAX = 8 };

typedef enum FunctionFlags {
    FUNCTION_STRICT =
        1, /* NULL when an argument is NULL; the kernel may compute garbage there but must not fail */
    FUNCTION_VARIADIC = 2,  /* the last argument repeats (at least once) */
    FUNCTION_STABLE = 4,    /* one value per epoch: now() */
    FUNCTION_VOLATILE = 8,  /* random() */
    FUNCTION_NULLABLE = 16, /* may give NULL for arguments that are not */
    FUNCTION_FALLIBLE = 32, /* may fail for a row */
    FUNCTION_OPERATOR = 64, /* written as a sign */
    FUNCTION_CLOCK = 128,   /* STABLE because it reads the clock: gives another value in a later epoch */
    FUNCTION_ZONED = 256,   /* by the session's time zone, which the binder puts into the call: Expr.zone */
} FunctionFlags;

/* How the result type follows from the (cast) arguments, where it is not just the type of the row. */
typedef enum FunctionResult {
    RESULT_FIXED,          /* Function.result */
    RESULT_FIRST_ARGUMENT, /* the type of the first argument, modifiers included (abs of numeric, ...) */
    RESULT_COMMON,         /* all arguments were brought to one type: that one (greatest, least) */
    RESULT_NUMERIC_ADD,    /* numeric rules: see docs/DIFFERENCES.md and function_result_type */
    RESULT_NUMERIC_MULTIPLY,
    RESULT_NUMERIC_DIVIDE,
    RESULT_NUMERIC_MODULO,
    RESULT_NUMERIC_DIVISOR,  /* gcd, lcm: the larger scale */
    RESULT_NUMERIC_ROUND,    /* round/trunc(numeric, n): scale n when n is a constant, else unchanged */
    RESULT_NUMERIC_INTEGER,  /* ceil, floor, round(numeric): scale 0 */
    RESULT_NUMERIC_FUNCTION, /* sqrt, exp, ln, power ... of numeric: scale 16 */
    RESULT_NUMERIC_PATTERN,  /* to_number: the scale of the pattern, 16 when it is no constant */
    RESULT_NUMERIC_EXTRACT,  /* extract: the scale that the field has, 6 when it is no constant */
} FunctionResult;

typedef struct FunctionCall FunctionCall; /* expr/program.h */
typedef Status (*FunctionKernel)(FunctionCall *call, Error *err);

/* One row of function.def: an overload. Rows are compared by address. */
typedef struct Function {
    const char *name;
    uint8_t argument_count;
    TypeId arguments[FUNCTION_ARGUMENT_COUNT_MAX]; /* NUMERIC: any precision and scale */
    TypeId result;
    FunctionResult result_rule;
    uint32_t flags; /* FunctionFlags */
    FunctionKernel kernel;
    const char *summary; /* one line for \df and docs */
} Function;

typedef struct FunctionList {
    const Function *const *functions;
    uint32_t count;
} FunctionList;

/* All overloads of a name in lower case, also of a sign or a form in words; count 0: there is none. One hash lookup. */
FunctionList function_find(Str name);

/* All of them, for completion, documentation and "did you mean". */
FunctionList function_all(void);

/* When a cast may be applied without being asked for, as PostgreSQL's pg_cast says. */
typedef enum CastContext { CAST_NONE, CAST_EXPLICIT, CAST_ASSIGNMENT, CAST_IMPLICIT } CastContext;

/* How `from` reaches `to`; *function (may be NULL) gets the cast function, NULL when the bytes are the same
 * (TEXT -> VARCHAR without length). UNKNOWN -> anything is implicit (parse of the text). NUMERIC(p,s) ->
 * NUMERIC(q,t), VARCHAR(n) too. */
CastContext function_find_cast(Type from, Type to, const Function **function);

/* The type a call gives. `arguments`: the types after casts; constants[i]: the value of an integer constant
 * argument, of extract's field, of the digits behind the point of to_number's pattern, or INT64_MIN. */
NODISCARD Status function_result_type(const Function *function, const Type *arguments,
                                      const int64_t *constants, uint32_t count, Type *out, Error *err);

/* What a cast to NUMERIC without precision gives: integers keep their digits (scale 0), NUMERIC stays as it
 * is, floats and text get numeric(38,16). (A literal has the scale that it is written with: the binder's.) */
Type function_numeric_type(Type from);

/* True when the type is PostgreSQL's preferred one of its category (double precision, text, timestamptz,
 * interval, boolean). */
bool function_type_is_preferred(TypeId type);

#endif
