/* SPDX-License-Identifier: Apache-2.0
 * connect/file/file_source_test.c - files, pipes, patterns, following; over the simulated world. */
#include <errno.h>

#include "connect/connect_kit.h"

static const Field fields[] = {CONNECT_KIT_FIELD("a", BIGINT), CONNECT_KIT_FIELD("b", TEXT)};

typedef struct Fixture {
    ConnectKit kit;
    Source *source;
    Text out;
    Text warnings;
    Text letters; /* come behind the rows: how they alternate depends on the reads */
} Fixture;

static int setup(void **state) {
    static Fixture fixture;
    fixture = (Fixture){0};
    connect_kit_init(&fixture.kit);
    text_init(&fixture.out, &fixture.kit.memory);
    text_init(&fixture.letters, &fixture.kit.memory);
    text_init(&fixture.warnings, &fixture.kit.memory);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    Fixture *fixture = *state;
    source_close(fixture->source);
    text_deinit(&fixture->out);
    text_deinit(&fixture->letters);
    text_deinit(&fixture->warnings);
    connect_kit_deinit(&fixture->kit);
    return 0;
}

static Status open_source(Fixture *fixture, const Option *options, uint32_t count, const SourceHead *head) {
    Schema schema = {fields, 2};
    return connect_kit_open(&fixture->kit, "file", &schema, (OptionList){options, count}, head, &fixture->source);
}

static void open_path(Fixture *fixture, const char *path) {
    Option options[] = {{STR("path"), str_from_c(path), 3}};
    assert_int_equal(open_source(fixture, options, 1, NULL), STATUS_OK);
}

static void open_followed(Fixture *fixture, const char *path) {
    Option options[] = {{STR("path"), str_from_c(path), 3}, {STR("follow"), STR("true"), 9}};
    assert_int_equal(open_source(fixture, options, 2, NULL), STATUS_OK);
}

static SourceRead read_once(Fixture *fixture, int64_t timeout_ns) {
    SourceRead read;
    frame_reset(&fixture->kit.frame);
    Status status =
        source_read(fixture->source, &fixture->kit.frame, BATCH_ROW_COUNT_MAX, timeout_ns, &read, &fixture->kit.err);
    if (status != STATUS_OK) print_message("%s\n", fixture->kit.err.message);
    assert_int_equal(status, STATUS_OK);
    for (uint32_t row = 0; row < read.batch.row_count; row++) {
        int64_t position = read.batch.meta[META_POSITION][row];
        assert_int_equal(position >> POSITION_RECORD_BITS, read.partition);
        text_append_format(&fixture->out, "%.*s:%lld ", STR_ARGS(read.partition_name),
                           (long long)(position & ((INT64_C(1) << POSITION_RECORD_BITS) - 1)));
        for (uint32_t c = 0; c < 2; c++) {
            if (!array_value_text(&read.batch.columns[c], row, &fixture->out))
                text_append_c(&fixture->out, "NULL");
            text_append_char(&fixture->out, c == 0 ? '|' : '\n');
        }
    }
    for (uint32_t i = 0; i < read.warning_count; i++)
        text_append_format(&fixture->warnings, "%.*s\n", STR_ARGS(read.warnings[i]));
    for (uint32_t i = 0; i < read.dead_letter_count; i++)
        text_append_format(&fixture->letters, "! %.*s:%lld @%lld\n", STR_ARGS(read.partition_name),
                           (long long)read.dead_letters[i].record,
                           (long long)read.dead_letters[i].byte_offset);
    return read;
}

static void read_all(Fixture *fixture) {
    for (int i = 0; i < 10000; i++)
        if (read_once(fixture, -1).state == SOURCE_ENDED) return;
    fail();
}

static void expect(Fixture *fixture, const char *expected) {
    text_append(&fixture->out, text_str(&fixture->letters));
    text_append_char(&fixture->out, '\0');
    bool same = strcmp(fixture->out.data, expected) == 0;
    if (!same) print_message("got:\n%s\nexpected:\n%s\n", fixture->out.data, expected);
    text_reset(&fixture->out);
    text_reset(&fixture->letters);
    assert_true(same);
}

