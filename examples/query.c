/* SPDX-License-Identifier: Apache-2.0
 * A table, a view that is kept up to date, and ordinary queries read through the Arrow C stream interface.
 *
 *     cc query.c $(pkg-config --cflags --libs weir) -o query && ./query */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir.h>

static void check(int code, weir_error *error) {
    if (code == WEIR_OK) return;
    fprintf(stderr, "%s: %s %s\n", weir_error_sqlstate(error), weir_error_message(error), weir_error_hint(error));
    weir_error_free(error);
    exit(1);
}

/* A value of the two types used here: int64 "l", and text as string views "vu" (16 bytes: the length, then the text
 * itself up to 12 bytes, else a buffer's number and an offset). */
static void print_value(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t row) {
    const uint8_t *valid = array->buffers[0];
    row += array->offset;
    if (valid != NULL && !(valid[row / 8] >> (row % 8) & 1)) {
        printf("%-10s", "NULL");
    } else if (strcmp(schema->format, "l") == 0) {
        printf("%-10lld", (long long)((const int64_t *)array->buffers[1])[row]);
    } else {
        const char *view = (const char *)array->buffers[1] + 16 * row;
        int32_t size, buffer, offset;
        memcpy(&size, view, 4);
        memcpy(&buffer, view + 8, 4);
        memcpy(&offset, view + 12, 4);
        printf("%-10.*s", size, size <= 12 ? view + 4 : (const char *)array->buffers[2 + buffer] + offset);
    }
}

static void print_query(weir_conn *conn, const char *sql) {
    weir_stmt *stmt;
    weir_error *error = NULL;
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    check(weir_prepare(conn, sql, -1, &stmt, NULL, &error), error);
    check(weir_stmt_schema(stmt, &schema, &error), error);
    check(weir_query(stmt, &stream, &error), error);
    weir_stmt_free(stmt); /* the stream keeps what it needs */
    printf("%s\n", sql);
    for (;;) {
        struct ArrowArray batch;
        if (stream.get_next(&stream, &batch) != 0) check(WEIR_IO, weir_stream_error(&stream));
        if (batch.release == NULL) break;
        for (int64_t row = 0; row < batch.length; row++) {
            for (int64_t i = 0; i < batch.n_children; i++) print_value(schema.children[i], batch.children[i], row);
            printf("\n");
        }
        batch.release(&batch);
    }
    schema.release(&schema);
    stream.release(&stream);
}

int main(void) {
    weir_db *db;
    weir_conn *conn;
    weir_error *error = NULL;
    check(weir_open(":memory:", NULL, &db, &error), error);
    check(weir_connect(db, &conn, &error), error);
    check(weir_exec(conn,
                    "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer TEXT, items BIGINT);"
                    "CREATE MATERIALIZED VIEW totals AS"
                    "  SELECT customer, count(*) AS orders, max(items) AS largest FROM orders GROUP BY customer;"
                    "INSERT INTO orders VALUES (1, 'Ada', 3), (2, 'Grace', 5), (3, 'Ada', 1)",
                    -1, &error),
          error);
    print_query(conn, "SELECT * FROM totals ORDER BY customer");
    check(weir_exec(conn, "DELETE FROM orders WHERE id = 1; INSERT INTO orders VALUES (4, 'Grace', 8)", -1, &error), error);
    print_query(conn, "SELECT * FROM totals ORDER BY customer");
    weir_disconnect(conn);
    check(weir_close(db, &error), error);
    return 0;
}
