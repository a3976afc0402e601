/* SPDX-License-Identifier: Apache-2.0
 * shell/script.c - statements from a text, a file or a pipe, each run as soon as its semicolon is there. */
#include "shell/script.h"

#include <fcntl.h>
#include <unistd.h>

#include "shell/again.h"
#include "shell/commands.h"
#include "shell/exit.h"
#include "shell/report.h"
#include "shell/run.h"
#include "shell/word.h"

#define STEP_NS INT64_C(100000000) /* between two looks at the interrupt */

enum {
    SCRIPT_READ_SIZE = 64 * 1024,
    READ_DEPTH_MAX = 16, /* of files that read files */
    SCRIPT_KEPT_SIZE_MAX = 1024 * 1024, /* of text that has run: moving the rest down then costs little per byte */
};

void script_init(Script *script, Shell *shell, const char *name, ScriptStep *step) {
    *script = (Script){.shell = shell, .step = step, .name = name, .line = 1};
    text_init(&script->text, &shell->memory);
}

void script_deinit(Script *script) {
    text_deinit(&script->text);
}

/* ---- failures ---- */

static void stop(Shell *shell, int exit_status) {
    if (shell->exit_status == EXIT_OK) shell->exit_status = exit_status;
    shell->is_stopped = true;
}

static void stop_interrupted(Shell *shell) {
    interrupt_take(&shell->interrupt);
    stop(shell, atomic_load(&shell->interrupt.is_terminated) ? EXIT_TERMINATED : EXIT_INTERRUPTED);
}

static void report_at(Shell *shell, const Place *place, const Error *err) {
    const Place *before = shell->place;
    shell->place = place;
    report_error(shell, err);
    shell->place = before;
}

/* `place` may be NULL. */
static void fail(Shell *shell, const Place *place, Status status, const Error *err) {
    bool is_by_reader = status == STATUS_INTERRUPTED && interrupt_is_by_reader(&shell->interrupt);
    if (shell->out.status == STATUS_DONE || status == STATUS_DONE || is_by_reader) {
        stop(shell, EXIT_OK); /* as under head: enough was read, of results or of a sink */
    } else if (shell->out.status != STATUS_OK) {
        report_at(shell, NULL, err);
        stop(shell, EXIT_STATEMENT);
    } else if (status == STATUS_INTERRUPTED && interrupt_seen(&shell->interrupt)) {
        stop_interrupted(shell);
    } else {
        report_at(shell, place, err);
        if (shell->exit_status == EXIT_OK) shell->exit_status = exit_of_status(status);
        if (!shell->keeps_going) shell->is_stopped = true;
    }
}

/* ---- statements ---- */

static Str rest_of(const Script *script) {
    return str_from(script->text.data + script->at, script->text.size - script->at);
}

/* To the next byte of a statement: comments to the end of their line are passed, so that a command may
 * follow. */
static void skip_blank(Script *script) {
    for (Str rest; rest = rest_of(script), rest.size > 0;) {
        const char *line_end = NULL;
        if (str_starts_with(rest, STR("--"))) line_end = memchr(rest.data, '\n', rest.size);
        if (line_end == NULL && !word_is_blank(rest.data[0])) return;
        script->at += line_end == NULL ? 1 : (size_t)(line_end - rest.data);
    }
}

/* Rows where a script was expected: no statement begins so. */
static void hint_at_data(const Script *script, const Place *place, Error *err) {
    Str before = str_from(place->text.data, place->from), line = str_from(place->text.data + place->from, place->size);
    bool is_first = script->is_file && place->line == 1 && str_trim(before).size == 0;
    if (!is_first || err->status != STATUS_SYNTAX || err->position != 0) return;
    const char *line_end = memchr(line.data, '\n', line.size);
    if (line_end != NULL) line.size = (size_t)(line_end - line.data);
    bool is_json = line.size > 0 && (line.data[0] == '{' || line.data[0] == '[');
    if (!is_json && str_find(str_trim(line), STR(" ")) >= 0) return;
    error_add_hint(err, "If these are rows and no statements: weir -c \"SELECT * FROM stdin\" reads them.");
}

