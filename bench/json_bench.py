# SPDX-License-Identifier: Apache-2.0
"""NDJSON bids into columns: the program json_bench beside DuckDB's read_json over the very same records.

DuckDB gets the column types (no sniffing), one thread, and a file in the page cache; what is timed is a sum over every
column, so that each is decoded. Its aggregates cost a few ns per row of that.
"""
import os
import subprocess
import tempfile
import time
from pathlib import Path

BUILD = Path(os.environ.get("WEIR_BUILD", "build/release"))
ROUNDS = 5
WORK = "NDJSON bids to 7 columns"
COLUMNS = {"auction": "BIGINT", "bidder": "BIGINT", "price": "BIGINT", "channel": "VARCHAR", "url": "VARCHAR",
           "date_time": "TIMESTAMP", "extra": "VARCHAR"}
ALL = ("sum(auction), sum(bidder), sum(price), sum(strlen(channel)), sum(strlen(url)), max(date_time), sum(strlen(extra))")


def duckdb_ns(path, rows):
    import duckdb
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    query = f"SELECT count(*), {ALL} FROM read_json('{path}', format = 'newline_delimited', columns = {COLUMNS})"
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        count = connection.execute(query).fetchone()[0]
        best = min(best, time.perf_counter() - start)
        assert count == rows, count
    return best * 1e9 / rows


def main():
    program = str(BUILD / "json_bench")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bids.json")
        subprocess.run([program, path], check=True)
        subprocess.run([program], check=True)
        with open(path, "rb") as file:
            rows = sum(1 for _ in file)
        try:
            print(f"{WORK}\t\tDuckDB\t{duckdb_ns(path, rows):.4g}")
        except ImportError:
            print("SKIP: DuckDB is not installed (script/setup --bench)")


main()
