# SPDX-License-Identifier: Apache-2.0
"""No call and no allocation per row (requirement M16): hot_path runs under callgrind, which counts every call.

A function of ours that is entered as often as half the rows fails; so does an allocation for each further batch. Calls into
libraries that come as often are listed, not failed.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("WEIR_BUILD", ROOT / "build/release")) / "hot_path"
CASES = ["filter", "window"]
BATCHES_FEW, BATCHES_MANY = 48, 96
ALLOCATIONS = {"memory_alloc", "malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "mmap"}


def read_calls(path):
    """{(object, function): calls}. Names are given once as "(id) name", later as "(id)"; cfn= and cob= name who calls= calls."""
    names = {}

    def name(kind, text):
        number, _, full = text.partition(" ")
        if full:
            names[kind, number] = full
        return names[kind, number]

    calls = collections.Counter()
    current = callee = callee_object = ""
    for line in path.read_text().splitlines():
        key, separator, value = line.partition("=")
        if not separator:
            continue
        if key == "ob":
            current = name("ob", value)
        elif key == "fn":
            name("fn", value)
        elif key == "cob":
            callee_object = name("ob", value)
        elif key == "cfn":
            callee = name("fn", value)
        elif key == "calls":
            calls[callee_object or current, re.sub(r"'\d+$", "", callee)] += int(value.split()[0])
            callee_object = ""
    return calls


def run(case, batches, directory):
    out = Path(directory) / f"{case}.{batches}"
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", PROGRAM, case, str(batches)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}: {done.stdout}{done.stderr[-2000:]}")
    rows, rows_out = map(int, done.stdout.split())
    assert rows_out > 0, "no rows came out"
    return rows, read_calls(out)


def per_row(calls, rows):
    """What is entered once per row or nearly so: (ours, of libraries)."""
    often = {key: count for key, count in calls.items() if count >= rows / 2}
    ours = {function: count for (owner, function), count in often.items() if owner == str(PROGRAM)}
    others = {function: count for (owner, function), count in often.items() if owner != str(PROGRAM)}
    return ours, others


def allocations(calls):
    return sum(count for (_, function), count in calls.items() if function in ALLOCATIONS)


def check(case, directory):
    """Problems found, a line each; two checks."""
    rows, many = run(case, BATCHES_MANY, directory)
    _, few = run(case, BATCHES_FEW, directory)
    ours, others = per_row(many, rows)
    for function, count in sorted(others.items()):
        print(f"{case}: {function} of a library is called {count / rows:.1f} times per row")
    added = allocations(many) - allocations(few)
    problems = [f"{case}: {function} is entered {count / rows:.1f} times per row" for function, count in sorted(ours.items())]
    problems += [f"{case}: {added} allocations in {BATCHES_MANY - BATCHES_FEW} further batches"] * (added >= BATCHES_MANY - BATCHES_FEW)
    return problems, bool(ours) + (added >= BATCHES_MANY - BATCHES_FEW)


def main():
    if not PROGRAM.exists() or not shutil.which("valgrind"):
        print(f"SKIP test/hot: no {'valgrind' if PROGRAM.exists() else PROGRAM}\n0 passed, 0 failed, {2 * len(CASES)} skipped")
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        for case in CASES:
            try:
                problems, count = check(case, directory)
            except AssertionError as error:
                problems, count = [f"{case}: {error}"], 2
            failed += count
            print("".join(problem + "\n" for problem in problems), end="")
    print(f"{2 * len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
