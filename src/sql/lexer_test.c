/* SPDX-License-Identifier: Apache-2.0
 * Tokens one by one: values, positions, limits, hostile bytes; and where statements end while text arrives.
 */
#include <limits.h>
#include "sql/lexer.h"
#include "sql/split.h"
#include "sql/sql_fixture.h"

static Arena *arena_of(void **state) {
    return &((Fixture *)*state)->arena;
}

/* The first token of a text. */
static Token first(void **state, Str text) {
    Lexer lexer;
    Token token;
    Error err = {0};
    lexer_init(&lexer, text, 0, arena_of(state));
    Status status = lexer_next(&lexer, &token, &err);
    if (status != STATUS_OK) fail_msg("%s", err.message);
    return token;
}

static void expect(void **state, const char *text, TokenKind kind, const char *value) {
    Token token = first(state, str_from_c(text));
    assert_int_equal(token.kind, kind);
    assert_int_equal(token.str.size, strlen(value));
    assert_memory_equal(token.str.data, value, token.str.size);
}

static void expect_error(void **state, Str text, Status status, int64_t position) {
    Lexer lexer;
    Token token;
    Error err = {0};
    lexer_init(&lexer, text, 0, arena_of(state));
    Status got;
    do got = lexer_next(&lexer, &token, &err);
    while (got == STATUS_OK && token.kind != TOKEN_END);
    assert_int_equal(got, status);
    assert_int_equal(err.position, position);
    assert_true(err.message[0] != '\0');
}

