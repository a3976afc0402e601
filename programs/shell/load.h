/* SPDX-License-Identifier: Apache-2.0
 * shell/load.h - rows of a file into a table: sqlite's .import, psql's \copy.
 *
 * Both become statements: a source over the file that stops at its first bad record, INSERT INTO table SELECT from it, and
 * the source is dropped. So nothing is in the table unless all of it is.
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_LOAD_H
#define WEIR_SHELL_LOAD_H

#include "shell/shell.h"

/* [--csv] FILE TABLE. A table that is not there is made, with columns guessed as CREATE SOURCE guesses them. */
NODISCARD Status load_import(Shell *shell, Str line, Error *err);

/* TABLE [(columns)] FROM 'FILE' [csv [header] ..], or [WITH] (FORMAT csv, HEADER, ..). A CSV's fields are the columns in
 * their order, whatever its first line calls them, as psql has it. */
NODISCARD Status load_copy(Shell *shell, Str line, Error *err);

/* The same without rows: the table is there afterwards. */
NODISCARD Status load_check_import(Shell *shell, Str line, Error *err);
NODISCARD Status load_check_copy(Shell *shell, Str line, Error *err);

#endif
