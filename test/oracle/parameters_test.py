# SPDX-License-Identifier: Apache-2.0
"""Parameters, compared with PostgreSQL 15: what types a statement's $1, $2 .. have, its errors, and its rows with values.

    parameters_test.py [seed [statements]]

A list by hand of the places where a type is found out, and random expressions over parameters, columns and literals. PostgreSQL is given
PREPARE and EXECUTE with the values as quoted literals; Weir binds the same texts.
"""
import os
import random
import sys

from oracle.postgres import Error as PostgresError, Postgres
from oracle.weir import Error, Statement, Weir

COUNT = 3000
TABLE = """CREATE TABLE t (s SMALLINT, i INTEGER, l BIGINT, r REAL, d DOUBLE PRECISION, n NUMERIC(12, 2), x TEXT, v VARCHAR(10), b BOOLEAN,
 day DATE, at TIMESTAMP, az TIMESTAMPTZ, c TIME, span INTERVAL, u UUID, raw BYTEA);
INSERT INTO t VALUES (1, 2, 3, 1.5, 2.5, 3.25, 'text', 'var', true, '2024-02-29', '2024-01-02 03:04:05', '2024-01-02 03:04:05+00', '01:02:03', '1 day',
 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x00ff'), (-1, 20, 30, -1.5, 0, 100, 'b', 'w', false, '2020-01-01', '1999-12-31', '1999-12-31', '23:59:59', '-1:00',
 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', ''), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"""
COLUMNS = ["s", "i", "l", "r", "d", "n", "x", "v", "b", "day", "at", "az", "c", "span", "u"]  # and raw: LIKE of BYTEA is not there

