# SPDX-License-Identifier: Apache-2.0
"""Rows that are taken back: stacks of views over tables and keyed sources that statements change.

    retract_test.py [seed [pairs [seconds]]]

Every query of a stack gives the columns that it reads, so that any stands on any other. The views are made before, between or after the
statements; after each statement every view must have the rows that the same stack of queries gives over the rows now stored, and the
changes that left for subscribers must add up to them. first_value and last_value are compared with DuckDB, told the order.
"""
import collections
import datetime
import decimal
import math
import sys

import pyarrow

from oracle.pairs import Difference, expect, run_pairs
from oracle.weir import Error, Subscription, Weir, Writer

PAIRS = 10000
SECONDS_MAX = 40
EPOCH = datetime.datetime(2024, 1, 1)
COLUMNS = [("id", "INTEGER"), ("k", "TEXT"), ("g", "INTEGER"), ("i", "BIGINT"), ("m", "NUMERIC(20,4)"), ("f", "DOUBLE PRECISION"), ("s", "TEXT"),
           ("b", "BOOLEAN"), ("ts", "TIMESTAMP")]
NAMES = [name for name, _ in COLUMNS]


def plain(value):
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value + 0 if isinstance(value, (float, decimal.Decimal)) else value


def multiset(rows):
    return collections.Counter(tuple(map(plain, row)) for row in rows)


# ---- statements ----

LITERALS = {"k": ["'a'", "'b'", "''", "'a key that is longer than a view'"], "g": ["0", "1", "2", "-3"], "i": ["0", "1", "-7", "5", "1000000000000"],
            "m": ["0", "0.5", "-0.0001", "123456789.1234"], "f": ["0.25", "'-0'", "0.0", "1e15", "-1e15", "3.5", "'NaN'"],
            "s": ["'x'", "'xy'", "'A text of some length'", "'a text of some length, longer'"], "b": ["true", "false"]}


def literal(rng, name):
    if name != "ts" and rng.random() < 0.12:
        return "NULL"
    if name == "ts":
        at = EPOCH + datetime.timedelta(seconds=rng.randrange(40), microseconds=rng.choice([0, 0, 0, 1, 500000]))
        return f"TIMESTAMP '{at}'"
    return rng.choice(LITERALS[name])


CONDITIONS = ["id % 2 = 0", "k = 'a'", "g > 0", "i IS NULL", "b", "f < 1", "m > 0.4", "id < 8", "ts > TIMESTAMP '2024-01-01 00:00:20'",
              "s LIKE 'A%' OR k IS NULL"]


def values(rng, identity):
    return f"({identity}, {', '.join(literal(rng, name) for name in NAMES[1:])})"


def statement(rng, table, keyed, present):
    """A statement that changes the table; `present`: the keys there."""
    kind = rng.random()
    if kind < 0.5 or not present:
        free = [identity for identity in range(20) if identity not in present] if keyed else list(range(20))
        chosen = rng.sample(free, min(len(free), rng.choice([1, 1, 2, 6])))
        if not chosen:
            return f"DELETE FROM {table}"
        return f"INSERT INTO {table} VALUES {', '.join(values(rng, identity) for identity in chosen)}"
    if kind < 0.75:
        sets = ", ".join(f"{name} = {literal(rng, name)}" for name in rng.sample(NAMES[1:], rng.choice([1, 1, 3])))
        return f"UPDATE {table} SET {sets} WHERE {rng.choice(CONDITIONS)}"
    if kind < 0.97:
        return f"DELETE FROM {table} WHERE {rng.choice(CONDITIONS)} AND id % 3 = {rng.randrange(3)}"
    return f"DELETE FROM {table}"


# ---- queries ----

