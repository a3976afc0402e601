# SPDX-License-Identifier: Apache-2.0
"""JSON values of every form through casts, operators, functions, DISTINCT and GROUP BY, compared with PostgreSQL 15.

    jsonb_test.py [seed [statements]]

Values must be the same, and what PostgreSQL refuses is refused with the same SQLSTATE. Weir drops zeros at the end of a fraction (docs/DIFFERENCES.md):
PostgreSQL's answers are looked at without them too.
"""
import json
import random
import re
import sys

import pyarrow

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import side_by_side
from oracle.weir import Error, Weir, Writer

STATEMENTS = 6000
KEYS = ["a", "b", "aa", "ab", "", "é", "key", "A", "\"", "\\", "\n", "\x01", "a b", "𝄞", "0", "1", "-1"]
STRINGS = ["", "x", "é", "𝄞", "a\"b", "a\\b", "\n\t\r\b\f", "\x01\x1f", "\x7f", "/", "1", "null", "a", "b", "longer than what lies in a view", "\u2028"]
NUMBERS = ["0", "-0", "1", "-1", "7", "1.0", "1.00", "1.50", "0.00", "-0.0", "1e2", "1E+2", "1e-3", "12.5e1", "1.25e1", "100", "1e0", "0e5", "0.001e3", "123456789012345678901234567890",
           "1e30", "1e-30", "2147483648", "32768", "-32769", "9223372036854775808", "0.5", "1.5", "2.5", "-0.5", "1e400", "1e999", "1e-999", "3.4028236e38", "1e-320",
           "1e200000", "1e-20000"]
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
        return rng.choice(NUMBERS[:23]) if rng.random() < 0.9 else str(rng.randint(-10**6, 10**6)) + rng.choice(["", ".5", ".250", "e3", "e-3"])
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
        pair = [quoted(text) + "::jsonb", quoted(part(rng, text)) + "::jsonb"]
        return f"({pair[0]} @> {pair[1]})" if rng.random() < 0.7 else f"({pair[1]} <@ {pair[0]})"
    if kind == 5:
        text = value(rng)
        other = part(rng, text) if rng.random() < 0.4 else value(rng)
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
        return "to_jsonb(" + rng.choice(["1", "1.5", "-0.25", "true", "NULL::integer", "1e10::double precision", "'NaN'::double precision", "'-Infinity'::real", "date '2024-02-29'",
                                         "timestamp '2024-02-29 10:20:30.5'", "interval '1 day 2 hours'", "time '10:20'", "'\\x00ff'::bytea", "'a0eebc999c0b4ef8bb6d6bb9bd380a11'::uuid",
                                         f"{quoted(rng.choice(STRINGS))}::text", literal(rng)]) + ")"
    if kind == 11:
        return f"({literal(rng)} || {literal(rng)})"
    if kind == 12:
        return f"({literal(rng)} - {rng.choice([key + '::text', f'({index})'])})"
    if kind == 13:
        values = [rng.choice(["1", "1.5", "true", "NULL::integer", "date '2024-02-29'", "'NaN'::real", quoted(rng.choice(STRINGS)) + "::text", literal(rng)]) for _ in range(rng.randint(0, 6))]
        return f"jsonb_build_{rng.choice(['array', 'object'])}({', '.join(values)})"
    if kind == 14:
        return f"{rng.choice(['greatest', 'least'])}({literal(rng)}, {literal(rng)}, {literal(rng)})"
    return f"coalesce({literal(rng)} -> {key}, {literal(rng)})"


def over_column(rng):
    """One expression over several rows, long and short, NULLs among them."""
    key, index = quoted(rng.choice(KEYS[:8])), rng.choice([0, 1, -1])
    expr = rng.choice([f"j -> {key}", f"j ->> {key}", f"j -> ({index})", f"j ->> ({index})", f"j -> {key} -> ({index})", f"j @> {quoted(value(rng, 3))}", f"{quoted(value(rng, 3))} <@ j",
                       f"j ? {key}", "jsonb_typeof(j)", "jsonb_strip_nulls(j)", "jsonb_pretty(j)", f"jsonb_extract_path(j, {key}, '0')", f"jsonb_extract_path_text(j, {key})",
                       "j || j", f"j || {quoted(value(rng))}", "jsonb_build_array(j, 1, j -> 'a')", f"jsonb_build_object('k', j, jsonb_typeof(j), 1)", f"jsonb_build_object({key}, j)",
                       f"j < {quoted(value(rng))}", f"j >= {quoted(value(rng))}", f"{quoted(value(rng))} > j", f"j = {quoted(value(rng, 4))}", f"greatest(j, {quoted(value(rng))})",
                       f"nullif(j, {quoted(value(rng, 4))})", "to_jsonb(j)", "j::text::jsonb = j", f"j - {key}::text", "jsonb_array_length(j)", "j::integer"])
    rows = ", ".join(f"({'NULL' if rng.random() < 0.15 else quoted(value(rng, rng.randrange(5)))}::jsonb)" for _ in range(rng.randint(1, 70)))
    return f"SELECT ({expr})::text FROM (VALUES {rows}) t(j)"


def statement(rng):
    if rng.random() < 0.2:
        return over_column(rng)
    if rng.random() < 0.85:
        return f"SELECT ({expression(rng)})::text"
    pool = [quoted(value(rng, rng.randrange(5))) for _ in range(rng.randint(1, 4))]
    pool += [quoted(text) for text in rng.sample(["1", "1.0", "1e0", "[1,2]", "[1.0,2]", '{"a":1,"b":2}', '{"b":2,"a":1}', "null", '"a"', '"\\u0061"'], 4)]
    rows = ", ".join(f"({rng.choice(pool)}::jsonb)" for _ in range(rng.randint(1, 12)))
    return "SELECT " + rng.choice([f"count(DISTINCT j)::text FROM (VALUES {rows}) t(j)",
                                   f"j::text, count(*)::text FROM (VALUES {rows}) t(j) GROUP BY j",
                                   f"j::text FROM (SELECT DISTINCT j FROM (VALUES {rows}) t(j)) d",
                                   f"count(*)::text FROM (VALUES {rows}) t(j) WHERE j IN ({', '.join(pool)})",
                                   f"string_agg(j::text, ';' ORDER BY j) FROM (VALUES {rows}) t(j)",
                                   f"j::text FROM (SELECT j FROM (VALUES {rows}) a(j) INTERSECT SELECT j FROM (VALUES ({pool[0]}::jsonb), ({pool[1]}::jsonb)) b(j)) c",
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
    is_value = "::numeric" not in statement
    return rows_of(expected, is_value) == rows_of([list(row) for row in found], False)


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


check_arrow(random.Random(0))
sys.exit(side_by_side(lambda rng, count: [statement(rng) for _ in range(count)], same, STATEMENTS))
