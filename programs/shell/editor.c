/* SPDX-License-Identifier: Apache-2.0
 * shell/editor.c - one line after the other from a terminal. */
#include "shell/editor.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#if WEIR_HAS_LIBEDIT
#include <histedit.h>
#endif

#include "base/utf8.h"
#include "shell/report.h"

enum { IDLE_MS = 100, HISTORY_COUNT_MAX = 10000 };

#define PROMPT_FIRST "weir> "
#define PROMPT_NEXT  "  ... "

/* ---- waiting: the database goes on ---- */

static uint64_t epoch_of(Shell *shell) {
    weir_stats stats = WEIR_STATS_INIT;
    return weir_get_stats(shell->db, &stats) == WEIR_OK ? stats.epoch : 0;
}

/* Lets the database do what is due; how long it may rest then, in ms, -1: until something is typed. */
static int step(Shell *shell) {
    weir_error *error = NULL;
    Error err = {0};
    uint64_t before = epoch_of(shell);
    int code = weir_step(shell->db, 0, &error);
    if (code == WEIR_DONE) return -1;
    if (code != WEIR_OK && code != WEIR_TIMEOUT) {
        (void)shell_take_error(code, &error, &err);
        report_error(shell, &err);
        return -1;
    }
    return epoch_of(shell) == before ? IDLE_MS : 0;
}

/* True: something can be read; false: a signal came. */
static bool wait_for_key(Shell *shell) {
    while (!interrupt_seen(&shell->interrupt))
        if (interrupt_wait(&shell->interrupt, STDIN_FILENO, step(shell))) return true;
    return false;
}

#if WEIR_HAS_LIBEDIT

/* ---- keys ---- */

static Editor *editor_of(EditLine *line_edit) {
    Editor *editor = NULL;
    el_get(line_edit, EL_CLIENTDATA, &editor);
    return editor;
}

static void keep_typed(Editor *editor) {
    const LineInfo *info = el_line(editor->line_edit);
    text_reset(&editor->line);
    text_append(&editor->line, str_from(info->buffer, (size_t)(info->lastchar - info->buffer)));
}

/* One character for libedit: 1, 0 at the end, -1 when interrupted. */
static int read_key(EditLine *line_edit, wchar_t *out) {
    Editor *editor = editor_of(line_edit);
    char bytes[UTF8_CHARACTER_SIZE_MAX];
    if (!wait_for_key(editor->shell)) {
        keep_typed(editor);
        errno = EINTR;
        return -1;
    }
    if (read(STDIN_FILENO, bytes, 1) != 1) return 0;
    size_t size = utf8_size_of((unsigned char)bytes[0]);
    for (size_t i = 1; i < size; i++)
        if (read(STDIN_FILENO, bytes + i, 1) != 1) return 0;
    uint32_t code_point;
    bool is_valid = utf8_decode(bytes, bytes + size, &code_point) > 0;
    *out = is_valid ? (wchar_t)code_point : L'?';
    return 1;
}

/* libedit does not write to it, though its type would allow that. */
static char *write_prompt(EditLine *line_edit) {
    return editor_of(line_edit)->earlier.size > 0 ? (char *)PROMPT_NEXT : (char *)PROMPT_FIRST;
}

/* ---- Tab ---- */

static void list_candidates(Editor *editor) {
    Text *text = output_text(&editor->shell->messages);
    text_append_char(text, '\n');
    for (size_t i = 0; i < editor->completer.candidates.count; i++)
        text_append_format(text, "%.*s  ", STR_ARGS(editor->completer.candidates.items[i]));
    text_append_char(text, '\n');
    output_flush(&editor->shell->messages);
}

static bool insert(EditLine *line_edit, Str word, Str replacement, bool is_whole) {
    char room[256];
    bool is_ended = is_whole && !str_ends_with(replacement, STR("."));
    size_t size = text_format(room, sizeof(room), "%.*s%s", STR_ARGS(replacement), is_ended ? " " : "");
    if (size == word.size) return false;
    el_deletestr(line_edit, (int)word.size);
    return el_insertstr(line_edit, room) == 0;
}

static unsigned char complete(EditLine *line_edit, int key) {
    Editor *editor = editor_of(line_edit);
    const LineInfo *info = el_line(line_edit);
    Str line = str_from(info->buffer, (size_t)(info->lastchar - info->buffer));
    completer_find(&editor->completer, editor->earlier, line, (size_t)(info->cursor - info->buffer));
    Str word = editor->completer.word;
    size_t count = editor->completer.candidates.count;
    if (count == 0) return CC_REFRESH_BEEP;
    Str common = completer_common(&editor->completer);
    bool is_longer = common.size > word.size || count == 1;
    if (is_longer && insert(line_edit, word, common, count == 1)) return CC_REFRESH;
    list_candidates(editor);
    return CC_REDISPLAY;
}

/* ---- history ---- */

/* <state>/weir/history, its folders made; empty when there is no home. */
static void find_history(Text *path) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state != NULL && state[0] == '/') {
        text_append_c(path, state);
    } else if (home != NULL && home[0] == '/') {
        text_append_format(path, "%s/.local%c", home, '\0');
        if (path->failed) return;
        mkdir(path->data, 0700);
        path->size--;
        text_append_c(path, "/state");
    } else {
        return;
    }
    text_append_char(path, '\0');
    if (path->failed) return;
    mkdir(path->data, 0700);
    path->size--;
    text_append_format(path, "/weir%c", '\0');
    if (path->failed) return;
    mkdir(path->data, 0700);
    path->size--;
    text_append_format(path, "/history%c", '\0');
}

