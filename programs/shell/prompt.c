/* SPDX-License-Identifier: Apache-2.0
 * shell/prompt.c - the interactive shell. */
#include "shell/prompt.h"

#include "shell/again.h"
#include "shell/commands.h"
#include "shell/editor.h"
#include "shell/exit.h"
#include "shell/report.h"
#include "shell/script.h"
#include "shell/word.h"

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

/* Would a semicolon behind `line` end the last statement that has been typed? Not within quotes and comments. */
static bool is_between_words(Shell *shell, Script *script, Str line) {
    Text text;
    text_init(&text, &shell->memory);
    text_append(&text, script_pending(script));
    text_append(&text, line);
    text_append_char(&text, ';');
    size_t at = 0;
    for (ptrdiff_t size = 1; !text.failed && size > 0 && at < text.size; at += (size_t)size)
        size = weir_complete(text.data + at, (ptrdiff_t)(text.size - at));
    bool is_ended = !text.failed && at == text.size;
    text_deinit(&text);
    return is_ended;
}

/* Where a command begins in a line of SQL, as in "SELECT 1 \gx": SQL itself has no backslash but in quotes. line.size: nowhere. */
static size_t find_command(Shell *shell, Script *script, Str line) {
    size_t at = 0;
    if (!script_is_open(script) && commands_is_one(str_trim(line))) return line.size;
    for (; at < line.size; at++)
        if (line.data[at] == '\\' && is_between_words(shell, script, str_from(line.data, at))) break;
    return at;
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

/* \watch and \e take the statement that waits instead of the last one. */
static bool takes_pending(Script *script, Str command) {
    Str name = word_take(&command, STR(""), STR(""));
    return script_is_open(script) && (str_equal(name, STR("\\watch")) || str_equal(name, STR("\\e")));
}

/* \g and \gx end the statement before them, other commands leave it waiting. */
static void run_behind(Shell *shell, Script *script, Str command) {
    if (takes_pending(script, command)) {
        again_note(shell, script_pending(script));
        script_forget(script);
    }
    bool was_expanded = shell->display.is_expanded, is_expanding = str_equal(str_trim(command), STR("\\gx"));
    if (!is_expanding && !str_equal(str_trim(command), STR("\\g"))) {
        run_aside(shell, command);
        return;
    }
    if (is_expanding) shell->display.is_expanded = true;
    script_add(script, STR(";\n"));
    shell->display.is_expanded = was_expanded;
}

/* Runs what is complete; the rest waits for more lines. A failure drops what follows it on the line. False: the line is no part of a
 * statement that goes on waiting. */
static bool take_line(Shell *shell, Script *script, Str line) {
    shell->is_stopped = false;
    shell->exit_status = EXIT_OK;
    bool is_open = script_is_open(script);
    size_t at = find_command(shell, script, line);
    bool is_aside = is_open && str_trim(str_from(line.data, at)).size == 0;
    script_add(script, at < line.size ? str_from(line.data, at) : is_open ? line : command_of(line));
    if (at < line.size && !shell->is_stopped) run_behind(shell, script, str_from(line.data + at, line.size - at));
    if (shell->is_stopped || !script_is_open(script)) script_forget(script);
    if (shell->exit_status == EXIT_INTERRUPTED) report_line(shell, "Cancelled.");
    forget_interrupt(shell);
    report_lost_rows(shell);
    return !is_aside || !script_is_open(script);
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
            if (take_line(shell, script, line)) editor_keep(editor, line, !script_is_open(script));
            continue;
        }
        bool is_idle = !script_is_open(script) && line.size == 0;
        if ((is_idle && is_leaving) || atomic_load(&shell->interrupt.is_terminated)) return;
        drop_typed(shell, script, is_idle);
        editor_keep(editor, (Str){0}, true);
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
