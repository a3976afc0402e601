/* SPDX-License-Identifier: Apache-2.0
 * base/number_pattern.c - the words of a pattern of numbers, and what they say together. */
#include "base/number_pattern_priv.h"

static const PatternKeyword keywords[] = {
    {",", KEY_COMMA, 0}, {".", KEY_POINT, 0}, {"0", KEY_0, 0},       {"9", KEY_9, 0},   {"B", KEY_B, 0},
    {"C", KEY_C, 0},     {"D", KEY_D, 0},     {"EEEE", KEY_EEEE, 0}, {"FM", KEY_FM, 0}, {"G", KEY_G, 0},
    {"L", KEY_L, 0},     {"MI", KEY_MI, 0},   {"PL", KEY_PL, 0},     {"PR", KEY_PR, 0}, {"RN", KEY_RN, 0},
    {"SG", KEY_SG, 0},   {"SP", KEY_SP, 0},   {"S", KEY_S, 0},       {"TH", KEY_TH, 0}, {"V", KEY_V, 0},
};

enum { PLACE_COUNT_MAX = 10000 };

static Status contradiction(Error *err, const char *message) {
    return error_set(err, STATUS_SYNTAX, "%s", message);
}

/* A place for a digit: before the point, behind it, or (after V) one that the value is multiplied by ten for. */
static Status take_digit(NumberPattern *pattern, NumberKey key, Error *err) {
    DEBUG_ASSERT(key == KEY_9 || key == KEY_0);
    if ((pattern->flags & HAS_BRACKET) != 0)
        return contradiction(
            err, key == KEY_9 ? "\"9\" must be ahead of \"PR\"" : "\"0\" must be ahead of \"PR\"");
    if (key == KEY_9 && (pattern->flags & HAS_SHIFT) != 0) {
        pattern->shift++;
        return STATUS_OK;
    }
    bool point = (pattern->flags & HAS_POINT) != 0;
    /* From the first 0 on, zeros are shown in front: 9909 shows 7 as "  07". */
    if (key == KEY_0 && (pattern->flags & HAS_ZERO) == 0 && !point) {
        pattern->flags |= HAS_ZERO;
        pattern->zero_start = pattern->before;
    }
    if (point)
        pattern->after++;
    else
        pattern->before++;
    if (key == KEY_0) pattern->zero_end = pattern->before + pattern->after;
    return STATUS_OK;
}

static Status take_point(NumberPattern *pattern, Error *err) {
    if ((pattern->flags & HAS_POINT) != 0) return contradiction(err, "multiple decimal points");
    if ((pattern->flags & HAS_SHIFT) != 0)
        return contradiction(err, "cannot use \"V\" and decimal point together");
    pattern->flags |= HAS_POINT;
    return STATUS_OK;
}

static Status take_s(NumberPattern *pattern, Error *err) {
    if ((pattern->flags & HAS_S) != 0) return contradiction(err, "cannot use \"S\" twice");
    if ((pattern->flags & (HAS_PL | HAS_MI | HAS_BRACKET)) != 0)
        return contradiction(err, "cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together");
    bool point = (pattern->flags & HAS_POINT) != 0;
    pattern->sign_place = point ? SIGN_AFTER : SIGN_BEFORE;
    if (!point) pattern->sign_position = pattern->before;
    pattern->flags |= HAS_S;
    return STATUS_OK;
}

static Status take_exponent(NumberPattern *pattern, Error *err) {
    if ((pattern->flags & HAS_EXPONENT) != 0) return contradiction(err, "cannot use \"EEEE\" twice");
    if ((pattern->flags &
         (HAS_BLANK | HAS_FILL | HAS_S | HAS_BRACKET | HAS_MI | HAS_PL | HAS_ROMAN | HAS_SHIFT)) != 0)
        return contradiction(err, "\"EEEE\" is incompatible with other formats");
    pattern->flags |= HAS_EXPONENT;
    return STATUS_OK;
}

/* MI, PL and SG: allowed beside one another, not beside S. */
static Status take_sign(NumberPattern *pattern, uint32_t flags, const char *message, Error *err) {
    if ((pattern->flags & HAS_S) != 0) return contradiction(err, message);
    pattern->flags |= flags;
    return STATUS_OK;
}

static Status take_key(NumberPattern *pattern, NumberKey key, Error *err) {
    if ((pattern->flags & HAS_EXPONENT) != 0 && key != KEY_EEEE)
        return contradiction(err, "\"EEEE\" must be the last pattern used");
    switch (key) {
        case KEY_9:
        case KEY_0: return take_digit(pattern, key, err);
        case KEY_B:
            if (pattern->before == 0 && pattern->after == 0 && (pattern->flags & HAS_ZERO) == 0)
                pattern->flags |= HAS_BLANK;
            return STATUS_OK;
        case KEY_D:
        case KEY_POINT: return take_point(pattern, err);
        case KEY_FM: pattern->flags |= HAS_FILL; return STATUS_OK;
        case KEY_S: return take_s(pattern, err);
        case KEY_MI: return take_sign(pattern, HAS_MI, "cannot use \"S\" and \"MI\" together", err);
        case KEY_PL: return take_sign(pattern, HAS_PL, "cannot use \"S\" and \"PL\" together", err);
        case KEY_SG: return take_sign(pattern, HAS_MI | HAS_PL, "cannot use \"S\" and \"SG\" together", err);
        case KEY_PR:
            if ((pattern->flags & (HAS_S | HAS_PL | HAS_MI)) != 0)
                return contradiction(err, "cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together");
            pattern->flags |= HAS_BRACKET;
            return STATUS_OK;
        case KEY_RN: pattern->flags |= HAS_ROMAN; return STATUS_OK;
        case KEY_V:
            if ((pattern->flags & HAS_POINT) != 0)
                return contradiction(err, "cannot use \"V\" and decimal point together");
            pattern->flags |= HAS_SHIFT;
            return STATUS_OK;
        case KEY_EEEE: return take_exponent(pattern, err);
        case KEY_COMMA:
        case KEY_C:
        case KEY_G:
        case KEY_L:
        case KEY_SP:
        case KEY_TH: break;
    }
    return STATUS_OK;
}

Status number_pattern_compile(Arena *arena, Str pattern, NumberPattern *out, Error *err) {
    STATIC_ASSERT(KEY_V <= UINT8_MAX, "a key fits its node");
    ASSERT(pattern.data != NULL || pattern.size == 0);
    *out = (NumberPattern){0};
    if (pattern.size > PLACE_COUNT_MAX) return error_set(err, STATUS_LIMIT, "a number's pattern is too long");
    TRY(pattern_split(arena, pattern, keywords, sizeof(keywords) / sizeof(keywords[0]), false, &out->nodes,
                      &out->count, err));
    for (uint32_t i = 0; i < out->count; i++)
        if (out->nodes[i].key != NODE_LITERAL) TRY(take_key(out, (NumberKey)out->nodes[i].key, err));
    /* Each place came from a byte of the pattern, so sums of them stay small. */
    ASSERT(out->before >= 0 && out->after >= 0 && out->shift >= 0);
    ASSERT(out->before + out->after + out->shift <= PLACE_COUNT_MAX);
    return STATUS_OK;
}
