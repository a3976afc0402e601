/* SPDX-License-Identifier: Apache-2.0
 * expr/program.c - expression trees to steps. Equal subtrees become one step: a step is looked up by
 * what it does before it is added, and since its arguments were looked up before it, trees of any depth
 * compare in constant time. */
#include "expr/program.h"

#include "base/hash.h"
#include "base/vector.h"
#include "expr/expr_priv.h"
#include "expr/program_priv.h"

Status row_error_place(Frame *frame, uint32_t count, uint32_t index, RowError error, const RowError ***errors, Error *err) {
    ASSERT(index < count);
    if (*errors == NULL) *errors = FRAME_ARRAY(frame, const RowError *, count);
    TRY_ALLOC(*errors);
    if ((*errors)[index] != NULL) return STATUS_OK;
    RowError *placed = FRAME_NEW(frame, RowError);
    TRY_ALLOC(placed);
    *placed = error;
    (*errors)[index] = placed;
    return STATUS_OK;
}

enum { TABLE_SIZE_FIRST = 32, STEP_COUNT_MAX = 1 << 20 };
STATIC_ASSERT(((int)TABLE_SIZE_FIRST & ((int)TABLE_SIZE_FIRST - 1)) == 0, "slots are found with a mask");
STATIC_ASSERT((uint32_t)STEP_COUNT_MAX < UINT32_MAX / 2, "tables are twice as large as what they hold, and hold numbers + 1");

/* Open addressing; entries are step numbers + 1. */
typedef struct StepTable {
    uint32_t *entries;
    uint32_t size; /* a power of two */
} StepTable;

typedef struct Compiler {
    Arena *arena;
    const KernelTable *kernels;
    VECTOR(Step) steps;
    VECTOR(uint64_t) hashes;     /* of each step's content */
    VECTOR(const Expr *) nodes;  /* memo: nodes compiled, in by_node's order */
    VECTOR(uint32_t) node_steps; /* and the step of each */
    StepTable by_node;
    StepTable by_content;
    uint32_t argument_count_max;
    bool has_long_constant;
    uint32_t *volatile_count; /* one count for the program and its lazy operands */
} Compiler;

static Status compile_node(Compiler *compiler, const Expr *expr, uint32_t depth, uint32_t *out, Error *err);
static Status compile_program(Arena *arena, const Expr *const *exprs, uint32_t count,
                              const KernelTable *kernels, uint32_t depth, uint32_t *volatile_count,
                              Program **out, Error *err);

/* Room for one more of `count`, less than half full; entries are found anew from their hashes. */
static bool table_grow(StepTable *table, Arena *arena, size_t count,
                       uint64_t (*hash_of)(const Compiler *, uint32_t), const Compiler *compiler) {
    if (2 * (count + 1) <= table->size) return true;
    uint32_t size = table->size == 0 ? TABLE_SIZE_FIRST : 2 * table->size;
    ASSERT(size > count && (size & (size - 1)) == 0);
    uint32_t *entries = ARENA_ARRAY(arena, uint32_t, size);
    if (entries == NULL) return false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = (uint32_t)hash_of(compiler, i) & (size - 1);
        while (entries[slot] != 0) slot = (slot + 1) & (size - 1);
        entries[slot] = i + 1;
    }
    table->entries = entries;
    table->size = size;
    return true;
}

static uint64_t node_hash(const Expr *node) {
    return hash_u64((uintptr_t)node);
}
static uint64_t memo_hash(const Compiler *compiler, uint32_t index) {
    return node_hash(compiler->nodes.items[index]);
}
static uint64_t step_hash(const Compiler *compiler, uint32_t index) {
    return compiler->hashes.items[index];
}

/* The step that this very node has become: a shared subtree is compiled once, whatever hangs on it. */
static bool memo_find(const Compiler *compiler, const Expr *expr, uint32_t *out) {
    const StepTable *table = &compiler->by_node;
    if (table->size == 0) return false;
    for (uint32_t slot = (uint32_t)node_hash(expr) & (table->size - 1); table->entries[slot] != 0;
         slot = (slot + 1) & (table->size - 1)) {
        uint32_t index = table->entries[slot] - 1;
        DEBUG_ASSERT(index < compiler->nodes.count);
        if (compiler->nodes.items[index] != expr) continue;
        *out = compiler->node_steps.items[index];
        return true;
    }
    return false;
}

