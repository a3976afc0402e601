/* SPDX-License-Identifier: Apache-2.0
 * op/property_test.c - stream = batch: whatever the split into batches and epochs, the final rows are those
 * of a plain recomputation over all rows. */
#include "op/op_kit.h"

enum { ROW_COUNT_MAX = 250, GROUP_COUNT_MAX = 4000, PARTITION_COUNT_MAX = 3 };

static KitTally tally, late_tally, late_other, model_tally;

/* What the naive recomputation below can give. */
static const KitAggregate NAIVE[] = {
    {NULL, 0, false, false},
    {"count", KIT_BIGINT, false, false},
    {"sum", KIT_INTEGER, false, false},
    {"min", KIT_INTEGER, false, false},
    {"max", KIT_INTEGER, false, false},
    {"count", KIT_BIGINT, true, false},
    {"sum", KIT_INTEGER, true, true},
};
enum { NAIVE_COUNT = sizeof(NAIVE) / sizeof(NAIVE[0]) };

/* --- the naive recomputation ------------------------------------------------------------------------------
 */

typedef struct NaiveGroup {
    int64_t key;
    int64_t start;
    int64_t end; /* of a session: the last event */
    uint32_t count;
    KitRow rows[ROW_COUNT_MAX]; /* weights added up, all positive */
    bool is_gone;
} NaiveGroup;

typedef struct Naive {
    const KitPlan *plan;
    uint32_t group_count;
    uint32_t late_count;
    NaiveGroup groups[GROUP_COUNT_MAX];
} Naive;

static Naive naive;

static NaiveGroup *naive_group(int64_t key, int64_t start, int64_t end) {
    for (uint32_t i = 0; i < naive.group_count; i++) {
        NaiveGroup *group = &naive.groups[i];
        if (group->key == key && group->start == start && group->end == end && !group->is_gone) return group;
    }
    assert_true(naive.group_count < GROUP_COUNT_MAX);
    NaiveGroup *group = &naive.groups[naive.group_count++];
    group->key = key, group->start = start, group->end = end;
    group->count = 0;
    group->is_gone = false;
    return group;
}

static void naive_put(NaiveGroup *group, const KitRow *row) {
    for (uint32_t i = 0; i < group->count; i++) {
        KitRow *held = &group->rows[i];
        if (held->value != row->value || held->passes != row->passes || held->time != row->time) continue;
        held->weight += row->weight;
        if (held->weight == 0) *held = group->rows[--group->count];
        return;
    }
    group->rows[group->count++] = *row;
}

static bool naive_closed(const KitRow *row, int64_t end) {
    return row->bound != WATERMARK_MIN && end + naive.plan->lateness <= row->bound;
}

static int64_t floor_to(int64_t time, int64_t step, int64_t offset) {
    int64_t rest = (time - offset) % step;
    return time - (rest < 0 ? rest + step : rest);
}

static void naive_fixed(const KitRow *row, int64_t key) {
    const KitPlan *plan = naive.plan;
    bool has_window = false, counted = false;
    int64_t step = plan->window == KIT_TUMBLE ? plan->size : plan->slide;
    if (plan->window == KIT_CUMULATE) {
        int64_t start = floor_to(row->time, plan->size, plan->offset);
        for (int64_t length = step;; length += step) {
            int64_t end = start + (length < plan->size ? length : plan->size);
            if (row->time < end) {
                has_window = true;
                if (!naive_closed(row, end)) naive_put(naive_group(key, start, end), row), counted = true;
            }
            if (length >= plan->size) break;
        }
    } else {
        for (int64_t start = floor_to(row->time, step, plan->offset); start + plan->size > row->time;
             start -= step) {
            has_window = true;
            if (naive_closed(row, start + plan->size)) continue;
            naive_put(naive_group(key, start, start + plan->size), row);
            counted = true;
        }
    }
    naive.late_count += has_window && !counted;
}

