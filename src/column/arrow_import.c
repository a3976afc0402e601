/* SPDX-License-Identifier: Apache-2.0
 * column/arrow_import.c - foreign record batches into ours.
 *
 * The foreign array is moved into a buffer of the pool, and a second, foreign Buffer (the root)
 * stands for all memory behind it: every array that shares foreign bytes names the root as
 * owner, and the root's last release calls the producer's. Before anything is read, a first pass
 * checks what the interface tells about lengths and buffers, and sums up the bytes to charge.
 *
 * Slots under a NULL hold anything: a check that fails there is no fault. */
#include "base/calendar.h"
#include "column/arrow_priv.h"

/* Up to here a counted buffer around the foreign memory costs more than the bytes. */
enum { COPIED_ROW_COUNT_MAX = 16 };

/* ---- the first pass ---- */

static Status malformed(const ArrowImportColumn *column, const char *what, Error *err) {
    return error_set(err, STATUS_MISUSE, "the Arrow array of column \"%.*s\" has %s", STR_ARGS(column->name),
                     what);
}

/* As many buffers as the kind has, at least. */
static int64_t buffer_count_min(ArrowKind kind) {
    switch (kind) {
        case ARROW_NULL: return 0;
        case ARROW_OFFSETS32:
        case ARROW_OFFSETS64:
        case ARROW_VIEWS: return 3;
        default: return 2;
    }
}

/* Sizes come from outside: a sum that is wild is one that no budget allows, not an overflow. */
static int64_t add_clamped(int64_t a, int64_t b) {
    int64_t sum;
    return b < 0 || __builtin_add_overflow(a, b, &sum) ? INT64_MAX / 4 : sum;
}

static int64_t multiply_clamped(int64_t a, int64_t b) {
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX / 4 : product;
}

/* Offset `index` of a list that may lie at any address. */
static int64_t load_offset(const void *offsets, uint32_t width, int64_t index) {
    int32_t narrow;
    int64_t wide;
    if (width == 4) {
        memcpy(&narrow, (const char *)offsets + 4 * index, 4);
        return narrow;
    }
    memcpy(&wide, (const char *)offsets + 8 * index, 8);
    return wide;
}

/* Bytes of the buffers with the values, as far as the array reaches. */
static int64_t values_size(const ArrowImportColumn *column, const struct ArrowArray *array) {
    int64_t end = array->offset + array->length, size = 0;
    uint32_t offset_width = column->kind == ARROW_OFFSETS32 ? 4 : 8;
    if (array->length == 0) return 0;
    switch (column->kind) {
        case ARROW_OFFSETS32:
        case ARROW_OFFSETS64:
            if (array->buffers[1] == NULL) return 0;
            return add_clamped(load_offset(array->buffers[1], offset_width, end), offset_width * end);
        case ARROW_VIEWS:
            for (int64_t i = 0; array->buffers[array->n_buffers - 1] != NULL && i < array->n_buffers - 3; i++)
                size = add_clamped(size, load_offset(array->buffers[array->n_buffers - 1], 8, i));
            return add_clamped(size, end * (int64_t)column->width);
        default: return multiply_clamped(end, column->width); /* a width may be as large as the format says */
    }
}

/* All that the interface tells of one array and its dictionary, before a byte of its buffers is read; *size grows by their bytes. */
static Status check_array(const ArrowImportColumn *column, const struct ArrowArray *array, int64_t length_min,
                          int64_t *size, Error *err) {
    if (array == NULL || array->release == NULL) return malformed(column, "been released", err);
    if (array->length < 0 || array->offset < 0 || array->length > INT64_MAX / 64 ||
        array->offset > INT64_MAX / 64)
        return malformed(column, "a negative or huge length or offset", err);
    if (array->length < length_min) return malformed(column, "fewer rows than its parent", err);
    if (array->n_buffers < buffer_count_min(column->kind) || (array->n_buffers > 0 && array->buffers == NULL))
        return malformed(column, "too few buffers", err);
    if (array->n_buffers > INT32_MAX) return malformed(column, "too many buffers", err);
    if ((array->dictionary != NULL) != (column->dictionary != NULL))
        return malformed(column, "a dictionary where its schema has none, or none where it has one", err);
    *size = add_clamped(*size, values_size(column, array));
    if (column->dictionary != NULL) return check_array(column->dictionary, array->dictionary, 0, size, err);
    return STATUS_OK;
}

