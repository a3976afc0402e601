/* SPDX-License-Identifier: Apache-2.0
 * Windows and EMIT: plans, errors, bounds of state. */
#include "plan/test_world.h"

/* clang-format off */
static const Case WINDOWS[] = {
    {BIND_SNAPSHOT,
     "SELECT window_start, count(*) FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by window_start: count(*), dropped when the window closes | weighted, key (window_start), watermark window_start - 00:00:10, unbounded | 1:102 \"GROUP BY window_start\"\n"
     "    WINDOW TUMBLE of ts, size 00:00:10 | append-only, watermark ts, window_start - 00:00:10, window_end, unbounded | 1:36 \"TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SEC ...\"\n"
     "      SCAN trades (ts) | append-only, watermark ts, unbounded | 1:49 \"TABLE trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, count(*) FROM TABLE(TUMBLE(DATA => TABLE trades, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '10' SECOND)) GROUP BY window_start EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by window_start: count(*), dropped when the window closes | weighted, key (window_start), watermark window_start - 00:00:10, unbounded | 1:129 \"GROUP BY window_start\"\n"
     "    WINDOW TUMBLE of ts, size 00:00:10 | append-only, watermark ts, window_start - 00:00:10, window_end, unbounded | 1:36 \"TABLE(TUMBLE(DATA => TABLE trades, TIMECOL => DESCRIPTOR(ts) ...\"\n"
     "      SCAN trades (ts) | append-only, watermark ts, unbounded | 1:57 \"TABLE trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT x.window_start FROM TUMBLE((SELECT symbol, ts FROM trades), ts, INTERVAL '1' MINUTE) x GROUP BY x.window_start EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by window_start, dropped when the window closes | append-only, key (window_start), watermark window_start - 00:01:00, unbounded | 1:95 \"GROUP BY x.window_start\"\n"
     "    WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:28 \"TUMBLE((SELECT symbol, ts FROM trades), ts, INTERVAL '1' MIN ...\"\n"
     "      SCAN trades (ts) | append-only, watermark ts, unbounded | 1:59 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) WHERE qty > 1 GROUP BY symbol, window_start EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol, window_start: sum(qty), dropped when the window closes | weighted, key (symbol, window_start), watermark window_start - 00:05:00, unbounded | 1:116 \"GROUP BY symbol, window_start\"\n"
     "    WINDOW HOP of ts, size 00:05:00, slide 00:01:00 | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:44 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "      FILTER qty > 1 | append-only, watermark ts, unbounded | 1:102 \"WHERE qty > 1\"\n"
     "        SCAN trades (symbol, qty, ts) | append-only, watermark ts, unbounded | 1:48 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) WHERE window_start > '2020-01-01' GROUP BY window_start EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT count | append-only, unbounded | 1:1 \"SELECT count(*) FROM HOP(trades, ts, INTERVAL '1' MINUTE, IN ...\"\n"
     "    AGGREGATE by window_start: count(*), once when the window closes | append-only, key (window_start), watermark window_start - 00:05:00, unbounded | 1:114 \"GROUP BY window_start\"\n"
     "      FILTER window_start > '2020-01-01' | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:80 \"WHERE window_start > '2020-01-01'\"\n"
     "        WINDOW HOP of ts, size 00:05:00, slide 00:01:00 | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:22 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "          SCAN trades (ts) | append-only, watermark ts, unbounded | 1:26 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) GROUP BY window_start HAVING window_start > '2020-01-01' EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT count | append-only, unbounded | 1:1 \"SELECT count(*) FROM HOP(trades, ts, INTERVAL '1' MINUTE, IN ...\"\n"
     "    FILTER window_start > '2020-01-01' | append-only, key (window_start), watermark window_start - 00:05:00, unbounded | 1:102 \"HAVING window_start > '2020-01-01'\"\n"
     "      AGGREGATE by window_start: count(*), once when the window closes, from slices | append-only, key (window_start), watermark window_start - 00:05:00, unbounded | 1:80 \"GROUP BY window_start\"\n"
     "        WINDOW HOP of ts, size 00:05:00, slide 00:01:00, in slices | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:22 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "          SCAN trades (ts) | append-only, watermark ts, unbounded | 1:26 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM CUMULATE(trades, ts, INTERVAL '1' MINUTE, INTERVAL '1' HOUR) GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT symbol, window_start, sum | append-only, watermark window_start - 01:00:00, unbounded | 1:1 \"SELECT symbol, window_start, sum(qty) FROM CUMULATE(trades, t ...\"\n"
     "    AGGREGATE by symbol, window_start, window_end: sum(qty), once when the window closes | append-only, key (symbol, window_start, window_end), watermark window_start - 01:00:00, window_end, unbounded | 1:105 \"GROUP BY symbol, window_start, window_end\"\n"
     "      WINDOW CUMULATE of ts, size 01:00:00, step 00:01:00 | append-only, watermark ts, window_start - 01:00:00, window_end, unbounded | 1:44 \"CUMULATE(trades, ts, INTERVAL '1' MINUTE, INTERVAL '1' HOUR)\"\n"
     "        SCAN trades (symbol, qty, ts) | append-only, watermark ts, unbounded | 1:53 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end, count(*) FROM trades GROUP BY symbol, SESSION(ts, INTERVAL '10' SECOND) EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  SESSION by symbol: count(*), gap 00:00:10, once when the window closes | append-only, key (symbol, window_start, window_end), watermark window_end, unbounded | 1:63 \"GROUP BY symbol, SESSION(ts, INTERVAL '10' SECOND)\"\n"
     "    SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:56 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_end, count(*) FROM SESSION(trades PARTITION BY symbol, ts, INTERVAL '10' SECOND) s GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT symbol, window_end, count | append-only, watermark window_end, unbounded | 1:1 \"SELECT symbol, window_end, count(*) FROM SESSION(trades PART ...\"\n"
     "    SESSION by symbol: count(*), gap 00:00:10, once when the window closes | append-only, key (symbol, window_start, window_end), watermark window_end, unbounded | 1:106 \"GROUP BY symbol, window_start, window_end\"\n"
     "      SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:50 \"trades PARTITION BY symbol\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, max(price) FROM SESSION(ended, ts, INTERVAL '10' SECOND) GROUP BY window_start, window_end",
     "EMIT final rows\n"
     "  PROJECT window_start, max | append-only, key (window_start), bounded | 1:1 \"SELECT window_start, max(price) FROM SESSION(ended, ts, INTE ...\"\n"
     "    SESSION max(price), gap 00:00:10 | append-only, key (window_start), bounded | 1:79 \"GROUP BY window_start, window_end\"\n"
     "      SCAN ended (price, ts) | append-only, bounded | 1:46 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, sum(volume) FROM TUMBLE(minutes, window_end, INTERVAL '1' HOUR) GROUP BY window_start EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  AGGREGATE by window_start: sum(volume), once when the window closes | append-only, key (window_start), watermark window_start - 01:00:00, unbounded | 1:86 \"GROUP BY window_start\"\n"
     "    WINDOW TUMBLE of window_end, size 01:00:00 | append-only, watermark window_end, window_start - 01:00:00, window_end, unbounded | 1:39 \"TUMBLE(minutes, window_end, INTERVAL '1' HOUR)\"\n"
     "      SCAN minutes (window_end, volume) | append-only, watermark window_end, unbounded | 1:46 \"minutes\"\n"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT symbol, window_start FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  AGGREGATE by symbol, window_start, once when the window closes | append-only, key (symbol, window_start), watermark window_start - 00:01:00, unbounded | 1:1 \"SELECT DISTINCT symbol, window_start FROM TUMBLE(trades, ts, ...\"\n"
     "    WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:43 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "      SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:50 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, n FROM (SELECT window_start, count(*) AS n, symbol FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY window_start, symbol) x WHERE symbol = 'a' AND n > 5 EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT window_start, n | append-only, watermark window_start - 00:01:00, unbounded | 1:1 \"SELECT window_start, n FROM (SELECT window_start, count(*) A ...\"\n"
     "    FILTER n > 5 | append-only, key (window_start, symbol), watermark window_start - 00:01:00, unbounded | 1:151 \"WHERE symbol = 'a' AND n > 5\"\n"
     "      AGGREGATE by window_start, symbol: count(*), once when the window closes | append-only, key (window_start, symbol), watermark window_start - 00:01:00, unbounded | 1:118 \"GROUP BY window_start, symbol\"\n"
     "        WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:78 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "          FILTER symbol = 'a' | append-only, watermark ts, unbounded | 1:151 \"WHERE symbol = 'a' AND n > 5\"\n"
     "            SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:85 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, symbol, INTERVAL '1' MINUTE)",
     "42804 33 the time column of tumble must be a timestamp or a date, not text"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, qty, INTERVAL '1' MINUTE)",
     "42804 33 the time column of tumble must be a timestamp or a date, not bigint / Declare the column TIMESTAMP, or convert it in a view: to_timestamp(seconds)."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, tss, INTERVAL '1' MINUTE)",
     "42703 33 column \"tss\" does not exist / Perhaps you meant \"ts\"."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(endde, ts, INTERVAL '1' MINUTE)",
     "42P01 26 relation \"endde\" does not exist / Perhaps you meant \"ended\"."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts, INTERVAL '1' MONTH)",
     "22023 37 the size of a window must be a fixed length of time / Months and years differ in length: use days or smaller units."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts, INTERVAL '0' MINUTE)",
     "22023 37 the size of a window must be greater than zero"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts, INTERVAL '400000' DAY)",
     "22023 37 the size of a window must be at most 365250 days"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts, 5)",
     "42804 37 the size of a window must be an interval, not integer"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM TUMBLE(ended, ts)",
     "42601 19 wrong number of arguments of tumble / Write tumble(table, time_column, size [, offset])."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM CUMULATE(ended, ts, INTERVAL '2' MINUTE, INTERVAL '5' MINUTE)",
     "22023 60 the size of CUMULATE must be a multiple of its step"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM HOP(ended, ts, INTERVAL '1' SECOND, INTERVAL '90' DAY)",
     "54000 34 a row would belong to more than 100000 windows"},
    /* Rows between two windows are in none. */
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM HOP(ended, ts, INTERVAL '5' MINUTE, INTERVAL '1' MINUTE) GROUP BY window_start",
     "EMIT final rows\n"
     "  PROJECT count | append-only, bounded | 1:1 \"SELECT count(*) FROM HOP(ended, ts, INTERVAL '5' MINUTE, INT ...\"\n"
     "    AGGREGATE by window_start: count(*) | append-only, key (window_start), bounded | 1:79 \"GROUP BY window_start\"\n"
     "      WINDOW HOP of ts, size 00:01:00, slide 00:05:00 | append-only, bounded | 1:22 \"HOP(ended, ts, INTERVAL '5' MINUTE, INTERVAL '1' MINUTE)\"\n"
     "        SCAN ended (ts) | append-only, bounded | 1:26 \"ended\"\n"
     "NOTICE 21 the slide of this HOP is longer than its size: rows between two windows are in none / The order is slide, size. TUMBLE(.., size) leaves no row out.\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM ended GROUP BY HOP(ts, INTERVAL '61' SECOND, INTERVAL '1' MINUTE)",
     "EMIT final rows\n"
     "  PROJECT count | append-only, bounded | 1:1 \"SELECT count(*) FROM ended GROUP BY HOP(ts, INTERVAL '61' SE ...\"\n"
     "    AGGREGATE by window_start: count(*) | append-only, key (window_start), bounded | 1:28 \"GROUP BY HOP(ts, INTERVAL '61' SECOND, INTERVAL '1' MINUTE)\"\n"
     "      WINDOW HOP of ts, size 00:01:00, slide 00:01:01 | append-only, bounded | 1:37 \"HOP(ts, INTERVAL '61' SECOND, INTERVAL '1' MINUTE)\"\n"
     "        SCAN ended (ts) | append-only, bounded | 1:22 \"ended\"\n"
     "NOTICE 36 the slide of this HOP is longer than its size: rows between two windows are in none / The order is slide, size. TUMBLE(.., size) leaves no row out.\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM SESSION(ended, ts, INTERVAL '5' MINUTE)",
     "0A000 19 SESSION without GROUP BY is not supported yet / GROUP BY window_start and window_end."},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end FROM SESSION(ended, ts, INTERVAL '5' MINUTE) GROUP BY symbol, window_start, window_end",
     "0A000 45 grouping sessions by other columns than those of their PARTITION BY is not supported yet / Write SESSION(table PARTITION BY the grouped columns, time_column, gap), or GROUP BY SESSION(time_column, gap)."},
    {BIND_SNAPSHOT,
     "SELECT window_start FROM trades WHERE window_start > '2020-01-01' GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE) EMIT CHANGES",
     "42703 38 column \"window_start\" does not exist / A window in FROM or GROUP BY gives it, such as TUMBLE(table, time_column, size)."},
    {BIND_SNAPSHOT,
     "SELECT TUMBLE(ts, INTERVAL '1' MINUTE) FROM ended",
     "42P20 7 tumble is not allowed here / Windows stand in FROM or in GROUP BY; the SELECT list names window_start and window_end."},
    {BIND_SNAPSHOT,
     "SELECT 1 FROM ended GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), TUMBLE(ts, INTERVAL '2' MINUTE)",
     "42P20 62 only one window may be grouped by"},
};

