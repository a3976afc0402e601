/* SPDX-License-Identifier: Apache-2.0
 * shell/bound.h - \bind: values for the parameters of the next statement.
 *
 *     TRY(bound_take(shell, line, err));          \bind 42 'a text'
 *     TRY(bound_give(shell, stmt, err));          the next statement's $1 and $2
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_BOUND_H
#define WEIR_SHELL_BOUND_H

#include "shell/shell.h"

/* The words of the line, instead of those there were; what stands in single quotes is one, '' in it a quote. */
NODISCARD Status bound_take(Shell *shell, Str line, Error *err);

/* Binds them, each as text, and forgets them. */
NODISCARD Status bound_give(Shell *shell, weir_stmt *stmt, Error *err);

#endif
