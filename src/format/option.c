/* SPDX-License-Identifier: Apache-2.0
 * format/option.c - checking options against their tables, and reading their values. */
#include "format/option.h"

#include <limits.h>

#include "base/calendar_parse.h"
#include "base/interval.h"
#include "base/number.h"

/* The parts of "fields.*.keys" before and after the star; false when the name has none. */
static bool spec_split(const OptionSpec *spec, Str *head, Str *tail) {
    ASSERT(spec->name != NULL);
    Str name = str_from_c(spec->name);
    ptrdiff_t star = str_find(name, STR("*"));
    if (star < 0) return false;
    *head = str_from(name.data, (size_t)star);
    *tail = str_from(name.data + star + 1, name.size - (size_t)star - 1);
    return true;
}

static bool spec_matches(const OptionSpec *spec, Str key) {
    Str head, tail;
    if (!spec_split(spec, &head, &tail)) return str_equal_ignore_case(str_from_c(spec->name), key);
    if (key.size <= head.size + tail.size) return false;
    /* Longer than both ends together, so that the star stands for something. */
    Str key_tail = str_from(key.data + key.size - tail.size, tail.size);
    return str_equal_ignore_case(head, str_from(key.data, head.size)) &&
           str_equal_ignore_case(tail, key_tail);
}

const OptionSpec *option_spec_find(const OptionTable *tables, uint32_t table_count, Str key) {
    ASSERT(tables != NULL || table_count == 0);
    for (uint32_t t = 0; t < table_count; t++)
        for (uint32_t i = 0; i < tables[t].count; i++)
            if (spec_matches(&tables[t].specs[i], key)) return &tables[t].specs[i];
    return NULL;
}

/* "s, ms, us or ns" */
static void append_choices(Text *text, Str choices) {
    ASSERT(choices.size > 0);
    size_t start = 0;
    for (size_t i = 0; i <= choices.size; i++) {
        if (i < choices.size && choices.data[i] != '|') continue;
        bool is_last = i == choices.size;
        if (start > 0) text_append_c(text, is_last ? " or " : ", ");
        text_append(text, str_from(choices.data + start, i - start));
        start = i + 1;
    }
}

void option_append_kind(Text *text, const OptionSpec *spec) {
    switch (spec->kind) {
        case OPTION_TEXT: text_append_c(text, "text"); return;
        case OPTION_CHARACTER: text_append_c(text, "one character"); return;
        case OPTION_INTEGER: text_append_c(text, "an integer, 0 or more"); return;
        case OPTION_NUMBER: text_append_c(text, "a number"); return;
        case OPTION_BOOLEAN: text_append_c(text, "true or false"); return;
        case OPTION_CHOICE: append_choices(text, str_from_c(spec->choices)); return;
        case OPTION_DURATION: text_append_c(text, "a length of time such as '5 seconds'"); return;
        case OPTION_TIMESTAMP: text_append_c(text, "a timestamp or 'now'"); return;
    }
}

/* Which of "a|b|c" the value is, from 0; -1: none. */
static int choice_index(Str choices, Str value) {
    ASSERT(choices.size > 0);
    int index = 0;
    size_t start = 0;
    for (size_t i = 0; i <= choices.size; i++) {
        if (i < choices.size && choices.data[i] != '|') continue;
        if (str_equal_ignore_case(str_from(choices.data + start, i - start), value)) return index;
        start = i + 1;
        index++;
    }
    return -1;
}

static bool parse_character(Str text, char *out) {
    if (str_equal(text, STR("\\t")) || str_equal_ignore_case(text, STR("tab"))) {
        *out = '\t';
        return true;
    }
    if (text.size != 1 || text.data[0] == '\n' || text.data[0] == '\r' || text.data[0] == '\0') return false;
    if ((unsigned char)text.data[0] >= 0x80) return false;
    *out = text.data[0];
    return true;
}