BY_HAND = [
    "SELECT $1", "SELECT $1, $2::int", "SELECT $2::int", "SELECT $1::numeric(5, 2)", "SELECT $1::varchar(3)", "SELECT CAST($1 AS date)",
    "SELECT $1 + 1", "SELECT 1 + $1", "SELECT $1 + $2", "SELECT $1 * 2.5", "SELECT $1 / 2::float8", "SELECT -$1", "SELECT @ $1", "SELECT $1 || $2", "SELECT $1 || 1",
    "SELECT $1 IS NULL", "SELECT $1 IS NOT NULL, $1 = 5", "SELECT $1 = 5, $1 IS NULL", "SELECT $1 IS TRUE", "SELECT NOT $1", "SELECT $1 AND $2", "SELECT $1 = $2",
    "SELECT $1 < $2", "SELECT $1 IS DISTINCT FROM 5", "SELECT $1 IS DISTINCT FROM $2", "SELECT $1 IS DISTINCT FROM NULL", "SELECT NULL IS NOT DISTINCT FROM $1", "SELECT $1 BETWEEN 1 AND 2.5", "SELECT 5 BETWEEN $1 AND $2", "SELECT $1 BETWEEN $2 AND $3",
    "SELECT $1 IN (1, 2)", "SELECT $1 IN (1, 2.5)", "SELECT i IN ($1, $2) FROM t", "SELECT i IN ($1, 5000000000) FROM t", "SELECT $1 IN ($2, $3)", "SELECT $1 IN (i, l) FROM t",
    "SELECT $1 LIKE 'a%'", "SELECT x LIKE $1 FROM t", "SELECT $1 LIKE $2", "SELECT x SIMILAR TO $1 FROM t", "SELECT x ~ $1 FROM t", "SELECT $1 LIKE $2 ESCAPE $3",
    "SELECT CASE WHEN $1 THEN 1 END", "SELECT CASE WHEN true THEN $1 ELSE 5 END", "SELECT CASE $1 WHEN 5 THEN 1 END", "SELECT CASE i WHEN $1 THEN $2 ELSE $3 END FROM t",
    "SELECT coalesce($1, 5)", "SELECT coalesce($1, $2)", "SELECT coalesce($1, l, i) FROM t", "SELECT nullif($1, 5)", "SELECT nullif($1, $2)", "SELECT nullif(5, $1)",
    "SELECT greatest($1, 5)", "SELECT least($1, $2)", "SELECT greatest(i, $1, l) FROM t", "SELECT abs($1)", "SELECT length($1)", "SELECT upper($1)", "SELECT round($1)", "SELECT round($1, 2)",
    "SELECT round(n, $1) FROM t", "SELECT substring($1, 2)", "SELECT substring($1 FROM $2 FOR $3)", "SELECT left($1, $2)", "SELECT concat($1, 'x')", "SELECT concat(x, $1) FROM t", "SELECT format($1, 5)",
    "SELECT count($1) FROM t", "SELECT sum($1) FROM t", "SELECT min($1) FROM t", "SELECT max($1 + i) FROM t", "SELECT avg($1) FROM t", "SELECT string_agg(x, $1 ORDER BY i) FROM t", "SELECT bool_and($1) FROM t",
    "SELECT count(*) FILTER (WHERE $1) FROM t", "SELECT pg_typeof($1)", "SELECT to_char($1, 'YYYY')", "SELECT to_char(at, $1) FROM t", "SELECT date_trunc($1, at) FROM t", "SELECT date_trunc('day', $1)",
    "SELECT extract(year FROM $1)", "SELECT date_part($1, at) FROM t", "SELECT at + $1 FROM t", "SELECT $1 + at FROM t", "SELECT at - $1 FROM t", "SELECT day + $1 FROM t", "SELECT day - $1 FROM t", "SELECT span * $1 FROM t",
    "SELECT $1 AT TIME ZONE 'UTC'", "SELECT at AT TIME ZONE $1 FROM t", "SELECT c + $1 FROM t", "SELECT az > $1 FROM t", "SELECT c < $1 FROM t", "SELECT u = $1 FROM t", "SELECT raw = $1 FROM t", "SELECT b = $1 FROM t",
    "SELECT s = $1 FROM t", "SELECT r > $1 FROM t", "SELECT v = $1 FROM t", "SELECT v || $1 FROM t", "SELECT n * $1 FROM t", "SELECT n = $1 FROM t", "SELECT i / $1 FROM t", "SELECT i % $1 FROM t", "SELECT d ^ $1 FROM t", "SELECT i & $1 FROM t",
    "SELECT i FROM t WHERE $1", "SELECT i FROM t WHERE i = $1", "SELECT $1 FROM t WHERE i = $1", "SELECT $1 + 1 FROM t WHERE l = $1", "SELECT i = $1 FROM t WHERE l = $1", "SELECT i FROM t WHERE i = $1 AND l = $1",
    "SELECT i FROM t WHERE i = $1 AND x = $1", "SELECT i FROM t WHERE $1 = i AND $1 = n", "SELECT i FROM t WHERE $1 IS NULL OR i = $1", "SELECT i FROM t WHERE i = $1 OR $1 IS NULL", "SELECT i FROM t WHERE $1::int IS NULL OR i = $1",
    "SELECT i FROM t GROUP BY i HAVING count(*) > $1", "SELECT i + $1 FROM t GROUP BY i + $1", "SELECT x, $1 FROM t GROUP BY x", "SELECT i FROM t ORDER BY $1", "SELECT i FROM t ORDER BY i + $1", "SELECT $1 FROM t ORDER BY 1",
    "SELECT i FROM t LIMIT $1", "SELECT i FROM t ORDER BY i LIMIT $1 OFFSET $2", "SELECT i FROM t LIMIT $1 + 1", "SELECT i FROM t LIMIT $1::int", "SELECT i FROM t OFFSET $1 FETCH FIRST $2 ROWS ONLY",
    "SELECT DISTINCT $1", "SELECT $1 UNION ALL SELECT 5", "SELECT 5 UNION SELECT $1", "SELECT $1 UNION SELECT $2", "SELECT $1 EXCEPT SELECT x FROM t", "SELECT 1 UNION SELECT 2.5 UNION SELECT $1",
    "VALUES ($1), (2)", "VALUES ($1, $2)", "SELECT * FROM (VALUES ($1), (2.5)) v(a)", "SELECT a FROM (SELECT $1 AS a) q", "SELECT a + 1 FROM (SELECT $1::int AS a) q", "WITH c AS (SELECT $1 AS a) SELECT a FROM c", "WITH c AS (SELECT $1 AS a) SELECT a + 1 FROM c",
    "SELECT (SELECT $1)", "SELECT (SELECT i FROM t WHERE i = $1)", "SELECT i IN (SELECT l FROM t WHERE l > $1) FROM t", "SELECT $1 IN (SELECT i FROM t)", "SELECT EXISTS (SELECT 1 FROM t WHERE i = $1)", "SELECT i = (SELECT $1) FROM t",
    "SELECT (i, x) = ($1, $2) FROM t", "SELECT (i, x) < ($1, $2) FROM t", "SELECT (i, $1) IN ((1, 'a')) FROM t", "SELECT ($1, $2) = (1, 'a')", "SELECT (i, x) IS DISTINCT FROM ($1, $2) FROM t",
    "INSERT INTO t (i, x) VALUES ($1, $2)", "INSERT INTO t (i, x) VALUES ($1, $1)", "INSERT INTO t (i, l) VALUES ($1, $1)", "INSERT INTO t (i, l) VALUES ($1, $1 + 1)", "INSERT INTO t (n, v) VALUES ($1, $2), ($3, $4)", "INSERT INTO t (v) VALUES ($1 || 'x')",
    "INSERT INTO t (i) SELECT $1", "INSERT INTO t (i, x) SELECT i, $1 FROM t", "INSERT INTO t (i) SELECT $1 FROM t ORDER BY i LIMIT $2", "INSERT INTO t (i) SELECT $1 UNION SELECT 5", "INSERT INTO t (x) SELECT $1 || x FROM t WHERE i = $2", "INSERT INTO t (s) VALUES ($1) RETURNING s + $2",
    "INSERT INTO t (i) VALUES ($1) RETURNING $2", "INSERT INTO t (i) VALUES ($1) RETURNING i = $1", "UPDATE t SET i = $1", "UPDATE t SET i = $1 WHERE l = $2", "UPDATE t SET l = $1 WHERE i = $1", "UPDATE t SET x = $1 WHERE i = $1", "UPDATE t SET i = i + $1 WHERE x = $2",
    "UPDATE t SET (i, x) = ($1, $2) WHERE b = $3", "UPDATE t SET n = $1 * 2", "DELETE FROM t WHERE i = $1", "DELETE FROM t WHERE at < $1 AND b", "DELETE FROM t WHERE i IN ($1, $2) RETURNING x || $3",
    "SELECT $1::int + $1", "SELECT $1::int, $1::bigint", "SELECT $1::int, $1::text", "SELECT $1::text, $1::int", "SELECT $1 + 1, $1 || 'a'", "SELECT $1::int4, $1 + 1.5", "SELECT $3 + 1, $1 + 1", "SELECT i FROM t WHERE i = $1 AND i > $3", "SELECT $1::jsonb", "SELECT $1 = ANY (SELECT i FROM t)",
    "SELECT $1 FROM nothing", "SELECT $1 + nope FROM t", "SELECT $0", "SELECT i FROM t WHERE x = $1 + 1", "SELECT sum(i) FROM t WHERE sum(i) > $1", "SELECT $1 > true", "SELECT day = $1 + 1 FROM t", "SELECT i FROM t WHERE i = $1::text",
    "SELECT i FROM t WHERE l = $1 AND i = $1 + $2", "SELECT sqrt($1)", "SELECT power($1, 2)", "SELECT mod($1, 5)", "SELECT mod(5, $1)", "SELECT $1 COLLATE \"C\"", "SELECT x = $1 COLLATE \"C\" FROM t", "SELECT trim($1)", "SELECT replace(x, $1, $2) FROM t", "SELECT position($1 IN x) FROM t",
    "SELECT strpos($1, $2)", "SELECT split_part(x, $1, 1) FROM t", "SELECT repeat('a', $1)", "SELECT lpad(x, $1, $2) FROM t", "SELECT make_date($1, 1, 1)", "SELECT to_timestamp($1)", "SELECT to_date($1, 'YYYY')", "SELECT age(at, $1) FROM t", "SELECT interval '1 day' * $1", "SELECT $1 * interval '1 day'", "SELECT date '2024-01-01' + $1",
    "SELECT timestamp '2024-01-01' - $1", "SELECT date_bin($1, at, timestamp '2000-01-01') FROM t", "SELECT overlay(x PLACING $1 FROM 1) FROM t", "SELECT md5($1)", "SELECT encode($1, 'hex')", "SELECT sign($1)", "SELECT trunc($1, 1)", "SELECT ceil($1)", "SELECT width_bucket($1, 0, 10, 5)", "SELECT random() < $1",
]

