# SPDX-License-Identifier: Apache-2.0
"""Random rows and random queries over them, with what DuckDB needs to answer the same queries: its own spelling of windows and sessions.

    query = random_query(rng)
    query.views("s")       # statements that make the views it reads, over relation s
    query.weir("s")        # its text over these views, or over s
    query.whole("t")       # the same without views, by WITH, over relation t
    query.duck("t")        # the same for DuckDB, windows spelled out
    query.is_duck          # whether DuckDB must agree (not for intervals: its rules are others)

DuckDB is an oracle for the windows too: which windows a row is in, and how rows make sessions, is written here once more, in SQL.
"""
import datetime
import decimal

import pyarrow

EPOCH = datetime.datetime(2024, 1, 1)
COLUMNS = [("k", "TEXT", pyarrow.string()), ("i", "BIGINT", pyarrow.int64()), ("n", "INTEGER", pyarrow.int32()), ("b", "BOOLEAN", pyarrow.bool_()),
           ("ts", "TIMESTAMP", pyarrow.timestamp("us")), ("s", "SMALLINT", pyarrow.int16()), ("m", "NUMERIC(12,2)", pyarrow.decimal128(12, 2)),
           ("f", "DOUBLE PRECISION", pyarrow.float64()), ("r", "REAL", pyarrow.float32()), ("d", "DATE", pyarrow.date32()),
           ("x", "BYTEA", pyarrow.binary()), ("v", "INTERVAL", pyarrow.month_day_nano_interval())]
NAMES = [name for name, _, _ in COLUMNS]
SCHEMA = pyarrow.schema([(name, type) for name, _, type in COLUMNS])
COLUMNS_SQL = ", ".join(f"{name} {type}" for name, type, _ in COLUMNS)
TS = NAMES.index("ts")


# ---- rows ----

def random_time(rng, second):
    return EPOCH + datetime.timedelta(seconds=second, microseconds=rng.choice([0, 0, 1, 999999, 500000]))


def random_row(rng, second, special=False, null_times=False):
    """Values in the order of COLUMNS; NULLs, few values, so that rows repeat. `special`: NaN and infinities among the doubles."""
    def or_null(value):
        return None if rng.random() < 0.1 else value
    at = None if null_times and rng.random() < 0.04 else random_time(rng, second)
    doubles = [0.0, -0.0, 0.5, -1.25, 3.0, 1e12] + ([float("nan"), float("inf"), float("-inf")] if special else [])
    return (or_null(rng.choice(["a", "b", "c", "a key that is longer than a view", ""])), or_null(rng.randint(-5, 5)),
            or_null(rng.choice([0, 1, 2, 7, 100000])), or_null(rng.random() < 0.5), at, or_null(rng.choice([-32768, -1, 0, 1, 32767])),
            or_null(decimal.Decimal(rng.choice(["0.00", "-0.01", "1.50", "1234567890.12"]))), or_null(rng.choice(doubles)),
            or_null(rng.choice([0.0, 0.5, -2.0, 1024.0])), or_null(datetime.date(2024, rng.choice([1, 2]), rng.choice([1, 28, 29]))),
            or_null(rng.choice([b"", b"\0", b"bytes that are longer than twelve", b"\xff"])),
            or_null(pyarrow.MonthDayNano([rng.choice([0, 1]), rng.choice([0, 30]), rng.choice([0, 1_000_000])])))


def to_batch(rows, weights=None, keys=None):
    """`keys`: a first column id."""
    columns = [pyarrow.array([row[i] for row in rows], field.type) for i, field in enumerate(SCHEMA)]
    schema = SCHEMA
    if keys is not None:
        columns.insert(0, pyarrow.array(keys, pyarrow.int64()))
        schema = schema.insert(0, pyarrow.field("id", pyarrow.int64()))
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


# ---- pieces of a query ----
# A piece ends in "!" when DuckDB cannot be asked: its intervals are others, its deviations of large exact numbers are inexact.

