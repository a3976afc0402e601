# SPDX-License-Identifier: Apache-2.0
"""The command in scripts: arguments, streams, exit statuses, modes, errors with their place."""
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import WEIR, Pipes, contains, equal, main, weir  # noqa: E402

DEAD_LETTERS = ". Add SELECT * FROM weir_catalog.dead_letters to the end of the script to see %s"
VALUES = "VALUES (1, 'a'), (20, NULL)"


def write(directory, name, text):
    path = Path(directory) / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


# ---- arguments ----

def test_version_and_help():
    equal(weir("--version"), (0, "weir 0.1.0\n", ""))
    status, out, err = weir("--help")
    equal((status, err), (0, ""))
    contains(out, "--keep-going")
    contains(out, "weir demo")


def test_wrong_usage_is_2_and_suggests():
    for arguments, hint in ((["--mdoe", "csv"], "--mode"), (["dmeo"], "weir demo"), (["--mode", "jsno"], "json"),
                            (["x.sql"], "weir -f x.sql"), (["--color", "blue"], "auto, always or never"), (["-c"], "needs SQL"),
                            (["--threads", "2"], "workers do not exist yet"), (["--mode", "arow"], "arrow"),
                            (["--mode", "column"], "table"), (["--mode", "ndjson"], "jsonl"), (["--csv"], "--mode csv"), (["-csv"], "--mode csv"),
                            (["events.csv"], "FROM stdin' < events.csv"), (["-v"], "--help"),
                            (["--seconds", "1"], "weir demo"), (["demo", "x"], "no argument"), (["check"], "check what")):
        status, out, err = weir(*arguments)
        equal((status, out), (2, ""), arguments)
        contains(err, hint)


def test_inputs_run_in_the_order_given():
    with tempfile.TemporaryDirectory() as directory:
        path = write(directory, "two.sql", "SELECT 2 AS n;")
        equal(weir("--no-header", "-c", "SELECT 1; ", "-f", path, "-c", "SELECT 3", "--threads", "0"), (0, "1\n2\n3\n", ""))
        equal(weir("--no-header", "--file=" + path, "-cSELECT 3"), (0, "2\n3\n", ""))


def test_standard_input_is_a_script():
    equal(weir(stdin="SELECT 1 AS a;\n-- a comment; with a semicolon\nSELECT ';' AS b"), (0, "a\n1\nb\n;\n", ""))
    equal(weir("-f", "-", stdin="SELECT 1 AS a"), (0, "a\n1\n", ""))
    equal(weir(stdin=""), (0, "", ""))
    equal(weir(stdin=" ;; -- nothing\n;"), (0, "", ""))


def test_rows_instead_of_a_script():
    hint = 'HINT: If these are rows and no statements: weir -c "SELECT * FROM stdin" reads them.\n'
    for rows in ('{"a":1}\n{"a":2}\n', '\n[{"a":1}]', "a,b\n1,2\n", "id;name\n1;x\n"):
        status, out, err = weir(stdin=rows)
        equal((status, out), (1, ""), rows)
        assert err.endswith(hint), err
    with tempfile.TemporaryDirectory() as directory:
        assert weir("-f", write(directory, "x.ndjson", '{"a":1}'))[2].endswith(hint)
    for arguments, script in (((), "SELCT 1"), ((), "SELECT 1; {1}"), (("-c", "{}"), ""), ((), "SELECT 1 +")):
        assert hint not in weir(*arguments, stdin=script)[2], script


def test_a_directory_is_not_supported_yet():
    status, out, err = weir("--data", "somewhere", "-c", "SELECT 1")
    equal((status, out), (1, ""))
    contains(err, "ERROR 0A000")


# ---- modes ----

def test_modes():
    expected = {
        "csv": "column1,column2\n1,a\n20,\n",
        "jsonl": '{"column1":1,"column2":"a"}\n{"column1":20,"column2":null}\n',
        "json": '[{"column1":1,"column2":"a"},\n {"column1":20,"column2":null}]\n',
        "table": " column1 | column2\n---------+---------\n       1 | a\n      20 | \n(2 rows)\n",
        "box": "┌─────────┬─────────┐\n│ column1 │ column2 │\n├─────────┼─────────┤\n│       1 │ a       │\n│      20 │         │\n"
               "└─────────┴─────────┘\n",
        "markdown": "| column1 | column2 |\n|--------:|---------|\n|       1 | a       |\n|      20 |         |\n",
    }
    for mode, text in expected.items():
        equal(weir("--mode", mode, "-c", VALUES), (0, text, ""), mode)


def test_no_header():
    equal(weir("--no-header", "-c", VALUES)[1], "1,a\n20,\n")
    equal(weir("--no-header", "--mode", "table", "-c", VALUES)[1], "  1 | a\n 20 | \n(2 rows)\n")


def test_empty_results():
    empty = "SELECT 1 AS a WHERE false"
    equal(weir("-c", empty)[1], "a\n")
    equal(weir("--mode", "json", "-c", empty)[1], "[]\n")
    equal(weir("--mode", "jsonl", "-c", empty)[1], "")
    equal(weir("--mode", "table", "-c", empty)[1], " a\n---\n(0 rows)\n")


def test_wide_and_dangerous_text():
    status, out, _ = weir("--mode", "table", "-c", "VALUES ('日本', 'x'), ('é', 'y'), (E'a\\nb\\x1b[31m', 'z')")
    equal(status, 0)
    equal(out, " column1      | column2\n--------------+---------\n 日本         | x\n é            | y\n a\\nb\\x1B[31m | z\n(3 rows)\n")


def test_markdown_cells_hold_what_would_end_them():
    status, out, _ = weir("--mode", "markdown", "-c", "SELECT 'a|b' AS \"x|y\", E'one\ntwo\r\nthree|' AS t, '|' AS \"é\"")
    equal((status, out), (0, "| x\\|y | t                     | é  |\n|------|-----------------------|----|\n| a\\|b | one<br>two<br>three\\| | \\| |\n"))