# Values for each type, as texts.
VALUES = {"smallint": ["0", "-1", "20"], "integer": ["2", "0", "20", "-3"], "bigint": ["3", "5000000000"], "real": ["1.5", "-0.25"], "double precision": ["2.5", "0", "1e10"],
          "numeric": ["3.25", "100", "0.5"], "text": ["text", "b", "", "2"], "character varying": ["var", "w"], "boolean": ["t", "false"], "date": ["2024-02-29", "2020-01-01"],
          "timestamp without time zone": ["2024-01-02 03:04:05", "1999-12-31"], "timestamp with time zone": ["2024-01-02 03:04:05+00", "1999-12-31 12:00+02"], "time without time zone": ["01:02:03"],
          "interval": ["1 day", "-01:00:00", "1 mon"], "uuid": ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"], "bytea": ["\\x00ff"], "jsonb": ["{\"a\": 1}"]}
OPERATORS = ["=", "<", "<>", ">=", "+", "-", "*", "||", "IS DISTINCT FROM", "%", "AND", "OR", "LIKE"]
LITERALS = ["1", "5000000000", "2.5", "'a'", "NULL", "true", "DATE '2024-01-01'", "INTERVAL '1 day'", "1.5::float8"]


def expression(rng, depth):
    kind = rng.randrange(12)
    if depth == 0 or kind < 2:
        return rng.choice([f"${rng.randrange(1, 4)}", f"${rng.randrange(1, 4)}", rng.choice(COLUMNS), rng.choice(LITERALS)])
    if kind < 6:
        return f"({expression(rng, depth - 1)} {rng.choice(OPERATORS)} {expression(rng, depth - 1)})"
    if kind == 6:
        return f"coalesce({expression(rng, depth - 1)}, {expression(rng, depth - 1)})"
    if kind == 7:
        return f"CASE WHEN {expression(rng, depth - 1)} THEN {expression(rng, depth - 1)} ELSE {expression(rng, depth - 1)} END"
    if kind == 8:
        return f"({expression(rng, depth - 1)} IN ({expression(rng, depth - 1)}, {expression(rng, 0)}))"
    if kind == 9:
        return f"({expression(rng, depth - 1)} BETWEEN {expression(rng, 0)} AND {expression(rng, 0)})"
    if kind == 10:
        return f"{rng.choice(['abs', 'length', 'upper', 'greatest', 'round'])}({expression(rng, depth - 1)})"
    return f"CAST({expression(rng, depth - 1)} AS {rng.choice(['int', 'text', 'numeric', 'bigint', 'date', 'float8', 'boolean'])})"


