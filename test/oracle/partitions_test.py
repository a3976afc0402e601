# SPDX-License-Identifier: Apache-2.0
"""Time of several partitions: writers and files, each with its order and watermark, of one source or of two under a UNION ALL.

    partitions_test.py [seed [pairs [seconds]]]

Rows come in any disorder. After every epoch the windows and the late rows, with how late they were, are those of a model in Python
(late_model.py), whatever the split into pushes and the size of batches.
  writers   windows and sessions straight over sources, over views, streams and DISTINCT of them;
  keyed     the same over a source with a key, whose rows are replaced and withdrawn while windows close;
  conserved views over views, some of which take rows back: a window over them counts a row, or the late table has it, by weight;
  files     a pattern of files, CSV or JSON, read with every size of batches; a second view made in the middle of the reading.
"""
import collections
import datetime
import json
import os
import shutil
import sys
import tempfile

from oracle.late_model import END_OF_TIME, NO_TIME, SourceTime, microseconds, sessions_of, windows_of
from oracle.pairs import Difference, expect, run_pairs
from oracle.random_query import COLUMNS_SQL, EPOCH, NAMES, TS, cut, random_row, random_window, to_batch
from oracle.weir import Error, Subscription, Weir, Writer

PAIRS = 10000
SECONDS_MAX = 40
K, I = NAMES.index("k"), NAMES.index("i")
AGGREGATES = {"count(*)": len,
              "sum(i)": lambda rows: sum(values(rows)) if values(rows) else None,
              "min(i)": lambda rows: min(values(rows), default=None),
              "max(i)": lambda rows: max(values(rows), default=None),
              "count(DISTINCT i)": lambda rows: len(set(values(rows)))}


def values(rows):
    return [row[I] for row in rows if row[I] is not None]


def instant(at):
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=at)


# ---- a grouping over windows, in SQL and by the model ----

class Grouping:
    """A query over windows of relation `relation` and what it gives for judged rows."""

    def __init__(self, rng, relation):
        self.lateness = rng.choice([0, 0, 3, 10]) * 10**6
        self.gap = rng.choice([0, 0, 2, 5]) * 10**6
        self.window = random_window(rng)
        self.key = rng.choice([["k"], [], ["k"], ["i"]])
        self.chosen = rng.sample(list(AGGREGATES), 2)
        self.closes = rng.random() < 0.5
        columns = ", ".join(self.key + ["window_start", "window_end"] + [f"{text} AS a{at}" for at, text in enumerate(self.chosen)])
        keys = "".join(f"{name}, " for name in self.key)
        if self.gap:
            source = f"{relation} GROUP BY {keys}SESSION(ts, INTERVAL '{self.gap // 10**6}' SECOND)"
        else:
            source = f"{self.window.weir(relation)} GROUP BY {keys}window_start, window_end"
        self.text = (f"SELECT {columns} FROM {source} EMIT {'ON WINDOW CLOSE' if self.closes else 'CHANGES'} "
                     f"ALLOW LATENESS INTERVAL '{self.lateness // 10**6}' SECOND")

    def key_of(self, row):
        return tuple(row[NAMES.index(name)] for name in self.key)

    def judge(self, judged):
        if self.gap:
            return sessions_of(judged, self.gap, self.lateness, self.key_of)
        return windows_of(judged, self.window, self.lateness)

    def rows(self, counted, watermark):
        """What a view of the query holds when the operator's time is `watermark`."""
        groups = collections.defaultdict(list)
        for row, start, end in counted:
            has_closed = watermark > end + self.lateness if self.gap else watermark >= end + self.lateness
            if has_closed or not self.closes:
                groups[(*self.key_of(row), instant(start), instant(end))].append(row)
        return collections.Counter((*key, *(AGGREGATES[text](rows) for text in self.chosen)) for key, rows in groups.items())


def late_rows(late):
    return collections.Counter((row[K], row[I], row[TS], 1, datetime.timedelta(microseconds=bound - at)) for row, at, bound in late)


