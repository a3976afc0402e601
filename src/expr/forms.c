/* SPDX-License-Identifier: Apache-2.0
 * expr/forms.c - AND, OR, CASE, COALESCE: the forms that need not look at all of their arguments.
 *
 * All keep a bitmap of the rows still undecided. A register argument has been computed for every row; what
 * it says (value, NULL or error) counts only in undecided rows. A lazy argument is computed for these
 * alone. */
#include "expr/program_priv.h"

static bool operands_constant(const Eval *eval, const Step *step) {
    for (uint32_t i = 0; i < step->argument_count; i++) {
        const Operand *operand = &step->arguments[i];
        if (operand->lazy != NULL || !eval->registers[operand->index]->constant) return false;
    }
    return true;
}

static uint64_t *bits_alloc(Frame *frame, uint32_t count, Buffer **owner) {
    return frame_alloc(frame, bits_size(count), owner);
}

/* The rows of a form, in full: one when everything is constant. */
typedef struct Form {
    Eval *eval;
    uint32_t count;
    size_t word_count;
    uint64_t *open;          /* rows still undecided */
    const RowError **errors; /* NULL until one fails */
    uint32_t *rows;          /* the open rows as a list; room for count + 16, made on first use */
    uint32_t row_count;
} Form;

/* All rows are open: none is decided yet. Constant operands alone make a constant, computed for one row. */
static Status form_init(Form *form, Eval *eval, const Step *step, Register *out, Error *err) {
    ASSERT(step->argument_count > 0);
    out->constant = operands_constant(eval, step);
    uint32_t count = out->constant ? 1 : eval->row_count;
    out->array.length = count;
    *form = (Form){.eval = eval, .count = count, .word_count = bits_word_count(count)};
    form->open = bits_alloc(eval->frame, count, NULL);
    TRY_ALLOC(form->open);
    bits_fill(form->open, count, true);
    return STATUS_OK;
}

static bool form_is_open(const Form *form) {
    for (size_t i = 0; i < form->word_count; i++)
        if (form->open[i] != 0) return true;
    return false;
}

static Status form_list(Form *form, const uint64_t *bits, Error *err) {
    enum { VECTOR_SLACK = 16 };
    if (form->rows == NULL) form->rows = FRAME_ARRAY(form->eval->frame, uint32_t, form->count + VECTOR_SLACK);
    TRY_ALLOC(form->rows);
    form->row_count = form->eval->program->kernels->select_bits(bits, form->count, form->rows);
    ASSERT(form->row_count <= form->count);
    return STATUS_OK;
}

/* An operand as seen from the rows of the form. A lazy one is computed for the rows of `bits`, which are then
 * in form->rows; row i of its register belongs to form->rows[i]. */
static Status form_operand(Form *form, const Operand *operand, const uint64_t *bits, Register *out,
                           Error *err) {
    if (operand->lazy == NULL) {
        *out = *form->eval->registers[operand->index];
        return STATUS_OK;
    }
    ASSERT(operand->lazy->output_count == 1);
    ASSERT(bits != NULL);
    TRY(form_list(form, bits, err));
    return eval_lazy(form->eval, operand->lazy, form->rows, form->row_count, out, err);
}

/* Row `row` of the form has failed. */
static Status form_fail(Form *form, uint32_t row, const RowError *error, Error *err) {
    DEBUG_ASSERT(row < form->count);
    if (form->errors == NULL) form->errors = FRAME_ARRAY(form->eval->frame, const RowError *, form->count);
    TRY_ALLOC(form->errors);
    form->errors[row] = error;
    bits_clear(form->open, row);
    return STATUS_OK;
}

/* Open rows where a dense operand failed are decided. */
static Status form_take_errors(Form *form, const Register *operand, Error *err) {
    if (operand->errors == NULL) return STATUS_OK;
    for (uint32_t row = 0; row < form->count; row++) {
        const RowError *error = operand->errors[call_index(operand, row)];
        if (error != NULL && bits_get(form->open, row)) TRY(form_fail(form, row, error, err));
    }
    return STATUS_OK;
}

/* A boolean operand as bitmaps over all rows of the form. */
typedef struct Truth {
    const uint64_t *values;
    const uint64_t *validity; /* NULL: all */
} Truth;

