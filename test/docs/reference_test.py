# SPDX-License-Identifier: Apache-2.0
"""docs/REFERENCE.md against the program: it names every option and function, and its examples run."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEIR = os.path.abspath(os.environ.get("WEIR", "build/release/weir"))
SECONDS_MAX = 60  # for one run
REFERENCE = (ROOT / "docs/REFERENCE.md").read_text()
TRADES = """{"symbol":"A","price":1.5,"qty":200,"ts":"2024-01-01 00:00:01"}
{"symbol":"B","price":20,"qty":3,"ts":"2024-01-01 00:01:10"}
"""


def weir(sql, directory):
    return subprocess.run([WEIR, "--mode", "csv", "--no-header", "-c", sql], cwd=directory, input=TRADES, text=True,
                          capture_output=True, timeout=SECONDS_MAX)


def option_names():
    """Names by table: a table that gives none was moved or changed its form."""
    define = (ROOT / "src/db/define.c").read_text()
    common = define[define.index("COMMON_OPTIONS[] = {"):]
    return {
        "connect/option.def": re.findall(r'^OPTION\(\w+, *\w+, *"([^"]+)"', (ROOT / "src/connect/option.def").read_text(), re.M),
        "format/format.def": re.findall(r'^FORMAT_OPTION\(\w+, *"([^"]+)"', (ROOT / "src/format/format.def").read_text(), re.M),
        "db/define.c": re.findall(r'^ *\{"(\w+)", OPTION_', common[:common.index("\n};")], re.M),
    }


def section(title):
    return REFERENCE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def named(name, text):
    return re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text) is not None


def check_options():
    text = section("Connectors and formats")
    for table, names in option_names().items():
        yield f"{table} has options", "" if names else "none found"
        for name in names:
            yield f"{table}: {name}", "" if named(name, text) else "is not in the reference"


def check_functions(directory):
    text = section("Functions")
    names = sorted({line.split(",")[0] for line in weir("SHOW FUNCTIONS", directory).stdout.splitlines()})
    yield "SHOW FUNCTIONS", "" if names else "gave none"
    for name in names:
        yield f"function {name}", "" if named(name, text) else "is not in the reference"


def check_examples():
    blocks = re.findall(r"^```sql\n(.*?)^```", REFERENCE, re.M | re.S)
    yield "examples", "" if blocks else "none found"
    for block in blocks:
        with tempfile.TemporaryDirectory() as directory:
            (Path(directory) / "trades.ndjson").write_text(TRADES)
            done = weir(block, directory)
            failed = done.returncode != 0 or "ERROR" in done.stderr or "could not be used" in done.stderr
            yield block.splitlines()[0], f"status {done.returncode}\n{done.stderr}" if failed else ""


def main():
    with tempfile.TemporaryDirectory() as directory:
        checks = [*check_options(), *check_functions(directory), *check_examples()]
    failed = [(what, why) for what, why in checks if why]
    for what, why in failed:
        print(f"--- {what}: {why}")
    print(f"{len(checks) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
