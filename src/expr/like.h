/* SPDX-License-Identifier: Apache-2.0
 * expr/like.h - LIKE and ILIKE of one text outside a query: lists of names that SHOW gives. */
#ifndef WEIR_EXPR_LIKE_H
#define WEIR_EXPR_LIKE_H

#include "base/arena.h"
#include "base/str.h"

/* As `text LIKE pattern`, with `fold` ILIKE. INVALID_ESCAPE, without a position, for a pattern that ends in
 * its escape. `arena` is left as it was. */
NODISCARD Status like_matches(Arena *arena, Str text, Str pattern, bool fold, bool *out, Error *err);

#endif
