# SPDX-License-Identifier: Apache-2.0
"""A session's time zone: what SET TIME ZONE takes and SHOW tells, and what follows from it for TIMESTAMPTZ, compared with PostgreSQL 15.

    session_zone_test.py [seed [statements]]

Of the statements some set the zone, the others stand under the last that was taken.
"""
import datetime
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import side_by_side
from oracle.weir import Error

STATEMENTS = 6000
ZONES = [
    "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Europe/Dublin", "Asia/Tokyo",
    "America/St_Johns", "Asia/Kathmandu", "Africa/Monrovia", "america/sao_paulo", "JAPAN", "EST5EDT", "GMT", "UTC", "Etc/GMT+5", "UTC+3", "CET-1CEST",
    "<+03>-3", "xyz+5:30", "-07:30", "+05", "FOO5BAR,J60/0,J300/25",
]
SETS = [
    "SET TIME ZONE LOCAL", "SET TIME ZONE DEFAULT", "RESET timezone", "RESET TIME ZONE", "SET timezone TO DEFAULT", "SET TIME ZONE 2", "SET TIME ZONE -5.5",
    "SET TIME ZONE 5.51", "SET TIME ZONE 100", "SET TIME ZONE 167", "SET TIME ZONE 168", "SET TIME ZONE -200", "SET TIME ZONE 0", "SET TIME ZONE '0'",
    "SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE", "SET TIME ZONE INTERVAL '-08:30:15'", "SET TIME ZONE INTERVAL '3' HOUR", "SET TIME ZONE INTERVAL '1 day'",
    "SET TIME ZONE INTERVAL '1 month'", "SET TIME ZONE INTERVAL '1' DAY", "SET TIME ZONE INTERVAL 'x'", "SET timezone = 3", "SET timezone = '+3'", "SET timezone = '-3.25 '",
    "SET timezone TO 'Asia/Tokyo'", "SET SESSION timezone = \"Asia/Tokyo\"", "SET TIME ZONE Japan", "SET TIME ZONE utc", "SET TimeZone TO utc", "SET TIME ZONE 'Europe/Nowhere'",
    "SET TIME ZONE ''", "SET TIME ZONE ' UTC'", "SET TIME ZONE 'MEZ'", "SET TIME ZONE 'Europe'", "SET TIME ZONE 'zone.tab'", "SET TIME ZONE '../UTC'",
    "SET timezone = 'Europe/Berlin', 'UTC'", "SET TIME ZONE 'right/Europe/Berlin'", "SET TIME ZONE '200'", "SET TIME ZONE 1e2", "RESET ALL",
]
FIELDS = ["year", "month", "day", "hour", "minute", "second", "milliseconds", "microseconds", "dow", "isodow", "doy", "week", "quarter", "isoyear", "decade", "century",
          "millennium", "epoch", "julian", "timezone", "timezone_hour", "timezone_minute"]
UNITS = ["microseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century"]
PATTERNS = ["YYYY-MM-DD HH24:MI:SS TZ", "TZH:TZM tz", "OF Day DDD IW", "HH12 AM FMMonth", "SSSSS"]
INTERVALS = ["1 day", "-1 day", "1 month", "1 hour", "30 minutes", "-1 year 2 days", "1 month -30 days 01:30:00", "26 hours", "1 week", "0", "100 years", "-1 month 12:00:00"]
STRIDES = ["15 minutes", "1 hour", "1 day", "2 weeks"]


def local(rng):
    """A local time: often within hours of a change."""
    if rng.random() < 0.5:
        day = datetime.date(rng.randint(1900, 2100), rng.choice([3, 4, 9, 10, 11]), 1) + datetime.timedelta(days=rng.randint(0, 30))
        if rng.random() < 0.3:
            day = datetime.date(*rng.choice([(2024, 3, 31), (2024, 10, 27), (2024, 3, 10), (2024, 11, 3), (2024, 4, 7), (2024, 10, 6), (2011, 12, 30), (1893, 4, 1), (2030, 1, 6)]))
        time = datetime.datetime.combine(day, datetime.time(rng.choice([0, 1, 1, 2, 2, 3, 23, 12]), rng.choice([0, 15, 29, 30, 59]), rng.choice([0, 59]), rng.choice([0, 0, 500000])))
    else:
        start, end = datetime.datetime(1600, 1, 1), datetime.datetime(2600, 1, 1)
        time = start + (end - start) * rng.random()
    return str(time)


