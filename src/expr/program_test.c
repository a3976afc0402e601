/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/expr_priv.h"
#include "expr/test_harness.h"

#define INT  type_of(TYPE_INTEGER)
#define BIG  type_of(TYPE_BIGINT)
#define BOOL type_of(TYPE_BOOLEAN)
#define TEXT type_of(TYPE_TEXT)

static void test_arithmetic(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, INT, "1 2 NULL -7 2147483647");
    bench_column(&b, INT, "10 0 3 2 1");
    const Expr *x = col(&b, 0), *y = col(&b, 1);
    CHECK(&b, call2(&b, "+", x, y), "11 2 NULL -5 !integer out of range");
    CHECK(&b, call2(&b, "-", x, y), "-9 2 NULL -9 2147483646");
    CHECK(&b, call2(&b, "*", x, lit_i32(&b, "2")), "2 4 NULL -14 !integer out of range");
    CHECK(&b, call2(&b, "/", x, y), "0 !division by zero NULL -3 2147483647");
    CHECK(&b, call2(&b, "%", x, y), "1 !division by zero NULL -1 0");
    CHECK(&b, call2(&b, "/", lit_i32(&b, "7"), y), "0 !division by zero 2 3 7");
    CHECK(&b, call2(&b, "+", x, lit_i32(&b, NULL)), "NULL NULL NULL NULL NULL");
    CHECK(&b, call2(&b, "/", lit_i32(&b, "7"), lit_i32(&b, "0")),
          "!division by zero !division by zero !division by zero !division by zero !division by zero");
    bench_deinit(&b);
}

static void test_least_integer(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, BIG, "-9223372036854775808 -9223372036854775808 5");
    bench_column(&b, BIG, "-1 1 -1");
    const Expr *x = col(&b, 0), *y = col(&b, 1);
    CHECK(&b, call2(&b, "/", x, y), "!bigint out of range -9223372036854775808 -5");
    CHECK(&b, call2(&b, "%", x, y), "0 0 0");
    CHECK(&b, call1(&b, "-", x), "!bigint out of range !bigint out of range -5");
    CHECK(&b, call1(&b, "abs", x), "!bigint out of range !bigint out of range 5");
    CHECK(&b, call2(&b, "/", x, lit(&b, BIG, "-1")), "!bigint out of range !bigint out of range -5");
    CHECK(&b, call2(&b, "*", x, y), "!bigint out of range -9223372036854775808 -5");
    bench_deinit(&b);
}

/* Truth tables; the second operand of each row is TRUE, FALSE, NULL, failed. */
static void test_and_or(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, BOOL, "t t t t f f f f NULL NULL NULL NULL");
    bench_column(&b, INT, "1 0 NULL -1 1 0 NULL -1 1 0 NULL -1");
    /* 1: TRUE; 0: FALSE; NULL; -1: division by zero */
    const Expr *y = col(&b, 1);
    const Expr *quotient = call2(&b, "/", y, call2(&b, "+", y, lit_i32(&b, "1")));
    const Expr *truth = call2(&b, "=", call2(&b, "+", quotient, y), lit_i32(&b, "1"));
    CHECK(&b, truth, "t f NULL !division by zero t f NULL !division by zero t f NULL !division by zero");
    CHECK(&b, FORM(&b, EXPR_AND, BOOL, col(&b, 0), truth),
          "t f NULL !division by zero f f f f NULL f NULL !division by zero");
    CHECK(&b, FORM(&b, EXPR_OR, BOOL, col(&b, 0), truth),
          "t t t t t f NULL !division by zero t NULL NULL !division by zero");
    CHECK(&b, FORM(&b, EXPR_AND, BOOL, truth, col(&b, 0)),
          "t f NULL !division by zero f f f !division by zero NULL f NULL !division by zero");
    CHECK(&b, FORM(&b, EXPR_OR, BOOL, truth, col(&b, 0)),
          "t t t !division by zero t f NULL !division by zero t NULL NULL !division by zero");
    CHECK(&b, call1(&b, "not", col(&b, 0)), "f f f f t t t t NULL NULL NULL NULL");
    CHECK(&b, FORM(&b, EXPR_AND, BOOL, col(&b, 0), lit(&b, BOOL, "f"), truth), "f f f f f f f f f f f f");
    CHECK(&b, FORM(&b, EXPR_AND, BOOL, lit(&b, BOOL, NULL), col(&b, 0)),
          "NULL NULL NULL NULL f f f f NULL NULL NULL NULL");
    assert_string_equal(bench_filter(&b, FORM(&b, EXPR_AND, BOOL, col(&b, 0), truth)),
                        "0 !3:division by zero");
    bench_deinit(&b);
}

