/* SPDX-License-Identifier: Apache-2.0
 * shell/printer.h - prints the rows of one result in one of the modes; arrow is shell/arrow_print.h.
 *
 *     Printer printer;
 *     TRY(printer_begin(&printer, &shell->out, &schema, mode, display, err));
 *     printer_batch(&printer, &batch);
 *     printer_pause(&printer);          input is awaited: what is known so far should be seen
 *     printer_end(&printer);
 *
 * Threads: one at a time. */
#ifndef WEIR_SHELL_PRINTER_H
#define WEIR_SHELL_PRINTER_H

#include "format/format.h"
#include "shell/shell.h"
#include "shell/table.h"

/* One result being printed. Fields are the printer's; `row_count` may be read. */
typedef struct Printer {
    Mode mode;
    Output *out;
    const Schema *schema;
    bool has_header;
    bool is_expanded;
    bool is_begun;
    bool has_footer;
    Str null_text, separator;
    uint64_t row_count;
    Table table;
    FormatOptions csv;
} Printer;

/* The schema is borrowed; its columns are the first of each batch. `mode` is neither AUTO nor ARROW. */
NODISCARD Status printer_begin(Printer *printer, Output *out, const Schema *schema, Mode mode,
                               const Display *display, Error *err);

/* Writes the rows, or holds them while a table's widths are looked for. A failed output is the Output's to tell. */
void printer_batch(Printer *printer, const Batch *batch);
void printer_pause(Printer *printer);
void printer_end(Printer *printer);
/* Without an end, after a failure: what is held is dropped. */
void printer_deinit(Printer *printer);

#endif
