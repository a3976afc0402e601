# SPDX-License-Identifier: Apache-2.0
"""Seeds for statement_fuzz: each statement of test/sql behind those of its file that make and fill what it names; and the same with
parameters in place of its first literals.

    python3 test/fuzz/statement_seeds.py FOLDER
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAKES = re.compile(r"^\s*(?:CREATE\s+(?:TABLE|SOURCE|VIEW|STREAM|MATERIALIZED\s+VIEW)|INSERT\s+INTO)\s+(\w+)", re.I)
LITERAL = re.compile(r"(?<![\w.'\"$])(?:\d+|'[^']*')(?![\w.'\"])")
SIZE_MAX = 4096
PARAMETERS_MAX = 5


def with_parameters(statement):
    numbers = iter(range(1, PARAMETERS_MAX + 1))
    return LITERAL.sub(lambda _: f"${next(numbers)}", statement, count=PARAMETERS_MAX)


def statements(path):
    for block in path.read_text().split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines and lines[0].startswith(("statement", "query")):
            yield "\n".join(lines[1:]).split("\n----")[0]


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((ROOT / "test/sql").glob("*.slt")):
        made = []
        for number, statement in enumerate(statements(path)):
            needed, wanted = [], statement
            for name, text in reversed(made):
                if re.search(rf"\b{name}\b", wanted):
                    needed.insert(0, text)
                    wanted += text
            seed = ";\n".join([*needed, statement])
            if len(seed) <= SIZE_MAX:
                (folder / f"{path.stem}-{number}").write_text(seed)
                (folder / f"{path.stem}-{number}-p").write_text(";\n".join([*needed, with_parameters(statement)]))
            found = MAKES.match(statement)
            if found:
                made.append((found[1], statement))


main(Path(sys.argv[1]))
