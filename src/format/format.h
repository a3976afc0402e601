/* SPDX-License-Identifier: Apache-2.0
 * format/format.h - the formats and their options as tables.
 *
 *     FormatId format;
 *     if (!format_find(STR("csv"), &format)) ...
 *     FormatOptions options;
 *     TRY(format_options_read(format, with_options, &options, err));    options already checked
 *
 * Adding a format: a row in format.def, its decoder behind format/decoder.h, its writer. Threads: no state.
 */
#ifndef WEIR_FORMAT_FORMAT_H
#define WEIR_FORMAT_FORMAT_H

#include "format/option.h"

typedef enum FormatId {
#define FORMAT(name, sql_name, summary) FORMAT_##name,
#define FORMAT_OPTION(format, name, kind, choices, fallback, summary)
#include "format/format.def"
#undef FORMAT
#undef FORMAT_OPTION
    FORMAT_COUNT
} FormatId;

/* What a number in a TIMESTAMP column counts since 1970; without a unit such a number makes the record bad. The order is that of the
 * choices in format.def. */
typedef enum TimestampUnit {
    TIMESTAMP_UNIT_NONE = -1,
    TIMESTAMP_UNIT_S,
    TIMESTAMP_UNIT_MS,
    TIMESTAMP_UNIT_US,
    TIMESTAMP_UNIT_NS,
} TimestampUnit;

/* The options of all formats; a format reads those that it has. `null_text` is borrowed from the option list.
 */
typedef struct FormatOptions {
    FormatId format;
    TimestampUnit timestamp_unit;
    bool header;    /* CSV: the first line has names; JSON has none */
    char delimiter; /* these four: ASCII, no line end, no zero byte */
    char quote;
    char escape;
    char comment; /* '\0': none */
    Str null_text;
} FormatOptions;

/* What format.def gives where a statement says nothing. */
FormatOptions format_options_default(FormatId format);

/* "json"; static storage. */
const char *format_name(FormatId format);
/* One line, for help and docs; static storage. */
const char *format_summary(FormatId format);

/* Without regard to case; 'ndjson', 'jsonl' and 'jsonlines' are json. False when there is none. */
NODISCARD bool format_find(Str name, FormatId *out);

/* UNDEFINED_OBJECT at `position`, naming the formats and the nearest one. */
Status format_error_unknown(Str name, int64_t position, Error *err);

/* The options that the format has; static storage. For option_check, beside the connector's. */
OptionTable format_option_table(FormatId format);

/* From a list that option_check has passed; fails with INVALID_OPTION when values contradict each other
 * (delimiter = quote). Options that other formats have are left at their defaults. */
NODISCARD Status format_options_read(FormatId format, OptionList list, FormatOptions *out, Error *err);

#endif
