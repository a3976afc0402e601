/* SPDX-License-Identifier: Apache-2.0
 * op/accumulator.c - taking in: loops over the rows of a batch, one per way of summing up; groups merged, and freed.
 *
 * Each loop is stamped for four cases (all rows or listed ones, weights or none) by LOOP, so that
 * the row loop itself decides nothing. */
#include "op/accumulator.h"

#include "kernel/table.h"
#include "op/accumulator_priv.h"

/* The largest precision whose sum over 2^32 rows is sure to fit 128 bits. */
enum { SUM128_PRECISION_MAX = 28 };
STATIC_ASSERT((int)SUM128_PRECISION_MAX < (int)DECIMAL_DIGIT_COUNT_MAX, "others take a Wide");

/* Wraps round in the middle of an epoch, where a sum may pass the limits and come back. */
static inline void sum128_add(Sum128 *sum, __int128 value) {
    unsigned __int128 total = (unsigned __int128)sum128_get(sum) + (unsigned __int128)value;
    sum->low = (uint64_t)total;
    sum->high = (int64_t)(uint64_t)(total >> 64);
}

static inline void *slot(const Accumulator *accumulator, void *value) {
    return (char *)value + accumulator->offset + (accumulator->counts ? 8 : 0);
}

/* --- set-up --------------------------------------------------------------------------------------------- */

/* What a row of the type adds decides; 38 digits are also what an expression gives whose precision is not known. */
static AccumulatorKind sum_kind(Type type) {
    switch ((TypeId)type.id) {
        case TYPE_REAL:
        case TYPE_DOUBLE: return ACCUMULATE_EXACT;
        case TYPE_INTERVAL: return ACCUMULATE_INTERVAL;
        case TYPE_NUMERIC: return type.precision <= SUM128_PRECISION_MAX ? ACCUMULATE_SUM : ACCUMULATE_WIDE;
        default: return ACCUMULATE_SUM;
    }
}

/* What can be undone from sums alone stays here with weights too; of the others a ValueSet keeps every value. */
static AccumulatorKind accumulator_kind(const Aggregate *aggregate, const AccumulatorOptions *options) {
    bool weighted = options->weighted;
    switch (aggregate->kind) {
        case AGGREGATE_COUNT_STAR: return ACCUMULATE_ROWS;
        case AGGREGATE_COUNT: return ACCUMULATE_COUNT;
        case AGGREGATE_SUM:
        case AGGREGATE_AVG: return sum_kind(aggregate->argument);
        case AGGREGATE_MIN:
        case AGGREGATE_MAX: return weighted ? ACCUMULATE_NONE : ACCUMULATE_EXTREME;
        case AGGREGATE_FIRST_VALUE:
        case AGGREGATE_LAST_VALUE:
            if (weighted) return ACCUMULATE_NONE;
            return options->row_count > 0 ? ACCUMULATE_ROW : ACCUMULATE_POSITION;
        case AGGREGATE_BOOL_AND:
        case AGGREGATE_BOOL_OR: return ACCUMULATE_TRUE;
        case AGGREGATE_BIT_AND:
        case AGGREGATE_BIT_OR: return weighted ? ACCUMULATE_BIT_COUNTS : ACCUMULATE_BITS;
        case AGGREGATE_BIT_XOR: return ACCUMULATE_BITS;
        case AGGREGATE_VAR_SAMP:
        case AGGREGATE_VAR_POP:
        case AGGREGATE_STDDEV_SAMP:
        case AGGREGATE_STDDEV_POP:
            return type_is_float(aggregate->argument) ? ACCUMULATE_EXACT_MOMENTS : ACCUMULATE_MOMENTS;
        case AGGREGATE_STRING_AGG:
        case AGGREGATE_KIND_COUNT: break;
    }
    return ACCUMULATE_NONE;
}

