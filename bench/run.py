# SPDX-License-Identifier: Apache-2.0
"""Run benchmark parts, each pinned to one core, and print their lines as one table (called by script/bench).

A part is bench/x_bench.py, or else the program x_bench built from bench/x_bench.c (a Python part runs that program
itself, to stand its figures beside those of a peer). It prints tab-separated lines

    work  ours  peer name  peer  limit name  limit  floor  aim

Figures are ns per row unless the work says otherwise, in brackets: "cold start [ms]". A field may be empty or left out at
the end. More lines with the same work add peers and limits. Ratio is the best peer's (or, without one, the limit's) figure
through ours: above 1 we are faster. Floor and aim are the ratios or figures of the issue that set them, as text.
Other lines, and all of standard error, are shown as they are: a part names what it skipped, and why.
"""
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/release"
PART_SECONDS_MAX = 1800
HEADINGS = ["work", "ours", "peers", "machine", "x peer", "x machine", "floor", "aim"]


class Row:
    def __init__(self):
        self.ours, self.peers, self.limits, self.floor, self.aim = None, [], [], "", ""

    def add(self, ours, peer_name, peer, limit_name, limit, floor, aim):
        self.ours = float(ours) if ours else self.ours
        if peer:
            self.peers.append((float(peer), peer_name))
        if limit:
            self.limits.append((float(limit), limit_name))
        self.floor, self.aim = floor or self.floor, aim or self.aim

    def ratio(self, figures):
        return f"{min(figures)[0] / self.ours:.2f}" if figures and self.ours else ""

    def cells(self, work):
        def named(figures):
            return ", ".join(f"{name} {figure(value)}" for value, name in sorted(figures))
        return [work, figure(self.ours), named(self.peers), named(self.limits), self.ratio(self.peers), self.ratio(self.limits),
                self.floor, self.aim]


def figure(value):
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def find_parts(wanted):
    """{name: command}"""
    python = ROOT / "build/venv/bin/python"
    parts = {path.stem.removesuffix("_bench"): [python, path] for path in sorted((ROOT / "bench").glob("*_bench.py"))}
    for path in sorted((ROOT / "bench").glob("*_bench.c")):
        parts.setdefault(path.stem.removesuffix("_bench"), [BUILD / path.stem])
    unknown = set(wanted) - set(parts)
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    return {name: command for name, command in parts.items() if not wanted or name in wanted}


def run_part(name, command, core, rows):
    print(f"== {name}", flush=True)
    if not Path(command[-1]).exists():
        print("   SKIP: not built; its peer needs Boost 1.81 (script/setup --bench)")
        return 0
    environment = {**os.environ, "WEIR": str(BUILD / "weir"), "WEIR_BUILD": str(BUILD), "PYTHONPATH": str(ROOT / "bench"),
                   "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(["taskset", "-c", str(core), *map(str, command)], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        fields = line.rstrip("\n").split("\t")
        if len(fields) == 1:
            print("   " + fields[0], flush=True)
        else:
            rows.setdefault(fields[0], Row()).add(*(fields[1:] + [""] * 8)[:7])
    return process.wait(timeout=PART_SECONDS_MAX)


def print_table(rows):
    table = [HEADINGS] + [row.cells(work) for work, row in rows.items()]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    for number, line in enumerate(table):
        print(" | ".join(cell.rjust(width) if column in (1, 4, 5) else cell.ljust(width)
                         for column, (cell, width) in enumerate(zip(line, widths))).rstrip())
        if number == 0:
            print("-|-".join("-" * width for width in widths))


def main():
    core = max(os.sched_getaffinity(0))
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown CPU")
    print(f"{model}, pinned to core {core}; ns per row, peers and machine from the same run")
    rows, failed = {}, []
    for name, command in find_parts(sys.argv[1:]).items():
        if run_part(name, command, core, rows) != 0:
            failed.append(name)
    print_table(rows)
    if failed:
        print("failed: " + ", ".join(failed))
    return 1 if failed else 0


sys.exit(main())
