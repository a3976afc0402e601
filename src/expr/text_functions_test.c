/* SPDX-License-Identifier: Apache-2.0
 * Recorded from PostgreSQL 15. */
#include "expr/test_harness.h"

/* clang-format off */
static const RecordedCall texts[] = {
    {"length", {{TYPE_TEXT, "héllo"}}, "5"},
    {"length", {{TYPE_TEXT, ""}}, "0"},
    {"length", {{TYPE_BYTEA, "\\x00ff"}}, "2"},
    {"octet_length", {{TYPE_TEXT, "héllo"}}, "6"},
    {"bit_length", {{TYPE_TEXT, "é"}}, "16"},
    {"upper", {{TYPE_TEXT, "straße é abc def ghi"}}, "STRAßE É ABC DEF GHI"},
    {"lower", {{TYPE_TEXT, "ÀÉ ABCDEFGHIJKLMNOP"}}, "àé abcdefghijklmnop"},
    {"lower", {{TYPE_TEXT, "ABCDEFGHIJKLMNOPQ"}}, "abcdefghijklmnopq"},
    {"initcap", {{TYPE_TEXT, "hello wORLD o'neil 3abc é"}}, "Hello World O'Neil 3abc É"},
    {"substring", {{TYPE_TEXT, "hello wörld and more"}, {TYPE_INTEGER, "2"}}, "ello wörld and more"},
    {"substring", {{TYPE_TEXT, "hello wörld and more"}, {TYPE_INTEGER, "2"}, {TYPE_INTEGER, "15"}}, "ello wörld and "},
    {"substring", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "-1"}, {TYPE_INTEGER, "4"}}, "he"},
    {"substring", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "2"}, {TYPE_INTEGER, "-1"}}, "!negative substring length not allowed"},
    {"substring", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "2147483647"}, {TYPE_INTEGER, "2147483647"}}, ""},
    {"substring", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "-2147483648"}, {TYPE_INTEGER, "2147483647"}}, ""},
    {"substring", {{TYPE_BYTEA, "\\x01020304"}, {TYPE_INTEGER, "2"}, {TYPE_INTEGER, "2"}}, "\\x0203"},
    {"substring", {{TYPE_TEXT, "foobar"}, {TYPE_TEXT, "o(.)b"}}, "o"},
    {"substring", {{TYPE_TEXT, "foobar"}, {TYPE_TEXT, "z"}}, NULL},
    {"left", {{TYPE_TEXT, "héllo wörld and more"}, {TYPE_INTEGER, "15"}}, "héllo wörld and"},
    {"left", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "-2"}}, "hel"},
    {"left", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "-10"}}, ""},
    {"right", {{TYPE_TEXT, "héllo wörld and more"}, {TYPE_INTEGER, "15"}}, " wörld and more"},
    {"right", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "-2"}}, "llo"},
    {"right", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "0"}}, ""},
    {"position", {{TYPE_TEXT, "héllo"}, {TYPE_TEXT, "l"}}, "3"},
    {"strpos", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, ""}}, "1"},
    {"replace", {{TYPE_TEXT, "abcabc"}, {TYPE_TEXT, "b"}, {TYPE_TEXT, "XX"}}, "aXXcaXXc"},
    {"replace", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, ""}, {TYPE_TEXT, "x"}}, "abc"},
    {"split_part", {{TYPE_TEXT, "a,b,c"}, {TYPE_TEXT, ","}, {TYPE_INTEGER, "2"}}, "b"},
    {"split_part", {{TYPE_TEXT, "a,b,c"}, {TYPE_TEXT, ","}, {TYPE_INTEGER, "-1"}}, "c"},
    {"split_part", {{TYPE_TEXT, "a,b,c"}, {TYPE_TEXT, ","}, {TYPE_INTEGER, "-4"}}, ""},
    {"split_part", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, ""}, {TYPE_INTEGER, "1"}}, "abc"},
    {"split_part", {{TYPE_TEXT, "a"}, {TYPE_TEXT, ","}, {TYPE_INTEGER, "0"}}, "!field position must not be zero"},
    {"btrim", {{TYPE_TEXT, "  a b  "}}, "a b"},
    {"btrim", {{TYPE_TEXT, "xyaxy"}, {TYPE_TEXT, "xy"}}, "a"},
    {"ltrim", {{TYPE_TEXT, "ééa"}, {TYPE_TEXT, "é"}}, "a"},
    {"rtrim", {{TYPE_TEXT, "aéé"}, {TYPE_TEXT, "éb"}}, "a"},
    {"lpad", {{TYPE_TEXT, "hi"}, {TYPE_INTEGER, "5"}, {TYPE_TEXT, "xé"}}, "xéxhi"},
    {"lpad", {{TYPE_TEXT, "hello"}, {TYPE_INTEGER, "2"}}, "he"},
    {"rpad", {{TYPE_TEXT, "hi"}, {TYPE_INTEGER, "5"}, {TYPE_TEXT, "é1"}}, "hié1é"},
    {"rpad", {{TYPE_TEXT, "hi"}, {TYPE_INTEGER, "-1"}}, ""},
    {"lpad", {{TYPE_TEXT, "a"}, {TYPE_INTEGER, "1000000000"}}, "!requested length too large"},
    {"concat", {{TYPE_TEXT, "a"}, {TYPE_INTEGER, "1"}, {TYPE_TEXT, NULL}, {TYPE_BOOLEAN, "true"}, {TYPE_DOUBLE, "1.5"}}, "a1t1.5"},
    {"concat_ws", {{TYPE_TEXT, ","}, {TYPE_TEXT, "a"}, {TYPE_TEXT, NULL}, {TYPE_INTEGER, "3"}}, "a,3"},
    {"concat_ws", {{TYPE_TEXT, NULL}, {TYPE_TEXT, "a"}}, NULL},
    {"||", {{TYPE_TEXT, "a"}, {TYPE_BOOLEAN, "true"}}, "atrue"},
    {"||", {{TYPE_TEXT, "abcdefghij"}, {TYPE_TEXT, "klmnop"}}, "abcdefghijklmnop"},
    {"||", {{TYPE_BYTEA, "\\x01"}, {TYPE_BYTEA, "\\x02"}}, "\\x0102"},
    {"||", {{TYPE_TIMESTAMPTZ, "2020-01-01 10:00+02"}, {TYPE_TEXT, "x"}}, "2020-01-01 08:00:00+00x"},
    {"repeat", {{TYPE_TEXT, "ab"}, {TYPE_INTEGER, "3"}}, "ababab"},
    {"repeat", {{TYPE_TEXT, "aaaaaaaaaa"}, {TYPE_INTEGER, "300000000"}}, "!requested length too large"},
    {"reverse", {{TYPE_TEXT, "héllo wörld and more"}}, "erom dna dlröw olléh"},
    {"starts_with", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "ab"}}, "t"},
    {"ascii", {{TYPE_TEXT, "é"}}, "233"},
    {"chr", {{TYPE_INTEGER, "128512"}}, "😀"},
    {"chr", {{TYPE_INTEGER, "0"}}, "!null character not permitted"},
    {"chr", {{TYPE_INTEGER, "-1"}}, "!character number must be positive"},
    {"chr", {{TYPE_INTEGER, "55296"}}, "!requested character not valid for encoding: 55296"},
    {"chr", {{TYPE_INTEGER, "1114112"}}, "!requested character too large for encoding: 1114112"},
    {"translate", {{TYPE_TEXT, "12345"}, {TYPE_TEXT, "143"}, {TYPE_TEXT, "ax"}}, "a2x5"},
    {"overlay", {{TYPE_TEXT, "Txxxxas"}, {TYPE_TEXT, "hom"}, {TYPE_INTEGER, "2"}, {TYPE_INTEGER, "4"}}, "Thomas"},
    {"overlay", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "X"}, {TYPE_INTEGER, "2"}, {TYPE_INTEGER, "-1"}}, "aXabc"},
    {"overlay", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "x"}, {TYPE_INTEGER, "0"}}, "!negative substring length not allowed"},
    {"overlay", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "x"}, {TYPE_INTEGER, "2147483647"}, {TYPE_INTEGER, "2147483647"}}, "!integer out of range"},
    {"md5", {{TYPE_TEXT, "hello"}}, "5d41402abc4b2a76b9719d911017c592"},
    {"encode", {{TYPE_BYTEA, "\\x00ff5c41"}, {TYPE_TEXT, "hex"}}, "00ff5c41"},
    {"encode", {{TYPE_BYTEA, "\\x00ff5c41"}, {TYPE_TEXT, "base64"}}, "AP9cQQ=="},
    {"encode", {{TYPE_BYTEA, "\\x00ff5c41"}, {TYPE_TEXT, "escape"}}, "\\000\\377\\\\A"},
    {"encode", {{TYPE_BYTEA, "\\x61"}, {TYPE_TEXT, "foo"}}, "!unrecognized encoding: \"foo\""},
    {"decode", {{TYPE_TEXT, "AP9cQQ=="}, {TYPE_TEXT, "base64"}}, "\\x00ff5c41"},
    {"decode", {{TYPE_TEXT, "zz"}, {TYPE_TEXT, "hex"}}, "!invalid hexadecimal digit: \"z\""},
    {"decode", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "hex"}}, "!invalid hexadecimal data: odd number of digits"},
    {"decode", {{TYPE_TEXT, "QQ"}, {TYPE_TEXT, "base64"}}, "!invalid base64 end sequence"},
    {"decode", {{TYPE_TEXT, "a\\"}, {TYPE_TEXT, "escape"}}, "!invalid input syntax for type bytea"},
    {"quote_ident", {{TYPE_TEXT, "select"}}, "\"select\""},
    {"quote_ident", {{TYPE_TEXT, "a\"b"}}, "\"a\"\"b\""},
    {"quote_literal", {{TYPE_TEXT, "a\\'b"}}, "E'a\\\\''b'"},
    {"quote_nullable", {{TYPE_INTEGER, NULL}}, "NULL"},
    {"to_hex", {{TYPE_INTEGER, "-1"}}, "ffffffff"},
    {"to_hex", {{TYPE_BIGINT, "2147483648"}}, "80000000"},
    {"format", {{TYPE_TEXT, "%s and %I and %L"}, {TYPE_TEXT, "a"}, {TYPE_TEXT, "B c"}, {TYPE_TEXT, "d'e"}}, "a and \"B c\" and 'd''e'"},
    {"format", {{TYPE_TEXT, "%2$s|%1$5s|%-6s|"}, {TYPE_INTEGER, "1"}, {TYPE_TEXT, "ab"}}, "ab|    1|ab    |"},
    {"format", {{TYPE_TEXT, "%*s|%-*s|%%"}, {TYPE_INTEGER, "5"}, {TYPE_TEXT, "a"}, {TYPE_INTEGER, "4"}, {TYPE_TEXT, "b"}}, "    a|b   |%"},
    {"format", {{TYPE_TEXT, "%L %s|"}, {TYPE_TEXT, NULL}, {TYPE_TEXT, NULL}}, "NULL |"},
    {"format", {{TYPE_TEXT, "%s"}}, "!too few arguments for format()"},
    {"format", {{TYPE_TEXT, "%z"}, {TYPE_INTEGER, "1"}}, "!unrecognized format() type specifier \"z\""},
    {"format", {{TYPE_TEXT, "%I"}, {TYPE_TEXT, NULL}}, "!null values cannot be formatted as an SQL identifier"},
    {"format", {{TYPE_TEXT, "%0$s"}, {TYPE_INTEGER, "1"}}, "!format specifies argument 0, but arguments are numbered from 1"},
};
/* clang-format on */

