/* SPDX-License-Identifier: Apache-2.0
 * Preparing statements (C9: text to an executable plan), SQLite's prepare of the same question beside it.
 *
 * Both sides prepare and free over an empty database in memory with the same two tables, so that names are
 * resolved and a plan is made; nothing runs. Without SQLite's header at build time the peer is left out. */
#include <stdbool.h>
#include <string.h>

#include <weir.h>

#include "bench.h"

#if defined(WEIR_BENCH_SQLITE)
#include <sqlite3.h>
#endif

enum { PREPARE_COUNT = 20000 };

typedef struct Question {
    const char *work, *ours, *theirs; /* one question in each one's words */
    const char *floor, *aim;
    bool is_refused; /* by us: parsed and bound to its end, no plan kept */
} Question;

static const char TABLES[] =
    "CREATE TABLE t (id BIGINT PRIMARY KEY, customer BIGINT, region TEXT, amount NUMERIC(12,2), at "
    "TIMESTAMP);"
    "CREATE TABLE c (id BIGINT PRIMARY KEY, name TEXT)";

static const Question QUESTIONS[] = {
    {"prepare SELECT 1 [ns]", "SELECT 1", "SELECT 1", "5000", "600"},
    {"prepare group + having [ns]",
     "SELECT region, date_trunc('hour', at) AS hour, count(*) AS orders, sum(amount) AS total, avg(amount) "
     "AS mean FROM t "
     "WHERE amount > 10 AND customer <> 7 GROUP BY region, date_trunc('hour', at) HAVING count(*) > 5 ORDER "
     "BY total DESC LIMIT 10",
     "SELECT region, strftime('%Y-%m-%d %H', at) AS hour, count(*) AS orders, sum(amount) AS total, "
     "avg(amount) AS mean FROM t "
     "WHERE amount > 10 AND customer <> 7 GROUP BY region, strftime('%Y-%m-%d %H', at) HAVING count(*) > 5 "
     "ORDER BY total DESC LIMIT 10",
     "40000", "4000"},
    {"prepare join + group + having, to its refusal [ns]",
     "SELECT c.name, count(*) AS orders, sum(t.amount) AS total FROM t JOIN c ON t.customer = c.id "
     "WHERE t.amount > 10 GROUP BY c.name HAVING count(*) > 5",
     "SELECT c.name, count(*) AS orders, sum(t.amount) AS total FROM t JOIN c ON t.customer = c.id "
     "WHERE t.amount > 10 GROUP BY c.name HAVING count(*) > 5",
     "40000", "4000", true},
};

static void fail(const char *message) {
    fprintf(stderr, "%s\n", message);
    exit(1);
}

static void check(int code, const weir_error *error) {
    if (code != WEIR_OK) fail(error == NULL ? "failed" : weir_error_message(error));
}

/* False: refused, with its error. */
static bool prepare_once(weir_conn *conn, const char *sql) {
    weir_stmt *stmt;
    weir_error *error = NULL;
    bool prepared = weir_prepare(conn, sql, -1, &stmt, NULL, &error) == WEIR_OK;
    if (prepared) weir_stmt_free(stmt);
    weir_error_free(error);
    return prepared;
}

/* ns per prepare. */
static double prepare_ours(weir_conn *conn, const Question *question) {
    double ns;
    if (prepare_once(conn, question->ours) == question->is_refused) fail(question->work);
    BENCH_BEST(ns, PREPARE_COUNT, for (int i = 0; i < PREPARE_COUNT; i++) prepare_once(conn, question->ours));
    return ns;
}

#if defined(WEIR_BENCH_SQLITE)
static double prepare_theirs(const char *sql) {
    sqlite3 *db;
    sqlite3_stmt *stmt;
    double ns;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK || sqlite3_exec(db, TABLES, NULL, NULL, NULL) != SQLITE_OK)
        fail("SQLite does not start");
    BENCH_BEST(
        ns, PREPARE_COUNT, for (int i = 0; i < PREPARE_COUNT; i++) {
            if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) fail(sqlite3_errmsg(db));
            sqlite3_finalize(stmt);
        });
    sqlite3_close(db);
    return ns;
}
#endif

int main(void) {
    weir_db *db;
    weir_conn *conn;
    weir_error *error = NULL;
    check(weir_open(":memory:", NULL, &db, &error), error);
    check(weir_connect(db, &conn, &error), error);
    check(weir_exec(conn, TABLES, -1, &error), error);
    for (size_t i = 0; i < sizeof(QUESTIONS) / sizeof(QUESTIONS[0]); i++) {
        const Question *question = &QUESTIONS[i];
        double ours = prepare_ours(conn, question);
#if defined(WEIR_BENCH_SQLITE)
        bench_line(question->work, ours, "SQLite", prepare_theirs(question->theirs), NULL, 0, question->floor,
                   question->aim);
#else
        bench_line(question->work, ours, NULL, 0, NULL, 0, question->floor, question->aim);
#endif
    }
    weir_disconnect(conn);
    check(weir_close(db, &error), error);
    return 0;
}