static void naive_session(const KitRow *row, int64_t key) {
    int64_t gap = naive.plan->size, time = row->time;
    int64_t closed_last = row->bound == WATERMARK_MIN ? INT64_MIN : row->bound - naive.plan->lateness - gap;
    NaiveGroup *home = NULL;
    for (uint32_t i = 0; i < naive.group_count; i++) {
        NaiveGroup *group = &naive.groups[i];
        bool reached = !group->is_gone && group->key == key && group->end >= closed_last &&
                       time >= group->start - gap && time <= group->end + gap;
        if (!reached) continue;
        if (home == NULL) {
            home = group;
            continue;
        }
        for (uint32_t k = 0; k < group->count; k++) naive_put(home, &group->rows[k]);
        if (group->start < home->start) home->start = group->start;
        if (group->end > home->end) home->end = group->end;
        group->is_gone = true;
    }
    if (home == NULL && time < closed_last) {
        naive.late_count++;
        return;
    }
    if (home == NULL) {
        home = naive_group(key, time, time);
        home->count = 0;
    }
    if (time < home->start) home->start = time;
    if (time > home->end) home->end = time;
    naive_put(home, row);
}

static void append_time(Text *text, int64_t time) {
    Array array = {.type = type_of(TYPE_TIMESTAMP), .length = 1, .values = &time};
    assert_true(array_value_text(&array, 0, text));
}

static void append_number(Text *text, bool is_null, int64_t value) {
    text_append_char(text, '|');
    if (is_null)
        text_append_c(text, "NULL");
    else
        text_append_i64(text, value);
}

static bool seen_before(const NaiveGroup *group, uint32_t row, bool filtered) {
    for (uint32_t i = 0; i < row; i++)
        if (group->rows[i].value == group->rows[row].value && (!filtered || group->rows[i].passes))
            return true;
    return false;
}

static void naive_numbers(const NaiveGroup *group, Text *text) {
    int64_t rows = 0, count = 0, sum = 0, least = INT64_MAX, most = INT64_MIN, distinct = 0, distinct_sum = 0;
    bool any_passes = false;
    for (uint32_t i = 0; i < group->count; i++) {
        const KitRow *row = &group->rows[i];
        rows += row->weight;
        if (row->value == KIT_NULL) continue;
        count += row->weight;
        sum += row->weight * row->value;
        least = row->value < least ? row->value : least;
        most = row->value > most ? row->value : most;
        distinct += !seen_before(group, i, false);
        if (row->passes && !seen_before(group, i, true)) distinct_sum += row->value;
        any_passes |= row->passes;
    }
    append_number(text, false, rows);
    append_number(text, false, count);
    append_number(text, count == 0, sum);
    append_number(text, count == 0, least);
    append_number(text, count == 0, most);
    append_number(text, false, distinct);
    append_number(text, !any_passes, distinct_sum);
}

static void naive_tally(KitTally *out, Memory *memory) {
    const KitPlan *plan = naive.plan;
    kit_tally_reset(out);
    for (uint32_t i = 0; i < naive.group_count; i++) {
        const NaiveGroup *group = &naive.groups[i];
        if (group->is_gone || (group->count == 0 && (plan->grouped || plan->window != KIT_NO_WINDOW)))
            continue;
        Text text;
        text_init(&text, memory);
        if (plan->grouped) append_number(&text, group->key == KIT_NULL, group->key);
        if (plan->window != KIT_NO_WINDOW) {
            text_append_char(&text, '|');
            append_time(&text, group->start);
        }
        if (plan->window != KIT_NO_WINDOW && plan->window != KIT_SLICED) {
            text_append_char(&text, '|');
            append_time(&text, group->end + (plan->window == KIT_SESSION ? plan->size : 0));
        }
        naive_numbers(group, &text);
        Str whole = text_str(&text);
        kit_tally_add(out, (Str){whole.data + 1, whole.size - 1}, 1);
        text_deinit(&text);
    }
}

static void naive_run(const KitPlan *plan, const KitRow *rows, uint32_t count) {
    naive.plan = plan;
    naive.group_count = naive.late_count = 0;
    if (plan->window == KIT_NO_WINDOW && !plan->grouped) (void)naive_group(0, 0, 0);
    for (uint32_t i = 0; i < count; i++) {
        int64_t key = plan->grouped ? rows[i].key : 0;
        if (plan->window == KIT_NO_WINDOW)
            naive_put(naive_group(key, 0, 0), &rows[i]);
        else if (plan->window == KIT_SESSION)
            naive_session(&rows[i], key);
        else
            naive_fixed(&rows[i], key);
    }
}

/* --- random input -----------------------------------------------------------------------------------------
 */

