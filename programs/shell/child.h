/* SPDX-License-Identifier: Apache-2.0
 * shell/child.h - commands of the system's shell: the pager, and what \! runs.
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_CHILD_H
#define WEIR_SHELL_CHILD_H

#include <sys/types.h>

#include "shell/shell.h"

/* sh -c command, its standard input `input`, with the signals that the shell holds back. 0: it could not be run. */
pid_t child_start(const char *command, int input);
/* Until it has ended; true: by a signal. */
bool child_wait(pid_t pid);

/* Runs the command with the standard streams as they are, and waits for its end; what it answers is its own matter. */
NODISCARD Status child_run(Shell *shell, Str command, Error *err);

#endif
