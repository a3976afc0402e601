/* SPDX-License-Identifier: Apache-2.0
 * Zones from files made here and from rules. Real zones are compared with PostgreSQL by test/oracle/zones_test.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/zone.h"

/* Type 0 is +00:10, type 1 +01:00, type 2 +02:00; 1000 and 2000 change to 1 and 2; then `footer`. */
static Str make_file(char *out, const char *footer) {
    static const unsigned char header[44] = {'T', 'Z', 'i', 'f', '2', [35] = 2, [39] = 3, [43] = 4};
    static const unsigned char empty[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 1};
    static const unsigned char data[] = {0, 0, 0,    0,    0, 0, 3, 0xE8, 0, 0, 0, 0,    0,    0, 7, 0xD0, 1,   2,   0,   0,
                                         2, 88, 0,   0,    0, 0, 0x0E, 0x10, 0, 0, 0, 0, 0x1C, 0x20, 1, 0, 'A', 'B', 'C', 0};
    size_t size = 0;
    memcpy(out, empty, 44), size += 44;
    memset(out + size, 0, 7), size += 7; /* one type, one byte of names */
    memcpy(out + size, header, 44), size += 44;
    memcpy(out + size, data, sizeof(data)), size += sizeof(data);
    memcpy(out + size, footer, strlen(footer)), size += strlen(footer);
    return str_from(out, size);
}

typedef struct Fixture {
    Memory memory;
    Arena arena;
    Zone *zone;
    Error err;
    char bytes[512];
} Fixture;

static Status read_file(Fixture *f, const char *footer) {
    memory_init(&f->memory, 0);
    arena_init(&f->arena, &f->memory);
    return zone_read(&f->arena, STR("Test/Zone"), make_file(f->bytes, footer), &f->zone, &f->err);
}

static void done(Fixture *f) {
    arena_deinit(&f->arena);
    memory_deinit(&f->memory);
}

static void a_file_gives_offsets_and_how_long_they_hold(void **state) {
    (void)state;
    Fixture f;
    assert_int_equal(read_file(&f, "\n\n"), STATUS_OK);
    ZoneSpan span = zone_span_at(f.zone, 999);
    assert_int_equal(span.offset_s, 600);
    assert_int_equal(span.start, INT64_MIN);
    assert_int_equal(span.end, 1000);
    span = zone_span_at(f.zone, 1000);
    assert_int_equal(span.offset_s, 3600);
    assert_int_equal(span.start, 1000);
    assert_int_equal(span.end, 2000);
    span = zone_span_at(f.zone, 5000000000);
    assert_int_equal(span.offset_s, 7200);
    assert_int_equal(span.end, INT64_MAX);
    done(&f);
}

static void the_rule_holds_after_the_last_change(void **state) {
    (void)state;
    Fixture f;
    assert_int_equal(read_file(&f, "\nCET-1CEST,M3.5.0,M10.5.0/3\n"), STATUS_OK);
    ZoneSpan span = zone_span_at(f.zone, 2000); /* in January 1970, with the offset of type 2 until the rule changes it */
    assert_int_equal(span.offset_s, 7200);
    assert_int_equal(span.end, 7520400); /* 1970-03-29 01:00 UTC */
    span = zone_span_at(f.zone, INT64_C(4102444800)); /* 2100-01-01 */
    assert_int_equal(span.offset_s, 3600);
    assert_int_equal(span.start, INT64_C(4096573200)); /* 2099-10-25 01:00 UTC, the last Sunday */
    done(&f);
}

static void a_clock_on_the_wall(void **state) {
    (void)state;
    Fixture f;
    assert_int_equal(read_file(&f, "\nCET-1CEST,M3.5.0,M10.5.0/3\n"), STATUS_OK);
    int64_t spring = INT64_C(1711843200), autumn = INT64_C(1729987200); /* 2024-03-31, 2024-10-27, 00:00 on the clock */
    assert_int_equal(zone_offset_of_local(f.zone, spring + 7199), 3600);
    assert_int_equal(zone_offset_of_local(f.zone, spring + 7200), 3600); /* skipped: as before */
    assert_int_equal(zone_offset_of_local(f.zone, spring + 10800), 7200);
    assert_int_equal(zone_offset_of_local(f.zone, autumn + 7199), 7200);
    assert_int_equal(zone_offset_of_local(f.zone, autumn + 7200), 3600); /* twice: as after */
    done(&f);
}

static void rules(void **state) {
    (void)state;
    static const struct {
        const char *rule;
        int64_t at;
        int32_t offset_s; /* INT32_MIN: no rule */
    } rows[] = {
        {"XYZ+5:30", 0, -19800}, {"<+03>-3", 0, 10800}, {"EST5EDT", 1720000000, -14400}, {"EST5EDT", 1710000000, -18000},
        {"AAA3BBB,J60/0,J300/25", 1709251200, -10800}, {"AAA3BBB,J60/0,J300/25", 1709262000, -7200}, {"A1B,59/-2,300", 1709161200, 0},
        {"FOO", 0, INT32_MIN}, {"", 0, INT32_MIN}, {"A1B,M13.1.1,M1.1.1", 0, INT32_MIN}, {"A1B,M1.1.1", 0, INT32_MIN}, {"A200", 0, INT32_MIN},
        {"A1B,M1.1.1,M2.1.1x", 0, INT32_MIN}, {"<A1", 0, INT32_MIN},
    };
    Fixture f;
    memory_init(&f.memory, 0);
    arena_init(&f.arena, &f.memory);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(zone_from_rule(&f.arena, str_from_c(rows[i].rule), &f.zone, &f.err), STATUS_OK);
        assert_int_equal(f.zone == NULL ? INT32_MIN : zone_span_at(f.zone, rows[i].at).offset_s, rows[i].offset_s);
    }
    done(&f);
}

