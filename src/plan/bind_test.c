/* SPDX-License-Identifier: Apache-2.0
 * Names, grouping, expressions, set operations, subqueries, what is not there yet: EXPLAIN, types, or the
 * error. */
#include "plan/test_world.h"

/* clang-format off */
static const Case NAMES[] = {
    {BIND_SNAPSHOT,
     "SELECT * FROM trades EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  SCAN trades (symbol, price, qty, ts) | append-only, watermark ts, unbounded | 1:15 \"trades\"\n"},
    {BIND_SNAPSHOT,
     "SELECT e.* , e.price AS p FROM ended e",
     "EMIT final rows\n"
     "  PROJECT symbol, price, qty, ts, p | append-only, bounded | 1:1 \"SELECT e.* , e.price AS p FROM ended e\"\n"
     "    SCAN ended (symbol, price, qty, ts) | append-only, bounded | 1:32 \"ended e\"\n"},
    {BIND_SNAPSHOT,
     "SELECT a, b FROM (SELECT symbol, qty FROM ended) AS x(a, b)",
     "EMIT final rows\n"
     "  SCAN ended (a, b) | append-only, bounded | 1:43 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "WITH a AS (SELECT symbol, qty FROM ended), b (s) AS (SELECT * FROM a WHERE qty > 1) SELECT s, qty FROM b",
     "EMIT final rows\n"
     "  FILTER qty > 1 | append-only, bounded | 1:70 \"WHERE qty > 1\"\n"
     "    SCAN ended (symbol, qty) | append-only, bounded | 1:36 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT amount FROM big WHERE symbol = 'x' AND amount > 10 AND ts > '2020-01-01'",
     "EMIT final rows\n"
     "  FILTER amount > 10 | append-only, bounded | 1:24 \"WHERE symbol = 'x' AND amount > 10 AND ts > '2020-01-01'\"\n"
     "    PROJECT amount | append-only, bounded | 1:20 \"big\"\n"
     "      FILTER big AND symbol = 'x' AND ts > '2020-01-01' | append-only, bounded | 1:20 \"big\"\n"
     "        SCAN ended (symbol, price, qty, ts) | append-only, bounded | 1:20 \"big\"\n"},
    {BIND_SNAPSHOT,
     "SELECT * FROM totals",
     "EMIT final rows\n"
     "  SCAN totals (symbol, n) | append-only, key (symbol), bounded | 1:15 \"totals\"\n"},
    {BIND_SNAPSHOT,
     "SELECT pirce FROM ended",
     "42703 7 column \"pirce\" does not exist / Perhaps you meant \"price\"."},
    {BIND_SNAPSHOT,
     "SELECT t.pirce FROM ended t",
     "42703 7 column t.pirce does not exist / Perhaps you meant \"price\"."},
    {BIND_SNAPSHOT,
     "SELECT x.price FROM ended t",
     "42P01 7 missing FROM-clause entry for table \"x\""},
    {BIND_SNAPSHOT,
     "SELECT ended.price FROM ended e",
     "42P01 7 missing FROM-clause entry for table \"ended\""},
    {BIND_SNAPSHOT,
     "SELECT * FROM treades",
     "42P01 14 relation \"treades\" does not exist / Perhaps you meant \"trades\"."},
    {BIND_SNAPSHOT,
     "SELECT * FROM nowhere.trades",
     "42P01 14 relation \"nowhere.trades\" does not exist / Perhaps you meant \"trades\"."},
    {BIND_SNAPSHOT,
     "SELECT x.* FROM ended e",
     "42P01 7 missing FROM-clause entry for table \"x\""},
    {BIND_SNAPSHOT,
     "SELECT *",
     "42601 7 SELECT * with no tables specified is not valid"},
    {BIND_SNAPSHOT,
     "SELECT * FROM out",
     "42809 14 \"out\" is a sink and cannot be read"},
    {BIND_SNAPSHOT,
     "SELECT a.symbol FROM ended a, ended a",
     "42712 30 table name \"a\" specified more than once"},
    {BIND_SNAPSHOT,
     "SELECT a, b FROM (SELECT symbol, qty FROM ended) AS x(a, b, c)",
     "42P10 54 table \"x\" has 2 columns available but 3 columns specified"},
    {BIND_SNAPSHOT,
     "WITH a AS (SELECT nope FROM ended) SELECT 1",
     "42703 18 column \"nope\" does not exist"},
    {BIND_SNAPSHOT,
     "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1",
     "42712 22 WITH query name \"a\" specified more than once"},
    {BIND_SNAPSHOT,
     "SELECT price FROM (SELECT symbol FROM ended) x",
     "42703 7 column \"price\" does not exist"},
    {BIND_SNAPSHOT,
     "SELECT $1",
     "42P02 7 there is no parameter $1"},
};

static const Case FROM_LESS[] = {
    {BIND_SNAPSHOT,
     "SELECT 1",
     "EMIT final rows\n"
     "  VALUES 1 row | append-only, one row, bounded | 1:1 \"SELECT 1\"\n"},
    {BIND_SNAPSHOT,
     "SELECT 1 WHERE 1 > 2",
     "EMIT final rows\n"
     "  PROJECT ?column? | append-only, one row, bounded | 1:1 \"SELECT 1 WHERE 1 > 2\"\n"
     "    FILTER 1 > 2 | append-only, one row, bounded | 1:10 \"WHERE 1 > 2\"\n"
     "      VALUES 1 row | append-only, one row, bounded\n"},
    {BIND_SNAPSHOT,
     "VALUES (1, 'a'), (2.5, NULL)",
     "EMIT final rows\n"
     "  VALUES 2 rows | append-only, bounded | 1:1 \"VALUES (1, 'a'), (2.5, NULL)\"\n"},
    {BIND_SNAPSHOT,
     "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(id, name) WHERE id > 1 ORDER BY name DESC",
     "EMIT final rows\n"
     "  SORT by name DESC | append-only, bounded, ordered | 1:71 \"ORDER BY name DESC\"\n"
     "    FILTER id > 1 | append-only, bounded | 1:58 \"WHERE id > 1\"\n"
     "      VALUES 2 rows | append-only, bounded | 1:15 \"(VALUES (1, 'a'), (2, 'b'))\"\n"},
    {BIND_SNAPSHOT,
     "VALUES (1), (random())",
     "EMIT final rows\n"
     "  UNION of 2 | append-only, bounded | 1:1 \"VALUES (1), (random())\"\n"
     "    VALUES 1 row | append-only, one row, bounded | 1:1 \"VALUES (1), (random())\"\n"
     "    PROJECT column1 | append-only, one row, bounded | 1:1 \"VALUES (1), (random())\"\n"
     "      VALUES 1 row | append-only, one row, bounded | 1:1 \"VALUES (1), (random())\"\n"},
    {BIND_SNAPSHOT,
     "VALUES (1), (2, 3)",
     "42601 13 VALUES lists must all be the same length"},
    {BIND_SNAPSHOT,
     "VALUES (1), ('x')",
     "22P02 13 invalid input syntax for type integer: \"x\""},
};

