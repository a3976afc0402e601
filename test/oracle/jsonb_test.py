# SPDX-License-Identifier: Apache-2.0
"""JSON values of every form through casts, operators, functions, DISTINCT and GROUP BY, compared with PostgreSQL 15.

    jsonb_test.py [seed [statements]]

Values must be the same, and what PostgreSQL refuses is refused with the same SQLSTATE. Numbers keep the zeros at the end of their fraction, and 1.50 is equal
to 1.5: among equal rows PostgreSQL does not say which spelling is shown of INTERSECT, and in which order ORDER BY gives them; there zeros are not looked at.
Then the same with tables that have a JSONB as their key or no key, and with views that follow them.
"""
import collections
import json
import random
import re
import sys

import pyarrow

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import answers_of, side_by_side
from oracle.weir import Error, Subscription, Weir, Writer

STATEMENTS = 6000
KEYS = ["a", "b", "aa", "ab", "", "é", "key", "A", "\"", "\\", "\n", "\x01", "a b", "𝄞", "0", "1", "-1"]
STRINGS = ["", "x", "é", "𝄞", "a\"b", "a\\b", "\n\t\r\b\f", "\x01\x1f", "\x7f", "/", "1", "null", "a", "b", "longer than what lies in a view", "\u2028"]
COMMON = ["0", "-0", "1", "-1", "7", "1e2", "1E+2", "1e-3", "12.5e1", "1.25e1", "100", "1e0", "0e5", "0.001e3", "123456789012345678901234567890", "1e30", "1e-30", "1.5", "-1.5", "10",
          "1.0", "1.00", "1.50", "-1.50", "0.00", "-0.0", "-0.00", "10.0", "100.0", "100.00", "1.10e-1", "1.50e1", "1.0e1", "1.00e1", "0.0e5", "0.0e-1", "0e-5", "-0e-2", "10e-1", "100e-2",
          "1000e-2", "1.0E+0", "-7.0", "7.000", "0.10", "0.1000e3", "12.500", "10.50", "123456789012345678901234567890.10", "1.0000000000000000000000000000000000000000"]
NUMBERS = COMMON + ["2147483648", "32768", "-32769", "9223372036854775808", "0.5", "2.5", "-0.5", "1e400", "1e999", "1e-999", "3.4028236e38", "1e-320", "32767.0", "2.50", "0.0005000",
                    "1e200000", "1e-20000", "0e1000000", "0e-1000", "0e-20000", "0e1073741822", "0e1073741823", "0e99999999999999999999", "0e-99999999999999999999", "1.0e999", "1.0e-999"]
BROKEN = ["", " ", "{", "[", "]", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "01", "1.", ".5", "-", "+1", "1e", "1e+", "nul", "nullx", "True", "NaN",
          "Infinity", "\"", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u123g\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\ud83d x\"", "\"\t\"", "\"\n\"", "1 2", "[1 2]",
          "[1}", "{\"a\":1]", "\\", "/", "a", "{\"a\" 1}", "{1:2}", "[]]", "{}{}", "\"a\"b", "1a", "--1", "0x1", "1_000", "{\"\\u0000\":1}", "[\"\\u0000\"]"]


def written(rng, text):
    """A string of JSON, some characters escaped though they need not be."""
    out = []
    for c in text:
        if c in "\"\\" or c < " ":
            out.append(json.dumps(c)[1:-1])
        elif rng.random() < 0.2:
            out.append(json.dumps(c)[1:-1] if ord(c) > 126 else f"\\u{ord(c):04{rng.choice('xX')}}")
        else:
            out.append("\\/" if c == "/" and rng.random() < 0.5 else c)
    return '"' + "".join(out) + '"'


def space(rng):
    return rng.choice(["", "", "", "", " ", "\t", "\n", "\r", "  "])


