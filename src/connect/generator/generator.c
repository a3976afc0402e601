/* SPDX-License-Identifier: Apache-2.0
 * connect/generator/generator.c - made-up rows of any columns.
 *
 * The value of a column in a row is a function of (seed, row number, column) alone, so the rows are the same
 * however they are cut into batches, and the nth can be made without those before it:
 *
 *     draw(seed, row, column) = mix(mix(seed, column) ^ mix(row))  64 random bits; mix: splitmix64 (S. Vigna)
 *
 * Keys are drawn from 0 .. keys - 1; texts are "<column>_<key>". Event time is start + row * step less a draw
 * from 0 .. disorder. */
#include "base/calendar.h"
#include "base/number.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "column/builder.h"
#include "connect/connector_priv.h"

#define NS_PER_SECOND   1e9
#define NS_PER_MS       INT64_C(1000000)
#define KEYS_DEFAULT    INT64_C(1000)
#define STEP_DEFAULT_US INT64_C(1000)
/* A row in eleven days; one a nanosecond. Both ways, centuries of rows can be counted. */
#define RATE_MIN 1e-6
#define RATE_MAX 1e9

enum {
    KEY_PREFIX_SIZE_MAX = 64, /* bytes of a column's name in its texts */
    DATE_COUNT = 36525,       /* dates lie within a century */
};

/* How to make one column's values. min, max, keys and nulls have been checked. */
typedef struct GeneratorColumn {
    Type type;
    uint64_t seed;
    Str name;
    bool is_time; /* event time */
    bool is_sequence;
    bool has_range;
    double min, max;
    int64_t keys;
    double nulls;
} GeneratorColumn;

typedef struct Generator {
    Source base;
    Arena arena;
    GeneratorColumn *columns;
    uint32_t column_count;
    int64_t row_count;      /* -1: no end */
    int64_t row;            /* the next */
    double rows_per_second; /* 0: as fast as they are read */
    int64_t opened_ns;
    int64_t start_us, step_us, disorder_us;
} Generator;

/* ---- options ---- */

/* The option "fields.<column>.<name>". */
static const Option *field_option(OptionList options, Str column, const char *name) {
    for (uint32_t i = 0; i < options.count; i++) {
        Str key = options.items[i].key, prefix = STR("fields."), suffix = str_from_c(name);
        if (key.size != prefix.size + column.size + 1 + suffix.size) continue;
        if (!str_equal_ignore_case(str_from(key.data, prefix.size), prefix)) continue;
        if (!str_equal_ignore_case(str_from(key.data + prefix.size, column.size), column)) continue;
        if (key.data[prefix.size + column.size] != '.') continue;
        if (str_equal_ignore_case(str_from(key.data + key.size - suffix.size, suffix.size), suffix))
            return &options.items[i];
    }
    return NULL;
}

/* Any column's option of that name ("fields.x.keys"), or the one of all columns ("keys"). */
static bool is_option_of_any(Str key, const char *name) {
    Str word = str_from_c(name);
    if (key.size < word.size) return false;
    size_t before = key.size - word.size;
    if (!str_equal_ignore_case(str_from(key.data + before, word.size), word)) return false;
    return before == 0 || key.data[before - 1] == '.';
}

static bool is_share(double value) {
    return value >= 0 && value <= 1;
}

static Status check_share(OptionList options, Error *err) {
    for (uint32_t i = 0; i < options.count; i++) {
        const Option *option = &options.items[i];
        double value;
        bool is_nulls = is_option_of_any(option->key, "nulls");
        if (!is_nulls || (number_parse_double(option->value, &value) == NUMBER_OK && is_share(value)))
            continue;
        return error_set_at(err, STATUS_INVALID_OPTION, option->position,
                            "option \"%.*s\" must be between 0 and 1", STR_ARGS(option->key));
    }
    return STATUS_OK;
}

