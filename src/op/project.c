/* SPDX-License-Identifier: Apache-2.0
 * op/project.c - FILTER and PROJECT, alone or as one: rows are selected first, then only the columns
 * that the projection reads are gathered. */
#include "base/hash.h"
#include "op/op_priv.h"

typedef struct ProjectOp {
    const Program *filter;  /* NULL: every row stays */
    const Program *project; /* NULL: every column stays */
    uint64_t row_count;     /* rows seen: random() of a row does not depend on the batch it came in */
} ProjectOp;

Status project_init(Op *op, const PlanNode *filter, const OpContext *context, Error *err) {
    ProjectOp *project = ARENA_NEW(&op->arena, ProjectOp);
    TRY_ALLOC(project);
    const PlanNode *node = op->node;
    if (node->kind == PLAN_FILTER) filter = node;
    Program *program;
    if (filter != NULL) {
        TRY(program_compile(&op->arena, &filter->filter.predicate, 1, context->kernels, &program, err));
        project->filter = program;
    }
    if (node->kind == PLAN_PROJECT) {
        TRY(program_compile(&op->arena, node->project.exprs, node->column_count, context->kernels, &program,
                            err));
        project->project = program;
    }
    ASSERT(project->filter != NULL || project->project != NULL);
    op->impl = project;
    return STATUS_OK;
}

/* The columns of the selected rows; rows that failed are reported and left out. */
static Status compute(Op *op, const OpContext *context, const EvalContext *eval, const Batch *batch,
                      const uint32_t *rows, uint32_t count, Batch *out, Error *err) {
    const ProjectOp *project = op->impl;
    Frame *frame = context->frame;
    ASSERT(project->project != NULL);
    ASSERT(rows != NULL || count == batch->row_count);
    uint32_t column_count = op->node->column_count;
    Array *columns = FRAME_ARRAY(frame, Array, column_count + 1);
    TRY_ALLOC(columns);
    RowErrors errors = NULL;
    TRY(program_eval(project->project, eval, frame, batch, rows, count, columns, &errors, err));
    Batch whole;
    TRY(batch_gather_meta(batch, frame, rows, count, &whole, err));
    whole.columns = columns;
    whole.column_count = column_count;
    whole.row_count = count;
    *out = whole;
    if (errors == NULL) return STATUS_OK;
    /* The row is reported with the input's columns: those of the output are not all there. */
    TRY(op_row_errors(op, context, op->node->inputs[0], batch, rows, count, errors, err));
    uint32_t *good = frame_alloc(frame, (count + 1) * sizeof(uint32_t), NULL), good_count = 0;
    TRY_ALLOC(good);
    for (uint32_t i = 0; i < count; i++)
        if (errors[i] == NULL) good[good_count++] = i;
    return batch_gather(&whole, frame, good, good_count, out, err);
}

Status project_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err) {
    ProjectOp *project = op->impl;
    uint32_t *rows = NULL, count = batch->row_count;
    EvalContext eval = context->eval;
    /* random() must differ between two calls in one statement, and not depend on how the input was cut: it is a
     * function of the seed, the node and the number of the row since the start. */
    eval.random_seed = hash_combine(eval.random_seed, op->node->id);
    eval.row_base = project->row_count;
    project->row_count += batch->row_count;
    if (project->filter != NULL) {
        rows = frame_alloc(context->frame, (batch->row_count + 16) * sizeof(uint32_t), NULL);
        TRY_ALLOC(rows);
        RowErrors errors = NULL;
        TRY(program_filter(project->filter, &eval, context->frame, batch, rows, &count, &errors, err));
        TRY(op_row_errors(op, context, op->node->inputs[0], batch, NULL, batch->row_count, errors, err));
        if (count == 0) return STATUS_OK;
        ASSERT(count <= batch->row_count);
        if (count == batch->row_count) rows = NULL; /* all: columns are used as they lie, nothing is gathered */
    }
    if (project->project != NULL) return compute(op, context, &eval, batch, rows, count, &out->batch, err);
    if (rows == NULL) {
        out->batch = *batch;
        return STATUS_OK;
    }
    return batch_gather(batch, context->frame, rows, count, &out->batch, err);
}
