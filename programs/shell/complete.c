/* SPDX-License-Identifier: Apache-2.0
 * shell/complete.c - what the word under the cursor may become. */
#include "shell/complete.h"

#include "shell/answer.h"
#include "shell/commands.h"

static const char *const words[] = {
#define WORD(text) text,
#include "shell/complete.def"
#undef WORD
};

static const char *const relation_lists[] = {"SHOW SOURCES", "SHOW TABLES", "SHOW VIEWS", "SHOW STREAMS",
                                             "SHOW SINKS"};

enum {
    WORD_COUNT = sizeof(words) / sizeof(words[0]),
    RELATION_LIST_COUNT = sizeof(relation_lists) / sizeof(relation_lists[0]),
};

void completer_init(Completer *completer, Shell *shell) {
    *completer = (Completer){.shell = shell};
    arena_init(&completer->arena, &shell->memory);
}

void completer_deinit(Completer *completer) {
    vector_deinit(&completer->candidates, &completer->shell->memory);
    arena_deinit(&completer->arena);
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

Str completer_word(Str line) {
    size_t start = line.size;
    while (start > 0 && is_name(line.data[start - 1])) start--;
    Str before = str_trim(str_from(line.data, start));
    if (before.size == 1 && (before.data[0] == '\\' || before.data[0] == '.')) start--;
    return str_from(line.data + start, line.size - start);
}

static bool begins_with(Str text, Str word) {
    return text.size >= word.size && str_equal_ignore_case(str_from(text.data, word.size), word);
}

static void offer(Completer *completer, Str word, Str candidate) {
    if (candidate.size == 0 || !begins_with(candidate, word)) return;
    for (size_t i = 0; i < completer->candidates.count; i++)
        if (str_equal(completer->candidates.items[i], candidate)) return;
    if (completer->candidates.count >= COMPLETE_COUNT_MAX) return;
    Str copy = str_copy(&completer->arena, candidate);
    bool is_kept = copy.data != NULL && vector_push(&completer->candidates, &completer->shell->memory, copy);
    (void)is_kept; /* else there is one suggestion less */
}

/* A keyword as the user writes: in small letters if the word is. */
static void offer_keyword(Completer *completer, Str word, Str keyword) {
    bool is_small = word.size > 0 && word.data[0] >= 'a' && word.data[0] <= 'z';
    offer(completer, word, is_small ? str_copy_lower(&completer->arena, keyword) : keyword);
}

/* ---- what the database knows ---- */

typedef void TakeName(Completer *completer, Str word, Str name, Str line);

static void take_rows(Completer *completer, Answer *answer, Str word, Str line, TakeName *take) {
    Batch batch;
    Error err = {0};
    while (answer_next(answer, &batch, &err) == STATUS_OK)
        for (size_t row = 0; row < batch.row_count; row++)
            if (!array_is_null(&batch.columns[0], row))
                take(completer, word, array_text(&batch.columns[0], row), line);
}

/* The first column of a statement's answer; a statement that fails gives nothing. */
static void each_name(Completer *completer, Str sql, Str word, Str line, TakeName *take) {
    Shell *shell = completer->shell;
    weir_stmt *stmt = NULL;
    Answer answer;
    Error err = {0};
    if (weir_prepare(shell->conn, sql.data, (ptrdiff_t)sql.size, &stmt, NULL, NULL) != WEIR_OK ||
        stmt == NULL)
        return;
    if (answer_open(&answer, &shell->memory, stmt, &err) == STATUS_OK) {
        bool has_names = answer.columns.count > 0 && type_is_text(answer.columns.fields[0].type);
        if (has_names) take_rows(completer, &answer, word, line, take);
        answer_close(&answer);
    }
    weir_stmt_free(stmt);
}

static void take_name(Completer *completer, Str word, Str name, Str line) {
    offer(completer, word, name);
}

static bool mentions(Str line, Str name) {
    for (size_t at = 0; at + name.size <= line.size; at++) {
        bool begins = at == 0 || !is_name(line.data[at - 1]);
        bool ends = at + name.size == line.size || !is_name(line.data[at + name.size]);
        if (begins && ends && str_equal_ignore_case(str_from(line.data + at, name.size), name)) return true;
    }
    return false;
}

/* A relation, and its columns when the line names it. */
static void take_relation(Completer *completer, Str word, Str name, Str line) {
    offer(completer, word, name);
    if (!mentions(line, name)) return;
    Text sql;
    text_init(&sql, &completer->shell->memory);
    text_append_format(&sql, "DESCRIBE \"%.*s\"", STR_ARGS(name));
    if (!sql.failed) each_name(completer, text_str(&sql), word, line, take_name);
    text_deinit(&sql);
}

/* ---- all ---- */

static void offer_commands(Completer *completer, Str word) {
    for (size_t n = 0; commands_spelling(n) != NULL; n++)
        offer(completer, word, str_from_c(commands_spelling(n)));
}

static void offer_sql(Completer *completer, Str word, Str line) {
    for (int i = 0; i < RELATION_LIST_COUNT; i++)
        each_name(completer, str_from_c(relation_lists[i]), word, line, take_relation);
    if (word.size == 0) return;
    for (int i = 0; i < WORD_COUNT; i++) offer_keyword(completer, word, str_from_c(words[i]));
    each_name(completer, STR("SHOW FUNCTIONS"), word, line, take_name);
}

void completer_find(Completer *completer, Str line, Str context) {
    completer->candidates.count = 0;
    arena_reset(&completer->arena);
    Str word = completer_word(line);
    if (word.size > 0 && (word.data[0] == '\\' || word.data[0] == '.'))
        offer_commands(completer, word);
    else
        offer_sql(completer, word, context);
}

Str completer_common(const Completer *completer) {
    if (completer->candidates.count == 0) return (Str){0};
    Str common = completer->candidates.items[0];
    for (size_t i = 1; i < completer->candidates.count; i++) {
        Str other = completer->candidates.items[i];
        size_t size = 0;
        while (size < common.size && size < other.size &&
               str_equal_ignore_case(str_from(common.data + size, 1), str_from(other.data + size, 1)))
            size++;
        common.size = size;
    }
    return common;
}
