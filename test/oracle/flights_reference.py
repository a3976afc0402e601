# SPDX-License-Identifier: Apache-2.0
"""DuckDB's answers over the flights that flights_export.py wrote, as CSV files (NULL is an empty field).

    flights_reference.py [--data build/data] [--gap-minutes 720]

hourly.csv    departures per carrier in windows of one hour of `dep`:
              carrier,window_start,window_end,n,delay_sum,delay_mean
sessions.csv  departures per tail number, a session ending when the next is more than the gap away:
              tailnum,window_start,window_end,n,distance_sum     (window_end: last departure + gap)
"""
import argparse
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent.parent

HOURLY = """
    SELECT carrier, date_trunc('hour', dep) AS window_start, date_trunc('hour', dep) + INTERVAL 1 HOUR AS window_end,
           count(*) AS n, sum(dep_delay) AS delay_sum, avg(dep_delay) AS delay_mean
      FROM flights WHERE dep IS NOT NULL
     GROUP BY ALL ORDER BY window_start, carrier"""

SESSIONS = """
    WITH starts AS (
        SELECT tailnum, dep, distance,
               coalesce(dep > lag(dep) OVER tail + INTERVAL (getvariable('gap')) MINUTE, true) AS is_start
          FROM flights WHERE dep IS NOT NULL WINDOW tail AS (PARTITION BY tailnum ORDER BY dep)),
    numbered AS (
        SELECT *, count(*) FILTER (is_start) OVER (PARTITION BY tailnum ORDER BY dep) AS number FROM starts)
    SELECT tailnum, min(dep) AS window_start, max(dep) + INTERVAL (getvariable('gap')) MINUTE AS window_end,
           count(*) AS n, sum(distance) AS distance_sum
      FROM numbered GROUP BY tailnum, number ORDER BY window_start, tailnum"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "build/data")
    parser.add_argument("--gap-minutes", type=int, default=720)
    options = parser.parse_args()
    database = duckdb.connect()
    database.execute("SET threads = 1")
    database.execute("SET VARIABLE gap = ?", [options.gap_minutes])
    database.execute("CREATE TABLE flights AS FROM read_csv(?, header = true, sample_size = -1, types = {'sched_dep': 'TIMESTAMP', "
                     "'dep': 'TIMESTAMP', 'tailnum': 'VARCHAR', 'carrier': 'VARCHAR'})", [str(options.data / "flights.csv")])
    for name, query in (("hourly", HOURLY), ("sessions", SESSIONS)):
        path = options.data / f"{name}.csv"
        database.execute(f"COPY ({query}) TO '{path}' (HEADER, DELIMITER ',')")
        print(f"{database.execute(f'SELECT count(*) FROM ({query})').fetchone()[0]} rows in {path}")


main()
