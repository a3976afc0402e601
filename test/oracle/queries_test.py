# SPDX-License-Identifier: Apache-2.0
"""Random queries, of expressions inside one another, over stored rows, compared with PostgreSQL 15: rows and SQLSTATEs.

    queries_test.py [seed [statements]]

Clauses that are tried: select lists, WHERE, GROUP BY, HAVING, DISTINCT, DISTINCT ON, ORDER BY with NULLS, LIMIT and OFFSET, UNION, EXCEPT, INTERSECT, WITH, subqueries in FROM
and as values, IN and EXISTS of them, VALUES, aggregates with DISTINCT and FILTER, CASE, IN, BETWEEN, LIKE, IS DISTINCT FROM, casts. Where a query may fail in one
row and PostgreSQL does not work out that row (or the other way round), either answer is accepted: `same`.
"""
import decimal
import math
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import side_by_side
from oracle.weir import Error

STATEMENTS = 3000
COLUMNS = {"i": "int", "b": "bigint", "s": "smallint", "n": "numeric", "f": "float", "k": "text", "v": "varchar", "o": "bool", "d": "date", "ts": "timestamp", "tz": "timestamptz", "c": "time",
           "p": "interval", "x": "bytea", "u": "uuid"}
TABLE = ("CREATE TABLE t (i INTEGER, b BIGINT, s SMALLINT, n NUMERIC(8,2), f DOUBLE PRECISION, k TEXT, v VARCHAR(4), o BOOLEAN, d DATE, ts TIMESTAMP, "
         "tz TIMESTAMPTZ, c TIME, p INTERVAL, x BYTEA, u UUID)")
ROWS = """INSERT INTO t VALUES
(1, 10, 0, 1.50, 0.5, 'a', 'ab', true, '2024-02-29', '2024-02-29 12:00', '2024-02-29 12:00+02', '12:00', '1 day', '\\x61', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
(2, -10, 1, -0.25, -1.25, 'b', 'abcd', false, '2023-12-31', '1999-12-31 23:59:59.5', '1999-12-31 23:59:59.5Z', '23:59:59.5', '-1 month 2 days', '\\x', '00000000-0000-0000-0000-000000000000'),
(3, 9223372036854775807, 7, 100000.00, 1e10, '', '', NULL, '1970-01-01', '1970-01-01', '1970-01-01Z', '00:00', '0', '\\x00ff', NULL),
(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
(2, 10, -3, 1.50, 3, 'A', 'z', true, '2024-02-29', '2024-07-01', '2024-07-01 08:00+09', '12:00', '24:00', '\\x61', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
(0, 0, 1, 0.00, 0, 'a%b', '12', false, '2000-01-01', '2000-01-01 00:00:01', '2000-01-01 00:00:01Z', '00:00:01', '30 days', '\\x61622525', 'ffffffff-0000-0000-0000-000000000000'),
(-7, 12, 32767, 12.34, 100, 'abc', 'AB', true, '2024-01-31', '2024-02-29 12:00', '2024-02-29 10:00Z', '10:00', '1 month', '\\xdeadbeef', NULL),
(1, NULL, 2, NULL, 2.5, 'b', NULL, false, NULL, '2024-02-29 12:00', NULL, '12:00:00.000001', '1.5 sec', '\\x62', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')"""
NUMBERS = ["int", "bigint", "smallint", "numeric", "float"]
WHOLE = ["int", "bigint", "smallint"]
TYPES = [kind for kind in dict.fromkeys(COLUMNS.values()) if kind != "interval"]  # of outputs: equal intervals have several texts
SQL_NAMES = {"int": "INTEGER", "bigint": "BIGINT", "smallint": "SMALLINT", "numeric": "NUMERIC(10,3)", "float": "DOUBLE PRECISION", "text": "TEXT",
             "varchar": "VARCHAR(3)", "bool": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP", "interval": "INTERVAL",
             "timestamptz": "TIMESTAMPTZ", "time": "TIME", "bytea": "BYTEA", "uuid": "UUID"}
