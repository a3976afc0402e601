/* SPDX-License-Identifier: Apache-2.0
 * shell/complete.c - what the word under the cursor may become. */
#include "shell/complete.h"

#include "shell/answer.h"
#include "shell/commands.h"

static const char *const keywords[] = {
#define WORD(text) text,
#include "shell/complete.def"
#undef WORD
};

static const char *const relation_lists[] = {"SHOW SOURCES", "SHOW TABLES", "SHOW VIEWS", "SHOW STREAMS",
                                             "SHOW SINKS"};

enum {
    WORD_COUNT = sizeof(keywords) / sizeof(keywords[0]),
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

/* The unfinished word at the end of the line; empty after a blank. */
static Str last_word(Str line) {
    size_t start = line.size;
    while (start > 0 && is_name(line.data[start - 1])) start--;
    Str before = str_trim(str_from(line.data, start));
    if (before.size == 1 && (before.data[0] == '\\' || before.data[0] == '.')) start--;
    return str_from(line.data + start, line.size - start);
}

static bool begins_with(Str text, Str word) {
    return text.size >= word.size && str_equal_ignore_case(str_from(text.data, word.size), word);
}

static void offer(Completer *completer, Str candidate) {
    if (candidate.size == 0 || !begins_with(candidate, completer->word)) return;
    for (size_t i = 0; i < completer->candidates.count; i++)
        if (str_equal(completer->candidates.items[i], candidate)) return;
    if (completer->candidates.count >= COMPLETE_COUNT_MAX) return;
    Str copy = str_copy(&completer->arena, candidate);
    bool is_kept = copy.data != NULL && vector_push(&completer->candidates, &completer->shell->memory, copy);
    (void)is_kept; /* else there is one suggestion less */
}

/* A keyword as the user writes: in small letters if the word is. */
static void offer_keyword(Completer *completer, Str keyword) {
    bool is_small =
        completer->word.size > 0 && completer->word.data[0] >= 'a' && completer->word.data[0] <= 'z';
    offer(completer, is_small ? str_copy_lower(&completer->arena, keyword) : keyword);
}

/* Of parts put together. */
static void offer_text(Completer *completer, const char *before, Str middle, const char *after) {
    Text text;
    text_init(&text, &completer->shell->memory);
    text_append_format(&text, "%s%.*s%s", before, STR_ARGS(middle), after);
    if (!text.failed) offer(completer, text_str(&text));
    text_deinit(&text);
}

/* ---- what the database knows ---- */

/* A list that cannot be had gives nothing. */
static void each_row(Completer *completer, Str sql, AnswerTake *take) {
    Error ignored = {0};
    Status status = answer_each_row(completer->shell, sql, take, completer, &ignored);
    (void)status;
}

static void take_name(void *context, const Batch *batch, size_t row) {
    Completer *completer = context;
    offer(completer, answer_text(batch, 0, row));
}

static bool mentions(Str line, Str name) {
    for (size_t at = 0; at + name.size <= line.size; at++) {
        bool begins = at == 0 || !is_name(line.data[at - 1]);
        bool ends = at + name.size == line.size || !is_name(line.data[at + name.size]);
        if (begins && ends && str_equal_ignore_case(str_from(line.data + at, name.size), name)) return true;
    }
    return false;
}

/* A relation, and its columns when the statement names it. */
static void take_relation(void *context, const Batch *batch, size_t row) {
    Completer *completer = context;
    Str name = answer_text(batch, 0, row);
    offer(completer, name);
    if (!mentions(completer->statement, name)) return;
    Text sql;
    text_init(&sql, &completer->shell->memory);
    text_append_format(&sql, "DESCRIBE \"%.*s\"", STR_ARGS(name));
    if (!sql.failed) each_row(completer, text_str(&sql), take_name);
    text_deinit(&sql);
}

/* ---- options ---- */

enum { OPTION_NAME, OPTION_OBJECT, OPTION_OF, OPTION_VALUE }; /* columns of SHOW OPTIONS */

/* Is the option one of those that the clause may hold? `of` is empty, "connector x" or "format x"; lists
 * have connectors before formats. */
static bool is_possible(Completer *completer, Str name, Str object, Str of) {
    const Str connector = STR("connector "), format = STR("format ");
    WithClause *with = &completer->with;
    if (with->object.size > 0 && !str_equal(object, with->object)) return false;
    if (str_starts_with(of, connector)) {
        if (!str_equal_ignore_case(str_from(of.data + connector.size, of.size - connector.size),
                                   with->connector))
            return false;
        if (str_equal(name, STR("format"))) completer->takes_format = true;
    } else if (str_starts_with(of, format)) {
        Str wanted = with->format, found = str_from(of.data + format.size, of.size - format.size);
        return completer->takes_format && (wanted.size == 0 || str_equal_ignore_case(found, wanted));
    }
    return true;
}

static bool is_given(const WithClause *with, Str name) {
    for (uint32_t i = 0; i < with->given_count; i++)
        if (str_equal_ignore_case(with->given[i], name)) return true;
    return false;
}

/* "fields.*.kind": first "fields.", and when a column has been typed the rest. */
static void offer_starred(Completer *completer, Str name, size_t star) {
    Str word = completer->word, typed = str_from(word.data, word.size);
    size_t end = star;
    while (end < typed.size && typed.data[end] != '.') end++;
    if (word.size <= star)
        offer(completer, str_from(name.data, star));
    else if (end > star && end < typed.size)
        offer_text(completer, "", str_from(word.data, end), name.data + star + 1);
}

static void take_option(void *context, const Batch *batch, size_t row) {
    Completer *completer = context;
    char room[COMPLETE_NAME_SIZE_MAX];
    Str name = answer_text(batch, OPTION_NAME, row);
    if (!is_possible(completer, name, answer_text(batch, OPTION_OBJECT, row), answer_text(batch, OPTION_OF, row))) return;
    ptrdiff_t star = str_find(name, STR("*"));
    text_format(room, sizeof(room), "%.*s", STR_ARGS(name));
    if (star >= 0)
        offer_starred(completer, str_from_c(room), (size_t)star);
    else if (!is_given(&completer->with, name))
        offer(completer, name);
}

/* Does the key mean the option of that name, which may have a star for a column? */
static bool is_named(Str key, Str name) {
    ptrdiff_t star = str_find(name, STR("*"));
    if (star < 0) return str_equal_ignore_case(key, name);
    Str tail = str_from(name.data + star + 1, name.size - (size_t)star - 1);
    return begins_with(key, str_from(name.data, (size_t)star)) && str_ends_with(key, tail);
}

/* The choices of a|b|c. */
static void take_values(void *context, const Batch *batch, size_t row) {
    Completer *completer = context;
    Str name = answer_text(batch, OPTION_NAME, row), value = answer_text(batch, OPTION_VALUE, row);
    if (!is_possible(completer, name, answer_text(batch, OPTION_OBJECT, row), answer_text(batch, OPTION_OF, row))) return;
    if (!is_named(completer->with.key, name) || str_find(value, STR("|")) < 0) return;
    bool is_bare = str_equal(value, STR("true|false")) && !begins_with(completer->word, STR("'"));
    while (value.size > 0) {
        ptrdiff_t bar = str_find(value, STR("|"));
        size_t size = bar < 0 ? value.size : (size_t)bar;
        offer_text(completer, is_bare ? "" : "'", str_from(value.data, size), is_bare ? "" : "'");
        size += bar >= 0;
        value = str_from(value.data + size, value.size - size);
    }
}

static void offer_with(Completer *completer) {
    completer->word = completer->with.word;
    completer->takes_format = false;
    switch (completer->with.state) {
        case WITH_KEY: each_row(completer, STR("SHOW OPTIONS"), take_option); break;
        case WITH_VALUE: each_row(completer, STR("SHOW OPTIONS"), take_values); break;
        case WITH_EQUALS:
        case WITH_COMMA: break;
    }
}

/* ---- SET, and what DROP and CREATE are followed by ---- */

/* Words of the statement that the cursor is in, before the one that is being typed. */
typedef struct Before {
    Str first, last;
    size_t count;
    bool has_sign; /* = or TO's like stands between */
} Before;

static Before read_before(Str text) {
    Before before = {0};
    for (size_t at = 0; at < text.size;) {
        if (!is_name(text.data[at])) {
            if (text.data[at] == ';') before = (Before){0};
            before.has_sign |= text.data[at] == '=';
            at++;
            continue;
        }
        size_t start = at;
        while (at < text.size && is_name(text.data[at])) at++;
        before.last = str_from(text.data + start, at - start);
        if (before.count++ == 0) before.first = before.last;
    }
    return before;
}

static bool is_one_of(Str word, const char *const *names) {
    while (*names != NULL && !str_equal_ignore_case(word, str_from_c(*names))) names++;
    return *names != NULL;
}

/* SET name = 'value': the values are those of the option of the same name. True: nothing else can stand here. */
static bool offer_setting(Completer *completer, Str before) {
    static const char *const firsts[] = {"set", "reset", "show", NULL};
    Before words = read_before(before);
    if (!is_one_of(words.first, firsts) || words.count > 3) return false;
    if (words.count == 1) each_row(completer, STR("SHOW ALL"), take_name);
    bool is_set = str_equal_ignore_case(words.first, STR("set"));
    bool is_value = is_set && (words.count == 2 ? words.has_sign : words.count == 3 && str_equal_ignore_case(words.last, STR("to")));
    if (is_value) {
        Str key = words.last; /* of `SET x TO` the word before */
        if (words.count == 3) key = read_before(str_from(before.data, (size_t)(words.last.data - before.data))).last;
        completer->with = (WithClause){.key = key};
        if (before.size > 0 && before.data[before.size - 1] == '\'') /* the quote is part of what is replaced */
            completer->word = str_from(completer->word.data - 1, completer->word.size + 1);
        each_row(completer, STR("SHOW OPTIONS"), take_values);
    }
    return is_set && (words.count == 1 || is_value);
}

/* The kinds of object, alone behind these words. */
static bool offer_kind(Completer *completer, Str before) {
    static const char *const firsts[] = {"drop", "create", NULL};
    static const char *const kinds[] = {"MATERIALIZED VIEW", "SINK", "SOURCE", "STREAM", "TABLE", "VIEW"};
    Before words = read_before(before);
    if (words.count != 1 || !is_one_of(words.first, firsts)) return false;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) offer_keyword(completer, str_from_c(kinds[i]));
    return true;
}

