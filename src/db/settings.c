/* SPDX-License-Identifier: Apache-2.0
 * db/settings.c - most settings have one value yet and say so. */
#include "db/settings.h"

#include <limits.h>

#include "base/number.h"
#include "db/session_zone.h"

typedef struct Setting {
    const char *name;
    const char *fallback;
    const char *values;
    const char *later;
    const char *summary;
} Setting;

static const Setting SETTINGS[] = {
#define SETTING(name, fallback, values, later, summary) {#name, fallback, values, later, summary},
#include "db/setting.def"
#undef SETTING
};
enum { SETTING_COUNT = sizeof(SETTINGS) / sizeof(SETTINGS[0]) };

uint32_t settings_count(void) {
    return SETTING_COUNT;
}

const char *settings_name(uint32_t index) {
    ASSERT(index < SETTING_COUNT);
    return SETTINGS[index].name;
}

const char *settings_summary(uint32_t index) {
    ASSERT(index < SETTING_COUNT);
    return SETTINGS[index].summary;
}

static bool is_batch_rows(const Setting *setting) {
    return setting->values[0] == '\0';
}

static bool is_on_error(const Setting *setting) {
    return strcmp(setting->name, "on_error") == 0;
}

static bool is_time_zone(const Setting *setting) {
    return strcmp(setting->name, "TimeZone") == 0;
}

void settings_read(const weir_conn *conn, uint32_t index, Text *out) {
    static const char *const ON_ERROR[] = {"dead_letter", "skip", "stop"};
    if (is_batch_rows(&SETTINGS[index]))
        text_append_i64(out, conn->db->settings.batch_rows);
    else if (is_on_error(&SETTINGS[index]))
        text_append_c(out, ON_ERROR[conn->on_error]);
    else if (is_time_zone(&SETTINGS[index]))
        text_append(out, zone_name(conn->zone));
    else
        text_append_c(out, SETTINGS[index].fallback);
}

static Status find(const AstName *name, uint32_t *out, Error *err) {
    Str best = {0};
    int distance = INT_MAX;
    for (*out = 0; *out < SETTING_COUNT; (*out)++) {
        Str known = str_from_c(SETTINGS[*out].name);
        if (str_equal_ignore_case(known, name->str)) return STATUS_OK;
        str_suggest(name->str, known, &best, &distance);
    }
    (void)error_set_at(err, STATUS_UNDEFINED_OBJECT, name->span.start,
                       "unrecognized configuration parameter \"%.*s\"", STR_ARGS(name->str));
    return best.size == 0 ? error_add_hint(err, "SHOW ALL lists them.")
                          : error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(best));
}

Str settings_column(Str name) {
    for (uint32_t i = 0; i < SETTING_COUNT; i++)
        if (str_equal_ignore_case(str_from_c(SETTINGS[i].name), name)) return str_from_c(SETTINGS[i].name);
    return name;
}

Status settings_get(const weir_conn *conn, const AstName *name, Text *out, Error *err) {
    uint32_t index;
    TRY(find(name, &index, err));
    settings_read(conn, index, out);
    return STATUS_OK;
}

static Status bad_value(const Setting *setting, const AstSet *set, Str value, Error *err) {
    (void)error_set_at(err, STATUS_INVALID_OPTION, set->name.span.start,
                       "invalid value for parameter \"%s\": \"%.*s\"", setting->name, STR_ARGS(value));
    return error_add_hint(err, "%s", setting->summary);
}

/* Which of "a|b|c", from 0; -1: none. */
static int one_of(const char *values, Str value) {
    int number = 0;
    Str rest = str_from_c(values);
    while (rest.size > 0) {
        ptrdiff_t bar = str_find(rest, STR("|"));
        Str one = bar < 0 ? rest : str_from(rest.data, (size_t)bar);
        if (str_equal_ignore_case(one, value)) return number;
        number++;
        size_t used = one.size + (bar >= 0);
        rest = str_from(rest.data + used, rest.size - used);
    }
    return -1;
}

/* Each word of it is in the list. */
static bool all_of(const char *words, Str value) {
    size_t start = 0;
    for (size_t i = 0; i <= value.size; i++) {
        if (i < value.size && value.data[i] != ',' && value.data[i] != ' ') continue;
        if (i > start && one_of(words, str_from(value.data + start, i - start)) < 0) return false;
        start = i + 1;
    }
    return value.size > 0;
}

/* What PostgreSQL would take. */
static bool is_later(const Setting *setting, const AstSet *set) {
    for (uint32_t i = 0; i < set->values.count; i++)
        if (!all_of(setting->later, set->values.items[i].value)) return false;
    return set->values.count > 0;
}

static Status fail_value(const Setting *setting, const AstSet *set, Str value, Error *err) {
    if (!is_later(setting, set)) return bad_value(setting, set, value, err);
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, set->name.span.start, "%s \"%.*s\" is not supported yet",
                       setting->name, STR_ARGS(value));
    return error_add_hint(err, "%s", setting->summary);
}

Status settings_set(weir_conn *conn, const AstSet *set, bool reset, Error *err) {
    weir_db *db = conn->db;
    if (reset && set->name.str.size == 0) {
        conn->on_error = ON_ERROR_DEAD_LETTER;
        session_zone_reset(conn);
        db->settings.batch_rows = db->flow->batch_row_count_max = BATCH_ROW_COUNT_MAX;
        return STATUS_OK;
    }
    uint32_t index;
    TRY(find(&set->name, &index, err));
    if (set->scope == AST_SCOPE_LOCAL) {
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, set->name.span.start, "SET LOCAL is not supported yet");
        return error_add_hint(err, "It would end with its transaction, and there are none yet: write SET.");
    }
    const Setting *setting = &SETTINGS[index];
    for (uint32_t i = 1; i < set->values.count && is_later(setting, set); i++)
        if (one_of(setting->values, set->values.items[i].value) < 0)
            return fail_value(setting, set, set->values.items[i].value, err);
    if (set->values.count > 1 && !is_later(setting, set))
        return error_set_at(err, STATUS_INVALID_OPTION, set->name.span.start,
                            "SET %.*s takes only one argument", STR_ARGS(set->name.str));
    bool to_default = reset || set->to_default || set->values.count == 0;
    if (is_time_zone(setting) && !to_default) return session_zone_set(conn, &set->values.items[0], set->name.span.start, err);
    if (is_time_zone(setting)) session_zone_reset(conn);
    Str value = to_default ? str_from_c(setting->fallback) : set->values.items[0].value;
    if (!is_batch_rows(setting)) {
        int number = one_of(setting->values, value);
        bool known = number >= 0 || str_equal(value, str_from_c(setting->fallback));
        if (known && is_on_error(setting)) conn->on_error = (OnError)number;
        return known ? STATUS_OK : fail_value(setting, set, value, err);
    }
    int64_t rows;
    if (number_parse_i64(value, &rows) != NUMBER_OK || rows < 1 || rows > BATCH_ROW_COUNT_MAX)
        return bad_value(setting, set, value, err);
    db->settings.batch_rows = rows;
    db->flow->batch_row_count_max = (uint32_t)rows;
    return STATUS_OK;
}
