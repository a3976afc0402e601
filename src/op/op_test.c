/* SPDX-License-Identifier: Apache-2.0
 * op/op_test.c - single operators at their edges: SORT, LIMIT, SCALAR, WINDOW's times, results that do not
 * fit. */
#include "op/op_kit.h"

static KitTally tally;
static Text listed; /* rows in the order they left */

static void list_batch(const Batch *batch, uint32_t column) {
    for (uint32_t row = 0; row < batch->row_count; row++) {
        if (!array_value_text(&batch->columns[column], row, &listed)) text_append(&listed, STR("NULL"));
        text_append_char(&listed, ' ');
    }
}

static void assert_listed(const char *expected) {
    text_append_char(&listed, 0);
    assert_string_equal(listed.data, expected);
    text_reset(&listed);
}

static const int64_t VALUES[] = {5, KIT_NULL, -3, 5, 12, KIT_NULL, 0, -3, 7};
enum { VALUE_COUNT = sizeof(VALUES) / sizeof(VALUES[0]) };

static void sort_values(Kit *kit, const SortKey *key, int64_t limit, uint32_t batch_rows) {
    Error err;
    PlanNode *node = kit_node(kit, PLAN_SORT, kit_source(kit, false), KIT_COLUMN_COUNT);
    memcpy(node->columns, node->inputs[0]->columns, KIT_COLUMN_COUNT * sizeof(PlanColumn));
    node->sort = (SortSpec){.keys = key, .key_count = 1, .limit = limit, .visible_count = KIT_COLUMN_COUNT};
    Op op;
    OpOutput out;
    assert_int_equal(op_init(&op, node, NULL, (OpMode){true}, &kit->context, &err), STATUS_OK);
    for (uint32_t done = 0; done < VALUE_COUNT; done += batch_rows) {
        KitRow rows[VALUE_COUNT];
        uint32_t count = VALUE_COUNT - done < batch_rows ? VALUE_COUNT - done : batch_rows;
        for (uint32_t i = 0; i < count; i++)
            rows[i] = (KitRow){.time = done + i, .value = VALUES[done + i], .weight = 1};
        Batch batch = kit_batch(kit, rows, count, false, false);
        assert_int_equal(op_push(&op, &kit->context, 0, &batch, &out, &err), STATUS_OK);
        assert_int_equal(out.batch.row_count, 0);
        frame_reset(&kit->frame);
    }
    assert_int_equal(op_end(&op, &kit->context, 0, &out, &err), STATUS_OK);
    list_batch(&out.batch, KIT_BIGINT);
    while (out.progress == OP_MORE) {
        assert_int_equal(op_resume(&op, &kit->context, &out, &err), STATUS_OK);
        list_batch(&out.batch, KIT_BIGINT);
    }
    op_deinit(&op);
}

static void sorted(KitColumn by, bool descending, bool nulls_first, int64_t limit, const char *expected) {
    for (uint32_t batch_rows = 1; batch_rows <= VALUE_COUNT; batch_rows += 4) {
        Kit kit;
        kit_init(&kit, 1);
        text_init(&listed, &kit.memory);
        sort_values(&kit, &(SortKey){by, descending, nulls_first}, limit, batch_rows);
        assert_listed(expected);
        text_deinit(&listed);
        kit_deinit(&kit);
    }
}

static void test_sort(void **state) {
    static const KitColumn columns[] = {KIT_BIGINT,  KIT_INTEGER, KIT_SMALLINT,
                                        KIT_NUMERIC, KIT_WIDE,    KIT_DATE};
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        sorted(columns[i], false, false, -1, "-3 -3 0 5 5 7 12 NULL NULL ");
        sorted(columns[i], false, true, -1, "NULL NULL -3 -3 0 5 5 7 12 ");
        sorted(columns[i], true, true, -1, "NULL NULL 12 7 5 5 0 -3 -3 ");
        sorted(columns[i], true, false, -1, "12 7 5 5 0 -3 -3 NULL NULL ");
        sorted(columns[i], true, false, 3, "12 7 5 ");
        sorted(columns[i], false, true, 4, "NULL NULL -3 -3 ");
        sorted(columns[i], false, false, 0, "");
    }
}

