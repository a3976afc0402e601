/* SPDX-License-Identifier: Apache-2.0
 * shell/status_line.h - the figures of a running database in one line.
 *
 *     98,310 rows/s | 1,203,400 rows | watermark 5.0 s behind | state 14.2 KB
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_STATUS_LINE_H
#define WEIR_SHELL_STATUS_LINE_H

#include "shell/shell.h"

typedef struct StatusLine {
    int64_t measured_ns; /* when the rate was taken last */
    uint64_t measured_rows;
    uint64_t rows_first; /* when it began */
    double rate;         /* rows per second */
} StatusLine;

void status_line_init(StatusLine *line, Shell *shell, int64_t now_ns);

/* Is it so old that it should be drawn again although nothing else has changed? */
bool status_line_is_stale(const StatusLine *line, int64_t now_ns);

/* Without a line end. */
void status_line_write(StatusLine *line, Shell *shell, int64_t now_ns, bool is_paused, Text *text);

/* "14.2 KB" and "1,203,400". */
void status_line_write_bytes(Text *text, int64_t bytes);
void status_line_write_count(Text *text, uint64_t count);

#endif
