/* SPDX-License-Identifier: Apache-2.0
 * shell/with_clause.h - where in WITH (option = value, ...) of a CREATE statement the cursor is.
 *
 *     WithClause with = with_clause_read(text_up_to_the_cursor);
 *     if (with.is_inside && with.key.size == 0) offer_options(with.object, with.connector, with.word);
 *
 * For completion, which must make sense of what is not finished: there is no error, and what is not understood is outside. Several
 * statements may stand before the cursor; only the last counts. Texts point into what was read. Threads: no state. */
#ifndef WEIR_SHELL_WITH_CLAUSE_H
#define WEIR_SHELL_WITH_CLAUSE_H

#include "base/str.h"

enum { WITH_KEY_COUNT_MAX = 32 };

typedef enum WithState {
    WITH_KEY,    /* an option's name is being typed */
    WITH_EQUALS, /* its name stands there */
    WITH_VALUE,  /* its value is being typed */
    WITH_COMMA,  /* its value stands there */
} WithState;

/* What was found; all but is_inside means something only while that is true. */
typedef struct WithClause {
    bool is_inside;
    WithState state;
    Str object;    /* "source", "sink", "stream", "materialized view"; empty: none of them */
    Str connector; /* options given before; without quotes; empty: not given */
    Str format;
    Str key;  /* VALUE: whose value it is */
    Str word; /* the unfinished name or value, with its opening quote */
    Str given[WITH_KEY_COUNT_MAX];
    uint32_t given_count;
} WithClause;

/* One pass over the text, in time by its length. Names of options beyond WITH_KEY_COUNT_MAX are not noted. */
WithClause with_clause_read(Str text);

#endif
