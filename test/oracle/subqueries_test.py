# SPDX-License-Identifier: Apache-2.0
"""Subqueries as values: (SELECT ..), IN, NOT IN and EXISTS over random small tables, in every clause, compared with PostgreSQL 15.

    subqueries_test.py [seed [statements]]
"""
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import side_by_side
from oracle.weir import Error

STATEMENTS = 3000
COLUMNS = [("i", "INTEGER", ["0", "1", "2", "3"]), ("n", "BIGINT", ["0", "1", "2", "4"]), ("s", "SMALLINT", ["1", "2"]),
           ("f", "DOUBLE PRECISION", ["0", "1", "2.5", "'NaN'", "'-0'"]), ("m", "NUMERIC(6, 2)", ["1", "2.5", "2.50", "0.01"]),
           ("k", "TEXT", ["'a'", "'b'", "''", "'a text that is longer than a view holds'"]), ("c", "VARCHAR(3)", ["'a'", "'b'"]),
           ("d", "DATE", ["'2024-01-01'", "'2024-01-02'"]), ("t", "TIMESTAMP", ["'2024-01-01'", "'2024-01-02 12:00'"]),
           ("v", "INTERVAL", ["'1 month'", "'30 days'", "'1 hour'"]), ("b", "BOOLEAN", ["true", "false"])]
TABLES = ["x", "y"]
NAMES = [name for name, _, _ in COLUMNS]
NUMBERS = ["i", "n", "s", "f", "m"]
ALIKE = [NUMBERS, ["k", "c"], ["d", "t"], ["v"], ["b"]]
OPERANDS = {"i": ["i + 1", "i * 2", "abs(i)", "1", "NULL"], "n": ["n - 1", "length(k)"], "k": ["k || ''", "'a'", "upper(k)", "NULL"], "d": ["d + 1", "DATE '2024-01-01'"],
            "f": ["f * 2", "sqrt(abs(i))"], "v": ["v + v", "INTERVAL '720 hours'"], "b": ["NOT b", "i > n", "true"]}


def value(rng, values):
    return "NULL" if rng.random() < 0.2 else rng.choice(values)


def fill(rng, table):
    rows = ", ".join("(" + ", ".join(value(rng, values) for _, _, values in COLUMNS) + ")" for _ in range(rng.choice([1, 3, 8])))
    return f"INSERT INTO {table} VALUES {rows}"


def operand(rng, name):
    return rng.choice(OPERANDS[name]) if name in OPERANDS and rng.random() < 0.4 else name


def plain(rng):
    return rng.choice(["i > 1", "n IS NULL", "k = 'a'", "b", "f < 2", "false", "true", "d = '2024-01-01'"])


def query(rng, name, depth):
    """A query of one column that compares with `name`, or once in a while does not."""
    group = next(group for group in ALIKE if name in group)
    other = rng.choice(group) if rng.random() < 0.97 else rng.choice(NAMES)
    table = rng.choice(TABLES)
    where = "" if rng.random() < 0.4 else f" WHERE {predicate(rng, depth - 1)}"
    kind = rng.randrange(8)
    if kind == 0:
        return f"VALUES {', '.join(f'(CAST({value(rng, next(v for n, _, v in COLUMNS if n == other))} AS {next(t for n, t, _ in COLUMNS if n == other)}))' for _ in range(2))}"
    if kind == 1:
        return f"SELECT {other} FROM {table}{where} UNION ALL SELECT {other} FROM {table}"
    if kind == 2 and other not in ("b",):
        return f"SELECT max({other}) FROM {table}{where}"
    if kind == 3:
        return f"SELECT {other} FROM {table}{where} GROUP BY {other}"
    return f"SELECT {operand(rng, other)} FROM {table}{where}"


def predicate(rng, depth):
    if depth <= 0:
        return plain(rng)
    kind, name = rng.randrange(8), rng.choice(NAMES)
    if kind < 3:
        return f"{operand(rng, name)} {rng.choice(['IN', 'IN', 'NOT IN', '= ANY', '<> ALL'])} ({query(rng, name, depth)})"
    if kind == 3:
        return f"{rng.choice(['', 'NOT '])}EXISTS ({query(rng, name, depth)})"
    if kind == 4:
        return f"({predicate(rng, depth - 1)} {rng.choice(['AND', 'OR'])} {predicate(rng, depth - 1)})"
    if kind == 5:
        return f"NOT ({predicate(rng, depth - 1)})"
    if kind == 6:
        return f"({predicate(rng, depth - 1)}) IS {rng.choice(['NULL', 'NOT TRUE', 'TRUE'])}"
    return f"{name} = (SELECT max({name}) FROM {rng.choice(TABLES)})" if name != "b" else plain(rng)


