#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes keyword_hash.h from keyword.def: a perfect hash, found by trying multipliers.

A word's hash picks a bucket; the bucket's displacement is added to other bits of the hash and gives
the slot. Displacements are chosen, largest bucket first, so that no two keywords share a slot.
The hash function here and keyword_hash in keyword.c are the same.
"""
import random
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUCKETS, SLOTS, MASK = 128, 512, (1 << 64) - 1


def load(data: bytes) -> int:
    return int.from_bytes(bytes(c | 0x20 for c in data), "little")


def word_hash(word: bytes, multiplier: int) -> int:
    size = len(word)
    if size >= 8:
        first, last = load(word[:8]), load(word[-8:])
    elif size >= 4:
        first, last = load(word[:4]), load(word[-4:])
    else:
        first, last = load(bytes([word[0], word[size // 2], word[-1]])), 0
    value = (first + last * 31 + size) * multiplier & MASK
    return value ^ value >> 32


def place(words, multiplier):
    buckets = [[] for _ in range(BUCKETS)]
    for index, word in enumerate(words):
        value = word_hash(word, multiplier)
        buckets[value % BUCKETS].append((value >> 8, index))
    slots, displacements = [None] * SLOTS, [0] * BUCKETS
    for number in sorted(range(BUCKETS), key=lambda b: -len(buckets[b])):
        for displacement in range(SLOTS):
            wanted = [(value + displacement) % SLOTS for value, _ in buckets[number]]
            if len(set(wanted)) == len(wanted) and all(slots[s] is None for s in wanted):
                break
        else:
            return None
        displacements[number] = displacement
        for slot, (_, index) in zip(wanted, buckets[number]):
            slots[slot] = index
    return displacements, slots


def rows(values, form):
    lines = []
    for start in range(0, len(values), 16):
        lines.append("    " + " ".join(form(v) for v in values[start : start + 16]))
    return "\n".join(lines)


def main():
    words = [w.encode() for w in re.findall(r'^KEYWORD\(\w+,\s*"(\w+)"', (HERE / "keyword.def").read_text(), re.M)]
    source = random.Random(1)
    while True:
        multiplier = source.getrandbits(64) | 1
        found = place(words, multiplier)
        if found is not None:
            break
    displacements, slots = found
    (HERE / "keyword_hash.h").write_text(f"""/* SPDX-License-Identifier: Apache-2.0
 * sql/keyword_hash.h - written by keyword_hash.py from keyword.def; not edited by hand. */
#ifndef WEIR_SQL_KEYWORD_HASH_H
#define WEIR_SQL_KEYWORD_HASH_H

#include <stdint.h>

enum {{ KEYWORD_BUCKET_COUNT = {BUCKETS}, KEYWORD_SLOT_COUNT = {SLOTS}, KEYWORD_SIZE_MAX = {max(map(len, words))} }};

static const uint64_t keyword_multiplier = {multiplier:#x}ULL;

// clang-format off
static const uint16_t keyword_displacements[KEYWORD_BUCKET_COUNT] = {{
{rows(displacements, lambda v: f"{v},")}
}};

/* Row of keyword.def, from 1; 0: no keyword. */
static const uint16_t keyword_slots[KEYWORD_SLOT_COUNT] = {{
{rows(slots, lambda v: "0," if v is None else f"{v + 1},")}
}};
// clang-format on

#endif
""")


main()