LITERALS = {"int": ["0", "1", "-1", "2", "7", "100"], "bigint": ["10::bigint", "3000000000", "-5::bigint"], "smallint": ["1::smallint", "3::smallint"],
            "numeric": ["1.5", "0.25", "-2.0", "10.125", "3."], "float": ["0.5::float8", "2::float8", "1e3::float8"], "text": ["'a'", "'b'::text", "'abc'", "''", "'%b%'"],
            "varchar": ["'ab'::varchar(3)", "'abcd'::varchar"], "bool": ["true", "false"], "date": ["DATE '2024-02-29'", "DATE '2000-01-01'"],
            "timestamp": ["TIMESTAMP '2024-02-29 12:00'", "TIMESTAMP '1970-01-01'"], "interval": ["INTERVAL '1 day'", "INTERVAL '1 month 2 hours'", "INTERVAL '-90 min'"],
            "timestamptz": ["TIMESTAMPTZ '2024-02-29 12:00Z'", "TIMESTAMPTZ '1970-01-01 00:00+05'"], "time": ["TIME '12:00'", "TIME '24:00'"],
            "bytea": ["'\\\\x61'::bytea", "'ab'::bytea"], "uuid": ["UUID 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"]}
LOOSE = {"text": ["'a'", "'zz'"], "varchar": ["'ab'", "'abcdef'"], "int": ["'7'"], "numeric": ["'1.501'"], "float": ["'0.5'"], "date": ["'2024-02-29'"],
         "timestamp": ["'2024-02-29 12:00'"], "bool": ["'t'"], "bigint": ["'10'"], "smallint": ["'1'"], "timestamptz": ["'2024-02-29 10:00Z'"], "time": ["'12:00'"], "interval": ["'1 day'"],
         "bytea": ["'\\\\x61'"], "uuid": ["'A0EEBC999C0B4EF8BB6D6BB9BD380A11'"]}


