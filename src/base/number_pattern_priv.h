/* SPDX-License-Identifier: Apache-2.0
 * base/number_pattern_priv.h - the words of a pattern of numbers, for both directions: to_char and from_char.
 *
 * number_pattern.c reads a pattern once into NumberPattern (how many places, which signs) and checks that its
 * words go together; to_char_number.c and from_char_number.c then walk its nodes. */
#ifndef WEIR_BASE_NUMBER_PATTERN_PRIV_H
#define WEIR_BASE_NUMBER_PATTERN_PRIV_H

#include "base/to_char_priv.h"

/* PatternNode.key: the word as written; D and G mean the point and the comma, L the currency sign. */
typedef enum NumberKey {
    KEY_COMMA = 1,
    KEY_POINT,
    KEY_0,
    KEY_9,
    KEY_B,
    KEY_C,
    KEY_D,
    KEY_EEEE,
    KEY_FM,
    KEY_G,
    KEY_L,
    KEY_MI,
    KEY_PL,
    KEY_PR,
    KEY_RN,
    KEY_SG,
    KEY_SP,
    KEY_S,
    KEY_TH,
    KEY_V,
} NumberKey;

/* NumberPattern.flags: what the words say of the whole pattern; which of them exclude each other take_key of
 * number_pattern.c says. */
enum {
    HAS_POINT = 1,
    HAS_ZERO = 2,  /* 0: leading zeros from there on */
    HAS_BLANK = 4, /* B: blanks for zero */
    HAS_FILL = 8, /* FM */
    HAS_S = 16,
    HAS_BRACKET = 32, /* PR */
    HAS_MI = 64,
    HAS_PL = 128,
    HAS_ROMAN = 256, /* RN */
    HAS_SHIFT = 512, /* V */
    HAS_EXPONENT = 1024, /* EEEE */
};

/* NumberPattern.sign_place: where S stands. */
enum { SIGN_NONE = 0, SIGN_BEFORE = -1, SIGN_AFTER = 1 };

#endif