static void test_limit(void **state) {
    static const struct {
        int64_t limit, offset;
        const char *expected;
    } cases[] = {{-1, 0, "0 1 2 3 4 5 6 7 "},
                 {3, 0, "0 1 2 "},
                 {3, 4, "4 5 6 "},
                 {9, 7, "7 "},
                 {2, 20, ""},
                 {0, 0, ""},
                 {-1, 6, "6 7 "}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Kit kit;
        Error err;
        Op op;
        OpOutput out;
        kit_init(&kit, 1);
        text_init(&listed, &kit.memory);
        PlanNode *node = kit_node(&kit, PLAN_LIMIT, kit_source(&kit, false), KIT_COLUMN_COUNT);
        memcpy(node->columns, node->inputs[0]->columns, KIT_COLUMN_COUNT * sizeof(PlanColumn));
        node->limit = (LimitSpec){cases[i].limit, cases[i].offset};
        assert_int_equal(op_init(&op, node, NULL, (OpMode){true}, &kit.context, &err), STATUS_OK);
        for (int64_t at = 0; at < 8; at += 2) {
            KitRow rows[2] = {{.value = at, .weight = 1}, {.value = at + 1, .weight = 1}};
            Batch batch = kit_batch(&kit, rows, 2, false, false);
            assert_int_equal(op_push(&op, &kit.context, 0, &batch, &out, &err), STATUS_OK);
            list_batch(&out.batch, KIT_BIGINT);
        }
        assert_listed(cases[i].expected);
        assert_int_equal(op_is_full(&op), cases[i].limit >= 0 && cases[i].limit + cases[i].offset <= 8);
        op_deinit(&op);
        text_deinit(&listed);
        kit_deinit(&kit);
    }
}

/* The one row of a global aggregate, whatever came. */
static void global_row(bool snapshot, bool weighted, const KitRow *rows, uint32_t count,
                       const char *expected) {
    static const KitAggregate aggregates[] = {
        {NULL, 0, false, false}, {"sum", KIT_BIGINT, false, false}, {"min", KIT_TEXT, false, false}};
    Kit kit;
    kit_init(&kit, 1);
    KitPlan plan = {
        .window = KIT_NO_WINDOW, .weighted = weighted, .aggregates = aggregates, .aggregate_count = 3};
    KitRun run;
    kit_tally_reset(&tally);
    kit_run_init(&run, &kit, kit_plan(&kit, &plan), snapshot, &tally);
    kit_run_epoch_end(&run, WATERMARK_MIN);
    for (uint32_t i = 0; i < count; i++) {
        kit_run_push(&run, &rows[i], 1, false);
        kit_run_epoch_end(&run, WATERMARK_MIN);
    }
    kit_run_end(&run);
    assert_int_equal(run.status, STATUS_OK);
    kit_run_deinit(&run);
    int64_t total = 0;
    for (uint32_t i = 0; i < tally.count; i++) total += tally.rows[i].weight;
    assert_int_equal(total, 1);
    assert_int_equal(kit_tally_get(&tally, str_from_c(expected)), 1);
    kit_deinit(&kit);
}

static void test_global_row(void **state) {
    const KitRow rows[] = {{.value = 4, .weight = 2}, {.value = 4, .weight = -2}};
    const KitRow plain = {.value = 4, .weight = 1};
    for (int snapshot = 0; snapshot < 2; snapshot++) {
        global_row(snapshot, false, NULL, 0, "0|NULL|NULL");
        global_row(snapshot, true, rows, 2, "0|NULL|NULL");
        global_row(snapshot, true, rows, 1, "2|8|bbbb");
        global_row(snapshot, false, &plain, 1, "1|4|bbbb");
    }
}