class Expressions:
    """Of the columns of one FROM: names by type."""

    def __init__(self, rng, columns, scalars=True):
        self.rng, self.columns, self.scalars = rng, columns, scalars

    def pick(self, *makers):
        return self.rng.choice(makers)()

    def leaf(self, kind):
        names = [name for name, its in self.columns.items() if its == kind]
        roll = self.rng.random()
        if names and roll < 0.75:
            return self.rng.choice(names)
        return "NULL" if roll > 0.97 else self.rng.choice(LITERALS[kind])

    def beside(self, kind, depth):
        """What stands beside a value of this type: now and then a literal of no type."""
        return self.rng.choice(LOOSE[kind]) if kind in LOOSE and self.rng.random() < 0.15 else self.of(kind, depth)

    def of(self, kind, depth):
        if depth <= 0 or self.rng.random() < 0.25:
            return self.leaf(kind)
        common = [lambda: f"CASE WHEN {self.of('bool', depth - 1)} THEN {self.of(kind, depth - 1)} ELSE {self.beside(kind, depth - 1)} END",
                  lambda: f"coalesce({self.of(kind, depth - 1)}, {self.beside(kind, depth - 1)})",
                  lambda: f"CASE {self.of('int', depth - 1)} WHEN 1 THEN {self.of(kind, depth - 1)} WHEN 2 THEN {self.of(kind, depth - 1)} END"]
        if kind != "bool":
            common += [lambda: f"nullif({self.of(kind, depth - 1)}, {self.beside(kind, depth - 1)})",
                       lambda: f"{self.rng.choice(['greatest', 'least'])}({self.of(kind, depth - 1)}, {self.beside(kind, depth - 1)})"]
        if self.scalars and self.rng.random() < 0.03:
            name, its = self.rng.choice(list(COLUMNS.items()))
            if its == kind and kind not in ("bool", "bytea", "uuid"):
                return f"(SELECT {self.rng.choice(['min', 'max'])}({name}) FROM t)"
        own = getattr(self, "of_" + ("number" if kind in NUMBERS else "text" if kind == "varchar" else kind))
        if self.rng.random() < 0.3:
            return f"({self.pick(*common)})" if self.rng.random() < 0.5 else self.pick(*common)
        return own(kind, depth - 1)

    def number(self, depth, kinds=NUMBERS):
        return self.of(self.rng.choice(kinds), depth)

    def of_number(self, kind, depth):
        makers = [lambda: f"({self.of(kind, depth)} {self.rng.choice('+-*')} {self.beside(kind, depth)})", lambda: f"(- {self.of(kind, depth)})", lambda: f"abs({self.of(kind, depth)})",
                  lambda: f"CAST({self.number(depth)} AS {SQL_NAMES[kind]})"]
        if kind in WHOLE:
            makers += [lambda: f"({self.of(kind, depth)} {self.rng.choice(['/', '%', '&', '|', '#'])} {self.of(kind, depth)})"]
        if kind == "int":
            makers += [lambda: f"length({self.of('text', depth)})", lambda: f"({self.of('date', depth)} - {self.of('date', depth)})",
                       lambda: f"CAST({self.of('bool', depth)} AS integer)", lambda: f"position({self.of('text', depth)} IN {self.of('text', depth)})"]
        if kind == "numeric":
            makers += [lambda: f"round({self.of('numeric', depth)}, {self.rng.randint(0, 3)})", lambda: f"({self.of('numeric', depth)} / {self.of('numeric', depth)})",
                       lambda: f"extract({self.rng.choice(['year', 'month', 'day', 'dow', 'hour'])} FROM {self.of(self.rng.choice(['timestamp', 'timestamptz']), depth)})", lambda: f"extract({self.rng.choice(['hour', 'epoch', 'minute'])} FROM {self.of(self.rng.choice(['time', 'interval']), depth)})",
                       lambda: f"({self.of('int', depth)} * {self.of('numeric', depth)})"]
        if kind == "float":
            makers += [lambda: f"({self.of('float', depth)} / {self.of('float', depth)})", lambda: f"sqrt({self.of('float', depth)})", lambda: f"({self.number(depth)} + {self.of('float', depth)})"]
        return self.pick(*makers)

    def of_text(self, kind, depth):
        text = self.pick(lambda: f"({self.of('text', depth)} || {self.of(self.rng.choice(['text', 'varchar', 'int', 'bool', 'date']), depth)})", lambda: f"upper({self.of('text', depth)})",
                         lambda: f"substring({self.of('text', depth)}, {self.of('int', depth)})", lambda: f"left({self.of('text', depth)}, {self.rng.randint(-2, 3)})",
                         lambda: f"replace({self.of('text', depth)}, 'a', {self.of('text', depth)})", lambda: f"concat({self.of('text', depth)}, {self.of('int', depth)}, 'x')",
                         lambda: f"CAST({self.of(self.rng.choice(['int', 'bool', 'date', 'timestamp', 'bigint']), depth)} AS TEXT)", lambda: f"trim({self.of('varchar', depth)})")
        return text if kind == "text" else f"CAST({text} AS VARCHAR(3))"

    def of_bool(self, kind, depth):
        one = self.rng.choice([kind for kind in [*TYPES, "interval"] if kind != "bool"])
        other = self.rng.choice(NUMBERS) if one in NUMBERS else one
        return self.pick(lambda: f"({self.of('bool', depth)} AND {self.of('bool', depth)})", lambda: f"({self.of('bool', depth)} OR {self.of('bool', depth)})", lambda: f"(NOT {self.of('bool', depth)})",
                         lambda: f"({self.of(one, depth)} {self.rng.choice(['=', '<>', '<', '<=', '>', '>='])} {self.beside(other, depth)})",
                         lambda: f"({self.of(one, depth)} {self.rng.choice(['=', '<', '>='])} {self.beside(other, depth)})",
                         lambda: f"({self.of(one, depth)} IS {self.rng.choice(['', 'NOT '])}NULL)", lambda: f"({self.of('bool', depth)} IS {self.rng.choice(['', 'NOT '])}{self.rng.choice(['TRUE', 'FALSE', 'UNKNOWN'])})",
                         lambda: f"({self.of(one, depth)} IS {self.rng.choice(['', 'NOT '])}DISTINCT FROM {self.beside(other, depth)})",
                         lambda: f"({self.of(one, depth)} {self.rng.choice(['', 'NOT '])}BETWEEN {self.beside(other, depth)} AND {self.beside(one, depth)})",
                         lambda: f"({self.of(one, depth)} {self.rng.choice(['', 'NOT '])}IN ({', '.join(self.beside(one, depth - 1) for _ in range(self.rng.randint(1, 4)))}))",
                         *([lambda: f"({self.of(one, depth)} {self.rng.choice(['', 'NOT '])}IN (SELECT {typed(Expressions(self.rng, COLUMNS, False), other, 1)} FROM t))",
                            lambda: f"EXISTS (SELECT 1 FROM t WHERE {Expressions(self.rng, COLUMNS, False).of('bool', 1)})"] if self.scalars and self.rng.random() < 0.1 else []),
                         lambda: f"({self.of('text', depth)} {self.rng.choice(['LIKE', 'NOT LIKE', 'ILIKE'])} {self.rng.choice(['chr(37)', repr('a%'), repr('_b%'), repr('%'), repr('a!%%') + ' ESCAPE ' + repr('!')])})")

    def of_timestamptz(self, kind, depth):
        return self.pick(lambda: f"({self.of('timestamptz', depth)} {self.rng.choice('+-')} {self.of('interval', depth)})", lambda: f"({self.of('timestamp', depth)} AT TIME ZONE {self.zone()})",
                         lambda: f"date_trunc('{self.rng.choice(['day', 'month', 'hour', 'week'])}', {self.of('timestamptz', depth)})", lambda: f"CAST({self.of('timestamp', depth)} AS TIMESTAMPTZ)")

    def zone(self):
        return self.rng.choice(["'UTC'", "'Europe/Berlin'", "'America/New_York'", "'+03'"])

    def of_time(self, kind, depth):
        return self.pick(lambda: f"({self.of('time', depth)} {self.rng.choice('+-')} {self.of('interval', depth)})", lambda: f"CAST({self.of(self.rng.choice(['timestamp', 'timestamptz', 'interval']), depth)} AS TIME)")

    def of_interval(self, kind, depth):
        return self.pick(lambda: f"({self.of('interval', depth)} {self.rng.choice('+-')} {self.beside('interval', depth)})", lambda: f"(- {self.of('interval', depth)})", lambda: f"({self.of('interval', depth)} * {self.of('int', depth)})",
                         lambda: f"({self.of('timestamp', depth)} - {self.of('timestamp', depth)})", lambda: f"justify_hours({self.of('interval', depth)})", lambda: f"({self.of('time', depth)} - {self.of('time', depth)})",
                         lambda: f"age({self.of('timestamp', depth)}, {self.of('timestamp', depth)})", lambda: f"CAST({self.of('time', depth)} AS INTERVAL)")

    def of_bytea(self, kind, depth):
        return self.pick(lambda: f"({self.of('bytea', depth)} || {self.of('bytea', depth)})", lambda: f"substring({self.of('bytea', depth)} FROM {self.rng.randint(-1, 3)})", lambda: f"convert_to({self.of('text', depth)}, 'UTF8')")

    def of_uuid(self, kind, depth):
        return f"CAST(CAST({self.of('uuid', depth)} AS TEXT) AS UUID)"

    def of_date(self, kind, depth):
        return self.pick(lambda: f"({self.of('date', depth)} + {self.of('smallint', depth)}::int)", lambda: f"CAST({self.of('timestamp', depth)} AS DATE)")

    def of_timestamp(self, kind, depth):
        return self.pick(lambda: f"({self.of(self.rng.choice(['timestamp', 'date']), depth)} {self.rng.choice('+-')} {self.of('interval', depth)})", lambda: f"({self.of('timestamptz', depth)} AT TIME ZONE {self.zone()})", lambda: f"({self.of('date', depth)} + {self.of('time', depth)})",
                         lambda: f"date_trunc('{self.rng.choice(['day', 'month', 'hour', 'week'])}', {self.of('timestamp', depth)})", lambda: f"CAST({self.of('date', depth)} AS TIMESTAMP)")


