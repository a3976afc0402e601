/* SPDX-License-Identifier: Apache-2.0
 * base/jsonb_priv.h - the strings of JSON texts as they are kept, for the two files that read and write them. Threads: no state. */
#ifndef WEIR_BASE_JSONB_PRIV_H
#define WEIR_BASE_JSONB_PRIV_H

#include "base/jsonb.h"

/* A byte that cannot stand as it is in a string. */
static inline bool jsonb_must_escape(char c) {
    return (unsigned char)c < ' ' || c == '"' || c == '\\';
}

/* Such a byte, escaped. */
void jsonb_append_escaped(Text *out, char c);

/* The next byte that the inside of a string stands for. */
char jsonb_read_byte(const char **at);

/* Behind the string at `at`, with its quotes. */
const char *jsonb_skip_string(const char *at, const char *end);

#endif