/* clang-format off */
static const RecordedCall likes[] = {
    {"~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "a%"}}, "t"},
    {"~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "%c"}}, "t"},
    {"~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "%b%"}}, "t"},
    {"~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "abc"}}, "t"},
    {"~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "a_c"}}, "t"},
    {"~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, ""}}, "f"},
    {"~~", {{TYPE_TEXT, ""}, {TYPE_TEXT, "%"}}, "t"},
    {"~~", {{TYPE_TEXT, ""}, {TYPE_TEXT, ""}}, "t"},
    {"~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "_%_"}}, "t"},
    {"~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "____"}}, "f"},
    {"~~", {{TYPE_TEXT, "aéb"}, {TYPE_TEXT, "a_b"}}, "t"},
    {"~~", {{TYPE_TEXT, "aéb"}, {TYPE_TEXT, "%_b"}}, "t"},
    {"~~", {{TYPE_TEXT, "aab"}, {TYPE_TEXT, "%ab"}}, "t"},
    {"~~", {{TYPE_TEXT, "ab"}, {TYPE_TEXT, "a%ab"}}, "f"},
    {"~~", {{TYPE_TEXT, "aba"}, {TYPE_TEXT, "ab%ba"}}, "f"},
    {"~~", {{TYPE_TEXT, "abcd"}, {TYPE_TEXT, "%_c_"}}, "t"},
    {"~~", {{TYPE_TEXT, "ab"}, {TYPE_TEXT, "%___"}}, "f"},
    {"~~", {{TYPE_TEXT, "xabc"}, {TYPE_TEXT, "%a_c"}}, "t"},
    {"~~", {{TYPE_TEXT, "a%b"}, {TYPE_TEXT, "a\\%b"}}, "t"},
    {"~~", {{TYPE_TEXT, "axb"}, {TYPE_TEXT, "a\\%b"}}, "f"},
    {"~~", {{TYPE_TEXT, "a"}, {TYPE_TEXT, "a\\"}}, "f"},
    {"~~", {{TYPE_TEXT, "b"}, {TYPE_TEXT, "a\\"}}, "f"},
    {"~~", {{TYPE_TEXT, "ab"}, {TYPE_TEXT, "a\\"}}, "!LIKE pattern must not end with escape character"},
    {"~~", {{TYPE_TEXT, ""}, {TYPE_TEXT, "\\"}}, "f"},
    {"!~~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "a%"}}, "f"},
    {"~~*", {{TYPE_TEXT, "ÉAbc"}, {TYPE_TEXT, "éa%"}}, "t"},
    {"!~~*", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "A%"}}, "f"},
    {"like_escape", {{TYPE_TEXT, "a!%\\"}, {TYPE_TEXT, "!"}}, "a\\%\\\\"},
    {"like_escape", {{TYPE_TEXT, "a%%b"}, {TYPE_TEXT, "%"}}, "a\\%b"},
    {"like_escape", {{TYPE_TEXT, "a"}, {TYPE_TEXT, "bb"}}, "!invalid escape string"},
};
/* clang-format on */

/* clang-format off */
static const RecordedCall regexps[] = {
    {"~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "^b"}}, "f"},
    {"~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "b"}}, "t"},
    {"~*", {{TYPE_TEXT, "ABC"}, {TYPE_TEXT, "b"}}, "t"},
    {"!~", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "b"}}, "f"},
    {"!~*", {{TYPE_TEXT, "ABC"}, {TYPE_TEXT, "b"}}, "f"},
    {"~", {{TYPE_TEXT, "a\nb"}, {TYPE_TEXT, "a.b"}}, "t"},
    {"~", {{TYPE_TEXT, "a\nb"}, {TYPE_TEXT, "^b"}}, "f"},
    {"~", {{TYPE_TEXT, "foo bar"}, {TYPE_TEXT, "\\mbar\\M"}}, "t"},
    {"~", {{TYPE_TEXT, "é"}, {TYPE_TEXT, "^\\w$"}}, "t"},
    {"regexp_like", {{TYPE_TEXT, "a\nb"}, {TYPE_TEXT, "^b"}, {TYPE_TEXT, "n"}}, "t"},
    {"regexp_like", {{TYPE_TEXT, "a.c"}, {TYPE_TEXT, "a.c"}, {TYPE_TEXT, "q"}}, "t"},
    {"regexp_like", {{TYPE_TEXT, "a"}, {TYPE_TEXT, "a"}, {TYPE_TEXT, "g"}}, "!regexp_like() does not support the \"global\" option"},
    {"regexp_like", {{TYPE_TEXT, "a"}, {TYPE_TEXT, "a"}, {TYPE_TEXT, "z"}}, "!invalid regular expression option: \"z\""},
    {"regexp_count", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "x*"}}, "4"},
    {"regexp_count", {{TYPE_TEXT, "abcabc"}, {TYPE_TEXT, "b"}, {TYPE_INTEGER, "3"}}, "1"},
    {"regexp_count", {{TYPE_TEXT, "a"}, {TYPE_TEXT, "a"}, {TYPE_INTEGER, "0"}}, "!invalid value for parameter \"start\": 0"},
    {"regexp_instr", {{TYPE_TEXT, "xéa"}, {TYPE_TEXT, "a"}}, "3"},
    {"regexp_instr", {{TYPE_TEXT, "abab"}, {TYPE_TEXT, "b"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "2"}}, "4"},
    {"regexp_instr", {{TYPE_TEXT, "abab"}, {TYPE_TEXT, "b"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "1"}}, "3"},
    {"regexp_instr", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "(b)(c)"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "0"}, {TYPE_TEXT, ""}, {TYPE_INTEGER, "2"}}, "3"},
    {"regexp_instr", {{TYPE_TEXT, "a"}, {TYPE_TEXT, "a"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "0"}}, "!invalid value for parameter \"n\": 0"},
    {"regexp_instr", {{TYPE_TEXT, "a"}, {TYPE_TEXT, "a"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "2"}}, "!invalid value for parameter \"endoption\": 2"},
    {"regexp_substr", {{TYPE_TEXT, "abcde and then some more"}, {TYPE_TEXT, "c.*m"}}, "cde and then some m"},
    {"regexp_substr", {{TYPE_TEXT, "a1b2"}, {TYPE_TEXT, "[0-9]"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "2"}}, "2"},
    {"regexp_substr", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "(b)(z)?"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "1"}, {TYPE_TEXT, ""}, {TYPE_INTEGER, "2"}}, NULL},
    {"regexp_substr", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "x*"}}, ""},
    {"regexp_replace", {{TYPE_TEXT, "abcb"}, {TYPE_TEXT, "b"}, {TYPE_TEXT, "X"}}, "aXcb"},
    {"regexp_replace", {{TYPE_TEXT, "abcb"}, {TYPE_TEXT, "b"}, {TYPE_TEXT, "X"}, {TYPE_TEXT, "g"}}, "aXcX"},
    {"regexp_replace", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "b*"}, {TYPE_TEXT, "-"}, {TYPE_TEXT, "g"}}, "-a--c-"},
    {"regexp_replace", {{TYPE_TEXT, "abc"}, {TYPE_TEXT, "(b)"}, {TYPE_TEXT, "[\\1\\&\\\\\\3]x\\q"}, {TYPE_TEXT, "g"}}, "a[bb\\]x\\qc"},
    {"regexp_replace", {{TYPE_TEXT, ""}, {TYPE_TEXT, "x*"}, {TYPE_TEXT, "-"}, {TYPE_TEXT, "g"}}, "-"},
    {"regexp_replace", {{TYPE_TEXT, "abcabc"}, {TYPE_TEXT, "b"}, {TYPE_TEXT, "X"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "2"}}, "abcaXc"},
    {"regexp_replace", {{TYPE_TEXT, "abcabc"}, {TYPE_TEXT, "b"}, {TYPE_TEXT, "X"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "0"}}, "aXcaXc"},
    {"regexp_replace", {{TYPE_TEXT, "a"}, {TYPE_TEXT, "a"}, {TYPE_TEXT, "b"}, {TYPE_INTEGER, "0"}}, "!invalid value for parameter \"start\": 0"},
};
/* clang-format on */

