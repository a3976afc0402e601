/* SPDX-License-Identifier: Apache-2.0
 * INSERT: columns brought to the table, constants as data. */
#include "plan/test_world.h"

/* clang-format off */
static const Case INSERT[] = {
    {BIND_SNAPSHOT,
     "INSERT INTO accounts VALUES (1, 'a', 3.5, '2020-01-01', true), (2, NULL, 1e3, DEFAULT, false)",
     "EMIT final rows\n"
     "  VALUES 2 rows | append-only, bounded | 1:22 \"VALUES (1, 'a', 3.5, '2020-01-01', true), (2, NULL, 1e3, DEF ...\"\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, id) VALUES ('a', 1), ('b', 2)",
     "EMIT final rows\n"
     "  VALUES 2 rows | append-only, bounded | 1:34 \"VALUES ('a', 1), ('b', 2)\"\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, id) SELECT symbol, qty FROM ended",
     "EMIT final rows\n"
     "  PROJECT id, owner, balance, opened, active | append-only, bounded | 1:34 \"SELECT symbol, qty FROM ended\"\n"
     "    SCAN ended (symbol, qty) | append-only, bounded | 1:58 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts SELECT 1, 'x', 2.555, '2020-01-01', 'true'",
     "EMIT final rows\n"
     "  VALUES 1 row | append-only, one row, bounded | 1:22 \"SELECT 1, 'x', 2.555, '2020-01-01', 'true'\"\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, idd) VALUES ('a', 1)",
     "42703 29 column \"idd\" of relation \"accounts\" does not exist / Perhaps you meant \"id\"."},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, owner) VALUES ('a', 1)",
     "42701 29 column \"owner\" specified more than once"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner) VALUES ('a', 1)",
     "42601 42 INSERT has more expressions than target columns"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (owner, id) VALUES ('a')",
     "42601 29 INSERT has more target columns than expressions"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (id) VALUES ('x')",
     "22P02 34 invalid input syntax for type integer: \"x\""},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (id) VALUES (true)",
     "42804 34 column \"id\" is of type integer but expression is of type boolean / You will need to rewrite or cast the expression."},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (id) SELECT active FROM accounts",
     "42804 33 column \"id\" is of type integer but expression is of type boolean / You will need to rewrite or cast the expression."},
};

/* clang-format on */

static void test_insert(void **state) {
    (void)state;
    check_cases(explain_or_error, INSERT, sizeof(INSERT) / sizeof(INSERT[0]));
}

static Plan *plan_of(World *world, const char *sql) {
    Error err = {0};
    Plan *plan;
    if (ask(world, &world->arena, sql, BIND_SNAPSHOT, &plan, &err) != STATUS_OK)
        fail_msg("%s: %s", sql, err.message);
    return plan;
}

static void test_values_data(void **state) {
    (void)state;
    World *world = world_new();
    const PlanNode *root =
        plan_of(
            world,
            "VALUES (1, 'a text that is longer than a view', true), (2.5, NULL, NULL), (NULL, 'b', false)")
            ->root;
    assert_int_equal(root->kind, PLAN_VALUES);
    assert_int_equal(root->values.row_count, 3);
    const Array *columns = root->values.columns;
    assert_true(array_decimal(&columns[0])[0] == 10 && array_decimal(&columns[0])[1] == 25);
    assert_true(array_is_null(&columns[0], 2) && array_is_null(&columns[1], 1) &&
                array_is_null(&columns[2], 1));
    assert_true(str_equal(array_text(&columns[1], 0), STR("a text that is longer than a view")));
    assert_true(str_equal(array_text(&columns[1], 2), STR("b")));
    assert_true(bits_get(array_bits(&columns[2]), 0) && !bits_get(array_bits(&columns[2]), 2));
    root = plan_of(world, "INSERT INTO accounts (owner, id) VALUES ('x', '12')")->root;
    assert_int_equal(array_i32(&root->values.columns[0])[0], 12);
    assert_true(array_is_null(&root->values.columns[2], 0));
    world_free(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_insert),
        cmocka_unit_test(test_values_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
