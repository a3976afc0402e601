/* SPDX-License-Identifier: Apache-2.0
 * shell/table.c - rows in columns of equal width, for eyes. */
#include "shell/table.h"

#include "base/utf8.h"

enum { LINE_NAME_WIDTH_MIN = 5 }; /* as in sqlite */

/* The strokes of a table. An edge that is NULL is not drawn. */
struct TableStyle {
    const char *top[4];  /* left, line, cross, right */
    const char *rule[4]; /* below the head */
    const char *bottom[4];
    const char *left, *between, *right; /* of a row */
    bool marks_numbers;                 /* the rule ends in : under numbers */
    bool pads_last;
    bool is_markdown; /* a bar, or the end of a line, within a cell would end the cell */
};

static const struct TableStyle styles[] = {
    [MODE_TABLE] = {.rule = {"-", "-", "+", "-"}, .left = " ", .between = " | ", .right = ""},
    [MODE_BOX] = {.top = {"┌─", "─", "┬", "─┐"},
                  .rule = {"├─", "─", "┼", "─┤"},
                  .bottom = {"└─", "─", "┴", "─┘"},
                  .left = "│ ",
                  .between = " │ ",
                  .right = " │",
                  .pads_last = true},
    [MODE_MARKDOWN] = {.rule = {"|-", "-", "|", "-|"},
                       .left = "| ",
                       .between = " | ",
                       .right = " |",
                       .marks_numbers = true,
                       .pads_last = true,
                       .is_markdown = true},
};

static void append_shown(const Table *table, Str text, Text *out);

Status table_init(Table *table, Memory *memory, const Schema *schema, Mode mode, bool has_header,
                  Error *err) {
    ASSERT(mode == MODE_TABLE || mode == MODE_BOX || mode == MODE_MARKDOWN);
    *table = (Table){.memory = memory, .schema = schema, .style = &styles[mode], .has_header = has_header};
    text_init(&table->bytes, memory);
    if (schema->count == 0) return STATUS_OK;
    table->widths = memory_alloc_zeroed(memory, schema->count * sizeof(*table->widths));
    TRY_ALLOC(table->widths);
    Text *name = &table->bytes;
    for (uint32_t i = 0; i < schema->count && has_header; i++) {
        append_shown(table, schema->fields[i].name, name);
        if (name->failed) {
            table_deinit(table);
            return error_out_of_memory(err);
        }
        table->widths[i] = (uint32_t)utf8_width(text_str(name));
        text_reset(name);
    }
    return STATUS_OK;
}

void table_deinit(Table *table) {
    if (table->memory == NULL) return;
    memory_free(table->memory, table->widths, table->schema->count * sizeof(*table->widths));
    vector_deinit(&table->cells, table->memory);
    text_deinit(&table->bytes);
    *table = (Table){0};
}

/* ---- cells ---- */

static bool is_harmless(const char *at, size_t size) {
    unsigned char first = (unsigned char)at[0];
    if (size == 1) return first >= 0x20 && first != 0x7F;
    return !(size == 2 && first == 0xC2 && (unsigned char)at[1] < 0xA0); /* U+0080 .. U+009F */
}

/* One character that a terminal would act on, as \n or \x1B. */
static void append_escape(Text *text, const char *at, size_t size) {
    static const char digits[] = "0123456789ABCDEF";
    if (*at == '\n') {
        text_append_c(text, "\\n");
    } else if (*at == '\t') {
        text_append_c(text, "\\t");
    } else if (*at == '\r') {
        text_append_c(text, "\\r");
    } else {
        unsigned char byte = (unsigned char)at[size - 1];
        text_append_c(text, size == 2 ? "\\u00" : "\\x");
        text_append_char(text, digits[byte >> 4]);
        text_append_char(text, digits[byte & 15]);
    }
}

/* What Markdown would act on: the size of what it was; 0: nothing. */
static size_t append_markdown(Text *text, const char *at, const char *end) {
    bool is_pair = *at == '\r' && end - at > 1 && at[1] == '\n';
    if (*at != '|' && *at != '\n' && !is_pair) return 0;
    text_append_c(text, *at == '|' ? "\\|" : "<br>");
    return is_pair ? 2 : 1;
}