def relation(rng, depth):
    """(text of FROM, its columns by name: types)."""
    if depth <= 0 or rng.random() < 0.6:
        return "t", COLUMNS
    text, names = query(rng, depth - 1, plain=True)
    if rng.random() < 0.3:
        names = {f"r{at}": kind for at, kind in enumerate(names.values())}
        return f"({text}) AS q ({', '.join(names)})", names
    return f"({text}) AS q", names


def aggregate(rng, inner):
    kind = rng.choice(TYPES)
    number = rng.choice(["int", "bigint", "smallint", "numeric"])
    depth = rng.randint(0, 2)
    text, kind = rng.choice([("count(*)", "bigint"), (f"count({inner.of(kind, depth)})", "bigint"), (f"count(DISTINCT {inner.of(kind, depth)})", "bigint"),
                             (f"sum({inner.of(number, depth)})", "numeric" if number in ("bigint", "numeric") else "bigint"), (f"avg({inner.of(number, depth)})", "numeric"),
                             (f"min({inner.of('text' if kind in ('bool', 'bytea', 'uuid') else kind, depth)})", "text" if kind in ("bool", "varchar", "bytea", "uuid") else kind),
                             (f"max({inner.of('text' if kind in ('bool', 'bytea', 'uuid') else kind, depth)})", "text" if kind in ("bool", "varchar", "bytea", "uuid") else kind), (f"bool_and({inner.of('bool', depth)})", "bool"),
                             (f"bool_or({inner.of('bool', depth)})", "bool"), (f"sum(DISTINCT {inner.of(number, depth)})", "numeric" if number in ("bigint", "numeric") else "bigint")])
    return text + (f" FILTER (WHERE {inner.of('bool', 1)})" if rng.random() < 0.2 else ""), kind


