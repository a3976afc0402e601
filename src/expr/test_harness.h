/* SPDX-License-Identifier: Apache-2.0
 * expr/test_harness.h - for this folder's tests: expressions by name, values by their text.
 *
 *     Bench b;
 *     bench_init(&b);
 *     bench_column(&b, type_of(TYPE_INTEGER), "1 2 NULL");           column 0
 *     CHECK(&b, call2(&b, "+", col(&b, 0), lit(&b, type_of(TYPE_INTEGER), "1")), "2 3 NULL");
 *
 * A result is its rows' texts with spaces between; "!message" stands for a row that failed. Texts that hold a space are given by
 * bench_column_separated. There is no binder: arguments have the types of an overload exactly, and casts are written out (cast_to).
 *
 * Owner: the Bench, expressions and results too; bench_deinit asserts that all memory has come back. What goes wrong fails the test. */
#ifndef WEIR_EXPR_TEST_HARNESS_H
#define WEIR_EXPR_TEST_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar_field.h"
#include "column/builder.h"
#include "expr/program.h"

enum { BENCH_COLUMN_COUNT_MAX = 16 };

/* All columns have one length: the batch's. */
typedef struct Bench {
    Memory memory;
    BufferPool *pool;
    Arena arena;
    Frame input; /* the columns */
    Frame frame;
    Array columns[BENCH_COLUMN_COUNT_MAX];
    bool nullable[BENCH_COLUMN_COUNT_MAX];
    Batch batch;
    EvalContext context;
    const Zone *zone; /* of the session */
    const KernelTable *kernels;
    Error err;
} Bench;

static inline void bench_init(Bench *bench) {
    *bench = (Bench){0};
    memory_init(&bench->memory, 0);
    bench->pool = buffer_pool_create(&bench->memory);
    assert_non_null(bench->pool);
    arena_init(&bench->arena, &bench->memory);
    assert_int_equal(frame_init(&bench->input, bench->pool, &bench->err), STATUS_OK);
    assert_int_equal(frame_init(&bench->frame, bench->pool, &bench->err), STATUS_OK);
    bench->batch = (Batch){.columns = bench->columns};
    bench->kernels = kernel_table(kernel_level_best());
}

static inline void bench_deinit(Bench *bench) {
    frame_deinit(&bench->frame);
    frame_deinit(&bench->input);
    arena_deinit(&bench->arena);
    buffer_pool_destroy(bench->pool);
    memory_deinit(&bench->memory);
}

/* Adds a column from texts with `separator` between; "NULL" is NULL. Returns its number. */
static inline uint32_t bench_column_separated(Bench *bench, Type type, const char *values, char separator) {
    uint32_t count = 1;
    for (const char *at = values; *at != 0; at++) count += *at == separator;
    ArrayBuilder builder;
    assert_int_equal(array_builder_init(&builder, &bench->input, type, count, &bench->err), STATUS_OK);
    for (const char *at = values; at != NULL;) {
        const char *end = strchr(at, separator);
        Str text = str_from(at, end == NULL ? strlen(at) : (size_t)(end - at));
        if (str_equal(text, STR("NULL")))
            array_builder_null(&builder);
        else
            assert_int_equal(array_builder_parse(&builder, text, &bench->err), STATUS_OK);
        at = end == NULL ? NULL : end + 1;
    }
    uint32_t column = bench->batch.column_count++;
    assert_int_equal(array_builder_finish(&builder, &bench->columns[column], &bench->err), STATUS_OK);
    bench->nullable[column] = bench->columns[column].validity != NULL;
    assert_true(column == 0 || bench->batch.row_count == count);
    bench->batch.row_count = count;
    return column;
}
static inline uint32_t bench_column(Bench *bench, Type type, const char *values) {
    return bench_column_separated(bench, type, values, ' ');
}

/* The column as an expression; nullable when its values were given with a NULL. */
static inline const Expr *col(Bench *bench, uint32_t column) {
    return expr_column(&bench->arena, column, bench->columns[column].type, bench->nullable[column],
                       SQL_SPAN_NONE);
}

/* value NULL: NULL */
static inline const Expr *lit(Bench *bench, Type type, const char *value) {
    if (value == NULL) return expr_null(&bench->arena, type, SQL_SPAN_NONE);
    ArrayBuilder builder;
    Array array;
    assert_int_equal(array_builder_init(&builder, &bench->input, type, 1, &bench->err), STATUS_OK);
    assert_int_equal(array_builder_parse(&builder, str_from_c(value), &bench->err), STATUS_OK);
    assert_int_equal(array_builder_finish(&builder, &array, &bench->err), STATUS_OK);
    return expr_constant(&bench->arena, &array, 0, SQL_SPAN_NONE);
}
static inline const Expr *lit_i32(Bench *bench, const char *value) {
    return lit(bench, type_of(TYPE_INTEGER), value);
}

