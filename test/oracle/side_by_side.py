# SPDX-License-Identifier: Apache-2.0
"""Random statements through a live PostgreSQL and through Weir, side by side: the main program of several oracle tests.

    sys.exit(side_by_side(lambda rng, count: [statement(rng) for _ in range(count)], same, count=4000))

Arguments of such a program: [seed [statements]]. What differs is printed ($SHOW: how many, 20 if not given), then the seed, then
"N passed, M failed".
"""
import os
import random
import sys
from pathlib import Path

from oracle.postgres import Error as PostgresError, Postgres
from oracle.weir import Weir


def answers_of(theirs, ours, first=None):
    """What PostgreSQL answers to each of one list, Weir to each of the other (after the statement `first`); None, and SKIP said, without PostgreSQL."""
    postgres = Postgres.start()
    if postgres is None:
        print(f"SKIP test/oracle/{Path(sys.argv[0]).name}: PostgreSQL 15 is not installed\n0 passed, 0 failed, 1 skipped")
        return None
    with postgres:
        expected = postgres.run_each(theirs)
    with Weir() as weir:
        if first is not None:
            weir.run(first)
        return expected, weir.run_each(ours)


def side_by_side(statements_of, same, count, excuse=lambda failures, count: failures):
    """statements_of(rng, count); same(statement, expected, found); excuse(failures, count): those that are left."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else int.from_bytes(os.urandom(4), "little")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else count
    statements = statements_of(random.Random(seed), count)
    answers = answers_of(statements, statements)
    if answers is None:
        return 0
    expected, found = answers
    failures = excuse([row for row in zip(statements, expected, found) if not same(*row)], count)
    for statement, wanted, value in failures[:int(os.environ.get("SHOW", "20"))]:
        print(f"{statement}\n    expected {wanted}\n    found    {value}")
    values = sum(not isinstance(row, PostgresError) for row in expected)
    print(f"seed {seed}, {len(statements)} statements, {values} with values")
    print(f"{len(statements) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0