bool option_parse_bool(Str text, bool *out) {
    static const char *const words[] = {"true", "on", "yes", "1", "", "false", "off", "no", "0"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!str_equal_ignore_case(text, str_from_c(words[i]))) continue;
        *out = i < 5;
        return true;
    }
    return false;
}

static bool parse_count(Str text, int64_t *out) {
    int64_t value;
    if (number_parse_i64(text, &value) != NUMBER_OK || value < 0) return false;
    *out = value;
    return true;
}

static bool parse_number(Str text, double *out) {
    double value;
    if (number_parse_double(text, &value) != NUMBER_OK || value - value != 0) return false;
    *out = value;
    return true;
}

bool option_parse_duration_us(Str text, int64_t *out) {
    Interval interval;
    Error ignored;
    int64_t value;
    if (interval_parse(text, INTERVAL_ANY_FIELD, &interval, &ignored) != STATUS_OK) return false;
    if (!interval_to_microseconds(interval, &value) || value < 0) return false;
    *out = value;
    return true;
}

/* Infinities are refused: an option is a place to begin or end at. */
static bool parse_timestamp(Str text, int64_t now_us, int64_t *out) {
    Error ignored;
    if (str_equal_ignore_case(text, STR("now"))) {
        *out = now_us;
        return true;
    }
    return calendar_parse_timestamp(text, NULL, out, &ignored) == STATUS_OK &&
           calendar_timestamp_is_finite(*out);
}

/* By the parser that the getter uses, so that what has passed here cannot fail there. */
static bool value_is_of_kind(const OptionSpec *spec, Str value) {
    bool boolean;
    char character;
    int64_t integer;
    double number;
    switch (spec->kind) {
        case OPTION_TEXT: return true;
        case OPTION_CHARACTER: return parse_character(value, &character);
        case OPTION_INTEGER: return parse_count(value, &integer);
        case OPTION_NUMBER: return parse_number(value, &number);
        case OPTION_BOOLEAN: return option_parse_bool(value, &boolean);
        case OPTION_CHOICE: return choice_index(str_from_c(spec->choices), value) >= 0;
        case OPTION_DURATION: return option_parse_duration_us(value, &integer);
        case OPTION_TIMESTAMP: return parse_timestamp(value, 0, &integer);
    }
    return false;
}

static Status error_bad_value(const OptionSpec *spec, const Option *option, Error *err) {
    char room[ERROR_MESSAGE_SIZE_MAX];
    Text kind = {.data = room, .capacity = sizeof(room)}; /* fits: the words above and short choices */
    option_append_kind(&kind, spec);
    ASSERT(!kind.failed); /* there is no memory behind it to grow into */
    return error_set_at(err, STATUS_INVALID_OPTION, option->position,
                        "option \"%s\" must be %.*s, not \"%.*s\"", spec->name, STR_ARGS(text_str(&kind)),
                        STR_ARGS(option->value));
}

/* The nearest name, or, when none is near, all there are: cut where the hint's room ends. */
static Status error_unknown(const OptionTable *tables, uint32_t table_count, Str whose, const Option *option,
                            Error *err) {
    Str best = {0};
    int distance = INT_MAX;
    error_set_at(err, STATUS_UNDEFINED_OBJECT, option->position, "%.*s has no option \"%.*s\"",
                 STR_ARGS(whose), STR_ARGS(option->key));
    for (uint32_t t = 0; t < table_count; t++)
        for (uint32_t i = 0; i < tables[t].count; i++)
            str_suggest(option->key, str_from_c(tables[t].specs[i].name), &best, &distance);
    if (best.size > 0) return error_add_hint(err, "Did you mean \"%.*s\"?", STR_ARGS(best));
    char room[ERROR_HINT_SIZE_MAX];
    size_t size = 0;
    for (uint32_t t = 0; t < table_count; t++)
        for (uint32_t i = 0; i < tables[t].count; i++)
            size += text_format(room + size, sizeof(room) - size, "%s%s", size == 0 ? "" : ", ",
                                tables[t].specs[i].name);
    return size == 0 ? err->status : error_add_hint(err, "Its options are %.*s.", (int)size, room);
}