static const Case EMIT[] = {
    {BIND_VIEW,
     "SELECT symbol, (SELECT max(id) FROM accounts) AS m FROM trades ORDER BY symbol LIMIT 3",
     "EMIT final rows\n"
     "  LIMIT 3 | append-only, bounded, ordered | 1:80 \"LIMIT 3\"\n"
     "    SORT by symbol, first 3 | append-only, bounded, ordered | 1:64 \"ORDER BY symbol\"\n"
     "      SCALAR | append-only, bounded | 1:16 \"(SELECT max(id) FROM accounts)\"\n"
     "        SCAN trades (symbol) | append-only, bounded | 1:57 \"trades\"\n"
     "        AGGREGATE max(id) | append-only, one row, bounded | 1:16 \"(SELECT max(id) FROM accounts)\"\n"
     "          SCAN accounts (id) | append-only, key (id), bounded | 1:37 \"accounts\"\n"},
    {BIND_VIEW,
     "SELECT symbol FROM trades EMIT CHANGES",
     "42P17 26 a VIEW takes no EMIT: it follows the statement that reads it"},
    {BIND_MAINTAINED,
     "SELECT symbol, sum(qty) FROM trades GROUP BY symbol",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol: sum(qty) | weighted, key (symbol), unbounded | 1:37 \"GROUP BY symbol\"\n"
     "    SCAN trades (symbol, qty) | append-only, unbounded | 1:30 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT symbol, qty FROM trades WHERE qty > 1",
     "EMIT rows as they come\n"
     "  FILTER qty > 1 | append-only, unbounded | 1:32 \"WHERE qty > 1\"\n"
     "    SCAN trades (symbol, qty) | append-only, unbounded | 1:25 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT n, count(*) FROM totals GROUP BY n",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by n: count(*) | weighted, key (n), unbounded | 1:32 \"GROUP BY n\"\n"
     "    SCAN totals (n) | weighted, unbounded | 1:25 \"totals\"\n"},
    {BIND_MAINTAINED,
     "SELECT symbol, window_start, sum(qty) FROM TUMBLE(unmarked, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol, window_start: sum(qty) | weighted, key (symbol, window_start), unbounded | 1:86 \"GROUP BY symbol, window_start\"\n"
     "    WINDOW TUMBLE of ts, size 00:01:00 | append-only, unbounded | 1:44 \"TUMBLE(unmarked, ts, INTERVAL '1' MINUTE)\"\n"
     "      SCAN unmarked (symbol, qty, ts) | append-only, unbounded | 1:51 \"unmarked\"\n"
     "NOTICE 85 the time column of this window has no watermark: its windows never close and their state grows / Declare WATERMARK FOR the time column on its source or APPEND ONLY table.\n"},
    {BIND_SNAPSHOT,
     "SELECT sum(qty) FROM trades EMIT ON UPDATE",
     "EMIT the latest row per key, with __weight\n"
     "  AGGREGATE sum(qty) | weighted, one row, unbounded | 1:1 \"SELECT sum(qty) FROM trades EMIT ON UPDATE\"\n"
     "    SCAN trades (qty) | append-only, unbounded | 1:22 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT id, owner FROM accounts EMIT ON UPDATE",
     "EMIT the latest row per key, with __weight\n"
     "  SCAN accounts (id, owner) | weighted, key (id), unbounded | 1:23 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades EMIT EVERY INTERVAL '1' SECOND",
     "EMIT net changes every 00:00:01\n"
     "  SCAN trades (symbol) | append-only, unbounded | 1:20 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades LIMIT 3 EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  LIMIT 3 | append-only, unbounded | 1:27 \"LIMIT 3\"\n"
     "    SCAN trades (symbol) | append-only, unbounded | 1:20 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, count(*) FROM TUMBLE(ended, ts, INTERVAL '1' MINUTE) GROUP BY window_start ORDER BY 2 LIMIT 1 EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  LIMIT 1 | append-only, key (window_start), watermark window_start - 00:01:00, bounded, ordered | 1:108 \"LIMIT 1\"\n"
     "    SORT by count, first 1 | append-only, key (window_start), watermark window_start - 00:01:00, bounded, ordered | 1:97 \"ORDER BY 2\"\n"
     "      AGGREGATE by window_start: count(*), once when the window closes | append-only, key (window_start), watermark window_start - 00:01:00, bounded | 1:75 \"GROUP BY window_start\"\n"
     "        WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, bounded | 1:36 \"TUMBLE(ended, ts, INTERVAL '1' MINUTE)\"\n"
     "          SCAN ended (ts) | append-only, watermark ts, bounded | 1:43 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty * 2) FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start EMIT ON WINDOW CLOSE ALLOW LATENESS INTERVAL '1' MINUTE LATE DATA TO late",
     "EMIT rows as they come, late rows to late\n"
     "  AGGREGATE by symbol, window_start: sum(qty * 2), once when the window closes, lateness 00:01:00, late rows aside | append-only, key (symbol, window_start), watermark window_start - 00:02:00, unbounded | 1:88 \"GROUP BY symbol, window_start\"\n"
     "    PROJECT symbol, price, qty, ts, window_start, qty * 2 | append-only, watermark ts, window_start - 00:02:00, unbounded | 1:88 \"GROUP BY symbol, window_start\"\n"
     "      WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:02:00, window_end - 00:01:00, unbounded | 1:48 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "        SCAN trades (symbol, price, qty, ts) | append-only, watermark ts, unbounded | 1:55 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, count(*) FROM trades GROUP BY symbol, SESSION(ts, INTERVAL '10' SECOND) EMIT CHANGES ALLOW LATENESS INTERVAL '1' MINUTE LATE DATA TO late",
     "EMIT changes, with __weight, late rows to late\n"
     "  PROJECT symbol, window_start, count | weighted, unbounded | 1:1 \"SELECT symbol, window_start, count(*) FROM trades GROUP BY s ...\"\n"
     "    SESSION by symbol: count(*), gap 00:00:10, dropped when the window closes, lateness 00:01:00, late rows aside | weighted, key (symbol, window_start, window_end), watermark window_end - 00:01:00, unbounded | 1:51 \"GROUP BY symbol, SESSION(ts, INTERVAL '10' SECOND)\"\n"
     "      SCAN trades (symbol, price, qty, ts) | append-only, watermark ts, unbounded | 1:44 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, max(n) FROM (SELECT symbol, window_start, count(*) AS n FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start) x GROUP BY window_start EMIT ON WINDOW CLOSE ALLOW LATENESS INTERVAL '5' SECOND",
     "EMIT rows as they come\n"
     "  AGGREGATE by window_start: max(n), once when the window closes, lateness 00:00:05 | append-only, key (window_start), watermark window_start - 00:01:10, unbounded | 1:156 \"GROUP BY window_start\"\n"
     "    AGGREGATE by symbol, window_start: count(*), once when the window closes, lateness 00:00:05 | append-only, key (symbol, window_start), watermark window_start - 00:01:05, unbounded | 1:123 \"GROUP BY symbol, window_start\"\n"
     "      WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:05, window_end - 00:00:05, unbounded | 1:83 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "        SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:90 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT * FROM trades",
     "42P17 14 a SELECT over the unbounded source \"trades\" would never end / Add EMIT CHANGES (or EMIT ON WINDOW CLOSE) to follow it, or CREATE MATERIALIZED VIEW .. AS this query and read that."},
    {BIND_SNAPSHOT,
     "SELECT * FROM minutes",
     "42P17 14 a SELECT over the unbounded source \"trades\" would never end / Add EMIT CHANGES (or EMIT ON WINDOW CLOSE) to follow it, or CREATE MATERIALIZED VIEW .. AS this query and read that."},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM TUMBLE(unmarked, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start EMIT ON WINDOW CLOSE",
     "42P17 115 EMIT ON WINDOW CLOSE over \"ts\", which has no watermark: its windows would never close / Declare WATERMARK FOR the time column on its source or APPEND ONLY table, or use EMIT CHANGES."},
    {BIND_SNAPSHOT,
     "SELECT symbol, sum(qty) FROM trades GROUP BY symbol EMIT ON WINDOW CLOSE",
     "42P17 52 EMIT ON WINDOW CLOSE needs an aggregate over windows / Group by window_start and window_end of TUMBLE(table, time_column, size), or write EMIT CHANGES alone."},
    {BIND_SNAPSHOT,
     "SELECT sum(n) FROM (SELECT symbol, window_start, count(*) AS n FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start) x EMIT ON WINDOW CLOSE",
     "42P17 141 EMIT ON WINDOW CLOSE needs rows that never change, but something above or beside the windows changes its rows / Group by the window's columns at every level, or use EMIT CHANGES."},
    {BIND_SNAPSHOT,
     "SELECT price FROM trades EMIT ON UPDATE",
     "42P17 25 EMIT ON UPDATE shows the latest row per key, and these rows have no unique key / Keep the grouped columns (or the primary key) in the SELECT list, or use EMIT CHANGES."},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM trades ALLOW LATENESS INTERVAL '1' MINUTE",
     "42P17 28 a SELECT without EMIT knows no lateness: every row counts / Add EMIT ON WINDOW CLOSE or EMIT CHANGES before it, or leave it out."},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM trades EMIT CHANGES ALLOW LATENESS INTERVAL '1' MINUTE",
     "42P17 56 ALLOW LATENESS needs an aggregate over windows / Group by window_start and window_end of TUMBLE(table, time_column, size), or write EMIT CHANGES alone."},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM trades EMIT CHANGES LATE DATA TO late",
     "42P17 28 LATE DATA TO needs an aggregate over windows / Group by window_start and window_end of TUMBLE(table, time_column, size), or write EMIT CHANGES alone."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades ORDER BY symbol EMIT CHANGES",
     "0A000 26 ORDER BY in a continuous query over unbounded input is not supported yet / Make a MATERIALIZED VIEW of the query without it, and write ORDER BY and LIMIT in the SELECT that reads the view."},
    {BIND_MAINTAINED,
     "SELECT symbol FROM trades LIMIT 3",
     "0A000 26 LIMIT and OFFSET in a continuous query over unbounded input are not supported yet / Make a MATERIALIZED VIEW of the query without it, and write ORDER BY and LIMIT in the SELECT that reads the view."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades EMIT EVERY INTERVAL '0' SECOND",
     "22023 37 EMIT EVERY must be greater than zero"},
};

