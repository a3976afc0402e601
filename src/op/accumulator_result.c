/* SPDX-License-Identifier: Apache-2.0
 * op/accumulator_result.c - giving out: what is kept of a group becomes a value, or the reason why there is none.
 *
 * Sums are rounded here and nowhere before, and whether one overflows is found here alone: in the middle of an epoch it may. */
#include "op/accumulator.h"

#include "op/accumulator_priv.h"

/* Weight of the rows that count, of one group. */
static int64_t group_count(const Accumulator *accumulator, const void *value) {
    return accumulator->counts ? *(const int64_t *)((const char *)value + accumulator->offset)
                               : *(const int64_t *)value;
}

static const RowError OVERFLOW_BIGINT = {STATUS_NUMERIC_OUT_OF_RANGE, {"bigint out of range", 19}, SQL_SPAN_NONE};
static const RowError OVERFLOW_NUMERIC = {
    STATUS_NUMERIC_OUT_OF_RANGE, {"value overflows numeric format", 30}, SQL_SPAN_NONE};
static const RowError OVERFLOW_REAL = {STATUS_NUMERIC_OUT_OF_RANGE, {"value out of range: overflow", 28}, SQL_SPAN_NONE};
static const RowError OVERFLOW_INTERVAL = {STATUS_DATETIME_OUT_OF_RANGE, {"interval out of range", 21}, SQL_SPAN_NONE};

/* The sum of exact numbers, whichever way it is kept. */
static void wide_of(const Accumulator *accumulator, const void *at, Wide *out) {
    if (accumulator->kind == ACCUMULATE_WIDE) {
        *out = *(const Wide *)at;
        return;
    }
    *out = (Wide){{0}};
    wide_add(out, sum128_get(at));
}

static ExactSum exact_pair(const ExactSum *sum) {
    return exact_sum_is_promoted(sum)
               ? exact_wide_pair((const ExactSumWide *)(uintptr_t)exact_sum_handle(sum))
               : *sum;
}

/* No NaN and no infinity came in. */
static bool exact_is_finite(const ExactSum *sum) {
    return !exact_sum_is_promoted(sum) ||
           exact_wide_is_finite((const ExactSumWide *)(uintptr_t)exact_sum_handle(sum));
}

/* Finite input whose sum is infinite has overflowed; infinities that came in have not. */
static bool exact_overflowed(const ExactSum *sum, double result) {
    if (result - result == 0 || !exact_sum_is_promoted(sum))
        return result - result != 0 && !exact_sum_is_promoted(sum);
    return exact_wide_is_finite((const ExactSumWide *)(uintptr_t)exact_sum_handle(sum));
}

/* PostgreSQL's types: SUM of SMALLINT and INTEGER is a BIGINT, of BIGINT a NUMERIC. */
static const RowError *result_sum128(const Accumulator *accumulator, __int128 sum, ArrayBuilder *builder) {
    if (accumulator->aggregate.result.id == TYPE_BIGINT) {
        if (sum != (int64_t)sum) return &OVERFLOW_BIGINT;
        array_builder_i64(builder, (int64_t)sum);
    } else {
        if (!decimal_fits(sum, DECIMAL_DIGIT_COUNT_MAX)) return &OVERFLOW_NUMERIC;
        array_builder_decimal(builder, sum);
    }
    return NULL;
}

/* SUM and AVG of exact numbers. Returns NULL or what went wrong. */
static const RowError *result_exact_number(const Accumulator *accumulator, const void *at, int64_t count,
                                           ArrayBuilder *builder) {
    bool average = accumulator->aggregate.kind == AGGREGATE_AVG;
    if (!average && accumulator->kind == ACCUMULATE_SUM)
        return result_sum128(accumulator, sum128_get(at), builder);
    Wide wide;
    wide_of(accumulator, at, &wide);
    Decimal decimal;
    int scale =
        accumulator->aggregate.argument.id == TYPE_NUMERIC ? accumulator->aggregate.argument.scale : 0;
    bool fits = average ? wide_divide(&wide, count, accumulator->aggregate.result.scale - scale, &decimal)
                        : wide_to_decimal(&wide, &decimal);
    if (!fits) return &OVERFLOW_NUMERIC;
    array_builder_decimal(builder, decimal);
    return NULL;
}