/* A sum past bigint has no row until it fits again; more withdrawals than rows are an error of the group. */
static void test_group_recovers(void **state) {
    static const KitAggregate aggregates[] = {{"sum", KIT_INTEGER, false, false}};
    Kit kit;
    kit_init(&kit, 1);
    KitPlan plan = {.window = KIT_NO_WINDOW,
                    .weighted = true,
                    .grouped = true,
                    .aggregates = aggregates,
                    .aggregate_count = 1};
    KitRun run;
    kit_tally_reset(&tally);
    kit_run_init(&run, &kit, kit_plan(&kit, &plan), false, &tally);
    KitRow one = {.key = 1, .value = 3, .weight = 1},
           huge = {.key = 1, .value = INT32_MAX, .weight = INT64_C(1) << 40}, gone = huge;
    gone.weight = -huge.weight;
    kit_run_push(&run, &one, 1, false);
    kit_run_epoch_end(&run, WATERMARK_MIN);
    assert_int_equal(kit_tally_get(&tally, STR("1|3")), 1);
    kit_run_push(&run, &huge, 1, false);
    kit_run_epoch_end(&run, WATERMARK_MIN);
    assert_int_equal(kit_tally_get(&tally, STR("1|3")), 0);
    assert_int_equal(kit.error_count, 1);
    kit_run_push(&run, &gone, 1, false);
    kit_run_epoch_end(&run, WATERMARK_MIN);
    assert_int_equal(kit_tally_get(&tally, STR("1|3")), 1);
    one.weight = -2;
    kit_run_push(&run, &one, 1, false);
    kit_run_epoch_end(&run, WATERMARK_MIN);
    assert_int_equal(kit_tally_get(&tally, STR("1|3")), 0);
    assert_int_equal(kit.error_count, 2);
    one.weight = 1;
    kit_run_push(&run, &one, 1, false);
    kit_run_epoch_end(&run, WATERMARK_MIN);
    assert_int_equal(run.op.error_count, 2);
    kit_run_deinit(&run);
    kit_deinit(&kit);
}

/* NULL times and times at the ends of time are reported; the rest goes on. Many windows per row come in
 * several batches. */
static void test_window_times(void **state) {
    static const KitAggregate aggregates[] = {{NULL, 0, false, false}};
    for (uint32_t window = KIT_TUMBLE; window <= KIT_SESSION; window++) {
        Kit kit;
        kit_init(&kit, 1);
        KitPlan plan = {.window = window,
                        .size = 1000,
                        .slide = 1,
                        .emit_on_close = true,
                        .aggregates = aggregates,
                        .aggregate_count = 1};
        KitRun run;
        kit_tally_reset(&tally);
        kit_run_init(&run, &kit, kit_plan(&kit, &plan), false, &tally);
        KitRow rows[40];
        for (uint32_t i = 0; i < 40; i++)
            rows[i] = (KitRow){.time = (int64_t)i - 20, .weight = 1, .bound = WATERMARK_MIN};
        rows[5].time = KIT_NULL;
        rows[6].time = INT64_MAX;
        rows[7].time = INT64_MIN + 1;
        kit_run_push(&run, rows, 40, false);
        kit_run_epoch_end(&run, WATERMARK_MAX);
        assert_int_equal(run.status, STATUS_OK);
        assert_int_equal(kit.error_count, 3);
        uint32_t expected = window == KIT_TUMBLE     ? 2
                            : window == KIT_SESSION  ? 1
                            : window == KIT_CUMULATE ? 1000 + 20
                                                     : 1000 + 39;
        assert_int_equal(tally.count, expected);
        kit_run_deinit(&run);
        kit_deinit(&kit);
    }
}

