/* SPDX-License-Identifier: Apache-2.0
 * shell/commands.c - the commands beside SQL. */
#include "shell/commands.h"

#include <limits.h>

#include "format/infer.h"
#include "shell/again.h"
#include "shell/answer.h"
#include "shell/bound.h"
#include "shell/child.h"
#include "shell/load.h"
#include "shell/report.h"
#include "shell/run.h"
#include "shell/status_line.h"
#include "shell/word.h"

enum { HELP_COLUMN = 38, SUGGEST_SIZE_MIN = 5 /* what is shorter is near everything */, PIPE_WAIT_MS = 50 };

typedef enum Action {
    ACTION_HELP,
    ACTION_QUIT,
    ACTION_DESCRIBE,
    ACTION_TABLES,
    ACTION_VIEWS,
    ACTION_MATERIALIZED,
    ACTION_SOURCES,
    ACTION_FUNCTIONS,
    ACTION_SCHEMA,
    ACTION_SETTINGS,
    ACTION_CONNINFO,
    ACTION_STATS,
    ACTION_MODE,
    ACTION_EXPANDED,
    ACTION_HEADERS,
    ACTION_TUPLES,
    ACTION_UNALIGNED,
    ACTION_NULL_TEXT,
    ACTION_SEPARATOR,
    ACTION_TIMING,
    ACTION_PAGER,
    ACTION_WATCH,
    ACTION_EDIT,
    ACTION_READ,
    ACTION_BIND,
    ACTION_OUTPUT,
    ACTION_ONCE,
    ACTION_ECHO,
    ACTION_SHOW,
    ACTION_IMPORT,
    ACTION_COPY,
    ACTION_CHILD,
} Action;

typedef struct Command {
    Action action;
    const char *backslash, *dot; /* with their sign */
    const char *argument, *summary;
} Command;

static const Command commands[] = {
#define COMMAND(action, backslash, dot, argument, summary) \
    {ACTION_##action, "\\" backslash, "." dot, argument, summary},
#define REFUSED(word, hint)
#include "shell/commands.def"
#undef COMMAND
#undef REFUSED
};

static const struct {
    const char *word, *hint;
} refused[] = {
#define COMMAND(action, backslash, dot, argument, summary)
#define REFUSED(word, hint) {word, hint},
#include "shell/commands.def"
#undef COMMAND
#undef REFUSED
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

const char *commands_spelling(size_t n) {
    if (n >= (size_t)COMMAND_COUNT * 2) return NULL;
    return n % 2 == 0 ? commands[n / 2].backslash : commands[n / 2].dot;
}

bool commands_is_one(Str text) {
    if (text.size == 0) return false;
    if (text.data[0] == '\\') return true;
    return text.data[0] == '.' && !(text.size > 1 && text.data[1] >= '0' && text.data[1] <= '9');
}

/* ---- the line ---- */

/* A word that is no name in SQL stands without its quotes. */
static Str unquoted(Str word) {
    bool is_quoted = word.size >= 2 && (word.data[0] == '\'' || word.data[0] == '"') &&
                     word.data[word.size - 1] == word.data[0];
    return is_quoted ? str_from(word.data + 1, word.size - 2) : word;
}

static Status unknown(Str word, Error *err) {
    Str best = {0};
    int distance = INT_MAX;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (!str_equal(word, str_from_c(refused[i].word))) continue;
        error_set_at(err, STATUS_NOT_SUPPORTED, -1, "%s is not supported", refused[i].word);
        return error_add_hint(err, "%s", refused[i].hint);
    }
    for (size_t n = 0; commands_spelling(n) != NULL && word.size >= SUGGEST_SIZE_MIN; n++) {
        Str spelling = str_from_c(commands_spelling(n));
        bool is_near = spelling.data[0] == word.data[0] && spelling.size >= SUGGEST_SIZE_MIN;
        if (is_near) str_suggest(word, spelling, &best, &distance);
    }
    error_set_at(err, STATUS_SYNTAX, -1, "there is no command %.*s", STR_ARGS(word));
    if (best.size > 0) return error_add_hint(err, "did you mean %.*s?", STR_ARGS(best));
    return error_add_hint(err, "%c%s lists what there is", word.data[0], word.data[0] == '.' ? "help" : "?");
}

/* psql's \dt+ shows more; here it is the same. */
static const Command *find(Str word) {
    if (str_starts_with(word, STR("\\d")) && str_ends_with(word, STR("+"))) word.size--;
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (str_equal(word, str_from_c(commands[i].backslash)) ||
            str_equal(word, str_from_c(commands[i].dot)))
            return &commands[i];
    return NULL;
}

/* ---- actions ---- */

static Status act(Shell *shell, Action action, Str word, Error *err);

static void write_help(Shell *shell) {
    Text *text = output_text(&shell->out);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const Command *command = &commands[i];
        if (command->summary == NULL) continue;
        size_t start = text->size;
        text_append_format(text, "%s", command->backslash);
        text_append_repeated(text, ' ', start + 10 > text->size ? start + 10 - text->size : 1);
        text_append_format(text, "%s %s", command->dot, command->argument);
        text_append_repeated(text, ' ',
                             start + HELP_COLUMN > text->size ? start + HELP_COLUMN - text->size : 1);
        text_append_format(text, "%s\n", command->summary);
    }
    text_append_c(text, "A statement ends with a semicolon. Ctrl-C cancels it.\n");
}

