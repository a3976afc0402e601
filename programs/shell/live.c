/* SPDX-License-Identifier: Apache-2.0
 * shell/live.c - watches a continuous result on a terminal. */
#include "shell/live.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/number.h"
#include "shell/live_rows.h"
#include "shell/printer.h"
#include "shell/status_line.h"

enum {
    LIVE_WAIT_MS = 20,            /* between looks at the keyboard */
    LIVE_DRAW_NS = 100 * 1000000, /* between two drawings */
    LIVE_LINES_AROUND = 6,        /* of a screen, not for rows: edges, head, figures */
};

typedef struct Live {
    Shell *shell;
    Answer *answer;
    const LiveOptions *options;
    int key;         /* of options, when it has one */
    bool replaces;   /* rows replace each other: draw in place; else print them */
    LiveRows rows;   /* when it does */
    Printer printer; /* when it does not */
    StatusLine status_line;
    size_t drawn_lines; /* above the cursor */
    int64_t drawn_ns;
    int64_t end_ns; /* 0: none */
    bool is_changed;
    bool is_paused;
    bool is_over;
    bool has_keys;
    struct termios terminal;
} Live;

/* ---- keyboard ---- */

static void read_keys(Live *live, int timeout_ms) {
    Interrupt *interrupt = &live->shell->interrupt;
    if (!interrupt_wait(interrupt, live->has_keys ? STDIN_FILENO : -1, timeout_ms) || !live->has_keys) return;
    char keys[64];
    ssize_t size = read(STDIN_FILENO, keys, sizeof(keys));
    if (size <= 0) live->has_keys = false;
    for (ssize_t i = 0; i < size; i++) {
        /* 4 is Ctrl-D; Ctrl-C comes as a signal. */
        if (keys[i] == 'q' || keys[i] == 'Q' || keys[i] == 4) live->is_over = true;
        if (keys[i] == ' ') live->is_paused = !live->is_paused;
        live->is_changed = true;
    }
}

/* ---- drawing ---- */

/* Puts the cursor where the last drawing began, and clears below. */
static void erase(Live *live, Text *text) {
    text_append_char(text, '\r');
    if (live->drawn_lines > 0) text_append_format(text, "\x1b[%zuA", live->drawn_lines);
    text_append_c(text, TERMINAL_CLEAR_BELOW);
    live->drawn_lines = 0;
}

static size_t count_lines(Str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) count += text.data[i] == '\n';
    return count;
}

/* The newest rows, at most `max`. */
static const LiveRow *first_shown(const LiveRows *rows, size_t max) {
    const LiveRow *row = rows->last;
    if (rows->count <= max) return rows->first;
    ASSERT(max > 0);
    for (size_t i = 1; i < max; i++) row = row->before;
    return row;
}

static int compare_keys(const void *a, const void *b) {
    const LiveRow *const *row_a = a, *const *row_b = b;
    return str_compare((*row_a)->key, (*row_b)->key);
}

/* Texts, dates and times stand in the order of their texts; numbers do not. */
static bool is_sortable(const LiveRows *rows) {
    for (int i = 0; i < rows->key_count; i++)
        if (type_is_number(rows->schema->fields[rows->key[i]].type)) return false;
    return rows->key_count > 0;
}

/* The rows from `row` on, by key where that is an order, else in the order of their coming. */
static void add_rows(const LiveRows *rows, const LiveRow *row, size_t max, Table *table) {
    size_t size = rows->count * sizeof(row);
    const LiveRow **sorted = size > 0 && is_sortable(rows) ? memory_alloc(rows->memory, size) : NULL;
    size_t count = 0;
    for (; row != NULL; row = row->next) {
        if (sorted != NULL)
            sorted[count++] = row;
        else
            for (int64_t i = 0; i < row->count && table->row_count < max; i++)
                table_add_texts(table, row->cells);
    }
    if (sorted == NULL) return;
    qsort(sorted, count, sizeof(*sorted), compare_keys);
    for (size_t i = 0; i < count; i++) table_add_texts(table, sorted[i]->cells);
    memory_free(rows->memory, sorted, size);
}

static Status write_rows(Live *live, size_t max, Text *text, Error *err) {
    Table table;
    live_rows_settle(&live->rows);
    TRY(table_init(&table, &live->shell->memory, live->rows.schema, live->options->mode,
                   live->shell->display.has_header, err));
    table.null_text = text_str(&live->shell->display.null_text);
    add_rows(&live->rows, first_shown(&live->rows, max), max, &table);
    table_write_end(&table, text);
    table_deinit(&table);
    return STATUS_OK;
}

/* The table as it is, and the figures below. */
static Status draw_in_place(Live *live, Error *err) {
    Text *text = output_text(&live->shell->out);
    size_t screen = terminal_size().rows;
    size_t max = screen > LIVE_LINES_AROUND + 1 ? screen - LIVE_LINES_AROUND : 1;
    erase(live, text);
    size_t start = text->size;
    TRY(write_rows(live, max, text, err));
    if (!text->failed) live->drawn_lines = count_lines(str_from(text->data + start, text->size - start));
    if (live->rows.count > max) text_append_format(text, "newest %zu of %zu rows | ", max, live->rows.count);
    return STATUS_OK;
}