AGGREGATES = ["count(*)", "count(i)", "sum(i)", "sum(n)", "min(i)", "max(n)", "min(k)", "max(k)", "max(ts)", "count(DISTINCT i)",
              "sum(DISTINCT n)", "bool_and(b)", "bool_or(b)", "every(b)", "bit_and(i)", "bit_or(n)", "bit_xor(s)", "avg(i)", "sum(i) FILTER (WHERE b)", "count(n) FILTER (WHERE i > 0)",
              "min(n) FILTER (WHERE k <> 'a')", "count(*) FILTER (WHERE n > 1)", "sum(i * 2 + 1)", "max(coalesce(n, -1))",
              "sum(s)", "min(s)", "avg(s)", "sum(m)", "avg(m)", "min(m)", "max(m)", "count(DISTINCT m)", "sum(DISTINCT m)", "avg(DISTINCT m)",
              "sum(f)", "avg(f)", "min(f)", "max(f)", "count(DISTINCT f)", "sum(r)", "avg(r)", "max(r)", "min(d)", "max(d)", "count(DISTINCT d)",
              "count(DISTINCT k)", "count(DISTINCT ts)", "min(ts) FILTER (WHERE b)", "count(DISTINCT k) FILTER (WHERE i > 0)",
              "sum(DISTINCT i) FILTER (WHERE NOT b)", "bool_or(b) FILTER (WHERE n > 0)", "stddev(i)", "stddev_pop(n)", "var_samp(m)!", "var_pop(s)",
              "variance(i) FILTER (WHERE b)", "stddev_samp(m)!", "var_pop(r)", "var_samp(f)!", "count(b)", "max(k) FILTER (WHERE b)",
              "stddev(DISTINCT i)", "max(length(k))", "string_agg(k, '+' ORDER BY i, n, k)", "string_agg(DISTINCT k, '' ORDER BY k)", "sum(CASE WHEN b THEN i ELSE n END)", "min(ts)", "max(k || 'z')"]
AGGREGATES_OF_ROWS = ["count(x)", "count(DISTINCT x)", "min(x)", "max(x)", "sum(v)!", "avg(v)!", "min(v)!", "max(v)!", "count(DISTINCT v)!"]
FILTERS = ["", "", "i > 0", "k = 'a' OR b", "n IS NOT NULL AND i % 2 = 0", "k IN ('a', 'b', '')", "NOT b", "i BETWEEN -2 AND 3",
           "CASE WHEN n > 1 THEN b ELSE i > 0 END", "ts >= TIMESTAMP '2024-01-01 00:00:30'", "m > 0.5", "f < 1", "d = DATE '2024-02-29'",
           "s IS DISTINCT FROM 0", "k LIKE 'a%'", "b IS NOT TRUE", "i IS NULL OR n IS NULL", "false", "r >= 0.5 AND d > DATE '2024-01-01'"]
KEYS = ["k", "b", "i", "i % 3", "k, b", "coalesce(n, 0)", "m", "d", "s", "k, m", "d, b", "k, i, b", "r", "f", "ts", "upper(k)", "n, s, d", "m, f",
        "CASE WHEN b THEN k ELSE 'none' END", "date_trunc('minute', ts)", "i IS NULL"]
KEYS_OF_ROWS = ["x", "k, x", "v!", "k, b, i, n, m, f, d, s, x"]
HAVINGS = ["", "", "", "count(*) > 1", "sum(i) > 0", "min(k) IS NOT NULL", "count(DISTINCT i) < 3", "max(m) > 1", "bool_or(b)", "false",
           "avg(i) >= 0 OR count(n) = 0"]
PROJECTIONS = ["k, i + n AS x, b", "i, ts", "coalesce(k, 'none') AS k, -i AS i", "CASE WHEN b THEN i ELSE n END AS x, k", "k, i, n, b, ts",
               "m * 2 AS m, f, d", "k || '-' AS k, s", "m, r, f", "i % 3 AS i, m IS NULL AS z", "b, d, nullif(n, 0) AS n", "upper(k) AS k, length(k) AS l"]
PROJECTIONS_OF_ROWS = ["x, k", "v, b!", ", ".join(NAMES) + "!"]


def choose(rng, *lists):
    """(text, whether DuckDB agrees)."""
    text = rng.choice([one for pieces in lists for one in pieces])
    return text.rstrip("!"), not text.endswith("!")