static void expect_open_error(Fixture *fixture, const char *path, Status status, const char *message) {
    Option options[] = {{STR("path"), str_from_c(path), 3}};
    assert_int_equal(open_source(fixture, options, 1, NULL), status);
    assert_string_equal(fixture->kit.err.message, message);
}

static void test_small_reads(void **state) {
    Fixture *fixture = *state;
    assert_true(io_sim_put(
        &fixture->kit.sim, STR("in.json"),
        STR("{\"a\":1,\"b\":\"a text that is long\"}\nbad\n{\"a\":2}\n\n{\"a\":3,\"b\":\"end\"}")));
    for (size_t size = 0; size <= 7; size++) {
        fixture->kit.sim.read_size_max = size;
        open_path(fixture, "in.json");
        read_all(fixture);
        expect(fixture,
               "in.json:1 1|a text that is long\nin.json:3 2|NULL\nin.json:5 3|end\n! in.json:2 @34\n");
        assert_int_equal(source_stats(fixture->source).row_count, 3);
        assert_int_equal(source_stats(fixture->source).dead_letter_count, 1);
        assert_int_equal(source_stats(fixture->source).byte_count, 64);
        source_close(fixture->source);
        fixture->source = NULL;
    }
}

static void test_glob(void **state) {
    Fixture *fixture = *state;
    assert_true(io_sim_put(&fixture->kit.sim, STR("d/b.json"), STR("{\"a\":3}\n{\"a\":4")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("d/a.json"), STR("{\"a\":1}\n{\"a\":2}")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("d/c.json"), STR("")));
    open_path(fixture, "d/*.json");
    assert_int_equal(source_partition_count(fixture->source), 3);
    SourceRead read = read_once(fixture, 0);
    assert_true(read.partition_ended);
    assert_int_equal(read.state, SOURCE_MORE);
    read_all(fixture);
    expect(fixture, "d/a.json:1 1|NULL\nd/a.json:2 2|NULL\nd/b.json:1 3|NULL\n! d/b.json:2 @8\n");
    assert_int_equal(read_once(fixture, 0).state, SOURCE_ENDED);
}

/* Each header is judged by itself; what is said of it names its file. */
static void test_glob_of_other_headers(void **state) {
    Fixture *fixture = *state;
    assert_true(io_sim_put(&fixture->kit.sim, STR("g/a.csv"), STR("a,b\n1,x\n")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("g/b.csv"), STR("b\nonly\n")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("g/c.csv"), STR("a;b\n2;y\n")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("g/d.csv"), STR("aa\n")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("g/e.csv"), STR("aa,b\n9,z\n8,z\n")));
    for (size_t size = 0; size <= 4; size++) {
        fixture->kit.sim.read_size_max = size;
        open_path(fixture, "g/*.csv");
        read_all(fixture);
        expect(fixture, "g/a.csv:2 1|x\ng/b.csv:2 NULL|only\ng/e.csv:2 NULL|z\ng/e.csv:3 NULL|z\n! g/c.csv:2 @4\n");
        assert_true(str_equal(text_str(&fixture->warnings), STR("file \"g/b.csv\": column \"a\" is not in the header\n"
                                                                "file \"g/e.csv\": column \"a\" is not in the header; nearest field: \"aa\"\n")));
        text_reset(&fixture->warnings);
        source_close(fixture->source);
        fixture->source = NULL;
    }
}

/* A pattern of thousands does not fill the screen. */
static void test_glob_says_enough(void **state) {
    Fixture *fixture = *state;
    for (int i = 0; i < 40; i++) {
        char name[32];
        size_t size = text_format(name, sizeof(name), "n/%d.csv", i);
        assert_true(io_sim_put(&fixture->kit.sim, str_from(name, size), STR("b\nx\n")));
    }
    open_path(fixture, "n/*.csv");
    read_all(fixture);
    int line_count = 0;
    for (size_t i = 0; i < fixture->warnings.size; i++) line_count += fixture->warnings.data[i] == '\n';
    assert_int_equal(line_count, 17);
    assert_true(str_ends_with(text_str(&fixture->warnings), STR("\nof further files nothing more is said\n")));
}

