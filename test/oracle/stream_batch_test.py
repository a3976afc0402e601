# SPDX-License-Identifier: Apache-2.0
"""Stream = batch: a random query over random rows gives the same final rows however the rows arrived.

    stream_batch_test.py [seed [pairs [seconds]]]

A query is made of a filter, expressions, a grouping (columns, a window, both), HAVING, DISTINCT, UNION ALL, a view below or an
aggregate above. Its input comes as random batches, inserted and withdrawn in random order, some rows for a while only:
  views     a materialized view over a table that is changed by a writer, and the changes of a subscription, summed up,
            against the same query over the stored rows at once, in Weir and, where it has no window, in DuckDB;
  closing   windows that close over a source or an append-only table, rows in disorder within the watermark, against the query over a table;
  late      rows in any disorder, against a model in Python of which row is late; the same for every split.
"""
import collections
import datetime
import decimal
import math
import sys
import time

import pyarrow

from oracle.late_model import END_OF_TIME, SourceTime, sessions_of, windows_of
from oracle.pairs import Difference, run_pairs
from oracle.random_query import (COLUMNS, Query, COLUMNS_SQL, NAMES, SCHEMA, TS, aggregates, cut, having, random_query, random_row, random_window, session,
                                 to_batch, where, windowed)
from oracle.weir import Subscription, Weir, Writer

PAIRS = 10000
SECONDS_MAX = 120


def random_history(rng, count, special):
    """Weighted rows whose prefixes never withdraw what is not there, and the rows left at the end."""
    steps, present = [], []
    for _ in range(count):
        if present and rng.random() < 0.35:
            steps.append((present.pop(rng.randrange(len(present))), -1))
        else:
            row = random_row(rng, rng.randrange(120), special, True) if not present or rng.random() < 0.8 else rng.choice(present)
            present.append(row)
            steps.append((row, 1))
    return steps, present


# ---- comparing ----

def plain(value):
    """Numbers by value, whatever their type, to twelve digits; intervals by PostgreSQL's equality; what is no number as it is."""
    if value is None or isinstance(value, (str, bool, int, datetime.date, bytes)):
        return value
    if isinstance(value, pyarrow.MonthDayNano):  # which of several equal spellings stands for a group is not said
        return "interval", (value.months * 30 + value.days) * 86400 * 10**9 + value.nanoseconds
    if value != value:
        return "NaN"
    return float(f"{float(value):.12g}") + 0.0


def multiset(rows):
    return collections.Counter(tuple(map(plain, row)) for row in rows)


def sum_changes(rows):
    """The rows that changes leave, the last column being the weight; a count below zero stays and so fails."""
    total = collections.Counter()
    for *row, weight in rows:
        total[tuple(map(plain, row))] += weight
    return collections.Counter({row: count for row, count in total.items() if count})


def replace_by_key(rows, key_count):
    """What a reader of EMIT ON UPDATE holds who replaces rows by key and drops a key at weight -1."""
    held = {}
    for *row, weight in rows:
        row = tuple(map(plain, row))
        if weight > 0:
            held[row[:key_count]] = row
        else:
            del held[row[:key_count]]
    return collections.Counter(held.values())


def is_close(one, other):
    return len(one) == len(other) and all(
        math.isclose(a, b, rel_tol=1e-10, abs_tol=1e-13) if isinstance(a, float) and isinstance(b, (int, float)) else a == b for a, b in zip(one, other))


def expect(what, expected, found):
    """The same rows; the last digits of fractions may differ."""
    missing, extra = expected - found, found - expected
    for row in list(missing.elements()):
        same = next((other for other in extra.elements() if is_close(row, other)), None)
        if same is not None:
            missing[row] -= 1
            extra[same] -= 1
    missing, extra = +missing, +extra
    if missing or extra or any(count < 0 for count in found.values()):
        raise Difference(f"{what}: missing {list(missing.items())[:5]}, too many {list(extra.items())[:5]}")


