# SPDX-License-Identifier: Apache-2.0
"""The command on a terminal: prompt, history, completion, Ctrl-C, results that are drawn again in place."""
import contextlib
import os
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.dirname(sys.path[0]))
from command import Terminal, contains, equal, main  # noqa: E402
from oracle.postgres import Postgres  # noqa: E402

PROMPT = "weir> "


def prompt(**variables):
    terminal = Terminal(**variables)
    assert terminal.hear(PROMPT), terminal.out
    return terminal


def answer(terminal, text):
    """What is shown between the line and the next prompt."""
    terminal.tell(text + "\n")
    assert terminal.hear("\n" + PROMPT), terminal.out
    return terminal.heard


def leave(terminal):
    terminal.tell("\\q\n")
    equal(terminal.end(), 0)


def test_statements_over_several_lines():
    terminal = prompt()
    terminal.tell("SELECT 1 AS a,\n")
    assert terminal.hear("  ... ")
    contains(answer(terminal, "'é日本' AS b;"), " a | b\n---+-------\n 1 | é日本\n(1 row)\n")
    contains(answer(terminal, "SELECT 2 AS a; SELECT 3 AS b;"), " 3\n")
    leave(terminal)


def test_errors_do_not_end_it():
    terminal = prompt()
    contains(answer(terminal, "SELECT nope;"), "ERROR 42703: column \"nope\" does not exist\nSELECT nope;\n       ^\n")
    contains(answer(terminal, "SELECT 7;"), " 7\n")
    leave(terminal)


def test_what_a_statement_did_is_told_as_psql_tells_it():
    statements = ["CREATE TABLE t (a INT PRIMARY KEY, b TEXT NOT NULL, c VARCHAR(3), d BOOLEAN, ts TIMESTAMPTZ)",
                  "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')", "/* -- */ -- ;\nUPDATE t SET b = 'w' WHERE a < 3", "update t set b = 'v' where a > 3",
                  "INSERT INTO t VALUES (3, 'a') ON CONFLICT DO NOTHING", "INSERT INTO t VALUES (4, 'b') RETURNING a",
                  "INSERT INTO t VALUES (5, 'c', 'abc', true, '2024-07-01 12:00+02'), (6, NULL, 'é', false, '2024-07-01'), (NULL, NULL)",
                  "INSERT INTO t VALUES (7, NULL, repeat('x', 3)), (8, 'y', 'toolong')", "UPDATE t SET b = NULL WHERE a = 2",
                  "INSERT INTO t (b, c) VALUES (repeat('ü', 31) || 'x' || repeat('é', 40), 'y')", "INSERT INTO t (b) VALUES (repeat('ab', 32))",
                  "DELETE FROM t WHERE a > 100", "DELETE FROM t WHERE a > 1", "DROP TABLE t"]
    def is_tag(line):
        return re.fullmatch(r"(INSERT 0|UPDATE|DELETE) \d+", line) is not None
    terminal = prompt()
    tags, details = [], []
    for statement in statements:
        for line in statement.split("\n")[:-1]:
            terminal.tell(line + "\n")
            assert terminal.hear("  ... "), terminal.out
        lines = answer(terminal, statement.split("\n")[-1] + ";").splitlines()
        tags += [line for line in lines if is_tag(line)]
        details += [line for line in lines if line.startswith("DETAIL: ")]
    equal(tags, ["INSERT 0 3", "UPDATE 2", "UPDATE 0", "INSERT 0 0", "INSERT 0 1", "DELETE 0", "DELETE 3"])
    equal(len(details), 3)
    leave(terminal)
    with Postgres.start() or contextlib.nullcontext() as postgres:
        if postgres:
            done = postgres.psql("\\set QUIET off\n" + ";\n".join(statements) + ";\n")
            equal(tags, [line for line in done.stdout.splitlines() if is_tag(line)])
            equal(details, [line.replace("DETAIL:  ", "DETAIL: ") for line in done.stderr.splitlines() if line.startswith("DETAIL: ")])