static void check_all(const RecordedCall *calls, size_t count) {
    for (size_t i = 0; i < count; i++) {
        check_recorded(&calls[i], false);
        check_recorded(&calls[i], true);
    }
}
#define CHECK_ALL(calls) check_all(calls, sizeof(calls) / sizeof((calls)[0]))

static void test_texts(void **state) {
    CHECK_ALL(texts);
}
static void test_like(void **state) {
    CHECK_ALL(likes);
}
static void test_regexp(void **state) {
    CHECK_ALL(regexps);
}

static bool like_slowly(const char *text, const char *pattern) {
    if (*pattern == 0) return *text == 0;
    if (*pattern == '%')
        return like_slowly(text, pattern + 1) || (*text != 0 && like_slowly(text + 1, pattern));
    return *text != 0 && (*pattern == '_' || *pattern == *text) && like_slowly(text + 1, pattern + 1);
}

static void random_text(uint32_t *seed, const char *letters, char *out) {
    uint32_t size = (*seed = *seed * 1664525 + 1013904223) >> 29;
    for (uint32_t i = 0; i < size; i++)
        out[i] = letters[((*seed = *seed * 1664525 + 1013904223) >> 16) % strlen(letters)];
    out[size] = 0;
}

/* Against the definition, over random texts of few letters. */
static void test_like_random(void **state) {
    uint32_t seed = 7;
    for (int i = 0; i < 3000; i++) {
        char text[16], pattern[16];
        random_text(&seed, "ab", text);
        random_text(&seed, "ab%_%", pattern);
        RecordedCall call = {
            "~~", {{TYPE_TEXT, text}, {TYPE_TEXT, pattern}}, like_slowly(text, pattern) ? "t" : "f"};
        check_recorded(&call, false);
    }
}

