/* SPDX-License-Identifier: Apache-2.0
 * shell/run.c - runs one statement and shows what it gives. */
#include "shell/run.h"

#include "shell/arrow_print.h"
#include "shell/bound.h"
#include "shell/live.h"
#include "shell/pager.h"
#include "shell/report.h"
#include "shell/printer.h"

Status run_output_status(const Shell *shell, Error *err) {
    if (shell->out.status != STATUS_OK) *err = shell->out.error;
    return shell->out.status;
}

static Mode choose_mode(const Shell *shell, const Answer *answer, Mode wanted) {
    if (wanted != MODE_AUTO) return wanted;
    if (shell_has_terminal(shell)) return MODE_TABLE;
    return (answer->flags & WEIR_STMT_CONTINUOUS) != 0 ? MODE_JSONL : MODE_CSV;
}

/* A continuous result on a terminal is watched, unless a mode for programs was asked for. */
static bool is_watched(const Shell *shell, const Answer *answer, Mode mode) {
    return (answer->flags & WEIR_STMT_CONTINUOUS) != 0 && shell_has_terminal(shell) &&
           (mode == MODE_TABLE || mode == MODE_BOX);
}

static Status show_rows(Shell *shell, Answer *answer, Printer *printer, Error *err) {
    for (;;) {
        if (answer_would_wait(answer)) printer_pause(printer);
        Batch batch;
        Status status = answer_next(answer, &batch, err);
        if (status == STATUS_DONE) return STATUS_OK;
        TRY(status);
        printer_batch(printer, &batch);
        TRY(run_output_status(shell, err));
    }
}

static Status show_answer(Shell *shell, Answer *answer, Mode mode, Error *err) {
    Printer printer;
    TRY(printer_begin(&printer, &shell->out, &answer->all, mode, &shell->display, err));
    Status status = show_rows(shell, answer, &printer, err);
    bool is_cancelled = status == STATUS_INTERRUPTED && (answer->flags & WEIR_STMT_CONTINUOUS) != 0;
    if (status == STATUS_OK || is_cancelled) printer_end(&printer);
    printer_deinit(&printer);
    TRY(status);
    return run_output_status(shell, err);
}

/* Before the statement has done anything. */
static Status check_mode(const Shell *shell, weir_stmt *stmt, Mode wanted, Error *err) {
    bool is_shown = (weir_stmt_flags(stmt) & WEIR_STMT_ROWS) != 0 && shell_has_terminal(shell);
    if (wanted != MODE_ARROW || !is_shown) return STATUS_OK;
    error_set_at(err, STATUS_INVALID_OPTION, -1, "mode arrow writes bytes that are not for a terminal");
    return error_add_hint(err, "Redirect standard output, or write to a file with \\o FILE.");
}

static Status show(Shell *shell, Answer *answer, Mode wanted, Error *err) {
    Mode mode = choose_mode(shell, answer, wanted);
    if (mode == MODE_ARROW) return arrow_print(&shell->out, answer, err);
    if (is_watched(shell, answer, mode)) return live_show(shell, answer, &(LiveOptions){.mode = mode}, err);
    return show_answer(shell, answer, mode, err);
}

/* Behind blanks and comments. */
static Str first_word(Str sql) {
    static const char *const comments[][2] = {{"--", "\n"}, {"/*", "*/"}};
    sql = str_trim(sql);
    for (size_t i = 0; i < 2; i++) {
        if (!str_starts_with(sql, str_from_c(comments[i][0]))) continue;
        ptrdiff_t end = str_find(sql, str_from_c(comments[i][1]));
        size_t size = end < 0 ? sql.size : (size_t)end + strlen(comments[i][1]);
        return first_word(str_from(sql.data + size, sql.size - size));
    }
    size_t size = 0;
    while (size < sql.size && ((sql.data[size] | 0x20) >= 'a' && (sql.data[size] | 0x20) <= 'z')) size++;
    return str_from(sql.data, size);
}

/* What the statement has done, in psql's words where it changes rows. */
static void report_done(Shell *shell, const weir_stmt *stmt, Str sql) {
    long long count = (long long)weir_stmt_changes(stmt);
    const char *on = shell->paint.dim, *off = shell->paint.off;
    Str word = first_word(sql);
    if (count >= 0 && str_equal_ignore_case(word, STR("insert")))
        report_line(shell, "%sINSERT 0 %lld%s", on, count, off);
    else if (count >= 0 && str_equal_ignore_case(word, STR("update")))
        report_line(shell, "%sUPDATE %lld%s", on, count, off);
    else if (count >= 0 && str_equal_ignore_case(word, STR("delete")))
        report_line(shell, "%sDELETE %lld%s", on, count, off);
    else if (count >= 0)
        report_line(shell, "%s%lld row%s%s", on, count, count == 1 ? "" : "s", off);
    else
        report_line(shell, "%sOK%s", on, off);
}

