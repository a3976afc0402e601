# SPDX-License-Identifier: Apache-2.0
"""Time through chains of views: what is late, and that nothing is that should not be.

    window_chain_test.py [seed [pairs [seconds]]]

  chain     views over windowed views over a source, all rows within the watermark: nothing is late anywhere, so that the last view
            has what the chain of queries gives over a table;
  keyed chain the same over a source with a key, whose rows are replaced while their windows are open;
  late chain  rows in any disorder: nothing that a windowed view has counted is late for the views over it;
  late      rows in any disorder, from the source and from a view of it, against a model in Python of which row is late.
"""
import collections
import datetime
import sys

from oracle.late_model import END_OF_TIME, SourceTime, microseconds, windows_of
from oracle.pairs import expect, run_pairs
from oracle.random_query import COLUMNS_SQL, EPOCH, TS, Window, cut, random_row, to_batch
from oracle.weir import Error, Weir, Writer

PAIRS = 10000
SECONDS_MAX = 30


def multiset(rows):
    return collections.Counter(tuple(float(value) if isinstance(value, int) else value for value in row) for row in rows)


SUMS = ["sum(x)", "sum(x)", "min(x)", "max(x)", "count(DISTINCT x)", "sum(DISTINCT x)", "max(n)"]
ROWS = ["first_value(x)", "last_value(x)", "first_value(n)"]


def chain_link(rng, table, aggregates):
    """(query with a column t that the next one can window by, whether it has windows)."""
    kind, size = rng.randrange(9), rng.choice([2, 3, 10])
    fixed = rng.choice([f"TUMBLE({table}, t, INTERVAL '{size}' SECOND)", f"TUMBLE({table}, t, INTERVAL '{size}' SECOND, INTERVAL '1' SECOND)",
                        f"HOP({table}, t, INTERVAL '{size}' SECOND, INTERVAL '{2 * size}' SECOND)",
                        f"CUMULATE({table}, t, INTERVAL '{size}' SECOND, INTERVAL '{2 * size}' SECOND)"])
    what = f"count(*) AS n, {rng.choice(aggregates)} AS x"
    return [(f"SELECT k, window_end AS t, {what} FROM {fixed} GROUP BY k, window_start, window_end", True),
            (f"SELECT k, window_start AS t, {what} FROM {fixed} GROUP BY k, window_start, window_end", True),
            (f"SELECT k, t, {what} FROM {fixed} GROUP BY k, t, window_start, window_end", True),
            (f"SELECT k, window_end AS t, {what} FROM {table} GROUP BY k, SESSION(t, INTERVAL '{size}' SECOND)", True),
            (f"SELECT k, t, {what} FROM {table} GROUP BY k, t, SESSION(t, INTERVAL '{size}' SECOND)", True),
            (f"SELECT k, t, {what} FROM {table} GROUP BY k, t", False),
            (f"SELECT DISTINCT k, t, n, x FROM {table}", False),
            (f"SELECT k, t, n, x FROM {table} WHERE x IS NOT NULL", False),
            (f"SELECT k, t, n, x FROM {table} UNION ALL SELECT k, window_end AS t, count(*) AS n, max(x) AS x FROM {fixed} "
             f"GROUP BY k, window_start, window_end", True)][kind]


def check_chain(rng):
    delay = rng.choice([0, 1, 5])
    rows = [random_row(rng, second) for second in sorted(rng.randrange(60) for _ in range(rng.choice([5, 30])))]
    if rng.random() < 0.5:  # times on the edges of windows
        rows = [(*row[:TS], row[TS].replace(microsecond=0), *row[TS + 1:]) for row in rows]
    shuffled = sorted(rows, key=lambda row: row[TS] + datetime.timedelta(seconds=rng.random() * delay))
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({COLUMNS_SQL})")
        weir.run(f"CREATE SOURCE s ({COLUMNS_SQL}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND)")
        weir.run("CREATE VIEW q0 AS SELECT k, ts AS t, n, i AS x FROM t")
        weir.run("CREATE VIEW v0 AS SELECT k, ts AS t, n, i AS x FROM s")
        table, source, chain = Writer(weir, "t"), Writer(weir, "s"), []
        try:
            depth = rng.choice([2, 2, 3])
            for level in range(1, depth + 1):
                query, closes = chain_link(rng, "{0}", SUMS)
                emit = ""
                if closes:
                    emit = (" EMIT ON WINDOW CLOSE" if level == depth or rng.random() < 0.5 else " EMIT CHANGES")
                    emit += rng.choice(["", "", f" ALLOW LATENESS INTERVAL '{rng.choice([1, 7])}' SECOND"])
                chain.append(query.format(f"v{level - 1}") + emit)
                weir.run(f"CREATE VIEW q{level} AS {query.format(f'q{level - 1}')}")
                try:
                    weir.run(f"CREATE {'MATERIALIZED VIEW' if level == depth else rng.choice(['STREAM', 'MATERIALIZED VIEW'])} v{level} AS {chain[-1]}")
                except Error as error:
                    if error.sqlstate == "42P17":
                        return  # the times of this link are bounded by nothing, or its rows change
                    raise
            table.push(to_batch(rows))
            for part in cut(rng, shuffled):
                source.push(to_batch(part))
            source.watermark(END_OF_TIME)
            expect(f"delay {delay}, {'; '.join(chain)}", multiset(weir.run(f"SELECT * FROM q{depth}")),
                   multiset(weir.run(f"SELECT * FROM v{depth}")))
        finally:
            table.close()
            source.close()


