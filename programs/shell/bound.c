/* SPDX-License-Identifier: Apache-2.0
 * shell/bound.c - the values one after the other, each ended by a zero byte, which no line holds. */
#include "shell/bound.h"

#include "shell/word.h"

static void forget(Shell *shell) {
    text_reset(&shell->bound);
    shell->bound_count = 0;
}

/* A word without its single quotes, '' within them as one. False: a quote is not closed. */
static bool append_unquoted(Text *out, Str word) {
    bool is_quoted = false;
    for (size_t i = 0; i < word.size; i++) {
        bool is_quote = word.data[i] == '\'', is_pair = is_quoted && is_quote && i + 1 < word.size && word.data[i + 1] == '\'';
        if (!is_quote || is_pair) text_append_char(out, word.data[i]);
        if (is_quote && !is_pair) is_quoted = !is_quoted;
        i += is_pair;
    }
    text_append_char(out, '\0');
    return !is_quoted;
}

Status bound_take(Shell *shell, Str line, Error *err) {
    forget(shell);
    for (Str word; word = word_take(&line, STR(";"), STR("")), word.size > 0; shell->bound_count++) {
        if (append_unquoted(&shell->bound, word)) continue;
        forget(shell);
        return error_set_at(err, STATUS_SYNTAX, -1, "\\bind: unterminated quoted string");
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