/* ---- validity ---- */

/* True when no bit is cleared. */
static bool is_all_ones(const uint64_t *words, uint32_t count) {
    uint64_t all = ~0ULL;
    for (uint32_t i = 0; i < count / 64; i++) all &= words[i];
    if (count % 64 != 0) all &= words[count / 64] | ~bits_tail_mask(count);
    return all == ~0ULL;
}

/* ANDs a foreign bitmap onto the array's validity. Always copied: a foreign one need not end on a whole word.
 */
static Status import_validity(Frame *frame, const struct ArrowArray *array, int64_t offset, Array *out,
                              Error *err) {
    /* null_count may be -1, "not counted"; 0 is a promise that spares the look. */
    if (array->null_count == 0 || array->n_buffers == 0 || array->buffers[0] == NULL || out->length == 0)
        return STATUS_OK;
    Buffer *owner;
    uint64_t *words = frame_alloc(frame, bits_size(out->length), &owner);
    TRY_ALLOC(words);
    bits_copy(words, array->buffers[0], (size_t)offset, out->length);
    if (out->validity != NULL)
        for (size_t i = 0; i < bits_word_count(out->length); i++) words[i] &= out->validity[i];
    if (is_all_ones(words, out->length)) return STATUS_OK;
    out->validity = words;
    out->validity_owner = owner;
    return STATUS_OK;
}

/* ---- values of fixed width ---- */

static const void *foreign_values(const ArrowImportJob *job) {
    DEBUG_ASSERT(job->array->buffers[1] != NULL);
    return (const char *)job->array->buffers[1] + job->offset * job->column->width;
}

static void *own_values(const ArrowImportJob *job) {
    ASSERT(type_width(job->out->type) > 0);
    void *values =
        frame_alloc(job->frame, job->out->length * type_width(job->out->type), &job->out->values_owner);
    job->out->values = values;
    return values;
}

/* As they are, unless nothing may point to them or their address is one that our loops may not read from. */
static Status share_values(const ArrowImportJob *job, Error *err) {
    ASSERT(job->column->width == type_width(job->out->type)); /* arrow_schema.c's table */
    const void *values = foreign_values(job);
    size_t width = job->column->width;
    /* The interface recommends aligned buffers and does not ask for them; a slice may start anywhere. */
    if (job->root != NULL && (uintptr_t)values % width == 0) {
        job->out->values = values;
        job->out->values_owner = job->root;
        return STATUS_OK;
    }
    void *copy = own_values(job);
    TRY_ALLOC(copy);
    memcpy(copy, values, job->out->length * width);
    return STATUS_OK;
}

static Status import_bits(const ArrowImportJob *job, Error *err) {
    ASSERT(type_layout(job->out->type) == LAYOUT_BIT);
    uint64_t *words = frame_alloc(job->frame, bits_size(job->out->length), &job->out->values_owner);
    TRY_ALLOC(words);
    bits_copy(words, job->array->buffers[1], (size_t)job->offset, job->out->length);
    job->out->values = words;
    return STATUS_OK;
}

/* IEEE 754 binary16, exactly: every half is a float. Exponents are 15 off their value in one, 127 in the other; 31 stands for what is
 * not finite. */
static float half_to_float(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023, bits;
    float value;
    if (exponent == 0) {
        value = (float)fraction * 0x1p-24f; /* subnormal or zero */
        return sign ? -value : value;
    }
    bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
    memcpy(&value, &bits, 4);
    return value;
}