/* What would take a backtracking matcher for ever. */
static void test_hostile_patterns(void **state) {
    char text[2001], pattern[1001];
    for (int i = 0; i < 2000; i++) text[i] = 'a';
    for (int i = 0; i < 1000; i++) pattern[i] = i % 2 == 0 ? '%' : 'a';
    text[2000] = 0, pattern[999] = 'b', pattern[1000] = 0;
    RecordedCall like = {"~~", {{TYPE_TEXT, text}, {TYPE_TEXT, pattern}}, "f"};
    check_recorded(&like, false);
    text[63] = 'b', text[64] = 0;
    RecordedCall regexp = {"~",
                           {{TYPE_TEXT, text}, {TYPE_TEXT, "^(a|aa|a?a)+$"}},
                           "!regular expression failed: it takes too many steps or too much memory"};
    check_recorded(&regexp, false);
}

/* In the first round no text has a character. */
static const Expr *random_argument(Bench *b, TypeId type, int round, uint64_t *seed) {
    static const char *const bytes = "\x80\x80\xbf\xc3\xa9\xe2\xf0\xff aZ%_\\1";
    char text[24];
    if (round == 0) return lit(b, type_of(type == TYPE_UNKNOWN ? TYPE_TEXT : type), type == TYPE_INTEGER ? "40" : "\x80\x80\x80");
    if (type == TYPE_INTEGER) {
        static const char *const numbers[] = {"-3", "0", "1", "2", "5", "40"};
        *seed = *seed * 6364136223846793005 + 1442695040888963407;
        return lit(b, type_of(type), numbers[(*seed >> 33) % 6]);
    }
    size_t size = 0;
    do {
        *seed = *seed * 6364136223846793005 + 1442695040888963407;
        if ((*seed >> 33) % 19 == 0) break;
        text[size++] = bytes[(*seed >> 40) % 16];
    } while (size + 1 < sizeof(text));
    text[size] = 0;
    return lit(b, type_of(type == TYPE_UNKNOWN ? TYPE_TEXT : type), text);
}

