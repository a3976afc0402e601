/* SPDX-License-Identifier: Apache-2.0
 * base/to_char_priv.h - patterns as lists of nodes: keywords and characters between them.
 *
 *     FMDDth "of" Month         DD {fill, ordinal 't'}   ' '  'o'  'f'  ' '  MONTH {case CAPITAL}
 *
 * A pattern is split once, when a query is bound, and its nodes are walked once per value. */
#ifndef WEIR_BASE_TO_CHAR_PRIV_H
#define WEIR_BASE_TO_CHAR_PRIV_H

#include "base/to_char.h"

/* The key of a node that stands for itself; keys of words begin with 1. */
enum { NODE_LITERAL = 0 };

/* How a keyword was written, which is how a name is shown: MONTH, Month, month. */
typedef enum NodeCase { CASE_UPPER, CASE_CAPITAL, CASE_LOWER } NodeCase;

struct PatternNode {
    uint8_t key;     /* NODE_LITERAL, or a key of the family */
    uint8_t case_;   /* NodeCase */
    bool fill;       /* FM before it */
    uint8_t ordinal; /* 0, or 'T' and 't' for TH and th behind it */
    bool quoted;     /* NODE_LITERAL: it stood between quotation marks */
    uint8_t flags;   /* of the keyword */
    Str text;        /* the character of a NODE_LITERAL, or the keyword's name */
};

enum {
    KEYWORD_CAPITAL = 1,   /* may be written Capitalised too */
    KEYWORD_DIGITS = 2,    /* stands for digits: the number before it is read with a fixed width */
    KEYWORD_GREGORIAN = 4, /* of dates by year, month and day */
    KEYWORD_ISO_WEEK = 8,  /* of dates by the weeks of ISO 8601: the two are not mixed when read */
};

typedef struct PatternKeyword {
    const char *name; /* upper case; of two with one beginning the longer first */
    uint8_t key;
    uint8_t flags;
} PatternKeyword;

/* Splits a pattern; nodes in the arena, their literals point into `pattern`, which lives as long. Of keywords that fit
 * the first of the list is taken. `prefixes`: FM and TM before, TH behind a keyword belong to it (of times). OUT_OF_MEMORY only. */
NODISCARD Status pattern_split(Arena *arena, Str pattern, const PatternKeyword *keywords,
                               size_t keyword_count, bool prefixes, const PatternNode **nodes,
                               uint32_t *count, Error *err);

/* "st", "nd", "rd", "th" for the number that ends in these digits: 1st, 11th, 21st. Static storage. */
const char *pattern_ordinal(Str digits, bool upper);

#endif
