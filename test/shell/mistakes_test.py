# SPDX-License-Identifier: Apache-2.0
"""What users get wrong: misspelt words, forms of other databases, odd files. Each answer says what and where, and helps."""
import gzip
import os
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import contains, equal, main, weir  # noqa: E402

PRELUDE = "CREATE TABLE t (a INT PRIMARY KEY, b TEXT, ts TIMESTAMP); INSERT INTO t VALUES (1, 'x', '2026-01-01');"

# SQLSTATE, the statement with a ^ before the byte that the error points to, and a part of the hint
ANSWERS = [
    ("42601", "SELECT 1 FORM ^t", "Did you mean FROM"),
    ("42601", "SELECT a FROM t WHER ^a = 1", "Did you mean WHERE"),
    ("42601", "SELECT `a` ^FROM t", '"double quotes"'),
    ("42601", "SELECT * FROM ^`t`", '"double quotes"'),
    ("42601", "SELECT ^[a] FROM t", '"double quotes"'),
    ("42601", "DROP TABLE IF ^EXIST t", "Did you mean EXISTS"),
    ("42601", "SELECT a BETWEEN 1 ^FROM t", "Expected AND"),
    ("42601", "SHOW FUNCTIONS LIKE^", "Expected a 'string'."),
    ("42601", "CREATE SOURCE x (a INT) WITH (connector = 'file' ^path = 'x')", "key = value, key = value"),
    ("42703", 'SELECT * FROM t WHERE b = ^"x"', "single ones: 'x'"),
    ("42703", "SELECT a AS x FROM t WHERE ^x = 1", "write its expression again"),
    ("42703", "SELECT a, count(*) AS n FROM t GROUP BY a HAVING ^n > 1", "write its expression again"),
    ("42883", "SELECT * FROM t WHERE a ^== 1", "Write = for equality."),
    ("42883", "SELECT 1 ^&& 2", "Write AND."),
    ("42883", "SELECT * FROM ^TUMBEL(t, ts, INTERVAL '1' SECOND)", '"tumble"'),
    ("42704", "SHOW ^TABLE", "SHOW tables"),
    ("42704", "CREATE SOURCE x (ts TIMESTAMP, WATERMARK ^ts AS ts)", "WATERMARK FOR"),
    ("0A000", "CREATE TABLE x (a ^SERIAL)", ""),
    ("42704", "CREATE SOURCE x (a INT) WITH (connector = 'file', path = 'x', ^delimiter = ';')", "format = 'csv'"),
    ("42704", "CREATE SOURCE x (a INT) WITH (connector = 'file', path = 'x', ^x = 1)", "on_error, connector, idle_timeout, max_future."),
    ("22023", "CREATE SOURCE x (a INT) WITH (^connector = 'file')", "path = '...'"),
    ("42704", "CREATE SOURCE x (a INT) WITH (^connector = 'kafka')", "Connectors of sources are 'file' and 'generator'."),
    ("42704", "CREATE SINK x FROM t INTO ^KAFKA (topic = 'x')", "Connectors of sinks are 'file', 'stdout' and 'blackhole'."),
    ("42809", "CREATE SOURCE x (a INT) WITH (^connector = 'stdout')", "Connectors of sources are 'file' and 'generator'."),
    ("42809", "CREATE SINK x FROM t INTO ^GENERATOR", "Connectors of sinks are 'file', 'stdout' and 'blackhole'."),
    ("22023", "CREATE SOURCE x (a INT) WITH (connector = 'generator', ^rows_per_second = 1e300)", ""),
    ("22023", "CREATE SOURCE x (a INT) WITH (connector = 'generator', ^rows_per_second = 1e-300)", ""),
    ("58P01", "CREATE SINK x FROM t INTO FILE (^path = '/nosuch/dir/x.csv')", ""),
]


def test_answers():
    wrong = []
    for sqlstate, marked, hint in ANSWERS:
        statement, column = marked.replace("^", "", 1), marked.index("^") + 1
        status, out, err = weir("-c", PRELUDE, "-c", statement)
        found = re.match(r"ERROR (\w+): .*\(-c:1:(\d+)\)", err)
        if status not in (1, 4) or out or not found or (found[1], int(found[2])) != (sqlstate, column) or hint not in err:
            wrong.append(f"{marked}\n    " + err.replace("\n", "\n    "))
    assert not wrong, "\n".join(wrong)


