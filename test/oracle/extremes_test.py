# SPDX-License-Identifier: Apache-2.0
"""Values at the ends of their types, as keys and in aggregates, while rows come and go: views against PostgreSQL 15.

    extremes_test.py [seed [tables]]

Each table is changed by the same statements in both. After some of them a view that Weir has maintained from the start, and the same query
at once, give PostgreSQL's rows; where PostgreSQL's query fails (an overflow), Weir's fails with the same SQLSTATE, and the view recovers
with the rows.
"""
import dataclasses
import decimal
import os
import random
import sys

from oracle.postgres import Error as PostgresError, Postgres
from oracle.weir import Error, Weir

TABLES = 250
decimal.getcontext().prec = 200
LONG = "repeat('a long key that goes on ', 40000)"  # a megabyte
VALUES = {
    "SMALLINT": ["'-32768'", "'32767'", "'0'", "'1'"],
    "INTEGER": ["'-2147483648'", "'2147483647'", "'0'", "'-1'"],
    "BIGINT": ["'-9223372036854775808'", "'9223372036854775807'", "'0'", "'1'", "'-1'"],
    "NUMERIC(38,0)": ["'99999999999999999999999999999999999999'", "'-99999999999999999999999999999999999999'", "'0'", "'1'", "'-7'"],
    "NUMERIC(38,37)": ["'9.9999999999999999999999999999999999999'", "'-9.9999999999999999999999999999999999999'", "'0.0000000000000000000000000000000000001'",
                       "'0'", "'1.5'"],
    "NUMERIC(20,10)": ["'9999999999.9999999999'", "'0.0000000001'", "'-0.0000000001'", "'-9999999999.9999999999'"],
    "DOUBLE PRECISION": ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "'0'", "'0.5'", "'1e15'", "'-1e15'"],
    "REAL": ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "'0'", "'0.25'", "'1024'"],
    "TEXT": ["''", "'a'", "'A'", "' a'", "'ä'", "'a text that is longer than a view'", f"{LONG}", f"{LONG} || 'b'", "'NULL'", "E'\\n'"],
    "BYTEA": ["''", "'\\x00'", "'\\xff'", "'\\x6120746578742074686174206973206c6f6e67'"],
    "TIMESTAMP": ["'4714-11-24 00:00:00 BC'", "'294246-12-31 23:59:59.999999'", "'infinity'", "'-infinity'", "'1970-01-01'", "'1969-12-31 23:59:59.999999'"],
    "TIMESTAMPTZ": ["'294246-12-31 23:59:59.999999+00'", "'infinity'", "'-infinity'", "'2024-02-29 00:00:00+00'"],
    "DATE": ["'4714-11-24 BC'", "'5874897-12-31'", "'infinity'", "'-infinity'", "'2024-02-29'"],
    "TIME": ["'00:00:00'", "'24:00:00'", "'23:59:59.999999'"],
    "INTERVAL": ["'178000000 years'", "'-178000000 years'", "'1 month'", "'30 days'", "'720 hours'", "'0'", "'1 microsecond'"],
    "UUID": ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
    "BOOLEAN": ["'t'", "'f'"],
}
SUMMED = {"SMALLINT", "INTEGER", "BIGINT", "NUMERIC(38,0)", "NUMERIC(38,37)", "NUMERIC(20,10)", "DOUBLE PRECISION", "REAL", "INTERVAL"}
FLOATS = {"DOUBLE PRECISION", "REAL"}


def literal(rng, type):
    return "NULL" if rng.random() < 0.15 else f"CAST({rng.choice(VALUES[type])} AS {type})"


def key_text(type):
    """A key as it is compared: of equal spellings (-0, 30 days) any may stand for the group."""
    if type in FLOATS:
        return "(g + 0)::text"
    if type == "INTERVAL":
        return "CASE WHEN g IS NULL THEN 'NULL' WHEN g = INTERVAL '1 month' THEN 'month' ELSE g::text END"
    return "md5(g)" if type == "TEXT" else "g::text"


def aggregates(rng, type):
    """[(call, how its value is written)]"""
    calls = ["count(*)", "count(v)", "count(DISTINCT v)", "sum(n)", "count(*) FILTER (WHERE v IS NULL)"]
    if type not in ("BYTEA", "UUID", "BOOLEAN"):
        calls += ["min(v)", "max(v)"]
    if type in SUMMED:
        calls += ["sum(v)", "avg(v)"] + (["bit_and(v)", "bit_or(v)", "bit_xor(v)", "bit_xor(DISTINCT v)"] if type in ("SMALLINT", "INTEGER", "BIGINT") else []) + ([] if type in FLOATS or type == "INTERVAL" else ["sum(DISTINCT v)"])
    if type in SUMMED and type not in FLOATS | {"INTERVAL"} and "38" not in type:
        calls += ["var_pop(v)", "stddev(v)"] if type != "BIGINT" else []
    if type == "BOOLEAN":
        calls += ["bool_and(v)", "bool_or(v)"]
    chosen = rng.sample(calls, rng.randint(2, 4))
    if type == "INTERVAL":  # of equal spellings (30 days) any may be the least
        return [(call, "({} = INTERVAL '1 month')::text" if call[:3] in ("min", "max") else "{}::text") for call in chosen]
    return [(call, "md5({})" if type == "TEXT" and call[:3] in ("min", "max") else "({} + 0)::text" if type in FLOATS and "(v)" in call
             and "count" not in call else "{}::text") for call in chosen]