def instant(rng, odd=True):
    """A text of a time, with an offset, a zone, or neither."""
    if odd and rng.random() < 0.12:
        return rng.choice(["infinity", "-infinity", "epoch", "4000-07-01 12:00:00", "0044-03-15 00:00:00 BC", "294245-06-01 00:00:00", "294245-12-31 20:00:00+00",
                           "4713-11-24 00:00:00+00 BC", "4713-01-02 00:00:00 BC"])
    return local(rng) + rng.choice(["", "", "", "", "+00", "Z", "-07:30", " Europe/Berlin", " MST"])


def rows(rng, type_name, of, count=3):
    values = [f"(CAST({'NULL' if rng.random() < 0.05 else quoted(of(rng))} AS {type_name}))" for _ in range(count)]
    return f"(VALUES {', '.join(values)}) AS v (x)"


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def of_timestamptz(rng):
    """Texts of an expression over a TIMESTAMPTZ x."""
    other = f"TIMESTAMPTZ '{instant(rng, False)}'"
    return rng.choice([
        lambda: "CAST(x AS text)", lambda: "CAST(CAST(x AS timestamp) AS text)", lambda: "CAST(CAST(x AS date) AS text)", lambda: "CAST(CAST(x AS time) AS text)",
        lambda: "CAST(x AS varchar(22))", lambda: "x || '|'", lambda: "concat(x, '|')", lambda: "format('%s', x)",
        lambda: f"CAST(extract({rng.choice([field for field in FIELDS if field != 'julian'])} FROM x) AS text)", lambda: f"CAST(date_part('{rng.choice(FIELDS[:5])}', x) AS text)",
        lambda: f"CAST(date_trunc('{rng.choice(UNITS)}', x) AS text)", lambda: f"CAST(date_trunc('{rng.choice(UNITS)}', x, 'Asia/Kolkata') AS text)",
        lambda: f"to_char(x, '{rng.choice(PATTERNS)}')", lambda: f"CAST(x + INTERVAL '{rng.choice(INTERVALS)}' AS text)",
        lambda: f"CAST(INTERVAL '{rng.choice(INTERVALS)}' + x AS text)", lambda: f"CAST(x - INTERVAL '{rng.choice(INTERVALS)}' AS text)",
        lambda: f"CAST(date_bin('{rng.choice(STRIDES)}', x, {other}) AS text)", lambda: f"CAST(CAST(x AT TIME ZONE 'Europe/Berlin' AS timestamptz) AS text)",
        lambda: f"CAST(x < TIMESTAMP '{local(rng)}' AS text)", lambda: f"CAST(x >= DATE '{local(rng)[:10]}' AS text)", lambda: f"CAST(TIMESTAMP '{local(rng)}' = x AS text)",
        lambda: f"CAST(greatest(x, CAST('{local(rng)}' AS timestamp)) AS text)", lambda: f"CAST(coalesce(x, DATE '{local(rng)[:10]}') AS text)",
        lambda: f"CAST((x, INTERVAL '{rng.choice(INTERVALS)}') OVERLAPS ({other}, INTERVAL '1 day') AS text)",
        lambda: f"CAST(CASE WHEN x > {other} THEN x ELSE TIMESTAMP '{local(rng)}' END AS text)",
    ])()


def finite_of_timestamptz(rng):
    other = f"TIMESTAMPTZ '{instant(rng, False)}'"
    return rng.choice([f"CAST(age(x, {other}) AS text)", f"CAST(x - {other} AS text)", f"CAST(x - TIMESTAMP '{local(rng)}' AS text)"])


