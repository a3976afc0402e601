/* SPDX-License-Identifier: Apache-2.0
 * shell/options.c - the command line, read. */
#include "shell/options.h"

#include <limits.h>

#include "base/number.h"

enum { HELP_INDENT = 24, HELP_WIDTH = 100, SECONDS_MAX = 1000000 };

typedef enum OptionId {
#define OPTION(name, short_name, long_name, argument, summary) OPTION_##name,
#define SUBCOMMAND(name, word, arguments, summary)
#include "shell/options.def"
#undef OPTION
#undef SUBCOMMAND
    OPTION_COUNT
} OptionId;

typedef struct OptionRow {
    char short_name;
    const char *long_name, *argument, *summary;
} OptionRow;

static const OptionRow rows[OPTION_COUNT] = {
#define OPTION(name, short_name, long_name, argument, summary) {short_name, long_name, argument, summary},
#define SUBCOMMAND(name, word, arguments, summary)
#include "shell/options.def"
#undef OPTION
#undef SUBCOMMAND
};

typedef struct SubcommandRow {
    const char *word, *arguments, *summary;
} SubcommandRow;

static const SubcommandRow subcommands[] = {
    {"", "", ""},
#define OPTION(name, short_name, long_name, argument, summary)
#define SUBCOMMAND(name, word, arguments, summary) {word, arguments, summary},
#include "shell/options.def"
#undef OPTION
#undef SUBCOMMAND
};

enum { SUBCOMMAND_COUNT = sizeof(subcommands) / sizeof(subcommands[0]) };

/* ---- reading ---- */

/* The words not looked at yet. */
typedef struct Words {
    char **at;
    char **end;
} Words;

/* --csv and -csv, as other programs say it. */
static bool is_mode(Str word, Mode *mode) {
    Str suggestion;
    size_t signs = word.size > 1 && word.data[1] == '-' ? 2 : 1;
    return mode_find(str_from(word.data + signs, word.size - signs), mode, &suggestion);
}

static Status unknown_option(Str word, Error *err) {
    Str best = {0};
    int distance = INT_MAX;
    Mode mode;
    for (int i = 0; i < OPTION_COUNT && word.size > 2; i++)
        str_suggest(str_from(word.data + 2, word.size - 2), str_from_c(rows[i].long_name), &best, &distance);
    error_set(err, STATUS_INVALID_OPTION, "unknown option %.*s", STR_ARGS(word));
    if (is_mode(word, &mode)) return error_add_hint(err, "did you mean --mode %s?", mode_name(mode));
    if (best.size > 0) return error_add_hint(err, "did you mean --%.*s?", STR_ARGS(best));
    return error_add_hint(err, "weir --help lists what there is");
}