/* Lists are for reading even where results are not. */
static Mode list_mode(const Shell *shell) {
    bool is_for_eyes = shell->display.mode == MODE_ARROW && shell_has_terminal(shell);
    return is_for_eyes ? MODE_AUTO : shell->display.mode;
}

/* A statement with one name or pattern in it. */
static Status run_with(Shell *shell, const char *before, Str argument, const char *after, Error *err) {
    Text sql;
    text_init(&sql, &shell->memory);
    text_append_format(&sql, "%s%.*s%s", before, STR_ARGS(argument), after);
    Status status =
        sql.failed ? error_out_of_memory(err) : run_sql(shell, text_str(&sql), list_mode(shell), err);
    text_deinit(&sql);
    if (status != STATUS_OK) err->position = -1; /* it points into a statement that nobody wrote */
    return status;
}

/* psql's * and ? as LIKE has them; sqlite's % is LIKE's own. */
static void append_pattern(Text *text, Str pattern) {
    bool is_like = str_find(pattern, STR("%")) >= 0;
    for (size_t i = 0; i < pattern.size; i++) {
        char c = pattern.data[i];
        if (!is_like && (c == '_' || c == '\\')) text_append_char(text, '\\');
        text_append_char(text, c == '*' ? '%' : c == '?' ? '_' : c);
        if (c == '\'') text_append_char(text, c);
    }
}

/* `show`: "SHOW TABLES" and its like. */
static Status list(Shell *shell, const char *show, Str pattern, Error *err) {
    Text sql;
    if (pattern.size == 0) return run_with(shell, show, (Str){0}, "", err);
    text_init(&sql, &shell->memory);
    text_append_c(&sql, " ILIKE '");
    append_pattern(&sql, pattern);
    text_append_c(&sql, "'");
    Status status = sql.failed ? error_out_of_memory(err) : run_with(shell, show, text_str(&sql), "", err);
    text_deinit(&sql);
    return status;
}

static Status describe(Shell *shell, Str name, Error *err) {
    bool is_quoted = name.size > 0 && name.data[0] == '"';
    bool is_pattern = !is_quoted && (str_find(name, STR("*")) >= 0 || str_find(name, STR("?")) >= 0 || str_find(name, STR("%")) >= 0);
    if (name.size == 0 || is_pattern) return list(shell, "SHOW RELATIONS", name, err);
    return run_with(shell, "DESCRIBE ", name, "", err);
}

/* What has no statement of its own (a late table) says what it is instead, and is left out. */
static void write_definition(void *context, const Batch *batch, size_t row) {
    Str definition = answer_text(batch, 1, row);
    Str word = str_from(definition.data, definition.size < 6 ? definition.size : 6);
    if (str_equal_ignore_case(word, STR("create")))
        text_append_format(output_text(context), "%.*s;\n", STR_ARGS(definition));
}

