/* SPDX-License-Identifier: Apache-2.0
 * expr/similar_priv.h - the patterns of SIMILAR TO and SUBSTRING .. SIMILAR as regular expressions.
 *
 *     TRY(similar_translate(STR("a%"), STR("\\"), &text, err));         ^(?:a.*)$
 *
 * Threads: no state. */
#ifndef WEIR_EXPR_SIMILAR_PRIV_H
#define WEIR_EXPR_SIMILAR_PRIV_H

#include "base/text.h"

/* `escape` is one character, or empty for none. Two escaped quotation marks put what SUBSTRING gives into a group: what
 * is before it then matches as little as possible. INVALID_ESCAPE (22025) for a longer escape, INVALID_ESCAPE_USE (2200C)
 * for more than two marks. */
NODISCARD Status similar_translate(Str pattern, Str escape, Text *out, Error *err);

#endif