/* Bytes behind the count. */
static uint32_t kind_size(const Accumulator *accumulator) {
    uint32_t cell_size = accumulator->cell.size;
    switch (accumulator->kind) {
        case ACCUMULATE_ROWS:
        case ACCUMULATE_COUNT: return 0;
        case ACCUMULATE_SUM: return sizeof(Sum128);
        case ACCUMULATE_WIDE: return sizeof(Wide);
        case ACCUMULATE_EXACT: return sizeof(ExactSum);
        case ACCUMULATE_INTERVAL: return sizeof(IntervalSum);
        case ACCUMULATE_MOMENTS: return sizeof(MomentSums);
        case ACCUMULATE_EXACT_MOMENTS: return sizeof(ExactMomentSums);
        case ACCUMULATE_TRUE: return 8;
        case ACCUMULATE_BITS: return 8;
        case ACCUMULATE_BIT_COUNTS: return 8 * accumulator_bit_count(accumulator);
        case ACCUMULATE_EXTREME: return cell_size;
        case ACCUMULATE_POSITION: return 8 + cell_size;
        case ACCUMULATE_ROW: return cell_size;
        case ACCUMULATE_NONE: return 0;
    }
    return 0;
}

Status accumulator_init(Accumulator *accumulator, Arena *arena, const Aggregate *aggregate,
                        const AccumulatorOptions *options, Error *err) {
    ASSERT(aggregate->kind < AGGREGATE_KIND_COUNT);
    ASSERT(options->row_types != NULL || options->row_count == 0);
    AccumulatorKind kind = accumulator_kind(aggregate, options);
    bool nullable = options->nullable;
    if (kind == ACCUMULATE_ROWS && nullable) kind = ACCUMULATE_COUNT; /* count(*) FILTER: not every row */
    *accumulator = (Accumulator){.aggregate = *aggregate, .kind = kind};
    accumulator->counts = kind == ACCUMULATE_COUNT || (nullable && kind != ACCUMULATE_ROWS);
    if (accumulator_keeps_value(kind)) {
        bool row = kind == ACCUMULATE_ROW;
        accumulator->counts = true;
        TRY(cell_layout_init(&accumulator->cell, arena, row ? options->row_types : &aggregate->argument,
                             row ? options->row_count : 1, err));
    }
    ASSERT(kind != ACCUMULATE_ROW || options->row_count > 0);
    accumulator->size = (accumulator->counts ? 8 : 0) + kind_size(accumulator);
    ASSERT(accumulator->size % 8 == 0);
    accumulator->holds_outside =
        kind == ACCUMULATE_EXACT || kind == ACCUMULATE_EXACT_MOMENTS || accumulator->cell.has_text;
    return STATUS_OK;
}

/* --- update --------------------------------------------------------------------------------------------- */

/* Runs BODY with `row`, `weight` and `at` (the slot) for every row of the input. */
#define LOOP(BODY)                                                                       \
    do {                                                                                 \
        const int64_t *weights = input->weights;                                         \
        const uint32_t *rows = input->rows;                                              \
        void *const *group_values = input->values;                                       \
        const uint32_t row_count = input->count;                                         \
        size_t offset = accumulator->offset + (accumulator->counts ? 8 : 0);             \
        if (rows == NULL && weights == NULL) {                                           \
            for (uint32_t row = 0; row < row_count; row++) LOOP_STEP(1, BODY)            \
        } else if (rows == NULL) {                                                       \
            for (uint32_t row = 0; row < row_count; row++) LOOP_STEP(weights[row], BODY) \
        } else {                                                                         \
            for (uint32_t i = 0; i < row_count; i++) {                                   \
                uint32_t row = rows[i];                                                  \
                LOOP_STEP(weights == NULL ? 1 : weights[row], BODY)                      \
            }                                                                            \
        }                                                                                \
    } while (0)

#define LOOP_STEP(weight_value, BODY)                  \
    {                                                  \
        int64_t weight = (weight_value);               \
        char *at = (char *)group_values[row] + offset; \
        (void)weight, (void)at;                        \
        BODY                                           \
    }

static void update_counts(const Accumulator *accumulator, const AccumulatorInput *input) {
    LOOP({ *(int64_t *)(at - 8) += weight; });
}

#define SUM_LOOP(CType)                                                        \
    do {                                                                       \
        const CType *argument = input->argument->values;                       \
        LOOP({ sum128_add((Sum128 *)at, (__int128)argument[row] * weight); }); \
    } while (0)