static Status generator_check(const OptionTable *table, OptionList options, Error *err) {
    double rate = 1;
    if (option_double(table, options, "rows_per_second", &rate) && !(rate >= RATE_MIN && rate <= RATE_MAX))
        return error_set_at(err, STATUS_INVALID_OPTION,
                            option_find(options, STR("rows_per_second"))->position,
                            "option \"rows_per_second\" must be between 0.000001 and 1000000000");
    for (uint32_t i = 0; i < options.count; i++) {
        Str key = options.items[i].key;
        int64_t keys;
        if (!is_option_of_any(key, "keys")) continue;
        if (number_parse_i64(options.items[i].value, &keys) == NUMBER_OK && keys > 0) continue;
        return error_set_at(err, STATUS_INVALID_OPTION, options.items[i].position,
                            "option \"%.*s\" must be greater than 0", STR_ARGS(key));
    }
    return check_share(options, err);
}

static bool generator_has_present(const OptionTable *table, OptionList options) {
    return false;
}

static Status generator_note_present(Source *source, Error *err) {
    ASSERT(!"generator_has_present is false");
    return STATUS_OK;
}

static bool generator_is_bounded(const OptionTable *table, OptionList options) {
    (void)table;
    return option_find(options, STR("rows")) != NULL;
}

/* ---- open ---- */

static uint64_t mix(uint64_t value) {
    value += 0x9E3779B97F4A7C15;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
    value = (value ^ value >> 27) * 0x94D049BB133111EB;
    return value ^ value >> 31;
}

static void read_column_options(GeneratorColumn *column, OptionList options) {
    const Option *keys = field_option(options, column->name, "keys");
    const Option *min = field_option(options, column->name, "min"),
                 *max = field_option(options, column->name, "max");
    const Option *nulls = field_option(options, column->name, "nulls");
    const Option *kind = field_option(options, column->name, "kind");
    bool good = true;
    if (keys != NULL) good &= number_parse_i64(keys->value, &column->keys) == NUMBER_OK;
    if (min != NULL) good &= number_parse_double(min->value, &column->min) == NUMBER_OK;
    if (max != NULL) good &= number_parse_double(max->value, &column->max) == NUMBER_OK;
    if (nulls != NULL) good &= number_parse_double(nulls->value, &column->nulls) == NUMBER_OK;
    ASSERT(good); /* connector_check has passed them */
    ASSERT(column->keys > 0);
    ASSERT(is_share(column->nulls));
    column->has_range = min != NULL || max != NULL;
    column->is_sequence = kind != NULL && str_equal_ignore_case(kind->value, STR("sequence"));
}

/* Every "fields.x.y" names a column. */
static Status check_fields(const Generator *source, OptionList options, Error *err) {
    for (uint32_t i = 0; i < options.count; i++) {
        const Option *option = &options.items[i];
        if (option->key.size < 7 || !str_equal_ignore_case(str_from(option->key.data, 7), STR("fields.")))
            continue;
        size_t dot = option->key.size;
        while (option->key.data[dot - 1] != '.') dot--;
        Str name = str_from(option->key.data + 7, dot - 8);
        bool found = false;
        for (uint32_t c = 0; c < source->column_count; c++)
            found |= str_equal_ignore_case(source->columns[c].name, name);
        if (!found)
            return error_set_at(err, STATUS_UNDEFINED_COLUMN, option->position,
                                "there is no column \"%.*s\" for option \"%.*s\"", STR_ARGS(name),
                                STR_ARGS(option->key));
    }
    return STATUS_OK;
}

static Status check_range(const GeneratorColumn *column, OptionList options, Error *err) {
    if (!column->has_range) return STATUS_OK;
    const Option *min = field_option(options, column->name, "min"),
                 *max = field_option(options, column->name, "max");
    int64_t position = (max != NULL ? max : min)->position;
    if (!type_is_number(column->type))
        return error_set_at(err, STATUS_INVALID_OPTION, position,
                            "min and max are for numbers, column \"%.*s\" is %s", STR_ARGS(column->name),
                            type_name((TypeId)column->type.id));
    double limit = column->type.id == TYPE_SMALLINT  ? INT16_MAX
                   : column->type.id == TYPE_INTEGER ? INT32_MAX
                                                     : 9e15;
    bool is_integer = type_is_integer(column->type);
    if (column->min > column->max || (is_integer && (column->min < -limit || column->max > limit)))
        return error_set_at(err, STATUS_INVALID_OPTION, position,
                            "min and max of column \"%.*s\" are not a range of its type",
                            STR_ARGS(column->name));
    return STATUS_OK;
}

