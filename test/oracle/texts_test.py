# SPDX-License-Identifier: Apache-2.0
"""Texts of intervals, dates and times in the forms that people write, some with a fault, compared with PostgreSQL 15.

    texts_test.py [seed [statements]]

Values must be the same, and what PostgreSQL refuses is refused. Of what is damaged only values are compared.
"""
import sys

from oracle.postgres import Error as PostgresError
from oracle.side_by_side import side_by_side
from oracle.weir import Error

STATEMENTS = 6000
DAMAGED = "/* damaged */"
UNITS = [["mil", "millennium", "millennia"], ["c", "cent", "century", "centuries"], ["dec", "decade", "decades"], ["y", "yr", "year", "years"],
         ["mon", "mons", "month", "months"], ["w", "week", "weeks"], ["d", "day", "days"], ["h", "hr", "hour", "hours"], ["m", "min", "mins", "minute", "minutes"],
         ["s", "sec", "second", "seconds"], ["ms", "msec", "millisecond", "milliseconds"], ["us", "usec", "microsecond", "microseconds"]]
FIELDS = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "YEAR TO MONTH", "DAY TO HOUR", "DAY TO MINUTE", "DAY TO SECOND", "HOUR TO MINUTE", "HOUR TO SECOND",
          "MINUTE TO SECOND"]
DATES = ["2024-02-29", "2023-02-29", "20240229", "240229", "2024-2-9", "02/29/2024", "2/9/24", "29-Feb-2024", "Feb 29 2024", "February 29, 2024", "29 Feb 2024", "2024 Feb 29",
         "Feb-29-2024", "2024.060", "2024-060", "J2460370", "Thursday, February 29, 2024", "Thu Feb 29 2024", "0044-03-15", "12345-01-01", "2024-13-01", "2024-00-10", "99-01-01",
         "2024/02/29", "2024.02.29", "29.02.2024", "2024-02"]
TIMES = ["", "10:20", "10:20:30", "10:20:30.123456", "10:20:30.1234567", "102030", "1020", "10:20 PM", "10:20pm", "12:00 am", "13:00 PM", "24:00", "24:00:01", "23:59:60", "25:00",
         "10:60", "allballs", "T10:20:30", "10", "4:05:06.5 AM"]
ZONES = ["", "", "", "Z", "UTC", "+02", "-05:30", "+0530", " +2", " -08:00:15", " EST", " PST8PDT", " Europe/Berlin", " America/New_York", " +16", " MEZ", " Nowhere", " Europe/Nowhere",
         " utc+3", " Japan"]
ERAS = ["", "", "", "", "", " BC", " AD", " bc"]


def amount(rng):
    return rng.choice(["1", "2", "0", "12", "-3", "+4", "1.5", "-0.25", "100", "0.001", "99999", "178956970"])


def interval(rng):
    kind = rng.randrange(6)
    if kind == 0:
        date = "".join(rng.choice(["1", "0", "-2", "1.5", "12"]) + letter for letter in "YMWD" if rng.random() < 0.5)
        time = "".join(rng.choice(["1", "0", "-2", "1.5", "90"]) + letter for letter in "HMS" if rng.random() < 0.5)
        return "P" + date + ("T" + time if time else "")
    units = sorted(rng.sample(range(len(UNITS)), rng.randint(0 if kind == 1 else 1, 4)))
    parts = [amount(rng) + rng.choice([" ", " ", ""]) + rng.choice(UNITS[unit]) for unit in units]
    if kind == 1:
        parts = [part for part, unit in zip(parts, units) if unit < 7]
        parts.append(rng.choice(["", "", "-", "+"]) + rng.choice(["1:02:03", "10:20", "0:00:00.5", "100:59:59.999999", "1:60:00", "3:4:5"]))
    if kind == 2:
        parts = [rng.choice(["1-2", "-1-2", "+3-11", "1-12"])]
    if kind == 3:
        parts = [amount(rng)]
    return rng.choice(["", "", "", "@ "]) + " ".join(parts) + rng.choice(["", "", "", " ago"])


def statement(rng):
    if rng.random() < 0.45:
        return f"SELECT CAST(INTERVAL '{interval(rng)}' {rng.choice(['', '', rng.choice(FIELDS)])} AS text)"
    date, time = rng.choice(DATES), rng.choice(TIMES)
    kind = rng.choice(["DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPTZ"])
    zone = rng.choice(ZONES) if kind == "TIMESTAMPTZ" or kind == "TIME" and rng.random() < 0.2 and "/" not in date else ""
    if kind == "TIME":
        text = time + (zone if time[-1:].isdigit() and not any(c in zone for c in "/JN8") and zone != " utc+3" else "")
    else:
        text = date + ("" if not time else rng.choice([" ", " ", "  "]) + time) + (zone if time else " " + zone) + rng.choice(ERAS)
    if rng.random() < 0.05 and kind != "TIMESTAMP":  # an x may begin a zone, which TIMESTAMP drops there
        at = rng.randint(0, len(text))
        return f"SELECT CAST({kind} '{text[:at]}{rng.choice(['x', '-', '9', ':'])}{text[at:]}' AS text) {DAMAGED}"
    return f"SELECT CAST({kind} '{text}' AS text)"


def same(statement, expected, found):
    if DAMAGED in statement and (isinstance(found, Error) or isinstance(expected, PostgresError)):
        return True
    if isinstance(found, Error):
        return isinstance(expected, PostgresError)
    return not isinstance(expected, PostgresError) and expected == [list(row) for row in found]


sys.exit(side_by_side(lambda rng, count: [statement(rng) for _ in range(count)], same, STATEMENTS))