@dataclasses.dataclass
class Step:
    weir: str
    postgres: str
    kind: str = "do"  # "do", "at once", "view"
    sums: tuple = ()  # (column of a sum or average, digits behind its point)


def script(rng, number):
    """The steps of one table."""
    key, type = rng.choice(list(VALUES)), rng.choice(list(VALUES))
    table, view = f"t{number}", f"v{number}"
    columns = f"id INT PRIMARY KEY, g {key}, v {type}, n INT"
    chosen = aggregates(rng, type)
    group = rng.random() < 0.8
    shown = ([key_text(key)] if group else []) + [text.format(f"a{at}") for at, (_, text) in enumerate(chosen)]
    inner = ", ".join((["g"] if group else []) + [f"{call} AS a{at}" for at, (call, _) in enumerate(chosen)])
    query = f"SELECT {inner} FROM {table}{' GROUP BY g' if group else ''}"
    steps = [Step(f"CREATE TABLE {table} ({columns})", f"CREATE TEMP TABLE {table} ({columns})"),
             Step(f"CREATE MATERIALIZED VIEW {view} AS {query}", f"CREATE TEMP VIEW {view} AS {query}")]
    places = int(type.split(",")[1][:-1]) if "NUMERIC" in type else 0
    sums = tuple((at + group, places if call.startswith("sum") else max(16, places)) for at, (call, _) in enumerate(chosen)
                 if "NUMERIC" in type and "v" in call and call[:3] in ("sum", "avg", "var", "std"))
    next_id = 0
    for _ in range(rng.choice([2, 5])):
        kind = rng.random()
        if kind < 0.55 or next_id == 0:
            rows = []
            for _ in range(rng.choice([1, 3, 8])):
                rows.append(f"({next_id}, {literal(rng, key)}, {literal(rng, type)}, {rng.randint(-3, 3)})")
                next_id += 1
            text = f"INSERT INTO {table} VALUES {', '.join(rows)}"
        elif kind < 0.75:
            text = f"UPDATE {table} SET {rng.choice(['v', 'v', 'g'])} = {literal(rng, type)} WHERE id % 3 = {rng.randrange(3)}"
            if " g = " in text:
                text = f"UPDATE {table} SET g = {literal(rng, key)} WHERE id % 3 = {rng.randrange(3)}"
        else:
            text = f"DELETE FROM {table} WHERE {rng.choice(['v IS NULL', 'id % 2 = 0', 'n > 0', 'id < 3', 'true'])}"
        steps.append(Step(text, text))
        at_once = f"SELECT {', '.join(shown)} FROM ({query}) AS q"
        steps.append(Step(at_once, at_once, "at once", sums))
        of_view = f"SELECT {', '.join(shown)} FROM {view}"
        steps.append(Step(of_view, of_view, "view", sums))
    return steps + [Step(f"DROP MATERIALIZED VIEW {view}", f"DROP VIEW {view}"), Step(f"DROP TABLE {table}", f"DROP TABLE {table}")]


def number(text):
    try:
        return decimal.Decimal(text)
    except (TypeError, decimal.InvalidOperation):
        return None


def near(one, other):
    """The same text, or numbers that differ in digits which the scale of a result decides."""
    if one == other:
        return True
    one, other = number(one), number(other)
    if one is None or other is None or not (one.is_finite() and other.is_finite()):
        return False
    places = min(-one.as_tuple().exponent, -other.as_tuple().exponent)
    return abs(one - other) <= max(decimal.Decimal(1).scaleb(-places), abs(one) * decimal.Decimal("1e-15"))


def fits(value, scale):
    """Is a sum within the 38 digits that Weir has, `scale` of them behind the point?"""
    value = number(value)
    return value is None or not value.is_finite() or abs(value) < decimal.Decimal(10) ** (38 - scale)


def by_text(rows):
    return sorted(([None if value is None else str(value) for value in row] for row in rows), key=lambda row: [value or "" for value in row])


def same(step, expected, found):
    if isinstance(expected, PostgresError):
        if expected.message == "interval out of range" and not isinstance(found, Error):
            return True  # on the way: only the result counts here (docs/DIFFERENCES.md)
        return step.kind == "view" or (isinstance(found, Error) and found.sqlstate == expected.sqlstate)
    fitting = [row for row in expected if all(fits(row[at], scale) for at, scale in step.sums)]
    if isinstance(found, Error):
        return found.sqlstate == "22003" and len(fitting) < len(expected)
    if step.kind == "view":  # a group that fails has no row
        expected = fitting
    return len(expected) == len(found) and all(len(one) == len(other) and all(map(near, one, other))
                                               for one, other in zip(by_text(expected), by_text(found)))


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else int.from_bytes(os.urandom(4), "little")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else TABLES
    rng = random.Random(seed)
    steps = [step for number in range(count) for step in script(rng, number)]
    postgres = Postgres.start()
    if postgres is None:
        print("SKIP test/oracle/extremes_test.py: PostgreSQL 15 is not installed\n0 passed, 0 failed, 1 skipped")
        return 0
    with postgres:
        expected = postgres.run_each([step.postgres for step in steps])
    with Weir() as weir:
        found = weir.run_each([step.weir for step in steps])
    failures = [row for row in zip(steps, expected, found) if not same(*row)]
    for step, wanted, value in failures[:int(os.environ.get("SHOW", "10"))]:
        print(f"{step.kind}: {step.weir[:600]}\n    expected {str(wanted)[:600]}\n    found    {str(value)[:600]}")
    print(f"seed {seed}, {count} tables, {sum(isinstance(row, PostgresError) for row in expected)} statements that fail")
    print(f"{len(steps) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
