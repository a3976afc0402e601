/* SPDX-License-Identifier: Apache-2.0
 * format/arrow_write.h - Arrow arrays to an Arrow IPC stream.
 *
 * Takes the arrays that weir.h gives (a struct with one child per column), and writes what pyarrow, DuckDB,
 * Polars and others read: once the schema, then batches, then the end.
 *
 *     TRY(arrow_write_schema(&text, &schema, err));
 *     for (int64_t from = 0; from < array.length;) from += arrow_write_batch(&text, &schema, &array, from);
 *     arrow_write_end(&text);
 *
 * Text and bytea leave as plain utf8 and binary, which every reader has known since the first version: a view
 * drags the whole buffer it points into along, and that may be a block of the source of which one row is
 * left. What lies under a NULL is written as zeros, so that equal rows are equal bytes. A Text that failed is
 * the caller's to notice. Threads: no state. */
#ifndef WEIR_FORMAT_ARROW_WRITE_H
#define WEIR_FORMAT_ARROW_WRITE_H

#include "base/text.h"
#include "column/arrow.h"

/* Bytes. A batch is cut where the text of one of its columns would pass this, so that its 32-bit offsets
 * suffice. */
enum { ARROW_WRITE_TEXT_SIZE_MAX = 64 << 20 };

/* A struct schema with one child per column. NOT_SUPPORTED for a type that weir.h never gives, or a
 * dictionary; nothing is written then. */
NODISCARD Status arrow_write_schema(Text *text, const struct ArrowSchema *schema, Error *err);

/* Rows from `from` on, of a schema that was written; returns how many: all that are left, unless their text
 * is too long, and at least one. 0 <= from < array->length. The schema is the one that was written: the
 * formats in it say how the buffers lie. */
int64_t arrow_write_batch(Text *text, const struct ArrowSchema *schema, const struct ArrowArray *array,
                          int64_t from);

/* The mark that ends a stream. Without it readers take what came, and some complain. */
void arrow_write_end(Text *text);

#endif