CHANGES = ["EMIT CHANGES", "EMIT CHANGES", "EMIT EVERY INTERVAL '1 microsecond'", "EMIT EVERY INTERVAL '1 millisecond'"]


def read_changes(weir, subscription, emit):
    """What has come, the clock's part too; the weight is the last value."""
    if "EVERY" in emit:
        time.sleep(0.001)
        weir.step()
    changes = subscription.read()
    return changes if "__weight" in subscription.column_names() else [(*row, 1) for row in changes]  # append-only


class Duck:
    def __init__(self):
        try:
            import duckdb
        except ImportError:
            self.connection = None
            return
        self.connection, self.error = duckdb.connect(), duckdb.Error
        self.connection.execute("SET threads = 1")

    def run(self, text):
        try:
            return self.connection.execute(text).fetchall()
        except self.error as error:
            raise Difference(f"DuckDB: {error}") from error

    def check(self, query, rows, at_once, case):
        """That DuckDB answers the query over these rows as Weir did."""
        if not self.connection or not query.is_duck:
            return
        schema = SCHEMA.remove(SCHEMA.get_field_index("v"))
        self.connection.register("t", pyarrow.Table.from_batches([to_batch(rows).select(schema.names)]))
        text = query.duck("t")
        expect(f"DuckDB: {text}\n  {case}", multiset(self.run(text)), at_once)


def push_steps(rng, writer, steps):
    for part in cut(rng, steps):
        writer.push(to_batch([row for row, _ in part], [weight for _, weight in part]))


def check_view(rng, duck):
    query, special = random_query(rng), rng.random() < 0.1
    steps, left = random_history(rng, rng.choice([0, 3, 30, 100]), special)
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({COLUMNS_SQL})")
        weir.run(f"SET batch_rows = {rng.choice([1, 7, 4096])}")
        for view in query.views("t"):
            weir.run(view)
        maintained = query.weir("t")
        start = rng.randrange(len(steps) + 1) if rng.random() < 0.3 else 0
        writer = Writer(weir, "t")
        subscription = None
        try:
            push_steps(rng, writer, steps[:start])
            weir.run(f"CREATE MATERIALIZED VIEW v AS {maintained}")
            by_key = query.key_count > 0 and rng.random() < 0.3
            emit = "EMIT ON UPDATE" if by_key else rng.choice(CHANGES)
            subscription = Subscription(weir, rng.choice([f"{maintained} {emit}", f"SELECT * FROM v {emit}"]))
            push_steps(rng, writer, steps[start:])
            whole = query.whole("t")
            at_once = multiset(weir.run(whole))
            expect(f"view of {whole}", at_once, multiset(weir.run("SELECT * FROM v")))
            changes = read_changes(weir, subscription, emit)
            expect(f"{emit} of {whole}", at_once, replace_by_key(changes, query.key_count) if by_key else sum_changes(changes))
            if not special:
                duck.check(query, left, at_once, whole)
        finally:
            writer.close()
            if subscription:
                subscription.close()


# ---- statements that change a table ----

def literal(value, type):
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, pyarrow.MonthDayNano):
        return f"INTERVAL '{value.months} months {value.days} days {value.nanoseconds // 1000} microseconds'"
    if isinstance(value, (bool, int, float, decimal.Decimal)):
        return f"CAST('{value}' AS {type})"
    return f"CAST('{value}' AS {type})" if not isinstance(value, str) else f"'{value}'"


def duck_literal(value, type):
    if isinstance(value, bytes):
        return f"from_hex('{value.hex()}')"
    return "NULL" if type == "INTERVAL" else literal(value, type)


ASSIGNMENTS = ["i = i + 1", "k = k || '!'", "b = NOT b", "n = NULL", "ts = ts + INTERVAL '1' SECOND", "m = -m, d = DATE '2024-01-15'", "k = NULL, i = n",
               "i = n, n = 7", "f = f + 1, r = 0.25"]