static const Case GROUPING[] = {
    {BIND_SNAPSHOT,
     "SELECT symbol AS s, count(*) FROM ended GROUP BY s ORDER BY 2 DESC LIMIT 10",
     "EMIT final rows\n"
     "  LIMIT 10 | append-only, key (s), bounded, ordered | 1:68 \"LIMIT 10\"\n"
     "    SORT by count DESC, first 10 | append-only, key (s), bounded, ordered | 1:52 \"ORDER BY 2 DESC\"\n"
     "      AGGREGATE by s: count(*) | append-only, key (s), bounded | 1:41 \"GROUP BY s\"\n"
     "        SCAN ended (symbol) | append-only, bounded | 1:35 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol AS s, count(*) FROM ended GROUP BY 1 HAVING count(*) > 3 AND symbol = 'a' ORDER BY count(*) DESC, sum(qty) NULLS FIRST LIMIT 10 OFFSET 2",
     "EMIT final rows\n"
     "  LIMIT 10 after 2 | append-only, key (s), bounded, ordered | 1:134 \"LIMIT 10\"\n"
     "    SORT by count DESC, (computed) NULLS FIRST, first 12 | append-only, key (s), bounded, ordered | 1:89 \"ORDER BY count(*) DESC, sum(qty) NULLS FIRST\"\n"
     "      FILTER count(*) > 3 | append-only, key (s), bounded | 1:52 \"HAVING count(*) > 3 AND symbol = 'a'\"\n"
     "        AGGREGATE by s: count(*), sum(qty) | append-only, key (s), bounded | 1:41 \"GROUP BY 1\"\n"
     "          FILTER symbol = 'a' | append-only, bounded | 1:52 \"HAVING count(*) > 3 AND symbol = 'a'\"\n"
     "            SCAN ended (symbol, qty) | append-only, bounded | 1:35 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT qty % 10 AS digit, sum(qty), sum(qty) / count(*), max(price) FILTER (WHERE qty > 1) FROM ended GROUP BY qty % 10",
     "EMIT final rows\n"
     "  PROJECT digit, sum, ?column?, max | append-only, key (digit), bounded | 1:1 \"SELECT qty % 10 AS digit, sum(qty), sum(qty) / count(*), max ...\"\n"
     "    AGGREGATE by qty % 10: sum(qty), count(*), max(price) FILTER (WHERE qty > 1) | append-only, key (qty % 10), bounded | 1:103 \"GROUP BY qty % 10\"\n"
     "      PROJECT qty % 10, qty, price, qty > 1 | append-only, bounded | 1:103 \"GROUP BY qty % 10\"\n"
     "        SCAN ended (price, qty) | append-only, bounded | 1:97 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT id, owner, sum(balance) FROM accounts GROUP BY id",
     "EMIT final rows\n"
     "  AGGREGATE by id, owner: sum(balance) | append-only, key (id), bounded | 1:46 \"GROUP BY id\"\n"
     "    SCAN accounts (id, owner, balance) | append-only, key (id), bounded | 1:37 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(DISTINCT symbol), min(DISTINCT qty), count(id) FROM accounts, ended",
     "0A000 75 joins are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT count(DISTINCT symbol), min(DISTINCT qty), count(qty) FROM ended",
     "EMIT final rows\n"
     "  AGGREGATE count(DISTINCT symbol), min(DISTINCT qty), count(qty) | append-only, one row, bounded | 1:1 \"SELECT count(DISTINCT symbol), min(DISTINCT qty), count(qty) ...\"\n"
     "    SCAN ended (symbol, qty) | append-only, bounded | 1:67 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM accounts HAVING count(*) > 1",
     "EMIT final rows\n"
     "  FILTER count(*) > 1 | append-only, one row, bounded | 1:31 \"HAVING count(*) > 1\"\n"
     "    AGGREGATE count(*) | append-only, one row, bounded | 1:1 \"SELECT count(*) FROM accounts HAVING count(*) > 1\"\n"
     "      SCAN accounts () | append-only, bounded | 1:22 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT symbol FROM ended ORDER BY symbol",
     "EMIT final rows\n"
     "  SORT by symbol | append-only, key (symbol), bounded, ordered | 1:35 \"ORDER BY symbol\"\n"
     "    AGGREGATE by symbol | append-only, key (symbol), bounded | 1:1 \"SELECT DISTINCT symbol FROM ended ORDER BY symbol\"\n"
     "      SCAN ended (symbol) | append-only, bounded | 1:29 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT symbol, qty + 1 FROM ended",
     "EMIT final rows\n"
     "  AGGREGATE by symbol, ?column? | append-only, key (symbol, ?column?), bounded | 1:1 \"SELECT DISTINCT symbol, qty + 1 FROM ended\"\n"
     "    PROJECT symbol, ?column? | append-only, bounded | 1:1 \"SELECT DISTINCT symbol, qty + 1 FROM ended\"\n"
     "      SCAN ended (symbol, qty) | append-only, bounded | 1:38 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT (qty + 1) * 2, count(*) FROM ended GROUP BY qty + 1",
     "EMIT final rows\n"
     "  PROJECT ?column?, count | append-only, bounded | 1:1 \"SELECT (qty + 1) * 2, count(*) FROM ended GROUP BY qty + 1\"\n"
     "    AGGREGATE by qty + 1: count(*) | append-only, key (qty + 1), bounded | 1:43 \"GROUP BY qty + 1\"\n"
     "      PROJECT qty + 1 | append-only, bounded | 1:43 \"GROUP BY qty + 1\"\n"
     "        SCAN ended (qty) | append-only, bounded | 1:37 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, price, count(*) FROM ended GROUP BY symbol",
     "42803 15 column \"ended.price\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT owner FROM accounts GROUP BY owner HAVING balance > 1",
     "42803 49 column \"accounts.balance\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT symbol, sum(qty) FROM ended GROUP BY symbol ORDER BY price",
     "42803 60 column \"ended.price\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT sum(price) FROM ended WHERE sum(qty) > 1",
     "42803 35 aggregate functions are not allowed in WHERE"},
    {BIND_SNAPSHOT,
     "SELECT max() FROM ended",
     "42883 7 function max() does not exist"},
    {BIND_SNAPSHOT,
     "SELECT max(max(qty)) FROM ended",
     "42803 11 aggregate function calls cannot be nested"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended GROUP BY sum(qty)",
     "42803 34 aggregate functions are not allowed in GROUP BY"},
    {BIND_SNAPSHOT,
     "SELECT sum(qty) AS s FROM ended GROUP BY s",
     "42803 41 aggregate functions are not allowed in GROUP BY"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended GROUP BY 5",
     "42P10 34 GROUP BY position 5 is not in select list"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY 0",
     "42P10 34 ORDER BY position 0 is not in select list"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY -1",
     "42P10 34 ORDER BY position -1 is not in select list"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY - -3",
     "42P10 34 ORDER BY position 3 is not in select list"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended GROUP BY -0.5",
     "42601 34 non-integer constant in GROUP BY"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY 2147483648",
     "42601 34 non-integer constant in ORDER BY"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended UNION SELECT 'x' ORDER BY -1",
     "42P10 51 ORDER BY position -1 is not in select list"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended UNION SELECT 'x' ORDER BY 'x'",
     "42601 51 non-integer constant in ORDER BY"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY 'x'",
     "42601 34 non-integer constant in ORDER BY"},
    {BIND_SNAPSHOT,
     "SELECT symbol s, qty s FROM ended ORDER BY s",
     "42702 43 ORDER BY \"s\" is ambiguous"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT symbol FROM ended ORDER BY qty",
     "42P10 43 for SELECT DISTINCT, ORDER BY expressions must appear in select list"},
    {BIND_SNAPSHOT,
     "SELECT count() FROM ended",
     "42809 7 count(*) must be used to call a parameterless aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT abs(DISTINCT qty) FROM ended",
     "42809 7 DISTINCT specified, but abs is not an aggregate function"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended LIMIT -1",
     "2201W 31 LIMIT must not be negative"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended LIMIT 1 + qty",
     "42P10 35 argument of LIMIT must not contain variables"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended OFFSET sum(qty)",
     "42803 32 aggregate functions are not allowed in OFFSET"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended UNION SELECT 'x' LIMIT qty",
     "42703 48 column \"qty\" does not exist"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended LIMIT 1 / 0",
     "22012 31 division by zero"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended LIMIT 1e30",
     "22003 31 bigint out of range"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended FETCH FIRST ROW WITH TIES",
     "42601 25 WITH TIES cannot be specified without ORDER BY clause"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended LIMIT 'x'",
     "22P02 31 invalid input syntax for type bigint: \"x\""},
};