def random_upserts(rng, delay):
    """Batches of (id, row) in which no row, and no row that one replaces, is behind the watermark; and the rows left."""
    parts, present, highest = [], {}, 0
    for _ in range(rng.choice([4, 25])):
        part = []
        for _ in range(rng.choice([1, 1, 3])):
            open_ids = [key for key, (second, _) in present.items() if second >= highest - delay]
            key = rng.choice(open_ids) if open_ids and rng.random() < 0.5 else len(present)
            second = rng.randint(max(0, highest - delay), highest + rng.choice([1, 4]))
            row = random_row(rng, second)
            row = (*row[:TS], row[TS].replace(microsecond=0), *row[TS + 1:])
            present[key], highest = (second, row), max(highest, second)
            part.append((key, row))
        parts.append(part)
    return parts, [row for _, row in present.values()]


def check_keyed_chain(rng):
    """The same over a source with a key, whose rows are replaced while their windows are open."""
    delay = rng.choice([1, 5, 20])
    parts, left = random_upserts(rng, delay)
    with Weir() as weir:
        weir.run(f"CREATE TABLE t ({COLUMNS_SQL})")
        weir.run(f"CREATE SOURCE s (id BIGINT, {COLUMNS_SQL}, PRIMARY KEY (id), WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND)")
        weir.run("CREATE VIEW q0 AS SELECT k, ts AS t, n, i AS x FROM t")
        weir.run("CREATE VIEW v0 AS SELECT k, ts AS t, n, i AS x FROM s")
        table, source, chain = Writer(weir, "t"), Writer(weir, "s"), []
        try:
            depth = rng.choice([1, 2, 3])
            for level in range(1, depth + 1):
                query, closes = chain_link(rng, "{0}", SUMS + ROWS)
                emit = ""
                if closes:
                    emit = rng.choice([" EMIT ON WINDOW CLOSE", " EMIT CHANGES"])
                    emit += rng.choice(["", "", f" ALLOW LATENESS INTERVAL '{rng.choice([1, 7])}' SECOND"])
                chain.append(query.format(f"v{level - 1}") + emit)
                weir.run(f"CREATE VIEW q{level} AS {query.format(f'q{level - 1}')}")
                try:
                    weir.run(f"CREATE {'MATERIALIZED VIEW' if level == depth else rng.choice(['STREAM', 'MATERIALIZED VIEW'])} v{level} AS {chain[-1]}")
                except Error as error:
                    if error.sqlstate == "42P17":
                        return
                    raise
            table.push(to_batch(left))
            for part in parts:
                source.push(to_batch([row for _, row in part], keys=[key for key, _ in part]))
            source.watermark(END_OF_TIME)
            expect(f"delay {delay}, {'; '.join(chain)}", multiset(weir.run(f"SELECT * FROM q{depth}")), multiset(weir.run(f"SELECT * FROM v{depth}")))
        finally:
            table.close()
            source.close()