static void test_every_keyword_is_found(void **state) {
    (void)state;
    int count = 0;
#define KEYWORD(name, text, category, label)                                      \
    assert_int_equal(token_find_keyword(text, sizeof(text) - 1), KW_##name);      \
    assert_int_equal(token_find_keyword(#name, sizeof(#name) - 1), KW_##name);    \
    assert_int_equal(token_find_keyword(text "x", sizeof(text)) == KW_##name, 0); \
    count++;
#include "sql/keyword.def"
#undef KEYWORD
    assert_int_equal(count, TOKEN_KIND_COUNT - TOKEN_KEYWORD_FIRST);
    assert_int_equal(token_find_keyword("selec_", 6), TOKEN_IDENTIFIER);
}

static void test_values(void **state) {
    expect(state, "Foo_1$x", TOKEN_IDENTIFIER, "foo_1$x");
    expect(state, "SeLeCt", KW_SELECT, "select");
    expect(state, "\"Foo\"\"Bar\"", TOKEN_IDENTIFIER, "Foo\"Bar");
    expect(state, "\"select\"", TOKEN_IDENTIFIER, "select");
    expect(state, "'it''s'", TOKEN_STRING, "it's");
    expect(state, "''", TOKEN_STRING, "");
    expect(state, "'a' -- c\n  'b'", TOKEN_STRING, "ab");
    expect(state, "'a' 'b'", TOKEN_STRING, "a");
    expect(state, "E'a\\n\\t\\\\\\'\\x41\\101\\u00e9\\U0001F600\\q'''", TOKEN_STRING,
           "a\n\t\\'AA\xC3\xA9\xF0\x9F\x98\x80q'");
    expect(state, "e'\\uD83D\\uDE00'", TOKEN_STRING, "\xF0\x9F\x98\x80");
    expect(state, "e'a'\n'\\n'", TOKEN_STRING, "a\n");
    expect(state, "U&'d\\0061t\\+000061 \\\\ '''", TOKEN_STRING, "data \\ '");
    expect(state, "u&'d!0061' /* c */ uescape '!'", TOKEN_STRING, "da");
    expect(state, "U&'a'\n'\\0062'", TOKEN_STRING, "ab");
    expect(state, "U&'\\0061' uescaped", TOKEN_STRING, "a");
    expect(state, "U&\"d*0061\" UESCAPE '*'", TOKEN_IDENTIFIER, "da");
    expect(state, "U&1", TOKEN_IDENTIFIER, "u");
    expect(state, "$$a'b$$", TOKEN_STRING, "a'b");
    expect(state, "$t$ $$ $x$ $t$", TOKEN_STRING, " $$ $x$ ");
    expect(state, "12", TOKEN_INTEGER, "12");
    expect(state, "1..2", TOKEN_INTEGER, "1");
    expect(state, "1.5e-3", TOKEN_DECIMAL, "1.5e-3");
    expect(state, ".5", TOKEN_DECIMAL, ".5");
    expect(state, "$17", TOKEN_PARAMETER, "$17");
    expect(state, "!=", TOKEN_NOT_EQUAL, "<>");
    expect(state, "->>'x'", TOKEN_OPERATOR, "->>");
    expect(state, "*-1", TOKEN_STAR, "*");
    expect(state, "@-1", TOKEN_OPERATOR, "@-");
    expect(state, "=--x", TOKEN_EQUAL, "=");
    expect(state, "</*x*/", TOKEN_LESS, "<");
    expect(state, "::int", TOKEN_DOUBLE_COLON, "::");
    expect(state, " -- only\n /* a /* b */ c */ ", TOKEN_END, "");
    expect(state, "", TOKEN_END, "");
    assert_int_equal(first(state, STR("$65535")).number, 65535);
}

static void test_positions(void **state) {
    Lexer lexer;
    Token token;
    Error err = {0};
    lexer_init(&lexer, STR("xx a /* c */ 'b''c'  <="), 2, arena_of(state));
    static const uint32_t starts[] = {3, 13, 21, 23}, ends[] = {4, 19, 23, 23};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(lexer_next(&lexer, &token, &err), STATUS_OK);
        assert_int_equal(token.start, starts[i]);
        assert_int_equal(token.end, ends[i]);
    }
}

static void test_errors(void **state) {
    expect_error(state, STR("a 'b"), STATUS_SYNTAX, 2);
    expect_error(state, STR("a \"b"), STATUS_SYNTAX, 2);
    expect_error(state, STR("a $x$ b"), STATUS_SYNTAX, 2);
    expect_error(state, STR("a /* b /* c */"), STATUS_SYNTAX, 2);
    expect_error(state, STR("\"\""), STATUS_SYNTAX, 0);
    expect_error(state, STR("1x"), STATUS_SYNTAX, 0);
    expect_error(state, STR("1_000"), STATUS_SYNTAX, 0);
    expect_error(state, STR("$0"), STATUS_UNDEFINED_PARAMETER, 0);
    expect_error(state, STR("$99999999999999999999"), STATUS_LIMIT, 0);
    expect_error(state, STR("a\0b"), STATUS_SYNTAX, 1);
    expect_error(state, STR("'a\0b'"), STATUS_SYNTAX, 2);
    expect_error(state, STR("-- a\0b"), STATUS_SYNTAX, 4);
    expect_error(state, STR("$$a\0b$$"), STATUS_SYNTAX, 3);
    expect_error(state, STR("a\x01"), STATUS_SYNTAX, 1);
    expect_error(state, STR("a \xFF"), STATUS_INVALID_ENCODING, 2);
    expect_error(state, STR("'\xC3'"), STATUS_INVALID_ENCODING, 1);
    expect_error(state, STR("-- \xC0\x80"), STATUS_INVALID_ENCODING, 3);
    expect_error(state, STR("E'\\xff'"), STATUS_INVALID_ENCODING, 0);
    expect_error(state, STR("E'\\000'"), STATUS_INVALID_ENCODING, 5);
    expect_error(state, STR("E'\\u12'"), STATUS_INVALID_ESCAPE, 2);
    expect_error(state, STR("E'\\uD83D'"), STATUS_SYNTAX, 8);
    expect_error(state, STR("E'\\uD83D\\u0041'"), STATUS_SYNTAX, 8);
    expect_error(state, STR("E'\\uDE80'"), STATUS_SYNTAX, 2);
    expect_error(state, STR("E'a\\"), STATUS_SYNTAX, 1);
    expect_error(state, STR("b'01'"), STATUS_NOT_SUPPORTED, 0);
    expect_error(state, STR("x'0f'"), STATUS_NOT_SUPPORTED, 0);
    expect_error(state, STR("n'x'"), STATUS_NOT_SUPPORTED, 0);
    expect_error(state, STR("U&'\\006'"), STATUS_SYNTAX, 0);
    expect_error(state, STR("U&'x' UESCAPE +"), STATUS_SYNTAX, 14);
    expect_error(state, STR("U&'x' UESCAPE 'a'"), STATUS_SYNTAX, 14);
    expect_error(state, STR("U&'x' UESCAPE '!!'"), STATUS_SYNTAX, 14);
    expect_error(state, STR("U&\"\""), STATUS_SYNTAX, 0);
}

static void test_limits(void **state) {
    char *text = arena_alloc(arena_of(state), LEXER_TEXT_SIZE_MAX + 8);
    memset(text, 'a', LEXER_TEXT_SIZE_MAX + 8);
    assert_int_equal(first(state, str_from(text, LEXER_IDENTIFIER_SIZE_MAX)).end, LEXER_IDENTIFIER_SIZE_MAX);
    expect_error(state, str_from(text, LEXER_IDENTIFIER_SIZE_MAX + 1), STATUS_LIMIT, 0);
    memset(text, ' ', LEXER_TEXT_SIZE_MAX + 8);
    assert_int_equal(first(state, str_from(text, LEXER_TEXT_SIZE_MAX)).kind, TOKEN_END);
    expect_error(state, str_from(text, LEXER_TEXT_SIZE_MAX + 1), STATUS_LIMIT, LEXER_TEXT_SIZE_MAX);
    text[0] = '\'';
    expect_error(state, str_from(text, LEXER_TEXT_SIZE_MAX + 1), STATUS_LIMIT, 0);
    memset(text, '<', 100);
    expect_error(state, str_from(text, 100), STATUS_LIMIT, 0);
}

static void test_refused_memory(void **state) {
    Fixture *fixture = *state;
    static const char *const texts[] = {"FOO", "'a''b'", "e'x'", "\"a\"\"b\"", "'a'\n'b'"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        Arena arena;
        arena_init(&arena, &fixture->memory);
        Lexer lexer;
        Token token;
        Error err = {0};
        lexer_init(&lexer, str_from_c(texts[i]), 0, &arena);
        fixture->memory.fail_at = 1;
        assert_int_equal(lexer_next(&lexer, &token, &err), STATUS_OUT_OF_MEMORY);
        fixture->memory.fail_at = 0;
        arena_deinit(&arena);
    }
}

/* ---- split ------------------------------------------------------------------------------------------- */

static void expect_split(const char *text, const char *const *parts, size_t count, bool content) {
    Str whole = str_from_c(text);
    for (size_t step = 1; step <= whole.size + 1; step++) {
        Split split = {0};
        size_t start = 0, found = 0;
        for (size_t have = 0; have < whole.size;) {
            have = have + step > whole.size ? whole.size : have + step;
            for (size_t end; (end = split_next(&split, str_from(whole.data + start, have - start))) > 0;
                 start += end) {
                assert_true(found < count);
                assert_int_equal(end, strlen(parts[found]));
                assert_memory_equal(whole.data + start, parts[found], end);
                found++;
            }
        }
        assert_int_equal(found, count);
        assert_int_equal(split_has_content(&split), content);
    }
}

#define EXPECT_SPLIT(text, content, ...)                         \
    expect_split(text, (const char *const[]){__VA_ARGS__, NULL}, \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), content)

static void test_split(void **state) {
    (void)state;
    EXPECT_SPLIT("select 1; select 2;", false, "select 1;", " select 2;");
    EXPECT_SPLIT("select ';' ; x", true, "select ';' ;");
    EXPECT_SPLIT("select 'it'';s';\n-- rest\n", false, "select 'it'';s';");
    EXPECT_SPLIT("select \";\"\";\";", false, "select \";\"\";\";");
    EXPECT_SPLIT("select E'\\';''\\\\';a;", false, "select E'\\';''\\\\';", "a;");
    EXPECT_SPLIT("select e'a''\\';';", false, "select e'a''\\';';");
    EXPECT_SPLIT("a -- ;\n;", false, "a -- ;\n;");
    EXPECT_SPLIT("a /* ; /* ; */ ; */ ; /", true, "a /* ; /* ; */ ; */ ;");
    EXPECT_SPLIT("$$;$$;$a$;$$;$a$;$1;a$b$;", false, "$$;$$;", "$a$;$$;$a$;", "$1;", "a$b$;");
    EXPECT_SPLIT("$a$ $a $aa$ ; $a$;", false, "$a$ $a $aa$ ; $a$;");
    EXPECT_SPLIT("a;-- x", false, "a;");
    EXPECT_SPLIT("a;/* x */ ", false, "a;");
    EXPECT_SPLIT("a;'", true, "a;");
    EXPECT_SPLIT(";;", false, ";", ";");
    EXPECT_SPLIT("a-b;a/b;a*b", true, "a-b;", "a/b;");
}

static void test_split_tells_what_is_open(void **state) {
    (void)state;
    static const struct {
        const char *text;
        SplitState state;
    } cases[] = {
        {"select '", SPLIT_STRING},
        {"select E'\\'", SPLIT_ESCAPE_STRING},
        {"select \"a", SPLIT_IDENTIFIER},
        {"select $q$ a", SPLIT_DOLLAR},
        {"select 1 -- a", SPLIT_LINE_COMMENT},
        {"/* a", SPLIT_BLOCK_COMMENT},
        {"select 1", SPLIT_PLAIN},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Split split = {0};
        assert_int_equal(split_next(&split, str_from_c(cases[i].text)), 0);
        assert_int_equal(split.state, cases[i].state);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_keyword_is_found),
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_positions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused_memory, setup, teardown),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_split_tells_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
