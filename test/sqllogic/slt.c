/* SPDX-License-Identifier: Apache-2.0
 * sqllogic/slt.c - reads a record, runs it, compares. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "sqllogic/slt.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/vector.h"

enum { SLT_ROWS_SHOWN_MAX = 20, SQLSTATE_SIZE = 5 };

typedef enum SltSort { SLT_NOSORT, SLT_ROWSORT, SLT_VALUESORT } SltSort;

typedef VECTOR(Str) StrList;

typedef struct SltRecord {
    int line;
    bool is_query;
    bool expects_error;
    Str error_pattern; /* empty: any error */
    size_t column_count;
    SltSort sort;
    Str label;
    Str sql;
    StrList expected;
} SltRecord;

typedef struct SltLabel {
    Str name;
    StrList rows;
} SltLabel;

/* The state of one file's run. */
typedef struct SltFile {
    const char *name;
    Str rest; /* of the text */
    int line; /* of the line read last */
    bool halted;
    bool failed; /* memory */
    const SltEngine *engine;
    Arena arena; /* the file's: labels */
    VECTOR(SltLabel) labels;
    SltReport *report;
} SltFile;

/* ---- text ---- */

static bool next_line(SltFile *file, Str *line) {
    if (file->rest.size == 0) return false;
    ptrdiff_t end = str_find(file->rest, STR("\n"));
    size_t size = end < 0 ? file->rest.size : (size_t)end;
    *line = str_from(file->rest.data, size);
    size_t used = end < 0 ? size : size + 1;
    file->rest = str_from(file->rest.data + used, file->rest.size - used);
    if (line->size > 0 && line->data[line->size - 1] == '\r') line->size--;
    file->line++;
    return true;
}

static Str next_word(Str *rest) {
    *rest = str_trim(*rest);
    size_t size = 0;
    while (size < rest->size && rest->data[size] != ' ' && rest->data[size] != '\t') size++;
    Str word = str_from(rest->data, size);
    *rest = str_trim(str_from(rest->data + size, rest->size - size));
    return word;
}

/* White space runs become one space; none is left at the ends. */
static Str squeeze(Str row, Arena *arena) {
    char *copy = arena_alloc(arena, row.size + 1);
    if (copy == NULL) return (Str){0};
    size_t size = 0;
    for (Str rest = row; rest.size > 0;) {
        Str word = next_word(&rest);
        if (word.size == 0) break;
        if (size > 0) copy[size++] = ' ';
        memcpy(copy + size, word.data, word.size);
        size += word.size;
    }
    return str_from(copy, size);
}

static void append_value(Text *text, Str value) {
    if (value.data == NULL) {
        text_append(text, STR("NULL"));
    } else if (value.size == 0) {
        text_append(text, STR("(empty)"));
    }
    for (size_t i = 0; i < value.size; i++) switch (value.data[i]) {
            case '\n': text_append(text, STR("\\n")); break;
            case '\t': text_append(text, STR("\\t")); break;
            case '\\': text_append(text, STR("\\\\")); break;
            default: text_append_char(text, value.data[i]);
        }
}

/* ---- reports ---- */

static void append_rows(Text *out, const char *title, const StrList *rows) {
    text_append_format(out, "  %s, %zu:\n", title, rows->count);
    size_t shown = rows->count < SLT_ROWS_SHOWN_MAX ? rows->count : SLT_ROWS_SHOWN_MAX;
    for (size_t i = 0; i < shown; i++) text_append_format(out, "    %.*s\n", STR_ARGS(rows->items[i]));
    if (shown < rows->count) text_append_format(out, "    ... %zu more\n", rows->count - shown);
}

static void report_failure(SltFile *file, const SltRecord *record, const char *message, Str detail) {
    file->report->failed_count++;
    text_append_format(file->report->out, "%s:%d: %s%s%.*s\n", file->name, record->line, message,
                       detail.size > 0 ? ": " : "", STR_ARGS(detail));
}

static void report_result_error(SltFile *file, const SltRecord *record, const char *message,
                                const SltResult *result) {
    report_failure(file, record, message, result->sqlstate);
    text_append_format(file->report->out, "  %.*s\n", STR_ARGS(result->message));
}

/* ---- reading ---- */

