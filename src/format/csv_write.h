/* SPDX-License-Identifier: Apache-2.0
 * format/csv_write.h - batches to CSV text.
 *
 *     csv_write_header(&text, &schema, weights, &options);
 *     csv_write_batch(&text, &schema, &batch, weights, &options);
 *
 * Values are PostgreSQL's text forms, as COPY .. CSV writes them: NULL is options->null_text (by default
 * nothing), quoted is what holds the delimiter, the quote, a line end, is empty, or equals null_text or \. Lines
 * end in LF. With `weights` a last column __weight. A Text that failed is the caller's to notice. Threads: no
 * state.
 *
 * What is written reads back with a decoder of the same options to the same values; texts that are NULL and
 * texts that equal null_text stay apart by their quotes. */
#ifndef WEIR_FORMAT_CSV_WRITE_H
#define WEIR_FORMAT_CSV_WRITE_H

#include "column/batch.h"
#include "format/format.h"

/* The names of the columns, a line. */
void csv_write_header(Text *text, const Schema *schema, bool weights, const FormatOptions *options);
/* A line per row; times by the clock of the schema's zone. Call it whatever `header` says: that option is about reading. */
void csv_write_batch(Text *text, const Schema *schema, const Batch *batch, bool weights, const FormatOptions *options);
/* One row with its line end. */
void csv_write_row(Text *text, const Schema *schema, const Batch *batch, size_t row, bool weights, const FormatOptions *options);
/* One field, quoted where needed. */
void csv_write_text(Text *text, Str field, const FormatOptions *options);

#endif
