/* SPDX-License-Identifier: Apache-2.0
 * shell/printer.c - prints the rows of one result in one of the modes. */
#include "shell/printer.h"

#include "format/csv_write.h"
#include "format/json_write.h"

static bool is_table(const Printer *printer) {
    return printer->mode == MODE_TABLE || printer->mode == MODE_BOX || printer->mode == MODE_MARKDOWN;
}

Status printer_begin(Printer *printer, Output *out, const Schema *schema, Mode mode, const Display *display,
                     Error *err) {
    ASSERT(mode != MODE_AUTO && mode != MODE_ARROW);
    *printer = (Printer){
        .mode = mode,
        .out = out,
        .schema = schema,
        .has_header = display->has_header,
        .is_expanded = display->is_expanded && (mode == MODE_TABLE || mode == MODE_BOX),
        .has_footer = display->has_footer && mode == MODE_TABLE,
        .null_text = text_str(&display->null_text),
        .separator = display->separator.size > 0 ? text_str(&display->separator) : STR("|"),
        .csv = format_options_default(FORMAT_CSV),
    };
    printer->csv.null_text = printer->null_text;
    if (display->separator.size == 1) printer->csv.delimiter = display->separator.data[0];
    if (!is_table(printer) || printer->is_expanded) return STATUS_OK;
    TRY(table_init(&printer->table, out->text.memory, schema, mode, display->has_header, err));
    printer->table.null_text = printer->null_text;
    bool may_expand = display->expands_wide && mode != MODE_MARKDOWN && terminal_is(out->file.handle);
    if (may_expand) printer->table.width_max = terminal_size().columns;
    return STATUS_OK;
}

static void write_list_header(const Printer *printer, Text *text) {
    for (uint32_t i = 0; i < printer->schema->count; i++)
        text_append_format(text, "%.*s%.*s", i == 0 ? 0 : (int)printer->separator.size, printer->separator.data,
                           STR_ARGS(printer->schema->fields[i].name));
    text_append_char(text, '\n');
}

static void write_list_row(const Printer *printer, const Batch *batch, size_t row, Text *text) {
    for (uint32_t i = 0; i < printer->schema->count; i++) {
        if (i > 0) text_append(text, printer->separator);
        if (array_is_null(&batch->columns[i], row))
            text_append(text, printer->null_text);
        else
            array_value_text_in_zone(&batch->columns[i], row, printer->schema->zone, text);
    }
    text_append_char(text, '\n');
}

/* What stands before the first row: not written when the statement fails before. */
static void write_head(Printer *printer) {
    if (printer->is_begun) return;
    printer->is_begun = true;
    Text *text = output_text(printer->out);
    if (printer->mode == MODE_CSV && printer->has_header)
        csv_write_header(text, printer->schema, false, &printer->csv);
    if (printer->mode == MODE_LIST && printer->has_header) write_list_header(printer, text);
    if (printer->mode == MODE_JSON) text_append_char(text, '[');
}

/* A batch of the columns that are shown. */
static Batch shown_columns(const Printer *printer, const Batch *batch) {
    Batch shown = *batch;
    /* A caller may have left the last column, the weight, out of the schema. */
    ASSERT(batch->column_count >= printer->schema->count);
    shown.column_count = printer->schema->count;
    return shown;
}

static void show_table_row(Printer *printer, const Batch *batch, size_t row) {
    Text *text = output_text(printer->out);
    if (printer->is_expanded) {
        table_write_expanded(printer->schema, printer->null_text, batch, row, printer->row_count + 1, text);
        return;
    }
    table_add_row(&printer->table, batch, row);
    /* Widths are those of the rows so far: a result of millions of rows is not held back for the widest. */
    if (printer->table.row_count >= TABLE_ROW_COUNT_MAX) table_write(&printer->table, text);
}

static void show_row(Printer *printer, const Batch *batch, size_t row) {
    Text *text = output_text(printer->out);
    switch (printer->mode) {
        case MODE_TABLE:
        case MODE_BOX:
        case MODE_MARKDOWN: show_table_row(printer, batch, row); break;
        case MODE_CSV: csv_write_row(text, printer->schema, batch, row, false, &printer->csv); break;
        case MODE_JSON:
            if (printer->row_count > 0) text_append_c(text, ",\n ");
            json_write_row(text, printer->schema, batch, row, false);
            break;
        case MODE_JSONL:
            json_write_row(text, printer->schema, batch, row, false);
            text_append_char(text, '\n');
            break;
        case MODE_LIST: write_list_row(printer, batch, row, text); break;
        case MODE_LINE: table_write_lines(printer->schema, printer->null_text, batch, row, printer->row_count + 1, text); break;
        case MODE_PLAIN:
            for (uint32_t i = 0; i < printer->schema->count; i++)
                array_value_text_in_zone(&batch->columns[i], row, printer->schema->zone, text);
            text_append_char(text, '\n');
            break;
        case MODE_AUTO:
        case MODE_ARROW: /* shell/arrow_print.h */
        case MODE_COUNT: break;
    }
}

void printer_batch(Printer *printer, const Batch *batch) {
    Batch shown = shown_columns(printer, batch);
    write_head(printer);
    for (size_t row = 0; row < shown.row_count; row++) {
        show_row(printer, &shown, row);
        printer->row_count++;
        output_spill(printer->out);
    }
}

void printer_pause(Printer *printer) {
    write_head(printer);
    if (is_table(printer) && !printer->is_expanded && printer->table.row_count > 0)
        table_write(&printer->table, output_text(printer->out));
    output_flush(printer->out);
}

void printer_end(Printer *printer) {
    Text *text = output_text(printer->out);
    write_head(printer);
    if (is_table(printer) && !printer->is_expanded) table_write_end(&printer->table, text);
    if (printer->has_footer)
        text_append_format(text, "(%llu row%s)\n", (unsigned long long)printer->row_count,
                           printer->row_count == 1 ? "" : "s");
    if (printer->mode == MODE_JSON) text_append_c(text, "]\n");
    printer_deinit(printer);
    output_flush(printer->out);
}

void printer_deinit(Printer *printer) {
    table_deinit(&printer->table);
    printer->table = (Table){0};
}