def test_what_goes_with_an_object_is_told():
    make = "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t; "
    terminal = prompt()
    for script, notice in ((make + "DROP VIEW v; DROP MATERIALIZED VIEW m; DROP TABLE t CASCADE;", ""), (make + "DROP VIEW v CASCADE; DROP TABLE t CASCADE;", "NOTICE: drop cascades to materialized view m\n"),
                           (make + "DROP TABLE t CASCADE;", "NOTICE: drop cascades to 2 other objects: view v, materialized view m\n"),
                           (make + "DROP VIEW v; DROP TABLE IF EXISTS t CASCADE;", "NOTICE: drop cascades to materialized view m\n")):
        heard = answer(terminal, script)
        contains(heard, notice)
        equal(heard.count("NOTICE"), 1 if notice else 0, heard)
    leave(terminal)


def test_both_dialects():
    terminal = prompt()
    answer(terminal, "CREATE TABLE t (id BIGINT, name TEXT);")
    for command in ("\\d", "\\dt", ".tables"):
        contains(answer(terminal, command), " t ")
    for command in ("\\d t", ".describe t"):
        contains(answer(terminal, command), " name ")
    answer(terminal, 'CREATE TABLE "my table" (id BIGINT);')
    contains(answer(terminal, '\\d "my table"'), " id ")
    for command in ("\\df lower", ".functions lower"):
        contains(answer(terminal, command), " lower ")
    for command in ("\\sv t", ".schema t"):
        contains(answer(terminal, command), "CREATE TABLE t (id BIGINT, name TEXT)")
    contains(answer(terminal, "\\?"), ".timer")
    contains(answer(terminal, ".help"), "\\timing")
    contains(answer(terminal, "\\tiiming"), "did you mean \\timing?")
    contains(answer(terminal, "\\timing"), "Timing is on.")
    contains(answer(terminal, "SELECT 1;"), "Time: ")
    answer(terminal, ".timer off")
    answer(terminal, ".mode csv")
    contains(answer(terminal, "SELECT 1 AS a;"), "\na\n1\n")
    answer(terminal, "\\mode auto")
    answer(terminal, "\\x")
    contains(answer(terminal, "SELECT 1 AS a, 2 AS bb;"), "-[ RECORD 1 ]\na  | 1\nbb | 2\n")
    leave(terminal)


def test_words_of_other_shells():
    terminal = prompt()
    contains(answer(terminal, "help"), "\\timing")
    answer(terminal, "CREATE TABLE t (id BIGINT);")
    contains(answer(terminal, "\\d+ t"), " id ")
    contains(answer(terminal, "\\dt+"), " t ")
    contains(answer(terminal, ".header off"), "The header is off.")
    contains(answer(terminal, "\\du"), "\\? lists what there is")
    contains(answer(terminal, "\\a"), "Mode list is on.")
    contains(answer(terminal, "\\t"), "Showing rows alone is on.")
    contains(answer(terminal, "SELECT 1, 2;"), "\n1|2\n" + PROMPT)
    contains(answer(terminal, "\\moed"), "did you mean \\mode?")
    for word in ("exit", "quit;", "EXIT"):
        terminal = prompt()
        terminal.tell(word + "\n")
        equal(terminal.end(), 0)


def test_commands_in_the_middle_of_a_statement():
    terminal = prompt()
    terminal.tell("SELECT 41 + 1 AS a\n")
    assert terminal.hear("  ... "), terminal.out
    terminal.tell("\\timing\n")
    assert terminal.hear("Timing is on."), terminal.out
    assert terminal.hear("  ... "), terminal.out
    contains(answer(terminal, "\\g"), " 42\n")
    contains(answer(terminal, "SELECT 43 AS a \\g"), " 43\n")
    contains(answer(terminal, "SELECT 'a' AS b\\g"), " a\n")
    contains(answer(terminal, "\\g"), "behind the statement")
    terminal.tell("SELECT '\\g\n")
    assert terminal.hear("  ... "), terminal.out
    contains(answer(terminal, "' || 4 AS b \\g"), " \\g\\n4\n")
    terminal.tell("SELECT 'a\n")
    assert terminal.hear("  ... "), terminal.out
    contains(answer(terminal, "\\timing' AS b;"), "timing\n")  # in quotes it is text
    terminal.tell("SELECT 1\n")
    assert terminal.hear("  ... "), terminal.out
    leave(terminal)


