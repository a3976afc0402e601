/* SPDX-License-Identifier: Apache-2.0
 * shell/report.c - errors and notices, with the line they mean. */
#include "shell/report.h"

#include "base/utf8.h"
#include "shell/answer.h"
#include "shell/word.h"

enum {
    TAB_WIDTH = 8,
    LINE_WIDTH_MAX = 160, /* longer lines are cut to the part around the caret */
    LINE_BEFORE_MAX = 80, /* columns of it before the caret */
};

#define ELLIPSIS "\xE2\x80\xA6"

/* ---- where ---- */

typedef struct Spot {
    Str line;
    size_t number; /* of the line, from 1 */
    size_t offset; /* in the line */
} Spot;

/* An error at the end of a text that ends in line breaks means the last thing said. */
static size_t step_back(const Place *place, size_t position) {
    size_t end = place->from + place->size;
    if (position < end) return position;
    while (position > place->from && word_is_blank(place->text.data[position - 1])) position--;
    return position;
}

static Spot find_spot(const Place *place, size_t position) {
    Str text = place->text;
    size_t at = position > text.size ? text.size : position;
    at = step_back(place, at);
    size_t start = at, end = at, number = place->line;
    while (start > 0 && text.data[start - 1] != '\n') start--;
    while (end < text.size && text.data[end] != '\n') end++;
    for (size_t i = 0; i < start; i++) number += text.data[i] == '\n';
    if (end > at && text.data[end - 1] == '\r') end--;
    return (Spot){str_from(text.data + start, end - start), number, at - start};
}

/* ---- the line and its caret ---- */

/* One character of a source line as it is shown. */
typedef struct Glyph {
    Str shown;
    size_t size;  /* bytes in the line */
    size_t width; /* columns */
} Glyph;

static Glyph glyph_at(Str line, size_t offset, size_t column) {
    const char *at = line.data + offset;
    if (*at == '\t') {
        size_t width = TAB_WIDTH - column % TAB_WIDTH;
        return (Glyph){str_from("        ", width), 1, width};
    }
    uint32_t code_point;
    size_t size = utf8_decode(at, line.data + line.size, &code_point);
    if (size == 0) return (Glyph){STR("\xEF\xBF\xBD"), 1, 1};
    if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0)) return (Glyph){STR("?"), size, 1};
    Str shown = str_from(at, size);
    return (Glyph){shown, size, utf8_width(shown)};
}

static size_t column_of(Str line, size_t offset) {
    size_t column = 0;
    for (size_t at = 0; at < offset;) {
        Glyph glyph = glyph_at(line, at, column);
        column += glyph.width;
        at += glyph.size;
    }
    return column;
}

void report_write_caret(Text *text, const Place *place, size_t position) {
    Spot spot = find_spot(place, position);
    size_t caret = column_of(spot.line, spot.offset), width = column_of(spot.line, spot.line.size);
    size_t first = 0, shift = 0;
    if (width > LINE_WIDTH_MAX && caret > LINE_BEFORE_MAX) {
        first = caret - LINE_BEFORE_MAX;
        text_append_c(text, ELLIPSIS);
    }
    size_t column = 0, at = 0;
    for (; at < spot.line.size && column < first + LINE_WIDTH_MAX;) {
        Glyph glyph = glyph_at(spot.line, at, column);
        if (column >= first)
            text_append(text, glyph.shown);
        else if (column + glyph.width > first)
            shift = column + glyph.width - first;
        column += glyph.width;
        at += glyph.size;
    }
    if (at < spot.line.size) text_append_c(text, ELLIPSIS);
    text_append_char(text, '\n');
    text_append_repeated(text, ' ', caret - first - shift + (first > 0 ? 1 : 0));
    text_append_c(text, "^\n");
}

/* ---- messages ---- */

/* " (file:line:column)". */
static void write_place(Text *text, const Place *place, size_t position) {
    if (place->name == NULL) return;
    Spot spot = find_spot(place, position);
    size_t column = utf8_length(str_from(spot.line.data, spot.offset)) + 1;
    text_append_format(text, " (%s:%zu:%zu)", place->name, spot.number, column);
}

/* The first byte of the statement that is neither white space nor the end. */
static size_t statement_start(const Place *place) {
    size_t at = place->from, end = place->from + place->size;
    while (at < end && word_is_blank(place->text.data[at])) at++;
    return at < end ? at : place->from;
}

typedef struct Message {
    const char *color, *kind, *sqlstate; /* sqlstate "": none */
    const char *message, *detail, *hint;
    int64_t position;
} Message;

static void write_message(Shell *shell, const Message *message) {
    Text *text = output_text(&shell->messages);
    const Place *place = shell->place;
    bool has_position = place != NULL && message->position >= 0;
    size_t position = place == NULL ? 0 : statement_start(place);
    if (has_position) {
        size_t offset = (size_t)message->position;
        position = place->from + (offset > place->added ? offset - place->added : 0);
    }
    text_append_format(text, "%s%s%s%s%s: %s", message->color, message->kind,
                       message->sqlstate[0] == '\0' ? "" : " ", message->sqlstate, shell->paint.off,
                       message->message);
    if (place != NULL) write_place(text, place, position);
    text_append_char(text, '\n');
    if (has_position) report_write_caret(text, place, position);
    if (message->detail[0] != '\0') text_append_format(text, "DETAIL: %s\n", message->detail);
    if (message->hint[0] != '\0') text_append_format(text, "HINT: %s\n", message->hint);
    output_flush(&shell->out);
    output_flush(&shell->messages);
}