/* Unaligned loads: foreign values may lie anywhere. */
#define CONVERT(name, From, To, expression)                                \
    static Status convert_##name(const ArrowImportJob *job, Error *err) {  \
        const char *at = foreign_values(job);                              \
        To *restrict out = own_values(job);                                \
        TRY_ALLOC(out);                                                    \
        for (uint32_t i = 0; i < job->out->length; i++) {                  \
            From value;                                                    \
            memcpy(&value, at + (size_t)i * sizeof(value), sizeof(value)); \
            out[i] = (expression);                                         \
        }                                                                  \
        return STATUS_OK;                                                  \
    }
CONVERT(i8, int8_t, int16_t, value)
CONVERT(u8, uint8_t, int16_t, value)
CONVERT(u16, uint16_t, int32_t, value)
CONVERT(u32, uint32_t, int64_t, value)
CONVERT(u64, uint64_t, Decimal, value)
CONVERT(f16, uint16_t, float, half_to_float(value))
CONVERT(months, int32_t, Interval, ((Interval){.months = value}))
#undef CONVERT

/* ---- dates and times ---- */

typedef struct TimeRange {
    int64_t min, max;
    bool has_infinity; /* the extreme integers mean it, in a column that is shared as it is */
} TimeRange;

/* What a column of the type may hold; TIME ends with 24:00:00. */
static TimeRange time_range(TypeId id) {
    if (id == TYPE_TIME) return (TimeRange){0, CALENDAR_DAY, false};
    return (TimeRange){CALENDAR_TIMESTAMP_MIN, CALENDAR_TIMESTAMP_MAX, true};
}

static Status time_out_of_range(const ArrowImportJob *job, uint32_t row, Error *err) {
    return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "%s out of range in row %u of column \"%.*s\"",
                     type_name((TypeId)job->out->type.id), row + 1, STR_ARGS(job->column->name));
}

static Status check_dates(const ArrowImportJob *job, Error *err) {
    const int32_t *values = job->out->values;
    uint32_t bad = 0, length = job->out->length;
    for (uint32_t i = 0; i < length; i++)
        bad |= (values[i] < CALENDAR_DATE_MIN) | (values[i] > CALENDAR_DATE_MAX);
    /* Something is odd: NULLs and infinities, which are allowed, are told from what is not only now. */
    for (uint32_t i = 0; bad && i < length; i++)
        if (!calendar_date_is_valid(values[i]) && calendar_date_is_finite(values[i]) &&
            !array_is_null(job->out, i))
            return time_out_of_range(job, i, err);
    return STATUS_OK;
}

/* Negative when the value is outside; also, near the ends of int64, for some inside: then it is looked at
 * again. Subtractions, since plain x86-64 compares no 64-bit lanes. */
static inline uint64_t outside_sign(int64_t value, TimeRange range) {
    return ((uint64_t)value - (uint64_t)range.min) | ((uint64_t)range.max - (uint64_t)value);
}

static Status check_times(const ArrowImportJob *job, Error *err) {
    const int64_t *values = job->out->values;
    TimeRange range = time_range((TypeId)job->out->type.id);
    uint64_t signs = 0;
    for (uint32_t i = 0; i < job->out->length; i++) signs |= outside_sign(values[i], range);
    for (uint32_t i = 0; signs >> 63 && i < job->out->length; i++) {
        if (values[i] >= range.min && values[i] <= range.max) continue;
        if (range.has_infinity && !calendar_timestamp_is_finite(values[i])) continue;
        if (!array_is_null(job->out, i)) return time_out_of_range(job, i, err);
    }
    return STATUS_OK;
}

static inline int64_t floor_divide(int64_t value, int64_t divisor) {
    return value / divisor - (value % divisor < 0);
}

static inline int64_t load_signed(const char *at, uint32_t width, size_t row) {
    int64_t wide;
    int32_t narrow;
    if (width == 8) {
        memcpy(&wide, at + row * 8, 8);
        return wide;
    }
    memcpy(&narrow, at + row * 4, 4);
    return narrow;
}

/* Rounded down, as date_trunc would: 1 ns before midnight stays in its day. */
static void convert_nanoseconds(const ArrowImportJob *job, int64_t *restrict out) {
    const char *at = foreign_values(job);
    for (uint32_t i = 0; i < job->out->length; i++) out[i] = floor_divide(load_signed(at, 8, i), 1000);
}

