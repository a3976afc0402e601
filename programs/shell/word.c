/* SPDX-License-Identifier: Apache-2.0
 * shell/word.c - where a word ends. */
#include "shell/word.h"

static bool is_in(Str set, char c) {
    return set.size > 0 && memchr(set.data, c, set.size) != NULL;
}

Str word_take(Str *rest, Str ends, Str marks) {
    *rest = str_trim(*rest);
    size_t size = rest->size > 0 && is_in(marks, rest->data[0]);
    bool is_alone = size > 0;
    for (char quote = 0; size < rest->size && !is_alone; size++) {
        char c = rest->data[size];
        if (quote == 0 && (word_is_blank(c) || is_in(ends, c) || is_in(marks, c))) break;
        if (quote == 0 && (c == '\'' || c == '"'))
            quote = c;
        else if (c == quote)
            quote = 0;
    }
    Str word = str_from(rest->data, size);
    *rest = str_from(rest->data + size, rest->size - size);
    return word;
}
