# SPDX-License-Identifier: Apache-2.0
"""The PostgreSQL that other tests compare with answers as they expect."""
import sys

from oracle.postgres import Error, Postgres

EXPECTED = [
    ("SELECT 1, NULL, 'a b', ''", [["1", None, "a b", ""]]),
    ("SELECT ''", [[""]]),
    ("SELECT 1 WHERE false", []),
    ("SELECT E'a\\nb,\"' UNION ALL SELECT 'c';", [['a\nb,"'], ["c"]]),
    ("SELECT 1/0", Error("22012", "division by zero")),
    ("SELECT TIMESTAMPTZ '2024-01-01 12:00+02', 0.1::float8", [["2024-01-01 10:00:00+00", "0.1"]]),
    ("SELECT 'B' < 'a'", [["t"]]),
]


def main():
    postgres = Postgres.start()
    if postgres is None:
        print("SKIP test/oracle/postgres_test.py: PostgreSQL 15 is not installed\n0 passed, 0 failed, 1 skipped")
        return 0
    with postgres:
        results = postgres.run_each([statement for statement, _ in EXPECTED])
    failed = 0
    for (statement, expected), found in zip(EXPECTED, results):
        if found != expected:
            failed += 1
            print(f"{statement}: expected {expected}, found {found}")
    print(f"{len(EXPECTED) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