static const Case EXPRESSIONS[] = {
    {BIND_SNAPSHOT,
     "SELECT id FROM accounts WHERE balance BETWEEN 1 AND 10 AND id IN (1, 2, 3) AND active AND NOT (id = 7 OR owner IS NULL)",
     "EMIT final rows\n"
     "  PROJECT id | append-only, key (id), bounded | 1:1 \"SELECT id FROM accounts WHERE balance BETWEEN 1 AND 10 AND i ...\"\n"
     "    FILTER balance BETWEEN 1 AND 10 AND id IN (1, 2, 3) AND active AND NOT (id = 7 OR owner IS NULL) | append-only, key (id), bounded | 1:25 \"WHERE balance BETWEEN 1 AND 10 AND id IN (1, 2, 3) AND activ ...\"\n"
     "      SCAN accounts (id, owner, balance, active) | append-only, key (id), bounded | 1:16 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT price + symbol FROM ended",
     "42883 13 operator does not exist: double precision + text / No operator matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT -symbol FROM ended",
     "42883 7 operator does not exist: - text / No operator matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT CASE WHEN qty THEN 1 END FROM ended",
     "42804 17 argument of CASE/WHEN must be type boolean, not type bigint"},
    {BIND_SNAPSHOT,
     "SELECT CASE WHEN true THEN 1 ELSE 'a' END",
     "22P02 34 invalid input syntax for type integer: \"a\""},
    {BIND_SNAPSHOT,
     "SELECT CASE WHEN true THEN 1 ELSE symbol END FROM ended",
     "42804 27 CASE types text and integer cannot be matched"},
    {BIND_SNAPSHOT,
     "SELECT 1 WHERE 1",
     "42804 15 argument of WHERE must be type boolean, not type integer"},
    {BIND_SNAPSHOT,
     "SELECT NOT 1",
     "42804 11 argument of NOT must be type boolean, not type integer"},
    {BIND_SNAPSHOT,
     "SELECT flor(1.5)",
     "42883 7 function flor(numeric) does not exist / Perhaps you meant \"floor\"."},
    {BIND_SNAPSHOT,
     "SELECT abs()",
     "42883 7 function abs() does not exist / No function matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT abs(1, 2)",
     "42883 7 function abs(integer, integer) does not exist / No function matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT abs(true)",
     "42883 7 function abs(boolean) does not exist / No function matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT 'abc'::integer",
     "22P02 7 invalid input syntax for type integer: \"abc\""},
    {BIND_SNAPSHOT,
     "SELECT timestamp '2020-13-01'",
     "22008 17 date/time field value out of range: \"2020-13-01\""},
    {BIND_SNAPSHOT,
     "SELECT qty = 'x' FROM ended",
     "22P02 13 invalid input syntax for type bigint: \"x\""},
    {BIND_SNAPSHOT,
     "SELECT qty IN (1, 2, 'x') FROM ended",
     "22P02 21 invalid input syntax for type bigint: \"x\""},
    {BIND_SNAPSHOT,
     "SELECT CAST(active AS date) FROM accounts",
     "42846 7 cannot cast type boolean to date"},
    {BIND_SNAPSHOT,
     "SELECT 1::foo",
     "42704 10 type \"foo\" does not exist / Perhaps you meant \"bool\"."},
    {BIND_SNAPSHOT,
     "SELECT 1::numeric(40)",
     "22023 10 NUMERIC precision 40 must be between 1 and 38"},
    {BIND_SNAPSHOT,
     "SELECT symbol COLLATE \"de_DE\" FROM ended",
     "42704 22 collation \"de_DE\" does not exist / Text orders by bytes: the only collation is \"C\"."},
    {BIND_SNAPSHOT,
     "SELECT 99999999999999999999999999999999999999999",
     "22003 7 value \"99999999999999999999999999999999999999999\" is out of range for type numeric"},
    {BIND_SNAPSHOT,
     "SELECT coalesce(qty, active) FROM accounts, ended",
     "42804 21 COALESCE types bigint and boolean cannot be matched"},
    {BIND_SNAPSHOT,
     "SELECT coalesce(id, active) FROM accounts",
     "42804 20 COALESCE types integer and boolean cannot be matched"},
};

