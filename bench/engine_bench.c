/* SPDX-License-Identifier: Apache-2.0
 * The engine through its public API, fed with Arrow arrays that lie ready in memory: windows, groups, changes, latency.
 *
 * Each work makes a database of its own, one pushed source, and one subscription whose callback counts rows. Times include the push
 * of every batch, the window closes and the delivery. bench/engine_bench.py runs this program and stands DuckDB and Polars beside it. */
#include <stdbool.h>
#include <string.h>

#include <weir.h>

#include "bench.h"

enum { PUSH_ROWS = 8192, W1_ROWS = 10000000, GROUP_ROWS = 10000000, GROUP_KEYS = 5000000, SINGLE_PUSHES = 200000 };

typedef enum KeyKind { KEY_DENSE, KEY_RANDOM, KEY_TEXT } KeyKind;

/* Columns: ts (microseconds), k, a, b. */
typedef struct Data {
    int64_t row_count;
    int64_t *ts;
    void *k; /* int64, or views of 16 bytes */
    int64_t *a;
    double *b;
    KeyKind kind;
} Data;

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t mix(uint64_t value) {
    value *= 0x9E3779B97F4A7C15ULL;
    return value ^ value >> 29;
}

static void text_key(char *view, uint64_t key) {
    memset(view, 0, 16);
    int32_t size = 0;
    char text[12] = "s";
    do text[++size] = (char)('0' + key % 10);
    while ((key /= 10) > 0);
    size++;
    memcpy(view, &size, 4);
    memcpy(view + 4, text, (size_t)size);
}

/* Rows one microsecond apart: a window of a second has a million. */
static Data make_data(int64_t row_count, uint64_t key_count, KeyKind kind) {
    Data data = {.row_count = row_count, .kind = kind};
    size_t rows = (size_t)row_count;
    data.ts = aligned_alloc(64, rows * 8);
    data.k = aligned_alloc(64, rows * 16);
    data.a = aligned_alloc(64, rows * 8);
    data.b = aligned_alloc(64, rows * 8);
    uint64_t state = 88172645463325252ULL;
    for (size_t i = 0; i < rows; i++) {
        uint64_t key = next_random(&state) % key_count;
        data.ts[i] = (int64_t)i;
        data.a[i] = (int64_t)(next_random(&state) % 1000);
        data.b[i] = (double)(next_random(&state) % 100000) / 100.0;
        if (kind == KEY_TEXT) text_key((char *)data.k + 16 * i, key);
        else ((uint64_t *)data.k)[i] = kind == KEY_DENSE ? key : mix(key);
    }
    return data;
}

typedef struct Work {
    const char *name;
    int64_t row_count;
    uint64_t key_count;
    KeyKind kind;
} Work;

/* Those that peers do too, over the same columns. */
enum { WORK_DENSE, WORK_RANDOM, WORK_TEXT, WORK_GROUPS, WORK_COUNT };
static const Work works[WORK_COUNT] = {
    {"W1, dense integer keys", W1_ROWS, 1000, KEY_DENSE},
    {"W1, random 64-bit keys", W1_ROWS, 1000, KEY_RANDOM},
    {"W1, short text keys", W1_ROWS, 1000, KEY_TEXT},
    {"group by 5 M keys", GROUP_ROWS, GROUP_KEYS, KEY_RANDOM},
};

static Data work_data(const Work *work) {
    return make_data(work->row_count, work->key_count, work->kind);
}

static void free_data(Data *data) {
    free(data->ts);
    free(data->k);
    free(data->a);
    free(data->b);
}

/* --- Arrow over the columns, nothing owned ------------------------------------------------------------------- */

typedef struct Pushed {
    struct ArrowArray columns[4];
    struct ArrowArray *children[4];
    const void *buffers[4][3];
    const void *no_buffer[1];
    int64_t no_sizes[1];
} Pushed;

static void release_nothing(struct ArrowArray *array) {
    array->release = NULL;
}

static struct ArrowArray slice(const Data *data, Pushed *pushed, int64_t from, int64_t count) {
    const void *values[4] = {data->ts + from, data->kind == KEY_TEXT ? (void *)((char *)data->k + 16 * from) : (void *)((int64_t *)data->k + from),
                             data->a + from, data->b + from};
    for (int i = 0; i < 4; i++) {
        int is_text = i == 1 && data->kind == KEY_TEXT;
        pushed->buffers[i][0] = NULL;
        pushed->buffers[i][1] = values[i];
        pushed->buffers[i][2] = pushed->no_sizes;
        pushed->columns[i] = (struct ArrowArray){.length = count, .n_buffers = is_text ? 3 : 2, .buffers = pushed->buffers[i], .release = release_nothing};
        pushed->children[i] = &pushed->columns[i];
    }
    pushed->no_buffer[0] = NULL;
    return (struct ArrowArray){.length = count, .n_buffers = 1, .n_children = 4, .buffers = pushed->no_buffer, .children = pushed->children, .release = release_nothing};
}