void report_error(Shell *shell, const Error *err) {
    write_message(shell, &(Message){shell->paint.error, "ERROR", status_sqlstate(err->status), err->message,
                                    err->detail, err->hint, err->position});
}

void report_notice(void *user, int kind, const char *message, const char *hint, int64_t position) {
    Shell *shell = user;
    const Place *place = shell->place;
    if (kind == WEIR_DEFINITION) {
        report_line(shell, "%s;", message);
        return;
    }
    if (position < 0) shell->place = NULL;
    bool is_warning = kind == WEIR_WARNING;
    write_message(shell, &(Message){is_warning ? shell->paint.warning : shell->paint.strong,
                                    is_warning ? "WARNING" : "NOTICE", "", message, "",
                                    hint == NULL ? "" : hint, position});
    shell->place = place;
}

void report_line(Shell *shell, const char *format, ...) {
    char line[ERROR_MESSAGE_SIZE_MAX * 2];
    va_list args;
    va_start(args, format);
    size_t size = text_vformat(line, sizeof(line), format, args);
    va_end(args);
    text_append(output_text(&shell->messages), str_from(line, size));
    text_append_char(output_text(&shell->messages), '\n');
    output_flush(&shell->out);
    output_flush(&shell->messages);
}

/* " (s, record 2 of in.json: invalid ..)" */
static void take_letter(void *context, const Batch *batch, size_t row) {
    Text *text = context;
    text_append_format(text, " (%.*s, ", STR_ARGS(answer_text(batch, 0, row)));
    if (!array_is_null(&batch->columns[1], row))
        text_append_format(text, "record %lld", (long long)array_i64(&batch->columns[1])[row]);
    size_t start = text->size;
    Str partition = answer_text(batch, 2, row);
    if (partition.size > 0) text_append_format(text, " of %.*s", STR_ARGS(partition));
    if (!array_is_null(&batch->columns[1], row)) text_append_c(text, ": ");
    text_append_format(text, "%.*s)", STR_ARGS(answer_text(batch, 3, row)));
    for (size_t i = start; i < text->size; i++) /* of the input: a terminal may not act on it */
        if ((unsigned char)text->data[i] < 0x20 || text->data[i] == 0x7F) text->data[i] = '?';
}

/* The first of all dead letters, which is kept; nothing when sources have not been read to their end: that would wait for them. */
static void write_first_letter(Shell *shell, Text *text) {
    Error ignored = {0};
    if (shell->is_stopped && !shell->is_over && !shell->is_end_failed) return;
    Status status = answer_each_row(shell, STR("SELECT source, record, partition, reason FROM weir_catalog.dead_letters LIMIT 1"),
                                    take_letter, text, &ignored);
    (void)status; /* without one the number is told all the same */
}

/* What they are is told where it can be looked at no more: a script's dead letters go with it. */
static void report_bad_records(Shell *shell, uint64_t count, bool is_first_told) {
    Text *text = output_text(&shell->messages);
    text_append_format(text, "%llu record%s could not be used", (unsigned long long)count, count == 1 ? "" : "s");
    if (shell->is_prompt) {
        text_append_c(text, ": SELECT * FROM weir_catalog.dead_letters\n");
    } else {
        if (!is_first_told) write_first_letter(shell, text);
        text_append_format(text, ". Add SELECT * FROM weir_catalog.dead_letters to the end of the script to see %s\n",
                           count == 1 ? "it" : "them");
    }
    output_flush(&shell->out);
    output_flush(&shell->messages);
}

void report_lost_rows(Shell *shell) {
    weir_stats stats = WEIR_STATS_INIT;
    if (weir_get_stats(shell->db, &stats) != WEIR_OK) return;
    uint64_t count = stats.dead_letters - shell->reported.dead_letters;
    uint64_t skipped = stats.rows_skipped - shell->reported.rows_skipped;
    uint64_t late = stats.rows_late_dropped - shell->reported.rows_late_dropped;
    bool is_first_told = stats.dead_letters_told > shell->reported.dead_letters_told;
    shell->reported = stats;
    if (count > skipped) report_bad_records(shell, count - skipped, is_first_told);
    if (skipped > 0)
        report_line(shell, "%llu record%s could not be used and %s skipped (on_error)",
                    (unsigned long long)skipped, skipped == 1 ? "" : "s", skipped == 1 ? "was" : "were");
    if (late > 0)
        report_line(shell,
                    "%llu row%s came too late for every window and %s dropped: LATE DATA TO would keep them",
                    (unsigned long long)late, late == 1 ? "" : "s", late == 1 ? "was" : "were");
}