/* What the prompt takes anywhere, and psql in scripts too. */
static void hint_at_command(const Place *place, Error *err) {
    bool is_there = err->status == STATUS_SYNTAX && err->position >= 0 && (size_t)err->position < place->size;
    if (is_there && place->text.data[place->from + (size_t)err->position] == '\\' && err->hint[0] == '\0')
        error_add_hint(err, "In a script a command with a backslash has a line of its own, where a statement would begin; a statement ends with a semicolon.");
}

static void run_at(Script *script, size_t size) {
    Place place = {.name = script->name,
                   .text = text_str(&script->text),
                   .line = script->line,
                   .from = script->at,
                   .size = size};
    Error err = {0};
    Status status = script->step(script, &place, &err);
    if (status == STATUS_OK) status = run_output_status(script->shell, &err);
    if (status != STATUS_OK) hint_at_data(script, &place, &err);
    if (status != STATUS_OK) hint_at_command(&place, &err);
    if (status != STATUS_OK) fail(script->shell, &place, status, &err);
}

/* Size of the line that is a command of the shell, its end included; 0: not all there yet. */
static size_t command_size(Str rest, bool is_end) {
    const char *line_end = memchr(rest.data, '\n', rest.size);
    if (line_end != NULL) return (size_t)(line_end - rest.data) + 1;
    return is_end ? rest.size : 0;
}

/* Size of the first statement, its semicolon included; 0: not all there yet. Text without a semicolon is not
 * looked at twice. */
static size_t statement_size(Script *script, Str rest, bool is_end) {
    /* weir_complete reads from the start: asked at each line of a long INSERT it would take quadratic time. */
    size_t from = script->scanned > script->at ? script->scanned - script->at : 0;
    size_t size = 0;
    if (memchr(rest.data + from, ';', rest.size - from) != NULL)
        size = (size_t)weir_complete(rest.data, (ptrdiff_t)rest.size);
    script->scanned = script->text.size;
    if (size > 0) script->scanned = script->at + size;
    return size == 0 && is_end ? rest.size : size;
}

/* Whole lines only, since messages show the line that a statement stands in. */
static void drop_lines(Script *script) {
    ASSERT(script->at <= script->text.size);
    if (script->at < SCRIPT_KEPT_SIZE_MAX) return;
    size_t start = script->at;
    while (start > 0 && script->text.data[start - 1] != '\n') start--;
    for (size_t i = 0; i < start; i++) script->line += script->text.data[i] == '\n';
    memmove(script->text.data, script->text.data + start, script->text.size - start);
    script->text.size -= start;
    script->at -= start;
    script->scanned = script->scanned > start ? script->scanned - start : 0;
}

static void run_complete(Script *script, bool is_end) {
    while (!script->shell->is_stopped) {
        skip_blank(script);
        Str rest = rest_of(script);
        if (rest.size == 0) return;
        bool is_command = commands_is_one(rest);
        size_t size = is_command ? command_size(rest, is_end) : statement_size(script, rest, is_end);
        if (size == 0) return;
        run_at(script, size);
        script->at += size;
        drop_lines(script);
    }
}

/* \i: as a part of what is being run. */
static Status include(Shell *shell, Str path, Error *err);

static Status run_command(Shell *shell, Str line, Error *err) {
    Str file;
    TRY(commands_run(shell, line, &file, err));
    Status status = file.size == 0 ? STATUS_OK : include(shell, file, err);
    again_forget_file(shell);
    return status;
}

Status script_run_one(Script *script, const Place *place, Error *err) {
    Str text = str_from(place->text.data + place->from, place->size);
    if (commands_is_one(text)) return run_command(script->shell, text, err);
    again_note(script->shell, text);
    return run_statement(script->shell, place, err);
}

/* ---- text coming in ---- */

/* Where the text read so far ends. */
static void fail_at_end(Script *script, Status status, const Error *err) {
    Place place = {.name = script->name, .text = text_str(&script->text), .line = script->line};
    place.from = place.text.size;
    fail(script->shell, &place, status, err);
    script->shell->is_stopped = true;
}

