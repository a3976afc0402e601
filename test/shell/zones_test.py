# SPDX-License-Identifier: Apache-2.0
"""A session's time zone in what the command shows, in each mode, and in what sinks write."""
import datetime
import io
import os
import subprocess
import sys
import tempfile
import zoneinfo

import pyarrow.ipc

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import WEIR, contains, equal, main, weir  # noqa: E402

VALUE = "SELECT TIMESTAMPTZ '2024-07-01 12:00:00.5Z' AS ts, 1 AS n"


def shown(zone, value, *arguments):
    status, out, err = weir(*arguments, "-c", f"SET TIME ZONE {zone}; SELECT TIMESTAMPTZ '{value}' AS ts")
    equal((status, err), (0, ""), zone)
    return out


def test_every_mode_shows_the_zone():
    text = "2024-07-01 14:00:00.5+02"
    for mode, wanted in (("table", f" {text} "), ("box", f" {text} "), ("markdown", f"| {text} |"), ("csv", f"{text},1\n"), ("list", f"{text}|1\n"),
                         ("line", f"ts = {text}\n"), ("json", '"ts":"2024-07-01T14:00:00.5+02:00"'), ("jsonl", '{"ts":"2024-07-01T14:00:00.5+02:00","n":1}\n')):
        status, out, err = weir("--mode", mode, "-c", "SET TIME ZONE 'Europe/Berlin'; " + VALUE)
        equal((status, err), (0, ""), mode)
        contains(out, wanted)
    contains(weir("--mode", "table", stdin="SET TIME ZONE 'Europe/Berlin';\n\\x\n" + VALUE + ";\n")[1], "ts | " + text)
    equal(weir("--mode", "csv", "--no-header", "-c", "SET TIME ZONE 'Asia/Kolkata'; " + VALUE + " EMIT CHANGES")[1].split(",")[0], "2024-07-01 17:30:00.5+05:30")


def test_zones_of_every_kind():
    """Offsets of minutes, of seconds, of days; rules; names: the command reads all of them back from what the library gives it."""
    for zone, wanted in (("'UTC'", "2024-07-01 12:00:00+00"), ("'America/New_York'", "2024-07-01 08:00:00-04"), ("'-07:30'", "2024-07-01 19:30:00+07:30"),
                         ("'-07:30:15'", "2024-07-01 19:30:15+07:30:15"), ("5.51", "2024-07-01 17:30:36+05:30:36"), ("-16.5", "2024-06-30 19:30:00-16:30"),
                         ("100", "2024-07-05 16:00:00+100"), ("'CET-1CEST'", "2024-07-01 14:00:00+02"), ("'-1CEST'", "2024-07-01 14:00:00+02"),
                         ("'<+03>-3'", "2024-07-01 15:00:00+03"), ("INTERVAL '-00:30'", "2024-07-01 11:30:00-00:30")):
        equal(shown(zone, "2024-07-01 12:00Z", "--mode", "csv", "--no-header"), wanted + "\n", zone)


def test_json_is_that_of_row_to_json():
    """Right column: PostgreSQL 15."""
    for zone, value, wanted in (("'Europe/Berlin'", "2024-07-01 12:00:00.5+00", "2024-07-01T14:00:00.5+02:00"), ("'Europe/Berlin'", "1800-07-01 12:00:00+00", "1800-07-01T12:53:28+00:53:28"),
                                ("'Europe/Berlin'", "0044-03-15 12:00:00+00 BC", "0044-03-15T12:53:28+00:53:28 BC"), ("'Europe/Berlin'", "infinity", "infinity"),
                                ("'Asia/Kolkata'", "2024-07-01 12:00:00.5+00", "2024-07-01T17:30:00.5+05:30")):
        equal(shown(zone, value, "--mode", "jsonl"), f'{{"ts":"{wanted}"}}\n', value)


def test_arrow_names_the_zone_and_keeps_the_values():
    done = subprocess.run([WEIR, "--mode", "arrow", "-c", "SET TIME ZONE 'Europe/Berlin'; " + VALUE], capture_output=True, timeout=60)
    equal((done.returncode, done.stderr), (0, b""))
    table = pyarrow.ipc.open_stream(io.BytesIO(done.stdout)).read_all()
    equal(str(table.schema.field("ts").type), "timestamp[us, tz=Europe/Berlin]")
    equal(table["ts"].cast("int64").to_pylist(), [1719835200500000])
    equal(table["ts"].to_pylist(), [datetime.datetime(2024, 7, 1, 14, 0, 0, 500000, zoneinfo.ZoneInfo("Europe/Berlin"))])


def test_a_sink_writes_by_the_zone_of_its_making():
    with tempfile.TemporaryDirectory() as directory:
        script = f"""CREATE TABLE t (ts TIMESTAMPTZ);
            SET TIME ZONE 'Europe/Berlin';
            CREATE SINK c FROM t WITH (connector = 'file', path = '{directory}/c.csv');
            CREATE SINK j AS SELECT ts, CAST(ts AS date) AS day FROM t WITH (connector = 'file', path = '{directory}/j.jsonl');
            SET TIME ZONE 'Asia/Tokyo';
            INSERT INTO t VALUES ('2024-07-02 06:00');
            SELECT * FROM t"""
        equal(weir("--mode", "csv", "--no-header", stdin=script), (0, "2024-07-02 06:00:00+09\n", ""))
        contains(open(f"{directory}/c.csv").read(), "2024-07-01 23:00:00+02")
        contains(open(f"{directory}/j.jsonl").read(), '"ts":"2024-07-01T23:00:00+02:00","day":"2024-07-01"')


def test_an_unknown_zone_has_a_near_one():
    status, out, err = weir("-c", "SET TIME ZONE 'Europe/Berlim'")
    equal((status, out), (1, ""))
    contains(err, 'invalid value for parameter "TimeZone": "Europe/Berlim"')
    contains(err, 'Perhaps you meant "Europe/Berlin"')
    contains(weir("-c", "SET TIME ZONE 'qqqqqqqqqq'")[2], "/usr/share/zoneinfo")


main(globals())