static Status check_one(const OptionTable *tables, uint32_t table_count, Str whose, OptionList options,
                        uint32_t index, Error *err) {
    const Option *option = &options.items[index];
    ASSERT(index < options.count);
    const OptionSpec *spec = option_spec_find(tables, table_count, option->key);
    if (spec == NULL) return error_unknown(tables, table_count, whose, option, err);
    for (uint32_t i = 0; i < index; i++) /* Quadratic in the options of one statement, which are a handful. */
        if (str_equal_ignore_case(options.items[i].key, option->key))
            return error_set_at(err, STATUS_INVALID_OPTION, option->position,
                                "option \"%.*s\" is given twice", STR_ARGS(option->key));
    return value_is_of_kind(spec, option->value) ? STATUS_OK : error_bad_value(spec, option, err);
}

Status option_check(const OptionTable *tables, uint32_t table_count, Str whose, OptionList options,
                    Error *err) {
    ASSERT(tables != NULL || table_count == 0);
    ASSERT(options.items != NULL || options.count == 0);
    for (uint32_t i = 0; i < options.count; i++) TRY(check_one(tables, table_count, whose, options, i, err));
    for (uint32_t t = 0; t < table_count; t++)
        for (uint32_t i = 0; i < tables[t].count; i++) {
            const OptionSpec *spec = &tables[t].specs[i];
            if (!spec->required || option_find(options, str_from_c(spec->name)) != NULL) continue;
            error_set(err, STATUS_INVALID_OPTION, "%.*s needs the option \"%s\"", STR_ARGS(whose),
                      spec->name);
            return error_add_hint(err, "%s = '...': %s.", spec->name, spec->summary);
        }
    return STATUS_OK;
}

const Option *option_find(OptionList options, Str name) {
    ASSERT(options.items != NULL || options.count == 0);
    for (uint32_t i = 0; i < options.count; i++)
        if (str_equal_ignore_case(options.items[i].key, name)) return &options.items[i];
    return NULL;
}

Str option_text(const OptionTable *table, OptionList options, const char *name) {
    ASSERT(name != NULL);
    const Option *option = option_find(options, str_from_c(name));
    if (option != NULL) return option->value;
    const OptionSpec *spec = option_spec_find(table, 1, str_from_c(name));
    ASSERT(spec != NULL);
    return str_from_c(spec->fallback);
}

char option_character(const OptionTable *table, OptionList options, const char *name) {
    char value = '\0';
    return parse_character(option_text(table, options, name), &value) ? value : '\0';
}

bool option_bool(const OptionTable *table, OptionList options, const char *name) {
    Str text = option_text(table, options, name);
    bool value = false;
    return text.data != NULL && option_parse_bool(text, &value) && value;
}

int option_choice(const OptionTable *table, OptionList options, const char *name) {
    const OptionSpec *spec = option_spec_find(table, 1, str_from_c(name));
    Str text = option_text(table, options, name);
    ASSERT(spec != NULL);
    ASSERT(spec->kind == OPTION_CHOICE);
    return text.data == NULL ? -1 : choice_index(str_from_c(spec->choices), text);
}

bool option_i64(const OptionTable *table, OptionList options, const char *name, int64_t *out) {
    Str text = option_text(table, options, name);
    return text.data != NULL && parse_count(text, out);
}

bool option_double(const OptionTable *table, OptionList options, const char *name, double *out) {
    Str text = option_text(table, options, name);
    return text.data != NULL && parse_number(text, out);
}

bool option_duration_us(const OptionTable *table, OptionList options, const char *name, int64_t *out) {
    Str text = option_text(table, options, name);
    return text.data != NULL && option_parse_duration_us(text, out);
}

bool option_timestamp(const OptionTable *table, OptionList options, const char *name, int64_t now_us,
                      int64_t *out) {
    Str text = option_text(table, options, name);
    return text.data != NULL && parse_timestamp(text, now_us, out);
}