/* 2^32 rows of the largest BIGINT, or of a NUMERIC of SUM128_PRECISION_MAX digits, fit 128 bits. */
static void update_sum(const Accumulator *accumulator, const AccumulatorInput *input) {
    switch (type_layout(input->argument->type)) {
        case LAYOUT_I16: SUM_LOOP(int16_t); break;
        case LAYOUT_I32: SUM_LOOP(int32_t); break;
        case LAYOUT_I64: SUM_LOOP(int64_t); break;
        case LAYOUT_I128: SUM_LOOP(Decimal); break;
        default: ASSERT(!"summed type");
    }
}

/* The argument as a 128-bit integer, for the sums that are slow anyway. */
static __int128 argument_i128(const Array *argument, uint32_t row) {
    switch (type_layout(argument->type)) {
        case LAYOUT_I16: return array_i16(argument)[row];
        case LAYOUT_I32: return array_i32(argument)[row];
        case LAYOUT_I64: return array_i64(argument)[row];
        default: return array_decimal(argument)[row];
    }
}

static void update_wide(const Accumulator *accumulator, const AccumulatorInput *input) {
    LOOP({ wide_add_weighted((Wide *)at, argument_i128(input->argument, row), weight); });
}

static void update_moments(const Accumulator *accumulator, const AccumulatorInput *input) {
    LOOP({
        __int128 x = argument_i128(input->argument, row);
        wide_add_weighted(&((MomentSums *)at)->sum, x, weight);
        wide_add_product(&((MomentSums *)at)->sum_squares, x, x, weight);
    });
}

/* Months and days are 32 bits wide, so that 2^32 rows of them fit a word; microseconds are a word themselves. */
static void update_interval(const Accumulator *accumulator, const AccumulatorInput *input) {
    const Interval *argument = array_interval(input->argument);
    LOOP({
        IntervalSum *sum = (IntervalSum *)at;
        sum->months += argument[row].months * weight;
        sum->days += argument[row].days * weight;
        sum128_add(&sum->microseconds, (__int128)argument[row].microseconds * weight);
    });
}

/* The wide form of a sum that two doubles no longer hold. */
static ExactSumWide *exact_promote(ExactSum *sum, Memory *memory) {
    if (exact_sum_is_promoted(sum)) return (ExactSumWide *)(uintptr_t)exact_sum_handle(sum);
    ExactSumWide *wide = memory_alloc(memory, sizeof(*wide));
    if (wide == NULL) return NULL;
    exact_wide_init(wide, sum);
    exact_sum_mark_promoted(sum, (uint64_t)(uintptr_t)wide);
    DEBUG_ASSERT(exact_sum_is_promoted(sum));
    return wide;
}

/* x * y, for a sum that the pair of doubles does not hold. Out of line: most groups never come here. False: out of memory. */
static __attribute__((noinline)) bool exact_add_slow(ExactSum *sum, double x, double y, int64_t weight,
                                                     Memory *memory) {
    ExactSumWide *wide = exact_promote(sum, memory);
    if (wide == NULL) return false;
    if (y == 1.0)
        exact_wide_add(wide, x, weight);
    else
        exact_wide_add_product(wide, x, y, weight);
    return true;
}

#define EXACT_LOOP(CType)                                                       \
    do {                                                                        \
        const CType *argument = input->argument->values;                        \
        LOOP({                                                                  \
            double x = (double)argument[row];                                   \
            if (__builtin_expect(!exact_sum_add((ExactSum *)at, x, weight), 0)) \
                good &= exact_add_slow((ExactSum *)at, x, 1.0, weight, memory); \
        });                                                                     \
    } while (0)

/* The commonest case has a kernel: doubles, every row, once. */
static bool update_exact_doubles(const Accumulator *accumulator, const AccumulatorInput *input,
                                 const AccumulatorStore *store) {
    const double *argument = array_f64(input->argument);
    size_t offset = accumulator->offset + (accumulator->counts ? 8 : 0);
    bool good = true;
    for (uint32_t row = 0; row < input->count; row++) {
        row += store->kernels->add_exact(input->values + row, offset, argument + row, input->count - row);
        if (row < input->count)
            good &= exact_add_slow((ExactSum *)((char *)input->values[row] + offset), argument[row], 1.0, 1,
                                   store->memory);
    }
    return good;
}