class Window:
    """A table function of windows of fixed size. Microseconds."""

    def __init__(self, kind, size, slide, offset=0):
        self.kind, self.size, self.slide, self.offset = kind, size, slide, offset

    def weir(self, table):
        def seconds(us):
            return f"INTERVAL '{us / 10**6:.6f}' SECOND"
        arguments = {"TUMBLE": [self.size], "HOP": [self.slide, self.size], "CUMULATE": [self.slide, self.size]}[self.kind]
        if self.offset:
            arguments.append(self.offset)
        return f"{self.kind}({table}, ts, {', '.join(map(seconds, arguments))})"

    def duck(self, table):
        if self.kind == "CUMULATE":
            start = f"((epoch_us(ts) - {self.offset}) // {self.size} * {self.size} + {self.offset})"
            ends = f"range({start} + ((epoch_us(ts) - {start}) // {self.slide} + 1) * {self.slide}, {start} + {self.size} + 1, {self.slide})"
            each = f"SELECT *, {start} AS ws, unnest({ends}) AS we FROM {table} WHERE ts IS NOT NULL"
        else:
            first = f"(epoch_us(ts) - {self.size} - {self.offset}) // {self.slide} * {self.slide} + {self.slide} + {self.offset}"
            starts = f"SELECT *, unnest(range({first}, epoch_us(ts) + 1, {self.slide})) AS ws FROM {table} WHERE ts IS NOT NULL"
            each = f"SELECT *, ws + {self.size} AS we FROM ({starts})"
        return f"(SELECT * EXCLUDE (ws, we), make_timestamp(ws) AS window_start, make_timestamp(we) AS window_end FROM ({each}))"

    def starts_ends(self, at):
        """The windows of a time in microseconds."""
        if self.kind == "CUMULATE":
            start = (at - self.offset) // self.size * self.size + self.offset
            return [(start, start + end) for end in range(self.slide, self.size + 1, self.slide) if start + end > at]
        first = (at - self.size - self.offset) // self.slide * self.slide + self.slide + self.offset
        return [(start, start + self.size) for start in range(first, at + 1, self.slide)]


def random_window(rng):
    second = 10**6
    kind, offset = rng.choice(["TUMBLE", "TUMBLE", "HOP", "HOP", "CUMULATE"]), rng.choice([0, 0, 0, 3 * second, -1, 500001])
    if kind == "TUMBLE":
        size = rng.choice([10 * second, 7 * second, second, 60 * second, 500000])
        return Window(kind, size, size, offset % size)
    slide = rng.choice([2, 3, 5, 10]) * second
    # HOP's size need not be a multiple of its slide, and may be less: then rows fall between windows.
    sizes = [slide, 2 * slide, 3 * slide, 4 * slide] + ([10 * second, 20 * second, second] if kind == "HOP" else [])
    return Window(kind, rng.choice(sizes), slide, offset)


class Query:
    """`text` with {t} for the relation read and {w} for the windows over it; `below`: [(kind of view, query over {t})], each over the one before."""

    def __init__(self, text, is_duck=True, window=None, duck_text=None, key_count=0):
        self.text, self.is_duck, self.window, self.duck_text = text, is_duck, window, duck_text or text
        self.key_count = key_count  # leading columns that tell the rows apart; 0: not known
        self.below = []

    def names(self, table):
        return [table] + [f"q{level}" for level in range(len(self.below))]

    def views(self, table):
        names = self.names(table)
        return [f"CREATE {kind} {names[level + 1]} AS {text.format(t=names[level])}" for level, (kind, text) in enumerate(self.below)]

    def weir(self, table):
        table = self.names(table)[-1]
        return self.text.format(t=table, w=self.window.weir(table) if self.window else "")

    def with_below(self, table):
        names = self.names(table)
        parts = [f"{names[level + 1]} AS ({text.format(t=names[level])})" for level, (_, text) in enumerate(self.below)]
        return f"WITH {', '.join(parts)} " if parts else ""

    def whole(self, table):
        return self.with_below(table) + self.weir(table)

    def duck(self, table):
        last = self.names(table)[-1]
        text = self.duck_text.format(t=last, w=self.window.duck(last) if self.window else "")
        return self.with_below(table) + text.replace("every(", "bool_and(")