static const Case STATE[] = {
    {BIND_MAINTAINED,
     "SELECT symbol, count(DISTINCT qty) FROM trades WHERE qty > 1 GROUP BY symbol",
     "AGGREGATE by symbol: count(DISTINCT qty) | state: grows with keys (symbol); each group keeps the distinct values of count | 1:62 \"GROUP BY symbol\"\n"
     "  FILTER qty > 1 | state: none | 1:48 \"WHERE qty > 1\"\n"
     "    SCAN trades (symbol, qty) | state: none | 1:41 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT count(*) FROM trades",
     "AGGREGATE count(*) | state: bounded: one row | 1:1 \"SELECT count(*) FROM trades\"\n"
     "  SCAN trades () | state: none | 1:22 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT symbol, window_start, sum(qty) FROM TUMBLE(unmarked, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start",
     "AGGREGATE by symbol, window_start: sum(qty) | state: grows for ever: its windows never close; WATERMARK FOR the time column on the source would bound it | 1:86 \"GROUP BY symbol, window_start\"\n"
     "  WINDOW TUMBLE of ts, size 00:01:00 | state: none | 1:44 \"TUMBLE(unmarked, ts, INTERVAL '1' MINUTE)\"\n"
     "    SCAN unmarked (symbol, qty, ts) | state: none | 1:51 \"unmarked\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) GROUP BY symbol, window_start EMIT ON WINDOW CLOSE",
     "AGGREGATE by symbol, window_start: sum(qty), once when the window closes, from slices | state: bounded: the groups of windows still open | 1:102 \"GROUP BY symbol, window_start\"\n"
     "  WINDOW HOP of ts, size 00:05:00, slide 00:01:00, in slices | state: none | 1:44 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "    SCAN trades (symbol, qty, ts) | state: none | 1:48 \"trades\"\n"},
    {BIND_MAINTAINED,
     "SELECT id, window_start, count(*) FROM (SELECT id, opened AS d FROM accounts) a GROUP BY id, SESSION(d, INTERVAL '1' DAY)",
     "PROJECT id, window_start, count | state: none | 1:1 \"SELECT id, window_start, count(*) FROM (SELECT id, opened AS ...\"\n"
     "  SESSION by id: count(*), gap 24:00:00 | state: grows for ever: its windows never close; WATERMARK FOR the time column on the source would bound it; sessions keep their rows, since a withdrawn row can split one | 1:81 \"GROUP BY id, SESSION(d, INTERVAL '1' DAY)\"\n"
     "    SCAN accounts (id, d) | state: none | 1:69 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, sum(qty) FROM ended GROUP BY symbol ORDER BY 2 DESC LIMIT 3 OFFSET 1",
     "LIMIT 3 after 1 | state: bounded: a count | 1:68 \"LIMIT 3\"\n"
     "  SORT by sum DESC, first 4 | state: bounded: 4 rows | 1:52 \"ORDER BY 2 DESC\"\n"
     "    AGGREGATE by symbol: sum(qty) | state: bounded: its input ends | 1:36 \"GROUP BY symbol\"\n"
     "      SCAN ended (symbol, qty) | state: none | 1:30 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT (SELECT 1) FROM nowhere",
     "42P01 23 relation \"nowhere\" does not exist"},
};

