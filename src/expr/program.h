/* SPDX-License-Identifier: Apache-2.0
 * expr/program.h - expressions flattened to steps over column registers, and their evaluation.
 *
 *     Program *program;
 *     TRY(program_compile(arena, exprs, count, kernels, &program, err));
 *     TRY(program_eval(program, &context, frame, batch, selection, selected, out, &errors, err));
 *
 * A step computes one register (an Array as long as the rows selected, or of length 1 when it is the same for
 * all rows) from earlier ones. Common subtrees are computed once; constant operands stay constants, so that
 * kernels have array-array, array-constant and constant-array forms, each with a null-free one.
 *
 * A selection (ascending row numbers) makes the program read only those rows: columns are gathered as they
 * are first needed and everything after is dense.
 *
 * Row errors are no errors of the call: rows that fail are NULL in the result and listed in *errors. Of the
 * call itself fail only memory and limits.
 * Owner: a Program lives in the arena it was compiled in; it refers to the expressions' constants, which must live as
 * long. Results live in the frame, and never refer to the program's own memory.
 * Threads: a Program is immutable and shared; one evaluation uses one Frame. */
#ifndef WEIR_EXPR_PROGRAM_H
#define WEIR_EXPR_PROGRAM_H

#include "base/zone.h"
#include "column/batch.h"
#include "expr/expr.h"
#include "kernel/kernel.h"

/* What is fixed for an epoch or statement. */
typedef struct EvalContext {
    int64_t now_us;       /* of now(), UTC */
    uint64_t random_seed; /* of volatile functions, with the row's number */
    uint64_t row_base; /* number of the batch's row 0: rows that whoever evaluates has seen before. So a row
                          gets the same random() however rows are cut into batches */
    ZoneSource *zones; /* named zones; NULL: none are known */
    const Array *parameters; /* the values of $1 .., each of length 1; NULL: the statement has none */
} EvalContext;

/* Why a row has failed. Errors of rows are compared with nothing and passed on by address. */
typedef struct RowError {
    Status status;
    Str message;      /* static, or in the frame */
    SqlSpan span; /* of the failing expression */
} RowError;

/* Errors of one register, a pointer per row (NULL: fine), or NULL when no row failed. */
typedef const RowError *const *RowErrors;

/* Gives row `index` of `count` the error, unless it has one already; *errors is made with the first. All in the frame. */
NODISCARD Status row_error_place(Frame *frame, uint32_t count, uint32_t index, RowError error, const RowError ***errors, Error *err);

/* An argument or the result of a step. */
typedef struct Register {
    Array array;             /* of length row_count, or 1 when constant */
    bool constant;           /* the same value in every row */
    const RowError **errors; /* as RowErrors, to be written by the step that makes it */
} Register;

/* What a kernel of function.def is given. It allocates out->array from the frame (or shares an argument's
 * buffers). For strict functions the evaluator has already combined the arguments' validity into
 * out->array.validity (NULL: no NULLs) and errors; rows that are NULL there hold undefined arguments and may
 * be given any value. */
struct FunctionCall {
    const Function *function;
    const Zone *zone; /* of a ZONED function; NULL: UTC */
    bool fails_as_null; /* rows that fail are NULL and no more */
    const Register *const *arguments;
    uint32_t argument_count;
    uint32_t row_count;
    SqlSpan span;              /* as in RowError */
    uint32_t volatile_number;  /* two calls of random() differ in it, lazy operands included */
    const uint32_t *selection; /* row numbers of the rows in the batch; NULL: they count up from 0 */
    Frame *frame;
    const EvalContext *context;
    const KernelTable *kernels;
    Register *out;          /* type is set */
    uint64_t *own_validity; /* NULL until the result has a validity bitmap that only it uses */
};

/* Marks a row as failed (but where the call fails as NULL) and makes it NULL in call->out. The text is that of text_format. */
NODISCARD Status function_call_fail(FunctionCall *call, uint32_t row, Error *err, Status status,
                                    const char *format, ...) __attribute__((format(printf, 5, 6)));

typedef struct Program Program;

/* `exprs`: over one input; expression i is output i of program_eval. Errors: LIMIT (nested deeper than EXPR_DEPTH_MAX, or
 * too many steps), OUT_OF_MEMORY. Costs O(nodes); equal subtrees become one step. */
NODISCARD Status program_compile(Arena *arena, const Expr *const *exprs, uint32_t count,
                                 const KernelTable *kernels, Program **out, Error *err);

/* out: one array of length `selected` (or batch->row_count without a selection) per expression. errors (may
 * be NULL when no expression can fail): for each row the first failure among the expressions in their order,
 * or NULL when there was none. An output may share buffers with a column of the batch. Errors: OUT_OF_MEMORY, LIMIT. */
NODISCARD Status program_eval(const Program *program, const EvalContext *context, Frame *frame,
                              const Batch *batch, const uint32_t *selection, uint32_t selected, Array *out,
                              RowErrors *errors, Error *err);

/* Evaluates expression 0, a boolean, and lists the rows where it is true. `rows` has room for row_count + 16.
 * Conjunctions are tried part by part, each on the rows where all before it are true; a row that fails in a part that is
 * reached is listed in errors, not in rows. */
NODISCARD Status program_filter(const Program *program, const EvalContext *context, Frame *frame,
                                const Batch *batch, uint32_t *rows, uint32_t *row_count, RowErrors *errors,
                                Error *err);

#endif