def statement(rng):
    """Its rows are text, so that both write them."""
    where = f" WHERE {expression(rng, rng.randrange(1, 3))}" if rng.random() < 0.4 else ""
    return f"SELECT CAST(a AS text) FROM (SELECT {expression(rng, rng.randrange(1, 4))} AS a FROM t{where}) q"


def arrow_name(type):
    """PostgreSQL's name of a type of Arrow; text and character varying are one there."""
    name = str(type)
    names = {"int16": "smallint", "int32": "integer", "int64": "bigint", "float": "real", "double": "double precision", "string": "text", "string_view": "text",
             "bool": "boolean", "date32[day]": "date", "timestamp[us]": "timestamp without time zone", "time64[us]": "time without time zone", "month_day_nano_interval": "interval",
             "binary": "bytea", "binary_view": "bytea", "fixed_size_binary[16]": "uuid"}
    return "numeric" if name.startswith("decimal") else "timestamp with time zone" if name.startswith("timestamp[us, ") else "jsonb" if "json" in name else \
        "uuid" if "uuid" in name else names.get(name, name)


def ours(weir, sql):
    """A list of types, or the error."""
    try:
        with Statement(weir, sql) as prepared:
            return [arrow_name(type) for type in prepared.types()]
    except Error as error:
        return error


