/* SPDX-License-Identifier: Apache-2.0
 * expr/program_priv.h - a compiled program: what program.c makes and eval.c runs.
 *
 * Step i makes register i from registers before it. Constants are registers that are there from the start.
 *
 *     price * 0.9 > 10      0 COLUMN price   1 CONSTANT 0.9   2 CALL * (0, 1)   3 CONSTANT 10   4 CALL > (2,
 * 3)
 *
 * An argument of a form (AND, CASE, ...) that is costly and may not be needed is no register but a program
 * of its own, run on the rows that reach it. */
#ifndef WEIR_EXPR_PROGRAM_PRIV_H
#define WEIR_EXPR_PROGRAM_PRIV_H

#include "expr/functions_priv.h"

/* What makes a register. */
typedef enum StepKind {
    STEP_CONSTANT,
    STEP_COLUMN,
    STEP_PARAMETER,
    STEP_CALL,
    STEP_MODULO_IS, /* x % constant = constant, of INTEGER and BIGINT */
    STEP_AND,
    STEP_OR,
    STEP_CASE,
    STEP_COALESCE,
    STEP_IN,
} StepKind;

typedef struct InSet InSet; /* expr/in_set.c */

/* A form's argument: a register, or a program when `lazy` is not NULL. */
typedef struct Operand {
    uint32_t index;      /* of the register; of no meaning with `lazy` */
    const Program *lazy;
} Operand;

typedef struct Step {
    StepKind kind;
    Type type;
    uint32_t argument_count;
    const Operand *arguments;
    const Function *function; /* CALL */
    const Zone *zone;         /* CALL, as in Expr */
    bool fails_as_null;       /* CALL, as in Expr */
    SqlSpan span;             /* CALL, PARAMETER: where it stands in the text */
    uint32_t volatile_number; /* CALL of a volatile function: counts them, over lazy programs too */
    uint32_t column;          /* COLUMN; PARAMETER: its index */
    Register constant;        /* CONSTANT */
    const InSet *set;         /* IN; its one argument is the needle */
    int64_t divisor;          /* MODULO_IS */
    int64_t remainder;
} Step;

/* Immutable once compiled. A lazy operand's program is compiled alike, over the same input. */
struct Program {
    const KernelTable *kernels;
    const Step *steps;
    uint32_t step_count;
    uint32_t argument_count_max; /* of a CALL */
    const uint32_t *outputs;     /* register of each expression */
    uint32_t output_count;
    bool has_long_constant; /* outputs may refer to text in the program's arena */
};

/* The set of an EXPR_IN's constants (arguments 1 ..). */
NODISCARD Status in_set_create(Arena *arena, const Expr *in, const InSet **out, Error *err);

/* One running program. */
typedef struct Eval {
    const Program *program;
    const EvalContext *context;
    Frame *frame;
    const Batch *batch;
    const uint32_t *selection;  /* NULL: all rows of the batch */
    uint32_t row_count;         /* rows evaluated */
    const Step *conjunction;    /* an AND of which only TRUE is asked: NULL decides like FALSE; or NULL */
    const Register **registers; /* [step_count] */
    const Register **arguments; /* room for those of one call */
} Eval;

/* Runs all steps; eval->registers then hold the results. */
NODISCARD Status eval_run(Eval *eval, Error *err);

/* The steps of forms.c; *out has its type and is otherwise zero. */
NODISCARD Status eval_and_or(Eval *eval, const Step *step, Register *out, Error *err);
NODISCARD Status eval_choice(Eval *eval, const Step *step, Register *out, Error *err);
NODISCARD Status eval_in(Eval *eval, const Step *step, Register *out, Error *err);

/* Evaluates a lazy operand on `count` of the rows (positions within the rows evaluated); *out has `count`
 * rows, or is constant. */
NODISCARD Status eval_lazy(Eval *eval, const Program *lazy, const uint32_t *rows, uint32_t count,
                           Register *out, Error *err);

#endif
