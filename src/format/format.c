/* SPDX-License-Identifier: Apache-2.0
 * format/format.c - what format.def says, as tables. */
#include "format/format.h"

#include <limits.h>

static const char *const format_names[FORMAT_COUNT] = {
#define FORMAT(name, sql_name, summary) [FORMAT_##name] = sql_name,
#define FORMAT_OPTION(format, name, kind, choices, fallback, summary)
#include "format/format.def"
#undef FORMAT
};

static const char *const format_summaries[FORMAT_COUNT] = {
#define FORMAT(name, sql_name, summary) [FORMAT_##name] = summary,
#include "format/format.def"
#undef FORMAT
#undef FORMAT_OPTION
};

#define FORMAT(name, sql_name, summary)

/* One table of all formats, and where each format's rows begin. format.def keeps them together. */
static const OptionSpec format_specs[] = {
#define FORMAT_OPTION(format, name, kind, choices, fallback, summary) \
    {name, OPTION_##kind, choices, fallback, false, summary},
#include "format/format.def"
#undef FORMAT_OPTION
};

static const FormatId format_spec_owners[] = {
#define FORMAT_OPTION(format, name, kind, choices, fallback, summary) FORMAT_##format,
#include "format/format.def"
#undef FORMAT_OPTION
};

STATIC_ASSERT(sizeof(format_specs) / sizeof(format_specs[0]) ==
                  sizeof(format_spec_owners) / sizeof(format_spec_owners[0]),
              "each option has an owner");
OptionTable format_option_table(FormatId format) {
    ASSERT(format < FORMAT_COUNT);
    uint32_t spec_count = sizeof(format_specs) / sizeof(format_specs[0]), first = 0;
    while (first < spec_count && format_spec_owners[first] != format) first++;
    uint32_t last = first;
    while (last < spec_count && format_spec_owners[last] == format) last++;
    for (uint32_t i = last; i < spec_count; i++)
        ASSERT(format_spec_owners[i] != format); /* one run of rows */
    return (OptionTable){format_specs + first, last - first};
}

const char *format_name(FormatId format) {
    ASSERT(format < FORMAT_COUNT);
    return format_names[format];
}

const char *format_summary(FormatId format) {
    ASSERT(format < FORMAT_COUNT);
    return format_summaries[format];
}

bool format_find(Str name, FormatId *out) {
    ASSERT(out != NULL);
    static const char *const json_names[] = {"ndjson", "jsonl", "jsonlines"};
    for (size_t i = 0; i < sizeof(json_names) / sizeof(json_names[0]); i++)
        if (str_equal_ignore_case(name, str_from_c(json_names[i]))) name = STR("json");
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if (!str_equal_ignore_case(name, str_from_c(format_names[i]))) continue;
        *out = (FormatId)i;
        return true;
    }
    return false;
}

Status format_error_unknown(Str name, int64_t position, Error *err) {
    ASSERT(position >= -1);
    Str best = {0};
    int distance = INT_MAX;
    error_set_at(err, STATUS_UNDEFINED_OBJECT, position, "there is no format \"%.*s\"", STR_ARGS(name));
    for (int i = 0; i < FORMAT_COUNT; i++) str_suggest(name, str_from_c(format_names[i]), &best, &distance);
    if (best.size > 0) return error_add_hint(err, "Did you mean '%.*s'?", STR_ARGS(best));
    return error_add_hint(err, "Formats are 'json' and 'csv'.");
}

FormatOptions format_options_default(FormatId format) {
    ASSERT(format < FORMAT_COUNT);
    return (FormatOptions){.format = format,
                           .timestamp_unit = TIMESTAMP_UNIT_NONE,
                           .header = true,
                           .delimiter = ',',
                           .quote = '"',
                           .escape = '"',
                           .null_text = STR("")};
}

/* A row that begins with what it must differ from would be none. */
static Status check_comment(OptionList list, const FormatOptions *options, Error *err) {
    char comment = options->comment;
    bool begins_null = options->null_text.size > 0 && options->null_text.data[0] == comment;
    if (comment == '\0' || (comment != options->delimiter && comment != options->quote && comment != options->escape && !begins_null)) return STATUS_OK;
    const Option *option = option_find(list, STR("comment"));
    return error_set_at(err, STATUS_INVALID_OPTION, option == NULL ? -1 : option->position,
                        "comment must differ from delimiter, quote, escape and the first byte of null");
}

static Status read_csv(const OptionTable *table, OptionList list, FormatOptions *out, Error *err) {
    out->header = option_bool(table, list, "header");
    out->delimiter = option_character(table, list, "delimiter");
    out->quote = option_character(table, list, "quote");
    out->escape = option_character(table, list, "escape");
    out->null_text = option_text(table, list, "null");
    ASSERT(out->delimiter != '\0' &&
           out->quote != '\0'); /* both have a default, and option_check has passed */
    if (out->escape == '\0') out->escape = out->quote;
    out->comment = option_character(table, list, "comment");
    TRY(check_comment(list, out, err));
    if (out->delimiter != out->quote && out->delimiter != out->escape) return STATUS_OK;
    const Option *option = option_find(list, STR("delimiter"));
    if (option == NULL) option = option_find(list, STR("quote"));
    return error_set_at(err, STATUS_INVALID_OPTION, option == NULL ? -1 : option->position,
                        "delimiter must differ from quote and escape");
}

Status format_options_read(FormatId format, OptionList list, FormatOptions *out, Error *err) {
    OptionTable table = format_option_table(format);
    *out = format_options_default(format);
    STATIC_ASSERT(TIMESTAMP_UNIT_S == 0 && TIMESTAMP_UNIT_NS == 3,
                  "units are the choices of format.def in order");
    out->timestamp_unit = (TimestampUnit)option_choice(&table, list, "timestamp_unit");
    switch (format) {
        case FORMAT_JSON: return STATUS_OK;
        case FORMAT_CSV: return read_csv(&table, list, out, err);
        case FORMAT_COUNT: break;
    }
    return error_set(err, STATUS_INTERNAL, "no such format");
}