static const Case WINDOW_ENDS[] = {
    {BIND_MAINTAINED,
     "SELECT * FROM minutes WHERE volume > 10",
     "EMIT rows as they come\n"
     "  FILTER volume > 10 | append-only, key (symbol, window_start), watermark window_start - 00:01:00, window_end, unbounded | 1:23 \"WHERE volume > 10\"\n"
     "    SCAN minutes (symbol, window_start, window_end, volume) | append-only, key (symbol, window_start), watermark window_start - 00:01:00, window_end, unbounded | 1:15 \"minutes\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end, sum(price * qty) / sum(qty) AS vwap, count(*) AS n FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT symbol, window_start, window_end, vwap, n | append-only, key (symbol, window_start), watermark window_start - 00:01:00, window_end, unbounded | 1:1 \"SELECT symbol, window_start, window_end, sum(price * qty) / s ...\"\n"
     "    AGGREGATE by symbol, window_start: sum(price * qty), sum(qty), count(*), once when the window closes | append-only, key (symbol, window_start), watermark window_start - 00:01:00, unbounded | 1:138 \"GROUP BY symbol, window_start, window_end\"\n"
     "      PROJECT symbol, window_start, price * qty, qty | append-only, watermark window_start - 00:01:00, unbounded | 1:138 \"GROUP BY symbol, window_start, window_end\"\n"
     "        WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:98 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "          SCAN trades (symbol, price, qty, ts) | append-only, watermark ts, unbounded | 1:105 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, sum(qty) FROM ended GROUP BY symbol, TUMBLE(ts, INTERVAL '1' MINUTE, INTERVAL '10' SECOND)",
     "EMIT final rows\n"
     "  PROJECT symbol, window_start, sum | append-only, key (window_start, symbol), bounded | 1:1 \"SELECT symbol, window_start, sum(qty) FROM ended GROUP BY sy ...\"\n"
     "    AGGREGATE by window_start, symbol: sum(qty) | append-only, key (window_start, symbol), bounded | 1:50 \"GROUP BY symbol, TUMBLE(ts, INTERVAL '1' MINUTE, INTERVAL '1 ...\"\n"
     "      WINDOW TUMBLE of ts, size 00:01:00, offset 00:00:10 | append-only, bounded | 1:67 \"TUMBLE(ts, INTERVAL '1' MINUTE, INTERVAL '10' SECOND)\"\n"
     "        SCAN ended (symbol, qty, ts) | append-only, bounded | 1:44 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_end, count(*) AS n FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_end EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  PROJECT symbol, window_end, n | weighted, key (symbol, window_end), watermark window_end, unbounded | 1:1 \"SELECT symbol, window_end, count(*) AS n FROM TUMBLE(trades, ...\"\n"
     "    AGGREGATE by symbol, window_start: count(*), dropped when the window closes | weighted, key (symbol, window_start), watermark window_start - 00:01:00, unbounded | 1:87 \"GROUP BY symbol, window_end\"\n"
     "      WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:47 \"TUMBLE(trades, ts, INTERVAL '1' MINUTE)\"\n"
     "        SCAN trades (symbol, ts) | append-only, watermark ts, unbounded | 1:54 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT tumble_start(ts, INTERVAL '1' MINUTE) AS s, tumble_end(ts, INTERVAL '1' MINUTE), count(*) FROM trades GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE) EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  PROJECT s, tumble_end, count | weighted, key (s), watermark s - 00:01:00, tumble_end, unbounded | 1:1 \"SELECT tumble_start(ts, INTERVAL '1' MINUTE) AS s, tumble_en ...\"\n"
     "    AGGREGATE by window_start: count(*), dropped when the window closes | weighted, key (window_start), watermark window_start - 00:01:00, unbounded | 1:110 \"GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)\"\n"
     "      WINDOW TUMBLE of ts, size 00:01:00 | append-only, watermark ts, window_start - 00:01:00, window_end, unbounded | 1:119 \"TUMBLE(ts, INTERVAL '1' MINUTE)\"\n"
     "        SCAN trades (ts) | append-only, watermark ts, unbounded | 1:103 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end, sum(qty) FROM HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) GROUP BY symbol, window_start, window_end EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  PROJECT symbol, window_start, window_end, sum | append-only, key (symbol, window_start), watermark window_start - 00:05:00, window_end, unbounded | 1:1 \"SELECT symbol, window_start, window_end, sum(qty) FROM HOP(t ...\"\n"
     "    AGGREGATE by symbol, window_start: sum(qty), once when the window closes, from slices | append-only, key (symbol, window_start), watermark window_start - 00:05:00, unbounded | 1:114 \"GROUP BY symbol, window_start, window_end\"\n"
     "      WINDOW HOP of ts, size 00:05:00, slide 00:01:00, in slices | append-only, watermark ts, window_start - 00:05:00, window_end, unbounded | 1:56 \"HOP(trades, ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)\"\n"
     "        SCAN trades (symbol, qty, ts) | append-only, watermark ts, unbounded | 1:60 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT window_start, sum(volume) FROM minutes GROUP BY TUMBLE(window_end, INTERVAL '1' HOUR) EMIT ON WINDOW CLOSE",
     "EMIT rows as they come\n"
     "  AGGREGATE by window_start: sum(volume), once when the window closes | append-only, key (window_start), watermark window_start - 01:00:00, unbounded | 1:47 \"GROUP BY TUMBLE(window_end, INTERVAL '1' HOUR)\"\n"
     "    WINDOW TUMBLE of window_end, size 01:00:00 | append-only, watermark window_end, window_start - 01:00:00, window_end, unbounded | 1:56 \"TUMBLE(window_end, INTERVAL '1' HOUR)\"\n"
     "      SCAN minutes (window_end, volume) | append-only, watermark window_end, unbounded | 1:39 \"minutes\"\n"},
    {BIND_MAINTAINED,
     "SELECT window_start, count(*) FROM (SELECT opened AS d FROM accounts) a GROUP BY TUMBLE(d, INTERVAL '7' DAY)",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by window_start: count(*) | weighted, key (window_start), unbounded | 1:73 \"GROUP BY TUMBLE(d, INTERVAL '7' DAY)\"\n"
     "    WINDOW TUMBLE of d, size 168:00:00 | weighted, unbounded | 1:82 \"TUMBLE(d, INTERVAL '7' DAY)\"\n"
     "      SCAN accounts (d) | weighted, unbounded | 1:61 \"accounts\"\n"
     "NOTICE 72 the time column of this window has no watermark: its windows never close and their state grows / Declare WATERMARK FOR the time column on its source or APPEND ONLY table.\n"},
};