static uint32_t draw_rows(Kit *kit, KitRow *rows, int64_t disorder) {
    uint32_t count = 20 + kit_random(kit, ROW_COUNT_MAX - 20), key_count = 1 + kit_random(kit, 4);
    int64_t now = -200, pace = 1 + kit_random(kit, 6);
    for (uint32_t i = 0; i < count; i++) {
        now += kit_random(kit, (uint32_t)pace);
        if (kit_random(kit, 40) == 0) now += 60;
        rows[i] = (KitRow){
            .time = now - kit_random(kit, (uint32_t)disorder + 1), .weight = 1, .bound = WATERMARK_MIN};
        rows[i].key = kit_random(kit, 10) == 0 ? KIT_NULL : kit_random(kit, key_count);
        rows[i].value = kit_random(kit, 8) == 0 ? KIT_NULL : (int64_t)kit_random(kit, 30) - 5;
        rows[i].passes = kit_random(kit, 2) == 0;
    }
    return count;
}

static int64_t watermarks_before[ROW_COUNT_MAX + 1]; /* the input's, before each row and behind the last */

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* The bound of a row: its partition's highest time so far less the delay, not below the input's watermark, which is the least of the
 * partitions that have begun and never goes back. */
static void set_bounds(Kit *kit, KitRow *list, uint32_t count, uint32_t partition_count, int64_t delay) {
    int64_t watermarks[PARTITION_COUNT_MAX];
    bool has_begun[PARTITION_COUNT_MAX] = {false};
    ASSERT(partition_count <= PARTITION_COUNT_MAX);
    watermarks_before[0] = WATERMARK_MIN;
    for (uint32_t p = 0; p < partition_count; p++) watermarks[p] = WATERMARK_MIN;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t partition = kit_random(kit, partition_count);
        int64_t *watermark = &watermarks[partition];
        list[i].bound = *watermark = later(*watermark, watermarks_before[i]);
        *watermark = later(*watermark, list[i].time - delay);
        has_begun[partition] = true;
        int64_t least = INT64_MAX;
        for (uint32_t p = 0; p < partition_count; p++)
            if (has_begun[p] && watermarks[p] < least) least = watermarks[p];
        watermarks_before[i + 1] = later(watermarks_before[i], least);
    }
}

static KitPlan draw_plan(Kit *kit, KitWindow window) {
    static const int64_t shapes[][2] = {{10, 10}, {7, 3}, {12, 4}, {10, 3}, {3, 5}, {20, 2}};
    const int64_t *shape = shapes[kit_random(kit, 6)];
    if ((window == KIT_CUMULATE || window == KIT_SLICED) && shape[1] > shape[0]) shape = shapes[1];
    KitPlan plan = {.window = window,
                    .size = shape[0],
                    .slide = shape[1],
                    .grouped = kit_random(kit, 5) != 0,
                    .aggregates = NAIVE,
                    .aggregate_count = NAIVE_COUNT};
    plan.offset = (int64_t)kit_random(kit, 7) - 3;
    plan.lateness = kit_random(kit, 2) == 0 ? 0 : kit_random(kit, 15);
    plan.emit_on_close = window != KIT_NO_WINDOW && kit_random(kit, 2) == 0;
    if (window == KIT_SLICED) plan.emit_on_close = true; /* the binder slices nothing else */
    return plan;
}

/* Feeds the rows cut at random; the watermark after each epoch is what the partitions' is, or, without
 * bounds, what the rows to come allow. */
static void feed(KitRun *run, const KitRow *rows, uint32_t count, bool bounded) {
    Kit *kit = run->kit;
    uint32_t done = 0, step_max = 1 + kit_random(kit, 60);
    while (done < count && run->status == STATUS_OK) {
        uint32_t step = 1 + kit_random(kit, step_max);
        if (step > count - done) step = count - done;
        kit_run_push(run, rows + done, step, bounded);
        done += step;
        if (kit_random(kit, 3) == 0) continue;
        int64_t least = done == count ? WATERMARK_MIN : rows[done].time;
        for (uint32_t i = done; i < count; i++) least = rows[i].time < least ? rows[i].time : least;
        int64_t watermark = bounded ? watermarks_before[done] : least;
        kit_run_epoch_end(run, watermark);
    }
    kit_run_epoch_end(run, WATERMARK_MAX);
    kit_run_end(run);
}

static const uint32_t LATE_COLUMNS[] = {KIT_TIME, KIT_KEY, KIT_BIGINT};

