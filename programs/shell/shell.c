/* SPDX-License-Identifier: Apache-2.0
 * shell/shell.c - what the parts of the command share. */
#include "shell/shell.h"

#include <unistd.h>

#include "shell/report.h"

Status shell_take_error(int code, weir_error **from, Error *err) {
    weir_error *error = *from;
    if (code == WEIR_OK) return STATUS_OK;
    if (error == NULL) return error_set(err, (Status)code, "the call ended with status %d", code);
    error_set_at(err, (Status)weir_error_code(error), weir_error_position(error), "%s",
                 weir_error_message(error));
    error_add_detail(err, "%s", weir_error_detail(error));
    error_add_hint(err, "%s", weir_error_hint(error));
    weir_error_free(error);
    *from = NULL;
    return err->status;
}

bool shell_has_terminal(const Shell *shell) {
    return shell->out.file.handle == STDOUT_FILENO && terminal_is(STDOUT_FILENO);
}

static Status open_database(Shell *shell, Error *err) {
    weir_error *error = NULL;
    const char *uri = shell->data == NULL ? ":memory:" : shell->data;
    TRY(shell_take_error(weir_open(uri, NULL, &shell->db, &error), &error, err));
    weir_set_notice(shell->db, report_notice, shell);
    return shell_take_error(weir_connect(shell->db, &shell->conn, &error), &error, err);
}

static void close_database(Shell *shell) {
    weir_disconnect(shell->conn);
    weir_close(shell->db, NULL);
    shell->conn = NULL;
    shell->db = NULL;
}

Status shell_reopen(Shell *shell, Error *err) {
    close_database(shell);
    return open_database(shell, err);
}

Status shell_init(Shell *shell, const Options *options, Error *err) {
    IoFile out, messages;
    *shell = (Shell){.io = io_real(), .paint = terminal_paint(options->color, STDERR_FILENO)};
    memory_init(&shell->memory, 0);
    zones_init(&shell->zones, shell->io, &shell->memory);
    io_stdout(shell->io, &out);
    io_stderr(shell->io, &messages);
    output_init(&shell->out, &shell->memory, out);
    output_init(&shell->messages, &shell->memory, messages);
    shell->display =
        (Display){.mode = options->mode, .has_header = options->has_header, .has_footer = true, .has_pager = true};
    text_init(&shell->display.null_text, &shell->memory);
    text_init(&shell->display.separator, &shell->memory);
    text_init(&shell->bound, &shell->memory);
    text_init(&shell->last, &shell->memory);
    text_init(&shell->edited, &shell->memory);
    TRY(interrupt_init(&shell->interrupt, err));
    shell->data = options->data;
    return open_database(shell, err);
}

void shell_deinit(Shell *shell) {
    close_database(shell);
    interrupt_deinit(&shell->interrupt);
    output_deinit(&shell->out);
    output_deinit(&shell->messages);
    zones_deinit(&shell->zones);
    text_deinit(&shell->display.null_text);
    text_deinit(&shell->display.separator);
    text_deinit(&shell->bound);
    text_deinit(&shell->last);
    text_deinit(&shell->edited);
    memory_deinit(&shell->memory);
}