static Status memo_add(Compiler *compiler, const Expr *expr, uint32_t step, Error *err) {
    ASSERT(step < compiler->steps.count);
    ASSERT(compiler->nodes.count == compiler->node_steps.count);
    size_t count = compiler->nodes.count;
    bool added = arena_vector_push(&compiler->nodes, compiler->arena, expr) &&
                 arena_vector_push(&compiler->node_steps, compiler->arena, step) &&
                 table_grow(&compiler->by_node, compiler->arena, count, memo_hash, compiler);
    if (!added) return error_out_of_memory(err);
    StepTable *table = &compiler->by_node;
    uint32_t slot = (uint32_t)node_hash(expr) & (table->size - 1);
    while (table->entries[slot] != 0) slot = (slot + 1) & (table->size - 1);
    table->entries[slot] = (uint32_t)count + 1;
    return STATUS_OK;
}

/* Equal for steps that content_equal takes for one; the zone is left out, which few steps differ in. */
static uint64_t content_hash(const Step *step) {
    STATIC_ASSERT(sizeof(step->type) == sizeof(uint64_t), "a type is hashed as one word");
    uint64_t hash = hash_combine((uint64_t)step->kind, (uintptr_t)step->function);
    uint64_t type;
    memcpy(&type, &step->type, sizeof(type));
    hash = hash_combine(hash, type);
    hash = hash_combine(hash, step->column);
    hash = hash_combine(hash, (uint64_t)step->divisor ^ (uint64_t)step->remainder << 1);
    for (uint32_t i = 0; i < step->argument_count; i++) hash = hash_combine(hash, step->arguments[i].index);
    if (step->kind == STEP_CONSTANT) hash = hash_combine(hash, expr_constant_hash(&step->constant.array));
    return hash;
}

/* The same computation over the same registers. Where they stand in the text does not count. */
static bool content_equal(const Step *a, const Step *b) {
    if (a->kind != b->kind || !type_equal(a->type, b->type)) return false;
    if (!zone_equal(a->zone, b->zone) || a->fails_as_null != b->fails_as_null) return false;
    if (a->function != b->function || a->column != b->column || a->argument_count != b->argument_count)
        return false;
    if (a->divisor != b->divisor || a->remainder != b->remainder) return false;
    for (uint32_t i = 0; i < a->argument_count; i++)
        if (a->arguments[i].index != b->arguments[i].index) return false;
    return a->kind != STEP_CONSTANT || expr_constant_equal(&a->constant.array, &b->constant.array);
}

/* Steps that must not be shared: what a volatile function gives differs from call to call; lazy operands and
 * sets are not compared. */
static bool step_is_unique(const Step *step) {
    if (step->kind == STEP_IN) return true;
    if (step->kind == STEP_CALL && (step->function->flags & FUNCTION_VOLATILE) != 0) return true;
    for (uint32_t i = 0; i < step->argument_count; i++)
        if (step->arguments[i].lazy != NULL) return true;
    return false;
}

static bool content_find(const Compiler *compiler, const Step *step, uint64_t hash, uint32_t *out) {
    const StepTable *table = &compiler->by_content;
    if (table->size == 0 || step_is_unique(step)) return false;
    for (uint32_t slot = (uint32_t)hash & (table->size - 1); table->entries[slot] != 0;
         slot = (slot + 1) & (table->size - 1)) {
        uint32_t index = table->entries[slot] - 1;
        DEBUG_ASSERT(index < compiler->steps.count);
        if (compiler->hashes.items[index] != hash || !content_equal(&compiler->steps.items[index], step))
            continue;
        *out = index;
        return true;
    }
    return false;
}

/* The step's number: that of an equal one if there is one. */
static Status step_add(Compiler *compiler, const Step *step, uint32_t *out, Error *err) {
    uint64_t hash = content_hash(step);
    if (content_find(compiler, step, hash, out)) return STATUS_OK;
    size_t count = compiler->steps.count;
    if (count >= STEP_COUNT_MAX)
        return error_set(err, STATUS_LIMIT, "the expressions of a statement are too large");
    bool added = arena_vector_push(&compiler->steps, compiler->arena, *step) &&
                 arena_vector_push(&compiler->hashes, compiler->arena, hash) &&
                 table_grow(&compiler->by_content, compiler->arena, count, step_hash, compiler);
    if (!added) return error_out_of_memory(err);
    StepTable *table = &compiler->by_content;
    uint32_t slot = (uint32_t)hash & (table->size - 1);
    while (table->entries[slot] != 0) slot = (slot + 1) & (table->size - 1);
    table->entries[slot] = (uint32_t)count + 1;
    ASSERT(compiler->steps.count == compiler->hashes.count);
    *out = (uint32_t)count;
    return STATUS_OK;
}

