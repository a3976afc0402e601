/* SPDX-License-Identifier: Apache-2.0
 * shell/word.h - a command's line, read word by word.
 *
 *     Str name = word_take(&line, STR(""), STR(""));                  \mode csv
 *     Str column = word_take(&line, STR(";"), STR("(),"));            \copy t (a, "b c") FROM ..
 *
 * What stands within '..' or ".." is part of its word, blanks and all; the quotes too. Words point into the line. */
#ifndef WEIR_SHELL_WORD_H
#define WEIR_SHELL_WORD_H

#include "base/str.h"

static inline bool word_is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* The first word of *rest, which is left with what follows; empty at the end of the line. A word ends at a blank, before one of `ends`, and
 * before one of `marks`, each of which is a word by itself. */
Str word_take(Str *rest, Str ends, Str marks);

#endif
