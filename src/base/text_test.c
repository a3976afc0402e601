/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <limits.h>
#include <string.h>

#include <cmocka.h>

#include "base/bits.h"
#include "base/exact_sum.h"
#include "base/md5.h"
#include "base/uuid.h"

static void test_slice_of_itself(void **state) {
    (void)state;
    Memory memory;
    Text text;
    memory_init(&memory, 0);
    text_init(&text, &memory);
    text_append_c(&text, "ab");
    for (int i = 0; i < 12; i++) text_append(&text, text_str(&text));
    assert_int_equal(text.size, 2 << 12);
    for (size_t i = 0; i < text.size; i++) assert_int_equal(text.data[i], "ab"[i % 2]);
    text_reset(&text);
    text_append_i64(&text, INT64_MIN);
    text_append_char(&text, ' ');
    text_append_i64(&text, 0);
    assert_true(str_equal(text_str(&text), STR("-9223372036854775808 0")));
    assert_null(text_reserve(&text, SIZE_MAX / 2));
    assert_true(text.failed);
    text_append_c(&text, "more");
    assert_int_equal(text.size, 22);
    text_deinit(&text);
    memory_deinit(&memory);
}

static void test_errors(void **state) {
    (void)state;
    Error err = {0};
    assert_int_equal(error_set(&err, STATUS_LIMIT, "%d", 5), STATUS_LIMIT);
    assert_int_equal(err.position, -1);
    error_locate(&err, 7);
    error_locate(&err, 9); /* the first one counts */
    assert_int_equal(err.position, 7);
    char longer[2 * ERROR_MESSAGE_SIZE_MAX];
    memset(longer, 'x', sizeof(longer));
    error_set(&err, STATUS_INTERNAL, "%.*s", (int)sizeof(longer), longer);
    assert_int_equal(strlen(err.message), ERROR_MESSAGE_SIZE_MAX - 1);
    assert_string_equal(status_sqlstate(STATUS_INTERVAL_OVERFLOW), "22015");
    assert_string_equal(status_name(STATUS_INVALID_ZONE_OFFSET), "INVALID_ZONE_OFFSET");
    char cut[4]; /* half of a character is not left behind */
    assert_int_equal(text_format(cut, sizeof(cut), "ab\xC3\xA9"), 2);
    Str best = {0};
    int distance = INT_MAX;
    str_suggest(STR("pirce"), STR("volume"), &best, &distance);
    assert_int_equal(best.size, 0);
    str_suggest(STR("pirce"), STR("prices"), &best, &distance);
    str_suggest(STR("pirce"), STR("PRICE"), &best, &distance);
    assert_true(str_equal(best, STR("PRICE")) && distance == 1);
    distance = INT_MAX;
    best.size = 0;
    str_suggest(STR("a"), STR("b"), &best, &distance);
    str_suggest(STR(""), STR(""), &best, &distance);
    assert_int_equal(best.size, 0);
}

static void test_md5_and_uuid(void **state) {
    (void)state;
    static const struct {
        size_t size; /* of 'a' repeated; around the padding's borders */
        const char *hex;
    } rows[] = {{0, "d41d8cd98f00b204e9800998ecf8427e"},
                {1, "0cc175b9c0f1b6a831c399e269772661"},
                {55, "ef1772b6dff9a122358552954ad0df65"},
                {56, "3b0c8ac703f828b04c6c197006d17218"},
                {64, "014842d480b571495a4a0363793f7367"}};
    char input[64], hex[MD5_HEX_SIZE];
    memset(input, 'a', sizeof(input));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        md5_hex(str_from(input, rows[i].size), hex);
        assert_memory_equal(hex, rows[i].hex, MD5_DIGEST_SIZE * 2);
    }
    static const char *const good[] = {
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11"};
    static const char *const bad[] = {"",
                                      "{",
                                      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
                                      "{a0eebc999c0b4ef8bb6d6bb9bd380a11",
                                      "a0eebc999c0b4ef8bb6d6bb9bd380a11-",
                                      "a0eebc999c0b4ef8bb6d6bb9bd380a11}",
                                      "a0-eebc999c0b4ef8bb6d6bb9bd380a11",
                                      "g0eebc999c0b4ef8bb6d6bb9bd380a11"};
    Uuid uuid;
    Error err;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        char text[UUID_TEXT_SIZE];
        assert_int_equal(uuid_parse(str_from_c(good[i]), &uuid, &err), STATUS_OK);
        uuid_write(text, &uuid);
        assert_memory_equal(text, good[0], UUID_TEXT_SIZE);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(uuid_parse(str_from_c(bad[i]), &uuid, &err), STATUS_INVALID_TEXT);
}

static void test_bits_and_runs(void **state) {
    (void)state;
    uint64_t words[100];
    memset(words, 0xFF, sizeof(words));
    for (size_t count = 0; count <= 6400; count++) assert_int_equal(bits_count(words, count), count);
    double values[300];
    ExactSum one = {0}, run = {0};
    for (int i = 0; i < 300; i++) values[i] = (i % 3 - 1) * 0.1 * i + (i % 50 == 0 ? 1e6 : 0);
    for (int i = 0; i < 300; i++) assert_true(exact_sum_add_one(&one, values[i]));
    assert_int_equal(exact_sum_add_run(&run, values, 300), 300);
    assert_true(one.hi == run.hi && one.lo == run.lo);
    values[200] = 1e300;
    values[250] = (double)INFINITY;
    run = (ExactSum){0};
    size_t added = exact_sum_add_run(&run, values, 300);
    assert_int_equal(added, 200);
    assert_int_equal(exact_sum_add_run(&run, values + 250, 1), 0);
    exact_sum_mark_promoted(&run, 5);
    assert_int_equal(exact_sum_add_run(&run, values, 3), 0);
    assert_int_equal(exact_sum_handle(&run), 5);
}

static void test_size_limit(void **state) {
    Memory memory;
    Text text;
    memory_init(&memory, 0);
    text_init(&text, &memory);
    text.size_max = 100;
    text_append_repeated(&text, 'a', 99);
    text_append_char(&text, 'b');
    assert_false(text.failed);
    text_append_char(&text, 'c');
    assert_true(text.failed && text.is_too_large);
    assert_int_equal(text.size, 100);
    text_append_repeated(&text, 'a', SIZE_MAX);
    text_reset(&text);
    assert_false(text.failed || text.is_too_large);
    text_append_repeated(&text, 'a', SIZE_MAX);
    assert_true(text.is_too_large);
    text_deinit(&text);
    memory_deinit(&memory);
}

/* A Text over a buffer of the caller's: what does not fit makes it failed, and the buffer is left as it was. */
static void test_fixed_buffer(void **state) {
    (void)state;
    char room[8];
    Text text = {.data = room, .capacity = sizeof(room)};
    text_append(&text, STR("12345678"));
    assert_false(text.failed);
    text_append_char(&text, '9');
    assert_true(text.failed);
    assert_true(str_equal(text_str(&text), STR("12345678")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_slice_of_itself), cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_md5_and_uuid),
                                       cmocka_unit_test(test_bits_and_runs),
                                       cmocka_unit_test(test_size_limit),
                                       cmocka_unit_test(test_fixed_buffer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
