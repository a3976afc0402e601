/* SPDX-License-Identifier: Apache-2.0
 * expr/eval.c - runs a program over a batch, step by step.
 *
 * A row that fails in a step is NULL in its register, and its error goes with the register to every step that takes it as an argument,
 * unless that step does not need it there (the untaken branch of a CASE). So an error reaches the result exactly when the row's value
 * hangs on it, in whatever order steps run, and kernels see failed rows as NULLs only. */
#include "expr/program_priv.h"

/* ---- errors of rows ---- */

/* Adds an argument's errors to those of a register of `count` rows; the first error of a row stays. */
static Status errors_merge(Frame *frame, const RowError ***errors, const Register *argument, uint32_t count,
                           Error *err) {
    if (argument->errors == NULL) return STATUS_OK;
    if (*errors == NULL) {
        *errors = FRAME_ARRAY(frame, const RowError *, count);
        TRY_ALLOC(*errors);
    }
    for (uint32_t row = 0; row < count; row++)
        /* The first of the arguments in the order of the text, as a reader of the statement would expect. */
        if ((*errors)[row] == NULL) (*errors)[row] = argument->errors[call_index(argument, row)];
    return STATUS_OK;
}

/* ---- calls ---- */

/* NULL where an argument is NULL. Constants are not NULL here. */
static Status validity_combine(FunctionCall *call, Error *err) {
    Array *out = &call->out->array;
    bool shared = true;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        const Array *array = &call->arguments[i]->array;
        if (array->validity == NULL || (call->arguments[i]->constant && !call->out->constant)) continue;
        if (out->validity == NULL) {
            out->validity = array->validity;
            out->validity_owner = array->validity_owner;
        } else if (out->validity != array->validity) {
            size_t word_count = bits_word_count(call->row_count);
            uint64_t *both = shared ? frame_alloc(call->frame, 8 * word_count, &out->validity_owner)
                                    : (uint64_t *)out->validity;
            TRY_ALLOC(both);
            for (size_t word = 0; word < word_count; word++)
                both[word] = out->validity[word] & array->validity[word];
            out->validity = both;
            shared = false;
        }
    }
    return STATUS_OK;
}

static Status arguments_merge_errors(FunctionCall *call, Error *err) {
    for (uint32_t i = 0; i < call->argument_count; i++)
        TRY(errors_merge(call->frame, &call->out->errors, call->arguments[i], call->row_count, err));
    return STATUS_OK;
}

/* A constant NULL makes a strict call NULL in every row, whatever else it takes; so does one that failed. */
static const Register *constant_null(const FunctionCall *call) {
    for (uint32_t i = 0; i < call->argument_count; i++)
        if (call->arguments[i]->constant && array_is_null(&call->arguments[i]->array, 0))
            return call->arguments[i];
    return NULL;
}

/* An argument that is NULL in every row decides before the kernel is asked: a kernel need not think of it. */
static Status call_strict(FunctionCall *call, Error *err) {
    ASSERT((call->function->flags & FUNCTION_STRICT) != 0);
    const Register *null = constant_null(call);
    if (null != NULL) {
        Type type = call->out->array.type;
        *call->out = (Register){.constant = true, .errors = null->errors};
        return array_nulls(call->frame, type, 1, &call->out->array, err);
    }
    TRY(validity_combine(call, err));
    TRY(arguments_merge_errors(call, err));
    return call->function->kernel(call, err);
}

/* The kernel has seen failed rows as NULLs; what it made of them does not count. */
static Status call_lenient(FunctionCall *call, Error *err) {
    TRY(call->function->kernel(call, err));
    TRY(arguments_merge_errors(call, err));
    if (call->out->errors == NULL) return STATUS_OK;
    uint64_t *validity = call_own_validity(call);
    TRY_ALLOC(validity);
    for (uint32_t row = 0; row < call->row_count; row++)
        if (call->out->errors[row] != NULL) bits_clear(validity, row);
    return STATUS_OK;
}

