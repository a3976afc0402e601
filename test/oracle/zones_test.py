# SPDX-License-Identifier: Apache-2.0
"""Named time zones over random instants and around their changes, compared with PostgreSQL 15 (both read the system's data).

    zones_test.py [seed [statements]]

What a machine without the data says is in test/api/results_test.c.
"""
import datetime
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import side_by_side
from oracle.weir import Error

STATEMENTS = 4000
ZONES = [
    "Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow", "Europe/Istanbul", "Europe/Kyiv", "Africa/Casablanca",
    "Africa/Cairo", "Africa/Johannesburg", "Africa/Monrovia", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Phoenix", "America/St_Johns", "America/Sao_Paulo", "America/Santiago", "America/Havana", "America/Nuuk", "America/Caracas",
    "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza", "Asia/Pyongyang", "Asia/Manila", "Australia/Sydney",
    "Australia/Lord_Howe", "Australia/Perth", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Honolulu",
    "Antarctica/Troll", "Atlantic/Azores", "Etc/GMT+5", "UTC", "Japan", "EST5EDT", "europe/berlin", "AMERICA/NEW_YORK", "CET-1CEST",
    "XYZ+5:30", "<+03>-3", "AAA3BBB,J60/0,J300/25", "AAA-3BBB,59/-2,300", "FOO5BAR", "EST", "MEZ", "ist", "NPT", "WEST", "+05", "-03:30", "Europe/Nowhere", "Europe", "zone.tab",
    "../UTC", "/etc/localtime", "", "FOO", "Mars", "right/UTC/",
]
FAR = [datetime.datetime(1800, 1, 1), datetime.datetime(2500, 1, 1)]
UNITS = ["hour", "day", "week", "month", "year", "minute", "century"]


def instant(rng):
    if rng.random() < 0.1:
        return rng.choice(["4000-07-01 12:00:00", "0044-03-15 00:00:00 BC", "294000-06-01 00:00:00", "infinity", "-infinity", "4713-01-02 00:00:00 BC"])
    if rng.random() < 0.5:  # the hours in which many zones change, of the years in which they have
        day = datetime.date(rng.randint(1900, 2100), rng.choice([3, 4, 9, 10, 11]), 1) + datetime.timedelta(days=rng.randint(0, 30))
        time = datetime.datetime.combine(day, datetime.time(rng.randint(0, 23), rng.choice([0, 0, 29, 30, 59]), rng.choice([0, 59])))
    else:
        time = FAR[0] + (FAR[1] - FAR[0]) * rng.random()
    return str(time)


def changes():
    """Every half hour of the days around the known changes of some zones."""
    for zone, day in (("Europe/Berlin", "2024-03-31"), ("Europe/Berlin", "2024-10-27"), ("Europe/Dublin", "2024-03-31"), ("Europe/Dublin", "2024-10-27"),
                      ("Australia/Lord_Howe", "2024-04-07"), ("Australia/Lord_Howe", "2024-10-06"), ("Pacific/Apia", "2011-12-30"),
                      ("America/New_York", "2050-03-13"), ("America/New_York", "2050-11-06"), ("Africa/Monrovia", "1972-01-07"),
                      ("Africa/Casablanca", "2087-05-11"), ("Africa/Casablanca", "2030-01-06"), ("Europe/Berlin", "1893-04-01")):
        start = datetime.datetime.fromisoformat(day) - datetime.timedelta(hours=14)
        for step in range(80):
            time = start + datetime.timedelta(minutes=30 * step)
            yield f"SELECT CAST(TIMESTAMP '{time}' AT TIME ZONE '{zone}' AS text)"
            yield f"SELECT CAST(TIMESTAMPTZ '{time}+00' AT TIME ZONE '{zone}' AS text)"


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def statement(rng):
    zone, time = quoted(rng.choice(ZONES)), instant(rng)
    kind = rng.randrange(8)
    if kind == 0:
        return f"SELECT CAST(TIMESTAMPTZ '{time}' AT TIME ZONE {zone} AS text)"
    if kind == 1:
        return f"SELECT CAST(TIMESTAMP '{time}' AT TIME ZONE {zone} AS text)"
    if kind == 2:
        return f"SELECT CAST(timezone(z, t) AS text) FROM (VALUES (TIMESTAMPTZ '{time}', {zone}), (TIMESTAMPTZ '{instant(rng)}', {zone})) AS v (t, z)"
    if kind == 3:
        return f"SELECT CAST(t AT TIME ZONE {zone} AS text) FROM (VALUES (TIMESTAMP '{time}'), (TIMESTAMP '{instant(rng)}')) AS v (t)"
    if kind == 4:
        return f"SELECT CAST(date_trunc('{rng.choice(UNITS)}', TIMESTAMPTZ '{time}', {zone}) AS text)"
    if kind == 5 and "infinity" not in time and "BC" not in time:
        return f"SELECT CAST(TIMESTAMPTZ {quoted(time + ' ' + zone[1:-1])} AS text)"
    if kind == 6 and "infinity" not in time and "BC" not in time:
        return f"SELECT CAST(CAST(s AS TIMESTAMPTZ) AS text) FROM (VALUES ({quoted(time + ' ' + zone[1:-1])})) AS v (s)"
    date = rng.randint(1900, 2100), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23), rng.choice([0, 30, 59]), rng.choice([0, 1.5, 59.999999])
    return f"SELECT CAST(make_timestamptz({', '.join(map(str, date))}, {zone}) AS text)"


def same(statement, expected, found):
    if "infinity" in statement and isinstance(found, Error) and found.sqlstate == "22023":
        return True  # PostgreSQL looks at no zone then
    if isinstance(expected, PostgresError) and isinstance(found, Error):
        return expected.sqlstate == found.sqlstate
    return not isinstance(found, Error) and expected == [list(row) for row in found]


sys.exit(side_by_side(lambda rng, count: [*changes(), *(statement(rng) for _ in range(count))], same, STATEMENTS))