/* The batch whose windows are under way is memory of the operator's; that of one window a row leaves at once. */
static void test_window_memory(void **state) {
    Kit kit;
    kit_init(&kit, 1);
    for (uint32_t window = KIT_TUMBLE; window <= KIT_HOP; window++) {
        Error err;
        Op op;
        OpOutput out;
        KitPlan plan = {.window = window, .size = 1000, .slide = 1};
        assert_int_equal(op_init(&op, kit_window_node(&kit, &plan, kit_source(&kit, false)), NULL, (OpMode){true}, &kit.context, &err),
                         STATUS_OK);
        KitRow rows[40] = {{0}};
        for (uint32_t i = 0; i < 40; i++) rows[i] = (KitRow){.time = i, .weight = 1, .bound = WATERMARK_MIN};
        Batch batch = kit_batch(&kit, rows, 40, false, false);
        assert_int_equal(op_memory(&op), 0);
        assert_int_equal(op_push(&op, &kit.context, 0, &batch, &out, &err), STATUS_OK);
        assert_int_equal(out.progress, window == KIT_TUMBLE ? OP_DONE : OP_MORE);
        assert_true(window == KIT_TUMBLE ? op_memory(&op) == 0 : op_memory(&op) >= batch_byte_count(&batch));
        op_deinit(&op);
    }
    kit_deinit(&kit);
}

/* Sessions of one key with a gap of 10 and a lateness of 5, epoch by epoch. */
static void test_session_edges(void **state) {
    static const KitAggregate aggregates[] = {{NULL, 0, false, false}};
    Kit kit;
    kit_init(&kit, 1);
    KitPlan plan = {.window = KIT_SESSION,
                    .size = 10,
                    .lateness = 5,
                    .emit_on_close = true,
                    .aggregates = aggregates,
                    .aggregate_count = 1};
    KitRun run;
    kit_tally_reset(&tally);
    kit_run_init(&run, &kit, kit_plan(&kit, &plan), false, &tally);
    KitRow rows[] = {{.time = 0, .weight = 1, .bound = WATERMARK_MIN},
                     {.time = 10, .weight = 1, .bound = 0},  /* exactly the gap away: the same session */
                     {.time = 21, .weight = 1, .bound = 10}, /* one more: another */
                     {.time = 5, .weight = 1, .bound = 25},  /* its end + lateness is the bound: open still */
                     {.time = 4, .weight = 1, .bound = 26},  /* closed by one, and late by itself */
                     {.time = 11,
                      .weight = 1,
                      .bound = 26}, /* its own end + lateness is the bound; it reaches the other */
                     {.time = -9, .weight = 1, .bound = 26}};
    kit_run_push(&run, rows, 7, true);
    kit_run_epoch_end(&run, 25);
    assert_int_equal(tally.count, 0);
    kit_run_epoch_end(&run, 26);
    assert_int_equal(kit_tally_get(&tally, STR("1970-01-01 00:00:00|1970-01-01 00:00:00.00002|3")), 1);
    kit_run_epoch_end(&run, 36);
    assert_int_equal(tally.count, 1);
    kit_run_epoch_end(&run, 37);
    assert_int_equal(kit_tally_get(&tally, STR("1970-01-01 00:00:00.000011|1970-01-01 00:00:00.000031|2")),
                     1);
    assert_int_equal(run.op.late_count, 2);
    assert_int_equal(run.status, STATUS_OK);
    kit_run_deinit(&run);
    kit_deinit(&kit);
}

/* A SCALAR's second input, of one column; its own columns begin with those of the first. */
static void give_subquery(PlanNode *node, PlanNode *subquery, PlanNode **inputs) {
    memcpy(node->columns, node->inputs[0]->columns, KIT_COLUMN_COUNT * sizeof(PlanColumn));
    *subquery = *node->inputs[0];
    subquery->column_count = 1;
    inputs[0] = node->inputs[0];
    inputs[1] = subquery;
    node->inputs = inputs;
    node->input_count = 2;
}

