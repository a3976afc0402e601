/* SPDX-License-Identifier: Apache-2.0
 * Against PostgreSQL's own grammar (libpg-query 15, loaded when present): the statements of test/sql-parser
 * are accepted or refused alike, and expressions are read alike: the text that our tree gives, with every
 * operator in parentheses, makes the same PostgreSQL tree as the original. */
#include <dlfcn.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "sql/sql_test.h"

enum { STATEMENT_COUNT_MIN = 300, FILE_SIZE_MAX = 1 << 20 };

/* As libpg-query's header declares them. */
typedef struct PgQueryError {
    char *message, *funcname, *filename;
    int lineno, cursorpos;
    char *context;
} PgQueryError;

typedef struct PgQueryParseResult {
    char *parse_tree, *stderr_buffer;
    PgQueryError *error;
} PgQueryParseResult;

typedef struct Oracle {
    PgQueryParseResult (*parse)(const char *sql);
    void (*release)(PgQueryParseResult result);
    Memory memory;
    char *file;
} Oracle;

static bool oracle_open(Oracle *oracle) {
    void *library = dlopen("libpg_query.so.1504.0", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return false;
    void *parse = dlsym(library, "pg_query_parse"), *release = dlsym(library, "pg_query_free_parse_result");
    if (parse == NULL || release == NULL) return false;
    memcpy(&oracle->parse, &parse, sizeof(parse));
    memcpy(&oracle->release, &release, sizeof(release));
    return true;
}

static int setup(void **state) {
    static Oracle oracle; /* a test program's own */
    memory_init(&oracle.memory, 0);
    oracle.file = memory_alloc(&oracle.memory, FILE_SIZE_MAX);
    *state = oracle_open(&oracle) ? &oracle : NULL;
    return oracle.file == NULL ? -1 : 0;
}

static Oracle *oracle_of(void **state) {
    if (*state == NULL) {
        print_message("skipped: libpg_query.so.1504.0 is not installed (Debian: libpg-query1504.0)\n");
        skip();
    }
    return *state;
}

static size_t read_file(Oracle *oracle, const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail_msg("%s is missing", path);
    size_t size = fread(oracle->file, 1, FILE_SIZE_MAX - 1, file);
    fclose(file);
    oracle->file[size] = '\0';
    return size;
}

/* The next line that is neither empty nor a comment, terminated in place; NULL at the end. */
static char *next_line(char **at) {
    while (**at != '\0') {
        char *line = *at, *end = line + strcspn(line, "\n");
        *at = *end == '\0' ? end : end + 1;
        *end = '\0';
        if (line[0] != '\0' && line[0] != '#') return line;
    }
    return NULL;
}

/* Positions differ between two spellings of the same tree. */
static void drop_positions(char *tree) {
    char *out = tree;
    for (const char *at = tree; *at != '\0';) {
        static const char *const keys[] = {"\"location\":", "\"stmt_len\":", "\"stmt_location\":"};
        size_t skip_size = 0;
        for (size_t i = 0; i < 3; i++)
            if (strncmp(at, keys[i], strlen(keys[i])) == 0) skip_size = strlen(keys[i]);
        if (skip_size == 0) {
            *out++ = *at++;
            continue;
        }
        at += skip_size;
        at += strspn(at, "-0123456789");
        if (*at == ',')
            at++;
        else if (out > tree && out[-1] == ',')
            out--;
    }
    *out = '\0';
}

static bool we_accept(Oracle *oracle, const char *sql, Error *err) {
    Arena arena;
    arena_init(&arena, &oracle->memory);
    AstStatement *statement;
    error_reset(err);
    bool accepted = parser_parse_one(str_from_c(sql), &arena, &statement, err) == STATUS_OK;
    arena_deinit(&arena);
    return accepted;
}

static void test_statements(void **state) {
    Oracle *oracle = oracle_of(state);
    read_file(oracle, "test/sql-parser/statements.txt");
    int count = 0, differences = 0;
    char *at = oracle->file;
    for (char *line; (line = next_line(&at)) != NULL; count++) {
        Error err = {0};
        PgQueryParseResult theirs = oracle->parse(line);
        bool ours = we_accept(oracle, line, &err), accepted = theirs.error == NULL;
        if (ours != accepted) {
            differences++;
            print_error("%s\n   PostgreSQL: %s\n   ours: %s\n", line,
                        accepted ? "accepted" : theirs.error->message, ours ? "accepted" : err.message);
        }
        oracle->release(theirs);
    }
    assert_true(count >= STATEMENT_COUNT_MIN);
    assert_int_equal(differences, 0);
}

/* The two spellings make one tree there? */
static bool same_tree(Oracle *oracle, const char *a, const char *b) {
    PgQueryParseResult first = oracle->parse(a), second = oracle->parse(b);
    bool same = first.error == NULL && second.error == NULL;
    if (same) {
        drop_positions(first.parse_tree);
        drop_positions(second.parse_tree);
        same = strcmp(first.parse_tree, second.parse_tree) == 0;
    }
    if (!same && first.error == NULL)
        print_error("%s\n   %s\n   %s\n   %s\n", a, b, first.parse_tree,
                    second.error == NULL ? second.parse_tree : second.error->message);
    oracle->release(first);
    oracle->release(second);
    return same;
}

/* 1: read alike, 0: refused by both, -1: differently. */
static int compare_expression(Oracle *oracle, const char *expression) {
    Arena arena;
    arena_init(&arena, &oracle->memory);
    Text original;
    text_init(&original, &oracle->memory);
    text_append_format(&original, "SELECT %s", expression);
    text_append_char(&original, '\0');
    AstExpr *expr;
    Error err = {0};
    int result = 0;
    if (parser_parse_expression(str_from_c(expression), &arena, &expr, &err) == STATUS_OK) {
        Dump dump = {.sql = str_from_c(expression)};
        text_init(&dump.text, &oracle->memory);
        text_append_c(&dump.text, "SELECT ");
        dump_expr(&dump, expr);
        text_append_char(&dump.text, '\0');
        result = same_tree(oracle, original.data, dump.text.data) ? 1 : -1;
        text_deinit(&dump.text);
    } else {
        PgQueryParseResult theirs = oracle->parse(original.data);
        if (theirs.error == NULL) result = -1;
        oracle->release(theirs);
    }
    if (result < 0) print_error("differs: %s   (%s)\n", expression, err.message);
    text_deinit(&original);
    arena_deinit(&arena);
    return result;
}

static void test_expressions(void **state) {
    Oracle *oracle = oracle_of(state);
    read_file(oracle, "test/sql-parser/expressions.txt");
    int differences = 0, alike = 0;
    char *at = oracle->file;
    for (char *line; (line = next_line(&at)) != NULL;) {
        int result = compare_expression(oracle, line);
        differences += result < 0;
        alike += result > 0;
    }
    assert_true(alike >= 100);
    assert_int_equal(differences, 0);
}

/* ---- random expressions ------------------------------------------------------------------------------ */

static uint32_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*seed >> 33);
}