static void test_csv_by_ending(void **state) {
    Fixture *fixture = *state;
    assert_true(io_sim_put(&fixture->kit.sim, STR("x.csv"), STR("b,a\nx,1\n")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("x.tsv"), STR("b\ta\nx,y\t1\n")));
    open_path(fixture, "x.csv");
    read_all(fixture);
    source_close(fixture->source);
    open_path(fixture, "x.tsv");
    read_all(fixture);
    expect(fixture, "x.csv:2 1|x\nx.tsv:2 1|x,y\n");
    source_close(fixture->source);
    fixture->source = NULL;
    assert_true(io_sim_put(&fixture->kit.sim, STR("X.CSV"), STR("b,a\nx,1\n")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("x.Tsv"), STR("b\ta\nx,y\t1\n")));
    open_path(fixture, "X.CSV");
    read_all(fixture);
    source_close(fixture->source);
    open_path(fixture, "x.Tsv");
    read_all(fixture);
    expect(fixture, "X.CSV:2 1|x\nx.Tsv:2 1|x,y\n");
}

static void test_foreign_endings(void **state) {
    Fixture *fixture = *state;
    assert_true(io_sim_put(&fixture->kit.sim, STR("x.ORC"), STR("{\"a\":1}\n")));
    assert_true(io_sim_put(&fixture->kit.sim, STR("p/x.Gz"), STR("{\"a\":1}\n")));
    expect_open_error(fixture, "x.ORC", STATUS_INPUT_NOT_SUPPORTED, "\"x.ORC\": files are read as JSON or CSV, .orc is not supported yet");
    expect_open_error(fixture, "*.gz", STATUS_INPUT_NOT_SUPPORTED, "\"*.gz\": compressed files are not supported yet");
    expect_open_error(fixture, "p/*", STATUS_INPUT_NOT_SUPPORTED, "\"p/x.Gz\": compressed files are not supported yet");
    Option options[] = {{STR("path"), STR("x.ORC"), 3}, {STR("format"), STR("json"), 9}};
    assert_int_equal(open_source(fixture, options, 2, NULL), STATUS_OK);
    read_all(fixture);
    expect(fixture, "x.ORC:1 1|NULL\n");
    options[0].value = STR("p/x.Gz");
    source_close(fixture->source);
    fixture->source = NULL;
    assert_int_equal(open_source(fixture, options, 2, NULL), STATUS_INPUT_NOT_SUPPORTED);
    assert_int_equal(fixture->kit.err.position, 3);
}

static void test_open_errors(void **state) {
    Fixture *fixture = *state;
    expect_open_error(fixture, "missing.json", STATUS_FILE_NOT_FOUND,
                      "could not open file \"missing.json\": No such file or directory");
    expect_open_error(fixture, "no/*.json", STATUS_FILE_NOT_FOUND, "no file matches \"no/*.json\"");
    assert_true(io_sim_put(&fixture->kit.sim, STR("in.json"), STR("{}\n")));
    io_sim_fail(&fixture->kit.sim, IO_SIM_OPEN, 1, EACCES);
    expect_open_error(fixture, "in.json", STATUS_IO, "could not open file \"in.json\": Permission denied");
    open_path(fixture, "in.json");
    io_sim_fail(&fixture->kit.sim, IO_SIM_READ, 1, EIO);
    SourceRead read;
    assert_int_equal(source_read(fixture->source, &fixture->kit.frame, 10, 0, &read, &fixture->kit.err), STATUS_IO);
}