static void test_case(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, INT, "0 1 2 NULL");
    bench_column(&b, TEXT, "7 8 x 9");
    const Expr *x = col(&b, 0);
    const Expr *zero = call2(&b, "=", x, lit_i32(&b, "0"));
    CHECK(&b, FORM(&b, EXPR_CASE, INT, zero, lit_i32(&b, "0"), call2(&b, "/", lit_i32(&b, "10"), x)),
          "0 10 5 NULL");
    CHECK(&b, FORM(&b, EXPR_CASE, INT, zero, call2(&b, "/", lit_i32(&b, "10"), x)),
          "!division by zero NULL NULL NULL");
    CHECK(&b, FORM(&b, EXPR_CASE, TEXT, zero, lit(&b, TEXT, "a long text, longer than a view"), col(&b, 1)),
          "a long text, longer than a view 8 x 9");
    /* the cast is costly: computed only for the rows that take it */
    const Expr *small = call2(&b, "<", x, lit_i32(&b, "2"));
    CHECK(&b, FORM(&b, EXPR_CASE, INT, small, cast_to(&b, col(&b, 1), INT), lit_i32(&b, "-1")), "7 8 -1 -1");
    CHECK(&b, FORM(&b, EXPR_CASE, INT, small, lit_i32(&b, "-1"), cast_to(&b, col(&b, 1), INT)),
          "-1 -1 !invalid input syntax for type integer: \"x\" 9");
    const Expr *eight = call2(&b, "=", cast_to(&b, col(&b, 1), INT), lit_i32(&b, "8"));
    CHECK(&b, FORM(&b, EXPR_AND, BOOL, small, eight), "f t f f");
    CHECK(&b, FORM(&b, EXPR_OR, BOOL, call1(&b, "not", small), eight), "f t t NULL");
    CHECK(&b, FORM(&b, EXPR_CASE, INT, zero, lit_i32(&b, "1"), eight, lit_i32(&b, "2"), lit_i32(&b, "3")),
          "1 2 !invalid input syntax for type integer: \"x\" 3");
    uint32_t rows[] = {1, 3};
    assert_string_equal(bench_eval_selected(&b, FORM(&b, EXPR_AND, BOOL, small, eight), rows, 2), "t f");
    assert_string_equal(
        bench_eval_selected(&b, FORM(&b, EXPR_CASE, INT, small, cast_to(&b, col(&b, 1), INT)), rows, 2),
        "8 NULL");
    bench_deinit(&b);
}

static void test_coalesce(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, INT, "1 NULL NULL 4");
    bench_column(&b, INT, "0 2 NULL 0");
    bench_column(&b, TEXT, "a b 3 x");
    const Expr *failing = call2(&b, "/", lit_i32(&b, "4"), col(&b, 1));
    CHECK(&b, FORM(&b, EXPR_COALESCE, INT, col(&b, 0), failing, lit_i32(&b, "9")), "1 2 9 4");
    CHECK(&b, FORM(&b, EXPR_COALESCE, INT, failing, col(&b, 0)),
          "!division by zero 2 NULL !division by zero");
    CHECK(&b, FORM(&b, EXPR_COALESCE, INT, col(&b, 0), cast_to(&b, col(&b, 2), INT)),
          "1 !invalid input syntax for type integer: \"b\" 3 4");
    CHECK(&b, FORM(&b, EXPR_COALESCE, INT, col(&b, 0), col(&b, 1)), "1 2 NULL 4");
    bench_deinit(&b);
}

static void test_in(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, INT, "1 5 NULL 12");
    bench_column(&b, TEXT, "a b NULL a_text_that_is_long");
    bench_column(&b, type_numeric(10, 2), "1.5 2 NULL 3");
    const Expr *x = col(&b, 0);
    CHECK(&b, FORM(&b, EXPR_IN, BOOL, x, lit_i32(&b, "1"), lit_i32(&b, "12")), "t f NULL t");
    CHECK(&b, FORM(&b, EXPR_IN, BOOL, x, lit_i32(&b, "1"), lit_i32(&b, NULL)), "t NULL NULL NULL");
    const Expr *many[40] = {x};
    for (int i = 1; i < 40; i++) many[i] = expr_i64(&b.arena, INT, 2 * i - 1, SQL_SPAN_NONE);
    CHECK(&b, form_n(&b, EXPR_IN, BOOL, many, 40), "t t NULL f");
    CHECK(&b, FORM(&b, EXPR_IN, BOOL, col(&b, 1), lit(&b, TEXT, "a_text_that_is_long"), lit(&b, TEXT, "b")),
          "f t NULL t");
    const Expr *texts[20] = {col(&b, 1), lit(&b, TEXT, "a_text_that_is_long")};
    for (int i = 2; i < 20; i++) texts[i] = lit(&b, TEXT, "a");
    CHECK(&b, form_n(&b, EXPR_IN, BOOL, texts, 20), "t f NULL t");
    CHECK(&b,
          FORM(&b, EXPR_IN, BOOL, col(&b, 2), lit(&b, type_numeric(10, 2), "3"),
               lit(&b, type_numeric(10, 2), "1.50")),
          "t f NULL t");
    bench_deinit(&b);
}