/* Goes on after a failure: the status says that values are half updated, and the loop need not ask at every row. */
static bool update_exact(const Accumulator *accumulator, const AccumulatorInput *input,
                         const AccumulatorStore *store) {
    Memory *memory = store->memory;
    bool good = true;
    if (input->argument->type.id == TYPE_DOUBLE && input->rows == NULL && input->weights == NULL)
        return update_exact_doubles(accumulator, input, store);
    if (input->argument->type.id == TYPE_REAL)
        EXACT_LOOP(float);
    else
        EXACT_LOOP(double);
    return good;
}

static bool update_exact_moments(const Accumulator *accumulator, const AccumulatorInput *input,
                                 Memory *memory) {
    bool good = true, is_real = input->argument->type.id == TYPE_REAL;
    LOOP({
        double x = is_real ? (double)array_f32(input->argument)[row] : array_f64(input->argument)[row];
        ExactMomentSums *sums = (ExactMomentSums *)at;
        if (!exact_sum_add(&sums->sum, x, weight)) good &= exact_add_slow(&sums->sum, x, 1.0, weight, memory);
        if (!exact_sum_add_square(&sums->sum_squares, x, weight))
            good &= exact_add_slow(&sums->sum_squares, x, x, weight, memory);
    });
    return good;
}

static void update_true(const Accumulator *accumulator, const AccumulatorInput *input) {
    const uint64_t *bits = array_bits(input->argument);
    LOOP({ *(int64_t *)at += bits_get(bits, row) ? weight : 0; });
}

/* BIT_AND is kept as the bits that some row does not have: zeroed bytes are then the empty group of all three, as a new record needs. XOR
 * over rows that are taken back undoes itself, so only the weight's last bit counts. */
#define BITS_LOOP(CType)                                                                 \
    do {                                                                                 \
        const CType *argument = input->argument->values;                                 \
        if (accumulator->aggregate.kind == AGGREGATE_BIT_XOR)                            \
            LOOP({ *(uint64_t *)at ^= (weight & 1) != 0 ? (uint64_t)argument[row] : 0; }); \
        else                                                                             \
            LOOP({ *(uint64_t *)at |= (uint64_t)argument[row] ^ flip; });                \
    } while (0)

/* BIT_AND is the complement of an OR of complements, so that zeroed bytes are the empty group of all three. */
static void update_bits(const Accumulator *accumulator, const AccumulatorInput *input) {
    uint64_t flip = accumulator->aggregate.kind == AGGREGATE_BIT_AND ? ~0ULL : 0;
    switch (type_layout(input->argument->type)) {
        case LAYOUT_I16: BITS_LOOP(int16_t); break;
        case LAYOUT_I32: BITS_LOOP(int32_t); break;
        case LAYOUT_I64: BITS_LOOP(int64_t); break;
        default: ASSERT(!"bits of integers");
    }
}

/* How often each bit was set; of BIT_AND, how often it was not. */
static void update_bit_counts(const Accumulator *accumulator, const AccumulatorInput *input) {
    uint64_t flip = accumulator->aggregate.kind == AGGREGATE_BIT_AND ? ~0ULL : 0;
    uint64_t mask = ~0ULL >> (64 - accumulator_bit_count(accumulator));
    LOOP({
        uint64_t bits = ((uint64_t)argument_i128(input->argument, row) ^ flip) & mask;
        for (; bits != 0; bits &= bits - 1) ((int64_t *)at)[__builtin_ctzll(bits)] += weight;
    });
}

/* Replaces the one value of a cell. */
static Status cell_replace(const Accumulator *accumulator, const AccumulatorStore *store,
                           const Array *argument, uint32_t row, void *cell, Error *err) {
    cell_free(&accumulator->cell, 0, cell, store->heap);
    return cells_write(&accumulator->cell, 0, argument, &row, 1, &cell, store->heap, err);
}