/* --- one query ------------------------------------------------------------------------------------------------ */

typedef struct Run {
    weir_db *db;
    weir_conn *conn;
    weir_writer *writer;
    weir_sub *sub;
    uint64_t rows_out;
} Run;

static void check(int code, weir_error *error) {
    if (code == WEIR_OK) return;
    fprintf(stderr, "%s\n", error == NULL ? "failed" : weir_error_message(error));
    exit(1);
}

static void count_rows(void *user, const weir_batch *batch) {
    ((Run *)user)->rows_out += (uint64_t)weir_batch_view(batch, NULL)->length;
}

static void start(Run *run, const char *key_type, const char *query) {
    weir_error *error = NULL;
    char source[256];
    snprintf(source, sizeof(source), "CREATE SOURCE s (ts TIMESTAMP NOT NULL, k %s NOT NULL, a BIGINT NOT NULL, b DOUBLE PRECISION NOT NULL, WATERMARK FOR ts AS ts)",
             key_type);
    *run = (Run){0};
    check(weir_open(":memory:", NULL, &run->db, &error), error);
    check(weir_connect(run->db, &run->conn, &error), error);
    check(weir_exec(run->conn, source, -1, &error), error);
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.callback = count_rows;
    options.user = run;
    check(weir_subscribe(run->conn, query, &options, &run->sub, &error), error);
    check(weir_writer_open(run->conn, "s", &run->writer, &error), error);
}

static void stop(Run *run) {
    weir_error *error = NULL;
    weir_writer_free(run->writer);
    weir_sub_free(run->sub);
    weir_disconnect(run->conn);
    check(weir_close(run->db, &error), error);
}

static void push_all(Run *run, const Data *data, int64_t rows_per_push) {
    weir_error *error = NULL;
    for (int64_t from = 0; from < data->row_count; from += rows_per_push) {
        int64_t left = data->row_count - from;
        Pushed pushed = {0};
        struct ArrowArray array = slice(data, &pushed, from, left < rows_per_push ? left : rows_per_push);
        check(weir_writer_push(run->writer, &array, NULL, 0, &error), error);
    }
}

static const char *key_type(KeyKind kind) {
    return kind == KEY_TEXT ? "TEXT" : "BIGINT";
}

/* ns per row of pushing all data through a query; a last promise closes the windows. */
static double measure(const Data *data, const char *query, int64_t rows_per_push, uint64_t *rows_out) {
    double best = 1e300;
    for (int round = 0; round < 3; round++) {
        Run run;
        weir_error *error = NULL;
        start(&run, key_type(data->kind), query);
        double begin = bench_now_ns();
        push_all(&run, data, rows_per_push);
        check(weir_writer_watermark(run.writer, INT64_C(4000000000000000), &error), error);
        double time = (bench_now_ns() - begin) / (double)data->row_count;
        if (time < best) best = time;
        if (rows_out != NULL) *rows_out = run.rows_out;
        stop(&run);
    }
    return best;
}

/* --- the works -------------------------------------------------------------------------------------------------- */

static double memory_read(const Data *data) {
    double best;
    int64_t total = 0;
    BENCH_BEST(best, data->row_count, for (int64_t i = 0; i < data->row_count; i++) total += data->ts[i] ^ data->a[i]; BENCH_KEEP(total));
    return best;
}

static double random_gather(const Data *data) {
    double best;
    int64_t total = 0;
    BENCH_BEST(best, data->row_count, for (int64_t i = 0; i < data->row_count; i++) total += data->a[mix((uint64_t)i) % (uint64_t)data->row_count]; BENCH_KEEP(total));
    return best;
}

static const char *const W1 =
    "SELECT k, window_start, count(*), sum(a), sum(a * b) FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY k, window_start EMIT ON WINDOW CLOSE";

static double bench_w1(const Work *work) {
    Data data = work_data(work);
    double ours = measure(&data, W1, PUSH_ROWS, NULL);
    bench_line(work->name, ours, NULL, 0, "memory read", memory_read(&data), "1x peer", "2x");
    free_data(&data);
    return ours;
}

