/* SPDX-License-Identifier: Apache-2.0
 * connect/generator/generator_test.c - same seed, same rows; rates, bounds, every type. */
#include "base/calendar.h"
#include "base/utf8.h"
#include "connect/connect_kit.h"

static const Field trade[] = {CONNECT_KIT_FIELD("symbol", TEXT), CONNECT_KIT_FIELD("price", DOUBLE), CONNECT_KIT_FIELD("qty", INTEGER),
                              CONNECT_KIT_FIELD("ts", TIMESTAMP), CONNECT_KIT_FIELD("id", BIGINT)};

static int setup(void **state) {
    static ConnectKit kit;
    connect_kit_init(&kit);
    *state = &kit;
    return 0;
}

static int teardown(void **state) {
    connect_kit_deinit(*state);
    return 0;
}

static Status try_open(ConnectKit *kit, const Field *fields, uint32_t count, OptionList options, Source **out) {
    Schema schema = {fields, count};
    return connect_kit_open(kit, "generator", &schema, options, NULL, out);
}

static Source *open_source(ConnectKit *kit, OptionList options) {
    Source *source = NULL;
    Status status = try_open(kit, trade, 5, options, &source);
    if (status != STATUS_OK) print_message("%s\n", kit->err.message);
    assert_int_equal(status, STATUS_OK);
    return source;
}

static void dump(const Batch *batch, Text *out) {
    for (uint32_t row = 0; row < batch->row_count; row++) {
        for (uint32_t c = 0; c < batch->column_count; c++) {
            if (!array_value_text(&batch->columns[c], row, out)) text_append_c(out, "NULL");
            text_append_char(out, c + 1 == batch->column_count ? '\n' : '|');
        }
    }
}

static void test_same_rows(void **state) {
    ConnectKit *kit = *state;
    Option options[] = {{STR("rows"), STR("100"), 0},
                        {STR("disorder"), STR("5"), 0},
                        {STR("nulls"), STR("0.2"), 0},
                        {STR("fields.symbol.keys"), STR("3"), 0},
                        {STR("fields.price.min"), STR("10"), 0},
                        {STR("fields.price.max"), STR("20"), 0},
                        {STR("fields.id.kind"), STR("sequence"), 0},
                        {STR("fields.id.nulls"), STR("0"), 0}};
    Text texts[2];
    for (uint32_t split = 0; split < 2; split++) {
        text_init(&texts[split], &kit->memory);
        Source *source = open_source(kit, (OptionList){options, 8});
        SourceRead read = {0};
        for (int64_t next = 0; read.state != SOURCE_ENDED;) {
            frame_reset(&kit->frame);
            assert_int_equal(
                source_read(source, &kit->frame, split == 0 ? 4096 : 7, -1, &read, &kit->err),
                STATUS_OK);
            dump(&read.batch, &texts[split]);
            for (uint32_t row = 0; row < read.batch.row_count; row++, next++) {
                const Array *columns = read.batch.columns;
                assert_int_equal(array_i64(&columns[4])[row], next);
                int64_t late = INT64_C(1704067200000000) + next * 1000 - array_i64(&columns[3])[row];
                assert_in_range(late, 0, 5 * CALENDAR_SECOND);
                if (array_is_null(&columns[1], row)) continue;
                assert_true(array_f64(&columns[1])[row] >= 10 && array_f64(&columns[1])[row] <= 20);
            }
        }
        assert_true(read.partition_ended);
        assert_int_equal(source_stats(source).row_count, 100);
        source_close(source);
    }
    assert_int_equal(texts[0].size, texts[1].size);
    assert_memory_equal(texts[0].data, texts[1].data, texts[0].size);
    assert_non_null(memmem(texts[0].data, texts[0].size, "NULL", 4));
    assert_non_null(memmem(texts[0].data, texts[0].size, "symbol_2", 8));
    assert_null(memmem(texts[0].data, texts[0].size, "symbol_3", 8));
    text_deinit(&texts[0]);
    text_deinit(&texts[1]);
}

