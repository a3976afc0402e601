/* SPDX-License-Identifier: Apache-2.0
 * shell/pager.c - results longer than the screen go through a pager. */
#include "shell/pager.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "shell/child.h"

/* As git calls it: less ends by itself when all is seen, cuts long lines, and leaves the screen as it is. */
#define PAGER_SETTINGS "export LESS=\"${LESS-FRSX}\" LESSCHARSET=\"${LESSCHARSET-utf-8}\"; "
#define PAGER_DEFAULT  "command -v less >/dev/null || exec cat; exec less"

static size_t count_lines(Str text, size_t max) {
    size_t count = 0;
    for (size_t i = 0; i < text.size && count <= max; i++) count += text.data[i] == '\n';
    return count;
}

/* The output goes to the pager from now on, if it can be run. */
static void start(Pager *pager, const char *command) {
    Shell *shell = pager->shell;
    int ends[2];
    Text text;
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    text_init(&text, &shell->memory);
    text_append_format(&text, PAGER_SETTINGS "%s%c", command, '\0');
    if (!text.failed) pager->pid = child_start(text.data, ends[0]);
    text_deinit(&text);
    close(ends[0]);
    if (pager->pid > 0)
        shell->out.file =
            (IoFile){.io = shell->io, .path = STR("the pager"), .handle = ends[1], .owned = true};
    else
        close(ends[1]);
}

static void start_when_long(Output *out, void *context) {
    Pager *pager = context;
    const char *command = getenv("PAGER");
    /* Asked when the first text is about to be written: what is short has been gathered whole by then. */
    size_t lines_max = terminal_size().rows - 1; /* the last is the prompt's */
    if (command == NULL) command = PAGER_DEFAULT;
    bool is_set = str_trim(str_from_c(command)).size > 0;
    if (is_set && count_lines(text_str(&out->text), lines_max) > lines_max) start(pager, command);
}

void pager_begin(Pager *pager, Shell *shell) {
    *pager = (Pager){.shell = shell};
    if (!shell->is_prompt || !shell->display.has_pager || !shell_has_terminal(shell)) return;
    output_flush(&shell->out);
    shell->out.before_first = start_when_long;
    shell->out.before_context = pager;
}

bool pager_end(Pager *pager) {
    Output *out = &pager->shell->out;
    Error ignored = {0};
    output_flush(out);
    out->before_first = NULL;
    if (pager->pid == 0) return false;
    (void)io_close(&out->file, &ignored);
    out->file = out->standard;
    (void)child_wait(pager->pid);
    bool is_left = out->status == STATUS_DONE;
    if (is_left) out->status = STATUS_OK;
    return is_left;
}
