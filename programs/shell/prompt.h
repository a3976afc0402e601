/* SPDX-License-Identifier: Apache-2.0
 * shell/prompt.h - the interactive shell: lines typed, history, completion.
 *
 *     return prompt_main(&shell);                   exit status
 *
 * While a line is awaited the database goes on working. Ctrl-C drops the line; on an empty one, twice, it
 * ends the shell. Line editing is libedit's where it was there at build time. Threads: the main thread's. */
#ifndef WEIR_SHELL_PROMPT_H
#define WEIR_SHELL_PROMPT_H

#include "shell/shell.h"

int prompt_main(Shell *shell);

#endif