CONDITIONS = ["id < 10", "i > 0", "b", "k = 'a'", "n IS NULL", "true", "m > 1", "id % 3 = 1", "false"]


def random_statements(rng, count):
    """(text for Weir, text for DuckDB) over table {t}; a few that must be refused, which DuckDB is not asked."""
    next_id = 0
    for _ in range(count):
        kind = rng.randrange(9)
        if kind < 3:
            rows = []
            for _ in range(rng.choice([1, 1, 5, 20])):
                row = random_row(rng, rng.randrange(120), False, True)
                rows.append([f"({next_id}, " + ", ".join(spell(value, type) for value, (_, type, _) in zip(row, COLUMNS)) + ")"
                             for spell in (literal, duck_literal)])
                next_id += 1
            yield tuple("INSERT INTO {t} VALUES " + ", ".join(row[at] for row in rows) for at in range(2))
        elif kind == 3:
            shift, next_id = next_id, next_id * 2
            yield (f"INSERT INTO {{t}} SELECT id + {shift}, {', '.join(NAMES)} FROM {{t}}{where(rng)}",) * 2
        elif kind < 6:
            yield (f"UPDATE {{t}} SET {rng.choice(ASSIGNMENTS)} WHERE {rng.choice(CONDITIONS)}",) * 2
        elif kind == 6:
            yield (f"DELETE FROM {{t}} WHERE {rng.choice(CONDITIONS)}",) * 2
        elif kind == 7:
            yield ("TRUNCATE {t}",) * 2 if rng.random() < 0.2 else (f"DELETE FROM {{t}} WHERE id = {rng.randrange(next_id + 1)}",) * 2
        else:
            yield rng.choice(["INSERT INTO {t} (id, i) VALUES (-1, 1), (-2, 1 / 0)", "INSERT INTO {t} (id, n) SELECT 1 / 0, 2",
                              "INSERT INTO {t} (id, n) VALUES (-3, 1), (-3, 2), (NULL, 3)", "UPDATE {t} SET id = 1 / (i - i), b = true"]), None


def check_statements(rng, duck):
    """INSERT, UPDATE, DELETE and TRUNCATE, some of them refused: views follow, and the table is what DuckDB makes of the same statements."""
    query = random_query(rng)
    with Weir() as weir:
        weir.run(f"CREATE TABLE t (id BIGINT{rng.choice([' NOT NULL', ' PRIMARY KEY'])}, {COLUMNS_SQL})")
        for view in query.views("t"):
            weir.run(view)
        weir.run(f"CREATE MATERIALIZED VIEW v AS {query.weir('t')}")
        if duck.connection:
            duck.connection.execute(f"CREATE OR REPLACE TEMP TABLE changed (id BIGINT, {COLUMNS_SQL.replace('BYTEA', 'BLOB')})")
        for statement, same in random_statements(rng, rng.choice([3, 10, 20])):
            if same is None:
                weir.run_or_error(statement.replace("{t}", "t"))
                continue
            weir.run(statement.replace("{t}", "t"))
            if duck.connection:
                duck.run(same.replace("{t}", "changed"))
        whole = query.whole("t")
        at_once = multiset(weir.run(whole))
        expect(f"view of {whole}", at_once, multiset(weir.run("SELECT * FROM v")))
        if duck.connection:
            rows = f"SELECT id, {', '.join(name for name in NAMES if name != 'v')} FROM"
            expect("the table", multiset(duck.run(f"{rows} changed")), multiset(weir.run(f"{rows} t")))
            if query.is_duck:
                text = query.duck("changed")
                expect(f"DuckDB: {text}\n  {whole}", multiset(duck.run(text)), at_once)


