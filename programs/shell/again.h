/* SPDX-License-Identifier: Apache-2.0
 * shell/again.h - the statement that was last, once more: \watch and \e.
 *
 *     again_note(shell, statement);                        before each statement that is run
 *     TRY(again_watch(shell, STR("5"), err));
 *     TRY(again_edit(shell, &path, err));                  what the file holds is to be run, if path is not empty
 *     again_forget_file(shell);
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_AGAIN_H
#define WEIR_SHELL_AGAIN_H

#include "shell/shell.h"

/* Long ones are forgotten: nobody looks at them again. */
void again_note(Shell *shell, Str statement);

/* Runs the last statement every so many seconds (a number above 0; empty: 2) until it fails or a signal comes, which at the prompt is no
 * failure. The database goes on meanwhile. */
NODISCARD Status again_watch(Shell *shell, Str seconds, Error *err);

/* The last statement in $EDITOR, $VISUAL or vi. *path: the file that was saved, empty where nothing was changed. Only at the prompt. */
NODISCARD Status again_edit(Shell *shell, Str *path, Error *err);
void again_forget_file(Shell *shell);

#endif
