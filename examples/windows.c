/* SPDX-License-Identifier: Apache-2.0
 * Push rows one by one, see each window's result as soon as it is final.
 *
 *     cc windows.c $(pkg-config --cflags --libs weir) -o windows && ./windows */
#include <stdio.h>
#include <stdlib.h>

#include <weir.h>

static void check(int code, weir_error *error) {
    if (code == WEIR_OK) return;
    fprintf(stderr, "%s: %s %s\n", weir_error_sqlstate(error), weir_error_message(error), weir_error_hint(error));
    weir_error_free(error);
    exit(1);
}

/* The result has one int64 column per name: its values are the second buffer of each child. */
static int64_t value(const struct ArrowArray *rows, int column, int64_t row) {
    return ((const int64_t *)rows->children[column]->buffers[1])[rows->children[column]->offset + row];
}

/* Called inside the push that made a window final. */
static void show(void *user, const weir_batch *batch) {
    const struct ArrowArray *rows = weir_batch_view(batch, NULL);
    (void)user;
    for (int64_t row = 0; row < rows->length; row++)
        printf("sensor %lld, window from second %lld: %lld readings\n", (long long)value(rows, 0, row),
               (long long)(value(rows, 1, row) / 1000000), (long long)value(rows, 2, row));
}

int main(void) {
    weir_db *db;
    weir_conn *conn;
    weir_sub *sub;
    weir_writer *writer;
    weir_error *error = NULL;
    check(weir_open(":memory:", NULL, &db, &error), error);
    check(weir_connect(db, &conn, &error), error);
    check(weir_exec(conn,
                    "CREATE SOURCE readings (sensor BIGINT, value DOUBLE PRECISION, at TIMESTAMP,"
                    "                        WATERMARK FOR at AS at - INTERVAL '2' SECOND);"
                    "CREATE STREAM counts AS"
                    "  SELECT sensor, window_start, count(*) AS n FROM TUMBLE(readings, at, INTERVAL '10' SECOND)"
                    "   GROUP BY sensor, window_start EMIT ON WINDOW CLOSE",
                    -1, &error),
          error);
    weir_sub_options options = WEIR_SUB_OPTIONS_INIT;
    options.callback = show;
    check(weir_subscribe(conn, "counts", &options, &sub, &error), error);
    check(weir_writer_open(conn, "readings", &writer, &error), error);
    for (int64_t second = 0; second < 35; second++) {
        weir_value row[] = {weir_i64(second % 3), weir_f64(20.5 + (double)second), weir_i64(second * 1000000)};
        check(weir_writer_row(writer, row, 3, &error), error);
        check(weir_writer_flush(writer, NULL, &error), error);
    }
    /* The last windows are still open: nothing says yet that no reading will come for them. */
    check(weir_writer_watermark(writer, 60 * 1000000, &error), error);
    weir_writer_free(writer);
    weir_sub_free(sub);
    weir_disconnect(conn);
    check(weir_close(db, &error), error);
    return 0;
}