static bool is_data_file(Str word) {
    static const char *const endings[] = {".csv", ".tsv", ".json", ".jsonl", ".ndjson"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (str_ends_with(word, str_from_c(endings[i]))) return true;
    return false;
}

static Status unknown_subcommand(Str word, Error *err) {
    Str best = {0};
    int distance = INT_MAX;
    for (int i = 1; i < SUBCOMMAND_COUNT; i++)
        str_suggest(word, str_from_c(subcommands[i].word), &best, &distance);
    error_set(err, STATUS_INVALID_OPTION, "there is no command \"%.*s\"", STR_ARGS(word));
    if (best.size > 0) return error_add_hint(err, "did you mean weir %.*s?", STR_ARGS(best));
    if (str_ends_with(word, STR(".sql")))
        return error_add_hint(err, "weir -f %.*s runs a file", STR_ARGS(word));
    if (is_data_file(word))
        return error_add_hint(err, "rows are read by weir -c 'SELECT .. FROM stdin' < %.*s", STR_ARGS(word));
    return error_add_hint(err, "weir --help lists what there is; statements follow -c");
}

static Status read_mode(Options *options, Str value, Error *err) {
    Str suggestion;
    if (mode_find(value, &options->mode, &suggestion)) return STATUS_OK;
    error_set(err, STATUS_INVALID_OPTION, "there is no mode \"%.*s\"", STR_ARGS(value));
    if (suggestion.size > 0) return error_add_hint(err, "did you mean %.*s?", STR_ARGS(suggestion));
    return error_add_hint(err, "modes are %s", mode_names());
}

static Status read_color(Options *options, Str value, Error *err) {
    static const char *const names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (ColorChoice choice = COLOR_AUTO; choice <= COLOR_NEVER; choice++) {
        if (!str_equal(value, str_from_c(names[choice]))) continue;
        options->color = choice;
        return STATUS_OK;
    }
    return error_set(err, STATUS_INVALID_OPTION, "--color is auto, always or never, not \"%.*s\"",
                     STR_ARGS(value));
}

static Status read_threads(Str value, Error *err) {
    int64_t count;
    if (number_parse_i64(value, &count) != NUMBER_OK || count < 0)
        return error_set(err, STATUS_INVALID_OPTION, "--threads takes a number, not \"%.*s\"",
                         STR_ARGS(value));
    if (count == 0) return STATUS_OK;
    error_set(err, STATUS_NOT_SUPPORTED, "--threads %lld: workers do not exist yet", (long long)count);
    return error_add_hint(err, "--threads 0 runs everything on the command's own thread");
}

static Status read_seconds(Options *options, Str value, Error *err) {
    if (number_parse_i64(value, &options->seconds) == NUMBER_OK && options->seconds > 0 &&
        options->seconds <= SECONDS_MAX)
        return STATUS_OK;
    return error_set(err, STATUS_INVALID_OPTION, "--seconds takes a number from 1 to %d, not \"%.*s\"",
                     SECONDS_MAX, STR_ARGS(value));
}

static void add_input(Options *options, bool is_file, const char *text) {
    options->inputs[options->input_count++] = (Input){is_file, text};
}

static Status apply(Options *options, OptionId id, const char *value, Error *err) {
    switch (id) {
        case OPTION_COMMAND: add_input(options, false, value); break;
        case OPTION_FILE: add_input(options, true, value); break;
        case OPTION_MODE: return read_mode(options, str_from_c(value), err);
        case OPTION_NO_HEADER: options->has_header = false; break;
        case OPTION_KEEP_GOING: options->keeps_going = true; break;
        case OPTION_COLOR: return read_color(options, str_from_c(value), err);
        case OPTION_DATA: options->data = value; break;
        case OPTION_THREADS: return read_threads(str_from_c(value), err);
        case OPTION_SECONDS: return read_seconds(options, str_from_c(value), err);
        case OPTION_HELP: options->wants_help = true; break;
        case OPTION_VERSION: options->wants_version = true; break;
        case OPTION_COUNT: break;
    }
    return STATUS_OK;
}

/* Finds the row that `word` names, and its argument when that is part of the word: --mode=csv, -cSQL. */
static bool find_option(Str word, OptionId *id, const char **attached) {
    *attached = NULL;
    for (int i = 0; i < OPTION_COUNT; i++) {
        Str name = str_from_c(rows[i].long_name);
        *id = (OptionId)i;
        if (word.data[1] != '-' && rows[i].short_name != 0 && word.data[1] == rows[i].short_name) {
            if (word.size > 2) *attached = word.data + 2;
            return word.size == 2 || rows[i].argument != NULL;
        }
        if (word.data[1] != '-' || !str_starts_with(str_from(word.data + 2, word.size - 2), name)) continue;
        if (word.size == name.size + 2) return true;
        if (word.data[name.size + 2] != '=' || rows[i].argument == NULL) continue;
        *attached = word.data + name.size + 3;
        return true;
    }
    return false;
}

static Status read_option(Options *options, Words *words, Error *err) {
    Str word = str_from_c(*words->at++);
    OptionId id;
    const char *value;
    Mode mode;
    if (!find_option(word, &id, &value) || (id == OPTION_COMMAND && is_mode(word, &mode)))
        return unknown_option(word, err);
    if (rows[id].argument != NULL && value == NULL) {
        if (words->at == words->end)
            return error_set(err, STATUS_INVALID_OPTION, "%.*s needs %s after it", STR_ARGS(word),
                             rows[id].argument);
        value = *words->at++;
    }
    return apply(options, id, value, err);
}

static Status read_subcommand(Options *options, Str word, Error *err) {
    for (int i = 1; i < SUBCOMMAND_COUNT; i++) {
        if (!str_equal(word, str_from_c(subcommands[i].word))) continue;
        options->subcommand = (Subcommand)i;
        return STATUS_OK;
    }
    return unknown_subcommand(word, err);
}

static Status read_word(Options *options, Words *words, Error *err) {
    const char *word = *words->at;
    if (word[0] == '-' && word[1] != '\0') return read_option(options, words, err);
    words->at++;
    bool takes_files = options->subcommand == SUBCOMMAND_CHECK || options->subcommand == SUBCOMMAND_EXPLAIN;
    if (takes_files) {
        add_input(options, true, word);
        return STATUS_OK;
    }
    if (options->subcommand == SUBCOMMAND_NONE) return read_subcommand(options, str_from_c(word), err);
    return error_set(err, STATUS_INVALID_OPTION, "weir %s takes no argument \"%s\"",
                     subcommands[options->subcommand].word, word);
}

Status options_read(Options *options, Arena *arena, int argc, char **argv, Error *err) {
    *options = (Options){.has_header = true, .seconds = -1};
    options->inputs = ARENA_ARRAY(arena, Input, argc);
    TRY_ALLOC(options->inputs);
    Words words = {argv + 1, argv + argc};
    while (words.at < words.end) TRY(read_word(options, &words, err));
    if (options->seconds > 0 && options->subcommand != SUBCOMMAND_DEMO)
        return error_set(err, STATUS_INVALID_OPTION, "--seconds is an option of weir demo");
    return STATUS_OK;
}

/* ---- help ---- */

/* Words wrapped into the column at HELP_INDENT. */
static void write_wrapped(Text *text, size_t used, Str words) {
    size_t column = used;
    if (column + 2 > HELP_INDENT) {
        text_append_char(text, '\n');
        column = 0;
    }
    text_append_repeated(text, ' ', HELP_INDENT - column);
    column = HELP_INDENT;
    while (words.size > 0) {
        ptrdiff_t space = str_find(words, STR(" "));
        size_t size = space < 0 ? words.size : (size_t)space;
        if (column > HELP_INDENT && column + 1 + size > HELP_WIDTH) {
            text_append_char(text, '\n');
            text_append_repeated(text, ' ', HELP_INDENT);
            column = HELP_INDENT;
        } else if (column > HELP_INDENT) {
            text_append_char(text, ' ');
            column++;
        }
        text_append(text, str_from(words.data, size));
        column += size;
        size += space < 0 ? 0 : 1;
        words = str_from(words.data + size, words.size - size);
    }
    text_append_char(text, '\n');
}

static void write_option(Text *text, const OptionRow *row) {
    size_t start = text->size;
    text_append_c(text, "  ");
    if (row->short_name != 0) text_append_format(text, "-%c, ", row->short_name);
    text_append_format(text, "--%s", row->long_name);
    if (row->argument != NULL) text_append_format(text, " %s", row->argument);
    write_wrapped(text, text->size - start, str_from_c(row->summary));
}

void options_write_help(Text *text) {
    text_append_c(text,
                  "weir - streaming SQL\n\n"
                  "  weir                  a prompt; or runs the statements that a pipe brings\n"
                  "  weir -c SQL           runs statements; results go to standard output, all else to "
                  "standard error\n");
    for (int i = 1; i < SUBCOMMAND_COUNT; i++) {
        size_t start = text->size;
        const SubcommandRow *row = &subcommands[i];
        text_append_format(text, "  weir %s%s%s", row->word, row->arguments[0] == '\0' ? "" : " ",
                           row->arguments);
        write_wrapped(text, text->size - start, str_from_c(row->summary));
    }
    text_append_c(text, "\nOptions\n");
    for (int i = 0; i < OPTION_COUNT; i++) write_option(text, &rows[i]);
    text_append_c(text,
                  "\nExit status: 0 success, 1 a statement failed, 2 wrong usage, 4 an input could not be "
                  "read, 130 interrupted.\n"
                  "At the prompt \\? lists its commands. More: man weir\n");
}