def check_upserts(rng, duck):
    """A source with a key: a row replaces the one of its key, a withdrawal takes it away, whatever its values."""
    query, left = random_query(rng), {}
    with Weir() as weir:
        weir.run(f"CREATE SOURCE s (id BIGINT PRIMARY KEY, {COLUMNS_SQL})")
        weir.run(f"CREATE TABLE t ({COLUMNS_SQL})")
        weir.run(f"SET batch_rows = {rng.choice([1, 7, 4096])}")
        for view in query.views("s"):
            weir.run(view)
        source, table = Writer(weir, "s"), Writer(weir, "t")
        late, emit = rng.random() < 0.3, rng.choice(CHANGES)
        subscription = None
        try:
            if not late:
                weir.run(f"CREATE MATERIALIZED VIEW v AS {query.weir('s')}")
                subscription = Subscription(weir, f"{query.weir('s')} {emit}")
            steps = [(rng.randrange(12), random_row(rng, rng.randrange(120), False, True), -1 if rng.random() < 0.2 else 1)
                     for _ in range(rng.choice([1, 20, 80]))]
            for part in cut(rng, steps):
                for key, row, weight in part:
                    if weight > 0:
                        left[key] = row
                    else:
                        left.pop(key, None)
                source.push(to_batch([row for _, row, _ in part], [weight for *_, weight in part], [key for key, *_ in part]))
            if late:
                weir.run(f"CREATE MATERIALIZED VIEW v AS {query.weir('s')}")
                subscription = Subscription(weir, f"{query.weir('s')} {emit}")
            table.push(to_batch(list(left.values())))
            whole = query.whole("t")
            at_once = multiset(weir.run(whole))
            expect(f"view of upserts {whole}", at_once, multiset(weir.run("SELECT * FROM v")))
            expect(f"{emit} of upserts {whole}", at_once, sum_changes(read_changes(weir, subscription, emit)))
            duck.check(query, list(left.values()), at_once, whole)
        finally:
            source.close()
            table.close()
            if subscription:
                subscription.close()


# ---- sources ----

def growing(rng, columns):
    """Rows that only come, kept or not."""
    return rng.choice([f"CREATE SOURCE s ({columns})", f"CREATE TABLE s ({columns}) APPEND ONLY"])


def check_source(rng, duck):
    """Rows of a source only come: any query over it, some over a stream in between, is the one over a table with the same rows."""
    query = random_query(rng)
    rows = [random_row(rng, rng.randrange(120)) for _ in range(rng.choice([1, 10, 80]))]
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({COLUMNS_SQL})")
        weir.run(growing(rng, COLUMNS_SQL))
        weir.run(f"CREATE STREAM passed AS SELECT * FROM s")
        weir.run(f"SET batch_rows = {rng.choice([1, 7, 4096])}")
        under = rng.choice(["s", "passed"])
        for view in query.views(under):
            weir.run(view)
        weir.run(f"CREATE MATERIALIZED VIEW v AS {query.weir(under)}")
        emit = rng.choice(CHANGES)
        subscription = Subscription(weir, f"{query.weir(under)} {emit}")
        table, source = Writer(weir, "t"), Writer(weir, "s")
        try:
            table.push(to_batch(rows))
            for part in cut(rng, rows):
                source.push(to_batch(part))
            whole = query.whole("t")
            at_once = multiset(weir.run(whole))
            expect(f"view over a source of {whole}", at_once, multiset(weir.run("SELECT * FROM v")))
            expect(f"{emit} over a source of {whole}", at_once, sum_changes(read_changes(weir, subscription, emit)))
            duck.check(query, rows, at_once, whole)
        finally:
            table.close()
            source.close()
            subscription.close()