static bool read_sort(Str word, SltSort *sort) {
    if (str_equal(word, STR("rowsort"))) {
        *sort = SLT_ROWSORT;
    } else if (str_equal(word, STR("valuesort"))) {
        *sort = SLT_VALUESORT;
    } else if (str_equal(word, STR("nosort"))) {
        *sort = SLT_NOSORT;
    } else {
        return false;
    }
    return true;
}

/* What follows `statement` or `query` on its line; false when it is not understood. */
static bool read_head(Str head, SltRecord *record) {
    Str word = next_word(&head);
    if (str_equal(word, STR("error"))) {
        record->expects_error = true;
        record->error_pattern = head;
        return true;
    }
    if (!record->is_query) return str_equal(word, STR("ok")) && head.size == 0;
    record->column_count = word.size;
    word = next_word(&head);
    if (word.size > 0 && read_sort(word, &record->sort)) word = next_word(&head);
    record->label = word;
    return record->column_count > 0 && head.size == 0;
}

/* The lines up to an empty one or the end: SQL, then after `----` the expected rows. */
static void read_body(SltFile *file, SltRecord *record, Arena *arena) {
    Text sql;
    text_init(&sql, arena->memory);
    Str line;
    bool in_rows = false;
    while (next_line(file, &line) && str_trim(line).size > 0) {
        if (in_rows) {
            file->failed |= !arena_vector_push(&record->expected, arena, line);
        } else if (str_equal(str_trim(line), STR("----"))) {
            in_rows = true;
        } else {
            text_append(&sql, line);
            text_append_char(&sql, '\n');
        }
    }
    record->sql = str_copy(arena, text_str(&sql));
    file->failed |= sql.failed || record->sql.data == NULL;
    text_deinit(&sql);
}

/* ---- running ---- */

static int compare_rows(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* The result as lines: a row each, or a value each for valuesort; sorted as the record says. */
static void result_lines(SltFile *file, const SltRecord *record, const SltResult *result, Arena *arena,
                         StrList *lines) {
    bool by_value = record->sort == SLT_VALUESORT;
    for (size_t row = 0; row < result->row_count; row++) {
        Text text;
        text_init(&text, arena->memory);
        for (size_t column = 0; column < result->column_count; column++) {
            if (column > 0 && !by_value) text_append_char(&text, '\t');
            append_value(&text, result->values[row * result->column_count + column]);
            if (by_value || column + 1 == result->column_count) {
                Str line = str_copy(arena, text_str(&text));
                file->failed |= text.failed || line.data == NULL || !arena_vector_push(lines, arena, line);
                text_reset(&text);
            }
        }
        text_deinit(&text);
    }
    if (record->sort != SLT_NOSORT && lines->count > 0)
        qsort(lines->items, lines->count, sizeof(Str), compare_rows);
}

static bool row_matches(Str expected, Str found, Arena *arena) {
    if (str_equal(expected, found)) return true;
    if (str_find(expected, STR("\t")) >= 0) return false;
    return str_equal(squeeze(expected, arena), squeeze(found, arena));
}

static bool rows_match(const StrList *expected, const StrList *found, Arena *arena) {
    if (expected->count != found->count) return false;
    for (size_t i = 0; i < expected->count; i++)
        if (!row_matches(expected->items[i], found->items[i], arena)) return false;
    return true;
}

/* True when this is the label's first result, or the same as its first. */
static bool label_agrees(SltFile *file, Str label, const StrList *lines) {
    for (size_t i = 0; i < file->labels.count; i++)
        if (str_equal(file->labels.items[i].name, label))
            return rows_match(&file->labels.items[i].rows, lines, &file->arena);
    SltLabel kept = {.name = label};
    for (size_t i = 0; i < lines->count; i++)
        file->failed |= !arena_vector_push(&kept.rows, &file->arena, str_copy(&file->arena, lines->items[i]));
    file->failed |= !arena_vector_push(&file->labels, &file->arena, kept);
    return true;
}

static void judge_rows(SltFile *file, SltRecord *record, const SltResult *result, Arena *arena) {
    StrList lines = {0};
    result_lines(file, record, result, arena, &lines);
    if (record->sort != SLT_NOSORT && record->expected.count > 0)
        qsort(record->expected.items, record->expected.count, sizeof(Str), compare_rows);
    if (result->column_count != record->column_count) {
        report_failure(file, record, "wrong number of columns", (Str){0});
    } else if (!rows_match(&record->expected, &lines, arena)) {
        report_failure(file, record, "wrong rows", (Str){0});
    } else if (record->label.size > 0 && !label_agrees(file, record->label, &lines)) {
        report_failure(file, record, "another query with this label gave other rows", record->label);
    } else {
        file->report->passed_count++;
        return;
    }
    append_rows(file->report->out, "expected rows", &record->expected);
    append_rows(file->report->out, "found rows", &lines);
}

static bool pattern_matches(Str pattern, Str subject) {
    int error_code;
    PCRE2_SIZE error_offset;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern.data, pattern.size, PCRE2_UTF, &error_code, &error_offset, NULL);
    if (code == NULL) return false;
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
    int found =
        match == NULL ? -1 : pcre2_match(code, (PCRE2_SPTR)subject.data, subject.size, 0, 0, match, NULL);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    return found >= 0;
}