/* These look at a text's first word, mostly: less than what running an operand apart costs. */
static bool is_cheap_text_kernel(FunctionKernel kernel) {
    static const FunctionKernel cheap[] = {
        compare_equal,       compare_not_equal,       compare_less,    compare_less_equal,
        compare_greater,     compare_greater_equal,   compare_is_null, compare_is_not_null,
        compare_is_distinct, compare_is_not_distinct, call_same, cast_jsonb_to_text};
    for (size_t i = 0; i < sizeof(cheap) / sizeof(cheap[0]); i++)
        if (kernel == cheap[i]) return true;
    return false;
}

/* Worth gathering columns for, to do it on fewer rows: work on texts. */
static bool is_costly(const Expr *expr) {
    if (expr->kind == EXPR_CALL && !is_cheap_text_kernel(expr->function->kernel)) {
        if (type_layout(expr->type) == LAYOUT_VIEW) return true;
        for (uint32_t i = 0; i < expr->argument_count; i++)
            if (type_layout(expr->arguments[i]->type) == LAYOUT_VIEW) return true;
    }
    for (uint32_t i = 0; i < expr->argument_count; i++)
        if (is_costly(expr->arguments[i])) return true;
    return false;
}

/* Arguments to registers; those of a form that cost much to programs of their own, run on the rows that reach them. */
static Status compile_operands(Compiler *compiler, const Expr *expr, Step *step, uint32_t depth, Error *err) {
    ASSERT(step->kind != STEP_CONSTANT && step->kind != STEP_COLUMN); /* these have no operands */
    if (step->kind == STEP_IN) DEBUG_ASSERT(expr->argument_count >= 2);
    bool is_form = step->kind != STEP_CALL && step->kind != STEP_IN;
    uint32_t count = step->kind == STEP_IN ? 1 : expr->argument_count;
    Operand *operands = ARENA_ARRAY(compiler->arena, Operand, count);
    TRY_ALLOC(operands);
    for (uint32_t i = 0; i < count; i++) {
        const Expr *argument = expr->arguments[i];
        ASSERT(argument != NULL);
        uint32_t known;
        /* The first operand of a form is always needed, and one that another step computes anyway costs
         * nothing. */
        if (is_form && i > 0 && !memo_find(compiler, argument, &known) && is_costly(argument)) {
            Program *lazy = NULL;
            TRY(compile_program(compiler->arena, &argument, 1, compiler->kernels, depth + 1,
                                compiler->volatile_count, &lazy, err));
            operands[i].lazy = lazy;
            compiler->has_long_constant |= lazy->has_long_constant;
        } else {
            TRY(compile_node(compiler, argument, depth + 1, &operands[i].index, err));
        }
    }
    step->arguments = operands;
    step->argument_count = count;
    return STATUS_OK;
}

static int64_t constant_i64(const Expr *expr) {
    DEBUG_ASSERT(expr->type.id == TYPE_BIGINT || expr->type.id == TYPE_INTEGER);
    return expr->type.id == TYPE_BIGINT ? array_i64(&expr->constant)[0] : array_i32(&expr->constant)[0];
}

static bool is_value(const Expr *expr) {
    return expr->kind == EXPR_CONSTANT && !expr_is_null_constant(expr);
}

/* x % constant = constant: *modulo gets the call of %. */
static bool is_modulo_test(const Expr *expr, const Expr **modulo, const Expr **remainder) {
    if (expr->kind != EXPR_CALL || expr->function->kernel != compare_equal) return false;
    bool swapped = expr->arguments[0]->kind == EXPR_CONSTANT;
    *modulo = expr->arguments[swapped ? 1 : 0];
    *remainder = expr->arguments[swapped ? 0 : 1];
    if ((*modulo)->kind != EXPR_CALL || !is_value(*remainder)) return false;
    FunctionKernel kernel = (*modulo)->function->kernel;
    if (kernel != math_modulo_i32 && kernel != math_modulo_i64) return false;
    const Expr *divisor = (*modulo)->arguments[1];
    return (*modulo)->arguments[0]->kind != EXPR_CONSTANT && is_value(divisor) && constant_i64(divisor) != 0;
}