def test_the_prompt_reads_standard_input_itself():
    terminal = prompt()
    contains(answer(terminal, "SELECT * FROM stdin;"), "ERROR 55000")
    contains(answer(terminal, "SELECT 5;"), " 5\n")
    leave(terminal)


def test_long_results_go_through_a_pager():
    terminal = prompt(PAGER="sed s/^/P/; echo paged", rows=20)
    answer(terminal, "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 200000, fields.a.kind = 'sequence');")
    short = answer(terminal, "SELECT a FROM g LIMIT 10;")
    assert "paged" not in short, short
    terminal.tell("SELECT a FROM g LIMIT 30;\n")
    assert terminal.hear("P(30 rows)\npaged\n"), terminal.out
    contains(terminal.heard, "P 29\n")
    assert terminal.hear(PROMPT), terminal.out
    contains(answer(terminal, "SELECT 5;"), " 5\n(1 row)")
    contains(answer(terminal, "\\pager off"), "The pager is off.")
    assert "paged" not in answer(terminal, "SELECT a FROM g LIMIT 30;")
    leave(terminal)


def test_commands_of_the_system():
    terminal = prompt()
    contains(answer(terminal, "\\! echo to$((1 + 1))day"), "to2day\n")
    terminal.tell("\\! echo sle''eping; exec sleep 60\n")
    assert terminal.hear("sleeping\n"), terminal.out
    for _ in range(10):  # sh itself loses a signal that comes while it makes way for the command
        time.sleep(0.3)
        terminal.tell("\x03")  # for the child alone
        if terminal.hear(PROMPT, seconds=1):
            break
    else:
        raise AssertionError(terminal.out)
    contains(answer(terminal, "SELECT 5 AS five;"), "(1 row)")
    leave(terminal)


def test_expanded_where_a_table_is_too_wide():
    terminal = prompt(columns=40)
    contains(answer(terminal, "\\x auto"), "wider than the screen")
    narrow, wide = "SELECT 'abc' AS a, 1 AS b;", "SELECT repeat('x', 20) AS a, repeat('y', 20) AS bc FROM generate_series(1, 2);"
    contains(answer(terminal, narrow), " a   | b\n-----+---\n abc | 1\n(1 row)")
    row = "a  | " + "x" * 20 + "\nbc | " + "y" * 20 + "\n"
    contains(answer(terminal, wide), "-[ RECORD 1 ]\n" + row + "-[ RECORD 2 ]\n" + row)
    answer(terminal, ".mode box")
    contains(answer(terminal, wide), "-[ RECORD 1 ]\n" + row)
    contains(answer(terminal, narrow), "│ abc │ 1 │")
    answer(terminal, "\\x off")
    contains(answer(terminal, wide), "│ xxxxx")
    leave(terminal)


def test_leaving_the_pager_early_is_no_failure():
    terminal = prompt(PAGER="head -n 3", rows=20)
    answer(terminal, "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 200000, fields.a.kind = 'sequence');")
    shown = answer(terminal, "SELECT a FROM g;")
    contains(shown, " 0\n")
    assert " 1\n" not in shown and "ERROR" not in shown, shown
    contains(answer(terminal, "SELECT 5;"), " 5\n")
    leave(terminal)
    terminal = prompt(PAGER="trap '' INT; head -n 3; sleep 2", rows=20)
    answer(terminal, "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 200000, fields.a.kind = 'sequence');")
    terminal.tell("SELECT a FROM g;\n")
    assert terminal.hear(" 0\n"), terminal.out
    terminal.tell("\x03")  # comes too late for this statement, and must not end the next
    assert terminal.hear(PROMPT), terminal.out
    contains(answer(terminal, "SELECT 5;"), " 5\n")
    leave(terminal)
    for pager in ("no-such-program", ""):
        terminal = prompt(PAGER=pager, rows=20)
        answer(terminal, "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 30, fields.a.kind = 'sequence');")
        equal("(30 rows)" in answer(terminal, "SELECT a FROM g;"), pager == "", pager)
        contains(answer(terminal, "SELECT 5;"), " 5\n")
        leave(terminal)