/* A cell is whole words: what is narrower lies in it as `Stored`. Whether a value is held at all says the count in front of the slot, as no
 * value of the type is left over to say so. */
#define EXTREME_LOOP(CType, Stored)                                               \
    do {                                                                          \
        const CType *argument = input->argument->values;                          \
        size_t cell = accumulator->cell.cells[0].offset;                          \
        LOOP({                                                                    \
            int64_t *held = (int64_t *)(at - 8);                                  \
            Stored *best = (Stored *)(at + cell);                                 \
            CType x = argument[row];                                              \
            if (*held == 0 || (least ? x < *best : x > *best)) *best = (Stored)x; \
            *held += weight;                                                      \
        });                                                                       \
    } while (0)

/* Row `row` in place of the value held at `cell` if it is better. */
static Status extreme_offer(const Accumulator *accumulator, const AccumulatorStore *store, const Array *argument,
                            uint32_t row, void *cell, bool least, Error *err) {
    int order = cell_compare(&accumulator->cell, 0, argument, row, cell, store->heap);
    if (least ? order >= 0 : order <= 0) return STATUS_OK;
    return cell_replace(accumulator, store, argument, row, cell, err);
}

/* `is_worse`, over `row` and the cells at `held`, settles most rows; what it does not is compared in full. */
#define EXTREME_LOOP_FAR(is_worse)                                                                           \
    for (uint32_t i = 0; i < input->count; i++) {                                                            \
        uint32_t row = input->rows == NULL ? i : input->rows[i];                                             \
        int64_t *count = (int64_t *)((char *)input->values[row] + accumulator->offset);                      \
        char *cells = (char *)(count + 1), *held = cells + accumulator->cell.cells[0].offset;                \
        if (*count == 0)                                                                                     \
            TRY(cell_replace(accumulator, store, input->argument, row, cells, err));                         \
        else if (!(is_worse))                                                                                \
            TRY(extreme_offer(accumulator, store, input->argument, row, cells, least, err));                 \
        *count += 1;                                                                                         \
    }                                                                                                        \
    return STATUS_OK

static Status update_extreme_any(const Accumulator *accumulator, const AccumulatorStore *store,
                                 const AccumulatorInput *input, bool least, Error *err) {
    EXTREME_LOOP_FAR(((void)held, false));
}

/* NaN, and -0 beside 0, are neither less nor greater here. */
static Status update_extreme_f64(const Accumulator *accumulator, const AccumulatorStore *store,
                                 const AccumulatorInput *input, bool least, Error *err) {
    const double *argument = array_f64(input->argument);
    EXTREME_LOOP_FAR(least ? argument[row] > *(const double *)held : argument[row] < *(const double *)held);
}

/* Four bytes in the order of strcmp settle most rows without a look at the texts; the shorter text is padded with zeros in both. */
static int compare_with_held(const View *view, const ViewData *data, const StateText *held,
                             const StateHeap *heap) {
    uint32_t head, held_head;
    memcpy(&head, view->inlined, 4);
    memcpy(&held_head, held->prefix, 4);
    if (head != held_head) return __builtin_bswap32(head) < __builtin_bswap32(held_head) ? -1 : 1;
    return str_compare(view_text(view, data), state_text_get(heap, held));
}

static Status update_extreme_text(const Accumulator *accumulator, const AccumulatorStore *store,
                                  const AccumulatorInput *input, bool least, Error *err) {
    const View *views = array_views(input->argument);
    const ViewData *data = input->argument->data;
    int sign = least ? 1 : -1;
    EXTREME_LOOP_FAR(sign * compare_with_held(&views[row], data, (const StateText *)held, store->heap) >= 0);
}

