/* SPDX-License-Identifier: Apache-2.0
 * bench/expr_bench.c - filter and project beside a plain C loop over the same columns:
 *
 *     SELECT a, b, 0.908 * price WHERE a % 123 = 0
 *
 * Floor and aim are shares of the plain loop's speed. The columns lie either in one batch that stays in the
 * cache, or in DRAM. */
#include "bench.h"
#include "expr/program.h"

enum { DRAM_ROW_COUNT = 16 << 20, CACHE_ROUNDS = 4000, DRAM_ROUNDS = 5 };

typedef struct Columns {
    int64_t *a;
    int64_t *b;
    double *price;
    size_t count;
} Columns;

static void check(Status status, const Error *err) {
    if (status == STATUS_OK) return;
    fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static const Function *function_of(const char *name, TypeId type) {
    FunctionList list = function_find(str_from_c(name));
    for (uint32_t i = 0; i < list.count; i++)
        if (list.functions[i]->argument_count == 2 && list.functions[i]->arguments[0] == type)
            return list.functions[i];
    abort();
}

static const Expr *call(Arena *arena, const char *name, Type result, const Expr *a, const Expr *b) {
    return expr_call(arena, function_of(name, (TypeId)a->type.id), result, (const Expr *[]){a, b}, 2,
                     (SqlSpan){-1, -1});
}

typedef struct Query {
    Memory memory;
    BufferPool *pool;
    Arena arena;
    Frame frame;
    Program *condition;
    Program *output;
} Query;

static void query_init(Query *query) {
    Error err;
    memory_init(&query->memory, 0);
    query->pool = buffer_pool_create(&query->memory);
    arena_init(&query->arena, &query->memory);
    check(frame_init(&query->frame, query->pool, &err), &err);
    Arena *arena = &query->arena;
    Type big = type_of(TYPE_BIGINT), real = type_of(TYPE_DOUBLE);
    SqlSpan none = {-1, -1};
    const double factor = 0.908;
    Array constant = {.type = real, .length = 1, .values = &factor};
    const Expr *a = expr_column(arena, 0, big, false, none), *b = expr_column(arena, 1, big, false, none);
    const Expr *rest = call(arena, "%", big, a, expr_i64(arena, big, 123, none));
    const Expr *where = call(arena, "=", type_of(TYPE_BOOLEAN), rest, expr_i64(arena, big, 0, none));
    const Expr *price = expr_column(arena, 2, real, false, none);
    const Expr *outputs[] = {a, b, call(arena, "*", real, expr_constant(arena, &constant, 0, none), price)};
    const KernelTable *kernels = kernel_table(kernel_level_best());
    check(program_compile(arena, &where, 1, kernels, &query->condition, &err), &err);
    check(program_compile(arena, outputs, 3, kernels, &query->output, &err), &err);
}

static size_t run_batch(Query *query, const Columns *columns, size_t first, uint32_t count, double *sum) {
    Error err;
    const EvalContext context = {0};
    const Array arrays[] = {
        {.type = type_of(TYPE_BIGINT), .length = count, .values = columns->a + first},
        {.type = type_of(TYPE_BIGINT), .length = count, .values = columns->b + first},
        {.type = type_of(TYPE_DOUBLE), .length = count, .values = columns->price + first}};
    const Batch batch = {.row_count = count, .column_count = 3, .columns = arrays};
    uint32_t rows[BATCH_ROW_COUNT_MAX + 16], selected;
    RowErrors errors;
    Array out[3];
    check(program_filter(query->condition, &context, &query->frame, &batch, rows, &selected, &errors, &err),
          &err);
    check(program_eval(query->output, &context, &query->frame, &batch, rows, selected, out, &errors, &err),
          &err);
    if (selected > 0) *sum += array_f64(&out[2])[selected - 1];
    frame_reset(&query->frame);
    return selected;
}

static size_t run_ours(Query *query, const Columns *columns, double *sum) {
    size_t found = 0;
    for (size_t first = 0; first < columns->count; first += BATCH_ROW_COUNT_MAX) {
        size_t left = columns->count - first;
        found += run_batch(query, columns, first,
                           left < BATCH_ROW_COUNT_MAX ? (uint32_t)left : BATCH_ROW_COUNT_MAX, sum);
    }
    return found;
}

typedef struct Output {
    int64_t a[BATCH_ROW_COUNT_MAX];
    int64_t b[BATCH_ROW_COUNT_MAX];
    double price[BATCH_ROW_COUNT_MAX];
} Output;

static __attribute__((noinline)) size_t plain_loop(const int64_t *restrict a, const int64_t *restrict b,
                                                   const double *restrict price, size_t count,
                                                   Output *restrict out) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (a[i] % 123 != 0) continue;
        out->a[found] = a[i];
        out->b[found] = b[i];
        out->price[found++] = 0.908 * price[i];
    }
    return found;
}

static size_t run_plain(const Columns *columns, double *sum) {
    static Output out;
    size_t found = 0;
    for (size_t first = 0; first < columns->count; first += BATCH_ROW_COUNT_MAX) {
        size_t left = columns->count - first, count = left < BATCH_ROW_COUNT_MAX ? left : BATCH_ROW_COUNT_MAX;
        size_t selected =
            plain_loop(columns->a + first, columns->b + first, columns->price + first, count, &out);
        if (selected > 0) *sum += out.price[selected - 1];
        found += selected;
    }
    return found;
}

static void run_read(const Columns *columns, double *sum) {
    uint64_t total = 0;
    for (size_t i = 0; i < columns->count; i++) total += (uint64_t)columns->a[i];
    *sum += (double)total;
}

static void report(const char *name, Query *query, const Columns *columns, int rounds) {
    double sum = 0, ours, plain, read, rows = (double)columns->count * rounds;
    BENCH_BEST(ours, rows, for (int i = 0; i < rounds; i++) BENCH_KEEP(run_ours(query, columns, &sum)));
    BENCH_BEST(plain, rows, for (int i = 0; i < rounds; i++) BENCH_KEEP(run_plain(columns, &sum)));
    BENCH_BEST(read, rows, for (int i = 0; i < rounds; i++) run_read(columns, &sum));
    BENCH_KEEP(sum);
    bench_line(name, ours, "plain C loop", plain, "memory read", read, "0.3x", "0.7x");
}

int main(void) {
    Query query;
    query_init(&query);
    Columns columns = {.a = malloc(DRAM_ROW_COUNT * 8),
                       .b = malloc(DRAM_ROW_COUNT * 8),
                       .price = malloc(DRAM_ROW_COUNT * 8),
                       .count = DRAM_ROW_COUNT};
    uint64_t random = 42;
    for (size_t i = 0; i < columns.count; i++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        columns.a[i] = (int64_t)(random >> 33);
        columns.b[i] = (int64_t)i;
        columns.price[i] = (double)(random >> 50);
    }
    double sum = 0;
    if (run_ours(&query, &columns, &sum) != run_plain(&columns, &sum)) {
        fprintf(stderr, "the results differ\n");
        return 1;
    }
    Columns one = columns;
    one.count = BATCH_ROW_COUNT_MAX;
    report("filter + project, in cache", &query, &one, CACHE_ROUNDS);
    report("filter + project, DRAM", &query, &columns, DRAM_ROUNDS);
    one.count = 1;
    report("filter + project, one row", &query, &one, 400000);
    return 0;
}
