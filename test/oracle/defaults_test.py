# SPDX-License-Identifier: Apache-2.0
"""DEFAULT of columns, compared with PostgreSQL 15: what may be declared, and what INSERT and UPDATE take of it."""
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import answers_of
from oracle.weir import Error

TYPES = ["SMALLINT", "INTEGER", "BIGINT", "DOUBLE PRECISION", "NUMERIC(6, 2)", "TEXT", "VARCHAR(4)", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIME", "INTERVAL", "UUID", "BYTEA", "JSONB"]
DEFAULTS = ["NULL", "1", "-1.555", "'1'", "'abc'", "''", "true", "'t'", "1 + 1", "1e3", "5000000000", "DATE '2024-02-29'", "'2024-02-29'", "TIMESTAMP '2024-02-29 12:34'", "'12:34'", "INTERVAL '1 day'", "'1 day'",
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "upper('abc')", "length('abc')", "1 / 0", "CASE WHEN true THEN 1 ELSE 0 END", "(1, 2)", "a", "t.a", "nope", "(SELECT 1)", "count(*)", "sum(1)", "$1", "nothing()", "CAST('7' AS INT)",
            "'x' || 1", "'{\"k\": 1}'", "coalesce(NULL, 3)", "now() > '2000-01-01'", "now() - now()", "extract(year FROM DATE '2024-01-01')", "md5('a')", "random() < 2", "-32769", "'abcde'", "current_date > '2000-01-01'"]
BY_HAND = [
    "CREATE TABLE k (a INT DEFAULT 1 DEFAULT 2)", "CREATE TABLE k (a INT PRIMARY KEY DEFAULT 1, b TEXT NOT NULL DEFAULT 'b', c INT)", "INSERT INTO k DEFAULT VALUES", "INSERT INTO k DEFAULT VALUES", "INSERT INTO k (a) VALUES (2)",
    "INSERT INTO k VALUES (3)", "INSERT INTO k VALUES (4, DEFAULT, 5), (5, 'x', DEFAULT)", "INSERT INTO k (c, a) SELECT i, i + 10 FROM generate_series(1, 3) g(i)", "SELECT * FROM k ORDER BY a", "INSERT INTO k (a, b) VALUES (6, NULL)",
    "INSERT INTO k VALUES (7, DEFAULT + 1)", "INSERT INTO k SELECT DEFAULT", "UPDATE k SET b = DEFAULT WHERE a = 5", "UPDATE k SET (b, c) = (DEFAULT, DEFAULT) WHERE a = 4", "UPDATE k SET a = DEFAULT WHERE a = 2", "UPDATE k SET b = DEFAULT || 'x'",
    "INSERT INTO k (a, c) VALUES (1, 9) ON CONFLICT (a) DO UPDATE SET c = DEFAULT, b = DEFAULT", "INSERT INTO k (a) VALUES (20) RETURNING *", "INSERT INTO k (a, b) VALUES (DEFAULT, 'y') ON CONFLICT DO NOTHING", "SELECT * FROM k ORDER BY a",
    "SELECT DEFAULT", "DELETE FROM k WHERE b = DEFAULT", "VALUES (DEFAULT)", "INSERT INTO k (nope) VALUES (DEFAULT)",
    "CREATE TABLE n (a INT, b TIMESTAMPTZ DEFAULT now(), c FLOAT8 DEFAULT random())", "INSERT INTO n (a) VALUES (1), (2), (3)", "INSERT INTO n SELECT i FROM generate_series(1, 4) g(i)",
    "SELECT count(*), count(DISTINCT c), count(DISTINCT b) <= 2, min(b) > '2024-01-01' FROM n",
]


def statements():
    yield from BY_HAND
    for type in TYPES:
        for number, default in enumerate(DEFAULTS):
            name = f"{type.split('(')[0].split()[0].lower()}_{number}"
            yield f"CREATE TABLE {name} (a INT, b {type} DEFAULT {default})"
            yield f"INSERT INTO {name} (a) VALUES (1)"
            yield f"INSERT INTO {name} SELECT 2"
            yield f"INSERT INTO {name} VALUES (3, DEFAULT)"
            yield f"SELECT a, b IS NULL, CAST(b AS text) FROM {name} ORDER BY a"


def same(statement, expected, found):
    if isinstance(expected, PostgresError) and isinstance(found, Error):
        # What is too long, or has too large a number of digits, is told when the table is made: no row could be inserted.
        times = {expected.sqlstate, found.sqlstate} == {"22023", "22007"}  # a text of no time, which may be none for a zone in it
        return expected.sqlstate == found.sqlstate or found.sqlstate in ("0A000", "42P01") or times
    if isinstance(found, Error):
        return found.sqlstate in ("22001", "22003", "42P01") or "(1, 2)" in statement  # rows as text
    if isinstance(expected, PostgresError):
        return False
    rows = [[{True: "t", False: "f", None: None}.get(value, str(value)) if not isinstance(value, int) or isinstance(value, bool) else str(value) for value in row] for row in found]
    return rows == [[value for value in row] for row in expected]


def main():
    asked = list(statements())
    answers = answers_of(asked, asked)
    if answers is None:
        return 0
    failures = [row for row in zip(asked, *answers) if not same(*row)]
    for statement, expected, found in failures[:20]:
        print(f"{statement}\n    expected {expected}\n    found    {found}")
    print(f"{len(asked) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
