/* SPDX-License-Identifier: Apache-2.0
 * format/option.h - named options: what may be written in WITH (...), checked against tables.
 *
 * A table of OptionSpec says which options exist; from it come checks, "did you mean", help, docs and
 * completion. Options of formats stand in format/format.def, those of connectors in connect/option.def.
 *
 *     const OptionTable tables[] = {format_options(FORMAT_CSV), ...};
 *     TRY(option_check(tables, count, STR("format \"csv\""), options, err));
 *     bool header = option_bool(&tables[0], options, "header");
 *
 * Values are text as the user wrote them (numbers and booleans by their spelling, intervals by the text
 * between their quotes). Keys compare without regard to case. The getters expect a list that option_check
 * has passed, and give the default of the table where an option is absent.
 *
 * A getter asked for a name that its table does not have is a fault of the code, not of the user: it is
 * asserted. Owner: lists and tables are borrowed; texts that getters give point into them. Threads: no
 * state. */
#ifndef WEIR_FORMAT_OPTION_H
#define WEIR_FORMAT_OPTION_H

#include "base/text.h"

typedef enum OptionKind {
    OPTION_TEXT,
    OPTION_CHARACTER, /* one byte; '\t' and 'tab' give the tabulator */
    OPTION_INTEGER,   /* int64, >= 0 */
    OPTION_NUMBER,    /* double, finite */
    OPTION_BOOLEAN,   /* true, false, on, off, yes, no, 1, 0; empty (a key without value): true */
    OPTION_CHOICE,    /* one of `choices`, without regard to case */
    OPTION_DURATION,  /* an interval without months, >= 0: '5 seconds', '00:00:05' */
    OPTION_TIMESTAMP, /* PostgreSQL's text form, in UTC, or 'now' */
} OptionKind;

typedef struct OptionSpec {
    const char *name; /* lower case; "fields.*.keys": the star stands for any column */
    OptionKind kind;
    const char *choices;  /* OPTION_CHOICE: "s|ms|us|ns"; else NULL */
    const char *fallback; /* the value when absent, as the user would write it; NULL: none */
    bool required;
    const char *summary; /* one line, for help and docs */
} OptionSpec;

typedef struct OptionTable {
    const OptionSpec *specs;
    uint32_t count;
} OptionTable;

/* One option given. The key keeps the user's case. */
typedef struct Option {
    Str key;
    Str value;
    int64_t position; /* byte offset in the SQL text, -1: none */
} Option;

typedef struct OptionList {
    const Option *items;
    uint32_t count;
} OptionList;

/* "text", "s, ms, us or ns": what a value must be, for messages and help. */
void option_append_kind(Text *text, const OptionSpec *spec);

/* The spec of a key, the first that fits; NULL when no table has it. */
const OptionSpec *option_spec_find(const OptionTable *tables, uint32_t table_count, Str key);

/* Every key is known (else UNDEFINED_OBJECT at its position, with the nearest name as hint) and given once,
 * every value has its kind (else INVALID_OPTION), every required option is there. `whose` names the object in
 * messages: connector "file". */
NODISCARD Status option_check(const OptionTable *tables, uint32_t table_count, Str whose, OptionList options,
                              Error *err);

/* The option of that name; NULL when it was not given. */
const Option *option_find(OptionList options, Str name);

/* The value given, else the default; data NULL when there is neither. */
Str option_text(const OptionTable *table, OptionList options, const char *name);
/* '\0' when there is neither value nor default. */
char option_character(const OptionTable *table, OptionList options, const char *name);
/* False when there is neither value nor default. */
bool option_bool(const OptionTable *table, OptionList options, const char *name);
/* Index of the value among the choices; -1 when there is neither value nor default. */
int option_choice(const OptionTable *table, OptionList options, const char *name);
/* False (and *out untouched) when there is neither value nor default. */
bool option_i64(const OptionTable *table, OptionList options, const char *name, int64_t *out);
bool option_double(const OptionTable *table, OptionList options, const char *name, double *out);
bool option_duration_us(const OptionTable *table, OptionList options, const char *name,
                        int64_t *out); /* >= 0 */
/* 'now' gives `now_us`. */
bool option_timestamp(const OptionTable *table, OptionList options, const char *name, int64_t now_us,
                      int64_t *out);

/* The parsers under the getters, for values whose key is not fixed; false when the text is not of the kind.
 */
bool option_parse_bool(Str text, bool *out);
bool option_parse_duration_us(Str text, int64_t *out);

#endif
