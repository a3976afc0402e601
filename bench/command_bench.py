# SPDX-License-Identifier: Apache-2.0
"""The command as a whole: an NDJSON file to a windowed result, its start, its size, its memory at rest. DuckDB's Python
module stands beside the first, its import left out of the time."""
import os
import re
import random
import subprocess
import tempfile
import time
from pathlib import Path

BUILD = Path(os.environ.get("WEIR_BUILD", "build/release"))
WEIR = os.environ.get("WEIR", str(BUILD / "weir"))
ROWS, ROUNDS = 1_000_000, 5
COLUMNS = {"auction": "BIGINT", "bidder": "BIGINT", "price": "BIGINT", "channel": "VARCHAR", "url": "VARCHAR",
           "date_time": "TIMESTAMP", "extra": "VARCHAR"}


def write_bids(path):
    """196 bytes a record, 7 fields, times three a millisecond."""
    pick = random.Random(1)
    with open(path, "w", encoding="ascii") as file:
        for row in range(ROWS):
            seconds, milliseconds = divmod(row // 3, 1000)
            head = (f'{{"auction":{pick.randint(1000, 2000)},"bidder":{pick.randint(1000, 5000)},"price":{pick.randint(1, 10**7)},'
                    f'"channel":"{pick.choice(["Google", "Facebook", "Baidu", "Apple"])}",'
                    f'"url":"https://www.example.com/item.htm?query=1&c={pick.randint(0, 99999)}",'
                    f'"date_time":"2026-01-01 00:{seconds // 60:02d}:{seconds % 60:02d}.{milliseconds:03d}","extra":"')
            file.write(head + "x" * max(1, 193 - len(head)) + '"}\n')


def best_seconds(function):
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def run_weir(sql):
    subprocess.run([WEIR, "-c", sql], check=True, stdout=subprocess.DEVNULL)


def weir_sql(path):
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    return (f"CREATE SOURCE bids ({columns}, WATERMARK FOR date_time AS date_time - INTERVAL '5' SECOND) "
            f"WITH (connector = 'file', path = '{path}', format = 'json');"
            "SELECT channel, window_start, count(*), sum(price), max(bidder), max(auction), max(url), max(extra) "
            "FROM TUMBLE(bids, date_time, INTERVAL '10' SECOND) GROUP BY channel, window_start EMIT ON WINDOW CLOSE")


def duckdb_seconds(path):
    import duckdb
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    sql = ("SELECT channel, time_bucket(INTERVAL '10 second', date_time) w, count(*), sum(price), max(bidder), max(auction), max(url), max(extra) "
           f"FROM read_json('{path}', format = 'newline_delimited', columns = {COLUMNS}) GROUP BY ALL")
    return best_seconds(lambda: connection.execute(sql).fetchall())


def read_through(path):
    """The file's bytes from the page cache, through one buffer."""
    buffer = bytearray(256 * 1024)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def file_to_result():
    work = "NDJSON file to windowed result, whole command"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bids.json")
        write_bids(path)
        ours = best_seconds(lambda: run_weir(weir_sql(path))) * 1e9 / ROWS
        read = best_seconds(lambda: read_through(path)) * 1e9 / ROWS
        print(f"{work}\t{ours:.4g}\t\t\tread the file\t{read:.4g}\t2x peer\t6x", flush=True)
        try:
            print(f"{work}\t\tDuckDB\t{duckdb_seconds(path) * 1e9 / ROWS:.4g}", flush=True)
        except ImportError:
            print("SKIP: DuckDB is not installed (script/setup --bench)")


def sizes():
    true = best_seconds(lambda: subprocess.run(["/bin/true"], check=True)) * 1e3
    start = best_seconds(lambda: run_weir("SELECT 1")) * 1e3
    print(f"cold start, SELECT 1 [ms]\t{start:.4g}\t\t\t/bin/true\t{true:.4g}\t20\t3", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        stripped = os.path.join(folder, "libweir.so")
        subprocess.run(["strip", "-o", stripped, str(BUILD / "libweir.so")], check=True)
        print(f"size of stripped libweir.so [MB]\t{os.path.getsize(stripped) / 1e6:.4g}\t\t\t\t\t5\t2")
    print(f"idle memory [MB]\t{idle_kilobytes() / 1024:.4g}\t\t\t\t\t20\t10")


def idle_kilobytes():
    """The most that a command held which has answered one query and waits for the next. Asked of the running process:
    ru_maxrss of a child counts what its parent held before exec."""
    with subprocess.Popen([WEIR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write("SELECT 1;\n")
        process.stdin.flush()
        process.stdout.readline()
        status = Path(f"/proc/{process.pid}/status").read_text()
        process.stdin.close()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


file_to_result()
sizes()
