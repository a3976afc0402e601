/* SPDX-License-Identifier: Apache-2.0
 * format/infer_priv.h - what one value is taken for, and the type of a column of such values.
 *
 *     Guess column = {0};
 *     guess_widen(&column, guess_field(STR("18446744073709551615")));
 *     guess_widen(&column, guess_field(STR("0.5")));
 *     guess_type(&column)                                             numeric(38,1)
 *
 * Values can only widen a guess:
 *
 *     nothing -> BOOLEAN | JSONB | BIGINT -> NUMERIC -> DOUBLE PRECISION | DATE -> TIMESTAMP -> TIMESTAMPTZ -> TEXT
 *
 * Two guesses that are not on one line meet in TEXT. Of numbers the line says how they were written, integers (those
 * beyond BIGINT are NUMERIC) or also fractions and exponents; which type holds them all is found at the end.
 * Threads: no state. */
#ifndef WEIR_FORMAT_INFER_PRIV_H
#define WEIR_FORMAT_INFER_PRIV_H

#include "column/type.h"

typedef struct Guess {
    TypeId type;     /* TYPE_UNKNOWN: only NULLs so far */
    uint32_t digits; /* of numbers: the most before the point */
    uint32_t scale;  /* and behind it */
    bool is_exact;   /* of numbers: one is more than DOUBLE PRECISION gives back */
} Guess;

Guess guess_number(Str text); /* of JSON's grammar; TYPE_TEXT: it is none */
Guess guess_time(Str text);   /* TYPE_TEXT: it is none */
Guess guess_field(Str text);  /* of CSV, where everything is text */

void guess_widen(Guess *column, Guess value);

/* Nothing but NULLs is TEXT, which takes whatever comes later. */
Type guess_type(const Guess *column);

#endif
