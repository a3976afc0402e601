/* SPDX-License-Identifier: Apache-2.0
 * base/unescape.h - characters by number: what U&'..' and unistr read.
 *
 *     if (unescape_unicode(STR("d\\0061t\\+000061"), '\\', false, room, &size) == UNESCAPE_OK) ...   "data"
 *
 * \XXXX and \+XXXXXX in hexadecimal; \\ is the escape itself. Two halves of a surrogate pair make one character, and may be written
 * either way. Threads: no state. */
#ifndef WEIR_BASE_UNESCAPE_H
#define WEIR_BASE_UNESCAPE_H

#include "base/str.h"

typedef enum UnescapeResult {
    UNESCAPE_OK,
    UNESCAPE_NO_NUMBER, /* no escape, or too few digits */
    UNESCAPE_NO_PAIR,   /* half of a surrogate pair */
    UNESCAPE_NO_CHARACTER, /* zero, or beyond U+10FFFF */
} UnescapeResult;

/* `letters`: \uXXXX and \UXXXXXXXX as well. Writes at most text.size bytes to `out`, which may not be the text itself, and
 * their number to *size; after a failure both are what was read up to it. */
NODISCARD UnescapeResult unescape_unicode(Str text, char escape, bool letters, char *out, size_t *size);

/* PostgreSQL's words for a failure. */
const char *unescape_reason(UnescapeResult result);

#endif