static bool is_sqlstate(Str pattern) {
    if (pattern.size != SQLSTATE_SIZE) return false;
    for (size_t i = 0; i < pattern.size; i++) {
        char c = pattern.data[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z')) return false;
    }
    return true;
}

static void judge_error(SltFile *file, const SltRecord *record, const SltResult *result, Arena *arena) {
    if (!result->failed) {
        report_failure(file, record, "expected an error", record->error_pattern);
        return;
    }
    Text text;
    text_init(&text, arena->memory);
    text_append_format(&text, "%.*s: %.*s", STR_ARGS(result->sqlstate), STR_ARGS(result->message));
    bool matches =
        record->error_pattern.size == 0 ||
        (is_sqlstate(record->error_pattern) ? str_equal(record->error_pattern, result->sqlstate)
                                            : pattern_matches(record->error_pattern, text_str(&text)));
    text_deinit(&text);
    if (matches) {
        file->report->passed_count++;
    } else {
        report_result_error(file, record, "another error", result);
    }
}

static void run_record(SltFile *file, SltRecord *record, Arena *arena) {
    SltResult result = {0};
    file->engine->run(file->engine->context, record->sql, arena, &result);
    if (record->expects_error) {
        judge_error(file, record, &result, arena);
    } else if (result.failed) {
        report_result_error(file, record, "failed", &result);
    } else if (record->is_query) {
        judge_rows(file, record, &result, arena);
    } else {
        file->report->passed_count++;
    }
    if (file->failed) report_failure(file, record, "out of memory", (Str){0});
}

/* One line outside a record; *skip gathers skipif and onlyif for the next record. */
static void run_line(SltFile *file, Str line, bool *skip, Arena *arena) {
    SltRecord record = {.line = file->line};
    Str rest = line;
    Str word = next_word(&rest);
    record.is_query = str_equal(word, STR("query"));
    bool names_us = str_equal(rest, str_from_c(file->engine->name));
    if (record.is_query || str_equal(word, STR("statement"))) {
        bool understood = read_head(rest, &record);
        read_body(file, &record, arena);
        if (!understood) {
            report_failure(file, &record, "not understood", line);
        } else if (*skip) {
            file->report->skipped_count++;
        } else {
            run_record(file, &record, arena);
        }
        *skip = false;
    } else if (str_equal(word, STR("skipif"))) {
        *skip |= names_us;
    } else if (str_equal(word, STR("onlyif"))) {
        *skip |= !names_us;
    } else if (str_equal(word, STR("halt"))) {
        file->halted = !*skip;
        *skip = false;
    } else if (!str_equal(word, STR("hash-threshold"))) {
        report_failure(file, &record, "not understood", line);
    }
}

void slt_run(const char *name, Str text, const SltEngine *engine, Memory *memory, SltReport *report) {
    SltFile file = {.name = name, .rest = text, .engine = engine, .report = report};
    Text reason;
    text_init(&reason, memory);
    if (!engine->open(engine->context, &reason)) {
        report_failure(&file, &(SltRecord){0}, "no database", text_str(&reason));
        text_deinit(&reason);
        return;
    }
    text_deinit(&reason);
    arena_init(&file.arena, memory);
    Arena arena; /* one record's */
    arena_init(&arena, memory);
    bool skip = false;
    for (Str line; !file.halted && !file.failed && next_line(&file, &line);) {
        if (str_trim(line).size == 0 || line.data[0] == '#') continue;
        run_line(&file, line, &skip, &arena);
        arena_reset(&arena);
    }
    arena_deinit(&arena);
    arena_deinit(&file.arena);
    engine->close(engine->context);
}