/* Rewrites what was appended from `offset` on if a terminal, or Markdown, would act on some of it. */
static void make_harmless(Text *text, size_t offset, bool is_markdown) {
    Text clean;
    text_init(&clean, text->memory);
    const char *at = text->data + offset, *end = text->data + text->size;
    while (at < end) {
        uint32_t code_point;
        size_t size = is_markdown ? append_markdown(&clean, at, end) : 0;
        at += size;
        if (size > 0) continue;
        size = utf8_decode(at, end, &code_point);
        if (size == 0)
            text_append_c(&clean, "\xEF\xBF\xBD");
        else if (is_harmless(at, size))
            text_append(&clean, str_from(at, size));
        else
            append_escape(&clean, at, size);
        at += size == 0 ? 1 : size;
    }
    text->size = offset;
    text_append(text, text_str(&clean));
    text->failed |= clean.failed;
    text_deinit(&clean);
}

/* Plain ASCII needs no second look. */
static bool is_plain(Str str, bool is_markdown) {
    for (size_t i = 0; i < str.size; i++)
        if ((unsigned char)str.data[i] < 0x20 || (unsigned char)str.data[i] >= 0x7F || (is_markdown && str.data[i] == '|')) return false;
    return true;
}

static void append_shown(const Table *table, Str text, Text *out) {
    size_t offset = out->size;
    text_append(out, text);
    if (!out->failed && !is_plain(text, table->style->is_markdown)) make_harmless(out, offset, table->style->is_markdown);
}

static void end_cell(Table *table, size_t offset, uint32_t column) {
    Text *bytes = &table->bytes;
    if (bytes->failed) return;
    size_t width = bytes->size - offset;
    if (!is_plain(str_from(bytes->data + offset, width), table->style->is_markdown)) {
        make_harmless(bytes, offset, table->style->is_markdown);
        width = utf8_width(str_from(bytes->data + offset, bytes->size - offset));
    }
    ASSERT(column < table->schema->count);
    TableCell cell = {offset, (uint32_t)(bytes->size - offset), (uint32_t)width};
    if (!vector_push(&table->cells, table->memory, cell)) bytes->failed = true;
    if (width > table->widths[column]) table->widths[column] = (uint32_t)width;
}

void table_add_row(Table *table, const Batch *batch, size_t row) {
    for (uint32_t i = 0; i < table->schema->count; i++) {
        size_t offset = table->bytes.size;
        if (array_is_null(&batch->columns[i], row))
            text_append(&table->bytes, table->null_text);
        else
            array_value_text_in_zone(&batch->columns[i], row, table->schema->zone, &table->bytes);
        end_cell(table, offset, i);
    }
    table->row_count++;
}

void table_add_texts(Table *table, const Str *cells) {
    for (uint32_t i = 0; i < table->schema->count; i++) {
        size_t offset = table->bytes.size;
        text_append(&table->bytes, cells[i].data == NULL ? table->null_text : cells[i]);
        end_cell(table, offset, i);
    }
    table->row_count++;
}

/* ---- lines ---- */

static void write_repeated(Text *text, const char *stroke, size_t count) {
    for (size_t i = 0; i < count; i++) text_append_c(text, stroke);
}

static bool is_number(const Table *table, uint32_t column) {
    return type_is_number(table->schema->fields[column].type);
}

static void write_edge(const Table *table, const char *const strokes[4], Text *text) {
    if (strokes[0] == NULL) return;
    text_append_c(text, strokes[0]);
    for (uint32_t i = 0; i < table->schema->count; i++) {
        bool is_last = i + 1 == table->schema->count;
        bool is_marked = strokes == table->style->rule && table->style->marks_numbers && is_number(table, i);
        write_repeated(text, strokes[1], table->widths[i]);
        text_append_c(text, is_marked ? ":" : is_last ? "" : strokes[1]);
        if (!is_last)
            text_append_format(text, "%s%s", strokes[2], strokes[1]);
        else
            text_append_c(text, is_marked ? strokes[2] : strokes[3]);
    }
    text_append_char(text, '\n');
}

static void write_cell(const Table *table, uint32_t column, Str cell, size_t width, bool is_right,
                       Text *text) {
    bool is_last = column + 1 == table->schema->count;
    size_t space = table->widths[column] > width ? table->widths[column] - width : 0;
    text_append_c(text, column == 0 ? table->style->left : table->style->between);
    if (is_right) text_append_repeated(text, ' ', space);
    text_append(text, cell);
    if (!is_right && (!is_last || table->style->pads_last)) text_append_repeated(text, ' ', space);
    if (is_last) text_append_format(text, "%s\n", table->style->right);
}

