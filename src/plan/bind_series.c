/* SPDX-License-Identifier: Apache-2.0
 * plan/bind_series.c - FROM generate_series(first, last [, step]): numbers, or times a fixed length apart, are counted
 * when they are read; times apart by months, or by a zone's days, which differ in length, are written out here. */
#include "base/calendar.h"
#include "base/calendar_math.h"
#include "plan/bind_priv.h"

enum { SERIES_MONTHS_COUNT_MAX = 100000 }; /* rows of a series that is written out */

typedef struct Series {
    const AstExpr *call;
    const Expr *arguments[3]; /* constants of `type`; the step of times is an interval */
    uint32_t count;
    Type type;
    ZoneClock clock; /* by which months and days are counted */
    int64_t position;
} Series;

static bool is_time(TypeId id) {
    return id == TYPE_DATE || id == TYPE_TIMESTAMP || id == TYPE_TIMESTAMPTZ;
}

/* The type that PostgreSQL's generate_series would give for these two ends; TYPE_UNKNOWN: none. Dates alone count as
 * TIMESTAMP WITH TIME ZONE there, beside a TIMESTAMP as one of those. */
static TypeId series_type(TypeId first, TypeId last) {
    TypeId ids[2] = {first == TYPE_UNKNOWN ? last : first, last == TYPE_UNKNOWN ? first : last};
    bool number = true, whole = true, wide = false, zoned = false, plain = false;
    for (int i = 0; i < 2; i++) {
        zoned = zoned || ids[i] == TYPE_TIMESTAMPTZ;
        plain = plain || ids[i] == TYPE_TIMESTAMP;
        bool is_whole = ids[i] == TYPE_SMALLINT || ids[i] == TYPE_INTEGER || ids[i] == TYPE_BIGINT;
        whole = whole && is_whole;
        number = number && (is_whole || ids[i] == TYPE_NUMERIC);
        wide = wide || ids[i] == TYPE_BIGINT;
    }
    if (is_time(ids[0]) && is_time(ids[1])) return plain && !zoned ? TYPE_TIMESTAMP : TYPE_TIMESTAMPTZ;
    if (!number) return TYPE_UNKNOWN;
    return !whole ? TYPE_NUMERIC : wide ? TYPE_BIGINT : TYPE_INTEGER;
}

/* For types that no generate_series takes. */
static Status no_such_series(const Series *series, Error *err) {
    (void)error_set_at(err, STATUS_UNDEFINED_FUNCTION, series->position,
                       "there is no generate_series with arguments of these types");
    return error_add_hint(err, "It takes numbers, or two timestamps and an interval.");
}

/* A series of NUMERIC has the scale of the argument that has most; a text is read for what it is first. */
static Status settle_scale(Bind *bind, Series *series, Error *err) {
    int scale = 0;
    for (uint32_t i = 0; i < series->count; i++) {
        const Expr **argument = &series->arguments[i];
        if ((*argument)->type.id == TYPE_UNKNOWN) {
            TRY(resolve_cast(bind, *argument, type_of(TYPE_NUMERIC), CAST_IMPLICIT, argument, err));
            if (*argument == NULL) return no_such_series(series, err);
        }
        if ((*argument)->type.id == TYPE_NUMERIC && (*argument)->type.scale > scale) scale = (*argument)->type.scale;
    }
    series->type = type_numeric(DECIMAL_DIGIT_COUNT_MAX, scale);
    return STATUS_OK;
}

