/* SPDX-License-Identifier: Apache-2.0
 * shell/terminal.c - what a terminal is told, and what it tells. */
#include "shell/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool terminal_is(int fd) {
    return isatty(fd) == 1;
}

TerminalSize terminal_size(void) {
    struct winsize found;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_row < 2 || found.ws_col < 2)
        return (TerminalSize){24, 80};
    return (TerminalSize){found.ws_row, found.ws_col};
}

static bool wants_color(ColorChoice choice, int fd) {
    if (choice != COLOR_AUTO) return choice == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (no_color != NULL && no_color[0] != '\0') return false;
    if (terminal == NULL || strcmp(terminal, "dumb") == 0) return false;
    return terminal_is(fd);
}

Paint terminal_paint(ColorChoice choice, int fd) {
    if (!wants_color(choice, fd)) return (Paint){"", "", "", "", ""};
    return (Paint){
        .error = "\x1b[1;31m",
        .warning = "\x1b[1;33m",
        .strong = "\x1b[1m",
        .dim = "\x1b[2m",
        .off = "\x1b[0m",
    };
}

bool terminal_raw(int fd, struct termios *before) {
    if (tcgetattr(fd, before) != 0) return false;
    struct termios raw = *before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSANOW, &raw) == 0;
}

void terminal_restore(int fd, const struct termios *before) {
    tcsetattr(fd, TCSANOW, before);
}