/* Rows that came before the subquery had ended wait for it. */
static void test_member(void **state) {
    for (uint32_t value_count = 0; value_count < 3; value_count++) {
        Kit kit;
        Error err;
        Op op;
        OpOutput out;
        kit_init(&kit, 1);
        text_init(&listed, &kit.memory);
        PlanNode *node = kit_node(&kit, PLAN_SCALAR, kit_source(&kit, false), KIT_COLUMN_COUNT);
        PlanNode subquery, *inputs[2];
        give_subquery(node, &subquery, inputs);
        node->scalar = (ScalarSpec){.is_member = true, .operand = 0};
        node->columns[0].type = type_of(TYPE_BOOLEAN);
        assert_int_equal(op_init(&op, node, NULL, (OpMode){true}, &kit.context, &err), STATUS_OK);
        KitRow rows[3] = {{.time = 1, .weight = 1}, {.time = 2, .weight = 1}, {.time = 3, .weight = 1}};
        Batch batch = kit_batch(&kit, rows, 3, false, false);
        size_t before = op_memory(&op);
        assert_int_equal(op_push(&op, &kit.context, 0, &batch, &out, &err), STATUS_OK);
        assert_int_equal(out.batch.row_count, 0);
        assert_true(op_memory(&op) >= before + batch_byte_count(&batch)); /* it waits */
        if (value_count > 0) {
            Batch values = kit_batch(&kit, rows + 1, value_count, false, false);
            values.column_count = 1;
            assert_int_equal(op_push(&op, &kit.context, 1, &values, &out, &err), STATUS_OK);
        }
        assert_int_equal(op_end(&op, &kit.context, 1, &out, &err), STATUS_OK);
        list_batch(&out.batch, 0);
        assert_int_equal(op_push(&op, &kit.context, 0, &batch, &out, &err), STATUS_OK); /* at once from now on */
        list_batch(&out.batch, 0);
        static const char *const EXPECTED[] = {"f f f f f f ", "f t f f t f ", "f t t f t t "};
        assert_listed(EXPECTED[value_count]);
        op_deinit(&op);
        text_deinit(&listed);
        kit_deinit(&kit);
    }
}

/* The input has the node's own columns: all of them pass. */
static void read_own_columns(Kit *kit, PlanNode *node) {
    PlanNode **inputs = ARENA_ARRAY(&kit->arena, PlanNode *, 1);
    assert_non_null(inputs);
    inputs[0] = arena_copy(&kit->arena, node->inputs[0], sizeof(PlanNode));
    assert_non_null(inputs[0]);
    inputs[0]->columns = node->columns;
    inputs[0]->column_count = node->column_count;
    node->inputs = inputs;
}

/* Rows 10, 20, 30 that the left side has 3, 1 and 0 times and the right side 1, 2 and 4 times, and 40, of which only late withdrawals
 * came; as changes, and as rows that have no weight. */
static void test_match_counts(void **state) {
    static const struct {
        bool intersect, all;
        const char *rows, *weights;
    } CASES[] = {{false, true, "10 10 ", "-4 "},
                 {false, false, "", ""},
                 {true, true, "10 20 ", "-2 1 "},
                 {true, false, "10 20 ", "-2 1 "}};
    static const int64_t VALUES_OF[3][4] = {{10, 20, 30, 40}, {3, 1, 0, -1}, {1, 2, 4, -2}}, WEIGHTS[] = {-2, 1, 1, 1};
    for (size_t i = 0; i < 8; i++) {
        Kit kit;
        Error err;
        Op op;
        OpOutput out;
        bool snapshot = i >= 4;
        kit_init(&kit, 1);
        text_init(&listed, &kit.memory);
        PlanNode *node = kit_node(&kit, PLAN_MATCH_COUNTS, kit_source(&kit, !snapshot), 3);
        Array columns[3];
        for (uint32_t c = 0; c < 3; c++) {
            node->columns[c].type = type_of(TYPE_BIGINT);
            columns[c] = (Array){.type = type_of(TYPE_BIGINT), .length = 4, .values = VALUES_OF[c]};
        }
        read_own_columns(&kit, node);
        node->match_counts = (MatchCountsSpec){.intersect = CASES[i % 4].intersect, .all = CASES[i % 4].all, .left = 1, .right = 2};
        Batch batch = {.row_count = 4, .column_count = 3, .columns = columns};
        if (!snapshot) batch.meta[META_WEIGHT] = WEIGHTS;
        assert_int_equal(op_init(&op, node, NULL, (OpMode){snapshot}, &kit.context, &err), STATUS_OK);
        assert_int_equal(op_push(&op, &kit.context, 0, &batch, &out, &err), STATUS_OK);
        assert_int_equal(out.progress, OP_DONE);
        if (snapshot) list_batch(&out.batch, 0);
        for (uint32_t row = 0; row < out.batch.row_count && !snapshot; row++)
            text_append_format(&listed, "%lld ", (long long)batch_weight(&out.batch, row));
        assert_listed(snapshot ? CASES[i % 4].rows : CASES[i % 4].weights);
        op_deinit(&op);
        text_deinit(&listed);
        kit_deinit(&kit);
    }
}