/* Settles the type as PostgreSQL chooses among its overloads, and folds the arguments: the rows are counted when the statement is bound. */
static Status bind_arguments(Bind *bind, Series *series, Error *err) {
    static const Scope NOTHING = {0};
    ExprContext context = {.scope = &NOTHING, .clause = "the arguments of a function in FROM"};
    const AstExprList *list = &series->call->call->arguments;
    series->count = list->count;
    if (list->count < 2 || list->count > 3)
        return error_set_at(err, STATUS_UNDEFINED_FUNCTION, series->position,
                            "generate_series takes two or three arguments, not %u", list->count);
    TRY(bind_check_plain_call(bind, series->call, STR("generate_series"), err));
    for (uint32_t i = 0; i < list->count; i++)
        TRY(bind_expr_top(bind, &context, list->items[i], &series->arguments[i], err));
    TypeId first = (TypeId)series->arguments[0]->type.id, last = (TypeId)series->arguments[1]->type.id;
    TypeId step = list->count == 3 ? (TypeId)series->arguments[2]->type.id : TYPE_UNKNOWN;
    bool untyped = first == TYPE_UNKNOWN && last == TYPE_UNKNOWN;
    if ((untyped && step == TYPE_UNKNOWN) ||
        (list->count == 2 && first == TYPE_SMALLINT && last == TYPE_SMALLINT))
        return error_set_at(err, STATUS_AMBIGUOUS_FUNCTION, series->position,
                            "function generate_series(%s, %s%s) is not unique", type_name(first), type_name(last),
                            list->count == 3 ? ", unknown" : "");
    TypeId id = !untyped ? series_type(first, last) : step == TYPE_INTERVAL ? TYPE_TIMESTAMPTZ : series_type(step, step);
    if (id == TYPE_INTEGER && step == TYPE_BIGINT) id = TYPE_BIGINT;
    if (!is_time(id) && id != TYPE_UNKNOWN && step == TYPE_NUMERIC) id = TYPE_NUMERIC;
    if (id == TYPE_UNKNOWN || (is_time(id) && list->count == 2)) return no_such_series(series, err);
    series->type = type_of(id);
    if (id == TYPE_NUMERIC) TRY(settle_scale(bind, series, err));
    series->clock = zone_clock_of(id == TYPE_TIMESTAMPTZ ? bind->zone : NULL);
    for (uint32_t i = 0; i < list->count; i++) {
        const Expr *cast;
        Type type = i == 2 && is_time(id) ? type_of(TYPE_INTERVAL) : series->type;
        TRY(resolve_cast(bind, series->arguments[i], type, CAST_IMPLICIT, &cast, err));
        if (cast == NULL) return no_such_series(series, err);
        TRY(expr_value(bind->arena, bind->binder->pool, bind->binder->zones, cast, &cast, err));
        if (cast == NULL)
            return error_set_at(err, STATUS_NOT_SUPPORTED, bind_position(bind, list->items[i]->span.start),
                                "generate_series over other values than constants is not supported yet");
        series->arguments[i] = cast;
    }
    return STATUS_OK;
}

static int64_t argument_i64(const Series *series, uint32_t i) {
    ASSERT(i < series->count);
    ASSERT(series->arguments[i]->kind == EXPR_CONSTANT);
    const Array *constant = &series->arguments[i]->constant;
    return series->type.id == TYPE_INTEGER ? array_i32(constant)[0] : array_i64(constant)[0];
}

static Status zero_step(const Series *series, Error *err) {
    return error_set_at(err, STATUS_INVALID_ARGUMENT, series->position, "step size cannot equal zero");
}

/* How many of first, first + step, ... are not past `last`; at most UINT64_MAX. The difference of two NUMERIC, of 38 digits, fits. */
static uint64_t series_count(Decimal first, Decimal last, Decimal step) {
    ASSERT(step != 0);
    if (step > 0 ? first > last : first < last) return 0;
    DecimalMagnitude from = (DecimalMagnitude)first, to = (DecimalMagnitude)last, by = (DecimalMagnitude)step;
    DecimalMagnitude count = step > 0 ? (to - from) / by : (from - to) / -by;
    return count >= UINT64_MAX ? UINT64_MAX : (uint64_t)count + 1;
}

static Status counted(Bind *bind, const AstFromItem *item, Decimal first, Decimal step, uint64_t row_count,
                      PlanNode **out, Error *err) {
    TRY(node_new(bind, PLAN_SERIES, bind_span(bind, item->span), NULL, 0, 1, out, err));
    (*out)->series = (SeriesSpec){first, step, row_count};
    return STATUS_OK;
}

