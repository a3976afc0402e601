/* SPDX-License-Identifier: Apache-2.0
 * shell/prompt.c - the interactive shell. */
#include "shell/prompt.h"

#include "shell/commands.h"
#include "shell/editor.h"
#include "shell/exit.h"
#include "shell/report.h"
#include "shell/script.h"

static void greet(Shell *shell) {
    report_line(shell, "weir " WEIR_VERSION ", in memory. A statement ends with ; and \\? lists commands.");
}

/* Words that other shells take without a sign. */
static Str command_of(Str line) {
    static const char *const words[][2] = {{"help", "\\?\n"}, {"quit", "\\q\n"}, {"exit", "\\q\n"}};
    Str word = str_trim(line);
    if (str_ends_with(word, STR(";"))) word = str_trim(str_from(word.data, word.size - 1));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_equal_ignore_case(word, str_from_c(words[i][0]))) return str_from_c(words[i][1]);
    return line;
}

/* Would a semicolon behind `line` end what has been typed? Not within quotes and comments. */
static bool is_between_words(Shell *shell, Script *script, Str line) {
    Text text;
    text_init(&text, &shell->memory);
    text_append(&text, script_pending(script));
    text_append(&text, line);
    text_append_char(&text, ';');
    bool is_ended = !text.failed && weir_complete(text.data, (ptrdiff_t)text.size) > 0;
    text_deinit(&text);
    return is_ended;
}

/* "SELECT 1 \g": *statement is what stands before. */
static bool ends_in_go(Shell *shell, Script *script, Str line, Str *statement) {
    Str trimmed = str_trim(line);
    if (!str_ends_with(trimmed, STR("\\g"))) return false;
    *statement = str_from(trimmed.data, trimmed.size - 2);
    bool is_alone = str_trim(*statement).size == 0;
    bool is_statement = is_alone ? script_is_open(script) : !commands_is_one(trimmed);
    return is_statement && is_between_words(shell, script, *statement);
}

/* A command while a statement waits for its semicolon, which goes on waiting. */
static void run_aside(Shell *shell, Str line) {
    Script aside;
    script_init(&aside, shell, NULL, script_run_one);
    script_add(&aside, line);
    script_deinit(&aside);
    shell->is_stopped = false; /* that is of the command alone */
}

/* A Ctrl-C that came too late to end its statement: the library was told, and would end the next one. */
static void forget_interrupt(Shell *shell) {
    bool was_seen = interrupt_take(&shell->interrupt);
    if (was_seen && shell->exit_status != EXIT_INTERRUPTED)
        (void)weir_exec(shell->conn, "SHOW server_version", -1, NULL);
}

/* Runs what is complete; the rest waits for more lines. A failure drops what follows it on the line. */
static void take_line(Shell *shell, Script *script, Str line) {
    shell->is_stopped = false;
    shell->exit_status = EXIT_OK;
    bool is_open = script_is_open(script);
    bool is_aside = is_open && str_starts_with(line, STR("\\")) && is_between_words(shell, script, (Str){0});
    Str statement;
    if (ends_in_go(shell, script, line, &statement)) {
        script_add(script, statement);
        script_add(script, STR(";\n"));
    } else if (is_aside) {
        run_aside(shell, line);
    } else {
        script_add(script, is_open ? line : command_of(line));
    }
    if (shell->is_stopped || !script_is_open(script)) script_forget(script);
    if (shell->exit_status == EXIT_INTERRUPTED) report_line(shell, "Cancelled.");
    forget_interrupt(shell);
    report_lost_rows(shell);
}

/* Ctrl-C drops what has been typed. */
static void drop_typed(Shell *shell, Script *script, bool was_idle) {
    interrupt_take(&shell->interrupt);
    script_forget(script);
    report_line(shell, was_idle ? "^C again, or Ctrl-D, leaves" : "^C");
}

static void run_lines(Shell *shell, Editor *editor, Script *script) {
    bool is_leaving = false; /* Ctrl-C was pressed with nothing typed */
    while (!shell->is_over && shell->out.status == STATUS_OK) {
        Str line;
        EditorEvent event = editor_read(editor, script_pending(script), &line);
        if (event == EDITOR_END) return;
        if (event == EDITOR_LINE) {
            is_leaving = false;
            take_line(shell, script, line);
            continue;
        }
        bool is_idle = !script_is_open(script) && line.size == 0;
        if ((is_idle && is_leaving) || atomic_load(&shell->interrupt.is_terminated)) return;
        drop_typed(shell, script, is_idle);
        is_leaving = is_idle;
    }
}

int prompt_main(Shell *shell) {
    Editor editor;
    Script script;
    Error err = {0};
    shell->is_prompt = true;
    script_init(&script, shell, NULL, script_run_one);
    if (editor_init(&editor, shell, &err) != STATUS_OK) {
        report_error(shell, &err);
        script_deinit(&script);
        return EXIT_STATEMENT;
    }
    weir_stdin_taken(shell->db);
    greet(shell);
    run_lines(shell, &editor, &script);
    editor_deinit(&editor);
    script_deinit(&script);
    return atomic_load(&shell->interrupt.is_terminated) ? EXIT_TERMINATED : EXIT_OK;
}
