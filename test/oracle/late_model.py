# SPDX-License-Identifier: Apache-2.0
"""Which row is late, which windows it counts in, and when they close: what DESIGN section 5 says, row by row, in Python.

    time = SourceTime(delay_us)
    judged = time.push(writer, rows)           # [(row, time, bound)]: in one partition's order
    time.epoch_end()                           # now time.watermark has moved
    counted, late = windows_of(judged, window, lateness_us)
    counted, late = sessions_of(judged, gap_us, lateness_us, key_of)

counted: [(row, window's start, its end)]; late: the judged rows that count nowhere. All times in microseconds.
"""
import collections
import datetime

from oracle.random_query import TS

NO_TIME = -(2**62)
END_OF_TIME = 4102444800000000  # a watermark behind all rows


def microseconds(at):
    return (at - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)


class SourceTime:
    """The watermarks of a source: its partitions are writers or files."""

    def __init__(self, delay, known=0):
        self.delay, self.known = delay, known  # known: how many partitions there are, read or not
        self.partitions, self.ended, self.watermark = {}, set(), NO_TIME

    def bound(self, number):
        return max(self.partitions.get(number, NO_TIME), self.watermark)

    def push(self, number, rows):
        judged = []
        self.partitions.setdefault(number, NO_TIME)
        for row in rows:
            at, bound = microseconds(row[TS]), self.bound(number)
            judged.append((row, at, bound))
            self.partitions[number] = max(bound, at - self.delay)
        return judged

    def promise(self, number, watermark):
        self.partitions[number] = max(self.partitions.get(number, NO_TIME), watermark)

    def end(self, number):
        self.ended.add(number)

    def epoch_end(self):
        if len(self.partitions.keys() | self.ended) < self.known:
            return
        active = [watermark for number, watermark in self.partitions.items() if number not in self.ended]
        self.watermark = max([self.watermark] + ([min(active)] if active else []))


def windows_of(judged, window, lateness):
    counted, late = [], []
    for row, at, bound in judged:
        windows = window.starts_ends(at)
        kept = [one for one in windows if one[1] + lateness > bound]
        if windows and not kept:
            late.append((row, at, bound))
        counted += [(row, *one) for one in kept]
    return counted, late


def sessions_of(judged, gap, lateness, key_of):
    """A row joins those of its key that it reaches and that its bound has not passed; by itself it is late when its bound has passed its
    own end."""
    sessions, late = collections.defaultdict(list), []
    for row, at, bound in judged:
        of_key = sessions[key_of(row)]
        reached = [one for one in of_key if one[0] - gap <= at <= one[1] + gap and one[1] + gap + lateness >= bound]
        if not reached and at + gap + lateness < bound:
            late.append((row, at, bound))
            continue
        for one in reached:
            of_key.remove(one)
        of_key.append((min([at] + [one[0] for one in reached]), max([at] + [one[1] for one in reached]),
                       [row] + [other for one in reached for other in one[2]]))
    return [(row, start, end + gap) for of_key in sessions.values() for start, end, members in of_key for row in members], late