/* A pipe answers each line as it comes. */
static void test_pipe(void **state) {
    Fixture *fixture = *state;
    open_path(fixture, "-");
    SourceRead read = read_once(fixture, 0);
    assert_int_equal(read.state, SOURCE_WAITING);
    assert_non_null(read.wait_file);
    assert_true(io_sim_append(&fixture->kit.sim, STR("stdin"), STR("{\"a\":1}\n{\"a\"")));
    read = read_once(fixture, 0);
    assert_int_equal(read.batch.row_count, 1);
    assert_int_equal(read.state, SOURCE_MORE);
    assert_int_equal(read_once(fixture, 1000000).state, SOURCE_WAITING);
    assert_true(io_sim_append(&fixture->kit.sim, STR("stdin"), STR(":2}\n")));
    assert_int_equal(read_once(fixture, -1).batch.row_count, 1);
    io_sim_end(&fixture->kit.sim, STR("stdin"));
    read = read_once(fixture, -1);
    assert_int_equal(read.state, SOURCE_ENDED);
    assert_true(read.partition_ended);
    expect(fixture, "stdin:1 1|NULL\nstdin:2 2|NULL\n");
}

static void test_head(void **state) {
    Fixture *fixture = *state;
    SourceHead head;
    IoFile input;
    bool is_enough = true;
    io_stdin(&fixture->kit.sim.io, &input);
    source_head_init(&head, &fixture->kit.memory);
    assert_int_equal(source_head_read(&head, &input, 10, &is_enough, &fixture->kit.err), STATUS_OK); /* nothing yet */
    assert_false(is_enough);
    assert_true(io_sim_append(&fixture->kit.sim, STR("stdin"), STR("{\"a\"")));
    assert_int_equal(source_head_read(&head, &input, 0, &is_enough, &fixture->kit.err), STATUS_OK); /* no line yet */
    assert_false(is_enough);
    assert_true(io_sim_append(&fixture->kit.sim, STR("stdin"), STR(":1}\n{\"a\"")));
    assert_int_equal(source_head_read(&head, &input, 0, &is_enough, &fixture->kit.err), STATUS_OK);
    assert_true(is_enough);
    assert_int_equal(head.bytes.size, 12);
    assert_false(head.is_end);
    assert_true(io_sim_append(&fixture->kit.sim, STR("stdin"), STR(":2}\n")));
    io_sim_end(&fixture->kit.sim, STR("stdin"));
    Option options[] = {{STR("path"), STR("-"), 3}};
    assert_int_equal(open_source(fixture, options, 1, &head), STATUS_OK);
    source_head_deinit(&head);
    read_all(fixture);
    expect(fixture, "stdin:1 1|NULL\nstdin:2 2|NULL\n");
    assert_int_equal(source_stats(fixture->source).byte_count, 16);
}

static void test_follow(void **state) {
    Fixture *fixture = *state;
    assert_true(io_sim_put(&fixture->kit.sim, STR("log"), STR("{\"a\":1}\n{\"a\"")));
    open_followed(fixture, "log");
    assert_int_equal(read_once(fixture, 0).batch.row_count, 1);
    SourceRead read = read_once(fixture, 0);
    assert_int_equal(read.state, SOURCE_WAITING);
    assert_true(read.wait_until_ns > io_clock_monotonic_ns(&fixture->kit.sim.io));
    assert_true(io_sim_append(&fixture->kit.sim, STR("log"), STR(":2}\n{\"a\":3}")));
    assert_int_equal(read_once(fixture, 0).batch.row_count, 1);
    assert_int_equal(read_once(fixture, 0).state, SOURCE_WAITING);
    /* Rotated: what the old file still had comes first, its last line without a line feed too. */
    assert_int_equal(io_rename(&fixture->kit.sim.io, STR("log"), STR("log.1"), &fixture->kit.err), STATUS_OK);
    assert_int_equal(read_once(fixture, 0).state, SOURCE_WAITING);
    assert_true(io_sim_put(&fixture->kit.sim, STR("log"), STR("{\"a\":4}\n")));
    read = read_once(fixture, 0);
    assert_true(read.partition_ended);
    assert_int_equal(read_once(fixture, 0).batch.row_count, 1);
    /* Cut: read from the start. */
    IoFile file;
    assert_int_equal(read_once(fixture, 0).state, SOURCE_WAITING);
    assert_int_equal(io_open(&fixture->kit.sim.io, STR("log"), IO_OPEN_TRUNCATE, &file, &fixture->kit.err),
                     STATUS_OK);
    assert_int_equal(io_close(&file, &fixture->kit.err), STATUS_OK);
    assert_true(read_once(fixture, 0).partition_ended);
    assert_true(io_sim_append(&fixture->kit.sim, STR("log"), STR("{\"a\":5}\n")));
    assert_int_equal(read_once(fixture, 0).batch.row_count, 1);
    assert_int_equal(read_once(fixture, 60000000000).state, SOURCE_WAITING);
    expect(fixture, "log:1 1|NULL\nlog:2 2|NULL\nlog:3 3|NULL\nlog:1 4|NULL\nlog:1 5|NULL\n");
}

