/* SPDX-License-Identifier: Apache-2.0
 * shell/complete.h - what the word under the cursor may become.
 *
 *     Completer completer;
 *     completer_init(&completer, shell);
 *     completer_find(&completer, earlier_lines, line, cursor);
 *     ... completer.word, completer.candidates ...
 *
 * Candidates are keywords, names of relations, columns of the relations named in the statement, functions; behind SET settings and their
 * values, behind DROP and CREATE the kinds of object;
 * commands of the shell where the line begins with \ or . (then nothing else); and inside WITH (...) options
 * and their values (nothing else), of the connector and format given before. They are valid until the next
 * find. Threads: the main thread's. */
#ifndef WEIR_SHELL_COMPLETE_H
#define WEIR_SHELL_COMPLETE_H

#include "base/vector.h"
#include "shell/shell.h"
#include "shell/with_clause.h"

enum { COMPLETE_COUNT_MAX = 200, COMPLETE_NAME_SIZE_MAX = 64 };

typedef struct Completer {
    Shell *shell;
    Arena arena;
    Str statement; /* up to the end of its line */
    WithClause with;
    bool takes_format; /* the connector of the clause */
    Str word;          /* what candidates replace: the unfinished word before the cursor */
    VECTOR(Str) candidates;
} Completer;

void completer_init(Completer *completer, Shell *shell);
void completer_deinit(Completer *completer);

/* For the byte `cursor` of `line`; `earlier` are the statement's lines before it. */
void completer_find(Completer *completer, Str earlier, Str line, size_t cursor);

/* How far all candidates agree; empty when there are none. */
Str completer_common(const Completer *completer);

#endif