/* Foreign ticks to microseconds; false at the first row, not NULL, that overflows. */
static bool convert_ticks(const ArrowImportJob *job, int64_t *restrict out, uint32_t *bad_row) {
    const ArrowImportColumn *column = job->column;
    const char *at = foreign_values(job);
    if (column->divide > 1) {
        convert_nanoseconds(job, out);
        return true;
    }
    for (uint32_t i = 0; i < job->out->length; i++)
        if (__builtin_mul_overflow(load_signed(at, column->width, i), column->multiply, &out[i]) &&
            !array_is_null(job->out, i)) {
            *bad_row = i;
            return false;
        }
    return true;
}

static Status import_ticks(const ArrowImportJob *job, Error *err) {
    if (job->column->width == 8 && job->column->multiply == 1 && job->column->divide == 1) {
        TRY(share_values(job, err));
    } else {
        uint32_t bad_row = 0;
        int64_t *values = own_values(job);
        TRY_ALLOC(values);
        if (!convert_ticks(job, values, &bad_row)) return time_out_of_range(job, bad_row, err);
    }
    return check_times(job, err);
}

/* Days are whole by the specification; a producer that has a time in them keeps the day. */
static Status import_date_milliseconds(const ArrowImportJob *job, Error *err) {
    const char *at = foreign_values(job);
    int32_t *days = own_values(job);
    TRY_ALLOC(days);
    for (uint32_t i = 0; i < job->out->length; i++) {
        int64_t day = floor_divide(load_signed(at, 8, i), CALENDAR_DAY / 1000);
        if (!calendar_date_is_valid(day) && !array_is_null(job->out, i))
            return time_out_of_range(job, i, err);
        days[i] = (int32_t)day;
    }
    return STATUS_OK;
}

static Status import_date_days(const ArrowImportJob *job, Error *err) {
    TRY(share_values(job, err));
    return check_dates(job, err);
}

/* The ticks are made where the first half of the intervals will be, and spread out from the end. */
static Status import_duration(const ArrowImportJob *job, Error *err) {
    Interval *intervals = own_values(job);
    uint32_t bad_row = 0;
    TRY_ALLOC(intervals);
    int64_t *ticks = (int64_t *)intervals;
    if (!convert_ticks(job, ticks, &bad_row)) return time_out_of_range(job, bad_row, err);
    STATIC_ASSERT(sizeof(Interval) == 2 * sizeof(int64_t), "tick i is read before interval i / 2 is written");
    for (uint32_t i = job->out->length; i-- > 0;) intervals[i] = (Interval){.microseconds = ticks[i]};
    return STATUS_OK;
}

static Status import_days_milliseconds(const ArrowImportJob *job, Error *err) {
    const char *at = foreign_values(job);
    Interval *out = own_values(job);
    TRY_ALLOC(out);
    for (size_t i = 0; i < job->out->length; i++)
        out[i] = (Interval){.days = (int32_t)load_signed(at, 4, 2 * i),
                            .microseconds = 1000 * load_signed(at, 4, 2 * i + 1)};
    return STATUS_OK;
}

static Status import_month_day_nano(const ArrowImportJob *job, Error *err) {
    const char *at = foreign_values(job);
    Interval *out = own_values(job);
    TRY_ALLOC(out);
    for (size_t i = 0; i < job->out->length; i++) {
        memcpy(&out[i], at + 16 * i, 16);
        out[i].microseconds = floor_divide(out[i].microseconds, 1000);
    }
    return STATUS_OK;
}

/* ---- decimals ---- */

/* False when the value needs more than 128 bits. */
static bool load_decimal(const char *at, uint32_t width, Decimal *out) {
    Decimal low, high;
    if (width < 16) {
        *out = load_signed(at, width, 0);
        return true;
    }
    memcpy(&low, at, 16);
    *out = low;
    if (width == 16) return true;
    memcpy(&high, at + 16, 16);
    return high == (low < 0 ? -1 : 0);
}