/* What the call was bound to: as many arguments, of the types of the function's row. */
static void check_arguments(const FunctionCall *call) {
    const Function *function = call->function;
    uint32_t last = function->argument_count - 1u;
    if ((function->flags & FUNCTION_VARIADIC) != 0) ASSERT(call->argument_count >= function->argument_count);
    if ((function->flags & FUNCTION_VARIADIC) == 0) ASSERT(call->argument_count == function->argument_count);
    for (uint32_t i = 0; i < call->argument_count; i++) {
        TypeId wanted = function->arguments[i < last ? i : last];
        /* A column of VARCHAR is read as TEXT as it is: its array keeps the type. */
        if (wanted != TYPE_UNKNOWN && wanted != TYPE_TEXT) DEBUG_ASSERT(call->arguments[i]->array.type.id == wanted);
        if (wanted == TYPE_TEXT) DEBUG_ASSERT(type_is_text(call->arguments[i]->array.type));
    }
}

#ifdef WEIR_DEBUG
static bool argument_is_null(const FunctionCall *call, uint32_t row) {
    for (uint32_t i = 0; i < call->argument_count; i++)
        if (array_is_null(&call->arguments[i]->array, call_index(call->arguments[i], row))) return true;
    return false;
}

/* What others rely on, of a column's NOT NULL and of filters moved below one another: that a function whose row has no
 * NULLABLE or FALLIBLE gives NULL, and fails, only where an argument is NULL or has failed. */
static void check_result(const FunctionCall *call) {
    const Register *out = call->out;
    uint32_t flags = call->function->flags, count = out->constant ? 1 : call->row_count;
    for (uint32_t row = 0; row < count; row++) {
        bool failed = out->errors != NULL && out->errors[row] != NULL;
        bool null = array_is_null(&out->array, row);
        if (failed) DEBUG_ASSERT(null);
        if (failed && (flags & FUNCTION_FALLIBLE) == 0) DEBUG_ASSERT(argument_is_null(call, row));
        if (null && !failed && !call->fails_as_null && (flags & FUNCTION_NULLABLE) == 0) DEBUG_ASSERT(argument_is_null(call, row));
    }
}
#else
static void check_result(const FunctionCall *call) {}
#endif

static Status eval_call(Eval *eval, const Step *step, Register *out, Error *err) {
    ASSERT(step->argument_count <= eval->program->argument_count_max);
    ASSERT(step->function != NULL);
    const Register **arguments = eval->arguments;
    bool constant = (step->function->flags & FUNCTION_VOLATILE) == 0;
    for (uint32_t i = 0; i < step->argument_count; i++) {
        arguments[i] = eval->registers[step->arguments[i].index];
        constant &= arguments[i]->constant;
    }
    FunctionCall call = {.function = step->function,
                         .zone = step->zone,
                         .fails_as_null = step->fails_as_null,
                         .arguments = arguments,
                         .argument_count = step->argument_count,
                         .row_count = constant ? 1 : eval->row_count,
                         .span = step->span,
                         .volatile_number = step->volatile_number,
                         .selection = eval->selection,
                         .frame = eval->frame,
                         .context = eval->context,
                         .kernels = eval->program->kernels,
                         .out = out};
    /* A result of constants alone is computed once, unless the function gives another value each time. */
    out->constant = constant;
    out->array.length = call.row_count;
    check_arguments(&call);
    TRY((step->function->flags & FUNCTION_STRICT) != 0 ? call_strict(&call, err) : call_lenient(&call, err));
    check_result(&call);
    return STATUS_OK;
}

