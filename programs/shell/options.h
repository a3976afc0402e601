/* SPDX-License-Identifier: Apache-2.0
 * shell/options.h - the command line, read.
 *
 *     Options options;
 *     if (options_read(&options, &arena, argc, argv, &err) != STATUS_OK) usage(&err);
 *
 * What is possible stands in options.def. Memory is the arena's; words are those of argv. Threads: no state.
 */
#ifndef WEIR_SHELL_OPTIONS_H
#define WEIR_SHELL_OPTIONS_H

#include "base/text.h"
#include "shell/mode.h"
#include "shell/terminal.h"

typedef enum Subcommand {
    SUBCOMMAND_NONE,
#define OPTION(name, short_name, long_name, argument, summary)
#define SUBCOMMAND(name, word, arguments, summary) SUBCOMMAND_##name,
#include "shell/options.def"
#undef OPTION
#undef SUBCOMMAND
} Subcommand;

/* One -c or -f. */
typedef struct Input {
    bool is_file;
    const char *text; /* SQL, or the path */
} Input;

/* What was said; where nothing was, the defaults. Without inputs the command reads standard input, or prompts for statements. */
typedef struct Options {
    Subcommand subcommand;
    Input *inputs; /* in the order given */
    size_t input_count;
    Mode mode;
    bool has_header;
    bool keeps_going;
    ColorChoice color;
    const char *data; /* NULL: in memory */
    int64_t seconds;  /* -1: not given */
    bool wants_help, wants_version;
} Options;

/* Words may stand in any order; an option's argument is the next word, or part of it: --mode=csv, -cSQL. INVALID_OPTION with a hint for what cannot be
 * understood: then *options is not to be used. */
NODISCARD Status options_read(Options *options, Arena *arena, int argc, char **argv, Error *err);

/* The text of --help. */
void options_write_help(Text *text);

#endif
