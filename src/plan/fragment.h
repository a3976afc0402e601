/* SPDX-License-Identifier: Apache-2.0
 * plan/fragment.h - a piece of a statement's text, and its place, for people to read: in EXPLAIN, in errors of rows.
 *
 *     if (fragment_is_in(text, span.start, span.end)) fragment_append(&out, text, span.start, span.end); */
#ifndef WEIR_PLAN_FRAGMENT_H
#define WEIR_PLAN_FRAGMENT_H

#include "base/text.h"

enum { FRAGMENT_SIZE_MAX = 60 }; /* bytes shown, to the end of a character */

/* Both from 1; columns count characters. */
typedef struct TextPlace {
    unsigned line;
    unsigned column;
} TextPlace;

/* Has the text these bytes, and at least one? */
bool fragment_is_in(Str text, int32_t start, int32_t end);

/* Bytes start .. end, which are in the text, on one line; cut when long. */
void fragment_append(Text *out, Str text, int32_t start, int32_t end);

/* Where a byte of the text is. */
TextPlace fragment_place(Str text, int32_t start);

#endif
