/* SPDX-License-Identifier: Apache-2.0
 * shell/check.h - `weir check` and `weir explain`: scripts looked at without reading any input.
 *
 * Statements are bound in a scratch database. What defines something (CREATE, but for sinks, which would open
 * their files; DROP; SET) is run there, so that later statements find it; nothing else is.
 *
 *     return check_main(&shell, &options);          exit status
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_CHECK_H
#define WEIR_SHELL_CHECK_H

#include "shell/shell.h"

/* Reports every error of the scripts, each in a database of its own; one line for each script without any. */
int check_main(Shell *shell, const Options *options);

/* The plan of the last statement. */
int explain_main(Shell *shell, const Options *options);

#endif
