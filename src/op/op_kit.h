/* SPDX-License-Identifier: Apache-2.0
 * op/op_kit.h - for this folder's tests: rows, small plans made by hand, and operators run over them.
 *
 * A chain of one or two operators (WINDOW below AGGREGATE; SESSION; AGGREGATE) is fed epochs of rows; what
 * leaves is added up in a Tally: text of a row -> weight. Two runs are alike when their tallies are.
 *
 *     Kit kit;
 *     kit_init(&kit, seed);
 *     PlanNode *node = kit_plan(&kit, &(KitPlan){.window = KIT_TUMBLE, .size = 10, .grouped = true, ...});
 *     kit_run_init(&run, &kit, node, false, &tally);
 *     kit_run_push(&run, rows, count, true);  kit_run_epoch_end(&run, watermark);       epoch by epoch
 *     kit_run_deinit(&run);  kit_deinit(&kit);
 *
 * Owner: the Kit, whose arena has the plans; kit_deinit asserts that all memory has come back. */
#ifndef WEIR_OP_OP_KIT_H
#define WEIR_OP_OP_KIT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/vector.h"
#include "column/builder.h"
#include "io/io_sim.h"
#include "op/op.h"

/* --- rows ----------------------------------------------------------------------------------------------- */

/* One row; `value` also stands, in other types, in the columns that follow it. INT64_MIN in key or value:
 * NULL. */
typedef struct KitRow {
    int64_t time;
    int64_t key;
    int64_t value;
    int64_t weight;
    int64_t bound; /* WATERMARK_MIN: none */
    bool passes;   /* the FILTER column */
} KitRow;

#define KIT_NULL INT64_MIN

/* The columns of every input, by number. */
typedef enum KitColumn {
    KIT_TIME,
    KIT_KEY,
    KIT_FILTER,
    KIT_BIGINT,
    KIT_INTEGER,
    KIT_SMALLINT,
    KIT_REAL,
    KIT_DOUBLE,
    KIT_NUMERIC,
    KIT_WIDE, /* numeric(38,0) */
    KIT_TEXT,
    KIT_BOOLEAN,
    KIT_INTERVAL,
    KIT_UUID,
    KIT_DATE,
    KIT_JSONB, /* of three values two are equal to others, with other zeros */
    KIT_COLUMN_COUNT
} KitColumn;

typedef struct Kit {
    Memory memory;
    IoSim sim;
    BufferPool *pool;
    Frame frame;
    OpContext context;
    Arena arena; /* plans */
    uint64_t random;
    uint64_t error_count;
    bool stops; /* row errors stop, as in a plain SELECT */
} Kit;

/* Counted; the row is left out unless the kit stops. */
static inline Status kit_row_error(void *context, const PlanNode *node, const PlanNode *shape,
                                   const Batch *batch, uint32_t row, const RowError *error, Error *err) {
    Kit *kit = context;
    kit->error_count++;
    if (kit->stops) return error_set(err, error->status, "%.*s", STR_ARGS(error->message));
    return STATUS_OK;
}

static inline void kit_init(Kit *kit, uint64_t seed) {
    Error err;
    *kit = (Kit){.random = seed};
    memory_init(&kit->memory, 0);
    assert_true(io_sim_init(&kit->sim, &kit->memory, seed));
    kit->pool = buffer_pool_create(&kit->memory);
    assert_non_null(kit->pool);
    assert_int_equal(frame_init(&kit->frame, kit->pool, &err), STATUS_OK);
    arena_init(&kit->arena, &kit->memory);
    kit->context = (OpContext){.io = &kit->sim.io,
                               .memory = &kit->memory,
                               .pool = kit->pool,
                               .kernels = kernel_table(KERNEL_PLAIN),
                               .frame = &kit->frame,
                               .row_error = kit_row_error,
                               .row_error_context = kit};
}

static inline void kit_deinit(Kit *kit) {
    kit->memory.fail_at = 0;
    arena_deinit(&kit->arena);
    frame_deinit(&kit->frame);
    buffer_pool_destroy(kit->pool);
    io_sim_deinit(&kit->sim);
    memory_deinit(&kit->memory);
}

/* The same numbers for the same seed. */
static inline uint32_t kit_random(Kit *kit, uint32_t below) {
    return (uint32_t)(hash_u64(kit->random++) >> 33) % below;
}

