# SPDX-License-Identifier: Apache-2.0
"""Scalar functions, operators, casts and aggregates over random values, compared with PostgreSQL 15: values and SQLSTATEs.

    expressions_test.py [seed [statements]]

Allowed differences are the rules in `same`, each a line of docs/DIFFERENCES.md.
"""
import decimal
import math
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import side_by_side
from oracle.weir import Error

STATEMENTS = 6000
VALUES = {
    "smallint": ["0", "1", "-1", "7", "-32768", "32767"],
    "integer": ["0", "1", "-1", "3", "-7", "100", "2147483647", "-2147483648"],
    "bigint": ["0", "1", "-1", "12", "-5", "9223372036854775807", "-9223372036854775808"],
    "numeric(10,2)": ["0", "1.5", "-1.25", "99999999.99", "0.01", "-7", "2.5"],
    "real": ["0", "1.5", "-2.25", "1e30", "1e-30", "NaN", "Infinity", "-0"],
    "double precision": ["0", "1.5", "-2.5", "0.1", "1e300", "1e-300", "NaN", "Infinity", "-Infinity", "-0", "1e15", "123456.789"],
    "text": ["", "a", "abc", "ABC", "hello world", "  x ", "héllo", "日本語", "12", "-3.5", "true", "2024-02-29", "a%b_c"],
    "varchar(3)": ["", "a", "abc", "12"],
    "boolean": ["true", "false"],
    "date": ["2024-02-29", "2023-12-31", "1970-01-01", "1900-03-01", "2000-01-01"],
    "timestamp": ["2024-02-29 12:34:56.789", "1999-12-31 23:59:59.999999", "1970-01-01 00:00:00", "2024-07-01 00:00:00.000001"],
    "timestamptz": ["2024-02-29 12:34:56.789+02", "1999-12-31 23:59:59.999999 Europe/Berlin", "1970-01-01 00:00:00 EST", "2024-07-01 00:00:00Z"],
    "time": ["00:00:00", "12:34:56.789", "23:59:59.999999", "24:00:00"],
    "bytea": ["\\x", "\\x00", "\\xdeadbeef", "\\x616263", "\\x" + "ab" * 70, "\\x" + "61" * 119],
    "interval": ["1 day", "-1 month 3 days", "01:02:03.5", "1 year", "0"],
}
NUMBERS = ["smallint", "integer", "bigint", "numeric(10,2)", "real", "double precision"]
INTEGERS = NUMBERS[:3]
ALL = list(VALUES)
PAIRING = "/* any two types */"
COMPARISONS = ["{0} = {1}", "{0} <> {1}", "{0} < {1}", "{0} >= {1}", "{0} IS DISTINCT FROM {1}"]
T, I, D, B = ["text"], ["integer"], ["double precision"], ["bytea"]
MOMENTS = ["timestamp", "timestamptz", "date"]
PATTERNS = ["a%", "_b_", "%(b|c)+%", "[a-c]*", "(abc|ABC)", "%l{2}%", "h%d", "a\\%b\\_c", "%#\"l+#\"%", "a#%b#_c", "", "日_語", "*", "((", "a|", "#"]
# literals that have no type of their own beside values that do
BESIDE = ["{0} IN ('7', '1.501', '-1.249')", "{0} IN ('abcd', 'abc')", "{0} IN ('12', NULL)", "{0} BETWEEN '1.4999' AND '7'", "coalesce({0}, '1.501')", "greatest({0}, '12')",
          "coalesce({0}, 'longer')", "nullif({0}, '1.501')", "CASE WHEN {0} IS NULL THEN '1.50125' ELSE {0} END", "CASE {0} WHEN '1.501' THEN 1 WHEN '12' THEN 2 END"]