/* More copies than a batch holds. */
static void test_match_counts_of_many(void **state) {
    Kit kit;
    Error err;
    Op op;
    OpOutput out;
    kit_init(&kit, 1);
    PlanNode *node = kit_node(&kit, PLAN_MATCH_COUNTS, kit_source(&kit, false), 2);
    int64_t counts[2][2] = {{3 * BATCH_ROW_COUNT_MAX, 5}, {1, 1}};
    Array columns[2];
    for (uint32_t c = 0; c < 2; c++) {
        node->columns[c].type = type_of(TYPE_BIGINT);
        columns[c] = (Array){.type = type_of(TYPE_BIGINT), .length = 2, .values = counts[c]};
    }
    read_own_columns(&kit, node);
    node->match_counts = (MatchCountsSpec){.all = true, .left = 0, .right = 1};
    Batch batch = {.row_count = 2, .column_count = 2, .columns = columns};
    assert_int_equal(op_init(&op, node, NULL, (OpMode){true}, &kit.context, &err), STATUS_OK);
    assert_int_equal(op_push(&op, &kit.context, 0, &batch, &out, &err), STATUS_OK);
    assert_true(op_memory(&op) >= 2 * sizeof(counts[0]));
    uint64_t total = out.batch.row_count;
    while (out.progress == OP_MORE) {
        frame_reset(&kit.frame);
        assert_int_equal(op_resume(&op, &kit.context, &out, &err), STATUS_OK);
        total += out.batch.row_count;
    }
    assert_int_equal(total, 3 * BATCH_ROW_COUNT_MAX - 1 + 4);
    op_deinit(&op);
    kit_deinit(&kit);
}

/* A scalar subquery's value stands on every row, NULL when it has none; two are an error. */
static void test_scalar(void **state) {
    for (uint32_t value_count = 0; value_count < 3; value_count++) {
        Kit kit;
        Error err;
        Op op;
        OpOutput out;
        kit_init(&kit, 1);
        text_init(&listed, &kit.memory);
        PlanNode *node = kit_node(&kit, PLAN_SCALAR, kit_source(&kit, false), KIT_COLUMN_COUNT + 1);
        PlanNode subquery, *inputs[2];
        give_subquery(node, &subquery, inputs);
        node->columns[KIT_COLUMN_COUNT].type = type_of(TYPE_TIMESTAMP);
        assert_int_equal(op_init(&op, node, NULL, (OpMode){true}, &kit.context, &err), STATUS_OK);
        KitRow rows[2] = {{.value = 1, .weight = 1}, {.value = 2, .weight = 1}};
        Batch batch = kit_batch(&kit, rows, 2, false, false);
        size_t before = op_memory(&op);
        assert_int_equal(op_push(&op, &kit.context, 0, &batch, &out, &err), STATUS_OK);
        assert_int_equal(out.batch.row_count, 0);
        assert_true(op_memory(&op) >= before + batch_byte_count(&batch)); /* it waits */
        if (value_count > 0) {
            Batch value = kit_batch(&kit, rows, value_count, false, false);
            value.column_count = 1;
            assert_int_equal(op_push(&op, &kit.context, 1, &value, &out, &err),
                             value_count == 1 ? STATUS_OK : STATUS_CARDINALITY);
        }
        if (value_count < 2) {
            assert_int_equal(op_end(&op, &kit.context, 1, &out, &err), STATUS_OK);
            list_batch(&out.batch, KIT_COLUMN_COUNT);
            assert_listed(value_count == 1 ? "1970-01-01 00:00:00 1970-01-01 00:00:00 " : "NULL NULL ");
        }
        op_deinit(&op);
        text_deinit(&listed);
        kit_deinit(&kit);
    }
}