def check_closing(rng, duck):
    delay = rng.choice([0, 1, 5, 20])
    query = session(rng, True) if rng.random() < 0.3 else windowed(rng, True)
    rows = [random_row(rng, second) for second in sorted(rng.randrange(120) for _ in range(rng.choice([1, 10, 80])))]
    shuffled = sorted(rows, key=lambda row: row[TS] + datetime.timedelta(seconds=rng.random() * delay))
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({COLUMNS_SQL})")
        weir.run(growing(rng, f"{COLUMNS_SQL}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND"))
        under = rng.choice(["s", "s", "passed"])
        if under != "s":
            weir.run(f"CREATE {rng.choice(['STREAM', 'VIEW'])} passed AS SELECT {', '.join(NAMES)} FROM s")
        over_source = query.weir(under) + " EMIT ON WINDOW CLOSE" + rng.choice(["", " ALLOW LATENESS INTERVAL '3' SECOND"])
        weir.run(f"CREATE MATERIALIZED VIEW v AS {over_source}")
        weir.run(f"CREATE STREAM closed AS {over_source}")
        weir.run("CREATE MATERIALIZED VIEW counted AS SELECT a0, count(*) AS c FROM closed GROUP BY a0")
        subscription = Subscription(weir, over_source)
        table, source = Writer(weir, "t"), Writer(weir, "s")
        try:
            table.push(to_batch(rows))
            for part in cut(rng, shuffled):
                source.push(to_batch(part))
            source.watermark(END_OF_TIME)
            whole = query.whole("t")
            expected = multiset(weir.run(whole))
            expect(f"closed windows of {over_source}", expected, multiset(weir.run("SELECT * FROM v")))
            expect(f"rows on close of {over_source}", expected, multiset(subscription.read()))
            expect(f"rows counted of {over_source}", multiset(weir.run(f"SELECT a0, count(*) AS c FROM ({whole}) AS q GROUP BY a0")),
                   multiset(weir.run("SELECT * FROM counted")))
            duck.check(query, rows, expected, whole)
        finally:
            table.close()
            source.close()
            subscription.close()


def check_cascade(rng, duck):
    """Windows over the rows of windows: the second must wait for what the first may still give or take back."""
    delay, lateness = rng.choice([0, 1, 5, 20]), rng.choice([0, 0, 4])
    first, second = random_window(rng), random_window(rng)
    key, time_column, gap = rng.choice(["k, ", "b, ", ""]), rng.choice(["ws", "we"]), rng.choice([0, 0, 3])
    if gap:
        time_column = "we"  # a session's start has no watermark
        inner = (f"SELECT {key}window_start AS ws, window_end AS we, count(*) AS c, sum(i) AS s FROM {{t}}{where(rng)} "
                 f"GROUP BY {key}SESSION(ts, INTERVAL '{gap}' SECOND)")
    else:
        inner = (f"SELECT {key}window_start AS ws, window_end AS we, count(*) AS c, sum(i) AS s FROM {{w}}{where(rng)} "
                 f"GROUP BY {key}window_start, window_end{having(rng)}")
    inner = Query(inner, True, first)
    outer = (f"SELECT {key}window_start, window_end, sum(c) AS a0, max(s) AS a1, count(*) AS a2, count(DISTINCT c) AS a3 "
             f"FROM {second.weir('inside').replace(', ts,', f', {time_column},')} GROUP BY {key}window_start, window_end")
    rows = [random_row(rng, second) for second in sorted(rng.randrange(120) for _ in range(rng.choice([1, 10, 80])))]
    shuffled = sorted(rows, key=lambda row: row[TS] + datetime.timedelta(seconds=rng.random() * delay))
    close = f"EMIT ON WINDOW CLOSE ALLOW LATENESS INTERVAL '{lateness}' SECOND"
    inside = rng.choice([f"CREATE STREAM inside AS {{}} {close}", f"CREATE MATERIALIZED VIEW inside AS {{}} {close}",
                         "CREATE MATERIALIZED VIEW inside AS {}", "CREATE VIEW inside AS {}"])
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({COLUMNS_SQL})")
        weir.run(growing(rng, f"{COLUMNS_SQL}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND"))
        weir.run(f"SET batch_rows = {rng.choice([1, 7, 4096])}")
        weir.run(inside.format(inner.weir("s")))
        last = rng.choice(["EMIT ON WINDOW CLOSE", "EMIT CHANGES"])
        weir.run(f"CREATE MATERIALIZED VIEW v AS {outer} {last}")
        table, source = Writer(weir, "t"), Writer(weir, "s")
        try:
            table.push(to_batch(rows))
            for part in cut(rng, shuffled):
                source.push(to_batch(part))
            source.watermark(END_OF_TIME)
            case = f"{inside.format(inner.weir('s'))}; {outer} {last}; delay {delay}"
            expect(f"windows of windows: {case}", multiset(weir.run(f"WITH inside AS ({inner.weir('t')}) {outer}")),
                   multiset(weir.run("SELECT * FROM v")))
        finally:
            table.close()
            source.close()