/* NULLs and errors are those of x: a constant divisor that is not 0 adds none. */
static Status eval_modulo_is(Eval *eval, const Step *step, Register *out, Error *err) {
    ASSERT(step->divisor != 0);
    const Register *x = eval->registers[step->arguments[0].index];
    ASSERT(type_layout(x->array.type) == LAYOUT_I64 || type_layout(x->array.type) == LAYOUT_I32);
    uint32_t count = x->constant ? 1 : eval->row_count;
    const KernelTable *kernels = eval->program->kernels;
    uint64_t *bits = frame_alloc(eval->frame, bits_size(count), &out->array.values_owner);
    TRY_ALLOC(bits);
    if (type_layout(x->array.type) == LAYOUT_I64)
        kernels->modulo_is_i64(x->array.values, step->divisor, step->remainder, count, bits);
    else
        kernels->modulo_is_i32(x->array.values, (int32_t)step->divisor, (int32_t)step->remainder, count,
                               bits);
    out->array.length = count;
    out->array.values = bits;
    out->array.validity = x->array.validity;
    out->array.validity_owner = x->array.validity_owner;
    out->constant = x->constant;
    out->errors = x->errors;
    return STATUS_OK;
}

/* The batch's own array, or the selected rows of it: gathered here, once per column and evaluation. */
static Status eval_column(Eval *eval, const Step *step, Register *out, Error *err) {
    ASSERT(step->column < eval->batch->column_count);
    ASSERT(type_layout(eval->batch->columns[step->column].type) == type_layout(step->type));
    ASSERT(eval->batch->columns[step->column].length >= eval->batch->row_count);
    const Array *column = &eval->batch->columns[step->column];
    if (eval->selection != NULL)
        return array_gather(column, eval->frame, eval->selection, eval->row_count, &out->array, err);
    out->array = *column;
    return STATUS_OK;
}

/* A NUMERIC with the digits that are wanted of it here. */
static Status round_parameter(Eval *eval, const Step *step, const Array *value, Register *out, Error *err) {
    Decimal *rounded = frame_alloc(eval->frame, sizeof(Decimal), &out->array.values_owner);
    TRY_ALLOC(rounded);
    DecimalScaled exact = {array_decimal(value)[0], value->type.scale};
    out->array.values = rounded;
    if (decimal_rescale(exact, step->type.scale, rounded) && decimal_fits(*rounded, step->type.precision)) return STATUS_OK;
    RowError overflow = {STATUS_NUMERIC_OUT_OF_RANGE, STR("numeric field overflow"), step->span};
    *rounded = 0;
    TRY(row_error_place(eval->frame, 1, 0, overflow, &out->errors, err));
    return array_nulls(eval->frame, step->type, 1, &out->array, err);
}

static Status eval_parameter(Eval *eval, const Step *step, Register *out, Error *err) {
    ASSERT(eval->context->parameters != NULL); /* whoever runs a statement with parameters gives it values */
    const Array *value = &eval->context->parameters[step->column];
    ASSERT(value->length == 1);
    *out = (Register){.array = *value, .constant = true};
    out->array.type = step->type;
    /* One that is only passed on to where it gets its type: nobody looks at this value. */
    bool is_open = step->type.id == TYPE_UNKNOWN && type_layout(value->type) != LAYOUT_VIEW;
    if (is_open || array_is_null(value, 0)) return array_nulls(eval->frame, step->type, 1, &out->array, err);
    ASSERT(type_layout(value->type) == type_layout(step->type));
    if (step->type.id != TYPE_NUMERIC) return STATUS_OK;
    if (step->type.precision == 0) out->array.type = value->type;
    return step->type.precision == 0 ? STATUS_OK : round_parameter(eval, step, value, out, err);
}

static Status eval_step(Eval *eval, const Step *step, Register *out, Error *err) {
    switch (step->kind) {
        case STEP_CONSTANT: *out = step->constant; return STATUS_OK;
        case STEP_COLUMN: return eval_column(eval, step, out, err);
        case STEP_PARAMETER: return eval_parameter(eval, step, out, err);
        case STEP_CALL: return eval_call(eval, step, out, err);
        case STEP_MODULO_IS: return eval_modulo_is(eval, step, out, err);
        case STEP_AND:
        case STEP_OR: return eval_and_or(eval, step, out, err);
        case STEP_CASE:
        case STEP_COALESCE: return eval_choice(eval, step, out, err);
        case STEP_IN: return eval_in(eval, step, out, err);
    }
    return error_set(err, STATUS_INTERNAL, "a step of an unknown kind");
}

