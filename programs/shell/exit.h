/* SPDX-License-Identifier: Apache-2.0
 * shell/exit.h - with which status the command ends. */
#ifndef WEIR_SHELL_EXIT_H
#define WEIR_SHELL_EXIT_H

#include "base/error.h"

enum {
    EXIT_OK = 0,
    EXIT_STATEMENT = 1,     /* a statement failed, or a view or sink has halted */
    EXIT_USAGE = 2,         /* the command line makes no sense */
    EXIT_INPUT = 4,         /* an input, or the script itself, could not be read */
    EXIT_INTERRUPTED = 130, /* SIGINT */
    EXIT_TERMINATED = 143,  /* SIGTERM */
};

/* For a statement that ended so. A reader that has gone (DONE) is no failure. */
static inline int exit_of_status(Status status) {
    switch (status) {
        case STATUS_OK:
        case STATUS_DONE: return EXIT_OK;
        case STATUS_BAD_RECORD: /* on_error = 'stop' */
        case STATUS_FUTURE_TIME:
        case STATUS_INPUT_NOT_SUPPORTED:
        case STATUS_IO:
        case STATUS_FILE_NOT_FOUND: return EXIT_INPUT;
        case STATUS_INTERRUPTED: return EXIT_INTERRUPTED;
        default: return EXIT_STATEMENT;
    }
}

#endif
