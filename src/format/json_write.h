/* SPDX-License-Identifier: Apache-2.0
 * format/json_write.h - batches to JSON text, values as PostgreSQL's row_to_json writes them.
 *
 *     json_write_batch(&text, &schema, &batch, weights);       {"symbol":"A","price":1.5}\n ...
 *
 * Numbers and booleans bare; NaN and infinities as quoted text; dates and times quoted, ISO, with a T;
 * everything else its text form, quoted and escaped; NULL is null. Timestamps with time zone end in the
 * offset that the schema's zone has then, +02:00.
 * With `weights` a last member "__weight". A Text that failed is the caller's to notice. Threads: no state.
 *
 * An object per line is what the decoder of JSON reads back: bytea apart (a text there), to the same
 * values. */
#ifndef WEIR_FORMAT_JSON_WRITE_H
#define WEIR_FORMAT_JSON_WRITE_H

#include "column/batch.h"

/* As described above, by the clock of `zone`; a type that is nested has no values yet (asserted). */
void json_write_value(Text *text, const Array *array, size_t row, const Zone *zone);
/* One object, no line end. The schema gives the names and has the batch's columns; of two fields of one name
 * both are written. */
void json_write_row(Text *text, const Schema *schema, const Batch *batch, size_t row, bool weights);
/* An object and a line end for each row. */
void json_write_batch(Text *text, const Schema *schema, const Batch *batch, bool weights);

#endif
