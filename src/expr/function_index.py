#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write function_index.inc, the hash table of names over function.def. Run it after adding or moving rows:

    src/expr/function_index.py
"""
import os
import subprocess

SLOT_COUNT = 1024
MASK = (1 << 64) - 1
here = os.path.dirname(os.path.abspath(__file__))


def rows():
    """The names of function.def in order, as the preprocessor sees them."""
    source = "#define FUNCTION(name, ...) @@ name\n" '#include "expr/function.def"\n'
    command = [os.environ.get("CC", "cc"), "-E", "-P", "-I", os.path.dirname(here), "-x", "c", "-"]
    text = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
    return [part.strip().split('"')[1].replace("\\\\", "\\") for part in text.split("@@")[1:]]


def slot_of(name):
    """name_hash of function.c."""
    data = name.encode()
    low = int.from_bytes(data[:8], "little")
    high = int.from_bytes(data[-8:], "little")
    value = (low ^ ((high << 23 | high >> 41) & MASK) ^ len(data)) * 0x9E3779B97F4A7C15 & MASK
    return value >> 54


def wrap(items):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) > 105:
            lines.append(line)
            line = "   "
        line += " " + item + ","
    return "\n".join(lines + [line])


def main():
    names = {}
    for number, name in enumerate(rows()):
        names.setdefault(name, []).append(number)
    slots, order, entries = [0] * SLOT_COUNT, [], []
    for name in sorted(names):
        slot = slot_of(name)
        while slots[slot] != 0:
            slot = (slot + 1) % SLOT_COUNT
        slots[slot] = len(entries) + 1
        entries.append("{%d, %d}" % (len(order), len(names[name])))
        order += names[name]
    with open(os.path.join(here, "function_index.inc"), "w", encoding="utf-8") as file:
        file.write("/* SPDX-License-Identifier: Apache-2.0\n"
                   " * expr/function_index.inc - made by function_index.py from function.def. */\n"
                   "/* clang-format off */\n"
                   "#define ROW(index) &functions[index]\n"
                   "static const Function *const by_name[] = {\n"
                   + wrap("ROW(%d)" % number for number in order) + "\n};\n#undef ROW\n"
                   "static const FunctionName names[] = {\n" + wrap(entries) + "\n};\n"
                   "static const uint16_t slots[%d] = {\n" % SLOT_COUNT + wrap(map(str, slots)) + "\n};\n"
                   "/* clang-format on */\n")


main()