def grouped(rng, source, columns, where, depth):
    inner = Expressions(rng, columns, scalars=False)
    keys = {f"g{depth}{at}": rng.choice([kind for kind in TYPES if kind != "float"]) for at in range(rng.choice([0, 1, 1, 2]))}
    texts = {name: inner.of(kind, rng.randint(0, 2)) for name, kind in keys.items()}
    texts = {name: text if text not in LITERALS[keys[name]] and text != "NULL" and text[0].isalpha() or text[0] == "(" else f"({text} || '')" if keys[name] in ("text", "varchar") else
             f"coalesce({text}, {text})" for name, text in texts.items()}
    items, names = [f"{text} AS {name}" for name, text in texts.items()], dict(keys)
    for at in range(rng.randint(1, 3)):
        text, kind = aggregate(rng, inner)
        if rng.random() < 0.2:
            text, kind = f"({text} IS NULL)", "bool"
        items.append(f"{text} AS a{depth}{at}")
        names[f"a{depth}{at}"] = kind
    having = ""
    if rng.random() < 0.3:
        text, kind = aggregate(rng, inner)
        having = f" HAVING {Expressions(rng, {text: kind}, scalars=False).of('bool', 2)}"
    by = rng.choice([list(texts), [str(at + 1) for at in range(len(texts))], list(texts.values())]) if texts else []
    return f"SELECT {', '.join(items)} FROM {source}{where}{' GROUP BY ' + ', '.join(by) if by else ''}{having}", names