def test_ctrl_c_drops_the_line_and_twice_leaves():
    terminal = prompt()
    terminal.tell("SELECT")
    time.sleep(0.5)
    terminal.tell("\x03")
    assert terminal.hear("^C\n" + PROMPT), terminal.out
    contains(answer(terminal, "SELECT 5;"), " 5\n")
    terminal.tell("\x03")
    assert terminal.hear("again"), terminal.out
    time.sleep(0.3)
    terminal.tell("\x03")
    equal(terminal.end(), 0)


def test_ctrl_d_leaves():
    terminal = prompt()
    terminal.tell("\x04")
    equal(terminal.end(), 0)


def test_ctrl_c_cancels_a_query():
    terminal = prompt()
    answer(terminal, "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 1000000000);")
    terminal.tell("SELECT count(*) FROM g;\n")
    time.sleep(0.5)
    terminal.tell("\x03")
    assert terminal.hear("Cancelled.\n" + PROMPT), terminal.out
    contains(answer(terminal, "SELECT 5;"), " 5\n")
    leave(terminal)


def test_history_is_kept_without_secrets():
    with tempfile.TemporaryDirectory() as directory:
        terminal = prompt(XDG_STATE_HOME=directory)
        answer(terminal, "SELECT 41;")
        answer(terminal, "SELECT 'password=x';")
        leave(terminal)
        kept = (Path(directory) / "weir/history").read_text()
        contains(kept, "41")
        assert "password" not in kept
        terminal = prompt(XDG_STATE_HOME=directory)
        terminal.tell("\x1b[A")  # \q
        terminal.tell("\x1b[A")
        contains(answer(terminal, ""), "41")
        leave(terminal)


def test_a_statement_of_several_lines_comes_back_whole():
    with tempfile.TemporaryDirectory() as directory:
        terminal = prompt(XDG_STATE_HOME=directory)
        terminal.tell("SELECT 40 + 2 AS a, -- a comment\n")
        assert terminal.hear("  ... "), terminal.out
        terminal.tell("\\timing off\n")  # no part of it
        assert terminal.hear("  ... "), terminal.out
        terminal.tell("'x\n")
        assert terminal.hear("  ... "), terminal.out
        contains(answer(terminal, "y' AS b;"), "42 | x\\ny\n")
        terminal.tell("\x1b[A")
        assert terminal.hear("y' AS b;"), terminal.out
        contains(answer(terminal, ""), "42 | x\\ny\n")
        answer(terminal, "SELECT 7 AS c;")
        terminal.tell("\x1b[A\x1b[A")
        contains(answer(terminal, ""), "42 | x\\ny\n")
        terminal.tell("SELECT 8\n")
        assert terminal.hear("  ... "), terminal.out
        contains(answer(terminal, "\\gx"), "?column? | 8\n")
        terminal.tell("\x1b[A")
        contains(answer(terminal, ""), "?column? | 8\n")
        terminal.tell("SELECT\n")
        assert terminal.hear("  ... "), terminal.out
        terminal.tell("'password'\n")
        assert terminal.hear("  ... "), terminal.out
        answer(terminal, ";")
        leave(terminal)
        assert "assword" not in (Path(directory) / "weir/history").read_text()
        terminal = prompt(XDG_STATE_HOME=directory)
        terminal.tell("\x1b[A\x1b[A")  # \q
        contains(answer(terminal, ""), "?column? | 8\n")
        leave(terminal)


def test_commands_behind_a_statement():
    terminal = prompt()
    contains(answer(terminal, "SELECT 1 AS a, 2 AS bb \\gx"), "-[ RECORD 1 ]\na  | 1\nbb | 2\n")
    contains(answer(terminal, "SELECT 1 AS a, 2 AS bb\\g"), " 1 |  2\n")  # for one statement
    contains(answer(terminal, "SELECT '\\gx' AS a \\g"), " \\gx\n")
    contains(answer(terminal, "SELECT 1 AS a; SELECT '\\g' AS b;"), " \\g\n")
    contains(answer(terminal, "SELECT 1 AS a; SELECT 2 AS b \\gx"), "b | 2\n")
    terminal.tell("SELECT 3 AS c \\l\n")
    assert terminal.hear("one database"), terminal.out
    assert terminal.hear("  ... "), terminal.out
    contains(answer(terminal, ";"), " 3\n")
    leave(terminal)