def where(rng):
    condition = rng.choice(FILTERS)
    return f" WHERE {condition}" if condition else ""


def aggregates(rng, of_rows, most=4):
    pieces = AGGREGATES + (AGGREGATES_OF_ROWS if of_rows else [])
    chosen = rng.sample(pieces, rng.randint(1, most))
    return ", ".join(f"{text.rstrip('!')} AS a{at}" for at, text in enumerate(chosen)), not any(text.endswith("!") for text in chosen)


def having(rng):
    condition = rng.choice(HAVINGS)
    return f" HAVING {condition}" if condition else ""


def grouped(rng, of_rows):
    key, good = choose(rng, KEYS, KEYS_OF_ROWS if of_rows else [])
    values, good_too = aggregates(rng, of_rows)
    parts = [key] if "(" in key or " " in key.replace(", ", ",") else key.split(", ")
    names = [f"{part} AS g{at}" for at, part in enumerate(parts)]
    by = rng.choice([key, ", ".join(str(at + 1) for at in range(len(parts))), ", ".join(f"g{at}" for at in range(len(parts)))])
    keep = names if rng.random() < 0.9 or by != key else []  # groups that are not shown
    return Query(f"SELECT {', '.join(keep + [values])} FROM {{t}}{where(rng)} GROUP BY {by}{having(rng)}", good and good_too,
                 key_count=len(keep))


def windowed(rng, of_rows):
    key = rng.choice(["", "k, ", "b, ", "k, b, ", "m, ", "d, s, ", "i, k, "])
    values, good = aggregates(rng, of_rows)
    shown = rng.choice(["window_start, window_end, ", "window_start, window_end, ", "window_end, ", "window_start, "])
    window = random_window(rng)
    has_key = window.kind != "CUMULATE" or shown.count(",") == 2
    return Query(f"SELECT {key}{shown}{values} FROM {{w}}{where(rng)} GROUP BY {key}window_start, window_end{having(rng)}", good, window,
                 key_count=key.count(",") + shown.count(",") if has_key else 0)


def session(rng, of_rows):
    key = rng.choice(["", "k, ", "b, ", "k, m, ", "d, "])
    gap, condition, after = rng.choice([1, 2, 5]), where(rng), having(rng)
    values, good = aggregates(rng, of_rows)
    head = f"SELECT {key}window_start, window_end, {values}"
    if key and rng.random() < 0.3 and not condition:
        text = f"{head} FROM SESSION({{t}} PARTITION BY ({key[:-2]}), ts, INTERVAL '{gap}' SECOND) GROUP BY {key}window_start, window_end{after}"
    else:
        text = f"{head} FROM {{t}}{condition} GROUP BY {key}SESSION(ts, INTERVAL '{gap}' SECOND){after}"
    over = f"OVER ({f'PARTITION BY {key[:-2]} ' if key else ''}ORDER BY ts)"
    new = (f"SELECT *, CASE WHEN ts - lag(ts) {over} <= INTERVAL {gap} SECOND THEN 0 ELSE 1 END AS is_new FROM {{t}} "
           f"WHERE {f'({condition[7:]}) AND ' if condition else ''}ts IS NOT NULL")
    numbered = f"SELECT *, sum(is_new) {over} AS session FROM ({new})"
    duck = (f"SELECT {key}min(ts) AS window_start, max(ts) + INTERVAL {gap} SECOND AS window_end, {values} FROM ({numbered}) "
            f"GROUP BY {key}session{after}")
    return Query(text, good, duck_text=duck, key_count=key.count(",") + 1)


SETS = ["UNION", "UNION", "EXCEPT", "EXCEPT ALL", "INTERSECT", "INTERSECT ALL"]


def projected(rng, of_rows):
    kind = rng.randrange(5)
    projection, good = choose(rng, PROJECTIONS, PROJECTIONS_OF_ROWS if of_rows else [])
    one, other = (f"SELECT {projection} FROM {{t}}{where(rng)}" for _ in range(2))
    if kind == 0:
        return Query(one, good)
    if kind == 1:
        return Query(one.replace("SELECT", "SELECT DISTINCT", 1), good)
    if kind == 2:
        return Query(f"{one} UNION ALL {other}", good)
    if kind == 3:
        return Query(f"{one} {rng.choice(SETS)} {other}", good)
    window = random_window(rng)
    return Query(f"SELECT k, i, window_start, window_end FROM {{w}}{where(rng)}", True, window)