Status eval_run(Eval *eval, Error *err) {
    ASSERT(eval->row_count > 0); /* a constant register has one row, which no rows at all would not have */
    STATIC_ASSERT(_Alignof(Register) >= _Alignof(const Register *), "pointers may follow the registers");
    const Program *program = eval->program;
    size_t pointers = program->step_count + program->argument_count_max;
    char *room = arena_alloc(&eval->frame->arena,
                             pointers * sizeof(const Register *) + program->step_count * sizeof(Register));
    TRY_ALLOC(room);
    Register *registers = (Register *)room; /* first: their alignment is the larger */
    eval->registers = (const Register **)(registers + program->step_count);
    eval->arguments = eval->registers + program->step_count;
    for (uint32_t i = 0; i < program->step_count; i++) {
        const Step *step = &program->steps[i];
        if (step->kind == STEP_CONSTANT) {
            eval->registers[i] = &step->constant;
            continue;
        }
        registers[i] = (Register){.array = {.type = step->type, .length = eval->row_count}};
        eval->registers[i] = &registers[i];
        TRY(eval_step(eval, step, &registers[i], err));
        ASSERT(registers[i].array.length == (registers[i].constant ? 1 : eval->row_count));
        ASSERT(type_layout(registers[i].array.type) == type_layout(step->type));
        ASSERT(registers[i].array.values != NULL); /* the step has made something */
    }
    return STATUS_OK;
}

Status eval_lazy(Eval *eval, const Program *lazy, const uint32_t *rows, uint32_t count, Register *out,
                 Error *err) {
    ASSERT(lazy->output_count == 1);
    ASSERT(count > 0);
    ASSERT(count <= eval->row_count);
    Eval part = {.program = lazy,
                 .context = eval->context,
                 .frame = eval->frame,
                 .batch = eval->batch,
                 .selection = eval->selection,
                 .row_count = count};
    if (count < eval->row_count && eval->selection == NULL) part.selection = rows;
    if (count < eval->row_count && eval->selection != NULL) {
        uint32_t *selection = FRAME_ARRAY(eval->frame, uint32_t, count);
        TRY_ALLOC(selection);
        for (uint32_t i = 0; i < count; i++) selection[i] = eval->selection[rows[i]];
        part.selection = selection;
    }
    TRY(eval_run(&part, err));
    *out = *part.registers[lazy->outputs[0]];
    return STATUS_OK;
}

/* ---- results ---- */

/* Text of constants lies in the program's arena and may be kept by nobody: it moves into the frame. */
static Status own_text(Frame *frame, Array *array, Error *err) {
    if (type_layout(array->type) != LAYOUT_VIEW || array->data_count == 0) return STATUS_OK;
    ViewData *data = arena_copy(&frame->arena, array->data, array->data_count * sizeof(*data));
    TRY_ALLOC(data);
    for (uint32_t i = 0; i < array->data_count; i++) {
        /* Owned bytes are counted: whoever keeps the array keeps them. */
        if (data[i].owner != NULL || data[i].size == 0) continue;
        char *bytes = frame_alloc(frame, data[i].size, &data[i].owner);
        TRY_ALLOC(bytes);
        data[i].bytes = memcpy(bytes, data[i].bytes, data[i].size);
    }
    array->data = data;
    return STATUS_OK;
}

static Status eval_output(Eval *eval, const Register *from, Array *out, Error *err) {
    if (from->constant)
        TRY(array_repeat(&from->array, 0, eval->frame, eval->row_count, out, err));
    else
        *out = from->array;
    ASSERT(out->length == eval->row_count);
    return eval->program->has_long_constant ? own_text(eval->frame, out, err) : STATUS_OK;
}

static Status eval_no_rows(Eval *eval, Array *out, Error *err) {
    for (uint32_t i = 0; i < eval->program->output_count; i++)
        TRY(array_nulls(eval->frame, eval->program->steps[eval->program->outputs[i]].type, 0, &out[i], err));
    return STATUS_OK;
}