/* 10 rows a second by the clock, wherever the reads fall. */
static void test_rate(void **state) {
    ConnectKit *kit = *state;
    Option options[] = {{STR("rows_per_second"), STR("10"), 0}};
    Source *source = open_source(kit, (OptionList){options, 1});
    SourceRead read;
    assert_int_equal(source_read(source, &kit->frame, 100, 0, &read, &kit->err), STATUS_OK);
    assert_int_equal(read.state, SOURCE_WAITING);
    assert_int_equal(read.batch.row_count, 0);
    int64_t wait_ns = read.wait_until_ns - io_clock_monotonic_ns(&kit->sim.io);
    assert_in_range(wait_ns, 99000000, 101000000);
    io_sim_advance(&kit->sim, 1050000);
    assert_int_equal(source_read(source, &kit->frame, 100, 0, &read, &kit->err), STATUS_OK);
    assert_int_equal(read.batch.row_count, 10);
    assert_int_equal(array_i64(&read.batch.columns[3])[9] - array_i64(&read.batch.columns[3])[8], 100000);
    assert_int_equal(source_read(source, &kit->frame, 100, -1, &read, &kit->err), STATUS_OK);
    assert_int_equal(read.batch.row_count, 1);
    source_close(source);
}

static void test_every_type(void **state) {
    ConnectKit *kit = *state;
    static const Field fields[] = {
        CONNECT_KIT_FIELD("boolean", BOOLEAN),
        CONNECT_KIT_FIELD("smallint", SMALLINT),
        CONNECT_KIT_FIELD("integer", INTEGER),
        CONNECT_KIT_FIELD("bigint", BIGINT),
        CONNECT_KIT_FIELD("real", REAL),
        CONNECT_KIT_FIELD("double", DOUBLE),
        {.name = {"numeric", 7}, .type = {.id = TYPE_NUMERIC, .precision = 4, .scale = 2}},
        CONNECT_KIT_FIELD("text", TEXT),
        {.name = {"varchar", 7}, .type = {.id = TYPE_VARCHAR, .length = 3}},
        CONNECT_KIT_FIELD("bytea", BYTEA),
        CONNECT_KIT_FIELD("date", DATE),
        CONNECT_KIT_FIELD("time", TIME),
        CONNECT_KIT_FIELD("timestamp", TIMESTAMP),
        CONNECT_KIT_FIELD("timestamptz", TIMESTAMPTZ),
        CONNECT_KIT_FIELD("interval", INTERVAL),
        CONNECT_KIT_FIELD("uuid", UUID)};
    uint32_t count = sizeof(fields) / sizeof(fields[0]);
    Option options[] = {{STR("rows"), STR("5000"), 0}, {STR("keys"), STR("100000"), 0}};
    Source *source;
    assert_int_equal(try_open(kit, fields, count, (OptionList){options, 2}, &source), STATUS_OK);
    SourceRead read = {0};
    uint64_t rows = 0;
    while (read.state != SOURCE_ENDED) {
        frame_reset(&kit->frame);
        assert_int_equal(source_read(source, &kit->frame, 4096, -1, &read, &kit->err), STATUS_OK);
        batch_check(&read.batch);
        rows += read.batch.row_count;
        for (uint32_t row = 0; row < read.batch.row_count; row++)
            assert_true(array_text(&read.batch.columns[8], row).size <= 3);
    }
    assert_int_equal(rows, 5000);
    source_close(source);
}

/* Reads all; what `check` wants to know of each batch. */
static void read_all(ConnectKit *kit, const Field *fields, uint32_t count, OptionList options,
                     void (*check)(const Batch *batch)) {
    Source *source;
    SourceRead read = {0};
    assert_int_equal(try_open(kit, fields, count, options, &source), STATUS_OK);
    while (read.state != SOURCE_ENDED) {
        frame_reset(&kit->frame);
        assert_int_equal(source_read(source, &kit->frame, 4096, -1, &read, &kit->err), STATUS_OK);
        check(&read.batch);
    }
    source_close(source);
}