def select(rng):
    kind = rng.randrange(12)
    if kind < 5:
        return f"SELECT {of_timestamptz(rng)} FROM {rows(rng, 'timestamptz', instant)}"
    if kind == 5:
        return f"SELECT {finite_of_timestamptz(rng)} FROM {rows(rng, 'timestamptz', lambda rng: instant(rng, False))}"
    if kind == 6:
        kind, of = rng.choice([("timestamp", local), ("text", instant)])  # a zone in the text of a TIMESTAMP: docs/DIFFERENCES.md
        return f"SELECT CAST(CAST(x AS timestamptz) AS text) FROM {rows(rng, kind, of)}"
    if kind == 7:
        return f"SELECT CAST(CAST(x AS timestamptz) AS text), CAST(x < TIMESTAMPTZ '{instant(rng)}' AS text) FROM {rows(rng, 'date', lambda rng: local(rng)[:10])}"
    if kind == 8:
        x = f"TIMESTAMPTZ '{instant(rng)}'"
        return f"SELECT {of_timestamptz(rng).replace('(x', '(' + x).replace('x ', x + ' ').replace(' x', ' ' + x)}"
    if kind == 9:
        date = rng.randint(1900, 2100), rng.choice([3, 10, 11]), rng.randint(1, 31), rng.randint(0, 4), rng.choice([0, 30, 59]), rng.choice([0, 1.5])
        return f"SELECT CAST(make_timestamptz({', '.join(map(str, date))}) AS text), CAST(to_timestamp('{local(rng)[:19]}', 'YYYY-MM-DD HH24:MI:SS') AS text)"
    if kind == 10:
        start, step = local(rng)[:10], rng.choice(["1 day", "12 hours", "1 month", "1 day 01:00:00", "-1 day", "7 days"])
        return (f"SELECT CAST(g AS text) FROM generate_series(CAST('{start} {rng.choice(['00:00', '02:30', '01:30'])}' AS {rng.choice(['timestamptz', 'date', 'timestamp'])}), "
                f"TIMESTAMPTZ '{start}' + INTERVAL '{rng.choice(['5 days', '40 days', '-3 days'])}', INTERVAL '{step}') AS t (g)")
    return rng.choice([
        "SELECT CAST(localtimestamp - (now() AT TIME ZONE 'UTC') AS text), CAST(current_date - CAST(localtimestamp AS date) AS text)",
        "SELECT CAST(CAST(now() AS timestamp) = localtimestamp AS text), CAST(CAST(localtimestamp AS time) = localtime AS text), CAST(current_timestamp = localtimestamp AS text)",
        f"SELECT CAST(x AS text) FROM (SELECT TIMESTAMPTZ '{instant(rng)}' AS x UNION ALL SELECT TIMESTAMP '{local(rng)}') AS u",
        f"SELECT CAST(max(x) AS text), CAST(min(CAST(x AS date)) AS text) FROM {rows(rng, 'timestamptz', instant)}",
        f"SELECT CAST(CAST(x AS date) AS text), CAST(count(*) AS text) FROM {rows(rng, 'timestamptz', instant, 8)} GROUP BY CAST(x AS date) ORDER BY CAST(x AS date)",
        f"SELECT CAST(x AS text) FROM {rows(rng, 'timestamptz', instant, 8)} WHERE x < CAST('{local(rng)}' AS text)::timestamptz ORDER BY x",
    ])


def statements_of(rng, count):
    statements = []
    while len(statements) < count:
        statements.append(f"SET TIME ZONE '{rng.choice(ZONES)}'" if rng.random() < 0.7 else rng.choice(SETS))
        statements.append(rng.choice(["SHOW timezone", "SHOW TIME ZONE", "SHOW TimeZone"]))
        statements += [select(rng) for _ in range(rng.randint(5, 30))]
    return statements


def same(statement, expected, found):
    if isinstance(expected, PostgresError) and "date_bin" in statement and expected.message == "interval out of range":
        return True  # PostgreSQL's way to the answer passes the range, the answer does not
    if "extract" in statement and "infinity" in statement and isinstance(found, Error):
        return found.sqlstate == "22003"  # NUMERIC has no infinity here
    if "right/" in statement:
        return isinstance(expected, PostgresError) and isinstance(found, Error) and found.sqlstate == expected.sqlstate
    if isinstance(expected, PostgresError) and isinstance(found, Error):
        return expected.sqlstate == found.sqlstate and (not statement.startswith("SET") or expected.message == found.message or "argument" in expected.message)
    return not isinstance(found, Error) and expected == [list(row) for row in found]


sys.exit(side_by_side(statements_of, same, STATEMENTS))
