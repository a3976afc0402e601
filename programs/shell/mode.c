/* SPDX-License-Identifier: Apache-2.0
 * shell/mode.c - the forms in which results are shown, as a table. */
#include "shell/mode.h"

#include <limits.h>

static const char *const names[MODE_COUNT] = {
    [MODE_AUTO] = "auto",         [MODE_TABLE] = "table", [MODE_BOX] = "box",
    [MODE_MARKDOWN] = "markdown", [MODE_CSV] = "csv",     [MODE_JSON] = "json",
    [MODE_JSONL] = "jsonl",       [MODE_LIST] = "list",   [MODE_LINE] = "line", [MODE_ARROW] = "arrow", [MODE_PLAIN] = "plain",
};

const char *mode_name(Mode mode) {
    return names[mode];
}

const char *mode_names(void) {
    return "auto, table, box, markdown, csv, json, jsonl, list, line, arrow";
}

/* What other programs call them, for "did you mean". */
static const struct {
    const char *name, *ours;
} foreign_names[] = {
    {"column", "table"}, {"columns", "table"}, {"aligned", "table"}, {"duckbox", "box"},
    {"unicode", "box"},  {"md", "markdown"},   {"ndjson", "jsonl"},  {"jsonlines", "jsonl"},
    {"ipc", "arrow"},    {"feather", "arrow"},  {"unaligned", "list"}, {"tabs", "list"},
    {"lines", "line"},
};

bool mode_find(Str name, Mode *out, Str *suggestion) {
    int distance = INT_MAX;
    *suggestion = (Str){0};
    for (Mode mode = MODE_AUTO; mode < MODE_PLAIN; mode++) {
        if (str_equal_ignore_case(name, str_from_c(names[mode]))) {
            *out = mode;
            return true;
        }
        str_suggest(name, str_from_c(names[mode]), suggestion, &distance);
    }
    for (size_t i = 0; i < sizeof(foreign_names) / sizeof(foreign_names[0]); i++)
        if (str_equal_ignore_case(name, str_from_c(foreign_names[i].name)))
            *suggestion = str_from_c(foreign_names[i].ours);
    return false;
}