static Status show_definition(Shell *shell, Str name, Error *err) {
    Text sql;
    text_init(&sql, &shell->memory);
    text_append_format(&sql, "SHOW CREATE %.*s", STR_ARGS(name));
    Status status = sql.failed ? error_out_of_memory(err)
                               : answer_each_row(shell, text_str(&sql), write_definition, &shell->out, err);
    text_deinit(&sql);
    if (status != STATUS_OK) err->position = -1;
    return status;
}

static void show_definition_of(void *context, const Batch *batch, size_t row) {
    Text name;
    Error ignored = {0};
    text_init(&name, &((Shell *)context)->memory);
    infer_append_name(&name, answer_text(batch, 0, row));
    Status status = show_definition(context, text_str(&name), &ignored);
    (void)status; /* dropped since it was listed */
    text_deinit(&name);
}

static Status show_definitions(Shell *shell, Str name, Error *err) {
    if (name.size > 0) return show_definition(shell, name, err);
    return answer_each_row(shell, STR("SHOW RELATIONS"), show_definition_of, shell, err);
}

static void write_stats(Shell *shell) {
    weir_stats stats = WEIR_STATS_INIT;
    if (weir_get_stats(shell->db, &stats) != WEIR_OK) return;
    Text *text = output_text(&shell->out);
    text_append_format(text, "epoch          %llu\n", (unsigned long long)stats.epoch);
    text_append_c(text, "rows read      ");
    status_line_write_count(text, stats.rows_in);
    text_append_format(text, "\nrows late      %llu\ndead letters   %llu\nstate          ",
                       (unsigned long long)stats.rows_late, (unsigned long long)stats.dead_letters);
    status_line_write_bytes(text, stats.state_bytes);
    text_append_c(text, "\nmemory         ");
    status_line_write_bytes(text, stats.memory_bytes);
    text_append_char(text, '\n');
}

static Status set_mode(Shell *shell, Str name, Error *err) {
    Str suggestion;
    if (name.size == 0) {
        text_append_format(output_text(&shell->out), "%s\n", mode_name(shell->display.mode));
        return STATUS_OK;
    }
    if (mode_find(name, &shell->display.mode, &suggestion)) return STATUS_OK;
    error_set_at(err, STATUS_INVALID_OPTION, -1, "there is no mode \"%.*s\"", STR_ARGS(name));
    if (suggestion.size > 0) return error_add_hint(err, "did you mean %.*s?", STR_ARGS(suggestion));
    return error_add_hint(err, "modes are %s", mode_names());
}

static const char *on_off(bool is_on) {
    return is_on ? "on" : "off";
}

/* Without a word the other way round. */
static Status set_switch(Shell *shell, const char *what, bool *value, Str word, Error *err) {
    if (word.size == 0)
        *value = !*value;
    else if (str_equal_ignore_case(word, STR("on")))
        *value = true;
    else if (str_equal_ignore_case(word, STR("off")))
        *value = false;
    else
        return error_set_at(err, STATUS_INVALID_OPTION, -1, "on or off, not \"%.*s\"", STR_ARGS(word));
    if (shell->is_prompt) report_line(shell, "%s is %s.", what, on_off(*value));
    return STATUS_OK;
}

/* auto: what is wider than the screen. */
static Status set_expanded(Shell *shell, Str word, Error *err) {
    Display *display = &shell->display;
    display->expands_wide = str_equal_ignore_case(word, STR("auto"));
    if (!display->expands_wide) return set_switch(shell, "Expanded display", &display->is_expanded, word, err);
    display->is_expanded = false;
    if (shell->is_prompt) report_line(shell, "Expanded display is used where a table is wider than the screen.");
    return STATUS_OK;
}

static Status set_tuples(Shell *shell, Str word, Error *err) {
    Display *display = &shell->display;
    bool is_on = !display->has_header && !display->has_footer;
    TRY(set_switch(shell, "Showing rows alone", &is_on, word, err));
    display->has_header = display->has_footer = !is_on;
    return STATUS_OK;
}

