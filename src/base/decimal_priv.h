/* SPDX-License-Identifier: Apache-2.0
 * base/decimal_priv.h - what decimal.c, decimal_text.c and wide.c share. */
#ifndef WEIR_BASE_DECIMAL_PRIV_H
#define WEIR_BASE_DECIMAL_PRIV_H

#include "base/big.h"
#include "base/decimal.h"

/* Puts the sign on; false past 38 digits. */
NODISCARD bool decimal_signed(DecimalMagnitude magnitude, bool negative, Decimal *out);

/* big / 10^scale, correctly rounded. */
double big_ratio_to_double(const Big *big, unsigned scale);

#endif
