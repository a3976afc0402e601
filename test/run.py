# SPDX-License-Identifier: Apache-2.0
"""Run the parts of the test suite one after another and add up what they report (called by script/test).

A part gives counts (passed, failed, skipped) and prints the output of what failed. Programs of our own end in a line
"N passed, N failed[, N skipped]"; unit tests are cmocka's.
"""
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD_TYPES = ["release", "debug"]  # debug is ASan + UBSan
PYTHON = ROOT / "build/venv/bin/python"
TEST_SECONDS_MAX = 900  # for one test program
OUTPUT_LINES_MAX = 60   # shown of a failed one
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
# Not detect_stack_use_after_return: gcc's fake stack aligns locals to 32 bytes, and ours may ask for a cache line.
SANITIZER_OPTIONS = {"ASAN_OPTIONS": "strict_string_checks=1",
                     "UBSAN_OPTIONS": "print_stacktrace=1"}

summary = []   # (passed, failed, skipped) of each part
failures = []  # one line each


def show_failure(name, output):
    failures.append(name)
    lines = output.rstrip().splitlines()
    print(f"--- FAILED {name}")
    if len(lines) > OUTPUT_LINES_MAX:
        print(f"    ... {len(lines) - OUTPUT_LINES_MAX} lines before")
    for line in lines[-OUTPUT_LINES_MAX:]:
        print("    " + line)
    sys.stdout.flush()


def run(command, seconds_max=TEST_SECONDS_MAX, **variables):
    """(exit status, output); a run that takes too long has status -1."""
    environment = {**os.environ, **SANITIZER_OPTIONS, **variables}
    try:
        done = subprocess.run(list(map(str, command)), cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=seconds_max)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as stopped:
        return -1, (stopped.stdout or b"").decode("utf-8", "replace") + f"\nstopped after {seconds_max} s"


def run_checks(name, command, seconds_max=TEST_SECONDS_MAX, **variables):
    """A program that ends in a line of counts; prints the reasons of what it skipped."""
    status, output = run(command, seconds_max, **variables)
    found = COUNTS.findall(output)
    passed, failed, skipped = (int(count or 0) for count in found[-1]) if found else (0, 0, 0)
    if status != 0 and failed == 0:
        failed = 1
    if not found and status == 0:
        output += "\nno line of counts"
        failed = 1
    if failed:
        show_failure(name, output)
    for line in output.splitlines():
        if line.startswith(("SKIP", "fuzz ")) and not failed:
            print(f"    {line}")
    return passed, failed, skipped


def run_style(*options):
    status, output = run(["script/style", *options])
    if status != 0:
        show_failure("script/style", output)
    else:
        print("\n".join("    " + line for line in output.splitlines()))
    return int(status == 0), int(status != 0), 0


def run_style_of_builds():
    """Again with what a build shows: mutable globals, files never built, headers that do not compile alone."""
    return run_style("--headers")


def build():
    """Every build type; nothing else makes sense when this fails."""
    for preset in BUILD_TYPES:
        status, output = run(["script/build", preset], seconds_max=3600)
        if status != 0:
            steps = re.compile(r"^\[\d+/\d+\] ")
            show_failure(f"script/build {preset}", "\n".join(line for line in output.splitlines() if not steps.match(line)))
            return False
    return True


def count_cmocka(output, ended_well):
    passed = len(re.findall(r"^\[       OK \]", output, re.M))
    failed = sum(map(int, re.findall(r"^\[  FAILED  \] (\d+) test\(s\)", output, re.M)))
    skipped = sum(map(int, re.findall(r"^\[  SKIPPED \] (\d+) test\(s\)", output, re.M)))
    if not ended_well and failed == 0:
        failed = 1  # it crashed, hung, leaked
    if ended_well and passed + skipped == 0:
        passed = 1  # a test program of another kind
    return passed, failed, skipped


def run_unit():
    totals = [0, 0, 0]
    for preset in BUILD_TYPES:
        report = ROOT / "build" / preset / "ctest.xml"
        report.unlink(missing_ok=True)
        status, output = run(["ctest", "--test-dir", f"build/{preset}", "-j", os.cpu_count(), "--timeout", TEST_SECONDS_MAX,
                              "--output-junit", report, "--test-output-size-passed", 1 << 20,
                              "--test-output-size-failed", 1 << 20], seconds_max=3600)
        if not report.exists():
            show_failure(f"ctest {preset}", output)
            totals[1] += 1
            continue
        for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
            text = case.findtext("system-out") or ""
            ended_well = case.get("status") == "run"
            counts = count_cmocka(text, ended_well)
            if counts[1]:
                show_failure(f"{preset} {case.get('name')}", text or "not run")
            totals = [total + count for total, count in zip(totals, counts)]
    return totals


def run_sql():
    """Every script with the batches that come naturally, and again with input cut small."""
    scripts = sorted((ROOT / "test/sql").rglob("*.slt"))
    totals = [0, 0, 0]
    for preset, options in (("debug", []), ("release", ["--batch-rows", "1"]), ("release", ["--batch-rows", "7"])):
        runner = ROOT / "build" / preset / "sqllogic"
        if not scripts or not runner.exists():
            continue
        counts = run_checks(" ".join(["sqllogic", preset, *options]), [runner, *options, *(path.relative_to(ROOT) for path in scripts)])
        totals = [total + count for total, count in zip(totals, counts)]
    return totals


def find_programs():
    """test/<part>/x_test.py, and x_check.py, which is given the module built from x_bridge.c."""
    commands = [[path] for path in (ROOT / "test").glob("*/*_test.py")]
    for path in (ROOT / "test").glob("*/*_check.py"):
        commands.append([path, ROOT / "build/release" / path.name.replace("_check.py", "_bridge.so")])
    return sorted(commands)


def run_programs():
    """In the environment of script/setup; they find the command in $WEIR."""
    totals = [0, 0, 0]
    for command in find_programs():
        counts = run_checks(str(command[0].relative_to(ROOT)), [PYTHON, *command], WEIR=str(ROOT / "build/release/weir"),
                            WEIR_BUILD=str(ROOT / "build/release"), PYTHONPATH=str(ROOT / "test"))
        totals = [total + count for total, count in zip(totals, counts)]
    return totals


def run_fuzz():
    return run_checks("script/fuzz", ["script/fuzz"], seconds_max=3600)


PARTS = {"style": run_style_of_builds, "unit": run_unit, "sql": run_sql, "program": run_programs, "fuzz": run_fuzz}


def run_part(name, part):
    print(f"== {name}")
    sys.stdout.flush()
    started = time.monotonic()
    passed, failed, skipped = part()
    seconds = time.monotonic() - started
    print(f"   {passed} passed, {failed} failed, {skipped} skipped in {seconds:.0f} s")
    sys.stdout.flush()
    summary.append((passed, failed, skipped))


def main():
    names = sys.argv[1:] or list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if "style" in names:
        run_part("structure", run_style)  # first: it takes a second
    print("== build")
    sys.stdout.flush()
    if build():
        for name in names:
            run_part(name, PARTS[name])
    else:
        summary.append((0, 1, 0))
    passed, failed, skipped = (sum(counts) for counts in zip(*summary))
    if failures:
        print("failed: " + ", ".join(failures))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.stdout.flush()
    return 1 if failed else 0


sys.exit(main())