/* A constant or a lazy result, spread over the form's rows. Rows that it was not computed for are NULL. */
static Status truth_spread(Form *form, const Register *operand, bool lazy, Truth *out, Error *err) {
    uint64_t *values = bits_alloc(form->eval->frame, form->count, NULL);
    uint64_t *validity = bits_alloc(form->eval->frame, form->count, NULL);
    if (values == NULL || validity == NULL) return error_out_of_memory(err);
    const Array *array = &operand->array;
    if (!lazy) {
        bits_fill(values, form->count, bits_get(array_bits(array), 0));
        bits_fill(validity, form->count, !array_is_null(array, 0));
    } else {
        memset(values, 0, 8 * form->word_count);
        memset(validity, 0, 8 * form->word_count);
        for (uint32_t i = 0; i < form->row_count; i++) {
            size_t index = call_index(operand, i);
            if (array_is_null(array, index)) continue;
            bits_set(validity, form->rows[i]);
            if (bits_get(array_bits(array), index)) bits_set(values, form->rows[i]);
        }
    }
    *out = (Truth){values, validity};
    return STATUS_OK;
}

/* Evaluates a boolean operand for the open rows; failed ones are decided. */
static Status form_truth(Form *form, const Operand *operand, Truth *out, Error *err) {
    Register value;
    TRY(form_operand(form, operand, form->open, &value, err));
    bool lazy = operand->lazy != NULL;
    if (lazy || (value.constant && form->count != 1)) {
        TRY(truth_spread(form, &value, lazy, out, err));
    } else {
        *out = (Truth){array_bits(&value.array), value.array.validity};
    }
    if (!lazy) return form_take_errors(form, &value, err);
    for (uint32_t i = 0; value.errors != NULL && i < form->row_count; i++) {
        const RowError *error = value.errors[call_index(&value, i)];
        if (error != NULL) TRY(form_fail(form, form->rows[i], error, err));
    }
    return STATUS_OK;
}

/* AND: an operand that is FALSE (of a conjunction also one that is NULL) decides; else NULL if there was one; else TRUE. OR: the same with the values
 * swapped. `open` ends as the rows that nothing decided. */
Status eval_and_or(Eval *eval, const Step *step, Register *out, Error *err) {
    ASSERT(step->kind == STEP_AND || step->kind == STEP_OR);
    Form form;
    TRY(form_init(&form, eval, step, out, err));
    uint64_t *decided = bits_alloc(eval->frame, form.count, &out->array.values_owner);
    uint64_t *valid = bits_alloc(eval->frame, form.count, &out->array.validity_owner);
    if (decided == NULL || valid == NULL) return error_out_of_memory(err);
    memset(decided, 0, 8 * form.word_count);
    bits_fill(valid, form.count, true);
    bool is_and = step->kind == STEP_AND, has_null = false;
    /* Flipped, FALSE decides an AND as TRUE decides an OR: one loop for both. */
    uint64_t flip = is_and ? ~0ULL : 0, null_decides = step == eval->conjunction ? ~0ULL : 0;
    for (uint32_t i = 0; i < step->argument_count && form_is_open(&form); i++) {
        Truth truth;
        TRY(form_truth(&form, &step->arguments[i], &truth, err));
        has_null |= truth.validity != NULL;
        for (size_t word = 0; word < form.word_count; word++) {
            uint64_t known = truth.validity == NULL ? ~0ULL : truth.validity[word];
            uint64_t decides = known & (truth.values[word] ^ flip);
            decides = (decides | (~known & null_decides)) & form.open[word];
            decided[word] |= decides;
            valid[word] &= known | ~form.open[word];
            form.open[word] &= ~decides;
        }
    }
    for (size_t word = 0; word < form.word_count; word++) {
        valid[word] = decided[word] | (valid[word] & form.open[word]); /* failed rows are in neither */
        decided[word] ^= flip;
    }
    out->array.values = decided;
    if (has_null || form.errors != NULL) out->array.validity = valid;
    out->errors = form.errors;
    return STATUS_OK;
}

/* CASE and COALESCE: each row takes the value of one of the arguments. */
typedef struct Choice {
    Form form;
    Array *arrays; /* what can be chosen; the last is one NULL */
    uint32_t array_count;
    uint32_t *sources;   /* [count]: index in arrays */
    uint32_t *positions; /* [count]: row there */
} Choice;

