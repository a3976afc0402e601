/* SPDX-License-Identifier: Apache-2.0
 * shell/arrow_print.h - writes the rows of one result as an Arrow IPC stream: mode arrow.
 *
 *     TRY(arrow_print(&shell->out, &answer, err));
 *
 * Several results are several streams, one behind the other. A stream that was begun is always ended, also by
 * a failure or Ctrl-C, so that what follows it can be read; a statement that fails before its first row
 * writes nothing. What has come is written whenever input is awaited. Threads: the main thread's. */
#ifndef WEIR_SHELL_ARROW_PRINT_H
#define WEIR_SHELL_ARROW_PRINT_H

#include "shell/answer.h"
#include "shell/output.h"

/* The first failure of `out` comes back too. */
NODISCARD Status arrow_print(Output *out, Answer *answer, Error *err);

#endif