def value(rng, depth=0):
    kind = rng.randrange(9 if depth < 4 else 5)
    if kind < 2:
        return rng.choice(COMMON) if rng.random() < 0.9 else str(rng.randint(-10**6, 10**6)) + rng.choice(["", ".5", ".250", ".0", ".00", "e3", "e-3", "00e-2"])
    if kind == 2:
        return rng.choice(["true", "false", "null"])
    if kind < 5:
        return written(rng, rng.choice(STRINGS))
    members = [space(rng) + value(rng, depth + 1) + space(rng) for _ in range(rng.choice([0, 1, 2, 2, 3, 5]))]
    if kind < 7:
        return "[" + (",".join(members) or space(rng)) + "]"
    return "{" + (",".join(space(rng) + written(rng, rng.choice(KEYS[:8] if rng.random() < 0.7 else KEYS)) + space(rng) + ":" + member for member in members) or space(rng)) + "}"


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def literal(rng):
    draw = rng.random()
    if draw < 0.04:
        return quoted(rng.choice(BROKEN)) + "::jsonb"
    if draw < 0.07:
        text = value(rng)
        at = rng.randint(0, len(text))
        return quoted(text[:at] + rng.choice(["x", ",", "\"", "}", "]", "0", " ", "\\", ":"]) + text[at + rng.randrange(2):]) + "::jsonb"
    if draw < 0.12:
        return quoted(rng.choice(NUMBERS)) + "::jsonb"
    if draw < 0.15:
        return "NULL::jsonb"
    return quoted(space(rng) + value(rng) + space(rng)) + "::jsonb"


def part(rng, text):
    """A piece of the value, so that containment is true now and then."""
    try:
        found = json.loads(text)
    except ValueError:
        return value(rng)
    for _ in range(rng.randrange(3)):
        if isinstance(found, list) and found:
            found = rng.sample(found, rng.randint(0, len(found))) if rng.random() < 0.6 else rng.choice(found)
        elif isinstance(found, dict) and found:
            keys = rng.sample(list(found), rng.randint(0, len(found)))
            found = {key: found[key] for key in keys} if rng.random() < 0.6 else found[rng.choice(list(found))]
    return json.dumps(found, ensure_ascii=rng.random() < 0.5)


def respelled(rng, text):
    """The same value, its numbers with other zeros."""
    def other(found):
        if found.group(1) is None:
            return found.group(0)
        whole, fraction = found.group(1), (found.group(2) or "").rstrip("0")
        zeros = "0" * rng.choice([0, 0, 1, 2])
        return whole + ("." + fraction + zeros if fraction + zeros else "")
    return re.sub(STRING + r"|(?<![\w.])(-?\d+)(?:\.(\d+))?(?![\d.eE])", other, text, flags=re.S)


PATH_STEPS = ["0", "1", "-1", " 1 ", "\"1 \"", "+0", "x", "a", "b", "bb", "\"a\"", "\\a", "\"\\\"\"", "\"\"", "NULL", "\"NULL\"", "a b", "99999999999"]
BROKEN_PATHS = ["", "a", "{", "{a", "{a,}", "{,a}", "{a}b", "{\"a}", "{\"a\"b}", "{a\"b\"}", "{a\\", "}"]


def path_expression(rng):
    if rng.random() < 0.4:
        steps = "".join(f"[{rng.choice([quoted(rng.choice(KEYS)), str(rng.randint(-3, 3)), 'NULL', '1.5', '2::bigint', 'true', '1::smallint'])}]" for _ in range(rng.randint(1, 3)))
        return f"({literal(rng)}){steps}"
    steps = [rng.choice(PATH_STEPS + [json.dumps(key, ensure_ascii=False) for key in KEYS]) for _ in range(rng.randint(0, 3))]
    path = rng.choice(["", " "]) + "{" + ",".join(rng.choice(["", " "]) + step + rng.choice(["", " "]) for step in steps) + "}" + rng.choice(["", " "])
    if rng.random() < 0.1:
        path = rng.choice(BROKEN_PATHS)
    if steps and rng.random() < 0.2:
        return f"({literal(rng)} {rng.choice(['#>', '#>>'])} ARRAY[{', '.join(quoted(rng.choice(KEYS + ['0', '-1'])) for _ in steps)}])"
    return f"({literal(rng)} {rng.choice(['#>', '#>>'])} {quoted(path)}{rng.choice(['', '::text[]'])})"