ZEROS = {"id": "0", "k": "''", "g": "0", "i": "0", "m": "0", "f": "0", "s": "''", "b": "false", "ts": "TIMESTAMP '2024-01-01'"}
HAVINGS = ["", "", " HAVING count(*) > 1", " HAVING sum(i) > 0 OR min(m) < 0", " HAVING count(DISTINCT g) < 2", " HAVING bool_and(b)", " HAVING max(s) > 'B'"]
KEYS = ["k", "g", "b", "s", "k, g", "f", "m", "i"]
ARGUMENTS = {"id": ["min(id)", "max(id)", "count(*)::integer", "first_value(id)"],
             "k": ["min(k)", "max(k)", "first_value(k)", "last_value(s)", "max(k) FILTER (WHERE b)", "string_agg(s, k ORDER BY s, k)", "string_agg(DISTINCT k, ',')", "first_value(k ORDER BY s DESC, g, k)"],
             "g": ["count(DISTINCT i)::integer", "sum(g)::integer", "count(g)::integer", "max(g)", "last_value(g) FILTER (WHERE b)", "(count(*) % 3)::integer"],
             "i": ["sum(i)::bigint", "sum(DISTINCT i)::bigint", "bit_and(i)", "bit_or(i) FILTER (WHERE b)", "bit_xor(i)", "bit_xor(DISTINCT i)", "any_value(i)", "first_value(i ORDER BY m DESC, i)", "last_value(i ORDER BY f NULLS FIRST, i) FILTER (WHERE b)", "min(i)", "max(i) FILTER (WHERE g > 0)", "count(DISTINCT k)", "last_value(i)"],
             "m": ["avg(m)::numeric(20,4)", "sum(m)::numeric(20,4)", "max(m)", "(stddev(m))::numeric(20,4)",
                   "avg(DISTINCT m)::numeric(20,4)", "first_value(m)"],
             "f": ["min(f)", "max(f)", "sum(f)", "avg(f)", "stddev(f)", "var_pop(f)", "first_value(f)", "sum(DISTINCT f)"],
             "s": ["max(s)", "min(s)", "last_value(s)", "first_value(k || s)", "string_agg(k, '-' ORDER BY g DESC NULLS LAST, k) FILTER (WHERE i > 0)", "string_agg(s || k, '' ORDER BY s || k)", "min(s) FILTER (WHERE i > 0)"],
             "b": ["bool_or(b)", "bool_and(b)", "count(*) > 2", "every(b) FILTER (WHERE i > 0)"],
             "ts": ["max(ts)", "min(ts)", "last_value(ts)"]}


def aggregates(rng, without):
    return [f"{rng.choice(ARGUMENTS[name])} AS {name}" for name in NAMES if name not in without]


def seconds(rng):
    return rng.choice([1, 2, 5])


def query(rng, table):
    kind, size = rng.randrange(11), seconds(rng)
    if kind == 0:
        return f"SELECT * FROM {table} WHERE {rng.choice(CONDITIONS)}"
    if kind == 1:
        return f"SELECT id, s AS k, g + 1 AS g, coalesce(i, 3) * 2 AS i, m, f, k AS s, NOT b AS b, ts FROM {table}"
    if kind == 2:
        return (f"SELECT DISTINCT g AS id, k, g, i % 2 AS i, 0.5::numeric(20,4) AS m, CASE WHEN b THEN f END AS f, NULL::text AS s, b, "
                f"date_trunc('minute', ts) AS ts FROM {table}")
    if kind == 3:
        return f"SELECT * FROM {table} WHERE {rng.choice(CONDITIONS)} UNION ALL SELECT * FROM {table} WHERE {rng.choice(CONDITIONS)}"
    if kind in (4, 5, 6):
        key = rng.choice(KEYS).split(", ")
        return f"SELECT {', '.join(sorted(key + aggregates(rng, key), key=order))} FROM {table} GROUP BY {', '.join(key)}{rng.choice(HAVINGS)}"
    if kind == 7:
        items = [item.rsplit(" AS ", 1) for item in aggregates(rng, [])]
        return f"SELECT {', '.join(f'coalesce({text}, {ZEROS[name]}) AS {name}' for text, name in items)} FROM {table}"
    if kind == 10:
        condition = rng.choice(["count(*) > 2", "max(g) > 0", "bool_and(b)", "count(*) BETWEEN 1 AND 3"])
        return f"SELECT {', '.join(aggregates(rng, []))} FROM {table} HAVING {condition}"
    key = rng.choice([[], ["k"], ["g"], ["b"]])
    if kind == 8:
        window = rng.choice([f"TUMBLE({table}, ts, INTERVAL '{size}' SECOND)", f"HOP({table}, ts, INTERVAL '{size}' SECOND, INTERVAL '{3 * size}' SECOND)",
                             f"CUMULATE({table}, ts, INTERVAL '{size}' SECOND, INTERVAL '{2 * size}' SECOND)"])
        items = sorted(key + aggregates(rng, key + ["ts"]) + [rng.choice(["window_end", "window_start"]) + " AS ts"], key=order)
        return f"SELECT {', '.join(items)} FROM {window} GROUP BY {', '.join(key + ['window_start', 'window_end'])}"
    items = sorted(key + aggregates(rng, key + ["ts"]) + [rng.choice(["window_end", "window_start"]) + " AS ts"], key=order)
    return f"SELECT {', '.join(items)} FROM {table} GROUP BY {', '.join(key + [f'SESSION(ts, INTERVAL {chr(39)}{size}{chr(39)} SECOND)'])}"