/* For each row which operand's value it takes; gathered into one array at the end. */
static Status choice_init(Choice *choice, Eval *eval, const Step *step, Register *out, Error *err) {
    TRY(form_init(&choice->form, eval, step, out, err));
    choice->arrays = FRAME_ARRAY(eval->frame, Array, step->argument_count + 1);
    choice->sources = FRAME_ARRAY(eval->frame, uint32_t, choice->form.count);
    choice->positions = FRAME_ARRAY(eval->frame, uint32_t, choice->form.count);
    if (choice->arrays == NULL || choice->sources == NULL || choice->positions == NULL)
        return error_out_of_memory(err);
    choice->array_count = 0;
    return STATUS_OK;
}

/* Rows of `bits` take `value`; with `lazy` they are form.rows, in the order of the value's rows. */
static Status choice_take(Choice *choice, const uint64_t *bits, const Register *value, bool lazy,
                          Error *err) {
    Form *form = &choice->form;
    if (!lazy) TRY(form_list(form, bits, err));
    uint32_t source = choice->array_count++;
    choice->arrays[source] = value->array;
    for (uint32_t i = 0; i < form->row_count; i++) {
        uint32_t row = form->rows[i];
        choice->sources[row] = source;
        choice->positions[row] = (uint32_t)call_index(value, lazy ? i : row);
    }
    for (uint32_t i = 0; value->errors != NULL && i < form->row_count; i++) {
        uint32_t row = form->rows[i];
        const RowError *error = value->errors[choice->positions[row]];
        if (error != NULL) TRY(form_fail(form, row, error, err));
    }
    return STATUS_OK;
}

typedef struct Wide16 {
    uint64_t words[2];
} Wide16;

#define CHOOSE(T)                              \
    for (uint32_t row = 0; row < count; row++) \
    ((T *)out)[row] = ((const T *)bases[choice->sources[row]])[choice->positions[row]]

/* Values of a fixed width, no NULL among what can be chosen: one load per row. False when it is not so. */
static Status choice_gather_fixed(const Choice *choice, const Step *step, Register *result, bool *done,
                                  Error *err) {
    size_t width = type_width(step->type);
    uint32_t count = choice->form.count;
    *done = width > 0 && type_layout(step->type) != LAYOUT_VIEW;
    for (uint32_t i = 0; i < choice->array_count; i++) *done &= choice->arrays[i].validity == NULL;
    if (!*done) return STATUS_OK;
    ASSERT(choice->form.errors == NULL); /* a failed row would be NULL, and there is no NULL to choose */
    const void **bases = FRAME_ARRAY(choice->form.eval->frame, const void *, choice->array_count);
    void *out = frame_alloc(choice->form.eval->frame, count * width, &result->array.values_owner);
    if (bases == NULL || out == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < choice->array_count; i++) bases[i] = choice->arrays[i].values;
    ASSERT(width == 2 || width == 4 || width == 8 || width == 16);
    switch (width) {
        case 2: CHOOSE(uint16_t); break;
        case 4: CHOOSE(uint32_t); break;
        case 8: CHOOSE(uint64_t); break;
        default: CHOOSE(Wide16); break;
    }
    result->array.values = out;
    return STATUS_OK;
}
#undef CHOOSE

/* Rows that nothing was chosen for, and those that failed, are NULL. */
static Status choice_finish(Choice *choice, const Step *step, Register *out, Error *err) {
    Form *form = &choice->form;
    uint32_t null = choice->array_count++;
    TRY(array_nulls(form->eval->frame, step->type, 1, &choice->arrays[null], err));
    TRY(form_list(form, form->open, err));
    for (uint32_t i = 0; i < form->row_count; i++) {
        choice->sources[form->rows[i]] = null;
        choice->positions[form->rows[i]] = 0;
    }
    for (uint32_t row = 0; form->errors != NULL && row < form->count; row++) {
        if (form->errors[row] == NULL) continue;
        choice->sources[row] = null;
        choice->positions[row] = 0;
    }
    /* Nobody chose the NULL, which would only keep the fast way from being taken. */
    if (form->row_count == 0 && form->errors == NULL) choice->array_count--;
    ASSERT(choice->array_count <= step->argument_count + 1);
    bool done;
    TRY(choice_gather_fixed(choice, step, out, &done, err));
    if (done) return STATUS_OK;
    TRY(array_gather_many(choice->arrays, choice->array_count, form->eval->frame, choice->sources,
                          choice->positions, form->count, &out->array, err));
    out->array.type = step->type;
    out->errors = form->errors;
    return STATUS_OK;
}