static const char *const operands[] = {"a",
                                       "t.b",
                                       "1",
                                       "2.5",
                                       "'x'",
                                       "NULL",
                                       "$1",
                                       "f(a, b)",
                                       "(a)",
                                       "true",
                                       "a[1]",
                                       "CAST(a AS int)",
                                       "CASE a WHEN 1 THEN b END",
                                       "(a, b)",
                                       "count(*)",
                                       "interval '1' day",
                                       "(SELECT 1)"};
static const char *const prefixes[] = {"", "", "", "", "", "- ", "NOT ", "~ ", "+ ", "@ "};
static const char *const infixes[] = {" + ",
                                      " - ",
                                      " * ",
                                      " / ",
                                      " % ",
                                      " ^ ",
                                      " < ",
                                      " > ",
                                      " = ",
                                      " <> ",
                                      " <= ",
                                      " >= ",
                                      " || ",
                                      " -> ",
                                      " AND ",
                                      " OR ",
                                      " LIKE ",
                                      " NOT ILIKE ",
                                      " AT TIME ZONE ",
                                      " IS DISTINCT FROM ",
                                      " ~ ",
                                      " @> ",
                                      " SIMILAR TO ",
                                      " OPERATOR(+) ",
                                      " BETWEEN 1 AND ",
                                      " NOT BETWEEN a + 1 AND ",
                                      " IS NOT DISTINCT FROM ",
                                      " ?| ",
                                      " #>> "};
static const char *const suffixes[] = {"",           "",           "",
                                       "",           "",           "",
                                       "::int",      " IS NULL",   " IS NOT TRUE",
                                       " COLLATE c", " IN (1, 2)", " NOT IN (SELECT 1)",
                                       " = ANY (b)", "::text[]",   " ISNULL",
                                       " NOTNULL",   " IS UNKNOWN"};

#define PICK(list, seed) (list)[next_random(seed) % (sizeof(list) / sizeof((list)[0]))]

static void test_random_expressions(void **state) {
    Oracle *oracle = oracle_of(state);
    uint64_t seed = 42;
    int alike = 0;
    for (int round = 0; round < 20000; round++) {
        char text[512];
        size_t size = 0;
        uint32_t terms = 2 + next_random(&seed) % 4;
        for (uint32_t i = 0; i < terms; i++) {
            const char *prefix = PICK(prefixes, &seed), *operand = PICK(operands, &seed),
                       *suffix = PICK(suffixes, &seed);
            const char *infix = i == 0 ? "" : PICK(infixes, &seed);
            size += text_format(text + size, sizeof(text) - size, "%s%s%s%s", infix, prefix, operand, suffix);
        }
        int result = compare_expression(oracle, text);
        assert_true(result >= 0);
        alike += result;
    }
    print_message("%d of 20000 random expressions read alike, the others refused by both\n", alike);
    assert_true(alike > 4000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_random_expressions),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