Status program_eval(const Program *program, const EvalContext *context, Frame *frame, const Batch *batch,
                    const uint32_t *selection, uint32_t selected, Array *out, RowErrors *errors, Error *err) {
    ASSERT(out != NULL || program->output_count == 0);
    ASSERT(frame != NULL);
    ASSERT(selection == NULL || selected <= batch->row_count);
    for (uint32_t i = 1; selection != NULL && i < selected; i++) DEBUG_ASSERT(selection[i - 1] < selection[i]);
    Eval eval = {.program = program,
                 .context = context,
                 .frame = frame,
                 .batch = batch,
                 .selection = selection,
                 .row_count = selection != NULL ? selected : batch->row_count};
    if (errors != NULL) *errors = NULL;
    if (eval.row_count == 0) return eval_no_rows(&eval, out, err);
    TRY(eval_run(&eval, err));
    const RowError **failed = NULL;
    for (uint32_t i = 0; i < program->output_count; i++) {
        const Register *result = eval.registers[program->outputs[i]];
        TRY(eval_output(&eval, result, &out[i], err));
        TRY(errors_merge(frame, &failed, result, eval.row_count, err));
    }
    ASSERT(failed == NULL || errors != NULL);
    if (errors != NULL) *errors = failed;
    return STATUS_OK;
}

static uint32_t list_all(uint32_t *rows, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) rows[i] = i;
    return count;
}

/* A condition that is the same for all rows. */
static uint32_t filter_constant(const Array *condition, uint32_t *rows, uint32_t count) {
    ASSERT(condition->length == 1);
    bool passes = !array_is_null(condition, 0) && bits_get(array_bits(condition), 0);
    return passes ? list_all(rows, count) : 0;
}

/* Only TRUE passes: NULL is as good as FALSE here. */
static Status filter_bits(const Eval *eval, const Array *condition, uint32_t *rows, uint32_t *row_count,
                          Error *err) {
    ASSERT(type_layout(condition->type) == LAYOUT_BIT);
    ASSERT(condition->length == eval->row_count);
    const uint64_t *bits = array_bits(condition);
    if (condition->validity != NULL) {
        size_t word_count = bits_word_count(eval->row_count);
        uint64_t *passing = frame_alloc(eval->frame, 8 * word_count, NULL);
        TRY_ALLOC(passing);
        for (size_t i = 0; i < word_count; i++) passing[i] = bits[i] & condition->validity[i];
        bits = passing;
    }
    *row_count = eval->program->kernels->select_bits(bits, eval->row_count, rows);
    return STATUS_OK;
}

/* The parts of a conjunction are tried one by one within its AND step. */
Status program_filter(const Program *program, const EvalContext *context, Frame *frame, const Batch *batch,
                      uint32_t *rows, uint32_t *row_count, RowErrors *errors, Error *err) {
    Eval eval = {.program = program,
                 .context = context,
                 .frame = frame,
                 .batch = batch,
                 .row_count = batch->row_count};
    ASSERT(program->output_count >= 1);
    ASSERT(rows != NULL);
    ASSERT(program->steps[program->outputs[0]].type.id == TYPE_BOOLEAN);
    const Step *condition_step = &program->steps[program->outputs[0]];
    if (condition_step->kind == STEP_AND) eval.conjunction = condition_step;
    if (errors != NULL) *errors = NULL;
    *row_count = 0;
    if (eval.row_count == 0) return STATUS_OK;
    TRY(eval_run(&eval, err));
    const Register *condition = eval.registers[program->outputs[0]];
    if (condition->constant)
        *row_count = filter_constant(&condition->array, rows, eval.row_count);
    else
        TRY(filter_bits(&eval, &condition->array, rows, row_count, err));
    ASSERT(*row_count <= eval.row_count);
    const RowError **failed = NULL;
    TRY(errors_merge(frame, &failed, condition, eval.row_count, err));
    ASSERT(failed == NULL || errors != NULL);
    if (errors != NULL) *errors = failed;
    return STATUS_OK;
}
