/* SPDX-License-Identifier: Apache-2.0
 * shell/run.h - runs one statement and shows what it gives.
 *
 *     Status status = run_statement(shell, &place, &err);
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_RUN_H
#define WEIR_SHELL_RUN_H

#include "shell/shell.h"

/* The statement at place->from. DONE: nobody reads the results any more. INTERRUPTED: Ctrl-C. Messages that
 * come meanwhile point into `place`. The caller reports the error. */
NODISCARD Status run_statement(Shell *shell, const Place *place, Error *err);

/* The same for a statement of the shell's own, shown in `mode`. */
NODISCARD Status run_sql(Shell *shell, Str sql, Mode mode, Error *err);

/* Binds the statement and runs nothing. */
NODISCARD Status run_check(Shell *shell, const Place *place, Error *err);

/* The first failure of the data's way out, if there was one. */
Status run_output_status(const Shell *shell, Error *err);

#endif
