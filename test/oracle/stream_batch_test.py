# SPDX-License-Identifier: Apache-2.0
"""Stream = batch: a random query over random rows gives the same final rows however the rows arrived.

    stream_batch_test.py [seed [pairs]]

A query is made of a filter, expressions, a grouping (columns, a window, both), HAVING, DISTINCT, UNION ALL, a view below or an
aggregate above. Its input comes as random batches, inserted and withdrawn in random order, some rows for a while only:
  views     a materialized view over a table that is changed by a writer, and the changes of a subscription, summed up,
            against the same query over the stored rows at once, in Weir and, where it has no window, in DuckDB;
  closing   windows that close over a source, rows in disorder within the watermark, against the query over a table;
  late      rows in any disorder, against a model in Python of which row is late; the same for every split.
"""
import collections
import datetime
import os
import random
import sys
import time

import pyarrow

from oracle.weir import Error, Subscription, Weir, Writer

PAIRS = 10000
SECONDS_MAX = 120
EPOCH = datetime.datetime(2024, 1, 1)
SCHEMA = pyarrow.schema([("k", pyarrow.string()), ("i", pyarrow.int64()), ("n", pyarrow.int32()), ("b", pyarrow.bool_()),
                         ("ts", pyarrow.timestamp("us"))])
COLUMNS = "k TEXT, i BIGINT, n INTEGER, b BOOLEAN, ts TIMESTAMP"


# ---- rows ----

def random_row(rng, second):
    """(k, i, n, b, ts); NULLs, few values, so that rows repeat."""
    def or_null(value):
        return None if rng.random() < 0.1 else value
    at = EPOCH + datetime.timedelta(seconds=second, microseconds=rng.choice([0, 0, 1, 999999, 500000]))
    return (or_null(rng.choice(["a", "b", "c", "a key that is longer than a view", ""])), or_null(rng.randint(-5, 5)),
            or_null(rng.choice([0, 1, 2, 7, 100000])), or_null(rng.random() < 0.5), at)


def to_batch(rows, weights=None):
    columns = [pyarrow.array([row[i] for row in rows], field.type) for i, field in enumerate(SCHEMA)]
    schema = SCHEMA
    if weights is not None:
        columns.append(pyarrow.array(weights, pyarrow.int64()))
        schema = schema.append(pyarrow.field("__weight", pyarrow.int64()))
    return pyarrow.RecordBatch.from_arrays(columns, schema=schema)


def cut(rng, rows):
    """The rows in batches of random sizes."""
    at = 0
    while at < len(rows):
        size = rng.choice([1, 1, 2, 5, 20, len(rows)])
        yield rows[at:at + size]
        at += size


def random_history(rng, count):
    """Weighted rows whose prefixes never withdraw what is not there, and the rows left at the end."""
    steps, present = [], []
    for _ in range(count):
        if present and rng.random() < 0.35:
            steps.append((present.pop(rng.randrange(len(present))), -1))
        else:
            row = random_row(rng, rng.randrange(120)) if not present or rng.random() < 0.8 else rng.choice(present)
            present.append(row)
            steps.append((row, 1))
    return steps, present


# ---- queries ----

AGGREGATES = ["count(*)", "count(i)", "sum(i)", "sum(n)", "min(i)", "max(n)", "min(k)", "max(k)", "max(ts)", "count(DISTINCT i)",
              "sum(DISTINCT n)", "bool_and(b)", "bool_or(b)", "avg(i)", "sum(i) FILTER (WHERE b)", "count(n) FILTER (WHERE i > 0)",
              "min(n) FILTER (WHERE k <> 'a')", "count(*) FILTER (WHERE n > 1)", "sum(i * 2 + 1)", "max(coalesce(n, -1))"]
FILTERS = ["", "", "i > 0", "k = 'a' OR b", "n IS NOT NULL AND i % 2 = 0", "k IN ('a', 'b', '')", "NOT b", "i BETWEEN -2 AND 3",
           "CASE WHEN n > 1 THEN b ELSE i > 0 END", "ts >= TIMESTAMP '2024-01-01 00:00:30'"]
KEYS = ["k", "b", "i", "i % 3", "k, b", "coalesce(n, 0)"]
HAVINGS = ["", "", "", "count(*) > 1", "sum(i) > 0", "min(k) IS NOT NULL"]
WINDOWS = ["TUMBLE({t}, ts, INTERVAL '10' SECOND)", "TUMBLE({t}, ts, INTERVAL '7' SECOND)", "HOP({t}, ts, INTERVAL '5' SECOND, INTERVAL '20' SECOND)",
           "HOP({t}, ts, INTERVAL '3' SECOND, INTERVAL '10' SECOND)", "CUMULATE({t}, ts, INTERVAL '5' SECOND, INTERVAL '15' SECOND)"]
PROJECTIONS = ["k, i + n AS x, b", "i, ts", "coalesce(k, 'none') AS k, -i AS i", "CASE WHEN b THEN i ELSE n END AS x, k", "k, i, n, b, ts"]