/* Integers are told apart in the loop itself; all others may have to free what they replace. */
static Status update_extreme(const Accumulator *accumulator, const AccumulatorStore *store,
                             const AccumulatorInput *input, Error *err) {
    bool least = accumulator->aggregate.kind == AGGREGATE_MIN;
    switch (type_layout(input->argument->type)) {
        case LAYOUT_I16: EXTREME_LOOP(int16_t, int64_t); return STATUS_OK;
        case LAYOUT_I32: EXTREME_LOOP(int32_t, int64_t); return STATUS_OK;
        case LAYOUT_I64: EXTREME_LOOP(int64_t, int64_t); return STATUS_OK;
        case LAYOUT_F64: return update_extreme_f64(accumulator, store, input, least, err);
        case LAYOUT_VIEW: return update_extreme_text(accumulator, store, input, least, err);
        default: return update_extreme_any(accumulator, store, input, least, err);
    }
}

/* The value of the row that comes first or last in the input, whatever order batches bring it in. */
static Status update_position(const Accumulator *accumulator, const AccumulatorStore *store,
                              const AccumulatorInput *input, Error *err) {
    bool first = accumulator->aggregate.kind == AGGREGATE_FIRST_VALUE;
    for (uint32_t i = 0; i < input->count; i++) {
        uint32_t row = input->rows == NULL ? i : input->rows[i];
        char *at = (char *)input->values[row] + accumulator->offset;
        int64_t *held = (int64_t *)at, *position = held + 1;
        int64_t here = input->positions == NULL ? input->position_first + row : input->positions[row];
        if (*held == 0 || (first ? here < *position : here >= *position)) {
            TRY(cell_replace(accumulator, store, input->argument, row, at + 16, err));
            *position = here;
        }
        *held += 1;
    }
    return STATUS_OK;
}

static Status row_replace(const Accumulator *accumulator, const AccumulatorStore *store,
                          const Array *const *columns, uint32_t row, void *cells, Error *err) {
    cells_free(&accumulator->cell, cells, store->heap);
    memset(cells, 0, accumulator->cell.size);
    for (uint32_t i = 0; i < accumulator->cell.count; i++)
        TRY(cells_write(&accumulator->cell, i, columns[i], &row, 1, &cells, store->heap, err));
    return STATUS_OK;
}

/* The value of the row that is first or last by its columns. */
static Status update_row(const Accumulator *accumulator, const AccumulatorStore *store,
                         const AccumulatorInput *input, Error *err) {
    bool first = accumulator->aggregate.kind == AGGREGATE_FIRST_VALUE;
    for (uint32_t i = 0; i < input->count; i++) {
        uint32_t row = input->rows == NULL ? i : input->rows[i];
        char *at = (char *)input->values[row] + accumulator->offset;
        int64_t *held = (int64_t *)at;
        int order =
            *held == 0 ? 0 : cells_compare(&accumulator->cell, input->row_columns, row, at + 8, store->heap);
        if (*held == 0 || (first ? order < 0 : order > 0))
            TRY(row_replace(accumulator, store, input->row_columns, row, at + 8, err));
        *held += input->weights == NULL ? 1 : input->weights[row];
    }
    return STATUS_OK;
}

Status accumulator_update(const Accumulator *accumulator, const AccumulatorStore *store,
                          const AccumulatorInput *input, Error *err) {
    ASSERT(input->count == 0 || input->values != NULL);
    ASSERT(accumulator->offset >= 8); /* the row weight comes first */
    ASSERT(accumulator->offset % 8 == 0);
    if (accumulator->kind == ACCUMULATE_ROW) ASSERT(input->row_columns != NULL);
    if (input->argument != NULL && input->rows == NULL) ASSERT(input->argument->length >= input->count);
    if (accumulator_keeps_value(accumulator->kind)) ASSERT(accumulator->counts); /* whether one is held says the count before it */
    if (accumulator->counts && !accumulator_keeps_value(accumulator->kind)) update_counts(accumulator, input);
    bool good = true;
    switch (accumulator->kind) {
        case ACCUMULATE_ROWS:
        case ACCUMULATE_COUNT:
        case ACCUMULATE_NONE: break;
        case ACCUMULATE_SUM: update_sum(accumulator, input); break;
        case ACCUMULATE_WIDE: update_wide(accumulator, input); break;
        case ACCUMULATE_EXACT: good = update_exact(accumulator, input, store); break;
        case ACCUMULATE_INTERVAL: update_interval(accumulator, input); break;
        case ACCUMULATE_MOMENTS: update_moments(accumulator, input); break;
        case ACCUMULATE_EXACT_MOMENTS: good = update_exact_moments(accumulator, input, store->memory); break;
        case ACCUMULATE_TRUE: update_true(accumulator, input); break;
        case ACCUMULATE_BITS: update_bits(accumulator, input); break;
        case ACCUMULATE_BIT_COUNTS: update_bit_counts(accumulator, input); break;
        case ACCUMULATE_EXTREME: return update_extreme(accumulator, store, input, err);
        case ACCUMULATE_POSITION: return update_position(accumulator, store, input, err);
        case ACCUMULATE_ROW: return update_row(accumulator, store, input, err);
    }
    return good ? STATUS_OK : error_out_of_memory(err);
}

