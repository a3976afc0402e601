/* SPDX-License-Identifier: Apache-2.0
 * shell/commands.c - the commands beside SQL. */
#include "shell/commands.h"

#include <limits.h>

#include "shell/report.h"
#include "shell/run.h"
#include "shell/script.h"
#include "shell/status_line.h"

enum { HELP_COLUMN = 38, READ_DEPTH_MAX = 16, SUGGEST_SIZE_MIN = 5 /* what is shorter is near everything */ };

typedef enum Action {
    ACTION_HELP,
    ACTION_QUIT,
    ACTION_DESCRIBE,
    ACTION_TABLES,
    ACTION_VIEWS,
    ACTION_SOURCES,
    ACTION_FUNCTIONS,
    ACTION_SCHEMA,
    ACTION_SETTINGS,
    ACTION_STATS,
    ACTION_MODE,
    ACTION_EXPANDED,
    ACTION_HEADERS,
    ACTION_TIMING,
    ACTION_PAGER,
    ACTION_READ,
    ACTION_OUTPUT,
} Action;

typedef struct Command {
    Action action;
    const char *backslash, *dot; /* with their sign */
    const char *argument, *summary;
} Command;

static const Command commands[] = {
#define COMMAND(action, backslash, dot, argument, summary) \
    {ACTION_##action, "\\" backslash, "." dot, argument, summary},
#include "shell/commands.def"
#undef COMMAND
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

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The first word of *rest, which is left with what follows. Blanks within quotes are part of it. */
static Str take_word(Str *rest) {
    size_t size = 0;
    *rest = str_trim(*rest);
    for (char quote = 0; size < rest->size && (quote != 0 || !is_blank(rest->data[size])); size++) {
        char c = rest->data[size];
        if (quote == 0 && (c == '\'' || c == '"'))
            quote = c;
        else if (c == quote)
            quote = 0;
    }
    Str word = str_from(rest->data, size);
    *rest = str_from(rest->data + size, rest->size - size);
    return word;
}

/* A word that is no name in SQL stands without its quotes. */
static Str unquoted(Str word) {
    bool is_quoted = word.size >= 2 && (word.data[0] == '\'' || word.data[0] == '"') &&
                     word.data[word.size - 1] == word.data[0];
    return is_quoted ? str_from(word.data + 1, word.size - 2) : word;
}

static Status unknown(Str word, Error *err) {
    Str best = {0};
    int distance = INT_MAX;
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

static Status describe(Shell *shell, Str name, Error *err) {
    if (name.size == 0) return run_with(shell, "SHOW RELATIONS", (Str){0}, "", err);
    return run_with(shell, "DESCRIBE ", name, "", err);
}

static Status list_functions(Shell *shell, Str pattern, Error *err) {
    if (pattern.size == 0) return run_with(shell, "SHOW FUNCTIONS", (Str){0}, "", err);
    if (str_find(pattern, STR("'")) >= 0)
        return error_set_at(err, STATUS_SYNTAX, -1, "a pattern has no quotes");
    return run_with(shell, "SHOW FUNCTIONS LIKE '", pattern, "'", err);
}

static Status show_definition(Shell *shell, Str name, Error *err) {
    if (name.size == 0)
        return error_set_at(err, STATUS_SYNTAX, -1, "the name of a source, table or view must follow");
    return run_with(shell, "SHOW CREATE ", name, "", err);
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
    if (shell->is_prompt) report_line(shell, "%s is %s.", what, *value ? "on" : "off");
    return STATUS_OK;
}

static Status read_file(Shell *shell, Str path, Error *err) {
    Arena arena;
    if (path.size == 0) return error_set_at(err, STATUS_SYNTAX, -1, "the name of a file must follow");
    if (shell->read_depth >= READ_DEPTH_MAX)
        return error_set_at(err, STATUS_LIMIT, -1, "files read each other more than %d deep", READ_DEPTH_MAX);
    arena_init(&arena, &shell->memory);
    Str name = str_copy(&arena, path);
    Status status = STATUS_OK;
    if (name.data == NULL) {
        status = error_out_of_memory(err);
    } else {
        shell->read_depth++;
        status = script_include(shell, name.data, err);
        shell->read_depth--;
    }
    arena_deinit(&arena);
    return status;
}

static Status act(Shell *shell, Action action, Str word, Error *err) {
    Display *display = &shell->display;
    switch (action) {
        case ACTION_HELP: write_help(shell); break;
        case ACTION_QUIT: shell->is_over = shell->is_stopped = true; break;
        case ACTION_DESCRIBE: return describe(shell, word, err);
        case ACTION_TABLES: return run_with(shell, "SHOW TABLES", (Str){0}, "", err);
        case ACTION_VIEWS: return run_with(shell, "SHOW VIEWS", (Str){0}, "", err);
        case ACTION_SOURCES: return run_with(shell, "SHOW SOURCES", (Str){0}, "", err);
        case ACTION_FUNCTIONS: return list_functions(shell, unquoted(word), err);
        case ACTION_SCHEMA: return show_definition(shell, word, err);
        case ACTION_SETTINGS: return run_with(shell, "SHOW ALL", (Str){0}, "", err);
        case ACTION_STATS: write_stats(shell); break;
        case ACTION_MODE: return set_mode(shell, word, err);
        case ACTION_EXPANDED: return set_switch(shell, "Expanded display", &display->is_expanded, word, err);
        case ACTION_HEADERS: return set_switch(shell, "The header", &display->has_header, word, err);
        case ACTION_TIMING: return set_switch(shell, "Timing", &display->has_timing, word, err);
        case ACTION_PAGER: return set_switch(shell, "The pager", &display->has_pager, word, err);
        case ACTION_READ: return read_file(shell, unquoted(word), err);
        case ACTION_OUTPUT: return output_redirect(&shell->out, unquoted(word), err);
    }
    return STATUS_OK;
}

Status commands_run(Shell *shell, Str line, Error *err) {
    Str rest = line;
    Str name = take_word(&rest);
    if (name.size > 1 && name.data[name.size - 1] == ';') name.size--;
    const Command *command = find(name);
    if (command == NULL) return unknown(name, err);
    Str word = take_word(&rest);
    if (word.size > 1 && word.data[word.size - 1] == ';') word.size--;
    if (command->argument[0] == '\0') rest = word, word = (Str){0};
    if (str_trim(rest).size > 0)
        return error_set_at(err, STATUS_SYNTAX, -1, "%.*s does not take \"%.*s\"", STR_ARGS(name),
                            STR_ARGS(str_trim(rest)));
    Status status = act(shell, command->action, word, err);
    output_flush(&shell->out);
    return status;
}
