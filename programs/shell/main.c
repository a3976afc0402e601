/* SPDX-License-Identifier: Apache-2.0
 * shell/main.c - the `weir` command. */
#include <fcntl.h>
#include <unistd.h>

#include "shell/check.h"
#include "shell/demo.h"
#include "shell/exit.h"
#include "shell/prompt.h"
#include "shell/report.h"
#include "shell/script.h"

/* A standard stream that is closed would give its number to the next file that is opened. It becomes /dev/null, the wrong
 * way round: who reads or writes it fails as with a closed one. */
static void hold_standard_streams(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) continue;
        IoFile file;
        IoOpen mode = fd == STDIN_FILENO ? IO_OPEN_APPEND : IO_OPEN_READ;
        if (io_open(io_real(), STR("/dev/null"), mode, &file, &(Error){0}) == STATUS_OK) ASSERT(file.handle == fd);
    }
}

/* Text for standard output when there is no shell yet. */
static int print(Memory *memory, void (*write)(Text *text)) {
    IoFile file;
    Output out;
    io_stdout(io_real(), &file);
    output_init(&out, memory, file);
    write(output_text(&out));
    output_flush(&out);
    int exit_status = out.status == STATUS_OK || out.status == STATUS_DONE ? EXIT_OK : EXIT_STATEMENT;
    output_deinit(&out);
    return exit_status;
}

static void write_version(Text *text) {
    text_append_c(text, "weir " WEIR_VERSION "\n");
}

static int complain(Memory *memory, const Error *err) {
    IoFile file;
    Output out;
    io_stderr(io_real(), &file);
    output_init(&out, memory, file);
    text_append_format(output_text(&out), "weir: %s\n", err->message);
    if (err->hint[0] != '\0') text_append_format(output_text(&out), "HINT: %s\n", err->hint);
    output_deinit(&out);
    return EXIT_USAGE;
}

static int run(Shell *shell, const Options *options) {
    switch (options->subcommand) {
        case SUBCOMMAND_DEMO: return demo_main(shell, options);
        case SUBCOMMAND_CHECK: return check_main(shell, options);
        case SUBCOMMAND_EXPLAIN: return explain_main(shell, options);
        case SUBCOMMAND_NONE: break;
    }
    /* weir < file and cmd | weir are scripts, as with other shells. */
    bool is_prompt = options->input_count == 0 && terminal_is(STDIN_FILENO);
    return is_prompt ? prompt_main(shell) : script_main(shell, options);
}

static int open_and_run(const Options *options) {
    Shell shell;
    Error err = {0};
    int exit_status = EXIT_STATEMENT;
    if (shell_init(&shell, options, &err) == STATUS_OK)
        exit_status = run(&shell, options);
    else
        report_error(&shell, &err);
    shell_deinit(&shell);
    return exit_status;
}

int main(int argc, char **argv) {
    Memory memory;
    Arena arena;
    Options options;
    Error err = {0};
    hold_standard_streams();
    memory_init(&memory, 0);
    arena_init(&arena, &memory);
    int exit_status;
    if (options_read(&options, &arena, argc, argv, &err) != STATUS_OK)
        exit_status = complain(&memory, &err);
    else if (options.wants_help)
        exit_status = print(&memory, options_write_help);
    else if (options.wants_version)
        exit_status = print(&memory, write_version);
    else
        exit_status = open_and_run(&options);
    arena_deinit(&arena);
    memory_deinit(&memory);
    return exit_status;
}