def expression(rng):
    kind = rng.randrange(18)
    if kind >= 16:
        return path_expression(rng)
    key, index = quoted(rng.choice(KEYS)), rng.choice([0, 1, 2, -1, -2, -5, 7])
    if kind == 0:
        return f"({literal(rng)})::text"
    if kind == 1:
        return f"({literal(rng)} {rng.choice(['->', '->>'])} {key}::text)"
    if kind == 2:
        return f"({literal(rng)} {rng.choice(['->', '->>'])} ({index}))"
    if kind == 3:
        return f"({literal(rng)} -> {key} {rng.choice(['->', '->>'])} {rng.choice([key + '::text', f'({index})'])})"
    if kind == 4:
        text = value(rng)
        pair = [quoted(text) + "::jsonb", quoted(respelled(rng, part(rng, text)) if rng.random() < 0.5 else part(rng, text)) + "::jsonb"]
        return f"({pair[0]} @> {pair[1]})" if rng.random() < 0.7 else f"({pair[1]} <@ {pair[0]})"
    if kind == 5:
        text = value(rng)
        other = rng.choice([part, lambda rng, text: value(rng), lambda rng, text: respelled(rng, text)])(rng, text)
        return f"({quoted(text)}::jsonb {rng.choice(['=', '<>', '<', '<=', '>', '>=', '<', '>', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'])} {quoted(other)}::jsonb)"
    if kind == 6:
        return f"({literal(rng)} ? {quoted(rng.choice(KEYS + STRINGS))})"
    if kind == 7:
        return f"{rng.choice(['jsonb_typeof', 'jsonb_array_length', 'jsonb_strip_nulls', 'jsonb_pretty'])}({literal(rng)})"
    if kind == 8:
        path = ", ".join(rng.choice([quoted(rng.choice(KEYS[:8])), quoted(rng.choice(["0", "1", "-1", " 1", "1 ", "+0", "x", "99999999999"]))]) for _ in range(rng.randint(1, 3)))
        return f"{rng.choice(['jsonb_extract_path', 'jsonb_extract_path_text'])}({literal(rng)}, {path})"
    if kind == 9:
        source = quoted(rng.choice(NUMBERS + ["true", "false", "null", "\"1\"", "[1]", "{}"])) + "::jsonb"
        return f"({source})::{rng.choice(['boolean', 'smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric(30,3)', 'text', 'varchar(2000)'])}"
    if kind == 10:
        return "to_jsonb(" + rng.choice(["1", "1.5", "-0.25", "1.50", "1.50::numeric(10,2)", "0::numeric(5,3)", "'10.0'::numeric(30,5)", "10::double precision", "1.5::real", "true", "NULL::integer", "1e10::double precision", "'NaN'::double precision", "'-Infinity'::real", "date '2024-02-29'",
                                         "timestamp '2024-02-29 10:20:30.5'", "interval '1 day 2 hours'", "time '10:20'", "'\\x00ff'::bytea", "'a0eebc999c0b4ef8bb6d6bb9bd380a11'::uuid",
                                         f"{quoted(rng.choice(STRINGS))}::text", literal(rng)]) + ")"
    if kind == 11:
        return f"({literal(rng)} || {literal(rng)})"
    if kind == 12:
        return f"({literal(rng)} - {rng.choice([key + '::text', f'({index})'])})"
    if kind == 13:
        values = [rng.choice(["1", "1.5", "1.50::numeric(10,2)", "true", "NULL::integer", "date '2024-02-29'", "'NaN'::real", quoted(rng.choice(STRINGS)) + "::text", literal(rng)]) for _ in range(rng.randint(0, 6))]
        return f"jsonb_build_{rng.choice(['array', 'object'])}({', '.join(values)})"
    if kind == 14:
        text = value(rng, 3)
        return f"{rng.choice(['greatest', 'least'])}({literal(rng)}, {quoted(text)}, {quoted(respelled(rng, text))})"
    return f"coalesce({literal(rng)} -> {key}, {literal(rng)})"