/* --- merge ---------------------------------------------------------------------------------------------- */

/* `from` is left as it is, promoted or not. False: out of memory. */
static bool exact_merge(ExactSum *to, const ExactSum *from, Memory *memory) {
    if (!exact_sum_is_promoted(from) && !exact_sum_is_promoted(to) && exact_sum_merge(to, from)) return true;
    ExactSumWide *wide = exact_promote(to, memory);
    if (wide == NULL) return false;
    if (exact_sum_is_promoted(from))
        exact_wide_merge(wide, (const ExactSumWide *)(uintptr_t)exact_sum_handle(from));
    else
        exact_wide_merge_pair(wide, from);
    return true;
}

/* One held value against another, both in cells of the same state. */
static Status merge_value(const Accumulator *accumulator, const AccumulatorStore *store, char *to,
                          const char *from, Error *err) {
    bool positioned = accumulator->kind == ACCUMULATE_POSITION;
    size_t cell = positioned ? 16 : 8;
    const int64_t *from_held = (const int64_t *)from;
    int64_t *to_held = (int64_t *)to;
    if (*from_held == 0) return STATUS_OK;
    CellArray value;
    cell_array(&accumulator->cell, 0, from + cell, store->heap, &value);
    bool better = *to_held == 0;
    if (!better && positioned) {
        bool first = accumulator->aggregate.kind == AGGREGATE_FIRST_VALUE;
        better = first ? from_held[1] < to_held[1] : from_held[1] >= to_held[1];
    } else if (!better) {
        int order = cell_compare(&accumulator->cell, 0, &value.array, 0, to + cell, store->heap);
        better = accumulator->aggregate.kind == AGGREGATE_MIN ? order < 0 : order > 0;
    }
    *to_held += *from_held;
    if (!better) return STATUS_OK;
    if (positioned) to_held[1] = from_held[1];
    return cell_replace(accumulator, store, &value.array, 0, to + cell, err);
}

/* One held row against another, both in cells of the same state. */
static Status merge_row(const Accumulator *accumulator, const AccumulatorStore *store, char *to,
                        const char *from, Error *err) {
    const CellLayout *cell = &accumulator->cell;
    const int64_t *from_held = (const int64_t *)from;
    int64_t *to_held = (int64_t *)to;
    if (*from_held == 0) return STATUS_OK;
    bool first = accumulator->aggregate.kind == AGGREGATE_FIRST_VALUE;
    int order = *to_held == 0 ? 0 : cells_compare_records(cell, from + 8, to + 8, store->heap);
    bool better = *to_held == 0 || (first ? order < 0 : order > 0);
    *to_held += *from_held;
    if (!better) return STATUS_OK;
    void *cells = to + 8;
    cells_free(cell, cells, store->heap);
    memset(cells, 0, cell->size);
    for (uint32_t i = 0; i < cell->count; i++) {
        CellArray value;
        cell_array(cell, i, from + 8, store->heap, &value);
        TRY(cells_write(cell, i, &value.array, NULL, 1, &cells, store->heap, err));
    }
    return STATUS_OK;
}