def test_a_statement_is_run_again_and_again():
    terminal = prompt()
    contains(answer(terminal, "\\watch"), "there is no statement yet")
    answer(terminal, "CREATE TABLE t (a INT);")
    answer(terminal, "SELECT count(*) AS n FROM t;")
    terminal.tell("\\watch 0.2\n")
    for _ in range(3):
        assert terminal.hear("+00 (every 0.2s)\n\n n\n---\n 0\n(1 row)\n"), terminal.out
    terminal.tell("\x03")
    assert terminal.hear(PROMPT), terminal.out
    assert "Cancelled" not in terminal.heard, terminal.heard
    terminal.tell("INSERT INTO t VALUES (7), (8) \\watch 0.1\n")  # what waits for its end is the statement
    for _ in range(2):
        assert terminal.hear("(every 0.1s)\n\nINSERT 0 2\n"), terminal.out
    terminal.tell("\x03")
    assert terminal.hear(PROMPT), terminal.out
    contains(answer(terminal, "SELECT count(*) >= 4 AS b FROM t;"), " t\n")
    contains(answer(terminal, "SELECT nope;"), "42703")
    contains(answer(terminal, "\\watch 1"), "ERROR 42703: column \"nope\" does not exist\n")
    for bad in ("0", "-1", "x", "1e9"):
        contains(answer(terminal, "\\watch " + bad), "takes a number of seconds above 0")
    leave(terminal)


def test_the_last_statement_is_edited():
    with tempfile.TemporaryDirectory() as directory:
        terminal = prompt(EDITOR="sed -i s/41/42/", TMPDIR=directory)
        answer(terminal, "SELECT 41 AS a;")
        contains(answer(terminal, "\\e"), " a\n----\n 42\n(1 row)\n")
        assert "42" not in answer(terminal, "\\e")  # nothing was changed: nothing is run
        contains(answer(terminal, "SELECT 41 + 1 AS b \\e"), " 43\n")
        contains(answer(terminal, "SELECT 7;"), " 7\n")
        equal(os.listdir(directory), [])
        leave(terminal)


def test_patterns_of_psql():
    terminal = prompt()
    answer(terminal, "CREATE TABLE ta_b (a INT); CREATE TABLE taxb (a INT); CREATE VIEW v AS SELECT * FROM taxb; CREATE MATERIALIZED VIEW m AS SELECT * FROM taxb;")
    for command, shown, missing in (("\\dt ta_*", ["ta_b"], ["taxb"]), ("\\dt TA?b", ["ta_b", "taxb"], [" v "]), (".tables ta_b", ["ta_b"], ["taxb"]), (".tables t%", ["ta_b", "taxb"], []),
                                    ("\\d t*", ["ta_b", "taxb"], [" v "]), ("\\dv ?", [" v ", " m "], ["taxb"]), ("\\dm", [" m "], [" v "]), ("\\dm x*", ["(0 rows)"], [" m "]),
                                    ("\\df date_t*", ["date_trunc"], ["date_part"]), ("\\df+ lower", [" lower "], ["upper"]), ("\\df date\\_*", ["(0 rows)"], []),
                                    ("\\d taxb", [" a "], ["ta_b"]), ("\\dt 'x", ["(0 rows)"], []), ("\\conninfo", ["in memory"], [])):
        heard = answer(terminal, command)
        heard = heard[heard.index("\n"):]
        for word in shown:
            contains(heard, word)
        for word in missing:
            assert word not in heard, (command, heard)
    leave(terminal)


