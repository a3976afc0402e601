/* SPDX-License-Identifier: Apache-2.0
 * shell/output.h - what is on its way to a standard stream or a file.
 *
 *     output_text(&output)                          append to it
 *     output_spill(&output);                        after each row or batch: writes when there is much
 *     output_flush(&output);                        after a statement, before a wait, before a message
 *     if (output.status != STATUS_OK) stop();       DONE: the reader of the pipe has gone, which is no error
 *
 * The first failure is kept and everything after it dropped, so that writers ask only between batches.
 * Threads: one at a time. */
#ifndef WEIR_SHELL_OUTPUT_H
#define WEIR_SHELL_OUTPUT_H

#include "base/text.h"
#include "io/io.h"

enum { OUTPUT_SPILL_SIZE = 64 * 1024 };

typedef struct Output Output;

/* May send the output elsewhere before anything of output->text is written. */
typedef void OutputBefore(Output *output, void *context);

struct Output {
    IoFile standard; /* the stream given at the start */
    IoFile file;     /* where text goes now */
    Text path;       /* of a file that output_redirect opened */
    Text text;       /* not written yet */
    Status status;   /* OK, DONE, or the failure in `error` */
    Error error;
    OutputBefore *before_first; /* called once, before the next write; NULL: none */
    void *before_context;
};

void output_init(Output *output, Memory *memory, IoFile standard);
void output_deinit(Output *output);

static inline Text *output_text(Output *output) {
    return &output->text;
}

/* Writes what is there when it has become much. */
void output_spill(Output *output);
void output_flush(Output *output);

/* From now on to the file, or, with an empty path, to the standard stream again. */
NODISCARD Status output_redirect(Output *output, Str path, Error *err);

#endif