Status accumulator_merge(const Accumulator *accumulator, const AccumulatorStore *store, void *to_value,
                         const void *from_value, Error *err) {
    ASSERT(to_value != from_value);
    ASSERT(accumulator->offset >= 8);
    if (accumulator->kind == ACCUMULATE_ROW)
        return merge_row(accumulator, store, (char *)to_value + accumulator->offset,
                         (const char *)from_value + accumulator->offset, err);
    if (accumulator->kind == ACCUMULATE_EXTREME || accumulator->kind == ACCUMULATE_POSITION)
        return merge_value(accumulator, store, (char *)to_value + accumulator->offset,
                           (const char *)from_value + accumulator->offset, err);
    void *to = slot(accumulator, to_value);
    const void *from = accumulator_slot(accumulator, from_value);
    /* The count is the i64 in front of the slot; those that keep a value have added it up with the choice between the two. */
    if (accumulator->counts) ((int64_t *)to)[-1] += ((const int64_t *)from)[-1];
    bool good = true;
    switch (accumulator->kind) {
        case ACCUMULATE_ROWS:
        case ACCUMULATE_COUNT:
        case ACCUMULATE_EXTREME:
        case ACCUMULATE_POSITION:
        case ACCUMULATE_ROW:
        case ACCUMULATE_NONE: break;
        case ACCUMULATE_SUM: sum128_add(to, sum128_get(from)); break;
        case ACCUMULATE_WIDE: wide_add_wide(to, from); break;
        case ACCUMULATE_EXACT: good = exact_merge(to, from, store->memory); break;
        case ACCUMULATE_INTERVAL: {
            IntervalSum *sum = to;
            const IntervalSum *other = from;
            sum->months += other->months;
            sum->days += other->days;
            sum128_add(&sum->microseconds, sum128_get(&other->microseconds));
            break;
        }
        case ACCUMULATE_MOMENTS:
            wide_add_wide(&((MomentSums *)to)->sum, &((const MomentSums *)from)->sum);
            wide_add_wide(&((MomentSums *)to)->sum_squares, &((const MomentSums *)from)->sum_squares);
            break;
        case ACCUMULATE_EXACT_MOMENTS:
            good = exact_merge(&((ExactMomentSums *)to)->sum, &((const ExactMomentSums *)from)->sum,
                               store->memory) &&
                   exact_merge(&((ExactMomentSums *)to)->sum_squares,
                               &((const ExactMomentSums *)from)->sum_squares, store->memory);
            break;
        case ACCUMULATE_TRUE: *(int64_t *)to += *(const int64_t *)from; break;
        case ACCUMULATE_BITS:
            if (accumulator->aggregate.kind == AGGREGATE_BIT_XOR)
                *(uint64_t *)to ^= *(const uint64_t *)from;
            else
                *(uint64_t *)to |= *(const uint64_t *)from;
            break;
        case ACCUMULATE_BIT_COUNTS:
            for (uint32_t i = 0; i < accumulator_bit_count(accumulator); i++) ((int64_t *)to)[i] += ((const int64_t *)from)[i];
            break;
    }
    return good ? STATUS_OK : error_out_of_memory(err);
}

static void exact_free(ExactSum *sum, Memory *memory) {
    if (exact_sum_is_promoted(sum))
        memory_free(memory, (void *)(uintptr_t)exact_sum_handle(sum), sizeof(ExactSumWide));
}

void accumulator_free(const Accumulator *accumulator, const AccumulatorStore *store, void *value) {
    ASSERT(value != NULL);
    char *at = slot(accumulator, value);
    if (accumulator->kind == ACCUMULATE_EXACT) exact_free((ExactSum *)at, store->memory);
    if (accumulator->kind == ACCUMULATE_EXACT_MOMENTS) {
        exact_free(&((ExactMomentSums *)at)->sum, store->memory);
        exact_free(&((ExactMomentSums *)at)->sum_squares, store->memory);
    }
    if (accumulator->kind == ACCUMULATE_EXTREME) cell_free(&accumulator->cell, 0, at, store->heap);
    if (accumulator->kind == ACCUMULATE_POSITION) cell_free(&accumulator->cell, 0, at + 8, store->heap);
    if (accumulator->kind == ACCUMULATE_ROW) cells_free(&accumulator->cell, at, store->heap);
}
