# SPDX-License-Identifier: Apache-2.0
"""The program engine_bench, and beside it DuckDB (one thread) and Polars' streaming engine (one thread) over the very
same columns, held in Arrow tables before the clock starts."""
import os
import subprocess
import time
from pathlib import Path

BUILD = Path(os.environ.get("WEIR_BUILD", "build/release"))
ROUNDS = 3
WORKS = ["W1, dense integer keys", "W1, random 64-bit keys", "W1, short text keys", "group by 5 M keys"]


def best_ns(function, rows):
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best * 1e9 / rows


def columns_of(work):
    """The very columns that engine_bench measures, as an Arrow table of ts, k, a, b."""
    import pyarrow as pa
    made = pa.py_buffer(subprocess.run([str(BUILD / "engine_bench"), work], check=True, stdout=subprocess.PIPE).stdout)
    text = "text" in work
    rows = made.size // (40 if text else 32)
    at = 0

    def column(type_, size):
        nonlocal at
        at += rows * size
        return pa.Array.from_buffers(type_, rows, [None, made.slice(at - rows * size, rows * size)])
    return pa.table({"ts": column(pa.timestamp("us"), 8), "k": column(pa.string_view() if text else pa.int64(), 16 if text else 8),
                     "a": column(pa.int64(), 8), "b": column(pa.float64(), 8)})


def duckdb_ns(work, table):
    import duckdb
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.register("columns_made", table)
    connection.execute("CREATE TABLE s AS SELECT * FROM columns_made")
    if work.startswith("W1"):
        sql = "SELECT k, time_bucket(INTERVAL '1 second', ts) w, count(*), sum(a), sum(a * b) FROM s GROUP BY k, w"
    else:
        sql = "SELECT k, count(*), sum(a) FROM s GROUP BY k"
    return best_ns(lambda: connection.sql(sql).to_arrow_table(), table.num_rows)


def polars_ns(work, table):
    import polars as pl
    frame = pl.from_arrow(table).lazy()
    if work.startswith("W1"):
        frame = frame.group_by("k", pl.col("ts").dt.truncate("1s")).agg(pl.len(), pl.col("a").sum(), (pl.col("a") * pl.col("b")).sum().alias("ab"))
    else:
        frame = frame.group_by("k").agg(pl.len(), pl.col("a").sum())
    return best_ns(lambda: frame.collect(engine="streaming"), table.num_rows)


def main():
    subprocess.run([str(BUILD / "engine_bench")], check=True)
    try:
        import duckdb, polars, pyarrow  # noqa: F401
    except ImportError as missing:
        print(f"SKIP: no peers, {missing.name} is not installed (script/setup --bench)")
        return
    for work in WORKS:
        table = columns_of(work)
        print(f"{work}\t\tDuckDB\t{duckdb_ns(work, table):.4g}", flush=True)
        print(f"{work}\t\tPolars streaming\t{polars_ns(work, table):.4g}", flush=True)


main()
