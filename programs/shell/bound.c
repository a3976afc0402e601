/* SPDX-License-Identifier: Apache-2.0
 * shell/bound.c - the values one after the other, each ended by a zero byte, which no line holds. */
#include "shell/bound.h"

static void forget(Shell *shell) {
    text_reset(&shell->bound);
    shell->bound_count = 0;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* From `at`, which is behind the opening quote, to behind the closing one; line.size + 1 when there is none. */
static size_t take_quoted(Text *out, Str line, size_t at) {
    for (; at < line.size; at++) {
        bool is_quote = line.data[at] == '\'';
        if (is_quote && (at + 1 == line.size || line.data[at + 1] != '\'')) return at + 1;
        text_append_char(out, line.data[at]);
        at += is_quote;
    }
    return line.size + 1;
}

Status bound_take(Shell *shell, Str line, Error *err) {
    forget(shell);
    line = str_trim(line);
    if (line.size > 0 && line.data[line.size - 1] == ';') line = str_trim(str_from(line.data, line.size - 1));
    for (size_t at = 0; at < line.size;) {
        while (at < line.size && is_blank(line.data[at])) at++;
        while (at < line.size && !is_blank(line.data[at])) {
            if (line.data[at] == '\'')
                at = take_quoted(&shell->bound, line, at + 1);
            else
                text_append_char(&shell->bound, line.data[at++]);
        }
        if (at > line.size) {
            forget(shell);
            return error_set_at(err, STATUS_SYNTAX, -1, "\\bind: unterminated quoted string");
        }
        text_append_char(&shell->bound, '\0');
        shell->bound_count++;
    }
    if (!shell->bound.failed) return STATUS_OK;
    forget(shell);
    return error_out_of_memory(err);
}

static Status give_all(const Shell *shell, weir_stmt *stmt, Error *err) {
    const char *at = shell->bound.data;
    for (uint32_t i = 0; i < shell->bound_count; i++) {
        weir_error *error = NULL;
        TRY(shell_take_error(weir_bind(stmt, i + 1, weir_text(at, -1), &error), &error, err));
        at += strlen(at) + 1;
    }
    return STATUS_OK;
}

Status bound_give(Shell *shell, weir_stmt *stmt, Error *err) {
    Status status = give_all(shell, stmt, err);
    forget(shell);
    return status;
}
