# SPDX-License-Identifier: Apache-2.0
"""The flights of 2013 through the command: hourly departures per carrier and sessions per tail number, as DuckDB has them.

From NDJSON and from CSV; in the order of departure, and in that of the schedule, where departures come up to 22 hours out
of order but within the watermark, so that the answer is the same. Flights without departure go to the dead letters.
"""
import csv
import io
import math
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WEIR = Path(os.environ.get("WEIR", ROOT / "build/release/weir"))
WITHOUT_DEPARTURE = 8255
GAP_MINUTES = 720

SOURCE = """
    CREATE SOURCE flights (
        year BIGINT, month BIGINT, day BIGINT, dep_time BIGINT, sched_dep_time BIGINT, dep_delay BIGINT, arr_time BIGINT,
        sched_arr_time BIGINT, arr_delay BIGINT, carrier TEXT, flight BIGINT, tailnum TEXT, origin TEXT, dest TEXT,
        air_time BIGINT, distance BIGINT, sched_dep TIMESTAMP, dep TIMESTAMP,
        WATERMARK FOR dep AS dep - INTERVAL '{delay}')
      WITH (connector = 'file', path = '{path}', format = '{format}');"""
QUERIES = {
    "hourly": """
        SELECT carrier, window_start, window_end, count(*) AS n, sum(dep_delay) AS delay_sum, avg(dep_delay) AS delay_mean
          FROM TUMBLE(flights, dep, INTERVAL '1' HOUR)
         GROUP BY carrier, window_start, window_end
          EMIT ON WINDOW CLOSE""",
    "sessions": f"""
        SELECT tailnum, window_start, window_end, count(*) AS n, sum(distance) AS distance_sum
          FROM flights
         GROUP BY tailnum, SESSION(dep, INTERVAL '{GAP_MINUTES}' MINUTE)
          EMIT ON WINDOW CLOSE""",
}


def prepare(directory, order):
    """Exports and reference answers, kept from one run to the next."""
    made = directory / "sessions.csv"
    if made.exists() and all(made.stat().st_mtime > path.stat().st_mtime for path in Path(__file__).parent.glob("flights_*.py")):
        return
    for script, options in (("flights_export.py", ["--out", directory, "--order", order]),
                            ("flights_reference.py", ["--data", directory, "--gap-minutes", str(GAP_MINUTES)])):
        subprocess.run([sys.executable, Path(__file__).parent / script, *options], check=True, stdout=subprocess.DEVNULL)


def read_rows(text):
    """The heading, and the rows sorted: their order within an epoch is not compared."""
    rows = list(csv.reader(io.StringIO(text)))
    return rows[0], sorted(rows[1:])


def same(a, b):
    if a == b:
        return True
    try:
        return math.isclose(float(a), float(b), rel_tol=1e-12, abs_tol=1e-12)
    except ValueError:
        return False


def check(directory, format, delay, name):
    """An empty text when our answer is DuckDB's."""
    path = directory / f"flights.{'ndjson' if format == 'json' else format}"
    done = subprocess.run([WEIR, "--mode", "csv", "-c", SOURCE.format(delay=delay, path=path, format=format) + QUERIES[name]],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stderr}"
    if str(WITHOUT_DEPARTURE) not in done.stderr:
        return f"standard error does not count the dead letters: {done.stderr!r}"
    heading, rows = read_rows(done.stdout)
    expected_heading, expected = read_rows((directory / f"{name}.csv").read_text())
    if heading != expected_heading or len(rows) != len(expected):
        return f"{heading}, {len(rows)} rows; expected {expected_heading}, {len(expected)} rows"
    for row, wanted in zip(rows, expected):
        if not all(map(same, row, wanted)):
            return f"{row}; expected {wanted}"
    return ""


def main():
    cases = [("dep", "json", "0 seconds"), ("dep", "csv", "0 seconds"), ("sched_dep", "json", "23 hours")]
    if not WEIR.exists():
        print(f"SKIP test/oracle/flights_test.py: no {WEIR}\n0 passed, 0 failed, {len(cases) * len(QUERIES)} skipped")
        return 0
    failed = 0
    for order in ("dep", "sched_dep"):
        prepare(ROOT / "build/data" / order, order)
    for order, format, delay in cases:
        for name in QUERIES:
            problem = check(ROOT / "build/data" / order, format, delay, name)
            if problem:
                failed += 1
                print(f"{name} from {format} in the order of {order}: {problem}")
    print(f"{len(cases) * len(QUERIES) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