def test_completion():
    terminal = prompt()
    answer(terminal, "CREATE TABLE measurements (temperature BIGINT);")
    terminal.tell("SELECT 1 FROM measu\t")
    assert terminal.hear("rements"), terminal.out
    terminal.tell(";\n")
    assert terminal.hear("(0 rows)"), terminal.out
    terminal.tell("SELECT measurements.tempe\t")
    assert terminal.hear("rature"), terminal.out
    contains(answer(terminal, "FROM measurements;"), "(0 rows)")
    terminal.tell("\\timi\t")
    assert terminal.hear("ng"), terminal.out
    contains(answer(terminal, ""), "Timing is on.")
    leave(terminal)


def tab(terminal, typed, expected):
    """What is typed, and the Tab key, put `expected` on the line."""
    terminal.tell(typed + "\t")
    assert terminal.hear(expected), (typed, terminal.out)


def test_settings_and_kinds_are_completed():
    terminal = prompt()
    answer(terminal, "CREATE TABLE tables_of_mine (a INT);")
    tab(terminal, "SET on_err", "or ")
    tab(terminal, "= 'st", "op' ")
    answer(terminal, ";")
    contains(answer(terminal, "SHOW on_error;"), " stop\n")
    tab(terminal, "SET on_error TO d", "SET on_error TO d")  # no bare word: values are texts
    terminal.tell("\x03")
    assert terminal.hear("^C\n" + PROMPT), terminal.out
    tab(terminal, "set on_error to 'd", "ead_letter' ")
    answer(terminal, ";")
    contains(answer(terminal, "SHOW on_error;"), " dead_letter\n")
    tab(terminal, "RESET Int", "ervalStyle ")
    answer(terminal, ";")
    tab(terminal, "DROP TA", "BLE ")
    tab(terminal, "tables_o", "f_mine ")
    answer(terminal, ";")
    tab(terminal, "create mat", "erialized view ")
    contains(answer(terminal, "m AS SELECT 1 AS a;"), "OK")
    terminal.tell("SET on_error = '\t\t")
    assert terminal.hear("'stop'"), terminal.out
    contains(terminal.heard, "'dead_letter'  'skip'")
    terminal.tell("\x03")
    assert terminal.hear("^C\n" + PROMPT), terminal.out
    leave(terminal)


def test_options_are_completed():
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "x.csv").write_text("1\n2\n")
        terminal = prompt()
        terminal.tell("CREATE SOURCE s (a BIGINT)\n")
        assert terminal.hear("  ... "), terminal.out
        tab(terminal, "WITH (con", "nector ")
        tab(terminal, "= 'f", "ile' ")
        tab(terminal, ", pa", "th ")
        tab(terminal, f"= '{directory}/x.csv', form", "at ")
        terminal.tell("=\n")
        assert terminal.hear("  ... "), terminal.out
        tab(terminal, "'c", "sv' ")
        tab(terminal, ", hea", "der ")
        tab(terminal, "= f", "alse ")
        terminal.tell(");\n")
        assert terminal.hear(PROMPT), terminal.out
        contains(answer(terminal, "SELECT sum(a) FROM s;"), " 3\n")
        leave(terminal)


def test_options_are_listed_for_what_they_are_of():
    terminal = prompt()
    for typed, shown, missing in (("CREATE SOURCE s (a INT) WITH (", ["connector", "idle_timeout", "on_error"], ["path", "seed", "header"]),
                                  ("CREATE SINK k FROM t WITH (connector = '", ["'blackhole'", "'file'", "'stdout'"], ["'generator'"]),
                                  ("CREATE SINK k FROM t WITH (connector = 'stdout', ", ["format", "header", "timestamp_unit"], ["connector ", "path"]),
                                  ("CREATE SOURCE s (a INT) WITH (connector = 'generator', seed = 1, ", ["rows", "fields."], ["seed", "format", "header"]),
                                  ("CREATE SOURCE s (a INT) WITH (connector = 'generator', fields.a.", ["fields.a.kind", "fields.a.max"], ["seed"]),
                                  ("CREATE SOURCE s (a INT) WITH (connector = 'generator', fields.a.kind = ", ["'random'", "'sequence'"], []),
                                  ("CREATE MATERIALIZED VIEW v WITH (on_error = ", ["'dead_letter'", "'skip'"], [])):
        terminal.tell(typed)
        assert terminal.hear(typed[-10:]), terminal.out
        terminal.tell("\t\t")
        assert terminal.hear("\x1b[K" + PROMPT), (typed, terminal.out)
        for word in shown:
            contains(terminal.heard, word)
        for word in missing:
            assert word not in terminal.heard, (typed, word, terminal.heard)
        terminal.tell("\x03")
        assert terminal.hear("^C\n" + PROMPT), terminal.out
    leave(terminal)