static inline Type kit_type(KitColumn column) {
    switch (column) {
        case KIT_TIME: return type_of(TYPE_TIMESTAMP);
        case KIT_KEY:
        case KIT_BIGINT: return type_of(TYPE_BIGINT);
        case KIT_FILTER:
        case KIT_BOOLEAN: return type_of(TYPE_BOOLEAN);
        case KIT_INTEGER: return type_of(TYPE_INTEGER);
        case KIT_SMALLINT: return type_of(TYPE_SMALLINT);
        case KIT_REAL: return type_of(TYPE_REAL);
        case KIT_DOUBLE: return type_of(TYPE_DOUBLE);
        case KIT_NUMERIC: return type_numeric(12, 2);
        case KIT_WIDE: return type_numeric(38, 0);
        case KIT_TEXT: return type_of(TYPE_TEXT);
        case KIT_INTERVAL: return type_of(TYPE_INTERVAL);
        case KIT_UUID: return type_of(TYPE_UUID);
        case KIT_DATE: return type_of(TYPE_DATE);
        case KIT_JSONB: return type_of(TYPE_JSONB);
        case KIT_COLUMN_COUNT: break;
    }
    return type_of(TYPE_BIGINT);
}

/* Doubles of all kinds: small, huge, NaN, infinities, both zeros. */
static inline double kit_double(int64_t value) {
    switch (value % 23) {
        case 3: return 1e300;
        case 5: return -1e300;
        case 7: return (double)NAN;
        case 11: return (double)INFINITY;
        case 13: return -0.0;
        case 17: return 1e-300;
        default: return (double)value / 3;
    }
}

/* Short ones and long ones. */
static inline void kit_append_json(ArrayBuilder *builder, int64_t value) {
    static const char *const zeros[] = {".5", ".50", ".500"};
    char text[64];
    Error err;
    uint64_t size = (uint64_t)(value < 0 ? -value : value);
    size_t length = text_format(text, sizeof(text), size / 3 % 2 == 0 ? "%d%s" : "{\"twelve bytes\": %d%s}", (int)(value / 3), zeros[size % 3]);
    assert_int_equal(array_builder_parse(builder, str_from(text, length), &err), STATUS_OK);
}

/* Every type gets few values of `value`'s, so that groups meet; texts are long and short, with spellings that differ. */
static inline void kit_append(ArrayBuilder *builder, KitColumn column, const KitRow *row) {
    int64_t value = column == KIT_TIME     ? row->time
                    : column == KIT_KEY    ? row->key
                    : column == KIT_FILTER ? row->passes
                                           : row->value;
    if (value == KIT_NULL) {
        array_builder_null(builder);
        return;
    }
    char text[64];
    size_t size = (size_t)(value < 0 ? -value : value) % 40;
    switch (column) {
        case KIT_TIME:
        case KIT_KEY:
        case KIT_BIGINT: array_builder_i64(builder, value); break;
        case KIT_FILTER: array_builder_bool(builder, value != 0); break;
        case KIT_BOOLEAN: array_builder_bool(builder, value % 3 == 0); break;
        case KIT_INTEGER: array_builder_i32(builder, (int32_t)value); break;
        case KIT_SMALLINT: array_builder_i16(builder, (int16_t)value); break;
        case KIT_REAL: array_builder_f32(builder, (float)kit_double(value)); break;
        case KIT_DOUBLE: array_builder_f64(builder, kit_double(value)); break;
        case KIT_NUMERIC: array_builder_decimal(builder, value * 7); break;
        case KIT_WIDE: array_builder_decimal(builder, (Decimal)value * 1000000000000000LL * 1000000); break;
        case KIT_TEXT:
            memset(text, 'a' + (int)(size % 3), sizeof(text));
            array_builder_text(builder, (Str){text, size});
            break;
        case KIT_INTERVAL:
            array_builder_interval(builder,
                                   (Interval){(int32_t)(value % 3), (int32_t)(value % 7), value * 1000});
            break;
        case KIT_UUID:
            memset(text, (int)(value & 127), 16);
            array_builder_bytes16(builder, text);
            break;
        case KIT_DATE: array_builder_i32(builder, (int32_t)value); break;
        case KIT_JSONB: kit_append_json(builder, value); break;
        case KIT_COLUMN_COUNT: break;
    }
}

/* At most BATCH_ROW_COUNT_MAX rows, in the frame. Weights and bounds are there when `weighted`, `bounded` say
 * so. */