def order(item):
    return NAMES.index(item.split()[-1])


# ---- the kinds of pairs ----

class Follower:
    """The changes of a query, put together again: by weight, or (ON UPDATE) the latest row per key."""

    def __init__(self, weir, text, mode, key):
        self.mode, self.key, self.rows, self.latest = mode, key, collections.Counter(), {}
        self.subscription = Subscription(weir, f"{text} EMIT {mode}")

    def read(self):
        for *row, weight in self.subscription.read():
            row = tuple(map(plain, row))
            if self.mode != "ON UPDATE":
                self.rows[row] += weight
                continue
            key = tuple(row[at] for at in self.key)
            if weight > 0:
                self.latest[key] = row
            elif self.latest.pop(key, None) is None:
                raise Difference(f"ON UPDATE takes back {row}, which was not there")
        if self.mode == "ON UPDATE":
            return collections.Counter(self.latest.values())
        return collections.Counter({row: count for row, count in self.rows.items() if count})


def follow(rng, weir, text):
    """Followers of a query in the modes that it can be followed in."""
    modes = ["CHANGES", "EVERY INTERVAL '1 microsecond'"]
    followers = [Follower(weir, text, rng.choice(modes), None)]
    key = text.rsplit("GROUP BY ", 1)[-1].split(" HAVING")[0].split(", ")
    if "GROUP BY" in text and all(name in NAMES for name in key) and "UNION" not in text:
        followers.append(Follower(weir, text, "ON UPDATE", [NAMES.index(name) for name in key]))
    return followers


def compare(weir, depth, subscriptions, what):
    for level in range(1, depth + 1):
        now = multiset(weir.run(f"SELECT * FROM q{level}"))
        expect(f"v{level}, {what}", now, multiset(weir.run(f"SELECT * FROM v{level}")))
    for follower in subscriptions:
        if follower.mode.startswith("EVERY"):
            weir.step()
        expect(f"{follower.mode} of v{depth}, {what}", now, follower.read())


def check_stack(rng, _):
    keyed, upsert = rng.random() < 0.5, rng.random() < 0.25
    depth = rng.choice([1, 1, 2, 2, 3])
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS)
    queries = [query(rng, f"{{}}{level}") for level in range(depth)]
    with Weir() as weir:
        kind = "SOURCE" if upsert else "TABLE"
        weir.run(f"CREATE {kind} t ({columns}{', PRIMARY KEY (id)' if keyed or upsert else ''})")
        weir.run("CREATE VIEW q0 AS SELECT * FROM t; CREATE VIEW v0 AS SELECT * FROM t")
        weir.run(f"SET batch_rows = {rng.choice([1, 3, 4096])}")
        made, subscriptions, script = 0, [], []
        count = rng.choice([3, 12])
        made_at = sorted(rng.choice([0, 0, 0, rng.randrange(count)]) for _ in range(depth))
        try:
            for number in range(count):
                while made < depth and made_at[made] <= number:
                    text = queries[made]
                    weir.run(f"CREATE VIEW q{made + 1} AS {text.format(*['q'] * 4)}; CREATE MATERIALIZED VIEW v{made + 1} AS {text.format(*['v'] * 4)}")
                    script.append(f"CREATE v{made + 1} AS {text.format(*['v'] * 4)}")
                    made += 1
                    if made == depth:
                        subscriptions += follow(rng, weir, text.format(*['v'] * 4))
                if upsert:
                    step = f"INSERT INTO t VALUES {', '.join(values(rng, rng.randrange(8)) for _ in range(rng.choice([1, 3])))}"
                else:
                    present = {row[0] for row in weir.run("SELECT id FROM t")}
                    step = statement(rng, "t", keyed, present)
                script.append(step)
                weir.run(step)
                if made == depth:
                    compare(weir, depth, subscriptions, "; ".join(script))
        except Error as error:
            raise Difference(f"{error} in {'; '.join(script)}; NEXT {queries}") from None
        finally:
            for follower in subscriptions:
                follower.subscription.close()