def over_column(rng):
    """One expression over several rows, long and short, NULLs among them."""
    key, index = quoted(rng.choice(KEYS[:8])), rng.choice([0, 1, -1])
    expr = rng.choice([f"j -> {key}", f"j ->> {key}", f"j -> ({index})", f"j ->> ({index})", f"j -> {key} -> ({index})", f"j @> {quoted(value(rng, 3))}", f"{quoted(value(rng, 3))} <@ j",
                       f"j ? {key}", "jsonb_typeof(j)", "jsonb_strip_nulls(j)", "jsonb_pretty(j)", f"jsonb_extract_path(j, {key}, '0')", f"jsonb_extract_path_text(j, {key})",
                       "j || j", f"j || {quoted(value(rng))}", "jsonb_build_array(j, 1, j -> 'a')", f"jsonb_build_object('k', j, jsonb_typeof(j), 1)", f"jsonb_build_object({key}, j)",
                       f"j < {quoted(value(rng))}", f"j >= {quoted(value(rng))}", f"{quoted(value(rng))} > j", f"j = {quoted(value(rng, 4))}", f"greatest(j, {quoted(value(rng))})",
                       f"nullif(j, {quoted(value(rng, 4))})", f"j IN ({quoted(value(rng, 4))}, {', '.join(quoted(number) for number in rng.sample(COMMON, 12))})",
                       f"j::varchar({rng.randint(1, 20)})", "j <> (j::text || ' ')::jsonb", f"j IS DISTINCT FROM {quoted(value(rng, 4))}", f"CASE j WHEN {quoted(value(rng, 4))} THEN 1 ELSE 0 END",
                       f"CASE WHEN j = '1' THEN j ELSE {quoted(value(rng, 4))} END", "length(j::text)", "concat(j, '|', j -> 'a')", "format('%s', j)", "to_jsonb(j)", "j::text::jsonb = j", f"j - {key}::text", "jsonb_array_length(j)", "j::integer"])
    rows = ", ".join(f"({'NULL' if rng.random() < 0.15 else quoted(value(rng, rng.randrange(5)))}::jsonb)" for _ in range(rng.randint(1, 70)))
    is_json = expr.startswith(("j ->", "j ||", "j -", "jsonb_strip", "jsonb_build", "to_jsonb", "greatest", "nullif")) and "->>" not in expr and not expr.startswith("jsonb_extract_path_text")
    return f"SELECT ({expr}){'' if is_json and rng.random() < 0.5 else '::text'} FROM (VALUES {rows}) t(j)"


def statement(rng):
    if rng.random() < 0.2:
        return over_column(rng)
    if rng.random() < 0.85:
        return f"SELECT ({expression(rng)})::text"
    texts = [value(rng, rng.randrange(5)) for _ in range(rng.randint(1, 4))]
    texts += [respelled(rng, text) for text in texts if rng.random() < 0.5]
    texts += rng.sample(["1", "1.0", "1.00", "1e0", "[1,2]", "[1.0,2]", '{"a":1,"b":2}', '{"b":2,"a":1}', '{"b":2.0,"a":1.00}', "null", '"a"', '"\\u0061"', "1.5", "1.50", "-0.0", "0.00"], 5)
    pool = [quoted(text) for text in texts]
    rows = ", ".join(f"({rng.choice(pool)}::jsonb)" for _ in range(rng.randint(1, 12)))
    few = f"({pool[0]}::jsonb), ({pool[1]}::jsonb)"
    return "SELECT " + rng.choice([f"count(DISTINCT j)::text FROM (VALUES {rows}) t(j)",
                                   f"j::text, count(*)::text FROM (VALUES {rows}) t(j) GROUP BY j",
                                   f"j, (j -> 'a')::text, count(*)::text FROM (VALUES {rows}) t(j) GROUP BY j, j -> 'a'",
                                   f"j::text FROM (SELECT DISTINCT j FROM (VALUES {rows}) t(j)) d",
                                   f"j::text FROM (SELECT j FROM (VALUES {rows}) a(j) UNION SELECT j FROM (VALUES {few}) b(j)) c",
                                   f"j::text FROM (SELECT j FROM (VALUES {rows}) a(j) EXCEPT SELECT j FROM (VALUES {few}) b(j)) c",
                                   f"count(*)::text FROM (VALUES {rows}) t(j) WHERE j IN ({', '.join(pool)})",
                                   f"count(*)::text FROM (VALUES {rows}) t(j) WHERE j NOT IN ({', '.join(pool[:2])})",
                                   f"count(*)::text FROM (VALUES {rows}) t(j) WHERE j IN (SELECT * FROM (VALUES {few}) b(j))",
                                   f"string_agg(j::text, ';' ORDER BY j) FROM (VALUES {rows}) t(j)",
                                   f"string_agg(DISTINCT j::text, ';' ORDER BY j::text) FROM (VALUES {rows}) t(j)",
                                   f"string_agg(j::text, ';') FROM (SELECT j FROM (VALUES {rows}) t(j) ORDER BY j DESC) t",
                                   f"j::text FROM (SELECT j FROM (VALUES {rows}) a(j) INTERSECT SELECT j FROM (VALUES {few}) b(j)) c",
                                   f"jsonb_typeof(j), count(*)::text FROM (VALUES {rows}) t(j) GROUP BY 1"])


STRING = r'"(?:[^"\\]|\\.)*"'


def without_zeros(text):
    """Numbers without zeros at the end of a fraction; strings as they are."""
    if text is None:
        return None
    return re.sub(STRING + r"|(-?\d+)\.(\d*?)0+(?!\d)", lambda found: found.group(0) if found.group(1) is None else (found.group(1) + ("." + found.group(2) if found.group(2) else "")), text, flags=re.S)


