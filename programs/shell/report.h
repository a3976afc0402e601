/* SPDX-License-Identifier: Apache-2.0
 * shell/report.h - errors and notices, with the line they mean.
 *
 *     ERROR 42703: column "pirce" does not exist (query.sql:3:8)
 *     SELECT pirce FROM trades
 *            ^
 *     HINT: did you mean "price"?
 *
 * The place is file:line:column, the column in characters from 1. A tab takes up to eight columns, wide
 * characters two; of a very long line the part around the caret is shown. Results on their way are written
 * out before. Threads: the main thread's. */
#ifndef WEIR_SHELL_REPORT_H
#define WEIR_SHELL_REPORT_H

#include "shell/shell.h"

/* `err` with its position in the statement of shell->place, or, with no statement running, without one. */
void report_error(Shell *shell, const Error *err);

/* A weir_notice_fn; `user` is the Shell. */
void report_notice(void *user, int kind, const char *message, const char *hint, int64_t position);

/* A line on standard error. */
void report_line(Shell *shell, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* How many records and rows could not be used, or came too late, since the last time: a line for each kind.
 */
void report_lost_rows(Shell *shell);

/* The lines that show where `position` (a byte in place->text) is; appended to `text`. */
void report_write_caret(Text *text, const Place *place, size_t position);

#endif