def of_a_union(rng):
    """An aggregate over branches, each an aggregate or not."""
    def branch():
        if rng.random() < 0.5:
            return f"SELECT k, b, i AS c, m AS s FROM {{t}}{where(rng)}"
        return f"SELECT k, b, count(*) AS c, sum(m) AS s FROM {{t}}{where(rng)} GROUP BY k, b{having(rng)}"
    return Query(f"SELECT k, sum(c) AS c, max(s) AS s, count(*) AS n, count(DISTINCT c) AS d, bool_and(b) AS b FROM "
                 f"({branch()} {rng.choice(['UNION ALL', *SETS])} {branch()}) AS q GROUP BY k{rng.choice(['', ' HAVING count(*) > 1'])}")


def of_windows(rng):
    """A second grouping over the rows of closed or open windows, by window or across them."""
    window = random_window(rng)
    inner = (f"SELECT k, b, window_start, window_end, count(*) AS c, sum(i) AS s, max(m) AS m FROM {{w}}{where(rng)} "
             f"GROUP BY k, b, window_start, window_end{having(rng)}")
    by = rng.choice(["window_start", "k", "b, window_end", "k, window_start, window_end", "c"])
    return Query(f"SELECT {by}, sum(c) AS a0, max(s) AS a1, count(DISTINCT c) AS a2, count(*) AS a3, min(m) AS a4, stddev(c) AS a5 FROM ({inner}) AS q "
                 f"GROUP BY {by}", True, window)


def without_windows(rng, of_rows):
    kind = rng.randrange(7)
    if kind < 2:
        return projected(rng, of_rows)
    if kind == 2:
        values, good = aggregates(rng, of_rows)
        return Query(f"SELECT {values} FROM {{t}}{where(rng)}{having(rng)}", good)
    if kind == 3:
        return of_a_union(rng)
    return grouped(rng, of_rows)


def over(rng, of_rows):
    """A query over a relation with the columns of COLUMNS; of_rows: all of them, else without x and v."""
    kind = rng.randrange(8)
    if kind == 0:
        return of_windows(rng)
    if kind <= 2:
        return windowed(rng, of_rows)
    if kind == 3:
        return session(rng, of_rows)
    return without_windows(rng, of_rows)


SHORT = [name for name in NAMES if name not in ("x", "v")]


def random_below(rng):
    """A query with the columns SHORT: what a view below gives. Most of them take rows back."""
    kind, names = rng.randrange(6), ", ".join(SHORT)
    if kind == 0:
        return f"SELECT {names} FROM {{t}}{where(rng)}"
    if kind == 1:
        return f"SELECT DISTINCT {names} FROM {{t}}{where(rng)}"
    if kind == 2:
        return f"SELECT {names} FROM {{t}}{where(rng)} UNION ALL SELECT {names} FROM {{t}}{where(rng)}"
    if kind == 3:
        return f"SELECT {names} FROM {{t}}{where(rng)} {rng.choice(SETS)} SELECT {names} FROM {{t}}{where(rng)}"
    key = rng.choice(["k", "b", "k, b", "i", "d, k"])
    keys = key.split(", ")
    made = {"k": "min(k)", "b": "bool_or(b)", "i": "sum(n)", "n": "max(n)", "ts": rng.choice(["max(ts)", "min(ts)"]), "s": "max(s)", "m": "sum(m)",
            "f": "sum(f)", "r": "min(r)", "d": "max(d)"}
    return (f"SELECT {', '.join(name if name in keys else f'{made[name]} AS {name}' for name in SHORT)} FROM {{t}}{where(rng)} "
            f"GROUP BY {key}{having(rng)}")


def random_query(rng, most_below=2):
    """A query over the rows of COLUMNS, often over views in between."""
    depth = min(rng.choice([0, 0, 0, 1, 1, 2]), most_below)
    query = over(rng, depth == 0)
    query.below = [(rng.choice(["VIEW", "MATERIALIZED VIEW"]), random_below(rng)) for _ in range(depth)]
    return query