# ---- late rows ----

def check_late(rng, _):
    """Rows in any disorder: each window has the rows that the model gives it, whatever the split; the others stand in the late table."""
    delay, lateness, gap = rng.choice([0, 1, 5]), rng.choice([0, 0, 3, 10]), rng.choice([0, 0, 2, 5])
    key, (values, _) = rng.choice(["k, ", "b, ", "", "m, d, "]), aggregates(rng, True)
    after = having(rng)
    rows = [random_row(rng, max(0, second + rng.choice([0, 0, 0, -3, -10, -40]))) for second in sorted(rng.randrange(100) for _ in range(60))]
    judged = SourceTime(delay * 10**6).push(0, rows)
    if gap:
        places = [NAMES.index(name) for name in key.replace(",", "").split()]
        counted, late = sessions_of(judged, gap * 10**6, lateness * 10**6, lambda row: tuple(row[place] for place in places))
        relation, by = "s", f"{key}SESSION(ts, INTERVAL '{gap}' SECOND)"
    else:
        window = random_window(rng)
        counted, late = windows_of(judged, window, lateness * 10**6)
        relation, by = window.weir("s"), f"{key}window_start, window_end"
    emit = rng.choice(["EMIT ON WINDOW CLOSE", "EMIT CHANGES"])
    columns = f"{key}window_start, window_end, {values}"
    query = f"SELECT {columns} FROM {relation} GROUP BY {by}{after} {emit} ALLOW LATENESS INTERVAL '{lateness}' SECOND LATE DATA TO too_late"
    with Weir() as weir:
        weir.run(growing(rng, f"{COLUMNS_SQL}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND"))
        weir.run(f"CREATE TABLE counted ({COLUMNS_SQL}, window_start TIMESTAMP, window_end TIMESTAMP)")
        weir.run(f"CREATE MATERIALIZED VIEW v AS {query}")
        weir.run(f"SET batch_rows = {rng.choice([1, 7, 4096])}")
        source, table = Writer(weir, "s"), Writer(weir, "counted")
        try:
            for part in cut(rng, rows):
                source.push(to_batch(part))
            source.watermark(END_OF_TIME)
            batch = to_batch([row for row, *_ in counted])
            for at, name in ((1, "window_start"), (2, "window_end")):
                batch = batch.append_column(name, pyarrow.array([one[at] for one in counted], pyarrow.timestamp("us")))
            table.push(batch)
            case = f"{query}, delay {delay}"
            expected = weir.run(f"SELECT {columns} FROM counted GROUP BY {key}window_start, window_end{after}")
            expect(f"windows of {case}", multiset(expected), multiset(weir.run("SELECT * FROM v")))
            expect(f"late rows of {case}", multiset((row[0], row[TS]) for row, *_ in late), multiset(weir.run("SELECT k, ts FROM too_late")))
        finally:
            source.close()
            table.close()


CHECKS = [check_view, check_view, check_statements, check_upserts, check_source, check_closing, check_cascade, check_late]


if __name__ == "__main__":
    sys.exit(run_pairs(CHECKS, PAIRS, SECONDS_MAX, [Duck()]))