/* What is there when it is asked for has been read when the read says so, however much comes meanwhile. */
static void test_present_of_a_followed_file(void **state) {
    Fixture *fixture = *state;
    assert_true(io_sim_put(&fixture->kit.sim, STR("log"), STR("{\"a\":1}\n{\"a\":2}\n")));
    open_followed(fixture, "log");
    assert_int_equal(source_note_present(fixture->source, &fixture->kit.err), STATUS_OK);
    assert_true(io_sim_append(&fixture->kit.sim, STR("log"), STR("{\"a\":3}\n{\"a\":4}\n")));
    SourceRead read;
    frame_reset(&fixture->kit.frame);
    assert_int_equal(source_read(fixture->source, &fixture->kit.frame, 1, 0, &read, &fixture->kit.err), STATUS_OK);
    assert_false(read.has_present);
    assert_int_equal(source_read(fixture->source, &fixture->kit.frame, 1, 0, &read, &fixture->kit.err), STATUS_OK);
    assert_true(read.has_present);
    assert_int_equal(source_note_present(fixture->source, &fixture->kit.err), STATUS_OK);
    assert_int_equal(source_read(fixture->source, &fixture->kit.frame, 1, 0, &read, &fixture->kit.err), STATUS_OK);
    assert_false(read.has_present);
    /* Replaced: its rest, and then what the new file holds. */
    assert_int_equal(io_rename(&fixture->kit.sim.io, STR("log"), STR("log.1"), &fixture->kit.err), STATUS_OK);
    assert_true(io_sim_put(&fixture->kit.sim, STR("log"), STR("{\"a\":5}\n")));
    for (uint32_t rows = 0; rows < 2; rows += read.batch.row_count) {
        assert_int_equal(source_read(fixture->source, &fixture->kit.frame, 1, 0, &read, &fixture->kit.err), STATUS_OK);
        if (rows + read.batch.row_count == 2) assert_true(read.has_present);
    }
}

/* Not there yet, and gone again when another is expected. */
static void test_follow_waits_for_a_file(void **state) {
    Fixture *fixture = *state;
    open_followed(fixture, "late");
    SourceRead read = read_once(fixture, 0);
    assert_int_equal(read.state, SOURCE_WAITING);
    assert_true(read.wait_until_ns > io_clock_monotonic_ns(&fixture->kit.sim.io));
    assert_int_equal(read.warning_count, 1);
    assert_true(str_equal(read.warnings[0], STR("there is no file \"late\" yet: waiting for it")));
    read = read_once(fixture, 60000000000);
    assert_int_equal(read.state, SOURCE_WAITING);
    assert_int_equal(read.warning_count, 0);
    assert_true(io_sim_put(&fixture->kit.sim, STR("late"), STR("{\"a\":1}\n")));
    assert_int_equal(read_once(fixture, 60000000000).batch.row_count, 1);
    assert_int_equal(read_once(fixture, 0).state, SOURCE_WAITING);
    IoFile file;
    assert_int_equal(io_open(&fixture->kit.sim.io, STR("late"), IO_OPEN_TRUNCATE, &file, &fixture->kit.err), STATUS_OK);
    assert_int_equal(io_close(&file, &fixture->kit.err), STATUS_OK);
    io_sim_fail(&fixture->kit.sim, IO_SIM_OPEN, 1, ENOENT); /* removed between the look at its size and the opening */
    assert_true(read_once(fixture, 0).partition_ended);
    read = read_once(fixture, 0);
    assert_int_equal(read.state, SOURCE_WAITING);
    assert_int_equal(read.warning_count, 0);
    assert_true(io_sim_append(&fixture->kit.sim, STR("late"), STR("{\"a\":2}\n")));
    assert_int_equal(read_once(fixture, 60000000000).batch.row_count, 1);
    expect(fixture, "late:1 1|NULL\nlate:1 2|NULL\n");
}