static void run_once(Kit *kit, PlanNode *node, bool snapshot, const KitRow *rows, uint32_t count,
                     bool bounded, KitTally *out, KitTally *late, uint64_t *late_count) {
    KitRun run;
    kit_tally_reset(out);
    kit_tally_reset(late);
    kit_run_init(&run, kit, node, snapshot, out);
    run.late = late;
    feed(&run, rows, count, bounded);
    assert_int_equal(run.status, STATUS_OK);
    *late_count = run.op.late_count;
    kit_run_deinit(&run);
}

static KitRow rows[ROW_COUNT_MAX * 2];

/* Append-only input, late rows among them: the same for every split, and what the recomputation says. */
static void check_append(KitWindow window, uint64_t seed) {
    Kit kit;
    kit_init(&kit, seed);
    KitPlan plan = draw_plan(&kit, window);
    int64_t delay = kit_random(&kit, 8);
    uint32_t partition_count = seed / 1000 % 2 == 0 ? 1 : PARTITION_COUNT_MAX;
    uint32_t count = draw_rows(&kit, rows, kit_random(&kit, 30));
    bool bounded = window != KIT_NO_WINDOW;
    if (bounded) set_bounds(&kit, rows, count, partition_count, delay);
    PlanNode *node = kit_plan(&kit, &plan);
    node->aggregate.late_output = true;
    node->aggregate.late_columns = LATE_COLUMNS;
    node->aggregate.late_column_count = 3;
    naive_run(&plan, rows, count);
    naive_tally(&model_tally, &kit.memory);
    uint64_t late_count = 0;
    for (int i = 0; i < 3; i++) {
        run_once(&kit, node, false, rows, count, bounded, &tally, i == 0 ? &late_tally : &late_other, &late_count);
        kit_tally_same(&model_tally, &tally, "append", seed);
        assert_int_equal(late_count, naive.late_count);
        if (i > 0) kit_tally_same(&late_tally, &late_other, "late rows", seed);
    }
    for (uint32_t i = 0; i < count; i++) rows[i].bound = WATERMARK_MIN;
    naive_run(&plan, rows, count);
    naive_tally(&model_tally, &kit.memory);
    plan.emit_on_close = false;
    if (window != KIT_SLICED) {
        run_once(&kit, kit_plan(&kit, &plan), true, rows, count, false, &tally, &late_tally, &late_count);
        kit_tally_same(&model_tally, &tally, "snapshot", seed);
    }
    assert_int_equal(kit.error_count, 0);
    kit_deinit(&kit);
}

/* --- rows that are taken back
 * ------------------------------------------------------------------------------- */

static KitRow net_rows[ROW_COUNT_MAX * 2];

/* Withdraws some rows, a while after they came, a copy at a time or whole. Returns how many changes there
 * are. */
static uint32_t add_withdrawals(Kit *kit, KitRow *list, uint32_t count) {
    static KitRow source[ROW_COUNT_MAX];
    static uint32_t due[ROW_COUNT_MAX];
    uint32_t total = 0;
    memcpy(source, list, count * sizeof(*list));
    for (uint32_t i = 0; i < count; i++) {
        source[i].weight = 1 + kit_random(kit, 3);
        due[i] = kit_random(kit, 2) == 0 ? UINT32_MAX : i + kit_random(kit, 20);
    }
    for (uint32_t i = 0; i < count + 20; i++) {
        if (i < count) list[total++] = source[i];
        for (uint32_t k = i > 20 ? i - 20 : 0; k <= i && k < count; k++) {
            if (due[k] != i) continue;
            list[total] = source[k];
            list[total++].weight = kit_random(kit, 3) == 0 ? -1 : -source[k].weight;
        }
    }
    return total;
}

/* Weights of equal rows added up; rows without weight are gone. */
static uint32_t net_of(const KitRow *list, uint32_t count, KitRow *out) {
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = 0;
        while (at < total && (out[at].time != list[i].time || out[at].key != list[i].key ||
                              out[at].value != list[i].value || out[at].passes != list[i].passes))
            at++;
        if (at == total) {
            out[total] = list[i];
            out[total++].weight = 0;
        }
        out[at].weight += list[i].weight;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < total; i++)
        if (out[i].weight > 0) out[kept++] = out[i];
    return kept;
}