static void check_timestamps(const Batch *batch) {
    for (uint32_t c = 0; c < batch->column_count; c++)
        for (uint32_t row = 0; row < batch->row_count; row++)
            assert_true(calendar_timestamp_is_valid(array_i64(&batch->columns[c])[row]));
}

/* At both ends of the calendar times stay within it. */
static void test_extreme_times(void **state) {
    static const Field times[] = {CONNECT_KIT_FIELD("at", TIMESTAMP), CONNECT_KIT_FIELD("other", TIMESTAMPTZ)};
    Option late[] = {{STR("rows"), STR("1000"), 0}, {STR("start"), STR("294246-12-31"), 0}};
    read_all(*state, times, 2, (OptionList){late, 2}, check_timestamps);
    Option early[] = {{STR("rows"), STR("1000"), 0},
                      {STR("start"), STR("4700-01-01 BC"), 0},
                      {STR("disorder"), STR("106751991 days 04:00:54.775807"), 0}};
    read_all(*state, times, 2, (OptionList){early, 3}, check_timestamps);
}

static void check_characters(const Batch *batch) {
    for (uint32_t c = 0; c < batch->column_count; c++)
        for (uint32_t row = 0; row < batch->row_count; row++) {
            Str text = array_text(&batch->columns[c], row);
            assert_true(utf8_is_valid(text));
            if (c > 0) assert_in_range(utf8_length(text), 1, 4);
        }
}

/* Names of columns are part of texts: cut between characters, to characters. */
static void test_names_are_cut_at_characters(void **state) {
    static const Field names[] = {
        CONNECT_KIT_FIELD("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
              "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
              "x\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
              "\xa9",
              TEXT),
        {.name = {"\xc3\xa9", 2}, .type = {.id = TYPE_VARCHAR, .length = 4}}};
    Option options[] = {{STR("rows"), STR("100"), 0}, {STR("keys"), STR("100"), 0}};
    read_all(*state, names, 2, (OptionList){options, 2}, check_characters);
}

/* The case of a key does not matter, nor to what its value is checked for. */
static void test_wrong_values_in_any_case(void **state) {
    ConnectKit *kit = *state;
    Source *source = NULL;
    Option nulls[] = {{STR("fields.price.NULLS"), STR("5"), 17}};
    assert_int_equal(try_open(kit, trade, 5, (OptionList){nulls, 1}, &source), STATUS_INVALID_OPTION);
    Option keys[] = {{STR("fields.qty.Keys"), STR("0"), 17}};
    assert_int_equal(try_open(kit, trade, 5, (OptionList){keys, 1}, &source), STATUS_INVALID_OPTION);
}

static void test_wrong_options(void **state) {
    ConnectKit *kit = *state;
    Source *source = NULL;
    Option unknown[] = {{STR("fields.prise.min"), STR("1"), 17}};
    assert_int_equal(try_open(kit, trade, 5, (OptionList){unknown, 1}, &source), STATUS_UNDEFINED_COLUMN);
    assert_int_equal(kit->err.position, 17);
    Option text[] = {{STR("fields.symbol.min"), STR("1"), 17}};
    assert_int_equal(try_open(kit, trade, 5, (OptionList){text, 1}, &source), STATUS_INVALID_OPTION);
    Option empty[] = {{STR("fields.qty.min"), STR("5"), 1}, {STR("fields.qty.max"), STR("4"), 2}};
    assert_int_equal(try_open(kit, trade, 5, (OptionList){empty, 2}, &source), STATUS_INVALID_OPTION);
    Option time[] = {{STR("time_column"), STR("symbol"), 17}};
    assert_int_equal(try_open(kit, trade, 5, (OptionList){time, 1}, &source), STATUS_DATATYPE_MISMATCH);
    Option missing[] = {{STR("time_column"), STR("at"), 17}};
    assert_int_equal(try_open(kit, trade, 5, (OptionList){missing, 1}, &source), STATUS_UNDEFINED_COLUMN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rate, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_type, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names_are_cut_at_characters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_values_in_any_case, setup, teardown),
        cmocka_unit_test_setup_teardown(test_extreme_times, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_options, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
