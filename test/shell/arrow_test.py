# SPDX-License-Identifier: Apache-2.0
"""Mode arrow: what pyarrow, Polars and DuckDB read from the stream is what mode json says of the same query."""
import datetime
import decimal
import io
import json
import math
import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import duckdb
import polars
import pyarrow
import pyarrow.ipc

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import WEIR, Pipes, Terminal, contains, equal, main, weir  # noqa: E402

EPOCH = datetime.datetime(1970, 1, 1)


def run(*arguments, stdin=b""):
    """(exit status, bytes, messages)"""
    done = subprocess.run([WEIR, "--mode", "arrow", *arguments], input=stdin, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr.decode()


def streams(data):
    """The tables of the streams in the bytes, each checked; nothing may be left."""
    source, tables = io.BytesIO(data), []
    while source.tell() < len(data):
        with pyarrow.ipc.open_stream(source) as reader:
            batches = list(reader)
            for batch in batches:
                batch.validate(full=True)
            tables.append(pyarrow.Table.from_batches(batches, reader.schema))
    return tables


def query(sql):
    status, data, err = run("-c", sql)
    equal((status, err), (0, ""), sql)
    tables = streams(data)
    equal(len(tables), 1, sql)
    return tables[0]


def rows_of_json(sql):
    status, out, err = weir("--mode", "json", "-c", sql)
    equal((status, err), (0, ""), sql)
    return json.loads(out, parse_float=decimal.Decimal)


def interval_text(value):
    """Months, days and nanoseconds as PostgreSQL writes them."""
    years, months = (int(part) for part in (math.trunc(value.months / 12), math.fmod(value.months, 12)))
    parts = [(years, "year"), (months, "mon"), (value.days, "day")]
    words, was_negative = [], False
    for count, name in parts:
        if count:
            sign = "+" if was_negative and count > 0 else ""
            words.append(f"{sign}{count} {name}{'' if count == 1 else 's'}")
            was_negative = count < 0
    microseconds = value.nanoseconds // 1000 if value.nanoseconds >= 0 else -(-value.nanoseconds // 1000)
    if microseconds or not words:
        seconds, fraction = divmod(abs(microseconds), 1000000)
        sign = "-" if microseconds < 0 else "+" if was_negative else ""
        clock = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        words.append(clock + (f".{fraction:06}".rstrip("0") if fraction else ""))
    return " ".join(words)


def time_text(microseconds):
    """Of a TIMESTAMP as row_to_json writes it."""
    time = EPOCH + datetime.timedelta(microseconds=microseconds)
    return time.isoformat(timespec="seconds") + (f".{time.microsecond:06}".rstrip("0") if time.microsecond else "")


def as_json(column, field):
    """A column's values as mode json would give them."""
    kind = field.type
    if pyarrow.types.is_timestamp(kind):
        zone = "+00:00" if kind.tz else ""
        return [None if value is None else time_text(value) + zone for value in column.cast(pyarrow.int64()).to_pylist()]
    values = column.to_pylist()
    if pyarrow.types.is_interval(kind):
        return [None if value is None else interval_text(value) for value in values]
    if pyarrow.types.is_date(kind):
        return [None if value is None else value.isoformat() for value in values]
    if pyarrow.types.is_time(kind):
        texts = [None if value is None else value.isoformat() for value in values]
        return [text.rstrip("0") if text and "." in text else text for text in texts]
    if pyarrow.types.is_binary(kind):
        return [None if value is None else "\\x" + value.hex() for value in values]
    if pyarrow.types.is_float32(kind) or pyarrow.types.is_float64(kind):
        special = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
        return [value if value is None else special.get(str(value), value) for value in values]
    if isinstance(kind, pyarrow.UuidType):
        return [None if value is None else str(value) for value in values]
    if isinstance(kind, pyarrow.JsonType):
        return [None if value is None else json.loads(value, parse_float=decimal.Decimal) for value in values]
    return values


def same(found, expected, kind):
    if isinstance(expected, (decimal.Decimal, int)) and isinstance(found, float):
        as_written = float(expected)
        return pyarrow.scalar(as_written, kind).as_py() == found
    return found == expected


def check(sql):
    """The same rows in both modes; gives the table."""
    table, expected = query(sql), rows_of_json(sql)
    equal(table.num_rows, len(expected), sql)
    for i, name in enumerate(table.column_names):
        for row, value in enumerate(as_json(table.column(i), table.schema.field(i))):
            assert same(value, expected[row][name], table.schema.field(i).type), (sql, name, row, value, expected[row][name])
    return table


# ---- types ----

TYPES = {
    "BOOLEAN": (pyarrow.bool_(), ["true", "false"]),
    "SMALLINT": (pyarrow.int16(), ["-32768", "32767", "0"]),
    "INTEGER": (pyarrow.int32(), ["-2147483648", "2147483647"]),
    "BIGINT": (pyarrow.int64(), ["-9223372036854775808", "9223372036854775807"]),
    "REAL": (pyarrow.float32(), ["3.4e38", "-1e-45", "0.1", "-0", "NaN", "Infinity", "-Infinity"]),
    "DOUBLE PRECISION": (pyarrow.float64(), ["1.7976931348623157e308", "5e-324", "0.1", "NaN", "Infinity", "-Infinity"]),
    "NUMERIC(38,0)": (pyarrow.decimal128(38, 0), ["9" * 38, "-" + "9" * 38, "0"]),
    "NUMERIC(38,38)": (pyarrow.decimal128(38, 38), ["0." + "9" * 38, "-0." + "0" * 37 + "1"]),
    "NUMERIC(10,2)": (pyarrow.decimal128(10, 2), ["12345678.90", "-0.01"]),
    "TEXT": (pyarrow.string(), ["", "a", "twelve bytes", "thirteen byte", "é日本𝄞", "x" * 5000]),
    "VARCHAR(20)": (pyarrow.string(), ["", "twelve bytes", "more than 12 bytes"]),
    "BYTEA": (pyarrow.binary(), ["\\x", "\\x00ff", "\\x" + "00" * 13, "\\x" + "ab" * 300]),
    "DATE": (pyarrow.date32(), ["0001-01-01", "1969-12-31", "1970-01-01", "9999-12-31"]),
    "TIME": (pyarrow.time64("us"), ["00:00:00", "23:59:59.999999", "12:30:00.5"]),
    "TIMESTAMP": (pyarrow.timestamp("us"), ["0001-01-01 00:00:00", "1969-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"]),
    "TIMESTAMPTZ": (pyarrow.timestamp("us", "UTC"), ["0001-01-01 00:00:00+00", "2024-02-29 12:00:00.5+02", "9999-12-31 23:59:59.999999+00"]),
    "INTERVAL": (pyarrow.month_day_nano_interval(), ["0", "1 month", "-1 month 3 days", "13 months -2 days 00:00:01.5", "-00:00:00.000001",
                                                      "178000000 years", "2562047:47:16"]),
    "UUID": (pyarrow.uuid(), ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", str(uuid.uuid4())]),
    "JSONB": (pyarrow.json_(), ['{"b": [1, {"a": null}], "a": "é\\n"}', "1", '"text"', "true", "null", "[]"]),
}


def literal(value):
    return "NULL" if value is None else f"'{value}'"


def select(name, values):
    rows = ", ".join(f"({i}, {literal(value)})" for i, value in enumerate(values))
    return f"SELECT i, CAST(t AS {name}) AS v FROM (VALUES {rows}) AS r(i, t) ORDER BY i"


def test_every_type_and_its_edges():
    for name, (kind, values) in TYPES.items():
        table = check(select(name, values))
        equal(table.schema.field("v").type, kind, name)
        table = check(select(name, [None, *values, None]))
        equal(table.column("v").null_count, 2, name)
        check(select(name, [None]))
        equal(query(select(name, values) + " LIMIT 0").num_rows, 0)


def test_all_types_side_by_side():
    columns = ", ".join(f"CAST({literal(values[-1])} AS {name}) AS c{i}" for i, (name, (_, values)) in enumerate(TYPES.items()))
    nulls = ", ".join(f"CAST(NULL AS {name})" for name in TYPES)
    table = check(f"SELECT {columns} UNION ALL SELECT {nulls} UNION ALL SELECT {columns}")
    equal([field.type for field in table.schema], [kind for kind, _ in TYPES.values()])
    equal([column.null_count for column in table.columns], [1] * len(TYPES))


def test_values_in_full():
    """Not by way of text."""
    table = query("SELECT 1.50 AS n, DATE '2024-02-29' AS d, TIMESTAMP '2024-02-29 01:02:03.000004' AS t, INTERVAL '1 month 2 days 3 seconds' AS i,"
                  " '\\x00ff'::BYTEA AS b, true AS y, NULL AS z, 'a' AS \"Größe\"")
    equal(table.to_pylist()[0], {"n": decimal.Decimal("1.50"), "d": datetime.date(2024, 2, 29), "t": datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
                                 "i": pyarrow.MonthDayNano([1, 2, 3000000000]), "b": b"\x00\xff", "y": True, "z": None, "Größe": "a"})


def test_infinite_times_are_the_extreme_integers():
    table = query("SELECT DATE 'infinity' AS a, DATE '-infinity' AS b, TIMESTAMP 'infinity' AS c, TIMESTAMPTZ '-infinity' AS d")
    found = [column.cast(pyarrow.int32() if i < 2 else pyarrow.int64()).to_pylist()[0] for i, column in enumerate(table.columns)]
    equal(found, [2**31 - 1, -2**31, 2**63 - 1, -2**63])


def test_nullable_is_told():
    table = query("CREATE TABLE t (a BIGINT PRIMARY KEY, b BIGINT); INSERT INTO t VALUES (1, 2); SELECT a, b FROM t")
    equal([field.nullable for field in table.schema], [False, True])


# ---- shapes ----

GENERATOR = "CREATE SOURCE g (a BIGINT, s TEXT, y BOOLEAN, t TIMESTAMP) WITH (connector = 'generator', rows = 20000, nulls = 0.3);"


def test_many_batches():
    status, data, err = run("-c", GENERATOR + "SELECT * FROM g")
    equal((status, err), (0, ""))
    batches = list(pyarrow.ipc.open_stream(data))
    assert len(batches) > 3, len(batches)
    check(GENERATOR + "SELECT * FROM g")
    check(GENERATOR + "SELECT a, s || s || s || s AS s FROM g WHERE a % 7 = 0")
    equal(run("-c", GENERATOR + "SELECT * FROM g")[1], data, "equal rows are equal bytes")


def test_no_rows():
    table = query("SELECT 1 AS a, 'x' AS b WHERE false")
    equal((table.num_rows, table.column_names), (0, ["a", "b"]))


def test_long_texts_are_cut_into_batches():
    status, data, err = run("-c", "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 150, fields.a.kind = 'sequence');"
                                  "SELECT a, repeat('x', 1000000) AS b FROM g")
    equal((status, err), (0, ""))
    batches = list(pyarrow.ipc.open_stream(data))
    equal([batch.num_rows for batch in batches], [67, 67, 16])
    equal([value for batch in batches for value in batch["a"].to_pylist()], list(range(150)))
    for batch in batches:
        batch.validate(full=True)
        equal(set(map(len, batch["b"].to_pylist())), {1000000})


def test_statements_are_streams_one_behind_the_other():
    status, data, err = run("-c", "CREATE TABLE t (a INT); SELECT 1 AS a; SELECT 'x' AS b, 2 AS c; SHOW TABLES; SELECT 3 AS d WHERE false")
    equal((status, err), (0, ""))
    equal([table.to_pylist() for table in streams(data)], [[{"a": 1}], [{"b": "x", "c": 2}], [{"name": "t", "kind": "table", "note": ""}], []])


def test_failures():
    equal(run("-c", "CREATE TABLE t (a INT)"), (0, b"", ""))
    equal(run("-c", "SELECT nope")[:2], (1, b""))
    equal(run("-c", "SELECT 1 / 0 AS a")[:2], (1, b""))
    broken = "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 20000, fields.a.kind = 'sequence');"
    status, data, err = run("--keep-going", "-c", broken + "SELECT 1 / (a - 19000) AS b FROM g; SELECT 7 AS c")
    equal(status, 1)
    contains(err, "division by zero")
    equal(streams(data)[-1].to_pylist(), [{"c": 7}])


def test_changes_carry_their_weight():
    changes = ("CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 5000, fields.a.keys = 3); SELECT a, count(*) AS n FROM g GROUP BY a EMIT ")
    for emit in ("CHANGES", "ON UPDATE"):
        table = query(changes + emit)
        status, out, _ = weir("--mode", "jsonl", "-c", changes + emit)
        equal((status, table.to_pylist()), (0, [json.loads(line) for line in out.splitlines()]))
    equal(query(changes + "CHANGES").schema.field("__weight"), pyarrow.field("__weight", pyarrow.int64(), nullable=False))


def test_batches_come_as_they_are_known():
    pipes = Pipes("--mode", "arrow", "-c", "CREATE SOURCE s (a BIGINT) WITH (connector = 'file', path = '-', format = 'json');"
                                           "SELECT a FROM s EMIT CHANGES")
    reader = pyarrow.ipc.open_stream(pipes.process.stdout)  # the schema comes before the first row
    equal(reader.schema.names, ["a", "__weight"])
    for number in range(3):
        pipes.tell(f'{{"a":{number}}}\n')
        equal(reader.read_next_batch().to_pylist(), [{"a": number, "__weight": 1}])
    pipes.process.stdin.close()
    equal(list(reader), [])
    equal((pipes.process.wait(60), pipes.process.stderr.read()), (0, b""))


# ---- other readers ----

def test_polars_and_duckdb():
    sql = GENERATOR + "SELECT a, s, y, t, a::NUMERIC(20,2) / 7 AS n FROM g"
    _, data, _ = run("-c", sql)
    expected = pyarrow.ipc.open_stream(data).read_all()
    equal(polars.read_ipc_stream(io.BytesIO(data)).to_dicts(), expected.to_pylist())
    found = pyarrow.ipc.open_stream(data)
    equal(duckdb.sql("SELECT count(*), sum(a), count(s), max(s) FROM found").fetchall(),
          [(20000, sum(filter(None, expected["a"].to_pylist())), 20000 - expected["s"].null_count, max(filter(None, expected["s"].to_pylist())))])
    for name, (_, values) in TYPES.items():
        if name != "INTERVAL":  # Polars has no type for it
            _, data, err = run("-c", select(name, values))
            equal((polars.read_ipc_stream(io.BytesIO(data)).height, err), (len(values), ""), name)



# ---- where it goes ----

def test_a_terminal_is_refused():
    terminal = Terminal("--mode", "arrow", "-c", "SELECT 1")
    assert terminal.hear("not for a terminal"), terminal.out
    assert terminal.hear("HINT: "), terminal.out
    equal(terminal.end(), 1)


def test_the_demo_refuses():
    status, data, err = run("demo", "--seconds", "1")
    equal((status, data), (1, b""))
    contains(err, "ERROR 0A000: weir demo has no mode arrow")


def test_the_prompt_writes_to_a_file():
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "rows.arrow"
        terminal = Terminal()
        assert terminal.hear("weir> "), terminal.out
        terminal.tell("CREATE TABLE t (a INT);\n.mode arrow\n\\d\n")
        assert terminal.hear(" t "), terminal.out
        terminal.tell(f".output {path}\nSELECT 1 AS a;\n.output\nSELECT 2 AS a;\n")
        assert terminal.hear("not for a terminal"), terminal.out
        terminal.tell("\\q\n")
        equal(terminal.end(), 0)
        equal([table.to_pylist() for table in streams(path.read_bytes())], [[{"a": 1}]])


main(globals())