/* Exactly these types; the last parameter of a variadic function stands for all the rest. */
static inline bool bench_function_takes(const Function *function, const Expr *const *arguments,
                                        uint32_t count) {
    bool variadic = (function->flags & FUNCTION_VARIADIC) != 0;
    if (count < function->argument_count || (count > function->argument_count && !variadic)) return false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t last = function->argument_count == 0 ? 0 : function->argument_count - 1u,
                 at = i < last ? i : last;
        TypeId wanted = function->arguments[at]; /* UNKNOWN: any */
        if (wanted != TYPE_UNKNOWN && wanted != (TypeId)arguments[i]->type.id) return false;
    }
    return true;
}

/* As the binder makes it. */
static inline const Expr *bench_call(Bench *bench, const Function *function, Type type, const Expr *const *arguments, uint32_t count) {
    Expr *call = expr_call(&bench->arena, function, type, arguments, count, SQL_SPAN_NONE);
    assert_non_null(call);
    if ((function->flags & FUNCTION_ZONED) != 0) call->zone = bench->zone;
    return call;
}

/* A session so far east of UTC. */
static inline void bench_set_zone(Bench *bench, int32_t offset_s) {
    Zone *zone;
    assert_int_equal(zone_from_offset(&bench->arena, offset_s, &zone, &bench->err), STATUS_OK);
    bench->zone = zone;
}

/* The overload of exactly the arguments' types. */
static inline const Expr *call_n(Bench *bench, const char *name, const Expr *const *arguments,
                                 uint32_t count) {
    FunctionList list = function_find(str_from_c(name));
    for (uint32_t i = 0; i < list.count; i++) {
        if (!bench_function_takes(list.functions[i], arguments, count)) continue;
        Type types[64], type;
        int64_t constants[64];
        assert_true(count <= 64);
        for (uint32_t j = 0; j < count; j++) {
            types[j] = arguments[j]->type;
            bool is_value = arguments[j]->kind == EXPR_CONSTANT && arguments[j]->type.id == TYPE_INTEGER &&
                            !expr_is_null_constant(arguments[j]);
            constants[j] = is_value ? array_i32(&arguments[j]->constant)[0] : INT64_MIN;
        }
        CalendarField field;
        if (list.functions[i]->result_rule == RESULT_NUMERIC_EXTRACT && arguments[0]->kind == EXPR_CONSTANT &&
            calendar_field_from_name(array_text(&arguments[0]->constant, 0), &field))
            constants[0] = field;
        assert_int_equal(function_result_type(list.functions[i], types, constants, count, &type, &bench->err),
                         STATUS_OK);
        return bench_call(bench, list.functions[i], type, arguments, count);
    }
    fail_msg("no function %s of these types", name);
    return NULL;
}
/* The same with the arguments one by one. */
static inline const Expr *call0(Bench *bench, const char *name) {
    return call_n(bench, name, NULL, 0);
}
static inline const Expr *call1(Bench *bench, const char *name, const Expr *a) {
    return call_n(bench, name, &a, 1);
}
static inline const Expr *call2(Bench *bench, const char *name, const Expr *a, const Expr *b) {
    return call_n(bench, name, (const Expr *[]){a, b}, 2);
}
static inline const Expr *call3(Bench *bench, const char *name, const Expr *a, const Expr *b, const Expr *c) {
    return call_n(bench, name, (const Expr *[]){a, b, c}, 3);
}

/* As CAST does it, without folding; the expression itself where there is nothing to do. */
static inline const Expr *cast_to(Bench *bench, const Expr *expr, Type type) {
    const Function *function;
    assert_int_not_equal(function_find_cast(expr->type, type, &function), CAST_NONE);
    if (function == NULL) return expr;
    return bench_call(bench, function, type, &expr, 1);
}

/* A form whose evaluation decides which arguments are computed: AND, CASE, COALESCE and their like. */
static inline const Expr *form_n(Bench *bench, ExprKind kind, Type type, const Expr *const *arguments,
                                 uint32_t count) {
    return expr_form(&bench->arena, kind, type, arguments, count, SQL_SPAN_NONE);
}
/* FORM(&b, EXPR_AND, type, x, y, ...) */
#define FORM(bench, kind, type, ...)                               \
    form_n((bench), (kind), (type), (const Expr *[]){__VA_ARGS__}, \
           sizeof((const Expr *[]){__VA_ARGS__}) / sizeof(const Expr *))

static inline const char *bench_text(Bench *bench, Text *text) {
    Str copy = str_copy(&bench->arena, text_str(text));
    text_deinit(text);
    assert_non_null(copy.data);
    return copy.data;
}