/* A clock that is asked in any order says what the zone says. */
static void a_clock_remembers_rightly(void **state) {
    static const char *const names[] = {"CET-1CEST,M3.5.0,M10.5.0/3", "AAA150BBB-150,J100/0,J200/0", "LHST-10:30LHDT-11,M10.1.0,M4.1.0", "X3", "A-167B,J1/0,J365/0"};
    Fixture f;
    memory_init(&f.memory, 0);
    arena_init(&f.arena, &f.memory);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(zone_from_rule(&f.arena, str_from_c(names[i]), &f.zone, &f.err), STATUS_OK);
        ZoneClock clock = zone_clock_of(f.zone), other = clock;
        uint64_t seed = i + 1;
        for (int j = 0; j < 20000; j++) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            int64_t seconds = INT64_C(1700000000) + (int64_t)(seed >> 33) % 100000000 * (j % 2 == 0 ? 1 : -1) + (j % 3) * 43200;
            assert_int_equal(zone_clock_offset_at(&clock, seconds), zone_span_at(f.zone, seconds).offset_s);
            assert_int_equal(zone_clock_offset_of_local(&other, seconds), zone_offset_of_local(f.zone, seconds));
        }
    }
    ZoneClock utc = zone_clock_of(NULL);
    assert_int_equal(zone_clock_offset_at(&utc, 0) + zone_clock_offset_of_local(&utc, INT64_MAX), 0);
    done(&f);
}

static void zones_have_names_and_abbreviations(void **state) {
    Fixture f;
    assert_int_equal(read_file(&f, "\nCET-1CEST,M3.5.0,M10.5.0/3\n"), STATUS_OK);
    Zone *copy = zone_copy(&f.arena, f.zone);
    memset(f.bytes, 'x', sizeof(f.bytes));
    assert_true(zone_equal(copy, f.zone) && !zone_equal(copy, NULL) && zone_equal(NULL, NULL));
    assert_true(str_equal(zone_name(copy), STR("Test/Zone")) && !zone_is_rule(copy));
    assert_true(str_equal(zone_span_at(copy, 1500).abbreviation, STR("ABC")));
    assert_true(str_equal(zone_span_at(copy, INT64_C(4102444800)).abbreviation, STR("CET")));
    assert_true(str_equal(zone_span_at(NULL, 0).abbreviation, STR("UTC")));
    static const struct {
        int32_t offset_s;
        const char *name;
    } rows[] = {{0, "<+00>-00"}, {7200, "<+02>-02"}, {-19800, "<-05:30>+05:30"}, {19836, "<+05:30:36>-05:30:36"}, {-604799, "<-167:59:59>+167:59:59"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Zone *zone;
        assert_int_equal(zone_from_offset(&f.arena, rows[i].offset_s, &zone, &f.err), STATUS_OK);
        assert_true(str_equal(zone_name(zone), str_from_c(rows[i].name)) && zone_is_rule(zone));
        assert_int_equal(zone_span_at(zone, 0).offset_s, rows[i].offset_s);
    }
    done(&f);
}

static void damaged_files_are_refused(void **state) {
    (void)state;
    Fixture f;
    assert_int_equal(read_file(&f, "\nFOO\n"), STATUS_IO);
    done(&f);
    assert_int_equal(read_file(&f, ""), STATUS_IO);
    Str whole = make_file(f.bytes, "\nA1\n");
    for (size_t size = 0; size < whole.size; size++) {
        char *exact = test_malloc(size + 1); /* a byte too far is seen */
        memcpy(exact, whole.data, size);
        assert_int_equal(zone_read(&f.arena, STR("x"), str_from(exact, size), &f.zone, &f.err), STATUS_IO);
        test_free(exact);
    }
    for (size_t i = 0; i < whole.size; i++)
        for (int bit = 0; bit < 8; bit++) {
            f.bytes[i] ^= (char)(1 << bit);
            if (zone_read(&f.arena, STR("x"), whole, &f.zone, &f.err) == STATUS_OK) {
                ZoneSpan span = zone_span_at(f.zone, 1500);
                assert_true(span.start <= 1500 && span.end > 1500);
            }
            f.bytes[i] ^= (char)(1 << bit);
        }
    done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_gives_offsets_and_how_long_they_hold), cmocka_unit_test(the_rule_holds_after_the_last_change),
        cmocka_unit_test(a_clock_on_the_wall), cmocka_unit_test(rules), cmocka_unit_test(a_clock_remembers_rightly),
        cmocka_unit_test(zones_have_names_and_abbreviations), cmocka_unit_test(damaged_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
