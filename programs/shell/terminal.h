/* SPDX-License-Identifier: Apache-2.0
 * shell/terminal.h - what a terminal is told, and what it tells.
 *
 *     if (terminal_is(STDOUT_FILENO)) ...
 *     TerminalSize size = terminal_size();
 *     text_append_c(&text, paint.error); ... text_append_c(&text, paint.off);
 *
 * Threads: no state. */
#ifndef WEIR_SHELL_TERMINAL_H
#define WEIR_SHELL_TERMINAL_H

#include <termios.h>

#include "base/str.h"

#define TERMINAL_HIDE_CURSOR "\x1b[?25l\x1b[?7l" /* and cut long lines instead of wrapping them */
#define TERMINAL_RESTORE     "\x1b[?25h\x1b[?7h"
#define TERMINAL_CLEAR_LINE  "\x1b[K"
#define TERMINAL_CLEAR_BELOW "\x1b[J"

typedef struct TerminalSize {
    size_t rows, columns;
} TerminalSize;

typedef enum ColorChoice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorChoice;

/* What switches each colour on; all empty when there are none. */
typedef struct Paint {
    const char *error, *warning, *strong, *dim, *off;
} Paint;

bool terminal_is(int fd);

/* Of standard output; 24 x 80 when it does not say. */
TerminalSize terminal_size(void);

/* For messages on `fd`: NO_COLOR and TERM=dumb count where nothing was chosen. */
Paint terminal_paint(ColorChoice choice, int fd);

/* Keys come one at a time and are not shown; Ctrl-C stays a signal. False when `fd` is no terminal. */
bool terminal_raw(int fd, struct termios *before);
void terminal_restore(int fd, const struct termios *before);

#endif