def rows_of(answer, normal):
    rows = [[without_zeros(cell) if normal else cell for cell in row] for row in answer]
    return sorted(rows, key=repr)


def is_number_limit(statement, found):
    """More digits than Weir takes (JSONB_NUMBER_DIGITS_MAX), or than numeric has."""
    return isinstance(found, Error) and found.sqlstate == "22003" and re.search(r"e-?\d{3}", statement)


def same(statement, expected, found):
    if isinstance(found, Error) or isinstance(expected, PostgresError):
        if is_number_limit(statement, found):
            return True
        return isinstance(found, Error) and isinstance(expected, PostgresError) and found.sqlstate == expected.sqlstate
    is_loose = "INTERSECT" in statement or "ORDER BY j)" in statement or "ORDER BY j DESC" in statement
    return rows_of(expected, is_loose) == rows_of([list(row) for row in found], is_loose)


def check_arrow(rng, count=300):
    """Arrow columns of text, of every layout and as arrow.json, into a column of JSONB: the same values as by a cast; one that is none refuses the batch."""
    texts = [None if rng.random() < 0.1 else space(rng) + value(rng) for _ in range(count)]
    kinds = [pyarrow.array(texts, pyarrow.string()), pyarrow.array(texts, pyarrow.large_string()), pyarrow.array(texts, pyarrow.string_view()),
             pyarrow.array(texts, pyarrow.string()).dictionary_encode(),
             pyarrow.ExtensionArray.from_storage(pyarrow.json_(), pyarrow.array(texts, pyarrow.string())), pyarrow.nulls(count)]
    with Weir() as weir:
        weir.run("CREATE TABLE c (k INT, j JSONB)")
        weir.run("INSERT INTO c VALUES " + ", ".join(f"({i}, {'NULL' if text is None else quoted(text)})" for i, text in enumerate(texts)))
        wanted = weir.run("SELECT j::text FROM c ORDER BY k")
        for n, column in enumerate(kinds):
            weir.run(f"CREATE TABLE t{n} (k INT, j JSONB)")
            writer = Writer(weir, f"t{n}")
            writer.push(pyarrow.record_batch([pyarrow.array(range(count), pyarrow.int32()), column], ["k", "j"]))
            writer.close()
            found = weir.run(f"SELECT j::text FROM t{n} ORDER BY k")
            assert found == (wanted if n < 5 else [(None,)] * count), column.type
        writer = Writer(weir, "c")
        try:
            writer.push(pyarrow.record_batch([pyarrow.array([1, 2], pyarrow.int32()), pyarrow.array(["1", "[1"])], ["k", "j"]))
            assert False, "a text that is no JSON value was taken"
        except Error as error:
            assert error.sqlstate == "22P02" and "row 2" in error.hint, error
        writer.close()


GROUPS = ("SELECT j, count(*) AS c, sum(n) AS s, count(DISTINCT j -> 'p') AS d, count(DISTINCT j::text) AS t, string_agg(n::text, ',' ORDER BY n) AS l FROM loose GROUP BY j")
TABLES = [("CREATE TABLE keyed (j JSONB PRIMARY KEY, n INT)",) * 2, ("CREATE TABLE loose (j JSONB, n INT)",) * 2,
          (f"CREATE VIEW groups AS {GROUPS}", f"CREATE MATERIALIZED VIEW groups AS {GROUPS}"),
          ("CREATE VIEW parts AS SELECT j -> 'p' AS p, count(*) AS c FROM keyed GROUP BY 1", "CREATE MATERIALIZED VIEW parts AS SELECT j -> 'p' AS p, count(*) AS c FROM keyed GROUP BY 1"),
          ("CREATE VIEW everything AS SELECT j, n FROM keyed UNION ALL SELECT j, n FROM loose", "CREATE MATERIALIZED VIEW everything AS SELECT j, n FROM keyed UNION ALL SELECT j, n FROM loose")]


def spelled(rng):
    """A literal of one of some thirty values in one of their spellings."""
    zeros = rng.choice(["", ".0", ".00"])
    number = rng.choice(["0", "1", "2", "10", "-1"]) + zeros
    return quoted(rng.choice([number, number, rng.choice(["1.5", "1.50", "15e-1", "150e-2"]), f"[{number}]", f'{{"p": {number}}}', f'{{"name": "longer than a view", "p": {number}}}', "null", '"1.0"'])) + "::jsonb"