static inline Batch kit_batch(Kit *kit, const KitRow *rows, uint32_t count, bool weighted, bool bounded) {
    Error err;
    Array *columns = FRAME_ARRAY(&kit->frame, Array, KIT_COLUMN_COUNT);
    assert_non_null(columns);
    for (uint32_t c = 0; c < KIT_COLUMN_COUNT; c++) {
        ArrayBuilder builder;
        assert_int_equal(array_builder_init(&builder, &kit->frame, kit_type(c), count, &err), STATUS_OK);
        for (uint32_t i = 0; i < count; i++) kit_append(&builder, c, &rows[i]);
        assert_int_equal(array_builder_finish(&builder, &columns[c], &err), STATUS_OK);
    }
    Batch batch = {.row_count = count, .column_count = KIT_COLUMN_COUNT, .columns = columns};
    int64_t *weights = frame_alloc(&kit->frame, count * sizeof(int64_t), &batch.meta_owner[META_WEIGHT]);
    int64_t *bounds = frame_alloc(&kit->frame, count * sizeof(int64_t), &batch.meta_owner[META_BOUND]);
    for (uint32_t i = 0; i < count; i++) {
        weights[i] = rows[i].weight;
        bounds[i] = rows[i].bound;
    }
    if (weighted) batch.meta[META_WEIGHT] = weights;
    if (bounded) batch.meta[META_BOUND] = bounds;
    return batch;
}

/* --- plans ---------------------------------------------------------------------------------------------- */

typedef struct KitAggregate {
    const char *name; /* NULL: count(*) */
    KitColumn column;
    bool distinct;
    bool filtered;
} KitAggregate;

/* SLICED: a HOP whose AGGREGATE keeps slices (op/slices.h); its WINDOW gives a row once. */
typedef enum KitWindow {
    KIT_NO_WINDOW,
    KIT_TUMBLE,
    KIT_HOP,
    KIT_SLICED,
    KIT_CUMULATE,
    KIT_SESSION
} KitWindow;

typedef struct KitPlan {
    KitWindow window;
    int64_t size; /* the gap of a session */
    int64_t slide;
    int64_t offset;
    int64_t lateness;
    bool emit_on_close;
    bool weighted; /* input is */
    bool grouped;  /* by KIT_KEY */
    bool by_columns; /* first_value and last_value: by KIT_ORDER */
    KitColumn key; /* KIT_TIME: KIT_KEY */
    const KitAggregate *aggregates;
    uint32_t aggregate_count;
} KitPlan;

/* Its columns have no types yet; changes are the input's. */
static inline PlanNode *kit_node(Kit *kit, PlanKind kind, PlanNode *input, uint32_t column_count) {
    PlanNode *node = ARENA_NEW(&kit->arena, PlanNode);
    PlanNode **inputs = ARENA_ARRAY(&kit->arena, PlanNode *, 1);
    assert_true(node != NULL && inputs != NULL);
    inputs[0] = input;
    node->kind = kind;
    node->inputs = inputs;
    node->input_count = input == NULL ? 0 : 1;
    node->column_count = column_count;
    node->columns = ARENA_ARRAY(&kit->arena, PlanColumn, column_count + 1);
    assert_non_null(node->columns);
    if (input != NULL) node->change = input->change;
    return node;
}

/* A leaf of KIT_COLUMN_COUNT columns; rows are pushed into what stands above it. */
static inline PlanNode *kit_source(Kit *kit, bool weighted) {
    PlanNode *node = kit_node(kit, PLAN_VALUES, NULL, KIT_COLUMN_COUNT);
    for (uint32_t c = 0; c < KIT_COLUMN_COUNT; c++) node->columns[c].type = kit_type(c);
    node->change = weighted ? CHANGE_WEIGHTED : CHANGE_APPEND;
    return node;
}

static inline PlanNode *kit_window_node(Kit *kit, const KitPlan *plan, PlanNode *input) {
    PlanNode *node = kit_node(kit, PLAN_WINDOW, input, KIT_COLUMN_COUNT + 2);
    memcpy(node->columns, input->columns, KIT_COLUMN_COUNT * sizeof(PlanColumn));
    bool fixed = plan->window != KIT_CUMULATE;
    node->columns[KIT_COLUMN_COUNT] = (PlanColumn){.type = type_of(TYPE_TIMESTAMP),
                                                   .not_null = true,
                                                   .window_role = WINDOW_START,
                                                   .window_size = fixed ? plan->size : 0};
    node->columns[KIT_COLUMN_COUNT + 1] = (PlanColumn){.type = type_of(TYPE_TIMESTAMP),
                                                       .not_null = true,
                                                       .window_role = WINDOW_END,
                                                       .window_size = fixed ? plan->size : 0};
    node->window = (WindowSpec){.kind = plan->window == KIT_TUMBLE     ? WINDOW_TUMBLE
                                        : plan->window == KIT_CUMULATE ? WINDOW_CUMULATE
                                                                       : WINDOW_HOP,
                                .sliced = plan->window == KIT_SLICED,
                                .time_column = KIT_TIME,
                                .size = plan->size,
                                .slide = plan->window == KIT_TUMBLE ? plan->size : plan->slide,
                                .offset = plan->offset,
                                .lateness = plan->lateness};
    return node;
}