static void test_null_tests(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, BOOL, "t f NULL");
    bench_column(&b, TEXT, "x NULL NULL");
    bench_column(&b, TEXT, "x y NULL");
    const Expr *x = col(&b, 0);
    CHECK(&b, call1(&b, "is null", x), "f f t");
    CHECK(&b, call1(&b, "is not null", col(&b, 1)), "t f f");
    CHECK(&b, call1(&b, "is true", x), "t f f");
    CHECK(&b, call1(&b, "is not true", x), "f t t");
    CHECK(&b, call1(&b, "is false", x), "f t f");
    CHECK(&b, call1(&b, "is not false", x), "t f t");
    CHECK(&b, call1(&b, "is unknown", x), "f f t");
    CHECK(&b, call1(&b, "is not unknown", x), "t t f");
    CHECK(&b, call2(&b, "is distinct from", col(&b, 1), col(&b, 2)), "f t f");
    CHECK(&b, call2(&b, "is not distinct from", col(&b, 1), col(&b, 2)), "t f t");
    CHECK(&b, call2(&b, "is distinct from", col(&b, 1), lit(&b, TEXT, NULL)), "t f f");
    CHECK(&b, call2(&b, "nullif", col(&b, 2), col(&b, 1)), "NULL y NULL");
    CHECK(&b, call2(&b, "nullif", lit(&b, TEXT, "y"), col(&b, 2)), "y NULL y");
    CHECK(&b, call3(&b, "greatest", col(&b, 1), col(&b, 2), lit(&b, TEXT, "xa")), "xa y xa");
    CHECK(&b, call2(&b, "least", col(&b, 1), col(&b, 2)), "x y NULL");
    bench_deinit(&b);
}

static void test_modulo_filter(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, BIG, "0 1 123 -123 NULL 246 9223372036854775807 -9223372036854775808 124");
    const Expr *rest = call2(&b, "%", col(&b, 0), lit(&b, BIG, "123"));
    assert_string_equal(bench_filter(&b, call2(&b, "=", rest, lit(&b, BIG, "0"))), "0 2 3 5");
    assert_string_equal(bench_filter(&b, call2(&b, "=", lit(&b, BIG, "1"), rest)), "1 8");
    assert_string_equal(bench_filter(&b, call2(&b, "=", call2(&b, "%", col(&b, 0), lit(&b, BIG, "0")), rest)),
                        " !0:division by zero !1:division by zero !2:division by zero !3:division by zero "
                        "!5:division by zero !6:division by zero !7:division by zero !8:division by zero");
    bench_deinit(&b);
}

/* The same subtree twice is one step; random() twice is two. */
static void test_sharing(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, INT, "1 2");
    const Expr *a = call2(&b, "+", col(&b, 0), lit_i32(&b, "1"));
    const Expr *same = call2(&b, "+", col(&b, 0), lit_i32(&b, "1"));
    CHECK(&b, call2(&b, "*", a, same), "4 9");
    assert_true(expr_equal(a, same));
    assert_false(expr_equal(a, call2(&b, "+", col(&b, 0), lit_i32(&b, "2"))));
    CHECK(&b, call2(&b, "=", call0(&b, "random"), call0(&b, "random")), "f f");
    /* constants are found by their value, or a statement with many of them would compare each with all */
    const char *const values[] = {"1", "2", "3", NULL};
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 4; k++) {
            uint64_t one = expr_constant_hash(&lit_i32(&b, values[i])->constant);
            assert_int_equal(one == expr_constant_hash(&lit_i32(&b, values[k])->constant), i == k);
        }
    assert_int_equal(expr_constant_hash(&lit(&b, TEXT, "a")->constant), expr_constant_hash(&lit(&b, TEXT, "a")->constant));
    assert_int_not_equal(expr_constant_hash(&lit(&b, TEXT, "a")->constant), expr_constant_hash(&lit(&b, TEXT, "b")->constant));
    assert_int_not_equal(expr_constant_hash(&lit(&b, BOOL, "t")->constant), expr_constant_hash(&lit(&b, BOOL, "f")->constant));
    /* a tree of 2^60 paths over 60 nodes compiles at once */
    const Expr *deep = cast_to(&b, col(&b, 0), type_of(TYPE_DOUBLE));
    for (int i = 0; i < 60; i++) deep = call2(&b, "+", deep, deep);
    CHECK(&b, deep, "1.152921504606847e+18 2.305843009213694e+18");
    bench_deinit(&b);
}

