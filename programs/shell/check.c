/* SPDX-License-Identifier: Apache-2.0
 * shell/check.c - `weir check` and `weir explain`. */
#include "shell/check.h"

#include "shell/commands.h"
#include "shell/exit.h"
#include "shell/report.h"
#include "shell/run.h"
#include "shell/script.h"
#include "shell/word.h"

#define EXPLAIN "EXPLAIN "

/* ---- what a statement is ---- */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The nth word, from 0, with comments passed over; empty when something else stands there. */
static Str word_at(Str sql, int n) {
    size_t at = 0;
    for (;;) {
        while (at < sql.size && word_is_blank(sql.data[at])) at++;
        Str rest = str_from(sql.data + at, sql.size - at);
        bool is_line = str_starts_with(rest, STR("--")), is_block = str_starts_with(rest, STR("/*"));
        ptrdiff_t end = is_line ? str_find(rest, STR("\n")) : is_block ? str_find(rest, STR("*/")) : -1;
        if (end >= 0) {
            at += (size_t)end + (is_block ? 2 : 1);
            continue;
        }
        size_t size = 0;
        while (size < rest.size && is_letter(rest.data[size])) size++;
        if (n-- == 0 || size == 0) return str_from(rest.data, size);
        at += size;
    }
}

static bool is_word(Str sql, int n, const char *word) {
    return str_equal_ignore_case(word_at(sql, n), str_from_c(word));
}

/* Does it change what names mean, and nothing outside? */
static bool is_definition(Str sql) {
    if (is_word(sql, 0, "create")) return !is_word(sql, 1, "sink") && !is_word(sql, 3, "sink");
    return is_word(sql, 0, "drop") || is_word(sql, 0, "set") || is_word(sql, 0, "reset");
}

static Str sql_of(const Place *place) {
    return str_from(place->text.data + place->from, place->size);
}

static Status define_or_bind(Shell *shell, const Place *place, Error *err) {
    if (commands_is_one(sql_of(place))) return commands_check(shell, sql_of(place), err);
    return is_definition(sql_of(place)) ? run_statement(shell, place, err) : run_check(shell, place, err);
}

/* ---- check ---- */

static Status check_step(Script *script, const Place *place, Error *err) {
    ++*(size_t *)script->context;
    return define_or_bind(script->shell, place, err);
}

/* One script, in a database of its own; its exit status. */
static int check_input(Shell *shell, const Input *input) {
    Error err = {0};
    size_t count = 0;
    if (shell_reopen(shell, &err) != STATUS_OK) {
        report_error(shell, &err);
        return exit_of_status(err.status);
    }
    shell->exit_status = EXIT_OK;
    shell->is_stopped = false;
    script_run_input(shell, input, check_step, &count);
    if (shell->exit_status == EXIT_OK)
        text_append_format(output_text(&shell->out), "%s: %zu statement%s, no errors\n",
                           input->is_file ? input->text : "-c", count, count == 1 ? "" : "s");
    return shell->exit_status;
}

int check_main(Shell *shell, const Options *options) {
    int exit_status = EXIT_OK;
    shell->keeps_going = true;
    if (options->input_count == 0) {
        report_line(shell, "weir: check what? A file must follow.");
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < options->input_count; i++) {
        int found = check_input(shell, &options->inputs[i]);
        if (exit_status == EXIT_OK) exit_status = found;
    }
    output_flush(&shell->out);
    return exit_status;
}

/* ---- explain ---- */

/* The newest statement, which may be the last: its text with what stands before it. */
typedef struct Held {
    Text text;
    Place place;
    bool is_set;
} Held;

static Status define_held(Shell *shell, Held *held, Error *err) {
    if (!held->is_set) return STATUS_OK;
    held->is_set = false;
    Error own = {0};
    Status status = define_or_bind(shell, &held->place, &own);
    if (status == STATUS_OK) return STATUS_OK;
    shell->place = &held->place;
    report_error(shell, &own);
    shell->place = NULL;
    shell->exit_status = exit_of_status(status);
    shell->is_stopped = true;
    return STATUS_OK;
}

static Status hold(Script *script, const Place *place, Error *err) {
    Held *held = script->context;
    TRY(define_held(script->shell, held, err));
    text_reset(&held->text);
    text_append(&held->text, str_from(place->text.data, place->from + place->size));
    if (held->text.failed) return error_out_of_memory(err);
    held->place = *place;
    held->place.text = text_str(&held->text);
    held->is_set = true;
    return STATUS_OK;
}

/* EXPLAIN is put in front, and messages know it. */
static Status explain_held(Shell *shell, Held *held, Error *err) {
    Str statement = sql_of(&held->place);
    Text sql;
    if (shell->display.mode == MODE_AUTO) shell->display.mode = MODE_PLAIN;
    text_init(&sql, &shell->memory);
    if (!is_word(statement, 0, "explain")) {
        text_append_c(&sql, EXPLAIN);
        held->place.added = sizeof(EXPLAIN) - 1;
    }
    text_append(&sql, statement);
    Status status =
        sql.failed ? error_out_of_memory(err) : run_sql(shell, text_str(&sql), shell->display.mode, err);
    text_deinit(&sql);
    return status;
}

static void explain_last(Shell *shell, Held *held) {
    Error err = {0};
    shell->place = &held->place;
    Status status = explain_held(shell, held, &err);
    if (status != STATUS_OK && status != STATUS_DONE) {
        report_error(shell, &err);
        shell->exit_status = exit_of_status(status);
    }
    shell->place = NULL;
}

int explain_main(Shell *shell, const Options *options) {
    static const Input standard_input = {.is_file = true, .text = "-"};
    const Input *inputs = options->input_count == 0 ? &standard_input : options->inputs;
    size_t count = options->input_count == 0 ? 1 : options->input_count;
    Held held = {0};
    text_init(&held.text, &shell->memory);
    for (size_t i = 0; i < count && !shell->is_stopped; i++) script_run_input(shell, &inputs[i], hold, &held);
    if (!shell->is_stopped && held.is_set) explain_last(shell, &held);
    if (!shell->is_stopped && !held.is_set && shell->exit_status == EXIT_OK) {
        report_line(shell, "weir: there is no statement to explain");
        shell->exit_status = EXIT_USAGE;
    }
    text_deinit(&held.text);
    return shell->exit_status;
}