static Status draw(Live *live, int64_t now_ns, Error *err) {
    Output *out = &live->shell->out;
    if (live->replaces) {
        TRY(draw_in_place(live, err));
    } else {
        erase(live, output_text(out));
        printer_pause(&live->printer);
    }
    status_line_write(&live->status_line, live->shell, now_ns, live->is_paused, output_text(out));
    output_flush(out);
    live->drawn_ns = now_ns;
    live->is_changed = false;
    return STATUS_OK;
}

static Status draw_when_due(Live *live, Error *err) {
    int64_t now_ns = io_clock_monotonic_ns(live->shell->io);
    if (live->end_ns > 0 && now_ns >= live->end_ns) live->is_over = true;
    bool is_due = now_ns - live->drawn_ns >= LIVE_DRAW_NS;
    bool is_stale = live->is_changed || status_line_is_stale(&live->status_line, now_ns);
    return is_due && is_stale ? draw(live, now_ns, err) : STATUS_OK;
}

/* ---- rows ---- */

static Status take_batch(Live *live, Error *err) {
    Batch batch;
    TRY(answer_next(live->answer, &batch, err));
    live->is_changed = true;
    if (!live->replaces) {
        if (batch.row_count > 0) erase(live, output_text(&live->shell->out));
        printer_batch(&live->printer, &batch);
        return STATUS_OK;
    }
    for (size_t row = 0; row < batch.row_count; row++)
        TRY(live_rows_change(&live->rows, &batch, row, answer_weight(live->answer, &batch, row), err));
    return STATUS_OK;
}

static Status run(Live *live, Error *err) {
    Interrupt *interrupt = &live->shell->interrupt;
    while (!live->is_over) {
        /* Rows first, the keyboard between two batches: only when there are none is anything waited for. */
        bool is_idle = live->is_paused || answer_would_wait(live->answer);
        read_keys(live, is_idle ? LIVE_WAIT_MS : 0);
        bool is_interrupted = interrupt_seen(interrupt); /* the library was told, and says so now */
        if (is_interrupted || (!live->is_paused && !answer_would_wait(live->answer)))
            TRY(take_batch(live, err));
        TRY(draw_when_due(live, err));
        if (live->shell->out.status != STATUS_OK) return live->shell->out.status;
    }
    return STATUS_OK;
}

/* ---- set-up ---- */

static Status init(Live *live, Error *err) {
    const LiveOptions *options = live->options;
    Answer *answer = live->answer;
    Shell *shell = live->shell;
    int64_t now_ns = io_clock_monotonic_ns(shell->io);
    status_line_init(&live->status_line, shell, now_ns);
    if (options->seconds > 0) live->end_ns = now_ns + options->seconds * 1000000000;
    live->is_changed = true;
    if (!live->replaces)
        return printer_begin(&live->printer, &shell->out, answer->schema, options->mode, &shell->display,
                             err);
    live->key = (int)options->key_column;
    const int *key = options->has_key ? &live->key : answer->key;
    int key_count = options->has_key ? 1 : answer->key_count;
    TRY(live_rows_init(&live->rows, &shell->memory, answer->schema, key, key_count, err));
    live->rows.replaces = (answer->flags & WEIR_STMT_ON_UPDATE) != 0;
    if (options->has_key) live->rows.order_column = (int)options->order_column;
    return STATUS_OK;
}

static void open_terminal(Live *live) {
    live->has_keys = terminal_raw(STDIN_FILENO, &live->terminal);
    text_append_c(output_text(&live->shell->out), TERMINAL_HIDE_CURSOR);
}

/* What stays on the screen: all rows, without the figures. */
static void close_terminal(Live *live) {
    Output *out = &live->shell->out;
    erase(live, output_text(out));
    text_append_c(output_text(out), TERMINAL_RESTORE);
    if (live->replaces) {
        Error ignored = {0};
        Status status = write_rows(live, SIZE_MAX, output_text(out), &ignored);
        if (status == STATUS_OK && live->options->mode == MODE_TABLE)
            text_append_format(output_text(out), "(%zu row%s)\n", live->rows.count,
                               live->rows.count == 1 ? "" : "s");
    } else {
        printer_end(&live->printer);
    }
    output_flush(out);
    if (live->has_keys) terminal_restore(STDIN_FILENO, &live->terminal);
}

Status live_show(Shell *shell, Answer *answer, const LiveOptions *options, Error *err) {
    Live live = {.shell = shell, .answer = answer, .options = options};
    live.replaces = options->has_key || (answer->flags & (WEIR_STMT_WEIGHTS | WEIR_STMT_ON_UPDATE)) != 0;
    Status status = init(&live, err);
    if (status == STATUS_OK) {
        open_terminal(&live);
        status = run(&live, err);
        close_terminal(&live);
    }
    if (live.replaces)
        live_rows_deinit(&live.rows);
    else
        printer_deinit(&live.printer);
    return status == STATUS_DONE && shell->out.status == STATUS_OK ? STATUS_OK : status;
}
