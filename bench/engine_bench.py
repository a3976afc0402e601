# SPDX-License-Identifier: Apache-2.0
"""The program engine_bench, and beside it DuckDB (one thread) and Polars' streaming engine (one thread) over columns made
alike: the same row counts, key counts, kinds of keys and windows, held in Arrow tables before the clock starts."""
import os
import subprocess
import time
from pathlib import Path

BUILD = Path(os.environ.get("WEIR_BUILD", "build/release"))
ROWS, KEYS, GROUP_KEYS, ROUNDS = 10_000_000, 1000, 5_000_000, 3


def best_ns(function, rows):
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best * 1e9 / rows


def tables():
    """Per work: an Arrow table of ts, k, a, b."""
    import pyarrow as pa
    import pyarrow.compute as pc
    rows = pa.array(range(ROWS), pa.int64())
    scramble = pc.bit_wise_and(pc.multiply(rows, 2654435761), (1 << 62) - 1)

    def below(limit, shift):
        return pc.subtract(pc.shift_right(scramble, shift), pc.multiply(pc.divide(pc.shift_right(scramble, shift), limit), limit))
    a, b = below(1000, 11), pc.divide(pc.cast(below(100000, 5), pa.float64()), 100.0)
    dense = below(KEYS, 17)
    random64 = pc.multiply(dense, 9223372036854775)
    text = pc.binary_join_element_wise(pa.scalar("s"), pc.cast(dense, pa.string()), "")
    many = pc.multiply(below(GROUP_KEYS, 9), 1844674407370)
    ts = pc.cast(rows, pa.timestamp("us"))
    made = {"W1, dense integer keys": dense, "W1, random 64-bit keys": random64, "W1, short text keys": text, "group by 5 M keys": many}
    return {work: pa.table({"ts": ts, "k": k, "a": a, "b": b}) for work, k in made.items()}


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
    return best_ns(lambda: connection.sql(sql).to_arrow_table(), ROWS)


def polars_ns(work, table):
    import polars as pl
    frame = pl.from_arrow(table).lazy()
    if work.startswith("W1"):
        frame = frame.group_by("k", pl.col("ts").dt.truncate("1s")).agg(pl.len(), pl.col("a").sum(), (pl.col("a") * pl.col("b")).sum().alias("ab"))
    else:
        frame = frame.group_by("k").agg(pl.len(), pl.col("a").sum())
    return best_ns(lambda: frame.collect(engine="streaming"), ROWS)


def main():
    subprocess.run([str(BUILD / "engine_bench")], check=True)
    try:
        import duckdb, polars, pyarrow  # noqa: F401
    except ImportError as missing:
        print(f"SKIP: no peers, {missing.name} is not installed (script/setup --bench)")
        return
    for work, table in tables().items():
        print(f"{work}\t\tDuckDB\t{duckdb_ns(work, table):.4g}", flush=True)
        print(f"{work}\t\tPolars streaming\t{polars_ns(work, table):.4g}", flush=True)


main()