/* More keys than the type has values would wrap into negative ones. */
static int64_t keys_max(Type type) {
    return type.id == TYPE_SMALLINT ? INT16_MAX : type.id == TYPE_INTEGER ? INT32_MAX : INT64_MAX;
}

static Status init_columns(Generator *source, const SourceConfig *config, Error *err) {
    OptionTable table = connector_options(config->connector, CONNECTOR_SOURCE);
    int64_t keys = KEYS_DEFAULT, seed = 1;
    double nulls = 0;
    (void)option_i64(&table, config->options, "keys", &keys);
    (void)option_i64(&table, config->options, "seed", &seed);
    (void)option_double(&table, config->options, "nulls", &nulls);
    Schema schema = schema_copy(&source->arena, config->schema);
    source->column_count = schema.count;
    source->columns = ARENA_ARRAY(&source->arena, GeneratorColumn, schema.count);
    TRY_ALLOC(source->columns);
    if (schema.count > 0) TRY_ALLOC(schema.fields);
    for (uint32_t i = 0; i < schema.count; i++) {
        GeneratorColumn *column = &source->columns[i];
        const Field *field = &schema.fields[i];
        if (type_layout(field->type) == LAYOUT_NESTED || field->type.id == TYPE_JSONB)
            return error_set(err, STATUS_NOT_SUPPORTED,
                             "column \"%.*s\": values of type %s are not supported yet",
                             STR_ARGS(field->name), type_name((TypeId)field->type.id));
        *column = (GeneratorColumn){.type = field->type, .name = field->name, .max = 100, .keys = keys};
        column->nulls = field->not_null ? 0 : nulls;
        column->seed = mix(mix((uint64_t)seed) ^ i);
        read_column_options(column, config->options);
        if (column->keys > keys_max(field->type)) column->keys = keys_max(field->type);
        TRY(check_range(column, config->options, err));
    }
    return check_fields(source, config->options, err);
}

static Status find_time_column(Generator *source, const SourceConfig *config, Error *err) {
    const Option *option = option_find(config->options, STR("time_column"));
    for (uint32_t i = 0; i < source->column_count; i++) {
        GeneratorColumn *column = &source->columns[i];
        bool is_named = option != NULL && str_equal_ignore_case(column->name, option->value);
        if (is_named && !type_is_timestamp(column->type))
            return error_set_at(err, STATUS_DATATYPE_MISMATCH, option->position,
                                "column \"%.*s\" is not a timestamp", STR_ARGS(column->name));
        if (!is_named && (option != NULL || !type_is_timestamp(column->type))) continue;
        column->is_time = true;
        column->nulls = 0;
        return STATUS_OK;
    }
    if (option == NULL) return STATUS_OK;
    return error_set_at(err, STATUS_UNDEFINED_COLUMN, option->position, "there is no column \"%.*s\"",
                        STR_ARGS(option->value));
}

static void read_options(Generator *source, const SourceConfig *config) {
    OptionTable table = connector_options(config->connector, CONNECTOR_SOURCE);
    OptionList options = config->options;
    source->row_count = -1;
    (void)option_i64(&table, options, "rows", &source->row_count);
    (void)option_double(&table, options, "rows_per_second", &source->rows_per_second);
    source->step_us = STEP_DEFAULT_US;
    if (source->rows_per_second > 0) source->step_us = (int64_t)(1e6 / source->rows_per_second);
    (void)option_duration_us(&table, options, "step", &source->step_us);
    (void)option_duration_us(&table, options, "disorder", &source->disorder_us);
    if (source->disorder_us == INT64_MAX) source->disorder_us--; /* event_time draws from one more */
    (void)option_timestamp(&table, options, "start", io_clock_us(source->base.io), &source->start_us);
    source->opened_ns = io_clock_monotonic_ns(source->base.io);
}

static void generator_close(Source *base) {
    Generator *source = (Generator *)base;
    arena_deinit(&source->arena);
    memory_free(base->memory, source, sizeof(*source));
}