static const Case SETS[] = {
    {BIND_SNAPSHOT,
     "SELECT 1 AS a UNION SELECT 2.5 UNION ALL SELECT NULL ORDER BY a",
     "EMIT final rows\n"
     "  SORT by a | append-only, bounded, ordered | 1:54 \"ORDER BY a\"\n"
     "    UNION of 2 | append-only, bounded | 1:1 \"SELECT 1 AS a UNION SELECT 2.5 UNION ALL SELECT NULL ORDER B ...\"\n"
     "      AGGREGATE by a | append-only, key (a), bounded | 1:1 \"SELECT 1 AS a UNION SELECT 2.5\"\n"
     "        UNION of 2 | append-only, bounded | 1:1 \"SELECT 1 AS a UNION SELECT 2.5\"\n"
     "          VALUES 1 row | append-only, one row, bounded | 1:1 \"SELECT 1 AS a\"\n"
     "          VALUES 1 row | append-only, one row, bounded | 1:21 \"SELECT 2.5\"\n"
     "      VALUES 1 row | append-only, one row, bounded | 1:42 \"SELECT NULL\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol, qty FROM trades WHERE qty > 1 UNION ALL SELECT symbol, qty FROM ended EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  UNION of 2 | append-only, unbounded | 1:1 \"SELECT symbol, qty FROM trades WHERE qty > 1 UNION ALL SELEC ...\"\n"
     "    FILTER qty > 1 | append-only, unbounded | 1:32 \"WHERE qty > 1\"\n"
     "      SCAN trades (symbol, qty) | append-only, unbounded | 1:25 \"trades\"\n"
     "    SCAN ended (symbol, qty) | append-only, bounded | 1:80 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM trades UNION SELECT symbol FROM ended EMIT CHANGES",
     "EMIT changes, with __weight\n"
     "  AGGREGATE by symbol | append-only, key (symbol), unbounded | 1:1 \"SELECT symbol FROM trades UNION SELECT symbol FROM ended EMI ...\"\n"
     "    UNION of 2 | append-only, unbounded | 1:1 \"SELECT symbol FROM trades UNION SELECT symbol FROM ended EMI ...\"\n"
     "      SCAN trades (symbol) | append-only, unbounded | 1:20 \"trades\"\n"
     "      SCAN ended (symbol) | append-only, bounded | 1:52 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT qty FROM (SELECT symbol, qty FROM ended UNION ALL SELECT symbol, qty + 1 FROM ended) x WHERE symbol = 'a'",
     "EMIT final rows\n"
     "  UNION of 2 | append-only, bounded | 1:17 \"(SELECT symbol, qty FROM ended UNION ALL SELECT symbol, qty + ...\"\n"
     "    PROJECT qty | append-only, bounded | 1:18 \"SELECT symbol, qty FROM ended\"\n"
     "      FILTER symbol = 'a' | append-only, bounded | 1:95 \"WHERE symbol = 'a'\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:42 \"ended\"\n"
     "    PROJECT qty | append-only, bounded | 1:58 \"SELECT symbol, qty + 1 FROM ended\"\n"
     "      FILTER symbol = 'a' | append-only, bounded | 1:95 \"WHERE symbol = 'a'\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:86 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT 1 UNION SELECT 1, 2",
     "42601 15 each UNION query must have the same number of columns"},
    {BIND_SNAPSHOT,
     "SELECT 1 UNION SELECT symbol FROM ended",
     "42804 22 UNION types integer and text cannot be matched"},
    {BIND_SNAPSHOT,
     "SELECT 1 AS a UNION SELECT 2 ORDER BY a + 1",
     "0A000 38 invalid UNION/INTERSECT/EXCEPT ORDER BY clause / Move the UNION into a FROM clause."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended INTERSECT SELECT symbol FROM ended",
     "EMIT final rows\n"
     "  PROJECT symbol | append-only, key (symbol), bounded | 1:1 \"SELECT symbol FROM ended INTERSECT SELECT symbol FROM ended\"\n"
     "    MATCH_COUNTS INTERSECT | append-only, key (symbol), bounded | 1:1 \"SELECT symbol FROM ended INTERSECT SELECT symbol FROM ended\"\n"
     "      AGGREGATE by symbol: left, right | append-only, key (symbol), bounded | 1:1 \"SELECT symbol FROM ended INTERSECT SELECT symbol FROM ended\"\n"
     "        UNION of 2 | append-only, bounded | 1:1 \"SELECT symbol FROM ended INTERSECT SELECT symbol FROM ended\"\n"
     "          PROJECT symbol, left, right | append-only, bounded | 1:1 \"SELECT symbol FROM ended INTERSECT SELECT symbol FROM ended\"\n"
     "            SCAN ended (symbol) | append-only, bounded | 1:20 \"ended\"\n"
     "          PROJECT symbol, left, right | append-only, bounded | 1:1 \"SELECT symbol FROM ended INTERSECT SELECT symbol FROM ended\"\n"
     "            SCAN ended (symbol) | append-only, bounded | 1:55 \"ended\"\n"},
    {BIND_SNAPSHOT, "SELECT 1 EXCEPT SELECT 1, 2", "42601 16 each EXCEPT query must have the same number of columns"},
    {BIND_SNAPSHOT, "SELECT 1 INTERSECT SELECT 'x'::text", "42804 26 INTERSECT types integer and text cannot be matched"},
};