/* Epochs cut at random, the rows of each in any order; nothing is late. */
static void feed_shuffled(KitRun *run, KitRow *list, uint32_t count) {
    Kit *kit = run->kit;
    uint32_t step_max = 1 + kit_random(kit, 60);
    for (uint32_t done = 0, step; done < count; done += step) {
        step = 1 + kit_random(kit, step_max);
        if (step > count - done) step = count - done;
        for (uint32_t i = step - 1; i > 0; i--) {
            uint32_t other = kit_random(kit, i + 1);
            KitRow row = list[done + i];
            list[done + i] = list[done + other];
            list[done + other] = row;
        }
        for (uint32_t from = 0, part; from < step; from += part) {
            part = 1 + kit_random(kit, step);
            if (part > step - from) part = step - from;
            kit_run_push(run, list + done + from, part, false);
        }
        int64_t watermark = INT64_MAX - 1;
        for (uint32_t i = done + step; i < count; i++)
            watermark = list[i].time < watermark ? list[i].time : watermark;
        kit_run_epoch_end(run, done + step == count ? WATERMARK_MIN : watermark);
        for (uint32_t i = 0; i < run->out->count && !run->node->aggregate.emit_on_close; i++)
            if (run->out->rows[i].weight < 0 || run->out->rows[i].weight > 1)
                fail_msg("%s has weight %lld", run->out->rows[i].text, (long long)run->out->rows[i].weight);
    }
    kit_run_epoch_end(run, WATERMARK_MAX);
    kit_run_end(run);
}

static void run_shuffled(Kit *kit, const KitPlan *plan, bool snapshot, const KitRow *list, uint32_t count) {
    static KitRow copy[ROW_COUNT_MAX * 2];
    KitRun run;
    memcpy(copy, list, count * sizeof(*list));
    kit_tally_reset(&tally);
    kit_run_init(&run, kit, kit_plan(kit, plan), snapshot, &tally);
    feed_shuffled(&run, copy, count);
    assert_int_equal(run.status, STATUS_OK);
    assert_int_equal(run.op.late_count, 0);
    kit_run_deinit(&run);
}

static void check_weighted(KitWindow window, uint64_t seed) {
    Kit kit;
    kit_init(&kit, seed);
    KitPlan plan = draw_plan(&kit, window);
    plan.weighted = true;
    uint32_t count = draw_rows(&kit, rows, kit_random(&kit, 30));
    count = add_withdrawals(&kit, rows, count);
    naive_run(&plan, net_rows, net_of(rows, count, net_rows));
    naive_tally(&model_tally, &kit.memory);
    for (int i = 0; i < 2; i++) {
        run_shuffled(&kit, &plan, false, rows, count);
        kit_tally_same(&model_tally, &tally, "weighted", seed);
    }
    plan.emit_on_close = false;
    if (window != KIT_SLICED) {
        run_shuffled(&kit, &plan, true, rows, count);
        kit_tally_same(&model_tally, &tally, "weighted snapshot", seed);
    }
    assert_int_equal(kit.error_count, 0);
    kit_deinit(&kit);
}

/* --- every aggregate
 * ----------------------------------------------------------------------------------------- */

static const char *const NAMES[] = {"count",       "sum",         "avg",       "min",     "max",
                                    "first_value", "last_value",  "bool_and",  "bool_or", "var_samp",
                                    "var_pop",     "stddev_samp", "stddev_pop", "bit_and", "bit_or",
                                    "bit_xor",     "string_agg"};

/* The aggregates that take a column as it is. */
static uint32_t aggregates_of(KitColumn column, KitAggregate *out) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        Aggregate aggregate;
        Error err;
        Type type = kit_type(column), types[2] = {type, type};
        uint32_t arguments = strcmp(NAMES[i], "string_agg") == 0 ? 2 : 1;
        if (aggregate_resolve(str_from_c(NAMES[i]), types, arguments, &aggregate, &err) != STATUS_OK ||
            !type_equal(aggregate.argument, type))
            continue;
        out[count++] = (KitAggregate){NAMES[i], column, false, false};
        if (i < 7 && i != 5 && i != 6) out[count++] = (KitAggregate){NAMES[i], column, true, true};
        out[count++] = (KitAggregate){NAMES[i], column, false, true};
    }
    return count;
}