# (form, types of each argument)
FORMS = [
    *((form, (NUMBERS + ["text", "varchar(3)"],)) for form in BESIDE),
    *((f"{{0}} {op} {{1}}", (NUMBERS, NUMBERS)) for op in ("+", "-", "*", "/")),
    *((f"{{0}} {op} {{1}}", (INTEGERS, INTEGERS)) for op in ("%", "&", "|", "#")),
    *((form, (NUMBERS, NUMBERS)) for form in COMPARISONS),
    *((form, ([kind], [kind])) for form in COMPARISONS for kind in ("text", "boolean", "date", "timestamp", "interval")),
    ("-{0}", (NUMBERS,)), ("abs({0})", (NUMBERS,)), ("sign({0})", (["double precision", "numeric(10,2)"],)),
    ("round({0})", (["numeric(10,2)", "double precision"],)), ("ceil({0})", (["numeric(10,2)", "double precision"],)),
    ("floor({0})", (["numeric(10,2)", "double precision"],)), ("trunc({0})", (["numeric(10,2)", "double precision"],)),
    ("sqrt({0})", (["double precision"],)), ("exp({0})", (["double precision"],)), ("ln({0})", (["double precision"],)),
    ("power({0}, {1})", (["double precision"], ["double precision"])), ("mod({0}, {1})", (INTEGERS, INTEGERS)),
    ("CASE WHEN {0} THEN {1} ELSE {2} END", (["boolean"], I, ["bigint"])), ("coalesce({0}, {1})", (I, ["bigint"])),
    ("nullif({0}, {1})", (I, I)), ("greatest({0}, {1}, {2})", (I, ["bigint"], ["smallint"])), ("least({0}, {1})", (T, T)),
    ("{0} AND {1}", (["boolean"], ["boolean"])), ("{0} OR {1}", (["boolean"], ["boolean"])), ("NOT {0}", (["boolean"],)),
    *((f"({{0}}, {{1}}) {op} ({{2}}, {{3}})", (I, T, I, T)) for op in ("=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM")),
    ("({0}, {1}) IN ((3, {2}), (4, NULL))", (I, T, T)), ("({0}, {1}) IS NULL", (I, T)), ("ROW({0}, {1}) IS NOT NULL", (I, T)),
    ("({0}, {1}) BETWEEN (3, {2}) AND ({3}, 4)", (I, I, I, I)),
    ("{0} IS NULL", (ALL,)), ("{0} IS NOT TRUE", (["boolean"],)), ("{0} BETWEEN {1} AND {2}", (I, I, I)), ("{0} IN ({1}, {2})", (I, I, I)),
    ("{0} || {1}", (T, T)), ("{0} || {1}", (T, I)), ("length({0})", (T,)), ("upper({0})", (T,)), ("lower({0})", (T,)), ("reverse({0})", (T,)),
    ("left({0}, {1})", (T, I)), ("right({0}, ({1}) % 99)", (T, I)), ("substring({0}, {1})", (T, I)), ("substring({0}, {1}, {2})", (T, I, I)),
    ("position({0} IN {1})", (T, T)), ("replace({0}, {1}, {2})", (T, T, T)), ("split_part({0}, {1}, {2})", (T, T, I)), ("trim({0})", (T,)),
    ("ltrim({0}, {1})", (T, T)), ("rtrim({0}, {1})", (T, T)), ("lpad({0}, ({1}) % 20, {2})", (T, I, T)), ("rpad({0}, ({1}) % 20, {2})", (T, I, T)),
    ("concat({0}, {1}, {2})", (T, I, ["boolean"])), ("repeat({0}, ({1}) % 9)", (T, I)), ("starts_with({0}, {1})", (T, T)),
    ("{0} LIKE {1}", (T, T)), ("{0} ILIKE {1}", (T, T)), ("md5({0})", (T,)),
    ("{0} + {1}", (["date"], I)), ("{0} - {1}", (["date"], ["date"])), ("{0} + {1}", (["date", "timestamp"], ["interval"])),
    ("{0} - {1}", (["timestamp"], ["timestamp"])), ("{0} - {1}", (["timestamp"], ["interval"])), ("{0} + {1}", (["interval"], ["interval"])),
    ("age({0}, {1})", (["timestamp"], ["timestamp"])),
    *((f"date_trunc('{part}', {{0}})", (["timestamp"],)) for part in ("hour", "day", "week", "month", "quarter", "year", "decade", "minute")),
    *((f"extract({part} FROM {{0}})", (["timestamp", "date"],)) for part in ("year", "month", "day", "dow", "doy", "week", "isoyear", "epoch")),
    ("date_part('second', {0})", (["timestamp"],)), ("date_bin(INTERVAL '15 minutes', {0}, TIMESTAMP '2001-01-01')", (["timestamp"],)),
    ("power(1.000000000123::numeric, {0})", (I,)), ("power(0.99999999987::numeric, {0})", (I,)),
    ("ln(1 + {0} * 0.000000000001::numeric)", (["smallint"],)), ("exp({0} % 40 * 1.0000000000000000123::numeric)", (["smallint"],)),
    *((f"date_trunc('{unit}', {{0}})", (["timestamp", "interval"],)) for unit in ("timezone", "timezone_h", "dow", "millenniums", "secondsss")),
    *((f"extract({unit} FROM {{0}})", (["timestamp"],)) for unit in ("millenniums", "microsecondxyz", "timezone_xyz", "secondsss")),
    *((f"make_timestamptz(2024, 2, 3, abs({{0}} % 24), 5, 6.5, '{zone}')", (I,)) for zone in ("+2", "-15:59", "+16", "-29", "+5:60", "+1:2:3", "2")),
    *((f"CAST({{0}} % 9 || ' {unit}' AS interval)", (I,)) for unit in ("millenniums", "microsecondss", "centuriesxyz", "dayss", "monthsss")),
    *((f"CAST({{0}} AS {target})", (NUMBERS + ["text"],)) for target in ("smallint", "integer", "bigint", "numeric(8,1)", "real", "double precision")),
    *((f"CAST({{0}} AS {target})", (T,)) for target in ("boolean", "date", "timestamp")),
    ("CAST({0} AS text)", (ALL,)), ("CAST({0} AS date)", (["timestamp"],)), ("CAST({0} AS timestamp)", (["date"],)),
    *((f"{name}({{0}})", (D,)) for name in ("sind", "cosd", "tand", "cotd", "asind", "acosd", "atand", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh")),
    *((f"{name}({{0}})", (D,)) for name in ("sin", "cos", "tan", "cot", "asin", "acos", "atan", "degrees", "radians", "cbrt", "log")),
    *((f"{name}(({{0}}) * {factor})", (I,)) for name in ("sind", "cosd", "tand", "cotd") for factor in ("15.0::float8", "1.0::float8")),
    ("atan2d({0}, {1})", (D, D)), ("atan2({0}, {1})", (D, D)), ("scale({0})", (["numeric(10,2)"],)), ("min_scale({0})", (["numeric(10,2)"],)),
    ("div({0}, {1})", (["numeric(10,2)"], ["numeric(10,2)"])), ("gcd({0}, {1})", (["integer", "bigint"],) * 2), ("lcm({0}, {1})", (["integer", "bigint"],) * 2),
    *((f"{name}({{0}}, {{1}})", (["numeric(10,2)"], ["numeric(10,2)", "integer"])) for name in ("gcd", "lcm")),
    ("convert_to({0}, 'UTF8')", (T,)), ("convert_from({0}, 'UTF8')", (B,)), ("convert_from(convert_to({0}, 'UTF8'), 'utf-8')", (T,)), ("pg_typeof({0})", (ALL,)),
    ("unistr({0} || '\\0061' || right({1}, 3))", (T, T)), ("U&'d\\0061t!a' || {0} || U&'#0061\\b' UESCAPE '#'", (T,)),
    ("factorial({0} % 33)", (["bigint"],)), ("width_bucket({0}, {1}, {2}, {3})", (D, D, D, I)), ("round({0}, {1} % 5)", (["numeric(10,2)"], I)),
    ("trunc({0}, {1} % 5)", (["numeric(10,2)"], I)), ("num_nulls({0}, {1}, {2})", (T, I, B)), ("num_nonnulls({0}, {1})", (T, I)),
    *((f"sha{size}({{0}})", (B,)) for size in (224, 256, 384, 512)), ("md5({0})", (B,)), ("bit_count({0})", (B,)), ("octet_length({0})", (T + B,)),
    ("get_byte({0}, {1})", (B, I)), ("set_byte({0}, {1} % 5, {2})", (B, I, I)), ("get_bit({0}, {1})", (B, ["integer", "bigint"])),
    ("set_bit({0}, {1} % 40, {2} % 2)", (B, I, I)), ("position({0} IN {1})", (B, B)), ("overlay({0} PLACING {1} FROM {2})", (B, B, I)),
    ("overlay({0} PLACING {1} FROM {2} FOR {3})", (B, B, I, I)), ("overlay({0} PLACING {1} FROM {2} FOR {3})", (T, T, I, I)),
    *((f"{name}({{0}}, {{1}})", (B, B)) for name in ("btrim", "ltrim", "rtrim")), ("substring({0} FROM {1} FOR {2})", (B, I, I)),
    *((f"{{0}} {negated}SIMILAR TO {{p}}{escape}", (T,)) for negated in ("", "NOT ") for escape in ("", " ESCAPE '#'", " ESCAPE ''", " ESCAPE 'ab'")),
    *((f"substring({{0}} SIMILAR {{p}} ESCAPE '{escape}')", (T,)) for escape in "#l"), ("substring({0} FROM {p} FOR '#')", (T,)),
    ("{0} LIKE {1} ESCAPE '#'", (T, T)), ("{0} NOT ILIKE {1} ESCAPE ''", (T, T)), ("ascii({0})", (T,)), ("chr({0} % 70000)", (I,)), ("initcap({0})", (T,)),
    ("translate({0}, {1}, {2})", (T, T, T)), ("to_hex({0})", (["integer", "bigint"],)), ("quote_ident({0})", (T,)), ("quote_literal({0})", (ALL,)), ("quote_nullable({0})", (ALL,)),
    ("format('%s %I|%L', {0}, {1}, {2})", (T + I, T, ALL)), ("format('%2$-9s %1$5s', {0}, {1})", (T, I)), ("strpos({0}, {1})", (T, T)), ("btrim({0}, {1})", (T, T)),
    *((f"({{0}}, {{1}}) OVERLAPS ({{2}}, {{3}})", ([kind], ends, [kind], others)) for kind in ("timestamp", "timestamptz", "date", "time")
      for ends in ([kind], ["interval"]) for others in ([kind], ["interval"])),
    *((f"extract({part} FROM {{0}})", (MOMENTS + ["time", "interval"],)) for part in (
        "epoch", "julian", "isodow", "isoyear", "millennium", "century", "decade", "quarter", "hour", "minute", "second", "milliseconds", "microseconds", "dow",
        "doy", "week", "timezone", "timezone_hour", "timezone_minute", "day", "month", "year", "nonsense")),
    *((f"date_part('{part}', {{0}})", (MOMENTS + ["time", "interval"],)) for part in ("epoch", "isodow", "millennium", "timezone", "microseconds")),
    *((f"justify_{unit}({{0}})", (["interval"],)) for unit in ("days", "hours", "interval")), ("isfinite({0})", (MOMENTS + ["interval"],)),
    ("make_date({0}, {1} % 14, {2} % 33)", (I, I, I)), ("make_time({0} % 25, {1} % 61, {2})", (I, I, D)),
    ("make_timestamp({0} % 3000, {1} % 14, {2} % 33, {3} % 25, 59, 1.5)", (I, I, I, I)), ("make_interval({0} % 999, {1} % 999, {2} % 999, {3} % 999)", (I, I, I, I)),
    ("make_interval(days => {0}, secs => {1})", (I, ["smallint", "numeric(10,2)"])), ("make_interval({0} % 999, hours => {1})", (I, I)), ("make_interval(weeks := {0} % 999)", (I,)),
    ("{0} AT TIME ZONE 'America/New_York'", (["timestamp", "timestamptz"],)), ("CAST({0} AS date)", (["timestamptz"],)), ("CAST({0} AS time)", (MOMENTS[:2],)),
    ("CAST({0} AS boolean)", (I,)), ("CAST({0} AS integer)", (["boolean"],)),
]
AGGREGATES = [
    *((f"{name}({{0}})", NUMBERS) for name in ("sum", "avg", "count", "min", "max", "stddev", "variance", "var_pop", "stddev_pop")),
    *((f"{name}({{0}})", ["text", "date", "timestamp", "interval"]) for name in ("count", "min", "max")),
    ("count(DISTINCT {0})", [kind for kind in ALL if kind != "boolean"]), ("sum(DISTINCT {0})", INTEGERS),
    *((f"{name}({{0}})", INTEGERS) for name in ("bit_and", "bit_or", "bit_xor")), ("bit_xor(DISTINCT {0})", INTEGERS),
    ("bool_and({0})", ["boolean"]), ("bool_or({0})", ["boolean"]), ("sum({0})", ["interval"]),
    ("sum(1000 / {0}) FILTER (WHERE {0} <> 0)", INTEGERS), ("max(ln({0})) FILTER (WHERE {0} > 1)", ["double precision"]),
]


def literal(rng, kind):
    if rng.random() < 0.08:
        return f"NULL::{kind}"
    value = rng.choice(VALUES[kind])
    if kind in INTEGERS and rng.random() < 0.4:
        value = str(rng.randint(-100, 100))
    return f"'{value}'::{kind}"


def scalar(rng):
    """An expression over literals, or over columns, which nothing folds."""
    form, arguments = rng.choice(FORMS)
    kinds = [rng.choice(argument) for argument in arguments]
    pattern = f"'{rng.choice(PATTERNS)}'"
    values = [literal(rng, kind) for kind in kinds]
    if rng.random() < 0.5:
        return f"SELECT CAST(({form.format(*values, p=pattern)}) AS text)"
    names = [f"c{at}" for at in range(len(values))]
    return f"SELECT CAST(({form.format(*names, p=pattern)}) AS text) FROM (VALUES ({', '.join(values)})) AS v ({', '.join(names)})"


OPERATORS = ["+", "-", "*", "/", "%", "||", "=", "<", "&", "|", "#", "<<", "^", "~", "~*", "^@"]
CALLS = ["mod", "power", "round", "log", "gcd", "lcm", "div", "left", "right", "lpad", "strpos", "substring", "substr", "repeat", "age", "date_trunc", "date_part", "greatest", "least",
         "coalesce", "nullif", "concat", "to_char", "btrim", "ltrim", "encode", "decode", "to_timestamp", "to_date", "num_nulls", "atan2", "starts_with", "replace"]


def pairing(rng):
    """Operators and functions over any two types, literals of none among them: what there is, and which of the overloads is meant."""
    def operand():
        kind = rng.choice(ALL)
        return rng.choice(["NULL", "'1'"]) if rng.random() < 0.15 else literal(rng, kind)
    a, b = operand(), operand()
    call = f"{a} {rng.choice(OPERATORS)} {b}" if rng.random() < 0.7 else f"{rng.choice(CALLS)}({a}, {b})"
    return f"SELECT pg_typeof({call}), CAST(({call}) AS text) {PAIRING}"


def aggregate(rng):
    form, kinds = rng.choice(AGGREGATES)
    kind = rng.choice(kinds)
    if kind == "double precision" and ("var" in form or "stddev" in form):
        kind = "real"
    least = 2 if "FILTER" in form else 1  # one row of VALUES is folded by PostgreSQL: FILTER guards nothing there
    rows = ", ".join(f"({literal(rng, kind)})" for _ in range(rng.randint(least, 6)))
    return f"SELECT CAST({form.format('c')} AS text) FROM (VALUES {rows}) AS v (c)"


def number(text):
    try:
        return decimal.Decimal(text)
    except (decimal.InvalidOperation, TypeError):
        return None


def same(statement, expected, found):
    if "SIMILAR" in statement and "ESCAPE 'l'" in statement:
        return True  # an escaped letter is a word of the pattern's flavour
    if "SIMILAR" in statement and "NULL::text" in statement and isinstance(expected, PostgresError):
        return True  # a pattern is read for a row that has one
    if PAIRING in statement and (" - " in statement and "unknown - " in str(found) or "bytea ~" in str(found)):
        return True  # jsonb - text; patterns of bytes
    if isinstance(expected, PostgresError) or isinstance(found, Error):
        if isinstance(expected, PostgresError) and isinstance(found, Error):
            return expected.sqlstate == found.sqlstate
        if isinstance(found, Error):  # NUMERIC: 38 digits, of which variance and avg of integers keep 16 behind the point
            numeric = any(word in statement for word in ("numeric", "avg(", "var", "stddev")) or "'numeric'" in str(expected)
            return found.sqlstate == "22003" and numeric
        # sum, avg, stddev of DOUBLE PRECISION: accumulators are wider than their result
        return expected.sqlstate == "22003" and any(word in statement for word in ("avg(", "sum("))
    for wanted, value in zip(expected[0], found[0]):
        if wanted == value:
            continue
        if ("upper(" in statement or "initcap(" in statement) and not statement.isascii():  # upper, lower: Unicode's simple mappings
            continue
        a, b = number(wanted), number(value)
        if a is None or b is None or not a.is_finite() or not b.is_finite():
            return False
        # the scale of a NUMERIC result is fixed when bound: equal at the smaller of the two scales
        scale = min(-a.as_tuple().exponent, -b.as_tuple().exponent)
        numeric = any(word in statement for word in ("numeric", "avg(", "var", "stddev", "extract(", PAIRING))
        # sums of DOUBLE PRECISION in any order, and the last bits of REAL
        tolerance = 1e-12 if "double" in statement else 1e-6 if "real" in statement else 0
        if not (numeric and abs(a - b) <= decimal.Decimal(1).scaleb(-scale)) and not math.isclose(a, b, rel_tol=tolerance):
            return False
    return len(expected) == len(found)


def rows_same(statement, expected, found):
    return same(statement, expected, [list(row) for row in found] if isinstance(found, list) else found)


sys.exit(side_by_side(lambda rng, count: [rng.choice([aggregate, pairing, scalar, scalar, scalar, scalar])(rng) for _ in range(count)], rows_same, STATEMENTS))