/* `first`: the output column of the first of them. Arguments are taken as they are: the overload must be of their type. */
static inline void kit_aggregates(Kit *kit, const KitPlan *plan, PlanNode *node, uint32_t first) {
    PlanAggregate *aggregates = ARENA_ARRAY(&kit->arena, PlanAggregate, plan->aggregate_count + 1);
    assert_non_null(aggregates);
    for (uint32_t i = 0; i < plan->aggregate_count; i++) {
        const KitAggregate *kit_aggregate = &plan->aggregates[i];
        Error err;
        Type type = kit_type(kit_aggregate->column);
        bool star = kit_aggregate->name == NULL;
        Type types[2] = {type, type};
        bool joined = !star && strcmp(kit_aggregate->name, "string_agg") == 0;
        assert_int_equal(aggregate_resolve(star ? STR("count") : str_from_c(kit_aggregate->name), types,
                                           star ? 0 : joined ? 2 : 1, &aggregates[i].aggregate, &err),
                         STATUS_OK);
        aggregates[i].delimiter = joined ? (int32_t)kit_aggregate->column : -1;
        aggregates[i].column = star ? -1 : (int32_t)kit_aggregate->column;
        if (!star) assert_true(type_equal(aggregates[i].aggregate.argument, type));
        aggregates[i].filter = kit_aggregate->filtered ? KIT_FILTER : -1;
        aggregates[i].distinct = kit_aggregate->distinct;
        node->columns[first + i].type = aggregates[i].aggregate.result;
    }
    node->aggregate.aggregates = aggregates;
    node->aggregate.aggregate_count = plan->aggregate_count;
}

static const uint32_t KIT_ORDER[] = {KIT_JSONB, KIT_TEXT, KIT_INTERVAL, KIT_REAL, KIT_FILTER, KIT_TIME};
enum { KIT_ORDER_COUNT = sizeof(KIT_ORDER) / sizeof(KIT_ORDER[0]) };

/* The AGGREGATE or SESSION; its input is the WINDOW, if there is one, else the source. */
static inline PlanNode *kit_plan(Kit *kit, const KitPlan *plan) {
    PlanNode *input = kit_source(kit, plan->weighted);
    bool session = plan->window == KIT_SESSION, windowed = plan->window != KIT_NO_WINDOW && !session;
    if (windowed) input = kit_window_node(kit, plan, input);
    uint32_t group_count = 0, *groups = ARENA_ARRAY(&kit->arena, uint32_t, 3);
    assert_non_null(groups);
    bool two_ends = windowed && plan->window != KIT_SLICED;
    if (plan->grouped) groups[group_count++] = plan->key == KIT_TIME ? KIT_KEY : plan->key;
    if (windowed) groups[group_count++] = KIT_COLUMN_COUNT;
    if (two_ends) groups[group_count++] = KIT_COLUMN_COUNT + 1;
    uint32_t ends = session ? 2 : 0;
    PlanNode *node = kit_node(kit, session ? PLAN_SESSION : PLAN_AGGREGATE, input,
                              group_count + ends + plan->aggregate_count);
    for (uint32_t i = 0; i < group_count; i++) node->columns[i] = input->columns[groups[i]];
    for (uint32_t i = 0; i < ends; i++) node->columns[group_count + i].type = type_of(TYPE_TIMESTAMP);
    uint32_t end_group = two_ends ? group_count - 1 : group_count;
    bool by_end = plan->window == KIT_CUMULATE;
    node->aggregate =
        (AggregateSpec){.groups = groups,
                        .group_count = group_count,
                        .has_global_row = group_count == 0 && !session,
                        .close = plan->window == KIT_NO_WINDOW ? CLOSE_NEVER : CLOSE_WINDOW,
                        .emit_on_close = plan->emit_on_close,
                        .window_group = windowed ? (int32_t)(by_end ? end_group : plan->grouped) : -1,
                        .lateness = plan->lateness,
                        .sliced = plan->window == KIT_SLICED,
                        .size = plan->size,
                        .slide = plan->slide,
                        .offset = plan->offset,
                        .by_columns = plan->by_columns,
                        .order = KIT_ORDER,
                        .order_count = plan->by_columns ? KIT_ORDER_COUNT : 0,
                        .time_column = KIT_TIME,
                        .gap = plan->size,
                        .late_time_column = KIT_TIME};
    kit_aggregates(kit, plan, node, group_count + ends);
    return node;
}

