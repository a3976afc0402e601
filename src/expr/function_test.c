/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "expr/aggregate.h"
#include "expr/expr.h"

static bool list_has(FunctionList list, const Function *function) {
    for (uint32_t i = 0; i < list.count; i++)
        if (list.functions[i] == function) return true;
    return false;
}

/* A stale function_index.inc fails here: run src/expr/function_index.py. */
static void test_every_row_is_found(void **state) {
    FunctionList all = function_all();
    assert_true(all.count > 300);
    uint32_t listed = 0;
    const char *last = "";
    for (uint32_t i = 0; i < all.count; i++) {
        const Function *function = all.functions[i];
        FunctionList list = function_find(str_from_c(function->name));
        assert_true(list_has(list, function));
        for (uint32_t j = 0; j < list.count; j++) {
            assert_string_equal(list.functions[j]->name, function->name);
            assert_true(j == 0 || list.functions[j - 1] < list.functions[j]); /* in order of function.def */
        }
        if (strcmp(last, function->name) != 0) listed += list.count;
        last = function->name;
    }
    assert_int_equal(listed, all.count);
}

static void test_rows_are_sound(void **state) {
    FunctionList all = function_all();
    for (uint32_t i = 0; i < all.count; i++) {
        const Function *function = all.functions[i];
        assert_non_null(function->kernel);
        assert_non_null(function->summary);
        assert_true(function->summary[0] != 0);
        bool variadic = (function->flags & FUNCTION_VARIADIC) != 0;
        assert_true(!variadic || function->argument_count > 0);
        FunctionList list = function_find(str_from_c(function->name));
        for (uint32_t j = 0; j < list.count; j++) { /* no two overloads of the same arguments */
            const Function *other = list.functions[j];
            bool same = other != function && other->argument_count == function->argument_count &&
                        memcmp(other->arguments, function->arguments, sizeof(function->arguments)) == 0;
            assert_false(same);
        }
    }
}

static void test_unknown_names(void **state) {
    assert_int_equal(function_find(STR("")).count, 0);
    assert_int_equal(function_find(STR("no such function")).count, 0);
    assert_int_equal(function_find(STR("ab")).count, 0);
    assert_int_equal(function_find(STR("absx")).count, 0);
    assert_true(function_find(STR("abs")).count == 6);
}

static CastContext cast_context(TypeId from, TypeId to) {
    const Function *function;
    return function_find_cast(type_of(from), type_of(to), &function);
}

static void test_cast_contexts(void **state) {
    assert_int_equal(cast_context(TYPE_INTEGER, TYPE_BIGINT), CAST_IMPLICIT);
    assert_int_equal(cast_context(TYPE_BIGINT, TYPE_INTEGER), CAST_ASSIGNMENT);
    assert_int_equal(cast_context(TYPE_DOUBLE, TYPE_NUMERIC), CAST_ASSIGNMENT);
    assert_int_equal(cast_context(TYPE_NUMERIC, TYPE_DOUBLE), CAST_IMPLICIT);
    assert_int_equal(cast_context(TYPE_INTEGER, TYPE_BOOLEAN), CAST_EXPLICIT);
    assert_int_equal(cast_context(TYPE_TEXT, TYPE_INTEGER), CAST_EXPLICIT);
    assert_int_equal(cast_context(TYPE_UNKNOWN, TYPE_INTEGER), CAST_IMPLICIT);
    assert_int_equal(cast_context(TYPE_UNKNOWN, TYPE_TEXT), CAST_IMPLICIT);
    assert_int_equal(cast_context(TYPE_DATE, TYPE_TEXT), CAST_ASSIGNMENT);
    assert_int_equal(cast_context(TYPE_DATE, TYPE_INTEGER), CAST_NONE);
    const Function *function;
    Type short_text = type_of(TYPE_VARCHAR);
    short_text.length = 3;
    assert_int_equal(function_find_cast(type_of(TYPE_TEXT), type_of(TYPE_VARCHAR), &function), CAST_IMPLICIT);
    assert_null(function);
    assert_int_equal(function_find_cast(type_of(TYPE_TEXT), short_text, &function), CAST_IMPLICIT);
    assert_non_null(function);
    assert_int_equal(function_find_cast(type_numeric(10, 2), type_numeric(12, 2), &function), CAST_IMPLICIT);
    assert_null(function);
    assert_int_equal(function_find_cast(type_numeric(10, 2), type_numeric(10, 3), &function), CAST_IMPLICIT);
    assert_non_null(function);
}