def read(directory, name, content, query="SELECT a, b FROM s", options=""):
    path = Path(directory) / name
    path.write_bytes(content)
    status, out, err = weir("--no-header", "--mode", "csv", "-c",
                            f"CREATE SOURCE s (a INT, b TEXT) WITH (connector = 'file', path = '{path}'{options}); {query}")
    return status, out, err


def test_odd_files():
    with tempfile.TemporaryDirectory() as directory:
        for name, content, out in (("empty.csv", b"", ""), ("empty.ndjson", b"", ""), ("head.csv", b"a,b", ""),
                                   ("end.ndjson", b'{"a":1,"b":"x"}', "1,x\n"), ("end.csv", b"a,b\n1,x", "1,x\n"),
                                   ("mark.csv", b"\xef\xbb\xbfa,b\r\n1,x\r\n2,y\r\n", "1,x\n2,y\n"),
                                   ("mark.ndjson", b'\xef\xbb\xbf{"a":1,"b":"x"}\r\n{"a":2,"b":"y"}\r\n', "1,x\n2,y\n"),
                                   ("array.json", b'[{"a":1,"b":"x"},\n {"a":2,"b":"y"}]', "1,x\n2,y\n")):
            equal(read(directory, name, content), (0, out, ""), name)
        status, _, err = weir("-c", f"CREATE SOURCE s (a INT) WITH (connector = 'file', path = '{directory}'); SELECT * FROM s")
        equal(status, 1)
        contains(err, f"path = '{directory}/*'")


def test_compressed_files_say_so():
    with tempfile.TemporaryDirectory() as directory:
        packed = gzip.compress(b'{"a":1}\n')
        status, out, err = read(directory, "x.ndjson.gz", packed)
        equal((status, out), (4, ""))
        contains(err, "ERROR 0A000")
        contains(err, "zcat FILE | weir")
        contains(read(directory, "x.parquet", b"PAR1")[2], "read as JSON or CSV")
        for query in ("SELECT * FROM stdin", "CREATE TABLE t (a INT); INSERT INTO t SELECT a FROM stdin"):
            contains(weir("-c", query, stdin=packed)[2], "ERROR 0A000: the input is compressed")


def test_endings():
    """Case does not count; what would be something else under its name is not written."""
    with tempfile.TemporaryDirectory() as directory:
        equal(read(directory, "x.CSV", b"a,b\n1,x\n"), (0, "1,x\n", ""))
        for name, hint in (("x.parquet", "format = 'json' or format = 'csv'"), ("x.Arrow", "format = 'json' or format = 'csv'"), ("x.csv.gz", "| gzip > FILE"),
                           ("x.ZST", "| zstd > FILE"), ("x.zip", "| zip > FILE")):
            path = Path(directory) / name
            sink = "CREATE SINK k INTO FILE (path = '%s'%s) AS SELECT 1 AS a"
            status, out, err = weir("-c", sink % (path, ""))
            equal((status, out, path.exists()), (1, "", False), name)
            contains(err, "ERROR 0A000")
            contains(err, "(-c:1:26)")
            contains(err, hint)
            equal(weir("-c", sink % (path, ", format = 'json'")), (0, "", ""))
            equal(path.read_text(), '{"a":1}\n')
        path = Path(directory) / "y.CSV"
        equal(weir("-c", f"CREATE SINK k INTO FILE (path = '{path}') AS SELECT 1 AS a, 2 AS b"), (0, "", ""))
        equal(path.read_text(), "a,b\n1,2\n")


def test_binary_files_can_be_looked_at():
    letters = "SELECT a FROM s; SELECT record, payload FROM weir_catalog.dead_letters"
    with tempfile.TemporaryDirectory() as directory:
        status, out, err = read(directory, "x.ndjson", b"\xff\xfe{\x00\n{\xc3\xa4\xc3\n", letters)
        equal((status, out), (0, "1,\\xff\\xfe{\\x00\n2,{\u00e4\\xc3\n"))
        contains(err, f"2 records could not be used (s, record 1 of {directory}/")
    for content in (b"\xff\xfe,\x07\n1,2\n", b"a,\x1b[31m\n1,2\n", b"\x80\n1\n"):
        status, out, err = weir("-c", "SELECT * FROM stdin", stdin=content)
        equal((status, out), (4, ""), content)
        contains(err, "neither JSON nor CSV")
        assert "\x1b" not in err


