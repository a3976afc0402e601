/* SPDX-License-Identifier: Apache-2.0
 * shell/answer.h - the rows of a running statement, batch by batch.
 *
 *     Answer answer;
 *     TRY(answer_open(&answer, shell, stmt, err));
 *     while ((status = answer_next(&answer, &batch, err)) == STATUS_OK) show(batch);
 *     answer_close(&answer);
 *
 * A batch is valid until the next call. Threads: one at a time. */
#ifndef WEIR_SHELL_ANSWER_H
#define WEIR_SHELL_ANSWER_H

#include "weir.h"
#include "column/arrow.h"
#include "shell/shell.h"

enum { ANSWER_KEY_COUNT_MAX = 32 };

/* A result as it comes from the library, taken apart into columns again. */
typedef struct Answer {
    int flags; /* WEIR_STMT_ */
    int key[ANSWER_KEY_COUNT_MAX];
    int key_count;        /* 0: the whole row is the key */
    const Schema *schema; /* the columns to show: without __weight */
    Schema columns;
    Schema all; /* with it */
    struct ArrowSchema arrow; /* of `all`, as the library gives it */
    struct ArrowArrayStream stream;
    Arena arena;
    BufferPool *pool;
    Frame frame;
    bool has_frame;
    ArrowImport import;
} Answer;

/* Runs the statement. One without rows has run when this returns; its result has no columns. */
NODISCARD Status answer_open(Answer *answer, Shell *shell, weir_stmt *stmt, Error *err);
void answer_close(Answer *answer);

/* DONE at the end. The batch has all columns of answer->all. */
NODISCARD Status answer_next(Answer *answer, Batch *batch, Error *err);

/* The same as the library gives it, without a copy; the caller releases it. */
NODISCARD Status answer_next_arrow(Answer *answer, struct ArrowArray *array, Error *err);

/* Would the next call wait for input? */
bool answer_would_wait(Answer *answer);

static inline bool answer_has_rows(const Answer *answer) {
    return (answer->flags & WEIR_STMT_ROWS) != 0;
}

static inline bool answer_has_weights(const Answer *answer) {
    return (answer->flags & WEIR_STMT_WEIGHTS) != 0;
}

/* Every row of a statement of the shell's own, given to `take`. */
typedef void AnswerTake(void *context, const Batch *batch, size_t row);
NODISCARD Status answer_each_row(Shell *shell, Str sql, AnswerTake *take, void *context, Error *err);

/* A text of such a row; data NULL: NULL. */
Str answer_text(const Batch *batch, uint32_t column, size_t row);

/* What answer->flags says of the last column. */
int64_t answer_weight(const Answer *answer, const Batch *batch, size_t row);

#endif