/* --- tallies -------------------------------------------------------------------------------------------- */

enum { KIT_TALLY_COUNT_MAX = 4096, KIT_TEXT_SIZE_MAX = 1200 };

typedef struct KitTallyRow {
    char text[KIT_TEXT_SIZE_MAX];
    uint64_t hash;
    int64_t weight;
} KitTallyRow;

typedef struct KitTally {
    uint32_t count;
    KitTallyRow rows[KIT_TALLY_COUNT_MAX];
} KitTally;

static inline void kit_tally_reset(KitTally *tally) {
    tally->count = 0;
}

/* The weight of a row; NULL: it has never been there. */
static inline int64_t *kit_tally_find(KitTally *tally, const char *text, uint64_t hash) {
    for (uint32_t i = 0; i < tally->count; i++)
        if (tally->rows[i].hash == hash && strcmp(tally->rows[i].text, text) == 0) return &tally->rows[i].weight;
    return NULL;
}

/* Of a long text the beginning is kept, and the hash of all. */
static inline void kit_tally_add(KitTally *tally, Str text, int64_t weight) {
    char start[KIT_TEXT_SIZE_MAX];
    size_t size = text.size < KIT_TEXT_SIZE_MAX ? text.size : KIT_TEXT_SIZE_MAX - 1;
    memcpy(start, text.data, size);
    start[size] = 0;
    uint64_t hash = hash_str(text);
    int64_t *held = kit_tally_find(tally, start, hash);
    if (held != NULL) {
        *held += weight;
        return;
    }
    assert_true(tally->count < KIT_TALLY_COUNT_MAX);
    KitTallyRow *row = &tally->rows[tally->count++];
    memcpy(row->text, start, size + 1);
    row->hash = hash;
    row->weight = weight;
}

static inline int64_t kit_tally_get(KitTally *tally, Str text) {
    ASSERT(text.size < KIT_TEXT_SIZE_MAX);
    const int64_t *held = kit_tally_find(tally, text.data, hash_str(text));
    return held == NULL ? 0 : *held;
}

/* Batches are lists of rows: "a|b|NULL". */
static inline void kit_tally_batch(KitTally *tally, Memory *memory, const Batch *batch) {
    batch_check(batch);
    for (uint32_t row = 0; row < batch->row_count; row++) {
        Text text;
        text_init(&text, memory);
        for (uint32_t c = 0; c < batch->column_count; c++) {
            if (c > 0) text_append(&text, STR("|"));
            if (!array_value_text(&batch->columns[c], row, &text)) text_append(&text, STR("NULL"));
        }
        kit_tally_add(tally, text_str(&text), batch_weight(batch, row));
        text_deinit(&text);
    }
}

/* One half of kit_tally_same: rows that are in `a`. */
static inline void kit_tally_same_as(KitTally *a, KitTally *b, const char *what, uint64_t seed) {
    for (uint32_t i = 0; i < a->count; i++) {
        const int64_t *held = kit_tally_find(b, a->rows[i].text, a->rows[i].hash);
        int64_t other = held == NULL ? 0 : *held;
        if (a->rows[i].weight == other) continue;
        fail_msg("%s, seed %llu: %s has weight %lld, not %lld", what, (unsigned long long)seed,
                 a->rows[i].text, (long long)a->rows[i].weight, (long long)other);
    }
}

/* Fails with the first row whose weights differ; a row of weight 0 is as good as none. */
static inline void kit_tally_same(KitTally *a, KitTally *b, const char *what, uint64_t seed) {
    kit_tally_same_as(a, b, what, seed);
    kit_tally_same_as(b, a, what, seed);
}

/* --- runs ----------------------------------------------------------------------------------------------- */