def test_inputs_that_cannot_be_guessed():
    long = b'{"a":"' + b"x" * (1 << 20) + b'"}\n'
    for content, message, hint in ((long, "the first record is longer than 1048576 bytes", "CREATE SOURCE name (column type, ..)"),
                                   (b"[" + long + b"]", "the first record is longer than 1048576 bytes", "CREATE SOURCE name (column type, ..)"),
                                   (b"a" * (1 << 21), "the first record is longer than 1048576 bytes", "CREATE SOURCE name (column type, ..)"),
                                   (b"a,b\r1,2\r", "the lines of the input end in CR alone", "tr '\\r' '\\n'"),
                                   (b'{"a":1}\r{"a":2}\r', "the lines of the input end in CR alone", "tr '\\r' '\\n'"),
                                   (b"a,b,a\n1,2,3\n", 'the header names "a" twice', "the first is then read"), (b"column2,\n1,2\n", 'the header names "column2" twice', ""),
                                   (b" [\n]\n", "the input is an empty array", ""), (b'{\n  "a": 1\n}\n', "no JSON object can be read", "jq -c ."),
                                   ("a,b\n1,2\n".encode("utf-16"), "it holds zero bytes", "iconv -f UTF-16"),
                                   (gzip.compress(b"{}"), "the input is compressed", "zcat")):
        status, out, err = weir("-c", "SELECT * FROM stdin", stdin=content)
        equal((status, out), (4, ""), err)
        contains(err, message)
        contains(err, hint)


def test_a_first_line_that_is_a_row():
    with tempfile.TemporaryDirectory() as directory:
        for content, is_row in (("1,2.5\n3,4\n", True), ("1,,2026-01-01\n", True), ('{"a";1}\n1;2\n', True), ("1,a\n2,b\n", False), (",\n1,2\n", False),
                                ("a,b\n1,2\n", False)):
            (Path(directory) / "x.csv").write_text("x" * content.startswith("{") + content)
            for options, is_told in (("", is_row), (", header = true", False), (", header = false", False)):
                status, out, err = weir("-c", f"CREATE SOURCE s WITH (connector = 'file', path = '{directory}/x.csv'{options})")
                equal((status, "NOTICE: the first line was taken as names\nHINT: Where it is a row: " in err), (0, is_told), content + err)
        contains(weir("-c", "SELECT * FROM stdin", stdin="1,2\n3,4\n")[2], "header = false")


def test_names_of_other_systems():
    """src/plan/elsewhere.def: each is unknown, as in PostgreSQL, and its hint says what to write."""
    rows = re.findall(r'^ELSEWHERE(_TYPE)?\("(\w+)", +(.+)\)$', (Path(__file__).resolve().parents[2] / "src/plan/elsewhere.def").read_text(), re.M)
    assert len(rows) > 90, rows
    script = "\n".join(f"SELECT NULL::{name};" if is_type else f"SELECT {name}('1');" for is_type, name, _ in rows)
    errors = re.findall(r"^ERROR (\w+): .*\n(?:.*\n){2}HINT: (.*)", weir("-k", stdin=script)[2], re.M)
    equal(len(errors), len(rows))
    for (is_type, name, instead), (state, hint) in zip(rows, errors):
        equal(state, "42704" if is_type else "42883", name)
        if instead.startswith('"'):
            equal(hint, f"Write {instead[1:-1]}." if is_type else instead[1:-1], name)
        else:
            assert not hint.startswith(("Perhaps", "No function")), (name, hint)


def test_the_first_bad_record_is_told():
    """Also where there are more than are kept: these are the first and the newest."""
    kept = "SELECT count(*), min(record), max(record), sum(record) FROM weir_catalog.dead_letters; SELECT record FROM weir_catalog.dead_letters LIMIT 2"
    with tempfile.TemporaryDirectory() as directory:
        for count, newest in ((20001, 10003), (25000, 15002), (10000, 2), (10001, 3)):
            bad = b"first\n" + b"x\n" * (count - 1)
            status, out, err = read(directory, "x.ndjson", bad, f"SELECT count(*) FROM s; {kept}")
            equal((status, out), (0, f"0\n10000,1,{count},{1 + sum(range(newest, count + 1))}\n1\n{newest}\n"), err)
            contains(err, f"{count} records could not be used (s, record 1 of {directory}/")


