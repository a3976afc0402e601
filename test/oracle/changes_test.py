# SPDX-License-Identifier: Apache-2.0
"""INSERT .. ON CONFLICT, UPDATE and DELETE, with RETURNING, over random tables with a key, compared with PostgreSQL 15.

    changes_test.py [seed [statements]]

What each statement returns, and what the tables, and views kept over them, hold afterwards.
"""
import os
import random
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import answers_of
from oracle.weir import Error

STATEMENTS = 4000
TABLES = {"one": ["a"], "two": ["a", "b"], "named": ["b"], "free": []}
COLUMNS = {"a": (["0", "1", "2", "3", "4"], "INTEGER"), "b": (["'x'", "'y'", "'z'"], "TEXT"), "n": (["1", "5", "10", "NULL"], "BIGINT"),
           "f": (["FLOAT8 '0.5'", "FLOAT8 '2'", "FLOAT8 '-0'", "FLOAT8 '0'", "NULL"], "DOUBLE PRECISION")}
NAMES = list(COLUMNS)


def definition(name, key):
    columns = [f"{column} {type}{' NOT NULL' if column in ('a', 'b') else ''}" for column, (_, type) in COLUMNS.items()]
    if key:
        columns.append(("CONSTRAINT the_key " if name == "named" else "") + f"PRIMARY KEY ({', '.join(key)})")
    return f"CREATE TABLE {name} ({', '.join(columns)})"


def value(rng, column):
    return rng.choice(COLUMNS[column][0])


def source(rng, table):
    kind = rng.randrange(6)
    if kind == 0:
        other = rng.choice(list(TABLES))
        return f"SELECT a{rng.choice(['', ' + 1'])}, b, n, f FROM {other} WHERE a {rng.choice(['<', '>', '='])} {rng.randrange(5)} ORDER BY 1, 2, 3, CAST(f AS TEXT)"
    rows = []
    for _ in range(rng.choice([1, 1, 2, 5])):
        cells = [value(rng, column) for column in NAMES]
        if rng.random() < 0.03:
            cells[rng.randrange(2)] = "NULL"
        if rng.random() < 0.1:
            cells[2] = "DEFAULT"
        rows.append("(" + ", ".join(cells) + ")")
    return "VALUES " + ", ".join(rows)


def setting(rng, table):
    """SET of DO UPDATE: columns of the row that is there, and of the one that was to be."""
    choices = [f"n = excluded.n + {table}.n", f"n = coalesce({table}.n, 0) + 1", "f = excluded.f", f"f = {table}.f * 2, n = 7", "n = NULL", "n = DEFAULT",
               f"(n, f) = ({table}.a, excluded.a)", f"n = (SELECT max(a) FROM one)", f"n = 10 / ({table}.a - 2)"]
    if "a" not in TABLES[table]:
        choices += [f"a = {table}.a + excluded.a", "a = excluded.a", "a = NULL"]
    if "b" not in TABLES[table]:
        choices += ["b = excluded.b || 'x'", f"b = {table}.b"]
    return rng.choice(choices)


def conflict(rng, table):
    key = TABLES[table]
    kind = rng.randrange(8)
    if kind == 0:
        return ""
    target = rng.choice([f" ({', '.join(key)})"] * 6 + [f" ({', '.join(reversed(key))})", " (n)", " (a)", " ON CONSTRAINT the_key", f" ON CONSTRAINT {table}_pkey"]) if key else ""
    if kind < 4:
        return f" ON CONFLICT{rng.choice(['', target])} DO NOTHING"
    where = rng.choice(["", "", f" WHERE {table}.n > 3", " WHERE excluded.n IS NOT NULL", f" WHERE {table}.a IN (SELECT a FROM two)", " WHERE false"])
    return f" ON CONFLICT{target} DO UPDATE SET {setting(rng, table)}{where}"


def returning(rng, table, most=True):
    if rng.random() < 0.3:
        return ""
    return " RETURNING " + rng.choice(["*", f"{table}.*", "a, b", "n + 1, f", "a AS k, (SELECT count(*) FROM one)", "'x', b || '!'", "a IN (SELECT a FROM two), n IS NULL",
                                       f"{table}.n, {table}.b", "10 / a", "EXISTS (SELECT 1 FROM one WHERE a = 3)"])


def statement(rng):
    table, kind = rng.choice(list(TABLES)), rng.randrange(10)
    where = rng.choice(["", f" WHERE a = {rng.randrange(5)}", f" WHERE b = {value(rng, 'b')}", " WHERE n IS NULL", " WHERE a IN (SELECT a FROM two)", " WHERE false"])
    if kind < 6:
        return f"INSERT INTO {table} {source(rng, table)}{conflict(rng, table)}{returning(rng, table)}"
    if kind < 8:
        change = rng.choice(["n = n + 1", "f = n, n = a", "n = NULL", "(n, f) = (1, 2)", "n = (SELECT min(a) FROM one)"])
        return f"UPDATE {table} SET {change}{where}{returning(rng, table)}"
    return f"DELETE FROM {table}{where}{returning(rng, table)}"


def statements(rng, count):
    made = [(definition(name, key),) * 2 for name, key in TABLES.items()]
    views = {"v0": "SELECT count(*), sum(a), count(n), sum(n) FROM one", "v1": "SELECT b, count(*), sum(n) FROM two GROUP BY b",
             "v2": "SELECT a, b, n, f + 0 FROM named EXCEPT ALL SELECT a, b, n, f + 0 FROM free"}
    names = {"v0": "c, s, d, m", "v1": "b, c, s", "v2": "a, b, n, f"}
    made += [(f"CREATE MATERIALIZED VIEW {view} ({names[view]}) AS {query}", f"CREATE VIEW {view} ({names[view]}) AS {query}") for view, query in views.items()]
    while len(made) < count:
        made += [(statement(rng),) * 2 for _ in range(5)]
        made.append((f"SELECT * FROM {rng.choice([*TABLES, *views])}",) * 2)
    return made


def text(value):
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float):
        return f"{value:g}"
    return None if value is None else str(value)


def same(expected, found):
    """Of several faults in one statement either may be told."""
    if isinstance(expected, PostgresError) or isinstance(found, Error):
        both = isinstance(expected, PostgresError) and isinstance(found, Error)
        return both and (expected.sqlstate == found.sqlstate or {expected.sqlstate, found.sqlstate} <= {"23505", "23502", "22012", "21000"})
    return sorted(map(repr, expected)) == sorted(repr([text(value) for value in row]) for row in found)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else int.from_bytes(os.urandom(4), "little")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else STATEMENTS
    rng = random.Random(seed)
    pairs = statements(rng, count)
    answers = answers_of([theirs for _, theirs in pairs], [ours for ours, _ in pairs], f"SET batch_rows = {rng.choice([1, 2, 4096])}")
    if answers is None:
        return 0
    expected, found = answers
    failures = [row for row in zip(pairs, expected, found) if not same(*row[1:])]
    for (ours, _), wanted, got in failures[:int(os.environ.get("SHOW", "10"))]:
        print(f"{ours}\n    expected {wanted}\n    found    {got}")
    print(f"seed {seed}, {len(pairs)} statements, {sum(not isinstance(row, PostgresError) for row in expected)} without errors")
    print(f"{len(pairs) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