ROW_SCHEMA = pyarrow.schema([("id", pyarrow.int32()), ("k", pyarrow.string()), ("g", pyarrow.int32()), ("i", pyarrow.int64()),
                               ("m", pyarrow.decimal128(20, 4)), ("f", pyarrow.float64()), ("s", pyarrow.string()), ("b", pyarrow.bool_()),
                               ("ts", pyarrow.timestamp("us")), ("__weight", pyarrow.int64())])


def check_large(rng, _):
    """More groups and rows than fit a batch, of which most go again."""
    count, groups = rng.choice([3000, 9000]), rng.choice([2, 700, 6000])
    text = query(rng, "{}0")
    rows = [(at, f"key {at % groups}" + " and a long end" * (at % 2), at % groups, at % 7, decimal.Decimal(at % 11) / 4, at / 8, f"text {at % 13}",
             at % 3 == 0, EPOCH + datetime.timedelta(seconds=at % 400)) for at in range(count)]
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS)
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({columns}{rng.choice(['', ', PRIMARY KEY (id)'])}); CREATE VIEW q0 AS SELECT * FROM t; CREATE VIEW v0 AS SELECT * FROM t")
        weir.run(f"CREATE VIEW q1 AS {text.format('q', 'q', 'q', 'q')}; CREATE MATERIALIZED VIEW v1 AS {text.format('v', 'v', 'v', 'v')}")
        writer, followers = Writer(weir, "t"), follow(rng, weir, text.format("v", "v", "v", "v"))
        try:
            for weight, part in [(1, rows), (-1, [row for row in rows if row[0] % 5 != 1]), (1, rows[:count // 2:5]), (-1, rows[1::5])]:
                columns = [pyarrow.array([row[at] for row in part], field.type) for at, field in enumerate(ROW_SCHEMA) if at < len(NAMES)]
                writer.push(pyarrow.RecordBatch.from_arrays([*columns, pyarrow.array([weight] * len(part))], schema=ROW_SCHEMA))
                compare(weir, 1, followers, f"{count} rows of {groups} groups, {text}")
        finally:
            writer.close()
            for follower in followers:
                follower.subscription.close()


def python_value(rng, name):
    if name == "__weight":
        return 1
    if name != "ts" and rng.random() < 0.12:
        return None
    return {"id": rng.randrange(3), "k": rng.choice(["a", "b", "a key that is longer than a view"]), "g": rng.choice([0, 1, -3]),
            "i": rng.choice([0, -7, 10**12]),
            "m": decimal.Decimal(rng.choice(["0.5000", "-0.0001"])), "f": rng.choice([0.25, 1e15, float("nan"), float("inf")]),
            "s": rng.choice(["x", "a longer text it is"]),
            "b": rng.random() < 0.5, "ts": EPOCH + datetime.timedelta(seconds=rng.randrange(10))}[name]


def check_weights(rng, _):
    """Rows that come and go several times at once, through a writer."""
    depth = rng.choice([1, 2])
    queries = [query(rng, f"{{}}{level}") for level in range(depth)]
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS)
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({columns}); CREATE VIEW q0 AS SELECT * FROM t; CREATE VIEW v0 AS SELECT * FROM t")
        for level, text in enumerate(queries, 1):
            weir.run(f"CREATE VIEW q{level} AS {text.format(*['q'] * 4)}; CREATE MATERIALIZED VIEW v{level} AS {text.format(*['v'] * 4)}")
        weir.run(f"SET batch_rows = {rng.choice([1, 3, 4096])}")
        writer, followers, present, script = Writer(weir, "t"), follow(rng, weir, queries[-1].format(*["v"] * 4)), [], []
        try:
            for _ in range(rng.choice([2, 8])):
                part = []
                for _ in range(rng.choice([1, 2, 6])):
                    if present and rng.random() < 0.5:
                        at = rng.randrange(len(present))
                        row, held = present[at]
                        taken = rng.randint(1, held)
                        present[at:at + 1] = [(row, held - taken)] if held > taken else []
                        part.append((row, -taken))
                    else:
                        row, count = [python_value(rng, name) for name in NAMES], rng.choice([1, 1, 3])
                        present.append((row, count))
                        part.append((row, count))
                writer.push(pyarrow.RecordBatch.from_arrays(
                    [pyarrow.array([row[at] for row, _ in part], field.type) for at, field in enumerate([*ROW_SCHEMA][:-1])]
                    + [pyarrow.array([weight for _, weight in part], pyarrow.int64())], schema=ROW_SCHEMA))
                script.append(str(part))
                compare(weir, depth, followers, f"{queries} after {'; '.join(script)}")
        finally:
            writer.close()
            for follower in followers:
                follower.subscription.close()


def check_failing(rng, _):
    """Rows on which an expression fails are left out, for both signs; a group whose aggregate fails has no row until it recovers."""
    whole = {"SELECT id, 10 / g AS x FROM t": "SELECT id, 10 / g AS x FROM t WHERE g IS DISTINCT FROM 0",
             "SELECT k, count(*) AS c, sum(10 / g) AS x FROM t GROUP BY k":
             "SELECT k, count(*) AS c, sum(10 / g) AS x FROM t WHERE g IS DISTINCT FROM 0 GROUP BY k",
             "SELECT k, count(*) AS c FROM t WHERE 10 / g > 3 GROUP BY k": "SELECT k, count(*) AS c FROM t WHERE g <> 0 AND 10 / g > 3 GROUP BY k",
             "SELECT k, sum(i)::smallint AS x FROM t GROUP BY k":
             "SELECT k, sum(i)::smallint AS x FROM t GROUP BY k HAVING sum(i) IS NULL OR abs(sum(i)) < 32768",
             "SELECT count(*) AS n, sum(x) AS x FROM (SELECT k, sum(i)::smallint AS x FROM t GROUP BY k) AS q":
             "SELECT count(*) AS n, sum(x) AS x FROM (SELECT k, sum(i)::smallint AS x FROM t GROUP BY k HAVING sum(i) IS NULL OR abs(sum(i)) < 32768) AS q",
             "SELECT k, sum(i * 90000000) AS x, count(*) AS c FROM t GROUP BY k":
             "SELECT k, sum(i * 90000000) AS x, count(*) AS c FROM t WHERE i < 1000000000000 OR i IS NULL GROUP BY k",
             "SELECT k, sum(i * 90000000::numeric(8,0))::bigint AS x FROM t GROUP BY k":
             "SELECT k, sum(i * 90000000::numeric(8,0))::bigint AS x FROM t GROUP BY k "
             "HAVING sum(i * 90000000::numeric(8,0)) IS NULL OR abs(sum(i * 90000000::numeric(8,0))) < 9223372036854775807"}
    text = rng.choice(list(whole))
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS)
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({columns}); CREATE MATERIALIZED VIEW v1 AS {text}; CREATE VIEW q1 AS {whole[text]}")
        follower = Follower(weir, text, "CHANGES", None)
        try:
            script = []
            for _ in range(8):
                script.append(statement(rng, "t", False, {1}))
                weir.run(script[-1])
                compare(weir, 1, [follower], f"{text} after {'; '.join(script)}")
        finally:
            follower.subscription.close()


def check_closing(rng, _):
    """Windows over a keyed source that close at the end: its rows are replaced until then."""
    size, lateness = seconds(rng), rng.choice(["", " ALLOW LATENESS INTERVAL '2' SECOND"])
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS)
    key = rng.choice([[], ["k"], ["g"], ["f"]])
    window = rng.choice(["TUMBLE({t}, ts, INTERVAL '%d' SECOND)", "HOP({t}, ts, INTERVAL '%d' SECOND, INTERVAL '%d' SECOND)",
                         "HOP({t}, ts, INTERVAL '%d' SECOND, INTERVAL '%d' SECOND)", "SESSION"])
    items = sorted(key + aggregates(rng, key + ["ts"]) + [rng.choice(["window_end", "window_start"]) + " AS ts"], key=order)
    if window == "SESSION":
        text = f"SELECT {', '.join(items)} FROM {{t}} GROUP BY {', '.join(key + [f'SESSION(ts, INTERVAL {chr(39)}{size}{chr(39)} SECOND)'])}"
    else:
        window = window % ((size, 3 * size) if "HOP" in window else size)
        text = f"SELECT {', '.join(items)} FROM {window} GROUP BY {', '.join(key + ['window_start', 'window_end'])}"
    with Weir() as weir:
        weir.run(f"CREATE SOURCE s ({columns}, PRIMARY KEY (id), WATERMARK FOR ts AS ts - INTERVAL '100' SECOND)")
        below = rng.choice(["s", "passed"])
        weir.run("CREATE MATERIALIZED VIEW passed AS SELECT * FROM s")
        weir.run(f"CREATE MATERIALIZED VIEW closed AS {text.format(t=below)} EMIT ON WINDOW CLOSE{lateness}")
        weir.run(f"CREATE MATERIALIZED VIEW changed AS {text.format(t=below)} EMIT CHANGES{lateness}")
        weir.run(f"SET batch_rows = {rng.choice([1, 3, 4096])}")
        writer = Writer(weir, "s")
        try:
            for _ in range(rng.choice([2, 10])):
                weir.run(f"INSERT INTO s VALUES {', '.join(values(rng, rng.randrange(8)) for _ in range(rng.choice([1, 1, 4])))}")
            now = multiset(weir.run(text.format(t="passed")))
            expect(f"changes of {text}", now, multiset(weir.run("SELECT * FROM changed")))
            writer.watermark(4102444800000000)
            weir.run("INSERT INTO s VALUES (100, NULL, NULL, NULL, NULL, NULL, NULL, NULL, TIMESTAMP '2999-01-01')")
            expect(f"closing of {text}", now, multiset(weir.run("SELECT * FROM closed WHERE ts < TIMESTAMP '2030-01-01'")))
            expect(f"changes at the end of {text}", now, multiset(weir.run("SELECT * FROM changed WHERE ts < TIMESTAMP '2030-01-01'")))
        finally:
            writer.close()