static bool is_for_bytes(const Function *function) {
    bool any = false, is_regexp = strncmp(function->name, "regexp", 6) == 0 || strchr(function->name, '~') != NULL ||
                                  strcmp(function->name, "similar to") == 0;
    for (uint32_t i = 0; i < function->argument_count; i++) {
        TypeId type = function->arguments[i];
        if (type != TYPE_TEXT && type != TYPE_INTEGER && type != TYPE_UNKNOWN) return false;
        any |= type == TYPE_TEXT;
        is_regexp |= strcmp(function->name, "substring") == 0 && i == 1 && type == TYPE_TEXT;
    }
    return any && !is_regexp && (function->flags & FUNCTION_VARIADIC) == 0 && function->argument_count <= 4;
}

/* Such bytes are stopped where they come in. Were some to get past, a function would give some answer: it ends, and stays inside the
 * text. (PCRE2 trusts its caller: no regular expressions.) */
static void test_bytes_that_are_no_text(void **state) {
    FunctionList all = function_all();
    uint64_t seed = 11;
    uint32_t count = 0;
    for (uint32_t n = 0; n < all.count; n++) {
        const Function *function = all.functions[n];
        if (!is_for_bytes(function)) continue;
        count++;
        for (int round = 0; round < 40; round++) {
            Bench b;
            bench_init(&b);
            (void)bench_column(&b, type_of(TYPE_INTEGER), "1");
            const Expr *arguments[4];
            for (uint32_t i = 0; i < function->argument_count; i++) arguments[i] = random_argument(&b, function->arguments[i], round, &seed);
            (void)bench_eval(&b, bench_call(&b, function, type_of(function->result), arguments, function->argument_count));
            bench_deinit(&b);
        }
    }
    assert_in_range(count, 30, 1000);
}

