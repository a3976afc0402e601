/* SPDX-License-Identifier: Apache-2.0
 * op/fault_test.c - the nth allocation fails, for every n: the call says so, and after op_deinit everything
 * has come back. */
#include "op/op_kit.h"

enum { ROW_COUNT = 120 };

static KitTally tally;
static KitRow rows[ROW_COUNT];

/* One of each way of summing up. */
static const KitAggregate AGGREGATES[] = {
    {NULL, 0, false, false},
    {"sum", KIT_DOUBLE, false, false},
    {"stddev_pop", KIT_REAL, false, true},
    {"min", KIT_TEXT, false, false},
    {"count", KIT_TEXT, true, false},
    {"max", KIT_INTERVAL, false, true},
    {"sum", KIT_NUMERIC, true, false},
};

static void make_rows(bool weighted) {
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        rows[i] = (KitRow){.time = i * 3 - i % 5 * 7,
                           .key = i % 3,
                           .value = i * 7 % 31,
                           .weight = 1,
                           .bound = i < 30 ? WATERMARK_MIN : i * 3 - 70,
                           .passes = i % 2};
        if (weighted && i % 4 == 3) {
            rows[i] = rows[i - 2];
            rows[i].weight = -1;
        }
    }
}

static Status run_all(Kit *kit, const PlanNode *node, bool snapshot) {
    KitRun run;
    kit_tally_reset(&tally);
    int64_t fail_at = kit->memory.fail_at;
    kit->memory.fail_at = 0;
    kit_run_init(&run, kit, node, snapshot, &tally);
    kit->memory.fail_at = fail_at;
    bool bounded = node->inputs[0]->change == CHANGE_APPEND && !snapshot;
    for (uint32_t done = 0; done < ROW_COUNT; done += 20) {
        kit_run_push(&run, rows + done, 20, bounded);
        kit_run_epoch_end(&run, done < 30 ? WATERMARK_MIN : done * 3 - 70);
    }
    kit_run_epoch_end(&run, WATERMARK_MAX);
    kit_run_end(&run);
    Status status = run.status;
    kit_run_deinit(&run);
    return status;
}

static void check(const KitPlan *plan, bool snapshot) {
    make_rows(plan->weighted);
    Status status = STATUS_OUT_OF_MEMORY;
    for (int64_t fail_at = 1; status != STATUS_OK; fail_at++) {
        Kit kit;
        kit_init(&kit, 1);
        const PlanNode *node = kit_plan(&kit, plan);
        kit.memory.fail_at = fail_at;
        status = run_all(&kit, node, snapshot);
        bool refused = kit.memory.fail_at <= 0;
        assert_true(status == STATUS_OK || status == STATUS_OUT_OF_MEMORY);
        if (!refused) assert_int_equal(status, STATUS_OK);
        if (refused) status = STATUS_OUT_OF_MEMORY; /* some refusals are made good by a smaller request */
        kit_deinit(&kit);
    }
}

static void check_window(KitWindow window) {
    for (int i = 0; i < 16; i++) {
        KitPlan plan = {.window = window, .size = 12, .slide = 5, .lateness = 3, .grouped = true, .key = i & 8 ? KIT_JSONB : KIT_TEXT};
        plan.aggregates = AGGREGATES;
        plan.aggregate_count = sizeof(AGGREGATES) / sizeof(AGGREGATES[0]);
        bool snapshot = i & 1;
        plan.emit_on_close = (i & 2) && window != KIT_NO_WINDOW;
        plan.weighted = i & 4;
        if (window == KIT_SLICED && (snapshot || !plan.emit_on_close)) continue;
        check(&plan, snapshot);
    }
}

static void test_no_window(void **state) {
    check_window(KIT_NO_WINDOW);
}
static void test_tumble(void **state) {
    check_window(KIT_TUMBLE);
}
static void test_hop(void **state) {
    check_window(KIT_HOP);
}
static void test_sliced(void **state) {
    check_window(KIT_SLICED);
}
static void test_session(void **state) {
    check_window(KIT_SESSION);
}

