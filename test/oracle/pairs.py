# SPDX-License-Identifier: Apache-2.0
"""Random pairs that must be equal: what the tests that compare two ways to one result have in common.

    def check_x(rng, duck): ... expect("x", one_way, other_way)
    sys.exit(run_pairs([check_x, check_y], pairs=10000, seconds_max=60, arguments=[duck]))

Started as `x_test.py [seed [pairs [seconds]]]`. A pair's seed is "seed number", so that a failure can be run alone.
"""
import os
import random
import sys
import time

from oracle.weir import Error

SHOWN_MAX = 10          # failures printed
SHOWN_SIZE_MAX = 4000   # characters of each


class Difference(Exception):
    pass


def expect(what, expected, found):
    """Rows in a collections.Counter each, or anything that has items."""
    if expected != found:
        missing, extra = dict(expected).items() - dict(found).items(), dict(found).items() - dict(expected).items()
        raise Difference(f"{what}: missing {list(missing)[:5]}, too many {list(extra)[:5]}")


def shorten(text):
    """Both ends: what was compared, and how it differs."""
    return text if len(text) <= SHOWN_SIZE_MAX else f"{text[:SHOWN_SIZE_MAX // 2]} [...] {text[-SHOWN_SIZE_MAX // 2:]}"


def run_pairs(checks, pairs, seconds_max, arguments=()):
    """The checks in turn, with a random.Random and the arguments; prints the failures and the counts. The exit status."""
    given = [int(argument) for argument in sys.argv[1:4]]
    seed = given[0] if given else int.from_bytes(os.urandom(4), "little")
    pairs = given[1] if len(given) > 1 else pairs
    seconds_max = given[2] if len(given) > 2 else seconds_max
    started, passed, failed = time.monotonic(), 0, 0
    for pair in range(pairs):
        if time.monotonic() - started > seconds_max:
            break
        check = checks[pair % len(checks)]
        try:
            check(random.Random(f"{seed} {pair}"), *arguments)
            passed += 1
        except (Difference, Error) as error:
            failed += 1
            if failed <= SHOWN_MAX:
                print(f"seed {seed} pair {pair}: {check.__name__}: {type(error).__name__} {shorten(str(error))}")
    print(f"seed {seed}, {passed + failed} pairs in {time.monotonic() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