static void test_follow_needs_a_file(void **state) {
    Fixture *fixture = *state;
    Option options[] = {{STR("path"), STR("*.log"), 3}, {STR("follow"), STR("on"), 9}};
    assert_int_equal(open_source(fixture, options, 2, NULL), STATUS_INVALID_OPTION);
    assert_int_equal(fixture->kit.err.position, 9);
}

/* Records much longer than a block, and batches whose texts outlive the source. */
static void test_long_records(void **state) {
    Fixture *fixture = *state;
    Text bytes;
    text_init(&bytes, &fixture->kit.memory);
    for (int i = 0; i < 5; i++) {
        text_append_format(&bytes, "{\"a\":%d,\"b\":\"", i);
        text_append_repeated(&bytes, (char)('a' + i), 300000 * (size_t)i + 13);
        text_append_c(&bytes, "\"}\n");
    }
    assert_true(io_sim_put(&fixture->kit.sim, STR("in.json"), text_str(&bytes)));
    fixture->kit.sim.read_size_max = 100000;
    text_deinit(&bytes);
    open_path(fixture, "in.json");
    Batch kept[16];
    uint32_t kept_count = 0;
    SourceRead read = {0};
    while (read.state != SOURCE_ENDED && kept_count < 16) {
        frame_reset(&fixture->kit.frame);
        assert_int_equal(source_read(fixture->source, &fixture->kit.frame, 10, -1, &read, &fixture->kit.err),
                         STATUS_OK);
        assert_int_equal(batch_keep(&read.batch, &fixture->kit.memory, &kept[kept_count++], &fixture->kit.err),
                         STATUS_OK);
    }
    source_close(fixture->source);
    fixture->source = NULL;
    frame_reset(&fixture->kit.frame);
    int64_t next = 0;
    for (uint32_t k = 0; k < kept_count; k++) {
        for (uint32_t row = 0; row < kept[k].row_count; row++, next++) {
            Str text = array_text(&kept[k].columns[1], row);
            assert_int_equal(array_i64(&kept[k].columns[0])[row], next);
            assert_int_equal(text.size, 300000 * next + 13);
            assert_int_equal(text.data[0], 'a' + next);
            assert_int_equal(text.data[text.size - 1], 'a' + next);
        }
        batch_unkeep(&kept[k], &fixture->kit.memory);
    }
    assert_int_equal(next, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_small_reads, setup, teardown),
        cmocka_unit_test_setup_teardown(test_glob, setup, teardown),
        cmocka_unit_test_setup_teardown(test_glob_of_other_headers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_glob_says_enough, setup, teardown),
        cmocka_unit_test_setup_teardown(test_csv_by_ending, setup, teardown),
        cmocka_unit_test_setup_teardown(test_foreign_endings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pipe, setup, teardown),
        cmocka_unit_test_setup_teardown(test_head, setup, teardown),
        cmocka_unit_test_setup_teardown(test_follow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_present_of_a_followed_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_follow_waits_for_a_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_follow_needs_a_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_records, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
