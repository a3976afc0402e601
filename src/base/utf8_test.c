/* SPDX-License-Identifier: Apache-2.0
 * Characters on every code point, UUID text, MD5 vectors of RFC 1321. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/md5.h"
#include "base/utf8.h"
#include "base/uuid.h"

static void test_every_code_point(void **state) {
    (void)state;
    for (uint32_t code = 0; code <= 0x110000; code++) {
        char bytes[UTF8_CHARACTER_SIZE_MAX];
        size_t size = utf8_encode(bytes, code);
        bool valid = code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
        assert_int_equal(size > 0, valid);
        if (!valid) continue;
        uint32_t back;
        assert_int_equal(utf8_decode(bytes, bytes + size, &back), size);
        assert_int_equal(back, code);
        assert_true(utf8_is_valid(str_from(bytes, size)));
        assert_int_equal(utf8_length(str_from(bytes, size)), 1);
        if (size > 1) assert_false(utf8_is_valid(str_from(bytes, size - 1)));
    }
}

static void test_invalid(void **state) {
    (void)state;
    static const char *const rows[] = {"\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x80\x80",
                                       "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
                                       "\xC3(",        "\xE2\x82"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_false(utf8_is_valid(str_from_c(rows[i])));
    assert_int_equal(utf8_valid_size(STR("0123456789\xFFz")), 10);
    assert_true(utf8_is_text((Str){0}) && utf8_is_text(STR("\xC3\xA9 0123456789")));
    assert_false(utf8_is_text(str_from("0123456789\0", 11)) || utf8_is_text(STR("0123456789\xFF")));
}

static void test_offsets_and_case(void **state) {
    (void)state;
    Str text = STR("abcdefghij\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z");
    assert_int_equal(utf8_length(text), 14);
    assert_int_equal(utf8_offset(text, 10), 10);
    assert_int_equal(utf8_offset(text, 11), 12);
    assert_int_equal(utf8_offset(text, 13), 19);
    assert_int_equal(utf8_offset(text, 99), text.size);
    assert_true(str_equal(utf8_slice(text, 10, 2), STR("\xC3\xA9\xE2\x82\xAC")));
    assert_int_equal(utf8_width(text), 10 + 1 + 1 + 2 + 1);
    Memory memory;
    memory_init(&memory, 0);
    Text out;
    text_init(&out, &memory);
    utf8_append_upper(&out, STR("stra\xC3\x9F"
                                "e \xC3\xA9t\xC3\xA9 x"));
    assert_true(str_equal(text_str(&out), STR("STRA\xC3\x9F"
                                              "E \xC3\x89T\xC3\x89 X")) ||
                str_equal(text_str(&out), STR("STRA\xE1\xBA\x9E"
                                              "E \xC3\x89T\xC3\x89 X")));
    text_reset(&out);
    utf8_append_lower(&out, STR("\xC3\x89T\xC3\x89 ABC\xFF"));
    assert_true(str_equal(text_str(&out), STR("\xC3\xA9t\xC3\xA9 abc\xFF")));
    text_reset(&out);
    utf8_append_initcap(&out, STR("hELLO w0RLD-\xC3\xA9T\xC3\x89"));
    assert_true(str_equal(text_str(&out), STR("Hello W0rld-\xC3\x89t\xC3\xA9")));
    text_deinit(&out);
    memory_deinit(&memory);
}

static void test_uuid(void **state) {
    (void)state;
    static const char *const good[] = {
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11"};
    static const char *const bad[] = {"",
                                      "a0eebc99",
                                      "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                                      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g",
                                      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 ",
                                      "a-0eebc999c0b4ef8bb6d6bb9bd380a11"};
    Uuid uuid;
    Error err;
    char text[UUID_TEXT_SIZE];
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(uuid_parse(str_from_c(good[i]), &uuid, &err), STATUS_OK);
        uuid_write(text, &uuid);
        assert_memory_equal(text, good[0], UUID_TEXT_SIZE);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(uuid_parse(str_from_c(bad[i]), &uuid, &err), STATUS_INVALID_TEXT);
}

static void test_md5(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char hex[MD5_HEX_SIZE];
        md5_hex(str_from_c(rows[i][0]), hex);
        assert_memory_equal(hex, rows[i][1], MD5_HEX_SIZE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_offsets_and_case),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_md5),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
