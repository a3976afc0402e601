/* SPDX-License-Identifier: Apache-2.0
 * shell/mode.h - the forms in which results are shown, as a table.
 *
 *     Mode mode;
 *     if (!mode_find(STR("csv"), &mode)) ...        mode_names() tells what there is
 *
 * Threads: no state. */
#ifndef WEIR_SHELL_MODE_H
#define WEIR_SHELL_MODE_H

#include "base/str.h"

/* The order is that of mode_names. */
typedef enum Mode {
    MODE_AUTO, /* table on a terminal, else csv for finite and jsonl for continuous results */
    MODE_TABLE,
    MODE_BOX,
    MODE_MARKDOWN,
    MODE_CSV,
    MODE_JSON,
    MODE_JSONL,
    MODE_LIST,  /* values with a separator between them */
    MODE_LINE,  /* name = value, one line per column */
    MODE_ARROW, /* an Arrow IPC stream: bytes, not for a terminal */
    MODE_PLAIN, /* values alone, for the lines of EXPLAIN; not offered */
    MODE_COUNT
} Mode;

/* "csv"; static storage. */
const char *mode_name(Mode mode);
/* Of those that can be chosen; with *suggestion (empty: none near) when it is not one of them. */
NODISCARD bool mode_find(Str name, Mode *out, Str *suggestion);
/* "table, box, ..."; static storage. */
const char *mode_names(void);

#endif
