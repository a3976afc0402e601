/* SPDX-License-Identifier: Apache-2.0
 * Characters by number: every code point in each form, alone and as a pair; what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/unescape.h"
#include "base/utf8.h"

enum { ROOM_SIZE = 64 };

static UnescapeResult read_text(Str text, bool letters, Str *out) {
    static char room[ROOM_SIZE];
    size_t size;
    assert_true(text.size <= ROOM_SIZE);
    UnescapeResult result = unescape_unicode(text, '\\', letters, room, &size);
    assert_true(size <= text.size);
    *out = str_from(room, size);
    return result;
}

static void expect_point(const char *format, uint32_t a, uint32_t b, uint32_t point, bool letters) {
    char text[ROOM_SIZE], wanted[UTF8_CHARACTER_SIZE_MAX];
    size_t size = utf8_encode(wanted, point);
    Str found;
    (void)snprintf(text, sizeof(text), format, a, b);
    assert_int_equal(read_text(str_from_c(text), letters, &found), UNESCAPE_OK);
    assert_int_equal(found.size, size);
    assert_memory_equal(found.data, wanted, size);
}

static void test_every_code_point(void **state) {
    (void)state;
    for (uint32_t point = 1; point <= 0x10FFFF; point += point < 0x400 ? 1 : 37) {
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        expect_point("\\+%06x", point, 0, point, false);
        expect_point("\\U%08X", point, 0, point, true);
        if (point <= 0xFFFF) expect_point("\\%04X", point, 0, point, false);
        if (point <= 0xFFFF) expect_point("\\u%04x", point, 0, point, true);
        if (point <= 0xFFFF) continue;
        uint32_t high = 0xD800 + ((point - 0x10000) >> 10), low = 0xDC00 + (point & 0x3FF);
        expect_point("\\%04x\\%04x", high, low, point, false);
        expect_point("\\+%06x\\%04x", high, low, point, false);
        expect_point("\\u%04x\\U%08x", high, low, point, true);
    }
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        UnescapeResult result;
    } ROWS[] = {
        {"\\", UNESCAPE_NO_NUMBER},          {"a\\006", UNESCAPE_NO_NUMBER},      {"\\00g1", UNESCAPE_NO_NUMBER},        {"\\+00006", UNESCAPE_NO_NUMBER},
        {"\\u0061", UNESCAPE_NO_NUMBER},     {"\\d83d", UNESCAPE_NO_PAIR},        {"\\d83d\\0061", UNESCAPE_NO_PAIR},    {"\\d83d\\", UNESCAPE_NO_PAIR},
        {"\\de80", UNESCAPE_NO_PAIR},        {"\\d83dx", UNESCAPE_NO_PAIR},       {"\\0000", UNESCAPE_NO_CHARACTER},     {"\\+110000", UNESCAPE_NO_CHARACTER},
    };
    Str found;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) assert_int_equal(read_text(str_from_c(ROWS[i].text), false, &found), ROWS[i].result);
    assert_int_equal(read_text(STR("a\\\\b"), false, &found), UNESCAPE_OK);
    assert_true(str_equal(found, STR("a\\b")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_code_point), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