static Status generator_open(const SourceConfig *config, Source **out, Error *err) {
    Generator *source = memory_alloc_zeroed(config->memory, sizeof(*source));
    TRY_ALLOC(source);
    source_init(&source->base, config);
    arena_init(&source->arena, config->memory);
    read_options(source, config);
    Status status = init_columns(source, config, err);
    if (status == STATUS_OK) status = find_time_column(source, config, err);
    if (status != STATUS_OK) {
        generator_close(&source->base);
        return status;
    }
    *out = &source->base;
    return STATUS_OK;
}

/* Opening takes nothing from outside. */
static Status generator_check_columns(const SourceConfig *config, Error *err) {
    Source *source;
    TRY(generator_open(config, &source, err));
    generator_close(source);
    return STATUS_OK;
}

/* ---- values ---- */

static uint64_t draw(const GeneratorColumn *column, int64_t row) {
    DEBUG_ASSERT(row >= 0);
    return mix(column->seed ^ mix((uint64_t)row));
}

/* 0 .. count - 1 */
static int64_t draw_below(uint64_t bits, int64_t count) {
    DEBUG_ASSERT(count > 0);
    /* The high half of the product: uniform but for a bias of at most count / 2^64, without a division. */
    return (int64_t)((unsigned __int128)bits * (uint64_t)count >> 64);
}

static double draw_share(uint64_t bits) {
    return (double)(bits >> 11) * 0x1p-53;
}

static int64_t draw_key(const GeneratorColumn *column, int64_t row) {
    return column->is_sequence ? row : draw_below(draw(column, row), column->keys);
}

static int64_t draw_integer(const GeneratorColumn *column, int64_t row) {
    if (!column->has_range || column->is_sequence) return draw_key(column, row);
    int64_t low = (int64_t)column->min, high = (int64_t)column->max;
    DEBUG_ASSERT(low <= high); /* check_range */
    return low + draw_below(draw(column, row), high - low + 1);
}

/* Two digits after the point, as prices have. */
static double draw_number(const GeneratorColumn *column, int64_t row) {
    if (column->is_sequence) return (double)row;
    double value = column->min + draw_share(draw(column, row)) * (column->max - column->min);
    /* Down, so that the greatest value is not passed; the least may be, by rounding. */
    double cents = __builtin_floor(value * 100) / 100;
    return cents < column->min ? column->min : cents;
}

/* Saturates at the last timestamp there is. */
static int64_t event_time(const Generator *source, const GeneratorColumn *column, int64_t row) {
    int64_t time;
    if (__builtin_mul_overflow(row, source->step_us, &time) ||
        __builtin_add_overflow(time, source->start_us, &time) || time > CALENDAR_TIMESTAMP_MAX)
        return CALENDAR_TIMESTAMP_MAX;
    int64_t late = source->disorder_us > 0 ? draw_below(draw(column, row), source->disorder_us + 1) : 0;
    if (__builtin_sub_overflow(time, late, &time)) return CALENDAR_TIMESTAMP_MIN;
    return time < CALENDAR_TIMESTAMP_MIN ? CALENDAR_TIMESTAMP_MIN : time;
}

static int64_t draw_timestamp(const Generator *source, const GeneratorColumn *column, int64_t row) {
    if (column->is_time) return event_time(source, column, row);
    int64_t after = draw_key(column, row) % (DATE_COUNT * INT64_C(86400)) * CALENDAR_SECOND;
    int64_t time;
    bool is_late = __builtin_add_overflow(source->start_us, after, &time) || time > CALENDAR_TIMESTAMP_MAX;
    return is_late ? CALENDAR_TIMESTAMP_MAX : time;
}

static void append_text(ArrayBuilder *builder, const GeneratorColumn *column, int64_t row) {
    char room[KEY_PREFIX_SIZE_MAX + NUMBER_I64_SIZE_MAX + 1]; /* prefix, _ and digits */
    Str prefix = column->name;
    if (prefix.size > KEY_PREFIX_SIZE_MAX)
        prefix.size = utf8_valid_size(str_from(prefix.data, KEY_PREFIX_SIZE_MAX));
    memcpy(room, prefix.data, prefix.size);
    room[prefix.size] = '_';
    size_t size = prefix.size + 1;
    size += number_write_i64(room + size, draw_key(column, row));
    bool is_limited = column->type.id == TYPE_VARCHAR && column->type.length > 0;
    size_t length = utf8_length(str_from(room, size)),
           length_max = is_limited ? (size_t)column->type.length : length;
    /* The digits tell keys apart: a short column keeps those. */
    size_t cut = length > length_max ? utf8_offset(str_from(room, size), length - length_max) : 0;
    array_builder_text(builder, str_from(room + cut, size - cut));
}