static bool convert_decimal(const ArrowImportColumn *column, const char *at, Decimal *out) {
    Decimal value;
    if (!load_decimal(at, column->width, &value)) return false;
    /* A negative scale stands for zeros before the point, a larger one of the type for zeros behind it. */
    int32_t zeros = column->type.scale - column->scale;
    if (zeros > TYPE_PRECISION_MAX && value != 0) return false;
    if (zeros > 0 && value != 0 && __builtin_mul_overflow(value, decimal_power_of_ten(zeros), &value)) return false;
    *out = value;
    return decimal_fits(value, column->type.precision);
}

static Status import_decimals(const ArrowImportJob *job, Error *err) {
    const ArrowImportColumn *column = job->column;
    const char *at = foreign_values(job);
    DEBUG_ASSERT(column->width == 4 || column->width == 8 || column->width == 16 || column->width == 32);
    bool shared = column->width == 16 && column->scale == column->type.scale && (uintptr_t)at % 16 == 0;
    Decimal *out = shared ? NULL : own_values(job), value;
    if (!shared) TRY_ALLOC(out);
    for (uint32_t i = 0; i < job->out->length; i++) {
        value = 0;
        if (!convert_decimal(column, at + (size_t)i * column->width, &value) && !array_is_null(job->out, i))
            return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE,
                             "the decimal in row %u of column \"%.*s\" does not fit numeric(%d,%d)", i + 1,
                             STR_ARGS(column->name), column->type.precision, column->type.scale);
        if (!shared) out[i] = value;
    }
    return shared ? share_values(job, err) : STATUS_OK;
}

/* ---- dispatch ---- */

/* Each kind has one reader; what all need, a buffer of values, is asked for here. */
static Status import_values(const ArrowImportJob *job, Error *err) {
    /* Values of no bytes need no buffer. */
    bool may_be_missing = job->column->kind == ARROW_BYTES && job->column->width == 0;
    if (job->array->buffers[1] == NULL && !may_be_missing)
        return malformed(job->column, "no buffer of values", err);
    switch (job->column->kind) {
        case ARROW_BOOL: return import_bits(job, err);
        case ARROW_I8: return convert_i8(job, err);
        case ARROW_U8: return convert_u8(job, err);
        case ARROW_U16: return convert_u16(job, err);
        case ARROW_U32: return convert_u32(job, err);
        case ARROW_U64: return convert_u64(job, err);
        case ARROW_F16: return convert_f16(job, err);
        case ARROW_I16:
        case ARROW_I32:
        case ARROW_I64:
        case ARROW_F32:
        case ARROW_F64:
        case ARROW_UUID: return share_values(job, err);
        case ARROW_DECIMAL: return import_decimals(job, err);
        case ARROW_DATE_DAYS: return import_date_days(job, err);
        case ARROW_DATE_MILLISECONDS: return import_date_milliseconds(job, err);
        case ARROW_TIME32:
        case ARROW_TIME64:
        case ARROW_TIMESTAMP: return import_ticks(job, err);
        case ARROW_DURATION: return import_duration(job, err);
        case ARROW_MONTHS: return convert_months(job, err);
        case ARROW_DAYS_MILLISECONDS: return import_days_milliseconds(job, err);
        case ARROW_MONTHS_DAYS_NANOSECONDS: return import_month_day_nano(job, err);
        case ARROW_BYTES:
        case ARROW_OFFSETS32:
        case ARROW_OFFSETS64:
        case ARROW_VIEWS: return arrow_import_text(job, err);
        case ARROW_NULL: break;
    }
    return error_set(err, STATUS_INTERNAL, "an Arrow type without import");
}

static Status import_dictionary(const ArrowImportJob *job, Error *err);

/* The rows [from, from + out->length) of `array`; out->type and out->length are set. */
static Status import_array(ArrowImportJob *job, int64_t from, Error *err) {
    const ArrowImportColumn *column = job->column;
    ASSERT(from >= 0 && from <= job->array->length);
    job->offset = job->array->offset + from;
    if (column->kind == ARROW_NULL && column->dictionary == NULL)
        return array_nulls(job->frame, job->out->type, job->out->length, job->out, err);
    if (job->out->length == 0) return array_nulls(job->frame, job->out->type, 0, job->out, err);
    TRY(import_validity(job->frame, job->array, job->offset, job->out, err));
    return column->dictionary != NULL ? import_dictionary(job, err) : import_values(job, err);
}

