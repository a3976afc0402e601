/* SPDX-License-Identifier: Apache-2.0
 * connect/connector_test.c - tables, option checks, sinks. */
#include <errno.h>

#include "column/builder.h"
#include "connect/connect_kit.h"

static const Field fields[] = {CONNECT_KIT_FIELD("a", BIGINT), CONNECT_KIT_FIELD("b", TEXT)};

static const Connector *find(const char *name) {
    const Connector *connector = NULL;
    Error err;
    assert_int_equal(connector_find(str_from_c(name), CONNECTOR_SOURCE, -1, &connector, &err), STATUS_OK);
    return connector;
}

static void test_find(void **state) {
    (void)state;
    const Connector *connector;
    Error err;
    assert_string_equal(find("FILE")->name, "file");
    assert_int_equal(connector_find(STR("fil"), CONNECTOR_SOURCE, 12, &connector, &err), STATUS_UNDEFINED_OBJECT);
    assert_int_equal(err.position, 12);
    assert_string_equal(err.hint, "Did you mean 'file'?");
    assert_int_equal(connector_find(STR("pulsar"), CONNECTOR_SOURCE, 12, &connector, &err), STATUS_UNDEFINED_OBJECT);
    assert_string_equal(err.hint, "Connectors of sources are 'file' and 'generator'.");
    assert_int_equal(connector_find(STR("pulsar"), CONNECTOR_SINK, 12, &connector, &err), STATUS_UNDEFINED_OBJECT);
    assert_string_equal(err.hint, "Connectors of sinks are 'file', 'stdout' and 'blackhole'.");
    /* What is near but cannot be used is no help. */
    assert_int_equal(connector_find(STR("generatr"), CONNECTOR_SINK, 12, &connector, &err), STATUS_UNDEFINED_OBJECT);
    assert_string_equal(err.hint, "Connectors of sinks are 'file', 'stdout' and 'blackhole'.");
}

/* Every row of the tables makes sense by itself. */
static void test_tables(void **state) {
    (void)state;
    for (uint32_t i = 0; i < connector_count; i++) {
        for (int use = CONNECTOR_SOURCE; use <= CONNECTOR_SINK; use++) {
            OptionTable table = connector_options(&connectors[i], (ConnectorUse)use);
            assert_true(table.count == 0 || (connectors[i].uses & (unsigned)use));
            for (uint32_t o = 0; o < table.count; o++) {
                const OptionSpec *spec = &table.specs[o];
                assert_int_equal(spec->kind == OPTION_CHOICE, spec->choices != NULL);
                if (spec->fallback == NULL || strchr(spec->name, '*') != NULL) continue;
                Option option = {str_from_c(spec->name), str_from_c(spec->fallback), -1};
                Error err;
                OptionTable one = {spec, 1};
                assert_int_equal(option_check(&one, 1, STR("x"), (OptionList){&option, 1}, &err), STATUS_OK);
            }
        }
    }
}

/* key, value, key, value ..., NULL; positions count from 100. */
static Status check(const char *connector, ConnectorUse use, Error *err, ...) {
    static const OptionSpec more_specs[] = {
        {"on_error", OPTION_CHOICE, "stop|skip|dead_letter", "dead_letter", false, "-"}};
    OptionTable more = {more_specs, 1};
    Option options[8];
    uint32_t count = 0;
    va_list args;
    va_start(args, err);
    for (const char *key; (key = va_arg(args, const char *)) != NULL; count++)
        options[count] = (Option){str_from_c(key), str_from_c(va_arg(args, const char *)), 100 + count};
    va_end(args);
    return connector_check(find(connector), use, (OptionList){options, count}, &more, err);
}