ORDERED = ["id", "k", "g", "i", "m", "s", "b", "ts"]
DUCK_TYPES = [pyarrow.int32(), pyarrow.string(), pyarrow.int32(), pyarrow.int64(), pyarrow.decimal128(20, 4), pyarrow.string(), pyarrow.bool_(),
              pyarrow.timestamp("us")]


def check_order(rng, duck):
    """first_value and last_value over a table: the order is that of the columns in FROM."""
    if duck is None:
        return
    types = dict(COLUMNS)
    keyed, names = rng.random() < 0.4, rng.sample(ORDERED, len(ORDERED))
    columns = ", ".join(f"{name} {types[name]}" for name in names)
    calls = []
    for at in range(rng.choice([1, 2, 4])):
        argument, condition = rng.choice(["id", "k", "i", "m", "s", "b", "ts", "k || s", "g + i"]), rng.choice([None, None, "b", "g > 0", "k <> 'a'"])
        calls.append((rng.choice(["first", "last"]), argument, condition, at))
    key = rng.choice(["", "k", "g", "b"])
    group = f" GROUP BY {key}" if key else ""
    ours = ", ".join([key] * bool(key) + [f"{kind}_value({what}){f' FILTER (WHERE {condition})' if condition else ''} AS a{at}"
                                          for kind, what, condition, at in calls])
    order_by = ", ".join(f"{name} NULLS LAST" for name in names)
    theirs = ", ".join([key] * bool(key) + [f"{kind}({what} ORDER BY {order_by}) FILTER (WHERE ({what}) IS NOT NULL AND ({condition or 'true'})) AS a{at}"
                                            for kind, what, condition, at in calls])
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({columns}{', PRIMARY KEY (id)' if keyed else ''}); CREATE MATERIALIZED VIEW v AS SELECT {ours} FROM t{group}")
        for _ in range(rng.choice([2, 8])):
            step = statement(rng, "t", keyed, {row[0] for row in weir.run("SELECT id FROM t")})
            if step.startswith("INSERT"):
                rows = [", ".join([str(identity)] + [literal(rng, name) for name in ORDERED[1:]]) for identity in ids_of(step)]
                step = f"INSERT INTO t ({', '.join(ORDERED)}) VALUES " + ", ".join(f"({row})" for row in rows)
            if " f " in step:
                continue
            weir.run(step)
            rows = weir.run(f"SELECT {', '.join(ORDERED)} FROM t")
            table = pyarrow.table([pyarrow.array([row[at] for row in rows], type) for at, type in enumerate(DUCK_TYPES)], names=ORDERED)
            duck.register("t", table)
            expected = multiset(duck.execute(f"SELECT {theirs} FROM t{group}").fetchall())
            expect(f"at once: {ours}{group} of {columns} after {step}", expected, multiset(weir.run(f"SELECT {ours} FROM t{group}")))
            expect(f"view of {ours}{group} of {columns} after {step}", expected, multiset(weir.run("SELECT * FROM v")))


def ids_of(insert):
    return [int(part.split(",")[0]) for part in insert.split("VALUES (", 1)[1].split("), (")]


def connect_duck():
    try:
        import duckdb
    except ImportError:
        return None
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    return connection


CHECKS = [check_stack, check_stack, check_stack, check_order, check_failing, check_closing, check_weights, check_large]


if __name__ == "__main__":
    sys.exit(run_pairs(CHECKS, PAIRS, SECONDS_MAX, [connect_duck()]))