def query(rng, depth, plain=False):
    """(text, its columns), whose names are no others' below: GROUP BY means a column of FROM where there is one of the name. `plain`: no set operation."""
    source, columns = relation(rng, depth)
    inner = Expressions(rng, columns)
    where = f" WHERE {inner.of('bool', rng.randint(0, 3))}" if rng.random() < 0.6 else ""
    if rng.random() < 0.35:
        return grouped(rng, source, columns, where, depth)
    kinds = [rng.choice(TYPES) for _ in range(rng.randint(1, 4))]
    names = {f"c{depth}{at}": kind for at, kind in enumerate(kinds)}
    distinct = "DISTINCT " if rng.random() < 0.15 else ""
    lists = ", ".join(f"{typed(inner, kind, rng.randint(0, 3))} AS {name}" for name, kind in names.items())
    text = f"SELECT {distinct}{lists} FROM {source}{where}"
    if not plain and rng.random() < 0.2:
        other = ", ".join(typed(Expressions(rng, COLUMNS), kind, 1) for kind in kinds)
        text = f"{text} {rng.choice(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT'])} SELECT {other} FROM t"
    return text, names


def typed(inner, kind, depth):
    """An output of this very type: NULL and literals have none of their own."""
    text = inner.of(kind, depth)
    return text if text in inner.columns else f"CAST({text} AS {'TEXT' if kind == 'varchar' else 'NUMERIC(30,6)' if kind == 'numeric' else SQL_NAMES[kind]})"


def statement(rng):
    text, names = query(rng, rng.choice([0, 0, 1, 2]))
    if rng.random() < 0.3:
        keys = list(range(1, len(names) + 1))
        rng.shuffle(keys)
        if rng.random() < 0.3 and not any(word in text for word in ("SELECT DISTINCT", "UNION", "EXCEPT", "INTERSECT")):
            first = keys[:rng.randint(1, len(keys))]
            text = text.replace("SELECT ", f"SELECT DISTINCT ON ({', '.join(map(str, rng.sample(first, len(first))))}) ", 1)
        order = ", ".join(f"{key}{rng.choice(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST'])}" for key in keys)
        text += f" ORDER BY {order}" + rng.choice(["", "", f" LIMIT {rng.randint(0, 5)}", f" OFFSET {rng.randint(0, 3)}", " LIMIT 3 OFFSET 1", " FETCH FIRST ROW ONLY"])
    outputs = ", ".join(f"CAST({name} AS TEXT)" for name in names)
    if rng.random() < 0.15:
        return f"WITH w AS ({text}) SELECT {outputs} FROM w"
    return f"SELECT {outputs} FROM ({text}) AS z"


def number(text):
    try:
        return decimal.Decimal(text)
    except (decimal.InvalidOperation, TypeError):
        return None


def value_same(wanted, value):
    if wanted == value:
        return True
    a, b = number(wanted), number(value)
    if a is None or b is None or not a.is_finite() or not b.is_finite():
        return False
    scale = min(-a.as_tuple().exponent, -b.as_tuple().exponent)  # the scale of a NUMERIC result is fixed when bound
    return abs(a - b) <= decimal.Decimal(1).scaleb(-scale) or math.isclose(a, b, rel_tol=1e-12)


def order(row):
    """Rows in an order that does not depend on the scale of numbers."""
    return [(value is None, str(number(value).normalize()) if number(value) is not None else value or "") for value in row]


def same(statement, expected, found):
    fault, found_fault = isinstance(expected, PostgresError), isinstance(found, Error)
    if fault and found_fault:
        return True  # which of several faults is told first is not compared
    if found_fault and "time without time zone) does not exist" in found.message:
        return True  # TIME AT TIME ZONE is a TIME WITH TIME ZONE
    if found_fault:
        return found.sqlstate[:2] == "22"  # PostgreSQL left out the row or the expression that failed; more digits than NUMERIC has
    if fault:
        return expected.sqlstate[:2] == "22"
    if "ORDER BY" not in statement or "WITH" in statement:
        expected, found = sorted(expected, key=order), sorted(found, key=order)
    return len(expected) == len(found) and all(len(a) == len(b) and all(map(value_same, a, b)) for a, b in zip(expected, found))


def statements(rng, count):
    return [TABLE, ROWS] + [statement(rng) for _ in range(count)]


if __name__ == "__main__":
    sys.exit(side_by_side(statements, same, STATEMENTS))
