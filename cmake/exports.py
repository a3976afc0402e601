#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the list of functions that weir.h declares: for objcopy (one a line) and as a linker version script.

    exports.py include/weir.h weir.exports weir.map
"""
import re
import sys


def declared_functions(header):
    """Names followed by a parameter list and a semicolon; not inline ones, which end in a body, nor types."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", header, flags=re.S)
    text = re.sub(r"^[ \t]*#(?:.*\\\n)*.*$", " ", text, flags=re.M)
    text = re.sub(r'extern\s+"C"\s*\{', " ", text)
    while re.search(r"\{[^{}]*\}", text):  # bodies, structs, enums
        text = re.sub(r"\{[^{}]*\}", " BODY ", text)
    names = set()
    for statement in re.split(r";|\bBODY\b", text):
        if re.search(r"\b(typedef|static)\b", statement):
            continue
        names.update(re.findall(r"\b(weir_[a-z0-9_]+)\s*\(", statement)[:1])
    return sorted(names)


def main():
    header_path, exports_path, map_path = sys.argv[1:]
    with open(header_path, encoding="utf-8") as file:
        names = declared_functions(file.read())
    if not names:
        sys.exit(f"{header_path} declares no function weir_...")
    with open(exports_path, "w", encoding="utf-8") as file:
        file.write("".join(name + "\n" for name in names))
    with open(map_path, "w", encoding="utf-8") as file:
        file.write("WEIR_0 {\n  global:\n" + "".join(f"    {name};\n" for name in names) + "  local: *;\n};\n")


main()
