/* SPDX-License-Identifier: Apache-2.0
 * shell/commands.h - the commands beside SQL, \d and .tables alike; commands.def lists them.
 *
 *     if (commands_is_one(line)) status = commands_run(shell, line, &file, err);
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_COMMANDS_H
#define WEIR_SHELL_COMMANDS_H

#include "shell/shell.h"

/* Does the text begin with one? */
bool commands_is_one(Str text);

/* *file: whose statements are to be run next (\i, .read), a part of `line`; empty for all other commands. Errors have no position. DONE and
 * INTERRUPTED as run_statement. */
NODISCARD Status commands_run(Shell *shell, Str line, Str *file, Error *err);

/* Does only what statements behind it need, of those that load rows: the table that \import makes is there, and empty. */
NODISCARD Status commands_check(Shell *shell, Str line, Error *err);

/* The nth spelling, with its sign: "\d", ".describe", ..; NULL after the last. For completion. */
const char *commands_spelling(size_t n);

#endif
