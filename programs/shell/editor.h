/* SPDX-License-Identifier: Apache-2.0
 * shell/editor.h - one line after the other from a terminal.
 *
 *     Editor editor;
 *     TRY(editor_init(&editor, shell, err));
 *     while (editor_read(&editor, earlier_lines, &line) == EDITOR_LINE) editor_keep(&editor, line, is_whole = take(line));
 *     editor_deinit(&editor);
 *
 * A line is valid until the next call and ends in \n. The history is kept in $XDG_STATE_HOME/weir/history
 * (~/.local/state by default). While it waits it lets the database work. Threads: the main thread's. */
#ifndef WEIR_SHELL_EDITOR_H
#define WEIR_SHELL_EDITOR_H

#include "shell/complete.h"
#include "shell/shell.h"

typedef enum EditorEvent {
    EDITOR_LINE,
    EDITOR_END,         /* Ctrl-D */
    EDITOR_INTERRUPTED, /* Ctrl-C; the line holds what had been typed */
} EditorEvent;

typedef struct Editor {
    Shell *shell;
    Str earlier;                /* the statement's lines before this one; empty: it begins here */
    struct editline *line_edit; /* libedit's; NULL without it */
    struct history *history;
    Text history_path;
    Text line;
    Text entry; /* of the history: the lines of the statement so far */
    Completer completer;
} Editor;

NODISCARD Status editor_init(Editor *editor, Shell *shell, Error *err);
void editor_deinit(Editor *editor);

/* `earlier`: what has been typed of the statement. */
EditorEvent editor_read(Editor *editor, Str earlier, Str *line);

/* For the history, where the lines of a statement are one entry: `is_whole` says that it ends, or is given up, here. */
void editor_keep(Editor *editor, Str line, bool is_whole);

#endif
