/* SPDX-License-Identifier: Apache-2.0
 * shell/shell.h - what the parts of the command share: a database, a place for results, a place for
 * messages.
 *
 *     Shell shell;
 *     TRY(shell_init(&shell, &options, err));
 *     ...
 *     shell_deinit(&shell);
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_SHELL_H
#define WEIR_SHELL_SHELL_H

#include "io/zones.h"
#include "shell/interrupt.h"
#include "shell/mode.h"
#include "shell/options.h"
#include "shell/output.h"
#include "shell/terminal.h"

/* The text that messages point into: a run of whole lines, and where the statement lies in it. */
typedef struct Place {
    const char *name; /* of the file; NULL: typed at the prompt */
    Str text;
    size_t line;  /* number of the text's first line, from 1 */
    size_t from;  /* the statement's first byte in text */
    size_t size;  /* of the statement */
    size_t added; /* bytes put in front of it ("EXPLAIN ") before the library saw it */
} Place;

/* How results look; the commands of the prompt change it. */
typedef struct Display {
    Mode mode; /* MODE_AUTO: by where it goes and what it is */
    bool has_header;
    bool has_footer;  /* "(3 rows)" below a table */
    bool is_expanded; /* tables as one line per column */
    bool expands_wide; /* only those wider than the screen */
    bool has_timing;
    bool has_pager; /* for what is longer than the screen, at the prompt */
    Text null_text; /* shown for NULL; not in json */
    Text separator; /* between the values of list, and of csv where it is one byte; empty: | and , */
} Display;

typedef struct Shell {
    Memory memory;
    Io *io;
    Zones zones;     /* of what the library names */
    Output out;      /* data */
    Output messages; /* everything else */
    Paint paint;     /* of messages */
    Display display;
    Interrupt interrupt;
    const char *data; /* the database's directory; NULL: in memory */
    weir_db *db;
    weir_conn *conn;
    Text bound;          /* \bind: values of the next statement's parameters (bound.h) */
    uint32_t bound_count;
    const Place *place;  /* of the statement being run; NULL: none */
    weir_stats reported; /* of rows that could not be used: what has been told of */
    Text last;           /* the statement that was run last: again.h */
    Text edited;         /* path of the file that \e has made; empty: none */
    int read_depth;      /* of files that read files */
    bool is_prompt;      /* statements are typed, not read from a script */
    bool keeps_going;    /* scripts run on after a failure */
    bool is_once;        /* the next result ends what the output was redirected to */
    bool is_stopped;     /* no further statement is run */
    bool is_over;        /* by \q */
    bool is_end_failed;  /* what stopped it was told when all sources had been read */
    int exit_status;     /* of the first failure */
} Shell;

NODISCARD Status shell_init(Shell *shell, const Options *options, Error *err);
void shell_deinit(Shell *shell);

/* With another, empty database. */
NODISCARD Status shell_reopen(Shell *shell, Error *err);

/* Takes over what a call of the library left behind: copies *error into `err` and frees it. (A pointer, since
 * the call that fills it stands in the same argument list.) */
Status shell_take_error(int code, weir_error **error, Error *err);

/* Results are shown on a terminal. */
bool shell_has_terminal(const Shell *shell);

#endif