/* Overflow is that of the sum, also for an average: avg of twice the largest double fails, as in PostgreSQL. */
static const RowError *result_double(const Accumulator *accumulator, const ExactSum *sum, int64_t count,
                                     ArrayBuilder *builder) {
    bool promoted = exact_sum_is_promoted(sum);
    const ExactSumWide *wide = promoted ? (const ExactSumWide *)(uintptr_t)exact_sum_handle(sum) : NULL;
    double result;
    if (accumulator->aggregate.kind == AGGREGATE_AVG) {
        ExactSum pair = exact_pair(sum);
        result = pair.hi - pair.hi != 0 ? pair.hi : exact_average(&pair, count);
    } else {
        result = promoted ? exact_wide_value(wide) : exact_sum_value(sum);
    }
    if (exact_overflowed(sum, result)) return &OVERFLOW_REAL;
    if (accumulator->aggregate.result.id == TYPE_REAL) {
        float narrow = (float)result;
        if (narrow - narrow != 0 && result - result == 0) return &OVERFLOW_REAL;
        array_builder_f32(builder, narrow);
    } else {
        array_builder_f64(builder, result);
    }
    return NULL;
}

/* Each part has to fit by itself, as in PostgreSQL: days too many are not carried into months. */
static const RowError *result_interval(const Accumulator *accumulator, const IntervalSum *sum, int64_t count,
                                       ArrayBuilder *builder) {
    __int128 microseconds = sum128_get(&sum->microseconds);
    bool fits = sum->months >= INT32_MIN && sum->months <= INT32_MAX && sum->days >= INT32_MIN &&
                sum->days <= INT32_MAX && microseconds >= INT64_MIN && microseconds <= INT64_MAX;
    if (!fits) return &OVERFLOW_INTERVAL;
    Interval interval = {(int32_t)sum->months, (int32_t)sum->days, (int64_t)microseconds};
    if (accumulator->aggregate.kind == AGGREGATE_AVG && !interval_divide(interval, (double)count, &interval))
        return &OVERFLOW_INTERVAL;
    array_builder_interval(builder, interval);
    return NULL;
}

/* The spread of `count` values; a sample of one has none: NULL, as in PostgreSQL. */
static const RowError *result_spread(const Accumulator *accumulator, const void *at, int64_t count,
                                     ArrayBuilder *builder) {
    ASSERT(count > 0);
    AggregateKind kind = accumulator->aggregate.kind;
    bool sample = kind == AGGREGATE_VAR_SAMP || kind == AGGREGATE_STDDEV_SAMP;
    bool root = kind == AGGREGATE_STDDEV_SAMP || kind == AGGREGATE_STDDEV_POP;
    if (sample && count < 2) {
        array_builder_null(builder);
        return NULL;
    }
    if (accumulator->kind == ACCUMULATE_EXACT_MOMENTS) {
        const ExactMomentSums *sums = at;
        ExactMoments moments = {count, exact_pair(&sums->sum), exact_pair(&sums->sum_squares)};
        double spread = root ? exact_stddev(&moments, sample) : exact_variance(&moments, sample);
        if (spread - spread != 0 && exact_is_finite(&sums->sum)) return &OVERFLOW_REAL;
        array_builder_f64(builder, spread);
        return NULL;
    }
    const MomentSums *sums = at;
    Type argument = accumulator->aggregate.argument;
    WideMoments moments = {sums->sum, sums->sum_squares, count,
                           argument.id == TYPE_NUMERIC ? argument.scale : 0};
    int scale = accumulator->aggregate.result.scale;
    Decimal decimal;
    bool fits = root ? wide_stddev(&moments, sample, scale, &decimal)
                     : wide_variance(&moments, sample, scale, &decimal);
    if (!fits) return &OVERFLOW_NUMERIC;
    array_builder_decimal(builder, decimal);
    return NULL;
}

static void result_true(const Accumulator *accumulator, int64_t true_count, int64_t count,
                        ArrayBuilder *builder) {
    DEBUG_ASSERT(true_count <= count);
    bool all = accumulator->aggregate.kind == AGGREGATE_BOOL_AND;
    array_builder_bool(builder, all ? true_count == count : true_count > 0);
}

/* BIT_AND kept the bits that were not set: undone here. Bits above the type's width fall off. */
static void result_bits(const Accumulator *accumulator, const void *at, ArrayBuilder *builder) {
    uint64_t bits = 0;
    if (accumulator->kind == ACCUMULATE_BITS)
        bits = *(const uint64_t *)at;
    else
        for (uint32_t i = 0; i < accumulator_bit_count(accumulator); i++)
            bits |= (uint64_t)(((const int64_t *)at)[i] > 0) << i;
    if (accumulator->aggregate.kind == AGGREGATE_BIT_AND) bits = ~bits;
    switch (accumulator_bit_count(accumulator)) {
        case 16: array_builder_i16(builder, (int16_t)bits); break;
        case 32: array_builder_i32(builder, (int32_t)bits); break;
        default: array_builder_i64(builder, (int64_t)bits); break;
    }
}

