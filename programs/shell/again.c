/* SPDX-License-Identifier: Apache-2.0
 * shell/again.c - the statement that was last, once more. */
#include "shell/again.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/number.h"
#include "shell/child.h"
#include "shell/report.h"
#include "shell/run.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS     INT64_C(1000000)

enum {
    STATEMENT_SIZE_MAX = 1 << 20, /* what the library takes */
    WATCH_SECONDS = 2,            /* psql's */
    WATCH_SECONDS_MAX = 86400,
    STEP_MS = 20, /* between two looks at the database where it has something to do */
};

void again_note(Shell *shell, Str statement) {
    text_reset(&shell->last);
    if (statement.size <= STATEMENT_SIZE_MAX) text_append(&shell->last, statement);
    if (shell->last.failed) text_reset(&shell->last);
}

static Status check_last(const Shell *shell, Error *err) {
    if (str_trim(text_str(&shell->last)).size > 0) return STATUS_OK;
    return error_set_at(err, STATUS_SYNTAX, -1, "there is no statement yet");
}

/* ---- \watch ---- */

static Status read_seconds(Str word, int64_t *ns, Error *err) {
    double seconds = WATCH_SECONDS;
    const char *end = word.data + word.size;
    bool is_number = word.size == 0 || number_scan_double(word.data, end, &seconds) == end;
    if (!is_number || !(seconds > 0) || seconds > WATCH_SECONDS_MAX)
        return error_set_at(err, STATUS_SYNTAX, -1, "\\watch takes a number of seconds above 0, at most %d", WATCH_SECONDS_MAX);
    *ns = (int64_t)(seconds * (double)NS_PER_SECOND);
    return STATUS_OK;
}

/* Above a result that somebody looks at; rows for programs stand alone. */
static void write_title(Shell *shell, Str seconds) {
    char room[CALENDAR_SIZE_MAX];
    if (!shell_has_terminal(shell)) return;
    int64_t now_us = io_clock_us(shell->io);
    size_t size = calendar_write_timestamptz(room, now_us - now_us % CALENDAR_SECOND, 0);
    text_append_format(output_text(&shell->out), "%.*s (every %.*ss)\n\n", (int)size, room, STR_ARGS(seconds.size > 0 ? seconds : STR("2")));
}

/* In the meantime the database goes on. False: a signal came. */
static bool wait_until(Shell *shell, int64_t due_ns) {
    while (!interrupt_seen(&shell->interrupt)) {
        int64_t left_ns = due_ns - io_clock_monotonic_ns(shell->io);
        if (left_ns <= 0) return true;
        weir_error *error = NULL;
        int code = weir_step(shell->db, 0, &error); /* what fails is told by the next run */
        weir_error_free(error);
        int64_t left_ms = (left_ns + NS_PER_MS - 1) / NS_PER_MS;
        (void)interrupt_wait(&shell->interrupt, -1, code == WEIR_DONE || left_ms < STEP_MS ? (int)left_ms : STEP_MS);
    }
    return false;
}

static Status run_again(Shell *shell, int64_t period_ns, Str seconds, Error *err) {
    Place place = {.text = text_str(&shell->last), .line = 1, .size = shell->last.size};
    for (int64_t due_ns = io_clock_monotonic_ns(shell->io);;) {
        write_title(shell, seconds);
        Status status = run_statement(shell, &place, err);
        err->position = -1; /* it is not in the line that is being run */
        TRY(status);
        output_flush(&shell->out);
        TRY(run_output_status(shell, err));
        /* A run that took longer is not made up for. */
        int64_t now_ns = io_clock_monotonic_ns(shell->io);
        due_ns = due_ns + period_ns > now_ns ? due_ns + period_ns : now_ns;
        if (!wait_until(shell, due_ns)) return error_set(err, STATUS_INTERRUPTED, "interrupted");
    }
}