/* Changes, taken back or not, add up to what one batch gives. */
static void check_aggregates(KitColumn column, KitWindow window, bool weighted, uint64_t seed) {
    static KitTally batch_tally;
    Kit kit;
    kit_init(&kit, seed);
    KitAggregate aggregates[64];
    KitPlan plan = draw_plan(&kit, window);
    plan.weighted = weighted;
    plan.by_columns = weighted || seed % 2000 == 0;
    plan.aggregates = aggregates;
    plan.aggregate_count = aggregates_of(column, aggregates);
    if (window == KIT_SLICED)
        for (uint32_t i = 0; i < plan.aggregate_count; i++) aggregates[i].distinct = false;
    uint32_t count = draw_rows(&kit, rows, 10), net_count;
    if (weighted) {
        count = add_withdrawals(&kit, rows, count);
        run_shuffled(&kit, &plan, false, rows, count);
        net_count = net_of(rows, count, net_rows);
    } else {
        KitRun run;
        kit_tally_reset(&tally);
        kit_run_init(&run, &kit, kit_plan(&kit, &plan), false, &tally);
        feed(&run, rows, count, false);
        assert_int_equal(run.status, STATUS_OK);
        kit_run_deinit(&run);
        memcpy(net_rows, rows, count * sizeof(*rows));
        net_count = count;
    }
    uint64_t stream_errors = kit.error_count;
    KitPlan batch_plan = plan;
    batch_plan.emit_on_close = window == KIT_SLICED;
    batch_plan.weighted = false;
    kit_tally_reset(&batch_tally);
    KitRun run;
    kit_run_init(&run, &kit, kit_plan(&kit, &batch_plan), window != KIT_SLICED, &batch_tally);
    for (uint32_t i = 0; i < net_count; i++)
        for (int64_t k = 0; k < net_rows[i].weight; k++) kit_run_push(&run, &net_rows[i], 1, false);
    kit_run_epoch_end(&run, WATERMARK_MAX);
    kit_run_end(&run);
    kit_run_deinit(&run);
    kit_tally_same(&batch_tally, &tally, "batch and stream", seed * 1000 + column * 10 + window);
    assert_true(stream_errors == 0 || weighted || kit.error_count > 0);
    kit_deinit(&kit);
}

static void test_every_aggregate(void **state) {
    for (uint32_t column = KIT_FILTER; column < KIT_COLUMN_COUNT; column++)
        for (uint64_t seed = 0; seed < 12; seed++)
            for (uint32_t window = KIT_NO_WINDOW; window <= KIT_SESSION; window++)
                check_aggregates(column, window, false, seed * 1000);
}

static void test_every_aggregate_weighted(void **state) {
    for (uint32_t column = KIT_FILTER; column < KIT_COLUMN_COUNT; column++)
        for (uint64_t seed = 0; seed < 12; seed++)
            for (uint32_t window = KIT_NO_WINDOW; window <= KIT_SESSION; window++)
                check_aggregates(column, window, true, seed * 1000);
}

enum { SEED_COUNT = 60 };

static void test_append_no_window(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_append(KIT_NO_WINDOW, seed * 1000);
}
static void test_append_tumble(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_append(KIT_TUMBLE, seed * 1000);
}
static void test_append_hop(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_append(KIT_HOP, seed * 1000);
}
static void test_append_sliced(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_append(KIT_SLICED, seed * 1000);
}
static void test_append_cumulate(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_append(KIT_CUMULATE, seed * 1000);
}
static void test_append_session(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_append(KIT_SESSION, seed * 1000);
}

static void test_weighted_no_window(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_weighted(KIT_NO_WINDOW, seed * 1000);
}
static void test_weighted_tumble(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_weighted(KIT_TUMBLE, seed * 1000);
}
static void test_weighted_hop(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_weighted(KIT_HOP, seed * 1000);
}
static void test_weighted_cumulate(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_weighted(KIT_CUMULATE, seed * 1000);
}
static void test_weighted_sliced(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_weighted(KIT_SLICED, seed * 1000);
}
static void test_weighted_session(void **state) {
    for (uint64_t seed = 0; seed < SEED_COUNT; seed++) check_weighted(KIT_SESSION, seed * 1000);
}
int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append_no_window),   cmocka_unit_test(test_append_tumble),
        cmocka_unit_test(test_append_hop),         cmocka_unit_test(test_append_sliced),
        cmocka_unit_test(test_append_cumulate),    cmocka_unit_test(test_append_session),
        cmocka_unit_test(test_weighted_no_window), cmocka_unit_test(test_weighted_tumble),
        cmocka_unit_test(test_weighted_hop),       cmocka_unit_test(test_weighted_cumulate),
        cmocka_unit_test(test_weighted_sliced),    cmocka_unit_test(test_weighted_session),
        cmocka_unit_test(test_every_aggregate),    cmocka_unit_test(test_every_aggregate_weighted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
