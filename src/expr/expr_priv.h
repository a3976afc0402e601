/* SPDX-License-Identifier: Apache-2.0
 * expr/expr_priv.h - parts of expr.c that folding and compiling use. */
#ifndef WEIR_EXPR_EXPR_PRIV_H
#define WEIR_EXPR_EXPR_PRIV_H

#include "expr/expr.h"

/* Constants of the same type and the same bytes (0.0 and -0.0 differ). */
bool expr_constant_equal(const Array *a, const Array *b);
/* The same of those that are equal. */
uint64_t expr_constant_hash(const Array *constant);

/* The same call or form over other arguments, as many. NULL when memory is refused. */
Expr *expr_with_new_arguments(Arena *arena, const Expr *expr, const Expr *const *arguments);

#endif