typedef struct KitRun {
    Kit *kit;
    const PlanNode *node; /* the upper one */
    Op window;
    Op op;
    bool has_window;
    KitTally *out;  /* what left */
    KitTally *late; /* NULL: not wanted */
    Status status;  /* of the first call that failed; later ones do nothing */
    uint32_t out_batch_count;
} KitRun;

static inline void kit_run_init(KitRun *run, Kit *kit, const PlanNode *node, bool snapshot, KitTally *out) {
    Error err = {0};
    *run = (KitRun){.kit = kit, .node = node, .out = out};
    OpMode mode = {.snapshot = snapshot};
    run->has_window = node->inputs[0]->kind == PLAN_WINDOW;
    if (run->has_window)
        assert_int_equal(op_init(&run->window, node->inputs[0], NULL, mode, &kit->context, &err), STATUS_OK);
    Status status = op_init(&run->op, node, NULL, mode, &kit->context, &err);
    if (status != STATUS_OK) fail_msg("op_init: %s", err.message);
}

static inline void kit_run_deinit(KitRun *run) {
    if (run->has_window) op_deinit(&run->window);
    op_deinit(&run->op);
}

/* Memory that fails during the text of a tally is not what is tested. */
static inline void kit_run_take(KitRun *run, const OpOutput *out) {
    int64_t fail_at = run->kit->memory.fail_at;
    run->kit->memory.fail_at = 0;
    assert_true(out->batch.row_count <= BATCH_ROW_COUNT_MAX);
    run->out_batch_count += out->batch.row_count > 0;
    kit_tally_batch(run->out, &run->kit->memory, &out->batch);
    if (run->late != NULL) kit_tally_batch(run->late, &run->kit->memory, &out->late);
    run->kit->memory.fail_at = fail_at;
}

/* Takes what a call of the upper operator gave, and resumes it until it is done. */
static inline void kit_run_drain(KitRun *run, OpOutput *out) {
    Error err = {0};
    if (run->status == STATUS_OK) kit_run_take(run, out);
    while (run->status == STATUS_OK && out->progress == OP_MORE) {
        run->status = op_resume(&run->op, &run->kit->context, out, &err);
        if (run->status == STATUS_OK) kit_run_take(run, out);
    }
}

/* A batch that the window, or the caller, gives. */
static inline void kit_run_upper(KitRun *run, const Batch *batch) {
    Error err = {0};
    OpOutput out;
    if (run->status != STATUS_OK || batch->row_count == 0) return;
    run->status = op_push(&run->op, &run->kit->context, 0, batch, &out, &err);
    kit_run_drain(run, &out);
}

/* Through the window, if there is one. `bounded`: rows carry their bounds, so that some may be late. */
static inline void kit_run_push(KitRun *run, const KitRow *rows, uint32_t count, bool bounded) {
    Error err = {0};
    Kit *kit = run->kit;
    if (run->status != STATUS_OK || count == 0) return;
    int64_t fail_at = kit->memory.fail_at;
    kit->memory.fail_at = 0;
    Batch batch = kit_batch(kit, rows, count, run->node->inputs[0]->change == CHANGE_WEIGHTED, bounded);
    kit->memory.fail_at = fail_at;
    if (!run->has_window) {
        kit_run_upper(run, &batch);
    } else {
        OpOutput out;
        run->status = op_push(&run->window, &kit->context, 0, &batch, &out, &err);
        if (run->status == STATUS_OK) kit_run_upper(run, &out.batch);
        while (run->status == STATUS_OK && out.progress == OP_MORE) {
            run->status = op_resume(&run->window, &kit->context, &out, &err);
            if (run->status == STATUS_OK) kit_run_upper(run, &out.batch);
        }
    }
    frame_reset(&kit->frame);
}

/* WATERMARK_MIN: time has not moved. */
static inline void kit_run_epoch_end(KitRun *run, int64_t watermark) {
    Error err = {0};
    OpOutput out;
    if (run->status != STATUS_OK) return;
    if (watermark != WATERMARK_MIN) op_watermark(&run->op, 0, watermark);
    run->status = op_epoch_end(&run->op, &run->kit->context, &out, &err);
    kit_run_drain(run, &out);
    frame_reset(&run->kit->frame);
}

/* Of a snapshot: the input has ended. */
static inline void kit_run_end(KitRun *run) {
    Error err = {0};
    OpOutput out;
    if (run->status != STATUS_OK) return;
    run->status = op_end(&run->op, &run->kit->context, 0, &out, &err);
    kit_run_drain(run, &out);
    frame_reset(&run->kit->frame);
}

#endif