/* Nothing else runs in the command while this does. */
static void warn_of_waiting(Shell *shell, const weir_stmt *stmt) {
    if ((weir_stmt_flags(stmt) & WEIR_STMT_PUSHED) == 0) return;
    report_notice(shell, WEIR_NOTICE, "this waits for rows of a source without a connector: they come by INSERT, or from a program that uses the library, and so not here",
                  "A materialized view made before the INSERTs keeps their result; a source WITH (connector = ..) reads by itself.", -1);
}

static Status run_prepared(Shell *shell, weir_stmt *stmt, Str sql, Mode wanted, Error *err) {
    Answer answer;
    TRY(bound_give(shell, stmt, err));
    TRY(check_mode(shell, stmt, wanted, err));
    warn_of_waiting(shell, stmt);
    TRY(answer_open(&answer, shell, stmt, err));
    Status status = STATUS_OK;
    bool has_rows = answer_has_rows(&answer);
    if (has_rows) status = show(shell, &answer, wanted, err);
    answer_close(&answer);
    bool is_told = shell->is_prompt && status == STATUS_OK && (!has_rows || weir_stmt_changes(stmt) >= 0);
    if (is_told) report_done(shell, stmt, sql);
    return status;
}

static void report_time(Shell *shell, int64_t started_ns) {
    int64_t us = (io_clock_monotonic_ns(shell->io) - started_ns) / 1000;
    report_line(shell, "Time: %lld.%c%c%c ms", (long long)(us / 1000), (char)('0' + us / 100 % 10),
                (char)('0' + us / 10 % 10), (char)('0' + us % 10));
}

static Status prepare(Shell *shell, Str sql, weir_stmt **stmt, Error *err) {
    weir_error *error = NULL;
    *stmt = NULL;
    return shell_take_error(weir_prepare(shell->conn, sql.data, (ptrdiff_t)sql.size, stmt, NULL, &error),
                            &error, err);
}

/* Rows into a pipe are of no use once nobody reads it. What is drawn on a terminal, or goes through a pager, is ended there. */
static void watch_reader(Shell *shell, weir_stmt *stmt) {
    bool gives_rows = (weir_stmt_flags(stmt) & WEIR_STMT_ROWS) != 0;
    if (gives_rows && !shell_has_terminal(shell)) interrupt_watch_reader(&shell->interrupt, shell->out.file.handle);
}

/* The reader has gone while no rows came: as if one had been written to it. */
static Status end_by_reader(Shell *shell, Status status, Error *err) {
    if (status != STATUS_INTERRUPTED || !interrupt_is_by_reader(&shell->interrupt)) return status;
    shell->out.status = error_set(&shell->out.error, STATUS_DONE, "the reader has gone");
    return run_output_status(shell, err);
}

static Status run_text(Shell *shell, Str sql, Mode mode, Error *err) {
    weir_stmt *stmt;
    Pager pager;
    int64_t started_ns = io_clock_monotonic_ns(shell->io);
    interrupt_begin(&shell->interrupt, shell->conn);
    Status status = prepare(shell, sql, &stmt, err);
    bool is_empty = status == STATUS_OK && stmt == NULL;
    bool may_be_paged =
        !is_empty && status == STATUS_OK && (weir_stmt_flags(stmt) & WEIR_STMT_CONTINUOUS) == 0;
    /* A continuous result is watched where it is; nobody could leave a pager that never ends. */
    if (may_be_paged) pager_begin(&pager, shell);
    if (status == STATUS_OK && !is_empty) watch_reader(shell, stmt);
    if (status == STATUS_OK && !is_empty) status = run_prepared(shell, stmt, sql, mode, err);
    weir_stmt_free(stmt);
    interrupt_end(&shell->interrupt);
    status = end_by_reader(shell, status, err);
    output_flush(&shell->out);
    if (may_be_paged && pager_end(&pager) && status == STATUS_DONE) status = STATUS_OK;
    if (shell->display.has_timing && !is_empty) report_time(shell, started_ns);
    return status;
}

static Str place_sql(const Place *place) {
    return str_from(place->text.data + place->from, place->size);
}

Status run_statement(Shell *shell, const Place *place, Error *err) {
    shell->place = place;
    Status status = run_text(shell, place_sql(place), shell->display.mode, err);
    shell->place = NULL;
    if (!shell->is_once) return status;
    shell->is_once = false;
    Status closed = output_redirect(&shell->out, (Str){0}, status == STATUS_OK ? err : &(Error){0});
    return status == STATUS_OK ? closed : status;
}

Status run_sql(Shell *shell, Str sql, Mode mode, Error *err) {
    return run_text(shell, sql, mode, err);
}

Status run_check(Shell *shell, const Place *place, Error *err) {
    weir_stmt *stmt;
    shell->place = place;
    Status status = prepare(shell, place_sql(place), &stmt, err);
    weir_stmt_free(stmt);
    shell->place = NULL;
    return status;
}