/* Every allocation fails once; nothing is lost and the call says so. */
static void test_failing_memory(void **state) {
    static const char *const names[] = {"~", "~~*", "regexp_substr", "||", "replace"};
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        for (int64_t at = 1; at < 200; at++) {
            Bench b;
            bench_init(&b);
            (void)bench_column_separated(&b, type_of(TYPE_TEXT), "a text that is long,b,c,NULL", ',');
            const Expr *x = col(&b, 0), *y = lit(&b, type_of(TYPE_TEXT), "long text of a pattern");
            const Expr *call = n == 4 ? call3(&b, names[n], x, x, y) : call2(&b, names[n], x, y);
            Program *program;
            Array out;
            RowErrors errors;
            assert_int_equal(program_compile(&b.arena, &call, 1, b.kernels, &program, &b.err), STATUS_OK);
            b.memory.fail_at = at;
            Status status =
                program_eval(program, &b.context, &b.frame, &b.batch, NULL, 0, &out, &errors, &b.err);
            bool reached = b.memory.fail_at <= 0;
            b.memory.fail_at = 0;
            if (reached) assert_int_equal(status, STATUS_OUT_OF_MEMORY);
            bench_deinit(&b);
            if (!reached) break;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_like),
        cmocka_unit_test(test_regexp),
        cmocka_unit_test(test_like_random),
        cmocka_unit_test(test_hostile_patterns),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