def change(rng):
    table, n = rng.choice(["keyed", "loose"]), rng.randrange(5)
    where = rng.choice([f"j = {spelled(rng)}", f"j IN ({spelled(rng)}, {spelled(rng)})", f"j::text = {spelled(rng)}::text", f"n = {n}", f"j -> 'p' = {spelled(rng)}", f"j @> {spelled(rng)}"])
    kind = rng.randrange(10)
    if kind < 5:
        rows = ", ".join(f"({spelled(rng)}, {rng.randrange(5)})" for _ in range(1 if table == "keyed" else rng.randint(1, 4)))
        conflict = rng.choice(["", "DO NOTHING", "(j) DO UPDATE SET n = keyed.n + excluded.n", "(j) DO UPDATE SET j = excluded.j, n = excluded.n"]) if table == "keyed" else ""
        return f"INSERT INTO {table} VALUES {rows}" + (f" ON CONFLICT {conflict}" if conflict else "")
    if kind < 7:
        return f"UPDATE {table} SET {rng.choice([f'j = {spelled(rng)}', f'n = {n}', f'j = {spelled(rng)}, n = n + 1'])} WHERE {where}"
    return f"DELETE FROM {table} WHERE {where}"


def look(rng):
    table = rng.choice(["keyed", "loose", "groups", "parts", "everything"])
    where = rng.choice(["", "", f" WHERE j = {spelled(rng)}", f" WHERE j IN ({spelled(rng)}, {spelled(rng)})", f" WHERE j @> {spelled(rng)}"])
    return f"SELECT * FROM {table}" + ("" if table == "parts" else where)


def texts(rows):
    return [[None if cell is None else str(cell) for cell in row] for row in rows]


def same_in_table(statement, expected, found):
    """Rows of groups of which all withdrawn rows of one spelling are gone still show that of the row that made them."""
    if isinstance(found, Error) or isinstance(expected, PostgresError):
        return isinstance(found, Error) and isinstance(expected, PostgresError) and found.sqlstate == expected.sqlstate
    is_group = "groups" in statement or "parts" in statement
    return rows_of(expected, is_group) == rows_of(texts(found), is_group)


def check_tables(rng, count=1500):
    """A table with a JSONB as its key, one without a key, and views that follow them, under the same changes as PostgreSQL's."""
    pairs = list(TABLES)
    while len(pairs) < count:
        pairs += [(change(rng),) * 2 for _ in range(2)] + [(look(rng),) * 2]
    answers = answers_of([theirs for theirs, _ in pairs], [ours for _, ours in pairs], f"SET batch_rows = {rng.choice([1, 2, 4096])}")
    if answers is None:
        return
    failed = [row for row in zip([ours for _, ours in pairs], *answers) if not same_in_table(*row)]
    for row in failed[:5]:
        print("%s\n    expected %s\n    found    %s" % row)
    assert not failed, f"{len(failed)} of {count} statements over tables"


def check_changes(rng, count=300):
    """What a GROUP BY takes back is what it gave, to the zeros; the sum of its changes is what it gives at once, and its spellings came from rows."""
    with Weir() as weir:
        weir.run(f"SET batch_rows = {rng.choice([1, 2, 4096])}")
        weir.run("CREATE TABLE loose (j JSONB, n INT)")
        changes = Subscription(weir, f"{GROUPS} EMIT CHANGES")
        shown, given = collections.Counter(), set()
        for _ in range(count):
            weir.run_or_error(rng.choice([change(rng).replace("keyed", "loose")] * 3 + [f"INSERT INTO loose VALUES ({spelled(rng)}, 1)"]))
            given |= {row[0] for row in weir.run("SELECT j FROM loose")}
            for *row, weight in changes.read():
                shown[tuple(row)] += weight
                assert shown[tuple(row)] in (0, 1), f"{row} is there {shown[tuple(row)]} times"
            rows = [row for row, weight in shown.items() if weight]
            at_once = weir.run(GROUPS)
            assert rows_of(texts(rows), True) == rows_of(texts(at_once), True), f"{rows} is not {at_once}"
            assert all(row[0] in given for row in rows), f"a spelling that no row had: {rows}"
        changes.close()


check_arrow(random.Random(0))
for number in range(3):
    check_tables(random.Random(number))
    check_changes(random.Random(number))
sys.exit(side_by_side(lambda rng, count: [statement(rng) for _ in range(count)], same, STATEMENTS))
