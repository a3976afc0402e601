/* SPDX-License-Identifier: Apache-2.0
 * shell/live.h - watches a continuous result on a terminal.
 *
 * A result whose rows replace each other is drawn again in place; rows that only come are printed one below
 * the other. Under them a line of figures: rows per second, how far the watermark is behind, bytes of state.
 * Space pauses, q stops, Ctrl-C stops and tells the caller so. What stays behind is the whole table.
 *
 *     Status status = live_show(shell, &answer, &(LiveOptions){.mode = MODE_TABLE}, err);
 *
 * Threads: the main thread's. */
#ifndef WEIR_SHELL_LIVE_H
#define WEIR_SHELL_LIVE_H

#include "shell/answer.h"
#include "shell/shell.h"

typedef struct LiveOptions {
    Mode mode;
    bool has_key;        /* rows replace each other by key_column alone, the one with the greater text in */
    uint32_t key_column; /* order_column staying: for results that keep more than their newest rows */
    uint32_t order_column;
    int64_t seconds; /* > 0: ends by itself, with OK */
} LiveOptions;

/* OK: the end of the result, q, or the time is over. INTERRUPTED: Ctrl-C. */
NODISCARD Status live_show(Shell *shell, Answer *answer, const LiveOptions *options, Error *err);

#endif