static Decimal draw_decimal(const GeneratorColumn *column, int64_t row) {
    Decimal value;
    Type type = column->type;
    int precision = type.precision == 0 ? TYPE_PRECISION_MAX : type.precision;
    if (decimal_from_double(draw_number(column, row), type.scale, &value) == NUMBER_OK &&
        decimal_fits(value, precision))
        return value;
    return decimal_power_of_ten(precision) - 1;
}

static Uuid draw_uuid(const GeneratorColumn *column, int64_t row) {
    uint8_t bytes[16];
    /* Of the key, not of the row: equal keys have equal UUIDs, so that groups and joins meet them again. */
    uint64_t key = (uint64_t)draw_key(column, row), high = mix(column->seed ^ key), low = mix(high);
    memcpy(bytes, &high, 8);
    memcpy(bytes + 8, &low, 8);
    return uuid_from_random(bytes);
}

static void append_value(const Generator *source, const GeneratorColumn *column, ArrayBuilder *builder,
                         int64_t row) {
    switch ((TypeId)column->type.id) {
        case TYPE_BOOLEAN: array_builder_bool(builder, draw(column, row) >> 63); return;
        case TYPE_SMALLINT: array_builder_i16(builder, (int16_t)draw_integer(column, row)); return;
        case TYPE_INTEGER: array_builder_i32(builder, (int32_t)draw_integer(column, row)); return;
        case TYPE_BIGINT: array_builder_i64(builder, draw_integer(column, row)); return;
        case TYPE_REAL: array_builder_f32(builder, (float)draw_number(column, row)); return;
        case TYPE_DOUBLE: array_builder_f64(builder, draw_number(column, row)); return;
        case TYPE_NUMERIC: array_builder_decimal(builder, draw_decimal(column, row)); return;
        case TYPE_UNKNOWN:
        case TYPE_TEXT:
        case TYPE_VARCHAR:
        case TYPE_BYTEA: append_text(builder, column, row); return;
        case TYPE_DATE:
            array_builder_i32(builder, calendar_timestamp_to_date(source->start_us) +
                                           (int32_t)(draw_key(column, row) % DATE_COUNT));
            return;
        case TYPE_TIME:
            array_builder_i64(builder, draw_below(draw(column, row), 86400) * CALENDAR_SECOND);
            return;
        case TYPE_TIMESTAMP:
        case TYPE_TIMESTAMPTZ: array_builder_i64(builder, draw_timestamp(source, column, row)); return;
        case TYPE_INTERVAL:
            array_builder_interval(
                builder, (Interval){.microseconds = draw_below(draw(column, row), 86400) * CALENDAR_SECOND});
            return;
        case TYPE_UUID: {
            Uuid uuid = draw_uuid(column, row);
            array_builder_bytes16(builder, &uuid);
            return;
        }
        case TYPE_JSONB:
        case TYPE_ARRAY:
        case TYPE_ROW:
        case TYPE_MAP:
        case TYPE_COUNT: break;
    }
    ASSERT(!"no values of JSON and nested types yet");
}

/* ---- reading ---- */

/* The plain cases column by column without a switch per row; the rest through append_value. */
static void fill_column(const Generator *source, const GeneratorColumn *column, ArrayBuilder *builder,
                        uint32_t count) {
    GeneratorColumn nulls = {.seed = mix(column->seed)};
    bool is_time = column->is_time && column->nulls == 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t row = source->row + i;
        if (is_time)
            array_builder_i64(builder, event_time(source, column, row));
        else if (column->nulls > 0 && draw_share(draw(&nulls, row)) < column->nulls)
            array_builder_null(builder);
        else
            append_value(source, column, builder, row);
    }
}

