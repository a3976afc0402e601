# SPDX-License-Identifier: Apache-2.0
"""CSV files that PostgreSQL 15's COPY writes are read, and those that a sink writes PostgreSQL reads: the same rows, NULLs too.

    csv_files_test.py [seed [files]]
"""
import random
import sys

from oracle.postgres import Postgres
from oracle.weir import Weir

FILES = 60
TEXTS = [None, None, "", "", "x", "1", " ", "a,b", 'a"b', '"', "two\nlines", "cr\rhere", "\r", "\n", "NULL", "ä", "\\", "\\.", "'"]


def literal(text):
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def random_rows(rng):
    width = rng.choice([1, 1, 2])
    return width, [[rng.choice(TEXTS) for _ in range(width)] for _ in range(rng.choice([0, 1, 2, 8, 50]))]


def compare(rng, postgres, weir, path, number):
    """False, and says so, when a file is read to other rows than it was written from."""
    width, rows = random_rows(rng)
    names, columns = ", ".join("ab"[:width]), ", ".join(f"{name} TEXT" for name in "ab"[:width])
    insert = f"INSERT INTO t{number} ({names}) VALUES " + ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows) + ";" if rows else ""
    postgres.run(f"CREATE TABLE t{number} ({columns}, n serial); {insert}\nCOPY (SELECT {names} FROM t{number} ORDER BY n) TO '{path}' CSV HEADER;")
    weir.run(f"CREATE SOURCE s{number} ({columns}) WITH (connector = 'file', path = '{path}', format = 'csv')")
    found = [list(row) for row in weir.run(f"SELECT {names} FROM s{number}")]
    weir.run(f"DROP SOURCE s{number}; CREATE SOURCE t{number} ({columns}); CREATE SINK k{number} FROM t{number} INTO FILE (path = '{path}') FORMAT csv; {insert} DROP SINK k{number}")
    back = postgres.run(f"CREATE TABLE b{number} ({columns}, n serial);\nCOPY b{number} ({names}) FROM '{path}' CSV HEADER;\nSELECT {names} FROM b{number} ORDER BY n;")
    if found == rows and back == rows:
        return True
    print(f"--- written {rows}\n    Weir reads {found}\n    PostgreSQL reads Weir's as {back}")
    return False


def main(seed=1, files=FILES):
    postgres, rng = Postgres.start(), random.Random(int(seed))
    if postgres is None:
        print("SKIP test/oracle/csv_files_test.py: PostgreSQL 15 is not installed\n0 passed, 0 failed, 1 skipped")
        return 0
    with postgres, Weir() as weir:
        results = [compare(rng, postgres, weir, f"{postgres.directory}/{number}.csv", number) for number in range(int(files))]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return int(not all(results))


sys.exit(main(*sys.argv[1:]))