static void open_history(Editor *editor) {
    HistEvent event;
    editor->history = history_init();
    if (editor->history == NULL) return;
    history(editor->history, &event, H_SETSIZE, HISTORY_COUNT_MAX);
    history(editor->history, &event, H_SETUNIQUE, 1);
    find_history(&editor->history_path);
    if (editor->history_path.failed || editor->history_path.size == 0) return;
    history(editor->history, &event, H_LOAD, editor->history_path.data);
    el_set(editor->line_edit, EL_HIST, history, editor->history);
}

/* What may hold a secret is not kept. */
static void remember(Editor *editor, Text *entry) {
    Str text = str_trim(text_str(entry));
    HistEvent event;
    if (editor->history == NULL || text.size == 0) return;
    for (size_t at = 0; at + 8 <= text.size; at++)
        if (str_equal_ignore_case(str_from(text.data + at, 8), STR("password"))) return;
    text_append_char(entry, '\0');
    if (!entry->failed) history(editor->history, &event, H_ENTER, entry->data);
}

static void close_history(Editor *editor) {
    HistEvent event;
    if (editor->history == NULL) return;
    if (!editor->history_path.failed && editor->history_path.size > 0)
        history(editor->history, &event, H_SAVE, editor->history_path.data);
    history_end(editor->history);
}

/* ---- lines ---- */

/* libedit asks the C library how characters are written; a terminal's are UTF-8 here, whatever the locale. */
static locale_t enter_utf8(void) {
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (utf8 != (locale_t)0) uselocale(utf8);
    return utf8;
}

static void leave_utf8(locale_t utf8) {
    if (utf8 == (locale_t)0) return;
    uselocale(LC_GLOBAL_LOCALE);
    freelocale(utf8);
}

static void set_up(Editor *editor) {
    el_set(editor->line_edit, EL_CLIENTDATA, editor);
    el_set(editor->line_edit, EL_PROMPT, write_prompt);
    el_set(editor->line_edit, EL_EDITOR, "emacs");
    el_set(editor->line_edit, EL_GETCFN, read_key);
    el_set(editor->line_edit, EL_ADDFN, "weir-complete", "complete the word", complete);
    el_set(editor->line_edit, EL_BIND, "^I", "weir-complete", NULL);
    el_set(editor->line_edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
    open_history(editor);
    el_source(editor->line_edit, NULL);
}

/* Also decides, by the locale of this moment, which characters are letters and not commands. */
static Status open_line_edit(Editor *editor, Error *err) {
    locale_t utf8 = enter_utf8();
    editor->line_edit = el_init("weir", stdin, stderr, stderr);
    if (editor->line_edit != NULL) set_up(editor);
    leave_utf8(utf8);
    if (editor->line_edit == NULL) return error_set(err, STATUS_IO, "the terminal cannot be edited on");
    return STATUS_OK;
}

static void close_line_edit(Editor *editor) {
    close_history(editor);
    if (editor->line_edit != NULL) el_end(editor->line_edit);
}

static EditorEvent read_line(Editor *editor) {
    int size = 0;
    locale_t utf8 = enter_utf8();
    el_set(editor->line_edit, EL_PREP_TERM, 1); /* before the prompt: what is typed early is not lost */
    el_resize(editor->line_edit);
    const char *line = el_gets(editor->line_edit, &size);
    if (line != NULL && size > 0) {
        text_reset(&editor->line);
        text_append(&editor->line, str_from(line, (size_t)size));
    }
    leave_utf8(utf8);
    if (line != NULL && size > 0) return EDITOR_LINE;
    return interrupt_seen(&editor->shell->interrupt) ? EDITOR_INTERRUPTED : EDITOR_END;
}

#else

static Status open_line_edit(Editor *editor, Error *err) {
    return STATUS_OK;
}

static void close_line_edit(Editor *editor) {}

static void remember(Editor *editor, Text *entry) {}

/* The terminal's own editing. */
static EditorEvent read_line(Editor *editor) {
    Text *messages = output_text(&editor->shell->messages);
    text_append_c(messages, editor->earlier.size > 0 ? PROMPT_NEXT : PROMPT_FIRST);
    output_flush(&editor->shell->messages);
    text_reset(&editor->line);
    for (char byte = 0; byte != '\n'; text_append_char(&editor->line, byte)) {
        if (!wait_for_key(editor->shell)) return EDITOR_INTERRUPTED;
        if (read(STDIN_FILENO, &byte, 1) != 1) return editor->line.size > 0 ? EDITOR_LINE : EDITOR_END;
    }
    return EDITOR_LINE;
}

#endif

Status editor_init(Editor *editor, Shell *shell, Error *err) {
    *editor = (Editor){.shell = shell};
    text_init(&editor->line, &shell->memory);
    text_init(&editor->entry, &shell->memory);
    text_init(&editor->history_path, &shell->memory);
    completer_init(&editor->completer, shell);
    Status status = open_line_edit(editor, err);
    if (status != STATUS_OK) editor_deinit(editor);
    return status;
}

void editor_deinit(Editor *editor) {
    editor_keep(editor, (Str){0}, true);
    close_line_edit(editor);
    completer_deinit(&editor->completer);
    text_deinit(&editor->history_path);
    text_deinit(&editor->entry);
    text_deinit(&editor->line);
}

void editor_keep(Editor *editor, Str line, bool is_whole) {
    text_append(&editor->entry, line);
    if (!is_whole) return;
    remember(editor, &editor->entry);
    text_reset(&editor->entry);
}

EditorEvent editor_read(Editor *editor, Str earlier, Str *line) {
    editor->earlier = earlier;
    output_flush(&editor->shell->out);
    text_reset(&editor->line);
    EditorEvent event = read_line(editor);
    if (event == EDITOR_END) report_line(editor->shell, "%s", "");
    *line = text_str(&editor->line);
    return event;
}