def test_columns_of_earlier_lines_are_completed():
    terminal = prompt()
    answer(terminal, "CREATE TABLE measurements (temperature BIGINT);")
    terminal.tell("SELECT * FROM measurements\n")
    assert terminal.hear("  ... "), terminal.out
    tab(terminal, "WHERE tempe", "rature ")
    contains(answer(terminal, "> 1;"), "(0 rows)")
    leave(terminal)


def test_views_move_while_the_prompt_waits():
    terminal = prompt()
    answer(terminal, "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 2000);")
    answer(terminal, "CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM g;")
    time.sleep(1)
    contains(answer(terminal, "SELECT n FROM v;"), " 2000\n")
    leave(terminal)


def test_live_result_is_drawn_in_place():
    terminal = prompt()
    answer(terminal, "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows_per_second = 1000, fields.a.keys = 3);")
    terminal.tell("SELECT a, count(*) AS n FROM g GROUP BY a EMIT ON UPDATE;\n")
    assert terminal.hear("rows/s"), terminal.out
    assert terminal.hear("\x1b[J"), terminal.out
    assert terminal.hear("rows/s"), terminal.out
    terminal.tell(" ")
    assert terminal.hear("paused"), terminal.out
    terminal.tell(" ")
    assert terminal.hear("q stops"), terminal.out
    time.sleep(1)
    terminal.tell("q")
    assert terminal.hear("(3 rows)\n"), terminal.out
    assert terminal.hear(PROMPT), terminal.out
    terminal.tell("SELECT a, count(*) AS n FROM g GROUP BY a EMIT CHANGES;\n")
    assert terminal.hear("rows/s"), terminal.out
    time.sleep(1)
    terminal.tell("\x03")
    assert terminal.hear("(3 rows)\n"), terminal.out
    assert terminal.hear(PROMPT), terminal.out
    contains(answer(terminal, "SELECT 8;"), " 8\n")
    leave(terminal)


def test_rows_that_only_come_are_printed_below_each_other():
    terminal = Terminal("-c", "CREATE SOURCE g (a BIGINT) WITH (connector = 'generator', rows = 30, rows_per_second = 30,"
                              " fields.a.kind = 'sequence'); SELECT a FROM g EMIT CHANGES", rows=10)
    assert terminal.hear("(30 rows)\n", 20), terminal.out
    for number in range(30):
        contains(terminal.heard, f" {number}\n")
    equal(terminal.end(), 0)


def test_finite_results_are_tables():
    terminal = Terminal("-c", "SELECT 1 AS a")
    assert terminal.hear(" a\n---\n 1\n(1 row)\n"), terminal.out
    equal(terminal.end(), 0)


def test_demo():
    terminal = Terminal("demo")
    assert terminal.hear("watermark"), terminal.out
    assert terminal.hear("state"), terminal.out
    terminal.tell("\x03")
    assert terminal.hear("Try next"), terminal.out
    equal(terminal.end(), 0)
    started = time.monotonic()
    terminal = Terminal("demo", "--seconds", "1")
    equal(terminal.end(), 0)
    assert time.monotonic() - started < 10


def test_colors():
    for arguments, variables, has_color in (([], {}, False), (["--color", "always"], {}, True), ([], {"NO_COLOR": ""}, True),
                                            (["--color", "never"], {"NO_COLOR": ""}, False), ([], {"NO_COLOR": "", "TERM": "dumb"}, False)):
        terminal = Terminal(*arguments, "-c", "SELECT nope", **variables)
        assert terminal.hear("nope\n"), terminal.out
        equal("\x1b[1;31m" in terminal.heard, has_color, (arguments, variables))
        equal(terminal.end(), 1)


main(globals())