static Type numeric_result(const char *name, Type a, Type b, int64_t constant) {
    FunctionList list = function_find(str_from_c(name));
    for (uint32_t i = 0; i < list.count; i++) {
        const Function *function = list.functions[i];
        if (function->arguments[0] != a.id || function->argument_count != 2 || function->arguments[1] != b.id)
            continue;
        Type out;
        Error err;
        assert_int_equal(
            function_result_type(function, (Type[]){a, b}, (int64_t[]){INT64_MIN, constant}, 2, &out, &err),
            STATUS_OK);
        return out;
    }
    fail();
    return (Type){0};
}

static void assert_numeric(Type type, int precision, int scale) {
    assert_int_equal(type.id, TYPE_NUMERIC);
    assert_int_equal(type.precision, precision);
    assert_int_equal(type.scale, scale);
}

static void test_numeric_rules(void **state) {
    Type price = type_numeric(10, 2), rate = type_numeric(5, 4), wide = type_numeric(38, 16),
         whole = type_numeric(38, 0);
    assert_numeric(numeric_result("+", price, rate, 0), 13, 4);
    assert_numeric(numeric_result("*", price, rate, 0), 15, 6);
    assert_numeric(numeric_result("*", wide, wide, 0), 38, 16);
    assert_numeric(numeric_result("*", whole, price, 0), 38, 2);
    assert_numeric(numeric_result("/", price, rate, 0), 28, 16);
    assert_numeric(numeric_result("%", price, rate, 0), 5, 4);
    assert_numeric(numeric_result("round", wide, type_of(TYPE_INTEGER), 2), 25, 2);
    assert_numeric(numeric_result("round", wide, type_of(TYPE_INTEGER), -2), 23, 0);
    assert_numeric(numeric_result("round", wide, type_of(TYPE_INTEGER), INT64_MIN), 38, 16);
}

static void test_aggregates(void **state) {
    Aggregate aggregate;
    Error err;
    Type type = type_of(TYPE_INTEGER);
    assert_int_equal(aggregate_resolve(STR("sum"), &type, 1, &aggregate, &err), STATUS_OK);
    assert_int_equal(aggregate.result.id, TYPE_BIGINT);
    assert_int_equal(aggregate_resolve(STR("avg"), &type, 1, &aggregate, &err), STATUS_OK);
    assert_numeric(aggregate.result, 38, 16);
    assert_int_equal(aggregate_resolve(STR("stddev"), &type, 1, &aggregate, &err), STATUS_OK);
    assert_numeric(aggregate.result, 38, 16);
    type = type_of(TYPE_REAL);
    assert_int_equal(aggregate_resolve(STR("stddev"), &type, 1, &aggregate, &err), STATUS_OK);
    assert_int_equal(aggregate.result.id, TYPE_DOUBLE);
    type = type_numeric(12, 2);
    assert_int_equal(aggregate_resolve(STR("sum"), &type, 1, &aggregate, &err), STATUS_OK);
    assert_numeric(aggregate.result, 38, 2);
    assert_int_equal(aggregate_resolve(STR("count"), NULL, 0, &aggregate, &err), STATUS_OK);
    assert_int_equal(aggregate.kind, AGGREGATE_COUNT_STAR);
    type = type_of(TYPE_TEXT);
    assert_int_equal(aggregate_resolve(STR("max"), &type, 1, &aggregate, &err), STATUS_OK);
    assert_int_equal(aggregate_resolve(STR("sum"), &type, 1, &aggregate, &err), STATUS_UNDEFINED_FUNCTION);
    assert_string_equal(err.message, "function sum(text) does not exist");
    assert_true(aggregate_exists(STR("every")));
    assert_false(aggregate_exists(STR("abs")));
    for (uint32_t i = 0; i < aggregate_name_count(); i++)
        assert_true(aggregate_exists(str_from_c(aggregate_name(i))));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_is_found), cmocka_unit_test(test_rows_are_sound),
        cmocka_unit_test(test_unknown_names),      cmocka_unit_test(test_cast_contexts),
        cmocka_unit_test(test_numeric_rules),      cmocka_unit_test(test_aggregates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