static const Case SUBQUERIES[] = {
    {BIND_SNAPSHOT,
     "SELECT id, balance, (SELECT max(balance) FROM accounts) AS m FROM accounts WHERE balance > (SELECT avg(balance) FROM accounts)",
     "EMIT final rows\n"
     "  PROJECT id, balance, m | append-only, key (id), bounded | 1:1 \"SELECT id, balance, (SELECT max(balance) FROM accounts) AS m ...\"\n"
     "    SCALAR | append-only, key (id), bounded | 1:21 \"(SELECT max(balance) FROM accounts)\"\n"
     "      FILTER balance > (SELECT avg(balance) FROM accounts) | append-only, key (id), bounded | 1:76 \"WHERE balance > (SELECT avg(balance) FROM accounts)\"\n"
     "        SCALAR | append-only, key (id), bounded | 1:92 \"(SELECT avg(balance) FROM accounts)\"\n"
     "          SCAN accounts (id, balance) | append-only, key (id), bounded | 1:67 \"accounts\"\n"
     "          AGGREGATE avg(balance) | append-only, one row, bounded | 1:92 \"(SELECT avg(balance) FROM accounts)\"\n"
     "            SCAN accounts (balance) | append-only, bounded | 1:118 \"accounts\"\n"
     "      AGGREGATE max(balance) | append-only, one row, bounded | 1:21 \"(SELECT max(balance) FROM accounts)\"\n"
     "        SCAN accounts (balance) | append-only, bounded | 1:47 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT owner, sum(balance) / (SELECT sum(balance) FROM accounts) FROM accounts GROUP BY owner HAVING sum(balance) > (SELECT 1)",
     "EMIT final rows\n"
     "  PROJECT owner, ?column? | append-only, key (owner), bounded | 1:1 \"SELECT owner, sum(balance) / (SELECT sum(balance) FROM accou ...\"\n"
     "    FILTER sum(balance) > (SELECT 1) | append-only, key (owner), bounded | 1:95 \"HAVING sum(balance) > (SELECT 1)\"\n"
     "      SCALAR | append-only, key (owner), bounded | 1:117 \"(SELECT 1)\"\n"
     "        SCALAR | append-only, key (owner), bounded | 1:30 \"(SELECT sum(balance) FROM accounts)\"\n"
     "          AGGREGATE by owner: sum(balance) | append-only, key (owner), bounded | 1:80 \"GROUP BY owner\"\n"
     "            SCAN accounts (owner, balance) | append-only, bounded | 1:71 \"accounts\"\n"
     "          AGGREGATE sum(balance) | append-only, one row, bounded | 1:30 \"(SELECT sum(balance) FROM accounts)\"\n"
     "            SCAN accounts (balance) | append-only, bounded | 1:56 \"accounts\"\n"
     "        VALUES 1 row | append-only, one row, bounded | 1:117 \"(SELECT 1)\"\n"},
    {BIND_SNAPSHOT,
     "SELECT (SELECT id, owner FROM accounts)",
     "42601 7 subquery must return only one column"},
    {BIND_MAINTAINED,
     "SELECT qty > (SELECT max(id) FROM accounts) FROM trades",
     "0A000 13 subqueries in a continuous query are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT id FROM accounts a WHERE EXISTS (SELECT 1 FROM ended WHERE qty = a.id)",
     "0A000 72 correlated subqueries are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT id FROM accounts a WHERE EXISTS (SELECT 1 FROM ended WHERE qtt = a.id)",
     "42703 66 column \"qtt\" does not exist / Perhaps you meant \"qty\"."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended WHERE qty IN (SELECT id FROM accounts)",
     "EMIT final rows\n"
     "  PROJECT symbol | append-only, bounded | 1:1 \"SELECT symbol FROM ended WHERE qty IN (SELECT id FROM accoun ...\"\n"
     "    FILTER qty IN (SELECT id FROM accounts) | append-only, bounded | 1:26 \"WHERE qty IN (SELECT id FROM accounts)\"\n"
     "      SCALAR IN | append-only, bounded | 1:32 \"qty IN (SELECT id FROM accounts)\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:20 \"ended\"\n"
     "        PROJECT id | append-only, bounded | 1:39 \"(SELECT id FROM accounts)\"\n"
     "          SCAN accounts (id) | append-only, key (id), bounded | 1:55 \"accounts\"\n"},
    {BIND_SNAPSHOT, "SELECT 1 IN (SELECT id, owner FROM accounts)", "42601 9 subquery has too many columns"},
    {BIND_SNAPSHOT, "SELECT 1 IN (SELECT FROM accounts)", "42601 9 subquery has too few columns"},
    {BIND_SNAPSHOT, "SELECT (1, 2) IN (SELECT id, owner FROM accounts)", "0A000 7 ROW values are not supported yet"},
    {BIND_SNAPSHOT, "SELECT qty IN (SELECT symbol FROM ended) FROM ended",
     "42883 11 operator does not exist: bigint = text / No operator matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_MAINTAINED, "SELECT qty FROM trades WHERE qty IN (SELECT id FROM accounts)",
     "0A000 29 subqueries in a continuous query are not supported yet"},
    {BIND_MAINTAINED, "SELECT qty FROM trades WHERE NOT EXISTS (SELECT id FROM accounts)",
     "0A000 33 subqueries in a continuous query are not supported yet"},
};