def test_statements_without_rows_print_nothing():
    equal(weir("-c", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)"), (0, "", ""))


def test_commands_work_in_scripts():
    status, out, err = weir(stdin="CREATE TABLE t (a INTEGER);\n\\dt\n.mode jsonl\nSELECT 1 AS a;\n\\q\nSELECT 2 AS a;")
    equal((status, err), (0, ""))
    contains(out, "t,table")
    equal(out.splitlines()[-1], '{"a":1}')
    status, out, err = weir("-c", ".tabels")
    equal((status, out), (1, ""))
    contains(err, "did you mean .tables?")


def test_how_results_look():
    def shown(script):
        status, out, err = weir(stdin=script + "\nSELECT 1 AS a, NULL AS b;")
        equal((status, err), (0, ""), script)
        return out
    equal(shown(".mode list"), "a|b\n1|\n")
    equal(shown("\\a\n\\f ' - '\n\\pset null (none)"), "a - b\n1 - (none)\n")
    equal(shown(".mode list\n.separator \\t\n.nullvalue 'no value'\n.headers off"), "1\tno value\n")
    equal(shown("\\a\n\\a\n.separator ;"), "a;b\n1;\n")
    equal(shown(".nullvalue NIL"), "a,b\n1,NIL\n")
    equal(shown(".nullvalue NIL\n.mode jsonl"), '{"a":1,"b":null}\n')
    equal(shown(".mode table\n\\pset null NIL"), " a | b\n---+-----\n 1 | NIL\n(1 row)\n")
    equal(shown(".mode table\n\\t"), " 1 |\n".replace("|\n", "| \n"))
    equal(shown(".mode table\n\\t\n\\t off"), " a | b\n---+---\n 1 | \n(1 row)\n")
    equal(shown("\\pset format table\n\\pset expanded on\n.nullvalue x\n\\pset tuples_only"), "-[ RECORD 1 ]\na | 1\nb | x\n")
    equal(shown("\\echo 'some  words'\n.print and more \n\\echo"), "some  words\nand more\n\na,b\n1,\n")
    equal(shown(".nullvalue NIL\n.timer off\n\\a\n.show").replace("stdout", "-").splitlines()[:9],
          ["format       list", 'null         "NIL"', 'fieldsep     "|"', "expanded     off", "tuples_only  off", "headers      on", "timing       off",
           "pager        on", "output       -"])
    equal(weir("--mode", "list", "-c", VALUES)[1], "column1|column2\n1|a\n20|\n")
    equal(shown("\\x auto\n.mode table"), " a | b\n---+---\n 1 | \n(1 row)\n")  # no screen, nothing is too wide


def test_mode_line_is_that_of_sqlite():
    sql = "SELECT * FROM (VALUES (1, 'x', 'a long name''s'), (-20, NULL, '')) AS v(a, column_of_text, b);"
    lines = "             a = 1\ncolumn_of_text = x\n             b = a long name's\n\n             a = -20\ncolumn_of_text = \n             b = \n"
    equal(weir("--mode", "line", "-c", sql), (0, lines, ""))
    equal(weir(stdin=".mode line\nSELECT 1 AS a, 'x' AS é; SELECT 3 AS c WHERE false;"), (0, "    a = 1\n    é = x\n", ""))  # sqlite counts bytes
    equal(weir(stdin=".mode line\n.nullvalue -\nSELECT 'a\nb' AS a, NULL AS b;"), (0, "    a = a\\nb\n    b = -\n", ""))
    if shutil.which("sqlite3"):
        created = "CREATE TABLE v (a, column_of_text, b); INSERT INTO v VALUES (1, 'x', 'a long name''s'), (-20, NULL, ''); SELECT * FROM v"
        done = subprocess.run(["sqlite3", "-line", ":memory:", created], capture_output=True, text=True, timeout=60)
        equal(done.stdout, lines)


def test_values_are_bound_to_the_next_statement():
    equal(weir(stdin="\\bind 20 'it''s a text' ''\nSELECT $1 + 1 AS a, $2 || '!' AS b, $3 || '.' AS c;"), (0, "a,b,c\n21,it's a text!,.\n", ""))
    equal(weir(stdin="CREATE TABLE t (a INT, b DATE);\n.bind 1 2024-02-29\nINSERT INTO t VALUES ($1, $2);\nSELECT * FROM t;"), (0, "a,b\n1,2024-02-29\n", ""))
    for bound, message in [("", "42P02: parameter $1 has no value"), ("\\bind\n", "42P02: parameter $1 has no value"), ("\\bind 1 2\n", "42P02: there is no parameter $2"),
                           ("\\bind x\n", '22P02: invalid input syntax for type integer: "x"'), ("\\bind 1\nSELECT 1;\n", "42P02: there is no parameter $1"),
                           ("\\bind 'x\n", "42601: \\bind: unterminated quoted string")]:
        status, _, err = weir(stdin=f"{bound}SELECT $1::int;")
        equal(status, 1)
        contains(err, message)
    status, _, err = weir("-k", stdin="\\bind 1\nSELECT $1::int, 1/0;\nSELECT $1::int;")  # for one statement, be it good or not
    contains(err, "parameter $1 has no value")


def test_once_and_all_definitions():
    with tempfile.TemporaryDirectory() as directory:
        equal(weir(stdin=f".once {directory}/out\nSELECT 5 AS b;\nSELECT 6 AS c;"), (0, "c\n6\n", ""))
        equal(Path(f"{directory}/out").read_text(), "b\n5\n")
        equal(weir("-k", stdin=f".once {directory}/out\nSELECT nope;\nSELECT 6 AS c;")[:2], (1, "c\n6\n"))
    make = 'CREATE TABLE "my t" (a INT);\nCREATE VIEW v AS SELECT a\n  FROM "my t";\nCREATE SINK k FROM v INTO BLACKHOLE;\n'
    late = "CREATE SOURCE s (ts TIMESTAMP, WATERMARK FOR ts AS ts);\nCREATE MATERIALIZED VIEW m AS SELECT window_start FROM TUMBLE(s, ts, INTERVAL '1' DAY) " \
           "GROUP BY window_start, window_end EMIT ON WINDOW CLOSE LATE DATA TO l;\n"
    for word in (".schema", "\\sv"):
        equal(weir(stdin=make + late + word), (0, make + late, ""))
        equal(weir(stdin=make + word + ' "my t"'), (0, 'CREATE TABLE "my t" (a INT);\n', ""))
        equal(weir(stdin="create view v as select 1 a;\n" + word), (0, "create view v as select 1 a;\n", ""))
        status, out, err = weir(stdin=make + word + " nosuch")
        equal((status, out), (1, ""))
        contains(err, "nosuch")


def test_commands_behind_a_statement_of_a_script():
    for script in ("SELECT 1 \\g\nSELECT 2;", "SELECT 1 \\gx", "SELECT 1\n\\g\n"):
        status, out, err = weir(stdin=script)
        equal((status, out), (1, ""), script)
        contains(err, "HINT: In a script a command with a backslash has a line of its own")
    assert "backslash" not in weir("-c", "SELECT 1 +; SELECT '\\'")[2]


def test_words_that_are_not_here_say_what_is():
    for word, hint in (("\\l", "one database"), (".databases", "one database"),
                       ("\\e", "for the prompt"), ("\\set x 1", "no variables"), ("\\g", "behind the statement"),
                       ("\\pset border 2", "names are format"), ("\\x sideways", "on or off")):
        status, out, err = weir(stdin=word)
        equal((status, out), (1, ""), word)
        contains(err, hint)


def test_commands_of_the_system():
    equal(weir(stdin="SELECT 1 AS a;\n\\! echo \"it's\" 'a  b'; false\n\\!echo close\n.shell echo x | tr x y\n.system echo z\nSELECT 2 AS a;"),
          (0, "a\n1\nit's a  b\nclose\ny\nz\na\n2\n", ""))
    status, out, err = weir(stdin="\\!")
    equal((status, out), (1, ""))
    contains(err, "a command must follow")
    equal(weir("-c", "\\! kill -INT $PPID; kill -INT $$", "-c", "SELECT 1"), (130, "", ""))  # as a terminal tells both


def test_files_are_loaded_into_tables():
    """sqlite's .import and psql's \\copy: all of a file or nothing."""
    with tempfile.TemporaryDirectory() as directory:
        head = write(directory, "head.csv", "symbol,qty\nA,1\nB,2\n")
        tabs = write(directory, "it's.txt", "C\t3\nx\t4\n")
        objects = write(directory, "objects.ndjson", '{"qty":5,"symbol":"E","more":1}\n')
        bad = write(directory, "bad.csv", "symbol,qty\nF,6\nG,x\n")
        other = write(directory, "other.csv", "symbol,Ref No\n7,H\n")  # names say nothing: fields go by their order
        empty = write(directory, "empty.csv", "")
        long = write(directory, "long.csv", "n\n" + "1234567\n" * 200000 + "text\n")  # beyond what is guessed from
        table = 'CREATE TABLE "My t" (qty INT, symbol VARCHAR(5));\n'
        shown = '\nSELECT * FROM "My t";'
        quoted = tabs.replace("'", "''")

        def loads(command, rows):
            equal(weir(stdin=table + command + shown), (0, "qty,symbol\n" + rows, ""), command)

        def fails(command, *said):
            status, out, err = weir("-k", "--no-header", stdin=table + command + shown + "\nSHOW SOURCES;\nSHOW TABLES;")
            equal((status, out), (4 if said[0] in ("22P04", "58P01") else 1, 'My t,table,""\n'), command)
            for text in said:
                contains(err, text)
        loads(f'.import {head} "My t"', "1,A\n2,B\n")
        loads(f'.import --csv "{head}" "My t";', "1,A\n2,B\n")
        loads(f'.import {objects} "My t"', "5,E\n")
        loads(f"\\copy \"My t\"(symbol, qty) FROM '{head}' WITH CSV HEADER", "1,A\n2,B\n")
        loads(f"\\copy \"My t\"(symbol, qty) FROM '{head}' (FORMAT csv, HEADER MATCH)", "1,A\n2,B\n")
        loads(f"\\copy \"My t\" FROM {other} csv header", "7,H\n")
        loads(f"\\copy \"My t\" FROM {empty} csv header", "")
        loads(f"\\copy \"My t\" FROM {directory}/othe?.csv csv header", "7,H\n")
        fails(f"\\copy \"My t\" FROM {directory} csv header", "0A000", "plain files alone", "tail -n +2")
        fails(f"\\copy \"My t\" FROM {directory}/nosuch csv header", "58P01")
        loads(f"\\copy \"My t\" from {objects} (format json);", "5,E\n")
        loads(f"\\copy \"My t\" (symbol, qty) FROM '{quoted}' (FORMAT csv, DELIMITER E'\\t', HEADER false, NULL 'x')", "3,C\n4,\n")
        loads(f"\\copy \"My t\"(symbol,QTY) FROM '{quoted}' DELIMITER AS E'\\t' CSV", "3,C\n4,x\n")
        equal(weir(stdin=f".import {head} made\nSELECT * FROM made;\nDESCRIBE made;"),
              (0, 'symbol,qty\nA,1\nB,2\ncolumn,type,nullable,note\nsymbol,text,yes,""\nqty,bigint,yes,""\n', ""))
        fails(f'.import {bad} "My t"', "22P04", "record 3")
        fails(f".import {long} made", "22P04", "record 200002")
        fails(f".import {bad}", "the names of a file and of a table")
        fails(f'.import {directory}/nosuch "My t"', "58P01")
        fails(f'.import --skip 1 {head} "My t"', "--skip is not supported")
        fails(f'.import {head} "My t" more', '"more" has no place here')
        fails(f'\\copy "My t" (symbol, qty) FROM {bad} csv header', "22P04", 'source "\\copy"')
        fails(f'\\copy "My t" (qty) FROM {head} csv header', "22P04", "has 2 fields, not 1")
        fails(f'\\copy "My t" FROM {head} csv header match', "22P04", "field 1 of the first line", '"symbol", not "qty"')
        fails(f'\\copy "My t" FROM {head}', "reads CSV and JSON")
        fails(f'\\copy "My t" FROM {head} csv header quote_all', "\\copy with quote_all is not supported")
        fails(f'\\copy "My t" (nosuch) FROM {head} csv', "42703")
        fails(f'\\copy "My t" (qty FROM {head} csv', "a list of columns is not closed")
        fails(f"\\copy nosuch FROM {head} csv", "42P01")
        fails('\\copy "My t" TO x.csv csv', "\\o FILE")
        fails("\\copy (SELECT 1) TO x.csv csv", "\\o FILE")
        fails('\\copy "My t" FROM stdin csv', "reads files alone")


def test_output_and_read():
    with tempfile.TemporaryDirectory() as directory:
        path = write(directory, "one.sql", "SELECT 1 AS a;\nSELECT nope;")
        equal(weir(stdin=f"\\o {directory}/out\nSELECT 5 AS b;\n\\o\nSELECT 6 AS c;"), (0, "c\n6\n", ""))
        equal(Path(f"{directory}/out").read_text(), "b\n5\n")
        status, out, err = weir(stdin=f".read {path}\nSELECT 2 AS a;")
        equal((status, out), (1, "a\n1\n"))
        contains(err, f"({path}:2:8)")


# ---- errors ----

def test_error_has_place_line_and_caret():
    status, out, err = weir("-c", "SELECT price,\n       pirce FROM (VALUES (1)) AS t(price)")
    equal((status, out), (1, ""))
    lines = err.splitlines()
    assert lines[0].startswith("ERROR 42703: ") and lines[0].endswith(" (-c:2:8)"), err
    equal(lines[1:3], ["       pirce FROM (VALUES (1)) AS t(price)", "       ^"])
    assert lines[3].startswith("HINT: ") and "price" in lines[3], err


def test_caret_counts_columns_not_bytes():
    _, _, err = weir("-c", "SELECT '日é', \tnope")
    lines = err.splitlines()
    assert lines[0].endswith("(-c:1:15)"), err
    equal(lines[1:3], ["SELECT '日é',   nope", "                ^"])


def test_caret_in_a_long_line():
    _, _, err = weir("-c", "SELECT " + "1, " * 400 + "nope" + ", 1" * 400)
    lines = err.splitlines()
    assert len(lines[1]) <= 170 and lines[1].startswith("…") and lines[1].endswith("…"), err
    equal(lines[1][lines[2].index("^"):][:4], "nope")


def test_error_in_a_file_counts_its_lines():
    with tempfile.TemporaryDirectory() as directory:
        path = write(directory, "q.sql", "SELECT 1 AS a;\n\n/* x\n */ SELECT 2 AS b; SELECT 3 +;\n")
        status, out, err = weir("-f", path)
        equal((status, out), (1, "a\n1\nb\n2\n"))
        contains(err.splitlines()[0], f"ERROR 42601: ")
        contains(err.splitlines()[0], f"({path}:4:")
        equal(err.splitlines()[1], " */ SELECT 2 AS b; SELECT 3 +;")


def test_first_error_stops_unless_told_to_keep_going():
    script = "SELECT 1 AS a; SELECT nope; SELECT 2 AS a;"
    equal(weir("-c", script)[:2], (1, "a\n1\n"))
    equal(weir("-c", script, "-c", "SELECT 3")[:2], (1, "a\n1\n"))
    equal(weir("--keep-going", "-c", script, "-c", "SELECT 3 AS a")[:2], (1, "a\n1\na\n2\na\n3\n"))


def test_inputs_that_cannot_be_read_are_4():
    status, out, err = weir("-f", "/does/not/exist.sql")
    equal((status, out), (4, ""))
    contains(err, "ERROR 58P01")
    status, out, err = weir("-c", "CREATE SOURCE s (a INTEGER) WITH (connector = 'file', path = '/does/not/exist.json'); SELECT * FROM s")
    equal((status, out), (4, ""))
    contains(err, "/does/not/exist.json")


def test_nul_byte_is_an_error():
    status, out, err = weir(stdin=b"SELECT 1 AS a;\nSELECT 2\0 AS a;")
    equal((status, out), (1, "a\n1\n"))
    contains(err, "NUL byte (stdin:2:9)")


def test_dead_letters_leave_0_and_a_line():
    script = "CREATE SOURCE s (a INTEGER) WITH (connector = 'file', path = '-', format = 'json'); SELECT * FROM s"
    status, out, err = weir("-c", script, stdin='{"a":1}\nnonsense\n{"a":"x"}\n{"a":2}\n')
    equal((status, out), (0, "a\n1\n2\n"))
    equal(err.splitlines()[-1], "2 records could not be used (s, record 2 of stdin: invalid JSON at byte 1: an object is expected)" + DEAD_LETTERS % "them")
    # what has not been read to its end is not read for the line either
    status, out, err = weir("-c", script.replace("'-'", "'/dev/stdin'") + " LIMIT 1; SELECT nope; SELECT count(*) FROM s", stdin='nonsense\n{"a":1}\n' * 3)
    equal(status, 1)
    contains(err, " could not be used" + DEAD_LETTERS % "")
    # nor does the input reach the terminal
    equal(weir("-c", script, stdin=b'{"a":"\x7f\\u001b[31m"}\n')[2],
          '1 record could not be used (s, record 1 of stdin: column "a": invalid input syntax for type integer: "??[31m")' + DEAD_LETTERS % "it" + "\n")


def test_what_a_sink_stopped_at_does_not_hide_the_dead_letter():
    with tempfile.TemporaryDirectory() as directory:
        path = write(directory, "s.ndjson", '{"a":1}\n{"a":0}\n{"a":"z"}\n')
        sink = f"CREATE SINK k WITH (connector = 'file', path = '{directory}/k.csv', on_error = 'stop') AS SELECT 10 / a AS x FROM s"
        status, out, err = weir("-c", f"CREATE SOURCE s (a INT) WITH (connector = 'file', path = '{path}'); {sink}")
        equal((status, out), (1, ""))
        equal(err.splitlines()[-1], f"1 record could not be used (s, record 3 of {path}: column \"a\": invalid input syntax for type integer: \"z\")" + DEAD_LETTERS % "it")


def test_each_bad_record_is_counted_once_however_often_it_is_read():
    with tempfile.TemporaryDirectory() as directory:
        path = write(directory, "f.ndjson", '{"a":1}\n{"a":"x"}\n{"a":3}\nnonsense\n')
        source = f"CREATE SOURCE f (a INT) WITH (connector = 'file', path = '{path}');"
        line = f"2 records could not be used (f, record 2 of {path}: column \"a\": invalid input syntax for type integer: \"x\")" + DEAD_LETTERS % "them" + "\n"
        letters = "SELECT count(*) FROM weir_catalog.dead_letters"
        for reads, out in (("SELECT sum(a) FROM f; SELECT count(*) FROM f;", "4\n2\n2\n"),
                           ("CREATE STREAM s AS SELECT a FROM f; SELECT sum(a) FROM s; SELECT count(*) FROM s;", "4\n2\n2\n"),
                           ("CREATE MATERIALIZED VIEW m AS SELECT sum(a) FROM f; SELECT * FROM m; SELECT count(*) FROM f;", "4\n2\n2\n"),
                           ("SELECT a FROM f LIMIT 1; SELECT count(*) FROM f;", "1\n2\n2\n"),
                           ("SELECT a FROM f EMIT CHANGES; SELECT sum(a) FROM f;", "1,1\n3,1\n4\n2\n")):
            equal(weir("--no-header", "--mode", "csv", "-c", source + reads + letters), (0, out, line), reads)
        # another source over the same file, and the file changed: these are other records
        both = source + source.replace("SOURCE f", "SOURCE g") + "SELECT count(*) FROM f; SELECT count(*) FROM g;" + letters
        equal(weir("--no-header", "-c", both)[1], "2\n2\n4\n")
        pipes = Pipes("--no-header")
        pipes.tell(source + "SELECT count(*) FROM f;\n")
        assert pipes.hear("2\n")
        write(directory, "f.ndjson", '{"a":"y"}\n')
        pipes.tell("SELECT count(*) + 10 FROM f;" + letters + ";\n")
        equal(pipes.end()[1], "2\n10\n3\n")


def follow_until(sql, path, *said):
    """Runs the command over a file that grows, which is written once the command waits, until all of `said` has come on standard error."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([WEIR, "-c", sql], stdout=subprocess.DEVNULL, stderr=errors)
        end = time.monotonic() + 20

        def heard():
            errors.seek(0)
            return errors.read().decode()
        while time.monotonic() < end and not all(text in heard() for text in said):
            time.sleep(0.05)
        early = heard()
        append(path, '{"a":"x"}\n{"a":0}\n{"a":7}\n')
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        equal(process.wait(timeout=20), 130)
        return early, heard()


def test_first_bad_record_of_an_endless_source_is_told_at_once():
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/live.ndjson"
        source = f"CREATE SOURCE f (a INT) WITH (connector = 'file', path = '{path}', follow = true);"
        hint = "HINT: It and those that follow are in weir_catalog.dead_letters; this is told once.\n"
        record = f'WARNING: source "f" could not use a record: record 2 of {path}: column "a": invalid input syntax for type integer: "??[31m"\n' + hint
        row = ' could not use a row: division by zero\n' + hint
        for sql, told in (("SELECT 100 / a FROM f EMIT CHANGES", 'WARNING: query "select"'), ("CREATE SINK k INTO BLACKHOLE AS SELECT 100 / a FROM f", 'WARNING: sink "k"')):
            write(directory, "live.ndjson", '{"a":5}\n{"a":"\x7f\\u001b[31m"}\n{"a":0}\n')
            early, all_said = follow_until(source + sql, path, record, told + row)
            equal(sorted(early.split("WARNING")), sorted((record + told + row).split("WARNING")))
            equal(all_said[len(early):], "4 records could not be used. Add SELECT * FROM weir_catalog.dead_letters to the end of the script to see them\n")
        # one that has an end, but does not come there
        stdin = "CREATE SOURCE s (a INT) WITH (connector = 'file', path = '-', format = 'json');"
        for sql, is_interrupted in (("SELECT a FROM s", False), ("SELECT a FROM s EMIT CHANGES", True), ("CREATE SINK k INTO BLACKHOLE AS SELECT a FROM s", True), ("SELECT count(*) FROM s", False)):
            pipes = Pipes("-c", stdin + sql)
            pipes.tell('{"a":1}\nnonsense\nmore\n')
            ready, _, _ = select.select([pipes.process.stderr], [], [], 20)
            first = os.read(pipes.process.stderr.fileno(), 65536).decode() if ready else ""
            equal(first, 'WARNING: source "s" could not use a record: record 2 of stdin: invalid JSON at byte 1: an object is expected\n' + hint, sql)
            if is_interrupted:
                pipes.process.send_signal(signal.SIGINT)
                equal(pipes.process.wait(timeout=20), 130)
            equal(pipes.end()[2], "2 records could not be used" + DEAD_LETTERS % "them" + "\n")
    status, out, err = weir("-c", "CREATE SINK k INTO STDOUT AS SELECT * FROM weir_catalog.dead_letters")
    contains(err, "HINT: A plain SELECT shows what is there by now")
    contains(weir("-c", "SELECT * FROM weir_catalog.dead_letters EMIT CHANGES")[2], "ERROR 42P17: \"dead_letters\" is computed when read and cannot be followed (-c:1:15)")


def test_a_write_to_a_reader_that_is_stuck_can_be_interrupted():
    rows = "SELECT repeat('x', 100) AS x FROM generate_series(1, 1000000)"
    for sql in (rows, f"CREATE SINK k INTO STDOUT AS {rows}", rows + " LIMIT 600"):  # the last is as long as a pipe is not
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            pipes = Pipes("--no-header", "-c", sql)
            time.sleep(0.5)
            is_short = pipes.process.poll() is not None
            if not is_short:
                pipes.process.send_signal(number)
                equal(pipes.process.wait(timeout=20), status, sql)
            equal(is_short, "LIMIT" in sql, sql)
            pipes.process.stdout.close()
            pipes.process.stderr.close()


def test_watch_in_a_script_goes_on_until_a_signal():
    pipes = Pipes("--no-header")
    pipes.tell("CREATE TABLE t (a INT); INSERT INTO t VALUES (1); SELECT 'n', count(*) FROM t;\n\\watch 0.1\n")
    assert pipes.hear("n,1\nn,1\nn,1\n")
    pipes.process.send_signal(signal.SIGINT)
    equal(pipes.end()[0], 130)
    contains(weir(stdin="\\e\n")[2], "\\e is for the prompt")


def test_waiting_for_rows_that_cannot_come_is_told():
    notice = "NOTICE: this waits for rows of a source without a connector"
    with tempfile.TemporaryDirectory() as directory:
        path = write(directory, "f.ndjson", '{"a":1}\n')
        file = f"CREATE SOURCE f (a INT) WITH (connector = 'file', path = '{path}');"
        follow = file.replace("')", "', follow = true)")
        pushed = "CREATE SOURCE s (a INT); CREATE TABLE t (a INT); CREATE MATERIALIZED VIEW m AS SELECT a FROM s; CREATE VIEW v AS SELECT a FROM m; INSERT INTO s VALUES (7);"
        for sql in ("SELECT a FROM s EMIT CHANGES", "SUBSCRIBE m", "SUBSCRIBE v", "SELECT a FROM s UNION ALL SELECT a FROM f EMIT CHANGES"):
            pipes = Pipes("-c", file + pushed + sql)
            time.sleep(0.5)
            pipes.process.send_signal(signal.SIGINT)
            equal(pipes.process.wait(timeout=20), 130)
            contains(pipes.end()[2], notice)
        for sql in ("SELECT a FROM t EMIT CHANGES", "SUBSCRIBE f", "SELECT a FROM m", "CREATE SINK k FROM s INTO STDOUT"):
            assert notice not in weir("-c", file + pushed + sql)[2], sql
        pipes = Pipes("-c", follow + pushed + "SELECT a FROM s UNION ALL SELECT a FROM f EMIT CHANGES")
        assert pipes.hear('{"a":1')
        pipes.process.send_signal(signal.SIGINT)
        equal(pipes.process.wait(timeout=20), 130)
        assert notice not in pipes.end()[2]


def test_skipped_records_are_counted_and_point_nowhere():
    with tempfile.TemporaryDirectory() as directory:
        path = write(directory, "f.ndjson", '{"a":1}\n{"a":"x"}\n{"a":3}\nnonsense\n')
        skip = f"CREATE SOURCE f (a INT) WITH (connector = 'file', path = '{path}', on_error = 'skip');"
        keep = f"CREATE SOURCE g (a INT) WITH (connector = 'file', path = '{path}');"
        read = "SELECT count(*) FROM f;"
        equal(weir("--no-header", "-c", skip + read), (0, "2\n", "2 records could not be used and were skipped (on_error)\n"))
        equal(weir("--no-header", "-c", skip + keep + read + "SELECT count(*) FROM g")[2],
              f"2 records could not be used (g, record 2 of {path}: column \"a\": invalid input syntax for type integer: \"x\")" + DEAD_LETTERS % "them" + "\n"
              + "2 records could not be used and were skipped (on_error)\n")


def test_late_rows_leave_a_line_unless_a_table_takes_them():
    source = "CREATE SOURCE s (k TEXT, ts TIMESTAMP, WATERMARK FOR ts AS ts);"
    view = "CREATE MATERIALIZED VIEW m AS SELECT window_start, count(*) AS n FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) " \
           "GROUP BY window_start, window_end EMIT ON WINDOW CLOSE"
    rows = "; INSERT INTO s VALUES ('a', '2026-01-01 00:00:00'); INSERT INTO s VALUES ('b', '2026-01-01 00:05:00');" \
           "INSERT INTO s VALUES ('c', '2026-01-01 00:00:01'), ('d', '2026-01-01 00:00:02'); SELECT n FROM m"
    equal(weir("--no-header", "-c", source + view + rows),
          (0, "1\n", "2 rows came too late for every window and were dropped: LATE DATA TO would keep them\n"))
    equal(weir("--no-header", "-c", source + view + " LATE DATA TO l" + rows + "; SELECT k FROM l ORDER BY k"), (0, "1\nc\nd\n", ""))


def test_options_of_a_generator_have_their_place():
    for options, at, message in (("fields.a.min = 5, fields.a.max = 2", "fields.a.max", "not a range"), ("rows = 1, fields.x.min = 5", "fields.x", 'no column "x"'),
                                 ("fields.b.max = 5", "fields.b", "are for numbers"), ("rows = 1, time_column = 'a'", "time_column", "not a timestamp"),
                                 ("fields.a.min = 'x'", "fields.a", "must be a number")):
        sql = f"CREATE SOURCE g (a INT, b TEXT) WITH (connector = 'generator', {options}); SELECT a FROM g"
        status, _, err = weir("-c", sql)
        equal(status, 1, sql)
        contains(err, message)
        contains(err, f"(-c:1:{sql.index(at) + 1})\n{sql}\n" + " " * sql.index(at) + "^\n")


def test_failure_of_a_row_has_its_place():
    for statement, column in (("SELECT 1, 1 / a FROM (VALUES (0)) v(a)", 11), ("INSERT INTO t VALUES (1, 12345)", 26),
                              ("INSERT INTO t SELECT 1, a * 1000 FROM (VALUES (1)) v(a)", 25), ("UPDATE t SET n = a * 100", 18),
                              ("SELECT a FROM t WHERE 1 / (a - 1) > 0", 23),
                              ("SELECT 1, sum(x) FROM (VALUES (9e37::NUMERIC(38, 0)), (9e37)) v(x)", 11)):
        status, _, err = weir("-c", "CREATE TABLE t (a INT, n NUMERIC(4, 2)); INSERT INTO t VALUES (1, 1)", "-c", statement)
        equal(status, 1, statement)
        contains(err, f"(-c:1:{column})\n{statement}\n" + " " * (column - 1) + "^\n")


def test_from_stdin_shows_what_it_took_it_for():
    status, out, err = weir("-c", "SELECT count(*) AS n FROM stdin", stdin="a,b\n1,x\n2,y\n")
    equal((status, out), (0, "n\n2\n"))
    contains(err, "CREATE SOURCE stdin (a BIGINT, b TEXT)")
    records = '{"id": 1, "by": {"name": "Ann"}, "tags": ["x"]}\n{"id": 2, "by": {"name": "Bo"}}\n'
    status, out, err = weir("-c", "SELECT by ->> 'name' AS name, tags -> 0 AS tag FROM stdin", stdin=records)
    equal((status, out), (0, 'name,tag\nAnn,"""x"""\nBo,\n'))
    contains(err, "CREATE SOURCE stdin (id BIGINT, by JSONB, tags JSONB)")


def test_guessed_time_column():
    stamp, lag = "2023-11-14 22:13:20", "WATERMARK FOR t AS t - INTERVAL '1 second'"
    with tempfile.TemporaryDirectory() as directory:
        for number, unit, text in (("1700000000", "s", stamp), ("1700000000000", "ms", stamp), ("1700000000.5", "s", stamp + ".5")):
            for name, content in (("t.csv", f"t,n\n{number},5\n"), ("t.json", f'{{"t":{number},"n":5}}\n')):
                option = f", timestamp_unit = '{unit}'"
                equal(guessed(directory, name, content, option, f"({lag})", "SELECT t, n FROM s"), (0, f"{text}|5\n", ""), name)
                equal(columns_of(guessed(directory, name, content, option))[0][1], "double precision" if "." in number else "bigint")
                contains(guessed(directory, name, content, "", f"({lag})")[2], "ERROR")
        equal(guessed(directory, "u.csv", f"t\n{stamp}\n", ", timestamp_unit = 's'", f"({lag})", "SELECT t FROM s"), (0, stamp + "\n", ""))


def test_guessed_numbers_come_out_as_they_went_in():
    chance = random.Random(5)
    for _ in range(20):
        most = chance.choice((10, 16, 17, 20, 30))
        numbers = {str(chance.randrange(10 ** chance.randrange(1, most))) + ("." + str(chance.randrange(1, 10 ** 6)) if chance.random() < 0.3 else "")
                   for _ in range(20)}
        content = "".join(f'{{"a":{number}}}\n' for number in numbers)
        status, out, err = weir("--no-header", "-c", "SELECT a FROM stdin", stdin=content)
        equal(status, 0, err)
        equal(sorted(map(Decimal, out.split())), sorted(map(Decimal, numbers)), err)


def test_nulls_of_one_column_come_back():
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/nulls.csv"
        rows = "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (NULL), (2), (NULL);"
        equal(weir("-c", f"{rows} CREATE SINK k FROM t INTO FILE (path = '{path}')"), (0, "", ""))
        for columns in ("(a INT)", ""):
            equal(weir("--no-header", "-c", f"CREATE SOURCE s {columns} WITH (connector = 'file', path = '{path}'); SELECT count(*), count(a), sum(a) FROM s"), (0, "4,2,3\n", ""))
        equal(weir("--no-header", "-c", "SELECT count(*), sum(a) FROM stdin", stdin="a\n\n1\n\n")[:2], (0, "3,1\n"))


def guessed(directory, name, content, options="", columns="", query="DESCRIBE s"):
    sql = f"CREATE SOURCE s {columns} WITH (connector = 'file', path = '{write(directory, name, content)}'{options}); "
    return weir("--no-header", "--mode", "list", "-c", sql + query)


def columns_of(answer):
    equal((answer[0], answer[2]), (0, ""))
    return [tuple(line.split("|")[:2]) for line in answer[1].splitlines()]


def test_columns_of_a_file_are_guessed():
    wanted = [("id", "bigint"), ("name", "text"), ("at", "timestamp without time zone")]
    with tempfile.TemporaryDirectory() as directory:
        for name, content in (("a.csv", "id,name,at\n1,x,2024-01-01 00:00:00\n2,y,\n"), ("a.tsv", "id\tname\tat\n1\tx\t2024-01-01 00:00:00\n"),
                              ("a.txt", "id;name;at\n1;x;2024-01-01 00:00:00\n"), ("b.json", '{"id":1,"name":"x","at":"2024-01-01 00:00:00"}\n'),
                              ("b.csv", '{"id":1,"name":"x","at":"2024-01-01 00:00:00"}\n'), ("[c].json", '[{"id":1,"name":"x","at":"2024-01-01T00:00:00"}]')):
            path = name.replace("[", "?").replace("]", "?")
            write(directory, name, content)
            described = weir("--no-header", "--mode", "list", "-c", f"CREATE SOURCE s WITH (connector = 'file', path = '{directory}/{path}'); DESCRIBE s")
            equal(columns_of(described), wanted, name)
            equal(weir("--no-header", "-c", f"CREATE SOURCE s FROM FILE (path = '{directory}/{path}'); SELECT id, name, at FROM s LIMIT 1"), (0, "1,x,2024-01-01 00:00:00\n", ""))
        # what the options say holds
        equal(columns_of(guessed(directory, "d.csv", "a,b;c\n1,2;3\n", ", delimiter = ';'")), [("a,b", "text"), ("c", "bigint")])
        for options, message in ((", format = 'json'", "is csv, not json"), (", quote = ','", "delimiter must differ")):
            status, out, err = guessed(directory, "d.csv", "a,b\n1,2\n", options)
            equal((status in (1, 4), out), (True, ""), options)
            contains(err, message)
        # keys and watermarks name what was guessed
        answer = guessed(directory, "e.csv", "a,b,c,ts\n1,2,3,2024-01-01 00:00:00\n", "", "(WATERMARK FOR ts AS ts, PRIMARY KEY (b, a, c))")
        equal((answer[0], answer[1]), (0, "a|bigint|no|key\nb|bigint|no|key\nc|bigint|no|key\nts|timestamp without time zone|yes|event time\n"))
        contains(guessed(directory, "e.csv", "a,b\n1,2\n", "", "(PRIMARY KEY (x))")[2], "42703")
        # many files: the first; none, empty, a pipe: an error
        write(directory, "f1.csv", "a\n1\n")
        write(directory, "f2.csv", "a\n2\n")
        equal(weir("--no-header", "-c", f"CREATE SOURCE s FROM FILE (path = '{directory}/f?.csv'); SELECT sum(a) FROM s"), (0, "3\n", ""))
        for path, message in ((f"{directory}/nosuch", "No such file"), (f"{directory}/nosuch*", "no file matches"), (directory, "no plain file"), ("/dev/stdin", "no plain file")):
            status, out, err = weir("-c", f"CREATE SOURCE s WITH (connector = 'file', path = '{path}')")
            equal((status in (1, 4), out), (True, ""), path)
            contains(err, message)
        contains(guessed(directory, "g.csv", "")[2], "the input is empty")
        # ids beyond BIGINT stay apart
        for content in ('{"id":18446744073709551614}\n{"id":18446744073709551615}\n', "id\n9007199254740992\n9007199254740993\n0.5\n0.5\n"):
            equal(weir("--no-header", "-c", "SELECT count(DISTINCT id) FROM stdin", stdin=content)[1], "2\n" if "{" in content else "3\n", content)
    contains(weir("-c", "CREATE SOURCE s")[2], "needs at least one column")
    contains(weir("-c", "CREATE SOURCE s FROM GENERATOR")[2], "needs at least one column")
    contains(weir("-c", "CREATE SOURCE s WITH (path = 'x.csv')")[2], "connector = 'file'")


def test_standard_input_has_one_reader():
    named = "CREATE SOURCE s WITH (connector = 'file', path = '-'); "
    data = "a,b\n1,x\n2,y\n"
    equal(weir("--no-header", "-c", named + "SELECT a, b FROM s", stdin=data), (0, "1,x\n2,y\n", ""))
    for second in ("SELECT * FROM stdin", named.replace("SOURCE s", "SOURCE t"), "CREATE SOURCE t (a INT) WITH (connector = 'file', path = '-')"):
        status, out, err = weir("--no-header", "-c", named + "SELECT count(*) FROM s; " + second, stdin=data)
        equal((status, out), (1, "2\n"), second)
        contains(err, "ERROR 55000")
        contains(err, 'read from "s"')
    equal(weir("-c", named + named.replace("SOURCE s", "SOURCE IF NOT EXISTS s"), stdin=data)[0], 0)


def peak_mib(row_count, *arguments):
    """The most memory that the command has had while so many rows came to its standard input."""
    with tempfile.TemporaryFile() as data, tempfile.TemporaryFile() as out:
        data.write(b"id,name,price,note\n")
        for _ in range(row_count // 1000):
            data.write(b"12345,a name of some length,99.25,and a note that is longer still\n" * 1000)
        data.seek(0)
        environment = {**os.environ, "ASAN_OPTIONS": os.environ["ASAN_OPTIONS"] + ":quarantine_size_mb=1"}
        process = subprocess.Popen([WEIR, *arguments], stdin=data, stdout=out, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        equal((process.returncode, out.read()), (0, b"%d\n" % row_count))
        return usage.ru_maxrss / 1024


def test_standard_input_is_not_held_in_memory():
    for query in ("SELECT count(*) FROM stdin", "SELECT count(*) FROM (SELECT name FROM stdin WHERE price > 1) AS t"):
        small, large = (peak_mib(count, "--no-header", "-c", query) for count in (1000, 1000000))
        assert large < small + 24, f"{large} MiB for 66 MB, {small} MiB for nearly nothing: {query}"


# ---- timing ----

def test_each_statement_answers_as_its_semicolon_comes():
    pipes = Pipes("--no-header")
    pipes.tell("SELECT 11")
    pipes.tell(";")
    assert pipes.hear("11\n")
    pipes.tell("\nSELECT 'it''s;'; SEL")
    assert pipes.hear("it's;\n")
    pipes.tell("ECT 33")
    equal(pipes.end(), (0, "11\nit's;\n33\n", ""))


def test_filter_answers_each_line_as_it_comes():
    for mode in ("csv", "jsonl", "table"):
        pipes = Pipes("--mode", mode, "-c", "CREATE SOURCE s (a INTEGER) WITH (connector = 'file', path = '-', format = 'json');"
                                            "SELECT a FROM s WHERE a > 10")
        pipes.tell('{"a":1234}\n')
        assert pipes.hear("1234"), mode
        pipes.tell('{"a":5}\n{"a":5678}\n')
        assert pipes.hear("5678"), mode
        equal(pipes.end()[0], 0)


def test_bounded_sources_feed_sinks_to_their_end():
    with tempfile.TemporaryDirectory() as directory:
        data = write(directory, "in.json", "".join(f'{{"a":{i}}}\n' for i in range(5000)))
        sql = f"""CREATE SOURCE s (a INTEGER) WITH (connector = 'file', path = '{data}');
                  CREATE SINK k WITH (connector = 'file', path = '{directory}/out.csv') AS SELECT a FROM s WHERE a % 1000 = 7"""
        equal(weir("-c", sql), (0, "", ""))
        equal(Path(f"{directory}/out.csv").read_text().split(), ["a", "7", "1007", "2007", "3007", "4007"])


def append(path, text):
    with open(path, "a") as file:
        file.write(text)


def test_sinks_over_sources_without_an_end_run_until_a_signal():
    with tempfile.TemporaryDirectory() as directory:
        path = write(directory, "in.json", '{"a":1}\n')
        source = f"CREATE SOURCE s (a INTEGER) WITH (connector = 'file', path = '{path}', follow = true);"
        for sink in ("CREATE SINK k INTO STDOUT FORMAT csv AS SELECT a + 10 AS b FROM s", "CREATE STREAM t AS SELECT a + 10 AS b FROM s; CREATE SINK k FROM t INTO STDOUT FORMAT csv"):
            for sent, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
                write(directory, "in.json", '{"a":1}\n')
                pipes = Pipes("-c", source + sink)
                assert pipes.hear("11\n")
                append(path, '{"a":2}\n')
                assert pipes.hear("12\n")
                assert pipes.process.poll() is None
                pipes.process.send_signal(sent)
                equal(pipes.process.wait(timeout=20), status)
                equal(pipes.end(), (status, "b\n11\n12\n", ""))
        # nothing is fed: a view alone, rows that only INSERT could bring, a source that has halted
        write(directory, "in.json", '{"a":1}\n')
        equal(weir("-c", source + "CREATE MATERIALIZED VIEW m AS SELECT a FROM s"), (0, "", ""))
        equal(weir("-c", "CREATE SOURCE s (a INTEGER); CREATE SINK k FROM s INTO STDOUT FORMAT csv; INSERT INTO s VALUES (5)"), (0, "a\n5\n", ""))
        write(directory, "in.json", '{"a":1}\nnonsense\n{"a":2}\n')
        status, out, err = weir("-c", source.replace("true", "true, on_error = 'stop'") + "CREATE SINK k FROM s INTO STDOUT FORMAT csv")
        equal((status, out), (4, "a\n1\n"))
        contains(err, 'source "s" stopped at record 2')


# ---- ends ----

def test_reader_that_goes_is_no_failure():
    query = f"{WEIR} -c \"CREATE SOURCE s (a BIGINT) WITH (connector = 'generator'); SELECT a FROM s EMIT CHANGES\""
    done = subprocess.run(["bash", "-c", f"{query} | head -3; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True, timeout=60)
    equal(done.stdout.splitlines()[-1], "0")
    equal(len(done.stdout.splitlines()), 4)
    equal(done.stderr, "")


def test_reader_of_a_sink_that_goes_is_no_failure():
    for rows in ("", ", rows = 1000000"):
        sql = f"CREATE SOURCE s (a BIGINT) WITH (connector = 'generator'{rows}); CREATE SINK k FROM s INTO STDOUT"
        done = subprocess.run(["bash", "-c", f'{WEIR} -c "{sql}" | head -3; echo ${{PIPESTATUS[0]}}'], capture_output=True, text=True, timeout=60)
        equal((done.stdout.splitlines()[3:], done.stderr), (["0"], ""))


def test_reader_that_goes_is_noticed_while_nothing_comes():
    with tempfile.TemporaryDirectory() as directory:
        live = write(directory, "live.ndjson", '{"a":1}\n')
        os.mkfifo(f"{directory}/fifo")
        follow = f"CREATE SOURCE f (a INT) WITH (connector = 'file', path = '{live}', follow = true);"
        stdin = "CREATE SOURCE f (a INT) WITH (connector = 'file', path = '-', format = 'json');"
        for sql in (follow + "SELECT a FROM f EMIT CHANGES", follow + "SUBSCRIBE f", follow + "CREATE SINK k FROM f INTO STDOUT",
                    stdin + "SELECT a FROM f EMIT CHANGES", stdin + "SELECT a FROM f", stdin + "CREATE SINK k INTO STDOUT AS SELECT a FROM f",
                    stdin + "CREATE SINK k WITH (connector = 'file', path = '-') AS SELECT a FROM f"):
            # the input stays open for as long as the command runs
            feed = f"exec 3<> {directory}/fifo; cat {live} >&3; {WEIR} --no-header -c \"{sql}\" <&3; echo $? > {directory}/status"
            started = time.monotonic()
            done = subprocess.run(["bash", "-c", f"({feed}) | head -1"], capture_output=True, text=True, timeout=60)
            contains(done.stdout, "1")
            equal((done.stderr, Path(f"{directory}/status").read_text()), ("", "0\n"), sql)
            assert time.monotonic() - started < 20, sql
        # a file's sink is no matter of standard output's reader
        process = subprocess.Popen(["bash", "-c", f"exec {WEIR} -c \"{follow} CREATE SINK k WITH (connector = 'file', path = '{directory}/out') AS SELECT a FROM f\" > >(true)"])
        time.sleep(1)
        append(live, '{"a":2}\n')
        time.sleep(1)
        equal(process.poll(), None)
        process.send_signal(signal.SIGTERM)
        equal(process.wait(timeout=20), 143)
        equal(Path(f"{directory}/out").read_text(), '{"a":1}\n{"a":2}\n')


def test_full_disk_is_a_failure():
    done = subprocess.run(["bash", "-c", f"{WEIR} -c 'SELECT 1' > /dev/full"], capture_output=True, text=True, timeout=60)
    equal(done.returncode, 1)
    contains(done.stderr, "ERROR 58030")


def test_interrupt_is_130():
    endless = "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator'); "
    for sql in ("CREATE SOURCE s (a BIGINT) WITH (connector = 'generator', rows_per_second = 10); SELECT a FROM s EMIT CHANGES",
                "CREATE SOURCE s (a BIGINT) WITH (connector = 'file', path = '-'); SELECT a FROM s",
                "CREATE SOURCE s (a BIGINT) WITH (connector = 'generator', rows = 100000000); SELECT count(*) FROM s",
                # rows come as fast as they can, and nothing leaves
                endless + "SELECT a FROM g WHERE a < 0 EMIT CHANGES", endless + "SUBSCRIBE SELECT a FROM g WHERE a < 0",
                endless + "SELECT count(*) FROM g EMIT EVERY INTERVAL '1' HOUR", endless + "SET on_error = 'skip'; SELECT 1 / 0 FROM g EMIT CHANGES",
                "CREATE TABLE t (a BIGINT); INSERT INTO t SELECT * FROM generate_series(1, 1000000000)"):
        pipes = Pipes("-c", sql)
        time.sleep(0.5)
        pipes.process.send_signal(signal.SIGINT)
        equal(pipes.process.wait(timeout=30), 130, sql)
        pipes.end()


def test_a_limit_that_is_reached_ends_the_query():
    endless = "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', seed = 7); "
    for sql in ("SELECT a > 0 FROM g LIMIT 2 EMIT CHANGES", "SELECT b FROM (SELECT a > 0 AS b FROM g) AS q LIMIT 2 EMIT EVERY INTERVAL '1' HOUR"):
        status, out, _ = weir("--no-header", "--mode", "csv", "-c", endless + sql)
        equal((status, [line.split(",")[0] for line in out.splitlines()]), (0, ["t", "t"]), sql)
    pipes = Pipes("--no-header", "--mode", "csv", "-c", "CREATE SOURCE s (a INT) WITH (connector = 'file', path = '-', format = 'json'); SELECT a FROM s LIMIT 1 EMIT CHANGES")
    pipes.tell('{"a":5}\n{"a":6}\n')  # and standard input stays open
    equal(pipes.process.wait(timeout=30), 0)
    equal(pipes.end()[1], "5,1\n")


def test_interrupt_while_columns_are_guessed():
    for signal_sent, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        for said in ("", "a,b"):  # no whole line yet
            pipes = Pipes("-c", "SELECT * FROM stdin")
            pipes.tell(said)
            time.sleep(0.3)
            pipes.process.send_signal(signal_sent)
            equal(pipes.process.wait(timeout=20), status)
            pipes.end()


def test_interrupt_while_a_script_is_awaited():
    pipes = Pipes()
    pipes.tell("SELECT 1 AS a;\n")
    assert pipes.hear("a\n1\n")
    pipes.process.send_signal(signal.SIGINT)
    equal(pipes.process.wait(timeout=20), 130)
    pipes.end()


def test_termination_is_143():
    pipes = Pipes("-c", "CREATE SOURCE s (a BIGINT) WITH (connector = 'generator', rows_per_second = 10); SELECT a FROM s EMIT CHANGES")
    assert pipes.hear('{"a":')
    pipes.process.send_signal(signal.SIGTERM)
    equal(pipes.process.wait(timeout=20), 143)
    pipes.end()


def shell(command):
    """(exit status, standard output, standard error) of a line for sh in which $WEIR is the command."""
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, "WEIR": WEIR})
    return done.returncode, done.stdout, done.stderr


def test_closed_standard_streams():
    status, out, err = shell('"$WEIR" -c "SELECT count(*) FROM stdin" <&-')
    equal((status, out), (4, ""))
    contains(err, "Bad file descriptor")
    status, out, err = shell('"$WEIR" <&-')
    equal((status, out), (4, ""))
    contains(err, "Bad file descriptor")
    status, out, err = shell('"$WEIR" -c "SELECT 1 AS a" >&-')
    equal((status, out), (1, ""))
    contains(err, "Bad file descriptor")
    equal(shell('"$WEIR" -c "SELECT 1 AS a; SELECT nope" 2>&-'), (1, "a\n1\n", ""))
    with tempfile.TemporaryDirectory() as directory:  # no file takes the number of a closed stream
        data = write(directory, "in.csv", "a\n7\n")
        sql = f"CREATE SOURCE s (a BIGINT) WITH (connector = 'file', path = '{data}');"
        equal(shell(f'"$WEIR" -c "{sql} SELECT a FROM s" <&- 2>&-'), (0, "a\n7\n", ""))
        equal(shell(f'"$WEIR" -c "{sql} CREATE SINK k WITH (connector = \'file\', path = \'{directory}/out.csv\') AS SELECT a FROM s" <&- >&- 2>&-')[0], 0)
        equal(Path(f"{directory}/out.csv").read_text(), "a\n7\n")


def test_a_script_cannot_read_itself():
    status, out, err = weir(stdin="SELECT * FROM stdin;\nSELECT 1 AS a;\n" + "-- more\n" * 100000)
    equal((status, out), (1, ""))
    contains(err, "ERROR 55000: standard input cannot be read as data")
    status, out, err = weir(stdin="CREATE SOURCE s (a INT) WITH (connector = 'file', path = '-')")
    equal((status, out), (1, ""))
    contains(err, "the script itself comes from it")


# ---- check, explain, demo ----

def test_check():
    with tempfile.TemporaryDirectory() as directory:
        good = write(directory, "good.sql", f"""CREATE SOURCE s (a INTEGER) WITH (connector = 'file', path = '/does/not/exist');
            CREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n FROM s GROUP BY a; INSERT INTO t VALUES (1);
            CREATE SINK k WITH (connector = 'file', path = '{directory}/made.csv') AS SELECT a FROM s; SELECT n FROM v"""
                     .replace("INSERT INTO t VALUES (1);", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);"))
        bad = write(directory, "bad.sql", "SELECT 1;\nSELECT nope;\nSELECT 1 +;\n")
        equal(weir("check", good, good), (0, f"{good}: 6 statements, no errors\n" * 2, ""))
        assert not Path(f"{directory}/made.csv").exists()
        status, out, err = weir("check", bad)
        equal((status, out), (1, ""))
        equal([line.split(":")[0] for line in err.splitlines() if line.startswith("ERROR")], ["ERROR 42703", "ERROR 42601"])
        contains(err, f"({bad}:2:8)")
        rows = write(directory, "rows.csv", "a,b\n1,x\n")
        loads = write(directory, "loads.sql", f"\\import {rows} made\n\\copy made from {rows} csv header\nSELECT a FROM made;\n")
        equal(weir("check", loads), (0, f"{loads}: 3 statements, no errors\n", ""))
        equal(weir("explain", loads)[0], 0)
        status, out, err = weir("check", "-c", f"\\copy nosuch from {rows} csv")
        equal((status, out), (1, ""))
        contains(err, 'relation "nosuch" does not exist')


def test_explain():
    status, out, err = weir("explain", "-c", "CREATE TABLE t (a INTEGER); SELECT a FROM t WHERE a > 1")
    equal((status, err), (0, ""))
    assert len(out.splitlines()) > 1 and '"' not in out.splitlines()[0], out
    status, out, err = weir("explain", "-c", "SELECT 1;\nSELECT nope")
    equal((status, out), (1, ""))
    contains(err, "(-c:2:8)\nSELECT nope\n       ^\n")
    equal(weir("explain", "-c", "  ")[0], 2)


def test_views_are_looked_through_once_however_many_ways_lead_down():
    with tempfile.TemporaryDirectory() as directory:
        source = f"(n INT) WITH (connector = 'file', path = '{write(directory, 'n.csv', 'n' + chr(10) + '7')}', format = 'csv')"
        script = [f"CREATE SOURCE s {source}; CREATE SOURCE apart {source}; CREATE MATERIALIZED VIEW other AS SELECT * FROM apart;",
                  "CREATE MATERIALIZED VIEW a0 AS SELECT * FROM s; CREATE MATERIALIZED VIEW b0 AS SELECT * FROM s WHERE n < 0;"]
        for i in range(80):
            script += [f"CREATE MATERIALIZED VIEW {name}{i + 1} AS SELECT * FROM a{i} WHERE n {'>' if name == 'a' else '<'} 0 "
                       f"UNION ALL SELECT * FROM b{i};" for name in "ab"]
        equal(weir("--no-header", stdin="\n".join(script) + "SELECT * FROM a80; SELECT * FROM b80"), (0, "7\n", ""))


def test_demo_without_a_terminal():
    started = time.monotonic()
    status, out, err = weir("demo", "--seconds", "2")
    equal(status, 0)
    assert 1.5 < time.monotonic() - started < 15
    assert len(out.splitlines()) >= 8, out
    contains(out, '"vwap":')
    contains(err, os.path.realpath(WEIR))
    equal(weir("demo", "--seconds", "1", "--mode", "csv")[1].splitlines()[0].split(",")[0], "symbol")


main(globals())