/* Takes operand `index` for the rows of `bits`, if there are any. */
static Status choice_take_operand(Choice *choice, const Step *step, uint32_t index, const uint64_t *bits,
                                  Error *err) {
    uint64_t any = 0;
    for (size_t i = 0; i < choice->form.word_count; i++) any |= bits[i];
    if (any == 0) return STATUS_OK;
    Register value;
    TRY(form_operand(&choice->form, &step->arguments[index], bits, &value, err));
    return choice_take(choice, bits, &value, step->arguments[index].lazy != NULL, err);
}

/* A condition is asked of the rows still open; those it is true of take its value and are closed. What is left takes ELSE, or NULL. */
static Status eval_case(Choice *choice, const Step *step, Error *err) {
    Form *form = &choice->form;
    uint64_t *hits = bits_alloc(form->eval->frame, form->count, NULL);
    TRY_ALLOC(hits);
    for (uint32_t i = 0; i + 1 < step->argument_count && form_is_open(form); i += 2) {
        Truth truth;
        TRY(form_truth(form, &step->arguments[i], &truth, err));
        for (size_t word = 0; word < form->word_count; word++) {
            uint64_t known = truth.validity == NULL ? ~0ULL : truth.validity[word];
            hits[word] = truth.values[word] & known & form->open[word];
            form->open[word] &= ~hits[word];
        }
        TRY(choice_take_operand(choice, step, i + 1, hits, err));
    }
    if (step->argument_count % 2 == 0) return STATUS_OK;
    memcpy(hits, form->open, 8 * form->word_count);
    memset(form->open, 0, 8 * form->word_count);
    return choice_take_operand(choice, step, step->argument_count - 1, hits, err);
}

/* The bits of `hits` where a value (of the rows in form->rows when lazy) is not NULL. */
static void coalesce_hits(const Form *form, const Register *value, bool lazy, uint64_t *hits) {
    const Array *array = &value->array;
    if (!lazy && !value->constant) {
        for (size_t word = 0; word < form->word_count; word++)
            hits[word] = form->open[word] & (array->validity == NULL ? ~0ULL : array->validity[word]);
        return;
    }
    memcpy(hits, form->open, 8 * form->word_count);
    if (!lazy && array_is_null(array, 0)) memset(hits, 0, 8 * form->word_count);
    for (uint32_t i = 0; lazy && i < form->row_count; i++)
        if (array_is_null(array, call_index(value, i))) bits_clear(hits, form->rows[i]);
}

/* Rows that are still open take the operand's value where it has one; errors close a row too: they are no NULLs. */
static Status eval_coalesce(Choice *choice, const Step *step, Error *err) {
    Form *form = &choice->form;
    uint64_t *hits = bits_alloc(form->eval->frame, form->count, NULL);
    TRY_ALLOC(hits);
    for (uint32_t i = 0; i < step->argument_count && form_is_open(form); i++) {
        const Operand *operand = &step->arguments[i];
        bool lazy = operand->lazy != NULL;
        Register value;
        TRY(form_operand(form, operand, form->open, &value, err));
        coalesce_hits(form, &value, lazy, hits);
        if (lazy) { /* all rows take it: those that are NULL are taken over by the next */
            TRY(choice_take(choice, form->open, &value, true, err));
        } else {
            TRY(form_take_errors(form, &value, err));
            TRY(choice_take(choice, hits, &value, false, err));
        }
        for (size_t word = 0; word < form->word_count; word++) form->open[word] &= ~hits[word];
    }
    return STATUS_OK;
}

Status eval_choice(Eval *eval, const Step *step, Register *out, Error *err) {
    ASSERT(step->kind == STEP_CASE || step->kind == STEP_COALESCE);
    Choice choice;
    TRY(choice_init(&choice, eval, step, out, err));
    if (step->kind == STEP_CASE)
        TRY(eval_case(&choice, step, err));
    else
        TRY(eval_coalesce(&choice, step, err));
    return choice_finish(&choice, step, out, err);
}