def theirs(postgres, statements):
    script = ["SELECT '-'"] + [part for sql in statements for part in
              ("DEALLOCATE ALL", f"PREPARE p AS {sql}", "SELECT array_to_string(parameter_types::text[], ';') FROM pg_prepared_statements")]
    answers = postgres.run_each([*TABLE.split(";\n"), *script])[len(TABLE.split(";\n")) + 1:]
    return [answers[i + 1] if isinstance(answers[i + 1], PostgresError) else
            [name.strip('"') for name in (answers[i + 2][0][0] or "").split(";") if name] for i in range(0, len(answers), 3)]


# Functions and types that Weir does not have say so (0A000); messages about other types than PostgreSQL's follow from those.
def same_types(expected, found):
    if isinstance(found, Error) and found.sqlstate == "0A000":
        return True
    if isinstance(expected, PostgresError) or isinstance(found, Error):
        # A literal that cannot be read is told where its type is found out, which may be before or after another fault.
        both = isinstance(expected, PostgresError) and isinstance(found, Error)
        return both and (expected.sqlstate == found.sqlstate or "22" in (expected.sqlstate[:2], found.sqlstate[:2]))
    return ["text" if name == "character varying" else name for name in expected] == found


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else int.from_bytes(os.urandom(4), "little")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    rng = random.Random(seed)
    statements = BY_HAND + [statement(rng) for _ in range(count)]
    postgres = Postgres.start()
    if postgres is None:
        print("SKIP test/oracle/parameters_test.py: PostgreSQL 15 is not installed\n0 passed, 0 failed, 1 skipped")
        return 0
    failures, asked, values, wanted_rows = [], [], [], []
    with postgres, Weir() as weir:
        weir.run(TABLE)
        for sql, expected in zip(statements, theirs(postgres, statements)):
            found = ours(weir, sql)
            if not same_types(expected, found):
                failures.append((sql, expected, found))
            elif sql.startswith("SELECT") and not isinstance(found, Error) and "random" not in sql and "typeof" not in sql:
                asked.append((sql, [rng.choice(VALUES[name] + [None]) for name in expected]))
        rows = run_both(postgres, weir, asked)
        failures += [row for row in rows if not same_rows(*row)]
    for sql, expected, found in failures[:int(os.environ.get("SHOW", "20"))]:
        print(f"{sql}\n    expected {expected}\n    found    {found}")
    print(f"seed {seed}, {len(statements)} statements, {len(asked)} run with values")
    print(f"{len(statements) + len(asked) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


def run_both(postgres, weir, asked):
    """(statement with its values, PostgreSQL's rows, Weir's rows)"""
    script = []
    for sql, values in asked:
        literals = ", ".join("NULL" if value is None else "'" + value.replace("'", "''") + "'" for value in values)
        script += ["DEALLOCATE ALL", f"PREPARE p AS {sql}", "EXECUTE p" + (f"({literals})" if values else "")]
    answers = postgres.run_each(script)[2::3]
    for (sql, values), expected in zip(asked, answers):
        try:
            with Statement(weir, sql) as prepared:
                found = prepared.run(values)
        except Error as error:
            found = error
        except OverflowError:  # Python has no year 0
            continue
        yield f"{sql}   -- {values}", expected, found


def number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def order(row):
    return [(value is None, number(value) is None, number(value) or 0, "" if value is None else str(value)) for value in row]


def same_value(expected, found):
    if expected is None or found is None:
        return expected is None and found is None
    if isinstance(found, bool):
        return expected == ("t" if found else "f")
    if number(expected) is not None and number(found) is not None:
        return abs(number(expected) - number(found)) <= 1e-5 * max(1, abs(number(expected)))
    if isinstance(found, str):
        return expected == found
    return True  # times and bytes are compared by other tests


def same_rows(statement, expected, found):
    if isinstance(expected, PostgresError) or isinstance(found, Error):
        if isinstance(found, list):  # PostgreSQL works out what is constant by now, here only what a row reaches
            return expected.sqlstate[:2] == "22" and (found == [] or any(word in statement for word in ("coalesce", "CASE", " AND ", " OR ", "ESCAPE")))
        return isinstance(expected, PostgresError) and isinstance(found, Error) and (expected.sqlstate == found.sqlstate or found.sqlstate == "0A000")
    if len(expected) != len(found):
        return False
    return all(len(a) == len(b) and all(map(same_value, a, b)) for a, b in zip(sorted(expected, key=order), sorted(found, key=order)))


sys.exit(main())
