/* SPDX-License-Identifier: Apache-2.0
 * shell/demo.h - `weir demo`: made-up trades, their average price per minute and symbol, while you watch.
 *
 *     return demo_main(&shell, &options);           exit status
 *
 * On a terminal it goes on until Ctrl-C, q, or --seconds; elsewhere it prints the rows and ends after
 * DEMO_SECONDS. Threads: the main thread's. */
#ifndef WEIR_SHELL_DEMO_H
#define WEIR_SHELL_DEMO_H

#include "shell/shell.h"

enum { DEMO_SECONDS = 10 };

int demo_main(Shell *shell, const Options *options);

#endif
