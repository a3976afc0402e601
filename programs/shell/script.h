/* SPDX-License-Identifier: Apache-2.0
 * shell/script.h - statements from a text, a file or a pipe, each run as soon as its semicolon is there.
 *
 *     Script script;
 *     script_init(&script, shell, "query.sql", script_run_one);
 *     script_add(&script, bytes);                 runs what has become complete
 *     script_end(&script);                        the last statement needs no semicolon
 *     script_deinit(&script);
 *
 * Failures are reported where they happen; shell->exit_status keeps the first, shell->is_stopped ends all.
 * A line that begins a statement with \ or . is a command of the shell. Of the text only the lines from the
 * statement being run on are kept. Threads: the main thread's. */
#ifndef WEIR_SHELL_SCRIPT_H
#define WEIR_SHELL_SCRIPT_H

#include "shell/shell.h"

typedef struct Script Script;

/* What is done with each statement. */
typedef Status ScriptStep(Script *script, const Place *place, Error *err);

struct Script {
    Shell *shell;
    ScriptStep *step;
    void *context; /* the step's */
    const char *name;
    bool is_file;   /* or standard input: not an argument, nothing typed */
    Text text;      /* kept */
    size_t line;    /* number of its first line */
    size_t at;      /* where the next statement begins */
    size_t scanned; /* no statement ends before */
};

void script_init(Script *script, Shell *shell, const char *name, ScriptStep *step);
void script_deinit(Script *script);

/* The step that runs a statement and shows its result. */
Status script_run_one(Script *script, const Place *place, Error *err);

void script_add(Script *script, Str bytes);
void script_end(Script *script);
/* The begun statement that has no semicolon yet; empty when there is none. */
Str script_pending(const Script *script);
/* Is something begun that has no semicolon yet? */
bool script_is_open(const Script *script);

/* Drops what waits for its semicolon. */
void script_forget(Script *script);

/* Reads the file to its end, or until something fails; path "-" is standard input. */
void script_read_file(Script *script, const char *path);

/* One -c or -f, each of its statements given to `step`. */
void script_run_input(Shell *shell, const Input *input, ScriptStep *step, void *context);

/* Everything the command line asks for; the exit status. */
int script_main(Shell *shell, const Options *options);

#endif