static Status set_unaligned(Shell *shell, Str word, Error *err) {
    bool is_on = shell->display.mode == MODE_LIST;
    TRY(set_switch(shell, "Mode list", &is_on, word, err));
    shell->display.mode = is_on ? MODE_LIST : MODE_AUTO;
    return STATUS_OK;
}

static Status set_text(Text *text, Str value, Error *err) {
    text_reset(text);
    text_append(text, str_equal(value, STR("\\t")) ? STR("\t") : value);
    return text->failed ? error_out_of_memory(err) : STATUS_OK;
}

static void write_settings(Shell *shell) {
    const Display *display = &shell->display;
    bool has_rows_alone = !display->has_header && !display->has_footer;
    Str separator = display->separator.size > 0 ? text_str(&display->separator) : STR("|");
    text_append_format(output_text(&shell->out),
                       "format       %s\nnull         \"%.*s\"\nfieldsep     \"%.*s\"\nexpanded     %s\ntuples_only  %s\n"
                       "headers      %s\ntiming       %s\npager        %s\noutput       %.*s\n",
                       mode_name(display->mode), STR_ARGS(text_str(&display->null_text)), STR_ARGS(separator),
                       display->expands_wide ? "auto" : on_off(display->is_expanded), on_off(has_rows_alone), on_off(display->has_header),
                       on_off(display->has_timing), on_off(display->has_pager), STR_ARGS(shell->out.file.path));
}

/* psql's \pset: other names for what has a command of its own. */
static Status set_named(Shell *shell, Str line, Error *err) {
    static const struct {
        const char *name;
        Action action;
    } settings[] = {{"format", ACTION_MODE},       {"null", ACTION_NULL_TEXT}, {"fieldsep", ACTION_SEPARATOR},
                    {"expanded", ACTION_EXPANDED}, {"x", ACTION_EXPANDED},     {"tuples_only", ACTION_TUPLES},
                    {"t", ACTION_TUPLES},          {"pager", ACTION_PAGER}};
    Str name = word_take(&line, STR(""), STR(""));
    if (name.size == 0) write_settings(shell);
    if (name.size == 0) return STATUS_OK;
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        if (str_equal(name, str_from_c(settings[i].name)))
            return act(shell, settings[i].action, unquoted(str_trim(line)), err);
    error_set_at(err, STATUS_NOT_SUPPORTED, -1, "\\pset %.*s is not supported", STR_ARGS(name));
    return error_add_hint(err, "names are format, null, fieldsep, expanded, tuples_only, pager");
}

/* A named pipe is written once somebody reads it. */
static Status redirect(Shell *shell, Str path, Error *err) {
    for (;;) {
        Status status = output_redirect(&shell->out, path, err);
        if (status != STATUS_TIMEOUT) return status;
        (void)interrupt_wait(&shell->interrupt, -1, PIPE_WAIT_MS);
        if (interrupt_seen(&shell->interrupt)) return error_set(err, STATUS_INTERRUPTED, "interrupted");
    }
}

static Status write_once(Shell *shell, Str path, Error *err) {
    if (path.size == 0) return error_set_at(err, STATUS_SYNTAX, -1, "the name of a file must follow");
    TRY(redirect(shell, path, err));
    shell->is_once = true;
    return STATUS_OK;
}

static Status name_file(Str path, Str *file, Error *err) {
    if (path.size == 0) return error_set_at(err, STATUS_SYNTAX, -1, "the name of a file must follow");
    *file = path;
    return STATUS_OK;
}

