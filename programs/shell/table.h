/* SPDX-License-Identifier: Apache-2.0
 * shell/table.h - rows in columns of equal width, for eyes.
 *
 *     Table table;
 *     TRY(table_init(&table, memory, schema, MODE_BOX, has_header, err));
 *     table_add_row(&table, batch, row);
 *     table_write(&table, output_text(out));       the rows so far, the head before the first
 *     table_write_end(&table, output_text(out));   the lower edge
 *
 * Widths are those of the rows written together; rows written later widen them where they must. Numbers stand
 * at the right. What a terminal would act on is written as an escape. Threads: one at a time. */
#ifndef WEIR_SHELL_TABLE_H
#define WEIR_SHELL_TABLE_H

#include "base/vector.h"
#include "column/batch.h"
#include "shell/mode.h"

enum { TABLE_ROW_COUNT_MAX = 10000 }; /* held back to find the widths */

/* One cell's text, as it will be written, and the columns it takes on a screen. */
typedef struct TableCell {
    size_t offset; /* in the bytes */
    uint32_t size;
    uint32_t width;
} TableCell;

typedef struct Table {
    Memory *memory;
    const Schema *schema;
    const struct TableStyle *style;
    bool has_header;
    Str null_text;      /* shown for NULL; may be set after table_init, as may */
    size_t width_max;   /* what is wider is written one line per column; 0: nothing is */
    bool is_begun;      /* the head is written */
    bool is_expanded;
    uint32_t *widths;   /* of each column */
    size_t row_count;   /* held now */
    uint64_t row_total; /* written */
    Text bytes;
    VECTOR(TableCell) cells;
} Table;

/* `mode` is TABLE, BOX or MARKDOWN; the schema is borrowed. */
NODISCARD Status table_init(Table *table, Memory *memory, const Schema *schema, Mode mode, bool has_header,
                            Error *err);
void table_deinit(Table *table);

/* The first schema->count columns. A refused allocation shows when the table is written. */
void table_add_row(Table *table, const Batch *batch, size_t row);
/* The same from texts: data NULL is NULL. */
void table_add_texts(Table *table, const Str *cells);

/* Writes the rows held, and holds none. Where memory was refused for one of them `text` fails, as a Text does. */
void table_write(Table *table, Text *text);

/* The lower edge, where the mode has one; after it nothing may be added. */
void table_write_end(Table *table, Text *text);

/* One line per column, as psql's \x and as sqlite's mode line; `number` is the record's, from 1. */
void table_write_expanded(const Schema *schema, Str null_text, const Batch *batch, size_t row, uint64_t number, Text *text);
void table_write_lines(const Schema *schema, Str null_text, const Batch *batch, size_t row, uint64_t number, Text *text);

#endif
