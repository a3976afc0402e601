/* SPDX-License-Identifier: Apache-2.0
 * format/csv_write.c - rows as COPY .. CSV writes them. */
#include "format/csv_write.h"

/* What an unquoted field cannot hold. */
static bool needs_quotes(Str field, const FormatOptions *options) {
    /* The empty text is quoted so that it is told from NULL, and what alone on a line ends the input of COPY. */
    if (str_equal(field, options->null_text) || field.size == 0 || str_equal(field, STR("\\."))) return true;
    if (field.data[0] == options->comment) return true; /* never '\0', which no text holds */
    for (size_t i = 0; i < field.size; i++) {
        char c = field.data[i];
        if (c == options->delimiter || c == options->quote || c == '\n' || c == '\r') return true;
    }
    return false;
}

void csv_write_text(Text *text, Str field, const FormatOptions *options) {
    DEBUG_ASSERT(options->delimiter != options->quote && options->delimiter != options->escape);
    if (!needs_quotes(field, options)) {
        text_append(text, field);
        return;
    }
    text_append_char(text, options->quote);
    size_t start = 0;
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] != options->quote && field.data[i] != options->escape) continue;
        text_append(text, str_from(field.data + start, i - start));
        /* The escape, then the byte itself with the next run. */
        text_append_char(text, options->escape);
        start = i;
    }
    text_append(text, str_from(field.data + start, field.size - start));
    text_append_char(text, options->quote);
}

void csv_write_header(Text *text, const Schema *schema, bool weights, const FormatOptions *options) {
    for (uint32_t i = 0; i < schema->count; i++) {
        if (i > 0) text_append_char(text, options->delimiter);
        csv_write_text(text, schema->fields[i].name, options);
    }
    if (weights) {
        if (schema->count > 0) text_append_char(text, options->delimiter);
        text_append_c(text, "__weight");
    }
    text_append_char(text, '\n');
}

/* The value is written in place; only when it needs quotes is it taken out and written again. */
static void write_value(Text *text, const Array *array, size_t row, const Zone *zone, const FormatOptions *options) {
    DEBUG_ASSERT(row < array->length);
    if (array_is_null(array, row)) {
        text_append(text, options->null_text);
        return;
    }
    if (type_is_text(array->type)) {
        csv_write_text(text, array_text(array, row), options);
        return;
    }
    size_t start = text->size;
    array_value_text_in_zone(array, row, zone, text);
    if (text->failed) return;
    Str value = str_from(text->data + start, text->size - start);
    if (!needs_quotes(value, options)) return;
    /* Quoting makes it longer, so it cannot be done in place. */
    Text copy;
    text_init(&copy, text->memory);
    text_append(&copy, value);
    text->failed |= copy.failed;
    text->size = start;
    csv_write_text(text, text_str(&copy), options);
    text_deinit(&copy);
}

void csv_write_row(Text *text, const Schema *schema, const Batch *batch, size_t row, bool weights, const FormatOptions *options) {
    DEBUG_ASSERT(row < batch->row_count);
    for (uint32_t i = 0; i < batch->column_count; i++) {
        if (i > 0) text_append_char(text, options->delimiter);
        write_value(text, &batch->columns[i], row, schema->zone, options);
    }
    if (weights) {
        if (batch->column_count > 0) text_append_char(text, options->delimiter);
        text_append_i64(text, batch_weight(batch, row));
    }
    text_append_char(text, '\n');
}

void csv_write_batch(Text *text, const Schema *schema, const Batch *batch, bool weights, const FormatOptions *options) {
    for (uint32_t row = 0; row < batch->row_count; row++) csv_write_row(text, schema, batch, row, weights, options);
}