static void test_check(void **state) {
    (void)state;
    Error err;
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "connector", "file", "PATH", "x.json", "format",
                           "CSV", "header", "off", "on_error", "stop", NULL),
                     STATUS_OK);
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "path", "x", "folow", "true", NULL),
                     STATUS_UNDEFINED_OBJECT);
    assert_string_equal(err.message, "connector \"file\" has no option \"folow\"");
    assert_string_equal(err.hint, "Did you mean \"follow\"?");
    assert_int_equal(err.position, 101);
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "format", "json", NULL), STATUS_INVALID_OPTION);
    assert_string_equal(err.message, "connector \"file\" needs the option \"path\"");
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "path", "x", "follow", "maybe", NULL),
                     STATUS_INVALID_OPTION);
    assert_string_equal(err.message, "option \"follow\" must be true or false, not \"maybe\"");
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "path", "x", "path", "y", NULL),
                     STATUS_INVALID_OPTION);
    assert_string_equal(err.message, "option \"path\" is given twice");
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "path", "x", "format", "jsn", NULL),
                     STATUS_UNDEFINED_OBJECT);
    assert_string_equal(err.hint, "Did you mean 'json'?");
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "path", "x", "timestamp_unit", "min", NULL),
                     STATUS_INVALID_OPTION);
    assert_string_equal(err.message, "option \"timestamp_unit\" must be s, ms, us or ns, not \"min\"");
    /* An option of another format is none of this one. */
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "path", "x", "header", "true", NULL),
                     STATUS_UNDEFINED_OBJECT);
    assert_int_equal(check("file", CONNECTOR_SOURCE, &err, "path", "x.csv", "delimiter", "\"", NULL),
                     STATUS_INVALID_OPTION);
    assert_int_equal(check("stdout", CONNECTOR_SOURCE, &err, NULL), STATUS_WRONG_OBJECT_TYPE);
    assert_int_equal(check("generator", CONNECTOR_SINK, &err, NULL), STATUS_WRONG_OBJECT_TYPE);
    assert_int_equal(
        check("generator", CONNECTOR_SOURCE, &err, "fields.x.keys", "7", "disorder", "5 seconds", NULL),
        STATUS_OK);
    assert_int_equal(check("generator", CONNECTOR_SOURCE, &err, "keys", "0", NULL), STATUS_INVALID_OPTION);
    assert_int_equal(check("generator", CONNECTOR_SOURCE, &err, "nulls", "2", NULL), STATUS_INVALID_OPTION);
    const char *const rates[] = {"0", "-1", "1e300", "1e-300", "1000000001", "0.0000009"};
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        assert_int_equal(check("generator", CONNECTOR_SOURCE, &err, "rows_per_second", rates[i], NULL), STATUS_INVALID_OPTION);
        assert_string_equal(err.message, "option \"rows_per_second\" must be between 0.000001 and 1000000000");
    }
    assert_int_equal(check("generator", CONNECTOR_SOURCE, &err, "rows_per_second", "1000000000", NULL), STATUS_OK);
    assert_int_equal(check("generator", CONNECTOR_SOURCE, &err, "rows_per_second", "0.000001", NULL), STATUS_OK);
}

static void test_description(void **state) {
    (void)state;
    Option rows[] = {{STR("rows"), STR("5"), 0}}, dash[] = {{STR("path"), STR("-"), 0}};
    Option follow[] = {{STR("path"), STR("x"), 0}, {STR("follow"), STR("true"), 0}},
           now[] = {{STR("start"), STR("now"), 0}};
    assert_true(connector_is_bounded(find("generator"), (OptionList){rows, 1}));
    assert_false(connector_is_bounded(find("generator"), (OptionList){NULL, 0}));
    assert_true(connector_is_bounded(find("file"), (OptionList){dash, 1}));
    assert_false(connector_is_bounded(find("file"), (OptionList){follow, 2}));
    assert_true(connector_is_stdin(find("file"), (OptionList){dash, 1}));
    assert_false(connector_is_replayable(find("file"), (OptionList){dash, 1}));
    assert_true(connector_is_replayable(find("file"), (OptionList){follow, 2}));
    assert_false(connector_is_replayable(find("generator"), (OptionList){now, 1}));
}

/* ---- sinks ---- */

typedef struct Fixture {
    ConnectKit kit;
    Batch batch;
} Fixture;