static const Function *find_function(Str name) {
    FunctionList list = function_find(name);
    assert_true(list.count > 0);
    return list.functions[0];
}

/* What random() gives a row does not depend on the batch it came in, nor on the rows that a filter dropped. */
static void list_random(Kit *kit, uint32_t batch_rows) {
    Error err;
    enum { ROW_COUNT = 12 };
    const Function *random = find_function(STR("random"));
    const Expr *call = expr_call(&kit->arena, random, type_of(TYPE_DOUBLE), NULL, 0, (SqlSpan){0});
    const Expr *exprs[2] = {expr_column(&kit->arena, KIT_BIGINT, type_of(TYPE_BIGINT), true, (SqlSpan){0}), call};
    PlanNode *filter = kit_node(kit, PLAN_FILTER, kit_source(kit, false), KIT_COLUMN_COUNT);
    memcpy(filter->columns, filter->inputs[0]->columns, KIT_COLUMN_COUNT * sizeof(PlanColumn));
    filter->filter.predicate = expr_column(&kit->arena, KIT_BOOLEAN, type_of(TYPE_BOOLEAN), true, (SqlSpan){0});
    PlanNode *node = kit_node(kit, PLAN_PROJECT, filter, 2);
    node->project.exprs = exprs;
    for (uint32_t i = 0; i < 2; i++) node->columns[i].type = exprs[i]->type;
    Op op;
    OpOutput out;
    assert_int_equal(op_init(&op, node, filter, (OpMode){true}, &kit->context, &err), STATUS_OK);
    for (uint32_t done = 0; done < ROW_COUNT; done += batch_rows) {
        KitRow rows[ROW_COUNT];
        uint32_t count = ROW_COUNT - done < batch_rows ? ROW_COUNT - done : batch_rows;
        for (uint32_t i = 0; i < count; i++) rows[i] = (KitRow){.time = done + i, .value = done + i, .weight = 1};
        Batch batch = kit_batch(kit, rows, count, false, false);
        assert_int_equal(op_push(&op, &kit->context, 0, &batch, &out, &err), STATUS_OK);
        if (out.batch.row_count > 0) list_batch(&out.batch, 1);
        frame_reset(&kit->frame);
    }
    op_deinit(&op);
}

static void test_random(void **state) {
    char first[1024];
    for (uint32_t batch_rows = 12; batch_rows > 0; batch_rows = batch_rows == 1 ? 0 : batch_rows / 2) {
        Kit kit;
        kit_init(&kit, 1);
        text_init(&listed, &kit.memory);
        list_random(&kit, batch_rows);
        text_append_char(&listed, 0);
        assert_true(listed.size > 20 && listed.size < sizeof(first));
        if (batch_rows == 12)
            memcpy(first, listed.data, listed.size);
        else
            assert_string_equal(listed.data, first);
        text_deinit(&listed);
        kit_deinit(&kit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort),          cmocka_unit_test(test_limit),
        cmocka_unit_test(test_global_row),    cmocka_unit_test(test_group_recovers),
        cmocka_unit_test(test_window_times),  cmocka_unit_test(test_window_memory),
        cmocka_unit_test(test_scalar),
        cmocka_unit_test(test_member),
        cmocka_unit_test(test_match_counts), cmocka_unit_test(test_match_counts_of_many),
        cmocka_unit_test(test_session_edges), cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
