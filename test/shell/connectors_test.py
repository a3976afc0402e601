# SPDX-License-Identifier: Apache-2.0
"""Every option of connectors and formats has its effect: one check each, by the option's name.

A row in an option table without a check here fails test_every_option_is_tried.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import WEIR, Pipes, contains, equal, main, weir  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
directory = tempfile.mkdtemp(prefix="weir-connectors-")
tried = set()
# A source of the command has one partition, or files one after the other: what idle_timeout does shows with writers.
ELSEWHERE = {"idle_timeout": ("test/api/writers_test.c", "cmocka_unit_test(a_silent_writer_turns_idle)")}


def option(*names):
    """Marks a check of these options: "connector use name" or "format name" or a common option's name."""
    tried.update(names)
    return lambda function: function


def file(name, text):
    path = Path(directory) / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def rows(columns, options, query, *arguments):
    status, out, err = weir("--no-header", "--mode", "csv", *arguments, "-c", f"CREATE SOURCE s ({columns}) WITH ({options}); {query}")
    equal((status, err), (0, ""), options)
    return out.splitlines()


def generated(options, query="SELECT * FROM s", columns="id BIGINT, k TEXT, x DOUBLE PRECISION, ts TIMESTAMP, other TIMESTAMP"):
    return rows(columns, "connector = 'generator', " + options, query)


# ---- files ----

@option("file SOURCE path", "file SOURCE format")
def test_path_and_format():
    file("p1.ndjson", '{"a":1}\n')
    file("p2.ndjson", '{"a":2}\n')
    file("p3.csv", "a\n3\n")
    file("p4.txt", "a\n4\n")
    equal(rows("a INT", f"connector = 'file', path = '{directory}/p[12].ndjson'", "SELECT a FROM s"), ["1", "2"])
    equal(rows("a INT", f"connector = 'file', path = '{directory}/p3.csv'", "SELECT a FROM s"), ["3"])
    equal(rows("a INT", f"connector = 'file', path = '{directory}/p4.txt', format = 'csv'", "SELECT a FROM s"), ["4"])


class Following:
    """A continuous query over a file that is followed; ended by an interrupt."""

    def __init__(self, *arguments):
        self.pipes = Pipes("--no-header", "--mode", "csv", *arguments)

    def __enter__(self):
        return self.pipes

    def __exit__(self, *failure):
        self.pipes.process.send_signal(signal.SIGINT)
        status, self.out, self.err = self.pipes.end()
        if failure[0] is None:
            equal(status, 130)


def append(path, text):
    with open(path, "a") as out:
        out.write(text)


@option("file SOURCE follow")
def test_follow():
    path = file("follow.ndjson", '{"a":1}\n')
    source = f"CREATE SOURCE s (a INT) WITH (connector = 'file', path = '{path}', follow = %s); SELECT a FROM s EMIT CHANGES"
    equal(weir("--no-header", "--mode", "csv", "-c", source % "false"), (0, "1,1\n", ""))
    with Following("-c", source % "true") as pipes:
        assert pipes.hear("1,1\n")
        append(path, '{"a":2')
        assert not pipes.hear("2,1\n", seconds=0.3), "half a line is no record"
        append(path, '2}\n')
        assert pipes.hear("1,1\n22,1\n")
        file("follow.ndjson", '{"a":3}\n')  # cut: read from its start
        assert pipes.hear("22,1\n3,1\n")
        os.replace(file("follow.new", '{"a":44}\n{"a":55}\n'), path)  # replaced
        assert pipes.hear("3,1\n44,1\n55,1\n")
    Path(path).unlink()
    late = Following("-c", source % "true")
    with late as pipes:
        assert not pipes.hear("1", seconds=0.3)
        file("follow.ndjson", '{"a":6}\n')
        assert pipes.hear("6,1\n")
    contains(late.err, f'WARNING: source "s": there is no file "{path}" yet: waiting for it\n')
    Path(path).unlink()
    with Following("-c", source % "true"):
        time.sleep(0.3)  # an interrupt ends the wait