/* A call, or the one pattern that has a kernel of its own: x % constant = constant. */
static Status compile_call(Compiler *compiler, const Expr *expr, Step *step, uint32_t depth, Error *err) {
    const Expr *modulo, *remainder;
    if (!is_modulo_test(expr, &modulo, &remainder)) {
        step->kind = STEP_CALL;
        step->function = expr->function;
        step->zone = expr->zone;
        step->fails_as_null = expr->fails_as_null;
        step->span = expr->span;
        if ((expr->function->flags & FUNCTION_VOLATILE) != 0)
            step->volatile_number = (*compiler->volatile_count)++;
        TRY(compile_operands(compiler, expr, step, depth, err));
        if (step->argument_count > compiler->argument_count_max)
            compiler->argument_count_max = step->argument_count;
        return STATUS_OK;
    }
    Operand *operand = ARENA_NEW(compiler->arena, Operand);
    TRY_ALLOC(operand);
    TRY(compile_node(compiler, modulo->arguments[0], depth + 1, &operand->index, err));
    step->kind = STEP_MODULO_IS;
    step->arguments = operand;
    step->argument_count = 1;
    step->divisor = constant_i64(modulo->arguments[1]);
    ASSERT(step->divisor != 0); /* the kernel divides by it unasked */
    step->remainder = constant_i64(remainder);
    return STATUS_OK;
}

static Status compile_step(Compiler *compiler, const Expr *expr, Step *step, uint32_t depth, Error *err) {
    step->type = expr->type;
    switch (expr->kind) {
        case EXPR_CONSTANT:
            step->kind = STEP_CONSTANT;
            step->constant = (Register){.array = expr->constant, .constant = true};
            if (expr->constant.data_count > 0) compiler->has_long_constant = true;
            return STATUS_OK;
        case EXPR_COLUMN:
            step->kind = STEP_COLUMN;
            step->column = expr->column;
            return STATUS_OK;
        case EXPR_PARAMETER:
            step->kind = STEP_PARAMETER;
            step->column = expr->column;
            step->span = expr->span;
            if (type_layout(expr->type) == LAYOUT_VIEW) compiler->has_long_constant = true;
            return STATUS_OK;
        case EXPR_CALL: return compile_call(compiler, expr, step, depth, err);
        case EXPR_AND: step->kind = STEP_AND; break;
        case EXPR_OR: step->kind = STEP_OR; break;
        case EXPR_CASE: step->kind = STEP_CASE; break;
        case EXPR_COALESCE: step->kind = STEP_COALESCE; break;
        case EXPR_IN:
            step->kind = STEP_IN;
            TRY(in_set_create(compiler->arena, expr, &step->set, err));
            break;
    }
    return compile_operands(compiler, expr, step, depth, err);
}

/* By node first, then by content: equal trees that were written twice meet at their steps. */
static Status compile_node(Compiler *compiler, const Expr *expr, uint32_t depth, uint32_t *out, Error *err) {
    if (memo_find(compiler, expr, out)) return STATUS_OK;
    /* Inlining and casts may have made the tree taller than the parser let through. */
    if (depth > EXPR_DEPTH_MAX) return error_set(err, STATUS_LIMIT, "an expression is nested too deeply");
    Step step = {0};
    TRY(compile_step(compiler, expr, &step, depth, err));
    TRY(step_add(compiler, &step, out, err));
    return memo_add(compiler, expr, *out, err);
}

static Status compile_program(Arena *arena, const Expr *const *exprs, uint32_t count,
                              const KernelTable *kernels, uint32_t depth, uint32_t *volatile_count,
                              Program **out, Error *err) {
    Compiler compiler = {.arena = arena, .kernels = kernels, .volatile_count = volatile_count};
    Program *program = ARENA_NEW(arena, Program);
    uint32_t *outputs = ARENA_ARRAY(arena, uint32_t, count);
    if (program == NULL || outputs == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < count; i++) TRY(compile_node(&compiler, exprs[i], depth, &outputs[i], err));
    for (uint32_t i = 0; i < count; i++) ASSERT(outputs[i] < compiler.steps.count);
    *program = (Program){.kernels = kernels,
                         .steps = compiler.steps.items,
                         .step_count = (uint32_t)compiler.steps.count,
                         .argument_count_max = compiler.argument_count_max,
                         .outputs = outputs,
                         .output_count = count,
                         .has_long_constant = compiler.has_long_constant};
    *out = program;
    return STATUS_OK;
}

Status program_compile(Arena *arena, const Expr *const *exprs, uint32_t count, const KernelTable *kernels,
                       Program **out, Error *err) {
    ASSERT(kernels != NULL);
    ASSERT(count == 0 || exprs != NULL);
    uint32_t volatile_count = 0;
    return compile_program(arena, exprs, count, kernels, 0, &volatile_count, out, err);
}