static void test_fold(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, INT, "1 2");
    const Expr *sum = call2(&b, "+", lit_i32(&b, "1"), lit_i32(&b, "2"));
    const Expr *folded = expr_fold(&b.arena, b.pool, NULL, call2(&b, "*", col(&b, 0), sum));
    assert_int_equal(folded->arguments[1]->kind, EXPR_CONSTANT);
    CHECK(&b, folded, "3 6");
    const Expr *failing = call2(&b, "/", lit_i32(&b, "1"), lit_i32(&b, "0"));
    assert_ptr_equal(expr_fold(&b.arena, b.pool, NULL, failing), failing);
    const Expr *x = call2(&b, "<", col(&b, 0), lit_i32(&b, "2"));
    const Expr *yes = lit(&b, BOOL, "t"), *no = lit(&b, BOOL, "f");
    assert_ptr_equal(expr_fold(&b.arena, b.pool, NULL, FORM(&b, EXPR_AND, BOOL, yes, x)), x);
    assert_ptr_equal(expr_fold(&b.arena, b.pool, NULL, FORM(&b, EXPR_AND, BOOL, no, x)), no);
    assert_ptr_equal(expr_fold(&b.arena, b.pool, NULL, FORM(&b, EXPR_OR, BOOL, yes, x)), yes);
    assert_ptr_equal(expr_fold(&b.arena, b.pool, NULL, FORM(&b, EXPR_CASE, INT, no, failing, col(&b, 0)))->kind,
                     EXPR_COLUMN);
    const Expr *text = expr_fold(&b.arena, b.pool, NULL, cast_to(&b, sum, TEXT));
    assert_int_equal(text->kind, EXPR_CONSTANT);
    CHECK(&b, text, "3 3");
    assert_true(
        expr_is_null_constant(expr_fold(&b.arena, b.pool, NULL, call2(&b, "+", col(&b, 0), lit_i32(&b, NULL)))));
    bench_deinit(&b);
}

/* Every allocation refused once: an error, never a crash. */
static void test_no_memory(void **state) {
    for (int64_t n = 1;; n++) {
        Bench b;
        bench_init(&b);
        bench_column(&b, INT, "1 0 NULL 4");
        bench_column(&b, TEXT, "a b 3 x");
        const Expr *failing = call2(&b, "/", lit_i32(&b, "4"), col(&b, 0));
        const Expr *expr = FORM(&b, EXPR_COALESCE, INT, failing, cast_to(&b, col(&b, 1), INT));
        b.memory.fail_at = n;
        Program *program;
        Array out;
        RowErrors errors;
        Status status = program_compile(&b.arena, &expr, 1, b.kernels, &program, &b.err);
        if (status == STATUS_OK)
            status = program_eval(program, &b.context, &b.frame, &b.batch, NULL, 0, &out, &errors, &b.err);
        bool refused = b.memory.fail_at <= 0;
        b.memory.fail_at = 0;
        bench_deinit(&b);
        if (!refused) break;
        assert_int_equal(status, STATUS_OUT_OF_MEMORY);
    }
}

/* A tower of costly operands, each a program of its own, ends in an error and not in the stack's end. */
static void test_depth(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, TEXT, "1 x");
    const Expr *expr = call2(&b, "=", cast_to(&b, col(&b, 0), INT), lit_i32(&b, "1"));
    for (int i = 0; i < EXPR_DEPTH_MAX + 2; i++)
        expr = FORM(&b, EXPR_AND, BOOL, call1(&b, "is not null", col(&b, 0)), expr);
    Program *program;
    assert_int_equal(program_compile(&b.arena, &expr, 1, b.kernels, &program, &b.err), STATUS_LIMIT);
    bench_deinit(&b);
}

static void test_no_rows(void **state) {
    Bench b;
    bench_init(&b);
    bench_column(&b, INT, "1");
    b.batch.row_count = 0;
    b.columns[0].length = 0;
    CHECK(&b, call2(&b, "+", col(&b, 0), lit_i32(&b, "1")), "");
    assert_string_equal(bench_filter(&b, lit(&b, BOOL, "t")), "");
    bench_deinit(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic), cmocka_unit_test(test_least_integer),
        cmocka_unit_test(test_and_or),     cmocka_unit_test(test_case),
        cmocka_unit_test(test_coalesce),   cmocka_unit_test(test_in),
        cmocka_unit_test(test_null_tests), cmocka_unit_test(test_modulo_filter),
        cmocka_unit_test(test_sharing),    cmocka_unit_test(test_fold),
        cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_no_rows),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
