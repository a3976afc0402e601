/* SPDX-License-Identifier: Apache-2.0
 * shell/complete.h - what the word under the cursor may become.
 *
 *     Completer completer;
 *     completer_init(&completer, shell);
 *     Str word = completer_word(before_cursor);
 *     completer_find(&completer, before_cursor, whole_line);
 *     ... completer.candidates ...
 *
 * Candidates are keywords, names of relations, columns of the relations named in the line, functions, and
 * commands of the shell where the line begins with \ or . (then nothing else). They are valid until the next
 * find. Threads: the main thread's. */
#ifndef WEIR_SHELL_COMPLETE_H
#define WEIR_SHELL_COMPLETE_H

#include "base/vector.h"
#include "shell/shell.h"

enum { COMPLETE_COUNT_MAX = 200 };

typedef struct Completer {
    Shell *shell;
    Arena arena;
    VECTOR(Str) candidates;
} Completer;

void completer_init(Completer *completer, Shell *shell);
void completer_deinit(Completer *completer);

/* The unfinished word at the end of the line; empty after a blank. */
Str completer_word(Str line);

/* `line` up to the cursor; `context` is what may name relations. */
void completer_find(Completer *completer, Str line, Str context);

/* How far all candidates agree; empty when there are none. */
Str completer_common(const Completer *completer);

#endif