def where(rng):
    condition = rng.choice(FILTERS)
    return f" WHERE {condition}" if condition else ""


def aggregates(rng, most=4):
    chosen = rng.sample(AGGREGATES, rng.randint(1, most))
    return ", ".join(f"{text} AS a{at}" for at, text in enumerate(chosen))


def grouped(rng, table):
    key, having = rng.choice(KEYS), rng.choice(HAVINGS)
    names = [f"{part.strip()} AS g{at}" for at, part in enumerate(key.split(", ") if "(" not in key else [key])]
    return f"SELECT {', '.join(names)}, {aggregates(rng)} FROM {table}{where(rng)} GROUP BY {key}" + (f" HAVING {having}" if having else "")


def windowed(rng, table):
    key = rng.choice(["", "k, ", "b, ", "k, b, "])
    having = rng.choice(HAVINGS)
    return (f"SELECT {key}window_start, window_end, {aggregates(rng)} FROM {rng.choice(WINDOWS).format(t=table)}{where(rng)} "
            f"GROUP BY {key}window_start, window_end" + (f" HAVING {having}" if having else ""))


def session(rng, table):
    key = rng.choice(["", "k, ", "b, "])
    return (f"SELECT {key}window_start, window_end, {aggregates(rng)} FROM {table}{where(rng)} "
            f"GROUP BY {key}SESSION(ts, INTERVAL '{rng.choice([1, 2, 5])}' SECOND)")


def random_query(rng, table):
    """(query, whether DuckDB knows it)."""
    kind = rng.randrange(8)
    if kind == 0:
        return f"SELECT {rng.choice(PROJECTIONS)} FROM {table}{where(rng)}", True
    if kind == 1:
        return f"SELECT DISTINCT {rng.choice(PROJECTIONS)} FROM {table}{where(rng)}", True
    if kind == 2:
        projection = rng.choice(PROJECTIONS)
        return f"SELECT {projection} FROM {table}{where(rng)} UNION ALL SELECT {projection} FROM {table}{where(rng)}", True
    if kind == 3:
        return f"SELECT {aggregates(rng)} FROM {table}{where(rng)}", True
    if kind == 4:
        inner = f"SELECT k, b, count(*) AS c, sum(i) AS s FROM {table}{where(rng)} GROUP BY k, b"
        return f"SELECT k, sum(c) AS c, max(s) AS s, count(*) AS n, count(DISTINCT c) AS d FROM ({inner}) AS q GROUP BY k", True
    if kind == 5:
        return windowed(rng, table), False
    if kind == 6:
        return session(rng, table), False
    return grouped(rng, table), True


# ---- comparing ----

def plain(value):
    """Numbers by value, whatever their type."""
    if value is None or isinstance(value, (str, bool, datetime.datetime)):
        return value
    return round(float(value), 9) + 0.0


def multiset(rows):
    return collections.Counter(tuple(map(plain, row)) for row in rows)


def sum_changes(rows):
    """The rows that changes leave, the last column being the weight; a count below zero stays and so fails."""
    total = collections.Counter()
    for *row, weight in rows:
        total[tuple(map(plain, row))] += weight
    return collections.Counter({row: count for row, count in total.items() if count})


class Difference(Exception):
    pass


def expect(what, expected, found):
    if expected != found:
        missing, extra = expected - found, found - expected
        raise Difference(f"{what}: missing {list(missing.items())[:5]}, too many {list(extra.items())[:5]}")


# ---- the three kinds of pairs ----

class Duck:
    def __init__(self):
        try:
            import duckdb
        except ImportError:
            self.connection = None
            return
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")

    def run(self, query, rows):
        table = pyarrow.Table.from_batches([to_batch(rows)])
        self.connection.register("t", table)
        return self.connection.execute(query).fetchall()


def check_view(rng, duck):
    query, known = random_query(rng, "t")
    steps, left = random_history(rng, rng.choice([0, 3, 30, 100]))
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({COLUMNS})")
        below = rng.random() < 0.3
        maintained = query
        if below:
            weir.run("CREATE MATERIALIZED VIEW below AS SELECT k, i, n, b, ts FROM t")
            maintained = query.replace("FROM t", "FROM below").replace("(t,", "(below,")
        weir.run(f"SET batch_rows = {rng.choice([1, 7, 4096])}")
        start = rng.randrange(len(steps) + 1) if rng.random() < 0.3 else 0
        writer = Writer(weir, "t")
        subscription = None
        try:
            for part in cut(rng, steps[:start]):
                writer.push(to_batch([row for row, _ in part], [weight for _, weight in part]))
            weir.run(f"CREATE MATERIALIZED VIEW v AS {maintained}")
            subscription = Subscription(weir, f"{maintained} EMIT CHANGES")
            for part in cut(rng, steps[start:]):
                writer.push(to_batch([row for row, _ in part], [weight for _, weight in part]))
            at_once = multiset(weir.run(query))
            expect(f"view of {query}", at_once, multiset(weir.run("SELECT * FROM v")))
            expect(f"changes of {query}", at_once, sum_changes(subscription.read()))
            if known and duck.connection:
                expect(f"DuckDB of {query}", multiset(duck.run(query, left)), at_once)
        finally:
            writer.close()
            if subscription:
                subscription.close()