def select(rng):
    kind, table = rng.randrange(7), rng.choice(TABLES)
    if kind == 0:
        return f"SELECT {predicate(rng, 2)}, {predicate(rng, 2)} FROM {table}"
    if kind == 1:
        name = rng.choice(NAMES)
        shown = "0" if name in ("f", "v") else f"CAST({name} AS text)"  # which of several equal spellings stands for a group is not said
        return (f"SELECT {shown}, count(*), {predicate_of_group(rng, name)} FROM {table} WHERE {predicate(rng, 1)} GROUP BY {name} "
                f"HAVING {predicate_of_group(rng, name)}")
    if kind == 2:
        return f"SELECT CASE WHEN {predicate(rng, 1)} THEN {predicate(rng, 1)} ELSE b END FROM {table}"
    if kind == 3:
        return f"SELECT {predicate_alone(rng)}, {predicate_alone(rng)}"
    if kind == 4:
        return f"SELECT q.i FROM (SELECT * FROM {table} WHERE {predicate(rng, 2)}) AS q WHERE q.i IN ({query(rng, 'i', 1)})"
    if kind == 5:
        return f"SELECT {table}.i, {table}.k FROM {table} WHERE {predicate(rng, 2)} ORDER BY {predicate(rng, 1)}, i, k"
    return f"SELECT CAST(i AS text), k FROM {table} WHERE {predicate(rng, 3)} AND {predicate(rng, 1)}"


def predicate_of_group(rng, name):
    return rng.choice([f"{name} IN ({query(rng, name, 1)})", f"count(*) IN ({query(rng, 'n', 1)})", f"sum(i) + 1 NOT IN ({query(rng, 'n', 1)})",
                       f"EXISTS ({query(rng, name, 1)})", f"max({name if name != 'b' else 'i'}) IN ({query(rng, name if name != 'b' else 'i', 1)})"])


def predicate_alone(rng):
    return rng.choice([f"1 IN ({query(rng, 'i', 1)})", f"'a' NOT IN ({query(rng, 'k', 1)})", f"EXISTS ({query(rng, 'b', 1)})", f"NULL IN ({query(rng, 'i', 1)})"])


def change(rng):
    table, name = rng.choice(TABLES), rng.choice(NAMES)
    kind = rng.randrange(4)
    if kind == 0:
        return f"DELETE FROM {table} WHERE {predicate(rng, 2)}"
    if kind == 1:
        return f"UPDATE {table} SET i = (SELECT min(i) FROM {rng.choice(TABLES)}), b = {predicate(rng, 1)} WHERE {predicate(rng, 1)}"
    if kind == 2:
        return f"INSERT INTO {table} (i, b) VALUES (2, 1 IN ({query(rng, 'i', 1)})), ((SELECT max(i) FROM y), EXISTS ({query(rng, name, 1)}))"
    return fill(rng, table)


def statements(rng, count):
    definition = ", ".join(f"{name} {type}" for name, type, _ in COLUMNS)
    made = []
    while len(made) < count:
        made += [f"DROP TABLE IF EXISTS {table}" for table in TABLES] + [f"CREATE TABLE {table} ({definition})" for table in TABLES]
        made += [fill(rng, table) for table in TABLES]
        for _ in range(40):
            made += [select(rng) for _ in range(4)] + [change(rng), f"SELECT count(*), count(i), sum(i), count(b) FROM {rng.choice(TABLES)}"]
            if rng.random() < 0.2:
                made += [f"DELETE FROM {rng.choice(TABLES)}", fill(rng, "x"), fill(rng, "y")]
    return made


def text(value):
    return {True: "t", False: "f", None: None}.get(value, str(value)) if isinstance(value, (bool, type(None))) else str(value)


def same(statement, expected, found):
    if isinstance(expected, PostgresError) or isinstance(found, Error):
        return isinstance(expected, PostgresError) and isinstance(found, Error) and expected.sqlstate == found.sqlstate
    rows = [[text(value) for value in row] for row in found]
    return expected == rows if "ORDER BY" in statement else sorted(map(repr, expected)) == sorted(map(repr, rows))


sys.exit(side_by_side(statements, same, STATEMENTS))