/* Of a group that has rows, count > 0. On an error nothing has been added to the builder. */
static const RowError *result_one(const Accumulator *accumulator, const void *value, int64_t count,
                                  ArrayBuilder *builder) {
    DEBUG_ASSERT(count > 0); /* averages divide by it */
    const void *at = accumulator_slot(accumulator, value);
    switch (accumulator->kind) {
        case ACCUMULATE_SUM:
        case ACCUMULATE_WIDE: return result_exact_number(accumulator, at, count, builder);
        case ACCUMULATE_EXACT: return result_double(accumulator, at, count, builder);
        case ACCUMULATE_INTERVAL: return result_interval(accumulator, at, count, builder);
        case ACCUMULATE_MOMENTS:
        case ACCUMULATE_EXACT_MOMENTS: return result_spread(accumulator, at, count, builder);
        case ACCUMULATE_TRUE: result_true(accumulator, *(const int64_t *)at, count, builder); return NULL;
        case ACCUMULATE_BITS:
        case ACCUMULATE_BIT_COUNTS: result_bits(accumulator, at, builder); return NULL;
        case ACCUMULATE_ROWS:
        case ACCUMULATE_COUNT:
        case ACCUMULATE_EXTREME:
        case ACCUMULATE_POSITION:
        case ACCUMULATE_ROW:
        case ACCUMULATE_NONE: break;
    }
    ASSERT(!"handled elsewhere");
    return NULL;
}

/* Never NULL and never an error: a count that is below zero is found by the owner, who has the row weight. */
static Status result_counts(const Accumulator *accumulator, const void *const *values, uint32_t count,
                            Frame *frame, Array *out, Error *err) {
    *out = (Array){.type = type_of(TYPE_BIGINT), .length = count};
    int64_t *counts = frame_alloc(frame, count * sizeof(*counts), &out->values_owner);
    TRY_ALLOC(counts);
    for (uint32_t i = 0; i < count; i++) counts[i] = group_count(accumulator, values[i]);
    out->values = counts;
    return STATUS_OK;
}

/* EXTREME, POSITION and ROW: the (last) cell, NULL where nothing is held. */
static Status result_cells(const Accumulator *accumulator, const AccumulatorStore *store,
                           const void *const *values, uint32_t count, Frame *frame, Array *out, Error *err) {
    const void **cells = FRAME_ARRAY(frame, const void *, count);
    TRY_ALLOC(cells);
    ASSERT(accumulator->cell.count > 0);
    uint32_t column = accumulator->cell.count - 1;
    void *empty = ARENA_ARRAY(&frame->arena, char, accumulator->cell.size);
    TRY_ALLOC(empty);
    cell_set_null(&accumulator->cell, column, empty, true);
    size_t offset = accumulator->kind == ACCUMULATE_POSITION ? 8 : 0;
    for (uint32_t i = 0; i < count; i++) {
        bool held = group_count(accumulator, values[i]) != 0;
        cells[i] = held ? (const char *)accumulator_slot(accumulator, values[i]) + offset : empty;
    }
    return cells_read(&accumulator->cell, column, cells, count, store->heap, frame, out, err);
}

Status accumulator_result(const Accumulator *accumulator, const AccumulatorStore *store,
                          const void *const *values, uint32_t count, Frame *frame, Array *out,
                          const RowError ***errors, Error *err) {
    ASSERT(accumulator->kind != ACCUMULATE_NONE);
    ASSERT(values != NULL || count == 0);
    if (accumulator->kind == ACCUMULATE_ROWS || accumulator->kind == ACCUMULATE_COUNT)
        return result_counts(accumulator, values, count, frame, out, err);
    if (accumulator_keeps_value(accumulator->kind))
        return result_cells(accumulator, store, values, count, frame, out, err);
    ArrayBuilder builder;
    ASSERT(count <= BATCH_ROW_COUNT_MAX);
    TRY(array_builder_init(&builder, frame, accumulator->aggregate.result, count, err));
    for (uint32_t i = 0; i < count; i++) {
        int64_t held = group_count(accumulator, values[i]);
        const RowError *error = NULL;
        if (held <= 0)
            array_builder_null(&builder);
        else
            error = result_one(accumulator, values[i], held, &builder);
        if (error == NULL) continue;
        array_builder_null(&builder);
        /* Failures are static texts: the place in the statement is the call's. */
        TRY(row_error_place(frame, count, i, (RowError){error->status, error->message, accumulator->span}, errors, err));
    }
    TRY(array_builder_finish(&builder, out, err));
    ASSERT(out->length == count); /* one for each group, failed or not */
    return STATUS_OK;
}