static const Case ODD[] = {
    {BIND_SNAPSHOT,
     "SELECT FROM ended",
     "EMIT final rows\n"
     "  SCAN ended () | append-only, bounded | 1:13 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT FROM ended UNION ALL SELECT FROM ended",
     "EMIT final rows\n"
     "  UNION of 2 | append-only, bounded | 1:1 \"SELECT FROM ended UNION ALL SELECT FROM ended\"\n"
     "    SCAN ended () | append-only, bounded | 1:13 \"ended\"\n"
     "    SCAN ended () | append-only, bounded | 1:41 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT FROM ended UNION SELECT FROM ended",
     "EMIT final rows\n"
     "  AGGREGATE | append-only, one row, bounded | 1:1 \"SELECT FROM ended UNION SELECT FROM ended\"\n"
     "    UNION of 2 | append-only, bounded | 1:1 \"SELECT FROM ended UNION SELECT FROM ended\"\n"
     "      SCAN ended () | append-only, bounded | 1:13 \"ended\"\n"
     "      SCAN ended () | append-only, bounded | 1:37 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT FROM ended",
     "42601 16 syntax error at or near \"FROM\" / Expected an expression."},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM (SELECT FROM ended) x",
     "EMIT final rows\n"
     "  AGGREGATE count(*) | append-only, one row, bounded | 1:1 \"SELECT count(*) FROM (SELECT FROM ended) x\"\n"
     "    SCAN ended () | append-only, bounded | 1:35 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT 1 FROM (SELECT) x",
     "EMIT final rows\n"
     "  VALUES 1 row | append-only, one row, bounded | 1:1 \"SELECT 1 FROM (SELECT) x\"\n"},
    {BIND_SNAPSHOT,
     "SELECT * FROM (SELECT) x",
     "EMIT final rows\n"
     "  VALUES 1 row | append-only, one row, bounded\n"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts DEFAULT VALUES",
     "EMIT final rows\n"
     "  VALUES 1 row | append-only, bounded\n"},
    {BIND_SNAPSHOT,
     "SELECT FROM ended GROUP BY symbol",
     "EMIT final rows\n"
     "  PROJECT | append-only, bounded | 1:1 \"SELECT FROM ended GROUP BY symbol\"\n"
     "    AGGREGATE by symbol | append-only, key (symbol), bounded | 1:19 \"GROUP BY symbol\"\n"
     "      SCAN ended (symbol) | append-only, bounded | 1:13 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT FROM ended GROUP BY ()",
     "EMIT final rows\n"
     "  AGGREGATE | append-only, one row, bounded | 1:19 \"GROUP BY ()\"\n"
     "    SCAN ended () | append-only, bounded | 1:13 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended GROUP BY (symbol, qty)",
     "EMIT final rows\n"
     "  PROJECT symbol | append-only, bounded | 1:1 \"SELECT symbol FROM ended GROUP BY (symbol, qty)\"\n"
     "    AGGREGATE by symbol, qty | append-only, key (symbol, qty), bounded | 1:26 \"GROUP BY (symbol, qty)\"\n"
     "      SCAN ended (symbol, qty) | append-only, bounded | 1:20 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM ended GROUP BY symbol ORDER BY symbol",
     "EMIT final rows\n"
     "  SORT by symbol | append-only, bounded, ordered | 1:44 \"ORDER BY symbol\"\n"
     "    PROJECT count, symbol | append-only, key ((computed)), bounded | 1:1 \"SELECT count(*) FROM ended GROUP BY symbol ORDER BY symbol\"\n"
     "      AGGREGATE by symbol: count(*) | append-only, key (symbol), bounded | 1:28 \"GROUP BY symbol\"\n"
     "        SCAN ended (symbol) | append-only, bounded | 1:22 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY qty, price DESC LIMIT 0",
     "EMIT final rows\n"
     "  LIMIT 0 | append-only, bounded, ordered | 1:51 \"LIMIT 0\"\n"
     "    SORT by qty, price DESC, first 0 | append-only, bounded, ordered | 1:26 \"ORDER BY qty, price DESC\"\n"
     "      PROJECT symbol, qty, price | append-only, bounded | 1:1 \"SELECT symbol FROM ended ORDER BY qty, price DESC LIMIT 0\"\n"
     "        SCAN ended (symbol, price, qty) | append-only, bounded | 1:20 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2) t WHERE x = 1",
     "EMIT final rows\n"
     "  UNION of 2 | append-only, bounded | 1:15 \"(SELECT 1 AS x UNION ALL SELECT 2)\"\n"
     "    VALUES 1 row | append-only, one row, bounded | 1:16 \"SELECT 1 AS x\"\n"
     "    PROJECT x | append-only, one row, bounded | 1:40 \"SELECT 2\"\n"
     "      FILTER x = 1 | append-only, one row, bounded | 1:52 \"WHERE x = 1\"\n"
     "        VALUES 1 row | append-only, one row, bounded\n"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM (VALUES (1),(2)) v",
     "EMIT final rows\n"
     "  AGGREGATE count(*) | append-only, one row, bounded | 1:1 \"SELECT count(*) FROM (VALUES (1),(2)) v\"\n"
     "    VALUES 2 rows | append-only, bounded | 1:22 \"(VALUES (1),(2))\"\n"},
    {BIND_SNAPSHOT,
     "SELECT EXISTS (SELECT 1)",
     "EMIT final rows\n"
     "  SCALAR | append-only, one row, bounded | 1:8 \"EXISTS (SELECT 1)\"\n"
     "    VALUES 1 row | append-only, one row, bounded\n"
     "    PROJECT exists | append-only, one row, bounded | 1:8 \"EXISTS (SELECT 1)\"\n"
     "      AGGREGATE count | append-only, one row, bounded | 1:8 \"EXISTS (SELECT 1)\"\n"
     "        LIMIT 1 | append-only, one row, bounded | 1:8 \"EXISTS (SELECT 1)\"\n"
     "          VALUES 1 row | append-only, one row, bounded\n"},
    {BIND_SNAPSHOT,
     "SELECT 1 < ANY (SELECT 1)",
     "0A000 9 ANY and ALL are not supported yet / = ANY and <> ALL of a subquery are; of a list of values write IN (a, b)."},
    {BIND_SNAPSHOT,
     "SELECT CASE qty WHEN 1 THEN 'a' WHEN 2 THEN 'b' END FROM ended",
     "EMIT final rows\n"
     "  PROJECT case | append-only, bounded | 1:1 \"SELECT CASE qty WHEN 1 THEN 'a' WHEN 2 THEN 'b' END FROM end ...\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:58 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended WHERE NULL",
     "EMIT final rows\n"
     "  FILTER NULL | append-only, bounded | 1:26 \"WHERE NULL\"\n"
     "    SCAN ended (symbol) | append-only, bounded | 1:20 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT qty FROM ended WHERE qty BETWEEN SYMMETRIC 5 AND 1",
     "EMIT final rows\n"
     "  FILTER qty BETWEEN SYMMETRIC 5 AND 1 | append-only, bounded | 1:23 \"WHERE qty BETWEEN SYMMETRIC 5 AND 1\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:17 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT qty NOT IN (1, NULL), qty NOT BETWEEN 1 AND 2, (qty > 1) IS NOT UNKNOWN FROM ended",
     "EMIT final rows\n"
     "  PROJECT ?column?, ?column?, ?column? | append-only, bounded | 1:1 \"SELECT qty NOT IN (1, NULL), qty NOT BETWEEN 1 AND 2, (qty > ...\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:85 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT sum(DISTINCT qty) FILTER (WHERE price > 1) FROM ended HAVING count(*) > 1",
     "EMIT final rows\n"
     "  PROJECT sum | append-only, one row, bounded | 1:1 \"SELECT sum(DISTINCT qty) FILTER (WHERE price > 1) FROM ended ...\"\n"
     "    FILTER count(*) > 1 | append-only, one row, bounded | 1:62 \"HAVING count(*) > 1\"\n"
     "      AGGREGATE sum(DISTINCT qty) FILTER (WHERE price > 1), count(*) | append-only, one row, bounded | 1:1 \"SELECT sum(DISTINCT qty) FILTER (WHERE price > 1) FROM ended ...\"\n"
     "        PROJECT qty, price > 1 | append-only, bounded | 1:1 \"SELECT sum(DISTINCT qty) FILTER (WHERE price > 1) FROM ended ...\"\n"
     "          SCAN ended (price, qty) | append-only, bounded | 1:56 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "TABLE ended",
     "EMIT final rows\n"
     "  SCAN ended (symbol, price, qty, ts) | append-only, bounded | 1:7 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT ended.symbol, public.ended.qty FROM ended",
     "EMIT final rows\n"
     "  SCAN ended (symbol, qty) | append-only, bounded | 1:44 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT e.symbol FROM public.ended e",
     "EMIT final rows\n"
     "  SCAN ended (symbol) | append-only, bounded | 1:22 \"public.ended e\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended ORDER BY symbol USING >",
     "EMIT final rows\n"
     "  SORT by symbol DESC | append-only, bounded, ordered | 1:26 \"ORDER BY symbol USING >\"\n"
     "    SCAN ended (symbol) | append-only, bounded | 1:20 \"ended\"\n"},
};