static Status act(Shell *shell, Action action, Str word, Error *err) {
    Display *display = &shell->display;
    switch (action) {
        case ACTION_HELP: write_help(shell); break;
        case ACTION_QUIT: shell->is_over = shell->is_stopped = true; break;
        case ACTION_DESCRIBE: return describe(shell, word, err);
        case ACTION_TABLES: return list(shell, "SHOW TABLES", unquoted(word), err);
        case ACTION_VIEWS: return list(shell, "SHOW VIEWS", unquoted(word), err);
        case ACTION_MATERIALIZED: return list(shell, "SHOW MATERIALIZED VIEWS", unquoted(word), err);
        case ACTION_SOURCES: return list(shell, "SHOW SOURCES", unquoted(word), err);
        case ACTION_FUNCTIONS: return list(shell, "SHOW FUNCTIONS", unquoted(word), err);
        case ACTION_SCHEMA: return show_definitions(shell, word, err);
        case ACTION_SETTINGS: return run_with(shell, "SHOW ALL", (Str){0}, "", err);
        case ACTION_CONNINFO: text_append_c(output_text(&shell->out), "A database in memory, of this command alone: weir " WEIR_VERSION ".\n"); break;
        case ACTION_STATS: write_stats(shell); break;
        case ACTION_MODE: return set_mode(shell, word, err);
        case ACTION_EXPANDED: return set_expanded(shell, word, err);
        case ACTION_HEADERS: return set_switch(shell, "The header", &display->has_header, word, err);
        case ACTION_TUPLES: return set_tuples(shell, word, err);
        case ACTION_UNALIGNED: return set_unaligned(shell, word, err);
        case ACTION_NULL_TEXT: return set_text(&display->null_text, unquoted(word), err);
        case ACTION_SEPARATOR: return set_text(&display->separator, unquoted(word), err);
        case ACTION_TIMING: return set_switch(shell, "Timing", &display->has_timing, word, err);
        case ACTION_PAGER: return set_switch(shell, "The pager", &display->has_pager, word, err);
        case ACTION_WATCH: return again_watch(shell, word, err);
        case ACTION_EDIT:
        case ACTION_READ: break; /* what a file holds is not run here: commands_run names it */
        case ACTION_BIND: return bound_take(shell, word, err);
        case ACTION_OUTPUT: return redirect(shell, unquoted(word), err);
        case ACTION_ONCE: return write_once(shell, unquoted(word), err);
        case ACTION_ECHO: text_append_format(output_text(&shell->out), "%.*s\n", STR_ARGS(unquoted(word))); break;
        case ACTION_SHOW: return set_named(shell, word, err);
        case ACTION_IMPORT: return load_import(shell, word, err);
        case ACTION_COPY: return load_copy(shell, word, err);
        case ACTION_CHILD: return child_run(shell, word, err);
    }
    return STATUS_OK;
}

Status commands_check(Shell *shell, Str line, Error *err) {
    const Command *command = find(word_take(&line, STR(""), STR("")));
    if (command != NULL && command->action == ACTION_IMPORT) return load_check_import(shell, str_trim(line), err);
    return command != NULL && command->action == ACTION_COPY ? load_check_copy(shell, str_trim(line), err) : STATUS_OK;
}

Status commands_run(Shell *shell, Str line, Str *file, Error *err) {
    Str rest = line;
    *file = (Str){0};
    Str name = word_take(&rest, STR(""), STR(""));
    if (str_starts_with(name, STR("\\!"))) { /* what follows may stand close */
        rest = str_from(name.data + 2, line.size - (size_t)(name.data + 2 - line.data));
        name.size = 2;
    }
    if (name.size > 1 && name.data[name.size - 1] == ';') name.size--;
    const Command *command = find(name);
    if (command == NULL) return unknown(name, err);
    bool takes_line = str_find(str_from_c(command->argument), STR("...")) >= 0;
    Str word = takes_line ? str_trim(rest) : word_take(&rest, STR(""), STR(""));
    if (takes_line) rest = (Str){0};
    if (!takes_line && word.size > 1 && word.data[word.size - 1] == ';') word.size--;
    if (command->argument[0] == '\0') rest = word, word = (Str){0};
    if (str_trim(rest).size > 0)
        return error_set_at(err, STATUS_SYNTAX, -1, "%.*s does not take \"%.*s\"", STR_ARGS(name),
                            STR_ARGS(str_trim(rest)));
    Status status = command->action == ACTION_READ   ? name_file(unquoted(word), file, err)
                    : command->action == ACTION_EDIT ? again_edit(shell, file, err)
                                                     : act(shell, command->action, word, err);
    output_flush(&shell->out);
    return status;
}