def test_a_silent_followed_file_holds_no_other_source_back():
    loud = file("loud.ndjson", "".join('{"ts":"2026-01-01 00:0%d:%d0"}\n' % (i // 6, i % 6) for i in range(16)))
    quiet = file("quiet.ndjson", '{"ts":"2026-01-01 00:00:30"}\n')
    windows = "SELECT count(*) FROM TUMBLE((SELECT ts FROM a UNION ALL SELECT ts FROM b), ts, INTERVAL '1 minute') GROUP BY window_start EMIT ON WINDOW CLOSE"
    def followed(name, path, idle):
        return f"CREATE SOURCE {name} (ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (connector = 'file', path = '{path}', follow = true, idle_timeout = '{idle}'); "
    with Following("-c", followed("a", loud, "1 hour") + followed("b", quiet, "1 hour") + windows) as pipes:
        assert not pipes.hear("7", seconds=0.5), "b may still have something to say"
    for silent in (quiet, str(Path(directory) / "nothing.ndjson")):
        with Following("-c", followed("a", loud, "1 hour") + followed("b", silent, "0.3 seconds") + windows) as pipes:
            assert pipes.hear(f"{7 if silent == quiet else 6}\n6\n")
            append(silent, '{"ts":"2026-01-01 00:00:40"}\n{"ts":"2026-01-01 00:02:50"}\n')  # awake: late, and in time
            time.sleep(1)
            append(loud, '{"ts":"2026-01-01 00:03:10"}\n')
            assert pipes.hear("5\n"), "00:02:00 to 00:02:30 and 00:02:50"
        file("loud.ndjson", "".join('{"ts":"2026-01-01 00:0%d:%d0"}\n' % (i // 6, i % 6) for i in range(16)))


def test_a_select_sees_what_a_followed_file_holds():
    """A view over a file without an end, read by SELECT: all that is there at that time, be it much, and nothing to wait for after it."""
    path = file("present.ndjson", "".join('{"a":%d}\n' % i for i in range(100000)) + '{"a":')
    source = f"CREATE SOURCE s (a INT) WITH (connector = 'file', path = '{path}', follow = true); CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n, sum(a) AS a FROM s; "
    equal(weir("--no-header", "--mode", "csv", "-c", source + "SELECT * FROM v"), (0, "100000,4999950000\n", ""))
    equal(weir("--no-header", "--mode", "csv", "-c", source + "CREATE TABLE t AS SELECT * FROM v; SELECT n FROM t"), (0, "100000\n", ""))
    pipes = Pipes("--no-header", "--mode", "csv")
    pipes.tell(source + "SELECT n FROM v;\n")
    assert pipes.hear("100000\n")
    append(path, '7}\n{"a":8}\n')
    pipes.tell("SELECT n, a FROM v;\n")
    assert pipes.hear("100002,4999950015\n")
    append(path, 'nonsense\n')
    pipes.tell("SELECT record FROM weir_catalog.dead_letters;\n")
    assert pipes.hear("100003\n")
    os.replace(file("present.new", '{"a":1}\n' * 5000), path)
    pipes.tell("SELECT n FROM v;\n")
    assert pipes.hear("105002\n")
    equal(pipes.end()[0], 0)
    keyed = f"CREATE SOURCE k (a INT PRIMARY KEY) WITH (connector = 'file', path = '{path}', follow = true); SELECT * FROM k"
    equal(weir("--no-header", "--mode", "csv", "-c", keyed), (0, "1\n", ""))
    Path(path).unlink()
    status, out, err = weir("--no-header", "--mode", "csv", "-c", source + "SELECT n FROM v")  # not there: nothing to wait for
    equal((status, out), (0, "0\n"))
    contains(err, f'there is no file "{path}" yet')


@option("file SINK path", "file SINK format", "file SINK append")
def test_file_sink():
    def write(name, options, value):
        path = Path(directory) / name
        equal(weir("-c", f"CREATE SOURCE s (a INT); CREATE SINK k FROM s INTO FILE (path = '{path}'{options}); INSERT INTO s VALUES ({value})"),
              (0, "", ""))
        return path.read_text()
    equal(write("out.csv", "", 1), "a\n1\n")
    equal(write("out.csv", "", 2), "a\n2\n")
    equal(write("out.ndjson", "", 1), '{"a":1}\n')
    equal(write("out.ndjson", ", append = true", 2), '{"a":1}\n{"a":2}\n')
    equal(write("out.ndjson", ", append = false", 3), '{"a":3}\n')
    equal(write("out.txt", ", format = 'csv'", 3), "a\n3\n")
    equal(write("out.txt", ", format = 'csv', append = true", 4), "a\n3\n4\n")  # one header
    equal(weir("-c", "CREATE SOURCE s (a INT); CREATE SINK k FROM s INTO FILE (path = '-'); INSERT INTO s VALUES (1)")[1], '{"a":1}\n')


def test_zeros_in_json():
    """A JSON value from a file is shown with the zeros of its numbers wherever it goes: to sinks, in every mode, taken back too."""
    bodies = file("zeros.ndjson", '{"id": 1, "j": {"price": 10.0, "name": "longer than a view"}}\n{"id": 2, "j": 1.50}\n{"id": 3, "j": [1, 1.0e1]}\n')
    source = f"CREATE SOURCE s (id INT, j JSONB) WITH (connector = 'file', path = '{bodies}');"
    long = '{"name": "longer than a view", "price": 10.0}'
    quoted = '"' + long.replace('"', '""') + '"'
    for mode, expected in {"csv": f'id,j\n1,{quoted}\n2,1.50\n3,"[1, 10]"\n', "jsonl": f'{{"id":1,"j":{long}}}\n{{"id":2,"j":1.50}}\n{{"id":3,"j":[1, 10]}}\n',
                           "json": f'[{{"id":1,"j":{long}}},\n {{"id":2,"j":1.50}},\n {{"id":3,"j":[1, 10]}}]\n', "list": f"id|j\n1|{long}\n2|1.50\n3|[1, 10]\n"}.items():
        equal(weir("--mode", mode, "-c", source + "SELECT id, j FROM s ORDER BY id"), (0, expected, ""), mode)
    changes = "CREATE TABLE t (k INT PRIMARY KEY, j JSONB); CREATE SINK o INTO FILE (path = '{}') AS SELECT j, count(*) AS n FROM t GROUP BY j;"
    changes += "INSERT INTO t VALUES (1, '1.50'), (2, '[\"longer than a view\", 1.0]'); INSERT INTO t VALUES (3, '1.5'); DELETE FROM t WHERE j @> '1.0'"
    for name, expected in {
            "zeros.csv": 'j,n,__weight\n1.50,1,1\n"[""longer than a view"", 1.0]",1,1\n1.50,1,-1\n1.50,2,1\n"[""longer than a view"", 1.0]",1,-1\n',
            "zeros.out.ndjson": '{"j":1.50,"n":1,"__weight":1}\n{"j":["longer than a view", 1.0],"n":1,"__weight":1}\n'
                                '{"j":1.50,"n":1,"__weight":-1}\n{"j":1.50,"n":2,"__weight":1}\n{"j":["longer than a view", 1.0],"n":1,"__weight":-1}\n'}.items():
        path = Path(directory) / name
        equal(weir("-c", changes.format(path)), (0, "", ""), name)
        equal(path.read_text(), expected, name)


def test_sink_over_a_file_in_use():
    """The file of a source, or of another sink, by any name, is refused before a byte of it is lost."""
    path = Path(file("in_use.csv", "a\n1\n"))
    source = f"CREATE SOURCE s WITH (connector = 'file', path = '{path}');"
    for name in (path, path.parent / "." / path.name):
        for append in ("", ", append = true"):
            code, out, err = weir("-c", f"{source} CREATE SINK k FROM s INTO FILE (path = '{name}'{append})")
            assert code == 1 and "22023" in err and 'source "s" reads' in err, err
    equal(path.read_text(), "a\n1\n")
    other = path.parent / "in_use_out.csv"
    code, out, err = weir("-c", f"{source} CREATE SINK k FROM s INTO FILE (path = '{other}'); CREATE SINK m FROM s INTO FILE (path = '{other}')")
    assert code == 1 and 'sink "k" writes' in err, err
    equal(weir("-c", f"{source} CREATE SINK k FROM s INTO FILE (path = '/dev/null'); CREATE SINK m FROM s INTO FILE (path = '/dev/null')"), (0, "", ""))


def test_sink_over_a_standard_stream():
    """weir .. < data.csv with a sink into data.csv would empty it first; > out.csv would be written twice over."""
    path = Path(file("stream.csv", "a\n1\n"))
    for query, redirected, said in (("SELECT a FROM stdin", "<", "standard input reads"), ("SELECT 1 AS a", ">>", "standard output writes")):
        sink = f"CREATE SINK k INTO FILE (path = '{path}') AS {query}"
        done = subprocess.run(["sh", "-c", f'"$0" -c "$1" {redirected} "$2"', WEIR, sink, path], capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and "22023" in done.stderr and said in done.stderr, done.stderr
        equal(path.read_text(), "a\n1\n")


def test_named_pipes():
    """Opening one does not wait where no signal ends that; whoever comes later is served."""
    pipe = str(Path(directory) / "named.pipe")
    os.mkfifo(pipe)
    source = f"CREATE SOURCE s (a INT) WITH (connector = 'file', path = '{pipe}', format = 'csv'); SELECT sum(a) FROM s"
    sink = f"CREATE SINK k INTO FILE (path = '{pipe}', format = 'csv') AS SELECT 1 AS a"
    for script in (source, sink, f".output {pipe}\nSELECT 1"):
        waiting = Pipes("-c", script)
        time.sleep(0.3)
        equal(waiting.process.poll(), None, script)
        waiting.process.send_signal(signal.SIGINT)
        equal(waiting.end()[0], 130, script)
    reading = Pipes("--no-header", "--mode", "csv", "-c", source)
    time.sleep(0.2)
    append(pipe, "a\n1\n2\n")
    equal(reading.end(), (0, "3\n", ""))
    for script in (sink, f".output {pipe}\n.mode csv\nSELECT 1 AS a"):
        writing = Pipes("-f", file("pipe.sql", script))
        time.sleep(0.2)
        equal(Path(pipe).read_text(), "a\n1\n")
        equal(writing.end(), (0, "", ""))


def test_guessed_columns_at_their_edges():
    """A header without a name (pandas writes its index so), a source that is there already, a named pipe, no file."""
    path = file("index.csv", ",a\n0,x\n1,y\n")
    equal(weir("-c", f"CREATE SOURCE s WITH (connector = 'file', path = '{path}'); SELECT * FROM s"), (0, "column1,a\n0,x\n1,y\n", ""))
    code, out, err = weir("-c", f"CREATE SOURCE s WITH (connector = 'file', path = '{path}'); CREATE SOURCE IF NOT EXISTS s WITH (connector = 'file', path = '{path}.gone')")
    assert (code, out) == (0, "") and "already exists, skipping" in err, err
    pipe = path + ".pipe"
    os.mkfifo(pipe)
    for name, sqlstate in ((pipe, "42809"), (path + ".gone*", "58P01"), (path + ".gone", "58P01")):
        code, out, err = weir("-c", f"CREATE SOURCE s WITH (connector = 'file', path = '{name}')")
        assert code != 0 and sqlstate in err and "(-c:1:43)" in err, err


def test_guess_waits_for_a_record():
    """A header, an empty line, an object without fields or the bracket of an array alone tell nothing yet."""
    for first, then in (("a,b\n", "1,2\n"), ("\n", "a,b\n1,2\n"), ("{}\n", '{"a":1}\n'), ("[\n", '{"a":1}]')):
        reading = Pipes("--mode", "csv", "-c", "SELECT sum(a) AS a FROM stdin")
        reading.tell(first)
        time.sleep(0.2)
        reading.tell(then)
        code, out, err = reading.end()
        assert (code, out) == (0, "a\n1\n") and "(a BIGINT" in err, (first, out, err)


@option("stdout SINK format")
def test_stdout_sink():
    for options, out in (("", '{"a":1}\n'), (" (format = 'csv')", "a\n1\n")):
        equal(weir("-c", f"CREATE SOURCE s (a INT); CREATE SINK k FROM s INTO STDOUT{options}; INSERT INTO s VALUES (1)")[1], out)


# ---- the generator ----

@option("generator SOURCE rows", "generator SOURCE seed", "generator SOURCE keys", "generator SOURCE fields.*.keys")
def test_generator_values():
    equal(len(generated("rows = 7")), 7)
    equal(generated("rows = 7"), generated("rows = 7, seed = 1"))
    assert generated("rows = 7") != generated("rows = 7, seed = 2")
    count = "SELECT count(DISTINCT id), count(DISTINCT k) FROM s"
    equal(generated("rows = 2000, keys = 5", count), ["5,5"])
    equal(generated("rows = 2000, keys = 5, fields.k.keys = 3", count), ["5,3"])


@option("generator SOURCE time_column", "generator SOURCE start", "generator SOURCE step", "generator SOURCE disorder")
def test_generator_times():
    ends = "SELECT min(ts), max(ts) FROM s"
    equal(generated("rows = 11", ends), ["2024-01-01 00:00:00,2024-01-01 00:00:00.01"])
    equal(generated("rows = 11, start = '2020-02-02 12:00:00', step = '1 minute'", ends), ["2020-02-02 12:00:00,2020-02-02 12:10:00"])
    equal(generated("rows = 11, time_column = 'other', step = '1 minute'", "SELECT max(other) FROM s"), ["2024-01-01 00:10:00"])
    ordered, shuffled = ([line for line in generated(f"rows = 200{options}", "SELECT ts FROM s")] for options in ("", ", disorder = '1 second'"))
    equal(ordered, sorted(ordered))
    assert shuffled != sorted(shuffled)
    assert min(shuffled) >= "2023-12-31 23:59:59"
    now = time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() - 60)), time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 60))
    first = generated("rows = 1, start = 'now'", "SELECT ts FROM s")[0]
    assert now[0] <= first <= now[1], first


@option("generator SOURCE rows_per_second")
def test_generator_pace():
    begin = time.monotonic()
    equal(generated("rows = 20, rows_per_second = 50", "SELECT max(ts) - min(ts) FROM s"), ["00:00:00.38"])  # 20 ms a row, in event time too
    assert time.monotonic() - begin >= 0.38
    begin = time.monotonic()
    equal(generated("rows = 20000", "SELECT count(*) FROM s"), ["20000"])
    assert time.monotonic() - begin < 20  # not 20,000 times a millisecond


@option("generator SOURCE nulls", "generator SOURCE fields.*.nulls", "generator SOURCE fields.*.min", "generator SOURCE fields.*.max",
        "generator SOURCE fields.*.kind")
def test_generator_fields():
    counts = "SELECT count(k) BETWEEN 200 AND 800, count(x), count(ts) FROM s"
    equal(generated("rows = 1000", "SELECT count(k), count(x), count(ts) FROM s"), ["1000,1000,1000"])
    equal(generated("rows = 1000, nulls = 0.5, fields.x.nulls = 0", counts), ["t,1000,1000"])
    equal(generated("rows = 1000, fields.x.nulls = 1", "SELECT count(k), count(x) FROM s"), ["1000,0"])
    equal(generated("rows = 1000, fields.x.min = 5, fields.x.max = 6", "SELECT min(x) >= 5, max(x) <= 6, max(x) - min(x) > 0.5 FROM s"), ["t,t,t"])
    equal(generated("rows = 4, fields.id.kind = 'sequence'", "SELECT id FROM s"), ["0", "1", "2", "3"])


# ---- formats ----

@option("JSON timestamp_unit", "CSV timestamp_unit")
def test_timestamp_unit():
    json, csv = file("unit.ndjson", '{"ts":1700000000}\n'), file("unit.csv", "ts\n1700000000\n")
    quoted = file("quoted.ndjson", '{"ts":"1700000000"}\n')
    for path in (json, quoted, csv):
        for unit, shown in (("s", "2023-11-14 22:13:20"), ("ms", "1970-01-20 16:13:20"), ("us", "1970-01-01 00:28:20"), ("ns", "1970-01-01 00:00:01.7")):
            equal(rows("ts TIMESTAMP", f"connector = 'file', path = '{path}', timestamp_unit = '{unit}'", "SELECT ts FROM s"), [shown])


@option("CSV header", "CSV delimiter", "CSV quote", "CSV escape", "CSV null", "CSV comment")
def test_csv():
    def read(text, options):
        return rows("a TEXT, b TEXT", f"connector = 'file', path = '{file('x.csv', text)}'{options}", "SELECT a, b, b IS NULL FROM s")
    equal(read("b,a\n1,2\n", ""), ["2,1,f"])
    equal(read("b,a\n1,2\n", ", header = false"), ["b,a,f", "1,2,f"])
    equal(read("a;b\n1;2\n", ", delimiter = ';'"), ["1,2,f"])
    equal(read("a,b\n'1,1',2\n", ", quote = ''''"), ['"1,1",2,f'])
    equal(read('a,b\n"1\\"1",2\n', ", escape = '\\'"), ['"1""1",2,f'])
    equal(read("a,b\n1,-\n2,\n", ", null = '-'"), ["1,,t", '2,"",f'])
    equal(read("# x,y,z\n\na,b\r\n#1,2\n1,#2\n \"#3\",4\n\"#5\",6\n#7", ", comment = '#'"), ["1,#2,f", ' ""#3"",4,f'.replace(' ""#3""', '" ""#3"""'), "#5,6,f"])
    equal(read("#a\n1,2\n#3,4", ", comment = '#', header = false"), ["1,2,f"])
    letters = "SELECT record, byte_offset, reason FROM weir_catalog.dead_letters"  # comments count as lines
    path = file("comments.csv", "# x\na\n# y\nz\n")
    source = f"CREATE SOURCE s (a INT) WITH (connector = 'file', path = '{path}', comment = '#'); SELECT a FROM s;"
    contains(weir("--no-header", "--mode", "csv", "-c", source + letters)[1], "4,10,")
    for columns in ("a INT", "a INT, b INT"):  # the option is pointed to where it may be missing
        contains(weir("-c", f"CREATE SOURCE s ({columns}) WITH (connector = 'file', path = '{path}'); SELECT a FROM s")[2], ": is its first line a comment (comment = '#')?")
    out = Path(directory) / "comments_out.csv"
    equal(weir("-c", f"CREATE SOURCE s (a TEXT, b TEXT); CREATE SINK k FROM s INTO FILE (path = '{out}', comment = '#'); INSERT INTO s VALUES ('#1', 'x#')"), (0, "", ""))
    equal(out.read_text(), 'a,b\n"#1",x#\n')
    for options in ("comment = ','", "comment = '\"'", "comment = 'x', null = 'xx'", "comment = '\\', escape = '\\'"):
        contains(weir("-c", f"CREATE SOURCE s (a INT) WITH (connector = 'file', path = '{path}', format = 'csv', {options})")[2], "comment must differ from")


def test_columns_are_guessed_with_the_options_of_csv():
    def guessed(text, options, query="SELECT * FROM s"):
        return weir("--mode", "csv", "-c", f"CREATE SOURCE s WITH (connector = 'file', path = '{file('guessed.csv', text)}'{options}); {query}")
    equal(guessed("1,x\n2,y\n", ", header = false", "SELECT column1 + 1 AS n, column2 FROM s"), (0, "n,column2\n2,x\n3,y\n", ""))
    equal(guessed("a;b\n'1;1';2\n", ", quote = ''''", "SELECT a, b + 1 AS c FROM s"), (0, "a,c\n1;1,3\n", ""))
    equal(guessed('a,b\n"1\\"1",2\n', ", escape = '\\'", "SELECT a, b + 1 AS c FROM s"), (0, 'a,c\n"1""1",3\n', ""))
    equal(guessed("a,b\n1,-\n-,2\n", ", null = '-'", "SELECT sum(a) AS a, sum(b) AS b FROM s"), (0, "a,b\n1,2\n", ""))
    equal(guessed("% x\na,b\n%y,\n1,2\n", ", comment = '%'", "SELECT a + b AS c FROM s"), (0, "c\n3\n", ""))
    equal(guessed("# x\na,b\n1,2\n", "", "SELECT a + b AS c FROM s"), (0, "c\n3\n", ""))
    contains(guessed("a,b\n1,2\n", ", delimiter = '\"'")[2], "delimiter must differ from quote and escape")
    status, out, err = weir("--no-header", "-c", "SELECT a + b FROM stdin", stdin="# made by x\n\na,b\n1,2\n# 3\n4,5\n")
    equal((status, out), (0, "3\n9\n"))
    contains(err, "format = 'csv', comment = '#')")


# ---- every source ----

@option("connector", "on_error")
def test_connector_and_on_error():
    path = file("bad.ndjson", '{"a":1}\nnonsense\n')
    kept = "SELECT count(*) FROM s; SELECT count(*) FROM weir_catalog.dead_letters"
    for value, letters in (("dead_letter", 1), ("skip", 0)):
        out = weir("--no-header", "-c", f"CREATE SOURCE s (a INT) WITH (connector = 'file', path = '{path}', on_error = '{value}'); {kept}")[1]
        equal(out, f"1\n{letters}\n", value)
    equal(generated("rows = 1", "SELECT count(*) FROM s"), ["1"])


WINDOWS = "SELECT window_start, count(*) AS n FROM TUMBLE(s, ts, INTERVAL '10' SECOND) GROUP BY window_start, window_end EMIT ON WINDOW CLOSE"


@option("max_future")
def test_max_future():
    source = "CREATE SOURCE s (ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (connector = 'file', path = '%s', follow = true%s); "
    for options, closes in (("", True), (", max_future = '1 hour'", False)):
        path = file("future.ndjson", '{"ts":"2026-01-01 00:00:01"}\n{"ts":"2999-01-01 00:00:00"}\n')
        following = Following("-c", source % (path, options) + WINDOWS)
        with following as pipes:
            equal(pipes.hear("2026-01-01 00:00:00,1\n", seconds=10 if closes else 1), closes, options)
        equal("1 record could not be used" in following.err, not closes, options)


def test_options_without_effect():
    path = file("future.ndjson", '{"ts":"2999-01-01 00:00:00"}\n')
    for columns, follow, why in (("ts TIMESTAMP, WATERMARK FOR ts AS ts", "false", "has an end"), ("ts TIMESTAMP", "true", "has no watermark"),
                                 ("ts TIMESTAMP, WATERMARK FOR ts AS ts", "true", None)):
        for option in ("max_future", "idle_timeout"):
            status, out, err = weir("-c", f"CREATE SOURCE s ({columns}) WITH (connector = 'file', path = '{path}', follow = {follow}, {option} = '1 hour')")
            equal((status, out), (0, ""), err)
            equal(f'NOTICE: option "{option}" has no effect: source "s" {why} (-c:1:' in err, why is not None, err)
            equal("\nHINT: It is " in err, why is not None, err)
    equal(weir("-c", "CREATE SOURCE s (ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (max_future = '1 hour')"), (0, "", ""))


def test_every_option_is_tried():
    def read(path, pattern):
        return re.findall(pattern, (ROOT / "src" / path).read_text(), re.M)
    define = (ROOT / "src/db/define.c").read_text()
    common = define[define.index("COMMON_OPTIONS[] = {"):]
    known = {" ".join(row) for row in read("connect/option.def", r'^OPTION\((\w+), *(\w+), *"([^"]+)"')}
    known |= {" ".join(row) for row in read("format/format.def", r'^FORMAT_OPTION\((\w+), *"([^"]+)"')}
    known |= set(re.findall(r'^ *\{"(\w+)", OPTION_', common[:common.index("\n};")], re.M))
    assert len(known) > 20
    equal(sorted(known), sorted(tried | set(ELSEWHERE)))
    for path, test in ELSEWHERE.values():
        contains((ROOT / path).read_text(), test)


if __name__ == "__main__":
    main(globals())