def read_late(weir, table="too_late"):
    rows = weir.run(f"SELECT k, i, ts, __weight, late_by FROM {table}")
    return collections.Counter((*row, datetime.timedelta(days=late_by.days, microseconds=late_by.nanoseconds // 1000)) for *row, late_by in rows)


def by_weight(subscription):
    """The rows that the changes leave; without weights all of them."""
    weighted = "__weight" in subscription.column_names()
    total = collections.Counter()
    for row in subscription.read():
        total[row[:-1] if weighted else row] += row[-1] if weighted else 1
    return collections.Counter({row: count for row, count in total.items() if count})


# ---- writers ----

class Sources:
    """Sources s0, s1 .. of one database, their writers, and the model's view of both."""

    def __init__(self, rng, weir, count, columns, kinds=("CREATE SOURCE {}",)):
        self.rng, self.weir = rng, weir
        self.delays = [rng.choice([0, 1, 5]) for _ in range(count)]
        for number, delay in enumerate(self.delays):
            columns_and_time = f"s{number} ({columns}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND)"
            weir.run(rng.choice(kinds).format(columns_and_time))
        self.times = [SourceTime(delay * 10**6) for delay in self.delays]
        self.writers = [{} for _ in range(count)]
        self.made = 0

    def writer(self, source, number):
        if number not in self.writers[source]:
            self.writers[source][number] = (self.made, Writer(self.weir, f"s{source}"))
            self.made += 1
        return self.writers[source][number]

    def push(self, source, number, rows, weights=None, keys=None):
        partition, writer = self.writer(source, number)
        writer.push(to_batch(rows, weights, keys))
        # rows that are taken back tell no time
        judged = self.times[source].push(partition, [row for at, row in enumerate(rows) if weights is None or weights[at] > 0])
        self.times[source].epoch_end()
        return judged

    def promise(self, source, number, at):
        partition, writer = self.writer(source, number)
        writer.watermark(at)
        self.times[source].promise(partition, at)
        self.times[source].epoch_end()

    def close(self, source, number):
        if number in self.writers[source]:
            partition, writer = self.writers[source].pop(number)
            writer.close()
            self.times[source].end(partition)
            self.times[source].epoch_end()

    def watermark(self):
        return min(time.watermark for time in self.times)

    def end(self):
        for source in range(len(self.times)):
            for number in list(self.writers[source]) or [0]:
                self.promise(source, number, END_OF_TIME)

    def close_all(self):
        for source in range(len(self.times)):
            for number in list(self.writers[source]):
                self.close(source, number)


def random_steps(rng, sources):
    """("push", source, writer, rows) | ("promise", source, writer, time) | ("close", source, writer): writers lie apart in time."""
    apart = {(source, writer): rng.choice([0, 0, -5, -30, 20]) for source in range(sources) for writer in range(3)}
    second = 0
    for _ in range(rng.choice([3, 15, 40])):
        source, writer = rng.randrange(sources), rng.randrange(3)
        second += rng.choice([0, 1, 3, 12])
        kind = rng.random()
        if kind < 0.05:
            yield "close", source, writer
        elif kind < 0.1:
            yield "promise", source, writer, microseconds(EPOCH + datetime.timedelta(seconds=second + rng.choice([-20, 0, 5])))
        else:
            times = [second + apart[source, writer] + rng.choice([0, 0, 1, -2, -10, -40]) for _ in range(rng.choice([1, 1, 3, 8]))]
            yield "push", source, writer, [random_row(rng, max(0, at)) for at in times]


def make_relation(rng, weir, sources):
    """How `rel` reads the sources: (what it is, whether its rows are judged by the operator's time)."""
    columns = ", ".join(NAMES)
    union = " UNION ALL ".join(f"SELECT {columns} FROM s{number}" for number in range(sources))
    kind = rng.choice(["VIEW", "VIEW", "VIEW", "STREAM", "MATERIALIZED VIEW", "DISTINCT"])
    text = f"CREATE VIEW rel AS SELECT DISTINCT k, i, ts FROM ({union}) AS q" if kind == "DISTINCT" else f"CREATE {kind} rel AS {union}"
    weir.run(text)
    return text, kind


def check_writers(rng):
    count = rng.choice([1, 1, 2])
    with Weir() as weir:
        sources = Sources(rng, weir, count, COLUMNS_SQL, ["CREATE SOURCE {}", "CREATE TABLE {} APPEND ONLY"])
        relation, kind = make_relation(rng, weir, count)
        grouping = Grouping(rng, "rel")
        weir.run(f"CREATE MATERIALIZED VIEW v AS {grouping.text} LATE DATA TO too_late")
        weir.run(f"SET batch_rows = {rng.choice([1, 2, 7, 4096])}")
        emit = "" if grouping.closes else " EMIT EVERY INTERVAL '1 microsecond'"
        subscription = Subscription(weir, f"SELECT * FROM v{emit}")
        judged, seen = [], set()
        case = f"{relation}; {grouping.text}; delays {sources.delays}"

        def compare(when):
            counted, late = grouping.judge(judged)
            expect(f"windows {when} of {case}", grouping.rows(counted, sources.watermark()), collections.Counter(weir.run("SELECT * FROM v")))
            expect(f"late rows {when} of {case}", late_rows(late), read_late(weir))

        def push(source, number, rows):
            start = sources.watermark()
            in_order = sources.push(source, number, rows)
            if kind == "DISTINCT":  # rows that an operator makes are judged by the time of who reads them
                in_order = [(row, at, start) for row, at, _ in in_order]
            for row, at, bound in in_order:
                if kind == "DISTINCT" and (row[K], row[I], row[TS]) in seen:
                    continue
                seen.add((row[K], row[I], row[TS]))
                judged.append((row, at, bound))

        try:
            for step in random_steps(rng, count):
                case += f"; {step[0]} {step[1:3]}" + (f" {[(row[K], row[I], str(row[TS])) for row in step[3]]}" if step[0] == "push" else "")
                if step[0] == "push":
                    for part in cut(rng, step[3]):
                        push(step[1], step[2], part)
                elif step[0] == "promise":
                    sources.promise(*step[1:])
                else:
                    sources.close(*step[1:])
                    weir.step()
                if rng.random() < 0.3 and step[0] != "close":
                    compare("so far")
            sources.end()
            compare("at the end")
            weir.step()
            expect(f"changes of {case}", collections.Counter(weir.run("SELECT * FROM v")), by_weight(subscription))
        finally:
            subscription.close()
            sources.close_all()


# ---- sources with a key ----

def check_keyed(rng):
    """Each epoch's net changes are judged by the source's time at its start."""
    with Weir() as weir:
        sources = Sources(rng, weir, 1, f"id BIGINT PRIMARY KEY, {COLUMNS_SQL}")
        grouping = Grouping(rng, "s0")
        while grouping.gap:
            grouping = Grouping(rng, "s0")
        weir.run(f"CREATE MATERIALIZED VIEW v AS {grouping.text} LATE DATA TO too_late")
        weir.run(f"SET batch_rows = {rng.choice([1, 2, 7, 4096])}")
        subscription = Subscription(weir, "SELECT * FROM v EMIT CHANGES")
        present, counted, late = {}, collections.Counter(), collections.Counter()
        case = f"{grouping.text}; delays {sources.delays}"

        def change(row, weight, bound):
            kept, lost = windows_of([(row, microseconds(row[TS]), bound)], grouping.window, grouping.lateness)
            for one in kept:
                counted[one] += weight
            for _, at, bound in lost:
                late[row[K], row[I], row[TS], weight, datetime.timedelta(microseconds=bound - at)] += 1

        def compare(when):
            rows = [one for one, count in counted.items() for _ in range(count)]
            expect(f"windows {when} of {case}", grouping.rows(rows, sources.watermark()), collections.Counter(weir.run("SELECT * FROM v")))
            expect(f"late rows {when} of {case}", +late, read_late(weir))

        try:
            for step in random_steps(rng, 1):
                if step[0] == "promise":
                    sources.promise(*step[1:])
                elif step[0] == "close":
                    sources.close(*step[1:])
                    weir.step()
                for part in cut(rng, step[3] if step[0] == "push" else []):
                    ids, start, before = [rng.randrange(6) for _ in part], sources.watermark(), dict(present)
                    weights = [-1 if rng.random() < 0.3 else 1 for _ in part] if rng.random() < 0.2 else None
                    sources.push(0, step[2], part, keys=ids, weights=weights)
                    for at, (number, row) in enumerate(zip(ids, part)):
                        present.pop(number, None)
                        if weights is None or weights[at] > 0:
                            present[number] = row
                    for number in sorted(set(ids)):
                        if before.get(number) != present.get(number):
                            for row, weight in ((before.get(number), -1), (present.get(number), 1)):
                                if row is not None:
                                    change(row, weight, start)
                    case += f"; push {step[1:3]} {weights} {[(number, row[K], row[I], str(row[TS])) for number, row in zip(ids, part)]}"
                if rng.random() < 0.3 and step[0] != "close":
                    compare("so far")
            sources.end()
            compare("at the end")
            expect(f"changes of {case}", collections.Counter(weir.run("SELECT * FROM v")), by_weight(subscription))
        finally:
            subscription.close()
            sources.close_all()


# ---- views over views ----

def random_view(rng, names):
    """A query over sources or views with the columns k, i, ts, whose time has a watermark: of what it gives, rows may be taken back."""
    table, other = rng.choice(names), rng.choice(names)
    size = rng.choice([1, 2, 5])
    window = rng.choice([f"TUMBLE({table}, ts, INTERVAL '{size}' SECOND)",
                         f"HOP({table}, ts, INTERVAL '{size}' SECOND, INTERVAL '{2 * size}' SECOND)",
                         f"CUMULATE({table}, ts, INTERVAL '{size}' SECOND, INTERVAL '{2 * size}' SECOND)"])
    kind, plain = rng.randrange(7), f"SELECT k, coalesce(i, 0) AS i, ts FROM {other}"
    emit = rng.choice([" EMIT ON WINDOW CLOSE", " EMIT CHANGES"]) + rng.choice(["", f" ALLOW LATENESS INTERVAL '{rng.choice([1, 7])}' SECOND"])
    windows = f"SELECT k, sum(coalesce(i, 0))::bigint AS i, window_end AS ts FROM {window} GROUP BY k, window_start, window_end"
    return [f"{plain} WHERE i > 0", f"SELECT DISTINCT k, coalesce(i, 0) AS i, ts FROM {table}",
            f"SELECT k, sum(coalesce(i, 0))::bigint AS i, ts FROM {table} GROUP BY k, ts", windows + emit, windows + emit,
            f"{windows} UNION ALL {plain}{emit}", f"SELECT DISTINCT k, coalesce(i, 0) AS i, ts FROM {table} UNION ALL {plain}"][kind]


def check_conserved(rng):
    """What a view gives, a window over it counts or the late table holds, with its weight: nothing is lost, nothing counts twice."""
    keyed = rng.random() < 0.5
    columns = f"id BIGINT PRIMARY KEY, {COLUMNS_SQL}" if keyed else COLUMNS_SQL
    with Weir() as weir:
        sources, names = Sources(rng, weir, rng.choice([1, 2]), columns), []
        names = [f"s{number}" for number in range(len(sources.times))]
        case = f"delays {sources.delays}"
        try:
            for level in range(rng.choice([1, 2, 3])):
                text = random_view(rng, names)
                try:
                    weir.run(f"CREATE MATERIALIZED VIEW m{level} AS {text}")
                except Error as error:
                    if error.sqlstate == "42P17":  # its rows change, or its times are bounded by nothing
                        continue
                    raise Difference(f"{error} of {text}") from None
                names.append(f"m{level}")
                case += f"; {names[-1]} {text}"
            size, lateness = rng.choice([1, 2, 5]), rng.choice([0, 0, 3])
            relation = names[-1]
            top = (f"SELECT k, window_start, count(*) AS c, sum(coalesce(i, 0)) AS s FROM TUMBLE({relation}, ts, INTERVAL '{size}' SECOND) "
                   f"GROUP BY k, window_start, window_end")
            emit = f"{rng.choice(['EMIT ON WINDOW CLOSE', 'EMIT CHANGES'])} ALLOW LATENESS INTERVAL '{lateness}' SECOND"
            try:
                weir.run(f"CREATE MATERIALIZED VIEW v AS {top} {emit} LATE DATA TO too_late")
            except Error as error:
                if error.sqlstate == "42P17":
                    return
                raise
            weir.run(f"CREATE MATERIALIZED VIEW given AS SELECT k, i, ts FROM {relation}")
            weir.run(f"SET batch_rows = {rng.choice([1, 2, 7, 4096])}")
            for step in random_steps(rng, len(sources.times)):
                if step[0] == "promise":
                    sources.promise(*step[1:])
                elif step[0] == "close":
                    sources.close(*step[1:])
                for part in cut(rng, step[3] if step[0] == "push" else []):
                    sources.push(*step[1:3], part, keys=[rng.randrange(6) for _ in part] if keyed else None)
            sources.end()
            counted = {row[:2]: row[2:] for row in weir.run("SELECT * FROM v")}
            found = collections.Counter({key: count for key, (count, _) in counted.items()})
            sums = collections.Counter({key: int(total) for key, (_, total) in counted.items()})
            for k, i, ts, weight in weir.run("SELECT k, i, ts, __weight FROM too_late"):
                window = k, instant(microseconds(ts) // (size * 10**6) * size * 10**6)
                found[window] += weight
                sums[window] += weight * (i or 0)
            expected = weir.run(top.replace(f"TUMBLE({relation},", "TUMBLE(given,"))
            case = f"{case}; {top} {emit}"
            expect(f"rows of {case}", {row[:2]: row[2] for row in expected}, {key: count for key, count in found.items() if count})
            expect(f"sums of {case}", {row[:2]: int(row[3]) for row in expected if row[3]}, {key: total for key, total in sums.items() if total})
            expect(f"dead letters of {case}", collections.Counter([(0,)]), collections.Counter(weir.run("SELECT count(*) FROM weir_catalog.dead_letters")))
        finally:
            sources.close_all()


# ---- files ----

FIELDS = [at for at, name in enumerate(NAMES) if name in ("k", "i", "b", "ts", "m", "f")]
FILE_COLUMNS = ", ".join(column for column in COLUMNS_SQL.split(", ") if column.split()[0] in [NAMES[at] for at in FIELDS])


def file_text(rng, rows, format):
    """Rows in CSV or JSON; in CSV an empty text is quoted, NULL is an empty field."""
    if format == "json":
        lines = [json.dumps({NAMES[at]: str(row[at]) if NAMES[at] in ("ts", "m") and row[at] is not None else row[at] for at in FIELDS if
                             row[at] is not None or rng.random() < 0.5}) for row in rows]
    else:
        lines = [",".join(NAMES[at] for at in FIELDS)] + [",".join(csv_field(row[at]) for at in FIELDS) for row in rows]
    return "\n".join(lines) + ("\n" if rng.random() < 0.8 and lines else "")


def csv_field(value):
    if value is None:
        return ""
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)


def compare_files(weir, grouping, judged, case):
    counted, late = grouping.judge(judged)
    expected = grouping.rows(counted, 2 * END_OF_TIME)
    expect(f"windows of {case}", expected, collections.Counter(weir.run("SELECT * FROM v")))
    expect(f"late rows of {case}", late_rows(late), read_late(weir))
    expect(f"windows of the later view of {case}", expected, collections.Counter(weir.run("SELECT * FROM joined_later")))
    every_row = [(row, at, NO_TIME) for row, at, _ in judged]
    at_once = collections.Counter(weir.run(grouping.text.split(" EMIT")[0]))
    expect(f"at once {case}", grouping.rows(grouping.judge(every_row)[0], 2 * END_OF_TIME), at_once)


def check_files(rng):
    """The files of a pattern are partitions, read one after the other: none closes a window that a later one may fill."""
    count, format = rng.choice([1, 2, 3, 4]), rng.choice(["csv", "json"])
    delay = rng.choice([0, 1, 5])
    directory = tempfile.mkdtemp(prefix="weir-files-")
    try:
        files, time, judged = [], SourceTime(delay * 10**6, count), []
        for number in range(count):
            start = rng.choice([0, 0, 20, 50])
            seconds = sorted(start + rng.randrange(40) for _ in range(rng.choice([0, 1, 5, 30])))
            rows = [random_row(rng, max(0, second + rng.choice([0, 0, 0, -3, -10, -40]))) for second in seconds]
            files.append([tuple(row[at] if at in FIELDS else None for at in range(len(row))) for row in rows])
            with open(os.path.join(directory, f"part{number}.{format}"), "w") as file:
                file.write(file_text(rng, files[-1], format))
            judged += time.push(number, files[-1])
            time.end(number)
            time.epoch_end()
        with Weir() as weir:
            weir.run(f"CREATE SOURCE s ({FILE_COLUMNS}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND) "
                     f"WITH (connector = 'file', path = '{directory}/part*.{format}')")
            weir.run(f"SET batch_rows = {rng.choice([1, 2, 3, 7, 4096])}")
            grouping = Grouping(rng, "s")
            case = f"{grouping.text}; delay {delay}; {[[(row[K], row[I], str(row[TS])) for row in rows] for rows in files]}"
            weir.run(f"CREATE MATERIALIZED VIEW v AS {grouping.text} LATE DATA TO too_late")
            every = rng.choice(["1 microsecond", "1 hour"])
            subscription = Subscription(weir, f"{grouping.text.split(' EMIT')[0]} EMIT EVERY INTERVAL '{every}'")
            try:
                for _ in range(rng.choice([0, 1, 4, 20])):
                    weir.step()
                weir.run(f"SET batch_rows = {rng.choice([1, 5, 4096])}")
                weir.run(f"CREATE MATERIALIZED VIEW joined_later AS {grouping.text} LATE DATA TO later_late")
                compare_files(weir, grouping, judged, case)
                grouping.lateness = 0
                counted, _ = grouping.judge(judged)
                expect(f"EMIT EVERY {every} of {case}", grouping.rows(counted, 2 * END_OF_TIME), by_weight(subscription))
            finally:
                subscription.close()
    finally:
        shutil.rmtree(directory)


CHECKS = [check_writers, check_keyed, check_files, check_conserved]


if __name__ == "__main__":
    sys.exit(run_pairs(CHECKS, PAIRS, SECONDS_MAX))