def check_closing(rng, _):
    delay = rng.choice([0, 1, 5, 20])
    query = session(rng, "t") if rng.random() < 0.3 else windowed(rng, "t")
    rows = [random_row(rng, second) for second in sorted(rng.randrange(120) for _ in range(rng.choice([1, 10, 80])))]
    shuffled = sorted(rows, key=lambda row: row[4] + datetime.timedelta(seconds=rng.random() * delay))
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({COLUMNS})")
        weir.run(f"CREATE SOURCE s ({COLUMNS}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND)")
        over_source = query.replace("FROM t", "FROM s").replace("(t,", "(s,")
        weir.run(f"CREATE MATERIALIZED VIEW v AS {over_source} EMIT ON WINDOW CLOSE")
        subscription = Subscription(weir, f"{over_source} EMIT ON WINDOW CLOSE")
        table, source = Writer(weir, "t"), Writer(weir, "s")
        try:
            table.push(to_batch(rows))
            for part in cut(rng, shuffled):
                source.push(to_batch(part))
            source.watermark(4102444800000000)
            expected = multiset(weir.run(query))
            expect(f"closed windows of {query}", expected, multiset(weir.run("SELECT * FROM v")))
            expect(f"rows on close of {query}", expected, multiset(subscription.read()))
        finally:
            table.close()
            source.close()
            subscription.close()


def model_of_late(rows, delay, size, slide, lateness):
    """(sum and count per window, late rows): what DESIGN section 5 says, row by row."""
    windows, late, highest = collections.Counter(), [], None
    for row in rows:
        at = (row[4] - EPOCH) // datetime.timedelta(microseconds=1)
        bound = None if highest is None else highest - delay
        first = (at - size) // slide * slide + slide
        open_starts = [start for start in range(first, at + 1, slide) if bound is None or start + size + lateness > bound]
        if not open_starts:
            late.append(row)
        for start in open_starts:
            windows[row[0], EPOCH + datetime.timedelta(microseconds=start)] += 1
        highest = at if highest is None else max(highest, at)
    return collections.Counter({(*key, float(count)): 1 for key, count in windows.items()}), late


def check_late(rng, _):
    delay, lateness = rng.choice([0, 1, 5]), rng.choice([0, 0, 3, 10])
    slide = rng.choice([2, 5, 10])
    size = slide * rng.choice([1, 1, 2, 4])
    rows = [random_row(rng, max(0, second + rng.choice([0, 0, 0, -3, -10, -40]))) for second in sorted(rng.randrange(100) for _ in range(60))]
    expected, late = model_of_late(rows, delay * 10**6, size * 10**6, slide * 10**6, lateness * 10**6)
    emit = rng.choice(["EMIT ON WINDOW CLOSE", "EMIT CHANGES"])
    with Weir() as weir:
        weir.run(f"CREATE SOURCE s ({COLUMNS}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND)")
        weir.run(f"CREATE MATERIALIZED VIEW v AS SELECT k, window_start, count(*) AS c FROM "
                 f"HOP(s, ts, INTERVAL '{slide}' SECOND, INTERVAL '{size}' SECOND) GROUP BY k, window_start, window_end "
                 f"{emit} ALLOW LATENESS INTERVAL '{lateness}' SECOND LATE DATA TO too_late")
        weir.run(f"SET batch_rows = {rng.choice([1, 7, 4096])}")
        source = Writer(weir, "s")
        try:
            for part in cut(rng, rows):
                source.push(to_batch(part))
            source.watermark(4102444800000000)
            case = f"{emit}, delay {delay}, size {size}, slide {slide}, lateness {lateness}"
            expect(f"windows of {case}", expected, multiset(weir.run("SELECT * FROM v")))
            expect(f"late rows of {case}", multiset((row[0], row[4]) for row in late), multiset(weir.run("SELECT k, ts FROM too_late")))
        finally:
            source.close()


CHECKS = [check_view, check_view, check_view, check_closing, check_late]


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else int.from_bytes(os.urandom(4), "little")
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else PAIRS
    duck, started, passed, failed = Duck(), time.monotonic(), 0, 0
    for pair in range(pairs):
        if time.monotonic() - started > SECONDS_MAX:
            break
        rng = random.Random(f"{seed} {pair}")
        check = CHECKS[pair % len(CHECKS)]
        try:
            check(rng, duck)
            passed += 1
        except (Difference, Error) as error:
            failed += 1
            if failed <= 10:
                print(f"seed {seed} pair {pair}: {check.__name__}: {type(error).__name__} {error}")
    print(f"seed {seed}, {passed + failed} pairs in {time.monotonic() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