/* Whole rows held for first_value and last_value, and values in heaps. */
static void test_rows(void **state) {
    static const KitAggregate aggregates[] = {
        {"first_value", KIT_TEXT, false, false},  {"string_agg", KIT_TEXT, false, false},
        {"last_value", KIT_INTERVAL, false, true},
        {"max", KIT_BIGINT, false, false},
        {"last_value", KIT_JSONB, false, false},
        {"count", KIT_JSONB, true, false},
    };
    static const KitWindow windows[] = {KIT_NO_WINDOW, KIT_TUMBLE, KIT_SLICED, KIT_SESSION};
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        for (int weighted = 0; weighted < 2; weighted++) {
            KitPlan plan = {.window = windows[i], .size = 100, .slide = 50, .lateness = 3, .grouped = true};
            plan.by_columns = true;
            plan.weighted = weighted;
            plan.emit_on_close = windows[i] == KIT_SLICED;
            plan.aggregates = aggregates;
            plan.aggregate_count = sizeof(aggregates) / sizeof(aggregates[0]);
            check(&plan, false);
        }
    }
}

/* Windows that all close at once, with more groups than leave in one batch: the records go with the last batch.
 * A row of that one fails, so that the operator ends with groups of which most have been let go of. */
static void test_close(void **state) {
    enum { CLOSE_COUNT = 2100 };
    static KitRow many[CLOSE_COUNT];
    KitPlan plan = {.window = KIT_TUMBLE, .size = 12, .grouped = true, .emit_on_close = true, .weighted = true};
    plan.aggregates = AGGREGATES;
    plan.aggregate_count = sizeof(AGGREGATES) / sizeof(AGGREGATES[0]);
    for (uint32_t i = 0; i < CLOSE_COUNT; i++)
        many[i] = (KitRow){.time = i / 100, .key = i, .value = i * 7 % 31, .weight = 1, .passes = true};
    many[CLOSE_COUNT - 1].weight = -1;
    Kit kit;
    KitRun run;
    kit_init(&kit, 1);
    kit.stops = true;
    kit_tally_reset(&tally);
    kit_run_init(&run, &kit, kit_plan(&kit, &plan), false, &tally);
    kit_run_push(&run, many, CLOSE_COUNT, false);
    kit_run_epoch_end(&run, WATERMARK_MAX);
    assert_int_equal(run.status, STATUS_NO_SUCH_ROW);
    assert_int_equal(tally.count, 2048);
    kit_run_deinit(&run);
    kit_deinit(&kit);
}

/* Setting up fails at every allocation too. */
static void test_init(void **state) {
    for (uint32_t window = KIT_NO_WINDOW; window <= KIT_SESSION; window++) {
        KitPlan plan = {.window = window,
                        .size = 10,
                        .slide = 5,
                        .grouped = true,
                        .weighted = window % 2,
                        .emit_on_close = window == KIT_SLICED};
        plan.aggregates = AGGREGATES;
        plan.aggregate_count = sizeof(AGGREGATES) / sizeof(AGGREGATES[0]);
        Status status = STATUS_OUT_OF_MEMORY;
        for (int64_t fail_at = 1; status != STATUS_OK; fail_at++) {
            Kit kit;
            Error err;
            kit_init(&kit, 1);
            const PlanNode *node = kit_plan(&kit, &plan);
            Op op;
            kit.memory.fail_at = fail_at;
            status = op_init(&op, node, NULL, (OpMode){0}, &kit.context, &err);
            if (status == STATUS_OK) op_deinit(&op);
            kit_deinit(&kit);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_window), cmocka_unit_test(test_tumble),  cmocka_unit_test(test_hop),
        cmocka_unit_test(test_sliced),    cmocka_unit_test(test_session), cmocka_unit_test(test_rows),
        cmocka_unit_test(test_close),     cmocka_unit_test(test_init),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