def test_lines_that_end_in_cr():
    with tempfile.TemporaryDirectory() as directory:
        equal(read(directory, "x.json", b'[{"a":1,"b":"x"},\r{"a":2,"b":"y"}]\r'), (0, "1,x\n2,y\n", ""))
        for name, content in (("x.csv", b"a,b\r1,x\r"), ("x.ndjson", b'{"a":1,"b":"x"}\r{"a":2,"b":"y"}\r')):
            status, out, err = read(directory, name, content)
            equal((status, out), (0, ""))
            contains(err, f"1 record could not be used (s, record 1 of {directory}/")
            if name == "x.csv":
                contains(err, "the header holds a CR: lines must end in LF or CR LF")


def test_columns_that_a_file_has_not():
    with tempfile.TemporaryDirectory() as directory:
        for content, reason in ((b"a;b\n1;2\n", 'no column is in the header, which has "a;b": is delimiter right?'),
                                (b"x,y\n1,2\n", 'no column is in the header, which has "x", "y"')):
            status, out, err = read(directory, "x.csv", content)
            equal((status, out), (0, ""))
            contains(err, f"1 record could not be used (s, record 2 of {directory}/x.csv: {reason})")
            equal(read(directory, "x.csv", content, options=", on_error = 'stop'")[0], 4)
        equal(read(directory, "x.csv", b"a,bb\n1,2\n")[2], 'WARNING: source "s": column "b" is not in the header; nearest field: "bb"\n')
        equal(read(directory, "x.ndjson", b'{"x":1}\n')[2],
              'WARNING: source "s": no column is in any of the first records, which has "x"\n')
        many = b'{"a":1}\n' * 20000
        first = 'WARNING: source "s": column "b" is not in any of the first records\n'
        equal(read(directory, "x.ndjson", many, "SELECT count(*) FROM s")[1:], ("20000\n", first))
        equal(read(directory, "x.ndjson", many + b'{"b":"x"}\n', "SELECT count(*) FROM s")[1:], ("20001\n", first))
        err = read(directory, "x.csv", b"\x1b[31m,y\n1,2\n")[2]
        assert "\x1b" not in err, err


def test_headers_of_a_pattern():
    with tempfile.TemporaryDirectory() as directory:
        for name, content in (("a", "k,v\na,1\n"), ("b", "k\nonly\n"), ("c", "k;v\nsemi;3\n"), ("d", "x,y\n9,9\n")):
            (Path(directory) / f"{name}.csv").write_text(content)
        for columns in ("(k TEXT, v INT) ", ""):
            status, out, err = weir("--no-header", "--mode", "csv", "-c",
                                    f"CREATE SOURCE s {columns}WITH (connector = 'file', path = '{directory}/*.csv'); SELECT * FROM s;"
                                    "SELECT split_part(partition, '/', -1), reason FROM weir_catalog.dead_letters")
            equal((status, out), (0, 'a,1\nonly,\nc.csv,"no column is in the header, which has ""k;v"": is delimiter right?"\n'
                                     'd.csv,"no column is in the header, which has ""x"", ""y"""\n'))
            contains(err, f'WARNING: source "s": file "{directory}/b.csv": column "v" is not in the header\n')
            contains(err, f"2 records could not be used (s, record 2 of {directory}/c.csv: no column")


def test_fields_of_a_pattern():
    """As headers are: each file is judged by its own first records."""
    with tempfile.TemporaryDirectory() as directory:
        for name, content in (("a", '{"k":"a","v":1}\n'), ("b", '{"k":"b"}\n'), ("c", '{"k":"c","w":2}\n{"k":"c","v":3}\n'), ("d", '{"k":"d","w":4}\n')):
            (Path(directory) / f"{name}.ndjson").write_text(content)
        status, out, err = weir("--no-header", "-c", f"CREATE SOURCE s (k TEXT, v INT) WITH (connector = 'file', path = '{directory}/*.ndjson'); SELECT count(*), sum(v) FROM s")
        equal((status, out), (0, "5,4\n"))
        missing = 'WARNING: source "s": file "%s/%s.ndjson": column "v" is not in any of the first records\n'
        equal(err, missing % (directory, "b") + missing % (directory, "d"))


if __name__ == "__main__":
    main(globals())