static const Case LATER[] = {
    {BIND_SNAPSHOT,
     "SELECT a.id FROM accounts a JOIN ended b ON a.id = b.qtyy",
     "42703 51 column b.qtyy does not exist / Perhaps you meant \"qty\"."},
    {BIND_SNAPSHOT,
     "SELECT a.id FROM accounts a JOIN ended b ON a.id = b.qty WHERE b.prise > 1",
     "42703 63 column b.prise does not exist / Perhaps you meant \"price\"."},
    {BIND_SNAPSHOT,
     "SELECT a.id FROM accounts a JOIN ended b ON a.id = b.qty",
     "0A000 17 joins are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT row_number() OVER (PARTITION BY symbol ORDER BY tss) FROM ended",
     "42703 55 column \"tss\" does not exist / Perhaps you meant \"ts\"."},
    {BIND_SNAPSHOT,
     "SELECT row_number() OVER (PARTITION BY symbol ORDER BY ts) FROM ended",
     "0A000 7 window functions (OVER) are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT symbol, count(*) FROM ended GROUP BY ROLLUP (symbol, qtyy)",
     "42703 60 column \"qtyy\" does not exist / Perhaps you meant \"qty\"."},
    {BIND_SNAPSHOT,
     "SELECT symbol, count(*) FROM ended GROUP BY ROLLUP (symbol, qty)",
     "0A000 44 GROUPING SETS, ROLLUP and CUBE are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT DISTINCT ON (symbol, qty) symbol FROM ended ORDER BY qty, ts",
     "42P10 20 SELECT DISTINCT ON expressions must match initial ORDER BY expressions"},
    {BIND_MAINTAINED,
     "SELECT DISTINCT ON (symbol) symbol FROM trades",
     "0A000 20 DISTINCT ON in a continuous query over unbounded input is not supported yet / Make a MATERIALIZED VIEW of the query without it, and write ORDER BY and LIMIT in the SELECT that reads the view."},
    {BIND_SNAPSHOT,
     "SELECT ARRAY[1, x] FROM ended",
     "42703 16 column \"x\" does not exist"},
    {BIND_SNAPSHOT,
     "SELECT ARRAY[1, qty] FROM ended",
     "0A000 7 arrays are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT (1, 2), 3",
     "0A000 7 ROW values are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT count(*) FROM generate_subscripts(1, 10)",
     "0A000 21 function generate_subscripts is not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended FOR UPDATE",
     "0A000 25 FOR UPDATE and FOR SHARE are not supported yet"},
    {BIND_SNAPSHOT,
     "WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r",
     "0A000 0 WITH RECURSIVE is not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended TABLESAMPLE bernoulli(10)",
     "0A000 25 TABLESAMPLE is not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT '{}'::json",
     "0A000 13 type json is not supported yet / Use JSONB: the same values, without the white space and the order in which they were written."},
};

