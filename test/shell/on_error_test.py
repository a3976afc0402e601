# SPDX-License-Identifier: Apache-2.0
"""on_error = 'stop': what comes before the first bad row is delivered, however the input is cut; then one line and an exit status."""
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import Pipes, contains, equal, main, weir  # noqa: E402

BATCH_ROWS = (1, 2, 3, 7, 64, 4096)


def write_rows(directory, bad_at, count=300, name="f.ndjson"):
    """Row i has v = i, but row `bad_at` (from 1) has the text of a number that is none. Times jump back and forth by up to 4 s."""
    dice = random.Random(bad_at)
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        for i in range(1, count + 1):
            second = i * 3 + dice.randrange(-4, 5) + 10
            time = f"2024-01-01 00:{second // 60:02}:{second % 60:02}"
            value = '"no"' if i == bad_at else i
            file.write(f'{{"k":"{"abc"[i % 3]}","v":{value},"ts":"{time}"}}\n')
    return path


def source(path, on_error="stop"):
    return f"CREATE SOURCE s (k TEXT, v INT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) " \
           f"WITH (connector = 'file', path = '{path}', on_error = '{on_error}');"


QUERIES = ("SELECT v FROM s",
           "SELECT v FROM s EMIT CHANGES",
           "SELECT v * 2 AS w FROM s WHERE v % 2 = 1 EMIT CHANGES",
           "SUBSCRIBE s",
           "CREATE STREAM x AS SELECT v FROM s WHERE k <> 'a'; SELECT v FROM x EMIT CHANGES",
           "CREATE MATERIALIZED VIEW m AS SELECT v FROM s; SUBSCRIBE m",
           "CREATE SINK o FROM s INTO STDOUT",
           "SELECT window_start, k, sum(v) AS n FROM TUMBLE(s, ts, INTERVAL '20' SECOND) GROUP BY window_start, window_end, k EMIT ON WINDOW CLOSE",
           "SELECT k, count(*) AS n FROM s GROUP BY k, SESSION(ts, INTERVAL '6' SECOND) EMIT ON WINDOW CLOSE",
           "SELECT v FROM s EMIT EVERY INTERVAL '1' HOUR")


def test_a_source_delivers_what_came_before_its_first_bad_record_for_any_split():
    with tempfile.TemporaryDirectory() as directory:
        for bad_at in (1, 2, 7, 8, 100, 299, 300):
            path = write_rows(directory, bad_at)
            for query in QUERIES:
                first = None
                for rows in BATCH_ROWS:
                    status, out, err = weir("--no-header", "--mode", "csv", "-c", f"SET batch_rows = {rows};" + source(path) + query)
                    equal(status, 4, (query, rows))
                    equal(err.count("\n"), 1, err)
                    contains(err, f'ERROR 22P04: source "s" stopped at record {bad_at}, byte ')
                    contains(err, f' of {path}: column "v": invalid input syntax for type integer: "no"')
                    out = sorted(out.splitlines())
                    first = out if first is None else first
                    equal(out, first, (query, bad_at, rows))
                if query.startswith("SELECT v FROM s"):
                    equal(len(first), bad_at - 1, query)


def test_what_a_source_gives_is_what_a_file_cut_there_gives():
    with tempfile.TemporaryDirectory() as directory:
        path = write_rows(directory, 120)
        cut = os.path.join(directory, "cut.ndjson")
        with open(path) as whole, open(cut, "w") as part:
            part.writelines(whole.readlines()[:119])
        for query in QUERIES[:7]:
            good = weir("--no-header", "--mode", "csv", "-c", source(cut) + query)
            equal(good[0], 0)
            equal(sorted(weir("--no-header", "--mode", "csv", "-c", source(path) + query)[1].splitlines()), sorted(good[1].splitlines()), query)


def test_a_query_delivers_what_came_before_its_first_bad_row_for_any_split():
    """1000 / (v - n) fails in row n; the WHERE fails otherwise in later rows, which a whole batch meets first."""
    with tempfile.TemporaryDirectory() as directory:
        path = write_rows(directory, 301)
        for n in (1, 2, 5, 64, 65, 200, 300):
            bad, late = f"1000 / (v - {n})", f"v + {2147483647 - n - 3} > 0"
            queries = (f"SELECT v, {bad} AS q FROM s EMIT CHANGES",
                       f"SELECT v, {bad} AS q FROM s WHERE {late} EMIT CHANGES",
                       f"SELECT a.v, {bad} AS q FROM (SELECT v FROM s WHERE {late}) a EMIT CHANGES",
                       f"CREATE SINK o INTO STDOUT AS SELECT v, {bad} AS q FROM s WHERE {late}",
                       f"SELECT window_start, sum({bad}) AS q FROM TUMBLE(s, ts, INTERVAL '20' SECOND) "
                       "GROUP BY window_start, window_end EMIT ON WINDOW CLOSE")
            for query in queries:
                first = None
                for rows in BATCH_ROWS:
                    status, out, err = weir("--no-header", "--mode", "csv", "-c",
                                            f"SET batch_rows = {rows}; SET on_error = 'stop';" + source(path) + query)
                    equal(status, 1, (query, rows, err))
                    contains(err, "ERROR 22012")
                    contains(err, "division by zero")
                    equal(err.count("ERROR") + err.count("WARNING"), 1, err)
                    out = sorted(out.splitlines())
                    first = out if first is None else first
                    equal(out, first, (query, n, rows))
                if "TUMBLE" not in query:
                    equal(len(first), n - 1, query)


