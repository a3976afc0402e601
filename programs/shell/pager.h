/* SPDX-License-Identifier: Apache-2.0
 * shell/pager.h - results longer than the screen go through a pager, as psql's do.
 *
 *     Pager pager;
 *     pager_begin(&pager, shell);                  before the first byte of a result
 *     ... it is written to shell->out ...
 *     pager_end(&pager);                           waits until the user has seen enough
 *
 * $PAGER is a command for sh; when it is not set it is less, and cat where there is none; when it is empty
 * there is no pager. Only at the prompt and on a terminal. The pager runs when the first write is longer than
 * the screen. Threads: the main thread's. */
#ifndef WEIR_SHELL_PAGER_H
#define WEIR_SHELL_PAGER_H

#include <sys/types.h>

#include "shell/shell.h"

typedef struct Pager {
    Shell *shell;
    pid_t pid; /* 0: not running */
} Pager;

/* Must stay where it is until the end. */
void pager_begin(Pager *pager, Shell *shell);

/* True when the user left the pager before all was written: the statement's DONE is none of the command's,
 * and the output can be used again. */
bool pager_end(Pager *pager);

#endif