void script_add(Script *script, Str bytes) {
    Error err = {0};
    const char *nul = memchr(bytes.data, '\0', bytes.size);
    text_append(&script->text, nul == NULL ? bytes : str_from(bytes.data, (size_t)(nul - bytes.data)));
    if (script->text.failed) {
        fail_at_end(script, error_out_of_memory(&err), &err);
        return;
    }
    run_complete(script, false);
    if (nul == NULL || script->shell->is_stopped) return;
    error_set_at(&err, STATUS_SYNTAX, 0, "a script may not hold a NUL byte");
    fail_at_end(script, STATUS_SYNTAX, &err);
}

void script_end(Script *script) {
    run_complete(script, true);
}

Str script_pending(const Script *script) {
    Str rest = str_from(script->text.data + script->at, script->text.size - script->at);
    for (size_t i = 0; i < rest.size; i++)
        if (!word_is_blank(rest.data[i])) return rest;
    return (Str){0};
}

bool script_is_open(const Script *script) {
    return script_pending(script).size > 0;
}

void script_forget(Script *script) {
    text_reset(&script->text);
    script->line = 1;
    script->at = script->scanned = 0;
}

/* ---- files ---- */

/* Waits for text, so that a signal is seen; false: it came. */
static bool wait_for_text(Script *script, IoFile *file) {
    Interrupt *interrupt = &script->shell->interrupt;
    while (!interrupt_seen(interrupt))
        if (interrupt_wait(interrupt, file->handle, -1)) return true;
    return false;
}

static Status read_all(Script *script, IoFile *file, Error *err) {
    char *room = memory_alloc(&script->shell->memory, SCRIPT_READ_SIZE);
    TRY_ALLOC(room);
    Status status = STATUS_OK;
    while (status == STATUS_OK && !script->shell->is_stopped) {
        size_t size;
        /* Who types into the pipe, or waits at its end, has seen all results before more is asked for. */
        output_flush(&script->shell->out);
        if (!wait_for_text(script, file)) {
            status = error_set(err, STATUS_INTERRUPTED, "interrupted");
            break;
        }
        status = io_read(file, room, SCRIPT_READ_SIZE, &size, err);
        if (status != STATUS_OK || size == 0) break;
        script_add(script, str_from(room, size));
    }
    memory_free(&script->shell->memory, room, SCRIPT_READ_SIZE);
    return status;
}

/* Standard input leaves its place, so that FROM stdin in the script cannot swallow the script. */
static Status take_standard_input(Shell *shell, IoFile *file, Error *err) {
    IoFile nothing;
    TRY(io_open(shell->io, STR("/dev/null"), IO_OPEN_READ, &nothing, err));
    io_stdin(shell->io, file);
    /* Not one of the three standard numbers, and not inherited by a pager. */
    int handle = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    bool is_moved = handle >= 0 && dup2(nothing.handle, STDIN_FILENO) >= 0;
    io_close(&nothing, &(Error){0});
    if (!is_moved) return error_set(err, STATUS_IO, "could not set standard input aside");
    file->handle = handle;
    file->owned = true;
    weir_stdin_taken(shell->db);
    return STATUS_OK;
}

static Status open_script(Script *script, const char *path, IoFile *file, Error *err) {
    if (strcmp(path, "-") == 0) return take_standard_input(script->shell, file, err);
    return io_open(script->shell->io, str_from_c(path), IO_OPEN_READ, file, err);
}

void script_read_file(Script *script, const char *path) {
    Error err = {0};
    IoFile file;
    Status status = open_script(script, path, &file, &err);
    if (status != STATUS_OK) {
        fail(script->shell, NULL, status, &err);
        script->shell->is_stopped = true;
        return;
    }
    status = read_all(script, &file, &err);
    if (status != STATUS_OK) fail_at_end(script, status, &err);
    io_close(&file, &(Error){0});
    if (!script->shell->is_stopped) script_end(script);
}

static Status include_file(Shell *shell, const char *path, Error *err) {
    IoFile file;
    TRY(io_open(shell->io, str_from_c(path), IO_OPEN_READ, &file, err));
    Script script;
    script_init(&script, shell, path, script_run_one);
    Status status = read_all(&script, &file, err);
    io_close(&file, &(Error){0});
    if (status == STATUS_OK && !shell->is_stopped) script_end(&script);
    script_deinit(&script);
    return status;
}

