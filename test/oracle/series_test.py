# SPDX-License-Identifier: Apache-2.0
"""FROM generate_series over random ends and steps, compared with PostgreSQL 15: rows and SQLSTATEs.

    series_test.py [seed [statements]]
"""
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import side_by_side
from oracle.weir import Error

STATEMENTS = 2000
BASES = [0, 5, 2**31 - 3, -2**31 + 2, 2**63 - 4, -2**63 + 3, 4 * 10**9]
STEPS = [1, 2, -1, -5, 0, 7, 2**31 - 1, 2**63 - 1, -2**63]
ODD_NUMBERS = ["1, NULL", "NULL::int, 3", "1, 3, NULL", "1, '5'", "'1', '5'", "2::smallint, 5::smallint", "3 + 4, 9", "1, 5, '2'", "1, 5, 2::bigint", "1, true", "1",
               "'x', 3", "1, 2, 3, 4"]
ODD_NUMERICS = ["1, '2.5'", "'1.5', 3.0", "1.5, NULL", "NULL, 2.5", "1, 2.5, NULL", "1, 2, 0.0", "0.1::real, 2", "1.5, 2.5::float8", "1, 2.5, '0.75'", "7::bigint, 9.5", "2::smallint, 3, 0.4",
                "99999999999999999999999999999999999990, 99999999999999999999999999999999999999", "1e37, 3e37, 9876543210987654321098765432109876543", "1 / 0, 2.5"]
NUMERIC_STEPS = ["0.5", "-0.25", "1", "0", "3.1", "-2", "0.001", "-0.0001", "100.10"]
TIMES = ["'2024-01-31'", "'2024-02-29 12:00'", "'2023-12-31 23:59:59.999999'", "'2024-03-05'", "'1999-01-01'"]
KINDS = ["timestamp", "timestamptz", "date"]
INTERVALS = ["'1 day'", "'60 hours'", "'-120 hours'", "'1 month'", "'-1 month'", "'1 month -3 days'", "'0'", "'1 year'", "'25:30:00'", "'10 days 00:00:00.000001'", "NULL::interval"]
LISTS = ["g::text", "count(*)::text", "min(g)::text, max(g)::text, count(g)::text"]


def numbers(rng):
    """Ends that lie near each other, or far ones in long steps: PostgreSQL writes all rows down."""
    if rng.random() < 0.15:
        return rng.choice(ODD_NUMBERS)
    base, step = rng.choice(BASES), rng.choice(STEPS)
    first, last = base + rng.randint(-3, 3), base + rng.randint(-3, 30)
    if abs(step) > 2**40 and rng.random() < 0.5:
        first, last = rng.choice(BASES), rng.choice(BASES)
    first, last = (min(max(end, -2**63), 2**63 - 1) for end in (first, last))
    return f"{first}, {last}" + (f", {step}" if step != 1 else "")


def times(rng):
    first, last = (f"{rng.choice(TIMES)}::{rng.choice(KINDS)}" if rng.random() < 0.9 else rng.choice(TIMES) for _ in range(2))
    return f"{first}, {last}, {rng.choice(INTERVALS)}" if rng.random() < 0.95 else f"{first}, {last}"


def numerics(rng):
    if rng.random() < 0.15:
        return rng.choice(ODD_NUMERICS)
    base = rng.choice([0, -3, 10**20])
    first, last = (f"{base + rng.randint(-3, 3)}" + rng.choice(["", f".{rng.randint(0, 9)}", f".{rng.randint(0, 9)}00"]) for _ in range(2))
    return f"{first}, {last}" + (f", {rng.choice(NUMERIC_STEPS)}" if rng.random() < 0.7 else "")


def statement(rng):
    if rng.random() < 0.25:
        arguments = numerics(rng)
        shown = "round(g, 4)::text" if "." in arguments else "g::text"  # the scale of a value is PostgreSQL's own affair
        return f"SELECT {shown} FROM generate_series({arguments}) AS g(g)"
    arguments = numbers(rng) if rng.random() < 0.6 else times(rng)
    return f"SELECT {rng.choice(LISTS)} FROM generate_series({arguments}) AS g(g)"


def same(statement, expected, found):
    if isinstance(expected, PostgresError) or isinstance(found, Error):
        return isinstance(expected, PostgresError) and isinstance(found, Error) and expected.sqlstate == found.sqlstate
    return expected == [list(row) for row in found]


sys.exit(side_by_side(lambda rng, count: [statement(rng) for _ in range(count)], same, STATEMENTS))