static uint64_t load_index(const char *at, ArrowKind kind, size_t row) {
    uint64_t value = 0;
    switch (kind) {
        case ARROW_I8: return (uint64_t)((const int8_t *)at)[row];
        case ARROW_U8: return ((const uint8_t *)at)[row];
        case ARROW_I16: memcpy(&value, at + 2 * row, 2); return (uint64_t)(int16_t)value;
        case ARROW_U16: memcpy(&value, at + 2 * row, 2); return value;
        case ARROW_I32: memcpy(&value, at + 4 * row, 4); return (uint64_t)(int32_t)value;
        case ARROW_U32: memcpy(&value, at + 4 * row, 4); return value;
        default: memcpy(&value, at + 8 * row, 8); return value;
    }
}

/* Indices as rows of the dictionary. NULLs get row 0, which gather may read when there is one. */
static Status import_indices(const ArrowImportJob *job, uint32_t dictionary_length, uint32_t *rows,
                             Error *err) {
    const char *at = foreign_values(job);
    for (uint32_t i = 0; i < job->out->length; i++) {
        rows[i] = 0;
        if (array_is_null(job->out, i)) continue;
        uint64_t index = load_index(at, job->column->kind, i);
        if (index >= dictionary_length) return malformed(job->column, "an index outside its dictionary", err);
        rows[i] = (uint32_t)index;
    }
    return STATUS_OK;
}

static Status import_dictionary(const ArrowImportJob *job, Error *err) {
    ASSERT(job->array->dictionary != NULL); /* check_array: a dictionary where the schema has one */
    const struct ArrowArray *values = job->array->dictionary;
    if (job->array->buffers[1] == NULL) return malformed(job->column, "no buffer of indices", err);
    if (values->length > UINT32_MAX) return malformed(job->column, "a huge dictionary", err);
    Array dictionary = {.type = job->out->type, .length = (uint32_t)values->length};
    ArrowImportJob inner = {job->column->dictionary, values, 0, job->frame, job->root, &dictionary};
    TRY(import_array(&inner, 0, err));
    uint32_t *rows = frame_alloc(job->frame, job->out->length * sizeof(*rows), NULL);
    TRY_ALLOC(rows);
    TRY(import_indices(job, dictionary.length, rows, err));
    Array gathered;
    /* Only NULLs can refer to nothing (import_indices), and gather would read row 0. */
    if (dictionary.length == 0)
        return array_nulls(job->frame, job->out->type, job->out->length, job->out, err);
    TRY(array_gather(&dictionary, job->frame, rows, job->out->length, &gathered, err));
    if (job->out->validity != NULL) {
        uint64_t *validity = (uint64_t *)(uintptr_t)job->out->validity; /* ours, made just before */
        if (gathered.validity != NULL)
            for (size_t i = 0; i < bits_word_count(gathered.length); i++) validity[i] &= gathered.validity[i];
        gathered.validity = validity;
        gathered.validity_owner = job->out->validity_owner;
    }
    *job->out = gathered;
    return STATUS_OK;
}

/* A row is NULL where the column says so, and where the batch as a whole does: a struct array may have a bitmap of its own. */
static Status import_column(const ArrowImportColumn *column, Frame *frame, Buffer *root,
                            const struct ArrowArray *parent, uint32_t index, Array *out, Error *err) {
    ASSERT(parent->length <= UINT32_MAX); /* check_batch */
    *out = (Array){.type = column->type, .length = (uint32_t)parent->length};
    ArrowImportJob job = {column, parent->children[index], 0, frame, root, out};
    TRY(import_array(&job, parent->offset, err));
    TRY(import_validity(frame, parent, parent->offset, out, err));
    if (column->not_null && out->validity != NULL && !is_all_ones(out->validity, out->length))
        return error_set(err, STATUS_NOT_NULL_VIOLATION,
                         "NULL in column \"%.*s\", whose Arrow field is not nullable",
                         STR_ARGS(column->name));
    return column->wanted.id == TYPE_UNKNOWN ? STATUS_OK : arrow_widen(column, frame, out, err);
}