/* Each time from the one before, as PostgreSQL goes: once the 31st has become the 28th it stays there. */
static Status written_out(Bind *bind, const Series *series, const AstFromItem *item, Interval step, PlanNode **out,
                          Error *err) {
    int64_t at = argument_i64(series, 0), last = argument_i64(series, 1), next;
    uint32_t count = 0, capacity = 0;
    ASSERT(step.months != 0 || step.days != 0); /* others are counted when they are read */
    bool rising = interval_compare(step, (Interval){0}) > 0;
    int64_t *times = NULL;
    ZoneClock clock = series->clock;
    for (; rising ? at <= last : at >= last; at = next) {
        if (count == SERIES_MONTHS_COUNT_MAX)
            return error_set_at(err, STATUS_LIMIT, series->position,
                                "a series in steps of months, or of a time zone's days, has more than %d rows", SERIES_MONTHS_COUNT_MAX);
        if (count == capacity) {
            uint32_t grown = capacity == 0 ? 64 : capacity * 2;
            int64_t *more = ARENA_ARRAY(bind->arena, int64_t, grown);
            TRY_ALLOC(more);
            if (count > 0) memcpy(more, times, count * sizeof(*times));
            times = more;
            capacity = grown;
        }
        times[count++] = at;
        if (!calendar_timestamptz_add(at, step, &clock, &next))
            return error_set_at(err, STATUS_DATETIME_OUT_OF_RANGE, series->position, "timestamp out of range");
        if (rising ? next <= at : next >= at) break; /* a month forth and days back: it would not end */
    }
    if (count == 0) return counted(bind, item, 0, 1, 0, out, err);
    TRY(node_new(bind, PLAN_VALUES, bind_span(bind, item->span), NULL, 0, 1, out, err));
    Array *column = ARENA_NEW(bind->arena, Array);
    TRY_ALLOC(column);
    *column = (Array){.type = series->type, .length = count, .values = times};
    (*out)->values = (ValuesSpec){column, count};
    return STATUS_OK;
}

/* Steps of one length are counted; months, and days of a zone's clock, are not of one length: those rows are written out. */
static Status bind_times(Bind *bind, const Series *series, const AstFromItem *item, PlanNode **out, Error *err) {
    ASSERT(series->count == 3); /* times have no step of their own */
    Interval step = array_interval(&series->arguments[2]->constant)[0];
    int64_t first = argument_i64(series, 0), last = argument_i64(series, 1), length;
    if (interval_compare(step, (Interval){0}) == 0) return zero_step(series, err);
    if (!calendar_timestamp_is_finite(first) || !calendar_timestamp_is_finite(last))
        return error_set_at(err, STATUS_INVALID_ARGUMENT, series->position, "the ends of a series must be finite");
    if (step.months != 0 || (step.days != 0 && series->clock.zone != NULL)) return written_out(bind, series, item, step, out, err);
    if (!interval_to_microseconds(step, &length))
        return error_set_at(err, STATUS_DATETIME_OUT_OF_RANGE, series->position, "the step is too long");
    return counted(bind, item, first, length, series_count(first, last, length), out, err);
}

static Decimal argument_number(const Series *series, uint32_t i) {
    return series->type.id == TYPE_NUMERIC ? array_decimal(&series->arguments[i]->constant)[0] : argument_i64(series, i);
}

static Status bind_numbers(Bind *bind, const Series *series, const AstFromItem *item, PlanNode **out, Error *err) {
    Decimal first = argument_number(series, 0), last = argument_number(series, 1), one;
    bool has_one = decimal_from_i64(1, series->type.id == TYPE_NUMERIC ? series->type.scale : 0, &one);
    if (series->count == 2 && !has_one) /* 38 places behind the point */
        return error_set_at(err, STATUS_NUMERIC_OUT_OF_RANGE, series->position, "the step of 1 does not fit numeric(38,%d)", series->type.scale);
    Decimal step = series->count == 3 ? argument_number(series, 2) : one;
    if (step == 0) return zero_step(series, err);
    return counted(bind, item, first, step, series_count(first, last, step), out, err);
}

Status bind_series(Bind *bind, const AstFromItem *item, PlanNode **out, Error *err) {
    Series series = {.call = item->function, .position = bind_position(bind, item->function->position)};
    TRY(bind_arguments(bind, &series, err));
    bool has_null = false;
    for (uint32_t i = 0; i < series.count; i++)
        has_null = has_null || array_is_null(&series.arguments[i]->constant, 0);
    if (has_null)
        TRY(counted(bind, item, 0, 1, 0, out, err));
    else if (is_time((TypeId)series.type.id))
        TRY(bind_times(bind, &series, item, out, err));
    else
        TRY(bind_numbers(bind, &series, item, out, err));
    Str name = item->alias.str.size > 0 ? item->alias.str : STR("generate_series");
    (*out)->columns[0] = (PlanColumn){.name = name, .qualifier = name, .type = series.type, .not_null = true};
    return STATUS_OK;
}