static Status include(Shell *shell, Str path, Error *err) {
    if (shell->read_depth >= READ_DEPTH_MAX)
        return error_set_at(err, STATUS_LIMIT, -1, "files read each other more than %d deep", READ_DEPTH_MAX);
    Arena arena;
    arena_init(&arena, &shell->memory);
    Str name = str_copy(&arena, path); /* the text that it points into may go */
    Status status = name.data == NULL ? error_out_of_memory(err) : STATUS_OK;
    if (status == STATUS_OK) {
        shell->read_depth++;
        status = include_file(shell, name.data, err);
        shell->read_depth--;
    }
    arena_deinit(&arena);
    output_flush(&shell->out);
    return status;
}

/* ---- the whole ---- */

/* Of sinks that write to standard output. */
static bool has_reader_gone(Shell *shell, const weir_stats *stats) {
    return stats->sinks_on_stdout > 0 && interrupt_has_reader_gone(shell->out.standard.handle);
}

/* Bounded sources that feed views and sinks are read to their end. */
static void finish(Shell *shell) {
    Error err = {0};
    weir_error *error = NULL;
    weir_stats stats = WEIR_STATS_INIT;
    interrupt_begin(&shell->interrupt, shell->conn);
    if (weir_get_stats(shell->db, &stats) == WEIR_OK && stats.sinks_on_stdout > 0)
        interrupt_watch_reader(&shell->interrupt, shell->out.standard.handle);
    Status status = shell_take_error(weir_exec(shell->conn, "", 0, &error), &error, &err);
    interrupt_end(&shell->interrupt);
    shell->is_end_failed = status != STATUS_OK && status != STATUS_INTERRUPTED;
    if (status != STATUS_OK) fail(shell, NULL, status, &err);
}

/* Sinks over sources without an end are fed until a signal comes, or nobody reads them. */
static void feed_sinks(Shell *shell) {
    weir_stats stats = WEIR_STATS_INIT;
    while (!shell->is_stopped && weir_get_stats(shell->db, &stats) == WEIR_OK && stats.sinks_fed > 0) {
        Error err = {0};
        weir_error *error = NULL;
        if (has_reader_gone(shell, &stats)) stop(shell, EXIT_OK);
        if (shell->is_stopped) return;
        int code = weir_step(shell->db, STEP_NS, &error);
        if (code == WEIR_DONE && error == NULL) return;
        Status status = shell_take_error(code, &error, &err);
        if (status != STATUS_OK) fail(shell, NULL, status, &err);
        shell->is_stopped |= status != STATUS_OK;
        if (!shell->is_stopped && interrupt_seen(&shell->interrupt)) stop_interrupted(shell);
    }
}

static const char *input_name(const Input *input) {
    if (!input->is_file) return "-c";
    return strcmp(input->text, "-") == 0 ? "stdin" : input->text;
}

void script_run_input(Shell *shell, const Input *input, ScriptStep *step, void *context) {
    Script script;
    script_init(&script, shell, input_name(input), step);
    script.context = context;
    script.is_file = input->is_file;
    if (input->is_file) {
        script_read_file(&script, input->text);
    } else {
        script_add(&script, str_from_c(input->text));
        if (!shell->is_stopped) script_end(&script);
    }
    script_deinit(&script);
}

/* on_error = 'stop': a warning has named what has halted. */
static int exit_of_halted(const Shell *shell) {
    weir_stats stats = WEIR_STATS_INIT;
    if (weir_get_stats(shell->db, &stats) != WEIR_OK || stats.objects_halted == 0) return EXIT_OK;
    return stats.sources_halted > 0 ? EXIT_INPUT : EXIT_STATEMENT;
}

int script_main(Shell *shell, const Options *options) {
    static const Input standard_input = {.is_file = true, .text = "-"};
    const Input *inputs = options->input_count == 0 ? &standard_input : options->inputs;
    size_t count = options->input_count == 0 ? 1 : options->input_count;
    shell->keeps_going = options->keeps_going;
    for (size_t i = 0; i < count && !shell->is_stopped; i++)
        script_run_input(shell, &inputs[i], script_run_one, NULL);
    /* \q ends the statements, not what they have set going. */
    if (!shell->is_stopped || shell->is_over) finish(shell);
    feed_sinks(shell);
    report_lost_rows(shell);
    if (shell->exit_status == EXIT_OK) shell->exit_status = exit_of_halted(shell);
    return shell->exit_status;
}