/* ---- the whole batch ---- */

static void release_foreign(void *context) {
    struct ArrowArray *array = context;
    array->release(array);
}
STATIC_ASSERT(sizeof(struct ArrowArray) <= BUFFER_CONTEXT_SIZE_MAX, "an array moves behind its buffer");

/* The first pass over all of it: after that the readers need not look at lengths and buffers. */
static Status check_batch(const ArrowImport *import, const struct ArrowArray *array, int64_t *size,
                          Error *err) {
    if (array->length < 0 || array->offset < 0 || array->offset > INT64_MAX / 64)
        return error_set(err, STATUS_MISUSE, "an Arrow record batch has a negative or huge length or offset");
    if (array->length > UINT32_MAX)
        return error_set(err, STATUS_LIMIT, "an Arrow record batch has %lld rows, at most %u are possible",
                         (long long)array->length, UINT32_MAX);
    if (array->n_children != import->schema.count || (array->n_buffers > 0 && array->buffers == NULL))
        return error_set(err, STATUS_MISUSE, "an Arrow record batch has %lld column%s, its schema %u",
                         (long long)array->n_children, array->n_children == 1 ? "" : "s",
                         import->schema.count);
    if (array->n_children > 0 && array->children == NULL)
        return error_set(err, STATUS_MISUSE, "an Arrow record batch without its columns");
    for (uint32_t i = 0; i < import->schema.count; i++)
        TRY(check_array(&import->columns[i], array->children[i], array->offset + array->length, size, err));
    return STATUS_OK;
}

/* Moves the array behind a Buffer that the frame holds; on failure the array is still the caller's. */
static Status adopt_foreign(Frame *frame, const struct ArrowArray *array, int64_t size, Buffer **root,
                            Error *err) {
    ASSERT(size >= 0);
    *root = buffer_wrap(frame->pool, NULL, (size_t)size, release_foreign, array, sizeof(*array));
    return *root == NULL ? error_out_of_memory(err) : STATUS_OK;
}

static Status import_columns(const ArrowImport *import, Frame *frame, Buffer *root, const struct ArrowArray *array,
                             Batch *out, Error *err) {
    uint32_t count = import->schema.count;
    Array *columns = FRAME_ARRAY(frame, Array, count);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < count; i++)
        TRY(import_column(&import->columns[i], frame, root, array, i, &columns[i], err));
    *out = (Batch){.row_count = (uint32_t)array->length, .column_count = count, .columns = columns};
    return STATUS_OK;
}

/* The array stays behind a Buffer that the frame holds, and is shared. */
static Status share_batch(const ArrowImport *import, Frame *frame, struct ArrowArray *array, int64_t size,
                          Batch *out, Error *err) {
    Buffer *root = NULL;
    TRY(adopt_foreign(frame, array, size, &root, err));
    array->release = NULL;
    /* Moved: from here on the root's last release is the producer's, on every way out. */
    TRY(frame_adopt(frame, root, err));
    return import_columns(import, frame, root, root->context, out, err);
}

Status arrow_import_batch(const ArrowImport *import, Frame *frame, struct ArrowArray *array, Batch *out,
                          Error *err) {
    ASSERT(array != NULL && out != NULL);
    if (array->release == NULL)
        return error_set(err, STATUS_MISUSE, "an Arrow record batch was released already");
    int64_t size = 0;
    Status status = check_batch(import, array, &size, err);
    bool is_copied = import->is_plain && array->length <= COPIED_ROW_COUNT_MAX;
    if (status == STATUS_OK)
        status = is_copied ? import_columns(import, frame, NULL, array, out, err)
                           : share_batch(import, frame, array, size, out, err);
    if (array->release != NULL) array->release(array);
    array->release = NULL;
    return status;
}