/* The texts of the rows at `selection` (NULL: all), in memory of the bench's arena. */
static inline const char *bench_eval_selected(Bench *bench, const Expr *expr, const uint32_t *selection,
                                              uint32_t count) {
    Program *program;
    Array out;
    RowErrors errors;
    if (program_compile(&bench->arena, &expr, 1, bench->kernels, &program, &bench->err) != STATUS_OK ||
        program_eval(program, &bench->context, &bench->frame, &bench->batch, selection, count, &out, &errors,
                     &bench->err) != STATUS_OK)
        fail_msg("%s", bench->err.message);
    assert_int_equal(out.length, selection != NULL ? count : bench->batch.row_count);
    Text text;
    text_init(&text, &bench->memory);
    for (uint32_t row = 0; row < out.length; row++) {
        if (row > 0) text_append_char(&text, ' ');
        if (errors != NULL && errors[row] != NULL) {
            assert_true(array_is_null(&out, row));
            text_append_format(&text, "!%.*s", STR_ARGS(errors[row]->message));
        } else if (!array_value_text(&out, row, &text)) {
            text_append_c(&text, "NULL");
        }
    }
    const char *result = bench_text(bench, &text);
    frame_reset(&bench->frame);
    return result;
}
/* Compiled anew each time; the text lives as long as the bench. */
static inline const char *bench_eval(Bench *bench, const Expr *expr) {
    return bench_eval_selected(bench, expr, NULL, 0);
}

/* The row numbers that pass, then "!row:message" of those that failed. */
static inline const char *bench_filter(Bench *bench, const Expr *expr) {
    Program *program;
    uint32_t rows[BATCH_ROW_COUNT_MAX + 16], count;
    RowErrors errors;
    assert_int_equal(program_compile(&bench->arena, &expr, 1, bench->kernels, &program, &bench->err),
                     STATUS_OK);
    assert_int_equal(program_filter(program, &bench->context, &bench->frame, &bench->batch, rows, &count,
                                    &errors, &bench->err),
                     STATUS_OK);
    Text text;
    text_init(&text, &bench->memory);
    for (uint32_t i = 0; i < count; i++) text_append_format(&text, i > 0 ? " %u" : "%u", rows[i]);
    for (uint32_t row = 0; errors != NULL && row < bench->batch.row_count; row++)
        if (errors[row] != NULL) text_append_format(&text, " !%u:%.*s", row, STR_ARGS(errors[row]->message));
    const char *result = bench_text(bench, &text);
    frame_reset(&bench->frame);
    return result;
}

/* A call and what PostgreSQL gives for it. */
typedef struct RecordedCall {
    const char *name;
    struct {
        TypeId type;
        const char *value; /* NULL: NULL, or no more arguments when the type is UNKNOWN */
    } arguments[8];
    const char *result; /* NULL: NULL; "!message": the row fails */
} RecordedCall;

enum { RECORDED_ROW_COUNT = 70 }; /* more than a word of a bitmap */

/* The argument as a column: its value in the first and the last row, NULL in all others. */
static inline const Expr *recorded_column(Bench *bench, TypeId type, const char *value) {
    char text[4096];
    size_t size = 0;
    for (uint32_t row = 0; row < RECORDED_ROW_COUNT; row++) {
        bool filled = (row == 0 || row + 1 == RECORDED_ROW_COUNT) && value != NULL;
        size += text_format(text + size, sizeof(text) - size, "%s%s", row > 0 ? "\x1e" : "",
                            filled ? value : "NULL");
    }
    return col(bench, bench_column_separated(bench, type_of(type), text, '\x1e'));
}

/* Evaluates the call over constants or over columns. */
static inline void check_recorded(const RecordedCall *call, bool columns) {
    Bench bench;
    bench_init(&bench);
    bench.batch.row_count = columns ? RECORDED_ROW_COUNT : 1;
    const Expr *arguments[8];
    uint32_t count = 0;
    for (; count < 8 && call->arguments[count].type != TYPE_UNKNOWN; count++) {
        TypeId type = call->arguments[count].type;
        const char *value = call->arguments[count].value;
        bool is_field =
            count == 0 && strcmp(call->name, "extract") == 0; /* it decides on the result's scale */
        arguments[count] =
            columns && !is_field ? recorded_column(&bench, type, value) : lit(&bench, type_of(type), value);
    }
    const Expr *expr = call_n(&bench, call->name, arguments, count);
    Program *program;
    Array out;
    RowErrors errors;
    Text text;
    assert_int_equal(program_compile(&bench.arena, &expr, 1, bench.kernels, &program, &bench.err), STATUS_OK);
    assert_int_equal(
        program_eval(program, &bench.context, &bench.frame, &bench.batch, NULL, 0, &out, &errors, &bench.err),
        STATUS_OK);
    text_init(&text, &bench.memory);
    for (uint32_t row = 0; row < out.length; row += RECORDED_ROW_COUNT - 1) {
        text_reset(&text);
        bool failed = errors != NULL && errors[row] != NULL;
        if (failed) text_append_format(&text, "!%.*s", STR_ARGS(errors[row]->message));
        bool is_null = !failed && !array_value_text(&out, row, &text);
        text_append_char(&text, 0);
        if (is_null != (call->result == NULL) || (!is_null && strcmp(text.data, call->result) != 0))
            fail_msg("%s(%s): got %s, expected %s", call->name, call->arguments[0].value,
                     is_null ? "NULL" : text.data, call->result);
    }
    text_deinit(&text);
    bench_deinit(&bench);
}

/* The line of a failure is that of the CHECK. */
#define CHECK(bench, expr, expected) assert_string_equal(bench_eval((bench), (expr)), (expected))

#endif