static void bench_groups(void) {
    Data data = work_data(&works[WORK_GROUPS]);
    uint64_t rows;
    double ours = measure(&data,
                          "SELECT k, window_start, count(*), sum(a) FROM TUMBLE(s, ts, INTERVAL '1000' DAY) GROUP BY k, window_start EMIT ON WINDOW CLOSE",
                          PUSH_ROWS, &rows);
    bench_line(works[WORK_GROUPS].name, ours, NULL, 0, "random gather", random_gather(&data), "1x peer", "4x");
    free_data(&data);
}

static void bench_windows(double tumble) {
    Data data = make_data(W1_ROWS, 1000, KEY_DENSE);
    double hop = measure(&data,
                         "SELECT k, window_start, count(*), sum(a), sum(a * b) FROM HOP(s, ts, INTERVAL '0.1' SECOND, INTERVAL '6' SECOND) "
                         "GROUP BY k, window_start EMIT ON WINDOW CLOSE",
                         PUSH_ROWS, NULL);
    bench_line("hop, size/slide 60 (beside the tumble)", hop, "tumble", tumble, NULL, 0, "within 1.5x", "1.1x");
    double session = measure(&data,
                             "SELECT k, window_start, count(*), sum(a), sum(a * b) FROM SESSION(s PARTITION BY k, ts, INTERVAL '0.005' SECOND) "
                             "GROUP BY k, window_start, window_end EMIT ON WINDOW CLOSE",
                             PUSH_ROWS, NULL);
    bench_line("session, 1,000 keys (beside the tumble)", session, "tumble", tumble, NULL, 0, "within 3x", "1.5x");
    free_data(&data);
}

static const char *const CHANGES = "SELECT k, count(*), sum(a) FROM s GROUP BY k EMIT CHANGES";

static void bench_changes(void) {
    Data data = make_data(4000000, 1000, KEY_DENSE);
    bench_line("changes, 1,000 keys, 8,192 rows per push", measure(&data, CHANGES, PUSH_ROWS, NULL), NULL, 0, NULL, 0, "40", "15");
    data.row_count = SINGLE_PUSHES;
    double single = measure(&data, CHANGES, 1, NULL);
    bench_line("changes, 1,000 keys, one row per push", single, NULL, 0, NULL, 0, "1000", "300");
    free_data(&data);
}

/* Each push timed alone: from the call to its return, the callback having run inside. */
static void bench_latency(void) {
    Data data = make_data(SINGLE_PUSHES, 1000, KEY_DENSE);
    static double times[SINGLE_PUSHES];
    Run run;
    weir_error *error = NULL;
    start(&run, "BIGINT", "SELECT k, window_start, sum(a) FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY k, window_start EMIT CHANGES");
    for (int64_t i = 0; i < data.row_count; i++) {
        Pushed pushed = {0};
        struct ArrowArray array = slice(&data, &pushed, i, 1);
        double begin = bench_now_ns();
        check(weir_writer_push(run.writer, &array, NULL, 0, &error), error);
        times[i] = bench_now_ns() - begin;
    }
    if (run.rows_out < (uint64_t)data.row_count) check(WEIR_MISUSE, NULL);
    stop(&run);
    bench_line("one row, windowed sum, seen: p50 [ns]", bench_percentile(times, SINGLE_PUSHES, 0.5), NULL, 0, NULL, 0, "2000", "500");
    bench_line("one row, windowed sum, seen: p99 [ns]", bench_percentile(times, SINGLE_PUSHES, 0.99), NULL, 0, NULL, 0, "10000", "2000");
    free_data(&data);
}

/* The columns ts, k, a, b of a work, one after the other, as engine_bench.py reads them. */
static int write_columns(const char *name) {
    for (size_t i = 0; i < WORK_COUNT; i++) {
        if (strcmp(works[i].name, name) != 0) continue;
        Data data = work_data(&works[i]);
        size_t rows = (size_t)data.row_count, key_size = data.kind == KEY_TEXT ? 16 : 8;
        bool written = fwrite(data.ts, 8, rows, stdout) == rows && fwrite(data.k, key_size, rows, stdout) == rows &&
                       fwrite(data.a, 8, rows, stdout) == rows && fwrite(data.b, 8, rows, stdout) == rows;
        free_data(&data);
        return written && fflush(stdout) == 0 ? 0 : 1;
    }
    return 1;
}

/* With the name of a work: writes its columns and measures nothing. */
int main(int argc, char **argv) {
    if (argc > 1) return write_columns(argv[1]);
    double tumble = bench_w1(&works[WORK_DENSE]);
    (void)bench_w1(&works[WORK_RANDOM]);
    (void)bench_w1(&works[WORK_TEXT]);
    bench_windows(tumble);
    bench_changes();
    bench_latency();
    bench_groups();
    return 0;
}