/* ---- all ---- */

static void offer_commands(Completer *completer) {
    for (size_t n = 0; commands_spelling(n) != NULL; n++) offer(completer, str_from_c(commands_spelling(n)));
}

static void offer_sql(Completer *completer) {
    for (int i = 0; i < RELATION_LIST_COUNT; i++)
        each_row(completer, str_from_c(relation_lists[i]), take_relation);
    if (completer->word.size == 0) return;
    for (int i = 0; i < WORD_COUNT; i++) offer_keyword(completer, str_from_c(keywords[i]));
    each_row(completer, STR("SHOW FUNCTIONS"), take_name);
}

/* Two texts in one, in the arena; what is left when memory is refused. */
static Str join(Arena *arena, Str first, Str second) {
    char *joined = arena_alloc(arena, first.size + second.size + 1);
    if (joined == NULL) return second;
    if (first.size > 0) memcpy(joined, first.data, first.size);
    if (second.size > 0) memcpy(joined + first.size, second.data, second.size);
    return str_from(joined, first.size + second.size);
}

void completer_find(Completer *completer, Str earlier, Str line, size_t cursor) {
    ASSERT(cursor <= line.size);
    completer->candidates.count = 0;
    arena_reset(&completer->arena);
    completer->statement = join(&completer->arena, earlier, line);
    Str behind = str_from(line.data + cursor, line.size - cursor);
    Str before = str_from(completer->statement.data, completer->statement.size - behind.size);
    completer->word = last_word(str_from(line.data, cursor));
    completer->with = with_clause_read(before);
    Str earlier_words = str_from(before.data, before.size - completer->word.size);
    if (completer->with.is_inside)
        offer_with(completer);
    else if (completer->word.size > 0 && (completer->word.data[0] == '\\' || completer->word.data[0] == '.'))
        offer_commands(completer);
    else if (!offer_setting(completer, earlier_words) && !offer_kind(completer, earlier_words))
        offer_sql(completer);
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
