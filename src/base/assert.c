/* SPDX-License-Identifier: Apache-2.0
 * base/assert.c - the end of the line for a broken invariant. */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void assert_fail(const char *condition, const char *file, int line) {
    char digits[12];
    int at = (int)sizeof(digits) - 1;
    digits[at] = '\0';
    for (unsigned rest = (unsigned)line; at > 0 && (rest > 0 || at == (int)sizeof(digits) - 1); rest /= 10)
        digits[--at] = (char)('0' + rest % 10);
    fputs("weir: assertion failed: ", stderr);
    fputs(condition, stderr);
    fputs(" (", stderr);
    fputs(file, stderr);
    fputs(":", stderr);
    fputs(digits + at, stderr);
    fputs(")\n", stderr);
    abort();
}