/* clang-format on */

static void test_windows(void **state) {
    (void)state;
    check_cases(explain_or_error, WINDOWS, sizeof(WINDOWS) / sizeof(WINDOWS[0]));
}

static void test_emit(void **state) {
    (void)state;
    check_cases(explain_or_error, EMIT, sizeof(EMIT) / sizeof(EMIT[0]));
}

static void test_state(void **state) {
    (void)state;
    check_cases(state_or_error, STATE, sizeof(STATE) / sizeof(STATE[0]));
}

static void test_window_ends(void **state) {
    (void)state;
    if (!can_add_interval()) skip(); /* else ends are grouped by as well */
    check_cases(explain_or_error, WINDOW_ENDS, sizeof(WINDOW_ENDS) / sizeof(WINDOW_ENDS[0]));
}

static Plan *plan_of(World *world, const char *sql) {
    Error err = {0};
    Plan *plan;
    if (ask(world, &world->arena, sql, BIND_SNAPSHOT, &plan, &err) != STATUS_OK)
        fail_msg("%s: %s", sql, err.message);
    return plan;
}

static void test_late_columns(void **state) {
    (void)state;
    World *world = world_new();
    const Plan *plan = plan_of(
        world,
        "SELECT symbol, window_start, sum(qty * 2) FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY "
        "symbol, window_start EMIT CHANGES ALLOW LATENESS INTERVAL '3' SECOND LATE DATA TO late");
    const PlanNode *node = plan->late_from;
    assert_non_null(node);
    assert_int_equal(node->kind, PLAN_AGGREGATE);
    assert_int_equal(plan->late_column_count, 4);
    assert_true(str_equal(plan->late_data, STR("late")));
    for (uint32_t i = 0; i < 4; i++) {
        const PlanColumn *late = &plan->late_columns[i],
                         *input = &node->inputs[0]->columns[node->aggregate.late_columns[i]];
        assert_true(str_equal(late->name, input->name));
        assert_true(type_equal(late->type, input->type));
    }
    assert_true(str_equal(node->inputs[0]->columns[node->aggregate.late_time_column].name, STR("ts")));
    assert_int_equal(node->aggregate.lateness, 3000000);
    assert_int_equal(node->aggregate.time_delay, 0);
    assert_int_equal(node->aggregate.close, CLOSE_WINDOW);
    assert_false(node->aggregate.emit_on_close);
    world_free(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows),     cmocka_unit_test(test_emit),         cmocka_unit_test(test_state),
        cmocka_unit_test(test_window_ends), cmocka_unit_test(test_late_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