static int setup(void **state) {
    static Fixture fixture;
    static Array arrays[2];
    static const int64_t weights[2] = {1, -1};
    connect_kit_init(&fixture.kit);
    Error *err = &fixture.kit.err;
    ArrayBuilder a, b;
    assert_int_equal(array_builder_init(&a, &fixture.kit.frame, fields[0].type, 2, err), STATUS_OK);
    assert_int_equal(array_builder_init(&b, &fixture.kit.frame, fields[1].type, 2, err), STATUS_OK);
    array_builder_i64(&a, 1);
    array_builder_null(&a);
    array_builder_text(&b, STR("x,\"y\""));
    array_builder_text(&b, STR(""));
    assert_int_equal(array_builder_finish(&a, &arrays[0], err), STATUS_OK);
    assert_int_equal(array_builder_finish(&b, &arrays[1], err), STATUS_OK);
    fixture.batch = (Batch){.row_count = 2, .column_count = 2, .columns = arrays, .meta = {weights}};
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    Fixture *fixture = *state;
    connect_kit_deinit(&fixture->kit);
    return 0;
}

static Sink *open_sink(Fixture *fixture, const char *name, const Option *options, uint32_t count,
                       bool weights) {
    Schema schema = {fields, 2};
    Sink *sink;
    OptionList list = {options, count};
    const Connector *connector = find(name);
    assert_int_equal(connector_check(connector, CONNECTOR_SINK, list, NULL, &fixture->kit.err), STATUS_OK);
    SinkConfig config = {connector, list, &schema, weights, &fixture->kit.sim.io, &fixture->kit.memory};
    assert_int_equal(sink_open(&config, &sink, &fixture->kit.err), STATUS_OK);
    return sink;
}

static void expect(Fixture *fixture, const char *path, const char *expected) {
    Str bytes = io_sim_bytes(&fixture->kit.sim, str_from_c(path));
    bool same = str_equal(bytes, str_from_c(expected));
    if (!same) print_message("got:\n%.*s\nexpected:\n%s\n", STR_ARGS(bytes), expected);
    assert_true(same);
}

static void test_file_sink(void **state) {
    Fixture *fixture = *state;
    Option options[] = {{STR("path"), STR("out.csv"), 0}, {STR("append"), STR("true"), 0}};
    for (int round = 0; round < 2; round++) {
        Sink *sink = open_sink(fixture, "file", options, 2, true);
        assert_int_equal(sink_write(sink, &fixture->batch, &fixture->kit.err), STATUS_OK);
        assert_int_equal(sink_row_count(sink), 2);
        assert_int_equal(sink_close(sink, &fixture->kit.err), STATUS_OK);
    }
    expect(fixture, "out.csv",
           "a,b,__weight\n1,\"x,\"\"y\"\"\",1\n,\"\",-1\n1,\"x,\"\"y\"\"\",1\n,\"\",-1\n");
    Sink *sink = open_sink(fixture, "file", options, 1, false);
    assert_int_equal(sink_flush(sink, &fixture->kit.err), STATUS_OK);
    expect(fixture, "out.csv", "a,b\n");
    assert_int_equal(sink_write(sink, &fixture->batch, &fixture->kit.err), STATUS_OK);
    io_sim_fail(&fixture->kit.sim, IO_SIM_WRITE, 1, ENOSPC);
    assert_int_equal(sink_close(sink, &fixture->kit.err), STATUS_IO);
}

static void test_stdout_sink(void **state) {
    Fixture *fixture = *state;
    Sink *sink = open_sink(fixture, "stdout", NULL, 0, true);
    assert_int_equal(sink_write(sink, &fixture->batch, &fixture->kit.err), STATUS_OK);
    assert_int_equal(sink_flush(sink, &fixture->kit.err), STATUS_OK);
    expect(fixture, "stdout",
           "{\"a\":1,\"b\":\"x,\\\"y\\\"\",\"__weight\":1}\n{\"a\":null,\"b\":\"\",\"__weight\":-1}\n");
    assert_int_equal(sink_close(sink, &fixture->kit.err), STATUS_OK);
}

static void test_blackhole(void **state) {
    Fixture *fixture = *state;
    Sink *sink = open_sink(fixture, "blackhole", NULL, 0, false);
    assert_int_equal(sink_write(sink, &fixture->batch, &fixture->kit.err), STATUS_OK);
    assert_int_equal(sink_write(sink, &fixture->batch, &fixture->kit.err), STATUS_OK);
    assert_int_equal(sink_row_count(sink), 4);
    assert_int_equal(sink_close(sink, &fixture->kit.err), STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_description),
        cmocka_unit_test_setup_teardown(test_file_sink, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stdout_sink, setup, teardown),
        cmocka_unit_test_setup_teardown(test_blackhole, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
