/* SPDX-License-Identifier: Apache-2.0
 * hot/hot_path.c - pushes batches through one maintained query, for hot_path_test.py to watch.
 *
 *     hot_path (filter | window) BATCHES
 *
 * Rows are made once and pushed again and again with their times moved on, so that all work past the first
 * batches is the library's. Prints the rows pushed and the rows that came out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir.h"

enum { ROWS_PER_BATCH = 4096, KEY_COUNT = 1000, BATCHES_PER_SECOND = 16, COLUMN_COUNT = 4 };

static const char source[] =
    "CREATE SOURCE s (k BIGINT, qty BIGINT, price DOUBLE PRECISION, ts TIMESTAMP, WATERMARK FOR ts AS ts - "
    "INTERVAL '1' SECOND)";
static const char filter[] =
    "SELECT k, qty, 0.908::float8 * price AS p FROM s WHERE qty % 123 = 0 EMIT CHANGES";
static const char window[] =
    "SELECT k, window_start, count(*) AS n, sum(qty) AS qty, sum(price * qty) AS volume"
    "  FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY k, window_start, window_end EMIT ON WINDOW CLOSE";

static int64_t keys[ROWS_PER_BATCH], quantities[ROWS_PER_BATCH], times[ROWS_PER_BATCH];
static double prices[ROWS_PER_BATCH];

static void release_nothing(struct ArrowArray *array) {
    array->release = NULL;
}

/* A batch over the arrays above, which stay ours: the library is done with them when the push returns, or
 * keeps what it copies. */
typedef struct Rows {
    struct ArrowArray root, columns[COLUMN_COUNT];
    struct ArrowArray *children[COLUMN_COUNT];
    const void *buffers[COLUMN_COUNT][2];
    const void *root_buffers[1];
} Rows;

static void rows_init(Rows *rows) {
    const void *values[COLUMN_COUNT] = {keys, quantities, prices, times};
    memset(rows, 0, sizeof(*rows));
    for (int i = 0; i < COLUMN_COUNT; i++) {
        rows->buffers[i][1] = values[i];
        rows->columns[i] = (struct ArrowArray){.length = ROWS_PER_BATCH,
                                               .n_buffers = 2,
                                               .buffers = rows->buffers[i],
                                               .release = release_nothing};
        rows->children[i] = &rows->columns[i];
    }
    rows->root = (struct ArrowArray){.length = ROWS_PER_BATCH,
                                     .n_buffers = 1,
                                     .buffers = rows->root_buffers,
                                     .n_children = COLUMN_COUNT,
                                     .children = rows->children,
                                     .release = release_nothing};
}

static void fill(void) {
    uint64_t random = 1;
    for (int i = 0; i < ROWS_PER_BATCH; i++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        keys[i] = (int64_t)((random >> 33) % KEY_COUNT);
        quantities[i] = (int64_t)((random >> 20) % 1000);
        prices[i] = (double)((random >> 40) % 10000) / 100;
        times[i] = (int64_t)i * 1000000 / BATCHES_PER_SECOND / ROWS_PER_BATCH;
    }
}

static void count_rows(void *user, const weir_batch *batch) {
    *(int64_t *)user += weir_batch_view(batch, NULL)->length;
}

static void check(int status, weir_error *error) {
    if (status == WEIR_OK) return;
    fprintf(stderr, "hot_path: %s\n", weir_error_message(error));
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    const char *query = strcmp(argv[1], "filter") == 0 ? filter : window;
    int batch_count = atoi(argv[2]);
    weir_db *db;
    weir_conn *conn;
    weir_sub *sub;
    weir_writer *writer;
    weir_error *error = NULL;
    int64_t rows_out = 0;
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.callback = count_rows;
    options.user = &rows_out;
    check(weir_open(":memory:", NULL, &db, &error), error);
    check(weir_connect(db, &conn, &error), error);
    check(weir_exec(conn, source, -1, &error), error);
    check(weir_subscribe(conn, query, &options, &sub, &error), error);
    check(weir_writer_open(conn, "s", &writer, &error), error);
    fill();
    for (int i = 0; i < batch_count; i++) {
        Rows rows;
        rows_init(&rows);
        check(weir_writer_push(writer, &rows.root, NULL, -1, &error), error);
        for (int row = 0; row < ROWS_PER_BATCH; row++) times[row] += 1000000 / BATCHES_PER_SECOND;
    }
    weir_writer_free(writer);
    weir_sub_free(sub);
    weir_disconnect(conn);
    check(weir_close(db, &error), error);
    printf("%d %lld\n", batch_count * ROWS_PER_BATCH, (long long)rows_out);
    return 0;
}