static void write_head(Table *table, Text *text) {
    write_edge(table, table->style->top, text);
    if (!table->has_header) return;
    for (uint32_t i = 0; i < table->schema->count; i++) {
        Text shown;
        text_init(&shown, table->memory);
        append_shown(table, table->schema->fields[i].name, &shown);
        write_cell(table, i, text_str(&shown), utf8_width(text_str(&shown)), is_number(table, i), text);
        text->failed |= shown.failed;
        text_deinit(&shown);
    }
    write_edge(table, table->style->rule, text);
}

static size_t name_width_max(const Schema *schema) {
    size_t most = 0;
    for (uint32_t i = 0; i < schema->count; i++) {
        size_t width = utf8_width(schema->fields[i].name);
        if (width > most) most = width;
    }
    return most;
}

static void write_name(Str name, size_t name_width, Text *text) {
    text_append(text, name);
    text_append_repeated(text, ' ', name_width - utf8_width(name));
    text_append_c(text, " | ");
}

/* With what stands beside and between the columns. */
static size_t total_width(const Table *table) {
    size_t width = utf8_width(str_from_c(table->style->left)) + utf8_width(str_from_c(table->style->right));
    for (uint32_t i = 0; i < table->schema->count; i++)
        width += table->widths[i] + (i > 0 ? utf8_width(str_from_c(table->style->between)) : 0);
    return width;
}

/* What is too wide for the screen is written one line per column, from the first rows on. */
static void begin(Table *table, Text *text) {
    table->is_expanded = table->width_max > 0 && total_width(table) > table->width_max;
    table->is_begun = true;
    if (!table->is_expanded) write_head(table, text);
}

static void write_cells(const Table *table, Text *text) {
    uint32_t columns = table->schema->count;
    size_t name_width = table->is_expanded ? name_width_max(table->schema) : 0;
    for (size_t i = 0; i < table->cells.count; i++) {
        TableCell cell = table->cells.items[i];
        uint32_t column = (uint32_t)(i % columns);
        Str bytes = str_from(table->bytes.data + cell.offset, cell.size);
        if (!table->is_expanded) {
            write_cell(table, column, bytes, cell.width, is_number(table, column), text);
            continue;
        }
        if (column == 0) text_append_format(text, "-[ RECORD %llu ]\n", (unsigned long long)(table->row_total + i / columns + 1));
        write_name(table->schema->fields[column].name, name_width, text);
        text_append_format(text, "%.*s\n", STR_ARGS(bytes));
    }
}

void table_write(Table *table, Text *text) {
    if (table->bytes.failed) text->failed = true;
    if (!table->is_begun) begin(table, text);
    if (!text->failed) write_cells(table, text);
    table->row_total += table->row_count;
    table->row_count = 0;
    table->cells.count = 0;
    text_reset(&table->bytes);
}

void table_write_end(Table *table, Text *text) {
    table_write(table, text);
    if (!table->is_expanded) write_edge(table, table->style->bottom, text);
}

/* ---- expanded ---- */

static void write_value(const Schema *schema, Str null_text, const Array *column, size_t row, Text *text) {
    size_t offset = text->size;
    if (array_is_null(column, row))
        text_append(text, null_text);
    else
        array_value_text_in_zone(column, row, schema->zone, text);
    if (!text->failed) make_harmless(text, offset, false);
    text_append_char(text, '\n');
}

void table_write_expanded(const Schema *schema, Str null_text, const Batch *batch, size_t row, uint64_t number, Text *text) {
    size_t name_width = name_width_max(schema);
    text_append_format(text, "-[ RECORD %llu ]\n", (unsigned long long)number);
    for (uint32_t i = 0; i < schema->count; i++) {
        write_name(schema->fields[i].name, name_width, text);
        write_value(schema, null_text, &batch->columns[i], row, text);
    }
}

void table_write_lines(const Schema *schema, Str null_text, const Batch *batch, size_t row, uint64_t number, Text *text) {
    size_t name_width = name_width_max(schema);
    if (name_width < LINE_NAME_WIDTH_MIN) name_width = LINE_NAME_WIDTH_MIN;
    if (number > 1) text_append_char(text, '\n');
    for (uint32_t i = 0; i < schema->count; i++) {
        Str name = schema->fields[i].name;
        text_append_repeated(text, ' ', name_width - utf8_width(name));
        text_append_format(text, "%.*s = ", STR_ARGS(name));
        write_value(schema, null_text, &batch->columns[i], row, text);
    }
}