def check_late_chain(rng):
    """Rows in any disorder: what the first windowed view has counted, the views over it count too, early or late."""
    delay = rng.choice([0, 1, 5])
    rows = [random_row(rng, max(0, second + rng.choice([0, 0, 0, -3, -10, -40]))) for second in sorted(rng.randrange(60) for _ in range(rng.choice([8, 40])))]
    with Weir() as weir:
        weir.run(f"CREATE SOURCE s ({COLUMNS_SQL}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND)")
        weir.run("CREATE VIEW v0 AS SELECT k, ts AS t, n, i AS x FROM s")
        source, queries, windowed = Writer(weir, "s"), [], False
        try:
            depth = rng.choice([2, 3, 3])
            for level in range(1, depth + 1):
                query, closes = chain_link(rng, "{0}", SUMS)
                emit = ""
                if closes:
                    emit = rng.choice([" EMIT ON WINDOW CLOSE", " EMIT CHANGES"])
                    emit += rng.choice(["", "", f" ALLOW LATENESS INTERVAL '{rng.choice([1, 7])}' SECOND"])
                queries.append((query, emit, windowed))
                windowed = windowed or (closes and "UNION" not in query)
                try:
                    weir.run(f"CREATE MATERIALIZED VIEW v{level} AS {query.format(f'v{level - 1}')}{emit}")
                except Error as error:
                    if error.sqlstate == "42P17":
                        return
                    raise
            for part in cut(rng, rows):
                source.push(to_batch(part))
            source.watermark(END_OF_TIME)
            for level, (query, emit, comparable) in enumerate(queries, 1):
                if comparable:
                    expect(f"level {level} of delay {delay}, {'; '.join(query + emit for query, emit, _ in queries)}",
                           multiset(weir.run(query.format(f"v{level - 1}"))), multiset(weir.run(f"SELECT * FROM v{level}")))
        finally:
            source.close()


def check_late(rng):
    delay, lateness = rng.choice([0, 1, 5]), rng.choice([0, 0, 3, 10])
    slide = rng.choice([2, 5, 10])
    size = slide * rng.choice([1, 1, 2, 4])
    rows = [random_row(rng, max(0, second + rng.choice([0, 0, 0, -3, -10, -40]))) for second in sorted(rng.randrange(100) for _ in range(60))]
    emit = rng.choice(["EMIT ON WINDOW CLOSE", "EMIT CHANGES"])
    over_view, start_min = rng.random() < 0.4, rng.choice([-1000, 30])
    parts = list(cut(rng, rows))
    predicate = "" if start_min < 0 else f" WHERE window_start >= TIMESTAMP '{EPOCH + datetime.timedelta(seconds=start_min)}'"
    time, judged = SourceTime(delay * 10**6), []
    for part in parts:
        judged += time.push(0, part)
        time.epoch_end()
    window = Window("HOP", size * 10**6, slide * 10**6)
    counted, late = windows_of(judged, window, lateness * 10**6)
    first = microseconds(EPOCH + datetime.timedelta(seconds=start_min))
    late = [(row, at) for row, at, _ in late if window.starts_ends(at)[-1][0] >= first]  # a late row is one of its last window
    windows = collections.Counter((row[0], EPOCH + datetime.timedelta(microseconds=start - microseconds(EPOCH)))
                                  for row, start, _ in counted if start >= first)
    expected = collections.Counter({(*key, float(count)): 1 for key, count in windows.items()})
    with Weir() as weir:
        weir.run(f"CREATE SOURCE s ({COLUMNS_SQL}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND)")
        weir.run("CREATE MATERIALIZED VIEW below AS SELECT * FROM s")
        weir.run(f"CREATE MATERIALIZED VIEW v AS SELECT k, window_start, count(*) AS c FROM "
                 f"HOP({'below' if over_view else 's'}, ts, INTERVAL '{slide}' SECOND, INTERVAL '{size}' SECOND){predicate} "
                 f"GROUP BY k, window_start, window_end {emit} ALLOW LATENESS INTERVAL '{lateness}' SECOND LATE DATA TO too_late")
        weir.run(f"SET batch_rows = {rng.choice([1, 7, 4096])}")
        source = Writer(weir, "s")
        try:
            for part in parts:
                source.push(to_batch(part))
            source.watermark(END_OF_TIME)
            case = f"{emit}{predicate}{', over a view' if over_view else ''}, delay {delay}, size {size}, slide {slide}, lateness {lateness}"
            expect(f"windows of {case}", expected, multiset(weir.run("SELECT * FROM v")))
            expect(f"late rows of {case}", multiset((row[0], row[TS]) for row, _ in late), multiset(weir.run("SELECT k, ts FROM too_late")))
        finally:
            source.close()


CHECKS = [check_chain, check_keyed_chain, check_late_chain, check_late]


if __name__ == "__main__":
    sys.exit(run_pairs(CHECKS, PAIRS, SECONDS_MAX))