static const Case TYPES[] = {
    {BIND_SNAPSHOT,
     "SELECT 1, -2147483648, 2147483648, -9223372036854775808, 9223372036854775808, 1.50, 1e3, .5, true, NULL, 'x'",
     "?column? integer!, ?column? integer!, ?column? bigint!, ?column? bigint!, ?column? numeric(19,0)!, ?column? numeric(3,2)!, ?column? numeric(4,0)!, ?column? numeric(1,1)!, ?column? boolean!, ?column? text, ?column? text!"},
    {BIND_SNAPSHOT,
     "SELECT id + 1, id + 3000000000, id::smallint + id, id / 2, id / 2.0, id % 3, -id, id * 1.5 FROM accounts",
     "?column? integer!, ?column? bigint!, ?column? integer!, ?column? integer!, ?column? numeric(27,16)!, ?column? integer!, ?column? integer!, ?column? numeric(12,1)!"},
    {BIND_SNAPSHOT,
     "SELECT balance * 2, balance + 1.255, balance / 3, balance * balance, balance * 1.5::double precision, balance::numeric(5,1), balance::numeric FROM accounts",
     "?column? numeric(22,2), ?column? numeric(14,3), ?column? numeric(26,16), ?column? numeric(24,4), ?column? double precision, balance numeric(5,1), balance numeric(12,2)"},
    {BIND_SNAPSHOT,
     "SELECT sum(id), sum(balance), avg(id), avg(balance), count(*), min(owner), max(opened), sum(id::bigint), sum(id::double precision) FROM accounts",
     "sum bigint, sum numeric(38,2), avg numeric(38,16), avg numeric(38,16), count bigint!, min character varying, max date, sum numeric(38,0), sum double precision"},
    {BIND_SNAPSHOT,
     "SELECT CASE WHEN active THEN 1 ELSE 2.5 END, coalesce(id, 2), coalesce(owner, 'x'), nullif(id, 3), greatest(id, 2.5), least(1, 2::bigint) FROM accounts",
     "case numeric(11,1)!, coalesce integer!, coalesce character varying!, nullif integer, greatest numeric(11,1), least bigint!"},
    {BIND_SNAPSHOT,
     "SELECT 1::int4, '5'::int8, 1.5::float4, '1.25'::numeric, 'x'::varchar(3), 'x'::text, '2020-01-01'::date, 1::double precision AS d FROM accounts",
     "int4 integer!, int8 bigint!, float4 real!, numeric numeric(3,2)!, varchar character varying(3)!, text text!, date date!, d double precision!"},
    {BIND_SNAPSHOT,
     "SELECT date '2020-01-01', timestamp '2020-01-01 00:00:00', interval '1' hour, time '10:00', timestamptz '2020-01-01 00:00:00+02'",
     "date date!, timestamp timestamp without time zone!, interval interval!, time time without time zone!, timestamptz timestamp with time zone!"},
    {BIND_SNAPSHOT,
     "SELECT id IS NULL, owner IS NOT NULL, active IS TRUE, id IS DISTINCT FROM 1, id IN (1, 2), id BETWEEN 1 AND 2, NOT active, active AND true FROM accounts",
     "?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!, ?column? boolean!"},
    {BIND_SNAPSHOT,
     "SELECT opened = '2020-01-01', opened < timestamp '2020-01-02', id = 1.5, balance > 1, owner = 'x', 'a' = 'b', NULL = NULL FROM accounts",
     "?column? boolean, ?column? boolean, ?column? boolean!, ?column? boolean, ?column? boolean, ?column? boolean!, ?column? boolean"},
    {BIND_SNAPSHOT,
     "SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT 3::bigint",
     "a numeric(20,1)!"},
    {BIND_SNAPSHOT,
     "SELECT NULL AS a UNION ALL SELECT 1",
     "a integer"},
    {BIND_SNAPSHOT,
     "SELECT 'x' AS a UNION ALL SELECT owner FROM accounts",
     "a character varying"},
    {BIND_SNAPSHOT,
     "VALUES (1, 'a', NULL), (2.5, NULL, true)",
     "column1 numeric(11,1)!, column2 text, column3 boolean"},
    {BIND_SNAPSHOT,
     "SELECT symbol, window_start, window_end, count(*) FROM TUMBLE(ended, ts, INTERVAL '1' MINUTE) GROUP BY symbol, window_start, window_end",
     "symbol text, window_start timestamp without time zone!, window_end timestamp without time zone!, count bigint!"},
    {BIND_SNAPSHOT,
     "SELECT power(2, 3), abs(-1.5), round(2.567, 1), round(2.5), sqrt(2), floor(2.5), mod(5, 3::bigint)",
     "power double precision!, abs numeric(2,1)!, round numeric(3,1)!, round numeric(38,0)!, sqrt double precision!, floor numeric(38,0)!, mod bigint!"},
    {BIND_SNAPSHOT,
     "SELECT id::text, CAST(id AS real), CAST(1 AS boolean), 1 = 1, count(*) OVER () FROM accounts",
     "0A000 62 window functions (OVER) are not supported yet"},
    {BIND_SNAPSHOT,
     "SELECT (SELECT 1), (SELECT max(id) FROM accounts)",
     "?column? integer, max integer"},
    {BIND_SNAPSHOT,
     "SELECT price::integer, price AS p, x.price + 1, -x.price, (x.price), x.qty::text::integer, coalesce(x.qty) FROM ended x",
     "price integer, p double precision, ?column? double precision, ?column? double precision, price double precision, qty integer, coalesce bigint"},
    {BIND_SNAPSHOT,
     "INSERT INTO accounts (id, balance) SELECT qty, price FROM ended",
     "id integer, owner character varying, balance numeric(12,2), opened date, active boolean"},
};

static const Case TEXT_CALLS[] = {
    {BIND_SNAPSHOT,
     "SELECT symbol || 'x', 'x' || symbol, 'a' || 'b', symbol || qty, qty || 'x', concat('a', 1, qty, NULL, symbol), concat(symbol), concat('x') FROM ended",
     "?column? text, ?column? text, ?column? text!, ?column? text, ?column? text, concat text!, concat text!, concat text!"},
    {BIND_SNAPSHOT,
     "SELECT owner || 'x', owner || owner, id || owner, length(owner), upper(owner), substring(owner, 1, 2), trim(owner), left(owner, 1) FROM accounts",
     "?column? text, ?column? text, ?column? text, length integer, upper text, substring text, btrim text, left text"},
    {BIND_SNAPSHOT,
     "SELECT qty || qty FROM ended",
     "42883 11 operator does not exist: bigint || bigint / No operator matches the given name and argument types. You might need to add explicit type casts."},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM ended WHERE symbol LIKE 'a%' AND symbol NOT ILIKE 'b%' AND symbol LIKE 'x!%' ESCAPE '!'",
     "symbol text"},
};

/* clang-format on */

static void test_names(void **state) {
    (void)state;
    check_cases(explain_or_error, NAMES, sizeof(NAMES) / sizeof(NAMES[0]));
}

static void test_from_less(void **state) {
    (void)state;
    check_cases(explain_or_error, FROM_LESS, sizeof(FROM_LESS) / sizeof(FROM_LESS[0]));
}

static void test_grouping(void **state) {
    (void)state;
    check_cases(explain_or_error, GROUPING, sizeof(GROUPING) / sizeof(GROUPING[0]));
}

static void test_expressions(void **state) {
    (void)state;
    check_cases(explain_or_error, EXPRESSIONS, sizeof(EXPRESSIONS) / sizeof(EXPRESSIONS[0]));
}

static void test_sets(void **state) {
    (void)state;
    check_cases(explain_or_error, SETS, sizeof(SETS) / sizeof(SETS[0]));
}

static void test_subqueries(void **state) {
    (void)state;
    check_cases(explain_or_error, SUBQUERIES, sizeof(SUBQUERIES) / sizeof(SUBQUERIES[0]));
}

static void test_odd(void **state) {
    (void)state;
    check_cases(explain_or_error, ODD, sizeof(ODD) / sizeof(ODD[0]));
}

static void test_later(void **state) {
    (void)state;
    check_cases(explain_or_error, LATER, sizeof(LATER) / sizeof(LATER[0]));
}

static void test_types(void **state) {
    (void)state;
    check_cases(types_or_error, TYPES, sizeof(TYPES) / sizeof(TYPES[0]));
}

static void test_text_calls(void **state) {
    (void)state;
    if (function_find(STR("concat")).count == 0) skip();
    check_cases(types_or_error, TEXT_CALLS, sizeof(TEXT_CALLS) / sizeof(TEXT_CALLS[0]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),    cmocka_unit_test(test_from_less),
        cmocka_unit_test(test_grouping), cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_sets),     cmocka_unit_test(test_subqueries),
        cmocka_unit_test(test_odd),      cmocka_unit_test(test_later),
        cmocka_unit_test(test_types),    cmocka_unit_test(test_text_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