def test_a_halted_object_is_warned_of_and_makes_the_exit_status():
    made = "CREATE TABLE t (a INT); CREATE MATERIALIZED VIEW v WITH (on_error = 'stop') AS SELECT 1 / a AS b FROM t;" \
           "CREATE MATERIALIZED VIEW w AS SELECT count(*) AS n FROM t;"
    warning = 'WARNING: materialized view "v" stopped at row {"a":0}: division by zero\n'
    equal(weir("--no-header", "-c", made + "INSERT INTO t VALUES (1), (0); SELECT n FROM w"), (1, "2\n", warning))
    status, out, err = weir("--no-header", "--keep-going", "-c", made + "INSERT INTO t VALUES (0);\nSELECT * FROM v;\nSELECT n FROM w;\nSHOW VIEWS")
    equal((status, out), (1, '1\nv,materialized view,"materialized view ""v"" stopped at row {""a"":0}: division by zero"\nw,materialized view,""\n'))
    contains(err, warning + 'ERROR 22012: materialized view "v" stopped at row {"a":0}: division by zero (-c:2:1)\nHINT: on_error = \'stop\' has halted it: DROP and CREATE')
    # dropped in time it is nobody's failure
    equal(weir("--no-header", "-c", made + "INSERT INTO t VALUES (0); DROP MATERIALIZED VIEW v; SELECT n FROM w"), (0, "1\n", warning))


def test_the_other_readers_of_a_halted_query_go_on():
    with tempfile.TemporaryDirectory() as directory:
        path = write_rows(directory, 301)
        out = os.path.join(directory, "o.csv")
        for rows in (1, 7, 4096):
            status, _, err = weir("-c", f"SET batch_rows = {rows};" + source(path) +
                                  "CREATE SINK bad INTO STDOUT WITH (on_error = 'stop') AS SELECT 1 / (v - 9) AS q FROM s;"
                                  f"CREATE SINK good FROM s INTO FILE (path = '{out}')")
            equal((status, err), (1, 'ERROR 22012: sink "bad" stopped at record 9 of %s, row {"v":9}: division by zero\n' % path))
            with open(out) as file:
                equal(len(file.readlines()), 301)


def test_a_halted_view_names_the_row_by_its_file_and_record():
    with tempfile.TemporaryDirectory() as directory:
        for name, lines in (("1", '{"a":1}\n\n{"a":2}\n'), ("2", '{"a":3}\n\n{"a":0,"b":"x"}\n')):
            with open(os.path.join(directory, f"p{name}.ndjson"), "w") as file:
                file.write(lines)
        pattern = "CREATE SOURCE s (a INT, b TEXT) WITH (connector = 'file', path = '%s/p*.ndjson');" % directory
        where = f"record 3 of {directory}/p2.ndjson, row "
        for rows in (1, 4096):
            settings = f"SET batch_rows = {rows}; SET on_error = 'stop';" + pattern
            err = weir("-c", settings + "CREATE MATERIALIZED VIEW m AS SELECT b, 1 / a AS r FROM s WHERE a < 3; SELECT * FROM m")[2]
            contains(err, f'ERROR 22012: materialized view "m" stopped at {where}{{"a":0,"b":"x"}}: division by zero')
            # a view that is made when the file has been read reads it again
            made = settings + "CREATE MATERIALIZED VIEW n AS SELECT a FROM s; SELECT count(*) FROM n;"
            contains(weir("-c", made + "CREATE MATERIALIZED VIEW m AS SELECT 1 / a AS r FROM s")[2], f'materialized view "m" stopped at {where}{{"a":0}}')
            contains(weir("-c", settings + "SELECT 1 / a AS r FROM s EMIT CHANGES")[2], f'DETAIL: At {where}{{"a":0}}\n')
            followed = settings.replace("p*.ndjson'", "p2.ndjson', follow = true")
            contains(weir("-c", followed + "SELECT 1 / a AS r FROM s EMIT CHANGES")[2], f'DETAIL: At {where}{{"a":0}}\n')
            long = settings + "CREATE SOURCE t (a INT, b TEXT); CREATE MATERIALIZED VIEW m AS SELECT b, 1 / a AS r FROM t; INSERT INTO t VALUES (0, repeat('\u00e4', 200)); SELECT * FROM m"
            contains(weir("-c", long)[2], 'stopped at row {"a":0,"b":"' + "\u00e4" * 74 + " ...: division by zero")


def test_standard_input_stops():
    for rows in (1, 4096):
        for query in ("SELECT a FROM stdin", "SELECT a FROM stdin EMIT CHANGES"):
            status, out, err = weir("--no-header", "--mode", "csv", "-c", f"SET batch_rows = {rows}; SET on_error = 'stop'; {query}",
                                    stdin='{"a":1}\n{"a":2}\nnonsense\n{"a":4}\n')
            equal((status, [line[0] for line in out.splitlines()]), (4, ["1", "2"]), query)
            contains(err, 'ERROR 22P04: source "stdin" stopped at record 3, byte 16 of stdin: invalid JSON at byte 1')
    pipes = Pipes("--no-header", "-c", "CREATE SOURCE i (a INT) WITH (connector = 'file', path = '-', on_error = 'stop'); SELECT a FROM i")
    pipes.tell('1\n{"a":1}\n')  # it does not wait for more
    equal(pipes.process.wait(timeout=20), 4)
    pipes.end()


main(globals())