Status again_watch(Shell *shell, Str seconds, Error *err) {
    int64_t period_ns;
    TRY(check_last(shell, err));
    TRY(read_seconds(seconds, &period_ns, err));
    Status status = run_again(shell, period_ns, seconds, err);
    bool is_over = status == STATUS_INTERRUPTED && interrupt_seen(&shell->interrupt) && shell->is_prompt;
    if (!is_over || atomic_load(&shell->interrupt.is_terminated)) return status;
    (void)interrupt_take(&shell->interrupt);
    /* It may have come too late to end its statement: the library was told, and would end the next one. */
    (void)weir_exec(shell->conn, "SHOW server_version", -1, NULL);
    return STATUS_OK;
}

/* ---- \e ---- */

/* A new file that nobody else has. */
static Status write_file(Shell *shell, Error *err) {
    const char *directory = getenv("TMPDIR");
    Text *path = &shell->edited;
    text_reset(path);
    text_append_format(path, "%s/weir-XXXXXX.sql%c", directory == NULL || directory[0] == '\0' ? "/tmp" : directory, '\0');
    if (path->failed) return error_out_of_memory(err);
    path->size--; /* behind it stands the zero */
    int fd = mkstemps(path->data, (int)sizeof(".sql") - 1);
    if (fd < 0) {
        error_set_at(err, STATUS_IO, -1, "no file could be made in \"%s\"", directory == NULL ? "/tmp" : directory);
        text_reset(path);
        return err->status;
    }
    IoFile file = {.io = shell->io, .path = text_str(path), .handle = fd, .owned = true};
    Str text = str_trim(text_str(&shell->last));
    Status status = io_write(&file, text.data, text.size, err);
    if (status == STATUS_OK) status = io_write(&file, "\n", 1, err);
    Status closed = io_close(&file, status == STATUS_OK ? err : &(Error){0});
    return status == STATUS_OK ? closed : status;
}

static Status run_editor(Shell *shell, Error *err) {
    const char *editor = getenv("EDITOR");
    if (editor == NULL || editor[0] == '\0') editor = getenv("VISUAL");
    if (editor == NULL || editor[0] == '\0') editor = "vi";
    Text command;
    text_init(&command, &shell->memory);
    text_append_format(&command, "%s '", editor);
    for (size_t i = 0; i < shell->edited.size; i++) { /* as sh reads it */
        char c = shell->edited.data[i];
        text_append_c(&command, c == '\'' ? "'\\'" : "");
        text_append_char(&command, c);
    }
    text_append_char(&command, '\'');
    Status status = command.failed ? error_out_of_memory(err) : child_run(shell, text_str(&command), err);
    text_deinit(&command);
    return status;
}

/* Whether the file holds something else than the last statement. */
static Status has_changed(Shell *shell, bool *out, Error *err) {
    IoFile file;
    Text text;
    text_init(&text, &shell->memory);
    TRY(io_open(shell->io, text_str(&shell->edited), IO_OPEN_READ, &file, err));
    char *room = text_reserve(&text, STATEMENT_SIZE_MAX + 1);
    Status status = room == NULL ? error_out_of_memory(err) : STATUS_OK;
    for (size_t size = 1; status == STATUS_OK && size > 0 && text.size <= STATEMENT_SIZE_MAX; text.size += status == STATUS_OK ? size : 0)
        status = io_read(&file, text.data + text.size, STATEMENT_SIZE_MAX + 1 - text.size, &size, err);
    *out = status == STATUS_OK && !str_equal(str_trim(text_str(&text)), str_trim(text_str(&shell->last)));
    io_close(&file, &(Error){0});
    text_deinit(&text);
    return status;
}

Status again_edit(Shell *shell, Str *path, Error *err) {
    *path = (Str){0};
    if (!shell->is_prompt) return error_set_at(err, STATUS_NOT_SUPPORTED, -1, "\\e is for the prompt");
    bool is_other = false;
    Status status = write_file(shell, err);
    if (status == STATUS_OK) status = run_editor(shell, err);
    if (status == STATUS_OK) status = has_changed(shell, &is_other, err);
    if (is_other)
        *path = text_str(&shell->edited);
    else
        again_forget_file(shell);
    return status;
}

void again_forget_file(Shell *shell) {
    Error ignored;
    Status status = shell->edited.size > 0 ? io_unlink(shell->io, text_str(&shell->edited), &ignored) : STATUS_OK;
    (void)status; /* it may have been moved away */
    text_reset(&shell->edited);
}