static Status make_batch(Generator *source, Frame *frame, uint32_t count, Batch *batch, Error *err) {
    ASSERT(source->row >= 0);
    ASSERT(count > 0);
    if (source->row_count >= 0) ASSERT(count <= source->row_count - source->row);
    Array *arrays = FRAME_ARRAY(frame, Array, source->column_count);
    TRY_ALLOC(arrays);
    for (uint32_t c = 0; c < source->column_count; c++) {
        ArrayBuilder builder;
        TRY(array_builder_init(&builder, frame, source->columns[c].type, count, err));
        fill_column(source, &source->columns[c], &builder, count);
        TRY(array_builder_finish(&builder, &arrays[c], err));
    }
    Buffer *owner;
    int64_t *positions = frame_alloc(frame, count * sizeof(*positions), &owner);
    TRY_ALLOC(positions);
    for (uint32_t i = 0; i < count; i++) positions[i] = source->row + i + 1;
    *batch = (Batch){.row_count = count, .column_count = source->column_count, .columns = arrays};
    batch->meta[META_POSITION] = positions;
    batch->meta_owner[META_POSITION] = owner;
    source->row += count;
    return STATUS_OK;
}

/* Rows that may be made by now, and when the next one may. */
static int64_t rows_due(const Generator *source, int64_t *next_ns) {
    int64_t left = source->row_count < 0 ? INT64_MAX : source->row_count - source->row;
    *next_ns = INT64_MAX;
    if (source->rows_per_second == 0 || left == 0) return left;
    int64_t elapsed = io_clock_monotonic_ns(source->base.io) - source->opened_ns;
    int64_t due = (int64_t)((double)elapsed / NS_PER_SECOND * source->rows_per_second) - source->row;
    *next_ns = source->opened_ns +
               (int64_t)((double)(source->row + 1) / source->rows_per_second * NS_PER_SECOND) + 1;
    return due < 0 ? 0 : due < left ? due : left;
}

/* Sleeps until a row is due, at most `timeout_ns`. */
static Status sleep_until(Generator *source, int64_t next_ns, int64_t timeout_ns, Error *err) {
    int64_t rest = next_ns - io_clock_monotonic_ns(source->base.io);
    if (timeout_ns >= 0 && timeout_ns < rest) rest = timeout_ns;
    if (rest <= 0) return STATUS_OK;
    int64_t ms = (rest + NS_PER_MS - 1) / NS_PER_MS;
    return io_poll(source->base.io, NULL, 0, ms > INT32_MAX ? INT32_MAX : (int)ms, err);
}

static Status generator_read(Source *base, Frame *frame, uint32_t row_count_max, int64_t timeout_ns,
                             SourceRead *out, Error *err) {
    Generator *source = (Generator *)base;
    int64_t next_ns, due = rows_due(source, &next_ns);
    out->partition_name = STR("generator");
    if (due == 0 && timeout_ns != 0 && source->row != source->row_count) {
        TRY(sleep_until(source, next_ns, timeout_ns, err));
        due = rows_due(source, &next_ns);
    }
    ASSERT(due >= 0);
    uint32_t count = due < row_count_max ? (uint32_t)due : row_count_max;
    if (count > 0) TRY(make_batch(source, frame, count, &out->batch, err));
    out->partition_ended = source->row == source->row_count;
    out->state = out->partition_ended ? SOURCE_ENDED : count > 0 ? SOURCE_MORE : SOURCE_WAITING;
    if (out->state == SOURCE_WAITING) out->wait_until_ns = next_ns;
    return STATUS_OK;
}

static Str generator_partition_name(const Source *source, uint32_t partition) {
    ASSERT(partition == 0);
    return STR("generator");
}

static uint32_t generator_partition_count(const Source *source) {
    (void)source;
    return 1;
}

const SourceCalls generator_source_calls = {
    .check = generator_check,
    .is_bounded = generator_is_bounded,
    .has_present = generator_has_present,
    .check_columns = generator_check_columns,
    .open = generator_open,
    .read = generator_read,
    .note_present = generator_note_present,
    .partition_count = generator_partition_count,
    .partition_name = generator_partition_name,
    .close = generator_close,
};
